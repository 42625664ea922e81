import Terrarium
import Testing

/// What capabilities install, and what is missing without them.
struct CapabilityTests {
    @Test func nothingIsThereByDefault() throws {
        let sandbox = try Sandbox()
        let names = [
            "console", "print", "setTimeout", "queueMicrotask", "structuredClone", "atob", "fetch", "require", "process",
            "performance", "TextEncoder", "SharedArrayBuffer", "crypto", "URL",
        ]
        for name in names { #expect(try sandbox.evaluate("typeof \(name)", as: String.self) == "undefined", "\(name)") }
        #expect(try sandbox.evaluate("Date.now()", as: Int.self) == 0)
        #expect(try sandbox.evaluate("try { eval('1') } catch (e) { e.name }", as: String.self) != "1")
        let first = try sandbox.evaluate("Math.random()", as: Double.self)
        #expect(try Sandbox().evaluate("Math.random()", as: Double.self) == first)
    }

    @Test func clockAndRandomAreTheHosts() throws {
        let sandbox = try Sandbox(capabilities: [.clock(.fixed(at: 86_400_000)), .random(seed: 7)])
        #expect(try sandbox.evaluate("new Date().toISOString()", as: String.self) == "1970-01-02T00:00:00.000Z")
        let again = try Sandbox(capabilities: [.random(seed: 7)])
        let other = try Sandbox(capabilities: [.random(seed: 8)])
        let code = "Array.from({ length: 5 }, Math.random)"
        let numbers = try sandbox.evaluate(code, as: [Double].self)
        #expect(try again.evaluate(code, as: [Double].self) == numbers)
        #expect(try other.evaluate(code, as: [Double].self) != numbers)
        #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
        let clock = ManualClock(at: 5)
        let moved = try Sandbox(capabilities: [.clock(.manual(clock))])
        clock.advance(by: .seconds(2))
        #expect(try moved.evaluate("Date.now()", as: Int.self) == 2005)
    }

    private func log(_ code: String, _ limits: Limits = Limits()) throws -> [LogRecord] {
        var records: [LogRecord] = []
        let sandbox = try Sandbox(limits: limits, capabilities: [.console { records.append($0) }])
        try sandbox.evaluate(code, name: "log.js")
        return records
    }

    @Test func consoleRecordsAreStructured() throws {
        let records = try log("function f() {\n  console.warn('a %s', 1, { b: [2] });\n}\nf(); console.error(new Map([[1, 'x']]))")
        #expect(records.map(\.level) == [.warn, .error])
        #expect(records[0].text == "a 1 { b: [ 2 ] }")
        #expect(records[0].arguments == ["a %s", "1", "{ b: [ 2 ] }"])
        #expect(records[0].position == SourcePosition(source: "log.js", line: 2, column: records[0].position?.column ?? 0))
        #expect(records[1].text == "Map(1) { 1 => 'x' }")
    }

    @Test func consoleNeverRunsGuestCode() throws {
        let records = try log(
            """
            const trap = () => { throw new Error('ran') };
            console.log({ get x() { trap() }, toString: trap, [Symbol.toPrimitive]: trap }, new Proxy({ a: 1 }, { get: trap, ownKeys: trap, getOwnPropertyDescriptor: trap }));
            const e = new Error('m'); Object.defineProperty(e, 'stack', { get: trap }); Object.defineProperty(e, 'name', { get: trap }); console.log('%s %d', e, e);
            class K { static get name() { trap() } get [Symbol.toStringTag]() { trap() } } console.log(new K, K);
            """)
        #expect(records.count == 3)
        #expect(records[0].text.contains("[Getter]"))
        #expect(records[0].text.contains("{ a: 1 }"))
    }

    @Test func consoleMethods() throws {
        let records = try log(
            """
            console.group('g'); console.log('in\\nside'); console.group(); console.info('deep'); console.groupEnd(); console.groupEnd();
            console.count(); console.count(); console.countReset(); console.count(); console.count('x');
            console.assert(true, 'no'); console.assert(false, 'yes %d', 1); console.assert(false);
            console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 5 }); console.debug('d'); console.time('t'); console.timeEnd('t'); console.trace('here');
            console.table([{ a: 1, b: 'x' }, { a: 2 }]); console.table(5)
            """)
        #expect(records.map(\.text).prefix(13) == [
            "g", "  in\n  side", "    deep", "default: 1", "default: 2", "default: 1", "x: 1", "Assertion failed: yes 1",
            "Assertion failed", "{\n  a: { b: { c: { d: 1 } } }\n}", "d", "t: 0ms", records[12].text,
        ])
        #expect(records[12].text.hasPrefix("Trace: here\n    at log.js:4:"))
        #expect(records[13].text == """
            ┌─────────┬───┬─────┐
            │ (index) │ a │  b  │
            ├─────────┼───┼─────┤
            │    0    │ 1 │ 'x' │
            │    1    │ 2 │     │
            └─────────┴───┴─────┘
            """)
        #expect(records[14].text == "5")
    }

    @Test func outputIsLimited() throws {
        do throws(TerrariumError) {
            let sandbox = try Sandbox(limits: Limits(output: .bytes(1000)), capabilities: [.console { _ in }])
            try sandbox.evaluate("for (;;) console.log('x'.repeat(50))")
            Issue.record("no error")
        } catch {
            guard case .output = error else { Issue.record("\(error)"); return }
        }
    }

    @Test func textEncoding() throws {
        let sandbox = try Sandbox(capabilities: [.textEncoding])
        #expect(try sandbox.evaluate("new TextEncoder().encode('aé€😀\\ud800')", as: [UInt8].self) == Array("aé€😀\u{FFFD}".utf8))
        #expect(try sandbox.evaluate("new TextDecoder().decode(new Uint8Array([0xEF, 0xBB, 0xBF, 104, 105, 0xFF]))", as: String.self) == "hi\u{FFFD}")
        #expect(try sandbox.evaluate("(() => { const d = new TextDecoder(); return d.decode(new Uint8Array([0xF0, 0x9F]), { stream: true }) + d.decode(new Uint8Array([0x98, 0x80])) })()", as: String.self) == "😀")
        #expect(try sandbox.evaluate("try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xFF])) } catch (e) { e.name }", as: String.self) == "TypeError")
        #expect(try sandbox.evaluate("const t = new Uint8Array(4); const r = new TextEncoder().encodeInto('a€€', t); [r.read, r.written].join()", as: String.self) == "2,4")
        #expect(try sandbox.evaluate("try { new TextDecoder('utf-16le') } catch (e) { e.name }", as: String.self) == "RangeError")
    }

    @Test func base64AndMicrotasks() throws {
        let sandbox = try Sandbox(capabilities: [.base64, .queueMicrotask])
        #expect(try sandbox.evaluate("btoa('hello') + atob(' aGVs bG8= ')", as: String.self) == "aGVsbG8=hello")
        #expect(try sandbox.evaluate("try { btoa('€') } catch (e) { e instanceof Error }", as: Bool.self))
        #expect(try sandbox.evaluate("try { atob('a') } catch (e) { e instanceof Error }", as: Bool.self))
        try sandbox.evaluate("var log = []; queueMicrotask(() => log.push('m')); log.push('s')")
        #expect(try sandbox.get("log", as: [String].self) == ["s", "m"])
    }

    @Test func structuredClone() throws {
        let sandbox = try Sandbox(capabilities: [.structuredClone])
        let code = """
            const o = { d: new Date(5), r: /x/gi, m: new Map([[{ k: 1 }, new Set([1])]]), b: new Uint8Array([1, 2]).subarray(1), e: new RangeError('q'), s: [1, , 3] };
            o.self = o; const c = structuredClone(o);
            [c !== o, c.self === c, c.d.getTime(), c.r.source + c.r.flags, [...c.m.keys()][0].k, [...c.m.values()][0].has(1), c.b[0], c.b.buffer !== o.b.buffer,
             c.e instanceof RangeError && c.e.message, c.s.length, 1 in c.s].join()
            """
        #expect(try sandbox.evaluate(code, as: String.self) == "true,true,5,xgi,1,true,2,true,q,3,false")
        #expect(try sandbox.evaluate("try { structuredClone({ f() {} }) } catch (e) { e.name }", as: String.self) == "DataCloneError")
        #expect(try sandbox.evaluate("let deep = {}; for (let i = 0; i < 100000; i++) deep = { deep }; try { structuredClone(deep) } catch (e) { e.name }", as: String.self) == "RangeError")
    }

    @Test func fetchAsksTheHost() async throws {
        let sandbox = try Sandbox(limits: .patient, capabilities: [
            .fetch { request in
                guard request.url.hasPrefix("https://ok.example/") else { throw GuestError("blocked") }
                if request.method == "POST" { return FetchResponse(text: String(decoding: request.body, as: UTF8.self) + (request.header("X-A") ?? "")) }
                return FetchResponse(status: 201, contentType: "application/json", text: #"{"url":"\#(request.url)"}"#)
            }
        ])
        #expect(
            try await sandbox.evaluate(
                awaiting: "fetch('https://ok.example/a').then(async (r) => [r.ok, r.status, r.headers.get('Content-Type'), (await r.json()).url, r.bodyUsed].join())",
                as: String.self) == "true,201,application/json,https://ok.example/a,true")
        #expect(
            try await sandbox.evaluate(
                awaiting: "(async () => (await fetch(new Request('https://ok.example/b', { method: 'post', body: 'hé', headers: { 'x-a': '!' } }))).text())()",
                as: String.self) == "hé!")
        #expect(
            try await sandbox.evaluate(
                awaiting: "fetch('https://evil.example').catch((e) => [e.name, e.message, e.cause.message].join())", as: String.self)
                == "TypeError,fetch failed,blocked")
    }

    @Test func capabilitiesOfYourOwn() throws {
        let greeting = Capability("greeting", globals: ["greet"]) { sandbox in
            sandbox.define("greet") { (name: String) in "Hello, \(name)" }
        }
        let sandbox = try Sandbox(capabilities: [greeting])
        #expect(try sandbox.evaluate("greet('you')", as: String.self) == "Hello, you")
        #expect(Capability.standard.globals.contains("structuredClone"))
    }

    @Test func sharedMemoryAndCodeGeneration() throws {
        let sandbox = try Sandbox(capabilities: [.sharedMemory, .codeGeneration])
        #expect(try sandbox.evaluate("new SharedArrayBuffer(8).byteLength + eval('1 + 1') + new Function('return 2')()", as: Int.self) == 12)
    }
}
