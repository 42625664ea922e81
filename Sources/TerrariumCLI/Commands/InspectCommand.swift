import Terrarium
import TerrariumCage
import TerrariumSyntax

/// Shows a dump, or a state that snapshot wrote. The file comes from somewhere: a dump is read inside of a sandbox with
/// nothing but memory, and a state becomes the state of one.
enum InspectCommand {
    static func run(_ options: Options) -> Int32 {
        guard let file = options.words.first, let bytes = HostProcess.readFile(file) else {
            CommandLineTool.report("terrarium: cannot read \(options.words.first ?? "")")
            return CommandLineTool.Status.usage
        }
        let text: String
        if SessionSnapshot.isSnapshot(bytes) {
            guard let shown = dump(of: bytes, file) else { return CommandLineTool.Status.failed }
            text = shown
        } else {
            text = String(decoding: bytes, as: UTF8.self)
        }
        var limits = SessionLimits()
        limits.heap = 512 << 20
        limits.fuel = 5_000_000_000
        guard let session = try? Session(limits: limits) else { return CommandLineTool.Status.failed }
        let call = "(\(renderer))(JSON.parse(\(JSONText.quote(text))), \(options.json))"
        switch session.run(SourceText(call, name: "inspect")) {
        case .finished(let shown):
            print(shown)
            return CommandLineTool.Status.finished
        default:
            CommandLineTool.report("terrarium: \(file) is no dump")
            return CommandLineTool.Status.failed
        }
    }

    /// What a dump of the program would say.
    private static func dump(of bytes: [UInt8], _ file: String) -> String? {
        var options = Options()
        options.limits.heap = (1 << 32) - (64 << 20)
        guard let session = StateCommand.restore(bytes, file, options, print: { _ in }) else { return nil }
        let result = RunCommand.Result(outcome: .finished("at rest"), stack: [], bill: session.bill, nanoseconds: 0)
        return DumpFile.text(result, session.dump(), isPaused: session.isPaused)
    }

    private static let renderer = #"""
        (dump, asJSON) => {
            if (typeof dump.terrarium !== "string" || !Array.isArray(dump.stack)) throw new Error("no dump");
            if (asJSON) return JSON.stringify(dump);
            const clean = text => String(text).replace(/[\x00-\x08\x0B-\x1F\x7F-\x9F]/g, "?");
            const bytes = count => count < 1024 ? `${count} B` : count < 1048576 ? `${(count / 1024).toFixed(1)} KiB`
                : `${(count / 1048576).toFixed(1)} MiB`;
            const lines = [];
            lines.push(dump.paused ? "paused, its fuel is used up" : dump.ended ? `ended by its limit: ${clean(dump.ended)}`
                : clean(dump.error ?? dump.value));
            lines.push("", "bill", ...Object.entries(dump.bill).map(([name, value]) => `  ${clean(name).padEnd(14)}${clean(value)}`));
            lines.push("", "stack, innermost first");
            if (!dump.stack.length) lines.push("  (none)");
            for (const frame of dump.stack) {
                lines.push(`  ${clean(frame.function || "(top level)")}  ${clean(frame.source)}:${clean(frame.line)}:${clean(frame.column)}`);
                if (frame.text) lines.push(`      | ${clean(frame.text).trim()}`);
                for (const [name, value] of Object.entries(frame.variables)) lines.push(`      ${clean(name)} = ${clean(value)}`);
            }
            const total = dump.heap.reduce((sum, entry) => sum + entry.bytes, 0);
            lines.push("", `heap, live: ${bytes(total)}`);
            for (const entry of dump.heap.slice(0, 20)) {
                lines.push(`  ${bytes(entry.bytes).padStart(12)}  ${String(entry.cells).padStart(10)}  ${clean(entry.kind)}`);
            }
            if (dump.holders?.length) lines.push("", "held by variables (what an earlier one holds is not counted again)");
            for (const entry of (dump.holders ?? []).slice(0, 15)) {
                const place = entry.function || entry.line ? `${clean(entry.function || "(top level)")}  ${clean(entry.source)}:${clean(entry.line)}`
                    : clean(entry.source);
                lines.push(`  ${bytes(entry.bytes).padStart(12)}  ${String(entry.cells).padStart(10)}  ${clean(entry.name).padEnd(20)}  ${place}`);
            }
            if (dump.allocations.length) lines.push("", "allocated, live or not, by place");
            for (const entry of dump.allocations.slice(0, 15)) {
                const place = entry.line ? `${clean(entry.source)}:${clean(entry.line)}` : "";
                lines.push(`  ${bytes(entry.bytes).padStart(12)}  ${clean(entry.function).padEnd(24)}  ${place}`);
            }
            const globals = Object.entries(dump.globals);
            if (globals.length) lines.push("", "global variables", ...globals.map(([name, value]) => `  ${clean(name)} = ${clean(value)}`));
            return lines.join("\n");
        }
        """#
}
