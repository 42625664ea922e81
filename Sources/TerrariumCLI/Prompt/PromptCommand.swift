import Terrarium
import TerrariumCage

/// Commands of the prompt: a dot and a name.
enum PromptCommand: String, CaseIterable {
    case help, load, save, editor, clear, exit
    case fuel, heap, limits, allow, disasm, time, undo, snapshot, restore

    var arguments: String {
        switch self {
        case .load, .save: "FILE"
        case .fuel: "[N]"
        case .heap: "[SIZE]"
        case .allow: "[NAMES]"
        case .disasm: "NAME"
        case .snapshot, .restore: "[FILE]"
        default: ""
        }
    }

    var help: String {
        switch self {
        case .help: "this list"
        case .load: "run a file as an entry"
        case .save: "write the entries of this session to a file"
        case .editor: "write an entry of several lines: Ctrl-D runs it, Ctrl-C throws it away"
        case .clear: "begin anew, with the same limits and capabilities"
        case .exit: "leave"
        case .fuel: "fuel of the last entry; or set what an entry may use"
        case .heap: "memory in use; or set the limit"
        case .limits: "all limits"
        case .allow: "what the session may use; or allow more"
        case .disasm: "bytecode of a function"
        case .time: "show the bill after each entry, or no longer"
        case .undo: "go back to the state before the last entry"
        case .snapshot: "write the state now to a file; without one, keep it as long as the prompt runs"
        case .restore: "go on from a state in a file, also of another process; without one, from the state that was kept"
        }
    }
}

extension Prompt {
    /// Runs a line that begins with a dot.
    mutating func perform(_ line: String) {
        let parts = line.dropFirst().split(separator: " ", maxSplits: 1)
        let word = parts.first.map(String.init) ?? ""
        let argument = parts.count > 1 ? String(parts[1]).trimmed : ""
        guard let command = PromptCommand(rawValue: word) else { return CommandLineTool.report("no command .\(word); .help lists them") }
        switch command {
        case .help: help()
        case .load: load(argument)
        case .save: save(argument)
        case .editor: writeEntry()
        case .clear: Prompt.say(session.clear() ? "a new session" : "that was not possible")
        case .exit: isOver = true
        case .fuel: fuel(argument)
        case .heap: heap(argument)
        case .limits: limits()
        case .allow: allow(argument)
        case .disasm: Prompt.say(session.session.disassemble(path: argument) ?? "no function of that name, or a built-in one: \(argument)")
        case .time:
            showsBill.toggle()
            Prompt.say(showsBill ? bill : "off")
        case .undo:
            if let entry = session.undo() { Prompt.say(dim("undone: \(entry)")) } else { Prompt.say("there is nothing to go back to") }
        case .snapshot: keep(argument)
        case .restore: goBack(to: argument)
        }
    }

    private func help() {
        let rows = PromptCommand.allCases.map { (".\($0.rawValue) \($0.arguments)".trimmed, $0.help) }
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        for (name, help) in rows { Prompt.say(Figures.pad(name, width, left: false) + help) }
        Prompt.say("\n_ is the last value, _error the last exception. Tab completes, Ctrl-R searches the history, Alt-Enter begins a line.")
    }

    private mutating func load(_ file: String) {
        guard let bytes = HostProcess.readFile(file) else { return CommandLineTool.report("cannot read \(file)") }
        evaluate(String(decoding: bytes, as: UTF8.self), name: file)
    }

    private func save(_ file: String) {
        if file.isEmpty { return CommandLineTool.report(".save needs a file") }
        let text = session.entries.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined()
        if CommandLineTool.write(text, to: file) { Prompt.say("\(session.entries.count) entries in \(file)") }
    }

    private mutating func writeEntry() {
        Prompt.say(dim("// Ctrl-D runs it, Ctrl-C throws it away"))
        if case .entry(let text) = editor.read(multiline: true), !text.trimmed.isEmpty {
            editor.history.add(text)
            evaluate(text)
        }
    }

    private func fuel(_ text: String) {
        if text.isEmpty { return Prompt.say("the last entry used \(session.lastFuel) of \(session.options.limits.fuel)") }
        do {
            session.options.limits.fuel = try Options.fuel(text, ".fuel")
        } catch {
            CommandLineTool.report(error.message)
        }
    }

    private func heap(_ text: String) {
        let bill = session.session.bill
        if text.isEmpty {
            return Prompt.say("\(Figures.bytes(bill.heap)) in use, at most \(Figures.bytes(bill.heapPeak)); the limit is \(Figures.bytes(session.options.limits.heap))")
        }
        let before = session.options.limits.heap
        do {
            session.options.limits.heap = try Options.size(text, ".heap")
        } catch {
            return CommandLineTool.report(error.message)
        }
        // A limit belongs to a session from its start: it goes on as a copy.
        if let state = session.state, session.restore(state) { return }
        session.options.limits.heap = before
        CommandLineTool.report("the session does not fit that limit")
    }

    private func limits() {
        let limits = session.options.limits
        Prompt.say("fuel     \(limits.fuel) for an entry")
        Prompt.say("heap     \(Figures.bytes(limits.heap))")
        Prompt.say("time     \(limits.deadline.map { "\($0 / 1_000_000) ms for an entry" } ?? "no limit; Ctrl-C ends an entry")")
        Prompt.say("depth    \(limits.depth) calls")
        Prompt.say("output   \(Figures.bytes(limits.output))")
    }

    private func allow(_ names: String) {
        if names.isEmpty {
            for (name, help) in Allowance.named {
                Prompt.say((session.options.allowed.contains(name) ? "yes  " : "no   ") + Figures.pad(name, 15, left: false) + help)
            }
            return Prompt.say((session.options.moduleDirectory == nil ? "no   " : "yes  ") + Figures.pad("modules=DIR", 15, left: false) + (session.options.moduleDirectory ?? "imports of files below DIR"))
        }
        do {
            try session.allow(names)
        } catch {
            CommandLineTool.report(error.message)
        }
    }

    // MARK: States

    private mutating func keep(_ file: String) {
        guard let state = session.state else { return CommandLineTool.report("the session is too large, or cannot be copied now") }
        if file.isEmpty {
            kept = state
            return Prompt.say("\(Figures.bytes(state.byteCount)) kept, in memory")
        }
        do throws(TerrariumError) {
            let data = try state.data
            guard HostProcess.writeFile(file, data) else { return CommandLineTool.report("cannot write \(file)") }
            Prompt.say("\(Figures.bytes(data.count)) in \(file)")
        } catch {
            CommandLineTool.report(error.description)
        }
    }

    private func goBack(to file: String) {
        if file.isEmpty {
            guard let kept else { return CommandLineTool.report("no state was kept") }
            return goOn(from: kept)
        }
        guard let bytes = HostProcess.readFile(file) else { return CommandLineTool.report("cannot read \(file)") }
        do throws(TerrariumError) {
            goOn(from: try SessionSnapshot(data: bytes, heap: max(session.options.limits.heap, 1 << 30)))
        } catch {
            CommandLineTool.report("\(file): \(error.description)")
        }
    }

    private func goOn(from state: SessionSnapshot) {
        guard session.restore(state) else { return CommandLineTool.report("that state does not fit the limits") }
        let rest = state.isPaused ? ", with a paused program: terrarium resume goes on with it" : ""
        Prompt.say(dim("restored\(rest)"))
    }
}

extension String {
    /// Without white space at its ends.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
