import Terrarium
import Testing

/// A sandbox that lasts lets go of the scripts of which no code is left.
struct ScriptLifetimeTests {
    /// Each source has 4 KB.
    private func run(_ count: Int, in sandbox: Sandbox) throws {
        let filler = String(repeating: "x", count: 4000)
        for number in 0..<count {
            try sandbox.evaluate("(function () { /* \(filler) */ return \(number) })()", name: "\(number).js")
        }
    }

    @Test func scriptsThatAreOverAreLetGoOf() throws {
        let sandbox = try Sandbox()
        try run(100, in: sandbox)
        let early = try sandbox.snapshot().data.count
        try run(3000, in: sandbox)
        let late = try sandbox.snapshot().data.count
        #expect(late < early + 1 << 20)
    }

    @Test func thoseThatFunctionsBelongToStay() throws {
        let sandbox = try Sandbox()
        try sandbox.evaluate("function keep() { return keep.toString() }\nfunction fail() { null.x }", name: "kept.js")
        try run(3000, in: sandbox)
        #expect(try sandbox.evaluate("keep()", as: String.self) == "function keep() { return keep.toString() }")
        do {
            try sandbox.evaluate("fail()")
            Issue.record("no error")
        } catch {
            #expect("\(error)".contains("kept.js:2"))
        }
        let restored = try Sandbox(restoring: sandbox.snapshot())
        try run(3000, in: restored)
        #expect(try restored.evaluate("keep()", as: String.self) == "function keep() { return keep.toString() }")
        #expect(try restored.snapshot().data.count < 1 << 21)
    }

    /// Numbers of scripts are given again.
    @Test func everySourceKeepsItsAccount() throws {
        let sandbox = try Sandbox()
        sandbox.itemizeBill(every: 1)
        for number in 0..<2000 {
            try sandbox.evaluate("(function () { for (let i = 0; i < 50; i++); return new Array(1000) })()", name: "\(number).js")
        }
        let fuel = sandbox.billItems(by: .source).filter { $0.source.hasSuffix(".js") }.map(\.fuel)
        #expect(fuel.count == 2000)
        #expect(fuel.min().map { $0 > 50 } == true)
        #expect(fuel.max().map { $0 < 1000 } == true)
    }
}
