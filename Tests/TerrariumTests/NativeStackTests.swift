import Foundation
import Terrarium
import Testing

/// Every path that could recurse natively, on a thread with a stack of 256 KiB: the guest gets a RangeError or a result,
/// or a limit ends it. A native overflow would end the test process.
@Suite struct NativeStackTests {
    /// Programs that nest what a path goes through. Each prints `end` when it is through.
    static let programs: [(name: String, source: String)] = [
        ("parser", """
            for (const [a, b] of [['(', ')'], ['[', ']'], ['{', '}'], ['({a:', '})'], ['a=>', ''], ['`${', '}`'], ['if(a)', ''], ['a?', ':b'], ['-', ''], ['new ', ''],
              ['f(', ')'], ['function f(){', '}'], ['class A{m(){', '}}'], ['try{', '}finally{}'], ['a.', ''], ['a+', ''], ['a**', ''], ['async()=>', ''], ['(a=', ')=>1'], ['var {a:', '}=b'],
              ['do ', ' while(0)'], ['label:', ''], ['switch(1){case 1:', '}'], ['a=', ''], ['[...', ']'], ['class extends ', '{}'], ['yield ', ''], ['a,', ''], ['if(0){}else ', '']])
              for (const n of [10, 200, 1400, 20000]) try { (0, eval)('if (0) {' + a.repeat(n) + '1' + b.repeat(n) + '}') } catch (e) { if (!(e instanceof Error)) throw e }
            """),
        ("long chains of operators", """
            for (const s of ['1' + '+1'.repeat(50000), 'x' + '.x'.repeat(50000), 'x' + '?.x'.repeat(50000), '1' + ',1'.repeat(50000), '1' + '&&1'.repeat(50000), 'x' + '()'.repeat(20000), '`' + '${1}'.repeat(20000) + '`'])
              try { globalThis.x = () => x; x.x = x; (0, eval)(s) } catch (e) { if (!(e instanceof Error)) throw e }
            """),
        ("JSON", """
            for (const s of ['['.repeat(100000) + ']'.repeat(100000), '{"a":'.repeat(50000) + '1' + '}'.repeat(50000)])
              for (const f of [() => JSON.parse(s), () => JSON.parse(s, (k, v) => v), () => JSON.stringify(JSON.parse(s)), () => JSON.stringify(JSON.parse(s), null, 1)]) try { f() } catch (e) { if (!(e instanceof RangeError)) throw e }
            """),
        ("regular expressions", """
            for (const p of ['('.repeat(20000) + ')'.repeat(20000), '(?:'.repeat(20000) + 'a' + ')*'.repeat(20000), '(?='.repeat(5000) + ')'.repeat(5000), '['.repeat(5000) + ']'.repeat(5000), 'a|'.repeat(20000), '(?<='.repeat(2000) + ')'.repeat(2000), '(a*)*b'])
              for (const f of ['', 'v']) try { new RegExp(p, f).test('a'.repeat(24)) } catch (e) { if (!(e instanceof Error)) throw e }
            """),
        ("nested arrays as text", """
            let a = []; for (let i = 0; i < 50000; i++) a = [a];
            for (const f of [() => String(a), () => a.flat(Infinity), () => a.toLocaleString(), () => console.log(a), () => structuredClone(a), () => JSON.stringify(a)]) try { f() } catch (e) { if (!(e instanceof Error)) throw e }
            """),
        ("what the inspector shows", """
            let m = new Map, e = new Error('x'), g = new Error('y'), o = {}, p = {};
            for (let i = 0; i < 20000; i++) { m = new Map([[m, new Set([m])]]); e = new Error('z', { cause: e }); g = new AggregateError([g]); o = { o }; p = new Proxy(p, {}) }
            for (const x of [m, e, g, o, p]) { try { console.log(x) } catch (e) { if (!(e instanceof RangeError)) throw e } try { structuredClone(x) } catch (e) { if (!(e instanceof Error)) throw e } }
            """),
        ("chains of proxies", """
            for (let p of [{}, function () { return {} }, []]) { for (let i = 0; i < 30000; i++) p = new Proxy(p, {});
              for (const f of [() => p.x, () => { p.x = 1 }, () => 'x' in p, () => delete p.x, () => Reflect.ownKeys(p), () => Object.getPrototypeOf(p), () => Object.isExtensible(p), () => Object.getOwnPropertyDescriptor(p, 'x'),
                () => Array.isArray(p), () => Object.defineProperty(p, 'z', { value: 1 }), () => Object.prototype.toString.call(p), () => Object.freeze(p), () => ({ ...p }), () => p(), () => new p(), () => ({}) instanceof p,
                () => [].concat(p), () => { for (const k in p); }, () => Function.prototype.toString.call(p), () => Object.setPrototypeOf({}, p).x, () => p.bind()(), () => String(p), () => class extends p {}])
                try { f() } catch (e) { if (!(e instanceof Error)) throw e } }
            """),
        ("chains of bound functions", """
            let f = function () { return 1 }; for (let i = 0; i < 50000; i++) f = f.bind();
            for (const g of [() => f(), () => new f(), () => ({}) instanceof f, () => Reflect.construct(Object, [], f), () => console.log(f)]) try { g() } catch (e) { if (!(e instanceof RangeError)) throw e }
            """),
        ("prototype chains", """
            let o = null; for (let i = 0; i < 50000; i++) o = Object.create(o);
            o.x; 'x' in o; o instanceof Object; o.y = 1; for (const k in o); try { Object.setPrototypeOf({}, o).z } catch (e) {}
            """),
        ("ropes", """
            let s = 'ab', t = ''; for (let i = 0; i < 200000; i++) { s = 'xyxyxyxyxyxyxyxy' + s; t = t + 'abcdefghijklmnop' }
            s.charCodeAt(7) + t.charCodeAt(7); [s, t].join().length; s < t; s === t;
            """),
        ("marking", """
            let l = null, w = new WeakMap, k = {}; for (let i = 0; i < 200000; i++) { l = { l, a: [l] }; const n = {}; w.set(k, n); k = n }
            for (let i = 0; i < 300000; i++) ({ i });
            """),
        ("coercions that call themselves", """
            const o = { valueOf() { return +o }, toString() { return `${o}` }, toJSON() { return JSON.stringify(o) }, get g() { return this.g }, set s(x) { this.s = x }, [Symbol.iterator]() { return [...o] }, [Symbol.hasInstance](x) { return x instanceof o } };
            const a = [2, 1], p = new Proxy({}, { get(t, k, r) { return r[k] }, has(t, k) { return k in p }, ownKeys() { return Reflect.ownKeys(p) } }), r = /a/g; r.lastIndex = { valueOf() { return r.exec('a') } };
            for (const f of [() => +o, () => `${o}`, () => JSON.stringify(o), () => o.g, () => { o.s = 1 }, () => [...o], () => 1 instanceof o, () => a.sort(function c() { a.slice().sort(c); return 0 }), () => 'a'.replace(/a/, function f() { return 'a'.replace(/a/, f) }),
              () => p.x, () => 'x' in p, () => Object.keys(p), () => r.exec('a'), function f() { Reflect.construct(f, []) }, function f() { Array.from([1], f) }, function f() { [1].map(f) }, function f() { (0, eval)('1'); f() }, function f() { new Promise(f) }])
              try { f() } catch (e) { if (!(e instanceof RangeError)) throw e }
            """),
        ("generators, classes, modules of calls", """
            function* g(n) { if (n) yield* g(n - 1); yield n } async function f(n) { if (n) await f(n - 1) }
            let C = class {}; for (let i = 0; i < 3000; i++) C = class extends C {};
            for (const x of [() => [...g(5000)], () => f(5000).catch(() => {}), () => new C, () => eval('(function f() { eval("f()") })()')]) try { x() } catch (e) { if (!(e instanceof RangeError)) throw e }
            """),
    ]

    @Test(arguments: programs.indices) func recursionEndsInTime(_ number: Int) {
        let program = NativeStackTests.programs[number]
        let ending = NativeStackTests.onSmallStack { NativeStackTests.run(program.source) }
        #expect(["end", "fuel", "heap"].contains(ending), "\(program.name): \(ending)")
    }

    /// What the work gives on a thread with a stack of 256 KiB.
    private static func onSmallStack(_ work: @escaping @Sendable () -> String) -> String {
        let ending = Ending()
        let thread = Thread { ending.set(work()) }
        thread.stackSize = 256 * 1024
        thread.start()
        return ending.wait()
    }

    /// A text that another thread waits for.
    private final class Ending: @unchecked Sendable {
        private let condition = NSCondition()
        private var text: String?

        func set(_ value: String) {
            condition.withLock {
                text = value
                condition.signal()
            }
        }
        func wait() -> String {
            condition.withLock {
                while text == nil { condition.wait() }
                return text ?? ""
            }
        }
    }

    private static func run(_ source: String) -> String {
        do throws(TerrariumError) {
            let limits = Limits(fuel: 100_000_000, heap: .mebibytes(64))
            let sandbox = try Sandbox(limits: limits, capabilities: [.silentConsole, .codeGeneration, .structuredClone])
            try sandbox.evaluate(source)
            return "end"
        } catch {
            switch error {
            case .fuel: return "fuel"
            case .heap: return "heap"
            case .thrown(let thrown): return thrown.rendered
            default: return "\(error)"
            }
        }
    }

    /// What crosses to Swift and back is as deep as the guest made it.
    @Test func deepValuesCross() {
        let ending = NativeStackTests.onSmallStack {
            struct Nested: Codable { var a: [Nested]? }
            guard let sandbox = try? Sandbox(limits: Limits(fuel: 100_000_000)),
                let value = try? sandbox.evaluate("let o = {}; for (let i = 0; i < 30000; i++) o = { a: [o] }; o")
            else { return "no value" }
            _ = try? value.decode(as: Nested.self)
            _ = try? value.inspected()
            _ = value.text
            return "end"
        }
        #expect(ending == "end")
    }
}
