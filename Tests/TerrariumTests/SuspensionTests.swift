import Foundation
import Terrarium
import TerrariumSyntax
import Testing

/// Programs that are paused at their safepoints, and what suspended functions cost.
@Suite(.serialized) struct SuspensionTests {
    private func output(_ name: String, slice: Int64, stress: Bool) throws -> (text: String, pauses: Int) {
        let data = try Data(contentsOf: ScriptTests.folder.appendingPathComponent(name))
        let lines = Lines()
        let session = try Session(print: { lines.values.append($0) })
        session.stressCollector = stress
        if data.starts(with: Data("// eval".utf8)) { session.allowCodeGeneration() }
        let (outcome, pauses) = session.run(SourceText(utf8: [UInt8](data), name: name), slices: slice)
        if case .finished = outcome {} else { lines.values.append("\(outcome)") }
        return (lines.values.map { $0 + "\n" }.joined(), pauses)
    }

    private static let short = ScriptTests.names.filter { !ScriptTests.isLong($0) }

    @Test(arguments: short, [1, 7] as [Int64])
    func pausedAtEverySafepointAProgramPrintsTheSame(_ name: String, _ slice: Int64) throws {
        let file = name.replacingOccurrences(of: ".js", with: ".expected")
        let expected = try String(contentsOf: ScriptTests.folder.appendingPathComponent(file), encoding: .utf8)
        #expect(try output(name, slice: slice, stress: false).text == expected)
    }

    @Test func theProgramWithEveryFeatureIsPausedOften() throws {
        let (text, pauses) = try output("every-feature.js", slice: 1, stress: true)
        let file = ScriptTests.folder.appendingPathComponent("every-feature.expected")
        #expect(text == (try String(contentsOf: file, encoding: .utf8)))
        #expect(pauses > 500)
    }

    @Test func aSuspendedAsyncFunctionCostsLessThanAKibibyte() throws {
        let sandbox = try Sandbox()
        try sandbox.evaluate(
            "var wait = []; async function f(i) { const a = [i]; await new Promise((r) => wait.push(r)); return a[0] } f(0)")
        try sandbox.collectGarbage()
        let before = sandbox.bill.heap
        try sandbox.evaluate("for (let i = 0; i < 10000; i++) f(i); wait.length")
        try sandbox.collectGarbage()
        #expect(sandbox.bill.heap - before < 10_000 * 1024)
    }

    @Test func awaitsOneAfterTheOtherNeedNoMoreMemory() throws {
        func peak(_ awaits: Int) throws -> Int {
            let sandbox = try Sandbox()
            try sandbox.evaluate(
                "var sum = 0; (async () => { for (let i = 0; i < \(awaits); i++) sum += (await i) % 2 + (await { then(f) { f(1) } }) })()")
            #expect(try sandbox.evaluate("sum", as: Int.self) == awaits / 2 * 3)
            return sandbox.bill.heapPeak
        }
        #expect(try peak(500_000) <= peak(50_000) + 128 << 10)
    }
}
