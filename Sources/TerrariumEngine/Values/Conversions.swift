import TerrariumCage
import TerrariumText

/// Type conversion (ECMA-262 §7.1). Those that take objects may run guest code.
extension Machine {
    public enum PrimitiveHint: Sendable { case none, number, string }

    /// ToPrimitive. May run guest code.
    public func toPrimitive(_ value: Value, _ hint: PrimitiveHint = .none) throws(Thrown) -> Value {
        guard value.isObject else { return value }
        let exotic = try getMethod(value, symbolKey(.toPrimitive))
        if !exotic.isUndefined {
            let name = switch hint {
            case .none: wellKnown.default
            case .number: wellKnown.number
            case .string: wellKnown.string
            }
            let result = try call(exotic, this: value, Value(string: name))
            if result.isObject { throw typeError("Cannot convert object to primitive value") }
            return result
        }
        return try ordinaryToPrimitive(value, hint)
    }

    /// OrdinaryToPrimitive of an object. May run guest code.
    public func ordinaryToPrimitive(_ value: Value, _ hint: PrimitiveHint) throws(Thrown) -> Value {
        let order = hint == .string ? [wellKnown.toString, wellKnown.valueOf] : [wellKnown.valueOf, wellKnown.toString]
        for name in order {
            let method = try get(value.offset, atom: name)
            if isCallable(method) {
                let result = try call(method, this: value)
                if !result.isObject { return result }
            }
        }
        throw typeError("Cannot convert object to primitive value")
    }

    /// ToBoolean.
    public func toBoolean(_ value: Value) -> Bool {
        if value.isBoolean { return value == .true }
        if value.isInt { return value.int != 0 }
        if value.isDouble { return !(value.double == 0 || value.double.isNaN) }
        if value.isObject { return value.offset != Machine.emulatesUndefined }
        if value.isString { return stringLength(value) != 0 }
        if value.isBigInt { return cage.load32(value.offset, Layout.bigIntCount) != 0 }
        return value.isSymbol
    }

    /// ToNumber: a number value. May run guest code.
    public func toNumber(_ value: Value) throws(Thrown) -> Value {
        if value.isNumber { return value }
        if value.isUndefined { return .nan }
        if value.isNull || value == .false { return .zero }
        if value == .true { return Value(Int32(1)) }
        if value.isString { return try stringToNumber(value) }
        if value.isSymbol { throw typeError("Cannot convert a Symbol value to a number") }
        if value.isBigInt { throw typeError("Cannot convert a BigInt value to a number") }
        guard value.isObject else { return .nan }
        return try toNumber(try toPrimitive(value, .number))
    }

    /// ToNumeric: a number or BigInt value. May run guest code.
    public func toNumeric(_ value: Value) throws(Thrown) -> Value {
        let primitive = try toPrimitive(value, .number)
        return primitive.isBigInt ? primitive : try toNumber(primitive)
    }

    /// The number of a short text of decimal digits, or at the start of one that goes on with neither a letter nor a
    /// point; nil when it is not that simple.
    public func wholeNumber(_ text: FlatString, allowingMore: Bool) -> Value? {
        guard text.isLatin1, text.count > 0, text.count < 16 || allowingMore else { return nil }
        var number = 0, index = 0
        while index < min(text.count, 15) {
            let unit = text[index]
            guard unit >= 48, unit <= 57 else { break }
            number = number &* 10 &+ Int(unit &- 48)
            index &+= 1
        }
        if index == 0 { return nil }
        if index < text.count {
            let unit = text[index]
            guard allowingMore, unit < 46 || unit == 47 || (unit > 57 && unit < 65) else { return nil }
        }
        return Value(number)
    }

    /// StringToNumber.
    public func stringToNumber(_ string: Value) throws(Thrown) -> Value {
        let text = try flat(string)
        if text.count == 1 {
            let unit = text[0]
            if unit >= 48, unit <= 57 { return Value(Int32(unit) &- 48) }
        }
        if let whole = wholeNumber(text, allowingMore: false) { return whole }
        if text.count > 64 { try charge(text.count / 8) }
        if text.count > Machine.longNumeral {
            let short = try shortNumeral(text)
            return Value(number: short.isWhole ? NumberParsing.stringToNumber(short.units) : .nan)
        }
        return Value(number: NumberParsing.stringToNumber(text))
    }

    /// ToNumber as a double. May run guest code.
    @inline(__always)
    public func toDouble(_ value: Value) throws(Thrown) -> Double {
        if value.isInt { return Double(value.int) }
        if value.isDouble { return value.double }
        return try toNumber(value).number
    }

    /// ToIntegerOrInfinity. May run guest code.
    public func toIntegerOrInfinity(_ value: Value) throws(Thrown) -> Double {
        if value.isInt { return Double(value.int) }
        let number = try toDouble(value)
        if number.isNaN || number == 0 { return 0 }
        return number.rounded(.towardZero) + 0
    }

    /// ToInt32 of a double.
    public static func toInt32(_ number: Double) -> Int32 {
        if let exact = Int64(exactly: number.rounded(.towardZero)) { return Int32(truncatingIfNeeded: exact) }
        guard number.isFinite else { return 0 }
        // |number| >= 2^63: the low 32 bits come from the significand.
        let exponent = Int(number.exponent) &- 52
        if exponent >= 32 || exponent < 0 { return 0 }
        let magnitude = (number.significandBitPattern | 1 << 52) << UInt64(exponent)
        let low = Int32(truncatingIfNeeded: magnitude)
        return number < 0 ? 0 &- low : low
    }

    /// ToInt32. May run guest code.
    @inline(__always)
    public func toInt32(_ value: Value) throws(Thrown) -> Int32 {
        if value.isInt { return value.int }
        return Machine.toInt32(try toDouble(value))
    }

    public func toUint32(_ value: Value) throws(Thrown) -> UInt32 { UInt32(bitPattern: try toInt32(value)) }

    /// ToLength: 0 … 2^53 - 1. May run guest code.
    public func toLength(_ value: Value) throws(Thrown) -> Int {
        let number = try toIntegerOrInfinity(value)
        if number <= 0 { return 0 }
        return Int(min(number, Value.largestCount))
    }

    /// ToIndex. May run guest code.
    public func toIndex(_ value: Value, _ message: String = "Invalid index") throws(Thrown) -> Int {
        if value.isUndefined { return 0 }
        let number = try toIntegerOrInfinity(value)
        guard number >= 0, number <= Value.largestCount else { throw rangeError(message) }
        return Int(number)
    }

    /// LengthOfArrayLike. May run guest code.
    public func lengthOfArrayLike(_ object: UInt32) throws(Thrown) -> Int {
        if kind(of: object) == CellKind.array { return Int(clamping: cage.load32(object, Layout.arrayLength)) }
        return try toLength(try get(object, atom: wellKnown.length))
    }

    /// ToString: a string value. May run guest code.
    public func toStringValue(_ value: Value) throws(Thrown) -> Value {
        if value.isString { return value }
        if value.isInt { return try makeString(NumberLayout(value.int)) }
        if value.isDouble { return try doubleToString(value.double) }
        if value.isBoolean { return Value(string: value == .true ? wellKnown.true : wellKnown.false) }
        if value.isUndefined { return Value(string: wellKnown.undefined) }
        if value.isNull { return Value(string: wellKnown.null) }
        if value.isSymbol { throw typeError("Cannot convert a Symbol value to a string") }
        if value.isBigInt { return try bigIntToString(value, radix: 10) }
        guard value.isObject else { return emptyString }
        return try toStringValue(try toPrimitive(value, .string))
    }

    /// Units of fuel for the shortest digits of a double.
    static var doubleTextPrice: Int { 20 }

    private func doubleToString(_ number: Double) throws(Thrown) -> Value {
        try charge(Machine.doubleTextPrice)
        guard let layout = NumberLayout(number) else { return try makeString(latin1: NumberFormatting.toString(number)) }
        return try makeString(layout)
    }

    /// The string of a number.
    public func makeString(_ layout: NumberLayout) throws(Thrown) -> Value {
        if layout.length == 1 { return singleUnitString(layout.singleUnit) }
        let offset = try allocateFlat(length: layout.length, wide: false)
        layout.store(in: cage, at: offset &+ 16)
        return Value(string: offset)
    }

    /// Number::toString of an integer.
    /// - Parameter radix: 2 to 36, checked by the caller.
    public func makeString(_ number: Int32, radix: UInt32) throws(Thrown) -> Value {
        guard radix >= 2 else { return emptyString }
        var rest = number.magnitude
        var count: UInt32 = 0
        repeat {
            count &+= 1
            rest /= radix
        } while rest > 0
        if number < 0 { count &+= 1 }
        func unit(_ digit: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: digit &+ (digit < 10 ? 48 : 87)) }
        if count == 1 { return singleUnitString(unit(number.magnitude)) }
        let offset = try allocateFlat(length: Int(count), wide: false)
        var place = offset &+ 16 &+ count
        rest = number.magnitude
        repeat {
            let next = rest / radix
            place = place &- 1
            cage.store8(place, 0, unit(rest &- next &* radix))
            rest = next
        } while rest > 0
        if number < 0 { cage.store8(offset, 16, 45) }
        return Value(string: offset)
    }

    /// ToObject. Throws a TypeError for undefined and null.
    public func toObject(_ value: Value) throws(Thrown) -> Value {
        if value.isObject { return value }
        if value.isNullish {
            throw typeError(
                runningArrayMethod.map { "\($0) called on null or undefined" } ?? "Cannot convert undefined or null to object")
        }
        let kind: UInt8
        if value.isString { kind = CellKind.stringWrapper }
        else if value.isNumber { kind = CellKind.numberWrapper }
        else if value.isBoolean { kind = CellKind.booleanWrapper }
        else if value.isSymbol { kind = CellKind.symbolWrapper }
        else { kind = CellKind.bigIntWrapper }
        let object = try allocateObject(
            kind: kind, prototype: prototypeForPrimitive(value) ?? 0, fields: 1,
            flags: value.isString ? ObjectFlag.exotic : 0)
        setField(object, 0, value)
        return Value(object: object)
    }

    /// ToPropertyKey. May run guest code.
    @inline(__always)
    public func toPropertyKey(_ value: Value) throws(Thrown) -> PropertyKey {
        if value.isInt, value.int >= 0 { return PropertyKey(index: UInt32(bitPattern: value.int)) }
        return try toPropertyKeySlow(value)
    }

    @inline(never)
    private func toPropertyKeySlow(_ value: Value) throws(Thrown) -> PropertyKey {
        if value.isString { return try propertyKey(string: value) }
        if value.isSymbol { return PropertyKey(symbol: value.offset) }
        if value.isDouble, let index = UInt32(exactly: value.double), index != .max {
            return PropertyKey(index: index)
        }
        // A number's text is made and interned.
        if value.isDouble { try charge(200) }
        let primitive = try toPrimitive(value, .string)
        if primitive.isSymbol { return PropertyKey(symbol: primitive.offset) }
        return try propertyKey(string: try toStringValue(primitive))
    }

    /// The key of a string: an index when it is one in canonical form, otherwise an atom.
    public func propertyKey(string: Value) throws(Thrown) -> PropertyKey {
        let flags = cage.load8(string.offset, Layout.flags)
        let length = stringLength(string)
        if length <= 10, length > 0, flags & StringFlag.notIndex == 0 {
            let text = try flat(string)
            if let index = canonicalIndex(text) { return PropertyKey(index: index) }
            let header = cage.load8(string.offset, Layout.flags)
            cage.store8(string.offset, Layout.flags, header | StringFlag.notIndex)
        }
        return PropertyKey(atom: flags & StringFlag.atom != 0 ? string.offset : try intern(string))
    }

    private func canonicalIndex(_ text: FlatString) -> UInt32? {
        let first = text[0]
        if first == 48 { return text.count == 1 ? 0 : nil }
        var number: UInt64 = 0
        for position in 0..<text.count {
            let unit = text[position]
            guard unit >= 48, unit <= 57 else { return nil }
            number = number &* 10 &+ UInt64(unit &- 48)
        }
        return number < 0xFFFF_FFFF ? UInt32(truncatingIfNeeded: number) : nil
    }

    /// The key as a value: a string or a symbol.
    public func keyValue(_ key: PropertyKey) throws(Thrown) -> Value {
        key.isIndex ? try toStringValue(Value(key.index)) : Value(bits: key.bits)
    }
}
