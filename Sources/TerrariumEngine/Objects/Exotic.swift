import TerrariumCage

/// Objects whose own properties are not only those in shape and elements (flag `exotic`): dispatch by kind to the file of
/// each kind.
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

    func exoticLookup(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> ExoticLookup {
        switch kind(of: object) {
        case CellKind.stringWrapper:
            if let value = try stringOwnValue(field(object, 0), key) { return .value(value) }
            return .goOn
        case CellKind.mappedArguments:
            if let value = mappedValue(object, key) { return .value(value) }
            return .goOn
        case CellKind.proxy: return .runsGuestCode
        case CellKind.typedArray: return try typedArrayLookup(object, key)
        case CellKind.moduleNamespace: return try namespaceLookup(object, key)
        default: return .goOn
        }
    }

    /// [[Get]] of an object whose look-up said `runsGuestCode`.
    func exoticGet(_ object: UInt32, _ key: PropertyKey, _ receiver: Value) throws(Thrown) -> Value {
        switch kind(of: object) {
        case CellKind.proxy: return try proxyGet(object, key, receiver)
        default: throw terminate(.corrupted)
        }
    }

    func exoticGetOwnProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> PropertyDescriptor? {
        switch kind(of: object) {
        case CellKind.stringWrapper: return try stringOwnProperty(object, key) ?? ordinaryGetOwnProperty(object, key)
        case CellKind.mappedArguments: return mappedGetOwnProperty(object, key)
        case CellKind.proxy: return try proxyGetOwnProperty(object, key)
        case CellKind.typedArray: return try typedArrayGetOwnProperty(object, key)
        case CellKind.moduleNamespace: return try namespaceGetOwnProperty(object, key)
        default: return ordinaryGetOwnProperty(object, key)
        }
    }

    func exoticDefineOwnProperty(_ object: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor)
        throws(Thrown) -> Bool
    {
        switch kind(of: object) {
        case CellKind.stringWrapper: return try stringDefineOwnProperty(object, key, descriptor)
        case CellKind.mappedArguments: return try mappedDefineOwnProperty(object, key, descriptor)
        case CellKind.proxy: return try proxyDefineOwnProperty(object, key, descriptor)
        case CellKind.typedArray: return try typedArrayDefineOwnProperty(object, key, descriptor)
        case CellKind.moduleNamespace: return try namespaceDefineOwnProperty(object, key, descriptor)
        default: return try ordinaryDefineOwnProperty(object, key, descriptor)
        }
    }

    func exoticHasProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> ExoticHas {
        switch kind(of: object) {
        case CellKind.proxy: return try proxyHas(object, key) ? .found : .notFound
        case CellKind.typedArray: return typedArrayHas(object, key)
        case CellKind.moduleNamespace: return namespaceHas(object, key) ? .found : .notFound
        default: return try exoticGetOwnProperty(object, key) != nil ? .found : .goOn
        }
    }

    func exoticDelete(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        switch kind(of: object) {
        case CellKind.stringWrapper:
            if try stringOwnProperty(object, key) != nil { return false }
            return try ordinaryDelete(object, key)
        case CellKind.mappedArguments: return try mappedDelete(object, key)
        case CellKind.proxy: return try proxyDelete(object, key)
        case CellKind.typedArray: return try typedArrayDelete(object, key)
        case CellKind.moduleNamespace: return try namespaceDelete(object, key)
        default: return try ordinaryDelete(object, key)
        }
    }

    func exoticOwnKeys(_ object: UInt32) throws(Thrown) -> [PropertyKey] {
        switch kind(of: object) {
        case CellKind.stringWrapper: return try stringOwnKeys(object)
        case CellKind.proxy: return try proxyOwnKeys(object)
        case CellKind.typedArray: return try typedArrayOwnKeys(object)
        case CellKind.moduleNamespace: return try namespaceOwnKeys(object)
        default: return try ordinaryOwnKeys(object)
        }
    }

    /// Whether [[Set]] of this object is special for the key: then `exoticSet` does it.
    func exoticPrepareSet(_ object: UInt32, _ key: PropertyKey, _ receiver: Value) throws(Thrown) -> ExoticSet {
        switch kind(of: object) {
        case CellKind.stringWrapper: return try stringOwnValue(field(object, 0), key) != nil ? .handle : .goOn
        case CellKind.mappedArguments:
            return receiver == Value(object: object) && mappedSlot(object, key) != nil ? .handle : .goOn
        case CellKind.proxy, CellKind.moduleNamespace: return .handle
        case CellKind.typedArray:
            if case .none = numericKey(key) { return .goOn }
            return .handle
        default: return .goOn
        }
    }

    func exoticSet(_ object: UInt32, _ key: PropertyKey, _ value: Value, _ receiver: Value) throws(Thrown) -> Bool {
        switch kind(of: object) {
        case CellKind.proxy: return try proxySet(object, key, value, receiver)
        case CellKind.typedArray: return try typedArrayAssign(object, key, value, receiver)
        case CellKind.mappedArguments:
            if let slot = mappedSlot(object, key) { cage.store64(slot, 0, value.bits) }
            return true
        // The special own properties of String wrappers are not writable, nor is anything of a namespace.
        default: return false
        }
    }
}
