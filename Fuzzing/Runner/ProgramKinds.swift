import Foundation
import Terrarium
import TerrariumSyntax

/// Generated programs and mutations of files.
struct ProgramKind: FuzzKind {
    let name = "programs"
    let about = "generated programs and mutated files, under small limits"

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        var random = Randomness(seed: options.seed, number: number)
        let corpus = Corpus(options.corpus)
        return source(&random, corpus).program
    }

    private func source(_ random: inout Randomness, _ corpus: Corpus) -> (program: String, fuel: Int64, heap: Int, stress: Bool) {
        let fuel = random.pick([Int64(2_000), 20_000, 20_000, random.one(in: 8) ? 1_000_000 : 60_000])
        let heap = random.pick([4 << 20, 8 << 20, 16 << 20])
        let stress = random.one(in: 100)
        if !corpus.isEmpty, random.one(in: 4) { return (corpus.mutated(&random), stress ? 2_000 : fuel, heap, stress) }
        var generator = ProgramGenerator(random: random, isTame: false)
        return (generator.program(statements: 3 + random.below(8)), stress ? 8_000 : fuel, heap, stress)
    }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        let corpus = Corpus(options.corpus)
        guard let guests = Guests(prelude: HostileValues.source + ProgramGenerator.prelude + "function note(v) { show(v, 0); }") else { return 3 }
        return eachCase(options) { _, random in
            let (program, fuel, heap, stress) = source(&random, corpus)
            guard let session = guests.session(fuel: fuel, heap: heap) else { return nil }
            session.stressCollector = stress
            if case .ended(.corrupted) = session.run(SourceText(program, name: "fuzz.js")) { return "internal error" }
            return Guests.meterFault(session, fuel: fuel, heap: heap)
        }
    }
}

/// Every built-in function with every shape of argument and receiver.
struct BuiltinKind: FuzzKind {
    let name = "builtins"
    let about = "every built-in with hostile arguments and receivers"
    let groupSize = 16

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        var random = Randomness(seed: options.seed, number: number)
        return BuiltinKind.call(&random, number)
    }

    static func call(_ random: inout Randomness, _ number: Int) -> String {
        let shapes = (0..<random.below(5)).map { _ in String(random.below(HostileValues.count)) }.joined(separator: ", ")
        return "poke(\(number), \(random.below(HostileValues.count)), [\(shapes)], \(random.below(4) == 0 ? 1 + random.below(2) : 0));"
    }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        guard let guests = Guests(prelude: HostileValues.source) else { return 3 }
        return eachCase(options, begin: guests.renew) { number, random in
            let program = BuiltinKind.call(&random, number)
            let fuel = random.pick([Int64(20_000), 20_000, 20_000, 100_000, random.one(in: 8) ? 500_000 : 50_000])
            return guests.runShared(program, fuel: fuel, heap: 8 << 20)
        }
    }
}

/// Limits that strike anywhere: in built-ins, in generated programs, with host functions that fail and call back.
struct FaultKind: FuzzKind {
    let name = "faults"
    let about = "fuel, heap and interrupts end programs at every point; the sandbox is usable afterwards"

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        var random = Randomness(seed: options.seed, number: number)
        return program(&random, number)
    }

    private func program(_ random: inout Randomness, _ number: Int) -> String {
        if random.one(in: 3) {
            var generator = ProgramGenerator(random: random, isTame: false)
            return generator.program(statements: 3)
        }
        return BuiltinKind.call(&random, number / 7)
    }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        let prelude = HostileValues.source + ProgramGenerator.prelude + "function note(v) { print(show(v, 0)); }"
        guard let guests = Guests(prelude: prelude) else { return 3 }
        // What an empty program needs: limits grow from there in small steps.
        guard let empty = guests.session(fuel: 1 << 30, heap: 64 << 20) else { return 3 }
        _ = empty.run(SourceText("0", name: "empty.js"))
        let least = empty.bill.heap
        return eachCase(options) { number, random in
            let program = program(&random, number)
            var fuel: Int64 = 100_000, heap = 8 << 20
            switch random.below(3) {
            case 0: fuel = Int64(random.below(random.one(in: 2) ? 300 : 3000))
            case 1: heap = least + random.below(20) * (32 << 10)
            default: break
            }
            let strikes = random.below(200)
            var seen = 0
            let holder = Holder()
            guard let session = guests.session(fuel: fuel, heap: heap, print: { _ in
                seen += 1
                if seen == strikes { holder.interrupt?() }
            }) else { return nil }
            holder.interrupt = session.interrupter
            if random.one(in: 4) { holder.interrupt?() }
            for source in [program, "1 + 1", "note([1].map(x => x + 1))"] {
                if case .ended(.corrupted) = session.run(SourceText(source, name: "fuzz.js")) { return "internal error" }
            }
            return Guests.meterFault(session, fuel: fuel, heap: heap)
        }
    }

    private final class Holder { var interrupt: (() -> Void)? }
}

/// JavaScript files, mutated by line, token and character.
struct Corpus: Sendable {
    private let files: [[Substring]]
    var isEmpty: Bool { files.isEmpty }

    init(_ folders: [String]) {
        var files: [[Substring]] = []
        for folder in folders {
            guard let walker = FileManager.default.enumerator(atPath: folder) else { continue }
            var names: [String] = []
            for case let path as String in walker where path.hasSuffix(".js") { names.append(path) }
            for path in names.sorted().prefix(4000) {
                if let text = try? String(contentsOfFile: folder + "/" + path, encoding: .utf8), text.utf8.count < 20_000 {
                    files.append(text.split(separator: "\n", omittingEmptySubsequences: false))
                }
            }
        }
        self.files = files
    }

    func mutated(_ random: inout Randomness) -> String {
        var lines = random.pick(files)
        let other = random.pick(files)
        for _ in 0..<(1 + random.below(4)) where !lines.isEmpty {
            let place = random.below(lines.count)
            switch random.below(7) {
            case 0: lines.remove(at: place)
            case 1: lines.insert(random.pick(other), at: place)
            case 2: lines.swapAt(place, random.below(lines.count))
            case 3: lines[place] = Corpus.tokensChanged(lines[place], &random)[...]
            case 4: lines.insert(lines[random.below(lines.count)], at: place)
            case 5: lines[place] = Corpus.bytesChanged(lines[place], &random)[...]
            default: lines.insert("try { \(BuiltinKind.call(&random, random.below(2000))) } catch (e) {}", at: place)
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func tokensChanged(_ line: Substring, _ random: inout Randomness) -> String {
        var tokens = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let place = random.below(tokens.count)
        if tokens.isEmpty { return String(line) }
        tokens[place] = random.pick([
            "0", "-1", "1e9", "2 ** 32", "null", "undefined", "hostile(\(random.below(HostileValues.count)))", "[]", "{}", "=>", "(", ")", "}", "{", "yield",
            "await", "new", "...", "?.", "class", "static", "function*", "async", "super", "`${", "/a/", "let", "eval", "arguments", "#x", "import.meta",
        ])
        return tokens.joined(separator: " ")
    }

    private static func bytesChanged(_ line: Substring, _ random: inout Randomness) -> String {
        var bytes = Array(line.utf8)
        if bytes.isEmpty { return String(line) }
        for _ in 0..<(1 + random.below(3)) {
            let place = random.below(bytes.count)
            switch random.below(3) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.insert(UInt8(32 + random.below(95)), at: place)
            default: bytes[place] ^= UInt8(1 << random.below(8))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
