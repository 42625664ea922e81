import Foundation
import Terrarium
import Testing

extension Limits {
    /// For tests that wait: other tests may hold all threads for long.
    static let patient = Limits(deadline: .seconds(600))
}

/// Promises, the event loop, timers, cancellation.
struct AsyncTests {
    @Test func guestPromisesAreSwiftAsync() async throws {
        let sandbox = try Sandbox(limits: .patient)
        #expect(try await sandbox.evaluate(awaiting: "(async () => { await null; return 5 })()", as: Int.self) == 5)
        let value = try sandbox.evaluate("new Promise((r) => Promise.resolve().then(() => r('late')))")
        #expect(try await value.awaited(as: String.self) == "late")
        do throws(TerrariumError) {
            try await sandbox.evaluate(awaiting: "Promise.reject(new RangeError('no'))")
            Issue.record("no error")
        } catch {
            guard case .thrown(let thrown) = error else { Issue.record("\(error)"); return }
            #expect(thrown.name == "RangeError")
        }
    }

    @Test func scriptsMayAwaitOutsideOfFunctions() async throws {
        let sandbox = try Sandbox(limits: .patient)
        let code = "let sum = 0; for await (const v of [1, Promise.resolve(2)]) sum += v; const twice = await (2 * sum); twice"
        #expect(try await sandbox.evaluate(awaiting: code, as: Int.self) == 6)
        #expect(try sandbox.evaluate("sum + twice", as: Int.self) == 9)
        #expect(try await sandbox.evaluate(awaiting: "1 + 1", as: Int.self) == 2)
        #expect(throws: TerrariumError.self) { try sandbox.evaluate("await null") }
        do throws(TerrariumError) {
            try await sandbox.evaluate(awaiting: "await null;\n  throw new TypeError('late')", name: "plugin.js")
            Issue.record("no error")
        } catch {
            guard case .thrown(let thrown) = error else { Issue.record("\(error)"); return }
            #expect(thrown.rendered.contains("throw new TypeError('late')"))
            #expect(thrown.frames.first?.position == SourcePosition(source: "plugin.js", line: 2, column: 9))
        }
    }

    @Test func hostAsyncFunctionsAreGuestPromises() async throws {
        let sandbox = try Sandbox(limits: .patient)
        sandbox.define("double") { (x: Int) async throws -> Int in
            try await Task.sleep(for: .milliseconds(1))
            return x * 2
        }
        sandbox.define("fail") { () async throws -> Int in throw GuestError("not today") }
        let code = "(async () => { const a = await Promise.all([double(1), double(2), double(3)]); let m; try { await fail() } catch (e) { m = e.message } return a.join() + m })()"
        #expect(try await sandbox.evaluate(awaiting: code, as: String.self) == "2,4,6not today")
        #expect(sandbox.isIdle)
        do throws(TerrariumError) {
            try await sandbox.evaluate(awaiting: "fail()")
            Issue.record("no error")
        } catch {
            guard case .host(let failure) = error else { Issue.record("\(error)"); return }
            #expect(failure.error is GuestError)
        }
        do throws(TerrariumError) {
            try await sandbox.evaluate(awaiting: "double('x')")
            Issue.record("no error")
        } catch {
            guard case .thrown(let thrown) = error else { Issue.record("\(error)"); return }
            #expect(thrown.name == "TypeError")
        }
    }

    @Test func promisesThatCannotSettleAreReported() async throws {
        let sandbox = try Sandbox(limits: .patient)
        do throws(TerrariumError) {
            try await sandbox.evaluate(awaiting: "new Promise(() => {})")
            Issue.record("no error")
        } catch {
            guard case .misuse(.neverSettles) = error else { Issue.record("\(error)"); return }
        }
    }

    @Test func virtualTimersFireInOrderAtOnce() async throws {
        let sandbox = try Sandbox(limits: .patient, capabilities: [.timers(.virtual), .performance])
        let code = """
            new Promise((resolve) => { const log = [];
              setTimeout((a, b) => log.push(a + b), 1000, 'x', 'y'); setTimeout(() => log.push('first'), 10);
              const cleared = setTimeout(() => log.push('never'), 500); clearTimeout(cleared);
              let n = 0; const id = setInterval(() => { log.push(n); if (++n === 3) clearInterval(id) }, 400);
              setImmediate(() => log.push('now')); Promise.resolve().then(() => log.push('job'));
              setTimeout(() => resolve(log.join() + '@' + performance.now()), 3_600_000); })
            """
        let start = ContinuousClock.now
        #expect(try await sandbox.evaluate(awaiting: code, as: String.self) == "job,now,first,0,1,xy,2@3600000")
        #expect(ContinuousClock.now - start < .seconds(300))
    }

    @Test func realTimersWait() async throws {
        let sandbox = try Sandbox(limits: .patient, capabilities: [.timers])
        let start = ContinuousClock.now
        _ = try await sandbox.evaluate(awaiting: "new Promise((r) => setTimeout(r, 30))")
        #expect(ContinuousClock.now - start >= .milliseconds(29))
    }

    @Test func theHostMovesManualClocks() async throws {
        let clock = ManualClock(at: 1000)
        let sandbox = try Sandbox(limits: .patient, capabilities: [.clock(.manual(clock)), .timers(.manual(clock))])
        try sandbox.evaluate("var log = []; setTimeout(() => log.push(Date.now()), 50)")
        try await sandbox.runUntilIdle()
        #expect(try sandbox.evaluate("log.length", as: Int.self) == 0)
        clock.advance(by: .milliseconds(60))
        #expect(try sandbox.step())
        #expect(try sandbox.get("log", as: [Int].self) == [1060])
    }

    @Test func cancellingTheTaskInterruptsTheGuest() async throws {
        let task = Task {
            let sandbox = try Sandbox(limits: Limits(fuel: 1 << 50, deadline: .seconds(600)))
            do throws(TerrariumError) {
                try await sandbox.evaluate(awaiting: "Promise.resolve().then(() => { for (;;); })")
            } catch {
                if case .interrupted = error { return true }
            }
            return false
        }
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.05)
            task.cancel()
        }
        #expect(try await task.value)
    }

    @Test func cancellingTheTaskCancelsHostCalls() async throws {
        let task = Task {
            let sandbox = try Sandbox(limits: Limits(deadline: .seconds(600)))
            sandbox.define("sleep") { () async throws in try await Task.sleep(for: .seconds(600)) }
            do throws(TerrariumError) {
                try await sandbox.evaluate(awaiting: "sleep()")
            } catch {
                if case .interrupted = error { return true }
            }
            return false
        }
        try await Task.sleep(for: .milliseconds(30))
        let start = ContinuousClock.now
        task.cancel()
        #expect(try await task.value)
        #expect(ContinuousClock.now - start < .seconds(300))
    }

    @Test func theDeadlineCoversWaiting() async throws {
        let sandbox = try Sandbox(limits: Limits(deadline: .milliseconds(40)))
        sandbox.define("sleep") { () async throws in try await Task.sleep(for: .seconds(600)) }
        do throws(TerrariumError) {
            try await sandbox.evaluate(awaiting: "sleep()")
            Issue.record("no error")
        } catch {
            guard case .deadline = error else { Issue.record("\(error)"); return }
        }
    }

    @Test func theFuelCoversAllTurns() async throws {
        let sandbox = try Sandbox(limits: Limits(fuel: 300_000), capabilities: [.timers(.virtual)])
        do throws(TerrariumError) {
            try await sandbox.evaluate(awaiting: "new Promise(() => setInterval(() => { for (let i = 0; i < 1000; i++); }, 1))")
            Issue.record("no error")
        } catch {
            guard case .fuel = error else { Issue.record("\(error)"); return }
        }
    }

    @Test func unansweredCallsAndTimersAreLimited() async throws {
        let sandbox = try Sandbox(limits: Limits(pendingHostCalls: 10), capabilities: [.timers])
        sandbox.define("never") { () async throws in try await Task.sleep(for: .seconds(60)) }
        for code in ["for (;;) never()", "for (;;) setTimeout(() => 1, 100000)"] {
            do throws(TerrariumError) {
                try sandbox.evaluate(code)
                Issue.record("no error")
            } catch {
                guard case .pendingHostCalls = error else { Issue.record("\(error)"); return }
            }
        }
    }

    @Test func whatNobodyCaughtIsReported() async throws {
        let sandbox = try Sandbox(limits: .patient, capabilities: [.timers(.virtual), .queueMicrotask])
        var names: [String] = []
        sandbox.onUncaughtError = { names.append($0.value) }
        try sandbox.evaluate("Promise.reject(new Error('a')); queueMicrotask(() => { throw 'b' }); setTimeout(() => { throw 'c' }); Promise.reject(1).catch(() => 2)")
        try await sandbox.runUntilIdle()
        #expect(names.sorted() == ["Error: a", "b", "c"])
    }

    @Test @MainActor func sandboxesWorkInsideActors() async throws {
        let sandbox = try Sandbox(limits: .patient, capabilities: [.timers(.virtual)])
        sandbox.define("later") { (x: Int) async in x + 1 }
        let value = try await sandbox.evaluate(awaiting: "later(1).then((x) => new Promise((r) => setTimeout(r, 5, x)))", as: Int.self)
        #expect(value == 2)
    }
}
