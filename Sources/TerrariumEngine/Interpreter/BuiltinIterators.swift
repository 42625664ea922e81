import TerrariumCage

/// The iterators of arrays, strings, Map and Set (ECMA-262 §23.1.5, §22.1.5, §24.1.5, §24.2.6).
///
/// An iterator object has five fields: what it iterates (undefined at the end), the position, what it gives (0 keys,
/// 1 values, 2 entries), the entries list that the position counts in (Map and Set), and its prototype's `Intrinsic`
/// number. The `next` functions carry that number plus one in `functionExtra`: loops and the library step such
/// iterators without a call and without a result object, which nobody could see.
extension Machine {
    public enum IteratorStep {
        case value(Value)
        case done
        /// Not an iterator of that kind, or one over an array-like that guest code has to be asked about.
        case incompatible
    }

    public func makeBuiltinIterator(_ which: Intrinsic, over target: Value, gives: Int32) throws(Thrown) -> Value {
        let object = try allocateObject(kind: CellKind.iterator, prototype: intrinsic(which).offset, fields: 5)
        setField(object, 0, target)
        setField(object, 1, .zero)
        setField(object, 2, Value(gives))
        if which == .mapIteratorPrototype || which == .setIteratorPrototype {
            setField(object, 3, field(target.offset, 0))
        }
        setField(object, 4, Value(Int32(which.rawValue)))
        return Value(object: object)
    }

    /// Says that a native function is the `next` of these iterators.
    public func markIteratorNext(_ function: UInt32, _ which: Intrinsic) {
        cage.store32(function, Layout.functionExtra, UInt32(which.rawValue) &+ 1)
    }

    /// The number that `markIteratorNext` gave a function; 0 for any other value.
    @inline(__always)
    func iteratorNextMark(_ next: Value) -> UInt32 {
        guard next.isObject, kind(of: next.offset) == CellKind.nativeFunction else { return 0 }
        return cage.load32(next.offset, Layout.functionExtra)
    }

    /// A step of an iterator whose `next` is one of the marked functions.
    public func stepBuiltinIterator(_ iterator: Value, next: Value) throws(Thrown) -> IteratorStep {
        let mark = iteratorNextMark(next)
        guard mark != 0, iterator.isObject, kind(of: iterator.offset) == CellKind.iterator,
            field(iterator.offset, 4) == Value(Int32(bitPattern: mark &- 1))
        else {
            return mark == UInt32(Intrinsic.regExpStringIteratorPrototype.rawValue) &+ 1
                ? try stepRegExpIterator(iterator) : .incompatible
        }
        let object = iterator.offset
        let target = field(object, 0)
        if target.isUndefined { return .done }
        chargeLater(6)
        let gives = field(object, 2).int
        let key: Value, value: Value
        switch mark &- 1 {
        case UInt32(Intrinsic.arrayIteratorPrototype.rawValue):
            let index = field(object, 1).internalCount
            guard let length = try iteratedLength(target) else { return .incompatible }
            guard index < length else { return finish(object) }
            key = Value(index)
            if gives == 0 {
                value = .undefined
            } else if kind(of: target.offset) == CellKind.typedArray {
                value = try typedArrayGet(target.offset, index) ?? .undefined
            } else {
                guard let element = try valueWithoutGuestCode(target, try integerKey(index)) else { return .incompatible }
                value = element
            }
            setField(object, 1, Value(index &+ 1))
        case UInt32(Intrinsic.stringIteratorPrototype.rawValue):
            let index = Int(field(object, 1).int)
            guard index < stringLength(target) else { return finish(object) }
            let point = try flat(target).codePoint(at: index)
            setField(object, 1, Value(index &+ point.length))
            return .value(try makeString(codePoint: point.value))
        default:
            guard let entry = try nextTableEntry(target.offset, iterator: object) else { return finish(object) }
            (key, value) = entry
        }
        if gives == 0 { return .value(key) }
        if gives == 1 { return .value(value) }
        chargeLater(4)
        let pair = try makeArray(length: 2, capacity: 2, realm: cage.load32(next.offset, Layout.functionRealm))
        let elements = cage.load32(pair.offset, Layout.elements)
        cage.store64(elements, 16, key.bits)
        cage.store64(elements, 24, value.bits)
        return .value(pair)
    }

    /// Length of what an array iterator goes over; a typed array has to be in bounds. Nil when guest code has to be asked.
    private func iteratedLength(_ target: Value) throws(Thrown) -> Int? {
        switch kind(of: target.offset) {
        case CellKind.array: return Int(cage.load32(target.offset, Layout.arrayLength))
        case CellKind.typedArray: return try validateTypedArray(target, "%ArrayIteratorPrototype%.next")
        default:
            guard let length = try valueWithoutGuestCode(target, PropertyKey(atom: wellKnown.length)), !length.isObject else {
                return nil
            }
            return try toLength(length)
        }
    }

    /// Whether an iterator is one of arrays: guest code has to be asked about what it goes over when it cannot be stepped.
    public func isArrayIterator(_ iterator: Value) -> Bool {
        iterator.isObject && kind(of: iterator.offset) == CellKind.iterator
            && field(iterator.offset, 4) == Value(Int32(Intrinsic.arrayIteratorPrototype.rawValue))
    }

    private func finish(_ iterator: UInt32) -> IteratorStep {
        setField(iterator, 0, .undefined)
        return .done
    }
}
