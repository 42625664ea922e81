import TerrariumSyntax
import Testing

struct ModuleSyntaxTests {
    private func parse(_ code: String) throws(SyntaxDiagnostic) -> Program {
        var options = ParseOptions()
        options.goal = .module
        return try Parser.parse(SourceText(code, name: "test.mjs"), options: options)
    }

    private func message(_ code: String) -> String? {
        do throws(SyntaxDiagnostic) {
            _ = try parse(code)
            return nil
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        "import 'a'", "import a from 'a'; import {b as c, default as d, 'e f' as e} from 'a'", "import a, * as b from 'a'",
        "import a, {b,} from 'a'", "import {} from 'a'", "import defer from 'a'; import source from 'b'",
        "import from from 'a'", "import j from './a.json' with {type: 'json', 'x': 'y',}", "export * from 'a'",
        "export * as default from 'a'", "export * as 'a b' from 'a'", "export {a as 'b c'}; var a", "export {'a b' as c} from 'a'",
        "export {if as default} from 'a'", "export {a, b as default}; import {a} from 'a'; let b",
        "export default function () {}", "export default async function* f() {} f()", "export default class {} [1]",
        "export default class extends f() {}", "export default (1, 2)", "export default async () => {}",
        "export const {a, b: [c = 1, ...d], ...e} = f()", "export async function f() {}", "await f(); for await (const x of y);",
        "import.meta.url; import('a'); import('a', {with: {}},)", "x = () => import('a')",
        "export default [].x\nexport {}", "export default async\nfunction f() {}",
    ])
    func acceptsModules(_ code: String) {
        #expect(message(code) == nil)
    }

    @Test func htmlCommentsAreForScripts() {
        #expect(message("-->") != nil)
    }

    @Test(arguments: [
        ("import a from 'a'; let a", "Identifier 'a' has already been declared"),
        ("import {a, a} from 'a'", "Identifier 'a' has already been declared"),
        ("import {default} from 'a'", "Unexpected token 'default'"), ("import {'a'} from 'a'", "Unexpected string"),
        ("import {eval} from 'a'", "Unexpected eval or arguments in strict mode"),
        ("import defer * as a from 'a'", "Unexpected token '*'"), ("import source a from 'a'", "Unexpected identifier 'a'"),
        ("import a from 'a' with {a: '', 'a': ''}", "Import attributes has a duplicate key 'a'"),
        ("import {'\\ud800' as a} from 'a'", "Invalid module export name: contains unpaired surrogate character"),
        ("export {a}", "Export 'a' is not defined in module"), ("export {if}", "Unexpected token 'if'"),
        ("var a; export {a, a}", "Duplicate export of 'a'"), ("export default 1; export {a as default}; var a", "Duplicate export of 'default'"),
        ("export {'a'}", "Unexpected string"), ("{ export {} }", "Unexpected token 'export'"),
        ("if (1) import 'a'", "Unexpected token 'import'"), ("var await", "Unexpected reserved word"),
        ("function f() { await 1 }", "Unexpected reserved word"), ("function a() {} function a() {}", "Identifier 'a' has already been declared"),
        ("export default 1, 2", "Unexpected token ','"), ("export default var a", "Unexpected token 'var'"),
        ("with (a) b", "Strict mode code may not include a with statement"), ("import()", "import() requires a specifier"),
        ("import(...a)", "Unexpected token '...'"), ("new import('a')", "Cannot use new with import"),
        ("export class {}", "Unexpected token '{'"), ("export {a as b c} from 'a'", "Unexpected identifier 'c'"),
        ("x: { break y }", "Undefined label 'y'"), ("return", "Illegal return statement"),
    ])
    func refusesModules(_ code: String, _ expected: String) { #expect(message(code) == expected) }

    @Test func tablesSayWhatIsImportedAndExported() throws {
        let program = try parse(
            """
            import a, {b as c} from 'x'; import * as d from 'x'; import 'y' with {type: 'json'}; import 'y'
            export {c as e, d}; export * from 'x'; export * as f from 'z'; export let g; export default 1
            """)
        func text(_ name: NameID?) -> String { name.map { program.names.string($0) } ?? "*" }
        let module = program.module
        #expect(module.requests.map { text($0.specifier) } == ["x", "y", "y", "z"])
        #expect(module.imports.map { "\($0.request) \(text($0.name)) \(text($0.local))" } == ["0 default a", "0 b c", "0 * d"])
        #expect(module.localExports.map { "\(text($0.name)) \(text($0.local))" } == ["e c", "d d", "g g", "default *default*"])
        #expect(module.indirectExports.map { "\(text($0.name)) \($0.request) \(text($0.importName))" } == ["f 3 *"])
        #expect(module.starExports == [0])
        #expect(!module.hasTopLevelAwait)
        #expect(try parse("await 1").module.hasTopLevelAwait)
        #expect(try !parse("async () => await 1").module.hasTopLevelAwait)
    }

    @Test func scriptsHaveNoModuleSyntax() {
        func script(_ code: String) -> String? {
            do throws(SyntaxDiagnostic) {
                _ = try Parser.parse(SourceText(code, name: "a.js"))
                return nil
            } catch { return error.message }
        }
        #expect(script("import a from 'a'") == "Cannot use import statement outside a module")
        #expect(script("export {}") == "Unexpected token 'export'")
        #expect(script("import.meta") == "Cannot use 'import.meta' outside a module")
        #expect(script("import('a').then") == nil)
    }
}
