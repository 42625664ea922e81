import Foundation
import Terrarium
import Testing

/// What the code of a page prints.
final class Printed {
    var all: [String] = []
}

/// The pages of the documentation.
enum Documentation {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func page(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// What stands between ```` ```language ```` and ```` ``` ````.
    static func blocks(of page: String, _ language: String) -> [String] {
        page.components(separatedBy: "```\(language)\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    }

    /// All files below a folder, sorted.
    static func files(below folder: String, ending: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)?.allObjects as? [String] ?? []
        return names.filter { $0.hasSuffix(ending) }.sorted().map { folder + "/" + $0 }
    }

    static var pages: [String] {
        ["README.md", "SECURITY.md"] + files(below: "docs", ending: ".md")
            + files(below: "Sources/Terrarium/Terrarium.docc", ending: ".md")
    }
}

struct DocumentationTests {
    /// Every block of Swift stands, line by line and in its order, in a file that the tests compile and run.
    @Test func everySwiftBlockIsRun() throws {
        let sources = (Documentation.files(below: "Tests/TerrariumTests", ending: ".swift")
            + Documentation.files(below: "docs/examples", ending: ".swift"))
        let texts = try sources.map { lines(of: try Documentation.page($0)).joined(separator: "\n") }
        var count = 0
        for page in Documentation.pages {
            for block in Documentation.blocks(of: try Documentation.page(page), "swift") {
                let wanted = lines(of: block).filter { !$0.hasPrefix("import ") }.joined(separator: "\n")
                #expect(texts.contains { $0.contains(wanted) }, "\(page): no test has\n\(block)")
                count += 1
            }
        }
        #expect(count > 15)
    }

    /// Every block of JavaScript runs to its end.
    @Test func everyJavaScriptBlockRuns() throws {
        for page in Documentation.pages {
            for block in Documentation.blocks(of: try Documentation.page(page), "js") {
                let sandbox = try Sandbox(capabilities: [.standard])
                sandbox.define("print") { (_: Rest<Int?>) in }
                _ = try sandbox.evaluate(block, name: page)
            }
        }
    }

    /// Links between the files of the repository lead somewhere.
    @Test func linksLeadSomewhere() throws {
        for page in Documentation.pages {
            let folder = Documentation.root.appendingPathComponent(page).deletingLastPathComponent()
            for part in try Documentation.page(page).components(separatedBy: "](").dropFirst() {
                guard let target = part.components(separatedBy: ")").first, !target.contains("://"), !target.hasPrefix("#") else { continue }
                let path = folder.appendingPathComponent(target.components(separatedBy: "#")[0]).standardizedFileURL.path
                #expect(FileManager.default.fileExists(atPath: path), "\(page): \(target)")
            }
        }
    }

    private func lines(of text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
