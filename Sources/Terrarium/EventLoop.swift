internal import TerrariumCage
internal import TerrariumEngine

/// The event loop: answers of host functions, timers, promise jobs. A turn is synchronous; between turns the Swift task of
/// whoever drives waits without holding a thread.
extension SandboxCore {
    /// Delivers what has arrived, runs one due timer, and all jobs.
    /// - Returns: whether something happened.
    @discardableResult
    func turn(_ operation: Operation? = nil) throws(TerrariumError) -> Bool {
        try throwDeferred()
        return try perform(operation) { (machine) throws(Thrown) in
            var happened = machine.hasJobs
            for message in mailbox.take() {
                happened = true
                try deliver(message, machine)
            }
            try runJobs(machine)
            if let timer = timers.nextDue(at: timerTime(advancing: !happened && !expectsAnswers)) {
                happened = true
                try fire(timer, machine)
                try runJobs(machine)
            }
            return happened
        }
    }

    private func deliver(_ message: Mailbox.Message, _ machine: Machine) throws(Thrown) {
        guard let call = pendingCalls.removeValue(forKey: message.call) else { return }
        let promise = machine.handleValue(call.promise)
        defer { release(call, machine) }
        do throws(Thrown) {
            switch try message.settle(self, machine) {
            case .fulfilled(let word): try machine.resolvePromise(promise.offset, word)
            case .rejected(let word): try machine.rejectPromise(promise.offset, word)
            case .imports(let request): try machine.completeImport(request.engine, promise, realm: realm)
            }
        } catch {
            guard error == .exception else { throw error }
            try machine.rejectPromise(promise.offset, machine.takeException())
        }
    }

    func release(_ call: PendingCall, _ machine: Machine) {
        machine.releaseHandle(call.promise)
        if let list = call.call { machine.releaseHandle(list) }
    }

    /// Somebody works on an answer.
    var expectsAnswers: Bool { !pendingCalls.isEmpty && pendingCalls.values.contains { $0.task != nil } }

    /// Nothing can happen any more without the host.
    var isIdle: Bool {
        guard let machine else { return true }
        return !machine.hasJobs && !expectsAnswers && mailbox.isEmpty && (timers.isEmpty || timerMode.waitsForHost && !isTimerDue)
    }

    var isTimerDue: Bool { timers.earliest.map { $0 <= timerTime(advancing: false) } ?? false }

    /// Runs turns until `isDone`, or nothing can happen any more. The deadline and the fuel of the operation are those of all
    /// turns together.
    nonisolated(nonsending) func drive(_ operation: Operation, until isDone: (Machine) -> Bool) async throws(TerrariumError) {
        while true {
            if Task.isCancelled { throw .interrupted }
            let happened = try turn(operation)
            if isDone(try liveMachine()) || isIdle { return }
            if happened { continue }
            let now = MonotonicClock.now()
            guard now < operation.deadline else {
                cancelCalls()
                throw .deadline
            }
            var pause = operation.deadline &- now
            if case .real = timerMode, let due = timers.earliest { pause = min(pause, max(0, due &- timerTime(advancing: false))) }
            if pause > 0 { await mailbox.wait(nanoseconds: pause) }
        }
    }

    /// Cancels the tasks of unanswered calls; their answers are still delivered.
    private func cancelCalls() {
        for call in pendingCalls.values { call.task?.cancel() }
    }

    /// As `drive`; cancelling the Swift task interrupts the guest and the calls that it waits for.
    nonisolated(nonsending) func driveCancellably(_ operation: Operation, until isDone: (Machine) -> Bool)
        async throws(TerrariumError)
    {
        try await cancellably(operation) { () async throws(TerrariumError) in try await drive(operation, until: isDone) }
    }

    /// Runs a part of an asynchronous operation; cancelling the Swift task interrupts the guest.
    nonisolated(nonsending) func cancellably(
        _ operation: Operation, _ work: nonisolated(nonsending) () async throws(TerrariumError) -> Void
    ) async throws(TerrariumError) {
        let interrupter = self.interrupter, mailbox = self.mailbox
        if nesting == 0 { interrupter.reset() }
        operation.keepsInterrupts = true
        let failure: TerrariumError? = await withTaskCancellationHandler {
            do throws(TerrariumError) {
                try await work()
                return nil
            } catch {
                return error
            }
        } onCancel: {
            interrupter.interrupt()
            mailbox.wake()
        }
        if Task.isCancelled { cancelCalls() }
        if let failure { throw failure }
    }

    /// What a promise becomes; other values are themselves.
    nonisolated(nonsending) func awaited(_ value: Value, _ operation: Operation) async throws(TerrariumError) -> Value {
        let word = try self.word(value)
        guard word.isObject, let machine else { return value }
        guard machine.isPromise(word) else { return value }
        machine.noteRejectionHandled(word)
        if machine.promiseResult(word) == nil {
            try await driveCancellably(operation) { $0.promiseResult(word) != nil }
        }
        let live = try liveMachine()
        guard let result = live.promiseResult(word) else { throw .misuse(.neverSettles) }
        if !result.isRejected { return self.value(result.value, live) }
        throw try convert(operation) { (machine) throws(TerrariumError) in failure(exception: result.value, machine) }
    }

    func throwDeferred() throws(TerrariumError) {
        if let failure = deferredFailure {
            deferredFailure = nil
            throw failure
        }
    }
}
