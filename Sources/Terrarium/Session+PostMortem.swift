internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumSyntax

/// What is left of a program that ended: for a file that can be looked at later, on another machine.
public struct SessionDump: Sendable {
    public struct Frame: Sendable {
        public let function: String
        public let source: String
        public let line: Int, column: Int
        /// The line of the source.
        public let text: String
        /// Names and values of the parameters, when a limit ended the program.
        public let variables: [(name: String, value: String)]
    }
    /// Innermost first.
    public let stack: [Frame]
    /// What is live, largest first.
    public let heap: [(kind: String, cells: Int, bytes: Int)]
    /// Where memory was allocated, the most first: what is live and what is not.
    public let allocations: [(function: String, source: String, line: Int, bytes: Int)]
    public let globals: [(name: String, value: String)]
}

extension Session {
    /// Prepares for `dump`. Costs a little time, and no fuel.
    public func watchForDump() { machine.observer = PostMortem(machine) }

    /// What is left after a run. The session cannot be used for anything else afterwards.
    public func dump() -> SessionDump {
        let mortem = machine.observer as? PostMortem
        let profile = endProfile()
        recover()
        machine.limits.heap = 4 << 30
        var stack: [SessionDump.Frame] = []
        if let mortem, !mortem.stack.isEmpty {
            let parameters = machine.parameters(of: mortem)
            for (index, frame) in mortem.stack.enumerated() {
                let known = index < parameters.count ? parameters[index] : ("", [])
                let names = Session.parameterNames(known.0)
                let variables = zip(names, known.1).map { ($0, $1.isEmpty ? "(not yet there)" : briefly($1)) }
                stack.append(dumped(frame, variables))
            }
        } else {
            stack = lastFrames.map { dumped($0, []) }
        }
        let census = machine.heapCensus()
        let heap = census.kinds.map { (kind: $0.key, cells: $0.value.cells, bytes: $0.value.bytes) }
            .sorted { ($1.bytes, $0.kind) < ($0.bytes, $1.kind) }
        return SessionDump(stack: stack, heap: heap, allocations: Session.allocations(profile), globals: globalVariables())
    }

    private func dumped(_ frame: StackFrame, _ variables: [(String, String)]) -> SessionDump.Frame {
        SessionDump.Frame(
            function: frame.function, source: frame.source, line: frame.line, column: frame.column,
            text: machine.sourceLine(of: frame.source, line: frame.line) ?? "", variables: variables.map { (name: $0.0, value: $0.1) })
    }

    private static func allocations(_ profile: Profile) -> [(function: String, source: String, line: Int, bytes: Int)] {
        struct Key: Hashable {
            let function: String, source: String, line: Int
        }
        var totals: [Key: Int] = [:]
        for (index, node) in profile.nodes.enumerated() where node.bytes > 0 {
            // What a built-in allocates belongs to who called it.
            var owner = index
            while owner != 0, profile.nodes[owner].line == 0 { owner = profile.nodes[owner].parent }
            let place = profile.nodes[owner]
            totals[Key(function: place.function, source: place.source, line: place.line), default: 0] += node.bytes
        }
        return totals.map { (function: $0.key.function, source: $0.key.source, line: $0.key.line, bytes: $0.value) }
            .sorted { ($1.bytes, $0.source, $0.line, $0.function) < ($0.bytes, $1.source, $1.line, $1.function) }
    }

    /// Names of the parameters of a function, from its text; patterns are `…`.
    private static func parameterNames(_ text: String) -> [String] {
        for whole in ["(\(text))", "({\(text)})", "(class {\(text)})"] {
            guard let program = try? Parser.parse(SourceText(whole, name: "function"), options: .guest) else { continue }
            let functions = program.functions.dropFirst().filter { $0.kind != .fieldInitializer }
            guard let outer = functions.min(by: { ($0.start, $1.end) < ($1.start, $0.end) }) else { continue }
            return program.list(outer.parameters, outer.parameterCount).map { id in
                var node = program[id]
                if node.kind == .assignmentPattern { node = program[node.a] }
                return node.kind == .identifier ? program.names.string(node.a) : "…"
            }
        }
        return []
    }
}
