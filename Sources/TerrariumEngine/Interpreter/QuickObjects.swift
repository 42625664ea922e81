import TerrariumCage

/// Fast forms of instructions that make or extend objects. 0 and false say that the instruction has to be done in full.
/// None of them runs guest code, costs fuel or collects; what they find the full form finds as well.
extension Machine {
    /// CreateDataProperty (or PrivateFieldAdd) of a name that an object of this shape got before (as the transition
    /// exists, the object does not have the name and is extensible), or that is there as if it had been made so.
    @inline(never)
    func quickDefine(_ object: UInt32, _ key: UInt32, _ value: UInt64, attributes: UInt8) -> Bool {
        let header = cage.load64(object)
        let shape = UInt32(truncatingIfNeeded: header)
        let special = ObjectFlag.isPrototype | ObjectFlag.exotic | ObjectFlag.lazyProperties | ObjectFlag.nonExtensible
        guard UInt8(truncatingIfNeeded: header >> 32) == CellKind.object,
            UInt8(truncatingIfNeeded: header >> 40) & special == 0
        else { return false }
        let base = cage.load8(shape, ShapeLayout.inlineBase)
        let next = findTransition(shape, key: key, attributes: attributes, base: base)
        if next != 0 { return store(object, shape, value, next: next) }
        // A field that a base class declares as well.
        guard attributes == Attribute.all, let place = lookup(shape: shape, key: key), place.attributes == Attribute.all
        else { return false }
        storeSlot(object, shape, place.slot, Value(bits: value))
        return true
    }

    /// Stores a new property in the slot behind the last one and gives the object its next shape, where there is room.
    @inline(__always)
    func store(_ object: UInt32, _ shape: UInt32, _ value: UInt64, next: UInt32) -> Bool {
        let slot = cage.load32(shape, ShapeLayout.nextSlot)
        let inline = UInt32(cage.load8(shape, ShapeLayout.inlineCapacity))
        if slot < inline {
            cage.store64(object &+ UInt32(cage.load8(shape, ShapeLayout.inlineBase)) &+ slot &* 8, 0, value)
        } else {
            let slots = cage.load32(object, Layout.slots)
            guard slots != 0, slot &- inline < cage.load32(slots) else { return false }
            cage.store64(slots &+ 8 &+ (slot &- inline) &* 8, 0, value)
        }
        cage.store32(object, 0, next)
        return true
    }

    /// An object of a shape whose inline slots come first.
    @inline(__always)
    func quickObject(shape: UInt32) -> UInt32 {
        let words = UInt32(cage.load8(shape, ShapeLayout.inlineCapacity))
        let object = UInt32(truncatingIfNeeded: cells[Cell.bump]), end = object &+ 16 &+ words &* 8
        guard end <= UInt32(truncatingIfNeeded: cells[Cell.bumpEnd]) else { return 0 }
        cells[Cell.bump] = Int64(end)
        cage.store64(object, 0, UInt64(shape) | UInt64(CellKind.object) << 32 | UInt64(words) << 48)
        cage.store64(object, Layout.slots, UInt64(emptyElementsOffset) << 32)
        var slot = object &+ 16
        while slot != end {
            cage.store64(slot, 0, Value.undefined.bits)
            slot = slot &+ 8
        }
        return object
    }

    /// An object with two slots, both of them taken; 0 when the shape has another number of them, and without room.
    @inline(__always)
    func quickPair(shape: UInt32, _ first: Value, _ second: Value) -> UInt32 {
        let object = UInt32(truncatingIfNeeded: cells[Cell.bump]), end = object &+ 32
        guard cage.load8(shape, ShapeLayout.inlineCapacity) == 2, end <= UInt32(truncatingIfNeeded: cells[Cell.bumpEnd])
        else { return 0 }
        cells[Cell.bump] = Int64(end)
        cage.store64(object, 0, UInt64(shape) | UInt64(CellKind.object) << 32 | 2 << 48)
        cage.store64(object, Layout.slots, UInt64(emptyElementsOffset) << 32)
        cage.store64(object, 16, first.bits)
        cage.store64(object, 24, second.bits)
        return object
    }

    /// `{}` with room for some properties.
    @inline(never)
    func quickObject(_ room: UInt16, running: UInt32) -> UInt32 {
        let prototype = realmValue(cage.load32(running, Layout.functionRealm), .objectPrototype).offset
        let shape = findTransition(
            wellKnown.rootAnchor, key: prototype, attributes: Machine.literalCapacity(room), base: 16)
        return shape == 0 ? 0 : quickObject(shape: shape)
    }

    /// Inline slots of an object literal that is built piece by piece.
    static func literalCapacity(_ room: UInt16) -> UInt8 { room == 0xFFFF ? 0 : UInt8(clamping: max(2, min(room, 16))) }

    /// An array of the values at an address.
    @inline(never)
    func quickArray(_ values: UInt32, _ count: UInt32, running: UInt32) -> UInt32 {
        let array = UInt32(truncatingIfNeeded: cells[Cell.bump])
        let elements = array &+ 24
        guard count <= 512 else { return 0 }
        let end = count == 0 ? elements : elements &+ 16 &+ count &* 8
        guard end <= UInt32(truncatingIfNeeded: cells[Cell.bumpEnd]) else { return 0 }
        cells[Cell.bump] = Int64(end)
        let shape = realmValue(cage.load32(running, Layout.functionRealm), .arrayShape).offset
        cage.store64(array, 0, UInt64(shape) | UInt64(CellKind.array) << 32 | 1 << 48)
        cage.store64(array, Layout.slots, UInt64(count == 0 ? emptyElementsOffset : elements) << 32)
        cage.store64(array, Layout.arrayLength, UInt64(count))
        if count == 0 { return array }
        cage.store64(elements, 0, UInt64(count) | UInt64(CellKind.elements) << 32)
        cage.store64(elements, Layout.elementsLength, UInt64(count))
        var source = values
        var slot = elements &+ 16
        while slot != end {
            cage.store64(slot, 0, cage.load64(source))
            slot = slot &+ 8
            source = source &+ 8
        }
        return array
    }

    /// Appends to an array that is being built and has room.
    @inline(never)
    func quickAppend(_ array: UInt32, _ value: Value) -> Bool {
        let elements = cage.load32(array, Layout.elements)
        let length = cage.load32(elements, Layout.elementsLength)
        guard cage.load8(array, Layout.kind) == CellKind.array, cage.load8(elements, Layout.kind) == CellKind.elements,
            length == cage.load32(array, Layout.arrayLength), length < cage.load32(elements)
        else { return false }
        cage.store64(elements &+ 16 &+ length &* 8, 0, value.bits)
        cage.store32(elements, Layout.elementsLength, length &+ 1)
        cage.store32(array, Layout.arrayLength, length &+ 1)
        return true
    }

    /// CreateDataProperty of an element that a plain array has room for.
    @inline(never)
    func quickPut(_ array: UInt32, _ index: UInt32, _ bits: UInt64) -> Bool {
        let elements = cage.load32(array, Layout.elements)
        let length = cage.load32(elements, Layout.elementsLength)
        guard cage.load8(array, Layout.kind) == CellKind.array, cage.load8(elements, Layout.kind) == CellKind.elements,
            cage.load8(array, Layout.flags)
                & (ObjectFlag.nonExtensible | ObjectFlag.lengthReadOnly | ObjectFlag.isPrototype) == 0,
            index <= length, index < cage.load32(elements)
        else { return false }
        if index == length {
            cage.store32(elements, Layout.elementsLength, index &+ 1)
            if index >= cage.load32(array, Layout.arrayLength) { cage.store32(array, Layout.arrayLength, index &+ 1) }
        }
        cage.store64(elements &+ 16 &+ index &* 8, 0, bits)
        return true
    }

    /// `isPristineArray` of an array, with what is found out about the realm's iteration kept until a prototype changes.
    @inline(__always)
    func isQuickIterable(_ array: UInt32, running: UInt32) -> Bool {
        let realm = cage.load32(running, Layout.functionRealm)
        let none = emptyElementsOffset
        guard cage.load32(array) == realmValue(realm, .arrayShape).offset,
            cells[Cell.iterationRealm] == Int64(realm), cells[Cell.iterationEpoch] == cells[Cell.prototypeEpoch],
            cage.load64(UInt32(truncatingIfNeeded: cells[Cell.iterationValues])) == realmValue(realm, .arrayValues).bits,
            cage.load64(UInt32(truncatingIfNeeded: cells[Cell.iterationNext])) == realmValue(realm, .arrayIteratorNext).bits
        else { return false }
        return cage.load32(realmValue(realm, .arrayPrototype).offset, Layout.elements) == none
            && cage.load32(realmValue(realm, .objectPrototype).offset, Layout.elements) == none
            && cage.load8(cage.load32(array, Layout.elements), Layout.kind) == CellKind.elements
    }

    /// Notes for `isQuickIterable` where the two functions are found that array iteration in this realm goes by. That
    /// Array.prototype inherits from Object.prototype was checked; a change of that, too, is a change of a prototype.
    func noteIteration(_ values: UInt32, _ next: UInt32) {
        if cachesDisabled { return }
        let realm = currentRealm
        markAsPrototype(realmValue(realm, .arrayPrototype).offset)
        markAsPrototype(realmValue(realm, .arrayIteratorPrototype).offset)
        cells[Cell.iterationRealm] = Int64(realm)
        cells[Cell.iterationEpoch] = cells[Cell.prototypeEpoch]
        cells[Cell.iterationValues] = Int64(values)
        cells[Cell.iterationNext] = Int64(next)
    }

    /// The rest of a fast iteration as an array: false when it is another iteration, or not all of it is in dense elements.
    func takeRest(_ word: UInt64) throws(Thrown) -> Bool {
        let base = word.fieldB
        guard reg(base &+ 1).isEmpty, reg(base).isObject else { return false }
        let source = reg(base).offset, index = reg(base &+ 2)
        if index == Value(Int32.max) {
            setReg(word.fieldA, try makeArray(length: 0, capacity: 0))
            return true
        }
        guard kind(of: source) == CellKind.array else { return false }
        let elements = cage.load32(source, Layout.elements)
        let length = cage.load32(elements, Layout.elementsLength)
        guard index.isInt, length == cage.load32(source, Layout.arrayLength) else { return false }
        let count = index.offset < length ? length &- index.offset : 0
        try charge(Int(count))
        let start = elements &+ 16 &+ index.offset &* 8
        if try hasHole(start, count: count) { return false }
        let quick = quickArray(start, count, running: reg(0).offset)
        if quick != 0 {
            setReg(word.fieldA, Value(object: quick))
        } else {
            let array = try makeArray(length: count, capacity: count)
            try copyWatched(from: start, to: cage.load32(array.offset, Layout.elements) &+ 16, count: Int(count) &* 8)
            setReg(word.fieldA, array)
        }
        setReg(base &+ 2, Value(Int32.max))
        return true
    }
}
