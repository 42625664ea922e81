import Foundation
import Terrarium
import TerrariumCage
import TerrariumSyntax

enum TestResult {
    case passed
    case failed(String)
}

/// Runs one test in fresh sessions, one for each variant. Fuel, not time, is the limit.
struct TestRunner: Sendable {
    let root: String
    static let fuel: Int64 = 2_000_000_000

    func run(_ test: TestFile) -> TestResult {
        for strict in test.variants {
            if let reason = run(test, strict: strict) { return .failed(reason) }
        }
        return .passed
    }

    private static func onThread(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.stackSize = 4 << 20
        thread.start()
    }

    private func include(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(root)/harness/\(name)") ?? Data(), as: UTF8.self)
    }

    /// Nil when the variant passed.
    private func run(_ test: TestFile, strict: Bool) -> String? {
        var limits = SessionLimits()
        limits.fuel = TestRunner.fuel
        limits.heap = 512 << 20
        let lines = Lines()
        // Tests with agents wait for one another: time is their limit.
        let hasAgents = test.source.contains("$262.agent") || test.includes.contains("atomicsHelper.js")
            || test.features.contains("Atomics.waitAsync") || test.source.contains("Atomics.wait")
        if hasAgents {
            limits.fuel = 1 << 40
            limits.deadline = 120_000_000_000
        }
        let cluster = hasAgents ? Test262Cluster(limits: limits) { TestRunner.onThread($0) } : nil
        defer { cluster?.close() }
        guard let session = try? Session(limits: limits, print: { lines.values.append($0) }) else { return "no session" }
        let isInstalled = cluster.map {
            session.installTest262Host(cluster: $0, mayBlock: !test.flags.contains("CanBlockIsFalse"))
        } ?? session.installTest262Host()
        guard isInstalled else { return "no session" }
        session.allowCodeGeneration()
        session.allowClock { HostProcess.wallClock() }
        session.allowModules(loader(for: test))
        session.isFinished = { lines.values.contains("Test262:AsyncTestComplete") }
        let isRaw = test.flags.contains("raw")
        let isAsync = test.flags.contains("async")
        if !isRaw {
            var names = ["assert.js", "sta.js"] + test.includes
            if isAsync { names.append("doneprintHandle.js") }
            for name in names {
                let outcome = session.run(SourceText(include(name), name: name))
                guard case .finished = outcome else { return "harness \(name): \(describe(outcome))" }
            }
        }
        let text = strict && !isRaw ? "\"use strict\";\n" + test.source : test.source
        let source = SourceText(text, name: test.path)
        let isModule = test.flags.contains("module")
        let outcome = isModule ? session.runModule(source, key: test.path) : session.run(source)
        if let phase = test.negativePhase {
            switch outcome {
            case .syntaxError(let message):
                if message.contains("Not supported") { return message }
                return phase == "parse" && test.negativeType == "SyntaxError" ? nil : "unexpected syntax error: \(message)"
            case .thrown(let message):
                if phase == "parse" || phase == "resolution" && session.thrownConstructorName != test.negativeType {
                    return phase == "parse" ? "parsed" : "wrong error: \(message)"
                }
                return session.thrownConstructorName == test.negativeType ? nil : "wrong error: \(message)"
            default: return "expected \(test.negativeType ?? "an error"), got \(describe(outcome))"
            }
        }
        guard case .finished = outcome else { return describe(outcome) }
        if isAsync {
            if lines.values.contains("Test262:AsyncTestComplete") { return nil }
            return lines.values.first { $0.hasPrefix("Test262:AsyncTestFailure") } ?? "$DONE was not called"
        }
        return nil
    }

    /// Files next to the test; keys are paths below `test/`.
    private func loader(for test: TestFile) -> SessionModuleLoader {
        SessionModuleLoader { request in
            var parts = request.referrer.split(separator: "/").dropLast()
            for part in request.specifier.split(separator: "/") {
                if part == ".." { parts = parts.dropLast() } else if part != "." { parts.append(part) }
            }
            let key = parts.joined(separator: "/")
            guard let data = FileManager.default.contents(atPath: self.root + "/test/" + key) else {
                return .refused("Cannot find module '\(request.specifier)'")
            }
            if request.type == "json" { return .json(key: key, String(decoding: data, as: UTF8.self)) }
            if request.type == "text" { return .text(key: key, String(decoding: data, as: UTF8.self)) }
            return .source(key: key, SourceText(String(decoding: data, as: UTF8.self), name: key))
        }
    }

    private func describe(_ outcome: Outcome) -> String {
        switch outcome {
        case .finished: "finished"
        case .thrown(let text), .syntaxError(let text):
            text.split(separator: "\n").first { $0.hasPrefix("Uncaught") || $0.hasPrefix("SyntaxError") }.map(String.init)
                ?? text
        case .ended(let ending): "ended: \(ending.rawValue)"
        }
    }

    private final class Lines { var values: [String] = [] }
}
