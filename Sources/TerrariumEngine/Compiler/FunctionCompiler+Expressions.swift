import TerrariumSyntax

/// Expressions. `expression(_:into:)` leaves the value in a given register; `operand` says where it is, which for
/// locals is their own register.
extension FunctionCompiler {
    /// Evaluates into a fresh temporary or uses a local in place.
    func operand(_ id: NodeID) throws(CompileError) -> UInt16 {
        if let register = localRegister(id) { return register }
        let register = builder.allocate()
        try expression(id, into: register)
        return register
    }

    /// As `operand`, but safe when `later` is evaluated before the value is used: a local that may be assigned there is
    /// copied.
    func operand(_ id: NodeID, before later: NodeID) throws(CompileError) -> UInt16 {
        if let register = localRegister(id) {
            var budget = 24
            if !mayAssign(later, &budget) { return register }
            let copy = builder.allocate()
            builder.emit(.move, a: copy, b: register)
            return copy
        }
        return try operand(id)
    }

    /// Whether evaluating a node may assign a local of this function; true when it is too large to tell.
    func mayAssign(_ id: NodeID, _ budget: inout Int) -> Bool {
        budget -= 1
        if budget < 0 { return true }
        let item = node(id)
        switch item.kind {
        case .none, .identifier, .number, .string, .boolean, .null, .this, .function, .regExp, .bigInt, .newTarget:
            return false
        case .member, .unary, .parenthesized, .spread, .optionalChain, .privateMember:
            return mayAssign(item.a, &budget)
        case .index, .binary, .logical: return mayAssign(item.a, &budget) || mayAssign(item.b, &budget)
        case .conditional:
            return mayAssign(item.a, &budget) || mayAssign(item.b, &budget) || mayAssign(item.c, &budget)
        case .call, .new:
            if mayAssign(item.a, &budget) { return true }
            for argument in program.list(item.b, item.c) where mayAssign(argument, &budget) { return true }
            return false
        default: return true
        }
    }

    func expression(_ id: NodeID, into register: UInt16) throws(CompileError) {
        try checkStack()
        let item = node(id)
        let top = builder.top
        defer { builder.release(to: top) }
        switch item.kind {
        case .parenthesized: try expression(item.a, into: register)
        case .identifier: try loadName(item.a, into: register, from: item.b, offset: item.start)
        case .number: loadNumber(program.numbers[Int(item.a)], into: register)
        case .string: builder.loadConstant(register, builder.atom(session.text(item.a)))
        case .bigInt: try loadBigInt(item, into: register)
        case .boolean: builder.emit(.loadSpecial, a: register, immediate: item.flags == 1 ? 3 : 2)
        case .null: builder.emit(.loadSpecial, a: register, immediate: 1)
        case .this: loadThis(into: register, offset: item.start)
        case .regExp:
            let index = builder.constant(.atom(session.text(item.a)))
            _ = builder.constant(.atom(session.text(item.b)))
            builder.mark(item.start)
            builder.emit(.newRegExp, a: register, c: index)
        case .template: try template(item, into: register)
        case .taggedTemplate: try taggedTemplate(item, into: register)
        case .array: try array(item, into: register)
        case .object: try object(item, into: register)
        case .function: try closure(item.a, into: register)
        case .class: try classDefinition(item.a, into: register)
        case .unary: try unary(item, into: register)
        case .update: try update(item, into: register)
        case .binary: try binary(id, into: register)
        case .logical: try logical(item, into: register)
        case .assign: try assign(item, into: register)
        case .conditional:
            let otherwise = builder.makeLabel(), end = builder.makeLabel()
            try condition(item.a, jumpIfFalse: otherwise)
            try expression(item.b, into: register)
            builder.jump(.jump, to: end)
            builder.place(otherwise)
            try expression(item.c, into: register)
            builder.place(end)
        case .call: try call(item, into: register)
        case .new: try construct(item, into: register)
        case .member, .index, .privateMember: try member(item, into: register)
        case .optionalChain:
            let exit = builder.makeLabel(), end = builder.makeLabel()
            optionalExits.append(exit)
            try expression(item.a, into: register)
            optionalExits.removeLast()
            builder.jump(.jump, to: end)
            builder.place(exit)
            builder.emit(.loadSpecial, a: register, immediate: 0)
            builder.place(end)
        case .sequence:
            let items = Array(program.list(item.a, item.b))
            for entry in items.dropLast() {
                let scratch = builder.allocate()
                try expression(entry, into: scratch)
                builder.release(to: scratch)
            }
            if let last = items.last { try expression(last, into: register) }
        case .yield: try yield(item, into: register)
        case .await:
            let value = builder.allocate()
            try expression(item.a, into: value)
            builder.mark(item.start)
            builder.emit(.await, a: register, b: value)
        case .newTarget:
            let owner = program.functions[Int(thisOwner())]
            if info.kind == .arrow, let slot = session.scopes[Int(owner.parameterScope)].newTargetSlot {
                let (base, hops) = reach(owner.parameterScope)
                builder.emit(.getScoped, x: hops, a: register, b: base, c: slot)
            } else {
                builder.emit(.loadNewTarget, a: register)
            }
        case .importCall:
            let specifier = builder.allocate(2)
            try expression(item.a, into: specifier)
            if item.b != 0 { try expression(item.b, into: specifier + 1) }
            else { builder.emit(.loadSpecial, a: specifier + 1, immediate: 0) }
            builder.mark(item.start)
            builder.emit(.importCall, a: register, b: specifier, c: specifier + 1)
        case .importMeta: builder.emit(.importMeta, a: register)
        case .privateIn:
            let right = try operand(item.b)
            let name = builder.allocate()
            try loadPrivateName(item.a, into: name, from: item.c, offset: item.start)
            builder.mark(item.start)
            builder.emit(.hasPrivate, a: register, b: right, c: name)
        default: throw unsupported("this expression", item.start)
        }
    }

    func loadNumber(_ value: Double, into register: UInt16) {
        if let small = Int32(exactly: value), !(value == 0 && value.sign == .minus) {
            builder.emit(.loadInt, a: register, immediate: small)
        } else {
            builder.loadConstant(register, builder.number(value))
        }
    }

    private func loadBigInt(_ item: Node, into register: UInt16) throws(CompileError) {
        var limbs: [UInt64] = []
        var digits = Array(program.names.text(item.a))
        var radix: UInt64 = 10
        if digits.count > 2, digits[0] == 48 {
            switch digits[1] | 0x20 {
            case 120: radix = 16
            case 111: radix = 8
            case 98: radix = 2
            default: break
            }
            if radix != 10 { digits.removeFirst(2) }
        }
        guard digits.count < 20_000 else { throw .tooLarge("BigInt literal") }
        for unit in digits {
            let digit = UInt64(unit <= 57 ? unit - 48 : (unit | 0x20) - 87)
            var carry = digit
            for index in limbs.indices {
                let (high, low) = limbs[index].multipliedFullWidth(by: radix)
                let (sum, overflow) = low.addingReportingOverflow(carry)
                limbs[index] = sum
                carry = high &+ (overflow ? 1 : 0)
            }
            if carry > 0 { limbs.append(carry) }
        }
        builder.loadConstant(register, builder.constant(.bigInt(negative: false, limbs: limbs)))
    }

    /// An integer literal that fits an immediate.
    func smallInteger(_ id: NodeID) -> Int16? {
        let item = node(id)
        if item.kind == .number {
            let value = program.numbers[Int(item.a)]
            if value == 0, value.sign == .minus { return nil }
            return Int16(exactly: value)
        }
        if item.kind == .unary, item.flags == UnaryOperator.minus.rawValue, let inner = smallInteger(item.a), inner > 0 {
            return -inner
        }
        return nil
    }

    // MARK: Operators

    private func unary(_ item: Node, into register: UInt16) throws(CompileError) {
        let top = builder.top
        defer { builder.release(to: top) }
        switch UnaryOperator(rawValue: item.flags) {
        case .minus:
            if node(item.a).kind == .number {
                loadNumber(-program.numbers[Int(node(item.a).a)], into: register)
                return
            }
            let value = try operand(item.a)
            builder.mark(item.start)
            builder.emit(.neg, a: register, b: value)
        case .plus:
            let value = try operand(item.a)
            builder.mark(item.start)
            builder.emit(.toNumber, a: register, b: value)
        case .not:
            let value = try operand(item.a)
            builder.emit(.not, a: register, b: value)
        case .bitNot:
            let value = try operand(item.a)
            builder.mark(item.start)
            builder.emit(.bitNot, a: register, b: value)
        case .typeof:
            let target = node(item.a)
            if target.kind == .identifier {
                let scratch = builder.allocate()
                try loadName(target.a, into: scratch, from: target.b, offset: target.start, typeof: true)
                builder.emit(.typeOf, a: register, b: scratch)
            } else {
                let value = try operand(item.a)
                builder.emit(.typeOf, a: register, b: value)
            }
        case .void:
            let scratch = builder.allocate()
            try expression(item.a, into: scratch)
            builder.emit(.loadSpecial, a: register, immediate: 0)
        case .delete, nil: try delete(item.a, item.start, into: register)
        }
    }

    private func delete(_ id: NodeID, _ offset: UInt32, into register: UInt16) throws(CompileError) {
        let target = node(id)
        let strict: UInt8 = info.isStrict ? 1 : 0
        switch target.kind {
        case .parenthesized: try delete(target.a, offset, into: register)
        case .member:
            if node(target.a).kind == .super {
                loadThis(into: builder.allocate(), offset: offset)
                builder.mark(offset)
                builder.emit(.throwError, x: EngineMessage.deleteSuper.rawValue, c: 0xFFFF)
                return
            }
            let object = try operand(target.a)
            if target.flags & 1 != 0, let exit = optionalExits.last { builder.jump(.jumpNullish, a: object, to: exit) }
            builder.mark(offset)
            builder.emit(.deleteProperty, x: strict, a: register, b: object, c: builder.atom(session.text(target.b)))
        case .index:
            if node(target.a).kind == .super {
                loadThis(into: builder.allocate(), offset: offset)
                let key = builder.allocate()
                try expression(target.b, into: key)
                builder.mark(offset)
                builder.emit(.throwError, x: EngineMessage.deleteSuper.rawValue, c: 0xFFFF)
                return
            }
            let object = try operand(target.a, before: target.b)
            if target.flags & 1 != 0, let exit = optionalExits.last { builder.jump(.jumpNullish, a: object, to: exit) }
            let key = try operand(target.b)
            builder.mark(offset)
            builder.emit(.deleteElement, x: strict, a: register, b: object, c: key)
        case .optionalChain:
            let exit = builder.makeLabel(), end = builder.makeLabel()
            optionalExits.append(exit)
            try delete(target.a, offset, into: register)
            optionalExits.removeLast()
            builder.jump(.jump, to: end)
            builder.place(exit)
            builder.emit(.loadSpecial, a: register, immediate: 3)
            builder.place(end)
        case .identifier:
            if case .global = try resolve(target.a, from: target.b, offset: target.start) {
                builder.emit(.deleteGlobal, a: register, c: builder.atom(session.text(target.a)))
            } else {
                builder.emit(.loadSpecial, a: register, immediate: 2)
            }
        default:
            let scratch = builder.allocate()
            try expression(id, into: scratch)
            builder.emit(.loadSpecial, a: register, immediate: 3)
        }
    }

    static let binaryOpcodes: [Opcode] = [
        .add, .sub, .mul, .div, .mod, .exp, .bitAnd, .bitOr, .bitXor, .shl, .sar, .shr,
        .lt, .le, .gt, .ge, .eq, .ne, .strictEq, .strictNe, .instanceOf, .hasProperty,
    ]

    static func immediateOpcode(_ operation: UInt8) -> Opcode? {
        switch BinaryOperator(rawValue: operation) {
        case .add: .addI
        case .sub: .subI
        case .mul: .mulI
        case .div: .divI
        case .mod: .modI
        case .bitAnd: .bitAndI
        case .bitOr: .bitOrI
        case .bitXor: .bitXorI
        case .shl: .shlI
        case .sar: .sarI
        case .shr: .shrI
        default: nil
        }
    }

    /// Left-deep chains are walked with a loop.
    private func binary(_ id: NodeID, into register: UInt16) throws(CompileError) {
        var spine: [NodeID] = []
        var current = id
        while node(current).kind == .binary {
            spine.append(current)
            current = node(current).a
        }
        let top = builder.top
        defer { builder.release(to: top) }
        guard let innermost = spine.last else { return }
        var left = try operand(current, before: node(innermost).b)
        for (index, link) in spine.enumerated().reversed() {
            let item = node(link)
            let isLast = index == 0
            var target = register
            if !isLast {
                // An intermediate result must not land in a register that a later operand may read.
                if left >= top, left != register { target = left } else { target = builder.allocate() }
            }
            let scratch = builder.top
            try emitBinary(item.flags, left, item.b, into: target, offset: item.start)
            builder.release(to: max(scratch, isLast ? scratch : target + 1 > scratch ? target + 1 : scratch))
            left = target
        }
    }

    /// left op right, where `right` is still to be evaluated.
    func emitBinary(_ operation: UInt8, _ left: UInt16, _ right: NodeID, into register: UInt16, offset: UInt32)
        throws(CompileError)
    {
        if let immediate = smallInteger(right), let opcode = FunctionCompiler.immediateOpcode(operation) {
            builder.mark(offset)
            builder.emit(opcode, a: register, b: left, c: UInt16(bitPattern: immediate))
            return
        }
        let value = try operand(right)
        builder.mark(offset)
        builder.emit(FunctionCompiler.binaryOpcodes[Int(operation)], a: register, b: left, c: value)
    }

    private func logical(_ item: Node, into register: UInt16) throws(CompileError) {
        let end = builder.makeLabel()
        // A local that the right side reads must not see the left value early.
        let isLocal = register < builder.top && isBoundRegister(register)
        let target = isLocal ? builder.allocate() : register
        try expression(item.a, into: target)
        builder.jump(item.flags == 0 ? .jumpFalse : item.flags == 1 ? .jumpTrue : .jumpNotNullish, a: target, to: end)
        try expression(item.b, into: target)
        builder.place(end)
        if target != register { builder.emit(.move, a: register, b: target) }
    }

    /// Whether a register belongs to a binding rather than to a temporary.
    func isBoundRegister(_ register: UInt16) -> Bool { bound.contains(register) }

    // MARK: Conditions

    /// Jumps to `label` when the condition is false; falls through when it is true.
    func condition(_ id: NodeID, jumpIfFalse label: Label) throws(CompileError) {
        try branch(id, to: label, when: false)
    }

    func branch(_ id: NodeID, to label: Label, when wanted: Bool) throws(CompileError) {
        try checkStack()
        let item = node(id)
        let top = builder.top
        defer { builder.release(to: top) }
        switch item.kind {
        case .parenthesized: return try branch(item.a, to: label, when: wanted)
        case .unary where item.flags == UnaryOperator.not.rawValue:
            return try branch(item.a, to: label, when: !wanted)
        case .logical where item.flags == 0:
            if wanted {
                let skip = builder.makeLabel()
                try branch(item.a, to: skip, when: false)
                try branch(item.b, to: label, when: true)
                builder.place(skip)
            } else {
                try branch(item.a, to: label, when: false)
                try branch(item.b, to: label, when: false)
            }
            return
        case .logical where item.flags == 1:
            if wanted {
                try branch(item.a, to: label, when: true)
                try branch(item.b, to: label, when: true)
            } else {
                let skip = builder.makeLabel()
                try branch(item.a, to: skip, when: true)
                try branch(item.b, to: label, when: false)
                builder.place(skip)
            }
            return
        case .binary:
            if try comparisonBranch(item, to: label, when: wanted) { return }
        default: break
        }
        let value = try operand(id)
        builder.jump(wanted ? .jumpTrue : .jumpFalse, a: value, to: label)
    }

    private func comparisonBranch(_ item: Node, to label: Label, when wanted: Bool) throws(CompileError) -> Bool {
        guard let operation = BinaryOperator(rawValue: item.flags), !session.farBranches else { return false }
        switch operation {
        case .lt, .le, .gt, .ge, .eq, .ne, .strictEq, .strictNe: break
        default: return false
        }
        if let immediate = smallInteger(item.b), operation != .eq, operation != .ne {
            let left = try operand(item.a)
            let opcode: Opcode
            switch operation {
            case .lt: opcode = wanted ? .jumpLtI : .jumpNotLtI
            case .le: opcode = wanted ? .jumpLeI : .jumpNotLeI
            case .gt: opcode = wanted ? .jumpGtI : .jumpNotGtI
            case .ge: opcode = wanted ? .jumpGeI : .jumpNotGeI
            case .strictEq: opcode = wanted ? .jumpStrictEqI : .jumpStrictNeI
            default: opcode = wanted ? .jumpStrictNeI : .jumpStrictEqI
            }
            builder.mark(item.start)
            builder.shortJump(opcode, a: left, b: UInt16(bitPattern: immediate), to: label)
            return true
        }
        let left = try operand(item.a, before: item.b)
        let right = try operand(item.b)
        builder.mark(item.start)
        switch operation {
        case .lt: builder.shortJump(wanted ? .jumpLt : .jumpNotLt, a: left, b: right, to: label)
        case .le: builder.shortJump(wanted ? .jumpLe : .jumpNotLe, a: left, b: right, to: label)
        case .gt: builder.shortJump(wanted ? .jumpLt : .jumpNotLt, x: 1, a: right, b: left, to: label)
        case .ge: builder.shortJump(wanted ? .jumpLe : .jumpNotLe, x: 1, a: right, b: left, to: label)
        case .eq: builder.shortJump(wanted ? .jumpEq : .jumpNe, a: left, b: right, to: label)
        case .ne: builder.shortJump(wanted ? .jumpNe : .jumpEq, a: left, b: right, to: label)
        case .strictEq: builder.shortJump(wanted ? .jumpStrictEq : .jumpStrictNe, a: left, b: right, to: label)
        default: builder.shortJump(wanted ? .jumpStrictNe : .jumpStrictEq, a: left, b: right, to: label)
        }
        return true
    }

    /// A back-edge: jumps to `label`, which is placed, when the condition holds.
    func loopBranch(_ id: NodeID, to label: Label) throws(CompileError) {
        let item = node(id)
        let top = builder.top
        defer { builder.release(to: top) }
        if item.kind == .parenthesized { return try loopBranch(item.a, to: label) }
        if item.kind == .binary, let operation = BinaryOperator(rawValue: item.flags), !session.farBranches {
            if let immediate = smallInteger(item.b) {
                let opcode: Opcode? = switch operation {
                case .lt: .loopLtI
                case .le: .loopLeI
                case .gt: .loopGtI
                case .ge: .loopGeI
                case .strictNe: .loopStrictNeI
                default: nil
                }
                if let opcode {
                    let left = try operand(item.a)
                    builder.mark(item.start)
                    builder.shortJump(opcode, a: left, b: UInt16(bitPattern: immediate), to: label)
                    return
                }
            }
            switch operation {
            case .lt, .le, .gt, .ge:
                let left = try operand(item.a, before: item.b)
                let right = try operand(item.b)
                builder.mark(item.start)
                let swap = operation == .gt || operation == .ge
                builder.shortJump(
                    operation == .lt || operation == .gt ? .loopLt : .loopLe, x: swap ? 1 : 0,
                    a: swap ? right : left, b: swap ? left : right, to: label)
                return
            default: break
            }
        }
        if item.kind == .logical || (item.kind == .unary && item.flags == UnaryOperator.not.rawValue)
            || item.kind == .binary {
            let exit = builder.makeLabel()
            try branch(id, to: exit, when: false)
            builder.jump(.loop, to: label)
            builder.place(exit)
            return
        }
        let value = try operand(id)
        builder.jump(.loopTrue, a: value, to: label)
    }
}
