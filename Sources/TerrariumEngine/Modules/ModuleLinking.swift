import TerrariumCage

/// Linking (ECMA-262 §16.2.1.5.1, §16.2.1.6.3–4): every import slot gets a list cell of the scope and the slot that it
/// means, or a namespace object.
extension Machine {
    /// What an exported name means.
    enum ResolvedExport: Equatable {
        case binding(module: Int, slot: UInt16)
        case namespace(module: Int)
        case missing
        /// Two `export *` give different bindings.
        case ambiguous
    }

    /// ResolveExport.
    func resolveExport(_ module: Int, _ name: ConstantText) throws(Thrown) -> ResolvedExport {
        var seen: Set<ResolveKey> = []
        return try resolveExport(module, name, &seen)
    }

    struct ResolveKey: Hashable {
        let module: Int
        let name: ConstantText
    }

    private func resolveExport(_ start: Int, _ startName: ConstantText, _ seen: inout Set<ResolveKey>) throws(Thrown)
        -> ResolvedExport
    {
        var module = start, name = startName
        guard !nativeStack.isExhausted else { throw stackOverflow() }
        // A chain of re-exports is a loop; only `export *` branches.
        while true {
            try charge(8)
            guard seen.insert(ResolveKey(module: module, name: name)).inserted else { return .missing }
            guard let info = modules.records[module].info else {
                return name == ConstantText("default") ? .binding(module: module, slot: 0) : .missing
            }
            if let local = info.localExports.first(where: { $0.name == name }) {
                // A namespace that was imported and is exported again is that namespace wherever it comes through.
                if let imported = info.imports.first(where: { $0.slot == local.slot }) {
                    let target = modules.records[module].requested[imported.request]
                    guard let original = imported.name else { return .namespace(module: target) }
                    (module, name) = (target, original)
                    continue
                }
                return .binding(module: module, slot: local.slot)
            }
            if let indirect = info.indirectExports.first(where: { $0.name == name }) {
                let target = modules.records[module].requested[indirect.request]
                guard let imported = indirect.importName else { return .namespace(module: target) }
                (module, name) = (target, imported)
                continue
            }
            if name == ConstantText("default") { return .missing }
            var result = ResolvedExport.missing
            for request in info.starExports {
                let found = try resolveExport(modules.records[module].requested[request], name, &seen)
                if found == .ambiguous { return .ambiguous }
                if found == .missing { continue }
                if result == .missing { result = found } else if result != found { return .ambiguous }
            }
            return result
        }
    }

    /// GetExportedNames, without those that do not resolve.
    private func exportedNames(_ start: Int) throws(Thrown) -> [ConstantText] {
        var names: [ConstantText] = []
        var known: Set<ConstantText> = []
        var visited: Set<Int> = []
        var pending = [start]
        while let module = pending.popLast() {
            guard visited.insert(module).inserted else { continue }
            guard let info = modules.records[module].info else {
                if module == start { names.append(ConstantText("default")) }
                continue
            }
            try charge(info.localExports.count &+ info.indirectExports.count &+ 8)
            for name in info.localExports.map(\.name) + info.indirectExports.map(\.name) {
                if module != start, name == ConstantText("default") { continue }
                if known.insert(name).inserted { names.append(name) }
            }
            pending += info.starExports.reversed().map { modules.records[module].requested[$0] }
        }
        return names
    }

    /// GetModuleNamespace.
    public func moduleNamespace(_ module: Int) throws(Thrown) -> Value {
        if let namespace = modules.records[module].namespace { return namespace }
        let object = try allocateObject(
            kind: CellKind.moduleNamespace, prototype: 0, flags: ObjectFlag.exotic | ObjectFlag.nonExtensible)
        // Namespaces of a cycle refer to each other.
        modules.records[module].namespace = Value(object: object)
        var entries: [(name: ConstantText, target: Value)] = []
        for name in try exportedNames(module) {
            switch try resolveExport(module, name) {
            case .binding(let owner, let slot): entries.append((name, try bindingReference(owner, slot)))
            case .namespace(let other): entries.append((name, try moduleNamespace(other)))
            case .missing, .ambiguous: continue
            }
        }
        entries.sort { $0.name.units.lexicographicallyPrecedes($1.name.units) }
        for entry in entries {
            let key = try propertyKey(of: entry.name)
            if key.isIndex {
                try putElement(object, key.index, entry.target, attributes: Attribute.writable | Attribute.enumerable)
            } else {
                try addProperty(
                    object, key: key.offset, value: entry.target, attributes: Attribute.writable | Attribute.enumerable)
            }
        }
        try addProperty(
            object, key: symbolKey(.toStringTag).offset, value: try makeString("Module"), attributes: Attribute.none)
        return Value(object: object)
    }

    private func propertyKey(of name: ConstantText) throws(Thrown) -> PropertyKey {
        try toPropertyKey(try makeString(name))
    }

    /// A list cell: the scope and the slot of a binding.
    private func bindingReference(_ module: Int, _ slot: UInt16) throws(Thrown) -> Value {
        try list(of: [Value(cell: modules.records[module].environment), Value(Int32(slot))])
    }

    // MARK: Link

    /// Link: all or nothing.
    public func linkModule(_ root: Int) throws(Thrown) {
        var stack: [Int] = []
        var index = 0
        do throws(Thrown) {
            try innerLink(root, &stack, &index)
        } catch {
            for module in stack { modules.records[module].status = .unlinked }
            throw error
        }
    }

    private func innerLink(_ module: Int, _ stack: inout [Int], _ index: inout Int) throws(Thrown) {
        guard modules.records[module].status == .unlinked else { return }
        guard !nativeStack.isExhausted else { throw stackOverflow() }
        try charge(16)
        modules.records[module].status = .linking
        modules.records[module].depthIndex = index
        modules.records[module].depthAncestor = index
        index += 1
        stack.append(module)
        for required in modules.records[module].requested {
            try innerLink(required, &stack, &index)
            if modules.records[required].status == .linking {
                modules.records[module].depthAncestor = min(
                    modules.records[module].depthAncestor, modules.records[required].depthAncestor)
            }
        }
        try initializeEnvironment(module)
        if modules.records[module].depthAncestor == modules.records[module].depthIndex {
            while let done = stack.popLast() {
                modules.records[done].status = .linked
                if done == module { break }
            }
        }
    }

    /// InitializeEnvironment.
    private func initializeEnvironment(_ module: Int) throws(Thrown) {
        guard let info = modules.records[module].info else { return }
        for export in info.indirectExports {
            guard let name = export.importName else { continue }
            let target = modules.records[module].requested[export.request]
            try check(try resolveExport(target, name), name, info, export.request)
        }
        for entry in info.imports {
            let target = modules.records[module].requested[entry.request]
            let slot = modules.records[module].environment &+ UInt32(Layout.scopeSlots) &+ UInt32(entry.slot) &* 8
            guard let name = entry.name else {
                cage.store64(slot, 0, try moduleNamespace(target).bits)
                continue
            }
            let resolved = try resolveExport(target, name)
            switch resolved {
            case .binding(let owner, let ownerSlot):
                cage.store64(slot, 0, try bindingReference(owner, ownerSlot).bits)
            case .namespace(let other): cage.store64(slot, 0, try moduleNamespace(other).bits)
            case .missing, .ambiguous: try check(resolved, name, info, entry.request)
            }
        }
        _ = try call(modules.records[module].initializer, this: .undefined)
    }

    private func check(_ resolved: ResolvedExport, _ name: ConstantText, _ info: ModuleInfo, _ request: Int) throws(Thrown) {
        let specifier = info.requests[request].specifier.text
        switch resolved {
        case .missing:
            throw syntaxError("The requested module '\(specifier)' does not provide an export named '\(name.text)'")
        case .ambiguous:
            throw syntaxError("The requested module '\(specifier)' contains conflicting star exports for name '\(name.text)'")
        default: break
        }
    }

    // MARK: Reading bindings

    /// Value behind an import slot or a property of a namespace; empty in its dead zone.
    func importedValue(_ reference: Value) -> Value {
        guard reference.isCell else { return reference }
        let list = reference.offset
        let scope = Value(bits: cage.load64(list &+ 16)).offset
        let slot = UInt32(bitPattern: Value(bits: cage.load64(list &+ 24)).int)
        let value = Value(bits: cage.load64(scope &+ UInt32(Layout.scopeSlots) &+ slot &* 8))
        // A binding that is itself an import (`import x; export {x}`) leads on.
        return value.isCell && cage.load8(value.offset, Layout.kind) == CellKind.list ? importedValue(value) : value
    }

    func getModuleBinding(_ word: UInt64) throws(Thrown) {
        var scope = reg(word.fieldB).offset
        for _ in 0..<word.fieldX { scope = cage.load32(scope, Layout.scopeParent) }
        let reference = Value(bits: cage.load64(scope &+ UInt32(Layout.scopeSlots) &+ UInt32(word.fieldC) &* 8))
        let value = importedValue(reference)
        if value.isEmpty {
            let name = constantKey(UInt16(truncatingIfNeeded: cage.load64(UInt32(truncatingIfNeeded: cells[Cell.pc]))))
            throw referenceError("Cannot access '\(describe(name))' before initialization")
        }
        setReg(word.fieldA, value)
        skipWords(1)
    }
}
