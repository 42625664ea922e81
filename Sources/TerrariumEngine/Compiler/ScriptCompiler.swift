import TerrariumCage
import TerrariumSyntax

/// What a source is compiled for.
public struct CompileOptions: Sendable {
    /// The top level returns the completion value of its statements.
    public var wantsCompletionValue = true
    /// Part of the engine's own JavaScript: hidden from stack traces, calls of `$name` are operations of the engine.
    public var isBuiltin = false
    /// The source is the code of an indirect eval (vars are deletable, lexical declarations are local).
    public var isEval = false
    /// The source is the code of a direct eval in this context; implies `isEval`.
    public var evalContext: EvalContext? = nil
    /// Functions are compiled when they are first called.
    public var isLazy = false
    public init() {}
}

/// Why a source that parses cannot be compiled.
public enum CompileError: Error, Sendable {
    /// Something the engine does not have; the offset is in UTF-16 units.
    case unsupported(String, offset: Int)
    /// A function with too many registers, constants, instructions, or nested too deeply.
    case tooLarge(String)
    /// Nobody waits for it any more.
    case calledOff
}

/// From the syntax tree to code templates.
public enum ScriptCompiler {
    /// - Throws: when a function does not fit the instruction format.
    public static func compile(_ program: Program, options: CompileOptions = CompileOptions()) throws(CompileError)
        -> ScriptTemplate
    {
        try compile(program, options: options, callOff: nil)
    }

    /// - Parameter callOff: who may end it.
    static func compile(_ program: Program, options: CompileOptions, callOff: CallOff?) throws(CompileError) -> ScriptTemplate {
        var compiler = Compiler(program: program, options: options)
        compiler.callOff = callOff
        compiler.compileTopLevel()
        if let failure = compiler.failure {
            switch failure {
            case .unsupported(let what): throw .unsupported(what, offset: compiler.failureOffset)
            case .calledOff:
                callOff?.keep(compiler)
                throw .calledOff
            default: throw .tooLarge(failure.message)
            }
        }
        compiler.callOff = nil
        var script = ScriptTemplate()
        script.sourceName = program.source.name
        script.isEval = options.isEval || options.evalContext != nil
        script.sourceText = Compiler.text(of: program.source.units[...])
        script.module = compiler.module
        if compiler.deferred.isEmpty {
            script.functions = compiler.templates
        } else {
            compiler.program.dropText()
            script.code = CodeStore(compiler)
        }
        return script
    }
}
