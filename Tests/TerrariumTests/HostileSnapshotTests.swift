@_spi(Corruption) import Terrarium
import Testing

/// Snapshots whose bytes somebody has changed: refused, or restored to a sandbox that may compute anything within its limits.
struct HostileSnapshotTests {
    static let limits = Limits(fuel: 200_000, heap: .mebibytes(8), depth: 200, deadline: .seconds(2), output: .kibibytes(64))

    private func functions(_ sandbox: Sandbox) {
        sandbox.define("add") { (a: Int, b: Int) in a &+ b }
        sandbox.defineDeferred("ask")
    }

    /// A paused program with pending jobs, timers, calls, modules and most kinds of cells.
    private func victim() async throws -> [UInt8] {
        let sandbox = try Sandbox(limits: HostileSnapshotTests.limits, capabilities: [.standard, .codeGeneration])
        functions(sandbox)
        let module = try await sandbox.importModule(source: "export let n = 1; export const f = () => n++; export default class {}")
        try sandbox.keep("module", module.namespace)
        try sandbox.set("module", module.namespace)
        try sandbox.evaluate(SandboxSnapshotTests.setup.replacing("Math.random();", with: ""), name: "setup.js")
        let outcome = try sandbox.run("""
            function work(n) { const o = { n, text: 'n' + n, list: [n, n / 2, [n]] }; return n < 3 ? o : [work(n - 1), work(n - 2), o]; }
            Promise.resolve(1).then(() => { for (let i = 0; i < 100; i++) work(4) }).then(() => eval('count += 5'));
            let total = 0; for (let i = 0; i < 400; i++) total += JSON.stringify(work(5)).length + module.f(); total
            """, name: "work.js", fuel: 30_000)
        guard case .paused = outcome else { Issue.record("not paused"); return [] }
        return try sandbox.snapshot().data
    }

    /// Uses whatever is there.
    private func use(_ data: [UInt8]) {
        guard let snapshot = try? Snapshot(data: data, heap: .mebibytes(8)),
            let sandbox = try? Sandbox(
                restoring: snapshot, limits: HostileSnapshotTests.limits, capabilities: [.standard, .codeGeneration],
                functions: functions)
        else { return }
        _ = try? sandbox.pause?.resume(fuel: 100_000)
        _ = try? sandbox.evaluate(SandboxSnapshotTests.probe.replacing("host.add(2, 3)", with: "add(2, 3)"))
        _ = try? sandbox.evaluate("module.f() + eval('count') + Object.keys(globalThis).length + String(new Error('x').stack)")
        for _ in 0..<6 { _ = try? sandbox.step() }
        if let call = sandbox.pendingCalls.first { try? sandbox.answer(call, with: "x") }
        try? sandbox.repeatCalls()
        if let namespace = sandbox.kept("module") { _ = try? namespace.get("n") }
        _ = try? sandbox.evaluate("let last; for (let i = 0; i < 3000; i++) last = { i, text: 't' + i }; last.text")
        _ = try? sandbox.fork().evaluate("1")
        _ = try? sandbox.snapshot().data
    }

    @Test func theVictimIsRestoredWhenNothingIsChanged() async throws {
        let data = try await victim()
        #expect(Snapshot.resealing(data) { _ in } == data)
        let sandbox = try Sandbox(
            restoring: try Snapshot(data: data), limits: HostileSnapshotTests.limits, capabilities: [.standard, .codeGeneration],
            functions: functions)
        guard case .paused(let pause)? = try sandbox.pause?.resume(fuel: 10_000) else { Issue.record("not paused"); return }
        pause.end()
        #expect(try sandbox.evaluate("module.f() > 1", as: Bool.self))
    }

    @Test func changedBytesAreRefused() async throws {
        let data = try await victim()
        for count in stride(from: 0, to: data.count, by: max(1, data.count / 300)) {
            #expect(throws: TerrariumError.self) { _ = try Snapshot(data: Array(data.prefix(count))) }
        }
        var random = Generator(state: 11)
        for _ in 0..<300 {
            var changed = data
            changed[Int(random.next() % UInt64(data.count))] ^= 1 << UInt8(random.next() % 8)
            #expect(throws: TerrariumError.self) { _ = try Snapshot(data: changed) }
        }
    }

    /// Sealed again: what an attacker does who knows the format.
    @Test(arguments: 0..<8) func sealedBytesHarmNobody(_ part: Int) async throws {
        let data = try await victim()
        var random = Generator(state: UInt64(part) &* 7919 &+ 5)
        let words: [UInt64] = [0, 1, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 63, .max, 0xFFF8_0000_0000_0008, 0xFFFC_0000_4000_0001]
        for trial in 0..<250 {
            use(Snapshot.resealing(data) { body in
                for _ in 0...(random.next() % 6) where !body.isEmpty {
                    // What does not lie in the cage stands at the start and at the end.
                    let near = Int(random.next() % 2048)
                    let place = switch trial % 4 {
                    case 0: Int(random.next() % UInt64(body.count))
                    case 1: min(near, body.count - 1)
                    default: max(0, body.count - 1 - near * (trial % 4))
                    }
                    switch random.next() % 5 {
                    case 0, 1: body[place] ^= 1 << UInt8(random.next() % 8)
                    case 2: body[place] = UInt8(truncatingIfNeeded: random.next())
                    case 3:
                        let word = words[Int(random.next() % UInt64(words.count))]
                        for index in 0..<8 where place + index < body.count {
                            body[place + index] = UInt8(truncatingIfNeeded: word >> UInt64(index * 8))
                        }
                    default:
                        if random.next() % 4 == 0 { body.removeSubrange(place..<min(body.count, place + 4)) } else { body[place] &+= 1 }
                    }
                }
            })
        }
    }
}
