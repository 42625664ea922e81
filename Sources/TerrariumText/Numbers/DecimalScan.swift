/// A decimal literal as found in text: up to 19 significant digits, the power of ten, and whether digits were left out.
@frozen
public struct DecimalScan {
    /// The first 19 significant digits.
    public var mantissa: UInt64 = 0
    /// The value is about `mantissa * 10^exponent`, exactly when `isTruncated` is false.
    public var exponent = 0
    /// More than 19 significant digits: the value is above `mantissa` and below `mantissa + 1` (times the power), or
    /// equal when the digits left out are zeros.
    public var isTruncated = false
    /// Where the digits begin and where the literal ends.
    public var start = 0
    public var end = 0
    /// At least one digit was found.
    public var isValid = false

    @inlinable
    init() {}

    /// Reads the longest StrUnsignedDecimalLiteral (ECMA-262, 7.1.4.1) other than Infinity that begins at `start`.
    @inlinable
    public init<Text: RandomAccessCollection>(_ text: Text, from start: Int, upTo limit: Int)
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        self.start = start
        var index = start
        var significant = 0
        while index < limit {
            let digit = text[index] &- 48
            guard digit < 10 else { break }
            if significant < 19 {
                mantissa = mantissa &* 10 &+ UInt64(truncatingIfNeeded: digit)
                if mantissa != 0 { significant &+= 1 }
            } else {
                exponent &+= 1
                isTruncated = true
            }
            index &+= 1
        }
        isValid = index > start
        if index < limit, text[index] == 0x2E {
            var next = index &+ 1
            let fractionStart = next
            while next < limit {
                let digit = text[next] &- 48
                guard digit < 10 else { break }
                if significant < 19 {
                    mantissa = mantissa &* 10 &+ UInt64(truncatingIfNeeded: digit)
                    if mantissa != 0 { significant &+= 1 }
                    exponent &-= 1
                } else {
                    isTruncated = true
                }
                next &+= 1
            }
            if isValid || next > fractionStart {
                isValid = true
                index = next
            }
        }
        end = index
        guard isValid, index < limit, text[index] | 0x20 == 0x65 else { return }
        index &+= 1
        var isNegative = false
        if index < limit, text[index] == 0x2B || text[index] == 0x2D {
            isNegative = text[index] == 0x2D
            index &+= 1
        }
        let digitsStart = index
        var power = 0
        while index < limit {
            let digit = text[index] &- 48
            guard digit < 10 else { break }
            // Texts are shorter than 2^40 units, so beyond that the power alone decides.
            if power < 1 &<< 50 { power = power &* 10 &+ Int(truncatingIfNeeded: digit) }
            index &+= 1
        }
        guard index > digitsStart else { return }
        exponent &+= isNegative ? -power : power
        end = index
    }

    /// The nearest double, ties to even, when 19 digits decide it.
    public var value: Double? {
        if mantissa == 0 { return 0 }
        if !isTruncated {
            if mantissa < 1 &<< 53 {
                if exponent == 0 { return Double(mantissa) }
                // Both exact, so one rounding.
                let powers = PowersOfTen.doubles
                if exponent > 0, exponent <= 22 { return DecimalScan.multiply(mantissa, powers[exponent]) }
                if exponent < 0, exponent >= -22 { return Double(mantissa) / powers[-exponent] }
            }
            return DecimalScan.nearest(mantissa, exponent)
        }
        guard let low = DecimalScan.nearest(mantissa, exponent), let high = DecimalScan.nearest(mantissa &+ 1, exponent)
        else { return nil }
        return low == high ? low : nil
    }

    /// The double nearest to this power of ten.
    static func powerOfTen(_ exponent: Int) -> Double? {
        nearest(1, exponent)
    }

    @inline(__always)
    private static func multiply(_ mantissa: UInt64, _ power: Double) -> Double {
        Double(mantissa) * power
    }

    /// `mantissa * 10^exponent` rounded to nearest even by the method of Eisel and Lemire; `nil` in the rare cases that
    /// 128 bits of the power do not decide.
    private static func nearest(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        if mantissa == 0 || exponent < -342 { return 0 }
        if exponent > 308 { return .infinity }
        guard var factor = PowersOfTen.leadingBits(exponent) else { return nil }
        if exponent < 0, exponent >= -27 {
            // Reciprocals whose error the method bounds only when they are rounded up.
            factor.low &+= 1
            if factor.low == 0 { factor.high &+= 1 }
        }
        let leading = mantissa.leadingZeroBitCount
        let scaled = mantissa &<< UInt64(leading)
        var (high, low) = scaled.multipliedFullWidth(by: factor.high)
        if high & 0x1FF == 0x1FF {
            let second = scaled.multipliedFullWidth(by: factor.low)
            let (sum, carries) = low.addingReportingOverflow(second.high)
            low = sum
            if carries { high &+= 1 }
        }
        if low == .max, exponent < -27 || exponent > 55 { return nil }
        let upperBit = high &>> 63
        let shift = upperBit &+ 9
        var bits = high &>> shift
        var power = ((217_706 &* exponent) >> 16) &+ 63 &+ Int(upperBit) &- leading &+ 1023
        if power <= 0 {
            // Subnormal, or zero.
            if 1 &- power >= 64 { return 0 }
            bits &>>= UInt64(1 &- power)
            bits &+= bits & 1
            bits &>>= 1
            return Double(bitPattern: bits)
        }
        if low <= 1, exponent >= -4, exponent <= 23, bits & 3 == 1, bits &<< shift == high {
            bits &= ~1  // exactly half way: to even
        }
        bits &+= bits & 1
        bits &>>= 1
        if bits >= 1 &<< 53 {
            bits = 1 &<< 52
            power &+= 1
        }
        if power >= 0x7FF { return .infinity }
        return Double(bitPattern: (bits & ((1 &<< 52) &- 1)) | UInt64(power) &<< 52)
    }
}
