/// The BigInt operations of the language (ECMA-262, 6.1.6.2) on values outside the heap.
///
/// Anything that takes more than linear time has a companion in `BigIntCost`, in limb products, to be charged first.
public enum BigIntArithmetic {
    /// No result has more bits; operations that would pass it give `nil`, for which the language throws a RangeError.
    public static let maximumBits = 1 << 30

    public static func negate(_ value: BigIntValue) -> BigIntValue {
        BigIntValue(isNegative: !value.isNegative, magnitude: value.magnitude)
    }

    public static func add(_ left: BigIntValue, _ right: BigIntValue) -> BigIntValue? {
        let result = sum(left, right)
        return result.magnitude.count > maximumBits >> 6 ? nil : result
    }

    public static func subtract(_ left: BigIntValue, _ right: BigIntValue) -> BigIntValue? {
        add(left, negate(right))
    }

    /// - Complexity: `BigIntCost.multiply`.
    public static func multiply(_ left: BigIntValue, _ right: BigIntValue) -> BigIntValue? {
        unwatched { (watch) throws(BigIntWatch.Stopped) in try multiply(left, right, watch) }
    }

    /// As above, with somebody who may end it.
    public static func multiply(_ left: BigIntValue, _ right: BigIntValue, _ watch: BigIntWatch?) throws(BigIntWatch.Stopped)
        -> BigIntValue?
    {
        if left.isZero || right.isZero { return .zero }
        let bits = BigIntMagnitude.bitLength(left.magnitude) &+ BigIntMagnitude.bitLength(right.magnitude)
        guard bits &- 1 <= maximumBits else { return nil }
        return BigIntValue(
            isNegative: left.isNegative != right.isNegative,
            magnitude: try BigIntMagnitude.multiply(left.magnitude, right.magnitude, watch))
    }

    /// Quotient, truncated toward zero, and remainder with the dividend's sign; `nil` for a divisor of zero.
    /// - Complexity: `BigIntCost.divide`.
    public static func divide(
        _ left: BigIntValue, _ right: BigIntValue
    ) -> (quotient: BigIntValue, remainder: BigIntValue)? {
        unwatched { (watch) throws(BigIntWatch.Stopped) in try divide(left, right, watch) }
    }

    /// As above, with somebody who may end it.
    public static func divide(
        _ left: BigIntValue, _ right: BigIntValue, _ watch: BigIntWatch?
    ) throws(BigIntWatch.Stopped) -> (quotient: BigIntValue, remainder: BigIntValue)? {
        guard !right.isZero else { return nil }
        let (quotient, remainder) = try BigIntMagnitude.divide(left.magnitude, right.magnitude, watch)
        return (
            BigIntValue(isNegative: left.isNegative != right.isNegative, magnitude: quotient),
            BigIntValue(isNegative: left.isNegative, magnitude: remainder)
        )
    }

    /// `nil` for a negative exponent and for a result that is too large.
    /// - Complexity: `BigIntCost.exponentiate`.
    public static func exponentiate(_ base: BigIntValue, _ exponent: BigIntValue) -> BigIntValue? {
        unwatched { (watch) throws(BigIntWatch.Stopped) in try exponentiate(base, exponent, watch) }
    }

    /// Without anybody who ends it.
    static func unwatched<Result>(_ body: (BigIntWatch?) throws(BigIntWatch.Stopped) -> Result?) -> Result? {
        do throws(BigIntWatch.Stopped) { return try body(nil) } catch { return nil }
    }

    /// As above, with somebody who may end it.
    public static func exponentiate(
        _ base: BigIntValue, _ exponent: BigIntValue, _ watch: BigIntWatch?
    ) throws(BigIntWatch.Stopped) -> BigIntValue? {
        if exponent.isNegative { return nil }
        if exponent.isZero { return BigIntValue(UInt64(1)) }
        if base.isZero { return .zero }
        let isOdd = exponent.magnitude[0] & 1 != 0
        let isNegative = base.isNegative && isOdd
        if base.magnitude == [1] { return BigIntValue(isNegative: isNegative, magnitude: [1]) }
        guard exponent.magnitude.count == 1, exponent.magnitude[0] <= UInt64(maximumBits) else { return nil }
        var rest = Int(truncatingIfNeeded: exponent.magnitude[0])
        let bits = BigIntMagnitude.bitLength(base.magnitude)
        // The result has more than (bits - 1) * exponent bits.
        guard bits &- 1 <= maximumBits / rest else { return nil }

        // The powers of two in the base are one shift at the end.
        let zeros = trailingZeroBits(base.magnitude)
        let shift = zeros &* rest
        var square = BigIntMagnitude.shiftRight(base.magnitude, by: zeros)
        var result: [UInt64] = [1]
        while true {
            if rest & 1 != 0 { result = try BigIntMagnitude.multiply(result, square, watch) }
            rest >>= 1
            if rest == 0 { break }
            square = try BigIntMagnitude.multiply(square, square, watch)
        }
        guard BigIntMagnitude.bitLength(result) &+ shift <= maximumBits else { return nil }
        return BigIntValue(isNegative: isNegative, magnitude: BigIntMagnitude.shiftLeft(result, by: shift))
    }

    /// `left << right`; a negative count shifts right, toward negative infinity.
    public static func shiftLeft(_ left: BigIntValue, _ right: BigIntValue) -> BigIntValue? {
        let count = right.magnitude.count > 1 ? nil : Int(exactly: right.magnitude.first ?? 0)
        if right.isNegative { return shiftRight(left, by: count ?? .max) }
        if left.isZero { return .zero }
        guard let count, count <= maximumBits,
            BigIntMagnitude.bitLength(left.magnitude) &+ count <= maximumBits
        else { return nil }
        return BigIntValue(
            isNegative: left.isNegative, magnitude: BigIntMagnitude.shiftLeft(left.magnitude, by: count))
    }

    /// `left >> right`, toward negative infinity; a negative count shifts left.
    public static func shiftRight(_ left: BigIntValue, _ right: BigIntValue) -> BigIntValue? {
        shiftLeft(left, negate(right))
    }

    /// The bits of the magnitude; 0 for zero.
    public static func bitLength(_ value: BigIntValue) -> Int {
        BigIntMagnitude.bitLength(value.magnitude)
    }

    /// -1, 0 or 1.
    public static func compare(_ left: BigIntValue, _ right: BigIntValue) -> Int {
        if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
        let order = BigIntMagnitude.compare(left.magnitude, right.magnitude)
        return left.isNegative ? -order : order
    }

    private static func sum(_ left: BigIntValue, _ right: BigIntValue) -> BigIntValue {
        if left.isNegative == right.isNegative {
            return BigIntValue(
                isNegative: left.isNegative, magnitude: BigIntMagnitude.add(left.magnitude, right.magnitude))
        }
        let order = BigIntMagnitude.compare(left.magnitude, right.magnitude)
        if order == 0 { return .zero }
        if order > 0 {
            return BigIntValue(
                isNegative: left.isNegative, magnitude: BigIntMagnitude.subtract(left.magnitude, right.magnitude))
        }
        return BigIntValue(
            isNegative: right.isNegative, magnitude: BigIntMagnitude.subtract(right.magnitude, left.magnitude))
    }

    private static func shiftRight(_ value: BigIntValue, by count: Int) -> BigIntValue {
        var magnitude = BigIntMagnitude.shiftRight(value.magnitude, by: count)
        if value.isNegative, BigIntMagnitude.hasBits(value.magnitude, below: count) {
            magnitude = BigIntMagnitude.add(magnitude, [1])
        }
        return BigIntValue(isNegative: value.isNegative, magnitude: magnitude)
    }

    private static func trailingZeroBits(_ limbs: [UInt64]) -> Int {
        var count = 0
        for limb in limbs {
            if limb != 0 { return count &+ limb.trailingZeroBitCount }
            count &+= 64
        }
        return count
    }
}
