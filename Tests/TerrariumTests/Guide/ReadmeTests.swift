import Terrarium
import Testing

/// The example of the README, as it stands there.
struct ReadmeTests {
    @Test func theExampleWorks() throws {
        let sandbox = try Sandbox(limits: .untrusted, capabilities: [.console { print($0.text) }, .timers(.virtual)])
        sandbox.define("price") { (item: String) in item == "tea" ? 3.5 : 2.0 }
        let total = try sandbox.evaluate("['tea', 'milk'].map(price).reduce((a, b) => a + b)", as: Double.self)
        switch try sandbox.run("for (;;) {}", fuel: 100_000) {
        case .finished(let value): print(value.text)
        case .paused(let pause): pause.end()      // or go on later: pause.resume(fuel: 100_000)
        }
        #expect(total == 5.5)
    }
}
