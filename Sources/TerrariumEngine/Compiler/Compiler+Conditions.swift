import TerrariumSyntax

/// Conditions as control flow: comparisons fuse with the branch, `&&`, `||` and `!` are jumps.
extension Compiler {
    /// Truth of a literal.
    mutating func constantTruth(_ id: NodeID) -> Bool? {
        let item = node(unwrapped(id))
        switch item.kind {
        case .boolean: return item.flags & 1 != 0
        case .null: return false
        case .number:
            let value = number(item)
            return !(value == 0 || value.isNaN)
        case .string: return !program.names.text(item.a).isEmpty
        default: return nil
        }
    }

    /// Goes to the label when the truth of the expression is `sense`, otherwise continues.
    mutating func jump(_ id: NodeID, if sense: Bool, to label: BytecodeBuilder.Label) {
        guard mayRecurse() else { return }
        var id = unwrapped(id)
        var sense = sense
        while node(id).kind == .unary, node(id).flags == UnaryOperator.not.rawValue {
            sense.toggle()
            id = unwrapped(node(id).a)
        }
        if let known = constantTruth(id) {
            if known == sense { jump(label) }
            return
        }
        let item = node(id)
        let saved = state.nextRegister
        switch item.kind {
        case .logical where item.flags < 2: logicalJump(item, sense, label)
        case .binary where comparison(item.flags) != nil: compareJump(item, sense, label)
        case .sequence:
            let list = program.list(item.a, item.b)
            for part in list.dropLast() { effect(part) }
            jump(list.last ?? 0, if: sense, to: label)
        default:
            let value = evaluate(id, .any)
            state.builder.jumpIf(value, sense, label)
        }
        release(to: saved)
    }

    private mutating func logicalJump(_ item: Node, _ sense: Bool, _ label: BytecodeBuilder.Label) {
        var parts = [item.b]
        var left = item.a
        while case let inner = node(unwrapped(left)), inner.kind == .logical, inner.flags == item.flags {
            parts.append(inner.b)
            left = inner.a
        }
        parts.append(left)
        parts.reverse()
        // The value that decides the whole at once.
        let deciding = item.flags == 1
        if deciding == sense {
            for part in parts where goesOn() { jump(part, if: sense, to: label) }
            return
        }
        let end = makeLabel()
        for part in parts.dropLast() where goesOn() { jump(part, if: deciding, to: end) }
        jump(parts.last ?? 0, if: sense, to: label)
        bind(end)
    }

    mutating func comparison(_ flags: UInt8) -> BytecodeBuilder.Comparison? {
        switch BinaryOperator(rawValue: flags) {
        case .lt: .lt
        case .le: .le
        case .gt: .gt
        case .ge: .ge
        case .eq: .eq
        case .ne: .ne
        case .strictEq: .strictEq
        case .strictNe: .strictNe
        default: nil
        }
    }

    /// A literal int of 16 bits, perhaps with a sign.
    mutating func smallInt(_ id: NodeID) -> Int16? {
        guard let value = foldedNumber(id, 4), let int = Int16(exactly: value), int != 0 || value.sign == .plus else {
            return nil
        }
        return int
    }

    private mutating func specialLiteral(_ id: NodeID) -> BytecodeBuilder.SpecialValue? {
        let item = node(unwrapped(id))
        if item.kind == .null { return .null }
        return item.kind == .boolean ? (item.flags & 1 != 0 ? .true : .false) : nil
    }

    private mutating func compareJump(_ item: Node, _ sense: Bool, _ label: BytecodeBuilder.Label) {
        guard let test = comparison(item.flags) else { return }
        let isEquality = test == .eq || test == .ne || test == .strictEq || test == .strictNe
        if isEquality {
            let isEqual = (test == .eq || test == .strictEq) == sense
            for (side, other) in [(item.b, item.a), (item.a, item.b)] {
                let isNull = node(unwrapped(side)).kind == .null
                let isLoose = test == .eq || test == .ne
                if !isLoose, let special = specialLiteral(side) {
                    let value = evaluate(other, .any)
                    state.builder.jumpIf(value, is: special, isEqual, label)
                    return
                }
                guard isUndefined(side) || (isNull && isLoose) else { continue }
                let value = evaluate(other, .any)
                state.builder.jumpIf(isLoose ? .nullish : .undefined, value, isEqual, label)
                return
            }
        }
        if BytecodeBuilder.hasImmediate(test) {
            if let value = smallInt(item.b) {
                let left = evaluate(item.a, .any)
                mark(item.c)
                state.builder.jumpIf(test, left, immediate: value, sense, label)
                return
            }
            if let value = smallInt(item.a) {
                let right = evaluate(item.b, .any)
                mark(item.c)
                state.builder.jumpIf(test.swapped, right, immediate: value, sense, label)
                return
            }
        }
        let right = node(item.b)
        let leftRegister = operand(item.a, before: right.start, right.end)
        let rightRegister = if let limit = state.heldLimit, limit.node == item.b { limit.register } else { evaluate(item.b, .any) }
        mark(item.c)
        state.builder.jumpIf(test, leftRegister, rightRegister, sense, label)
    }
}
