import TerrariumCage

/// Promise jobs, in order (ECMA-262 §9.5). They wait in lists in the cage, each of which names its successor: seven words
/// for a job, namely its function, the number of its arguments, and room for five.
enum JobLayout {
    static let words: UInt32 = 7
    /// Jobs of the first list, and of the others.
    static let first: UInt32 = 8, others: UInt32 = 64
}

/// A job that was taken from the queue.
struct Job {
    var function: Value
    var count: Int
    var arguments: (Value, Value, Value, Value, Value)
}

extension Machine {
    /// HostEnqueuePromiseJob: `function` is called with the arguments when the running program is done.
    func enqueueJob(
        _ function: Value, count: Int32, _ a: Value, _ b: Value = .undefined, _ c: Value = .undefined,
        _ d: Value = .undefined, _ e: Value = .undefined
    ) throws(Thrown) {
        try charge(4)
        var list = UInt32(truncatingIfNeeded: cells[Cell.lastJobs])
        var length = cage.load32(list, Layout.elementsLength)
        if list == 0 || length &+ JobLayout.words > cage.load32(list) {
            let jobs = list == 0 ? JobLayout.first : JobLayout.others
            let next = try makeList(capacity: Int(jobs &* JobLayout.words))
            if list == 0 {
                cells[Cell.firstJobs] = Int64(next)
                cells[Cell.nextJob] = 0
            } else {
                cage.store32(list, Layout.listSuccessor, next)
            }
            cells[Cell.lastJobs] = Int64(next)
            list = next
            length = 0
        }
        let place = list &+ 16 &+ length &* 8
        cage.store64(place, 0, function.bits)
        cage.store64(place, 8, Value(count).bits)
        cage.store64(place, 16, a.bits)
        cage.store64(place, 24, b.bits)
        cage.store64(place, 32, c.bits)
        cage.store64(place, 40, d.bits)
        cage.store64(place, 48, e.bits)
        cage.store32(list, Layout.elementsLength, length &+ JobLayout.words)
    }

    /// Takes the next job; nothing of it stays behind.
    private func nextJob() -> Job? {
        let list = UInt32(truncatingIfNeeded: cells[Cell.firstJobs]), index = UInt32(truncatingIfNeeded: cells[Cell.nextJob])
        guard list != 0, index < cage.load32(list, Layout.elementsLength) else { return nil }
        let place = list &+ 16 &+ index &* 8
        func word(_ distance: UInt16) -> Value { Value(bits: cage.load64(place, distance)) }
        let job = Job(
            function: word(0), count: Int(max(0, min(word(8).int, 5))), arguments: (word(16), word(24), word(32), word(40), word(48)))
        cage.fill64(place, count: Int(JobLayout.words), Value.undefined.bits)
        cells[Cell.nextJob] = Int64(index &+ JobLayout.words)
        if index &+ JobLayout.words >= cage.load32(list, Layout.elementsLength) {
            let successor = cage.load32(list, Layout.listSuccessor)
            // The last list is used again.
            if successor == 0 { cage.store32(list, Layout.elementsLength, 0) } else { cells[Cell.firstJobs] = Int64(successor) }
            cells[Cell.nextJob] = 0
        }
        return job
    }

    /// Whether jobs wait, or callbacks of finalization registries.
    public var hasJobs: Bool {
        let list = UInt32(truncatingIfNeeded: cells[Cell.firstJobs])
        return list != 0 && cells[Cell.nextJob] < Int64(cage.load32(list, Layout.elementsLength)) || agent.hasFinalizations
    }

    /// The function object of the realm's jobs of one kind.
    func jobFunction(_ which: Intrinsic, _ number: UInt32) throws(Thrown) -> Value {
        let realm = currentRealm, known = realmValue(realm, which)
        if known.isObject { return known }
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
    func drainJobs(_ run: (Job) throws(Thrown) -> Void) throws(Thrown) -> [Value] {
        var thrown: [Value] = []
        try endJob(&thrown, run)
        while let job = nextJob() {
            do throws(Thrown) {
                try run(job)
            } catch {
                if error == .termination { throw error }
                thrown.append(takeException())
            }
            try endJob(&thrown, run)
        }
        return thrown
    }
}
