import Foundation
import TerrariumCage
import TerrariumRegExp
import Testing

/// Times common patterns over a text, beside another engine: TERRARIUM_REGEXP_SPEED names an executable of Node.js, run as
/// an interpreter. Prints milliseconds; asserts that both find as many matches.
@Suite(.serialized) struct SpeedTests {
    static let node = ProcessInfo.processInfo.environment["TERRARIUM_REGEXP_SPEED"]

    static let patterns: [(String, String)] = [
        ("fox", ""), ("quick brown", ""), ("Sherlock|Holmes|Watson", ""), ("\\d{4}-\\d{2}-\\d{2}", ""),
        ("[a-z]+ing\\b", ""), ("\\b\\w+\\b", ""), ("(\\w+)@(\\w+)\\.com", ""), ("\"[^\"]*\"", ""), ("^.*$", "m"),
        (".*fox", ""), ("<([a-z]+)[^>]*>.*?</\\1>", ""), ("(?:a|b|c|d|e)+z", ""), ("\\s+", ""), ("[^\\s]+", ""),
        ("fox", "i"), ("(?<=\\s)the(?=\\s)", ""), ("(?:ab|cd|ef)+", ""), ("(a+)+b", ""), ("[A-Z][a-z]+", ""),
        ("\\p{Lu}\\p{Ll}+", "u"), ("(?:[a-z0-9]+\\.)+[a-z]{2,}", ""), ("function|return|var|let|const|if|else", ""),
        ("\\/\\*[\\s\\S]*?\\*\\/", ""), ("(\\d+)\\s*([+\\-*/])\\s*(\\d+)", ""),
    ]

    static let text: String = {
        let lines = [
            "The quick brown fox jumps over the lazy dog, singing and running in 2024-05-17 weather.",
            "Contact: john@example.com or mary@test.com; \"quoted text here\" and 'more'.",
            "<div class=\"a\">hello <b>world</b></div> abcdabcdefz aaaa cab 12 + 34 * 5",
            "function foo(a, b) { if (a) return b; else var x = 1; } /* comment * here */",
            "Dr. Watson met Sherlock at www.example.co.uk near the old the barn   with    spaces.",
        ]
        return (0..<400).map { lines[$0 % lines.count] }.joined(separator: "\n")
    }()

    @Test(.enabled(if: node != nil)) func speed() throws {
        let patterns = try JSONSerialization.data(withJSONObject: Self.patterns.map { [$0.0, $0.1] })
        let text = try JSONSerialization.data(withJSONObject: [Self.text])
        let script = """
            const ps = \(String(decoding: patterns, as: UTF8.self)), t = \(String(decoding: text, as: UTF8.self))[0];
            for (const [p, f] of ps) { const r = new RegExp(p, f + 'g'); let best = 1e9, n;
              for (let k = 0; k < 5; k++) { n = 0; const s = performance.now(); r.lastIndex = 0; let m;
                while (m = r.exec(t)) { n++; if (!m[0]) r.lastIndex++ } best = Math.min(best, performance.now() - s) }
              console.log(n + ' ' + best) }
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.node ?? "")
        process.arguments = ["--jitless", "--regexp-interpret-all", "-e", script]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let lines = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).split(separator: "\n")
        for (index, (pattern, flags)) in Self.patterns.enumerated() {
            let fields = lines[index].split(separator: " ")
            let harness = try RegExpHarness(pattern, flags)
            let subject = harness.place(Array(Self.text.utf16))
            var best = Double.infinity
            var count = 0
            var fuelUsed = 0
            for _ in 0..<5 {
                count = 0
                let start = MonotonicClock.now()
                var position = 0
                var fuel = 1 << 40
                while position <= subject.length {
                    let outcome = RegExpMatcher.match(
                        cage: harness.cage, program: RegExpHarness.programOffset,
                        wordCount: harness.program.words.count, subject: subject, lastIndex: position,
                        captures: RegExpHarness.capturesOffset,
                        stack: RegExpStackRegion(offset: RegExpHarness.stackOffset, capacity: 1 << 20), fuel: &fuel)
                    guard outcome == .matched else { break }
                    count += 1
                    let start = Int(harness.cage.load32(RegExpHarness.capturesOffset))
                    let end = Int(harness.cage.load32(RegExpHarness.capturesOffset, 4))
                    position = end == start ? end + 1 : end
                }
                best = min(best, Double(MonotonicClock.now() - start) / 1e6)
                fuelUsed = (1 << 40) - fuel
            }
            let other = Double(fields[1]) ?? 0
            print(
                String(
                    format: "%8.3f ms, node %8.3f, ratio %5.2f, %6d matches, %5.2f ns/fuel  /%@/%@", best, other,
                    other / best, count, best * 1e6 / Double(fuelUsed), pattern, flags))
            #expect(String(count) == fields[0])
        }
    }
}
