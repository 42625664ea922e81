import TerrariumSyntax

/// Loops: the test stands at the bottom, where it is one fused instruction; a guard at the top skips the loop.
extension Compiler {
    private mutating func pushLoop(_ breakLabel: BytecodeBuilder.Label, _ continueLabel: BytecodeBuilder.Label) {
        state.controls.append(
            Control(
                kind: .target, labels: takeLabels(), breakLabel: breakLabel, continueLabel: continueLabel,
                takesPlainBreak: true))
    }

    mutating func whileStatement(_ item: Node) {
        let labels = takeLabels()
        if let completion = state.completion { load(completion, .undefined) }
        state.pendingLabels = labels
        loop(test: item.a, update: 0, body: item.b) { _ in }
    }

    /// Guard, body, update, test. `beforeUpdate` copies per-iteration bindings.
    private mutating func loop(
        test: NodeID, update: NodeID, body: NodeID, isEntered: Bool = false, beforeUpdate: (inout Compiler) -> Void
    ) {
        let top = makeLabel(), next = makeLabel(), end = makeLabel()
        let known = test == 0 ? true : constantTruth(test)
        if known == false {
            _ = takeLabels()
            return
        }
        let outside = state.nextRegister, heldAround = state.held.count
        let limit = known == nil ? holdConstants(of: test) : nil
        pushLoop(end, next)
        let check = makeLabel()
        state.heldLimit = limit
        if known == nil, !isEntered {
            // A short test is written twice; anything else once, at the bottom.
            if isShortTest(test) { jump(test, if: false, to: end) } else { jump(check) }
        }
        // With the test at the bottom, the body is entered from there only.
        if known == nil, !isEntered { state.builder.use(top) }
        bind(top)
        statement(body)
        bind(next)
        state.controls.removeLast()
        let saved = state.nextRegister
        beforeUpdate(&self)
        if update != 0 { effect(update) }
        release(to: saved)
        bind(check)
        if known == true {
            jump(top)
        } else {
            state.heldLimit = limit
            jump(test, if: true, to: top)
        }
        state.heldLimit = nil
        state.held.removeLast(state.held.count - heldAround)
        release(to: outside)
        bind(end)
    }

    /// Loads what the test compares a variable with and what does not change, in the loop and in general: a number that is no
    /// operand of the comparison (`i < 100000`), the object in `i < list.length` when its name is a constant or a variable
    /// that nothing assigns to.
    private mutating func holdConstants(of test: NodeID) -> (node: NodeID, register: Register)? {
        let item = node(unwrapped(test)), left = node(unwrapped(item.a))
        guard item.kind == .binary, let comparison = comparison(item.flags), left.kind == .identifier,
            case let counter = resolve(left.a, from: left.b), case .register = counter.kind, counter.objects.isEmpty,
            counter.deadZone == .initialized
        else { return nil }
        switch comparison {
        case .lt, .le, .gt, .ge: break
        default: return nil
        }
        if let value = foldedNumber(item.b, 4), smallInt(item.b) == nil {
            let register = allocate()
            loadNumber(register, value)
            return (item.b, register)
        }
        let right = node(unwrapped(item.b)), subject = node(right.a)
        guard right.kind == .member, right.flags == 0, subject.kind == .identifier, state.held.count < 16,
            case let resolved = resolve(subject.a, from: subject.b), resolved.objects.isEmpty, isNeverAssigned(resolved, subject.a),
            heldRegister(resolved, subject.a) == nil
        else { return nil }
        let register = allocate()
        _ = loadResolved(resolved, subject.a, at: subject.start, .into(register))
        state.held.append(HeldName(scope: resolved.scope, index: resolved.index, register: register))
        return nil
    }

    /// Whether a name stands for something outside of registers that is the same from its initialisation on.
    private mutating func isNeverAssigned(_ resolved: ResolvedName, _ name: NameID) -> Bool {
        switch resolved.kind {
        case .slot, .global: break
        default: return false
        }
        let declarations = program.scopes[Int(resolved.scope)].declarations
        guard declarations.indices.contains(resolved.index), declarations[resolved.index].name == name else { return false }
        let declaration = declarations[resolved.index]
        if declaration.kind == .const { return true }
        // A direct eval may assign to anything that it sees.
        guard case .slot = resolved.kind, !declaration.isAssigned, declaration.function == nil, !program.scopes[Int(resolved.scope)].isDynamic else { return false }
        switch declaration.kind {
        case .let: return true
        case .parameter: return !functions[Int(program.scopes[Int(resolved.scope)].function)].usesArguments
        default: return false
        }
    }

    /// The register that a loop around keeps a name in.
    mutating func heldRegister(_ resolved: ResolvedName, _ name: NameID) -> Register? {
        guard let held = state.held.last(where: { $0.scope == resolved.scope && $0.index == resolved.index }) else { return nil }
        // Names without a declaration have no place either.
        let declarations = program.scopes[Int(resolved.scope)].declarations
        return declarations.indices.contains(held.index) && declarations[held.index].name == name ? held.register : nil
    }

    /// A comparison of names, literals and properties of names, or one of those alone.
    private mutating func isShortTest(_ id: NodeID) -> Bool {
        let item = node(unwrapped(id))
        guard item.kind == .binary else { return isShortOperand(unwrapped(id)) }
        return isShortOperand(item.a) && isShortOperand(item.b)
    }

    private mutating func isShortOperand(_ id: NodeID) -> Bool {
        let item = node(unwrapped(id))
        switch item.kind {
        case .identifier, .number, .string, .boolean, .null, .this: return true
        case .member where item.flags == 0:
            let object = node(item.a)
            return object.kind == .identifier || object.kind == .this
        default: return false
        }
    }

    mutating func doWhileStatement(_ item: Node) {
        let labels = takeLabels()
        if let completion = state.completion { load(completion, .undefined) }
        state.pendingLabels = labels
        let top = makeLabel(), next = makeLabel(), end = makeLabel()
        pushLoop(end, next)
        bind(top)
        statement(item.a)
        bind(next)
        state.controls.removeLast()
        let saved = state.nextRegister
        switch constantTruth(item.b) {
        case true: jump(top)
        case false: break
        default: jump(item.b, if: true, to: top)
        }
        release(to: saved)
        bind(end)
    }

    mutating func forStatement(_ item: Node) {
        let labels = takeLabels()
        if let completion = state.completion { load(completion, .undefined) }
        guard Int(item.d) < program.loops.count else { return }
        let info = program.loops[Int(item.d)]
        let scope = openScope(info.scope)
        disposing(info.scope) { compiler in
            if item.a != 0 {
                if compiler.node(item.a).kind == .variableDeclaration {
                    compiler.statement(item.a)
                } else {
                    compiler.effect(item.a)
                }
            }
            // Closures of the initializer keep the bindings as they were then, those of each turn their own.
            let isPerIteration = compiler.scopes[Int(info.scope)].isHeap && compiler.hasMutableBindings(info.scope)
            let register = compiler.scopes[Int(info.scope)].register
            if isPerIteration { compiler.emit(.copyScope, a: register, b: register) }
            compiler.state.pendingLabels = labels
            let isEntered = compiler.isCertainlyEntered(item)
            compiler.loop(test: item.b, update: item.c, body: info.body, isEntered: isEntered) { compiler in
                if isPerIteration { compiler.emit(.copyScope, a: register, b: register) }
            }
        }
        closeScope(scope)
    }

    /// Whether the first test is `i < n` and the like with literals on both sides: `for (let i = 0; i < 10; …)`.
    private mutating func isCertainlyEntered(_ item: Node) -> Bool {
        let declaration = node(item.a), test = node(unwrapped(item.b))
        guard declaration.kind == .variableDeclaration, test.kind == .binary, let comparison = comparison(test.flags),
            let last = program.list(declaration.a, declaration.b).last
        else { return false }
        let target = node(node(last).a), name = node(unwrapped(test.a))
        guard node(last).b != 0, target.kind == .identifier, name.kind == .identifier, target.a == name.a,
            let first = smallInt(node(last).b), let limit = smallInt(test.b),
            case .register = resolve(name.a, from: name.b).kind
        else { return false }
        return switch comparison {
        case .lt: first < limit
        case .le: first <= limit
        case .gt: first > limit
        case .ge: first >= limit
        case .ne, .strictNe: first != limit
        default: false
        }
    }

    private mutating func hasMutableBindings(_ scope: ScopeID) -> Bool {
        program.scopes[Int(scope)].declarations.contains { $0.kind == .let }
    }

    // MARK: for-in and for-of

    /// Evaluates the object of a for-in or for-of loop, whose bindings are in their dead zone meanwhile.
    private mutating func loopSubject(_ item: Node, _ scope: ScopeID) -> Register {
        if program.scopes[Int(scope)].declarations.isEmpty { return evaluate(item.b, .any) }
        let result = allocate()
        let mark = ScopeMark(nextRegister: state.nextRegister, scopeRegister: state.scopeRegister)
        enterScope(scope)
        evaluate(item.b, into: result)
        closeScope(mark)
        return result
    }

    /// What the loop assigns in each turn.
    private enum LoopTarget {
        case declaration(pattern: NodeID, DeclarationKind)
        case assignment(NodeID)
    }

    private mutating func loopTarget(_ item: Node) -> LoopTarget {
        let target = node(item.a)
        guard target.kind == .variableDeclaration else { return .assignment(item.a) }
        let kind = DeclarationKind(rawValue: target.flags) ?? .var
        let declarator = node(program.list(target.a, target.b).first ?? 0)
        return .declaration(pattern: declarator.a, kind)
    }

    /// The register of a loop variable that may receive the element at once.
    private mutating func directLoopRegister(_ target: LoopTarget) -> Register? {
        switch target {
        case .declaration(let pattern, let kind):
            let name = node(pattern)
            guard name.kind == .identifier, kind != .using, kind != .awaitUsing else { return nil }
            return directRegister(resolve(name.a, from: name.b), kind == .var ? .assign : .initialize)
        case .assignment(let id):
            let name = node(unwrapped(id))
            guard name.kind == .identifier else { return nil }
            return directRegister(resolve(name.a, from: name.b), .assign)
        }
    }

    /// Gives the element to the target, in the scope of the turn.
    private mutating func bindLoopTarget(_ target: LoopTarget, _ value: Register) {
        switch target {
        case .declaration(let pattern, let kind):
            state.patternSource = .loopElement
            bindPattern(pattern, value, kind == .var ? .assign : .initialize)
            if kind == .using || kind == .awaitUsing { addResource(node(pattern), isAsync: kind == .awaitUsing) }
        case .assignment(let id): bindPattern(id, value, .assign)
        }
    }

    mutating func forInStatement(_ item: Node) {
        let labels = takeLabels()
        guard Int(item.d) < program.loops.count else { return }
        let info = program.loops[Int(item.d)]
        let target = loopTarget(item)
        // Annex B.3.5: for (var a = initial in object)
        if case .declaration(let pattern, .var) = target {
            let declaration = node(item.a)
            let declarator = node(program.list(declaration.a, declaration.b).first ?? 0)
            if declarator.b != 0 { assign(to: node(pattern), declarator.b, .assign, isNamed: true) }
        }
        if let completion = state.completion { load(completion, .undefined) }
        let subject = loopSubject(item, info.scope)
        let enumerator = allocate(5)
        mark(node(item.b).start)
        emit(.forInPrepare, a: enumerator, b: subject)
        let next = makeLabel(), end = makeLabel()
        state.controls.append(
            Control(kind: .target, labels: labels, breakLabel: end, continueLabel: next, takesPlainBreak: true))
        bind(next)
        let key = allocate()
        let scopeMark = ScopeMark(nextRegister: state.nextRegister, scopeRegister: state.scopeRegister)
        prepareScope(info.scope)
        let direct = directLoopRegister(target)
        mark(node(item.b).start)
        state.builder.emitShort(.forInNext, a: direct ?? key, b: enumerator, end)
        materializeScope(info.scope)
        if direct == nil {
            bindLoopTarget(target, key)
        } else if case .declaration(let pattern, _) = target {
            markInitialized(node(pattern).a, in: node(pattern).b)
        }
        statement(info.body)
        jump(next)
        state.controls.removeLast()
        closeScope(scopeMark)
        bind(end)
    }

    /// The variable or target of a for-of, where stack traces show its steps.
    private mutating func loopTargetNode(_ item: Node) -> Node {
        let target = node(item.a)
        guard target.kind == .variableDeclaration, let first = program.list(target.a, min(1, target.b)).first else { return target }
        return node(first)
    }

    mutating func forOfStatement(_ item: Node) {
        let labels = takeLabels()
        if let completion = state.completion { load(completion, .undefined) }
        guard Int(item.d) < program.loops.count else { return }
        let info = program.loops[Int(item.d)]
        let target = loopTarget(item)
        let isAsync = item.flags & 1 != 0
        noteIterated(item.b, isAsync: isAsync)
        let subject = loopSubject(item, info.scope)
        let source = node(item.b)
        let role: QuotedRole = source.kind == .optionalChain || source.kind == .conditional || source.kind == .logical ? .value : .iterated
        let iterator = openIterator(subject, isAsync: isAsync, source: source, role: role)
        let exception = allocate()
        let next = makeLabel(), end = makeLabel()
        // `continue` stays inside the iterator's protection, `break` leaves it.
        state.controls.append(Control(kind: .target, labels: labels, breakLabel: end, takesPlainBreak: true))
        bind(next)
        let element = allocate()
        let scopeMark = ScopeMark(nextRegister: state.nextRegister, scopeRegister: state.scopeRegister)
        prepareScope(info.scope)
        let direct = directLoopRegister(target)
        stepIterator(iterator, into: direct ?? element, exhausted: end, source: loopTargetNode(item))
        openRegion(exception)
        let again = makeLabel()
        state.controls.append(Control(kind: .iterator(iterator), region: state.regions.count - 1))
        state.controls.append(Control(kind: .target, labels: labels, continueLabel: again))
        materializeScope(info.scope)
        disposing(info.scope) { compiler in
            if direct == nil {
                compiler.bindLoopTarget(target, element)
            } else if case .declaration(let pattern, _) = target {
                compiler.markInitialized(compiler.node(pattern).a, in: compiler.node(pattern).b)
            }
            compiler.statement(info.body)
        }
        state.controls.removeLast(2)
        bind(again)
        let handler = endRegion()
        jump(next)
        bind(handler)
        closeIteratorAfterThrow(iterator, exception)
        state.controls.removeLast()
        closeScope(scopeMark)
        bind(end)
    }
}
