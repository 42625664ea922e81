import TerrariumText
import Testing

@Suite struct Base64DecoderTests {
    static let texts = ["", "TQ", "TWE=", "TWFu", "TWFuTWE", " T W\nFuTQ = = ", "TWFuT", "TWFu=", "TWFu-_8", "TR==", "TWFuTWFuTWFuTWFu!"]

    /// However the text is cut, the steps together do what one does.
    @Test(arguments: texts, [Base64.LastChunk.loose, .strict, .stopBeforePartial])
    func stepsDecodeAsAWhole(_ text: String, _ lastChunk: Base64.LastChunk) {
        let units = Array(text.utf16)
        for maximum in [0, 1, 2, 3, 4, 7, .max] {
            let whole = Base64.decode(units, alphabet: .base64, lastChunk: lastChunk, maximum: maximum)
            for step in 1...5 {
                var decoder = Base64Decoder(units, alphabet: .base64, lastChunk: lastChunk, maximum: maximum)
                var limit = step, steps = 0
                while !decoder.advance(to: limit) {
                    limit += step
                    steps += 1
                    guard steps < 100 else { break }
                }
                #expect(decoder.result.bytes == whole.bytes)
                #expect(decoder.result.read == whole.read)
                #expect(decoder.result.error == whole.error)
            }
        }
    }

    @Test func hexadecimalTextInParts() {
        let text = Array("0123456789abcdefABCDEF".utf16)
        var result = Base64.Decoded()
        for end in stride(from: 2, through: text.count, by: 2) { Base64.decodeHex(text, maximum: .max, to: end, &result) }
        #expect(result.bytes == Base64.decodeHex(text, maximum: .max).bytes)
        #expect(result.bytes.count == 11)
        #expect(Base64.decodeHex(Array("0g".utf16), maximum: .max).error != nil)
    }
}
