import TerrariumEngine

/// DataView (ECMA-262 §25.3).
extension RealmBuilder {
    func buildDataView() throws(Thrown) {
        let prototype = try object()
        setIntrinsic(.dataViewPrototype, prototype)
        try constructor(
            Builtin("DataView", 1, price: 40) { (machine, call) throws(Thrown) in try machine.constructDataView(call) },
            prototype: prototype, methods: RealmBuilder.dataViewMethods + RealmBuilder.dataViewAccessors)
        try define(prototype, "@@toStringTag", try machine.makeString("DataView"), attributes: Attribute.configurable)
    }

    static let dataViewMethods: [Builtin] = [
        Builtin("get buffer", 0) { (machine, call) throws(Thrown) in
            machine.field(try machine.dataViewReceiver(call, "buffer"), 0)
        },
        Builtin("get byteLength", 0) { (machine, call) throws(Thrown) in
            let view = try machine.dataViewReceiver(call, "byteLength")
            return Value(try machine.dataViewLength(view, "byteLength"))
        },
        Builtin("get byteOffset", 0) { (machine, call) throws(Thrown) in
            let view = try machine.dataViewReceiver(call, "byteOffset")
            _ = try machine.dataViewLength(view, "byteOffset")
            return machine.field(view, 1)
        },
    ]

    static let dataViewAccessors: [Builtin] = [
        ("Int8", ElementType.int8), ("Uint8", .uint8), ("Int16", .int16), ("Uint16", .uint16), ("Int32", .int32),
        ("Uint32", .uint32), ("BigInt64", .bigInt64), ("BigUint64", .bigUint64), ("Float16", .float16),
        ("Float32", .float32), ("Float64", .float64),
    ].flatMap { (name, type) in
        [
            Builtin("get\(name)", 1, price: type.isBigInt ? 20 : 10) { (machine, call) throws(Thrown) in
                if let quick = machine.quickViewValue(call, type) { return quick }
                return try machine.getViewValue(call, type, "get\(name)")
            },
            Builtin("set\(name)", 2, price: type.isBigInt ? 20 : 10) { (machine, call) throws(Thrown) in
                if machine.setQuickViewValue(call, type) { return .undefined }
                return try machine.setViewValue(call, type, "set\(name)")
            },
        ]
    }
}

extension Machine {
    public func isDataView(_ value: Value) -> Bool { value.isObject && kind(of: value.offset) == CellKind.dataView }

    func dataViewReceiver(_ call: NativeCall, _ name: String) throws(Thrown) -> UInt32 {
        guard isDataView(call.this) else {
            throw typeError("Method DataView.prototype.\(name) called on incompatible receiver \(quote(call.this))")
        }
        return call.this.offset
    }

    func constructDataView(_ given: NativeCall) throws(Thrown) -> Value {
        let resumed = resumed(given)
        let call = resumed.call
        guard call.isConstruct else { throw typeError("Constructor DataView requires 'new'") }
        guard isArrayBuffer(call[0]) else { throw typeError("First argument to DataView constructor must be an ArrayBuffer") }
        if call[1].isObject, let again = try coerce(call, "--n") { return again }
        let buffer = call[0].offset
        let offset = try toIndex(call[1], "Start offset \(call[1].isNumber ? describe(call[1]) : "") is outside the bounds of the buffer")
        let detached = "Cannot perform DataView on a detached ArrayBuffer"
        if resumed.kept == nil, isDetached(buffer) { throw typeError(detached) }
        let available = resumed.kept?.internalCount ?? bufferLength(buffer)
        guard offset <= available else { throw rangeError("Start offset \(offset) is outside the bounds of the buffer") }
        if let again = try coerce(call, ArgumentKinds(.any, .any, .number), keeping: Value(available)) { return again }
        let tracks = call[2].isUndefined && isResizable(buffer)
        let length = call[2].isUndefined ? available - offset : try toIndex(call[2], "Invalid DataView length \(describe(call[2]))")
        guard length <= available, offset + length <= available else { throw rangeError("Invalid DataView length \(length)") }
        let prototype = try prototypeFromConstructor(call.newTarget, .dataViewPrototype)
        if isDetached(buffer) { throw typeError(detached) }
        guard offset <= bufferLength(buffer), tracks || offset + length <= bufferLength(buffer) else {
            throw rangeError("Invalid DataView length \(length)")
        }
        let view = try allocateObject(kind: CellKind.dataView, prototype: prototype, fields: 3)
        setField(view, 0, call[0])
        setField(view, 1, Value(offset))
        setField(view, 2, tracks ? .undefined : Value(length))
        return Value(object: view)
    }

    /// GetViewByteLength. Throws when the view is out of bounds.
    func dataViewLength(_ view: UInt32, _ name: String) throws(Thrown) -> Int {
        let buffer = field(view, 0).offset, offset = field(view, 1).internalCount
        if isDetached(buffer) { throw typeError("Cannot perform DataView.prototype.\(name) on a detached ArrayBuffer") }
        let available = bufferLength(buffer)
        let length = field(view, 2).isUndefined ? available - offset : field(view, 2).internalCount
        guard offset <= available, offset + length <= available else {
            throw typeError("Cannot perform DataView.prototype.\(name) on an out-of-bounds DataView")
        }
        return length
    }

    private func viewAddress(_ view: UInt32, _ index: Int, _ size: Int, _ name: String) throws(Thrown) -> UInt32 {
        let length = try dataViewLength(view, name)
        guard index + size <= length else { throw rangeError("Offset is outside the bounds of the DataView") }
        return bufferData(field(view, 0).offset) &+ UInt32(truncatingIfNeeded: field(view, 1).internalCount + index)
    }

    func getViewValue(_ call: NativeCall, _ type: ElementType, _ name: String) throws(Thrown) -> Value {
        let view = try dataViewReceiver(call, name)
        if call[0].isObject, let again = try coerce(call, "-n") { return again }
        let index = try toIndex(call[0], "Offset is outside the bounds of the DataView")
        let littleEndian = toBoolean(call[1])
        let address = try viewAddress(view, index, type.size, name)
        var bits: UInt64 = 0
        for byte in 0..<type.size {
            let place = littleEndian ? byte : type.size - 1 - byte
            bits |= UInt64(cage.load8(address &+ UInt32(truncatingIfNeeded: byte))) << UInt64(place * 8)
        }
        return try value(ofBits: bits, type)
    }

    func setViewValue(_ call: NativeCall, _ type: ElementType, _ name: String) throws(Thrown) -> Value {
        let view = try dataViewReceiver(call, name)
        if call[0].isObject, let again = try coerce(call, "-n") { return again }
        let index = try toIndex(call[0], "Offset is outside the bounds of the DataView")
        if call[1].isObject, let again = try coerce(call, "--p") { return again }
        let bits = try toElement(call[1], type)
        let littleEndian = toBoolean(call[2])
        let address = try viewAddress(view, index, type.size, name)
        for byte in 0..<type.size {
            let place = littleEndian ? byte : type.size - 1 - byte
            cage.store8(
                address &+ UInt32(truncatingIfNeeded: byte), 0, UInt8(truncatingIfNeeded: bits >> UInt64(place * 8)))
        }
        return .undefined
    }
}
