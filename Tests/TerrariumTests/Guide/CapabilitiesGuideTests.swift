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
}
