import TerrariumCage

/// The error constructors that the engine throws.
public enum ErrorKind: UInt8, Sendable, CaseIterable {
    case error, typeError, rangeError, referenceError, syntaxError, evalError, uriError, aggregateError, suppressedError

    var prototype: Intrinsic {
        switch self {
        case .error: .errorPrototype
        case .typeError: .typeErrorPrototype
        case .rangeError: .rangeErrorPrototype
        case .referenceError: .referenceErrorPrototype
        case .syntaxError: .syntaxErrorPrototype
        case .evalError: .evalErrorPrototype
        case .uriError: .uriErrorPrototype
        case .aggregateError: .aggregateErrorPrototype
        case .suppressedError: .suppressedErrorPrototype
        }
    }

    public var name: String {
        switch self {
        case .error: "Error"
        case .typeError: "TypeError"
        case .rangeError: "RangeError"
        case .referenceError: "ReferenceError"
        case .syntaxError: "SyntaxError"
        case .evalError: "EvalError"
        case .uriError: "URIError"
        case .aggregateError: "AggregateError"
        case .suppressedError: "SuppressedError"
        }
    }
}

/// Throwing from native code: `throw machine.typeError("…")`. Messages use V8's wording.
extension Machine {
    @inline(never) public func typeError(_ message: String) -> Thrown { error(.typeError, message) }
    @inline(never) public func rangeError(_ message: String) -> Thrown { error(.rangeError, message) }
    @inline(never) public func referenceError(_ message: String) -> Thrown { error(.referenceError, message) }
    @inline(never) public func syntaxError(_ message: String) -> Thrown { error(.syntaxError, message) }

    /// Parks a new error as the exception, of the current realm if no other is given.
    public func error(_ kind: ErrorKind, _ message: String, realm: UInt32? = nil) -> Thrown {
        do throws(Thrown) {
            let object = try makeError(kind, message, realm: realm)
            return throwValue(object)
        } catch {
            return error
        }
    }

    /// Realm of the function that called the running one; that of the running one when the engine called it.
    var callerRealm: UInt32 {
        let link = cage.load64(frame, 8)
        if link & Link.entry != 0 { return currentRealm }
        let caller = Value(bits: cage.load64(frame &- (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8))
        return caller.isObject ? cage.load32(caller.offset, Layout.functionRealm) : currentRealm
    }

    /// Parks a value as the exception.
    public func throwValue(_ value: Value) -> Thrown {
        exceptionValue = value
        return .exception
    }

    /// Remembers where a value is thrown that does not know it itself.
    func noteThrow(_ value: Value) {
        if value.isObject, kind(of: value.offset) == CellKind.error { return }
        let code = runningCode
        guard let found = template(of: code) else { return }
        lastThrow = (value.bits, found.script, found.function, wordIndex(code, UInt32(truncatingIfNeeded: cells[Cell.pc])))
    }

    /// An error object with message and stack.
    public func makeError(_ kind: ErrorKind, _ message: String, realm: UInt32? = nil) throws(Thrown) -> Value {
        try makeError(kind, message: message.isEmpty ? emptyString : try makeString(message), realm: realm)
    }

    /// A new error whose message may be long: it is not copied.
    public func makeError(_ kind: ErrorKind, message: Value, realm: UInt32? = nil) throws(Thrown) -> Value {
        // Looking up what the message is about, and the text itself.
        chargeLater(64 &+ stringLength(message))
        let object = try allocateError(
            prototype: realmValue(realm ?? currentRealm, kind.prototype).offset, hidesNative: false)
        if stringLength(message) > 0 {
            try addProperty(object, key: wellKnown.message, value: message, attributes: Attribute.hidden)
        }
        return Value(object: object)
    }

    /// The pending exception, taken.
    public func takeException() -> Value {
        let value = exceptionValue
        exceptionValue = .undefined
        return value
    }
}
