internal import TerrariumEngine

/// A profile of fuel and heap by call path. The same program has the same profile on every run.
public struct Profile: Sendable {
    public struct Node: Sendable {
        /// Index of the caller; that of the root is its own. Callers come before what they call.
        public let parent: Int
        public let function: String
        public let source: String
        /// 0 for built-in functions.
        public let line: Int
        /// Units and bytes of the function itself, without what it called.
        public let fuel: Int64
        public let bytes: Int
    }
    public let nodes: [Node]
}

extension Session {
    /// Watches what runs from now on. Costs time, and no fuel.
    /// - Parameter every: units of fuel between two looks at the stack.
    public func startProfile(every: Int) { machine.observer = FuelProfile(machine, every: every) }

    /// What was seen since `startProfile`.
    public func endProfile() -> Profile {
        let observer = (machine.observer as? PostMortem)?.profile ?? machine.observer as? FuelProfile
        guard let observed = observer else { return Profile(nodes: []) }
        machine.observer = nil
        observed.finish(machine)
        recover()
        // The halves of units that are cut off go to the next node, so that the sum is that of the bill.
        var rest = Machine.wordsPerUnit &- 1
        return Profile(
            nodes: observed.nodes.map { node in
                rest &+= node.fuel
                let fuel = rest / Machine.wordsPerUnit
                rest &-= fuel &* Machine.wordsPerUnit
                let place = machine.profilePlace(node)
                return Profile.Node(
                    parent: node.parent, function: place.function, source: place.source, line: place.line, fuel: fuel,
                    bytes: node.bytes)
            })
    }
}

/// Tells of the bill while the guest runs.
private final class BillObserver: MachineObserver {
    private let tell: (Machine) -> Void
    init(_ tell: @escaping (Machine) -> Void) { self.tell = tell }
    let sliceLength: Int64 = 8 * 50_000
    func safepoint(_ machine: Machine) { tell(machine) }
    func guestEnds(_ machine: Machine, _ reason: Termination) {}
}

extension Session {
    /// Calls something now and then while the guest runs; it may not use the session.
    public func watch(_ tell: @escaping (Bill) -> Void) {
        machine.observer = BillObserver { [unowned self] _ in tell(bill) }
    }
}
