/// A source map (ECMA-426), decoded: where each part of a generated script comes from. Only what a stack trace needs.
///
/// Maps come from whoever wrote the script, so nothing in one is trusted: sizes are bounded before memory is taken,
/// numbers that do not fit end the decoding, and an index out of range names nothing.
struct SourceMap: Sendable {
    /// Bytes of memory that decoding a map of this many UTF-8 bytes may take.
    static func memory(for count: Int) -> Int { count &* 8 &+ 4096 }
    /// Longest text of a map, in bytes.
    static let maximumLength = 32 << 20

    private struct Segment {
        var column: UInt32
        /// Index in `sources`, or none.
        var source: UInt32
        var line: UInt32, sourceColumn: UInt32
        /// Index in `names`, or none.
        var name: UInt32
    }
    private static let none = UInt32.max

    private var sources: [String?] = []
    private var names: [String] = []
    /// Texts of the sources where the map carries them.
    private var contents: [String?] = []
    private var segments: [Segment] = []
    /// Where each generated line starts in `segments`.
    private var lineStarts: [Int] = [0]

    struct Original: Sendable, Equatable {
        var source: String
        /// Both from 1.
        var line: Int, column: Int
        var name: String?
        /// Index of the source.
        var number: Int
    }

    /// - Returns: nil when the text is no source map.
    init?(json: [UInt8]) {
        guard json.count <= SourceMap.maximumLength else { return nil }
        var reader = SourceMapReader(json)
        guard let fields = reader.read(), fields.isVersion3, let mappings = fields.mappings else { return nil }
        let root = fields.sourceRoot.isEmpty || fields.sourceRoot.hasSuffix("/") ? fields.sourceRoot : fields.sourceRoot + "/"
        sources = fields.sources.map { name in name.map { root + $0 } }
        names = fields.names.map { $0 ?? "" }
        contents = fields.contents
        guard decode(mappings) else { return nil }
    }

    // MARK: Mappings

    /// Base64 VLQ: groups of a line divided by `;`, segments by `,`, numbers relative to those before.
    private mutating func decode(_ text: [UInt8]) -> Bool {
        var column: Int64 = 0, source: Int64 = 0, line: Int64 = 0, sourceColumn: Int64 = 0, name: Int64 = 0
        var values: (Int64, Int64, Int64, Int64, Int64) = (0, 0, 0, 0, 0)
        var count = 0, value: Int64 = 0, shift: Int64 = 0
        var isSorted = true

        for byte in text + [UInt8(ascii: ";")] {
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") {
                guard shift == 0 else { return false }
                if count > 0 {
                    guard count == 1 || count == 4 || count == 5 else { return false }
                    column += values.0
                    if count > 1 { (source, line, sourceColumn) = (source + values.1, line + values.2, sourceColumn + values.3) }
                    if count > 4 { name += values.4 }
                    guard let fields = SourceMap.fit(column, source, line, sourceColumn, name) else { return false }
                    if let last = segments.last, segments.count > (lineStarts.last ?? 0), last.column > fields.column { isSorted = false }
                    segments.append(
                        Segment(
                            column: fields.column, source: count > 1 ? fields.source : SourceMap.none, line: fields.line,
                            sourceColumn: fields.sourceColumn, name: count > 4 ? fields.name : SourceMap.none))
                }
                count = 0
                if byte == UInt8(ascii: ";") {
                    if !isSorted { sortLine() }
                    isSorted = true
                    lineStarts.append(segments.count)
                    column = 0
                }
                continue
            }
            guard let digit = SourceMap.digit(byte), shift <= 30 else { return false }
            value |= Int64(digit & 31) << shift
            shift += 5
            if digit & 32 != 0 { continue }
            let number = value & 1 != 0 ? -(value >> 1) : value >> 1
            switch count {
            case 0: values.0 = number
            case 1: values.1 = number
            case 2: values.2 = number
            case 3: values.3 = number
            case 4: values.4 = number
            default: return false
            }
            count += 1
            (value, shift) = (0, 0)
        }
        return true
    }

    private mutating func sortLine() {
        let start = lineStarts.last ?? 0
        guard start < segments.count else { return }
        segments[start...].sort { $0.column < $1.column }
    }

    private static func fit(_ column: Int64, _ source: Int64, _ line: Int64, _ sourceColumn: Int64, _ name: Int64)
        -> (column: UInt32, source: UInt32, line: UInt32, sourceColumn: UInt32, name: UInt32)?
    {
        guard let column = UInt32(exactly: column), let source = UInt32(exactly: source), let line = UInt32(exactly: line),
            let sourceColumn = UInt32(exactly: sourceColumn), let name = UInt32(exactly: name), line < 1 << 31,
            sourceColumn < 1 << 31
        else { return nil }
        return (column, source, line, sourceColumn, name)
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    // MARK: Looking up

    /// The original place of a generated one; line and column from 1.
    func original(line: Int, column: Int) -> Original? {
        guard line >= 1, line < lineStarts.count, column >= 1 else { return nil }
        let start = lineStarts[line - 1], end = lineStarts[line]
        var low = start, high = end
        while low < high {
            let middle = (low + high) / 2
            if Int(segments[middle].column) <= column - 1 { low = middle + 1 } else { high = middle }
        }
        guard low > start else { return nil }
        let segment = segments[low - 1]
        guard segment.source != SourceMap.none, Int(segment.source) < sources.count, let source = sources[Int(segment.source)]
        else { return nil }
        let name = segment.name == SourceMap.none || Int(segment.name) >= names.count ? nil : names[Int(segment.name)]
        return Original(
            source: source, line: Int(segment.line) + 1, column: Int(segment.sourceColumn) + 1, name: name,
            number: Int(segment.source))
    }

    /// The line of the original source, when the map carries it.
    func text(of original: Original) -> String? {
        guard original.number < contents.count, let content = contents[original.number] else { return nil }
        var number = 1
        var start = content.utf8.startIndex
        while number < original.line {
            guard let end = content.utf8[start...].firstIndex(of: 10) else { return nil }
            start = content.utf8.index(after: end)
            number += 1
        }
        let end = content.utf8[start...].firstIndex(of: 10) ?? content.utf8.endIndex
        var text = String(content[start..<end])
        if text.hasSuffix("\r") { text.removeLast() }
        return text
    }
}
