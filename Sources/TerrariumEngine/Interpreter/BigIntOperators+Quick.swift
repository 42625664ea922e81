import TerrariumCage
import TerrariumText

/// Operators on short BigInts, limb by limb in the cage: no memory is taken but the result's. What is not here goes
/// through `BigIntArithmetic`, which works on arrays.
extension Machine {
    /// Longer operands take the way through arrays: cells up to here are never large ones, so a result may have fewer
    /// limbs than it got room for.
    private static var quickLimbs: UInt32 { 512 }

    @inline(__always)
    private func limbCount(_ cell: UInt32) -> UInt32 { cage.load32(cell, Layout.bigIntCount) }
    @inline(__always)
    private func limb(_ cell: UInt32, _ index: UInt32) -> UInt64 { cage.load64(cell &+ index &* 8, Layout.bigIntLimbs) }
    @inline(__always)
    private func setLimb(_ cell: UInt32, _ index: UInt32, _ value: UInt64) {
        cage.store64(cell &+ index &* 8, Layout.bigIntLimbs, value)
    }
    @inline(__always)
    private func isNegativeBigInt(_ cell: UInt32) -> Bool { cage.load32(cell) != 0 }

    /// The only limb of a short BigInt.
    @inline(__always)
    private func onlyLimb(_ cell: UInt32) -> UInt64 { limbCount(cell) == 0 ? 0 : limb(cell, 0) }

    /// A BigInt of at most two limbs.
    private func makeShortBigInt(negative: Bool, _ low: UInt64, _ high: UInt64 = 0) throws(Thrown) -> Value {
        let count: UInt32 = high != 0 ? 2 : low != 0 ? 1 : 0
        let cell = try allocate(high != 0 ? 32 : 24, kind: CellKind.bigInt, word: negative && count != 0 ? 1 : 0)
        cage.store32(cell, Layout.bigIntCount, count)
        setLimb(cell, 0, low)
        if high != 0 { setLimb(cell, 1, high) }
        return Value(bigInt: cell)
    }

    /// Room for a result, whose limbs are zero.
    private func makeLimbs(_ count: UInt32, negative: Bool) throws(Thrown) -> UInt32 {
        let cell = try allocate(16 &+ max(1, count) &* 8, kind: CellKind.bigInt, word: negative ? 1 : 0)
        cage.store32(cell, Layout.bigIntCount, count)
        return cell
    }

    /// Drops leading zero limbs.
    private func normalised(_ cell: UInt32) -> Value {
        var count = limbCount(cell)
        while count > 0, limb(cell, count &- 1) == 0 { count = count &- 1 }
        cage.store32(cell, Layout.bigIntCount, count)
        if count == 0 { cage.store32(cell, 0, 0) }
        return Value(bigInt: cell)
    }

    // MARK: Operators

    /// As `bigIntOperation`; nil where that has to be asked.
    func quickBigIntOperation(_ opcode: UInt8, _ x: UInt32, _ y: UInt32) throws(Thrown) -> Value? {
        let a = limbCount(x), b = limbCount(y)
        if (a | b) <= 1 {
            return try shortBigIntOperation(
                opcode, onlyLimb(x), isNegativeBigInt(x), onlyLimb(y), isNegativeBigInt(y))
        }
        guard a <= Machine.quickLimbs, b <= Machine.quickLimbs else { return nil }
        let negative = isNegativeBigInt(x)
        switch decodeByte(opcode, as: Opcode.self) {
        case .add, .sub:
            try charge(BigIntCost.linear(Int(a), Int(b)))
            let other = isNegativeBigInt(y) != (opcode == Opcode.sub.rawValue)
            if negative == other { return try sum(x, y, negative: negative) }
            return compareMagnitudes(x, y) >= 0
                ? try difference(x, y, negative: negative) : try difference(y, x, negative: other)
        case .mul where min(a, b) < 32:
            try charge(BigIntCost.linear(Int(a), Int(b)) &+ BigIntCost.multiply(Int(a), Int(b)))
            return try product(x, y, negative: negative != isNegativeBigInt(y))
        case .div where b == 1, .mod where b == 1:
            try charge(BigIntCost.linear(Int(a), 1) &+ BigIntCost.divide(Int(a), 1))
            let keepsQuotient = opcode == Opcode.div.rawValue
            return try divided(x, by: limb(y, 0), keepsQuotient, negative: negative != (keepsQuotient && isNegativeBigInt(y)))
        case .bitAnd where !negative && !isNegativeBigInt(y):
            try charge(BigIntCost.linear(Int(a), Int(b)))
            var count = min(a, b)
            while count > 0, limb(x, count &- 1) & limb(y, count &- 1) == 0 { count = count &- 1 }
            let result = try makeLimbs(count, negative: false)
            for index in 0..<count { setLimb(result, index, limb(x, index) & limb(y, index)) }
            return Value(bigInt: result)
        case .sar where !negative && b == 1 && !isNegativeBigInt(y):
            try charge(BigIntCost.linear(Int(a), 1))
            return try shiftedRight(x, by: limb(y, 0))
        default: return nil
        }
    }

    /// x op y of one limb each.
    private func shortBigIntOperation(
        _ opcode: UInt8, _ a: UInt64, _ isNegative: Bool, _ b: UInt64, _ isOtherNegative: Bool
    ) throws(Thrown) -> Value? {
        try charge(3)
        switch decodeByte(opcode, as: Opcode.self) {
        case .add: return try shortSum(a, isNegative, b, isOtherNegative)
        case .sub: return try shortSum(a, isNegative, b, !isOtherNegative)
        case .mul:
            let product = a.multipliedFullWidth(by: b)
            return try makeShortBigInt(negative: isNegative != isOtherNegative, product.low, product.high)
        case .div where b != 0:
            try charge(4)
            return try makeShortBigInt(negative: isNegative != isOtherNegative, a / b)
        case .mod where b != 0:
            try charge(4)
            return try makeShortBigInt(negative: isNegative, a % b)
        case .bitAnd where !isNegative && !isOtherNegative: return try makeShortBigInt(negative: false, a & b)
        case .bitOr where !isNegative && !isOtherNegative: return try makeShortBigInt(negative: false, a | b)
        case .bitXor where !isNegative && !isOtherNegative: return try makeShortBigInt(negative: false, a ^ b)
        case .bitAnd, .bitOr, .bitXor:
            guard a <= 1 << 62, b <= 1 << 62 else { return nil }
            let x = isNegative ? 0 &- Int64(bitPattern: a) : Int64(bitPattern: a)
            let y = isOtherNegative ? 0 &- Int64(bitPattern: b) : Int64(bitPattern: b)
            let result = opcode == Opcode.bitAnd.rawValue ? x & y : opcode == Opcode.bitOr.rawValue ? x | y : x ^ y
            return try makeShortBigInt(negative: result < 0, result.magnitude)
        case .shl where !isOtherNegative && b < 64:
            return try makeShortBigInt(negative: isNegative, a &<< b, b == 0 ? 0 : a &>> (64 &- b))
        case .sar where !isOtherNegative:
            if b >= 64 { return try makeShortBigInt(negative: isNegative, isNegative ? 1 : 0) }
            // Towards negative infinity.
            let lost = isNegative && a & ((1 &<< b) &- 1) != 0
            return try makeShortBigInt(negative: isNegative, (a &>> b) &+ (lost ? 1 : 0))
        default: return nil
        }
    }

    private func shortSum(_ a: UInt64, _ isNegative: Bool, _ b: UInt64, _ isOtherNegative: Bool) throws(Thrown) -> Value {
        if isNegative == isOtherNegative {
            let (sum, overflow) = a.addingReportingOverflow(b)
            return try makeShortBigInt(negative: isNegative, sum, overflow ? 1 : 0)
        }
        return a >= b
            ? try makeShortBigInt(negative: isNegative, a &- b) : try makeShortBigInt(negative: isOtherNegative, b &- a)
    }

    /// value + 1 or value - 1; nil when it has more than one limb.
    func quickBigIntStep(_ value: UInt32, down: Bool) throws(Thrown) -> Value? {
        guard limbCount(value) <= 1 else { return nil }
        try charge(3)
        return try shortSum(onlyLimb(value), isNegativeBigInt(value), 1, down)
    }

    // MARK: Magnitudes

    private func sum(_ x: UInt32, _ y: UInt32, negative: Bool) throws(Thrown) -> Value {
        let isLonger = limbCount(x) >= limbCount(y)
        let long = isLonger ? x : y, short = isLonger ? y : x
        let count = limbCount(long), common = limbCount(short)
        let result = try makeLimbs(count &+ 1, negative: negative)
        var carry: UInt64 = 0, index: UInt32 = 0
        while index < common {
            let (first, firstCarry) = limb(long, index).addingReportingOverflow(limb(short, index))
            let (second, secondCarry) = first.addingReportingOverflow(carry)
            setLimb(result, index, second)
            carry = (firstCarry ? 1 : 0) | (secondCarry ? 1 : 0)
            index = index &+ 1
        }
        while index < count {
            let (sum, overflow) = limb(long, index).addingReportingOverflow(carry)
            setLimb(result, index, sum)
            carry = overflow ? 1 : 0
            index = index &+ 1
        }
        setLimb(result, count, carry)
        return normalised(result)
    }

    /// |x| - |y| for |x| >= |y|.
    private func difference(_ x: UInt32, _ y: UInt32, negative: Bool) throws(Thrown) -> Value {
        let count = limbCount(x), common = min(limbCount(y), count)
        let result = try makeLimbs(count, negative: negative)
        var borrow: UInt64 = 0, index: UInt32 = 0
        while index < common {
            let (first, firstBorrow) = limb(x, index).subtractingReportingOverflow(limb(y, index))
            let (second, secondBorrow) = first.subtractingReportingOverflow(borrow)
            setLimb(result, index, second)
            borrow = (firstBorrow ? 1 : 0) | (secondBorrow ? 1 : 0)
            index = index &+ 1
        }
        while index < count {
            let (difference, overflow) = limb(x, index).subtractingReportingOverflow(borrow)
            setLimb(result, index, difference)
            borrow = overflow ? 1 : 0
            index = index &+ 1
        }
        return normalised(result)
    }

    private func product(_ x: UInt32, _ y: UInt32, negative: Bool) throws(Thrown) -> Value {
        let isLonger = limbCount(x) >= limbCount(y)
        let long = isLonger ? x : y, short = isLonger ? y : x
        let columns = limbCount(long), rows = limbCount(short)
        let result = try makeLimbs(columns &+ rows, negative: negative)
        var row: UInt32 = 0
        while row < rows {
            let factor = limb(short, row)
            var carry: UInt64 = 0, column: UInt32 = 0
            while column < columns {
                let product = factor.multipliedFullWidth(by: limb(long, column))
                let (first, firstCarry) = product.low.addingReportingOverflow(carry)
                let (second, secondCarry) = first.addingReportingOverflow(limb(result, row &+ column))
                setLimb(result, row &+ column, second)
                carry = product.high &+ (firstCarry ? 1 : 0) &+ (secondCarry ? 1 : 0)
                column = column &+ 1
            }
            setLimb(result, row &+ columns, carry)
            row = row &+ 1
        }
        return normalised(result)
    }

    /// Quotient or remainder by one limb.
    private func divided(_ x: UInt32, by divisor: UInt64, _ keepsQuotient: Bool, negative: Bool) throws(Thrown) -> Value? {
        guard divisor != 0 else { return nil }
        let result = keepsQuotient ? try makeLimbs(limbCount(x), negative: negative) : 0
        var rest: UInt64 = 0, index = limbCount(x)
        while index > 0 {
            index = index &- 1
            let (quotient, remainder) = divisor.dividingFullWidth((rest, limb(x, index)))
            if keepsQuotient { setLimb(result, index, quotient) }
            rest = remainder
        }
        return keepsQuotient ? normalised(result) : try makeShortBigInt(negative: negative, rest)
    }

    private func shiftedRight(_ x: UInt32, by bits: UInt64) throws(Thrown) -> Value {
        let count = limbCount(x)
        guard bits < UInt64(count) &* 64 else { return try makeShortBigInt(negative: false, 0) }
        let words = UInt32(truncatingIfNeeded: bits &>> 6), rest = bits & 63
        let result = try makeLimbs(count &- words, negative: false)
        var index = words
        while index < count {
            let above = index &+ 1 < count && rest != 0 ? limb(x, index &+ 1) &<< (64 &- rest) : 0
            setLimb(result, index &- words, limb(x, index) &>> rest | above)
            index = index &+ 1
        }
        return normalised(result)
    }

    // MARK: Comparison

    private func compareMagnitudes(_ x: UInt32, _ y: UInt32) -> Int {
        var index = limbCount(x)
        if index != limbCount(y) { return index < limbCount(y) ? -1 : 1 }
        while index > 0 {
            index = index &- 1
            let a = limb(x, index), b = limb(y, index)
            if a != b { return a < b ? -1 : 1 }
        }
        return 0
    }

    /// -1, 0 or 1.
    func compareBigInts(_ x: Value, _ y: Value) -> Int {
        let negative = isNegativeBigInt(x.offset)
        if negative != isNegativeBigInt(y.offset) { return negative ? -1 : 1 }
        let order = compareMagnitudes(x.offset, y.offset)
        return negative ? 0 &- order : order
    }
}
