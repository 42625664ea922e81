internal import TerrariumCage
internal import TerrariumEngine

/// A session at rest or paused, frozen: globals, closures, suspended generators and async functions, pending jobs, timers,
/// a paused program. Any number of sessions start from it, on any thread; the memory is shared until it is written.
public struct SessionSnapshot: Sendable {
    let image: MachineImage
    let realm: UInt32
    let state: SessionState

    /// Bytes of guest memory in the snapshot.
    public var byteCount: Int { image.byteCount }
    /// A program was paused because its fuel was used up.
    public var isPaused: Bool { image.isPaused }
    /// Timers that wait.
    public var timerCount: Int { state.timers.count }
}

extension Session {
    /// Freezes the session, which can go on. Collects garbage first. Cost: a few milliseconds and a copy of the live heap.
    /// - Returns: nil while guest code is running, after a limit has ended the guest, or when the system has no memory.
    public func snapshot() -> SessionSnapshot? {
        machine.adoptThread()
        var handles: [Int] = []
        func keep(_ handle: Int) -> Int {
            handles.append(handle)
            return handles.count - 1
        }
        var state = SessionState()
        state.usedWords = program == nil ? 0 : usedWords
        state.timerNatives = timerNatives
        state.hasTimerFunctions = hasTimerFunctions
        state.lastTimer = timers.lastID
        state.timers = timers.waiting(from: MonotonicClock.now()).map { timer in
            var timer = timer
            timer.handle = keep(timer.handle)
            timer.order = 0
            return timer
        }
        state.lastValue = lastValue.map { keep($0) }
        state.lastError = lastError.map { keep($0) }
        if let program {
            state.program = SessionProgram(
                result: program.result.map { keep($0) }, promise: program.promise.map { keep($0) }, overdraft: program.overdraft)
        }
        guard let image = machine.capture(keeping: handles) else { return nil }
        return SessionSnapshot(image: image, realm: realm, state: state)
    }

    /// A session that goes on from a snapshot, with limits and host functions of its own. What capabilities gave the
    /// first session (clock, randomness, modules) has to be allowed again; `print` stands for the one of the first. Timers
    /// go on with the time that was left to them.
    /// - Throws: `SessionError` when there is no room for the cage or the heap limit is below what the snapshot holds.
    public convenience init(
        restoring snapshot: SessionSnapshot, limits: SessionLimits = SessionLimits(), print: ((String) -> Void)? = nil
    ) throws(SessionError) {
        var machineLimits = MachineLimits()
        machineLimits.fuel = limits.fuel
        machineLimits.heap = limits.heap
        machineLimits.depth = limits.depth
        machineLimits.output = limits.output
        guard snapshot.image.heapInUse <= limits.heap else { throw .heapTooSmall }
        guard let machine = Machine.restoring(snapshot.image, limits: machineLimits) else { throw .noAddressSpace }
        machine.host.print = print
        self.init(machine: machine, realm: snapshot.realm, fuel: limits.fuel)
        machine.setDeadline(limits.deadline)
        let state = snapshot.state
        timerNatives = state.timerNatives
        usedBefore = state.usedWords
        timers.take(state.timers, from: MonotonicClock.now(), lastID: state.lastTimer)
        hasTimerFunctions = state.hasTimerFunctions
        (lastValue, lastError, program) = (state.lastValue, state.lastError, state.program)
        if hasTimerFunctions { connectTimers() }
    }
}
