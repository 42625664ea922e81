/// Unsigned arithmetic on limbs: comparison, sums, differences, shifts.
enum BigIntMagnitude {
    static func normalise(_ limbs: inout [UInt64]) {
        while limbs.last == 0 { limbs.removeLast() }
    }

    static func bitLength(_ limbs: [UInt64]) -> Int {
        guard let last = limbs.last else { return 0 }
        return limbs.count &* 64 &- last.leadingZeroBitCount
    }

    /// -1, 0 or 1. Both normalised.
    static func compare(_ left: [UInt64], _ right: [UInt64]) -> Int {
        if left.count != right.count { return left.count < right.count ? -1 : 1 }
        var index = left.count
        while index > 0 {
            index &-= 1
            if left[index] != right[index] { return left[index] < right[index] ? -1 : 1 }
        }
        return 0
    }

    static func add(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        if left.count < right.count { return add(right, left) }
        var result = left
        addInPlace(&result, right[...], at: 0)
        return result
    }

    /// result += value * 2^(64 * offset), growing the result when a carry leaves it.
    static func addInPlace(_ result: inout [UInt64], _ value: ArraySlice<UInt64>, at offset: Int) {
        let end = offset &+ value.count
        if result.count < end { result.append(contentsOf: repeatElement(0, count: end &- result.count)) }
        var carry: UInt64 = 0
        var target = offset
        for limb in value {
            let (first, firstCarry) = result[target].addingReportingOverflow(limb)
            let (second, secondCarry) = first.addingReportingOverflow(carry)
            result[target] = second
            carry = (firstCarry ? 1 : 0) | (secondCarry ? 1 : 0)
            target &+= 1
        }
        while carry != 0 {
            if target == result.count {
                result.append(1)
                return
            }
            result[target] &+= 1
            carry = result[target] == 0 ? 1 : 0
            target &+= 1
        }
    }

    /// left - right, for left >= right. The result is normalised.
    static func subtract(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var result = left
        subtractInPlace(&result, right)
        return result
    }

    /// result -= value, for result >= value; normalises.
    static func subtractInPlace(_ result: inout [UInt64], _ value: [UInt64]) {
        var borrow: UInt64 = 0
        var index = 0
        let count = min(value.count, result.count)
        while index < count {
            let (first, firstBorrow) = result[index].subtractingReportingOverflow(value[index])
            let (second, secondBorrow) = first.subtractingReportingOverflow(borrow)
            result[index] = second
            borrow = (firstBorrow ? 1 : 0) | (secondBorrow ? 1 : 0)
            index &+= 1
        }
        while borrow != 0 && index < result.count {
            borrow = result[index] == 0 ? 1 : 0
            result[index] &-= 1
            index &+= 1
        }
        normalise(&result)
    }

    /// limbs * 2^bits. The caller bounds `bits`.
    static func shiftLeft(_ limbs: [UInt64], by bits: Int) -> [UInt64] {
        if limbs.isEmpty || bits <= 0 { return limbs }
        let words = bits >> 6
        let rest = UInt64(bits & 63)
        var result = [UInt64](repeating: 0, count: words)
        result.reserveCapacity(words &+ limbs.count &+ 1)
        if rest == 0 {
            result.append(contentsOf: limbs)
            return result
        }
        var carry: UInt64 = 0
        for limb in limbs {
            result.append(limb &<< rest | carry)
            carry = limb &>> (64 &- rest)
        }
        if carry != 0 { result.append(carry) }
        return result
    }

    /// floor(limbs / 2^bits).
    static func shiftRight(_ limbs: [UInt64], by bits: Int) -> [UInt64] {
        if bits <= 0 { return limbs }
        let words = bits >> 6
        if words >= limbs.count { return [] }
        let rest = UInt64(bits & 63)
        if rest == 0 { return Array(limbs[words...]) }
        var result: [UInt64] = []
        result.reserveCapacity(limbs.count &- words)
        var index = words
        while index < limbs.count {
            let above = index &+ 1 < limbs.count ? limbs[index &+ 1] : 0
            result.append(limbs[index] &>> rest | above &<< (64 &- rest))
            index &+= 1
        }
        normalise(&result)
        return result
    }

    /// Whether any of the lowest `bits` bits is set.
    static func hasBits(_ limbs: [UInt64], below bits: Int) -> Bool {
        let words = min(bits >> 6, limbs.count)
        for index in 0..<words where limbs[index] != 0 { return true }
        let rest = UInt64(bits & 63)
        return words < limbs.count && rest != 0 && limbs[words] & ((1 &<< rest) &- 1) != 0
    }

    /// The lowest `count` limbs, normalised.
    static func low(_ limbs: [UInt64], _ count: Int) -> [UInt64] {
        var result = Array(limbs.prefix(count))
        normalise(&result)
        return result
    }

    /// The limbs from `count` on.
    static func high(_ limbs: [UInt64], _ count: Int) -> [UInt64] {
        count >= limbs.count ? [] : Array(limbs[count...])
    }

    /// high * 2^(64 * count) + low, where low has at most `count` limbs.
    static func joined(high: [UInt64], low: [UInt64], at count: Int) -> [UInt64] {
        if high.isEmpty { return low }
        var result = low
        result.reserveCapacity(count &+ high.count)
        if result.count < count { result.append(contentsOf: repeatElement(0, count: count &- result.count)) }
        result.append(contentsOf: high)
        return result
    }

    /// limbs = limbs * factor + summand.
    static func multiplyInPlace(_ limbs: inout [UInt64], by factor: UInt64, adding summand: UInt64) {
        var carry = summand
        for index in limbs.indices {
            let product = limbs[index].multipliedFullWidth(by: factor)
            let (low, overflows) = product.low.addingReportingOverflow(carry)
            limbs[index] = low
            carry = product.high &+ (overflows ? 1 : 0)
        }
        if carry != 0 { limbs.append(carry) }
    }

    /// limbs = limbs / divisor, normalised; returns the remainder. The divisor is not 0.
    static func divideInPlace(_ limbs: inout [UInt64], by divisor: UInt64) -> UInt64 {
        if divisor == 0 { return 0 }
        var remainder: UInt64 = 0
        var index = limbs.count
        while index > 0 {
            index &-= 1
            let (quotient, rest) = divisor.dividingFullWidth((remainder, limbs[index]))
            limbs[index] = quotient
            remainder = rest
        }
        normalise(&limbs)
        return remainder
    }
}
