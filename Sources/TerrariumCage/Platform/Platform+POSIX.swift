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

#if !os(Windows)
/// Time, as all systems but one have it.
extension Platform {
    #if os(WASI)
    // The clocks of its libc are macros for addresses, which Swift does not import.
    static func monotonicTime() -> Int64 { time(1) }
    static func wallTime() -> Int64 { time(0) }

    private static func time(_ clock: UInt32) -> Int64 {
        var time: UInt64 = 0
        // SAFETY: the pointer is to a local for the length of the call.
        _ = unsafe __wasi_clock_time_get(clock, 1, &time)
        return Int64(truncatingIfNeeded: time)
    }
    #else
    static func monotonicTime() -> Int64 {
        var time = timespec()
        // SAFETY: the pointer is to a local for the length of the call.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    static func wallTime() -> Int64 {
        var time = timespec()
        // SAFETY: the pointer is to a local for the length of the call.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
    #endif

    static func sleep(nanoseconds: Int64) {
        var time = timespec()
        time.tv_sec = .init(max(0, nanoseconds) / 1_000_000_000)
        time.tv_nsec = .init(max(0, nanoseconds) % 1_000_000_000)
        // SAFETY: a local that is only read.
        _ = unsafe nanosleep(&time, nil)
    }
}
#endif
