import TerrariumSyntax

/// Destructuring, of declarations and assignments (ECMA-262 §8.6.2, §13.15.5, §14.3.3).
extension Compiler {
    /// Gives a value to a target or pattern. The value's register stays as it is.
    mutating func bindPattern(_ id: NodeID, _ value: Register, _ mode: StoreMode) {
        guard mayRecurse() else { return }
        let saved = state.nextRegister
        let item = node(id)
        if item.kind == .identifier { state.patternSource = .nested }
        switch item.kind {
        case .identifier:
            storeName(item, value, mode)
            if mode == .initialize { markInitialized(item.a, in: item.b) }
        case .arrayPattern: bindArray(item, value, mode)
        case .objectPattern: bindObject(item, value, mode)
        case .assignmentPattern:
            let target = allocate()
            move(target, value)
            applyDefault(item, target)
            bindPattern(item.a, target, mode)
        case .parenthesized: bindPattern(item.a, value, mode)
        default:
            let reference = prepareReference(id)
            store(value, to: reference)
        }
        release(to: saved)
    }

    /// Replaces undefined by the pattern's default value.
    private mutating func applyDefault(_ item: Node, _ register: Register) {
        let given = makeLabel()
        state.builder.jumpIf(.undefined, register, false, given)
        evaluateNamed(item.b, for: item.a, into: register)
        bind(given)
    }

    /// A place to store, prepared before the value is fetched where the specification evaluates the target first.
    private enum PreparedTarget {
        case pattern(NodeID)
        case reference(Reference)
    }

    private mutating func prepareTarget(_ id: NodeID, _ mode: StoreMode) -> PreparedTarget {
        let inner = unwrapped(id)
        switch node(inner).kind {
        case .member, .index, .privateMember, .call: return .reference(prepareReference(inner))
        case .identifier where mode == .assign:
            // A name that an object environment may hide is resolved before the value is fetched.
            let name = node(inner)
            let resolved = resolve(name.a, from: name.b)
            return resolved.objects.isEmpty ? .pattern(inner) : .reference(prepareReference(inner))
        default: return .pattern(inner)
        }
    }

    /// Element register, or the variable's own when it can take the value at once.
    private mutating func elementRegister(_ id: NodeID, _ mode: StoreMode) -> Register {
        let item = node(unwrapped(id))
        if item.kind == .identifier, let direct = directRegister(resolve(item.a, from: item.b), mode) { return direct }
        return allocate()
    }

    /// Default value and store of one element.
    private mutating func finishElement(_ id: NodeID, _ prepared: PreparedTarget, _ register: Register, _ mode: StoreMode) {
        let item = node(id)
        if item.kind == .assignmentPattern { applyDefault(item, register) }
        switch prepared {
        case .pattern(let target):
            let name = node(target)
            if name.kind == .identifier, directRegister(resolve(name.a, from: name.b), mode) == register {
                if mode == .initialize { markInitialized(name.a, in: name.b) }
            } else {
                bindPattern(target, register, mode)
            }
        case .reference(let reference): store(register, to: reference)
        }
    }

    private mutating func targetOf(_ id: NodeID) -> NodeID {
        let item = node(id)
        return item.kind == .assignmentPattern ? item.a : id
    }

    // MARK: Arrays

    private mutating func bindArray(_ item: Node, _ value: Register, _ mode: StoreMode) {
        let source = state.patternSource
        state.patternSource = .nested
        let exception = allocate()
        let (quoted, role) = iteratedSource(source, item)
        let iterator = openIterator(value, isAsync: false, source: quoted, role: role, hasDoneFlag: true)
        openRegion(exception)
        state.controls.append(Control(kind: .iterator(iterator), region: state.regions.count - 1))
        for id in program.list(item.a, item.b) {
            let saved = state.nextRegister
            let exhausted = makeLabel(), ready = makeLabel()
            if id == 0 {
                let ignored = allocate()
                takeFromIterator(iterator, into: ignored, orElse: exhausted)
                bind(exhausted)
            } else if node(id).kind == .rest {
                let prepared = prepareTarget(node(id).a, mode)
                let array = allocate(), element = allocate()
                let next = makeLabel()
                state.builder.emitShort(.takeRest, a: array, b: iterator.base, exhausted)
                emit(.newArray, a: array, b: array, c: 0)
                bind(next)
                takeFromIterator(iterator, into: element, orElse: exhausted)
                emit(.arrayAppend, a: array, b: element)
                jump(next)
                bind(exhausted)
                finishElement(node(id).a, prepared, array, mode)
            } else {
                let target = targetOf(id)
                let prepared = prepareTarget(target, mode)
                // With a default, the variable must not see undefined first.
                let register = node(id).kind == .identifier ? elementRegister(target, mode) : allocate()
                mark(node(id).start)
                takeFromIterator(iterator, into: register, orElse: exhausted)
                jump(ready)
                bind(exhausted)
                load(register, .undefined)
                bind(ready)
                finishElement(id, prepared, register, mode)
            }
            release(to: saved)
        }
        state.controls.removeLast()
        let handler = endRegion()
        closeIterator(iterator)
        let end = makeLabel()
        jump(end)
        bind(handler)
        closeIteratorAfterThrow(iterator, exception)
        bind(end)
    }

    /// What a message about a value that an array pattern cannot iterate quotes. V8 quotes what its parser can match.
    private mutating func iteratedSource(_ source: PatternSource, _ item: Node) -> (Node, QuotedRole) {
        switch source {
        case .declaration(let value):
            switch value.kind {
            case .member, .index, .privateMember, .optionalChain, .binary, .logical, .assign, .parenthesized: return (value, .value)
            default: return (value, .iterated)
            }
        case .assignment(let value): return (value, value.kind == .call || value.kind == .new ? .iterated : .value)
        case .loopElement: return (item, .loopElement)
        case .nested, .parameter, .defaultedParameter, .caught: return (item, .value)
        }
    }

    // MARK: Objects

    private mutating func bindObject(_ item: Node, _ value: Register, _ mode: StoreMode) {
        let source = state.patternSource
        state.patternSource = .nested
        let properties = Array(program.list(item.a, item.b))
        var object = value
        if localName(value) != 0, !properties.isEmpty {
            // A target may be the variable that holds the object.
            object = allocate()
            move(object, value)
        }
        if let first = properties.first, node(first).kind == .property, node(first).flags & PropertyFlag.computed == 0 {
            mark(node(node(first).b).start)
        } else {
            mark(item.start)
        }
        var isRead = false
        switch source {
        case .declaration(let value), .assignment(let value):
            state.builder.markExpression(value.start, value.end, .destructured)
        case .loopElement: state.builder.markExpression(0, 0, .loopElement)
        case .caught: state.builder.markExpression(0, 0, .caught)
        case .parameter: state.builder.markExpression(0, 0, .value)
        case .defaultedParameter: state.builder.markExpression(0, 0, .defaulted)
        case .nested:
            state.builder.markExpression(0, 0, .value)
            isRead = true
        }
        if !isRead { isRead = properties.first.map { isPlainRead($0) } ?? false }
        emit(.requireObjectCoercible, x: isRead ? 1 : 0, a: object, c: firstKey(properties))
        let hasRest = properties.last.map { node($0).kind == .rest } ?? false
        let keys = hasRest ? allocate(max(1, properties.count - 1)) : 0
        for (position, id) in properties.enumerated() {
            let saved = state.nextRegister
            let property = node(id)
            if property.kind == .rest {
                let prepared = prepareTarget(property.a, mode)
                let rest = allocate()
                state.builder.emit(.newObject, a: rest, b: 0)
                copyRest(rest, object, keys, position)
                finishElement(property.a, prepared, rest, mode)
            } else {
                bindProperty(property, object, mode, key: hasRest ? keys + Register(truncatingIfNeeded: position) : nil)
            }
            release(to: saved)
        }
    }

    /// Of a property with a default value or a target that is no name, V8 says that it cannot be read.
    private mutating func isPlainRead(_ id: NodeID) -> Bool {
        guard node(id).kind == .property else { return false }
        switch node(unwrapped(node(id).b)).kind {
        case .assignmentPattern, .member, .index, .privateMember: return true
        default: return false
        }
    }

    private mutating func firstKey(_ properties: [NodeID]) -> UInt16 {
        guard let first = properties.first, node(first).kind == .property,
            node(first).flags & PropertyFlag.computed == 0, node(node(first).a).kind == .string
        else { return 0xFFFF }
        return requiredAtom(node(node(first).a).a)
    }

    private mutating func copyRest(_ rest: Register, _ object: Register, _ keys: Register, _ count: Int) {
        if count < 255 {
            emit(.copyDataProperties, x: UInt8(truncatingIfNeeded: count), a: rest, b: object, c: keys)
            return
        }
        let list = allocate()
        emit(.newArray, a: list, b: keys, c: 0)
        for position in 0..<count { emit(.arrayAppend, a: list, b: keys + Register(truncatingIfNeeded: position)) }
        emit(.copyDataProperties, x: 255, a: rest, b: object, c: list)
    }

    private mutating func bindProperty(_ property: Node, _ object: Register, _ mode: StoreMode, key: Register?) {
        let isComputed = property.flags & PropertyFlag.computed != 0
        let keyNode = node(property.a)
        var keyRegister = key
        let name = isComputed ? nil : plainKey(property.a)
        if let name {
            if let key { state.builder.loadConstant(key, atom(name)) }
        } else {
            let register = key ?? allocate()
            keyRegister = register
            let raw = evaluate(property.a, .any)
            mark(keyNode.start)
            emit(.toPropertyKey, a: register, b: raw)
        }
        let target = targetOf(property.b)
        let prepared = prepareTarget(target, mode)
        let register = node(property.b).kind == .identifier ? elementRegister(target, mode) : allocate()
        mark(keyNode.start)
        if let name {
            getNamed(register, object, name)
        } else {
            emit(.getElement, a: register, b: object, c: keyRegister ?? 0)
        }
        finishElement(property.b, prepared, register, mode)
    }
}
