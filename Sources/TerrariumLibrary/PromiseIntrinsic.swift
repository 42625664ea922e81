import TerrariumCage
import TerrariumEngine

/// Promise (ECMA-262 §27.2).
extension RealmBuilder {
    func buildPromise() throws(Thrown) {
        let prototype = try object()
        setIntrinsic(.promisePrototype, prototype)
        let promise = try constructor(
            Builtin("Promise", 1) { (machine, call) throws(Thrown) in
                guard call.isConstruct else { throw machine.typeError("Promise constructor cannot be invoked without 'new'") }
                guard machine.isCallable(call[0]) else {
                    throw machine.typeError("Promise resolver \(machine.describe(call[0])) is not a function")
                }
                let promise = try machine.makePromise(
                    prototype: try machine.prototypeFromConstructor(call.newTarget, .promisePrototype))
                let resolvers = try machine.makeResolvers(promise)
                do throws(Thrown) {
                    _ = try machine.call(call[0], this: .undefined, resolvers.resolve, resolvers.reject)
                } catch {
                    guard error == .exception else { throw error }
                    let reason = machine.takeException()
                    _ = try machine.call(resolvers.reject, this: .undefined, reason)
                }
                return promise
            }, prototype: prototype, statics: RealmBuilder.promiseStatics, methods: RealmBuilder.promiseMethods)
        setIntrinsic(.promise, promise)
        try define(prototype, "@@toStringTag", try machine.makeString("Promise"), attributes: Attribute.configurable)
    }

    static let promiseMethods: [Builtin] = [
        Builtin("then", 2) { (machine, call) throws(Thrown) in
            guard machine.isPromise(call.this) else {
                throw machine.typeError("Method Promise.prototype.then called on incompatible receiver \(machine.describe(call.this))")
            }
            let constructor = try machine.speciesConstructor(call.this, .promise)
            let capability = try machine.newPromiseCapability(constructor)
            try machine.performThen(
                call.this.offset, call[0], call[1],
                capability: .init(resolve: capability.resolve, reject: capability.reject))
            return capability.promise
        },
        Builtin("catch", 1) { (machine, call) throws(Thrown) in
            let then = try machine.getV(call.this, machine.key("then"))
            return try machine.call(then, this: call.this, .undefined, call[0])
        },
        Builtin("finally", 1) { (machine, call) throws(Thrown) in
            guard call.this.isObject else { throw machine.typeError("Promise.prototype.finally called on a non-object") }
            let constructor = try machine.speciesConstructor(call.this, .promise)
            let then = try machine.get(call.this.offset, machine.key("then"))
            guard machine.isCallable(call[0]) else { return try machine.call(then, this: call.this, call[0], call[0]) }
            let handler = call[0]
            func closure(_ body: @escaping NativeFunction, _ data: [Value]) throws(Thrown) -> Value {
                try machine.makeNativeClosure(machine.registerNative("", length: 1, body), data: data)
            }
            let onFulfilled = try closure(
                { (machine, inner) throws(Thrown) in
                    let result = try machine.call(machine.nativeData(inner, 0), this: .undefined)
                    let promise = try machine.promiseResolve(machine.nativeData(inner, 1), result)
                    let value = try machine.makeNativeClosure(
                        machine.registerNative("", length: 0) { (machine, last) throws(Thrown) in machine.nativeData(last, 0) },
                        data: [inner[0]])
                    return try machine.call(try machine.getV(promise, machine.key("then")), this: promise, value)
                }, [handler, constructor])
            let onRejected = try closure(
                { (machine, inner) throws(Thrown) in
                    let result = try machine.call(machine.nativeData(inner, 0), this: .undefined)
                    let promise = try machine.promiseResolve(machine.nativeData(inner, 1), result)
                    let thrower = try machine.makeNativeClosure(
                        machine.registerNative("", length: 0) { (machine, last) throws(Thrown) in
                            throw machine.throwValue(machine.nativeData(last, 0))
                        }, data: [inner[0]])
                    return try machine.call(try machine.getV(promise, machine.key("then")), this: promise, thrower)
                }, [handler, constructor])
            return try machine.call(then, this: call.this, onFulfilled, onRejected)
        },
    ]

    static let promiseStatics: [Builtin] = [
        Builtin("resolve", 1) { (machine, call) throws(Thrown) in
            guard call.this.isObject else { throw machine.typeError("PromiseResolve called on non-object") }
            return try machine.promiseResolve(call.this, call[0])
        },
        Builtin("reject", 1) { (machine, call) throws(Thrown) in
            let capability = try machine.newPromiseCapability(call.this)
            _ = try machine.call(capability.reject, this: .undefined, call[0])
            return capability.promise
        },
        Builtin("withResolvers", 0) { (machine, call) throws(Thrown) in
            let capability = try machine.newPromiseCapability(call.this)
            let result = try machine.makeObject()
            try machine.createDataPropertyOrThrow(result.offset, machine.key("promise"), capability.promise)
            try machine.createDataPropertyOrThrow(result.offset, machine.key("resolve"), capability.resolve)
            try machine.createDataPropertyOrThrow(result.offset, machine.key("reject"), capability.reject)
            return result
        },
        Builtin("try", 1) { (machine, call) throws(Thrown) in
            guard call.this.isObject else { throw machine.typeError("Promise.try called on non-object") }
            let capability = try machine.newPromiseCapability(call.this)
            do throws(Thrown) {
                let value = try machine.call(call[0], this: .undefined, arguments: call.arguments(from: 1))
                _ = try machine.call(capability.resolve, this: .undefined, value)
            } catch {
                guard error == .exception else { throw error }
                let reason = machine.takeException()
                _ = try machine.call(capability.reject, this: .undefined, reason)
            }
            return capability.promise
        },
        Builtin("get @@species", 0) { (_, call) throws(Thrown) in call.this },
    ]
}

extension Machine {
    struct PromiseCapability { var promise, resolve, reject: Value }

    /// NewPromiseCapability. May run guest code.
    func newPromiseCapability(_ constructor: Value) throws(Thrown) -> PromiseCapability {
        guard isConstructor(constructor) else { throw typeError("\(describe(constructor)) is not a constructor") }
        if constructor == intrinsic(.promise) {
            let promise = try makePromise()
            let resolvers = try makeResolvers(promise)
            return PromiseCapability(promise: promise, resolve: resolvers.resolve, reject: resolvers.reject)
        }
        let shared = try list(of: [.undefined, .undefined])
        let executor = try makeNativeClosure(
            registerNative("", length: 2) { (machine, call) throws(Thrown) in
                let list = machine.nativeData(call, 0)
                guard machine.listValue(list, 0).isUndefined, machine.listValue(list, 1).isUndefined else {
                    throw machine.typeError("Promise executor has already been invoked with non-undefined arguments")
                }
                machine.setListValue(list, 0, call[0])
                machine.setListValue(list, 1, call[1])
                return .undefined
            }, data: [shared])
        let promise = try construct(constructor, [executor])
        let resolve = listValue(shared, 0), reject = listValue(shared, 1)
        guard isCallable(resolve), isCallable(reject) else { throw typeError("Promise resolve or reject function is not callable") }
        return PromiseCapability(promise: promise, resolve: resolve, reject: reject)
    }

    /// PromiseResolve(C, x).
    func promiseResolve(_ constructor: Value, _ value: Value) throws(Thrown) -> Value {
        if isPromise(value), try get(value.offset, key("constructor")) == constructor { return value }
        let capability = try newPromiseCapability(constructor)
        _ = try call(capability.resolve, this: .undefined, value)
        return capability.promise
    }

    /// SpeciesConstructor(O, default).
    func speciesConstructor(_ object: Value, _ fallback: Intrinsic) throws(Thrown) -> Value {
        let constructor = try get(object.offset, key("constructor"))
        if constructor.isUndefined { return intrinsic(fallback) }
        guard constructor.isObject else { throw typeError("The .constructor property is not an object") }
        let species = try get(constructor.offset, symbolKey(.species))
        if species.isNullish { return intrinsic(fallback) }
        guard isConstructor(species) else { throw typeError("object.constructor[Symbol.species] is not a constructor") }
        return species
    }

    func listValue(_ list: Value, _ index: UInt32) -> Value {
        Value(bits: cage.load64(list.offset &+ index &* 8, Layout.elementValues))
    }
    func setListValue(_ list: Value, _ index: UInt32, _ value: Value) {
        cage.store64(list.offset &+ index &* 8, Layout.elementValues, value.bits)
    }
}
