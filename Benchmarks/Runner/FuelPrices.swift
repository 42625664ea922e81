import Foundation
import Terrarium

/// What every built-in function costs: the price in fuel, which is the same everywhere, and the time that a unit of it
/// takes here. The calls stand in `Benchmarks/fuel/builtins.js`.
struct FuelPrices {
    /// One function's calls on a small and on a large value.
    struct Row {
        let name: String
        /// The case makes `n` calls of a small value; otherwise one call on a value of size `n`.
        let repeats: Bool
        let small: Int64, large: Int64
        /// Nanoseconds of processor time of the large call, the best of several.
        var time: Int64

        var perElement: Double { Double(large - small) / Double(FuelPrices.large - FuelPrices.small) }
        var fixed: Double { max(0, Double(small) - perElement * Double(FuelPrices.small)) }
        var nanosecondsPerUnit: Double { Double(time) / Double(max(1, large)) }
    }

    static let small = 128, large = 16384
    private let sandbox: Sandbox
    private let prepare: Value

    init(program: String) throws {
        sandbox = try Sandbox(
            limits: Limits(fuel: 1 << 50, heap: .mebibytes(512), deadline: .seconds(600)),
            capabilities: [.standard, .codeGeneration, .sharedMemory])
        _ = try sandbox.evaluate(program, name: "builtins.js")
        prepare = try sandbox.get("prepare")
    }

    /// Measures every function, in the program's order. Without `timing` each call runs once.
    func rows(timing: Bool) throws -> [Row] {
        let empty = try fuel("(nothing)", Self.large) - fuel("(nothing)", Self.small)
        // What it takes to come into the sandbox and out again, and what a loop takes.
        var crossing = Int64.max, loop = Int64.max
        for _ in 0..<20 {
            crossing = min(crossing, try measure("(nothing)", 0).time)
            loop = min(loop, try measure("(nothing)", Self.large).time)
        }
        var rows: [Row] = []
        for name in try sandbox.call("names", as: [String].self) {
            let repeats = try sandbox.call("repeats", name, as: Bool.self)
            let small = try fuel(name, Self.small)
            let large = try measure(name, Self.large)
            // A loop's own fuel and time are not the function's.
            rows.append(
                Row(
                    name: name, repeats: repeats, small: small, large: large.fuel - (repeats ? empty : 0),
                    time: large.time - (repeats ? loop : crossing)))
        }
        // Rounds through all of them, because a machine is busy for a while at a time.
        for _ in 0..<(timing ? 4 : 0) {
            for index in rows.indices {
                let repeats = rows[index].repeats
                for _ in 0..<3 {
                    let time = try measure(rows[index].name, Self.large).time - (repeats ? loop : crossing)
                    rows[index].time = min(rows[index].time, time)
                }
            }
        }
        return rows
    }

    private func fuel(_ name: String, _ n: Int) throws -> Int64 { try measure(name, n).fuel }

    private func measure(_ name: String, _ n: Int) throws -> (fuel: Int64, time: Int64) {
        let call = try prepare.call(name, n)
        try sandbox.collectGarbage()
        // A collection drops code and tables that are made again when they are needed; the first allocation looks for room.
        _ = try prepare.call(name, 8).call()
        let before = sandbox.bill.fuel, start = clock()
        try Self.measured(call)
        // Processor time, which a busy machine does not disturb as much.
        let time = Int64(clock() - start) * 1_000_000_000 / Int64(CLOCKS_PER_SEC), fuel = sandbox.bill.fuel - before
        _ = try sandbox.step()
        return (fuel, time)
    }

    /// A function of its own, so that `Benchmarks/fuel/instructions` can find it in a profile.
    @inline(never) private static func measured(_ call: Value) throws { _ = try call.call() }

    /// How many times the cheapest unit of fuel the dearest may take, in calls of more than 10 µs.
    static let fairness = 10.0

    /// `benchmarks --fuel`: nanoseconds per unit, dearest first, of calls of more than 10 µs; then whether that is fair. The
    /// status is 1 when it is not: the functions outside of the range of `fairness` that has the most are named.
    static func calibrate(_ program: String) throws -> Int32 {
        // What the interpreter does in place of a call, in less than the time of three instructions, is no call.
        let rows = try FuelPrices(program: program).rows(timing: true)
            .filter { $0.time > 10_000 && !($0.repeats && $0.time < 3 * Int64(FuelPrices.large)) }
            .sorted { $0.nanosecondsPerUnit > $1.nanosecondsPerUnit }
        func line(_ row: Row) -> String {
            row.name.padding(toLength: 48, withPad: " ", startingAt: 0)
                + String(format: " %8.2f ns a unit %10d units %9.1f µs", row.nanosecondsPerUnit, row.large, Double(row.time) / 1000)
        }
        for row in rows { print(line(row)) }
        guard let dearest = rows.first, let cheapest = rows.last else { return 1 }
        var fair = 0..<0
        for first in rows.indices {
            let bound = rows[first].nanosecondsPerUnit / fairness
            let end = rows.firstIndex { $0.nanosecondsPerUnit < bound } ?? rows.endIndex
            if end - first > fair.count { fair = first..<end }
        }
        print(
            String(
                format: "\n%d calls of more than 10 µs, median %.2f ns a unit, dearest to cheapest %.1f (allowed: %.0f)", rows.count,
                rows[rows.count / 2].nanosecondsPerUnit, dearest.nanosecondsPerUnit / cheapest.nanosecondsPerUnit, fairness))
        for index in rows.indices where !fair.contains(index) {
            print(index < fair.lowerBound ? "too cheap in fuel:" : "too dear in fuel: ", line(rows[index]))
        }
        return fair.count == rows.count ? 0 : 1
    }

    /// `benchmarks --deadlines`: each function that works on a large value in one call, under a deadline of 2 ms. Prints those
    /// that go on for more than 5 ms behind it and those that fail for another reason; then the status is 1.
    static func deadlines(_ program: String) throws -> Int32 {
        let prices = try FuelPrices(program: program)
        var status: Int32 = 0
        func line(_ name: String, _ text: String) {
            status = 1
            // At once: this takes minutes.
            FileHandle.standardOutput.write(Data((name.padding(toLength: 48, withPad: " ", startingAt: 0) + " " + text + "\n").utf8))
        }
        for name in try prices.sandbox.call("names", as: [String].self)
        where try !prices.sandbox.call("repeats", name, as: Bool.self) {
            do {
                let limit = 7_000_000
                var least = Int64.max
                for _ in 0..<5 where least > limit { least = min(least, try prices.underDeadline(name)) }
                if least > limit { line(name, String(format: "%8.1f ms", Double(least) / 1e6)) }
            } catch {
                line(name, "\(error)")
            }
        }
        return status
    }

    /// Nanoseconds of processor time of a call that a deadline of 2 ms ends, if it takes so long.
    private func underDeadline(_ name: String) throws -> Int64 {
        var size = 1 << 20
        while true {
            let limits = sandbox.limits
            defer { sandbox.limits = limits }
            let call = try prepare.call(name, size)
            try sandbox.collectGarbage()
            sandbox.limits.deadline = .milliseconds(2)
            let start = clock()
            var failure: TerrariumError?
            do throws(TerrariumError) { _ = try call.call() } catch { failure = error }
            let time = Int64(clock() - start) * 1_000_000_000 / Int64(CLOCKS_PER_SEC)
            sandbox.limits = limits
            _ = try sandbox.step()
            switch failure {
            case nil, .deadline: return time
            // More arguments than a call takes.
            case .thrown where size > 1 << 14, .depth where size > 1 << 14: size >>= 3
            case let failure?: throw failure
            }
        }
    }

    /// `benchmarks --fuel-units`: each function once, after an empty call, with the fuel that it took.
    static func units(_ program: String, prefix: String) throws -> Int32 {
        let prices = try FuelPrices(program: program)
        print("(nothing)", try prices.fuel("(nothing)", 0))
        for name in try prices.sandbox.call("names", as: [String].self) where name.hasPrefix(prefix) {
            print(name, try prices.fuel(name, 2048))
        }
        return 0
    }

    /// `benchmarks --builtins`: the page of the reference, the same on every machine.
    static func page(_ program: String) throws -> Int32 {
        print(
            """
            # Built-in functions and their price in fuel

            Generated by `benchmarks --builtins`; `.ci/generate` writes it again. The price is measured, not estimated: fuel is
            deterministic. *Fixed* is the price of a call, *per element* that of each element, unit of text, digit or byte of what
            it works on, as far as the price is linear (sorting and arithmetic on large numbers are not). Calls of callbacks are
            part of it where the function takes one. The instructions of the calling loop are not.

            | function | fixed | per element | ECMA-262 |
            |---|---:|---:|---|
            """)
        for row in try FuelPrices(program: program).rows(timing: false) {
            let price = row.repeats
                ? "\(Int(row.perElement.rounded())) | "
                : "\(Int(row.fixed.rounded())) | \(String(format: "%.2f", row.perElement))"
            print("| `\(row.name)` | \(price) | \(section(row.name)) |")
        }
        return 0
    }

    /// The section of the specification: its anchors follow the functions' names, with exceptions for the old ones.
    private static func section(_ name: String) -> String {
        if name == "Error.captureStackTrace" { return "V8's" }
        let anchor = anchors[name] ?? regularAnchor(name)
        return "[\(anchor)](https://tc39.es/ecma262/#\(anchor))"
    }

    private static func regularAnchor(_ name: String) -> String {
        var lower = name.lowercased()
        if lower.hasPrefix("typedarray") { lower = "%typedarray%" + lower.dropFirst("typedarray".count) }
        lower = lower.replacingOccurrences(of: ".[symbol.", with: "-%symbol.").replacingOccurrences(of: "]", with: "%")
        if name.hasSuffix("Array") && name != "Array" && !name.contains(".") { return "sec-typedarray-constructors" }
        if name.hasSuffix("Error") && name != "Error" && !name.contains(".") && anchors[name] == nil {
            return "sec-nativeerror-constructors"
        }
        if let first = name.first, first.isUppercase, !name.contains(".") { return "sec-\(lower)-constructor" }
        return (getters.contains(name) ? "sec-get-" : "sec-") + lower
    }

    private static let getters: Set<String> = Set(
        ["Map.prototype.size", "Set.prototype.size"]
            + ["source", "flags", "global", "ignoreCase", "multiline", "dotAll", "unicode", "unicodeSets", "sticky", "hasIndices"]
            .map { "RegExp.prototype." + $0 }
            + ["byteLength", "maxByteLength", "resizable", "detached"].map { "ArrayBuffer.prototype." + $0 }
            + ["buffer", "byteLength", "byteOffset", "length", "[Symbol.toStringTag]"].map { "TypedArray.prototype." + $0 }
            + ["buffer", "byteLength", "byteOffset"].map { "DataView.prototype." + $0 })

    private static let anchors = [
        "AggregateError": "sec-aggregate-error-constructor", "SuppressedError": "sec-suppressederror-constructor",
        "WeakRef": "sec-weak-ref-constructor", "WeakRef.prototype.deref": "sec-weak-ref.prototype.deref",
        "FinalizationRegistry": "sec-finalization-registry-constructor",
        "FinalizationRegistry.prototype.register": "sec-finalization-registry.prototype.register",
        "FinalizationRegistry.prototype.unregister": "sec-finalization-registry.prototype.unregister",
        "eval": "sec-eval-x", "isNaN": "sec-isnan-number", "isFinite": "sec-isfinite-number",
        "parseInt": "sec-parseint-string-radix", "parseFloat": "sec-parsefloat-string",
        "encodeURIComponent": "sec-encodeuricomponent-uricomponent", "encodeURI": "sec-encodeuri-uri",
        "decodeURIComponent": "sec-decodeuricomponent-encodeduricomponent", "decodeURI": "sec-decodeuri-encodeduri",
        "escape": "sec-escape-string", "unescape": "sec-unescape-string",
        "AsyncGenerator.prototype.next": "sec-asyncgenerator-prototype-next",
        "AsyncGenerator.prototype.return": "sec-asyncgenerator-prototype-return",
        "Object.prototype.__proto__": "sec-object.prototype.__proto__",
    ]
}
