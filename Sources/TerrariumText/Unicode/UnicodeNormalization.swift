/// Unicode normalisation (UAX #15) of UTF-16 text: String.prototype.normalize. Lone surrogates stay as they are.
public enum UnicodeNormalization {
    public enum Form: Sendable {
        case nfc, nfd, nfkc, nfkd
    }

    /// - Complexity: linear. The result has at most 18 code units for each unit of the text.
    public static func normalize(_ text: ArraySlice<UInt16>, _ form: Form) -> [UInt16] {
        normalize(text, form) { () throws(Never) in }
    }

    /// - Parameter checkpoint: called about every thousand characters.
    public static func normalize<E: Error>(
        _ text: ArraySlice<UInt16>, _ form: Form, checkpoint: () throws(E) -> Void
    ) throws(E) -> [UInt16] {
        if isPlain(text, form) { return Array(text) }
        let isCompatible = form == .nfkc || form == .nfkd
        var scalars: [UInt32] = []
        scalars.reserveCapacity(decompositionCount(text, form))
        var index = text.startIndex
        while index < text.endIndex {
            if index & 1023 == 0 { try checkpoint() }
            appendDecomposition(UTF16Text.scalar(text, at: &index), isCompatible, to: &scalars)
        }
        try orderMarks(&scalars, checkpoint)
        if form == .nfc || form == .nfkc { try compose(&scalars, checkpoint) }
        var result: [UInt16] = []
        result.reserveCapacity(scalars.count)
        for place in scalars.indices {
            if place & 1023 == 1023 { try checkpoint() }
            UTF16Text.append(scalars[place], to: &result)
        }
        return result
    }

    /// How many code points the full decomposition of the text has: `normalize` takes 24 bytes for each, or fewer.
    public static func decompositionCount(_ text: ArraySlice<UInt16>, _ form: Form) -> Int {
        let isCompatible = form == .nfkc || form == .nfkd
        var count = 0
        var index = text.startIndex
        while index < text.endIndex { count &+= decompositionCount(UTF16Text.scalar(text, at: &index), isCompatible) }
        return count
    }

    private static func decompositionCount(_ scalar: UInt32, _ isCompatible: Bool) -> Int {
        if scalar < 0xA0 { return 1 }
        let syllable = scalar &- 0xAC00
        if syllable < 11172 { return syllable % 28 != 0 ? 3 : 2 }
        guard let mapping = mapping(scalar, isCompatible) else { return 1 }
        var count = 0
        for part in mapping { count &+= decompositionCount(part, isCompatible) }
        return count
    }

    /// Whether no unit is high enough to change: ASCII in all forms, Latin-1 in NFC, and below the marks in NFC.
    private static func isPlain(_ text: ArraySlice<UInt16>, _ form: Form) -> Bool {
        let limit: UInt16
        switch form {
        case .nfc: limit = 0x300
        case .nfd: limit = 0xC0
        case .nfkc, .nfkd: limit = 0xA0
        }
        for unit in text where unit >= limit { return false }
        return true
    }

    private static func appendDecomposition(_ scalar: UInt32, _ isCompatible: Bool, to result: inout [UInt32]) {
        if scalar < 0xA0 {
            result.append(scalar)
            return
        }
        let syllable = scalar &- 0xAC00
        if syllable < 11172 {
            result.append(0x1100 &+ syllable / 588)
            result.append(0x1161 &+ syllable % 588 / 28)
            if syllable % 28 != 0 { result.append(0x11A7 &+ syllable % 28) }
            return
        }
        // Tables hold one level; no chain is longer than a few.
        guard let mapping = mapping(scalar, isCompatible) else {
            result.append(scalar)
            return
        }
        for part in mapping { appendDecomposition(part, isCompatible, to: &result) }
    }

    /// The canonical ordering: each run of marks sorted by combining class, keeping the order of equal ones.
    private static func orderMarks<E: Error>(_ scalars: inout [UInt32], _ checkpoint: () throws(E) -> Void) throws(E) {
        var index = 0
        while index < scalars.count {
            if index & 1023 == 1023 { try checkpoint() }
            guard combiningClass(scalars[index]) != 0 else {
                index &+= 1
                continue
            }
            let start = index
            var classes: [UInt8] = []
            var isOrdered = true
            while index < scalars.count {
                if index & 1023 == 1023 { try checkpoint() }
                let order = combiningClass(scalars[index])
                if order == 0 { break }
                if let last = classes.last, last > order { isOrdered = false }
                classes.append(order)
                index &+= 1
            }
            if !isOrdered { try orderRun(&scalars, start, classes, checkpoint) }
        }
    }

    /// Sorts the marks from `start` on by their classes, by counting.
    private static func orderRun<E: Error>(
        _ scalars: inout [UInt32], _ start: Int, _ classes: [UInt8], _ checkpoint: () throws(E) -> Void
    ) throws(E) {
        var places = [Int](repeating: 0, count: 257)
        for order in classes { places[Int(order) &+ 1] &+= 1 }
        for order in 1...256 { places[order] &+= places[order &- 1] }
        let marks = Array(scalars[start..<(start &+ classes.count)])
        for (offset, order) in classes.enumerated() {
            if offset & 1023 == 1023 { try checkpoint() }
            scalars[start &+ places[Int(order)]] = marks[offset]
            places[Int(order)] &+= 1
        }
    }

    private static func compose<E: Error>(_ scalars: inout [UInt32], _ checkpoint: () throws(E) -> Void) throws(E) {
        var starter: Int?
        var lastClass: UInt8 = 0
        var write = 0
        for read in scalars.indices {
            if read & 1023 == 1023 { try checkpoint() }
            let scalar = scalars[read]
            let order = combiningClass(scalar)
            // Blocked when a mark of the same or a higher class, or another starter, lies between.
            if let position = starter, write == position &+ 1 || (lastClass != 0 && lastClass < order),
                let composite = composite(scalars[position], scalar)
            {
                scalars[position] = composite
                continue
            }
            if order == 0 {
                starter = write
            }
            lastClass = order
            scalars[write] = scalar
            write &+= 1
        }
        scalars.removeLast(max(0, scalars.count &- write))
    }

    private static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        let leading = first &- 0x1100
        let vowel = second &- 0x1161
        if leading < 19 && vowel < 21 { return 0xAC00 &+ (leading &* 21 &+ vowel) &* 28 }
        let syllable = first &- 0xAC00
        let trailing = second &- 0x11A7
        if syllable < 11172 && syllable % 28 == 0 && trailing &- 1 < 27 { return first &+ trailing }
        return composites[UInt64(first) &<< 32 | UInt64(second)]
    }

    /// One level of a decomposition; most code points have none.
    private static func mapping(_ scalar: UInt32, _ isCompatible: Bool) -> [UInt32]? {
        let word = Int(scalar >> 6)
        if word < isMapped.count, isMapped[word] &>> UInt64(scalar & 63) & 1 == 0 { return nil }
        return canonical[scalar] ?? (isCompatible ? compatibility[scalar] : nil)
    }

    /// A bit for each code point of the first plane: whether it has any decomposition.
    private static let isMapped: [UInt64] = {
        var result = [UInt64](repeating: 0, count: 1024)
        for table in [canonical, compatibility] {
            for scalar in table.keys where scalar < 0x10000 { result[Int(scalar >> 6)] |= 1 &<< UInt64(scalar & 63) }
        }
        return result
    }()

    /// Canonical_Combining_Class.
    static func combiningClass(_ scalar: UInt32) -> UInt8 {
        if scalar < 0x300 { return 0 }
        let ranges = combiningClasses
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low &+ high) >> 1
            if ranges[middle].last < scalar { low = middle &+ 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].first <= scalar ? ranges[low].value : 0
    }

    private static let combiningClasses: [(first: UInt32, last: UInt32, value: UInt8)] = {
        var table = PackedTable(UnicodeNormalizationData.combiningClasses)
        return table.valuedRanges()
    }()
    private static let canonical: [UInt32: [UInt32]] = {
        var table = PackedTable(UnicodeNormalizationData.canonical)
        return table.sequences()
    }()
    private static let compatibility: [UInt32: [UInt32]] = {
        var table = PackedTable(UnicodeNormalizationData.compatibility)
        return table.sequences()
    }()
    private static let composites: [UInt64: UInt32] = {
        let excluded = CodePointSet(packed: UnicodeNormalizationData.compositionExclusions)
        var result: [UInt64: UInt32] = [:]
        for (scalar, parts) in canonical where parts.count == 2 && !excluded.contains(scalar) {
            result[UInt64(parts[0]) &<< 32 | UInt64(parts[1])] = scalar
        }
        return result
    }()
}
