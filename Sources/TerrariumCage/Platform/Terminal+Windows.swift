#if os(Windows)
import WinSDK

/// The console; `Terminal+POSIX.swift` says what each of these does.
public enum Terminal {
    public static func isTerminal(_ file: Int32) -> Bool {
        var mode: DWORD = 0
        // SAFETY: the call fills a local; it fails on what is no console.
        guard let handle = unsafe standardHandle(file) else { return false }
        return unsafe GetConsoleMode(handle, &mode)
    }

    public static var size: (columns: Int, rows: Int) {
        var information = CONSOLE_SCREEN_BUFFER_INFO()
        // SAFETY: the call fills a local.
        guard let output = unsafe standardHandle(1), unsafe GetConsoleScreenBufferInfo(output, &information) else { return (80, 24) }
        let window = information.srWindow
        let columns = Int(window.Right) - Int(window.Left) + 1, rows = Int(window.Bottom) - Int(window.Top) + 1
        return columns > 0 && rows > 0 ? (columns, rows) : (80, 24)
    }

    public struct Mode: Sendable {
        fileprivate var input: DWORD
    }

    /// Keys come as the escape sequences that terminals send.
    public static func enterRawMode() -> Mode? {
        var mode: DWORD = 0
        // SAFETY: the calls read and write locals.
        guard let input = unsafe standardHandle(0), unsafe GetConsoleMode(input, &mode) else { return nil }
        let unwanted = DWORD(ENABLE_LINE_INPUT) | DWORD(ENABLE_ECHO_INPUT) | DWORD(ENABLE_PROCESSED_INPUT)
        guard unsafe SetConsoleMode(input, mode & ~unwanted | DWORD(ENABLE_VIRTUAL_TERMINAL_INPUT)) else { return nil }
        return Mode(input: mode)
    }

    public static func restore(_ mode: Mode) {
        guard let input = unsafe standardHandle(0) else { return }
        // SAFETY: a handle of this process.
        _ = unsafe SetConsoleMode(input, mode.input)
    }

    public static func read(milliseconds: Int32) -> [UInt8]? {
        guard let input = unsafe standardHandle(0) else { return nil }
        let start = MonotonicClock.now()
        var units: [UInt16] = []
        while true {
            let passed = (MonotonicClock.now() - start) / 1_000_000
            let left = milliseconds < 0 ? INFINITE : DWORD(clamping: max(0, Int64(milliseconds) - passed))
            // SAFETY: a handle of this process.
            let state = unsafe WaitForSingleObject(input, left)
            if state == DWORD(WAIT_TIMEOUT) { return Array(String(decoding: units, as: UTF16.self).utf8) }
            guard state == WAIT_OBJECT_0 else { return nil }
            var records = [INPUT_RECORD](repeating: INPUT_RECORD(), count: 64)
            var count: DWORD = 0
            // SAFETY: room for 64 records. Events that are no keys are records too, so this does not wait.
            guard unsafe ReadConsoleInputW(input, &records, 64, &count) else { return nil }
            for record in records.prefix(Int(count)) where record.EventType == WORD(KEY_EVENT) {
                // SAFETY: the type of the event says which member of the union it is.
                let key = unsafe record.Event.KeyEvent
                let unit = unsafe key.uChar.UnicodeChar
                if key.bKeyDown.boolValue, unit != 0 { units += repeatElement(unit, count: max(1, Int(key.wRepeatCount))) }
            }
            // The second half of a character may come with the next records.
            if let last = units.last, !UTF16.isLeadSurrogate(last) { return Array(String(decoding: units, as: UTF16.self).utf8) }
        }
    }
}
#endif
