import Terrarium
import TerrariumCage
import TerrariumSyntax

/// What belongs to one run of a program: its output, a line that shows how far it is, what nobody caught.
final class ProgramRun {
    private let buffer = OutputBuffer()
    private let options: Options
    private let progress: Progress?
    private var rejections: [Rejection] = []
    private var start: Int64 = 0

    init(_ options: Options) {
        self.options = options
        progress = Terminal.isTerminal(2) ? Progress() : nil
    }

    /// The program of the options and a session for it, connected; nil, with a message, when there is none: the status says why.
    static func begin(_ options: Options) -> (begun: (source: SourceText, session: Session, run: ProgramRun)?, status: Int32) {
        guard let source = CommandLineTool.source(options) else { return (nil, CommandLineTool.Status.usage) }
        let run = ProgramRun(options)
        let (session, status) = CommandLineTool.session(options, print: run.print)
        guard let session else { return (nil, status) }
        run.prepare(session)
        return ((source, session, run), status)
    }

    var print: (String) -> Void {
        { [self] line in
            progress?.clear()
            buffer.write(line)
        }
    }

    /// Connects a session with the terminal and the interrupt key.
    func prepare(_ session: Session) {
        session.showsColors = !options.json && options.color && Terminal.isTerminal(1) && HostProcess.environment("NO_COLOR") == nil
        session.inspectsResults = options.printsValue
        session.onUnhandledRejection = { [self] in rejections.append($0) }
        session.onWait = { [self] in buffer.flush() }
        if options.dump != nil { session.watchForDump() }
        if let progress { session.watch { progress.update($0) } }
        let interrupt = session.interrupter
        HostProcess.onInterrupt { interrupt() }
        start = MonotonicClock.now()
    }

    /// How the program ended, when it did, and what it cost.
    func result(_ state: ProgramState, _ session: Session) -> RunCommand.Result {
        var outcome = Outcome.finished("")
        if case .ended(let ending) = state { outcome = ending }
        return result(outcome, session)
    }

    func result(_ given: Outcome, _ session: Session) -> RunCommand.Result {
        var outcome = given
        var frames = session.lastFrames
        if case .finished = outcome, let first = rejections.first {
            outcome = .thrown(first.text)
            frames = first.frames
        }
        let nanoseconds = MonotonicClock.now() - start
        progress?.clear()
        buffer.flush()
        return RunCommand.Result(
            outcome: outcome, stack: frames.map { ($0.function, $0.source, $0.line, $0.column) }, bill: session.bill,
            nanoseconds: nanoseconds)
    }
}
