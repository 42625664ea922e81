import TerrariumCage
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The operations that the engine's own JavaScript calls as `$name(…)`.
extension Machine {
    func builtinOperation(_ word: UInt64) throws(Thrown) {
        throw terminate(.corrupted)
    }

    static func power(_ base: Double, _ exponent: Double) -> Double {
        if exponent.isNaN { return .nan }
        if exponent == 0 { return 1 }
        if abs(base) == 1, exponent.isInfinite { return .nan }
        // Exact by squaring for small integer exponents.
        if let whole = Int(exactly: exponent), abs(whole) <= 64, let small = Int(exactly: base), abs(small) < 1 << 26 {
            var result = 1.0, factor = base, rest = abs(whole)
            while rest > 0 {
                if rest & 1 != 0 { result *= factor }
                factor *= factor
                rest >>= 1
            }
            if abs(result) < 9_007_199_254_740_992 { return whole < 0 ? 1 / result : result }
        }
        return pow(base, exponent)
    }
}
