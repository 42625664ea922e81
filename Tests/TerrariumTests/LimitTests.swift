import Terrarium
import TerrariumSyntax
import Testing

/// Limits end the guest, cannot be caught, and cost the same on every run.
struct LimitTests {
    private func run(_ code: String, _ change: (inout SessionLimits) -> Void = { _ in }) throws -> (Outcome, Bill) {
        var limits = SessionLimits()
        limits.fuel = 2_000_000
        limits.heap = 16 << 20
        change(&limits)
        let session = try Session(limits: limits, print: { _ in })
        let outcome = session.run(SourceText(code, name: "test.js"))
        return (outcome, session.bill)
    }

    private func ending(_ outcome: Outcome) -> Ending? {
        if case .ended(let ending) = outcome { return ending }
        return nil
    }

    @Test(arguments: [
        "for (;;) {}", "while (true) { try { for (;;); } catch (e) {} finally { continue } }",
        "function f() { try { f() } finally { f() } } f()", "(function loop() { Promise.resolve().then(loop) })()",
        "[1].forEach(function g(x) { for (;;) { try { throw x } catch (e) {} } })",
        "const o = { get x() { for (;;); } }; o.x", "({ toString() { for (;;); } }) + ''",
        "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
        "(async function a() { for (;;) { try { await 1 } catch (e) {} } })()",
    ])
    func fuelEndsWhatNeverEnds(_ code: String) throws {
        #expect(ending(try run(code).0) == .fuel)
    }

    @Test(arguments: [
        "const a = []; for (;;) a.push({})", "let s = 'x'; for (;;) s += s + 'y'.repeat(1000), s.charCodeAt(0)",
        "const m = new Map(); for (let i = 0;; i++) m.set(i, { i })", "function f(x) { return [x] } let l; for (;;) l = f(l)",
    ])
    func heapLimitEndsWhatGrows(_ code: String) throws {
        let (outcome, bill) = try run(code) { $0.fuel = 1_000_000_000 }
        let ended = ending(outcome)
        let refused: Bool
        if case .thrown(let text) = outcome { refused = text.contains("Invalid string length") } else { refused = false }
        #expect(ended == .heap || refused)
        #expect(bill.heapPeak <= 16 << 20 + 16 << 20)
    }

    /// With a limit of L the cage holds at most L bytes, whatever grows.
    @Test(arguments: [
        "const a = []; for (;;) a.push({})", "const a = []; for (;;) a.push(new Uint8Array(5000))", "let s = 'x'; for (;;) s = s + s.length + 'é'",
        "const m = new Map(); for (let i = 0;; i++) m.set(i, 'k' + i)", "const o = {}; for (let i = 0;; i++) o['k' + i] = i",
        "const p = Promise.resolve(); for (;;) p.then(() => {})", "let n = 3n; for (;;) n = n * n",
        "(function f(a) { return 1 + f.apply(null, a) })(new Array(2000).fill(0))", "(function f(...a) { return 1 + f(...a, ...a, 1) })(1)",
        "function* g(a) { yield* g(a.concat(1)) } for (const x of g([])) ;", "(function f(...a) { return 1 + f.bind(null, ...a, 1, 2, 3)() })()",
        "const o = { get x() { const l = [o.x, o.x, {}]; return l } }; o.x", "(function f(a) { const b = [...a, a], c = { b }; return f(b).c + c })([])",
        "const a = []; for (;;) a.push(a.concat(a).length, [...a].length, a.slice())", "let t = '['; for (;;) { t += '[1,2],'; JSON.parse(t + '1]') }",
    ])
    func theHeapNeverHoldsMoreThanItsLimit(_ code: String) throws {
        for heap in [1 << 20, 3 << 20, 10_000_000] {
            let (outcome, bill) = try run(code) {
                $0.heap = heap
                $0.fuel = 300_000_000
            }
            if case .finished = outcome { Issue.record("it ended") }
            #expect(bill.heapPeak <= heap)
        }
    }

    /// The register stack counts by the page, before a frame is there.
    @Test func framesCountAgainstTheHeap() throws {
        let code = "let depth = 0; function f(a, b, c, d) { depth++; const e = a + b, g = c + d; return f(e, g, a, b) + e + g } let r; try { f(1, 2, 3, 4) } catch (e) { r = e } depth"
        func run(_ heap: Int) throws -> (Outcome, Bill) {
            try self.run(code) {
                $0.heap = heap
                $0.depth = 20_000
            }
        }
        let (outcome, bill) = try run(16 << 20)
        guard case .finished(let text) = outcome else { Issue.record("\(outcome)"); return }
        #expect(Int(text) ?? 0 > 19_000)
        #expect(bill.heapPeak > 20_000 * 8 * 8)
        // What it needs is enough, a byte less is not.
        guard case .finished = try run(bill.heapPeak).0 else { Issue.record("\(bill.heapPeak) is too little"); return }
        for heap in [bill.heapPeak - 1, bill.heapPeak - 4097, bill.heapPeak - 400_000] {
            let (outcome, less) = try run(heap)
            #expect(ending(outcome) == .heap)
            #expect(less.heapPeak <= heap)
        }
    }

    @Test func garbageDoesNotCount() throws {
        let (outcome, bill) = try run("for (let i = 0; i < 300000; i++) ({ a: i, b: [i] })") { $0.fuel = 100_000_000 }
        #expect(ending(outcome) == nil)
        #expect(bill.heapPeak < 16 << 20)
    }

    @Test func theSameProgramCostsTheSameFuel() throws {
        let code = "let s = 0; for (let i = 0; i < 1000; i++) { s += [i, i].map(x => x * 2).length } JSON.stringify({ s })"
        let first = try run(code).1.fuel
        #expect(first > 0)
        #expect(try run(code).1.fuel == first)
    }

    /// What stood on the stack where a generator's frame came to be, and temporaries of a former turn, are not kept by it.
    @Test(arguments: ["it.next(); it.next()", "for (let turn = 0; turn < 4; turn++) it.next()"])
    func suspendedGeneratorsKeepWhatTheyUseOnly(_ turns: String) throws {
        let (outcome, _) = try run(
            """
            const large = () => new Array(50000).fill(1);
            function use(a, b, c, d, e, f) { const g = large(), h = large(), i = large(); return g.length + h.length + i.length; }
            function* g() { yield [large(), yield 1].length; for (;;) { const t = [1, 2].length; yield t; } }
            const kept = [];
            for (let i = 0; i < 60; i++) { use(1, 2, 3, 4, 5, 6); const it = g(); \(turns); kept.push(it); }
            """
        ) { $0.fuel = 100_000_000 }
        #expect(ending(outcome) == nil)
    }

    /// Addresses are keys of tables, and stand at equal distances here: no search is so long that it has to be paid for.
    @Test func manyPrototypesCostNoMoreThanFew() throws {
        func fuel(_ n: Int) throws -> Int64 {
            try run("const keep = []; for (let i = 0; i < \(n); i++) keep.push((function* () {})())").1.fuel
        }
        let few = try fuel(4000) - fuel(2000), many = try fuel(8000) - fuel(4000)
        #expect(many - 2 * few < 2000)
    }

    /// Frames of many registers are resumed by other code than those of few: it costs what the registers do, and no more.
    @Test(arguments: ["for (const v of g(n)) ;", "const i = g(n); while (!i.next().done) ;"])
    func aTurnOfAGeneratorCostsTheSameInEveryForm(_ loop: String) throws {
        func turns(_ variables: Int) throws -> Int64 {
            let declared = (0..<variables).map { "let v\($0);" }.joined()
            func fuel(_ n: Int) throws -> Int64 {
                try run("function* g(n) { \(declared) for (let i = 0; i < n; i++) yield i } const n = \(n); \(loop)").1.fuel
            }
            return try fuel(3000) - fuel(1000)
        }
        #expect(try turns(80) - turns(0) == 2000 * 80 / 4)
    }

    @Test(arguments: [
        "a.sort((x, y) => x - y)", "a.sort((x, y) => y - x)", "a.map(x => x + 0.5).sort((x, y) => x - y)", "a.sort()",
        "a.toSorted()", "t.fill(1)", "t.indexOf(-1)", "t.lastIndexOf(-1)", "t.includes(-1)", "t.slice()", "new Int8Array(t)",
        "new Int8Array(n).set(t)", "new Uint8Array(n * 8).indexOf(1)", "new Array(n).fill(1)",
    ])
    func workOnManyElementsIsPaidByTheElement(_ work: String) throws {
        let setup = "const n = 100000, a = Array.from({ length: n }, (_, i) => i * 7919 % n), t = new Float64Array(n);"
        let base = try run(setup) { $0.fuel = 100_000_000 }, whole = try run(setup + work) { $0.fuel = 100_000_000 }
        #expect(ending(whole.0) == nil)
        #expect(whole.1.fuel - base.1.fuel > 100_000 / 16)
    }

    @Test func deepRecursionIsACatchableRangeError() throws {
        let (outcome, _) = try run("function f() { return f() + 1 } let r; try { f() } catch (e) { r = e instanceof RangeError } r") {
            $0.fuel = 10_000_000
        }
        guard case .finished(let text) = outcome else { Issue.record("\(outcome)"); return }
        #expect(text == "true")
    }

    @Test func outputLimitEnds() throws {
        #expect(ending(try run("for (;;) print('x'.repeat(100))") { $0.output = 1000 }.0) == .output)
    }

    @Test func deadlineEnds() throws {
        let (outcome, _) = try run("for (;;) {}") {
            $0.fuel = 1 << 50
            $0.deadline = 20_000_000
        }
        #expect(ending(outcome) == .deadline)
    }

    @Test func syntaxErrorsShowThePlace() throws {
        guard case .syntaxError(let text) = try run("let a = 1;\nlet b = ;").0 else { Issue.record("no error"); return }
        #expect(text.contains("test.js:2:9"))
        #expect(text.contains("let b = ;\n        ^"))
    }

    @Test func uncaughtErrorsShowPlaceLineCaretAndStack() throws {
        guard case .thrown(let text) = try run("function f() {\n  null.foo;\n}\nf();").0 else { Issue.record("no error"); return }
        #expect(text.contains("test.js:2:"))
        #expect(text.contains("null.foo"))
        #expect(text.contains("TypeError: Cannot read properties of null (reading 'foo')"))
        #expect(text.contains("at f (test.js:2:"))
    }

    static let deepSources: [String] = {
        let repeated = ["(", "[", "{", "`${", "!", "if (0) ; else ", "x => ", "a.b(", "-"]
        var sources: [String] = []
        for part in repeated { sources.append(part.padding(100_000)) }
        sources.append("1" + "+1".padding(200_000))
        sources.append("a" + ".a".padding(100_000))
        sources.append("if (0) ; else ".padding(100_000) + ";")
        return sources
    }()

    @Test(arguments: deepSources)
    func deepNestingNeverCrashes(_ code: String) throws {
        _ = try run(code)
    }
}

extension String {
    /// The text over and over, `count` units at least.
    func padding(_ count: Int) -> String { String(repeating: self, count: count / self.count + 1) }

    @Test(arguments: [0x7FFE, 0x8000, 100_000])
    func nativeFunctionsTakeManyArguments(_ count: Int) throws {
        let sandbox = try Sandbox()
        try sandbox.evaluate("const many = new Array(\(count)).fill(66)")
        for code in [
            "String.fromCharCode.apply(null, new Uint8Array(many)).length", "[].push.apply([], many)", "Array.of(...many).length",
            "Reflect.construct(Array, many).length", "[].concat(...many.map(x => [x])).length", "{ const a = []; a.unshift(...many); a.length }",
        ] {
            #expect(try sandbox.evaluate(code, as: Int.self) == count, "\(code)")
        }
        #expect(try sandbox.evaluate("((a, b) => a + b)(...many) + ((a, b) => a + b).bind(null, 1).apply(null, many)", as: Int.self) == 199)
        // A function that keeps its surplus arguments gets no more than a frame can count.
        let surplus = "try { (function () { return arguments.length })(...many) } catch (e) { e instanceof RangeError ? -1 : -2 }"
        #expect(try sandbox.evaluate(surplus, as: Int.self) == (count <= 0x7FFE ? count : -1))
    }
}
