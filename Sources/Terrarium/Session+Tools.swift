internal import TerrariumEngine
internal import TerrariumLibrary
public import TerrariumSyntax

/// An error whose text is complete.
public struct RenderedError: Error, Sendable {
    public let text: String
}

extension Session {
    /// Date and time come from the host: milliseconds since the epoch.
    public func allowClock(_ now: @escaping () -> Double) { machine.host.currentTime = now }

    /// Source maps come from the host: name of the script, and what its `sourceMappingURL` comment says. Asked only when a
    /// stack trace is made.
    public func provideSourceMaps(_ load: @escaping (_ source: String, _ url: String) -> [UInt8]?) {
        machine.host.loadSourceMap = load
    }

    /// eval and the Function constructors may make code from strings.
    public func allowCodeGeneration() { machine.allowsCodeGeneration = true }

    /// Math.random comes from the host: a double in [0, 1).
    public func allowRandom(_ next: @escaping () -> Double) { machine.host.random = next }

    /// The first early error of a source, rendered; nil when there is none.
    public static func check(_ source: SourceText, isModule: Bool) -> RenderedError? {
        var options = ParseOptions.guest
        options.goal = isModule ? .module : .script
        do throws(SyntaxDiagnostic) {
            _ = try Parser.parse(source, options: options)
            return nil
        } catch {
            return RenderedError(text: error.rendered())
        }
    }

    /// Bytecode of a script, function by function.
    public static func disassemble(_ source: SourceText) -> Result<String, RenderedError> {
        do throws(SyntaxDiagnostic) {
            let program = try Parser.parse(source, options: .guest)
            do throws(CompileError) {
                return .success(Disassembler.text(try ScriptCompiler.compile(program)))
            } catch {
                return .failure(RenderedError(text: "\(error)"))
            }
        } catch {
            return .failure(RenderedError(text: error.rendered()))
        }
    }
}
