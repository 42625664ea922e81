/// String exotic objects (ECMA-262 §10.4.3): units and length are own properties.
extension Machine {
    func stringOwnProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> PropertyDescriptor? {
        guard let value = try stringOwnValue(field(object, 0), key) else { return nil }
        return PropertyDescriptor(value: value, attributes: key.isIndex ? Attribute.enumerable : Attribute.none)
    }

    func stringDefineOwnProperty(_ object: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor)
        throws(Thrown) -> Bool
    {
        if let own = try stringOwnProperty(object, key) {
            let extensible = cage.load8(object, Layout.flags) & ObjectFlag.nonExtensible == 0
            return isCompatible(extensible: extensible, descriptor, own)
        }
        return try ordinaryDefineOwnProperty(object, key, descriptor)
    }

    func stringOwnKeys(_ object: UInt32) throws(Thrown) -> [PropertyKey] {
        let length = stringLength(field(object, 0))
        try charge(length)
        var keys = (0..<length).map { PropertyKey(index: UInt32(truncatingIfNeeded: $0)) }
        keys += try elementIndices(object).map { PropertyKey(index: $0) }
        keys.append(PropertyKey(atom: wellKnown.length))
        try appendNamedKeys(object, to: &keys)
        return keys
    }
}
