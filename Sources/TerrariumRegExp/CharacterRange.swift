import TerrariumText

/// A closed range of characters (code units, or code points with the `u` or `v` flag).
struct CharacterRange: Hashable, Sendable {
    var low: UInt32
    var high: UInt32

    init(_ low: UInt32, _ high: UInt32) {
        self.low = low
        self.high = high
    }
}

/// A set of characters: sorted ranges that neither overlap nor touch.
struct CharacterSet: Hashable, Sendable {
    private(set) var ranges: [CharacterRange]

    /// Takes ranges in any order.
    init(_ unordered: [CharacterRange]) { ranges = CharacterSet.normalized(unordered) }

    init(pairs: [(UInt32, UInt32)]) { self.init(pairs.map { CharacterRange($0.0, $0.1) }) }

    private init(sorted: [CharacterRange]) { ranges = sorted }

    static let empty = CharacterSet(sorted: [])

    var isEmpty: Bool { ranges.isEmpty }

    /// The only member of a set of one.
    var single: UInt32? {
        guard ranges.count == 1, let range = ranges.first, range.low == range.high else { return nil }
        return range.low
    }

    /// How many characters the set has.
    var count: Int { ranges.reduce(0) { $0 &+ Int($1.high &- $1.low) &+ 1 } }

    func contains(_ character: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low &+ high) >> 1
            if ranges[middle].high < character { low = middle &+ 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].low <= character
    }

    /// Whether the set has a character of the closed range.
    func intersects(_ first: UInt32, _ last: UInt32) -> Bool {
        ranges.contains { $0.low <= last && $0.high >= first }
    }

    /// What is not in the set, up to `last`.
    func complement(upTo last: UInt32) -> CharacterSet {
        var result: [CharacterRange] = []
        result.reserveCapacity(ranges.count &+ 1)
        var next: UInt32 = 0
        for range in ranges {
            if range.low > next { result.append(CharacterRange(next, range.low &- 1)) }
            next = range.high &+ 1
            if range.high >= last { return CharacterSet(sorted: result) }
        }
        result.append(CharacterRange(next, last))
        return CharacterSet(sorted: result)
    }

    func union(_ other: CharacterSet) -> CharacterSet {
        if other.isEmpty { return self }
        return isEmpty ? other : CharacterSet(ranges + other.ranges)
    }

    func intersection(_ other: CharacterSet) -> CharacterSet {
        var result: [CharacterRange] = []
        var i = 0
        var j = 0
        while i < ranges.count, j < other.ranges.count {
            let a = ranges[i]
            let b = other.ranges[j]
            let low = max(a.low, b.low)
            let high = min(a.high, b.high)
            if low <= high { result.append(CharacterRange(low, high)) }
            if a.high < b.high { i &+= 1 } else { j &+= 1 }
        }
        return CharacterSet(sorted: result)
    }

    func subtracting(_ other: CharacterSet) -> CharacterSet {
        intersection(other.complement(upTo: CharacterSet.lastCodePoint))
    }

    /// The set and everything that Canonicalize does not tell from one of its members.
    func closedOverCase(unicode: Bool) -> CharacterSet {
        if isEmpty { return self }
        if let last = ranges.last, last.high < 0x80 { return closedOverCaseOfASCII(unicode: unicode) }
        if count <= 32 {
            var result = ranges
            for range in ranges {
                for character in range.low...range.high {
                    for other in CaseFolding.equivalents(of: character, unicode: unicode) {
                        result.append(CharacterRange(other, other))
                    }
                }
            }
            return CharacterSet(result)
        }
        return CharacterSet(pairs: CaseFolding.closed(ranges.map { ($0.low, $0.high) }, unicode: unicode))
    }

    /// Whether `closedOverCase` has to look at every class of equivalent characters.
    var isExpensiveToClose: Bool { (ranges.last?.high ?? 0) >= 0x80 && count > 32 }

    private func closedOverCaseOfASCII(unicode: Bool) -> CharacterSet {
        var result = ranges
        for range in ranges {
            let lower = (max(range.low, 0x61), min(range.high, 0x7A))
            if lower.0 <= lower.1 { result.append(CharacterRange(lower.0 &- 0x20, lower.1 &- 0x20)) }
            let upper = (max(range.low, 0x41), min(range.high, 0x5A))
            if upper.0 <= upper.1 { result.append(CharacterRange(upper.0 &+ 0x20, upper.1 &+ 0x20)) }
        }
        if unicode {
            // Long s and the Kelvin sign fold to ASCII letters.
            if contains(0x53) || contains(0x73) { result.append(CharacterRange(0x17F, 0x17F)) }
            if contains(0x4B) || contains(0x6B) { result.append(CharacterRange(0x212A, 0x212A)) }
        }
        return CharacterSet(result)
    }

    private static func normalized(_ unordered: [CharacterRange]) -> [CharacterRange] {
        if unordered.count < 2 { return unordered }
        var result: [CharacterRange] = []
        result.reserveCapacity(unordered.count)
        for range in unordered.sorted(by: { $0.low < $1.low }) {
            if let last = result.last, range.low <= last.high &+ 1 {
                result[result.count &- 1].high = max(last.high, range.high)
            } else {
                result.append(range)
            }
        }
        return result
    }

    static let lastCodePoint: UInt32 = 0x10FFFF

    static let digits = CharacterSet([CharacterRange(0x30, 0x39)])
    static let words = CharacterSet([
        CharacterRange(0x30, 0x39), CharacterRange(0x41, 0x5A), CharacterRange(0x5F, 0x5F), CharacterRange(0x61, 0x7A),
    ])
    /// WhiteSpace and LineTerminator.
    static let spaces = CharacterSet([
        CharacterRange(0x09, 0x0D), CharacterRange(0x20, 0x20), CharacterRange(0xA0, 0xA0),
        CharacterRange(0x1680, 0x1680), CharacterRange(0x2000, 0x200A), CharacterRange(0x2028, 0x2029),
        CharacterRange(0x202F, 0x202F), CharacterRange(0x205F, 0x205F), CharacterRange(0x3000, 0x3000),
        CharacterRange(0xFEFF, 0xFEFF),
    ])
    static let lineTerminators = CharacterSet([
        CharacterRange(0x0A, 0x0A), CharacterRange(0x0D, 0x0D), CharacterRange(0x2028, 0x2029),
    ])
}
