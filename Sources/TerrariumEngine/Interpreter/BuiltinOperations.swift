import TerrariumCage
import TerrariumText

/// The operations that the engine's own JavaScript calls as `$name(…)`. `$call` is not here: it compiles to a call.
extension Machine {
    func builtinOperation(_ word: UInt64) throws(Thrown) {
        guard let operation = BuiltinOperation(number: word.fieldX) else { throw terminate(.corrupted) }
        switch operation {
        case .promiseResolve, .newCapability, .getFrom, .setOn, .toString, .toNumber, .toPropertyKey, .lengthOf, .getMethod, .arraySpeciesCreate:
            if try pushOperation(operation, word) { return }
        case .set, .createDataProperty, .tryCreate, .tryDelete, .deleteProperty, .proxyGotten, .proxyAssigned, .proxyHidden,
            .proxyDeleted, .inherits, .toLength, .toIntegerOrInfinity, .regExpExec, .speciesConstructor, .typedSpeciesCreate,
            .typedCreate, .plainDefine:
            if try pushLibraryOperation(operation, word) { return }
        default: break
        }
        setReg(word.fieldA, try builtin(operation, first: word.fieldB, count: word.fieldC))
    }

    private func builtin(_ operation: BuiltinOperation, first: UInt16, count: UInt16) throws(Thrown) -> Value {
        let x = reg(first), y = reg(first &+ 1), z = reg(first &+ 2)
        switch operation {
        case .isCallable: return Value(isCallable(x))
        case .isObject: return Value(x.isObject)
        case .toObject: return try toObject(x)
        case .lengthOf: return Value(try lengthOfArrayLike(x.offset))
        case .toIntegerOrInfinity: return Value(number: try toIntegerOrInfinity(x))
        case .toNumber: return try toNumber(x)
        case .toString: return try toStringValue(x)
        case .isArray: return Value(try isArray(x))
        case .arraySpeciesCreate: return try arraySpeciesCreate(x, y)
        case .arrayCreate:
            let array = try makeArray(length: 0, capacity: 0)
            _ = try setArrayLength(array.offset, try toUint32(x))
            return array
        case .createDataProperty:
            if !y.isNumber { chargeLater(18) }
            try createDataPropertyOrThrow(x.offset, try toPropertyKey(y), z)
            return .undefined
        case .set:
            try put(x.offset, try toPropertyKey(y), z)
            return .undefined
        case .deleteProperty:
            try deletePropertyOrThrow(x.offset, try toPropertyKey(y))
            return .undefined
        case .append:
            try appendElement(x.offset, y)
            return .undefined
        case .typeError: throw typeError(swiftString(x))
        case .plainKeys, .plainOwn, .plainDefine, .plainPrototype, .plainSetPrototype, .plainIsExtensible, .plainPreventExtensions,
            .descriptorObject, .checkUnique, .checkKeys, .checkOwn, .checkDefine, .cannotDefine, .prototypeRefused:
            return try objectOperation(operation, x, y, z, reg(first &+ 3))
        case .withoutTraps:
            return x.isObject ? Value(object: try targetWithoutTraps(x.offset, try toPropertyKey(y))) : x
        case .module: return try moduleStep(x, y, count > 2 ? z : .undefined)
        case .drainGenerator: return try drainAfterStep(x, count > 1 ? (y, z) : nil)
        case .sumPrecise: return Value(number: try preciseSum(x.offset))
        case .enumeration: return Value(cell: cage.load32(x.offset, Layout.elements))
        case .describe: return try makeString(describe(x))
        case .describeSite: return try makeString(describeCallSite(x))
        case .isConstructor: return Value(isConstructor(x))
        case .construct: return try construct(x, (1..<max(1, count)).map { reg(first &+ $0) })
        case .getMethod: return try getMethod(x, try toPropertyKey(y))
        case .rangeError: throw rangeError(swiftString(x))
        case .hasKind: return Value(x.isObject && Int32(kind(of: x.offset)) == y.int)
        case .field: return field(x.offset, UInt16(truncatingIfNeeded: y.int))
        case .fieldOf:
            guard x.isObject, Int32(kind(of: x.offset)) == y.int else { return .undefined }
            return field(x.offset, UInt16(truncatingIfNeeded: z.int))
        case .setField:
            setField(x.offset, UInt16(truncatingIfNeeded: y.int), z)
            return .undefined
        case .intrinsic: return intrinsic(number: x)
        case .newCapability:
            let capability = try newPromiseCapability(x)
            return try makeArray([capability.promise, capability.resolve, capability.reject])
        // Started by pushOperation.
        case .promiseResolve: throw terminate(.corrupted)
        case .newTarget: return try makeNewTarget(x, prototype: y)
        case .newPromise: return try makePromise()
        case .resolveThen:
            try resolvePromise(x.offset, y, then: z)
            return .undefined
        case .rejectPromise:
            try rejectPromise(x.offset, y)
            return .undefined
        case .performThen:
            try performThen(x.offset, y, z, capability: Resolvers(resolve: reg(first &+ 3), reject: reg(first &+ 4)))
            return .undefined
        case .capabilityExecutor: return try makeCapabilityExecutor()
        case .capabilityOf: return try capability(of: x, y)
        case .aggregateError:
            let error = try makeError(.aggregateError, "All promises were rejected")
            try addProperty(error.offset, key: wellKnown.errors, value: x, attributes: Attribute.hidden)
            return error
        case .tableCursor: return try makeTableCursor(x.offset)
        case .tableNext:
            guard let entry = try nextTableEntry(x.offset, iterator: y.offset) else { return .false }
            let elements = cage.load32(y.offset, Layout.elements)
            cage.store64(elements, 16, entry.key.bits)
            cage.store64(elements, 24, entry.value.bits)
            return .true
        case .tableGet: return try tableGet(x.offset, y) ?? .undefined
        case .tableSet:
            try tableSet(x.offset, y, z)
            return .undefined
        case .tableHas: return Value(try findTableEntry(x.offset, y) != 0)
        case .tableDelete: return Value(try tableDelete(x.offset, y))
        case .tableSize: return Value(tableSize(x.offset))
        case .newTable: return try newTable(isMap: x == .true)
        case .copySet:
            let copy = try newTable(isMap: false)
            let cursor = try makeTableCursor(x.offset)
            while let entry = try nextTableEntry(x.offset, iterator: cursor.offset) {
                try tableSet(copy.offset, entry.key, entry.key)
                try charge(2)
            }
            return copy
        case .toPropertyKey: return try keyValue(try toPropertyKey(x))
        case .symbol:
            let number = Int(x.int)
            return UInt8(exactly: number).flatMap { WellKnownSymbol(rawValue: $0) }.map { symbolValue($0) } ?? .undefined
        case .canBeHeldWeakly: return Value(canBeHeldWeakly(x))
        case .iteratorHelper:
            let helper = try allocateObject(
                kind: CellKind.iteratorHelper, prototype: intrinsic(.iteratorHelperPrototype).offset, fields: 1)
            setField(helper, 0, x)
            return Value(object: helper)
        case .wrapIterator:
            let wrapper = try allocateObject(
                kind: CellKind.wrappedIterator, prototype: intrinsic(.wrapForValidIteratorPrototype).offset, fields: 2)
            setField(wrapper, 0, x)
            setField(wrapper, 1, y)
            return Value(object: wrapper)
        case .typedLength:
            return Value(try validateTypedArray(x, "%TypedArray%.prototype.\(swiftString(y))"))
        case .typedIsBigInt: return Value(elementType(x.offset).isBigInt)
        case .typedSameType: return Value(object: try allocateTypedArray(elementType(x.offset), y.internalCount))
        case .toLength: return Value(try toLength(x))
        case .substring: return try substring(x, y.internalCount, z.internalCount)
        case .stringIndexOf:
            let text = try flat(x), unit = try flat(y)[0]
            for index in 0..<text.count where text[index] == unit { return Value(index) }
            return Value(Int32(-1))
        case .getSubstitution:
            return try getSubstitution(
                matched: x, string: y, position: z.internalCount,
                captures: try listFromDense(reg(first &+ 3)), namedCaptures: reg(first &+ 4), replacement: reg(first &+ 5))
        case .advanceStringIndex:
            let index = y.number
            guard index < 9_007_199_254_740_991 else { return y }
            return Value(try advanceStringIndex(x, y.internalCount, unicode: toBoolean(z)))
        case .regExpStringIterator:
            return try makeRegExpStringIterator(x, y, global: toBoolean(z), unicode: toBoolean(reg(first &+ 3)))
        case .regExpIsPristine: return Value(isPristineRegExp(x))
        case .regExpSpeciesIsPristine: return Value(try regExpSpeciesIsPristine())
        case .regExpExec:
            guard compiledRegExp(x) != nil else {
                throw typeError("Method RegExp.prototype.exec called on incompatible receiver \(quote(x))")
            }
            // The third is where to begin, or the state of a match that was left.
            let isStart = z.isNumber && count > 2
            return try regExpBuiltinExec(
                x.offset, y, from: isStart ? z : nil, state: isStart ? .undefined : z, leaves: !isStart)
        case .regExpMatch: return try regExpMatchFast(x.offset, y, state: z)
        case .regExpReplace: return try regExpReplaceFast(x.offset, y, z, state: reg(first &+ 3))
        case .regExpSearch: return try regExpSearchFast(x.offset, y, state: z)
        case .regExpSplit:
            return try regExpSplitFast(x.offset, y, limit: try toUint32(z), state: reg(first &+ 3))
        case .regExpIsLeft: return Value(isLeftRegExp(x))
        case .regExpJoin: return try regExpJoin(x, y, z.internalCount)
        case .inherits: return Value(try ordinaryHasInstance(y, x))
        case .iteratesFast: return Value(isPristineArray(x))
        case .asyncFromSync: return try makeAsyncFromSyncIterator(x, next: y)
        case .sameValue: return Value(try sameValue(x, y))
        case .tryDelete: return Value(try deleteProperty(x.offset, try toPropertyKey(y)))
        case .tryCreate: return Value(try createDataProperty(x.offset, try toPropertyKey(y), z))
        case .step:
            switch try stepBuiltinIterator(x, next: y) {
            case .value(let value): return value
            case .done: return intrinsic(.stepDone)
            case .incompatible: return intrinsic(.stepOther)
            }
        case .denseCopy: return try denseCopy(x) ?? .undefined
        case .regExpCollect: return try regExpCollect(x.offset, y, state: z)
        case .regExpGroups: return compiledValue(field(x.offset, 0).offset, CompiledRegExp.captures)
        case .sortTexts:
            try sortTexts(x.offset, y.offset)
            return .undefined
        case .textsOf: return try textsOf(x) ?? .undefined
        case .sortNumbers: return Value(try sortNumbers(x.offset, y))
        case .copyDense:
            try copyDenseElements(x.offset, y.internalCount, z.internalCount, reg(first &+ 3).offset, reg(first &+ 4).internalCount)
            return .undefined
        case .denseStore: return Value(try denseStore(x, y))
        // These are started by pushOperation and pushLibraryOperation.
        case .getFrom, .setOn, .speciesConstructor, .typedSpeciesCreate, .typedCreate: throw terminate(.corrupted)
        case .isForeignArray:
            guard isConstructor(x) else { return .false }
            let realm = try functionRealm(x.offset)
            return Value(realm != currentRealm && x == realmValue(realm, .array))
        case .constructorName: return try makeString(constructorName(x.offset))
        case .cannotAssign: throw cannotAssign(x, try toPropertyKey(y))
        case .cannotDelete: throw cannotDelete(x, try toPropertyKey(y))
        case .proxyGotten:
            try checkProxyGet(x.offset, try toPropertyKey(y), z)
            return .undefined
        case .proxyAssigned:
            try checkProxySet(x.offset, try toPropertyKey(y), z)
            return .undefined
        case .proxyHidden:
            try checkProxyHas(x.offset, try toPropertyKey(y))
            return .undefined
        case .proxyDeleted:
            try checkProxyDelete(x.offset, try toPropertyKey(y))
            return .undefined
        case .checkGotten:
            try checkProxyGet(y.isUndefined ? nil : try toPropertyDescriptor(y), try toPropertyKey(x), z)
            return .undefined
        case .checkAssigned:
            try checkProxySet(y.isUndefined ? nil : try toPropertyDescriptor(y), try toPropertyKey(x), z)
            return .undefined
        case .toBigInt: return try toBigInt(x)
        case .typedConstructor: return intrinsic(elementType(x.offset).constructor)
        case .joinStarts:
            // Cyclic arrays join as the empty string.
            try charge(joinStack.count / 8)
            if joinStack.contains(x.offset) { return .false }
            joinStack.append(x.offset)
            return .true
        case .joinEnds:
            if let index = joinStack.lastIndex(of: x.offset) { joinStack.removeSubrange(index...) }
            return .undefined
        case .joinStrings:
            // Strings in an array that no guest has seen.
            let elements = cage.load32(x.offset, Layout.elements)
            let parts = DenseArray(
                object: x.offset, elements: elements, count: Int(cage.load32(elements, Layout.elementsLength)))
            return try joinDense(parts, y) ?? .undefined
        case .referenceError: throw referenceError(swiftString(x))
        case .suppressedError:
            let error = try makeError(.suppressedError, "")
            try createHidden(error.offset, "error", x)
            try createHidden(error.offset, "suppressed", y)
            return error
        }
    }

    /// The sum of the numbers of an array that the engine's own JavaScript made.
    private func preciseSum(_ array: UInt32) throws(Thrown) -> Double {
        let elements = cage.load32(array, Layout.elements)
        let count = min(cage.load32(array, Layout.arrayLength), cage.load32(elements, Layout.elementsLength))
        var sum = PreciseSum()
        for index in 0..<count {
            try charge(8)
            sum.add(Value(bits: cage.load64(elements &+ 16 &+ index &* 8)).number)
        }
        return sum.value
    }

    /// A position in a Map or Set, as iterators have one (`nextTableEntry`); element 0 is the key, 1 the value.
    private func makeTableCursor(_ table: UInt32) throws(Thrown) -> Value {
        let cursor = try allocateObject(kind: CellKind.internalObject, prototype: 0, fields: 5)
        setField(cursor, 1, .zero)
        setField(cursor, 3, field(table, 0))
        let elements = try allocateElements(capacity: 2, length: 2)
        cage.fill64(elements &+ 16, count: 2, Value.undefined.bits)
        cage.store32(cursor, Layout.elements, elements)
        return Value(object: cursor)
    }

    private func createHidden(_ object: UInt32, _ name: String, _ value: Value) throws(Thrown) {
        try addProperty(object, key: atom(name), value: value, attributes: Attribute.hidden)
    }

    /// An empty Map or Set of the current realm.
    public func newTable(isMap: Bool) throws(Thrown) -> Value {
        let table = try allocateObject(
            kind: isMap ? CellKind.map : CellKind.set,
            prototype: intrinsic(isMap ? .mapPrototype : .setPrototype).offset, fields: 4)
        try initializeTable(table, isWeak: false)
        return Value(object: table)
    }

    /// The elements of an array that the engine's own JavaScript made.
    func listFromDense(_ array: Value) throws(Thrown) -> [Value] {
        let elements = cage.load32(array.offset, Layout.elements)
        let count = min(cage.load32(array.offset, Layout.arrayLength), cage.load32(elements, Layout.elementsLength))
        try charge(Int(count))
        return (0..<count).map { Value(bits: cage.load64(elements &+ 16 &+ $0 &* 8)) }
    }

    func intrinsic(number: Value) -> Value {
        Intrinsic(rawValue: UInt8(truncatingIfNeeded: number.int)).map { intrinsic($0) } ?? .undefined
    }

    /// IsArray: sees through proxies. Throws for a revoked one.
    public func isArray(_ value: Value) throws(Thrown) -> Bool {
        guard value.isObject else { return false }
        var object = value.offset
        while kind(of: object) == CellKind.proxy {
            guard field(object, 1).isObject else {
                throw typeError("Cannot perform 'IsArray' on a proxy that has been revoked")
            }
            object = field(object, 0).offset
            try charge(1)
        }
        return kind(of: object) == CellKind.array
    }

    /// ArraySpeciesCreate. May run guest code.
    public func arraySpeciesCreate(_ original: Value, _ length: Value) throws(Thrown) -> Value {
        var constructor = Value.undefined
        if try isArray(original) {
            constructor = try get(original.offset, atom: wellKnown.constructor)
            // An Array constructor of another realm is as good as none.
            if isConstructor(constructor) {
                let realm = try functionRealm(constructor.offset)
                if realm != currentRealm, constructor == realmValue(realm, .array) { constructor = .undefined }
            }
            if constructor.isObject {
                constructor = try get(constructor.offset, symbolKey(.species))
                if constructor.isNull { constructor = .undefined }
            }
        }
        if constructor.isUndefined || constructor == intrinsic(.array) {
            let count = length.number
            guard count <= 4_294_967_295 else { throw rangeError("Invalid array length") }
            let array = try makeArray(length: 0, capacity: 0)
            _ = try setArrayLength(array.offset, UInt32(truncatingIfNeeded: length.internalCount))
            return array
        }
        guard isConstructor(constructor) else { throw typeError("object.constructor[Symbol.species] is not a constructor") }
        return try construct(constructor, [length])
    }

    static func power(_ base: Double, _ exponent: Double) -> Double { JavaScriptMath.pow(base, exponent) }
}
