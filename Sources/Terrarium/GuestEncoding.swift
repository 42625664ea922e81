internal import TerrariumCage
internal import TerrariumEngine

/// From Swift values to guest values. What is made is ordinary: plain objects, arrays and Uint8Arrays of the sandbox.
///
/// While it works there is no collection, so that words may be held; an `encode(to:)` of the host may use the sandbox.
final class GuestEncoding {
    let core: SandboxCore
    let machine: Machine
    /// The first thing that went wrong where the protocols of `Codable` let nothing be thrown.
    private var failure: (any Error)?

    /// For such places.
    @discardableResult
    func attempt<Result>(_ body: () throws -> Result) -> Result? {
        do {
            return try body()
        } catch {
            if failure == nil { failure = error }
            return nil
        }
    }

    init(_ core: SandboxCore, _ machine: Machine) {
        self.core = core
        self.machine = machine
    }

    /// - Throws: `Thrown` of limits, `TerrariumError` of conversions.
    static func encode<T: Encodable>(_ value: T, _ core: SandboxCore, _ machine: Machine) throws(TerrariumError) -> Word {
        if let quick = quick(value) { return quick }
        if let value = SameType.cast(value, to: Value.self) { return try core.word(value) }
        do {
            return try machine.withoutCollecting {
                let encoding = GuestEncoding(core, machine)
                let word = try encoding.word(value, [])
                if let failure = encoding.failure { throw failure }
                return word
            }
        } catch let thrown as Thrown {
            throw core.failure(thrown, machine)
        } catch {
            throw failure(error)
        }
    }

    /// As `encode` for natives: what goes wrong goes to the guest.
    static func guest<T: Encodable>(_ value: T, _ core: SandboxCore, _ machine: Machine) throws(Thrown) -> Word {
        if let quick = quick(value) { return quick }
        do throws(TerrariumError) {
            return try encode(value, core, machine)
        } catch {
            throw core.raise(error, machine)
        }
    }

    @inline(__always)
    static func quick<T>(_ value: T) -> Word? {
        if T.self == Int.self {
            guard let number = SameType.cast(value, to: Int.self) else { return nil }
            if let small = Int32(exactly: number) { return Word(small) }
            if number.magnitude <= 9_007_199_254_740_991 { return Word(double: Double(number)) }
        } else if T.self == Double.self {
            if let number = SameType.cast(value, to: Double.self) { return Word(number: number) }
        } else if T.self == Bool.self {
            if let flag = SameType.cast(value, to: Bool.self) { return Word(flag) }
        }
        return nil
    }

    private static func failure(_ error: any Error) -> TerrariumError {
        if let ours = error as? TerrariumError { return ours }
        if case .invalidValue(_, let context)? = error as? EncodingError {
            return .conversion(ConversionFailure(path: context.codingPath.map(\.text), reason: context.debugDescription))
        }
        return .conversion(ConversionFailure(path: [], reason: "\(error)"))
    }

    /// The guest's value for a value of the host.
    func word<T: Encodable>(_ value: T, _ path: [any CodingKey]) throws -> Word {
        if let quick = GuestEncoding.quick(value) { return quick }
        if let text = SameType.cast(value, to: String.self) { return try string(text) }
        if let value = SameType.cast(value, to: Value.self) { return try core.word(value) }
        if let bytes = SameType.cast(value, to: [UInt8].self) { return try self.bytes(bytes) }
        if let integer = value as? any FixedWidthInteger { return try self.integer(integer, path) }
        if let number = SameType.cast(value, to: Float.self) { return Word(number: Double(number)) }
        guard !machine.isNativeStackExhausted else {
            throw EncodingError.invalidValue(
                value, EncodingError.Context(codingPath: path, debugDescription: "the value is nested too deeply"))
        }
        try machine.charge(4)
        let encoder = GuestValueEncoder(encoding: self, codingPath: path)
        try value.encode(to: encoder)
        return encoder.slot.word
    }

    func string(_ text: String) throws(Thrown) -> Word {
        try machine.charge(text.utf8.count / 16 &+ 1)
        return try machine.makeString(text)
    }

    func bytes(_ bytes: [UInt8]) throws(Thrown) -> Word {
        let array = try machine.allocateTypedArray(.uint8, bytes.count)
        if !bytes.isEmpty { machine.cage.store(bytes, at: machine.elementAddress(array, 0)) }
        return Word(object: array)
    }

    /// A number where it is exact, otherwise a BigInt.
    private func integer<I: FixedWidthInteger>(_ value: I, _ path: [any CodingKey]) throws -> Word {
        if let small = Int32(exactly: value) { return Word(small) }
        let limit: Int64 = 9_007_199_254_740_991
        if let exact = Int64(exactly: value), exact >= -limit, exact <= limit { return Word(number: Double(exact)) }
        let magnitude = value.magnitude
        return try machine.makeBigInt(
            negative: value < 0,
            limbs: [UInt64(truncatingIfNeeded: magnitude), I.bitWidth > 64 ? UInt64(truncatingIfNeeded: magnitude >> 64) : 0])
    }

    func key(_ text: String) throws(Thrown) -> PropertyKey { try machine.propertyKey(string: machine.makeString(text)) }
}

/// Where an encoder puts its value.
final class EncodedSlot {
    var word = Word.undefined
    init() {}
}

/// The encoder of one value.
struct GuestValueEncoder: Encoder {
    let encoding: GuestEncoding
    let codingPath: [any CodingKey]
    let slot = EncodedSlot()
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(encoding: GuestEncoding, codingPath: [any CodingKey]) {
        self.encoding = encoding
        self.codingPath = codingPath
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if !slot.word.isObject, let object = encoding.attempt({ try encoding.machine.makeObject() }) { slot.word = object }
        return KeyedEncodingContainer(
            GuestKeyedEncoding<Key>(encoding: encoding, object: slot.word, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if !slot.word.isObject, let array = encoding.attempt({ try encoding.machine.makeArray([]) }) { slot.word = array }
        return GuestUnkeyedEncoding(encoding: encoding, array: slot.word, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        GuestSingleEncoding(encoding: encoding, slot: slot, codingPath: codingPath)
    }
}

/// Properties of a new object.
struct GuestKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoding: GuestEncoding
    let object: Word
    let codingPath: [any CodingKey]

    private func set(_ word: Word, _ key: any CodingKey) throws {
        // There is no object when memory ended.
        guard object.isObject else { throw encoding.machine.outOfHeap() }
        try encoding.machine.createDataPropertyOrThrow(object.offset, try encoding.key(key.stringValue), word)
    }

    private func put<T: Encodable>(_ value: T, _ key: Key) throws { try set(try encoding.word(value, codingPath + [key]), key) }

    mutating func encodeNil(forKey key: Key) throws { try set(.null, key) }
    mutating func encode(_ value: Bool, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: String, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: Double, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: Float, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: Int, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: Int8, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: Int16, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: Int32, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: Int64, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: UInt, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: UInt8, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: UInt16, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: UInt32, forKey key: Key) throws { try put(value, key) }
    mutating func encode(_ value: UInt64, forKey key: Key) throws { try put(value, key) }
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try put(value, key) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        let child = encoding.attempt { try encoding.machine.makeObject() } ?? .undefined
        encoding.attempt { try set(child, key) }
        return KeyedEncodingContainer(
            GuestKeyedEncoding<Nested>(encoding: encoding, object: child, codingPath: codingPath + [key]))
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        let child = encoding.attempt { try encoding.machine.makeArray([]) } ?? .undefined
        encoding.attempt { try set(child, key) }
        return GuestUnkeyedEncoding(encoding: encoding, array: child, codingPath: codingPath + [key])
    }

    /// The properties of a superclass lie in the same object.
    mutating func superEncoder() -> any Encoder {
        let encoder = GuestValueEncoder(encoding: encoding, codingPath: codingPath)
        encoder.slot.word = object
        return encoder
    }

    mutating func superEncoder(forKey key: Key) -> any Encoder {
        let encoder = GuestValueEncoder(encoding: encoding, codingPath: codingPath + [key])
        encoder.slot.word = encoding.attempt { try encoding.machine.makeObject() } ?? .undefined
        encoding.attempt { try set(encoder.slot.word, key) }
        return encoder
    }
}

/// Elements of a new array.
struct GuestUnkeyedEncoding: UnkeyedEncodingContainer {
    let encoding: GuestEncoding
    let array: Word
    let codingPath: [any CodingKey]
    var count = 0

    init(encoding: GuestEncoding, array: Word, codingPath: [any CodingKey]) {
        self.encoding = encoding
        self.array = array
        self.codingPath = codingPath
    }

    private mutating func append(_ word: Word) throws {
        guard array.isObject else { throw encoding.machine.outOfHeap() }
        try encoding.machine.createDataPropertyOrThrow(array.offset, try encoding.machine.integerKey(count), word)
        count += 1
    }

    private mutating func put<T: Encodable>(_ value: T) throws {
        try append(try encoding.word(value, codingPath + [IndexKey(count)]))
    }

    mutating func encodeNil() throws { try append(.null) }
    mutating func encode(_ value: Bool) throws { try put(value) }
    mutating func encode(_ value: String) throws { try put(value) }
    mutating func encode(_ value: Double) throws { try put(value) }
    mutating func encode(_ value: Float) throws { try put(value) }
    mutating func encode(_ value: Int) throws { try put(value) }
    mutating func encode(_ value: Int8) throws { try put(value) }
    mutating func encode(_ value: Int16) throws { try put(value) }
    mutating func encode(_ value: Int32) throws { try put(value) }
    mutating func encode(_ value: Int64) throws { try put(value) }
    mutating func encode(_ value: UInt) throws { try put(value) }
    mutating func encode(_ value: UInt8) throws { try put(value) }
    mutating func encode(_ value: UInt16) throws { try put(value) }
    mutating func encode(_ value: UInt32) throws { try put(value) }
    mutating func encode(_ value: UInt64) throws { try put(value) }
    mutating func encode<T: Encodable>(_ value: T) throws { try put(value) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        let child = encoding.attempt { try encoding.machine.makeObject() } ?? .undefined
        let path = codingPath + [IndexKey(count)]
        encoding.attempt { try append(child) }
        return KeyedEncodingContainer(GuestKeyedEncoding<Nested>(encoding: encoding, object: child, codingPath: path))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let child = encoding.attempt { try encoding.machine.makeArray([]) } ?? .undefined
        let path = codingPath + [IndexKey(count)]
        encoding.attempt { try append(child) }
        return GuestUnkeyedEncoding(encoding: encoding, array: child, codingPath: path)
    }

    mutating func superEncoder() -> any Encoder {
        let encoder = GuestValueEncoder(encoding: encoding, codingPath: codingPath + [IndexKey(count)])
        encoder.slot.word = encoding.attempt { try encoding.machine.makeObject() } ?? .undefined
        encoding.attempt { try append(encoder.slot.word) }
        return encoder
    }
}

/// A value that is no container.
struct GuestSingleEncoding: SingleValueEncodingContainer {
    let encoding: GuestEncoding
    let slot: EncodedSlot
    let codingPath: [any CodingKey]

    private func put<T: Encodable>(_ value: T) throws { slot.word = try encoding.word(value, codingPath) }

    mutating func encodeNil() throws { slot.word = .null }
    mutating func encode(_ value: Bool) throws { try put(value) }
    mutating func encode(_ value: String) throws { try put(value) }
    mutating func encode(_ value: Double) throws { try put(value) }
    mutating func encode(_ value: Float) throws { try put(value) }
    mutating func encode(_ value: Int) throws { try put(value) }
    mutating func encode(_ value: Int8) throws { try put(value) }
    mutating func encode(_ value: Int16) throws { try put(value) }
    mutating func encode(_ value: Int32) throws { try put(value) }
    mutating func encode(_ value: Int64) throws { try put(value) }
    mutating func encode(_ value: UInt) throws { try put(value) }
    mutating func encode(_ value: UInt8) throws { try put(value) }
    mutating func encode(_ value: UInt16) throws { try put(value) }
    mutating func encode(_ value: UInt32) throws { try put(value) }
    mutating func encode(_ value: UInt64) throws { try put(value) }
    mutating func encode<T: Encodable>(_ value: T) throws { try put(value) }
}
