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

    /// Places and registers that make no sense, in the stack of a match that goes on.
    @Test func aHostileStateHarmsNobody() throws {
        let sandbox = try Sandbox(limits: RegExpPauseTests.limits)
        // A program that is paused ends when nobody has its pause any more.
        guard case .paused(let pause) = try sandbox.run("/(?:(a+)+|b\\1)*$/.exec('a'.repeat(18) + 'c')", fuel: 50_000) else {
            Issue.record("not paused")
            return
        }
        let data = try withExtendedLifetime(pause) { try sandbox.snapshot().data }
        let words: [UInt32] = [0, 1, 16, 0xFF, 0x7FFF_FFF8, 0x8000_0000, 0xFFFF_FFF8, 0xFFFF_FFFF]
        let body = Snapshot.body(data) ?? []
        // The first word of the state of a match.
        let found = (0..<max(0, body.count - 96)).filter {
            body[$0] == 2 && body[$0 + 1] == 0 && body[$0 + 2] == 0x58 && body[$0 + 3] == 0x52
        }
        #expect(!found.isEmpty)
        for trial in 0..<160 {
            let changed = Snapshot.resealing(data) { body in
                for start in found {
                    let place = start + (trial % 20) * 4, word = words[trial / 20]
                    for byte in 0..<4 { body[place + byte] = UInt8(truncatingIfNeeded: word >> UInt32(byte * 8)) }
                }
            }
            let limits = Limits(fuel: 2_000_000, heap: .mebibytes(32), deadline: .seconds(2))
            guard let snapshot = try? Snapshot(data: changed), let again = try? Sandbox(restoring: snapshot, limits: limits) else {
                continue
            }
            _ = try? again.pause?.resume(fuel: 300_000)
            _ = try? again.evaluate("/a(b)/.exec('ab')[1]")
        }
    }
}
