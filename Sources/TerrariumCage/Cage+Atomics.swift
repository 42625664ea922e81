import Synchronization

/// Indivisible accesses, for memory that several machines share. Places are taken down to a multiple of their size.
extension Cage {
    /// Replaces an integer of 1, 2, 4 or 8 bytes by what the closure makes of it; returns the old one. The closure may be
    /// called more than once.
    public func atomicModify(_ offset: UInt32, size: Int, _ change: (UInt64) -> UInt64) -> UInt64 {
        switch size {
        case 1:
            // SAFETY: inside the cage and its guard; an atomic has the layout of its value.
            let place = unsafe address(offset, 0).assumingMemoryBound(to: Atomic<UInt8>.self)
            var known = unsafe place.pointee.load(ordering: .sequentiallyConsistent)
            while true {
                let (done, now) = unsafe place.pointee.weakCompareExchange(
                    expected: known, desired: UInt8(truncatingIfNeeded: change(UInt64(known))), ordering: .sequentiallyConsistent)
                if done { return UInt64(known) }
                known = now
            }
        case 2:
            // SAFETY: as above, at an aligned place.
            let place = unsafe address(offset & ~1, 0).assumingMemoryBound(to: Atomic<UInt16>.self)
            var known = unsafe place.pointee.load(ordering: .sequentiallyConsistent)
            while true {
                let (done, now) = unsafe place.pointee.weakCompareExchange(
                    expected: known, desired: UInt16(truncatingIfNeeded: change(UInt64(known))), ordering: .sequentiallyConsistent)
                if done { return UInt64(known) }
                known = now
            }
        case 4:
            // SAFETY: as above, at an aligned place.
            let place = unsafe address(offset & ~3, 0).assumingMemoryBound(to: Atomic<UInt32>.self)
            var known = unsafe place.pointee.load(ordering: .sequentiallyConsistent)
            while true {
                let (done, now) = unsafe place.pointee.weakCompareExchange(
                    expected: known, desired: UInt32(truncatingIfNeeded: change(UInt64(known))), ordering: .sequentiallyConsistent)
                if done { return UInt64(known) }
                known = now
            }
        default:
            // SAFETY: as above, at an aligned place.
            let place = unsafe address(offset & ~7, 0).assumingMemoryBound(to: Atomic<UInt64>.self)
            var known = unsafe place.pointee.load(ordering: .sequentiallyConsistent)
            while true {
                let (done, now) = unsafe place.pointee.weakCompareExchange(
                    expected: known, desired: change(known), ordering: .sequentiallyConsistent)
                if done { return known }
                known = now
            }
        }
    }
}
