import Foundation
import Terrarium
import TerrariumSyntax
import Testing

/// Error messages as people know them from V8: sources with the message that each ends with, in
/// Tests/TerrariumTests/Messages. A line is a source, two or more spaces, and `Kind: message` or `(no error)`; lines that
/// start with four spaces go on with the message before. `⏎` in a source is a line terminator.
struct MessageTests {
    struct Case: Sendable, CustomStringConvertible {
        var source: String, message: String
        var description: String { source }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Messages")

    static func cases(_ name: String) -> [Case] {
        let file = folder.appendingPathComponent(name)
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        var result: [Case] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) {
            if line.hasPrefix("    "), !result.isEmpty {
                result[result.count - 1].message += "\n" + line
                continue
            }
            let marks = ["  (no error)", "  AggregateError", "  Error", "  EvalError", "  RangeError", "  ReferenceError",
                "  SyntaxError", "  TypeError", "  URIError"]
            guard let mark = marks.compactMap({ line.range(of: $0, options: .backwards) }).max(by: { $0.lowerBound < $1.lowerBound })
            else { continue }
            let source = line[..<mark.lowerBound].trimmingCharacters(in: .whitespaces)
            result.append(
                Case(
                    source: source.replacingOccurrences(of: "⏎", with: "\n"),
                    message: line[mark.lowerBound...].trimmingCharacters(in: .whitespaces)))
        }
        return result
    }

    /// Kind and message that a source ends with in a session of its own.
    private func message(of source: String) throws -> String {
        let session = try Session()
        session.allowSharedMemory()
        session.allowCodeGeneration()
        let text: String
        switch session.run(SourceText(source, name: "test.js")) {
        case .finished: return "(no error)"
        case .ended(let ending): return "ended: \(ending)"
        case .syntaxError(let rendered): text = rendered.components(separatedBy: "\n\n").dropFirst().joined(separator: "\n\n")
        case .thrown(let rendered):
            let parts = rendered.components(separatedBy: "Uncaught ")
            text = parts.dropFirst().joined(separator: "Uncaught ")
        }
        return text.components(separatedBy: "\n    at ").first ?? text
    }

    @Test func thereAreCases() {
        #expect(MessageTests.cases("basic.txt").count == 74)
        #expect(MessageTests.cases("expressions.txt").count > 300)
        #expect(MessageTests.cases("library.txt").count > 300)
        #expect(MessageTests.cases("syntax.txt").count > 600)
    }

    @Test(arguments: ["basic.txt", "expressions.txt", "library.txt", "syntax.txt"])
    func messagesAreThoseOfV8(_ file: String) throws {
        for item in MessageTests.cases(file) {
            let found = try message(of: item.source)
            #expect(found == item.message, "\(item.source)")
        }
    }
}
