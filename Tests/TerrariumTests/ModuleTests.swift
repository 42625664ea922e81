import Foundation
import Terrarium
import Testing

/// Modules, of memory, directories and loaders, and CommonJS.
struct ModuleTests {
    static let files = [
        "app.js": "import { twice } from './lib/twice.js'; import data from './data.json' with { type: 'json' }; export const x = twice(21); export default data.k; export async function run(a, b) { await null; return { sum: a.n + b, x } }",
        "lib/twice.js": "export { twice } from '../impl.js'",
        "impl.js": "export const twice = (n) => n * 2; export const where = import.meta.url",
        "data.json": #"{"k": ["v"]}"#,
        "late.js": "export const load = async (name) => (await import('./' + name)).twice(4)",
        "broken.js": "export const a = ;", "importsBroken.js": "import './broken.js'",
    ]
    struct Context: Codable { var n: Int }
    struct Reply: Codable, Equatable { var sum: Int, x: Int }

    @Test func modulesOfMemory() async throws {
        let sandbox = try Sandbox(limits: .patient, capabilities: [.modules(.inMemory(ModuleTests.files))])
        let app = try await sandbox.importModule("app.js")
        #expect(try app.get("x", as: Int.self) == 42)
        #expect(try app.get("default", as: [String].self) == ["v"])
        #expect(try await app.call("run", Context(n: 3), 4, as: Reply.self) == Reply(sum: 7, x: 42))
        let late = try await sandbox.importModule("late.js")
        #expect(try await late.call("load", "impl.js", as: Int.self) == 8)
        #expect(try await sandbox.importModule("impl").get("where", as: String.self) == "impl.js")
    }

    @Test func asynchronousLoaders() async throws {
        let files = ModuleTests.files
        let sandbox = try Sandbox(limits: .patient, capabilities: [
            .modules(
                .asynchronous { request in
                    try await Task.sleep(for: .milliseconds(1))
                    let name = request.specifier.split(separator: "/").last.map { String($0) } ?? ""
                    let path = files[name] == nil ? "lib/" + name : name
                    guard let text = files[path] else { return nil }
                    return path.hasSuffix(".json") ? .json(text, key: path) : .source(text, key: path)
                })
        ])
        let app = try await sandbox.importModule("app.js")
        #expect(try app.get("x", as: Int.self) == 42)
        let late = try await sandbox.importModule("late.js")
        #expect(try await late.call("load", "impl.js", as: Int.self) == 8)
        await #expect(throws: TerrariumError.self) { _ = try await late.call("load", "nothing.js") }
        let given = try await sandbox.importModule(source: "import { twice } from './impl.js'; export const y = twice(5)", name: "given.js")
        #expect(try given.get("y", as: Int.self) == 10)
    }

    @Test func syntaxErrorsOfImportedModulesHaveTheirPlace() async throws {
        let sandbox = try Sandbox(limits: .patient, capabilities: [.modules(.inMemory(ModuleTests.files))])
        for name in ["broken.js", "importsBroken.js"] {
            do throws(TerrariumError) {
                _ = try await sandbox.importModule(name)
                Issue.record("no error")
            } catch {
                guard case .syntax(let failure) = error else { Issue.record("\(error)"); return }
                #expect(failure.source == "broken.js")
                #expect(failure.line == 1)
            }
        }
    }

    @Test func importsAreRefusedWithoutTheCapability() async throws {
        let sandbox = try Sandbox(limits: .patient)
        await #expect(throws: TerrariumError.self) { _ = try await sandbox.importModule("a.js") }
        await #expect(throws: TerrariumError.self) { _ = try await sandbox.evaluate(awaiting: "import('a.js')") }
        let module = try await sandbox.importModule(source: "export const one = 1")
        #expect(try module.get("one", as: Int.self) == 1)
    }

    @Test func directoriesCannotBeLeft() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("terrarium-\(UUID().uuidString)")
        let inside = folder.appendingPathComponent("inside")
        try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "export const secret = 1".write(to: folder.appendingPathComponent("secret.js"), atomically: true, encoding: .utf8)
        try "export const fine = 1".write(to: inside.appendingPathComponent("fine.js"), atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
            at: inside.appendingPathComponent("link.js"), withDestinationURL: folder.appendingPathComponent("secret.js"))
        let sandbox = try Sandbox(limits: .patient, capabilities: [.modules(.directory(inside.path))])
        #expect(try await sandbox.importModule("./fine.js").get("fine", as: Int.self) == 1)
        for path in ["../secret.js", "./../secret.js", "link.js", folder.path + "/secret.js", "x/../../secret.js", "..", "/etc/passwd"] {
            await #expect(throws: TerrariumError.self, "\(path)") { _ = try await sandbox.importModule(path) }
        }
    }

    @Test func compiledModulesAreShared() async throws {
        let module = try CompiledModule("let n = 0; export const next = () => ++n", name: "counter.js")
        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let sandbox = try Sandbox(limits: .patient)
                    let counter = try await sandbox.importModule(module)
                    _ = try await counter.call("next")
                    return try await counter.call("next", as: Int.self)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == [2, 2, 2, 2])
    }

    @Test func commonJS() throws {
        let sandbox = try Sandbox(limits: .patient, capabilities: [
            .require(
                .inMemory([
                    "main.js": "const b = require('./lib/b'); exports.value = b.value + 1; exports.same = require('./lib/b') === b; exports.dir = __dirname + __filename",
                    "lib/b.js": "const a = require('../main.js'); module.exports = { value: 41, partial: Object.keys(a).length, json: require('./c').k, pkg: require('tool')() }",
                    "lib/c.json": #"{"k": 7}"#, "node_modules/tool/index.js": "module.exports = () => 'tool'",
                    "bad.js": "\nthrow new Error('inside')",
                ]))
        ])
        let main = try sandbox.evaluate("require('main.js')")
        #expect(try main.get("value", as: Int.self) == 42)
        #expect(try main.get("same", as: Bool.self))
        #expect(try main.get("dir", as: String.self) == "main.js")
        #expect(try sandbox.evaluate("const b = require('./lib/b.js'); [b.partial, b.json, b.pkg].join()", as: String.self) == "0,7,tool")
        #expect(try sandbox.evaluate("try { require('fs') } catch (e) { e.code }", as: String.self) == "MODULE_NOT_FOUND")
        do throws(TerrariumError) {
            try sandbox.evaluate("require('./bad')")
            Issue.record("no error")
        } catch {
            guard case .thrown(let thrown) = error else { Issue.record("\(error)"); return }
            #expect(thrown.frames.first?.position.line == 2)
            #expect(thrown.frames.first?.position.source == "bad.js")
        }
    }
}
