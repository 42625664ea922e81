/// Text to number, correctly rounded for any length. Text is any random-access collection of 8-bit (Latin-1) or 16-bit
/// code units with `Int` indices; all functions are linear in its length.
public enum NumberParsing {
    /// StringToNumber (ECMA-262, 7.1.4.1.1): the whole text, white space around it ignored; NaN when it is no number.
    @inlinable
    public static func stringToNumber<Text: RandomAccessCollection>(_ text: Text) -> Double
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        var start = text.startIndex
        var end = text.endIndex
        while start < end, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(truncatingIfNeeded: text[start])) {
            start &+= 1
        }
        while end > start, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(truncatingIfNeeded: text[end &- 1])) {
            end &-= 1
        }
        if start == end { return 0 }
        var first = text[start]
        if first == 0x30, end &- start > 2 {
            let radix: Int
            switch text[start &+ 1] | 0x20 {
            case 0x78: radix = 16
            case 0x6F: radix = 8
            case 0x62: radix = 2
            default: radix = 0
            }
            if radix != 0 {
                // Thirteen digits of 4 bits or fewer fit in 53.
                if end &- start <= 15 {
                    var value: UInt64 = 0
                    for index in (start &+ 2)..<end {
                        let digit = digitValue(text[index])
                        guard digit < radix else { return .nan }
                        value = value &* UInt64(truncatingIfNeeded: radix) &+ UInt64(truncatingIfNeeded: digit)
                    }
                    return Double(value)
                }
                let digits = Array(asciiDigits(text, from: start &+ 2, upTo: end, radix: radix))
                return digits.count == end &- start &- 2 ? parseDigits(digits[...], radix: radix) : .nan
            }
        }
        var isNegative = false
        if first == 0x2B || first == 0x2D {
            isNegative = first == 0x2D
            start &+= 1
            if start == end { return .nan }
            first = text[start]
        }
        if first == 0x49 {
            guard end &- start == 8, isInfinity(text, at: start, upTo: end) else { return .nan }
            return isNegative ? -.infinity : .infinity
        }
        let scan = DecimalScan(text, from: start, upTo: end)
        guard scan.isValid, scan.end == end else { return .nan }
        let value = scan.value ?? exactValue(text, scan)
        return isNegative ? -value : value
    }

    /// parseFloat (ECMA-262, 19.2.4): the longest prefix that is a decimal literal; NaN when there is none.
    @inlinable
    public static func parseFloat<Text: RandomAccessCollection>(_ text: Text) -> Double
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        var start = text.startIndex
        let end = text.endIndex
        while start < end, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(truncatingIfNeeded: text[start])) {
            start &+= 1
        }
        guard start < end else { return .nan }
        let isNegative = text[start] == 0x2D
        if isNegative || text[start] == 0x2B { start &+= 1 }
        guard start < end else { return .nan }
        if text[start] == 0x49 {
            guard isInfinity(text, at: start, upTo: end) else { return .nan }
            return isNegative ? -.infinity : .infinity
        }
        let scan = DecimalScan(text, from: start, upTo: end)
        guard scan.isValid else { return .nan }
        let value = scan.value ?? exactValue(text, scan)
        return isNegative ? -value : value
    }

    /// parseInt (ECMA-262, 19.2.5).
    /// - Parameter radix: the radix after ToInt32; 0 means "10, or 16 behind 0x"; anything else outside 2…36 gives NaN.
    @inlinable
    public static func parseInt<Text: RandomAccessCollection>(_ text: Text, radix: Int32) -> Double
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        var start = text.startIndex
        let end = text.endIndex
        while start < end, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(truncatingIfNeeded: text[start])) {
            start &+= 1
        }
        guard start < end else { return .nan }
        let isNegative = text[start] == 0x2D
        if isNegative || text[start] == 0x2B { start &+= 1 }
        var base = Int(radix)
        if base != 0, base < 2 || base > 36 { return .nan }
        if base == 0 || base == 16, end &- start >= 2, text[start] == 0x30, text[start &+ 1] | 0x20 == 0x78 {
            start &+= 2
            base = 16
        }
        if base == 0 { base = 10 }
        // Most texts are short: up to 10 digits of base 36 fit in 53 bits.
        var index = start
        var small: UInt64 = 0
        while index < end, index &- start < 10 {
            let digit = digitValue(text[index])
            guard digit < base else { break }
            small = small &* UInt64(truncatingIfNeeded: base) &+ UInt64(truncatingIfNeeded: digit)
            index &+= 1
        }
        if index == start { return .nan }
        let value: Double
        if index == end || digitValue(text[index]) >= base {
            value = Double(small)
        } else if base == 10 {
            while index < end, text[index] &- 48 < 10 { index &+= 1 }
            let scan = DecimalScan(text, from: start, upTo: index)
            value = scan.value ?? exactValue(text, scan)
        } else {
            value = parseDigits(asciiDigits(text, from: start, upTo: end, radix: base)[...], radix: base)
        }
        return isNegative ? -value : value
    }

    /// The array index that the text is the canonical form of: "0", or digits without a leading zero, below 2^32 - 1.
    @inlinable
    public static func arrayIndex<Text: RandomAccessCollection>(_ text: Text) -> UInt32?
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        let count = text.count
        guard count > 0, count <= 10 else { return nil }
        var index = text.startIndex
        var value: UInt64 = 0
        if text[index] == 0x30 { return count == 1 ? 0 : nil }
        while index < text.endIndex {
            let digit = text[index] &- 48
            guard digit < 10 else { return nil }
            value = value &* 10 &+ UInt64(truncatingIfNeeded: digit)
            index &+= 1
        }
        return value < 0xFFFF_FFFF ? UInt32(truncatingIfNeeded: value) : nil
    }

    /// The value of a DecimalLiteral of the grammar, numeric separators already removed; NaN when it is malformed.
    @inlinable
    public static func parseDecimal<Text: RandomAccessCollection>(_ text: Text) -> Double
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        let scan = DecimalScan(text, from: text.startIndex, upTo: text.endIndex)
        guard scan.isValid, scan.end == text.endIndex else { return .nan }
        return scan.value ?? exactValue(text, scan)
    }

    /// 0…35 for a digit or an ASCII letter of either case, 36 for anything else.
    @inlinable
    public static func digitValue<Unit: FixedWidthInteger & UnsignedInteger>(_ unit: Unit) -> Int {
        let decimal = unit &- 48
        if decimal < 10 { return Int(truncatingIfNeeded: decimal) }
        let letter = (unit | 0x20) &- 0x61
        return letter < 26 ? Int(truncatingIfNeeded: letter) &+ 10 : 36
    }

    /// The digits of this radix from `start` on, as ASCII, up to the first unit that is none.
    @inlinable
    public static func asciiDigits<Text: RandomAccessCollection>(
        _ text: Text, from start: Int, upTo limit: Int, radix: Int
    ) -> [UInt8] where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        var digits: [UInt8] = []
        var index = start
        while index < limit, digitValue(text[index]) < radix {
            digits.append(UInt8(truncatingIfNeeded: text[index]))
            index &+= 1
        }
        return digits
    }

    @inlinable
    static func isInfinity<Text: RandomAccessCollection>(_ text: Text, at start: Int, upTo limit: Int) -> Bool
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        guard limit &- start >= 8 else { return false }
        // "Infinity" as one word, so that no table is needed in inlined code.
        var word: UInt64 = 0
        for offset in 0..<8 {
            let unit = text[start &+ offset]
            guard unit < 0x80 else { return false }
            word = word &<< 8 | UInt64(truncatingIfNeeded: unit)
        }
        return word == 0x496E_6669_6E69_7479
    }

    /// The slow path: copies the literal's digits for `exactDecimal`.
    @inlinable
    static func exactValue<Text: RandomAccessCollection>(_ text: Text, _ scan: DecimalScan) -> Double
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        // A double, and the middle between two, has at most 768 significant digits; beyond them only "more than zero"
        // counts.
        var digits: [UInt8] = []
        var hasRest = false
        var index = scan.start
        while index < scan.end {
            let unit = text[index]
            index &+= 1
            if unit == 0x2E { continue }
            guard unit &- 48 < 10 else { break }
            if digits.count < 800 {
                if unit != 48 || !digits.isEmpty { digits.append(UInt8(truncatingIfNeeded: unit)) }
            } else if unit != 48 {
                hasRest = true
            }
        }
        // The scan's power belongs to its first 19 digits.
        var exponent = scan.exponent &- max(0, digits.count &- 19)
        if hasRest {
            digits.append(0x31)
            exponent &-= 1
        }
        return exactDecimal(digits: digits, exponent: exponent)
    }

    /// `digits * 10^exponent`, correctly rounded.
    /// - Parameter digits: ASCII decimal digits, at most about a thousand.
    public static func exactDecimal(digits: [UInt8], exponent: Int) -> Double {
        guard !digits.isEmpty else { return 0 }
        if exponent > 400 { return .infinity }
        if digits.count &+ exponent < -400 { return 0 }
        var text = digits
        text.append(0x65)
        if exponent < 0 { text.append(0x2D) }
        NumberFormatting.append(UInt64(exponent.magnitude), to: &text)
        return Double(String(decoding: text, as: UTF8.self)) ?? .nan
    }

    /// The value of the digits in the radix: correctly rounded for radix 10 and powers of two, and for the other radices
    /// as long as 53 bits hold it (beyond, the specification allows an approximation).
    /// - Parameter digits: ASCII digits and letters, all below the radix.
    public static func parseDigits(_ digits: ArraySlice<UInt8>, radix: Int) -> Double {
        if radix == 10 { return parseDecimal(digits) }
        if radix & (radix &- 1) == 0 { return binary(digits: digits, bitsPerDigit: radix.trailingZeroBitCount) }
        var value = 0.0
        var part: UInt64 = 0
        var multiplier: UInt64 = 1
        for unit in digits {
            part = part &* UInt64(truncatingIfNeeded: radix) &+ UInt64(truncatingIfNeeded: digitValue(unit))
            multiplier = multiplier &* UInt64(truncatingIfNeeded: radix)
            if multiplier > 100_000_000 {
                value = value * Double(multiplier) + Double(part)
                part = 0
                multiplier = 1
            }
        }
        return value * Double(multiplier) + Double(part)
    }

    /// `parseDigits` of a whole array.
    public static func parseDigits(_ digits: [UInt8], radix: Int) -> Double {
        parseDigits(digits[...], radix: radix)
    }

    private static func binary(digits: ArraySlice<UInt8>, bitsPerDigit: Int) -> Double {
        var mantissa: UInt64 = 0
        var dropped = 0
        var hasRest = false
        for unit in digits {
            let digit = UInt64(truncatingIfNeeded: digitValue(unit))
            if mantissa &>> 58 == 0 {
                mantissa = mantissa &<< UInt64(bitsPerDigit) | digit
            } else {
                dropped &+= bitsPerDigit
                if digit != 0 { hasRest = true }
            }
        }
        // At least 59 bits when anything was dropped, so a sticky lowest bit leaves the rounding right.
        if hasRest { mantissa |= 1 }
        if dropped > 1024 { return .infinity }
        return Double(sign: .plus, exponent: dropped, significand: Double(mantissa))
    }
}
