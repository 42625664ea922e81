import Foundation
@_spi(Checks) import Terrarium
import TerrariumCage

/// Programs that are paused at random points, stored as bytes, restored in other processes, and finished.
///
/// Rules:
/// 1. What is compared with: output and fuel of a run that nothing interrupts.
/// 2. One run is paused at every point, and stored there. A process of its own restores what was stored at one point and runs on
///    to the next, where its bytes have to be those of the run that was never restored; so have its output and fuel. So every
///    point has the same rest as the one before it, and the last one the same end, state included.
/// 3. From some points other processes run to the end: output and fuel are those of the whole run, and the final states are equal.
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
        sandbox.define("print") { (values: Rest<Value>) in
            let text = values.values.map(\.text).joined(separator: " ")
            output.lines += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// How a part of a program ended.
    private struct End: Equatable {
        var isPaused: Bool
        var fuel: Int64
        /// Of the state that is left, as bytes.
        var hash: UInt64
        var output: [String]

        init(isPaused: Bool, fuel: Int64, body: [UInt8], output: [String]) {
            (self.isPaused, self.fuel, self.output) = (isPaused, fuel, output)
            hash = body.reduce(0xCBF2_9CE4_8422_2325 ^ UInt64(body.count)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }

        var lines: String { "\(isPaused)\n\(fuel)\n\(hash)\n" + output.map { $0 + "\n" }.joined() }

        init?(lines: String) {
            let parts = lines.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            guard parts.count >= 3, let isPaused = Bool(parts[0]), let fuel = Int64(parts[1]), let hash = UInt64(parts[2]) else { return nil }
            (self.isPaused, self.fuel, self.hash, output) = (isPaused, fuel, hash, Array(parts[3...]))
        }
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
        init(_ text: String) { description = text }
    }

    /// - Parameter command: resumes the file that is its next argument with the fuel that is the one after, in a process of its
    ///   own, and prints the end's lines.
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
        let file = NSTemporaryDirectory() + "/snapshot-\(ProcessInfo.processInfo.processIdentifier).bin"
        defer { try? FileManager.default.removeItem(atPath: file) }
        func elsewhere(_ fuel: Int) throws -> End {
            guard let child = ChildProcess.run(command + [file, "\(fuel)"], timeout: 600), child.status == 0,
                let end = End(lines: String(decoding: child.output, as: UTF8.self))
            else { throw Fault("the other process gave no end") }
            return end
        }
        var outcome: SliceOutcome?
        var lastLines = 0, spent = 0, met = 0
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
            let body = try going.snapshot().body
            let end = End(isPaused: isPaused, fuel: going.bill.fuel, body: body, output: Array(output.lines[lastLines...]))
            if met > 0 {
                let other = try elsewhere(part)
                guard other == end else {
                    if let folder = HostProcess.environment("KEEP_SNAPSHOTS") {
                        try? FileManager.default.copyItem(atPath: file, toPath: folder + "/from")
                        try? FileManager.default.copyItem(atPath: file + ".end", toPath: folder + "/restored")
                        _ = HostProcess.writeFile(folder + "/going", body)
                    }
                    throw Fault("fuel \(place): \(other) instead of \(end)")
                }
            }
            if !isPaused { break }
            met += 1
            lastLines = output.lines.count
            guard HostProcess.writeFile(file, body) else { throw Fault("\(file) cannot be written") }
            if sampled.contains(place) {
                let final = try Self.resumed(body, fuel: 1 << 50).end, other = try elsewhere(1 << 50)
                guard final == other else { throw Fault("from fuel \(place): \(other) in another process instead of \(final)") }
                guard !final.isPaused, final.fuel == total, output.lines + final.output == wholeOutput.lines else {
                    throw Fault("from fuel \(place): \(final), \(total) in all")
                }
            }
        }
        guard output.lines == wholeOutput.lines else { throw Fault("in slices the output differs") }
        guard going.bill.fuel == total else { throw Fault("in slices the fuel is \(going.bill.fuel) instead of \(total)") }
        return met
    }

    private static func resumed(_ body: [UInt8], fuel: Int) throws -> (end: End, body: [UInt8]) {
        let output = Output()
        let sandbox = try Sandbox(
            restoring: Snapshot(body: body, heap: .mebibytes(512)), limits: limits, functions: { define($0, output) })
        guard let pause = sandbox.pause else { throw Fault("nothing is paused") }
        // The pause is kept: without it the program ends.
        let next = try pause.resume(fuel: fuel)
        var isPaused = false
        if case .paused = next { isPaused = true }
        let left = try withExtendedLifetime(next) { try sandbox.snapshot().body }
        return (End(isPaused: isPaused, fuel: sandbox.bill.fuel, body: left, output: output.lines), left)
    }

    /// `benchmarks --resume FILE FUEL`
    static func resume(_ file: String, fuel: Int) -> Int32 {
        do {
            guard let data = FileManager.default.contents(atPath: file) else { throw Fault("no file \(file)") }
            let (end, body) = try resumed([UInt8](data), fuel: fuel)
            if HostProcess.environment("KEEP_SNAPSHOTS") != nil { _ = HostProcess.writeFile(file + ".end", body) }
            print(end.lines, terminator: "")
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
                let met = try check.run(in: [CommandLine.arguments[0], "--resume"])
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
