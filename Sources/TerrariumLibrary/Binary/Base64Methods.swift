import TerrariumEngine
import TerrariumText

/// Base64 and hexadecimal text of Uint8Array (ECMA-262 §23.3).
extension RealmBuilder {
    func buildBase64() throws(Thrown) {
        try install(RealmBuilder.base64Statics, on: intrinsic(.uint8Array))
        try install(RealmBuilder.base64Methods, on: intrinsic(.uint8ArrayPrototype))
    }

    static let base64Statics: [Builtin] = [
        Builtin("fromBase64", 1) { (machine, given) throws(Thrown) in
            let resumed = machine.resumed(given)
            let call = resumed.call
            guard call[0].isString else { throw machine.typeError("\(machine.describe(call[0])) is not a string") }
            let options = try machine.base64Options(call, call[1], try machine.keptList(resumed.kept))
            guard let (alphabet, lastChunk) = options.values else { return options.again }
            let text = try machine.base64Text(call[0])
            let decoded = try machine.decodeBase64(text, alphabet, lastChunk, maximum: .max)
            if let error = decoded.error { throw machine.syntaxError(error) }
            return try machine.makeUint8Array(decoded.bytes)
        },
        Builtin("fromHex", 1) { (machine, call) throws(Thrown) in
            let decoded = try machine.decodeHex(try machine.base64Text(call[0]), maximum: .max)
            if let error = decoded.error { throw machine.syntaxError(error) }
            return try machine.makeUint8Array(decoded.bytes)
        },
    ]

    static let base64Methods: [Builtin] = [
        Builtin("toBase64", 0) { (machine, given) throws(Thrown) in
            try machine.requireUint8Array(given.this)
            let resumed = machine.resumed(given)
            let call = resumed.call
            var alphabet = Base64.Alphabet.base64, omitsPadding = false
            if !call[0].isUndefined {
                var options = OptionReader(
                    object: try machine.base64OptionsObject(call[0]), values: try machine.keptList(resumed.kept))
                guard let name = try options.read("alphabet", machine) else { return try options.goOn(call, "alphabet", machine) }
                alphabet = try machine.base64Alphabet(name)
                guard let omits = try options.read("omitPadding", machine) else {
                    return try options.goOn(call, "omitPadding", machine)
                }
                omitsPadding = machine.toBoolean(omits)
            }
            let bytes = try machine.uint8Bytes(call.this, "Uint8Array.prototype.toBase64")
            return try machine.textOfPieces(bytes) { Base64.encode(Array($0), alphabet: alphabet, omitsPadding: omitsPadding) }
        },
        Builtin("toHex", 0) { (machine, call) throws(Thrown) in
            try machine.requireUint8Array(call.this)
            let bytes = try machine.uint8Bytes(call.this, "Uint8Array.prototype.toHex")
            return try machine.textOfPieces(bytes) { Base64.encodeHex(Array($0)) }
        },
        Builtin("setFromBase64", 1) { (machine, given) throws(Thrown) in
            try machine.requireUint8Array(given.this)
            let resumed = machine.resumed(given)
            let call = resumed.call
            guard call[0].isString else { throw machine.typeError("\(machine.describe(call[0])) is not a string") }
            let options = try machine.base64Options(call, call[1], try machine.keptList(resumed.kept))
            guard let (alphabet, lastChunk) = options.values else { return options.again }
            let text = try machine.base64Text(call[0])
            return try machine.storeDecoded(call.this, "Uint8Array.prototype.setFromBase64") { (length) throws(Thrown) in
                try machine.decodeBase64(text, alphabet, lastChunk, maximum: length)
            }
        },
        Builtin("setFromHex", 1) { (machine, call) throws(Thrown) in
            try machine.requireUint8Array(call.this)
            let text = try machine.base64Text(call[0])
            return try machine.storeDecoded(call.this, "Uint8Array.prototype.setFromHex") { (length) throws(Thrown) in
                try machine.decodeHex(text, maximum: length)
            }
        },
    ]
}

extension Machine {
    func requireUint8Array(_ value: Value) throws(Thrown) {
        guard isTypedArray(value), elementType(value.offset) == .uint8 else {
            throw typeError("\(describe(value)) is not a Uint8Array")
        }
    }

    func base64Text(_ value: Value) throws(Thrown) -> [UInt16] {
        guard value.isString else { throw typeError("\(describe(value)) is not a string") }
        let text = try flat(value)
        try charge(text.count / 2)
        guard heapInUse + text.count * 4 <= limits.heap else { throw outOfHeap() }
        return text.units
    }

    func base64OptionsObject(_ value: Value) throws(Thrown) -> Value {
        guard value.isObject else { throw typeError("Options must be an object") }
        return value
    }

    func base64Alphabet(_ value: Value) throws(Thrown) -> Base64.Alphabet {
        if value.isUndefined { return .base64 }
        switch value.isString ? swiftString(value) : "" {
        case "base64": return .base64
        case "base64url": return .base64url
        default: throw typeError("Invalid alphabet option")
        }
    }

    /// The options of a decoder; without values when guest code has to be asked first, and then what the native returns.
    func base64Options(_ call: NativeCall, _ value: Value, _ kept: [Value]) throws(Thrown)
        -> (values: (Base64.Alphabet, Base64.LastChunk)?, again: Value)
    {
        if value.isUndefined { return ((.base64, .loose), .undefined) }
        var options = OptionReader(object: try base64OptionsObject(value), values: kept)
        guard let name = try options.read("alphabet", self) else { return (nil, try options.goOn(call, "alphabet", self)) }
        let alphabet = try base64Alphabet(name)
        guard let handling = try options.read("lastChunkHandling", self) else {
            return (nil, try options.goOn(call, "lastChunkHandling", self))
        }
        if handling.isUndefined { return ((alphabet, .loose), .undefined) }
        switch handling.isString ? swiftString(handling) : "" {
        case "loose": return ((alphabet, .loose), .undefined)
        case "strict": return ((alphabet, .strict), .undefined)
        case "stop-before-partial": return ((alphabet, .stopBeforePartial), .undefined)
        default: throw typeError("Invalid lastChunkHandling option")
        }
    }

    func uint8Bytes(_ value: Value, _ name: String) throws(Thrown) -> [UInt8] {
        let length = try validateTypedArray(value, name)
        guard heapInUse + length * 6 <= limits.heap else { throw outOfHeap() }
        return cage.bytes(at: elementAddress(value.offset, 0), count: length)
    }

    /// Bytes that are converted between two charges: a multiple of three.
    private static var chunkLength: Int { 12_288 }

    /// The texts of the parts of some bytes, one behind the other.
    func textOfPieces(_ bytes: [UInt8], _ encode: (ArraySlice<UInt8>) -> [UInt8]) throws(Thrown) -> Value {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count &* 2 &+ 4)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start &+ Machine.chunkLength)
            guard start < end else { break }
            try charge(end &- start)
            text += encode(bytes[start..<end])
            start = end
        }
        return try makeString(latin1: text)
    }

    func decodeBase64(_ text: [UInt16], _ alphabet: Base64.Alphabet, _ lastChunk: Base64.LastChunk, maximum: Int)
        throws(Thrown) -> Base64.Decoded
    {
        var decoder = Base64Decoder(text, alphabet: alphabet, lastChunk: lastChunk, maximum: maximum)
        var limit = 0
        repeat {
            try charge(min(text.count &- min(limit, text.count), Machine.chunkLength) &* 2)
            limit = limit &+ Machine.chunkLength
        } while !decoder.advance(to: limit)
        return decoder.result
    }

    func decodeHex(_ text: [UInt16], maximum: Int) throws(Thrown) -> Base64.Decoded {
        var result = Base64.Decoded()
        var limit = 0
        repeat {
            let end = min(text.count, limit &+ Machine.chunkLength)
            try charge((end &- limit) / 2)
            Base64.decodeHex(text, maximum: maximum, to: end, &result)
            limit = end
        } while limit < text.count && result.error == nil && result.bytes.count < maximum
        return result
    }

    func makeUint8Array(_ bytes: [UInt8]) throws(Thrown) -> Value {
        let array = try allocateTypedArray(.uint8, bytes.count)
        cage.store(bytes, at: elementAddress(array, 0))
        return Value(object: array)
    }

    /// What was decoded before an error is stored all the same.
    func storeDecoded(_ target: Value, _ name: String, _ decode: (Int) throws(Thrown) -> Base64.Decoded) throws(Thrown)
        -> Value
    {
        let length = try validateTypedArray(target, name)
        let decoded = try decode(length)
        cage.store(decoded.bytes, at: elementAddress(target.offset, 0))
        if let error = decoded.error { throw syntaxError(error) }
        let result = try makeObject()
        try createDataPropertyOrThrow(result.offset, key("read"), Value(decoded.read))
        try createDataPropertyOrThrow(result.offset, key("written"), Value(decoded.bytes.count))
        return result
    }
}
