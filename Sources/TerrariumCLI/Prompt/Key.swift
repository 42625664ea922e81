/// What somebody pressed.
enum Key: Equatable {
    case text(String)
    /// Everything between the marks of a bracketed paste.
    case paste(String)
    /// Ctrl with a letter, in lower case.
    case control(Character)
    /// Alt with a letter, in lower case.
    case alt(Character)
    case enter, newline, tab, backspace, delete, escape
    case left, right, up, down, home, end, wordLeft, wordRight
    case unknown
}

/// Bytes of a terminal as keys: UTF-8, the escape sequences of the usual terminals, bracketed paste.
struct KeyDecoder {
    private var bytes: [UInt8] = []

    mutating func add(_ more: [UInt8]) { bytes += more }
    var isEmpty: Bool { bytes.isEmpty }

    /// The next key; nil when there is none, or not all of it.
    /// - Parameter isFinal: nothing more comes soon: an escape byte on its own is the key.
    mutating func next(isFinal: Bool) -> Key? {
        guard let first = bytes.first else { return nil }
        if first == 27 { return escape(isFinal: isFinal) }
        if first < 32 || first == 127 {
            bytes.removeFirst()
            return KeyDecoder.control(first)
        }
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard bytes.count >= length || isFinal else { return nil }
        let taken = Array(bytes.prefix(length))
        bytes.removeFirst(taken.count)
        return .text(String(decoding: taken, as: UTF8.self))
    }

    private static func control(_ byte: UInt8) -> Key {
        switch byte {
        case 9: .tab
        case 10: .newline
        case 13: .enter
        case 8, 127: .backspace
        case 1...26: .control(Character(Unicode.Scalar(byte + 96)))
        case 31: .control("_")
        default: .unknown
        }
    }

    private mutating func escape(isFinal: Bool) -> Key? {
        guard bytes.count > 1 else {
            if !isFinal { return nil }
            bytes.removeFirst()
            return .escape
        }
        let second = bytes[1]
        guard second == 91 || second == 79 else {
            bytes.removeFirst(2)
            switch second {
            case 13, 10: return .alt("\n")
            case 127, 8: return .alt("\u{8}")
            case 27: return .escape
            case 33..<127: return .alt(Character(Character(Unicode.Scalar(second)).lowercased()))
            default: return .unknown
            }
        }
        // Parameters, then one letter or tilde.
        guard let end = bytes[2...].firstIndex(where: { $0 >= 64 && $0 < 127 }) else {
            if bytes.count > 32 || isFinal { bytes.removeAll() }
            return nil
        }
        let parameters = String(decoding: bytes[2..<end], as: UTF8.self)
        let final = bytes[end]
        if parameters == "200", final == 126 { return paste(from: end + 1, isFinal: isFinal) }
        bytes.removeFirst(end + 1)
        let isWord = parameters.hasSuffix(";5") || parameters.hasSuffix(";3")
        switch (final, parameters) {
        case (65, _): return .up
        case (66, _): return .down
        case (67, _): return isWord ? .wordRight : .right
        case (68, _): return isWord ? .wordLeft : .left
        case (72, _), (126, "1"), (126, "7"): return .home
        case (70, _), (126, "4"), (126, "8"): return .end
        case (126, "3"): return .delete
        default: return .unknown
        }
    }

    private mutating func paste(from start: Int, isFinal: Bool) -> Key? {
        let mark: [UInt8] = [27, 91, 50, 48, 49, 126]
        var index = start
        while index + mark.count <= bytes.count {
            if bytes[index] == 27, bytes[index..<(index + mark.count)].elementsEqual(mark) {
                let text = String(decoding: bytes[start..<index], as: UTF8.self)
                bytes.removeFirst(index + mark.count)
                let lines = text.split(omittingEmptySubsequences: false) { $0 == "\r" || $0 == "\n" || $0 == "\r\n" }
                return .paste(lines.joined(separator: "\n"))
            }
            index += 1
        }
        return nil
    }
}
