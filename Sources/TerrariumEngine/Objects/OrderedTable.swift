import TerrariumCage

/// The ordered hash table of Map and Set, and the ephemeron table of WeakMap and WeakSet.
///
/// A collection object has three fields: entries (a list cell of key and value pairs in insertion order; a removed one
/// has an empty key), buckets (a words cell: entry number plus one), number of live entries. Iterators hold an entry
/// number and the list it counts in (field 3); when entries are compacted the old list names the new one.
/// Weak collections keep their entries in a `hashTable` cell, whose keys the collector does not follow.
extension Machine {
    public func initializeTable(_ object: UInt32, isWeak: Bool) throws(Thrown) {
        setField(object, 0, Value(cell: try makeEntries(capacity: 8, isWeak: isWeak)))
        setField(object, 1, Value(cell: try makeBuckets(16)))
        setField(object, 2, .zero)
        setField(object, 3, .zero)
    }

    private func makeEntries(capacity: Int, isWeak: Bool) throws(Thrown) -> UInt32 {
        let size = try checkedSize(16 &+ capacity &* 16)
        return try allocate(
            size, kind: isWeak ? CellKind.hashTable : CellKind.list, word: UInt32(truncatingIfNeeded: capacity &* 2))
    }

    private func makeBuckets(_ count: UInt32) throws(Thrown) -> UInt32 {
        try allocate(try checkedSize(16 &+ Int(count) &* 4), kind: CellKind.words, word: count)
    }

    private func tableHash(_ key: Value) throws(Thrown) -> UInt32 {
        if key.isString { return plainHash(Value(string: try intern(key))) }
        if key.isDouble { return plainHash(Value(number: key.double == 0 ? 0 : key.double)) }
        guard key.isBigInt else { return plainHash(key) }
        let parts = bigIntParts(key)
        return Machine.mixed(parts.limbs.reduce(parts.negative ? 1 : 2) { ($0 ^ $1) &* 0x9E37_79B9_7F4A_7C15 })
    }

    @inline(__always)
    private static func mixed(_ bits: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: ((bits ^ bits &>> 32) &* 0xFF51_AFD7_ED55_8CCD) &>> 32)
    }

    /// Hash of a key that `plainKey` gave.
    @inline(__always)
    func plainHash(_ key: Value) -> UInt32 { Machine.mixed(key.isString ? UInt64(stringHash(key.offset)) : key.bits) }

    /// A key as it is stored, when it takes little work to find that out: empty for BigInts and for most strings that no
    /// atom equals.
    @inline(__always)
    func plainKey(_ key: Value) -> Value {
        if key.isString {
            if cage.load8(key.offset, Layout.flags) & StringFlag.atom != 0 { return key }
            let atom = quickAtom(key.offset)
            return atom != 0 ? Value(string: atom) : .empty
        }
        if key.isDouble { return key.double == 0 ? .zero : Value(number: key.double) }
        return key.isBigInt ? .empty : key
    }

    /// Entry of such a key, 0 when absent.
    @inline(__always)
    func findPlainEntry(_ object: UInt32, _ key: Value, _ hash: UInt32) -> UInt32 {
        let entries = field(object, 0).offset, buckets = field(object, 1).offset
        let mask = cage.load32(buckets) &- 1
        var slot = hash & mask
        var passed: UInt32 = 0
        repeat {
            for _ in 0..<256 {
                let number = cage.load32(buckets &+ 16 &+ slot &* 4)
                if number == 0 { return 0 }
                let entry = entries &+ 16 &+ (number &- 1) &* 16
                if cage.load64(entry) == key.bits { return entry }
                slot = (slot &+ 1) & mask
            }
        } while !isEndless(&passed, mask)
        return 0
    }

    /// Adds an entry of a key that has none; false when there is no room.
    func addEntry(_ object: UInt32, _ key: Value, _ hash: UInt32, _ value: Value) -> Bool {
        let entries = field(object, 0).offset, length = cage.load32(entries, Layout.elementsLength)
        guard length < cage.load32(entries) else { return false }
        cage.store64(entries &+ 16 &+ length &* 8, 0, key.bits)
        cage.store64(entries &+ 16 &+ length &* 8, 8, value.bits)
        cage.store32(entries, Layout.elementsLength, length &+ 2)
        indexEntry(field(object, 1).offset, hash, length / 2)
        setField(object, 2, Value(field(object, 2).int &+ 1))
        return true
    }

    /// Keys are stored so that SameValueZero is equality of bits, except for BigInts: atoms, ints, canonical doubles.
    private func tableKey(_ key: Value) throws(Thrown) -> Value {
        if key.isString {
            // The same whether there is such an atom or not: that depends on collections.
            chargeLater(8)
            return Value(string: try intern(key))
        }
        if key.isDouble { return key.double == 0 ? .zero : Value(number: key.double) }
        return key
    }

    /// Offset of the entry of a key, 0 when absent.
    public func findTableEntry(_ object: UInt32, _ rawKey: Value) throws(Thrown) -> UInt32 {
        let key = try tableKey(rawKey)
        let entries = field(object, 0).offset, buckets = field(object, 1).offset
        let mask = cage.load32(buckets) &- 1
        var slot = try tableHash(key) & mask
        var passed: UInt32 = 0
        repeat {
            for _ in 0..<256 {
                let number = cage.load32(buckets &+ 16 &+ slot &* 4)
                if number == 0 { return 0 }
                let entry = entries &+ 16 &+ (number &- 1) &* 16
                let candidate = Value(bits: cage.load64(entry))
                if candidate == key || (key.isBigInt && candidate.isBigInt && bigIntsEqual(key, candidate)) { return entry }
                slot = (slot &+ 1) & mask
            }
        } while !isEndless(&passed, mask)
        return 0
    }

    public func tableGet(_ object: UInt32, _ key: Value) throws(Thrown) -> Value? {
        let entry = try findTableEntry(object, key)
        return entry == 0 ? nil : Value(bits: cage.load64(entry, 8))
    }

    public func tableSet(_ object: UInt32, _ rawKey: Value, _ value: Value) throws(Thrown) {
        let entry = try findTableEntry(object, rawKey)
        if entry != 0 {
            cage.store64(entry, 8, value.bits)
            return
        }
        chargeLater(16)
        let key = try tableKey(rawKey)
        let hash = try tableHash(key)
        if addEntry(object, key, hash, value) { return }
        try rebuildTable(object)
        guard addEntry(object, key, hash, value) else { throw terminate(.corrupted) }
    }

    private func indexEntry(_ buckets: UInt32, _ hash: UInt32, _ number: UInt32) {
        let mask = cage.load32(buckets) &- 1
        var slot = hash & mask
        var passed: UInt32 = 0
        search: repeat {
            for _ in 0..<256 {
                if cage.load32(buckets &+ 16 &+ slot &* 4) == 0 { break search }
                slot = (slot &+ 1) & mask
            }
        } while !isEndless(&passed, mask)
        cage.store32(buckets &+ 16 &+ slot &* 4, 0, number &+ 1)
    }

    /// More room, without the removed entries.
    private func rebuildTable(_ object: UInt32) throws(Thrown) {
        let old = field(object, 0).offset
        let used = listLength(old) / 2
        try charge(Int(used) / 2)
        var live: UInt32 = 0
        for number in 0..<used {
            if !Value(bits: cage.load64(old &+ 16 &+ number &* 16)).isEmpty { live &+= 1 }
            try keepWatch(Int(number))
        }
        let capacity = max(8, live &* 2)
        let fresh = try makeEntries(capacity: Int(capacity), isWeak: cage.load8(old, Layout.kind) == CellKind.hashTable)
        var bucketCount: UInt32 = 16
        while bucketCount < capacity &* 2 { bucketCount &*= 2 }
        let buckets = try makeBuckets(bucketCount)
        var next: UInt32 = 0
        // Old entries learn their new numbers (in the place of their values), for iterators that stand in them.
        for number in 0..<used {
            try keepWatch(Int(number))
            let entry = old &+ 16 &+ number &* 16
            let key = Value(bits: cage.load64(entry))
            if !key.isEmpty {
                cage.copy(from: entry, to: fresh &+ 16 &+ next &* 16, count: 16)
                indexEntry(buckets, try tableHash(key), next)
                // Keys that were chosen to collide cost what they cost.
                try charge(0)
                next &+= 1
            }
        }
        cage.store32(fresh, Layout.elementsLength, next &* 2)
        setField(object, 0, Value(cell: fresh))
        setField(object, 1, Value(cell: buckets))
        // Iterators that stand in the old list find their place through it: its header word names the new list.
        cage.store32(old, Layout.listSuccessor, fresh)
    }

    /// An iterator's list may have been replaced: counts its live entries up to the position, list by list.
    private func catchUp(_ object: UInt32, _ iterator: UInt32) throws(Thrown) {
        var list = field(iterator, 3).offset
        var position = UInt32(bitPattern: field(iterator, 1).int)
        let current = field(object, 0).offset
        while list != current, list != 0 {
            try charge(Int(position) / 4 &+ 1)
            var live: UInt32 = 0
            for number in 0..<min(position, cage.load32(list) / 2, wordsBehind(list))
            where !Value(bits: cage.load64(list &+ 16 &+ number &* 16)).isEmpty { live &+= 1 }
            position = live
            list = cage.load32(list, Layout.listSuccessor)
        }
        setField(iterator, 1, Value(Int32(bitPattern: position)))
        setField(iterator, 3, Value(cell: current))
    }

    public func tableDelete(_ object: UInt32, _ key: Value) throws(Thrown) -> Bool {
        let entry = try findTableEntry(object, key)
        if entry == 0 { return false }
        cage.store64(entry, 0, Value.empty.bits)
        cage.store64(entry, 8, Value.undefined.bits)
        setField(object, 2, Value(field(object, 2).int &- 1))
        return true
    }

    public func tableClear(_ object: UInt32) throws(Thrown) {
        let entries = field(object, 0).offset
        let used = listLength(entries) / 2
        for number in 0..<used {
            cage.store64(entries &+ 16 &+ number &* 16, 0, Value.empty.bits)
            cage.store64(entries &+ 16 &+ number &* 16, 8, Value.undefined.bits)
        }
        try charge(Int(used) / 4)
        setField(object, 2, .zero)
    }

    public func tableSize(_ object: UInt32) -> Int { Int(field(object, 2).int) }

    /// The live entry at or behind an iterator's position; moves the position behind it.
    public func nextTableEntry(_ object: UInt32, iterator: UInt32) throws(Thrown) -> (key: Value, value: Value)? {
        let entries = field(object, 0).offset
        if field(iterator, 3).offset != entries { try catchUp(object, iterator) }
        let used = cage.load32(entries, Layout.elementsLength) / 2
        var position = UInt32(bitPattern: field(iterator, 1).int)
        while position < used {
            let entry = entries &+ 16 &+ position &* 16
            let key = Value(bits: cage.load64(entry))
            position &+= 1
            if !key.isEmpty {
                setField(iterator, 1, Value(Int32(bitPattern: position)))
                return (key, Value(bits: cage.load64(entry, 8)))
            }
            try charge(1)
        }
        setField(iterator, 1, Value(Int32(bitPattern: position)))
        return nil
    }
}
