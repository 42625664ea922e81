/// Promise jobs and other microtasks, in order (ECMA-262 §9.5).
struct JobQueue {
    /// A function and its arguments.
    struct Job {
        var function: Value
        var this: Value
        var arguments: [Value]
        var realm: UInt32
    }

    private var queue: [Job] = []
    private var head = 0
    /// Registries with targets that the collector found dead, in the order of the collector.
    private var finalizations: [Value] = []
    /// Promises that were rejected without a handler, until one is added or the host is told.
    var unhandledRejections: [Value] = []
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
            body(job.this)
            for argument in job.arguments { body(argument) }
            body(Value(cell: job.realm))
        }
        for value in unhandledRejections { body(value) }
        for value in keptAlive { body(value) }
        for value in finalizations { body(value) }
    }
}

extension Machine {
    /// HostEnqueuePromiseJob: `function` is called with the arguments when the running program is done.
    public func enqueueJob(_ function: Value, this: Value = .undefined, _ arguments: [Value]) throws(Thrown) {
        try charge(4)
        // Jobs are host memory; a queue that only grows counts against the heap limit.
        queuedJobBytes &+= 64 &+ arguments.count &* 8
        guard heapInUse &+ queuedJobBytes <= limits.heap else { throw outOfHeap() }
        jobs.enqueue(JobQueue.Job(function: function, this: this, arguments: arguments, realm: currentRealm))
    }

    /// Runs jobs until none is left.
    /// - Returns: values thrown by jobs (jobs of the language never throw; host callbacks may), in order.
    public func runJobs() throws(Thrown) -> [Value] {
        var thrown: [Value] = []
        jobs.endKeepingAlive()
        try runFinalizations(&thrown)
        while let job = jobs.next() {
            queuedJobBytes &-= 64 &+ job.arguments.count &* 8
            do throws(Thrown) {
                _ = try call(job.function, this: job.this, arguments: job.arguments)
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
    public func noteRejection(_ promise: Value) { jobs.unhandledRejections.append(promise) }
    public func noteRejectionHandled(_ promise: Value) {
        jobs.unhandledRejections.removeAll { $0 == promise }
    }
    /// Promises rejected without a handler; the list is emptied.
    public func takeUnhandledRejections() -> [Value] {
        let list = jobs.unhandledRejections
        jobs.unhandledRejections = []
        return list
    }
    /// AddToKeptObjects.
    public func keepDuringJob(_ value: Value) { jobs.keepAlive(value) }
}
