import Synchronization

/// Numbers that depend on a seed and a case only (splitmix64).
struct Randomness {
    private var state: UInt64
    /// Choices that come first, each a byte or two: what guided fuzzers change. Empty otherwise.
    private var choices: ArraySlice<UInt8> = []

    init(seed: UInt64, number: Int) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: number) &* 0xD1B5_4A32_D192_ED03
        _ = next()
    }

    /// Decides by the bytes as long as there are any, and goes on by chance.
    init(choices: [UInt8]) {
        self.init(seed: 1, number: choices.count)
        self.choices = choices[...]
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int {
        if bound <= 1 { return 0 }
        guard let choice = choices.popFirst() else { return Int(next() % UInt64(bound)) }
        if bound <= 256 { return Int(choice) % bound }
        return (Int(choice) << 8 | Int(choices.popFirst() ?? 0)) % bound
    }
    /// True in one of so many cases.
    mutating func one(in count: Int) -> Bool { below(count) == 0 }
    mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }
    /// One of the words of a text.
    mutating func pick(_ words: String) -> String { pick(WordLists.words(of: words)) }
}

/// Texts that were split into words before.
private enum WordLists {
    private static let known = Mutex<[String: [String]]>([:])

    static func words(of text: String) -> [String] {
        known.withLock { known in
            if let words = known[text] { return words }
            let words = text.split(separator: " ").map(String.init)
            known[text] = words
            return words
        }
    }
}
