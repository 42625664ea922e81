import TerrariumText

/// Escapes outside and inside of classes, and names of groups.
extension RegExpParser {
    /// Reads an escape outside of a class. `nil` when it was an assertion, which takes no quantifier.
    mutating func parseAtomEscape() throws(RegExpSyntaxError) -> RegExpNodeID? {
        let start = index
        index &+= 1
        if isAtEnd { throw failure("\\ at end of pattern") }
        let unit = peek()
        switch unit {
        case 0x62, 0x42:  // b B
            index &+= 1
            let isFolded = ignoreCase && unicodeMode
            let kind: RegExpAssertion =
                unit == 0x62
                ? (isFolded ? .foldedWordBoundary : .wordBoundary)
                : (isFolded ? .foldedNotWordBoundary : .notWordBoundary)
            append(builds ? tree.addAssertion(kind) : 0)
            return nil
        case 0x31...0x39:
            if let group = parseBackReference() {
                return builds ? tree.addReference(.backReference(group: group, ignoreCase: ignoreCase)) : 0
            }
            if unicodeMode { throw failure("Invalid escape") }
            return literal(parseLegacyOctal())
        case 0x30:
            if unicodeMode {
                index &+= 1
                if peek() &- 0x30 < 10 { throw failure("Invalid decimal escape") }
                return literal(0)
            }
            return literal(parseLegacyOctal())
        case 0x6B:  // k
            if hasNamedReferences() {
                index &+= 1
                return try parseNamedReference()
            }
        case 0x64, 0x44, 0x73, 0x53, 0x77, 0x57:
            index &+= 1
            return builds ? tree.addSet(classEscape(unit)) : 0
        case 0x70, 0x50:  // p P
            if unicodeMode {
                index &+= 1
                var contents = ClassContents()
                try parseProperty(isNegated: unit == 0x50, into: &contents, message: "Invalid property name")
                return try builds ? node(of: contents) : 0
            }
        default: break
        }
        index = start
        return literal(try parseCharacterEscape(isInClass: false))
    }

    private mutating func parseBackReference() -> Int? {
        let start = index
        var value = 0
        while peek() &- 0x30 < 10 {
            value = min(value &* 10 &+ Int(peek() &- 0x30), 1_000_000)
            index &+= 1
        }
        if value <= captureCount || value <= wholePattern().count { return value }
        index = start
        return nil
    }

    /// LegacyOctalEscapeSequence, or one of the digits 8 and 9 as itself.
    mutating func parseLegacyOctal() -> UInt32 {
        var value = peek() &- 0x30
        if value > 7 {
            index &+= 1
            return value &+ 0x30
        }
        index &+= 1
        for _ in 0..<2 {
            let digit = peek() &- 0x30
            guard digit < 8, value < 32 else { break }
            value = value &* 8 &+ digit
            index &+= 1
        }
        return value
    }

    private mutating func parseNamedReference() throws(RegExpSyntaxError) -> RegExpNodeID {
        let offset = index
        guard consume(.less) else { throw failure("Invalid named reference") }
        guard let name = try parseGroupName() else { throw failure("Invalid capture group name") }
        let number = names.number(of: name)
        namedReferences.append((number, offset))
        return builds ? tree.addReference(.namedReference(name: number, ignoreCase: ignoreCase)) : 0
    }

    /// A CharacterEscape with its backslash, everything but decimal escapes outside of classes.
    mutating func parseCharacterEscape(isInClass: Bool) throws(RegExpSyntaxError) -> UInt32 {
        index &+= 1
        if isAtEnd { throw failure("\\ at end of pattern") }
        let unit = peek()
        switch unit {
        case 0x66: return single(0x0C)
        case 0x6E: return single(0x0A)
        case 0x72: return single(0x0D)
        case 0x74: return single(0x09)
        case 0x76: return single(0x0B)
        case 0x63:  // c
            let letter = peek(1)
            if (letter | 0x20) &- 0x61 < 26 {
                index &+= 2
                return letter & 0x1F
            }
            if unicodeMode { throw failure("Invalid Unicode escape") }
            if isInClass && (letter &- 0x30 < 10 || letter == 0x5F) {
                index &+= 2
                return letter & 0x1F
            }
            return 0x5C  // the backslash itself; the c comes next
        case 0x30 where isInClass && unicodeMode:
            index &+= 1
            if peek() &- 0x30 < 10 { throw failure("Invalid class escape") }
            return 0
        case 0x30...0x37 where isInClass:
            if unicodeMode { throw failure("Invalid class escape") }
            return parseLegacyOctal()
        case 0x78:  // x
            if let high = hexDigit(1), let low = hexDigit(2) {
                index &+= 3
                return high << 4 | low
            }
            if unicodeMode { throw failure("Invalid escape") }
            return single(unit)
        case 0x75:  // u
            index &+= 1
            if let value = parseUnicodeEscape(isUnicode: unicodeMode) { return value }
            if unicodeMode { throw failure("Invalid Unicode escape") }
            return unit
        default:
            if unicodeMode {
                guard isSyntaxCharacter(unit) || unit == 0x2F || (isInClass && unit == 0x2D) else {
                    throw failure("Invalid escape")
                }
                return single(unit)
            }
            if unit == 0x6B, hasNamedReferences() { throw failure("Invalid escape") }
            return nextCharacter()
        }
    }

    private mutating func single(_ value: UInt32) -> UInt32 {
        index &+= 1
        return value
    }

    /// `^ $ \ . * + ? ( ) [ ] { } |`
    func isSyntaxCharacter(_ unit: UInt32) -> Bool {
        switch unit {
        case 0x24, 0x28...0x2B, 0x2E, 0x3F, 0x5B...0x5E, 0x7B...0x7D: true
        default: false
        }
    }

    private func hexDigit(_ distance: Int) -> UInt32? {
        let unit = peek(distance)
        if unit &- 0x30 < 10 { return unit &- 0x30 }
        let letter = (unit | 0x20) &- 0x61
        return letter < 6 && unit < 0x80 ? letter &+ 10 : nil
    }

    /// What follows `\u`; nothing is read when it is not an escape.
    private mutating func parseUnicodeEscape(isUnicode: Bool) -> UInt32? {
        if isUnicode && peek(is: .leftBrace) {
            var value: UInt32 = 0
            var distance = 1
            while let digit = hexDigit(distance) {
                value = value << 4 | digit
                if value > CharacterSet.lastCodePoint { return nil }
                distance &+= 1
            }
            guard distance > 1, peek(is: .rightBrace, distance) else { return nil }
            index &+= distance &+ 1
            return value
        }
        guard let value = fourHexDigits(0) else { return nil }
        index &+= 4
        if isUnicode, value & 0xFC00 == 0xD800, peek(is: .backslash), peek(1) == 0x75,
            let low = fourHexDigits(2), low & 0xFC00 == 0xDC00
        {
            index &+= 6
            return 0x10000 &+ ((value & 0x3FF) << 10 | low & 0x3FF)
        }
        return value
    }

    private func fourHexDigits(_ distance: Int) -> UInt32? {
        guard let a = hexDigit(distance), let b = hexDigit(distance &+ 1), let c = hexDigit(distance &+ 2),
            let d = hexDigit(distance &+ 3)
        else { return nil }
        return a << 12 | b << 8 | c << 4 | d
    }

    /// A name and the `>` behind it; `nil` when it is no name.
    mutating func parseGroupName() throws(RegExpSyntaxError) -> [UInt16]? {
        var name: [UInt16] = []
        while !isAtEnd {
            if peek(is: .greater) {
                if name.isEmpty { return nil }
                index &+= 1
                return name
            }
            var character = UTF16Text.scalar(pattern, at: &index)
            if character == Character.ASCII.backslash.code {
                guard peek() == 0x75 else { return nil }
                index &+= 1
                guard let escaped = parseUnicodeEscape(isUnicode: true) else { throw failure("Invalid Unicode escape") }
                character = escaped
            }
            let isValid =
                name.isEmpty ? UnicodeIdentifier.isStart(character) : UnicodeIdentifier.isContinue(character)
            guard isValid else { return nil }
            UTF16Text.append(character, to: &name)
        }
        return nil
    }

    // MARK: Class escapes

    /// The set of `\d \D \s \S \w \W`.
    func classEscape(_ unit: UInt32) -> CharacterSet {
        var set: CharacterSet
        switch unit | 0x20 {
        case 0x64: set = .digits
        case 0x73: set = .spaces
        default:
            set = .words
            if ignoreCase && unicodeMode { set = set.closedOverCase(unicode: true) }
        }
        if unit & 0x20 == 0 { set = set.complement(upTo: lastCharacter) }
        if ignoreCase && unicodeMode && !unicodeSets && unit == 0x57 { set = set.closedOverCase(unicode: true) }
        return set
    }

    /// The last character that a set can have.
    var lastCharacter: UInt32 { unicodeMode ? CharacterSet.lastCodePoint : 0xFFFF }

    /// What follows `\p` or `\P`.
    mutating func parseProperty(
        isNegated: Bool, into contents: inout ClassContents, message: String
    ) throws(RegExpSyntaxError) {
        guard consume(.leftBrace) else { throw failure(message) }
        var name: [UInt8] = []
        var value: [UInt8]?
        while true {
            let unit = peek()
            guard unit &- 0x30 < 10 || (unit | 0x20) &- 0x61 < 26 || unit == 0x5F || unit == 0x3D, unit < 0x80 else {
                break
            }
            index &+= 1
            if unit == 0x3D && value == nil {
                value = []
            } else if value != nil {
                value?.append(UInt8(truncatingIfNeeded: unit))
            } else {
                name.append(UInt8(truncatingIfNeeded: unit))
            }
        }
        guard consume(.rightBrace) else { throw failure(message) }
        try charge(20_000)
        if let pairs = UnicodeProperties.ranges(name: name, value: value) {
            guard builds else { return }
            var set = CharacterSet(pairs: pairs)
            if ignoreCase && unicodeSets { set = try closedOverCase(set) }
            if isNegated { set = set.complement(upTo: lastCharacter) }
            if ignoreCase && !unicodeSets { set = try closedOverCase(set) }
            contents.add(set)
            return
        }
        guard unicodeSets, !isNegated, value == nil, let strings = UnicodeProperties.strings(name: name) else {
            throw failure(message)
        }
        contents.mayContainStrings = true
        guard builds else { return }
        try charge(strings.count &* 2_000)
        for string in strings { addString(string, to: &contents) }
    }

    func addString(_ string: [UInt32], to contents: inout ClassContents) {
        if string.count == 1, let character = string.first {
            contents.add(CharacterRange(character, character))
            contents.needsClosure = contents.needsClosure || ignoreCase
        } else {
            contents.strings.insert(ignoreCase ? string.map { CaseFolding.simpleFold($0) } : string)
        }
    }

    /// Closes a set over case, for a price.
    mutating func closedOverCase(_ set: CharacterSet) throws(RegExpSyntaxError) -> CharacterSet {
        if set.isExpensiveToClose { try charge(100_000) }
        return set.closedOverCase(unicode: unicodeMode)
    }
}
