import TerrariumText

/// Character classes without the `v` flag.
extension RegExpParser {
    private enum ClassAtom {
        case character(UInt32)
        /// An escape that stands for many; its set has been added.
        case set
    }

    mutating func parseClass() throws(RegExpSyntaxError) -> RegExpNodeID {
        index &+= 1
        let isNegated = consume(.circumflex)
        var contents = ClassContents()
        while true {
            if isAtEnd { throw failure("Unterminated character class") }
            if consume(.rightBracket) { break }
            try watch.note(20, limits)
            let first = try parseClassAtom(&contents)
            guard peek(is: .minus) else {
                add(first, to: &contents)
                continue
            }
            index &+= 1
            if isAtEnd { throw failure("Unterminated character class") }
            if peek(is: .rightBracket) {
                add(first, to: &contents)
                contents.add(CharacterRange(0x2D, 0x2D))
                continue
            }
            let second = try parseClassAtom(&contents)
            if case .character(let low) = first, case .character(let high) = second {
                if low > high { throw failure("Range out of order in character class") }
                contents.add(CharacterRange(low, high))
            } else {
                if unicodeMode { throw failure("Invalid character class") }
                add(first, to: &contents)
                contents.add(CharacterRange(0x2D, 0x2D))
                add(second, to: &contents)
            }
        }
        guard builds else { return 0 }
        var set = contents.characters
        if ignoreCase { set = try closedOverCase(set) }
        if isNegated { set = set.complement(upTo: lastCharacter) }
        try charge(set.ranges.count)
        return tree.addSet(set)
    }

    private func add(_ atom: ClassAtom, to contents: inout ClassContents) {
        if case .character(let character) = atom { contents.add(CharacterRange(character, character)) }
    }

    private mutating func parseClassAtom(_ contents: inout ClassContents) throws(RegExpSyntaxError) -> ClassAtom {
        guard peek(is: .backslash) else { return .character(nextCharacter()) }
        let unit = peek(1)
        switch unit {
        case 0x64, 0x44, 0x73, 0x53, 0x77, 0x57:
            index &+= 2
            contents.add(classEscape(unit))
            return .set
        case 0x70, 0x50:
            guard unicodeMode else { break }
            index &+= 2
            try parseProperty(
                isNegated: unit == 0x50, into: &contents, message: "Invalid property name in character class")
            return .set
        case 0x62:  // b
            index &+= 2
            return .character(0x08)
        default: break
        }
        return .character(try parseCharacterEscape(isInClass: true))
    }

    /// The node of a class, strings included.
    mutating func node(of contents: ClassContents) throws(RegExpSyntaxError) -> RegExpNodeID {
        var set = contents.characters
        if contents.needsClosure { set = try closedOverCase(set) }
        try charge(set.ranges.count)
        if contents.strings.isEmpty { return tree.addSet(set) }
        return try stringsNode(contents.strings, set)
    }

    /// Strings, longest first, then single characters, then the empty string.
    private mutating func stringsNode(
        _ strings: Set<[UInt32]>, _ set: CharacterSet
    ) throws(RegExpSyntaxError) -> RegExpNodeID {
        let longest = strings.reduce(0) { max($0, $1.count) }
        let isBackward = frames.last?.isBackward ?? false
        if strings.count > 16, longest <= 64, !isBackward {
            return StringTrie(strings: strings, characters: set).addNode(to: &self)
        }
        let ordered = strings.sorted { $0.count != $1.count ? $0.count > $1.count : $0.lexicographicallyPrecedes($1) }
        var parts: [RegExpNodeID] = []
        for string in ordered where !string.isEmpty {
            try charge(string.count &* 100)
            let characters = string.map { literal($0) }
            parts.append(tree.addSequence(characters[...]))
        }
        if !set.isEmpty { parts.append(tree.addSet(set)) }
        if strings.contains([]) { parts.append(tree.addEmpty()) }
        return tree.addAlternation(parts[...])
    }
}
