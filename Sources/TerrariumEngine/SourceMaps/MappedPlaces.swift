import TerrariumCage
import TerrariumText

/// Places of instructions as the author of the code knows them: through the source map of the script, if it has one.
/// A map is looked for and decoded when the first place of its script is asked for.
extension Machine {
    enum MapState {
        case none
        case map(SourceMap)
    }

    /// Source maps by script, and the host memory that they take.
    struct SourceMapTable {
        var states: [Int: MapState] = [:]
        var bytes = 0
    }

    /// Source, line and column of an instruction.
    func mappedPlace(_ found: (script: Int, function: Int), word: UInt32) -> (source: String, line: Int, column: Int) {
        let offset = scripts[found.script][found.function].sourceOffset(at: word)
        let place = scripts[found.script].lineAndColumn(of: offset)
        if let original = sourceMap(found.script)?.original(line: place.line, column: place.column) {
            return (original.source, original.line, original.column)
        }
        return (scripts[found.script].sourceName, place.line, place.column)
    }

    /// The source line of an instruction, from the map where it carries the source.
    func mappedLine(_ found: (script: Int, function: Int), word: UInt32) -> String {
        let offset = scripts[found.script][found.function].sourceOffset(at: word)
        let place = scripts[found.script].lineAndColumn(of: offset)
        if let map = sourceMap(found.script), let original = map.original(line: place.line, column: place.column) {
            return map.text(of: original) ?? ""
        }
        return scripts[found.script].text(ofLineAt: offset)
    }

    /// The name that a function has in the original source.
    func mappedName(_ found: (script: Int, function: Int), _ name: String) -> String? {
        guard let map = sourceMap(found.script) else { return nil }
        // The name stands near the start of the function's text.
        let start = Int(scripts[found.script][found.function].sourceStart)
        let units = Array(name.utf16)
        let text = scripts[found.script].sourceText.slice(start, min(start &+ 80 &+ units.count, scripts[found.script].sourceText.count))
        guard !units.isEmpty, text.count >= units.count else { return nil }
        for offset in 0...(text.count - units.count) where text[offset] == units[0] && text[offset..<(offset + units.count)].elementsEqual(units) {
            let place = scripts[found.script].lineAndColumn(of: UInt32(truncatingIfNeeded: start &+ offset))
            return map.original(line: place.line, column: place.column)?.name
        }
        return nil
    }

    private func sourceMap(_ script: Int) -> SourceMap? {
        if let known = sourceMaps.states[script] {
            if case .map(let map) = known { return map }
            return nil
        }
        guard let url = scripts[script].sourceMapURL, let json = mapText(script, url),
            json.count <= SourceMap.maximumLength
        else {
            sourceMaps.states[script] = MapState.none
            return nil
        }
        let bytes = SourceMap.memory(for: json.count)
        // A map that does not fit the heap limit beside what is there is not used.
        guard heapInUse &+ sourceMaps.bytes &+ bytes <= currentLimits.heap, (try? charge(json.count / 4)) != nil,
            let map = SourceMap(json: json)
        else {
            sourceMaps.states[script] = MapState.none
            return nil
        }
        sourceMaps.bytes &+= bytes
        sourceMaps.states[script] = .map(map)
        return map
    }

    private func mapText(_ script: Int, _ url: [UInt8]) -> [UInt8]? {
        guard url.starts(with: Array("data:".utf8)) else {
            return host.loadSourceMap?(scripts[script].sourceName, String(decoding: url, as: UTF8.self))
        }
        guard let comma = url.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let head = String(decoding: url[..<comma], as: UTF8.self).lowercased()
        guard head.hasPrefix("data:application/json"), head.hasSuffix(";base64"),
            heapInUse &+ url.count &* 2 <= currentLimits.heap, (try? charge(url.count / 4)) != nil
        else { return nil }
        return SourceMap.decodeBase64(url[(comma + 1)...])
    }
}

extension ScriptTemplate {
    /// What a `//# sourceMappingURL=` comment on the last line names; the host's own choice goes first.
    var sourceMapURL: [UInt8]? {
        guard case .latin1(let bytes) = sourceText.asciiTail else { return nil }
        var end = bytes.count
        while end > 0, bytes[end - 1] <= 32 { end -= 1 }
        var start = end
        while start > 0, bytes[start - 1] != 10, bytes[start - 1] != 13 { start -= 1 }
        var line = bytes[start..<end]
        while let first = line.first, first == 32 || first == 9 { line = line.dropFirst() }
        for mark in ["//# sourceMappingURL=", "//@ sourceMappingURL="] where line.starts(with: mark.utf8) {
            let url = line.dropFirst(mark.utf8.count)
            return url.contains { $0 <= 32 } ? nil : Array(url)
        }
        return nil
    }
}

extension ConstantText {
    /// The last line with its line terminator before it, as Latin-1; other units become question marks.
    fileprivate var asciiTail: ConstantText {
        switch self {
        case .latin1(let bytes):
            return .latin1(Array(bytes[ConstantText.lastLine(bytes.count) { UInt16(bytes[$0]) }..<bytes.count]))
        case .utf16(let units):
            let start = ConstantText.lastLine(units.count) { units[$0] }
            return .latin1(units[start...].map { $0 < 128 ? UInt8($0) : 63 })
        }
    }

    private static func lastLine(_ count: Int, _ unit: (Int) -> UInt16) -> Int {
        var start = count
        while start > 0, unit(start - 1) <= 32 { start -= 1 }
        while start > 0, unit(start - 1) != 10, unit(start - 1) != 13 { start -= 1 }
        return start
    }
}

extension SourceMap {
    /// Bytes of a base64 text; nil when it is none.
    static func decodeBase64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0, count = 0
        for byte in text {
            if byte == UInt8(ascii: "=") { break }
            guard let digit = digit(byte) else { return nil }
            bits = bits << 6 | UInt32(digit)
            count += 1
            if count == 4 {
                result += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits)]
                (bits, count) = (0, 0)
            }
        }
        switch count {
        case 2: result.append(UInt8(truncatingIfNeeded: bits >> 4))
        case 3: result += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
        case 1: return nil
        default: break
        }
        return result
    }
}
