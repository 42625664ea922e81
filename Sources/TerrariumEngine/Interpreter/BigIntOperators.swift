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
        if value.magnitude.count > 1 << 14 { try checkMeters() }
        return try makeBigInt(negative: value.isNegative, limbs: value.magnitude)
    }

    /// Runs arithmetic that was charged, of so many limb products, and ends it at a deadline or an interrupt.
    private func watched<Result>(
        _ products: Int, _ body: (BigIntWatch?) throws(BigIntWatch.Stopped) -> Result
    ) throws(Thrown) -> Result {
        var end: Thrown?
        do throws(BigIntWatch.Stopped) {
            guard products > 100_000 else { return try body(nil) }
            let watch = BigIntWatch {
                do throws(Thrown) { try self.checkMeters() } catch { end = error }
                return end == nil
            }
            return try body(watch)
        } catch {
            throw end ?? terminate(.interrupted)
        }
    }

    func bigIntOperation(_ opcode: UInt8, _ left: Value, _ right: Value) throws(Thrown) -> Value {
        if let quick = try quickBigIntOperation(opcode, left.offset, right.offset) { return quick }
        let x = bigIntValue(left), y = bigIntValue(right)
        let a = x.magnitude.count, b = y.magnitude.count
        try charge(BigIntCost.linear(a, b))
        if a &+ b > 1 << 14 { try checkMeters() }
        switch decodeByte(opcode, as: Opcode.self) {
        case .add: return try makeBigInt(BigIntArithmetic.add(x, y))
        case .sub: return try makeBigInt(BigIntArithmetic.subtract(x, y))
        case .mul:
            let cost = BigIntCost.multiply(a, b)
            try charge(cost)
            return try makeBigInt(
                try watched(cost) { (watch) throws(BigIntWatch.Stopped) in try BigIntArithmetic.multiply(x, y, watch) })
        case .div, .mod:
            let cost = BigIntCost.divide(a, b)
            try charge(cost)
            let parts = try watched(cost) { (watch) throws(BigIntWatch.Stopped) in try BigIntArithmetic.divide(x, y, watch) }
            guard let result = parts else { throw rangeError("Division by zero") }
            return try makeBigInt(
                opcode == Opcode.div.rawValue ? result.quotient : result.remainder)
        case .exp:
            if y.isNegative { throw rangeError("undefined must be positive") }
            let cost = BigIntCost.exponentiate(baseBits: BigIntArithmetic.bitLength(x), exponent: y.magnitude.first ?? 0)
            try charge(cost)
            let bits = BigIntArithmetic.bitLength(x).multipliedReportingOverflow(by: Int(clamping: y.magnitude.first ?? 0))
            if !bits.overflow, bits.partialValue <= 1 << 30 { try requireHeap(bits.partialValue / 4) }
            return try makeBigInt(
                try watched(cost) { (watch) throws(BigIntWatch.Stopped) in try BigIntArithmetic.exponentiate(x, y, watch) })
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
        let cost = BigIntCost.parse(digits: text.count, radix: 10)
        try charge(cost)
        let result = try watched(cost) { (watch) throws(BigIntWatch.Stopped) in try BigIntArithmetic.parse(text, watch) }
        switch result {
        case .value(let value): return value
        case .tooLarge: throw rangeError("Maximum BigInt size exceeded")
        default: return nil
        }
    }

    /// BigInt::toString.
    public func bigIntToString(_ value: Value, radix: Int) throws(Thrown) -> Value {
        let number = bigIntValue(value)
        let cost = BigIntCost.toText(number.magnitude.count, radix: radix)
        try charge(cost)
        let text = try watched(cost) { (watch) throws(BigIntWatch.Stopped) in
            try BigIntArithmetic.toText(number, radix: radix, watch)
        }
        return try makeString(latin1: text)
    }
}
