import TerrariumCage

/// A value in a register, by its halves: asking for its tag is one comparison with memory, where that of a whole word needs
/// masks and constants of eight bytes in registers.
struct Operand {
    let tag: UInt32
    let offset: UInt32

    @inline(__always) var isInt: Bool { tag == 0xFFFF_FFFF }
    @inline(__always) var isObject: Bool { tag == 0xFFFE_0000 }
    @inline(__always) var isString: Bool { tag == 0xFFFD_0000 }
}

extension RegisterWindow {
    @inline(__always) func operand(_ index: UInt16) -> Operand { Operand(tag: high(index), offset: low(index)) }
}
