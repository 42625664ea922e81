import Terrarium
import Testing

/// Functions of a script are compiled when they are first called: nobody can tell.
@Suite struct LazyScriptTests {
    private let source = """
        function unused(a, b = 2) { return a + b }
        function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
        class Point { #x; constructor(x) { this.#x = x } get x() { return this.#x } static make(x) { return new Point(x) } }
        function* count(n) { for (let i = 0; i < n; i++) yield () => i }
        let total = fib(12) + Point.make(3).x;
        for (const each of count(5)) total += each();
        total + unused.length + String(unused).length + Reflect.construct(Point, [7]).x
        """

    @Test("scripts and their data use the same fuel and memory") func sameBill() throws {
        let script = try Script(source)
        var bills: [Bill] = []
        for each in [script, try Script(data: script.data), script, try Script(data: try Script(source).data), try Script(source)] {
            let sandbox = try Sandbox()
            #expect(try sandbox.evaluate(each, as: Int.self) == 144 + 3 + 10 + 1 + 42 + 7)
            bills.append(sandbox.bill)
        }
        for bill in bills {
            #expect(bill.fuel == bills[0].fuel)
            #expect(bill.heapPeak == bills[0].heapPeak)
        }
    }

    @Test("many threads may be the first to call") func threads() async throws {
        let script = try Script(source)
        let results = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<8 { group.addTask { try? Sandbox().evaluate(script, as: Int.self) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: 207, count: 8))
    }

    @Test("errors of functions that nobody calls are early errors") func earlyErrors() {
        #expect(throws: TerrariumError.self) { try Script("function f() { let a; let a }") }
        #expect(throws: TerrariumError.self) { try Script("function f() { return /(/ }") }
        #expect(throws: TerrariumError.self) { try Script("function f() { 'use strict'; with (a) b }") }
    }

    @Test("compiling on the first call ends at the limits") func limits() throws {
        let body = (0..<2000).map { "if (a === \($0)) { b.push(a + \($0), c[\($0)]); }" }.joined(separator: "\n")
        let script = try Script("function f(a, b, c) { \(body) }\nlet n = 0; try { f(0, [], []) } finally { n = 1 }")
        let fuel = try Sandbox(limits: Limits(fuel: 1000))
        do throws(TerrariumError) {
            _ = try fuel.evaluate(script)
            Issue.record("it ended")
        } catch {
            guard case .fuel = error else { Issue.record("\(error)"); return }
        }
    }
}
