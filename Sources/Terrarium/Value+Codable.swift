/// Values may be parts of `Codable` types that cross into and out of their sandbox, and only there.
extension Value: Codable {
    /// - Throws: `DecodingError` unless the decoder is one of a sandbox.
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? GuestValueDecoder else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "values live in a sandbox only"))
        }
        self = decoder.context.map { $0.core.value(decoder.word, $0.machine) } ?? Value(word: decoder.word, root: nil)
    }

    /// - Throws: `EncodingError` unless the encoder is one of a sandbox.
    public func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? GuestValueEncoder else {
            throw EncodingError.invalidValue(
                self, EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "values live in a sandbox only"))
        }
        encoder.slot.word = try encoder.encoding.core.word(self)
    }
}
