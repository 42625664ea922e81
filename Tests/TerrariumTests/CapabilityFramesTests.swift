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
        #expect(try sandbox.evaluate(code, as: String.self) == "true,true,5,1,true,1,true,true,q,3,false,gmbesselfview")
        #expect(
            try sandbox.evaluate("try { structuredClone({ get x() { return 1; }, f() {} }) } catch (e) { e.name }", as: String.self)
                == "DataCloneError")
    }
}
