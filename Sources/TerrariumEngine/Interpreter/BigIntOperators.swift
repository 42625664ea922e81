import TerrariumCage
import TerrariumText

/// Operators on BigInts (ECMA-262 §6.1.6.2).
extension Machine {
    func bigIntOperation(_ opcode: UInt8, _ x: Value, _ y: Value) throws(Thrown) -> Value {
        throw typeError("BigInt arithmetic is not available")
    }

    /// Order of two primitives of which one is a BigInt; nil when they do not compare.
    func compareWithBigInt(_ x: Value, _ y: Value) throws(Thrown) -> Int? {
        throw typeError("BigInt arithmetic is not available")
    }

    /// BigInt::toString.
    public func bigIntToString(_ value: Value, radix: Int) throws(Thrown) -> Value {
        // Repeated division by a power of the radix that fits a limb.
        var (negative, limbs) = bigIntParts(value)
        try charge(limbs.count &* limbs.count &+ 1)
        if limbs.isEmpty { return try makeString("0") }
        var chunk = UInt64(radix), digitsPerChunk = 1
        while true {
            let (next, overflow) = chunk.multipliedReportingOverflow(by: UInt64(radix))
            if overflow { break }
            chunk = next
            digitsPerChunk += 1
        }
        var parts: [String] = []
        while !limbs.isEmpty {
            var remainder: UInt64 = 0
            for index in limbs.indices.reversed() {
                (limbs[index], remainder) = chunk.dividingFullWidth((remainder, limbs[index]))
            }
            while limbs.last == 0 { limbs.removeLast() }
            let text = String(remainder, radix: radix)
            parts.append(limbs.isEmpty ? text : String(repeating: "0", count: digitsPerChunk - text.count) + text)
        }
        return try makeString((negative ? "-" : "") + parts.reversed().joined())
    }
}
