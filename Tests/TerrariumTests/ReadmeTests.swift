import Foundation
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

    /// What the test runs is what the README shows.
    @Test func theExampleIsThatOfTheReadme() throws {
        let file = URL(fileURLWithPath: #filePath)
        let root = file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        let test = try String(contentsOf: file, encoding: .utf8)
        let block = try #require(readme.components(separatedBy: "```swift\n").dropFirst().first?.components(separatedBy: "```").first)
        let lines = block.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.hasPrefix("import") }
        #expect(lines.count > 5)
        for line in lines { #expect(test.contains(line)) }
    }
}
