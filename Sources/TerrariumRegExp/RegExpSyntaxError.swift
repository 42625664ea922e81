import TerrariumCage

/// Why a pattern is not one, in V8's words.
public struct RegExpSyntaxError: Error, Sendable, Hashable {
    /// The reason alone: "Unterminated group".
    public var message: String
    /// Where in the pattern, in code units.
    public var offset: Int
    /// What finding it took beyond the length of the pattern, in about nanoseconds.
    public internal(set) var work = 0

    public static func == (a: RegExpSyntaxError, b: RegExpSyntaxError) -> Bool { a.message == b.message && a.offset == b.offset }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(message)
        hasher.combine(offset)
    }

    public init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }

    /// The message of the SyntaxError: "Invalid regular expression: /(/: Unterminated group".
    public func fullMessage(pattern: [UInt16], flags: RegExpFlags) -> [UInt16] {
        Array("Invalid regular expression: /".utf16) + pattern + [0x2F] + flags.units + Array(": ".utf16)
            + Array(message.utf16)
    }
}

/// When `RegExpLimits.callOff` is asked.
struct CallOffWatch {
    private var sinceLook = 0

    /// - Parameter work: in about nanoseconds.
    @inline(__always)
    mutating func note(_ work: Int, _ limits: RegExpLimits) throws(RegExpSyntaxError) {
        sinceLook &+= work
        if _slowPath(sinceLook > 100_000) { try look(limits) }
    }

    @inline(never)
    private mutating func look(_ limits: RegExpLimits) throws(RegExpSyntaxError) {
        sinceLook = 0
        if limits.callOff?.isDue == true { throw RegExpSyntaxError(message: "Nobody waits for this", offset: 0) }
    }
}

/// Bounds on what compiling one pattern may cost, so that a short hostile pattern cannot cost the host much.
public struct RegExpLimits: Sendable {
    /// Words of the finished program.
    public var words = 1 << 20
    /// Capture groups; the bound of V8.
    public var captures = 65_535
    /// Ranges of all character classes together.
    public var ranges = 1 << 20
    /// Bytes of the host's memory while the pattern is read and compiled, about.
    public var memory = 1 << 30
    /// Abstract units of work, about a nanosecond each, that patterns of honest size do not come near to.
    public var work = 500_000_000
    /// Asked about every 100 microseconds. The pattern is refused when nobody waits for it any more.
    public var callOff: CallOff? = nil

    public init() {}

    /// Keeps the memory of work that nobody waits for any more.
    func keepIfCalledOff(_ work: any Sendable) {
        if let callOff, callOff.isDue { callOff.keep(work) }
    }
}
