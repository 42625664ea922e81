import TerrariumEngine
import TerrariumSyntax

/// The host object `$262` that the conformance suite asks for.
extension Machine {
    /// Installs `$262` in a realm. Agents and detaching buffers come with shared memory and array buffers.
    public func installTest262Host(realm: UInt32) throws(Thrown) {
        let builder = RealmBuilder(machine: self, realm: realm)
        let host = try builder.object()
        try builder.define(host, "global", realmValue(realm, .globalThisValue))
        try builder.install(
            [
                Builtin("createRealm", 0) { (machine, _) throws(Thrown) in
                    let realm = try machine.makeRealm()
                    try machine.installTest262Host(realm: realm)
                    return try machine.get(machine.realmValue(realm, .global).offset, machine.key("$262"))
                },
                Builtin("evalScript", 1) { (machine, call) throws(Thrown) in
                    let text = machine.swiftString(try machine.toStringValue(call[0]))
                    return try machine.evaluate(text, realm: realm)
                },
                Builtin("detachArrayBuffer", 1) { (machine, call) throws(Thrown) in
                    guard machine.isArrayBuffer(call[0]), !machine.isSharedArrayBuffer(call[0]) else {
                        throw machine.typeError("not an ArrayBuffer")
                    }
                    machine.detachArrayBuffer(call[0].offset)
                    return .null
                },
                Builtin("gc", 0) { (machine, _) throws(Thrown) in
                    machine.requestCollection()
                    return .undefined
                },
            ], on: host)
        try installSharedMemory(realm: realm)
        try builder.define(builder.intrinsic(.global), "$262", Value(object: host))
    }

    /// Makes SharedArrayBuffer and Atomics globals.
    public func installSharedMemory(realm: UInt32) throws(Thrown) {
        let builder = RealmBuilder(machine: self, realm: realm)
        try builder.define(builder.intrinsic(.global), "SharedArrayBuffer", realmValue(realm, .sharedArrayBuffer))
        try builder.define(builder.intrinsic(.global), "Atomics", realmValue(realm, .atomics))
    }

    /// Runs source text as a script of a realm; syntax errors are thrown as guest SyntaxErrors.
    func evaluate(_ text: String, realm: UInt32) throws(Thrown) -> Value {
        let script: ScriptTemplate
        do {
            script = try ScriptCompiler.compile(try Parser.parse(SourceText(text, name: "evalScript"), options: .guest))
        } catch let error as SyntaxDiagnostic {
            throw syntaxError(error.message)
        } catch {
            throw syntaxError("\(error)")
        }
        return try run(script, realm: realm)
    }
}
