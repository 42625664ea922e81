/// A command that was run and measured. For the tools (benchmarks, probes): no engine module uses it.
public struct ChildProcess: Sendable {
    /// Everything the command wrote.
    public var output: [UInt8] = []
    public var errors: [UInt8] = []
    /// Exit status; nil when a signal ended it.
    public var status: Int32?
    public var signal: Int32?
    public var timedOut = false
    /// Wall time from the start to the end of the process, in seconds.
    public var seconds = 0.0
    /// Processor time of user code and of the system, in seconds.
    public var processorSeconds = 0.0
    /// Peak resident bytes; 0 where the system does not say.
    public var peakMemory = 0

    public init() {}

    static func now() -> Double { Double(MonotonicClock.now()) / 1e9 }
}

#if !os(Windows) && !os(macOS) && !canImport(Glibc) && !canImport(Musl)
extension ChildProcess {
    /// Systems that do not let a process start others, or not in a way that is written here: no command can be started.
    public static func run(_ command: [String], timeout: Double = 3600, outputLimit: Int = 64 << 20) -> ChildProcess? { nil }
}
#endif
