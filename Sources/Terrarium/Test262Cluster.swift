internal import Synchronization
internal import TerrariumCage
internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumSyntax

/// Agents of one conformance test: sessions on threads of their own that share memory.
public final class Test262Cluster: Sendable {
    let memory: SharedMemory
    private let limits: SessionLimits
    /// Runs its argument on a new thread.
    private let spawn: @Sendable (@escaping @Sendable () -> Void) -> Void

    private struct State {
        var reports: [String] = []
        var running = 0
        var interrupters: [@Sendable () -> Void] = []
        var isClosed = false
    }
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limits: of each agent that a test starts.
    ///   - spawn: runs its argument on a new thread.
    /// - Returns: nil where memory cannot be shared.
    public init?(limits: SessionLimits, spawn: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        guard let memory = SharedMemory(limit: 256 << 20) else { return nil }
        self.memory = memory
        self.limits = limits
        self.spawn = spawn
    }

    /// Ends the agents that still run; returns when they have ended.
    public func close() {
        let interrupters = state.withLock { state in
            state.isClosed = true
            return state.interrupters
        }
        for interrupt in interrupters { interrupt() }
        while state.withLock({ $0.running }) > 0 { MonotonicClock.sleep(nanoseconds: 100_000) }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func makeAgent() -> Agent { Agent(cluster: self) }

    /// A block that was broadcast.
    struct Message: Sendable {
        let block: SharedBlock
        let isGrowable: Bool
        let number: Int32
    }

    final class Agent: Test262Agent {
        let cluster: Test262Cluster
        private struct State {
            var inbox: [Message] = []
            var callback: Int?
            var hasLeft = false
            var children: [Agent] = []
        }
        private let state = Mutex(State())

        init(cluster: Test262Cluster) { self.cluster = cluster }

        func start(_ program: String) {
            let child = Agent(cluster: cluster)
            state.withLock { $0.children.append(child) }
            cluster.run(child, program)
        }

        func broadcast(_ block: SharedBlock, isGrowable: Bool, number: Int32) -> @Sendable () -> Bool {
            let children = state.withLock { $0.children }
            for child in children { child.deliver(Message(block: block, isGrowable: isGrowable, number: number)) }
            return { children.allSatisfy(\.isInboxEmpty) }
        }

        private func deliver(_ message: Message) { state.withLock { if !$0.hasLeft { $0.inbox.append(message) } } }
        var isInboxEmpty: Bool { state.withLock { $0.inbox.isEmpty } }
        func takeMessage() -> Message? { state.withLock { $0.inbox.isEmpty ? nil : $0.inbox.removeFirst() } }

        func receive(_ callback: Int) { state.withLock { $0.callback = callback } }
        func takeCallback() -> Int? {
            state.withLock { state in
                let callback = state.callback
                state.callback = nil
                return callback
            }
        }

        func report(_ text: String) { cluster.state.withLock { $0.reports.append(text) } }
        func nextReport() -> String? { cluster.state.withLock { $0.reports.isEmpty ? nil : $0.reports.removeFirst() } }
        func leave() {
            state.withLock { state in
                state.hasLeft = true
                state.inbox = []
            }
        }
    }

    private func run(_ agent: Agent, _ program: String) {
        let mayStart = state.withLock { state in
            guard !state.isClosed, state.running < 64 else { return false }
            state.running += 1
            return true
        }
        guard mayStart else { return agent.leave() }
        spawn { [self] in
            work(agent, program)
            agent.leave()
            state.withLock { $0.running -= 1 }
        }
    }

    /// An agent's life: its program, then a callback for each broadcast that it asked for.
    private func work(_ agent: Agent, _ program: String) {
        guard let session = try? Session(limits: limits), session.install(agent, mayBlock: true) else { return }
        let interrupter = session.interrupter
        let isClosed = state.withLock { state in
            state.interrupters.append(interrupter)
            return state.isClosed
        }
        guard !isClosed, case .finished = session.run(SourceText(program, name: "agent")) else { return }
        while let callback = agent.takeCallback() {
            let outcome = session.finish { () throws(Thrown) in
                let machine = session.machine
                var message: Message?
                _ = try machine.block(until: nil) {
                    message = agent.takeMessage()
                    return message != nil
                }
                guard let message else { return "" }
                let buffer = try machine.makeSharedBuffer(message.block, isGrowable: message.isGrowable)
                let function = machine.handleValue(callback)
                machine.releaseHandle(callback)
                _ = try machine.call(function, this: .undefined, arguments: [Word(object: buffer), Word(message.number)])
                try session.runUntilIdle()
                return ""
            }
            guard case .finished = outcome else { return }
        }
    }
}
