import TerrariumText

/// Reads the members of a source map's JSON that matter here, without recursion and without making values of the rest.
struct SourceMapReader {
    struct Fields {
        var isVersion3 = false
        var sourceRoot = ""
        var sources: [String?] = []
        var names: [String?] = []
        var contents: [String?] = []
        /// ASCII.
        var mappings: [UInt8]? = nil
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
    }

    private mutating func eat(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    /// nil when it is no JSON object.
    mutating func read() -> Fields? {
        // A prefix against inclusion as a script.
        if bytes.starts(with: [UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "'")]) {
            position = (bytes.firstIndex(of: 10) ?? bytes.count - 1) + 1
        }
        var fields = Fields()
        guard eat(UInt8(ascii: "{")) else { return nil }
        if eat(UInt8(ascii: "}")) { return fields }
        repeat {
            skipSpace()
            guard let key = string(), eat(UInt8(ascii: ":")) else { return nil }
            switch key {
            case "version":
                skipSpace()
                fields.isVersion3 = peek() == UInt8(ascii: "3")
                guard skipValue() else { return nil }
            case "sourceRoot":
                skipSpace()
                if peek() == UInt8(ascii: "\""), let root = string() { fields.sourceRoot = root } else if !skipValue() { return nil }
            case "mappings":
                skipSpace()
                guard peek() == UInt8(ascii: "\""), let text = string() else { return nil }
                fields.mappings = Array(text.utf8)
            case "sources": guard let list = strings() else { return nil }; fields.sources = list
            case "names": guard let list = strings() else { return nil }; fields.names = list
            case "sourcesContent": guard let list = strings() else { return nil }; fields.contents = list
            default: guard skipValue() else { return nil }
            }
        } while eat(UInt8(ascii: ","))
        return eat(UInt8(ascii: "}")) ? fields : nil
    }

    /// An array of strings and nulls.
    private mutating func strings() -> [String?]? {
        guard eat(UInt8(ascii: "[")) else { return skipValue() ? [] : nil }
        var list: [String?] = []
        if eat(UInt8(ascii: "]")) { return list }
        repeat {
            skipSpace()
            if peek() == UInt8(ascii: "\"") {
                guard let text = string() else { return nil }
                list.append(text)
            } else {
                guard skipValue() else { return nil }
                list.append(nil)
            }
        } while eat(UInt8(ascii: ","))
        return eat(UInt8(ascii: "]")) ? list : nil
    }

    private mutating func string() -> String? {
        guard peek() == UInt8(ascii: "\"") else { return nil }
        position += 1
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        var text = Array(bytes[start..<position])
        while let byte = peek() {
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard let escape = peek() else { return nil }
            position += 1
            switch escape {
            case UInt8(ascii: "n"): text.append(10)
            case UInt8(ascii: "t"): text.append(9)
            case UInt8(ascii: "r"): text.append(13)
            case UInt8(ascii: "b"): text.append(8)
            case UInt8(ascii: "f"): text.append(12)
            case UInt8(ascii: "u"):
                guard var unit = hex() else { return nil }
                if unit & 0xFC00 == 0xD800, peek() == UInt8(ascii: "\\"), position + 1 < bytes.count,
                    bytes[position + 1] == UInt8(ascii: "u") {
                    position += 2
                    guard let low = hex() else { return nil }
                    unit = low & 0xFC00 == 0xDC00 ? 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF) : 0xFFFD
                }
                text += Array(String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
            default: text.append(escape)
            }
        }
        return nil
    }

    private mutating func hex() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit = NumberParsing.digitValue(UInt16(bytes[position]))
            guard digit >= 0, digit < 16 else { return nil }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// Passes over any value; nested ones by counting brackets.
    private mutating func skipValue() -> Bool {
        skipSpace()
        var depth = 0
        repeat {
            skipSpace()
            guard let byte = peek() else { return false }
            switch byte {
            case UInt8(ascii: "\""):
                guard string() != nil else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
                continue
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return false }
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { return false }
                position += 1
                continue
            default:
                let start = position
                while let next = peek(), !Array(" \t\r\n,]}:".utf8).contains(next) { position += 1 }
                if position == start { return false }
            }
        } while depth > 0
        return true
    }
}
