/// Promise jobs and other microtasks, in order (ECMA-262 §9.5).
struct JobQueue {
    /// A function and its arguments, of which there are up to five.
    struct Job {
        var function: Value
        var count: Int
        var arguments: (Value, Value, Value, Value, Value)
    }
    /// Host memory of a job.
    static let jobSize = MemoryLayout<Job>.stride

    private var queue: [Job] = []
    private var head = 0
    /// Registries with targets that the collector found dead, in the order of the collector.
    private var finalizations: [Value] = []
    /// Promises that were rejected without a handler, until one is added or the host is told.
    var unhandledRejections: [Value] = []
    /// Length of the list at which those that have a handler by now are dropped.
    var rejectionsToPrune = 64
    /// WeakRef targets kept alive until the end of the current job (KeepDuringJob).
    private(set) var keptAlive: [Value] = []
    private var keptAliveBits: Set<UInt64> = []

    var isEmpty: Bool { head == queue.count }

    mutating func keepAlive(_ value: Value) {
        if keptAliveBits.insert(value.bits).inserted { keptAlive.append(value) }
    }
    mutating func endKeepingAlive() {
        if keptAlive.isEmpty { return }
        keptAlive.removeAll(keepingCapacity: true)
        keptAliveBits.removeAll(keepingCapacity: true)
    }

    mutating func noteFinalizations(_ registry: Value) {
        if !finalizations.contains(registry) { finalizations.append(registry) }
    }
    mutating func nextFinalizations() -> Value? { finalizations.isEmpty ? nil : finalizations.removeFirst() }
    var hasFinalizations: Bool { !finalizations.isEmpty }

    mutating func enqueue(_ job: Job) { queue.append(job) }

    /// What waits, for images.
    var waiting: (jobs: [Job], finalizations: [Value]) { (Array(queue[head...]), finalizations) }

    init() {}

    init(jobs: [Job], finalizations: [Value], unhandledRejections: [Value], keptAlive: [Value]) {
        queue = jobs
        self.finalizations = finalizations
        self.unhandledRejections = unhandledRejections
        for value in keptAlive { keepAlive(value) }
    }

    mutating func next() -> Job? {
        guard head < queue.count else { return nil }
        let job = queue[head]
        head &+= 1
        if head > 1024, head &* 2 > queue.count {
            queue.removeFirst(head)
            head = 0
        }
        return job
    }

    func forEachRoot(_ body: (Value) -> Void) {
        for job in queue[head...] {
            body(job.function)
            body(job.arguments.0)
            body(job.arguments.1)
            body(job.arguments.2)
            body(job.arguments.3)
            body(job.arguments.4)
        }
        for value in unhandledRejections { body(value) }
        for value in keptAlive { body(value) }
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
        queuedJobBytes &+= JobQueue.jobSize
        guard heapInUse &+ queuedJobBytes <= limits.heap else { throw outOfHeap() }
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
        try drainJobs { (job) throws(Thrown) in try run(job) }
    }

    /// Runs jobs in the given way until none is left.
    func drainJobs(_ run: (JobQueue.Job) throws(Thrown) -> Void) throws(Thrown) -> [Value] {
        var thrown: [Value] = []
        jobs.endKeepingAlive()
        try runFinalizations(&thrown)
        while let job = jobs.next() {
            queuedJobBytes &-= JobQueue.jobSize
            do throws(Thrown) {
                try run(job)
            } catch {
                if error == .termination { throw error }
                thrown.append(takeException())
            }
            jobs.endKeepingAlive()
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
    /// AddToKeptObjects. The list is host memory; one that only grows counts against the heap limit.
    public func keepDuringJob(_ value: Value) throws(Thrown) {
        jobs.keepAlive(value)
        try requireHeap(queuedJobBytes &+ jobs.keptAlive.count &* 64)
    }
}
