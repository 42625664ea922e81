internal import TerrariumCage
internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumSyntax

/// A value as the engine has it.
typealias Word = TerrariumEngine.Value

/// What one operation of the host may use.
final class Operation {
    /// Fuel that is left, in words of code; negative when native code used more than there was.
    var words: Int64
    /// An interrupt from before its parts begin counts: it is that of a cancelled task.
    var keepsInterrupts = false
    /// Monotonic nanoseconds.
    let deadline: Int64

    init(_ limits: Limits) {
        words = Machine.words(ofUnits: Int64(limits.fuel))
        deadline = MonotonicClock.now() &+ Operation.nanoseconds(limits.deadline)
    }

    init(fuel: Int, start: Int64, duration: Int64) {
        words = Machine.words(ofUnits: Int64(fuel))
        deadline = start &+ duration
    }

    static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds > 4_000_000_000 ? Int64.max / 2 : max(0, seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }
}

/// What a sandbox and its values share. The sandbox ends it; values that are left keep it, without the machine.
///
/// Rules:
/// 1. One isolation domain at a time. Other threads talk to it through the interrupter and the mailbox only.
/// 2. Guest code runs inside of `perform` only, which meters, and turns what goes wrong into `TerrariumError`.
/// 3. Words are rooted by handles or not held across guest code.
final class SandboxCore {
    private(set) var machine: Machine?
    /// The realm that operations are about: the first one, or the one of `Realm.use`.
    var realm: UInt32 { didSet { machine?.hostRealm = realm } }
    let interrupter: TerrariumEngine.Interrupter
    var limits: Limits { didSet { duration = Operation.nanoseconds(limits.deadline) } }
    /// Nanoseconds that an operation may take.
    private var duration: Int64
    let mailbox = Mailbox()

    /// Operations that are running: more than one when a host function uses the sandbox.
    private(set) var nesting = 0
    private var operation: Operation?
    private var isEnding = false
    /// A limit of this library that ended the guest by way of an interrupt.
    private var reached: TerrariumError?

    // The bill
    var accounts: SourceAccounts?
    /// Words of code and their like of all operations that have ended.
    private var usedWords: Int64 = 0
    private var usedTime: Int64 = 0
    private var startTime: Int64 = 0

    // The event loop
    var pendingCalls: [UInt64: PendingCall] = [:]
    var nextCall: UInt64 = 0
    var timers = TimerQueue()
    var timerMode: TimerMode = .none
    /// Jobs that threw, and rejections that nobody handled, go here.
    var onUncaught: ((ThrownError) -> Void)?
    /// The last exception that left the guest, should a host function throw it on.
    private var lastThrown: (token: UInt64, handle: Int)?
    /// The last error of a host function, should the guest not catch it.
    private var lastHostError: (handle: Int, error: any Error)?
    private var nextToken: UInt64 = 1
    /// What modules may be imported.
    var modules: ModuleCache?
    /// Modules that the host itself gave.
    var given: [ModuleRequest: ModuleLoad] = [:]
    /// The program that is paused. Whoever holds the pause keeps the program.
    weak var pause: Pause?
    /// The program that a snapshot had paused, until it goes on or ends.
    var heldPause: Pause?
    var commonJS: CommonJS?
    /// Requests that the program of a snapshot had answered, and the keys of their modules.
    var loadedBefore: [ModuleRequest: String] = [:]
    var console = ConsoleState()
    /// State of the random numbers that follow from a seed.
    var randomState: UInt64?
    /// Values that the host keeps by name: handles.
    var keptValues: [String: Int] = [:]
    /// Changes when another machine takes over, to which values of the first mean nothing.
    private(set) var epoch = 0
    /// What forks start from, as long as nothing runs.
    var frozen: Snapshot?
    /// Class prototypes of host classes, by name.
    var classes: [ObjectIdentifier: HostClassRecord] = [:]
    var wallClock: (() -> Double)?
    /// Time of day at the start, and monotonic time at the start.
    var clockStart = 0.0
    var creationTime = MonotonicClock.now()
    /// What went wrong where nothing could be thrown.
    var deferredFailure: TerrariumError?
    /// The last source that did not parse, in case its SyntaxError leaves the guest.
    var lastSyntaxFailure: SyntaxFailure?

    init(limits: Limits) throws(TerrariumError) {
        guard let base = SandboxCore.base,
            let machine = Machine.restoring(base.image, limits: SandboxCore.machineLimits(limits))
        else { throw .misuse(.cannotCreate) }
        realm = base.realm
        self.limits = limits
        duration = Operation.nanoseconds(limits.deadline)
        self.machine = machine
        interrupter = machine.interrupter
        machine.client = self
        prepareModules(machine)
    }

    /// Goes on with the machine of a snapshot, to which the one that was prepared hands over what it got from the host.
    func adopt(_ image: MachineImage) throws(TerrariumError) {
        let prepared = try liveMachine()
        guard let machine = Machine.restoring(image, limits: SandboxCore.machineLimits(limits)) else {
            throw .misuse(.cannotCreate)
        }
        if let key = machine.bindHost(to: prepared) { throw .snapshot(.missingFunction(key)) }
        machine.takeOver(prepared)
        epoch += 1
        self.machine = machine
        prepareModules(machine)
    }

    /// A fork of another core's sandbox.
    init(forking other: SandboxCore, _ image: MachineImage, limits: Limits) throws(TerrariumError) {
        let original = try other.liveMachine()
        guard let machine = Machine.restoring(image, limits: SandboxCore.machineLimits(limits)) else {
            throw .misuse(.cannotCreate)
        }
        realm = other.realm
        self.limits = limits
        duration = Operation.nanoseconds(limits.deadline)
        self.machine = machine
        interrupter = machine.interrupter
        machine.shareHost(of: original)
        machine.host = original.host
        machine.client = self
        prepareModules(machine)
    }

    /// A machine with a realm and nothing else, which all sandboxes start from.
    private static let base: (image: MachineImage, realm: UInt32)? = {
        guard let machine = Machine(limits: MachineLimits()), let realm = try? machine.makeRealm(),
            let image = machine.capture(zeroing: true)
        else { return nil }
        return (image, realm)
    }()

    /// What snapshots as bytes are relative to.
    static let imageBase: ImageBase? = base.map { ImageBase($0.image) }

    private static func machineLimits(_ limits: Limits) -> MachineLimits {
        var result = MachineLimits()
        result.fuel = 1 << 40
        result.heap = min(limits.heap.bytes, MachineLimits.largestHeap)
        result.depth = limits.depth
        result.output = limits.output.bytes
        return result
    }

    /// Ends everything. Inside an operation that happens when it is over.
    func end() {
        isEnding = true
        if nesting > 0 { return interrupter.interrupt() }
        for call in pendingCalls.values { call.task?.cancel() }
        pendingCalls = [:]
        mailbox.close()
        timers = TimerQueue()
        onUncaught = nil
        modules = nil
        commonJS = nil
        wallClock = nil
        lastThrown = nil
        lastHostError = nil
        heldPause = nil
        frozen = nil
        keptValues = [:]
        classes = [:]
        machine = nil
    }

    var hasEnded: Bool { isEnding }

    func liveMachine() throws(TerrariumError) -> Machine {
        guard let machine, !isEnding else { throw .misuse(.sandboxEnded) }
        return machine
    }

    // MARK: Operations

    /// Runs something that may run guest code.
    func perform<Result>(_ given: Operation? = nil, _ work: (Machine) throws(Thrown) -> Result) throws(TerrariumError) -> Result {
        let machine = try liveMachine()
        if nesting > 0 {
            // Inside a host function: meters go on.
            if machine.termination != nil { throw failure(.termination, machine) }
            nesting += 1
            defer { nesting -= 1 }
            do throws(Thrown) {
                return try work(machine)
            } catch {
                throw failure(error, machine)
            }
        }
        begin(given, machine)
        defer { finish(machine) }
        do throws(Thrown) {
            return try work(machine)
        } catch {
            throw failure(error, machine)
        }
    }

    /// Something of the library that throws both ways.
    func convert<Result: ~Copyable>(_ given: Operation? = nil, _ work: (Machine) throws(TerrariumError) -> Result) throws(TerrariumError)
        -> Result
    {
        let machine = try liveMachine()
        if nesting > 0 {
            nesting += 1
            defer { nesting -= 1 }
            return try work(machine)
        }
        begin(given, machine)
        defer { finish(machine) }
        return try work(machine)
    }

    /// For operations that are no closure: begins one, or goes on inside of one.
    func enter(_ given: Operation? = nil) throws(TerrariumError) -> Machine {
        let machine = try liveMachine()
        if nesting > 0 { nesting += 1 } else { begin(given, machine) }
        return machine
    }

    /// The counterpart of `enter`.
    func leave(_ machine: Machine) {
        if nesting > 1 { nesting -= 1 } else { finish(machine) }
    }

    private func begin(_ given: Operation?, _ machine: Machine) {
        startTime = MonotonicClock.now()
        if frozen != nil { frozen = nil }
        let operation = given ?? Operation(fuel: limits.fuel, start: startTime, duration: duration)
        self.operation = operation
        nesting = 1
        reached = nil
        machine.adoptThread()
        if machine.termination != .corrupted { machine.clearTermination() }
        machine.setFuel(words: operation.words)
        machine.setDeadline(at: operation.deadline)
        if !operation.keepsInterrupts { interrupter.reset() }
        accounts?.begin(machine)
    }

    private func finish(_ machine: Machine) {
        accounts?.end(machine)
        if let operation {
            let balance = machine.wordBalance
            usedWords &+= operation.words &- balance
            operation.words = balance
        }
        operation = nil
        nesting = 0
        usedTime &+= MonotonicClock.now() &- startTime
        if let end = machine.termination, end != .paused { endModules(machine) }
        // Looking at values between operations costs nothing and meets no limit.
        if machine.termination != .corrupted { machine.clearTermination() }
        machine.setFuel(1 << 50)
        machine.setDeadline(at: nil)
        if isEnding { end() }
    }

    /// Looks at something without running guest code, inside or outside of operations; nil when the sandbox has ended.
    func peek<Result>(_ body: (Machine) -> Result) -> Result? {
        guard let machine else { return nil }
        if nesting == 0 {
            machine.adoptThread()
            interrupter.reset()
        }
        return body(machine)
    }

    /// The guest ends for a limit of this library.
    func reach(_ limit: TerrariumError, _ machine: Machine) -> Thrown {
        if reached == nil { reached = limit }
        return machine.terminate(.interrupted)
    }

    /// What a `Thrown` means for the host. Takes the exception.
    func failure(_ thrown: Thrown, _ machine: Machine) -> TerrariumError {
        if thrown == .exception { return failure(exception: machine.takeException(), machine) }
        if let reached { return reached }
        switch machine.termination {
        case .fuel, .paused: return .fuel
        case .heap: return .heap
        case .deadline: return .deadline
        case .output: return .output
        case .interrupted, .exit: return isEnding ? .misuse(.sandboxEnded) : .interrupted
        case .corrupted, nil: return .inconsistent
        }
    }

    /// What an exception of the guest means for the host.
    func failure(exception value: Word, _ machine: Machine) -> TerrariumError {
        nextToken += 1
        let error = ThrownError.make(machine, value, token: nextToken)
        if let last = lastThrown { machine.releaseHandle(last.handle) }
        lastThrown = (nextToken, machine.makeHandle(value))
        if let host = lastHostError, machine.handleValue(host.handle) == value {
            return .host(HostFailure(error: host.error, thrown: error))
        }
        if let syntax = lastSyntaxFailure, error.name == "SyntaxError", error.message == syntax.message { return .syntax(syntax) }
        if value.isObject, error.message == "Maximum call stack size exceeded", machine.errorKind(of: value.offset) == .rangeError {
            return .depth(error)
        }
        return .thrown(error)
    }

    /// What an error of a host function becomes in the guest.
    func raise(_ error: any Error, _ machine: Machine) -> Thrown {
        if let ours = error as? TerrariumError {
            if machine.termination != nil { return .termination }
            switch ours {
            case .thrown(let thrown), .depth(let thrown):
                if let last = lastThrown, last.token == thrown.token { return machine.throwValue(machine.handleValue(last.handle)) }
            case .host(let failure):
                if let last = lastThrown, last.token == failure.thrown.token {
                    return machine.throwValue(machine.handleValue(last.handle))
                }
                return raise(failure.error, machine)
            case .conversion(let failure): return machine.typeError(failure.description)
            default: break
            }
        }
        do throws(Thrown) {
            let value = try hostError(error, machine)
            return machine.throwValue(value)
        } catch {
            return error
        }
    }

    /// The guest's error object for an error of the host.
    func hostError(_ error: any Error, _ machine: Machine) throws(Thrown) -> Word {
        if case .conversion(let failure)? = error as? TerrariumError { return try machine.makeError(.typeError, failure.description) }
        let message = (error as? any RevealedError)?.guestMessage ?? "The host function failed"
        let value = try machine.makeError(.error, message)
        if let last = lastHostError { machine.releaseHandle(last.handle) }
        lastHostError = (machine.makeHandle(value), error)
        return value
    }

    // MARK: Values

    /// A value for the host.
    func value(_ word: Word, _ machine: Machine) -> Value {
        guard word.isReference else { return Value(word: word, root: nil) }
        return Value(word: word, root: ValueRoot(core: self, handle: machine.makeHandle(word)))
    }

    /// The word of a value that the host gives.
    func word(_ value: Value) throws(TerrariumError) -> Word {
        guard let root = value.root else { return value.word }
        guard root.core === self else {
            if root.core.hasEnded { throw .misuse(.sandboxEnded) }
            throw .misuse(.foreignValue)
        }
        guard root.epoch == epoch else { throw .misuse(.foreignValue) }
        _ = try liveMachine()
        return value.word
    }

    func release(_ handle: Int) { machine?.releaseHandle(handle) }

    /// Fuel of all operations that have ended, in words of code.
    var wordsSoFar: Int64 {
        get { usedWords }
        set { usedWords = newValue }
    }

    // MARK: Jobs

    /// Runs microtasks, and tells the host what nobody caught.
    func runJobs(_ machine: Machine) throws(Thrown) {
        report(try machine.runJobs(), machine)
    }

    func report(_ thrown: [Word], _ machine: Machine) {
        let rejections = machine.takeUnhandledRejections()
        guard let onUncaught else { return }
        for value in thrown { onUncaught(ThrownError.make(machine, value)) }
        for promise in rejections {
            guard let result = machine.promiseResult(promise) else { continue }
            onUncaught(ThrownError.make(machine, result.value))
        }
    }

    var bill: Bill {
        guard let machine else {
            return Bill(
                fuel: Machine.units(ofWords: usedWords), heap: 0, heapPeak: 0, output: 0, hostCalls: 0, time: .nanoseconds(usedTime))
        }
        let now = operation.map { $0.words &- machine.wordBalance } ?? 0
        let time = operation == nil ? 0 : MonotonicClock.now() &- startTime
        return Bill(
            fuel: Machine.units(ofWords: usedWords &+ now), heap: machine.heapInUse, heapPeak: machine.heapPeak, output: machine.outputBytes,
            hostCalls: machine.hostCalls, time: .nanoseconds(usedTime &+ time))
    }
}
