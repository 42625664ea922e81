/// The sealed region that holds all guest state.
///
/// Rules that hold here:
/// 1. A guest reference is a 32-bit offset. Every access masks the offset to the reservation and adds at most
///    `guardBytes`, all of which is mapped readable and writable: no offset, however corrupt, leaves the region.
/// 2. Nothing in the region is ever an address.
/// 3. Pages are committed by the first touch and given back by `decommit`; fresh and decommitted pages read as zero.
///
/// `Cage` is a copyable view: two words, passed by value, no reference counting. `CageReservation` owns the mapping.
@safe @frozen
public struct Cage: Sendable {
    @usableFromInline nonisolated(unsafe) let base: UnsafeMutableRawPointer
    /// Size of the reservation minus one; the size is a power of two.
    public let mask: UInt32

    /// Bytes mapped behind the end: a masked offset plus a 16-bit register index times 8, or a field below 64 KiB,
    /// plus the widest access stay inside.
    public static var guardBytes: Int { 1 << 20 }

    @usableFromInline
    init(base: UnsafeMutableRawPointer, mask: UInt32) {
        unsafe self.base = unsafe base
        self.mask = mask
    }

    /// Size of the reservation in bytes.
    @inlinable public var size: Int { Int(mask) + 1 }

    /// The address of `offset + field`, in bounds by rule 1.
    @inlinable @inline(__always)
    func address(_ offset: UInt32, _ field: UInt16) -> UnsafeMutableRawPointer {
        // SAFETY: (offset & mask) < size and field < 64 KiB < guardBytes.
        unsafe base + (Int(truncatingIfNeeded: offset & mask) &+ Int(truncatingIfNeeded: field))
    }

    // MARK: Typed loads and stores (little-endian hosts, no alignment needed)

    @inlinable @inline(__always) public func load8(_ offset: UInt32, _ field: UInt16 = 0) -> UInt8 {
        unsafe address(offset, field).load(as: UInt8.self)
    }
    @inlinable @inline(__always) public func load16(_ offset: UInt32, _ field: UInt16 = 0) -> UInt16 {
        unsafe address(offset, field).loadUnaligned(as: UInt16.self)
    }
    @inlinable @inline(__always) public func load32(_ offset: UInt32, _ field: UInt16 = 0) -> UInt32 {
        unsafe address(offset, field).loadUnaligned(as: UInt32.self)
    }
    @inlinable @inline(__always) public func load64(_ offset: UInt32, _ field: UInt16 = 0) -> UInt64 {
        unsafe address(offset, field).loadUnaligned(as: UInt64.self)
    }
    @inlinable @inline(__always) public func store8(_ offset: UInt32, _ field: UInt16 = 0, _ value: UInt8) {
        unsafe address(offset, field).storeBytes(of: value, as: UInt8.self)
    }
    @inlinable @inline(__always) public func store16(_ offset: UInt32, _ field: UInt16 = 0, _ value: UInt16) {
        unsafe address(offset, field).storeBytes(of: value, as: UInt16.self)
    }
    @inlinable @inline(__always) public func store32(_ offset: UInt32, _ field: UInt16 = 0, _ value: UInt32) {
        unsafe address(offset, field).storeBytes(of: value, as: UInt32.self)
    }
    @inlinable @inline(__always) public func store64(_ offset: UInt32, _ field: UInt16 = 0, _ value: UInt64) {
        unsafe address(offset, field).storeBytes(of: value, as: UInt64.self)
    }

    // MARK: Register windows

    /// The register window whose register 0 lies at `offset`.
    @inlinable @inline(__always) public func window(at offset: UInt32) -> RegisterWindow {
        unsafe RegisterWindow(pointer: address(offset, 0))
    }
    /// The offset at which `window` starts.
    @inlinable @inline(__always) public func offset(of window: RegisterWindow) -> UInt32 {
        UInt32(truncatingIfNeeded: unsafe window.pointer - base)
    }
}

extension Cage {
    // MARK: Code

    /// The place of the word of code at `offset`.
    @inlinable @inline(__always) public func code(at offset: UInt32) -> CodePointer {
        unsafe CodePointer(pointer: address(offset, 0))
    }
    /// The offset of a place in code; one behind the end gives what is beyond the size.
    @inlinable @inline(__always) public func offset(of code: CodePointer) -> UInt32 {
        UInt32(truncatingIfNeeded: unsafe code.pointer - base)
    }
}

/// A place in code that an interpreter reads word by word, without a mask for each.
///
/// Rules:
/// 1. It starts in the cage (`Cage.code(at:)`), as after each jump; otherwise it only moves on, from a word that is read and by
///    five words at most, or back over the word that it just passed.
/// 2. Nobody moves on from a word of zeros, which is no instruction. The last half of the guard has nothing but zeros, as no
///    window and no field reaches it, so a place never comes far into that.
@safe @frozen
public struct CodePointer {
    @usableFromInline let pointer: UnsafeMutableRawPointer

    @inlinable @inline(__always)
    init(pointer: UnsafeMutableRawPointer) { unsafe self.pointer = unsafe pointer }

    /// The place behind this word.
    @inlinable @inline(__always)
    public var next: CodePointer { unsafe CodePointer(pointer: pointer + 8) }

    /// The place of the word that ends here.
    @inlinable @inline(__always)
    public var previous: CodePointer { unsafe CodePointer(pointer: pointer - 8) }

    /// The place behind two words of cache.
    @inlinable @inline(__always)
    public var pastCache: CodePointer { unsafe CodePointer(pointer: pointer + 16) }

    // SAFETY: by the rules the place is at most a few words into the second half of the guard, and a field less than 64 KiB.
    @inlinable @inline(__always)
    public func load64(_ field: UInt16 = 0) -> UInt64 {
        unsafe pointer.loadUnaligned(fromByteOffset: Int(truncatingIfNeeded: field), as: UInt64.self)
    }
    @inlinable @inline(__always)
    public func load32(_ field: UInt16 = 0) -> UInt32 {
        unsafe pointer.loadUnaligned(fromByteOffset: Int(truncatingIfNeeded: field), as: UInt32.self)
    }
}

/// Registers of one frame: 65,536 words from a checked start; every 16-bit index is inside the cage or its guard.
@safe @frozen
public struct RegisterWindow {
    @usableFromInline let pointer: UnsafeMutableRawPointer

    @inlinable @inline(__always)
    init(pointer: UnsafeMutableRawPointer) { unsafe self.pointer = unsafe pointer }

    @inlinable @inline(__always)
    public subscript(index: UInt16) -> UInt64 {
        get {
            // SAFETY: the start is below size, 65,535 * 8 + 8 <= 512 KiB < guardBytes.
            unsafe pointer.loadUnaligned(
                fromByteOffset: Int(truncatingIfNeeded: index) &* 8, as: UInt64.self)
        }
        nonmutating set {
            unsafe pointer.storeBytes(
                of: newValue, toByteOffset: Int(truncatingIfNeeded: index) &* 8, as: UInt64.self)
        }
    }

    /// The halves of a register. SAFETY: as for a whole one.
    @inlinable @inline(__always)
    public func low(_ index: UInt16) -> UInt32 {
        unsafe pointer.loadUnaligned(fromByteOffset: Int(truncatingIfNeeded: index) &* 8, as: UInt32.self)
    }
    @inlinable @inline(__always)
    public func high(_ index: UInt16) -> UInt32 {
        unsafe pointer.loadUnaligned(fromByteOffset: Int(truncatingIfNeeded: index) &* 8 &+ 4, as: UInt32.self)
    }
}

/// A type with one case for every value of a byte, so that the cast below is total.
public protocol ByteEnum: RawRepresentable where RawValue == UInt8 {}

/// Decodes one byte as an enumeration of exactly 256 cases, without the switch that `init(rawValue:)` is.
@inlinable @inline(__always)
public func decodeByte<E: ByteEnum>(_ byte: UInt8, as: E.Type) -> E {
    // SAFETY: a conforming enum has 256 cases and a UInt8 raw value (checked by a test), so every byte is a case.
    unsafe unsafeBitCast(byte, to: E.self)
}
