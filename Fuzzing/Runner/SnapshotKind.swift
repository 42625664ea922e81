@_spi(Corruption) import Terrarium

/// Snapshots whose bodies somebody has changed, sealed again.
struct SnapshotKind: FuzzKind {
    let name = "snapshots"
    let about = "bodies of snapshots, changed behind a valid seal; what is accepted is restored and used"

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        guard let target = SnapshotTarget() else { return "no snapshot" }
        var random = Randomness(seed: options.seed, number: number)
        return SnapshotKind.changes(&random, target.bodies).map { "body \($0.body) byte \($0.place): \($0.value)" }.joined(separator: "\n")
    }

    private struct Change { let body: Int, place: Int, value: UInt8 }

    private static func changes(_ random: inout Randomness, _ bodies: [[UInt8]]) -> [Change] {
        let which = random.below(bodies.count)
        let body = bodies[which]
        guard body.count > 64 else { return [] }
        var changes: [Change] = []
        for _ in 0..<(1 + random.below(4)) {
            // State, tables and lengths are at the front; the bulk is memory.
            let place = random.one(in: 2) ? random.below(min(body.count, 4096)) : random.below(body.count)
            switch random.below(5) {
            case 0: changes.append(Change(body: which, place: place, value: body[place] ^ UInt8(1 << random.below(8))))
            case 1: changes.append(Change(body: which, place: place, value: random.pick([0, 1, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next())])))
            case 2:
                let value = random.pick([UInt64(0), 1, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, UInt64.max, 1 << 63, random.next(), random.next() >> 32])
                for step in 0..<random.pick([4, 8]) where place + step < body.count {
                    changes.append(Change(body: which, place: place + step, value: UInt8(truncatingIfNeeded: value >> (8 * UInt64(step)))))
                }
            case 3:
                let from = random.below(body.count)
                for step in 0..<(4 << random.below(4)) where place + step < body.count && from + step < body.count {
                    changes.append(Change(body: which, place: place + step, value: body[from + step]))
                }
            default: changes.append(Change(body: which, place: place, value: body[place] &+ random.pick([1, 2, 8, 254, 255])))
            }
        }
        return changes
    }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        guard let target = SnapshotTarget() else { return 3 }
        return eachCase(options) { _, random in
            let changes = SnapshotKind.changes(&random, target.bodies)
            guard let first = changes.first else { return nil }
            var body = target.bodies[first.body]
            for change in changes { body[change.place] = change.value }
            target.take(body)
            return nil
        }
    }
}

/// Restores bodies of snapshots and uses what comes out.
struct SnapshotTarget {
    /// Sandboxes at rest and paused, with promises, timers, calls that wait, and most kinds of cells.
    let bodies: [[UInt8]]
    private let after: [Script]

    private static var limits: Limits {
        var limits = Limits.untrusted
        limits.fuel = 60_000
        limits.heap = .mebibytes(8)
        limits.depth = 200
        return limits
    }
    private static var capabilities: [Capability] { [.silentConsole, .timers(.virtual), .codeGeneration, .queueMicrotask] }

    private static func functions(_ sandbox: Sandbox) {
        sandbox.define("add") { (a: Int, b: Int) in a &+ b }
        sandbox.defineDeferred("ask")
    }

    private static let setup = """
        class Point { #x = 1; constructor(y) { this.y = y; } get x() { return this.#x; } move(d) { this.#x += d; return this; } }
        var points = [new Point(1), new Point(2)], names = new Map([['a', points], [1, { b: 2.5 }]]), seen = new Set([1, 'x', names]);
        function* numbers(n) { for (let i = 0; i < n; i++) yield i * 1.5; }
        var waiting = numbers(9); waiting.next();
        var text = 'the quick brown fox '.repeat(9), piece = text.slice(3, 40) + text, bytes = new Uint8Array(64), view = new DataView(bytes.buffer);
        var proxy = new Proxy({ a: 1 }, { get: (t, k) => t[k] ?? String(k) }), pattern = /(a)(?<n>b)?|c/g, big = 123456789n ** 5n, when = new Date(5), sparse = [1, , 3];
        sparse[4000] = 1; var weak = new WeakMap([[points, 1]]), reference = new WeakRef(points), bound = text.slice.bind(text, 1), count = 0;
        var later = (async () => { const answer = await ask(1); count += answer; })(); later.catch(() => {});
        setTimeout(() => { count++; }, 5); Promise.resolve(1).then(() => count++); Object.freeze(names.get(1));
        var many = {}; for (let i = 0; i < 40; i++) many['k' + i] = i; delete many.k3;
        """
    private static let work = """
        function work(n) { const o = { n, text: 'n' + n, list: [n, n / 2, [n]] }; return n < 3 ? o : [work(n - 1), work(n - 2), o]; }
        let total = 0; for (let i = 0; i < 400; i++) total += JSON.stringify(work(5)).length; total
        """
    private static let uses = [
        "points.map(p => p.move(1).x).join() + [...names].length + seen.has(1) + [...waiting].length + piece.length + view.getFloat64(8)",
        "String(proxy.b) + pattern.exec('xab') + big * 3n + when.getTime() + sparse.length + weak.get(points) + bound(2) + Object.keys(many).length",
        "eval('count += 1'); new Error('x').stack + Object.keys(globalThis).length; let last; for (let i = 0; i < 300; i++) last = { i, text: 't' + i }; work(6).length",
    ]

    init?() {
        func made(_ fuel: Int?) -> [UInt8]? {
            guard let sandbox = try? Sandbox(limits: SnapshotTarget.limits, capabilities: SnapshotTarget.capabilities) else { return nil }
            SnapshotTarget.functions(sandbox)
            guard (try? sandbox.evaluate(SnapshotTarget.setup, name: "setup.js")) != nil else { return nil }
            // A program is paused as long as somebody holds its pause.
            let outcome = fuel.flatMap { try? sandbox.run(SnapshotTarget.work, name: "work.js", fuel: $0) }
            return withExtendedLifetime(outcome) { (try? sandbox.snapshot().data).flatMap { Snapshot.body($0) } }
        }
        bodies = [made(nil), made(2_000), made(20_000)].compactMap { $0 }
        after = SnapshotTarget.uses.compactMap { try? Script($0) }
        if bodies.count < 3 || after.count < SnapshotTarget.uses.count { return nil }
    }

    func take(_ body: [UInt8]) {
        guard let snapshot = try? Snapshot(hostileBody: body, heap: .mebibytes(8)),
            let sandbox = try? Sandbox(
                restoring: snapshot, limits: SnapshotTarget.limits, capabilities: SnapshotTarget.capabilities, functions: SnapshotTarget.functions)
        else { return }
        _ = try? sandbox.pause?.resume(fuel: 20_000)
        for script in after { _ = try? sandbox.evaluate(script).text }
        for _ in 0..<3 { _ = try? sandbox.step() }
        if let call = sandbox.pendingCalls.first { try? sandbox.answer(call, with: "x") }
        try? sandbox.collectGarbage()
    }
}
