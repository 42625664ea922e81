/// A BigInt outside the heap: sign and magnitude.
///
/// Rules of this folder:
/// 1. A magnitude is in 64-bit limbs, the lowest first, and its last limb is not 0; zero is the empty array.
/// 2. Zero is not negative.
/// 3. Operands may break rule 1 (leading zero limbs); results never do.
/// 4. Nothing here traps. Results that would pass `BigIntArithmetic.maximumBits` are `nil`; whoever calls has charged
///    the matching `…Cost` before.
public struct BigIntValue: Equatable, Sendable {
    public var isNegative: Bool
    public var magnitude: [UInt64]

    /// - Parameter magnitude: leading zero limbs are dropped.
    public init(isNegative: Bool = false, magnitude: [UInt64]) {
        var magnitude = magnitude
        BigIntMagnitude.normalise(&magnitude)
        self.magnitude = magnitude
        self.isNegative = isNegative && !magnitude.isEmpty
    }

    public init(_ value: Int64) {
        self.init(isNegative: value < 0, magnitude: [value.magnitude])
    }

    public init(_ value: UInt64) {
        self.init(magnitude: [value])
    }

    public static let zero = BigIntValue(magnitude: [])

    public var isZero: Bool { magnitude.isEmpty }
}
