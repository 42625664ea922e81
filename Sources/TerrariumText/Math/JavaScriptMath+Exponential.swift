extension JavaScriptMath {
    static let ln2High = 6.93147180369123816490e-01
    static let ln2Low = 1.90821492927058770002e-10
    static let inverseLn2 = 1.44269504088896338700e+00

    /// Math.exp: x = k ln 2 + r with |r| <= ln 2 / 2, and a rational approximation of exp(r).
    public static func exp(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        if x > 7.09782712893383973096e+02 { return .infinity }
        if x < -7.45133219101941108420e+02 { return 0 }
        // The method's error would show just where people look: exp(1) is Math.E.
        if x == 1 { return 2.718281828459045 }
        let magnitude = x.magnitude
        var k = 0
        var high = x
        var low = 0.0
        if magnitude > 0.34657359027997264 {
            if magnitude < 1.0397207708399179 {
                k = x < 0 ? -1 : 1
            } else {
                k = Int(inverseLn2 * x + (x < 0 ? -0.5 : 0.5))
            }
            high = x - Double(k) * ln2High
            low = Double(k) * ln2Low
        } else if magnitude < 0x1p-28 {
            return 1 + x
        }
        let r = high - low
        let t = r * r
        let c = r - t * expPolynomial(t)
        if k == 0 { return 1 - ((r * c) / (c - 2) - r) }
        let y = 1 - ((low - (r * c) / (2 - c)) - high)
        return scaled(y, by: k)
    }

    /// The series of x - x (exp(x) + 1) / (exp(x) - 1) + 2 over t = x * x.
    @inline(__always)
    static func expPolynomial(_ t: Double) -> Double {
        let p4 = -1.65339022054652515390e-06 + t * 4.13813679705723846039e-08
        let p2 = -2.77777777770155933842e-03 + t * (6.61375632143793436117e-05 + t * p4)
        return 1.66666666666666019037e-01 + t * p2
    }

    /// Math.expm1: exp(x) - 1 without loss for small x.
    public static func expm1(_ value: Double) -> Double {
        var x = value
        if x.isNaN { return .nan }
        let isNegative = x.sign == .minus
        if x.magnitude >= 38.81624221356 {
            if x > 7.09782712893383973096e+02 { return .infinity }
            if isNegative { return -1 }
        }
        var k = 0
        var c = 0.0
        if x.magnitude > 0.34657359027997264 {
            let high: Double
            let low: Double
            if x.magnitude < 1.0397207708399179 {
                high = isNegative ? x + ln2High : x - ln2High
                low = isNegative ? -ln2Low : ln2Low
                k = isNegative ? -1 : 1
            } else {
                k = Int(inverseLn2 * x + (isNegative ? -0.5 : 0.5))
                high = x - Double(k) * ln2High
                low = Double(k) * ln2Low
            }
            x = high - low
            c = (high - x) - low
        } else if x.magnitude < 0x1p-54 {
            return x
        }
        let halfX = 0.5 * x
        let halfSquare = x * halfX
        let q45 = 4.00821782732936239552e-06 + halfSquare * -2.01099218183624371326e-07
        let q23 = 1.58730158725481460165e-03 + halfSquare * (-7.93650757867487942473e-05 + halfSquare * q45)
        let r1 = 1 + halfSquare * (-3.33333333333331316428e-02 + halfSquare * q23)
        var t = 3 - r1 * halfX
        var e = halfSquare * ((r1 - t) / (6 - x * t))
        if k == 0 { return x - (x * e - halfSquare) }
        e = (x * (e - c) - c) - halfSquare
        if k == -1 { return 0.5 * (x - e) - 0.5 }
        if k == 1 { return x < -0.25 ? -2 * (e - (x + 0.5)) : 1 + 2 * (x - e) }
        if k <= -2 || k > 56 { return scaled(1 - (e - x), by: k) - 1 }
        if k < 20 {
            t = 1 - scaled(1, by: -k)
            return scaled(t - (e - x), by: k)
        }
        t = scaled(1, by: -k)
        return scaled((x - (e + t)) + 1, by: k)
    }

    /// Math.sinh.
    public static func sinh(_ x: Double) -> Double {
        let magnitude = x.magnitude
        if !x.isFinite { return x }
        let half = x < 0 ? -0.5 : 0.5
        if magnitude < 22 {
            if magnitude < 0x1p-28 { return x }
            let t = expm1(magnitude)
            if magnitude < 1 { return half * (2 * t - t * t / (t + 1)) }
            return half * (t + t / (t + 1))
        }
        if magnitude < 709.7822265625 { return half * exp(magnitude) }
        if magnitude <= 7.10475860073943863426e+02 {
            let root = exp(0.5 * magnitude)
            return half * root * root
        }
        return x * .infinity
    }

    /// Math.cosh.
    public static func cosh(_ x: Double) -> Double {
        let magnitude = x.magnitude
        if x.isNaN { return .nan }
        if magnitude < 0.34657359027997264 {
            let t = expm1(magnitude)
            let w = 1 + t
            return magnitude < 0x1p-55 ? w : 1 + (t * t) / (w + w)
        }
        if magnitude < 22 {
            let t = exp(magnitude)
            return 0.5 * t + 0.5 / t
        }
        if magnitude < 709.7822265625 { return 0.5 * exp(magnitude) }
        if magnitude <= 7.10475860073943863426e+02 {
            let root = exp(0.5 * magnitude)
            return 0.5 * root * root
        }
        return .infinity
    }

    /// Math.tanh.
    public static func tanh(_ x: Double) -> Double {
        let magnitude = x.magnitude
        if x.isNaN { return .nan }
        var z = 1.0
        if magnitude < 22 {
            if magnitude < 0x1p-55 { return x }
            if magnitude >= 1 {
                z = 1 - 2 / (expm1(2 * magnitude) + 2)
            } else {
                let t = expm1(-2 * magnitude)
                z = -t / (t + 2)
            }
        }
        return x < 0 ? -z : z
    }
}
