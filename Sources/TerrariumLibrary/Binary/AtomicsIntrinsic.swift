import TerrariumCage
import TerrariumEngine

/// Atomics (ECMA-262 §25.4). No global: the capability for shared memory makes it one.
extension RealmBuilder {
    func buildAtomics() throws(Thrown) {
        let atomics = try object()
        setIntrinsic(.atomics, atomics)
        try install(RealmBuilder.atomicsFunctions, on: atomics)
        try define(atomics, "@@toStringTag", try machine.makeString("Atomics"), attributes: Attribute.configurable)
    }

    private static func modify(_ name: String, _ change: @escaping @Sendable (UInt64, UInt64) -> UInt64) -> Builtin {
        Builtin(name, 3, price: 20) { (machine, call) throws(Thrown) in
            let (array, index) = try machine.atomicPlace(call, "Atomics.\(name)")
            let type = machine.elementType(array)
            let bits = try machine.toElement(call[2], type)
            let address = try machine.atomicAddress(array, index, "Atomics.\(name)")
            return try machine.value(ofBits: machine.cage.atomicModify(address, size: type.size) { change($0, bits) }, type)
        }
    }

    static let atomicsFunctions: [Builtin] = [
        modify("add") { $0 &+ $1 }, modify("sub") { $0 &- $1 }, modify("and") { $0 & $1 }, modify("or") { $0 | $1 },
        modify("xor") { $0 ^ $1 }, modify("exchange") { $1 },
        Builtin("load", 2) { (machine, call) throws(Thrown) in
            let (array, index) = try machine.atomicPlace(call, "Atomics.load")
            let type = machine.elementType(array)
            let address = try machine.atomicAddress(array, index, "Atomics.load")
            return try machine.value(ofBits: machine.cage.atomicModify(address, size: type.size) { $0 }, type)
        },
        Builtin("store", 3) { (machine, call) throws(Thrown) in
            let (array, index) = try machine.atomicPlace(call, "Atomics.store")
            let type = machine.elementType(array)
            let value = type.isBigInt ? try machine.toBigInt(call[2]) : Value(number: try machine.toIntegerOrInfinity(call[2]))
            let bits = try machine.toElement(value, type)
            _ = machine.cage.atomicModify(try machine.atomicAddress(array, index, "Atomics.store"), size: type.size) { _ in bits }
            return value
        },
        Builtin("compareExchange", 4) { (machine, call) throws(Thrown) in
            let (array, index) = try machine.atomicPlace(call, "Atomics.compareExchange")
            let type = machine.elementType(array)
            let mask: UInt64 = type.size == 8 ? .max : 1 << UInt64(type.size * 8) - 1
            let expected = try machine.toElement(call[2], type) & mask
            let replacement = try machine.toElement(call[3], type)
            let address = try machine.atomicAddress(array, index, "Atomics.compareExchange")
            let old = machine.cage.atomicModify(address, size: type.size) { $0 == expected ? replacement : $0 }
            return try machine.value(ofBits: old, type)
        },
        Builtin("isLockFree", 1, price: 1) { (machine, call) throws(Thrown) in
            let size = try machine.toIntegerOrInfinity(call[0])
            return Value(size == 1 || size == 2 || size == 4 || size == 8)
        },
        Builtin("wait", 4) { (machine, call) throws(Thrown) in
            let wait = try machine.prepareWait(call, "Atomics.wait")
            // A guest shares its thread with the host: it blocks only where the host says that it may.
            guard let block = wait.block, machine.sharing?.mayBlock == true else {
                throw machine.typeError("Atomics.wait cannot be called in this context")
            }
            return try machine.makeString(
                try machine.wait(block, at: wait.index, milliseconds: wait.milliseconds) { machine.holds(wait) })
        },
        Builtin("waitAsync", 4) { (machine, call) throws(Thrown) in
            let wait = try machine.prepareWait(call, "Atomics.waitAsync")
            guard let block = wait.block else { throw machine.typeError("Atomics.waitAsync cannot be called in this context") }
            if machine.holds(wait), wait.milliseconds <= 0 { return try machine.waitResult(false, try machine.makeString("timed-out")) }
            guard let promise = try machine.waitAsync(
                block, at: wait.index, milliseconds: wait.milliseconds, if: { machine.holds(wait) })
            else { return try machine.waitResult(false, try machine.makeString("not-equal")) }
            return try machine.waitResult(true, promise)
        },
        Builtin("notify", 3) { (machine, call) throws(Thrown) in
            let index = try machine.waitablePlace(call, "Atomics.notify", needsShared: false)
            let array = call[0].offset
            let count = call[2].isUndefined ? Double.infinity : max(0, try machine.toIntegerOrInfinity(call[2]))
            guard let block = machine.sharedBlock(machine.viewedBuffer(array)) else { return .zero }
            let place = machine.viewByteOffset(array) &+ index &* machine.elementType(array).size
            return Value(block.waiters.notify(at: place, count: count < 1e9 ? Int(count) : .max))
        },
        Builtin("pause", 0, price: 2) { (machine, call) throws(Thrown) in
            guard call[0].isUndefined || (call[0].isNumber && call[0].number == call[0].number.rounded(.towardZero) && call[0].number.isFinite)
            else { throw machine.typeError("\(machine.describe(call[0])) is not an integral number") }
            return .undefined
        },
    ]
}

/// What a call of Atomics.wait is about.
struct WaitRequest {
    /// The memory; nil when nobody else could change it.
    let block: SharedBlock?
    /// Byte index in the memory.
    let index: Int
    let address: UInt32
    let size: Int
    let expected: UInt64
    let milliseconds: Double
}

extension Machine {
    /// The steps of DoWait that look at the arguments.
    func prepareWait(_ call: NativeCall, _ name: String) throws(Thrown) -> WaitRequest {
        let index = try waitablePlace(call, name, needsShared: true)
        let array = call[0].offset
        let type = elementType(array)
        let bits = try toElement(call[2], type)
        let timeout = try toDouble(try toNumber(call[3]))
        return WaitRequest(
            block: sharedBlock(viewedBuffer(array)), index: viewByteOffset(array) &+ index &* type.size,
            address: try atomicAddress(array, index, name), size: type.size,
            expected: type.size == 8 ? bits : bits & 0xFFFF_FFFF, milliseconds: timeout.isNaN ? .infinity : timeout)
    }

    /// The place has the expected value.
    func holds(_ wait: WaitRequest) -> Bool { cage.atomicModify(wait.address, size: wait.size) { $0 } == wait.expected }

    func waitResult(_ isAsync: Bool, _ value: Value) throws(Thrown) -> Value {
        let result = try makeObject(prototype: intrinsic(.objectPrototype).offset)
        try createDataPropertyOrThrow(result.offset, key("async"), Value(isAsync))
        try createDataPropertyOrThrow(result.offset, key("value"), value)
        return result
    }

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
