import TerrariumCage

/// Entries of this and earlier runs, oldest first, in a file of the user.
struct History {
    private(set) var entries: [String] = []
    private let path: String?
    private let limit = 2000

    init() {
        let home = HostProcess.environment("HOME") ?? HostProcess.environment("USERPROFILE")
        path = HostProcess.environment("TERRARIUM_HISTORY") ?? home.map { $0 + "/.terrarium_history" }
        guard let path, !path.isEmpty, let bytes = HostProcess.readFile(path) else { return }
        entries = String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(limit).map(History.decode)
    }

    mutating func add(_ entry: String) {
        if entry.isEmpty || entry == entries.last { return }
        entries.append(entry)
        if entries.count > limit { entries.removeFirst(entries.count - limit) }
        guard let path, !path.isEmpty else { return }
        _ = HostProcess.writeFile(path, Array((entries.map(History.encode).joined(separator: "\n") + "\n").utf8), isPrivate: true)
    }

    /// The newest entry before a place that contains a text.
    func search(_ text: String, before place: Int) -> Int? {
        entries[..<min(max(0, place), entries.count)].lastIndex { $0.contains(text) }
    }

    /// One line for each entry.
    private static func encode(_ entry: String) -> String {
        String(entry.flatMap { $0 == "\\" ? Array("\\\\") : $0 == "\n" ? Array("\\n") : [$0] })
    }

    private static func decode(_ line: Substring) -> String {
        var result = ""
        var isEscaped = false
        for character in line {
            if isEscaped {
                result.append(character == "n" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}
