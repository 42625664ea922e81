import Terrarium
import Testing

/// Calls between guest and host stay cheap. The bounds are far above what is measured, so that a busy machine passes; the
/// figures are printed.
struct HostCallSpeedTests {
    private func nanoseconds(_ count: Int, _ work: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<3 {
            let start = ContinuousClock.now
            try work()
            let time = (ContinuousClock.now - start).components
            best = min(best, (Double(time.seconds) * 1e9 + Double(time.attoseconds) / 1e9) / Double(count))
        }
        return best
    }

    @Test func hostCallsWithTwoInts() throws {
        let sandbox = try Sandbox(limits: Limits(fuel: 1 << 50, deadline: .seconds(60)))
        sandbox.define("add") { (a: Int, b: Int) in a &+ b }
        let count = 200_000
        let calls = try Script("{ let s = 0; for (let i = 0; i < \(count); i++) s = add(s, i); s }")
        let loop = try Script("{ let s = 0; for (let i = 0; i < \(count); i++) s = s + i | 0; s }")
        let with = try nanoseconds(count) { try sandbox.evaluate(calls) }
        let without = try nanoseconds(count) { try sandbox.evaluate(loop) }
        print("host call with two ints: \(Int(with - without)) ns")
        #expect(with - without < 20_000)
    }

    @Test func guestCallsWithTwoInts() throws {
        let sandbox = try Sandbox()
        let add = try sandbox.evaluate("(a, b) => a + b")
        let count = 20_000
        let time = try nanoseconds(count) {
            for index in 0..<count { _ = try add.call(index, 1, as: Int.self) }
        }
        print("guest call with two ints: \(Int(time)) ns")
        #expect(time < 50_000)
    }

    @Test func newSandboxes() throws {
        let count = 20
        let time = try nanoseconds(count) { for _ in 0..<count { _ = try Sandbox() } }
        print("new sandbox: \(Int(time / 1000)) µs")
        #expect(time < 1e9)
    }
}
