import TerrariumEngine

/// setTimeout and its kin for hosts whose timers are hooks: the functions are natives, so an image keeps them.
extension Machine {
    /// Installs timers, `queueMicrotask` too.
    public func installTimers(realm: UInt32, natives first: UInt32) throws(Thrown) {
        let builder = RealmBuilder(machine: self, realm: realm)
        let global = builder.intrinsic(.global)
        for (index, builtin) in Machine.timerFunctions.enumerated() {
            let function = try makeNativeFunction(first &+ UInt32(truncatingIfNeeded: index), realm: realm)
            try builder.installFunction(builtin.name, Value(object: function), on: global)
        }
    }

    /// Registers the natives of timers, whether the guest gets functions for them or not: machines of one kind have the
    /// same natives, so that a snapshot of one can be restored as another.
    /// - Returns: the number of the first.
    public func registerTimers() -> UInt32 {
        let numbers = Machine.timerFunctions.map {
            registerNative($0.name, length: $0.length, price: $0.price, $0.body)
        }
        return numbers.first ?? 0
    }

    private static var timerFunctions: [Builtin] {
        [
            timer("setTimeout", repeats: false, hasDelay: true),
            timer("setInterval", repeats: true, hasDelay: true),
            timer("setImmediate", repeats: false, hasDelay: false),
            Builtin("queueMicrotask", 1) { (machine, call) throws(Thrown) in
                try machine.requireCallback(call[0])
                try machine.enqueueMicrotask(call[0])
                return .undefined
            },
        ] + ["clearTimeout", "clearInterval", "clearImmediate"].map { name in
            Builtin(name, 1) { (machine, call) throws(Thrown) in
                guard call[0].isNumber, let id = Int32(exactly: call[0].number) else { return .undefined }
                try machine.host.clearTimer?(id)
                return .undefined
            }
        }
    }

    private static func timer(_ name: String, repeats: Bool, hasDelay: Bool) -> Builtin {
        Builtin(name, 1) { (machine, call) throws(Thrown) in
            try machine.requireCallback(call[0])
            if hasDelay, call[1].isObject, let again = try machine.coerce(call, "--n") { return again }
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
