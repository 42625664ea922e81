import TerrariumCage

/// Function objects.
///
/// `length`, `name` and `prototype` of a bytecode or native function are made when somebody looks (as is `stack` of an
/// error: see `StackFormat`): until then the object has a shape flagged `lazyFunction` and no slots. Field layout is in `Layout`.
extension Machine {
    /// Extra fields of function objects, before the inline slots: three packed words.
    static var functionFields: UInt8 { 3 }

    /// A bytecode function closing over a scope.
    func makeFunction(code: UInt32, scope: UInt32, home: UInt32 = 0, realm: UInt32) throws(Thrown) -> UInt32 {
        let flags = CodeFlags(rawValue: cage.load32(code, Layout.codeFlags))
        let shape: UInt32
        if flags.contains(.generator) || flags.contains(.async) {
            let prototype: Intrinsic = flags.contains(.generator)
                ? (flags.contains(.async) ? .asyncGeneratorFunctionPrototype : .generatorFunctionPrototype)
                : .asyncFunctionPrototype
            shape = try rootShape(
                prototype: realmValue(realm, prototype).offset, inlineCapacity: 0, inlineBase: 40,
                flags: ShapeFlag.lazyFunction)
        } else {
            shape = realmValue(realm, .functionShape).offset
        }
        var objectFlags = ObjectFlag.callable | ObjectFlag.lazyProperties
        if flags.contains(.constructor) { objectFlags |= ObjectFlag.constructor }
        if flags.contains(.classConstructor) { objectFlags |= ObjectFlag.classConstructor }
        let function = try allocate(40, kind: CellKind.function, word: shape, flags: objectFlags, words: 3)
        cage.store32(function, Layout.elements, emptyElements)
        cage.store64(function, Layout.functionCode, UInt64(code) | UInt64(scope) << 32)
        cage.store64(function, Layout.functionHome, UInt64(home) | UInt64(realm) << 32)
        return function
    }

    /// A native function object of a realm.
    public func makeNativeFunction(_ number: UInt32, realm: UInt32, prototype: UInt32? = nil) throws(Thrown) -> UInt32 {
        let shape = try rootShape(
            prototype: prototype ?? realmValue(realm, .functionPrototype).offset, inlineCapacity: 0, inlineBase: 40,
            flags: ShapeFlag.lazyFunction)
        var flags = ObjectFlag.callable | ObjectFlag.lazyProperties
        if Int(number) < nativeRecords.count, nativeRecords[Int(number)].isConstructor { flags |= ObjectFlag.constructor }
        let function = try allocate(40, kind: CellKind.nativeFunction, word: shape, flags: flags, words: 3)
        cage.store32(function, Layout.elements, emptyElements)
        cage.store32(function, Layout.functionCode, number)
        cage.store32(function, Layout.functionRealm, realm)
        return function
    }

    /// A native function of the current realm with data the closure finds again with `nativeData`.
    public func makeNativeClosure(_ number: UInt32, data: [Value]) throws(Thrown) -> Value {
        let realm = currentRealm
        let function = try makeNativeFunction(number, realm: realm)
        let list = try makeList(capacity: data.count)
        cage.store32(list, Layout.elementsLength, UInt32(truncatingIfNeeded: data.count))
        for (index, value) in data.enumerated() {
            cage.store64(list &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8, 0, value.bits)
        }
        cage.store32(function, Layout.functionHome, list)
        return Value(object: function)
    }

    /// Data value `index` of the running native closure.
    public func nativeData(_ call: NativeCall, _ index: Int) -> Value {
        let list = cage.load32(call.callee.offset, Layout.functionHome)
        return Value(bits: cage.load64(list &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8))
    }
    public func setNativeData(_ call: NativeCall, _ index: Int, _ value: Value) {
        let list = cage.load32(call.callee.offset, Layout.functionHome)
        cage.store64(list &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8, 0, value.bits)
    }

    @inlinable @inline(__always)
    public func isCallable(_ value: Value) -> Bool {
        value.isObject && cage.load8(value.offset, Layout.flags) & ObjectFlag.callable != 0
    }
    @inlinable @inline(__always)
    public func isConstructor(_ value: Value) -> Bool {
        value.isObject && cage.load8(value.offset, Layout.flags) & ObjectFlag.constructor != 0
    }

    /// Turns a native function object, which stands in for a function of the engine's own JavaScript until that is
    /// compiled, into that function.
    public func become(_ standIn: UInt32, _ function: UInt32) {
        guard kind(of: standIn) == CellKind.nativeFunction, kind(of: function) == CellKind.function else { return }
        cage.store64(standIn, Layout.functionCode, cage.load64(function, Layout.functionCode))
        cage.store32(standIn, Layout.functionHome, cage.load32(function, Layout.functionHome))
        cage.store8(standIn, Layout.kind, CellKind.function)
    }

    /// Data list of a native closure (`makeNativeClosure`), as a cell.
    public func nativeDataList(_ function: UInt32) -> Value { Value(cell: cage.load32(function, Layout.functionHome)) }
    public func setNativeDataList(_ function: UInt32, _ list: Value) {
        cage.store32(function, Layout.functionHome, list.offset)
    }

    // MARK: Lazy properties

    /// Before a named own property of a function is looked at: makes the lazy ones if `key` is one of them.
    @inline(__always)
    func materializeLazyProperties(_ object: UInt32, _ key: PropertyKey) {
        if cage.load8(object, Layout.flags) & ObjectFlag.lazyProperties != 0 { materializeLazyProperty(object, key) }
    }

    @inline(never)
    private func materializeLazyProperty(_ object: UInt32, _ key: PropertyKey) {
        let isLazy = kind(of: object) == CellKind.error
            ? key.offset == wellKnown.stack
            : key.offset == wellKnown.length || key.offset == wellKnown.name || key.offset == wellKnown.prototype
        if isLazy { materializeAllLazyProperties(object) }
    }

    /// Before a property is added: those of a function that are lazy come first.
    func materializeBeforeAdding(_ object: UInt32) {
        if cage.load8(object, Layout.flags) & ObjectFlag.lazyProperties != 0, kind(of: object) != CellKind.error {
            materializeAllLazyProperties(object)
        }
    }

    /// Makes `length`, `name` and `prototype` of a function, or `stack` of an error now. When memory ends here the guest is ended at its next
    /// safepoint (the termination is recorded), so that look-ups need not throw.
    func materializeAllLazyProperties(_ object: UInt32) {
        let flags = cage.load8(object, Layout.flags)
        if flags & ObjectFlag.lazyProperties == 0 { return }
        // Cleared only for these kinds; others never have it.
        do throws(Thrown) {
            if kind(of: object) == CellKind.error { return try materializeStack(object) }
            try makeLazyProperties(object, flags & ~ObjectFlag.lazyProperties)
        } catch {
            haltSlice()
        }
    }

    private func makeLazyProperties(_ function: UInt32, _ flags: UInt8) throws(Thrown) {
        cage.store8(function, Layout.flags, flags)
        let shape = cage.load32(function)
        if cage.load8(shape, ShapeLayout.flags) & ShapeFlag.lazyFunction != 0 {
            let plain = try rootShape(
                prototype: cage.load32(shape, ShapeLayout.prototype), inlineCapacity: 0, inlineBase: 40)
            cage.store32(function, 0, plain)
        }
        let nameValue: Value
        let length: Int
        if kind(of: function) == CellKind.function {
            let code = cage.load32(function, Layout.functionCode)
            nameValue = Value(string: cage.load32(code, Layout.codeName))
            length = Int(cage.load16(code, Layout.codeLength))
        } else {
            let number = Int(cage.load32(function, Layout.functionCode))
            let record = number < nativeRecords.count ? nativeRecords[number] : nil
            nameValue = Value(string: atom(record?.name ?? ""))
            length = Int(record?.length ?? 0)
        }
        try addLazy(function, wellKnown.length, Value(length), Attribute.configurable)
        try addLazy(function, wellKnown.name, nameValue, Attribute.configurable)
        guard kind(of: function) == CellKind.function else { return }
        let code = CodeFlags(rawValue: cage.load32(cage.load32(function, Layout.functionCode), Layout.codeFlags))
        guard code.contains(.hasPrototype), !code.contains(.classConstructor) else { return }
        let realm = cage.load32(function, Layout.functionRealm)
        if code.contains(.generator) {
            let parent = realmValue(realm, code.contains(.async) ? .asyncGeneratorPrototype : .generatorPrototype)
            let prototype = try makeObject(prototype: parent.offset)
            try addLazy(function, wellKnown.prototype, prototype, Attribute.writable)
        } else {
            let prototype = try allocateObject(
                kind: CellKind.object, prototype: realmValue(realm, .objectPrototype).offset, inlineCapacity: 4)
            try addProperty(
                prototype, key: wellKnown.constructor, value: Value(object: function), attributes: Attribute.hidden)
            try addLazy(function, wellKnown.prototype, Value(object: prototype), Attribute.writable)
        }
    }

    private func addLazy(_ function: UInt32, _ key: UInt32, _ value: Value, _ attributes: UInt8) throws(Thrown) {
        if lookup(shape: cage.load32(function), key: key) == nil {
            try addProperty(function, key: key, value: value, attributes: attributes)
        }
    }

    /// SetFunctionName: gives a function its name property.
    public func setFunctionName(_ function: UInt32, _ name: Value, prefix: String = "") throws(Thrown) {
        materializeAllLazyProperties(function)
        // Keys that are indices are numbers here.
        var text = name.isNumber || name.isBigInt ? try toStringValue(name) : name
        if name.isSymbol {
            let description = Value(bits: cage.load64(name.offset, Layout.symbolDescription))
            if description.isString {
                let isPrivate = cage.load8(name.offset, Layout.flags) & StringFlag.privateName != 0
                text = isPrivate
                    ? description
                    : try concatenate(
                        try concatenate(try makeString("["), description), try makeString("]"))
            } else {
                text = emptyString
            }
        }
        if !prefix.isEmpty { text = try concatenate(try makeString(prefix + " "), text) }
        _ = try ordinaryDefineOwnProperty(
            function, PropertyKey(atom: wellKnown.name),
            PropertyDescriptor(value: text, attributes: Attribute.configurable))
    }

    /// A plain function of sloppy code: one whose `caller` and `arguments` may be asked for.
    public func isSloppyFunction(_ value: Value) -> Bool {
        guard value.isObject, kind(of: value.offset) == CellKind.function else { return false }
        let flags = CodeFlags(rawValue: cage.load32(cage.load32(value.offset, Layout.functionCode), Layout.codeFlags))
        return flags.contains(.constructor) && !flags.contains(.strict)
    }

    // MARK: Instances

    /// The shape of what `new` of a bytecode function makes; depends on its `prototype` property.
    func forgetInstanceShape(_ function: UInt32) {
        if kind(of: function) == CellKind.function { cage.store32(function, Layout.functionInstanceShape, 0) }
    }

    /// GetFunctionRealm.
    public func functionRealm(_ start: UInt32) throws(Thrown) -> UInt32 {
        var object = start
        var steps = 0
        while true {
            switch kind(of: object) {
            case CellKind.function, CellKind.nativeFunction:
                return cage.load32(object, Layout.functionRealm)
            case CellKind.boundFunction:
                object = field(object, 0).offset
            case CellKind.proxy:
                guard field(object, 1).isObject else {
                    throw typeError("Cannot perform 'get' on a proxy that has been revoked")
                }
                object = field(object, 0).offset
            default:
                return currentRealm
            }
            steps &+= 1
            if steps & 7 == 0 { try charge(8) }
        }
    }
}

extension Machine {
    /// For set-up of intrinsics: changes a prototype without the checks of [[SetPrototypeOf]].
    public func changePrototypeForLibrary(_ object: UInt32, to prototype: UInt32) throws(Thrown) {
        try changePrototype(object, to: prototype)
    }

    /// `length` and `name` of a bound function that has no properties yet (ECMA-262 §20.2.3.2).
    public func nameBoundFunction(_ object: UInt32, length: Value, name: Value) throws(Thrown) {
        try addProperty(object, key: wellKnown.length, value: length, attributes: Attribute.configurable)
        let text = try concatenate(Value(string: wellKnown.bound), name)
        try addProperty(object, key: wellKnown.name, value: text, attributes: Attribute.configurable)
    }
}
