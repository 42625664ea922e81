/// What keys do to the text.
extension LineEditor {
    mutating func edit(_ key: Key) {
        switch key {
        case .text(let new), .paste(let new): insert(new)
        case .newline, .alt("\n"): insert("\n")
        case .backspace, .control("h"): if cursor > 0 { remove((cursor - 1)..<cursor) }
        case .delete: deleteForward()
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(text.count, cursor + 1)
        case .home, .control("a"): cursor = lineStart
        case .end, .control("e"): cursor = lineEnd
        case .wordLeft, .alt("b"): cursor = wordStart
        case .wordRight, .alt("f"): cursor = wordEnd
        case .control("w"), .alt("\u{8}"): kill(wordStart..<cursor)
        case .alt("d"): kill(cursor..<wordEnd)
        case .control("k"): kill(cursor..<(lineEnd == cursor ? min(text.count, cursor + 1) : lineEnd))
        case .control("u"): kill(lineStart..<cursor)
        case .control("y"): insert(String(killed))
        case .control("t"): transpose()
        case .control("_"):
            if let last = undone.popLast() { (text, cursor) = last }
        case .up, .control("p"): if !moveLine(-1) { goTo(place - 1) }
        case .down, .control("n"): if !moveLine(1) { goTo(place + 1) }
        default: break
        }
    }

    // MARK: Changes

    mutating func insert(_ new: String) {
        remember()
        let characters = Array(new.filter { $0 == "\n" || $0 == "\t" || ($0.unicodeScalars.first?.value ?? 0) >= 32 })
        text.insert(contentsOf: characters, at: cursor)
        cursor += characters.count
    }

    mutating func deleteForward() { if cursor < text.count { remove(cursor..<(cursor + 1)) } }

    private mutating func remove(_ range: Range<Int>) {
        if range.isEmpty { return }
        remember()
        text.removeSubrange(range)
        cursor = range.lowerBound
    }

    private mutating func kill(_ range: Range<Int>) {
        if range.isEmpty { return }
        killed = Array(text[range])
        remove(range)
    }

    private mutating func transpose() {
        guard cursor > 0, text.count > 1 else { return }
        remember()
        let second = min(cursor, text.count - 1)
        text.swapAt(second - 1, second)
        cursor = second + 1
    }

    private mutating func remember() {
        undone.append((text, cursor))
        if undone.count > 200 { undone.removeFirst() }
    }

    // MARK: Places

    private var lineStart: Int { (text[..<cursor].lastIndex(of: "\n") ?? -1) + 1 }
    private var lineEnd: Int { text[cursor...].firstIndex(of: "\n") ?? text.count }

    private static func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber || character == "_" || character == "$" }

    private var wordStart: Int {
        var index = cursor
        while index > 0, !LineEditor.isWord(text[index - 1]) { index -= 1 }
        while index > 0, LineEditor.isWord(text[index - 1]) { index -= 1 }
        return index
    }

    private var wordEnd: Int {
        var index = cursor
        while index < text.count, !LineEditor.isWord(text[index]) { index += 1 }
        while index < text.count, LineEditor.isWord(text[index]) { index += 1 }
        return index
    }

    /// To the line above or below; false when there is none.
    private mutating func moveLine(_ direction: Int) -> Bool {
        let column = cursor - lineStart
        if direction < 0 {
            guard lineStart > 0 else { return false }
            cursor = lineStart - 1
            cursor = min(lineStart + column, cursor)
        } else {
            guard lineEnd < text.count else { return false }
            cursor = lineEnd + 1
            cursor = min(cursor + column, lineEnd)
        }
        return true
    }

    /// To an entry of the history; the place behind the last is what was typed.
    private mutating func goTo(_ new: Int) {
        guard new >= 0, new <= history.entries.count, new != place else { return }
        if place == history.entries.count { typed = text }
        place = new
        text = new == history.entries.count ? typed : Array(history.entries[new])
        cursor = text.count
        undone = []
    }
}
