/// Every digit of a double's exact decimal expansion (at most 767 of them), for the conversions that round at a given
/// place and must see ties as ties.
struct ExactDecimal {
    /// Decimal digits 0 to 9, the first one not 0; empty for 0.
    var digits: [UInt8]
    /// The value is `0.d1d2d3… * 10^point`.
    var point: Int

    /// - Parameter value: finite, not negative.
    init(_ value: Double) {
        guard value > 0 else {
            digits = []
            point = 0
            return
        }
        let biased = Int(value.exponentBitPattern)
        var significand = value.significandBitPattern | (biased == 0 ? 0 : 1 &<< 52)
        var power = (biased == 0 ? 1 : biased) &- 1075
        let zeros = significand.trailingZeroBitCount
        significand &>>= UInt64(zeros)
        power &+= zeros

        // significand * 2^power, or significand * 5^-power / 10^-power: an integer in limbs of 9 decimal digits.
        var limbs: [UInt32] = []
        while significand != 0 {
            limbs.append(UInt32(truncatingIfNeeded: significand % 1_000_000_000))
            significand /= 1_000_000_000
        }
        let base: UInt64 = power < 0 ? 5 : 2
        let step = power < 0 ? 12 : 29  // factors below 10^9, so that a carry is one limb
        var remaining = power < 0 ? -power : power
        while remaining > 0 {
            let count = min(remaining, step)
            var factor: UInt64 = 1
            for _ in 0..<count { factor &*= base }
            var carry: UInt64 = 0
            for index in limbs.indices {
                let product = UInt64(limbs[index]) &* factor &+ carry
                carry = product / 1_000_000_000
                limbs[index] = UInt32(truncatingIfNeeded: product % 1_000_000_000)
            }
            if carry != 0 { limbs.append(UInt32(truncatingIfNeeded: carry)) }
            remaining &-= count
        }

        digits = [UInt8](repeating: 0, count: limbs.count &* 9)
        var position = digits.count
        for limb in limbs {
            var rest = limb
            for _ in 0..<9 {
                position &-= 1
                digits[position] = UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
        let leading = digits.firstIndex { $0 != 0 } ?? digits.count
        digits.removeFirst(leading)
        point = digits.count &+ min(power, 0)
    }

    /// Rounds to the first `count` digits, ties away from zero ("pick the larger n" of the specification), padded with
    /// zeros to that count. A carry out of the first digit moves `point` and keeps the count. `count` may be 0 or less:
    /// the result is then empty, or the single digit 1 with `point` raised.
    mutating func round(toDigits count: Int) {
        guard count >= 0 else {
            digits = []
            return
        }
        if count >= digits.count {
            digits.append(contentsOf: repeatElement(0, count: count &- digits.count))
            return
        }
        let roundsUp = digits[count] >= 5
        digits.removeLast(digits.count &- count)
        guard roundsUp else { return }
        var index = count
        while index > 0 {
            index &-= 1
            if digits[index] == 9 {
                digits[index] = 0
            } else {
                digits[index] &+= 1
                return
            }
        }
        point &+= 1
        if count == 0 {
            digits = [1]
        } else {
            digits[0] = 1
        }
    }
}
