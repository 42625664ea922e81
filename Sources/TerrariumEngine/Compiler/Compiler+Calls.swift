import TerrariumSyntax

/// Calls, member access and the chains they form.
///
/// A chain `a.b.c(x).d(y)` is walked from its head: every call builds its frame at the same place, and the value so far is
/// put where the next link wants it (the callee or the `this` of that frame), so that a chain needs no moves and no stack.
extension Compiler {
    /// Links of a chain, outermost first, and its head.
    private mutating func links(of id: NodeID) -> (links: [NodeID], head: NodeID) {
        var links: [NodeID] = []
        var current = id
        while true {
            guard goesOn() else { return (links, current) }
            let item = node(current)
            switch item.kind {
            case .member, .index:
                if node(item.a).kind == .super { return (links, current) }
                links.append(current)
                current = item.a
            case .privateMember, .taggedTemplate:
                links.append(current)
                current = item.a
            case .call:
                let callee = node(item.a)
                if callee.kind == .super || isOperation(callee) { return (links, current) }
                links.append(current)
                current = item.a
            case .parenthesized:
                // `(a.b)()` keeps its this; a chain in parentheses ends its optional links there.
                let inner = unwrapped(current)
                switch node(inner).kind {
                case .member, .index, .privateMember: current = inner
                default: return (links, current)
                }
            default: return (links, current)
            }
        }
    }

    private mutating func isCall(_ id: NodeID) -> Bool {
        let kind = node(id).kind
        return kind == .call || kind == .taggedTemplate
    }

    /// Whether the link above number `index` (its user) calls it.
    private mutating func isCalled(_ links: [NodeID], _ index: Int) -> Bool { index > 0 && isCall(links[index - 1]) }

    mutating func chain(_ id: NodeID, _ want: Want) -> Register {
        let (links, head) = links(of: id)
        if links.isEmpty { return chainHead(head, want, isCalled: false).register }
        let target = destination(want)
        let saved = state.nextRegister
        // Frame: callee, link, new.target, this.
        let base = allocate(4)
        let last = links.count - 1
        var current: Register
        var hasThis = false
        // The head.
        if isCall(links[last]) {
            let result = chainHead(head, .into(base), isCalled: true)
            current = result.register
            hasThis = result.hasThis
            release(to: Int(base) + 4)
        } else if isCalled(links, last) {
            evaluate(head, into: base + 3)
            current = base + 3
        } else {
            let item = node(links[last])
            let key = node(item.b)
            current = item.kind == .index ? operand(head, before: key.start, key.end) : evaluate(head, .any)
        }
        var index = last
        while index >= 0, goesOn() {
            let item = node(links[index])
            let isLast = index == 0
            if isCall(links[index]) {
                move(base, current)
                let result = isLast ? target : isCalled(links, index) ? base : base + 3
                callLink(links[index], item, base, result, hasThis: hasThis)
                current = result
                hasThis = false
            } else if isCalled(links, index) {
                move(base + 3, current)
                property(item, base, base + 3)
                current = base
                hasThis = true
            } else {
                let result = isLast ? target : isNextMethod(links, index) ? base + 3 : base
                property(item, result, current)
                current = result
            }
            // Arguments of the next link start right behind the frame's head.
            release(to: Int(base) + 4)
            index -= 1
        }
        release(to: saved)
        return target
    }

    /// Whether the link above is a property that is then called, so that this link's value is the `this`.
    private mutating func isNextMethod(_ links: [NodeID], _ index: Int) -> Bool {
        index > 1 && !isCall(links[index - 1]) && isCall(links[index - 2])
    }

    /// A property of the value in a register; for an optional link, a nullish value ends the chain.
    private mutating func property(_ item: Node, _ target: Register, _ object: Register) {
        if item.flags & 1 != 0, let exit = state.chainExit { state.builder.jumpIf(.nullish, object, true, exit) }
        switch item.kind {
        case .member:
            mark(item.c)
            getNamed(target, object, item.b)
        case .index:
            if let name = plainKey(unwrapped(item.b)) {
                mark(item.c)
                getNamed(target, object, name)
                return
            }
            let saved = state.nextRegister
            let key = evaluate(item.b, .any)
            mark(item.c)
            emit(.getElement, a: target, b: object, c: key)
            release(to: saved)
        default:
            let saved = state.nextRegister
            let symbol = privateSymbol(item.b, from: item.c)
            mark(item.d)
            state.builder.emitCached(.getPrivate, a: target, b: object, c: symbol)
            release(to: saved)
        }
    }

    /// What a chain starts with; with `isCalled`, the callee goes to the wanted register and perhaps its `this` to the third
    /// behind it.
    private mutating func chainHead(_ id: NodeID, _ want: Want, isCalled: Bool) -> (register: Register, hasThis: Bool) {
        let item = node(id)
        switch item.kind {
        case .member, .index:
            // super.x
            let target = destination(want)
            let saved = state.nextRegister
            let this: Register
            if isCalled {
                this = target + 3
                _ = loadThis(.into(this), at: item.start)
            } else {
                this = loadThis(.any, at: item.start)
            }
            let key: Register
            if item.kind == .member {
                key = allocate()
                state.builder.loadConstant(key, atom(item.b))
            } else {
                key = evaluate(item.b, .any)
            }
            mark(item.kind == .member ? item.c : node(item.b).start)
            emit(.getSuper, a: target, b: this, c: key)
            release(to: saved)
            return (target, isCalled)
        case .call:
            return (isOperation(node(item.a)) ? operationCall(item, want) : superCall(item, want), false)
        case .identifier where isCalled:
            let resolved = resolve(item.a, from: item.b)
            guard !resolved.objects.isEmpty else { break }
            // A function found in a with object is called as its method.
            let target = destination(want)
            let saved = state.nextRegister
            let object = findObject(resolved, item.a, at: item.start)
            var environments = resolved
            environments.objects = []
            load(target + 3, .undefined)
            loadFound(target, object, environments, item)
            if resolved.objects.contains(where: \.isWith) {
                let end = makeLabel()
                state.builder.jumpIf(.undefined, object, true, end)
                passWithObject(object, target + 3, resolved)
                bind(end)
            }
            release(to: saved)
            return (target, true)
        case .parenthesized:
            let inner = unwrapped(id)
            if isCalled, node(inner).kind == .optionalChain, case .into(let target) = want {
                // `(a?.b)()`: the chain yields undefined, or a function and its this.
                optionalCallee(node(inner), target)
                return (target, true)
            }
        default: break
        }
        return (evaluate(id, want), false)
    }

    /// The object is the `this` unless it holds variables of an eval.
    private mutating func passWithObject(_ object: Register, _ this: Register, _ resolved: ResolvedName) {
        let saved = state.nextRegister
        let end = makeLabel()
        let candidate = allocate()
        for environment in resolved.objects where !environment.isWith {
            getSlot(candidate, environment.scope, environment.hops, environment.slot)
            state.builder.jumpIf(.strictEq, candidate, object, true, end)
        }
        move(this, object)
        bind(end)
        release(to: saved)
    }

    // MARK: Call links

    private mutating func callLink(_ id: NodeID, _ item: Node, _ base: Register, _ result: Register, hasThis: Bool) {
        if item.kind == .taggedTemplate {
            let count = templateArguments(node(item.b), base)
            emitCall(hasThis ? .callThis : .call, result, base, count, id, position: node(item.b).start)
            return
        }
        if item.flags & 1 != 0, let exit = state.chainExit { state.builder.jumpIf(.nullish, base, true, exit) }
        let arguments = program.list(item.b, item.c)
        let callee = node(unwrapped(item.a))
        if hasSpread(arguments) {
            if !hasThis { load(base + 3, .undefined) }
            let array = allocate()
            _ = arrayElements(arguments, into: array, call: item.d)
            if isDirectEval(item) {
                directEval(item, callee, base, result, 1, isSpread: true)
                return
            }
            mark(item.d)
            state.builder.markExpression(node(item.a).start, node(item.a).end, calleeRole(id))
            emit(.callSpread, a: result, b: base)
            return
        }
        let count = evaluateArguments(arguments)
        if isDirectEval(item) {
            directEval(item, callee, base, result, count, isSpread: false)
            return
        }
        emitCall(hasThis ? .callThis : .call, result, base, count, id, position: item.d)
    }

    /// The callee of a call whose result is iterated is quoted as such.
    private mutating func calleeRole(_ id: NodeID) -> QuotedRole {
        id != 0 && id == state.iteratedCall ? (state.iteratesAsync ? .asyncIteratedCallee : .iteratedCallee) : .callee
    }

    /// The value of this expression is about to be iterated.
    mutating func noteIterated(_ id: NodeID, isAsync: Bool = false) {
        state.iteratedCall = node(id).kind == .call ? id : 0
        state.iteratesAsync = isAsync
    }

    private mutating func isDirectEval(_ item: Node) -> Bool {
        let callee = program[unwrapped(item.a)]
        return callee.kind == .identifier && callee.a == KnownName.eval && program.scopes[Int(callee.b)].isDynamic
            && item.flags & 1 == 0
    }

    private mutating func emitCall(
        _ opcode: Opcode, _ result: Register, _ base: Register, _ count: Int, _ id: NodeID, position: UInt32
    ) {
        mark(position)
        let callee = node(node(id).a)
        state.builder.markExpression(callee.start, callee.end, calleeRole(id))
        emit(opcode, a: result, b: base, c: UInt16(truncatingIfNeeded: count))
    }

    mutating func hasSpread(_ list: ArraySlice<NodeID>) -> Bool { list.contains { node($0).kind == .spread } }

    /// Evaluates arguments into the registers on top; they stay allocated.
    private mutating func evaluateArguments(_ arguments: ArraySlice<NodeID>) -> Int {
        if arguments.count > 0x7FFE {
            fail(.tooManyArguments)
            return 0
        }
        for argument in arguments {
            let register = allocate()
            evaluate(argument, into: register)
        }
        return arguments.count
    }

    // MARK: Operations of the engine

    /// Whether a callee is `$name` in the engine's own JavaScript.
    private mutating func isOperation(_ callee: Node) -> Bool {
        options.isBuiltin && callee.kind == .identifier && program.names.text(callee.a).first == 36
    }

    private mutating func operationCall(_ item: Node, _ want: Want) -> Register {
        let target = destination(want)
        let saved = state.nextRegister
        let name = String(program.names.string(node(item.a).a).dropFirst())
        let arguments = program.list(item.b, item.c)
        if name == "call", arguments.count >= 2 {
            // $call(function, this, …): an ordinary call with an explicit this.
            let base = allocate(4)
            let parts = Array(arguments)
            evaluate(parts[0], into: base)
            evaluate(parts[1], into: base + 3)
            let count = evaluateArguments(arguments.dropFirst(2))
            mark(item.start)
            emit(.callThis, a: target, b: base, c: UInt16(truncatingIfNeeded: count))
        } else if name == "apply", arguments.count == 3 {
            // $apply(function, this, array): a call with the elements of an array that no guest has seen.
            let base = allocate(5)
            let parts = Array(arguments)
            evaluate(parts[0], into: base)
            evaluate(parts[1], into: base + 3)
            evaluate(parts[2], into: base + 4)
            mark(item.start)
            emit(.callSpread, a: target, b: base)
        } else if name == "constructWith", arguments.count == 3 {
            // $constructWith(constructor, array, newTarget), with the elements of an array that no guest has seen.
            let base = allocate(5)
            let parts = Array(arguments)
            evaluate(parts[0], into: base)
            move(base + 1, base)
            evaluate(parts[2], into: base + 2)
            load(base + 3, .undefined)
            evaluate(parts[1], into: base + 4)
            mark(item.start)
            emit(.superConstructSpread, x: 1, a: target, b: base)
        } else if let number = BuiltinOperation.number(of: name) {
            let first = Register(truncatingIfNeeded: state.nextRegister)
            let count = evaluateArguments(arguments)
            if count == 0 { _ = allocate() }
            mark(item.start)
            emit(.intrinsic, x: number, a: target, b: first, c: UInt16(truncatingIfNeeded: count))
        } else {
            fail(.unsupported("the operation $\(name)"))
        }
        release(to: saved)
        return target
    }

    // MARK: Optional chains

    mutating func optionalChain(_ item: Node, _ want: Want) -> Register {
        let target = destination(want)
        let saved = state.nextRegister
        let outer = state.chainExit
        let isNullish = makeLabel(), end = makeLabel()
        state.chainExit = isNullish
        let value = evaluate(item.a, .any)
        state.chainExit = outer
        move(target, value)
        jump(end)
        bind(isNullish)
        if case .effect = want {} else { load(target, .undefined) }
        bind(end)
        release(to: saved)
        return target
    }

    private mutating func optionalCallee(_ item: Node, _ target: Register) {
        let outer = state.chainExit
        let isNullish = makeLabel(), end = makeLabel()
        state.chainExit = isNullish
        let inner = node(item.a)
        load(target + 3, .undefined)
        switch inner.kind {
        case .member, .index, .privateMember:
            if node(inner.a).kind == .super {
                evaluate(item.a, into: target)
            } else {
                evaluate(inner.a, into: target + 3)
                property(inner, target, target + 3)
            }
        default: evaluate(item.a, into: target)
        }
        state.chainExit = outer
        jump(end)
        bind(isNullish)
        load(target, .undefined)
        bind(end)
    }

    // MARK: new and super

    mutating func newExpression(_ item: Node, _ want: Want) -> Register {
        let target = destination(want)
        let saved = state.nextRegister
        let base = allocate(4)
        evaluate(item.a, into: base)
        let arguments = program.list(item.b, item.c)
        let callee = node(item.a)
        if hasSpread(arguments) {
            let array = allocate()
            _ = arrayElements(arguments, into: array, call: item.start)
            mark(item.start)
            state.builder.markExpression(callee.start, callee.end)
            emit(.constructSpread, a: target, b: base)
        } else {
            // Options, handlers: an empty literal that goes to a constructor stays empty as a rule.
            if let last = arguments.last, node(last).kind == .object { state.emptyArgument = node(last).start }
            let count = evaluateArguments(arguments)
            mark(item.start)
            state.builder.markExpression(callee.start, callee.end)
            emit(.construct, a: target, b: base, c: UInt16(truncatingIfNeeded: count))
        }
        release(to: saved)
        return target
    }

    /// `super(…)` (ECMA-262 §13.3.7.1): constructs, binds `this`, initialises the fields.
    private mutating func superCall(_ item: Node, _ want: Want) -> Register {
        let target = destination(want)
        let saved = state.nextRegister
        let base = allocate(4)
        loadActiveFunction(base)
        _ = loadNewTarget(.into(base + 2))
        let arguments = program.list(item.b, item.c)
        let result = target
        // The parent is looked up before the arguments; they seldom can change it.
        let isEarly: UInt8 = arguments.contains { mayRunCode($0) } ? 1 : 0
        if isEarly != 0, let number = BuiltinOperation.number(of: "plainPrototype") {
            emit(.intrinsic, x: number, a: base + 1, b: base, c: 1)
        }
        if hasSpread(arguments) {
            let array = allocate()
            _ = arrayElements(arguments, into: array, call: item.start)
            mark(item.start)
            emit(.superConstructSpread, x: isEarly, a: result, b: base)
        } else {
            let count = evaluateArguments(arguments)
            mark(item.start)
            emit(.superConstruct, x: isEarly, a: result, b: base, c: UInt16(truncatingIfNeeded: count))
        }
        bindThis(result, at: item.start)
        if state.hasFields || options.evalContext != nil {
            let constructor = allocate()
            loadActiveFunction(constructor)
            runFieldInitializer(this: result, constructor: constructor)
        }
        release(to: saved)
        return target
    }

    /// An argument that is more than a name, a literal or a function.
    private mutating func mayRunCode(_ id: NodeID) -> Bool {
        var item = node(unwrapped(id))
        if item.kind == .spread { item = node(unwrapped(item.a)) }
        switch item.kind {
        case .identifier, .number, .string, .bigInt, .boolean, .null, .this, .regExp, .function: return false
        default: return true
        }
    }

    /// BindThisValue.
    mutating func bindThis(_ value: Register, at offset: UInt32) {
        let saved = state.nextRegister
        let isUnbound = makeLabel()
        let current = loadThisOfConstructor()
        state.builder.jumpIf(.empty, current, true, isUnbound)
        mark(offset)
        emit(.throwError, x: ErrorSelector.superCalledTwice.rawValue, c: 0xFFFF)
        state.builder.endReachable()
        bind(isUnbound)
        if state.kind == .derivedConstructor { move(3, value) }
        if let place = findPseudo(\.thisSlot) {
            setSlot(value, place.scope, place.hops, place.slot)
        } else if state.kind != .derivedConstructor {
            storeEvalThis(value)
        }
        release(to: saved)
    }

    private mutating func loadThisOfConstructor() -> Register {
        if let place = findPseudo(\.thisSlot) {
            let target = allocate()
            getSlot(target, place.scope, place.hops, place.slot)
            return target
        }
        if state.kind == .derivedConstructor { return 3 }
        let target = allocate()
        loadEvalThisUnchecked(target)
        return target
    }

    /// Runs the initialiser of the class's fields on a new object.
    mutating func runFieldInitializer(this: Register, constructor: Register) {
        let saved = state.nextRegister
        let base = allocate(4)
        let parameters = functions[Int(state.function)].parametersStart
        if parameters != 0 { mark(parameters) }
        emit(.initializeFields, a: this, b: constructor, c: base)
        release(to: saved)
    }
}
