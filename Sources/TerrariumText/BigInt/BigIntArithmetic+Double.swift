/// Between BigInts and doubles; all linear.
extension BigIntArithmetic {
    /// NumberToBigInt: `nil` unless the number is an integer.
    public static func fromDouble(_ value: Double) -> BigIntValue? {
        guard value.isFinite, value.rounded(.towardZero) == value else { return nil }
        if value == 0 { return .zero }
        let exponent = Int(value.exponentBitPattern) &- 1075
        let significand = value.significandBitPattern | 1 &<< 52
        if exponent < 0 {
            return BigIntValue(isNegative: value < 0, magnitude: [significand &>> UInt64(-exponent)])
        }
        return BigIntValue(isNegative: value < 0, magnitude: BigIntMagnitude.shiftLeft([significand], by: exponent))
    }

    /// The nearest double, ties to even; infinite when out of range.
    public static func toDouble(_ value: BigIntValue) -> Double {
        let bits = BigIntMagnitude.bitLength(value.magnitude)
        if bits > 1024 { return value.isNegative ? -.infinity : .infinity }
        let shift = max(0, bits &- 64)
        var top = BigIntMagnitude.shiftRight(value.magnitude, by: shift).first ?? 0
        // 64 bits are more than enough to round by, with a sticky bit for the ones below.
        if BigIntMagnitude.hasBits(value.magnitude, below: shift) { top |= 1 }
        let magnitude = Double(sign: .plus, exponent: shift, significand: Double(top))
        return value.isNegative ? -magnitude : magnitude
    }

    /// -1, 0 or 1 by mathematical value; `nil` for NaN.
    public static func compare(_ left: BigIntValue, _ right: Double) -> Int? {
        if right.isNaN { return nil }
        if right == .infinity { return -1 }
        if right == -.infinity { return 1 }
        guard let whole = fromDouble(right.rounded(.towardZero)) else { return nil }
        let order = compare(left, whole)
        if order != 0 { return order }
        let fraction = right - right.rounded(.towardZero)
        return fraction > 0 ? -1 : fraction < 0 ? 1 : 0
    }
}
