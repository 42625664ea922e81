import TerrariumSyntax

/// Direct evals: what the eval may see is written down where it is called, and resolved when its code is compiled.
extension Compiler {
    // MARK: The call

    /// `eval(…)`: the frame with callee and arguments is built.
    mutating func directEval(
        _ item: Node, _ callee: Node, _ base: Register, _ result: Register, _ count: Int, isSpread: Bool
    ) {
        let context = makeEvalContext(callee.b)
        let index = state.builder.require(state.builder.constant(.evalContext(context)))
        let saved = state.nextRegister
        if context.usesFrameThis {
            _ = loadThis(.into(base + 3), at: item.start)
        } else {
            load(base + 3, .undefined)
        }
        let scope: Register
        if let current = currentScope() {
            scope = current
        } else {
            scope = allocate()
            load(scope, .undefined)
        }
        mark(item.d)
        state.builder.markExpression(callee.start, callee.end)
        emit(.callEval, x: (state.isStrict ? 1 : 0) | (isSpread ? 2 : 0), a: result, b: base, c: UInt16(truncatingIfNeeded: count))
        state.builder.append(Instruction.word(.nop, a: result, b: scope, c: index))
        release(to: saved)
    }

    private mutating func makeEvalContext(_ start: ScopeID) -> EvalContext {
        var context = EvalContext()
        context.isStrict = state.isStrict
        describeFunction(&context)
        var current = start
        while true {
            let index = Int(current)
            if scopes[index].isHeap { context.scopes.append(describe(current)) }
            if current == 0 { break }
            current = program.scopes[index].parent
        }
        if let outer = options.evalContext {
            context.scopes += outer.scopes
            context.inFunction = context.inFunction || outer.inFunction
            context.inMethod = context.inMethod || outer.inMethod
            context.inDerivedConstructor = context.inDerivedConstructor || outer.inDerivedConstructor
            context.inFieldInitializer = context.inFieldInitializer || outer.inFieldInitializer
        }
        return context
    }

    /// What the function around (arrows skipped) allows.
    private mutating func describeFunction(_ context: inout EvalContext) {
        switch thisOwner() {
        case .normal: context.inFunction = true
        case .method, .getter, .setter, .classConstructor, .staticBlock: (context.inFunction, context.inMethod) = (true, true)
        case .derivedConstructor:
            (context.inFunction, context.inMethod, context.inDerivedConstructor) = (true, true, true)
            context.usesFrameThis = false
        case .fieldInitializer:
            (context.inFunction, context.inMethod, context.inFieldInitializer) = (true, true, true)
        case .eval: context.usesFrameThis = options.evalContext?.usesFrameThis ?? true
        default: break
        }
    }

    private mutating func describe(_ id: ScopeID) -> EvalContext.Scope {
        let index = Int(id)
        let info = functions[Int(program.scopes[index].function)]
        var scope = EvalContext.Scope()
        switch program.scopes[index].kind {
        case .function:
            scope.isFunctionScope = info.bodyScope == id || scopes[index].evalVariablesSlot != nil
            scope.isParameterScope = info.bodyScope != id
        case .body: scope.isFunctionScope = true
        default: break
        }
        scope.isCatchParameter = program.scopes[index].declarations.contains { $0.kind == .simpleCatchParameter }
        for place in scopes[index].bindings.indices {
            let declaration = program.scopes[index].declarations[place]
            let isPrivate = declaration.name & 0x8000_0000 != 0
            let name = isPrivate ? privateText(declaration.name & 0x7FFF_FFFF) : text(declaration.name)
            switch scopes[index].bindings[place].storage {
            case .slot(let slot):
                let kind: EvalContext.Binding.Kind = isPrivate ? .privateName
                    : declaration.kind == .functionName ? .functionName
                    : declaration.kind.isConstant ? .constant
                    : declaration.kind.hasDeadZone || !scopes[index].bindings[place].isInitialized ? .lexical : .variable
                scope.bindings.append(.init(kind: kind, name: name, slot: slot))
            case .imported(let slot): scope.bindings.append(.init(kind: .imported, name: name, slot: slot))
            default: break
            }
        }
        let isDerived = info.kind == .derivedConstructor
        let slots: [(UInt16?, EvalContext.Binding.Kind, String)] = [
            (scopes[index].thisSlot, isDerived ? .derivedThis : .this, ""), (scopes[index].newTargetSlot, .newTarget, ""),
            (scopes[index].calleeSlot, .callee, ""), (scopes[index].argumentsSlot, .variable, "arguments"),
            (scopes[index].evalVariablesSlot, .evalVariables, ""), (scopes[index].withSlot, .withObject, ""),
        ]
        for (slot, kind, name) in slots {
            if let slot { scope.bindings.append(.init(kind: kind, name: Compiler.text(name), slot: slot)) }
        }
        return scope
    }

    // MARK: The eval's own code

    /// A name that the eval itself does not declare.
    mutating func resolveInEvalContext(_ name: NameID, _ hops: Int, _ objects: [ObjectEnvironment]) -> ResolvedName {
        var objects = objects
        guard let context = options.evalContext else { return ResolvedName(kind: .global, objects: objects) }
        let isPrivate = name & 0x8000_0000 != 0
        let wanted = isPrivate ? privateText(name & 0x7FFF_FFFF) : text(name)
        let base = state.environment ?? 0
        state.usesEnvironment = true
        for (distance, scope) in context.scopes.enumerated() {
            for binding in scope.bindings {
                let isNamed: Bool = switch binding.kind {
                case .variable, .lexical, .constant, .functionName, .imported: !isPrivate
                case .privateName: isPrivate
                default: false
                }
                guard isNamed, binding.name == wanted else { continue }
                let total = hops + distance
                var result = ResolvedName(
                    kind: binding.kind == .imported
                        ? .imported(scope: base, hops: total, slot: binding.slot)
                        : .slot(scope: base, hops: total, slot: binding.slot),
                    objects: objects)
                switch binding.kind {
                case .lexical: result.deadZone = .unknown
                case .constant: (result.deadZone, result.mutability) = (.unknown, .constant)
                case .imported: result.mutability = .constant
                case .functionName: result.mutability = .functionName
                default: break
                }
                return result
            }
            for binding in scope.bindings where binding.kind == .withObject || binding.kind == .evalVariables {
                objects.append(
                    ObjectEnvironment(
                        scope: base, hops: hops + distance, slot: binding.slot, isWith: binding.kind == .withObject))
            }
        }
        return ResolvedName(kind: .global, objects: objects)
    }

    /// Number of scope objects between the environment of the current function and that of the eval.
    private mutating func hopsToEvalContext() -> Int {
        var current = functions[Int(state.function)].parameterScope
        if state.function == 0 { return 0 }
        var hops = 0
        var isOutside = false
        while true {
            if program.scopes[Int(current)].function != state.function { isOutside = true }
            if isOutside, scopes[Int(current)].isHeap { hops += 1 }
            if current == 0 { return hops }
            current = program.scopes[Int(current)].parent
        }
    }

    private mutating func findInContext(_ kinds: [EvalContext.Binding.Kind]) -> (distance: Int, binding: EvalContext.Binding)? {
        guard let context = options.evalContext else { return nil }
        for (distance, scope) in context.scopes.enumerated() {
            for binding in scope.bindings where kinds.contains(binding.kind) { return (distance, binding) }
        }
        return nil
    }

    mutating func loadFromEvalContext(_ kind: EvalContext.Binding.Kind, _ target: Register) -> Bool {
        guard let (distance, binding) = findInContext([kind]) else { return false }
        state.usesEnvironment = true
        getSlot(target, state.environment ?? 0, hopsToEvalContext() + distance, binding.slot)
        return true
    }

    /// `this` of the function around the eval, kept in a scope.
    mutating func loadEvalThis(_ target: Register) {
        guard let (distance, binding) = findInContext([.this, .derivedThis]) else {
            load(target, .undefined)
            return
        }
        state.usesEnvironment = true
        getSlot(target, state.environment ?? 0, hopsToEvalContext() + distance, binding.slot)
        if binding.kind == .derivedThis { emit(.checkThis, a: target) }
    }

    /// As `loadEvalThis`, empty before super().
    mutating func loadEvalThisUnchecked(_ target: Register) {
        guard let (distance, binding) = findInContext([.this, .derivedThis]) else {
            load(target, .undefined)
            return
        }
        state.usesEnvironment = true
        getSlot(target, state.environment ?? 0, hopsToEvalContext() + distance, binding.slot)
    }

    mutating func storeEvalThis(_ value: Register) {
        guard let (distance, binding) = findInContext([.derivedThis]) else { return }
        state.usesEnvironment = true
        setSlot(value, state.environment ?? 0, hopsToEvalContext() + distance, binding.slot)
    }

    mutating func loadPrivateFromEvalContext(_ name: NameID, _ target: Register) -> Bool {
        let resolved = resolveInEvalContext(name | 0x8000_0000, state.function == 0 ? 0 : hopsToEvalContext(), [])
        guard case .slot(let scope, let hops, let slot) = resolved.kind else { return false }
        getSlot(target, scope, hops, slot)
        return true
    }

    /// A var of a sloppy eval may not pass a lexical binding of the same name.
    mutating func checkRedeclarations(_ context: EvalContext) {
        for declaration in program.scopes[0].declarations where !declaration.kind.hasDeadZone {
            if !declaration.isBlockFunctionVar, clashes(declaration.name, context) {
                mark(declaration.start)
                emit(.throwError, x: ErrorSelector.redeclaration.rawValue, c: requiredAtom(declaration.name))
                state.builder.endReachable()
                return
            }
        }
    }

    private mutating func clashes(_ name: NameID, _ context: EvalContext) -> Bool {
        let name = text(name)
        for scope in context.scopes {
            let clash = scope.bindings.contains {
                $0.name == name && !scope.isCatchParameter
                    && ($0.kind == .lexical || $0.kind == .constant || (scope.isParameterScope && $0.kind == .variable))
            }
            if clash { return true }
            if scope.isFunctionScope { return false }
        }
        return false
    }

    /// A block function of a sloppy eval that is no var of the function around, which has a lexical binding of its name
    /// (Annex B.3.2.3).
    mutating func staysInBlock(_ declaration: Declaration) -> Bool {
        guard declaration.isBlockFunctionVar, let context = options.evalContext else { return false }
        return clashes(declaration.name, context)
    }

    /// Gives a var of a sloppy eval a function, in the scope that holds the vars: with statements and parameters of catch
    /// between there and the eval do not matter.
    mutating func storeEvalFunction(_ name: NameID, _ value: Register, at offset: UInt32) {
        guard let context = options.evalContext, let distance = context.scopes.firstIndex(where: { $0.isFunctionScope }) else {
            return storeResolved(ResolvedName(kind: .global, objects: []), name, value, at: offset, .assign)
        }
        let wanted = text(name)
        let bindings = context.scopes[distance].bindings
        let base = state.environment ?? 0
        state.usesEnvironment = true
        if let binding = bindings.first(where: { $0.name == wanted && $0.kind == .variable }) {
            setSlot(value, base, distance, binding.slot)
        } else if let holder = bindings.first(where: { $0.kind == .evalVariables }) {
            let object = allocate()
            getSlot(object, base, distance, holder.slot)
            mark(offset)
            state.builder.emitCached(.defineField, a: object, b: value, c: requiredAtom(name))
            release(to: Int(object))
        }
    }

    /// Creates the vars of a sloppy eval in the variables object of the function around it, unless they exist.
    mutating func declareEvalVariables() {
        guard let context = options.evalContext,
            let distance = context.scopes.firstIndex(where: { $0.isFunctionScope })
        else { return }
        let scope = context.scopes[distance]
        guard let holder = scope.bindings.first(where: { $0.kind == .evalVariables }) else { return }
        let base = state.environment ?? 0
        state.usesEnvironment = true
        // The eval's own scope object, if any, is not between the environment and the context.
        for declaration in program.scopes[0].declarations where !declaration.kind.hasDeadZone && !staysInBlock(declaration) {
            let name = text(declaration.name)
            if scope.bindings.contains(where: { $0.name == name && $0.kind == .variable }) { continue }
            let saved = state.nextRegister
            let object = allocate(), test = allocate()
            let exists = makeLabel(), isThere = makeLabel()
            getSlot(object, base, distance, holder.slot)
            state.builder.jumpIf(.undefined, object, false, exists)
            state.builder.emit(.newObject, a: object, b: 4)
            load(test, .null)
            emit(.setPrototype, a: object, b: test)
            setSlot(object, base, distance, holder.slot)
            bind(exists)
            emit(.hasBinding, x: 0, a: test, b: object, c: requiredAtom(declaration.name))
            state.builder.jumpIf(test, true, isThere)
            load(test, .undefined)
            state.builder.emitCached(.defineField, a: object, b: test, c: requiredAtom(declaration.name))
            bind(isThere)
            release(to: saved)
        }
    }
}
