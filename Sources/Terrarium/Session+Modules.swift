public import TerrariumEngine
internal import TerrariumLibrary
public import TerrariumSyntax

/// Modules that a session may import.
public struct SessionModuleLoader {
    /// Finds and reads a module.
    public let load: (TerrariumEngine.ModuleRequest) -> ModuleLoad
    /// A loader that asks a closure.
    public init(_ load: @escaping (TerrariumEngine.ModuleRequest) -> ModuleLoad) { self.load = load }
}

extension Session {
    /// Imports are answered by the loader; without one they are refused.
    public func allowModules(_ loader: SessionModuleLoader) {
        machine.host.loadModule = loader.load
        machine.parseJSONText = { (machine, units) throws(Thrown) in
            var parser = JSONParser(machine: machine, text: try machine.flat(try machine.makeString(units: units)))
            return try parser.parse()
        }
    }

    /// Runs a module, what it imports, and the jobs. The key is its identity for imports and in stack traces.
    public func runModule(_ source: SourceText, key: String) -> Outcome {
        let script: ScriptTemplate
        var options = ParseOptions.guest
        options.goal = .module
        switch Session.compile(source, options) {
        case .success(let compiled): script = compiled
        case .failure(let error): return .syntaxError(error.text)
        }
        return finish { () throws(Thrown) in
            let module = try machine.makeModule(script, key: key, realm: realm)
            let promise = try machine.runModule(module)
            machine.noteRejectionHandled(promise)
            let handle = machine.makeHandle(promise)
            defer { machine.releaseHandle(handle) }
            try runJobs()
            try runTimers()
            if agentTimers != nil { try runUntilIdle() }
            if let reason = machine.takeRejection(of: promise) { throw machine.throwValue(reason) }
            return "undefined"
        }
    }

    /// Loads and links a module without running it.
    public func linkModule(_ source: SourceText, key: String) -> Outcome {
        var options = ParseOptions.guest
        options.goal = .module
        switch Session.compile(source, options) {
        case .failure(let error): return .syntaxError(error.text)
        case .success(let script):
            return finish { () throws(Thrown) in
                try machine.loadAndLink(try machine.makeModule(script, key: key, realm: realm))
                return "undefined"
            }
        }
    }

    /// Parses and compiles; the failure is the text to show.
    static func compile(_ source: SourceText, _ options: ParseOptions) -> Result<ScriptTemplate, RenderedError> {
        do throws(SyntaxDiagnostic) {
            let program = try Parser.parse(source, options: options)
            var compile = CompileOptions()
            compile.isLazy = true
            do throws(CompileError) {
                return .success(try ScriptCompiler.compile(program, options: compile))
            } catch {
                switch error {
                case .unsupported(let what, let offset):
                    let place = source.position(of: offset)
                    return .failure(
                        RenderedError(text: "\(source.name):\(place.line):\(place.column)\n\nSyntaxError: Not supported: \(what)"))
                case .calledOff: return .failure(RenderedError(text: "\(source.name)\n\nError: Nobody waits for this"))
                case .tooLarge(let what): return .failure(RenderedError(text: "\(source.name)\n\nRangeError: \(what)"))
                }
            }
        } catch {
            return .failure(RenderedError(text: error.rendered()))
        }
    }
}
