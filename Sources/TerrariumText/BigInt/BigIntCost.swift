/// What the operations of `BigIntArithmetic` cost, in limb products (about a nanosecond each), from the operands' sizes
/// alone: the same on every machine. Never 0, never overflows.
public enum BigIntCost {
    /// Addition, subtraction, comparison, shifts, bitwise operations, conversions to and from doubles.
    public static func linear(_ left: Int, _ right: Int) -> Int {
        (clamped(left) &+ clamped(right)) / 2 &+ 1
    }

    public static func multiply(_ left: Int, _ right: Int) -> Int {
        let long = max(clamped(left), clamped(right))
        let short = min(clamped(left), clamped(right))
        if short < BigIntMagnitude.karatsubaThreshold { return long &* short &+ 1 }
        let pieces = (long &+ short &- 1) / short
        return saturatingProduct(pieces, square(short)) &+ long
    }

    public static func divide(_ left: Int, _ right: Int) -> Int {
        let divisor = clamped(right)
        let quotient = clamped(left) &- divisor &+ 1
        if quotient <= 0 { return linear(left, 0) }
        let threshold = BigIntMagnitude.recursiveDivisionThreshold
        // A division of two limbs by one takes several times as long as a product.
        if divisor < threshold || quotient < threshold { return (divisor &+ 8) &* quotient &+ 1 }
        let blocks = (quotient &+ divisor &- 1) / divisor
        return saturatingProduct(blocks &+ 1, 3 &* square(divisor))
    }

    /// - Parameters:
    ///   - baseBits: `BigIntArithmetic.bitLength` of the base.
    ///   - exponent: the exponent's value, or any larger number where it does not fit.
    public static func exponentiate(baseBits: Int, exponent: UInt64) -> Int {
        if baseBits <= 1 || exponent <= 1 { return 1 }
        let bits = UInt64(clamped(baseBits)).multipliedFullWidth(by: exponent)
        // What is certainly too large is rejected before any work.
        let bound = UInt64(BigIntArithmetic.maximumBits) &* 2
        guard bits.high == 0, bits.low <= bound else { return 1 }
        return 2 &* square(Int(truncatingIfNeeded: bits.low >> 6) &+ 1) &+ 64
    }

    /// - Parameter limbs: of the value that becomes text.
    public static func toText(_ limbs: Int, radix: Int) -> Int {
        let count = clamped(limbs)
        if radix & (radix &- 1) == 0 { return 16 &* count &+ 1 }
        if count <= 64 { return 4 &* count &* count &+ 16 &* count &+ 1 }
        return saturatingProduct(2, square(count)) &+ 64 &* count
    }

    /// - Parameter digits: characters of text.
    public static func parse(digits: Int, radix: Int) -> Int {
        let count = clamped(digits)
        if radix & (radix &- 1) == 0 || count < 600 { return 2 &* count &+ 1 }
        return square(count / 24 &+ 1) &+ 4 &* count
    }

    /// Products for a square of this many limbs, by the method that `BigIntMagnitude.product` takes.
    private static func square(_ limbs: Int) -> Int {
        var size = limbs
        var factor = 1
        // Each Karatsuba step makes three halves of one whole.
        while size >= BigIntMagnitude.karatsubaThreshold {
            if size >= BigIntMagnitude.transformThreshold && size <= BigIntMagnitude.transformLimit {
                var points = 8
                var levels = 3
                while points < size &* 8 {
                    points &*= 2
                    levels &+= 1
                }
                return saturatingProduct(factor, points &* levels &* 4)
            }
            size = (size &+ 1) / 2
            factor = saturatingProduct(factor, 3)
        }
        return saturatingProduct(factor, size &* size)
    }

    private static func clamped(_ count: Int) -> Int {
        min(max(count, 0), 1 << 28)
    }

    private static func saturatingProduct(_ left: Int, _ right: Int) -> Int {
        let (product, overflows) = left.multipliedReportingOverflow(by: right)
        return overflows ? Int.max / 4 : min(product, Int.max / 4)
    }
}
