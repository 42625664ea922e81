import Foundation
import Testing

/// Compares with another engine: TERRARIUM_NODE names an executable of Node.js, TERRARIUM_REGEXP_SEED and
/// TERRARIUM_REGEXP_COUNT choose the random patterns. Without the variable there is nothing to compare with.
@Suite struct DifferentialTests {
    // It has bugs with case folding of set operations, with overlapping ranges in a negated class and with \q{…} of single characters, which are left out.
    static let node = ProcessInfo.processInfo.environment["TERRARIUM_NODE"]

    @Test(.enabled(if: node != nil)) func randomPatternsMatchLikeInNode() throws {
        let environment = ProcessInfo.processInfo.environment
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.node ?? "")
        process.arguments = [
            "-e", Self.generator, environment["TERRARIUM_REGEXP_SEED"] ?? "1",
            environment["TERRARIUM_REGEXP_COUNT"] ?? "3000",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        var differences = 0
        var compared = 0
        for line in data.split(separator: 10) {
            let fields = try #require(JSONSerialization.jsonObject(with: line) as? [Any])
            let pattern = try #require(fields[0] as? [Int]).map { UInt16($0) }
            let flags = try #require(fields[1] as? String)
            let error = fields[2] as? String
            let text = String(decoding: pattern, as: UTF16.self)
            let harness: RegExpHarness
            do {
                harness = try RegExpHarness(pattern, flags)
            } catch let failure as RegExpHarness.Failure {
                // Node 20 has no modifiers.
                if error == "Invalid group", failure.message.hasSuffix("flag group") { continue }
                if failure.message != error {
                    differences += 1
                    Issue.record("/\(text)/\(flags): \(failure.message), expected \(error ?? "success")")
                }
                continue
            }
            if let error {
                differences += 1
                Issue.record("/\(text)/\(flags): no error, expected \(error)")
                continue
            }
            for run in try #require(fields[3] as? [[Any]]) {
                let subject = try #require(run[0] as? [Int]).map { UInt16($0) }
                let lastIndex = try #require(run[1] as? Int)
                let expected = (run[2] as? [Any])?.map { $0 as? [Int] }
                for (wide, slice, stack) in [(false, 1 << 40, 4096), (true, 1 << 40, 65536), (true, 7, 64)] {
                    let result = harness.run(
                        subject, at: lastIndex, wide: wide, slice: slice, stack: stack, limit: 3_000_000)
                    if result.isExhausted { continue }
                    compared += 1
                    let actual = result.captures?.map { $0.map { [$0.lowerBound, $0.upperBound] } }
                    if actual != expected {
                        differences += 1
                        Issue.record(
                            """
                            /\(text)/\(flags) on \(String(decoding: subject, as: UTF16.self)) \(subject) at \(lastIndex), \
                            wide \(wide), slice \(slice): \(String(describing: actual)), \
                            expected \(String(describing: expected))
                            """)
                        break
                    }
                }
            }
            if differences > 20 { break }
        }
        #expect(compared > 0)
    }

    static let generator = #"""
        let seed = +process.argv[1] || 1, count = +process.argv[2] || 1000;
        function random(n) { seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff; return Math.floor(((seed >>> 8) ^ (seed & 255)) / 0x800000 * n) }
        const pick = a => a[random(a.length)];
        let groups, named, flags, u;
        const letters = ['a', 'b', 'c', 'A', 'B', 'K', 's', '1', '_', ' ', '-', '\u00e9', '\u00df', '\u017f', '\u212a', '\n', '\u2028', '\ud83d\ude00', '\ud83d', '\ude00', '\u0130', '\u03c3'];
        const plain = () => random(3) ? pick(['a', 'b', 'c']) : pick(letters);
        function classAtom() { return pick([plain, plain, () => pick(['\\d', '\\w', '\\s', '\\W', '\\S', '\\D', '\\b', '\\x61', '\\u0062']), () => 'a-c', () => 'A-z', () => u ? '\\p{Lu}' : '\\cA', () => u ? '\\u{1f600}' : '\\141', () => '\\-'])() }
        function set() { let s = '[' + (random(3) ? '' : '^'); for (let n = random(4); n >= 0; n--) s += classAtom().replace(/^[-\]]$/, 'b'); return s + ']' }
        function vset(d) { let s = '[' + (random(4) ? '' : '^'); const op = random(4); const operand = () => pick([() => plain().replace(/[- ]/, 'b'), () => '\\w', () => d ? vset(d - 1) : 'a', () => '\\q{ab|ca}', () => '\\p{L}'])();
            if (op < 2) for (let n = random(3); n >= 0; n--) s += random(3) ? operand() : '\u4e00-\u4e09'; else s += operand() + (op == 2 ? '&&' : '--') + operand(); return s + ']' }
        function atom(d) {
            switch (random(d > 0 ? 16 : 8)) {
            case 0: return '.';
            case 1: case 2: return flags.includes('v') ? vset(1) : set();
            case 3: return pick(['\\d', '\\w', '\\s', '\\W', '\\b', '\\B', '^', '$']);
            case 8: case 9: { groups++; return '(' + dis(d - 1) + ')' }
            case 10: return '(?:' + dis(d - 1) + ')';
            case 11: return '(?=' + dis(d - 1) + ')';
            case 12: return '(?!' + dis(d - 1) + ')';
            case 13: return pick(['(?<=', '(?<!']) + dis(d - 1) + ')';
            case 14: return groups ? '\\' + (1 + random(groups)) : 'a';
            case 15: { groups++; const n = 'n' + ++named; return '(?<' + n + '>' + dis(d - 1) + ')' + (random(3) ? '' : '\\k<' + n + '>') }
            default: return plain();
            }
        }
        const quantifier = () => pick(['*', '+', '?', '{2}', '{1,2}', '{0,3}', '{2,}', '{0}']) + (random(3) ? '' : '?');
        function term(d) { const a = atom(d); return a + (random(3) ? '' : quantifier()) }
        function seq(d) { let s = ''; for (let n = random(4); n > 0; n--) s += term(d); return s }
        function dis(d) { let s = seq(d); while (!random(4)) s += '|' + seq(d); return s }
        function mutate(p) { if (random(12)) return p; const i = random(p.length + 1); return p.slice(0, i) + pick(['(', ')', '[', ']', '{', '}', '?', '*', '\\', '|', '-', '&&', '{1', 'u', 'k']) + p.slice(i) }
        const units = s => Array.from({ length: s.length }, (_, i) => s.charCodeAt(i));
        for (let i = 0; i < count; i++) {
            groups = 0; named = 0; flags = '';
            for (const f of ['i', 'm', 's', 'y']) if (!random(4)) flags += f;
            const mode = random(4); if (mode == 0) flags += 'u'; if (mode == 1) flags = flags.replace('i', '') + 'v';
            u = mode < 2;
            const p = mutate(dis(3));
            let re;
            try { re = new RegExp(p, flags + 'd' + (flags.includes('y') ? '' : 'g')) } catch (e) {
                console.log(JSON.stringify([units(p), flags, e.message.slice(e.message.lastIndexOf(': ') + 2), []])); continue }
            const runs = [];
            for (let k = 0; k < 6; k++) {
                let s = ''; for (let n = random(12); n > 0; n--) s += plain();
                const at = random(3) ? 0 : random(s.length + 1);
                re.lastIndex = at;
                const m = re.exec(s);
                // Node 20 tries to match inside of surrogate pairs, which the specification does not.
                const inside = k => u && /[\ud800-\udbff][\udc00-\udfff]/.test(s.slice(k - 1, k + 1));
                if (inside(at) || m && inside(m.index)) continue;
                runs.push([units(s), at, m && m.indices.map(x => x || null)]);
            }
            console.log(JSON.stringify([units(p), flags, null, runs]));
        }
        """#
}
