import Foundation
import TerrariumCage

/// A kind of cases.
protocol FuzzKind: Sendable {
    var name: String { get }
    /// One line for the help.
    var about: String { get }
    /// Consecutive cases that share a session or a script. A case is repeated with those of its group before it.
    var groupSize: Int { get }
    /// How many cases there are; nil when there is no end of them.
    func cases(_ options: FuzzTool.Options) -> Int?
    /// The case as text.
    func show(_ number: Int, _ options: FuzzTool.Options) -> String
    /// Runs the cases of a batch in this process.
    func runBatch(_ options: FuzzTool.Options) -> Int32
}

extension FuzzKind {
    var groupSize: Int { 1 }
    func cases(_ options: FuzzTool.Options) -> Int? { nil }

    /// Hands over the groups of a batch one after the other, until all are done or the time is over.
    /// - Parameter run: runs these cases; what is wrong with which.
    func eachGroup(_ options: FuzzTool.Options, _ run: (Range<Int>) -> [(Int, String)]) -> Int32 {
        let start = MonotonicClock.now()
        let end = options.first + (options.count ?? 1)
        let limit = Int64((options.seconds ?? 1e6) * 1e9)
        // State of a group grows from its first case on, wherever the batch begins.
        var next = options.first - options.first % groupSize
        while next < end {
            let group = next..<min(next + groupSize, end)
            if !options.isEach { FuzzOutput.say("case \(next)") }
            for (number, fault) in run(group) where number >= options.first { FuzzOutput.say("fault \(number) \(fault)") }
            next = group.upperBound
            if MonotonicClock.now() - start > limit { break }
        }
        FuzzOutput.say("done \(next)")
        return 0
    }

    /// Runs each case by itself.
    /// - Parameter begin: called at the start of a group.
    func eachCase(_ options: FuzzTool.Options, begin: () -> Void = {}, _ run: (Int, inout Randomness) -> String?) -> Int32 {
        eachGroup(options) { group in
            begin()
            var faults: [(Int, String)] = []
            for number in group {
                if options.isEach { FuzzOutput.say("case \(number)") }
                var random = Randomness(seed: options.seed, number: number)
                // Processor time: the machine may be busy with other things.
                let began = clock()
                if let fault = run(number, &random) { faults.append((number, fault)) }
                let milliseconds = (clock() - began) / 1000
                if milliseconds > 3000 { faults.append((number, "slow: \(milliseconds) ms")) }
            }
            return faults
        }
    }

    /// Runs cases of which a whole group fits into one script; each in a script of its own when the one that kills the process
    /// is wanted.
    func eachScript(_ options: FuzzTool.Options, _ run: (Range<Int>) -> [(Int, String)]) -> Int32 {
        eachGroup(options) { group in
            guard options.isEach else { return run(group) }
            return group.flatMap { number in
                FuzzOutput.say("case \(number)")
                return run(number..<(number + 1))
            }
        }
    }
}

/// What a child tells its parent.
enum FuzzOutput {
    static func say(_ line: String) { HostProcess.write(Array((line + "\n").utf8), to: 1) }
}
