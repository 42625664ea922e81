internal import TerrariumCage
internal import TerrariumEngine

extension Sandbox {
    /// The sandbox as it is now; it goes on unchanged. Calls of host functions that are not answered, timers and a paused
    /// program are part of the snapshot, values that the host holds are not, unless it has given them a name with `keep`.
    ///
    /// What belongs to the host is not part of it either: its functions, the handlers of capabilities, what its own closures
    /// remember. Cost: a few milliseconds and a copy of the guest's memory.
    /// - Throws: `.misuse(.reentrant)` inside a host function; `.snapshot(.hostObjects)` while the guest holds host objects.
    public func snapshot() throws(TerrariumError) -> Snapshot {
        let snapshot = try core.freeze()
        if try core.liveMachine().hasHostObjects { throw .snapshot(.hostObjects) }
        return snapshot
    }

    /// A sandbox that goes on from a snapshot.
    ///
    /// Host functions are bound again by their names: what the snapshot's sandbox had, the capabilities and `functions` have
    /// to define again, with as many parameters. Nothing is installed anew: what the guest has made of its globals stays.
    /// Calls that were not answered wait for `answer` or `repeatCalls`; timers go on with the time that was left to them.
    /// - Parameters:
    ///   - snapshot: where it goes on from.
    ///   - limits: what the guest may use from now on.
    ///   - capabilities: as for a new sandbox. Those without functions (clock, random numbers, code generation) are what is
    ///     given here; random numbers from a seed go on where they were.
    ///   - functions: defines the host's own functions and classes.
    /// - Throws: `.snapshot(.missingFunction)`, `.snapshot(.tooLarge)` when the heap limit is below what the snapshot holds,
    ///   `.misuse(.cannotCreate)`, and what the capabilities throw.
    public convenience init(
        restoring snapshot: Snapshot, limits: Limits = Limits(), capabilities: [Capability] = [],
        functions: (Sandbox) -> Void = { _ in }
    ) throws(TerrariumError) {
        try self.init(limits: limits, capabilities: capabilities)
        functions(self)
        try core.throwDeferred()
        guard snapshot.image.heapInUse <= limits.heap.bytes else { throw .snapshot(.tooLarge) }
        try core.adopt(snapshot.image)
        try core.take(snapshot.state)
    }

    /// Another sandbox that goes on from where this one is. Host functions, and objects of the host that the guest holds, are
    /// shared with it, so it stays in the same isolation domain. The first fork costs as much as a snapshot; further ones, as
    /// long as nothing has run here, some ten microseconds and the pages that they write to.
    ///
    /// A host function that uses its sandbox by capturing it uses this one, whichever calls it.
    /// - Parameter limits: those of the fork; as here when nothing is given.
    /// - Throws: `.misuse`, `.snapshot(.noMemory)`.
    public func fork(limits: Limits? = nil) throws(TerrariumError) -> Sandbox {
        Sandbox(core: try core.fork(try core.freeze(), limits: limits))
    }

    // MARK: Values by name

    /// Keeps a value under a name that only the host knows, also in snapshots; undefined takes the name back.
    public func keep(_ name: String, _ value: Value) throws(TerrariumError) {
        let word = try core.word(value)
        let machine = try core.liveMachine()
        if let old = core.keptValues.removeValue(forKey: name) { core.release(old) }
        if !word.isUndefined { core.keptValues[name] = machine.makeHandle(word) }
        core.frozen = nil
    }

    /// A value that was kept.
    public func kept(_ name: String) -> Value? {
        guard let handle = core.keptValues[name] else { return nil }
        return core.peek { core.value($0.handleValue(handle), $0) }
    }

    // MARK: Unanswered calls

    /// A function whose calls nobody works on: the guest gets a promise, and the host answers with `answer` when it can, in
    /// this sandbox or in one that was restored from its snapshot. For what takes days.
    /// - Parameters:
    ///   - path: a global name, or a path of names with dots.
    ///   - parameters: number of parameters, as the guest sees it.
    public func defineDeferred(_ path: String, parameters: Int = 0) {
        core.install(path, length: parameters) { (machine, call) throws(Thrown) in
            try SandboxCore.of(machine).startCall(path, call, machine, nil)
        }
    }

    /// Calls of host functions that have not been answered, the oldest first.
    public var pendingCalls: [PendingHostCall] {
        core.peek { machine in
            core.pendingCalls.sorted { $0.key < $1.key }.filter { $0.value.request == nil }.map { id, call in
                var arguments: [Value] = []
                if let handle = call.call { arguments = machine.listValues(machine.handleValue(handle)).dropFirst().map { core.value($0, machine) } }
                return PendingHostCall(id: id, function: call.name, arguments: arguments, isRunning: call.task != nil)
            }
        } ?? []
    }

    /// Answers a call, and runs promise jobs. A task that works on it is cancelled.
    /// - Throws: `.misuse` when it has been answered; limits; conversions.
    public func answer<T: Encodable>(_ call: PendingHostCall, with value: T) throws(TerrariumError) {
        let encoded = try core.encode(value)
        try core.settle(call) { (machine, promise) throws(Thrown) in
            try machine.resolvePromise(promise, try encoded.take(machine))
        }
    }

    /// Answers a call with an error, as if the host function had thrown it, and runs promise jobs.
    /// - Throws: as `answer(_:with:)`.
    public func answer(_ call: PendingHostCall, throwing error: any Error) throws(TerrariumError) {
        let core = self.core
        try core.settle(call) { (machine, promise) throws(Thrown) in
            try machine.rejectPromise(promise, try core.hostError(error, machine))
        }
    }

    /// Calls the functions of all unanswered calls that nobody works on again, with the same arguments. After restoring a
    /// snapshot: the tasks of asynchronous functions did not come along.
    public func repeatCalls() throws(TerrariumError) {
        let core = self.core
        for (id, call) in core.pendingCalls.sorted(by: { $0.key < $1.key }) where call.task == nil {
            guard let handle = call.call else { continue }
            core.pendingCalls[id] = nil
            try core.perform { (machine) throws(Thrown) in
                defer { core.release(call, machine) }
                let words = machine.listValues(machine.handleValue(handle))
                guard let function = words.first else { return }
                let again = try machine.call(function, this: .undefined, arguments: Array(words.dropFirst()))
                try machine.resolvePromise(machine.handleValue(call.promise).offset, again)
            }
        }
    }
}

/// A call of a host function that the guest waits for.
public struct PendingHostCall {
    let id: UInt64
    /// Path under which the function was defined.
    public let function: String
    /// What the guest gave it.
    public let arguments: [Value]
    /// A task works on the answer. In a restored sandbox no one does.
    public let isRunning: Bool
}

extension SandboxCore {
    func settle(_ call: PendingHostCall, _ body: (Machine, UInt32) throws(Thrown) -> Void) throws(TerrariumError) {
        guard let pending = pendingCalls.removeValue(forKey: call.id) else {
            throw .misuse(.notSuitable("The call has been answered"))
        }
        pending.task?.cancel()
        try perform { (machine) throws(Thrown) in
            defer { release(pending, machine) }
            let promise = machine.handleValue(pending.promise)
            guard machine.isPromise(promise) else { throw machine.terminate(.corrupted) }
            try body(machine, promise.offset)
            if nesting == 1 { try runJobs(machine) }
        }
    }

    /// What a snapshot is made of.
    func freeze() throws(TerrariumError) -> Snapshot {
        try throwDeferred()
        let machine = try liveMachine()
        guard nesting == 0 else { throw .misuse(.reentrant) }
        if let frozen { return frozen }
        machine.adoptThread()
        var handles: [Int] = []
        func keep(_ handle: Int) -> Int {
            handles.append(handle)
            return handles.count - 1
        }
        var state = SandboxState()
        state.usedWords = wordsSoFar
        state.randomState = randomState
        state.clockStart = clockStart
        if case .real = timerMode { state.elapsed = MonotonicClock.now() &- creationTime }
        state.virtualTime = timers.virtualTime
        state.lastTimer = timers.lastID
        state.timers = timers.waiting(from: timerTime(advancing: false)).map { timer in
            var timer = timer
            timer.handle = keep(timer.handle)
            timer.order = 0
            return timer
        }
        state.nextCall = nextCall
        for (id, call) in pendingCalls.sorted(by: { $0.key < $1.key }) {
            state.calls.append(
                SandboxState.Call(
                    id: id, name: call.name, promise: keep(call.promise), call: call.call.map { keep($0) }, request: call.request))
        }
        state.console = console
        for (key, handle) in (commonJS?.modules ?? [:]).sorted(by: { $0.key < $1.key }) {
            state.commonJS.append((key: key, handle: keep(handle)))
        }
        for record in classes.values.sorted(by: { $0.name < $1.name }) {
            state.classes.append((name: record.name, handle: keep(record.prototype)))
        }
        for (name, handle) in keptValues.sorted(by: { $0.key < $1.key }) {
            state.kept.append((name: name, handle: keep(handle)))
        }
        state.loaded = loadedModules(machine)
        if let pause { state.pause = (words: pause.state.words, result: pause.state.result.map { keep($0) }) }
        guard let image = machine.capture(keeping: handles, withObjects: true) else { throw .snapshot(.noMemory) }
        let snapshot = Snapshot(image: image, state: state)
        frozen = snapshot
        return snapshot
    }

    /// A core that goes on from a snapshot of this one.
    func fork(_ snapshot: Snapshot, limits: Limits?) throws(TerrariumError) -> SandboxCore {
        let limits = limits ?? self.limits
        guard snapshot.image.heapInUse <= limits.heap.bytes else { throw .snapshot(.tooLarge) }
        let fork = try SandboxCore(forking: self, snapshot.image, limits: limits)
        fork.share(with: self)
        try fork.take(snapshot.state)
        return fork
    }

    /// Requests whose modules the machine has, in order.
    private func loadedModules(_ machine: Machine) -> [(request: ModuleRequest, key: String)] {
        var keys = loadedBefore
        for list in [modules?.loaded ?? [:], given] {
            for (request, load) in list {
                if case .compiled(let key, _) = load, machine.knowsModule(key, type: nil, realm: realm) { keys[request] = key }
            }
        }
        return keys.map { (request: $0.key, key: $0.value) }.sorted {
            ($0.request.referrer, $0.request.specifier, $0.request.type ?? "")
                < ($1.request.referrer, $1.request.specifier, $1.request.type ?? "")
        }
    }

    /// What a fork has from the host.
    func share(with other: SandboxCore) {
        timerMode = other.timerMode
        onUncaught = other.onUncaught
        wallClock = other.wallClock
        randomState = other.randomState
        if randomState != nil, let machine { followSeed(machine) }
        given = other.given
        if let cache = other.modules {
            let own = ModuleCache(cache.loader)
            own.loaded = cache.loaded
            modules = own
        }
        commonJS = other.commonJS.map { CommonJS($0.loader) }
        classes = other.classes
    }

    /// Goes on with the state of a snapshot, whose machine this core has.
    func take(_ state: SandboxState) throws(TerrariumError) {
        let machine = try liveMachine()
        wordsSoFar = state.usedWords
        if randomState != nil, let given = state.randomState { randomState = given }
        clockStart = state.clockStart
        creationTime = MonotonicClock.now() &- state.elapsed
        timers.virtualTime = state.virtualTime
        timers.take(state.timers, from: timerTime(advancing: false), lastID: state.lastTimer)
        nextCall = state.nextCall
        pendingCalls = [:]
        var imports: [SandboxState.Call] = []
        for call in state.calls {
            if call.request != nil {
                imports.append(call)
            } else {
                pendingCalls[call.id] = PendingCall(task: nil, promise: call.promise, call: call.call, name: call.name)
            }
        }
        console = state.console
        if let commonJS {
            commonJS.native = machine.hostNative("require") ?? 0
            commonJS.modules = [:]
            for (key, handle) in state.commonJS { commonJS.modules[key] = handle }
        }
        for (type, record) in classes {
            classes[type] = state.classes.first { $0.name == record.name }.map { HostClassRecord(name: $0.name, prototype: $0.handle) }
        }
        keptValues = [:]
        for (name, handle) in state.kept { keptValues[name] = handle }
        loadedBefore = [:]
        for (request, key) in state.loaded { loadedBefore[request] = key }
        if let paused = state.pause {
            let operation = Operation(limits)
            operation.words = paused.words
            let pause = Pause(self, operation, result: paused.result)
            heldPause = pause
            self.pause = pause
        }
        if imports.isEmpty { return }
        // Modules that were on their way are asked for again.
        try perform { (machine) throws(Thrown) in
            for call in imports {
                guard let request = call.request else { continue }
                let promise = machine.handleValue(call.promise)
                guard machine.isPromise(promise) else { continue }
                if !startImport(request, promise, machine) { try machine.completeImport(request.engine, promise, realm: realm) }
                machine.releaseHandle(call.promise)
            }
        }
    }
}
