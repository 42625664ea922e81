import TerrariumSyntax
import Testing

/// Sources that sit on the border of the grammar, as sloppy scripts.
struct EarlyErrorTests {
    private func message(_ code: String) -> String? {
        do throws(SyntaxDiagnostic) {
            _ = try Parser.parse(SourceText(code, name: "test.js"))
            return nil
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        "[{__proto__: a, __proto__: b}] = []", "({__proto__: a, __proto__: b}) => 1", "for ({__proto__: a, __proto__: b} of []);",
        "({__proto__: a, ['__proto__']: b, __proto__() {}})", "[(a)] = 1", "[(a.b)] = 1", "({a: (b) = 1} = 1)", "[...[a]] = 1",
        "({...a.b} = 1)", "({...(a)} = 1)",
        // Annex B.3.3 and redeclarations
        "{ function f() {} } let f", "{ { function f() {} } let f }", "{ function f() {} function f() {} }",
        "switch (0) { case 1: function f() {} case 2: function f() {} }", "{ function g() { var f } let f }",
        "try {} catch (e) { var e }", "try {} catch (e) { for (var e of []); }", "try {} catch (e) { { let e } }",
        "function f(a) { var a; function a() {} }", "if (0) function f() {} else function g() {}", "a: b: function f() {}",
        // await, yield, static blocks
        "class C { static { (async () => { await 1 })() } }", "class C { static { (function await(await) {}) } }",
        "class C { static { (() => { let await }) } }", "class C { static { (() => ({await})) } }",
        "class C { static { (function () { return arguments }) } }", "class C { [arguments] = 1 }",
        "const f = async ({a, b = 1}) => {}", "async(a = function () { await; }) => {}", "async(a = () => { await }) => {}", "var await; await\n(1)",
        "function* g() { function h(a = yield) {} }", "async function f() { (function await() {}) }",
        // for heads
        "for (let.x in {});", "for (let in {});", "for (async of => {};;) break", "for ((async) of []);", "for (async.x of []);",
        "for (\\u0061sync of []);", "for (using of []);", "for (using of = null;;) break", "for (using x of []);",
        "async () => { for (await using of of []); }", "for (var a = 1 in {});",
        // using
        "{ using x = 1, y = 2 }", "{ using\nx = 1 }", "using = 1", "using(x)", "async () => { await using x = 1 }",
        // calls as targets
        "f() = 1", "f()++", "for (f() of []);",
        "a/*x*/=>1", "async/**/a/**/=>1", "x = a\n/b/g", "<!-- x\n1", "--> x\n1", "x --> 0", "a\\u{62}", "({v\\u0061r: 1})",
        "class A { #x; m() { #x in this in y } }", "function f() { 'use strict' + 1; with (a); }", "if (1) let\nx", "l\\u0065t\nx",
    ])
    func accepts(_ code: String) { #expect(message(code) == nil) }

    @Test(arguments: [
        ("[x = {a = 1}] = []", "Invalid shorthand property initializer"),
        ("({a = {b = 1}} = {})", "Invalid shorthand property initializer"),
        ("({[{a = 1}]: x} = {})", "Invalid shorthand property initializer"),
        ("[a[{b = 1}]] = []", "Invalid shorthand property initializer"),
        ("x = {__proto__: a, __proto__: b}", "Duplicate __proto__ fields are not allowed in object literals"),
        ("{ async function f() {} function f() {} }", "Identifier 'f' has already been declared"),
        ("{ function* f() {} function f() {} }", "Identifier 'f' has already been declared"),
        ("{ { var f } let f }", "Identifier 'f' has already been declared"),
        ("for (let x of []) { var x }", "Identifier 'x' has already been declared"),
        ("try {} catch ([e]) { var e }", "Identifier 'e' has already been declared"),
        ("'use strict'; { function f() {} function f() {} }", "Identifier 'f' has already been declared"),
        ("async(a = await => {}) => {}", "'await' is not a valid identifier name in an async function"), ("async(a = (await) => 1) => 1", "'await' is not a valid identifier name in an async function"),
        ("class C { static { await } }", "Unexpected reserved word"),
        ("class C { static { (await => 1) } }", "Unexpected reserved word"),
        ("function* g() { (a = yield) => 1 }", "Yield expression not allowed in formal parameter"),
        ("async function f() { (a = await 1) => 1 }", "Illegal await-expression in formal parameters of async function"),
        ("0_1", "Numeric separator can not be used after leading 0."), ("07_1", "Numeric separator can not be used after leading 0."),
        ("f() &&= 1", "Invalid left-hand side in assignment"), ("for (let() of []);", "The left-hand side of a for-of loop may not be 'let'."),
        ("for (using of of []);", "Unexpected token ']'"), ("using x = 1", "Unexpected identifier 'using'"),
        ("switch (0) { case 0: using x = 1 }", "Unexpected identifier 'using'"),
        ("class A { #x; m() { #x in #x in this } }", "Unexpected token 'in'"),
        ("class A { #x; m() { return 1 + #x in this } }", "Unexpected identifier '#x'"),
    ])
    func refuses(_ code: String, _ expected: String) { #expect(message(code) == expected) }

    @Test(arguments: ["if (1)", "while (1)", "for (;;)", "for (a of b)", "with (a)", "do", "if (1); else"])
    func noLabelledFunctionAsBody(_ head: String) {
        #expect(message("\(head) a: b: function f() {}") != nil)
        #expect(message("\(head) a: { function f() {} } \(head == "do" ? "while (0)" : "")") == nil)
    }

    @Test(arguments: [
        ("(", ")", "1"), ("[", "]", ""), ("{", "}", ""), ("a => ", "", "1"), ("(a = ", ") => 1", "1"), ("!", "", "1"), ("- ", "", "1"),
        ("new ", "", "a"), ("a ? b : ", "", "c"), ("a = ", "", "1"), ("a ** ", "", "1"), ("`${", "}`", "1"), ("class A { static {", "}}", ""),
        ("if (a) ", "", ";"), ("do ", "while (0)", ";"), ("x = {a: ", "}", "1"), ("function f() {", "}", ""), ("import(", ")", "1"),
        ("try {", "} catch {}", ""), ("switch (a) { case 0: ", "}", ""), ("[...", "]", "a"), ("await ", "", ""), ("async (a = ", ") => 1", "1"),
    ])
    func anyNestingEndsCleanly(_ open: String, _ close: String, _ inner: String) {
        for count in [1000, 100_000] {
            _ = message(String(repeating: open, count: count) + inner + String(repeating: close, count: count))
        }
    }

    @Test func manyLabelsAreNoNesting() {
        #expect(message((0..<3000).map { "a\($0): " }.joined() + ";") == nil)
    }

    @Test func workStaysLinearInTheSource() {
        // Each would be quadratic if every level looked at everything inside.
        let vars = String(repeating: "{", count: 1000) + String(repeating: "var x;", count: 20_000) + String(repeating: "}", count: 1000)
        #expect(message(vars) == nil || message(vars) == "Source is nested too deeply")
        let arrows = String(repeating: "(a = ", count: 700) + "[" + String(repeating: "b,", count: 50_000) + "]"
            + String(repeating: ") => 1", count: 700)
        #expect(message(arrows) == "Source is nested too deeply")
    }

    @Test func longLinesAreCutAroundThePlace() {
        do throws(SyntaxDiagnostic) {
            _ = try Parser.parse(SourceText(String(repeating: "x;", count: 100_000) + "(;" + String(repeating: "y;", count: 100_000), name: "a.js"))
            Issue.record("parsed")
        } catch {
            #expect(error.column == 200_002)
            #expect(error.sourceLine.utf16.count <= 400)
            #expect(error.rendered().contains("x;x;(;y;"))
        }
    }

    @Test func bytesAreDecodedAsUTF8() {
        let text = "a\u{E9}\u{20AC}\u{1F600}\u{2028}"
        #expect(Array(SourceText(utf8: Array(text.utf8), name: "").units) == Array(text.utf16))
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF, 97, 0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF0, 0x9F, 98, 0xE2, 0x82]
        #expect(Array(SourceText(utf8: bytes, name: "").units) == Array(String(decoding: bytes.dropFirst(3), as: UTF8.self).utf16))
    }
}
