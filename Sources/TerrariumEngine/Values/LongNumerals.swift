import TerrariumText

/// Numbers in texts of more than some thousand characters: the characters that matter, found under watch.
extension Machine {
    /// Characters of a text that is read in one piece.
    public static var longNumeral: Int { 4096 }
    /// Digits that decide a number: a double, and the middle between two, has at most 768 in radix 10 and 1074 in radix 2.
    private static var decidingDigits: Int { 1200 }

    /// A text with the value of a long one, for NumberParsing.
    public struct ShortNumeral {
        public var units: [UInt16] = []
        /// Nothing but white space follows what was read.
        public var isWhole = false
    }

    /// First place from `start` on whose unit is not like this.
    private func skip(_ text: FlatString, _ start: Int, while isLike: (UInt16) -> Bool) throws(Thrown) -> Int {
        var index = start
        while index < text.count, isLike(text[index]) {
            try keepWatch(index)
            index &+= 1
        }
        return index
    }

    private static func isSpace(_ unit: UInt16) -> Bool { UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(unit)) }

    /// The part of a text that `parseInt` depends on: digits behind the first 1200 that count change nothing, as the number is
    /// infinite.
    public func parseLongInt(_ text: FlatString, radix: Int32) throws(Thrown) -> Double {
        var units: [UInt16] = []
        var index = try skip(text, 0, while: Machine.isSpace)
        if index < text.count, text[index] == 0x2B || text[index] == 0x2D {
            units.append(text[index])
            index &+= 1
        }
        if radix == 0 || radix == 16, index &+ 1 < text.count, text[index] == 0x30, text[index &+ 1] | 0x20 == 0x78 {
            units += [0x30, 0x78]
            index &+= 2
        }
        let digits = try skip(text, index) { $0 == 0x30 }
        // Two, as one might become a prefix with what follows.
        if digits > index { units += [0x30, 0x30] }
        for place in digits..<max(digits, min(text.count, digits &+ Machine.decidingDigits)) { units.append(text[place]) }
        return NumberParsing.parseInt(units, radix: radix)
    }

    /// A short text with the same value: what a decimal literal, or an integer literal with a prefix, at the start of a long
    /// text comes to.
    public func shortNumeral(_ text: FlatString) throws(Thrown) -> ShortNumeral {
        var short = ShortNumeral()
        var index = try skip(text, 0, while: Machine.isSpace)
        if index &+ 1 < text.count, text[index] == 0x30, let radix = Machine.prefixRadix(text[index &+ 1]) {
            let digits = try skip(text, index &+ 2) { $0 == 0x30 }
            let end = try skip(text, digits) { NumberParsing.digitValue($0) < radix }
            short.units = [0x30, text[index &+ 1]]
            if digits > index &+ 2 { short.units.append(0x30) }
            for place in digits..<max(digits, min(end, digits &+ Machine.decidingDigits)) { short.units.append(text[place]) }
            short.isWhole = try skip(text, end, while: Machine.isSpace) == text.count
            return short
        }
        if index < text.count, text[index] == 0x2B || text[index] == 0x2D {
            short.units.append(text[index])
            index &+= 1
        }
        let infinity = Array("Infinity".utf16)
        if index &+ infinity.count <= text.count, infinity.indices.allSatisfy({ text[index &+ $0] == infinity[$0] }) {
            short.units += infinity
            index &+= infinity.count
        } else {
            index = try takeDecimal(text, index, &short.units)
        }
        short.isWhole = try skip(text, index, while: Machine.isSpace) == text.count
        return short
    }

    private static func prefixRadix(_ unit: UInt16) -> Int? {
        switch unit | 0x20 {
        case 0x78: 16
        case 0x6F: 8
        case 0x62: 2
        default: nil
        }
    }

    /// Appends the digits that decide, a last one that stands for all behind them, and the power of ten. Returns where the
    /// literal ends.
    private func takeDecimal(_ text: FlatString, _ start: Int, _ units: inout [UInt16]) throws(Thrown) -> Int {
        var index = start
        var digits: [UInt16] = []
        var power = 0
        var hasDigits = false, hasPoint = false, hasRest = false
        while index < text.count {
            try keepWatch(index)
            let unit = text[index]
            if unit == 0x2E, !hasPoint {
                // A point alone is no number.
                guard hasDigits || index &+ 1 < text.count && text[index &+ 1] &- 48 < 10 else { break }
                hasPoint = true
            } else if unit &- 48 < 10 {
                hasDigits = true
                if digits.count < Machine.decidingDigits {
                    if unit != 48 || !digits.isEmpty { digits.append(unit) }
                    if hasPoint { power &-= 1 }
                } else {
                    if unit != 48 { hasRest = true }
                    if !hasPoint { power &+= 1 }
                }
            } else {
                break
            }
            index &+= 1
        }
        guard hasDigits else { return start }
        if hasRest {
            digits.append(0x31)
            power &-= 1
        }
        units += digits.isEmpty ? [0x30] : digits
        // An exponent, if one is there.
        if index < text.count, text[index] | 0x20 == 0x65 {
            var place = index &+ 1
            let isNegative = place < text.count && text[place] == 0x2D
            if place < text.count, isNegative || text[place] == 0x2B { place &+= 1 }
            if place < text.count, text[place] &- 48 < 10 {
                var exponent = 0
                while place < text.count, text[place] &- 48 < 10 {
                    try keepWatch(place)
                    exponent = min(exponent &* 10 &+ Int(text[place] &- 48), 1_000_000_000_000)
                    place &+= 1
                }
                power &+= isNegative ? 0 &- exponent : exponent
                index = place
            }
        }
        if !digits.isEmpty { units += Array("e\(max(-1_000_000, min(1_000_000, power)))".utf16) }
        return index
    }
}
