import Terrarium
import Testing

/// The blocks of `docs/guide/embedding.md`.
struct EmbeddingGuideTests {
    @Test func valuesAndFunctions() throws {
        let sandbox = try Sandbox(limits: .untrusted, capabilities: [.standard])
        let sum = try sandbox.evaluate("[1, 2, 3].reduce((a, b) => a + b)", as: Int.self)
        #expect(sum == 6)

        struct Invoice: Codable, Equatable {
            var number: Int
            var lines: [String: Double]
            var note: String?
        }
        let invoice = try sandbox.evaluate("({ number: 7, lines: { tea: 3.5 } })", as: Invoice.self)
        #expect(invoice == Invoice(number: 7, lines: ["tea": 3.5], note: nil))

        let counter = try sandbox.evaluate("let n = 0; ({ next(by) { return n += by } })")
        let first = try counter.callMethod("next", 2, as: Int.self)
        let second = try counter.callMethod("next", 3, as: Int.self)
        #expect((first, second) == (2, 5))

        sandbox.define("stock.price") { (item: String, pieces: Int) in Double(pieces) * (item == "tea" ? 3.5 : 2) }
        let price = try sandbox.evaluate("stock.price('tea', 2)", as: Double.self)
        #expect(price == 7)

        sandbox.define("open") { (name: String) throws -> String in throw GuestError("there is no file \(name)") }
        let message = try sandbox.evaluate("try { open('a.txt') } catch (e) { e.message }", as: String.self)
        #expect(message == "there is no file a.txt")
    }

    @Test func compiledOnce() throws {
        let script = try Script("6 * 7", name: "answer.js")
        let copy = try Script(data: script.data)
        let answers = try [Sandbox(), Sandbox()].map { try $0.evaluate(copy, as: Int.self) }
        #expect(answers == [42, 42])
    }

    @Test func failures() throws {
        let sandbox = try Sandbox()
        let lines = Printed()
        let print = { (text: String) in lines.all.append(text) }
        do {
            _ = try sandbox.evaluate("function f(o) {\n  return o.x.y\n}\nf({})", name: "plugin.js")
        } catch {
            if case .thrown(let thrown) = error { print(thrown.rendered) }
        }
        let page = try Documentation.page("docs/guide/embedding.md")
        #expect(Documentation.blocks(of: page, "text").contains(lines.all.joined() + "\n"))
    }
}
