import TerrariumCage

/// Guest code that operations of the language have to ask runs in frames of the engine's own JavaScript here: `prototype` of
/// what stands for new.target, scopes of `with`, resources, lengths of arrays (0010).
extension Machine {
    // MARK: new.target

    /// A new.target whose `prototype` has been read: an object that no guest sees.
    func makeNewTarget(_ real: Value, prototype: Value) throws(Thrown) -> Value {
        let object = try allocateObject(kind: CellKind.internalObject, prototype: 0, fields: 2)
        setField(object, 0, real)
        setField(object, 1, prototype)
        return Value(object: object)
    }

    /// The new.target that such an object stands for; nil for every other value.
    func realNewTarget(_ newTarget: Value) -> Value? {
        guard newTarget.isObject, kind(of: newTarget.offset) == CellKind.internalObject else { return nil }
        return field(newTarget.offset, 0)
    }

    /// Whether the `prototype` of a new.target has been read.
    public func isKnownNewTarget(_ newTarget: Value) -> Bool { realNewTarget(newTarget) != nil }

    /// GetPrototypeFromConstructor(newTarget, fallback). May run guest code. In a native constructor that is asked for the
    /// `prototype` of its own new.target guest code runs before the constructor is called again: nothing that can be observed
    /// must have happened until then.
    public func prototypeFromConstructor(_ newTarget: Value, _ fallback: Intrinsic) throws(Thrown) -> UInt32 {
        guard newTarget.isObject else { return intrinsic(fallback).offset }
        return try chosenPrototype(try prototypeOfNewTarget(newTarget), newTarget, fallback)
    }

    /// `prototype` of a new.target, whatever it is; as above.
    public func prototypeOfNewTarget(_ newTarget: Value) throws(Thrown) -> Value {
        if let plain = try plainPrototypeOfNewTarget(newTarget) { return plain }
        if constructing.native != 0, constructing.native == cells[Cell.native], constructing.newTarget == newTarget {
            throw .prototype
        }
        return try get(newTarget.offset, atom: wellKnown.prototype)
    }

    /// GetPrototypeFromConstructor as far as it runs no guest code; nil when that has to be asked.
    public func plainPrototypeFromConstructor(_ newTarget: Value, _ fallback: Intrinsic) throws(Thrown) -> UInt32? {
        guard newTarget.isObject else { return intrinsic(fallback).offset }
        guard let prototype = try plainPrototypeOfNewTarget(newTarget) else { return nil }
        return try chosenPrototype(prototype, newTarget, fallback)
    }

    private func plainPrototypeOfNewTarget(_ newTarget: Value) throws(Thrown) -> Value? {
        if realNewTarget(newTarget) != nil { return field(newTarget.offset, 1) }
        var hint = CacheHint()
        guard case .value(let value) = try findForGet(newTarget.offset, PropertyKey(atom: wellKnown.prototype), hint: &hint)
        else { return nil }
        return value
    }

    private func chosenPrototype(_ prototype: Value, _ newTarget: Value, _ fallback: Intrinsic) throws(Thrown) -> UInt32 {
        if prototype.isObject { return prototype.offset }
        return realmValue(try functionRealm((realNewTarget(newTarget) ?? newTarget).offset), fallback).offset
    }

    /// Runs a native as a constructor.
    func runConstructor(_ native: Kept<NativeEntry>, _ call: NativeCall) throws(Thrown) -> Value {
        let outer = constructing
        constructing = (cells[Cell.native], call.newTarget)
        defer { constructing = outer }
        do throws(Thrown) {
            return try native(self, call)
        } catch {
            guard error == .prototype else { throw error }
        }
        return try goOn(
            call, engine: .withPrototype, this: .undefined, [call.callee, call.newTarget, try makeArray(call.arguments())])
    }

    /// Instead of a base constructor in a built frame: reads the `prototype` of new.target, and calls it then.
    func enterWithPrototype(_ frame: UInt32, argumentCount: Int) throws(Thrown) {
        let call = NativeCall(cage: cage, frame: frame, argumentCount: argumentCount, isConstruct: true)
        let list = try makeArray(call.arguments())
        try requireStack(frame &+ 64)
        cage.store64(frame, 32, cage.load64(frame))
        cage.store64(frame, 40, cage.load64(frame, 16))
        cage.store64(frame, 48, list.bits)
        cage.store64(frame, 0, try engineFunction(.withPrototype).bits)
        cage.store64(frame, 8, cage.load64(frame, 8) & 0x8000_FFFF_FFFF_FFFF | 3 &<< 48)
        try enterFunction(frame, argumentCount: 3, isConstruct: true)
    }

    // MARK: Scopes of `with`

    /// HasBinding of an object environment into a register; guest code runs in frames.
    func pushHasBinding(_ object: UInt32, _ key: PropertyKey, hides: Bool, register: UInt16) throws(Thrown) {
        let isKnown = try !meetsProxy(object)
        if isKnown {
            guard try hasProperty(object, key) else { return setReg(register, .false) }
            guard hides else { return setReg(register, .true) }
            let hidden = try valueWithoutGuestCode(Value(object: object), symbolKey(.unscopables))
            if let hidden, !hidden.isObject { return setReg(register, .true) }
            if let hidden, let value = try valueWithoutGuestCode(hidden, key) { return setReg(register, Value(!toBoolean(value))) }
        }
        try push(.hasBinding, Value(object: object), try keyValue(key), Value(hides), register: register)
    }

    // MARK: Keys and lengths

    /// Whether a value that is given to an array as `length` has to be coerced by guest code first.
    func lengthNeedsFrame(_ start: UInt32, _ key: PropertyKey, _ value: Value, receiver: Value) -> Bool {
        value.isObject && key.isAtom && key.offset == wellKnown.length && kind(of: start) == CellKind.array
            && receiver == Value(object: start) && cage.load8(start, Layout.flags) & ObjectFlag.lengthReadOnly == 0
    }

    /// Whether defining a property of an object with a value has guest code coerce that: the length of an array, an element
    /// of a typed array.
    public func definitionCoerces(_ object: Value, _ key: Value, _ value: Value) throws(Thrown) -> Bool {
        guard value.isObject, object.isObject else { return false }
        switch kind(of: object.offset) {
        case CellKind.array where !key.isString: return false
        case CellKind.array, CellKind.typedArray, CellKind.proxy:
            return try definitionCoerces(object.offset, try toPropertyKey(key), value)
        default: return false
        }
    }

    /// As above. Proxies without the trap are passed.
    func definitionCoerces(_ object: UInt32, _ key: PropertyKey, _ value: Value) throws(Thrown) -> Bool {
        guard value.isObject else { return false }
        let end = kind(of: object) == CellKind.proxy
            ? try targetWithoutTraps(object, PropertyKey(atom: wellKnown.trap(.defineProperty))) : object
        switch kind(of: end) {
        case CellKind.array: return key.isAtom && key.offset == wellKnown.length
        case CellKind.typedArray:
            if case .none = numericKey(key) { return false }
            return true
        default: return false
        }
    }

    // MARK: Resources

    /// AddDisposableResource where guest code has to be asked for the method; false when that is not so.
    func pushResource(_ capability: Value, _ value: Value, isAsync: Bool) throws(Thrown) -> Bool {
        guard value.isObject else { return false }
        let first = try valueWithoutGuestCode(value, symbolKey(isAsync ? .asyncDispose : .dispose))
        if let first, !isAsync || !first.isNullish { return false }
        if first != nil, try valueWithoutGuestCode(value, symbolKey(.dispose)) != nil { return false }
        try push(.addResource, capability, value, Value(isAsync), continuation: Continuation.discard, register: 0)
        return true
    }
}
