import Foundation
@_spi(Corruption) import Terrarium
import TerrariumSyntax
import Testing

/// What a guest can find out: nothing of the host, of other sandboxes, or of what its memory held before.
@Suite(.serialized)
struct InformationTests {
    /// Fills memory with a pattern, drops it, and looks for it wherever a program gets memory that it has not written.
    private static let recycling = """
        const found = [];
        function fill(round) {
          const kept = [];
          for (let i = 0; i < 40; i++) {
            kept.push(new Uint8Array(100 + i * 97).fill(0xA5), new Float64Array(50 + i).fill(-7.25), 'secret'.repeat(40 + i) + i, Array(60 + i).fill('secret'));
            const o = {}; for (let k = 0; k < 30; k++) o['s' + k] = 'secret' + k; kept.push(o, new Map([[o, 'secret']]), 12345678901234567890n ** BigInt(i + 1));
          }
          if (round % 2 === 0) kept.push(new Uint8Array(300000).fill(0xA5));
          return kept.length;
        }
        function look(round) {
          for (const size of [1, 7, 8, 63, 64, 100, 1000, 5000, 33000, 300000]) {
            const a = new Uint8Array(size), b = new ArrayBuffer(8, { maxByteLength: size + 8 }); b.resize(size + 8);
            const c = new ArrayBuffer(4).transfer(size), d = new Uint8Array(new ArrayBuffer(size, { maxByteLength: size * 2 })), e = structuredShrink(size);
            for (const view of [a, new Uint8Array(b), new Uint8Array(c), d, e]) if (view.some(x => x !== 0)) found.push('bytes of ' + size);
            const f = new Float64Array(size >> 3); if (f.some(x => x !== 0)) found.push('doubles of ' + size);
            const g = Array(Math.min(size, 5000)); if (g.some(x => true) || g[size >> 1] !== undefined || Object.keys(g).length) found.push('elements of ' + size);
            g.length = 10; g.length = 100; if (g[50] !== undefined) found.push('elements behind a length');
          }
          function many(a, b, c, d, e, f, g, h) { var i, j, k, l, m; return [a, b, c, d, e, f, g, h, i, j, k, l, m]; }
          if (many().some(x => x !== undefined)) found.push('registers');
          (function deep(n) { if (n) deep(n - 1); const rest = many(); if (rest.some(x => x !== undefined)) found.push('registers below'); })(20);
          class P { a; b; #c; get c() { return this.#c; } } const p = new P(); if (p.a !== undefined || p.b !== undefined || p.c !== undefined) found.push('fields');
        }
        // Shrinks and grows again: what was there is gone.
        function structuredShrink(size) { const b = new ArrayBuffer(size, { maxByteLength: size * 2 + 8 }); new Uint8Array(b).fill(0xA5); b.resize(0); b.resize(size); return new Uint8Array(b); }
        for (let round = 0; round < 3; round++) { fill(round); look(round); }
        found.join()
        """

    @Test func recycledMemoryShowsNothing() throws {
        let sandbox = try Sandbox(limits: Limits(fuel: 2_000_000_000, heap: .mebibytes(32), deadline: .seconds(60)))
        #expect(try sandbox.evaluate(InformationTests.recycling, as: String.self) == "")
    }

    /// What one sandbox wrote is in no other one, wherever the system puts its memory.
    @Test func anEndedSandboxLeavesNothingToTheNext() throws {
        let pattern: UInt64 = 0xA5A5_A5A5_A5A5_A5A5
        func patterns(in session: Session) -> Int {
            let range = session.usedRange
            return stride(from: (range.lowerBound &+ 7) & ~7, to: range.upperBound, by: 8).count { session.word(at: $0) == pattern }
        }
        for _ in 0..<10 {
            do {
                let first = try Session(print: { _ in })
                _ = first.run(SourceText("globalThis.keep = []; for (let i = 0; i < 100; i++) keep.push(new Uint8Array(9000).fill(0xA5)); 1", name: "a.js"))
                #expect(patterns(in: first) > 1000)
            }
            let second = try Session(print: { _ in })
            _ = second.run(SourceText("globalThis.keep = []; for (let i = 0; i < 100; i++) keep.push(new Uint8Array(9000)); 1", name: "b.js"))
            #expect(patterns(in: second) == 0)
        }
    }

    /// Everything that engines tend to let slip: time, randomness, orders, depths, texts of errors and functions, collections.
    private static let observing = """
        const seen = [];
        const see = (f) => { try { seen.push(String(f())); } catch (e) { seen.push(e.name + e.message + e.stack); } };
        see(() => Date.now()); see(() => new Date().getTime()); see(() => new Date(0).toString()); see(() => new Date(2020, 5, 5).getTimezoneOffset());
        see(() => new Date().toLocaleString()); see(() => (1234.5).toLocaleString()); see(() => 'ä'.localeCompare('z'));
        see(() => Math.random()); see(() => typeof performance + typeof process + typeof navigator + typeof Intl + typeof SharedArrayBuffer + typeof Atomics + typeof WebAssembly);
        see(() => Reflect.ownKeys(globalThis).map(String).join()); see(() => new Error('x').stack); see(() => null.x); see(() => undefinedName); see(() => see.toString() + Math.max);
        see(() => { let n = 0; (function deeper() { n++; deeper(); })(); }); see(() => { let n = 0; try { (function deeper() { n++; deeper(); })(); } catch (e) { return n; } });
        see(() => { const m = new Map(); for (let i = 0; i < 50; i++) m.set({}, i); return [...m.values()]; }); see(() => Object.keys({ b: 1, a: 2, 1: 3 }));
        see(() => { const w = new WeakRef({}); for (let i = 0; i < 1e5; i++) [i]; return typeof w.deref(); }); see(() => Symbol('a').toString() + Symbol.for('b').description);
        see(() => [5, 1, 4].sort(() => 0)); see(() => new Function('return 1')); see(() => (0, eval)('1')); see(() => import('x').catch(() => {})); see(() => JSON.stringify(Object.getOwnPropertyDescriptors(Function)));
        see(() => { try { 'x'.repeat(2 ** 30); } catch (e) { return e.message; } }); see(() => new Array(-1)); see(() => 10n ** 10n ** 10n);
        seen.join('\\n')
        """

    @Sendable private static func observe() throws -> String {
        try Sandbox(limits: Limits(fuel: 400_000_000, heap: .mebibytes(16), depth: 300, deadline: .seconds(60)))
            .evaluate(observing, name: "guest.js", as: String.self)
    }

    @Test func nothingOfTheHostCanBeSeen() throws {
        let first = try InformationTests.observe()
        // Other addresses, another time, another sandbox at work, another thread.
        let junk = (0..<50).map { [UInt8](repeating: 1, count: 10_000 + $0 * 4096) }
        let other = try Sandbox()
        try other.evaluate("let busy = []; for (let i = 0; i < 1e5; i++) busy.push({ i })")
        Thread.sleep(forTimeInterval: 0.02)
        #expect(try InformationTests.observe() == first)
        let answer = Answer()
        let thread = Thread { answer.text = (try? InformationTests.observe()) ?? "" }
        thread.stackSize = 1 << 20
        thread.start()
        while !thread.isFinished { Thread.sleep(forTimeInterval: 0.001) }
        #expect(answer.text == first)
        #expect(junk.count == 50)
        for trace in [".swift", "/usr/", "/home/", "/tmp/", "Sources/", "0x7f", "libswift", "UInt32"] { #expect(!first.contains(trace), "\(trace)") }
    }

    private final class Answer: @unchecked Sendable { var text = "" }

    /// Without a clock, time stands still, however long something takes.
    @Test func timeCannotBeMeasured() throws {
        let sandbox = try Sandbox(limits: Limits(fuel: 400_000_000, deadline: .seconds(60)))
        #expect(try sandbox.evaluate("const start = Date.now(); for (let i = 0; i < 1e6; i++); Date.now() - start", as: Double.self) == 0)
    }
}
