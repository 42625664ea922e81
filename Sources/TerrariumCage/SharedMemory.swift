/// Memory that several cages have at once, each at an offset of its own: blocks of one anonymous file.
///
/// Rules:
/// 1. A block is mapped over whole pages that lie inside a cage, so an offset that names it is bounded as any other; what
///    another machine writes there can only be wrong bytes, never a reference that leaves the cage.
/// 2. Which pages are mapped is known to the host alone. Before the pages of a block are used for anything else, they
///    become private again (`unmap`): no machine can reach the heap of another.
/// 3. The file is never shorter than the blocks that were made of it. A block that is released is cut out of the file,
///    so that it reads as zero when its place is used again.
import Synchronization

public final class SharedMemory: Sendable {
    fileprivate let file: Platform.File
    private let limit: Int
    private struct State {
        var end = 0
        var used = 0
        var count = 0
        /// Places of released blocks, by size.
        var free: [Int: [Int]] = [:]
    }
    private let state = Mutex(State())
    /// Mappings are a resource of the whole process.
    private static let maximumBlocks = 4096

    /// - Parameter limit: bytes that all blocks together may have.
    /// - Returns: nil where the system has no anonymous files.
    public init?(limit: Int) {
        self.limit = limit
        guard let file = Platform.File(name: "shared") else { return nil }
        self.file = file
    }

    /// A block of zeroes; nil when the limit is reached or the system has no memory for it.
    public func makeBlock(length: Int, capacity: Int) -> SharedBlock? {
        let page = Cage.pageSize
        guard capacity >= 0, length <= capacity, capacity <= limit else { return nil }
        let size = max(1, (capacity + page - 1) / page) * page
        let place: Int? = state.withLock { state in
            guard state.used + size <= limit, state.count < SharedMemory.maximumBlocks else { return nil }
            var place = state.free[size]?.popLast()
            if place == nil {
                guard Int64(state.end) + Int64(size) < 1 << 40, file.grow(to: state.end + size) else { return nil }
                place = state.end
                state.end += size
            }
            state.used += size
            state.count += 1
            return place
        }
        return place.map { SharedBlock(memory: self, place: $0, size: size, length: length, capacity: capacity) }
    }

    fileprivate func release(_ place: Int, _ size: Int) {
        let isCut = file.cut(at: place, count: size)
        state.withLock { state in
            state.used -= size
            state.count -= 1
            if isCut { state.free[size, default: []].append(place) }
        }
    }
}

/// One block. Machines that have it mapped keep it alive.
public final class SharedBlock: Sendable {
    private let memory: SharedMemory
    fileprivate let place: Int
    /// Bytes that are mapped: whole pages.
    public let size: Int
    /// Bytes that the block may grow to.
    public let capacity: Int
    private let count: Atomic<Int>
    /// Who waits for a change of the block.
    public let waiters = WaiterTable()

    fileprivate init(memory: SharedMemory, place: Int, size: Int, length: Int, capacity: Int) {
        self.memory = memory
        self.place = place
        self.size = size
        self.capacity = capacity
        count = Atomic(length)
    }

    deinit { memory.release(place, size) }

    /// Bytes in use now, the same for all machines.
    public var length: Int { count.load(ordering: .sequentiallyConsistent) }

    /// Makes the block longer, up to its capacity; false when it is longer already.
    public func grow(to length: Int) -> Bool {
        guard length <= capacity else { return false }
        var known = count.load(ordering: .sequentiallyConsistent)
        while known <= length {
            let (done, now) = count.compareExchange(expected: known, desired: length, ordering: .sequentiallyConsistent)
            if done { return true }
            known = now
        }
        return false
    }

    fileprivate var file: Platform.File { memory.file }
}

extension Cage {
    /// Puts a block in the place of pages of the cage; false when they do not lie inside or the system refuses.
    public func map(_ block: SharedBlock, at offset: UInt32) -> Bool {
        let start = Int(offset & mask)
        guard start % Cage.pageSize == 0, start + block.size <= size else { return false }
        // SAFETY: whole pages inside the reservation; the file is at least as long as the block's end.
        return unsafe block.file.map(at: base + start, byteCount: block.size, from: block.place)
    }

    /// Makes whole pages inside the range private again; they read as zero.
    public func unmap(_ offset: UInt32, count: Int) -> Bool {
        let page = Cage.pageSize
        let start = Int(offset & mask)
        let first = (start + page - 1) / page * page
        let end = (start + clamped(offset, count)) / page * page
        guard end > first else { return true }
        // SAFETY: whole pages inside the reservation.
        return unsafe Platform.File.unmap(at: base + first, byteCount: end - first)
    }
}
