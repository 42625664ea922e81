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
        let mode = cage.load32(program)
        let isFixed = isAnchored ?? (mode & RegExpLayout.stickyBit != 0)
        let (outcome, left) =
            subject.isLatin1
            ? matchLatin1(cage, program, subject, lastIndex, captures, stack, isFixed, fuel)
            : matchUTF16(cage, program, subject, lastIndex, captures, stack, isFixed, fuel)
        fuel = left
        return outcome
    }

    @inline(__always)
    private static func matchLatin1(
        _ cage: Cage, _ program: UInt32, _ subject: RegExpSubject, _ lastIndex: Int, _ captures: UInt32,
        _ stack: RegExpStackRegion, _ isFixed: Bool, _ fuel: Int
    ) -> (RegExpMatchOutcome, fuel: Int) {
        guard let machine = machine(cage, program, subject, captures, stack) else {
            return unbegun(cage, program, stack, lastIndex, isFixed, fuel)
        }
        let position = UInt32(truncatingIfNeeded: max(0, min(lastIndex, Int(machine.length))))
        machine.begin(at: position)
        return machine.runLatin1(
            subject.offset, program &+ entry(cage, program, isFixed), position, stack.offset &+ machine.entries,
            fuel &- Int(machine.registerCount >> 4))
    }

    @inline(__always)
    private static func matchUTF16(
        _ cage: Cage, _ program: UInt32, _ subject: RegExpSubject, _ lastIndex: Int, _ captures: UInt32,
        _ stack: RegExpStackRegion, _ isFixed: Bool, _ fuel: Int
    ) -> (RegExpMatchOutcome, fuel: Int) {
        guard let machine = machine(cage, program, subject, captures, stack) else {
            return unbegun(cage, program, stack, lastIndex, isFixed, fuel)
        }
        var position = UInt32(truncatingIfNeeded: max(0, min(lastIndex, Int(machine.length))))
        let reader = UTF16Reader(cage: cage, start: subject.offset)
        if cage.load32(program) & RegExpLayout.unicodeBit != 0, reader.isInsidePair(position, machine.length) { position &-= 1 }
        machine.begin(at: position)
        return machine.runUTF16(
            subject.offset, program &+ entry(cage, program, isFixed), position, stack.offset &+ machine.entries,
            fuel &- Int(machine.registerCount >> 4))
    }

    /// Bytes from the start of the program to where a match begins.
    @inline(__always)
    private static func entry(_ cage: Cage, _ program: UInt32, _ isFixed: Bool) -> UInt32 {
        let word = isFixed ? RegExpLayout.anchoredEntryWord : RegExpLayout.searchEntryWord
        return cage.load32(program, UInt16(truncatingIfNeeded: word &* 4)) &<< 2
    }

    /// The region is too small for the registers: how the match begins is noted there.
    @inline(never)
    private static func unbegun(
        _ cage: Cage, _ program: UInt32, _ stack: RegExpStackRegion, _ lastIndex: Int, _ isFixed: Bool, _ fuel: Int
    ) -> (RegExpMatchOutcome, fuel: Int) {
        cage.store32(stack.offset, 0, freshState)
        cage.store32(stack.offset, 4, isFixed ? 1 : 0)
        cage.store32(stack.offset, 8, UInt32(truncatingIfNeeded: max(0, min(lastIndex, maximumLength))))
        return (.needsStack, fuel)
    }

    /// Nil when the region is too small for the registers.
    @inline(__always)
    private static func machine(
        _ cage: Cage, _ program: UInt32, _ subject: RegExpSubject, _ captures: UInt32, _ stack: RegExpStackRegion
    ) -> RegExpMachine? {
        let registerCount = min(cage.load32(program, 4), UInt32(1) << 22)
        let entries = (UInt32(header) &+ registerCount &* 4 &+ 7) & ~7
        let capacity = UInt32(truncatingIfNeeded: max(0, min(stack.capacity, maximumStackBytes))) & ~7
        if capacity < entries { return nil }
        let length = UInt32(truncatingIfNeeded: max(0, min(subject.length, maximumLength)))
        return RegExpMachine(
            cage: cage, program: program, stack: stack.offset, length: length, captures: captures,
            registerCount: registerCount, entries: entries, capacity: capacity)
    }

    /// Continues a match that ended with `.outOfFuel` or `.needsStack`, with the same program and subject.
    @inline(never)
    public static func resume(
        cage: Cage, program: UInt32, wordCount: Int, subject: RegExpSubject, captures: UInt32,
        stack: RegExpStackRegion, fuel: inout Int
    ) -> RegExpMatchOutcome {
        guard let machine = machine(cage, program, subject, captures, stack) else { return .needsStack }
        if cage.load32(stack.offset) != runningState {
            return match(
                cage: cage, program: program, wordCount: wordCount, subject: subject,
                lastIndex: Int(cage.load32(stack.offset, 8)), captures: captures, stack: stack,
                isAnchored: cage.load32(stack.offset, 4) & 1 != 0, fuel: &fuel)
        }
        let place = program &+ cage.load32(stack.offset, 4), position = min(cage.load32(stack.offset, 8), machine.length)
        let top = stack.offset &+ max(machine.entries, min(cage.load32(stack.offset, 12) & ~7, machine.capacity))
        let (outcome, left) =
            subject.isLatin1
            ? machine.runLatin1(subject.offset, place, position, top, fuel)
            : machine.runUTF16(subject.offset, place, position, top, fuel)
        fuel = left
        return outcome
    }

    /// Bytes before the registers: state, place in the program, position, top of the stack.
    static let header = 16
    static let freshState: UInt32 = 0x5258_0001
    static let runningState: UInt32 = 0x5258_0002
    static let maximumLength = 1 << 30
    static let maximumStackBytes = Int.bitWidth == 64 ? 1 << 31 : 1 << 30
}
