#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

#if canImport(Glibc) || canImport(Musl) || os(macOS)
extension ChildProcess {
    /// Runs a command (the first word is looked up in PATH) with an empty standard input and waits for its end.
    /// At most `outputLimit` bytes of each stream are kept; the rest is read and dropped.
    /// - Returns: nil when the command cannot be started.
    public static func run(_ command: [String], timeout: Double = 3600, outputLimit: Int = 64 << 20) -> ChildProcess? {
        var outputs: (Int32, Int32) = (-1, -1), errors: (Int32, Int32) = (-1, -1)
        guard makePipe(&outputs), makePipe(&errors) else { return nil }
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        #else
        var actions = unsafe posix_spawn_file_actions_t()
        #endif
        // SAFETY: the actions are a local; the calls copy what they are given.
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, outputs.1, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors.1, 2)
        let arguments = unsafe command.map { unsafe strdup($0) }
        // SAFETY: these were allocated by strdup just above.
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var child: pid_t = 0
        let start = now()
        // SAFETY: the list of arguments ends in nil; the environment is the process's own.
        let failed = unsafe posix_spawnp(&child, command.first ?? "", &actions, nil, arguments + [nil], environ)
        close(outputs.1)
        close(errors.1)
        defer { close(outputs.0); close(errors.0) }
        guard failed == 0 else { return nil }

        var result = ChildProcess()
        var polled = [pollfd(fd: outputs.0, events: Int16(POLLIN), revents: 0), pollfd(fd: errors.0, events: Int16(POLLIN), revents: 0)]
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var open = 2
        while open > 0 {
            let left = timeout - (now() - start)
            if left <= 0, !result.timedOut {
                result.timedOut = true
                kill(child, SIGKILL)
            }
            // SAFETY: an array of two records.
            let ready = unsafe poll(&polled, 2, Int32(max(1, min(left * 1000 + 1, 1_000_000))))
            if ready < 0, errno != EINTR { break }
            for index in 0..<2 where polled[index].revents != 0 {
                // SAFETY: at most the chunk's size is written to it.
                let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(polled[index].fd, $0.baseAddress, $0.count) }
                if count <= 0 {
                    polled[index].fd = -1
                    open -= 1
                } else if index == 0, result.output.count < outputLimit {
                    result.output += chunk[..<count]
                } else if index == 1, result.errors.count < outputLimit {
                    result.errors += chunk[..<count]
                }
            }
        }
        var status: Int32 = 0
        var usage = rusage()
        // SAFETY: pointers to locals.
        while unsafe wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
        result.seconds = now() - start
        if status & 0x7f == 0 { result.status = (status >> 8) & 0xff } else { result.signal = status & 0x7f }
        result.processorSeconds =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        #if canImport(Darwin)
        result.peakMemory = Int(usage.ru_maxrss)
        #else
        result.peakMemory = Int(usage.ru_maxrss) * 1024
        #endif
        return result
    }

    /// A pipe whose ends are not handed to other children.
    private static func makePipe(_ ends: inout (Int32, Int32)) -> Bool {
        var both: [Int32] = [-1, -1]
        // SAFETY: room for two descriptors.
        guard unsafe pipe(&both) == 0 else { return false }
        for end in both { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        ends = (both[0], both[1])
        return true
    }
}
#endif
