/// Operations that the engine's own JavaScript calls as `$name(…)`; see `BuiltinOperations` for what they do.
public enum BuiltinOperation: UInt8, CaseIterable, Sendable {
    case isCallable, isObject, toObject, lengthOf, toIntegerOrInfinity, toNumber, toString, isArray, arraySpeciesCreate
    case arrayCreate, createDataProperty, set, deleteProperty, append, typeError, describe, isConstructor, construct
    case getMethod, rangeError, speciesConstructor, hasKind, field, setField, intrinsic
    case newCapability, promiseResolve, aggregateError
    case tableCursor, tableNext, tableGet, tableSet, tableHas, tableDelete, tableSize, newTable, copySet
    case toPropertyKey, symbol, canBeHeldWeakly, iteratorHelper, wrapIterator, inherits

    static func number(of name: String) -> UInt8? {
        allCases.first { "\($0)" == name }?.rawValue
    }
}
