/// The shortest decimal that reads back as the same double, and of those the closest: the digits of Number::toString
/// (ECMA-262, 6.1.6.1.20), by Raffaello Giulietti's Schubfach method.
struct ShortestDecimal {
    /// 1 to 17 decimal digits, the last of which is not 0.
    var digits: UInt64
    /// The value is `digits * 10^exponent`.
    var exponent: Int

    /// - Parameter value: positive and finite.
    init(_ value: Double) {
        let fraction = value.significandBitPattern
        let biased = Int(value.exponentBitPattern)
        let significand: UInt64
        let power: Int
        if biased != 0 {
            significand = fraction | 1 &<< 52
            power = biased &- 1075
            // An integer of at most 53 bits is its own shortest form.
            if power <= 0, power > -53, significand & ((1 &<< UInt64(-power)) &- 1) == 0 {
                (digits, exponent) = ShortestDecimal.withoutTrailingZeros(significand &>> UInt64(-power), 0)
                return
            }
        } else {
            significand = fraction
            power = -1074
        }
        // The interval of decimals that round to this double, in quarters of the last binary place; its ends belong to
        // it when the significand is even, because ties round to even.
        let isLowerCloser = fraction == 0 && biased > 1
        let openEnd: UInt64 = significand & 1
        let left = significand &* 4 &- 2 &+ (isLowerCloser ? 1 : 0)
        let middle = significand &* 4
        let right = significand &* 4 &+ 2

        // k = floor(log10(2^power)), or of 3/4 of it where the lower neighbour is closer.
        let scale = (power &* 1_262_611 &- (isLowerCloser ? 524_031 : 0)) >> 22
        let shift = UInt64(truncatingIfNeeded: power &+ ((-scale &* 1_741_647) >> 19) &+ 1)
        guard var factor = PowersOfTen.leadingBits(-scale) else {
            (digits, exponent) = (0, 0)
            return
        }
        // The method wants the power rounded up; 10^0 … 10^55 are exact.
        if scale > 0 || scale < -55 {
            factor.low &+= 1
            if factor.low == 0 { factor.high &+= 1 }
        }
        let lower = ShortestDecimal.scaled(left &<< shift, by: factor) &+ openEnd
        let center = ShortestDecimal.scaled(middle &<< shift, by: factor)
        let upper = ShortestDecimal.scaled(right &<< shift, by: factor) &- openEnd

        let whole = center / 4
        if whole >= 10 {
            let tenth = whole / 10
            let isBelowInside = lower <= 40 &* tenth
            let isAboveInside = 40 &* tenth &+ 40 <= upper
            if isBelowInside != isAboveInside {
                (digits, exponent) = ShortestDecimal.withoutTrailingZeros(tenth &+ (isAboveInside ? 1 : 0), scale &+ 1)
                return
            }
        }
        let isBelowInside = lower <= 4 &* whole
        let isAboveInside = 4 &* whole &+ 4 <= upper
        let roundsUp: Bool
        if isBelowInside != isAboveInside {
            roundsUp = isAboveInside
        } else {
            let half = 4 &* whole &+ 2
            roundsUp = center > half || (center == half && whole & 1 != 0)
        }
        (digits, exponent) = ShortestDecimal.withoutTrailingZeros(whole &+ (roundsUp ? 1 : 0), scale)
    }

    /// The high word of `factor * value`, its lowest bit set when anything below it is not 0 (rounding to odd keeps
    /// later comparisons exact).
    @inline(__always)
    private static func scaled(_ value: UInt64, by factor: (high: UInt64, low: UInt64)) -> UInt64 {
        let low = factor.low.multipliedFullWidth(by: value)
        let high = factor.high.multipliedFullWidth(by: value)
        let (middle, carries) = high.low.addingReportingOverflow(low.high)
        return (high.high &+ (carries ? 1 : 0)) | (middle > 1 ? 1 : 0)
    }

    private static func withoutTrailingZeros(_ digits: UInt64, _ exponent: Int) -> (UInt64, Int) {
        var digits = digits
        var exponent = exponent
        if digits == 0 { return (0, 0) }
        if digits >= 100_000_000, digits % 100_000_000 == 0 {
            digits /= 100_000_000
            exponent &+= 8
        }
        if digits % 10_000 == 0 {
            digits /= 10_000
            exponent &+= 4
        }
        while digits % 10 == 0 {
            digits /= 10
            exponent &+= 1
        }
        return (digits, exponent)
    }
}
