/// The classes of a program, each once, and the words that refer to them. They go behind the instructions.
struct ClassTable {
    private var sets: [CharacterSet] = []
    private var numbers: [CharacterSet: Int] = [:]
    private var firstNumbers: [FirstSet: Int] = [:]
    private var uses: [(word: Int, number: Int, isOperand: Bool)] = []

    /// Lets a word refer to a class: its `a` operand, or its low 24 bits.
    mutating func use(_ set: CharacterSet, at word: Int, isOperand: Bool) {
        uses.append((word, number(of: set), isOperand))
    }

    mutating func use(_ first: FirstSet, at word: Int, isOperand: Bool) {
        var key = first
        key.end = false
        let number: Int
        if let known = firstNumbers[key] {
            number = known
        } else {
            number = self.number(of: first.characterSet)
            firstNumbers[key] = number
        }
        uses.append((word, number, isOperand))
    }

    private mutating func number(of set: CharacterSet) -> Int {
        if let number = numbers[set] { return number }
        numbers[set] = sets.count
        sets.append(set)
        return sets.count &- 1
    }

    /// Appends the classes and sets the references. Stops early beyond the limit, where the program is refused.
    func emit(into words: inout [UInt32], limit: Int) {
        var places: [UInt32] = []
        for set in sets {
            if words.count > limit { return }
            places.append(UInt32(truncatingIfNeeded: words.count))
            append(set, to: &words)
        }
        for use in uses { words[use.word] |= use.isOperand ? places[use.number] << 8 : places[use.number] }
    }

    private func append(_ set: CharacterSet, to words: inout [UInt32]) {
        let start = words.count
        words.append(contentsOf: [UInt32](repeating: 0, count: RegExpLayout.bitmapWords))
        var wide: [UInt32] = []
        for range in set.ranges {
            if range.low < 256 {
                for unit in range.low...min(range.high, 255) {
                    words[start &+ Int(unit >> 5)] |= 1 << (unit & 31)
                }
            }
            if range.high >= 256 { wide += [max(range.low, 256), range.high] }
        }
        words.append(UInt32(truncatingIfNeeded: wide.count / 2))
        words.append(contentsOf: wide)
    }
}
