import TerrariumCage

/// WeakRef and FinalizationRegistry (ECMA-262 §9.9 to §9.14).
///
/// A WeakRef has one field, its target, which the collector clears. A registry has two: the callback and a `weakCells`
/// cell with four words for each registration (target, held value, unregister token, state): targets and tokens are
/// weak, held values are not. The state is undefined for a live registration, true for one whose target died, and empty
/// for a free place.
extension Machine {
    /// CanBeHeldWeakly.
    public func canBeHeldWeakly(_ value: Value) -> Bool {
        value.isObject || (value.isSymbol && cage.load8(value.offset, Layout.flags) & StringFlag.registered == 0)
    }

    // MARK: Collector

    func traceWeakCells(_ cells: UInt32) {
        forEachWeakCell(cells) { entry in markValue(Value(bits: cage.load64(entry, 8))) }
    }

    /// Registrations whose target is not marked become dead; their callbacks run between jobs.
    func noteDeadTargets(of registry: UInt32) {
        let list = field(registry, 1)
        guard list.isCell else { return }
        var isPending = false
        forEachWeakCell(list.offset) { entry in
            let target = Value(bits: cage.load64(entry)), token = Value(bits: cage.load64(entry, 16))
            if target.isReference, !isMarked(target.offset) {
                cage.store64(entry, 0, Value.undefined.bits)
                cage.store64(entry, 24, Value.true.bits)
                isPending = true
            }
            if token.isReference, !isMarked(token.offset) { cage.store64(entry, 16, Value.undefined.bits) }
        }
        if isPending { noteFinalizations(Value(object: registry)) }
    }

    private func forEachWeakCell(_ cells: UInt32, _ body: (UInt32) -> Void) {
        var entry = cells &+ 16
        for _ in 0..<min(listLength(cells), cage.load32(cells)) / 4 {
            body(entry)
            entry = entry &+ 32
        }
    }

    /// Those that are registered. An interrupt or the deadline may end the guest meanwhile.
    private func forEachLive(_ list: Value, _ body: (UInt32) -> Void) throws(Thrown) {
        guard list.isCell else { return }
        var entry = list.offset &+ 16
        for step in 0..<min(listLength(list.offset), cage.load32(list.offset)) / 4 {
            try keepWatch(Int(step))
            if !Value(bits: cage.load64(entry, 24)).isEmpty { body(entry) }
            entry = entry &+ 32
        }
    }

    // MARK: Registrations

    /// Adds a registration.
    public func registerFinalization(_ registry: UInt32, target: Value, held: Value, token: Value) throws(Thrown) {
        var list = field(registry, 1)
        var used = list.isCell ? cage.load32(list.offset, Layout.elementsLength) : 0
        if !list.isCell || used &+ 4 > cage.load32(list.offset) {
            let old = list
            if old.isCell { try charge(Int(used) / 4) }
            var live: UInt32 = 0
            try forEachLive(old) { _ in live = live &+ 1 }
            let capacity = max(16, live &* 8)
            let fresh = try allocate(
                try checkedSize(16 &+ Int(capacity) &* 8), kind: CellKind.weakCells, word: capacity)
            var target = fresh &+ 16
            try forEachLive(old) { entry in
                for field in 0..<UInt16(4) { cage.store64(target, field &* 8, cage.load64(entry, field &* 8)) }
                target = target &+ 32
            }
            list = Value(cell: fresh)
            used = live &* 4
            setField(registry, 1, list)
        }
        let entry = list.offset &+ 16 &+ used &* 8
        cage.store64(entry, 0, target.bits)
        cage.store64(entry, 8, held.bits)
        cage.store64(entry, 16, token.bits)
        cage.store64(entry, 24, Value.undefined.bits)
        cage.store32(list.offset, Layout.elementsLength, used &+ 4)
    }

    /// Removes the registrations with this token; whether there were any.
    public func unregisterFinalizations(_ registry: UInt32, token: Value) throws(Thrown) -> Bool {
        let list = field(registry, 1)
        guard list.isCell else { return false }
        var found = false
        try charge(Int(cage.load32(list.offset, Layout.elementsLength)) / 4)
        forEachWeakCell(list.offset) { entry in
            if Value(bits: cage.load64(entry, 16)) == token, !Value(bits: cage.load64(entry, 24)).isEmpty {
                freeWeakCell(entry)
                found = true
            }
        }
        return found
    }

    private func freeWeakCell(_ entry: UInt32) {
        for word in [UInt16(0), 8, 16] { cage.store64(entry, word, Value.undefined.bits) }
        cage.store64(entry, 24, Value.empty.bits)
    }

    /// CleanupFinalizationRegistry for all registries with dead targets: calls of the callbacks are run as jobs. What they
    /// throw is added to `thrown`.
    func runFinalizations(_ thrown: inout [Value], _ run: (Job) throws(Thrown) -> Void) throws(Thrown) {
        while let registry = agent.nextFinalizations() {
            while let held = try takeDeadCell(registry.offset) {
                do throws(Thrown) {
                    let none = Value.undefined
                    try run(Job(function: field(registry.offset, 0), count: 1, arguments: (held, none, none, none, none)))
                } catch {
                    guard error == .exception else {
                        // A pause: the others are called later.
                        agent.noteFinalizations(registry)
                        throw error
                    }
                    thrown.append(takeException())
                }
            }
        }
    }

    private func takeDeadCell(_ registry: UInt32) throws(Thrown) -> Value? {
        let list = field(registry, 1)
        guard list.isCell else { return nil }
        var dead: UInt32 = 0
        try charge(Int(cage.load32(list.offset, Layout.elementsLength)) / 4 &+ 1)
        forEachWeakCell(list.offset) { entry in
            if dead == 0, Value(bits: cage.load64(entry, 24)) == .true { dead = entry }
        }
        guard dead != 0 else { return nil }
        let held = Value(bits: cage.load64(dead, 8))
        freeWeakCell(dead)
        return held
    }
}
