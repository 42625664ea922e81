/// Disjunctions, terms, groups and quantifiers.
extension RegExpParser {
    /// Reads the whole pattern.
    mutating func parse() throws(RegExpSyntaxError) {
        open(.pattern)
        while true {
            if isAtEnd {
                if frames.count > 1 { throw failure("Unterminated group") }
                break
            }
            try watch.note(100, limits)
            if tree.size &+ frames.count &* 64 &+ terms.count &* 8 &+ alternatives.count &* 64 > limits.memory { throw failure("Regular expression too large") }
            try parseTerm()
        }
        let root = closeDisjunction()
        for reference in namedReferences where !names.isDeclared(reference.name) {
            throw RegExpSyntaxError(message: "Invalid named capture referenced", offset: reference.offset)
        }
        guard builds else { return }
        tree.root = root
        tree.captureCount = captureCount
        tree.groupNames = names.declared
        tree.referencedGroups = names.all.map(\.indices)
    }

    private mutating func parseTerm() throws(RegExpSyntaxError) {
        let start = index
        let capturesBefore = captureCount
        let unit = peek()
        switch Character.ASCII(rawValue: unit) {
        case .bar:
            index &+= 1
            finishAlternative()
        case .rightParenthesis:
            try closeGroup()
        case .asterisk, .plus, .questionMark:
            throw failure("Nothing to repeat")
        case .circumflex:
            index &+= 1
            append(builds ? tree.addAssertion(multiline ? .startOfLine : .start) : 0)
        case .dollar:
            index &+= 1
            append(builds ? tree.addAssertion(multiline ? .endOfLine : .end) : 0)
        case .leftParenthesis:
            try openGroup()
        case .dot:
            index &+= 1
            try quantify(builds ? tree.addAny(dotAll: dotAll) : 0, capturesBefore)
        case .leftBracket:
            let node = unicodeSets ? try parseUnicodeSetsClass() : try parseClass()
            try quantify(node, capturesBefore)
        case .backslash:
            if let node = try parseAtomEscape() {
                try quantify(node, capturesBefore)
            }
        case .leftBrace:
            if try parseInterval(checksOrder: false) != nil {
                index = start
                throw failure("Nothing to repeat")
            }
            fallthrough
        case .rightBrace, .rightBracket:
            if unicodeMode { throw failure("Lone quantifier brackets") }
            fallthrough
        default:
            try quantify(literal(nextCharacter()), capturesBefore)
        }
    }

    mutating func append(_ node: RegExpNodeID) {
        if builds { terms.append(node) }
    }

    /// The node of one character of the pattern.
    mutating func literal(_ character: UInt32) -> RegExpNodeID {
        guard builds else { return 0 }
        if ignoreCase {
            let set = CharacterSet([CharacterRange(character, character)]).closedOverCase(unicode: unicodeMode)
            return tree.addSet(set)
        }
        return tree.addCharacter(character)
    }

    // MARK: Groups

    private mutating func open(_ kind: GroupKind) {
        var isBackward = frames.last?.isBackward ?? false
        if case .look(let isBehind, _) = kind { isBackward = isBehind }
        frames.append(
            GroupFrame(
                kind: kind, firstTerm: Int32(truncatingIfNeeded: terms.count),
                firstAlternative: Int32(truncatingIfNeeded: alternatives.count),
                capturesBefore: Int32(truncatingIfNeeded: captureCount), isBackward: isBackward, savedIgnoreCase: ignoreCase,
                savedMultiline: multiline, savedDotAll: dotAll))
        names.openDisjunction()
    }

    private mutating func finishAlternative() {
        names.finishAlternative()
        guard builds, let frame = frames.last else { return }
        alternatives.append(tree.addSequence(terms[Int(frame.firstTerm)...]))
        terms.removeSubrange(Int(frame.firstTerm)...)
    }

    /// Ends the innermost disjunction and returns its node.
    private mutating func closeDisjunction() -> RegExpNodeID {
        finishAlternative()
        names.closeDisjunction()
        guard let frame = frames.popLast(), builds else { return 0 }
        let node = tree.addAlternation(alternatives[Int(frame.firstAlternative)...])
        alternatives.removeSubrange(Int(frame.firstAlternative)...)
        return node
    }

    private mutating func openGroup() throws(RegExpSyntaxError) {
        index &+= 1
        guard consume(.questionMark) else {
            open(.capture(index: Int32(truncatingIfNeeded: try newCapture())))
            return
        }
        switch Character.ASCII(rawValue: peek()) {
        case .colon:
            index &+= 1
            open(.plain)
        case .equals, .exclamationMark:
            let isNegative = peek(is: .exclamationMark)
            index &+= 1
            open(.look(isBehind: false, isNegative: isNegative))
        case .less where peek(is: .equals, 1) || peek(is: .exclamationMark, 1):
            let isNegative = peek(is: .exclamationMark, 1)
            index &+= 2
            open(.look(isBehind: true, isNegative: isNegative))
        case .less:
            index &+= 1
            let capture = try newCapture()
            guard let name = try parseGroupName() else { throw failure("Invalid capture group name") }
            guard names.declare(name, group: capture) else { throw failure("Duplicate capture group name") }
            try charge(names.takeWork())
            open(.capture(index: Int32(truncatingIfNeeded: capture)))
        default:
            try openModifiers()
        }
    }

    private mutating func newCapture() throws(RegExpSyntaxError) -> Int {
        captureCount &+= 1
        if captureCount > limits.captures { throw failure("Too many captures") }
        return captureCount
    }

    /// `(?ims-ims:`
    private mutating func openModifiers() throws(RegExpSyntaxError) {
        var added: [UInt32] = []
        var removed: [UInt32] = []
        var isRemoving = false
        while true {
            let unit = peek()
            switch unit {
            case 0x69, 0x6D, 0x73:
                if added.contains(unit) || removed.contains(unit) { throw failure("Repeated flag in flag group") }
                if isRemoving { removed.append(unit) } else { added.append(unit) }
            case 0x2D:
                if isRemoving { throw failure("Multiple dashes in flag group") }
                isRemoving = true
            case 0x3A:
                if added.isEmpty && removed.isEmpty { throw failure("Invalid flag group") }
                index &+= 1
                open(.plain)
                ignoreCase = !removed.contains(0x69) && (ignoreCase || added.contains(0x69))
                multiline = !removed.contains(0x6D) && (multiline || added.contains(0x6D))
                dotAll = !removed.contains(0x73) && (dotAll || added.contains(0x73))
                return
            default:
                throw failure(added.isEmpty && removed.isEmpty && !isRemoving ? "Invalid group" : "Invalid flag group")
            }
            index &+= 1
        }
    }

    private mutating func closeGroup() throws(RegExpSyntaxError) {
        guard frames.count > 1, let frame = frames.last else { throw failure("Unmatched ')'") }
        index &+= 1
        var node = closeDisjunction()
        try charge(names.takeWork())
        ignoreCase = frame.savedIgnoreCase
        multiline = frame.savedMultiline
        dotAll = frame.savedDotAll
        switch frame.kind {
        case .capture(let capture):
            if builds { node = tree.addCapture(Int(capture), node) }
        case .look(let isBehind, let isNegative):
            if builds { node = tree.addLook(node, isBehind: isBehind, isNegative: isNegative) }
            if isBehind || unicodeMode {
                try rejectQuantifier()
                append(node)
                return
            }
        case .plain, .pattern: break
        }
        // A named group's own index is not in `capturesBefore` of its frame.
        var before = Int(frame.capturesBefore)
        if case .capture(let capture) = frame.kind { before = Int(capture) &- 1 }
        try quantify(node, before)
    }

    /// Assertions that cannot be repeated.
    private mutating func rejectQuantifier() throws(RegExpSyntaxError) {
        switch Character.ASCII(rawValue: peek()) {
        case .asterisk, .plus, .questionMark: throw failure("Invalid quantifier")
        case .leftBrace:
            let start = index
            if try parseInterval(checksOrder: false) != nil {
                index = start
                throw failure("Invalid quantifier")
            }
            if unicodeMode { throw failure("Incomplete quantifier") }
        default: break
        }
    }

    // MARK: Quantifiers

    /// Reads the quantifier behind an atom, if there is one, and appends the term.
    private mutating func quantify(_ atom: RegExpNodeID, _ capturesBefore: Int) throws(RegExpSyntaxError) {
        let minimum: UInt32
        let maximum: UInt32
        switch Character.ASCII(rawValue: peek()) {
        case .asterisk: (minimum, maximum) = (0, RegExpTree.unbounded)
        case .plus: (minimum, maximum) = (1, RegExpTree.unbounded)
        case .questionMark: (minimum, maximum) = (0, 1)
        case .leftBrace:
            guard let interval = try parseInterval() else {
                if unicodeMode { throw failure("Incomplete quantifier") }
                append(atom)
                return
            }
            (minimum, maximum) = interval
            index &-= 1
        default:
            append(atom)
            return
        }
        index &+= 1
        let isGreedy = !consume(.questionMark)
        guard builds else { return }
        append(
            tree.addLoop(
                atom, minimum: minimum, maximum: maximum, isGreedy: isGreedy,
                captures: (capturesBefore &+ 1)..<(captureCount &+ 1)))
    }

    /// `{n}`, `{n,}` or `{n,m}`; `nil`, with nothing read, when there is something else.
    private mutating func parseInterval(checksOrder: Bool = true) throws(RegExpSyntaxError) -> (UInt32, UInt32)? {
        let start = index
        guard consume(.leftBrace), let minimum = parseDigits() else {
            index = start
            return nil
        }
        var maximum = Optional(minimum)
        var isOutOfOrder = false
        if consume(.comma) {
            if peek(is: .rightBrace) {
                maximum = nil
            } else {
                guard let digits = parseDigits() else {
                    index = start
                    return nil
                }
                maximum = digits
                isOutOfOrder = digits.isLess(than: minimum)
            }
        }
        guard consume(.rightBrace) else {
            index = start
            return nil
        }
        if isOutOfOrder && checksOrder { throw failure("numbers out of order in {} quantifier") }
        return (min(minimum.value, RegExpParser.mostIterations), maximum?.value ?? RegExpTree.unbounded)
    }

    /// A minimum that no subject reaches.
    static let mostIterations: UInt32 = 0x7FFF_FFFE

    /// A decimal number without bound, as the grammar has it.
    private struct Digits {
        /// Saturates at `RegExpTree.unbounded`.
        var value: UInt32
        /// Without leading zeros.
        var text: ArraySlice<UInt16>

        func isLess(than other: Digits) -> Bool {
            if text.count != other.text.count { return text.count < other.text.count }
            return text.lexicographicallyPrecedes(other.text)
        }
    }

    private mutating func parseDigits() -> Digits? {
        let start = index
        var value: UInt32 = 0
        while peek() &- 0x30 < 10 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(peek() &- 0x30)
            value = overflow || carry ? RegExpTree.unbounded : sum
            index &+= 1
        }
        if index == start { return nil }
        return Digits(value: value, text: pattern[start..<index].drop { $0 == 0x30 })
    }
}
