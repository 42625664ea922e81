import TerrariumText

public enum RegExpEscape {
    /// EncodeForRegExpEscape for a whole string: what `RegExp.escape` returns (ECMA-262, 22.2.5.1).
    public static func escape(units: [UInt16]) -> [UInt16] { escape(units: units[...], startsText: true) }

    /// As above for a piece of a string, which cuts no surrogate pair.
    public static func escape(units: ArraySlice<UInt16>, startsText: Bool) -> [UInt16] {
        var result: [UInt16] = []
        result.reserveCapacity(units.count &+ 8)
        var index = units.startIndex
        while index < units.endIndex {
            let isFirst = startsText && index == units.startIndex
            let character = UTF16Text.scalar(units, at: &index)
            let isAlphanumeric = character < 0x80 && (character &- 0x30 < 10 || (character | 0x20) &- 0x61 < 26)
            if isFirst && isAlphanumeric {
                // Or it could become part of an escape that ends before it.
                appendHexadecimal(character, to: &result)
                continue
            }
            appendEncoded(character, to: &result)
        }
        return result
    }

    private static func appendEncoded(_ character: UInt32, to result: inout [UInt16]) {
        switch character {
        case 0x24, 0x28...0x2B, 0x2E, 0x2F, 0x3F, 0x5B...0x5E, 0x7B...0x7D:
            result.append(0x5C)
            UTF16Text.append(character, to: &result)
        case 0x09...0x0D:
            let letters: [UInt16] = [0x74, 0x6E, 0x76, 0x66, 0x72]
            result.append(0x5C)
            result.append(letters[Int(character &- 0x09)])
        case 0x21...0x23, 0x25...0x27, 0x2C, 0x2D, 0x3A...0x3E, 0x40, 0x60, 0x7E, 0xD800...0xDFFF:
            appendHexadecimal(character, to: &result)
        default:
            if UnicodeWhitespace.isWhitespaceOrLineTerminator(character) {
                appendHexadecimal(character, to: &result)
            } else {
                UTF16Text.append(character, to: &result)
            }
        }
    }

    /// `\xHH`, or `\uHHHH` beyond Latin-1.
    private static func appendHexadecimal(_ character: UInt32, to result: inout [UInt16]) {
        result.append(0x5C)
        result.append(character < 0x100 ? 0x78 : 0x75)
        var shift: UInt32 = character < 0x100 ? 4 : 12
        while true {
            let digit = UInt16(truncatingIfNeeded: character >> shift & 15)
            result.append(digit < 10 ? digit &+ 0x30 : digit &+ 0x57)
            if shift == 0 { return }
            shift &-= 4
        }
    }
}
