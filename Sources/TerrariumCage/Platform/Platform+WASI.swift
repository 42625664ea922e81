#if os(WASI)
import Synchronization
import WASILibc

/// WebAssembly has one memory, which grows and never shrinks: nothing can be reserved, mapped or protected. Cages are small
/// and wholly there. Every offset is masked to the cage's size as everywhere, so that the guard behind it is enough.
enum Platform: OperatingSystem {
    typealias File = NoMemoryFile

    static var pageSize: Int { 4096 }

    /// 128 MiB; the memory of WebAssembly has 4 GiB at most.
    static var largestCageLog2: Int { 27 }

    /// Cages of other times, by size. They are all zeroes.
    private static let unused = Mutex<[Int: [UInt]]>([:])

    static func reserve(byteCount: Int) -> UnsafeMutableRawPointer? {
        if let place = unused.withLock({ $0[byteCount]?.popLast() }) { return unsafe UnsafeMutableRawPointer(bitPattern: place) }
        // SAFETY: memory that was not there before: nobody else has it, it reads as zero, and a runtime takes it when it is
        // touched. The allocator expects that others make the memory grow too.
        guard let base = unsafe sbrk((byteCount + 65_535) / 65_536 * 65_536), UInt(bitPattern: base) != .max else { return nil }
        return unsafe base
    }

    static func release(_ base: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe decommit(base, byteCount: byteCount)
        let place = UInt(bitPattern: base)
        unused.withLock { $0[byteCount, default: []].append(place) }
    }

    /// Pages that are zero already are only read, so that a runtime does not have to take them.
    static func decommit(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        var page = unsafe start
        var left = byteCount
        while left > 0 {
            let count = min(left, pageSize)
            // SAFETY: the part of the caller's range that is left.
            let words = unsafe UnsafeRawBufferPointer(start: page, count: count).bindMemory(to: UInt64.self)
            if unsafe words.contains(where: { $0 != 0 }) { unsafe page.initializeMemory(as: UInt8.self, repeating: 0, count: count) }
            unsafe page += count
            left -= count
        }
    }

    static func residentBytes(_ start: UnsafeMutableRawPointer, byteCount: Int) -> Int { 0 }

    /// The size of the stack that is in memory is an option of the linker, which nothing says at run time: half a mebibyte
    /// below the first caller is taken for granted (docs/platforms.md). The runtime's own stack cannot be measured.
    private static let lowest: UInt = {
        let here = NativeStack.position()
        return here &- min(here, 512 * 1024)
    }()

    static func lowestStackAddress() -> UInt { lowest }

    static func currentThread() -> UInt { 0 }
}
#endif
