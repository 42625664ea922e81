import Terrarium
import TerrariumCage

/// A prompt: reads entries from a terminal, runs them, shows what they give.
struct Prompt {
    let session: PromptSession
    var editor: LineEditor
    /// The bill is shown after each entry.
    var showsBill = false
    var isOver = false
    /// The state that was kept.
    var kept: SessionSnapshot?

    static func run(_ options: Options) -> Int32 {
        var options = options
        if HostProcess.environment("NO_COLOR") != nil || HostProcess.environment("TERM") == "dumb" { options.color = false }
        guard let session = PromptSession(options) else { return CommandLineTool.Status.heap }
        print("\(HelpText.version): JavaScript in a cage. Type \".help\" for what there is, Ctrl-D to leave.")
        var prompt = Prompt(session: session, editor: LineEditor(history: History()))
        prompt.connect()
        prompt.loop()
        return CommandLineTool.Status.finished
    }

    private mutating func connect() {
        let session = self.session
        editor.isIncomplete = { !$0.hasPrefix(".") && EntrySource.isIncomplete($0) }
        editor.completions = { text in
            if text.hasPrefix("."), !text.contains(" ") {
                return (PromptCommand.allCases.map { "." + $0.rawValue }.filter { $0.hasPrefix(text) }, text.utf16.count)
            }
            return session.session.completions(before: text)
        }
        editor.preview = { text in
            text.hasPrefix(".") || !session.options.color ? "" : session.preview(text)
        }
        editor.timeToIdle = { session.timeToNextTimer }
        editor.idle = { session.runTimers(hide: $0) }
    }

    private mutating func loop() {
        var wasCancelled = false
        while !isOver {
            switch editor.read() {
            case .end: return
            case .cancelled(let hadText):
                if hadText {
                    wasCancelled = false
                } else if wasCancelled {
                    return
                } else {
                    wasCancelled = true
                    Prompt.say("(To leave, press Ctrl-C again, or Ctrl-D, or type .exit)")
                }
            case .entry(let text):
                wasCancelled = false
                enter(text)
            }
        }
    }

    private mutating func enter(_ text: String) {
        let trimmed = String(text.drop { $0.isWhitespace })
        if trimmed.allSatisfy({ $0.isWhitespace }) { return }
        editor.history.add(text)
        if trimmed.hasPrefix("."), trimmed.dropFirst().first?.isLetter == true {
            perform(trimmed)
        } else {
            evaluate(text)
        }
    }

    mutating func evaluate(_ text: String, name: String? = nil) {
        switch session.evaluate(text, name: name) {
        case .value(let shown): Prompt.say(shown ?? dim("undefined"))
        case .pending: Prompt.say(dim("(still pending, and nothing is left that could settle it)"))
        case .thrown(let text), .syntaxError(let text): CommandLineTool.report(text)
        case .ended(let ending): CommandLineTool.report("ended: \(ending.rawValue)\(Prompt.advice(ending))")
        }
        if showsBill { Prompt.say(dim(bill)) }
    }

    var bill: String {
        let bill = session.session.bill
        let tenths = session.lastTime / 100_000
        return "fuel \(session.lastFuel)   heap \(Figures.bytes(bill.heap)), peak \(Figures.bytes(bill.heapPeak))   \(tenths / 10).\(tenths % 10) ms"
    }

    private static func advice(_ ending: Ending) -> String {
        switch ending {
        case .fuel: " (more: .fuel N)"
        case .heap: " (more: .heap SIZE; back: .undo)"
        default: ""
        }
    }

    func dim(_ text: String) -> String { session.options.color ? "\u{1B}[90m\(text)\u{1B}[39m" : text }

    static func say(_ text: String) { HostProcess.write(Array((text + "\n").utf8), to: 1) }
}
