import Terrarium
import Testing

/// The blocks of `docs/guide/capabilities.md`.
struct CapabilitiesGuideTests {
    @Test func handedIn() throws {
        var log: [String] = []
        let sandbox = try Sandbox(
            limits: .untrusted,
            capabilities: [.standard, .console { log.append("\($0.level): \($0.text)") }, .clock(.fixed(at: 1_700_000_000_000))])
        _ = try sandbox.evaluate("console.warn('it is', new Date().getUTCFullYear())")
        #expect(log == ["warn: it is 2023"])
    }

    @Test func written() throws {
        func greeting(_ language: String) -> Capability {
            Capability("greeting", globals: ["greet"]) { (sandbox) throws(TerrariumError) in
                sandbox.define("greet") { (name: String) in language == "de" ? "Hallo \(name)" : "Hello \(name)" }
            }
        }
        let polite = try Sandbox(capabilities: [greeting("de")])
        let text = try polite.evaluate("greet('Ann')", as: String.self)
        #expect(text == "Hallo Ann")
    }

    @Test func separated() throws {
        let house = try Sandbox(capabilities: [.timers])
        let editor = try house.makeRealm(capabilities: [.silentConsole, .frozenIntrinsics])
        let linter = try house.makeRealm()
        try editor.evaluate("var open = { name: 'a.js', text: 'let a' }", name: "editor.js")
        try linter.set("file", editor.get("open"))
        let length = try linter.evaluate("file.text.length", name: "linter.js", as: Int.self)
        #expect(length == 5)
    }
}
