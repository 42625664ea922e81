import TerrariumCage

/// Shortcuts for plain dense arrays that the library's array methods take.
extension Machine {
    /// Whether elements can be appended without looking at prototypes or attributes.
    public func canAppend(_ object: UInt32) -> Bool {
        kind(of: object) == CellKind.array && !hasSparseElements(object) && inheritsNoIndices(object)
            && cage.load32(object, Layout.arrayLength) == cage.load32(cage.load32(object, Layout.elements), Layout.elementsLength)
            && cage.load8(object, Layout.flags) & (ObjectFlag.nonExtensible | ObjectFlag.lengthReadOnly) == 0
    }

    /// Nothing that an array inherits from has indexed properties. False may also mean that it is not known.
    private func inheritsNoIndices(_ array: UInt32) -> Bool {
        guard arrayIndexLookupsArePristine else { return false }
        let last = intrinsic(.arrayPrototype)
        var parent = ordinaryPrototype(array)
        for _ in 0..<8 {
            if parent == 0 || !last.isObject || parent == last.offset { return true }
            if isExotic(parent) || cage.load32(parent, Layout.elements) != emptyElements { return false }
            parent = ordinaryPrototype(parent)
        }
        return false
    }

    public func appendToArray(_ array: UInt32, _ value: Value) throws(Thrown) { try appendElement(array, value) }

    /// Sets a range of a plain array, which reaches at most its length, to one value; false when it is not plain.
    public func fillDense(_ object: UInt32, from start: Int, to end: Int, _ value: Value) throws(Thrown) -> Bool {
        guard kind(of: object) == CellKind.array, !hasSparseElements(object), arrayIndexLookupsArePristine,
            cage.load8(object, Layout.flags) & (ObjectFlag.nonExtensible | ObjectFlag.isPrototype) == 0,
            cage.load32(cage.load32(object), ShapeLayout.prototype) == intrinsic(.arrayPrototype).offset,
            start >= 0, start < end, end <= Int(clamping: cage.load32(object, Layout.arrayLength))
        else { return false }
        var elements = cage.load32(object, Layout.elements)
        let length = Int(cage.load32(elements, Layout.elementsLength))
        guard start <= length else { return false }
        if end > length { _ = try checkedSize(16 &+ end &* 8) }
        try charge((end &- start) / 8 &+ 1)
        if end > Int(cage.load32(elements)) {
            elements = try growElements(elements, toHold: UInt32(truncatingIfNeeded: end), exactly: true)
            cage.store32(object, Layout.elements, elements)
        }
        try fillWatched(elements &+ 16 &+ UInt32(truncatingIfNeeded: start) &* 8, count: end &- start, value.bits)
        if end > length { cage.store32(elements, Layout.elementsLength, UInt32(truncatingIfNeeded: end)) }
        return true
    }

    /// Removes and returns the first element of a dense array without holes; nil when it is not one.
    public func shiftDense(_ object: UInt32) throws(Thrown) -> Value? {
        guard canAppend(object) else { return nil }
        let elements = cage.load32(object, Layout.elements)
        let length = listLength(elements)
        guard length > 0 else { return .undefined }
        if try hasHole(elements &+ 16, count: length) { return nil }
        try charge(Int(length) / 8 &+ 1)
        let first = Value(bits: cage.load64(elements &+ 16))
        try copyWatched(from: elements &+ 24, to: elements &+ 16, count: Int(length &- 1) &* 8)
        cage.store32(elements, Layout.elementsLength, length &- 1)
        cage.store32(object, Layout.arrayLength, length &- 1)
        return first
    }

    /// A copy of a dense array without holes and without undefined; nil when it is not one.
    func denseCopy(_ object: Value) throws(Thrown) -> Value? {
        guard object.isObject, canAppend(object.offset) else { return nil }
        let from = cage.load32(object.offset, Layout.elements)
        let count = listLength(from)
        try charge(Int(count) / 8 &+ 1)
        for index in 0..<count {
            let value = Value(bits: cage.load64(from &+ 16 &+ index &* 8))
            if value.isEmpty || value.isUndefined { return nil }
            try keepWatch(Int(index))
        }
        let result = try makeArray(length: count, capacity: count)
        try copyWatched(from: from &+ 16, to: cage.load32(result.offset, Layout.elements) &+ 16, count: Int(count) &* 8)
        return result
    }

    /// Puts the elements of a dense array in the place of those of another of the same length; false when the target
    /// is no longer plain.
    func denseStore(_ object: Value, _ source: Value) throws(Thrown) -> Bool {
        guard object.isObject, canAppend(object.offset) else { return false }
        let target = cage.load32(object.offset, Layout.elements), from = cage.load32(source.offset, Layout.elements)
        let count = listLength(from)
        guard cage.load32(target, Layout.elementsLength) == count else { return false }
        if try hasHole(target &+ 16, count: count) { return false }
        try charge(Int(count) / 8 &+ 1)
        try copyWatched(from: from &+ 16, to: target &+ 16, count: Int(count) &* 8)
        return true
    }

    /// A copy of part of a plain dense array; nil when the array or its species is not plain.
    public func sliceDense(_ object: Value, _ start: Int, _ count: Int) throws(Thrown) -> Value? {
        guard isPristineArray(object), canAppend(object.offset),
            let place = lookup(shape: cage.load32(intrinsic(.arrayPrototype).offset), key: wellKnown.constructor),
            loadSlot(intrinsic(.arrayPrototype).offset, cage.load32(intrinsic(.arrayPrototype).offset), place.slot)
                == intrinsic(.array)
        else { return nil }
        try charge(count / 3 &+ 1)
        let from = cage.load32(object.offset, Layout.elements)
        guard start &+ count <= Int(listLength(from)) else { return nil }
        let result = try makeArray(length: UInt32(truncatingIfNeeded: count), capacity: UInt32(truncatingIfNeeded: count))
        try copyWatched(
            from: from &+ 16 &+ UInt32(truncatingIfNeeded: start) &* 8,
            to: cage.load32(result.offset, Layout.elements) &+ 16, count: count &* 8)
        return result
    }

    /// The first `count` elements of an object that is not exotic and has them all, densely; nil for others.
    public func denseElements(_ object: UInt32, count: Int) -> [Value]? {
        let elements = cage.load32(object, Layout.elements)
        guard !isExotic(object), count <= Int(listLength(elements)) else { return nil }
        var list: [Value] = []
        list.reserveCapacity(max(0, count))
        var place = elements &+ 16
        while list.count < count {
            let value = Value(bits: cage.load64(place))
            if value.isEmpty { return nil }
            list.append(value)
            place = place &+ 8
        }
        return list
    }
}
