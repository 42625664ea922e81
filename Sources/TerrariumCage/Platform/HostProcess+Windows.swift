#if os(Windows)
import CRT
import WinSDK

/// What the command line needs of its process; `HostProcess+POSIX.swift` says what each of these does.
public enum HostProcess {
    public static func readFile(_ path: String) -> [UInt8]? {
        guard let file = unsafe openFile(path, access: DWORD(GENERIC_READ), disposition: DWORD(OPEN_EXISTING)) else { return nil }
        defer { _ = unsafe CloseHandle(file) }
        return unsafe readAll(file)
    }

    public static func readStandardInput() -> [UInt8] {
        guard let input = unsafe standardHandle(0) else { return [] }
        return unsafe readAll(input) ?? []
    }

    @discardableResult
    public static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        guard let output = unsafe standardHandle(file) else { return false }
        _ = consoleTakesUTF8
        return unsafe writeAll(bytes, output)
    }

    /// A new file is as private as the folder that it is in.
    public static func writeFile(_ path: String, _ bytes: [UInt8], isPrivate: Bool = false) -> Bool {
        guard let file = unsafe openFile(path, access: DWORD(GENERIC_WRITE), disposition: DWORD(CREATE_ALWAYS)) else { return false }
        defer { _ = unsafe CloseHandle(file) }
        return unsafe writeAll(bytes, file)
    }

    public static func environment(_ name: String) -> String? {
        unsafe wideText { buffer, count in
            unsafe name.withCString(encodedAs: UTF16.self) { unsafe GetEnvironmentVariableW($0, buffer, count) }
        }
    }

    /// With slashes, as module paths have them, and without the prefix that says that it may be long.
    public static func realPath(_ path: String) -> String? {
        // Folders can be opened with this flag only.
        let file = unsafe openFile(path, access: 0, disposition: DWORD(OPEN_EXISTING), flags: DWORD(FILE_FLAG_BACKUP_SEMANTICS))
        guard let file = unsafe file else { return nil }
        defer { _ = unsafe CloseHandle(file) }
        guard let text = unsafe wideText({ unsafe GetFinalPathNameByHandleW(file, $0, $1, 0) }) else { return nil }
        let network = "\\\\?\\UNC\\", long = "\\\\?\\"
        let path = text.hasPrefix(network) ? "\\\\" + text.dropFirst(network.count) : text.hasPrefix(long) ? String(text.dropFirst(long.count)) : text
        return withSlashes(path)
    }

    public static func withSlashes(_ path: String) -> String { String(path.map { $0 == "\\" ? "/" : $0 }) }

    public static func leave(with status: Int32) -> Never { exit(status) }

    public static func privateBytes() -> Int { 0 }
    public static func residentBytes() -> Int { 0 }

    public static func wallClock() -> Double { Double(Platform.wallTime() / 1_000_000) }

    public static func onInterrupt(_ action: @escaping @Sendable () -> Void) {
        // SAFETY: written before the handler is installed, and only here.
        unsafe interruptAction = action
        _ = SetConsoleCtrlHandler(
            { kind in
                guard kind == DWORD(CTRL_C_EVENT), let action = unsafe interruptAction else { return false }
                action()
                return true
            }, true)
    }
}

private nonisolated(unsafe) var interruptAction: (@Sendable () -> Void)? = nil

/// Consoles take bytes in the code page of the system, and no escape sequences, unless they are told.
private let consoleTakesUTF8: Bool = {
    for file in Int32(1)...2 {
        var mode: DWORD = 0
        // SAFETY: the calls read and write locals; they fail on what is no console.
        if let handle = unsafe standardHandle(file), unsafe GetConsoleMode(handle, &mode) {
            _ = unsafe SetConsoleMode(handle, mode | DWORD(ENABLE_PROCESSED_OUTPUT) | DWORD(ENABLE_VIRTUAL_TERMINAL_PROCESSING))
        }
    }
    return SetConsoleOutputCP(UINT(CP_UTF8))
}()

/// Standard input (0), output (1) or error (2).
func standardHandle(_ file: Int32) -> HANDLE? {
    // SAFETY: a look-up; the handle is not ours to close. STD_INPUT_HANDLE is -10, and the others follow.
    let handle = unsafe GetStdHandle(DWORD(bitPattern: -10 - file))
    return unsafe handle == INVALID_HANDLE_VALUE ? nil : handle
}

/// - Returns: nil when it cannot be opened; otherwise a handle that the caller closes.
func openFile(
    _ path: String, access: DWORD, disposition: DWORD, flags: DWORD = DWORD(FILE_ATTRIBUTE_NORMAL),
    security: UnsafeMutablePointer<SECURITY_ATTRIBUTES>? = nil
) -> HANDLE? {
    let sharing = DWORD(FILE_SHARE_READ) | DWORD(FILE_SHARE_WRITE) | DWORD(FILE_SHARE_DELETE)
    // SAFETY: the path is a text for the length of the call.
    let handle = unsafe path.withCString(encodedAs: UTF16.self) { unsafe CreateFileW($0, access, sharing, security, disposition, flags, nil) }
    return unsafe handle == INVALID_HANDLE_VALUE ? nil : handle
}

/// Everything from the handle's place to the end; nil when it cannot be read. At most `limit` bytes are kept.
func readAll(_ file: HANDLE, limit: Int = .max) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        var count: DWORD = 0
        // SAFETY: at most the chunk's size is written to it.
        let isRead = unsafe chunk.withUnsafeMutableBytes { unsafe ReadFile(file, $0.baseAddress, DWORD($0.count), &count, nil) }
        // The other side of a pipe is gone: that is its end.
        guard isRead || GetLastError() == DWORD(ERROR_BROKEN_PIPE) else { return nil }
        if !isRead || count == 0 { return bytes }
        if bytes.count < limit { bytes += chunk[..<Int(count)] }
    }
}

private func writeAll(_ bytes: [UInt8], _ file: HANDLE) -> Bool {
    var start = 0
    while start < bytes.count {
        var count: DWORD = 0
        // SAFETY: the range lies in the array.
        let isWritten = unsafe bytes.withUnsafeBytes {
            unsafe WriteFile(file, $0.baseAddress.map { unsafe $0 + start }, DWORD(min($0.count - start, 1 << 20)), &count, nil)
        }
        guard isWritten, count > 0 else { return false }
        start += Int(count)
    }
    return true
}

/// The text of a call that wants a buffer of so many units and returns how many it filled, or how many it needs, or 0.
func wideText(_ call: (UnsafeMutablePointer<WCHAR>?, DWORD) -> DWORD) -> String? {
    var units = [WCHAR](repeating: 0, count: 512)
    while true {
        // SAFETY: the buffer has as many units as it is said to have.
        let count = unsafe units.withUnsafeMutableBufferPointer { unsafe Int(call($0.baseAddress, DWORD($0.count))) }
        if count == 0 { return nil }
        if count < units.count { return String(decoding: units[..<count], as: UTF16.self) }
        guard count < 1 << 20 else { return nil }
        units = [WCHAR](repeating: 0, count: count + 1)
    }
}
#endif
