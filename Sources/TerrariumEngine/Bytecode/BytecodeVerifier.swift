/// Checks what the interpreter relies on: opcodes that exist, jumps to instruction starts, constants and registers in range.
/// The compiler's output always passes; code from a snapshot must.
public enum BytecodeVerifier {
    /// Problems of a script; empty when it is sound.
    public static func check(_ script: ScriptTemplate) -> [String] {
        var problems: [String] = []
        for (number, code) in script.functions.enumerated() {
            for problem in check(code, functionCount: script.functions.count) {
                problems.append("function #\(number) \(Disassembler.string(code.name)): \(problem)")
            }
        }
        return problems
    }

    /// Problems of one function.
    public static func check(_ code: CodeTemplate, functionCount: Int) -> [String] {
        var checker = Checker(code: code, functionCount: functionCount)
        checker.run()
        return checker.problems
    }

    private struct Checker {
        let code: CodeTemplate
        let functionCount: Int
        var problems: [String] = []
        /// Words where an instruction begins.
        var starts: [Bool]
        var targets: [(from: Int, to: Int)] = []

        init(code: CodeTemplate, functionCount: Int) {
            self.code = code
            self.functionCount = functionCount
            starts = [Bool](repeating: false, count: code.words.count)
        }

        mutating func run() {
            if Int(code.registerCount) < 4 + Int(code.parameterCount) { problems.append("fewer registers than parameters") }
            var index = 0
            var last: Opcode? = nil
            while index < code.words.count {
                let word = code.words[index]
                let raw = Int(UInt8(truncatingIfNeeded: word))
                guard raw < InstructionRecord.all.count, raw != Int(Opcode.blank.rawValue) else {
                    problems.append("unassigned opcode \(raw) at \(index)")
                    return
                }
                let record = InstructionRecord.all[raw]
                starts[index] = true
                instruction(record, word, index)
                last = record.opcode
                index += max(1, record.words)
            }
            if index != code.words.count { problems.append("last instruction is cut off") }
            if code.words.isEmpty { problems.append("no code") }
            if let last, !BytecodeVerifier.neverContinues(last) { problems.append("code runs over its end") }
            for (from, to) in targets where to < 0 || to >= code.words.count || !starts[to] {
                problems.append("jump at \(from) to \(to)")
            }
            for handler in code.handlers {
                let target = Int(handler.target)
                if target >= code.words.count || !starts[target] { problems.append("handler target \(target)") }
                if handler.start >= handler.end || Int(handler.end) > code.words.count { problems.append("handler range") }
                register(handler.register, at: target)
            }
            for constant in code.constants {
                if case .function(let number) = constant, number < 0 || number >= functionCount {
                    problems.append("function constant \(number)")
                }
            }
        }

        private mutating func register(_ register: UInt16, at index: Int) {
            if register >= code.registerCount { problems.append("register \(register) at \(index)") }
        }

        private mutating func instruction(_ record: InstructionRecord, _ word: UInt64, _ index: Int) {
            let isWithoutScope: Bool = switch record.opcode {
            case .closure, .pushScope: word.fieldX == 1
            case .newClass: word.fieldX & 2 != 0
            default: false
            }
            if record.opcode == .makeCode { problems.append("stand-in at \(index)") }
            for operand in record.operands.split(separator: " ") {
                switch operand {
                case "a": register(word.fieldA, at: index)
                case "b": if !isWithoutScope { register(word.fieldB, at: index) }
                case "c": if !BytecodeVerifier.countsInC(record.opcode) { register(word.fieldC, at: index) }
                case "j32": targets.append((index, index + 1 + Int(word.immediate) / 8))
                case "j16": targets.append((index, index + record.words + Int(word.immediateC)))
                case "k32":
                    let constant = code.constants.count + Int(word.immediate) / 8 + index + 1
                    if constant < 0 || constant >= code.constants.count { problems.append("constant at \(index)") }
                case "k16":
                    if word.fieldC != 0xFFFF, Int(word.fieldC) >= code.constants.count {
                        problems.append("constant \(word.fieldC) at \(index)")
                    }
                default: break
                }
            }
            frame(record.opcode, word, index)
        }

        /// Frames that an instruction builds or reads beyond its operands.
        private mutating func frame(_ opcode: Opcode, _ word: UInt64, _ index: Int) {
            let end: Int? = switch opcode {
            case .call, .callThis, .construct, .superConstruct, .callEval, .tailCall:
                Int(word.fieldB) + 4 + Int(word.fieldC)
            case .callSpread, .constructSpread, .superConstructSpread: Int(word.fieldB) + 5
            case .initializeFields: Int(word.fieldC) + 4
            case .newArray, .concat: Int(word.fieldB) + Int(word.fieldC)
            case .getIteratorFast: Int(word.fieldA) + 3
            case .forInPrepare: Int(word.fieldA) + 5
            case .forInNext: Int(word.fieldB) + 5
            case .iteratorStepFast, .takeRest: Int(word.fieldB) + 3
            case .yield, .newClass: Int(word.fieldA) + 2
            case .copyDataProperties where word.fieldX != 255: Int(word.fieldC) + Int(word.fieldX)
            default: nil
            }
            if let end, end > Int(code.registerCount) { problems.append("frame up to \(end) at \(index)") }
            switch opcode {
            case .iteratorStepFast:
                targets.append((index, index + 1 + Int(word.fieldC)))
                targets.append((index, index + 1 + Int(word.fieldX)))
            case .jumpTable: targets.append((index, index + 1 + Int(word.fieldC)))
            case .callEval where index + 1 < code.words.count: register(code.words[index + 1].fieldB, at: index)
            default: break
            }
        }
    }

    /// Whether field c of an instruction is a number.
    static func countsInC(_ opcode: Opcode) -> Bool {
        switch opcode {
        case .concat, .pushScope, .getScoped, .getEnvironmentSlot, .setScoped, .getScopedChecked, .setScopedChecked, .newArray, .call,
            .callThis, .construct, .superConstruct, .callEval, .tailCall, .intrinsic, .getModuleBinding, .createArguments,
            .disposeResource, .iteratorStepFast:
            true
        default: false
        }
    }

    static func neverContinues(_ opcode: Opcode) -> Bool {
        switch opcode {
        case .jump, .loop, .return, .returnUndefined, .throw, .throwError, .asyncResult, .tailCall, .halt: true
        default: false
        }
    }
}
