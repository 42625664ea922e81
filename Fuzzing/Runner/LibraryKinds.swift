import Foundation
import Terrarium

/// Compiled scripts whose bytes were changed: with the checksum put right, so that reading and verifying are what is tested.
struct TemplateKind: FuzzKind {
    let name = "templates"
    let about = "bytes of compiled scripts, changed and with the checksum put right; what is accepted runs"

    func show(_ number: Int, _ options: FuzzTool.Options) -> String {
        var random = Randomness(seed: options.seed, number: number)
        let data = data(&random)
        return "\(data.count) bytes\n" + data.map { String($0, radix: 16) }.joined(separator: " ")
    }

    /// What is changed: the data of some two hundred scripts.
    static let originals: [[UInt8]] = (0..<200).map { number in
        var generator = ProgramGenerator(random: Randomness(seed: 77, number: number), isTame: true)
        return (try? Script("function note(v) {}\n" + generator.program(statements: 4), name: "t.js"))?.data ?? []
    }

    private func data(_ random: inout Randomness) -> [UInt8] {
        var data = random.pick(TemplateKind.originals)
        let body = data.count - 8
        guard body > 24 else { return data }
        for _ in 0..<(1 + random.below(3)) {
            // Behind magic, version and instruction set.
            let place = 16 + random.below(body - 16)
            switch random.below(5) {
            case 0: data[place] ^= UInt8(1 << random.below(8))
            case 1: data[place] = random.pick([0, 1, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next())])
            case 2:
                let value = random.pick([UInt32(0), 1, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, UInt32(truncatingIfNeeded: random.below(300))])
                for step in 0..<4 where place + step < body { data[place + step] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(step))) }
            case 3:
                let from = 16 + random.below(body - 16)
                for step in 0..<(8 << random.below(3)) where place + step < body && from + step < body { data[place + step] = data[from + step] }
            default: data[place] = data[place] &+ UInt8(random.pick([1, 2, 254, 255]))
            }
        }
        TemplateKind.repair(&data)
        return data
    }

    /// Puts the checksum right.
    static func repair(_ data: inout [UInt8]) {
        let body = data.count - 8
        guard body > 0 else { return }
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in data[..<body] { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for step in 0..<8 { data[body + step] = UInt8(truncatingIfNeeded: sum >> (8 * UInt64(step))) }
    }

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        guard let target = TemplateTarget() else { return 3 }
        return eachCase(options) { _, random in target.take(data(&random)) }
    }
}

/// Reads the bytes of a script; runs it if they are accepted.
final class TemplateTarget {
    private let template: Sandbox
    private let after: Script

    init?() {
        var limits = Limits.untrusted
        limits.fuel = 100_000
        limits.heap = .mebibytes(8)
        guard let sandbox = try? Sandbox(limits: limits, capabilities: [.codeGeneration]),
            let after = try? Script("try { v4.toString() + new Error('x').stack } catch (e) { e.stack }")
        else { return nil }
        template = sandbox
        self.after = after
    }

    func take(_ data: [UInt8]) -> String? {
        guard let script = try? Script(data: data) else { return nil }
        guard let sandbox = try? template.fork() else { return "no sandbox" }
        do throws(TerrariumError) {
            _ = try sandbox.evaluate(script).text
        } catch {
            if case .thrown(let thrown) = error { _ = thrown.rendered }
        }
        _ = try? sandbox.evaluate(after).text
        return nil
    }
}

/// Sequences of calls of the Swift library.
struct APIKind: FuzzKind {
    let name = "api"
    let about = "sequences of calls of the Swift library, with host functions that throw and call back"

    func show(_ number: Int, _ options: FuzzTool.Options) -> String { "calls follow from seed \(options.seed) and case \(number)" }

    private struct Shape: Codable {
        var a: Int?
        var b: [String]?
        var c: [String: Double]?
        var d: Date?
    }
    private struct Refusal: Error {}
    private static let hostileValues = try? Script(HostileValues.source)

    func runBatch(_ options: FuzzTool.Options) -> Int32 {
        eachCase(options) { _, random in APIKind.drive(&random) }
    }

    /// Makes a sandbox and calls.
    static func drive(_ random: inout Randomness) -> String? {
        var limits = Limits.untrusted
        limits.fuel = random.pick([1_000, 50_000, 500_000])
        limits.heap = .mebibytes(random.pick([4, 8]))
        limits.depth = random.pick([20, 200])
        let all: [Capability] = [
            .silentConsole, .clock(.fixed(at: 0)), .random(seed: 1), .timers(.virtual), .codeGeneration, .sharedMemory, .queueMicrotask, .base64,
            .structuredClone, .textEncoding,
        ]
        guard let sandbox = try? Sandbox(limits: limits, capabilities: all.filter { _ in !random.one(in: 4) }) else { return nil }
        return drive(sandbox, &random)
    }

    private static func drive(_ sandbox: Sandbox, _ random: inout Randomness) -> String? {
        var values: [Value] = [.undefined, .null, Value(1)]
        var pauses: [Pause] = []
        var inner = Randomness(seed: random.next(), number: 0)
        func hostile() -> String { "hostile(\(inner.below(HostileValues.count)))" }
        unowned let guest = sandbox
        sandbox.define("throws") { () throws -> Int in throw Refusal() }
        sandbox.define("enters") { (text: String) throws -> Int in
            _ = try guest.evaluate("1 + " + String(text.prefix(20)))
            return try guest.evaluate("steps = (globalThis.steps || 0) + 1", as: Int.self)
        }
        sandbox.define("calls") { (function: Value, argument: Value) throws -> Value in try function.call(argument) }
        sandbox.define("takes") { (shape: Shape, rest: Rest<Double>) -> Int in (shape.b?.count ?? 0) + rest.values.count }
        sandbox.define("answers") { (number: Int) async throws -> Int in number }
        sandbox.define("interrupts") { () in guest.interrupter.interrupt() }
        if let hostileValues { _ = try? sandbox.evaluate(hostileValues) }
        for _ in 0..<(3 + random.below(12)) {
            do throws(TerrariumError) {
                switch random.below(22) {
                case 0, 1: values.append(try sandbox.evaluate("(" + hostile() + ")"))
                case 2:
                    var generator = ProgramGenerator(random: random, isTame: false)
                    _ = random.next()
                    values.append(try sandbox.evaluate("function note(v) {}\n" + generator.program(statements: 2)))
                case 3: values.append(try sandbox.evaluate("try { throws() } catch (e) { e }"))
                case 4: values.append(try sandbox.evaluate("enters('1; enters(2)')"))
                case 5: values.append(try sandbox.evaluate("calls(\(hostile()), \(hostile()))"))
                case 6: values.append(try sandbox.evaluate("takes(\(hostile()), \(hostile()), 2)"))
                case 7: values.append(try sandbox.evaluate("answers(1).then(x => { steps = x })"))
                case 8: try sandbox.set(random.pick("steps a.b globalThis.x constructor __proto__.y"), random.pick(values))
                case 9: values.append(try sandbox.get(random.pick("steps a.b Object.prototype JSON.parse Array nothing.at.all")))
                case 10: values.append(try sandbox.call(random.pick("hostile String JSON.stringify Object.keys Symbol Promise.resolve"), random.pick(values)))
                case 11: values.append(try random.pick(values).call(random.pick(values), 1))
                case 12: values.append(try random.pick(values).construct(random.pick(values)))
                case 13: values.append(try random.pick(values).get(random.pick("length a then constructor 0")))
                case 14: try random.pick(values).set(random.pick("length a then 0"), random.pick(values))
                case 15:
                    let value = random.pick(values)
                    _ = value.text
                    _ = try value.inspected()
                    _ = value.propertyNames
                    _ = value.kind
                case 16: _ = try random.pick(values).decode(as: Shape.self)
                case 17: _ = try random.pick(values).decode(as: [String: [Int]].self)
                case 18: try sandbox.collectGarbage()
                case 19:
                    if case .paused(let pause) = try sandbox.run("let n = 0; for (let i = 0; i < 1e5; i++) n += [i].map(x => x)[0]; n", fuel: 100 + random.below(5000)) {
                        pauses.append(pause)
                    }
                case 20:
                    guard let pause = pauses.last else { break }
                    if random.one(in: 3) { pause.end(); pauses.removeLast(); break }
                    switch try pause.resume(fuel: random.below(20_000)) {
                    case .finished(let value):
                        values.append(value)
                        pauses.removeLast()
                    case .paused(let next): pauses[pauses.count - 1] = next
                    }
                default:
                    if random.one(in: 20) { sandbox.end() } else { _ = try sandbox.step() }
                }
            } catch {
                if case .inconsistent = error { return "inconsistent" }
                if case .thrown(let thrown) = error { _ = thrown.rendered }
            }
        }
        return nil
    }
}
