internal import TerrariumCage
internal import TerrariumEngine
internal import TerrariumLibrary

extension Session {
    /// Installs the host object of test262, without agents.
    public func installTest262Host() -> Bool { installTest262Host(agent: nil) }

    /// Installs the host object of test262. The session is an agent of a cluster: its SharedArrayBuffers can be shared with
    /// the others, and `setTimeout` is there.
    /// - Parameters:
    ///   - cluster: that of the agent.
    ///   - mayBlock: [[CanBlock]] of the agent.
    public func installTest262Host(cluster: Test262Cluster, mayBlock: Bool) -> Bool {
        install(cluster.makeAgent(), mayBlock: mayBlock)
    }

    func install(_ agent: Test262Cluster.Agent, mayBlock: Bool) -> Bool {
        machine.sharing = MemorySharing(memory: agent.cluster.memory, mayBlock: mayBlock)
        agentTimers = AgentTimers()
        do throws(Thrown) {
            let number = machine.registerHost("setTimeout", length: 2) { [unowned self] (machine, call) throws(Thrown) in
                guard machine.isCallable(call[0]) else { throw machine.typeError("not a function") }
                let delay = try machine.toDouble(try machine.toNumber(call[1]))
                agentTimers?.add(machine.makeHandle(call[0]), at: machine.waitingEnd(delay.isNaN ? 0 : delay) ?? .max)
                return .undefined
            }
            let function = Word(object: try machine.makeNativeFunction(number, realm: realm))
            let global = machine.realmValue(realm, .global).offset
            try machine.createDataPropertyOrThrow(global, machine.key("setTimeout"), function)
        } catch {
            return false
        }
        return installTest262Host(agent: agent)
    }

    private func installTest262Host(agent: Test262Cluster.Agent?) -> Bool {
        do throws(Thrown) {
            try machine.installTest262Host(realm: realm, agent: agent)
            return true
        } catch {
            return false
        }
    }

    /// Runs jobs, timers and what Atomics.waitAsync promised until nothing is left to wait for.
    func runUntilIdle() throws(Thrown) {
        while true {
            _ = try machine.runJobs()
            try machine.settleAsyncWaiters()
            if machine.hasJobs { continue }
            guard let timers = agentTimers else { return }
            if let due = timers.next(after: MonotonicClock.now()) {
                let callback = machine.handleValue(due)
                machine.releaseHandle(due)
                _ = try machine.call(callback, this: .undefined)
                continue
            }
            if timers.isEmpty, !machine.hasAsyncWaiters { return }
            if let isFinished, isFinished() { return machine.dropAsyncWaiters() }
            _ = try machine.block(until: machine.waitingEnd(1)) { false }
        }
    }

    /// Name of the constructor of what the last run threw, without running guest code.
    public var thrownConstructorName: String? { lastThrownName }
}

/// Callbacks of setTimeout, by time.
final class AgentTimers {
    private var entries: [(time: Int64, callback: Int)] = []

    func add(_ callback: Int, at time: Int64) {
        let place = entries.firstIndex { $0.time > time } ?? entries.count
        entries.insert((time, callback), at: place)
    }
    var isEmpty: Bool { entries.isEmpty }
    /// Takes the first that is due.
    func next(after now: Int64) -> Int? {
        guard let first = entries.first, first.time <= now else { return nil }
        entries.removeFirst()
        return first.callback
    }
}
