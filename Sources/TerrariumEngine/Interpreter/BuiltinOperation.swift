/// Operations that the engine's own JavaScript calls as `$name(…)`; see `BuiltinOperations` for what they do.
public enum BuiltinOperation: UInt8, CaseIterable, Sendable {
    case isCallable, isObject, isConstructor, toObject, toLength, toIntegerOrInfinity, toNumber, toString, toPropertyKey
    case lengthOf, arraySpeciesCreate, createDataProperty, defineProperty, hasProperty, deleteProperty, set
    case typeError, rangeError, describe, arrayCreate, isArray, call, construct, sameValueZero, sameValue
    case charge, getIterator, isConcatSpreadable, appendAll, intrinsic, field, setField, makeIterator, kind
    case nullPrototypeObject, hasField, append, isUndefinedOrNull, sortCompact, newTarget, ownKeys, functionName
    case getMethod, symbol, makeObject, isRegExp, makeNamed, numberOrBigInt

    static func number(of name: String) -> UInt8? {
        allCases.first { "\($0)" == name }?.rawValue
    }
}
