import Foundation
import TerrariumCage

/// The `fuzz` executable. A case is a kind, a seed and a number: the same three give the same case on every machine.
///
/// Rules:
/// 1. Cases run in child processes, a batch each. A batch that dies is taken up again behind the case that killed it.
/// 2. What is found is reported by kind, seed and number; `fuzz show` prints the case.
/// 3. The last line is "N passed, N failed".
enum FuzzTool {
    static let help = """
        Looks for inputs that break the engine.

        usage: fuzz KIND [--seed S] [--seconds N | --count N] [--first N] [--corpus DIR]…
               fuzz all --seconds N [--seed S]     every kind, an equal part of the time each
               fuzz show KIND --seed S --case N    prints a case
               fuzz soak --seconds N               mixed programs in one process, whose memory must stay flat

        kinds:
        \(kinds.map { "  " + $0.name.padding(toLength: 14, withPad: " ", startingAt: 0) + $0.about }.joined(separator: "\n"))

        A corpus is a folder with JavaScript files that programs and parser mutate; by default Tests/Probes and
        Tests/TerrariumTests/Scripts.

        """

    struct Options {
        var seed: UInt64 = 1
        var seconds: Double?
        var count: Int?
        var first = 0
        var isChild = false
        var corpus: [String] = []
        var batch = 0
    }

    static let kinds: [any FuzzKind] = [
        ProgramKind(), BuiltinKind(), FaultKind(), ParserKind(), RegExpKind(), JSONKind(), NumberKind(), TemplateKind(),
        APIKind(), SelfKind(), DifferentialKind(),
    ]

    static func main(_ arguments: [String]) -> Int32 {
        guard let word = arguments.first, word != "--help" else {
            print(help, terminator: "")
            return arguments.isEmpty ? 2 : 0
        }
        var rest = Array(arguments.dropFirst())
        var names = [word]
        if word == "show", let name = rest.first {
            names = [name]
            rest.removeFirst()
        }
        var options = Options()
        var index = 0
        while index < rest.count {
            func value() -> String { index += 1; return index < rest.count ? rest[index] : "" }
            switch rest[index] {
            case "--seed": options.seed = UInt64(value()) ?? 1
            case "--seconds": options.seconds = Double(value())
            case "--count": options.count = Int(value())
            case "--first", "--case": options.first = Int(value()) ?? 0
            case "--batch": options.batch = Int(value()) ?? 0
            case "--corpus": options.corpus.append(value())
            case "--child": options.isChild = true
            default: return usage("no option \(rest[index])")
            }
            index += 1
        }
        if options.corpus.isEmpty { options.corpus = ["Tests/Probes", "Tests/TerrariumTests/Scripts"] }
        if word == "all" { return all(options) }
        if word == "soak" { return Soak.run(seconds: options.seconds ?? 60, seed: options.seed) }
        guard let kind = kinds.first(where: { $0.name == names[0] }) else { return usage("no kind \(names[0])") }
        if word == "show" {
            print(kind.show(options.first, options))
            return 0
        }
        if options.isChild { return kind.runBatch(options) }
        let result = Campaign(kind: kind, options: options).run()
        result.report()
        print("\(result.executions - result.finds.count) passed, \(result.finds.count) failed")
        return result.finds.isEmpty ? 0 : 1
    }

    private static func all(_ options: Options) -> Int32 {
        var executions = 0, failed = 0
        for kind in kinds {
            var part = options
            part.seconds = (options.seconds ?? 60) / Double(kinds.count)
            let result = Campaign(kind: kind, options: part).run()
            result.report()
            executions += result.executions
            failed += result.finds.count
        }
        print("\(executions - failed) passed, \(failed) failed")
        return failed == 0 ? 0 : 1
    }

    private static func usage(_ text: String) -> Int32 {
        FileHandle.standardError.write(Data("fuzz: \(text)\n".utf8))
        return 2
    }
}

/// A kind of cases.
protocol FuzzKind: Sendable {
    var name: String { get }
    /// One line for the help.
    var about: String { get }
    /// Cases in a batch.
    var batchSize: Int { get }
    /// The case as text.
    func show(_ number: Int, _ options: FuzzTool.Options) -> String
    /// Runs the cases of a batch in this process.
    func runBatch(_ options: FuzzTool.Options) -> Int32
}

extension FuzzKind {
    var batchSize: Int { 2000 }

    /// Runs each case, whose number is written first; what is wrong with it is written behind.
    func eachCase(_ options: FuzzTool.Options, _ run: (Int, inout Randomness) -> String?) -> Int32 {
        for number in options.first..<(options.first + (options.count ?? batchSize)) {
            HostProcess.write(Array("case \(number)\n".utf8), to: 1)
            var random = Randomness(seed: options.seed, number: number)
            let start = MonotonicClock.now()
            let fault = run(number, &random)
            let milliseconds = (MonotonicClock.now() - start) / 1_000_000
            if let fault { HostProcess.write(Array("fault \(number) \(fault)\n".utf8), to: 1) }
            if milliseconds > 3000 { HostProcess.write(Array("fault \(number) slow: \(milliseconds) ms\n".utf8), to: 1) }
        }
        return 0
    }
}

/// Numbers that depend on a seed and a case only (splitmix64).
struct Randomness {
    private var state: UInt64

    init(seed: UInt64, number: Int) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: number) &* 0xD1B5_4A32_D192_ED03
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }
    /// True in one of so many cases.
    mutating func one(in count: Int) -> Bool { below(count) == 0 }
    mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }
    mutating func pick(_ words: String) -> String { String(pick(words.split(separator: " "))) }
}
