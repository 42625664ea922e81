internal import TerrariumCage
internal import TerrariumEngine

extension Capability {
    /// `structuredClone` (HTML Standard §2.7), without transfer of anything but by copying.
    public static var structuredClone: Capability {
        function("structuredClone", length: 1) { (machine, call) throws(Thrown) in
            guard call.argumentCount > 0 else { throw machine.typeError("The \"value\" argument must be specified") }
            var cloning = Cloning(machine: machine)
            return try cloning.clone(call[0])
        }
    }
}

/// Copies a graph of objects. Runs guest code (getters), below which nothing is collected.
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

    mutating func clone(_ value: Word) throws(Thrown) -> Word {
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
            try properties(of: object, to: copy.offset)
            return copy
        case CellKind.array:
            let length = max(0, machine.storedProperty(object, machine.key(.length))?.value?.internalCount ?? 0)
            let copy = try machine.makeArray([])
            copies[object] = copy
            try machine.put(copy.offset, machine.key(.length), Word(length))
            try properties(of: object, to: copy.offset)
            return copy
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
            let buffer = try clone(Word(object: machine.viewedBuffer(object)))
            let copy = try machine.makeTypedArray(
                machine.elementType(object), buffer: buffer.offset, byteOffset: machine.viewByteOffset(object), length: length)
            return remember(object, Word(object: copy))
        case CellKind.map:
            let copy = try machine.construct(machine.intrinsic(.map), [])
            copies[object] = copy
            for entry in try machine.storedEntries(object) {
                let key = try clone(entry.key)
                try machine.tableSet(copy.offset, key, try clone(entry.value))
            }
            return copy
        case CellKind.set:
            let copy = try machine.construct(machine.intrinsic(.set), [])
            copies[object] = copy
            for entry in try machine.storedEntries(object) {
                let key = try clone(entry.key)
                try machine.tableSet(copy.offset, key, key)
            }
            return copy
        case CellKind.error:
            let kind = machine.errorKind(of: object) ?? .error
            let copy = try machine.makeError(kind, "")
            copies[object] = copy
            for key in [machine.key(.message), machine.key("stack"), machine.key(.cause)] {
                guard let stored = machine.storedProperty(object, key)?.value else { continue }
                try machine.definePropertyOrThrow(
                    copy.offset, key, PropertyDescriptor(value: try clone(stored), attributes: Attribute.hidden))
            }
            return copy
        default: throw try refuse(value)
        }
    }

    private mutating func remember(_ object: UInt32, _ copy: Word) -> Word {
        copies[object] = copy
        return copy
    }

    private mutating func properties(of object: UInt32, to copy: UInt32) throws(Thrown) {
        for key in try machine.enumerableStringKeys(object) {
            let value = try machine.get(object, key)
            try machine.createDataPropertyOrThrow(copy, key, try clone(value))
        }
    }
}
