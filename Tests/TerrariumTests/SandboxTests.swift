import Foundation
import Terrarium
import Testing

/// Running code and getting typed results.
struct SandboxTests {
    @Test func evaluatesToSwiftTypes() throws {
        let sandbox = try Sandbox()
        #expect(try sandbox.evaluate("[1, 2, 3].reduce((a, b) => a + b)", as: Int.self) == 6)
        #expect(try sandbox.evaluate("1 / 4", as: Double.self) == 0.25)
        #expect(try sandbox.evaluate("1 < 2", as: Bool.self))
        #expect(try sandbox.evaluate("'a' + 'ü€😀'", as: String.self) == "aü€😀")
        #expect(try sandbox.evaluate("null", as: Int?.self) == nil)
        #expect(try sandbox.evaluate("7", as: Int?.self) == 7)
        #expect(try sandbox.evaluate("[[1], [2, 3], []]", as: [[Int]].self) == [[1], [2, 3], []])
        #expect(try sandbox.evaluate("({ a: 1, b: 2 })", as: [String: Int].self) == ["a": 1, "b": 2])
        #expect(try sandbox.evaluate("new Uint8Array([1, 2, 255])", as: [UInt8].self) == [1, 2, 255])
        #expect(try sandbox.evaluate("12345678901234567890n", as: UInt64.self) == 12_345_678_901_234_567_890)
        #expect(try sandbox.evaluate("-5n", as: Int8.self) == -5)
        #expect(try sandbox.evaluate("new Set(['x', 'y'])", as: Set<String>.self) == ["x", "y"])
    }

    struct Point: Codable, Equatable {
        var x: Double, y: Double
        var label: String?
        var tags: [String] = []
    }

    @Test func codableTypesCrossBothWaysWithoutJSONText() throws {
        let sandbox = try Sandbox()
        let point = try sandbox.evaluate("({ x: 1, y: 2.5, label: null, tags: ['a'] })", as: Point.self)
        #expect(point == Point(x: 1, y: 2.5, label: nil, tags: ["a"]))
        try sandbox.set("point", Point(x: -1, y: 0.5, label: "p", tags: ["q", "r"]))
        #expect(try sandbox.evaluate("point.x + point.tags.join() + point.label", as: String.self) == "-1q,rp")
        #expect(try sandbox.get("point", as: Point.self).tags == ["q", "r"])
    }

    @Test(arguments: ["300", "-1", "1.5", "'1'", "true", "null", "({})", "2n ** 70n"])
    func integersAreCheckedForTheirRange(_ code: String) throws {
        let sandbox = try Sandbox()
        do throws(TerrariumError) {
            _ = try sandbox.evaluate(code, as: UInt8.self)
            Issue.record("no error for \(code)")
        } catch {
            guard case .conversion = error else { Issue.record("\(error)"); return }
        }
    }

    @Test func conversionErrorsSayWhere() throws {
        let sandbox = try Sandbox()
        do throws(TerrariumError) {
            _ = try sandbox.evaluate("({ x: 1, y: 2, tags: ['a', 7] })", as: Point.self)
            Issue.record("no error")
        } catch {
            guard case .conversion(let failure) = error else { Issue.record("\(error)"); return }
            #expect(failure.path == ["tags", "1"])
            #expect(failure.reason.contains("expected a string, got number 7"))
        }
    }

    @Test func resultsAreReadWithoutRunningGuestCode() throws {
        let sandbox = try Sandbox()
        _ = try sandbox.evaluate("var touched = 0; var o = { get x() { touched++; return 1 }, y: 2 }; var p = new Proxy({}, { get() { touched++; return 1 } })")
        #expect(throws: TerrariumError.self) { try sandbox.get("o", as: Point.self) }
        #expect(throws: TerrariumError.self) { try sandbox.get("p", as: Point.self) }
        #expect(try sandbox.get("touched", as: Int.self) == 0)
        #expect(try sandbox.get("o").get("x", as: Int.self) == 1)
        #expect(try sandbox.get("touched", as: Int.self) == 1)
    }

    @Test func syntaxErrorsHavePlaceAndCaret() throws {
        let sandbox = try Sandbox()
        do throws(TerrariumError) {
            try sandbox.evaluate("let a = 1;\nlet b = ;", name: "app.js")
            Issue.record("no error")
        } catch {
            guard case .syntax(let failure) = error else { Issue.record("\(error)"); return }
            #expect(failure.line == 2)
            #expect(failure.column == 9)
            #expect(failure.source == "app.js")
            #expect(failure.rendered.contains("let b = ;\n        ^"))
        }
    }

    @Test func thrownErrorsAreStructured() throws {
        let sandbox = try Sandbox()
        do throws(TerrariumError) {
            try sandbox.evaluate("function f() {\n  throw new RangeError('too much', { cause: 'greed' });\n}\nf();", name: "app.js")
            Issue.record("no error")
        } catch {
            guard case .thrown(let thrown) = error else { Issue.record("\(error)"); return }
            #expect(thrown.name == "RangeError")
            #expect(thrown.message == "too much")
            #expect(thrown.cause == "greed")
            #expect(thrown.frames.first?.function == "f")
            #expect(thrown.frames.first?.position.line == 2)
            #expect(thrown.frames.count == 2)
            #expect(thrown.rendered.contains("app.js:2:"))
            #expect(thrown.rendered.contains("throw new RangeError"))
        }
    }

    @Test func otherThrownValuesAreDescribed() throws {
        let sandbox = try Sandbox()
        do throws(TerrariumError) {
            try sandbox.evaluate("throw { toString() { for (;;); } }")
            Issue.record("no error")
        } catch {
            guard case .thrown(let thrown) = error else { Issue.record("\(error)"); return }
            #expect(!thrown.isError)
            #expect(thrown.value == "[object Object]")
        }
    }

    @Test func limitsAreTypedErrorsAndTheSandboxGoesOn() throws {
        let sandbox = try Sandbox(limits: Limits(fuel: 200_000, heap: .mebibytes(8)))
        #expect(throws: TerrariumError.self) { try sandbox.evaluate("for (;;);") }
        do throws(TerrariumError) { try sandbox.evaluate("for (;;);") } catch {
            guard case .fuel = error else { Issue.record("\(error)"); return }
        }
        sandbox.limits.fuel = 100_000_000
        do throws(TerrariumError) {
            try sandbox.evaluate("{ const l = []; for (;;) l.push({}) }")
            Issue.record("no error")
        } catch {
            guard case .heap = error else { Issue.record("\(error)"); return }
        }
        do throws(TerrariumError) {
            try sandbox.evaluate("function f() { f() } f()")
            Issue.record("no error")
        } catch {
            guard case .depth = error else { Issue.record("\(error)"); return }
        }
        sandbox.limits.deadline = .milliseconds(20)
        sandbox.limits.fuel = 1 << 40
        do throws(TerrariumError) {
            try sandbox.evaluate("for (;;);")
            Issue.record("no error")
        } catch {
            guard case .deadline = error else { Issue.record("\(error)"); return }
        }
        #expect(try sandbox.evaluate("1 + 1", as: Int.self) == 2)
    }

    @Test func sourcesAndResultsAreLimited() throws {
        let sandbox = try Sandbox(limits: Limits(sourceLength: 100, nesting: 20, resultSize: .bytes(1000)))
        func failure(_ code: String) -> TerrariumError? {
            do throws(TerrariumError) {
                _ = try sandbox.evaluate(code, as: String.self)
                return nil
            } catch {
                return error
            }
        }
        guard case .sourceLength? = failure(String(repeating: " ", count: 101)) else { Issue.record("sourceLength"); return }
        guard case .nesting? = failure(String(repeating: "(", count: 40) + "1" + String(repeating: ")", count: 40)) else {
            Issue.record("nesting"); return
        }
        guard case .resultSize? = failure("'x'.repeat(2000)") else { Issue.record("resultSize"); return }
        #expect(failure("'x'.repeat(200)") == nil)
    }

    @Test func fuelIsThatOfEachOperationAndTheBillAddsUp() throws {
        let sandbox = try Sandbox(limits: Limits(fuel: 1_000_000))
        var last = sandbox.bill.fuel
        var costs: [Int64] = []
        let script = try Script("let s = 0; for (let i = 0; i < 50000; i++) s += i; s")
        for _ in 0..<5 {
            #expect(try sandbox.evaluate(try Script("{ let s = 0; for (let i = 0; i < 50000; i++) s += i; s }"), as: Double.self) == 1_249_975_000)
            costs.append(sandbox.bill.fuel - last)
            last = sandbox.bill.fuel
        }
        _ = script
        #expect(Set(costs).count == 1)
        #expect(costs[0] > 50_000)
        #expect(sandbox.bill.heap > 0)
        #expect(sandbox.bill.heapPeak >= sandbox.bill.heap)
        #expect(sandbox.bill.time > .zero)
    }

    @Test func scriptsRunInManySandboxesOnManyThreads() async throws {
        let script = try Script("function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) } fib(15)")
        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { try Sandbox().evaluate(script, as: Int.self) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: 610, count: 8))
    }

    @Test func interruptsComeFromOtherThreads() async throws {
        let sandbox = try Sandbox(limits: Limits(fuel: 1 << 50, deadline: .seconds(20)))
        let interrupter = sandbox.interrupter
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.03)
            interrupter.interrupt()
        }
        do throws(TerrariumError) {
            try sandbox.evaluate("for (;;);")
            Issue.record("no error")
        } catch {
            guard case .interrupted = error else { Issue.record("\(error)"); return }
        }
        #expect(try sandbox.evaluate("1", as: Int.self) == 1)
    }

    @Test func compiledCodeCanBeKept() throws {
        let script = try Script("let t = `a${1 + 1}`; const o = { re: /b+/g, big: 12n, f: (x = 3) => x }; switch (o.f()) { case 3: t += 'x' } t + o.big + 'abb'.match(o.re)[0]")
        let data = script.data
        #expect(try Sandbox().evaluate(try Script(data: data), as: String.self) == "a2x12bb")
        #expect(try CompiledModule(data: try CompiledModule("export default 1").data).name == "module.js")
        for damaged in [[], Array(data.dropLast()), Array(data.dropFirst()), data + [0], Array(repeating: UInt8(0xFF), count: 100)] {
            #expect(throws: TerrariumError.self) { try Script(data: damaged) }
        }
        #expect(throws: TerrariumError.self) { try Script(data: try CompiledModule("export default 1").data) }
        for index in stride(from: 0, to: data.count, by: 7) {
            var changed = data
            changed[index] ^= 0x55
            #expect(throws: TerrariumError.self) { try Script(data: changed) }
        }
    }

    @Test func globalsOfScriptsAreFoundByName() throws {
        let sandbox = try Sandbox()
        try sandbox.evaluate("let a = 1; const o = { f(x) { return this.k + x }, k: 10 }; function g(s, n) { return s + n }")
        #expect(try sandbox.get("a", as: Int.self) == 1)
        #expect(try sandbox.call("o.f", 5, as: Int.self) == 15)
        #expect(try sandbox.call("g", "x", 2, as: String.self) == "x2")
        try sandbox.set("host.config.level", 3)
        #expect(try sandbox.evaluate("host.config.level", as: Int.self) == 3)
    }
}
