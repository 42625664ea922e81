/// Arguments of trigonometric functions modulo pi / 2.
enum TrigonometricReduction {
    /// x - n pi / 2 as the sum of two doubles, at most about pi / 4, and n modulo 4.
    static func reduce(_ x: Double) -> (quadrant: Int, high: Double, low: Double) {
        let magnitude = x.magnitude
        if magnitude <= 823_549.6 { return reduceMedium(x, magnitude) }
        let (quadrant, high, low) = reduceLarge(magnitude)
        return x < 0 ? (-quadrant & 3, -high, -low) : (quadrant, high, low)
    }

    /// By subtracting multiples of pi / 2 in three parts of 33 bits, as many as the cancellation asks for.
    private static func reduceMedium(
        _ x: Double, _ magnitude: Double
    ) -> (quadrant: Int, high: Double, low: Double) {
        let multiple = Int(magnitude * 6.36619772367581382433e-01 + 0.5)
        let n = Double(multiple)
        var r = magnitude - n * 1.57079632673412561417e+00
        var w = n * 6.07710050650619224932e-11
        var high = r - w
        let exponent = Int(magnitude.exponentBitPattern)
        if exponent &- Int(high.exponentBitPattern) > 16 {
            var t = r
            w = n * 6.07710050630396597660e-11
            r = t - w
            w = n * 2.02226624879595063154e-21 - ((t - r) - w)
            high = r - w
            if exponent &- Int(high.exponentBitPattern) > 49 {
                t = r
                w = n * 2.02226624871116645580e-21
                r = t - w
                w = n * 8.47842766036889956997e-32 - ((t - r) - w)
                high = r - w
            }
        }
        let low = (r - high) - w
        return x < 0 ? (-multiple & 3, -high, -low) : (multiple & 3, high, low)
    }

    /// By multiplying with the 192 bits of 2 / pi that matter (Payne and Hanek's method), in integers.
    private static func reduceLarge(_ x: Double) -> (quadrant: Int, high: Double, low: Double) {
        guard x.isFinite else { return (0, .nan, .nan) }
        let exponent = Int(x.exponentBitPattern) &- 1075
        let significand = x.significandBitPattern | 1 &<< 52
        // Bits of 2 / pi above this position give multiples of 4.
        let position = exponent &- 2
        let a = word(at: position)
        let b = word(at: position &+ 64)
        let c = word(at: position &+ 128)
        let lowest = significand.multipliedFullWidth(by: c)
        let middle = significand.multipliedFullWidth(by: b)
        let (second, carries) = middle.low.addingReportingOverflow(lowest.high)
        // The product modulo 2^192 as (first, second, third): two bits of quadrant, 190 bits of fraction.
        var first = (significand &* a) &+ middle.high &+ (carries ? 1 : 0)
        var rest = second
        var third = lowest.low
        var quadrant = Int(first &>> 62)
        first = first &<< 2 | rest &>> 62
        rest = rest &<< 2 | third &>> 62
        third = third &<< 2
        var isNegative = false
        if first &>> 63 != 0 {
            // Above one half: the next quadrant, from below.
            quadrant = (quadrant &+ 1) & 3
            isNegative = true
            first = ~first
            rest = ~rest
            third = 0 &- third
            if third == 0 { rest &+= 1 }
            if third == 0 && rest == 0 { first &+= 1 }
        }
        // The fraction as a sum of two doubles of 53 bits.
        var scale = 0
        if first == 0 {
            (first, rest, third) = (rest, third, 0)
            scale = -64
        }
        let zeros = UInt64(first.leadingZeroBitCount)
        if zeros > 0 && zeros < 64 {
            first = first &<< zeros | rest &>> (64 &- zeros)
            rest = rest &<< zeros | third &>> (64 &- zeros)
            scale &-= Int(zeros)
        }
        let leading = JavaScriptMath.scaled(Double(first &>> 11), by: scale &- 53)
        let trailing = JavaScriptMath.scaled(Double((first & 0x7FF) &<< 42 | rest &>> 22), by: scale &- 106)

        // Times pi / 2, in double-double arithmetic.
        let product = DoublePair.product(leading, 1.57079632679489655800e+00)
        let tail = product.low + (leading * 6.12323399573676603587e-17 + trailing * 1.57079632679489655800e+00)
        let high = product.high + tail
        let low = (product.high - high) + tail
        return isNegative ? (quadrant, -high, -low) : (quadrant, high, low)
    }

    /// 64 bits of 2 / pi from this bit on; bit 0 has the weight 1 / 2, and bits before it are 0.
    private static func word(at bit: Int) -> UInt64 {
        let index = bit >> 6
        let shift = UInt64(bit & 63)
        let high = index >= 0 && index < twoOverPi.count ? twoOverPi[index] : 0
        let low = index &+ 1 >= 0 && index &+ 1 < twoOverPi.count ? twoOverPi[index &+ 1] : 0
        return shift == 0 ? high : high &<< shift | low &>> (64 &- shift)
    }

    private static let twoOverPi: [UInt64] = [
        0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561,
        0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E, 0xE88235F52EBB4484,
        0xE99C7026B45F7E41, 0x3991D639835339F4, 0x9C845F8BBDF9283B, 0x1FF897FFDE05980F,
        0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7, 0x4F463F669E5FEA2D, 0x7527BAC7EBE5F17B,
        0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB, 0xF0CFBC209AF4361D,
    ]
}

/// The exact product and sum of two doubles as unevaluated sums of two (Dekker, Knuth).
enum DoublePair {
    static func product(_ left: Double, _ right: Double) -> (high: Double, low: Double) {
        let high = left * right
        let (a, b) = halves(left)
        let (c, d) = halves(right)
        return (high, ((a * c - high) + a * d + b * c) + b * d)
    }

    static func sum(_ left: Double, _ right: Double) -> (high: Double, low: Double) {
        let high = left + right
        let part = high - left
        return (high, (left - (high - part)) + (right - part))
    }

    /// Two values of 26 bits; for magnitudes below 2^996.
    private static func halves(_ value: Double) -> (Double, Double) {
        let scaled = value * 134_217_729
        let high = scaled - (scaled - value)
        return (high, value - high)
    }
}
