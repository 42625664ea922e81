import TerrariumCage

/// Module namespace exotic objects (ECMA-262 §10.4.6). Their properties hold references to bindings.
extension Machine {
    /// The reference that an export's property holds; nil when there is no such export (or it is a symbol's property).
    private func namespaceReference(_ object: UInt32, _ key: PropertyKey) -> Value? {
        if key.isSymbol { return nil }
        return ordinaryGetOwnProperty(object, key)?.value
    }

    private func namespaceValue(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Value? {
        guard let reference = namespaceReference(object, key) else { return nil }
        let value = importedValue(reference)
        if value.isEmpty { throw referenceError("Cannot access '\(describe(key))' before initialization") }
        return value
    }

    func namespaceLookup(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> ExoticLookup {
        if key.isSymbol { return .goOn }
        return try namespaceValue(object, key).map { .value($0) } ?? .notFound
    }

    func namespaceGetOwnProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> PropertyDescriptor? {
        if key.isSymbol { return ordinaryGetOwnProperty(object, key) }
        return try namespaceValue(object, key).map {
            PropertyDescriptor(value: $0, attributes: Attribute.writable | Attribute.enumerable)
        }
    }

    func namespaceDefineOwnProperty(_ object: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor)
        throws(Thrown) -> Bool
    {
        if key.isSymbol { return try ordinaryDefineOwnProperty(object, key, descriptor) }
        guard let current = try namespaceGetOwnProperty(object, key) else { return false }
        if descriptor.configurable == true || descriptor.enumerable == false || descriptor.isAccessor
            || descriptor.writable == false {
            return false
        }
        guard let value = descriptor.value else { return true }
        return sameValueNoCoercion(value, current.value ?? .undefined)
    }

    /// [[HasProperty]] looks at no value: bindings in their dead zone are there.
    func namespaceHas(_ object: UInt32, _ key: PropertyKey) -> Bool { ordinaryGetOwnProperty(object, key) != nil }

    func namespaceDelete(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        if key.isSymbol { return try ordinaryDelete(object, key) }
        return namespaceReference(object, key) == nil
    }

    /// Names in code unit order, then symbols: the order in which they were added, but for array indices.
    func namespaceOwnKeys(_ object: UInt32) throws(Thrown) -> [PropertyKey] {
        let keys = try ordinaryOwnKeys(object)
        guard keys.contains(where: { $0.isIndex }) else { return keys }
        var named: [(units: [UInt16], key: PropertyKey)] = []
        for key in keys where !key.isSymbol { named.append((try flat(try keyValue(key)).units, key)) }
        named.sort { $0.units.lexicographicallyPrecedes($1.units) }
        return named.map(\.key) + keys.filter { $0.isSymbol }
    }
}
