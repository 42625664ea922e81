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
        let made = try call(try engineFunction(.capability), this: .undefined, constructor)
        return PromiseCapability(
            promise: listElement(made, 0), resolve: listElement(made, 1), reject: listElement(made, 2))
    }

    /// Element of an array that the engine's own JavaScript made.
    private func listElement(_ array: Value, _ index: UInt32) -> Value { ownElement(array.offset, index)?.value ?? .undefined }

    /// A GetCapabilitiesExecutor function.
    func makeCapabilityExecutor() throws(Thrown) -> Value {
        try makeNativeClosure(capabilityExecutorNumber(), data: [try list(of: [.undefined, .undefined])])
    }

    /// What a constructor that was called with such a function made, and the two functions that it gave it.
    func capability(of executor: Value, _ promise: Value) throws(Thrown) -> Value {
        let shared = Value(bits: cage.load64(nativeDataList(executor.offset).offset, 16)).offset
        let resolve = Value(bits: cage.load64(shared, 16)), reject = Value(bits: cage.load64(shared, 24))
        guard isCallable(resolve), isCallable(reject) else {
            throw typeError("Promise resolve or reject function is not callable")
        }
        return try makeArray([promise, resolve, reject])
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

    /// PromiseResolve(C, x) as far as it runs no guest code; nil when that has to be asked, and nothing was done.
    public func plainPromise(_ constructor: Value, _ value: Value) throws(Thrown) -> Value? {
        if isPromise(value) {
            guard let own = try valueWithoutGuestCode(value, PropertyKey(atom: wellKnown.constructor)) else { return nil }
            if own == constructor { return value }
        }
        guard constructor == intrinsic(.promise) else {
            if isConstructor(constructor) { return nil }
            throw typeError("\(describe(constructor)) is not a constructor")
        }
        let promise = try makePromise()
        return try resolvePlainly(promise.offset, value) ? promise : nil
    }
}
