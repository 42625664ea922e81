import TerrariumSyntax

/// `this`, `new.target` and the active function, which arrow functions and direct evals take from the function around them:
/// that function keeps them in slots of its parameter scope.
extension Compiler {
    /// Reserves slots for what arrows and evals inside take from this function.
    mutating func reservePseudoBindings(_ info: FunctionInfo) {
        let id = info.parameterScope, index = Int(id)
        let isDynamic = program.scopes[index].isDynamic
        if info.containsDirectEval, !info.isStrict { scopes[index].evalVariablesSlot = newSlot(id) }
        guard info.kind != .arrow else { return }
        if info.arrowUsesThis || isDynamic { scopes[index].thisSlot = newSlot(id) }
        if info.arrowUsesNewTarget || isDynamic { scopes[index].newTargetSlot = newSlot(id) }
        if info.kind == .derivedConstructor, info.arrowUsesNewTarget || info.arrowUsesThis || isDynamic {
            scopes[index].calleeSlot = newSlot(id)
        }
        let mayHaveArguments = program.scopes[index].find(KnownName.arguments) == nil
        if (info.arrowUsesArguments || isDynamic) && mayHaveArguments { scopes[index].argumentsSlot = newSlot(id) }
    }

    /// Fills the slots at function entry.
    mutating func storePseudoBindings(_ info: FunctionInfo) {
        let index = Int(info.parameterScope)
        let scope = scopes[index].register
        let saved = state.nextRegister
        if let slot = scopes[index].evalVariablesSlot {
            let temporary = allocate()
            load(temporary, .undefined)
            setSlot(temporary, scope, 0, slot)
        }
        if let slot = scopes[index].thisSlot, info.kind != .derivedConstructor { setSlot(3, scope, 0, slot) }
        if let slot = scopes[index].newTargetSlot {
            let temporary = allocate()
            emit(.loadNewTarget, a: temporary)
            setSlot(temporary, scope, 0, slot)
        }
        if let slot = scopes[index].calleeSlot { setSlot(0, scope, 0, slot) }
        release(to: saved)
    }

    /// Makes r3 what `this` means in the function that is entered.
    mutating func prepareThis(_ info: FunctionInfo) {
        let isDynamic = program.scopes[Int(info.parameterScope)].isDynamic
        guard info.usesThis || isDynamic else { return }
        switch info.kind {
        case .normal, .method, .getter, .setter:
            if !info.isStrict { emit(.coerceThis) }
        case .arrow: loadOuterThis()
        default: break
        }
    }

    /// Arrow functions fetch `this` once at entry; not that of a derived constructor, which may come later.
    private mutating func loadOuterThis() {
        switch thisOwner() {
        case .script:
            load(3, .undefined)
            emit(.coerceThis)
        case .module: load(3, .undefined)
        case .derivedConstructor: break
        default:
            if let place = findPseudo(\.thisSlot) { getSlot(3, place.scope, place.hops, place.slot) }
        }
    }

    /// Kind of the function whose `this` the current one has.
    mutating func thisOwner() -> FunctionKind {
        var function = state.function
        while functions[Int(function)].kind == .arrow {
            let parent = functions[Int(function)].parent
            if parent == function { break }
            function = parent
        }
        let kind = functions[Int(function)].kind
        if kind == .script, options.evalContext != nil { return .eval }
        return kind
    }

    /// Finds a slot of the nearest function around that is not an arrow (or the current one).
    mutating func findPseudo(_ path: KeyPath<ScopeState, UInt16?>) -> (scope: Register, hops: Int, slot: UInt16)? {
        var current = functions[Int(state.function)].parameterScope
        if functions[Int(state.function)].kind == .script { current = 0 }
        var isOutside = false
        var hops = 0
        while true {
            let index = Int(current)
            let function = program.scopes[index].function
            if !isOutside, function != state.function { isOutside = true }
            let info = functions[Int(function)]
            if info.parameterScope == current, info.kind != .arrow {
                guard let slot = scopes[index][keyPath: path] else { return nil }
                if !isOutside { return (scopes[index].register, 0, slot) }
                state.usesEnvironment = true
                return (state.environment ?? 0, hops, slot)
            }
            if isOutside, scopes[index].isHeap { hops += 1 }
            if current == 0 { return nil }
            current = program.scopes[index].parent
        }
    }

    /// The value of `this`.
    mutating func loadThis(_ want: Want, at offset: UInt32) -> Register {
        switch thisOwner() {
        case .derivedConstructor:
            let register = loadThisUnchecked(want)
            if !state.isThisBound {
                mark(offset)
                emit(.checkThis, a: register)
            }
            return register
        case .eval:
            guard let context = options.evalContext, !context.usesFrameThis else { return deliver(3, want) }
            let target = destination(want)
            mark(offset)
            loadEvalThis(target)
            return target
        default: return deliver(3, want)
        }
    }

    /// The register or slot of `this` in a derived constructor or in its arrows, empty before super() returned.
    mutating func loadThisUnchecked(_ want: Want = .any) -> Register {
        if let place = findPseudo(\.thisSlot) {
            let target = destination(want)
            getSlot(target, place.scope, place.hops, place.slot)
            return target
        }
        return deliver(3, want)
    }

    mutating func loadNewTarget(_ want: Want) -> Register {
        let target = destination(want)
        if state.kind != .arrow, state.kind != .eval, state.kind != .script {
            emit(.loadNewTarget, a: target)
        } else if let place = findPseudo(\.newTargetSlot) {
            getSlot(target, place.scope, place.hops, place.slot)
        } else if !loadFromEvalContext(.newTarget, target) {
            load(target, .undefined)
        }
        return target
    }

    /// The constructor whose super() is called.
    mutating func loadActiveFunction(_ target: Register) {
        if state.kind == .derivedConstructor {
            move(target, 0)
        } else if let place = findPseudo(\.calleeSlot) {
            getSlot(target, place.scope, place.hops, place.slot)
        } else if !loadFromEvalContext(.callee, target) {
            load(target, .undefined)
        }
    }
}
