import Foundation
import TerrariumCage
import TerrariumSyntax
@_spi(Corruption) import Terrarium

/// `conformance corrupt`: overwrites random bits and words of a live cage while a program runs. Whatever the guest computes
/// then, the process must live, the run must end under its limits, and the meters must hold.
///
/// Trials run in child processes, a batch each; a batch that dies is taken up again behind the trial that killed it, and
/// the trial is reported by its number, which repeats it.
enum Corruption {
    static let batch = 500

    static func main(_ arguments: [String]) -> Int32 {
        var trials = 2000, first = 0, isChild = false
        var index = 0
        while index < arguments.count {
            func number() -> Int { index += 1; return index < arguments.count ? Int(arguments[index]) ?? 0 : 0 }
            switch arguments[index] {
            case "--trials": trials = number()
            case "--first": first = number()
            case "--child": isChild = true
            default:
                FileHandle.standardError.write(Data("usage: conformance corrupt [--trials N] [--first N]\n".utf8))
                return 2
            }
            index += 1
        }
        if victim.isEmpty {
            FileHandle.standardError.write(Data("conformance: no Conformance/victim.js here\n".utf8))
            return 2
        }
        return isChild ? runBatch(first, trials) : runBatches(first, trials)
    }

    private static func runBatches(_ first: Int, _ trials: Int) -> Int32 {
        var failed: [(trial: Int, fault: String)] = []
        var next = first
        let end = first + trials
        while next < end {
            let count = min(batch, end - next)
            let command = [CommandLine.arguments[0], "corrupt", "--child", "--first", "\(next)", "--trials", "\(count)"]
            guard let child = ChildProcess.run(command, timeout: 120) else { return 2 }
            let output = String(decoding: child.output, as: UTF8.self).split(separator: "\n")
            for line in output where line.hasPrefix("fault ") {
                failed.append((Int(line.split(separator: " ")[1]) ?? -1, String(line)))
            }
            if child.status == 0 {
                next += count
                continue
            }
            let last = output.last { $0.hasPrefix("trial ") }.flatMap { Int($0.dropFirst(6)) } ?? next
            failed.append((last, child.timedOut ? "hang" : "signal \(child.signal ?? -1): \(site(child.errors))"))
            next = last + 1
        }
        for fault in failed { print("FAIL trial \(fault.trial): \(fault.fault)") }
        print("\(trials - failed.count) passed, \(failed.count) failed")
        return failed.isEmpty ? 0 : 1
    }

    /// The innermost frames of ours in a backtrace of the Swift runtime.
    private static func site(_ errors: [UInt8]) -> String {
        let lines = String(decoding: errors, as: UTF8.self).split(separator: "\n")
        let message = lines.first { $0.contains("Fatal error") || $0.contains("rashed") }.map { String($0.prefix(160)) } ?? ""
        let frames = lines.filter { $0.contains(" in ") && $0.contains(" at /") }.prefix(4)
            .map { line in line.split(separator: "/").last.map(String.init) ?? String(line) }
        return message + " " + frames.joined(separator: " < ")
    }

    /// The trials of a child: writes the number of each before it runs.
    private static func runBatch(_ first: Int, _ count: Int) -> Int32 {
        for trial in first..<(first + count) {
            HostProcess.write(Array("trial \(trial)\n".utf8), to: 1)
            if let fault = run(trial) { HostProcess.write(Array("fault \(trial) \(fault)\n".utf8), to: 1) }
        }
        return 0
    }

    /// One trial; nil when all is well.
    private static func run(_ trial: Int) -> String? {
        var random = Generator(state: UInt64(truncatingIfNeeded: trial) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        var limits = SessionLimits()
        limits.fuel = 3_000_000
        limits.heap = 8 << 20
        limits.output = 1 << 20
        let striking = Striking()
        let often = 1 + random.next() % 8
        guard let session = try? Session(limits: limits, print: { _ in
            guard let session = striking.session, random.next() % often == 0 else { return }
            let range = session.usedRange
            for _ in 0..<(1 + random.next() % 4) {
                let place = range.lowerBound &+ UInt32(truncatingIfNeeded: random.next() % UInt64(range.count))
                let old = session.word(at: place & ~7)
                switch random.next() % 4 {
                case 0: session.overwrite(place, random.next())
                case 1: session.overwrite(place & ~7, old & 0xFFFF_0000_0000_0000 | random.next() & 0xFFFF_FFFF)
                case 2: session.overwrite(place & ~7, old & 0xFFFF_FFFF | random.next() << 32)
                default: session.overwrite(place & ~7, old ^ (1 << (random.next() % 64)))
                }
            }
        }) else { return "no session" }
        striking.session = session
        _ = session.run(SourceText(victim, name: "victim.js"))
        striking.session = nil
        if session.bill.heapPeak > limits.heap + (2 << 20) { return "heap peak \(session.bill.heapPeak)" }
        if session.bill.fuel > limits.fuel + 100_000 { return "fuel \(session.bill.fuel)" }
        return nil
    }

    private final class Striking { var session: Session? }

    /// The program, by the folder that the tool is run from.
    static let victim = (try? String(contentsOfFile: "Conformance/victim.js", encoding: .utf8)) ?? ""
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
}
