/// Promise jobs and other microtasks, in order (ECMA-262 §9.5). A class, because exclusive access to a struct in the
/// machine is checked at run time for each job.
final class JobQueue {
    /// A function and its arguments, of which there are up to five.
    struct Job {
        var function: Value
        var count: Int
        var arguments: (Value, Value, Value, Value, Value)
    }
    /// Host memory of a job.
    static let jobSize = MemoryLayout<Job>.stride

    /// Jobs of one chunk; chunks are taken and given back as a whole, so that no growing copies what is there.
    private static let chunkSize = 256
    private var chunks: [ContiguousArray<Job>] = []
    /// Place of the next job in the first chunk.
    private var head = 0
    /// Registries with targets that the collector found dead, in the order of the collector.
    private var finalizations: [Value] = []
    private var nextFinalization = 0
    private var finalizationBits: Set<UInt64> = []
    /// Promises that were rejected without a handler, until one is added or the host is told.
    var unhandledRejections: [Value] = []
    /// Length of the list at which those that have a handler by now are dropped.
    var rejectionsToPrune = 64
    /// WeakRef targets kept alive until the end of the current job (KeepDuringJob).
    private var keptAlive: Set<UInt64> = []
    /// Host memory of a target that is kept alive, with the room that the set has left.
    static let keptSize = 32

    var isEmpty: Bool { head >= (chunks.first?.count ?? 0) }

    /// Whether the value was not kept alive before.
    func keepAlive(_ value: Value) -> Bool { keptAlive.insert(value.bits).inserted }
    /// Returns how many values are not kept alive any more.
    func endKeepingAlive() -> Int {
        let count = keptAlive.count
        if count > 0 { keptAlive.removeAll(keepingCapacity: count < 1024) }
        return count
    }

    func noteFinalizations(_ registry: Value) {
        if finalizationBits.insert(registry.bits).inserted { finalizations.append(registry) }
    }
    func nextFinalizations() -> Value? {
        guard nextFinalization < finalizations.count else { return nil }
        let registry = finalizations[nextFinalization]
        nextFinalization &+= 1
        finalizationBits.remove(registry.bits)
        if nextFinalization == finalizations.count {
            finalizations.removeAll()
            nextFinalization = 0
        }
        return registry
    }
    var hasFinalizations: Bool { nextFinalization < finalizations.count }

    func enqueue(_ job: Job) {
        if chunks.isEmpty || chunks[chunks.count &- 1].count == JobQueue.chunkSize {
            var chunk = ContiguousArray<Job>()
            chunk.reserveCapacity(JobQueue.chunkSize)
            chunks.append(chunk)
        }
        chunks[chunks.count &- 1].append(job)
    }

    /// What waits, for images.
    struct Waiting: Sendable {
        var jobs: [Job] = []
        var finalizations: [Value] = []
        var unhandledRejections: [Value] = []
        /// In an order that depends on nothing else.
        var keptAlive: [Value] = []
    }

    var waiting: Waiting {
        Waiting(
            jobs: Array(chunks.joined().dropFirst(head)), finalizations: Array(finalizations[nextFinalization...]),
            unhandledRejections: unhandledRejections, keptAlive: keptAlive.sorted().map { Value(bits: $0) })
    }

    init() {}

    init(_ waiting: Waiting) {
        for job in waiting.jobs { enqueue(job) }
        for registry in waiting.finalizations { noteFinalizations(registry) }
        unhandledRejections = waiting.unhandledRejections
        for value in waiting.keptAlive { _ = keepAlive(value) }
    }

    func next() -> Job? {
        guard let first = chunks.first, head < first.count else { return nil }
        let job = first[head]
        head &+= 1
        if head == first.count {
            // One that others may still be added to keeps its memory.
            if chunks.count == 1, head < JobQueue.chunkSize {
                return job
            }
            chunks.removeFirst()
            head = 0
        }
        return job
    }

    func forEachRoot(_ body: (Value) -> Void) {
        var place = head
        for chunk in chunks {
            while place < chunk.count {
                let job = chunk[place]
                body(job.function)
                body(job.arguments.0)
                body(job.arguments.1)
                body(job.arguments.2)
                body(job.arguments.3)
                body(job.arguments.4)
                place &+= 1
            }
            place = 0
        }
        for value in unhandledRejections { body(value) }
        for bits in keptAlive { body(Value(bits: bits)) }
        for value in finalizations { body(value) }
    }
}

extension Machine {
    /// HostEnqueuePromiseJob: `function` is called with the arguments when the running program is done.
    func enqueueJob(
        _ function: Value, count: Int, _ a: Value, _ b: Value = .undefined, _ c: Value = .undefined,
        _ d: Value = .undefined, _ e: Value = .undefined
    ) throws(Thrown) {
        try charge(4)
        // Jobs are host memory; a queue that only grows counts against the heap limit.
        try noteHostBytes(JobQueue.jobSize)
        jobs.enqueue(JobQueue.Job(function: function, count: count, arguments: (a, b, c, d, e)))
    }

    /// The function object of the realm's jobs of one kind.
    func jobFunction(_ which: Intrinsic, _ number: UInt32) throws(Thrown) -> Value {
        let known = intrinsic(which)
        if known.isObject { return known }
        let realm = currentRealm
        let function = Value(object: try makeNativeFunction(number, realm: realm))
        setRealmValue(realm, which, function)
        return function
    }

    /// Runs jobs until none is left.
    /// - Returns: values thrown by jobs (jobs of the language never throw; host callbacks may), in order.
    public func runJobs() throws(Thrown) -> [Value] {
        let thrown = try drainJobs { (job) throws(Thrown) in try run(job) }
        // What the last job charged without looking.
        try charge(0)
        return thrown
    }

    /// Runs jobs in the given way until none is left.
    func drainJobs(_ run: (JobQueue.Job) throws(Thrown) -> Void) throws(Thrown) -> [Value] {
        var thrown: [Value] = []
        endKeepingAlive()
        try runFinalizations(&thrown)
        while let job = jobs.next() {
            returnHostBytes(JobQueue.jobSize)
            do throws(Thrown) {
                try run(job)
            } catch {
                if error == .termination { throw error }
                thrown.append(takeException())
            }
            endKeepingAlive()
            if jobs.hasFinalizations { try runFinalizations(&thrown) }
        }
        return thrown
    }

    public var hasJobs: Bool { !jobs.isEmpty || jobs.hasFinalizations }

    /// HostPromiseRejectionTracker.
    public func noteRejection(_ promise: Value) {
        if jobs.unhandledRejections.count >= jobs.rejectionsToPrune {
            jobs.unhandledRejections.removeAll { field($0.offset, 3) == .true }
            jobs.rejectionsToPrune = max(64, jobs.unhandledRejections.count &* 2)
        }
        jobs.unhandledRejections.append(promise)
    }
    /// The host or the engine takes care of a rejection itself.
    public func noteRejectionHandled(_ promise: Value) { setField(promise.offset, 3, .true) }
    /// Promises rejected without a handler; the list is emptied.
    public func takeUnhandledRejections() -> [Value] {
        let list = jobs.unhandledRejections.filter { field($0.offset, 3) != .true }
        jobs.unhandledRejections = []
        return list
    }

    /// Why a promise was rejected.
    public func rejectionReason(_ promise: Value) -> Value {
        isPromise(promise) && field(promise.offset, 0).int == PromiseState.rejected ? field(promise.offset, 1) : .undefined
    }
    /// AddToKeptObjects.
    public func keepDuringJob(_ value: Value) throws(Thrown) {
        if jobs.keepAlive(value) { try noteHostBytes(JobQueue.keptSize) }
    }
    /// ClearKeptObjects.
    private func endKeepingAlive() { returnHostBytes(jobs.endKeepingAlive() &* JobQueue.keptSize) }
}
