import Testing
import TerrariumEngine
import TerrariumSyntax

/// Functions are compiled when they are first called. Their code must not depend on when that is.
@Suite struct LazyCompilationTests {
    static let sources = [
        // Dead zones: what closures know is what was initialised where they are made.
        """
        (function () {
          const early = () => late; let a = 1; const b = () => a + (() => a + late)(); let late = 2;
          function hoisted() { return a + late + (() => late)(); }
          { let inner = 3; var f = () => inner + shadow(); let shadow = () => inner; }
          switch (a) { case 1: let s = 1; var g = () => s; default: s; }
          for (let i = 0, h = () => i; (() => i)() < 3; i++) { let j = i; (() => () => i + j)(); }
          return [early, b, hoisted, f, g];
        })
        """,
        // Classes: names, fields, private names, heritage, static blocks.
        """
        (function (base) {
          const A = class Named extends (() => base || Named)() {
            #p = () => this.#p; [(() => "k")()] = () => Named; static s = () => Named; plain;
            constructor(x = () => super.y) { super(); this.x = () => this.plain; }
            get #q() { return () => super.z + this.#p; } m() { return class Inner { n() { return Named + Inner; } }; }
            static { const t = () => this; this.t = () => t() + Named; }
          };
          class B extends A { f = () => new.target; } class C { }
          return () => A + B + C;
        })
        """,
        // Parameters, arguments, names of functions, generators, async.
        """
        (function outer(p, q = () => p + r + arguments.length, { r } = {}, ...rest) {
          var p = 1; arguments[0] = 2;
          const self = function me(n) { return n ? me(n - 1) : () => me; };
          function* gen(a = yield_ => a) { const x = yield () => x; yield* [() => x]; }
          async function later() { for await (const y of gen()) await (() => y)(); }
          const o = { get v() { return () => this; }, set v(w) { (() => w)(); }, async *m() { yield () => super.toString(); } };
          label: for (const z of rest) { try { continue label; } catch ({ e = () => z }) { e(() => e); } finally { (() => z)(); } }
          return () => () => outer + self + gen + later + o + new.target + this;
        })
        """,
        // Code that evals and with statements can see.
        """
        (function () { var v = 1; function seen() { return eval("v") + (() => v)(); }
          function apart() { let w = 2; return () => w; }
          with ({ x: 1 }) { var y = () => x + v; } return [seen, apart, y]; })
        """,
    ]

    private func template(_ source: String, isLazy: Bool) throws -> ScriptTemplate {
        var options = CompileOptions()
        options.isLazy = isLazy
        return try ScriptCompiler.compile(Parser.parse(SourceText(source, name: "test.js")), options: options)
    }

    /// Code of every function by its place in the source, as text.
    private func listing(_ functions: [CodeTemplate]) -> [String] {
        functions.map { code in
            let text = Disassembler.text(code, number: 0).split(separator: "\n").map { line in
                // Numbers of templates are given in the order of compilation.
                line.replacing(/function #\d+|#\d+/, with: "#")
            }
            return "\(code.sourceStart)-\(code.sourceEnd) \(code.flags.rawValue) \(code.length) \(code.parameterCount)\n"
                + text.joined(separator: "\n") + "\n\(code.words) \(code.positions) \(code.handlers) \(code.constants.count)"
        }.sorted()
    }

    @Test("code is the same whenever it is compiled", arguments: sources) func sameCode(_ source: String) throws {
        let eager = try template(source, isLazy: false)
        let expected = listing(eager.functions)
        #expect(listing(try template(source, isLazy: true).functions) == expected)
        // Innermost and last functions first.
        let backwards = try template(source, isLazy: true)
        var done: Set<Int> = []
        while let next = (0..<backwards.count).last(where: { !done.contains($0) }) {
            #expect(backwards.compiled(next) != nil)
            done.insert(next)
        }
        #expect(listing(backwards.functions) == expected)
        #expect(backwards.count == eager.count)
    }

    @Test("nothing that is not called is compiled") func untouched() throws {
        let script = try template("function f() { function g() { return 1 } return g } function h() { return 2 }", isLazy: true)
        #expect(script.count == 3)
        #expect(script[1].words.isEmpty)
        #expect(String(decoding: script[1].name.units, as: UTF16.self) == "f")
        #expect(script.compiled(1)?.words.isEmpty == false)
        #expect(script.count == 4)
        #expect(script[2].words.isEmpty && script[3].words.isEmpty)
    }

    @Test("a function that does not fit the instruction format says so when it is called") func tooLarge() throws {
        let names = (0..<70_000).map { "v\($0)" }.joined(separator: ",")
        let script = try template("function f() { let \(names); return [\(names)] }", isLazy: true)
        let code = try #require(script.compiled(1))
        #expect(code.words.count == 1)
        #expect(BytecodeVerifier.check(script).isEmpty)
    }

    @Test("stand-ins are no code that data may contain") func standIns() throws {
        var code = CodeTemplate()
        code.words = [Instruction.word(.makeCode), Instruction.word(.returnUndefined)]
        #expect(!BytecodeVerifier.check(code, functionCount: 1).isEmpty)
    }
}
