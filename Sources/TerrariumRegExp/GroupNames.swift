/// The names of the groups of a pattern. The same name may be given twice if no match can have both groups: in different
/// alternatives of one disjunction (ECMA-262, 22.2.1.8 MightBothParticipate).
struct GroupNames {
    private var numbers: [[UInt16]: Int] = [:]
    /// Every name that occurs, also those only referred to, with its groups.
    private(set) var all: [(name: [UInt16], indices: [Int])] = []
    /// Whether a group of this name could take part in a match together with one that opens here.
    private var isActive: [Bool] = []
    /// Declared names in order.
    private var log: [Int] = []
    private var order: [Int] = []
    /// For each open disjunction where its names start in the log, and those of its current alternative.
    private var scopes: [(start: Int32, current: Int32)] = []
    private var work = 0

    mutating func number(of name: [UInt16]) -> Int {
        if let number = numbers[name] { return number }
        numbers[name] = all.count
        all.append((name, []))
        isActive.append(false)
        return all.count &- 1
    }

    func isDeclared(_ number: Int) -> Bool { !all[number].indices.isEmpty }

    /// The declared names in order of appearance.
    var declared: [(name: [UInt16], indices: [Int])] { order.map { all[$0] } }

    /// - Returns: false when the name is taken.
    mutating func declare(_ name: [UInt16], group: Int) -> Bool {
        let number = number(of: name)
        if isActive[number] { return false }
        if all[number].indices.isEmpty { order.append(number) }
        all[number].indices.append(group)
        isActive[number] = true
        log.append(number)
        return true
    }

    mutating func openDisjunction() { scopes.append((Int32(truncatingIfNeeded: log.count), Int32(truncatingIfNeeded: log.count))) }

    mutating func finishAlternative() {
        guard let scope = scopes.last else { return }
        for number in log[Int(scope.current)...] { isActive[number] = false }
        work &+= log.count &- Int(scope.current)
        scopes[scopes.count &- 1].current = Int32(truncatingIfNeeded: log.count)
    }

    mutating func closeDisjunction() {
        guard let scope = scopes.popLast() else { return }
        for number in log[Int(scope.start)...] { isActive[number] = true }
        work &+= log.count &- Int(scope.start)
    }

    /// Steps since the last call.
    mutating func takeWork() -> Int {
        defer { work = 0 }
        return work
    }
}
