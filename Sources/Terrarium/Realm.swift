internal import TerrariumEngine
internal import TerrariumLibrary

/// A global object with built-in objects of its own, in the sandbox of others: for plugins that work together and share memory,
/// limits and the event loop, but not their globals.
///
///     let realm = try sandbox.makeRealm(capabilities: [.console { log($0) }, .frozenIntrinsics])
///     try realm.evaluate(plugin, name: "plugin.js")
///     try realm.set("shared", sandbox.get("state"))
///
/// A realm is no wall: who is given an object of another realm reaches that realm's built-in objects through it, and fuel and
/// memory are those of the whole sandbox. Code that nobody trusts gets a sandbox.
public struct Realm {
    let core: SandboxCore
    /// Place among the machine's realms.
    let number: Int

    /// Uses the sandbox with this realm in place of its first one: what is evaluated, defined, set, made of Swift values and
    /// installed by capabilities belongs to it.
    ///
    ///     try realm.use { sandbox in sandbox.define("greet") { (name: String) in "Hello, \(name)" } }
    ///
    /// Modules, timers and asynchronous operations are those of the sandbox.
    /// - Throws: `.misuse(.sandboxEnded)`, and what the body throws.
    @discardableResult
    public func use<Result>(_ body: (Sandbox) throws(TerrariumError) -> Result) throws(TerrariumError) -> Result {
        guard let cell = try core.liveMachine().realm(number) else { throw .misuse(.sandboxEnded) }
        let before = core.realm
        core.realm = cell
        defer { core.realm = before }
        return try body(Sandbox(sharing: core))
    }

    /// The realm's global object. When the sandbox has ended, undefined.
    public var global: Value {
        core.peek { machine in machine.realm(number).map { core.value(machine.realmValue($0, .global), machine) } ?? .undefined }
            ?? .undefined
    }

    /// As `Sandbox.evaluate` in this realm.
    @discardableResult
    public func evaluate(_ source: String, name: String = "script.js") throws(TerrariumError) -> Value {
        try use { (sandbox) throws(TerrariumError) in try sandbox.evaluate(source, name: name) }
    }

    /// As `Sandbox.evaluate` in this realm.
    public func evaluate<T: Decodable>(_ source: String, name: String = "script.js", as type: T.Type) throws(TerrariumError) -> T {
        try evaluate(source, name: name).decode(as: type)
    }

    /// As `Sandbox.evaluate` in this realm.
    @discardableResult
    public func evaluate(_ script: Script) throws(TerrariumError) -> Value {
        try use { (sandbox) throws(TerrariumError) in try sandbox.evaluate(script) }
    }

    /// As `Sandbox.get` in this realm.
    public func get(_ path: String) throws(TerrariumError) -> Value {
        try use { (sandbox) throws(TerrariumError) in try sandbox.get(path) }
    }

    /// As `Sandbox.set` in this realm. Objects that the host makes are the realm's own.
    public func set<T: Encodable>(_ path: String, _ value: T) throws(TerrariumError) {
        try use { (sandbox) throws(TerrariumError) in try sandbox.set(path, value) }
    }

    /// As `Sandbox.call` in this realm.
    @discardableResult
    public func call<each Argument: Encodable>(_ path: String, _ arguments: repeat each Argument) throws(TerrariumError) -> Value {
        try use { (sandbox) throws(TerrariumError) in try sandbox.call(path, repeat each arguments) }
    }
}

extension Sandbox {
    /// A new realm with all built-in objects and what the capabilities install. It stays as long as the sandbox. Its functions
    /// of the host are bound by the same names as those of the sandbox: to restore a snapshot, make the realms again in
    /// `functions`, in the same order. Cost: some milliseconds and half a mebibyte of the heap.
    /// - Throws: limits, and what the capabilities throw.
    public func makeRealm(capabilities: [Capability] = []) throws(TerrariumError) -> Realm {
        try core.throwDeferred()
        let number = try core.perform { (machine) throws(Thrown) in
            _ = try machine.makeRealm()
            return machine.realmCount - 1
        }
        let realm = Realm(core: core, number: number)
        try realm.use { (sandbox) throws(TerrariumError) in
            for capability in capabilities { try capability.install(sandbox) }
            try core.throwDeferred()
        }
        return realm
    }

    /// The realms that were made, in order; those of a snapshot too.
    public var realms: [Realm] {
        core.peek { machine in (0..<machine.realmCount).dropFirst().map { Realm(core: core, number: $0) } } ?? []
    }
}
