internal import TerrariumEngine

/// How a slice of a program ended.
public enum SliceOutcome {
    /// The program and its promise jobs are done; the value of its last statement, or of the function's result.
    case finished(Value)
    /// The fuel of the slice is used up.
    case paused(Pause)
}

/// A program that stopped because its fuel was used up, and can go on.
///
/// Its state lies in the sandbox, which can be used meanwhile. There is one at a time; it ends with its sandbox.
public final class Pause {
    let core: SandboxCore
    let operation: Operation
    /// Handle of the program's result, once there is one.
    private var result: Int?
    private var isOver = false

    init(_ core: SandboxCore, _ operation: Operation, result: Int?) {
        self.core = core
        self.operation = operation
        self.result = result
    }

    deinit {
        if let result { core.release(result) }
        if !isOver { core.dropPaused(self) }
    }

    /// Goes on with more fuel, and with the sandbox's deadline from now. What native code used beyond the last slices is
    /// taken from this one; nothing runs until all of it is paid.
    /// - Throws: as running the program at once would; `.misuse` when it has ended.
    public func resume(fuel: Int) throws(TerrariumError) -> SliceOutcome {
        guard !isOver, core.pause === self else { throw .misuse(.notSuitable("The program has ended")) }
        guard core.nesting == 0 else { throw .misuse(.reentrant) }
        let next = Operation(core.limits)
        next.words = operation.words &+ Machine.words(ofUnits: Int64(fuel))
        operation.words = next.words
        core.frozen = nil
        if next.words <= 0 { return .paused(self) }
        isOver = true
        core.pause = nil
        core.heldPause = nil
        let value = result
        result = nil
        return try core.slice(next, known: value) { (machine) throws(Thrown) in try machine.resumeSliced() }
    }

    /// Ends the program without letting it run on.
    public func end() {
        isOver = true
        core.dropPaused(self)
        core.heldPause = nil
    }

    /// What a snapshot keeps of it.
    var state: (words: Int64, result: Int?) { (operation.words, result) }
}

extension Sandbox {
    /// Runs a script, and its promise jobs, until they are done or the fuel is used up. What is paused goes on with
    /// `Pause.resume(fuel:)`: at any instruction; a built-in is finished first, and what it used is taken from the next slices.
    ///
    /// Timers and host calls are not part of it: `step` or `runUntilIdle` sees to them.
    /// - Throws: `.thrown` and limits other than fuel; `.fuel` when guest code that a host function calls, which cannot be
    ///   paused, or one regular expression needs far more than any slice has.
    public func run(_ script: Script, fuel: Int) throws(TerrariumError) -> SliceOutcome {
        try start(fuel) { (machine) throws(Thrown) in
            let function = try machine.makeScriptFunction(script.template, realm: core.realm)
            return try machine.startSliced(
                function, this: machine.realmValue(core.realm, .globalThisValue), arguments: [])
        }
    }

    /// As `run(_:fuel:)` for a source.
    public func run(_ source: String, name: String = "script.js", fuel: Int) throws(TerrariumError) -> SliceOutcome {
        try run(try Script(source, name: name, limits: core.limits), fuel: fuel)
    }

    /// As `run(_:fuel:)` for a call of a function.
    public func run<each Argument: Encodable>(calling function: Value, _ arguments: repeat each Argument, fuel: Int)
        throws(TerrariumError) -> SliceOutcome
    {
        let word = try core.word(function)
        let kept = try core.hold(repeat each arguments)
        return try start(fuel) { (machine) throws(Thrown) in
            try machine.startSliced(word, this: .undefined, arguments: kept.map(\.word))
        }
    }

    private func start(_ fuel: Int, _ work: (Machine) throws(Thrown) -> Word) throws(TerrariumError) -> SliceOutcome {
        try core.throwDeferred()
        guard core.nesting == 0 else { throw .misuse(.reentrant) }
        guard core.pause == nil else { throw .misuse(.paused) }
        let operation = Operation(core.limits)
        operation.words = Machine.words(ofUnits: Int64(fuel))
        return try core.slice(operation, known: nil, work)
    }

    /// The program that is paused, if there is one.
    public var pause: Pause? { core.pause }
}

extension SandboxCore {
    /// Runs one slice. The work gives the program's result, or nil when it was a job that went on.
    func slice(_ operation: Operation, known: Int?, _ work: (Machine) throws(Thrown) -> Word?) throws(TerrariumError)
        -> SliceOutcome
    {
        var result = known
        let isPaused = try perform(operation) { (machine) throws(Thrown) in
            machine.runsInSlices = true
            defer { machine.runsInSlices = false }
            do throws(Thrown) {
                if let value = try work(machine) { result = machine.makeHandle(value) }
                self.report(try machine.runJobsSliced(), machine)
                return false
            } catch {
                if error == .termination, machine.isPaused, machine.termination == .paused { return true }
                if machine.isPaused { machine.dropPaused() }
                if let result { machine.releaseHandle(result) }
                throw error
            }
        }
        if isPaused {
            let pause = Pause(self, operation, result: result)
            self.pause = pause
            return .paused(pause)
        }
        guard let result, let machine else { return .finished(.undefined) }
        defer { machine.releaseHandle(result) }
        return .finished(value(machine.handleValue(result), machine))
    }

    func dropPaused(_ pause: Pause) {
        guard self.pause == nil || self.pause === pause else { return }
        self.pause = nil
        machine?.dropPaused()
        if let machine { endModules(machine) }
    }
}
