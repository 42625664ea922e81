import TerrariumEngine

/// %TypedArray% and its constructors (ECMA-262 §23.2). The methods that take callbacks are in `TypedArraySelfHosted`.
extension RealmBuilder {
    func buildTypedArrays() throws(Thrown) {
        let prototype = try object()
        setIntrinsic(.typedArrayPrototype, prototype)
        let abstract = try constructor(
            Builtin("TypedArray", 0) { (machine, _) throws(Thrown) in
                throw machine.typeError("Abstract class TypedArray not directly constructable")
            }, prototype: prototype,
            statics: [
                Builtin("of", 0) { (machine, call) throws(Thrown) in
                    guard machine.isConstructor(call.this) else {
                        throw machine.typeError("\(machine.describe(call.this)) is not a constructor")
                    }
                    var isPlain = machine.isTypedArrayConstructor(call.this)
                    for index in 0..<call.argumentCount where call[index].isObject { isPlain = false }
                    if !isPlain { return try machine.goOn(call, engine: .typedOf) }
                    let array = try machine.typedArrayCreate(call.this, [Value(call.argumentCount)], "%TypedArray%.of")
                    for index in 0..<call.argumentCount {
                        try machine.charge(8)
                        try machine.put(array.offset, try machine.integerKey(index), call[index])
                    }
                    return array
                },
                Builtin("get @@species", 0) { (_, call) throws(Thrown) in call.this },
            ], methods: RealmBuilder.typedArrayMethods + RealmBuilder.typedArrayGetters, isGlobal: false)
        setIntrinsic(.typedArray, abstract)
        machine.setRealmValue(
            realm, .typedArrayLength, try machine.getOwnProperty(prototype, key("length"))?.getter ?? .undefined)
        try install(.typedArrayStatics, on: abstract)
        try install(.typedArrayCallbacks, on: prototype)
        try define(prototype, "@@iterator", try machine.get(prototype, key("values")))
        try define(prototype, "toString", try machine.get(intrinsic(.arrayPrototype), key("toString")))
        for type in ElementType.allCases {
            let own = try machine.makeObject(prototype: prototype).offset
            setIntrinsic(type.prototype, own)
            let constructor = try constructor(
                Builtin(type.arrayName, 3) { (machine, call) throws(Thrown) in
                    try machine.constructTypedArray(call, type)
                }, prototype: own)
            try machine.changePrototypeForLibrary(constructor, to: abstract)
            setIntrinsic(type.constructor, constructor)
            for holder in [constructor, own] {
                try define(holder, "BYTES_PER_ELEMENT", Value(type.size), attributes: Attribute.none)
            }
        }
    }

    static let typedArrayGetters: [Builtin] = [
        Builtin("get buffer", 0) { (machine, call) throws(Thrown) in
            Value(object: machine.viewedBuffer(try machine.typedArrayReceiver(call, "buffer")))
        },
        Builtin("get byteLength", 0) { (machine, call) throws(Thrown) in
            let array = try machine.typedArrayReceiver(call, "byteLength")
            return Value((machine.typedArrayLength(array) ?? 0) * machine.elementType(array).size)
        },
        Builtin("get byteOffset", 0) { (machine, call) throws(Thrown) in
            let array = try machine.typedArrayReceiver(call, "byteOffset")
            return Value(machine.typedArrayLength(array) == nil ? 0 : machine.viewByteOffset(array))
        },
        Builtin("get length", 0) { (machine, call) throws(Thrown) in
            Value(machine.typedArrayLength(try machine.typedArrayReceiver(call, "length")) ?? 0)
        },
        Builtin("get @@toStringTag", 0, price: 24) { (machine, call) throws(Thrown) in
            guard machine.isTypedArray(call.this) else { return .undefined }
            return try machine.makeString(machine.elementType(call.this.offset).arrayName)
        },
    ]
}

extension Machine {
    func typedArrayReceiver(_ call: NativeCall, _ name: String) throws(Thrown) -> UInt32 {
        guard isTypedArray(call.this) else {
            throw typeError("Method get TypedArray.prototype.\(name) called on incompatible receiver \(quote(call.this))")
        }
        return call.this.offset
    }

    // MARK: Construction

    func constructTypedArray(_ given: NativeCall, _ type: ElementType) throws(Thrown) -> Value {
        let resumed = resumed(given)
        let call = resumed.call
        if let kept = resumed.kept, kept.isObject, isArrayBuffer(call[0]) { return try viewBuffer(call, type, kept.offset) }
        guard call.isConstruct else { throw typeError("Constructor \(type.arrayName) requires 'new'") }
        guard call[0].isObject else {
            let length = try toIndex(call[0], "Invalid typed array length: \(describe(call[0]))")
            let prototype = try prototypeFromConstructor(call.newTarget, type.prototype)
            return Value(object: try allocateTypedArray(type, length, prototype))
        }
        let prototype = try prototypeFromConstructor(call.newTarget, type.prototype)
        if isArrayBuffer(call[0]) { return try viewBuffer(call, type, prototype) }
        if isTypedArray(call[0]) { return try copyTypedArray(call[0].offset, type, prototype) }
        guard let found = try valueWithoutGuestCode(call[0], symbolKey(.iterator)) else {
            let sample = Value(object: try allocateTypedArray(type, 0, prototype))
            return try goOn(call, engine: .typedConstructFrom, this: .undefined, [sample, call[0]])
        }
        let method = found.isNull ? .undefined : found
        // Throws for what is no function.
        if !method.isUndefined, !isCallable(method) { _ = try getMethod(call[0], symbolKey(.iterator)) }
        if method.isUndefined {
            let sample = Value(object: try allocateTypedArray(type, 0, prototype))
            return try goOn(call, engine: .typedConstruct, this: .undefined, [sample, call[0]])
        }
        if let dense = denseIteration(call[0]), !type.isBigInt, try holdsNumbers(dense) {
            let array = try allocateTypedArray(type, dense.count, prototype)
            try storeNumbers(dense, in: array, type)
            return Value(object: array)
        }
        if let dense = denseIteration(call[0]), try holdsPrimitives(dense) {
            let array = try allocateTypedArray(type, dense.count, prototype)
            for index in 0..<dense.count {
                try charge(type.isBigInt ? 12 : 4)
                try typedArraySet(array, index, loadDense(dense, index))
            }
            return Value(object: array)
        }
        let sample = Value(object: try allocateTypedArray(type, 0, prototype))
        return try goOn(call, engine: .typedConstruct, this: .undefined, [sample, call[0], method])
    }

    /// Whether conversions run no guest code.
    func holdsPrimitives(_ array: DenseArray) throws(Thrown) -> Bool {
        try charge(array.count / 4)
        for index in 0..<array.count where loadDense(array, index).isObject { return false }
        return true
    }

    /// Whether nothing has to be converted, which might run guest code. Charges for what is done with each element next.
    private func holdsNumbers(_ array: DenseArray) throws(Thrown) -> Bool {
        for index in 0..<array.count {
            if index & 1023 == 0 { try charge(min(array.count &- index, 1024) &* 2) }
            if !loadDense(array, index).isNumber { return false }
        }
        return true
    }

    /// InitializeTypedArrayFromArrayBuffer.
    private func viewBuffer(_ call: NativeCall, _ type: ElementType, _ prototype: UInt32) throws(Thrown) -> Value {
        let buffer = call[0].offset, kept = Value(object: prototype)
        if let again = try coerce(call, ArgumentKinds(.any, .number), keeping: kept) { return again }
        let offset = try toIndex(call[1], "Start offset is too large:")
        guard offset % type.size == 0 else {
            throw rangeError("start offset of \(type.arrayName) should be a multiple of \(type.size)")
        }
        if let again = try coerce(call, ArgumentKinds(.any, .any, .number), keeping: kept) { return again }
        let wanted = call[2].isUndefined ? nil : try toIndex(call[2], "Invalid typed array length: \(describe(call[2]))")
        if isDetached(buffer) { throw typeError("Cannot perform Construct on a detached ArrayBuffer") }
        let available = bufferLength(buffer)
        if let wanted {
            guard wanted <= available, offset + wanted * type.size <= available else {
                throw rangeError("Invalid typed array length: \(wanted)")
            }
            return Value(
                object: try makeTypedArray(type, buffer: buffer, byteOffset: offset, length: wanted, prototype: prototype))
        }
        if isResizable(buffer) {
            guard offset <= available else { throw rangeError("Start offset \(offset) is outside the bounds of the buffer") }
            return Value(
                object: try makeTypedArray(type, buffer: buffer, byteOffset: offset, length: nil, prototype: prototype))
        }
        guard available % type.size == 0 else {
            throw rangeError("byte length of \(type.arrayName) should be a multiple of \(type.size)")
        }
        guard offset <= available else { throw rangeError("Start offset \(offset) is outside the bounds of the buffer") }
        return Value(
            object: try makeTypedArray(
                type, buffer: buffer, byteOffset: offset, length: (available - offset) / type.size, prototype: prototype))
    }

    /// InitializeTypedArrayFromTypedArray.
    private func copyTypedArray(_ source: UInt32, _ type: ElementType, _ prototype: UInt32) throws(Thrown) -> Value {
        guard let length = typedArrayLength(source) else {
            throw typeError("Cannot perform Construct on a detached ArrayBuffer")
        }
        let sourceType = elementType(source)
        guard sourceType.isBigInt == type.isBigInt else { throw typeError("Cannot mix BigInt and other types, use explicit conversions") }
        let array = try allocateTypedArray(type, length, prototype)
        try copyElements(from: source, 0, to: array, 0, count: length)
        return Value(object: array)
    }

    /// Copies elements between typed arrays of any two types of one content type; ranges are inside, and those of
    /// different types do not overlap.
    func copyElements(from source: UInt32, _ first: Int, to target: UInt32, _ start: Int, count: Int) throws(Thrown) {
        guard count > 0 else { return }
        let sourceType = elementType(source), type = elementType(target)
        if sourceType == type || (sourceType.size == type.size && sourceType.isBigInt && type.isBigInt) {
            return try copyBytes(
                from: elementAddress(source, first), to: elementAddress(target, start), count: count * type.size)
        }
        try convertElements(
            from: elementAddress(source, first), sourceType, to: elementAddress(target, start), type, count: count)
    }
}
