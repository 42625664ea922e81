internal import TerrariumCage
internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumText

/// Where a sandbox has its time of day from.
public struct ClockSource {
    let now: () -> Double

    /// The system's clock, in whole milliseconds.
    public static var real: ClockSource { ClockSource { HostProcess.wallClock() } }
    /// It is always the same time.
    /// - Parameter milliseconds: since the epoch of 1970.
    public static func fixed(at milliseconds: Double) -> ClockSource { ClockSource { milliseconds } }
    /// The host moves it.
    public static func manual(_ clock: ManualClock) -> ClockSource { ClockSource { clock.milliseconds } }
    /// Milliseconds since the epoch of 1970, as the closure gives them.
    public static func custom(_ now: @escaping () -> Double) -> ClockSource { ClockSource(now: now) }
}

/// How time passes for `setTimeout` and the like.
public struct TimerSource {
    let mode: TimerMode

    /// With the system's clock.
    public static var real: TimerSource { TimerSource(mode: .real) }
    /// At once: when nothing else is to be done, the time is that of the next timer. Runs are repeatable, and nobody waits.
    public static var virtual: TimerSource { TimerSource(mode: .virtual) }
    /// The host moves the clock; timers that are due fire in the next turn of the event loop.
    public static func manual(_ clock: ManualClock) -> TimerSource { TimerSource(mode: .manual(clock)) }
}

extension Capability {
    /// `Date` knows what time it is. Without, it is always the first of January 1970.
    public static func clock(_ source: ClockSource) -> Capability {
        engine("clock", globals: ["Date"]) { (core, machine) throws(Thrown) in
            machine.host.currentTime = source.now
            core.wallClock = source.now
            core.clockStart = source.now()
        }
    }

    /// `Math.random` is repeatable, from a seed.
    public static func random(seed: UInt64) -> Capability {
        engine("random", globals: ["Math.random"]) { (core, machine) throws(Thrown) in
            core.randomState = seed
            core.followSeed(machine)
        }
    }

    /// `Math.random` has its bits from the host.
    public static func random(_ next: @escaping () -> UInt64) -> Capability {
        engine("random", globals: ["Math.random"]) { (core, machine) throws(Thrown) in
            core.randomState = nil
            machine.host.random = { Double(next() >> 11) / 9_007_199_254_740_992 }
        }
    }

    /// `Math.random` has its bits from the system.
    public static var systemRandom: Capability {
        random { UInt64.random(in: 0 ... .max) }
    }

    /// `setTimeout`, `setInterval`, `setImmediate` and what clears them, with the system's clock.
    public static var timers: Capability { timers(.real) }

    /// `setTimeout`, `setInterval`, `setImmediate` and what clears them.
    public static func timers(_ source: TimerSource) -> Capability {
        engine(
            "timers",
            globals: ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate"]
        ) { (core, machine) throws(Thrown) in
            core.timerMode = source.mode
            try core.installTimers(machine)
        }
    }

    /// `eval`, `new Function` and their kin make code from strings. Without, they throw.
    public static var codeGeneration: Capability {
        engine("codeGeneration", globals: ["eval", "Function"]) { (_, machine) throws(Thrown) in
            machine.allowsCodeGeneration = true
        }
    }

    /// `SharedArrayBuffer` and `Atomics`. The memory is shared by nobody but the guest itself.
    public static var sharedMemory: Capability {
        engine("sharedMemory", globals: ["SharedArrayBuffer", "Atomics"]) { (core, machine) throws(Thrown) in
            try machine.installSharedMemory(realm: core.realm)
        }
    }

    /// `queueMicrotask`.
    public static var queueMicrotask: Capability {
        function("queueMicrotask", length: 1) { (machine, call) throws(Thrown) in
            guard machine.isCallable(call[0]) else {
                throw machine.typeError(
                    "The \"callback\" argument must be of type function. Received \(machine.describe(call[0]))")
            }
            try machine.enqueueMicrotask(call[0])
            return .undefined
        }
    }

    /// `performance.now`, in the time of the timers or the clock; 0 without either.
    public static var performance: Capability {
        engine("performance", globals: ["performance"]) { (core, machine) throws(Thrown) in
            core.install("performance.now", length: 0) { (machine, _) throws(Thrown) in
                Word(number: Double(try SandboxCore.of(machine).performanceTime() / 1000) / 1000)
            }
        }
    }

    /// `atob` and `btoa`.
    public static var base64: Capability {
        .all("base64", [
            function("btoa", length: 1) { (machine, call) throws(Thrown) in
                if call[0].isObject, let again = try machine.coerce(call, "-s") { return again }
                let text = try machine.flat(try machine.toStringValue(call[0]))
                try machine.charge(text.count / 4)
                try machine.requireHeap(text.count &* 4)
                let units = text.units
                guard units.allSatisfy({ $0 < 256 }) else {
                    throw machine.error(.error, "Invalid character")
                }
                return try machine.makeString(
                    latin1: Base64.encode(units.map { UInt8(truncatingIfNeeded: $0) }, alphabet: .base64, omitsPadding: false))
            },
            function("atob", length: 1) { (machine, call) throws(Thrown) in
                if call[0].isObject, let again = try machine.coerce(call, "-s") { return again }
                let text = try machine.flat(try machine.toStringValue(call[0]))
                try machine.charge(text.count / 4)
                try machine.requireHeap(text.count &* 4)
                let decoded = Base64.decode(text.units, alphabet: .base64, lastChunk: .loose, maximum: .max)
                guard decoded.error == nil else {
                    throw machine.error(.error, "The string to be decoded is not correctly encoded.")
                }
                return try machine.makeString(latin1: decoded.bytes)
            },
        ])
    }

    /// What makes guest code feel at home and still touches nothing: a silent console, timers in virtual time, text encoding,
    /// `structuredClone`, base64, `queueMicrotask` and `performance`. Capabilities that come later in the list replace these.
    public static var standard: Capability {
        .all("standard", [
            silentConsole, timers(.virtual), textEncoding, structuredClone, base64, queueMicrotask, performance,
        ])
    }

    /// One function.
    static func function(_ name: String, length: Int, _ body: @escaping HostFunction) -> Capability {
        engine(name, globals: [name]) { (core, machine) throws(Thrown) in
            let number = machine.registerHost(name, length: length, body)
            try core.place(Word(object: try machine.makeNativeFunction(number, realm: core.realm)), at: name, machine)
        }
    }
}

extension SandboxCore {
    /// Math.random of a machine follows the seed.
    func followSeed(_ machine: Machine) {
        machine.host.random = { [unowned self] in
            // SplitMix64: every seed is as good as any other.
            let state = (self.randomState ?? 0) &+ 0x9E37_79B9_7F4A_7C15
            self.randomState = state
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Double((mixed ^ (mixed >> 31)) >> 11) / 9_007_199_254_740_992
        }
    }
}
