import Foundation
import TerrariumCage

/// The `fuzz` executable. A case is a kind, a seed and a number: the same three give the same case on every machine.
///
/// Rules:
/// 1. Cases run in child processes, a batch each. A batch that dies is taken up again behind the case that killed it.
///    Some kinds share a session or a script between the cases of a group.
/// 2. What is found is reported by kind, seed and number; `fuzz show` prints the case.
/// 3. The last line is "N passed, N failed".
enum FuzzTool {
    static let help = """
        Looks for inputs that break the engine.

        usage: fuzz KIND [--seed S] [--seconds N | --count N] [--first N] [--corpus DIR]… [--log FILE]
               fuzz all --seconds N [--seed S]     every kind, an equal part of the time each
               fuzz show KIND --seed S --case N    prints a case
               fuzz soak --seconds N               mixed programs in one process, whose memory must stay flat
               fuzz guided TARGET --seconds N [--inputs DIR]
                                                   goes on from inputs that reach new edges (.ci/fuzz-guided builds for it);
                                                   \(GuidedTarget.names.joined(separator: " "))

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
        /// The number of each case is written before it runs.
        var isEach = false
        /// A file that keeps the totals.
        var log: String?
        var corpus: [String] = []
        /// A folder with inputs of the guided fuzzers.
        var inputs: String?
    }

    static let kinds: [any FuzzKind] = [
        ProgramKind(), BuiltinKind(), FaultKind(), ParserKind(), RegExpKind(), JSONKind(), NumberKind(), TemplateKind(),
        SnapshotKind(), APIKind(), SelfKind(), DifferentialKind(), InputKind(),
    ]

    /// Folders of programs to mutate, from the repository's root.
    private static let corpus = ["Tests/Probes", "Tests/TerrariumTests/Scripts"]

    static func main(_ arguments: [String]) -> Int32 {
        guard let word = arguments.first, word != "--help" else {
            print(help, terminator: "")
            return arguments.isEmpty ? 2 : 0
        }
        var rest = Array(arguments.dropFirst())
        var names = [word]
        if word == "show" || word == "guided", let name = rest.first {
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
            case "--log": options.log = value()
            case "--each": options.isEach = true
            case "--inputs": options.inputs = value()
            case "--corpus": options.corpus.append(value())
            case "--child": options.isChild = true
            default: return usage("no option \(rest[index])")
            }
            index += 1
        }
        if options.corpus.isEmpty { options.corpus = FuzzTool.corpus }
        if word == "all" { return all(options) }
        if word == "soak" { return Soak.run(seconds: options.seconds ?? 60, seed: options.seed) }
        if word == "guided" {
            return GuidedTarget.names.contains(names[0]) ? Guided.main(names[0], options) : usage("no target \(names[0])")
        }
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
