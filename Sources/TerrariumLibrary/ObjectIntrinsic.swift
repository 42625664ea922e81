import TerrariumEngine

/// Object (ECMA-262 §20.1) and Reflect (§28.1).
extension RealmBuilder {
    func buildObject() throws(Thrown) {
        let object = try constructor(
            Builtin("Object", 1) { (machine, call) throws(Thrown) in
                if call.isConstruct, call.newTarget != call.callee {
                    let prototype = try machine.prototypeFromConstructor(call.newTarget, .objectPrototype)
                    return try machine.makeObject(prototype: prototype)
                }
                return call[0].isNullish ? try machine.makeObject() : try machine.toObject(call[0])
            },
            prototype: intrinsic(.objectPrototype), statics: RealmBuilder.objectStatics,
            methods: RealmBuilder.objectMethods)
        setIntrinsic(.object, object)
        machine.setRealmValue(realm, .objectKeys, try machine.get(intrinsic(.object), key("keys")))
    }

    static let objectStatics: [Builtin] = framed([
        Builtin("getPrototypeOf", 1) { (machine, call) throws(Thrown) in
            let prototype = try machine.getPrototypeOf(try machine.toObject(call[0]).offset)
            return prototype == 0 ? .null : Value(object: prototype)
        },
        Builtin("setPrototypeOf", 2) { (machine, call) throws(Thrown) in
            if call[0].isNullish { throw machine.typeError("Object.setPrototypeOf called on null or undefined") }
            guard call[1].isObject || call[1].isNull else {
                throw machine.typeError("Object prototype may only be an Object or null: \(machine.describe(call[1]))")
            }
            guard call[0].isObject else { return call[0] }
            if !(try machine.setPrototypeOf(call[0].offset, call[1].isNull ? 0 : call[1].offset)) {
                throw machine.prototypeRefused(call[0], call[1])
            }
            return call[0]
        },
        Builtin("create", 2) { (machine, call) throws(Thrown) in
            guard call[0].isObject || call[0].isNull else {
                throw machine.typeError("Object prototype may only be an Object or null: \(machine.describe(call[0]))")
            }
            // What inherits from an object without properties seldom gets any: chains of empty objects stay small.
            let parent = call[0].isNull ? 0 : call[0].offset
            let object = try machine.makeObject(
                prototype: parent, inlineCapacity: parent != 0 && machine.isBare(parent) ? 0 : 4)
            if !call[1].isUndefined, !(try machine.defineProperties(object.offset, call[1])) {
                return try machine.goOn(call, generic: .defineProperties, [object, call[1]])
            }
            return object
        },
        Builtin("defineProperty", 3) { (machine, call) throws(Thrown) in
            guard call[0].isObject else { throw machine.typeError("Object.defineProperty called on non-object") }
            let key = try machine.toPropertyKey(call[1])
            try machine.definePropertyOrThrow(call[0].offset, key, try machine.toPropertyDescriptor(call[2]))
            return call[0]
        },
        Builtin("defineProperties", 2) { (machine, call) throws(Thrown) in
            guard call[0].isObject else { throw machine.typeError("Object.defineProperties called on non-object") }
            if try machine.defineProperties(call[0].offset, call[1]) { return call[0] }
            return try machine.goOn(call, generic: .defineProperties)
        },
        Builtin("getOwnPropertyDescriptor", 2) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call[0])
            return try machine.fromPropertyDescriptor(
                try machine.getOwnProperty(object.offset, try machine.toPropertyKey(call[1])))
        },
        Builtin("getOwnPropertyDescriptors", 1) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call[0])
            let result = try machine.makeObject()
            for key in try machine.ownPropertyKeys(object.offset) {
                let descriptor = try machine.fromPropertyDescriptor(try machine.getOwnProperty(object.offset, key))
                if !descriptor.isUndefined { try machine.createDataPropertyOrThrow(result.offset, key, descriptor) }
            }
            return result
        },
        Builtin("getOwnPropertyNames", 1) { (machine, call) throws(Thrown) in
            try machine.ownKeyArray(try machine.toObject(call[0]).offset) { !$0.isSymbol }
        },
        Builtin("getOwnPropertySymbols", 1) { (machine, call) throws(Thrown) in
            try machine.ownKeyArray(try machine.toObject(call[0]).offset) { $0.isSymbol }
        },
        Builtin("keys", 1) { (machine, call) throws(Thrown) in
            if let list = try machine.enumerableOwn(try machine.toObject(call[0]).offset, keys: true, values: false) { return list }
            return try machine.goOn(call, generic: .keys)
        },
        Builtin("values", 1) { (machine, call) throws(Thrown) in
            if let list = try machine.enumerableOwn(try machine.toObject(call[0]).offset, keys: false, values: true) { return list }
            return try machine.goOn(call, generic: .values)
        },
        Builtin("entries", 1) { (machine, call) throws(Thrown) in
            if let list = try machine.enumerableOwn(try machine.toObject(call[0]).offset, keys: true, values: true) { return list }
            return try machine.goOn(call, generic: .entries)
        },
        Builtin("assign", 2) { (machine, call) throws(Thrown) in
            let target = try machine.toObject(call[0])
            let sources = call.arguments(from: 1)
            for (place, source) in sources.enumerated() where !source.isNullish {
                let from = try machine.toObject(source)
                let keys = try machine.ownPropertyKeys(from.offset)
                for (index, key) in keys.enumerated() {
                    guard let own = try machine.getOwnProperty(from.offset, key), own.enumerable == true else { continue }
                    try machine.charge(16)
                    if let value = try machine.valueWithoutGuestCode(from, key),
                        let done = try machine.setWithoutGuestCode(target.offset, key, value, receiver: target) {
                        if !done { throw machine.cannotAssign(target, key) }
                        continue
                    }
                    // From here on guest code runs.
                    let rest = try machine.keyArray(keys, from: index)
                    let others = try machine.makeArray([target] + sources.enumerated().filter { $0.offset > place }.map(\.element))
                    return try machine.goOn(call, generic: .assignRest, [target, from, rest, others])
                }
            }
            return target
        },
        Builtin("freeze", 1) { (machine, call) throws(Thrown) in
            guard call[0].isObject else { return call[0] }
            if !(try machine.setIntegrityLevel(call[0].offset, frozen: true)) {
                throw machine.typeError("'preventExtensions' on proxy: trap returned falsish")
            }
            return call[0]
        },
        Builtin("seal", 1) { (machine, call) throws(Thrown) in
            guard call[0].isObject else { return call[0] }
            if !(try machine.setIntegrityLevel(call[0].offset, frozen: false)) { throw machine.typeError("'preventExtensions' on proxy: trap returned falsish") }
            return call[0]
        },
        Builtin("preventExtensions", 1) { (machine, call) throws(Thrown) in
            if call[0].isObject, !(try machine.preventExtensions(call[0].offset)) {
                throw machine.typeError("'preventExtensions' on proxy: trap returned falsish")
            }
            return call[0]
        },
        Builtin("isFrozen", 1) { (machine, call) throws(Thrown) in
            call[0].isObject ? Value(try machine.testIntegrityLevel(call[0].offset, frozen: true)) : .true
        },
        Builtin("isSealed", 1) { (machine, call) throws(Thrown) in
            call[0].isObject ? Value(try machine.testIntegrityLevel(call[0].offset, frozen: false)) : .true
        },
        Builtin("isExtensible", 1) { (machine, call) throws(Thrown) in
            call[0].isObject ? Value(try machine.isExtensible(call[0].offset)) : .false
        },
        Builtin("is", 2) { (machine, call) throws(Thrown) in Value(try machine.sameValue(call[0], call[1])) },
        Builtin("hasOwn", 2) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call[0])
            return Value(try machine.hasOwnProperty(object.offset, try machine.toPropertyKey(call[1])))
        },
        Builtin("fromEntries", 1) { (machine, call) throws(Thrown) in
            if call[0].isNullish { throw machine.typeError("undefined is not iterable") }
            // Anything else is done in a frame.
            return .undefined
        },
    ])

    static let objectMethods: [Builtin] = framed([
        Builtin("hasOwnProperty", 1) { (machine, call) throws(Thrown) in
            let key = try machine.toPropertyKey(call[0])
            return Value(try machine.hasOwnProperty(try machine.toObject(call.this).offset, key))
        },
        Builtin("isPrototypeOf", 1) { (machine, call) throws(Thrown) in
            guard call[0].isObject else { return .false }
            let this = try machine.toObject(call.this)
            var object = try machine.getPrototypeOf(call[0].offset)
            while object != 0 {
                if object == this.offset { return .true }
                try machine.charge(1)
                object = try machine.getPrototypeOf(object)
            }
            return .false
        },
        Builtin("propertyIsEnumerable", 1) { (machine, call) throws(Thrown) in
            let key = try machine.toPropertyKey(call[0])
            let own = try machine.getOwnProperty(try machine.toObject(call.this).offset, key)
            return Value(own?.enumerable == true)
        },
        Builtin("toLocaleString", 0) { (machine, call) throws(Thrown) in
            guard !call.this.isNullish, let method = try machine.valueWithoutGuestCode(call.this, machine.key(.toString)) else {
                if !call.this.isNullish { return try machine.goOn(call, engine: .localeText, this: call.this, []) }
                return try machine.goOn(call, try machine.getV(call.this, machine.key(.toString)), this: call.this, [])
            }
            return try machine.goOn(call, method, this: call.this, [])
        },
        Builtin("toString", 0) { (machine, call) throws(Thrown) in
            let name = try machine.builtinTag(call.this)
            guard let tag = try machine.toStringTag(call.this) else {
                return try machine.goOn(call, engine: .tagged, this: call.this, [try machine.makeString(name)])
            }
            return try machine.tagText(tag, name)
        },
        Builtin("valueOf", 0, price: 3) { (machine, call) throws(Thrown) in try machine.toObject(call.this) },
        Builtin("__defineGetter__", 2) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            guard machine.isCallable(call[1]) else { throw machine.typeError("Object.prototype.__defineGetter__: Expecting function") }
            if machine.isProxy(object) || call[0].isObject {
                return try machine.goOn(call, generic: .defineAccessor, [object, call[0], call[1], .false])
            }
            try machine.definePropertyOrThrow(
                object.offset, try machine.toPropertyKey(call[0]),
                PropertyDescriptor(getter: call[1], enumerable: true, configurable: true))
            return .undefined
        },
        Builtin("__defineSetter__", 2) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            guard machine.isCallable(call[1]) else { throw machine.typeError("Object.prototype.__defineSetter__: Expecting function") }
            if machine.isProxy(object) || call[0].isObject {
                return try machine.goOn(call, generic: .defineAccessor, [object, call[0], call[1], .true])
            }
            try machine.definePropertyOrThrow(
                object.offset, try machine.toPropertyKey(call[0]),
                PropertyDescriptor(setter: call[1], enumerable: true, configurable: true))
            return .undefined
        },
        Builtin("__lookupGetter__", 1) { (machine, call) throws(Thrown) in
            try machine.lookupAccessor(call, getter: true)
        },
        Builtin("__lookupSetter__", 1) { (machine, call) throws(Thrown) in
            try machine.lookupAccessor(call, getter: false)
        },
    ])

    func buildReflect() throws(Thrown) {
        let proto = intrinsic(.objectPrototype)
        let getter = try function(Builtin("get __proto__", 0) { (machine, call) throws(Thrown) in
            if machine.isProxy(call.this) { return try machine.goOn(call, generic: .getPrototypeOf, [call.this]) }
            let prototype = try machine.getPrototypeOf(try machine.toObject(call.this).offset)
            return prototype == 0 ? .null : Value(object: prototype)
        })
        let setter = try function(Builtin("set __proto__", 1) { (machine, call) throws(Thrown) in
            if call.this.isNullish { throw machine.typeError("Object.prototype.__proto__ called on null or undefined") }
            guard call.this.isObject, call[0].isObject || call[0].isNull else { return .undefined }
            if machine.isProxy(call.this) { return try machine.goOn(call, generic: .setPrototypeOf, [call.this, call[0]]) }
            if !(try machine.setPrototypeOf(call.this.offset, call[0].isNull ? 0 : call[0].offset)) {
                throw machine.prototypeRefused(call.this, call[0])
            }
            return .undefined
        })
        _ = try machine.defineOwnProperty(
            proto, key("__proto__"),
            PropertyDescriptor(
                getter: Value(object: getter), setter: Value(object: setter), enumerable: false, configurable: true))
        let reflect = try object()
        try install(RealmBuilder.reflectFunctions, on: reflect)
        try define(reflect, "@@toStringTag", try machine.makeString("Reflect"), attributes: Attribute.configurable)
        try define(intrinsic(.global), "Reflect", Value(object: reflect))
    }

    static let reflectFunctions: [Builtin] = framed([
        Builtin("apply", 3) { (machine, call) throws(Thrown) in
            guard machine.isCallable(call[0]) else {
                let type = call[0].isNull ? "null" : call[0].isObject ? "an object" : "a \(machine.typeName(call[0]))"
                throw machine.typeError(
                    "Function.prototype.apply was called on \(machine.describe(call[0])), which is \(type) and not a function")
            }
            guard let list = try machine.plainList(call[2]) else { return try machine.goOn(call, generic: .reflectApply) }
            return try machine.goOn(call, call[0], this: call[1], list)
        },
        Builtin("construct", 2) { (machine, call) throws(Thrown) in
            guard machine.isConstructor(call[0]) else { throw machine.typeError("\(machine.describe(call[0])) is not a constructor") }
            let newTarget = call.argumentCount > 2 ? call[2] : call[0]
            guard machine.isConstructor(newTarget) else { throw machine.typeError("\(machine.describe(newTarget)) is not a constructor") }
            // Everything else is done in a frame.
            return .undefined
        },
        Builtin("defineProperty", 3) { (machine, call) throws(Thrown) in
            let object = try machine.requireObject(call[0], "Reflect.defineProperty")
            let key = try machine.toPropertyKey(call[1])
            return Value(try machine.defineOwnProperty(object, key, try machine.toPropertyDescriptor(call[2])))
        },
        Builtin("deleteProperty", 2) { (machine, call) throws(Thrown) in
            let object = try machine.requireObject(call[0], "Reflect.deleteProperty")
            return Value(try machine.deleteProperty(object, try machine.toPropertyKey(call[1])))
        },
        Builtin("get", 2) { (machine, call) throws(Thrown) in
            _ = try machine.requireObject(call[0], "Reflect.get")
            if let value = try machine.valueWithoutGuestCode(call[0], try machine.toPropertyKey(call[1])) { return value }
            return try machine.goOn(call, generic: .reflectGet)
        },
        Builtin("set", 3) { (machine, call) throws(Thrown) in
            let object = try machine.requireObject(call[0], "Reflect.set")
            let done = try machine.setWithoutGuestCode(
                object, try machine.toPropertyKey(call[1]), call[2], receiver: call.argumentCount > 3 ? call[3] : call[0])
            if let done { return Value(done) }
            return try machine.goOn(call, generic: .reflectSet)
        },
        Builtin("has", 2) { (machine, call) throws(Thrown) in
            let object = try machine.requireObject(call[0], "Reflect.has")
            return Value(try machine.hasProperty(object, try machine.toPropertyKey(call[1])))
        },
        Builtin("ownKeys", 1) { (machine, call) throws(Thrown) in
            try machine.ownKeyArray(try machine.requireObject(call[0], "Reflect.ownKeys")) { _ in true }
        },
        Builtin("getPrototypeOf", 1) { (machine, call) throws(Thrown) in
            let prototype = try machine.getPrototypeOf(try machine.requireObject(call[0], "Reflect.getPrototypeOf"))
            return prototype == 0 ? .null : Value(object: prototype)
        },
        Builtin("setPrototypeOf", 2) { (machine, call) throws(Thrown) in
            let object = try machine.requireObject(call[0], "Reflect.setPrototypeOf")
            guard call[1].isObject || call[1].isNull else {
                throw machine.typeError("Object prototype may only be an Object or null: \(machine.describe(call[1]))")
            }
            return Value(try machine.setPrototypeOf(object, call[1].isNull ? 0 : call[1].offset))
        },
        Builtin("isExtensible", 1) { (machine, call) throws(Thrown) in
            Value(try machine.isExtensible(try machine.requireObject(call[0], "Reflect.isExtensible")))
        },
        Builtin("preventExtensions", 1) { (machine, call) throws(Thrown) in
            Value(try machine.preventExtensions(try machine.requireObject(call[0], "Reflect.preventExtensions")))
        },
        Builtin("getOwnPropertyDescriptor", 2) { (machine, call) throws(Thrown) in
            let object = try machine.requireObject(call[0], "Reflect.getOwnPropertyDescriptor")
            return try machine.fromPropertyDescriptor(try machine.getOwnProperty(object, try machine.toPropertyKey(call[1])))
        },
    ], isReflect: true)
}

extension Machine {
    /// The value's @@toStringTag; nil when guest code has to tell.
    fileprivate func toStringTag(_ value: Value) throws(Thrown) -> Value? {
        value.isNullish ? .undefined : try valueWithoutGuestCode(value, symbolKey(.toStringTag))
    }

    fileprivate func tagText(_ tag: Value, _ name: String) throws(Thrown) -> Value {
        guard tag.isString else { return try makeString("[object \(name)]") }
        return try concatenate(try concatenate(try makeString("[object "), tag), try makeString("]"))
    }

    /// builtinTag of Object.prototype.toString.
    func builtinTag(_ value: Value) throws(Thrown) -> String {
        if value.isUndefined { return "Undefined" }
        if value.isNull { return "Null" }
        let object = try toObject(value)
        if try isArray(object) {
            return "Array"
        } else {
            return switch kind(of: object.offset) {
            case CellKind.arguments, CellKind.mappedArguments: "Arguments"
            case CellKind.error: "Error"
            case CellKind.booleanWrapper: "Boolean"
            case CellKind.numberWrapper: "Number"
            case CellKind.stringWrapper: "String"
            case CellKind.date: "Date"
            case CellKind.regExp: "RegExp"
            default: isCallable(object) ? "Function" : "Object"
            }
        }
    }
}
