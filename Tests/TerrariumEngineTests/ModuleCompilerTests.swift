import TerrariumEngine
import TerrariumSyntax
import Testing

struct ModuleCompilerTests {
    private func compile(_ source: String) throws -> ScriptTemplate {
        var options = ParseOptions()
        options.goal = .module
        let script = try ScriptCompiler.compile(try Parser.parse(SourceText(source, name: "test.mjs"), options: options))
        #expect(BytecodeVerifier.check(script).isEmpty)
        return script
    }

    private func code(_ script: ScriptTemplate, _ function: Int) -> String {
        let lines = Disassembler.text(script.functions[function], number: function).split(separator: "\n")
        return lines.map { $0.drop { $0 == " " } }.joined(separator: "\n")
    }

    @Test func importsAndExportsAreSlotsAndTheRestRegisters() throws {
        let script = try compile("import {y} from 'm'; export let x = 1; let z = y; x = z")
        let module = try #require(script.module)
        #expect(module.slotCount == 2)
        #expect(module.imports.map(\.slot) == [0])
        #expect(module.localExports.map(\.slot) == [1])
        #expect(!script.functions[0].flags.contains(.async))
        #expect(
            code(script, 0) == """
                function #0 <anonymous>, parameters 0, registers 7, strict module
                0  loadEnvironment      r4
                1  loadInt              r6, 1
                2  setScoped            r6, r4, 1
                3  getModuleBinding     r5, r4, 0, y
                5  setScoped            r5, r4, 1
                6  returnUndefined
                """)
    }

    @Test func theInitializerMakesTheFunctions() throws {
        let script = try compile("export function f() { return g } function g() {} export default class {} await f()")
        let module = try #require(script.module)
        #expect(module.hasTopLevelAwait)
        #expect(script.functions[0].flags.contains(.async))
        #expect(
            code(script, module.initializer) == """
                function #1 <anonymous>, parameters 0, registers 6, strict module
                0  loadEnvironment      r4
                1  closure              r5, r4, #2
                2  setScoped            r5, r4, 0
                3  closure              r5, r4, #3
                4  setScoped            r5, r4, 2
                5  returnUndefined
                """)
    }
}
