import TerrariumCage

/// Internal methods of objects that are no proxies, and the checks of what traps said, for the engine's own JavaScript
/// (`SelfHostedSource.objectGenerics`). Nothing here runs guest code. Descriptors are objects without a prototype.
extension Machine {
    func objectOperation(_ operation: BuiltinOperation, _ x: Value, _ y: Value, _ z: Value, _ w: Value) throws(Thrown) -> Value {
        switch operation {
        case .plainKeys:
            let keys = try ownPropertyKeys(x.offset)
            try requireHeap(keys.count &* 16)
            return try makeArray(try keys.map { (key) throws(Thrown) in try keyValue(key) })
        case .plainOwn: return try fromPropertyDescriptor(try getOwnProperty(x.offset, try toPropertyKey(y)), isBare: true)
        case .plainDefine:
            return Value(try defineOwnProperty(x.offset, try toPropertyKey(y), try toPropertyDescriptor(z)))
        case .plainPrototype:
            let prototype = try getPrototypeOf(x.offset)
            return prototype == 0 ? .null : Value(object: prototype)
        case .plainSetPrototype: return Value(try setPrototypeOf(x.offset, y.isObject ? y.offset : 0))
        case .plainIsExtensible: return Value(try isExtensible(x.offset))
        case .plainPreventExtensions: return Value(try preventExtensions(x.offset))
        case .descriptorObject:
            return x.isUndefined ? .undefined : try fromPropertyDescriptor(try toPropertyDescriptor(x), isComplete: false)
        case .checkUnique:
            let keys = try propertyKeys(in: x)
            guard Set(keys.map(\.bits)).count == keys.count else { throw invariant("ownKeys", "trap returned duplicate entries") }
            return .undefined
        case .checkKeys:
            let given = try propertyKeys(in: x)
            try checkProxyKeys(
                given, Set(given.map(\.bits)), extensible: y == .true, fixed: try propertyKeys(in: z), configurable: try propertyKeys(in: w))
            return .undefined
        case .checkOwn:
            let own = w.isUndefined ? nil : try toPropertyDescriptor(w)
            return try fromPropertyDescriptor(
                try checkedProxyOwn(try toPropertyKey(x), extensible: y == .true, try toPropertyDescriptor(z), own), isBare: true)
        case .checkDefine:
            let own = w.isUndefined ? nil : try toPropertyDescriptor(w)
            try checkProxyDefine(try toPropertyKey(x), extensible: y == .true, try toPropertyDescriptor(z), own)
            return .undefined
        case .cannotDefine:
            let key = try toPropertyKey(y)
            if kind(of: x.offset) == CellKind.proxy { throw refusedByTrap("defineProperty", key) }
            throw try getOwnProperty(x.offset, key) == nil
                ? typeError("Cannot define property \(describe(key)), object is not extensible") : cannotRedefine(key)
        case .prototypeRefused: throw prototypeRefused(x, y)
        default: throw terminate(.corrupted)
        }
    }

    /// Property keys in an array that no guest has seen.
    private func propertyKeys(in array: Value) throws(Thrown) -> [PropertyKey] {
        let values = try listFromDense(array)
        try requireHeap(values.count &* 32)
        return try values.map { (value) throws(Thrown) in try toPropertyKey(value) }
    }
}
