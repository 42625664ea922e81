import Terrarium
import TerrariumSyntax

/// Sources that may be anything: bytes, tokens in any order, mutated programs, deep nesting.
struct ParserKind: FuzzKind {
    let name = "parser"
    let about = "bytes, token soup, nesting and mutated files, parsed and compiled"
    let groupSize = 64

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        var random = Randomness(seed: options.seed, number: number)
        return String(decoding: source(&random, Corpus(options.corpus)), as: UTF8.self)
    }

    static let tokens: [[UInt8]] = [
        "var", "let", "const", "function", "function*", "async", "await", "yield", "class", "extends", "super", "new", "new.target", "import", "export",
        "import.meta", "import(", "return", "throw", "try", "catch", "finally", "if", "else", "for", "for await", "of", "in", "while", "do", "switch",
        "case", "default:", "break", "continue", "with", "debugger", "delete", "typeof", "void", "instanceof", "this", "null", "true", "static", "get",
        "set", "using", "eval", "arguments", "a", "b", "x", "#p", "$", "\\u{61}", "\u{2028}", "(", ")", "[", "]", "{", "}", "${", "`", "'", "\"", "/", "/=", "//",
        "/*", "*/", "<!--", "-->", "=>", "=", "==", "===", "!", "!=", "+", "++", "-", "--", "*", "**", "%", "&", "&&", "&&=", "|", "||", "??", "??=", "?", "?.",
        ":", ";", ",", ".", "...", "<", "<<", ">>>=", "~", "^", "@", "0", "1", "08", "0x", "0xFn", "1_0", "1e", "1e400", "0.1", "'use strict'", "\n", "\\", "0b2",
    ].map { Array($0.utf8) }
    private static let nests: [(String, String)] = [
        ("(", ")"), ("[", "]"), ("{", "}"), ("({a:", "})"), ("a=>", ""), ("async a=>", ""), ("`${", "}`"), ("if(a)", ""), ("while(a)", ""), ("a?", ":b"),
        ("-", ""), ("!", ""), ("a+", ""), ("a**", ""), ("new ", ""), ("f(", ")"), ("a[", "]"), ("function f(){", "}"), ("class A{m(){", "}}"), ("try{", "}finally{}"),
        ("label:", ""), ("a.", ""), ("a??", ""), ("[...", "]"), ("({...", "})"), ("({[", "]:1})"), ("var {a:", "}=b"), ("for(;;)", ""), ("do ", " while(0)"),
        ("switch(1){case 1:", "}"), ("with(a)", ""), ("await ", ""), ("yield ", ""), ("a=", ""), ("a,", ""), ("class extends ", "{}"), ("(a,", ")=>b"), ("(a=", ")=>b"),
    ]

    func source(_ random: inout Randomness, _ corpus: Corpus) -> [UInt8] {
        switch random.below(64) {
        case 0..<10: return (0..<random.below(60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case 10..<12: return (0..<random.below(60)).map { _ in UInt8(32 + random.below(95)) }
        case 12..<50:
            let spaced = !random.one(in: 3)
            var bytes: [UInt8] = []
            for _ in 0..<(1 + random.below(24)) {
                bytes += random.pick(ParserKind.tokens)
                if spaced { bytes.append(32) }
            }
            return bytes
        case 50..<58: return Array(ParserKind.nested(&random).utf8)
        case 58..<61:
            return corpus.isEmpty ? [] : Array(corpus.mutated(&random).utf8)
        default:
            var generator = ProgramGenerator(random: random, isTame: false)
            var bytes = Array(generator.program(statements: 2).utf8)
            for _ in 0..<random.below(4) where !bytes.isEmpty {
                let place = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(contentsOf: random.pick(ParserKind.tokens), at: place)
                default: bytes.removeLast(bytes.count - place)
                }
            }
            return bytes
        }
    }

    /// Little nesting mostly, and now and then far too much.
    private static func nested(_ random: inout Randomness) -> String {
        let count = random.one(in: 400) ? 20_000 : random.pick([1, 3, 5, 12, random.one(in: 8) ? 400 : 20])
        var head = "", tail: [String] = []
        let fixed = random.pick(ParserKind.nests), mixes = random.one(in: 2)
        for _ in 0..<count {
            let nest = mixes ? random.pick(ParserKind.nests) : fixed
            head += nest.0
            tail.append(nest.1)
        }
        return head + random.pick(["a", "1", "", "yield", "await x", "{}"]) + (random.one(in: 4) ? "" : tail.reversed().joined())
    }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        let corpus = Corpus(options.corpus)
        return eachCase(options) { _, random in
            let bytes = source(&random, corpus)
            ParserKind.take(bytes, isModule: random.one(in: 3), compiles: random.one(in: 4), lists: random.one(in: 64))
            return nil
        }
    }

    /// Parses, and compiles all functions.
    static func take(_ bytes: [UInt8], isModule: Bool, compiles: Bool, lists: Bool) {
        let source = SourceText(utf8: bytes, name: "fuzz.js")
        _ = EarlyErrors.find(in: source, isModule: isModule, limit: 3)
        if lists {
            _ = Session.disassemble(source, isModule: isModule)
        } else if compiles {
            let text = String(decoding: bytes, as: UTF8.self)
            if isModule { _ = (try? CompiledModule(text))?.data } else { _ = (try? Script(text))?.data }
        }
    }
}
