import TerrariumCage
import TerrariumSyntax

/// From sources to module records (ECMA-262 §16.2.1.6, §16.2.1.8). The host loads at once; the graph is walked with a work
/// list, so its depth does not matter.
extension Machine {
    /// ParseModule and instantiation of its code. Syntax errors are thrown as guest SyntaxErrors.
    /// - Returns: index of the record.
    public func makeModule(_ source: SourceText, key: String, realm: UInt32) throws(Thrown) -> Int {
        var parse = ParseOptions()
        parse.goal = .module
        var compile = CompileOptions()
        compile.isLazy = true
        let script = try compileGuest(source, parse: parse, compile: compile)
        return try makeModule(script, key: key, realm: realm)
    }

    /// A module record of compiled code.
    public func makeModule(_ script: ScriptTemplate, key: String, realm: UInt32) throws(Thrown) -> Int {
        guard let info = script.module else { throw terminate(.corrupted) }
        let environment = try makeScope(parent: 0, count: info.slotCount)
        let number = UInt32(truncatingIfNeeded: nextScriptNumber)
        let (body, initializer) = try instantiate(script, and: info.initializer)
        var record = ModuleRecord(key: key, realm: realm, info: info)
        record.environment = environment
        record.body = Value(object: try makeFunction(code: body, scope: environment, realm: realm))
        record.initializer = Value(
            object: try makeFunction(code: initializer, scope: environment, realm: realm))
        // Until they are loaded, requests lead nowhere.
        record.requested = info.requests.map { _ in modules.records.count }
        modules.records.append(record)
        let index = modules.records.count - 1
        modules.index[moduleKey(realm, key, nil)] = index
        modules.referrers[number] = ScriptReferrer(module: index, name: key)
        return index
    }

    private func makeSyntheticModule(_ value: Value, key: String, type: String, realm: UInt32) throws(Thrown) -> Int {
        var record = ModuleRecord(key: key, realm: realm, info: nil)
        record.environment = try makeScope(parent: 0, count: 1)
        cage.store64(record.environment, Layout.scopeSlots, value.bits)
        record.isLoaded = true
        record.status = .linked
        modules.records.append(record)
        let index = modules.records.count - 1
        modules.index[moduleKey(realm, key, type)] = index
        return index
    }

    /// Whether there is such a module.
    public func knowsModule(_ key: String, type: String?, realm: UInt32) -> Bool {
        modules.index[moduleKey(realm, key, type)] != nil
    }

    private func moduleKey(_ realm: UInt32, _ key: String, _ type: String?) -> String {
        "\(realm)\u{0}\(type ?? "")\u{0}\(key)"
    }

    /// The module that an import names. Throws a TypeError when the host refuses it, SyntaxErrors of its source.
    public func loadRequestedModule(_ request: ModuleRequest, realm: UInt32) throws(Thrown) -> Int {
        try charge(64)
        if let type = request.type, type != "json", type != "text" {
            throw typeError("Import attribute type '\(type)' is not supported")
        }
        guard let load = host.loadModule else {
            throw typeError("Cannot import '\(request.specifier)': modules are not available")
        }
        switch load(request) {
        case .refused(let message): throw typeError(message)
        case .loaded(let key):
            if let known = modules.index[moduleKey(realm, key, request.type)] { return known }
            throw typeError("Module '\(key)' is not available")
        case .source(let key, let source):
            if request.type != nil {
                throw typeError("Module '\(key)' is not of type \"\(request.type ?? "")\"")
            }
            if let known = modules.index[moduleKey(realm, key, nil)] { return known }
            return try makeModule(source, key: key, realm: realm)
        case .compiled(let key, let script):
            if request.type != nil { throw typeError("Module '\(key)' is not of type \"\(request.type ?? "")\"") }
            if let known = modules.index[moduleKey(realm, key, nil)] { return known }
            return try makeModule(script, key: key, realm: realm)
        case .json(let key, let text):
            guard request.type == "json" else {
                throw typeError("Module '\(key)' needs an import attribute of \"type: json\"")
            }
            if let known = modules.index[moduleKey(realm, key, "json")] { return known }
            let units = Array(text.utf16)
            try charge(units.count)
            guard let parse = parseJSONText else { throw terminate(.corrupted) }
            return try makeSyntheticModule(try parse(self, units), key: key, type: "json", realm: realm)
        case .text(let key, let text):
            if let known = modules.index[moduleKey(realm, key, "text")] { return known }
            return try makeSyntheticModule(try makeString(text), key: key, type: "text", realm: realm)
        }
    }

    /// LoadRequestedModules: everything that a module needs, transitively.
    func loadModuleGraph(_ root: Int) throws(Thrown) {
        var pending = [root]
        while let index = pending.popLast() {
            if modules.records[index].isLoaded { continue }
            guard let info = modules.records[index].info else { continue }
            var requested: [Int] = []
            for request in info.requests {
                let type = request.attributes.first { $0.key == ConstantText("type") }?.value
                if let unknown = request.attributes.first(where: { $0.key != ConstantText("type") }) {
                    throw syntaxError("Import attribute '\(unknown.key.text)' is not supported")
                }
                requested.append(
                    try loadRequestedModule(
                        ModuleRequest(
                            specifier: request.specifier.text, referrer: modules.records[index].key, type: type?.text),
                        realm: modules.records[index].realm))
            }
            modules.records[index].requested = requested
            modules.records[index].isLoaded = true
            pending += requested.reversed()
        }
    }
}

extension ConstantText {
    /// Latin-1 where every unit fits.
    public init(_ text: String) {
        let units = Array(text.utf16)
        self = units.allSatisfy { $0 < 256 }
            ? .latin1(units.map { UInt8(truncatingIfNeeded: $0) }) : .utf16(units)
    }
    public var text: String { String(decoding: units, as: UTF16.self) }
}
