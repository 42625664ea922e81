/// Code points in UTF-16 text that may have lone surrogates, as all JavaScript strings may.
public enum UTF16Text {
    @inlinable
    public static func isHighSurrogate(_ unit: UInt16) -> Bool { unit & 0xFC00 == 0xD800 }

    @inlinable
    public static func isLowSurrogate(_ unit: UInt16) -> Bool { unit & 0xFC00 == 0xDC00 }

    /// The code point of a surrogate pair.
    @inlinable
    public static func scalar(high: UInt16, low: UInt16) -> UInt32 {
        0x10000 &+ (UInt32(high & 0x3FF) &<< 10 | UInt32(low & 0x3FF))
    }

    /// CodePointAt: the code point at `index`, which moves behind it. A lone surrogate is its own code point.
    @inlinable
    public static func scalar<Text: RandomAccessCollection>(_ text: Text, at index: inout Int) -> UInt32
    where Text.Element == UInt16, Text.Index == Int {
        let unit = text[index]
        index &+= 1
        if unit & 0xFC00 == 0xD800, index < text.endIndex {
            let next = text[index]
            if next & 0xFC00 == 0xDC00 {
                index &+= 1
                return scalar(high: unit, low: next)
            }
        }
        return UInt32(unit)
    }

    /// The code point that ends at `index`, which moves before it.
    @inlinable
    public static func scalar<Text: RandomAccessCollection>(_ text: Text, before index: inout Int) -> UInt32
    where Text.Element == UInt16, Text.Index == Int {
        index &-= 1
        let unit = text[index]
        if unit & 0xFC00 == 0xDC00, index > text.startIndex {
            let previous = text[index &- 1]
            if previous & 0xFC00 == 0xD800 {
                index &-= 1
                return scalar(high: previous, low: unit)
            }
        }
        return UInt32(unit)
    }

    /// Appends one or two code units; values that are no code points become U+FFFD.
    @inlinable
    public static func append(_ scalar: UInt32, to result: inout [UInt16]) {
        if scalar < 0x10000 {
            result.append(UInt16(truncatingIfNeeded: scalar))
        } else if scalar < 0x110000 {
            let offset = scalar &- 0x10000
            result.append(0xD800 | UInt16(truncatingIfNeeded: offset >> 10))
            result.append(0xDC00 | UInt16(truncatingIfNeeded: offset & 0x3FF))
        } else {
            result.append(0xFFFD)
        }
    }

    /// String.prototype.isWellFormed (ECMA-262, 22.1.3.10): no lone surrogates.
    public static func isWellFormed(_ text: ArraySlice<UInt16>) -> Bool {
        var index = text.startIndex
        while index < text.endIndex {
            if scalar(text, at: &index) & 0xFFFF_F800 == 0xD800 { return false }
        }
        return true
    }

    /// String.prototype.toWellFormed (ECMA-262, 22.1.3.33): each lone surrogate becomes U+FFFD.
    public static func toWellFormed(_ text: ArraySlice<UInt16>) -> [UInt16] {
        var result = Array(text)
        var index = 0
        while index < result.count {
            let start = index
            if scalar(result, at: &index) & 0xFFFF_F800 == 0xD800 { result[start] = 0xFFFD }
        }
        return result
    }

    /// Whether every unit fits into Latin-1.
    public static func isLatin1(_ text: ArraySlice<UInt16>) -> Bool {
        var bits: UInt16 = 0
        for unit in text { bits |= unit }
        return bits < 0x100
    }
}
