import TerrariumCage
import TerrariumRegExp

/// Unmodified regular expressions: nothing that the protocol methods could notice was changed.
extension Machine {
    /// RegExp.prototype.test when the object is unmodified and `exec` is the original one; nil otherwise. It may be left.
    public func regExpTestFast(_ value: Value, _ string: Value) throws(Thrown) -> Value? {
        guard string.isString, hasPlainRegExpState(value) else { return nil }
        let record = intrinsic(.regExpPristine), exec = intrinsic(.regExpExec)
        guard record.isCell else { return nil }
        let prototype = intrinsic(.regExpPrototype).offset
        let shape = cage.load32(prototype)
        guard compiledValue(record.offset, 0).offset == shape else { return nil }
        // `exec` is among the first properties.
        for slot: UInt32 in 1..<5 where compiledValue(record.offset, slot) == exec {
            guard loadSlot(prototype, shape, slot &- 1) == exec else { return nil }
            return try regExpBuiltinExec(value.offset, string, leaves: true, wantsResult: false)
        }
        return nil
    }

    /// An object with its properties as they were made, `lastIndex` an integer, and its pattern compiled.
    public func hasPlainRegExpState(_ value: Value) -> Bool {
        value.isObject && kind(of: value.offset) == CellKind.regExp && hasPlainLastIndex(value.offset)
            && field(value.offset, 1).isInt && field(value.offset, 0).isCell
    }

    /// Neither the object nor RegExp.prototype was changed in a way that the protocol methods could notice.
    public func isPristineRegExp(_ value: Value) -> Bool {
        guard hasPlainRegExpState(value) else { return false }
        let record = intrinsic(.regExpPristine)
        guard record.isCell else { return false }
        let prototype = intrinsic(.regExpPrototype).offset
        let shape = cage.load32(prototype)
        let count = cage.load32(record.offset, Layout.elementsLength)
        guard compiledValue(record.offset, 0).offset == shape else { return false }
        // Slots that are not in the object follow each other in their cell, as the recorded values do.
        let inline = UInt32(cage.load8(shape, ShapeLayout.inlineCapacity))
        var slot: UInt32 = 1
        while slot < count, slot <= inline {
            if loadSlot(prototype, shape, slot &- 1) != compiledValue(record.offset, slot) { return false }
            slot = slot &+ 1
        }
        var recorded = record.offset &+ 16 &+ slot &* 8
        var place = cage.load32(prototype, Layout.slots) &+ 8 &+ (slot &- 1 &- inline) &* 8
        while slot < count {
            if cage.load64(place) != cage.load64(recorded) { return false }
            place = place &+ 8
            recorded = recorded &+ 8
            slot = slot &+ 1
        }
        return true
    }

    /// SpeciesConstructor of an unmodified regular expression is %RegExp%.
    public func regExpSpeciesIsPristine() throws(Thrown) -> Bool {
        let constructor = intrinsic(.regExp)
        guard constructor.isObject, let own = try getOwnProperty(constructor.offset, symbolKey(.species)) else { return false }
        return own.getter == intrinsic(.regExpSpecies)
    }

    /// Remembers RegExp.prototype as it is now.
    public func recordRegExpPrototype(realm: UInt32) throws(Thrown) {
        let prototype = realmValue(realm, .regExpPrototype).offset
        let shape = cage.load32(prototype)
        var values = [Value(cell: shape)]
        for slot in 0..<cage.load32(shape, ShapeLayout.nextSlot) { values.append(loadSlot(prototype, shape, slot)) }
        setRealmValue(realm, .regExpPristine, try list(of: values))
        let species = try getOwnProperty(realmValue(realm, .regExp).offset, symbolKey(.species))
        setRealmValue(realm, .regExpSpecies, species?.getter ?? .undefined)
        let sample = try regExpAlloc(prototype: prototype)
        setRealmValue(realm, .regExpShape, Value(cell: cage.load32(sample)))
    }
}
