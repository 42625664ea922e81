import Terrarium

/// What the command line says.
struct Options {
    var command: Command?
    var limits = SessionLimits()
    var allowed: Set<String> = ["console"]
    var moduleDirectory: String?
    var isModule = false
    var stats = false
    var json = false
    var color = true
    var printsValue = false
    var code: String?
    var words: [String] = []
    var dump: String?
    /// Where the state of a program goes.
    var state: String?
    var svg: String?, speedscope: String?
    var every = 1, top = 25
    /// `--help` was among the options.
    var wantsHelp = false

    init() {
        limits.fuel = 100_000_000_000
        limits.heap = 1 << 30
    }
}

/// The command line cannot be understood.
struct UsageError: Error { let message: String }

extension Options {
    init(_ arguments: [String]) throws(UsageError) {
        self.init()
        var seen: [CommandOption] = []
        var index = 0
        var isLiteral = false
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            if isLiteral || argument == "-" || argument.utf8.first != 45 {
                try add(word: argument)
                continue
            }
            switch argument {
            case "--": isLiteral = true
            case "--help", "-h": wantsHelp = true
            case "--version": command = .version
            default:
                // Both `--fuel 5` and `--fuel=5`.
                let parts = argument.utf8.starts(with: "--".utf8) ? argument.split(separator: "=", maxSplits: 1).map(String.init) : [argument]
                guard let option = CommandOption(rawValue: parts[0]), option.value != nil || parts.count == 1 else {
                    throw UsageError(message: "no option \(argument)")
                }
                seen.append(option)
                var value = parts.count > 1 ? parts[1] : ""
                if option.value != nil, parts.count == 1 {
                    guard index < arguments.count else { throw UsageError(message: "\(argument) needs a value") }
                    value = arguments[index]
                    index += 1
                }
                try set(option, value)
            }
        }
        if wantsHelp { return }
        if command == nil, code != nil { command = .run }
        if let command {
            if let wrong = seen.first(where: { !command.options.contains($0) }) {
                throw UsageError(message: "\(command.rawValue) has no option \(wrong.rawValue)")
            }
            try checkWords(command)
        } else if let wrong = seen.first(where: { !Command.repl.options.contains($0) && !Command.run.options.contains($0) }) {
            throw UsageError(message: "\(wrong.rawValue) needs a command")
        }
    }

    private mutating func add(word: String) throws(UsageError) {
        if command == nil {
            if let known = Command(rawValue: word) {
                command = known
            } else if word == "-" || word.contains(".") || word.contains("/") {
                command = .run
                words.append(word)
            } else {
                throw UsageError(message: "no command \(word)")
            }
        } else {
            words.append(word)
        }
    }

    private func checkWords(_ command: Command) throws(UsageError) {
        let takesSource = command.options.contains(.code) && command != .resume
        if takesSource, code == nil, words.isEmpty { throw UsageError(message: "\(command.rawValue) needs a file") }
        if takesSource, code != nil, let first = words.first { throw UsageError(message: "code and a file: \(first)") }
        let most = switch command {
        case .check: Int.max
        case .repl, .version: 0
        default: 1
        }
        if words.count > most { throw UsageError(message: "\(command.rawValue): what is \(words[most])?") }
        if command == .inspect || command == .completion || command == .resume, words.isEmpty {
            throw UsageError(message: "\(command.rawValue) needs \(command.arguments)")
        }
        if command == .snapshot, state == nil { throw UsageError(message: "snapshot needs -o FILE") }
    }

    private mutating func set(_ option: CommandOption, _ value: String) throws(UsageError) {
        let name = option.rawValue
        switch option {
        case .code: code = value
        case .print:
            code = value
            printsValue = true
        case .fuel: limits.fuel = try Options.fuel(value, name)
        case .heap: limits.heap = try Options.size(value, name)
        case .output: limits.output = try Options.size(value, name)
        case .depth: limits.depth = try Options.count(value, name)
        case .timeout: limits.deadline = try Options.duration(value, name)
        case .allow: for part in value.split(separator: ",") { try allow(String(part)) }
        case .module: isModule = true
        case .stats: stats = true
        case .json: json = true
        case .noColor: color = false
        case .dump: dump = value
        case .state: state = value
        case .svg: svg = value
        case .speedscope: speedscope = value
        case .every: every = try Options.count(value, name)
        case .top: top = try Options.count(value, name)
        }
    }

    mutating func allow(_ name: String) throws(UsageError) {
        if name == "all" {
            allowed.formUnion(Allowance.named.map(\.name))
        } else if name.hasPrefix("modules="), name.utf8.count > 8 {
            moduleDirectory = String(name.dropFirst(8))
        } else if Allowance.named.contains(where: { $0.name == name }) {
            allowed.insert(name)
        } else {
            throw UsageError(message: "--allow: no capability '\(name)'")
        }
    }

    // MARK: Values

    static func count(_ text: String, _ name: String) throws(UsageError) -> Int {
        guard let number = Int(text), number > 0 else { throw UsageError(message: "\(name): not a number: \(text)") }
        return number
    }

    static func fuel(_ text: String, _ name: String) throws(UsageError) -> Int64 {
        guard let fuel = Int64(text.filter { $0 != "_" }), fuel >= 0 else { throw UsageError(message: "\(name): not a number: \(text)") }
        return fuel
    }

    static func size(_ text: String, _ name: String) throws(UsageError) -> Int {
        let units: [Character: Int] = ["k": 10, "m": 20, "g": 30]
        let shift = text.last.flatMap { units[Character($0.lowercased())] } ?? 0
        guard let number = Int(shift > 0 ? text.dropLast() : text[...]), number > 0, number < 1 << 32 else {
            throw UsageError(message: "\(name): not a size: \(text)")
        }
        return min(number << shift, (1 << 32) - (64 << 20))
    }

    static func duration(_ text: String, _ name: String) throws(UsageError) -> Int64 {
        let (digits, scale): (Substring, Double) = text.hasSuffix("ms") ? (text.dropLast(2), 1e6)
            : text.hasSuffix("s") ? (text.dropLast(), 1e9) : text.hasSuffix("m") ? (text.dropLast(), 6e10) : (text[...], 1e6)
        guard let number = Double(digits), number >= 0, number < 1e8 else {
            throw UsageError(message: "\(name): not a duration: \(text)")
        }
        return Int64(number * scale)
    }
}
