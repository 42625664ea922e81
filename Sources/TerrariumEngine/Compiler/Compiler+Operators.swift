import TerrariumSyntax

/// Unary, binary, update and assignment operators.
extension Compiler {
    // MARK: Folding

    /// Value of an expression made of number literals; nil when it is anything else.
    mutating func foldedNumber(_ id: NodeID, _ depth: Int) -> Double? {
        let item = node(unwrapped(id))
        switch item.kind {
        case .number: return number(item)
        case .unary:
            guard depth > 0 else { return nil }
            switch UnaryOperator(rawValue: item.flags) {
            case .minus: return foldedNumber(item.a, depth - 1).map { -$0 }
            case .plus: return foldedNumber(item.a, depth - 1)
            default: return nil
            }
        case .binary:
            guard depth > 0, let operation = BinaryOperator(rawValue: item.flags), operation.rawValue <= BinaryOperator.div.rawValue,
                let left = foldedNumber(item.a, depth - 1), let right = foldedNumber(item.b, depth - 1)
            else { return nil }
            return switch operation {
            case .add: left + right
            case .sub: left - right
            case .mul: left * right
            default: left / right
            }
        default: return nil
        }
    }

    /// Whether an expression writes its result last, in one instruction, so that a visible local may receive it.
    mutating func writesLast(_ id: NodeID) -> Bool {
        let item = node(unwrapped(id))
        switch item.kind {
        case .identifier, .number, .string, .boolean, .null, .this, .function, .binary, .call, .member, .index,
            .privateMember, .bigInt, .regExp, .new, .await, .array, .object, .template: return true
        case .unary: return item.flags != UnaryOperator.delete.rawValue
        case .conditional: return writesLast(item.b) && writesLast(item.c)
        default: return false
        }
    }

    // MARK: Unary

    mutating func unary(_ item: Node, _ want: Want) -> Register {
        guard let operation = UnaryOperator(rawValue: item.flags) else { return deadDestination(want) }
        switch operation {
        case .void:
            effect(item.a)
            if case .effect = want { return 0 }
            let target = destination(want)
            load(target, .undefined)
            return target
        case .typeof:
            let target = destination(want)
            let saved = state.nextRegister
            let operand = node(unwrapped(item.a))
            let value = operand.kind == .identifier
                ? loadName(operand, .any, isTypeof: true) : evaluate(item.a, .any)
            emit(.typeOf, a: target, b: value)
            release(to: saved)
            return target
        case .delete: return delete(item, want)
        case .minus, .plus, .not, .bitNot: break
        }
        let target = destination(want)
        if operation == .minus, let value = foldedNumber(item.a, 4) {
            loadNumber(target, -value)
            return target
        }
        if operation == .not, let known = constantTruth(item.a) {
            load(target, known ? .false : .true)
            return target
        }
        let saved = state.nextRegister
        let value = evaluate(item.a, .any)
        mark(item.start)
        let opcode: Opcode = switch operation {
        case .minus: .neg
        case .plus: .toNumber
        case .not: .not
        default: .bitNot
        }
        emit(opcode, a: target, b: value)
        release(to: saved)
        return target
    }

    private mutating func delete(_ item: Node, _ want: Want) -> Register {
        let target = destination(want)
        let saved = state.nextRegister
        defer { release(to: saved) }
        let strict: UInt8 = state.isStrict ? 1 : 0
        var inner = unwrapped(item.a)
        let isChain = node(inner).kind == .optionalChain
        let outer = state.chainExit
        let isNullish = makeLabel(), end = makeLabel()
        if isChain {
            state.chainExit = isNullish
            inner = unwrapped(node(inner).a)
        }
        let operand = node(inner)
        switch operand.kind {
        case .identifier: deleteName(operand, target)
        case .member, .index:
            if node(operand.a).kind == .super {
                // The reference is evaluated first.
                _ = loadThis(.any, at: operand.start)
                if operand.kind == .index { effect(operand.b) }
                mark(operand.start)
                emit(.throwError, x: ErrorSelector.superDeletion.rawValue, c: 0xFFFF)
                state.builder.endReachable()
                break
            }
            let keyNode = node(operand.b)
            let object = operand.kind == .member
                ? evaluate(operand.a, .any) : self.operand(operand.a, before: keyNode.start, keyNode.end)
            if operand.flags & 1 != 0, let exit = state.chainExit { state.builder.jumpIf(.nullish, object, true, exit) }
            let name = operand.kind == .member ? operand.b : plainKey(unwrapped(operand.b))
            if let name, let short = state.builder.short(atom(name)) {
                mark(item.start)
                emit(.deleteProperty, x: strict, a: target, b: object, c: short)
            } else {
                let key: Register
                if let name {
                    key = allocate()
                    state.builder.loadConstant(key, atom(name))
                } else {
                    key = evaluate(operand.b, .any)
                }
                mark(item.start)
                emit(.deleteElement, x: strict, a: target, b: object, c: key)
            }
        default:
            effect(inner)
            load(target, .true)
        }
        if isChain {
            state.chainExit = outer
            jump(end)
            bind(isNullish)
            load(target, .true)
            bind(end)
        }
        return target
    }

    private mutating func deleteName(_ item: Node, _ target: Register) {
        let resolved = resolve(item.a, from: item.b)
        let end = makeLabel(), isStatic = makeLabel()
        if !resolved.objects.isEmpty {
            let object = findObject(resolved, item.a, at: item.start)
            state.builder.jumpIf(.undefined, object, true, isStatic)
            mark(item.start)
            emit(.deleteProperty, a: target, b: object, c: requiredAtom(item.a))
            jump(end)
            bind(isStatic)
        }
        if resolved.kind == .global {
            emit(.deleteGlobal, a: target, c: requiredAtom(item.a))
        } else {
            load(target, .false)
        }
        bind(end)
    }

    // MARK: Binary

    private static func opcode(_ operation: BinaryOperator) -> Opcode {
        switch operation {
        case .add: .add
        case .sub: .sub
        case .mul: .mul
        case .div: .div
        case .mod: .mod
        case .exp: .exp
        case .bitAnd: .bitAnd
        case .bitOr: .bitOr
        case .bitXor: .bitXor
        case .shl: .shl
        case .sar: .sar
        case .shr: .shr
        case .lt: .lt
        case .le: .le
        case .gt: .gt
        case .ge: .ge
        case .eq: .eq
        case .ne: .ne
        case .strictEq: .strictEq
        case .strictNe: .strictNe
        case .instanceOf: .instanceOf
        case .in: .hasProperty
        }
    }

    private static func immediateOpcode(_ operation: BinaryOperator) -> Opcode? {
        switch operation {
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

    /// The immediate form of an operator, when its right operand is a literal that fits. `&` takes masks of low bits of any
    /// length, too: as -1, shifted right by x.
    private mutating func immediateForm(_ operation: BinaryOperator, _ right: NodeID) -> (Opcode, Int16, x: UInt8)? {
        guard let opcode = Compiler.immediateOpcode(operation) else { return nil }
        if let value = smallInt(right) { return (opcode, value, 0) }
        guard opcode == .bitAndI, let value = foldedNumber(right, 4), let mask = UInt32(exactly: value), mask > 0, mask & (mask &+ 1) == 0
        else { return nil }
        return (opcode, -1, UInt8(mask.leadingZeroBitCount))
    }

    /// Operators whose operands may change places when one is a literal number.
    private static func isCommutative(_ operation: BinaryOperator) -> Bool {
        switch operation {
        case .mul, .bitAnd, .bitOr, .bitXor: true
        default: false
        }
    }

    /// Left-deep chains are walked, not recursed into.
    mutating func binary(_ id: NodeID, _ want: Want) -> Register {
        var spine: [NodeID] = []
        var left = unwrapped(id)
        while node(left).kind == .binary, foldedNumber(left, 4) == nil, goesOn() {
            spine.append(left)
            left = unwrapped(node(left).a)
        }
        guard let outermost = spine.first, let innermost = spine.last else {
            let target = destination(want)
            loadNumber(target, foldedNumber(id, 4) ?? 0)
            return target
        }
        let target = destination(want)
        let saved = state.nextRegister
        let first = node(node(innermost).b)
        // `2 * x` with the literal on the left.
        if let operation = BinaryOperator(rawValue: node(innermost).flags), Compiler.isCommutative(operation),
            let (opcode, immediate, x) = immediateForm(operation, left), smallInt(node(innermost).b) == nil {
            let right = evaluate(node(innermost).b, .any)
            mark(node(innermost).c)
            let result = innermost == outermost ? target : allocate()
            state.builder.emit(opcode, x: x, a: result, b: right, immediate: immediate)
            return finishSpine(spine.dropLast(), result, target, saved)
        }
        let start = operand(left, before: first.start, first.end)
        return finishSpine(spine[...], start, target, saved)
    }

    /// Applies the operators of a spine, innermost (last) first, to the value in a register.
    private mutating func finishSpine(
        _ spine: ArraySlice<NodeID>, _ start: Register, _ target: Register, _ saved: Int
    ) -> Register {
        var current = start
        var accumulator: Register? = Int(start) >= saved ? start : nil
        for id in spine.reversed() {
            guard goesOn() else { break }
            let item = node(id)
            let isLast = id == spine.first
            guard let operation = BinaryOperator(rawValue: item.flags) else { continue }
            let result: Register
            if isLast {
                result = target
            } else if let accumulator {
                result = accumulator
            } else {
                result = allocate()
                accumulator = result
            }
            let inner = state.nextRegister
            if let (opcode, immediate, x) = immediateForm(operation, item.b) {
                mark(item.c)
                state.builder.emit(opcode, x: x, a: result, b: current, immediate: immediate)
            } else {
                let right = evaluate(item.b, .any)
                mark(item.c)
                emit(Compiler.opcode(operation), a: result, b: current, c: right)
            }
            release(to: inner)
            current = result
        }
        release(to: saved)
        return target
    }

    // MARK: Update

    mutating func update(_ item: Node, _ want: Want) -> Register {
        let isPrefix = item.flags & 1 != 0
        let opcode: Opcode = item.flags & 2 != 0 ? .dec : .inc
        var wantsOld = !isPrefix
        if case .effect = want { wantsOld = false }
        let inner = unwrapped(item.a)
        let name = node(inner)
        if name.kind == .identifier, let register = directRegister(resolve(name.a, from: name.b), .assign) {
            mark(item.start)
            if wantsOld {
                let target = destination(want)
                if target == register {
                    // `x = x++`
                    emit(.toNumeric, a: target, b: register)
                    return target
                }
                emit(.toNumeric, a: target, b: register)
                emit(opcode, a: register, b: target)
                return target
            }
            emit(opcode, a: register, b: register)
            if case .effect = want { return register }
            return deliver(register, want)
        }
        let target = destination(want)
        let saved = state.nextRegister
        let reference = prepareReference(inner, isRead: true)
        let old = loadReference(reference, .into(target))
        mark(item.start)
        if wantsOld {
            emit(.toNumeric, a: target, b: old)
            let changed = allocate()
            emit(opcode, a: changed, b: target)
            store(changed, to: reference, at: item.c)
        } else {
            emit(opcode, a: target, b: old)
            store(target, to: reference, at: item.c)
        }
        release(to: saved)
        return target
    }

    // MARK: Assignment

    /// Evaluates an expression that gets its name from a target when it is an anonymous function.
    mutating func evaluateNamed(_ id: NodeID, for target: NodeID, into register: Register) {
        let name = node(target)
        let saved = state.nextRegister
        _ = evaluateNamed(id, name.kind == .identifier ? text(name.a) : nil, .into(register))
        release(to: saved)
    }

    mutating func evaluateNamed(_ id: NodeID, _ name: ConstantText?, _ want: Want) -> Register {
        guard let name else { return evaluate(id, want) }
        let item = node(unwrapped(id))
        switch item.kind {
        case .function where functions[Int(item.a)].name == 0:
            let target = destination(want)
            closure(item.a, name: name, into: target)
            return target
        case .class where program.classes[Int(item.a)].name == 0:
            return classExpression(item, name: name, want)
        default: return evaluate(id, want)
        }
    }

    /// `name = value`, as a declaration or an assignment; returns the register that has the value.
    @discardableResult
    mutating func assign(to name: Node, _ value: NodeID, _ mode: StoreMode, isNamed: Bool, _ want: Want = .effect) -> Register {
        let resolved = resolve(name.a, from: name.b)
        let functionName = isNamed ? text(name.a) : nil
        if let register = directRegister(resolved, mode) {
            if mode == .initialize || writesLast(value) {
                _ = evaluateNamed(value, functionName, .into(register))
                return deliver(register, want)
            }
            let temporary = evaluateNamed(value, functionName, .any)
            move(register, temporary)
            return deliver(register, want)
        }
        if mode == .assign, !resolved.objects.isEmpty {
            let object = findObject(resolved, name.a, at: name.start)
            let result = evaluateNamed(value, functionName, want.valued)
            storeFoundName(result, object, resolved, name)
            return result
        }
        if mode == .assign, mayBecomeGlobal(resolved, name.a, value) {
            // Strict code may not assign to a name that the value declared only just now.
            let isBound = allocate(), isThere = makeLabel()
            mark(name.start)
            emit(.hasBinding, x: 2, a: isBound, b: 0, c: requiredAtom(name.a))
            let result = evaluateNamed(value, functionName, want.valued)
            state.builder.jumpIf(isBound, true, isThere)
            mark(name.start)
            emit(.throwError, x: ErrorSelector.notDefined.rawValue, c: requiredAtom(name.a))
            state.builder.endReachable()
            bind(isThere)
            storeResolved(resolved, name.a, result, at: name.start, mode)
            return result
        }
        let result = evaluateNamed(value, functionName, want.valued)
        storeResolved(resolved, name.a, result, at: name.start, mode)
        return result
    }

    /// A name that strict code assigns, that this script does not declare, and a value that runs other code.
    private mutating func mayBecomeGlobal(_ resolved: ResolvedName, _ name: NameID, _ value: NodeID) -> Bool {
        guard state.isStrict, resolved.kind == .global, resolved.objects.isEmpty, program.scopes[0].find(name) == nil else {
            return false
        }
        switch node(unwrapped(value)).kind {
        case .assign, .call, .new, .sequence, .member, .index, .taggedTemplate, .await, .yield: return true
        default: return false
        }
    }

    private mutating func storeFoundName(_ value: Register, _ object: Register, _ resolved: ResolvedName, _ name: Node) {
        store(value, to: .dynamic(name, resolved, object: object))
    }

    mutating func assignment(_ item: Node, _ want: Want) -> Register {
        if item.flags == 0xFF { return plainAssignment(item, want) }
        if item.flags >= 0xF0 { return logicalAssignment(item, want) }
        return compoundAssignment(item, want)
    }

    private mutating func plainAssignment(_ item: Node, _ want: Want) -> Register {
        let inner = unwrapped(item.a)
        let target = node(inner)
        switch target.kind {
        case .identifier:
            return assign(to: positioned(target, item.c), item.b, .assign, isNamed: target.start == item.start, want)
        case .arrayPattern, .objectPattern:
            if target.kind == .arrayPattern { noteIterated(item.b) }
            let value = evaluate(item.b, want.valued)
            state.patternSource = .assignment(node(item.b))
            let saved = state.nextRegister
            bindPattern(inner, value, .assign)
            release(to: saved)
            return value
        default:
            let value = node(item.b)
            if case .into(let register) = want {
                let saved = state.nextRegister
                let reference = prepareReference(inner, before: value.start, value.end)
                // The register may belong to a frame that is being built; nothing else looks at it.
                let result = evaluate(item.b, .any)
                store(result, to: reference, at: item.c)
                move(register, result)
                release(to: saved)
                return register
            }
            if case .effect = want {
                let reference = prepareReference(inner, before: value.start, value.end)
                store(evaluate(item.b, .any), to: reference, at: item.c)
                return 0
            }
            let register = allocate()
            let saved = state.nextRegister
            let reference = prepareReference(inner, before: value.start, value.end)
            evaluate(item.b, into: register)
            store(register, to: reference, at: item.c)
            release(to: saved)
            return register
        }
    }

    /// The target with the place that errors of storing show.
    private mutating func positioned(_ target: Node, _ offset: UInt32) -> Node {
        var target = target
        target.start = offset
        return target
    }

    private mutating func compoundAssignment(_ item: Node, _ want: Want) -> Register {
        guard let operation = BinaryOperator(rawValue: item.flags) else { return deadDestination(want) }
        let inner = unwrapped(item.a)
        let name = node(inner), value = node(item.b)
        if name.kind == .identifier, let register = directRegister(resolve(name.a, from: name.b), .assign) {
            let saved = state.nextRegister
            var old = register
            if assigns(name.a, value.start, value.end) {
                old = allocate()
                move(old, register)
            }
            apply(operation, register, old, item)
            release(to: saved)
            return deliver(register, want)
        }
        let target = destination(want)
        let saved = state.nextRegister
        let reference = prepareReference(inner, before: value.start, value.end, isRead: true)
        let old = loadReference(reference, .into(target))
        apply(operation, target, old, item)
        store(target, to: reference, at: item.c)
        release(to: saved)
        return target
    }

    private mutating func apply(_ operation: BinaryOperator, _ result: Register, _ left: Register, _ item: Node) {
        let saved = state.nextRegister
        if let (opcode, immediate, x) = immediateForm(operation, item.b) {
            mark(item.c)
            state.builder.emit(opcode, x: x, a: result, b: left, immediate: immediate)
        } else {
            let right = evaluate(item.b, .any)
            mark(item.c)
            emit(Compiler.opcode(operation), a: result, b: left, c: right)
        }
        release(to: saved)
    }

    private mutating func logicalAssignment(_ item: Node, _ want: Want) -> Register {
        let inner = unwrapped(item.a)
        let value = node(item.b)
        let target = destination(want)
        let saved = state.nextRegister
        let reference = prepareReference(inner, before: value.start, value.end, isRead: true)
        let end = makeLabel()
        _ = loadReference(reference, .into(target))
        switch item.flags & 0x0F {
        case 0: state.builder.jumpIf(target, false, end)
        case 1: state.builder.jumpIf(target, true, end)
        default: state.builder.jumpIf(.nullish, target, false, end)
        }
        let name = node(inner)
        let isNamed = name.kind == .identifier && name.start == item.start
        let afterTest = state.nextRegister
        _ = evaluateNamed(item.b, isNamed ? text(name.a) : nil, .into(target))
        release(to: afterTest)
        store(target, to: reference, at: item.c)
        bind(end)
        release(to: saved)
        return target
    }
}

extension Want {
    /// The same want when the value itself is needed in any case.
    var valued: Want {
        if case .effect = self { return .any }
        return self
    }
}
