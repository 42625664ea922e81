public import TerrariumEngine
internal import TerrariumLibrary
public import TerrariumSyntax

/// How a program ended.
public enum Outcome: Sendable {
    /// It finished; the text is the completion value as `String(value)` would show it, without running guest code.
    case finished(String)
    /// An uncaught exception: a rendering with place, source line, caret and stack.
    case thrown(String)
    /// It does not parse; text with place and caret.
    case syntaxError(String)
    /// A limit, an interrupt or the guest's own exit ended it.
    case ended(Ending)
}

/// Why a guest was ended.
public enum Ending: String, Sendable {
    /// The limit of this name, or an interrupt.
    case fuel, heap, deadline, output, interrupted
    /// The engine found its state inconsistent.
    case corrupted = "internal error"
}

/// Limits of a session; all finite.
public struct SessionLimits: Sendable {
    /// Units for a run, or an entry.
    public var fuel: Int64 = 10_000_000_000
    /// Bytes.
    public var heap = 256 << 20
    /// Nested calls.
    public var depth = 10_000
    /// Nanoseconds.
    public var deadline: Int64? = nil
    /// Bytes of printed text.
    public var output = 64 << 20
    /// Limits for code that means well.
    public init() {}
}

/// One guest: a machine with one realm, as the command line uses it. It belongs to one thread.
public final class Session {
    let machine: Machine
    let realm: UInt32
    /// Fuel that was given, in words of code.
    var givenWords: Int64
    var timers = TimerQueue()
    var hasTimerFunctions = false
    /// First of the natives of timers, once they are registered.
    var timerNatives: UInt32?
    /// Words that were used before these were given: by the slices before this one.
    var usedBefore: Int64 = 0
    /// The program that `start` began.
    var program: SessionProgram?
    /// Some promise of this run was rejected and nobody handles it.
    private(set) var hasRejections = false
    /// Called before the thread waits for a timer.
    public var onWait: (() -> Void)? = nil
    /// Handles of what `_` and `_error` are at a prompt.
    var lastValue: Int?, lastError: Int?
    /// Results are shown with their contents, as Node shows them; otherwise as `String(value)` would.
    public var inspectsResults = false
    var lastThrownName: String?
    /// Timers of an agent of the conformance host.
    var agentTimers: AgentTimers? = nil
    /// Asked when nothing is to be done now: whether the event loop ends though something may still happen.
    public var isFinished: (() -> Bool)? = nil
    /// Frames of the error that ended the last run, innermost first; empty when it was no error.
    public private(set) var lastFrames: [StackFrame] = []
    /// Called when the jobs of a run are done, for each promise that was rejected and has no handler.
    public var onUnhandledRejection: ((Rejection) -> Void)? = nil

    /// - Throws: `SessionError` when there is no room for the cage or the heap limit is too small for the library.
    public init(limits: SessionLimits = SessionLimits(), print: ((String) -> Void)? = nil) throws(SessionError) {
        var machineLimits = MachineLimits()
        machineLimits.fuel = 1 << 40
        machineLimits.heap = limits.heap
        machineLimits.depth = limits.depth
        machineLimits.output = limits.output
        guard let machine = Machine(limits: machineLimits) else { throw .noAddressSpace }
        self.machine = machine
        givenWords = Machine.words(ofUnits: limits.fuel)
        do throws(Thrown) {
            realm = try machine.makeRealm()
            if let print {
                machine.host.print = print
                try machine.installPrint(realm: realm)
                timerNatives = machine.registerTimers()
            }
        } catch {
            throw .heapTooSmall
        }
        machine.setFuel(limits.fuel)
        machine.setDeadline(limits.deadline)
    }

    /// A session on a machine that exists.
    init(machine: Machine, realm: UInt32, fuel: Int64) {
        self.machine = machine
        self.realm = realm
        givenWords = Machine.words(ofUnits: fuel)
    }

    /// Fuel so far, in words of code.
    var usedWords: Int64 {
        usedBefore &+ givenWords &- (program == nil ? max(0, machine.wordBalance) : machine.wordBalance)
    }

    /// What the guest has cost so far.
    public var bill: Bill {
        Bill(
            fuel: Machine.units(ofWords: usedWords), heap: machine.heapInUse, heapPeak: machine.heapPeak, output: machine.outputBytes, hostCalls: 0, time: .nanoseconds(0))
    }

    /// Ends what runs, from any thread.
    public var interrupter: @Sendable () -> Void {
        let interrupter = machine.interrupter
        return { interrupter.interrupt() }
    }

    /// Collects at every safepoint (a test of the engine).
    public var stressCollector: Bool {
        get { machine.stressCollector }
        set { machine.stressCollector = newValue }
    }

    /// Caches are neither filled nor used (a test of the engine).
    public var cachesDisabled: Bool {
        get { machine.cachesDisabled }
        set { machine.cachesDisabled = newValue }
    }

    /// Runs a script and then its jobs.
    public func run(_ source: SourceText) -> Outcome {
        switch Session.compile(source, ParseOptions.guest) {
        case .failure(let error): return .syntaxError(error.text)
        case .success(let script):
            return finish { () throws(Thrown) in
                let value = try machine.run(script, realm: realm)
                let text = inspectsResults ? try Inspector(machine).plain(value) : machine.describe(value)
                try runJobs()
                try runTimers()
                if agentTimers != nil { try runUntilIdle() }
                return text
            }
        }
    }

    /// How a piece of work ends.
    func finish(_ work: () throws(Thrown) -> String) -> Outcome {
        hasRejections = false
        lastFrames = []
        do throws(Thrown) {
            let text = try work()
            reportRejections()
            return .finished(text)
        } catch {
            if error == .exception { return .thrown(renderEntryException()) }
            switch machine.termination {
            case .fuel: return .ended(.fuel)
            case .heap: return .ended(.heap)
            case .deadline: return .ended(.deadline)
            case .output: return .ended(.output)
            case .interrupted: return .ended(.interrupted)
            default: return .ended(.corrupted)
            }
        }
    }

    /// Text of the exception that is pending, which is taken.
    func renderException() -> String {
        let value = machine.takeException()
        lastThrownName = value.isObject ? machine.constructorName(value.offset) : machine.describe(value)
        lastFrames = machine.stackFrames(of: value)
        mortem?.uncaught(machine, value)
        return machine.report(uncaught: value)
    }

    /// HostPromiseRejectionTracker: tells of the promises that were rejected and have no handler now.
    func reportRejections() {
        let promises = machine.takeUnhandledRejections()
        if !promises.isEmpty { hasRejections = true }
        guard let report = onUnhandledRejection else { return }
        for promise in promises {
            let reason = machine.rejectionReason(promise)
            mortem?.uncaught(machine, reason)
            report(Rejection(text: machine.report(uncaught: reason, inPromise: true), frames: machine.stackFrames(of: reason)))
        }
    }
}

/// A promise that was rejected and that nobody handles.
public struct Rejection: Sendable {
    /// Place, source line, caret, and the reason with its stack.
    public let text: String
    /// Frames of the reason, when it is an error; innermost first.
    public let frames: [StackFrame]
}

/// Why there is no session.
public enum SessionError: Error, Sendable {
    /// The system has no room for the cage.
    case noAddressSpace
    /// The heap limit is below what the library, or the snapshot, holds.
    case heapTooSmall
}
