import Foundation
import TerrariumCage

/// `conformance probes DIR`: hostile programs, each in a process of its own under limits. The first lines of a probe say
/// how it may end:
///
///     // killed by fuel
///     // also acceptable: terminates: error, killed by heap limit
///
/// A probe passes when it ends in one of these ways, within ten seconds, by no signal, and with no more resident memory
/// than its heap limit, the engine's own base and a few MiB. Printing FAIL is a failure whatever the outcome.
enum Probes {
    static let fuel = 50_000_000
    static let heapMebibytes = 64
    static let seconds = 10.0
    /// Above the heap limit: what the engine itself needs (the process with an empty program), and 8 MiB.
    static let slackMebibytes = 8

    struct Result {
        let name: String
        let faults: [String]
        let line: String
    }

    static func main(_ arguments: [String]) -> Int32 {
        var directories: [String] = []
        var filter = ""
        var verbose = false
        var index = 0
        while index < arguments.count {
            switch arguments[index] {
            case "--filter":
                index += 1
                filter = index < arguments.count ? arguments[index] : ""
            case "--verbose": verbose = true
            default: directories.append(arguments[index])
            }
            index += 1
        }
        var files: [String] = []
        for directory in directories {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
                FileHandle.standardError.write(Data("conformance: cannot read \(directory)\n".utf8))
                return 2
            }
            files += names.filter { $0.hasSuffix(".js") && (filter.isEmpty || $0.contains(filter)) }.sorted().map { directory + "/" + $0 }
        }
        guard !files.isEmpty else {
            FileHandle.standardError.write(Data("usage: conformance probes DIR… [--filter TEXT] [--verbose]\n".utf8))
            return 2
        }
        let engine = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("terrarium").path
        guard let empty = ChildProcess.run([engine, "-e", "1"]), empty.status == 0 else {
            FileHandle.standardError.write(Data("conformance: cannot run \(engine)\n".utf8))
            return 2
        }
        let memory = (heapMebibytes + slackMebibytes) << 20 + empty.peakMemory
        var failed = 0
        for file in files {
            let result = run(file, engine, memory)
            if !result.faults.isEmpty { failed += 1 }
            if verbose || !result.faults.isEmpty {
                print(result.faults.isEmpty ? "ok  " : "FAIL", result.name, result.line, result.faults.joined(separator: "; "))
            }
        }
        print("\(files.count - failed) passed, \(failed) failed")
        return failed == 0 ? 0 : 1
    }

    private static func run(_ file: String, _ engine: String, _ memory: Int) -> Result {
        let name = (file as NSString).lastPathComponent
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
        let wanted = outcomes(text)
        let command = [engine, "run", "--fuel", "\(fuel)", "--heap", "\(heapMebibytes)m", "--allow", "all", file]
        guard let process = ChildProcess.run(command, timeout: 2 * seconds, outputLimit: 1 << 20) else {
            return Result(name: name, faults: ["cannot run"], line: "")
        }
        var faults: [String] = []
        // Standard error may show the source line with the word.
        let output = String(decoding: process.output, as: UTF8.self)
        let ending: String
        if process.timedOut {
            ending = "hang"
        } else if let signal = process.signal {
            ending = "signal \(signal)"
        } else {
            switch process.status {
            case 0: ending = "terminates: value"
            case 1: ending = "terminates: error"
            case 10: ending = "killed by fuel"
            case 11: ending = "killed by heap limit"
            case let other: ending = "status \(other ?? -1)"
            }
        }
        if wanted.contains("no host access") {
            if process.status.map({ [0, 1, 10, 11].contains($0) }) != true { faults.append(ending) }
        } else if !wanted.contains(ending) {
            faults.append("\(ending), expected \(wanted.joined(separator: " or "))")
        }
        if output.contains("FAIL") { faults.append("printed FAIL") }
        if process.seconds > seconds { faults.append("slow") }
        if process.peakMemory > memory { faults.append("resident memory") }
        let line = "\(ending) \(process.peakMemory >> 20) MiB " + String(format: "%.2f s", process.seconds)
        return Result(name: name, faults: faults, line: line)
    }

    /// The first line, and what the comment lines after it allow as well.
    private static func outcomes(_ text: String) -> [String] {
        var result: [String] = []
        for (index, line) in text.split(separator: "\n", maxSplits: 6, omittingEmptySubsequences: false).prefix(6).enumerated() {
            guard line.hasPrefix("// ") else { break }
            let words = line.dropFirst(3).trimmingCharacters(in: .whitespaces)
            if index == 0 {
                result.append(words)
            } else if words.hasPrefix("also acceptable:") {
                result += words.dropFirst(16).split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            }
        }
        return result
    }
}
