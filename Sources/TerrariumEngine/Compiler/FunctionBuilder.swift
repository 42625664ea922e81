/// A place in the code that jumps go to.
struct Label: Equatable { var id: Int }

/// Emits the words of one function: registers, constants, labels, positions, handlers.
///
/// Jumps are emitted in their final size: distances that do not fit 16 bits end the compilation with `tooLarge`, which
/// only a function of more than 32,767 words in one loop or branch meets; such branches are emitted as a short branch
/// around a long jump from the start (`farBranches`) when the compiler tries the function again.
struct FunctionBuilder {
    var template = CodeTemplate()
    private(set) var words: [UInt64] = []
    private var labelPositions: [Int] = []
    private var fixups: [(word: Int, label: Int, short: Bool)] = []
    private var constantIndex: [ConstantText: UInt16] = [:]
    private var numberIndex: [UInt64: UInt16] = [:]
    private(set) var tooLarge = false
    /// Fused branches are written as an inverted branch over a long jump.
    var farBranches = false
    /// First free register.
    private(set) var top: UInt16 = 4
    private(set) var highest: UInt16 = 4

    // MARK: Registers

    mutating func allocate(_ count: UInt16 = 1) -> UInt16 {
        let register = top
        if Int(top) + Int(count) > 60_000 { tooLarge = true; return register }
        top += count
        highest = max(highest, top)
        return register
    }

    mutating func release(to register: UInt16) { top = register }

    // MARK: Emission

    var position: Int { words.count }

    mutating func emit(_ word: UInt64) { words.append(word) }

    mutating func emit(_ opcode: Opcode, x: UInt8 = 0, a: UInt16 = 0, b: UInt16 = 0, c: UInt16 = 0, cache: Int = 0) {
        words.append(Instruction.word(opcode, x: x, a: a, b: b, c: c))
        for _ in 0..<cache { words.append(0) }
    }

    mutating func emit(_ opcode: Opcode, a: UInt16, immediate: Int32) {
        words.append(Instruction.word(opcode, a: a, immediate: immediate))
    }

    /// Replaces a word that was reserved.
    mutating func patch(_ index: Int, _ word: UInt64) { words[index] = word }

    /// Notes where in the source the next instruction comes from.
    mutating func mark(_ sourceOffset: UInt32) {
        let word = UInt32(truncatingIfNeeded: words.count)
        if let last = template.positions.last {
            if last.sourceOffset == sourceOffset { return }
            if last.word == word { template.positions.removeLast() }
        }
        template.positions.append(.init(word: word, sourceOffset: sourceOffset))
    }

    // MARK: Labels

    mutating func makeLabel() -> Label {
        labelPositions.append(-1)
        return Label(id: labelPositions.count - 1)
    }

    mutating func place(_ label: Label) { labelPositions[label.id] = words.count }

    func isPlaced(_ label: Label) -> Bool { labelPositions[label.id] >= 0 }

    /// A jump with a 32-bit distance.
    mutating func jump(_ opcode: Opcode, a: UInt16 = 0, to label: Label) {
        fixups.append((words.count, label.id, false))
        words.append(Instruction.word(opcode, a: a, immediate: 0))
    }

    /// A jump with a 16-bit distance in field c.
    mutating func shortJump(_ opcode: Opcode, x: UInt8 = 0, a: UInt16 = 0, b: UInt16 = 0, to label: Label) {
        fixups.append((words.count, label.id, true))
        words.append(Instruction.word(opcode, x: x, a: a, b: b))
    }

    // MARK: Constants

    mutating func constant(_ value: Constant) -> UInt16 {
        if template.constants.count >= 65_000 { tooLarge = true; return 0 }
        template.constants.append(value)
        return UInt16(truncatingIfNeeded: template.constants.count - 1)
    }

    mutating func atom(_ text: ConstantText) -> UInt16 {
        if let index = constantIndex[text] { return index }
        let index = constant(.atom(text))
        constantIndex[text] = index
        return index
    }

    mutating func number(_ value: Double) -> UInt16 {
        if let index = numberIndex[value.bitPattern] { return index }
        let index = constant(.number(value))
        numberIndex[value.bitPattern] = index
        return index
    }

    /// loadConstant: the distance is filled in by `finish`, when the size of the pool is known.
    mutating func loadConstant(_ register: UInt16, _ index: UInt16) {
        words.append(Instruction.word(.loadConstant, a: register, immediate: Int32(index)))
        constantLoads.append(words.count - 1)
    }
    private var constantLoads: [Int] = []

    mutating func addHandler(start: Int, end: Int, target: Int, register: UInt16) {
        if start == end { return }
        template.handlers.append(
            .init(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                target: UInt32(truncatingIfNeeded: target), register: register))
    }

    // MARK: The end

    /// Resolves jumps and constants.
    mutating func finish() -> CodeTemplate {
        for fixup in fixups {
            let distance = labelPositions[fixup.label] - (fixup.word + 1)
            if fixup.short {
                guard let short = Int16(exactly: distance) else { tooLarge = true; continue }
                words[fixup.word] |= UInt64(UInt16(bitPattern: short)) << 48
            } else {
                let bytes = Int32(truncatingIfNeeded: distance * 8)
                words[fixup.word] |= UInt64(UInt32(bitPattern: bytes)) << 32
            }
        }
        let count = template.constants.count
        for position in constantLoads {
            let index = Int(words[position].immediate)
            // Constants lie right before the code.
            let distance = Int32(truncatingIfNeeded: (index - count - position - 1) * 8)
            words[position] = Instruction.word(.loadConstant, a: words[position].fieldA, immediate: distance)
        }
        template.words = words
        template.registerCount = highest + 1
        return template
    }
}
