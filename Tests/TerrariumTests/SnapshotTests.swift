import Terrarium
import TerrariumSyntax
import Testing

/// Sessions that go on from a snapshot.
struct SnapshotTests {
    private func finished(_ session: Session, _ code: String) throws -> String {
        switch session.run(SourceText(code, name: "snapshot.js")) {
        case .finished(let text): return text
        case let other:
            Issue.record("\(other)")
            return ""
        }
    }

    static let setup = """
        let count = 0;
        const next = () => ++count;
        function* squares() { for (let i = 1;; i++) yield i * i; }
        const generator = squares();
        generator.next(); generator.next();
        class Account { #sum = 10; add(n) { this.#sum += n; return this.#sum; } }
        const account = new Account(), names = new Map([['a', { list: [1, 2, 3] }]]), weak = new WeakMap([[account, 'kept']]);
        let release; const gate = new Promise(resolve => { release = resolve; });
        let waited = 'no';
        (async () => { const value = await gate; waited = value + count; })();
        const pattern = /(\\d+)-(\\d+)/, symbol = Symbol.for('s'), bytes = new Uint8Array([1, 2, 3]);
        """
    static let probe = """
        release('yes'); [next(), next(), generator.next().value, account.add(5), names.get('a').list.join(), weak.get(account),
          '10-20'.replace(pattern, '$2-$1'), Symbol.for('s') === symbol, bytes.reduce((a, b) => a + b), typeof structuredClone,
          JSON.stringify({ a: [1, { b: 2 }] }), new Account().add(1), [3, 1, 2].sort().join('')].join(' ')
        """

    @Test func sessionsGoOnFromASnapshotAlone() throws {
        let first = try Session()
        _ = try finished(first, SnapshotTests.setup)
        let snapshot = try #require(first.snapshot())
        let expected = try finished(first, SnapshotTests.probe)
        #expect(expected.hasPrefix("1 2 9 15 1,2,3 kept 20-10 true 6"))
        var fuel: Set<Int64> = []
        for _ in 0..<3 {
            let session = try Session(restoring: snapshot)
            #expect(try finished(session, SnapshotTests.probe) == expected)
            #expect(try finished(session, "waited") == "yes2")
            fuel.insert(session.bill.fuel)
        }
        #expect(fuel.count == 1)
    }

    @Test func aRestoredSessionCollects() throws {
        let first = try Session()
        _ = try finished(first, SnapshotTests.setup)
        let snapshot = try #require(first.snapshot())
        var limits = SessionLimits()
        limits.heap = 8 << 20
        for stress in [false, true] {
            let session = try Session(restoring: snapshot, limits: limits)
            session.stressCollector = stress
            let rounds = stress ? 200 : 400_000
            let code = "let last; for (let i = 0; i < \(rounds); i++) last = { i, text: 'n' + i, list: [i] }; last.text"
            #expect(try finished(session, code) == "n\(rounds - 1)")
            #expect(try finished(session, SnapshotTests.probe).hasPrefix("1 2 9 15"))
        }
    }

    @Test func snapshotsOfSnapshots() throws {
        let first = try Session()
        _ = try finished(first, "var n = 0; var log = [];")
        var snapshot = try #require(first.snapshot())
        for round in 1...20 {
            let session = try Session(restoring: snapshot)
            #expect(try finished(session, "log.push({ n: ++n }); log.length") == "\(round)")
            snapshot = try #require(session.snapshot())
        }
        #expect(try finished(try Session(restoring: snapshot), "log.map(x => x.n).join()") == (1...20).map(String.init).joined(separator: ","))
    }

    @Test func manySessionsOnManyThreads() async throws {
        let first = try Session()
        _ = try finished(first, SnapshotTests.setup)
        let snapshot = try #require(first.snapshot())
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    guard let session = try? Session(restoring: snapshot) else { return false }
                    guard case .finished(let text) = session.run(SourceText(SnapshotTests.probe, name: "t.js")) else { return false }
                    return text.hasPrefix("1 2 9 15")
                }
            }
            for await passed in group { #expect(passed) }
        }
    }

    @Test func aHeapLimitBelowTheSnapshotIsRefused() throws {
        let snapshot = try #require(try Session().snapshot())
        var limits = SessionLimits()
        limits.heap = 64 << 10
        #expect(throws: SessionError.self) { _ = try Session(restoring: snapshot, limits: limits) }
    }

    @Test func aLimitOfWhatTheSnapshotHoldsIsEnough() throws {
        let session = try Session()
        _ = try finished(session, SnapshotTests.setup)
        let snapshot = try #require(session.snapshot())
        var limits = SessionLimits()
        limits.heap = session.bill.heap + (1 << 20)
        #expect(try finished(try Session(restoring: snapshot, limits: limits), SnapshotTests.probe).hasPrefix("1 2 9 15"))
    }
}
