/// Property descriptors as guest objects, and keys of integers.
extension Machine {
    /// ToPropertyDescriptor (ECMA-262 §6.2.6.5). May run guest code.
    public func toPropertyDescriptor(_ value: Value) throws(Thrown) -> PropertyDescriptor {
        guard value.isObject else { throw typeError("Property description must be an object: \(describe(value))") }
        chargeLater(2)
        let object = value.offset
        var result = PropertyDescriptor()
        func field(_ name: UInt32) throws(Thrown) -> Value? {
            let key = PropertyKey(atom: name)
            return try hasProperty(object, key) ? try get(object, key) : nil
        }
        result.enumerable = try field(wellKnown.enumerable).map { toBoolean($0) }
        result.configurable = try field(wellKnown.configurable).map { toBoolean($0) }
        result.value = try field(wellKnown.value)
        result.writable = try field(wellKnown.writable).map { toBoolean($0) }
        result.getter = try field(wellKnown.get)
        if let getter = result.getter, !getter.isUndefined, !isCallable(getter) {
            throw typeError("Getter must be a function: \(describe(getter))")
        }
        result.setter = try field(wellKnown.set)
        if let setter = result.setter, !setter.isUndefined, !isCallable(setter) {
            throw typeError("Setter must be a function: \(describe(setter))")
        }
        if result.isAccessor, result.isData {
            throw typeError("Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, \(describe(value))")
        }
        return result
    }

    /// FromPropertyDescriptor.
    /// - Parameters:
    ///   - isComplete: an accessor's missing half is undefined; otherwise only what the descriptor has is there.
    ///   - isBare: without a prototype, for the engine's own JavaScript.
    public func fromPropertyDescriptor(_ descriptor: PropertyDescriptor?, isComplete: Bool = true, isBare: Bool = false)
        throws(Thrown) -> Value
    {
        guard let descriptor else { return .undefined }
        chargeLater(28)
        let object = isBare ? try makeObject(prototype: 0) : try makeObject()
        func set(_ name: UInt32, _ value: Value?) throws(Thrown) {
            if let value { try createDataPropertyOrThrow(object.offset, PropertyKey(atom: name), value) }
        }
        try set(wellKnown.value, descriptor.value)
        try set(wellKnown.writable, descriptor.writable.map { Value($0) })
        try set(wellKnown.get, descriptor.isAccessor && isComplete ? descriptor.getter ?? .undefined : descriptor.getter)
        try set(wellKnown.set, descriptor.isAccessor && isComplete ? descriptor.setter ?? .undefined : descriptor.setter)
        try set(wellKnown.enumerable, descriptor.enumerable.map { Value($0) })
        try set(wellKnown.configurable, descriptor.configurable.map { Value($0) })
        return object
    }

    /// Property key of an integer up to 2^53 - 1.
    public func integerKey(_ index: Int) throws(Thrown) -> PropertyKey {
        if let small = UInt32(exactly: index), small != .max { return PropertyKey(index: small) }
        // The key's text is interned.
        try charge(200)
        return try toPropertyKey(Value(double: Double(index)))
    }
}
