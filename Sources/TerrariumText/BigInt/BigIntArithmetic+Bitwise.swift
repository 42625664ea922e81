/// Operations on the infinite two's complement form.
extension BigIntArithmetic {
    public static func bitwiseAnd(_ left: BigIntValue, _ right: BigIntValue) -> BigIntValue {
        combine(left, right, isNegative: left.isNegative && right.isNegative) { $0 & $1 }
    }

    public static func bitwiseOr(_ left: BigIntValue, _ right: BigIntValue) -> BigIntValue {
        combine(left, right, isNegative: left.isNegative || right.isNegative) { $0 | $1 }
    }

    public static func bitwiseXor(_ left: BigIntValue, _ right: BigIntValue) -> BigIntValue {
        combine(left, right, isNegative: left.isNegative != right.isNegative) { $0 ^ $1 }
    }

    /// -value - 1.
    public static func bitwiseNot(_ value: BigIntValue) -> BigIntValue {
        if value.isNegative {
            return BigIntValue(magnitude: BigIntMagnitude.subtract(value.magnitude, [1]))
        }
        return BigIntValue(isNegative: true, magnitude: BigIntMagnitude.add(value.magnitude, [1]))
    }

    /// BigInt.asUintN(bits, value); `nil` when a negative value needs a result that is too large.
    /// - Parameter bits: not negative.
    public static func asUintN(_ bits: Int, _ value: BigIntValue) -> BigIntValue? {
        if bits <= 0 || value.isZero { return .zero }
        if !value.isNegative {
            if BigIntMagnitude.bitLength(value.magnitude) <= bits { return value }
            return BigIntValue(magnitude: truncated(value.magnitude, bits))
        }
        guard bits <= maximumBits else { return nil }
        return BigIntValue(magnitude: complement(truncated(value.magnitude, bits), bits))
    }

    /// BigInt.asIntN(bits, value).
    /// - Parameter bits: not negative.
    public static func asIntN(_ bits: Int, _ value: BigIntValue) -> BigIntValue {
        if bits <= 0 || value.isZero { return .zero }
        // Values that the width holds with a bit to spare stay as they are.
        if BigIntMagnitude.bitLength(value.magnitude) < bits { return value }
        var magnitude = truncated(value.magnitude, bits)
        if value.isNegative { magnitude = complement(magnitude, bits) }
        let signBit = bits &- 1
        let isNegative = signBit >> 6 < magnitude.count && magnitude[signBit >> 6] &>> UInt64(signBit & 63) & 1 != 0
        if isNegative { magnitude = complement(magnitude, bits) }
        return BigIntValue(isNegative: isNegative, magnitude: magnitude)
    }

    /// The value modulo 2^64, for typed arrays and `DataView`.
    public static func lowWord(_ value: BigIntValue) -> UInt64 {
        let word = value.magnitude.first ?? 0
        return value.isNegative ? 0 &- word : word
    }

    /// The lowest `bits` bits, normalised.
    private static func truncated(_ limbs: [UInt64], _ bits: Int) -> [UInt64] {
        let words = bits >> 6
        if words >= limbs.count { return limbs }
        let rest = UInt64(bits & 63)
        var result = Array(limbs[..<words])
        if rest != 0 { result.append(limbs[words] & ((1 &<< rest) &- 1)) }
        BigIntMagnitude.normalise(&result)
        return result
    }

    /// 2^bits - limbs modulo 2^bits, normalised; `limbs` has at most `bits` bits.
    private static func complement(_ limbs: [UInt64], _ bits: Int) -> [UInt64] {
        if limbs.isEmpty { return [] }
        var power = [UInt64](repeating: 0, count: bits >> 6)
        power.append(1 &<< UInt64(bits & 63))
        BigIntMagnitude.subtractInPlace(&power, limbs)
        return power
    }

    /// Combines limb by limb; negative operands are complemented on the way in, a negative result on the way out.
    @inline(__always)
    private static func combine(
        _ left: BigIntValue, _ right: BigIntValue, isNegative: Bool, _ operation: (UInt64, UInt64) -> UInt64
    ) -> BigIntValue {
        let count = max(left.magnitude.count, right.magnitude.count) &+ 1
        var result: [UInt64] = []
        result.reserveCapacity(count)
        var leftCarry = left.isNegative
        var rightCarry = right.isNegative
        var resultCarry = isNegative
        for index in 0..<count {
            let first = limb(left, index, &leftCarry)
            let second = limb(right, index, &rightCarry)
            var value = operation(first, second)
            if isNegative {
                value = ~value
                if resultCarry {
                    value &+= 1
                    resultCarry = value == 0
                }
            }
            result.append(value)
        }
        return BigIntValue(isNegative: isNegative, magnitude: result)
    }

    /// The limb of the two's complement form; `carry` starts as the sign and runs along.
    @inline(__always)
    private static func limb(_ value: BigIntValue, _ index: Int, _ carry: inout Bool) -> UInt64 {
        let limb = index < value.magnitude.count ? value.magnitude[index] : 0
        guard value.isNegative else { return limb }
        guard carry else { return ~limb }
        carry = limb == 0
        return ~limb &+ 1
    }
}
