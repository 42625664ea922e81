import TerrariumCage

/// One table of property look-ups by shape and key, for the places in the code that meet more shapes than an inline
/// cache holds, and for keys that are not in the code.
///
/// 1. An entry is two words: shape and key; where the value is, and the prototype epoch.
/// 2. A property of the object itself holds as long as the shape lives: a collection drops the table. What was found on
///    a prototype, or nowhere, holds only in the epoch in which it was found.
/// 3. Only look-ups of at most seven prototypes are in it: they cost the same fuel with and without it.
/// 4. Assignments have entries of their own: to a writable property that the object has, or of one that is nowhere, which
///    holds in its epoch.
enum LookupCache {
    static let entries: UInt32 = 1024
    static let size: UInt32 = 16 &+ entries &* 16

    // What the low bits of the second word say of the rest of its low half.
    static let inline: UInt64 = 0
    static let slots: UInt64 = 1
    static let address: UInt64 = 2
    static let absent: UInt64 = 3
    /// Of an assignment: the shape that the object gets with the property.
    static let add: UInt64 = 4
    /// Assignments are remembered under the key with this bit.
    static let assignment: UInt32 = 1

    @inline(__always)
    static func position(_ shape: UInt32, _ key: UInt32) -> UInt32 {
        let mixed = ((shape >> 3) ^ (key &* 5)) &* 0x9E37_79B1
        return 16 &+ (mixed >> 22) &* 16
    }
}

extension Machine {
    /// The value of a named property (an atom or symbol that is no array index) when the table knows it; otherwise the
    /// bits of `Value.empty`.
    @inline(never)
    func rememberedProperty(_ object: UInt32, _ key: UInt32) -> UInt64 {
        let table = UInt32(truncatingIfNeeded: cells[Cell.lookupCache])
        let shape = cage.load32(object)
        let entry = table &+ LookupCache.position(shape, key)
        guard table != 0, cage.load64(entry) == UInt64(shape) | UInt64(key) << 32 else { return Value.empty.bits }
        let place = cage.load64(entry, 8)
        let low = UInt32(truncatingIfNeeded: place) & ~7
        if place & 7 == LookupCache.inline { return cage.load64(object &+ low) }
        if place & 7 == LookupCache.slots { return cage.load64(cage.load32(object, Layout.slots) &+ low) }
        guard UInt32(truncatingIfNeeded: place >> 32) == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch]) else {
            return Value.empty.bits
        }
        return place & 7 == LookupCache.address ? cage.load64(low) : Value.undefined.bits
    }

    /// The same for a property of strings that is not their own, and of numbers.
    @inline(never)
    func rememberedPrimitiveProperty(_ isString: Bool, _ key: UInt32) -> UInt64 {
        rememberedProperty(intrinsic(isString ? .stringPrototype : .numberPrototype).offset, key)
    }

    /// As above, for a key that an element instruction has: a string that is known to be an atom and no index, or a symbol.
    @inline(never)
    func rememberedElement(_ object: UInt32, _ key: Value) -> UInt64 {
        if key.isString {
            let known = StringFlag.atom | StringFlag.notIndex
            guard cage.load8(key.offset, Layout.flags) & known == known else { return Value.empty.bits }
        } else if !key.isSymbol {
            return Value.empty.bits
        }
        return isExotic(object) ? Value.empty.bits : rememberedProperty(object, key.offset)
    }

    /// Notes what `findForGet` found out about a key that is no array index.
    func remember(_ object: UInt32, _ key: UInt32, _ hint: CacheHint) throws(Thrown) {
        if cachesDisabled || !(hint.cacheable || hint.absent) { return }
        try makeLookupCache()
        var place = LookupCache.absent
        if hint.cacheable {
            if hint.holder == object {
                place = UInt64(hint.slot) | (hint.isInline ? LookupCache.inline : LookupCache.slots)
            } else {
                let base = hint.isInline ? hint.holder : cage.load32(hint.holder, Layout.slots)
                place = UInt64(base &+ hint.slot) | LookupCache.address
            }
        }
        let entry = UInt32(truncatingIfNeeded: cells[Cell.lookupCache]) &+ LookupCache.position(hint.shape, key)
        cage.store64(entry, 0, UInt64(hint.shape) | UInt64(key) << 32)
        cage.store64(entry, 8, place | UInt64(UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])) << 32)
    }

    /// `super` property of the running function, when the table knows it; the bits of `Value.empty` otherwise.
    @inline(never)
    func rememberedSuper(_ running: UInt32, _ key: Value) -> UInt64 {
        let home = cage.load32(running, Layout.functionHome)
        if home == 0 { return Value.empty.bits }
        let parent = ordinaryPrototype(home)
        return parent == 0 ? Value.empty.bits : rememberedElement(parent, key)
    }

    /// Assigns when the table knows how; otherwise false.
    @inline(never)
    func storeRemembered(_ object: UInt32, _ key: UInt32, _ value: UInt64) -> Bool {
        let table = UInt32(truncatingIfNeeded: cells[Cell.lookupCache])
        let shape = cage.load32(object), key = key | LookupCache.assignment
        let entry = table &+ LookupCache.position(shape, key)
        guard table != 0, cage.load64(entry) == UInt64(shape) | UInt64(key) << 32 else { return false }
        let place = cage.load64(entry, 8)
        let low = UInt32(truncatingIfNeeded: place) & ~7
        if place & 7 == LookupCache.inline {
            cage.store64(object &+ low, 0, value)
            return true
        }
        if place & 7 == LookupCache.slots {
            cage.store64(cage.load32(object, Layout.slots) &+ low, 0, value)
            return true
        }
        guard UInt32(truncatingIfNeeded: place >> 32) == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch]),
            cage.load8(object, Layout.flags) & ObjectFlag.isPrototype == 0
        else { return false }
        return store(object, shape, value, next: low)
    }

    /// Notes what an assignment did that `prepareSet` says may be cached.
    func rememberSet(_ key: UInt32, isOwn: Bool, _ hint: CacheHint) throws(Thrown) {
        if cachesDisabled { return }
        try makeLookupCache()
        let place = isOwn
            ? UInt64(hint.slot) | (hint.isInline ? LookupCache.inline : LookupCache.slots)
            : UInt64(hint.holder) | LookupCache.add
        let key = key | LookupCache.assignment
        let entry = UInt32(truncatingIfNeeded: cells[Cell.lookupCache]) &+ LookupCache.position(hint.shape, key)
        cage.store64(entry, 0, UInt64(hint.shape) | UInt64(key) << 32)
        cage.store64(entry, 8, place | UInt64(UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])) << 32)
    }

    /// A `super` property in full; noted in the table.
    func getSuperProperty(_ parent: UInt32, _ key: PropertyKey, receiver: Value, into register: UInt16) throws(Thrown) {
        var hint = CacheHint()
        switch try findForGet(parent, key, hint: &hint) {
        case .value(let value):
            setReg(register, value)
            if !key.isIndex, !isExotic(parent) { try remember(parent, key.offset, hint) }
        case .getter(let getter):
            try pushCall(getter, this: receiver, continuation: Continuation.store, register: register)
        case .exotic(let exotic): try pushGet(exotic, key, receiver: receiver, register: register)
        }
    }

    func makeLookupCache() throws(Thrown) {
        if cells[Cell.lookupCache] != 0 { return }
        cells[Cell.lookupCache] = Int64(
            try allocate(LookupCache.size, kind: CellKind.words, word: (LookupCache.size &- 16) / 4))
        // Collections drop it: when they happen must not change the fuel.
        refundAllocation(LookupCache.size)
    }

    /// Get(object, key) through the table. May run guest code.
    func getRemembering(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Value {
        if key.isIndex || isExotic(object) { return try get(object, key) }
        let known = rememberedProperty(object, key.offset)
        if known != Value.empty.bits { return Value(bits: known) }
        var hint = CacheHint()
        switch try findForGet(object, key, hint: &hint) {
        case .value(let value):
            try remember(object, key.offset, hint)
            return value
        case .getter(let getter): return try call(getter, this: Value(object: object))
        case .exotic(let exotic): return try exoticGet(exotic, key, Value(object: object))
        }
    }

    /// OrdinaryHasInstance where the table knows what `target` has and the chain of prototypes is short and plain;
    /// `empty` when it has to be done in full.
    @inline(never)
    func rememberedInstanceOf(_ value: Value, _ target: Value) -> Value {
        guard target.isObject,
            kind(of: target.offset) == CellKind.function || kind(of: target.offset) == CellKind.nativeFunction,
            rememberedProperty(target.offset, symbolKey(.hasInstance).offset) == intrinsic(.functionHasInstance).bits
        else { return .empty }
        if !value.isObject { return .false }
        let prototype = Value(bits: rememberedProperty(target.offset, wellKnown.prototype))
        guard prototype.isObject else { return .empty }
        var object = value.offset
        for _ in 0..<7 {
            if isExotic(object) { return .empty }
            object = ordinaryPrototype(object)
            if object == prototype.offset { return .true }
            if object == 0 { return .false }
        }
        return .empty
    }
}
