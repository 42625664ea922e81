/// Operations that the engine's own JavaScript calls as `$name(…)`; see `BuiltinOperations` for what they do.
public enum BuiltinOperation: String, CaseIterable, Sendable {
    case isCallable, isObject, toObject, lengthOf, toIntegerOrInfinity, toNumber, toString, isArray, arraySpeciesCreate
    case arrayCreate, createDataProperty, set, deleteProperty, append, typeError, describe, isConstructor, construct
    case newTarget, newPromise, resolveThen, rejectPromise, performThen, capabilityExecutor, capabilityOf
    case getMethod, rangeError, speciesConstructor, hasKind, field, setField, fieldOf, intrinsic
    case newCapability, promiseResolve, aggregateError
    case tableCursor, tableNext, tableGet, tableSet, tableHas, tableDelete, tableSize, newTable, copySet
    case regExpIsPristine, regExpSpeciesIsPristine, regExpExec, regExpMatch, regExpReplace, regExpSearch
    case regExpSplit, regExpStringIterator, getSubstitution, advanceStringIndex, toLength, stringIndexOf, substring
    case typedLength, typedSpeciesCreate, typedCreate, typedIsBigInt, typedSameType
    case toPropertyKey, symbol, canBeHeldWeakly, iteratorHelper, wrapIterator, inherits, sameValue
    case iteratesFast, asyncFromSync, tryDelete, tryCreate, step, denseCopy, denseStore, referenceError, suppressedError
    case joinStarts, joinEnds, joinStrings, getFrom, setOn, isForeignArray, cannotAssign, cannotDelete
    case constructorName, proxyGotten, proxyAssigned, proxyHidden, proxyDeleted
    case regExpCollect, regExpGroups, sortTexts, textsOf, sortNumbers, copyDense
    case describeSite
    case plainKeys, plainOwn, plainDefine, plainPrototype, plainSetPrototype, plainIsExtensible, plainPreventExtensions
    case descriptorObject, checkUnique, checkKeys, checkOwn, checkDefine, cannotDefine, prototypeRefused, withoutTraps
    case sumPrecise, enumeration
    case regExpIsLeft, regExpJoin
    case checkGotten, checkAssigned, toBigInt, typedConstructor, drainGenerator, module

    /// All operations by number: their order here.
    private static let numbered = allCases

    /// Operation of a number in bytecode.
    init?(number: UInt8) {
        guard Int(number) < BuiltinOperation.numbered.count else { return nil }
        self = BuiltinOperation.numbered[Int(number)]
    }

    public static func number(of name: String) -> UInt8? {
        guard let operation = BuiltinOperation(rawValue: name), let index = numbered.firstIndex(of: operation) else {
            return nil
        }
        return UInt8(exactly: index)
    }
}

/// Numbers of the operations that `executeQuick` does on plain values.
public enum QuickOperation {
    public static let isCallable: UInt8 = 0, toObject: UInt8 = 2, lengthOf: UInt8 = 3, isArray: UInt8 = 7
    public static let createDataProperty: UInt8 = 10, append: UInt8 = 13
}
