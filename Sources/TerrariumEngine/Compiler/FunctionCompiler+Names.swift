import TerrariumSyntax

/// Identifiers: where they live and how they are read and written.
extension FunctionCompiler {
    /// Finds a name from a scope outward.
    func resolve(_ name: NameID, from start: ScopeID, offset: UInt32) throws(CompileError) -> Binding {
        var current = start
        while true {
            let place = program.scopes[Int(current)]
            if place.kind == .with || place.isDynamic { throw unsupported("with and direct eval", offset) }
            if place.kind == .script { return .global }
            if let index = place.find(name) {
                let declaration = place.declarations[index]
                if let slot = session.scopes[Int(current)].slots[index] {
                    return .slot(scope: current, slot: slot, declaration: declaration)
                }
                return .register(session.scopes[Int(current)].registers[index] ?? 0, declaration: declaration)
            }
            if name == KnownName.arguments, place.kind == .function {
                let owner = program.functions[Int(place.function)]
                if owner.kind != .arrow, owner.parameterScope == current { return .arguments(place.function) }
            }
            if current == 0 { return .global }
            current = place.parent
        }
    }

    /// Register of a heap scope's record and hops from it, as seen from the current scope.
    func reach(_ target: ScopeID) -> (register: UInt16, hops: UInt8) {
        var current = scope
        var hops: UInt8 = 0
        var start: UInt16?
        while true {
            let isHeap = session.scopes[Int(current)].isHeap
            if start == nil {
                if !ownsScope(current) {
                    start = outerEnvironment()
                } else if isHeap, session.scopes[Int(current)].register != 0 {
                    start = session.scopes[Int(current)].register
                }
            }
            if current == target { break }
            if isHeap, start != nil { hops = hops &+ 1 }
            if current == 0 { break }
            current = program.scopes[Int(current)].parent
        }
        return (start ?? outerEnvironment(), hops)
    }

    func loadName(_ name: NameID, into register: UInt16, from start: ScopeID? = nil, offset: UInt32, typeof: Bool = false)
        throws(CompileError)
    {
        switch try resolve(name, from: start ?? scope, offset: offset) {
        case .register(let source, let declaration):
            if declaration.needsDeadZoneCheck {
                builder.mark(offset)
                builder.emit(.checkInitialized, a: source, c: builder.atom(session.text(name)))
            }
            if source != register { builder.emit(.move, a: register, b: source) }
        case .slot(let scope, let slot, let declaration):
            let (base, hops) = reach(scope)
            if declaration.needsDeadZoneCheck {
                builder.mark(offset)
                builder.emit(.getScopedChecked, x: hops, a: register, b: base, c: slot)
                builder.emit(UInt64(builder.atom(session.text(name))))
            } else {
                builder.emit(.getScoped, x: hops, a: register, b: base, c: slot)
            }
        case .global:
            if name == KnownName.undefined {
                builder.emit(.loadSpecial, a: register, immediate: 0)
                return
            }
            builder.mark(offset)
            builder.emit(.getGlobal, x: typeof ? 1 : 0, a: register, c: builder.atom(session.text(name)), cache: 2)
        case .arguments(let owner):
            let scope = program.functions[Int(owner)].parameterScope
            if owner == function, let source = argumentsRegister {
                builder.emit(.move, a: register, b: source)
            } else if let slot = session.scopes[Int(scope)].argumentsSlot {
                let (base, hops) = reach(scope)
                builder.emit(.getScoped, x: hops, a: register, b: base, c: slot)
            }
        }
    }

    /// Assigns a name. With `initialize`, it is the declaration itself that does so.
    func storeName(_ name: NameID, from register: UInt16, scope start: ScopeID? = nil, initialize: Bool, offset: UInt32)
        throws(CompileError)
    {
        switch try resolve(name, from: start ?? scope, offset: offset) {
        case .register(let target, let declaration):
            if !initialize {
                if declaration.needsDeadZoneCheck {
                    builder.mark(offset)
                    builder.emit(.checkInitialized, a: target, c: builder.atom(session.text(name)))
                }
                if refuseConstant(declaration, offset) { return }
            }
            if target != register { builder.emit(.move, a: target, b: register) }
        case .slot(let scope, let slot, let declaration):
            let (base, hops) = reach(scope)
            if !initialize, refuseConstantSlot(declaration, base, hops, slot, offset) { return }
            if !initialize, declaration.needsDeadZoneCheck {
                builder.mark(offset)
                builder.emit(.setScopedChecked, x: hops, a: register, b: base, c: slot)
                builder.emit(UInt64(builder.atom(session.text(name))))
            } else {
                builder.emit(.setScoped, x: hops, a: register, b: base, c: slot)
            }
        case .global:
            builder.mark(offset)
            let atom = builder.atom(session.text(name))
            if initialize, let place = program.scopes[0].find(name),
                program.scopes[0].declarations[place].kind.hasDeadZone {
                builder.emit(.initializeGlobal, a: register, c: atom)
            } else {
                builder.emit(.setGlobal, x: info.isStrict ? 1 : 0, a: register, c: atom, cache: 2)
            }
        case .arguments(let owner):
            let scope = program.functions[Int(owner)].parameterScope
            if owner == function, let target = argumentsRegister {
                builder.emit(.move, a: target, b: register)
            } else if let slot = session.scopes[Int(scope)].argumentsSlot {
                let (base, hops) = reach(scope)
                builder.emit(.setScoped, x: hops, a: register, b: base, c: slot)
            }
        }
    }

    /// Code for an assignment to a constant; true when it was one. The name of a function expression is silently kept.
    private func refuseConstant(_ declaration: Declaration, _ offset: UInt32) -> Bool {
        if declaration.kind == .functionName {
            if info.isStrict { throwConstant(offset) }
            return true
        }
        if declaration.kind.isConstant {
            throwConstant(offset)
            return true
        }
        return false
    }

    private func refuseConstantSlot(
        _ declaration: Declaration, _ base: UInt16, _ hops: UInt8, _ slot: UInt16, _ offset: UInt32
    ) -> Bool {
        if declaration.kind.isConstant, declaration.needsDeadZoneCheck {
            let temporary = builder.allocate()
            builder.mark(offset)
            builder.emit(.getScopedChecked, x: hops, a: temporary, b: base, c: slot)
            builder.emit(UInt64(builder.atom(session.text(declaration.name))))
            builder.release(to: temporary)
        }
        return refuseConstant(declaration, offset)
    }

    private func throwConstant(_ offset: UInt32) {
        builder.mark(offset)
        builder.emit(.throwError, x: EngineMessage.assignToConstant.rawValue, c: 0xFFFF)
    }

    /// The register of a local that can be used in place, without a copy.
    func localRegister(_ id: NodeID) -> UInt16? {
        let target = node(id)
        if target.kind == .parenthesized { return localRegister(target.a) }
        if target.kind == .this { return thisRegister() }
        guard target.kind == .identifier,
            case .register(let register, let declaration)? = try? resolve(target.a, from: target.b, offset: target.start),
            !declaration.needsDeadZoneCheck, ownsRegister(target)
        else { return nil }
        return register
    }

    private func ownsRegister(_ target: Node) -> Bool { true }

    // MARK: this

    /// Register 3 where it is `this` and initialised.
    func thisRegister() -> UInt16? {
        switch info.kind {
        case .arrow: return nil
        case .derivedConstructor: return nil
        default: return isSynthetic || info.kind != .arrow ? 3 : nil
        }
    }

    /// The function whose `this` an arrow uses.
    func thisOwner() -> FunctionID {
        var current = function
        while program.functions[Int(current)].kind == .arrow { current = program.functions[Int(current)].parent }
        return current
    }

    func loadThis(into register: UInt16, offset: UInt32 = 0) {
        if info.kind != .arrow, info.kind != .derivedConstructor {
            builder.emit(.move, a: register, b: 3)
            return
        }
        let owner = program.functions[Int(thisOwner())]
        if let slot = session.scopes[Int(owner.parameterScope)].thisSlot {
            let (base, hops) = reach(owner.parameterScope)
            builder.emit(.getScoped, x: hops, a: register, b: base, c: slot)
        } else {
            builder.emit(.move, a: register, b: 3)
        }
        if owner.kind == .derivedConstructor {
            builder.mark(offset)
            builder.emit(.checkThis, a: register)
        }
    }
}

/// Messages of errors that compiled code throws itself; see `throwError`.
enum EngineMessage: UInt8 {
    case assignToConstant, superAlreadyCalled, invalidAssignmentTarget, iteratorResultNotObject, notIterable
    case throwMethodMissing, symbolIteratorNotObject, deleteSuper
}
