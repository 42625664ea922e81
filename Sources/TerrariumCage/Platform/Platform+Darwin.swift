#if canImport(Darwin)
import Darwin

enum Platform: OperatingSystem {
    typealias File = NoMemoryFile

    static let pageSize: Int = {
        let size = sysconf(Int32(_SC_PAGESIZE))
        return size > 0 ? size : 16_384
    }()

    static var largestCageLog2: Int { Int.bitWidth == 64 ? 32 : 28 }

    static func reserve(byteCount: Int) -> UnsafeMutableRawPointer? {
        // SAFETY: an anonymous mapping at an address of the system's choice touches no existing memory.
        let pointer = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        // MAP_FAILED.
        guard UInt(bitPattern: pointer) != .max else { return nil }
        return unsafe pointer
    }

    static func release(_ base: UnsafeMutableRawPointer, byteCount: Int) {
        // SAFETY: exactly the range that `reserve` returned; the owner is going away.
        _ = unsafe munmap(base, byteCount)
    }

    static func decommit(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        // SAFETY: replaces a private anonymous range of ours by a fresh one at the same place.
        _ = unsafe mmap(start, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0)
    }

    static func residentBytes(_ start: UnsafeMutableRawPointer, byteCount: Int) -> Int { 0 }

    static func lowestStackAddress() -> UInt {
        // SAFETY: queries about the running thread.
        let top = unsafe UInt(bitPattern: pthread_get_stackaddr_np(pthread_self()))
        return top &- UInt(pthread_get_stacksize_np(pthread_self()))
    }

    static func currentThread() -> UInt { unsafe UInt(bitPattern: pthread_self()) }
}
#endif
