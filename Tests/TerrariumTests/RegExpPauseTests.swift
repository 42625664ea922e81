@_spi(Corruption) import Terrarium
import Testing

/// Regular expressions in programs that run in slices: a match is left in the middle and goes on.
struct RegExpPauseTests {
    static let limits = Limits(fuel: 500_000_000, heap: .mebibytes(32))

    static let programs = [
        "/(a+)+$/.test('a'.repeat(15) + 'b')",
        "const r = /(?<x>(a+)+$|b(c))/g; const m = [r.exec('a'.repeat(14) + 'bc'), r.lastIndex]; JSON.stringify(m)",
        "('a'.repeat(14) + 'bcab').replace(/(a+)+$|(b)/g, '[$1$2]')",
        "('a'.repeat(14) + 'bcab').replace(/(a+)+$|(b)/g, (m, a, b, i) => { let t = 0; for (let k = 0; k < 50; k++) t += i; return t })",
        "('a'.repeat(14) + 'bcab').split(/(a+)+$|(b)/).join('|')",
        "('a'.repeat(14) + 'bcab').match(/(a+)+$|b/g).join() + ('a'.repeat(14) + 'b').search(/(a+)+$/)",
        "Array.from(('a'.repeat(14) + 'bcab').matchAll(/(a+)+$|b/g), (m) => m.index).join()",
        "let n = 0; for (const m of ('a'.repeat(14) + 'bcab').matchAll(/(a+)+$|b/g)) n += m.index; n",
        "'x1 '.repeat(20000).replace(/(\\d) /g, '<$1>\\u{3b1}').length",
        "/^(?:(?:.*?,){7}P|.*b)/.test('1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16')",
    ]

    /// Runs to the end in slices, with what `between` does at each pause.
    private func run(_ program: String, slice: Int, between: (Sandbox) throws -> Sandbox = { $0 }) throws
        -> (text: String, fuel: Int64, pauses: Int)
    {
        var sandbox = try Sandbox(limits: RegExpPauseTests.limits)
        var outcome = try sandbox.run(program, fuel: slice)
        var pauses = 0
        while true {
            switch outcome {
            case .finished(let value): return (value.text, sandbox.bill.fuel, pauses)
            case .paused:
                pauses += 1
                sandbox = try between(sandbox)
                outcome = try #require(sandbox.pause).resume(fuel: slice)
            }
        }
    }

    @Test(arguments: programs) func slicesAndSnapshotsGiveTheSameAndCostTheSame(_ program: String) throws {
        let whole = try run(program, slice: 1 << 40)
        #expect(whole.pauses == 0)
        let sliced = try run(program, slice: 3000)
        #expect(sliced.text == whole.text)
        #expect(sliced.fuel == whole.fuel)
        #expect(sliced.pauses > 3)
        let stored = try run(program, slice: 30_000) { sandbox in
            try Sandbox(restoring: try Snapshot(data: try sandbox.snapshot().data), limits: RegExpPauseTests.limits)
        }
        #expect(stored.text == whole.text)
        #expect(stored.fuel == whole.fuel)
        #expect(stored.pauses > 0)
        let plain = try Sandbox(limits: RegExpPauseTests.limits)
        #expect(try plain.evaluate(program).text == whole.text)
    }

    @Test func aHopelessMatchTakesManySlices() throws {
        let program = "/(a+)+$/.test('a'.repeat(22) + 'b')"
        let limits = Limits(fuel: 10_000_000_000, heap: .mebibytes(32))
        func cost(_ slice: Int) throws -> (fuel: Int64, pauses: Int) {
            let sandbox = try Sandbox(limits: limits)
            var outcome = try sandbox.run(program, fuel: slice)
            var pauses = 0
            while case .paused(let pause) = outcome {
                pauses += 1
                outcome = try pause.resume(fuel: slice)
            }
            guard case .finished(let value) = outcome else { return (0, 0) }
            #expect(value.text == "false")
            return (sandbox.bill.fuel, pauses)
        }
        let whole = try cost(1 << 40), sliced = try cost(10_000)
        #expect(whole.pauses == 0)
        #expect(sliced.pauses > 1000)
        #expect(sliced.fuel == whole.fuel)
    }
}
