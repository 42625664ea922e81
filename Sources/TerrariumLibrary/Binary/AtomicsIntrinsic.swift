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
        Builtin(name, 3, price: 20) { (machine, given) throws(Thrown) in
            let place = try machine.atomicPlace(given, "Atomics.\(name)")
            if let again = place.again { return again }
            let (call, array, index, type) = (place.call, place.array, place.index, place.type)
            let kinds = ArgumentKinds(.any, .any, type.isBigInt ? .bigInt : .number)
            if let again = try machine.coerce(call, kinds, keeping: Value(place.length)) { return again }
            let bits = try machine.toElement(call[2], type)
            let address = try machine.atomicAddress(array, index, "Atomics.\(name)")
            return try machine.value(ofBits: machine.cage.atomicModify(address, size: type.size) { change($0, bits) }, type)
        }
    }

    static let atomicsFunctions: [Builtin] = [
        modify("add") { $0 &+ $1 }, modify("sub") { $0 &- $1 }, modify("and") { $0 & $1 }, modify("or") { $0 | $1 },
        modify("xor") { $0 ^ $1 }, modify("exchange") { $1 },
        Builtin("load", 2) { (machine, given) throws(Thrown) in
            let place = try machine.atomicPlace(given, "Atomics.load")
            if let again = place.again { return again }
            let (array, index, type) = (place.array, place.index, place.type)
            let address = try machine.atomicAddress(array, index, "Atomics.load")
            return try machine.value(ofBits: machine.cage.atomicModify(address, size: type.size) { $0 }, type)
        },
        Builtin("store", 3) { (machine, given) throws(Thrown) in
            let place = try machine.atomicPlace(given, "Atomics.store")
            if let again = place.again { return again }
            let (call, array, index, type) = (place.call, place.array, place.index, place.type)
            let kinds = ArgumentKinds(.any, .any, type.isBigInt ? .bigInt : .number)
            if let again = try machine.coerce(call, kinds, keeping: Value(place.length)) { return again }
            let value = type.isBigInt ? try machine.toBigInt(call[2]) : Value(number: try machine.toIntegerOrInfinity(call[2]))
            let bits = try machine.toElement(value, type)
            _ = machine.cage.atomicModify(try machine.atomicAddress(array, index, "Atomics.store"), size: type.size) { _ in bits }
            return value
        },
        Builtin("compareExchange", 4) { (machine, given) throws(Thrown) in
            let place = try machine.atomicPlace(given, "Atomics.compareExchange")
            if let again = place.again { return again }
            let (call, array, index, type) = (place.call, place.array, place.index, place.type)
            let kind: ArgumentKind = type.isBigInt ? .bigInt : .number
            let kinds = ArgumentKinds(.any, .any, kind, kind)
            if let again = try machine.coerce(call, kinds, keeping: Value(place.length)) { return again }
            let mask: UInt64 = type.size == 8 ? .max : 1 << UInt64(type.size * 8) - 1
            let expected = try machine.toElement(call[2], type) & mask
            let replacement = try machine.toElement(call[3], type)
            let address = try machine.atomicAddress(array, index, "Atomics.compareExchange")
            let old = machine.cage.atomicModify(address, size: type.size) { $0 == expected ? replacement : $0 }
            return try machine.value(ofBits: old, type)
        },
        Builtin("isLockFree", 1, price: 1, coerces: "-n") { (machine, call) throws(Thrown) in
            let size = try machine.toIntegerOrInfinity(call[0])
            return Value(size == 1 || size == 2 || size == 4 || size == 8)
        },
        Builtin("wait", 4) { (machine, given) throws(Thrown) in
            let prepared = try machine.prepareWait(given, "Atomics.wait")
            guard let wait = prepared.wait else { return prepared.again }
            // A guest shares its thread with the host: it blocks only where the host says that it may.
            guard let block = wait.block, machine.sharing?.mayBlock == true else {
                throw machine.typeError("Atomics.wait cannot be called in this context")
            }
            return try machine.makeString(
                try machine.wait(block, at: wait.index, milliseconds: wait.milliseconds) { machine.holds(wait) })
        },
        Builtin("waitAsync", 4) { (machine, given) throws(Thrown) in
            let prepared = try machine.prepareWait(given, "Atomics.waitAsync")
            guard let wait = prepared.wait else { return prepared.again }
            guard let block = wait.block else { throw machine.typeError("Atomics.waitAsync cannot be called in this context") }
            if machine.holds(wait), wait.milliseconds <= 0 { return try machine.waitResult(false, try machine.makeString("timed-out")) }
            guard let promise = try machine.waitAsync(
                block, at: wait.index, milliseconds: wait.milliseconds, if: { machine.holds(wait) })
            else { return try machine.waitResult(false, try machine.makeString("not-equal")) }
            return try machine.waitResult(true, promise)
        },
        Builtin("notify", 3) { (machine, given) throws(Thrown) in
            let found = try machine.waitablePlace(given, "Atomics.notify", needsShared: false)
            if let again = found.again { return again }
            let (call, array, index) = (found.call, found.array, found.index)
            let kinds = ArgumentKinds(.any, .any, .number)
            if let again = try machine.coerce(call, kinds, keeping: Value(found.length)) { return again }
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

/// The element that a call of Atomics is about, and its call without what was kept.
struct AtomicPlace {
    let call: NativeCall
    let array: UInt32
    let type: ElementType
    /// Of the array, when the call began.
    let length: Int
    let index: Int
    /// The index is an object: what the native returns.
    let again: Value?
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
    func prepareWait(_ given: NativeCall, _ name: String) throws(Thrown) -> (wait: WaitRequest?, again: Value) {
        let place = try waitablePlace(given, name, needsShared: true)
        if let again = place.again { return (nil, again) }
        let (call, array, index, type) = (place.call, place.array, place.index, place.type)
        let kinds = ArgumentKinds(.any, .any, type.isBigInt ? .bigInt : .number, .number)
        if let again = try coerce(call, kinds, keeping: Value(place.length)) { return (nil, again) }
        let bits = try toElement(call[2], type)
        let timeout = try toDouble(try toNumber(call[3]))
        let wait = WaitRequest(
            block: sharedBlock(viewedBuffer(array)), index: viewByteOffset(array) &+ index &* type.size,
            address: try atomicAddress(array, index, name), size: type.size,
            expected: type.size == 8 ? bits : bits & 0xFFFF_FFFF, milliseconds: timeout.isNaN ? .infinity : timeout)
        return (wait, .undefined)
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
    func atomicPlace(_ given: NativeCall, _ name: String) throws(Thrown) -> AtomicPlace {
        try atomicPlace(given, name) { (array) throws(Thrown) in
            switch elementType(array) {
            case .uint8Clamped, .float16, .float32, .float64:
                throw typeError("\(describe(given[0])) is not an integer typed array.")
            default: break
            }
        }
    }

    private func atomicPlace(_ given: NativeCall, _ name: String, _ check: (UInt32) throws(Thrown) -> Void) throws(Thrown)
        -> AtomicPlace
    {
        let resumed = resumed(given)
        let call = resumed.call
        guard isTypedArray(call[0]) else { throw typeError("\(describe(call[0])) is not an integer typed array.") }
        let length: Int
        if let kept = resumed.kept {
            length = kept.internalCount
        } else {
            length = try validateTypedArray(call[0], name)
            try check(call[0].offset)
        }
        let type = elementType(call[0].offset)
        if let again = try coerce(call, ArgumentKinds(.any, .number), keeping: Value(length)) {
            return AtomicPlace(call: call, array: call[0].offset, type: type, length: length, index: 0, again: again)
        }
        let index = try toIndex(call[1], "Invalid atomic access index")
        guard index < length else { throw rangeError("Invalid atomic access index") }
        return AtomicPlace(call: call, array: call[0].offset, type: type, length: length, index: index, again: nil)
    }

    /// RevalidateAtomicAccess: conversions may have changed the buffer.
    func atomicAddress(_ array: UInt32, _ index: Int, _ name: String) throws(Thrown) -> UInt32 {
        guard let length = typedArrayLength(array) else { throw typeError("Cannot perform \(name) on a detached ArrayBuffer") }
        guard index < length else { throw rangeError("Invalid atomic access index") }
        return elementAddress(array, index)
    }

    func waitablePlace(_ given: NativeCall, _ name: String, needsShared: Bool) throws(Thrown) -> AtomicPlace {
        guard isTypedArray(given[0]) else { throw typeError("\(describe(given[0])) is not an int32 or BigInt64 typed array.") }
        return try atomicPlace(given, name) { (array) throws(Thrown) in
            let type = elementType(array)
            guard type == .int32 || type == .bigInt64 else {
                throw typeError("\(describe(given[0])) is not an int32 or BigInt64 typed array.")
            }
            if needsShared, !isSharedArrayBuffer(Value(object: viewedBuffer(array))) {
                throw typeError("\(describe(given[0])) is not a shared typed array.")
            }
        }
    }
}
