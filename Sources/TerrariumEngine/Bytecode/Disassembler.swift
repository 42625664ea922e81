/// Bytecode as text, from the instruction records.
public enum Disassembler {
    /// All functions of a script.
    /// - Parameter lines: whether each line of the source stands before what was made of it.
    public static func text(_ script: ScriptTemplate, lines: Bool = false) -> String {
        var result = ""
        for (index, code) in script.functions.enumerated() {
            if index > 0 { result += "\n" }
            result += text(code, number: index, source: lines ? script : nil)
        }
        return result
    }

    /// One function: head, instructions with resolved constants and jump targets, handlers.
    public static func text(_ code: CodeTemplate, number: Int, source: ScriptTemplate? = nil) -> String {
        let name = string(code.name)
        var result = "function #\(number) \(name.isEmpty ? "<anonymous>" : name)"
        result += ", parameters \(code.parameterCount), registers \(code.registerCount)"
        let flags = flagNames(code.flags)
        if !flags.isEmpty { result += ", " + flags.joined(separator: " ") }
        result += "\n"
        var index = 0
        var shown = 0
        while index < code.words.count {
            let word = code.words[index]
            if let source {
                let offset = code.sourceOffset(at: UInt32(truncatingIfNeeded: index))
                let line = source.lineAndColumn(of: offset).line
                if line != shown { result += "\(pad(String(line), 12, left: true)) | \(source.text(ofLineAt: offset))\n" }
                shown = line
            }
            let line = instruction(word, at: index, in: code)
            result += pad(String(index), 5, left: true) + "  " + line + "\n"
            let raw = Int(UInt8(truncatingIfNeeded: word))
            index += raw < InstructionRecord.all.count ? max(1, InstructionRecord.all[raw].words) : 1
        }
        for handler in code.handlers {
            result += "  handler \(handler.start)..<\(handler.end) -> \(handler.target) in r\(handler.register)\n"
        }
        return result
    }

    /// The code of a function of a machine; nil when it is built in.
    public static func text(of function: UInt32, in machine: Machine) -> String? {
        guard machine.kind(of: function) == CellKind.function,
            let found = machine.template(of: machine.cage.load32(function, Layout.functionCode))
        else { return nil }
        let script = machine.scripts[found.script]
        guard let code = script.compiled(found.function) else { return nil }
        return text(code, number: found.function, source: script)
    }

    static func instruction(_ word: UInt64, at index: Int, in code: CodeTemplate) -> String {
        let raw = Int(UInt8(truncatingIfNeeded: word))
        guard raw < InstructionRecord.all.count else { return "unassigned \(raw)" }
        let record = InstructionRecord.all[raw]
        var parts: [String] = []
        var operands = record.operands
        if operands == "as generic" { operands = "a b c x" }
        for operand in operands.split(separator: " ") {
            switch operand {
            case "a": parts.append("r\(word.fieldA)")
            case "b": parts.append("r\(word.fieldB)")
            case "c": parts.append("\(BytecodeVerifier.countsInC(record.opcode) ? "" : "r")\(word.fieldC)")
            case "x": if word.fieldX != 0 { parts.append("x=\(word.fieldX)") }
            case "i32":
                parts.append(
                    record.opcode == .loadSpecial ? special(word.immediate) : String(word.immediate))
            case "i16": parts.append(String(word.immediateC))
            case "i16=b":
                let isSpecial = [.jumpIs, .jumpIsNot, .loopIs, .loopIsNot].contains(record.opcode)
                parts.append(isSpecial ? special(Int32(word.immediateB)) : String(word.immediateB))
            case "i16=c": parts.append(String(word.fieldC))
            case "j32": parts.append("->\(index + 1 + Int(word.immediate) / 8)")
            case "j16": parts.append("->\(index + record.words + Int(word.immediateC))")
            case "k32":
                parts.append(constant(code.constants.count + (Int(word.immediate) / 8) + index + 1, code))
            case "k16": parts.append(word.fieldC == 0xFFFF ? "-" : constant(Int(word.fieldC), code))
            default: parts.append(String(operand))
            }
        }
        if record.opcode == .iteratorStepFast {
            parts = [
                "r\(word.fieldA)", "r\(word.fieldB)", "exhausted ->\(index + 1 + Int(word.fieldC))",
                "element ->\(index + 1 + Int(word.fieldX))",
            ]
        }
        if index + 1 < code.words.count {
            let second = code.words[index + 1]
            switch record.opcode {
            case .getScopedChecked, .setScopedChecked, .getModuleBinding:
                parts.append(constant(Int(second & 0xFFFF), code))
            case .callEval: parts.append("scope r\(second.fieldB)")
            default: break
            }
        }
        let name = "\(record.opcode)"
        return parts.isEmpty ? name : pad(name, 20, left: false) + " " + parts.joined(separator: ", ")
    }

    private static func special(_ value: Int32) -> String {
        switch value {
        case 0: "undefined"
        case 1: "null"
        case 2: "false"
        case 3: "true"
        case 4: "empty"
        default: "?\(value)"
        }
    }

    private static func constant(_ index: Int, _ code: CodeTemplate) -> String {
        guard index >= 0, index < code.constants.count else { return "?\(index)" }
        switch code.constants[index] {
        case .number(let value): return "\(value)"
        case .string(let text): return "\"\(string(text))\""
        case .atom(let text): return string(text).isEmpty ? "''" : string(text)
        case .bigInt(let negative, let limbs): return (negative ? "-" : "") + "bigint\(limbs)"
        case .wellKnownSymbol(let symbol):
            return "@@" + (WellKnownSymbolName.all.indices.contains(Int(symbol)) ? WellKnownSymbolName.all[Int(symbol)] : "?")
        case .function(let number): return "#\(number)"
        case .names(let names): return "{" + names.map(string).joined(separator: " ") + "}"
        case .templateSite(_, let raw): return "`" + raw.map(string).joined(separator: "${}") + "`"
        case .globalDeclarations(let list):
            let lexical = list.lexical.map { ($0.isConstant ? "const " : "let ") + string($0.name) }
            let functions = list.functions.map { "function " + string($0) }
            let variables = list.variables.map { "var " + string($0) }
            return (lexical + functions + variables).joined(separator: "; ")
        case .regExp(let pattern, let flags): return "/\(pattern.text)/\(flags.text)"
        case .evalContext(let context): return "context of \(context.scopes.count) scopes"
        }
    }

    static func string(_ text: ConstantText) -> String {
        switch text {
        case .latin1(let bytes): String(decoding: bytes.map { UInt16($0) }, as: UTF16.self)
        case .utf16(let units): String(decoding: units, as: UTF16.self)
        }
    }

    private static func flagNames(_ flags: CodeFlags) -> [String] {
        let names: [(CodeFlags, String)] = [
            (.strict, "strict"), (.constructor, "constructor"), (.classConstructor, "class"), (.derived, "derived"),
            (.generator, "generator"), (.async, "async"), (.arrow, "arrow"), (.method, "method"),
            (.usesSurplusArguments, "surplus"), (.topLevel, "top-level"), (.module, "module"),
            (.fieldInitializer, "field-initializer"), (.builtin, "builtin"),
        ]
        return names.filter { flags.contains($0.0) }.map(\.1)
    }

    private static func pad(_ text: String, _ width: Int, left: Bool) -> String {
        let missing = max(0, width - text.utf8.count)
        let spaces = String(repeating: " ", count: missing)
        return left ? spaces + text : text + spaces
    }
}

/// Names of the well-known symbols by number, for the disassembler.
enum WellKnownSymbolName {
    static let all = [
        "asyncIterator", "hasInstance", "isConcatSpreadable", "iterator", "match", "matchAll", "replace", "search",
        "species", "split", "toPrimitive", "toStringTag", "unscopables", "dispose", "asyncDispose",
    ]
}
