/// Builders for instruction words; the layout is described at `Opcode`.
public enum Instruction {
    @inlinable public static func word(
        _ opcode: Opcode, x: UInt8 = 0, a: UInt16 = 0, b: UInt16 = 0, c: UInt16 = 0
    ) -> UInt64 {
        UInt64(opcode.rawValue) | UInt64(x) << 8 | UInt64(a) << 16 | UInt64(b) << 32 | UInt64(c) << 48
    }
    /// With a 32-bit immediate or distance in place of b and c.
    @inlinable public static func word(_ opcode: Opcode, x: UInt8 = 0, a: UInt16 = 0, immediate: Int32) -> UInt64 {
        UInt64(opcode.rawValue) | UInt64(x) << 8 | UInt64(a) << 16 | UInt64(UInt32(bitPattern: immediate)) << 32
    }
}

/// Field access on an instruction word.
extension UInt64 {
    @inlinable @inline(__always) var fieldX: UInt8 { UInt8(truncatingIfNeeded: self >> 8) }
    @inlinable @inline(__always) var fieldA: UInt16 { UInt16(truncatingIfNeeded: self >> 16) }
    @inlinable @inline(__always) var fieldB: UInt16 { UInt16(truncatingIfNeeded: self >> 32) }
    @inlinable @inline(__always) var fieldC: UInt16 { UInt16(truncatingIfNeeded: self >> 48) }
    @inlinable @inline(__always) var immediate: Int32 { Int32(truncatingIfNeeded: self >> 32) }
    @inlinable @inline(__always) var immediateB: Int32 { Int32(Int16(truncatingIfNeeded: self >> 32)) }
    /// Right operand of `bitAndI`.
    @inlinable @inline(__always) var immediateMask: Int32 { Int32(bitPattern: UInt32(bitPattern: immediateC) &>> UInt32(fieldX)) }
    @inlinable @inline(__always) var immediateC: Int32 { Int32(Int16(truncatingIfNeeded: self >> 48)) }
}
