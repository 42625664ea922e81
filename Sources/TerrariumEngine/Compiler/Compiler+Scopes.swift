import TerrariumSyntax

/// Where the bindings of one scope are.
struct ScopeState {
    enum Storage: Equatable {
        case none
        case register(Register)
        case slot(UInt16)
        /// The running function itself (name of a function expression).
        case callee
        /// Property of the global object or global lexical binding.
        case global
        /// A sloppy eval's var in the variables object of the function around it.
        case evalVariable
        /// Import: behind a slot of the module environment.
        case imported(UInt16)
    }
    struct Binding {
        var storage: Storage = .none
        /// Closures with later stamps find it initialised (see `Compiler+Deferred`).
        var initializedAt = UInt32.max
        var isInitialized: Bool { initializedAt != .max }
    }
    var bindings: ContiguousArray<Binding> = []
    /// Has a scope object at run time.
    var isHeap = false
    /// Holds the scope object, in the function that owns the scope.
    var register: Register = 0
    var slotCount = 0
    /// Cases of a switch share their scope, so the order of the code says nothing.
    var alwaysChecks = false
    // Bindings without a name.
    var thisSlot: UInt16? = nil
    var newTargetSlot: UInt16? = nil
    var calleeSlot: UInt16? = nil
    var argumentsSlot: UInt16? = nil
    var evalVariablesSlot: UInt16? = nil
    var withSlot: UInt16? = nil
}

/// What a name refers to at one place.
struct ResolvedName {
    enum Kind: Equatable {
        case register(Register)
        /// Slot of the scope `hops` above the one in the register.
        case slot(scope: Register, hops: Int, slot: UInt16)
        case imported(scope: Register, hops: Int, slot: UInt16)
        case callee
        case arguments(Register)
        case global
        /// Undeclared private name or the like; cannot happen after parsing.
        case missing
    }
    enum DeadZone { case initialized, unknown, dead }
    enum Mutability { case mutable, constant, functionName }
    var kind: Kind
    var deadZone: DeadZone = .initialized
    var mutability: Mutability = .mutable
    /// Object environments that come first, innermost first: with objects and variables of evals.
    var objects: [ObjectEnvironment] = []
    /// For `markInitialized`.
    var scope: ScopeID = 0
    var index = 0
}

struct ObjectEnvironment: Equatable {
    var scope: Register
    var hops: Int
    var slot: UInt16
    var isWith: Bool
}

extension Compiler {
    // MARK: Entering and leaving

    /// Decides where the declarations of a scope live and makes its scope object if one is needed. Registers are taken
    /// from the top; the caller releases them.
    mutating func enterScope(_ id: ScopeID) {
        prepareScope(id)
        materializeScope(id)
    }

    /// Assigns storage to the declarations.
    mutating func prepareScope(_ id: ScopeID) {
        noteScope(id)
        let index = Int(id)
        let kind = program.scopes[index].kind
        scopes[index] = ScopeState()
        scopes[index].alwaysChecks = kind == .switch
        let count = program.scopes[index].declarations.count
        scopes[index].bindings = ContiguousArray(repeating: ScopeState.Binding(), count: count)
        for place in 0..<count {
            let declaration = program.scopes[index].declarations[place]
            let isPrivate = declaration.name & 0x8000_0000 != 0
            let storage: ScopeState.Storage
            if declaration.isCaptured || isPrivate || program.scopes[index].isDynamic {
                storage = .slot(newSlot(id))
            } else if kind == .functionName {
                storage = .callee
            } else {
                storage = .register(allocateLocal(declaration.name))
            }
            scopes[index].bindings[place].storage = storage
            scopes[index].bindings[place].initializedAt = !declaration.kind.hasDeadZone || isPrivate ? 0 : .max
        }
    }

    mutating func newSlot(_ id: ScopeID) -> UInt16 {
        let slot = scopes[Int(id)].slotCount
        scopes[Int(id)].slotCount += 1
        if slot >= 0xFFFF {
            fail(.tooManyScopeSlots)
            return 0
        }
        return UInt16(truncatingIfNeeded: slot)
    }

    /// Makes the scope object when there are slots.
    mutating func materializeScope(_ id: ScopeID) {
        let index = Int(id)
        guard scopes[index].slotCount > 0 else { return }
        let register = allocate()
        pushScope(register, slots: scopes[index].slotCount)
        scopes[index].isHeap = true
        scopes[index].register = register
        state.scopeRegister = register
    }

    /// What `closeScope` goes back to.
    struct ScopeMark {
        let nextRegister: Int
        let scopeRegister: Register?
    }

    /// Enters a block-like scope: storage, scope object, dead zones, functions.
    mutating func openScope(_ id: ScopeID) -> ScopeMark {
        let mark = ScopeMark(nextRegister: state.nextRegister, scopeRegister: state.scopeRegister)
        enterScope(id)
        let index = Int(id)
        if scopes[index].alwaysChecks {
            for place in scopes[index].bindings.indices where !scopes[index].bindings[place].isInitialized {
                if case .register(let register) = scopes[index].bindings[place].storage { load(register, .empty) }
            }
        }
        instantiateFunctions(id)
        return mark
    }

    mutating func closeScope(_ mark: ScopeMark) {
        noteScopesClosed(from: mark.nextRegister)
        release(to: mark.nextRegister)
        state.scopeRegister = mark.scopeRegister
    }

    /// Creates the functions that a scope declares.
    mutating func instantiateFunctions(_ id: ScopeID) {
        let index = Int(id)
        for place in program.scopes[index].declarations.indices {
            let declaration = program.scopes[index].declarations[place]
            guard let function = declaration.function else { continue }
            let resolved = resolve(declaration.name, from: id)
            let saved = state.nextRegister
            if let register = directRegister(resolved, .initialize) {
                closure(function, name: text(functions[Int(function)].name), into: register)
            } else {
                let temporary = allocate()
                closure(function, name: text(functions[Int(function)].name), into: temporary)
                storeResolved(resolved, declaration.name, temporary, at: declaration.start, .initialize)
            }
            release(to: saved)
        }
    }

    mutating func pushScope(_ register: Register, slots: Int) {
        let count = UInt16(truncatingIfNeeded: slots)
        if let parent = currentScope() {
            emit(.pushScope, a: register, b: parent, c: count)
        } else {
            emit(.pushScope, x: 1, a: register, c: count)
        }
    }

    /// Register of the innermost scope object, nil when there is none at all.
    mutating func currentScope() -> Register? {
        if let register = state.scopeRegister { return register }
        if state.environment != nil { state.usesEnvironment = true }
        return state.environment
    }

    // MARK: Resolution

    /// Finds what a name means in a scope of the function that is being compiled.
    mutating func resolve(_ name: NameID, from start: ScopeID) -> ResolvedName {
        var current = start
        var isOutside = false
        var hops = 0
        // Of the functions between here and the scope, the outermost, and when its closure is made.
        var inner = state.function, stamp: UInt32 = 0
        var objects: [ObjectEnvironment] = []
        while true {
            let index = Int(current)
            let function = program.scopes[index].function
            if function != inner {
                stamp = stamps[Int(inner)]
                inner = function
            }
            if !isOutside, function != state.function {
                isOutside = true
                hops = 0
            }
            let base = isOutside ? state.environment ?? 0 : scopes[index].register
            let distance = isOutside ? hops : 0
            if scopes[index].bindings.count == program.scopes[index].declarations.count,
                let place = program.scopes[index].find(name), scopes[index].bindings[place].storage != .evalVariable {
                var result = found(index, place, base, distance, isOutside ? stamp : nil)
                result.objects = objects
                result.scope = current
                result.index = place
                if isOutside { state.usesEnvironment = true }
                return result
            }
            let info = functions[Int(function)]
            if name == KnownName.arguments, info.parameterScope == current, hasArguments(info.kind) {
                var result = ResolvedName(kind: .missing, objects: objects)
                if let slot = scopes[index].argumentsSlot {
                    result.kind = .slot(scope: base, hops: distance, slot: slot)
                    if isOutside { state.usesEnvironment = true }
                } else if !isOutside, let register = state.arguments {
                    result.kind = .arguments(register)
                }
                if result.kind != .missing { return result }
            }
            if let slot = scopes[index].evalVariablesSlot {
                objects.append(ObjectEnvironment(scope: base, hops: distance, slot: slot, isWith: false))
                if isOutside { state.usesEnvironment = true }
            }
            if let slot = scopes[index].withSlot {
                objects.append(ObjectEnvironment(scope: base, hops: distance, slot: slot, isWith: true))
                if isOutside { state.usesEnvironment = true }
            }
            if isOutside, scopes[index].isHeap { hops += 1 }
            if current == 0 { break }
            current = program.scopes[index].parent
        }
        return resolveInEvalContext(name, isOutside ? hops : 0, objects)
    }

    private mutating func hasArguments(_ kind: FunctionKind) -> Bool {
        switch kind {
        case .normal, .method, .getter, .setter, .classConstructor, .derivedConstructor: true
        default: false
        }
    }

    /// - Parameter stamp: nil for a binding of the function itself.
    private mutating func found(_ index: Int, _ place: Int, _ base: Register, _ hops: Int, _ stamp: UInt32?) -> ResolvedName {
        let declaration = program.scopes[index].declarations[place]
        let binding = scopes[index].bindings[place]
        var result: ResolvedName
        switch binding.storage {
        case .register(let register): result = ResolvedName(kind: .register(register))
        case .slot(let slot): result = ResolvedName(kind: .slot(scope: base, hops: hops, slot: slot))
        case .imported(let slot): result = ResolvedName(kind: .imported(scope: base, hops: hops, slot: slot))
        case .callee: result = ResolvedName(kind: .callee)
        case .global, .none, .evalVariable: return ResolvedName(kind: .global)
        }
        if declaration.kind == .functionName {
            result.mutability = .functionName
        } else if declaration.kind.isConstant {
            result.mutability = .constant
        }
        if let stamp {
            if binding.initializedAt >= stamp, !state.knownClasses.contains(ScopeID(truncatingIfNeeded: index)) {
                result.deadZone = .unknown
            }
        } else if !binding.isInitialized {
            result.deadZone = scopes[index].alwaysChecks ? .unknown : .dead
        }
        return result
    }

    /// From here on, in the order of the code, the binding is initialised.
    mutating func markInitialized(_ name: NameID, in scope: ScopeID) {
        let index = Int(scope)
        guard !scopes[index].alwaysChecks, let place = program.scopes[index].find(name),
            place < scopes[index].bindings.count, !scopes[index].bindings[place].isInitialized
        else { return }
        scopes[index].bindings[place].initializedAt = clock
        noteInitialized(index, place)
    }

    // MARK: Scope access

    /// A register and a number of hops that fits the instruction.
    private mutating func reach(_ scope: Register, _ hops: Int) -> (Register, UInt8) {
        if hops <= 255 { return (scope, UInt8(truncatingIfNeeded: hops)) }
        let temporary = allocate()
        emit(.parentScope, a: temporary, b: scope)
        for _ in 1..<hops { emit(.parentScope, a: temporary, b: temporary) }
        return (temporary, 0)
    }

    mutating func getSlot(_ target: Register, _ scope: Register, _ hops: Int, _ slot: UInt16) {
        let mark = state.nextRegister
        let (register, x) = reach(scope, hops)
        emit(.getScoped, x: x, a: target, b: register, c: slot)
        release(to: mark)
    }

    mutating func setSlot(_ value: Register, _ scope: Register, _ hops: Int, _ slot: UInt16) {
        let mark = state.nextRegister
        let (register, x) = reach(scope, hops)
        emit(.setScoped, x: x, a: value, b: register, c: slot)
        release(to: mark)
    }

    /// Throws the error of an access in the dead zone.
    mutating func throwDeadZone(_ name: NameID, at offset: UInt32) {
        mark(offset)
        emit(.throwError, x: ErrorSelector.deadZone.rawValue, c: requiredAtom(name))
        state.builder.endReachable()
    }

    /// Loads a binding that object environments do not hide.
    mutating func loadResolved(
        _ resolved: ResolvedName, _ name: NameID, at offset: UInt32, _ want: Want, isTypeof: Bool = false
    ) -> Register {
        switch resolved.deadZone {
        case .dead:
            throwDeadZone(name, at: offset)
            return deadDestination(want)
        case .unknown:
            switch resolved.kind {
            case .register(let register):
                mark(offset)
                emit(.checkInitialized, a: register, c: requiredAtom(name))
            case .slot(let scope, let hops, let slot):
                let target = destination(want)
                mark(offset)
                let saved = state.nextRegister
                let (register, x) = reach(scope, hops)
                emit(.getScopedChecked, x: x, a: target, b: register, c: slot)
                state.builder.append(UInt64(requiredAtom(name)))
                release(to: saved)
                return target
            default: break
            }
        case .initialized: break
        }
        switch resolved.kind {
        case .register(let register), .arguments(let register): return deliver(register, want)
        case .callee: return deliver(0, want)
        case .slot(let scope, let hops, let slot):
            if case .effect = want { return 0 }
            let target = destination(want)
            getSlot(target, scope, hops, slot)
            return target
        case .imported(let scope, let hops, let slot):
            let target = destination(want)
            mark(offset)
            let saved = state.nextRegister
            let (register, x) = reach(scope, hops)
            emit(.getModuleBinding, x: x, a: target, b: register, c: slot)
            state.builder.append(UInt64(requiredAtom(name)))
            release(to: saved)
            return target
        case .global:
            let target = destination(want)
            mark(offset)
            state.builder.emitCached(.getGlobal, x: isTypeof ? 1 : 0, a: target, b: 0, c: requiredAtom(name))
            return target
        case .missing: return deadDestination(want)
        }
    }

    enum StoreMode {
        case assign
        /// The declaration itself: let, const, class; a parameter; a var's own initialisation at function entry.
        case initialize
    }

    /// Stores into a binding that object environments do not hide.
    mutating func storeResolved(
        _ resolved: ResolvedName, _ name: NameID, _ value: Register, at offset: UInt32, _ mode: StoreMode
    ) {
        if mode == .assign {
            if resolved.deadZone == .dead {
                throwDeadZone(name, at: offset)
                return
            }
            switch resolved.mutability {
            case .mutable: break
            case .functionName where !state.isStrict: return
            case .functionName, .constant:
                if resolved.deadZone == .unknown {
                    let saved = state.nextRegister
                    _ = loadResolved(resolved, name, at: offset, .any)
                    release(to: saved)
                }
                mark(offset)
                emit(.throwError, x: ErrorSelector.constantAssignment.rawValue, c: requiredAtom(name))
                state.builder.endReachable()
                return
            }
        }
        let isChecked = mode == .assign && resolved.deadZone == .unknown
        switch resolved.kind {
        case .register(let register):
            if isChecked {
                mark(offset)
                emit(.checkInitialized, a: register, c: requiredAtom(name))
            }
            move(register, value)
        case .arguments(let register): move(register, value)
        case .slot(let scope, let hops, let slot):
            if isChecked {
                mark(offset)
                let saved = state.nextRegister
                let (register, x) = reach(scope, hops)
                emit(.setScopedChecked, x: x, a: value, b: register, c: slot)
                state.builder.append(UInt64(requiredAtom(name)))
                release(to: saved)
            } else {
                setSlot(value, scope, hops, slot)
            }
        case .global:
            mark(offset)
            if mode == .initialize, isGlobalLexical(resolved, name) {
                emit(.initializeGlobal, a: value, c: requiredAtom(name))
            } else {
                state.builder.emitCached(.setGlobal, x: state.isStrict ? 1 : 0, a: value, b: 0, c: requiredAtom(name))
            }
        case .imported, .callee, .missing: break
        }
    }

    private mutating func isGlobalLexical(_ resolved: ResolvedName, _ name: NameID) -> Bool {
        guard let place = program.scopes[0].find(name) else { return false }
        return program.scopes[0].declarations[place].kind.hasDeadZone
    }

    /// The register in which a simple assignment may leave its value at once; nil when a store is needed.
    mutating func directRegister(_ resolved: ResolvedName, _ mode: StoreMode) -> Register? {
        guard resolved.objects.isEmpty, case .register(let register) = resolved.kind else { return nil }
        if mode == .initialize { return register }
        return resolved.deadZone == .initialized && resolved.mutability == .mutable ? register : nil
    }

    // MARK: Wants

    /// The register for a result.
    mutating func destination(_ want: Want) -> Register {
        if case .into(let register) = want { return register }
        return allocate()
    }

    /// A register for code that is never reached.
    mutating func deadDestination(_ want: Want) -> Register {
        if case .into(let register) = want { return register }
        return allocate()
    }

    /// A value that is in a register already.
    mutating func deliver(_ register: Register, _ want: Want) -> Register {
        if case .into(let target) = want {
            move(target, register)
            return target
        }
        return register
    }
}
