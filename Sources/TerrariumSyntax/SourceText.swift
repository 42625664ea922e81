import TerrariumCage

/// A source as UTF-16 units, with its name.
public struct SourceText: Sendable {
    public let units: ContiguousArray<UInt16>
    public let name: String

    /// UTF-8 bytes; invalid sequences become U+FFFD, a byte order mark at the start is dropped.
    public init(utf8: [UInt8], name: String) {
        let hasMark = utf8.count >= 3 && utf8[0] == 0xEF && utf8[1] == 0xBB && utf8[2] == 0xBF
        units = UnitText.decodeUTF8(utf8, from: hasMark ? 3 : 0)
        self.name = name
    }
    public init(_ text: String, name: String) {
        units = ContiguousArray(text.utf16)
        self.name = name
    }
    public init(units: ContiguousArray<UInt16>, name: String) {
        self.units = units
        self.name = name
    }

    public init(utf16: [UInt16], name: String) {
        units = ContiguousArray(utf16)
        self.name = name
    }

    static func isLineTerminator(_ unit: UInt16) -> Bool {
        unit == 10 || unit == 13 || unit == 0x2028 || unit == 0x2029
    }

    /// Offsets of the line starts.
    public func lineStarts() -> [UInt32] { SourceText.lineStarts(units.span) }

    /// As above, for a text whose units are all below 256.
    public static func lineStarts(latin1 units: Span<UInt8>) -> [UInt32] {
        var starts: [UInt32] = [0]
        var index = 0
        while index < units.count {
            let unit = units[index]
            index &+= 1
            guard unit <= 13, unit == 10 || unit == 13 else { continue }
            if unit == 13, index < units.count, units[index] == 10 { index &+= 1 }
            starts.append(UInt32(truncatingIfNeeded: index))
        }
        return starts
    }

    public static func lineStarts(_ units: Span<UInt16>) -> [UInt32] {
        var starts: [UInt32] = [0]
        var index = 0
        while index < units.count {
            let unit = units[index]
            index &+= 1
            if unit <= 13 || unit >= 0x2028, SourceText.isLineTerminator(unit) {
                if unit == 13, index < units.count, units[index] == 10 { index += 1 }
                starts.append(UInt32(truncatingIfNeeded: index))
            }
        }
        return starts
    }

    /// Line and column, both from 1, of an offset.
    public func position(of offset: Int) -> (line: Int, column: Int) {
        var line = 1, start = 0, index = 0
        let end = min(offset, units.count)
        while index < end {
            let unit = units[index]
            index += 1
            if SourceText.isLineTerminator(unit) {
                if unit == 13, index < units.count, units[index] == 10 { index += 1 }
                if index <= offset {
                    line += 1
                    start = index
                }
            }
        }
        return (line, offset - start + 1)
    }
}

/// Why a source is refused. One reference: the parser has hundreds of places that may throw one, and a large error would
/// take stack in all of them.
public struct SyntaxDiagnostic: Error, Sendable {
    public enum Kind: Sendable { case syntax, nestingTooDeep, tooLarge, calledOff }

    private final class Details: Sendable {
        let kind: Kind
        let message: String
        let offset: Int, length: Int
        let sourceName: String
        let line: Int, column: Int
        let sourceLine: String, sourceLineColumn: Int

        init(_ kind: Kind, _ message: String, offset: Int, length: Int, source: SourceText) {
            self.kind = kind
            self.message = message
            self.offset = offset
            self.length = max(1, length)
            sourceName = source.name
            let place = source.position(of: offset)
            line = place.line
            column = place.column
            let at = min(max(0, offset), source.units.count)
            let start = max(min(max(0, offset - place.column + 1), source.units.count), at - 200)
            let limit = min(source.units.count, at + 200)
            var end = start
            while end < limit, end < at || !SourceText.isLineTerminator(source.units[end]) { end += 1 }
            sourceLineColumn = at - start + 1
            sourceLine = String(decoding: source.units[start..<end], as: UTF16.self)
        }
    }

    private let details: Details

    public var kind: Kind { details.kind }
    public var message: String { details.message }
    /// Range in UTF-16 units.
    public var offset: Int { details.offset }
    public var length: Int { details.length }
    public var sourceName: String { details.sourceName }
    /// Both from 1.
    public var line: Int { details.line }
    public var column: Int { details.column }
    /// The line of the source, or the part of a long line around the place, and where the place is in it, from 1.
    public var sourceLine: String { details.sourceLine }
    public var sourceLineColumn: Int { details.sourceLineColumn }

    @inline(never)
    init(_ kind: Kind, _ message: String, offset: Int, length: Int, source: SourceText) {
        details = Details(kind, message, offset: offset, length: length, source: source)
    }

    /// `file:line:column`, the source line (cut around the place when long), a caret line, the message.
    public func rendered() -> String {
        "\(sourceName):\(line):\(column)\n"
            + SourceExcerpt.render(line: sourceLine, column: sourceLineColumn, length: length)
            + "\n\nSyntaxError: \(message)"
    }
}

/// A source line with carets below.
public enum SourceExcerpt {
    public static func render(line: String, column: Int, length: Int) -> String {
        let units = Array(line.utf16)
        let at = min(max(0, column - 1), units.count)
        let first = at > 70 ? at - 60 : 0
        let last = min(units.count, first + 100)
        let shown = units[first..<max(first, last)]
        let padding = shown.prefix(at - first).map { $0 == 9 ? UInt16(9) : UInt16(32) }
        let carets = String(repeating: "^", count: max(1, min(length, last - at)))
        return String(decoding: shown, as: UTF16.self) + "\n" + String(decoding: padding, as: UTF16.self) + carets
    }
}
