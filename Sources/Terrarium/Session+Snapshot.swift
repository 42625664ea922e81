internal import TerrariumEngine
internal import TerrariumLibrary

/// A session at rest, frozen in memory: globals, closures, suspended generators and async functions, pending jobs.
/// Any number of sessions start from it, on any thread; the memory is shared until it is written.
public struct SessionSnapshot: Sendable {
    let image: MachineImage
    let realm: UInt32
    let timers: TimerQueue
    let hasTimerFunctions: Bool
    let lastValue: Int?, lastError: Int?

    /// Bytes of guest memory in the snapshot.
    public var byteCount: Int { image.byteCount }
}

extension Session {
    /// Freezes the session, which can go on. Collects garbage first. Cost: a few milliseconds and a copy of the live heap.
    /// - Returns: nil while guest code is running, after a limit has ended the guest, or when the system has no memory.
    public func snapshot() -> SessionSnapshot? {
        guard let image = machine.capture() else { return nil }
        return SessionSnapshot(
            image: image, realm: realm, timers: timers, hasTimerFunctions: hasTimerFunctions, lastValue: lastValue, lastError: lastError)
    }

    /// A session that goes on from a snapshot, with limits and host functions of its own. What capabilities gave the
    /// first session (clock, randomness, modules) has to be allowed again; `print` stands for the one of the first.
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
        timers = snapshot.timers
        hasTimerFunctions = snapshot.hasTimerFunctions
        (lastValue, lastError) = (snapshot.lastValue, snapshot.lastError)
        if hasTimerFunctions { connectTimers() }
    }
}
