import Terrarium
import Testing

/// Programs in slices.
struct PauseTests {
    /// Runs to the end in slices; returns how many there were.
    private func slices(_ sandbox: Sandbox, _ source: String, fuel: Int) throws -> (value: Value, count: Int) {
        var outcome = try sandbox.run(source, fuel: fuel)
        var count = 1
        while true {
            switch outcome {
            case .finished(let value): return (value, count)
            case .paused(let pause):
                outcome = try pause.resume(fuel: fuel)
                count += 1
                if count > 200_000 { Issue.record("never ends"); return (.undefined, count) }
            }
        }
    }

    static let programs = [
        "let s = 0; for (let i = 0; i < 20000; i++) s += i; s",
        "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) } fib(16)",
        "[3, 1, 2, 5, 4].map((x) => { let t = 0; for (let i = 0; i < 500; i++) t += x; return t }).sort((a, b) => a - b).join()",
        "class A { get x() { let t = 0; for (let i = 0; i < 300; i++) t++; return t } } let r = 0; const a = new A; for (let i = 0; i < 20; i++) r += a.x; r",
        "function* g() { for (let i = 0; i < 500; i++) yield i } let t = 0; for (const x of g()) t += x; t",
        "let log = ''; for (let i = 0; i < 50; i++) { try { try { if (i % 3 === 0) throw i; log += 'a' } finally { log += 'f' } } catch (e) { log += e } } log",
        "'abcabc'.repeat(200).replace(/b/g, (m, i) => { let t = 0; for (let k = 0; k < 20; k++) t += k; return t % 7 }).length",
        "const o = { valueOf() { let t = 0; for (let i = 0; i < 2000; i++) t++; return t } }; let r = 0; for (let i = 0; i < 5; i++) r += o + 1; r",
        "JSON.stringify(JSON.parse('[' + Array.from({ length: 300 }, (_, i) => `{\"k${i}\": [${i}]}`).join() + ']')).length",
        "const m = new Map; for (let i = 0; i < 2000; i++) m.set('k' + i % 100, i); [...m.values()].reduce((a, b) => a + b)",
    ]

    @Test(arguments: programs) func slicesGiveTheSameValueAndCostTheSame(_ program: String) throws {
        let whole = try Sandbox()
        let expected = try whole.evaluate(program).text
        for fuel in [97, 1000, 50_000] {
            let sandbox = try Sandbox()
            let (value, count) = try slices(sandbox, program, fuel: fuel)
            #expect(value.text == expected)
            // What lies below a coercion is finished in one piece.
            if fuel == 97, !program.contains("valueOf") { #expect(count > 5) }
        }
        let once = try Sandbox()
        let (value, count) = try slices(once, program, fuel: 1 << 40)
        #expect(value.text == expected)
        #expect(count == 1)
        let many = try Sandbox()
        _ = try slices(many, program, fuel: 500)
        #expect(many.bill.fuel == once.bill.fuel)
    }

    /// Guest code that runs inside of a built-in function; `work()` is what it does.
    static let callbacks = [
        "Object.fromEntries({ *[Symbol.iterator]() { for (let i = 0; i < 5; i++) yield ['k' + i, work()] } }).k4",
        "Object.fromEntries([[{ toString() { return 'k' + work() } }, 1]]).k1000",
        "Reflect.construct(class { constructor(n) { this.n = n + work() } }, { length: 1, get 0() { return work() } }).n",
        "Reflect.construct(function () { this.t = new.target.name + work() }, [], class B {}).t",
        "Reflect.construct(class extends Array { constructor(...a) { super(...a); work() } }, [1, 2, 3]).length",
        "Reflect.get({ get x() { return this.y + work() } }, 'x', { y: 1 })",
        "({ toString() { return 'a' + work() } }).toLocaleString()",
        "Date.prototype.toJSON.call({ valueOf() { return 1 }, toISOString() { return 'i' + work() } })",
    ]

    @Test(arguments: callbacks) func guestCodeThatABuiltInFunctionCallsIsPaused(_ call: String) throws {
        let program = "function work() { let t = 0; for (let i = 0; i < 1000; i++) t++; return t } \(call)"
        let expected = try Sandbox().evaluate(program).text
        let (value, count) = try slices(try Sandbox(), program, fuel: 100)
        #expect(value.text == expected)
        #expect(count > 10)
    }

    @Test func jobsArePausedToo() throws {
        let program = """
            var log = [];
            (async () => { for (let i = 0; i < 10; i++) { await i; let t = 0; for (let k = 0; k < 500; k++) t += k; log.push(i) } return 'done' })()
              .then((x) => { for (let k = 0; k < 5000; k++); log.push(x); return x }).then((x) => { throw new Error(x) })
              .catch((e) => { for (let k = 0; k < 5000; k++); log.push(e.message) }).finally(() => log.push('end'));
            'value'
            """
        let sandbox = try Sandbox()
        let (value, count) = try slices(sandbox, program, fuel: 200)
        #expect(value.string == "value")
        #expect(count > 50)
        #expect(try sandbox.evaluate("log.join()", as: String.self) == "0,1,2,3,4,5,6,7,8,9,done,done,end")
    }

    @Test func theSandboxCanBeUsedWhileAProgramIsPaused() throws {
        let sandbox = try Sandbox()
        sandbox.define("twice") { (f: Value) throws -> Int in try f.call(2, as: Int.self) }
        guard case .paused(let pause) = try sandbox.run("var n = 0; while (n < 100000) n++; n + twice((x) => x * 2)", fuel: 5000) else {
            Issue.record("not paused"); return
        }
        let seen = try sandbox.get("n", as: Int.self)
        #expect(seen > 0 && seen < 100_000)
        try sandbox.evaluate("n += 1000; for (let i = 0; i < 1000; i++) [i]")
        try sandbox.collectGarbage()
        #expect(throws: TerrariumError.self) { try sandbox.run("1", fuel: 100) }
        var outcome = try pause.resume(fuel: 5000)
        while case .paused(let next) = outcome { outcome = try next.resume(fuel: 50_000) }
        guard case .finished(let value) = outcome else { return }
        #expect(try value.decode(as: Int.self) == 100_004)
        #expect(sandbox.pause == nil)
    }

    @Test func errorsAndOtherLimitsEndSlicedPrograms() throws {
        let sandbox = try Sandbox(limits: Limits(heap: .mebibytes(8)))
        do throws(TerrariumError) {
            var outcome = try sandbox.run("for (let i = 0; i < 1000; i++); throw new RangeError('late')", fuel: 500)
            while case .paused(let pause) = outcome { outcome = try pause.resume(fuel: 500) }
            Issue.record("no error")
        } catch {
            guard case .thrown(let thrown) = error else { Issue.record("\(error)"); return }
            #expect(thrown.message == "late")
        }
        do throws(TerrariumError) {
            var outcome = try sandbox.run("const l = []; for (;;) l.push([1, 2, 3])", fuel: 10_000)
            while case .paused(let pause) = outcome { outcome = try pause.resume(fuel: 100_000) }
            Issue.record("no error")
        } catch {
            guard case .heap = error else { Issue.record("\(error)"); return }
        }
        #expect(try sandbox.evaluate("1 + 1", as: Int.self) == 2)
    }

    /// Single calls of built-ins that take more than 20 million units.
    static let bigCalls = [
        "const text = 'a'.repeat(16000) + 'b'; 'a'.repeat(40000).lastIndexOf(text)",
    ]

    @Test(arguments: bigCalls) func aBuiltInMayUseMoreThanManySlices(_ program: String) throws {
        let limits = Limits(fuel: 10_000_000_000, heap: .mebibytes(64))
        let whole = try Sandbox(limits: limits)
        let expected = try whole.evaluate(program).text
        #expect(whole.bill.fuel > 21_000_000)
        let once = try Sandbox(limits: limits)
        #expect(try slices(once, program, fuel: 1 << 40).count == 1)
        let sandbox = try Sandbox(limits: limits)
        let (value, count) = try slices(sandbox, program, fuel: 1_000_000)
        #expect(value.text == expected)
        // The debt is paid by slices in which nothing runs.
        #expect(count > 20)
        #expect(sandbox.bill.fuel == once.bill.fuel)
    }

    @Test func theDeadlineEndsABuiltInThatOverdraws() throws {
        let sandbox = try Sandbox(limits: Limits(heap: .mebibytes(64), deadline: .milliseconds(50)))
        do throws(TerrariumError) {
            _ = try sandbox.run("const text = 'a'.repeat(8000000) + 'b'; 'a'.repeat(16000000).lastIndexOf(text)", fuel: 3_000_000)
            Issue.record("no deadline")
        } catch {
            guard case .deadline = error else { Issue.record("\(error)"); return }
        }
    }

    @Test func guestCodeThatCannotBePausedHasALimit() throws {
        let sandbox = try Sandbox(limits: Limits(deadline: .seconds(60)))
        sandbox.define("nested") { (f: Value) throws -> Int in try f.call(as: Int.self) }
        do throws(TerrariumError) {
            _ = try sandbox.run("nested(() => { for (;;); })", fuel: 1000)
            Issue.record("finished")
        } catch {
            guard case .fuel = error else { Issue.record("\(error)"); return }
        }
    }

    @Test func oneBuiltInCannotOutrunItsSlicesForEver() throws {
        let sandbox = try Sandbox(limits: Limits(deadline: .seconds(30)))
        do throws(TerrariumError) {
            // Where the built-in runs in frames it is paused like any code.
            guard case .paused = try sandbox.run("Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)", fuel: 1000) else {
                Issue.record("finished"); return
            }
        } catch {
            guard case .fuel = error else { Issue.record("\(error)"); return }
        }
    }

    @Test func droppingAPauseEndsTheProgram() throws {
        let sandbox = try Sandbox()
        do {
            guard case .paused = try sandbox.run("for (;;);", fuel: 1000) else { Issue.record("not paused"); return }
        }
        #expect(sandbox.pause == nil)
        #expect(try sandbox.evaluate("[1, 2].length", as: Int.self) == 2)
        guard case .finished(let value) = try sandbox.run("5", fuel: 1000) else { Issue.record("paused"); return }
        #expect(try value.decode(as: Int.self) == 5)
    }

    @Test func functionsAreCalledInSlices() throws {
        let sandbox = try Sandbox()
        let tick = try sandbox.evaluate("(n) => { let t = 0; for (let i = 0; i < n; i++) t += i; return t }")
        var outcome = try sandbox.run(calling: tick, 3000, fuel: 500)
        var count = 0
        while case .paused(let pause) = outcome {
            outcome = try pause.resume(fuel: 500)
            count += 1
        }
        #expect(count > 5)
        guard case .finished(let value) = outcome else { return }
        #expect(try value.decode(as: Int.self) == 4_498_500)
    }
}
