internal import TerrariumEngine

/// A world of JavaScript of its own: globals, memory, limits, and the capabilities that it was given.
///
///     let sandbox = try Sandbox(limits: .untrusted, capabilities: [.console { print($0.text) }])
///     let sum = try sandbox.evaluate("[1, 2, 3].reduce((a, b) => a + b)", as: Int.self)
///
/// A sandbox, its values and its modules belong to one isolation domain at a time: an actor, a task, or a thread of the
/// host. They are not `Sendable`; the compiler sees to it, and lets a sandbox as a whole be sent elsewhere. Its asynchronous
/// operations run in the domain of their caller. From other threads there is the `interrupter`.
///
/// Each operation has the fuel and the deadline of the limits to itself. One that meets a limit, or throws, leaves the
/// sandbox usable: what it did until then stays done.
public final class Sandbox {
    let core: SandboxCore

    /// A new sandbox.
    /// - Parameters:
    ///   - limits: what the guest may use.
    ///   - capabilities: what the guest may reach; without any it can compute, and nothing else.
    /// - Throws: `.misuse(.cannotCreate)` when there is no room, and what the capabilities throw.
    public init(limits: Limits = Limits(), capabilities: [Capability] = []) throws(TerrariumError) {
        core = try SandboxCore(limits: limits)
        ownsCore = true
        for capability in capabilities { try capability.install(self) }
        try core.throwDeferred()
    }

    /// The sandbox ends with this object; it is not another one's that shares its core.
    private let ownsCore: Bool

    init(core: SandboxCore) {
        self.core = core
        ownsCore = true
    }

    /// Another object for the same sandbox, which does not end with it.
    init(sharing core: SandboxCore) {
        self.core = core
        ownsCore = false
    }

    deinit { if ownsCore { core.end() } }

    /// Ends the guest and frees its memory. Values that are left throw `.misuse(.sandboxEnded)` from now on; inside a host
    /// function that happens when the operation is over.
    public func end() { core.end() }

    /// Limits for the next operation. Heap, depth and output are those of the sandbox's start, whatever is set here.
    public var limits: Limits {
        get { core.limits }
        set { core.limits = newValue }
    }

    /// What the guest has cost so far; may be asked while it runs, by host functions.
    public var bill: Bill { core.bill }

    /// Ends what the sandbox is doing, from any thread.
    public var interrupter: Interrupter { Interrupter(engine: core.interrupter) }

    /// Told about exceptions that nobody can catch any more: those of timers and microtasks, and promises that were rejected
    /// without a handler when jobs were done.
    public var onUncaughtError: ((ThrownError) -> Void)? {
        get { core.onUncaught }
        set { core.onUncaught = newValue }
    }

    // MARK: Running code

    /// Runs a source as a script, and then its promise jobs.
    /// - Parameters:
    ///   - source: JavaScript.
    ///   - name: how traces call the source.
    /// - Returns: the value of its last statement.
    /// - Throws: `.syntax`, `.thrown`, limits.
    @discardableResult
    public func evaluate(_ source: String, name: String = "script.js") throws(TerrariumError) -> Value {
        try evaluate(try Script(source, name: name, limits: core.limits))
    }

    /// Runs a source as a script, and then its promise jobs.
    /// - Returns: the value of its last statement as a Swift value.
    /// - Throws: `.syntax`, `.thrown`, limits, `.conversion` when the value does not fit.
    public func evaluate<T: Decodable>(_ source: String, name: String = "script.js", as type: T.Type) throws(TerrariumError) -> T {
        try evaluate(source, name: name).decode(as: type)
    }

    /// Runs a compiled script, and then its promise jobs.
    /// - Returns: the value of its last statement.
    @discardableResult
    public func evaluate(_ script: Script) throws(TerrariumError) -> Value {
        try core.throwDeferred()
        return try core.perform { (machine) throws(Thrown) in
            let value = core.value(try machine.run(script.template, realm: core.realm), machine)
            if core.nesting == 1 { try core.runJobs(machine) }
            return value
        }
    }

    /// Runs a compiled script, and then its promise jobs.
    /// - Returns: the value of its last statement as a Swift value.
    public func evaluate<T: Decodable>(_ script: Script, as type: T.Type) throws(TerrariumError) -> T {
        try evaluate(script).decode(as: type)
    }

    /// Runs a source as a script, which may await outside of functions; when its value is a promise, runs the event loop
    /// until that is settled.
    /// - Returns: what the promise was fulfilled with, or the value itself.
    /// - Throws: as `evaluate`; the reason of a rejected promise as `.thrown` or `.host`.
    @discardableResult
    nonisolated(nonsending) public func evaluate(awaiting source: String, name: String = "script.js")
        async throws(TerrariumError) -> Value
    {
        let script = try Script(awaiting: source, name: name, limits: core.limits)
        let operation = Operation(core.limits)
        try core.throwDeferred()
        var value = Value.undefined
        try await core.cancellably(operation) { () async throws(TerrariumError) in
            try core.perform(operation) { (machine) throws(Thrown) in
                value = core.value(try machine.run(script.template, realm: core.realm), machine)
                try core.runJobs(machine)
            }
        }
        return try await core.awaited(value, operation)
    }

    /// As `evaluate(awaiting:)`, with the value as a Swift value.
    nonisolated(nonsending) public func evaluate<T: Decodable>(
        awaiting source: String, name: String = "script.js", as type: T.Type
    ) async throws(TerrariumError) -> T {
        try await evaluate(awaiting: source, name: name).decode(as: type)
    }

    /// Calls the function that a global name or path (`"plugin.start"`) has, then runs promise jobs.
    @discardableResult
    public func call<each Argument: Encodable>(_ path: String, _ arguments: repeat each Argument) throws(TerrariumError) -> Value {
        let (receiver, function) = try resolve(path)
        return try function.invoke(this: receiver, repeat each arguments)
    }

    /// As `call`, with the result as a Swift value.
    public func call<each Argument: Encodable, Result: Decodable>(
        _ path: String, _ arguments: repeat each Argument, as type: Result.Type
    ) throws(TerrariumError) -> Result {
        let (receiver, function) = try resolve(path)
        return try function.invoke(this: receiver, repeat each arguments, as: type)
    }

    private func resolve(_ path: String) throws(TerrariumError) -> (receiver: Value, function: Value) {
        try core.throwDeferred()
        var receiver = Value.undefined
        var value = global
        for name in path.split(separator: ".") {
            receiver = value
            value = try lookUp(value, String(name))
        }
        return (receiver, value)
    }

    /// As `get`, with the script's let, const and class bindings for the first name.
    private func lookUp(_ value: Value, _ name: String) throws(TerrariumError) -> Value {
        if value.isSame(as: global), let lexical = try lexical(name) { return lexical }
        return try value.get(name)
    }

    private func lexical(_ name: String) throws(TerrariumError) -> Value? {
        try core.perform { (machine) throws(Thrown) in
            try machine.globalLexical(name, realm: core.realm).map { core.value($0, machine) }
        }
    }

    // MARK: Values

    /// The global object. When the sandbox has ended, undefined.
    public var global: Value {
        core.peek { core.value($0.realmValue(core.realm, .global), $0) } ?? .undefined
    }

    /// A global, or the property that a path (`"a.b.c"`) leads to. May run getters.
    public func get(_ path: String) throws(TerrariumError) -> Value { try resolve(path).function }

    /// A global as a Swift value.
    public func get<T: Decodable>(_ path: String, as type: T.Type) throws(TerrariumError) -> T { try get(path).decode(as: type) }

    /// Sets a global, or the property at the end of a path, whose objects are made when they are missing.
    public func set<T: Encodable>(_ path: String, _ value: T) throws(TerrariumError) {
        try core.throwDeferred()
        let encoded = try core.encode(value)
        try core.perform { (machine) throws(Thrown) in try core.place(try encoded.take(machine), at: path, machine) }
    }

    /// A guest value made of a Swift value: objects, arrays and so on, as `Codable` has it.
    public func value<T: Encodable>(_ value: T) throws(TerrariumError) -> Value {
        let encoded = try core.encode(value)
        return try core.perform { (machine) throws(Thrown) in core.value(try encoded.take(machine), machine) }
    }

    /// A BigInt of decimal digits, with a sign or without.
    /// - Throws: `.thrown` with a SyntaxError for other texts.
    public func bigInt(_ digits: String) throws(TerrariumError) -> Value {
        try core.perform { (machine) throws(Thrown) in
            core.value(try machine.toBigInt(try machine.makeString(digits)), machine)
        }
    }

    /// A new symbol, which nothing else is equal to.
    public func symbol(_ description: String) throws(TerrariumError) -> Value {
        try core.perform { (machine) throws(Thrown) in
            core.value(try machine.makeSymbol(description: try machine.makeString(description)), machine)
        }
    }

    // MARK: The event loop

    /// Runs promise jobs, answers of host functions and timers until nothing is left to wait for.
    /// - Throws: limits; `.interrupted` when the Swift task is cancelled.
    nonisolated(nonsending) public func runUntilIdle() async throws(TerrariumError) {
        try core.throwDeferred()
        try await core.driveCancellably(Operation(core.limits)) { _ in false }
    }

    /// Runs what is ready now: answers that have arrived, one timer that is due, all promise jobs. For hosts with an event
    /// loop of their own.
    /// - Returns: whether something happened.
    @discardableResult
    public func step() throws(TerrariumError) -> Bool { try core.turn() }

    /// Nothing is left that could happen: no jobs, timers or unanswered host calls.
    public var isIdle: Bool { core.isIdle }

    /// Asks the collector to run at the next occasion.
    public func collectGarbage() throws(TerrariumError) {
        let script = try Script("", name: "collect")
        try core.perform { (machine) throws(Thrown) in
            machine.requestCollection()
            _ = try machine.run(script.template, realm: core.realm)
        }
    }
}

extension Value {
    /// Runs the event loop until the promise is settled; other values are themselves.
    /// - Throws: the reason of a rejected promise as `.thrown` or `.host`; limits; `.misuse(.neverSettles)`.
    nonisolated(nonsending) public func awaited() async throws(TerrariumError) -> Value {
        guard let root else { return self }
        return try await root.core.awaited(self, Operation(root.core.limits))
    }

    /// As `awaited`, with the value as a Swift value.
    nonisolated(nonsending) public func awaited<T: Decodable>(as type: T.Type) async throws(TerrariumError) -> T {
        try await awaited().decode(as: type)
    }
}
