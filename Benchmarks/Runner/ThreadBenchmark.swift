import Dispatch
import Foundation
import Synchronization
import Terrarium
import TerrariumCage

/// What two threads, each with a sandbox of its own, do in the time that one needs: 2 when they share nothing and the machine has
/// two cores for them. Two processes share nothing for certain, so theirs is the figure to compare with.
struct ThreadBenchmark: Sendable {
    /// Guest code that computes, and guest code that does little but call built-ins.
    static let programs = [
        ("computing", "let s = 0; for (let i = 0; i < 3e7; i++) s = (s + i * 7) % 1000003; s"),
        ("calling built-ins", "let s = 0, t = 'some text'; for (let i = 0; i < 1e6; i++) s += t.indexOf('x', i) + t.slice(2).length + Number('7'); s"),
    ]

    let file: String
    private let script: Script

    init(file: String) throws {
        self.file = file
        script = try Script(String(contentsOfFile: file, encoding: .utf8), name: file)
    }

    private func run() throws {
        let sandbox = try Sandbox(limits: Limits(fuel: 1 << 50, heap: .mebibytes(512), depth: 10_000, deadline: .seconds(600)))
        sandbox.define("print") { (_: Rest<Value>) in }
        _ = try sandbox.evaluate(script)
    }

    private func runInProcess() throws {
        guard let child = ChildProcess.run([CommandLine.arguments[0], "--once", file], timeout: 600), child.status == 0 else { throw NoResult() }
    }

    private struct NoResult: Error {}

    /// Shortest times of one run and of two at once, taken in turn, in nanoseconds.
    private static func times(_ runs: Int, _ work: @Sendable () throws -> Void) throws -> (one: Int64, two: Int64) {
        var one = Int64.max, two = Int64.max
        for _ in 0..<runs {
            one = min(one, try time(1, work))
            two = min(two, try time(2, work))
        }
        return (one, max(1, two))
    }

    private static func time(_ count: Int, _ work: @Sendable () throws -> Void) throws -> Int64 {
        let failure = Mutex<(any Error)?>(nil)
        let start = MonotonicClock.now()
        DispatchQueue.concurrentPerform(iterations: count) { _ in
            do { try work() } catch { failure.withLock { $0 = error } }
        }
        let time = MonotonicClock.now() - start
        if let error = failure.withLock({ $0 }) { throw error }
        return time
    }

    func report(_ name: String, runs: Int) throws {
        let threads = try Self.times(runs, run), processes = try Self.times(runs, runInProcess)
        func speedUp(_ times: (one: Int64, two: Int64)) -> Double { Double(200 * times.one / times.two) / 100 }
        print("\(name): \(threads.one / 1000) µs; speed-up on two threads \(speedUp(threads)), in two processes \(speedUp(processes))")
    }

    /// For `--sessions`.
    static func report() throws {
        let file = NSTemporaryDirectory() + "/threads-\(ProcessInfo.processInfo.processIdentifier).js"
        defer { try? FileManager.default.removeItem(atPath: file) }
        for (name, source) in programs {
            guard HostProcess.writeFile(file, Array(source.utf8)) else { throw NoResult() }
            try ThreadBenchmark(file: file).report(name, runs: 5)
        }
    }

    /// `benchmarks --threads`
    static func run(_ files: [String], runs: Int) -> Int32 {
        do {
            for file in files { try ThreadBenchmark(file: file).report(file, runs: runs) }
            return 0
        } catch {
            print("benchmarks: \(error)")
            return 1
        }
    }

    /// `benchmarks --once FILE`
    static func once(_ file: String) -> Int32 {
        do {
            try ThreadBenchmark(file: file).run()
            return 0
        } catch {
            print("benchmarks: \(error)")
            return 1
        }
    }
}
