import Terrarium
import TerrariumCage
import TerrariumSyntax

/// `snapshot` and `resume`: programs that stop and go on later, in another process.
enum StateCommand {
    static func snapshot(_ options: Options) -> Int32 {
        let (begun, failure) = ProgramRun.begin(options)
        guard let (source, session, run) = begun else { return failure }
        let state = session.start(source, isModule: CommandLineTool.isModule(source, options), waits: false)
        return conclude(state, session, options, run)
    }

    static func resume(_ options: Options) -> Int32 {
        let file = options.words.first ?? ""
        guard let bytes = HostProcess.readFile(file) else {
            CommandLineTool.report("terrarium: cannot read \(file)")
            return CommandLineTool.Status.usage
        }
        let run = ProgramRun(options)
        guard let session = restore(bytes, file, options, print: run.print) else { return CommandLineTool.Status.usage }
        run.prepare(session)
        // With code to run, timers wait until it has run too.
        var state = session.goOn(fuel: options.limits.fuel, deadline: options.limits.deadline, waits: options.code == nil)
        if let code = options.code, !state.hasFailed, !state.isPaused {
            state = session.start(SourceText(code, name: "[eval]"), isModule: false, waits: true)
        }
        return conclude(state, session, options, run)
    }

    /// A session from a file; nil, with a message, when there is none.
    static func restore(_ bytes: [UInt8], _ file: String, _ options: Options, print: @escaping (String) -> Void) -> Session? {
        do throws(TerrariumError) {
            let snapshot = try SessionSnapshot(data: bytes, heap: max(options.limits.heap, 1 << 30))
            guard let session = try? Session(restoring: snapshot, limits: options.limits, print: print) else {
                CommandLineTool.report("terrarium: the heap limit is too small for \(file)")
                return nil
            }
            guard CommandLineTool.install(options, session), CommandLineTool.connect(options, session) else { return nil }
            return session
        } catch {
            CommandLineTool.report("terrarium: \(file): \(error.description)")
            return nil
        }
    }

    /// Writes the state, says how far the program is, gives the exit status.
    private static func conclude(_ state: ProgramState, _ session: Session, _ options: Options, _ run: ProgramRun) -> Int32 {
        let result = run.result(state, session)
        var status = CommandLineTool.Status.finished
        var fields: [(String, String)] = []
        switch state {
        case .ended: break
        case .paused:
            status = CommandLineTool.Status.fuel
            fields = [("paused", "true")]
        case .waiting: fields = [("timers", String(session.pendingTimers))]
        }
        if case .ended = state {
            status = RunCommand.show(result, options)
        } else if options.json {
            print(JSONText.object(fields + [("bill", JSONText.bill(result.bill, result.milliseconds))]))
        }
        if options.stats { RunCommand.report(result) }
        var isFailed = false
        if let file = options.state, !state.hasFailed {
            isFailed = !write(session, to: file)
        }
        if case .paused = state, !options.json {
            let rest = options.state.map { "terrarium resume \($0) goes on" } ?? "-o FILE would have kept it"
            CommandLineTool.report("terrarium: paused, the fuel is used up; \(rest)")
        }
        if let file = options.dump, status != CommandLineTool.Status.finished {
            isFailed = !CommandLineTool.write(DumpFile.text(result, session.dump(), isPaused: state.isPaused), to: file) || isFailed
        }
        return isFailed ? CommandLineTool.Status.usage : status
    }

    /// The state of a session as bytes in a file; false, with a message, when that is not possible.
    static func write(_ session: Session, to file: String) -> Bool {
        guard let snapshot = session.snapshot() else {
            CommandLineTool.report("terrarium: the state cannot be copied")
            return false
        }
        do throws(TerrariumError) {
            if HostProcess.writeFile(file, try snapshot.data) { return true }
            CommandLineTool.report("terrarium: cannot write \(file)")
        } catch {
            CommandLineTool.report("terrarium: \(error.description)")
        }
        return false
    }
}

extension ProgramState {
    /// It ended, and not by finishing.
    var hasFailed: Bool {
        switch self {
        case .ended(.finished), .paused, .waiting: false
        case .ended: true
        }
    }
    var isPaused: Bool {
        if case .paused = self { return true }
        return false
    }
}
