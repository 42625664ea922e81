import Terrarium
import Testing

/// Fuel and heap by source.
struct BillItemTests {
    private static let plugin = "function work(n) { let s = 0; for (let i = 0; i < n; i++) s += i; return s } function keep(n) { return new Array(n).fill({}) }"

    @Test func everySourceHasItsFuel() throws {
        let sandbox = try Sandbox()
        sandbox.itemizeBill(every: 1)
        try sandbox.evaluate("var a = {}; (function () { \(Self.plugin) a.work = work; a.keep = keep })()", name: "a.js")
        try sandbox.evaluate("var b = {}; (function () { \(Self.plugin) b.work = work; b.keep = keep })()", name: "b.js")
        let before = sandbox.bill.fuel
        try sandbox.evaluate("a.work(1000); b.work(3000); b.keep(10000)", name: "main.js")
        let items = sandbox.billItems()
        func fuel(_ source: String, _ function: String) -> Int64 {
            items.first { $0.source == source && $0.function == function }?.fuel ?? 0
        }
        let one = fuel("a.js", "work"), three = fuel("b.js", "work")
        #expect(one > 1500 && three > 2 * one && three < 4 * one)
        #expect(items.first { $0.function == "keep" && $0.source == "b.js" }.map { $0.allocated >= 80_000 } == true)
        #expect(!items.contains { $0.function == "keep" && $0.source == "a.js" && $0.allocated > 0 })
        let sources = sandbox.billItems(by: .source)
        #expect(Set(sources.map(\.source)).isSuperset(of: ["a.js", "b.js", "main.js"]))
        #expect(sources.reduce(0) { $0 + $1.fuel } == items.reduce(0) { $0 + $1.fuel })
        #expect(items.reduce(0) { $0 + $1.fuel } >= sandbox.bill.fuel - before)
    }

    @Test func theSumIsTheBill() throws {
        let sandbox = try Sandbox()
        let before = sandbox.bill.fuel
        sandbox.itemizeBill()
        try sandbox.evaluate("\(Self.plugin) work(10000); [3, 1, 2].sort().map((x) => work(x)).join()")
        #expect(sandbox.billItems().reduce(0) { $0 + $1.fuel } == sandbox.bill.fuel - before)
    }

    @Test func itCanBeReadWhileTheGuestRuns() throws {
        let sandbox = try Sandbox()
        var seen: [BillItem] = []
        sandbox.define("look") { [unowned sandbox] () -> Void in seen = sandbox.billItems(by: .source) }
        sandbox.itemizeBill()
        try sandbox.evaluate("for (let i = 0; i < 5000; i++); look(); for (let i = 0; i < 5000; i++);", name: "loop.js")
        let early = seen.first { $0.source == "loop.js" }?.fuel ?? 0
        let late = sandbox.billItems(by: .source).first { $0.source == "loop.js" }?.fuel ?? 0
        #expect(early > 5000 && late > early + 5000)
    }

    @Test func accountsDoNotChangeTheFuel() throws {
        func fuel(_ prepare: (Sandbox) -> Void) throws -> (Int64, [BillItem]) {
            let sandbox = try Sandbox()
            prepare(sandbox)
            try sandbox.evaluate("\(Self.plugin) work(1000); keep(500); async function f() { await 1; work(100) } f()")
            return (sandbox.bill.fuel, sandbox.billItems())
        }
        let plain = try fuel { _ in }, itemized = try fuel { $0.itemizeBill(every: 1) }, again = try fuel { $0.itemizeBill(every: 1) }
        #expect(plain.0 == itemized.0)
        #expect(plain.1.isEmpty)
        #expect(itemized.1 == again.1)
    }

    @Test func aGuestThatIsEndedHasItsItems() throws {
        var limits = Limits()
        limits.fuel = 100_000
        let sandbox = try Sandbox(limits: limits)
        sandbox.itemizeBill()
        #expect(throws: TerrariumError.self) { try sandbox.evaluate("function spin() { let n = 0; for (;;) n++; } spin()", name: "spin.js") }
        #expect((sandbox.billItems().first { $0.function == "spin" }?.fuel ?? 0) > 90_000)
    }
}
