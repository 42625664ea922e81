import TerrariumCage
import TerrariumText

/// Operators on BigInts (ECMA-262 §6.1.6.2). Each charges for its limb products before it starts.
extension Machine {
    public func bigIntValue(_ value: Value) -> BigIntValue {
        let (negative, limbs) = bigIntParts(value)
        return BigIntValue(isNegative: negative, magnitude: limbs)
    }

    /// A BigInt cell; nil is a result beyond the largest size.
    public func makeBigInt(_ value: BigIntValue?) throws(Thrown) -> Value {
        guard let value else { throw rangeError("Maximum BigInt size exceeded") }
        return try makeBigInt(negative: value.isNegative, limbs: value.magnitude)
    }

    func bigIntOperation(_ opcode: UInt8, _ left: Value, _ right: Value) throws(Thrown) -> Value {
        if let quick = try quickBigIntOperation(opcode, left.offset, right.offset) { return quick }
        let x = bigIntValue(left), y = bigIntValue(right)
        let a = x.magnitude.count, b = y.magnitude.count
        try charge(BigIntCost.linear(a, b))
        switch decodeByte(opcode, as: Opcode.self) {
        case .add: return try makeBigInt(BigIntArithmetic.add(x, y))
        case .sub: return try makeBigInt(BigIntArithmetic.subtract(x, y))
        case .mul:
            try charge(BigIntCost.multiply(a, b))
            return try makeBigInt(BigIntArithmetic.multiply(x, y))
        case .div, .mod:
            try charge(BigIntCost.divide(a, b))
            guard let result = BigIntArithmetic.divide(x, y) else { throw rangeError("Division by zero") }
            return try makeBigInt(
                opcode == Opcode.div.rawValue ? result.quotient : result.remainder)
        case .exp:
            if y.isNegative { throw rangeError("undefined must be positive") }
            try charge(BigIntCost.exponentiate(baseBits: BigIntArithmetic.bitLength(x), exponent: y.magnitude.first ?? 0))
            let bits = BigIntArithmetic.bitLength(x).multipliedReportingOverflow(by: Int(clamping: y.magnitude.first ?? 0))
            if !bits.overflow, bits.partialValue <= 1 << 30 { try requireHeap(bits.partialValue / 4) }
            return try makeBigInt(BigIntArithmetic.exponentiate(x, y))
        case .bitAnd: return try makeBigInt(BigIntArithmetic.bitwiseAnd(x, y))
        case .bitOr: return try makeBigInt(BigIntArithmetic.bitwiseOr(x, y))
        case .bitXor: return try makeBigInt(BigIntArithmetic.bitwiseXor(x, y))
        case .shl:
            try requireShift(x, y, left: true)
            return try makeBigInt(BigIntArithmetic.shiftLeft(x, y))
        case .sar:
            try requireShift(x, y, left: false)
            return try makeBigInt(BigIntArithmetic.shiftRight(x, y))
        default: throw typeError("BigInts have no unsigned right shift, use >> instead")
        }
    }

    /// Before a shift that makes a BigInt longer: fuel and heap for it.
    private func requireShift(_ x: BigIntValue, _ y: BigIntValue, left: Bool) throws(Thrown) {
        guard y.isNegative != left, !x.magnitude.isEmpty, y.magnitude.count <= 1 else { return }
        let bits = Int(clamping: y.magnitude.first ?? 0)
        guard bits <= 1 << 30 else { return }
        try charge(bits / 512)
        try requireHeap(bits / 4)
    }

    /// Order of two primitives of which one is a BigInt; nil when they do not compare.
    func compareWithBigInt(_ x: Value, _ y: Value) throws(Thrown) -> Int? {
        if x.isBigInt, y.isBigInt { return compareBigInts(x, y) }
        if x.isBigInt {
            if y.isString {
                guard let other = try parseBigInt(y) else { return nil }
                return BigIntArithmetic.compare(bigIntValue(x), other)
            }
            return BigIntArithmetic.compare(bigIntValue(x), try toDouble(y))
        }
        return try compareWithBigInt(y, x).map { 0 - $0 }
    }

    /// StringToBigInt; nil when the text is not an integer.
    public func parseBigInt(_ string: Value) throws(Thrown) -> BigIntValue? {
        let text = try flat(string)
        try charge(BigIntCost.parse(digits: text.count, radix: 10))
        switch BigIntArithmetic.parse(text.units) {
        case .value(let value): return value
        case .tooLarge: throw rangeError("Maximum BigInt size exceeded")
        default: return nil
        }
    }

    /// BigInt::toString.
    public func bigIntToString(_ value: Value, radix: Int) throws(Thrown) -> Value {
        let number = bigIntValue(value)
        try charge(BigIntCost.toText(number.magnitude.count, radix: radix))
        return try makeString(latin1: BigIntArithmetic.toText(number, radix: radix))
    }
}
