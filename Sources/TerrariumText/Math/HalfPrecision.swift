/// IEEE binary16 by integer arithmetic, because not every platform has the type.
public enum HalfPrecision {
    /// The nearest half-precision value, ties to even; NaN becomes the quiet NaN 0x7E00.
    public static func fromDouble(_ value: Double) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits &>> 48) & 0x8000
        let biased = Int(bits &>> 52 & 0x7FF)
        let fraction = bits & 0xF_FFFF_FFFF_FFFF
        if biased == 0x7FF { return fraction == 0 ? sign | 0x7C00 : 0x7E00 }
        let exponent = biased &- 1023
        if exponent > 15 { return sign | 0x7C00 }
        if exponent < -25 { return sign }
        // Normal results keep 10 bits of the fraction, subnormal ones fewer; a carry out of the significand runs into
        // the exponent, which is just what rounding up to the next binade or to infinity needs.
        let significand = fraction | 1 &<< 52
        let shift = UInt64(exponent >= -14 ? 42 : 28 &- exponent)
        let kept = significand &>> shift
        let rest = significand & ((1 &<< shift) &- 1)
        let half = UInt64(1) &<< (shift &- 1)
        let rounded = kept &+ (rest > half || (rest == half && kept & 1 != 0) ? 1 : 0)
        let base = exponent >= -14 ? UInt64(exponent &+ 14) &<< 10 : 0
        return sign | UInt16(truncatingIfNeeded: base &+ rounded)
    }

    public static func toDouble(_ half: UInt16) -> Double {
        let exponent = Int(half >> 10 & 0x1F)
        let fraction = Double(half & 0x3FF)
        let magnitude: Double
        switch exponent {
        case 0: magnitude = fraction * 0x1p-24
        case 31: magnitude = fraction == 0 ? .infinity : .nan
        default: magnitude = JavaScriptMath.scaled(fraction + 1024, by: exponent &- 25)
        }
        return half & 0x8000 == 0 ? magnitude : -magnitude
    }
}
