internal import TerrariumCage
internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumText

/// TextEncoder and TextDecoder (Encoding Standard), for UTF-8.
///
/// A decoder object has three fields: 0 options (1 fatal, 2 ignoreBOM), 1 bytes of a sequence that is not complete (an
/// ArrayBuffer or undefined), 2 whether the start of the stream is behind it.
extension Capability {
    /// `TextEncoder` and `TextDecoder` for UTF-8.
    public static var textEncoding: Capability {
        engine("textEncoding", globals: ["TextEncoder", "TextDecoder"]) { (core, machine) throws(Thrown) in
            try core.installTextEncoder(machine)
            try core.installTextDecoder(machine)
        }
    }
}

extension SandboxCore {
    /// A constructor with an empty prototype, as a global.
    func installClass(_ name: String, length: Int, _ machine: Machine, _ body: @escaping HostFunction) throws(Thrown)
        -> (constructor: UInt32, prototype: UInt32)
    {
        let number = machine.registerHost(name, length: length, isConstructor: true, body)
        let constructor = try machine.makeNativeFunction(number, realm: realm)
        let prototype = try machine.makeObject(prototype: machine.realmValue(realm, .objectPrototype).offset).offset
        try machine.definePropertyOrThrow(
            constructor, machine.key("prototype"),
            PropertyDescriptor(value: Word(object: prototype), attributes: Attribute.none))
        try machine.definePropertyOrThrow(
            prototype, machine.key(.constructor),
            PropertyDescriptor(value: Word(object: constructor), attributes: Attribute.hidden))
        try machine.definePropertyOrThrow(
            prototype, machine.symbolKey(.toStringTag),
            PropertyDescriptor(value: try machine.makeString(name), attributes: Attribute.configurable))
        try place(Word(object: constructor), at: name, machine)
        return (constructor, prototype)
    }

    func installMethod(_ name: String, key: String, length: Int, on object: UInt32, _ machine: Machine, _ body: @escaping HostFunction)
        throws(Thrown)
    {
        let number = machine.registerHost(name, key: key, length: length, body)
        try machine.definePropertyOrThrow(
            object, machine.key(name),
            PropertyDescriptor(
                value: Word(object: try machine.makeNativeFunction(number, realm: realm)), attributes: Attribute.hidden))
    }

    func installGetter(_ name: String, key: String, on object: UInt32, _ machine: Machine, _ body: @escaping HostFunction) throws(Thrown) {
        let number = machine.registerHost("get " + name, key: "get " + key, length: 0, body)
        try machine.definePropertyOrThrow(
            object, machine.key(name),
            PropertyDescriptor(
                getter: Word(object: try machine.makeNativeFunction(number, realm: realm)), setter: .undefined,
                attributes: Attribute.configurable))
    }

    /// GetPrototypeFromConstructor for classes that are no intrinsics (`Machine.prototypeFromConstructor`).
    static func prototype(for call: NativeCall, _ machine: Machine) throws(Thrown) -> UInt32 {
        let wanted = try machine.prototypeOfNewTarget(call.newTarget)
        if wanted.isObject { return wanted.offset }
        let own = machine.storedProperty(call.callee.offset, machine.key("prototype"))?.value ?? .undefined
        return own.isObject ? own.offset : machine.intrinsic(.objectPrototype).offset
    }

    fileprivate func installTextEncoder(_ machine: Machine) throws(Thrown) {
        let (_, prototype) = try installClass("TextEncoder", length: 0, machine) { (machine, call) throws(Thrown) in
            guard call.isConstruct else { throw machine.typeError("Class constructor TextEncoder cannot be invoked without 'new'") }
            return Word(
                object: try machine.allocateObject(
                    kind: CellKind.object, prototype: try SandboxCore.prototype(for: call, machine)))
        }
        try installGetter("encoding", key: "TextEncoder.encoding", on: prototype, machine) { (machine, _) throws(Thrown) in try machine.makeString("utf-8") }
        try installMethod("encode", key: "TextEncoder.encode", length: 0, on: prototype, machine) { (machine, call) throws(Thrown) in
            if call[0].isObject, let again = try machine.coerce(call, "-s") { return again }
            let bytes = call[0].isUndefined ? [] : try SandboxCore.utf8(machine.toStringValue(call[0]), machine)
            let array = try machine.allocateTypedArray(.uint8, bytes.count)
            if !bytes.isEmpty { machine.cage.store(bytes, at: machine.elementAddress(array, 0)) }
            return Word(object: array)
        }
        try installMethod("encodeInto", key: "TextEncoder.encodeInto", length: 2, on: prototype, machine) { (machine, call) throws(Thrown) in
            if call[0].isObject, let again = try machine.coerce(call, "-s") { return again }
            let units = try machine.flat(try machine.toStringValue(call[0])).units
            guard machine.isTypedArray(call[1]), machine.elementType(call[1].offset) == .uint8 else {
                throw machine.typeError("The \"dest\" argument must be an instance of Uint8Array")
            }
            let room = machine.typedArrayLength(call[1].offset) ?? 0
            try machine.charge(min(units.count, room) / 4)
            var bytes: [UInt8] = []
            var read = 0
            while read < units.count {
                let isPair = units[read] & 0xFC00 == 0xD800 && read + 1 < units.count && units[read + 1] & 0xFC00 == 0xDC00
                let part = UTF8Transcoding.encode(units[read..<(read + (isPair ? 2 : 1))])
                if bytes.count + part.count > room { break }
                bytes += part
                read += isPair ? 2 : 1
            }
            if !bytes.isEmpty { machine.cage.store(bytes, at: machine.elementAddress(call[1].offset, 0)) }
            let result = try machine.makeObject()
            try machine.createDataPropertyOrThrow(result.offset, machine.key("read"), Word(read))
            try machine.createDataPropertyOrThrow(result.offset, machine.key("written"), Word(bytes.count))
            return result
        }
    }

    static func utf8(_ string: Word, _ machine: Machine) throws(Thrown) -> [UInt8] {
        let text = try machine.flat(string)
        try machine.charge(text.count / 4)
        try machine.requireHeap(text.count &* 5)
        return UTF8Transcoding.encode(text.units[...])
    }

    fileprivate func installTextDecoder(_ machine: Machine) throws(Thrown) {
        let (_, prototype) = try installClass("TextDecoder", length: 0, machine) { (machine, given) throws(Thrown) in
            let resumed = machine.resumed(given)
            let call = resumed.call
            guard call.isConstruct else { throw machine.typeError("Class constructor TextDecoder cannot be invoked without 'new'") }
            if call[0].isObject, let again = try machine.coerce(call, "-s") { return again }
            if !call[0].isUndefined {
                let label = machine.swiftString(try machine.toStringValue(call[0])).lowercased()
                guard ["utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"].contains(label) else {
                    throw machine.rangeError("The \"\(label)\" encoding is not supported")
                }
            }
            var options: Int32 = 0
            if call[1].isObject {
                var reader = OptionReader(object: call[1], values: try machine.keptList(resumed.kept))
                guard let fatal = try reader.read("fatal", machine) else { return try reader.goOn(call, "fatal", machine) }
                guard let ignored = try reader.read("ignoreBOM", machine) else {
                    return try reader.goOn(call, "ignoreBOM", machine)
                }
                options = (machine.toBoolean(fatal) ? 1 : 0) | (machine.toBoolean(ignored) ? 2 : 0)
            }
            let object = try machine.allocateObject(
                kind: CellKind.internalObject, prototype: try SandboxCore.prototype(for: call, machine), fields: 3)
            machine.setField(object, 0, Word(options))
            machine.setField(object, 2, .false)
            return Word(object: object)
        }
        @Sendable func this(_ machine: Machine, _ call: NativeCall) throws(Thrown) -> UInt32 {
            guard call.this.isObject, machine.kind(of: call.this.offset) == CellKind.internalObject,
                machine.field(call.this.offset, 0).isInt
            else { throw machine.typeError("Value of \"this\" must be of type TextDecoder") }
            return call.this.offset
        }
        try installGetter("encoding", key: "TextDecoder.encoding", on: prototype, machine) { (machine, _) throws(Thrown) in try machine.makeString("utf-8") }
        try installGetter("fatal", key: "TextDecoder.fatal", on: prototype, machine) { (machine, call) throws(Thrown) in
            Word(machine.field(try this(machine, call), 0).int & 1 != 0)
        }
        try installGetter("ignoreBOM", key: "TextDecoder.ignoreBOM", on: prototype, machine) { (machine, call) throws(Thrown) in
            Word(machine.field(try this(machine, call), 0).int & 2 != 0)
        }
        try installMethod("decode", key: "TextDecoder.decode", length: 0, on: prototype, machine) { (machine, given) throws(Thrown) in
            let resumed = machine.resumed(given)
            let call = resumed.call
            let decoder = try this(machine, call)
            let input = call[0].isUndefined ? [] : try SandboxCore.bufferSource(call[0], machine)
            var isStream = false
            if call[1].isObject {
                var reader = OptionReader(object: call[1], values: try machine.keptList(resumed.kept))
                guard let stream = try reader.read("stream", machine) else { return try reader.goOn(call, "stream", machine) }
                isStream = machine.toBoolean(stream)
            }
            var bytes = try SandboxCore.pendingBytes(machine.field(decoder, 1), machine) + input
            let options = machine.field(decoder, 0).int
            var pending: [UInt8] = []
            if isStream {
                let count = SandboxCore.incompleteSuffix(bytes)
                pending = Array(bytes.suffix(count))
                bytes.removeLast(count)
            }
            machine.setField(decoder, 1, pending.isEmpty ? .undefined : try SandboxCore.buffer(pending, machine))
            var shown = bytes[...]
            if options & 2 == 0, machine.field(decoder, 2) != .true, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { shown = bytes[3...] }
            machine.setField(decoder, 2, Word(isStream && (!bytes.isEmpty || machine.field(decoder, 2) == .true)))
            let units = UTF8Transcoding.decode(shown)
            if options & 1 != 0, UTF8Transcoding.encode(units[...]) != Array(shown) {
                throw machine.typeError("The encoded data was not valid for encoding utf-8")
            }
            return try machine.makeString(units: units)
        }
    }

    fileprivate static func pendingBytes(_ value: Word, _ machine: Machine) throws(Thrown) -> [UInt8] {
        machine.isArrayBuffer(value) ? machine.cage.bytes(at: machine.bufferData(value.offset), count: machine.bufferLength(value.offset)) : []
    }

    fileprivate static func buffer(_ bytes: [UInt8], _ machine: Machine) throws(Thrown) -> Word {
        let buffer = try machine.makeArrayBuffer(length: bytes.count)
        machine.cage.store(bytes, at: machine.bufferData(buffer))
        return Word(object: buffer)
    }

    /// Bytes of an ArrayBuffer or a view.
    static func bufferSource(_ value: Word, _ machine: Machine) throws(Thrown) -> [UInt8] {
        var start: UInt32 = 0, count = 0
        if machine.isArrayBuffer(value) {
            count = machine.bufferLength(value.offset)
            if count > 0 { start = machine.bufferData(value.offset) }
        } else if machine.isTypedArray(value) {
            count = (machine.typedArrayLength(value.offset) ?? 0) &* machine.elementType(value.offset).size
            if count > 0 { start = machine.elementAddress(value.offset, 0) }
        } else if value.isObject, machine.kind(of: value.offset) == CellKind.dataView {
            let buffer = machine.viewedBuffer(value.offset), offset = machine.viewByteOffset(value.offset)
            let length = machine.field(value.offset, 2)
            let available = max(0, machine.bufferLength(buffer) &- offset)
            count = length.isNumber ? max(0, min(available, length.internalCount)) : available
            if count > 0 { start = machine.bufferData(buffer) &+ UInt32(truncatingIfNeeded: offset) }
        } else {
            throw machine.typeError("The \"input\" argument must be an instance of ArrayBuffer or ArrayBufferView")
        }
        try machine.charge(count / 8)
        try machine.requireHeap(count &* 4)
        return count == 0 ? [] : machine.cage.bytes(at: start, count: count)
    }

    /// Bytes at the end that begin a sequence which is not complete.
    private static func incompleteSuffix(_ bytes: [UInt8]) -> Int {
        for count in 1...3 where count <= bytes.count {
            let byte = bytes[bytes.count - count]
            if byte & 0xC0 == 0x80 { continue }
            let needed = byte >= 0xF0 && byte < 0xF5 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
            return byte < 0xF5 && needed > count ? count : 0
        }
        return 0
    }
}
