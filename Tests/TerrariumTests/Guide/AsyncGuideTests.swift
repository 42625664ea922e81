import Terrarium
import Testing

/// The blocks of `docs/guide/async-and-modules.md`.
struct AsyncGuideTests {
    @Test func promisesAndTimers() async throws {
        let sandbox = try Sandbox(capabilities: [.timers(.virtual)])
        sandbox.limits.deadline = .seconds(300)
        sandbox.define("rate") { (currency: String) async throws -> Double in
            try await Task.sleep(for: .milliseconds(1))
            return currency == "EUR" ? 1.1 : 1
        }
        let total = try await sandbox.evaluate(
            awaiting: "const r = await rate('EUR'); await new Promise(done => setTimeout(done, 1000)); 10 * r", as: Double.self)
        #expect(total == 11)

        _ = try sandbox.evaluate("var done = false; setTimeout(() => { done = true }, 5)")
        while !sandbox.isIdle { _ = try sandbox.step() }
        let done = try sandbox.get("done", as: Bool.self)
        #expect(done)
    }

    @Test func modules() async throws {
        let files = [
            "app.js": "import { double } from './lib/math.js'; export async function run(n) { return double(n) }",
            "lib/math.js": "export const double = n => 2 * n;",
        ]
        let modular = try Sandbox(capabilities: [.modules(.inMemory(files))])
        let app = try await modular.importModule("app.js")
        let result = try await app.call("run", 21, as: Int.self)
        #expect(result == 42)

        let loader = ModuleLoader { request in
            request.specifier == "config" ? .source("export default { debug: true }", key: "config.js") : nil
        }
        let configured = try Sandbox(capabilities: [.modules(loader)])
        let debug = try await configured.importModule("config").get("default").get("debug", as: Bool.self)
        #expect(debug)
    }
}
