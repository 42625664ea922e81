/// Property descriptors as guest objects, and keys of integers.
extension Machine {
    /// ToPropertyDescriptor (ECMA-262 §6.2.6.5). May run guest code.
    public func toPropertyDescriptor(_ value: Value) throws(Thrown) -> PropertyDescriptor {
        guard value.isObject else { throw typeError("Property description must be an object: \(describe(value))") }
        let object = value.offset
        var result = PropertyDescriptor()
        func field(_ name: String) throws(Thrown) -> Value? {
            let key = self.key(name)
            return try hasProperty(object, key) ? try get(object, key) : nil
        }
        result.enumerable = try field("enumerable").map { toBoolean($0) }
        result.configurable = try field("configurable").map { toBoolean($0) }
        result.value = try field("value")
        result.writable = try field("writable").map { toBoolean($0) }
        result.getter = try field("get")
        if let getter = result.getter, !getter.isUndefined, !isCallable(getter) {
            throw typeError("Getter must be a function: \(describe(getter))")
        }
        result.setter = try field("set")
        if let setter = result.setter, !setter.isUndefined, !isCallable(setter) {
            throw typeError("Setter must be a function: \(describe(setter))")
        }
        if result.isAccessor, result.isData {
            throw typeError("Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, \(describe(value))")
        }
        return result
    }

    /// FromPropertyDescriptor.
    public func fromPropertyDescriptor(_ descriptor: PropertyDescriptor?) throws(Thrown) -> Value {
        guard let descriptor else { return .undefined }
        let object = try makeObject()
        func set(_ name: String, _ value: Value?) throws(Thrown) {
            if let value { try createDataPropertyOrThrow(object.offset, key(name), value) }
        }
        try set("value", descriptor.value)
        try set("writable", descriptor.writable.map { Value($0) })
        try set("get", descriptor.isAccessor ? descriptor.getter ?? .undefined : nil)
        try set("set", descriptor.isAccessor ? descriptor.setter ?? .undefined : nil)
        try set("enumerable", descriptor.enumerable.map { Value($0) })
        try set("configurable", descriptor.configurable.map { Value($0) })
        return object
    }

    /// Property key of an integer up to 2^53 - 1.
    public func integerKey(_ index: Int) throws(Thrown) -> PropertyKey {
        if index < 0xFFFF_FFFF { return PropertyKey(index: UInt32(truncatingIfNeeded: index)) }
        // The key's text is interned.
        try charge(200)
        return try toPropertyKey(Value(double: Double(index)))
    }
}
