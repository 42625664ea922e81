import Terrarium
import TerrariumCage
import TerrariumSyntax

/// Runs a program and tells how it ended.
enum RunCommand {
    /// How a run ended, and what it cost.
    struct Result {
        let outcome: Outcome
        let stack: [(function: String, source: String, line: Int, column: Int)]
        let bill: Bill
        let nanoseconds: Int64
        /// With one decimal.
        var milliseconds: String { "\(nanoseconds / 1_000_000).\(nanoseconds / 100_000 % 10)" }
    }

    static func run(_ options: Options) -> Int32 {
        let (begun, failure) = ProgramRun.begin(options)
        guard let (source, session, run) = begun else { return failure }
        let result = self.run(source, session, options, run)
        let status = show(result, options)
        if options.stats { report(result) }
        if let file = options.dump, status != CommandLineTool.Status.finished {
            let text = DumpFile.text(result, session.dump())
            if !CommandLineTool.write(text, to: file) { return CommandLineTool.Status.usage }
        }
        // The process ends as a whole: what the session holds need not be given back piece by piece.
        withExtendedLifetime(session) { HostProcess.leave(with: status) }
    }

    /// Runs a source until nothing is pending.
    static func run(_ source: SourceText, _ session: Session, _ options: Options, _ run: ProgramRun) -> Result {
        let isModule = CommandLineTool.isModule(source, options)
        let outcome = isModule ? session.runModule(source, key: source.name) : session.run(source)
        return run.result(outcome, session)
    }

    /// The bill on standard error.
    static func report(_ result: Result) {
        let bill = result.bill
        CommandLineTool.report(
            "fuel \(bill.fuel)\nheap \(bill.heap) bytes, peak \(bill.heapPeak)\noutput \(bill.output) bytes\ntime "
                + "\(result.milliseconds) ms")
    }

    /// Says how it ended; gives the exit status. The fields are added to the JSON object.
    static func show(_ result: Result, _ options: Options, fields more: [(String, String)] = []) -> Int32 {
        var status = CommandLineTool.Status.finished
        var fields: [(String, String)] = []
        switch result.outcome {
        case .finished(let text):
            if options.printsValue, !options.json { print(text) }
            if options.json { fields.append(("value", JSONText.quote(text))) }
        case .thrown(let text), .syntaxError(let text):
            if !options.json { CommandLineTool.report(text) }
            fields.append(("error", JSONText.quote(text)))
            fields.append(
                ("stack", JSONText.array(result.stack.map {
                    JSONText.object(JSONText.frame(function: $0.function, source: $0.source, line: $0.line, column: $0.column))
                })))
            status = CommandLineTool.Status.failed
        case .ended(let ending):
            if !options.json { CommandLineTool.report("terrarium: ended: \(ending.rawValue)") }
            fields.append(("ended", JSONText.quote(ending.rawValue)))
            status = CommandLineTool.status(of: ending)
        }
        if options.json { print(JSONText.object(fields + more + [("bill", JSONText.bill(result.bill, result.milliseconds))])) }
        return status
    }
}
