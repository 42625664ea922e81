extension JavaScriptMath {
    private static let quarterPi = 0.7853981633974483

    /// Math.sin.
    public static func sin(_ x: Double) -> Double {
        if !x.isFinite { return .nan }
        if x.magnitude <= quarterPi { return sineKernel(x, 0) }
        let (quadrant, high, low) = TrigonometricReduction.reduce(x)
        switch quadrant {
        case 0: return sineKernel(high, low)
        case 1: return cosineKernel(high, low)
        case 2: return -sineKernel(high, low)
        default: return -cosineKernel(high, low)
        }
    }

    /// Math.cos.
    public static func cos(_ x: Double) -> Double {
        if !x.isFinite { return .nan }
        if x.magnitude <= quarterPi { return cosineKernel(x, 0) }
        let (quadrant, high, low) = TrigonometricReduction.reduce(x)
        switch quadrant {
        case 0: return cosineKernel(high, low)
        case 1: return -sineKernel(high, low)
        case 2: return -cosineKernel(high, low)
        default: return sineKernel(high, low)
        }
    }

    /// Math.tan.
    public static func tan(_ x: Double) -> Double {
        if !x.isFinite { return .nan }
        if x.magnitude <= quarterPi { return tangentKernel(x, 0, isReciprocal: false) }
        let (quadrant, high, low) = TrigonometricReduction.reduce(x)
        return tangentKernel(high, low, isReciprocal: quadrant & 1 != 0)
    }

    /// sin(x + y) for |x| <= pi / 4 and a tail y.
    private static func sineKernel(_ x: Double, _ y: Double) -> Double {
        if x.magnitude < 0x1p-27 { return x }
        let z = x * x
        let v = z * x
        let r56 = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10
        let r34 = -1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 + z * r56)
        let r = 8.33333333332248946124e-03 + z * r34
        if y == 0 { return x + v * (-1.66666666666666324348e-01 + z * r) }
        return x - ((z * (0.5 * y - v * r) - y) - v * -1.66666666666666324348e-01)
    }

    /// cos(x + y) for |x| <= pi / 4 and a tail y.
    private static func cosineKernel(_ x: Double, _ y: Double) -> Double {
        let magnitude = x.magnitude
        if magnitude < 0x1p-27 { return 1 }
        let z = x * x
        let r56 = 2.08757232129817482790e-09 + z * -1.13596475577881948265e-11
        let r34 = 2.48015872894767294178e-05 + z * (-2.75573143513906633035e-07 + z * r56)
        let r = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * r34))
        if magnitude < 0.3 { return 1 - (0.5 * z - (z * r - x * y)) }
        let part: Double
        if magnitude > 0.78125 {
            part = 0.28125
        } else {
            part = Double(bitPattern: UInt64(UInt32(bitPattern: highWord(magnitude) &- 0x0020_0000)) &<< 32)
        }
        let half = 0.5 * z - part
        return (1 - part) - (half - (z * r - x * y))
    }

    /// tan(x + y), or -1 / tan(x + y), for |x| <= pi / 4 and a tail y.
    private static func tangentKernel(_ argument: Double, _ tail: Double, isReciprocal: Bool) -> Double {
        var x = argument
        var y = tail
        let isNegative = x < 0
        if x.magnitude < 0x1p-28 {
            if !isReciprocal { return x }
            // -1 / (x + y) without losing the tail.
            let w = x + y
            let z = truncated(w)
            let v = y - (z - x)
            let a = -1 / w
            let t = truncated(a)
            return t + a * (1 + t * z + t * v)
        }
        let isLarge = x.magnitude >= 0.67434
        if isLarge {
            if isNegative {
                x = -x
                y = -y
            }
            x = (7.85398163397448278999e-01 - x) + (3.06161699786838301793e-17 - y)
            y = 0
        }
        let z = x * x
        let w = z * z
        let odd5 = -1.85586374855275456654e-05
        let odd4 = 7.81794442939557092300e-05 + w * odd5
        let odd3 = 5.88041240820264096874e-04 + w * odd4
        let odd2 = 3.59207910759131235356e-03 + w * odd3
        let odd1 = 2.18694882948595424599e-02 + w * odd2
        let odd = 1.33333333333201242699e-01 + w * odd1
        let even5 = 7.14072491382608190305e-05 + w * 2.59073051863633712884e-05
        let even4 = 2.46463134818469906812e-04 + w * even5
        let even3 = 1.45620945432529025516e-03 + w * even4
        let even2 = 8.86323982359930005737e-03 + w * even3
        let even = z * (5.39682539762260521377e-02 + w * even2)
        let s = z * x
        var r = y + z * (s * (odd + even) + y)
        r += 3.33333333333334091986e-01 * s
        let sum = x + r
        if isLarge {
            let v: Double = isReciprocal ? -1 : 1
            let result = v - 2 * (x - (sum * sum / (sum + v) - r))
            return isNegative ? -result : result
        }
        if !isReciprocal { return sum }
        let high = truncated(sum)
        let rest = r - (high - x)
        let a = -1 / sum
        let t = truncated(a)
        return t + a * ((1 + t * high) + t * rest)
    }

    /// Math.asin.
    public static func asin(_ x: Double) -> Double {
        let magnitude = x.magnitude
        if x.isNaN || magnitude > 1 { return .nan }
        if magnitude == 1 { return x * 1.57079632679489655800e+00 + x * 6.12323399573676603587e-17 }
        if magnitude < 0.5 {
            if magnitude < 0x1p-26 { return x }
            let t = x * x
            return x + x * arcSineRatio(t)
        }
        let t = (1 - magnitude) * 0.5
        let ratio = arcSineRatio(t)
        let s = t.squareRoot()
        let result: Double
        if magnitude >= 0.975 {
            result = 1.57079632679489655800e+00 - (2 * (s + s * ratio) - 6.12323399573676603587e-17)
        } else {
            let high = truncated(s)
            let c = (t - high * high) / (s + high)
            let p = 2 * s * ratio - (6.12323399573676603587e-17 - 2 * c)
            let q = quarterPi - 2 * high
            result = quarterPi - (p - q)
        }
        return x > 0 ? result : -result
    }

    /// Math.acos.
    public static func acos(_ x: Double) -> Double {
        let magnitude = x.magnitude
        if x.isNaN || magnitude > 1 { return .nan }
        if magnitude == 1 { return x > 0 ? 0 : 3.14159265358979311600e+00 }
        if magnitude < 0.5 {
            if magnitude < 0x1p-57 { return 1.57079632679489655800e+00 }
            let ratio = arcSineRatio(x * x)
            return 1.57079632679489655800e+00 - (x - (6.12323399573676603587e-17 - x * ratio))
        }
        if x < 0 {
            let z = (1 + x) * 0.5
            let s = z.squareRoot()
            let w = arcSineRatio(z) * s - 6.12323399573676603587e-17
            return 3.14159265358979311600e+00 - 2 * (s + w)
        }
        let z = (1 - x) * 0.5
        let s = z.squareRoot()
        let high = truncated(s)
        let c = (z - high * high) / (s + high)
        let w = arcSineRatio(z) * s + c
        return 2 * (high + w)
    }

    /// (asin(x) - x) / x for t = x * x up to a quarter.
    private static func arcSineRatio(_ t: Double) -> Double {
        let p45 = 7.91534994289814532176e-04 + t * 3.47933107596021167570e-05
        let p23 = 2.01212532134862925881e-01 + t * (-4.00555345006794114027e-02 + t * p45)
        let p = t * (1.66666666666666657415e-01 + t * (-3.25565818622400915405e-01 + t * p23))
        let q34 = -6.88283971605453293030e-01 + t * 7.70381505559019352791e-02
        let q = 1 + t * (-2.40339491173441421878e+00 + t * (2.02094576023350569471e+00 + t * q34))
        return p / q
    }

    /// Math.atan.
    public static func atan(_ value: Double) -> Double {
        if value.isNaN { return .nan }
        let magnitude = value.magnitude
        if magnitude >= 0x1p66 { return value > 0 ? 1.57079632679489655800e+00 : -1.57079632679489655800e+00 }
        var x = value
        let high: Double
        let low: Double
        if magnitude < 0.4375 {
            if magnitude < 0x1p-27 { return x }
            let (s1, s2) = arcTangentSeries(x)
            return x - x * (s1 + s2)
        } else if magnitude < 0.6875 {
            x = (2 * magnitude - 1) / (2 + magnitude)
            (high, low) = (4.63647609000806093515e-01, 2.26987774529616870924e-17)
        } else if magnitude < 1.1875 {
            x = (magnitude - 1) / (magnitude + 1)
            (high, low) = (7.85398163397448278999e-01, 3.06161699786838301793e-17)
        } else if magnitude < 2.4375 {
            x = (magnitude - 1.5) / (1 + 1.5 * magnitude)
            (high, low) = (9.82793723247329054082e-01, 1.39033110312309984516e-17)
        } else {
            x = -1 / magnitude
            (high, low) = (1.57079632679489655800e+00, 6.12323399573676603587e-17)
        }
        let (s1, s2) = arcTangentSeries(x)
        let result = high - ((x * (s1 + s2) - low) - x)
        return value < 0 ? -result : result
    }

    private static func arcTangentSeries(_ x: Double) -> (Double, Double) {
        let z = x * x
        let w = z * z
        let odd4 = 4.97687799461593236017e-02 + w * 1.62858201153657823623e-02
        let odd2 = 9.09088713343650656196e-02 + w * (6.66107313738753120669e-02 + w * odd4)
        let s1 = z * (3.33333333333329318027e-01 + w * (1.42857142725034663711e-01 + w * odd2))
        let even3 = -5.83357013379057348645e-02 + w * -3.65315727442169155270e-02
        let even1 = -1.11111104054623557880e-01 + w * (-7.69187620504482999495e-02 + w * even3)
        let s2 = w * (-1.99999999998764832476e-01 + w * even1)
        return (s1, s2)
    }

    /// Math.atan2.
    public static func atan2(_ y: Double, _ x: Double) -> Double {
        if x.isNaN || y.isNaN { return .nan }
        let pi = 3.14159265358979311600e+00
        let halfPi = 1.57079632679489655800e+00
        let isLeft = x.sign == .minus
        let isBelow = y.sign == .minus
        if y == 0 {
            if !isLeft { return y }
            return isBelow ? -pi : pi
        }
        if x == 0 { return isBelow ? -halfPi : halfPi }
        if x.isInfinite {
            let angle: Double
            if y.isInfinite {
                angle = isLeft ? 3 * quarterPi : quarterPi
            } else {
                angle = isLeft ? pi : 0
            }
            return isBelow ? -angle : angle
        }
        if y.isInfinite { return isBelow ? -halfPi : halfPi }
        let difference = Int(highWord(y) & 0x7FFF_FFFF) >> 20 &- Int(highWord(x) & 0x7FFF_FFFF) >> 20
        let z: Double
        if difference > 60 {
            z = halfPi + 0.5 * 1.2246467991473531772e-16
            return isBelow ? -halfPi : z
        } else if isLeft && difference < -60 {
            z = 0
        } else {
            z = atan((y / x).magnitude)
        }
        if !isLeft { return isBelow ? -z : z }
        let angle = pi - (z - 1.2246467991473531772e-16)
        return isBelow ? (z - 1.2246467991473531772e-16) - pi : angle
    }
}
