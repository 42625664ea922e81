/// Bytecode as text, derived from the instruction records.
public enum ScriptDisassembly {
    public static func text(_ script: ScriptTemplate) -> String {
        var result = ""
        for (index, function) in script.functions.enumerated() {
            let name = String(decoding: function.name.units, as: UTF16.self)
            result += "function \(index) \(name.isEmpty ? "(anonymous)" : name): \(function.registerCount) registers, "
            result += "\(function.parameterCount) parameters\n"
            for (number, constant) in function.constants.enumerated() { result += "  k\(number) = \(describe(constant))\n" }
            var word = 0
            while word < function.words.count {
                let bits = function.words[word]
                let record = InstructionRecord.all.first { $0.opcode.rawValue == UInt8(truncatingIfNeeded: bits) }
                let length = max(1, record?.words ?? 1)
                result += "  \(pad(word)) \(record.map { line($0, bits, word, function) } ?? "?")\n"
                word += length
            }
            for handler in function.handlers {
                result += "  handler \(handler.start)..<\(handler.end) -> \(handler.target), r\(handler.register)\n"
            }
        }
        return result
    }

    private static func pad(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, 5 - text.count)) + text
    }

    private static func line(_ record: InstructionRecord, _ bits: UInt64, _ word: Int, _ function: CodeTemplate) -> String {
        var parts: [String] = []
        for operand in record.operands.split(separator: " ") {
            switch operand {
            case "a": parts.append("r\(bits.fieldA)")
            case "b": parts.append("r\(bits.fieldB)")
            case "c": parts.append("r\(bits.fieldC)")
            case "x": parts.append("x\(bits.fieldX)")
            case "i32": parts.append("\(bits.immediate)")
            case "i16": parts.append("\(bits.immediateC)")
            case "i16=b": parts.append("\(bits.immediateB)")
            case "i16=c": parts.append("\(bits.immediateC)")
            case "j32": parts.append("-> \(word + record.words + Int(bits.immediate) / 8)")
            case "j16": parts.append("-> \(word + record.words + Int(bits.immediateC))")
            case "k32": parts.append("k\(word + 1 + Int(bits.immediate) / 8 + function.constants.count)")
            case "k16": parts.append("k\(bits.fieldC)")
            default: parts.append(String(operand))
            }
        }
        return "\(record.opcode) " + parts.joined(separator: " ")
    }

    private static func describe(_ constant: Constant) -> String {
        switch constant {
        case .number(let value): "\(value)"
        case .string(let text), .atom(let text): "\"\(String(decoding: text.units, as: UTF16.self))\""
        case .function(let number): "function \(number)"
        case .names(let names): names.map { String(decoding: $0.units, as: UTF16.self) }.joined(separator: ", ")
        default: "\(constant)"
        }
    }
}
