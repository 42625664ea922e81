import TerrariumSyntax

/// Modules (ECMA-262 §16.2). Bindings that imports, exports or functions refer to live in slots of the module environment,
/// which linking makes; the rest live in registers of the body.
///
/// Template 0 is the body; the initializer runs before it and creates the functions that other modules may call before
/// this one is evaluated.
extension Compiler {
    mutating func compileModule(_ info: FunctionInfo, _ template: inout CodeTemplate) {
        let entries = program.module
        var module = ModuleInfo()
        module.hasTopLevelAwait = entries.hasTopLevelAwait
        if !entries.hasTopLevelAwait { template.flags.remove(.async) }
        template.sourceEnd = UInt32(truncatingIfNeeded: program.source.units.count)
        for request in entries.requests {
            module.requests.append(
                .init(
                    specifier: text(request.specifier),
                    attributes: request.attributes.map { (text($0.key), text($0.value)) }))
        }
        placeModuleBindings(entries, &module)
        module.initializer = compileModuleInitializer(info)
        if failure == nil { compileModuleBody(info, entries, &template) }
        module.slotCount = UInt16(truncatingIfNeeded: scopes[0].slotCount)
        self.module = module
    }

    /// Storage of the module's own bindings and of its imports, and what the tables of the module say about them.
    private mutating func placeModuleBindings(_ entries: ModuleEntries, _ module: inout ModuleInfo) {
        let declarations = program.scopes[0].declarations
        scopes[0] = ScopeState()
        scopes[0].bindings = ContiguousArray(repeating: ScopeState.Binding(), count: declarations.count)
        var imports: [NameID: ModuleEntries.Import] = [:]
        for entry in entries.imports {
            imports[entry.local] = entry
            guard let place = program.scopes[0].find(entry.local) else { continue }
            let slot = newSlot(0)
            scopes[0].bindings[place].storage = entry.name == nil ? .slot(slot) : .imported(slot)
            module.imports.append(
                .init(
                    request: entry.request, name: entry.name.map { text($0) }, slot: slot, sourceOffset: entry.start))
        }
        for export in entries.localExports {
            if let entry = imports[export.local], let name = entry.name {
                module.indirectExports.append(
                    .init(
                        name: text(export.name), request: entry.request, importName: text(name),
                        sourceOffset: export.start))
                continue
            }
            guard let place = program.scopes[0].find(export.local) else { continue }
            let slot: UInt16
            if case .slot(let known) = scopes[0].bindings[place].storage {
                slot = known
            } else {
                slot = newSlot(0)
                scopes[0].bindings[place].storage = .slot(slot)
            }
            module.localExports.append(.init(name: text(export.name), slot: slot))
        }
        for export in entries.indirectExports {
            module.indirectExports.append(
                .init(
                    name: text(export.name), request: export.request, importName: export.importName.map { text($0) },
                    sourceOffset: export.start))
        }
        module.starExports = entries.starExports
        for place in declarations.indices {
            let declaration = declarations[place]
            if scopes[0].bindings[place].storage == .none, declaration.isCaptured || program.scopes[0].isDynamic {
                scopes[0].bindings[place].storage = .slot(newSlot(0))
            }
            scopes[0].bindings[place].initializedAt = declaration.kind.hasDeadZone ? .max : 0
        }
        scopes[0].isHeap = scopes[0].slotCount > 0
    }

    /// Puts the module environment into a register.
    private mutating func enterModuleEnvironment() {
        noteScope(0)
        guard scopes[0].isHeap else { return }
        let register = allocate()
        emit(.loadEnvironment, a: register)
        scopes[0].register = register
        state.scopeRegister = register
    }

    private mutating func isInSlot(_ place: Int) -> Bool {
        if case .slot = scopes[0].bindings[place].storage { return true }
        return false
    }

    private mutating func compileModuleInitializer(_ info: FunctionInfo) -> Int {
        let number = templates.count
        templates.append(CodeTemplate())
        let saved = state
        state = FunctionState(function: 0)
        state.kind = .module
        state.isStrict = true
        var template = CodeTemplate()
        template.flags = [.strict, .module]
        if options.isBuiltin { template.flags.insert(.builtin) }
        enterModuleEnvironment()
        let declarations = program.scopes[0].declarations
        for place in declarations.indices where isInSlot(place) {
            let declaration = declarations[place]
            let mark = state.nextRegister
            let value = allocate()
            if let function = declaration.function {
                closure(function, name: text(functions[Int(function)].name), into: value)
            } else if declaration.kind == .var {
                load(value, .undefined)
            } else {
                release(to: mark)
                continue
            }
            storeResolved(resolve(declaration.name, from: 0), declaration.name, value, at: declaration.start, .initialize)
            release(to: mark)
        }
        emit(.returnUndefined)
        finish(&template, number)
        let reason = failure
        state = saved
        if let reason { state.builder.failure = reason }
        return number
    }

    private mutating func compileModuleBody(
        _ info: FunctionInfo, _ entries: ModuleEntries, _ template: inout CodeTemplate
    ) {
        state.isAsync = entries.hasTopLevelAwait
        enterModuleEnvironment()
        let rejection = openAsyncRegion()
        let declarations = program.scopes[0].declarations
        for place in declarations.indices where scopes[0].bindings[place].storage == .none {
            let declaration = declarations[place]
            let register = allocateLocal(declaration.name)
            scopes[0].bindings[place].storage = .register(register)
            if let function = declaration.function {
                closure(function, name: text(functions[Int(function)].name), into: register)
            } else if declaration.kind == .var {
                load(register, .undefined)
            }
        }
        disposing(0) { compiler in
            compiler.statements(compiler.program.list(info.body, info.bodyCount))
        }
        emitReturn(nil)
        closeAsyncRegion(rejection)
        finish(&template, 0)
    }

    /// What an export declaration does when it is reached.
    mutating func exportDeclaration(_ item: Node) {
        switch item.flags {
        case 1: statement(item.a)
        case 2:
            let value = evaluateNamed(item.a, text(KnownName.default), .any)
            let name = KnownName.starDefault
            storeResolved(resolve(name, from: 0), name, value, at: item.start, .initialize)
            markInitialized(name, in: 0)
        default: break
        }
    }
}
