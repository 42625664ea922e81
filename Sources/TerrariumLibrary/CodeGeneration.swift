import TerrariumEngine
import TerrariumSyntax

/// eval and the constructors of generator, async and async generator functions (ECMA-262 §19.2.1, §20.2.1, §27.3.1).
extension RealmBuilder {
    func buildCodeGeneration() throws(Thrown) {
        let eval = try function(Builtin("eval", 1) { (machine, call) throws(Thrown) in
            try machine.performIndirectEval(call)
        })
        setIntrinsic(.eval, eval)
        try define(intrinsic(.global), "eval", Value(object: eval))
        for (name, which, prototype, prefix) in [
            ("GeneratorFunction", Intrinsic.generatorFunction, Intrinsic.generatorFunctionPrototype, "function*"),
            ("AsyncFunction", .asyncFunction, .asyncFunctionPrototype, "async function"),
            ("AsyncGeneratorFunction", .asyncGeneratorFunction, .asyncGeneratorFunctionPrototype, "async function*"),
        ] {
            let function = try constructor(
                Builtin(name, 1) { (machine, call) throws(Thrown) in
                    try machine.createDynamicFunction(call, prefix, prototype)
                }, prototype: intrinsic(prototype), isGlobal: false)
            try machine.changePrototypeForLibrary(function, to: intrinsic(.function))
            try define(
                intrinsic(prototype), "constructor", Value(object: function), attributes: Attribute.configurable)
            setIntrinsic(which, function)
        }
    }
}

extension Machine {
    /// CreateDynamicFunction.
    func createDynamicFunction(_ call: NativeCall, _ prefix: String, _ fallback: Intrinsic) throws(Thrown) -> Value {
        if let again = try coerce(call, "-s*") { return again }
        var parameters: [UInt16] = [], body: [UInt16] = []
        for index in 0..<call.argumentCount {
            let text = try flat(try toStringValue(call[index]))
            try charge(text.count / 4)
            if index == call.argumentCount - 1 {
                body = text.units
            } else {
                if index > 0 { parameters.append(44) }
                parameters += text.units
            }
            guard heapInUse &+ (parameters.count &+ body.count) &* 16 <= limits.heap else { throw outOfHeap() }
        }
        try ensureCanCompileStrings()
        let head = Array("(\(prefix) anonymous(".utf16)
        let middle = Array("\n) {\n".utf16), tail = Array("\n})".utf16)
        // Parameters and body have to be complete each on its own.
        _ = try parseDynamic(head + middle + body + tail)
        if !parameters.isEmpty { _ = try parseDynamic(head + parameters + middle + tail) }
        let program = try parseDynamic(head + parameters + middle + body + tail)
        var options = CompileOptions()
        options.isEval = true
        var script: ScriptTemplate
        do throws(CompileError) {
            script = try compileParsed(program, options)
        } catch {
            if case .calledOff = error { try checkMeters() }
            throw rangeError("Function is too large")
        }
        script.referrer = scriptName
        let function = try run(script, realm: currentRealm)
        guard function.isObject else { throw terminate(.corrupted) }
        if call.isConstruct {
            let prototype = try prototypeFromConstructor(call.newTarget, fallback)
            if prototype != ordinaryPrototype(function.offset) {
                try changePrototypeForLibrary(function.offset, to: prototype)
            }
        }
        return function
    }

    /// Parses a source that must be one function expression in parentheses. Cost: as `compileGuest`.
    private func parseDynamic(_ units: [UInt16]) throws(Thrown) -> Program {
        var options = ParseOptions()
        options.isDynamicFunction = true
        let program = try parseGuest(SourceText(utf16: units, name: evalOrigin()), options)
        let statements = program.list(program.functions[0].body, program.functions[0].bodyCount)
        let statement = program[statements.first ?? 0]
        let inner = program[program[statement.a].a]
        guard statements.count == 1, statement.kind == .expressionStatement, program[statement.a].kind == .parenthesized,
            inner.kind == .function, inner.start == 1, Int(inner.end) == units.count - 1
        else { throw syntaxError("Arg string terminates parameters early") }
        return program
    }
}
