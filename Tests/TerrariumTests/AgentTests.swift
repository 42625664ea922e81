#if os(Linux)
import Foundation
import Terrarium
import TerrariumSyntax
import Testing

/// Sessions that share memory: the agents of the conformance host.
struct AgentTests {
    private func session(_ change: (inout SessionLimits) -> Void = { _ in }, mayBlock: Bool = true) throws
        -> (session: Session, cluster: Test262Cluster, lines: Lines)
    {
        var limits = SessionLimits()
        limits.deadline = 60_000_000_000
        let cluster = try #require(Test262Cluster(limits: limits) { body in
            let thread = Thread(block: body)
            thread.stackSize = 1 << 20
            thread.start()
        })
        change(&limits)
        let lines = Lines()
        let session = try Session(limits: limits, print: { lines.values.append($0) })
        #expect(session.installTest262Host(cluster: cluster, mayBlock: mayBlock))
        return (session, cluster, lines)
    }

    @Test func agentsShareWhatIsBroadcast() throws {
        let (session, cluster, lines) = try session()
        defer { cluster.close() }
        let outcome = session.run(SourceText("""
            const sab = new SharedArrayBuffer(4096), cells = new Int32Array(sab);
            for (let k = 0; k < 3; k++) $262.agent.start(`$262.agent.receiveBroadcast((sab) => {
              const cells = new Int32Array(sab), mine = [];
              for (let i = 0; i < 1000; i++) { Atomics.add(cells, 0, 1); mine.push({ i }); }
              cells[1 + ${k}] = mine.length;
              const woken = Atomics.wait(cells, 10, 0);
              $262.agent.report("agent ${k} " + woken + " " + cells[20]);
              $262.agent.leaving();
            })`);
            $262.agent.broadcast(sab);
            while (Atomics.load(cells, 0) < 3000) $262.agent.sleep(1);
            cells[20] = 7;
            let woken = 0;
            while (woken < 3) { woken += Atomics.notify(cells, 10); $262.agent.sleep(1); }
            const reports = [];
            while (reports.length < 3) { const r = $262.agent.getReport(); if (r === null) $262.agent.sleep(1); else reports.push(r); }
            print(reports.sort().join(), cells[0], cells[1], cells[3]);
            """, name: "main.js"))
        guard case .finished = outcome else { Issue.record("\(outcome)"); return }
        #expect(lines.values == ["agent 0 ok 7,agent 1 ok 7,agent 2 ok 7 3000 1000 1000"])
    }

    @Test func growthIsSeenByAll() throws {
        let (session, cluster, lines) = try session()
        defer { cluster.close() }
        _ = session.run(SourceText("""
            const sab = new SharedArrayBuffer(8, { maxByteLength: 100000 }), cells = new Int32Array(sab);
            $262.agent.start(`$262.agent.receiveBroadcast((sab) => {
              const cells = new Int32Array(sab);
              sab.grow(40000); cells[9999] = 5; Atomics.store(cells, 0, 1);
            })`);
            $262.agent.broadcast(sab);
            while (Atomics.load(cells, 0) === 0) $262.agent.sleep(1);
            print(sab.byteLength, cells.length, cells[9999]);
            try { sab.grow(100) } catch (error) { print(error.name) }
            """, name: "main.js"))
        #expect(lines.values == ["40000 10000 5", "RangeError"])
    }

    @Test func promisesOfWaitersAreSettled() throws {
        let (session, cluster, lines) = try session(mayBlock: false)
        defer { cluster.close() }
        let outcome = session.run(SourceText("""
            const cells = new Int32Array(new SharedArrayBuffer(16));
            try { Atomics.wait(cells, 0, 0) } catch (error) { print(error.message) }
            print(Atomics.waitAsync(cells, 0, 1).value, Atomics.waitAsync(cells, 0, 0, 0).value);
            const first = Atomics.waitAsync(cells, 0, 0), second = Atomics.waitAsync(cells, 1, 0, 5);
            first.value.then((x) => print("first", x)); second.value.then((x) => print("second", x));
            print(first.async, Atomics.notify(cells, 0));
            setTimeout(() => print("timer"), 20);
            """, name: "main.js"))
        guard case .finished = outcome else { Issue.record("\(outcome)"); return }
        #expect(lines.values == [
            "Atomics.wait cannot be called in this context", "not-equal timed-out", "true 1", "first ok", "second timed-out", "timer",
        ])
    }

    @Test func whoWaitsMeetsTheDeadline() throws {
        let (session, cluster, _) = try session({ $0.deadline = 20_000_000 })
        defer { cluster.close() }
        let outcome = session.run(SourceText("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)", name: "main.js"))
        guard case .ended(.deadline) = outcome else { Issue.record("\(outcome)"); return }
    }

    @Test func whoWaitsCanBeInterrupted() throws {
        let (session, cluster, _) = try session()
        defer { cluster.close() }
        let interrupt = session.interrupter
        let thread = Thread {
            Thread.sleep(forTimeInterval: 0.02)
            interrupt()
        }
        thread.start()
        let outcome = session.run(SourceText("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)", name: "main.js"))
        guard case .ended(.interrupted) = outcome else { Issue.record("\(outcome)"); return }
    }

    @Test func buffersThatDiedGiveTheirMemoryBack() throws {
        let (session, cluster, lines) = try session({ $0.heap = 8 << 20 })
        defer { cluster.close() }
        let outcome = session.run(SourceText("""
            let sum = 0;
            for (let i = 0; i < 3000; i++) { const bytes = new Uint8Array(new SharedArrayBuffer(100000)); sum += bytes[i]; bytes.fill(255); if (i % 20 === 0) $262.gc(); }
            const plain = []; for (let i = 0; i < 20000; i++) plain.push({ i });
            print(sum, plain.every((x, i) => x.i === i));
            """, name: "main.js"))
        guard case .finished = outcome else { Issue.record("\(outcome)"); return }
        #expect(lines.values == ["0 true"])
    }
}
#endif
