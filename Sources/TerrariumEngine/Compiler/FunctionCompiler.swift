import TerrariumSyntax

/// Compiles one function (or the top level).
///
/// Registers: 0–3 header, parameters, then locals, then temporaries in stack discipline. Uncaptured bindings are
/// registers; captured ones are slots of heap scopes, whose records are in registers known at compile time.
final class FunctionCompiler {
    let session: CompilerSession
    let parent: FunctionCompiler?
    let function: FunctionID
    let info: FunctionInfo
    var builder = FunctionBuilder()
    /// Current syntactic scope.
    var scope: ScopeID
    /// Register of `loadEnvironment`, made on first use by patching the word reserved for it.
    var environmentRegister: UInt16?
    var environmentWord = 0
    var controls: [Control] = []
    var finallies: [FinallyState] = []
    /// Word ranges that handlers of the loop around them must not cover (closing code of break and return).
    var uncovered: [(start: Int, end: Int)] = []
    var argumentsRegister: UInt16?
    /// Register of the completion value of a script.
    var completion: UInt16?
    var optionalExits: [Label] = []
    /// Registers that belong to bindings in scope, so that a value under construction must not be kept there.
    var bound: Set<UInt16> = []

    init(session: CompilerSession, parent: FunctionCompiler?, function: FunctionID) {
        self.session = session
        self.parent = parent
        self.function = function
        info = session.program.functions[Int(function)]
        scope = info.parameterScope
    }

    var program: Program { session.program }
    func node(_ id: NodeID) -> Node { session.program[id] }

    func unsupported(_ what: String, _ offset: UInt32) -> CompileError { .unsupported(what, offset: Int(offset)) }

    func checkStack() throws(CompileError) {
        if session.stack.isExhausted { throw .tooLarge("Source is nested too deeply") }
    }

    // MARK: Top level and bodies

    func compileTopLevel() throws(CompileError) -> CodeTemplate {
        builder.template.flags = [.topLevel, info.isStrict ? .strict : []]
        reserveEnvironment()
        try enterFunctionScope()
        let result = builder.allocate()
        completion = result
        builder.emit(.loadSpecial, a: result, immediate: 0)
        try declareGlobals()
        for statement in program.list(info.body, info.bodyCount) { try self.statement(statement) }
        builder.emit(.return, a: result)
        return try finish()
    }

    private func declareGlobals() throws(CompileError) {
        var declarations = GlobalDeclarations()
        for declaration in program.scopes[0].declarations {
            let name = session.text(declaration.name)
            switch declaration.kind {
            case .var:
                declarations.variables.append(name)
            case .function:
                declarations.functions.append(name)
            default:
                declarations.lexical.append(.init(name: name, isConstant: declaration.kind.isConstant))
            }
        }
        if !declarations.lexical.isEmpty || !declarations.functions.isEmpty || !declarations.variables.isEmpty {
            let index = builder.constant(.globalDeclarations(declarations))
            builder.emit(.declareGlobals, c: index)
        }
        for declaration in program.scopes[0].declarations {
            guard declaration.kind == .function, let function = declaration.function else { continue }
            let temporary = builder.allocate()
            try closure(function, into: temporary)
            builder.emit(.setGlobal, x: 2, a: temporary, c: builder.atom(session.text(declaration.name)), cache: 2)
            builder.release(to: temporary)
        }
    }

    /// Compiles the function into a template of its own; returns the template's number.
    static func compile(_ function: FunctionID, in parent: FunctionCompiler) throws(CompileError) -> Int {
        let session = parent.session
        let number = session.reserveTemplate()
        let compiler = FunctionCompiler(session: session, parent: parent, function: function)
        try compiler.checkStack()
        session.script.functions[number] = try compiler.compileFunction()
        return number
    }

    private func compileFunction() throws(CompileError) -> CodeTemplate {
        var flags: CodeFlags = []
        if info.isStrict { flags.insert(.strict) }
        switch info.kind {
        case .arrow: flags.insert(.arrow)
        case .method, .getter, .setter:
            flags.insert(.method)
            if info.isGenerator { flags.insert(.hasPrototype) }
        case .classConstructor: flags.formUnion([.constructor, .classConstructor, .hasPrototype])
        case .derivedConstructor: flags.formUnion([.constructor, .classConstructor, .hasPrototype, .derived])
        case .normal:
            if info.isGenerator { flags.insert(.hasPrototype) }
            else if !info.isAsync { flags.formUnion([.constructor, .hasPrototype]) }
        default: flags.insert(.method)
        }
        if info.isGenerator { flags.insert(.generator) }
        if info.isAsync { flags.insert(.async) }
        if session.options.isBuiltin {
            flags.insert(.builtin)
            flags.subtract([.constructor, .hasPrototype])
        }
        builder.template.flags = flags
        builder.template.name = session.text(info.name)
        builder.template.length = UInt16(truncatingIfNeeded: min(info.length, 65535))
        builder.template.sourceStart = info.start
        builder.template.sourceEnd = info.end
        try compileBody()
        return try finish()
    }

    func finish() throws(CompileError) -> CodeTemplate {
        if environmentRegister == nil {
            if environmentWord == 0 { builder.template.entry = 1 }
        }
        let template = builder.finish()
        if builder.tooLarge {
            throw .tooLarge("Function \(program.names.string(info.name)) is too large")
        }
        return template
    }

    /// A word that becomes `loadEnvironment` if the function needs its environment.
    func reserveEnvironment() {
        environmentWord = builder.position
        builder.emit(.nop)
    }

    /// Register with the innermost heap scope at the current scope.
    func currentEnvironment() -> UInt16 {
        var current = scope
        while true {
            let place = program.scopes[Int(current)]
            if !ownsScope(current) { break }
            if session.scopes[Int(current)].isHeap, session.scopes[Int(current)].register != 0 {
                return session.scopes[Int(current)].register
            }
            if current == 0 { break }
            current = place.parent
        }
        return outerEnvironment()
    }

    /// Scopes entered by this compiler (field initialisers are compiled inside a synthetic function).
    var ownedScopes: Set<ScopeID> = []
    func ownsScope(_ id: ScopeID) -> Bool { ownedScopes.contains(id) || (program.scopes[Int(id)].function == function && !isSynthetic) }
    var isSynthetic = false

    func outerEnvironment() -> UInt16 {
        if let register = environmentRegister { return register }
        let register = reservedEnvironment
        environmentRegister = register
        builder.patch(environmentWord, Instruction.word(.loadEnvironment, a: register))
        return register
    }
    /// A local register kept free for the environment.
    var reservedEnvironment: UInt16 = 0

    // MARK: Scopes

    /// Allocates registers of a scope's uncaptured bindings and makes its heap record.
    func enterScope(_ id: ScopeID, initializeDeadZones: Bool = true) {
        let outer = currentEnvironmentIfNeeded(id)
        scope = id
        ownedScopes.insert(id)
        let declarations = program.scopes[Int(id)].declarations
        if session.scopes[Int(id)].isHeap {
            let register = builder.allocate()
            session.scopes[Int(id)].register = register
            builder.emit(.pushScope, a: register, b: outer, c: session.scopes[Int(id)].slotCount)
        }
        for (place, declaration) in declarations.enumerated() {
            if declaration.isCaptured || declaration.name & 0x8000_0000 != 0 {
                // Slots start empty, which is the dead zone; what has none starts undefined.
                if !declaration.kind.hasDeadZone, let slot = session.scopes[Int(id)].slots[place],
                    declaration.kind == .var || declaration.kind == .function {
                    let temporary = builder.allocate()
                    builder.emit(.loadSpecial, a: temporary, immediate: 0)
                    builder.emit(.setScoped, a: temporary, b: session.scopes[Int(id)].register, c: slot)
                    builder.release(to: temporary)
                }
                continue
            }
            if declaration.kind == .parameter, info.hasSimpleParameters { continue }
            let register = builder.allocate()
            session.scopes[Int(id)].registers[place] = register
            bound.insert(register)
            if declaration.kind == .parameter || declaration.function != nil { continue }
            if declaration.needsDeadZoneCheck {
                builder.emit(.loadSpecial, a: register, immediate: 4)
            } else if !declaration.kind.hasDeadZone {
                builder.emit(.loadSpecial, a: register, immediate: 0)
            }
        }
    }

    private func currentEnvironmentIfNeeded(_ id: ScopeID) -> UInt16 {
        session.scopes[Int(id)].isHeap ? currentEnvironment() : 0
    }

    func leaveScope(to outer: ScopeID) {
        for register in session.scopes[Int(scope)].registers.values { bound.remove(register) }
        scope = outer
    }

    /// Functions declared in a block, instantiated at its entry.
    func instantiateFunctions(_ id: ScopeID) throws(CompileError) {
        for declaration in program.scopes[Int(id)].declarations {
            guard declaration.kind == .function || (declaration.kind == .parameter || declaration.kind == .var),
                let function = declaration.function else { continue }
            let temporary = builder.allocate()
            try closure(function, into: temporary)
            try storeName(declaration.name, from: temporary, scope: id, initialize: true, offset: declaration.start)
            builder.release(to: temporary)
        }
    }

    /// The function's outermost scope: parameters, `this`, `arguments` where they are captured.
    func enterFunctionScope() throws(CompileError) {
        let id = info.parameterScope
        reservedEnvironment = builder.allocate()
        if id == 0 {
            scope = 0
            ownedScopes.insert(0)
            if session.scopes[0].isHeap {
                let register = builder.allocate()
                let outer = outerEnvironment()
                session.scopes[0].register = register
                builder.emit(.pushScope, a: register, b: outer, c: session.scopes[0].slotCount)
            }
        } else {
            enterScope(id)
        }
        let plan = session.scopes[Int(id)]
        if let slot = plan.thisSlot { builder.emit(.setScoped, a: 3, b: plan.register, c: slot) }
        if let slot = plan.calleeSlot { builder.emit(.setScoped, a: 0, b: plan.register, c: slot) }
        if let slot = plan.newTargetSlot {
            let temporary = builder.allocate()
            builder.emit(.loadNewTarget, a: temporary)
            builder.emit(.setScoped, a: temporary, b: plan.register, c: slot)
            builder.release(to: temporary)
        }
    }

    // MARK: Bodies

    private func compileBody() throws(CompileError) {
        if info.containsWith { throw unsupported("with statements", info.start) }
        if info.containsDirectEval { throw unsupported("direct eval", info.start) }
        let parameters = Array(program.list(info.parameters, info.parameterCount))
        let last = parameters.last.map { node($0) }
        let hasRest = last?.kind == .rest
        let positional = hasRest ? parameters.count - 1 : parameters.count
        builder.template.parameterCount = UInt16(truncatingIfNeeded: positional)
        let firstParameter = builder.allocate(UInt16(truncatingIfNeeded: positional))
        let declaresArguments = argumentsIsBound()
        let needsArguments = info.usesArguments && info.kind != .arrow && !declaresArguments
        if info.kind != .arrow, session.scopes[Int(info.parameterScope)].argumentsSlot != nil || needsArguments {
            argumentsRegister = builder.allocate()
        }
        let restRegister: UInt16? = hasRest ? builder.allocate() : nil
        if let register = argumentsRegister {
            builder.template.flags.insert(.usesSurplusArguments)
            builder.emit(
                .createArguments, x: (info.isStrict || !info.hasSimpleParameters ? 0 : 1) | (hasRest ? 2 : 0),
                a: register, b: restRegister ?? 0, c: UInt16(truncatingIfNeeded: positional))
        } else if let register = restRegister {
            builder.template.flags.insert(.usesSurplusArguments)
            builder.emit(.createRest, a: register, b: UInt16(truncatingIfNeeded: positional))
        }
        reserveEnvironment()
        if !info.isStrict, info.usesThis, info.kind != .arrow { builder.emit(.coerceThis) }
        try bindFunctionName()
        try enterFunctionScope()
        if let register = argumentsRegister, let slot = session.scopes[Int(info.parameterScope)].argumentsSlot {
            builder.emit(.setScoped, a: register, b: session.scopes[Int(info.parameterScope)].register, c: slot)
        }
        try bindParameters(parameters, first: firstParameter, rest: restRegister)
        if info.isGenerator { builder.emit(.createGenerator) }
        var rejects: (start: Int, register: UInt16)?
        if info.isAsync, !info.isGenerator { rejects = (builder.position, builder.allocate()) }
        if info.bodyScope != info.parameterScope { enterScope(info.bodyScope); copyParametersToBody() }
        try instantiateFunctions(info.bodyScope)
        if info.kind == .classConstructor { try initializeFields(this: 3) }
        if info.hasExpressionBody {
            let register = builder.allocate()
            try expression(info.bodyExpression, into: register)
            emitReturn(register)
        } else {
            for statement in program.list(info.body, info.bodyCount) { try self.statement(statement) }
            emitFinalReturn()
        }
        if let (start, register) = rejects {
            let end = builder.position
            builder.addHandler(start: start, end: end, target: end, register: register)
            builder.emit(.asyncResult, x: 1, a: register)
        }
    }

    private func argumentsIsBound() -> Bool {
        let scope = program.scopes[Int(info.parameterScope)]
        guard let place = scope.find(KnownName.arguments) else { return false }
        let declaration = scope.declarations[place]
        return declaration.kind == .parameter || declaration.function != nil || declaration.kind.hasDeadZone
    }

    /// A named function expression sees its own name.
    private func bindFunctionName() throws(CompileError) {
        guard info.nameScope != 0, let declaration = program.scopes[Int(info.nameScope)].declarations.first else { return }
        let id = info.nameScope
        reservedNameEnvironment = true
        if reservedEnvironment == 0 { reservedEnvironment = builder.allocate() }
        if declaration.isCaptured {
            let register = builder.allocate()
            let outer = outerEnvironment()
            session.scopes[Int(id)].register = register
            ownedScopes.insert(id)
            builder.emit(.pushScope, a: register, b: outer, c: session.scopes[Int(id)].slotCount)
            builder.emit(.setScoped, a: 0, b: register, c: session.scopes[Int(id)].slots[0] ?? 0)
        } else {
            // Register 0 is the function itself.
            session.scopes[Int(id)].registers[0] = 0
            ownedScopes.insert(id)
        }
    }
    private var reservedNameEnvironment = false

    private func bindParameters(_ parameters: [NodeID], first: UInt16, rest: UInt16?) throws(CompileError) {
        let id = info.parameterScope
        if info.hasSimpleParameters {
            // The last of several parameters of the same name counts.
            for (index, parameter) in parameters.enumerated() {
                let register = first + UInt16(truncatingIfNeeded: index)
                guard let place = program.scopes[Int(id)].find(node(parameter).a) else { continue }
                if let slot = session.scopes[Int(id)].slots[place] {
                    builder.emit(.setScoped, a: register, b: session.scopes[Int(id)].register, c: slot)
                } else {
                    session.scopes[Int(id)].registers[place] = register
                    bound.insert(register)
                }
            }
            return
        }
        for (index, parameter) in parameters.enumerated() {
            let target = node(parameter)
            let register = target.kind == .rest ? rest ?? first : first + UInt16(truncatingIfNeeded: index)
            try bindPattern(target.kind == .rest ? target.a : parameter, from: register, declare: true)
        }
    }

    /// With complex parameters, vars of the body start with the value of the parameter of the same name.
    private func copyParametersToBody() {
        for declaration in program.scopes[Int(info.bodyScope)].declarations where declaration.kind == .var {
            guard program.scopes[Int(info.parameterScope)].find(declaration.name) != nil else { continue }
            let temporary = builder.allocate()
            try? loadName(declaration.name, into: temporary, from: info.parameterScope, offset: info.start)
            try? storeName(declaration.name, from: temporary, scope: info.bodyScope, initialize: true, offset: info.start)
            builder.release(to: temporary)
        }
    }

    func emitFinalReturn() {
        if info.isAsync, !info.isGenerator {
            let register = builder.allocate()
            builder.emit(.loadSpecial, a: register, immediate: 0)
            builder.emit(.asyncResult, a: register)
        } else if info.kind == .derivedConstructor {
            let register = builder.allocate()
            loadThis(into: register)
            builder.emit(.return, a: register)
        } else {
            builder.emit(.returnUndefined)
        }
    }

    /// Returns the value in a register from the function itself (no finally blocks in between).
    func emitReturn(_ register: UInt16) {
        if info.isAsync, !info.isGenerator {
            builder.emit(.asyncResult, a: register)
        } else if info.kind == .derivedConstructor {
            let this = builder.allocate()
            if let slot = session.scopes[Int(info.parameterScope)].thisSlot {
                builder.emit(.getScoped, a: this, b: session.scopes[Int(info.parameterScope)].register, c: slot)
            } else {
                builder.emit(.move, a: this, b: 3)
            }
            builder.emit(.checkConstructorResult, a: register, b: this)
            builder.emit(.return, a: register)
        } else {
            builder.emit(.return, a: register)
        }
    }

    /// The template of a nested function, as a closure over the current environment.
    func closure(_ id: FunctionID, into register: UInt16, name: NameID? = nil) throws(CompileError) {
        let number = try FunctionCompiler.compile(id, in: self)
        if let name, session.program.functions[Int(id)].name == 0 {
            session.script.functions[number].name = session.text(name)
        }
        let environment = currentEnvironment()
        let constant = builder.constant(.function(number))
        builder.emit(.closure, a: register, b: environment, c: constant)
    }

    func initializeFields(this: UInt16) throws(CompileError) {
        let base = builder.allocate(6)
        builder.emit(.initializeFields, a: this, b: 0, c: base)
        builder.release(to: base)
    }
}
