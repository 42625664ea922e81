import Foundation
import TerrariumCage

/// The `benchmarks` executable: checks the programs, times them against another engine, prints ratios.
enum BenchmarkTool {
    static let help = """
        Runs the benchmark programs.

        usage: benchmarks [--check] [--against COMMAND] [--runs N] [--filter PREFIX] [--programs DIR]
               benchmarks [--runs N] --parse FILE…
               benchmarks --sessions N
               benchmarks [--runs N] [--filter PREFIX] [--programs DIR] --threads
               benchmarks --snapshots N [--seed S] [--filter PREFIX] [--programs DIR]
               benchmarks --fuel | --deadlines | --builtins | --opcodes

        --check             compare each program's output and fuel of two runs, and how it ends under limits too small
                            for it; no timing
        --against COMMAND   for example "node --jitless": interleaves both, takes medians of wall time with each
                            engine's start-up subtracted, prints the ratio of ours to theirs (below 1 is faster) and
                            the highest resident memory of both
        --sessions N        what sandboxes cost: made from nothing, from a snapshot, N alive at once
        --threads           each program on one thread and on two at once, each with a sandbox of its own; the same with processes
        --snapshots N       each program is paused at N points, stored, restored and finished: same output, fuel and state
        --parse FILE…       speed of decoding, parsing and compiling these sources
        --fuel              time per unit of fuel of every built-in function, and whether that is fair
        --deadlines         built-in functions that do not stop in time
        --builtins          the page of the reference with the price of every built-in function
        --opcodes           the page of the reference with the instruction set

        """

    struct Options {
        var check = false
        var against: String?
        var runs = 3
        var filter = ""
        var programs = "Benchmarks/programs"
        /// Points at which each program is stored.
        var snapshots: Int?
        var seed: UInt64 = 1
        var threads = false
    }

    static func main(_ arguments: [String]) -> Int32 {
        var options = Options()
        var index = 0
        while index < arguments.count {
            func value() -> String { index += 1; return index < arguments.count ? arguments[index] : "" }
            switch arguments[index] {
            case "--check": options.check = true
            case "--against": options.against = value()
            case "--runs": options.runs = max(1, Int(value()) ?? 3)
            case "--filter": options.filter = value()
            case "--programs": options.programs = value()
            case "--sessions": return SessionBenchmark.run(count: max(1, Int(value()) ?? 1000))
            case "--fuel": return prices(FuelPrices.calibrate)
            case "--deadlines": return prices(FuelPrices.deadlines)
            case "--fuel-units":
                let prefix = value()
                return prices { (program) throws in try FuelPrices.units(program, prefix: prefix) }
            case "--opcodes": return InstructionPage.write()
            case "--builtins": return prices(FuelPrices.page)
            case "--snapshots": options.snapshots = max(1, Int(value()) ?? 100)
            case "--threads": options.threads = true
            case "--seed": options.seed = UInt64(value()) ?? 1
            case "--once": return ThreadBenchmark.once(value())
            case "--resume":
                let file = value()
                return SnapshotCheck.resume(file, fuel: Int(value()) ?? 0)
            case "--parse": return SourceBenchmark.run(Array(arguments[(index + 1)...]), runs: max(5, options.runs))
            case "--help":
                print(help, terminator: "")
                return 0
            default:
                FileHandle.standardError.write(Data("benchmarks: no option \(arguments[index])\n".utf8))
                return 2
            }
            index += 1
        }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: options.programs)) ?? [])
            .filter { $0.hasSuffix(".js") && $0.hasPrefix(options.filter) }.sorted()
        if names.isEmpty {
            FileHandle.standardError.write(Data("benchmarks: no programs in \(options.programs)\n".utf8))
            return 2
        }
        if options.threads { return ThreadBenchmark.run(names.map { options.programs + "/" + $0 }, runs: options.runs) }
        if let points = options.snapshots {
            return SnapshotCheck.check(names, points: points, seed: options.seed, programs: options.programs)
        }
        let own = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("terrarium").path
        let ours = Engine(command: [own, "run"], needsPrint: false)
        guard let against = options.against, !options.check else { return check(names, options, ours) }
        let words = against.split(separator: " ").map(String.init)
        return compare(names, options, ours, Engine(command: ["/usr/bin/env"] + words, needsPrint: true))
    }

    private static func prices(_ work: (String) throws -> Int32) -> Int32 {
        do {
            return try work(String(contentsOfFile: "Benchmarks/fuel/builtins.js", encoding: .utf8))
        } catch {
            FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
            return 2
        }
    }

    private static func expected(_ name: String, _ options: Options) -> String {
        let file = options.programs + "/" + name.dropLast(3) + ".expected"
        return (try? String(contentsOfFile: file, encoding: .utf8)) ?? "(no expected output)"
    }

    private static func check(_ names: [String], _ options: Options, _ ours: Engine) -> Int32 {
        var failed = 0
        for name in names {
            if let fault = LimitCheck.fault(ours.command, options.programs + "/" + name, expected(name, options)) {
                failed += 1
                print("FAIL \(name): \(fault)")
            }
        }
        print("\(names.count - failed) passed, \(failed) failed")
        return failed == 0 ? 0 : 1
    }

    private static func compare(_ names: [String], _ options: Options, _ ours: Engine, _ theirs: Engine) -> Int32 {
        let empty = NSTemporaryDirectory() + "/empty.js"
        _ = FileManager.default.createFile(atPath: empty, contents: Data())
        let startOurs = (0..<15).map { _ in ours.run(empty).seconds }.min() ?? 0
        let startTheirs = (0..<15).map { _ in theirs.run(empty).seconds }.min() ?? 0
        let memoryOurs = ours.memory(empty), memoryTheirs = theirs.memory(empty)
        print(
            String(
                format: "start-up: %.1f ms and %.1f MiB resident, theirs %.1f ms and %.1f MiB", startOurs * 1000,
                memoryOurs, startTheirs * 1000, memoryTheirs))
        var product = 0.0
        var status: Int32 = 0
        for name in names {
            var a: [Double] = [], b: [Double] = []
            // Beside each run, as the speed of a machine changes within minutes.
            var emptyOurs: [Double] = [], emptyTheirs: [Double] = []
            for _ in 0..<options.runs {
                emptyOurs.append(ours.run(empty).seconds)
                emptyTheirs.append(theirs.run(empty).seconds)
                let mine = ours.run(options.programs + "/" + name)
                let other = theirs.run(options.programs + "/" + name)
                if mine.output != expected(name, options) || other.output != expected(name, options) {
                    print("FAIL \(name): wrong output")
                    status = 1
                }
                a.append(mine.seconds)
                b.append(other.seconds)
            }
            let mine = max(0.0005, median(a) - median(emptyOurs)), other = max(0.0005, median(b) - median(emptyTheirs))
            product += log(mine / other)
            print(
                name.padding(toLength: 24, withPad: " ", startingAt: 0),
                String(
                    format: "%8.1f ms %8.1f ms  %.2f %8.1f MiB %6.1f MiB", mine * 1000, other * 1000, mine / other,
                    ours.memory(options.programs + "/" + name), theirs.memory(options.programs + "/" + name)))
        }
        print(String(format: "geometric mean of %d programs: %.2f", names.count, exp(product / Double(names.count))))
        return status
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}

/// A command that runs a JavaScript file.
struct Engine {
    let command: [String]
    /// The program gets a definition of `print` in front.
    let needsPrint: Bool

    func run(_ file: String) -> (output: String, seconds: Double) {
        guard let result = ChildProcess.run(command + [prepared(file)]) else { return ("cannot run \(command[0])", 0) }
        return (String(decoding: result.output, as: UTF8.self), result.seconds)
    }

    /// Peak resident MiB. A process begins with the figure of the one that started it, so a small one (GNU time, where it
    /// is installed) starts it here.
    func memory(_ file: String) -> Double {
        let line = command + [prepared(file)]
        if let timed = ChildProcess.run(["/usr/bin/time", "-f", "%M"] + line), timed.status == 0,
            let kilobytes = Double(String(decoding: timed.errors, as: UTF8.self).split(separator: "\n").last ?? "")
        {
            return kilobytes / 1024
        }
        return Double(ChildProcess.run(line)?.peakMemory ?? 0) / 1_048_576
    }

    private func prepared(_ file: String) -> String {
        guard needsPrint else { return file }
        let path = NSTemporaryDirectory() + "/benchmark-with-print.js"
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        try? ("globalThis.print = console.log;" + text).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
