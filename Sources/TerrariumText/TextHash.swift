/// A hash of code units, for the table of atoms: the same for the same text in Latin-1 and in UTF-16.
///
/// Four units at a time make a word that is mixed in with a folded 128-bit product. With the same seed the value is the
/// same on every run and machine, as fuel has to be; hosts that want protection from chosen collisions seed it.
@frozen
public struct TextHash: Sendable {
    @usableFromInline var state: UInt64
    @usableFromInline var word: UInt64 = 0
    @usableFromInline var count: UInt64 = 0

    @inlinable
    public init(seed: UInt64 = 0x2D35_8DCC_AA6C_78A5) {
        state = seed
    }

    @inlinable
    public mutating func append(_ unit: UInt16) {
        word = word &>> 16 | UInt64(unit) &<< 48
        count &+= 1
        if count & 3 == 0 {
            state = TextHash.mix(state ^ word, 0x8BB8_4B93_962E_ACC9)
            word = 0
        }
    }

    @inlinable
    public mutating func append<Text: Collection>(contentsOf text: Text)
    where Text.Element: FixedWidthInteger & UnsignedInteger {
        for unit in text { append(UInt16(truncatingIfNeeded: unit)) }
    }

    /// The hash of everything appended.
    @inlinable
    public var value: UInt64 {
        TextHash.mix(state ^ word ^ 0x4B33_A62E_D433_D4A3, count ^ 0x8BB8_4B93_962E_ACC9)
    }

    /// The hash of a whole text.
    @inlinable
    public static func hash<Text: RandomAccessCollection>(_ text: Text, seed: UInt64 = 0x2D35_8DCC_AA6C_78A5) -> UInt64
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        var index = text.startIndex
        let end = text.endIndex
        var state = seed
        while end &- index >= 4 {
            let low = UInt64(truncatingIfNeeded: text[index]) | UInt64(truncatingIfNeeded: text[index &+ 1]) &<< 16
            let high = UInt64(truncatingIfNeeded: text[index &+ 2])
                | UInt64(truncatingIfNeeded: text[index &+ 3]) &<< 16
            state = mix(state ^ (low | high &<< 32), 0x8BB8_4B93_962E_ACC9)
            index &+= 4
        }
        var rest = TextHash(seed: state)
        rest.count = UInt64(truncatingIfNeeded: index &- text.startIndex)
        while index < end {
            rest.append(UInt16(truncatingIfNeeded: text[index]))
            index &+= 1
        }
        return rest.value
    }

    @inlinable
    static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
