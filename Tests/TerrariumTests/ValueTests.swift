import Terrarium
import Testing

/// Handles of guest values.
struct ValueTests {
    @Test func valuesKeepWhatTheyNameAlive() throws {
        let sandbox = try Sandbox()
        let value = try sandbox.evaluate("({ list: [1, 2, 3], text: 'abc'.repeat(100) })")
        for _ in 0..<5 {
            try sandbox.evaluate("for (let i = 0; i < 20000; i++) ({ i })")
            try sandbox.collectGarbage()
        }
        #expect(try value.get("list").get(at: 1).decode(as: Int.self) == 2)
        #expect(try value.get("text", as: String.self).count == 300)
    }

    @Test func kindsAndPrimitives() throws {
        let sandbox = try Sandbox()
        let expected: [(String, Value.Kind)] = [
            ("undefined", .undefined), ("null", .null), ("true", .boolean), ("1.5", .number), ("'x'", .string),
            ("Symbol('s')", .symbol), ("1n", .bigInt), ("({})", .object), ("[]", .array), ("() => 1", .function),
            ("new TypeError('x')", .error), ("Promise.resolve(1)", .promise),
        ]
        for (code, kind) in expected { #expect(try sandbox.evaluate(code).kind == kind, "\(code)") }
        #expect(try sandbox.evaluate("'abc' + 'def'").string == "abcdef")
        #expect(try sandbox.evaluate("2.5").double == 2.5)
        #expect(try sandbox.evaluate("false").bool == false)
        #expect(try sandbox.bigInt("-123456789012345678901234567890").text == "-123456789012345678901234567890")
        #expect(try sandbox.symbol("tag").text == "Symbol(tag)")
    }

    @Test func callsConstructsAndProperties() throws {
        let sandbox = try Sandbox()
        let point = try sandbox.evaluate("(class Point { constructor(x, y) { this.x = x; this.y = y } sum(z) { return this.x + this.y + z } })")
        let instance = try point.construct(1, 2)
        #expect(try instance.callMethod("sum", 10, as: Int.self) == 13)
        try instance.set("x", 100)
        #expect(try instance.callMethod("sum", 0, as: Int.self) == 102)
        #expect(try instance.has("sum"))
        #expect(instance.propertyNames == ["x", "y"])
        #expect(try instance.delete("x"))
        #expect(try !instance.has("x"))
        let apply = try sandbox.evaluate("(f, ...a) => f(...a)")
        let add = try sandbox.evaluate("(a, b) => a + b")
        #expect(try apply.call(add, 2, 3, as: Int.self) == 5)
        #expect(try instance.isSame(as: sandbox.evaluate("(x) => x").call(instance)))
    }

    @Test func codableTypesMayHoldValues() throws {
        struct Handlers: Codable {
            var name: String
            var onStart: Value
        }
        let sandbox = try Sandbox()
        let handlers = try sandbox.evaluate("({ name: 'n', onStart: (x) => x * 2 })", as: Handlers.self)
        #expect(try handlers.onStart.call(21, as: Int.self) == 42)
        let back = try sandbox.value(handlers)
        #expect(try back.get("onStart").isSame(as: handlers.onStart))
    }

    private func misuse(_ work: () throws(TerrariumError) -> Void) -> Misuse? {
        do throws(TerrariumError) {
            try work()
            return nil
        } catch {
            if case .misuse(let misuse) = error { return misuse }
            Issue.record("\(error)")
            return nil
        }
    }

    @Test func valuesOfAnotherSandboxAreRefused() throws {
        let a = try Sandbox(), b = try Sandbox()
        let object = try a.evaluate("({ x: 1 })")
        let function = try b.evaluate("(o) => o.x")
        #expect(misuse { () throws(TerrariumError) in try function.call(object) } == .foreignValue)
        #expect(misuse { () throws(TerrariumError) in try b.set("o", object) } == .foreignValue)
        #expect(misuse { () throws(TerrariumError) in try b.set("o", [object]) } == .foreignValue)
        // Numbers belong to nobody.
        try b.set("n", try a.evaluate("5"))
        #expect(try b.get("n", as: Int.self) == 5)
    }

    @Test func valuesAfterTheEndAreErrors() throws {
        var sandbox: Sandbox? = try Sandbox()
        let value = try sandbox?.evaluate("({ x: () => 1, s: 'text' })")
        let text = try sandbox?.evaluate("'text'")
        sandbox = nil
        let kept = try #require(value)
        #expect(misuse { () throws(TerrariumError) in _ = try kept.get("x") } == .sandboxEnded)
        #expect(misuse { () throws(TerrariumError) in try kept.callMethod("x") } == .sandboxEnded)
        #expect(misuse { () throws(TerrariumError) in _ = try kept.decode(as: [String: Int].self) } == .sandboxEnded)
        #expect(kept.kind == .undefined)
        #expect(text?.string == nil)
        #expect(kept.text == "(ended)")
        let other = try Sandbox()
        #expect(misuse { () throws(TerrariumError) in try other.set("v", kept) } == .sandboxEnded)
        other.end()
        #expect(misuse { () throws(TerrariumError) in try other.evaluate("1") } == .sandboxEnded)
    }

    @Test func integersCrossExactly() throws {
        let sandbox = try Sandbox()
        let same = try sandbox.evaluate("(x) => x")
        for number in [0, 1, -1, Int(Int32.max) + 1, 9_007_199_254_740_991, 9_007_199_254_740_993, Int.max, Int.min] {
            #expect(try same.call(number, as: Int.self) == number)
        }
        #expect(try sandbox.evaluate("(x) => typeof x").call(9_007_199_254_740_993, as: String.self) == "bigint")
        #expect(try sandbox.evaluate("(x) => typeof x").call(9_007_199_254_740_991, as: String.self) == "number")
        #expect(try same.call([UInt8]([1, 2, 3])).callMethod("at", -1, as: Int.self) == 3)
        #expect(try sandbox.evaluate("(x) => x.constructor.name").call([UInt8]([1]), as: String.self) == "Uint8Array")
    }
}
