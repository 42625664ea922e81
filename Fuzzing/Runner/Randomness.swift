import Synchronization

/// Numbers that depend on a seed and a case only (splitmix64).
struct Randomness {
    private var state: UInt64

    init(seed: UInt64, number: Int) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: number) &* 0xD1B5_4A32_D192_ED03
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }
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
