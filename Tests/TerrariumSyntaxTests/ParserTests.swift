import TerrariumSyntax
import Testing

struct ParserTests {
    private func message(_ code: String) -> String? {
        do throws(SyntaxDiagnostic) {
            _ = try Parser.parse(SourceText(code, name: "test.js"))
            return nil
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        "let a = 1, {b, ...c} = {}, [d = 2, , ...e] = []", "async (x) => await x", "(a, b = a) => ({a, b})", "a?.b?.[c]?.(d)",
        "class A extends B { #x; static { this.y } get #z() {} constructor() { super() } }", "for (const x of y) z: break z",
        "label: for (;;) continue label", "x = a ?? (b || c)", "function* g() { yield* h() }", "if (0) function f() {}",
        "var yield = 1, async = 2, of = 3, let", "a = b\n++c", "`a${`b${c}`}d`", "/[/]/g.test(x) / 2", "0b11 + 0o17 + 0xfn + 1_000",
    ])
    func acceptsTheGrammar(_ code: String) { #expect(message(code) == nil) }

    @Test(arguments: [
        ("let a; let a", "Identifier 'a' has already been declared"), ("var a; let a", "Identifier 'a' has already been declared"),
        ("(", "Unexpected end of input"), ("a b", "Unexpected identifier 'b'"), ("return 1", "Illegal return statement"),
        ("'use strict'; with (a) b", "Strict mode code may not include a with statement"), ("break", "Illegal break statement"),
        ("f(a b)", "missing ) after argument list"), ("const a", "Missing initializer in const declaration"),
        ("1 = 2", "Invalid left-hand side in assignment"), ("'use strict'; delete x", "Delete of an unqualified identifier in strict mode."),
        ("class A { #a; #a }", "Identifier '#a' has already been declared"), ("x.#y", "Private field '#y' must be declared in an enclosing class"),
        ("`${", "Unexpected end of input"), ("\"abc", "Invalid or unexpected token"),
    ])
    func refusesWithTheUsualWords(_ code: String, _ expected: String) { #expect(message(code) == expected) }

    @Test func diagnosticsHaveACaret() {
        do throws(SyntaxDiagnostic) {
            _ = try Parser.parse(SourceText("ok();\n  oops oops;", name: "file.js"))
            Issue.record("parsed")
        } catch {
            #expect(error.line == 2)
            #expect(error.column == 8)
            #expect(error.rendered() == "file.js:2:8\n  oops oops;\n       ^^^^\n\nSyntaxError: Unexpected identifier 'oops'")
        }
    }
}
