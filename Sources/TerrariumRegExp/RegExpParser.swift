import TerrariumText

/// Reads a pattern (ECMA-262, 22.2.1 with Annex B.1.2).
///
/// Groups nest on an explicit stack: how deep a pattern nests does not matter to the native one. With `builds` off it only
/// looks for errors, for the parser of the language, and makes no tree.
struct RegExpParser: Sendable {
    let pattern: [UInt16]
    let limits: RegExpLimits
    let builds: Bool
    /// The `u` or the `v` flag.
    let unicodeMode: Bool
    let unicodeSets: Bool

    var index = 0
    var ignoreCase: Bool
    var multiline: Bool
    var dotAll: Bool
    var tree: RegExpTree
    var work = 0
    var watch = CallOffWatch()

    var frames: [GroupFrame] = []
    /// Nodes of the sequences being read, those of the innermost group last.
    var terms: [RegExpNodeID] = []
    /// Finished alternatives of the open groups.
    var alternatives: [RegExpNodeID] = []
    /// Captures opened so far.
    var captureCount = 0
    var names = GroupNames()
    /// `\k<name>` seen: checked at the end, when all names are known.
    var namedReferences: [(name: Int, offset: Int)] = []
    /// How many groups the whole pattern has, and whether one has a name; found out when somebody asks.
    private var scannedGroups: (count: Int, hasNames: Bool)?

    enum GroupKind {
        case pattern
        case capture(index: Int32)
        case plain
        case look(isBehind: Bool, isNegative: Bool)
    }

    /// An open group.
    struct GroupFrame {
        var kind: GroupKind
        var firstTerm: Int32
        var firstAlternative: Int32
        /// Captures opened before the group.
        var capturesBefore: Int32
        /// Inside a look-behind, which matches from right to left.
        var isBackward: Bool
        var savedIgnoreCase: Bool
        var savedMultiline: Bool
        var savedDotAll: Bool
    }

    init(pattern: [UInt16], flags: RegExpFlags, limits: RegExpLimits, builds: Bool) {
        self.pattern = pattern
        self.limits = limits
        self.builds = builds
        unicodeMode = flags.hasEitherUnicodeFlag
        unicodeSets = flags.contains(.unicodeSets)
        ignoreCase = flags.contains(.ignoreCase)
        multiline = flags.contains(.multiline)
        dotAll = flags.contains(.dotAll)
        tree = RegExpTree(isUnicode: unicodeMode)
        // No more than that, as a guest says how long a pattern is.
        let room = min(pattern.count, 1 << 20)
        if room > 1 << 16 {
            frames.reserveCapacity(room / 2)
            if builds {
                terms.reserveCapacity(room)
                tree.reserve(room)
            }
        }
    }

    // MARK: Reading

    var isAtEnd: Bool { index >= pattern.count }

    /// The unit at the index plus `distance`; 0xFFFF_FFFF behind the end.
    func peek(_ distance: Int = 0) -> UInt32 {
        let position = index &+ distance
        return position < pattern.count ? UInt32(pattern[position]) : .max
    }

    func peek(is character: Character.ASCII, _ distance: Int = 0) -> Bool { peek(distance) == character.code }

    mutating func consume(_ character: Character.ASCII) -> Bool {
        guard peek(is: character) else { return false }
        index &+= 1
        return true
    }

    /// A source character: a code point with the `u` or `v` flag, else a unit.
    mutating func nextCharacter() -> UInt32 {
        if unicodeMode { return UTF16Text.scalar(pattern, at: &index) }
        let unit = UInt32(pattern[index])
        index &+= 1
        return unit
    }

    func failure(_ message: String) -> RegExpSyntaxError { RegExpSyntaxError(message: message, offset: index) }

    /// Charges for work that a few units of pattern can cause.
    mutating func charge(_ amount: Int) throws(RegExpSyntaxError) {
        work &+= amount
        try watch.note(amount, limits)
        if work > limits.work || tree.rangeCount > limits.ranges { throw failure("Regular expression too large") }
    }

    // MARK: Groups of the whole pattern

    mutating func wholePattern() -> (count: Int, hasNames: Bool) {
        if let scannedGroups { return scannedGroups }
        let result = scanGroups()
        scannedGroups = result
        return result
    }

    /// Whether `\k` is a reference: always in unicode mode, else if the pattern has a named group.
    mutating func hasNamedReferences() -> Bool { unicodeMode || wholePattern().hasNames }

    private func scanGroups() -> (count: Int, hasNames: Bool) {
        var count = 0
        var hasNames = false
        var classDepth = 0
        var position = 0
        while position < pattern.count {
            let unit = pattern[position]
            position &+= 1
            switch UInt32(unit) {
            case 0x5C: position &+= 1
            case 0x5B: classDepth = unicodeSets ? classDepth &+ 1 : 1
            case 0x5D: classDepth = max(0, classDepth &- 1)
            case 0x28 where classDepth == 0:
                if position < pattern.count, pattern[position] == 0x3F {
                    guard position &+ 2 < pattern.count, pattern[position &+ 1] == 0x3C else { continue }
                    let next = pattern[position &+ 2]
                    if next == 0x3D || next == 0x21 { continue }
                    hasNames = true
                }
                count &+= 1
            default: break
            }
        }
        return (count, hasNames)
    }
}

extension Character {
    /// The ASCII characters with a meaning in patterns, by name.
    enum ASCII: UInt32 {
        case exclamationMark = 0x21, dollar = 0x24, ampersand = 0x26, leftParenthesis = 0x28, rightParenthesis, asterisk
        case plus, comma, minus, dot, slash
        case zero = 0x30, nine = 0x39
        case colon = 0x3A, less = 0x3C, equals, greater, questionMark
        case leftBracket = 0x5B, backslash, rightBracket, circumflex, underscore
        case leftBrace = 0x7B, bar, rightBrace

        var code: UInt32 { rawValue }
    }
}
