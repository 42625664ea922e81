/// A few words outside the cage that the interpreter reads and writes often: meters and the saved machine state.
///
/// They are not class properties because those are checked for exclusive access at run time, and not in the cage
/// because a guest must not be able to forge them.
@safe @frozen
public struct HostCells: Sendable {
    @usableFromInline nonisolated(unsafe) let base: UnsafeMutablePointer<Int64>

    @usableFromInline
    init(base: UnsafeMutablePointer<Int64>) { unsafe self.base = unsafe base }

    /// Cell by index; only the low 6 bits count.
    @inlinable @inline(__always)
    public subscript(index: UInt8) -> Int64 {
        get { unsafe base[Int(truncatingIfNeeded: index & 63)] }  // SAFETY: 64 cells are allocated.
        nonmutating set { unsafe base[Int(truncatingIfNeeded: index & 63)] = newValue }
    }
}

/// Owns the memory of `HostCells`.
public final class HostCellStorage: Sendable {
    public let cells: HostCells

    public init() {
        let memory = UnsafeMutablePointer<Int64>.allocate(capacity: 64)
        unsafe memory.initialize(repeating: 0, count: 64)
        cells = unsafe HostCells(base: memory)
    }

    deinit { unsafe cells.base.deallocate() }
}
