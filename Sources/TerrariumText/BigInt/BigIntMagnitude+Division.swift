extension BigIntMagnitude {
    /// From this many limbs of divisor and quotient on, division recurses (Burnikel and Ziegler's method).
    static let recursiveDivisionThreshold = 80

    /// Quotient and remainder, normalised. The divisor is not empty; both operands normalised.
    static func divide(_ left: [UInt64], _ right: [UInt64], _ watch: BigIntWatch?) throws(BigIntWatch.Stopped)
        -> (quotient: [UInt64], remainder: [UInt64])
    {
        if right.isEmpty || compare(left, right) < 0 { return ([], left) }
        if right.count == 1 {
            var quotient = left
            let remainder = divideInPlace(&quotient, by: right[0])
            return (quotient, remainder == 0 ? [] : [remainder])
        }
        if right.count < recursiveDivisionThreshold || left.count &- right.count < recursiveDivisionThreshold {
            return try divideLong(left, right, watch)
        }
        return try divideRecursively(left, right, watch)
    }

    /// Knuth's algorithm D.
    static func divideLong(_ left: [UInt64], _ right: [UInt64], _ watch: BigIntWatch?) throws(BigIntWatch.Stopped)
        -> (quotient: [UInt64], remainder: [UInt64])
    {
        if compare(left, right) < 0 { return ([], left) }
        let count = right.count
        guard count >= 2, let top = right.last else { return try divide(left, right, watch) }
        let shift = top.leadingZeroBitCount
        let divisorLimbs = shiftLeft(right, by: shift)
        var remainder = shiftLeft(left, by: shift)
        while remainder.count <= left.count { remainder.append(0) }
        let steps = remainder.count &- count
        var quotient = [UInt64](repeating: 0, count: steps)
        do {
            let divisor = divisorLimbs.span
            var rest = remainder.mutableSpan
            var digits = quotient.mutableSpan
            let high = divisor[count &- 1]
            let next = divisor[count &- 2]
            var step = steps
            while step > 0 {
                step &-= 1
                try watch?.note(count &+ 8)
                let first = rest[step &+ count]
                let second = rest[step &+ count &- 1]
                let third = rest[step &+ count &- 2]
                // The estimate from the leading limbs is at most 2 too large, after the correction at most 1.
                var estimate: UInt64
                var residue: UInt64
                var isResidueLarge = false
                if first >= high {
                    estimate = .max
                    let (sum, overflows) = second.addingReportingOverflow(high)
                    residue = sum
                    isResidueLarge = overflows
                } else {
                    (estimate, residue) = high.dividingFullWidth((first, second))
                }
                while !isResidueLarge {
                    let product = estimate.multipliedFullWidth(by: next)
                    guard product.high > residue || (product.high == residue && product.low > third) else { break }
                    estimate &-= 1
                    let (sum, overflows) = residue.addingReportingOverflow(high)
                    residue = sum
                    isResidueLarge = overflows
                }
                if estimate == 0 { continue }
                // rest -= estimate * divisor, with the borrow folded into the carry.
                var carry: UInt64 = 0
                for index in 0..<count {
                    let product = estimate.multipliedFullWidth(by: divisor[index])
                    let low = product.low &+ carry
                    let high = product.high &+ carryOut(product.low, carry, low)
                    let minuend = rest[step &+ index]
                    let value = minuend &- low
                    rest[step &+ index] = value
                    carry = high &+ carryOut(value, low, minuend)
                }
                rest[step &+ count] = first &- carry
                if first < carry {
                    estimate &-= 1
                    var addCarry: UInt64 = 0
                    for index in 0..<count {
                        let (sum, firstCarry) = rest[step &+ index].addingReportingOverflow(divisor[index])
                        let (total, secondCarry) = sum.addingReportingOverflow(addCarry)
                        rest[step &+ index] = total
                        addCarry = (firstCarry ? 1 : 0) | (secondCarry ? 1 : 0)
                    }
                    rest[step &+ count] &+= addCarry
                }
                digits[step] = estimate
            }
        }
        normalise(&quotient)
        normalise(&remainder)
        return (quotient, shiftRight(remainder, by: shift))
    }

    private static func divideRecursively(
        _ left: [UInt64], _ right: [UInt64], _ watch: BigIntWatch?
    ) throws(BigIntWatch.Stopped) -> (quotient: [UInt64], remainder: [UInt64]) {
        // The divisor is extended to a size that halves evenly down to the threshold, its highest bit set.
        var blocks = 1
        while right.count / blocks >= recursiveDivisionThreshold { blocks &*= 2 }
        let size = (right.count &+ blocks &- 1) / blocks &* blocks
        let shift = size &* 64 &- bitLength(right)
        let divisor = shiftLeft(right, by: shift)
        let dividend = shiftLeft(left, by: shift)
        var quotient: [UInt64] = []
        var remainder: [UInt64] = []
        var start = (dividend.count &+ size &- 1) / size &* size
        while start > 0 {
            start &-= size
            let block = low(high(dividend, start), size)
            let (digit, rest) = try divideTwoByOne(joined(high: remainder, low: block, at: size), divisor, size, watch)
            quotient = joined(high: quotient, low: digit, at: size)
            remainder = rest
        }
        normalise(&quotient)
        return (quotient, shiftRight(remainder, by: shift))
    }

    /// Divides by `count` limbs with the highest bit set, for a quotient of at most `count` limbs.
    private static func divideTwoByOne(
        _ left: [UInt64], _ right: [UInt64], _ count: Int, _ watch: BigIntWatch?
    ) throws(BigIntWatch.Stopped) -> (quotient: [UInt64], remainder: [UInt64]) {
        if count & 1 != 0 || count < recursiveDivisionThreshold { return try divideLong(left, right, watch) }
        let half = count / 2
        let (upper, rest) = try divideThreeByTwo(high(left, half), right, half, watch)
        let (lower, remainder) = try divideThreeByTwo(joined(high: rest, low: low(left, half), at: half), right, half, watch)
        return (joined(high: upper, low: lower, at: half), remainder)
    }

    /// Divides three halves by two; the quotient has at most one half.
    private static func divideThreeByTwo(
        _ left: [UInt64], _ right: [UInt64], _ half: Int, _ watch: BigIntWatch?
    ) throws(BigIntWatch.Stopped) -> (quotient: [UInt64], remainder: [UInt64]) {
        let divisorHigh = high(right, half)
        let divisorLow = low(right, half)
        let leftHigh = high(left, half)
        var quotient: [UInt64]
        var remainder: [UInt64]
        if compare(high(left, 2 &* half), divisorHigh) < 0 {
            (quotient, remainder) = try divideTwoByOne(leftHigh, divisorHigh, half, watch)
        } else {
            quotient = [UInt64](repeating: .max, count: half)
            remainder = add(subtract(leftHigh, joined(high: divisorHigh, low: [], at: half)), divisorHigh)
        }
        let product = try multiply(quotient, divisorLow, watch)
        remainder = joined(high: remainder, low: low(left, half), at: half)
        // The quotient is at most 2 too large.
        while compare(remainder, product) < 0 {
            remainder = add(remainder, right)
            subtractInPlace(&quotient, [1])
        }
        return (quotient, subtract(remainder, product))
    }
}
