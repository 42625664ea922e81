import Foundation
import TerrariumCage

/// `fuzz guided TARGET`: changes inputs, keeps those that reach new edges of the program, and goes on from these.
///
/// The inputs are in DIR/TARGET.inputs, what was found in DIR/TARGET.finds. The inputs run in a child process; what ends it is in
/// DIR/TARGET.current, is taken down, and the next child goes on.
struct Guided {
    let name: String
    let options: FuzzTool.Options

    private var folder: String { options.inputs ?? ".build/guided" }
    private func path(_ ending: String) -> String { "\(folder)/\(name).\(ending)" }

    static func main(_ name: String, _ options: FuzzTool.Options) -> Int32 {
        let guided = Guided(name: name, options: options)
        #if COVERAGE
        return options.isChild ? guided.runChild() : guided.run()
        #else
        FileHandle.standardError.write(Data("fuzz: this build counts no edges; .ci/fuzz-guided makes one that does\n".utf8))
        return 2
        #endif
    }

    // MARK: Parent

    func run() -> Int32 {
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let start = Date(), limit = options.seconds ?? 60
        var executions = 0, finds: [String] = [], last = Progress(), round = 0
        while true {
            let left = limit - -start.timeIntervalSinceNow
            guard left > 0, finds.count < 20 else { break }
            try? FileManager.default.removeItem(atPath: path("progress"))
            var command = [CommandLine.arguments[0], "guided", name, "--child", "--seconds", "\(left)", "--seed", "\(options.seed &+ UInt64(round))", "--inputs", folder]
            for corpus in options.corpus { command += ["--corpus", corpus] }
            guard let child = ChildProcess.run(command, timeout: left + 600) else { break }
            round += 1
            let lines = String(decoding: child.output, as: UTF8.self).split(separator: "\n")
            finds += lines.filter { $0.hasPrefix("fault ") }.map { String($0.dropFirst(6)) }
            last = Progress(path("progress")) ?? last
            executions += last.executions
            if lines.last == "done" { break }
            if child.status == 3 { print("the target cannot be set up"); return 3 }
            let text = lines.last == "hang" || child.timedOut ? "hang" : "signal \(child.signal ?? 0) status \(child.status ?? 0): \(Campaign.site(child.errors))"
            finds.append(text)
            let input = Array(FileManager.default.contents(atPath: path("current")) ?? Data())
            GuidedInputs.append(input, comment: text, to: path("finds"))
            // It may be one of those that every child begins with.
            GuidedInputs.write(GuidedInputs.read(path("inputs")).filter { $0 != input }, to: path("inputs"))
        }
        for find in finds { print("FAIL \(name): \(find) (input in \(path("finds")))") }
        print("guided \(name): \(executions) executions in \(Int(-start.timeIntervalSinceNow)) s, \(last.edges) of \(last.total) edges, \(last.inputs) inputs, \(finds.count) finds")
        print("\(executions - finds.count) passed, \(finds.count) failed")
        return finds.isEmpty ? 0 : 1
    }

    /// How far a child is, in a file.
    struct Progress {
        var executions = 0, edges = 0, total = 0, inputs = 0

        init() {}

        init?(_ path: String) {
            let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
            let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            guard numbers.count == 4 else { return nil }
            (executions, edges, total, inputs) = (numbers[0], numbers[1], numbers[2], numbers[3])
        }

        func write(to path: String) { try? "\(executions) \(edges) \(total) \(inputs)\n".write(toFile: path, atomically: true, encoding: .utf8) }
    }

    // MARK: Child

    #if COVERAGE
    private func runChild() -> Int32 {
        guard let target = GuidedTarget.named(name, corpus: options.corpus) else { return 3 }
        _ = FileManager.default.createFile(atPath: path("current"), contents: nil)
        guard let current = FileHandle(forWritingAtPath: path("current")) else { return 3 }
        let mutation = InputMutation(isText: target.isText, largest: target.largest)
        var random = Randomness(seed: options.seed, number: 0)
        var map = CoverageMap(), inputs: [[UInt8]] = [], progress = Progress()
        let start = MonotonicClock.now(), limit = Int64((options.seconds ?? 60) * 1e9)
        var written = Int64(0)
        GuidedWatch.start()

        /// Runs an input; whether it reaches something new.
        func take(_ input: [UInt8]) -> Bool {
            try? current.truncate(atOffset: 0)
            try? current.seek(toOffset: 0)
            try? current.write(contentsOf: input)
            _ = map.take()
            let began = clock()
            GuidedWatch.began()
            let fault = target.take(input)
            let isNew = map.take()
            let milliseconds = (clock() - began) / 1000
            if let text = fault ?? (milliseconds > 5000 ? "slow: \(milliseconds) ms" : nil) {
                FuzzOutput.say("fault \(text)")
                GuidedInputs.append(input, comment: text, to: path("finds"))
            }
            progress.executions += 1
            let now = MonotonicClock.now()
            if now - written > 2_000_000_000 {
                written = now
                (progress.edges, progress.total, progress.inputs) = (map.edges, CoverageMap.total, inputs.count)
                progress.write(to: path("progress"))
            }
            return isNew
        }

        // What was kept, the short ones first: what they make superfluous is dropped. Work outside of inputs counts as seen.
        _ = map.take()
        let old = GuidedInputs.read("\(GuidedInputs.kept)/\(name).inputs") + GuidedInputs.read(path("inputs"))
        for input in old.sorted(by: { $0.count < $1.count }) where take(input) { inputs.append(input) }
        if MonotonicClock.now() - start < limit { GuidedInputs.write(inputs, to: path("inputs")) }
        while MonotonicClock.now() - start < limit {
            let input: [UInt8]
            if inputs.count < 2 || random.one(in: 8) {
                input = target.fresh(&random)
            } else {
                // Every second one is among the latest.
                let place = random.one(in: 2) ? inputs.count - 1 - random.below(min(inputs.count, 50)) : random.below(inputs.count)
                let donor = random.one(in: 8) ? target.fresh(&random) : random.pick(inputs)
                input = mutation.changed(inputs[place], donor: donor, &random)
            }
            if take(input), input.count <= target.largest {
                inputs.append(input)
                GuidedInputs.append(input, to: path("inputs"))
            }
        }
        (progress.edges, progress.total, progress.inputs) = (map.edges, CoverageMap.total, inputs.count)
        progress.write(to: path("progress"))
        FuzzOutput.say("done")
        return 0
    }
    #endif
}
