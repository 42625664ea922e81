/// Everything but loops.
extension RegExpCodeGenerator {
    /// Emits a node that matches from left to right, or leaves tasks for its parts.
    mutating func emit(_ node: RegExpNodeID, _ follow: Follow) {
        let repeats = follow.repeats
        var follow = follow
        follow.repeats = false
        let isPeeked = follow.isPeeked
        follow.isPeeked = false
        switch tree.node(node) {
        case .empty: break
        case .character:
            var units: [UInt16] = []
            appendUnits(of: node, to: &units)
            emitString(units)
        case .set, .any:
            if repeats, let matcher = singleMatcher(node), matcher.isOneUnit {
                emitLoopInstruction(.loopPossessive, matcher, 1, RegExpTree.unbounded)
            } else if isPeeked, tree.summary(node).succeedsByFirst {
                emit(.anyOrNewline)
            } else {
                emitSingle(node)
            }
        case .sequence(let children): pushSequence(children, follow, isPeeked: isPeeked)
        case .alternation(let children):
            endChains.append(0)
            pushSuffixes(children)
            follow.repeats = repeats && children.count <= 8
            tasks.append(.alternative(children: children, follow))
        case .capture(let index, let child):
            let register = UInt32(truncatingIfNeeded: 2 &* index)
            emit(.save, register)
            tasks.append(.instruction(.save, register &+ 1))
            follow.isPeeked = isPeeked
            tasks.append(.node(child, follow))
        case .backReference(let group, let ignoreCase):
            emitReference(group, ignoreCase, isBackward: false)
        case .namedReference(let name, let ignoreCase):
            // At most one of the groups has a value; the others match the empty string.
            for group in tree.referencedGroups[name] { emitReference(group, ignoreCase, isBackward: false) }
        case .assertion(let kind): emitAssertion(kind)
        case .look(let child, let isBehind, let isNegative): emitLook(child, isBehind, isNegative)
        case .loop: emitLoop(node, follow, isBackward: false)
        }
    }

    /// Leaves tasks for the parts of a sequence, each with what follows it.
    mutating func pushSequence(_ children: Range<Int>, _ follow: Follow, isPeeked: Bool = false) {
        var follow = follow
        var position = children.upperBound
        while position > children.lowerBound {
            position &-= 1
            let child = tree.children[position]
            let summary = tree.summary(child)
            if case .character = tree.node(child) {
                var start = position
                while start > children.lowerBound, case .character = tree.node(tree.children[start &- 1]) {
                    start &-= 1
                }
                tasks.append(.string(start..<(position &+ 1)))
                position = start
                follow = Follow(first: tree.summary(tree.children[start]).first, accepts: false)
                continue
            }
            if position == children.lowerBound { follow.isPeeked = isPeeked }
            tasks.append(.node(child, follow))
            var isWordBoundary = false
            if case .assertion(.wordBoundary) = tree.node(child) { isWordBoundary = true }
            follow = Follow(
                first: summary.first.followed(by: follow.first),
                accepts: follow.accepts && summary.alwaysSucceeds, isWordBoundary: isWordBoundary)
        }
    }

    // MARK: Single characters

    /// A node that matches one character, as an operand of an instruction.
    struct SingleMatcher {
        var kind: RegExpLoopKind
        var unit: UInt32 = 0
        var set: CharacterSet = .empty

        /// It takes one unit, whatever is around it.
        var isOneUnit: Bool {
            switch kind {
            case .character, .any, .anyOrNewline, .set: true
            case .anyUnicode, .anyOrNewlineUnicode, .setUnicode: false
            }
        }
    }

    /// How a node that takes one character is matched; `nil` for other nodes.
    func singleMatcher(_ node: RegExpNodeID) -> SingleMatcher? {
        switch tree.node(node) {
        case .character(let character):
            if character <= 0xFFFF { return SingleMatcher(kind: .character, unit: character) }
            return SingleMatcher(kind: .setUnicode, set: CharacterSet([CharacterRange(character, character)]))
        case .any(let dotAll):
            if tree.isUnicode { return SingleMatcher(kind: dotAll ? .anyOrNewlineUnicode : .anyUnicode) }
            return SingleMatcher(kind: dotAll ? .anyOrNewline : .any)
        case .set(let index):
            let set = tree.sets[index]
            let isWide = tree.isUnicode && tree.summary(node).maximumLength != 1
            if set.ranges.count == 1, set.ranges[0].low == 0,
                set.ranges[0].high >= (tree.isUnicode ? CharacterSet.lastCodePoint : 0xFFFF)
            {
                return SingleMatcher(kind: tree.isUnicode ? .anyOrNewlineUnicode : .anyOrNewline)
            }
            return SingleMatcher(kind: isWide ? .setUnicode : .set, set: set)
        default: return nil
        }
    }

    private mutating func emitSingle(_ node: RegExpNodeID) {
        guard let matcher = singleMatcher(node) else { return }
        switch matcher.kind {
        case .character: emit(.character, matcher.unit)
        case .any: emit(.any)
        case .anyOrNewline: emit(.anyOrNewline)
        case .anyUnicode: emit(.anyUnicode)
        case .anyOrNewlineUnicode: emit(.anyOrNewlineUnicode)
        case .set:
            if matcher.set.isEmpty {
                emit(.fail)
            } else if matcher.set.count == 2, let low = matcher.set.ranges.first?.low,
                let high = matcher.set.ranges.last?.high
            {
                emit(.characterEither, 0, low | high << 16)
            } else {
                classes.use(matcher.set, at: emit(.set), isOperand: true)
            }
        case .setUnicode: classes.use(matcher.set, at: emit(.setUnicode), isOperand: true)
        }
    }

    // MARK: Alternatives

    private mutating func pushSuffixes(_ children: Range<Int>) {
        var sets: [FirstSet] = []
        var set = FirstSet.nothing
        for child in tree.children[children].reversed() {
            set.formUnion(tree.summary(child).first)
            sets.append(set)
        }
        suffixes.append(sets)
    }

    /// Emits what decides about the first alternative of several, which are all that are left.
    mutating func emitAlternative(_ children: Range<Int>, _ follow: Follow) {
        let child = tree.children[children.lowerBound]
        var inner = follow
        inner.repeats = follow.repeats && isAlone(children.lowerBound, endOfSiblings: children.upperBound)
        if children.count == 1 {
            tasks.append(.endAlternation)
            tasks.append(.node(child, inner))
            return
        }
        tasks.append(.alternative(children: children.dropFirst(), follow))
        let first = tree.summary(child).first
        // The suffixes are in reverse order: that of the remaining n alternatives is at n - 1.
        let others = suffixes.last?[children.count &- 2] ?? .everything
        let isDecisive = first.isDisjoint(with: others.followed(by: follow.first))
        if !first.isTransparent && (isDecisive || first.isSelective) {
            tasks.append(.target(emitPeek(first)))
            inner.isPeeked = true
        }
        // Where nothing can fail any more, the other alternatives are not asked for.
        let isLast = inner.isPeeked && follow.accepts && tree.summary(child).succeedsByFirst
        if !isDecisive && !isLast { tasks.append(.target(JumpUse(instruction: emit(.split), operand: 0))) }
        tasks.append(.alternativeEnd)
        tasks.append(.node(child, inner))
    }

    /// Whether no other alternative of the innermost alternation can begin with what this one begins with.
    private func isAlone(_ child: Int, endOfSiblings end: Int) -> Bool {
        let first = tree.summary(tree.children[child]).first, count = suffixes.last?.count ?? 0
        var place = max(0, end &- count)
        while place < end, place < tree.children.count {
            if place != child, !first.isDisjoint(with: tree.summary(tree.children[place]).first) { return false }
            place &+= 1
        }
        return true
    }

    mutating func emitBackwardAlternative(_ children: Range<Int>) {
        let child = tree.children[children.lowerBound]
        if children.count == 1 {
            tasks.append(.endAlternation)
        } else {
            tasks.append(.backwardAlternative(children: children.dropFirst()))
            tasks.append(.target(JumpUse(instruction: emit(.split), operand: 0)))
            tasks.append(.alternativeEnd)
        }
        tasks.append(.backwardNode(child))
    }

    mutating func endAlternation() {
        _ = suffixes.popLast()
        var jump = endChains.popLast() ?? 0
        while jump != 0 {
            let place = Int(jump)
            jump = words[place] >> 8
            words[place] = UInt32(RegExpOpcode.jump.rawValue) | here << 8
        }
    }

    // MARK: Assertions and references

    private mutating func emitAssertion(_ kind: RegExpAssertion) {
        switch kind {
        case .start: emit(.start)
        case .end: emit(.end)
        case .startOfLine: emit(.startOfLine)
        case .endOfLine: emit(.endOfLine)
        case .wordBoundary: emit(.wordBoundary, 0)
        case .notWordBoundary: emit(.wordBoundary, 1)
        case .foldedWordBoundary: emit(.wordBoundary, 2)
        case .foldedNotWordBoundary: emit(.wordBoundary, 3)
        }
    }

    private mutating func emitReference(_ group: Int, _ ignoreCase: Bool, isBackward: Bool) {
        emit(
            .backReference, UInt32(truncatingIfNeeded: group),
            (ignoreCase ? 1 : 0) | (tree.isUnicode ? 2 : 0) | (isBackward ? 4 : 0))
    }

    private mutating func emitLook(_ child: RegExpNodeID, _ isBehind: Bool, _ isNegative: Bool) {
        if let set = singleUnitSet(child) {
            let place = emit(.lookSet, 0, (isBehind ? 1 : 0) | (isNegative ? 2 : 0))
            classes.use(set, at: place, isOperand: true)
            return
        }
        let registers = newRegisters(2)
        emit(.lookBegin, registers)
        if isNegative {
            tasks.append(.target(JumpUse(instruction: emit(.split), operand: 0)))
            tasks.append(.instruction(.lookFail, registers))
        } else {
            tasks.append(.instruction(.lookCommit, registers))
        }
        tasks.append(isBehind ? .backwardNode(child) : .node(child, .acceptance))
    }

    /// The set of a node that takes one unit, whatever is around it.
    private func singleUnitSet(_ node: RegExpNodeID) -> CharacterSet? {
        guard tree.summary(node).maximumLength == 1, tree.summary(node).minimumLength == 1 else { return nil }
        switch tree.node(node) {
        case .character(let character): return CharacterSet([CharacterRange(character, character)])
        case .set(let index): return tree.sets[index]
        case .any(let dotAll):
            return dotAll
                ? CharacterSet([CharacterRange(0, 0xFFFF)]) : CharacterSet.lineTerminators.complement(upTo: 0xFFFF)
        default: return nil
        }
    }

    // MARK: From right to left

    mutating func emitBackward(_ node: RegExpNodeID) {
        let summary = tree.summary(node)
        if summary.isPure, summary.minimumLength == summary.maximumLength, summary.minimumLength < 1 << 24 {
            // Whether it matches here depends on where it would start only: go there and match forward.
            let width = summary.minimumLength
            if width > 0 {
                emit(.stepBack, width)
                tasks.append(.instruction(.stepBack, width))
            }
            tasks.append(.node(node, .unknown))
            return
        }
        switch tree.node(node) {
        case .character, .set, .any:
            emit(.stepBackUnicode)
            tasks.append(.instruction(.stepBackUnicode, 0))
            tasks.append(.node(node, .unknown))
        case .sequence(let children):
            for child in tree.children[children] { tasks.append(.backwardNode(child)) }
        case .alternation(let children):
            endChains.append(0)
            suffixes.append([])
            tasks.append(.backwardAlternative(children: children))
        case .capture(let index, let child):
            let register = UInt32(truncatingIfNeeded: 2 &* index)
            emit(.save, register &+ 1)
            tasks.append(.instruction(.save, register))
            tasks.append(.backwardNode(child))
        case .backReference(let group, let ignoreCase):
            emitReference(group, ignoreCase, isBackward: true)
        case .namedReference(let name, let ignoreCase):
            for group in tree.referencedGroups[name] { emitReference(group, ignoreCase, isBackward: true) }
        case .loop: emitLoop(node, .unknown, isBackward: true)
        case .empty, .assertion, .look: emit(node, .unknown)
        }
    }
}
