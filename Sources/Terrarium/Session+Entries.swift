internal import TerrariumCage
internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumSyntax

/// How an entry at a prompt ended.
public enum EntryOutcome: Sendable {
    /// Its value, shown with its contents; nil for undefined.
    case value(String?)
    /// It awaits something that nothing can settle any more.
    case pending
    /// An uncaught exception, as text with place and stack.
    case thrown(String)
    /// It does not parse; text with place and caret.
    case syntaxError(String)
    /// A limit or an interrupt ended it.
    case ended(Ending)
}

/// A session as a conversation: entries that are scripts, each with fuel and time of its own, in which let, const and class
/// names may be declared again.
extension Session {
    /// What an entry may use.
    public struct EntryLimits: Sendable {
        /// Units.
        public var fuel: Int64
        /// Nanoseconds.
        public var deadline: Int64?
        /// Fuel, and time when it is limited too.
        public init(fuel: Int64, deadline: Int64? = nil) {
            self.fuel = fuel
            self.deadline = deadline
        }
    }

    /// Runs an entry, and waits for what it awaits at its top level. Limits and interrupts end the entry, not the session.
    /// - Parameters:
    ///   - text: the entry.
    ///   - name: how traces call it.
    ///   - limits: what it may use.
    ///   - colors: whether the value is shown in colours.
    ///   - remembers: `_` and `_error` become its result, unless the guest has variables of these names.
    public func evaluate(
        entry text: String, name: String, limits: EntryLimits, colors: Bool = false, remembers: Bool = true
    ) -> EntryOutcome {
        begin(limits)
        machine.allowsRedeclaration = true
        defer { machine.allowsRedeclaration = false }
        let script: ScriptTemplate
        switch compile(entry: text, name: name) {
        case .failure(let error): return .syntaxError(error.text)
        case .success(let compiled): script = compiled
        }
        let awaits = script[0].flags.contains(.async)
        var shown: String?
        var isPending = false
        let outcome = finish { () throws(Thrown) in
            var value = try machine.run(script, realm: realm)
            var handle = machine.makeHandle(value)
            defer { machine.releaseHandle(handle) }
            if awaits, machine.isPromise(value) { machine.noteRejectionHandled(value) }
            try runJobs()
            if awaits, machine.isPromise(value) {
                let promise = value
                try runTimers { machine.promiseResult(promise) != nil }
                guard let result = machine.promiseResult(promise) else {
                    isPending = true
                    return ""
                }
                if result.isRejected { throw machine.throwValue(result.value) }
                value = result.value
                machine.releaseHandle(handle)
                handle = machine.makeHandle(value)
            }
            if remembers { try remember(value, as: "_", &lastValue) }
            if value.isUndefined { return "" }
            var inspector = Inspector(machine)
            inspector.colors = colors
            shown = try inspector.inspect(value)
            return ""
        }
        switch outcome {
        case .finished: return isPending ? .pending : .value(shown)
        case .thrown(let text): return .thrown(text)
        case .syntaxError(let text): return .syntaxError(text)
        case .ended(let ending): return .ended(ending)
        }
    }

    /// Runs the timers that are due; what they throw is the outcome.
    public func runDueTimers(limits: EntryLimits) -> EntryOutcome {
        guard isTimerDue else { return .value(nil) }
        begin(limits)
        switch finish({ () throws(Thrown) in
            try runTimers { !isTimerDue }
            return ""
        }) {
        case .thrown(let text): return .thrown(text)
        case .ended(let ending): return .ended(ending)
        default: return .value(nil)
        }
    }

    /// Nanoseconds until the next timer fires; nil when there is none.
    public var timeToNextTimer: Int64? { timers.earliest.map { max(0, $0 &- MonotonicClock.now()) } }
    private var isTimerDue: Bool { (timeToNextTimer ?? 1) == 0 }

    /// Fuel and time anew, and no limit reached.
    func begin(_ limits: EntryLimits) {
        recover()
        forgetProgram()
        usedBefore = 0
        givenWords = Machine.words(ofUnits: limits.fuel)
        machine.setFuel(limits.fuel)
        machine.setDeadline(limits.deadline)
    }

    /// A brace at the start begins an object, if that gives a program.
    private func compile(entry text: String, name: String) -> Result<ScriptTemplate, RenderedError> {
        let trimmed = text.drop { $0.isWhitespace }
        let texts = trimmed.hasPrefix("{") && !trimmed.hasSuffix(";") ? ["(\(text)\n)", text] : [text]
        for text in texts {
            for options in EntrySource.readings(of: text) {
                if case .success(let script) = Session.compile(SourceText(text, name: name), options) { return .success(script) }
            }
        }
        return Session.compile(SourceText(text, name: name), EntrySource.readings(of: text).first ?? .guest)
    }

    /// Gives the guest a value under a name, unless it has used the name itself.
    private func remember(_ value: Word, as name: String, _ last: inout Int?) throws(Thrown) {
        let key = machine.key(name), global = machine.realmValue(realm, .global).offset
        if try machine.globalLexical(name, realm: realm) != nil { return }
        if let own = machine.storedProperty(global, key) {
            guard let last, own.value?.bits == machine.handleValue(last).bits else { return }
        }
        try machine.definePropertyOrThrow(global, key, PropertyDescriptor(value: value, attributes: Attribute.hidden))
        if let last { machine.releaseHandle(last) }
        last = machine.makeHandle(value)
    }

    /// Text of the exception that is pending; `_error` becomes it.
    func renderEntryException() -> String {
        let value = machine.pendingException
        if value.isReference || !value.isUndefined, machine.allowsRedeclaration {
            do throws(Thrown) { try remember(value, as: "_error", &lastError) } catch {}
        }
        return renderException()
    }
}
