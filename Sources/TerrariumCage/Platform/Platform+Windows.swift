#if os(Windows)
import Synchronization
import WinSDK

/// Windows reserves address space without taking memory, but a page has to be committed before it is touched. A handler
/// does that at the first touch (`commitAtFirstTouch`): no part of the engine has to know which pages are committed, and an
/// offset that a corrupt machine makes up ends in a fresh page of its own cage, as on other systems.
enum Platform: OperatingSystem {
    typealias File = NoMemoryFile

    static let pageSize: Int = {
        var information = unsafe SYSTEM_INFO()
        // SAFETY: the call fills a local.
        unsafe GetSystemInfo(&information)
        return max(4096, unsafe Int(information.dwPageSize))
    }()

    static var largestCageLog2: Int { Int.bitWidth == 64 ? 32 : 28 }

    /// The reservations that pages are committed in: sizes by address.
    private static let reservations = Mutex<[UInt: Int]>([:])
    /// What is committed at once, around the page that was touched: the system's granularity of 64 KiB times four.
    private static let step: UInt = 256 * 1024

    private static let handlerIsThere: Bool = {
        // SAFETY: the handler is a function that captures nothing. It is asked first, and stays as long as the process.
        unsafe AddVectoredExceptionHandler(1, commitAtFirstTouch) != nil
    }()

    static func reserve(byteCount: Int) -> UnsafeMutableRawPointer? {
        // SAFETY: an address of the system's choice; no existing memory is touched.
        guard handlerIsThere, byteCount > 0,
            let base = unsafe VirtualAlloc(nil, SIZE_T(byteCount), DWORD(MEM_RESERVE), DWORD(PAGE_READWRITE))
        else { return nil }
        let place = UInt(bitPattern: base)
        reservations.withLock { $0[place] = byteCount }
        return unsafe base
    }

    static func release(_ base: UnsafeMutableRawPointer, byteCount: Int) {
        let place = UInt(bitPattern: base)
        _ = reservations.withLock { $0.removeValue(forKey: place) }
        // SAFETY: what `reserve` returned; the owner is going away.
        _ = unsafe VirtualFree(base, 0, DWORD(MEM_RELEASE))
    }

    static func decommit(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        // SAFETY: pages of one reservation, committed or not. They are committed anew, as zeroes, when they are touched.
        _ = unsafe VirtualFree(start, SIZE_T(byteCount), DWORD(MEM_DECOMMIT))
    }

    static func residentBytes(_ start: UnsafeMutableRawPointer, byteCount: Int) -> Int { 0 }

    /// Commits the pages around an address that was touched; false when it lies in no reservation of ours, or the system
    /// has no memory left.
    fileprivate static func commit(around address: UInt) -> Bool {
        var information = unsafe MEMORY_BASIC_INFORMATION()
        // SAFETY: the call fills a local.
        let filled = unsafe VirtualQuery(
            UnsafeMutableRawPointer(bitPattern: address), &information, SIZE_T(MemoryLayout<MEMORY_BASIC_INFORMATION>.size))
        let base = unsafe UInt(bitPattern: information.AllocationBase)
        guard filled != 0, let size = reservations.withLock({ $0[base] }), address >= base, address - base < UInt(size) else { return false }
        let first = base + (address - base) / step * step
        let end = min(first + step, base + UInt(size))
        // SAFETY: inside one reservation of ours. What is committed already keeps its contents.
        return unsafe VirtualAlloc(
            UnsafeMutableRawPointer(bitPattern: first), SIZE_T(end - first), DWORD(MEM_COMMIT), DWORD(PAGE_READWRITE)) != nil
    }

    static func monotonicTime() -> Int64 {
        var ticks = LARGE_INTEGER(), perSecond = LARGE_INTEGER()
        // SAFETY: the calls fill locals, and do not fail on any supported system.
        _ = unsafe QueryPerformanceCounter(&ticks)
        _ = unsafe QueryPerformanceFrequency(&perSecond)
        let rate = max(1, unsafe perSecond.QuadPart), count = unsafe ticks.QuadPart
        return count / rate &* 1_000_000_000 &+ (count % rate) &* 1_000_000_000 / rate
    }

    static func wallTime() -> Int64 {
        var time = FILETIME()
        // SAFETY: the call fills a local.
        unsafe GetSystemTimePreciseAsFileTime(&time)
        // Units of 100 ns since 1601.
        let units = Int64(time.dwHighDateTime) << 32 | Int64(time.dwLowDateTime)
        return (units &- 116_444_736_000_000_000) &* 100
    }

    static func sleep(nanoseconds: Int64) {
        let milliseconds = (max(0, min(nanoseconds, 1 << 50)) + 999_999) / 1_000_000
        Sleep(DWORD(clamping: min(milliseconds, 0x7FFF_FFFF)))
    }

    static func lowestStackAddress() -> UInt {
        var low: ULONG_PTR = 0, high: ULONG_PTR = 0
        // SAFETY: the call fills locals.
        unsafe GetCurrentThreadStackLimits(&low, &high)
        return UInt(low)
    }

    static func currentThread() -> UInt { UInt(GetCurrentThreadId()) }
}

/// Asked by the system when an address is touched that is not committed: commits it and goes on, if it is one of ours.
private func commitAtFirstTouch(_ pointers: UnsafeMutablePointer<EXCEPTION_POINTERS>?) -> LONG {
    let goOnSearching: LONG = 0, goOnRunning: LONG = -1
    // SAFETY: the system's own record, which lives as long as the call.
    guard let pointers = unsafe pointers, let record = unsafe pointers.pointee.ExceptionRecord,
        unsafe record.pointee.ExceptionCode == 0xC000_0005, unsafe record.pointee.NumberParameters >= 2
    else { return goOnSearching }
    // EXCEPTION_ACCESS_VIOLATION: 0 for a read, 1 for a write, and where.
    let (kind, address) = unsafe (record.pointee.ExceptionInformation.0, record.pointee.ExceptionInformation.1)
    return kind <= 1 && Platform.commit(around: UInt(address)) ? goOnRunning : goOnSearching
}
#endif
