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
/// The little that the command line needs of its process: files, standard streams, the wall clock, Ctrl-C. It is here
/// because it takes pointers; the large system libraries that could do it cost more at start than everything else.
public enum HostProcess {
    /// Bytes of a file; nil when it cannot be read.
    public static func readFile(_ path: String) -> [UInt8]? {
        // SAFETY: the path is a string for the length of the call.
        let file = unsafe open(path, O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return readAll(file)
    }

    public static func readStandardInput() -> [UInt8] { readAll(0) ?? [] }

    private static func readAll(_ file: Int32) -> [UInt8]? {
        // A file says how long it is; it may have grown since, and other things say nothing.
        var about = stat()
        // SAFETY: the structure is the call's to write.
        let size = unsafe fstat(file, &about) == 0 ? max(0, min(Int(about.st_size), 1 << 32)) : 0
        var isRead = true
        // SAFETY: no more than the array's room is written to it, and what was written is counted.
        var bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { target, filled in
            unsafe LargeMemory.prepare(target)
            while filled < target.count {
                let count = unsafe read(file, target.baseAddress.map { unsafe $0 + filled }, target.count - filled)
                if count < 0, errno == EINTR { continue }
                isRead = count >= 0
                if count <= 0 { return }
                filled += count
            }
        }
        if !isRead { return nil }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // SAFETY: at most the chunk's size is written to it.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Writes all bytes to standard output (1) or standard error (2). Nothing more is written once the other side is gone.
    @discardableResult
    public static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var start = 0
        while start < bytes.count {
            // SAFETY: the range lies in the array.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe systemWrite(file, $0.baseAddress.map { unsafe $0 + start }, bytes.count - start)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            start += count
        }
        return true
    }

    /// Replaces the contents of a file, or of a new one.
    /// - Parameter isPrivate: only this user may read a new one.
    /// - Returns: false when it cannot be written.
    public static func writeFile(_ path: String, _ bytes: [UInt8], isPrivate: Bool = false) -> Bool {
        let file = openToWrite(path, isPrivate ? 0o600 : 0o644)
        guard file >= 0 else { return false }
        defer { close(file) }
        return write(bytes, to: file)
    }

    /// Value of an environment variable.
    public static func environment(_ name: String) -> String? {
        // SAFETY: the result is copied at once; nothing in this process changes the environment.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// The absolute path without links; nil when there is nothing.
    public static func realPath(_ path: String) -> String? {
        #if os(WASI)
        // Its libc does not say where links lead.
        return nil
        #else
        // SAFETY: realpath allocates the result, which is copied and freed.
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
        #endif
    }

    /// A path that a user wrote, with slashes between its parts.
    public static func withSlashes(_ path: String) -> String { path }

    /// Ends the process; buffered output is written.
    public static func leave(with status: Int32) -> Never { exit(status) }

    /// Resident bytes of this process now that it shares with nobody and with no file; 0 where the system does not say (Linux does).
    public static func privateBytes() -> Int {
        guard let bytes = readFile("/proc/self/statm") else { return 0 }
        let fields = bytes.split(separator: 32)
        guard fields.count > 2, let resident = Int(String(decoding: fields[1], as: UTF8.self)),
            let shared = Int(String(decoding: fields[2], as: UTF8.self))
        else { return 0 }
        return (resident - shared) * Cage.pageSize
    }

    /// Resident bytes of this process now; 0 where the system does not say (Linux does).
    public static func residentBytes() -> Int {
        guard let bytes = readFile("/proc/self/statm") else { return 0 }
        let fields = bytes.split(separator: 32)
        return fields.count > 1 ? (Int(String(decoding: fields[1], as: UTF8.self)) ?? 0) * Cage.pageSize : 0
    }

    /// Milliseconds since the epoch.
    public static func wallClock() -> Double { Double(Platform.wallTime() / 1_000_000) }

    /// Runs the action each time the process is asked to stop (SIGINT), between two instructions of whatever runs: it
    /// may do no more than set a flag.
    public static func onInterrupt(_ action: @escaping @Sendable () -> Void) {
        #if !os(WASI)
        // SAFETY: written before the handler is installed, and only here.
        unsafe interruptAction = action
        _ = signal(SIGINT) { _ in unsafe interruptAction?() }
        #endif
    }
}

#if !os(WASI)
/// What the handler calls. The handler needs a place that has an address before the process starts to run.
private nonisolated(unsafe) var interruptAction: (@Sendable () -> Void)? = nil
#endif

private func openToWrite(_ path: String, _ mode: mode_t) -> Int32 {
    #if os(WASI)
    // O_CREAT and O_TRUNC, which its libc writes as casts.
    let creates: Int32 = 1 << 12 | 8 << 12
    #else
    let creates = O_CREAT | O_TRUNC
    #endif
    // SAFETY: the path is a string for the length of the call.
    return unsafe open(path, O_WRONLY | creates, mode)
}

private func systemWrite(_ file: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    // SAFETY: the caller's range.
    unsafe write(file, start, count)
}
#endif
