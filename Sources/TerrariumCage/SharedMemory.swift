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
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Android)
import Android
#endif

public final class SharedMemory: Sendable {
    fileprivate let file: Int32
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
        #if os(Linux) || os(Android)
        // SAFETY: the name is a constant; it is for people only.
        file = unsafe anonymousFile("shared", 1)
        guard file >= 0 else { return nil }
        #else
        return nil
        #endif
    }

    deinit {
        #if os(Linux) || os(Android)
        close(file)
        #endif
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
                #if os(Linux) || os(Android)
                guard state.end + size < 1 << 40, ftruncate(file, off_t(state.end + size)) == 0 else { return nil }
                #endif
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
        #if os(Linux) || os(Android)
        // FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
        let isCut = allocateFile(file, 3, off_t(place), off_t(size)) == 0
        #else
        let isCut = false
        #endif
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

    fileprivate var file: Int32 { memory.file }
}

extension Cage {
    /// Puts a block in the place of pages of the cage; false when they do not lie inside or the system refuses.
    public func map(_ block: SharedBlock, at offset: UInt32) -> Bool {
        let start = Int(offset & mask)
        guard start % Cage.pageSize == 0, start + block.size <= size else { return false }
        #if os(Linux) || os(Android)
        // SAFETY: replaces whole pages inside the reservation; the file is at least as long as the block's end.
        let mapped = unsafe mmap(
            base + start, block.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, block.file, off_t(block.place))
        return unsafe mapped == base + start
        #else
        return false
        #endif
    }

    /// Makes whole pages inside the range private again; they read as zero.
    public func unmap(_ offset: UInt32, count: Int) -> Bool {
        let page = Cage.pageSize
        let start = Int(offset & mask)
        let first = (start + page - 1) / page * page
        let end = min(start + max(0, count), size) / page * page
        guard end > first else { return true }
        #if os(Linux) || os(Android)
        // SAFETY: replaces whole pages inside the reservation by fresh ones.
        let mapped = unsafe mmap(
            base + first, end - first, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0)
        return unsafe mapped == base + first
        #else
        decommit(offset, count: count)
        return true
        #endif
    }
}

#if os(Linux) || os(Android)
/// `memfd_create` and `fallocate`, which the headers hide behind a feature macro that the module map does not set.
@_silgen_name("memfd_create")
private func anonymousFile(_ name: UnsafePointer<CChar>, _ flags: UInt32) -> Int32
@_silgen_name("fallocate")
private func allocateFile(_ file: Int32, _ mode: Int32, _ offset: off_t, _ length: off_t) -> Int32
#endif
