extension NumberFormatting {
    /// Number::toString(value, radix). The specification leaves the digits of fractions and of integers above 2^53 to the
    /// implementation; this gives the same ones as V8: fraction digits until they tell the value from its neighbours,
    /// and zeros for integer digits below the precision.
    /// - Parameter radix: 2 to 36, checked by the caller.
    public static func toString(_ value: Double, radix: Int) -> [UInt8] {
        guard radix != 10, radix >= 2, radix <= 36, value.isFinite else { return toString(value) }
        if value == 0 { return [0x30] }
        let base = Double(radix)
        let magnitude = value.magnitude
        var integer = magnitude.rounded(.down)
        var fraction = magnitude - integer
        var fractionDigits: [UInt8] = []

        // Half the distance to the next double: digits beyond it say nothing about the value.
        var delta = max(0.5 * (magnitude.nextUp - magnitude), Double.leastNonzeroMagnitude)
        if fraction >= delta {
            repeat {
                fraction *= base
                delta *= base
                let digit = UInt8(truncatingIfNeeded: Int(fraction))
                fractionDigits.append(digit)
                fraction -= Double(digit)
                if (fraction > 0.5 || (fraction == 0.5 && digit & 1 != 0)) && fraction + delta > 1 {
                    // Rounds up, with the carry through the digits written so far.
                    while true {
                        guard let last = fractionDigits.popLast() else {
                            integer += 1
                            break
                        }
                        if Int(last) &+ 1 < radix {
                            fractionDigits.append(last &+ 1)
                            break
                        }
                    }
                    break
                }
            } while fraction >= delta
        }

        var reversed: [UInt8] = []
        while integer / base >= 9_007_199_254_740_992 {
            integer /= base
            reversed.append(0)
        }
        // A quotient may have a fraction; only its integer digits count, with the remainder taken from the whole.
        repeat {
            let remainder = integer.truncatingRemainder(dividingBy: base)
            reversed.append(UInt8(truncatingIfNeeded: Int(remainder)))
            integer = (integer - remainder) / base
        } while integer > 0

        var result: [UInt8] = []
        result.reserveCapacity(reversed.count &+ fractionDigits.count &+ 2)
        if value < 0 { result.append(0x2D) }
        for digit in reversed.reversed() { result.append(character(ofDigit: digit)) }
        if !fractionDigits.isEmpty {
            result.append(0x2E)
            for digit in fractionDigits { result.append(character(ofDigit: digit)) }
        }
        return result
    }

    @inline(__always)
    static func character(ofDigit digit: UInt8) -> UInt8 {
        digit < 10 ? 0x30 &+ digit : 0x57 &+ digit
    }
}
