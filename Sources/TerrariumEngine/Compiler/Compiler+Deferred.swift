import TerrariumCage
import TerrariumSyntax

/// Functions that are compiled when they are first called.
///
/// The code of a function is the same whenever it is compiled: it depends on what was known where its closure is made, and
/// `Deferred` keeps that. What scopes around it look like does not change any more; which of their bindings were
/// initialised by then is told by stamps (`ScopeState.Binding.initializedAt`).
extension Compiler {
    struct Deferred {
        let function: FunctionID
        let stamp: UInt32
        let hasFields: Bool
        let knownClasses: ContiguousArray<ScopeID>
    }

    /// Whether a function could be compiled later, which its closure's code depends on. The scopes that a direct eval can see
    /// are described when the call is compiled, so they wait for nothing.
    mutating func mayDefer(_ info: FunctionInfo) -> Bool {
        !options.isBuiltin && !options.isEval && options.evalContext == nil && info.parameterCount < 0x7000
            && !program.scopes[Int(info.parameterScope)].isDynamic
    }

    /// What is known of a function without compiling it.
    mutating func header(of info: FunctionInfo, name: ConstantText) -> CodeTemplate {
        var template = CodeTemplate()
        template.name = name
        template.flags = flags(of: info)
        template.length = UInt16(truncatingIfNeeded: min(info.length, 0xFFFF))
        template.sourceStart = info.start
        template.sourceEnd = info.end
        let last = program.list(info.parameters, info.parameterCount).last
        let hasRest = last.map { node($0).kind == .rest } ?? false
        template.parameterCount = UInt16(clamping: hasRest ? info.parameterCount &- 1 : info.parameterCount)
        return template
    }

    func template(_ number: Int) -> CodeTemplate? { templates.indices.contains(number) ? templates[number] : nil }

    /// Compiles a function that was deferred. One that does not fit the instruction format gets code that says so.
    /// - Returns: false when the native stack is too short, or it was called off; nothing has changed then.
    mutating func compileDeferred(_ number: Int, callOff: CallOff? = nil) -> Bool {
        guard let item = deferred[number] else { return true }
        self.callOff = callOff
        defer { self.callOff = nil }
        let count = templates.count, header = templates[number]
        stack = NativeStack(reserve: 160 * 1024)
        stamps[Int(item.function)] = item.stamp
        begin(item.function, hasFields: item.hasFields, knownClasses: item.knownClasses)
        var template = header
        functionBody(functions[Int(item.function)], &template)
        finish(&template, number)
        if case .calledOff = failure { callOff?.keep(state) }
        state = FunctionState(function: 0)
        guard let reason = failure else {
            deferred[number] = nil
            return true
        }
        failure = nil
        while templates.count > count {
            deferred[templates.count &- 1] = nil
            _ = templates.popLast()
        }
        templates[number] = header
        switch reason {
        case .nestingTooDeep, .calledOff:
            // The functions inside will be met for the first time again.
            let start = functions[Int(item.function)].start, end = functions[Int(item.function)].end
            for index in functions.indices where functions[index].start >= start && functions[index].end <= end && index != Int(item.function) {
                isCompiled[index] = false
            }
            return false
        default: break
        }
        deferred[number] = nil
        templates[number].constants = [.atom(Compiler.text(reason.message))]
        templates[number].words = [Instruction.word(.throwError, x: ErrorSelector.tooLarge.rawValue, a: 0, b: 0, c: 0)]
        templates[number].registerCount = 4 + header.parameterCount
        return true
    }

    /// Starts the state of a function.
    mutating func begin(_ id: FunctionID, hasFields: Bool, knownClasses: ContiguousArray<ScopeID>) {
        let info = functions[Int(id)]
        state = FunctionState(function: id)
        state.kind = info.kind
        state.isStrict = info.isStrict
        state.isAsync = info.isAsync
        state.isGenerator = info.isGenerator
        state.knownClasses = knownClasses
        switch info.kind {
        case .classConstructor, .derivedConstructor, .arrow: state.hasFields = hasFields
        default: break
        }
    }
}
