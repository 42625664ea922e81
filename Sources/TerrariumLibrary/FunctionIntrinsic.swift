import TerrariumEngine

/// Function (ECMA-262 §20.2).
extension RealmBuilder {
    func buildFunction() throws(Thrown) {
        let prototype = intrinsic(.functionPrototype)
        let function = try constructor(
            Builtin("Function", 1) { (machine, call) throws(Thrown) in
                try machine.createDynamicFunction(call, "function", .functionPrototype)
            }, prototype: prototype, methods: RealmBuilder.functionMethods)
        setIntrinsic(.function, function)
        machine.setRealmValue(realm, .functionApply, try machine.get(prototype, key("apply")))
        let hasInstance = try self.function(Builtin("@@hasInstance", 1) { (machine, call) throws(Thrown) in
            if try machine.ordinaryInstanceNeedsFrame(call[0], call.this) {
                return try machine.goOn(call, object: .ordinaryInstance, [call.this, call[0]])
            }
            return Value(try machine.ordinaryHasInstance(call.this, call[0]))
        })
        setIntrinsic(.functionHasInstance, hasInstance)
        try define(prototype, "@@hasInstance", Value(object: hasInstance), attributes: Attribute.none)
        for name in ["caller", "arguments"] {
            let thrower = machine.realmValue(realm, .throwTypeError)
            _ = try machine.defineOwnProperty(
                prototype, key(name),
                PropertyDescriptor(getter: thrower, setter: thrower, enumerable: false, configurable: true))
        }
    }

    static let functionMethods: [Builtin] = [
        Builtin("call", 1, price: 4) { (machine, call) throws(Thrown) in
            guard machine.isCallable(call.this) else { throw machine.notCallableAtCall(call.this) }
            return try machine.goOnWithRest(call)
        },
        Builtin("apply", 2) { (machine, call) throws(Thrown) in
            guard machine.isCallable(call.this) else {
                throw machine.notCallableAtCall(call.this)
            }
            if let plain = try machine.goOnWithElements(call, call.this, this: call[0], call[1]) { return plain }
            if call[1].isNullish { return try machine.goOn(call, call.this, this: call[0], []) }
            guard let list = try machine.plainList(call[1]) else {
                return try machine.goOn(call, generic: .reflectApply, [call.this, call[0], call[1]])
            }
            return try machine.goOn(call, call.this, this: call[0], list)
        },
        Builtin("bind", 1, price: 16) { (machine, call) throws(Thrown) in
            guard machine.isCallable(call.this) else { throw machine.typeError("Bind must be called on a function") }
            let target = call.this
            let bound = try machine.makeBoundFunction(target, this: call[0], arguments: call.arguments(from: 1))
            var length = 0.0
            let lengthKey = machine.key(.length)
            if let own = try machine.getOwnProperty(target.offset, lengthKey) {
                // The trap of a proxy is asked.
                var value = Value.undefined
                if let stored = own.value, !machine.isProxy(target) { value = stored } else { value = try machine.get(target.offset, lengthKey) }
                if value.isNumber {
                    let whole = try machine.toIntegerOrInfinity(value)
                    length = max(0, whole - Double(max(0, call.argumentCount - 1)))
                }
            }
            let name = try machine.get(target.offset, machine.key(.name))
            try machine.nameBoundFunction(bound, length: Value(number: length), name: name.isString ? name : machine.emptyString)
            return Value(object: bound)
        },
        Builtin("toString", 0) { (machine, call) throws(Thrown) in
            guard machine.isCallable(call.this) else {
                throw machine.typeError("Function.prototype.toString requires that 'this' be a Function")
            }
            if let text = machine.sourceText(of: call.this.offset) {
                try machine.charge(text.count / 2)
                try machine.requireHeap(text.count &* 4)
                return try machine.makeString(units: text)
            }
            // NativeFunction wants a property name: `get $&` is none.
            let name = machine.functionName(call.this.offset)
            let isName = name.hasPrefix("[") || name.utf8.allSatisfy {
                $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 == 0x5F || $0 == 0x20 || $0 >= 0x80
            } || name.contains("[Symbol.")
            return try machine.makeString("function \(isName ? name : "")() { [native code] }")
        },
    ]
}
