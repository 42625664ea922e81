extension JavaScriptMath {
    /// Math.log: x = 2^k (1 + f) with sqrt(2)/2 < 1 + f < sqrt(2), and log(1 + f) = f - s (f - R) for s = f / (2 + f).
    public static func log(_ value: Double) -> Double {
        if value.isNaN || value < 0 { return .nan }
        if value == 0 { return -.infinity }
        if value == .infinity { return .infinity }
        let (x, exponent) = split(value)
        let f = x - 1
        let k = Double(exponent)
        if f.magnitude < 0x1p-20 {
            if f == 0 { return exponent == 0 ? 0 : k * ln2High + k * ln2Low }
            let r = f * f * (0.5 - 0.33333333333333333 * f)
            return exponent == 0 ? f - r : k * ln2High - ((r - k * ln2Low) - f)
        }
        let s = f / (2 + f)
        let r = logPolynomial(s)
        // Away from 1 the square's half is taken out, which keeps more bits.
        let word = highWord(x) & 0xFFFFF
        if (word &- 0x6147A) | (0x6B851 &- word) > 0 {
            let halfSquare = 0.5 * f * f
            if exponent == 0 { return f - (halfSquare - s * (halfSquare + r)) }
            return k * ln2High - ((halfSquare - (s * (halfSquare + r) + k * ln2Low)) - f)
        }
        if exponent == 0 { return f - s * (f - r) }
        return k * ln2High - ((s * (f - r) - k * ln2Low) - f)
    }

    /// Math.log1p.
    public static func log1p(_ x: Double) -> Double {
        if x.isNaN || x < -1 { return .nan }
        if x == -1 { return -.infinity }
        if x == .infinity { return x }
        if x.magnitude < 0x1p-29 {
            return x.magnitude < 0x1p-54 ? x : x - x * x * 0.5
        }
        var f = x
        var exponent = 0
        var correction = 0.0
        var isExact = true
        if !(x > -0.2929 && x < 0.41422) {
            isExact = false
            let u = 1 + x
            let (mantissa, k) = split(u)
            exponent = k
            // What 1 + x lost.
            correction = (u >= 2 ? 1 - (u - x) : x - (u - 1)) / u
            if u.magnitude >= 0x1p53 { correction = 0 }
            f = mantissa - 1
        }
        let k = Double(exponent)
        let halfSquare = 0.5 * f * f
        if !isExact && f.magnitude < 0x1p-20 {
            if f == 0 { return exponent == 0 ? 0 + correction : k * ln2High + (correction + k * ln2Low) }
            let r = halfSquare * (1 - 0.66666666666666666 * f)
            return exponent == 0 ? f - (r - correction) : k * ln2High - ((r - (k * ln2Low + correction)) - f)
        }
        let s = f / (2 + f)
        let z = s * s
        let r5 = 1.531383769920937332e-01 + z * 1.479819860511658591e-01
        let r3 = 2.222219843214978396e-01 + z * (1.818357216161805012e-01 + z * r5)
        let r = z * (6.666666666666735130e-01 + z * (3.999999999940941908e-01 + z * (2.857142874366239149e-01 + z * r3)))
        if exponent == 0 { return f - (halfSquare - (s * (halfSquare + r) + correction)) }
        return k * ln2High - ((halfSquare - (s * (halfSquare + r) + (k * ln2Low + correction))) - f)
    }

    /// Math.log2.
    public static func log2(_ value: Double) -> Double {
        if value.isNaN || value < 0 { return .nan }
        if value == 0 { return -.infinity }
        if value == .infinity { return value }
        let (x, exponent) = split(value)
        if x == 1 { return Double(exponent) }
        let (high, low) = logParts(x - 1)
        let inverseHigh = 1.44269504072144627571e+00
        let inverseLow = 1.67517131648865118353e-10
        let product = high * inverseHigh
        let rest = (low + high) * inverseLow + low * inverseHigh
        let y = Double(exponent)
        let sum = y + product
        return (rest + ((y - sum) + product)) + sum
    }

    /// Math.log10; exact for powers of ten.
    public static func log10(_ value: Double) -> Double {
        if value.isNaN || value < 0 { return .nan }
        if value == 0 { return -.infinity }
        if value == .infinity { return value }
        let (x, exponent) = split(value)
        let (high, low) = logParts(x - 1)
        let inverseHigh = 4.34294481878168880939e-01
        let inverseLow = 2.50829467116452752298e-11
        let product = high * inverseHigh
        let y = Double(exponent)
        let whole = y * 3.01029995663611771306e-01
        let rest = y * 3.69423907715893078616e-13 + (low + high) * inverseLow + low * inverseHigh
        let sum = whole + product
        return (rest + ((whole - sum) + product)) + sum
    }

    /// value = mantissa * 2^exponent with sqrt(2)/2 <= mantissa < sqrt(2), for positive finite values.
    @inline(__always)
    static func split(_ value: Double) -> (mantissa: Double, exponent: Int) {
        var x = value
        var exponent = 0
        if x < 0x1p-1022 {
            x *= 0x1p54
            exponent = -54
        }
        let high = highWord(x)
        exponent &+= Int(high >> 20) &- 1023
        let fraction = high & 0xFFFFF
        let carry = (fraction &+ 0x95F64) & 0x100000
        return (withHighWord(x, fraction | (carry ^ 0x3FF0_0000)), exponent &+ Int(carry >> 20))
    }

    /// The series of log(1 + f) beyond f, for s = f / (2 + f).
    @inline(__always)
    static func logPolynomial(_ s: Double) -> Double {
        let z = s * s
        let w = z * z
        let t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
        let t3 = 1.818357216161805012e-01 + w * 1.479819860511658591e-01
        let t2 = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * t3))
        return t2 + t1
    }

    /// log(1 + f) in two parts, the first with the lower half of its bits cleared.
    @inline(__always)
    private static func logParts(_ f: Double) -> (high: Double, low: Double) {
        let halfSquare = 0.5 * f * f
        let s = f / (2 + f)
        let r = s * (halfSquare + logPolynomial(s))
        let high = truncated(f - halfSquare)
        return (high, (f - high) - halfSquare + r)
    }

    /// Math.asinh.
    public static func asinh(_ x: Double) -> Double {
        let magnitude = x.magnitude
        if !x.isFinite || magnitude < 0x1p-28 { return x }
        let w: Double
        if magnitude > 0x1p28 {
            w = log(magnitude) + 6.93147180559945286227e-01
        } else if magnitude > 2 {
            w = log(2 * magnitude + 1 / ((x * x + 1).squareRoot() + magnitude))
        } else {
            let t = x * x
            w = log1p(magnitude + t / (1 + (1 + t).squareRoot()))
        }
        return x > 0 ? w : -w
    }

    /// Math.acosh.
    public static func acosh(_ x: Double) -> Double {
        if x.isNaN || x < 1 { return .nan }
        if x >= 0x1p28 { return x == .infinity ? x : log(x) + 6.93147180559945286227e-01 }
        if x == 1 { return 0 }
        if x > 2 { return log(2 * x - 1 / (x + (x * x - 1).squareRoot())) }
        let t = x - 1
        return log1p(t + (2 * t + t * t).squareRoot())
    }

    /// Math.atanh.
    public static func atanh(_ x: Double) -> Double {
        let magnitude = x.magnitude
        if x.isNaN || magnitude > 1 { return .nan }
        if magnitude == 1 { return x / 0 }
        if magnitude < 0x1p-28 { return x }
        let t: Double
        if magnitude < 0.5 {
            let twice = magnitude + magnitude
            t = 0.5 * log1p(twice + twice * magnitude / (1 - magnitude))
        } else {
            t = 0.5 * log1p((magnitude + magnitude) / (1 - magnitude))
        }
        return x >= 0 ? t : -t
    }
}
