/// Math.sumPrecise: the sum of any number of doubles as if in infinite precision, rounded once.
///
/// A fixed-point number of all the bits that doubles have, in digits of 32 bits kept in 64, so that carries wait.
public struct PreciseSum: Sendable {
    /// Digit 0 has the weight 2^-1074.
    private var digits = [Int64](repeating: 0, count: 68)
    /// Additions since the carries were last propagated; digits stay in range for 2^30 of them.
    private var pending = 0
    private var isMinusZero = true
    private var hasPlusInfinity = false
    private var hasMinusInfinity = false
    private var hasNaN = false

    public init() {}

    public mutating func add(_ value: Double) {
        if !value.isFinite {
            if value.isNaN { hasNaN = true }
            if value > 0 { hasPlusInfinity = true }
            if value < 0 { hasMinusInfinity = true }
            return
        }
        if value == 0 {
            if value.sign == .plus { isMinusZero = false }
            return
        }
        isMinusZero = false
        let biased = Int(value.exponentBitPattern)
        let significand = value.significandBitPattern | (biased == 0 ? 0 : 1 &<< 52)
        let position = biased == 0 ? 0 : biased &- 1
        let digit = position >> 5
        let product = significand.multipliedFullWidth(by: 1 &<< UInt64(position & 31))
        let parts = (
            Int64(product.low & 0xFFFF_FFFF), Int64(product.low &>> 32), Int64(truncatingIfNeeded: product.high)
        )
        if value < 0 {
            digits[digit] &-= parts.0
            digits[digit &+ 1] &-= parts.1
            digits[digit &+ 2] &-= parts.2
        } else {
            digits[digit] &+= parts.0
            digits[digit &+ 1] &+= parts.1
            digits[digit &+ 2] &+= parts.2
        }
        pending &+= 1
        if pending >= 1 << 30 { propagate() }
    }

    /// The sum of what was added; -0 for nothing but negative zeros.
    public var value: Double {
        if hasNaN || (hasPlusInfinity && hasMinusInfinity) { return .nan }
        if hasPlusInfinity { return .infinity }
        if hasMinusInfinity { return -.infinity }
        if isMinusZero { return -0.0 }
        var copy = self
        copy.propagate()
        let isNegative = (copy.digits.last ?? 0) < 0
        if isNegative {
            for index in copy.digits.indices { copy.digits[index] = 0 &- copy.digits[index] }
            copy.propagate()
        }
        var limbs: [UInt64] = []
        for index in stride(from: 0, to: copy.digits.count, by: 2) {
            let low = UInt64(bitPattern: copy.digits[index])
            limbs.append(low | UInt64(bitPattern: copy.digits[index &+ 1]) &<< 32)
        }
        BigIntMagnitude.normalise(&limbs)
        let bits = BigIntMagnitude.bitLength(limbs)
        if bits == 0 { return 0 }
        let shift = max(0, bits &- 64)
        var top = BigIntMagnitude.shiftRight(limbs, by: shift).first ?? 0
        if BigIntMagnitude.hasBits(limbs, below: shift) { top |= 1 }
        // In two steps of scaling, as 2^1024 and more are not representable between.
        let magnitude = JavaScriptMath.scaled(Double(top), by: shift &- 1074)
        return isNegative ? -magnitude : magnitude
    }

    /// Brings all digits but the last into 0 ..< 2^32; the last one carries the sign.
    private mutating func propagate() {
        var carry: Int64 = 0
        let last = digits.count &- 1
        for index in 0..<last {
            let sum = digits[index] &+ carry
            digits[index] = sum & 0xFFFF_FFFF
            carry = sum >> 32
        }
        digits[last] &+= carry
        pending = 0
    }
}
