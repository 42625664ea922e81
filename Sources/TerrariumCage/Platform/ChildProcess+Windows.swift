#if os(Windows)
import WinSDK

extension ChildProcess {
    /// Runs a command (the first word is looked up in PATH) with an empty standard input and waits for its end; what it
    /// writes goes through files, so that nobody has to read while it runs. `ChildProcess+POSIX.swift` says the rest.
    public static func run(_ command: [String], timeout: Double = 3600, outputLimit: Int = 64 << 20) -> ChildProcess? {
        var inherited = SECURITY_ATTRIBUTES()
        inherited.nLength = DWORD(MemoryLayout<SECURITY_ATTRIBUTES>.size)
        inherited.bInheritHandle = true
        // SAFETY: the attributes are a local; the handles are closed at the end.
        guard let input = unsafe openFile("NUL", access: DWORD(GENERIC_READ), disposition: DWORD(OPEN_EXISTING), security: &inherited)
        else { return nil }
        defer { _ = unsafe CloseHandle(input) }
        guard let output = unsafe temporaryFile(&inherited) else { return nil }
        defer { _ = unsafe CloseHandle(output) }
        guard let errors = unsafe temporaryFile(&inherited) else { return nil }
        defer { _ = unsafe CloseHandle(errors) }

        var startup = unsafe STARTUPINFOW()
        unsafe startup.cb = DWORD(MemoryLayout<STARTUPINFOW>.size)
        unsafe startup.dwFlags = STARTF_USESTDHANDLES
        unsafe startup.hStdInput = input
        unsafe startup.hStdOutput = output
        unsafe startup.hStdError = errors
        var process = unsafe PROCESS_INFORMATION()
        var line = Array(command.map(quoted).joined(separator: " ").utf16) + [0]
        let start = now()
        // SAFETY: the line is an array of its own, which the call may change; the rest are locals.
        guard unsafe CreateProcessW(nil, &line, nil, nil, true, DWORD(CREATE_NO_WINDOW), nil, nil, &startup, &process) else { return nil }
        defer {
            _ = unsafe CloseHandle(process.hThread)
            _ = unsafe CloseHandle(process.hProcess)
        }

        var result = ChildProcess()
        // SAFETY: a handle that is ours until the end.
        if unsafe WaitForSingleObject(process.hProcess, DWORD(max(0, min(timeout * 1000, 2_000_000_000)))) == DWORD(WAIT_TIMEOUT) {
            result.timedOut = true
            _ = unsafe TerminateProcess(process.hProcess, 1)
            _ = unsafe WaitForSingleObject(process.hProcess, INFINITE)
        }
        result.seconds = now() - start
        var status: DWORD = 0
        var created = FILETIME(), ended = FILETIME(), system = FILETIME(), user = FILETIME()
        // SAFETY: the calls fill locals.
        if unsafe GetExitCodeProcess(process.hProcess, &status) { result.status = Int32(bitPattern: status) }
        if unsafe GetProcessTimes(process.hProcess, &created, &ended, &system, &user) {
            result.processorSeconds = seconds(system) + seconds(user)
        }
        result.output = unsafe contents(output, outputLimit)
        result.errors = unsafe contents(errors, outputLimit)
        return result
    }

    private static func seconds(_ time: FILETIME) -> Double {
        Double(UInt64(time.dwHighDateTime) << 32 | UInt64(time.dwLowDateTime)) / 1e7
    }

    /// A file that is gone when its last handle is closed.
    private static func temporaryFile(_ security: inout SECURITY_ATTRIBUTES) -> HANDLE? {
        var name = [WCHAR](repeating: 0, count: Int(MAX_PATH) + 1)
        // SAFETY: the name's buffer has the size that the call asks for.
        guard let folder = unsafe wideText({ unsafe GetTempPathW($1, $0) }),
            unsafe folder.withCString(encodedAs: UTF16.self, { folder in
                unsafe "tst".withCString(encodedAs: UTF16.self) { unsafe GetTempFileNameW(folder, $0, 0, &name) }
            }) != 0
        else { return nil }
        return unsafe openFile(
            String(decoding: name.prefix { $0 != 0 }, as: UTF16.self), access: DWORD(GENERIC_READ) | DWORD(GENERIC_WRITE),
            disposition: DWORD(CREATE_ALWAYS), flags: DWORD(FILE_ATTRIBUTE_TEMPORARY) | DWORD(FILE_FLAG_DELETE_ON_CLOSE), security: &security)
    }

    private static func contents(_ file: HANDLE, _ limit: Int) -> [UInt8] {
        // SAFETY: a handle of ours. The place in the file is shared with the process that wrote it.
        guard unsafe SetFilePointerEx(file, LARGE_INTEGER(), nil, DWORD(FILE_BEGIN)) else { return [] }
        return unsafe readAll(file, limit: limit) ?? []
    }

    /// A word as programs take their command line apart: backslashes count only in front of a quote.
    private static func quoted(_ word: String) -> String {
        guard word.isEmpty || word.contains(where: { " \t\n\"".contains($0) }) else { return word }
        var result = "\"", backslashes = 0
        for character in word {
            if character == "\\" {
                backslashes += 1
                continue
            }
            result += String(repeating: "\\", count: character == "\"" ? 2 * backslashes + 1 : backslashes)
            backslashes = 0
            result.append(character)
        }
        return result + String(repeating: "\\", count: 2 * backslashes) + "\""
    }
}
#endif
