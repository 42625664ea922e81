import Terrarium
import TerrariumSyntax
import Testing

/// Programs of a session that are paused, and states as bytes.
struct SessionProgramTests {
    private final class Lines { var all: [String] = [] }
    private static let program = """
        let total = 0;
        function work(n) { const parts = []; for (let i = 0; i < n; i++) { total += i; parts.push({ i }) } return parts }
        for (let round = 0; round < 40; round++) print(work(20).length, total);
        Promise.resolve(3).then(x => { for (let i = 0; i < 500; i++) total += x; print('job', total) });
        """

    private func limits(_ fuel: Int64) -> SessionLimits {
        var limits = SessionLimits()
        limits.fuel = fuel
        return limits
    }

    /// Runs in slices, each in a session that was made from bytes.
    private func slices(_ fuel: Int64) throws -> (lines: [String], fuel: Int64, count: Int) {
        let lines = Lines()
        var session = try Session(limits: limits(fuel), print: { lines.all.append($0) })
        var state = session.start(SourceText(Self.program, name: "program.js"), isModule: false, waits: true)
        var count = 1
        while case .paused = state, count < 10_000 {
            let data = try #require(session.snapshot()).data
            session = try Session(
                restoring: try SessionSnapshot(data: data, heap: 64 << 20), limits: limits(fuel), print: { lines.all.append($0) })
            #expect(session.isPaused)
            state = session.goOn(fuel: fuel, deadline: nil, waits: true)
            count += 1
        }
        guard case .ended(.finished) = state else {
            Issue.record("\(state)")
            return ([], 0, 0)
        }
        return (lines.all, session.bill.fuel, count)
    }

    @Test func slicesInOtherProcessesAreTheSameProgram() throws {
        let whole = try slices(1 << 40)
        #expect(whole.count == 1)
        for fuel in [Int64(300), 1_000, 7_919] {
            let parts = try slices(fuel)
            #expect(parts.lines == whole.lines)
            #expect(parts.fuel == whole.fuel)
            #expect(parts.count > 1)
        }
    }

    /// Bodies of modules too, whether they have an await or not.
    @Test func modulesAreSliced() throws {
        let sources = [
            "main.js": "import { f } from './part.js'; let n = 0; for (let i = 0; i < 300; i++) n += f(i); print('main', n); const m = await import('./late.js'); print(m.default)",
            "./part.js": "export function f(i) { return i } for (let i = 0; i < 300; i++) f(i); print('part')",
            "./late.js": "import './part.js'; let n = 0; for (let i = 0; i < 300; i++) n++; await null; export default n",
        ]
        func slices(_ fuel: Int64) throws -> (lines: [String], fuel: Int64, count: Int) {
            let lines = Lines()
            func prepared(_ session: Session) -> Session {
                session.allowModules(SessionModuleLoader { request in
                    guard let text = sources[request.specifier] else { return .refused("none") }
                    return .source(key: request.specifier, SourceText(text, name: request.specifier))
                })
                return session
            }
            var session = prepared(try Session(limits: limits(fuel), print: { lines.all.append($0) }))
            var state = session.start(SourceText(sources["main.js"] ?? "", name: "main.js"), isModule: true, waits: true)
            var count = 1
            while case .paused = state, count < 1_000 {
                let data = try #require(session.snapshot()).data
                session = prepared(
                    try Session(
                        restoring: try SessionSnapshot(data: data, heap: 64 << 20), limits: limits(fuel), print: { lines.all.append($0) }))
                state = session.goOn(fuel: fuel, deadline: nil, waits: true)
                count += 1
            }
            guard case .ended(.finished) = state else {
                Issue.record("\(state)")
                return ([], 0, 0)
            }
            return (lines.all, session.bill.fuel, count)
        }
        let whole = try slices(1 << 40), parts = try slices(700)
        #expect(whole.lines == ["part", "main 44850", "300"])
        #expect(parts.lines == whole.lines)
        #expect(parts.fuel == whole.fuel)
        #expect(parts.count > 8)
    }

    @Test func equalStatesAreEqualBytes() throws {
        func data() throws -> [UInt8] {
            let session = try Session(limits: limits(5_000), print: { _ in })
            guard case .paused = session.start(SourceText(Self.program, name: "program.js"), isModule: false, waits: true) else { return [] }
            return try #require(session.snapshot()).data
        }
        let first = try data()
        #expect(!first.isEmpty)
        #expect(try data() == first)
        let again = try Session(restoring: try SessionSnapshot(data: first, heap: 64 << 20), print: { _ in })
        #expect(try #require(again.snapshot()).data == first)
    }

    @Test func changedBytesAreRefused() throws {
        let session = try Session(limits: limits(5_000), print: { _ in })
        _ = session.start(SourceText(Self.program, name: "program.js"), isModule: false, waits: true)
        let data = try #require(session.snapshot()).data
        #expect(SessionSnapshot.isSnapshot(data))
        for place in [0, 5, 20, 50, 75, data.count - 1] {
            var changed = data
            changed[place] ^= 1
            #expect(throws: TerrariumError.self) { _ = try SessionSnapshot(data: changed, heap: 64 << 20) }
        }
        #expect(throws: TerrariumError.self) { _ = try SessionSnapshot(data: Array(data.dropLast()), heap: 64 << 20) }
        // Those of a sandbox are another kind.
        #expect(throws: TerrariumError.self) { _ = try SessionSnapshot(data: try Sandbox().snapshot().data, heap: 64 << 20) }
    }

    @Test func aDumpOfAPausedProgramNamesItsVariables() throws {
        let source = "function work(n) { const parts = []; for (let i = 0; i < 100000; i++) parts.push(i); return parts } work(20)"
        let session = try Session(limits: limits(4_000), print: { _ in })
        _ = session.start(SourceText(source, name: "program.js"), isModule: false, waits: true)
        let frame = try #require(session.dump().stack.first)
        #expect(frame.function == "work")
        #expect(frame.variables.map(\.name).sorted() == ["i", "n", "parts"])
        #expect(frame.variables.contains { $0.name == "n" && $0.value == "20" })
        // The program can go on afterwards.
        guard case .ended(.finished) = session.goOn(fuel: 1 << 40, deadline: nil, waits: true) else {
            Issue.record("does not go on")
            return
        }
    }

    @Test func variablesOfManyShapesOfFunctions() throws {
        func variables(_ source: String) throws -> [String: String] {
            let session = try Session(limits: limits(3_000), print: { _ in })
            session.watchForDump()
            guard case .ended(.fuel) = session.run(SourceText(source + "\nfunction stop() { for (;;); }", name: "x.js")) else { return [:] }
            let frames = session.dump().stack
            return Dictionary(frames.dropFirst().first?.variables.map { ($0.name, $0.value) } ?? [], uniquingKeysWith: { a, _ in a })
        }
        #expect(try variables("function f(a, b = 2, ...c) { let d = 4; stop() } f(1, undefined, 3)") == ["a": "1", "b": "2", "c": "[ 3 ]", "d": "4"])
        #expect(try variables("function f({ a, b: [c] }) { stop() } f({ a: 1, b: [2] })") == ["a": "1", "c": "2"])
        // One that is not there yet is not shown, and neither is one whose block is over.
        #expect(try variables("function f() { { let gone = 1 } const a = 1; stop(); const late = 2 } f()") == ["a": "1"])
        #expect(try variables("function f() { let a = 1; { let a = 2; stop() } } f()") == ["a": "2"])
        // Captured ones live in scope objects, those of functions around in theirs.
        #expect(try variables("function f(p) { let q = 2; g = () => p + q; stop() } var g; f(1)") == ["p": "1", "q": "2"])
        #expect(try variables("function f(p) { let q = 2, r = 3; return () => { let s = 4; q; stop() } } f(1)()") == ["s": "4", "q": "2"])
        #expect(try variables("class C { m(x) { for (const y of [5]) { try { throw 6 } catch (e) { stop() } } } } new C().m(1)") == ["x": "1", "y": "5", "e": "6"])
        #expect(try variables("function* f(a) { const b = a; yield 1; stop() } const it = f(3); it.next(); it.next()") == ["a": "3", "b": "3"])
        #expect(try variables("switch (1) { case 1: let u = 1; stop(); case 2: let v = 2 }")["u"] == "1")
    }
}
