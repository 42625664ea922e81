/// What an agent keeps beside its jobs, between which it is looked at: finalization registries with dead targets, promises
/// that were rejected without a handler, targets that are kept alive (ECMA-262 §9.6).
final class AgentRecord {
    /// Registries with targets that the collector found dead, in the order of the collector.
    private var finalizations: [Value] = []
    private var nextFinalization = 0
    private var finalizationBits: Set<UInt64> = []
    /// Promises that were rejected without a handler, until one is added or the host is told.
    var unhandledRejections: [Value] = []
    /// Length of the list at which those that have a handler by now are dropped.
    var rejectionsToPrune = 64
    /// WeakRef targets kept alive until the end of the current job (KeepDuringJob).
    private var keptAlive = PartedTable<Void>()
    /// Host memory of a target that is kept alive, with the room that the set has left.
    static let keptSize = 32

    /// Whether the value was not kept alive before.
    func keepAlive(_ value: Value) -> Bool { keptAlive.updateValue((), forKey: value.bits) == nil }
    /// Returns how many values are not kept alive any more.
    func endKeepingAlive() -> Int {
        let count = keptAlive.count
        if count > 0 { keptAlive.removeAll() }
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

    /// What there is, for images.
    struct Contents: Sendable {
        var finalizations: [Value] = []
        var unhandledRejections: [Value] = []
        /// In an order that depends on nothing else.
        var keptAlive: [Value] = []
    }

    var contents: Contents {
        Contents(
            finalizations: finalizations.indices.filter { $0 >= nextFinalization }.map { finalizations[$0] },
            unhandledRejections: unhandledRejections,
            keptAlive: keptAlive.keys.sorted().map { Value(bits: $0) })
    }

    init() {}

    init(_ contents: Contents) {
        for registry in contents.finalizations { noteFinalizations(registry) }
        unhandledRejections = contents.unhandledRejections
        for value in contents.keptAlive { _ = keepAlive(value) }
    }

    /// - Parameter body: whether to go on.
    func forEachRoot(_ body: (Value) -> Bool) {
        for value in unhandledRejections where !body(value) { return }
        if !keptAlive.forEachKey({ body(Value(bits: $0)) }) { return }
        for value in finalizations where !body(value) { return }
    }
}

extension Machine {
    /// HostPromiseRejectionTracker.
    public func noteRejection(_ promise: Value) {
        if agent.unhandledRejections.count >= agent.rejectionsToPrune {
            agent.unhandledRejections.removeAll { field($0.offset, 3) == .true }
            agent.rejectionsToPrune = max(64, agent.unhandledRejections.count &* 2)
        }
        agent.unhandledRejections.append(promise)
    }
    /// The host or the engine takes care of a rejection itself.
    public func noteRejectionHandled(_ promise: Value) { setField(promise.offset, 3, .true) }
    /// Promises rejected without a handler; the list is emptied.
    public func takeUnhandledRejections() -> [Value] {
        let list = agent.unhandledRejections.filter { field($0.offset, 3) != .true }
        agent.unhandledRejections = []
        return list
    }
    /// Why a promise was rejected.
    public func rejectionReason(_ promise: Value) -> Value {
        isPromise(promise) && field(promise.offset, 0).int == PromiseState.rejected ? field(promise.offset, 1) : .undefined
    }
    /// AddToKeptObjects.
    public func keepDuringJob(_ value: Value) throws(Thrown) {
        guard agent.keepAlive(value) else { return }
        try noteHostBytes(AgentRecord.keptSize)
        cells[Cell.agentIsConcerned] = 1
    }
    /// A registry has dead targets.
    func noteFinalizations(_ registry: Value) {
        agent.noteFinalizations(registry)
        cells[Cell.agentIsConcerned] = 1
    }

    /// Between two jobs: ClearKeptObjects, and the callbacks of finalization registries.
    func endJob(_ thrown: inout [Value], _ run: (Job) throws(Thrown) -> Void) throws(Thrown) {
        guard cells[Cell.agentIsConcerned] != 0 else { return }
        returnHostBytes(agent.endKeepingAlive() &* AgentRecord.keptSize)
        try runFinalizations(&thrown, run)
        cells[Cell.agentIsConcerned] = agent.hasFinalizations ? 1 : 0
    }
}
