import Examples
import Foundation
@_spi(Corruption) import Terrarium
import Testing

/// Snapshots of sandboxes, as bytes and in memory.
struct SandboxSnapshotTests {
    static let limits = Limits(fuel: 50_000_000, heap: .mebibytes(16))
    static var capabilities: [Capability] { [.standard, .random(seed: 3), .clock(.fixed(at: 1_700_000_000_000))] }

    private func functions(_ sandbox: Sandbox) {
        sandbox.define("host.add") { (a: Int, b: Int) in a + b }
        sandbox.defineDeferred("ask", parameters: 1)
    }

    private func fresh() throws -> Sandbox {
        let sandbox = try Sandbox(limits: SandboxSnapshotTests.limits, capabilities: SandboxSnapshotTests.capabilities)
        functions(sandbox)
        return sandbox
    }

    private func restored(_ data: [UInt8], limits: Limits = SandboxSnapshotTests.limits) throws -> Sandbox {
        try Sandbox(
            restoring: try Snapshot(data: data), limits: limits, capabilities: SandboxSnapshotTests.capabilities,
            functions: functions)
    }

    private func failure(_ work: () throws -> Void) -> SnapshotFailure? {
        do {
            try work()
        } catch TerrariumError.snapshot(let failure) {
            return failure
        } catch {
            Issue.record("\(error)")
        }
        return nil
    }

    static let setup = """
        let count = 0;
        const next = () => ++count;
        function* squares() { for (let i = 1;; i++) yield i * i; }
        const generator = squares(); generator.next(); generator.next();
        class Account { #sum = 10; add(n) { this.#sum += n; return this.#sum; } }
        const account = new Account(), names = new Map([['a', { list: [1, 2, 3] }]]), weak = new WeakMap([[account, 'kept']]);
        let release; const gate = new Promise(resolve => { release = resolve; });
        const log = [];
        (async () => { const value = await gate; log.push(value + count); })();
        (async () => { log.push(await ask('how?')); })();
        setTimeout((a, b) => log.push(a + b), 50, 'timer', '!');
        const interval = setInterval(() => { log.push('tick'); if (log.length > 8) clearInterval(interval); }, 20);
        const pattern = /(\\d+)-(\\d+)/, symbol = Symbol.for('s'), bytes = new Uint8Array([1, 2, 3]);
        console.count(); console.group(); globalThis.print = 7; Math.random();
        [3, 1, 2].map(x => x * 2).sort();
        function fail() { return undefined.missing }
        """
    static let probe = """
        release('yes'); [next(), next(), generator.next().value, account.add(5), names.get('a').list.join(), weak.get(account),
          '10-20'.replace(pattern, '$2-$1'), Symbol.for('s') === symbol, bytes.reduce((a, b) => a + b), print, host.add(2, 3),
          Date.now(), new Account().add(1), [3, 1, 2].sort().join(''), Math.random(), (() => { try { fail() } catch (e) { return e.stack } })()].join(' ')
        """

    /// What a sandbox does from here on.
    private func rest(_ sandbox: Sandbox) async throws -> [String] {
        var result = [try sandbox.evaluate(SandboxSnapshotTests.probe, as: String.self)]
        try await sandbox.runUntilIdle()
        let call = try #require(sandbox.pendingCalls.first)
        #expect(sandbox.pendingCalls.count == 1)
        #expect(call.function == "ask")
        #expect(call.arguments.map(\.text) == ["how?"])
        try sandbox.answer(call, with: "so")
        result.append(try sandbox.evaluate("log.join()", as: String.self))
        result.append("\(sandbox.bill.fuel)")
        return result
    }

    @Test func sandboxesGoOnFromBytes() async throws {
        let first = try fresh()
        try first.evaluate(SandboxSnapshotTests.setup, name: "setup.js")
        let data = try first.snapshot().data
        let expected = try await rest(first)
        #expect(expected[0].hasPrefix("1 2 9 15 1,2,3 kept 20-10 true 6 7 5 1700000000000 11 123"))
        #expect(expected[0].contains("at fail (setup.js:16:"))
        #expect(expected[1] == "yes2,tick,tick,timer!,tick,tick,tick,tick,tick,so")
        #expect(try await rest(try restored(data)) == expected)
        #expect(try await rest(try restored(try restored(data).snapshot().data)) == expected)
    }

    @Test func equalStatesHaveEqualBytes() throws {
        var all: Set<[UInt8]> = []
        for _ in 0..<3 {
            let sandbox = try fresh()
            try sandbox.evaluate(SandboxSnapshotTests.setup, name: "setup.js")
            all.insert(try sandbox.snapshot().data)
        }
        #expect(all.count == 1)
        let data = try #require(all.first)
        #expect(try restored(data).snapshot().data == data)
        #expect(try restored(data).snapshot().contentHash == Snapshot(data: data).contentHash)
        let other = try fresh()
        try other.evaluate(SandboxSnapshotTests.setup + "count = 1;", name: "setup.js")
        #expect(try other.snapshot().data != data)
    }

    @Test func snapshotsAreSmall() throws {
        let small = try Sandbox()
        try small.evaluate("let n = 0; async function f() { for (;;) { n += 1; await new Promise(() => {}) } } f()")
        #expect(try small.snapshot().data.count < 8 << 10)
        let sandbox = try fresh()
        try sandbox.evaluate(SandboxSnapshotTests.setup)
        #expect(try sandbox.snapshot().data.count < 32 << 10)
    }

    @Test func forksGoTheirOwnWays() async throws {
        let sandbox = try fresh()
        try sandbox.evaluate(SandboxSnapshotTests.setup, name: "setup.js")
        let first = try sandbox.fork(), second = try sandbox.fork()
        let expected = try await rest(first)
        #expect(try await rest(second) == expected)
        #expect(try first.fork(limits: Limits(heap: .mebibytes(8))).evaluate("count", as: Int.self) == 2)
        #expect(try await rest(sandbox) == expected)
    }

    @Test func forksShareHostObjectsAndSnapshotsRefuseThem() throws {
        final class Counter { var value = 1 }
        let sandbox = try Sandbox()
        sandbox.define(HostClass<Counter>("Counter").constructor { Counter() }.method("add") { (counter: Counter) in
            counter.value += 1
            return counter.value
        })
        try sandbox.evaluate("const counter = new Counter; counter.add()")
        #expect(try sandbox.fork().evaluate("counter.add()", as: Int.self) == 3)
        #expect(failure { _ = try sandbox.snapshot() } == .hostObjects)
        let empty = try Sandbox()
        empty.define(HostClass<Counter>("Counter").constructor { Counter() }.property("value") { $0.value })
        try empty.evaluate("Counter.extra = 5")
        let again = try Sandbox(restoring: try Snapshot(data: try empty.snapshot().data)) {
            $0.define(HostClass<Counter>("Counter").constructor { Counter() }.property("value") { $0.value })
            $0.define("make") { HostReference(Counter()) }
        }
        #expect(try again.evaluate("new Counter().value + Counter.extra", as: Int.self) == 6)
    }

    @Test func whatIsMissingIsNamed() throws {
        let sandbox = try fresh()
        let snapshot = try sandbox.snapshot()
        #expect(failure { _ = try Sandbox(restoring: snapshot, capabilities: SandboxSnapshotTests.capabilities) } == .missingFunction("host.add"))
        #expect(failure {
            _ = try Sandbox(restoring: snapshot, capabilities: SandboxSnapshotTests.capabilities) {
                $0.define("host.add") { (a: Int) in a }
                $0.defineDeferred("ask", parameters: 1)
            }
        } == .missingFunction("host.add"))
        let large = try fresh()
        try large.evaluate("globalThis.bytes = new Uint8Array(4e6)")
        #expect(failure { _ = try restored(try large.snapshot().data, limits: Limits(heap: .mebibytes(3))) } == .tooLarge)
        var data = try snapshot.data
        data[20] ^= 1
        #expect(failure { _ = try Snapshot(data: data) } == .otherBuild)
        data[20] ^= 1
        data[5] = 9
        #expect(failure { _ = try Snapshot(data: data) } == .otherBuild)
        #expect(failure { _ = try Snapshot(data: []) } == .unreadable)
    }

    @Test func pausedProgramsGoOnFromBytes() throws {
        let program = """
            function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
            function* g() { for (let i = 0; i < 200; i++) yield fib(i % 7) }
            let t = 0; for (const x of g()) t += x;
            const m = new Map; for (let i = 0; i < 500; i++) m.set('k' + i % 50, i);
            Promise.resolve(1).then(() => { let s = 0; for (let i = 0; i < 500; i++) s += i; m.set('job', s) });
            const big = [5, 3, 8].map((x) => { let s = 0; for (let i = 0; i < 300; i++) s += x; return s }).join();
            ({ t, m, big, deep: (function deep(n) { return n ? deep(n - 1) + 1 : 0 })(50) })
            """
        let script = "const r = JSON.stringify([o.t, o.big, o.deep, [...o.m.values()].reduce((a, b) => a + b)]); r"
        let whole = try Sandbox(limits: SandboxSnapshotTests.limits)
        guard case .finished(let value) = try whole.run(program, fuel: 50_000_000) else { Issue.record("paused"); return }
        try whole.set("o", value)
        let fuel = whole.bill.fuel
        let expected = try whole.evaluate(script, as: String.self)
        for slice in [331, 1777, 20_011] {
            var sandbox = try Sandbox(limits: SandboxSnapshotTests.limits)
            var outcome = try sandbox.run(program, fuel: slice)
            var rounds = 0
            while case .paused = outcome {
                rounds += 1
                sandbox = try Sandbox(restoring: try Snapshot(data: try sandbox.snapshot().data), limits: SandboxSnapshotTests.limits)
                outcome = try #require(sandbox.pause).resume(fuel: slice)
            }
            guard case .finished(let value) = outcome else { return }
            #expect(rounds > 0)
            try sandbox.set("o", value)
            #expect(sandbox.bill.fuel == fuel)
            #expect(try sandbox.evaluate(script, as: String.self) == expected)
        }
    }

    @Test func modulesAndCommonJSGoOn() async throws {
        let files = ["app.js": "import { n } from './lib.js'; export let calls = n; export const bump = () => ++calls;", "lib.js": "export const n = 40;"]
        let packages = ["tool.js": "exports.n = 0; exports.next = () => ++exports.n"]
        let capabilities: [Capability] = [.modules(.inMemory(files)), .require(.inMemory(packages))]
        let sandbox = try Sandbox(capabilities: capabilities)
        let module = try await sandbox.importModule("app.js")
        try sandbox.keep("app", module.namespace)
        _ = try await module.call("bump")
        try sandbox.evaluate("require('./tool.js').next()")
        let data = try sandbox.snapshot().data
        let again = try Sandbox(restoring: try Snapshot(data: data), capabilities: capabilities)
        let kept = Module(namespace: try #require(again.kept("app")))
        #expect(try await kept.call("bump", as: Int.self) == 42)
        #expect(try await again.importModule("app.js").get("calls", as: Int.self) == 42)
        #expect(try again.evaluate("require('./tool.js').next()", as: Int.self) == 2)
        #expect(again.kept("other") == nil)
    }

    /// As the documentation has it.
    @Test func unansweredCallsAreAnsweredLater() async throws {
        let sandbox = try Sandbox()
        sandbox.defineDeferred("ask", parameters: 1)
        try sandbox.keep("answer", try sandbox.evaluate("(async () => 'You said ' + await ask('Well?'))()"))
        let data = try sandbox.snapshot().data

        let again = try Sandbox(restoring: try Snapshot(data: data)) { $0.defineDeferred("ask", parameters: 1) }
        try again.answer(again.pendingCalls[0], with: "yes")
        let answer = try await again.kept("answer")?.awaited(as: String.self)
        #expect(answer == "You said yes")
        #expect(throws: TerrariumError.self) { try again.answer(sandbox.pendingCalls[0], with: "again") }
    }

    @Test func asynchronousCallsAreRepeated() async throws {
        let sandbox = try Sandbox()
        sandbox.define("slow") { (n: Int) async throws -> Int in
            try await Task.sleep(for: .seconds(100))
            return n
        }
        try sandbox.evaluate("let got = 0; slow(20).then(n => { got = n + 1 })")
        let again = try Sandbox(restoring: try Snapshot(data: try sandbox.snapshot().data), limits: Limits(deadline: .seconds(300))) {
            $0.define("slow") { (n: Int) async throws -> Int in n }
        }
        #expect(again.pendingCalls.map(\.isRunning) == [false])
        try again.repeatCalls()
        try await again.runUntilIdle()
        #expect(try again.get("got", as: Int.self) == 21)
        #expect(again.pendingCalls.isEmpty)
    }

    @Test func workflowsGoOnInOtherProcesses() async throws {
        let source = """
            export async function run(ctx, order) {
              const log = [];
              try { await fetch('https://example.com/') } catch (error) { log.push(error.message) }
              const total = order.prices.reduce((a, b) => a + b);
              const name = await ask(`Who decides about ${order.item} for ${total}?`);
              for (let round = 1;; round++) {
                const reply = await ask(`${name}, is that fine?`);
                if (reply === 'yes') return `${ctx.id}: ${name} agreed in round ${round}, ${Math.random()}, ${log}`;
              }
            }
            """
        let deployed = try await Workflow.deploy(source)
        let order = Workflow.Order(item: "tea", prices: [3, 4])
        let answers = ["Ann", "no", "yes"]
        // In this process.
        var step = try await Workflow.start(deployed, Workflow.Context(id: 5), order)
        for answer in answers {
            guard case .waiting(_, let suspended) = step else { Issue.record("\(step)"); return }
            #expect(suspended.count < 40 << 10)
            step = try await Workflow.answer(suspended, answer)
        }
        guard case .finished(let expected) = step else { Issue.record("\(step)"); return }
        #expect(expected.hasPrefix("5: Ann agreed in round 2, 0."))
        #expect(expected.hasSuffix("fetch failed"))
        // Each step in a process of its own; one is killed before it has written anything, and run again.
        let start = try await Workflow.start(deployed, Workflow.Context(id: 5), order)
        guard case .waiting(let question, let suspended) = start else { Issue.record("\(start)"); return }
        #expect(question == "Who decides about tea for 7?")
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("workflow-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(suspended).write(to: file)
        let killed = try process(file, "Ann")
        killed.process.terminate()
        killed.process.waitUntilExit()
        try Data(suspended).write(to: file)
        var outputs: [String] = []
        for answer in answers {
            let run = try process(file, answer)
            outputs.append(String(decoding: run.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
            run.process.waitUntilExit()
            #expect(run.process.terminationStatus == 0)
        }
        #expect(outputs == ["? Ann, is that fine?\n", "? Ann, is that fine?\n", "= \(expected)\n"])
    }

    private func process(_ file: URL, _ answer: String) throws -> (process: Process, output: Pipe) {
        // Beside the bundle of the tests.
        let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
        let folder = bundle?.deletingLastPathComponent() ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let process = Process(), output = Pipe()
        process.executableURL = folder.appendingPathComponent("workflow")
        process.arguments = [file.path, answer]
        process.standardOutput = output
        try process.run()
        return (process, output)
    }
}
