internal import TerrariumCage
internal import TerrariumEngine
internal import TerrariumLibrary

/// Timers of a session: real time, and the thread waits. What is pending is part of the session's run: it ends when nothing
/// is left, and its fuel, deadline and interrupts hold meanwhile.
extension Session {
    /// `setTimeout`, `setInterval`, `setImmediate`, what clears them, and `queueMicrotask`.
    /// - Returns: false when the heap limit is too small.
    @discardableResult
    public func allowTimers() -> Bool {
        if !hasTimerFunctions {
            let natives = timerNatives ?? machine.registerTimers()
            timerNatives = natives
            guard install({ (machine) throws(Thrown) in try machine.installTimers(realm: realm, natives: natives) }) else { return false }
            hasTimerFunctions = true
        }
        connectTimers()
        return true
    }

    /// `SharedArrayBuffer` and `Atomics`; the memory is shared by nobody but the guest itself.
    @discardableResult
    public func allowSharedMemory() -> Bool {
        install { (machine) throws(Thrown) in try machine.installSharedMemory(realm: realm) }
    }

    /// Timers that have not fired.
    public var pendingTimers: Int { timers.count }

    private func install(_ work: (Machine) throws(Thrown) -> Void) -> Bool {
        do throws(Thrown) {
            try work(machine)
            return true
        } catch {
            return false
        }
    }

    /// The machine's timer hooks are this session's.
    func connectTimers() {
        machine.host.setTimer = { [unowned self] (list, milliseconds, repeats) throws(Thrown) in
            // The place in the queue is host memory.
            try machine.requireHeap(timers.count &* 64)
            try machine.charge(32 &+ timers.count / 16)
            let nanoseconds = (Int64(exactly: milliseconds ?? 0) ?? 1) &* 1_000_000
            return timers.add(
                due: MonotonicClock.now() &+ nanoseconds, interval: repeats ? nanoseconds : nil, handle: machine.makeHandle(list))
        }
        machine.host.clearTimer = { [unowned self] (id) throws(Thrown) in
            try machine.charge(4 &+ timers.count / 16)
            if let handle = timers.remove(id) { machine.releaseHandle(handle) }
        }
    }

    /// Promise jobs, and what they threw: the first exception ends the run.
    func runJobs() throws(Thrown) {
        let thrown = machine.runsInSlices ? try machine.runJobsSliced() : try machine.runJobs()
        if let first = thrown.first { throw machine.throwValue(first) }
        reportRejections()
    }

    /// Waits for timers and runs them until none is left, or `isDone`. A promise that nobody handles ends it, as in Node.
    func runTimers(until isDone: () -> Bool = { false }) throws(Thrown) {
        while let due = timers.earliest, !hasRejections, !isDone() {
            try wait(until: due)
            // All that are due now; those that they start come later.
            let now = MonotonicClock.now()
            var left = timers.count
            while left > 0, !hasRejections, let timer = timers.nextDue(at: now) {
                left -= 1
                try fire(timer)
                try runJobs()
            }
        }
    }

    /// Calls the function of a timer; in slices when the session runs in them.
    func fire(_ timer: TimerQueue.Timer) throws(Thrown) {
        let list = machine.handleValue(timer.handle)
        // That of an interval is released when it is cleared.
        defer { if timer.interval == nil { machine.releaseHandle(timer.handle) } }
        guard list.isObject else { return }
        let count = max(0, min(machine.storedProperty(list.offset, machine.key(.length))?.value?.internalCount ?? 0, 0x7FFF))
        var words: [Word] = []
        for index in 0..<count { words.append(try machine.get(list.offset, PropertyKey(index: UInt32(truncatingIfNeeded: index)))) }
        guard let function = words.first else { return }
        if machine.runsInSlices {
            _ = try machine.startSliced(function, this: .undefined, arguments: Array(words.dropFirst()))
        } else {
            _ = try machine.call(function, this: .undefined, arguments: Array(words.dropFirst()))
        }
    }

    func wait(until due: Int64) throws(Thrown) {
        while true {
            try machine.checkMeters()
            let left = due &- MonotonicClock.now()
            if left <= 0 { return }
            onWait?()
            // A signal ends the wait; an interrupt from another thread is seen soon.
            MonotonicClock.sleep(nanoseconds: min(left, machine.timeLeft ?? left, 20_000_000))
        }
    }
}
