import Terrarium
import TerrariumSyntax
import Testing

/// Sessions as a prompt uses them.
struct EntryTests {
    private let limits = Session.EntryLimits(fuel: 10_000_000)

    private func value(_ session: Session, _ entry: String) -> String {
        switch session.evaluate(entry: entry, name: "entry", limits: limits) {
        case .value(let shown): shown ?? "undefined"
        case .pending: "pending"
        case .thrown(let text), .syntaxError(let text): text
        case .ended(let ending): "ended: \(ending.rawValue)"
        }
    }

    @Test func namesMayBeDeclaredAgain() throws {
        let session = try Session()
        #expect(value(session, "let a = 1; const b = () => a; a") == "1")
        #expect(value(session, "const a = 2; b()") == "2")
        #expect(value(session, "class a {}; var b = 5; b") == "5")
        #expect(value(session, "let a = a; typeof a") == "'function'")
        // Scripts that are no entries are as strict as ever.
        guard case .thrown(let text) = session.run(SourceText("let a = 1", name: "script")) else {
            Issue.record("declared twice")
            return
        }
        #expect(text.contains("Identifier 'a' has already been declared"))
    }

    @Test func whatAFailedDeclarationLeftCanBeReplaced() throws {
        let session = try Session()
        #expect(value(session, "let x = nothing").contains("nothing is not defined"))
        #expect(value(session, "x").contains("Cannot access 'x' before initialization"))
        #expect(value(session, "let x = 3; x") == "3")
    }

    @Test func topLevelAwait() throws {
        let session = try Session()
        session.allowTimers()
        #expect(value(session, "const { p, q: [r = 2] } = await { p: 1, q: [] }, s = 5; [p, r, s]") == "[ 1, 2, 5 ]")
        #expect(value(session, "p + s") == "6")
        #expect(value(session, "async function f() { await 1 } class C {} await new Promise(done => setTimeout(done, 1, 7))") == "7")
        #expect(value(session, "[typeof f, typeof C]") == "[ 'function', 'function' ]")
        #expect(value(session, "await new Promise(() => {})") == "pending")
        #expect(value(session, "await Promise.reject(new TypeError('no'))").contains("Uncaught TypeError: no"))
        // Not at the top level: an ordinary script.
        #expect(value(session, "(async () => { await 1 })() instanceof Promise") == "true")
        #expect(value(session, "'await'") == "'await'")
    }

    @Test func lastValueAndLastError() throws {
        let session = try Session()
        _ = value(session, "6 * 7")
        #expect(value(session, "_ + 1") == "43")
        _ = value(session, "throw new RangeError('x')")
        #expect(value(session, "_error.name") == "'RangeError'")
        _ = value(session, "8")
        #expect(value(session, "_") == "8")
        _ = value(session, "_ = 'own'; 9")
        #expect(value(session, "_") == "'own'")
    }

    @Test func anEntryThatMeetsALimitEndsAlone() throws {
        let session = try Session()
        #expect(value(session, "let n = 0; for (;;) n++") == "ended: fuel")
        #expect(value(session, "n > 1000") == "true")
    }

    @Test func completeOrNot() {
        for text in ["function f() {", "a +", "[1, 2", "`a ${b", "/* open", "if (x) {} else", "foo(", "await foo(", "for await (const x of", "x =>", "({ a:"] {
            #expect(EntrySource.isIncomplete(text), "\(text)")
        }
        for text in ["", "1", "a b", "foo(]", "let 1", "'open", "await foo()", "}", "let x = await y; x", "/* closed */ 1", "/[/"] {
            #expect(!EntrySource.isIncomplete(text), "\(text)")
        }
    }

    @Test func completionsRunNothing() throws {
        let session = try Session()
        _ = value(session, "let ran = 0; const o = { abc: { deep: 1 }, get abd() { ran++; return {} } }; const p = new Proxy({ abe: 1 }, { ownKeys() { ran++ } })")
        #expect(session.completions(before: "1 + o.ab").names == ["abc", "abd"])
        #expect(session.completions(before: "o.abc.").names.contains("deep"))
        #expect(session.completions(before: "o.abd.").names.isEmpty)
        #expect(session.completions(before: "p.ab").names == ["abe"])
        #expect(session.completions(before: "'x'.toUpperC").names == ["toUpperCase"])
        #expect(session.completions(before: "typeo").names == ["typeof"])
        #expect(session.completions(before: "nothing.").names.isEmpty)
        #expect(value(session, "ran") == "0")
    }

    @Test func timersGoOnInASnapshot() throws {
        let session = try Session()
        session.allowTimers()
        _ = value(session, "let fired = 0; setTimeout(n => { fired += n }, 1, 5); 0")
        let copy = try Session(restoring: try #require(session.snapshot()))
        guard case .finished = copy.run(SourceText("0", name: "go on")) else {
            Issue.record("did not finish")
            return
        }
        #expect(value(copy, "fired") == "5")
        #expect(value(session, "fired") == "0")
    }

    @Test func earlyErrorsOfSeveralLines() {
        func lines(_ text: String) -> [Int] { EarlyErrors.find(in: SourceText(text, name: "x"), isModule: false).map(\.line) }
        #expect(lines("let a;\nlet a;\nlet b = 1;\nlet b;\n") == [2, 4])
        #expect(lines("function f() {\n  break;\n}\nfoo(;\n") == [2, 4])
        #expect(lines("function f() {\n  break;\n}\nfoo(1 2);\nnew.target;\n") == [2, 4, 5])
        // What follows an open bracket is no error of its own.
        #expect(lines("if (a {\n  b;\n}\n") == [1])
        #expect(lines("let fine = 1;").isEmpty)
    }

    @Test func profilesAreExactAndRepeatable() throws {
        let code = """
            function leaf(n) { let s = 0; for (let i = 0; i < n; i++) s += i; return s }
            function heavy() { for (let i = 0; i < 50; i++) leaf(100) }
            const made = []; function make() { for (let i = 0; i < 500; i++) made.push({ i }) }
            heavy(); make(); made.map(x => x.i).sort();
            """
        func profile() throws -> (Profile, Int64) {
            let session = try Session()
            session.startProfile(every: 1)
            let before = session.bill.fuel
            _ = session.run(SourceText(code, name: "p.js"))
            let used = session.bill.fuel - before
            return (session.endProfile(), used)
        }
        let (first, fuel) = try profile(), (second, _) = try profile()
        #expect(first.nodes.map(\.fuel) == second.nodes.map(\.fuel))
        #expect(first.nodes.map(\.bytes) == second.nodes.map(\.bytes))
        #expect(first.nodes.reduce(0) { $0 + $1.fuel } == fuel)
        let leaf = first.nodes.filter { $0.function == "leaf" }.reduce(0) { $0 + $1.fuel }
        #expect(leaf > 50 * 100 && leaf < fuel)
        #expect(first.nodes.filter { $0.function == "make" }.reduce(0) { $0 + $1.bytes } > 500 * 24)
        #expect(first.nodes.allSatisfy { $0.function != "leaf" || first.nodes[$0.parent].function == "heavy" })
    }
}
