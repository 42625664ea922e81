import Terrarium
import TerrariumSyntax
import Testing

/// Swift memory that a guest causes counts against its heap limit, and is given back.
struct HostMemoryTests {
    private func run(_ code: String) throws -> (Outcome, Bill) {
        var limits = SessionLimits()
        limits.heap = 16 << 20
        let session = try Session(limits: limits)
        session.allowCodeGeneration()
        return (session.run(SourceText(code, name: "test.js")), session.bill)
    }

    /// 1500 sources of 20,000 characters, each kept twice (text and constant), would be 60 MB.
    @Test func codeFromStringsIsLetGoOf() throws {
        let (outcome, bill) = try run("for (let i = 0; i < 1500; i++) (0, eval)('\"' + 'x'.repeat(20000) + i + '\"'); new Function('return 1')()")
        guard case .finished = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(bill.heapPeak <= 16 << 20)
    }

    @Test(arguments: [
        "const k = []; for (let i = 0; ; i++) k.push((0, eval)('() => \"' + 'x'.repeat(20000) + i + '\"'))",
        "const p = Promise.resolve(), f = () => {}; for (;;) p.then(f)", "for (;;) new WeakRef({}).deref()",
        "(0, eval)('z;'.repeat(1e6))",
    ])
    func whatStaysCounts(_ code: String) throws {
        let (outcome, bill) = try run(code)
        guard case .ended(.heap) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(bill.heapPeak <= 18 << 20)
    }

    /// Jobs run in order over the ends of the queue's chunks, also those that are added meanwhile.
    @Test func jobsRunInOrder() throws {
        let session = try Session()
        _ = session.run(SourceText("""
            const seen = [], p = Promise.resolve();
            for (let i = 0; i < 1000; i++) p.then(() => { seen.push(i); if (i % 3 == 0) p.then(() => seen.push(1000 + i)); });
            """, name: "test.js"))
        let outcome = session.run(SourceText("[seen.length, seen.slice(0, 1000).every((x, i) => x === i), seen[1333]].join()", name: "test.js"))
        guard case .finished("1334,true,1999") = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }
}
