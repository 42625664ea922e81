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
    /// The collector found targets of finalization registries that died.
    var hasFinalizations = false
    /// Promises that were rejected without a handler, until one is added or the host is told.
    var unhandledRejections: [Value] = []
    /// WeakRef targets kept alive until the end of the current job (KeepDuringJob).
    var keptAlive: [Value] = []

    var isEmpty: Bool { head == queue.count }

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
        while let job = jobs.next() {
            queuedJobBytes &-= 64 &+ job.arguments.count &* 8
            do throws(Thrown) {
                _ = try call(job.function, this: job.this, arguments: job.arguments)
            } catch {
                if error == .termination { throw error }
                thrown.append(takeException())
            }
            jobs.keptAlive.removeAll(keepingCapacity: true)
        }
        return thrown
    }

    public var hasJobs: Bool { !jobs.isEmpty }

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
    public func keepDuringJob(_ value: Value) { jobs.keptAlive.append(value) }
}
