import TerrariumSyntax

/// Statements (ECMA-262 §14).
extension Compiler {
    mutating func statements(_ list: ArraySlice<NodeID>, isFunctionLevel: Bool = false) {
        for id in list {
            if failure != nil { return }
            statement(id)
            if isFunctionLevel, state.kind == .derivedConstructor, isSuperCall(id) { state.isThisBound = true }
        }
    }

    /// Whether a statement is just `super(…)`: what comes after it in the constructor's own list has a `this`.
    private mutating func isSuperCall(_ id: NodeID) -> Bool {
        let item = node(id)
        guard item.kind == .expressionStatement else { return false }
        let call = node(item.a)
        return call.kind == .call && node(call.a).kind == .super
    }

    mutating func statement(_ id: NodeID) {
        let item = node(id)
        guard mayRecurse() else { return }
        let saved = state.nextRegister
        switch item.kind {
        case .expressionStatement:
            if let completion = state.completion {
                evaluate(item.a, into: completion)
            } else {
                effect(item.a)
            }
        case .variableDeclaration: variableDeclaration(item)
        case .functionDeclaration: functionDeclaration(item)
        case .classDeclaration: classDeclaration(item)
        case .return: returnStatement(item)
        case .if: ifStatement(item)
        case .for: forStatement(item)
        case .forIn: forInStatement(item)
        case .forOf: forOfStatement(item)
        case .while: whileStatement(item)
        case .doWhile: doWhileStatement(item)
        case .block: block(item)
        case .break: jumpStatement(item, isContinue: false)
        case .continue: jumpStatement(item, isContinue: true)
        case .throw:
            let value = evaluate(item.a, .any)
            mark(item.start)
            emit(.throw, a: value)
            state.builder.endReachable()
        case .try: tryStatement(item)
        case .switch: switchStatement(item)
        case .labeled: labeledStatement(item)
        case .with: withStatement(item)
        case .debugger:
            mark(item.start)
            emit(.debugger)
        case .importDeclaration: break
        case .exportDeclaration: exportDeclaration(item)
        default: break
        }
        state.pendingLabels = []
        release(to: saved)
    }

    /// The labels before the statement, for the control that it makes.
    mutating func takeLabels() -> [NameID] {
        let labels = state.pendingLabels
        state.pendingLabels = []
        return labels
    }

    private mutating func block(_ item: Node) {
        let labels = takeLabels()
        let end = makeLabel()
        if !labels.isEmpty {
            state.controls.append(Control(kind: .target, labels: labels, breakLabel: end))
        }
        if program.scopes[Int(item.c)].declarations.isEmpty {
            statements(program.list(item.a, item.b))
        } else {
            let scope = openScope(item.c)
            disposing(item.c) { compiler in compiler.statements(compiler.program.list(item.a, item.b)) }
            closeScope(scope)
        }
        if !labels.isEmpty {
            state.controls.removeLast()
            bind(end)
        }
    }

    private mutating func labeledStatement(_ item: Node) {
        var labels = takeLabels()
        var body = item
        var id: NodeID = 0
        while body.kind == .labeled {
            labels.append(body.a)
            id = body.b
            body = node(id)
        }
        switch body.kind {
        case .for, .forIn, .forOf, .while, .doWhile, .switch, .block:
            state.pendingLabels = labels
            statement(id)
        default:
            let end = makeLabel()
            state.controls.append(Control(kind: .target, labels: labels, breakLabel: end))
            statement(id)
            state.controls.removeLast()
            bind(end)
        }
    }

    /// `else if` chains are a loop, not a recursion.
    private mutating func ifStatement(_ first: Node) {
        if let completion = state.completion { load(completion, .undefined) }
        let end = makeLabel()
        var item = first
        while goesOn() {
            let saved = state.nextRegister
            let otherwise = makeLabel()
            if let known = constantTruth(item.a) {
                // Declarations have been hoisted: a branch that is never taken leaves no trace.
                if known {
                    statement(item.b)
                    break
                }
                if item.c == 0 { break }
            } else {
                jump(item.a, if: false, to: item.c == 0 ? end : otherwise)
                release(to: saved)
                statement(item.b)
                if item.c == 0 { break }
                jump(end)
            }
            bind(otherwise)
            let next = node(item.c)
            if next.kind == .if {
                item = next
            } else {
                statement(item.c)
                break
            }
        }
        bind(end)
    }

    private mutating func returnStatement(_ item: Node) {
        if item.a == 0 {
            leave(.return, value: nil)
            return
        }
        var value = evaluate(item.a, .any)
        if state.isAsync, state.isGenerator {
            let result = allocate()
            mark(item.start)
            emit(.await, a: result, b: value)
            value = result
        }
        leave(.return, value: value)
    }

    // MARK: Declarations

    private mutating func variableDeclaration(_ item: Node) {
        let kind = DeclarationKind(rawValue: item.flags) ?? .var
        for id in program.list(item.a, item.b) {
            let declarator = node(id)
            let saved = state.nextRegister
            declare(declarator, kind)
            release(to: saved)
        }
    }

    private mutating func declare(_ declarator: Node, _ kind: DeclarationKind) {
        let target = node(declarator.a)
        let mode: StoreMode = kind == .var ? .assign : .initialize
        guard target.kind == .identifier else {
            guard declarator.b != 0 else { return }
            if target.kind == .arrayPattern { noteIterated(declarator.b) }
            let value = evaluate(declarator.b, .any)
            state.patternSource = .declaration(node(declarator.b))
            bindPattern(declarator.a, value, mode)
            return
        }
        if declarator.b == 0 {
            if kind == .var { return }
            let resolved = resolve(target.a, from: target.b)
            if let register = directRegister(resolved, .initialize) {
                load(register, .undefined)
            } else {
                let temporary = allocate()
                load(temporary, .undefined)
                storeResolved(resolved, target.a, temporary, at: target.start, .initialize)
            }
            markInitialized(target.a, in: target.b)
            return
        }
        assign(to: target, declarator.b, mode, isNamed: true)
        if mode == .initialize { markInitialized(target.a, in: target.b) }
        if kind == .using || kind == .awaitUsing { addResource(target, isAsync: kind == .awaitUsing) }
    }

    /// A declaration's function was made at scope entry; a block's one also goes to the var of the same name now
    /// (ECMA-262 Annex B.3.3).
    private mutating func functionDeclaration(_ item: Node) {
        let name = functions[Int(item.a)].name
        guard item.b != 0 || program.isModule == false, let place = program.scopes[Int(item.b)].find(name),
            program.scopes[Int(item.b)].declarations[place].hoistsToVar
        else { return }
        let own = resolve(name, from: item.b)
        let value = loadResolved(own, name, at: item.start, .any)
        var outer = program.scopes[Int(item.b)].parent
        while true {
            switch program.scopes[Int(outer)].kind {
            case .script where options.evalContext != nil && !state.isStrict:
                if let place = program.scopes[Int(outer)].find(name),
                    staysInBlock(program.scopes[Int(outer)].declarations[place]) { return }
                storeEvalFunction(name, value, at: item.start)
                return
            case .script, .module, .eval, .function, .body:
                var target = item
                (target.kind, target.a, target.b) = (.identifier, name, outer)
                storeName(target, value, .assign)
                return
            default:
                if outer == 0 { return }
                outer = program.scopes[Int(outer)].parent
            }
        }
    }

    private mutating func withStatement(_ item: Node) {
        if let completion = state.completion { load(completion, .undefined) }
        let mark = ScopeMark(nextRegister: state.nextRegister, scopeRegister: state.scopeRegister)
        let object = allocate()
        let value = evaluate(item.a, .any)
        self.mark(node(item.a).start)
        emit(.toObject, a: object, b: value)
        let index = Int(item.c)
        scopes[index] = ScopeState()
        scopes[index].withSlot = newSlot(item.c)
        materializeScope(item.c)
        setSlot(object, scopes[index].register, 0, 0)
        statement(item.b)
        closeScope(mark)
    }
}
