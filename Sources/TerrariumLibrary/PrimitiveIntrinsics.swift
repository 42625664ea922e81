import TerrariumEngine
import TerrariumText

/// Number, Boolean, Symbol, BigInt (ECMA-262 §21.1, §20.3, §20.4, §21.2).
extension RealmBuilder {
    func buildPrimitives() throws(Thrown) {
        try buildNumber()
        let boolean = try constructor(
            Builtin("Boolean", 1, price: 6) { (machine, call) throws(Thrown) in
                let value = Value(machine.toBoolean(call[0]))
                guard call.isConstruct else { return value }
                return try machine.makeWrapper(value, CellKind.booleanWrapper, call.newTarget, .booleanPrototype)
            }, prototype: intrinsic(.booleanPrototype),
            methods: [
                Builtin("toString", 0) { (machine, call) throws(Thrown) in
                    try machine.toStringValue(try machine.thisPrimitive(call, CellKind.booleanWrapper, "Boolean.prototype.toString", "Boolean") { $0.isBoolean })
                },
                Builtin("valueOf", 0) { (machine, call) throws(Thrown) in
                    try machine.thisPrimitive(call, CellKind.booleanWrapper, "Boolean.prototype.valueOf", "Boolean") { $0.isBoolean }
                },
            ])
        setIntrinsic(.boolean, boolean)
        try buildSymbol()
        try buildBigInt()
    }

    private func buildNumber() throws(Thrown) {
        let number = try constructor(
            Builtin("Number", 1, coerces: "-p") { (machine, call) throws(Thrown) in
                var value = Value.zero
                if call.argumentCount > 0 {
                    let numeric = try machine.toNumeric(call[0])
                    value = numeric.isBigInt ? Value(number: BigIntArithmetic.toDouble(machine.bigIntValue(numeric))) : numeric
                }
                guard call.isConstruct else { return value }
                return try machine.makeWrapper(value, CellKind.numberWrapper, call.newTarget, .numberPrototype)
            }, prototype: intrinsic(.numberPrototype),
            statics: [
                Builtin("isInteger", 1, price: 3) { (_, call) throws(Thrown) in
                    Value(call[0].isNumber && call[0].number.isFinite && call[0].number.rounded(.towardZero) == call[0].number)
                },
                Builtin("isSafeInteger", 1, price: 3) { (_, call) throws(Thrown) in
                    Value(call[0].isNumber && call[0].number.rounded(.towardZero) == call[0].number && abs(call[0].number) <= 9_007_199_254_740_991)
                },
                Builtin("isFinite", 1, price: 3) { (_, call) throws(Thrown) in Value(call[0].isNumber && call[0].number.isFinite) },
                Builtin("isNaN", 1, price: 3) { (_, call) throws(Thrown) in Value(call[0].isNumber && call[0].number.isNaN) },
            ],
            methods: [
                Builtin("toString", 1) { (machine, call) throws(Thrown) in
                    let value = try machine.thisPrimitive(call, CellKind.numberWrapper, "Number.prototype.toString", "Number") { $0.isNumber }
                    if call[0].isObject, let again = try machine.coerce(call, "-n") { return again }
                    let radix = call[0].isUndefined ? 10 : try machine.toIntegerOrInfinity(call[0])
                    guard radix >= 2, radix <= 36 else { throw machine.rangeError("toString() radix argument must be between 2 and 36") }
                    if radix == 10 { return try machine.toStringValue(value) }
                    if value.isInt {
                        try machine.charge(16)
                        return try machine.makeString(value.int, radix: UInt32(radix))
                    }
                    try machine.charge(64)
                    let text = NumberFormatting.toString(value.number, radix: Int(radix))
                    try machine.charge(text.count &* 4)
                    return try machine.makeString(latin1: text)
                },
                Builtin("toLocaleString", 0) { (machine, call) throws(Thrown) in
                    try machine.localeNumber(try machine.thisPrimitive(call, CellKind.numberWrapper, "Number.prototype.toLocaleString", "Number") { $0.isNumber }.number)
                },
                Builtin("valueOf", 0) { (machine, call) throws(Thrown) in
                    try machine.thisPrimitive(call, CellKind.numberWrapper, "Number.prototype.valueOf", "Number") { $0.isNumber }
                },
                Builtin("toFixed", 1) { (machine, call) throws(Thrown) in
                    let value = try machine.thisPrimitive(call, CellKind.numberWrapper, "Number.prototype.toFixed", "Number") { $0.isNumber }
                    if call[0].isObject, let again = try machine.coerce(call, "-n") { return again }
                    let digits = try machine.toIntegerOrInfinity(call[0])
                    guard digits >= 0, digits <= 100 else { throw machine.rangeError("toFixed() digits argument must be between 0 and 100") }
                    try machine.charge(32 &+ machine.formattingCost(value.number, Int(digits)))
                    if !value.number.isFinite || abs(value.number) >= 1e21 { return try machine.toStringValue(value) }
                    if let layout = NumberLayout(fixed: value.number, digits: Int(digits)) { return try machine.makeString(layout) }
                    return try machine.makeString(latin1: NumberFormatting.toFixed(value.number, digits: Int(digits)))
                },
                Builtin("toExponential", 1) { (machine, call) throws(Thrown) in
                    let value = try machine.thisPrimitive(call, CellKind.numberWrapper, "Number.prototype.toExponential", "Number") { $0.isNumber }
                    if call[0].isObject, let again = try machine.coerce(call, "-n") { return again }
                    let digits = try machine.toIntegerOrInfinity(call[0])
                    if !value.number.isFinite { return try machine.toStringValue(value) }
                    guard digits >= 0, digits <= 100 else { throw machine.rangeError("toExponential() argument must be between 0 and 100") }
                    try machine.charge(32 &+ machine.formattingCost(value.number, Int(digits)))
                    return try machine.makeString(
                        latin1: NumberFormatting.toExponential(value.number, digits: call[0].isUndefined ? nil : Int(digits)))
                },
                Builtin("toPrecision", 1) { (machine, call) throws(Thrown) in
                    let value = try machine.thisPrimitive(call, CellKind.numberWrapper, "Number.prototype.toPrecision", "Number") { $0.isNumber }
                    if call[0].isObject, let again = try machine.coerce(call, "-n") { return again }
                    if call[0].isUndefined { return try machine.toStringValue(value) }
                    let precision = try machine.toIntegerOrInfinity(call[0])
                    if !value.number.isFinite { return try machine.toStringValue(value) }
                    guard precision >= 1, precision <= 100 else { throw machine.rangeError("toPrecision() argument must be between 1 and 100") }
                    try machine.charge(32 &+ machine.formattingCost(value.number, Int(precision)))
                    return try machine.makeString(latin1: NumberFormatting.toPrecision(value.number, precision: Int(precision)))
                },
            ])
        setIntrinsic(.number, number)
        for (name, value) in [
            ("MAX_SAFE_INTEGER", 9_007_199_254_740_991), ("MIN_SAFE_INTEGER", -9_007_199_254_740_991),
            ("MAX_VALUE", Double.greatestFiniteMagnitude), ("MIN_VALUE", Double.leastNonzeroMagnitude), ("EPSILON", Double.ulpOfOne),
            ("POSITIVE_INFINITY", Double.infinity), ("NEGATIVE_INFINITY", -Double.infinity), ("NaN", Double.nan),
        ] { try define(number, name, Value(number: value), attributes: Attribute.none) }
    }

    private func buildSymbol() throws(Thrown) {
        let prototype = intrinsic(.symbolPrototype)
        let symbol = try constructor(
            Builtin("Symbol", 0) { (machine, call) throws(Thrown) in
                if call.isConstruct { throw machine.typeError("Symbol is not a constructor") }
                if call[0].isObject, let again = try machine.coerce(call, "-s") { return again }
                let description = call[0].isUndefined ? Value.undefined : try machine.toStringValue(call[0])
                return try machine.makeSymbol(description: description)
            }, prototype: prototype,
            statics: [
                Builtin("for", 1, coerces: "-s") { (machine, call) throws(Thrown) in
                    try machine.registeredSymbol(try machine.toStringValue(call[0]))
                },
                Builtin("keyFor", 1, price: 2) { (machine, call) throws(Thrown) in
                    guard call[0].isSymbol else { throw machine.typeError("\(machine.describe(call[0])) is not a symbol") }
                    return machine.registeredKey(call[0])
                },
            ],
            methods: [
                Builtin("toString", 0, price: 60) { (machine, call) throws(Thrown) in
                    try machine.makeString(machine.describe(try machine.thisSymbol(call, "toString")))
                },
                Builtin("valueOf", 0, price: 25) { (machine, call) throws(Thrown) in try machine.thisSymbol(call, "valueOf") },
                Builtin("get description", 0, price: 25) { (machine, call) throws(Thrown) in
                    machine.symbolDescription(try machine.thisSymbol(call, "description"))
                },
            ])
        setIntrinsic(.symbol, symbol)
        for known in WellKnownSymbol.allCases {
            try define(symbol, known.name.description, machine.symbolValue(known), attributes: Attribute.none)
        }
        let toPrimitive = try function(Builtin("@@toPrimitive", 1, price: 25) { (machine, call) throws(Thrown) in
            try machine.thisSymbol(call, "[Symbol.toPrimitive]")
        })
        try define(prototype, "@@toPrimitive", Value(object: toPrimitive), attributes: Attribute.configurable)
        try define(prototype, "@@toStringTag", try machine.makeString("Symbol"), attributes: Attribute.configurable)
    }

    private func buildBigInt() throws(Thrown) {
        let prototype = intrinsic(.bigIntPrototype)
        let bigInt = try constructor(
            Builtin("BigInt", 1, coerces: "-p") { (machine, call) throws(Thrown) in
                if call.isConstruct { throw machine.typeError("BigInt is not a constructor") }
                let primitive = try machine.toPrimitive(call[0], .number)
                if primitive.isNumber {
                    guard let value = BigIntArithmetic.fromDouble(primitive.number) else {
                        throw machine.rangeError("The number \(machine.describe(primitive)) cannot be converted to a BigInt because it is not an integer")
                    }
                    return try machine.makeBigInt(value)
                }
                return try machine.toBigInt(primitive)
            }, prototype: prototype,
            statics: [
                Builtin("asUintN", 2, coerces: "-np") { (machine, call) throws(Thrown) in
                    let bits = try machine.toIndex(call[0], "Invalid value: not (convertible to) a safe integer")
                    return try machine.makeBigInt(BigIntArithmetic.asUintN(bits, try machine.widenable(try machine.toBigInt(call[1]), bits)))
                },
                Builtin("asIntN", 2, coerces: "-np") { (machine, call) throws(Thrown) in
                    let bits = try machine.toIndex(call[0], "Invalid value: not (convertible to) a safe integer")
                    return try machine.makeBigInt(BigIntArithmetic.asIntN(bits, try machine.widenable(try machine.toBigInt(call[1]), 0)))
                },
            ],
            methods: [
                Builtin("toString", 0) { (machine, call) throws(Thrown) in
                    let value = try machine.thisPrimitive(call, CellKind.bigIntWrapper, "BigInt.prototype.toString", "BigInt") { $0.isBigInt }
                    if call[0].isObject, let again = try machine.coerce(call, "-n") { return again }
                    let radix = call[0].isUndefined ? 10 : try machine.toIntegerOrInfinity(call[0])
                    guard radix >= 2, radix <= 36 else { throw machine.rangeError("toString() radix argument must be between 2 and 36") }
                    return try machine.bigIntToString(value, radix: Int(radix))
                },
                Builtin("toLocaleString", 0) { (machine, call) throws(Thrown) in
                    let value = try machine.thisPrimitive(call, CellKind.bigIntWrapper, "BigInt.prototype.toLocaleString", "BigInt") { $0.isBigInt }
                    let text = try machine.flat(try machine.bigIntToString(value, radix: 10))
                    let digits = text.units.map { UInt8(truncatingIfNeeded: $0) }
                    let isNegative = digits.first == 45
                    return try machine.makeString(
                        latin1: (isNegative ? [45] : []) + machine.grouped(Array(digits.dropFirst(isNegative ? 1 : 0))))
                },
                Builtin("valueOf", 0) { (machine, call) throws(Thrown) in
                    try machine.thisPrimitive(call, CellKind.bigIntWrapper, "BigInt.prototype.valueOf", "BigInt") { $0.isBigInt }
                },
            ])
        setIntrinsic(.bigInt, bigInt)
        try define(prototype, "@@toStringTag", try machine.makeString("BigInt"), attributes: Attribute.configurable)
    }
}

extension Machine {
    func thisPrimitive(
        _ call: NativeCall, _ wrapper: UInt8, _ function: String, _ type: String, _ accepts: (Value) -> Bool
    ) throws(Thrown) -> Value {
        if accepts(call.this) { return call.this }
        if call.this.isObject, kind(of: call.this.offset) == wrapper { return field(call.this.offset, 0) }
        let name = function.replacingSuffix(".[Symbol.toPrimitive]", by: " [ @@toPrimitive ]")
        throw typeError("\(name) requires that 'this' be a \(type)")
    }

    func thisSymbol(_ call: NativeCall, _ name: String) throws(Thrown) -> Value {
        try thisPrimitive(call, CellKind.symbolWrapper, "Symbol.prototype.\(name)", "Symbol") { $0.isSymbol }
    }
}

extension Machine {
    /// A BigInt that an operation may make as wide as `bits`: negative ones take the room.
    func widenable(_ value: Value, _ bits: Int) throws(Thrown) -> BigIntValue {
        let result = bigIntValue(value)
        try charge(result.magnitude.count &* 2)
        if result.isNegative, bits <= 1 << 30 {
            try charge(bits / 512)
            try requireHeap(bits / 4)
        }
        return result
    }
}

extension String {
    fileprivate func replacingSuffix(_ suffix: String, by text: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) + text : self
    }
}

extension Machine {
    /// What exact digits of a number cost: as many as are asked for, from as far away as its exponent is.
    fileprivate func formattingCost(_ number: Double, _ digits: Int) -> Int {
        number.isFinite && number != 0 ? Int(number.exponent.magnitude) &+ digits &* 4 : 0
    }
}
