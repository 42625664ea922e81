import TerrariumCage

/// The intrinsic objects of a realm that the engine and the library name. A realm cell holds one value for each.
public enum Intrinsic: UInt8, CaseIterable, Sendable {
    case global, globalThisValue
    case objectPrototype, functionPrototype, arrayPrototype, stringPrototype, numberPrototype, booleanPrototype
    case symbolPrototype, bigIntPrototype, errorPrototype, typeErrorPrototype, rangeErrorPrototype
    case referenceErrorPrototype, syntaxErrorPrototype, evalErrorPrototype, uriErrorPrototype
    case aggregateErrorPrototype, suppressedErrorPrototype
    case iteratorPrototype, arrayIteratorPrototype, stringIteratorPrototype, mapIteratorPrototype, setIteratorPrototype
    case regExpStringIteratorPrototype, iteratorHelperPrototype, wrapForValidIteratorPrototype
    case asyncIteratorPrototype, asyncFromSyncIteratorPrototype
    case generatorFunctionPrototype, generatorPrototype, asyncGeneratorFunctionPrototype, asyncGeneratorPrototype
    case asyncFunctionPrototype
    case mapPrototype, setPrototype, weakMapPrototype, weakSetPrototype, weakRefPrototype
    case finalizationRegistryPrototype
    case promise, promisePrototype, promiseThen, promiseResolve
    case regExp, regExpPrototype, regExpExec, regExpPristine, regExpShape, regExpResultShape, regExpSpecies, datePrototype
    case arrayBuffer, arrayBufferPrototype, sharedArrayBuffer, sharedArrayBufferPrototype, dataViewPrototype
    case typedArray, typedArrayPrototype
    case int8ArrayPrototype, uint8ArrayPrototype, uint8ClampedArrayPrototype, int16ArrayPrototype
    case uint16ArrayPrototype, int32ArrayPrototype, uint32ArrayPrototype, bigInt64ArrayPrototype
    case bigUint64ArrayPrototype, float16ArrayPrototype, float32ArrayPrototype, float64ArrayPrototype
    case int8Array, uint8Array, uint8ClampedArray, int16Array, uint16Array, int32Array, uint32Array, bigInt64Array
    case bigUint64Array, float16Array, float32Array, float64Array
    case proxy, reflect, math, json, atomics
    case object, function, array, string, number, boolean, symbol, bigInt, date, map, set, error
    case weakMap, weakSet, weakRef, finalizationRegistry, iterator, generatorFunction, asyncGeneratorFunction
    case asyncFunction
    case arrayValues, arrayIteratorNext, throwTypeError, eval, errorPrepareStack
    case typedArrayLength
    case disposableStackPrototype, asyncDisposableStackPrototype
    // Shapes and tables, as cells
    case emptyObjectShape, arrayShape, functionShape, arrowShape, iteratorResultShape, globalLexicals, templateRegistry
    case functionPrototypeShape, nativeFunctionShape, rawJSONShape, promiseShape, asyncStateShape
    // Functions of the engine's own JavaScript that natives go on with
    case promiseExecutorCall, mapFill, setFill, functionApply, objectKeys, jsonInternalize, jsonStringify, jsonQuote
    case stringReplace, stringSearch, regExpTest
    // Lists of such functions, as cells
    case arrayGenerics, objectGenerics, engineFunctions, moduleFunctions, regExpLater
    /// A native that compiles the engine functions of its realm.
    case engineFunctionLoader
    // What `$step` gives at the end, and for iterators that are not built in: objects that no guest ever sees
    case stepDone, stepOther
    case reactionJob, thenableJob, awaitFulfilledJob, awaitRejectedJob
    /// Function.prototype[Symbol.hasInstance].
    case functionHasInstance
}

extension Machine {
    /// Intrinsic of a realm.
    @inline(__always)
    public func realmValue(_ realm: UInt32, _ intrinsic: Intrinsic) -> Value {
        Value(bits: cage.load64(realm &+ UInt32(intrinsic.rawValue) &* 8, 16))
    }
    public func setRealmValue(_ realm: UInt32, _ intrinsic: Intrinsic, _ value: Value) {
        cage.store64(realm &+ UInt32(intrinsic.rawValue) &* 8, 16, value.bits)
    }

    /// Realm of the running function.
    @inline(__always)
    public var currentRealm: UInt32 {
        let native = UInt32(truncatingIfNeeded: cells[Cell.native])
        if native != 0 { return cage.load32(native, Layout.functionRealm) }
        let frame = UInt32(truncatingIfNeeded: cells[Cell.fp])
        let callee = Value(bits: cage.load64(frame))
        if callee.isObject { return cage.load32(callee.offset, Layout.functionRealm) }
        return hostRealm != 0 ? hostRealm : realms.first ?? 0
    }

    /// Intrinsic of the current realm.
    @inline(__always)
    public func intrinsic(_ intrinsic: Intrinsic) -> Value { realmValue(currentRealm, intrinsic) }

    /// Number of realms, and one of them.
    public var realmCount: Int { realms.count }
    public func realm(_ number: Int) -> UInt32? { realms.indices.contains(number) ? realms[number] : nil }

    /// A realm cell with all intrinsics undefined. The library fills it.
    public func makeRealmCell() throws(Thrown) -> UInt32 {
        let count = UInt32(truncatingIfNeeded: Intrinsic.allCases.count)
        let realm = try allocate(16 &+ count &* 8, kind: CellKind.realm, word: count)
        cage.fill64(realm &+ 16, count: Int(count), Value.undefined.bits)
        realms.append(realm)
        return realm
    }
}
