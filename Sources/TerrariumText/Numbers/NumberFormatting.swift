/// Number to text, as ASCII bytes. Everything is exact: shortest digits where the specification asks for them, correct
/// rounding with ties to the larger value elsewhere.
public enum NumberFormatting {
    /// Number::toString(value, 10) (ECMA-262, 6.1.6.1.20).
    public static func toString(_ value: Double) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(24)
        append(value, to: &result)
        return result
    }

    /// Decimal digits of an integer.
    public static func toString(_ value: Int32) -> [UInt8] {
        var result: [UInt8] = []
        append(value, to: &result)
        return result
    }

    /// Appends Number::toString(value, 10).
    public static func append(_ value: Double, to result: inout [UInt8]) {
        guard let layout = NumberLayout(value) else {
            appendNonFinite(value, to: &result)
            return
        }
        layout.append(to: &result)
    }

    /// Appends the decimal digits of an integer.
    public static func append(_ value: Int32, to result: inout [UInt8]) { NumberLayout(value).append(to: &result) }

    /// Appends the decimal digits of an unsigned integer.
    public static func append(_ value: UInt64, to result: inout [UInt8]) {
        appendDigits(value, count: digitCount(value), to: &result)
    }

    /// Number.prototype.toFixed (ECMA-262, 21.1.3.3).
    /// - Parameter digits: 0 to 100, checked by the caller.
    public static func toFixed(_ value: Double, digits: Int) -> [UInt8] {
        guard value.magnitude < 1e21 else { return toString(value) }
        guard !value.isNaN else { return toString(value) }
        let digits = min(max(digits, 0), 100)
        var result: [UInt8] = []
        if let layout = NumberLayout(fixed: value, digits: digits) {
            layout.append(to: &result)
            return result
        }
        if value < 0 { result.append(0x2D) }
        var decimal = ExactDecimal(value.magnitude)
        decimal.round(toDigits: decimal.point &+ digits)
        // A value below half of the last place has no digits left; one that rounded up to it has exactly one.
        let whole = decimal.point
        if decimal.digits.isEmpty || whole <= 0 {
            result.append(0x30)
        } else {
            for index in 0..<whole { result.append(0x30 &+ digit(decimal, index)) }
        }
        if digits > 0 {
            result.append(0x2E)
            let isZero = decimal.digits.isEmpty
            for index in 0..<digits {
                result.append(0x30 &+ (isZero ? 0 : digit(decimal, whole &+ index)))
            }
        }
        return result
    }

    /// Number.prototype.toExponential (ECMA-262, 21.1.3.2).
    /// - Parameter digits: 0 to 100 digits behind the point, or `nil` for as many as the value needs.
    public static func toExponential(_ value: Double, digits: Int?) -> [UInt8] {
        guard value.isFinite else { return toString(value) }
        var result: [UInt8] = []
        if value < 0 { result.append(0x2D) }
        guard let digits else {
            let decimal = value == 0 ? nil : ShortestDecimal(value.magnitude)
            let number = decimal?.digits ?? 0
            let count = digitCount(number)
            let power = PowersOfTen.words[count &- 1]
            result.append(0x30 &+ UInt8(truncatingIfNeeded: number / power))
            if count > 1 {
                result.append(0x2E)
                appendDigits(number % power, count: count &- 1, to: &result)
            }
            appendExponent((decimal?.exponent ?? 0) &+ count &- 1, to: &result)
            return result
        }
        let places = min(max(digits, 0), 100)
        var decimal = ExactDecimal(value.magnitude)
        if value == 0 { decimal.point = 1 }
        decimal.round(toDigits: places &+ 1)
        appendExponential(decimal, count: places &+ 1, to: &result)
        return result
    }

    /// Number.prototype.toPrecision (ECMA-262, 21.1.3.5).
    /// - Parameter precision: 1 to 100 significant digits, checked by the caller.
    public static func toPrecision(_ value: Double, precision: Int) -> [UInt8] {
        guard value.isFinite else { return toString(value) }
        let precision = min(max(precision, 1), 100)
        var result: [UInt8] = []
        if value < 0 { result.append(0x2D) }
        var decimal = ExactDecimal(value.magnitude)
        if value == 0 { decimal.point = 1 }
        decimal.round(toDigits: precision)
        let exponent = decimal.point &- 1
        if exponent < -6 || exponent >= precision {
            appendExponential(decimal, count: precision, to: &result)
            return result
        }
        if exponent >= 0 {
            for index in 0...exponent { result.append(0x30 &+ digit(decimal, index)) }
            guard exponent &+ 1 < precision else { return result }
            result.append(0x2E)
            for index in (exponent &+ 1)..<precision { result.append(0x30 &+ digit(decimal, index)) }
        } else {
            result.append(0x30)
            result.append(0x2E)
            result.append(contentsOf: repeatElement(0x30, count: -(exponent &+ 1)))
            for index in 0..<precision { result.append(0x30 &+ digit(decimal, index)) }
        }
        return result
    }

    private static func digit(_ decimal: ExactDecimal, _ index: Int) -> UInt8 {
        index >= 0 && index < decimal.digits.count ? decimal.digits[index] : 0
    }

    private static func appendExponential(_ decimal: ExactDecimal, count: Int, to result: inout [UInt8]) {
        result.append(0x30 &+ digit(decimal, 0))
        if count > 1 {
            result.append(0x2E)
            for index in 1..<count { result.append(0x30 &+ digit(decimal, index)) }
        }
        appendExponent(decimal.point &- 1, to: &result)
    }

    private static func appendExponent(_ exponent: Int, to result: inout [UInt8]) {
        result.append(0x65)
        result.append(exponent < 0 ? 0x2D : 0x2B)
        let magnitude = UInt64(exponent.magnitude)
        appendDigits(magnitude, count: digitCount(magnitude), to: &result)
    }

    static func appendNonFinite(_ value: Double, to result: inout [UInt8]) {
        if value.isNaN {
            result.append(contentsOf: [0x4E, 0x61, 0x4E])
        } else {
            if value < 0 { result.append(0x2D) }
            result.append(contentsOf: [0x49, 0x6E, 0x66, 0x69, 0x6E, 0x69, 0x74, 0x79])
        }
    }

    /// The number of decimal digits, 1 for 0.
    @inline(__always)
    static func digitCount(_ value: UInt64) -> Int {
        if value < 10 { return 1 }
        if value < 100 { return 2 }
        if value < 1000 { return 3 }
        // log10(2) in 12 bits estimates the count from the bit length, one too low at most.
        let estimate = ((64 &- value.leadingZeroBitCount) &* 1233) >> 12
        return value < PowersOfTen.words[estimate] ? estimate : estimate &+ 1
    }

    /// Appends exactly `count` digits, with leading zeros.
    @inline(__always)
    static func appendDigits(_ value: UInt64, count: Int, to result: inout [UInt8]) {
        if count == 1 {
            result.append(0x30 &+ UInt8(truncatingIfNeeded: value))
            return
        }
        let start = result.count
        result.append(contentsOf: repeatElement(0x30, count: count))
        var bytes = result.mutableSpan
        store(value, count: count, at: start, in: &bytes)
    }

    /// Stores exactly `count` digits, with leading zeros, two at a time from the end.
    @inline(__always)
    private static func store(_ value: UInt64, count: Int, at start: Int, in bytes: inout MutableSpan<UInt8>) {
        var index = start &+ count
        var rest = value
        while index &- start >= 2 {
            let next = rest / 100
            let pair = UInt32(truncatingIfNeeded: rest &- next &* 100)
            let tens = (pair &* 103) &>> 10
            bytes[index &- 1] = 0x30 &+ UInt8(truncatingIfNeeded: pair &- tens &* 10)
            bytes[index &- 2] = 0x30 &+ UInt8(truncatingIfNeeded: tens)
            index &-= 2
            rest = next
        }
        if index > start { bytes[index &- 1] = 0x30 &+ UInt8(truncatingIfNeeded: rest) }
    }
}
