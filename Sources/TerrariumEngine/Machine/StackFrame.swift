/// One line of a stack trace.
public struct StackFrame: Sendable, Equatable {
    /// What runs, as V8 names it: `f`, `Object.method [as alias]`, `new C`, `async g`; empty for top-level code and
    /// functions without a name.
    public var function: String
    /// Name of the source as the host gave it; `<anonymous>` for built-in functions.
    public var source: String
    /// Both from 1, in UTF-16 units; 0 for built-in functions.
    public var line: Int, column: Int
    /// The frame waits for the one before it.
    public var isAsync = false

    public init(function: String, source: String, line: Int, column: Int, isAsync: Bool = false) {
        self.function = function
        self.source = source
        self.line = line
        self.column = column
        self.isAsync = isAsync
    }

    /// `file:line:column`.
    public var place: String { line == 0 ? source : "\(source):\(line):\(column)" }

    /// As it stands in `error.stack` behind `at`.
    public var text: String {
        if function == "async" { return "async \(place)" }
        return function.isEmpty ? place : source.isEmpty ? function : "\(function) (\(place))"
    }
}
