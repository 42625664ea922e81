import TerrariumCage

/// Pausing on empty fuel, and going on with more.
///
/// Rules:
/// 1. A pause happens at a safepoint of the interpreter with no native function below it: everything that the program is
///    lies in the cage and in the host cells. Leaving the interpreter pops nothing; `SavedState` says where to go on. While
///    a program is paused the cells stay as they are at the pause, so that its frames are rooted and what runs meanwhile
///    lies above them.
/// 2. Inside a native function, or in guest code that one called, fuel is overdrawn instead until the program is back at
///    such a safepoint. What was overdrawn is taken from the next slices, so the total is exact. What the heap bounds may
///    overdraw any amount; guest code below a native function, and a search that a guest can make exponential, up to a limit.
struct PauseState {
    /// The host runs a program in slices.
    var isSlicing = false
    /// What runs now can be paused.
    var isAllowed = false
    /// Bytes of code that were used beyond what there was.
    var overdraft: Int64 = 0
    /// The part of it that has a limit.
    var limitedOverdraft: Int64 = 0
    /// A regular expression is matched.
    var isSearching = false
    /// What runs began with a native function: guest code is below that.
    var startsNative = false
    /// Where the paused program goes on.
    var saved: SavedState? = nil
    /// What the cells were before the program.
    var base: SavedState? = nil
    /// Entry frame of the paused activation.
    var startFrame: UInt32 = 0
    var completion = PauseCompletion.none
}

/// What happens with the result of a function that is run in slices.
enum PauseCompletion {
    /// It is the result of the program.
    case result
    /// It settles the derived promise of a reaction: a handle of a list with resolve and reject.
    case reaction(handle: Int)
    case none
}

extension Machine {
    /// Most that guest code below native code may overdraw, and regular expressions, in bytes of code.
    static var maximumOverdraft: Int64 { Machine.unit &* 20_000_000 }

    /// At a safepoint where the program can be paused: does it when no fuel is left.
    func pauseIfEmpty() throws(Thrown) {
        guard wordBalance <= 0, termination == nil, !interruptFlag.isSet else { return }
        var start = frame
        var link = cage.load64(start, 8)
        while link & Link.entry == 0, start > stackStart {
            start = start &- (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8
            link = cage.load64(start, 8)
        }
        pausing.startFrame = start
        pausing.saved = SavedState(cells)
        throw terminate(.paused)
    }

    /// Fuel ran out where a program that runs in slices cannot be paused: what there is now.
    /// - Parameter isNative: native code ran out of it, rather than guest code below.
    func overdraw(_ total: Int64, isNative: Bool) -> Int64 {
        guard pausing.isSlicing else { return total }
        let grant = Machine.unit &* 500 &- total
        let isBounded = isNative && pausing.isAllowed && activationDepth <= (pausing.startsNative ? 1 : 2) && !pausing.isSearching
        if !isBounded {
            guard pausing.limitedOverdraft < Machine.maximumOverdraft else { return total }
            pausing.limitedOverdraft &+= grant
        }
        pausing.overdraft &+= grant
        return total &+ grant
    }

    /// As `charge`, for work that the size of the heap does not bound.
    func chargeSearch(_ units: Int) throws(Thrown) {
        pausing.isSearching = true
        defer { pausing.isSearching = false }
        try charge(units)
    }

    /// The host runs a program in slices: fuel may be overdrawn.
    public var runsInSlices: Bool {
        get { pausing.isSlicing }
        set { pausing.isSlicing = newValue }
    }

    /// Whether there is a paused program.
    public var isPaused: Bool { pausing.saved != nil }

    /// Forgets the paused program.
    public func dropPaused() {
        joinStack.removeAll()
        pausing.saved = nil
        pausing.base?.restore(cells)
        pausing.base = nil
        if case .reaction(let handle) = pausing.completion { releaseHandle(handle) }
        pausing.completion = .none
    }

    /// Starts a call in slices.
    /// - Throws: as a call does; `.termination` with `termination == .paused` means that it was paused.
    public func startSliced(_ function: Value, this: Value, arguments: [Value]) throws(Thrown) -> Value {
        pausing.completion = .result
        pausing.startsNative = startsNative(function)
        return try sliced { () throws(Thrown) in try call(function, this: this, arguments: arguments) }
    }

    /// Goes on with a paused program until the activation that was paused ends.
    /// - Returns: the result of the program when it was that which ended, nil when it was a job.
    public func resumeSliced() throws(Thrown) -> Value? {
        guard pausing.saved != nil, activationDepth == 0 else { throw terminate(.corrupted) }
        pausing.saved = nil
        pausing.startsNative = false
        let start = pausing.startFrame
        let result: Value
        do throws(Thrown) {
            result = try sliced { () throws(Thrown) in
                activationDepth &+= 1
                defer { activationDepth &-= 1 }
                return try interpretLoop(startFrame: start, throwing: false)
            }
        } catch {
            if error == .exception, case .reaction(let handle) = pausing.completion {
                pausing.completion = .none
                try settleReaction(handle, takeException(), isRejected: true)
                return nil
            }
            throw error
        }
        let completion = pausing.completion
        pausing.completion = .none
        switch completion {
        case .result: return result
        case .reaction(let handle):
            try settleReaction(handle, result, isRejected: false)
            return nil
        case .none: return nil
        }
    }

    /// Runs jobs, which may be paused, until none is left.
    public func runJobsSliced() throws(Thrown) -> [Value] {
        try drainJobs { (job) throws(Thrown) in try runSliced(job) }
    }

    private func runSliced(_ job: Job) throws(Thrown) {
        let function = job.function
        guard kind(of: function.offset) == CellKind.nativeFunction else {
            // A handler of a reaction that nothing was derived from.
            return try runJobSliced(job)
        }
        switch cage.load32(function.offset, Layout.functionCode) {
        case asyncNatives.fulfilled, asyncNatives.rejected: try runJobSliced(job)
        case asyncNatives.reaction where isCallable(job.arguments.0) && job.arguments.2.isInt:
            // As `runReaction`, which cannot be left in the middle.
            let handle = makeHandle(try list(of: [job.arguments.3, job.arguments.4]))
            pausing.startsNative = startsNative(job.arguments.0)
            try settle(handle) { () throws(Thrown) in
                // As the call of the job costs when it runs at once.
                try charge(job.count / 4 &+ 4 &+ Machine.usualPrice)
                return try call(job.arguments.0, this: .undefined, job.arguments.1)
            }
        case asyncNatives.thenable:
            // As `runThenableJob`: the promise is rejected when `then` throws.
            let resolvers = try resolvers(of: job)
            pausing.startsNative = startsNative(job.arguments.2)
            try settle(makeHandle(try list(of: [.undefined, resolvers.reject]))) { () throws(Thrown) in
                try charge(job.count / 4 &+ 4 &+ Machine.usualPrice)
                return try call(job.arguments.2, this: job.arguments.1, resolvers.resolve, resolvers.reject)
            }
        default: try run(job)
        }
    }

    /// Settles what a handle has the functions of with the result of something that may be paused.
    private func settle(_ handle: Int, _ body: () throws(Thrown) -> Value) throws(Thrown) {
        pausing.completion = .reaction(handle: handle)
        var result = Value.undefined, isRejected = false
        do throws(Thrown) {
            result = try sliced(body)
        } catch {
            guard error == .exception else { throw error }
            result = takeException()
            isRejected = true
        }
        pausing.completion = .none
        try settleReaction(handle, result, isRejected: isRejected)
    }

    /// The functions that a job gives `then`, of the job's realm.
    private func resolvers(of job: Job) throws(Thrown) -> Resolvers {
        let saved = cells[Cell.native]
        cells[Cell.native] = Int64(job.function.offset)
        defer { cells[Cell.native] = saved }
        return try makeResolvers(job.arguments.0)
    }

    private func runJobSliced(_ job: Job) throws(Thrown) {
        pausing.completion = .none
        pausing.startsNative = false
        _ = try sliced { () throws(Thrown) in
            try run(job)
            return .undefined
        }
    }

    private func startsNative(_ function: Value) -> Bool {
        !function.isObject || kind(of: function.offset) != CellKind.function
    }

    private func settleReaction(_ handle: Int, _ result: Value, isRejected: Bool) throws(Thrown) {
        let list = handleValue(handle).offset
        releaseHandle(handle)
        let resolve = Value(bits: cage.load64(list, 16)), reject = Value(bits: cage.load64(list, 24))
        if isPromise(resolve) {
            if isRejected { return try rejectPromise(resolve.offset, result) }
            if try resolvePlainly(resolve.offset, result) { return }
            pausing.startsNative = false
            _ = try sliced { () throws(Thrown) in
                try call(try engineFunction(.resolveWith), this: .undefined, resolve, result)
            }
            return
        }
        let settle = isRejected ? reject : resolve
        if isCallable(settle) { _ = try sliced { () throws(Thrown) in try call(settle, this: .undefined, result) } }
    }

    /// Runs something that may be paused; the cells are afterwards as they were, or as they are at the pause.
    private func sliced(_ body: () throws(Thrown) -> Value) throws(Thrown) -> Value {
        if pausing.base == nil { pausing.base = SavedState(cells) }
        pausing.isAllowed = activationDepth == 0
        defer {
            pausing.isAllowed = false
            if let saved = pausing.saved {
                saved.restore(cells)
            } else {
                pausing.base?.restore(cells)
                pausing.base = nil
            }
        }
        return try body()
    }
}
