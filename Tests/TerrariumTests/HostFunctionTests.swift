import Terrarium
import Testing

/// Functions, classes and references of the host.
struct HostFunctionTests {
    struct User: Codable, Equatable, Sendable {
        var id: Int
        var name: String
    }
    struct Secret: Error {}

    @Test func parametersAndResultsAreTyped() throws {
        let sandbox = try Sandbox()
        sandbox.define("add") { (a: Int, b: Int) in a + b }
        sandbox.define("greet") { (user: User, loud: Bool?) in loud == true ? user.name.uppercased() : user.name }
        sandbox.define("none") { 42 }
        sandbox.define("host.math.mean") { (numbers: Rest<Double>) in numbers.values.reduce(0, +) / Double(numbers.values.count) }
        sandbox.define("user") { (id: Int) in User(id: id, name: "n\(id)") }
        #expect(try sandbox.evaluate("add(2, 3)", as: Int.self) == 5)
        #expect(try sandbox.evaluate("greet({ id: 1, name: 'ann' })", as: String.self) == "ann")
        #expect(try sandbox.evaluate("greet({ id: 1, name: 'ann' }, true)", as: String.self) == "ANN")
        #expect(try sandbox.evaluate("none()", as: Int.self) == 42)
        #expect(try sandbox.evaluate("host.math.mean(1, 2, 6)", as: Double.self) == 3)
        #expect(try sandbox.evaluate("user(7)", as: User.self) == User(id: 7, name: "n7"))
        #expect(try sandbox.evaluate("add.length + add.name", as: String.self) == "2add")
        #expect(sandbox.bill.hostCalls == 6)
    }

    @Test func functionsWithoutAResultMayCaptureState() throws {
        let sandbox = try Sandbox()
        var lines: [String] = []
        sandbox.define("say") { (text: String) in lines.append(text) }
        #expect(try sandbox.evaluate("say('a'); say('b')").kind == .undefined)
        #expect(lines == ["a", "b"])
    }

    @Test func argumentsThatDoNotFitAreTypeErrors() throws {
        let sandbox = try Sandbox()
        sandbox.define("add") { (a: Int, b: Int) in a + b }
        let text = try sandbox.evaluate("try { add(1, 'x') } catch (e) { e instanceof TypeError && e.message }", as: String.self)
        #expect(text.contains("add: argument 2: expected an integer"))
        #expect(try sandbox.evaluate("try { add(1) } catch (e) { e.name }", as: String.self) == "TypeError")
    }

    @Test func theGuestSeesOnlyWhatAnErrorReveals() throws {
        let sandbox = try Sandbox()
        sandbox.define("secret") { () throws -> Int in throw Secret() }
        sandbox.define("open") { () throws -> Int in throw GuestError("no such file") }
        #expect(try sandbox.evaluate("try { secret() } catch (e) { String(e) }", as: String.self) == "Error: The host function failed")
        #expect(try sandbox.evaluate("try { open() } catch (e) { String(e) }", as: String.self) == "Error: no such file")
        #expect(try sandbox.evaluate("try { open() } catch (e) { Object.getOwnPropertyNames(e).sort().join() }", as: String.self) == "message,stack")
        do throws(TerrariumError) {
            try sandbox.evaluate("secret()")
            Issue.record("no error")
        } catch {
            guard case .host(let failure) = error else { Issue.record("\(error)"); return }
            #expect(failure.error is Secret)
            #expect(failure.thrown.message == "The host function failed")
        }
    }

    @Test func guestErrorsPassThroughHostFunctionsAsTheyAre() throws {
        let sandbox = try Sandbox()
        sandbox.define("apply") { (function: Value) throws -> Value in try function.call() }
        #expect(
            try sandbox.evaluate(
                "const own = new TypeError('mine'); try { apply(() => { throw own }) } catch (e) { e === own }", as: Bool.self))
        #expect(try sandbox.evaluate("apply(() => 5)", as: Int.self) == 5)
        do throws(TerrariumError) {
            try sandbox.evaluate("apply(() => { throw own })")
            Issue.record("no error")
        } catch {
            guard case .thrown(let thrown) = error else { Issue.record("\(error)"); return }
            #expect(thrown.name == "TypeError")
        }
    }

    @Test func limitsCannotBeSwallowedByHostFunctions() throws {
        let sandbox = try Sandbox(limits: Limits(fuel: 100_000))
        sandbox.define("swallow") { (function: Value) -> Int in
            _ = try? function.call()
            return 1
        }
        do throws(TerrariumError) {
            try sandbox.evaluate("try { swallow(() => { for (;;); }) } catch {} finally { var after = 1 } for (;;);")
            Issue.record("no error")
        } catch {
            guard case .fuel = error else { Issue.record("\(error)"); return }
        }
        #expect(try sandbox.evaluate("typeof after", as: String.self) == "undefined")
    }

    @Test func endingASandboxInsideAHostFunctionWaitsForTheOperation() throws {
        let sandbox = try Sandbox()
        sandbox.define("stop") { [unowned sandbox] in sandbox.end() }
        do throws(TerrariumError) {
            try sandbox.evaluate("stop(); for (;;);")
            Issue.record("no error")
        } catch {
            guard case .misuse(.sandboxEnded) = error else { Issue.record("\(error)"); return }
        }
    }

    final class Counter {
        var value: Int
        init(_ value: Int) { self.value = value }
    }
    final class File {
        let name: String
        init(_ name: String) { self.name = name }
        static func == (a: File, b: File) -> Bool { a === b }
    }

    @Test func classesKeepTheirStateOutsideOfTheCage() throws {
        let sandbox = try Sandbox()
        sandbox.define(
            HostClass<Counter>("Counter")
                .constructor { (start: Int) in Counter(start) }
                .method("add") { (counter: Counter, amount: Int) in
                    counter.value += amount
                    return counter.value
                }
                .method("reset") { (counter: Counter) in counter.value = 0 }
                .property("value", get: { $0.value }, set: { $0.value = $1 })
                .property("half", get: { $0.value / 2 }))
        #expect(try sandbox.evaluate("var c = new Counter(5); c.add(10); c.add(1)", as: Int.self) == 16)
        #expect(try sandbox.evaluate("c.value = 30; c.half", as: Int.self) == 15)
        #expect(try sandbox.evaluate("c.reset(); c.value", as: Int.self) == 0)
        #expect(try sandbox.evaluate("class Sub extends Counter { twice() { return this.add(this.value) } } new Sub(4).twice()", as: Int.self) == 8)
        #expect(try sandbox.evaluate("c instanceof Counter && Object.keys(c).length === 0", as: Bool.self))
        let text = try sandbox.evaluate("try { Counter.prototype.add.call({}, 1) } catch (e) { e.message }", as: String.self)
        #expect(text.contains("incompatible receiver"))
        #expect(try sandbox.evaluate("try { 'use strict'; Counter(1) } catch (e) { e.name }", as: String.self) == "TypeError")
        #expect(try sandbox.get("c", as: HostReference<Counter>.self).object.value == 0)
    }

    @Test func referencesAreOpaqueAndReleasedByTheCollector() throws {
        let sandbox = try Sandbox()
        weak var released: File?
        do {
            let file = File("f")
            released = file
            sandbox.define("open") { [weak file] in file.map { HostReference($0) } }
            sandbox.define("name") { (file: HostReference<File>) in file.object.name }
            try sandbox.evaluate("var f = open()")
            #expect(try sandbox.evaluate("name(f)", as: String.self) == "f")
            #expect(try sandbox.evaluate("open() === f", as: Bool.self))
            #expect(try sandbox.evaluate("JSON.stringify(f) + Object.getOwnPropertyNames(f).length", as: String.self) == "{}0")
            #expect(try sandbox.evaluate("try { name({}) } catch (e) { e.name }", as: String.self) == "TypeError")
        }
        #expect(released != nil)
        try sandbox.evaluate("f = null")
        try sandbox.collectGarbage()
        #expect(released == nil)
    }

    /// Whatever the host gives leads to the guest's own intrinsics only.
    @Test func constructorChainsStayInTheGuest() throws {
        let sandbox = try Sandbox(capabilities: [
            .standard, .console { _ in }, .modules(.inMemory(["m.js": "export const x = 1"])), .codeGeneration, .timers,
        ])
        sandbox.define("f") { (x: Int?) in x ?? 0 }
        sandbox.define("data") { User(id: 1, name: "a") }
        sandbox.define("bytes") { [UInt8]([1, 2]) }
        sandbox.define("failing") { () throws -> Int in throw GuestError("x") }
        sandbox.define("later") { (x: Int) async throws -> Int in x }
        sandbox.define("reference") { HostReference(File("f")) }
        sandbox.define(HostClass<Counter>("Counter").constructor { Counter(1) }.method("m") { (_: Counter) in 1 })
        let script = """
            let error; try { failing() } catch (e) { error = e }
            let mismatch; try { f('x') } catch (e) { mismatch = e }
            const given = [f, data, data(), bytes(), error, mismatch, later, later(1), reference(), Counter, new Counter,
              new Counter().m, Object.getOwnPropertyDescriptor(Counter.prototype, 'm').value, console, console.log, print,
              setTimeout, clearTimeout, structuredClone, structuredClone({}), atob, btoa, queueMicrotask, performance,
              performance.now, TextEncoder, new TextEncoder, new TextEncoder().encode('x'), TextDecoder, new TextDecoder];
            const known = new Set([Object.prototype, Function.prototype, Error.prototype, TypeError.prototype, Array.prototype,
              Promise.prototype, Uint8Array.prototype, Object.getPrototypeOf(Uint8Array.prototype), Counter.prototype,
              TextEncoder.prototype, TextDecoder.prototype]);
            const seen = new Set();
            function walk(value, path) {
              if (value === null || typeof value !== 'object' && typeof value !== 'function' || seen.has(value)) return;
              seen.add(value);
              const prototype = Object.getPrototypeOf(value);
              if (prototype !== null && !known.has(prototype) && !seen.has(prototype)) throw new Error('prototype of ' + path);
              if (prototype && !known.has(value) && typeof value.constructor === 'function') {
                const made = value.constructor.constructor;
                if (made !== Function) throw new Error('constructor of ' + path);
                if (made('return this')() !== globalThis) throw new Error('global of ' + path);
              }
              for (const key of Reflect.ownKeys(value)) {
                const d = Reflect.getOwnPropertyDescriptor(value, key);
                if (known.has(value)) continue;
                walk(d.value, path + '.' + String(key)); walk(d.get, path + '.get ' + String(key)); walk(d.set, path);
              }
            }
            given.forEach((value, index) => walk(value, String(index)));
            [typeof process, typeof require, typeof Deno, typeof window, typeof module].join()
            """
        #expect(try sandbox.evaluate(script, as: String.self) == "undefined,undefined,undefined,undefined,undefined")
    }

    @Test(arguments: [
        "this.constructor.constructor('return process')()", "(function f() { return f.caller.caller })()",
        "Error.prepareStackTrace = (e, s) => s; new Error().stack[0].getThis()", "f.constructor('return process.env')()",
        "import('fs')", "import('node:child_process')", "require('fs')", "new Function('return process')()", "eval('process')",
        "f.call.call(f, globalThis).constructor.constructor('return process')()",
    ])
    func theClassicEscapesFindNothing(_ code: String) async throws {
        let sandbox = try Sandbox(capabilities: [.standard])
        sandbox.define("f") { 1 }
        await #expect(throws: TerrariumError.self) { _ = try await sandbox.evaluate(awaiting: code) }
    }
}
