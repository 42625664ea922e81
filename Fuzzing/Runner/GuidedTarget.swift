import Foundation
@_spi(Corruption) import Terrarium
import TerrariumSyntax

/// A fuzzer whose inputs are bytes, so that they can be changed and kept. The first byte chooses among ways to use the others.
struct GuidedTarget {
    /// Inputs are texts: changes go by tokens and brackets.
    let isText: Bool
    /// Inputs that are kept are no longer.
    let largest: Int
    /// An input from the generator of the kind.
    let fresh: (inout Randomness) -> [UInt8]
    /// Runs an input; what is wrong with it.
    let take: ([UInt8]) -> String?

    static let names = ["parser", "regexp", "json", "numbers", "programs", "builtins", "templates", "snapshots", "api"]

    /// - Parameter corpus: folders of programs to mutate.
    static func named(_ name: String, corpus: [String]) -> GuidedTarget? {
        switch name {
        case "parser": parser(corpus)
        case "regexp": regexp()
        case "json": json()
        case "numbers": numbers()
        case "programs": programs(corpus)
        case "builtins": builtins()
        case "templates": templates()
        case "snapshots": snapshots()
        case "api": GuidedTarget(isText: false, largest: 400, fresh: choices) { bytes in
            var random = Randomness(choices: bytes)
            return APIKind.drive(&random)
        }
        default: nil
        }
    }

    /// Choices for a generator.
    private static func choices(_ random: inout Randomness) -> [UInt8] {
        (0..<(1 + random.below(200))).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func parser(_ corpus: [String]) -> GuidedTarget {
        let files = Corpus(corpus), kind = ParserKind()
        return GuidedTarget(isText: true, largest: 2000) { random in
            [UInt8(random.below(256))] + kind.source(&random, files)
        } take: { bytes in
            let mode = bytes.first ?? 0
            ParserKind.take(Array(bytes.dropFirst()), isModule: mode & 1 == 1, compiles: mode & 2 == 2, lists: mode & 0xFC == 0xFC)
            return nil
        }
    }

    private static let flags = ["", "i", "g", "y", "m", "s", "u", "v", "d", "gi", "iu", "gu", "iv", "gy", "gmsu", "gv"]

    private static func regexp() -> GuidedTarget? {
        guard let guests = Guests(prelude: ProgramGenerator.prelude + "function note(v) { show(v, 0); }") else { return nil }
        return GuidedTarget(isText: true, largest: 300) { random in
            // A pattern, and behind a line end the subject.
            [UInt8(random.below(64))] + Array(RegExpKind.pattern(&random).utf8) + [10] + Array("abcab 1A😀ß-_xx".utf8.prefix(random.below(20)))
        } take: { bytes in
            let mode = Int(bytes.first ?? 0)
            let parts = bytes.dropFirst().split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
            let subject = parts.count > 1 ? text(parts[1]) : "abcab 1"
            let program = RegExpKind.uses(
                pattern: text(parts.first ?? []), flags: flags[mode & 15], subject: RegExpKind.quoted(subject), lastIndex: mode >> 4 & 3)
            return guests.run(program, fuel: 100_000, heap: 8 << 20)
        }
    }

    private static func json() -> GuidedTarget? {
        guard let guests = Guests(prelude: ProgramGenerator.prelude + "function note(v) { if (v === 'BAD round trip') print(v); show(v, 0); }") else { return nil }
        let spaces = ["", ", null, 1", ", null, 'ab'", ", (k, v) => k === 'a' ? undefined : v", ", ['a', 1]"]
        return GuidedTarget(isText: true, largest: 1000) { random in
            var text = ""
            JSONKind.value(&random, &text, 0)
            return [UInt8(random.below(spaces.count))] + Array(text.utf8)
        } take: { bytes in
            let literal = RegExpKind.quoted(text(bytes.dropFirst())), space = spaces[Int(bytes.first ?? 0) % spaces.count]
            var wrong: String?
            let fault = guests.run(JSONKind.uses(literal: literal, space: space), fuel: 200_000, heap: 8 << 20) { wrong = $0 }
            return fault ?? wrong
        }
    }

    private static func numbers() -> GuidedTarget? {
        guard let guests = Guests(prelude: ProgramGenerator.prelude + "var text; function note(v) { show(v, 0); }") else { return nil }
        return GuidedTarget(isText: false, largest: 80) { random in
            // How it is written; the bits of a double; digits.
            var bytes = (0..<3).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let bits = random.one(in: 2) ? random.next() : Double(random.below(1_000_000) - 500_000).bitPattern
            for step in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * UInt64(step)))) }
            for _ in 0..<(1 + random.below(40)) { bytes.append(UInt8(random.below(10))) }
            return bytes
        } take: { bytes in
            guard bytes.count > 11 else { return nil }
            var bits: UInt64 = 0
            for step in 0..<8 { bits |= UInt64(bytes[3 + step]) << (8 * UInt64(step)) }
            let double = Double(bitPattern: bits), finite = double.isFinite && double != 0 ? double : 1
            // Digits, at most one point among them, and an exponent.
            var digits = "", place = 0
            for byte in bytes[11...].prefix(60) {
                if byte >= 0xF0, !digits.contains("."), place > 0 { digits += "." } else { digits += String(byte % 10) }
                place += 1
            }
            if bytes[0] & 1 == 1 { digits += "e\((Int(bytes[1]) << 2 | Int(bytes[2] & 3)) - 512)" }
            let (program, expected) = NumberKind.uses(
                of: "\(finite)", finite, digits: digits, fixed: Int(bytes[0] >> 1) % 101, precision: 1 + Int(bytes[1]) % 100, exponential: Int(bytes[2]) % 101)
            var seen = ""
            let fault = guests.run(program + "print(text);", fuel: 400_000, heap: 8 << 20) { seen += $0 }
            if let fault { return fault }
            seen = seen.trimmingCharacters(in: .whitespacesAndNewlines)
            return seen == expected ? nil : "\(seen), expected \(expected)"
        }
    }

    private static func programs(_ corpus: [String]) -> GuidedTarget? {
        let files = Corpus(corpus)
        guard let guests = Guests(prelude: HostileValues.source + ProgramGenerator.prelude + "function note(v) { show(v, 0); }") else { return nil }
        return GuidedTarget(isText: true, largest: 6000) { random in
            let mode = UInt8(random.below(256))
            if !files.isEmpty, random.one(in: 3) { return [mode] + Array(files.mutated(&random).utf8) }
            var generator = ProgramGenerator(random: random, isTame: false)
            _ = random.next()
            return [mode] + Array(generator.program(statements: 1 + random.below(5)).utf8)
        } take: { bytes in
            let mode = Int(bytes.first ?? 0), isStressed = mode >> 3 == 31
            let fuel = isStressed ? 2_000 : [Int64(2_000), 20_000, 60_000, 60_000][mode & 3], heap = mode & 4 == 4 ? 4 << 20 : 8 << 20
            guard let session = guests.session(fuel: fuel, heap: heap) else { return nil }
            session.stressCollector = isStressed
            if case .ended(.corrupted) = session.run(SourceText(text(bytes.dropFirst()), name: "fuzz.js")) { return "internal error" }
            return Guests.meterFault(session, fuel: fuel, heap: heap)
        }
    }

    private static func builtins() -> GuidedTarget? {
        guard let guests = Guests(prelude: HostileValues.source) else { return nil }
        return GuidedTarget(isText: false, largest: 200, fresh: choices) { bytes in
            // Some calls one after the other, in one session.
            var random = Randomness(choices: bytes)
            var program = ""
            for _ in 0..<(1 + random.below(4)) { program += BuiltinKind.call(&random, random.below(2000)) }
            return guests.run(program, fuel: 40_000, heap: 8 << 20)
        }
    }

    private static func templates() -> GuidedTarget? {
        guard let target = TemplateTarget() else { return nil }
        return GuidedTarget(isText: false, largest: 20_000) { random in
            random.pick(TemplateKind.originals)
        } take: { bytes in
            var bytes = bytes
            TemplateKind.repair(&bytes)
            return target.take(bytes)
        }
    }

    /// Inputs are changes: what kind, where, and the value.
    private static func snapshots() -> GuidedTarget? {
        guard let target = SnapshotTarget() else { return nil }
        return GuidedTarget(isText: false, largest: 200, fresh: choices) { bytes in
            guard let first = bytes.first else { return nil }
            var body = target.bodies[Int(first) % target.bodies.count]
            var rest = bytes.dropFirst()
            func number(_ count: Int) -> Int { (0..<count).reduce(0) { sum, _ in sum << 8 | Int(rest.popFirst() ?? 0) } }
            while !rest.isEmpty {
                let how = number(1)
                // State, tables and lengths are at the front; the bulk is memory.
                let place = number(3) % (how & 1 == 1 ? min(body.count, 4096) : body.count)
                let width = [1, 2, 4, 8][how >> 1 & 3], value = number(width)
                for step in 0..<width where place + step < body.count {
                    let byte = UInt8(truncatingIfNeeded: value >> (8 * step))
                    switch how >> 3 & 3 {
                    case 0: body[place + step] = byte
                    case 1: body[place + step] ^= byte
                    case 2: body[place + step] &+= byte
                    default: body[place + step] = body[(value & 0xFFFF_FFFF + step) % body.count]
                    }
                }
            }
            target.take(body)
            return nil
        }
    }
}
