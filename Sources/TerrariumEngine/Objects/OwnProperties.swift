import TerrariumCage

/// The essential internal methods of ordinary objects and arrays (ECMA-262 §10.1, §10.4.2), with the exotic kinds
/// dispatched to their own files. Names are the specification's. Functions that may run guest code (proxies) say so.
extension Machine {
    @inline(__always)
    func isExotic(_ object: UInt32) -> Bool { cage.load8(object, Layout.flags) & ObjectFlag.exotic != 0 }

    /// Kind of an object cell.
    @inlinable @inline(__always)
    public func kind(of object: UInt32) -> UInt8 { cage.load8(object, Layout.kind) }

    /// Own property of an ordinary object, array or function; no guest code.
    func ordinaryGetOwnProperty(_ object: UInt32, _ key: PropertyKey) -> PropertyDescriptor? {
        if key.isIndex {
            guard let element = ownElement(object, key.index) else { return nil }
            return descriptor(element.value, element.attributes)
        }
        if kind(of: object) == CellKind.array, key.offset == wellKnown.length {
            let readOnly = cage.load8(object, Layout.flags) & ObjectFlag.lengthReadOnly != 0
            return PropertyDescriptor(
                value: Value(cage.load32(object, Layout.arrayLength)),
                attributes: readOnly ? Attribute.none : Attribute.writable)
        }
        materializeLazyProperties(object, key)
        let shape = cage.load32(object)
        guard let place = lookup(shape: shape, key: key.offset) else { return nil }
        return descriptor(loadSlot(object, shape, place.slot), place.attributes)
    }

    /// HasOwnProperty of an object that is not exotic.
    @inline(__always)
    func ordinaryHasOwnProperty(_ object: UInt32, _ key: PropertyKey) -> Bool {
        if key.isIndex { return ownElement(object, key.index) != nil }
        if key.offset == wellKnown.length, kind(of: object) == CellKind.array { return true }
        materializeLazyProperties(object, key)
        return lookup(shape: cage.load32(object), key: key.offset) != nil
    }

    /// HasOwnProperty(O, key). May run guest code (proxy).
    public func hasOwnProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        if isExotic(object) { return try exoticGetOwnProperty(object, key) != nil }
        return ordinaryHasOwnProperty(object, key)
    }

    private func descriptor(_ value: Value, _ attributes: UInt8) -> PropertyDescriptor {
        if attributes & Attribute.accessor != 0 {
            return PropertyDescriptor(
                getter: Value(bits: cage.load64(value.offset, Layout.accessorGetter)),
                setter: Value(bits: cage.load64(value.offset, Layout.accessorSetter)), attributes: attributes)
        }
        return PropertyDescriptor(value: value, attributes: attributes)
    }

    /// O.[[GetOwnProperty]](key).
    public func getOwnProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> PropertyDescriptor? {
        if isExotic(object) { return try exoticGetOwnProperty(object, key) }
        return ordinaryGetOwnProperty(object, key)
    }

    /// O.[[DefineOwnProperty]](key, descriptor).
    public func defineOwnProperty(_ object: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor)
        throws(Thrown) -> Bool
    {
        if isExotic(object) { return try exoticDefineOwnProperty(object, key, descriptor) }
        return try ordinaryDefineOwnProperty(object, key, descriptor)
    }

    /// OrdinaryDefineOwnProperty, and ArrayDefineOwnProperty for arrays.
    func ordinaryDefineOwnProperty(_ object: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor)
        throws(Thrown) -> Bool
    {
        if kind(of: object) == CellKind.array {
            if key.isAtom, key.offset == wellKnown.length { return try arrayDefineLength(object, descriptor) }
            if key.isIndex, key.index >= cage.load32(object, Layout.arrayLength),
                cage.load8(object, Layout.flags) & ObjectFlag.lengthReadOnly != 0 {
                return false
            }
        }
        let current = ordinaryGetOwnProperty(object, key)
        let extensible = cage.load8(object, Layout.flags) & ObjectFlag.nonExtensible == 0
        guard isCompatible(extensible: extensible, descriptor, current) else { return false }
        try applyDescriptor(object, key, descriptor, current)
        return true
    }

    /// IsCompatiblePropertyDescriptor: ValidateAndApplyPropertyDescriptor without an object.
    func isCompatible(extensible: Bool, _ descriptor: PropertyDescriptor, _ current: PropertyDescriptor?) -> Bool {
        guard let current else { return extensible }
        if current.configurable != false { return true }
        if descriptor.configurable == true { return false }
        if let enumerable = descriptor.enumerable, enumerable != current.enumerable { return false }
        if descriptor.isAccessor || descriptor.isData {
            if descriptor.isAccessor != current.isAccessor { return false }
            if current.isAccessor {
                if let getter = descriptor.getter, !sameValueNoCoercion(getter, current.getter ?? .undefined) {
                    return false
                }
                if let setter = descriptor.setter, !sameValueNoCoercion(setter, current.setter ?? .undefined) {
                    return false
                }
            } else if current.writable == false {
                if descriptor.writable == true { return false }
                if let value = descriptor.value, !sameValueNoCoercion(value, current.value ?? .undefined) {
                    return false
                }
            }
        }
        return true
    }

    /// The second half of ValidateAndApplyPropertyDescriptor: the change is allowed; makes it.
    private func applyDescriptor(
        _ object: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor, _ current: PropertyDescriptor?
    ) throws(Thrown) {
        var attributes: UInt8 = 0
        func pick(_ wanted: Bool?, _ existing: Bool?, _ bit: UInt8) {
            if wanted ?? existing ?? false { attributes |= bit }
        }
        pick(descriptor.enumerable, current?.enumerable, Attribute.enumerable)
        pick(descriptor.configurable, current?.configurable, Attribute.configurable)
        let becomesAccessor = descriptor.isAccessor || (!descriptor.isData && current?.isAccessor == true)
        var stored: Value
        if becomesAccessor {
            attributes |= Attribute.accessor
            let accessor = try allocate(24, kind: CellKind.accessor)
            let wasAccessor = current?.isAccessor == true
            let getter = descriptor.getter ?? (wasAccessor ? current?.getter : nil) ?? .undefined
            let setter = descriptor.setter ?? (wasAccessor ? current?.setter : nil) ?? .undefined
            cage.store64(accessor, Layout.accessorGetter, getter.bits)
            cage.store64(accessor, Layout.accessorSetter, setter.bits)
            stored = Value(cell: accessor)
        } else {
            let wasData = current?.isAccessor == false
            pick(descriptor.writable, wasData ? current?.writable : nil, Attribute.writable)
            stored = descriptor.value ?? (wasData ? current?.value : nil) ?? .undefined
        }
        if key.isIndex {
            try putElement(object, key.index, stored, attributes: attributes)
            return
        }
        let shape = cage.load32(object)
        if let place = lookup(shape: shape, key: key.offset) {
            try setAttributes(object, place, attributes)
            storeSlot(object, cage.load32(object), place.slot, stored)
            // Caches may have the getter's result rather than the slot.
            if becomesAccessor { noteStructuralChange(object) }
            if key.offset == wellKnown.prototype { forgetInstanceShape(object) }
        } else {
            materializeBeforeAdding(object)
            try addProperty(object, key: key.offset, value: stored, attributes: attributes)
        }
    }

    /// ArraySetLength with a descriptor. `value` may need conversion, which may run guest code.
    private func arrayDefineLength(_ array: UInt32, _ descriptor: PropertyDescriptor) throws(Thrown) -> Bool {
        var length = cage.load32(array, Layout.arrayLength)
        if let value = descriptor.value {
            let number = try toUint32(value)
            let check = try toNumber(value)
            guard Double(number) == check.number else { throw rangeError("Invalid array length") }
            length = number
        }
        if descriptor.configurable == true || descriptor.enumerable == true || descriptor.isAccessor { return false }
        let readOnly = cage.load8(array, Layout.flags) & ObjectFlag.lengthReadOnly != 0
        if readOnly {
            if descriptor.writable == true { return false }
            return descriptor.value == nil || length == cage.load32(array, Layout.arrayLength)
        }
        let done = try setArrayLength(array, length)
        if descriptor.writable == false {
            cage.store8(array, Layout.flags, cage.load8(array, Layout.flags) | ObjectFlag.lengthReadOnly)
            try detachElementFastPath(array)
        }
        return done
    }

    /// Makes stores at the end of the array take the slow path (length not writable, not extensible).
    func detachElementFastPath(_ object: UInt32) throws(Thrown) {
        if !hasSparseElements(object) { try makeSparse(object) }
    }

    /// O.[[HasProperty]](key).
    public func hasProperty(_ start: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        var object = start
        var steps = 0
        while true {
            if isExotic(object) {
                switch try exoticHasProperty(object, key) {
                case .found: return true
                case .notFound: return false
                case .goOn: break
                }
            } else if ordinaryHasOwnProperty(object, key) {
                return true
            }
            object = cage.load32(cage.load32(object), ShapeLayout.prototype)
            if object == 0 { return false }
            steps &+= 1
            if steps & 7 == 0 { try charge(8) }
        }
    }

    /// O.[[Delete]](key).
    public func deleteProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        if isExotic(object) { return try exoticDelete(object, key) }
        return try ordinaryDelete(object, key)
    }

    func ordinaryDelete(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        if key.isIndex {
            guard let element = ownElement(object, key.index) else { return true }
            if element.attributes & Attribute.configurable == 0 { return false }
            removeElement(object, key.index)
            return true
        }
        if kind(of: object) == CellKind.array, key.offset == wellKnown.length { return false }
        materializeLazyProperties(object, key)
        guard let place = lookup(shape: cage.load32(object), key: key.offset) else { return true }
        if place.attributes & Attribute.configurable == 0 { return false }
        try removeProperty(object, key: key.offset, place)
        return true
    }

    /// O.[[OwnPropertyKeys]](): indices ascending, strings, symbols.
    public func ownPropertyKeys(_ object: UInt32) throws(Thrown) -> [PropertyKey] {
        if isExotic(object) { return try exoticOwnKeys(object) }
        return try ordinaryOwnKeys(object)
    }

    func ordinaryOwnKeys(_ object: UInt32) throws(Thrown) -> [PropertyKey] {
        var keys = try elementIndices(object).map { PropertyKey(index: $0) }
        try appendNamedKeys(object, to: &keys)
        return keys
    }

    /// Named own keys: strings, then symbols. Private names are left out.
    func appendNamedKeys(_ object: UInt32, to keys: inout [PropertyKey]) throws(Thrown) {
        materializeAllLazyProperties(object)
        if kind(of: object) == CellKind.array { keys.append(PropertyKey(atom: wellKnown.length)) }
        var symbols: [PropertyKey] = []
        let before = keys.count
        let shape = cage.load32(object)
        let table = cage.load32(shape, ShapeLayout.table)
        if table != 0 {
            for entry in 0..<min(cage.load32(shape, ShapeLayout.count), cage.load32(table)) {
                if entry & 4095 == 4095 { try charge(4096 &* 3) }
                let key = cage.load32(table &+ 16 &+ entry &* 8)
                if key == 0 { continue }
                if cage.load8(key, Layout.kind) == CellKind.symbol {
                    if cage.load8(key, Layout.flags) & StringFlag.privateName == 0 {
                        symbols.append(PropertyKey(symbol: key))
                    }
                } else {
                    keys.append(PropertyKey(atom: key))
                }
            }
        }
        // `stack` is older than what was added before somebody looked at it.
        if kind(of: object) == CellKind.error, let place = keys.lastIndex(of: PropertyKey(atom: wellKnown.stack)), place > before {
            keys.remove(at: place)
            keys.insert(PropertyKey(atom: wellKnown.stack), at: before)
        }
        keys += symbols
        try charge(((keys.count &- before) & 4095) &* 3 &+ 1)
    }

    /// O.[[GetPrototypeOf]](): 0 is null.
    public func getPrototypeOf(_ object: UInt32) throws(Thrown) -> UInt32 {
        if kind(of: object) == CellKind.proxy { return try proxyGetPrototypeOf(object) }
        return cage.load32(cage.load32(object), ShapeLayout.prototype)
    }

    /// The prototype of an object that is no proxy.
    @inlinable @inline(__always)
    public func ordinaryPrototype(_ object: UInt32) -> UInt32 {
        cage.load32(cage.load32(object), ShapeLayout.prototype)
    }

    /// O.[[SetPrototypeOf]](prototype).
    public func setPrototypeOf(_ object: UInt32, _ prototype: UInt32) throws(Thrown) -> Bool {
        if kind(of: object) == CellKind.proxy { return try proxySetPrototypeOf(object, prototype) }
        if ordinaryPrototype(object) == prototype { return true }
        if cage.load8(object, Layout.flags) & ObjectFlag.nonExtensible != 0 || hasImmutablePrototype(object) {
            return false
        }
        var ancestor = prototype
        var steps = 0
        while ancestor != 0, kind(of: ancestor) != CellKind.proxy {
            if ancestor == object { return false }
            ancestor = ordinaryPrototype(ancestor)
            steps &+= 1
            if steps & 7 == 0 { try charge(8) }
        }
        try changePrototype(object, to: prototype)
        return true
    }

    /// Object.prototype and module namespaces keep their prototype for ever.
    private func hasImmutablePrototype(_ object: UInt32) -> Bool {
        kind(of: object) == CellKind.moduleNamespace || realms.contains { realmValue($0, .objectPrototype).offset == object }
    }

    /// O.[[IsExtensible]]().
    public func isExtensible(_ object: UInt32) throws(Thrown) -> Bool {
        if kind(of: object) == CellKind.proxy { return try proxyIsExtensible(object) }
        return cage.load8(object, Layout.flags) & ObjectFlag.nonExtensible == 0
    }

    /// O.[[PreventExtensions]]().
    public func preventExtensions(_ object: UInt32) throws(Thrown) -> Bool {
        if kind(of: object) == CellKind.proxy { return try proxyPreventExtensions(object) }
        if kind(of: object) == CellKind.typedArray, !isTypedArrayFixedLength(object) { return false }
        materializeAllLazyProperties(object)
        if cage.load8(object, Layout.flags) & ObjectFlag.nonExtensible == 0 {
            if !isExotic(object) || kind(of: object) == CellKind.mappedArguments { try detachElementFastPath(object) }
            // A shape of its own: cached additions do not apply to it.
            try convertToDictionary(object)
            cage.store8(object, Layout.flags, cage.load8(object, Layout.flags) | ObjectFlag.nonExtensible)
        }
        return true
    }
}
