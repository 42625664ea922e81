import TerrariumCage

/// Shortcuts of the library for objects without anything special about them.
extension Machine {
    /// Calls the body with the enumerable own string-keyed properties of an object, in order, as
    /// EnumerableOwnProperties and a Get of each would find them; with nil for a value that only guest code can tell.
    public func forEachEnumerableOwn(
        _ object: UInt32, _ body: (PropertyKey, Value?) throws(Thrown) -> Void
    ) throws(Thrown) {
        let shape = cage.load32(object)
        let elements = cage.load32(object, Layout.elements)
        let kind = kind(of: object)
        guard kind == CellKind.object, !isExotic(object), cage.load8(shape, ShapeLayout.flags) == 0,
            cage.load32(elements, Layout.elementsLength) == 0, !hasSparseElements(object)
        else {
            for key in try enumerableStringKeys(object) { try body(key, try valueWithoutGuestCode(Value(object: object), key)) }
            return
        }
        // The first `count` entries of a shape's table never change.
        let table = cage.load32(shape, ShapeLayout.table)
        if table == 0 { return }
        for entry in 0..<min(cage.load32(shape, ShapeLayout.count), cage.load32(table)) {
            let key = cage.load32(table &+ 16 &+ entry &* 8)
            let place = location(table, entry)
            if key == 0 || place.attributes & Attribute.enumerable == 0 || cage.load8(key, Layout.kind) == CellKind.symbol {
                continue
            }
            let name = PropertyKey(atom: key)
            if cage.load32(object) == shape, place.attributes & Attribute.accessor == 0 {
                try body(name, loadSlot(object, shape, place.slot))
            } else {
                try body(name, try valueWithoutGuestCode(Value(object: object), name))
            }
        }
    }

    /// CopyDataProperties from an object without indices and accessors to an ordinary one that nobody else has seen; false
    /// for others.
    func copyPlainProperties(from source: UInt32, to target: UInt32) throws(Thrown) -> Bool {
        let shape = cage.load32(source), root = cage.load32(target)
        guard kind(of: source) == CellKind.object, kind(of: target) == CellKind.object, !isExotic(source),
            !isExotic(target), source != target, cage.load32(source, Layout.elements) == emptyElements
        else { return false }
        let table = cage.load32(shape, ShapeLayout.table)
        if table == 0 { return true }
        let count = min(cage.load32(shape, ShapeLayout.count), cage.load32(table))
        var all = Attribute.all
        for entry in 0..<count {
            let key = cage.load32(table &+ 16 &+ entry &* 8)
            if key == 0 { continue }
            let attributes = location(table, entry).attributes
            if attributes & Attribute.accessor != 0 { return false }
            // Private members are not copied.
            let isPrivate = cage.load8(key, Layout.kind) == CellKind.symbol
                && cage.load8(key, Layout.flags) & StringFlag.privateName != 0
            all &= isPrivate ? 0 : attributes
        }
        try charge(Int(count) &* 8 &+ 4)
        if all == Attribute.all, cage.load32(root, ShapeLayout.count) == 0,
            cage.load8(root, ShapeLayout.flags) | cage.load8(shape, ShapeLayout.flags) == 0,
            cage.load32(root, ShapeLayout.prototype) == cage.load32(shape, ShapeLayout.prototype),
            cage.load8(root, ShapeLayout.inlineCapacity) == cage.load8(shape, ShapeLayout.inlineCapacity),
            cage.load8(root, ShapeLayout.inlineBase) == cage.load8(shape, ShapeLayout.inlineBase) {
            // The same slots: the target gets the source's shape.
            let next = cage.load32(shape, ShapeLayout.nextSlot)
            let inline = UInt32(cage.load8(shape, ShapeLayout.inlineCapacity))
            if next > 0 { try ensureSlot(target, shape, next &- 1) }
            guard next <= wordsBehind(cage.load32(target, Layout.slots)) &+ inline else { throw terminate(.corrupted) }
            cage.copy(
                from: slotAddress(source, shape, 0), to: slotAddress(target, shape, 0), count: Int(min(next, inline)) &* 8)
            if next > inline {
                cage.copy(
                    from: cage.load32(source, Layout.slots) &+ 8, to: cage.load32(target, Layout.slots) &+ 8,
                    count: Int(next &- inline) &* 8)
            }
            cage.store32(target, 0, shape)
            return true
        }
        for entry in 0..<count {
            let key = cage.load32(table &+ 16 &+ entry &* 8)
            let place = location(table, entry)
            if key == 0 || place.attributes & Attribute.enumerable == 0
                || (cage.load8(key, Layout.kind) == CellKind.symbol
                    && cage.load8(key, Layout.flags) & StringFlag.privateName != 0) { continue }
            let value = loadSlot(source, shape, place.slot)
            let targetShape = cage.load32(target)
            if let own = lookup(shape: targetShape, key: key) {
                if own.attributes != Attribute.all {
                    let name = cage.load8(key, Layout.kind) == CellKind.symbol
                        ? PropertyKey(symbol: key) : PropertyKey(atom: key)
                    try createDataPropertyOrThrow(target, name, value)
                } else {
                    storeSlot(target, targetShape, own.slot, value)
                }
            } else {
                try addProperty(target, key: key, value: value, attributes: Attribute.all)
            }
        }
        return true
    }

    /// The names, values or both (as pairs) of the enumerable own properties of an object without indices and without
    /// accessors, as an array; nil for others.
    public func plainEnumerable(_ object: UInt32, keys: Bool, values: Bool) throws(Thrown) -> Value? {
        guard kind(of: object) == CellKind.object, !isExotic(object), cage.load32(object, Layout.elements) == emptyElements
        else { return nil }
        let shape = cage.load32(object)
        let table = cage.load32(shape, ShapeLayout.table)
        let count = table == 0 ? 0 : min(cage.load32(shape, ShapeLayout.count), cage.load32(table))
        try charge(4)
        let names = try makeArray(length: 0, capacity: count)
        let elements = cage.load32(names.offset, Layout.elements)
        var length: UInt32 = 0
        for entry in 0..<count {
            try charge(keys && values ? 8 : 2)
            let key = cage.load32(table &+ 16 &+ entry &* 8)
            if key == 0 || location(table, entry).attributes & Attribute.enumerable == 0
                || cage.load8(key, Layout.kind) == CellKind.symbol { continue }
            var item = Value(string: key)
            if values {
                let place = location(table, entry)
                if place.attributes & Attribute.accessor != 0 { return nil }
                let value = loadSlot(object, shape, place.slot)
                item = keys ? try makeArray([item, value]) : value
            }
            cage.store64(elements &+ 16 &+ length &* 8, 0, item.bits)
            length = length &+ 1
        }
        if count > 0 { cage.store32(elements, Layout.elementsLength, length) }
        cage.store32(names.offset, Layout.arrayLength, length)
        return names
    }

    /// Whether an object is an object without accessors whose prototype is %Object.prototype% or null, or no object.
    public func isPlainDescriptor(_ value: Value) -> Bool {
        guard value.isObject else { return true }
        let object = value.offset, prototype = ordinaryPrototype(value.offset)
        guard kind(of: object) == CellKind.object, !isExotic(object),
            prototype == 0 || Value(object: prototype) == intrinsic(.objectPrototype) && inheritsPlainDescriptor(prototype)
        else { return false }
        let shape = cage.load32(object)
        let table = cage.load32(shape, ShapeLayout.table)
        let used = table == 0 ? 0 : min(cage.load32(shape, ShapeLayout.count), cage.load32(table))
        guard used <= 16 else { return false }
        for entry in 0..<used where location(table, entry).attributes & Attribute.accessor != 0 { return false }
        return true
    }

    /// Whether no property of a descriptor is an accessor of Object.prototype.
    private func inheritsPlainDescriptor(_ prototype: UInt32) -> Bool {
        let shape = cage.load32(prototype)
        for name in [
            wellKnown.value, wellKnown.writable, wellKnown.get, wellKnown.set, wellKnown.enumerable, wellKnown.configurable,
        ] {
            if let place = lookup(shape: shape, key: name), place.attributes & Attribute.accessor != 0 { return false }
        }
        return true
    }

    /// Whether reading `prototype` of a constructor runs no guest code.
    public func hasPlainPrototype(_ constructor: Value) -> Bool {
        constructor.isObject
            && (kind(of: constructor.offset) == CellKind.function || kind(of: constructor.offset) == CellKind.nativeFunction
                || realNewTarget(constructor) != nil)
    }

    /// GetV(value, key) as far as it runs no guest code; nil when a getter or a proxy has to be asked.
    public func valueWithoutGuestCode(_ value: Value, _ key: PropertyKey) throws(Thrown) -> Value? {
        if value.isObject, key.isIndex, kind(of: value.offset) == CellKind.array {
            let elements = cage.load32(value.offset, Layout.elements)
            if key.index < cage.load32(elements, Layout.elementsLength) {
                let element = Value(bits: cage.load64(elements &+ 16 &+ key.index &* 8))
                if !element.isEmpty { return element }
            }
        }
        guard let start = value.isObject ? value.offset : prototypeForPrimitive(value) else { return .undefined }
        var hint = CacheHint()
        if case .value(let found) = try findForGet(start, key, hint: &hint) { return found }
        return nil
    }

    /// EnumerableOwnProperties(object, key), as property keys. May run guest code (proxy).
    public func enumerableStringKeys(_ object: UInt32) throws(Thrown) -> [PropertyKey] {
        var keys: [PropertyKey] = []
        for key in try ownPropertyKeys(object) where !key.isSymbol {
            if let own = try getOwnProperty(object, key), own.enumerable == true { keys.append(key) }
        }
        return keys
    }

    /// CreateDataProperty on an ordinary extensible object that nobody else has seen, whose properties all have all
    /// attributes.
    public func putMember(_ object: UInt32, _ key: PropertyKey, _ value: Value) throws(Thrown) {
        if key.isIndex { return try putElement(object, key.index, value) }
        let shape = cage.load32(object)
        if let place = lookup(shape: shape, key: key.offset) {
            storeSlot(object, shape, place.slot, value)
        } else {
            try addProperty(object, key: key.offset, value: value, attributes: Attribute.all)
        }
    }

    /// The shape that an object gets when its next member is the one that the last object of its shape got, if that has
    /// the name at `start` to `end` of a text; 0 otherwise.
    public func predictedShape(_ object: UInt32, _ text: FlatString, from start: Int, to end: Int) -> UInt32 {
        let next = cage.load32(cage.load32(object), ShapeLayout.transitions)
        guard next != 0, text.isLatin1, cage.load8(next, Layout.kind) == CellKind.shape,
            cage.load8(next, ShapeLayout.lastAttributes) == Attribute.all
        else { return 0 }
        let key = cage.load32(next, ShapeLayout.lastKey)
        guard cage.load8(key, Layout.kind) == CellKind.latin1String,
            Int(cage.load32(key, Layout.stringLength)) == end &- start,
            cage.equal(key &+ 16, text.data &+ UInt32(truncatingIfNeeded: start), count: end &- start)
        else { return 0 }
        return next
    }

    /// Adds the member that `predictedShape` found.
    public func putPredicted(_ object: UInt32, _ shape: UInt32, _ value: Value) throws(Thrown) {
        let slot = cage.load32(cage.load32(object), ShapeLayout.nextSlot)
        try ensureSlot(object, shape, slot)
        storeSlot(object, shape, slot, value)
        cage.store32(object, 0, shape)
    }

    /// Whether so little of the native stack is left that native code must not recurse.
    public var isNativeStackExhausted: Bool { nativeStack.isExhausted }
}
