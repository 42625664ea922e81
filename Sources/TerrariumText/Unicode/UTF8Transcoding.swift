/// UTF-8 to UTF-16 and back.
public enum UTF8Transcoding {
    /// Decodes UTF-8; each maximal ill-formed part becomes one U+FFFD, as the Encoding Standard says.
    /// - Parameter keepsSurrogates: also accepts surrogates encoded in three bytes (WTF-8), so that text of
    ///   `encodeKeepingSurrogates` comes back as it was.
    public static func decode(_ bytes: ArraySlice<UInt8>, keepsSurrogates: Bool = false) -> [UInt16] {
        var result: [UInt16] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        let end = bytes.endIndex
        while index < end {
            let byte = bytes[index]
            index &+= 1
            if byte < 0x80 {
                result.append(UInt16(byte))
                continue
            }
            // How many bytes follow, and between which bounds the next one has to be.
            var needed: Int
            var scalar: UInt32
            var lower: UInt8 = 0x80
            var upper: UInt8 = 0xBF
            switch byte {
            case 0xC2...0xDF:
                needed = 1
                scalar = UInt32(byte & 0x1F)
            case 0xE0...0xEF:
                needed = 2
                scalar = UInt32(byte & 0x0F)
                if byte == 0xE0 { lower = 0xA0 }
                if byte == 0xED && !keepsSurrogates { upper = 0x9F }
            case 0xF0...0xF4:
                needed = 3
                scalar = UInt32(byte & 0x07)
                if byte == 0xF0 { lower = 0x90 }
                if byte == 0xF4 { upper = 0x8F }
            default:
                result.append(0xFFFD)
                continue
            }
            while needed > 0, index < end, lower <= bytes[index], bytes[index] <= upper {
                scalar = scalar &<< 6 | UInt32(bytes[index] & 0x3F)
                lower = 0x80
                upper = 0xBF
                index &+= 1
                needed &-= 1
            }
            if needed == 0 {
                UTF16Text.append(scalar, to: &result)
            } else {
                result.append(0xFFFD)
            }
        }
        return result
    }

    /// Encodes as UTF-8; lone surrogates become U+FFFD.
    public static func encode(_ units: ArraySlice<UInt16>) -> [UInt8] {
        encode(units, keepsSurrogates: false)
    }

    /// Encodes as WTF-8: like UTF-8, with lone surrogates in three bytes, so that nothing is lost.
    public static func encodeKeepingSurrogates(_ units: ArraySlice<UInt16>) -> [UInt8] {
        encode(units, keepsSurrogates: true)
    }

    /// Encodes Latin-1 text as UTF-8.
    public static func encode(latin1 bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte < 0x80 {
                result.append(byte)
            } else {
                result.append(0xC0 | byte >> 6)
                result.append(0x80 | byte & 0x3F)
            }
        }
        return result
    }

    /// Appends one code point; surrogates as their three bytes, values that are no code points as U+FFFD.
    @inlinable
    public static func append(_ scalar: UInt32, to result: inout [UInt8]) {
        if scalar < 0x80 {
            result.append(UInt8(truncatingIfNeeded: scalar))
        } else if scalar < 0x800 {
            result.append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
            result.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
        } else if scalar < 0x10000 {
            result.append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
            result.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F))
            result.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
        } else if scalar < 0x110000 {
            result.append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
            result.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 12 & 0x3F))
            result.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F))
            result.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
        } else {
            append(0xFFFD, to: &result)
        }
    }

    private static func encode(_ units: ArraySlice<UInt16>, keepsSurrogates: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(units.count)
        var index = units.startIndex
        while index < units.endIndex {
            let scalar = UTF16Text.scalar(units, at: &index)
            let isSurrogate = scalar & 0xFFFF_F800 == 0xD800
            append(isSurrogate && !keepsSurrogates ? 0xFFFD : scalar, to: &result)
        }
        return result
    }
}
