import Foundation
import Terrarium
import TerrariumCage
import TerrariumSyntax

/// Tame programs, patterns, JSON texts and numbers against node.
///
/// The programs of a group run one after the other in one context, and in one session. Where they differ, the program and
/// those behind it run again, each alone: a difference counts when it is there alone too, or when it was the first of its group.
struct DifferentialKind: FuzzKind {
    let name = "differential"
    let about = "generated programs, patterns, JSON and numbers: what node prints (nothing is done without node)"
    let groupSize = 500
    /// Programs that share a context.
    private static let together = 20

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        var random = Randomness(seed: options.seed, number: number)
        return DifferentialKind.program(&random)
    }

    private static func program(_ random: inout Randomness) -> String {
        switch random.below(8) {
        case 0, 1: return RegExpKind.program(&random, isTame: true)
        case 2: return JSONKind.program(&random)
        case 3: return "var text;" + NumberKind.program(&random).program
        default:
            var generator = ProgramGenerator(random: random, isTame: true)
            return generator.program(statements: 2 + random.below(4))
        }
    }

    private static let prelude = ProgramGenerator.prelude + "var out = []; function note(v) { if (out.length < 400) out.push(show(v, 0)); }\n"
    private static let reading = "(function () { const text = out.join('\\n'); out.length = 0; return text; })()"

    private static let runner = #"""
        const vm = require('vm'), fs = require('fs'); const [file] = process.argv.slice(2); const { prelude, reading, groups } = JSON.parse(fs.readFileSync(file, 'utf8'));
        process.on('unhandledRejection', () => {});
        const first = new vm.Script(prelude), last = new vm.Script(reading), results = [];
        for (const programs of groups) { const context = vm.createContext({}, { microtaskMode: 'afterEvaluate' }), answers = []; first.runInContext(context); let over = false;
          for (const program of programs) { let end = 'finished', text = '';
            if (over) { answers.push({ end: 'ended', text }); continue; }
            try { vm.runInContext(program, context, { timeout: 2000 }); } catch (e) { end = e && e.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? 'ended' : e && e.name === 'SyntaxError' ? 'syntax error' : 'thrown'; }
            try { text = String(last.runInContext(context)).toWellFormed(); } catch (e) { end = 'no output'; } if (end === 'ended') over = true; answers.push({ end, text }); }
          results.push(answers); }
        fs.writeFileSync(file + '.out', JSON.stringify(results));
        """#

    private struct Input: Encodable { let prelude: String, reading: String, groups: [[String]] }
    private struct Answer: Decodable, Equatable { let end: String, text: String }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        guard let guests = Guests(prelude: DifferentialKind.prelude), ChildProcess.run(["node", "-v"])?.status == 0 else {
            FuzzOutput.say("note node is not here")
            FuzzOutput.say("done \(options.first + (options.count ?? 0))")
            return 0
        }
        return eachGroup(options) { numbers in
            let programs = numbers.map { number in
                var random = Randomness(seed: options.seed, number: number)
                return DifferentialKind.program(&random)
            }
            let places = Array(programs.indices)
            let groups = stride(from: 0, to: places.count, by: DifferentialKind.together).map { Array(places[$0..<min($0 + DifferentialKind.together, places.count)]) }
            guard let answers = DifferentialKind.askNode(groups.map { $0.map { programs[$0] } }), answers.count == groups.count else {
                return [(numbers.lowerBound, "node gave no answer for the group")]
            }
            var alone: [Int] = [], firsts: [Int: String] = [:]
            for (group, answer) in zip(groups, answers) where answer.count == group.count {
                let mine = DifferentialKind.run(group.map { programs[$0] }, guests, isEach: options.isEach ? numbers.lowerBound + group[0] : nil)
                for (step, place) in group.enumerated() {
                    if step < mine.count, mine[step] == answer[step] { continue }
                    if step < mine.count, mine[step].end != "ended", answer[step].end != "ended" {
                        firsts[place] = DifferentialKind.difference(mine[step], answer[step])
                    }
                    alone += group[step...]
                    break
                }
            }
            guard !alone.isEmpty else { return [] }
            guard let again = DifferentialKind.askNode(alone.map { [programs[$0]] }), again.count == alone.count else {
                return [(numbers.lowerBound, "node gave no answer for single programs")]
            }
            var faults: [(Int, String)] = []
            for (place, answer) in zip(alone, again) {
                guard let mine = DifferentialKind.run([programs[place]], guests).first, let theirs = answer.first else { continue }
                if mine.end == "ended" || theirs.end == "ended" { continue }
                if mine != theirs {
                    faults.append((numbers.lowerBound + place, DifferentialKind.difference(mine, theirs)))
                } else if let first = firsts[place] {
                    faults.append((numbers.lowerBound + place, "only behind those before it: " + first))
                }
            }
            return faults
        }
    }

    private static func difference(_ mine: Answer, _ theirs: Answer) -> String {
        mine.end == theirs.end ? Comparison.difference(mine.text, theirs.text) : "\(mine.end), node: \(theirs.end)"
    }

    /// What programs print that run one after the other.
    private static func run(_ programs: [String], _ guests: Guests, isEach: Int? = nil) -> [Answer] {
        guard let session = guests.session(fuel: 60_000_000, heap: 60 << 20, depth: 5000) else { return [] }
        var answers: [Answer] = []
        for (step, program) in programs.enumerated() {
            if let isEach { FuzzOutput.say("case \(isEach + step)") }
            let ending = Comparison.ending(session.run(SourceText(program, name: "fuzz.js")))
            guard case .finished(let text) = session.run(SourceText(reading, name: "out.js")) else {
                answers.append(Answer(end: ending == "ended" ? ending : "no output", text: ""))
                break
            }
            answers.append(Answer(end: ending, text: text))
            if ending == "ended" { break }
        }
        return answers
    }

    private static func askNode(_ groups: [[String]]) -> [[Answer]]? {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("programs.json").path, script = folder.appendingPathComponent("runner.js").path
        guard (try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)) != nil,
            let data = try? JSONEncoder().encode(Input(prelude: prelude, reading: reading, groups: groups)),
            FileManager.default.createFile(atPath: input, contents: data), FileManager.default.createFile(atPath: script, contents: Data(runner.utf8)),
            let child = ChildProcess.run(["node", script, input], timeout: 250), child.status == 0,
            let output = FileManager.default.contents(atPath: input + ".out")
        else { return nil }
        return try? JSONDecoder().decode([[Answer]].self, from: output)
    }
}
