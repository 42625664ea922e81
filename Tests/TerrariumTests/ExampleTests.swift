import Examples
import Testing

/// The programs under docs/examples do what they say.
struct ExampleTests {
    @Test func pluginsEndAlone() async throws {
        let lines = await PluginHost.run()
        #expect(lines.contains("greeter: Welcome, ann!"))
        #expect(lines.filter { $0.hasPrefix("greeter") }.count == 1)
        #expect(lines.contains("[logger] seen { from: 'ann', text: 'hi' } 2023"))
        #expect(lines.contains("[logger] seen { from: 'ann', text: 'again' } 2023"))
        #expect(lines.contains { $0.hasPrefix("spinner was removed: The guest") })
        #expect(lines.contains { $0.hasPrefix("broken was removed: TypeError: Cannot read properties of undefined (reading 'text')") && $0.contains("broken.js:2") })
        #expect(lines.contains { $0.hasPrefix("escaper was removed: EvalError") || $0.hasPrefix("escaper was removed: TypeError") })
        #expect(lines.contains { $0.hasPrefix("unfinished was not loaded") && $0.contains("unfinished.js:1:") })
    }

    @Test func aScriptThatLoopsLosesOnlyItsTurns() throws {
        let scores = try Game.run()
        #expect(scores.count == 5)
        #expect(scores[0] == "runner: position 20, lost 0")
        #expect(scores[1] == "counter: position 10, lost 0")
        #expect(scores[2].hasPrefix("thinker: position"))
        #expect(!scores[2].hasPrefix("thinker: position 0,"))
        #expect(scores[3] == "looper: position 0, lost 20")
        #expect(scores[4] == "thrower: position 2, lost 0, out")
        #expect(try Game.run() == scores)
    }

    @Test func aThousandScriptsPlay() throws {
        let scores = try Game.run(players: 1000, ticks: 4)
        #expect(scores.count == 1000)
        for kind in 0..<5 { #expect(Set(stride(from: kind, to: 1000, by: 5).map { scores[$0] }).count == 1) }
        #expect(scores[0] == "runner: position 4, lost 0")
        #expect(scores[999] == "thrower: position 2, lost 0, out")
    }

    @Test func aBundledLibraryIsUsed() throws {
        #expect(try BundledLibrary.run() == ["1.2.0", "<h1>A &amp; B</h1>&lt;ann&gt;"])
    }

    @Test func policiesDecide() throws {
        let decisions = try Policy.run()
        #expect(decisions.map(\.allow) == [true, false])
        #expect(decisions.map(\.reason) == [nil, "250.5 is too much"])
    }
}
