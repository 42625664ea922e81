import TerrariumCage

/// Functions of the engine's own JavaScript that an instruction goes on with in a new frame where it would have to run
/// guest code: coercions of objects, traps of proxies. No Swift frame is left on the native stack.
///
/// The library compiles them when the first is needed (the realm's `engineFunctionLoader`); the names there are those here.
public enum EngineFunction: UInt32, CaseIterable, Sendable {
    case proxyGet, proxySet, proxyHas, proxyDelete, proxyConstruct
    case add, sub, mul, div, mod, exp, bitAnd, bitOr, bitXor, shl, sar, shr
    case inc, dec, neg, bitNot, toNumber, toNumeric, toText, toKey
    case less, greater, lessEqual, greaterEqual, equal, notEqual
    case lengthOf, getElement, method, arraySpecies, coerceAndCall
    case withPrototype, heritage, hasBinding, setGlobal, setLength, setElement, hasKey, deleteKey, superGet, superSet, addResource
    case species, capability, promiseOf, resolveWith, resolveAndReturn, settleSteps, promiseThen, promiseReject, promiseResolvers
    case errorParts, rawText, requireModule
    case coerceAndConstruct, primitiveAndConstruct, ordinaryPrimitive, dateToJSON, errorToString, tagged, sumPrecise
    case typedConstruct, typedSetList, typedStore, asyncFromSyncNext, asyncFromSyncReturn, asyncFromSyncThrow
    // Parts of the library (`EngineFunctionSources+Library`).
    case coerceAndCallAgain, coerceAndConstructAgain, readAndCallAgain, readAndConstructAgain, speciesAndCallAgain
    case methodOrCallAgain, invoke, requireGlobalAndCallAgain, searchTextAndCall, splitParts, codePoints, textsAndCall
    case speciesOf, typedSpecies, typedCreateWith, typedOf, typedConstructFrom, typedStoreOn
    case lengthFrom, integerFrom, arrayNext, arrayOf, arrayText, localeText
    case regExpExecAt, regExpFlags, regExpText, regExpParts, regExpConstructParts, proxyApplied, proxyConstructed

    /// What goes on for a native constructor or is one itself: it returns the object.
    public var constructs: Bool {
        switch self {
        case .withPrototype, .errorParts, .proxyConstruct, .coerceAndConstruct, .primitiveAndConstruct, .typedConstruct: true
        case .coerceAndConstructAgain, .readAndConstructAgain, .typedConstructFrom, .regExpConstructParts, .proxyConstructed: true
        default: false
        }
    }
}

/// As above; these are in the source of the functions for any object, because they share its way with proxies.
public enum ObjectFunction: UInt32, CaseIterable, Sendable {
    case forInKeys, copyProperties, instanceOf, ordinaryInstance
    case defineField, defineHidden, setStack, importParts, cloneInFrames
    case checkGet, checkSet, checkHas, checkDelete, createOrThrow, createOn, setThrough, setThroughStrictly
}

/// Functions that evaluate modules, in a source of their own: every program of modules needs them.
public enum ModuleFunction: UInt32, CaseIterable, Sendable { case evaluateModules, moduleFulfilled }

/// What a native coerces before it does anything else: two bits for this and for each argument. The last two are for all
/// arguments from number 14 on.
public struct Coercions: Sendable, ExpressibleByStringLiteral {
    let bits: UInt32

    /// One letter for this, one for each argument: `s` string, `n` number, `p` primitive (of which a number is preferred),
    /// `-` nothing. A star at the end repeats the letter before it for all that follow.
    public init(stringLiteral text: String) {
        var bits: UInt32 = 0, shift: UInt32 = 0, kind: UInt32 = 0
        for letter in text.utf8.prefix(16) {
            repeat {
                if letter != 0x2A { kind = letter == 0x73 ? 1 : letter == 0x6E ? 2 : letter == 0x70 ? 3 : 0 }
                bits |= kind << shift
                shift &+= 2
            } while letter == 0x2A && shift < 32
        }
        self.bits = bits
    }

    /// Nothing is coerced.
    public static let none: Coercions = ""
}

extension Machine {
    /// The function of the current realm.
    func engineFunction(_ function: EngineFunction) throws(Thrown) -> Value {
        try realmFunction(.engineFunctions, function.rawValue)
    }

    /// The function of the current realm.
    func objectFunction(_ function: ObjectFunction) throws(Thrown) -> Value {
        try realmFunction(.objectGenerics, function.rawValue)
    }

    /// The function of the current realm.
    func moduleFunction(_ function: ModuleFunction) throws(Thrown) -> Value {
        try realmFunction(.moduleFunctions, function.rawValue)
    }

    private func realmFunction(_ which: Intrinsic, _ number: UInt32) throws(Thrown) -> Value {
        var list = intrinsic(which)
        if list.isUndefined {
            _ = try call(intrinsic(.engineFunctionLoader), this: .undefined, Value(Int32(which.rawValue)))
            list = intrinsic(which)
        }
        return Value(bits: cage.load64(list.offset &+ 16 &+ number &* 8))
    }

    /// Whether it is a function that the engine calls itself.
    func isEngineFunction(_ function: Value) -> Bool {
        guard function.isObject, kind(of: function.offset) == CellKind.function else { return false }
        let realm = cage.load32(function.offset, Layout.functionRealm)
        for (which, count) in Machine.engineFunctionLists {
            let list = realmValue(realm, which)
            guard list.isCell, kind(of: list.offset) == CellKind.list else { continue }
            for index in 0..<min(count, cage.load32(list.offset, Layout.elementsLength))
            where Value(bits: cage.load64(list.offset &+ 16 &+ index &* 8)) == function { return true }
        }
        return false
    }

    private static let engineFunctionLists: [(Intrinsic, UInt32)] = [
        (.engineFunctions, UInt32(EngineFunction.allCases.count)), (.objectGenerics, UInt32(ObjectFunction.allCases.count)),
        (.moduleFunctions, UInt32(ModuleFunction.allCases.count)),
    ]

    /// Calls one of them next; its result goes where the continuation says.
    func push(
        _ function: EngineFunction, this: Value = .undefined, _ a: Value, _ b: Value = .undefined, _ c: Value = .undefined,
        _ d: Value = .undefined, continuation: Int32 = Continuation.store, register: UInt16
    ) throws(Thrown) {
        try push(
            callee: try engineFunction(function), this: this, a, b, c, d, continuation: continuation, register: register)
    }

    /// As above.
    func push(
        _ function: ObjectFunction, _ a: Value, _ b: Value = .undefined, _ c: Value = .undefined, _ d: Value = .undefined,
        continuation: Int32 = Continuation.store, register: UInt16
    ) throws(Thrown) {
        try push(
            callee: try objectFunction(function), this: .undefined, a, b, c, d, continuation: continuation, register: register)
    }

    private func push(
        callee: Value, this: Value, _ a: Value, _ b: Value, _ c: Value, _ d: Value, continuation: Int32, register: UInt16
    ) throws(Thrown) {
        let base = frameTop(frame)
        try requireStack(base &+ 64)
        cage.store64(base, 0, callee.bits)
        cage.store64(base, 24, this.bits)
        cage.store64(base, 32, a.bits)
        cage.store64(base, 40, b.bits)
        cage.store64(base, 48, c.bits)
        cage.store64(base, 56, d.bits)
        setStackTop(base &+ 64)
        try pushBuiltFrame(base, argumentCount: 4, continuation: continuation, register: register)
    }

    /// For a native: when this or an argument that it coerces first is an object, goes on with coercing all of them and
    /// calls the native again. A literal for `coercions` is read anew in each call: ask first whether there is an object.
    public func coerce(_ call: NativeCall, _ coercions: Coercions) throws(Thrown) -> Value? {
        let this = call.this
        var bits = coercions.bits >> 2
        if coercions.bits & 3 != 0 {
            // The error of what cannot be converted comes first, from the native.
            if this.isNullish || this.isSymbol { return nil }
            if this.isObject { return try goOnCoercing(call, coercions) }
        }
        var index = 0
        while bits != 0, index < call.argumentCount {
            if bits & 3 != 0, call[index].isObject { return try goOnCoercing(call, coercions) }
            if index < 14 { bits >>= 2 }
            index &+= 1
        }
        return nil
    }

    @inline(never)
    private func goOnCoercing(_ call: NativeCall, _ coercions: Coercions) throws(Thrown) -> Value {
        try goOn(
            call, engine: call.isConstruct ? .coerceAndConstruct : .coerceAndCall, this: .undefined,
            [
                call.callee, Value(Int32(bitPattern: coercions.bits)), call.isConstruct ? call.newTarget : call.this,
                try makeArray(call.arguments()),
            ])
    }

    /// For a native constructor: calls it again with the primitive of its one argument.
    public func goOnWithPrimitive(_ call: NativeCall) throws(Thrown) -> Value {
        try goOn(call, engine: .primitiveAndConstruct, this: .undefined, [call.callee, call.newTarget, call[0]])
    }

    /// As `goOn` with this and the arguments that are in the frame.
    public func goOn(_ call: NativeCall, engine function: EngineFunction) throws(Thrown) -> Value {
        goOn(call, as: try engineFunction(function))
    }

    /// As `goOn` with other arguments.
    public func goOn(_ call: NativeCall, engine function: EngineFunction, this: Value, _ arguments: [Value]) throws(Thrown)
        -> Value
    {
        try goOn(call, try engineFunction(function), this: this, arguments)
    }

    /// As `goOn` with other arguments.
    public func goOn(_ call: NativeCall, object function: ObjectFunction, _ arguments: [Value]) throws(Thrown) -> Value {
        try goOn(call, try objectFunction(function), this: .undefined, arguments)
    }

    // MARK: Operators

    /// The engine function of a binary operator's instruction.
    static func engineFunction(of opcode: UInt8) -> EngineFunction {
        switch decodeByte(opcode, as: Opcode.self) {
        case .add: .add
        case .sub: .sub
        case .mul: .mul
        case .div: .div
        case .mod: .mod
        case .exp: .exp
        case .bitAnd: .bitAnd
        case .bitOr: .bitOr
        case .bitXor: .bitXor
        case .shl: .shl
        case .sar: .sar
        default: .shr
        }
    }

    /// A binary operator; in a frame when an operand is an object.
    func binary(_ opcode: UInt8, _ x: Value, _ y: Value, into register: UInt16) throws(Thrown) {
        if x.isBigInt, y.isBigInt { return setReg(register, try bigIntOperation(opcode, x, y)) }
        if x.isObject || y.isObject { return try push(Machine.engineFunction(of: opcode), x, y, register: register) }
        setReg(
            register,
            opcode == Opcode.add.rawValue ? try addSlow(x, y) : try arithmetic(opcode, x, y))
    }

    /// A comparison whose operands include an object, as an expression.
    func compare(_ function: EngineFunction, _ x: Value, _ y: Value, into register: UInt16) throws(Thrown) -> Bool {
        guard x.isObject || y.isObject else { return false }
        try push(function, x, y, register: register)
        return true
    }

    /// As above, as a branch: the instruction jumps when the result is `wanted`.
    func compareAndBranch(_ function: EngineFunction, _ x: Value, _ y: Value, wanted: Bool) throws(Thrown) -> Bool {
        guard x.isObject || y.isObject else { return false }
        try push(function, x, y, continuation: wanted ? Continuation.branch : Continuation.branchNot, register: 0)
        return true
    }

    /// Whether `==` of the two runs guest code: one is an object, the other a primitive that may equal it.
    func equalityCoerces(_ x: Value, _ y: Value) -> Bool {
        (x.isObject && !y.isObject && !y.isNullish) || (y.isObject && !x.isObject && !x.isNullish)
    }

    // MARK: Proxies

    /// Proxies that one operation goes through.
    static var maximumProxyChain: Int { 100_000 }

    /// Target of a proxy whose handler has no trap of that name, as far as can be said without running guest code; nil
    /// when there may be one.
    func targetWithoutTrap(_ proxy: UInt32, _ trap: ProxyTrap, _ steps: inout Int) throws(Thrown) -> UInt32? {
        let handler = field(proxy, 1)
        guard handler.isObject else {
            throw typeError("Cannot perform '\(trap)' on a proxy that has been revoked")
        }
        // A chain of targets and prototypes may come back to its start.
        steps &+= 1
        if steps > Machine.maximumProxyChain { throw stackOverflow() }
        try charge(4)
        var hint = CacheHint()
        guard case .value(let value) = try findForGet(handler.offset, PropertyKey(atom: wellKnown.trap(trap)), hint: &hint),
            value.isNullish else { return nil }
        return field(proxy, 0).offset
    }

    /// O.[[Get]](key, receiver) into a register; guest code runs in frames.
    func pushGet(_ start: UInt32, _ key: PropertyKey, receiver: Value, register: UInt16) throws(Thrown) {
        var object = start
        var steps = 0
        while true {
            var hint = CacheHint()
            switch try findForGet(object, key, hint: &hint) {
            case .value(let value):
                setReg(register, value)
                return
            case .getter(let getter):
                return try pushCall(getter, this: receiver, continuation: Continuation.store, register: register)
            case .exotic(let proxy):
                guard let target = try targetWithoutTrap(proxy, .get, &steps) else {
                    return try push(
                        .proxyGet, this: Value(object: proxy), try keyValue(key), receiver, register: register)
                }
                object = target
            }
        }
    }

    /// O.[[Set]](key, value, receiver); guest code runs in frames. Without a register a refusal throws in strict code;
    /// with one the register says whether it was done.
    func pushSet(
        _ start: UInt32, _ key: PropertyKey, _ value: Value, receiver: Value, strict: Bool, register: UInt16? = nil
    ) throws(Thrown) {
        if lengthNeedsFrame(start, key, value, receiver: receiver) {
            return try push(
                .setLength, receiver, value, Value(strict),
                continuation: register == nil ? Continuation.discard : Continuation.store, register: register ?? 0)
        }
        var object = start
        var steps = 0
        while true {
            var hint = CacheHint()
            var done = true
            if try pushSetThroughReceiver(object, key, value, receiver, strict: strict, register: register) { return }
            switch try prepareSet(object, key, value, receiver: receiver, hint: &hint) {
            case .done: break
            case .refused: done = false
            case .setter(let setter):
                if let register { setReg(register, .true) }
                return try pushCall(
                    setter, this: receiver, argument: value, continuation: Continuation.discard, register: 0)
            case .exotic(let exotic):
                if kind(of: exotic) == CellKind.proxy {
                    guard let target = try targetWithoutTrap(exotic, .set, &steps) else {
                        return try push(
                            .proxySet, this: Value(object: exotic), try keyValue(key), value, receiver, Value(strict),
                            continuation: register == nil ? Continuation.discard : Continuation.store,
                            register: register ?? 0)
                    }
                    object = target
                    continue
                }
                if value.isObject, kind(of: exotic) == CellKind.typedArray, receiver.isObject, receiver.offset == exotic {
                    return try pushTypedStore(exotic, key, value, register: register)
                }
                done = try exoticSet(exotic, key, value, receiver)
            }
            if let register { setReg(register, Value(done)) }
            else if !done, strict { throw cannotAssign(receiver, key) }
            return
        }
    }

    /// TypedArraySetElement of an object.
    func pushTypedStore(_ array: UInt32, _ key: PropertyKey, _ value: Value, register: UInt16?) throws(Thrown) {
        var index = Value(Int32(-1))
        if case .index(let number) = numericKey(key) { index = Value(number) }
        try push(
            .typedStoreOn, Value(object: array), index, value,
            continuation: register == nil ? Continuation.discard : Continuation.store, register: register ?? 0)
    }

    /// HasProperty(O, key) into a register; traps run in frames.
    func pushHas(_ start: UInt32, _ key: PropertyKey, register: UInt16) throws(Thrown) {
        var object = start
        var steps = 0, proxies = 0
        while object != 0 {
            if kind(of: object) == CellKind.proxy {
                guard let target = try targetWithoutTrap(object, .has, &proxies) else {
                    return try push(.proxyHas, this: Value(object: object), try keyValue(key), register: register)
                }
                object = target
                continue
            }
            if isExotic(object) {
                switch try exoticHasProperty(object, key) {
                case .found: return setReg(register, .true)
                case .notFound: return setReg(register, .false)
                case .goOn: break
                }
            } else if ordinaryGetOwnProperty(object, key) != nil {
                return setReg(register, .true)
            }
            object = ordinaryPrototype(object)
            steps &+= 1
            if steps & 7 == 0 { try charge(8) }
        }
        setReg(register, .false)
    }

    /// O.[[Delete]](key) into a register; traps run in frames.
    func pushDelete(_ start: UInt32, _ key: PropertyKey, strict: Bool, register: UInt16) throws(Thrown) {
        var object = start
        var proxies = 0
        while kind(of: object) == CellKind.proxy {
            guard let target = try targetWithoutTrap(object, .deleteProperty, &proxies) else {
                return try push(
                    .proxyDelete, this: Value(object: object), try keyValue(key), Value(strict), register: register)
            }
            object = target
        }
        let done = try deleteProperty(object, key)
        if !done, strict { throw cannotDelete(Value(object: start), key) }
        setReg(register, Value(done))
    }

    // MARK: Operations of the engine's own JavaScript

    /// An operation that may have to run guest code; false when it was not started here.
    func pushOperation(_ operation: BuiltinOperation, _ word: UInt64) throws(Thrown) -> Bool {
        let x = reg(word.fieldB), y = reg(word.fieldB &+ 1), register = word.fieldA
        switch operation {
        case .getFrom:
            try pushGet(x.offset, try toPropertyKey(y), receiver: reg(word.fieldB &+ 2), register: register)
        case .setOn:
            try pushSet(
                x.offset, try toPropertyKey(y), reg(word.fieldB &+ 2), receiver: reg(word.fieldB &+ 3), strict: false,
                register: register)
        case .promiseResolve:
            if let promise = try plainPromise(x, y) {
                setReg(register, promise)
                return true
            }
            try push(.promiseOf, x, y, register: register)
        case .newCapability where isConstructor(x) && x != intrinsic(.promise): try push(.capability, x, register: register)
        case .toString where x.isObject: try push(.toText, x, register: register)
        case .toNumber where x.isObject: try push(.toNumber, x, register: register)
        case .toPropertyKey where x.isObject: try push(.toKey, x, register: register)
        case .lengthOf where x.isObject && kind(of: x.offset) != CellKind.array:
            var hint = CacheHint()
            if case .value(let value) = try findForGet(x.offset, PropertyKey(atom: wellKnown.length), hint: &hint),
                !value.isObject {
                setReg(register, Value(try toLength(value)))
                return true
            }
            try push(.lengthOf, x, register: register)
        case .getMethod where !x.isNullish:
            if let value = try valueWithoutGuestCode(x, try toPropertyKey(y)), value.isNullish || isCallable(value) {
                setReg(register, value.isNull ? .undefined : value)
                return true
            }
            try push(.method, x, y, register: register)
        case .arraySpeciesCreate where x.isObject && !(kind(of: x.offset) == CellKind.array && hasArrayShape(x)):
            try push(.arraySpecies, x, y, register: register)
        default: return false
        }
        return true
    }
}
