import TerrariumCage
import TerrariumText

/// Values in messages, without running guest code.
extension Machine {
    public func describe(_ key: PropertyKey) -> String {
        if key.isIndex { return String(key.index) }
        if key.isSymbol {
            let description = Value(bits: cage.load64(key.offset, Layout.symbolDescription))
            let text = description.isString ? swiftString(description) : ""
            return cage.load8(key.offset, Layout.flags) & StringFlag.privateName != 0 ? text : "Symbol(\(text))"
        }
        return swiftString(Value(string: key.offset))
    }

    public func describe(_ value: Value) -> String {
        if value.isString { return swiftString(value) }
        if value.isInt { return String(value.int) }
        if value.isDouble { return String(decoding: NumberFormatting.toString(value.double), as: UTF8.self) }
        if value.isBoolean { return value == .true ? "true" : "false" }
        if value.isUndefined { return "undefined" }
        if value.isNull { return "null" }
        if value.isSymbol { return describe(PropertyKey(symbol: value.offset)) }
        if value.isBigInt { return (try? bigIntToString(value, radix: 10)).map { swiftString($0) } ?? "BigInt" }
        guard value.isObject else { return "(intermediate value)" }
        switch kind(of: value.offset) {
        case CellKind.array: return "[object Array]"
        case CellKind.error:
            return errorSummary(value.offset)
        case CellKind.function, CellKind.nativeFunction, CellKind.boundFunction:
            if cage.load8(value.offset, Layout.flags) & ObjectFlag.classConstructor != 0 {
                return "class \(functionName(value.offset))"
            }
            return "function \(functionName(value.offset))"
        default: return "#<\(constructorName(value.offset))>"
        }
    }

    /// Callee of a call that failed, for "… is not a function".
    func describeCallee(_ value: Value) -> String {
        calleeText() ?? describe(value)
    }

    /// Name of the constructor in the prototype chain, by data properties only.
    public func constructorName(_ start: UInt32) -> String {
        var object = start
        for _ in 0..<16 where object != 0 {
            if !isExotic(object) || kind(of: object) == CellKind.stringWrapper,
                let own = ordinaryGetOwnProperty(object, PropertyKey(atom: wellKnown.constructor)), let value = own.value,
                value.isObject {
                let name = functionName(value.offset)
                if !name.isEmpty { return name }
            }
            object = ordinaryPrototype(object)
        }
        return "Object"
    }

    /// `Name: message` of an error object, by data properties only.
    public func errorSummary(_ object: UInt32) -> String {
        let name = dataText(object, wellKnown.name) ?? "Error"
        let message = dataText(object, wellKnown.message) ?? ""
        if name.isEmpty { return message }
        return message.isEmpty ? name : "\(name): \(message)"
    }

    /// A data property along the prototype chain as text; nil when absent or an accessor.
    public func dataText(_ start: UInt32, _ key: UInt32) -> String? {
        var object = start
        for _ in 0..<64 where object != 0 {
            if let own = ordinaryGetOwnProperty(object, PropertyKey(atom: key)) {
                guard let value = own.value else { return nil }
                return value.isObject ? nil : describe(value)
            }
            object = ordinaryPrototype(object)
        }
        return nil
    }

    public func typeName(_ value: Value) -> String { swiftString(typeOf(value)) }

    // MARK: Stacks

    /// One line of a stack trace.
    public struct StackFrame: Sendable {
        public var function: String
        public var source: String
        /// From 1.
        public var line: Int, column: Int
    }

    /// The guest's stack, innermost first, at most `limit` frames.
    public func stackFrames(limit: Int = 10) -> [StackFrame] {
        var result: [StackFrame] = []
        var current = frame
        var pc = UInt32(truncatingIfNeeded: cells[Cell.pc])
        guard activationDepth > 0 else { return [] }
        for _ in 0..<10_000 where result.count < limit {
            let callee = UInt32(truncatingIfNeeded: cage.load64(current))
            guard kind(of: callee) == CellKind.function else { break }
            if let place = position(code: cage.load32(callee, Layout.functionCode), pc: pc, function: callee) {
                result.append(place)
            }
            let link = cage.load64(current, 8)
            if link & Link.entry != 0 { break }
            pc = UInt32(truncatingIfNeeded: link) & ~7
            current = current &- (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8
        }
        return result
    }

    private func template(of code: UInt32) -> (script: ScriptTemplate, function: CodeTemplate)? {
        let script = Int(cage.load32(code, Layout.codeReserved)), index = Int(cage.load32(code, Layout.codeTemplate))
        guard script < scripts.count, index < scripts[script].functions.count else { return nil }
        return (scripts[script], scripts[script].functions[index])
    }

    private func word(_ code: UInt32, _ pc: UInt32) -> UInt32 {
        let start = code &+ UInt32(Layout.codeWords) &+ cage.load32(code, Layout.codeConstantCount) &* 8
        return (pc &- 8 &- start) / 8
    }

    private func sourceOffset(_ template: CodeTemplate, word: UInt32) -> UInt32? {
        var low = 0, high = template.positions.count
        while low < high {
            let middle = (low + high) / 2
            if template.positions[middle].word <= word { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : template.positions[low - 1].sourceOffset
    }

    private func position(code: UInt32, pc: UInt32, function: UInt32) -> StackFrame? {
        guard let (script, template) = template(of: code) else { return nil }
        if template.flags.contains(.builtin) { return nil }
        let offset = sourceOffset(template, word: word(code, pc)) ?? template.sourceStart
        var low = 0, high = script.lineStarts.count
        while low < high {
            let middle = (low + high) / 2
            if script.lineStarts[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        let line = max(1, low)
        let start = line - 1 < script.lineStarts.count ? script.lineStarts[line - 1] : 0
        return StackFrame(
            function: template.flags.contains(.topLevel) ? "" : functionName(function), source: script.sourceName,
            line: line, column: Int(offset &- start) + 1)
    }

    /// Text of the expression that the running call instruction calls, from the source.
    private func calleeText() -> String? {
        guard activationDepth > 0, cells[Cell.native] == 0 else { return nil }
        let callee = UInt32(truncatingIfNeeded: cage.load64(frame))
        let code = cage.load32(callee, Layout.functionCode)
        guard let (script, template) = template(of: code) else { return nil }
        let at = word(code, UInt32(truncatingIfNeeded: cells[Cell.pc]))
        guard let range = template.expressions.last(where: { $0.word == at }) else { return nil }
        let units = script.sourceText.units
        guard range.start < range.end, Int(range.end) <= units.count, range.end - range.start < 200 else { return nil }
        return String(decoding: units[Int(range.start)..<Int(range.end)], as: UTF16.self)
    }

    /// Gives an error object its `stack`.
    public func captureStack(_ object: UInt32) throws(Thrown) {
        let frames = stackFrames()
        // Each frame becomes a line of text.
        try charge(64 &+ frames.count &* 256)
        setHiddenFrames(object, frames)
    }

    private func setHiddenFrames(_ object: UInt32, _ frames: [StackFrame]) {
        pendingStack = frames.map { frame in
            let place = "\(frame.source):\(frame.line):\(frame.column)"
            return frame.function.isEmpty ? "    at \(place)" : "    at \(frame.function) (\(place))"
        }.joined(separator: "\n")
    }

    /// Defines `stack` once name and message are known.
    public func defineStack(_ object: UInt32, header: String) throws(Thrown) {
        let text = pendingStack.isEmpty ? header : header + "\n" + pendingStack
        try addProperty(object, key: wellKnown.stack, value: try makeString(text), attributes: Attribute.hidden)
    }

    // MARK: Source text

    /// Source text of a bytecode function (Function.prototype.toString).
    public func sourceText(of function: UInt32) -> [UInt16]? {
        guard kind(of: function) == CellKind.function,
            let (script, template) = template(of: cage.load32(function, Layout.functionCode)),
            !template.flags.contains(.builtin)
        else { return nil }
        let units = script.sourceText.units
        guard template.sourceStart <= template.sourceEnd, Int(template.sourceEnd) <= units.count else { return nil }
        return Array(units[Int(template.sourceStart)..<Int(template.sourceEnd)])
    }
}
