import TerrariumSyntax

/// Functions: prologue, body, epilogue (ECMA-262 §10.2.11 FunctionDeclarationInstantiation).
extension Compiler {
    /// Compiles a nested function into a template of its own, or notes that this is to be done.
    /// - Returns: the template's number, and whether the closure holds the scope that it is made in: a function that may be
    ///   compiled later does, whether its code will use it or not.
    mutating func compileFunction(_ id: FunctionID, name: ConstantText)
        -> (number: Int, usesEnvironment: Bool)
    {
        let number = templates.count
        let info = functions[Int(id)]
        var template = header(of: info, name: name)
        templates.append(template)
        guard mayRecurse() else { return (number, false) }
        let mayDefer = mayDefer(info)
        // Code that is written twice (the test of a loop) closes over functions twice.
        let isRepeated = isCompiled[Int(id)]
        isCompiled[Int(id)] = true
        clock &+= 1
        if mayDefer, options.isLazy, !isRepeated, !state.isEager {
            deferred[number] = Deferred(
                function: id, stamp: clock, hasFields: state.hasFields, knownClasses: state.knownClasses)
            return (number, true)
        }
        stamps[Int(id)] = clock
        let saved = state
        begin(id, hasFields: saved.hasFields, knownClasses: saved.knownClasses)
        state.isEager = saved.isEager || isRepeated
        functionBody(info, &template)
        finish(&template, number)
        let usesEnvironment = state.usesEnvironment
        state = saved
        if let failure { state.builder.failure = failure }
        return (number, mayDefer || usesEnvironment)
    }

    /// Completes the template of the current state.
    mutating func finish(_ template: inout CodeTemplate, _ number: Int) {
        if failure != nil { return }
        let variables = recorded == nil ? [] : noteFunction()
        insertEnvironmentLoad()
        state.builder.finish(&template, callOff: callOff)
        recorded?.append(
            FunctionVariables(
                sourceStart: template.sourceStart, sourceEnd: template.sourceEnd, flags: template.flags,
                wordCount: template.words.count, variables: variables))
        if let reason = state.builder.failure, failure == nil { fail(reason) }
        template.registerCount = UInt16(truncatingIfNeeded: state.registerCount)
        templates[number] = template
    }

    mutating func flags(of info: FunctionInfo) -> CodeFlags {
        var flags: CodeFlags = []
        if info.isStrict { flags.insert(.strict) }
        if info.isAsync { flags.insert(.async) }
        if info.isGenerator { flags.insert(.generator) }
        if info.hasSimpleParameters { flags.insert(.simpleParameters) }
        if options.isBuiltin { flags.insert(.builtin) }
        switch info.kind {
        case .normal:
            if !options.isBuiltin {
                if !info.isAsync, !info.isGenerator { flags.formUnion([.constructor, .hasPrototype]) }
                if info.isGenerator { flags.insert(.hasPrototype) }
            }
        case .arrow: flags.insert(.arrow)
        case .method, .getter, .setter, .staticBlock:
            flags.insert(.method)
            if info.isGenerator { flags.insert(.hasPrototype) }
        case .classConstructor: flags.formUnion([.constructor, .classConstructor, .hasPrototype])
        case .derivedConstructor: flags.formUnion([.constructor, .classConstructor, .derived, .hasPrototype])
        case .fieldInitializer: flags.formUnion([.method, .fieldInitializer])
        case .script, .eval: flags.insert(.topLevel)
        case .module: flags.insert(.module)
        }
        return flags
    }

    // MARK: Environment

    /// Reserves the register of the environment when there is a scope object outside of the function.
    mutating func prepareEnvironment(outside scope: ScopeID) {
        state.environmentPlace = state.builder.count
        guard hasHeapScope(from: scope) else { return }
        state.environment = allocate()
    }

    private mutating func hasHeapScope(from start: ScopeID) -> Bool {
        var current = start
        while true {
            if scopes[Int(current)].isHeap { return true }
            if current == 0 { return options.evalContext != nil }
            current = program.scopes[Int(current)].parent
        }
    }

    /// Code that uses the environment loads it first; others do not pay for it.
    private mutating func insertEnvironmentLoad() {
        guard state.usesEnvironment, let register = state.environment else { return }
        if state.builder.fuseEnvironment(register, at: state.environmentPlace) { return }
        state.builder.insert(Instruction.word(.loadEnvironment, a: register), at: state.environmentPlace)
    }

    // MARK: Body

    mutating func functionBody(_ info: FunctionInfo, _ template: inout CodeTemplate) {
        let parameters = Array(program.list(info.parameters, info.parameterCount))
        let hasRest = parameters.last.map { node($0).kind == .rest } ?? false
        let count = parameters.count - (hasRest ? 1 : 0)
        guard count < 0x7000 else {
            fail(.tooManyRegisters)
            return
        }
        template.parameterCount = UInt16(truncatingIfNeeded: count)
        _ = allocate(count)

        let plan = argumentsPlan(info, parameters)
        let rest = hasRest ? allocate() : 0
        let argumentsRegister = plan == .none ? nil : Optional(allocate())
        if let argumentsRegister {
            var x: UInt8 = info.isStrict || !info.hasSimpleParameters ? 0 : 1
            if hasRest { x |= 2 }
            emit(.createArguments, x: x, a: argumentsRegister, b: rest, c: UInt16(truncatingIfNeeded: count))
        } else if hasRest {
            emit(.createRest, a: rest, b: UInt16(truncatingIfNeeded: count))
        }
        if argumentsRegister != nil || hasRest { template.flags.insert(.usesSurplusArguments) }

        let outermost = info.nameScope != 0 ? info.nameScope : info.parameterScope
        prepareEnvironment(outside: program.scopes[Int(outermost)].parent)
        var rejection = state.isGenerator ? nil : openAsyncRegion()
        if info.nameScope != 0 { nameScope(info) }
        enterParameterScope(info, parameters, plan)
        prepareThis(info)
        storePseudoBindings(info)
        // Before the defaults of parameters, which see the fields.
        if info.kind == .classConstructor, state.hasFields { runFieldInitializer(this: 3, constructor: 0) }
        if let argumentsRegister { placeArguments(info, argumentsRegister, plan) }
        if plan != .mapped { bindParameters(info, parameters, rest) }
        if info.bodyScope != info.parameterScope { enterBodyScope(info) }
        instantiateVariables(info, argumentsRegister)
        instantiateFunctions(info.bodyScope)
        if info.isGenerator {
            emit(.createGenerator)
            // The parameters of an async generator throw at its call, its body rejects.
            rejection = openAsyncRegion()
        }

        if info.hasExpressionBody {
            let value = evaluate(info.bodyExpression, .any)
            emitReturn(value)
        } else {
            disposing(info.bodyScope) { compiler in
                compiler.statements(compiler.program.list(info.body, info.bodyCount), isFunctionLevel: true)
            }
            emitReturn(nil)
        }
        closeAsyncRegion(rejection)
    }

    /// Async functions reject their promise with whatever is thrown, parameters included.
    mutating func openAsyncRegion() -> Register? {
        guard state.isAsync else { return nil }
        let register = allocate()
        openRegion(register)
        return register
    }

    mutating func closeAsyncRegion(_ register: Register?) {
        guard let register else { return }
        closeRegion()
        emit(.asyncResult, x: 1, a: register)
        state.builder.endReachable()
    }

    /// The name of a function expression: the function itself, kept in a scope object only when something captures it.
    private mutating func nameScope(_ info: FunctionInfo) {
        enterScope(info.nameScope)
        for place in scopes[Int(info.nameScope)].bindings.indices {
            if case .slot(let slot) = scopes[Int(info.nameScope)].bindings[place].storage {
                setSlot(0, scopes[Int(info.nameScope)].register, 0, slot)
            }
        }
    }

    // MARK: Parameters

    /// Name of a parameter that is an identifier, with or without a default value.
    private mutating func plainName(_ parameter: NodeID) -> NameID? {
        let item = node(parameter)
        if item.kind == .identifier { return item.a }
        if item.kind == .assignmentPattern, node(item.a).kind == .identifier { return node(item.a).a }
        return nil
    }

    private mutating func enterParameterScope(_ info: FunctionInfo, _ parameters: [NodeID], _ plan: ArgumentsPlan) {
        let id = info.parameterScope, index = Int(id)
        noteScope(id)
        scopes[index] = ScopeState()
        let declarations = program.scopes[index].declarations
        scopes[index].bindings = ContiguousArray(repeating: ScopeState.Binding(), count: declarations.count)
        let isDynamic = program.scopes[index].isDynamic
        if plan == .mapped {
            // Slot i is argument i; a repeated name means its last occurrence.
            for parameter in parameters {
                let slot = newSlot(id)
                if let name = plainName(parameter), let place = program.scopes[index].find(name) {
                    scopes[index].bindings[place].storage = .slot(slot)
                }
            }
        } else {
            for (position, parameter) in parameters.enumerated() {
                guard let name = plainName(parameter), let place = program.scopes[index].find(name),
                    !declarations[place].isCaptured, !isDynamic
                else { continue }
                let register = Register(truncatingIfNeeded: 4 + position)
                scopes[index].bindings[place].storage = .register(register)
                noteLocal(register, name)
            }
        }
        for place in declarations.indices {
            let declaration = declarations[place]
            if scopes[index].bindings[place].storage == .none {
                let isSlot = declaration.isCaptured || isDynamic
                scopes[index].bindings[place].storage =
                    isSlot ? .slot(newSlot(id)) : .register(allocateLocal(declaration.name))
            }
            // Parameters with expressions among them have a dead zone until their turn comes.
            let isLate = declaration.kind == .parameter ? !info.hasSimpleParameters : declaration.kind.hasDeadZone
            scopes[index].bindings[place].initializedAt = isLate ? .max : 0
        }
        reservePseudoBindings(info)
        materializeScope(id)
    }

    private mutating func bindParameters(_ info: FunctionInfo, _ parameters: [NodeID], _ rest: Register) {
        for (position, parameter) in parameters.enumerated() {
            let item = node(parameter)
            let register = Register(truncatingIfNeeded: 4 + position)
            switch item.kind {
            case .identifier: bindParameter(item, register)
            case .rest: bindPattern(item.a, rest, .initialize)
            case .assignmentPattern:
                let given = makeLabel()
                state.builder.jumpIf(.undefined, register, false, given)
                evaluateNamed(item.b, for: item.a, into: register)
                bind(given)
                if node(item.a).kind == .identifier {
                    bindParameter(node(item.a), register)
                } else {
                    state.patternSource = .defaultedParameter
                    bindPattern(item.a, register, .initialize)
                }
            default:
                state.patternSource = .parameter
                bindPattern(parameter, register, .initialize)
            }
        }
    }

    private mutating func bindParameter(_ name: Node, _ register: Register) {
        let resolved = resolve(name.a, from: name.b)
        if case .register(let target) = resolved.kind, target != register {
            // An earlier one of two parameters with the same name.
            return
        }
        storeResolved(resolved, name.a, register, at: name.start, .initialize)
        markInitialized(name.a, in: name.b)
    }

    // MARK: arguments

    enum ArgumentsPlan { case none, unmapped, mapped }

    private mutating func argumentsPlan(_ info: FunctionInfo, _ parameters: [NodeID]) -> ArgumentsPlan {
        switch info.kind {
        case .normal, .method, .getter, .setter, .classConstructor, .derivedConstructor: break
        default: return .none
        }
        let isDynamic = program.scopes[Int(info.parameterScope)].isDynamic
        guard info.usesArguments || isDynamic else { return .none }
        if let place = program.scopes[Int(info.parameterScope)].find(KnownName.arguments) {
            let declaration = program.scopes[Int(info.parameterScope)].declarations[place]
            if declaration.kind != .var || declaration.function != nil { return .none }
        }
        if info.isStrict || !info.hasSimpleParameters || parameters.isEmpty { return .unmapped }
        return isDynamic || mayAlias(info, parameters) ? .mapped : .unmapped
    }

    /// Whether the link between parameters and the arguments object could be noticed.
    private mutating func mayAlias(_ info: FunctionInfo, _ parameters: [NodeID]) -> Bool {
        if info.arrowUsesArguments { return true }
        let first = info.bodyCount > 0 ? node(program.list(info.body, 1).first ?? 0).start : info.end
        let isAssigned = parameters.contains { parameter in
            assigns(node(parameter).a, first, info.end)
                || program.scopes[Int(info.parameterScope)].find(node(parameter).a)
                    .map { program.scopes[Int(info.parameterScope)].declarations[$0].function != nil } ?? false
        }
        return isAssigned || !usesArgumentsPlainly(info)
    }

    /// Whether every use of `arguments` in a function only reads its length or an element.
    private mutating func usesArgumentsPlainly(_ info: FunctionInfo) -> Bool {
        if plainArgumentsPlaces == nil { plainArgumentsPlaces = findPlainArguments() }
        let plain = plainArgumentsPlaces ?? []
        findPlaces()
        let first = UInt64(KnownName.arguments) << 32 | UInt64(info.start)
        let last = UInt64(KnownName.arguments) << 32 | UInt64(info.end)
        var low = 0, high = identifierPlaces.count
        while low < high {
            let middle = (low + high) / 2
            if identifierPlaces[middle] < first { low = middle + 1 } else { high = middle }
        }
        while low < identifierPlaces.count, identifierPlaces[low] < last {
            let place = identifierPlaces[low]
            low += 1
            if !plain.contains(UInt32(truncatingIfNeeded: place)) { return false }
        }
        return true
    }

    private mutating func findPlainArguments() -> Set<UInt32> {
        var plain: Set<UInt32> = []
        var written: Set<NodeID> = []
        for node in program.nodes {
            switch node.kind {
            case .assign, .update, .call, .forIn, .forOf, .assignmentPattern, .rest, .taggedTemplate, .spread:
                written.insert(node.a)
            case .unary where node.flags == UnaryOperator.delete.rawValue: written.insert(node.a)
            case .property: written.insert(node.b)
            case .arrayPattern: for item in program.list(node.a, node.b) { written.insert(item) }
            case .parenthesized: written.insert(node.a)
            default: break
            }
        }
        let length = ContiguousArray("length".utf16)
        for (index, item) in program.nodes.enumerated() where item.kind == .member || item.kind == .index {
            let object = node(item.a)
            guard object.kind == .identifier, object.a == KnownName.arguments,
                !written.contains(NodeID(truncatingIfNeeded: index))
            else { continue }
            if item.kind == .index || program.names.text(item.b).elementsEqual(length) { plain.insert(object.start) }
        }
        return plain
    }

    private mutating func placeArguments(_ info: FunctionInfo, _ register: Register, _ plan: ArgumentsPlan) {
        let scope = Int(info.parameterScope)
        if plan == .mapped {
            // Parameters move to their slots, which the object then shares.
            let count = Int(info.parameterCount)
            for position in 0..<count {
                setSlot(
                    Register(truncatingIfNeeded: 4 + position), scopes[scope].register, 0,
                    UInt16(truncatingIfNeeded: position))
            }
            emit(.mapArguments, a: register, b: scopes[scope].register)
        }
        if let slot = scopes[scope].argumentsSlot {
            setSlot(register, scopes[scope].register, 0, slot)
        } else {
            state.arguments = register
            noteLocal(register, KnownName.arguments)
        }
    }

    // MARK: Variables

    private mutating func enterBodyScope(_ info: FunctionInfo) {
        prepareScope(info.bodyScope)
        if info.containsDirectEval, !info.isStrict {
            scopes[Int(info.bodyScope)].evalVariablesSlot = newSlot(info.bodyScope)
        }
        materializeScope(info.bodyScope)
        if let slot = scopes[Int(info.bodyScope)].evalVariablesSlot {
            let temporary = allocate()
            load(temporary, .undefined)
            setSlot(temporary, scopes[Int(info.bodyScope)].register, 0, slot)
            release(to: Int(temporary))
        }
    }

    /// Gives vars their first value: undefined, or that of the parameter with the same name.
    private mutating func instantiateVariables(_ info: FunctionInfo, _ argumentsRegister: Register?) {
        let id = info.bodyScope, index = Int(id)
        let early = earlyInitialized(info)
        for place in program.scopes[index].declarations.indices {
            let declaration = program.scopes[index].declarations[place]
            guard declaration.kind == .var, declaration.function == nil else { continue }
            let resolved = resolve(declaration.name, from: id)
            if declaration.name == KnownName.arguments, let argumentsRegister {
                storeResolved(resolved, declaration.name, argumentsRegister, at: declaration.start, .initialize)
                continue
            }
            let saved = state.nextRegister
            if info.parameterScope != id, program.scopes[Int(info.parameterScope)].find(declaration.name) != nil {
                let outer = resolve(declaration.name, from: info.parameterScope)
                let value = loadResolved(outer, declaration.name, at: declaration.start, .any)
                storeResolved(resolved, declaration.name, value, at: declaration.start, .initialize)
            } else if let register = directRegister(resolved, .initialize) {
                if !early.contains(declaration.name) { load(register, .undefined) }
            } else {
                let temporary = allocate()
                load(temporary, .undefined)
                storeResolved(resolved, declaration.name, temporary, at: declaration.start, .initialize)
            }
            release(to: saved)
        }
    }

    /// Vars whose declaration with an initializer is a statement of the function itself, before any other mention: they
    /// need no `undefined` first.
    private mutating func earlyInitialized(_ info: FunctionInfo) -> Set<NameID> {
        var result: Set<NameID> = []
        if info.hasExpressionBody { return result }
        for id in program.list(info.body, info.bodyCount) {
            var statement = node(id)
            if statement.kind == .for, statement.a != 0 { statement = node(statement.a) }
            guard statement.kind == .variableDeclaration, statement.flags == DeclarationKind.var.rawValue else { continue }
            for item in program.list(statement.a, statement.b) {
                let declarator = node(item)
                let target = node(declarator.a)
                if declarator.b != 0, target.kind == .identifier,
                    !mentions(target.a, info.start, target.start),
                    !mentions(target.a, target.end, declarator.end) {
                    result.insert(target.a)
                }
            }
        }
        return result
    }

    // MARK: Returning

    /// Leaves the function with a value (nil: undefined), when nothing has to be unwound any more.
    mutating func emitReturn(_ value: Register?) {
        guard state.builder.isReachable else { return }
        let saved = state.nextRegister
        if state.kind == .derivedConstructor {
            if let value {
                let result = allocate()
                move(result, value)
                let this = loadThisUnchecked()
                mark(functions[Int(state.function)].parametersStart)
                emit(.checkConstructorResult, a: result, b: this)
                emit(.return, a: result)
            } else {
                let this = loadThisUnchecked()
                if !state.isThisBound {
                    mark(functions[Int(state.function)].end)
                    emit(.checkThis, x: 1, a: this)
                }
                emit(.return, a: this)
            }
        } else if state.isAsync {
            let result = value ?? allocate()
            if value == nil { load(result, .undefined) }
            emit(.asyncResult, a: result)
        } else if let value {
            emit(.return, a: value)
        } else {
            emit(.returnUndefined)
        }
        state.builder.endReachable()
        release(to: saved)
    }

    // MARK: Closures

    /// Makes a function object.
    mutating func closure(_ function: FunctionID, name: ConstantText, into target: Register) {
        let (number, usesEnvironment) = compileFunction(function, name: name)
        let index = state.builder.require(state.builder.constant(.function(number)))
        if usesEnvironment, let scope = currentScope() {
            emit(.closure, a: target, b: scope, c: index)
        } else {
            emit(.closure, x: 1, a: target, c: index)
        }
    }
}
