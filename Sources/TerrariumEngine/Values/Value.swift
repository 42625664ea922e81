/// A JavaScript value: 64 bits, NaN-boxed.
///
///     0xFFFF_FFFF_iiii_iiii   int32
///     0xFFFE_0000_oooo_oooo   object at cage offset o
///     0xFFFD_0000_oooo_oooo   string
///     0xFFFC_0000_oooo_oooo   symbol
///     0xFFFB_0000_oooo_oooo   BigInt
///     0xFFFA_0000_0000_000n   special: undefined, null, false, true, empty
///     0xFFF9_0000_oooo_oooo   internal cell (code, scope, …): never visible to a guest
///     anything up to 0xFFF8_0000_0000_0000   double
///
/// Rules: a double never has bits above `maximumDoubleBits` (NaNs from outside are canonicalised); an integral double
/// in int32 range other than -0 may be stored either way, comparison and typed paths cope with both.
@frozen
public struct Value: Equatable, Sendable {
    public var bits: UInt64

    @inlinable @inline(__always) public init(bits: UInt64) { self.bits = bits }

    // MARK: Tags

    public static var intTag: UInt64 { @inlinable @inline(__always) get { 0xFFFF_FFFF_0000_0000 } }
    public static var objectTag: UInt64 { @inlinable @inline(__always) get { 0xFFFE_0000_0000_0000 } }
    public static var stringTag: UInt64 { @inlinable @inline(__always) get { 0xFFFD_0000_0000_0000 } }
    public static var symbolTag: UInt64 { @inlinable @inline(__always) get { 0xFFFC_0000_0000_0000 } }
    public static var bigIntTag: UInt64 { @inlinable @inline(__always) get { 0xFFFB_0000_0000_0000 } }
    public static var specialTag: UInt64 { @inlinable @inline(__always) get { 0xFFFA_0000_0000_0000 } }
    static var specialTagHigh: UInt32 { @inline(__always) get { 0xFFFA_0000 } }
    public static var cellTag: UInt64 { @inlinable @inline(__always) get { 0xFFF9_0000_0000_0000 } }
    public static var maximumDoubleBits: UInt64 { @inlinable @inline(__always) get { 0xFFF8_0000_0000_0000 } }

    // MARK: Special values

    public static var undefined: Value { @inlinable @inline(__always) get { Value(bits: 0xFFFA_0000_0000_0000) } }
    public static var null: Value { @inlinable @inline(__always) get { Value(bits: 0xFFFA_0000_0000_0001) } }
    public static var `false`: Value { @inlinable @inline(__always) get { Value(bits: 0xFFFA_0000_0000_0002) } }
    public static var `true`: Value { @inlinable @inline(__always) get { Value(bits: 0xFFFA_0000_0000_0003) } }
    /// A hole in an array, a binding in its dead zone, "no value": never visible to a guest.
    public static var empty: Value { @inlinable @inline(__always) get { Value(bits: 0xFFFA_0000_0000_0004) } }

    // MARK: Making values

    @inlinable @inline(__always) public init(_ value: Int32) {
        bits = Value.intTag | UInt64(UInt32(bitPattern: value))
    }
    @inlinable @inline(__always) public init(_ value: Bool) {
        bits = 0xFFFA_0000_0000_0002 &+ (value ? 1 : 0)
    }
    /// A double that arithmetic on canonical doubles produced: NaNs are the hardware's own, which stay in range.
    @inlinable @inline(__always) public init(double value: Double) {
        bits = value.bitPattern
    }
    /// A double of any bits: NaNs become the canonical NaN, nothing becomes an int.
    @inlinable @inline(__always) public init(anyDouble value: Double) {
        bits = value == value ? value.bitPattern : Value.nan.bits
    }
    /// Any double; integral ones become ints, NaNs of any bits become the canonical NaN.
    @inlinable @inline(__always) public init(number value: Double) {
        let candidate = Int32(truncatingIfNeeded: Int64(bitPattern: (value + 6755399441055744.0).bitPattern))
        if Double(candidate).bitPattern == value.bitPattern {
            self = Value(candidate)
        } else if value.isNaN {
            self = .nan
        } else {
            self = Value(bits: value.bitPattern)
        }
    }
    @inlinable @inline(__always) public init(_ value: Int) {
        if let small = Int32(exactly: value) { self = Value(small) } else { self = Value(double: Double(value)) }
    }
    @inlinable @inline(__always) public init(_ value: UInt32) {
        self = value <= 0x7FFF_FFFF ? Value(Int32(truncatingIfNeeded: value)) : Value(double: Double(value))
    }
    @inlinable @inline(__always) public init(object offset: UInt32) { bits = Value.objectTag | UInt64(offset) }
    @inlinable @inline(__always) public init(string offset: UInt32) { bits = Value.stringTag | UInt64(offset) }
    @inlinable @inline(__always) public init(symbol offset: UInt32) { bits = Value.symbolTag | UInt64(offset) }
    @inlinable @inline(__always) public init(bigInt offset: UInt32) { bits = Value.bigIntTag | UInt64(offset) }
    @inlinable @inline(__always) public init(cell offset: UInt32) { bits = Value.cellTag | UInt64(offset) }

    public static var nan: Value { @inlinable get { Value(bits: 0x7FF8_0000_0000_0000) } }
    public static var zero: Value { @inlinable get { Value(Int32(0)) } }

    // MARK: Asking and taking apart

    @inlinable @inline(__always) public var isInt: Bool { bits >= Value.intTag }
    @inlinable @inline(__always) public static func areInts(_ a: Value, _ b: Value) -> Bool {
        (a.bits & b.bits) >= Value.intTag
    }
    @inlinable @inline(__always) public var isDouble: Bool { bits <= Value.maximumDoubleBits }
    @inlinable @inline(__always) public var isNumber: Bool { isInt || isDouble }
    @inlinable @inline(__always) public var tag: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }
    @inlinable @inline(__always) public var isObject: Bool { tag == 0xFFFE_0000 }
    @inlinable @inline(__always) public var isString: Bool { tag == 0xFFFD_0000 }
    @inlinable @inline(__always) public var isSymbol: Bool { tag == 0xFFFC_0000 }
    @inlinable @inline(__always) public var isBigInt: Bool { tag == 0xFFFB_0000 }
    @inlinable @inline(__always) public var isCell: Bool { tag == 0xFFF9_0000 }
    @inlinable @inline(__always) public var isBoolean: Bool { bits &- 0xFFFA_0000_0000_0002 <= 1 }
    @inlinable @inline(__always) public var isUndefined: Bool { self == .undefined }
    @inlinable @inline(__always) public var isNull: Bool { self == .null }
    @inlinable @inline(__always) public var isNullish: Bool { bits &- 0xFFFA_0000_0000_0000 <= 1 }
    @inlinable @inline(__always) public var isEmpty: Bool { self == .empty }
    /// Whether the low 32 bits are a cage offset that the collector has to follow.
    @inlinable @inline(__always) public var isReference: Bool {
        let tag = bits >> 48
        return tag >= 0xFFF9 && tag <= 0xFFFE && tag != 0xFFFA
    }

    @inlinable @inline(__always) public var int: Int32 { Int32(truncatingIfNeeded: bits) }
    @inlinable @inline(__always) public var double: Double { Double(bitPattern: bits) }
    @inlinable @inline(__always) public var offset: UInt32 { UInt32(truncatingIfNeeded: bits) }
    /// The number of a value for which `isNumber` holds.
    @inlinable @inline(__always) public var number: Double { isInt ? Double(int) : double }
}

extension Value {
    /// A number that the engine keeps in a field of its own (a length, an offset, a place in bytecode). A cell that was
    /// overwritten may hold anything there: what is no integer up to 2^53 reads as 0.
    public var internalCount: Int {
        if isInt { return Int(int) }
        guard isDouble, double.magnitude <= 9_007_199_254_740_992 else { return 0 }
        return Int.bitWidth == 64 ? Int(double) : Int(clamping: Int64(double))
    }

    /// The largest length and index: 2^53 - 1. DEVIATION: where an Int has 32 bits, those that are larger than one count as 2^31 - 1.
    @inline(__always) static var largestCount: Double { Int.bitWidth == 64 ? 9_007_199_254_740_991 : 2_147_483_647 }
}
