import TerrariumCage
import TerrariumRegExp

/// What `matchAll` gives (ECMA-262 §22.2.9). Fields: the regular expression, the string, whether it is global, whether it goes
/// by code points, whether it is done, and the state of a match that was left.
extension Machine {
    public func makeRegExpStringIterator(_ matcher: Value, _ string: Value, global: Bool, unicode: Bool) throws(Thrown) -> Value {
        let iterator = try allocateObject(
            kind: CellKind.regExpStringIterator, prototype: intrinsic(.regExpStringIteratorPrototype).offset, fields: 6)
        setField(iterator, 0, matcher)
        setField(iterator, 1, string)
        setField(iterator, 2, Value(global))
        setField(iterator, 3, Value(unicode))
        setField(iterator, 4, .false)
        return Value(object: iterator)
    }

    /// `matchAll` of an unmodified regular expression.
    public func regExpMatchAllFast(_ object: UInt32, _ string: Value) throws(Thrown) -> Value {
        let matcher = try regExpAlloc(prototype: intrinsic(.regExpPrototype).offset)
        let compiled = field(object, 0)
        setField(matcher, 0, compiled)
        setField(matcher, 1, Value(try lastIndex(object)))
        let flags = regExpFlags(compiled.offset)
        return try makeRegExpStringIterator(
            Value(object: matcher), string, global: flags.contains(.global), unicode: flags.hasEitherUnicodeFlag)
    }

    /// A step of such an iterator over an unmodified regular expression. A match that is left goes on in `next`.
    func stepRegExpIterator(_ iterator: Value) throws(Thrown) -> IteratorStep {
        guard iterator.isObject, kind(of: iterator.offset) == CellKind.regExpStringIterator else { return .incompatible }
        let object = iterator.offset
        if field(object, 4) == .true { return .done }
        let matcher = field(object, 0), string = field(object, 1)
        guard string.isString, field(object, 5).isUndefined, isPristineRegExp(matcher) else { return .incompatible }
        chargeLater(6)
        let result = try regExpBuiltinExec(matcher.offset, string, leaves: true)
        if result.isCell {
            setField(object, 5, result)
            return .incompatible
        }
        if result.isNull || field(object, 2) != .true { setField(object, 4, .true) }
        if result.isNull { return .done }
        let matched = Value(bits: cage.load64(cage.load32(result.offset, Layout.elements), 16))
        if field(object, 2) == .true, matched.isString, stringLength(matched) == 0 {
            let index = try lastIndex(matcher.offset)
            try setLastIndex(
                matcher.offset, try advanceStringIndex(string, index, unicode: field(object, 3) == .true))
        }
        return .value(result)
    }
}
