import Terrarium
import Testing

/// The blocks of `docs/guide/limits.md`.
struct LimitsGuideTests {
    @Test func fuelAndInterrupts() throws {
        let lines = Printed()
        let print = { (text: String) in lines.all.append(text) }
        var limits = Limits.untrusted
        limits.fuel = 1_000_000
        let sandbox = try Sandbox(limits: limits)
        do {
            _ = try sandbox.evaluate("for (;;) {}")
        } catch {
            if case .fuel = error { print("out of fuel after \(sandbox.bill.fuel) units") }
        }
        #expect(lines.all.first?.hasPrefix("out of fuel after 1000") == true)

        let bill = sandbox.bill
        print("\(bill.fuel) units, \(bill.heap) bytes now, \(bill.heapPeak) at most, \(bill.hostCalls) host calls")
        #expect(lines.all.count == 2)

        let host = try Sandbox()
        host.itemizeBill()
        try host.evaluate("function search(n) { let hits = 0; for (let i = 0; i < n; i++) hits += i % 7 === 0; return hits }", name: "search.js")
        try host.evaluate("search(20000)", name: "main.js")
        for item in host.billItems(by: .source) { print("\(item.source): \(item.fuel) units, \(item.allocated) bytes allocated") }
        #expect(lines.all.count >= 3 && lines.all[2].hasPrefix("search.js: "))

        sandbox.limits.fuel = 1 << 50
        let interrupter = sandbox.interrupter
        Task.detached {
            try? await Task.sleep(for: .milliseconds(20))
            interrupter.interrupt()
        }
        do {
            _ = try sandbox.evaluate("for (;;) {}")
            Issue.record("it ended")
        } catch {
            switch error {
            case .interrupted, .deadline: break // The other task may not get a core within the second of the limits.
            default: Issue.record(error)
            }
        }
    }
}
