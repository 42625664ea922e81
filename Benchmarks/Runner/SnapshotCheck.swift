import Foundation
import Terrarium
import TerrariumCage

/// Programs that are paused at random points, stored as bytes, restored, and finished.
///
/// Rules:
/// 1. What is compared with: output and fuel of a run that nothing interrupts.
/// 2. One run is paused at every point, and stored there. What is restored from one point runs on to the next, where its bytes
///    have to be those of the run that was never restored. So every point has the same rest as the one before it, and the last
///    one the same end.
/// 3. At some points what was restored runs to its end, here and in a process of its own: output and fuel are those of the whole
///    run, and the two have the same final hash.
struct SnapshotCheck {
    let source: String
    let points: Int
    /// Points from which the program runs to its end.
    let samples: Int
    var random: Randomness

    private static var limits: Limits {
        Limits(fuel: 1 << 50, heap: .mebibytes(512), depth: 10_000, deadline: .seconds(600))
    }

    /// What a sandbox printed.
    private final class Output { var lines: [String] = [] }

    private static func define(_ sandbox: Sandbox, _ output: Output) {
        sandbox.define("print") { (values: Rest<Value>) in output.lines.append(values.values.map(\.text).joined(separator: " ")) }
    }

    private static func restored(_ data: [UInt8], _ output: Output) throws -> Sandbox {
        let snapshot = try Snapshot(data: data, heap: .mebibytes(512))
        return try Sandbox(restoring: snapshot, limits: limits, functions: { define($0, output) })
    }

    /// How a program ended.
    struct End: Equatable {
        var output: [String]
        var fuel: Int64
        var hash: String

        var lines: String { "\(fuel)\n\(hash)\n" + output.joined(separator: "\n") }

        init(output: [String], fuel: Int64, hash: String) { (self.output, self.fuel, self.hash) = (output, fuel, hash) }

        init?(lines: String) {
            let parts = lines.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 2, let fuel = Int64(parts[0]) else { return nil }
            self.init(output: parts.count == 3 && parts[2].isEmpty ? [] : Array(parts[2...]), fuel: fuel, hash: parts[1])
        }
    }

    /// Finishes a stored program.
    static func finish(_ data: [UInt8]) throws -> End {
        let output = Output()
        let sandbox = try restored(data, output)
        guard let pause = sandbox.pause, case .finished = try pause.resume(fuel: 1 << 50) else { throw Fault("it is not finished") }
        return End(output: output.lines, fuel: sandbox.bill.fuel, hash: try sandbox.snapshot().contentHash)
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
        init(_ text: String) { description = text }
    }

    /// - Parameter command: finishes the file that is its next argument in a process of its own, and prints the end's lines.
    /// - Returns: the number of points.
    mutating func run(in command: [String]) throws -> Int {
        let script = try Script(source, name: "program.js")
        let wholeOutput = Output()
        let whole = try Sandbox(limits: Self.limits)
        Self.define(whole, wholeOutput)
        let before = whole.bill.fuel
        try whole.evaluate(script)
        let total = whole.bill.fuel, fuel = Int(total - before)
        let places = Set((0..<points).map { _ in 1 + random.below(fuel - 1) }).sorted()
        let sampled = Set((0..<samples).map { places[(2 * $0 + 1) * places.count / (2 * samples)] })

        let output = Output()
        let going = try Sandbox(limits: Self.limits)
        Self.define(going, output)
        var last: [UInt8]?
        var lastLines = 0, spent = 0, met = 0
        var outcome: SliceOutcome?
        for place in places + [Int.max / 4] {
            let part = place - spent
            spent = place
            switch outcome {
            case nil: outcome = try going.run(script, fuel: part)
            case .paused(let pause): outcome = try pause.resume(fuel: part)
            case .finished: break
            }
            var isPaused = false
            if case .paused = outcome { isPaused = true }
            if !isPaused { outcome = .finished(.undefined) }
            let data = try going.snapshot().data
            if let last {
                let leg = Output()
                let sandbox = try Self.restored(last, leg)
                guard let pause = sandbox.pause else { throw Fault("nothing is paused") }
                // The pause is kept: without it the program ends.
                var next: SliceOutcome? = try pause.resume(fuel: part)
                if case .finished = next { next = nil }
                guard (next != nil) == isPaused else { throw Fault("fuel \(place): only one of them is paused") }
                guard leg.lines == Array(output.lines[lastLines...]) else { throw Fault("fuel \(place): the output differs") }
                guard sandbox.bill.fuel == going.bill.fuel else {
                    throw Fault("fuel \(place): \(sandbox.bill.fuel) instead of \(going.bill.fuel)")
                }
                let other = try withExtendedLifetime(next) { try sandbox.snapshot().data }
                guard other == data else {
                    if let folder = HostProcess.environment("KEEP_SNAPSHOTS") {
                        _ = HostProcess.writeFile(folder + "/from", last)
                        _ = HostProcess.writeFile(folder + "/restored", other)
                        _ = HostProcess.writeFile(folder + "/going", data)
                    }
                    throw Fault("fuel \(place): other bytes, \(other.count) and \(data.count)")
                }
            }
            if !isPaused { break }
            met += 1
            last = data
            lastLines = output.lines.count
            if sampled.contains(place) {
                var end = try Self.finish(data)
                guard let other = Self.finish(data, in: command) else { throw Fault("fuel \(place): the other process gave no end") }
                guard other == end else { throw Fault("fuel \(place): \(other) in another process instead of \(end)") }
                end.output = output.lines + end.output
                guard end.output == wholeOutput.lines else { throw Fault("fuel \(place): the whole output differs") }
                guard end.fuel == total else { throw Fault("fuel \(place): \(end.fuel) in all instead of \(total)") }
            }
        }
        guard output.lines == wholeOutput.lines else { throw Fault("in slices the output differs") }
        guard going.bill.fuel == total else { throw Fault("in slices the fuel is \(going.bill.fuel) instead of \(total)") }
        return met
    }

    private static func finish(_ data: [UInt8], in command: [String]) -> End? {
        let file = NSTemporaryDirectory() + "/snapshot-\(ProcessInfo.processInfo.processIdentifier).bin"
        defer { try? FileManager.default.removeItem(atPath: file) }
        guard FileManager.default.createFile(atPath: file, contents: Data(data)),
            let child = ChildProcess.run(command + [file], timeout: 600), child.status == 0
        else { return nil }
        return End(lines: String(decoding: child.output, as: UTF8.self))
    }

    /// `benchmarks --finish FILE`
    static func finishFile(_ file: String) -> Int32 {
        do {
            guard let data = FileManager.default.contents(atPath: file) else { throw Fault("no file \(file)") }
            print(try finish([UInt8](data)).lines, terminator: "")
            return 0
        } catch {
            FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
            return 1
        }
    }

    private static func say(_ line: String) { HostProcess.write(Array((line + "\n").utf8), to: 1) }

    /// `benchmarks --snapshots N`
    static func check(_ names: [String], points: Int, seed: UInt64, programs: String) -> Int32 {
        var failed = 0
        for name in names {
            let start = MonotonicClock.now()
            do {
                let source = try String(contentsOfFile: programs + "/" + name, encoding: .utf8)
                var check = SnapshotCheck(source: source, points: points, samples: min(3, points), random: Randomness(seed: seed))
                let met = try check.run(in: [CommandLine.arguments[0], "--finish"])
                say("\(name): \(met) snapshots, \((MonotonicClock.now() - start) / 1_000_000_000) s")
            } catch {
                failed += 1
                say("FAIL \(name): \(error)")
            }
        }
        say("\(names.count - failed) passed, \(failed) failed")
        return failed == 0 ? 0 : 1
    }

    /// Numbers that depend on a seed only (splitmix64).
    struct Randomness {
        private var state: UInt64
        init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }
        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            z ^= z >> 31
            return bound <= 1 ? 0 : Int(z % UInt64(bound))
        }
    }
}
