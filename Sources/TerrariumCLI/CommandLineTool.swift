import Terrarium
import TerrariumCage
import TerrariumSyntax

/// The `terrarium` executable.
///
/// Rules:
/// 1. What the guest prints goes to standard output, and so does what a command is asked for; everything else goes to
///    standard error.
/// 2. `terrarium -e 1` is what start-up is measured with: no large library, and tables are made when they are needed.
enum CommandLineTool {
    /// Exit status.
    enum Status {
        static let finished: Int32 = 0, failed: Int32 = 1, usage: Int32 = 2
        static let fuel: Int32 = 10, heap: Int32 = 11, deadline: Int32 = 12, output: Int32 = 13, interrupted: Int32 = 130
    }

    static func main(_ arguments: [String]) {
        let options: Options
        do {
            options = try Options(arguments)
        } catch {
            report("terrarium: \(error.message)\nTry 'terrarium --help'.")
            HostProcess.leave(with: Status.usage)
        }
        if options.wantsHelp {
            print(options.command.map(HelpText.of) ?? HelpText.overview, terminator: "")
            return
        }
        HostProcess.leave(with: status(of: options))
    }

    private static func status(of options: Options) -> Int32 {
        switch options.command {
        case nil: return Terminal.isTerminal(0) ? Prompt.run(options) : RunCommand.run(options)
        case .repl: return Terminal.isTerminal(0) ? Prompt.run(options) : RunCommand.run(options)
        case .run: return RunCommand.run(options)
        case .snapshot: return StateCommand.snapshot(options)
        case .resume: return StateCommand.resume(options)
        case .check: return CheckCommand.run(options)
        case .disasm: return DisasmCommand.run(options)
        case .profile: return ProfileCommand.run(options)
        case .inspect: return InspectCommand.run(options)
        case .version:
            print(options.json ? JSONText.object([("version", JSONText.quote(HelpText.number))]) : HelpText.version)
            return Status.finished
        case .help:
            switch options.words.first {
            case nil: print(HelpText.overview, terminator: "")
            case "page": print(HelpText.page, terminator: "")
            case let name?:
                guard let command = Command(rawValue: name) else {
                    report("terrarium: no command \(name)")
                    return Status.usage
                }
                print(HelpText.of(command), terminator: "")
            }
            return Status.finished
        case .completion:
            guard let script = options.words.first.flatMap({ ShellCompletion.script(for: $0) }) else {
                report("terrarium: completion is for bash, zsh or fish")
                return Status.usage
            }
            print(script, terminator: "")
            return Status.finished
        }
    }

    static func report(_ text: String) { HostProcess.write(Array((text + "\n").utf8), to: 2) }

    // MARK: Sources

    /// The source that the options name: code, a file, or standard input. Nil, with a message, when it cannot be read.
    static func source(_ options: Options) -> SourceText? {
        if let code = options.code { return SourceText(code, name: "[eval]") }
        return read(options.words.first ?? "-")
    }

    static func read(_ file: String) -> SourceText? {
        if file == "-" { return SourceText(utf8: HostProcess.readStandardInput(), name: "[stdin]") }
        guard let bytes = HostProcess.readFile(file) else {
            report("terrarium: cannot read \(file)")
            return nil
        }
        return SourceText(utf8: bytes, name: file)
    }

    static func isModule(_ source: SourceText, _ options: Options) -> Bool { options.isModule || source.name.hasSuffix(".mjs") }

    /// Writes a file; says so when it cannot be written.
    static func write(_ text: String, to file: String) -> Bool {
        if HostProcess.writeFile(file, Array(text.utf8)) { return true }
        report("terrarium: cannot write \(file)")
        return false
    }

    // MARK: Sessions

    /// A session with the capabilities of the options. Nil, with a message, when there is none; the status says why.
    static func session(_ options: Options, print: @escaping (String) -> Void) -> (session: Session?, status: Int32) {
        let session: Session
        do {
            session = try Session(limits: options.limits, print: print)
        } catch {
            report("terrarium: \(error == .noAddressSpace ? "no address space for the cage" : "the heap limit is too small")")
            return (nil, error == .heapTooSmall ? Status.heap : Status.usage)
        }
        guard install(options, session) else {
            report("terrarium: the heap limit is too small")
            return (nil, Status.heap)
        }
        return connect(options, session) ? (session, Status.finished) : (nil, Status.usage)
    }

    /// What lies in the guest's memory.
    static func install(_ options: Options, _ session: Session) -> Bool {
        if options.allowed.contains("eval") { session.allowCodeGeneration() }
        if options.allowed.contains("timers"), !session.allowTimers() { return false }
        if options.allowed.contains("shared-memory"), !session.allowSharedMemory() { return false }
        return true
    }

    /// What is outside of it, also for a session that was restored.
    static func connect(_ options: Options, _ session: Session) -> Bool {
        if options.allowed.contains("clock") { session.allowClock { HostProcess.wallClock() } }
        if options.allowed.contains("random") { session.allowRandom { Double.random(in: 0..<1) } }
        if let directory = options.moduleDirectory {
            guard let modules = DirectoryModules(directory) else {
                report("terrarium: no directory \(directory)")
                return false
            }
            session.allowModules(modules.loader)
        }
        session.provideSourceMaps { SiblingSourceMap.read(script: $0, url: $1) }
        return true
    }

    static func status(of ending: Ending) -> Int32 {
        switch ending {
        case .fuel: Status.fuel
        case .heap: Status.heap
        case .deadline: Status.deadline
        case .output: Status.output
        case .interrupted: Status.interrupted
        case .corrupted: Status.failed
        }
    }
}

/// Collects printed lines, so that a program that prints much does not pay a system call a line.
final class OutputBuffer {
    private var bytes: [UInt8] = []

    func write(_ line: String) {
        bytes.append(contentsOf: line.utf8)
        bytes.append(10)
        if bytes.count > 1 << 15 { flush() }
    }

    func flush() {
        if bytes.isEmpty { return }
        HostProcess.write(bytes, to: 1)
        bytes.removeAll(keepingCapacity: true)
    }
}
