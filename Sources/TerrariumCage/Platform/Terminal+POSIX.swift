/// The terminal of the command line: raw mode, size, keys. Like `HostProcess` it is here because it takes pointers.
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Android)
import Android
#elseif canImport(Darwin)
import Darwin
#endif

#if canImport(Glibc) || canImport(Musl) || canImport(Android) || canImport(Darwin)
public enum Terminal {
    /// Whether a standard stream (0, 1 or 2) is a terminal.
    public static func isTerminal(_ file: Int32) -> Bool { isatty(file) == 1 }

    /// Columns and rows of the terminal behind standard output; 80 and 24 where it does not say.
    public static var size: (columns: Int, rows: Int) {
        var window = winsize()
        // SAFETY: the call fills the local that it is given.
        guard unsafe ioctl(1, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else { return (80, 24) }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    /// How a terminal was before it became raw.
    public struct Mode: Sendable {
        fileprivate var attributes: termios
    }

    /// Keys come one by one, unseen and without signals, until `restore`.
    /// - Returns: nil when standard input is no terminal.
    public static func enterRawMode() -> Mode? {
        var attributes = termios()
        // SAFETY: the calls read and write locals of ours.
        guard unsafe tcgetattr(0, &attributes) == 0 else { return nil }
        let mode = Mode(attributes: attributes)
        attributes.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INPCK | ISTRIP | IXON)
        attributes.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN | ISIG)
        attributes.c_cflag |= tcflag_t(CS8)
        guard unsafe tcsetattr(0, TCSADRAIN, &attributes) == 0 else { return nil }
        return mode
    }

    public static func restore(_ mode: Mode) {
        var attributes = mode.attributes
        // SAFETY: a local that is only read.
        _ = unsafe tcsetattr(0, TCSADRAIN, &attributes)
    }

    /// Bytes that have been typed; waits for them so many milliseconds, or forever when the number is negative.
    /// - Returns: nil at the end of the input; nothing when the time is over.
    public static func read(milliseconds: Int32) -> [UInt8]? {
        var polled = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        // SAFETY: one record, a local.
        let ready = unsafe poll(&polled, 1, milliseconds)
        if ready == 0 || ready < 0 && errno == EINTR { return [] }
        guard ready > 0 else { return nil }
        var chunk = [UInt8](repeating: 0, count: 4096)
        // SAFETY: at most the chunk's size is written to it.
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe systemRead(0, $0.baseAddress, $0.count) }
        if count < 0 { return errno == EINTR ? [] : nil }
        return count == 0 ? nil : Array(chunk[..<count])
    }
}

private func systemRead(_ file: Int32, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    // SAFETY: the caller's range.
    unsafe read(file, start, count)
}
#endif
