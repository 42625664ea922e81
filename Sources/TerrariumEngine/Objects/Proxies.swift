import TerrariumCage

/// Proxy exotic objects (ECMA-262 §10.5). Field 0 is the target, field 1 the handler; both are null when revoked.
/// Everything here may run guest code.
extension Machine {
    /// ProxyCreate.
    public func makeProxy(_ target: Value, _ handler: Value) throws(Thrown) -> Value {
        guard target.isObject, handler.isObject else {
            throw typeError("Cannot create proxy with a non-object as target or handler")
        }
        let flags = cage.load8(target.offset, Layout.flags) & (ObjectFlag.callable | ObjectFlag.constructor)
        let proxy = try allocateObject(
            kind: CellKind.proxy, prototype: 0, fields: 2, flags: flags | ObjectFlag.exotic)
        setField(proxy, 0, target)
        setField(proxy, 1, handler)
        return Value(object: proxy)
    }

    /// Ends a proxy: every later operation on it throws.
    public func revokeProxy(_ proxy: UInt32) {
        setField(proxy, 0, .null)
        setField(proxy, 1, .null)
    }

    /// Target and trap of an operation; the trap is undefined when the handler has none.
    private func trap(_ proxy: UInt32, _ name: ProxyTrap, known: Value? = nil) throws(Thrown)
        -> (target: UInt32, handler: Value, trap: Value)
    {
        let handler = field(proxy, 1)
        guard handler.isObject else {
            throw typeError("Cannot perform '\(name)' on a proxy that has been revoked")
        }
        // Proxies of proxies nest natively: the stack is checked where the trap or the target is entered.
        guard !nativeStack.isExhausted else { throw stackOverflow() }
        try charge(4)
        let target = field(proxy, 0).offset
        let method: Value
        if let known { method = known } else { method = try get(handler.offset, atom: wellKnown.trap(name)) }
        if method.isNullish { return (target, handler, .undefined) }
        guard isCallable(method) else {
            throw typeError("'\(describe(method))' returned for property '\(name)' of object '\(describe(handler))' is not a function")
        }
        return (target, handler, method)
    }

    /// The first in a chain of proxies whose handler may have the trap, or the target behind them. Runs no guest code: it
    /// saves those who go on behind it a turn for each proxy.
    func targetWithoutTraps(_ start: UInt32, _ trap: PropertyKey) throws(Thrown) -> UInt32 {
        var object = start
        var known: UInt64 = 0
        while kind(of: object) == CellKind.proxy {
            let handler = field(object, 1), target = field(object, 0)
            guard handler.isObject, target.isObject else { break }
            let header = cage.load64(handler.offset) & 0xFFFF_FFFF_FFFF // Shape, kind and flags.
            if header != known {
                var hint = CacheHint()
                _ = try findForGet(handler.offset, trap, hint: &hint)
                guard hint.absent else { break }
                known = header
            }
            try charge(1)
            object = target.offset
        }
        return object
    }

    func invariant(_ trap: String, _ text: String) -> Thrown { typeError("'\(trap)' on proxy: \(text)") }

    // MARK: Prototype and extensibility

    func proxyGetPrototypeOf(_ proxy: UInt32) throws(Thrown) -> UInt32 {
        let (target, handler, trap) = try trap(proxy, .getPrototypeOf)
        if trap.isUndefined { return try getPrototypeOf(target) }
        let result = try call(trap, this: handler, Value(object: target))
        guard result.isObject || result.isNull else {
            throw invariant("getPrototypeOf", "trap returned neither object nor null")
        }
        let prototype = result.isNull ? 0 : result.offset
        if try !isExtensible(target), try getPrototypeOf(target) != prototype {
            throw invariant("getPrototypeOf", "proxy target is non-extensible but the trap did not return its actual prototype")
        }
        return prototype
    }

    func proxySetPrototypeOf(_ proxy: UInt32, _ prototype: UInt32) throws(Thrown) -> Bool {
        let (target, handler, trap) = try trap(proxy, .setPrototypeOf)
        if trap.isUndefined { return try setPrototypeOf(target, prototype) }
        let value = prototype == 0 ? Value.null : Value(object: prototype)
        guard toBoolean(try call(trap, this: handler, Value(object: target), value)) else { return false }
        if try !isExtensible(target), try getPrototypeOf(target) != prototype {
            throw invariant("setPrototypeOf", "trap returned truish for setting a new prototype on the non-extensible proxy target")
        }
        return true
    }

    func proxyIsExtensible(_ proxy: UInt32) throws(Thrown) -> Bool {
        let (target, handler, trap) = try trap(proxy, .isExtensible)
        if trap.isUndefined { return try isExtensible(target) }
        let result = toBoolean(try call(trap, this: handler, Value(object: target)))
        if try isExtensible(target) != result {
            throw invariant("isExtensible", "trap result does not reflect extensibility of proxy target (which is '\(!result)')")
        }
        return result
    }

    func proxyPreventExtensions(_ proxy: UInt32) throws(Thrown) -> Bool {
        let (target, handler, trap) = try trap(proxy, .preventExtensions)
        if trap.isUndefined { return try preventExtensions(target) }
        let result = toBoolean(try call(trap, this: handler, Value(object: target)))
        if result, try isExtensible(target) {
            throw invariant("preventExtensions", "trap returned truish but the proxy target is extensible")
        }
        return result
    }

    // MARK: Own properties

    func proxyGetOwnProperty(_ proxy: UInt32, _ key: PropertyKey) throws(Thrown) -> PropertyDescriptor? {
        let name = "getOwnPropertyDescriptor"
        let (target, handler, trap) = try trap(proxy, .getOwnPropertyDescriptor)
        if trap.isUndefined { return try getOwnProperty(target, key) }
        let result = try call(trap, this: handler, Value(object: target), try keyValue(key))
        guard result.isObject || result.isUndefined else {
            throw invariant(name, "trap returned neither object nor undefined for property '\(describe(key))'")
        }
        let own = try getOwnProperty(target, key)
        if result.isUndefined {
            guard let own else { return nil }
            if own.configurable == false {
                throw invariant(name, "trap returned undefined for property '\(describe(key))' which is non-configurable in the proxy target")
            }
            if try !isExtensible(target) {
                throw invariant(name, "trap returned undefined for property '\(describe(key))' which exists in the non-extensible proxy target")
            }
            return nil
        }
        let extensible = try isExtensible(target)
        return try checkedProxyOwn(key, extensible: extensible, try toPropertyDescriptor(result), own)
    }

    /// The descriptor that a getOwnPropertyDescriptor trap gave, complete; throws where it does not fit the target's own.
    func checkedProxyOwn(_ key: PropertyKey, extensible: Bool, _ given: PropertyDescriptor, _ own: PropertyDescriptor?)
        throws(Thrown) -> PropertyDescriptor
    {
        let name = "getOwnPropertyDescriptor"
        var descriptor = given
        if !descriptor.isAccessor {
            descriptor.value = descriptor.value ?? .undefined
            descriptor.writable = descriptor.writable ?? false
        } else {
            descriptor.getter = descriptor.getter ?? .undefined
            descriptor.setter = descriptor.setter ?? .undefined
        }
        descriptor.enumerable = descriptor.enumerable ?? false
        descriptor.configurable = descriptor.configurable ?? false
        guard isCompatible(extensible: extensible, descriptor, own) else {
            throw invariant(name, "trap returned descriptor for property '\(describe(key))' that is incompatible with the existing property in the proxy target")
        }
        if descriptor.configurable == false {
            if own == nil || own?.configurable == true {
                throw invariant(name, "trap reported non-configurability for property '\(describe(key))' which is either non-existent or configurable in the proxy target")
            }
            if descriptor.writable == false, own?.writable == true {
                throw invariant(name, "trap reported non-configurable and writable for property '\(describe(key))' which is non-configurable, non-writable in the proxy target")
            }
        }
        return descriptor
    }

    func proxyDefineOwnProperty(_ proxy: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor)
        throws(Thrown) -> Bool
    {
        let (target, handler, trap) = try trap(proxy, .defineProperty)
        if trap.isUndefined { return try defineOwnProperty(target, key, descriptor) }
        let object = try fromPropertyDescriptor(descriptor, isComplete: false)
        guard toBoolean(try call(trap, this: handler, Value(object: target), try keyValue(key), object)) else { return false }
        let own = try getOwnProperty(target, key)
        try checkProxyDefine(key, extensible: try isExtensible(target), descriptor, own)
        return true
    }

    /// What a defineProperty trap must not say that it did.
    func checkProxyDefine(_ key: PropertyKey, extensible: Bool, _ descriptor: PropertyDescriptor, _ own: PropertyDescriptor?)
        throws(Thrown)
    {
        let name = "defineProperty"
        let settingNonConfigurable = descriptor.configurable == false
        guard let own else {
            if !extensible {
                throw invariant(name, "trap returned truish for adding property '\(describe(key))'  to the non-extensible proxy target")
            }
            if settingNonConfigurable {
                throw invariant(name, "trap returned truish for defining non-configurable property '\(describe(key))' which is either non-existent or configurable in the proxy target")
            }
            return
        }
        guard isCompatible(extensible: extensible, descriptor, own) else {
            throw invariant(name, "trap returned truish for adding property '\(describe(key))'  that is incompatible with the existing property in the proxy target")
        }
        if settingNonConfigurable, own.configurable == true {
            throw invariant(name, "trap returned truish for defining non-configurable property '\(describe(key))' which is either non-existent or configurable in the proxy target")
        }
        if !own.isAccessor, own.configurable == false, own.writable == true, descriptor.writable == false {
            throw invariant(name, "trap returned truish for defining non-configurable property '\(describe(key))' which cannot be non-writable")
        }
    }

    func proxyDelete(_ proxy: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        let (target, handler, trap) = try trap(proxy, .deleteProperty)
        if trap.isUndefined { return try deleteProperty(target, key) }
        guard toBoolean(try call(trap, this: handler, Value(object: target), try keyValue(key))) else { return false }
        try checkProxyDelete(target, key)
        return true
    }

    /// What a deleteProperty trap that said true must not have hidden.
    func checkProxyDelete(_ target: UInt32, _ key: PropertyKey) throws(Thrown) {
        let name = "deleteProperty"
        guard let own = try getOwnProperty(target, key) else { return }
        if own.configurable == false {
            throw invariant(name, "trap returned truish for property '\(describe(key))' which is non-configurable in the proxy target")
        }
        if try !isExtensible(target) {
            throw invariant(name, "trap returned truish for property '\(describe(key))' but the proxy target is non-extensible")
        }
    }

    func proxyOwnKeys(_ proxy: UInt32) throws(Thrown) -> [PropertyKey] {
        let (target, handler, trap) = try trap(proxy, .ownKeys)
        if trap.isUndefined { return try ownPropertyKeys(target) }
        let result = try call(trap, this: handler, Value(object: target))
        guard result.isObject else { throw typeError("CreateListFromArrayLike called on non-object") }
        let count = try lengthOfArrayLike(result.offset)
        var keys: [PropertyKey] = []
        var seen: Set<UInt64> = []
        for index in 0..<count {
            try charge(4)
            let value = try get(result.offset, try integerKey(index))
            guard value.isString || value.isSymbol else { throw typeError("\(describe(value)) is not a valid property name") }
            let key = try toPropertyKey(value)
            guard seen.insert(key.bits).inserted else {
                throw invariant("ownKeys", "trap returned duplicate entries")
            }
            // The list is host memory until it is returned: it counts against the heap.
            guard heapInUse &+ keys.count &* 64 <= currentLimits.heap else { throw outOfHeap() }
            keys.append(key)
        }
        let extensible = try isExtensible(target)
        var configurable: [PropertyKey] = [], fixed: [PropertyKey] = []
        for key in try ownPropertyKeys(target) {
            if let own = try getOwnProperty(target, key), own.configurable == false { fixed.append(key) } else { configurable.append(key) }
        }
        try checkProxyKeys(keys, seen, extensible: extensible, fixed: fixed, configurable: configurable)
        return keys
    }

    /// What an ownKeys trap must not leave out or add.
    func checkProxyKeys(
        _ keys: [PropertyKey], _ given: Set<UInt64>, extensible: Bool, fixed: [PropertyKey], configurable: [PropertyKey]
    ) throws(Thrown) {
        var seen = given
        if extensible, fixed.isEmpty { return }
        for key in fixed where seen.remove(key.bits) == nil {
            throw invariant("ownKeys", "trap result did not include '\(describe(key))'")
        }
        if extensible { return }
        for key in configurable where seen.remove(key.bits) == nil {
            throw invariant("ownKeys", "trap result did not include '\(describe(key))'")
        }
        if !seen.isEmpty { throw invariant("ownKeys", "trap returned extra keys but proxy target is non-extensible") }
    }

    // MARK: Access

    func proxyHas(_ proxy: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        let (target, handler, trap) = try trap(proxy, .has)
        if trap.isUndefined { return try hasProperty(target, key) }
        let result = toBoolean(try call(trap, this: handler, Value(object: target), try keyValue(key)))
        if !result { try checkProxyHas(target, key) }
        return result
    }

    /// What a has trap must not hide.
    func checkProxyHas(_ target: UInt32, _ key: PropertyKey) throws(Thrown) {
        if let own = try getOwnProperty(target, key) {
            if own.configurable == false {
                throw invariant("has", "trap returned falsish for property '\(describe(key))' which exists in the proxy target as non-configurable")
            }
            if try !isExtensible(target) {
                throw invariant("has", "trap returned falsish for property '\(describe(key))' but the proxy target is not extensible")
            }
        }
    }

    func proxyGet(_ proxy: UInt32, _ key: PropertyKey, _ receiver: Value) throws(Thrown) -> Value {
        let (target, handler, trap) = try trap(proxy, .get)
        if trap.isUndefined { return try get(target, key, receiver: receiver) }
        let value = try call(trap, this: handler, Value(object: target), try keyValue(key), receiver)
        try checkProxyGet(target, key, value)
        return value
    }

    /// What a get trap must not say of a property that is fixed.
    func checkProxyGet(_ target: UInt32, _ key: PropertyKey, _ value: Value) throws(Thrown) {
        try checkProxyGet(try getOwnProperty(target, key), key, value)
    }

    /// As above, with the property of the target.
    func checkProxyGet(_ own: PropertyDescriptor?, _ key: PropertyKey, _ value: Value) throws(Thrown) {
        guard let own, own.configurable == false else { return }
        if !own.isAccessor, own.writable == false, !sameValueNoCoercion(value, own.value ?? .undefined) {
            throw invariant("get", "property '\(describe(key))' is a read-only and non-configurable data property on the proxy target but the proxy did not return its actual value (expected '\(describe(own.value ?? .undefined))' but got '\(describe(value))')")
        }
        if own.isAccessor, own.getter?.isUndefined ?? true, !value.isUndefined {
            throw invariant("get", "property '\(describe(key))' is a non-configurable accessor property on the proxy target and does not have a getter function, but the trap did not return 'undefined' (got '\(describe(value))')")
        }
    }

    func proxySet(_ proxy: UInt32, _ key: PropertyKey, _ value: Value, _ receiver: Value) throws(Thrown) -> Bool {
        let (target, handler, trap) = try trap(proxy, .set)
        if trap.isUndefined { return try set(target, key, value, receiver: receiver) }
        guard toBoolean(try call(trap, this: handler, Value(object: target), try keyValue(key), value, receiver)) else {
            return false
        }
        try checkProxySet(target, key, value)
        return true
    }

    /// What a set trap must not say of a property that is fixed.
    func checkProxySet(_ target: UInt32, _ key: PropertyKey, _ value: Value) throws(Thrown) {
        try checkProxySet(try getOwnProperty(target, key), key, value)
    }

    /// As above, with the property of the target.
    func checkProxySet(_ own: PropertyDescriptor?, _ key: PropertyKey, _ value: Value) throws(Thrown) {
        guard let own, own.configurable == false else { return }
        if !own.isAccessor, own.writable == false, !sameValueNoCoercion(value, own.value ?? .undefined) {
            throw invariant("set", "trap returned truish for property '\(describe(key))' which exists in the proxy target as a non-configurable and non-writable data property with a different value")
        }
        if own.isAccessor, own.setter?.isUndefined ?? true {
            throw invariant("set", "trap returned truish for property '\(describe(key))' which exists in the proxy target as a non-configurable and non-writable accessor property without a setter")
        }
    }

    // MARK: Calls

    /// [[Call]] and [[Construct]]: replaces the proxy in a built frame by what runs instead; returns the new argument
    /// count.
    func unpackProxy(_ frame: UInt32, _ argumentCount: Int, _ isConstruct: Bool) throws(Thrown) -> Int {
        let proxy = UInt32(truncatingIfNeeded: cage.load64(frame))
        let name = isConstruct ? ProxyTrap.construct : .apply
        var known: Value?
        if field(proxy, 1).isObject {
            known = try valueWithoutGuestCode(field(proxy, 1), PropertyKey(atom: wellKnown.trap(name)))
            if known == nil { return try unpackTrappedProxy(frame, argumentCount, isConstruct) }
        }
        let (target, handler, trap) = try trap(proxy, name, known: known)
        if trap.isUndefined {
            cage.store64(frame, 0, Value(object: target).bits)
            return argumentCount
        }
        var arguments: [Value] = []
        for index in 0..<argumentCount {
            arguments.append(Value(bits: cage.load64(frame &+ 32 &+ UInt32(truncatingIfNeeded: index) &* 8)))
        }
        let list = try makeArray(arguments)
        let top = frame &+ (isConstruct ? 72 : 56)
        try requireStack(top)
        if isConstruct {
            cage.store64(frame, 0, try engineFunction(.proxyConstruct).bits)
            cage.store64(frame, 32, trap.bits)
            cage.store64(frame, 40, handler.bits)
            cage.store64(frame, 48, Value(object: target).bits)
            cage.store64(frame, 56, list.bits)
            cage.store64(frame, 64, cage.load64(frame, 16))
            if Int64(top) > cells[Cell.stackTop] { setStackTop(top) }
            return 5
        }
        let this = cage.load64(frame, 24)
        cage.store64(frame, 0, trap.bits)
        cage.store64(frame, 24, handler.bits)
        cage.store64(frame, 32, Value(object: target).bits)
        cage.store64(frame, 40, this)
        cage.store64(frame, 48, list.bits)
        if Int64(top) > cells[Cell.stackTop] { setStackTop(top) }
        return 3
    }

    /// As above when guest code has to be asked for the trap.
    private func unpackTrappedProxy(_ frame: UInt32, _ argumentCount: Int, _ isConstruct: Bool) throws(Thrown) -> Int {
        let proxy = cage.load64(frame)
        let call = NativeCall(cage: cage, frame: frame, argumentCount: argumentCount, isConstruct: isConstruct)
        let list = try makeArray(call.arguments())
        let top = frame &+ 56
        try requireStack(top)
        cage.store64(frame, 0, try engineFunction(isConstruct ? .proxyConstructed : .proxyApplied).bits)
        cage.store64(frame, 32, proxy)
        cage.store64(frame, 40, cage.load64(frame, isConstruct ? 16 : 24))
        cage.store64(frame, 48, list.bits)
        if Int64(top) > cells[Cell.stackTop] { setStackTop(top) }
        return 3
    }
}
