import TerrariumSyntax

/// Scripts and evals (ECMA-262 §16.1.7, §19.2.1.3).
extension Compiler {
    mutating func compileTopLevel() {
        templates.append(CodeTemplate())
        let info = functions[0]
        state.kind = info.kind
        state.isStrict = info.isStrict || options.evalContext?.isStrict ?? false
        var template = CodeTemplate()
        template.flags = flags(of: info)
        if state.isStrict { template.flags.insert(.strict) }
        state.isAsync = program.module.hasTopLevelAwait
        if !state.isAsync { template.flags.remove(.async) }
        template.sourceEnd = UInt32(truncatingIfNeeded: program.source.units.count)
        if program.isModule {
            compileModule(info, &template)
            return
        }
        let isEval = options.isEval || options.evalContext != nil
        if options.evalContext != nil {
            state.kind = .eval
            state.environmentPlace = state.builder.count
            state.environment = allocate()
        }
        if options.wantsCompletionValue {
            let register = allocate()
            load(register, .undefined)
            state.completion = register
        }
        if isEval { enterEval() } else { enterScript() }
        let rejection = openAsyncRegion()
        let body = program.list(info.body, info.bodyCount)
        if let completion = state.completion {
            // What comes before the last statement that has a value need not keep its own.
            let last = body.lastIndex { hasValue(node($0).kind) } ?? body.startIndex
            state.completion = nil
            statements(body[..<last])
            state.completion = completion
            statements(body[last...])
            emitReturn(completion)
        } else {
            statements(body)
            emitReturn(nil)
        }
        closeAsyncRegion(rejection)
        finish(&template, 0)
    }

    /// Whether a statement that ends normally always has a value, undefined at least (ECMA-262 §14, Evaluation). Others
    /// may be empty: declarations, blocks, labelled statements.
    private func hasValue(_ kind: NodeKind) -> Bool {
        switch kind {
        case .expressionStatement, .if, .for, .forIn, .forOf, .while, .doWhile, .try, .switch, .with: true
        default: false
        }
    }

    private mutating func enterScript() {
        let declarations = program.scopes[0].declarations
        scopes[0].bindings = ContiguousArray(declarations.map { _ in .init(storage: .global, initializedAt: 0) })
        declareGlobals(isEval: false)
        instantiateFunctions(0)
    }

    private mutating func declareGlobals(isEval: Bool) {
        var list = GlobalDeclarations()
        list.isEval = isEval
        for declaration in program.scopes[0].declarations {
            if declaration.function != nil {
                list.functions.append(text(declaration.name))
            } else if declaration.kind.hasDeadZone {
                if !isEval { list.lexical.append(.init(name: text(declaration.name), isConstant: declaration.kind.isConstant)) }
            } else if !staysInBlock(declaration) {
                list.variables.append(text(declaration.name))
            }
        }
        guard !(list.functions.isEmpty && list.lexical.isEmpty && list.variables.isEmpty) else { return }
        mark(0)
        emit(.declareGlobals, c: state.builder.require(state.builder.constant(.globalDeclarations(list))))
    }

    /// Lexical declarations of an eval are its own; so are its vars in strict code. Other vars belong to the function around
    /// it, or are global.
    private mutating func enterEval() {
        let declarations = program.scopes[0].declarations
        scopes[0] = ScopeState()
        scopes[0].bindings = ContiguousArray(declarations.map { _ in .init() })
        let functionScope = options.evalContext?.scopes.firstIndex { $0.isFunctionScope }
        for place in declarations.indices {
            let declaration = declarations[place]
            let isLexical = declaration.kind.hasDeadZone
            if isLexical || state.isStrict {
                scopes[0].bindings[place].storage = declaration.isCaptured || program.scopes[0].isDynamic
                    ? .slot(newSlot(0)) : .register(allocateLocal(declaration.name))
                scopes[0].bindings[place].initializedAt = isLexical ? .max : 0
            } else {
                scopes[0].bindings[place].storage = functionScope == nil ? .global : .evalVariable
                scopes[0].bindings[place].initializedAt = 0
            }
        }
        let info = functions[0]
        if info.arrowUsesThis || program.scopes[0].isDynamic, options.evalContext?.usesFrameThis == true {
            scopes[0].thisSlot = newSlot(0)
        }
        materializeScope(0)
        if let slot = scopes[0].thisSlot { setSlot(3, scopes[0].register, 0, slot) }
        guard !state.isStrict else {
            for place in declarations.indices where declarations[place].kind == .var && declarations[place].function == nil {
                let temporary = allocate()
                load(temporary, .undefined)
                storeResolved(
                    resolve(declarations[place].name, from: 0), declarations[place].name, temporary, at: 0, .initialize)
                release(to: Int(temporary))
            }
            instantiateFunctions(0)
            return
        }
        if let context = options.evalContext { checkRedeclarations(context) }
        if functionScope != nil { declareEvalVariables() } else { declareGlobals(isEval: true) }
        for declaration in declarations where declaration.function != nil {
            let saved = state.nextRegister
            let value = allocate()
            closure(declaration.function ?? 0, name: text(declaration.name), into: value)
            storeEvalFunction(declaration.name, value, at: declaration.start)
            release(to: saved)
        }
    }
}
