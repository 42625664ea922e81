/// A few words outside the cage that the interpreter reads and writes often: meters and the saved machine state.
///
/// They are not class properties because those are checked for exclusive access at run time, and not in the cage
/// because a guest must not be able to forge them.
@safe @frozen
public struct HostCells: Sendable {
    @usableFromInline nonisolated(unsafe) let base: UnsafeMutablePointer<Int64>

    @usableFromInline
    init(base: UnsafeMutablePointer<Int64>) { unsafe self.base = unsafe base }

    /// Number of cells: one for each index.
    public static let count = 256

    /// Cell by index.
    @inlinable @inline(__always)
    public subscript(index: UInt8) -> Int64 {
        get { unsafe base[Int(index)] }  // SAFETY: 256 cells are allocated.
        nonmutating set { unsafe base[Int(index)] = newValue }
    }
}

/// Owns the memory of `HostCells`.
public final class HostCellStorage: Sendable {
    public let cells: HostCells

    public init() {
        // The second half of a page. Processors take a load for one of what was stored just before at another address when the
        // last twelve bits are the same, and wait; the frames of programs that do not call deeply are in the first half of theirs
        // (richards: a seventh).
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 4096)
        let half = unsafe (memory + HostCellStorage.offset).bindMemory(to: Int64.self, capacity: HostCells.count)
        unsafe half.initialize(repeating: 0, count: HostCells.count)
        cells = unsafe HostCells(base: half)
    }

    private static let offset = 2048

    // SAFETY: what `init` allocated.
    deinit { unsafe (UnsafeMutableRawPointer(cells.base) - HostCellStorage.offset).deallocate() }
}
