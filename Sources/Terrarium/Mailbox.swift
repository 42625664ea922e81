internal import Synchronization
internal import TerrariumEngine

/// What other threads have for a sandbox: answers of asynchronous host functions. The sandbox takes them in its event loop.
final class Mailbox: Sendable {
    /// An answer. The closure runs in the sandbox's domain and settles what waits.
    struct Message: Sendable {
        let call: UInt64
        let settle: @Sendable (SandboxCore, Machine) throws(Thrown) -> Settled
    }

    /// What a promise becomes.
    enum Settled {
        case fulfilled(Word)
        case rejected(Word)
        /// What an import needs is there.
        case imports(ModuleRequest)
    }

    private struct State {
        var messages: [Message] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isAwake = false
        var isClosed = false
    }

    private let state = Mutex(State())

    func post(_ message: Message) {
        let waiters = state.withLock { state in
            if !state.isClosed { state.messages.append(message) }
            return Mailbox.awaken(&state)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Whoever waits looks again.
    func wake() {
        for waiter in state.withLock({ Mailbox.awaken(&$0) }) { waiter.resume() }
    }

    private static func awaken(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        let waiters = state.waiters
        state.waiters = []
        if waiters.isEmpty { state.isAwake = true }
        return waiters
    }

    func take() -> [Message] {
        state.withLock { state in
            let messages = state.messages
            state.messages = []
            return messages
        }
    }

    var isEmpty: Bool { state.withLock { $0.messages.isEmpty } }

    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            state.messages = []
            return Mailbox.awaken(&state)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Until there is a message, somebody wakes, or the time is over.
    nonisolated(nonsending) func wait(nanoseconds: Int64) async {
        let timer = Task { [self] in
            try? await Task.sleep(for: .nanoseconds(nanoseconds))
            if !Task.isCancelled { wake() }
        }
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.isAwake || !state.messages.isEmpty || state.isClosed {
                    state.isAwake = false
                    return true
                }
                state.waiters.append(continuation)
                return false
            }
            if isReady { continuation.resume() }
        }
        timer.cancel()
    }
}

/// A call of an asynchronous host function that has not been answered.
struct PendingCall {
    /// Nil when nobody works on it: the host answers it, or has it repeated.
    var task: Task<Void, Never>?
    /// Handle of the promise.
    let promise: Int
    /// Handle of a list: function and arguments.
    var call: Int? = nil
    /// An import that waits for its modules.
    var request: ModuleRequest? = nil
    /// Path of the function.
    let name: String
}
