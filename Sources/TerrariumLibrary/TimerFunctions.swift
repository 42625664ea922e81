import TerrariumEngine

/// setTimeout and its kin for hosts whose timers are hooks: the functions are natives, so an image keeps them.
extension Machine {
    /// Installs timers, `queueMicrotask` too.
    public func installTimers(realm: UInt32) throws(Thrown) {
        let builder = RealmBuilder(machine: self, realm: realm)
        let global = builder.intrinsic(.global)
        try builder.install(
            [
                Machine.timer("setTimeout", repeats: false, hasDelay: true),
                Machine.timer("setInterval", repeats: true, hasDelay: true),
                Machine.timer("setImmediate", repeats: false, hasDelay: false),
                Builtin("queueMicrotask", 1) { (machine, call) throws(Thrown) in
                    try machine.requireCallback(call[0])
                    try machine.enqueueMicrotask(call[0])
                    return .undefined
                },
            ], on: global)
        for name in ["clearTimeout", "clearInterval", "clearImmediate"] {
            try builder.install(
                [
                    Builtin(name, 1) { (machine, call) throws(Thrown) in
                        guard call[0].isNumber, let id = Int32(exactly: call[0].number) else { return .undefined }
                        try machine.host.clearTimer?(id)
                        return .undefined
                    }
                ], on: global)
        }
    }

    private static func timer(_ name: String, repeats: Bool, hasDelay: Bool) -> Builtin {
        Builtin(name, 1) { (machine, call) throws(Thrown) in
            try machine.requireCallback(call[0])
            let delay = hasDelay ? try machine.toDouble(call[1]) : 0
            // As in Node: what is no time of a timer is one millisecond.
            let milliseconds = delay >= 1 && delay <= 2_147_483_647 ? delay.rounded(.towardZero) : 1
            guard let set = machine.host.setTimer else { throw machine.typeError("\(name) is not available") }
            let list = try machine.makeArray([call[0]] + call.arguments(from: hasDelay ? 2 : 1))
            return Value(try set(list, hasDelay ? milliseconds : nil, repeats))
        }
    }

    private func requireCallback(_ value: Value) throws(Thrown) {
        if isCallable(value) { return }
        throw typeError("The \"callback\" argument must be of type function. Received \(describe(value))")
    }
}
