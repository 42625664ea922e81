import Terrarium
import TerrariumCage

/// The session behind a prompt, with its past: a copy of the state before each entry, and one for previews.
final class PromptSession {
    private(set) var session: Session
    var options: Options
    private(set) var entries: [String] = []
    /// States before the last entries, newest last.
    private var past: [(state: SessionSnapshot, entries: Int)] = []
    /// The state now, once it was asked for.
    private var now: SessionSnapshot?
    private let buffer: OutputBuffer
    private var number = 0
    /// Cost of the last entry.
    private(set) var lastFuel: Int64 = 0, lastTime: Int64 = 0

    private static let maximumPast = 30
    /// Larger heaps are not copied at each entry.
    private static let maximumCopy = 128 << 20

    /// Nil, with a message, when the limits are too small.
    init?(_ options: Options) {
        self.options = options
        let buffer = OutputBuffer()
        self.buffer = buffer
        let (made, _) = CommandLineTool.session(options) { buffer.write($0) }
        guard let made else { return nil }
        session = made
        adopt()
    }

    var entryLimits: Session.EntryLimits { Session.EntryLimits(fuel: options.limits.fuel, deadline: options.limits.deadline) }

    private func adopt() {
        session.showsColors = options.color
        session.onWait = { [buffer] in buffer.flush() }
        session.onUnhandledRejection = { [buffer] rejection in
            buffer.flush()
            CommandLineTool.report(rejection.text)
        }
        let interrupt = session.interrupter
        HostProcess.onInterrupt { interrupt() }
    }

    // MARK: Entries

    func evaluate(_ text: String, name: String? = nil) -> EntryOutcome {
        if let state = state {
            past.append((state, entries.count))
            if past.count > PromptSession.maximumPast { past.removeFirst() }
        } else {
            past = []
        }
        now = nil
        number += 1
        entries.append(text)
        let start = MonotonicClock.now()
        let outcome = session.evaluate(entry: text, name: name ?? "REPL\(number)", limits: entryLimits, colors: options.color)
        lastTime = MonotonicClock.now() - start
        lastFuel = session.bill.fuel
        buffer.flush()
        return outcome
    }

    /// What an entry would give, on one line: it runs in a copy that is thrown away.
    func preview(_ text: String) -> String {
        guard let state, !EntrySource.isIncomplete(text) else { return "" }
        var limits = SessionLimits()
        limits.heap = options.limits.heap
        limits.depth = min(options.limits.depth, 500)
        limits.output = 1 << 20
        guard let copy = try? Session(restoring: state, limits: limits, print: { _ in }) else { return "" }
        if options.allowed.contains("clock") { copy.allowClock { HostProcess.wallClock() } }
        let small = Session.EntryLimits(fuel: 3_000_000, deadline: 40_000_000)
        guard case .value(let shown?) = copy.evaluate(entry: text, name: "preview", limits: small, remembers: false) else { return "" }
        let line = shown.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined(separator: " ")
        return line == text ? "" : line
    }

    // MARK: Timers

    /// Milliseconds to the next timer; negative when there is none.
    var timeToNextTimer: Int32 {
        guard let left = session.timeToNextTimer else { return -1 }
        return Int32(clamping: (left + 999_999) / 1_000_000)
    }

    /// Runs timers that are due.
    func runTimers(hide: () -> Void) {
        now = nil
        session.onWait = {}
        let outcome = session.runDueTimers(limits: entryLimits)
        session.onWait = { [buffer] in buffer.flush() }
        hide()
        buffer.flush()
        switch outcome {
        case .thrown(let text): CommandLineTool.report(text)
        case .ended(let ending): CommandLineTool.report("terrarium: ended: \(ending.rawValue)")
        default: break
        }
    }

    // MARK: States

    /// A copy of the state now; nil when the session is too large or cannot be copied.
    var state: SessionSnapshot? {
        if let now { return now }
        session.recover()
        guard session.bill.heap <= PromptSession.maximumCopy else { return nil }
        now = session.snapshot()
        return now
    }

    /// Goes on from a state.
    /// - Returns: false when the heap limit is too small for it.
    func restore(_ state: SessionSnapshot) -> Bool {
        let buffer = self.buffer
        guard let restored = try? Session(restoring: state, limits: options.limits, print: { buffer.write($0) }),
            CommandLineTool.connect(options, restored)
        else { return false }
        session = restored
        now = nil
        adopt()
        return true
    }

    /// Back to before the last entry; what it was, or nil when there is no way back.
    func undo() -> String? {
        guard let last = past.popLast(), restore(last.state) else { return nil }
        let entry = entries.indices.contains(last.entries) ? entries[last.entries] : ""
        entries.removeSubrange(min(last.entries, entries.count)...)
        return entry
    }

    /// Begins anew.
    func clear() -> Bool {
        let buffer = self.buffer
        let (made, _) = CommandLineTool.session(options) { buffer.write($0) }
        guard let made else { return false }
        session = made
        (entries, past, now) = ([], [], nil)
        adopt()
        return true
    }

    /// Allows more.
    func allow(_ names: String) throws(UsageError) {
        var changed = options
        for name in names.split(whereSeparator: { $0 == "," || $0 == " " }) { try changed.allow(String(name)) }
        now = nil
        var added = changed
        added.allowed.subtract(options.allowed)
        guard CommandLineTool.install(added, session), CommandLineTool.connect(changed, session) else {
            throw UsageError(message: "that could not be allowed")
        }
        options = changed
    }
}
