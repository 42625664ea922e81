import TerrariumCage

/// Draws what is being typed: rows of at most the terminal's width, and a grey line below. It knows where the cursor is, so
/// that it can draw over what it drew before.
struct EditorScreen {
    /// Row of the cursor, counted from the first row drawn.
    private var cursorRow = 0

    static func write(_ text: String) { HostProcess.write(Array(text.utf8), to: 1) }

    /// Columns that a character takes.
    static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0..<32, 0x300..<0x370, 0x200B..<0x2010: return 0
        case 0x1100..<0x1160, 0x2E80..<0xA4D0, 0xAC00..<0xD7A4, 0xF900..<0xFB00, 0xFE30..<0xFE70, 0xFF00..<0xFF61,
            0x1F300..<0x1F650, 0x1F680..<0x1F700, 0x1F900..<0x1FA00, 0x20000..<0x40000: return 2
        default: return 1
        }
    }

    /// - Parameters:
    ///   - cursor: place in the text.
    ///   - hint: one line below, in grey.
    mutating func draw(_ text: [Character], cursor: Int, prompt: String, continuation: String, hint: String) {
        let size = Terminal.size
        let columns = max(8, size.columns - 1)
        var rows: [String] = [prompt]
        var used = prompt.count
        var place = (row: 0, column: used)
        for index in 0...text.count {
            if index == cursor { place = (rows.count - 1, used) }
            guard index < text.count else { break }
            let character = text[index]
            if character == "\n" {
                rows.append(continuation)
                used = continuation.count
                continue
            }
            let shown = character == "\t" ? " " : character
            let width = EditorScreen.width(shown)
            if used + width > columns {
                rows.append("")
                used = 0
                if index == cursor { place = (rows.count - 1, 0) }
            }
            rows[rows.count - 1].append(shown)
            used += width
        }
        // Of very long texts the part around the cursor.
        let most = max(1, size.rows - 2)
        var first = 0
        if rows.count > most {
            first = min(max(0, place.row - most / 2), rows.count - most)
            rows = Array(rows[first..<(first + most)])
        }
        let row = place.row - first
        var output = start() + rows.joined(separator: "\r\n")
        var below = rows.count - 1 - row
        if !hint.isEmpty {
            output += "\r\n\u{1B}[90m\(EditorScreen.cut(hint, to: columns))\u{1B}[39m"
            below += 1
        }
        if below > 0 { output += "\u{1B}[\(below)A" }
        output += "\r" + (place.column > 0 ? "\u{1B}[\(place.column)C" : "")
        cursorRow = row
        EditorScreen.write(output)
    }

    /// To the first row, everything below cleared.
    private func start() -> String { (cursorRow > 0 ? "\u{1B}[\(cursorRow)A" : "") + "\r\u{1B}[J" }

    /// Takes away what is drawn.
    mutating func clear() {
        EditorScreen.write(start())
        cursorRow = 0
    }

    /// What is drawn stays, and the next drawing begins below it.
    mutating func leave() {
        EditorScreen.write("\r\n")
        cursorRow = 0
    }

    /// Nothing has been drawn on a clear screen.
    mutating func reset() {
        EditorScreen.write("\u{1B}[H\u{1B}[2J")
        cursorRow = 0
    }

    private static func cut(_ text: String, to columns: Int) -> String {
        var used = 0
        var result = ""
        for character in text {
            used += width(character)
            if used > columns - 1 { return result + "…" }
            result.append(character)
        }
        return result
    }
}
