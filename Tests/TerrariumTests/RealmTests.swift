import Terrarium
import Testing

/// Several realms in one sandbox.
struct RealmTests {
    @Test func realmsHaveTheirOwnGlobalsAndIntrinsics() throws {
        let sandbox = try Sandbox()
        let one = try sandbox.makeRealm(), two = try sandbox.makeRealm()
        try one.evaluate("var shared = 1; let lexical = 2; Array.prototype.extra = 3")
        for other in ["typeof shared", "typeof lexical", "typeof [].extra"] {
            #expect(try two.evaluate(other, as: String.self) == "undefined")
            #expect(try sandbox.evaluate(other, as: String.self) == "undefined")
        }
        #expect(try one.evaluate("shared + lexical + [].extra", as: Int.self) == 6)
        #expect(!(try one.evaluate("Array").isSame(as: sandbox.evaluate("Array"))))
        #expect(try one.evaluate("globalThis").isSame(as: one.global))
        #expect(sandbox.realms.count == 2)
    }

    @Test func whatTheHostMakesBelongsToTheRealm() throws {
        let sandbox = try Sandbox()
        let realm = try sandbox.makeRealm()
        try realm.set("list", [1, 2])
        try realm.set("box.inner", ["a": 1])
        #expect(try realm.evaluate("list instanceof Array && box.inner instanceof Object", as: Bool.self))
        try realm.use { sandbox in sandbox.define("host") { (a: Int) in [a] } }
        #expect(try realm.evaluate("host(1) instanceof Array && host instanceof Function", as: Bool.self))
        #expect(try realm.evaluate("host.constructor === Function && list.constructor.constructor === Function", as: Bool.self))
        #expect(try realm.evaluate("try { host(null) } catch (e) { e instanceof TypeError }", as: Bool.self))
        #expect(try sandbox.evaluate("typeof host + typeof list", as: String.self) == "undefinedundefined")
        #expect(try realm.call("host", 7).decode(as: [Int].self) == [7])
    }

    @Test func capabilitiesAreThoseOfTheRealm() throws {
        let sandbox = try Sandbox()
        var texts: [String] = []
        let realm = try sandbox.makeRealm(capabilities: [.console { texts.append($0.text) }, .frozenIntrinsics])
        try realm.evaluate("console.log('here')")
        #expect(texts == ["here"])
        #expect(try sandbox.evaluate("typeof console", as: String.self) == "undefined")
        #expect(try realm.evaluate("'use strict'; try { Array.prototype.map = 1 } catch (e) { e.name }", as: String.self) == "TypeError")
        #expect(try sandbox.evaluate("Array.prototype.map = 1", as: Int.self) == 1)
    }

    @Test func objectsCanBeGivenToOtherRealms() throws {
        let sandbox = try Sandbox()
        let one = try sandbox.makeRealm(), two = try sandbox.makeRealm()
        try two.set("state", try one.evaluate("globalThis.state = { n: 1 }; state"))
        try two.evaluate("state.n = 5")
        #expect(try one.evaluate("state.n", as: Int.self) == 5)
        #expect(try two.evaluate("state instanceof Object", as: Bool.self) == false)
    }

    @Test func realmsGoOnFromSnapshots() throws {
        var said: [String] = []
        func make(_ sandbox: Sandbox) throws(TerrariumError) {
            for name in ["a", "b"] {
                let realm = try sandbox.makeRealm()
                try realm.use { inner in inner.define("say") { (text: String) in said.append(name + text) } }
            }
        }
        let sandbox = try Sandbox()
        try make(sandbox)
        try sandbox.realms[1].evaluate("let count = 4")
        let data = try sandbox.snapshot().data
        let again = try Sandbox(restoring: Snapshot(data: data)) { try? make($0) }
        #expect(again.realms.count == 2)
        #expect(try again.realms[1].evaluate("say('x'); ++count", as: Int.self) == 5)
        try again.realms[0].evaluate("say('y')")
        #expect(said == ["bx", "ay"])
        let fork = try sandbox.fork()
        #expect(try fork.realms[1].evaluate("count", as: Int.self) == 4)
    }

    @Test func realmsEndWithTheirSandbox() throws {
        let sandbox = try Sandbox()
        let realm = try sandbox.makeRealm()
        sandbox.end()
        #expect(realm.global.kind == .undefined)
        #expect(throws: TerrariumError.self) { try realm.evaluate("1") }
    }
}
