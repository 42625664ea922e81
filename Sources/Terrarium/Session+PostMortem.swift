internal import TerrariumEngine
internal import TerrariumLibrary

/// What is left of a program that ended or was paused: for a file that can be looked at later, on another machine.
public struct SessionDump: Sendable {
    /// A call that was under way.
    public struct Frame: Sendable {
        /// Name of the function; empty at the top level.
        public let function: String
        /// Name of the source.
        public let source: String
        /// Both from 1.
        public let line: Int, column: Int
        /// The line of the source.
        public let text: String
        /// Variables that are there at this place, of inner scopes first. After an uncaught error, those of the moment when the
        /// error was made; none when it was not the last one.
        public let variables: [(name: String, value: String)]
    }
    /// What a variable keeps alive, and no variable before it.
    public struct Holder: Sendable {
        /// Name of the variable.
        public let name: String
        /// Of a local variable; empty for others.
        public let function: String
        /// Source that declares it, or runs the function; empty when that is not known.
        public let source: String
        /// Where the function is; 0 for variables that are not local.
        public let line: Int
        /// Objects, strings and whatever else there is on the heap, and their bytes.
        public let cells: Int, bytes: Int
    }
    /// Innermost first.
    public let stack: [Frame]
    /// What is live, largest first.
    public let heap: [(kind: String, cells: Int, bytes: Int)]
    /// Who holds what is live, the most first: global variables, those of modules, those of the stack.
    public let holders: [Holder]
    /// Where memory was allocated, the most first: what is live and what is not.
    public let allocations: [(function: String, source: String, line: Int, bytes: Int)]
    /// Global variables of the guest, and their values on one line.
    public let globals: [(name: String, value: String)]
}

extension Session {
    var mortem: PostMortem? { (machine.observer as? SessionObserver)?.mortem }

    /// Prepares for `dump`. Costs a little time, and no fuel.
    public func watchForDump() { observer.mortem = PostMortem(machine) }

    /// What is left after a run. The session cannot be used for anything else afterwards, unless a program is paused.
    public func dump() -> SessionDump {
        var frames = mortem?.frames ?? []
        let profile = endProfile()
        recover()
        machine.liftHeapLimit()
        if frames.isEmpty { frames = machine.stoppedFrames() }
        let names = VariableNames(machine)
        let variables = frames.map { names.variables(of: $0) }
        var stack = zip(frames, variables).map { frame, variables in
            dumped(frame.place, variables.map { ($0.name, $0.value.isEmpty ? "(not yet there)" : briefly($0.value)) })
        }
        // An error knows its frames better: methods with their classes, built-in functions, async callers.
        if !lastFrames.isEmpty {
            var known = stack[...]
            stack = lastFrames.map { frame in
                let same = known.firstIndex { $0.source == frame.source && $0.line == frame.line && $0.column == frame.column }
                guard let same else { return dumped(frame, []) }
                let variables = known[same].variables
                known = known[(same + 1)...]
                return dumped(frame, variables.map { ($0.name, $0.value) })
            }
        }
        let holders = holders(zip(frames, variables).map { ($0.place, $1) }, names)
        let census = machine.heapCensus(of: holders.map { [$0.value] })
        let held = zip(holders, census.groups).map { holder, entry in
            SessionDump.Holder(
                name: holder.name, function: holder.place.function, source: holder.place.source, line: holder.place.line,
                cells: entry.cells, bytes: entry.bytes)
        }
        let heap = census.kinds.map { (kind: $0.key, cells: $0.value.cells, bytes: $0.value.bytes) }
            .sorted { ($1.bytes, $0.kind) < ($0.bytes, $1.kind) }
        return SessionDump(
            stack: stack, heap: heap,
            holders: held.filter { $0.bytes > 0 }.sorted { ($1.bytes, $0.source, $0.name) < ($0.bytes, $1.source, $1.name) },
            allocations: Session.allocations(profile), globals: globalVariables())
    }

    private typealias Variables = [(name: String, value: Word)]

    /// Variables whose values are references, in the order in which they are asked what they hold.
    private func holders(_ frames: [(place: StackFrame, variables: Variables)], _ names: VariableNames)
        -> [(name: String, place: StackFrame, value: Word)]
    {
        var result: [(name: String, place: StackFrame, value: Word)] = []
        func add(_ name: String, _ place: StackFrame, _ value: Word) {
            if value.isReference, result.count < 2_000 { result.append((name, place, value)) }
        }
        for variable in globalValues() {
            let source = names.script(declaring: variable.name) ?? ""
            add(variable.name, StackFrame(function: "", source: source, line: 0, column: 0), variable.value)
        }
        for variable in names.moduleVariables() {
            add(variable.name, StackFrame(function: "", source: variable.source, line: 0, column: 0), variable.value)
        }
        for frame in frames {
            for variable in frame.variables { add(variable.name, frame.place, variable.value) }
        }
        return result
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
}
