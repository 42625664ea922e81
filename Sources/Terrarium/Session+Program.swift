internal import TerrariumCage
internal import TerrariumEngine
internal import TerrariumLibrary
public import TerrariumSyntax

/// What is known of a program that can be paused. Handles.
struct SessionProgram: Sendable {
    /// The value of a script, once there is one.
    var result: Int?
    /// Of a module: settled when it has run.
    var promise: Int?
    /// Words of code that built-ins used beyond the fuel there was.
    var overdraft: Int64 = 0
}

/// How far a program is that can be paused.
public enum ProgramState: Sendable {
    /// Nothing is left to be done.
    case ended(Outcome)
    /// Its fuel is used up; `goOn` gives it more.
    case paused
    /// Timers wait, and the caller did not want to.
    case waiting
}

/// Programs that stop when their fuel is used up and go on with more, in this process or, by a snapshot, in another one.
///
/// A pause may come at any instruction of a script, a job or a timer's function. The top level of a module can be paused
/// behind its first `await` only: before, being out of fuel ends it.
extension Session {
    /// A program was paused because its fuel was used up.
    public var isPaused: Bool { machine.isPaused }

    /// Runs a script or module, its jobs and timers, with the session's fuel. Nothing runs while another one is paused.
    /// - Parameters:
    ///   - source: what to run; its name is the key of the module.
    ///   - isModule: as a module, otherwise as a script.
    ///   - waits: for timers; otherwise they are left.
    public func start(_ source: SourceText, isModule: Bool, waits: Bool) -> ProgramState {
        if machine.isPaused { return .paused }
        var options = ParseOptions.guest
        options.goal = isModule ? .module : .script
        let script: ScriptTemplate
        switch Session.compile(source, options) {
        case .success(let compiled): script = compiled
        case .failure(let error): return .ended(.syntaxError(error.text))
        }
        forgetProgram()
        program = SessionProgram()
        return drive(waits: waits) { () throws(Thrown) in
            if isModule {
                let (promise, start) = try machine.prepareModule(
                    try machine.makeModule(script, key: source.name, realm: realm))
                // The program's own promise: its rejection is the program's end.
                machine.noteRejectionHandled(promise)
                program?.promise = machine.makeHandle(promise)
                guard let start else { return .undefined }
                return try machine.startSliced(start.function, this: .undefined, arguments: [start.module])
            }
            let function = try machine.makeScriptFunction(script, realm: realm)
            return try machine.startSliced(function, this: machine.realmValue(realm, .globalThisValue), arguments: [])
        }
    }

    /// Goes on with what a snapshot or a pause left: a paused program, jobs, timers.
    /// - Parameters:
    ///   - more: fuel for this part; what was used beyond the last one is taken from it.
    ///   - deadline: nanoseconds for this part; nil for none.
    ///   - waits: for timers; otherwise they are left.
    public func goOn(fuel more: Int64, deadline: Int64?, waits: Bool) -> ProgramState {
        let used = program == nil ? 0 : usedWords
        recover()
        if program == nil { program = SessionProgram() }
        let overdraft = program?.overdraft ?? 0
        usedBefore = used
        let words = Machine.words(ofUnits: more)
        givenWords = max(0, words &- overdraft)
        machine.setFuel(words: givenWords)
        machine.setDeadline(deadline)
        if words <= overdraft {
            program?.overdraft = overdraft &- words
            return .paused
        }
        program?.overdraft = 0
        let isPaused = machine.isPaused
        return drive(waits: waits) { () throws(Thrown) in isPaused ? try machine.resumeSliced() : nil }
    }

    /// The program that `start` began is over, unless it is paused.
    func forgetProgram() {
        guard let program, !machine.isPaused else { return }
        for case let handle? in [program.result, program.promise] { machine.releaseHandle(handle) }
        self.program = nil
    }

    private func drive(waits: Bool, _ first: () throws(Thrown) -> Word?) -> ProgramState {
        machine.runsInSlices = true
        defer { machine.runsInSlices = false }
        var state: ProgramState?
        let outcome = finish { () throws(Thrown) in
            do throws(Thrown) {
                if let value = try first(), program?.result == nil { program?.result = machine.makeHandle(value) }
                try runJobs()
                if waits { try runTimers() } else if timers.earliest != nil { state = .waiting }
                return try result()
            } catch {
                if error == .termination, machine.isPaused, machine.termination == .paused {
                    machine.clearTermination()
                    program?.overdraft = max(0, 0 &- machine.wordBalance)
                    state = .paused
                    return ""
                }
                if machine.isPaused { machine.dropPaused() }
                throw error
            }
        }
        if let state, case .finished = outcome { return state }
        return .ended(outcome)
    }

    /// The value of the program, as text.
    private func result() throws(Thrown) -> String {
        if let promise = program?.promise, let reason = machine.takeRejection(of: machine.handleValue(promise)) {
            throw machine.throwValue(reason)
        }
        guard let handle = program?.result else { return "undefined" }
        let value = machine.handleValue(handle)
        return inspectsResults ? try Inspector(machine).plain(value) : machine.describe(value)
    }
}
