internal import TerrariumEngine
internal import TerrariumSyntax

extension ThrownError {
    /// Looks at a thrown value without running guest code.
    static func make(_ machine: Machine, _ value: TerrariumEngine.Value, token: UInt64 = 0) -> ThrownError {
        guard value.isObject, machine.kind(of: value.offset) == CellKind.error else {
            let text = machine.describe(value)
            let name = value.isObject ? machine.constructorName(value.offset) : machine.typeName(value)
            return ThrownError(
                name: name, message: text, value: text, isError: false, frames: [], rendered: machine.report(uncaught: value), cause: nil,
                token: token)
        }
        let object = value.offset
        let summary = machine.errorSummary(object)
        let frames = machine.stackFrames(of: value).filter { $0.line > 0 }.map {
            Frame(function: $0.function, position: SourcePosition(source: $0.source, line: $0.line, column: $0.column))
        }
        var cause: String? = nil
        if let stored = machine.storedProperty(object, machine.key(.cause))?.value { cause = machine.describe(stored) }
        return ThrownError(
            name: machine.dataText(object, machine.atom("name")) ?? "Error",
            message: machine.dataText(object, machine.atom("message")) ?? "", value: summary, isError: true, frames: frames,
            rendered: machine.report(uncaught: value), cause: cause, token: token)
    }
}

extension SyntaxFailure {
    init(_ diagnostic: SyntaxDiagnostic) {
        self.init(
            message: diagnostic.message, source: diagnostic.sourceName, line: diagnostic.line, column: diagnostic.column,
            rendered: diagnostic.rendered())
    }
}
