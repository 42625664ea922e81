internal import TerrariumCage
internal import TerrariumEngine
internal import TerrariumLibrary

/// What a guest gave to its console with one call.
public struct LogRecord: Sendable, Hashable {
    /// How much it matters.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        /// As the functions of the console are called.
        case debug, log, info, warn, error
    }

    /// Which function of the console it was.
    public let level: Level
    /// The whole text, as Node would print it, with the indentation of groups.
    public let text: String
    /// The arguments one by one: strings as they are, other values inspected.
    public let arguments: [String]
    /// Where the console was called.
    public let position: SourcePosition?
    /// Number of groups that are open.
    public let groups: Int
}

/// What a console remembers.
struct ConsoleState: Sendable {
    var groups = 0
    var counts: [String: Int] = [:]
    var timers: [String: Int64] = [:]
}

extension Capability {
    /// `console`, and `print`. Values are shown as in Node, without running guest code.
    /// - Parameter handler: gets what the guest logs; it counts against the output limit.
    public static func console(_ handler: @escaping (LogRecord) -> Void) -> Capability {
        engine("console", globals: ["console", "print"]) { (core, machine) throws(Thrown) in
            try core.installConsole(machine, handler)
        }
    }

    /// A `console` that says nothing to anybody.
    public static var silentConsole: Capability { console { _ in } }
}

extension SandboxCore {
    func installConsole(_ machine: Machine, _ handler: @escaping (LogRecord) -> Void) throws(Thrown) {
        let realm = self.realm

        func emit(_ machine: Machine, _ level: LogRecord.Level, _ text: String, _ arguments: [Word]) throws(Thrown) {
            var shown = text
            let groups = try SandboxCore.of(machine).console.groups
            if groups > 0 {
                let indentation = String(repeating: "  ", count: groups)
                shown = indentation + text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n" + indentation)
            }
            try machine.output(shown)
            var texts: [String] = []
            for argument in arguments { texts.append(try Inspector(machine).plain(argument)) }
            let frame = machine.stackFrames(limit: 1).first
            handler(
                LogRecord(
                    level: level, text: shown, arguments: texts,
                    position: frame.map { SourcePosition(source: $0.source, line: $0.line, column: $0.column) },
                    groups: groups))
        }
        func label(_ machine: Machine, _ value: Word) -> String { value.isUndefined ? "default" : machine.describe(value) }

        let console = try machine.makeObject(prototype: machine.realmValue(realm, .objectPrototype).offset)
        func method(_ name: String, _ body: @escaping HostFunction) throws(Thrown) {
            let number = machine.registerHost(name, key: "console." + name, length: 0, body)
            try machine.definePropertyOrThrow(
                console.offset, machine.key(name),
                PropertyDescriptor(
                    value: Word(object: try machine.makeNativeFunction(number, realm: realm)), attributes: Attribute.all))
        }
        func logger(_ name: String, _ level: LogRecord.Level) throws(Thrown) {
            try method(name) { (machine, call) throws(Thrown) in
                let arguments = call.arguments()
                try emit(machine, level, try Inspector(machine).format(arguments), arguments)
                return .undefined
            }
        }
        try logger("log", .log)
        try logger("info", .info)
        try logger("debug", .debug)
        try logger("warn", .warn)
        try logger("error", .error)
        try logger("dirxml", .log)
        try method("dir") { (machine, call) throws(Thrown) in
            var inspector = Inspector(machine)
            if call[1].isObject, let depth = machine.storedValue(call[1].offset, machine.key("depth")) {
                if depth.isNumber, depth.number >= 0 { inspector.depth = Int(min(depth.number, 100)) }
                if depth.isNull { inspector.depth = 100 }
            }
            try emit(machine, .log, try inspector.inspect(call[0]), [call[0]])
            return .undefined
        }
        try method("trace") { (machine, call) throws(Thrown) in
            let arguments = call.arguments()
            var text = try Inspector(machine).format(arguments)
            text = text.isEmpty ? "Trace" : "Trace: " + text
            for frame in machine.stackFrames() {
                let place = "\(frame.source):\(frame.line):\(frame.column)"
                text += frame.function.isEmpty ? "\n    at \(place)" : "\n    at \(frame.function) (\(place))"
            }
            try emit(machine, .error, text, arguments)
            return .undefined
        }
        try method("table") { (machine, call) throws(Thrown) in
            let inspector = Inspector(machine)
            let table = try inspector.table(call[0])
            let text = if let table { table } else { try inspector.plain(call[0]) }
            try emit(machine, .log, text, [call[0]])
            return .undefined
        }
        for name in ["group", "groupCollapsed"] {
            try method(name) { (machine, call) throws(Thrown) in
                let arguments = call.arguments()
                if !arguments.isEmpty { try emit(machine, .log, try Inspector(machine).format(arguments), arguments) }
                let core = try SandboxCore.of(machine)
                core.console.groups = min(core.console.groups + 1, 100)
                return .undefined
            }
        }
        try method("groupEnd") { (machine, _) throws(Thrown) in
            let core = try SandboxCore.of(machine)
            core.console.groups = max(0, core.console.groups - 1)
            return .undefined
        }
        try method("count") { (machine, call) throws(Thrown) in
            let name = label(machine, call[0])
            let core = try SandboxCore.of(machine)
            let counts = core.console.counts
            if counts[name] != nil || counts.count < 1000 { core.console.counts[name, default: 0] &+= 1 }
            try emit(machine, .log, "\(name): \(core.console.counts[name] ?? 0)", [])
            return .undefined
        }
        try method("countReset") { (machine, call) throws(Thrown) in
            try SandboxCore.of(machine).console.counts[label(machine, call[0])] = nil
            return .undefined
        }
        try method("assert") { (machine, call) throws(Thrown) in
            if machine.toBoolean(call[0]) { return .undefined }
            let arguments = call.arguments(from: 1)
            let text = try Inspector(machine).format(arguments)
            try emit(machine, .warn, arguments.isEmpty ? "Assertion failed" : "Assertion failed: " + text, arguments)
            return .undefined
        }
        try method("time") { (machine, call) throws(Thrown) in
            let core = try SandboxCore.of(machine)
            if core.console.timers.count < 1000 { core.console.timers[label(machine, call[0])] = core.performanceTime() }
            return .undefined
        }
        for name in ["timeLog", "timeEnd"] {
            try method(name) { (machine, call) throws(Thrown) in
                let core = try SandboxCore.of(machine)
                let name_ = label(machine, call[0])
                guard let start = core.console.timers[name_] else { return .undefined }
                if name == "timeEnd" { core.console.timers[name_] = nil }
                let arguments = call.arguments(from: 1)
                let milliseconds = Double((core.performanceTime() &- start) / 1000) / 1000
                var text = "\(name_): \(GuestDecoding.numberText(milliseconds))ms"
                if !arguments.isEmpty { text += " " + (try Inspector(machine).format(arguments)) }
                try emit(machine, .log, text, arguments)
                return .undefined
            }
        }
        try method("clear") { (_, _) throws(Thrown) in .undefined }
        try place(console, at: "console", machine)
        let number = machine.registerHost("print", length: 1) { (machine, call) throws(Thrown) in
            let arguments = call.arguments()
            try emit(machine, .log, try Inspector(machine).format(arguments), arguments)
            return .undefined
        }
        try place(Word(object: try machine.makeNativeFunction(number, realm: realm)), at: "print", machine)
    }

    /// Nanoseconds for `performance.now` and `console.time`: those of the timers, or of the clock; nothing without either.
    func performanceTime() -> Int64 {
        switch timerMode {
        case .virtual, .manual: return timerTime(advancing: false)
        case .real: return MonotonicClock.now() &- creationTime
        case .none:
            if let wallClock { return Int64(exactly: ((wallClock() - clockStart) * 1e6).rounded()) ?? 0 }
            return 0
        }
    }
}
