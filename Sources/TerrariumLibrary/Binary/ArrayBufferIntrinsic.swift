import TerrariumEngine

/// ArrayBuffer and SharedArrayBuffer (ECMA-262 §25.1, §25.2).
extension RealmBuilder {
    func buildArrayBuffers() throws(Thrown) {
        for isShared in [false, true] {
            let name = isShared ? "SharedArrayBuffer" : "ArrayBuffer"
            let which: Intrinsic = isShared ? .sharedArrayBufferPrototype : .arrayBufferPrototype
            let prototype = try object()
            setIntrinsic(which, prototype)
            var statics = [Builtin("get @@species", 0) { (_, call) throws(Thrown) in call.this }]
            if !isShared {
                statics.append(
                    Builtin("isView", 1, price: 1) { (machine, call) throws(Thrown) in
                        Value(machine.isTypedArray(call[0]) || machine.isDataView(call[0]))
                    })
            }
            let constructor = try constructor(
                Builtin(name, 1) { (machine, given) throws(Thrown) in
                    let resumed = machine.resumed(given)
                    let call = resumed.call
                    guard call.isConstruct else { throw machine.typeError("Constructor \(name) requires 'new'") }
                    if call[0].isObject, let again = try machine.coerce(call, "-n") { return again }
                    let length = try machine.toIndex(call[0], "Invalid array buffer length")
                    var maximum: Int? = nil
                    if call[1].isObject {
                        let known = try machine.keptList(resumed.kept).last
                        let key = machine.key("maxByteLength")
                        var option = known
                        if option == nil { option = try machine.valueWithoutGuestCode(call[1], key) }
                        guard let option, !option.isObject else {
                            return try machine.goOnReading(
                                call, call[1], try machine.keyValue(key), keeping: [], as: .number)
                        }
                        if !option.isUndefined { maximum = try machine.toIndex(option, "Invalid array buffer max length") }
                    }
                    if let maximum, length > maximum { throw machine.rangeError("Invalid array buffer max length") }
                    let prototype = try machine.prototypeFromConstructor(call.newTarget, which)
                    return Value(
                        object: try machine.makeArrayBuffer(
                            length: length, maximum: maximum, isShared: isShared, prototype: prototype))
                }, prototype: prototype, statics: statics,
                methods: isShared ? RealmBuilder.sharedBufferMethods : RealmBuilder.bufferMethods, isGlobal: !isShared)
            setIntrinsic(isShared ? .sharedArrayBuffer : .arrayBuffer, constructor)
            try define(prototype, "@@toStringTag", try machine.makeString(name), attributes: Attribute.configurable)
        }
    }

    private static func getter(
        _ name: String, shared: Bool, _ body: @escaping @Sendable (Machine, UInt32) throws(Thrown) -> Value
    ) -> Builtin {
        Builtin("get \(name)", 0) { (machine, call) throws(Thrown) in
            try body(machine, try machine.bufferReceiver(call, name, shared: shared))
        }
    }

    static let bufferMethods: [Builtin] = [
        getter("byteLength", shared: false) { (machine, buffer) in Value(machine.bufferLength(buffer)) },
        getter("maxByteLength", shared: false) { (machine, buffer) in Value(machine.bufferMaximum(buffer)) },
        getter("resizable", shared: false) { (machine, buffer) in Value(machine.isResizable(buffer)) },
        getter("detached", shared: false) { (machine, buffer) in Value(machine.isDetached(buffer)) },
        Builtin("slice", 2) { (machine, call) throws(Thrown) in try machine.sliceBuffer(call, shared: false) },
        Builtin("resize", 1) { (machine, call) throws(Thrown) in
            let buffer = try machine.bufferReceiver(call, "resize", shared: false)
            guard machine.isResizable(buffer) else {
                throw machine.typeError("Method ArrayBuffer.prototype.resize called on incompatible receiver \(machine.quote(call.this))")
            }
            if call[0].isObject, let again = try machine.coerce(call, "-n") { return again }
            let length = try machine.toIndex(call[0], "ArrayBuffer.prototype.resize: Invalid length parameter")
            if machine.isDetached(buffer) {
                throw machine.typeError("Cannot perform ArrayBuffer.prototype.resize on a detached ArrayBuffer")
            }
            guard length <= machine.bufferMaximum(buffer) else {
                throw machine.rangeError("ArrayBuffer.prototype.resize: Invalid length parameter")
            }
            try machine.resizeBuffer(buffer, to: length)
            return .undefined
        },
        Builtin("transfer", 0) { (machine, call) throws(Thrown) in try machine.transferBuffer(call, keepsResizable: true) },
        Builtin("transferToFixedLength", 0) { (machine, call) throws(Thrown) in
            try machine.transferBuffer(call, keepsResizable: false)
        },
    ]

    static let sharedBufferMethods: [Builtin] = [
        getter("byteLength", shared: true) { (machine, buffer) in Value(machine.bufferLength(buffer)) },
        getter("maxByteLength", shared: true) { (machine, buffer) in Value(machine.bufferMaximum(buffer)) },
        getter("growable", shared: true) { (machine, buffer) in Value(machine.isResizable(buffer)) },
        Builtin("slice", 2) { (machine, call) throws(Thrown) in try machine.sliceBuffer(call, shared: true) },
        Builtin("grow", 1) { (machine, call) throws(Thrown) in
            let buffer = try machine.bufferReceiver(call, "grow", shared: true)
            guard machine.isResizable(buffer) else {
                throw machine.typeError("Method SharedArrayBuffer.prototype.grow called on incompatible receiver \(machine.quote(call.this))")
            }
            if let again = try machine.coerce(call, "-n") { return again }
            let length = try machine.toIndex(call[0], "SharedArrayBuffer.prototype.grow: Invalid length parameter")
            guard length <= machine.bufferMaximum(buffer), length >= machine.bufferLength(buffer) else {
                throw machine.rangeError("SharedArrayBuffer.prototype.grow: Invalid length parameter")
            }
            try machine.resizeBuffer(buffer, to: length)
            return .undefined
        },
    ]
}

extension Machine {
    private func isGetter(_ call: NativeCall) -> Bool { functionName(call.callee.offset).hasPrefix("get ") }

    func bufferReceiver(_ call: NativeCall, _ name: String, shared: Bool) throws(Thrown) -> UInt32 {
        guard isArrayBuffer(call.this), isSharedArrayBuffer(call.this) == shared else {
            throw typeError(
                "Method \(isGetter(call) ? "get " : "")\(shared ? "Shared" : "")ArrayBuffer.prototype.\(name) called on incompatible receiver \(quote(call.this))")
        }
        return call.this.offset
    }

    func sliceBuffer(_ given: NativeCall, shared: Bool) throws(Thrown) -> Value {
        let buffer = try bufferReceiver(given, "slice", shared: shared)
        let detached = "Cannot perform ArrayBuffer.prototype.slice on a detached ArrayBuffer"
        let resumed = resumed(given)
        let call = resumed.call, kept = try keptList(resumed.kept)
        let first: Int, count: Int, result: Value
        if kept.count == 3 {
            (first, count, result) = (kept[0].internalCount, kept[1].internalCount, kept[2])
        } else {
            if resumed.kept == nil, isDetached(buffer) { throw typeError(detached) }
            let length = resumed.kept?.internalCount ?? bufferLength(buffer)
            if let again = try coerce(call, ArgumentKinds(.number, .number), keeping: Value(length)) { return again }
            first = try relativeIndex(call[0], length, default: 0)
            count = max(0, try relativeIndex(call[1], length, default: length) - first)
            let fallback = intrinsic(shared ? .sharedArrayBuffer : .arrayBuffer)
            guard let constructor = try nativeSpecies(call.this, fallback) else {
                return try goOnWithSpecies(
                    call, of: call.this, fallback, [Value(count)], keeping: [Value(first), Value(count)])
            }
            result = try construct(constructor, [Value(count)])
        }
        guard isArrayBuffer(result), isSharedArrayBuffer(result) == shared else {
            throw typeError("Species constructor did not return an ArrayBuffer")
        }
        if isDetached(result.offset) { throw typeError(detached) }
        guard result.offset != buffer else { throw typeError("ArrayBuffer subclass returned this from species constructor") }
        guard bufferLength(result.offset) >= count else { throw typeError("Species constructor returned a too small ArrayBuffer") }
        if isDetached(buffer) { throw typeError(detached) }
        let available = min(count, max(0, bufferLength(buffer) - first))
        try copyBytes(
            from: bufferData(buffer) &+ UInt32(truncatingIfNeeded: first), to: bufferData(result.offset), count: available)
        return result
    }

    /// ArrayBufferCopyAndDetach.
    func transferBuffer(_ call: NativeCall, keepsResizable: Bool) throws(Thrown) -> Value {
        let buffer = try bufferReceiver(call, keepsResizable ? "transfer" : "transferToFixedLength", shared: false)
        if let again = try coerce(call, "-n") { return again }
        let length = call[0].isUndefined ? bufferLength(buffer) : try toIndex(call[0])
        if isDetached(buffer) { throw typeError("Cannot perform ArrayBuffer.prototype.transfer on a detached ArrayBuffer") }
        let maximum = keepsResizable && isResizable(buffer) ? bufferMaximum(buffer) : nil
        let result = try makeArrayBuffer(length: length, maximum: maximum)
        try copyBytes(from: bufferData(buffer), to: bufferData(result), count: min(length, bufferLength(buffer)))
        detachArrayBuffer(buffer)
        return Value(object: result)
    }
}
