import TerrariumCage

/// An exception that nobody caught, as text for a person. Runs no guest code: what only accessors and proxies could tell
/// is left out.
extension Machine {
    /// Where an error comes from: its innermost frame that has a source, and that line of the source.
    public struct ErrorPlace: Sendable {
        public let frame: StackFrame
        public let sourceLine: String
    }

    /// Place of an uncaught value, when it is known.
    public func place(of value: Value) -> ErrorPlace? {
        guard value.isObject, kind(of: value.offset) == CellKind.error else {
            guard let thrown = lastThrow, thrown.value == value.bits, thrown.script < scripts.count,
                thrown.function < scripts[thrown.script].count
            else { return nil }
            return errorPlace((thrown.script, thrown.function), word: thrown.word, function: "")
        }
        let list = field(value.offset, 0)
        guard list.isCell, kind(of: list.offset) == CellKind.list else { return nil }
        var position = list.offset &+ 16
        for _ in 0..<min(cage.load32(list.offset, Layout.elementsLength), 300) / 3 {
            let function = Value(bits: cage.load64(position)), info = Value(bits: cage.load64(position, 16))
            position = position &+ 24
            guard function.isObject, info.isInt, info.int & CapturedFrame.native == 0,
                let found = template(of: cage.load32(function.offset, Layout.functionCode))
            else { continue }
            return errorPlace(found, word: UInt32(bitPattern: info.int) >> UInt32(CapturedFrame.shift), function: functionName(function.offset))
        }
        return nil
    }

    private func errorPlace(_ found: (script: Int, function: Int), word: UInt32, function: String) -> ErrorPlace {
        let place = mappedPlace(found, word: word)
        let frame = StackFrame(function: function, source: place.source, line: place.line, column: place.column)
        return ErrorPlace(frame: frame, sourceLine: mappedLine(found, word: word))
    }

    /// `file:line:column`, the source line, a caret, and what was thrown with its stack, causes and inner errors.
    public func report(uncaught value: Value, inPromise: Bool = false) -> String {
        let what = "Uncaught \(inPromise ? "(in promise) " : "")\(details(of: value))"
        guard let place = place(of: value) else { return what }
        // A source map may name a place without its text.
        if place.sourceLine.isEmpty { return "\(place.frame.place)\n\n" + what }
        return "\(place.frame.place)\n" + excerpt(place.sourceLine, column: place.frame.column) + "\n\n" + what
    }

    /// An error's stack, followed by its own properties, cause and inner errors.
    public func details(of value: Value) -> String {
        var report = ErrorDetails(machine: self)
        return report.text(of: value, indent: "", depth: 0)
    }

    func excerpt(_ line: String, column: Int) -> String {
        let units = Array(line.utf16)
        let at = min(max(0, column - 1), units.count)
        let first = at > 70 ? at - 60 : 0
        let last = min(units.count, first + 100)
        let padding = units[first..<max(first, at)].map { $0 == 9 ? UInt16(9) : UInt16(32) }
        return String(decoding: units[first..<max(first, last)], as: UTF16.self) + "\n"
            + String(decoding: padding, as: UTF16.self) + "^"
    }
}

/// Builds the text of an error and of what it holds; bounded in depth and number.
private struct ErrorDetails {
    let machine: Machine
    private var seen: [UInt32] = []
    private var left = 100

    init(machine: Machine) { self.machine = machine }

    mutating func text(of value: Value, indent: String, depth: Int) -> String {
        guard value.isObject, machine.kind(of: value.offset) == CellKind.error else { return plain(value) }
        left -= 1
        let object = value.offset
        let stack = machine.dataText(object, machine.wellKnown.stack) ?? machine.errorSummary(object)
        let lines = stack.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n" + indent)
        if seen.contains(object) { return "[Circular]" }
        guard depth < 5, left > 0 else { return lines }
        seen.append(object)
        defer { seen.removeLast() }
        let inner = indent + "  "
        var parts: [String] = []
        for (key, value, isEnumerable) in machine.dataProperties(of: object, limit: 30) {
            if key == "cause", !isEnumerable {
                parts.append("[cause]: \(text(of: value, indent: inner, depth: depth + 1))")
            } else if key == "errors", !isEnumerable, value.isObject, machine.kind(of: value.offset) == CellKind.array {
                var items: [String] = []
                for index in 0..<min(20, machine.cage.load32(value.offset, Layout.arrayLength)) {
                    guard left > 0, let element = machine.ownElement(value.offset, index) else { continue }
                    items.append(inner + "  " + text(of: element.value, indent: inner + "  ", depth: depth + 1))
                }
                parts.append(items.isEmpty ? "[errors]: []" : "[errors]: [\n" + items.joined(separator: ",\n") + "\n\(inner)]")
            } else if isEnumerable {
                parts.append("\(key): \(plain(value))")
            }
        }
        if parts.isEmpty { return lines }
        return lines + " {\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n\(indent)}"
    }

    private func plain(_ value: Value) -> String {
        if value.isString {
            let text = machine.swiftString(value)
            return seen.isEmpty ? text : "'\(text)'"
        }
        if value.isObject, machine.kind(of: value.offset) == CellKind.error { return "[\(machine.errorSummary(value.offset))]" }
        return machine.describe(value)
    }
}

extension Machine {
    /// Own named data properties in the order of their creation.
    fileprivate func dataProperties(of object: UInt32, limit: UInt32) -> [(key: String, value: Value, isEnumerable: Bool)] {
        var result: [(key: String, value: Value, isEnumerable: Bool)] = []
        let shape = cage.load32(object)
        let table = cage.load32(shape, ShapeLayout.table)
        if table == 0 { return [] }
        for entry in 0..<min(limit, min(cage.load32(shape, ShapeLayout.count), cage.load32(table))) {
            let key = cage.load32(table &+ 16 &+ entry &* 8)
            guard key != 0, cage.load8(key, Layout.kind) != CellKind.symbol else { continue }
            let place = location(table, entry)
            guard place.attributes & Attribute.accessor == 0 else { continue }
            result.append(
                (describe(PropertyKey(atom: key)), loadSlot(object, shape, place.slot), place.attributes & Attribute.enumerable != 0))
        }
        return result
    }
}

extension ScriptTemplate {
    /// The line that an offset is in, cut around the place when it is very long.
    func text(ofLineAt offset: UInt32) -> String {
        let place = lineAndColumn(of: offset)
        let start = place.line - 1 < lineStarts.count ? Int(lineStarts[place.line - 1]) : 0
        let end = place.line < lineStarts.count ? Int(lineStarts[place.line]) : sourceText.count
        var units = sourceText.slice(start, min(end, max(start, Int(offset) + 400)))
        while let last = units.last, last == 10 || last == 13 || last == 0x2028 || last == 0x2029 { units.removeLast() }
        return String(decoding: units, as: UTF16.self)
    }
}

extension ConstantText {
    var count: Int {
        switch self {
        case .latin1(let bytes): bytes.count
        case .utf16(let units): units.count
        }
    }
}
