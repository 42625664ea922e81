/// Text in any radix from 2 to 36, both ways below quadratic time for long texts.
extension BigIntArithmetic {
    /// What StringToBigInt made of a text.
    public enum ParseResult: Equatable, Sendable {
        case value(BigIntValue)
        /// Not a StringIntegerLiteral; the language throws a SyntaxError.
        case malformed
        /// More than `maximumBits`.
        case tooLarge
    }

    /// BigInt::toString(value, radix), as ASCII.
    /// - Complexity: `BigIntCost.toText`.
    public static func toText(_ value: BigIntValue, radix: Int = 10) -> [UInt8] {
        unwatched { (watch) throws(BigIntWatch.Stopped) in try toText(value, radix: radix, watch) } ?? []
    }

    /// As above, with somebody who may end it.
    public static func toText(_ value: BigIntValue, radix: Int, _ watch: BigIntWatch?) throws(BigIntWatch.Stopped) -> [UInt8] {
        let radix = min(max(radix, 2), 36)
        if value.isZero { return [0x30] }
        var result: [UInt8] = []
        if value.isNegative { result.append(0x2D) }
        if radix & (radix &- 1) == 0 {
            appendBits(value.magnitude, bitsPerDigit: radix.trailingZeroBitCount, to: &result)
            return result
        }
        let base = RadixBase(radix)
        if value.magnitude.count <= RadixBase.leafLimbs {
            base.appendLeaf(value.magnitude, width: 0, to: &result)
            return result
        }
        var powers = [base.leafPower()]
        while let last = powers.last, last.count &* 2 &- 1 <= value.magnitude.count {
            powers.append(try BigIntMagnitude.multiply(last, last, watch))
        }
        try append(value.magnitude, base, powers, level: powers.count &- 1, isPadded: false, to: &result, watch)
        return result
    }

    /// The value of digits, without sign or prefix; `nil` when it is too large or a digit does not belong.
    /// - Complexity: `BigIntCost.parse`.
    public static func parseDigits(_ digits: ArraySlice<UInt8>, radix: Int) -> BigIntValue? {
        unwatched { (watch) throws(BigIntWatch.Stopped) in try parseDigits(digits, radix: radix, watch) }
    }

    /// As above, with somebody who may end it.
    public static func parseDigits(_ digits: ArraySlice<UInt8>, radix: Int, _ watch: BigIntWatch?) throws(BigIntWatch.Stopped)
        -> BigIntValue?
    {
        guard radix >= 2, radix <= 36 else { return nil }
        // Looking at long texts is work, too.
        try watch?.note(digits.count)
        for unit in digits where NumberParsing.digitValue(unit) >= radix { return nil }
        try watch?.note(digits.count)
        let digits = digits[(digits.firstIndex { $0 != 0x30 } ?? digits.endIndex)...]
        if radix & (radix &- 1) == 0 {
            guard digits.count <= maximumBits / radix.trailingZeroBitCount &+ 1 else { return nil }
            let limbs = parseBits(digits, bitsPerDigit: radix.trailingZeroBitCount)
            return BigIntMagnitude.bitLength(limbs) <= maximumBits ? BigIntValue(magnitude: limbs) : nil
        }
        guard digits.count <= maximumBits else { return nil }
        let base = RadixBase(radix)
        var powers: [[UInt64]] = []
        var width = base.leafWidth
        while width < digits.count {
            // The text is at least this long, so a power beyond the limit means a value beyond it.
            guard let last = powers.last else {
                powers.append(base.leafPower())
                width &*= 2
                continue
            }
            guard last.count &* 2 &- 1 <= maximumBits >> 6 else { return nil }
            powers.append(try BigIntMagnitude.multiply(last, last, watch))
            width &*= 2
        }
        let limbs = try parse(digits, base, powers, watch)
        return BigIntMagnitude.bitLength(limbs) <= maximumBits ? BigIntValue(magnitude: limbs) : nil
    }

    /// StringToBigInt (ECMA-262, 7.1.14): white space around, a sign before decimal digits, `0x`, `0o`, `0b`; empty is 0.
    /// - Complexity: `BigIntCost.parse`.
    @inlinable
    public static func parse<Text: RandomAccessCollection>(_ text: Text) -> ParseResult
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        do throws(BigIntWatch.Stopped) { return try parse(text, nil) } catch { return .malformed }
    }

    /// As above, with somebody who may end it.
    @inlinable
    public static func parse<Text: RandomAccessCollection>(_ text: Text, _ watch: BigIntWatch?) throws(BigIntWatch.Stopped)
        -> ParseResult
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        var start = text.startIndex
        var end = text.endIndex
        while start < end, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(truncatingIfNeeded: text[start])) {
            start &+= 1
        }
        while end > start, UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(truncatingIfNeeded: text[end &- 1])) {
            end &-= 1
        }
        if start == end { return .value(.zero) }
        var radix = 10
        var isNegative = false
        if text[start] == 0x30, end &- start > 2 {
            switch text[start &+ 1] | 0x20 {
            case 0x78: radix = 16
            case 0x6F: radix = 8
            case 0x62: radix = 2
            default: break
            }
            if radix != 10 { start &+= 2 }
        }
        if radix == 10, text[start] == 0x2B || text[start] == 0x2D {
            isNegative = text[start] == 0x2D
            start &+= 1
        }
        var digits: [UInt8] = []
        digits.reserveCapacity(min(end &- start, 1 << 20))
        while start &+ digits.count < end {
            let place = start &+ digits.count, next = min(end, place &+ 4096)
            digits += NumberParsing.asciiDigits(text, from: place, upTo: next, radix: radix)
            if start &+ digits.count < next { break }
            try watch?.note(16384)
        }
        guard !digits.isEmpty, digits.count == end &- start else { return .malformed }
        guard let value = try parseDigits(digits[...], radix: radix, watch) else { return .tooLarge }
        return .value(BigIntValue(isNegative: isNegative, magnitude: value.magnitude))
    }

    // MARK: Radixes that are powers of two

    private static func appendBits(_ limbs: [UInt64], bitsPerDigit: Int, to result: inout [UInt8]) {
        let mask = (UInt64(1) &<< UInt64(bitsPerDigit)) &- 1
        var position = (BigIntMagnitude.bitLength(limbs) &+ bitsPerDigit &- 1) / bitsPerDigit &* bitsPerDigit
        while position > 0 {
            position &-= bitsPerDigit
            let word = position >> 6
            let bit = UInt64(position & 63)
            var digit = limbs[word] &>> bit
            // A digit of 3 or 5 bits may lie across two limbs.
            if Int(bit) &+ bitsPerDigit > 64, word &+ 1 < limbs.count {
                digit |= limbs[word &+ 1] &<< (64 &- bit)
            }
            result.append(NumberFormatting.character(ofDigit: UInt8(truncatingIfNeeded: digit & mask)))
        }
    }

    private static func parseBits(_ digits: ArraySlice<UInt8>, bitsPerDigit: Int) -> [UInt64] {
        var result: [UInt64] = []
        result.reserveCapacity(digits.count &* bitsPerDigit / 64 &+ 1)
        var limb: UInt64 = 0
        var filled = 0
        for unit in digits.reversed() {
            let digit = UInt64(truncatingIfNeeded: NumberParsing.digitValue(unit))
            limb |= digit &<< UInt64(filled)
            filled &+= bitsPerDigit
            if filled >= 64 {
                result.append(limb)
                filled &-= 64
                limb = filled == 0 ? 0 : digit &>> UInt64(bitsPerDigit &- filled)
            }
        }
        if limb != 0 { result.append(limb) }
        BigIntMagnitude.normalise(&result)
        return result
    }

    // MARK: Other radixes: halves around radix^(leafWidth * 2^level)

    private static func append(
        _ limbs: [UInt64], _ base: RadixBase, _ powers: [[UInt64]], level: Int, isPadded: Bool,
        to result: inout [UInt8], _ watch: BigIntWatch?
    ) throws(BigIntWatch.Stopped) {
        guard level >= 0 else {
            try watch?.note(RadixBase.leafLimbs &* RadixBase.leafLimbs &* 4)
            base.appendLeaf(limbs, width: isPadded ? base.leafWidth : 0, to: &result)
            return
        }
        let (quotient, remainder) = try BigIntMagnitude.divide(limbs, powers[level], watch)
        if isPadded || !quotient.isEmpty {
            try append(quotient, base, powers, level: level &- 1, isPadded: isPadded, to: &result, watch)
            try append(remainder, base, powers, level: level &- 1, isPadded: true, to: &result, watch)
        } else {
            try append(remainder, base, powers, level: level &- 1, isPadded: false, to: &result, watch)
        }
    }

    private static func parse(
        _ digits: ArraySlice<UInt8>, _ base: RadixBase, _ powers: [[UInt64]], _ watch: BigIntWatch?
    ) throws(BigIntWatch.Stopped) -> [UInt64] {
        var level = powers.count
        var width = base.leafWidth
        var index = 0
        while index < level { width &*= 2; index &+= 1 }
        while level > 0 && width / 2 >= digits.count {
            width /= 2
            level &-= 1
        }
        guard level > 0, width / 2 < digits.count else {
            try watch?.note(RadixBase.leafLimbs &* RadixBase.leafLimbs)
            return base.parseLeaf(digits)
        }
        let middle = digits.endIndex &- width / 2
        let high = try parse(digits[digits.startIndex..<middle], base, powers, watch)
        let low = try parse(digits[middle...], base, powers, watch)
        return BigIntMagnitude.add(try BigIntMagnitude.multiply(high, powers[level &- 1], watch), low)
    }
}

/// A radix that is no power of two, with as many digits at once as a limb holds.
private struct RadixBase {
    /// Below this many limbs the quadratic ways are fastest.
    static let leafLimbs = 32

    let radix: UInt64
    /// The digits that a limb holds, and the radix to that power.
    let limbDigits: Int
    let limbPower: UInt64
    /// The digits of a leaf.
    let leafWidth: Int

    init(_ radix: Int) {
        self.radix = UInt64(truncatingIfNeeded: radix)
        var digits = 1
        var power = self.radix
        while true {
            let (next, overflows) = power.multipliedReportingOverflow(by: self.radix)
            if overflows { break }
            power = next
            digits &+= 1
        }
        limbDigits = digits
        limbPower = power
        leafWidth = digits &* RadixBase.leafLimbs
    }

    /// radix^leafWidth.
    func leafPower() -> [UInt64] {
        var result: [UInt64] = [1]
        for _ in 0..<RadixBase.leafLimbs { BigIntMagnitude.multiplyInPlace(&result, by: limbPower, adding: 0) }
        return result
    }

    func appendLeaf(_ limbs: [UInt64], width: Int, to result: inout [UInt8]) {
        var rest = limbs
        var reversed: [UInt8] = []
        while !rest.isEmpty {
            var part = BigIntMagnitude.divideInPlace(&rest, by: limbPower)
            var digits = 0
            while digits < limbDigits && (part != 0 || !rest.isEmpty) {
                let next = part / radix
                let digit = UInt8(truncatingIfNeeded: part &- next &* radix)
                reversed.append(NumberFormatting.character(ofDigit: digit))
                part = next
                digits &+= 1
            }
        }
        if width > reversed.count { result.append(contentsOf: repeatElement(0x30, count: width &- reversed.count)) }
        result.append(contentsOf: reversed.reversed())
    }

    func parseLeaf(_ digits: ArraySlice<UInt8>) -> [UInt64] {
        var result: [UInt64] = []
        var part: UInt64 = 0
        var power: UInt64 = 1
        var count = 0
        for unit in digits {
            part = part &* radix &+ UInt64(truncatingIfNeeded: NumberParsing.digitValue(unit))
            power &*= radix
            count &+= 1
            if count == limbDigits {
                BigIntMagnitude.multiplyInPlace(&result, by: power, adding: part)
                part = 0
                power = 1
                count = 0
            }
        }
        if count > 0 { BigIntMagnitude.multiplyInPlace(&result, by: power, adding: part) }
        BigIntMagnitude.normalise(&result)
        return result
    }
}
