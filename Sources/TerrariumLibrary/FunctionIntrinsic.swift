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
        Builtin("bind", 1, price: 9) { (machine, given) throws(Thrown) in
            guard machine.isCallable(given.this) else { throw machine.typeError("Bind must be called on a function") }
            let resumed = machine.resumed(given)
            let call = resumed.call, target = call.this
            let kept = try machine.keptList(resumed.kept)
            let parts: (length: Value, name: Value)
            if kept.count >= 2 {
                parts = (kept[0], kept[1])
            } else {
                guard !machine.isProxy(target), let plain = try machine.plainParts(target) else {
                    return try machine.goOn(
                        given, generic: .bindParts, [given.callee, target, try machine.makeArray(given.arguments())])
                }
                parts = plain
            }
            let bound = try machine.makeBoundFunction(
                target, this: call[0], arguments: call.arguments(from: 1),
                prototype: kept.count > 2 ? kept[2] : nil)
            var length = 0.0
            if parts.length.isNumber {
                length = max(0, try machine.toIntegerOrInfinity(parts.length) - Double(max(0, call.argumentCount - 1)))
            }
            try machine.nameBoundFunction(
                bound, length: Value(number: length), name: parts.name.isString ? parts.name : machine.emptyString)
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

extension Machine {
    /// What `bind` reads of a function that is no proxy: its own `length`, and its `name`. Nil when guest code has to be asked.
    fileprivate func plainParts(_ target: Value) throws(Thrown) -> (length: Value, name: Value)? {
        var length = Value.undefined
        if let own = try getOwnProperty(target.offset, key(.length)) {
            guard let value = own.value else { return nil }
            length = value
        }
        guard let name = try valueWithoutGuestCode(target, key(.name)) else { return nil }
        return (length, name)
    }
}
