import TerrariumText
import Testing

@Suite struct BigIntWatchTests {
    private func pattern(_ count: Int, seed: UInt64) -> BigIntValue {
        var state = seed
        var limbs: [UInt64] = []
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            limbs.append(state ^ (state >> 29))
        }
        limbs.append(1)
        return BigIntValue(magnitude: limbs)
    }

    /// Sizes on both sides of every method: rows, rows of a long operand, Karatsuba, transform, pieces.
    @Test(arguments: [(3, 3), (9000, 20), (9000, 39), (70, 60), (1300, 1250), (5000, 300)])
    func productsWithAWatchAreTheSame(_ left: Int, _ right: Int) throws {
        let x = pattern(left, seed: 1), y = pattern(right, seed: 2)
        let product = try #require(try BigIntArithmetic.multiply(x, y, BigIntWatch { true }))
        #expect(product == BigIntArithmetic.multiply(x, y))
        let parts = try #require(try BigIntArithmetic.divide(product, y, BigIntWatch { true }))
        #expect(parts.quotient == x)
        #expect(parts.remainder == .zero)
    }

    @Test func longArithmeticEndsWhenNobodyWaits() {
        let x = pattern(20_000, seed: 3), y = pattern(9000, seed: 4)
        func ends(_ name: String, _ body: (BigIntWatch) throws -> Void) {
            var asked = 0
            let watch = BigIntWatch {
                asked += 1
                return asked < 2
            }
            #expect(throws: BigIntWatch.Stopped.self, "\(name)") { try body(watch) }
            #expect(asked == 2, "\(name)")
        }
        ends("product") { _ = try BigIntArithmetic.multiply(x, y, $0) }
        ends("quotient") { _ = try BigIntArithmetic.divide(x, y, $0) }
        ends("power") { _ = try BigIntArithmetic.exponentiate(pattern(200, seed: 5), BigIntValue(UInt64(100)), $0) }
        ends("text") { _ = try BigIntArithmetic.toText(x, radix: 10, $0) }
        ends("digits") { _ = try BigIntArithmetic.parse([UInt8](repeating: 0x37, count: 300_000), $0) }
    }
}
