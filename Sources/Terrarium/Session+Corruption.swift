internal import TerrariumCage
internal import TerrariumEngine

/// For tests of the containment only: stands for a memory bug of the engine that an attacker has found. A guest whose
/// cage was overwritten may compute anything, but the process lives, no access leaves the cage and the meters hold.
extension Session {
    /// Offsets of the registers and the heap that are in use.
    @_spi(Corruption) public var usedRange: Range<UInt32> { machine.usedRange }

    /// A word of the cage.
    @_spi(Corruption) public func word(at offset: UInt32) -> UInt64 { machine.cage.load64(offset) }

    /// Overwrites a word of the cage.
    @_spi(Corruption) public func overwrite(_ offset: UInt32, _ bits: UInt64) { machine.cage.store64(offset, 0, bits) }

    /// Fuel anew, and no limit reached: what runs next is metered by itself.
    @_spi(Corruption) public func refuel(_ units: Int64) { begin(EntryLimits(fuel: units)) }
}
