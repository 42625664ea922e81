import TerrariumCage

/// Where a named own property lives.
struct PropertyLocation {
    /// Entry number in the table.
    var entry: UInt32
    var slot: UInt32
    var attributes: UInt8
}

/// Shapes and their property tables (layout and rules: `ShapeLayout`).
extension Machine {
    /// Objects with more named properties than this become dictionaries when the next one is added.
    static var maximumShapeProperties: UInt32 { 512 }

    // MARK: Roots

    /// The shape of objects without properties, for a prototype (0 is null), inline capacity and start of inline slots.
    public func rootShape(prototype: UInt32, inlineCapacity: UInt8, inlineBase: UInt8 = 16, flags: UInt8 = 0)
        throws(Thrown) -> UInt32
    {
        let anchor = flags & ShapeFlag.lazyFunction != 0 ? wellKnown.lazyRootAnchor : wellKnown.rootAnchor
        let found = findTransition(anchor, key: prototype, attributes: inlineCapacity, base: inlineBase)
        if found != 0 { return found }
        let shape = try allocate(ShapeLayout.size, kind: CellKind.shape, flags: flags)
        cage.store32(shape, ShapeLayout.prototype, prototype)
        cage.store8(shape, ShapeLayout.inlineCapacity, inlineCapacity)
        cage.store8(shape, ShapeLayout.inlineBase, inlineBase)
        cage.store8(shape, ShapeLayout.lastAttributes, inlineCapacity)
        cage.store32(shape, ShapeLayout.lastKey, prototype)
        try addTransition(anchor, shape)
        if prototype != 0 { markAsPrototype(prototype) }
        return shape
    }

    /// From now on structural changes of the object bump the prototype epoch.
    func markAsPrototype(_ object: UInt32) {
        let flags = cage.load8(object, Layout.flags)
        if flags & ObjectFlag.isPrototype == 0 {
            cage.store8(object, Layout.flags, flags | ObjectFlag.isPrototype)
            cells[Cell.prototypeEpoch] &+= 1
        }
    }

    @inline(__always)
    func noteStructuralChange(_ object: UInt32) {
        if cage.load8(object, Layout.flags) & ObjectFlag.isPrototype != 0 {
            cells[Cell.prototypeEpoch] = (cells[Cell.prototypeEpoch] &+ 1) & 0xFFFF_FFFF
        }
    }

    // MARK: Look-up

    /// The named property `key` (offset of an atom or symbol) in a shape.
    func lookup(shape: UInt32, key: UInt32) -> PropertyLocation? {
        let table = cage.load32(shape, ShapeLayout.table)
        if table == 0 { return nil }
        let visible = cage.load32(shape, ShapeLayout.count)
        let entry = findEntry(table, key)
        guard entry < visible else { return nil }
        return location(table, entry)
    }

    @inline(__always)
    func location(_ table: UInt32, _ entry: UInt32) -> PropertyLocation {
        let word = cage.load32(table &+ 20 &+ entry &* 8)
        return PropertyLocation(entry: entry, slot: word & 0xFF_FFFF, attributes: UInt8(truncatingIfNeeded: word >> 24))
    }

    /// Entry number of a key, or UInt32.max.
    private func findEntry(_ table: UInt32, _ key: UInt32) -> UInt32 {
        let capacity = cage.load32(table)
        if capacity <= ShapeLayout.linearLimit {
            let used = min(cage.load32(table, ShapeLayout.tableUsed), capacity)
            var position = table &+ 16
            for entry in 0..<used {
                if cage.load32(position) == key { return entry }
                position = position &+ 8
            }
            return .max
        }
        let index = table &+ 16 &+ capacity &* 8
        let mask = capacity &* 2 &- 1
        var slot = Machine.hashKey(key) & mask
        var passed: UInt32 = 0
        repeat {
            for _ in 0..<256 {
                let entry = cage.load32(index &+ slot &* 4)
                if entry == 0 { return .max }
                if cage.load32(table &+ 16 &+ (entry &- 1) &* 8) == key { return entry &- 1 }
                slot = (slot &+ 1) & mask
            }
        } while !isEndless(&passed, mask)
        return .max
    }

    /// Keys are addresses, often at equal distances: all their bits have a say in the low ones.
    @inline(__always)
    static func hashKey(_ key: UInt32) -> UInt32 {
        var mixed = (key >> 3) &* 0x9E37_79B1
        mixed = (mixed ^ (mixed >> 15)) &* 0x85EB_CA6B
        return mixed ^ (mixed >> 13)
    }

    // MARK: Property tables

    /// A table with room for `capacity` (a power of two) entries that begins with the first `count` of `source`.
    private func makeTable(capacity: UInt32, copying source: UInt32, count: UInt32) throws(Thrown) -> UInt32 {
        // Slots have numbers of 24 bits.
        guard capacity <= 1 << 24 else { throw outOfHeap() }
        guard count <= capacity else { throw terminate(.corrupted) }
        let size = try checkedSize(Int(ShapeLayout.tableSize(capacity: capacity)))
        let table = try allocate(size, kind: CellKind.propertyTable, word: capacity)
        if count > 0 {
            try copyWatched(from: source &+ 16, to: table &+ 16, count: Int(count) &* 8)
            cage.store32(table, ShapeLayout.tableUsed, count)
            if capacity > ShapeLayout.linearLimit {
                for entry in 0..<count {
                    indexEntry(table, capacity, entry)
                    try charge(0)
                    try keepWatch(Int(entry))
                }
            }
        }
        return table
    }

    private func indexEntry(_ table: UInt32, _ capacity: UInt32, _ entry: UInt32) {
        let index = table &+ 16 &+ capacity &* 8
        let mask = capacity &* 2 &- 1
        let key = cage.load32(table &+ 16 &+ entry &* 8)
        if key == 0 { return }
        var slot = Machine.hashKey(key) & mask
        var passed: UInt32 = 0
        search: repeat {
            for _ in 0..<256 {
                if cage.load32(index &+ slot &* 4) == 0 { break search }
                slot = (slot &+ 1) & mask
            }
        } while !isEndless(&passed, mask)
        cage.store32(index &+ slot &* 4, 0, entry &+ 1)
    }

    /// Appends to a table that has room.
    private func appendEntry(_ table: UInt32, key: UInt32, slot: UInt32, attributes: UInt8) {
        let entry = cage.load32(table, ShapeLayout.tableUsed)
        cage.store64(table &+ 16 &+ entry &* 8, 0, UInt64(key) | UInt64(slot) << 32 | UInt64(attributes) << 56)
        cage.store32(table, ShapeLayout.tableUsed, entry &+ 1)
        let capacity = cage.load32(table)
        if capacity > ShapeLayout.linearLimit { indexEntry(table, capacity, entry) }
    }

    private static func tableCapacity(for count: UInt32) -> UInt32 {
        var capacity: UInt32 = 4
        while capacity < count, capacity < 1 << 28 { capacity &*= 2 }
        return capacity
    }

    // MARK: Transitions

    func findTransition(_ shape: UInt32, key: UInt32, attributes: UInt8, base: UInt8) -> UInt32 {
        let link = cage.load32(shape, ShapeLayout.transitions)
        if link == 0 { return 0 }
        if cage.load8(link, Layout.kind) == CellKind.shape {
            return transitionMatches(link, key, attributes, base) ? link : 0
        }
        let mask = cage.load32(link) &- 1
        var slot = Machine.hashKey(key) & mask
        var passed: UInt32 = 0
        repeat {
            for _ in 0..<256 {
                let child = cage.load32(link &+ 16 &+ slot &* 4)
                if child == 0 { return 0 }
                if child > 1, transitionMatches(child, key, attributes, base) { return child }
                slot = (slot &+ 1) & mask
            }
        } while !isEndless(&passed, mask)
        return 0
    }

    @inline(__always)
    private func transitionMatches(_ child: UInt32, _ key: UInt32, _ attributes: UInt8, _ base: UInt8) -> Bool {
        cage.load32(child, ShapeLayout.lastKey) == key && cage.load8(child, ShapeLayout.lastAttributes) == attributes
            && cage.load8(child, ShapeLayout.inlineBase) == base
    }

    private func addTransition(_ shape: UInt32, _ child: UInt32) throws(Thrown) {
        let link = cage.load32(shape, ShapeLayout.transitions)
        if link == 0 {
            cage.store32(shape, ShapeLayout.transitions, child)
            return
        }
        var table = link
        if cage.load8(link, Layout.kind) == CellKind.shape {
            table = try makeTransitions(capacity: 4)
            insertTransition(table, link)
        } else if (cage.load32(link, ShapeLayout.transitionsUsed) &+ 1) &* 2 > cage.load32(link) {
            table = try makeTransitions(capacity: cage.load32(link) &* 2)
            for slot in 0..<min(cage.load32(link), wordsBehind(link) &* 2) {
                try keepWatch(Int(slot))
                let old = cage.load32(link &+ 16 &+ slot &* 4)
                if old > 1 {
                    insertTransition(table, old)
                    try charge(0)
                }
            }
        }
        insertTransition(table, child)
        cage.store32(shape, ShapeLayout.transitions, table)
    }

    private func makeTransitions(capacity: UInt32) throws(Thrown) -> UInt32 {
        try allocate(ShapeLayout.transitionsSize(capacity: capacity), kind: CellKind.transitions, word: capacity)
    }

    private func insertTransition(_ table: UInt32, _ child: UInt32) {
        let mask = cage.load32(table) &- 1
        var slot = Machine.hashKey(cage.load32(child, ShapeLayout.lastKey)) & mask
        var passed: UInt32 = 0
        search: repeat {
            for _ in 0..<256 {
                if cage.load32(table &+ 16 &+ slot &* 4) <= 1 { break search }
                slot = (slot &+ 1) & mask
            }
        } while !isEndless(&passed, mask)
        if cage.load32(table &+ 16 &+ slot &* 4) == 0 {
            cage.store32(table, ShapeLayout.transitionsUsed, cage.load32(table, ShapeLayout.transitionsUsed) &+ 1)
        }
        cage.store32(table &+ 16 &+ slot &* 4, 0, child)
    }

    /// After marking: forgets children that died. The transitions cell itself lives exactly as long as its shape.
    func pruneTransitions(of shape: UInt32) {
        let link = cage.load32(shape, ShapeLayout.transitions)
        if link == 0 { return }
        if cage.load8(link, Layout.kind) == CellKind.shape {
            if !isMarked(link) { cage.store32(shape, ShapeLayout.transitions, 0) }
            return
        }
        if !isMarked(link) { keepCell(link, size: ShapeLayout.transitionsSize(capacity: cage.load32(link))) }
        var position = link &+ 16
        for slot in 0..<min(cage.load32(link), wordsBehind(link) &* 2) {
            if _slowPath(slot & 1023 == 1023), asksToGiveUp() { return }
            let child = cage.load32(position)
            if child > 1, !isMarked(child) { cage.store32(position, 0, 1) }
            position = position &+ 4
        }
    }

    // MARK: Adding a property

    /// The shape behind `shape` with one more property; makes it when there is none yet.
    func shapeByAdding(_ shape: UInt32, key: UInt32, attributes: UInt8) throws(Thrown) -> UInt32 {
        let base = cage.load8(shape, ShapeLayout.inlineBase)
        let found = findTransition(shape, key: key, attributes: attributes, base: base)
        if found != 0 { return found }
        let count = cage.load32(shape, ShapeLayout.count)
        var table = cage.load32(shape, ShapeLayout.table)
        if table == 0 {
            table = try makeTable(capacity: 4, copying: 0, count: 0)
        } else if cage.load32(table, ShapeLayout.tableUsed) != count || count >= cage.load32(table) {
            table = try makeTable(capacity: Machine.tableCapacity(for: count &+ 1), copying: table, count: count)
        }
        let slot = cage.load32(shape, ShapeLayout.nextSlot)
        let child = try allocate(ShapeLayout.size, kind: CellKind.shape)
        appendEntry(table, key: key, slot: slot, attributes: attributes)
        cage.store32(child, ShapeLayout.prototype, cage.load32(shape, ShapeLayout.prototype))
        cage.store32(child, ShapeLayout.parent, shape)
        cage.store32(child, ShapeLayout.table, table)
        cage.store32(child, ShapeLayout.count, count &+ 1)
        cage.store32(child, ShapeLayout.nextSlot, slot &+ 1)
        cage.store8(child, ShapeLayout.inlineCapacity, cage.load8(shape, ShapeLayout.inlineCapacity))
        cage.store8(child, ShapeLayout.inlineBase, base)
        cage.store8(child, ShapeLayout.lastAttributes, attributes)
        cage.store32(child, ShapeLayout.lastKey, key)
        try addTransition(shape, child)
        return child
    }

    /// Adds a named own property that the object does not have.
    func addProperty(_ object: UInt32, key: UInt32, value: Value, attributes: UInt8) throws(Thrown) {
        var shape = cage.load32(object)
        if cage.load8(shape, ShapeLayout.flags) & ShapeFlag.dictionary == 0,
            cage.load32(shape, ShapeLayout.count) >= Machine.maximumShapeProperties {
            try convertToDictionary(object)
            shape = cage.load32(object)
        }
        if cage.load8(shape, ShapeLayout.flags) & ShapeFlag.dictionary != 0 {
            let slot = cage.load32(shape, ShapeLayout.nextSlot)
            var table = cage.load32(shape, ShapeLayout.table)
            let used = table == 0 ? 0 : cage.load32(table, ShapeLayout.tableUsed)
            guard slot < 0xFF_FFF0, used < 0xFF_FFF0 else { throw outOfHeap() }
            if table == 0 || used >= cage.load32(table) {
                table = try makeTable(
                    capacity: Machine.tableCapacity(for: max(8, used &+ 1)), copying: table, count: used)
                cage.store32(shape, ShapeLayout.table, table)
            }
            try ensureSlot(object, shape, slot)
            appendEntry(table, key: key, slot: slot, attributes: attributes)
            cage.store32(shape, ShapeLayout.count, used &+ 1)
            cage.store32(shape, ShapeLayout.nextSlot, slot &+ 1)
            storeSlot(object, shape, slot, value)
        } else {
            let next = try shapeByAdding(shape, key: key, attributes: attributes)
            let slot = cage.load32(shape, ShapeLayout.nextSlot)
            try ensureSlot(object, shape, slot)
            storeSlot(object, shape, slot, value)
            cage.store32(object, 0, next)
        }
        noteStructuralChange(object)
    }

    // MARK: Slots

    /// Makes sure that out-of-line storage reaches `slot`.
    func ensureSlot(_ object: UInt32, _ shape: UInt32, _ slot: UInt32) throws(Thrown) {
        let inline = UInt32(cage.load8(shape, ShapeLayout.inlineCapacity))
        guard slot >= inline else { return }
        let needed = slot &- inline &+ 1
        let old = cage.load32(object, Layout.slots)
        let capacity = old == 0 ? 0 : cage.load32(old)
        if needed <= capacity { return }
        let target = max(4, max(needed, capacity &* 2))
        let size = try checkedSize(8 &+ Int(target) &* 8)
        let slots = try allocate(size, kind: CellKind.slots, word: target)
        if capacity > 0 { try copyWatched(from: old &+ 8, to: slots &+ 8, count: Int(capacity) &* 8) }
        try fillWatched(slots &+ 8 &+ capacity &* 8, count: Int(target &- capacity), Value.undefined.bits)
        cage.store32(object, Layout.slots, slots)
    }

    @inline(__always)
    func slotAddress(_ object: UInt32, _ shape: UInt32, _ slot: UInt32) -> UInt32 {
        let inline = UInt32(cage.load8(shape, ShapeLayout.inlineCapacity))
        if slot < inline {
            return object &+ UInt32(cage.load8(shape, ShapeLayout.inlineBase)) &+ slot &* 8
        }
        return cage.load32(object, Layout.slots) &+ 8 &+ (slot &- inline) &* 8
    }

    @inline(__always)
    func loadSlot(_ object: UInt32, _ shape: UInt32, _ slot: UInt32) -> Value {
        Value(bits: cage.load64(slotAddress(object, shape, slot)))
    }

    @inline(__always)
    func storeSlot(_ object: UInt32, _ shape: UInt32, _ slot: UInt32, _ value: Value) {
        cage.store64(slotAddress(object, shape, slot), 0, value.bits)
    }

    // MARK: Other changes

    /// A copy of the object's shape that no other object has, with its own table, so that it can be changed.
    private func detachedShape(_ object: UInt32, dictionary: Bool) throws(Thrown) -> UInt32 {
        let shape = cage.load32(object)
        let old = cage.load32(shape, ShapeLayout.table)
        let count = cage.load32(shape, ShapeLayout.count)
        let isDictionary = cage.load8(shape, ShapeLayout.flags) & ShapeFlag.dictionary != 0
        var table = old
        if !isDictionary, old != 0 {
            table = try makeTable(capacity: Machine.tableCapacity(for: max(count, 4)), copying: old, count: count)
        }
        let copy = try allocate(ShapeLayout.size, kind: CellKind.shape)
        cage.copy(from: shape &+ 5, to: copy &+ 5, count: Int(ShapeLayout.size) &- 5)
        cage.store8(copy, Layout.mark, 0)
        cage.store8(copy, ShapeLayout.flags, dictionary || isDictionary ? ShapeFlag.dictionary : 0)
        cage.store32(copy, ShapeLayout.table, table)
        cage.store32(copy, ShapeLayout.transitions, 0)
        cage.store32(copy, ShapeLayout.parent, 0)
        cage.store32(copy, ShapeLayout.lastKey, 0)
        return copy
    }

    public func convertToDictionary(_ object: UInt32) throws(Thrown) {
        let shape = try detachedShape(object, dictionary: true)
        cage.store32(object, 0, shape)
        noteStructuralChange(object)
    }

    /// Changes the attributes of an existing named property.
    func setAttributes(_ object: UInt32, _ location: PropertyLocation, _ attributes: UInt8) throws(Thrown) {
        if location.attributes == attributes { return }
        let shape = try detachedShape(object, dictionary: false)
        let table = cage.load32(shape, ShapeLayout.table)
        cage.store32(table &+ 20 &+ location.entry &* 8, 0, location.slot | UInt32(attributes) << 24)
        cage.store32(object, 0, shape)
        noteStructuralChange(object)
    }

    /// Changes the attributes of all named properties at once (freeze, seal): `keep` masks them.
    func maskAllAttributes(_ object: UInt32, keep: UInt8) throws(Thrown) {
        let shape = try detachedShape(object, dictionary: false)
        let table = cage.load32(shape, ShapeLayout.table)
        if table != 0 {
            for entry in 0..<min(cage.load32(shape, ShapeLayout.count), wordsBehind(table)) {
                let word = cage.load32(table &+ 20 &+ entry &* 8)
                var attributes = UInt8(truncatingIfNeeded: word >> 24)
                let mask = attributes & Attribute.accessor != 0 ? keep | Attribute.writable : keep
                attributes &= mask | Attribute.accessor
                cage.store32(table &+ 20 &+ entry &* 8, 0, word & 0xFF_FFFF | UInt32(attributes) << 24)
            }
        }
        cage.store32(object, 0, shape)
        noteStructuralChange(object)
    }

    /// Removes a named own property; the object becomes a dictionary.
    func removeProperty(_ object: UInt32, key: UInt32, _ location: PropertyLocation) throws(Thrown) {
        let shape = try detachedShape(object, dictionary: true)
        cage.store32(object, 0, shape)
        let table = cage.load32(shape, ShapeLayout.table)
        storeSlot(object, shape, location.slot, .undefined)
        // The key stays findable as a deleted entry only through its place: 0 is no key.
        cage.store32(table &+ 16 &+ location.entry &* 8, 0, 0)
        let deleted = cage.load32(table, ShapeLayout.tableDeleted) &+ 1
        cage.store32(table, ShapeLayout.tableDeleted, deleted)
        if deleted > 16, deleted &* 2 > cage.load32(table, ShapeLayout.tableUsed) { try compact(object) }
        noteStructuralChange(object)
    }

    /// Rebuilds a dictionary without its deleted entries.
    private func compact(_ object: UInt32) throws(Thrown) {
        let shape = cage.load32(object)
        let old = cage.load32(shape, ShapeLayout.table)
        let used = cage.load32(old, ShapeLayout.tableUsed)
        let live = used &- min(used, cage.load32(old, ShapeLayout.tableDeleted))
        let table = try makeTable(capacity: Machine.tableCapacity(for: max(8, live)), copying: 0, count: 0)
        var values: [Value] = []
        var slot: UInt32 = 0
        for entry in 0..<used {
            let key = cage.load32(old &+ 16 &+ entry &* 8)
            guard key != 0, slot < live else { continue }
            let place = location(old, entry)
            values.append(loadSlot(object, shape, place.slot))
            appendEntry(table, key: key, slot: slot, attributes: place.attributes)
            slot &+= 1
        }
        for (index, value) in values.enumerated() {
            storeSlot(object, shape, UInt32(truncatingIfNeeded: index), value)
        }
        cage.store32(shape, ShapeLayout.table, table)
        cage.store32(shape, ShapeLayout.count, slot)
        cage.store32(shape, ShapeLayout.nextSlot, slot)
    }

    /// Gives the object another prototype.
    func changePrototype(_ object: UInt32, to prototype: UInt32) throws(Thrown) {
        let shape = cage.load32(object)
        if cage.load32(shape, ShapeLayout.prototype) == prototype { return }
        if prototype != 0 { markAsPrototype(prototype) }
        if cage.load32(shape, ShapeLayout.count) == 0,
            cage.load8(shape, ShapeLayout.flags) & ShapeFlag.dictionary == 0 {
            let next = try rootShape(
                prototype: prototype, inlineCapacity: cage.load8(shape, ShapeLayout.inlineCapacity),
                inlineBase: cage.load8(shape, ShapeLayout.inlineBase),
                flags: cage.load8(shape, ShapeLayout.flags) & ShapeFlag.lazyFunction)
            cage.store32(object, 0, next)
        } else {
            let lazy = cage.load8(shape, ShapeLayout.flags) & ShapeFlag.lazyFunction
            let copy = try detachedShape(object, dictionary: false)
            cage.store32(copy, ShapeLayout.prototype, prototype)
            cage.store8(copy, ShapeLayout.flags, cage.load8(copy, ShapeLayout.flags) | lazy)
            cage.store32(object, 0, copy)
        }
        noteStructuralChange(object)
    }

    /// Named own keys in order of creation; symbols are included.
    func forEachNamedProperty(
        _ object: UInt32, _ body: (_ key: PropertyKey, _ location: PropertyLocation) throws(Thrown) -> Void
    ) throws(Thrown) {
        let shape = cage.load32(object)
        let table = cage.load32(shape, ShapeLayout.table)
        if table == 0 { return }
        let count = min(cage.load32(shape, ShapeLayout.count), cage.load32(table))
        for entry in 0..<count {
            let key = cage.load32(table &+ 16 &+ entry &* 8)
            if key == 0 { continue }
            let isSymbol = cage.load8(key, Layout.kind) == CellKind.symbol
            try body(isSymbol ? PropertyKey(symbol: key) : PropertyKey(atom: key), location(table, entry))
        }
    }
}
