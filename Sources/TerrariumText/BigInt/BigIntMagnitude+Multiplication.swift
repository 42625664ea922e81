extension BigIntMagnitude {
    /// Below, rows of single products are fastest.
    static let karatsubaThreshold = 40
    /// From here to `transformLimit` limbs the transform is faster than Karatsuba's method. Above the limit its tables
    /// would take a multiple of the operands' memory, so Karatsuba's method splits the work first.
    static let transformThreshold = 1200
    static let transformLimit = 1 << 16

    /// left * right, normalised.
    static func multiply(_ left: [UInt64], _ right: [UInt64], _ watch: BigIntWatch?) throws(BigIntWatch.Stopped) -> [UInt64] {
        var result = try product(left[...], right[...], watch)
        normalise(&result)
        return result
    }

    /// The product in exactly `left.count + right.count` limbs (fewer where operands have leading zeros).
    static func product(_ left: ArraySlice<UInt64>, _ right: ArraySlice<UInt64>, _ watch: BigIntWatch?) throws(BigIntWatch.Stopped)
        -> [UInt64]
    {
        if left.count < right.count { return try product(right, left, watch) }
        if right.isEmpty { return [] }
        if right.count < karatsubaThreshold {
            // Rows of a long operand take a while: parts of it.
            if let watch, left.count > 8192 { return try pieces(left, right, size: 4096, watch) }
            try watch?.note(left.count &* right.count)
            return schoolbook(left, right)
        }
        // Of much different sizes: pieces of the longer one as long as the shorter one.
        if left.count > right.count &* 2 || (left.count != right.count && right.count &* 4 < left.count &* 3) {
            return try pieces(left, right, size: right.count, watch)
        }
        if right.count >= transformThreshold && left.count <= transformLimit {
            return try NumberTheoreticTransform.product(left, right, watch)
        }
        return try karatsuba(left, right, watch)
    }

    static func schoolbook(_ left: ArraySlice<UInt64>, _ right: ArraySlice<UInt64>) -> [UInt64] {
        var result = [UInt64](repeating: 0, count: left.count &+ right.count)
        if #available(macOS 15, iOS 18, tvOS 18, watchOS 11, visionOS 2, *) {
            var target = result.mutableSpan
            accumulateRows(left.span, right.span, &target)
            return result
        }
        let long = left.span
        let short = right.span
        var target = result.mutableSpan
        for row in 0..<short.count {
            let factor = short[row]
            var carry: UInt64 = 0
            for column in 0..<long.count {
                let product = factor.multipliedFullWidth(by: long[column])
                let addend = target[row &+ column]
                let first = product.low &+ carry
                let second = first &+ addend
                target[row &+ column] = second
                // Carries from the top bits, because overflow flags would become branches that nothing can predict.
                carry = product.high &+ carryOut(product.low, carry, first) &+ carryOut(first, addend, second)
            }
            target[row &+ long.count] = carry
        }
        return result
    }

    /// The rows in 128-bit arithmetic, which compiles to add-with-carry.
    @available(macOS 15, iOS 18, tvOS 18, watchOS 11, visionOS 2, *)
    private static func accumulateRows(
        _ long: Span<UInt64>, _ short: Span<UInt64>, _ target: inout MutableSpan<UInt64>
    ) {
        for row in 0..<short.count {
            let factor = UInt128(short[row])
            var carry: UInt64 = 0
            for column in 0..<long.count {
                let sum = factor &* UInt128(long[column]) &+ UInt128(target[row &+ column]) &+ UInt128(carry)
                target[row &+ column] = UInt64(truncatingIfNeeded: sum)
                carry = UInt64(truncatingIfNeeded: sum &>> 64)
            }
            target[row &+ long.count] = carry
        }
    }

    private static func pieces(
        _ long: ArraySlice<UInt64>, _ short: ArraySlice<UInt64>, size: Int, _ watch: BigIntWatch?
    ) throws(BigIntWatch.Stopped) -> [UInt64] {
        var result = [UInt64](repeating: 0, count: long.count &+ short.count)
        var start = long.startIndex
        while start < long.endIndex {
            let end = min(start &+ size, long.endIndex)
            var part = try product(long[start..<end], short, watch)
            normalise(&part)
            addInPlace(&result, part[...], at: start &- long.startIndex)
            start = end
        }
        return result
    }

    /// (h1 B + l1)(h2 B + l2) with three products; both operands have more than half of the longer one's limbs.
    private static func karatsuba(_ left: ArraySlice<UInt64>, _ right: ArraySlice<UInt64>, _ watch: BigIntWatch?) throws(BigIntWatch.Stopped)
        -> [UInt64]
    {
        let half = (left.count &+ 1) / 2
        let leftLow = left[left.startIndex..<(left.startIndex &+ half)]
        let leftHigh = left[(left.startIndex &+ half)...]
        let rightLow = right[right.startIndex..<(right.startIndex &+ half)]
        let rightHigh = right[(right.startIndex &+ half)...]

        var low = try product(leftLow, rightLow, watch)
        var high = try product(leftHigh, rightHigh, watch)
        let leftSum = add(Array(leftLow), Array(leftHigh))
        let rightSum = add(Array(rightLow), Array(rightHigh))
        var middle = try product(leftSum[...], rightSum[...], watch)

        var result = low
        result.reserveCapacity(left.count &+ right.count &+ 1)
        result.append(contentsOf: repeatElement(0, count: 2 &* half &- low.count))
        result.append(contentsOf: high)
        normalise(&low)
        normalise(&high)
        normalise(&middle)
        subtractInPlace(&middle, low)
        subtractInPlace(&middle, high)
        addInPlace(&result, middle[...], at: half)
        return result
    }

    /// 1 when `left + right` left its limb for `sum`.
    @inline(__always)
    static func carryOut(_ left: UInt64, _ right: UInt64, _ sum: UInt64) -> UInt64 {
        ((left & right) | ((left | right) & ~sum)) &>> 63
    }
}
