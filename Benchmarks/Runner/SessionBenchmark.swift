import Dispatch
import Synchronization
import Terrarium
import TerrariumCage
import TerrariumSyntax

/// What a sandbox costs: made from nothing, made from a snapshot, kept. Medians, in microseconds and KiB.
enum SessionBenchmark {
    static func run(count: Int) -> Int32 {
        do {
            let template = try Session(print: { _ in })
            _ = template.run(SourceText("const table = []; for (let i = 0; i < 40000; i++) table.push({ i, text: 'item ' + i });", name: "setup.js"))
            guard let empty = try Session(print: { _ in }).snapshot(), let warm = template.snapshot() else { return 1 }
            let script = SourceText("let sum = 0; for (let i = 0; i < 100; i++) sum += i; sum", name: "small.js")
            report("new session, whole library", try median(30) { _ = try Session(print: { _ in }) })
            report("new session from a snapshot (\(empty.byteCount >> 10) KiB)", try median(300) { _ = try Session(restoring: empty) })
            report("the same, and a small script", try median(300) { _ = try Session(restoring: empty).run(script) })
            report("from a warmed snapshot (\(warm.byteCount >> 10) KiB)", try median(300) { _ = try Session(restoring: warm) })
            report("snapshot of the warmed session", try median(20) { _ = template.snapshot() })
            try hostCalls(200_000)
            try sandboxes()
            try interrupts()
            try ThreadBenchmark.report()
            try alive(count)
            try alive(count, capabilities: [.standard], "with the standard capabilities ")
            node("vm.createContext", "contexts.js", count: min(count, 500))
            node("worker", "workers.js", count: min(count, 20))
            return 0
        } catch {
            print("benchmarks: \(error)")
            return 1
        }
    }

    /// Calls between guest and host with two ints, without the loop around them.
    private static func hostCalls(_ count: Int) throws {
        let sandbox = try Sandbox(limits: Limits(fuel: 1 << 50, deadline: .seconds(60)))
        sandbox.define("add") { (a: Int, b: Int) in a &+ b }
        let calls = try Script("{ let s = 0; for (let i = 0; i < \(count); i++) s = add(s & 255, i); s }")
        let loop = try Script("{ let s = 0; for (let i = 0; i < \(count); i++) s = (s & 255) + i; s }")
        let host = try median(3) { try sandbox.evaluate(calls) } - median(3) { try sandbox.evaluate(loop) }
        let function = try sandbox.evaluate("(a, b) => a + b")
        let guest = try median(3) { for index in 0..<count / 10 { _ = try function.call(index, 1, as: Int.self) } }
        print("host function with two ints: \(host / Int64(count)) ns, guest function with two ints: \(guest / Int64(count / 10)) ns")
    }

    /// Memory of many sandboxes that are alive at the same time, each of which has run a small script.
    private static func alive(_ count: Int, capabilities: [Capability] = [], _ what: String = "") throws {
        let script = try Script("let sum = 0; for (let i = 0; i < 100; i++) sum += i; sum")
        let before = (HostProcess.privateBytes(), HostProcess.residentBytes())
        var kept: [Sandbox] = []
        let start = MonotonicClock.now()
        for _ in 0..<count {
            let sandbox = try Sandbox(capabilities: capabilities)
            try sandbox.evaluate(script)
            kept.append(sandbox)
        }
        let each = (MonotonicClock.now() - start) / 1000 / Int64(count)
        let own = HostProcess.privateBytes() - before.0, resident = HostProcess.residentBytes()
        print(
            "\(count) live sandboxes \(what)that ran a small script: \(own / count / 1024) KiB and \(each) µs each; resident memory of the process \(resident >> 20) MiB"
        )
        withExtendedLifetime(kept) {}
    }

    /// The same with node, where it is installed.
    private static func node(_ name: String, _ file: String, count: Int) {
        guard let child = ChildProcess.run(["/usr/bin/env", "node", "Benchmarks/node/" + file, "\(count)"], timeout: 120), child.status == 0 else {
            return print("node's \(name): not measured")
        }
        let numbers = String(decoding: child.output, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "\n" }).compactMap { Int($0) }
        guard numbers.count == 3, numbers[2] > 0 else { return print("node's \(name): not measured") }
        print("node's \(name), \(numbers[2]) alive: \(numbers[0] / numbers[2] / 1024) KiB and \(numbers[1] / numbers[2] / 1000) µs each")
    }

    /// From an interrupt on another thread to the end of the operation, while the guest loops or is inside of a long call.
    private static func interrupts() throws {
        final class Moment: Sendable { let time = Mutex<Int64>(0) }
        let programs = [
            ("a loop", "for (;;);"), ("a pattern", "for (;;) /(a+)+$/.test('a'.repeat(40) + 'b')"),
            ("sorting", "const a = Array.from({ length: 300000 }, (_, i) => i * 7919 % 1000003); for (;;) a.toSorted()"),
            ("JSON", "const a = Array(300000).fill('text'); for (;;) JSON.parse(JSON.stringify(a))"),
        ]
        for (name, source) in programs {
            var waits: [Int64] = []
            for _ in 0..<21 {
                let sandbox = try Sandbox(limits: Limits(fuel: 1 << 50, deadline: .seconds(60)))
                let interrupter = sandbox.interrupter, asked = Moment()
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) {
                    asked.time.withLock { $0 = MonotonicClock.now() }
                    interrupter.interrupt()
                }
                do { try sandbox.evaluate(source) } catch { waits.append(MonotonicClock.now() - asked.time.withLock { $0 }) }
            }
            waits.sort()
            print("interrupt in \(name): \(waits[waits.count / 2] / 1000) µs, nine of ten within \(waits[waits.count * 9 / 10] / 1000) µs")
        }
    }

    /// What forks, pools and snapshots cost.
    private static func sandboxes() throws {
        report("new sandbox", try median(300) { _ = try Sandbox() })
        report("new sandbox with the standard capabilities", try median(100) { _ = try Sandbox(capabilities: [.standard]) })
        let template = try Sandbox(capabilities: [.standard])
        try template.evaluate("const table = []; for (let i = 0; i < 40000; i++) table.push({ i, text: 'item ' + i })")
        let pool = try SandboxPool(of: template, count: 100)
        report("from a warm pool", try median(100) { _ = try pool.take() })
        report("fork of a warmed sandbox (\(template.bill.heap >> 10) KiB)", try median(300) { _ = try template.fork() })
        report("the first fork", try median(10) {
            try template.evaluate("1")
            _ = try template.fork()
        })
        let small = try Sandbox()
        try small.evaluate("let n = 0; async function f(list) { for (const x of list) { n += x; await new Promise(() => {}) } } f([1, 2, 3])")
        let data = try small.snapshot().data
        print("suspended small program: \(data.count) bytes; warmed sandbox: \(try template.snapshot().data.count >> 10) KiB")
        print("suspended workflow with fetch and console: \(try workflow().count) bytes")
        report("a snapshot as bytes", try median(10) {
            try small.evaluate("1")
            _ = try small.snapshot().data
        })
        report("restored from bytes", try median(30) { _ = try Sandbox(restoring: Snapshot(data: data)) })
    }

    /// A workflow that waits for an answer, as bytes.
    private static func workflow() throws -> [UInt8] {
        let sandbox = try Sandbox(
            limits: Limits(heap: .mebibytes(8)),
            capabilities: [.silentConsole, .random(seed: 7), .fetch { _ in FetchResponse(status: 403) }])
        sandbox.defineDeferred("ask", parameters: 1)
        try sandbox.evaluate(
            """
            async function run(ctx, payload) {
              let total = 0;
              for (const price of payload.prices) {
                total += price;
                console.log(`${payload.item}: ${total}`);
                const answer = await ask(`${payload.item} costs ${total}. Go on?`);
                if (answer !== 'yes') return `${ctx.id}: stopped at ${total}`;
              }
              try { await fetch('https://example.org/orders', { method: 'POST', body: JSON.stringify(payload) }); } catch (e) { return `${ctx.id}: ${total}, ${e.message}`; }
              return `${ctx.id}: ${total}`;
            }
            run({ id: 7 }, { item: 'lamp', prices: [10, 20, 30] });
            """, name: "workflow.js")
        return try sandbox.snapshot().data
    }

    private static func report(_ name: String, _ nanoseconds: Int64) {
        print("\(name): \(nanoseconds / 1000) µs")
    }

    private static func median(_ runs: Int, _ work: () throws -> Void) throws -> Int64 {
        var times: [Int64] = []
        for _ in 0..<runs {
            let start = MonotonicClock.now()
            try work()
            times.append(MonotonicClock.now() - start)
        }
        return times.sorted()[runs / 2]
    }
}
