import TerrariumEngine
import TerrariumText

/// What `console.log` makes of its arguments (the Formatter of the Console Standard, with Node's results).
extension Inspector {
    /// All arguments as one text: placeholders in the first, the rest behind it.
    public func format(_ arguments: [Value]) throws(Thrown) -> String {
        var text = ""
        var index = 0
        if let first = arguments.first, first.isString, arguments.count > 1 {
            let units = try machine.flat(first).units
            if units.contains(37) {
                index = 1
                text = try placeholders(units, arguments, &index)
            }
        }
        while index < arguments.count {
            if index > 0 { text += " " }
            text += try plain(arguments[index])
            index += 1
        }
        return text
    }

    /// A string as it is, everything else inspected.
    public func plain(_ value: Value) throws(Thrown) -> String {
        if value.isString {
            try machine.charge(machine.stringLength(value) / 8)
            try machine.requireHeap(machine.stringLength(value) &* 2)
            return machine.swiftString(value)
        }
        return try inspect(value)
    }

    private func placeholders(_ units: [UInt16], _ arguments: [Value], _ next: inout Int) throws(Thrown) -> String {
        var result: [UInt16] = []
        var index = 0
        while index < units.count {
            let unit = units[index]
            guard unit == 37, index + 1 < units.count else {
                result.append(unit)
                index += 1
                continue
            }
            let kind = units[index + 1]
            if kind == 37 {
                result.append(37)
                index += 2
                continue
            }
            guard next < arguments.count, let text = try placeholder(kind, arguments[next]) else {
                result.append(unit)
                index += 1
                continue
            }
            next += 1
            result += Array(text.utf16)
            try machine.requireHeap(result.count &* 2)
            index += 2
        }
        return String(decoding: UTF8Transcoding.encode(result[...]), as: UTF8.self)
    }

    private func placeholder(_ kind: UInt16, _ value: Value) throws(Thrown) -> String? {
        switch kind {
        case 115:  // s
            if value.isString { return try plain(value) }
            if value.isNumber { return Inspector.number(value) }
            if value.isBigInt { return machine.describe(value) + "n" }
            guard value.isObject else { return machine.describe(value) }
            if let source = machine.sourceText(of: value.offset) { return String(decoding: source, as: UTF16.self) }
            var shallow = self
            shallow.depth = 0
            return try shallow.inspect(value)
        case 100, 105, 102:  // d, i, f
            if value.isBigInt, kind != 102 { return machine.describe(value) + "n" }
            guard !value.isSymbol, !value.isObject else { return "NaN" }
            let number = kind == 100 || !value.isString
                ? try machine.toDouble(value) : try leadingNumber(machine.flat(value).units, isInteger: kind == 105)
            return Inspector.number(Value(number: kind == 105 ? number.rounded(.towardZero) : number))
        case 106:  // j
            guard value.isString else { return try inspect(value) }
            let quoted = Inspector.quote(try machine.flat(value).units[...])
            return quoted.contains("\"") ? quoted : "\"\(quoted.dropFirst().dropLast())\""
        case 79: return try inspect(value)  // O
        case 111:  // o
            var deep = self
            deep.depth = 4
            deep.showsHidden = true
            return try deep.inspect(value)
        case 99: return ""  // c
        default: return nil
        }
    }

    /// parseInt and parseFloat of decimal numbers.
    private func leadingNumber(_ units: [UInt16], isInteger: Bool) throws(Thrown) -> Double {
        var text = ""
        for unit in units.drop(while: { $0 == 32 || ($0 >= 9 && $0 <= 13) }).prefix(400) {
            guard let scalar = Unicode.Scalar(unit) else { break }
            let character = Character(scalar)
            if character.isWholeNumber || ("+-".contains(character) && text.isEmpty) || (character == "." && !isInteger && !text.contains(".")) {
                text.append(character)
            } else {
                break
            }
        }
        return Double(text.hasSuffix(".") ? String(text.dropLast()) : text) ?? .nan
    }

    // MARK: Tables

    /// `console.table`; nil when the value is no object.
    public func table(_ data: Value) throws(Thrown) -> String? {
        guard data.isObject, let object = machine.withoutProxies(data.offset) else { return nil }
        var shallow = self
        shallow.depth = 0
        shallow.colors = false
        var columns: [String] = []
        var rows: [(index: String, cells: [String: String], value: String?)] = []
        var hasValues = false
        let isMap = machine.kind(of: object) == CellKind.map, isSet = machine.kind(of: object) == CellKind.set
        var entries: [(String, Value)] = []
        if isMap || isSet {
            for (number, entry) in try machine.storedEntries(object).enumerated() {
                entries.append((isMap ? try plain(entry.key) : String(number), entry.value))
            }
        } else {
            for key in try machine.storedKeys(object) where !key.isSymbol {
                guard let own = machine.storedProperty(object, key), own.enumerable == true else { continue }
                entries.append((machine.describe(key), own.value ?? .undefined))
            }
        }
        try machine.requireHeap(entries.count &* 256)
        for (index, value) in entries {
            try machine.charge(64)
            guard value.isObject, !machine.isCallable(value), let row = machine.withoutProxies(value.offset) else {
                hasValues = true
                rows.append((index, [:], try shallow.inspect(value)))
                continue
            }
            var cells: [String: String] = [:]
            for key in try machine.storedKeys(row) where !key.isSymbol {
                guard let own = machine.storedProperty(row, key), own.enumerable == true else { continue }
                let name = machine.describe(key)
                if !columns.contains(name) {
                    guard columns.count < 1000 else { continue }
                    columns.append(name)
                }
                cells[name] = try shallow.inspect(own.value ?? .undefined)
            }
            rows.append((index, cells, nil))
        }
        let head = [isMap || isSet ? "(iteration index)" : "(index)"] + columns + (hasValues ? ["Values"] : [])
        var lines: [[String]] = []
        for row in rows {
            try machine.charge(head.count &* 8)
            lines.append([row.index] + columns.map { row.cells[$0] ?? "" } + (hasValues ? [row.value ?? ""] : []))
        }
        var widths = head.map { $0.utf16.count + 2 }
        for line in lines { for (index, cell) in line.enumerated() { widths[index] = max(widths[index], cell.utf16.count + 2) } }
        func rule(_ left: String, _ middle: String, _ right: String) -> String {
            left + widths.map { String(repeating: "─", count: $0) }.joined(separator: middle) + right
        }
        func row(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { index, cell in
                let rest = widths[index] - cell.utf16.count
                return String(repeating: " ", count: rest / 2) + cell + String(repeating: " ", count: rest - rest / 2)
            }
            return "│" + padded.joined(separator: "│") + "│"
        }
        return ([rule("┌", "┬", "┐"), row(head), rule("├", "┼", "┤")] + lines.map(row) + [rule("└", "┴", "┘")])
            .joined(separator: "\n")
    }
}
