import TerrariumText

/// Many strings of a class as one node. Two different strings that match at a place are prefixes of one another, so
/// trying the children of a trie node before its own end tries the longer one first, as the specification asks.
///
/// Characters that lead to equal subtries share a branch: the thousands of emoji become a few dozen.
struct StringTrie {
    private struct Branch: Hashable {
        var isEnd: Bool
        /// Characters (by case folding, one for each class) and the branch that each leads to.
        var edges: [Edge]
    }

    private struct Edge: Hashable {
        var character: UInt32
        var target: Int
    }

    private var branches: [Branch] = []
    private var numbers: [Branch: Int] = [:]
    private var root = 0
    private let characters: CharacterSet

    /// - Parameter strings: none longer than 64, so that the recursion below is shallow.
    init(strings: Set<[UInt32]>, characters: CharacterSet) {
        self.characters = characters
        let sorted = strings.sorted { $0.lexicographicallyPrecedes($1) }
        root = intern(sorted[...], depth: 0)
    }

    private mutating func intern(_ strings: ArraySlice<[UInt32]>, depth: Int) -> Int {
        var branch = Branch(isEnd: false, edges: [])
        var rest = strings
        while let string = rest.first {
            guard depth < string.count else {
                branch.isEnd = true
                rest.removeFirst()
                continue
            }
            let character = string[depth]
            let group = rest.prefix { $0.count > depth && $0[depth] == character }
            branch.edges.append(Edge(character: character, target: intern(group, depth: depth &+ 1)))
            rest = rest.dropFirst(group.count)
        }
        if let number = numbers[branch] { return number }
        numbers[branch] = branches.count
        branches.append(branch)
        return branches.count &- 1
    }

    func addNode(to parser: inout RegExpParser) -> RegExpNodeID { addNode(root, isRoot: true, to: &parser) }

    private func addNode(_ number: Int, isRoot: Bool, to parser: inout RegExpParser) -> RegExpNodeID {
        let branch = branches[number]
        var groups: [Int: [CharacterRange]] = [:]
        var order: [Int] = []
        for edge in branch.edges {
            if groups[edge.target] == nil { order.append(edge.target) }
            groups[edge.target, default: []].append(CharacterRange(edge.character, edge.character))
        }
        var parts: [RegExpNodeID] = []
        for target in order {
            var set = CharacterSet(groups[target] ?? [])
            if parser.ignoreCase { set = set.closedOverCase(unicode: true) }
            let pair = [parser.tree.addSet(set), addNode(target, isRoot: false, to: &parser)]
            parts.append(parser.tree.addSequence(pair[...]))
        }
        // Single characters are shorter than every string here, the empty string is shorter still.
        if isRoot && !characters.isEmpty { parts.append(parser.tree.addSet(characters)) }
        if branch.isEnd { parts.append(parser.tree.addEmpty()) }
        return parser.tree.addAlternation(parts[...])
    }
}
