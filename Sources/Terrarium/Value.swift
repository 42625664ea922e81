internal import TerrariumCage
internal import TerrariumLibrary
internal import TerrariumEngine

/// Keeps what a value names alive, as long as the sandbox lives.
final class ValueRoot {
    let core: SandboxCore
    private let handle: Int
    /// Machine of the core that the value belongs to.
    let epoch: Int

    init(core: SandboxCore, handle: Int) {
        self.core = core
        self.handle = handle
        epoch = core.epoch
    }

    deinit { if epoch == core.epoch { core.release(handle) } }
}

/// A JavaScript value in the host's hands.
///
/// Undefined, null, booleans and numbers belong to nobody. Everything else belongs to its sandbox, where the value keeps it
/// alive; using it in another sandbox, or after its sandbox ended, throws `.misuse`. Like the sandbox, a value stays in one
/// isolation domain.
///
/// Reading with `decode`, `text` and the like never runs guest code. `get`, `set`, `call` and `construct` may.
public struct Value {
    let word: Word
    let root: ValueRoot?

    init(word: Word, root: ValueRoot?) {
        self.word = word
        self.root = root
    }

    /// What a value is.
    public enum Kind: Sendable, Hashable {
        /// As `typeof` says; of objects what they are.
        case undefined, null, boolean, number, string, symbol, bigInt, object, array, function, error, promise
    }

    /// The value `undefined`.
    public static var undefined: Value { Value(word: .undefined, root: nil) }
    /// The value `null`.
    public static var null: Value { Value(word: .null, root: nil) }
    /// A boolean.
    public init(_ value: Bool) { self.init(word: Word(value), root: nil) }
    /// A number.
    public init(_ value: Double) { self.init(word: Word(number: value), root: nil) }
    /// A number; integers above 2^53 lose their last digits.
    public init(_ value: Int) { self.init(word: Word(number: Double(value)), root: nil) }

    /// What the value is. Values of a sandbox that ended are `undefined`.
    public var kind: Kind {
        if word.isUndefined { return .undefined }
        if word.isNull { return .null }
        if word.isBoolean { return .boolean }
        if word.isNumber { return .number }
        guard let machine = root?.core.machine else { return .undefined }
        if word.isString { return .string }
        if word.isSymbol { return .symbol }
        if word.isBigInt { return .bigInt }
        if machine.isCallable(word) { return .function }
        switch machine.kind(of: word.offset) {
        case CellKind.array: return .array
        case CellKind.error: return .error
        case CellKind.promise: return .promise
        default: return .object
        }
    }

    /// The value is undefined or null.
    public var isNullish: Bool { word.isNullish }
    /// The boolean; nil for everything else.
    public var bool: Bool? { word.isBoolean ? word == .true : nil }
    /// The number; nil for everything else.
    public var double: Double? { word.isNumber ? word.number : nil }
    /// The text of a string; nil for everything else. Lone surrogates become U+FFFD.
    public var string: String? {
        guard word.isString, let root else { return nil }
        return root.core.peek { $0.swiftString(word) }
    }

    /// The value for people: numbers and strings as they are, objects as `#<Name>`; runs no guest code.
    public var text: String {
        guard let root else { return SandboxCore.text(of: word) }
        return root.core.peek { $0.describe(word) } ?? "(ended)"
    }

    /// The value as the console shows it: objects with their contents; runs no guest code.
    /// - Throws: `.misuse`, and limits.
    public func inspected() throws(TerrariumError) -> String {
        guard let root else { return SandboxCore.text(of: word) }
        return try root.core.perform { (machine) throws(Thrown) in try Inspector(machine).inspect(word) }
    }

    /// The value as a Swift value. Reads stored properties only, so no guest code runs.
    /// - Throws: `.conversion` when it does not fit, `.resultSize`, `.misuse`.
    public func decode<T: Decodable>(as type: T.Type = T.self) throws(TerrariumError) -> T {
        guard let root else { return try GuestDecoding.decode(type, word, nil) }
        return try root.core.convert { (machine) throws(TerrariumError) in
            try GuestDecoding.decode(type, word, GuestDecoding(root.core, machine))
        }
    }

    /// The same value: as `Object.is`, without running guest code.
    public func isSame(as other: Value) -> Bool {
        if word == other.word, root?.core === other.root?.core { return true }
        guard let core = root?.core, core === other.root?.core else { return false }
        return core.peek { (try? $0.sameValue(word, other.word)) ?? false } ?? false
    }
}

extension SandboxCore {
    /// Text of a word that is no reference.
    static func text(of word: Word) -> String {
        if word.isInt { return String(word.int) }
        if word.isBoolean { return word == .true ? "true" : "false" }
        if word.isUndefined { return "undefined" }
        if word.isNull { return "null" }
        return GuestDecoding.numberText(word.number)
    }
}
