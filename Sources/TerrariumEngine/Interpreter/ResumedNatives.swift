import TerrariumCage

/// Natives that look at something (mostly their receiver) before guest code has to run inside of them.
///
/// Such a native goes on with a function of the engine's own JavaScript, which runs the guest code in frames and calls the
/// native again: with primitives, and behind all arguments with a mark that no guest can have and what is to be kept. The
/// native then takes what is kept instead of looking again.

/// What an argument is converted to.
public enum ArgumentKind: UInt32, Sendable {
    case any, number, string
    /// Of which a number is preferred.
    case primitive
    case bigInt
}

/// The kinds of the first arguments of a call, three bits each.
public struct ArgumentKinds: Sendable {
    @usableFromInline let bits: UInt32

    @inlinable
    public init(
        _ first: ArgumentKind, _ second: ArgumentKind = .any, _ third: ArgumentKind = .any, _ fourth: ArgumentKind = .any
    ) {
        bits = first.rawValue | second.rawValue << 3 | third.rawValue << 6 | fourth.rawValue << 9
    }
}

/// A call as its native sees it, and what the native kept when it went on the first time.
public struct ResumedCall {
    public let call: NativeCall
    public let kept: Value?
}

extension Machine {
    /// What a native begins with that goes on by `coerce(_:_:keeping:)` and the like.
    public func resumed(_ call: NativeCall) -> ResumedCall {
        let count = call.argumentCount
        guard count >= 2, call[count &- 2].isObject, call[count &- 2] == intrinsic(.stepDone) else {
            return ResumedCall(call: call, kept: nil)
        }
        return ResumedCall(
            call: NativeCall(cage: call.cage, frame: call.frame, argumentCount: count &- 2, isConstruct: call.isConstruct),
            kept: call[count &- 1])
    }

    /// When an argument that is converted is an object: goes on with converting all of them, in order, and calls the native
    /// again. Missing and undefined arguments stay what they are.
    @inlinable @inline(__always)
    public func coerce(_ call: NativeCall, _ kinds: ArgumentKinds, keeping state: Value) throws(Thrown) -> Value? {
        var bits = kinds.bits
        var index = 0
        while bits != 0, index < call.argumentCount {
            if bits & 7 != 0, call[index].isObject { return try goOnCoercing(call, kinds, state) }
            bits >>= 3
            index &+= 1
        }
        return nil
    }

    @usableFromInline @inline(never)
    func goOnCoercing(_ call: NativeCall, _ kinds: ArgumentKinds, _ state: Value) throws(Thrown) -> Value {
        try goOn(
            call, engine: call.isConstruct ? .coerceAndConstructAgain : .coerceAndCallAgain, this: .undefined,
            [
                call.callee, call.isConstruct ? call.newTarget : call.this, try makeArray(call.arguments()),
                Value(Int32(bitPattern: kinds.bits)), state,
            ])
    }

    /// Reads a property in a frame, and calls the native again with what was kept and the property's value behind it.
    /// - Parameter kind: what the value is converted to when it is not undefined.
    public func goOnReading(
        _ call: NativeCall, _ object: Value, _ key: Value, keeping state: [Value], as kind: ArgumentKind = .any
    ) throws(Thrown) -> Value {
        try goOn(
            call, engine: call.isConstruct ? .readAndConstructAgain : .readAndCallAgain, this: .undefined,
            [
                call.callee, call.isConstruct ? call.newTarget : call.this, try makeArray(call.arguments()), object, key,
                Value(Int32(bitPattern: kind.rawValue)), try makeArray(state),
            ])
    }

    /// Makes an object with the species constructor in frames, and calls the native again with what was kept and the object
    /// behind it.
    public func goOnWithSpecies(
        _ call: NativeCall, of object: Value, _ fallback: Value, _ arguments: [Value], keeping state: [Value]
    ) throws(Thrown) -> Value {
        try goOn(
            call, engine: .speciesAndCallAgain, this: .undefined,
            [
                call.callee, call.this, try makeArray(call.arguments()), object, fallback, try makeArray(arguments),
                try makeArray(state),
            ])
    }

    /// What a native kept as a list.
    public func keptList(_ kept: Value?) throws(Thrown) -> [Value] {
        guard let kept, kept.isObject, kind(of: kept.offset) == CellKind.array else { return [] }
        return try listFromDense(kept)
    }

    /// SpeciesConstructor(O, default) when that runs no guest code and is the default, which runs none either; nil otherwise.
    public func nativeSpecies(_ object: Value, _ fallback: Value) throws(Thrown) -> Value? {
        try plainSpecies(object, fallback) == fallback ? fallback : nil
    }

    /// SpeciesConstructor(O, default); nil when guest code has to be asked.
    public func plainSpecies(_ object: Value, _ fallback: Value) throws(Thrown) -> Value? {
        guard let constructor = try valueWithoutGuestCode(object, PropertyKey(atom: wellKnown.constructor)) else { return nil }
        if constructor.isUndefined { return fallback }
        guard constructor.isObject else { throw typeError("The .constructor property is not an object") }
        let species: Value
        var hint = CacheHint()
        switch try findForGet(constructor.offset, symbolKey(.species), hint: &hint) {
        case .value(let value): species = value
        case .getter(let getter):
            // Those of the library give the constructor.
            guard isLibraryFunction(getter, "get [Symbol.species]") else { return nil }
            species = constructor
        case .exotic: return nil
        }
        if species.isNullish { return fallback }
        guard isConstructor(species) else { throw typeError("object.constructor[Symbol.species] is not a constructor") }
        return species
    }

    /// A function of the library by that name.
    public func isLibraryFunction(_ value: Value, _ name: String) -> Bool {
        guard let number = nativeNumber(value).map(Int.init), number < nativeRecords.count &- hostKeys.count else { return false }
        return nativeRecords[number].name == name
    }

    /// One of the realm's constructors of typed arrays.
    public func isTypedArrayConstructor(_ value: Value) -> Bool {
        value.isObject && kind(of: value.offset) == CellKind.nativeFunction
            && ElementType.allCases.contains { value == intrinsic($0.constructor) }
    }

    private func isTrapping(_ value: Value) -> Bool { value.isObject && kind(of: value.offset) == CellKind.proxy }

    /// As `pushOperation`, for what the library's JavaScript does to objects of the guest; false when it was not started here.
    func pushLibraryOperation(_ operation: BuiltinOperation, _ word: UInt64) throws(Thrown) -> Bool {
        let x = reg(word.fieldB), y = reg(word.fieldB &+ 1), z = reg(word.fieldB &+ 2), register = word.fieldA
        switch operation {
        case .set:
            let key = try toPropertyKey(y)
            setReg(register, .undefined)
            try pushSet(x.offset, key, z, receiver: x, strict: true)
        case .createDataProperty where isTrapping(x), .createDataProperty where try definitionCoerces(x, y, z):
            try push(.createOrThrow, x, y, z, register: register)
        case .tryCreate where isTrapping(x), .tryCreate where try definitionCoerces(x, y, z): try push(.createOn, x, y, z, register: register)
        case .plainDefine: return try pushDefine(x, y, z, register: register)
        case .tryDelete where isTrapping(x): try pushDelete(x.offset, try toPropertyKey(y), strict: false, register: register)
        case .deleteProperty where isTrapping(x): try pushDelete(x.offset, try toPropertyKey(y), strict: true, register: register)
        case .proxyGotten where isTrapping(x): try push(.checkGet, x, y, z, register: register)
        case .proxyAssigned where isTrapping(x): try push(.checkSet, x, y, z, register: register)
        case .proxyHidden where isTrapping(x): try push(.checkHas, x, y, register: register)
        case .proxyDeleted where isTrapping(x): try push(.checkDelete, x, y, register: register)
        case .inherits where x.isObject:
            guard try meetsProxy(x.offset) else { return false }
            try push(.ordinaryInstance, y, x, register: register)
        case .toLength where x.isObject: try push(.lengthFrom, x, register: register)
        case .toIntegerOrInfinity where x.isObject: try push(.integerFrom, x, register: register)
        case .regExpExec where compiledRegExp(x) != nil:
            guard try hasObjectAsLastIndex(x), word.fieldC < 3 else { return false }
            try push(.regExpExecAt, x, y, register: register)
        case .speciesConstructor:
            let fallback = intrinsic(number: y)
            if let species = try plainSpecies(x, fallback) { setReg(register, species) }
            else { try push(.speciesOf, x, fallback, register: register) }
        case .typedSpeciesCreate:
            guard let species = try nativeSpecies(x, intrinsic(elementType(x.offset).constructor)) else {
                try push(.typedSpecies, x, y, register: register)
                return true
            }
            let name = "%TypedArray%.prototype"
            setReg(register, try checkedTypedSpecies(try construct(species, [y]), of: x.offset, [y], name))
        case .typedCreate:
            if isTypedArrayConstructor(x) { setReg(register, try typedArrayCreate(x, [y], "%TypedArray%.from")) }
            else { try push(.typedCreateWith, x, y, register: register) }
        default: return false
        }
        return true
    }

    /// Defines an element of a typed array as an object; false when something else is defined.
    private func pushDefine(_ array: Value, _ key: Value, _ descriptor: Value, register: UInt16) throws(Thrown) -> Bool {
        guard kind(of: array.offset) == CellKind.typedArray else { return false }
        let key = try toPropertyKey(key)
        var descriptor = try toPropertyDescriptor(descriptor)
        guard let value = descriptor.value, try definitionCoerces(array.offset, key, value) else { return false }
        // The rest of it says whether it is refused.
        descriptor.value = nil
        if try defineOwnProperty(array.offset, key, descriptor) {
            try pushTypedStore(array.offset, key, value, register: register)
        } else {
            setReg(register, .false)
        }
        return true
    }

    /// The next match of a regular expression may start where guest code says.
    public func hasObjectAsLastIndex(_ regExp: Value) throws(Thrown) -> Bool {
        if hasPlainLastIndex(regExp.offset) { return field(regExp.offset, 1).isObject }
        return try valueWithoutGuestCode(regExp, PropertyKey(atom: wellKnown.lastIndex))?.isObject ?? false
    }

    /// [[Set]] with another receiver that has to run guest code: a proxy with traps, or what coerces the value. Goes on in a
    /// frame.
    func pushSetThroughReceiver(
        _ object: UInt32, _ key: PropertyKey, _ value: Value, _ receiver: Value, strict: Bool, register: UInt16?
    ) throws(Thrown) -> Bool {
        guard receiver.isObject, receiver.offset != object, kind(of: object) != CellKind.proxy else { return false }
        var runsGuestCode = try definitionCoerces(receiver.offset, key, value)
        if !runsGuestCode, kind(of: receiver.offset) == CellKind.proxy {
            for trap in [ProxyTrap.getOwnPropertyDescriptor, .defineProperty] {
                let end = try targetWithoutTraps(receiver.offset, PropertyKey(atom: wellKnown.trap(trap)))
                if kind(of: end) == CellKind.proxy { runsGuestCode = true }
            }
        }
        guard runsGuestCode else { return false }
        // Of the objects that it inherits from, namespaces refuse and typed arrays pass over what is no index of them.
        var holder = object
        var steps = 0
        while holder != 0, kind(of: holder) != CellKind.proxy, try getOwnProperty(holder, key) == nil {
            if kind(of: holder) == CellKind.moduleNamespace { return false }
            if kind(of: holder) == CellKind.typedArray {
                if case .none = numericKey(key) {} else { return false }
            }
            holder = ordinaryPrototype(holder)
            steps &+= 1
            if steps & 7 == 0 { try charge(4) }
        }
        if holder != 0, kind(of: holder) == CellKind.moduleNamespace { return false }
        try push(
            register == nil && strict ? .setThroughStrictly : .setThrough, Value(object: object), try keyValue(key), value,
            receiver, continuation: register == nil ? Continuation.discard : Continuation.store, register: register ?? 0)
        return true
    }
}
