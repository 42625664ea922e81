internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumSyntax

/// What a sandbox has loaded, and where the rest comes from.
final class ModuleCache {
    let loader: ModuleLoader
    var loaded: [ModuleRequest: ModuleLoad] = [:]

    init(_ loader: ModuleLoader) { self.loader = loader }
}

/// A loaded module, on its way from another thread.
struct LoadedModule: Sendable {
    let request: ModuleRequest
    let load: ModuleLoad
    let failure: SyntaxFailure?

    /// Compiles a source. One that does not parse is left to the engine, which throws for it.
    init(_ request: ModuleRequest, _ limits: Limits, _ find: () throws -> ModuleSource?) {
        self.request = request
        let result: Result<ModuleSource?, any Error> = Result(catching: find)
        (load, failure) = LoadedModule.load(result, request, limits)
    }

    init(_ request: ModuleRequest, _ limits: Limits, _ result: Result<ModuleSource?, any Error>) {
        self.request = request
        (load, failure) = LoadedModule.load(result, request, limits)
    }

    private static func load(_ result: Result<ModuleSource?, any Error>, _ request: ModuleRequest, _ limits: Limits)
        -> (ModuleLoad, SyntaxFailure?)
    {
        let from = request.referrer.isEmpty ? "" : " imported from \(request.referrer)"
        switch result {
        case .failure(let error):
            let reason = (error as? any RevealedError)?.guestMessage ?? "Cannot load module '\(request.specifier)'\(from)"
            return (.refused(reason), nil)
        case .success(nil): return (.refused("Cannot find module '\(request.specifier)'\(from)"), nil)
        case .success(.json(let text, let key)): return (.json(key: key, text), nil)
        case .success(.text(let text, let key)): return (.text(key: key, text), nil)
        case .success(.compiled(let module, let key)): return (.compiled(key: key, module.template), nil)
        case .success(.source(let text, let key)):
            let source = SourceText(text, name: key)
            do throws(TerrariumError) {
                return (.compiled(key: key, try Compilation.compile(source, .module, limits)), nil)
            } catch {
                switch error {
                case .syntax(let failure), .nesting(let failure): return (.source(key: key, source), failure)
                default: return (.refused("Module '\(key)': \(error)"), nil)
                }
            }
        }
    }

    /// Requests of the module itself.
    var requests: [ModuleRequest] {
        guard case .compiled(let key, let template) = load, let info = template.module else { return [] }
        return info.requests.map { request in
            ModuleRequest(
                specifier: request.specifier.text, referrer: key,
                type: request.attributes.first { $0.key == ConstantText("type") }?.value.text)
        }
    }
}

/// A module that was imported by the host.
public struct Module {
    /// The namespace object: its properties are the exports.
    public let namespace: Value

    /// A module whose namespace the host has kept.
    public init(namespace: Value) { self.namespace = namespace }

    /// An export.
    public func get(_ name: String) throws(TerrariumError) -> Value { try namespace.get(name) }

    /// An export as a Swift value.
    public func get<T: Decodable>(_ name: String, as type: T.Type) throws(TerrariumError) -> T { try namespace.get(name, as: type) }

    /// Calls an exported function, and runs the event loop until its promise is settled.
    /// - Throws: what the function throws or rejects with, limits.
    @discardableResult
    nonisolated(nonsending) public func call<each Argument: Encodable>(
        _ name: String, _ arguments: repeat each Argument
    ) async throws(TerrariumError) -> Value {
        guard let core = namespace.root?.core else { throw .misuse(.sandboxEnded) }
        try core.throwDeferred()
        let function = try namespace.get(name)
        let operation = Operation(core.limits)
        let words = try core.hold(repeat each arguments)
        var result = Value.undefined
        try await core.cancellably(operation) { () async throws(TerrariumError) in
            result = try function.invoke(on: operation, held: words)
        }
        return try await core.awaited(result, operation)
    }

    /// As `call`, with the result as a Swift value.
    nonisolated(nonsending) public func call<each Argument: Encodable, Result: Decodable>(
        _ name: String, _ arguments: repeat each Argument, as type: Result.Type
    ) async throws(TerrariumError) -> Result {
        try await call(name, repeat each arguments).decode(as: type)
    }
}

extension Sandbox {
    /// Loads a module and what it imports, runs them, and waits for them.
    /// - Parameter specifier: as the `modules` capability's loader understands it.
    /// - Throws: `.syntax`, `.thrown`, limits; a `.thrown` TypeError when there is no such module.
    nonisolated(nonsending) public func importModule(_ specifier: String) async throws(TerrariumError) -> Module {
        try core.throwDeferred()
        let core = self.core
        let operation = Operation(core.limits)
        let request = ModuleRequest(specifier: specifier)
        var result = Value.undefined
        try await core.cancellably(operation) { () async throws(TerrariumError) in
            try core.perform(operation) { (machine) throws(Thrown) in
                let promise = try machine.makePromise()
                result = core.value(promise, machine)
                if !core.startImport(request, promise, machine) {
                    try machine.completeImport(request.engine, promise, realm: core.realm)
                }
                try core.runJobs(machine)
            }
        }
        return Module(namespace: try await core.awaited(result, operation))
    }

    /// Runs a compiled module with what it imports, and waits for it.
    /// - Parameters:
    ///   - module: what to run.
    ///   - key: its identity for imports of its own; the name of its source when nothing is given.
    nonisolated(nonsending) public func importModule(_ module: CompiledModule, key: String? = nil) async throws(TerrariumError) -> Module {
        try core.throwDeferred()
        let core = self.core
        let operation = Operation(core.limits)
        let request = ModuleRequest(specifier: key ?? module.name)
        var result = Value.undefined
        try await core.cancellably(operation) { () async throws(TerrariumError) in
            try core.perform(operation) { (machine) throws(Thrown) in
                let promise = try machine.makePromise()
                result = core.value(promise, machine)
                let loaded = LoadedModule(request, core.limits) { .compiled(module, key: key ?? module.name) }
                core.given[request] = loaded.load
                if !core.startImport(request, promise, machine, with: loaded) {
                    try machine.completeImport(request.engine, promise, realm: core.realm)
                }
                try core.runJobs(machine)
            }
        }
        return Module(namespace: try await core.awaited(result, operation))
    }

    /// Compiles and runs a module with what it imports, and waits for it.
    nonisolated(nonsending) public func importModule(source: String, name: String = "module.js") async throws(TerrariumError) -> Module {
        try await importModule(try CompiledModule(source, name: name, limits: core.limits))
    }
}

extension ModuleRequest {
    var engine: TerrariumEngine.ModuleRequest {
        TerrariumEngine.ModuleRequest(specifier: specifier, referrer: referrer, type: type)
    }
    init(_ request: TerrariumEngine.ModuleRequest) {
        self.init(specifier: request.specifier, referrer: request.referrer, type: request.type)
    }
}

extension Capability {
    /// `import` and `import()`.
    public static func modules(_ loader: ModuleLoader) -> Capability {
        engine("modules", globals: []) { (core, machine) throws(Thrown) in
            core.modules = ModuleCache(loader)
        }
    }
}

extension SandboxCore {
    /// Modules that the host gives can be imported without the capability.
    func prepareModules(_ machine: Machine) {
        machine.host.loadModule = { [unowned self] request in self.load(ModuleRequest(request)) }
        machine.host.defersImport = { [unowned self] request, promise, realm in
            guard let machine = self.machine else { return false }
            return self.startImport(ModuleRequest(request), promise, machine)
        }
        machine.parseJSONText = { (machine, units) throws(Thrown) in
            var parser = JSONParser(machine: machine, text: try machine.flat(try machine.makeString(units: units)))
            return try parser.parse()
        }
    }

    private func load(_ request: ModuleRequest) -> ModuleLoad {
        if request.referrer.isEmpty, let given = given[request] { return given }
        if let key = loadedBefore[request] { return .loaded(key: key) }
        guard let modules else { return .refused("Cannot import '\(request.specifier)': modules are not available") }
        if let known = modules.loaded[request] { return known }
        guard case .direct(let find) = modules.loader.kind else {
            return .refused("Cannot load module '\(request.specifier)' imported from \(request.referrer)")
        }
        let loaded = LoadedModule(request, limits) { try find(request) }
        lastSyntaxFailure = loaded.failure ?? lastSyntaxFailure
        // One answer for each request (ECMA-262 §16.2.1.8), but for those that failed.
        if case .compiled = loaded.load { modules.loaded[request] = loaded.load }
        return loaded.load
    }

    /// With an asynchronous loader: fetches a module and all that it imports; then the import goes on.
    /// - Returns: false when everything can be loaded at once.
    func startImport(_ request: ModuleRequest, _ promise: Word, _ machine: Machine, with start: LoadedModule? = nil) -> Bool {
        guard let modules, case .asynchronous(let find) = modules.loader.kind else { return false }
        guard pendingCalls.count &+ timers.count < limits.pendingHostCalls else {
            _ = reach(.pendingHostCalls, machine)
            return true
        }
        nextCall &+= 1
        let id = nextCall
        let mailbox = self.mailbox, limits = self.limits
        let known = Set(modules.loaded.keys)
        let task = Task {
            let loaded = await SandboxCore.fetch(request, start, find, limits, known)
            mailbox.post(Mailbox.Message(call: id) { (core, _) throws(Thrown) in
                for module in loaded {
                    core.modules?.loaded[module.request] = module.load
                    core.lastSyntaxFailure = module.failure ?? core.lastSyntaxFailure
                }
                return .imports(request)
            })
        }
        pendingCalls[id] = PendingCall(task: task, promise: machine.makeHandle(promise), request: request, name: "import")
        return true
    }

    /// The graph of imports, without what is known.
    private static func fetch(
        _ request: ModuleRequest, _ start: LoadedModule?,
        _ find: @Sendable (ModuleRequest) async throws -> ModuleSource?, _ limits: Limits, _ known: Set<ModuleRequest>
    ) async -> [LoadedModule] {
        var result: [LoadedModule] = []
        var seen = known
        var pending = start?.requests ?? [request]
        while let next = pending.popLast() {
            guard seen.insert(next).inserted, !Task.isCancelled else { continue }
            let found: Result<ModuleSource?, any Error>
            do {
                found = .success(try await find(next))
            } catch {
                found = .failure(error)
            }
            let loaded = LoadedModule(next, limits, found)
            result.append(loaded)
            pending += loaded.requests.reversed()
        }
        return result
    }
}
