/// A hash table by numbers, in parts once it is large: one large table takes tens of milliseconds when it grows, which no
/// interrupt waits for.
struct PartedTable<Element> {
    private var parts: [[UInt64: Element]] = [[:]]
    private(set) var count = 0

    /// Entries that one part has.
    private static var most: Int { 4096 }
    private static var bits: UInt64 { 9 }

    var isEmpty: Bool { count == 0 }

    private func part(_ key: UInt64) -> Int {
        parts.count == 1 ? 0 : Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> (64 &- PartedTable.bits))
    }

    /// - Returns: what the key had before.
    @discardableResult
    mutating func updateValue(_ element: Element, forKey key: UInt64) -> Element? {
        let old = parts[part(key)].updateValue(element, forKey: key)
        if old == nil {
            count &+= 1
            if count > PartedTable.most, parts.count == 1 { divide() }
        }
        return old
    }

    mutating func removeValue(forKey key: UInt64) -> Element? {
        let old = parts[part(key)].removeValue(forKey: key)
        if old != nil { count &-= 1 }
        return old
    }

    mutating func removeAll() {
        if parts.count == 1, count < 1024 { parts[0].removeAll(keepingCapacity: true) } else { parts = [[:]] }
        count = 0
    }

    var keys: [UInt64] { parts.flatMap(\.keys) }

    /// - Parameter body: whether to go on.
    /// - Returns: whether it went on to the end.
    func forEachKey(_ body: (UInt64) -> Bool) -> Bool {
        for part in parts {
            for key in part.keys where !body(key) { return false }
        }
        return true
    }

    private mutating func divide() {
        let all = parts[0]
        parts = Array(repeating: [:], count: 1 &<< Int(PartedTable.bits))
        for (key, element) in all { parts[part(key)][key] = element }
    }
}
