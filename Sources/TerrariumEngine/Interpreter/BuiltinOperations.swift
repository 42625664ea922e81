import TerrariumCage
import TerrariumText

/// The operations that the engine's own JavaScript calls as `$name(…)`. `$call` is not here: it compiles to a call.
extension Machine {
    func builtinOperation(_ word: UInt64) throws(Thrown) {
        guard let operation = BuiltinOperation(rawValue: word.fieldX) else { throw terminate(.corrupted) }
        let first = word.fieldB
        setReg(word.fieldA, try builtin(operation, reg(first), reg(first &+ 1), reg(first &+ 2)))
    }

    private func builtin(_ operation: BuiltinOperation, _ x: Value, _ y: Value, _ z: Value) throws(Thrown) -> Value {
        switch operation {
        case .isCallable: return Value(isCallable(x))
        case .isObject: return Value(x.isObject)
        case .toObject: return try toObject(x)
        case .lengthOf: return Value(try lengthOfArrayLike(x.offset))
        case .toIntegerOrInfinity: return Value(number: try toIntegerOrInfinity(x))
        case .toNumber: return try toNumber(x)
        case .toString: return try toStringValue(x)
        case .isArray: return Value(try isArray(x))
        case .arraySpeciesCreate: return try arraySpeciesCreate(x, y)
        case .arrayCreate:
            let array = try makeArray(length: 0, capacity: 0)
            _ = try setArrayLength(array.offset, try toUint32(x))
            return array
        case .createDataProperty:
            try createDataPropertyOrThrow(x.offset, try toPropertyKey(y), z)
            return .undefined
        case .set:
            try put(x.offset, try toPropertyKey(y), z)
            return .undefined
        case .deleteProperty:
            try deletePropertyOrThrow(x.offset, try toPropertyKey(y))
            return .undefined
        case .append:
            try appendElement(x.offset, y)
            return .undefined
        case .typeError: throw typeError(swiftString(x))
        case .describe: return try makeString(describe(x))
        case .isConstructor: return Value(isConstructor(x))
        case .construct: return try construct(x, [y])
        case .getMethod: return try getMethod(x, try toPropertyKey(y))
        }
    }

    /// IsArray: sees through proxies. Throws for a revoked one.
    public func isArray(_ value: Value) throws(Thrown) -> Bool {
        guard value.isObject else { return false }
        var object = value.offset
        while kind(of: object) == CellKind.proxy {
            guard field(object, 1).isObject else {
                throw typeError("Cannot perform 'IsArray' on a proxy that has been revoked")
            }
            object = field(object, 0).offset
            try charge(1)
        }
        return kind(of: object) == CellKind.array
    }

    /// ArraySpeciesCreate. May run guest code.
    public func arraySpeciesCreate(_ original: Value, _ length: Value) throws(Thrown) -> Value {
        var constructor = Value.undefined
        if try isArray(original) {
            constructor = try get(original.offset, atom: wellKnown.constructor)
            // An Array constructor of another realm is as good as none.
            if isConstructor(constructor) {
                let realm = try functionRealm(constructor.offset)
                if realm != currentRealm, constructor == realmValue(realm, .array) { constructor = .undefined }
            }
            if constructor.isObject {
                constructor = try get(constructor.offset, symbolKey(.species))
                if constructor.isNull { constructor = .undefined }
            }
        }
        if constructor.isUndefined || constructor == intrinsic(.array) {
            let count = length.number
            guard count <= 4_294_967_295 else { throw rangeError("Invalid array length") }
            let array = try makeArray(length: 0, capacity: 0)
            _ = try setArrayLength(array.offset, UInt32(truncatingIfNeeded: Int(count)))
            return array
        }
        guard isConstructor(constructor) else { throw typeError("object.constructor[Symbol.species] is not a constructor") }
        return try construct(constructor, [length])
    }

    static func power(_ base: Double, _ exponent: Double) -> Double { JavaScriptMath.pow(base, exponent) }
}
