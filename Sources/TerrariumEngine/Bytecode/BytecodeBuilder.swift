/// Writes the code of one function: instructions, labels, constants, positions, handlers.
///
/// Rules:
/// 1. After an instruction that never continues, nothing is written until a label that something refers to is bound:
///    unreachable code does not exist.
/// 2. Forward jumps use `jump…`, backward ones `loop…`; which one is known when the jump is written, because the target of
///    a backward jump is bound already.
/// 3. Distances of 16 bits that turn out too short are repaired in `finish` (see `BytecodeBuilder+Finish`).
struct BytecodeBuilder {
    struct Label: Equatable {
        var index: Int32
        static let none = Label(index: -1)
    }

    struct Fixup {
        enum Field: UInt8 { case long, short, step }
        var word: UInt32
        var label: Int32
        var field: Field
    }

    struct HandlerRegion {
        var ranges: [(start: UInt32, end: UInt32)]
        var label: Label
        var register: UInt16
    }

    var words: ContiguousArray<UInt64> = []
    private(set) var isReachable = true
    var labelPositions: ContiguousArray<Int32> = []
    var labelIsUsed: ContiguousArray<Bool> = []
    var fixups: ContiguousArray<Fixup> = []
    /// Words of `loadConstant`, whose distances are known at the end.
    var constantLoads: ContiguousArray<UInt32> = []
    /// Constants that 16-bit operands name, and behind them those that only `loadConstant` reaches.
    var constants: [Constant] = []
    var farConstants: [Constant] = []
    var positions: [CodeTemplate.Position] = []
    var expressions: [CodeTemplate.ExpressionRange] = []
    var handlers: [HandlerRegion] = []
    /// Set when something does not fit; nothing is written any more.
    var failure: CompileFailure? = nil

    /// Room for a function of so many nodes, whose code is not moved then while it grows.
    mutating func reserve(nodes: Int) {
        let count = min(nodes, 1 << 20)
        words.reserveCapacity(count &* 4)
        positions.reserveCapacity(count)
        expressions.reserveCapacity(count)
        labelPositions.reserveCapacity(count)
        fixups.reserveCapacity(count)
        constantLoads.reserveCapacity(count)
    }

    /// Places of instructions that are done in one turn with the next one, or may be: `finish` looks at what is there then.
    var pairs: ContiguousArray<UInt32> = []
    /// Place of the last instruction that can be the first of a pair.
    var lastFirst: UInt32 = .max
    /// Places of the last `setScoped` and of the last label.
    var lastStore: UInt32 = .max
    var lastBound: UInt32 = .max

    private var lastPosition: UInt32 = .max
    private var atomIndex: [ConstantText: Int] = [:]
    private var numberIndex: [UInt64: Int] = [:]
    private var symbolIndex: [UInt8: Int] = [:]

    static let maximumWords = 1 << 25
    static let maximumConstants = 1 << 22

    // MARK: Instructions

    var count: UInt32 { UInt32(truncatingIfNeeded: words.count) }

    mutating func append(_ word: UInt64) {
        guard isReachable, failure == nil else { return }
        if words.count >= BytecodeBuilder.maximumWords {
            failure = .codeTooLong
            return
        }
        words.append(word)
    }

    mutating func emit(_ opcode: Opcode, x: UInt8 = 0, a: UInt16 = 0, b: UInt16 = 0, c: UInt16 = 0) {
        // What cannot be reached is not written.
        if isReachable, failure == nil {
            switch opcode {
            case .call, .callThis, .getProperty, .getElement, .getLength, .return: notePair()
            default: break
            }
            switch opcode {
            case .inc, .move, .add, .sub, .mul, .addI, .subI, .mulI, .bitAndI: lastFirst = count
            case .setScoped: lastStore = count
            case .getScoped where count > 0 && lastStore == count - 1 && lastBound != count:
                let store = words[Int(lastStore)]
                if store.fieldX == x, store.fieldB == b, store.fieldC == c {
                    // What was just stored there is still in a register.
                    if store.fieldA != a { emit(.move, a: a, b: store.fieldA) }
                    return
                }
            default: break
            }
        }
        append(Instruction.word(opcode, x: x, a: a, b: b, c: c))
    }

    mutating func emit(_ opcode: Opcode, x: UInt8 = 0, a: UInt16 = 0, immediate: Int32) {
        append(Instruction.word(opcode, x: x, a: a, immediate: immediate))
    }

    /// With an immediate of 16 bits in field c.
    mutating func emit(_ opcode: Opcode, x: UInt8 = 0, a: UInt16, b: UInt16, immediate: Int16) {
        emit(opcode, x: x, a: a, b: b, c: UInt16(bitPattern: immediate))
    }

    /// With the two words of its inline cache.
    mutating func emitCached(_ opcode: Opcode, x: UInt8 = 0, a: UInt16, b: UInt16, c: UInt16) {
        emit(opcode, x: x, a: a, b: b, c: c)
        append(0)
        append(0)
    }

    /// The next instruction belongs to this source offset.
    mutating func mark(_ sourceOffset: UInt32) {
        guard isReachable, sourceOffset != lastPosition, failure == nil else { return }
        lastPosition = sourceOffset
        if let last = positions.indices.last, positions[last].word == count {
            positions[last].sourceOffset = sourceOffset
        } else {
            positions.append(.init(word: count, sourceOffset: sourceOffset))
        }
    }

    /// Messages of the next instruction quote this range.
    mutating func markExpression(_ start: UInt32, _ end: UInt32, _ role: QuotedRole = .callee) {
        guard isReachable, failure == nil else { return }
        if let last = expressions.indices.last, expressions[last].word == count {
            expressions[last] = .init(word: count, start: start, end: end, role: role)
        } else {
            expressions.append(.init(word: count, start: start, end: end, role: role))
        }
    }

    /// Control does not come past here.
    mutating func endReachable() { isReachable = false }

    // MARK: Labels

    mutating func makeLabel() -> Label {
        labelPositions.append(-1)
        labelIsUsed.append(false)
        return Label(index: Int32(truncatingIfNeeded: labelPositions.count - 1))
    }

    mutating func bind(_ label: Label) {
        labelPositions[Int(label.index)] = Int32(truncatingIfNeeded: words.count)
        lastBound = count
        if labelIsUsed[Int(label.index)] { isReachable = true }
        // The code before may have come from elsewhere: its position does not carry over.
        lastPosition = .max
    }

    func isBound(_ label: Label) -> Bool { labelPositions[Int(label.index)] >= 0 }
    func isUsed(_ label: Label) -> Bool { labelIsUsed[Int(label.index)] }

    /// Refers to a label from a place that the builder does not see (a handler).
    mutating func use(_ label: Label) { labelIsUsed[Int(label.index)] = true }

    private mutating func refer(_ label: Label, _ field: Fixup.Field) {
        guard isReachable, failure == nil else { return }
        labelIsUsed[Int(label.index)] = true
        fixups.append(Fixup(word: count, label: label.index, field: field))
    }

    // MARK: Jumps

    mutating func jump(_ label: Label) {
        refer(label, .long)
        emit(isBound(label) ? .loop : .jump)
        isReachable = false
    }

    /// One of the table's entries: an unconditional jump with something behind it.
    mutating func tableEntry(_ label: Label) {
        refer(label, .long)
        emit(.jump)
    }

    /// A jump with a 32-bit distance that has no backward form or is used forward.
    private mutating func longJump(_ opcode: Opcode, _ register: UInt16, _ label: Label) {
        refer(label, .long)
        emit(opcode, a: register)
    }

    mutating func jumpIf(_ register: UInt16, _ sense: Bool, _ label: Label) {
        if isBound(label) {
            longJump(sense ? .loopTrue : .loopFalse, register, label)
        } else {
            longJump(sense ? .jumpTrue : .jumpFalse, register, label)
        }
    }

    enum Test { case nullish, undefined, empty }

    mutating func jumpIf(_ test: Test, _ register: UInt16, _ sense: Bool, _ label: Label) {
        let opcode: Opcode? = switch (test, sense) {
        case (.nullish, true): .jumpNullish
        case (.nullish, false): .jumpNotNullish
        case (.undefined, true): .jumpUndefined
        case (.undefined, false): .jumpNotUndefined
        case (.empty, true): .jumpEmpty
        case (.empty, false): nil
        }
        if let opcode, !isBound(label) {
            longJump(opcode, register, label)
            return
        }
        if case .undefined = test { return jumpIf(register, is: .undefined, sense, label) }
        // Backward, or without an inverse: jump over a jump.
        let over = makeLabel()
        switch (test, sense) {
        case (.nullish, true): longJump(.jumpNotNullish, register, over)
        case (.nullish, false): longJump(.jumpNullish, register, over)
        case (.undefined, _): break
        case (.empty, true):
            let there = makeLabel()
            longJump(.jumpEmpty, register, there)
            jump(over)
            bind(there)
        case (.empty, false): longJump(.jumpEmpty, register, over)
        }
        jump(label)
        bind(over)
    }

    /// Values that a branch compares with at once; numbers as in `loadSpecial`.
    enum SpecialValue: UInt16 { case undefined = 0, null = 1, `false` = 2, `true` = 3 }

    /// `if (r[register] === value) == sense: go to label`
    mutating func jumpIf(_ register: UInt16, is value: SpecialValue, _ sense: Bool, _ label: Label) {
        let opcode: Opcode = isBound(label) ? (sense ? .loopIs : .loopIsNot) : (sense ? .jumpIs : .jumpIsNot)
        refer(label, .short)
        emit(opcode, a: register, b: value.rawValue)
    }

    enum Comparison: UInt8 {
        case lt, le, gt, ge, eq, ne, strictEq, strictNe

        /// The comparison that holds for swapped operands.
        var swapped: Comparison {
            switch self {
            case .lt: .gt
            case .le: .ge
            case .gt: .lt
            case .ge: .le
            default: self
            }
        }
    }

    /// `if (r[left] comparison r[right]) == sense: go to label`
    mutating func jumpIf(_ comparison: Comparison, _ left: UInt16, _ right: UInt16, _ sense: Bool, _ label: Label) {
        switch comparison {
        case .gt:
            fused(sense ? (.jumpLt, .loopLt) : (.jumpNotLt, nil), .lt, sense, right, left, swapped: true, label)
        case .ge:
            fused(sense ? (.jumpLe, .loopLe) : (.jumpNotLe, nil), .le, sense, right, left, swapped: true, label)
        case .lt:
            fused(sense ? (.jumpLt, .loopLt) : (.jumpNotLt, nil), .lt, sense, left, right, swapped: false, label)
        case .le:
            fused(sense ? (.jumpLe, .loopLe) : (.jumpNotLe, nil), .le, sense, left, right, swapped: false, label)
        case .eq, .ne:
            let equal = (comparison == .eq) == sense
            fused((equal ? .jumpEq : .jumpNe, nil), .eq, equal, left, right, swapped: false, label)
        case .strictEq, .strictNe:
            let equal = (comparison == .strictEq) == sense
            fused((equal ? .jumpStrictEq : .jumpStrictNe, nil), .strictEq, equal, left, right, swapped: false, label)
        }
    }

    private mutating func fused(
        _ opcodes: (forward: Opcode, backward: Opcode?), _ base: Comparison, _ sense: Bool, _ a: UInt16, _ b: UInt16,
        swapped: Bool, _ label: Label
    ) {
        let x: UInt8 = swapped ? 1 : 0
        if !isBound(label) {
            refer(label, .short)
            emit(opcodes.forward, x: x, a: a, b: b)
        } else if let backward = opcodes.backward {
            if backward == .loopLt, !swapped { notePair() }
            refer(label, .short)
            emit(backward, x: x, a: a, b: b)
        } else {
            let over = makeLabel()
            let inverse: Opcode = switch base {
            case .lt: sense ? .jumpNotLt : .jumpLt
            case .le: sense ? .jumpNotLe : .jumpLe
            case .eq: sense ? .jumpNe : .jumpEq
            default: sense ? .jumpStrictNe : .jumpStrictEq
            }
            refer(over, .short)
            emit(inverse, x: x, a: a, b: b)
            jump(label)
            bind(over)
        }
    }

    /// Before an instruction that can be the second of a pair.
    private mutating func notePair() {
        if isReachable, failure == nil, count > 0, lastFirst == count - 1 { pairs.append(lastFirst) }
    }

    /// Whether `jumpIf` with an immediate exists.
    static func hasImmediate(_ comparison: Comparison) -> Bool { comparison != .eq && comparison != .ne }

    mutating func jumpIf(_ comparison: Comparison, _ left: UInt16, immediate: Int16, _ sense: Bool, _ label: Label) {
        let forward: Opcode, inverse: Opcode
        var backward: Opcode? = nil
        switch (comparison, sense) {
        case (.lt, true): (forward, inverse, backward) = (.jumpLtI, .jumpNotLtI, .loopLtI)
        case (.le, true): (forward, inverse, backward) = (.jumpLeI, .jumpNotLeI, .loopLeI)
        case (.gt, true): (forward, inverse, backward) = (.jumpGtI, .jumpNotGtI, .loopGtI)
        case (.ge, true): (forward, inverse, backward) = (.jumpGeI, .jumpNotGeI, .loopGeI)
        case (.lt, false): (forward, inverse) = (.jumpNotLtI, .jumpLtI)
        case (.le, false): (forward, inverse) = (.jumpNotLeI, .jumpLeI)
        case (.gt, false): (forward, inverse) = (.jumpNotGtI, .jumpGtI)
        case (.ge, false): (forward, inverse) = (.jumpNotGeI, .jumpGeI)
        case (.strictNe, true), (.strictEq, false):
            (forward, inverse, backward) = (.jumpStrictNeI, .jumpStrictEqI, .loopStrictNeI)
        default: (forward, inverse) = (.jumpStrictEqI, .jumpStrictNeI)
        }
        let b = UInt16(bitPattern: immediate)
        if !isBound(label) {
            refer(label, .short)
            emit(forward, a: left, b: b)
        } else if let backward {
            if backward == .loopLtI { notePair() }
            refer(label, .short)
            emit(backward, a: left, b: b)
        } else {
            let over = makeLabel()
            refer(over, .short)
            emit(inverse, a: left, b: b)
            jump(label)
            bind(over)
        }
    }

    /// An instruction with a forward 16-bit distance in field c: getIteratorFast, arraySpreadFast, takeRest, forInNext.
    mutating func emitShort(_ opcode: Opcode, a: UInt16, b: UInt16, _ label: Label) {
        refer(label, .short)
        emit(opcode, a: a, b: b)
    }

    /// `iteratorStepFast`; `body` must be bound within 255 words.
    mutating func iteratorStep(a: UInt16, base: UInt16, body: Label, exhausted: Label) {
        refer(exhausted, .short)
        refer(body, .step)
        emit(.iteratorStepFast, a: a, b: base)
    }

    // MARK: Constants

    /// Index of the first far constant.
    static let firstFar = 1 << 24
    /// The last indices that fit 16 bits are kept for operands that have no other form.
    static let lastShared = 60_000

    private mutating func add(_ constant: Constant, far: Bool = false) -> Int {
        if constants.count + farConstants.count >= BytecodeBuilder.maximumConstants { failure = .tooManyConstants }
        if far {
            farConstants.append(constant)
            return BytecodeBuilder.firstFar + farConstants.count - 1
        }
        constants.append(constant)
        return constants.count - 1
    }

    mutating func constant(_ constant: Constant) -> Int { add(constant) }

    /// A property name. When there are very many, it is one that only `loadConstant` reaches, unless it is required.
    mutating func atom(_ text: ConstantText, required: Bool = false) -> Int {
        if let index = atomIndex[text], !required || short(index) != nil { return index }
        let index = add(.atom(text), far: !required && constants.count >= BytecodeBuilder.lastShared)
        atomIndex[text] = index
        return index
    }

    /// As `atom`, for a text that the caller has not asked for before.
    mutating func newAtom(_ text: ConstantText, required: Bool = false) -> Int {
        add(.atom(text), far: !required && constants.count >= BytecodeBuilder.lastShared)
    }

    /// A string that the caller has not asked for before.
    mutating func newString(_ text: ConstantText) -> Int { add(.string(text), far: true) }

    mutating func number(_ value: Double) -> Int {
        if let index = numberIndex[value.bitPattern] { return index }
        let index = add(.number(value), far: true)
        numberIndex[value.bitPattern] = index
        return index
    }

    mutating func symbol(_ symbol: UInt8) -> Int {
        if let index = symbolIndex[symbol] { return index }
        let index = add(.wellKnownSymbol(symbol))
        symbolIndex[symbol] = index
        return index
    }

    /// An index for a 16-bit operand, nil when it does not fit.
    func short(_ index: Int) -> UInt16? { index < 0xFFFF ? UInt16(truncatingIfNeeded: index) : nil }

    /// An index for a 16-bit operand that has no other form.
    mutating func require(_ index: Int) -> UInt16 {
        if let short = short(index) { return short }
        failure = .tooManyConstants
        return 0
    }

    mutating func loadConstant(_ register: UInt16, _ index: Int) {
        guard isReachable, failure == nil else { return }
        constantLoads.append(count)
        emit(.loadConstant, a: register, immediate: Int32(truncatingIfNeeded: index))
    }
}

/// Why a source that parses cannot be compiled.
enum CompileFailure: Error {
    case codeTooLong, tooManyConstants, tooManyRegisters, tooManyScopeSlots, tooManyArguments, nestingTooDeep, calledOff
    case unsupported(String)

    var message: String {
        switch self {
        case .codeTooLong: "Function is too long"
        case .tooManyConstants: "Function has too many constants"
        case .tooManyRegisters: "Function has too many variables or needs too deep an expression"
        case .tooManyScopeSlots: "Scope has too many captured variables"
        case .tooManyArguments: "Too many arguments in function call (only 32766 allowed)"
        case .nestingTooDeep: "Source is nested too deeply"
        case .calledOff: "Nobody waits for this"
        case .unsupported(let what): what
        }
    }
}
