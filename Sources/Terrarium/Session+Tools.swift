internal import TerrariumEngine
internal import TerrariumLibrary
public import TerrariumSyntax

/// An error whose text is complete.
public struct RenderedError: Error, Sendable {
    /// Place, source line with caret, message.
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

    /// Values are shown in colours.
    public var showsColors: Bool {
        get { machine.host.showsColors }
        set { machine.host.showsColors = newValue }
    }

    /// Bytecode of the function that a global name or path of data properties names, with source lines.
    public func disassemble(path: String) -> String? {
        recover()
        guard let value = value(ofPath: path), value.isObject else { return nil }
        return Disassembler.text(of: value.offset, in: machine)
    }

    /// Bytecode of a script or module, function by function, with source lines.
    public static func disassemble(_ source: SourceText, isModule: Bool = false) -> Result<String, RenderedError> {
        var options = ParseOptions.guest
        options.goal = isModule ? .module : .script
        return compile(source, options).map { Disassembler.text($0, lines: true) }
    }
}
