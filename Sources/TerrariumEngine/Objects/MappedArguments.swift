import TerrariumCage

/// Arguments objects of sloppy functions whose elements are the parameters (ECMA-262 §10.4.4).
///
/// Field 0 is the scope whose slot i is parameter i, field 1 a list with one value per parameter that was given: true
/// while the element is still the parameter. The elements hold the values of the others.
extension Machine {
    /// Makes an arguments object mapped: the first `count` arguments are slots of the scope.
    func mapArguments(_ object: UInt32, scope: UInt32) throws(Thrown) {
        let given = cage.load32(cage.load32(object, Layout.elements), Layout.elementsLength)
        let parameters = UInt32(cage.load16(runningCode, Layout.codeParameterCount))
        let count = min(given, parameters)
        guard count > 0 else { return }
        let list = try makeList(capacity: Int(count))
        cage.store32(list, Layout.elementsLength, count)
        for index in 0..<count { cage.store64(list &+ 16 &+ index &* 8, 0, Value.true.bits) }
        // Arguments objects of sloppy functions are made with these two fields.
        // Dense elements would be read and written without a look at the map.
        try detachElementFastPath(object)
        setField(object, 0, Value(cell: scope))
        setField(object, 1, Value(cell: list))
        cage.store8(object, Layout.kind, CellKind.mappedArguments)
        cage.store8(object, Layout.flags, cage.load8(object, Layout.flags) | ObjectFlag.exotic)
    }

    /// Address of the scope slot that an element is linked to.
    func mappedSlot(_ object: UInt32, _ key: PropertyKey) -> UInt32? {
        guard key.isIndex else { return nil }
        let list = field(object, 1)
        guard list.isCell, key.index < cage.load32(list.offset, Layout.elementsLength),
            Value(bits: cage.load64(list.offset &+ 16 &+ key.index &* 8)) == .true
        else { return nil }
        return field(object, 0).offset &+ UInt32(Layout.scopeSlots) &+ key.index &* 8
    }

    func mappedValue(_ object: UInt32, _ key: PropertyKey) -> Value? {
        mappedSlot(object, key).map { Value(bits: cage.load64($0)) }
    }

    private func unmap(_ object: UInt32, _ key: PropertyKey) {
        guard mappedSlot(object, key) != nil else { return }
        cage.store64(field(object, 1).offset &+ 16 &+ key.index &* 8, 0, Value.false.bits)
    }

    func mappedGetOwnProperty(_ object: UInt32, _ key: PropertyKey) -> PropertyDescriptor? {
        guard var own = ordinaryGetOwnProperty(object, key) else { return nil }
        if let value = mappedValue(object, key) { own.value = value }
        return own
    }

    func mappedDefineOwnProperty(_ object: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor)
        throws(Thrown) -> Bool
    {
        guard let slot = mappedSlot(object, key) else { return try ordinaryDefineOwnProperty(object, key, descriptor) }
        var changed = descriptor
        if !descriptor.isAccessor, descriptor.value == nil, descriptor.writable == false {
            changed.value = Value(bits: cage.load64(slot))
        }
        guard try ordinaryDefineOwnProperty(object, key, changed) else { return false }
        if descriptor.isAccessor {
            unmap(object, key)
        } else {
            if let value = descriptor.value { cage.store64(slot, 0, value.bits) }
            if descriptor.writable == false { unmap(object, key) }
        }
        return true
    }

    func mappedDelete(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        guard try ordinaryDelete(object, key) else { return false }
        unmap(object, key)
        return true
    }
}
