import Terrarium
import Testing

/// The blocks of `docs/guide/pausing.md`.
struct PausingGuideTests {
    @Test func slices() throws {
        let sandbox = try Sandbox(limits: .untrusted)
        var outcome = try sandbox.run("let s = 0; for (let i = 0; i < 100000; i++) s += i; s", fuel: 50_000)
        var slices = 1
        while case .paused(let pause) = outcome {
            slices += 1
            outcome = try pause.resume(fuel: 50_000)
        }
        guard case .finished(let value) = outcome else { return }
        #expect(value.text == "4999950000")
        #expect(slices > 3)
    }
}
