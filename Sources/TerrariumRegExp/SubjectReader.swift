import TerrariumCage

/// Reads units of a subject in the cage. Two conformances, so that the matcher is compiled once for each.
protocol SubjectReader {
    static var isLatin1: Bool { get }
    init(cage: Cage, start: UInt32)
    /// The unit at a position below the length (any position is in bounds of the cage).
    func unit(_ position: UInt32) -> UInt32
    /// 64 bits from a position on: eight or four units.
    func block(_ position: UInt32) -> UInt64
}

struct Latin1Reader: SubjectReader {
    let cage: Cage
    let start: UInt32

    static var isLatin1: Bool {
        @inline(__always) get { true }
    }
    @inline(__always) func unit(_ position: UInt32) -> UInt32 { UInt32(cage.load8(start &+ position)) }
    @inline(__always) func block(_ position: UInt32) -> UInt64 { cage.load64(start &+ position) }
}

struct UTF16Reader: SubjectReader {
    let cage: Cage
    let start: UInt32

    static var isLatin1: Bool {
        @inline(__always) get { false }
    }
    @inline(__always) func unit(_ position: UInt32) -> UInt32 { UInt32(cage.load16(start &+ position &<< 1)) }
    @inline(__always) func block(_ position: UInt32) -> UInt64 { cage.load64(start &+ position &<< 1) }
}

extension SubjectReader {
    /// The code point at `position`, below `length`, and its width in units.
    @inline(__always)
    func codePoint(_ position: UInt32, _ length: UInt32) -> (value: UInt32, width: UInt32) {
        let unit = unit(position)
        if Self.isLatin1 || unit & 0xFC00 != 0xD800 || position &+ 1 >= length { return (unit, 1) }
        let low = self.unit(position &+ 1)
        if low & 0xFC00 != 0xDC00 { return (unit, 1) }
        return (0x10000 &+ ((unit & 0x3FF) &<< 10 | low & 0x3FF), 2)
    }

    /// Units of the code point that ends at `position`, above 0.
    @inline(__always)
    func widthBefore(_ position: UInt32) -> UInt32 {
        if Self.isLatin1 || position < 2 || unit(position &- 1) & 0xFC00 != 0xDC00 { return 1 }
        return unit(position &- 2) & 0xFC00 == 0xD800 ? 2 : 1
    }

    /// Whether `position` lies between the halves of a pair.
    @inline(__always)
    func isInsidePair(_ position: UInt32, _ length: UInt32) -> Bool {
        if Self.isLatin1 || position == 0 || position >= length { return false }
        return unit(position) & 0xFC00 == 0xDC00 && unit(position &- 1) & 0xFC00 == 0xD800
    }

    /// The first position of `wanted` from `position` on, or `end`.
    @inline(__always)
    func find(_ wanted: UInt32, from position: UInt32, to end: UInt32) -> UInt32 {
        var position = position
        if Self.isLatin1 {
            if wanted > 0xFF { return end }
            let pattern = UInt64(wanted) &* 0x0101_0101_0101_0101
            while position &+ 8 <= end {
                let block = block(position) ^ pattern
                let zeros = (block &- 0x0101_0101_0101_0101) & ~block & 0x8080_8080_8080_8080
                if zeros != 0 { return position &+ UInt32(truncatingIfNeeded: zeros.trailingZeroBitCount) &>> 3 }
                position &+= 8
            }
        } else {
            let pattern = UInt64(wanted) &* 0x0001_0001_0001_0001
            while position &+ 4 <= end {
                let block = block(position) ^ pattern
                let zeros = (block &- 0x0001_0001_0001_0001) & ~block & 0x8000_8000_8000_8000
                if zeros != 0 { return position &+ UInt32(truncatingIfNeeded: zeros.trailingZeroBitCount) &>> 4 }
                position &+= 4
            }
        }
        while position < end, unit(position) != wanted { position &+= 1 }
        return position
    }

    /// The first line terminator from `position` on, or `end`.
    @inline(__always)
    func findLineTerminator(from position: UInt32, to end: UInt32) -> UInt32 {
        var position = position
        if Self.isLatin1 {
            while position &+ 8 <= end {
                let block = block(position)
                let feeds = block ^ 0x0A0A_0A0A_0A0A_0A0A
                let returns = block ^ 0x0D0D_0D0D_0D0D_0D0D
                let zeros =
                    ((feeds &- 0x0101_0101_0101_0101) & ~feeds | (returns &- 0x0101_0101_0101_0101) & ~returns)
                    & 0x8080_8080_8080_8080
                if zeros != 0 { return position &+ UInt32(truncatingIfNeeded: zeros.trailingZeroBitCount) &>> 3 }
                position &+= 8
            }
        }
        while position < end, !Characters.isLineTerminator(unit(position)) { position &+= 1 }
        return position
    }
}

/// Tests of single units.
enum Characters {
    @inline(__always)
    static func isLineTerminator(_ unit: UInt32) -> Bool {
        if unit > 0x0D { return unit & ~1 == 0x2028 }
        return unit == 0x0A || unit == 0x0D
    }

    /// WordCharacters; `folded` adds the two that fold to ASCII letters.
    @inline(__always)
    static func isWord(_ unit: UInt32, folded: Bool) -> Bool {
        if unit < 64 { return 0x03FF_0000_0000_0000 as UInt64 &>> UInt64(unit) & 1 != 0 }
        if unit < 128 { return 0x07FF_FFFE_87FF_FFFE as UInt64 &>> UInt64(unit &- 64) & 1 != 0 }
        return folded && (unit == 0x17F || unit == 0x212A)
    }
}

/// The program in the cage.
struct ProgramReader {
    let cage: Cage
    let start: UInt32

    /// Whether a class has a character below 256.
    @inline(__always)
    func latin1Contains(_ set: UInt32, _ character: UInt32) -> Bool {
        cage.load8(start &+ set &<< 2 &+ character &>> 3) &>> UInt8(truncatingIfNeeded: character & 7) & 1 != 0
    }

    @inline(__always)
    func contains(_ set: UInt32, _ character: UInt32) -> Bool {
        character < 256 ? latin1Contains(set, character) : wideContains(set, character)
    }

    /// Binary search in the ranges beyond Latin-1. Ends whatever the words say: the interval halves.
    @inline(never)
    func wideContains(_ set: UInt32, _ character: UInt32) -> Bool {
        let table = start &+ set &<< 2 &+ 32
        var low: UInt32 = 0
        var high = cage.load32(table) & 0xF_FFFF
        while low < high {
            let middle = (low &+ high) &>> 1
            if cage.load32(table &+ middle &<< 3, 8) < character { low = middle &+ 1 } else { high = middle }
        }
        if low >= cage.load32(table) { return false }
        return cage.load32(table &+ low &<< 3, 4) <= character
    }
}
