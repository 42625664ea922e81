/// Owns one cage: reserves the address range, gives pages back, unmaps at the end of its life.
public final class CageReservation: Sendable {
    public let cage: Cage

    /// Power of two of the size of the largest cage here: 32 (4 GiB) where memory can be reserved without being taken.
    public static var largestLog2: Int { Platform.largestCageLog2 }

    /// Reserves a cage. No memory is committed yet, where the system can reserve.
    /// - Parameter sizeLog2: power of two of the size in bytes, 20 (1 MiB) to `largestLog2`.
    /// - Returns: nil when the size is out of that range or the address space has no room.
    public init?(sizeLog2: Int = CageReservation.largestLog2) {
        guard sizeLog2 >= 20, sizeLog2 <= CageReservation.largestLog2 else { return nil }
        let size = 1 << sizeLog2
        guard let base = unsafe Platform.reserve(byteCount: size + Cage.guardBytes) else { return nil }
        cage = unsafe Cage(base: base, mask: UInt32(truncatingIfNeeded: size - 1))
    }

    /// A cage that starts as an image.
    public convenience init?(sizeLog2: Int, image: CageImage) {
        self.init(sizeLog2: sizeLog2)
        guard image.map(into: cage) else { return nil }
    }

    deinit {
        unsafe Platform.release(cage.base, byteCount: cage.size + Cage.guardBytes)
    }
}

extension Cage {
    /// Size of a page that `decommit` can give back.
    public static var pageSize: Int { Platform.pageSize }

    /// Gives the whole pages inside the range back to the system; they read as zero from now on.
    public func decommit(_ offset: UInt32, count: Int) {
        let page = Cage.pageSize
        let start = Int(offset & mask)
        let first = (start + page - 1) / page * page
        let end = (start + clamped(offset, count)) / page * page
        guard end > first else { return }
        // SAFETY: first and end lie inside the reservation.
        unsafe Platform.decommit(base + first, byteCount: end - first)
    }

    /// Bytes of the cage that are resident now, as the system counts them (for tests and reports).
    public func residentBytes() -> Int {
        unsafe Platform.residentBytes(base, byteCount: size)
    }
}
