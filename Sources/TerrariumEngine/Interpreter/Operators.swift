import TerrariumCage

/// Operators on values that are not both plain numbers (ECMA-262 §13). Those on objects may run guest code.
extension Machine {
    /// Opcode of the register form of an immediate instruction.
    static func registerForm(_ opcode: UInt8) -> UInt8 {
        switch decodeByte(opcode, as: Opcode.self) {
        case .subI: Opcode.sub.rawValue
        case .mulI: Opcode.mul.rawValue
        case .divI: Opcode.div.rawValue
        case .modI: Opcode.mod.rawValue
        case .bitOrI: Opcode.bitOr.rawValue
        case .bitXorI: Opcode.bitXor.rawValue
        case .shlI: Opcode.shl.rawValue
        case .sarI: Opcode.sar.rawValue
        case .shrI: Opcode.shr.rawValue
        default: opcode
        }
    }

    func addSlow(_ x: Value, _ y: Value) throws(Thrown) -> Value {
        if let short = try shortConcatenation(x, y) { return short }
        if x.isString, y.isString { return try concatenate(x, y) }
        let left = try toPrimitive(x), right = try toPrimitive(y)
        if left.isString || right.isString {
            return try concatenate(try toStringValue(left), try toStringValue(right))
        }
        return try arithmeticPrimitive(Opcode.add.rawValue, left, right)
    }

    /// A binary operator other than +, by opcode.
    func arithmetic(_ opcode: UInt8, _ x: Value, _ y: Value) throws(Thrown) -> Value {
        if x.isNumber, y.isNumber { return Machine.numberOperation(opcode, x.number, y.number) }
        let left = try toNumeric(x), right = try toNumeric(y)
        return try arithmeticPrimitive(opcode, left, right)
    }

    private func arithmeticPrimitive(_ opcode: UInt8, _ x: Value, _ y: Value) throws(Thrown) -> Value {
        if x.isBigInt || y.isBigInt {
            let left = x.isBigInt ? x : try toNumeric(x), right = y.isBigInt ? y : try toNumeric(y)
            guard left.isBigInt, right.isBigInt else {
                throw typeError("Cannot mix BigInt and other types, use explicit conversions")
            }
            return try bigIntOperation(opcode, left, right)
        }
        let left = try toNumber(x), right = try toNumber(y)
        return Machine.numberOperation(opcode, left.number, right.number)
    }

    static func numberOperation(_ opcode: UInt8, _ x: Double, _ y: Double) -> Value {
        switch decodeByte(opcode, as: Opcode.self) {
        case .add: return Value(number: x + y)
        case .sub: return Value(number: x - y)
        case .mul: return Value(number: x * y)
        case .div: return Value(number: x / y)
        case .mod: return Value(number: remainder(x, y))
        case .exp: return Value(number: power(x, y))
        case .bitAnd: return Value(toInt32(x) & toInt32(y))
        case .bitOr: return Value(toInt32(x) | toInt32(y))
        case .bitXor: return Value(toInt32(x) ^ toInt32(y))
        case .shl: return Value(toInt32(x) &<< toInt32(y))
        case .sar: return Value(toInt32(x) &>> toInt32(y))
        default: return Value(UInt32(bitPattern: toInt32(x)) &>> UInt32(bitPattern: toInt32(y)))
        }
    }

    /// Number::remainder.
    static func remainder(_ x: Double, _ y: Double) -> Double {
        if x.isNaN || y.isNaN || x.isInfinite || y == 0 { return .nan }
        if y.isInfinite || x == 0 { return x }
        let result = x.truncatingRemainder(dividingBy: y)
        return result == 0 && x.sign == .minus ? -0.0 : result
    }

    func addNumeric(_ value: Value, _ delta: Double) throws(Thrown) -> Value {
        let old = try toNumeric(value)
        if old.isBigInt {
            if let quick = try quickBigIntStep(old.offset, down: delta < 0) { return quick }
            let one = try makeBigInt(negative: delta < 0, limbs: [1])
            return try bigIntOperation(Opcode.add.rawValue, old, one)
        }
        return Value(number: old.number + delta)
    }

    func negate(_ value: Value) throws(Thrown) -> Value {
        let old = try toNumeric(value)
        if old.isBigInt {
            let (negative, limbs) = bigIntParts(old)
            return try makeBigInt(negative: !negative, limbs: limbs)
        }
        return Value(number: -old.number)
    }

    func complement(_ value: Value) throws(Thrown) -> Value {
        let old = try toNumeric(value)
        if old.isBigInt {
            // ~x is -x - 1.
            let (negative, limbs) = bigIntParts(old)
            let negated = try makeBigInt(negative: !negative, limbs: limbs)
            return try bigIntOperation(Opcode.sub.rawValue, negated, try makeBigInt(negative: false, limbs: [1]))
        }
        return Value(~Machine.toInt32(old.number))
    }

    func typeOf(_ value: Value) -> Value {
        let name: UInt32
        if value.isNumber { name = wellKnown.number }
        else if value.isString { name = wellKnown.string }
        else if value.isObject {
            name = value.offset == Machine.emulatesUndefined ? wellKnown.undefined
                : isCallable(value) ? wellKnown.function : wellKnown.object
        }
        else if value.isUndefined { name = wellKnown.undefined }
        else if value.isBoolean { name = wellKnown.boolean }
        else if value.isSymbol { name = wellKnown.symbol }
        else if value.isBigInt { name = wellKnown.bigint }
        else { name = wellKnown.object }
        return Value(string: name)
    }

    // MARK: Comparison

    /// IsLessThan(x, y, leftFirst): nil is undefined. May run guest code.
    public func lessThan(_ x: Value, _ y: Value, leftFirst: Bool) throws(Thrown) -> Bool? {
        if x.isBigInt, y.isBigInt {
            try charge(2)
            return compareBigInts(x, y) < 0
        }
        let left: Value, right: Value
        if leftFirst {
            left = try toPrimitive(x, .number)
            right = try toPrimitive(y, .number)
        } else {
            right = try toPrimitive(y, .number)
            left = try toPrimitive(x, .number)
        }
        if left.isString, right.isString { return try compareStrings(left, right) < 0 }
        if left.isBigInt || right.isBigInt { return try compareWithBigInt(left, right).map { $0 < 0 } }
        let a = try toDouble(left), b = try toDouble(right)
        if a.isNaN || b.isNaN { return nil }
        return a < b
    }

    /// IsStrictlyEqual.
    public func strictlyEqual(_ x: Value, _ y: Value) throws(Thrown) -> Bool {
        if let fast = strictEqualFast(x, y) { return fast }
        if x.isString, y.isString { return try stringsEqual(x, y) }
        return x.isBigInt && y.isBigInt && bigIntsEqual(x, y)
    }

    func bigIntsEqual(_ x: Value, _ y: Value) -> Bool { compareBigInts(x, y) == 0 }

    /// IsLooselyEqual. May run guest code.
    public func looselyEqual(_ x: Value, _ y: Value) throws(Thrown) -> Bool {
        var x = x, y = y
        for _ in 0..<4 {
            if x.isNumber && y.isNumber || x.isString && y.isString || x.isObject && y.isObject || x.isBoolean && y.isBoolean
                || x.isSymbol && y.isSymbol || x.isBigInt && y.isBigInt {
                return try strictlyEqual(x, y)
            }
            if x.isNullish || y.isNullish {
                return (x.isNullish || x == Machine.emulatingUndefined) && (y.isNullish || y == Machine.emulatingUndefined)
            }
            if x.isBoolean { x = try toNumber(x); continue }
            if y.isBoolean { y = try toNumber(y); continue }
            if x.isObject { x = try toPrimitive(x); continue }
            if y.isObject { y = try toPrimitive(y); continue }
            if x.isSymbol || y.isSymbol { return false }
            if x.isBigInt || y.isBigInt { return try compareWithBigInt(x, y) == 0 }
            return try toDouble(x) == toDouble(y)
        }
        return false
    }

    /// SameValue.
    public func sameValue(_ x: Value, _ y: Value) throws(Thrown) -> Bool {
        if x.isNumber, y.isNumber {
            let a = x.number, b = y.number
            if a.isNaN { return b.isNaN }
            return a == b && (a != 0 || a.sign == b.sign)
        }
        return try strictlyEqual(x, y)
    }

    /// SameValueZero.
    public func sameValueZero(_ x: Value, _ y: Value) throws(Thrown) -> Bool {
        if x.isNumber, y.isNumber { return x.number == y.number || (x.number.isNaN && y.number.isNaN) }
        return try strictlyEqual(x, y)
    }

    /// SameValue for property values, where a failure to flatten text counts as different.
    func sameValueNoCoercion(_ x: Value, _ y: Value) -> Bool { (try? sameValue(x, y)) ?? false }

    func inOperator(_ x: Value, _ y: Value, into register: UInt16) throws(Thrown) {
        guard y.isObject else {
            throw typeError("Cannot use 'in' operator to search for '\(describe(x))' in \(describe(y))")
        }
        if x.isObject { return try push(.hasKey, x, y, register: register) }
        try pushHas(y.offset, try toPropertyKey(x), register: register)
    }

    /// Whether InstanceofOperator runs guest code, or has to look whether it does.
    func instanceNeedsFrame(_ value: Value, _ target: Value) throws(Thrown) -> Bool {
        guard target.isObject else { return false }
        var hint = CacheHint()
        guard case .value(let handler) = try findForGet(target.offset, symbolKey(.hasInstance), hint: &hint) else { return true }
        if !handler.isNullish, handler != intrinsic(.functionHasInstance) { return isCallable(handler) }
        return try ordinaryInstanceNeedsFrame(value, target)
    }

    /// As above for OrdinaryHasInstance.
    public func ordinaryInstanceNeedsFrame(_ value: Value, _ start: Value) throws(Thrown) -> Bool {
        var target = start
        guard target.isObject else { return false }
        // Chains of bound functions have any length.
        while kind(of: target.offset) == CellKind.boundFunction {
            target = field(target.offset, 0)
            guard target.isObject else { return false }
            try charge(2)
            var hint = CacheHint()
            guard case .value(let handler) = try findForGet(target.offset, symbolKey(.hasInstance), hint: &hint) else { return true }
            if !handler.isNullish, handler != intrinsic(.functionHasInstance) { return isCallable(handler) }
        }
        guard isCallable(target), value.isObject else { return false }
        var hint = CacheHint()
        guard case .value = try findForGet(target.offset, PropertyKey(atom: wellKnown.prototype), hint: &hint) else { return true }
        return try meetsProxy(value.offset)
    }

    /// Whether an object or one along its prototype chain is a proxy.
    public func meetsProxy(_ start: UInt32) throws(Thrown) -> Bool {
        var object = start
        var steps = 0
        while object != 0 {
            if kind(of: object) == CellKind.proxy { return true }
            object = ordinaryPrototype(object)
            steps &+= 1
            if steps & 7 == 0 { try charge(4) }
        }
        return false
    }

    /// InstanceofOperator. May run guest code.
    func instanceOf(_ value: Value, _ target: Value) throws(Thrown) -> Bool {
        guard target.isObject else { throw typeError("Right-hand side of 'instanceof' is not an object") }
        let handler = try getRemembering(target.offset, symbolKey(.hasInstance))
        if !handler.isNullish, !isCallable(handler) { throw typeError("\(describeCallSite(handler)) is not a function") }
        if !handler.isNullish {
            if handler == intrinsic(.functionHasInstance) { return try ordinaryHasInstance(target, value) }
            return toBoolean(try call(handler, this: target, value))
        }
        guard isCallable(target) else { throw typeError("Right-hand side of 'instanceof' is not callable") }
        return try ordinaryHasInstance(target, value)
    }

    /// OrdinaryHasInstance. May run guest code.
    public func ordinaryHasInstance(_ start: Value, _ value: Value) throws(Thrown) -> Bool {
        var target = start
        while isCallable(target), kind(of: target.offset) == CellKind.boundFunction {
            // InstanceofOperator of what is bound; a loop, because chains of bound functions have any length.
            target = field(target.offset, 0)
            guard target.isObject else { throw terminate(.corrupted) }
            try charge(2)
            let handler = try getRemembering(target.offset, symbolKey(.hasInstance))
            if handler.isNullish || handler == intrinsic(.functionHasInstance) { continue }
            guard isCallable(handler) else { throw typeError("\(describeCallSite(handler)) is not a function") }
            return toBoolean(try call(handler, this: target, value))
        }
        guard isCallable(target) else { return false }
        guard value.isObject else { return false }
        let prototype = try getRemembering(target.offset, PropertyKey(atom: wellKnown.prototype))
        guard prototype.isObject else {
            throw typeError("Function has non-object prototype '\(describe(prototype))' in instanceof check")
        }
        var object = try getPrototypeOf(value.offset)
        var steps = 0
        while object != 0 {
            if object == prototype.offset { return true }
            object = try getPrototypeOf(object)
            steps &+= 1
            if steps & 7 == 0 { try charge(8) }
        }
        return false
    }
}
