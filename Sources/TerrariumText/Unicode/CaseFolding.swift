/// Canonicalize of regular expressions that ignore case (ECMA-262, 22.2.2.7.3), and its inverse for classes.
public enum CaseFolding {
    /// scf(scalar): simple case folding, what Canonicalize does with the `u` or `v` flag.
    public static func simpleFold(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return scalar &- 0x41 < 26 ? scalar | 0x20 : scalar }
        return foldings[scalar]
    }

    /// What Canonicalize does without these flags: toUppercase of one code unit, unless that has several units or
    /// would bring a unit beyond ASCII into it.
    public static func canonicalizeUnit(_ unit: UInt16) -> UInt16 {
        if unit < 0x80 { return unit &- 0x61 < 26 ? unit & 0x5F : unit }
        return UInt16(truncatingIfNeeded: legacy[UInt32(unit)])
    }

    /// Canonicalize in either mode.
    public static func canonicalize(_ scalar: UInt32, unicode: Bool) -> UInt32 {
        if unicode { return simpleFold(scalar) }
        return scalar < 0x10000 ? UInt32(canonicalizeUnit(UInt16(truncatingIfNeeded: scalar))) : scalar
    }

    /// Every character that Canonicalize maps to the same one as `scalar`, itself included, ascending: one to four.
    public static func equivalents(of scalar: UInt32, unicode: Bool) -> [UInt32] {
        let classes = unicode ? unicodeClasses : legacyClasses
        let canonical = canonicalize(scalar, unicode: unicode)
        var low = 0
        var high = classes.count
        while low < high {
            let middle = (low &+ high) >> 1
            if classes[middle].canonical < canonical { low = middle &+ 1 } else { high = middle }
        }
        guard low < classes.count, classes[low].canonical == canonical else { return [scalar] }
        return classes[low].members
    }

    /// The set and every character equivalent to one in it, as sorted closed ranges that do not touch.
    ///
    /// - Parameter ranges: closed ranges in any order.
    /// - Complexity: the number of ranges (sorted) plus about 1,400 classes of equivalent characters.
    public static func closed(_ ranges: [(UInt32, UInt32)], unicode: Bool) -> [(UInt32, UInt32)] {
        let sorted = merged(ranges)
        if sorted.isEmpty { return [] }
        var result = sorted
        let classes = unicode ? unicodeClasses : legacyClasses
        for entry in classes {
            var found = 0
            for member in entry.members where contains(sorted, member) { found &+= 1 }
            if found > 0 && found < entry.members.count {
                for member in entry.members { result.append((member, member)) }
            }
        }
        return merged(result)
    }

    /// Closed ranges sorted, with those that overlap or touch made one.
    public static func merged(_ ranges: [(UInt32, UInt32)]) -> [(UInt32, UInt32)] {
        var result: [(UInt32, UInt32)] = []
        result.reserveCapacity(ranges.count)
        for range in ranges.sorted(by: { $0.0 < $1.0 }) where range.0 <= range.1 {
            if let last = result.last, range.0 <= last.1 || range.0 == last.1 &+ 1 {
                result[result.count &- 1].1 = max(last.1, range.1)
            } else {
                result.append(range)
            }
        }
        return result
    }

    private static func contains(_ ranges: [(UInt32, UInt32)], _ scalar: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low &+ high) >> 1
            if ranges[middle].1 < scalar { low = middle &+ 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].0 <= scalar
    }

    private struct Equivalence: Sendable {
        var canonical: UInt32
        var members: [UInt32]
    }

    private static let foldings = CaseMap(packed: UnicodeCaseData.simpleFolding)

    private static let legacy: CaseMap = {
        var map = CaseMap()
        for scalar in UnicodeCase.upperSources where scalar < 0x10000 {
            let upper = UnicodeCase.simpleUpper(scalar)
            if UnicodeCase.fullUpper(scalar) != nil || upper >= 0x10000 { continue }
            if scalar >= 0x80 && upper < 0x80 { continue }
            map.insert(scalar, Int32(truncatingIfNeeded: Int64(upper) &- Int64(scalar)))
        }
        return map
    }()

    private static let unicodeClasses = classes(of: foldings)
    private static let legacyClasses = classes(of: legacy)

    private static func classes(of map: CaseMap) -> [Equivalence] {
        var members: [UInt32: [UInt32]] = [:]
        for source in map.sources { members[map[source], default: [map[source]]].append(source) }
        return members.map { Equivalence(canonical: $0.key, members: $0.value.sorted()) }
            .sorted { $0.canonical < $1.canonical }
    }
}
