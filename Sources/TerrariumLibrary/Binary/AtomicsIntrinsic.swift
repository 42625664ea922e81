import TerrariumEngine

/// Atomics (ECMA-262 §25.4). One thread runs a guest, so every access is atomic as it is. No global: the capability for
/// shared memory makes it one.
extension RealmBuilder {
    func buildAtomics() throws(Thrown) {
        let atomics = try object()
        setIntrinsic(.atomics, atomics)
        try install(RealmBuilder.atomicsFunctions, on: atomics)
        try define(atomics, "@@toStringTag", try machine.makeString("Atomics"), attributes: Attribute.configurable)
    }

    private static func modify(_ name: String, _ change: @escaping @Sendable (UInt64, UInt64) -> UInt64) -> Builtin {
        Builtin(name, 3) { (machine, call) throws(Thrown) in
            let (array, index) = try machine.atomicPlace(call, "Atomics.\(name)")
            let type = machine.elementType(array)
            let bits = try machine.toElement(call[2], type)
            let address = try machine.atomicAddress(array, index, "Atomics.\(name)")
            let old = machine.loadElementBits(address, type.size)
            machine.storeElementBits(address, type.size, change(old, bits))
            return try machine.value(ofBits: old, type)
        }
    }

    static let atomicsFunctions: [Builtin] = [
        modify("add") { $0 &+ $1 }, modify("sub") { $0 &- $1 }, modify("and") { $0 & $1 }, modify("or") { $0 | $1 },
        modify("xor") { $0 ^ $1 }, modify("exchange") { $1 },
        Builtin("load", 2) { (machine, call) throws(Thrown) in
            let (array, index) = try machine.atomicPlace(call, "Atomics.load")
            let type = machine.elementType(array)
            let address = try machine.atomicAddress(array, index, "Atomics.load")
            return try machine.value(ofBits: machine.loadElementBits(address, type.size), type)
        },
        Builtin("store", 3) { (machine, call) throws(Thrown) in
            let (array, index) = try machine.atomicPlace(call, "Atomics.store")
            let type = machine.elementType(array)
            let value = type.isBigInt ? try machine.toBigInt(call[2]) : Value(number: try machine.toIntegerOrInfinity(call[2]))
            let bits = try machine.toElement(value, type)
            machine.storeElementBits(try machine.atomicAddress(array, index, "Atomics.store"), type.size, bits)
            return value
        },
        Builtin("compareExchange", 4) { (machine, call) throws(Thrown) in
            let (array, index) = try machine.atomicPlace(call, "Atomics.compareExchange")
            let type = machine.elementType(array)
            let mask: UInt64 = type.size == 8 ? .max : 1 << UInt64(type.size * 8) - 1
            let expected = try machine.toElement(call[2], type) & mask
            let replacement = try machine.toElement(call[3], type)
            let address = try machine.atomicAddress(array, index, "Atomics.compareExchange")
            let old = machine.loadElementBits(address, type.size)
            if old == expected { machine.storeElementBits(address, type.size, replacement) }
            return try machine.value(ofBits: old, type)
        },
        Builtin("isLockFree", 1) { (machine, call) throws(Thrown) in
            let size = try machine.toIntegerOrInfinity(call[0])
            return Value(size == 1 || size == 2 || size == 4 || size == 8)
        },
        Builtin("wait", 4) { (machine, call) throws(Thrown) in
            _ = try machine.waitablePlace(call, "Atomics.wait", needsShared: true)
            let type = machine.elementType(call[0].offset)
            _ = try machine.toElement(call[2], type)
            _ = try machine.toNumber(call[3])
            // A guest shares its thread with the host: nothing may block it.
            throw machine.typeError("Atomics.wait cannot be called in this context")
        },
        Builtin("notify", 3) { (machine, call) throws(Thrown) in
            _ = try machine.waitablePlace(call, "Atomics.notify", needsShared: false)
            if !call[2].isUndefined { _ = try machine.toIntegerOrInfinity(call[2]) }
            return .zero
        },
        Builtin("pause", 0) { (machine, call) throws(Thrown) in
            guard call[0].isUndefined || (call[0].isNumber && call[0].number == call[0].number.rounded(.towardZero) && call[0].number.isFinite)
            else { throw machine.typeError("\(machine.describe(call[0])) is not an integral number") }
            return .undefined
        },
    ]
}

extension Machine {
    /// ValidateIntegerTypedArray and ValidateAtomicAccess.
    func atomicPlace(_ call: NativeCall, _ name: String) throws(Thrown) -> (array: UInt32, index: Int) {
        guard isTypedArray(call[0]) else { throw typeError("\(describe(call[0])) is not an integer typed array.") }
        let length = try validateTypedArray(call[0], name)
        switch elementType(call[0].offset) {
        case .uint8Clamped, .float16, .float32, .float64:
            throw typeError("\(describe(call[0])) is not an integer typed array.")
        default: break
        }
        let index = try toIndex(call[1], "Invalid atomic access index")
        guard index < length else { throw rangeError("Invalid atomic access index") }
        return (call[0].offset, index)
    }

    /// RevalidateAtomicAccess: conversions may have changed the buffer.
    func atomicAddress(_ array: UInt32, _ index: Int, _ name: String) throws(Thrown) -> UInt32 {
        guard let length = typedArrayLength(array) else { throw typeError("Cannot perform \(name) on a detached ArrayBuffer") }
        guard index < length else { throw rangeError("Invalid atomic access index") }
        return elementAddress(array, index)
    }

    func waitablePlace(_ call: NativeCall, _ name: String, needsShared: Bool) throws(Thrown) -> Int {
        guard isTypedArray(call[0]) else { throw typeError("\(describe(call[0])) is not an int32 or BigInt64 typed array.") }
        let length = try validateTypedArray(call[0], name)
        let type = elementType(call[0].offset)
        guard type == .int32 || type == .bigInt64 else {
            throw typeError("\(describe(call[0])) is not an int32 or BigInt64 typed array.")
        }
        if needsShared, !isSharedArrayBuffer(Value(object: viewedBuffer(call[0].offset))) {
            throw typeError("\(describe(call[0])) is not a shared typed array.")
        }
        let index = try toIndex(call[1], "Invalid atomic access index")
        guard index < length else { throw rangeError("Invalid atomic access index") }
        return index
    }
}
