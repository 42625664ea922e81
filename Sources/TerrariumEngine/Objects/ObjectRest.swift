import TerrariumCage

/// The rest of an object pattern: CopyDataProperties to a new object without the keys that the pattern names.
extension Machine {
    /// Makes the rest object of a source without indices and accessors; nil for others, and for keys that are no atoms.
    /// Without accessors nobody sees in which order strings and symbols are copied.
    /// - Parameters:
    ///   - keys: address of the keys that are left out.
    ///   - count: their number.
    func plainRest(of source: UInt32, without keys: UInt32, count: UInt32) throws(Thrown) -> Value? {
        guard kind(of: source) == CellKind.object, !isExotic(source),
            cage.load32(source, Layout.elements) == emptyElements
        else { return nil }
        for index in 0..<count {
            let key = Value(bits: cage.load64(keys &+ index &* 8))
            let isAtom = key.isString && cage.load8(key.offset, Layout.flags) & StringFlag.atom != 0
            if !isAtom, !key.isSymbol, !key.isInt { return nil }
        }
        let shape = cage.load32(source)
        let table = cage.load32(shape, ShapeLayout.table)
        let used = table == 0 ? 0 : min(cage.load32(shape, ShapeLayout.count), cage.load32(table))
        for entry in 0..<used where cage.load32(table &+ 20 &+ entry &* 8) >> 24 & UInt32(Attribute.accessor) != 0 {
            return nil
        }
        try charge(Int(used) &* 8 &+ 4)
        let room = min(used > count ? used &- count : 0, 16)
        let target = try makeObject(
            prototype: intrinsic(.objectPrototype).offset, inlineCapacity: UInt8(truncatingIfNeeded: max(2, room))).offset
        for entry in 0..<used {
            let key = cage.load32(table &+ 16 &+ entry &* 8)
            let place = location(table, entry)
            if key == 0 || place.attributes & Attribute.enumerable == 0 || isAmong(key, keys, count) || isPrivate(key) {
                continue
            }
            let value = loadSlot(source, shape, place.slot)
            if !quickDefine(target, key, value.bits, attributes: Attribute.all) {
                try addProperty(target, key: key, value: value, attributes: Attribute.all)
            }
        }
        return Value(object: target)
    }

    private func isPrivate(_ key: UInt32) -> Bool {
        cage.load8(key, Layout.kind) == CellKind.symbol && cage.load8(key, Layout.flags) & StringFlag.privateName != 0
    }

    private func isAmong(_ key: UInt32, _ keys: UInt32, _ count: UInt32) -> Bool {
        for index in 0..<count {
            let value = Value(bits: cage.load64(keys &+ index &* 8))
            if !value.isInt, value.offset == key { return true }
        }
        return false
    }
}
