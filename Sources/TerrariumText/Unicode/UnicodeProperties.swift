/// The properties that `\p{…}` in a regular expression may name (ECMA-262, 22.2.2.9 and tables 66 to 69), with exactly
/// the names and aliases of the specification: no loose matching.
public enum UnicodeProperties {
    /// The code points that have the property, as sorted closed ranges that do not touch each other. `nil` when the
    /// name, or the name with this value, is not one that ECMAScript knows.
    ///
    /// `\p{Name=Value}` passes both; `\p{Name}` passes no value, and then the name is a binary property or a value of
    /// General_Category.
    ///
    /// - Complexity: one scan over the table (tens of microseconds) and the number of ranges; callers keep the result.
    public static func ranges(name: [UInt8], value: [UInt8]?) -> [(UInt32, UInt32)]? {
        guard let value else {
            guard let entry = find(name, in: category) ?? find(name, in: binary) else { return nil }
            return decode(entry)
        }
        let table: [UInt8]
        switch String(decoding: name, as: UTF8.self) {
        case "General_Category", "gc": table = category
        case "Script", "sc": table = script
        case "Script_Extensions", "scx": table = scriptExtensions
        default: return nil
        }
        return find(value, in: table).map(decode)
    }

    /// The strings of a property of strings (`\p{RGI_Emoji}`, only with the `v` flag), single code points included, each
    /// as code points. `nil` when the name is not one.
    public static func strings(name: [UInt8]) -> [[UInt32]]? {
        if name == Array("RGI_Emoji".utf8) {
            var all: [[UInt32]] = []
            for line in sequences.split(separator: 0x0A) {
                appendStrings(of: line, to: &all)
            }
            return all
        }
        guard let entry = find(name, in: sequences) else { return nil }
        var result: [[UInt32]] = []
        appendStrings(of: entry, to: &result)
        return result
    }

    private static let category = Array(UnicodeCategoryData.lines.utf8)
    private static let script = Array(UnicodeScriptData.lines.utf8)
    private static let scriptExtensions = Array(UnicodeScriptExtensionData.lines.utf8)
    private static let binary = Array(UnicodeBinaryPropertyData.lines.utf8)
    private static let sequences = Array(UnicodeSequencePropertyData.lines.utf8)

    private static func decode(_ line: ArraySlice<UInt8>) -> [(UInt32, UInt32)] {
        var table = PackedTable(data(of: line))
        return table.ranges()
    }

    private static func data(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let separator = line.firstIndex(of: 0x3D) else { return [] }
        return line[(separator &+ 1)...]
    }

    /// The line one of whose names, before the first "=", is the given one.
    private static func find(_ name: [UInt8], in table: [UInt8]) -> ArraySlice<UInt8>? {
        guard !name.isEmpty else { return nil }
        for line in table.split(separator: 0x0A) {
            guard let separator = line.firstIndex(of: 0x3D) else { continue }
            for candidate in line[..<separator].split(separator: 0x20) where candidate.elementsEqual(name) {
                return line
            }
        }
        return nil
    }

    private static func appendStrings(of line: ArraySlice<UInt8>, to result: inout [[UInt32]]) {
        let parts = data(of: line).split(separator: 0x20, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        var singles = PackedTable(parts[0])
        for (first, last) in singles.ranges() {
            for scalar in first...last { result.append([scalar]) }
        }
        var table = PackedTable(parts[1])
        var previous: UInt32 = 0
        while !table.isAtEnd {
            var string: [UInt32] = []
            let count = table.number()
            for _ in 0..<count {
                let code = table.number()
                if code < 2 {
                    string.append(code == 0 ? 0x200D : 0xFE0F)
                } else {
                    let zigzag = code &- 2
                    previous = previous &+ ((zigzag >> 1) ^ (0 &- (zigzag & 1)))
                    string.append(previous)
                }
            }
            result.append(string)
        }
    }
}
