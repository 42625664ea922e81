import Foundation
import TerrariumCage

/// Runs batches of a kind in child processes until the time or the count is used up.
///
/// A child writes the number of each group of cases before it runs them. When it dies, the group is run again with the number
/// of each case written first, which tells the case that killed it.
struct Campaign {
    let kind: any FuzzKind
    let options: FuzzTool.Options

    struct Result {
        let kind: String
        let seed: UInt64
        var executions = 0
        var seconds = 0.0
        var finds: [(number: Int, text: String)] = []
        var notes: [String] = []

        var line: String {
            "\(kind): \(executions) executions in \(String(format: "%.1f", seconds)) s, \(finds.count) finds"
        }

        func report() {
            for find in finds { print("FAIL \(kind) --seed \(seed) --case \(find.number): \(find.text)") }
            for note in notes { print("note \(kind): \(note)") }
            print(line)
        }
    }

    /// Seconds of cases in a child, and what it may take on a machine that is busy with other things.
    private static let batchSeconds = 10.0, patience = 600.0

    func run() -> Result {
        var result = Result(kind: kind.name, seed: options.seed)
        let start = Date()
        var next = options.first
        let end = min(options.count.map { options.first + $0 } ?? Int.max, kind.cases(options) ?? Int.max)
        let limit = options.seconds ?? (options.count == nil ? 10 : .infinity)
        while next < end, result.finds.count < 100 {
            let left = limit - -start.timeIntervalSinceNow
            guard left > 0 else { break }
            guard let batch = child(next, end - next, seconds: min(Campaign.batchSeconds, left), []) else { break }
            take(batch, &result)
            if let done = batch.number("done ") {
                result.executions += done - next
                next = done
            } else {
                let group = batch.number("case ") ?? next
                let last = find(group, batch, &result)
                result.executions += last - next + 1
                next = last + 1
            }
            result.seconds = -start.timeIntervalSinceNow
            if let log = options.log { Campaign.append(result, to: log, isLast: false) }
        }
        result.seconds = -start.timeIntervalSinceNow
        if let log = options.log { Campaign.append(result, to: log, isLast: true) }
        return result
    }

    /// Runs a group again whose batch died; the case that it died of.
    private func find(_ group: Int, _ batch: Child, _ result: inout Result) -> Int {
        guard let again = child(group, kind.groupSize, seconds: .infinity, ["--each"]) else { return group }
        let isRepeated = again.number("done ") == nil
        let dead = isRepeated ? again : batch
        let last = isRepeated ? again.number("case ") ?? group : group + kind.groupSize - 1
        let text = dead.timedOut ? "hang" : "signal \(dead.signal) status \(dead.status): \(dead.site)"
        result.finds.append((last, isRepeated ? text : "in the \(kind.groupSize) cases up to this one: \(text)"))
        return last
    }

    private func take(_ batch: Child, _ result: inout Result) {
        for line in batch.lines {
            if line.hasPrefix("fault ") {
                let parts = line.split(separator: " ", maxSplits: 2)
                result.finds.append((Int(parts[1]) ?? -1, parts.count > 2 ? String(parts[2]) : ""))
            } else if line.hasPrefix("note ") {
                let note = String(line.dropFirst(5))
                if !result.notes.contains(note), result.notes.count < 20 { result.notes.append(note) }
            }
        }
    }

    private func child(_ first: Int, _ count: Int, seconds: Double, _ more: [String]) -> Child? {
        var command = [
            CommandLine.arguments[0], kind.name, "--child", "--seed", "\(options.seed)", "--first", "\(first)", "--count", "\(count)",
        ] + more
        if seconds < .infinity { command += ["--seconds", "\(seconds)"] }
        if let folder = options.inputs { command += ["--inputs", folder] }
        for folder in options.corpus { command += ["--corpus", folder] }
        return ChildProcess.run(command, timeout: Campaign.patience).map { Child($0) }
    }

    /// What a child said, and how it ended.
    private struct Child {
        let lines: [Substring]
        let timedOut: Bool
        let signal: Int32, status: Int32
        let site: String

        init(_ process: ChildProcess) {
            lines = String(decoding: process.output, as: UTF8.self).split(separator: "\n")
            timedOut = process.timedOut
            signal = process.signal ?? 0
            status = process.status ?? 0
            site = Campaign.site(process.errors)
        }

        /// The number behind the last line that begins so.
        func number(_ prefix: String) -> Int? { lines.last { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count)) } }
    }

    /// Long campaigns keep their totals in a file, which can be read at any time.
    private static func append(_ result: Result, to path: String, isLast: Bool) {
        var text = result.finds.map { "FAIL \(result.kind) --seed \(result.seed) --case \($0.number): \($0.text)\n" }.joined()
        text += result.line + (isLast ? ", ended\n" : "\n")
        try? text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// The message and the innermost frames of ours in a backtrace of the Swift runtime.
    static func site(_ errors: [UInt8]) -> String {
        let lines = String(decoding: errors, as: UTF8.self).split(separator: "\n")
        let message = lines.first { $0.contains("Fatal error") || $0.contains("rashed") }.map { String($0.prefix(160)) } ?? ""
        let frames = lines.filter { $0.contains(" in ") && $0.contains(" at /") }.prefix(6)
            .map { line in line.split(separator: "/").last.map(String.init) ?? String(line) }
        return message + " " + frames.joined(separator: " < ")
    }
}
