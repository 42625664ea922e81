/// Text to number (ECMA-262 §7.1.4.1.1, §19.2.4, §19.2.5). Exact: the decimal conversion is the standard library's,
/// which rounds correctly.
public enum NumberParsing {
    /// Digits with optional fraction and exponent, in the forms that literals have.
    public static func parseDecimal(_ text: [UInt8]) -> Double {
        if text.isEmpty { return 0 }
        if text.count <= 15 {
            var value = 0
            var plain = true
            for digit in text {
                guard digit >= 48, digit <= 57 else { plain = false; break }
                value = value &* 10 &+ Int(digit) &- 48
            }
            if plain { return Double(value) }
        }
        var text = text
        if text.first == 46 { text.insert(48, at: 0) }
        if text.last == 46 { text.removeLast() }
        if let dot = text.firstIndex(of: 46), dot + 1 < text.count, text[dot + 1] | 0x20 == 101 { text.remove(at: dot) }
        // Double(String) answers nil where the value is out of range in some forms; the sign of the exponent tells which.
        let string = String(decoding: text, as: UTF8.self)
        return Double(string) ?? .infinity
    }

    /// Digits of a radix, each below it; exact for powers of two, correctly rounded through decimal otherwise.
    public static func parseDigits(_ digits: [UInt8], radix: Int) -> Double {
        var small: UInt64 = 0
        var fits = true
        for digit in digits {
            let (product, overflow) = small.multipliedReportingOverflow(by: UInt64(truncatingIfNeeded: radix))
            let (sum, carry) = product.addingReportingOverflow(UInt64(digitValue(digit)))
            if overflow || carry { fits = false; break }
            small = sum
        }
        if fits { return Double(small) }
        if radix == 10 { return parseDecimal(digits) }
        if radix & (radix - 1) == 0 { return parsePowerOfTwo(digits, bits: radix.trailingZeroBitCount) }
        var value = 0.0
        for digit in digits { value = value * Double(radix) + Double(digitValue(digit)) }
        return value
    }

    /// Round-half-even of a long binary number.
    private static func parsePowerOfTwo(_ digits: [UInt8], bits: Int) -> Double {
        var significand: UInt64 = 0
        var exponent = 0
        var sticky = false
        for digit in digits {
            let value = UInt64(digitValue(digit))
            var bit = bits - 1
            while bit >= 0 {
                let next = value >> UInt64(bit) & 1
                if significand >> 62 == 0 {
                    significand = significand << 1 | next
                } else {
                    exponent += 1
                    if next != 0 { sticky = true }
                }
                bit -= 1
            }
        }
        if sticky { significand |= 1 }
        if exponent > 2000 { return .infinity }
        return Double(sign: .plus, exponent: exponent, significand: Double(significand))
    }

    @inlinable public static func digitValue(_ unit: UInt8) -> Int {
        switch unit {
        case 48...57: Int(unit) - 48
        case 97...122: Int(unit) - 87
        case 65...90: Int(unit) - 55
        default: 99
        }
    }

    /// StringToNumber of Latin-1 text.
    public static func stringToNumber(_ text: [UInt8]) -> Double {
        stringToNumber(text.map(UInt16.init))
    }

    /// StringToNumber.
    public static func stringToNumber(_ text: [UInt16]) -> Double {
        var first = 0, last = text.count
        while first < last, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(text[first])) { first += 1 }
        while last > first, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(text[last - 1])) { last -= 1 }
        if first == last { return 0 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(last - first)
        for unit in text[first..<last] {
            guard unit < 128 else { return .nan }
            bytes.append(UInt8(truncatingIfNeeded: unit))
        }
        if bytes.count > 2, bytes[0] == 48 {
            let radix = switch bytes[1] | 0x20 { case 120: 16; case 111: 8; case 98: 2; default: 0 }
            if radix != 0 {
                let digits = Array(bytes[2...])
                return digits.allSatisfy { digitValue($0) < radix } ? parseDigits(digits, radix: radix) : .nan
            }
        }
        let length = decimalPrefix(bytes)
        return length == bytes.count ? parsePrefix(bytes, length) : .nan
    }

    /// Length of the longest prefix that is a StrDecimalLiteral; 0 when there is none.
    static func decimalPrefix(_ bytes: [UInt8]) -> Int {
        var index = 0
        if index < bytes.count, bytes[index] == 43 || bytes[index] == 45 { index += 1 }
        let infinity = Array("Infinity".utf8)
        if bytes.count >= index + 8, Array(bytes[index..<(index + 8)]) == infinity { return index + 8 }
        let start = index
        while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 { index += 1 }
        var digits = index - start
        if index < bytes.count, bytes[index] == 46 {
            var fraction = index + 1
            while fraction < bytes.count, bytes[fraction] >= 48, bytes[fraction] <= 57 { fraction += 1 }
            digits += fraction - index - 1
            if digits > 0 { index = fraction }
        }
        if digits == 0 { return 0 }
        if index < bytes.count, bytes[index] | 0x20 == 101 {
            var exponent = index + 1
            if exponent < bytes.count, bytes[exponent] == 43 || bytes[exponent] == 45 { exponent += 1 }
            let first = exponent
            while exponent < bytes.count, bytes[exponent] >= 48, bytes[exponent] <= 57 { exponent += 1 }
            if exponent > first { index = exponent }
        }
        return index
    }

    static func parsePrefix(_ bytes: [UInt8], _ length: Int) -> Double {
        var body = Array(bytes[0..<length])
        var negative = false
        if let sign = body.first, sign == 43 || sign == 45 {
            negative = sign == 45
            body.removeFirst()
        }
        let magnitude = body.first == 73 ? Double.infinity : parseDecimal(body)
        return negative ? -magnitude : magnitude
    }

    /// parseFloat.
    public static func parseFloat(_ text: [UInt16]) -> Double {
        let bytes = trimmedASCII(text)
        let length = decimalPrefix(bytes)
        return length == 0 ? .nan : parsePrefix(bytes, length)
    }

    /// parseInt.
    public static func parseInt(_ text: [UInt16], radix wanted: Int32) -> Double {
        var bytes = trimmedASCII(text)
        var negative = false
        if let sign = bytes.first, sign == 43 || sign == 45 {
            negative = sign == 45
            bytes.removeFirst()
        }
        var radix = Int(wanted)
        if radix != 0, radix < 2 || radix > 36 { return .nan }
        if radix == 0 || radix == 16, bytes.count >= 2, bytes[0] == 48, bytes[1] | 0x20 == 120 {
            bytes.removeFirst(2)
            radix = 16
        }
        if radix == 0 { radix = 10 }
        let digits = Array(bytes.prefix { digitValue($0) < radix })
        if digits.isEmpty { return .nan }
        let value = parseDigits(digits, radix: radix)
        return negative ? -value : value
    }

    /// Leading white space removed, up to the first unit that is not ASCII.
    private static func trimmedASCII(_ text: [UInt16]) -> [UInt8] {
        var first = 0
        while first < text.count, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(text[first])) { first += 1 }
        return text[first...].prefix { $0 < 128 }.map { UInt8(truncatingIfNeeded: $0) }
    }
}
