import Foundation
import Terrarium
import TerrariumSyntax
import Testing

/// Programs with their expected output, in Tests/TerrariumTests/Scripts.
struct ScriptTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Scripts")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".js") }.sorted()

    /// Scripts with long loops say so on line 1.
    static func isLong(_ name: String) -> Bool {
        let text = (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
        return text.hasPrefix("// long") || text.hasPrefix("// eval, long")
    }

    private func output(_ name: String, stress: Bool) throws -> String {
        let data = try Data(contentsOf: ScriptTests.folder.appendingPathComponent(name))
        let lines = Lines()
        let session = try Session(print: { lines.values.append($0) })
        session.stressCollector = stress
        // Scripts about code from strings say so on line 1.
        if data.starts(with: Data("// eval".utf8)) { session.allowCodeGeneration() }
        let outcome = session.run(SourceText(utf8: [UInt8](data), name: name))
        if case .finished = outcome {} else { lines.values.append("\(outcome)") }
        return lines.values.map { $0 + "\n" }.joined()
    }

    private func expected(_ name: String) throws -> String {
        let file = name.replacingOccurrences(of: ".js", with: ".expected")
        return try String(contentsOf: ScriptTests.folder.appendingPathComponent(file), encoding: .utf8)
    }

    @Test func thereAreScripts() { #expect(!ScriptTests.names.isEmpty) }

    @Test(arguments: names) func printsWhatIsExpected(_ name: String) throws {
        #expect(try output(name, stress: false) == expected(name))
    }

    @Test(arguments: names) func printsTheSameWithACollectionAtEverySafepoint(_ name: String) throws {
        // A collection at every back-edge makes long loops quadratic.
        if ScriptTests.isLong(name) { return }
        #expect(try output(name, stress: true) == expected(name))
    }
}

final class Lines { var values: [String] = [] }
