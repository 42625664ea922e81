/// Number of a node, below zero for those that match one character: they are most of a long pattern and take no room.
typealias RegExpNodeID = Int32

/// A node of a parsed pattern. Children have smaller numbers than their parent, so that a property of all nodes is
/// computed without recursion: patterns nest as deep as they are long.
enum RegExpNode: Sendable {
    case empty
    /// A code unit; with the `u` or `v` flag a code point, never a surrogate.
    case character(UInt32)
    /// One character of a set (index into `RegExpTree.sets`).
    case set(Int)
    case any(dotAll: Bool)
    /// A range of `RegExpTree.children`.
    case sequence(Range<Int>)
    case alternation(Range<Int>)
    case capture(index: Int, child: RegExpNodeID)
    case backReference(group: Int, ignoreCase: Bool)
    /// Index into `RegExpTree.referencedGroups`.
    case namedReference(name: Int, ignoreCase: Bool)
    case assertion(RegExpAssertion)
    case look(child: RegExpNodeID, isBehind: Bool, isNegative: Bool)
    /// `captures`: the groups that every iteration resets.
    case loop(child: RegExpNodeID, minimum: UInt32, maximum: UInt32, isGreedy: Bool, captures: Range<Int>)
}

enum RegExpAssertion: UInt8, Sendable {
    case start, end, startOfLine, endOfLine
    case wordBoundary, notWordBoundary
    /// With `i` and `u` or `v`, two more characters are word characters.
    case foldedWordBoundary, foldedNotWordBoundary
}

/// What the compiler knows about a node.
struct RegExpNodeSummary: Sendable {
    /// Code units that a match takes; `RegExpTree.unbounded` for no bound.
    var minimumLength: UInt32 = 0
    var maximumLength: UInt32 = 0
    /// Neither captures nor refers to captures, so that a match is only its end.
    var isPure = true
    /// There is always a way to match.
    var alwaysSucceeds = false
    /// There is a way to match wherever the next unit is in `first`.
    var succeedsByFirst = false
    var first = FirstSet.transparent
}

/// A parsed pattern.
struct RegExpTree: Sendable {
    static let unbounded = UInt32.max

    private static let firstOfAny = FirstSet(CharacterSet.lineTerminators.complement(upTo: CharacterSet.lastCodePoint))
    private static let firstOfAll = FirstSet(CharacterSet([CharacterRange(0, CharacterSet.lastCodePoint)]))

    private(set) var nodes: [RegExpNode] = []
    private(set) var summaries: [RegExpNodeSummary] = []
    private(set) var children: [RegExpNodeID] = []
    private(set) var sets: [CharacterSet] = []
    /// Alternatives of all alternations.
    private var alternativeCount = 0
    /// Ranges in all sets.
    private(set) var rangeCount = 0
    let isUnicode: Bool
    /// Names in order of appearance with the groups that have them.
    var groupNames: [(name: [UInt16], indices: [Int])] = []
    /// The groups that a named reference may mean.
    var referencedGroups: [[Int]] = []
    var captureCount = 0
    /// There are back references.
    private(set) var hasReferences = false
    var root: RegExpNodeID = 0

    init(isUnicode: Bool) { self.isUnicode = isUnicode }

    /// Room for the nodes of a long pattern, which are not moved then while the tree grows: memory that is not touched costs nothing.
    mutating func reserve(_ count: Int) {
        nodes.reserveCapacity(count)
        summaries.reserveCapacity(count)
        children.reserveCapacity(count)
    }

    /// Bytes that the tree takes, with the tasks of the code generator that its nodes become.
    var size: Int { nodes.count &* 240 &+ sets.count &* 64 &+ rangeCount &* 8 &+ children.count &* 8 &+ alternativeCount &* 48 }

    private mutating func add(_ node: RegExpNode, _ summary: RegExpNodeSummary) -> RegExpNodeID {
        nodes.append(node)
        summaries.append(summary)
        return RegExpNodeID(truncatingIfNeeded: nodes.count &- 1)
    }

    mutating func addEmpty() -> RegExpNodeID { add(.empty, RegExpNodeSummary(alwaysSucceeds: true)) }

    /// Units of a character of this number.
    private func width(_ character: UInt32) -> UInt32 { isUnicode && character > 0xFFFF ? 2 : 1 }

    mutating func addCharacter(_ character: UInt32) -> RegExpNodeID {
        if isUnicode && character & 0xFFFF_F800 == 0xD800 {
            return addSet(CharacterSet([CharacterRange(character, character)]))
        }
        return -1 &- RegExpNodeID(truncatingIfNeeded: character)
    }

    func node(_ id: RegExpNodeID) -> RegExpNode {
        id < 0 ? .character(UInt32(truncatingIfNeeded: -1 &- id)) : nodes[Int(id)]
    }

    func summary(_ id: RegExpNodeID) -> RegExpNodeSummary {
        if id >= 0 { return summaries[Int(id)] }
        let character = UInt32(truncatingIfNeeded: -1 &- id), width = width(character)
        return RegExpNodeSummary(
            minimumLength: width, maximumLength: width, succeedsByFirst: character <= 0xFF,
            first: FirstSet(unit: width == 2 ? 0xD800 : character))
    }

    mutating func addSet(_ set: CharacterSet) -> RegExpNodeID {
        if let single = set.single, !(isUnicode && single & 0xFFFF_F800 == 0xD800) { return addCharacter(single) }
        sets.append(set)
        rangeCount &+= set.ranges.count &+ 1
        var summary = RegExpNodeSummary(minimumLength: 1, maximumLength: 1, first: FirstSet(set))
        summary.succeedsByFirst = !summary.first.other
        if isUnicode {
            // A surrogate in the set may or may not be half of a pair: looking backward has to tell.
            let hasSurrogates = set.intersects(0xD800, 0xDFFF)
            let hasPairs = set.intersects(0x10000, CharacterSet.lastCodePoint)
            if hasSurrogates || hasPairs { summary.maximumLength = 2 }
            if !hasSurrogates && !set.intersects(0, 0xFFFF) && hasPairs { summary.minimumLength = 2 }
        }
        return add(.set(sets.count &- 1), summary)
    }

    mutating func addAny(dotAll: Bool) -> RegExpNodeID {
        add(
            .any(dotAll: dotAll),
            RegExpNodeSummary(
                minimumLength: 1, maximumLength: isUnicode ? 2 : 1,
                first: dotAll ? RegExpTree.firstOfAll : RegExpTree.firstOfAny))
    }

    mutating func addSequence(_ parts: ArraySlice<RegExpNodeID>) -> RegExpNodeID {
        let kept = parts.filter { if case .empty = node($0) { false } else { true } }
        if kept.isEmpty { return addEmpty() }
        if kept.count == 1, let only = kept.first { return only }
        var summary = RegExpNodeSummary(alwaysSucceeds: true, succeedsByFirst: self.summary(kept[0]).succeedsByFirst)
        for (place, part) in kept.enumerated() {
            let next = self.summary(part)
            if place > 0 { summary.succeedsByFirst = summary.succeedsByFirst && next.alwaysSucceeds }
            summary.minimumLength = RegExpTree.sum(summary.minimumLength, next.minimumLength)
            summary.maximumLength = RegExpTree.sum(summary.maximumLength, next.maximumLength)
            summary.isPure = summary.isPure && next.isPure
            summary.alwaysSucceeds = summary.alwaysSucceeds && next.alwaysSucceeds
            summary.first = summary.first.followed(by: next.first)
        }
        let start = children.count
        children.append(contentsOf: kept)
        return add(.sequence(start..<children.count), summary)
    }

    mutating func addAlternation(_ parts: ArraySlice<RegExpNodeID>) -> RegExpNodeID {
        if parts.count == 1, let only = parts.first { return only }
        if let set = unionOfSingleCharacters(parts) { return addSet(set) }
        var summary = RegExpNodeSummary(minimumLength: .max, succeedsByFirst: true, first: .nothing)
        for part in parts {
            let next = self.summary(part)
            summary.succeedsByFirst = summary.succeedsByFirst && next.succeedsByFirst
            summary.minimumLength = min(summary.minimumLength, next.minimumLength)
            summary.maximumLength = max(summary.maximumLength, next.maximumLength)
            summary.isPure = summary.isPure && next.isPure
            summary.alwaysSucceeds = summary.alwaysSucceeds || next.alwaysSucceeds
            summary.first.formUnion(next.first)
        }
        let start = children.count
        children.append(contentsOf: parts)
        alternativeCount &+= parts.count
        return add(.alternation(start..<children.count), summary)
    }

    /// `a|b|[cd]` is `[abcd]`: whichever alternative matches, it takes the same character.
    private func unionOfSingleCharacters(_ parts: ArraySlice<RegExpNodeID>) -> CharacterSet? {
        var ranges: [CharacterRange] = []
        for part in parts {
            switch node(part) {
            case .character(let character): ranges.append(CharacterRange(character, character))
            case .set(let index) where sets[index].ranges.count < 64: ranges.append(contentsOf: sets[index].ranges)
            default: return nil
            }
        }
        return CharacterSet(ranges)
    }

    mutating func addCapture(_ index: Int, _ child: RegExpNodeID) -> RegExpNodeID {
        var summary = self.summary(child)
        summary.isPure = false
        return add(.capture(index: index, child: child), summary)
    }

    mutating func addReference(_ node: RegExpNode) -> RegExpNodeID {
        hasReferences = true
        var first = FirstSet.everything
        first.isTransparent = true
        return add(
            node, RegExpNodeSummary(maximumLength: RegExpTree.unbounded, isPure: false, first: first))
    }

    mutating func addAssertion(_ kind: RegExpAssertion) -> RegExpNodeID {
        var summary = RegExpNodeSummary()
        switch kind {
        case .end: summary.first = FirstSet(end: true)
        case .endOfLine:
            summary.first = FirstSet(CharacterSet.lineTerminators)
            summary.first.end = true
        default: break
        }
        return add(.assertion(kind), summary)
    }

    mutating func addLook(_ child: RegExpNodeID, isBehind: Bool, isNegative: Bool) -> RegExpNodeID {
        var summary = RegExpNodeSummary(isPure: self.summary(child).isPure)
        if !isBehind && !isNegative { summary.first = self.summary(child).first }
        return add(.look(child: child, isBehind: isBehind, isNegative: isNegative), summary)
    }

    mutating func addLoop(
        _ child: RegExpNodeID, minimum: UInt32, maximum: UInt32, isGreedy: Bool, captures: Range<Int>
    ) -> RegExpNodeID {
        let inner = summary(child)
        if maximum == 0 { return addEmpty() }
        if minimum == 1 && maximum == 1 { return child }
        if case .empty = node(child) { return child }
        // An iteration that takes nothing counts only towards the minimum, and assertions match the same each time.
        if inner.maximumLength == 0 && minimum == 0 { return addEmpty() }
        if inner.maximumLength == 0 && inner.isPure { return child }
        var first = inner.first
        if minimum == 0 { first.isTransparent = true }
        return add(
            .loop(child: child, minimum: minimum, maximum: maximum, isGreedy: isGreedy, captures: captures),
            RegExpNodeSummary(
                minimumLength: RegExpTree.product(inner.minimumLength, minimum),
                maximumLength: RegExpTree.product(inner.maximumLength, maximum), isPure: inner.isPure,
                alwaysSucceeds: minimum == 0, succeedsByFirst: minimum == 1 && inner.succeedsByFirst, first: first))
    }

    private static func sum(_ a: UInt32, _ b: UInt32) -> UInt32 {
        let (value, overflow) = a.addingReportingOverflow(b)
        return overflow ? unbounded : value
    }

    private static func product(_ a: UInt32, _ b: UInt32) -> UInt32 {
        let (value, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? unbounded : value
    }
}
