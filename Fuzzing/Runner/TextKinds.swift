import Foundation
import Terrarium

/// Patterns with subjects.
struct RegExpKind: FuzzKind {
    let name = "regexp"
    let about = "patterns, flags and subjects; exec, replace, split and search"
    let groupSize = 32

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        var random = Randomness(seed: options.seed, number: number)
        return RegExpKind.program(&random)
    }

    /// - Parameter isTame: leaves out where node 20 departs from the specification: matches of code points that begin in the middle
    ///   of a surrogate pair, `split` between surrogate pairs, and `[^]` in sets.
    static func program(_ random: inout Randomness, isTame: Bool = false) -> String {
        var pattern = pattern(&random)
        if random.one(in: 6) {
            var bytes = Array(pattern.utf8)
            if !bytes.isEmpty { bytes[random.below(bytes.count)] = UInt8(random.pick("40 41 91 93 123 125 63 42 43 92 124 94 36 58 60")) ?? 40 }
            pattern = String(decoding: bytes, as: UTF8.self)
        }
        let flags = random.pick(["", "", "i", "g", "y", "m", "s", "u", "v", "gi", "iu", "gu", "iv", "d", "gy", "gmsu"])
        if isTame, flags.contains("v") { pattern = pattern.replacing("[^]", with: "[\\s\\S]") }
        // What can be empty matches between the halves of a pair there.
        let leavesPairs = isTame && (flags.contains("u") || flags.contains("v"))
            && ["\\b", "\\B", "(?", "|", "*", "?", "{", "()", "^", "$"].contains { pattern.contains($0) }
        let subject = (0..<random.below(16)).map { _ in random.pick(["a", "b", "c", "A", "1", "_", " ", "\\n", "\\u0130", "\\u{1F600}", "\\ud83d", "ß", "\\u212a", "x", "-", "aa"]) }
            .filter { !leavesPairs || !["\\u{1F600}", "\\ud83d"].contains($0) }.joined()
        return uses(pattern: pattern, flags: flags, subject: "'\(subject)'", lastIndex: random.pick([0, 0, 1, 3]), isTame: isTame)
    }

    static func pattern(_ random: inout Randomness) -> String {
        var pattern = "", groups = 0
        disjunction(&random, &pattern, &groups, 0)
        return pattern
    }

    /// Everything that is done with a pattern; the subject is a literal.
    static func uses(pattern: String, flags: String, subject: String, lastIndex: Int = 0, isTame: Bool = false) -> String {
        let start = !isTame || lastIndex == 0 ? "\(lastIndex)" : "(r.unicode || r.unicodeSets) && s.codePointAt(\(lastIndex - 1)) > 65535 ? 0 : \(lastIndex)"
        let split = isTame ? "(r.unicode || r.unicodeSets) && /[\\ud800-\\udfff]/.test(s) ? 0 : s.split(r, 9)" : "s.split(r, 9)"
        return """
            try { const r = new RegExp(\(quoted(pattern)), '\(flags)'), s = \(subject); r.lastIndex = \(start);
            const m = r.exec(s); note(m && [...m]); note(m && m.index); note(m && m.groups && Object.entries(m.groups)); note(r.lastIndex); r.lastIndex = 0;
            note(s.replace(r, '[$&|$1|$`]')); note(\(split)); note(s.search(r)); note(r.test(s)); } catch (e) { note(e); }

            """
    }

    /// A text as a literal.
    static func quoted(_ text: String) -> String {
        var result = "'"
        for unit in text.utf16 {
            if unit == 39 || unit == 92 || unit < 32 || unit > 126 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result += String(decoding: [unit], as: UTF16.self)
            }
        }
        return result + "'"
    }

    private static func disjunction(_ random: inout Randomness, _ text: inout String, _ groups: inout Int, _ depth: Int) {
        for number in 0..<(1 + random.below(depth > 2 ? 2 : 3)) {
            if number > 0 { text += "|" }
            for _ in 0..<random.below(4) { term(&random, &text, &groups, depth) }
        }
    }

    private static func term(_ random: inout Randomness, _ text: inout String, _ groups: inout Int, _ depth: Int) {
        switch random.below(depth > 3 ? 8 : 14) {
        case 0, 1, 2: text += random.pick("a b c A x 1 _ aa ab \\- ß")
        case 3: text += random.pick([".", "\\d", "\\w", "\\s", "\\W", "\\D", "\\S", "\\p{L}", "\\p{Lu}", "\\u{61}", "\\x61", "\\cA", "\\0", "\\k<n>", "\\1", "\\2", "\\9"])
        case 4: text += random.pick(["[abc]", "[^a]", "[a-c1]", "[\\d_]", "[^]", "[]", "[\\w-a]", "[\\u{1F600}-\\u{1F610}]", "[[a-z]--[b]]", "[\\q{ab|c}x]", "[[a-c]&&\\w]", "[A-Z]", "[\\s\\S]"])
        case 5: text += random.pick("^ $ \\b \\B")
        case 6: text += "😀"
        case 7: text += random.pick(["(?:)", "()", "(?=a)", "(?!b)"])
        case 8, 9:
            groups += 1
            text += random.one(in: 5) ? "(?<n\(groups)>" : "("
            disjunction(&random, &text, &groups, depth + 1)
            text += ")"
        case 10:
            text += "(?:"
            disjunction(&random, &text, &groups, depth + 1)
            text += ")"
        case 11:
            text += random.pick(["(?=", "(?!", "(?<=", "(?<!"])
            disjunction(&random, &text, &groups, depth + 1)
            text += ")"
            return
        default: text += random.pick("a b . \\w [ab]")
        }
        if random.one(in: 3) {
            text += random.pick(["*", "+", "?", "{2}", "{0,2}", "{1,}", "{3,1}", "{0}", "{2,5}", "{,3}"]) + (random.one(in: 3) ? "?" : "")
        }
    }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        guard let guests = Guests(prelude: ProgramGenerator.prelude + "function note(v) { show(v, 0); }") else { return 3 }
        return eachScript(options) { numbers in
            // A pattern that takes all of the fuel leaves the others without: fuel is for each, and then for those behind it.
            var left = numbers
            while !left.isEmpty {
                var program = "", done = left.lowerBound
                for number in left {
                    var random = Randomness(seed: options.seed, number: number)
                    program += RegExpKind.program(&random) + "print(0);\n"
                }
                if let fault = guests.run(program, fuel: 1_000_000, heap: 8 << 20, print: { _ in done += 1 }) { return [(done, fault)] }
                left = min(done + 1, numbers.upperBound)..<numbers.upperBound
            }
            return []
        }
    }
}

/// JSON texts and values.
struct JSONKind: FuzzKind {
    let name = "json"
    let about = "JSON.parse of mutated texts; what is parsed is written and read again"
    let groupSize = 32

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        var random = Randomness(seed: options.seed, number: number)
        return JSONKind.program(&random)
    }

    static func program(_ random: inout Randomness) -> String {
        var text = ""
        value(&random, &text, 0)
        var units = Array(text.utf16)
        for _ in 0..<random.below(3) where !units.isEmpty {
            let place = random.below(units.count)
            if random.one(in: 2) { units[place] = UInt16(truncatingIfNeeded: random.pick([34, 44, 58, 91, 93, 123, 125, 92, 0, 0xD800, 0x2028, 46, 101, 45, 48])) } else { units.remove(at: place) }
        }
        let literal = units.map { "\\u" + String(repeating: "0", count: 4 - String($0, radix: 16).count) + String($0, radix: 16) }.joined()
        let space = random.pick(["", ", null, 1", ", null, 'ab'", ", (k, v) => k === 'a' ? undefined : v", ", ['a', 1]"])
        return uses(literal: "'\(literal)'", space: space)
    }

    /// Everything that is done with a text, which is a literal.
    static func uses(literal: String, space: String) -> String {
        """
            try { const v = JSON.parse(\(literal)); note(v); const t = JSON.stringify(v); note(t); if (JSON.stringify(JSON.parse(t)) !== t) note('BAD round trip');
            note(JSON.stringify(v\(space))); note(JSON.parse(t, (k, x) => typeof x === 'number' ? x + 1 : x)); } catch (e) { note(e); }

            """
    }

    static func value(_ random: inout Randomness, _ text: inout String, _ depth: Int) {
        switch random.below(depth > 4 ? 6 : 10) {
        case 0: text += random.pick("true false null")
        case 1: text += random.pick("0 -0 1 -1 1.5 1e5 1E-7 1e400 123456789012345678901234567890 0.1 -1e-400 4294967295 2147483648")
        case 2: text += "\"" + random.pick(["", "a", "\\u0041", "\\n\\t\\\\", "__proto__", "\u{1F600}", "\\ud800", "length", "0"]) + "\""
        case 3: text += String(Double(bitPattern: random.next()).isFinite ? Double(bitPattern: random.next()) : 0).replacing("inf", with: "1").replacing("nan", with: "2")
        case 4: text += String(Int(truncatingIfNeeded: random.next()))
        case 5: text += random.pick([" 1", "\t2\n", "[]", "{}"])
        case 6, 7:
            text += "["
            for number in 0..<random.below(5) {
                if number > 0 { text += "," }
                value(&random, &text, depth + 1)
            }
            text += "]"
        default:
            text += "{"
            for number in 0..<random.below(5) {
                if number > 0 { text += ", " }
                text += "\"" + random.pick(["a", "b", "0", "1", "__proto__", "a b", "\\u0061", "4294967295", "toJSON"]) + "\":"
                value(&random, &text, depth + 1)
            }
            text += "}"
        }
    }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        guard let guests = Guests(prelude: ProgramGenerator.prelude + "var current; function note(v) { if (v === 'BAD round trip') print(current); show(v, 0); }") else { return 3 }
        return eachScript(options) { numbers in
            var program = "", bad: [(Int, String)] = []
            for number in numbers {
                var random = Randomness(seed: options.seed, number: number)
                program += "current = \(number); " + JSONKind.program(&random)
            }
            let fault = guests.run(program, fuel: 4_000_000, heap: 8 << 20) { text in
                bad.append((Int(text.filter(\.isNumber)) ?? numbers.lowerBound, "BAD round trip"))
            }
            return bad + (fault.map { [(numbers.lowerBound, $0)] } ?? [])
        }
    }
}

/// Numbers as text and back.
struct NumberKind: FuzzKind {
    let name = "numbers"
    let about = "doubles to text and back, in all formats; texts against the standard library's reading"
    let groupSize = 32

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        var random = Randomness(seed: options.seed, number: number)
        return NumberKind.program(&random).program
    }

    static func program(_ random: inout Randomness) -> (program: String, expected: String) {
        let double: Double
        switch random.below(6) {
        case 0: double = Double(bitPattern: random.next())
        case 1: double = Double(Int(truncatingIfNeeded: random.next()) >> random.below(64))
        case 2: double = Double(random.below(1_000_000)) / random.pick([10, 100, 1000, 3, 7])
        case 3: double = Double(sign: .plus, exponent: random.below(2000) - 1000, significand: 1).nextUp
        case 4: double = Double(bitPattern: random.next() & 0x000F_FFFF_FFFF_FFFF)
        default: double = Double(random.below(100_000_000)) * random.pick([1e-7, 1e13, 1e20, 1e-5])
        }
        let finite = double.isFinite ? double : 1
        let swiftText = "\(finite)"
        var digits = (0..<(1 + random.below(40))).map { _ in String(random.below(10)) }.joined()
        if random.one(in: 2) { digits.insert(".", at: digits.index(digits.startIndex, offsetBy: random.below(digits.count))) }
        if random.one(in: 2) { digits += "e\(random.below(700) - 350)" }
        return uses(of: swiftText, finite, digits: digits, fixed: random.below(20), precision: 1 + random.below(50), exponential: random.below(50))
    }

    /// Everything that is done with a number, which has this text, and with digits; what it has to print.
    static func uses(
        of swiftText: String, _ finite: Double, digits: String, fixed: Int, precision: Int, exponential: Int
    ) -> (program: String, expected: String) {
        let parsed = Double(digits) ?? 0
        let expected = "\(finite.bitPattern) \(parsed.bitPattern)"
        return (
            """
            { const f = new Float64Array(1), u = new BigUint64Array(f.buffer); f[0] = Number('\(swiftText)'); const x = f[0], a = u[0]; f[0] = Number('\(digits)');
            text = a + ' ' + u[0]; if (!Object.is(Number(String(x)), x)) text = 'round trip'; if (Number(x.toExponential()) !== x) text = 'toExponential';
            if (x !== 0 && Number(x.toPrecision(17)) !== x) text = 'toPrecision'; if (Math.abs(x) < 2 ** 53 && Number.isInteger(x) && parseInt(x.toString(36), 36) !== x) text = 'radix';
            note(String(x)); note(x.toFixed(\(fixed))); note(x.toPrecision(\(precision))); note(x.toExponential(\(exponential))); note(x.toString(2).length);
            note(String(f[0])); note(parseFloat('\(digits)abc')); note(BigInt(Math.trunc(x)) % 1000003n); note(x | 0); note(x >>> 0); note(Math.fround(x)); }

            """, expected
        )
    }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        guard let guests = Guests(prelude: ProgramGenerator.prelude + "var text; function note(v) { show(v, 0); }") else { return 3 }
        return eachScript(options) { numbers in
            var program = "", wanted: [String] = [], seen: [String] = []
            for number in numbers {
                var random = Randomness(seed: options.seed, number: number)
                let (part, expected) = NumberKind.program(&random)
                program += part + "print(text);\n"
                wanted.append(expected)
            }
            let fault = guests.run(program, fuel: 8_000_000, heap: 8 << 20) { seen.append($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
            if let fault { return [(numbers.lowerBound + seen.count, fault)] }
            return zip(numbers, wanted).enumerated().compactMap { place, pair in
                let text = place < seen.count ? seen[place] : "nothing"
                return text == pair.1 ? nil : (pair.0, "\(text), expected \(pair.1)")
            }
        }
   }
}
