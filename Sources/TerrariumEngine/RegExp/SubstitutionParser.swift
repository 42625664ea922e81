/// The parts of a replacement text.
struct SubstitutionParser {
    enum Part {
        case text(Int, Int)
        case matched, before, after
        case group(Int)
        /// Bounds of a group's name.
        case name(Int, Int)
    }

    let pattern: FlatString
    let captureCount: Int
    let hasNames: Bool
    private var position = 0

    init(pattern: FlatString, captureCount: Int, hasNames: Bool) {
        self.pattern = pattern
        self.captureCount = captureCount
        self.hasNames = hasNames
    }

    private func digit(_ index: Int) -> Int? {
        guard index < pattern.count, pattern[index] >= 48, pattern[index] <= 57 else { return nil }
        return Int(pattern[index]) &- 48
    }

    mutating func next() -> Part? {
        guard position < pattern.count else { return nil }
        let start = position
        if pattern[start] == 36, start &+ 1 < pattern.count, let part = special(start) { return part }
        position = start &+ 1
        while position < pattern.count, pattern[position] != 36 { position &+= 1 }
        return .text(start, position)
    }

    private mutating func special(_ start: Int) -> Part? {
        position = start &+ 2
        switch pattern[start &+ 1] {
        case 36: return .text(start, start &+ 1)
        case 38: return .matched
        case 96: return .before
        case 39: return .after
        case 60 where hasNames:
            var end = position
            while end < pattern.count, pattern[end] != 62 { end &+= 1 }
            guard end < pattern.count else { return nil }
            position = end &+ 1
            return .name(start &+ 2, end)
        default: break
        }
        guard let first = digit(start &+ 1) else { return nil }
        if let second = digit(start &+ 2) {
            let group = first &* 10 &+ second
            if group >= 1, group <= captureCount {
                position = start &+ 3
                return .group(group)
            }
        }
        return first >= 1 && first <= captureCount ? .group(first) : nil
    }
}
