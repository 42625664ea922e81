import Foundation
import TerrariumCage

/// Runs batches of a kind in child processes until the time or the count is used up.
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

        func report() {
            for find in finds { print("FAIL \(kind) --seed \(seed) --case \(find.number): \(find.text)") }
            for note in notes { print("note \(kind): \(note)") }
            print("\(kind): \(executions) executions in \(String(format: "%.1f", seconds)) s, \(finds.count) finds")
        }
    }

    func run() -> Result {
        var result = Result(kind: kind.name, seed: options.seed)
        let start = Date()
        var next = options.first
        let end = options.count.map { options.first + $0 } ?? Int.max
        let limit = options.seconds ?? (options.count == nil ? 10 : .infinity)
        while next < end, -start.timeIntervalSinceNow < limit, result.finds.count < 100 {
            let left = limit - -start.timeIntervalSinceNow
            let count = min(options.batch > 0 ? options.batch : kind.batchSize, end - next)
            var command = [
                CommandLine.arguments[0], kind.name, "--child", "--seed", "\(options.seed)", "--first", "\(next)", "--count", "\(count)",
            ]
            for folder in options.corpus { command += ["--corpus", folder] }
            // A batch that is cut by the end of the time is no find.
            let isLast = left < 120
            guard let child = ChildProcess.run(command, timeout: isLast ? max(0.5, left) : 120) else { return result }
            let lines = String(decoding: child.output, as: UTF8.self).split(separator: "\n")
            for line in lines {
                if line.hasPrefix("fault ") {
                    let parts = line.split(separator: " ", maxSplits: 2)
                    result.finds.append((Int(parts[1]) ?? -1, parts.count > 2 ? String(parts[2]) : ""))
                } else if line.hasPrefix("note ") {
                    result.notes.append(String(line.dropFirst(5)))
                }
            }
            let last = lines.last { $0.hasPrefix("case ") }.flatMap { Int($0.dropFirst(5)) } ?? next
            if child.status == 0 {
                result.executions += count
                next += count
                continue
            }
            result.executions += last - next + 1
            next = last + 1
            if child.timedOut, isLast { break }
            let text = child.timedOut ? "hang" : "signal \(child.signal ?? -1) status \(child.status ?? -1): \(Campaign.site(child.errors))"
            result.finds.append((last, text))
        }
        result.seconds = -start.timeIntervalSinceNow
        return result
    }

    /// The message and the innermost frames of ours in a backtrace of the Swift runtime.
    private static func site(_ errors: [UInt8]) -> String {
        let lines = String(decoding: errors, as: UTF8.self).split(separator: "\n")
        let message = lines.first { $0.contains("Fatal error") || $0.contains("rashed") }.map { String($0.prefix(160)) } ?? ""
        let frames = lines.filter { $0.contains(" in ") && $0.contains(" at /") }.prefix(6)
            .map { line in line.split(separator: "/").last.map(String.init) ?? String(line) }
        return message + " " + frames.joined(separator: " < ")
    }
}
