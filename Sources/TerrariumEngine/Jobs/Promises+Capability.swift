import TerrariumCage

/// Promise capabilities (ECMA-262 §27.2.1.5) and PromiseResolve (§27.2.4.7.1).
extension Machine {
    public struct PromiseCapability {
        public var promise, resolve, reject: Value
    }

    /// NewPromiseCapability(C). May run guest code when C is not %Promise%.
    public func newPromiseCapability(_ constructor: Value) throws(Thrown) -> PromiseCapability {
        guard isConstructor(constructor) else { throw typeError("\(describe(constructor)) is not a constructor") }
        if constructor == intrinsic(.promise) {
            chargeLater(32)
            let promise = try makePromise()
            let resolvers = try makeResolvers(promise)
            return PromiseCapability(promise: promise, resolve: resolvers.resolve, reject: resolvers.reject)
        }
        let shared = try list(of: [.undefined, .undefined])
        let executor = try makeNativeClosure(capabilityExecutorNumber(), data: [shared])
        let promise = try construct(constructor, [executor])
        let resolve = Value(bits: cage.load64(shared.offset, 16)), reject = Value(bits: cage.load64(shared.offset, 24))
        guard isCallable(resolve), isCallable(reject) else {
            throw typeError("Promise resolve or reject function is not callable")
        }
        return PromiseCapability(promise: promise, resolve: resolve, reject: reject)
    }

    /// GetCapabilitiesExecutor functions: data 0 is the list that receives the two functions.
    func capabilityExecutorNumber() -> UInt32 {
        if let number = capabilityExecutor { return number }
        let number = registerNative("", length: 2) { (machine, call) throws(Thrown) in
            let list = machine.nativeData(call, 0).offset
            for slot in [UInt16(16), 24] where !Value(bits: machine.cage.load64(list, slot)).isUndefined {
                throw machine.typeError("Promise executor has already been invoked with non-undefined arguments")
            }
            machine.cage.store64(list, 16, call[0].bits)
            machine.cage.store64(list, 24, call[1].bits)
            return .undefined
        }
        capabilityExecutor = number
        return number
    }

    /// PromiseResolve(C, x). May run guest code.
    public func promiseResolve(_ constructor: Value, _ value: Value) throws(Thrown) -> Value {
        if isPromise(value), try get(value.offset, atom: wellKnown.constructor) == constructor { return value }
        if constructor == intrinsic(.promise) {
            let promise = try makePromise()
            try resolvePromise(promise.offset, value)
            return promise
        }
        let capability = try newPromiseCapability(constructor)
        _ = try call(capability.resolve, this: .undefined, value)
        return capability.promise
    }
}
