import TerrariumCage

/// What the host lets the guest reach. Everything is absent by default.
public struct HostHooks {
    /// Text that the guest prints, already charged against the output limit.
    public var print: ((String) -> Void)? = nil
    /// Milliseconds since the epoch.
    public var currentTime: (() -> Double)? = nil
    /// A double in [0, 1).
    public var random: (() -> Double)? = nil
    /// Minutes that local time is ahead of UTC at a UTC time value.
    public var timeZoneOffset: ((Double) -> Double)? = nil
    public var timeZoneName: ((Double) -> String)? = nil

    /// Finds and reads the module that an import names. Absent: imports are refused.
    public var loadModule: ((ModuleRequest) -> ModuleLoad)? = nil
    /// Asked before a dynamic import: true when the host takes care of it and calls `completeImport` later.
    public var defersImport: ((ModuleRequest, _ promise: Value, _ realm: UInt32) -> Bool)? = nil

    /// The text of a source map: name of the script, and what its `sourceMappingURL` comment says. Asked when a stack
    /// trace is made; maps that the script carries itself do not need it.
    public var loadSourceMap: ((_ source: String, _ url: String) -> [UInt8]?)? = nil

    /// Starts a timer: a list of function and arguments, milliseconds (nil: at once), whether it repeats. Gives its number.
    public var setTimer: ((_ list: Value, _ milliseconds: Double?, _ repeats: Bool) throws(Thrown) -> Int32)? = nil
    public var clearTimer: ((Int32) throws(Thrown) -> Void)? = nil

    /// The console shows values in colours: it writes to a terminal.
    public var showsColors = false

    public init() {}
}

extension Machine {
    /// Prints a line for the guest.
    /// - Throws: `.termination` when the output limit is reached.
    public func output(_ text: String) throws(Thrown) {
        outputBytes &+= text.utf8.count &+ 1
        try charge(text.utf8.count &+ 256)
        if outputBytes > currentLimits.output { throw terminate(.output) }
        host.print?(text)
    }

    /// The guest ends at its next safepoint after so many nanoseconds from now.
    public func setDeadline(_ nanoseconds: Int64?) {
        deadlineTime = nanoseconds.map { MonotonicClock.now() &+ $0 }
    }

    /// The guest ends at its next safepoint after this monotonic time.
    public func setDeadline(at time: Int64?) { deadlineTime = time }
}

extension Machine {
    /// Number::exponentiate.
    public static func exponentiate(_ base: Double, _ exponent: Double) -> Double { power(base, exponent) }

    /// A double in [0, 1): from the host's source, or from a generator with a fixed seed.
    public func nextRandom() -> Double {
        if let random = host.random { return random() }
        randomState ^= randomState << 13
        randomState ^= randomState >> 7
        randomState ^= randomState << 17
        return Double(randomState >> 11) / 9_007_199_254_740_992
    }
}
