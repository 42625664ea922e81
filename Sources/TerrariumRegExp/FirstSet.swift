/// What the next code unit can be where a piece of a pattern matches: exact for Latin-1, one bit for all units beyond,
/// one for the end of the subject. Always a superset of the truth.
struct FirstSet: Hashable, Sendable {
    var bits0: UInt64 = 0
    var bits1: UInt64 = 0
    var bits2: UInt64 = 0
    var bits3: UInt64 = 0
    /// Some unit of 256 or more.
    var other = false
    /// The end of the subject.
    var end = false
    /// The piece may match without looking at the next unit, so what follows it decides as well.
    var isTransparent = false

    static let nothing = FirstSet()

    /// Every unit and the end.
    static let everything = FirstSet(
        bits0: .max, bits1: .max, bits2: .max, bits3: .max, other: true, end: true, isTransparent: true)

    static let transparent = FirstSet(isTransparent: true)

    init(
        bits0: UInt64 = 0, bits1: UInt64 = 0, bits2: UInt64 = 0, bits3: UInt64 = 0, other: Bool = false,
        end: Bool = false, isTransparent: Bool = false
    ) {
        self.bits0 = bits0
        self.bits1 = bits1
        self.bits2 = bits2
        self.bits3 = bits3
        self.other = other
        self.end = end
        self.isTransparent = isTransparent
    }

    init(_ set: CharacterSet) {
        for range in set.ranges {
            if range.high > 0xFF { other = true }
            if range.low > 0xFF { break }
            insert(range.low, min(range.high, 0xFF))
        }
    }

    init(unit: UInt32) {
        if unit > 0xFF { other = true } else { insert(unit, unit) }
    }

    /// Closed range of Latin-1 units.
    private mutating func insert(_ low: UInt32, _ high: UInt32) {
        bits0 |= FirstSet.bits(low, high, 0)
        bits1 |= FirstSet.bits(low, high, 64)
        bits2 |= FirstSet.bits(low, high, 128)
        bits3 |= FirstSet.bits(low, high, 192)
    }

    private static func bits(_ low: UInt32, _ high: UInt32, _ base: UInt32) -> UInt64 {
        let first = max(low, base)
        let last = min(high, base &+ 63)
        guard first <= last else { return 0 }
        return (UInt64.max >> UInt64(63 &- (last &- first))) << UInt64(first &- base)
    }

    mutating func formUnion(_ other: FirstSet) {
        bits0 |= other.bits0
        bits1 |= other.bits1
        bits2 |= other.bits2
        bits3 |= other.bits3
        self.other = self.other || other.other
        end = end || other.end
        isTransparent = isTransparent || other.isTransparent
    }

    /// What comes first in this piece followed by `next`.
    func followed(by next: FirstSet) -> FirstSet {
        guard isTransparent else { return self }
        var result = self
        result.isTransparent = false
        result.formUnion(next)
        return result
    }

    /// Whether no unit, and not the end, is in both. Transparent sets are never known to be disjoint.
    func isDisjoint(with set: FirstSet) -> Bool {
        if isTransparent || set.isTransparent || (other && set.other) || (end && set.end) { return false }
        return (bits0 & set.bits0) | (bits1 & set.bits1) | (bits2 & set.bits2) | (bits3 & set.bits3) == 0
    }

    /// Whether looking at the next unit can rule this piece out.
    var isSelective: Bool {
        if isTransparent { return false }
        return !(other && bits0 & bits1 & bits2 & bits3 == .max)
    }

    /// The only unit of the set, when it has just one and that is Latin-1.
    var singleUnit: UInt32? {
        guard !other, !end, !isTransparent else { return nil }
        let count =
            bits0.nonzeroBitCount &+ bits1.nonzeroBitCount &+ bits2.nonzeroBitCount &+ bits3.nonzeroBitCount
        guard count == 1 else { return nil }
        if bits0 != 0 { return UInt32(bits0.trailingZeroBitCount) }
        if bits1 != 0 { return 64 &+ UInt32(bits1.trailingZeroBitCount) }
        if bits2 != 0 { return 128 &+ UInt32(bits2.trailingZeroBitCount) }
        return 192 &+ UInt32(bits3.trailingZeroBitCount)
    }

    /// The units as a class: all beyond Latin-1, or none.
    var characterSet: CharacterSet {
        var ranges: [CharacterRange] = other ? [CharacterRange(0x100, CharacterSet.lastCodePoint)] : []
        for unit in UInt32(0)..<256 where contains(unit) { ranges.append(CharacterRange(unit, unit)) }
        return CharacterSet(ranges)
    }

    private func contains(_ unit: UInt32) -> Bool {
        let word = unit < 64 ? bits0 : unit < 128 ? bits1 : unit < 192 ? bits2 : bits3
        return word >> UInt64(unit & 63) & 1 != 0
    }
}
