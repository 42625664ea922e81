internal import TerrariumEngine

/// A profile of fuel and heap by call path. The same program has the same profile on every run.
public struct Profile: Sendable {
    /// A place in a call path.
    public struct Node: Sendable {
        /// Index of the caller; that of the root is its own. Callers come before what they call.
        public let parent: Int
        /// Name of the function.
        public let function: String
        /// Name of the source; empty for built-in functions.
        public let source: String
        /// 0 for built-in functions.
        public let line: Int
        /// Units of the function itself, without what it called.
        public let fuel: Int64
        /// Bytes that the function itself allocated.
        public let bytes: Int
    }
    /// Number 0 is the root.
    public let nodes: [Node]
}

/// What looks on while a session runs: a profile, a post-mortem, somebody who wants to know the bill now and then.
final class SessionObserver: MachineObserver {
    var profile: FuelProfile?
    var mortem: PostMortem?
    var tell: ((Machine) -> Void)?

    var sliceLength: Int64 { mortem?.sliceLength ?? profile?.sliceLength ?? 8 * 50_000 }

    func safepoint(_ machine: Machine) {
        if let mortem { mortem.safepoint(machine) } else { profile?.safepoint(machine) }
        tell?(machine)
    }

    func guestEnds(_ machine: Machine, _ reason: Termination) {
        if let mortem { mortem.guestEnds(machine, reason) } else { profile?.guestEnds(machine, reason) }
    }

    func errorMade(_ machine: Machine, _ error: UInt32) { mortem?.errorMade(machine, error) }
}

extension Session {
    /// The observer of the machine, which is made when it is first asked for.
    var observer: SessionObserver {
        if let observer = machine.observer as? SessionObserver { return observer }
        let observer = SessionObserver()
        machine.observer = observer
        return observer
    }

    /// Watches what runs from now on. Costs time, and no fuel.
    /// - Parameter every: units of fuel between two looks at the stack.
    public func startProfile(every: Int) { observer.profile = FuelProfile(machine, every: every) }

    /// What was seen since `startProfile`, or `watchForDump`.
    public func endProfile() -> Profile {
        let observer = machine.observer as? SessionObserver
        machine.observer = nil
        guard let observed = observer?.mortem?.profile ?? observer?.profile else { return Profile(nodes: []) }
        observed.finish(machine)
        recover()
        let units = Machine.units(ofAll: observed.nodes.map(\.fuel))
        return Profile(
            nodes: zip(observed.nodes, units).map { node, fuel in
                let place = machine.profilePlace(node)
                return Profile.Node(
                    parent: node.parent, function: place.function, source: place.source, line: place.line, fuel: fuel,
                    bytes: node.bytes)
            })
    }

    /// Calls something now and then while the guest runs; it may not use the session.
    public func watch(_ tell: @escaping (Bill) -> Void) {
        observer.tell = { [unowned self] _ in tell(bill) }
    }
}
