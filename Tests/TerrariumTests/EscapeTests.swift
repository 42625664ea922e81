@_spi(Corruption) import Terrarium
import Testing

/// What has broken other sandboxes: Node's vm, vm2, isolated-vm, Jint. Here every path from whatever the host gives leads to
/// the guest's own intrinsics.
struct EscapeTests {
    struct Failure: Error {}
    final class Secret { var value = 7 }

    private func made() throws -> Sandbox {
        let sandbox = try Sandbox(limits: .untrusted, capabilities: [.standard, .codeGeneration, .fetch { _ in throw Failure() }])
        sandbox.define("host") { (value: Value) in value }
        sandbox.define("thrower") { (_: Int) -> Int in throw Failure() }
        sandbox.define("later") { () async throws -> [String: Int] in ["a": 1] }
        sandbox.define("reference") { HostReference(Secret()) }
        sandbox.define("call") { (function: Value) in try function.call(["list": [1]]) }
        sandbox.define(HostClass<Secret>("Secret").constructor { Secret() }.method("get") { (secret: Secret) in secret.value })
        return sandbox
    }

    /// Ways to a function constructor, from everything that the host gave; what they make has to be of this realm, and to find
    /// nothing of a host.
    static let roots = [
        "this", "globalThis", "host", "host(1)", "host({})", "host([])", "reference()", "new Secret", "Secret", "Secret.prototype.get",
        "console", "console.log", "setTimeout", "fetch", "new TextEncoder", "structuredClone({})", "performance", "later", "later()",
        "(() => { try { thrower(1) } catch (e) { return e } })()", "(() => { try { null.x } catch (e) { return e } })()",
        "(() => { let got; call((o) => { got = o }); return got })()", "new Error().stack", "Error", "new Proxy({}, {})",
        "(() => { const f = () => f(); try { f() } catch (e) { return e } })()",
        "import('x').catch(() => {})", "(async () => {})()", "Reflect.ownKeys(globalThis).map(k => globalThis[k])[5]",
    ]

    @Test(arguments: roots) func constructorChainsEndInTheGuest(_ root: String) throws {
        let sandbox = try made()
        let text = try sandbox.evaluate("""
            (() => {
              const start = \(root), found = [];
              for (let value = start, i = 0; value !== null && value !== undefined && i < 20; i++, value = Object.getPrototypeOf(Object(value))) {
                const maker = value.constructor;
                if (maker === undefined) continue;
                const outer = maker.constructor;
                if (outer !== Function) found.push('another Function');
                const seen = outer('return [typeof process, typeof require, typeof Deno, typeof module, typeof global, typeof Buffer, typeof __dirname].join() + (this === globalThis)')();
                if (seen !== 'undefined,undefined,undefined,undefined,undefined,undefined,undefinedtrue') found.push(seen);
              }
              return found.join();
            })()
            """, as: String.self)
        #expect(text == "")
    }

    static let classics = [
        // vm
        "this.constructor.constructor('return process')().exit()",
        "const p = (function () {}).constructor('return process')(); p.mainModule.require('child_process')",
        // vm2: errors of the host, prepareStackTrace, proxies seen by host code, async internals
        "Error.prepareStackTrace = (e, frames) => frames[0].getThis().constructor.constructor('return process')(); new Error().stack.mainModule.require('fs')",
        "try { thrower(1) } catch (e) { e.constructor.constructor('return process')().exit() }",
        "const e = new Error; e.name = Symbol(); (async () => e.stack)().catch(x => x.constructor.constructor('return process')()); process",
        "host(new Proxy({}, { getPrototypeOf(t) { return process } })).x.y; Object.getPrototypeOf(new Proxy({}, { getPrototypeOf() { return process } }))",
        "async function f() {} ; f.constructor('return process.exit()')().then(null, e => e); process",
        "WebAssembly.compile", "Buffer.from('')", "import.meta", "new SharedArrayBuffer(8)", "require('fs')",
        // isolated-vm, Jint
        "host.__proto__.__proto__.__proto__.polluted = 1", "System.IO.File.ReadAllText('/etc/passwd')", "importNamespace('System')",
        "host.GetType().Assembly", "reference().GetType()", "reference().value.toFixed()", "new Secret().value.toFixed()", "Secret.prototype.get.call({})",
        "Secret.prototype.get.call(reference.call())  + Secret.prototype.get.call(host)",
    ]

    @Test(arguments: classics) func theClassicsThrow(_ source: String) throws {
        let sandbox = try made()
        #expect(throws: TerrariumError.self) { try sandbox.evaluate(source) }
        #expect(try sandbox.evaluate("1 + 1", as: Int.self) == 2)
    }

    @Test func errorsOfTheHostSayNothing() throws {
        let text = try made().evaluate("try { thrower(1) } catch (e) { [e.message, Object.getOwnPropertyNames(e), e instanceof Error, e.stack].join('|') }", as: String.self)
        #expect(text.hasPrefix("The host function failed|stack,message|true|Error: The host function failed"))
        #expect(!text.contains("swift"))
        #expect(!text.contains("Failure"))
    }

    @Test func frozenIntrinsicsStay() throws {
        let sandbox = try Sandbox(capabilities: [.standard, .frozenIntrinsics])
        for change in [
            "Array.prototype.map = 1", "Object.prototype.x = 1", "Promise.prototype.then = null", "Math.max = 0", "console.log = 1",
            "Object.getPrototypeOf(function* () {}).x = 1", "Object.getPrototypeOf([][Symbol.iterator]()).next = 1",
            "delete String.prototype.trim", "Object.defineProperty(Reflect, 'x', { value: 1 })", "Object.setPrototypeOf(Array.prototype, null)",
        ] {
            #expect(throws: TerrariumError.self) { try sandbox.evaluate("'use strict'; \(change)") }
        }
        #expect(try sandbox.evaluate("class A extends Array { map2() { return this.map(x => x + 1).join() } }; A.of(1, 2).map2() + [3, 1].sort() + [...'ab']", as: String.self) == "2,31,3a,b")
    }

    @Test func poolsGiveFreshForks() throws {
        let template = try Sandbox()
        try template.evaluate("let n = 1")
        let pool = try SandboxPool(of: template, count: 2)
        try template.evaluate("n = 100")
        for _ in 0..<5 { #expect(try pool.take().evaluate("n++; n", as: Int.self) == 2) }
        #expect(pool.readyCount == 0)
        try pool.refill()
        #expect(pool.readyCount == 2)
    }

    /// Whatever request for memory fails, the guest ends with the limit and the sandbox goes on.
    @Test func everyAllocationMayFail() throws {
        let script = try Script("""
            const list = []; for (let i = 0; i < 200; i++) list.push({ i, text: 'item ' + i, more: [i, i * 2] });
            const map = new Map(list.map(x => [x.text, x])), text = JSON.stringify(list), again = JSON.parse(text);
            const big = 12345678901234567890n ** 300n, pattern = text.replace(/item (\\d+)/g, (m, n) => n + m), sorted = list.toSorted((a, b) => b.i - a.i);
            function* g() { for (const x of list) yield x.more } class A { #p = list; get p() { return this.#p } }
            const typed = new Float64Array(20000).map((x, i) => i), parts = [...g()].flat().join().split(','), proxies = new Proxy({ ...list }, {});
            function deep(n, ...rest) { return n ? deep(n - 1, n, ...rest) : rest.length } function* nested(n) { yield n; if (n) yield* nested(n - 1) }
            const copy = structuredClone(list.slice(0, 99)), weak = new WeakMap(list.map(x => [x, x.text])), dates = list.map(x => new Date(x.i * 1e10).toISOString());
            const bound = deep.bind(null, 3, 4).bind(null, 5), buffer = new ArrayBuffer(1e5, { maxByteLength: 2e5 }); buffer.resize(15e4);
            const texts = ['a\\u0301'.repeat(3000).normalize('NFC'), escape(text), encodeURIComponent(text), btoa(text), text.toUpperCase().padEnd(99999, '-')];
            let failed; try { (function f() { f.call.apply(f.call, [f, 1, 2]) })() } catch (e) { failed = e.constructor.name + e.stack.length }
            async function later(n) { for (let i = 0; i < n; i++) await Promise.all(list.slice(0, 30).map(async x => x.i)); return n }
            let settled = 0; later(5).then(n => { settled = n + eval('list.length') + new Function('a', 'return a')(7) + Reflect.construct(A, []).p.length });
            [map.size, again.length, big.toString().length, pattern.length, sorted[0].i, typed.length, parts.length, Object.keys(proxies).length, new A().p.length,
              deep(150), [...nested(50)].length, copy.length, weak.has(list[5]), dates.length, bound(), buffer.byteLength, texts.map(t => t.length), failed].join()
            """)
        func sandbox() throws -> Sandbox {
            try Sandbox(limits: Limits(heap: .mebibytes(32)), capabilities: [.structuredClone, .base64, .codeGeneration])
        }
        func run(_ sandbox: Sandbox) throws(TerrariumError) -> String {
            try sandbox.evaluate(script, as: String.self) + " " + sandbox.evaluate("String(settled)", as: String.self)
        }
        let expected = try run(sandbox())
        var ended = 0
        while ended < 20_000 {
            let sandbox = try sandbox()
            sandbox.failRequest(ended + 1)
            do {
                #expect(try run(sandbox) == expected)
                break
            } catch {
                guard case .heap = error else { Issue.record("\(ended + 1): \(error)"); return }
                ended += 1
            }
            sandbox.failRequest(0)
            #expect(try sandbox.evaluate("[1, 2].map(x => x * 2).join()", as: String.self) == "2,4")
        }
        #expect(ended > 100 && ended < 20_000)
    }
}
