import TerrariumCage

/// Shortcuts for plain dense arrays that the library's array methods take.
extension Machine {
    /// Whether elements can be appended without looking at prototypes or attributes.
    public func canAppend(_ object: UInt32) -> Bool {
        kind(of: object) == CellKind.array && !hasSparseElements(object) && arrayIndexLookupsArePristine
            && cage.load32(object, Layout.arrayLength) == cage.load32(cage.load32(object, Layout.elements), Layout.elementsLength)
            && cage.load8(object, Layout.flags) & (ObjectFlag.nonExtensible | ObjectFlag.lengthReadOnly) == 0
    }

    public func appendToArray(_ array: UInt32, _ value: Value) throws(Thrown) { try appendElement(array, value) }

    /// Sets a range of a plain array, which reaches at most its length, to one value; false when it is not plain.
    public func fillDense(_ object: UInt32, from start: Int, to end: Int, _ value: Value) throws(Thrown) -> Bool {
        guard kind(of: object) == CellKind.array, !hasSparseElements(object), arrayIndexLookupsArePristine,
            cage.load8(object, Layout.flags) & (ObjectFlag.nonExtensible | ObjectFlag.isPrototype) == 0,
            cage.load32(cage.load32(object), ShapeLayout.prototype) == intrinsic(.arrayPrototype).offset,
            start >= 0, start < end, end <= Int(cage.load32(object, Layout.arrayLength))
        else { return false }
        var elements = cage.load32(object, Layout.elements)
        let length = Int(cage.load32(elements, Layout.elementsLength))
        guard start <= length else { return false }
        try charge((end &- start) / 8 &+ 1)
        if end > length {
            if end > Int(cage.load32(elements)) {
                elements = try growElements(elements, toHold: UInt32(truncatingIfNeeded: end), exactly: true)
                cage.store32(object, Layout.elements, elements)
            }
            cage.store32(elements, Layout.elementsLength, UInt32(truncatingIfNeeded: end))
        }
        cage.fill64(elements &+ 16 &+ UInt32(truncatingIfNeeded: start) &* 8, count: end &- start, value.bits)
        return true
    }

    /// Removes and returns the first element of a dense array without holes; nil when it is not one.
    public func shiftDense(_ object: UInt32) throws(Thrown) -> Value? {
        guard canAppend(object) else { return nil }
        let elements = cage.load32(object, Layout.elements)
        let length = cage.load32(elements, Layout.elementsLength)
        guard length > 0 else { return nil }
        for index in 0..<min(length, 64) where Value(bits: cage.load64(elements &+ 16 &+ index &* 8)).isEmpty { return nil }
        if length > 64 {
            for index in 64..<length where Value(bits: cage.load64(elements &+ 16 &+ index &* 8)).isEmpty { return nil }
        }
        try charge(Int(length) / 8 &+ 1)
        let first = Value(bits: cage.load64(elements &+ 16))
        cage.copy(from: elements &+ 24, to: elements &+ 16, count: Int(length &- 1) &* 8)
        cage.store32(elements, Layout.elementsLength, length &- 1)
        cage.store32(object, Layout.arrayLength, length &- 1)
        return first
    }

    /// A copy of a dense array without holes and without undefined; nil when it is not one.
    func denseCopy(_ object: Value) throws(Thrown) -> Value? {
        guard object.isObject, canAppend(object.offset) else { return nil }
        let from = cage.load32(object.offset, Layout.elements)
        let count = cage.load32(from, Layout.elementsLength)
        try charge(Int(count) / 8 &+ 1)
        for index in 0..<count {
            let value = Value(bits: cage.load64(from &+ 16 &+ index &* 8))
            if value.isEmpty || value.isUndefined { return nil }
        }
        let result = try makeArray(length: count, capacity: count)
        cage.copy(from: from &+ 16, to: cage.load32(result.offset, Layout.elements) &+ 16, count: Int(count) &* 8)
        return result
    }

    /// Puts the elements of a dense array in the place of those of another of the same length; false when the target
    /// is no longer plain.
    func denseStore(_ object: Value, _ source: Value) throws(Thrown) -> Bool {
        guard object.isObject, canAppend(object.offset) else { return false }
        let target = cage.load32(object.offset, Layout.elements), from = cage.load32(source.offset, Layout.elements)
        let count = cage.load32(from, Layout.elementsLength)
        guard cage.load32(target, Layout.elementsLength) == count else { return false }
        for index in 0..<count where Value(bits: cage.load64(target &+ 16 &+ index &* 8)).isEmpty { return false }
        try charge(Int(count) / 8 &+ 1)
        cage.copy(from: from &+ 16, to: target &+ 16, count: Int(count) &* 8)
        return true
    }

    /// A copy of part of a plain dense array; nil when the array or its species is not plain.
    public func sliceDense(_ object: Value, _ start: Int, _ count: Int) throws(Thrown) -> Value? {
        guard isPristineArray(object), canAppend(object.offset),
            let place = lookup(shape: cage.load32(intrinsic(.arrayPrototype).offset), key: wellKnown.constructor),
            loadSlot(intrinsic(.arrayPrototype).offset, cage.load32(intrinsic(.arrayPrototype).offset), place.slot)
                == intrinsic(.array)
        else { return nil }
        try charge(count / 8 &+ 1)
        let from = cage.load32(object.offset, Layout.elements)
        guard start &+ count <= Int(cage.load32(from, Layout.elementsLength)) else { return nil }
        let result = try makeArray(length: UInt32(truncatingIfNeeded: count), capacity: UInt32(truncatingIfNeeded: count))
        cage.copy(
            from: from &+ 16 &+ UInt32(truncatingIfNeeded: start) &* 8,
            to: cage.load32(result.offset, Layout.elements) &+ 16, count: count &* 8)
        return result
    }

    // MARK: Plain arrays

    /// Whether the array's indexed properties are exactly its dense elements (which may have holes that nothing fills),
    /// all of them may be changed, and nobody inherits from it.
    public func isPlainArray(_ object: UInt32) -> Bool {
        canAppend(object) && cage.load8(object, Layout.flags) & ObjectFlag.isPrototype == 0
            && cage.load32(cage.load32(object), ShapeLayout.prototype) == intrinsic(.arrayPrototype).offset
    }

    /// Replaces `removed` elements of a plain array by room for `inserted` others, which the caller fills at once with
    /// `setPlainElement`. False when the array is not plain.
    public func resizeGap(_ object: UInt32, at start: Int, remove removed: Int, insert inserted: Int) throws(Thrown) -> Bool {
        guard isPlainArray(object) else { return false }
        var elements = cage.load32(object, Layout.elements)
        let length = Int(cage.load32(elements, Layout.elementsLength))
        guard start >= 0, removed >= 0, start &+ removed <= length, inserted < 0x1000_0000 else { return false }
        let tail = length &- start &- removed, total = length &- removed &+ inserted
        guard total < 0x1000_0000 else { return false }
        try charge((removed == inserted ? 0 : tail / 8) &+ inserted &+ 1)
        if total > Int(cage.load32(elements)) {
            elements = try growElements(elements, toHold: UInt32(truncatingIfNeeded: total))
            cage.store32(object, Layout.elements, elements)
        }
        if removed != inserted {
            let gap = elements &+ 16 &+ UInt32(truncatingIfNeeded: start) &* 8
            cage.copy(
                from: gap &+ UInt32(truncatingIfNeeded: removed) &* 8,
                to: gap &+ UInt32(truncatingIfNeeded: inserted) &* 8, count: tail &* 8)
            if total > 0 || elements != emptyElements {
                cage.store32(elements, Layout.elementsLength, UInt32(truncatingIfNeeded: total))
            }
            cage.store32(object, Layout.arrayLength, UInt32(truncatingIfNeeded: total))
        }
        return true
    }

    /// Writes an element below the dense length of a plain array.
    public func setPlainElement(_ object: UInt32, _ index: Int, _ value: Value) {
        let elements = cage.load32(object, Layout.elements)
        guard index >= 0, index < Int(cage.load32(elements, Layout.elementsLength)) else { return }
        cage.store64(elements &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8, 0, value.bits)
    }

    /// Appends all elements of one plain array to another, holes as holes. False when one of them is not plain.
    public func appendPlain(_ source: UInt32, to target: UInt32) throws(Thrown) -> Bool {
        guard source != target, isPlainArray(source) else { return false }
        let length = Int(cage.load32(target, Layout.arrayLength))
        let count = Int(cage.load32(source, Layout.arrayLength))
        if count == 0 { return true }
        let from = cage.load32(source, Layout.elements)
        guard try resizeGap(target, at: length, remove: 0, insert: count) else { return false }
        let to = cage.load32(target, Layout.elements)
        cage.copy(from: from &+ 16, to: to &+ 16 &+ UInt32(truncatingIfNeeded: length) &* 8, count: count &* 8)
        if length == 0 || cage.load8(from, Layout.flags) & ElementsFlag.packed == 0 {
            let flags = cage.load8(to, Layout.flags) & ~ElementsFlag.packed
            cage.store8(to, Layout.flags, flags | cage.load8(from, Layout.flags) & ElementsFlag.packed)
        }
        return true
    }

    /// Takes the last element of a plain array that is not a hole; nil when there is no such.
    public func popPlain(_ object: UInt32) throws(Thrown) -> Value? {
        guard isPlainArray(object) else { return nil }
        let elements = cage.load32(object, Layout.elements)
        let length = cage.load32(elements, Layout.elementsLength)
        guard length > 0 else { return nil }
        let value = Value(bits: cage.load64(elements &+ 8 &+ length &* 8))
        if value.isEmpty { return nil }
        cage.store32(elements, Layout.elementsLength, length &- 1)
        cage.store32(object, Layout.arrayLength, length &- 1)
        return value
    }

    /// Reverses a plain array without holes; false when it is not one.
    public func reversePlain(_ object: UInt32) throws(Thrown) -> Bool {
        guard isPlainArray(object) else { return false }
        let elements = cage.load32(object, Layout.elements)
        let length = cage.load32(elements, Layout.elementsLength)
        if length < 2 { return true }
        for index in 0..<length where cage.load64(elements &+ 16 &+ index &* 8) == Value.empty.bits { return false }
        try charge(Int(length) / 4 &+ 1)
        var low = elements &+ 16, high = elements &+ 8 &+ length &* 8
        while low < high {
            let value = cage.load64(low)
            cage.store64(low, 0, cage.load64(high))
            cage.store64(high, 0, value)
            low = low &+ 8
            high = high &- 8
        }
        return true
    }

    /// Where a value is in a plain array: the first index from `start` on (or, searching backwards, the last up to it) of
    /// an element that is strictly equal, or the same but for the sign of zero. -1 when there is none, nil when the array
    /// is not plain or has another length than the caller thinks.
    public func indexInPlain(
        _ object: UInt32, _ value: Value, from start: Int, length: Int, backwards: Bool = false,
        sameValueZero: Bool = false
    ) throws(Thrown) -> Int? {
        guard isPlainArray(object), length == Int(cage.load32(object, Layout.arrayLength)), start < length || !backwards
        else { return nil }
        let elements = cage.load32(object, Layout.elements)
        guard start >= 0 else { return -1 }
        let isNumber = value.isNumber, isText = value.isString || value.isBigInt
        let isNaN = value.isDouble && value.double != value.double
        if isNaN, !sameValueZero { return -1 }
        var index = start, paid = start
        while backwards ? index >= 0 : index < length {
            if index == paid {
                try charge(16)
                paid = backwards ? index &- 32 : index &+ 32
            }
            let element = Value(bits: cage.load64(elements &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8))
            if element.bits == value.bits { return index }
            if isNumber ? element.isNumber && element.number == value.number
                : isText ? try strictlyEqual(element, value)
                : sameValueZero && value.isUndefined && element.isEmpty { return index }
            index = backwards ? index &- 1 : index &+ 1
        }
        return -1
    }
}
