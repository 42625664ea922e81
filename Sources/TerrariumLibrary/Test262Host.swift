import TerrariumCage
import TerrariumEngine
import TerrariumSyntax

/// What `$262.agent` asks of the conformance host. One object for each agent.
public protocol Test262Agent: AnyObject, Sendable {
    /// Starts another agent with a program.
    func start(_ program: String)
    /// Gives a block to all agents that this one started.
    /// - Returns: whether all of them have taken it.
    func broadcast(_ block: SharedBlock, isGrowable: Bool, number: Int32) -> @Sendable () -> Bool
    /// What to call with the next broadcast, as a handle of the machine.
    func receive(_ callback: Int)
    func report(_ text: String)
    func nextReport() -> String?
    func leave()
}

/// The host object `$262` that the conformance suite asks for.
extension Machine {
    /// Installs `$262` in a realm, with `$262.agent` if there is one.
    public func installTest262Host(realm: UInt32, agent: (any Test262Agent)? = nil) throws(Thrown) {
        let builder = RealmBuilder(machine: self, realm: realm)
        let host = try builder.object()
        try builder.define(host, "global", realmValue(realm, .globalThisValue))
        try builder.install(
            [
                Builtin("createRealm", 0) { (machine, _) throws(Thrown) in
                    let realm = try machine.makeRealm()
                    try machine.installTest262Host(realm: realm, agent: agent)
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
        try builder.define(host, "IsHTMLDDA", try makeObjectEmulatingUndefined(realm: realm))
        if let agent {
            let object = try builder.object()
            try builder.install(Machine.agentFunctions(agent), on: object)
            try builder.define(host, "agent", Value(object: object))
        }
        try builder.installLegacyRegExpStatics()
        try installSharedMemory(realm: realm)
        try builder.define(builder.intrinsic(.global), "$262", Value(object: host))
    }

    /// Makes SharedArrayBuffer and Atomics globals.
    public func installSharedMemory(realm: UInt32) throws(Thrown) {
        let builder = RealmBuilder(machine: self, realm: realm)
        try builder.define(builder.intrinsic(.global), "SharedArrayBuffer", realmValue(realm, .sharedArrayBuffer))
        try builder.define(builder.intrinsic(.global), "Atomics", realmValue(realm, .atomics))
    }

    private static func agentFunctions(_ agent: any Test262Agent) -> [Builtin] {
        [
            Builtin("start", 1) { (machine, call) throws(Thrown) in
                agent.start(machine.swiftString(try machine.toStringValue(call[0])))
                return .undefined
            },
            Builtin("broadcast", 2) { (machine, call) throws(Thrown) in
                guard machine.isSharedArrayBuffer(call[0]), let block = machine.sharedBlock(call[0].offset) else {
                    throw machine.typeError("not a SharedArrayBuffer that agents can share")
                }
                let number = call[1].isInt ? call[1].int : 0
                let isTaken = agent.broadcast(block, isGrowable: machine.isResizable(call[0].offset), number: number)
                _ = try machine.block(until: nil, isTaken)
                return .undefined
            },
            Builtin("receiveBroadcast", 1) { (machine, call) throws(Thrown) in
                guard machine.isCallable(call[0]) else { throw machine.typeError("not a function") }
                agent.receive(machine.makeHandle(call[0]))
                return .undefined
            },
            Builtin("report", 1) { (machine, call) throws(Thrown) in
                agent.report(machine.swiftString(try machine.toStringValue(call[0])))
                return .undefined
            },
            Builtin("getReport", 0) { (machine, _) throws(Thrown) in
                try agent.nextReport().map { (text) throws(Thrown) in try machine.makeString(text) } ?? .null
            },
            Builtin("sleep", 1) { (machine, call) throws(Thrown) in
                _ = try machine.block(until: machine.waitingEnd(try machine.toDouble(call[0]))) { false }
                return .undefined
            },
            Builtin("monotonicNow", 0) { (_, _) throws(Thrown) in Value(number: Double(MonotonicClock.now() / 1000) / 1000) },
            Builtin("leaving", 0) { (_, _) throws(Thrown) in
                agent.leave()
                return .undefined
            },
        ]
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
