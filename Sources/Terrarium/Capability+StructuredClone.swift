internal import TerrariumCage
internal import TerrariumEngine

extension Capability {
    /// `structuredClone` (HTML Standard §2.7), without transfer of anything but by copying.
    public static var structuredClone: Capability {
        function("structuredClone", length: 1) { (machine, given) throws(Thrown) in
            let resumed = machine.resumed(given)
            let call = resumed.call
            guard call.argumentCount > 0 else { throw machine.typeError("The \"value\" argument must be specified") }
            var cloning = Cloning(machine: machine)
            if let copies = resumed.kept { return try cloning.shell(of: call[0], copies) }
            if let copy = try cloning.clone(call[0]) { return copy }
            return try machine.goOn(call, object: .cloneInFrames, [call.callee, call[0]])
        }
    }
}

/// Copies a graph of objects, as far as that runs no guest code. Where there is a getter, the engine's JavaScript goes through
/// the graph from its start, and asks for a shell of each object.
private struct Cloning {
    let machine: Machine
    /// Copies by original.
    private var copies: [UInt32: Word] = [:]

    init(machine: Machine) { self.machine = machine }

    private func refuse(_ value: Word) throws(Thrown) -> Thrown {
        let text = machine.isCallable(value) ? "\(machine.functionName(value.offset)) function" : machine.describe(value)
        let error = try machine.makeError(.error, "\(text) could not be cloned.")
        try machine.createDataPropertyOrThrow(error.offset, machine.key(.name), try machine.makeString("DataCloneError"))
        return machine.throwValue(error)
    }

    /// A copy without what is in it; of what has nothing in it, the copy itself.
    /// - Parameter known: the copies so far, as the table of a Map.
    mutating func shell(of value: Word, _ known: Word) throws(Thrown) -> Word {
        guard known.isObject, machine.kind(of: known.offset) == CellKind.map else { throw machine.terminate(.corrupted) }
        guard value.isObject else { return try leaf(value) }
        switch machine.kind(of: value.offset) {
        case CellKind.object, CellKind.arguments, CellKind.mappedArguments: return try machine.makeObject()
        case CellKind.array: return try emptyArray(value.offset)
        case CellKind.map: return try machine.construct(machine.intrinsic(.map), [])
        case CellKind.set: return try machine.construct(machine.intrinsic(.set), [])
        case CellKind.error: return try machine.makeError(machine.errorKind(of: value.offset) ?? .error, "")
        case CellKind.typedArray:
            let buffer = Word(object: machine.viewedBuffer(value.offset))
            if let copy = try machine.tableGet(known.offset, buffer) {
                copies[buffer.offset] = copy
                return try leaf(value)
            }
            let view = try leaf(value)
            try machine.tableSet(known.offset, buffer, copies[buffer.offset] ?? .undefined)
            return view
        default: return try leaf(value)
        }
    }

    /// A copy of something that has nothing in it.
    private mutating func leaf(_ value: Word) throws(Thrown) -> Word {
        guard let copy = try clone(value) else { throw machine.terminate(.corrupted) }
        return copy
    }

    private func emptyArray(_ object: UInt32) throws(Thrown) -> Word {
        let copy = try machine.makeArray([])
        let length = max(0, machine.storedProperty(object, machine.key(.length))?.value?.internalCount ?? 0)
        try machine.put(copy.offset, machine.key(.length), Word(length))
        return copy
    }

    /// nil: there is a getter.
    mutating func clone(_ value: Word) throws(Thrown) -> Word? {
        guard value.isObject else {
            if value.isSymbol { throw try refuse(value) }
            return value
        }
        if let known = copies[value.offset] { return known }
        guard !machine.isNativeStackExhausted else { throw machine.rangeError("Maximum call stack size exceeded") }
        try machine.charge(32)
        try machine.requireHeap(copies.count &* 64)
        let object = value.offset
        switch machine.kind(of: object) {
        case CellKind.object, CellKind.arguments, CellKind.mappedArguments:
            let copy = try machine.makeObject()
            copies[object] = copy
            return try properties(of: object, to: copy.offset) ? copy : nil
        case CellKind.array:
            let copy = try emptyArray(object)
            copies[object] = copy
            return try properties(of: object, to: copy.offset) ? copy : nil
        case CellKind.booleanWrapper, CellKind.numberWrapper, CellKind.stringWrapper, CellKind.bigIntWrapper:
            return remember(object, try machine.toObject(machine.field(object, 0)))
        case CellKind.date:
            let copy = try machine.allocateObject(
                kind: CellKind.date, prototype: machine.intrinsic(.datePrototype).offset, fields: 1)
            machine.setField(copy, 0, machine.field(object, 0))
            return remember(object, Word(object: copy))
        case CellKind.regExp:
            guard let compiled = machine.compiledRegExp(value) else { throw try refuse(value) }
            return remember(
                object,
                try machine.construct(
                    machine.intrinsic(.regExp), [machine.regExpSource(compiled), try machine.regExpFlagsText(compiled)]))
        case CellKind.arrayBuffer:
            let length = machine.bufferLength(object)
            let copy = try machine.makeArrayBuffer(length: length)
            if length > 0 {
                try machine.copyBytes(from: machine.bufferData(object), to: machine.bufferData(copy), count: length)
            }
            return remember(object, Word(object: copy))
        case CellKind.typedArray:
            guard let length = machine.typedArrayLength(object) else { throw try refuse(value) }
            let buffer = try leaf(Word(object: machine.viewedBuffer(object)))
            let copy = try machine.makeTypedArray(
                machine.elementType(object), buffer: buffer.offset, byteOffset: machine.viewByteOffset(object), length: length)
            return remember(object, Word(object: copy))
        case CellKind.map:
            let copy = try machine.construct(machine.intrinsic(.map), [])
            copies[object] = copy
            for entry in try machine.storedEntries(object) {
                guard let key = try clone(entry.key), let value = try clone(entry.value) else { return nil }
                try machine.tableSet(copy.offset, key, value)
            }
            return copy
        case CellKind.set:
            let copy = try machine.construct(machine.intrinsic(.set), [])
            copies[object] = copy
            for entry in try machine.storedEntries(object) {
                guard let key = try clone(entry.key) else { return nil }
                try machine.tableSet(copy.offset, key, key)
            }
            return copy
        case CellKind.error:
            let kind = machine.errorKind(of: object) ?? .error
            let copy = try machine.makeError(kind, "")
            copies[object] = copy
            for key in [machine.key(.message), machine.key("stack"), machine.key(.cause)] {
                guard let stored = machine.storedProperty(object, key)?.value else { continue }
                guard let value = try clone(stored) else { return nil }
                try machine.definePropertyOrThrow(
                    copy.offset, key, PropertyDescriptor(value: value, attributes: Attribute.hidden))
            }
            return copy
        default: throw try refuse(value)
        }
    }

    private mutating func remember(_ object: UInt32, _ copy: Word) -> Word {
        copies[object] = copy
        return copy
    }

    /// False: there is a getter.
    private mutating func properties(of object: UInt32, to copy: UInt32) throws(Thrown) -> Bool {
        for key in try machine.enumerableStringKeys(object) {
            guard let value = try machine.valueWithoutGuestCode(Word(object: object), key), let part = try clone(value) else {
                return false
            }
            try machine.createDataPropertyOrThrow(copy, key, part)
        }
        return true
    }
}
