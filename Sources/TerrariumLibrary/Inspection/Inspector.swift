import TerrariumEngine
import TerrariumText

/// Shows values as `util.inspect` of Node does, with its defaults: for the console, and for hosts.
///
/// Rules:
/// 1. No guest code runs: getters are shown as such, proxies as their target, `toString` and the like are not asked.
/// 2. Everything is charged, and what is collected counts against the heap limit.
public struct Inspector {
    let machine: Machine
    /// Objects nested deeper are shown by name.
    public var depth = 2
    let maximumElements = 100
    let maximumString = 10_000
    let breakLength = 80
    /// Non-enumerable properties too.
    public var showsHidden = false

    var indentation = 0
    var currentDepth = 0
    /// Objects that are being shown, outermost first.
    var seen: [UInt32] = []
    /// Objects that were met again below themselves, with their numbers.
    var circular: [UInt32: Int] = [:]

    /// With the escape sequences of terminals.
    public var colors: Bool

    public init(_ machine: Machine) {
        self.machine = machine
        colors = machine.host.showsColors
    }

    /// The value with its contents; strings in quotes.
    public func inspect(_ value: Value) throws(Thrown) -> String {
        var copy = self
        return try copy.format(value, level: 0)
    }

    mutating func format(_ value: Value, level: Int) throws(Thrown) -> String {
        try machine.charge(8)
        if value.isString { return try quotedLines(value) }
        if value.isNumber { return styled(Inspector.number(value), .number) }
        if value.isBigInt { return styled(machine.describe(value) + "n", .bigInt) }
        guard value.isObject else { return styled(machine.describe(value), Style(of: value)) }
        guard let object = machine.withoutProxies(value.offset) else { return styled("<Revoked Proxy>", .special) }
        if seen.contains(object) {
            let number = circular[object] ?? circular.count + 1
            circular[object] = number
            return styled("[Circular *\(number)]", .special)
        }
        if machine.isNativeStackExhausted { return "[…]" }
        return try formatObject(object, level: level)
    }

    static func number(_ value: Value) -> String {
        let number = value.number
        if number == 0, number.sign == .minus { return "-0" }
        return numberText(number)
    }

    // MARK: Strings

    private mutating func quotedLines(_ value: Value) throws(Thrown) -> String {
        let length = machine.stringLength(value)
        try machine.charge(length / 4)
        var units = try machine.flat(value).units
        var trailer = ""
        if length > maximumString {
            let rest = length - maximumString
            units = Array(units[..<maximumString])
            trailer = "... \(rest) more character\(rest > 1 ? "s" : "")"
        }
        // Long texts with several lines are shown line by line.
        if units.count > 16, units.count > breakLength - indentation - 4, units.dropLast().contains(10) {
            var lines: [String] = []
            var start = 0
            for (index, unit) in units.enumerated() where unit == 10 {
                lines.append(styled(Inspector.quote(units[start...index]), .string))
                start = index + 1
            }
            if start < units.count { lines.append(styled(Inspector.quote(units[start...]), .string)) }
            return lines.joined(separator: " +\n" + String(repeating: " ", count: indentation + 2)) + trailer
        }
        return styled(Inspector.quote(units[...]), .string) + trailer
    }

    /// A string literal, with the quotes that need fewest escapes.
    static func quote(_ units: ArraySlice<UInt16>) -> String {
        var quote: UInt16 = 39
        if units.contains(39) {
            if !units.contains(34) {
                quote = 34
            } else if !units.contains(96), !hasTemplate(units) {
                quote = 96
            }
        }
        var result: [UInt16] = [quote]
        var index = units.startIndex
        while index < units.endIndex {
            let unit = units[index]
            switch unit {
            case 8: result += [92, 98]
            case 9: result += [92, 116]
            case 10: result += [92, 110]
            case 12: result += [92, 102]
            case 13: result += [92, 114]
            case 92: result += [92, 92]
            case quote: result += [92, quote]
            case 0..<32, 127..<160:
                result += Array("\\x\(unit < 16 ? "0" : "")\(String(unit, radix: 16, uppercase: true))".utf16)
            case 0xD800..<0xE000:
                let isPair = unit < 0xDC00 && index + 1 < units.endIndex && (0xDC00..<0xE000).contains(units[index + 1])
                if isPair {
                    result += [unit, units[index + 1]]
                    index += 1
                } else {
                    result += Array("\\u\(String(unit, radix: 16))".utf16)
                }
            default: result.append(unit)
            }
            index += 1
        }
        result.append(quote)
        return String(decoding: UTF8Transcoding.encode(result[...]), as: UTF8.self)
    }

    private static func hasTemplate(_ units: ArraySlice<UInt16>) -> Bool {
        zip(units, units.dropFirst()).contains { $0 == 36 && $1 == 123 }
    }

    // MARK: Layout

    enum Extras { case object, array }

    /// Entries on one line when they are short and simple, otherwise one below the other.
    mutating func reduce(
        _ entries: [String], base: String, open: String, close: String, extras: Extras, level: Int, areNumbers: Bool,
        hasMore: Bool
    ) throws(Thrown) -> String {
        try machine.charge(entries.reduce(0) { $0 &+ $1.utf8.count } / 8 &+ entries.count)
        var output = entries
        if extras == .array, entries.count > 6 { output = group(entries, areNumbers: areNumbers, hasMore: hasMore) }
        let start = base.isEmpty ? "" : base + " "
        if currentDepth - level < 3, output.count == entries.count {
            var total = output.count + output.count + indentation + width(open) + width(base) + 10
            for entry in output { total += width(entry) }
            if total + output.count <= breakLength + output.count, !base.contains("\n") {
                let joined = output.joined(separator: ", ")
                if !joined.contains("\n") { return "\(start)\(open) \(joined) \(close)" }
            }
        }
        let line = "\n" + String(repeating: " ", count: indentation)
        return "\(start)\(open)\(line)  \(output.joined(separator: ",\(line)  "))\(line)\(close)"
    }

    /// Many short entries in columns.
    private func group(_ output: [String], areNumbers: Bool, hasMore: Bool) -> [String] {
        let count = hasMore ? output.count - 1 : output.count
        let lengths = output[..<count].map { width($0) }
        let total = lengths.reduce(0) { $0 + $1 + 2 }
        let longest = lengths.max() ?? 0
        let actual = longest + 2
        guard actual * 3 + indentation < breakLength, Double(total) / Double(actual) > 5 || longest <= 6 else { return output }
        let bias = (Double(actual) - Double(total) / Double(output.count)).squareRoot()
        let biased = max(Double(actual) - 3 - bias, 1)
        let columns = min(
            Int(exactly: ((2.5 * biased * Double(count)).squareRoot() / biased).rounded(.toNearestOrAwayFromZero)) ?? 1,
            (breakLength - indentation) / max(1, actual), 12)
        if columns <= 1 { return output }
        var widths: [Int] = []
        for column in 0..<columns {
            widths.append((stride(from: column, to: count, by: columns).map { lengths[$0] }.max() ?? 0) + 2)
        }
        var rows: [String] = []
        for start in stride(from: 0, to: count, by: columns) {
            let end = min(start + columns, count)
            var row = ""
            for index in start..<(end - 1) {
                let text = output[index] + ", "
                let padding = String(repeating: " ", count: max(0, widths[index - start] - lengths[index] - 2))
                row += areNumbers ? padding + text : text + padding
            }
            let padding = String(repeating: " ", count: max(0, widths[end - 1 - start] - 2 - lengths[end - 1]))
            row += areNumbers ? padding + output[end - 1] : output[end - 1]
            rows.append(row)
        }
        if hasMore, let last = output.last { rows.append(last) }
        return rows
    }
}

func numberText(_ number: Double) -> String { String(decoding: NumberText.of(number), as: UTF8.self) }
