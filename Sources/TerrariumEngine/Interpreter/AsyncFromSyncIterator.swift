/// Async iterators made from sync ones (ECMA-262 §27.1.6). The object has two fields: the sync iterator and its `next`.
extension Machine {
    /// CreateAsyncFromSyncIterator.
    func makeAsyncFromSyncIterator(_ iterator: Value, next: Value) throws(Thrown) -> Value {
        let object = try allocateObject(
            kind: CellKind.internalObject, prototype: intrinsic(.asyncFromSyncIteratorPrototype).offset, fields: 2)
        setField(object, 0, iterator)
        setField(object, 1, next)
        return Value(object: object)
    }

    /// %AsyncFromSyncIteratorPrototype%: guests never see it. Closing and unwrapping share the natives given here.
    public func makeAsyncFromSyncIteratorPrototype(realm: UInt32) throws(Thrown) -> UInt32 {
        let unwrap = registerNative("", length: 1) { (machine, call) throws(Thrown) in
            try machine.makeIteratorResult(call[0], done: machine.nativeData(call, 0) == .true)
        }
        let close = registerNative("", length: 1) { (machine, call) throws(Thrown) in
            let reason = call[0]
            try machine.closeSyncIterator(machine.nativeData(call, 0), ignoringErrors: true)
            throw machine.throwValue(reason)
        }
        let prototype = try makeObject(prototype: realmValue(realm, .asyncIteratorPrototype).offset).offset
        for (name, mode) in [("next", ResumeMode.next), ("return", .returning), ("throw", .throwing)] {
            let number = registerNative(name, length: 1) { (machine, call) throws(Thrown) in
                let promise = try machine.makePromise()
                do throws(Thrown) {
                    try machine.asyncFromSyncStep(call, mode, promise.offset, unwrap: unwrap, close: close)
                } catch {
                    guard error == .exception else { throw error }
                    try machine.rejectPromise(promise.offset, machine.takeException())
                }
                return promise
            }
            let function = try makeNativeFunction(number, realm: realm)
            try definePropertyOrThrow(
                prototype, key(name), PropertyDescriptor(value: Value(object: function), attributes: Attribute.hidden))
        }
        return prototype
    }

    /// IteratorClose of a sync iterator.
    private func closeSyncIterator(_ iterator: Value, ignoringErrors: Bool) throws(Thrown) {
        do throws(Thrown) {
            let method = try getMethod(iterator, key("return"))
            if method.isUndefined { return }
            let result = try call(method, this: iterator)
            if !ignoringErrors, !result.isObject { throw typeError("\(describe(result)) is not an object") }
        } catch {
            if error == .exception, ignoringErrors {
                _ = takeException()
                return
            }
            throw error
        }
    }

    private func asyncFromSyncStep(
        _ call: NativeCall, _ mode: ResumeMode, _ promise: UInt32, unwrap: UInt32, close: UInt32
    ) throws(Thrown) {
        let iterator = field(call.this.offset, 0)
        let arguments = call.argumentCount > 0 ? [call[0]] : []
        let result: Value
        switch mode {
        case .next:
            result = try self.call(field(call.this.offset, 1), this: iterator, arguments: arguments)
        case .returning:
            let method = try getMethod(iterator, key("return"))
            if method.isUndefined {
                return try resolvePromise(promise, try makeIteratorResult(call[0], done: true))
            }
            result = try self.call(method, this: iterator, arguments: arguments)
        case .throwing:
            let method = try getMethod(iterator, key("throw"))
            if method.isUndefined {
                try closeSyncIterator(iterator, ignoringErrors: false)
                throw typeError("The iterator does not provide a 'throw' method.")
            }
            result = try self.call(method, this: iterator, arguments: arguments)
        }
        guard result.isObject else { throw typeError("Iterator result \(describe(result)) is not an object") }
        // AsyncFromSyncIteratorContinuation.
        let done = toBoolean(try get(result.offset, atom: wellKnown.done))
        let value = try get(result.offset, atom: wellKnown.value)
        let closes = !done && mode != .returning
        let wrapper: Value
        do throws(Thrown) {
            wrapper = try promiseResolve(value)
        } catch {
            guard error == .exception, closes else { throw error }
            let reason = takeException()
            try closeSyncIterator(iterator, ignoringErrors: true)
            throw throwValue(reason)
        }
        try performThen(
            wrapper.offset, try makeNativeClosure(unwrap, data: [Value(done)]),
            closes ? try makeNativeClosure(close, data: [iterator]) : .undefined,
            capability: try makeResolvers(Value(object: promise)))
    }
}
