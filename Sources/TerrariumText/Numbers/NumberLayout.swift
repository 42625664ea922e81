import TerrariumCage

/// The parts of a number's text: `-`, digits and zeros, a point with zeros and digits, an exponent. Its length is known
/// before a byte of it is written, so that it can go straight into a string of the cage.
public struct NumberLayout {
    private var isNegative = false
    /// The digits in front of the point and how many zeros follow them.
    private var head: UInt64 = 0, headCount = 1, headZeros = 0
    /// The zeros behind the point and the digits that follow them, with leading zeros up to their count.
    private var tailZeros = 0, tail: UInt64 = 0, tailCount = 0
    private var exponent = 0, exponentCount = 0

    /// The number of bytes.
    public private(set) var length = 1

    /// Number::toString(value, 10) (ECMA-262, 6.1.6.1.20); `nil` for NaN and the infinities.
    public init?(_ value: Double) {
        // Most numbers that become text are small integers.
        let integer = Int32(truncatingIfNeeded: Int64(bitPattern: (value + 6_755_399_441_055_744.0).bitPattern))
        if Double(integer) == value {
            self = NumberLayout(integer)
            return
        }
        guard value.isFinite else { return nil }
        let decimal = ShortestDecimal(value.magnitude)
        let count = NumberFormatting.digitCount(decimal.digits)
        let point = count &+ decimal.exponent
        isNegative = value < 0
        if 0 < point && point <= 21 {
            if count <= point {
                (head, headCount, headZeros) = (decimal.digits, count, point &- count)
            } else {
                split(decimal.digits, count, behind: point)
            }
        } else if -6 < point && point <= 0 {
            (tailZeros, tail, tailCount) = (0 &- point, decimal.digits, count)
        } else {
            split(decimal.digits, count, behind: 1)
            exponent = point &- 1
            exponentCount = NumberFormatting.digitCount(UInt64(exponent.magnitude))
        }
        measure()
    }

    /// The decimal digits of an integer.
    @inline(__always)
    public init(_ value: Int32) {
        isNegative = value < 0
        head = UInt64(value.magnitude)
        headCount = NumberFormatting.digitCount(head)
        length = headCount &+ (isNegative ? 1 : 0)
    }

    /// Number.prototype.toFixed (ECMA-262, 21.1.3.3) in 128-bit arithmetic: for values with at most 63 fraction bits, and at
    /// most 19 digits behind the point; `nil` for others.
    public init?(fixed signed: Double, digits: Int) {
        let value = signed.magnitude
        guard digits >= 0, digits <= 19, value < 9_007_199_254_740_992 else { return nil }
        tailCount = digits
        if value == 0 {
            measure()
            return
        }
        let biased = Int(value.exponentBitPattern)
        guard biased >= 1012 else { return nil }  // at least 2^-11, so that no more than 63 bits are behind the point
        let significand = value.significandBitPattern | 1 &<< 52
        let bits = UInt64(1075 &- biased)  // 0 … 63
        var whole = significand &>> bits
        let fraction = bits == 0 ? 0 : significand & ((1 &<< bits) &- 1)
        // fraction * 10^digits / 2^bits, rounded to nearest, half up.
        let power = PowersOfTen.words[digits]
        var (high, low) = fraction.multipliedFullWidth(by: power)
        var scaled = low
        if bits > 0 {
            let (sum, carries) = low.addingReportingOverflow(1 &<< (bits &- 1))
            low = sum
            if carries { high &+= 1 }
            scaled = (low &>> bits) | (high &<< (64 &- bits))
        }
        if scaled >= power {
            scaled &-= power
            whole &+= 1
        }
        isNegative = signed < 0
        (head, headCount) = (whole, NumberFormatting.digitCount(whole))
        tail = scaled
        measure()
    }

    @inline(__always)
    private mutating func split(_ digits: UInt64, _ count: Int, behind point: Int) {
        let power = PowersOfTen.words[count &- point]
        head = digits / power
        headCount = point
        tail = digits &- head &* power
        tailCount = count &- point
    }

    @inline(__always)
    private mutating func measure() {
        let fraction = tailZeros &+ tailCount
        length = (isNegative ? 1 : 0) &+ headCount &+ headZeros &+ (fraction > 0 ? fraction &+ 1 : 0)
            &+ (exponentCount > 0 ? exponentCount &+ 2 : 0)
    }

    /// The text of a number of one digit.
    public var singleUnit: UInt8 { 0x30 &+ UInt8(truncatingIfNeeded: head) }

    /// Writes the text, `length` bytes.
    public func store(in cage: Cage, at offset: UInt32) { write(to: CageText(cage: cage, start: offset)) }

    /// Writes the text as units of 16 bits.
    public func store(wideIn cage: Cage, at offset: UInt32) { write(to: WideCageText(cage: cage, start: offset)) }

    /// Appends the text.
    func append(to bytes: inout [UInt8]) {
        let text = ArrayText(length)
        write(to: text)
        bytes.append(contentsOf: text.bytes)
    }

    @inline(__always)
    private func write(to text: some DigitText) {
        var at = 0
        if isNegative {
            text.put(0x2D, at: 0)
            at = 1
        }
        NumberLayout.put(head, count: headCount, at: at, in: text)
        at &+= headCount
        for _ in 0..<headZeros {
            text.put(0x30, at: at)
            at &+= 1
        }
        if tailZeros &+ tailCount > 0 {
            text.put(0x2E, at: at)
            at &+= 1
            for _ in 0..<tailZeros {
                text.put(0x30, at: at)
                at &+= 1
            }
            NumberLayout.put(tail, count: tailCount, at: at, in: text)
            at &+= tailCount
        }
        if exponentCount > 0 {
            text.put(0x65, at: at)
            text.put(exponent < 0 ? 0x2D : 0x2B, at: at &+ 1)
            NumberLayout.put(UInt64(exponent.magnitude), count: exponentCount, at: at &+ 2, in: text)
        }
    }

    /// Exactly `count` digits, with leading zeros, two at a time from the end.
    @inline(__always)
    private static func put(_ value: UInt64, count: Int, at start: Int, in text: some DigitText) {
        var index = start &+ count
        var rest = value
        while rest > 0xFFFF_FFFF, index &- start >= 2 {
            let next = rest / 100
            index &-= 2
            putPair(UInt32(truncatingIfNeeded: rest &- next &* 100), at: index, in: text)
            rest = next
        }
        var low = UInt32(truncatingIfNeeded: rest)
        while index &- start >= 2 {
            let next = low / 100
            index &-= 2
            putPair(low &- next &* 100, at: index, in: text)
            low = next
        }
        if index > start { text.put(0x30 &+ UInt8(truncatingIfNeeded: low), at: index &- 1) }
    }

    @inline(__always)
    private static func putPair(_ pair: UInt32, at index: Int, in text: some DigitText) {
        let tens = (pair &* 103) &>> 10
        let ones = pair &- tens &* 10
        text.put(pair: UInt16(truncatingIfNeeded: tens | ones &<< 8) &+ 0x3030, at: index)
    }
}

/// Where digits are written.
private protocol DigitText {
    func put(_ byte: UInt8, at index: Int)
    /// Two bytes, the lower one first.
    func put(pair: UInt16, at index: Int)
}

private struct CageText: DigitText {
    let cage: Cage
    let start: UInt32

    @inline(__always)
    func put(_ byte: UInt8, at index: Int) { cage.store8(start &+ UInt32(truncatingIfNeeded: index), 0, byte) }
    @inline(__always)
    func put(pair: UInt16, at index: Int) { cage.store16(start &+ UInt32(truncatingIfNeeded: index), 0, pair) }
}

private struct WideCageText: DigitText {
    let cage: Cage
    let start: UInt32

    @inline(__always)
    func put(_ byte: UInt8, at index: Int) { cage.store16(start &+ UInt32(truncatingIfNeeded: index &* 2), 0, UInt16(byte)) }
    @inline(__always)
    func put(pair: UInt16, at index: Int) {
        cage.store32(start &+ UInt32(truncatingIfNeeded: index &* 2), 0, UInt32(pair & 0xFF) | UInt32(pair &>> 8) &<< 16)
    }
}

/// For the host's texts, which are not many.
private final class ArrayText: DigitText {
    private(set) var bytes: [UInt8]

    init(_ length: Int) { bytes = [UInt8](repeating: 0, count: length) }

    func put(_ byte: UInt8, at index: Int) { bytes[index] = byte }
    func put(pair: UInt16, at index: Int) {
        bytes[index] = UInt8(truncatingIfNeeded: pair)
        bytes[index &+ 1] = UInt8(truncatingIfNeeded: pair &>> 8)
    }
}
