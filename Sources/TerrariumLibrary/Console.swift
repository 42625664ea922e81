import TerrariumEngine

/// The console capability: `print` and `console`.
extension Machine {
    public func installPrint(realm: UInt32) throws(Thrown) {
        let builder = RealmBuilder(machine: self, realm: realm)
        let body: NativeFunction = { (machine, call) throws(Thrown) in
            if call.arguments().contains(where: \.isObject) {
                return try machine.goOn(
                    call, engine: .textsAndCall, this: .undefined, [call.callee, try machine.makeArray(call.arguments())])
            }
            var text = ""
            for index in 0..<call.argumentCount {
                if index > 0 { text += " " }
                let value = call[index]
                text += value.isString || value.isSymbol ? machine.describe(value)
                    : machine.swiftString(try machine.toStringValue(value))
            }
            try machine.output(text)
            return .undefined
        }
        let global = builder.intrinsic(.global)
        try builder.install([Builtin("print", 1, body)], on: global)
        let console = try builder.object()
        let log: NativeFunction = { (machine, call) throws(Thrown) in
            try machine.output(try Inspector(machine).format(call.arguments()))
            return .undefined
        }
        try builder.install(["log", "info", "debug", "warn", "error"].map { Builtin($0, 0, log) }, on: console)
        try builder.define(global, "console", Value(object: console))
    }
}
