import TerrariumCage

/// Indexed properties.
///
/// Dense: an elements cell; its length is how many slots are set, holes are `empty`; all properties have all
/// attributes. Sparse: an index → (value, attributes) table; used for large gaps and for anything with attributes. The
/// length field of a sparse cell is 0, so that the fast paths, which only look there, never see it. The `length` of an
/// array is its own field and may be larger than the elements that exist.
extension Machine {
    /// A gap larger than this (and larger than half of what is there) makes the elements sparse.
    static var maximumGap: UInt32 { 1024 }

    @inline(__always)
    func hasSparseElements(_ object: UInt32) -> Bool {
        cage.load8(cage.load32(object, Layout.elements), Layout.kind) == CellKind.sparseElements
    }

    /// An indexed own property of an object that is not exotic.
    func ownElement(_ object: UInt32, _ index: UInt32) -> (value: Value, attributes: UInt8)? {
        let elements = cage.load32(object, Layout.elements)
        if index < cage.load32(elements, Layout.elementsLength) {
            let value = Value(bits: cage.load64(elements &+ 16 &+ index &* 8))
            return value.isEmpty ? nil : (value, Attribute.all)
        }
        if cage.load8(elements, Layout.kind) == CellKind.sparseElements,
            let entry = findSparse(elements, index) {
            return (Value(bits: cage.load64(entry, 8)), sparseAttributes(entry))
        }
        return nil
    }

    /// Sets an indexed own property that exists and is writable data, or adds it (the caller checked extensibility and
    /// the length of arrays, which is raised here).
    func putElement(_ object: UInt32, _ index: UInt32, _ value: Value, attributes: UInt8 = Attribute.all)
        throws(Thrown)
    {
        let elements = cage.load32(object, Layout.elements)
        if attributes == Attribute.all {
            if index < cage.load32(elements, Layout.elementsLength) {
                if Value(bits: cage.load64(elements &+ 16 &+ index &* 8)).isEmpty { noteStructuralChange(object) }
                cage.store64(elements &+ 16 &+ index &* 8, 0, value.bits)
                return
            }
            if cage.load8(elements, Layout.kind) != CellKind.sparseElements,
                try growDense(object, elements, index, value) {
                raiseLength(object, index)
                noteStructuralChange(object)
                return
            }
        }
        if cage.load8(cage.load32(object, Layout.elements), Layout.kind) != CellKind.sparseElements {
            try makeSparse(object)
        }
        try putSparse(cage.load32(object, Layout.elements), index, value, attributes)
        raiseLength(object, index)
        noteStructuralChange(object)
    }

    @inline(__always)
    private func raiseLength(_ object: UInt32, _ index: UInt32) {
        if cage.load8(object, Layout.kind) == CellKind.array, index >= cage.load32(object, Layout.arrayLength) {
            cage.store32(object, Layout.arrayLength, index &+ 1)
        }
    }

    /// Stores beyond the dense length; false when the elements should become sparse.
    private func growDense(_ object: UInt32, _ elements: UInt32, _ index: UInt32, _ value: Value)
        throws(Thrown) -> Bool
    {
        let length = cage.load32(elements, Layout.elementsLength)
        let gap = index &- length
        if gap > Machine.maximumGap, gap > length / 2 { return false }
        var target = elements
        let capacity = cage.load32(elements)
        if index >= capacity {
            // Arrays made with a length get room for it, when it is not large.
            let expected = cage.load8(object, Layout.kind) == CellKind.array
                ? min(cage.load32(object, Layout.arrayLength), Machine.maximumGap) : 0
            target = try growElements(elements, toHold: max(index &+ 1, expected), exactly: expected > index)
            cage.store32(object, Layout.elements, target)
        }
        if gap > 0 { noteHoles(target); cage.fill64(target &+ 16 &+ length &* 8, count: Int(gap), Value.empty.bits) }
        cage.store64(target &+ 16 &+ index &* 8, 0, value.bits)
        cage.store32(target, Layout.elementsLength, index &+ 1)
        return true
    }

    /// A copy of dense elements with more room.
    func growElements(_ elements: UInt32, toHold count: UInt32, exactly: Bool = false) throws(Thrown) -> UInt32 {
        let length = listLength(elements)
        let capacity = exactly ? count : max(count, min(length &+ length / 2 &+ 16, 0x1FFF_0000))
        let copy = try allocateElements(capacity: capacity, length: length)
        cage.store8(copy, Layout.flags, length == 0 ? ElementsFlag.packed : cage.load8(elements, Layout.flags))
        try copyWatched(from: elements &+ 16, to: copy &+ 16, count: Int(length) &* 8)
        return copy
    }

    /// Dense elements of a capacity; slots up to `length` are the caller's to fill.
    public func allocateElements(capacity: UInt32, length: UInt32) throws(Thrown) -> UInt32 {
        let size = try checkedSize(16 &+ Int(capacity) &* 8)
        let elements = try allocate(size, kind: CellKind.elements, word: capacity)
        cage.store32(elements, Layout.elementsLength, length)
        return elements
    }

    /// Dense elements get a hole.
    @inline(__always)
    func noteHoles(_ elements: UInt32) {
        cage.store8(elements, Layout.flags, cage.load8(elements, Layout.flags) & ~ElementsFlag.packed)
    }

    /// Stores an element of an array where there is none yet, without looking for setters: the first hole behind the
    /// dense part or a hole in it, of an array whose prototypes are the realm's own and have no elements. False when
    /// anything is not so plain.
    @inline(never)
    func storeNewElement(_ object: UInt32, _ index: UInt32, _ value: Value) -> Bool {
        let elements = cage.load32(object, Layout.elements)
        let length = cage.load32(elements, Layout.elementsLength)
        let realm = currentRealm
        guard cage.load8(object, Layout.kind) == CellKind.array,
            cage.load8(object, Layout.flags) & (ObjectFlag.nonExtensible | ObjectFlag.isPrototype) == 0,
            cage.load8(elements, Layout.kind) == CellKind.elements,
            cage.load32(cage.load32(object), ShapeLayout.prototype) == realmValue(realm, .arrayPrototype).offset,
            arrayIndexLookupsArePristine(realm)
        else { return false }
        let arrayLength = cage.load32(object, Layout.arrayLength)
        if index >= length {
            guard index == length, length < cage.load32(elements) else { return false }
            if index >= arrayLength {
                if cage.load8(object, Layout.flags) & ObjectFlag.lengthReadOnly != 0 { return false }
                cage.store32(object, Layout.arrayLength, index &+ 1)
            }
            cage.store32(elements, Layout.elementsLength, length &+ 1)
        }
        cage.store64(elements &+ 16 &+ index &* 8, 0, value.bits)
        return true
    }

    /// Removes an indexed own property.
    func removeElement(_ object: UInt32, _ index: UInt32) {
        let elements = cage.load32(object, Layout.elements)
        let length = cage.load32(elements, Layout.elementsLength)
        if index < length {
            if index &+ 1 == length {
                cage.store32(elements, Layout.elementsLength, index)
            } else {
                noteHoles(elements)
                cage.store64(elements &+ 16 &+ index &* 8, 0, Value.empty.bits)
            }
        } else if cage.load8(elements, Layout.kind) == CellKind.sparseElements,
            let entry = findSparse(elements, index) {
            cage.store64(entry, 0, Value.empty.bits)
            cage.store64(entry, 8, Value.undefined.bits)
        }
        noteStructuralChange(object)
    }

    // MARK: Sparse elements

    // The cell: entries (a list of pairs: index * 16 + attributes as a number, value or accessor) and a hash index over
    // them (words: entry number plus one). A removed entry has `empty` in place of the number.

    /// Turns dense elements into sparse ones.
    func makeSparse(_ object: UInt32) throws(Thrown) {
        let dense = cage.load32(object, Layout.elements)
        let length = listLength(dense)
        var live: UInt32 = 0
        for index in 0..<length {
            if !Value(bits: cage.load64(dense &+ 16 &+ index &* 8)).isEmpty { live &+= 1 }
            try keepWatch(Int(index))
        }
        try charge(Int(length) / 4)
        let sparse = try makeSparseCell(capacity: max(8, live &* 2))
        for index in 0..<length {
            let value = Value(bits: cage.load64(dense &+ 16 &+ index &* 8))
            if !value.isEmpty { try putSparse(sparse, index, value, Attribute.all) }
            try keepWatch(Int(index))
        }
        cage.store32(object, Layout.elements, sparse)
    }

    private func makeSparseCell(capacity wanted: UInt32) throws(Thrown) -> UInt32 {
        var capacity: UInt32 = 8
        while capacity < wanted, capacity < 0x400_0000 { capacity &*= 2 }
        let sparse = try allocate(SparseLayout.headerSize, kind: CellKind.sparseElements)
        let entries = try allocate(
            try checkedSize(16 &+ Int(capacity) &* 16), kind: CellKind.list, word: capacity &* 2)
        let index = try allocate(
            try checkedSize(16 &+ Int(capacity) &* 8), kind: CellKind.words, word: capacity &* 2)
        cage.store32(sparse, SparseLayout.entries, entries)
        cage.store32(sparse, SparseLayout.index, index)
        return sparse
    }

    private static func hashIndex(_ index: UInt32) -> UInt32 {
        let mixed = index &* 0x9E37_79B1
        return mixed ^ mixed >> 15
    }

    /// Offset of the entry of `index`.
    func findSparse(_ sparse: UInt32, _ index: UInt32) -> UInt32? {
        let table = cage.load32(sparse, SparseLayout.index)
        let entries = cage.load32(sparse, SparseLayout.entries)
        let mask = cage.load32(table) &- 1
        var slot = Machine.hashIndex(index) & mask
        var passed: UInt32 = 0
        repeat {
            for _ in 0..<256 {
                let number = cage.load32(table &+ 16 &+ slot &* 4)
                if number == 0 { return nil }
                let entry = entries &+ 16 &+ (number &- 1) &* 16
                let meta = Value(bits: cage.load64(entry))
                if meta.isDouble, UInt64(exactly: meta.double).map({ UInt32(truncatingIfNeeded: $0 >> 4) }) == index {
                    return entry
                }
                slot = (slot &+ 1) & mask
            }
        } while !isEndless(&passed, mask)
        return nil
    }

    func sparseAttributes(_ entry: UInt32) -> UInt8 {
        let meta = Value(bits: cage.load64(entry))
        return meta.isDouble ? UInt8(truncatingIfNeeded: UInt64(exactly: meta.double) ?? 0) & 15 : 0
    }

    func setSparseEntry(_ entry: UInt32, index: UInt32, value: Value, attributes: UInt8) {
        cage.store64(entry, 0, Double(UInt64(index) << 4 | UInt64(attributes)).bitPattern)
        cage.store64(entry, 8, value.bits)
    }

    private func putSparse(_ sparse: UInt32, _ index: UInt32, _ value: Value, _ attributes: UInt8) throws(Thrown) {
        if let entry = findSparse(sparse, index) {
            setSparseEntry(entry, index: index, value: value, attributes: attributes)
            return
        }
        var entries = cage.load32(sparse, SparseLayout.entries)
        if cage.load32(entries, Layout.elementsLength) >= cage.load32(entries) {
            try rebuildSparse(sparse)
            entries = cage.load32(sparse, SparseLayout.entries)
        }
        let used = cage.load32(entries, Layout.elementsLength) / 2
        setSparseEntry(entries &+ 16 &+ used &* 16, index: index, value: value, attributes: attributes)
        cage.store32(entries, Layout.elementsLength, used &* 2 &+ 2)
        indexSparse(cage.load32(sparse, SparseLayout.index), index, used)
    }

    private func indexSparse(_ table: UInt32, _ index: UInt32, _ number: UInt32) {
        let mask = cage.load32(table) &- 1
        var slot = Machine.hashIndex(index) & mask
        var passed: UInt32 = 0
        search: repeat {
            for _ in 0..<256 {
                if cage.load32(table &+ 16 &+ slot &* 4) == 0 { break search }
                slot = (slot &+ 1) & mask
            }
        } while !isEndless(&passed, mask)
        cage.store32(table &+ 16 &+ slot &* 4, 0, number &+ 1)
    }

    private func rebuildSparse(_ sparse: UInt32) throws(Thrown) {
        let live = sparseIndices(sparse)
        let fresh = try makeSparseCell(capacity: UInt32(truncatingIfNeeded: live.count &* 2 &+ 8))
        let entries = cage.load32(fresh, SparseLayout.entries)
        let table = cage.load32(fresh, SparseLayout.index)
        var number: UInt32 = 0
        for (index, entry) in live {
            cage.copy(from: entry, to: entries &+ 16 &+ number &* 16, count: 16)
            indexSparse(table, index, number)
            try charge(0)
            try keepWatch(Int(number))
            number &+= 1
        }
        cage.store32(entries, Layout.elementsLength, number &* 2)
        cage.store32(sparse, SparseLayout.entries, entries)
        cage.store32(sparse, SparseLayout.index, table)
    }

    /// Live indices with their entries, in no order.
    func sparseIndices(_ sparse: UInt32) -> [(index: UInt32, entry: UInt32)] {
        let entries = cage.load32(sparse, SparseLayout.entries)
        var result: [(index: UInt32, entry: UInt32)] = []
        var entry = entries &+ 16
        for _ in 0..<min(listLength(entries), cage.load32(entries)) / 2 {
            let meta = Value(bits: cage.load64(entry))
            if meta.isDouble, let number = UInt64(exactly: meta.double) {
                result.append((UInt32(truncatingIfNeeded: number >> 4), entry))
            }
            entry = entry &+ 16
        }
        return result
    }

    /// Indices of all own elements of an object that is not exotic, ascending.
    func elementIndices(_ object: UInt32) throws(Thrown) -> [UInt32] {
        let elements = cage.load32(object, Layout.elements)
        var result: [UInt32] = []
        if cage.load8(elements, Layout.kind) == CellKind.sparseElements {
            result = sparseIndices(elements).map(\.index).sorted()
        } else {
            let length = listLength(elements)
            for index in 0..<length {
                if !Value(bits: cage.load64(elements &+ 16 &+ index &* 8)).isEmpty { result.append(index) }
                try keepWatch(Int(index))
            }
        }
        try charge(result.count &+ 1)
        return result
    }

    // MARK: Array length

    /// ArraySetLength for a length that is a valid array length (ECMA-262 §10.4.2.4): deletes from the end; stops at an
    /// element that is not configurable. False when it stopped early or the length is read-only.
    public func setArrayLength(_ array: UInt32, _ length: UInt32) throws(Thrown) -> Bool {
        let old = cage.load32(array, Layout.arrayLength)
        if length == old { return true }
        if cage.load8(array, Layout.flags) & ObjectFlag.lengthReadOnly != 0 { return false }
        if length > old {
            cage.store32(array, Layout.arrayLength, length)
            return true
        }
        let elements = cage.load32(array, Layout.elements)
        if cage.load8(elements, Layout.kind) == CellKind.sparseElements {
            let doomed = sparseIndices(elements).filter { $0.index >= length }.sorted { $0.index > $1.index }
            try charge(doomed.count)
            for (index, entry) in doomed {
                if sparseAttributes(entry) & Attribute.configurable == 0 {
                    cage.store32(array, Layout.arrayLength, index &+ 1)
                    return false
                }
                cage.store64(entry, 0, Value.empty.bits)
                cage.store64(entry, 8, Value.undefined.bits)
            }
        } else if length < cage.load32(elements, Layout.elementsLength) {
            if length == 0 {
                cage.store32(array, Layout.elements, emptyElements)
            } else {
                cage.store32(elements, Layout.elementsLength, length)
            }
        }
        cage.store32(array, Layout.arrayLength, length)
        noteStructuralChange(array)
        return true
    }
}
