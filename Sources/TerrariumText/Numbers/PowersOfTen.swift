/// The leading 128 bits of each power of ten that a double can meet, for both directions of conversion.
enum PowersOfTen {
    /// The power's bits, rounded down, the highest bit set. `nil` outside of 10^-342 … 10^324.
    static func leadingBits(_ power: Int) -> (high: UInt64, low: UInt64)? {
        let index = (power &- PowersOfTenData.first) &* 2
        let words = table
        guard index >= 0, index &+ 1 < words.count else { return nil }
        return (words[index], words[index &+ 1])
    }

    private static let table: [UInt64] = {
        let text = Array(PowersOfTenData.words.utf8)
        var words: [UInt64] = []
        words.reserveCapacity(text.count / 11)
        var position = 0
        while position &+ 11 <= text.count {
            var word: UInt64 = 0
            for digit in 0..<11 {
                word |= UInt64(text[position &+ digit] &- 48) &<< UInt64(6 &* digit)
            }
            words.append(word)
            position &+= 11
        }
        return words
    }()

    /// 10^0 … 10^19, the ones that a 64-bit word holds.
    static let words: [UInt64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000,
        10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// 10^0 … 10^22, the ones that a double holds exactly.
    static let doubles: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
