import TerrariumCage

extension Machine {
    private static var mapMark: UInt32 { UInt32(Intrinsic.mapIteratorPrototype.rawValue) &+ 1 }
    private static var setMark: UInt32 { UInt32(Intrinsic.setIteratorPrototype.rawValue) &+ 1 }
    private static var stringMark: UInt32 { UInt32(Intrinsic.stringIteratorPrototype.rawValue) &+ 1 }

    /// A step of an iteration (`iteratorStepFast`) over an iterator that is built in, and no generator.
    @inline(never)
    func stepBuiltinQuickly(_ word: UInt64) -> UInt8 {
        quickStep(word) ? Outcome.goesOn : executeInFull(word)
    }

    /// A step over a Map, a Set or a string, with no other call. False says that it has to be done in full
    /// (`stepBuiltinIterator`), and that nothing was changed.
    @inline(__always)
    private func quickStep(_ word: UInt64) -> Bool {
        let base = frame &+ UInt32(word.fieldB) &* 8
        let next = Value(bits: cage.load64(base, 8)), iterator = Value(bits: cage.load64(base))
        let mark = iteratorNextMark(next)
        guard iterator.isObject, cage.load8(iterator.offset, Layout.kind) == CellKind.iterator,
            field(iterator.offset, 4) == Value(Int32(bitPattern: mark &- 1))
        else { return false }
        let result =
            if mark == Machine.mapMark || mark == Machine.setMark {
                quickEntry(iterator.offset, next.offset)
            } else if mark == Machine.stringMark {
                quickCodePoint(iterator.offset)
            } else {
                Value.empty
            }
        if result.isEmpty { return false }
        chargeLater(6)
        setReg(word.fieldA, result)
        jump(bytes: Int64(word.fieldX) &* 8)
        return true
    }

    /// What an iterator of a Map or a Set gives next; empty at the end, behind removed entries and where there is no room.
    @inline(__always)
    private func quickEntry(_ iterator: UInt32, _ next: UInt32) -> Value {
        let target = field(iterator, 0)
        guard target.isObject else { return .empty }
        let entries = field(target.offset, 0), position = field(iterator, 1).offset
        guard field(iterator, 3) == entries, position < cage.load32(entries.offset, Layout.elementsLength) / 2
        else { return .empty }
        let entry = entries.offset &+ 16 &+ position &* 16
        var result = Value(bits: cage.load64(entry))
        if result.isEmpty { return .empty }
        switch field(iterator, 2).int {
        case 0: break
        case 1: result = Value(bits: cage.load64(entry, 8))
        default:
            let pair = quickArray(entry, 2, running: next)
            if pair == 0 { return .empty }
            chargeLater(4)
            result = Value(object: pair)
        }
        setField(iterator, 1, Value(Int32(bitPattern: position &+ 1)))
        return result
    }

    /// What an iterator of a string gives next, when that is a Latin-1 character.
    @inline(__always)
    private func quickCodePoint(_ iterator: UInt32) -> Value {
        let target = field(iterator, 0), index = field(iterator, 1).offset
        guard target.isString, cage.load8(target.offset, Layout.kind) != CellKind.rope else { return .empty }
        let text = flatNoRope(target.offset)
        guard index < UInt32(truncatingIfNeeded: text.count) else { return .empty }
        let unit = text[Int(index)]
        guard unit <= 0xFF else { return .empty }
        setField(iterator, 1, Value(Int32(bitPattern: index &+ 1)))
        return singleUnitString(UInt8(truncatingIfNeeded: unit))
    }
}
