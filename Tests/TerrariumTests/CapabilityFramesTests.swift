import Testing
import Terrarium

/// Guest code that capabilities run has no native frame below it (0010): it nests deeper than native code may.
struct CapabilityFramesTests {
    @Test(arguments: [
        "structuredClone({ get x() { cb(); } })",
        "structuredClone([[{ get x() { cb(); return 1; } }], new Map([[{}, 1]]), new Error('x')])",
        "new TextDecoder({ toString() { cb(); return 'utf-8'; } })",
        "new TextDecoder('utf-8', { get fatal() { cb(); } })",
        "new TextDecoder('utf-8', { get ignoreBOM() { cb(); } })",
        "new TextDecoder().decode(new Uint8Array(1), { get stream() { cb(); } })",
        "Reflect.construct(TextDecoder, [], Object.defineProperty(function () {}.bind(), 'prototype', { get() { cb(); } }))",
        "Reflect.construct(TextEncoder, [], Object.defineProperty(function () {}.bind(), 'prototype', { get() { cb(); } }))",
        "new TextEncoder().encode({ toString() { cb(); return ''; } })",
        "new TextEncoder().encodeInto({ toString() { cb(); return ''; } }, new Uint8Array(1))",
        "btoa({ toString() { cb(); return ''; } })",
        "atob({ toString() { cb(); return ''; } })",
        "setTimeout(() => {}, { valueOf() { cb(); return 1; } })",
    ])
    func guestCodeNests(_ code: String) throws {
        let sandbox = try Sandbox(capabilities: [.standard])
        let most = try sandbox.evaluate(
            "let depth = 0, most = 0; function cb() { if (++depth > most) most = depth; if (most < 450) { \(code); } depth--; } cb(); most",
            as: Int.self)
        #expect(most == 450, "\(code)")
    }

    @Test func clonesWithGettersAreComplete() throws {
        let sandbox = try Sandbox(capabilities: [.structuredClone])
        let code = """
            const o = { get g() { return [new Date(5)]; }, m: new Map([[{ k: 1 }, new Set([1])]]), b: new Uint8Array([1, 2]).subarray(1),
              e: new RangeError('q'), s: [1, , 3] };
            o.self = o; o.view = new DataView(o.b.buffer).buffer; const c = structuredClone(o);
            [c !== o, c.self === c, c.g[0].getTime(), [...c.m.keys()][0].k, [...c.m.values()][0].has(1), c.b[0], c.b.buffer === c.view,
             c.view !== o.view, c.e instanceof RangeError && c.e.message, c.s.length, 1 in c.s, Object.keys(c).join('')].join()
            """
        #expect(try sandbox.evaluate(code, as: String.self) == "true,true,5,1,true,2,true,true,q,3,false,gmbesselfview")
        #expect(
            try sandbox.evaluate("try { structuredClone({ get x() { return 1; }, f() {} }) } catch (e) { e.name }", as: String.self)
                == "DataCloneError")
    }

    @Test func modulesOfCommonJSArePaused() throws {
        let files = [
            "slow.js": "let n = 0; for (let i = 0; i < 5000; i++) n += i; exports.n = n",
            "bad.js": "exports.part = 1; for (let i = 0; i < 5000; i++); throw new Error('bad')",
            "endless.js": "exports.part = 1; if (!globalThis.again) for (;;);",
        ]
        let sandbox = try Sandbox(capabilities: [.require(.inMemory(files))])
        func run(_ code: String) throws -> (text: String, pauses: Int) {
            var outcome = try sandbox.run(code, fuel: 2_000)
            var pauses = 0
            while case .paused = outcome, pauses < 1_000 {
                pauses += 1
                if pauses == 1_000 { try #require(sandbox.pause).end() } else { outcome = try #require(sandbox.pause).resume(fuel: 2_000) }
            }
            guard case .finished(let value) = outcome else { return ("", pauses) }
            return (value.text, pauses)
        }
        let slow = try run("require('./slow').n")
        #expect(slow.text == "12497500")
        #expect(slow.pauses > 3)
        // What failed or was ended is run again.
        for _ in 0..<2 { #expect(try run("try { require('./bad') } catch (e) { e.message }").pauses > 1) }
        #expect(try run("require('./endless')").text == "")
        #expect(try run("globalThis.again = true; Object.keys(require('./endless')).join()").text == "part")
    }
}
