import TerrariumText

/// Tree to program.
///
/// Rules that hold here:
/// 1. No recursion: what is left to emit waits on a stack of tasks, because patterns nest as deep as they are long.
/// 2. A piece is emitted with what can follow it. That is how loops that never need to give anything back are found, and
///    alternatives that the next unit rules out.
/// 3. Nothing is unrolled: the size of the program is linear in the size of the tree, and bounded by the limits.
struct RegExpCodeGenerator: Sendable {
    let tree: RegExpTree
    let limits: RegExpLimits
    var words: [UInt32] = []
    var tasks: [Task] = []
    var registerCount: Int
    var classes = ClassTable()
    /// Jumps to the ends of the alternations that are open: chains through the operand of the jumps, 0 ends one.
    var endChains: [UInt32] = []
    /// For the alternations that are open: what can come first in the alternatives from each on.
    var suffixes: [[FirstSet]] = []
    /// The instruction that searches, and the loop that a match begins with.
    var searchPlace = 0
    private var watch = CallOffWatch()
    var leadingLoop: RegExpNodeID? = nil

    /// What comes after a piece.
    struct Follow {
        var first: FirstSet
        /// Whatever comes after it succeeds, so the piece is never asked for another way to match.
        var accepts: Bool
        /// `\b` comes next.
        var isWordBoundary = false
        /// The piece is an iteration, the next unit decides whether there is another, and nothing needs to know how many.
        var repeats = false
        /// The next unit is known to be one that the piece can begin with.
        var isPeeked = false

        static let unknown = Follow(first: .everything, accepts: false)
        static let acceptance = Follow(first: .everything, accepts: true)
    }

    enum Task {
        case node(RegExpNodeID, Follow)
        case backwardNode(RegExpNodeID)
        /// A range of `tree.children` that are all characters.
        case string(Range<Int>)
        case instruction(RegExpOpcode, UInt32)
        case alternative(children: Range<Int>, Follow)
        case backwardAlternative(children: Range<Int>)
        case alternativeEnd
        case endAlternation
        /// The place to jump to of an instruction is here.
        case target(JumpUse)
        case loopEnd(Loop)
    }

    /// A jump target that is not known yet: operand 0 is `a`, others are whole words.
    struct JumpUse {
        var instruction: Int
        var operand: Int
    }

    /// A loop whose body is being emitted.
    struct Loop {
        enum Shape { case optional, star, plus, counted }
        var shape: Shape
        var isGreedy: Bool
        var minimum: UInt32
        /// First word of an iteration.
        var head = 0
        var exits: [JumpUse] = []
        var counter: UInt32 = 0
        /// Register with the position where the iteration began, if iterations may be empty.
        var mark: UInt32?
        var first: FirstSet
        var follow: Follow
        var isBackward: Bool
        var hasCaptures: Bool
    }

    init(tree: RegExpTree, limits: RegExpLimits) {
        self.tree = tree
        self.limits = limits
        registerCount = 2 &* (tree.captureCount &+ 1)
        if tree.nodes.count > 1 << 16 {
            tasks.reserveCapacity(min(tree.nodes.count &* 2, 1 << 21))
            words.reserveCapacity(min(tree.nodes.count &* 4, limits.words) &+ 1024)
        }
    }

    mutating func generate(flags: RegExpFlags) throws(RegExpSyntaxError) -> RegExpProgram {
        words.append(contentsOf: repeatElement(0, count: RegExpLayout.headerWords))
        tasks.append(.instruction(.match, 0))
        emitSearch()
        try run()
        words[0] =
            (flags.hasEitherUnicodeFlag ? RegExpLayout.unicodeBit : 0)
            | (flags.contains(.sticky) ? RegExpLayout.stickyBit : 0)
        words[RegExpLayout.registerCountWord] = UInt32(truncatingIfNeeded: registerCount)
        words[RegExpLayout.captureCountWord] = UInt32(truncatingIfNeeded: tree.captureCount)
        classes.emit(into: &words, limit: limits.words)
        try checkSize()
        return RegExpProgram(
            words: words, captureCount: tree.captureCount, groupNames: tree.groupNames, flags: flags,
            registerCount: registerCount)
    }

    private func checkSize() throws(RegExpSyntaxError) {
        if words.count > limits.words || tree.rangeCount > limits.ranges {
            throw RegExpSyntaxError(message: "Regular expression too large", offset: 0)
        }
    }

    private mutating func run() throws(RegExpSyntaxError) {
        while let task = tasks.popLast() {
            try watch.note(100, limits)
            switch task {
            case .node(let node, let follow): emit(node, follow)
            case .backwardNode(let node): emitBackward(node)
            case .string(let children): emitString(units(of: children))
            case .instruction(let opcode, let operand): emit(opcode, operand)
            case .alternative(let children, let follow): emitAlternative(children, follow)
            case .backwardAlternative(let children): emitBackwardAlternative(children)
            case .alternativeEnd:
                if isFollowedByMatch {
                    emit(.match)
                    break
                }
                let jump = emit(.jump, endChains.last ?? 0)
                if !endChains.isEmpty { endChains[endChains.count &- 1] = UInt32(truncatingIfNeeded: jump) }
            case .endAlternation: endAlternation()
            case .target(let use): setTarget(use)
            case .loopEnd(let loop): endLoop(loop)
            }
            try checkSize()
        }
    }

    /// Whether the alternation whose alternative ends here ends the pattern.
    private var isFollowedByMatch: Bool {
        guard case .instruction(.match, _) = tasks.first else { return false }
        for index in 1..<max(1, tasks.count) {
            switch tasks[index] {
            case .alternative: if index > 1 { return false }
            case .target: if index == 1 { return false }
            default: return false
            }
        }
        return true
    }

    // MARK: Words

    @discardableResult
    mutating func emit(_ opcode: RegExpOpcode, _ operand: UInt32 = 0, _ more: UInt32...) -> Int {
        let place = words.count
        words.append(UInt32(opcode.rawValue) | operand << 8)
        words.append(contentsOf: more)
        return place
    }

    var here: UInt32 { UInt32(truncatingIfNeeded: words.count) }

    mutating func setTarget(_ use: JumpUse) {
        if use.operand == 0 {
            words[use.instruction] |= here << 8
        } else {
            words[use.instruction &+ use.operand] |= here
        }
    }

    mutating func newRegisters(_ count: Int) -> UInt32 {
        defer { registerCount &+= count }
        return UInt32(truncatingIfNeeded: registerCount)
    }

    func units(of children: Range<Int>) -> [UInt16] {
        var result: [UInt16] = []
        for child in tree.children[children] { appendUnits(of: child, to: &result) }
        return result
    }

    func appendUnits(of node: RegExpNodeID, to result: inout [UInt16]) {
        if case .character(let character) = tree.node(node) { UTF16Text.append(character, to: &result) }
    }

    mutating func emitString(_ units: [UInt16]) {
        let packed = RegExpCodeGenerator.packed(units)
        switch units.count {
        case 0: break
        case 1: emit(.character, UInt32(units[0]))
        case 2: emit(.characterPair, 0, packed[0])
        default:
            emit(.string, UInt32(truncatingIfNeeded: units.count))
            words.append(contentsOf: packed)
        }
    }

    /// Two units in a word, the first one low.
    static func packed(_ units: [UInt16]) -> [UInt32] {
        stride(from: 0, to: units.count, by: 2).map {
            UInt32(units[$0]) | ($0 &+ 1 < units.count ? UInt32(units[$0 &+ 1]) << 16 : 0)
        }
    }

    /// Jumps away unless the next unit can start a piece.
    mutating func emitPeek(_ first: FirstSet) -> JumpUse {
        if let unit = first.singleUnit { return JumpUse(instruction: emit(.peekCharacter, unit, 0), operand: 1) }
        let place = emit(.peekSet, 0, first.end ? RegExpLayout.endBit : 0)
        classes.use(first, at: place, isOperand: true)
        return JumpUse(instruction: place, operand: 1)
    }
}
