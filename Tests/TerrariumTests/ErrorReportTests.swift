import Foundation
import Terrarium
import TerrariumSyntax
import Testing

/// What a person sees of an exception that nobody caught.
struct ErrorReportTests {
    private func uncaught(_ text: String, name: String = "test.js", module: Bool = false) throws -> String {
        let session = try Session()
        session.allowCodeGeneration()
        let source = SourceText(text, name: name)
        switch module ? session.runModule(source, key: name) : session.run(source) {
        case .thrown(let text), .syntaxError(let text): return text
        case .finished(let text): return "finished: \(text)"
        case .ended(let ending): return "ended: \(ending)"
        }
    }

    @Test func aScriptErrorShowsPlaceLineCaretAndStack() throws {
        #expect(
            try uncaught("function f(o) {\n  return o.a.b;\n}\nf({});\n") == """
                test.js:2:14
                  return o.a.b;
                             ^

                Uncaught TypeError: Cannot read properties of undefined (reading 'b')
                    at f (test.js:2:14)
                    at test.js:4:1
                """)
    }

    @Test func aModuleErrorShowsThem() throws {
        #expect(
            try uncaught("export const x = 1;\n  await null;\n  x();", name: "m.mjs", module: true) == """
                m.mjs:3:3
                  x();
                  ^

                Uncaught TypeError: x is not a function
                    at m.mjs:3:3
                """)
    }

    @Test func anErrorInEvalNamesTheEval() throws {
        #expect(
            try uncaught("eval('1;\\n  null.x')") == """
                eval at <anonymous> (test.js:1:1), <anonymous>:2:8
                  null.x
                       ^

                Uncaught TypeError: Cannot read properties of null (reading 'x')
                    at eval (eval at <anonymous> (test.js:1:1), <anonymous>:2:8)
                    at test.js:1:1
                """)
    }

    @Test func aValueThatIsNoErrorShowsWhereItWasThrown() throws {
        #expect(try uncaught("let a;\n  throw 'no';") == "test.js:2:3\n  throw 'no';\n  ^\n\nUncaught no")
    }

    @Test func causesAndInnerErrorsAreShown() throws {
        let text = try uncaught(
            "const e = new AggregateError([new RangeError('one'), 2], 'all', { cause: new TypeError('why') });\ne.code = 'E1';\nthrow e;")
        #expect(
            text == """
                test.js:1:11
                const e = new AggregateError([new RangeError('one'), 2], 'all', { cause: new TypeError('why') });
                          ^

                Uncaught AggregateError: all
                    at test.js:1:11 {
                  [cause]: TypeError: why
                      at test.js:1:74,
                  [errors]: [
                    RangeError: one
                        at test.js:1:31,
                    2
                  ],
                  code: 'E1'
                }
                """)
    }

    @Test func aCircularCauseEnds() throws {
        let text = try uncaught("const e = new Error('a', { cause: 1 });\ne.cause = e;\nthrow e;")
        #expect(text.hasSuffix("{\n  [cause]: [Circular]\n}"))
    }

    @Test func formattingRunsNoGuestCode() throws {
        let text = try uncaught(
            """
            const e = new Error("plain");
            Object.defineProperty(e, "name", { get() { throw 1; } });
            Object.defineProperty(e, "cause", { get() { throw 2; } });
            Object.defineProperty(e, "extra", { enumerable: true, get() { throw 3; } });
            Error.prototype.toString = () => { throw 4; };
            throw e;
            """)
        #expect(text.hasSuffix("Uncaught Error: plain\n    at test.js:1:11"))
    }

    // MARK: Promises

    private func rejections(_ text: String) throws -> [Rejection] {
        let session = try Session()
        var found: [Rejection] = []
        session.onUnhandledRejection = { found.append($0) }
        if case .finished = session.run(SourceText(text, name: "test.js")) {} else { Issue.record("not finished") }
        return found
    }

    @Test func aRejectionWithoutHandlerIsReportedWithItsStack() throws {
        let found = try rejections("async function f() {\n  await null;\n  throw new Error('late');\n}\nf();")
        #expect(
            found.map(\.text) == [
                """
                test.js:3:9
                  throw new Error('late');
                        ^

                Uncaught (in promise) Error: late
                    at f (test.js:3:9)
                """
            ])
        #expect(found.first?.frames.first?.function == "f")
        #expect(found.first?.frames.first?.line == 3)
    }

    @Test func aRejectionHandledBeforeTheJobsAreDoneIsNot() throws {
        #expect(try rejections("const p = Promise.reject(1); Promise.resolve().then(() => p.catch(() => {}));").isEmpty)
        #expect(try rejections("(async () => { try { await Promise.reject(1) } catch {} })();").isEmpty)
        #expect(try rejections("Promise.reject(1).then(() => {});").count == 1)
    }

    @Test func handledRejectionsAreForgotten() throws {
        var limits = SessionLimits()
        limits.heap = 8 << 20
        let session = try Session(limits: limits)
        let outcome = session.run(
            SourceText("(async () => { for (let i = 0; i < 100000; i++) try { await Promise.reject(i) } catch {} })()", name: "t"))
        if case .finished = outcome {} else { Issue.record("\(outcome)") }
    }

    // MARK: Source maps

    private static func vlq(_ number: Int) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var rest = number < 0 ? -number << 1 | 1 : number << 1
        var text = ""
        repeat {
            let digit = rest & 31
            rest >>= 5
            text.append(digits[rest > 0 ? digit | 32 : digit])
        } while rest > 0
        return text
    }

    /// A map of one generated line: generated column, original line, original column (all from 0), name.
    private static func map(_ segments: [(Int, Int, Int, Int?)], extra: String = "") -> String {
        var last = (0, 0, 0, 0)
        var parts: [String] = []
        for (column, line, original, name) in segments {
            var part = vlq(column - last.0) + vlq(0) + vlq(line - last.1) + vlq(original - last.2)
            if let name { part += vlq(name - last.3); last.3 = name }
            (last.0, last.1, last.2) = (column, line, original)
            parts.append(part)
        }
        return """
            {"version":3,"sources":["app.ts"],"names":["readDeeply"],\(extra)"mappings":"\(parts.joined(separator: ","))"}
            """
    }

    private static let generated = "function a(b){return b.c.d}a({})"
    private static let full = map(
        [(0, 0, 0, nil), (9, 0, 9, 0), (25, 11, 17, nil), (27, 20, 0, nil)],
        extra: "\"sourcesContent\":[\"first\\n\(String(repeating: "\\n", count: 10))  return value.c.d;\\n\"],")

    @Test func anInlineMapGivesTheOriginalPlaceAndName() throws {
        let data = Data(ErrorReportTests.full.utf8).base64EncodedString()
        #expect(
            try uncaught(ErrorReportTests.generated + "\n//# sourceMappingURL=data:application/json;base64,\(data)\n") == """
                app.ts:12:18
                  return value.c.d;
                                 ^

                Uncaught TypeError: Cannot read properties of undefined (reading 'd')
                    at readDeeply (app.ts:12:18)
                    at app.ts:21:1
                """)
    }

    @Test func theHostMayGiveTheMap() throws {
        let session = try Session()
        var asked: [String] = []
        session.provideSourceMaps { source, url in
            asked.append("\(source) \(url)")
            return Array(ErrorReportTests.full.utf8)
        }
        let outcome = session.run(SourceText(ErrorReportTests.generated + "\n//# sourceMappingURL=x.js.map", name: "x.js"))
        guard case .thrown(let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(text.hasPrefix("app.ts:12:18\n"))
        #expect(asked == ["x.js x.js.map"])
    }

    @Test func aScriptWithoutErrorsNeverAsksForItsMap() throws {
        let session = try Session()
        session.provideSourceMaps { _, _ in
            Issue.record("asked")
            return nil
        }
        _ = session.run(SourceText("try { null.x } catch {}\n//# sourceMappingURL=x.js.map", name: "x.js"))
    }

    @Test(arguments: [
        "", "{", "[]", "{}", "null", "{\"version\":3}", "{\"version\":2,\"mappings\":\"AAAA\"}",
        "{\"version\":3,\"sources\":[],\"names\":[],\"mappings\":\"AAAA,AAAAA\"}",
        "{\"version\":3,\"sources\":[\"a\"],\"names\":[],\"mappings\":\"AADA\"}",
        "{\"version\":3,\"sources\":[\"a\"],\"names\":[],\"mappings\":\"gggggggggggggggggggggggggggggggC\"}",
        "{\"version\":3,\"sources\":[\"a\"],\"names\":[],\"mappings\":\"+/////D+/////D+/////D+/////D\"}",
        "{\"version\":3,\"sources\":[\"a\"],\"names\":[],\"mappings\":\"AA\"}",
        "{\"version\":3,\"sources\":[\"a\"],\"names\":[],\"mappings\":\"A!A\"}",
        "{\"version\":3,\"sources\":[1,{\"x\":[]}],\"names\":{},\"mappings\":\"AAAA\"}",
        "{\"version\":3,\"sources\":[\"\\ud800\\u12\"],\"mappings\":\"AAAA\"}",
        "{\"version\":3,\"sections\":[{\"offset\":{}}]}",
        "{\"x\":" + String(repeating: "[", count: 100_000),
        "{\"version\":3,\"sources\":[\"a\"],\"names\":[],\"mappings\":\"" + String(repeating: ";", count: 100_000) + "\"}",
    ])
    func aBrokenMapChangesNothing(_ json: String) throws {
        let data = Data(json.utf8).base64EncodedString()
        let text = try uncaught(ErrorReportTests.generated + "\n//# sourceMappingURL=data:application/json;base64,\(data)")
        #expect(text.hasPrefix("test.js:1:26\n") || text.hasPrefix("a:1:"))
    }

    @Test func aMapThatDoesNotFitTheHeapLimitIsNotUsed() throws {
        var limits = SessionLimits()
        limits.heap = 4 << 20
        let session = try Session(limits: limits)
        let content = String(repeating: "x", count: 1 << 20)
        let json = ErrorReportTests.map([(0, 0, 0, nil)], extra: "\"sourcesContent\":[\"\(content)\"],")
        session.provideSourceMaps { _, _ in Array(json.utf8) }
        let outcome = session.run(SourceText("null.x\n//# sourceMappingURL=x.map", name: "x.js"))
        guard case .thrown(let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(text.hasPrefix("x.js:1:6\n"))
    }
}
