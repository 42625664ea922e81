import Foundation
import TerrariumCage
import TerrariumSyntax
@_spi(Corruption) import Terrarium

/// `conformance corrupt`: overwrites random bits and words of a live cage while a program runs. Whatever the guest computes
/// then, the process must live, the run must end under its limits, and the meters must hold.
///
/// Most trials run one short program for one part of the engine; some a long one, some collect at every safepoint, some freeze
/// the overwritten guest and go on from the snapshot.
///
/// Trials run in child processes, a batch each; a batch that dies is taken up again behind the trial that killed it, and
/// the trial is reported by its number, which repeats it.
enum Corruption {
    /// Trials between two numbers that a child writes.
    private static let group = 50
    /// Seconds of a batch, and what it may take on a busy machine.
    private static let batchSeconds = 10.0, patience = 600.0

    static func main(_ arguments: [String]) -> Int32 {
        var trials = 2000, first = 0, seconds = 1e9, isChild = false, isEach = false
        var log: String?
        var index = 0
        while index < arguments.count {
            func word() -> String { index += 1; return index < arguments.count ? arguments[index] : "" }
            switch arguments[index] {
            case "--trials": trials = Int(word()) ?? 0
            case "--first": first = Int(word()) ?? 0
            case "--seconds": seconds = Double(word()) ?? 0
            case "--log": log = word()
            case "--child": isChild = true
            case "--each": isEach = true
            default:
                FileHandle.standardError.write(Data("usage: conformance corrupt [--trials N] [--first N] [--seconds N] [--log FILE]\n".utf8))
                return 2
            }
            index += 1
        }
        if victim.isEmpty || victims.isEmpty {
            FileHandle.standardError.write(Data("conformance: no Conformance/victim.js and victims.js here\n".utf8))
            return 2
        }
        return isChild ? runBatch(first, trials, seconds, isEach) : runBatches(first, trials, seconds, log)
    }

    private static func runBatches(_ first: Int, _ trials: Int, _ seconds: Double, _ log: String?) -> Int32 {
        var failed: [(trial: Int, fault: String)] = []
        var next = first
        let end = first + trials, start = Date()
        func line() -> String { "\(next - first - failed.count) passed, \(failed.count) failed" }
        while next < end, -start.timeIntervalSinceNow < seconds {
            guard let batch = child(next, end - next, ["--seconds", "\(batchSeconds)"]) else { return 2 }
            failed += batch.faults
            if let done = batch.number("done ") {
                next = done
            } else {
                let at = batch.number("trial ") ?? next
                guard let again = child(at, group, ["--each"]) else { return 2 }
                let isRepeated = again.number("done ") == nil
                let last = isRepeated ? again.number("trial ") ?? at : min(at + group, end) - 1
                failed.append((last, (isRepeated ? "" : "somewhere before: ") + (isRepeated ? again : batch).ending))
                next = last + 1
            }
            if let log {
                let text = failed.map { "FAIL trial \($0.trial): \($0.fault)\n" }.joined() + line() + "\n"
                try? text.write(toFile: log, atomically: true, encoding: .utf8)
            }
        }
        for fault in failed { print("FAIL trial \(fault.trial): \(fault.fault)") }
        print(line())
        return failed.isEmpty ? 0 : 1
    }

    /// What a child said.
    private struct Child {
        let lines: [Substring]
        let ending: String

        func number(_ prefix: String) -> Int? { lines.last { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count)) } }
        var faults: [(trial: Int, fault: String)] {
            lines.filter { $0.hasPrefix("fault ") }.map { line in
                let words = line.split(separator: " ", maxSplits: 2)
                return (Int(words[1]) ?? -1, words.count > 2 ? String(words[2]) : "")
            }
        }
    }

    private static func child(_ first: Int, _ count: Int, _ more: [String]) -> Child? {
        let command = [CommandLine.arguments[0], "corrupt", "--child", "--first", "\(first)", "--trials", "\(count)"] + more
        guard let process = ChildProcess.run(command, timeout: patience) else { return nil }
        return Child(
            lines: String(decoding: process.output, as: UTF8.self).split(separator: "\n"),
            ending: process.timedOut ? "hang" : "signal \(process.signal ?? 0) status \(process.status ?? 0): \(site(process.errors))")
    }

    /// The innermost frames of ours in a backtrace of the Swift runtime.
    private static func site(_ errors: [UInt8]) -> String {
        let lines = String(decoding: errors, as: UTF8.self).split(separator: "\n")
        let message = lines.first { $0.contains("Fatal error") || $0.contains("rashed") }.map { String($0.prefix(160)) } ?? ""
        let frames = lines.filter { $0.contains(" in ") && $0.contains(" at /") }.prefix(4)
            .map { line in line.split(separator: "/").last.map(String.init) ?? String(line) }
        return message + " " + frames.joined(separator: " < ")
    }

    /// The trials of a child: writes the number of each group, or of each trial, before it runs.
    private static func runBatch(_ first: Int, _ count: Int, _ seconds: Double, _ isEach: Bool) -> Int32 {
        guard let start = Trial.start else { return 3 }
        let began = MonotonicClock.now()
        for trial in first..<(first + count) {
            if isEach || (trial - first) % group == 0 {
                if Double(MonotonicClock.now() - began) > seconds * 1e9 {
                    HostProcess.write(Array("done \(trial)\n".utf8), to: 1)
                    return 0
                }
                HostProcess.write(Array("trial \(trial)\n".utf8), to: 1)
            }
            // Processor time: the machine may be busy with other things.
            let before = clock()
            var attack = Trial(trial)
            var fault = attack.run(start)
            if fault == nil, (clock() - before) / 1000 > 3000 { fault = "slow: \((clock() - before) / 1000) ms" }
            if let fault { HostProcess.write(Array("fault \(trial) \(fault)\n".utf8), to: 1) }
        }
        HostProcess.write(Array("done \(first + count)\n".utf8), to: 1)
        return 0
    }

    /// The programs, by the folder that the tool is run from.
    static let victim = (try? String(contentsOfFile: "Conformance/victim.js", encoding: .utf8)) ?? ""
    static let victims = (try? String(contentsOfFile: "Conformance/victims.js", encoding: .utf8)) ?? ""

    /// One trial.
    private struct Trial {
        private var random: Generator
        private var limits = SessionLimits()
        private let striking = Striking()

        init(_ number: Int) {
            random = Generator(state: UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
            limits.heap = 8 << 20
            limits.output = 1 << 20
            limits.depth = 1000
        }

        /// A session in which the short programs wait.
        static var start: SessionSnapshot? {
            var limits = SessionLimits()
            limits.heap = 64 << 20
            guard let session = try? Session(limits: limits, print: { _ in }) else { return nil }
            session.allowCodeGeneration()
            guard case .finished = session.run(SourceText(victims, name: "victims.js")) else { return nil }
            return session.snapshot()
        }

        /// - Returns: nil when all is well.
        mutating func run(_ start: SessionSnapshot) -> String? {
            let isLong = random.below(64) == 0, isStressed = random.below(100) == 0
            limits.fuel = isLong ? 3_000_000 : isStressed ? 5_000 : 200_000
            striking.random = Generator(state: random.next())
            striking.often = 1 + random.below(isLong ? 8 : 3)
            guard let session = session(start) else { return "no session" }
            session.stressCollector = isStressed
            if random.below(4) == 0 { striking.strike(session) }
            if let fault = use(session, isLong) { return fault }
            guard random.below(16) == 0 else { return nil }
            striking.session = nil
            session.refuel(100_000)
            striking.strike(session)
            guard let frozen = session.snapshot(), let next = self.session(frozen) else { return nil }
            return use(next, false)
        }

        private func session(_ snapshot: SessionSnapshot) -> Session? {
            let striking = striking
            return try? Session(restoring: snapshot, limits: limits) { _ in striking.happened() }
        }

        private mutating func use(_ session: Session, _ isLong: Bool) -> String? {
            striking.session = session
            defer { striking.session = nil }
            for _ in 0..<(isLong ? 1 : 2) {
                session.refuel(limits.fuel)
                _ = session.run(SourceText(isLong ? victim : "victims[\(random.below(16))]()", name: "victim.js"))
                let bill = session.bill
                if bill.heapPeak > limits.heap + (2 << 20) { return "heap peak \(bill.heapPeak)" }
                if bill.fuel > limits.fuel + 100_000 { return "fuel \(bill.fuel)" }
            }
            return nil
        }
    }

    /// Overwrites the cage of a session when it prints.
    private final class Striking {
        var session: Session?
        var random = Generator(state: 1)
        var often = 1

        func happened() {
            guard let session, random.below(often) == 0 else { return }
            strike(session)
        }

        func strike(_ session: Session) {
            let range = session.usedRange
            for _ in 0..<(1 + random.below(4)) {
                let place = range.lowerBound &+ UInt32(truncatingIfNeeded: random.below(range.count))
                let old = session.word(at: place & ~7)
                switch random.below(6) {
                case 0: session.overwrite(place, random.next())
                case 1: session.overwrite(place & ~7, old & 0xFFFF_0000_0000_0000 | random.next() & 0xFFFF_FFFF)
                case 2: session.overwrite(place & ~7, old & 0xFFFF_FFFF | random.next() << 32)
                // Another word of the guest: a reference of the right form to the wrong thing.
                case 3: session.overwrite(place & ~7, session.word(at: (range.lowerBound &+ UInt32(truncatingIfNeeded: random.below(range.count))) & ~7))
                default: session.overwrite(place & ~7, old ^ (1 << UInt64(random.below(64))))
                }
            }
        }
    }
}

/// A small deterministic generator (xorshift64*).
struct Generator {
    var state: UInt64
    mutating func next() -> UInt64 {
        if state == 0 { state = 0x9E37_79B9_7F4A_7C15 }
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
    mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }
}
