/// All that differs between operating systems: virtual memory, the monotonic clock, the native stack.
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Android)
import Android
#elseif canImport(Darwin)
import Darwin
#elseif canImport(WASILibc)
import WASILibc
#endif

enum Platform {
    static let pageSize: Int = {
        let size = sysconf(Int32(_SC_PAGESIZE))
        return size > 0 ? size : 4096
    }()

    /// Reserves address space; pages appear, zeroed, when they are touched.
    static func reserve(byteCount: Int) -> UnsafeMutableRawPointer? {
        #if os(Linux) || os(Android)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        #else
        let flags = MAP_PRIVATE | MAP_ANON
        #endif
        // SAFETY: an anonymous mapping at an address of the system's choice touches no existing memory.
        let pointer = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard unsafe pointer != MAP_FAILED else { return nil }
        return unsafe pointer
    }

    static func release(_ base: UnsafeMutableRawPointer, byteCount: Int) {
        // SAFETY: exactly the range that `reserve` returned; the owner is going away.
        _ = unsafe munmap(base, byteCount)
    }

    static func decommit(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        #if os(Linux) || os(Android)
        // SAFETY: a private anonymous range reads as zero afterwards, which is what callers expect.
        _ = unsafe madvise(start, byteCount, MADV_DONTNEED)
        #else
        // SAFETY: replaces a private anonymous range of ours by a fresh one at the same place.
        _ = unsafe mmap(start, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0)
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
}

/// The system's monotonic clock, for deadlines. It never reaches a guest.
public enum MonotonicClock {
    /// Nanoseconds since an arbitrary start.
    public static func now() -> Int64 {
        var time = timespec()
        // SAFETY: the pointer is to a local for the length of the call.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

#if os(Linux) || os(Android)
/// `pthread_getattr_np` of the platform's libc; its header hides it behind a feature macro that the module map does
/// not set.
@_silgen_name("pthread_getattr_np")
private func attributesOfThread(_ thread: pthread_t, _ attributes: UnsafeMutablePointer<pthread_attr_t>) -> Int32

/// `gettid`, hidden likewise.
@_silgen_name("gettid")
private func idOfThread() -> pid_t

#if canImport(Glibc)
private let stackLimit = __rlimit_resource_t(RLIMIT_STACK.rawValue)
#else
private let stackLimit = RLIMIT_STACK
#endif
#endif

/// How much of the calling thread's stack is left, for the few places that recurse natively.
public struct NativeStack: Sendable {
    /// Lowest address that native recursion may reach.
    @usableFromInline let limit: UInt

    /// Measures the calling thread's stack; keeps `reserve` bytes free below the limit.
    public init(reserve: Int = 64 * 1024) {
        #if os(Linux) || os(Android)
        // The system would read its list of mappings for the main thread, which may grow to the limit of the process.
        var limits = rlimit()
        // SAFETY: the pointer is to a local for the length of the call.
        if getpid() == idOfThread(), unsafe getrlimit(stackLimit, &limits) == 0 {
            let most = min(UInt(limits.rlim_cur), 8 << 20)
            // What the callers use already is not known; what is left is estimated from here.
            let here = NativeStack.position()
            limit = here &- min(here, most &- min(most, 256 * 1024)) &+ UInt(reserve)
            return
        }
        var attributes = pthread_attr_t()
        var lowest: UInt = 0
        var address: UnsafeMutableRawPointer?
        var size = 0
        // SAFETY: pthread fills the attributes of the running thread into locals of ours.
        if unsafe attributesOfThread(pthread_self(), &attributes) == 0 {
            unsafe pthread_attr_getstack(&attributes, &address, &size)
            unsafe pthread_attr_destroy(&attributes)
        }
        lowest = UInt(bitPattern: address)
        // The main thread's mapping may be larger than what the system lets it grow to.
        let here = NativeStack.position()
        let most: UInt = 8 << 20
        if here > lowest, here - lowest > most { lowest = here - most }
        limit = lowest &+ UInt(reserve)
        #elseif canImport(Darwin)
        // SAFETY: queries about the running thread.
        let top = unsafe UInt(bitPattern: pthread_get_stackaddr_np(pthread_self()))
        limit = top &- UInt(pthread_get_stacksize_np(pthread_self())) &+ UInt(reserve)
        #else
        limit = NativeStack.position() &- 256 * 1024
        #endif
    }

    /// A number that differs between the threads that live at the same time.
    public static func currentThread() -> UInt {
        #if canImport(Darwin)
        return unsafe UInt(bitPattern: pthread_self())
        #elseif os(Linux) || os(Android)
        return UInt(pthread_self())
        #else
        return 0
        #endif
    }

    /// An address in the caller's frame, as a number.
    @inline(never) public static func position() -> UInt {
        var local: UInt8 = 0
        // SAFETY: the address is only used as a number.
        return unsafe withUnsafeMutablePointer(to: &local) { UInt(bitPattern: $0) }
    }

    /// Whether native recursion has to stop here.
    @inlinable public var isExhausted: Bool { NativeStack.position() < limit }
}
