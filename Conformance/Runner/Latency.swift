import Foundation
import TerrariumCage
import TerrariumSyntax
import Terrarium

/// `conformance latency DIR…`: how soon hostile programs stop. Each file runs in a process of its own, under the limits of the
/// probes.
///
/// Fuel, deadline and interrupts are looked at when a slice is used up, so what a guest can do between two looks bounds all
/// three. Measured are: the processor time between looks, and the one from the last look to the end for programs that fuel
/// ends; the time from an interrupt, at random moments, to the return; the time beyond a deadline.
enum Latency {
    /// Samples in milliseconds by what they tell.
    private enum Kind: String, CaseIterable {
        case fuel, between, interrupt, deadline

        var about: String {
            switch self {
            case .fuel: "from the last look at the meters to the end by fuel (processor time)"
            case .between: "longest of each program between two looks (processor time)"
            case .interrupt: "from an interrupt to the return"
            case .deadline: "beyond the deadline"
            }
        }
        /// In milliseconds. Work that is charged at once looks for interrupts in between, so `between` only tells where to look.
        var wanted: Double { self == .interrupt ? 1 : self == .between ? .infinity : 5 }
    }

    static func main(_ arguments: [String]) -> Int32 {
        if arguments.first == "--child", arguments.count > 1 { return child(arguments[1]) }
        var files: [String] = []
        for directory in arguments {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            files += names.filter { $0.hasSuffix(".js") }.sorted().map { directory + "/" + $0 }
        }
        guard !files.isEmpty else {
            FileHandle.standardError.write(Data("usage: conformance latency DIR…\n".utf8))
            return 2
        }
        var samples: [Kind: [(Double, String)]] = [:]
        var silent = 0
        for file in files {
            guard let process = ChildProcess.run([CommandLine.arguments[0], "latency", "--child", file], timeout: 120), process.status == 0 else {
                print("FAIL \(file): no figures")
                silent += 1
                continue
            }
            for line in String(decoding: process.output, as: UTF8.self).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 3, words[0] == "sample", let kind = Kind(rawValue: String(words[1])), let value = Double(words[2]) else { continue }
                samples[kind, default: []].append((value, file))
            }
        }
        var failed = silent
        for kind in Kind.allCases {
            let all = (samples[kind] ?? []).sorted { $0.0 < $1.0 }
            guard !all.isEmpty else { continue }
            func part(_ share: Double) -> String { String(format: "%.2f", all[min(all.count - 1, Int(Double(all.count) * share))].0) }
            let p99 = all[min(all.count - 1, Int(Double(all.count) * 0.99))].0
            if p99 > kind.wanted { failed += 1 }
            print("\(p99 > kind.wanted ? "FAIL" : "ok  ") \(kind.rawValue): \(all.count) samples, median \(part(0.5)), p99 \(part(0.99)), most \(part(1)) ms; \(kind.about)")
            for (value, file) in all.suffix(20).reversed() where value > kind.wanted { print("     \(String(format: "%.2f", value)) ms \(file)") }
        }
        print("\(Kind.allCases.count - failed) passed, \(failed) failed")
        return failed == 0 ? 0 : 1
    }

    private static func child(_ file: String) -> Int32 {
        guard let data = FileManager.default.contents(atPath: file) else { return 2 }
        let source = SourceText(utf8: Array(data), name: (file as NSString).lastPathComponent)
        func session(deadline: Int64? = nil) -> Session? {
            var limits = SessionLimits()
            limits.fuel = Int64(Probes.fuel)
            limits.heap = Probes.heapMebibytes << 20
            limits.deadline = deadline
            let session = try? Session(limits: limits, print: { _ in })
            session?.allowCodeGeneration()
            return session
        }
        func say(_ kind: Kind, _ milliseconds: Double) { print("sample \(kind.rawValue) \(milliseconds)") }

        // Between looks. The time of the first slice has the compiler in it, which runs before anything is metered.
        if let session = session() {
            var last = 0, most = 0
            session.watch { _ in
                let now = clock()
                if last > 0 { most = max(most, now - last) }
                last = now
            }
            let ending = session.run(source)
            let end = clock()
            if last > 0 {
                if case .ended(.fuel) = ending { say(.fuel, Double(end - last) / 1000) }
                say(.between, Double(max(most, 0)) / 1000)
            }
        }
        var random = Generator(state: UInt64(source.units.count) &* 77 &+ 5)
        for _ in 0..<3 {
            guard let session = session() else { continue }
            let told = Moment(), interrupt = session.interrupter, delay = 1000 + random.below(60_000)
            let thread = Thread {
                MonotonicClock.sleep(nanoseconds: Int64(delay) * 1000)
                told.set(MonotonicClock.now())
                interrupt()
            }
            thread.start()
            if case .ended(.interrupted) = session.run(source), let start = told.time { say(.interrupt, Double(MonotonicClock.now() - start) / 1e6) }
        }
        for _ in 0..<2 {
            let limit = Int64(5_000_000 + random.below(60_000_000))
            guard let session = session(deadline: limit) else { continue }
            let made = MonotonicClock.now()
            if case .ended(.deadline) = session.run(source) { say(.deadline, Double(MonotonicClock.now() - made - limit) / 1e6) }
        }
        return 0
    }

    /// A time that one thread sets and another reads.
    private final class Moment: @unchecked Sendable {
        private let lock = NSLock()
        private var value: Int64?
        var time: Int64? { lock.withLock { value } }
        func set(_ time: Int64) { lock.withLock { value = time } }
    }
}
