internal import TerrariumCage
internal import TerrariumEngine

/// How the time of timers passes.
enum TimerMode {
    case none
    case real
    /// Nobody waits: when nothing else is to be done, time is that of the next timer.
    case virtual
    case manual(ManualClock)

    /// Only the host can make time pass.
    var waitsForHost: Bool {
        if case .manual = self { return true }
        return false
    }
}

/// Timers that have not fired.
struct TimerQueue: Sendable {
    struct Timer: Sendable {
        let id: Int32
        /// Nanoseconds of the timers' time.
        var due: Int64
        /// Timers of one time fire in the order in which they were set.
        var order: UInt64
        /// Nanoseconds; nil for those that fire once.
        let interval: Int64?
        /// A list: function and arguments.
        var handle: Int
    }

    private var timers: [Timer] = []
    private var nextID: Int32 = 0
    private var nextOrder: UInt64 = 0
    /// Time of virtual timers.
    var virtualTime: Int64 = 0

    var count: Int { timers.count }
    var isEmpty: Bool { timers.isEmpty }
    var earliest: Int64? { timers.first?.due }

    mutating func add(due: Int64, interval: Int64?, handle: Int) -> Int32 {
        nextID = nextID == .max ? 1 : nextID &+ 1
        insert(Timer(id: nextID, due: due, order: nextOrder, interval: interval, handle: handle))
        return nextID
    }

    /// Keeps the list in order of time.
    private mutating func insert(_ timer: Timer) {
        var low = 0, high = timers.count
        while low < high {
            let middle = (low + high) / 2
            if timers[middle].due <= timer.due { low = middle + 1 } else { high = middle }
        }
        var timer = timer
        timer.order = nextOrder
        nextOrder &+= 1
        timers.insert(timer, at: low)
    }

    /// The first timer if it is due; an interval goes back for its next time.
    mutating func nextDue(at time: Int64) -> Timer? {
        guard let first = timers.first, first.due <= time else { return nil }
        timers.removeFirst()
        if let interval = first.interval {
            var next = first
            next.due = max(time, first.due) &+ max(interval, 1_000_000)
            insert(next)
        }
        return first
    }

    /// The timers as they are kept in snapshots: times from now on.
    func waiting(from now: Int64) -> [Timer] {
        timers.map { timer in
            var timer = timer
            timer.due &-= now
            return timer
        }
    }
    var lastID: Int32 { nextID }

    /// Timers of a snapshot.
    mutating func take(_ waiting: [Timer], from now: Int64, lastID: Int32) {
        nextID = lastID
        // At once: a snapshot from anywhere may have many of them, in any order.
        timers = waiting.enumerated().sorted { ($0.element.due, $0.offset) < ($1.element.due, $1.offset) }.map { place in
            var timer = place.element
            timer.due &+= now
            timer.order = nextOrder
            nextOrder &+= 1
            return timer
        }
    }

    /// Handle of a timer that is taken out.
    mutating func remove(_ id: Int32) -> Int? {
        guard let index = timers.firstIndex(where: { $0.id == id }) else { return nil }
        return timers.remove(at: index).handle
    }

}

extension SandboxCore {
    /// Nanoseconds of the timers' time. Advancing virtual time jumps to the next timer.
    func timerTime(advancing: Bool) -> Int64 {
        switch timerMode {
        case .none: return 0
        case .real: return MonotonicClock.now()
        case .virtual:
            if advancing, let next = timers.earliest { timers.virtualTime = max(timers.virtualTime, next) }
            return timers.virtualTime
        case .manual(let clock): return clock.nanoseconds
        }
    }

    func fire(_ timer: TimerQueue.Timer, _ machine: Machine) throws(Thrown) {
        let list = machine.handleValue(timer.handle)
        // That of an interval is released when it is cleared.
        defer { if timer.interval == nil { machine.releaseHandle(timer.handle) } }
        guard list.isObject else { return }
        let count = max(0, min(machine.storedProperty(list.offset, machine.key(.length))?.value?.internalCount ?? 0, 0x7FFF))
        var words: [Word] = []
        for index in 0..<count { words.append(try machine.get(list.offset, PropertyKey(index: UInt32(truncatingIfNeeded: index)))) }
        guard let function = words.first else { return }
        do throws(Thrown) {
            _ = try machine.call(function, this: .undefined, arguments: Array(words.dropFirst()))
        } catch {
            guard error == .exception else { throw error }
            // As an uncaught exception of an event: it ends nothing but the timer's call.
            let value = machine.takeException()
            onUncaught?(ThrownError.make(machine, value))
        }
    }

    /// setTimeout, setInterval, clearTimeout, clearInterval, setImmediate, clearImmediate.
    func installTimers(_ machine: Machine) throws(Thrown) {
        func set(_ name: String, repeats: Bool, hasDelay: Bool) throws(Thrown) {
            let number = machine.registerHost(name, length: 1) { (machine, call) throws(Thrown) in
                let core = try SandboxCore.of(machine)
                guard machine.isCallable(call[0]) else {
                    throw machine.typeError("The \"callback\" argument must be of type function. Received \(machine.describe(call[0]))")
                }
                if hasDelay, call[1].isObject, let again = try machine.coerce(call, "--n") { return again }
                let delay = hasDelay ? try machine.toDouble(call[1]) : 0
                let milliseconds = delay >= 1 && delay <= 2_147_483_647 ? delay.rounded(.towardZero) : hasDelay ? 1 : 0
                guard core.pendingCalls.count &+ core.timers.count < core.limits.pendingHostCalls else {
                    throw core.reach(.pendingHostCalls, machine)
                }
                try machine.charge(32 &+ core.timers.count / 16)
                let list = try machine.makeArray([call[0]] + call.arguments(from: hasDelay ? 2 : 1))
                let nanoseconds = Int64(milliseconds) &* 1_000_000
                let id = core.timers.add(
                    due: core.timerTime(advancing: false) &+ nanoseconds, interval: repeats ? nanoseconds : nil,
                    handle: machine.makeHandle(list))
                return Word(id)
            }
            try place(Word(object: try machine.makeNativeFunction(number, realm: realm)), at: name, machine)
        }
        func clear(_ name: String) throws(Thrown) {
            let number = machine.registerHost(name, length: 1) { (machine, call) throws(Thrown) in
                let core = try SandboxCore.of(machine)
                guard call[0].isNumber, let id = Int32(exactly: call[0].number) else { return .undefined }
                try machine.charge(4 &+ core.timers.count / 16)
                if let handle = core.timers.remove(id) { machine.releaseHandle(handle) }
                return .undefined
            }
            try place(Word(object: try machine.makeNativeFunction(number, realm: realm)), at: name, machine)
        }
        try set("setTimeout", repeats: false, hasDelay: true)
        try set("setInterval", repeats: true, hasDelay: true)
        try set("setImmediate", repeats: false, hasDelay: false)
        for name in ["clearTimeout", "clearInterval", "clearImmediate"] { try clear(name) }
    }
}
