import TerrariumEngine

/// Abstract operations that several intrinsics share.
extension Machine {
    func requireObject(_ value: Value, _ function: String) throws(Thrown) -> UInt32 {
        guard value.isObject else { throw typeError("\(function) called on non-object") }
        return value.offset
    }

    /// ObjectDefineProperties for an object that is no proxy; false, and nothing is done, when it would run guest code.
    func defineProperties(_ object: UInt32, _ properties: Value) throws(Thrown) -> Bool {
        let source = try toObject(properties)
        if isProxy(source) { return false }
        var descriptors: [(PropertyKey, PropertyDescriptor)] = []
        for key in try ownPropertyKeys(source.offset) {
            guard let own = try getOwnProperty(source.offset, key), own.enumerable == true else { continue }
            try charge(24)
            guard let value = own.value, isPlainDescriptor(value) else { return false }
            let descriptor = try toPropertyDescriptor(value)
            if let defined = descriptor.value, try definitionCoerces(Value(object: object), try keyValue(key), defined) { return false }
            descriptors.append((key, descriptor))
        }
        for (key, descriptor) in descriptors { try definePropertyOrThrow(object, key, descriptor) }
        return true
    }

    func ownKeyArray(_ object: UInt32, _ include: (PropertyKey) -> Bool) throws(Thrown) -> Value {
        var values: [Value] = []
        for key in try ownPropertyKeys(object) where include(key) {
            try charge(1)
            values.append(try keyValue(key))
        }
        return try makeArray(values)
    }

    /// EnumerableOwnProperties.
    func enumerableOwn(_ object: UInt32, keys: Bool, values: Bool) throws(Thrown) -> Value? {
        if let plain = try plainEnumerable(object, keys: keys, values: values) { return plain }
        var result: [Value] = []
        for key in try ownPropertyKeys(object) where !key.isSymbol {
            guard let own = try getOwnProperty(object, key), own.enumerable == true else { continue }
            if !values {
                result.append(try keyValue(key))
            } else {
                guard let value = try valueWithoutGuestCode(Value(object: object), key) else { return nil }
                result.append(keys ? try makeArray([try keyValue(key), value]) : value)
            }
        }
        return try makeArray(result)
    }

    /// TestIntegrityLevel.
    func testIntegrityLevel(_ object: UInt32, frozen: Bool) throws(Thrown) -> Bool {
        if try isExtensible(object) { return false }
        for key in try ownPropertyKeys(object) {
            guard let own = try getOwnProperty(object, key) else { continue }
            if own.configurable == true { return false }
            if frozen, !own.isAccessor, own.writable == true { return false }
        }
        return true
    }

    func lookupAccessor(_ call: NativeCall, getter: Bool) throws(Thrown) -> Value {
        var object = try toObject(call.this).offset
        var needsFrame = call[0].isObject
        if !needsFrame { needsFrame = try meetsProxy(object) }
        if needsFrame {
            return try goOn(call, generic: .lookupAccessor, [Value(object: object), call[0], Value(!getter)])
        }
        let key = try toPropertyKey(call[0])
        while object != 0 {
            if let own = try getOwnProperty(object, key) {
                return own.isAccessor ? (getter ? own.getter : own.setter) ?? .undefined : .undefined
            }
            try charge(1)
            object = try getPrototypeOf(object)
        }
        return .undefined
    }

    /// RelativeIndex: an argument that counts from the end when negative, clamped to 0…length.
    func relativeIndex(_ value: Value, _ length: Int, default fallback: Int) throws(Thrown) -> Int {
        if value.isUndefined { return fallback }
        let relative = try toIntegerOrInfinity(value)
        if relative < 0 { return Int(max(0, relative + Double(length))) }
        return Int(min(relative, Double(length)))
    }

    /// CreateIterResultObject.
    func iteratorResult(_ value: Value, done: Bool) throws(Thrown) -> Value { try makeIteratorResult(value, done: done) }
}
