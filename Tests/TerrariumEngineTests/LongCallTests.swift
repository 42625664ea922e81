import Testing
import TerrariumEngine
import TerrariumLibrary
import TerrariumSyntax

/// A call of a built-in function on a large value looks at the limits again and again, so that none can outrun a deadline.
struct LongCallTests {
    /// The most units of fuel that were used between two looks at the limits.
    private final class Looks: MachineObserver {
        let sliceLength: Int64 = 8 * 1000
        private var last: Int64
        private(set) var most: Int64 = 0

        init(_ machine: Machine) { last = machine.fuelLeft }

        func safepoint(_ machine: Machine) {
            most = max(most, last - machine.fuelLeft)
            last = machine.fuelLeft
        }

        func guestEnds(_ machine: Machine, _ reason: Termination) { safepoint(machine) }
    }

    private func run(_ source: String, _ machine: Machine, _ realm: UInt32) throws -> Value {
        let program = try Parser.parse(SourceText(source, name: "test"))
        return try machine.run(try ScriptCompiler.compile(program), realm: realm)
    }

    /// Calls on `n`, 300,000, of something.
    static let calls = [
        "'\\u00e4b c'.repeat(n).toUpperCase()", "'\\u0394b c'.repeat(n).toLowerCase()", "'\\u00e4bc'.repeat(n).normalize('NFD')",
        "'\\ufdfa'.repeat(n / 20).normalize('NFKD')", "'\\u30ab'.repeat(n).normalize('NFKC')", "'\\uac01'.repeat(n).normalize('NFD')",
        "'a\\ud800b'.repeat(n).toWellFormed()", "'a\\u0101b'.repeat(n).isWellFormed()", "'a b'.repeat(n).split('')",
        "'a b'.repeat(n).split(' ')", "'a b'.repeat(n).split(' b')", "'a b'.repeat(n).replaceAll(' ', 'x')", "'a b'.repeat(n).replace(/ /g, 'x')",
        "encodeURIComponent('a \\u00e4'.repeat(n))", "decodeURIComponent('a%20'.repeat(n))", "escape('a b'.repeat(n))", "unescape('a%20'.repeat(n))",
        "Array(n).fill(1).join()", "Array(n).fill(0.5).join()", "Array(n).fill('ab').join('')", "Array(n).fill(1.5).sort()",
        "Array.from({ length: n }, (_, i) => -i).sort((a, b) => a - b)", "Array.from({ length: n }, (_, i) => 'k' + i).reverse().sort()",
        "Array(n).fill(1).reverse()", "Array(n).fill(1).toReversed()", "Array(n).fill(1).with(0, 2)", "Array(n).fill(1).indexOf(2)",
        "Array(n).fill(1).includes(undefined)", "Array(n).fill(1).includes(NaN)", "Array(n).fill([1]).flat()",
        "JSON.stringify(Array(n).fill(1.5))", "JSON.parse('[' + '1,'.repeat(n) + '1]')", "Object.keys(Object.fromEntries(Array.from({ length: n }, (_, i) => ['k' + i, i])))",
        "new Uint8Array(n * 16).fill(3)", "new Uint8Array(n * 4).copyWithin(1)", "new Uint8Array(n).reverse()", "new Float64Array(n).join()",
        "new Float64Array(Array(n).fill(2))", "new Float64Array(n).sort()", "new Uint8Array(n * 4).indexOf(1)", "new Set(Array.from({ length: n }, (_, i) => i)).union(new Set([1]))",
        "/^(a|b)*c/.test('ab'.repeat(n))", "(() => { let s = ''; for (let i = 0; i < n; i++) s += 'ab'; return s.charCodeAt(1) })()",
        "Math.sumPrecise(Array(n).fill(1))",
    ]

    @Test(arguments: calls) func aLongCallLooksAtTheLimits(_ call: String) throws {
        var limits = MachineLimits()
        limits.fuel = 1 << 40
        limits.heap = 256 << 20
        let machine = try #require(Machine(limits: limits))
        let realm = try machine.makeRealm()
        let looks = Looks(machine)
        machine.observer = looks
        _ = try run("const n = 300000; \(call)", machine, realm)
        // A unit is a few nanoseconds; clearing memory is a large part of this.
        #expect(looks.most > 1000)
        #expect(looks.most < 400_000, "\(looks.most) units")
    }
}
