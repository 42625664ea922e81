import TerrariumCage

/// Edits one entry on a raw terminal: several lines, history, search, completion, a preview below.
struct LineEditor {
    enum Result {
        case entry(String)
        /// Ctrl-C; whether there was something to throw away.
        case cancelled(Bool)
        /// Ctrl-D, or the input is over.
        case end
    }

    var history: History
    let prompt = "> ", continuation = "... "
    /// Whether Enter goes on with another line.
    var isIncomplete: (String) -> Bool = { _ in false }
    var completions: (String) -> (names: [String], replaced: Int) = { _ in ([], 0) }
    /// A line for below; asked when nothing more has been typed for a moment.
    var preview: (String) -> String = { _ in "" }
    /// Milliseconds until something else has to be done; negative: nothing.
    var timeToIdle: () -> Int32 = { -1 }
    /// What is to be done; gives whether anything was printed. The editor's lines are taken away meanwhile if it asks.
    var idle: (_ hide: () -> Void) -> Void = { _ in }

    var text: [Character] = []
    var cursor = 0
    var screen = EditorScreen()
    var hint = ""
    /// Ctrl-K, Ctrl-U and Ctrl-W put here what Ctrl-Y brings back.
    var killed: [Character] = []
    /// States before changes, for Ctrl-_.
    var undone: [([Character], Int)] = []
    private var decoder = KeyDecoder()
    /// Place in the history, and what was typed before going there.
    var place = 0
    var typed: [Character] = []
    /// Enter makes a new line, Ctrl-D ends the entry.
    private var isMultiline = false

    init(history: History) { self.history = history }

    /// Reads an entry. The terminal is raw meanwhile.
    mutating func read(multiline: Bool = false) -> Result {
        guard let mode = Terminal.enterRawMode() else { return .end }
        defer { Terminal.restore(mode) }
        EditorScreen.write("\u{1B}[?2004h")
        defer { EditorScreen.write("\u{1B}[?2004l") }
        text = []
        cursor = 0
        hint = ""
        undone = []
        place = history.entries.count
        isMultiline = multiline
        draw()
        while true {
            guard let key = nextKey() else { return .end }
            if let result = handle(key) { return result }
        }
    }

    mutating func draw() {
        screen.draw(text, cursor: cursor, prompt: isMultiline ? "" : prompt, continuation: isMultiline ? "" : continuation, hint: hint)
    }

    /// The next key; meanwhile the preview, and what the idle function does. Nil at the end of the input.
    mutating func nextKey() -> Key? {
        var isPreviewed = false
        while true {
            if let key = decoder.next(isFinal: false) { return key }
            let isPartial = !decoder.isEmpty
            let limit = isPartial ? 50 : isPreviewed ? timeToIdle() : 15
            guard let bytes = Terminal.read(milliseconds: limit) else { return nil }
            decoder.add(bytes)
            if !bytes.isEmpty { continue }
            if isPartial {
                if let key = decoder.next(isFinal: true) { return key }
            } else if !isPreviewed {
                isPreviewed = true
                updateHint(isMultiline || text.isEmpty ? "" : preview(String(text)))
            } else if timeToIdle() == 0 {
                runIdle()
            }
        }
    }

    private mutating func updateHint(_ new: String) {
        guard new != hint else { return }
        hint = new
        draw()
    }

    private mutating func runIdle() {
        var screen = self.screen
        idle { screen.clear() }
        self.screen = screen
        draw()
    }

    // MARK: Keys

    /// The result when the key ends the entry.
    private mutating func handle(_ key: Key) -> Result? {
        switch key {
        case .enter:
            if isMultiline || isIncomplete(String(text)) {
                insert("\n")
            } else {
                return accept()
            }
        case .control("c"):
            let hadText = !text.isEmpty
            finish()
            return .cancelled(hadText)
        case .control("d"):
            if isMultiline { return accept() }
            if text.isEmpty {
                screen.leave()
                return .end
            }
            deleteForward()
        case .control("r"): return search()
        case .control("l"): screen.reset()
        case .tab: complete()
        default: edit(key)
        }
        draw()
        return nil
    }

    private mutating func accept() -> Result {
        let entry = String(text)
        finish()
        return .entry(entry)
    }

    private mutating func finish() {
        hint = ""
        cursor = text.count
        draw()
        screen.leave()
    }

    // MARK: Search

    /// Ctrl-R: the newest entry that contains what is typed; again for older ones.
    private mutating func search() -> Result? {
        let before = (text, cursor)
        var query = ""
        var found: Int?
        func show(_ editor: inout LineEditor) {
            if let found { editor.text = Array(editor.history.entries[found]) }
            editor.hint = "search\(found == nil && !query.isEmpty ? " (nothing found)" : ""): \(query)"
            editor.cursor = editor.text.count
            editor.draw()
        }
        show(&self)
        while let key = nextSearchKey() {
            switch key {
            case .text(let more), .paste(let more):
                query += more
                found = history.search(query, before: found.map { $0 + 1 } ?? history.entries.count)
            case .backspace:
                query = String(query.dropLast())
                found = query.isEmpty ? nil : history.search(query, before: history.entries.count)
            case .control("r"):
                if !query.isEmpty, let older = history.search(query, before: found ?? history.entries.count) { found = older }
            case .control("g"), .control("c"):
                (text, cursor) = before
                hint = ""
                draw()
                return nil
            default:
                hint = ""
                cursor = text.count
                return handle(key)
            }
            show(&self)
        }
        return .end
    }

    private mutating func nextSearchKey() -> Key? {
        while true {
            if let key = decoder.next(isFinal: false) { return key }
            guard let bytes = Terminal.read(milliseconds: decoder.isEmpty ? -1 : 50) else { return nil }
            decoder.add(bytes)
            if bytes.isEmpty, let key = decoder.next(isFinal: true) { return key }
        }
    }

    // MARK: Completion

    private mutating func complete() {
        let before = String(text[..<cursor])
        if before.allSatisfy({ $0.isWhitespace }) { return insert("    ") }
        let (names, replaced) = completions(before)
        guard let first = names.first else { return }
        var common = first
        for name in names.dropFirst() { while !name.hasPrefix(common) { common = String(common.dropLast()) } }
        let known = String(before.utf16.suffix(replaced)) ?? ""
        if common.utf16.count > replaced {
            insert(String(common.dropFirst(known.count)))
            return
        }
        if names.count < 2 { return }
        hint = ""
        draw()
        screen.leave()
        EditorScreen.write(LineEditor.columns(names) + "\r\n")
    }

    /// Names side by side.
    private static func columns(_ names: [String]) -> String {
        let shown = names.prefix(300)
        let width = (shown.map(\.count).max() ?? 0) + 2
        let perRow = max(1, (Terminal.size.columns - 1) / width)
        var rows: [String] = []
        for start in stride(from: 0, to: shown.count, by: perRow) {
            rows.append(shown[start..<min(start + perRow, shown.count)].map { Figures.pad($0, width, left: false) }.joined())
        }
        if names.count > shown.count { rows.append("… \(names.count - shown.count) more") }
        return rows.joined(separator: "\r\n")
    }
}
