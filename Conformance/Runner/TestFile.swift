import Foundation

/// One file of test262: its source and what its front matter says.
struct TestFile {
    let path: String
    let source: String
    var flags: Set<String> = []
    var includes: [String] = []
    var features: [String] = []
    var negativePhase: String?
    var negativeType: String?

    init?(path: String, root: String) {
        guard let data = FileManager.default.contents(atPath: root + "/test/" + path) else { return nil }
        self.path = path
        source = String(decoding: data, as: UTF8.self)
        guard let start = source.range(of: "/*---"), let end = source.range(of: "---*/", range: start.upperBound..<source.endIndex)
        else { return }
        var section = ""
        for line in source[start.upperBound..<end.lowerBound].split(whereSeparator: \.isNewline) {
            let text = line.trimmingCharacters(in: .whitespaces)
            if !line.hasPrefix(" "), let colon = text.firstIndex(of: ":") {
                section = String(text[..<colon])
                add(section, String(text[text.index(after: colon)...]))
            } else if text.hasPrefix("- ") {
                add(section, String(text.dropFirst(2)))
            } else if section == "negative", let colon = text.firstIndex(of: ":") {
                let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                if text.hasPrefix("phase") { negativePhase = value }
                if text.hasPrefix("type") { negativeType = value }
            } else {
                add(section, text)
            }
        }
    }

    private mutating func add(_ section: String, _ text: String) {
        let items = text.trimmingCharacters(in: CharacterSet(charactersIn: "[] ")).split(separator: ",")
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        switch section {
        case "flags": flags.formUnion(items)
        case "includes": includes += items
        case "features": features += items
        default: break
        }
    }

    /// Whether each variant runs strict.
    var variants: [Bool] {
        if flags.contains("raw") || flags.contains("noStrict") || flags.contains("module") { return [false] }
        if flags.contains("onlyStrict") { return [true] }
        return [false, true]
    }
}
