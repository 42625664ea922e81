/// Reads the text tables that `Tools/generate-unicode.py` writes: digits of 5 bits, lowest first, as the characters
/// "0" to "o"; bit 5 of a digit says that another one follows.
struct PackedTable {
    private let text: ArraySlice<UInt8>
    private var position: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        position = text.startIndex
    }

    init(_ text: String) {
        self.init(ArraySlice(text.utf8))
    }

    var isAtEnd: Bool { position >= text.endIndex }

    mutating func number() -> UInt32 {
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while position < text.endIndex {
            let digit = UInt32(text[position] &- 48)
            position &+= 1
            value |= (digit & 31) &<< shift
            shift &+= 5
            if digit & 32 == 0 { break }
        }
        return value
    }

    /// A difference with its sign in the lowest bit.
    mutating func difference() -> Int32 {
        let value = number()
        return Int32(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
    }

    /// The rest of the table as closed ranges in ascending order.
    mutating func ranges() -> [(UInt32, UInt32)] {
        var result: [(UInt32, UInt32)] = []
        var position: UInt32 = 0
        while !isAtEnd {
            let first = position &+ number()
            let last = first &+ number()
            result.append((first, last))
            position = last &+ 1
        }
        return result
    }

    /// Ranges with a value each, of which 0 is left out.
    mutating func valuedRanges() -> [(first: UInt32, last: UInt32, value: UInt8)] {
        var result: [(first: UInt32, last: UInt32, value: UInt8)] = []
        var position: UInt32 = 0
        while !isAtEnd {
            let first = position &+ number()
            let last = first &+ number()
            result.append((first, last, UInt8(truncatingIfNeeded: number())))
            position = last &+ 1
        }
        return result
    }
}

/// A set of code points: a bitmap for the basic plane, sorted ranges above it.
struct CodePointSet: Sendable {
    private var words: [UInt64]
    private var astral: [(first: UInt32, last: UInt32)] = []

    init(packed text: String) {
        words = [UInt64](repeating: 0, count: 1024)
        var table = PackedTable(text)
        for (first, last) in table.ranges() {
            var scalar = first
            while scalar <= last && scalar < 0x10000 {
                words[Int(scalar >> 6)] |= 1 &<< UInt64(scalar & 63)
                scalar &+= 1
            }
            if scalar <= last { astral.append((scalar, last)) }
        }
    }

    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 0x10000 { return words[Int(scalar >> 6)] &>> UInt64(scalar & 63) & 1 != 0 }
        var low = 0
        var high = astral.count
        while low < high {
            let middle = (low &+ high) >> 1
            if astral[middle].last < scalar { low = middle &+ 1 } else { high = middle }
        }
        return low < astral.count && astral[low].first <= scalar
    }
}

extension PackedTable {
    /// The rest of the table as code points with the sequence that each maps to.
    mutating func sequences() -> [UInt32: [UInt32]] {
        var result: [UInt32: [UInt32]] = [:]
        var key: UInt32 = 0
        while !isAtEnd {
            key = key &+ number()
            let count = number()
            var values: [UInt32] = []
            var previous = key
            for _ in 0..<count {
                previous = previous &+ UInt32(bitPattern: difference())
                values.append(previous)
            }
            result[key] = values
        }
        return result
    }
}
