import Terrarium

/// What `--dump` writes: JSON, so that other tools can read it too.
enum DumpFile {
    static func text(_ result: RunCommand.Result, _ dump: SessionDump, isPaused: Bool = false) -> String {
        var how: [(String, String)]
        switch result.outcome {
        case _ where isPaused: how = [("paused", "true")]
        case .finished(let text): how = [("value", JSONText.quote(text))]
        case .thrown(let text), .syntaxError(let text): how = [("error", JSONText.quote(text))]
        case .ended(let ending): how = [("ended", JSONText.quote(ending.rawValue))]
        }
        let stack = dump.stack.map { frame in
            JSONText.object(
                JSONText.frame(function: frame.function, source: frame.source, line: frame.line, column: frame.column) + [
                    ("text", JSONText.quote(frame.text)),
                    ("variables", JSONText.object(frame.variables.map { ($0.name, JSONText.quote($0.value)) })),
                ])
        }
        let heap = dump.heap.map {
            JSONText.object([("kind", JSONText.quote($0.kind)), ("cells", String($0.cells)), ("bytes", String($0.bytes))])
        }
        let holders = dump.holders.prefix(200).map {
            JSONText.object([
                ("name", JSONText.quote($0.name)), ("function", JSONText.quote($0.function)), ("source", JSONText.quote($0.source)),
                ("line", String($0.line)), ("cells", String($0.cells)), ("bytes", String($0.bytes)),
            ])
        }
        let allocations = dump.allocations.map {
            JSONText.object([
                ("function", JSONText.quote($0.function)), ("source", JSONText.quote($0.source)), ("line", String($0.line)),
                ("bytes", String($0.bytes)),
            ])
        }
        how = [("terrarium", JSONText.quote(HelpText.version))] + how + [
            ("bill", JSONText.bill(result.bill, result.milliseconds)), ("stack", JSONText.array(stack)),
            ("heap", JSONText.array(heap)), ("holders", JSONText.array(holders)), ("allocations", JSONText.array(allocations)),
            ("globals", JSONText.object(dump.globals.map { ($0.name, JSONText.quote($0.value)) })),
        ]
        return JSONText.object(how) + "\n"
    }
}
