import TerrariumCage

/// What a property read found, without having run any guest code.
enum GetResult {
    case value(Value)
    /// An accessor's getter, to be called with the receiver (undefined getters are already `.value(undefined)`).
    case getter(Value)
    /// An exotic object whose [[Get]] may run guest code.
    case exotic(UInt32)
}

/// What to remember in an inline cache.
struct CacheHint {
    /// Holder of the property; equal to the object for own properties.
    var holder: UInt32 = 0
    var shape: UInt32 = 0
    /// Byte distance from the holder (inline) or from its slots cell (out of line).
    var slot: UInt32 = 0
    var isInline = false
    var cacheable = false
    /// The property is neither on the object nor on its few, ordinary prototypes.
    var absent = false
    /// The slot, on a prototype, holds an accessor (`cacheable` is not set).
    var isAccessor = false
}

/// [[Get]] (ECMA-262 §10.1.8).
extension Machine {
    /// Finds a named property along the prototype chain up to the first exotic object that has its own [[Get]].
    func findForGet(_ start: UInt32, _ key: PropertyKey, hint: inout CacheHint) throws(Thrown) -> GetResult {
        var object = start
        var steps = 0
        var isPlain = true
        while true {
            if isExotic(object) {
                isPlain = false
                switch try exoticLookup(object, key) {
                case .value(let value): return .value(value)
                case .runsGuestCode: return .exotic(object)
                case .notFound: return .value(.undefined)
                case .goOn: break
                }
            }
            if key.isIndex {
                if let element = ownElement(object, key.index) {
                    return getResult(element.value, element.attributes)
                }
            } else {
                materializeLazyProperties(object, key)
                let shape = cage.load32(object)
                if let place = lookup(shape: shape, key: key.offset) {
                    let value = loadSlot(object, shape, place.slot)
                    if place.attributes & Attribute.accessor == 0 {
                        noteCacheable(&hint, start, object, shape, place.slot, steps)
                        return .value(value)
                    }
                    if isPlain, steps > 0 { noteAccessor(&hint, start, object, shape, place.slot, steps) }
                    return getResult(value, place.attributes)
                }
                if key.offset == wellKnown.length, kind(of: object) == CellKind.array {
                    return .value(Value(cage.load32(object, Layout.arrayLength)))
                }
            }
            object = ordinaryPrototype(object)
            if object == 0 {
                let shape = cage.load32(start)
                if isPlain, steps < 7, cage.load8(shape, ShapeLayout.flags) == 0 {
                    hint.shape = shape
                    hint.absent = true
                }
                return .value(.undefined)
            }
            steps &+= 1
            if steps & 7 == 0 { try charge(8) }
        }
    }

    @inline(__always)
    private func getResult(_ value: Value, _ attributes: UInt8) -> GetResult {
        if attributes & Attribute.accessor == 0 { return .value(value) }
        let getter = Value(bits: cage.load64(value.offset, Layout.accessorGetter))
        return getter.isUndefined ? .value(.undefined) : .getter(getter)
    }

    @inline(__always)
    private func noteCacheable(
        _ hint: inout CacheHint, _ start: UInt32, _ holder: UInt32, _ shape: UInt32, _ slot: UInt32, _ steps: Int
    ) {
        let startShape = cage.load32(start)
        if steps > 0 {
            // Absence in a dictionary is not guarded by its shape; longer chains are charged per step.
            if cage.load8(startShape, ShapeLayout.flags) & ShapeFlag.dictionary != 0 || steps > 7
                || (isExotic(start) && kind(of: start) != CellKind.typedArray) { return }
        }
        let inline = UInt32(cage.load8(shape, ShapeLayout.inlineCapacity))
        hint.holder = holder
        hint.shape = startShape
        hint.isInline = slot < inline
        hint.slot = slot < inline
            ? UInt32(cage.load8(shape, ShapeLayout.inlineBase)) &+ slot &* 8 : 8 &+ (slot &- inline) &* 8
        hint.cacheable = true
    }

    /// Notes an accessor on a prototype.
    private func noteAccessor(
        _ hint: inout CacheHint, _ start: UInt32, _ holder: UInt32, _ shape: UInt32, _ slot: UInt32, _ steps: Int
    ) {
        noteCacheable(&hint, start, holder, shape, slot, steps)
        hint.isAccessor = hint.cacheable
        hint.cacheable = false
    }

    /// O.[[Get]](key, receiver). May run guest code.
    public func get(_ object: UInt32, _ key: PropertyKey, receiver: Value) throws(Thrown) -> Value {
        var hint = CacheHint()
        switch try findForGet(object, key, hint: &hint) {
        case .value(let value): return value
        case .getter(let getter): return try call(getter, this: receiver)
        case .exotic(let exotic): return try exoticGet(exotic, key, receiver)
        }
    }

    /// Get(O, key). May run guest code.
    public func get(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Value {
        try get(object, key, receiver: Value(object: object))
    }

    public func get(_ object: UInt32, atom: UInt32) throws(Thrown) -> Value {
        try get(object, PropertyKey(atom: atom), receiver: Value(object: object))
    }

    /// GetV(value, key). May run guest code. Throws a TypeError for undefined and null.
    public func getV(_ value: Value, _ key: PropertyKey) throws(Thrown) -> Value {
        if value.isObject { return try get(value.offset, key) }
        if value.isString, let own = try stringOwnValue(value, key) { return own }
        guard let prototype = prototypeForPrimitive(value) else {
            throw cannotRead(value, key)
        }
        return try get(prototype, key, receiver: value)
    }

    /// GetMethod(value, key): undefined when absent. May run guest code.
    public func getMethod(_ value: Value, _ key: PropertyKey) throws(Thrown) -> Value {
        let method = try getV(value, key)
        if method.isNullish { return .undefined }
        guard isCallable(method) else { throw typeError("\(describeCallSite(method)) is not a function") }
        return method
    }

    /// Prototype that property reads on a primitive start from; nil for undefined and null.
    func prototypeForPrimitive(_ value: Value) -> UInt32? {
        if value.isString { return intrinsic(.stringPrototype).offset }
        if value.isNumber { return intrinsic(.numberPrototype).offset }
        if value.isBoolean { return intrinsic(.booleanPrototype).offset }
        if value.isSymbol { return intrinsic(.symbolPrototype).offset }
        if value.isBigInt { return intrinsic(.bigIntPrototype).offset }
        return nil
    }

    /// Own properties of a primitive string: units and length.
    func stringOwnValue(_ string: Value, _ key: PropertyKey) throws(Thrown) -> Value? {
        if key.isIndex {
            guard Int(clamping: key.index) < stringLength(string) else { return nil }
            return try makeString(unit: try flat(string)[Int(key.index)])
        }
        if key.isAtom, key.offset == wellKnown.length { return Value(stringLength(string)) }
        return nil
    }

    // MARK: [[Set]]

    /// O.[[Set]](key, value, receiver) (ECMA-262 §10.1.9). May run guest code. False when refused.
    public func set(_ object: UInt32, _ key: PropertyKey, _ value: Value, receiver: Value) throws(Thrown) -> Bool {
        var hint = CacheHint()
        switch try prepareSet(object, key, value, receiver: receiver, hint: &hint) {
        case .done: return true
        case .refused: return false
        case .setter(let setter):
            _ = try call(setter, this: receiver, value)
            return true
        case .exotic(let exotic): return try exoticSet(exotic, key, value, receiver)
        }
    }

    /// As `set` as far as it runs no guest code; nil when that has to be asked, and nothing was done.
    public func setWithoutGuestCode(_ object: UInt32, _ key: PropertyKey, _ value: Value, receiver: Value) throws(Thrown) -> Bool? {
        if receiver.isObject, kind(of: receiver.offset) == CellKind.proxy { return nil }
        if lengthNeedsFrame(object, key, value, receiver: receiver) { return nil }
        if receiver.isObject, receiver.offset != object, try definitionCoerces(receiver.offset, key, value) { return nil }
        var hint = CacheHint()
        switch try prepareSet(object, key, value, receiver: receiver, hint: &hint) {
        case .done: return true
        case .refused: return false
        case .setter: return nil
        case .exotic(let exotic):
            if kind(of: exotic) == CellKind.proxy || value.isObject && kind(of: exotic) == CellKind.typedArray { return nil }
            return try exoticSet(exotic, key, value, receiver)
        }
    }

    /// Set(O, key, value, throw). May run guest code.
    public func put(_ object: UInt32, _ key: PropertyKey, _ value: Value, strict: Bool = true) throws(Thrown) {
        let done = try set(object, key, value, receiver: Value(object: object))
        if !done, strict { throw cannotAssign(Value(object: object), key) }
    }

    enum SetResult {
        case done
        case refused
        case setter(Value)
        case exotic(UInt32)
    }

    /// Does an assignment as far as no guest code is needed.
    func prepareSet(_ start: UInt32, _ key: PropertyKey, _ value: Value, receiver: Value, hint: inout CacheHint)
        throws(Thrown) -> SetResult
    {
        var object = start
        var steps = 0
        while true {
            if isExotic(object) {
                switch try exoticPrepareSet(object, key, receiver) {
                case .handle: return .exotic(object)
                case .goOn: break
                }
            }
            if key.isIndex {
                if let element = ownElement(object, key.index) {
                    return try assign(
                        object, key, value, receiver, element.value, element.attributes, place: nil, hint: &hint)
                }
            } else {
                materializeLazyProperties(object, key)
                let shape = cage.load32(object)
                if let place = lookup(shape: shape, key: key.offset) {
                    if place.attributes & Attribute.accessor != 0, steps > 0 {
                        noteAccessor(&hint, start, object, shape, place.slot, steps)
                    }
                    return try assign(
                        object, key, value, receiver, loadSlot(object, shape, place.slot), place.attributes,
                        place: place, hint: &hint)
                }
                if key.offset == wellKnown.length, kind(of: object) == CellKind.array {
                    if cage.load8(object, Layout.flags) & ObjectFlag.lengthReadOnly != 0 { return .refused }
                    guard receiver.isObject, receiver.offset == object else {
                        return try setOnReceiver(receiver, key, value)
                    }
                    return try ordinaryDefineOwnProperty(object, key, PropertyDescriptor(value: value))
                        ? .done : .refused
                }
            }
            object = ordinaryPrototype(object)
            if object == 0 { break }
            steps &+= 1
            if steps & 7 == 0 { try charge(8) }
        }
        if receiver.isObject, receiver.offset == start, !isExotic(start) {
            return try addOnAssign(start, key, value, steps, hint: &hint)
        }
        return try setOnReceiver(receiver, key, value)
    }

    /// A property was found on `object`.
    @inline(__always)
    private func assign(
        _ object: UInt32, _ key: PropertyKey, _ value: Value, _ receiver: Value, _ current: Value, _ attributes: UInt8,
        place: PropertyLocation?, hint: inout CacheHint
    ) throws(Thrown) -> SetResult {
        if attributes & Attribute.accessor != 0 {
            let setter = Value(bits: cage.load64(current.offset, Layout.accessorSetter))
            return setter.isUndefined ? .refused : .setter(setter)
        }
        if attributes & Attribute.writable == 0 { return .refused }
        guard receiver.isObject, receiver.offset == object else { return try setOnReceiver(receiver, key, value) }
        if let place {
            let shape = cage.load32(object)
            storeSlot(object, shape, place.slot, value)
            if key.offset == wellKnown.prototype, kind(of: object) == CellKind.function {
                forgetInstanceShape(object)
            } else {
                noteCacheable(&hint, object, object, shape, place.slot, 0)
            }
        } else {
            try putElement(object, key.index, value, attributes: attributes)
        }
        return .done
    }

    /// No property of that name anywhere: adds one to the receiver, which is the (ordinary) object itself.
    private func addOnAssign(_ object: UInt32, _ key: PropertyKey, _ value: Value, _ steps: Int, hint: inout CacheHint)
        throws(Thrown) -> SetResult
    {
        let flags = cage.load8(object, Layout.flags)
        if flags & ObjectFlag.nonExtensible != 0 { return .refused }
        if key.isIndex {
            if kind(of: object) == CellKind.array, key.index >= cage.load32(object, Layout.arrayLength),
                flags & ObjectFlag.lengthReadOnly != 0 {
                return .refused
            }
            try putElement(object, key.index, value)
            return .done
        }
        // The lazy properties of a function come before what is added to it.
        if flags & ObjectFlag.lazyProperties != 0 { materializeBeforeAdding(object) }
        let before = cage.load32(object)
        let slot = cage.load32(before, ShapeLayout.nextSlot)
        try addProperty(object, key: key.offset, value: value, attributes: Attribute.all)
        let after = cage.load32(object)
        let inline = UInt32(cage.load8(before, ShapeLayout.inlineCapacity))
        if before != after, slot < inline, steps <= 7, flags & ObjectFlag.isPrototype == 0,
            cage.load8(after, ShapeLayout.flags) & ShapeFlag.dictionary == 0,
            cage.load8(before, ShapeLayout.flags) & ShapeFlag.dictionary == 0 {
            hint.shape = before
            hint.holder = after
            hint.isInline = true
            hint.slot = UInt32(cage.load8(before, ShapeLayout.inlineBase)) &+ slot &* 8
            hint.cacheable = true
        }
        return .done
    }

    /// OrdinarySetWithOwnDescriptor steps 2.b–e for a receiver that is not the holder. May run guest code (proxy).
    func setOnReceiver(_ receiver: Value, _ key: PropertyKey, _ value: Value) throws(Thrown) -> SetResult {
        guard receiver.isObject else { return .refused }
        let object = receiver.offset
        if let existing = try getOwnProperty(object, key) {
            if existing.isAccessor || existing.writable == false { return .refused }
            return try defineOwnProperty(object, key, PropertyDescriptor(value: value)) ? .done : .refused
        }
        return try defineOwnProperty(object, key, PropertyDescriptor(value: value, attributes: Attribute.all))
            ? .done : .refused
    }

    // MARK: Defining

    /// CreateDataProperty(O, key, value). May run guest code (proxy).
    public func createDataProperty(_ object: UInt32, _ key: PropertyKey, _ value: Value) throws(Thrown) -> Bool {
        if key.isIndex, canAppend(object), key.index == cage.load32(object, Layout.arrayLength), key.index < 0xFFFF_FFF0 {
            try appendElement(object, value)
            return true
        }
        // Elements of an extensible array that are not sparse have all attributes.
        if key.isIndex, kind(of: object) == CellKind.array, !hasSparseElements(object),
            cage.load8(object, Layout.flags) & (ObjectFlag.nonExtensible | ObjectFlag.lengthReadOnly) == 0 {
            try putElement(object, key.index, value)
            return true
        }
        return try defineOwnProperty(object, key, PropertyDescriptor(value: value, attributes: Attribute.all))
    }

    /// CreateDataPropertyOrThrow(O, key, value). May run guest code (proxy).
    public func createDataPropertyOrThrow(_ object: UInt32, _ key: PropertyKey, _ value: Value) throws(Thrown) {
        if try createDataProperty(object, key, value) { return }
        if kind(of: object) == CellKind.proxy { throw cannotDefine(key) }
        throw try getOwnProperty(object, key) == nil ? cannotDefine(key) : cannotRedefine(key)
    }

    /// DefinePropertyOrThrow(O, key, descriptor). May run guest code (proxy).
    public func definePropertyOrThrow(_ object: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor)
        throws(Thrown)
    {
        chargeLater(2)
        guard try defineOwnProperty(object, key, descriptor) else {
            if kind(of: object) == CellKind.proxy { throw refusedByTrap("defineProperty", key) }
            let existing = try getOwnProperty(object, key)
            throw existing == nil
                ? typeError("Cannot define property \(describe(key)), object is not extensible") : cannotRedefine(key)
        }
    }

    /// DeletePropertyOrThrow(O, key). May run guest code (proxy).
    public func deletePropertyOrThrow(_ object: UInt32, _ key: PropertyKey) throws(Thrown) {
        guard try deleteProperty(object, key) else { throw cannotDelete(Value(object: object), key) }
    }

    func cannotDelete(_ object: Value, _ key: PropertyKey) -> Thrown {
        if object.isObject, kind(of: object.offset) == CellKind.proxy { return refusedByTrap("deleteProperty", key) }
        return typeError("Cannot delete property '\(describe(key))' of \(describe(object))")
    }

    /// The trap of a proxy said no.
    func refusedByTrap(_ trap: String, _ key: PropertyKey) -> Thrown {
        typeError("'\(trap)' on proxy: trap returned falsish for property '\(describe(key))'")
    }

    func cannotDefine(_ key: PropertyKey) -> Thrown {
        typeError("Cannot define property \(describe(key)), object is not extensible")
    }
    func cannotRedefine(_ key: PropertyKey) -> Thrown { typeError("Cannot redefine property: \(describe(key))") }

    /// The TypeError of a refused assignment in strict code, in V8's words.
    public func cannotAssign(_ target: Value, _ key: PropertyKey) -> Thrown {
        guard target.isObject else {
            if target.isString, key.isIndex ? Int(clamping: key.index) < stringLength(target) : key.offset == wellKnown.length {
                return typeError("Cannot assign to read only property '\(describe(key))' of string '\(describe(target))'")
            }
            return typeError("Cannot create property '\(describe(key))' on \(typeName(target)) '\(describe(target))'")
        }
        var object = target.offset
        var steps = 0
        while object != 0, kind(of: object) != CellKind.proxy, steps < 1000 {
            if let own = try? getOwnProperty(object, key) {
                if own.isAccessor {
                    return typeError(
                        "Cannot set property \(describe(key)) of \(describe(target)) which has only a getter")
                }
                if own.writable == false {
                    return typeError(
                        "Cannot assign to read only property '\(describe(key))' of \(typeName(target)) '\(describe(target))'")
                }
                break
            }
            object = ordinaryPrototype(object)
            steps &+= 1
        }
        if kind(of: target.offset) == CellKind.proxy {
            return typeError("'set' on proxy: trap returned falsish for property '\(describe(key))'")
        }
        return typeError("Cannot add property \(describe(key)), object is not extensible")
    }
}
