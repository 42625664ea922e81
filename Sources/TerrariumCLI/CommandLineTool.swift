import TerrariumCage
import Terrarium
import TerrariumSyntax

/// The `terrarium` executable: options, exit status, output.
enum CommandLineTool {
    /// Exit status, as `--help` lists them.
    enum Status {
        static let finished: Int32 = 0, failed: Int32 = 1, usage: Int32 = 2
        static let fuel: Int32 = 10, heap: Int32 = 11, deadline: Int32 = 12, output: Int32 = 13, interrupted: Int32 = 130
    }

    static let help = """
        Runs JavaScript that nobody has to trust, under limits.

        usage: terrarium run FILE|-        run a script
               terrarium -e CODE           run code
               terrarium -p CODE           run code and print its value
               terrarium check FILE…       look for syntax errors only
               terrarium disasm FILE       show the bytecode

        options:
          --fuel N            units of fuel: 8-byte words of bytecode, and the work of built-ins (default 100000000000)
          --heap SIZE         heap limit: 64k, 16m, 1g (default 1g)
          --timeout DURATION  50ms, 2s (default none)
          --depth N           nested calls (default 10000)
          --output SIZE       limit on printed text (default 64m)
          --allow NAMES       comma-separated: console (always on), clock, random, eval (code from
                              strings), modules=DIR (imports of files below DIR); or all (but modules)
          --module            the code is a module (so is a file that ends in .mjs)
          --stats             print the bill on standard error
          --json              print one JSON object: value or error, and the bill
          --help, --version

        A script that ends in //# sourceMappingURL=FILE.map is shown in stack traces as that file beside it says.

        exit status: 0 finished, 1 uncaught exception, unhandled rejection or syntax error, 2 usage error or unreadable
        file, 10 fuel, 11 heap, 12 deadline, 13 output, 130 interrupted

        """

    struct Options {
        var limits = SessionLimits()
        var stats = false
        var isModule = false
        var moduleDirectory: String? = nil
        var json = false
        var printValue = false
        var capabilities: Set<String> = ["console"]
        var code: String?
        var files: [String] = []
        var command = ""
    }

    static func main(_ arguments: [String]) {
        var options = Options()
        options.limits.fuel = 100_000_000_000
        options.limits.heap = 1 << 30
        do {
            try parse(arguments, &options)
        } catch {
            report("terrarium: \(error.message)\nTry 'terrarium --help'.")
            HostProcess.leave(with: Status.usage)
        }
        switch options.command {
        case "help": print(help, terminator: "")
        case "version": print("terrarium 0.1.0")
        case "check": HostProcess.leave(with: check(options))
        case "disasm": HostProcess.leave(with: disassemble(options))
        default: HostProcess.leave(with: run(options))
        }
    }

    struct UsageError: Error { let message: String }

    static func parse(_ arguments: [String], _ options: inout Options) throws(UsageError) {
        var index = 0
        func value(_ name: String) throws(UsageError) -> String {
            index += 1
            guard index < arguments.count else { throw UsageError(message: "\(name) needs a value") }
            return arguments[index]
        }
        while index < arguments.count {
            let argument = arguments[index]
            switch argument {
            case "--help", "-h", "help": options.command = "help"; return
            case "--version": options.command = "version"; return
            case "-e", "-p":
                options.command = "run"
                options.printValue = argument == "-p"
                options.code = try value(argument)
            case "--fuel":
                let text = try value(argument)
                guard let fuel = Int64(text), fuel >= 0 else { throw UsageError(message: "--fuel: not a number: \(text)") }
                options.limits.fuel = fuel
            case "--heap": options.limits.heap = try size(try value(argument), argument)
            case "--output": options.limits.output = try size(try value(argument), argument)
            case "--depth":
                let text = try value(argument)
                guard let depth = Int(text), depth > 0 else { throw UsageError(message: "--depth: not a number: \(text)") }
                options.limits.depth = depth
            case "--timeout": options.limits.deadline = try duration(try value(argument))
            case "--allow":
                for name in try value(argument).split(separator: ",") {
                    switch name {
                    case "console", "clock", "random", "eval": options.capabilities.insert(String(name))
                    case "all": options.capabilities.formUnion(["console", "clock", "random", "eval"])
                    case _ where name.hasPrefix("modules="): options.moduleDirectory = String(name.dropFirst(8))
                    default: throw UsageError(message: "--allow: no capability '\(name)'")
                    }
                }
            case "--module": options.isModule = true
            case "--stats": options.stats = true
            case "--json": options.json = true
            case "-": options.files.append("-")
            default:
                if argument.hasPrefix("-") { throw UsageError(message: "no option \(argument)") }
                if options.command.isEmpty {
                    guard ["run", "check", "disasm"].contains(argument) else {
                        throw UsageError(message: "no command \(argument)")
                    }
                    options.command = argument
                } else {
                    options.files.append(argument)
                }
            }
            index += 1
        }
        if options.command.isEmpty { throw UsageError(message: "nothing to do") }
        if options.code == nil, options.files.isEmpty { throw UsageError(message: "\(options.command) needs a file") }
    }

    static func size(_ text: String, _ name: String) throws(UsageError) -> Int {
        let units: [Character: Int] = ["k": 10, "m": 20, "g": 30]
        let shift = text.last.flatMap { units[Character($0.lowercased())] } ?? 0
        guard let number = Int(shift > 0 ? text.dropLast() : text[...]), number > 0, number < 1 << 32 else {
            throw UsageError(message: "\(name): not a size: \(text)")
        }
        return min(number << shift, (1 << 32) - (64 << 20))
    }

    static func duration(_ text: String) throws(UsageError) -> Int64 {
        let (digits, scale): (Substring, Double) = text.hasSuffix("ms") ? (text.dropLast(2), 1e6)
            : text.hasSuffix("s") ? (text.dropLast(), 1e9) : (text[...], 1e6)
        guard let number = Double(digits), number >= 0, number < 1e9 else {
            throw UsageError(message: "--timeout: not a duration: \(text)")
        }
        return Int64(number * scale)
    }

    static func report(_ text: String) { HostProcess.write(Array((text + "\n").utf8), to: 2) }

    static func read(_ file: String) -> SourceText? {
        if file == "-" { return SourceText(utf8: HostProcess.readStandardInput(), name: "[stdin]") }
        guard let bytes = HostProcess.readFile(file) else {
            report("terrarium: cannot read \(file)")
            return nil
        }
        return SourceText(utf8: bytes, name: file)
    }

    // MARK: Commands

    static func run(_ options: Options) -> Int32 {
        let source: SourceText
        if let code = options.code {
            source = SourceText(code, name: "[eval]")
        } else {
            guard let file = options.files.first, let text = read(file) else { return Status.usage }
            source = text
        }
        let buffer = OutputBuffer()
        let session: Session
        do {
            session = try Session(limits: options.limits, print: { buffer.write($0) })
        } catch {
            report("terrarium: \(error == .noAddressSpace ? "no address space for the cage" : "the heap limit is too small")")
            return error == .heapTooSmall ? Status.heap : Status.usage
        }
        if options.capabilities.contains("clock") { session.allowClock { HostProcess.wallClock() } }
        if options.capabilities.contains("random") { session.allowRandom { Double.random(in: 0..<1) } }
        if options.capabilities.contains("eval") { session.allowCodeGeneration() }
        if let directory = options.moduleDirectory {
            guard let modules = DirectoryModules(directory) else {
                report("terrarium: no directory \(directory)")
                return Status.usage
            }
            session.allowModules(modules.loader)
        }
        session.provideSourceMaps { SiblingSourceMap.read(script: $0, url: $1) }
        var rejections: [Rejection] = []
        session.onUnhandledRejection = { rejections.append($0) }
        let interrupt = session.interrupter
        HostProcess.onInterrupt { interrupt() }
        let start = MonotonicClock.now()
        let isModule = options.isModule || source.name.hasSuffix(".mjs")
        var outcome = isModule ? session.runModule(source, key: source.name) : session.run(source)
        if case .finished = outcome, let first = rejections.first { outcome = .thrown(first.text) }
        let tenths = (MonotonicClock.now() - start) / 100_000
        let milliseconds = "\(tenths / 10).\(tenths % 10)"
        buffer.flush()
        let status = show(outcome, options, session.bill, milliseconds)
        if options.stats {
            let bill = session.bill
            report(
                "fuel \(bill.fuel)\nheap \(bill.heap) bytes, peak \(bill.heapPeak)\noutput \(bill.output) bytes\ntime "
                    + "\(milliseconds) ms")
        }
        // The process ends as a whole: what the session holds need not be given back piece by piece.
        withExtendedLifetime(session) { HostProcess.leave(with: status) }
    }

    static func show(_ outcome: Outcome, _ options: Options, _ bill: Bill, _ milliseconds: String) -> Int32 {
        var status = Status.finished
        var fields: [(String, String)] = []
        switch outcome {
        case .finished(let text):
            if options.printValue, !options.json { print(text) }
            fields.append(("value", quote(text)))
        case .thrown(let text), .syntaxError(let text):
            if !options.json { report(text) }
            fields.append(("error", quote(text)))
            status = Status.failed
        case .ended(let ending):
            if !options.json { report("terrarium: ended: \(ending.rawValue)") }
            fields.append(("ended", quote(ending.rawValue)))
            status = switch ending {
            case .fuel: Status.fuel
            case .heap: Status.heap
            case .deadline: Status.deadline
            case .output: Status.output
            case .interrupted: Status.interrupted
            case .corrupted: Status.failed
            }
        }
        if options.json {
            fields.append(
                ("bill", "{\"fuel\":\(bill.fuel),\"heap\":\(bill.heap),\"heapPeak\":\(bill.heapPeak),\"output\":\(bill.output),\"milliseconds\":\(milliseconds)}"))
            print("{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}")
        }
        return status
    }

    /// A JSON string.
    static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 32 {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    static func check(_ options: Options) -> Int32 {
        var status = Status.finished
        for file in options.files {
            guard let source = read(file) else { return Status.usage }
            if let error = Session.check(source, isModule: options.isModule || source.name.hasSuffix(".mjs")) {
                report(error.text)
                status = Status.failed
            }
        }
        return status
    }

    static func disassemble(_ options: Options) -> Int32 {
        guard let file = options.files.first, let source = read(file) else { return Status.usage }
        switch Session.disassemble(source) {
        case .success(let text):
            print(text, terminator: "")
            return Status.finished
        case .failure(let error):
            report(error.text)
            return Status.failed
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
