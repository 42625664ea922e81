#if os(Linux) || os(Android)
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Android)
import Android
#endif

enum Platform: OperatingSystem {
    typealias File = LinuxMemoryFile

    static let pageSize: Int = {
        let size = sysconf(Int32(_SC_PAGESIZE))
        return size > 0 ? size : 4096
    }()

    static var largestCageLog2: Int { Int.bitWidth == 64 ? 32 : 28 }

    static func reserve(byteCount: Int) -> UnsafeMutableRawPointer? {
        // SAFETY: an anonymous mapping at an address of the system's choice touches no existing memory.
        let pointer = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        // MAP_FAILED.
        guard UInt(bitPattern: pointer) != .max else { return nil }
        return unsafe pointer
    }

    static func release(_ base: UnsafeMutableRawPointer, byteCount: Int) {
        // SAFETY: exactly the range that `reserve` returned; the owner is going away.
        _ = unsafe munmap(base, byteCount)
    }

    static func decommit(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        // SAFETY: a private anonymous range reads as zero afterwards, which is what callers expect.
        _ = unsafe madvise(start, byteCount, MADV_DONTNEED)
    }

    static func preferLargePages(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        #if os(Linux)
        let first = unsafe start.alignedUp(toMultipleOf: pageSize), end = unsafe (start + byteCount).alignedDown(toMultipleOf: pageSize)
        guard unsafe first < end else { return }
        // SAFETY: advice only; it changes no contents. A system without large pages refuses it, which is fine.
        _ = unsafe madvise(first, end - first, 14)  // MADV_HUGEPAGE
        #endif
    }

    static func residentBytes(_ start: UnsafeMutableRawPointer, byteCount: Int) -> Int {
        #if os(Linux)
        let pages = byteCount / pageSize
        var states = [UInt8](repeating: 0, count: pages)
        // SAFETY: the vector has one byte for each page of the range.
        let failed = unsafe states.withUnsafeMutableBufferPointer { unsafe mincore(start, byteCount, $0.baseAddress) }
        guard failed == 0 else { return 0 }
        return states.reduce(0) { $0 + Int($1 & 1) } * pageSize
        #else
        return 0
        #endif
    }

    static func lowestStackAddress() -> UInt {
        let here = NativeStack.position()
        // The system would read its list of mappings for the main thread, which may grow to the limit of the process.
        var limits = rlimit()
        // SAFETY: the pointer is to a local for the length of the call.
        if getpid() == idOfThread(), unsafe getrlimit(stackLimit, &limits) == 0 {
            let most = min(UInt(limits.rlim_cur), 8 << 20)
            // What the callers use already is not known; what is left is estimated from here.
            return here &- min(here, most &- min(most, 256 * 1024))
        }
        var attributes = pthread_attr_t()
        var address: UnsafeMutableRawPointer?
        var size = 0
        // SAFETY: pthread fills the attributes of the running thread into locals of ours.
        if unsafe attributesOfThread(pthread_self(), &attributes) == 0 {
            unsafe pthread_attr_getstack(&attributes, &address, &size)
            unsafe pthread_attr_destroy(&attributes)
        }
        let lowest = UInt(bitPattern: address)
        // The main thread's mapping may be larger than what the system lets it grow to.
        let most: UInt = 8 << 20
        return here > lowest && here - lowest > most ? here - most : lowest
    }

    static func currentThread() -> UInt { UInt(pthread_self()) }
}

/// Of `memfd_create`.
final class LinuxMemoryFile: MemoryFile {
    private let descriptor: Int32

    init?(name: StaticString) {
        // SAFETY: the name is a constant that ends in a zero. 1 is MFD_CLOEXEC.
        descriptor = name.withUTF8Buffer { name in
            guard let start = name.baseAddress else { return -1 }
            return unsafe UnsafeRawPointer(start).withMemoryRebound(to: CChar.self, capacity: name.count + 1) { unsafe anonymousFile($0, 1) }
        }
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    static var areThere: Bool { true }

    func grow(to byteCount: Int) -> Bool { ftruncate(descriptor, off_t(byteCount)) == 0 }

    func write(_ bytes: [UInt8], at place: Int) -> Bool {
        var done = 0
        while done < bytes.count {
            // SAFETY: what is left of the array.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe pwrite(descriptor, $0.baseAddress.map { unsafe $0 + done }, $0.count - done, off_t(place + done))
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    func read(at place: Int, count: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            // SAFETY: what is left of the array.
            let more = unsafe result.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress.map { unsafe $0 + done }, $0.count - done, off_t(place + done))
            }
            if more <= 0 { break }
            done += more
        }
        return result
    }

    func cut(at place: Int, count: Int) -> Bool {
        // FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
        allocateFile(descriptor, 3, off_t(place), off_t(count)) == 0
    }

    func mapPrivately(at start: UnsafeMutableRawPointer, byteCount: Int) -> Bool {
        // SAFETY: the caller's pages; the file is at least as long.
        unsafe mmap(start, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, descriptor, 0) == start
    }

    func map(at start: UnsafeMutableRawPointer, byteCount: Int, from place: Int) -> Bool {
        // SAFETY: the caller's pages; the file is at least as long as the range's end.
        unsafe mmap(start, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, off_t(place)) == start
    }

    static func unmap(at start: UnsafeMutableRawPointer, byteCount: Int) -> Bool {
        // SAFETY: the caller's pages, replaced by fresh ones.
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED
        return unsafe mmap(start, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0) == start
    }
}

// What headers hide behind a feature macro that the module map does not set.

@_silgen_name("memfd_create")
private func anonymousFile(_ name: UnsafePointer<CChar>, _ flags: UInt32) -> Int32
@_silgen_name("fallocate")
private func allocateFile(_ file: Int32, _ mode: Int32, _ offset: off_t, _ length: off_t) -> Int32
@_silgen_name("pthread_getattr_np")
private func attributesOfThread(_ thread: pthread_t, _ attributes: UnsafeMutablePointer<pthread_attr_t>) -> Int32
@_silgen_name("gettid")
private func idOfThread() -> pid_t

#if canImport(Glibc)
private let stackLimit = __rlimit_resource_t(RLIMIT_STACK.rawValue)
#else
private let stackLimit = RLIMIT_STACK
#endif
#endif
