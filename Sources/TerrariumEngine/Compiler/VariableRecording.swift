import TerrariumCage
import TerrariumSyntax

/// Where the variables of one function live, for looking at a program that stopped. Nobody keeps this while programs run:
/// the source is compiled once more when somebody asks, which gives the same code (see `Compiler+Deferred`).
struct FunctionVariables {
    enum Place {
        case register(Register)
        /// Slot of the scope object in a register.
        case slot(scope: Register, UInt16)
        /// Slot of a scope outside of the function: so many scopes out from that of the closure.
        case outer(hops: Int, UInt16)
    }
    struct Variable {
        let name: String
        var place: Place
        /// Words of the code in which it is there.
        var start: UInt32, end: UInt32
    }
    let sourceStart: UInt32, sourceEnd: UInt32
    let flags: CodeFlags
    let wordCount: Int
    /// Those of scopes outside of the function come first; its own from the inside out.
    let variables: [Variable]
}

/// A scope of the function that is being compiled, while its variables are recorded.
struct RecordedScope {
    let scope: ScopeID
    let start: UInt32
    let firstRegister: Int
}

extension ScriptCompiler {
    /// The variables of all functions of a program.
    static func variables(of program: Program, options: CompileOptions) -> [FunctionVariables] {
        var compiler = Compiler(program: program, options: options)
        compiler.recorded = []
        compiler.compileTopLevel()
        return compiler.recorded ?? []
    }
}

extension Compiler {
    mutating func noteScope(_ id: ScopeID) {
        guard recorded != nil else { return }
        state.recordedScopes.append(
            RecordedScope(scope: id, start: state.builder.count, firstRegister: state.nextRegister))
    }

    mutating func noteInitialized(_ scope: Int, _ place: Int) {
        guard recorded != nil else { return }
        state.initializations[UInt64(scope) << 32 | UInt64(place)] = state.builder.count
    }

    /// The registers from here on are given back: scopes that have theirs there are over.
    mutating func noteScopesClosed(from register: Int) {
        guard recorded != nil else { return }
        while let last = state.recordedScopes.last, last.firstRegister >= register {
            state.recordedScopes.removeLast()
            record(last)
        }
    }

    private mutating func record(_ item: RecordedScope) {
        let index = Int(item.scope)
        let bindings = scopes[index].bindings
        for (position, declaration) in program.scopes[index].declarations.enumerated() where position < bindings.count {
            guard declaration.name & 0x8000_0000 == 0 else { continue }
            let place: FunctionVariables.Place
            switch bindings[position].storage {
            case .register(let register): place = .register(register)
            case .slot(let slot): place = .slot(scope: scopes[index].register, slot)
            default: continue
            }
            var start = item.start
            if declaration.kind == .parameter, case .register = place {
                start = 0
            } else if declaration.kind.hasDeadZone, !scopes[index].alwaysChecks {
                guard let initialized = state.initializations[UInt64(index) << 32 | UInt64(position)] else { continue }
                start = initialized
            }
            state.recordedVariables.append(
                .init(name: program.names.string(declaration.name), place: place, start: start, end: state.builder.count))
        }
    }

    /// Ends the recording of a function. Before the environment's load is put in front of it.
    mutating func noteFunction() -> [FunctionVariables.Variable] {
        noteScopesClosed(from: 0)
        let info = functions[Int(state.function)]
        var variables: [FunctionVariables.Variable] = []
        var seen: Set<NameID> = []
        var hops = 0
        let outermost = info.nameScope != 0 ? info.nameScope : info.parameterScope
        var current = outermost == 0 ? 0 : program.scopes[Int(outermost)].parent
        while outermost != 0 {
            let index = Int(current)
            for (position, declaration) in program.scopes[index].declarations.enumerated()
            where scopes[index].isHeap && position < scopes[index].bindings.count && seen.insert(declaration.name).inserted {
                guard case .slot(let slot) = scopes[index].bindings[position].storage, declaration.name & 0x8000_0000 == 0,
                    mentions(declaration.name, info.start, info.end)
                else { continue }
                variables.append(
                    .init(name: program.names.string(declaration.name), place: .outer(hops: hops, slot), start: 0, end: .max))
            }
            if scopes[index].isHeap { hops += 1 }
            if current == 0 { break }
            current = program.scopes[index].parent
        }
        let isShifted = state.usesEnvironment && state.environment != nil
        let place = state.environmentPlace
        variables += state.recordedVariables.map { variable in
            var variable = variable
            if isShifted, variable.start >= place, variable.start > 0 { variable.start += 1 }
            if isShifted, variable.end >= place { variable.end += 1 }
            return variable
        }
        return variables
    }
}
