extension JavaScriptMath {
    /// Number::exponentiate (ECMA-262, 6.1.6.1.3), which is also Math.pow.
    public static func pow(_ x: Double, _ y: Double) -> Double {
        if y.isNaN { return .nan }
        if y == 0 { return 1 }
        if x.isNaN { return .nan }
        // 1 and -1 to an infinite power are NaN here, unlike in C.
        let magnitude = x.magnitude
        if y.isInfinite {
            if magnitude == 1 { return .nan }
            return (magnitude > 1) == (y > 0) ? .infinity : 0
        }
        let isInteger = y.rounded(.towardZero) == y
        // Beyond 2^53 every double is even.
        let isOdd = isInteger && y.magnitude < 0x1p53 && Int64(y) & 1 != 0
        let isResultNegative = x.sign == .minus && isOdd
        if x == 0 || x.isInfinite {
            let isLarge = x.isInfinite == (y > 0)
            let result: Double = isLarge ? .infinity : 0
            return isResultNegative ? -result : result
        }
        if x < 0 && !isInteger { return .nan }
        if y == 1 { return x }
        if y == 2 { return x * x }
        if y == -1 { return 1 / x }
        if y == 0.5 { return x.squareRoot() }
        let result = (isInteger ? exactPower(magnitude, y) : nil) ?? positivePower(magnitude, y)
        return isResultNegative ? -result : result
    }

    /// Powers that a double holds exactly, of two and of numbers with few bits, and the nearest ones of ten.
    private static func exactPower(_ x: Double, _ y: Double) -> Double? {
        guard y.magnitude <= 2200 else { return nil }
        let exponent = Int(y)
        // People compare these with literals.
        if x == 10 { return DecimalScan.powerOfTen(exponent) }
        let biased = Int(x.exponentBitPattern)
        var significand = x.significandBitPattern | (biased == 0 ? 0 : 1 &<< 52)
        let zeros = significand.trailingZeroBitCount
        significand &>>= UInt64(zeros)
        let scale = (biased == 0 ? 1 : biased) &- 1075 &+ zeros
        if significand == 1 { return scaled(1, by: scale &* exponent) }
        guard exponent > 0, (64 &- significand.leadingZeroBitCount &- 1) &* exponent < 64 else { return nil }
        var product: UInt64 = 1
        for _ in 0..<exponent {
            let (next, overflows) = product.multipliedReportingOverflow(by: significand)
            if overflows { return nil }
            product = next
        }
        // Up to 64 bits, so rounded once by the conversion; then only scaled, unless the result is subnormal.
        if product >= 1 &<< 53, scale &* exponent < -1000 { return nil }
        return scaled(Double(product), by: scale &* exponent)
    }

    /// x^y for positive finite x: 2^(y log2 x) with the logarithm in two parts.
    private static func positivePower(_ x: Double, _ y: Double) -> Double {
        let magnitude = x
        if x == 1 { return 1 }
        let yMagnitude = y.magnitude
        var t1: Double
        var t2: Double
        if yMagnitude > 0x1p31 {
            // Any x not next to 1 overflows or underflows.
            if yMagnitude > 0x1p64 || magnitude < 1 - 0x1p-20 || magnitude > 1 + 0x1p-20 {
                return (magnitude > 1) == (y > 0) ? .infinity : 0
            }
            let t = magnitude - 1
            let w = (t * t) * (0.5 - t * (0.3333333333333333333333 - t * 0.25))
            let u = 1.44269502162933349609e+00 * t
            let v = t * 1.92596299112661746887e-08 - w * 1.44269504088896338700e+00
            t1 = truncated(u + v)
            t2 = v - (t1 - u)
        } else {
            (t1, t2) = logarithm(magnitude)
        }

        let yHigh = truncated(y)
        let low = (y - yHigh) * t1 + y * t2
        var high = yHigh * t1
        let z = low + high
        if z >= 1024 {
            if z > 1024 || low + 8.0085662595372944372e-17 > z - high { return .infinity }
        } else if z <= -1075 {
            if z < -1075 || low <= z - high { return 0 }
        }

        // 2^(high + low)
        let n = Int(z.rounded(.toNearestOrAwayFromZero))
        high -= Double(n)
        let t = truncated(low + high)
        let u = t * 6.93147182464599609375e-01
        let v = (low - (t - high)) * 6.93147180559945286227e-01 + t * -1.90465429995776804525e-09
        let sum = u + v
        let w = v - (sum - u)
        let square = sum * sum
        let c = sum - square * expPolynomial(square)
        let r = (sum * c) / (c - 2) - (w + sum * w)
        return scaled(1 - (r - sum), by: n)
    }

    /// log2(x) in two parts, the first with the lower half of its bits cleared.
    private static func logarithm(_ value: Double) -> (Double, Double) {
        var x = value
        var n = 0
        if x < 0x1p-1022 {
            x *= 0x1p53
            n = -53
        }
        n &+= Int(highWord(x) >> 20) &- 0x3FF
        let fraction = highWord(x) & 0xFFFFF
        var high = fraction | 0x3FF0_0000
        // Near 1 or near 3/2, whichever is closer; beyond sqrt(3) near the next 1.
        var isThreeHalves = false
        if fraction > 0x3988E {
            if fraction < 0xBB67A {
                isThreeHalves = true
            } else {
                n &+= 1
                high &-= 0x0010_0000
            }
        }
        x = withHighWord(x, high)
        let base = isThreeHalves ? 1.5 : 1.0

        // s = (x - base) / (x + base) in two parts.
        let u = x - base
        let v = 1 / (x + base)
        let s = u * v
        let sHigh = truncated(s)
        let bits = ((high >> 1) | 0x2000_0000) &+ 0x0008_0000 &+ (isThreeHalves ? 0x0004_0000 : 0)
        let tHigh = Double(bitPattern: UInt64(UInt32(bitPattern: bits)) &<< 32)
        let tLow = x - (tHigh - base)
        let sLow = v * ((u - sHigh * tHigh) - sHigh * tLow)

        // log(x) beyond 2s, from the series in s squared.
        let s2 = s * s
        let l5 = 2.30660745775561754067e-01 + s2 * 2.06975017800338417784e-01
        let l3 = 3.33333329818377432918e-01 + s2 * (2.72728123808534006489e-01 + s2 * l5)
        var r = s2 * s2 * (5.99999999999994648725e-01 + s2 * (4.28571428578550184252e-01 + s2 * l3))
        r += sLow * (sHigh + s)
        let squareHigh = sHigh * sHigh
        let tailHigh = truncated(3 + squareHigh + r)
        let tailLow = r - ((tailHigh - 3) - squareHigh)
        let a = sHigh * tailHigh
        let b = sLow * tailHigh + tailLow * s
        let pHigh = truncated(a + b)
        let pLow = b - (pHigh - a)
        let zHigh = 9.61796700954437255859e-01 * pHigh
        let zLow =
            -7.02846165095275826516e-09 * pHigh + pLow * 9.61796693925975554329e-01
            + (isThreeHalves ? 1.35003920212974897128e-08 : 0)
        let t = Double(n)
        let baseLog = isThreeHalves ? 5.84962487220764160156e-01 : 0
        let t1 = truncated(((zHigh + zLow) + baseLog) + t)
        let t2 = zLow - (((t1 - t) - baseLog) - zHigh)
        return (t1, t2)
    }

    /// Math.cbrt.
    public static func cbrt(_ x: Double) -> Double {
        if !x.isFinite || x == 0 { return x }
        let magnitude = x.magnitude
        // A third of the exponent, then a polynomial to 23 bits, then one step of Newton's method.
        let high: UInt32
        if magnitude < 0x1p-1022 {
            high = UInt32(bitPattern: highWord(magnitude * 0x1p54)) / 3 &+ 696_219_795
        } else {
            high = UInt32(bitPattern: highWord(magnitude)) / 3 &+ 715_094_163
        }
        var t = Double(bitPattern: UInt64(high) &<< 32)
        var r = (t * t) * (t / magnitude)
        let upper = -0.758397934778766047437 + r * 0.145996192886612446982
        t *= (1.87595182427177009643 + r * (-1.88497979543377169875 + r * 1.621429720105354466140)) + ((r * r) * r) * upper
        t = Double(bitPattern: (t.bitPattern &+ 0x8000_0000) & 0xFFFF_FFFF_C000_0000)
        let square = t * t
        r = magnitude / square
        r = (r - t) / ((t + t) + r)
        t += t * r
        return x < 0 ? -t : t
    }

    /// Math.hypot of any number of values: the square root of the sum of the squares, with the sum in twice the
    /// precision, scaled so that nothing overflows.
    public static func hypot(_ values: [Double]) -> Double {
        var largest = 0.0
        var hasNaN = false
        for value in values {
            if value.isInfinite { return .infinity }
            if value.isNaN { hasNaN = true } else { largest = max(largest, value.magnitude) }
        }
        if hasNaN { return .nan }
        if largest == 0 { return 0 }
        let exponent = max(Int(largest.exponentBitPattern), 1) &- 1023
        var high = 0.0
        var low = 0.0
        for value in values {
            let part = scaled(value, by: -exponent)
            let square = DoublePair.product(part, part)
            let sum = DoublePair.sum(high, square.high)
            low += sum.low + square.low
            high = sum.high
        }
        let total = DoublePair.sum(high, low)
        let root = total.high.squareRoot()
        let square = DoublePair.product(root, root)
        let correction = ((total.high - square.high) - square.low + total.low) / (2 * root)
        return scaled(root + correction, by: exponent)
    }
}
