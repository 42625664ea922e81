internal import TerrariumCage
internal import TerrariumEngine
internal import TerrariumText

/// From guest values to Swift values, without running guest code: properties are read as they are stored, getters and
/// proxies are not asked.
final class GuestDecoding {
    let core: SandboxCore
    let machine: Machine
    /// Bytes that the result may still grow by.
    private var left: Int
    /// The first thing that went wrong where the protocols of `Codable` let nothing be thrown.
    private var failure: Thrown?

    /// For such places.
    func attempt<Result>(_ body: () throws(Thrown) -> Result) -> Result? {
        do throws(Thrown) {
            return try body()
        } catch {
            if failure == nil { failure = error }
            return nil
        }
    }

    init(_ core: SandboxCore, _ machine: Machine) {
        self.core = core
        self.machine = machine
        left = core.limits.resultSize.bytes
    }

    /// - Throws: `.conversion`, `.resultSize`.
    static func decode<T: Decodable>(_ type: T.Type, _ word: Word, _ context: @autoclosure () -> GuestDecoding?)
        throws(TerrariumError) -> T
    {
        if let quick = quick(type, word) { return quick }
        if let primitive = SameType.cast(Value(word: word, root: nil), to: T.self), !word.isReference { return primitive }
        // An `init(from:)` of the host may use the sandbox: what is not rooted has to stay.
        let context = context()
        context?.machine.holdCollections()
        defer { context?.machine.allowCollections() }
        do {
            let value = try GuestValueDecoder(word: word, context: context, codingPath: []).value(type)
            if let context, let thrown = context.failure { throw context.core.failure(thrown, context.machine) }
            return value
        } catch {
            throw failure(error)
        }
    }

    /// Numbers and booleans where nothing has to be looked up.
    @inline(__always)
    static func quick<T>(_ type: T.Type, _ word: Word) -> T? {
        if type == Int.self {
            if word.isInt { return SameType.cast(Int(word.int), to: type) }
            if word.isDouble, let exact = Int(exactly: word.double) { return SameType.cast(exact, to: type) }
        } else if type == Double.self {
            if word.isNumber { return SameType.cast(word.number, to: type) }
        } else if type == Bool.self {
            if word.isBoolean { return SameType.cast(word == .true, to: type) }
        }
        return nil
    }

    static func failure(_ error: any Error) -> TerrariumError {
        if let ours = error as? TerrariumError { return ours }
        if let decoding = error as? DecodingError {
            switch decoding {
            case .typeMismatch(_, let context), .dataCorrupted(let context), .valueNotFound(_, let context):
                return .conversion(ConversionFailure(path: context.codingPath.map(\.text), reason: context.debugDescription))
            case .keyNotFound(let key, let context):
                return .conversion(
                    ConversionFailure(path: context.codingPath.map(\.text), reason: "property '\(key.text)' is missing"))
            @unknown default: break
            }
        }
        return .conversion(ConversionFailure(path: [], reason: "\(error)"))
    }

    static func numberText(_ number: Double) -> String { String(decoding: NumberFormatting.toString(number), as: UTF8.self) }

    /// Takes from what the result may be.
    func spend(_ bytes: Int) throws(TerrariumError) {
        left -= bytes
        if left < 0 { throw .resultSize }
    }

    func kindName(_ word: Word) -> String {
        word.isObject ? (machine.isCallable(word) ? "a function" : "an object of type \(machine.constructorName(word.offset))")
            : "\(machine.typeName(word)) \(machine.describe(word).prefix(60))"
    }

    /// Bytes of a Uint8Array, ArrayBuffer or DataView-free view; nil for everything else.
    func bytes(_ word: Word) throws(TerrariumError) -> [UInt8]? {
        guard word.isObject else { return nil }
        if machine.isTypedArray(word) {
            let type = machine.elementType(word.offset)
            guard type == .uint8 || type == .uint8Clamped || type == .int8, let length = machine.typedArrayLength(word.offset)
            else { return nil }
            try spend(length)
            return length == 0 ? [] : machine.cage.bytes(at: machine.elementAddress(word.offset, 0), count: length)
        }
        if machine.isArrayBuffer(word) {
            let length = machine.bufferLength(word.offset)
            try spend(length)
            return length == 0 ? [] : machine.cage.bytes(at: machine.bufferData(word.offset), count: length)
        }
        return nil
    }
}

extension CodingKey {
    var text: String { intValue.map { String($0) } ?? stringValue }
}

/// A key that is an index.
struct IndexKey: CodingKey {
    let index: Int
    init(_ index: Int) { self.index = index }
    init?(intValue: Int) { index = intValue }
    init?(stringValue: String) { return nil }
    var intValue: Int? { index }
    var stringValue: String { String(index) }
}

/// The decoder of one guest value.
struct GuestValueDecoder: Decoder {
    let word: Word
    /// Nil for values that belong to nobody.
    let context: GuestDecoding?
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func mismatch(_ expected: String) -> DecodingError {
        DecodingError.typeMismatch(
            Any.self,
            DecodingError.Context(
                codingPath: codingPath,
                debugDescription: "expected \(expected), got \(context?.kindName(word) ?? SandboxCore.text(of: word))"))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let context, word.isObject, !context.machine.isCallable(word) else { throw mismatch("an object") }
        return KeyedDecodingContainer(try GuestKeyedDecoding<Key>(self, context))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let context, word.isObject else { throw mismatch("an array") }
        return try GuestUnkeyedDecoding(self, context)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { GuestSingleDecoding(decoder: self) }

    /// The value as any decodable type.
    func value<T: Decodable>(_ type: T.Type) throws -> T {
        if let quick = GuestDecoding.quick(type, word) { return quick }
        if type == String.self {
            guard word.isString, let context else { throw mismatch("a string") }
            try context.spend(context.machine.stringLength(word) &+ 16)
            if let text = SameType.cast(context.machine.swiftString(word), to: type) { return text }
        }
        try context?.spend(16)
        if type == Value.self {
            let value = context.map { $0.core.value(word, $0.machine) } ?? Value(word: word, root: nil)
            if let value = SameType.cast(value, to: type) { return value }
        }
        if type == [UInt8].self, let bytes = try context?.bytes(word), let bytes = SameType.cast(bytes, to: type) { return bytes }
        if let integer = type as? any FixedWidthInteger.Type {
            if let value = try self.integer(integer) as? T { return value }
        }
        if type == Double.self { if let value = SameType.cast(try number(), to: type) { return value } }
        if type == Float.self { if let value = SameType.cast(Float(try number()), to: type) { return value } }
        if type == Bool.self { throw mismatch("a boolean") }
        if context?.machine.isNativeStackExhausted == true { throw mismatch("a value that is not nested so deeply") }
        return try type.init(from: self)
    }

    /// A number; a Date's time value.
    private func number() throws -> Double {
        if word.isNumber { return word.number }
        if let machine = context?.machine, word.isObject, machine.kind(of: word.offset) == CellKind.date {
            return machine.field(word.offset, 0).number
        }
        throw mismatch("a number")
    }

    /// An integer in range, from a number without fraction or a BigInt.
    private func integer<I: FixedWidthInteger>(_ type: I.Type) throws -> I {
        if word.isInt {
            guard let value = I(exactly: word.int) else { throw mismatch("an integer from \(I.min) to \(I.max)") }
            return value
        }
        if word.isDouble {
            guard let value = I(exactly: word.double) else { throw mismatch("an integer from \(I.min) to \(I.max)") }
            return value
        }
        if word.isBigInt, let machine = context?.machine {
            let parts = machine.bigIntParts(word)
            guard parts.limbs.count <= 2 else { throw mismatch("an integer from \(I.min) to \(I.max)") }
            var magnitude: UInt128 = 0
            for limb in parts.limbs.reversed() { magnitude = magnitude << 64 | UInt128(limb) }
            if !parts.negative, let value = I(exactly: magnitude) { return value }
            if parts.negative, magnitude <= UInt128(1) << 127, let value = I(exactly: 0 &- Int128(truncatingIfNeeded: magnitude)) {
                return value
            }
        }
        throw mismatch("an integer from \(I.min) to \(I.max)")
    }
}

/// Properties of an object.
struct GuestKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: GuestValueDecoder
    let context: GuestDecoding

    init(_ decoder: GuestValueDecoder, _ context: GuestDecoding) throws {
        self.decoder = decoder
        self.context = context
        guard context.machine.kind(of: decoder.word.offset) != CellKind.proxy else { throw decoder.mismatch("a plain object") }
    }

    var codingPath: [any CodingKey] { decoder.codingPath }

    var allKeys: [Key] {
        guard let stored = context.attempt({ () throws(Thrown) in try context.machine.storedKeys(decoder.word.offset) }) else { return [] }
        return stored.compactMap { key in
            guard !key.isSymbol, let own = context.machine.storedProperty(decoder.word.offset, key), own.enumerable == true,
                own.value != nil
            else { return nil }
            return Key(stringValue: context.machine.describe(key))
        }
    }

    /// The stored value of an own property.
    private func word(_ key: Key) -> Word? {
        let name = context.attempt { () throws(Thrown) in
            try context.machine.propertyKey(string: context.machine.makeString(key.stringValue))
        }
        guard let name else { return nil }
        return context.machine.storedProperty(decoder.word.offset, name)?.value
    }

    private func child(_ key: Key) throws -> GuestValueDecoder {
        guard let word = word(key), !word.isUndefined else {
            throw DecodingError.keyNotFound(key, DecodingError.Context(codingPath: codingPath, debugDescription: "missing"))
        }
        return GuestValueDecoder(word: word, context: context, codingPath: codingPath + [key])
    }

    private func value<T: Decodable>(_ key: Key) throws -> T { try child(key).value(T.self) }

    func contains(_ key: Key) -> Bool { word(key).map { !$0.isUndefined } ?? false }
    func decodeNil(forKey key: Key) throws -> Bool { word(key)?.isNullish ?? true }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(key) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(key) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try value(key) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try value(key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try value(key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try value(key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try value(key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try value(key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try value(key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try value(key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try value(key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try value(key) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try value(key) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        try child(key).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try child(key).unkeyedContainer() }
    func superDecoder() throws -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { try child(key) }
}

/// Elements of an array, a typed array or a Set.
struct GuestUnkeyedDecoding: UnkeyedDecodingContainer {
    let decoder: GuestValueDecoder
    let context: GuestDecoding
    private let length: Int
    private let members: [Word]?
    var currentIndex = 0

    init(_ decoder: GuestValueDecoder, _ context: GuestDecoding) throws {
        self.decoder = decoder
        self.context = context
        let machine = context.machine, object = decoder.word.offset
        switch machine.kind(of: object) {
        case CellKind.array:
            let stored = machine.storedProperty(object, machine.key(.length))?.value
            length = max(0, stored?.internalCount ?? 0)
            members = nil
        case CellKind.typedArray:
            length = machine.typedArrayLength(object) ?? 0
            members = nil
        case CellKind.set:
            let list = context.attempt { () throws(Thrown) in try machine.storedEntries(object) }?.map(\.key) ?? []
            length = list.count
            members = list
        default: throw decoder.mismatch("an array")
        }
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { length }
    var isAtEnd: Bool { currentIndex >= length }

    private func word() -> Word {
        if let members { return members[currentIndex] }
        let key = PropertyKey(index: UInt32(truncatingIfNeeded: currentIndex))
        return context.machine.storedProperty(decoder.word.offset, key)?.value ?? .undefined
    }

    private mutating func child() throws -> GuestValueDecoder {
        guard currentIndex < length else {
            throw DecodingError.valueNotFound(
                Any.self, DecodingError.Context(codingPath: codingPath, debugDescription: "the array is too short"))
        }
        let child = GuestValueDecoder(word: word(), context: context, codingPath: codingPath + [IndexKey(currentIndex)])
        currentIndex += 1
        return child
    }

    private mutating func value<T: Decodable>() throws -> T { try child().value(T.self) }

    mutating func decodeNil() throws -> Bool {
        guard currentIndex < length, word().isNullish else { return false }
        currentIndex += 1
        return true
    }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try value() }
    mutating func decode(_ type: String.Type) throws -> String { try value() }
    mutating func decode(_ type: Double.Type) throws -> Double { try value() }
    mutating func decode(_ type: Float.Type) throws -> Float { try value() }
    mutating func decode(_ type: Int.Type) throws -> Int { try value() }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try value() }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try value() }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try value() }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try value() }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try value() }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try value() }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try value() }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try value() }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try value() }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try value() }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        try child().container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try child().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try child() }
}

/// A value that is no container.
struct GuestSingleDecoding: SingleValueDecodingContainer {
    let decoder: GuestValueDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    private func value<T: Decodable>() throws -> T { try decoder.value(T.self) }

    func decodeNil() -> Bool { decoder.word.isNullish }
    func decode(_ type: Bool.Type) throws -> Bool { try value() }
    func decode(_ type: String.Type) throws -> String { try value() }
    func decode(_ type: Double.Type) throws -> Double { try value() }
    func decode(_ type: Float.Type) throws -> Float { try value() }
    func decode(_ type: Int.Type) throws -> Int { try value() }
    func decode(_ type: Int8.Type) throws -> Int8 { try value() }
    func decode(_ type: Int16.Type) throws -> Int16 { try value() }
    func decode(_ type: Int32.Type) throws -> Int32 { try value() }
    func decode(_ type: Int64.Type) throws -> Int64 { try value() }
    func decode(_ type: UInt.Type) throws -> UInt { try value() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try value() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try value() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try value() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try value() }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try value() }
}
