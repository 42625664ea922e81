import TerrariumEngine

/// Functions of the engine's own JavaScript that go on with an operation that was left in the middle of its work; each takes
/// what the operation takes, and its state.
enum RegExpLater: UInt32 {
    case exec, test, match, search, replace, replaceCollected, split, next
}

/// What the methods of strings do with unmodified regular expressions, without looking their methods up.
extension Machine {
    func regExpLater(_ call: NativeCall, _ function: RegExpLater, _ object: Value, _ arguments: [Value]) throws(Thrown) -> Value {
        try goOn(call, listValue(intrinsic(.regExpLater), function.rawValue), this: object, arguments)
    }

    /// `match`, `matchAll` and `search`; nil when there is more to it.
    func matchAtOnce(_ call: NativeCall, _ symbol: WellKnownSymbol) throws(Thrown) -> Value? {
        let string = call.this, pattern = call[0]
        guard string.isString, isPristineRegExp(pattern) else { return nil }
        switch symbol {
        case .match:
            let result = try regExpMatchFast(pattern.offset, string)
            return result.isCell ? try regExpLater(call, .match, pattern, [string, result]) : result
        case .search:
            let result = try regExpSearchFast(pattern.offset, string)
            return result.isCell ? try regExpLater(call, .search, pattern, [string, result]) : result
        case .matchAll:
            guard let compiled = compiledRegExp(pattern), regExpHasFlag(compiled, .global), try regExpSpeciesIsPristine() else {
                return nil
            }
            return try regExpMatchAllFast(pattern.offset, string)
        default: return nil
        }
    }

    /// `replace` and `replaceAll`; nil when there is more to it.
    func replaceAtOnce(_ call: NativeCall, all: Bool) throws(Thrown) -> Value? {
        let string = call.this, pattern = call[0], replacement = call[1]
        guard string.isString, isPristineRegExp(pattern), let compiled = compiledRegExp(pattern) else { return nil }
        if all, !regExpHasFlag(compiled, .global) { return nil }
        if replacement.isString {
            let result = try regExpReplaceFast(pattern.offset, string, replacement)
            return result.isCell ? try regExpLater(call, .replace, pattern, [string, replacement, result]) : result
        }
        guard isCallable(replacement) else { return nil }
        let found = try regExpCollect(pattern.offset, string)
        if found.isUndefined { return nil }
        if found.isObject, arrayIsEmpty(found) { return string }
        return try regExpLater(
            call, .replaceCollected, pattern, [string, replacement, found, Value(regExpGroupCount(compiled))])
    }

    /// `split`; nil when there is more to it.
    func splitAtOnce(_ call: NativeCall) throws(Thrown) -> Value? {
        let string = call.this, pattern = call[0], limit = call[1]
        guard string.isString, limit.isUndefined || limit.isNumber, isPristineRegExp(pattern), try regExpSpeciesIsPristine()
        else { return nil }
        let most = limit.isUndefined ? UInt32.max : try toUint32(limit)
        let result = try regExpSplitFast(pattern.offset, string, limit: most)
        return result.isCell
            ? try regExpLater(call, .split, pattern, [string, Value(number: Double(most)), result]) : result
    }
}
