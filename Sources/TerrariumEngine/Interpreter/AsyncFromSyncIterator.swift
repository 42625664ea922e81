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

    /// %AsyncFromSyncIteratorPrototype%: guests never see it.
    public func makeAsyncFromSyncIteratorPrototype(realm: UInt32) throws(Thrown) -> UInt32 {
        let prototype = try makeObject(prototype: realmValue(realm, .asyncIteratorPrototype).offset).offset
        for (name, function) in [
            ("next", EngineFunction.asyncFromSyncNext), ("return", .asyncFromSyncReturn), ("throw", .asyncFromSyncThrow),
        ] {
            let number = registerNative(name, length: 1) { (machine, call) throws(Thrown) in
                try machine.goOn(call, engine: function)
            }
            let function = try makeNativeFunction(number, realm: realm)
            try definePropertyOrThrow(
                prototype, key(name), PropertyDescriptor(value: Value(object: function), attributes: Attribute.hidden))
        }
        return prototype
    }
}
