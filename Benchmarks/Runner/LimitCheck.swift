import TerrariumCage

/// What each benchmark program has to do apart from being fast: give its result, cost the same fuel on every run, and end
/// cleanly, with the right status, under a limit that is too small for it.
enum LimitCheck {
    /// The first fault; nil when there is none.
    static func fault(_ engine: [String], _ program: String, _ expected: String) -> String? {
        func run(_ options: [String]) -> ChildProcess {
            ChildProcess.run(engine + options + [program]) ?? ChildProcess()
        }
        let first = run(["--stats"])
        let output = String(decoding: first.output, as: UTF8.self)
        guard first.status == 0, output == expected else { return "wrong output: \(output.prefix(200))" }
        guard let fuel = figure("fuel", first), let peak = figure("peak", first) else { return "no bill" }
        let second = run(["--stats"])
        guard figure("fuel", second) == fuel, figure("peak", second) == peak else { return "the bill differs from run to run" }
        let limits: [(name: String, options: [String], status: Int32)] = [
            ("the fuel it needs", ["--fuel", "\(fuel)"], 0),
            ("one unit of fuel too few", ["--fuel", "\(fuel - 1)"], 10),
            ("half the fuel", ["--fuel", "\(fuel / 2)"], 10),
            ("a millisecond", ["--timeout", "1ms"], 12),
        ]
        for limit in limits {
            let ended = run(limit.options + ["--stats"])
            guard ended.status == limit.status else {
                return "with \(limit.name): status \(ended.status ?? -1), signal \(ended.signal ?? 0), not \(limit.status)"
            }
        }
        // Much of the peak may be garbage: less and less heap, until it is too little.
        var heap = peak / 2
        while heap > 16 << 10 {
            let ended = run(["--heap", "\(heap)"])
            if ended.status == 11 { return nil }
            // A buffer that does not fit is an exception of the guest.
            if ended.status == 1, String(decoding: ended.errors, as: UTF8.self).contains("Array buffer allocation failed") { return nil }
            guard ended.status == 0, String(decoding: ended.output, as: UTF8.self) == expected else {
                return "with \(heap) bytes of heap: status \(ended.status ?? -1), signal \(ended.signal ?? 0)"
            }
            heap /= 2
        }
        return "no heap limit is too small for it"
    }

    /// A number of the bill on standard error, by the word before it.
    private static func figure(_ name: String, _ process: ChildProcess) -> Int? {
        let words = String(decoding: process.errors, as: UTF8.self).split { $0 == " " || $0 == "\n" || $0 == "," }
        guard let index = words.firstIndex(where: { $0 == name }), index + 1 < words.count else { return nil }
        return Int(words[index + 1])
    }
}
