import TerrariumCage

/// Property instructions in full, and the filling of their caches.
extension Machine {
    /// Writes a quickened opcode and cache words over the instruction before `pc`.
    private func quicken(_ opcode: Opcode, _ first: UInt64, _ second: UInt64) {
        if cachesDisabled { return }
        let pc = UInt32(truncatingIfNeeded: cells[Cell.pc])
        cage.store8(pc &- 8, 0, opcode.rawValue)
        cage.store64(pc, 0, first)
        cage.store64(pc, 8, second)
        let code = runningCode
        cage.store8(code, Layout.flags, CodeCellFlag.hasCaches)
    }

    func getPropertySlow(_ word: UInt64) throws(Thrown) {
        let object = reg(word.fieldB)
        let key = constantKey(word.fieldC)
        var hint = CacheHint()
        let found: GetResult
        if object.isObject {
            if key.offset == wellKnown.length, kind(of: object.offset) == CellKind.array {
                setReg(word.fieldA, Value(cage.load32(object.offset, Layout.arrayLength)))
                quicken(.getLengthArray, 0, 0)
                skipWords(2)
                return
            }
            found = try findForGet(object.offset, key, hint: &hint)
        } else {
            if object.isString, let own = try stringOwnValue(object, key) {
                setReg(word.fieldA, own)
                if key.isAtom { quicken(.getLengthArray, 0, 0) }
                skipWords(2)
                return
            }
            guard let prototype = prototypeForPrimitive(object) else {
                throw cannotRead(object, key)
            }
            found = try findForGet(prototype, key, hint: &hint)
            if object.isString, UInt8(truncatingIfNeeded: word) == Opcode.getPropertyMegamorphic.rawValue {
                try remember(prototype, key.offset, hint)
            } else if object.isString, hint.cacheable, hint.holder == prototype {
                cacheStringGet(hint)
            } else if object.isNumber, hint.cacheable {
                try remember(prototype, key.offset, hint)
                quicken(.getPropertyMegamorphic, 0, UInt64(key.offset))
            }
            hint.cacheable = false
            hint.absent = false
        }
        switch found {
        case .value(let value):
            setReg(word.fieldA, value)
            if hint.cacheable || hint.absent { try cacheGet(word, key.offset, object.offset, hint) }
            skipWords(2)
        case .getter(let getter):
            if getter == intrinsic(.typedArrayLength), object.isObject, kind(of: object.offset) == CellKind.typedArray {
                setReg(word.fieldA, Value(typedArrayLength(object.offset) ?? 0))
                cacheTypedLength(object.offset)
                skipWords(2)
                return
            }
            if hint.isAccessor, object.isObject { cacheAccessor(.getPropertyGetter, word, hint) }
            skipWords(2)
            try pushCall(getter, this: object, continuation: Continuation.store, register: word.fieldA)
        case .exotic(let exotic):
            skipWords(2)
            try pushGet(exotic, key, receiver: object, register: word.fieldA)
        }
    }

    /// An accessor of a prototype. The cache has the place of its slot: redefining it need not change a shape.
    private func cacheAccessor(_ opcode: Opcode, _ word: UInt64, _ hint: CacheHint) {
        let isMegamorphic = UInt8(truncatingIfNeeded: word) == Opcode.getPropertyMegamorphic.rawValue
            || UInt8(truncatingIfNeeded: word) == Opcode.setPropertyMegamorphic.rawValue
        if isMegamorphic { return }
        let base = hint.isInline ? hint.holder : cage.load32(hint.holder, Layout.slots)
        quicken(
            opcode, UInt64(hint.shape) | UInt64((base &+ hint.slot) &- hint.holder) << 32,
            UInt64(hint.holder) | UInt64(UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])) << 32)
    }

    /// A property of String.prototype, read on a string.
    private func cacheStringGet(_ hint: CacheHint) {
        let flags = cage.load8(hint.holder, Layout.flags)
        cage.store8(hint.holder, Layout.flags, flags | ObjectFlag.isPrototype)
        let base = hint.isInline ? hint.holder : cage.load32(hint.holder, Layout.slots)
        quicken(
            .getPropertyString, UInt64((base &+ hint.slot) &- hint.holder) << 32,
            UInt64(hint.holder) | UInt64(UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])) << 32)
    }

    /// The length of a typed array comes from %TypedArray%.prototype: its shape says that it has none of its own, the
    /// epoch that nobody changed its prototypes.
    private func cacheTypedLength(_ array: UInt32) {
        let shape = cage.load32(array)
        guard cage.load8(shape, ShapeLayout.flags) & ShapeFlag.dictionary == 0,
            ordinaryPrototype(ordinaryPrototype(array)) == intrinsic(.typedArrayPrototype).offset
        else { return }
        quicken(
            .getLengthTyped, UInt64(shape), UInt64(UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])) << 32)
    }

    private func cacheGet(_ word: UInt64, _ key: UInt32, _ object: UInt32, _ hint: CacheHint) throws(Thrown) {
        if try cacheManyShapes(word, key, object, hint) { return }
        let shape = UInt64(hint.shape)
        if hint.holder != object {
            let base = hint.isInline ? hint.holder : cage.load32(hint.holder, Layout.slots)
            // The slots cell of a prototype may be replaced when it grows, which bumps the epoch.
            let address = base &+ hint.slot
            quicken(
                .getPropertyPrototype, shape | UInt64(address &- hint.holder) << 32,
                UInt64(hint.holder) | UInt64(UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])) << 32)
            return
        }
        if !hint.isInline {
            quicken(.getPropertyOwnSlots, shape | UInt64(hint.slot) << 32, 0)
            return
        }
        let entry = shape | UInt64(hint.slot) << 32
        if UInt8(truncatingIfNeeded: word) == Opcode.getPropertyOwn.rawValue
            || UInt8(truncatingIfNeeded: word) == Opcode.getPropertyPolymorphic.rawValue {
            let old = cage.load64(UInt32(truncatingIfNeeded: cells[Cell.pc]))
            quicken(.getPropertyPolymorphic, entry, old)
        } else {
            quicken(.getPropertyOwn, entry, 0)
        }
    }

    /// Whether the instruction meets another shape than its cache holds, and the cache cannot hold one more: from now on
    /// it uses the table of look-ups. An absent property is in the table from the start.
    private func cacheManyShapes(_ word: UInt64, _ key: UInt32, _ object: UInt32, _ hint: CacheHint) throws(Thrown) -> Bool {
        let cached = cage.load32(UInt32(truncatingIfNeeded: cells[Cell.pc]))
        switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {
        case .getPropertyMegamorphic: break
        case .getPropertyOwn where hint.cacheable && hint.holder == object && hint.isInline: return false
        case .getPropertyOwn, .getPropertyOwnSlots, .getPropertyPrototype:
            if hint.cacheable, cached == hint.shape { return false }
        case .getPropertyPolymorphic, .getPropertyString: break
        default: if hint.cacheable { return false }
        }
        try remember(object, key, hint)
        quicken(.getPropertyMegamorphic, 0, UInt64(key))
        return true
    }

    func setPropertySlow(_ word: UInt64) throws(Thrown) {
        let target = reg(word.fieldA), value = reg(word.fieldB)
        let key = constantKey(word.fieldC)
        let strict = word.fieldX & 1 != 0
        var hint = CacheHint()
        let start: UInt32
        if target.isObject {
            start = target.offset
        } else {
            guard let prototype = prototypeForPrimitive(target) else {
                throw typeError(
                    "Cannot set properties of \(target.isNull ? "null" : "undefined") (setting '\(quote(key))')")
            }
            start = prototype
        }
        if lengthNeedsFrame(start, key, value, receiver: target) {
            skipWords(2)
            return try pushSet(start, key, value, receiver: target, strict: strict)
        }
        let shapeBefore = cage.load32(start)
        switch try prepareSet(start, key, value, receiver: target, hint: &hint) {
        case .done:
            if hint.cacheable, target.isObject { try cacheSet(word, key.offset, start, shapeBefore, hint) }
            skipWords(2)
        case .refused:
            if strict { throw cannotAssign(target, key) }
            skipWords(2)
        case .setter(let setter):
            if hint.isAccessor, target.isObject { cacheAccessor(.setPropertySetter, word, hint) }
            skipWords(2)
            try pushCall(setter, this: target, argument: value, continuation: Continuation.discard, register: 0)
        case .exotic(let exotic):
            skipWords(2)
            try pushSet(exotic, key, value, receiver: target, strict: strict)
        }
    }

    private func cacheSet(_ word: UInt64, _ key: UInt32, _ object: UInt32, _ before: UInt32, _ hint: CacheHint)
        throws(Thrown)
    {
        let isOwn = hint.holder == object
        if !isOwn, hint.shape != before { return }
        switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {
        case .setProperty, .setPropertySetter: break
        default:
            // Another shape than the cache holds: from now on the table of look-ups. (A change of a prototype is none.)
            let cached = cage.load32(UInt32(truncatingIfNeeded: cells[Cell.pc]))
            if cached != 0, cached == hint.shape { break }
            try rememberSet(key, isOwn: isOwn, hint)
            quicken(.setPropertyMegamorphic, 0, UInt64(key))
            return
        }
        let entry = UInt64(hint.shape) | UInt64(hint.slot) << 32
        if isOwn {
            quicken(hint.isInline ? .setPropertyOwn : .setPropertyOwnSlots, entry, 0)
        } else {
            quicken(
                .setPropertyAdd, entry,
                UInt64(hint.holder) | UInt64(UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])) << 32)
        }
    }

    func defineFieldSlow(_ word: UInt64) throws(Thrown) {
        let object = reg(word.fieldA).offset
        let key = constantKey(word.fieldC)
        let shape = cage.load32(object)
        if kind(of: object) == CellKind.object, !key.isIndex, lookup(shape: shape, key: key.offset) == nil,
            cage.load8(object, Layout.flags) & (ObjectFlag.nonExtensible | ObjectFlag.isPrototype) == 0 {
            let slot = cage.load32(shape, ShapeLayout.nextSlot)
            try addProperty(object, key: key.offset, value: reg(word.fieldB), attributes: Attribute.all)
            let inline = UInt32(cage.load8(shape, ShapeLayout.inlineCapacity))
            let after = cage.load32(object)
            if slot < inline, cage.load8(after, ShapeLayout.flags) & ShapeFlag.dictionary == 0 {
                let place = UInt32(cage.load8(shape, ShapeLayout.inlineBase)) &+ slot &* 8
                quicken(.defineFieldAdd, UInt64(shape) | UInt64(place) << 32, UInt64(after))
            }
        } else if try defineNeedsFrame(object, key, reg(word.fieldB)) {
            skipWords(2)
            return try push(
                .defineField, reg(word.fieldA), try keyValue(key), reg(word.fieldB), continuation: Continuation.discard,
                register: 0)
        } else {
            try createDataPropertyOrThrow(object, key, reg(word.fieldB))
        }
        skipWords(2)
    }

    /// Whether defining a field runs guest code.
    func defineNeedsFrame(_ object: UInt32, _ key: PropertyKey, _ value: Value) throws(Thrown) -> Bool {
        if kind(of: object) == CellKind.proxy { return true }
        return try definitionCoerces(object, key, value)
    }

    // MARK: Elements

    func getElementSlow(_ word: UInt64) throws(Thrown) {
        let object = reg(word.fieldB)
        var index = reg(word.fieldC)
        if index.isDouble { index = Value(number: index.double) }
        if object.isString, index.isInt, index.int >= 0, Int(index.int) < stringLength(object) {
            setReg(word.fieldA, try makeString(unit: try flat(object)[Int(index.int)]))
            return
        }
        if object.isNullish {
            if index == symbolValue(.iterator) { throw notIterable(object) }
            throw typeError(
                "Cannot read properties of \(object.isNull ? "null" : "undefined")"
                    + (describeKey(index).map { " (reading '\($0)')" } ?? ""))
        }
        if index.isObject, word.fieldX & 1 == 0 { return try push(.getElement, object, index, register: word.fieldA) }
        if index.isObject { return try push(.toKey, index, continuation: Continuation.again, register: word.fieldC) }
        let key = try toPropertyKey(index)
        var hint = CacheHint()
        let start: UInt32
        if object.isObject {
            start = object.offset
        } else {
            if object.isString, let own = try stringOwnValue(object, key) {
                setReg(word.fieldA, own)
                return
            }
            start = prototypeForPrimitive(object) ?? 0
        }
        switch try findForGet(start, key, hint: &hint) {
        case .value(let value):
            setReg(word.fieldA, value)
            if !key.isIndex, !isExotic(start) { try remember(start, key.offset, hint) }
        case .getter(let getter):
            try pushCall(getter, this: object, continuation: Continuation.store, register: word.fieldA)
        case .exotic(let exotic): try pushGet(exotic, key, receiver: object, register: word.fieldA)
        }
    }

    func setElementSlow(_ word: UInt64) throws(Thrown) {
        let target = reg(word.fieldA)
        var index = reg(word.fieldB)
        let value = reg(word.fieldC)
        if index.isDouble { index = Value(number: index.double) }
        if target.isObject, index.isInt, storeNewElement(target.offset, index.offset, value) { return }
        if index.isInt, target.isObject, kind(of: target.offset) == CellKind.typedArray {
            if value.isObject {
                return try push(.typedStore, target, index, value, continuation: Continuation.discard, register: 0)
            }
            return try typedArraySet(target.offset, Int(index.int), value)
        }
        if target.isNullish {
            throw typeError(
                "Cannot set properties of \(target.isNull ? "null" : "undefined")"
                    + (describeKey(index).map { " (setting '\($0)')" } ?? ""))
        }
        if index.isObject {
            return try push(
                .setElement, target, index, value, Value(word.fieldX & 1 != 0), continuation: Continuation.discard, register: 0)
        }
        let key = try toPropertyKey(index)
        if target.isObject, lengthNeedsFrame(target.offset, key, value, receiver: target) {
            return try pushSet(target.offset, key, value, receiver: target, strict: word.fieldX & 1 != 0)
        }
        var hint = CacheHint()
        let start = target.isObject ? target.offset : prototypeForPrimitive(target) ?? 0
        switch try prepareSet(start, key, value, receiver: target, hint: &hint) {
        case .done: break
        case .refused: if word.fieldX & 1 != 0 { throw cannotAssign(target, key) }
        case .setter(let setter):
            try pushCall(setter, this: target, argument: value, continuation: Continuation.discard, register: 0)
        case .exotic(let exotic):
            try pushSet(exotic, key, value, receiver: target, strict: word.fieldX & 1 != 0)
        }
    }

    /// No object that arrays inherit from has indexed properties: a hole or an index at the end may be filled directly.
    var arrayIndexLookupsArePristine: Bool { arrayIndexLookupsArePristine(currentRealm) }

    @inline(__always)
    func arrayIndexLookupsArePristine(_ realm: UInt32) -> Bool {
        let none = emptyElements
        let array = realmValue(realm, .arrayPrototype), object = realmValue(realm, .objectPrototype)
        // Both are undefined while a realm is made.
        if object.isObject, cage.load32(object.offset, Layout.elements) != none { return false }
        return !array.isObject
            || (cage.load32(array.offset, Layout.elements) == none && ordinaryPrototype(array.offset) == object.offset)
    }

    func deleteSlow(_ word: UInt64, _ key: PropertyKey) throws(Thrown) {
        let object = try toObject(reg(word.fieldB))
        try pushDelete(object.offset, key, strict: word.fieldX & 1 != 0, register: word.fieldA)
    }

    func deleteElementSlow(_ word: UInt64) throws(Thrown) {
        let object = reg(word.fieldB)
        if object.isNullish { throw typeError("Cannot convert undefined or null to object") }
        let key = reg(word.fieldC)
        if key.isObject {
            return try push(.deleteKey, object, key, Value(word.fieldX & 1 != 0), register: word.fieldA)
        }
        try deleteSlow(word, try toPropertyKey(key))
    }

    // MARK: Globals

    /// Global lexical bindings: a null-prototype object from names to binding cells.
    private func lexicalBinding(_ realm: UInt32, _ key: PropertyKey) -> UInt32? {
        let table = realmValue(realm, .globalLexicals).offset
        guard !key.isIndex, let place = lookup(shape: cage.load32(table), key: key.offset) else { return nil }
        return loadSlot(table, cage.load32(table), place.slot).offset
    }

    /// Whether a name is bound globally now, into a register; traps run in frames.
    func pushHasGlobalBinding(_ key: PropertyKey, register: UInt16) throws(Thrown) {
        let realm = currentRealm
        if lexicalBinding(realm, key) != nil { return setReg(register, .true) }
        try pushHas(realmValue(realm, .global).offset, key, register: register)
    }

    /// The value of a script's let, const or class binding; nil when there is no such name.
    public func globalLexical(_ name: String, realm: UInt32) throws(Thrown) -> Value? {
        let key = try propertyKey(string: try makeString(name))
        guard let binding = lexicalBinding(realm, key) else { return nil }
        let value = Value(bits: cage.load64(binding, Layout.bindingValue))
        if value.isEmpty { throw referenceError("Cannot access '\(name)' before initialization") }
        return value
    }

    func getGlobalSlow(_ word: UInt64) throws(Thrown) {
        let key = constantKey(word.fieldC)
        let realm = currentRealm
        if let binding = lexicalBinding(realm, key) {
            let value = Value(bits: cage.load64(binding, Layout.bindingValue))
            if value.isEmpty { throw referenceError("Cannot access '\(describe(key))' before initialization") }
            setReg(word.fieldA, value)
            quicken(.getGlobalLexical, UInt64(binding), 0)
            skipWords(2)
            return
        }
        let global = realmValue(realm, .global).offset
        var hint = CacheHint()
        switch try findForGet(global, key, hint: &hint) {
        case .value(let value):
            if value.isUndefined, word.fieldX & 1 == 0, !hint.cacheable, !(try hasProperty(global, key)) {
                throw referenceError("\(describe(key)) is not defined")
            }
            setReg(word.fieldA, value)
            if hint.cacheable, hint.holder == global, !hint.isInline {
                quicken(.getGlobalOwn, UInt64(hint.shape) | UInt64(hint.slot) << 32, UInt64(global))
            }
            skipWords(2)
        case .getter(let getter):
            skipWords(2)
            try pushCall(getter, this: Value(object: global), continuation: Continuation.store, register: word.fieldA)
        case .exotic(let exotic):
            skipWords(2)
            try pushGet(exotic, key, receiver: Value(object: global), register: word.fieldA)
        }
    }

    func setGlobalSlow(_ word: UInt64) throws(Thrown) {
        let key = constantKey(word.fieldC)
        let value = reg(word.fieldA)
        let realm = currentRealm
        if let binding = lexicalBinding(realm, key) {
            if Value(bits: cage.load64(binding, Layout.bindingValue)).isEmpty {
                throw referenceError("Cannot access '\(describe(key))' before initialization")
            }
            if cage.load32(binding, Layout.bindingFlags) & 1 != 0 {
                throw typeError("Assignment to constant variable.")
            }
            cage.store64(binding, Layout.bindingValue, value.bits)
            quicken(.setGlobalLexical, UInt64(binding), 0)
            skipWords(2)
            return
        }
        let global = realmValue(realm, .global).offset
        if word.fieldX & 1 != 0 {
            if try meetsProxy(global) {
                skipWords(2)
                return try push(
                    .setGlobal, Value(object: global), try keyValue(key), value, continuation: Continuation.discard,
                    register: 0)
            }
            guard try hasProperty(global, key) else { throw referenceError("\(describe(key)) is not defined") }
        }
        var hint = CacheHint()
        switch try prepareSet(global, key, value, receiver: Value(object: global), hint: &hint) {
        case .done:
            if hint.cacheable, hint.holder == global, !hint.isInline {
                quicken(.setGlobalOwn, UInt64(hint.shape) | UInt64(hint.slot) << 32, UInt64(global))
            }
            skipWords(2)
        case .refused:
            if word.fieldX & 1 != 0 { throw cannotAssign(Value(object: global), key) }
            skipWords(2)
        case .setter(let setter):
            skipWords(2)
            try pushCall(
                setter, this: Value(object: global), argument: value, continuation: Continuation.discard, register: 0)
        case .exotic(let exotic):
            skipWords(2)
            try pushSet(exotic, key, value, receiver: Value(object: global), strict: word.fieldX & 1 != 0)
        }
    }

    func initializeGlobal(_ word: UInt64) throws(Thrown) {
        guard let binding = lexicalBinding(currentRealm, constantKey(word.fieldC)) else { throw terminate(.corrupted) }
        cage.store64(binding, Layout.bindingValue, reg(word.fieldA).bits)
    }

    func deleteGlobal(_ word: UInt64) throws(Thrown) {
        let key = constantKey(word.fieldC)
        if lexicalBinding(currentRealm, key) != nil {
            setReg(word.fieldA, .false)
            return
        }
        setReg(word.fieldA, Value(try deleteProperty(realmValue(currentRealm, .global).offset, key)))
    }

    /// GlobalDeclarationInstantiation (ECMA-262 §16.1.7). The constant is a list: count and names of lexical (each
    /// followed by whether it is constant), functions, variables.
    func declareGlobals(_ list: Value) throws(Thrown) {
        let realm = currentRealm
        let global = realmValue(realm, .global).offset
        let table = realmValue(realm, .globalLexicals).offset
        var position = list.offset &+ 16
        func next() -> Value {
            let value = Value(bits: cage.load64(position))
            position = position &+ 8
            return value
        }
        let counts = (next().int, next().int, next().int)
        let length = Int(cage.load32(list.offset, Layout.elementsLength))
        let wanted = Int(counts.0) &* 2 &+ Int(counts.1) &+ Int(counts.2) &+ 4
        guard counts.0 >= 0, counts.1 >= 0, counts.2 >= 0, wanted <= length else { throw terminate(.corrupted) }
        try charge(wanted)
        // What an eval declares can be deleted.
        let attributes = Attribute.writable | Attribute.enumerable | (next() == .true ? Attribute.configurable : 0)
        let lexicalStart = position
        for _ in 0..<max(0, counts.0) {
            let key = PropertyKey(bits: next().bits)
            _ = next()
            if allowsRedeclaration { continue }
            if lexicalBinding(realm, key) != nil { throw alreadyDeclared(key) }
            if let own = try getOwnProperty(global, key), own.configurable == false { throw alreadyDeclared(key) }
        }
        let namesStart = position
        for index in 0..<max(0, counts.1 &+ counts.2) {
            let key = PropertyKey(bits: next().bits)
            if let binding = lexicalBinding(realm, key) {
                guard allowsRedeclaration else { throw alreadyDeclared(key) }
                redeclare(binding, isConstant: false)
            }
            let own = try getOwnProperty(global, key)
            if index < counts.1 {
                let fine = own == nil ? try isExtensible(global)
                    : own?.configurable == true || (own?.isAccessor == false && own?.writable == true && own?.enumerable == true)
                if !fine { throw typeError("Cannot redefine property: \(describe(key))") }
            } else if own == nil, !(try isExtensible(global)) {
                throw cannotDefine(key)
            }
        }
        position = namesStart
        for index in 0..<max(0, counts.1 &+ counts.2) {
            let key = PropertyKey(bits: next().bits)
            let own = try getOwnProperty(global, key)
            if index < counts.1 {
                let descriptor = own == nil || own?.configurable == true
                    ? PropertyDescriptor(value: .undefined, attributes: attributes)
                    : PropertyDescriptor(value: .undefined)
                try definePropertyOrThrow(global, key, descriptor)
            } else if own == nil {
                try definePropertyOrThrow(
                    global, key, PropertyDescriptor(value: .undefined, attributes: attributes))
            }
        }
        position = lexicalStart
        for _ in 0..<max(0, counts.0) {
            let key = PropertyKey(bits: next().bits)
            let isConstant = next() == .true
            if let binding = lexicalBinding(realm, key) {
                redeclare(binding, isConstant: isConstant)
                continue
            }
            let binding = try allocate(24, kind: CellKind.binding)
            cage.store64(binding, Layout.bindingValue, Value.empty.bits)
            cage.store32(binding, Layout.bindingFlags, isConstant ? 1 : 0)
            try addProperty(table, key: key.offset, value: Value(cell: binding), attributes: Attribute.all)
        }
        // Cached global look-ups of these names are stale now: a new shape for the global object.
        if counts.0 > 0 { try convertToDictionary(global) }
    }

    /// A binding of an earlier entry keeps its value until the new declaration is evaluated; one that was never initialised
    /// stops being in its dead zone when a var or function takes its name.
    private func redeclare(_ binding: UInt32, isConstant: Bool) {
        cage.store32(binding, Layout.bindingFlags, isConstant ? 1 : 0)
    }

    private func alreadyDeclared(_ key: PropertyKey) -> Thrown {
        syntaxError("Identifier '\(describe(key))' has already been declared")
    }
}
