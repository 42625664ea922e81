internal import TerrariumEngine
internal import TerrariumSyntax

/// A script that is compiled once and may be run in many sandboxes, on many threads.
public struct Script: Sendable {
    let template: ScriptTemplate

    /// Parses and compiles. Nothing runs; no sandbox is needed.
    /// - Parameters:
    ///   - source: JavaScript.
    ///   - name: how traces call the source.
    ///   - limits: length and nesting of the source.
    /// - Throws: `.syntax`, `.sourceLength`, `.nesting`.
    public init(_ source: String, name: String = "script.js", limits: Limits = Limits()) throws(TerrariumError) {
        template = try Compilation.compile(SourceText(source, name: name), .script, limits)
    }

    /// A script that may await outside of functions.
    init(awaiting source: String, name: String, limits: Limits) throws(TerrariumError) {
        template = try Compilation.compile(SourceText(source, name: name), .script, limits, allowsTopLevelAwait: true)
    }

    /// Name of the source.
    public var name: String { template.sourceName }

    /// The compiled code as bytes, to be kept.
    public var data: [UInt8] { TemplateData.encode(template) }

    /// Compiled code that was kept. The bytes may come from anywhere: what is not sound, and what another version of the
    /// engine wrote, is refused.
    /// - Throws: `.misuse(.unreadableData)`.
    public init(data: [UInt8]) throws(TerrariumError) {
        guard let template = TemplateData.decode(data), template.module == nil else { throw .misuse(.unreadableData) }
        self.template = template
    }
}

/// A module that is compiled once and may be imported by many sandboxes, on many threads.
public struct CompiledModule: Sendable {
    let template: ScriptTemplate

    /// Parses and compiles. Nothing runs; no sandbox is needed.
    /// - Parameters:
    ///   - source: JavaScript.
    ///   - name: how traces call the source.
    ///   - limits: length and nesting of the source.
    /// - Throws: `.syntax`, `.sourceLength`, `.nesting`.
    public init(_ source: String, name: String = "module.js", limits: Limits = Limits()) throws(TerrariumError) {
        template = try Compilation.compile(SourceText(source, name: name), .module, limits)
    }

    /// Name of the source.
    public var name: String { template.sourceName }

    /// The compiled code as bytes, to be kept.
    public var data: [UInt8] { TemplateData.encode(template) }

    /// Compiled code that was kept; as `Script(data:)`.
    /// - Throws: `.misuse(.unreadableData)`.
    public init(data: [UInt8]) throws(TerrariumError) {
        guard let template = TemplateData.decode(data), template.module != nil else { throw .misuse(.unreadableData) }
        self.template = template
    }
}

enum Compilation {
    static func compile(
        _ source: SourceText, _ goal: ParseGoal, _ limits: Limits, allowsTopLevelAwait: Bool = false
    ) throws(TerrariumError) -> ScriptTemplate {
        guard source.units.count <= limits.sourceLength else { throw .sourceLength }
        var options = ParseOptions.guest
        options.goal = goal
        options.allowsTopLevelAwait = allowsTopLevelAwait
        options.maximumNesting = min(limits.nesting, options.maximumNesting)
        options.maximumSourceLength = limits.sourceLength
        let program: Program
        do throws(SyntaxDiagnostic) {
            program = try Parser.parse(source, options: options)
        } catch {
            switch error.kind {
            case .syntax: throw .syntax(SyntaxFailure(error))
            case .nestingTooDeep: throw .nesting(SyntaxFailure(error))
            case .tooLarge, .calledOff: throw .sourceLength
            }
        }
        do throws(CompileError) {
            var compile = CompileOptions()
            compile.isLazy = true
            return try ScriptCompiler.compile(program, options: compile)
        } catch {
            switch error {
            case .unsupported(let what, let offset):
                let place = source.position(of: offset)
                throw .syntax(
                    SyntaxFailure(
                        message: "Not supported: \(what)", source: source.name, line: place.line, column: place.column,
                        rendered: "\(source.name):\(place.line):\(place.column)\n\nSyntaxError: Not supported: \(what)"))
            case .tooLarge, .calledOff: throw .sourceLength
            }
        }
    }
}
