import TerrariumCage

/// A flat string in the cage.
public struct RegExpSubject: Sendable {
    /// Offset of the first unit.
    public var offset: UInt32
    /// In units, below 2^30.
    public var length: Int
    public var isLatin1: Bool

    public init(offset: UInt32, length: Int, isLatin1: Bool) {
        self.offset = offset
        self.length = length
        self.isLatin1 = isLatin1
    }
}

/// The memory of one match: registers, the backtrack stack and, while it is paused, everything else. It holds no absolute
/// offset, so it may be copied to a larger region and continued there.
public struct RegExpStackRegion: Sendable {
    public var offset: UInt32
    /// In bytes, at least `RegExpMatcher.minimumStackBytes`.
    public var capacity: Int

    public init(offset: UInt32, capacity: Int) {
        self.offset = offset
        self.capacity = capacity
    }
}

public enum RegExpMatchOutcome: Sendable, Hashable {
    case matched
    case failed
    /// Paused: `resume` with more fuel.
    case outOfFuel
    /// Paused: copy the stack region to a larger one and `resume` there. Costs no fuel.
    case needsStack
}

/// Runs programs.
///
/// Rules that hold here:
/// 1. Program, subject, registers and stack are read from the cage, and none of it is trusted: an operand that makes no
///    sense reads other bytes of the cage or fails, writes go to the registers and the stack region only, and every
///    instruction costs fuel, so nothing loops for free.
/// 2. An instruction checks for stack space before it changes anything. A pause is always between two instructions.
/// 3. One unit of fuel is one instruction, or eight units of a scan, or eight units compared by a back reference. A scan is
///    charged when it is done, so fuel may end below zero by at most an eighth of the subject; carry the debt over.
public enum RegExpMatcher {
    /// Enough for the state of any match that has not begun.
    public static let minimumStackBytes = 64

    /// A capacity that most matches of the program get by with.
    public static func suggestedStackBytes(_ program: RegExpProgram) -> Int {
        (header &+ program.registerCount &* 4 &+ 1024 &+ 511) & ~511
    }

    /// Matches from `lastIndex` on, or only there.
    ///
    /// - Parameters:
    ///   - program: offset of the words of a `RegExpProgram`.
    ///   - isAnchored: try no other position; nil for what the sticky flag says.
    ///   - captures: offset at which, on success, start and end of the whole match and of each group are written as 32-bit
    ///     integers, -1 for a group without a value.
    ///   - fuel: units left; see the rules.
    public static func match(
        cage: Cage, program: UInt32, wordCount: Int, subject: RegExpSubject, lastIndex: Int, captures: UInt32,
        stack: RegExpStackRegion, isAnchored: Bool? = nil, fuel: inout Int
    ) -> RegExpMatchOutcome {
        let length = UInt32(truncatingIfNeeded: max(0, min(subject.length, maximumLength)))
        var position = UInt32(truncatingIfNeeded: max(0, min(lastIndex, Int(length))))
        let mode = cage.load32(program)
        if mode & RegExpLayout.unicodeBit != 0, !subject.isLatin1,
            UTF16Reader(cage: cage, start: subject.offset).isInsidePair(position, length)
        {
            position &-= 1
        }
        let entryWord =
            isAnchored ?? (mode & RegExpLayout.stickyBit != 0)
            ? RegExpLayout.anchoredEntryWord : RegExpLayout.searchEntryWord
        let entry = cage.load32(program, UInt16(truncatingIfNeeded: entryWord &* 4)) &<< 2
        cage.store32(stack.offset, 0, freshState)
        cage.store32(stack.offset, 4, entry)
        cage.store32(stack.offset, 8, position)
        return resume(
            cage: cage, program: program, wordCount: wordCount, subject: subject, captures: captures, stack: stack,
            fuel: &fuel)
    }

    /// Continues a match that ended with `.outOfFuel` or `.needsStack`, with the same program and subject.
    public static func resume(
        cage: Cage, program: UInt32, wordCount: Int, subject: RegExpSubject, captures: UInt32,
        stack: RegExpStackRegion, fuel: inout Int
    ) -> RegExpMatchOutcome {
        let registerCount = min(cage.load32(program, 4), UInt32(1) << 22)
        let entries = (UInt32(header) &+ registerCount &* 4 &+ 7) & ~7
        let capacity = UInt32(truncatingIfNeeded: max(0, min(stack.capacity, maximumStackBytes))) & ~7
        if capacity < entries { return .needsStack }
        let length = UInt32(truncatingIfNeeded: max(0, min(subject.length, maximumLength)))
        if cage.load32(stack.offset) != runningState {
            begin(cage: cage, program: program, stack: stack.offset, registerCount: registerCount, entries: entries)
            fuel &-= Int(registerCount >> 4)
        }
        let machine = RegExpMachine(
            cage: cage, program: program, stack: stack.offset, subject: subject.offset, length: length,
            captures: captures, registerCount: registerCount, entries: entries, capacity: capacity, fuel: fuel)
        let (outcome, left) =
            subject.isLatin1
            ? machine.run(Latin1Reader(cage: cage, start: subject.offset))
            : machine.run(UTF16Reader(cage: cage, start: subject.offset))
        fuel = left
        return outcome
    }

    private static func begin(cage: Cage, program: UInt32, stack: UInt32, registerCount: UInt32, entries: UInt32) {
        cage.store32(stack, 0, runningState)
        cage.store32(stack, 12, entries)
        // Registers of captures begin unmatched; the others are set before they are read.
        var position = stack &+ UInt32(header)
        for _ in 0..<(entries &- UInt32(header)) >> 3 {
            cage.store64(position, 0, .max)
            position = position &+ 8
        }
        // The start of the match, which a search sets again.
        cage.store32(stack, UInt16(truncatingIfNeeded: header), cage.load32(stack, 8))
    }

    /// Bytes before the registers: state, place in the program, position, top of the stack.
    static let header = 16
    static let freshState: UInt32 = 0x5258_0001
    static let runningState: UInt32 = 0x5258_0002
    static let maximumLength = 1 << 30
    static let maximumStackBytes = Int.bitWidth == 64 ? 1 << 31 : 1 << 30
}
