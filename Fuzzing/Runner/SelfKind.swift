import Terrarium
import TerrariumSyntax

/// Tame programs against the engine itself.
struct SelfKind: FuzzKind {
    let name = "self"
    let about = "same output and fuel with collections everywhere, without caches, in slices, and after a snapshot"

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        var random = Randomness(seed: options.seed, number: number)
        return SelfKind.program(&random).joined(separator: "\n")
    }

    /// The statements of a program, each a script that could stand alone behind those before it.
    private static func program(_ random: inout Randomness) -> [String] {
        var generator = ProgramGenerator(random: random, isTame: true)
        _ = random.next()
        return generator.program(statements: 3 + random.below(5)).split(separator: "\n").map(String.init)
    }

    private static let prelude = ProgramGenerator.prelude + "var out = []; function note(v) { if (out.length < 400) out.push(show(v, 0)); }\n"

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        guard let guests = Guests(prelude: SelfKind.prelude), let template = SelfKind.template() else { return 3 }
        let fuel: Int64 = 3_000_000, heap = 24 << 20
        return eachCase(options) { number, random in
            let lines = SelfKind.program(&random)
            let text = lines.joined(separator: "\n")
            func plain(_ prepare: (Session) -> Void) -> (ending: String, output: String, fuel: Int64) {
                guard let session = guests.session(fuel: fuel, heap: heap) else { return ("none", "", 0) }
                prepare(session)
                let ending = Comparison.ending(session.run(SourceText(text, name: "fuzz.js")))
                let used = session.bill.fuel
                session.stressCollector = false
                return (ending, Comparison.output(session), used)
            }
            let usual = plain { _ in }
            if usual.ending != "finished" { return nil }
            let uncached = plain { $0.cachesDisabled = true }
            if uncached != usual { return "without caches: \(Comparison.difference(usual.output, uncached.output)) \(usual.fuel) \(uncached.fuel) \(uncached.ending)" }
            if number % 4 == 0, usual.fuel < 30_000 {
                let stressed = plain { $0.stressCollector = true }
                if stressed != usual {
                    return "collector stress: \(Comparison.difference(usual.output, stressed.output)) \(usual.fuel) \(stressed.fuel) \(stressed.ending)"
                }
            }
            return snapshots(guests, lines, fuel, heap, &random) ?? slices(template, text, &random)
        }
    }

    private func snapshots(_ guests: Guests, _ lines: [String], _ fuel: Int64, _ heap: Int, _ random: inout Randomness) -> String? {
        guard var moving = guests.session(fuel: fuel, heap: heap), let staying = guests.session(fuel: fuel, heap: heap) else { return nil }
        for line in lines {
            let source = SourceText(line, name: "fuzz.js")
            let ending = Comparison.ending(staying.run(source)), other = Comparison.ending(moving.run(source))
            if ending != other { return "snapshot: \(ending), \(other)" }
            if ending == "ended" { return nil }
            if random.one(in: 2) {
                guard let snapshot = moving.snapshot() else { return "no snapshot" }
                var limits = SessionLimits()
                limits.fuel = fuel
                limits.heap = heap
                limits.depth = 400
                guard let next = try? Session(restoring: snapshot, limits: limits) else { return "not restored" }
                moving = next
            }
        }
        let a = Comparison.output(staying), b = Comparison.output(moving)
        return a == b ? nil : "snapshot: " + Comparison.difference(a, b)
    }

    /// A sandbox in which the prelude has run.
    private static func template() -> Sandbox? {
        var limits = Limits()
        limits.fuel = 50_000_000
        guard let sandbox = try? Sandbox(limits: limits, capabilities: [.codeGeneration]), (try? sandbox.evaluate(SelfKind.prelude)) != nil
        else { return nil }
        return sandbox
    }

    private func slices(_ template: Sandbox, _ text: String, _ random: inout Randomness) -> String? {
        let slice = 20 + random.below(3000)
        func run(_ isSliced: Bool) -> (String, Int64)? {
            guard let sandbox = try? template.fork() else { return nil }
            let before = sandbox.bill.fuel
            do throws(TerrariumError) {
                if isSliced {
                    var outcome = try sandbox.run(text, fuel: slice)
                    var steps = 0
                    while case .paused(let pause) = outcome, steps < 1_000_000 {
                        steps += 1
                        outcome = try pause.resume(fuel: slice)
                    }
                } else {
                    try sandbox.evaluate(text)
                }
            } catch {
                // One built-in that needs far more than a slice.
                if case .fuel = error { return nil }
            }
            let used = sandbox.bill.fuel - before
            return ((try? sandbox.evaluate("out.join('\\n')").text) ?? "", used)
        }
        guard let whole = run(false), let sliced = run(true) else { return nil }
        if whole.0 != sliced.0 { return "slices of \(slice): " + Comparison.difference(whole.0, sliced.0) }
        return whole.1 == sliced.1 ? nil : "slices of \(slice): fuel \(whole.1), \(sliced.1)"
    }
}

enum Comparison {
    static func ending(_ outcome: Outcome) -> String {
        switch outcome {
        case .finished: "finished"
        case .thrown: "thrown"
        case .syntaxError: "syntax error"
        case .ended: "ended"
        }
    }

    static func output(_ session: Session) -> String {
        if case .finished(let text) = session.run(SourceText("out.join('\\n')", name: "out.js")) { return text }
        return "no output"
    }

    /// The first line that differs.
    static func difference(_ a: String, _ b: String) -> String {
        let first = a.split(separator: "\n", omittingEmptySubsequences: false), second = b.split(separator: "\n", omittingEmptySubsequences: false)
        for index in 0..<max(first.count, second.count) {
            let x = index < first.count ? first[index] : "nothing", y = index < second.count ? second[index] : "nothing"
            if x != y { return "line \(index + 1): \(x.prefix(300)) <> \(y.prefix(300))" }
        }
        return "the same"
    }
}
