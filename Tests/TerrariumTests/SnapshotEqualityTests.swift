import Terrarium
import Testing

/// What is restored is in every way the sandbox that was stored. `benchmarks --snapshots` does it with the benchmark programs.
struct SnapshotEqualityTests {
    static let programs = PauseTests.programs + [
        "const l = []; for (let i = 0; i < 3000; i++) l.push({ i, t: 'x' + i }); let s = 0; for (let i = 0; i < 20000; i++) s += ({ i }).i; s + l.length",
        "let w = 0; (async () => { for (let i = 0; i < 200; i++) { await i; let t = 0; for (let k = 0; k < 50; k++) t += k; w += t } })(); 1",
        "let r = []; new Promise((f) => f(1)).then((v) => { for (let i = 0; i < 3000; i++) r.push([i]); return v }).then((v) => { throw v }).catch((e) => { for (let i = 0; i < 3000; i++) r.pop() }); 2",
    ]

    private func print(_ sandbox: Sandbox) { sandbox.define("print") { (text: String) in } }

    /// At the next point it has the bytes of the sandbox that was never stored.
    @Test(arguments: programs) func bytesStayEqual(_ program: String) throws {
        let whole = try Sandbox()
        print(whole)
        try whole.evaluate(program)
        let slice = Int(whole.bill.fuel) / 9
        let going = try Sandbox()
        print(going)
        var outcome = try going.run(program, fuel: slice)
        var last: [UInt8]?
        for _ in 0..<30 {
            let data = try going.snapshot().data
            if let last {
                let restored = try Sandbox(restoring: Snapshot(data: last), functions: print)
                var next: SliceOutcome? = try #require(restored.pause).resume(fuel: slice)
                if case .finished = next { next = nil }
                #expect(try restored.snapshot().data == data)
                #expect(restored.bill.fuel == going.bill.fuel)
                #expect(restored.bill.heap == going.bill.heap)
                withExtendedLifetime(next) {}
            }
            guard case .paused(let pause) = outcome else { break }
            last = data
            outcome = try pause.resume(fuel: slice)
            if case .finished = outcome { outcome = .finished(.undefined) }
        }
        #expect(going.bill.fuel == whole.bill.fuel)
    }

    /// A sandbox that is restored, used and stored again and again fills the holes that it has.
    @Test func cyclesDoNotGrow() throws {
        let first = try Sandbox()
        try first.evaluate("var state = { n: 0, log: [] }")
        var data = try first.snapshot().data
        var heaps: [Int] = []
        for _ in 0..<60 {
            let sandbox = try Sandbox(restoring: Snapshot(data: data))
            try sandbox.evaluate("state.n++; state.last = { n: state.n, text: 'turn ' + state.n }; state.log.push(state.last); if (state.log.length > 5) state.log.shift()")
            data = try sandbox.snapshot().data
            heaps.append(try Sandbox(restoring: Snapshot(data: data)).bill.heap)
        }
        #expect(heaps[59] <= heaps[9] + 64 << 10)
    }

    /// Functions get their numbers when they are first called, by whichever sandbox that shares the script. Bytes do not tell.
    @Test(arguments: [
        "function a() { return () => b() + (() => 2)() } function b() { return class { m() { return () => this } static s = () => 1 } } function c(x = () => a) { return x() } var d = function* () { yield c() }",
        "var { a, b, d } = (() => { let n = 0; const b = () => { for (const f = () => n; f() < 2; n++) (() => n)(); return class {} }; return { a: () => () => { n++; return (() => n)() }, b, d: function* () { yield () => n } } })()",
    ])
    func whoCompilesAFunctionFirstDoesNotShow(_ source: String) throws {
        func state(_ script: Script) throws -> [UInt8] {
            let sandbox = try Sandbox()
            try sandbox.evaluate(script)
            try sandbox.evaluate("a()(); [...d()].length")
            return try sandbox.snapshot().data
        }
        let alone = try Script(source), shared = try Script(source)
        let other = try Sandbox()
        try other.evaluate(shared)
        try other.evaluate("var B = b(); d(); try { new B().m()(); } catch {} a()()")
        #expect(try state(shared) == state(alone))
        #expect(shared.data == alone.data)
        #expect(try state(Script(data: alone.data)) == state(alone))
    }

    @Test func largeNumbersOfFuelAreNumbers() throws {
        let sandbox = try Sandbox(limits: Limits(fuel: .max))
        try sandbox.evaluate("1")
        _ = try sandbox.run("2", fuel: .max)
        #expect(sandbox.bill.fuel < 10_000)
    }
}
