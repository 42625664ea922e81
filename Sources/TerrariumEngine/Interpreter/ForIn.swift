import TerrariumCage

/// for-in: the keys are collected at the start (ECMA-262 §14.7.5.9); deleted ones are not visited.
///
/// An enumerator takes five registers: the list of the keys; the object; the shape that it had, as a cell, as long as which
/// no key needs to be looked up again, or undefined; the position; the prototype epoch that the keys were found in, or
/// empty when all of them are the object's own. Lists of plain objects are shared by all loops over objects of that shape
/// and kept in the table of look-ups; behind their elements they have the fuel that making them costs, which every loop
/// pays.
extension Machine {
    /// Key of such lists in the table of look-ups: no atom's.
    private static var enumerationKey: UInt32 { 2 }

    func forInPrepare(_ word: UInt64) throws(Thrown) {
        let value = reg(word.fieldB), base = word.fieldA
        if value.isNullish { return setEnumerator(base, emptyElements, .undefined) }
        let object = try toObject(value)
        if try prepareFromTable(object.offset, base) { return }
        if try preparePlain(object.offset, base) { return }
        if try meetsProxy(object.offset) {
            setEnumerator(base, emptyElements, object)
            return try push(.forInKeys, object, register: base)
        }
        var names: [Value] = []
        var seen: Set<UInt64> = []
        var current = object.offset
        var steps = 0
        while current != 0 {
            for key in try ownPropertyKeys(current) where !key.isSymbol {
                if seen.contains(key.bits) { continue }
                guard let own = try getOwnProperty(current, key) else { continue }
                seen.insert(key.bits)
                if own.enumerable == true { names.append(try keyValue(key)) }
            }
            current = try getPrototypeOf(current)
            steps &+= 1
            if steps & 7 == 0 { try charge(8) }
        }
        let list = try makeList(capacity: names.count)
        cage.store32(list, Layout.elementsLength, UInt32(truncatingIfNeeded: names.count))
        for (index, name) in names.enumerated() {
            cage.store64(list &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8, 0, name.bits)
        }
        setEnumerator(base, list, object)
    }

    private func setEnumerator(_ base: UInt16, _ list: UInt32, _ object: Value, shape: Value = .undefined, epoch: Value = .empty) {
        setReg(base, Value(cell: list))
        setReg(base &+ 1, object)
        setReg(base &+ 2, shape)
        setReg(base &+ 3, .zero)
        setReg(base &+ 4, epoch)
    }

    private var epochValue: Value { Value(UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch]) & 0x7FFF_FFFF) }

    /// Whether the keys are those in the shapes of the object and its few prototypes.
    private func isPlainlyEnumerable(_ object: UInt32) -> Bool {
        var current = object
        var steps = 0
        repeat {
            guard !isExotic(current), cage.load32(current, Layout.elements) == emptyElements, steps < 8 else { return false }
            if cage.load8(current, Layout.flags) & ObjectFlag.lazyProperties != 0
                || kind(of: current) == CellKind.array { return false }
            current = ordinaryPrototype(current)
            steps &+= 1
        } while current != 0
        return true
    }

    private func prepareFromTable(_ object: UInt32, _ base: UInt16) throws(Thrown) -> Bool {
        let table = UInt32(truncatingIfNeeded: cells[Cell.lookupCache])
        let shape = cage.load32(object), key = Machine.enumerationKey
        let entry = table &+ LookupCache.position(shape, key)
        guard table != 0, cage.load64(entry) == UInt64(shape) | UInt64(key) << 32 else { return false }
        let place = cage.load64(entry, 8)
        guard UInt32(truncatingIfNeeded: place >> 32) == UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch]),
            isPlainlyEnumerable(object)
        else { return false }
        try startEnumeration(UInt32(truncatingIfNeeded: place), object, base)
        return true
    }

    /// Begins a loop over a list that `preparePlain` made.
    private func startEnumeration(_ list: UInt32, _ object: UInt32, _ base: UInt16) throws(Thrown) {
        let cost = Value(bits: cage.load64(list &+ 16 &+ cage.load32(list, Layout.elementsLength) &* 8)).int
        try charge(Int(cost >> 1))
        setEnumerator(
            base, list, Value(object: object), shape: Value(cell: cage.load32(object)),
            epoch: cost & 1 != 0 ? epochValue : .empty)
    }

    /// The enumerator of an object without indices, also on its prototypes; false for others.
    private func preparePlain(_ object: UInt32, _ base: UInt16) throws(Thrown) -> Bool {
        var current = object
        var steps = 0
        while current != 0, steps < 8, !isExotic(current) {
            materializeAllLazyProperties(current)
            current = ordinaryPrototype(current)
            steps &+= 1
        }
        guard isPlainlyEnumerable(object) else { return false }
        var names: [UInt32] = []
        var cost = 4 &+ appendEnumerable(object, to: &names, hiding: nil)
        let own = names.count
        current = ordinaryPrototype(object)
        while current != 0 {
            if hasEnumerable(current) {
                var seen: Set<UInt32> = []
                var shadowing = object
                while shadowing != current {
                    noteKeys(shadowing, &seen)
                    shadowing = ordinaryPrototype(shadowing)
                }
                cost = cost &+ seen.count &* 4 &+ appendEnumerable(current, to: &names, hiding: seen)
            } else {
                cost = cost &+ Int(entryCount(current)) / 4
            }
            current = ordinaryPrototype(current)
        }
        let list = try makeList(capacity: names.count &+ 1)
        cage.store32(list, Layout.elementsLength, UInt32(truncatingIfNeeded: names.count))
        var slot = list &+ 16
        for name in names {
            cage.store64(slot, 0, Value(string: name).bits)
            slot = slot &+ 8
        }
        cage.store64(slot, 0, Value(Int32(truncatingIfNeeded: cost &* 2 &+ (names.count > own ? 1 : 0))).bits)
        let shape = cage.load32(object)
        if !cachesDisabled, cage.load8(shape, ShapeLayout.flags) == 0 {
            try makeLookupCache()
            let key = Machine.enumerationKey
            let entry = UInt32(truncatingIfNeeded: cells[Cell.lookupCache]) &+ LookupCache.position(shape, key)
            cage.store64(entry, 0, UInt64(shape) | UInt64(key) << 32)
            cage.store64(
                entry, 8, UInt64(list) | UInt64(UInt32(truncatingIfNeeded: cells[Cell.prototypeEpoch])) << 32)
        }
        try startEnumeration(list, object, base)
        return true
    }

    private func entryCount(_ object: UInt32) -> UInt32 {
        let shape = cage.load32(object)
        let table = cage.load32(shape, ShapeLayout.table)
        return table == 0 ? 0 : min(cage.load32(shape, ShapeLayout.count), cage.load32(table))
    }

    /// Appends the enumerable names of an object that are not hidden; returns what that costs.
    private func appendEnumerable(_ object: UInt32, to names: inout [UInt32], hiding seen: Set<UInt32>?) -> Int {
        let table = cage.load32(cage.load32(object), ShapeLayout.table)
        let count = entryCount(object)
        for entry in 0..<count {
            let key = cage.load32(table &+ 16 &+ entry &* 8)
            if isEnumerable(table, entry, key), seen?.contains(key) != true { names.append(key) }
        }
        return Int(count) &* 4
    }

    private func noteKeys(_ object: UInt32, _ seen: inout Set<UInt32>) {
        let table = cage.load32(cage.load32(object), ShapeLayout.table)
        for entry in 0..<entryCount(object) { seen.insert(cage.load32(table &+ 16 &+ entry &* 8)) }
    }

    private func hasEnumerable(_ object: UInt32) -> Bool {
        let table = cage.load32(cage.load32(object), ShapeLayout.table)
        for entry in 0..<entryCount(object)
        where isEnumerable(table, entry, cage.load32(table &+ 16 &+ entry &* 8)) { return true }
        return false
    }

    private func isEnumerable(_ table: UInt32, _ entry: UInt32, _ key: UInt32) -> Bool {
        key != 0 && location(table, entry).attributes & Attribute.enumerable != 0
            && cage.load8(key, Layout.kind) != CellKind.symbol
    }

    /// Whether a key of an enumeration is still there, as far as can be said without running guest code: keys that traps
    /// told are.
    private func mayHave(_ start: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        var object = start
        var proxies = 0
        while try meetsProxy(object) {
            while kind(of: object) != CellKind.proxy {
                if try getOwnProperty(object, key) != nil { return true }
                object = ordinaryPrototype(object)
            }
            guard field(object, 1).isObject else { return false }
            for trap in [ProxyTrap.getOwnPropertyDescriptor, .getPrototypeOf] {
                guard try targetWithoutTrap(object, trap, &proxies) != nil else { return true }
            }
            object = field(object, 0).offset
        }
        return try hasProperty(object, key)
    }

    /// The next key, looked up again where the object or a prototype may have lost it.
    func forInNext(_ word: UInt64) throws(Thrown) {
        let base = word.fieldB
        let list = reg(base).offset
        let count = cage.load32(list, Layout.elementsLength)
        var position = reg(base &+ 3).offset
        let object = reg(base &+ 1)
        while position < count {
            let name = Value(bits: cage.load64(list &+ 16 &+ position &* 8))
            position = position &+ 1
            setReg(base &+ 3, Value(position))
            if object.isObject, try mayHave(object.offset, try toPropertyKey(name)) {
                setReg(word.fieldA, name)
                return
            }
        }
        jumpForward(word)
    }
}
