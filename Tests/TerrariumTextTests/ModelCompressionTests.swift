import TerrariumText
import Testing

/// The compression of small snapshots.
struct ModelCompressionTests {
    private static let inputs: [[UInt8]] = {
        var random: UInt64 = 7
        func next() -> UInt8 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: random >> 40)
        }
        let noise: [UInt8] = (0..<5000).map { _ in next() }
        let words: [UInt8] = (0..<2000).flatMap { index -> [UInt8] in [UInt8(index & 255), UInt8(index >> 8), 0, 0, 1, 2, 0xF9, 0xFF] }
        let text = Array("to be or not to be, that is the question whether to be".utf8)
        let slow: [UInt8] = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 / 300) }
        let zeros = [UInt8](repeating: 0, count: 100_000)
        let few: [UInt8] = noise.map { $0 & 3 }
        let samples: [[UInt8]] = [[], [0], [1, 2, 3], zeros, noise, words, words + noise + words, text, few, slow]
        return samples
    }()

    @Test(arguments: inputs) func whatIsCompressedComesBack(_ bytes: [UInt8]) {
        let compressed = ModelCompression.compress(bytes)
        #expect(ModelCompression.decompress(compressed[...], count: bytes.count) == bytes)
        #expect(ModelCompression.compress(bytes) == compressed)
    }

    @Test func structureIsFound() {
        #expect(ModelCompression.compress(ModelCompressionTests.inputs[3]).count < 64)
        #expect(ModelCompression.compress(ModelCompressionTests.inputs[5]).count < 3000)
        #expect(ModelCompression.compress(ModelCompressionTests.inputs[4]).count < 5400)
    }

    /// Damaged inputs give nothing, or other bytes of the same number.
    @Test func damageIsHarmless() {
        let bytes = ModelCompressionTests.inputs[6]
        let compressed = ModelCompression.compress(bytes)
        for place in stride(from: 0, to: compressed.count, by: 37) {
            var damaged = compressed
            damaged[place] ^= UInt8(1 << (place % 8))
            if let result = ModelCompression.decompress(damaged[...], count: bytes.count) { #expect(result.count == bytes.count) }
            #expect(ModelCompression.decompress(compressed[..<place], count: bytes.count) == nil)
        }
        #expect(ModelCompression.decompress((compressed + [0])[...], count: bytes.count) == nil)
        #expect(ModelCompression.decompress([], count: 10) == nil)
        #expect(ModelCompression.decompress([0, 0, 0, 0, 0], count: -1) == nil)
        #expect(ModelCompression.decompress([0, 0, 0, 0, 0], count: 1 << 40) == nil)
    }
}
