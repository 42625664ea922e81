/// FromBase64 (ECMA-262 §23.2.1.3) in steps, so that long texts can be left in between.
public struct Base64Decoder: Sendable {
    /// What has been decoded so far.
    public private(set) var result = Base64.Decoded()

    private let text: [UInt16]
    private let alphabet: Base64.Alphabet
    private let lastChunk: Base64.LastChunk
    private let maximum: Int
    /// The characters of the chunk that has begun, as their six bits.
    private var chunk: [UInt8] = []
    private var index = 0

    /// - Parameter maximum: decodes at most so many bytes.
    public init(_ text: [UInt16], alphabet: Base64.Alphabet, lastChunk: Base64.LastChunk, maximum: Int) {
        self.text = text
        self.alphabet = alphabet
        self.lastChunk = lastChunk
        self.maximum = maximum
    }

    /// Decodes on, to about a position in the text. Returns whether it has come to the end.
    public mutating func advance(to limit: Int) -> Bool {
        if maximum == 0 { return true }
        while index < limit {
            skip()
            if index >= text.count { return finishText() }
            let unit = text[index]
            index += 1
            if unit == 0x3D { return finishPadding() }
            guard let bits = Base64.value(unit, alphabet) else {
                return fail("Found a character that cannot be part of a valid base64 string.")
            }
            let remaining = maximum - result.bytes.count
            if (remaining == 1 && chunk.count == 2) || (remaining == 2 && chunk.count == 3) { return true }
            chunk.append(bits)
            if chunk.count == 4 {
                result.bytes.append(chunk[0] << 2 | chunk[1] >> 4)
                result.bytes.append(chunk[1] << 4 | chunk[2] >> 2)
                result.bytes.append(chunk[2] << 6 | chunk[3])
                chunk.removeAll(keepingCapacity: true)
                result.read = index
                if result.bytes.count == maximum { return true }
            }
        }
        return false
    }

    private mutating func finishText() -> Bool {
        if !chunk.isEmpty {
            switch lastChunk {
            case .stopBeforePartial: return true
            case .loose where chunk.count > 1: appendLast()
            default: return fail("The base64 input terminates with a single character, excluding padding.")
            }
        }
        result.read = text.count
        return true
    }

    /// Behind the first `=`.
    private mutating func finishPadding() -> Bool {
        guard chunk.count >= 2 else { return fail("Invalid padding in base64 input.") }
        skip()
        if chunk.count == 2 {
            if index >= text.count { return lastChunk == .stopBeforePartial ? true : fail("Invalid padding in base64 input.") }
            guard text[index] == 0x3D else { return fail("Invalid padding in base64 input.") }
            index += 1
            skip()
        }
        guard index == text.count else { return fail("Found characters after the padding in base64 input.") }
        if lastChunk == .strict, hasExtraBits { return fail("Extra bits in the last base64 chunk.") }
        appendLast()
        result.read = text.count
        return true
    }

    private mutating func skip() {
        while index < text.count {
            let unit = text[index]
            guard unit == 9 || unit == 10 || unit == 12 || unit == 13 || unit == 32 else { return }
            index += 1
        }
    }

    private mutating func fail(_ message: String) -> Bool {
        result.error = message
        return true
    }

    private var hasExtraBits: Bool { chunk.count == 2 ? chunk[1] & 15 != 0 : chunk[2] & 3 != 0 }

    /// The bytes of a last chunk of two or three characters.
    private mutating func appendLast() {
        result.bytes.append(chunk[0] << 2 | chunk[1] >> 4)
        if chunk.count > 2 { result.bytes.append(chunk[1] << 4 | chunk[2] >> 2) }
    }
}
