/// How the first position of a match is found.
extension RegExpCodeGenerator {
    /// Emits the search for a start and leaves tasks for the pattern.
    mutating func emitSearch() {
        let root = tree.summary(tree.root)
        let minimum = root.minimumLength
        words[RegExpLayout.searchEntryWord] = here
        var isWholeRoot = true
        if isAnchored() {
            tasks.append(.node(tree.root, .acceptance))
        } else if let (prefix, count) = literalPrefix() {
            if prefix.count == 1 {
                emit(.searchCharacter, UInt32(prefix[0]), minimum)
                tasks.append(.node(tree.root, .acceptance))
            } else {
                isWholeRoot = false
                let search = emit(
                    .searchString, UInt32(truncatingIfNeeded: prefix.count), minimum, rarestUnit(of: prefix), 0)
                words.append(contentsOf: RegExpCodeGenerator.packed(prefix))
                words[RegExpLayout.anchoredEntryWord] = here
                emitString(prefix)
                setTarget(JumpUse(instruction: search, operand: 3))
                if case .sequence(let children) = tree.node(tree.root) {
                    pushSequence(children.dropFirst(count), .acceptance)
                }
            }
        } else {
            searchPlace = words.count
            leadingLoop = tree.hasReferences ? nil : firstNode()
            if let unit = root.first.singleUnit {
                emit(.searchCharacter, unit, minimum)
            } else if root.first.isSelective, !root.first.end, let (unit, offset) = landmark() {
                let place = emit(.searchAhead, unit, minimum, offset, 0)
                classes.use(root.first, at: place &+ 3, isOperand: false)
            } else if root.first.isSelective {
                let place = emit(.searchSet, 0, minimum, root.first.end ? 1 : 0)
                classes.use(root.first, at: place, isOperand: true)
            } else {
                emit(.searchAny, 0, minimum)
            }
            tasks.append(.node(tree.root, .acceptance))
        }
        if isWholeRoot { words[RegExpLayout.anchoredEntryWord] = here }
    }

    /// Whether every match starts at the start of the subject.
    private func isAnchored() -> Bool {
        var isAnchored: [Bool] = []
        // Children have smaller numbers. A position only grows: any part of a sequence that has to be at the start will do.
        func known(_ id: RegExpNodeID) -> Bool { id >= 0 && isAnchored[Int(id)] }
        for node in tree.nodes {
            switch node {
            case .assertion(.start): isAnchored.append(true)
            case .capture(_, let child): isAnchored.append(known(child))
            case .sequence(let children): isAnchored.append(tree.children[children].contains { known($0) })
            case .alternation(let children): isAnchored.append(tree.children[children].allSatisfy { known($0) })
            case .loop(let child, let minimum, _, _, _): isAnchored.append(minimum > 0 && known(child))
            default: isAnchored.append(false)
            }
        }
        return known(tree.root)
    }

    /// The part of the pattern that the first unit of a match is for, behind assertions and inside of groups.
    private func firstNode() -> RegExpNodeID? {
        var node = tree.root
        while true {
            switch tree.node(node) {
            case .capture(_, let child): node = child
            case .sequence(let children):
                guard
                    let next = tree.children[children].first(where: {
                        if case .assertion = tree.node($0) { false } else { true }
                    })
                else { return nil }
                node = next
            default: return node
            }
        }
    }

    /// A unit that every match has at the same distance from its start, and that texts do not have everywhere.
    private func landmark() -> (unit: UInt32, offset: UInt32)? {
        var open = [tree.root]
        var offset: UInt32 = 0
        while let node = open.popLast(), offset < 32 {
            switch tree.node(node) {
            case .capture(_, let child): open.append(child)
            case .sequence(let children): open.append(contentsOf: tree.children[children].reversed())
            case .assertion: break
            case .loop(let child, let minimum, let maximum, _, _):
                guard minimum == maximum, let matcher = singleMatcher(child), matcher.isOneUnit else { return nil }
                if matcher.kind == .character, RegExpCodeGenerator.isRare(matcher.unit) { return (matcher.unit, offset) }
                offset = offset &+ min(minimum, 64)
            default:
                guard let matcher = singleMatcher(node), matcher.isOneUnit else { return nil }
                if matcher.kind == .character, RegExpCodeGenerator.isRare(matcher.unit) { return (matcher.unit, offset) }
                offset &+= 1
            }
        }
        return nil
    }

    /// Neither a letter or digit of ASCII nor a space.
    private static func isRare(_ unit: UInt32) -> Bool {
        switch unit {
        case 0x20, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: false
        default: true
        }
    }

    /// The units that every match starts with, and how many parts of the root sequence they are.
    private func literalPrefix() -> (units: [UInt16], parts: Int)? {
        var units: [UInt16] = []
        var parts = 0
        switch tree.node(tree.root) {
        case .character:
            appendUnits(of: tree.root, to: &units)
        case .sequence(let children):
            for child in tree.children[children] {
                guard case .character = tree.node(child) else { break }
                appendUnits(of: child, to: &units)
                parts &+= 1
            }
        default: return nil
        }
        return units.isEmpty ? nil : (units, parts)
    }

    /// Which unit of a string is likely to be seldom in a text: the one to scan for.
    private func rarestUnit(of units: [UInt16]) -> UInt32 {
        var best = 0
        var bestScore = Int.max
        for (index, unit) in units.prefix(64).enumerated() {
            let score: Int
            switch unit {
            case 0x20, 0x65: score = 6  // space, e
            case 0x6A, 0x71, 0x78, 0x7A, 0x6B, 0x76: score = 2  // j q x z k v
            case 0x61...0x7A: score = 4
            case 0x30...0x39: score = 3
            default: score = 1
            }
            if score < bestScore {
                best = index
                bestScore = score
            }
        }
        return UInt32(truncatingIfNeeded: best)
    }
}
