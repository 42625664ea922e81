import TerrariumCage
import TerrariumSyntax

/// Names and values of the variables of a program that stopped. Sources are compiled again to know where variables live,
/// each once, when it is first asked for.
public final class VariableNames {
    private let machine: Machine
    private var known: [Int: [FunctionVariables]] = [:]

    public init(_ machine: Machine) { self.machine = machine }

    /// The variables of a frame that are there at its place, innermost scope first; then those of functions around it that
    /// it mentions. Empty values are of variables in their dead zone.
    public func variables(of frame: StoppedFrame) -> [(name: String, value: Value)] {
        let function = machine.handleValue(frame.function)
        guard function.isObject, machine.kind(of: function.offset) == CellKind.function else { return [] }
        let code = machine.cage.load32(function.offset, Layout.functionCode)
        guard let found = machine.template(of: code), let layout = layout(found) else { return [] }
        var seen: Set<String> = []
        var result: [(name: String, value: Value)] = []
        func add(_ variable: FunctionVariables.Variable) {
            guard variable.start <= frame.word, frame.word < variable.end, !seen.contains(variable.name),
                let value = value(variable.place, frame, function.offset)
            else { return }
            seen.insert(variable.name)
            result.append((variable.name, value))
        }
        for variable in layout.variables where !variable.isOuter { add(variable) }
        for variable in layout.variables where variable.isOuter { add(variable) }
        return result
    }

    /// Variables at the top level of the modules, with the keys of these.
    public func moduleVariables() -> [(name: String, source: String, value: Value)] {
        var result: [(name: String, source: String, value: Value)] = []
        for record in machine.modules.records where record.environment != 0 && record.body.isObject {
            guard machine.kind(of: record.body.offset) == CellKind.function,
                let found = machine.template(of: machine.cage.load32(record.body.offset, Layout.functionCode)),
                let layout = layout(found)
            else { continue }
            for variable in layout.variables {
                if case .slot(_, let slot) = variable.place, let value = slotValue(record.environment, slot), !value.isEmpty {
                    result.append((variable.name, record.key, value))
                }
            }
        }
        return result
    }

    /// Name of the script that declares a global.
    public func script(declaring name: String) -> String? {
        let text = Compiler.text(name)
        for index in machine.scripts.indices where machine.scripts[index].builtinName == nil && machine.scripts[index].count > 0 {
            for constant in machine.scripts[index][0].constants {
                guard case .globalDeclarations(let list) = constant else { continue }
                if list.functions.contains(text) || list.variables.contains(text) || list.lexical.contains(where: { $0.name == text }) {
                    return machine.scripts[index].sourceName
                }
            }
        }
        return nil
    }

    private func layout(_ found: (script: Int, function: Int)) -> FunctionVariables? {
        let template = machine.scripts[found.script][found.function]
        if known[found.script] == nil { known[found.script] = compile(machine.scripts[found.script]) }
        return known[found.script]?.first {
            $0.sourceStart == template.sourceStart && $0.sourceEnd == template.sourceEnd && $0.flags == template.flags
                && $0.wordCount == template.words.count
        }
    }

    private func compile(_ script: ScriptTemplate) -> [FunctionVariables] {
        // The code of an eval depends on where it was called.
        if script.isEval || script.builtinName != nil { return [] }
        var options = ParseOptions.guest
        options.goal = script.module == nil ? .script : .module
        options.allowsTopLevelAwait = script.module == nil && script[0].flags.contains(.async)
        let source = SourceText(utf16: script.sourceText.units, name: script.sourceName)
        guard let program = try? Parser.parse(source, options: options) else { return [] }
        return ScriptCompiler.variables(of: program, options: CompileOptions())
    }

    private func value(_ place: FunctionVariables.Place, _ frame: StoppedFrame, _ function: UInt32) -> Value? {
        switch place {
        case .register(let register):
            guard Int(register) < frame.registers.count else { return nil }
            return machine.handleValue(frame.registers[Int(register)])
        case .slot(let scope, let slot):
            guard Int(scope) < frame.registers.count else { return nil }
            let value = machine.handleValue(frame.registers[Int(scope)])
            return value.isCell ? slotValue(value.offset, slot) : nil
        case .outer(let hops, let slot):
            var scope = machine.cage.load32(function, Layout.functionScope)
            for _ in 0..<hops {
                guard scope != 0, machine.kind(of: scope) == CellKind.scope else { return nil }
                scope = machine.cage.load32(scope, Layout.scopeParent)
            }
            return slotValue(scope, slot)
        }
    }

    private func slotValue(_ scope: UInt32, _ slot: UInt16) -> Value? {
        guard scope != 0, machine.kind(of: scope) == CellKind.scope, UInt32(slot) < machine.cage.load32(scope, Layout.scopeCount)
        else { return nil }
        return Value(bits: machine.cage.load64(scope &+ UInt32(Layout.scopeSlots) &+ UInt32(slot) &* 8))
    }
}

extension FunctionVariables.Variable {
    fileprivate var isOuter: Bool {
        if case .outer = place { return true }
        return false
    }
}
