import TerrariumCage
import TerrariumText

/// Types of typed array elements and DataView accesses (ECMA-262 table 71), in the order of the intrinsics.
public enum ElementType: Int32, CaseIterable, Sendable {
    case int8, uint8, uint8Clamped, int16, uint16, int32, uint32, bigInt64, bigUint64, float16, float32, float64

    /// Bytes of an element.
    public var size: Int {
        switch self {
        case .int8, .uint8, .uint8Clamped: 1
        case .int16, .uint16, .float16: 2
        case .int32, .uint32, .float32: 4
        case .bigInt64, .bigUint64, .float64: 8
        }
    }

    public var isBigInt: Bool { self == .bigInt64 || self == .bigUint64 }

    /// Name of the typed array constructor.
    public var arrayName: String {
        switch self {
        case .int8: "Int8Array"
        case .uint8: "Uint8Array"
        case .uint8Clamped: "Uint8ClampedArray"
        case .int16: "Int16Array"
        case .uint16: "Uint16Array"
        case .int32: "Int32Array"
        case .uint32: "Uint32Array"
        case .bigInt64: "BigInt64Array"
        case .bigUint64: "BigUint64Array"
        case .float16: "Float16Array"
        case .float32: "Float32Array"
        case .float64: "Float64Array"
        }
    }

    /// Prototype of the typed arrays with this element type.
    public var prototype: Intrinsic { intrinsic(from: .int8ArrayPrototype) }
    public var constructor: Intrinsic { intrinsic(from: .int8Array) }

    private func intrinsic(from first: Intrinsic) -> Intrinsic {
        let prototypes: [Intrinsic] = [
            .int8ArrayPrototype, .uint8ArrayPrototype, .uint8ClampedArrayPrototype, .int16ArrayPrototype,
            .uint16ArrayPrototype, .int32ArrayPrototype, .uint32ArrayPrototype, .bigInt64ArrayPrototype,
            .bigUint64ArrayPrototype, .float16ArrayPrototype, .float32ArrayPrototype, .float64ArrayPrototype,
        ]
        let constructors: [Intrinsic] = [
            .int8Array, .uint8Array, .uint8ClampedArray, .int16Array, .uint16Array, .int32Array, .uint32Array,
            .bigInt64Array, .bigUint64Array, .float16Array, .float32Array, .float64Array,
        ]
        return (first == .int8Array ? constructors : prototypes)[Int(rawValue)]
    }
}

/// Elements as raw bits: what NumericToRawBytes gives, in the low bytes.
extension Machine {
    /// ToNumber or ToBigInt of a value that is to be stored. May run guest code.
    public func toElement(_ value: Value, _ type: ElementType) throws(Thrown) -> UInt64 {
        if type.isBigInt {
            let parts = bigIntParts(try toBigInt(value))
            let low = parts.limbs.first ?? 0
            return parts.negative ? 0 &- low : low
        }
        return rawBits(try toNumber(value), type)
    }

    /// Bits of a number as an element.
    @inline(__always)
    func rawBits(_ value: Value, _ type: ElementType) -> UInt64 {
        switch type {
        case .int8, .uint8, .int16, .uint16, .int32, .uint32:
            let integer = value.isInt ? value.int : Machine.toInt32(value.double)
            return UInt64(UInt32(bitPattern: integer))
        case .uint8Clamped:
            if value.isInt { return UInt64(max(0, min(255, value.int))) }
            let number = value.double
            if !(number > 0) { return 0 }
            return number >= 255 ? 255 : UInt64(number.rounded(.toNearestOrEven))
        case .float16: return UInt64(HalfPrecision.fromDouble(value.number))
        case .float32: return UInt64(Float(value.number).bitPattern)
        default: return value.number.bitPattern
        }
    }

    @inline(__always)
    public func loadElementBits(_ address: UInt32, _ size: Int) -> UInt64 {
        switch size {
        case 1: UInt64(cage.load8(address))
        case 2: UInt64(cage.load16(address))
        case 4: UInt64(cage.load32(address))
        default: cage.load64(address)
        }
    }

    @inline(__always)
    public func storeElementBits(_ address: UInt32, _ size: Int, _ bits: UInt64) {
        switch size {
        case 1: cage.store8(address, 0, UInt8(truncatingIfNeeded: bits))
        case 2: cage.store16(address, 0, UInt16(truncatingIfNeeded: bits))
        case 4: cage.store32(address, 0, UInt32(truncatingIfNeeded: bits))
        default: cage.store64(address, 0, bits)
        }
    }

    /// RawBytesToNumeric of the low bytes.
    public func value(ofBits bits: UInt64, _ type: ElementType) throws(Thrown) -> Value {
        switch type {
        case .bigInt64:
            let signed = Int64(bitPattern: bits)
            return try makeBigInt(negative: signed < 0, limbs: signed == 0 ? [] : [signed.magnitude])
        case .bigUint64: return try makeBigInt(negative: false, limbs: bits == 0 ? [] : [bits])
        default: return number(ofBits: bits, type)
        }
    }

    @inline(__always)
    func number(ofBits bits: UInt64, _ type: ElementType) -> Value {
        switch type {
        case .int8: Value(Int32(Int8(truncatingIfNeeded: bits)))
        case .uint8, .uint8Clamped: Value(Int32(UInt8(truncatingIfNeeded: bits)))
        case .int16: Value(Int32(Int16(truncatingIfNeeded: bits)))
        case .uint16: Value(Int32(UInt16(truncatingIfNeeded: bits)))
        case .int32: Value(Int32(truncatingIfNeeded: bits))
        case .uint32: Value(UInt32(truncatingIfNeeded: bits))
        case .float16: Value(number: HalfPrecision.toDouble(UInt16(truncatingIfNeeded: bits)))
        case .float32: Value(number: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        // Any bits are read: not a number in any form becomes the canonical one.
        default: Value(number: Double(bitPattern: bits))
        }
    }

    /// ToBigInt. May run guest code.
    public func toBigInt(_ value: Value) throws(Thrown) -> Value {
        let primitive = try toPrimitive(value, .number)
        if primitive.isBigInt { return primitive }
        if primitive.isBoolean { return try makeBigInt(negative: false, limbs: primitive == .true ? [1] : []) }
        if primitive.isString {
            guard let parsed = try parseBigInt(primitive) else {
                throw syntaxError("Cannot convert \(describe(primitive)) to a BigInt")
            }
            return try makeBigInt(parsed)
        }
        throw typeError("Cannot convert \(describe(primitive)) to a BigInt")
    }
}
