import TerrariumCage

/// Objects whose own properties are not only those in shape and elements (flag `exotic`). So far: String wrappers.
extension Machine {
    enum ExoticLookup {
        case value(Value)
        /// [[Get]] may run guest code: `exoticGet`.
        case runsGuestCode
        case notFound
        /// Not one of the special keys: look at shape and elements.
        case goOn
    }
    enum ExoticHas { case found, notFound, goOn }
    enum ExoticSet { case handle, goOn }

    /// The string of a String wrapper.
    private func wrappedString(_ object: UInt32) -> Value { field(object, 0) }

    private func stringOwnProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> PropertyDescriptor? {
        guard kind(of: object) == CellKind.stringWrapper, let value = try stringOwnValue(wrappedString(object), key)
        else { return nil }
        return PropertyDescriptor(value: value, attributes: key.isIndex ? Attribute.enumerable : Attribute.none)
    }

    func exoticLookup(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> ExoticLookup {
        if let own = try stringOwnProperty(object, key), let value = own.value { return .value(value) }
        return .goOn
    }

    func exoticGetOwnProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> PropertyDescriptor? {
        try stringOwnProperty(object, key) ?? ordinaryGetOwnProperty(object, key)
    }

    func exoticDefineOwnProperty(_ object: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor)
        throws(Thrown) -> Bool
    {
        if let own = try stringOwnProperty(object, key) {
            let extensible = cage.load8(object, Layout.flags) & ObjectFlag.nonExtensible == 0
            return isCompatible(extensible: extensible, descriptor, own)
        }
        return try ordinaryDefineOwnProperty(object, key, descriptor)
    }

    func exoticHasProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> ExoticHas {
        if try stringOwnProperty(object, key) != nil { return .found }
        return ordinaryGetOwnProperty(object, key) != nil ? .found : .goOn
    }

    func exoticDelete(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        if try stringOwnProperty(object, key) != nil { return false }
        return try ordinaryDelete(object, key)
    }

    func exoticOwnKeys(_ object: UInt32) throws(Thrown) -> [PropertyKey] {
        guard kind(of: object) == CellKind.stringWrapper else { return try ordinaryOwnKeys(object) }
        let length = stringLength(wrappedString(object))
        try charge(length)
        var keys = (0..<length).map { PropertyKey(index: UInt32(truncatingIfNeeded: $0)) }
        keys += try elementIndices(object).map { PropertyKey(index: $0) }
        keys.append(PropertyKey(atom: wellKnown.length))
        try appendNamedKeys(object, to: &keys)
        return keys
    }

    func exoticGet(_ object: UInt32, _ key: PropertyKey, _ receiver: Value) throws(Thrown) -> Value {
        throw terminate(.corrupted)
    }

    func exoticPrepareSet(_ object: UInt32, _ key: PropertyKey, _ receiver: Value) throws(Thrown) -> ExoticSet {
        try stringOwnProperty(object, key) != nil ? .handle : .goOn
    }

    /// The special own properties of String wrappers are not writable.
    func exoticSet(_ object: UInt32, _ key: PropertyKey, _ value: Value, _ receiver: Value) throws(Thrown) -> Bool {
        false
    }
}
