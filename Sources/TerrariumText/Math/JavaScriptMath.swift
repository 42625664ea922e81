/// The functions of `Math` on doubles, from IEEE basic operations and square roots only: the same bits on every
/// platform. The methods and coefficients are those published with Sun's fdlibm.
///
/// The error stays below one unit in the last place, and below two for `atan2`, the hyperbolic functions and their
/// inverses: these compose the others in the customary way, so that results equal other engines' to the bit.
///
/// Rounding functions, `sqrt`, `abs` and the like are operations of the hardware and are not here.
public enum JavaScriptMath {
    /// Math.fround.
    @inlinable
    public static func fround(_ value: Double) -> Double { Double(Float(value)) }

    /// Math.f16round.
    public static func f16round(_ value: Double) -> Double { HalfPrecision.toDouble(HalfPrecision.fromDouble(value)) }

    /// The upper 32 bits: sign, exponent and the leading 20 bits of the significand.
    @inline(__always)
    static func highWord(_ value: Double) -> Int32 {
        Int32(truncatingIfNeeded: value.bitPattern &>> 32)
    }

    @inline(__always)
    static func lowWord(_ value: Double) -> UInt32 {
        UInt32(truncatingIfNeeded: value.bitPattern)
    }

    @inline(__always)
    static func withHighWord(_ value: Double, _ word: Int32) -> Double {
        Double(bitPattern: value.bitPattern & 0xFFFF_FFFF | UInt64(UInt32(bitPattern: word)) &<< 32)
    }

    /// The value with the lower 32 bits cleared, so that products of two such values are exact.
    @inline(__always)
    static func truncated(_ value: Double) -> Double {
        Double(bitPattern: value.bitPattern & 0xFFFF_FFFF_0000_0000)
    }

    /// value * 2^exponent, rounded once.
    @inline(__always)
    static func scaled(_ value: Double, by exponent: Int) -> Double {
        let biased = Int(value.exponentBitPattern)
        if biased != 0, biased &+ exponent > 0, biased &+ exponent < 0x7FF {
            return Double(bitPattern: value.bitPattern &+ UInt64(bitPattern: Int64(exponent)) &<< 52)
        }
        return Double(sign: .plus, exponent: exponent, significand: value)
    }
}
