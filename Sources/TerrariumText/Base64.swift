/// Base64 and hexadecimal text as ECMA-262 §23.2.1 defines it for Uint8Array.
public enum Base64 {
    public enum Alphabet: Sendable { case base64, base64url }
    /// What happens with a last chunk of two or three characters.
    public enum LastChunk: Sendable { case loose, strict, stopBeforePartial }

    /// FromBase64's result: how far it read, what it decoded, and whether it met an error.
    public struct Decoded: Sendable {
        public var read: Int
        public var bytes: [UInt8]
        /// Nil when everything was fine.
        public var error: String?

        public init() {
            read = 0
            bytes = []
        }
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    private static func letter(_ index: UInt8, _ alphabet: Alphabet) -> UInt8 {
        switch index {
        case 0..<62: letters[Int(index)]
        case 62: alphabet == .base64 ? 0x2B : 0x2D
        default: alphabet == .base64 ? 0x2F : 0x5F
        }
    }

    static func value(_ unit: UInt16, _ alphabet: Alphabet) -> UInt8? {
        switch unit {
        case 0x41...0x5A: UInt8(truncatingIfNeeded: unit &- 0x41)
        case 0x61...0x7A: UInt8(truncatingIfNeeded: unit &- 0x61 &+ 26)
        case 0x30...0x39: UInt8(truncatingIfNeeded: unit &- 0x30 &+ 52)
        case 0x2B where alphabet == .base64, 0x2D where alphabet == .base64url: 62
        case 0x2F where alphabet == .base64, 0x5F where alphabet == .base64url: 63
        default: nil
        }
    }

    public static func encode(_ bytes: [UInt8], alphabet: Alphabet, omitsPadding: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count / 3 * 4 + 4)
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            let a = bytes[index], b = count > 1 ? bytes[index + 1] : 0, c = count > 2 ? bytes[index + 2] : 0
            result.append(letter(a >> 2, alphabet))
            result.append(letter((a & 3) << 4 | b >> 4, alphabet))
            if count > 1 { result.append(letter((b & 15) << 2 | c >> 6, alphabet)) }
            if count > 2 { result.append(letter(c & 63, alphabet)) }
            if count < 3, !omitsPadding { result += [UInt8](repeating: 0x3D, count: 3 - count) }
            index += 3
        }
        return result
    }

    /// FromBase64 (ECMA-262 §23.2.1.3): decodes at most `maximum` bytes.
    public static func decode(_ text: [UInt16], alphabet: Alphabet, lastChunk: LastChunk, maximum: Int) -> Decoded {
        var decoder = Base64Decoder(text, alphabet: alphabet, lastChunk: lastChunk, maximum: maximum)
        while !decoder.advance(to: .max) {}
        return decoder.result
    }

    public static func encodeHex(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count &* 2)
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 &+ value : 0x57 &+ value }
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return text
    }

    /// FromHex (ECMA-262 §23.2.1.4).
    public static func decodeHex(_ text: [UInt16], maximum: Int) -> Decoded {
        var result = Decoded()
        decodeHex(text, maximum: maximum, to: text.count, &result)
        return result
    }

    /// As above from where `result` has read to, up to a position in the text.
    public static func decodeHex(_ text: [UInt16], maximum: Int, to end: Int, _ result: inout Decoded) {
        guard text.count % 2 == 0 else {
            result.error = "Input string must contain hex characters in even length"
            return
        }
        while result.read < min(end, text.count), result.bytes.count < maximum {
            guard let high = digit(text[result.read]), let low = digit(text[result.read + 1]) else {
                result.error = "Input string must contain hex characters in even length"
                return
            }
            result.bytes.append(high << 4 | low)
            result.read += 2
        }
    }

    private static func digit(_ unit: UInt16) -> UInt8? {
        switch unit {
        case 0x30...0x39: UInt8(truncatingIfNeeded: unit &- 0x30)
        case 0x41...0x46: UInt8(truncatingIfNeeded: unit &- 0x41 &+ 10)
        case 0x61...0x66: UInt8(truncatingIfNeeded: unit &- 0x61 &+ 10)
        default: nil
        }
    }
}
