import TerrariumSyntax

/// Expressions (ECMA-262 §13).
extension Compiler {
    /// Evaluates into a register of the caller's choice, which may be written before the end.
    mutating func evaluate(_ id: NodeID, into target: Register) {
        let saved = state.nextRegister
        _ = evaluate(id, .into(target))
        release(to: saved)
    }

    mutating func effect(_ id: NodeID) {
        let saved = state.nextRegister
        _ = evaluate(id, .effect)
        release(to: saved)
    }

    /// Evaluates into a register that stays what it is while the source range after it is evaluated.
    mutating func operand(_ id: NodeID, before start: UInt32, _ end: UInt32) -> Register {
        let register = evaluate(id, .any)
        let name = localName(register)
        if name != 0, assigns(name, start, end) {
            let copy = allocate()
            move(copy, register)
            return copy
        }
        return register
    }

    /// Evaluates an expression. Temporaries that hold the result stay allocated; the caller releases them.
    mutating func evaluate(_ id: NodeID, _ want: Want) -> Register {
        guard mayRecurse() else { return deadDestination(want) }
        let item = node(id)
        switch item.kind {
        case .identifier: return loadName(item, want)
        case .number:
            if case .effect = want { return 0 }
            let target = destination(want)
            loadNumber(target, number(item))
            return target
        case .string:
            if case .effect = want { return 0 }
            let target = destination(want)
            loadString(target, item.a)
            return target
        case .bigInt:
            let target = destination(want)
            state.builder.loadConstant(target, bigIntConstant(item.a))
            return target
        case .boolean:
            if case .effect = want { return 0 }
            let target = destination(want)
            load(target, item.flags & 1 != 0 ? .true : .false)
            return target
        case .null:
            if case .effect = want { return 0 }
            let target = destination(want)
            load(target, .null)
            return target
        case .this: return loadThis(want, at: item.start)
        case .regExp: return regExpLiteral(item, want)
        case .template: return templateLiteral(item, want)
        case .taggedTemplate, .call, .member, .index, .privateMember: return chain(id, want)
        case .optionalChain: return optionalChain(item, want)
        case .array: return arrayLiteral(item, want)
        case .object: return objectLiteral(item, want)
        case .function:
            let target = destination(want)
            closure(item.a, name: text(functions[Int(item.a)].name), into: target)
            return target
        case .class: return classExpression(item, name: nil, want)
        case .unary: return unary(item, want)
        case .update: return update(item, want)
        case .binary: return binary(id, want)
        case .logical: return logical(item, want)
        case .assign: return assignment(item, want)
        case .conditional: return conditional(item, want)
        case .new: return newExpression(item, want)
        case .sequence:
            let list = program.list(item.a, item.b)
            for part in list.dropLast() { effect(part) }
            return evaluate(list.last ?? 0, want)
        case .yield: return yieldExpression(item, want)
        case .await:
            let target = destination(want)
            let value = evaluate(item.a, .any)
            mark(item.start)
            emit(.await, a: target, b: value)
            state.hasAwait = true
            return target
        case .importCall:
            let target = destination(want)
            let specifier = operand(item.a, before: item.b == 0 ? 0 : node(item.b).start, item.b == 0 ? 0 : node(item.b).end)
            let attributes: Register
            if item.b != 0 {
                attributes = evaluate(item.b, .any)
            } else {
                attributes = allocate()
                load(attributes, .undefined)
            }
            mark(item.start)
            emit(.importCall, a: target, b: specifier, c: attributes)
            return target
        case .importMeta:
            let target = destination(want)
            emit(.importMeta, a: target)
            return target
        case .newTarget: return loadNewTarget(want)
        case .privateIn:
            let target = destination(want)
            let object = evaluate(item.b, .any)
            let symbol = privateSymbol(item.a, from: item.c)
            mark(item.start)
            state.builder.emitCached(.hasPrivate, a: target, b: object, c: symbol)
            return target
        case .parenthesized: return evaluate(item.a, want)
        case .spread, .rest: return evaluate(item.a, want)
        default: return deadDestination(want)
        }
    }

    mutating func number(_ item: Node) -> Double {
        Int(item.a) < program.numbers.count ? program.numbers[Int(item.a)] : 0
    }

    // MARK: Names

    /// Whether the name is the global `undefined`.
    mutating func isUndefined(_ id: NodeID) -> Bool {
        let item = node(unwrapped(id))
        if item.kind == .unary, item.flags == UnaryOperator.void.rawValue { return node(item.a).kind == .number }
        guard item.kind == .identifier, item.a == KnownName.undefined else { return false }
        let resolved = resolve(item.a, from: item.b)
        return resolved.kind == .global && resolved.objects.isEmpty
    }

    mutating func loadName(_ item: Node, _ want: Want, isTypeof: Bool = false) -> Register {
        let resolved = resolve(item.a, from: item.b)
        if resolved.objects.isEmpty {
            if !state.held.isEmpty, let register = heldRegister(resolved, item.a) {
                if case .effect = want { return register }
                return deliver(register, want)
            }
            if resolved.kind == .global, item.a == KnownName.undefined {
                if case .effect = want { return 0 }
                let target = destination(want)
                load(target, .undefined)
                return target
            }
            return loadResolved(resolved, item.a, at: item.start, want, isTypeof: isTypeof)
        }
        let target = destination(want)
        let saved = state.nextRegister
        let object = findObject(resolved, item.a, at: item.start)
        loadFound(target, object, resolved, item, isTypeof: isTypeof)
        release(to: saved)
        return target
    }

    /// The object environment that has a binding, or undefined, at run time.
    mutating func findObject(_ resolved: ResolvedName, _ name: NameID, at offset: UInt32) -> Register {
        let result = allocate()
        let saved = state.nextRegister
        let end = makeLabel()
        let test = allocate()
        for environment in resolved.objects {
            let next = makeLabel()
            getSlot(result, environment.scope, environment.hops, environment.slot)
            mark(offset)
            emit(.hasBinding, x: environment.isWith ? 1 : 0, a: test, b: result, c: requiredAtom(name))
            state.builder.jumpIf(test, true, end)
            bind(next)
        }
        load(result, .undefined)
        bind(end)
        release(to: saved)
        return result
    }

    mutating func loadFound(
        _ target: Register, _ object: Register, _ resolved: ResolvedName, _ item: Node, isTypeof: Bool = false
    ) {
        let isStatic = makeLabel(), end = makeLabel()
        let saved = state.nextRegister
        state.builder.jumpIf(.undefined, object, true, isStatic)
        let goes = makeLabel(), test = allocate()
        testObject(test, object, item, goes)
        load(target, .undefined)
        jump(end)
        bind(goes)
        getNamed(target, object, item.a)
        jump(end)
        bind(isStatic)
        _ = loadResolved(resolved, item.a, at: item.start, .into(target), isTypeof: isTypeof)
        release(to: saved)
        bind(end)
    }

    /// An object environment is asked again whether the binding is still there; strict code insists.
    private mutating func testObject(
        _ test: Register, _ object: Register, _ item: Node, _ goes: BytecodeBuilder.Label
    ) {
        mark(item.start)
        emit(.hasBinding, x: 0, a: test, b: object, c: requiredAtom(item.a))
        state.builder.jumpIf(test, true, goes)
        guard state.isStrict else { return }
        emit(.throwError, x: ErrorSelector.notDefined.rawValue, c: requiredAtom(item.a))
        state.builder.endReachable()
    }

    private mutating func storeFound(_ value: Register, _ object: Register, _ resolved: ResolvedName, _ item: Node) {
        let isStatic = makeLabel(), end = makeLabel()
        let saved = state.nextRegister
        state.builder.jumpIf(.undefined, object, true, isStatic)
        let goes = makeLabel(), test = allocate()
        testObject(test, object, item, goes)
        bind(goes)
        release(to: saved)
        setNamed(object, value, item.a, at: item.start)
        jump(end)
        bind(isStatic)
        storeResolved(resolved, item.a, value, at: item.start, .assign)
        bind(end)
    }

    mutating func storeName(_ item: Node, _ value: Register, _ mode: StoreMode) {
        let resolved = resolve(item.a, from: item.b)
        if mode == .initialize || resolved.objects.isEmpty {
            storeResolved(resolved, item.a, value, at: item.start, mode)
            return
        }
        let saved = state.nextRegister
        let object = findObject(resolved, item.a, at: item.start)
        storeFound(value, object, resolved, item)
        release(to: saved)
    }

    // MARK: References

    /// An assignment target whose parts have been evaluated.
    enum Reference {
        case name(Node, ResolvedName)
        /// Name with its object environment (or undefined).
        case dynamic(Node, ResolvedName, object: Register)
        case property(object: Register, NameID, offset: UInt32)
        /// With `coerces`, reading leaves ToPropertyKey of the key in its register, so that it happens once.
        case element(object: Register, key: Register, offset: UInt32, coerces: Bool)
        case superElement(this: Register, key: Register, offset: UInt32)
        case privateName(object: Register, symbol: Register, offset: UInt32)
        /// A call: an error when it is stored to.
        case invalid(offset: UInt32)
    }

    /// Evaluates the parts of a target; the range is what is evaluated before the store. With `isRead`, it is read first.
    mutating func prepareReference(
        _ id: NodeID, before start: UInt32 = 0, _ end: UInt32 = .max, isRead: Bool = false
    ) -> Reference {
        let inner = unwrapped(id)
        let item = node(inner)
        switch item.kind {
        case .identifier:
            let resolved = resolve(item.a, from: item.b)
            if resolved.objects.isEmpty { return .name(item, resolved) }
            return .dynamic(item, resolved, object: findObject(resolved, item.a, at: item.start))
        case .member:
            if node(item.a).kind == .super {
                let this = loadThis(.any, at: item.start)
                let key = allocate()
                state.builder.loadConstant(key, atom(item.b))
                return .superElement(this: this, key: key, offset: item.c)
            }
            let object = operand(item.a, before: start, end)
            return .property(object: object, item.b, offset: item.c)
        case .index:
            let keyNode = node(item.b)
            if node(item.a).kind == .super {
                let this = loadThis(.any, at: item.start)
                let key = operand(item.b, before: start, end)
                return .superElement(this: this, key: key, offset: keyNode.start)
            }
            let object = operand(item.a, before: min(start, keyNode.start), max(end, keyNode.end))
            if let name = plainKey(unwrapped(item.b)) { return .property(object: object, name, offset: item.c) }
            var key = operand(item.b, before: start, end)
            let coerces = isRead && mayBeObject(item.b)
            if coerces, localName(key) != 0 {
                let copy = allocate()
                move(copy, key)
                key = copy
            }
            return .element(object: object, key: key, offset: item.c, coerces: coerces)
        case .privateMember:
            let object = operand(item.a, before: start, end)
            return .privateName(object: object, symbol: privateSymbol(item.b, from: item.c), offset: item.d)
        default:
            // Annex B: a call is evaluated, and nothing after it.
            effect(inner)
            mark(item.start)
            emit(.throwError, x: ErrorSelector.invalidAssignmentTarget.rawValue, c: 0xFFFF)
            state.builder.endReachable()
            return .invalid(offset: item.start)
        }
    }

    /// Whether the value of an expression might be an object, as far as the expression says.
    private mutating func mayBeObject(_ id: NodeID) -> Bool {
        let item = node(unwrapped(id))
        switch item.kind {
        case .number, .string, .bigInt, .boolean, .null, .template, .unary, .update, .binary, .privateIn: return false
        case .identifier:
            let resolved = resolve(item.a, from: item.b)
            guard case .register = resolved.kind, item.a != KnownName.arguments else { return true }
            let scope = program.scopes[Int(resolved.scope)], declaration = scope.declarations[resolved.index]
            switch declaration.kind {
            case .var, .let, .const:
                // A var of a body with its own scope starts as the parameter of the same name.
                return declaration.mayHoldObject || declaration.function != nil
                    || (scope.kind == .body && program.scopes[Int(scope.parent)].find(item.a) != nil)
            default: return true
            }
        default: return true
        }
    }

    mutating func loadReference(_ reference: Reference, _ want: Want) -> Register {
        switch reference {
        case .name(let item, let resolved): return loadResolved(resolved, item.a, at: item.start, want)
        case .dynamic(let item, let resolved, let object):
            let target = destination(want)
            loadFound(target, object, resolved, item)
            return target
        case .property(let object, let name, let offset):
            let target = destination(want)
            mark(offset)
            getNamed(target, object, name)
            return target
        case .element(let object, let key, let offset, let coerces):
            let target = destination(want)
            mark(offset)
            emit(.getElement, x: coerces ? 1 : 0, a: target, b: object, c: key)
            return target
        case .superElement(let this, let key, let offset):
            let target = destination(want)
            mark(offset)
            emit(.getSuper, a: target, b: this, c: key)
            return target
        case .privateName(let object, let symbol, let offset):
            let target = destination(want)
            mark(offset)
            state.builder.emitCached(.getPrivate, a: target, b: object, c: symbol)
            return target
        case .invalid(let offset):
            mark(offset)
            emit(.throwError, x: ErrorSelector.invalidAssignmentTarget.rawValue, c: 0xFFFF)
            state.builder.endReachable()
            return deadDestination(want)
        }
    }

    /// - Parameter at: offset that errors show; that of the reference when there is none.
    mutating func store(_ value: Register, to reference: Reference, at place: UInt32? = nil) {
        let strict: UInt8 = state.isStrict ? 1 : 0
        switch reference {
        case .name(let item, let resolved): storeResolved(resolved, item.a, value, at: place ?? item.start, .assign)
        case .dynamic(let item, let resolved, let object): storeFound(value, object, resolved, item)
        case .property(let object, let name, let offset): setNamed(object, value, name, at: place ?? offset)
        case .element(let object, let key, let offset, _):
            mark(place ?? offset)
            emit(.setElement, x: strict, a: object, b: key, c: value)
        case .superElement(let this, let key, let offset):
            mark(place ?? offset)
            emit(.setSuper, x: strict, a: this, b: key, c: value)
        case .privateName(let object, let symbol, let offset):
            mark(place ?? offset)
            state.builder.emitCached(.setPrivate, a: object, b: symbol, c: value)
        case .invalid(let offset):
            mark(offset)
            emit(.throwError, x: ErrorSelector.invalidAssignmentTarget.rawValue, c: 0xFFFF)
            state.builder.endReachable()
        }
    }

    // MARK: Properties

    /// The name of a key that is a string and no array index.
    mutating func plainKey(_ id: NodeID) -> NameID? {
        let item = node(id)
        guard item.kind == .string, !isArrayIndex(item.a) else { return nil }
        return item.a
    }

    mutating func isArrayIndex(_ name: NameID) -> Bool {
        let units = program.names.text(name)
        guard let first = units.first, first >= 48, first <= 57, units.count <= 10 else { return false }
        if first == 48 { return units.count == 1 }
        var value: UInt64 = 0
        for unit in units {
            guard unit >= 48, unit <= 57 else { return false }
            value = value * 10 + UInt64(unit - 48)
        }
        return value < 0xFFFF_FFFF
    }

    mutating func getNamed(_ target: Register, _ object: Register, _ name: NameID) {
        let index = atom(name)
        guard let short = state.builder.short(index) else {
            let key = allocate()
            state.builder.loadConstant(key, index)
            emit(.getElement, a: target, b: object, c: key)
            return
        }
        let opcode: Opcode = name == lengthName ? .getLength : .getProperty
        state.builder.emitCached(opcode, a: target, b: object, c: short)
    }

    mutating func setNamed(_ object: Register, _ value: Register, _ name: NameID, at offset: UInt32) {
        let strict: UInt8 = state.isStrict ? 1 : 0
        let index = atom(name)
        mark(offset)
        guard let short = state.builder.short(index) else {
            let saved = state.nextRegister
            let key = allocate()
            state.builder.loadConstant(key, index)
            emit(.setElement, x: strict, a: object, b: key, c: value)
            release(to: saved)
            return
        }
        state.builder.emitCached(.setProperty, x: strict, a: object, b: value, c: short)
    }

    /// The symbol of a private name.
    mutating func privateSymbol(_ name: NameID, from scope: ScopeID) -> Register {
        let target = allocate()
        let resolved = resolve(name | 0x8000_0000, from: scope)
        if case .slot(let register, let hops, let slot) = resolved.kind {
            getSlot(target, register, hops, slot)
        } else if !loadPrivateFromEvalContext(name, target) {
            load(target, .undefined)
        }
        return target
    }

    // MARK: Conditional

    private mutating func conditional(_ item: Node, _ want: Want) -> Register {
        if let known = constantTruth(item.a) { return evaluate(known ? item.b : item.c, want) }
        let target: Register = if case .effect = want { 0 } else { destination(want) }
        let saved = state.nextRegister
        let otherwise = makeLabel(), end = makeLabel()
        jump(item.a, if: false, to: otherwise)
        release(to: saved)
        if case .effect = want { effect(item.b) } else { evaluate(item.b, into: target) }
        jump(end)
        bind(otherwise)
        if case .effect = want { effect(item.c) } else { evaluate(item.c, into: target) }
        bind(end)
        return target
    }

    private mutating func logical(_ item: Node, _ want: Want) -> Register {
        // Left-deep chains of one operator are a list.
        var parts = [item.b]
        var left = item.a
        while case let inner = node(unwrapped(left)), inner.kind == .logical, inner.flags == item.flags {
            parts.append(inner.b)
            left = inner.a
        }
        parts.append(left)
        parts.reverse()
        let end = makeLabel()
        if case .effect = want {
            for (position, part) in parts.enumerated() where goesOn() {
                if position == parts.count - 1 {
                    effect(part)
                } else {
                    shortCircuit(part, item.flags, to: end)
                }
            }
            bind(end)
            return 0
        }
        let target = destination(want)
        for (position, part) in parts.enumerated() where goesOn() {
            evaluate(part, into: target)
            guard position < parts.count - 1 else { break }
            switch item.flags {
            case 0: state.builder.jumpIf(target, false, end)
            case 1: state.builder.jumpIf(target, true, end)
            default: state.builder.jumpIf(.nullish, target, false, end)
            }
        }
        bind(end)
        return target
    }

    private mutating func shortCircuit(_ part: NodeID, _ operation: UInt8, to end: BytecodeBuilder.Label) {
        let saved = state.nextRegister
        switch operation {
        case 0: jump(part, if: false, to: end)
        case 1: jump(part, if: true, to: end)
        default:
            let value = evaluate(part, .any)
            state.builder.jumpIf(.nullish, value, false, end)
        }
        release(to: saved)
    }
}
