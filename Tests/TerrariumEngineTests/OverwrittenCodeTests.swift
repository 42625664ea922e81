import TerrariumCage
import TerrariumEngine
import TerrariumLibrary
import TerrariumSyntax
import Testing

/// Code that somebody has written over: only back-edges look at the meters, so nothing else may go back.
struct OverwrittenCodeTests {
    private func run(_ source: String, _ machine: Machine, _ realm: UInt32) throws -> Value {
        try machine.run(try ScriptCompiler.compile(try Parser.parse(SourceText(source, name: "test"))), realm: realm)
    }

    /// Makes every instruction of a kind jump to itself.
    private func overwrite(_ opcode: Opcode, isFar: Bool, in machine: Machine) -> Int {
        var count = 0
        let range = machine.usedRange
        for offset in stride(from: range.lowerBound & ~7, to: range.upperBound, by: 8) {
            let word = machine.cage.load64(offset)
            guard UInt8(truncatingIfNeeded: word) == opcode.rawValue, word >> 16 & 0xFFFF < 64 else { continue }
            let distance = isFar ? Int64(bitPattern: word) >> 32 : (Int64(bitPattern: word) >> 48) * 8
            guard distance > 0, distance < 4096, distance & 7 == 0 else { continue }
            machine.cage.store64(offset, 0, isFar ? word & 0xFFFF_FFFF | UInt64(0xFFFF_FFF8) << 32 : word | 0xFFFF << 48)
            count += 1
        }
        return count
    }

    private static let program = """
        function f(a, b) {
          if (a) b++; if (!b) a++; if (a < b) b++; if (a <= 7) b++; if (a == b) b = 1; if (a === b) a = 2; if (a !== 3) b += 2; if (b >= 4) a++;
          for (const x of [1, 2]) { if (x === null) continue; b += x; } for (const k in { a }) b += k.length;
          const c = a ?? b, d = a?.x, e = a || b; return c && e;
        }
        f(1, 2) + f(0, null) + f('a', 'b') + f(5.5, 5)
        """

    @Test(arguments: [
        (Opcode.jump, true), (.jumpTrue, true), (.jumpFalse, true), (.jumpNullish, true), (.jumpNotNullish, true), (.jumpUndefined, true),
        (.jumpNotUndefined, true), (.jumpEmpty, true), (.jumpLt, false), (.jumpLe, false), (.jumpNotLt, false), (.jumpNotLe, false), (.jumpLtI, false),
        (.jumpNotLeI, false), (.jumpNotGeI, false), (.jumpEq, false), (.jumpNe, false), (.jumpStrictEq, false), (.jumpStrictNe, false),
        (.jumpIs, false), (.jumpIsNot, false), (.iteratorStepFast, false), (.forInNext, false),
    ])
    func anOverwrittenJumpEnds(_ opcode: Opcode, _ isFar: Bool) throws {
        let machine = try #require(Machine())
        let realm = try machine.makeRealm()
        _ = try run(OverwrittenCodeTests.program, machine, realm)
        _ = overwrite(opcode, isFar: isFar, in: machine)
        machine.setFuel(2_000_000)
        // Whatever comes of it, it comes to an end.
        do { _ = try run("f(1, 2); f(0, null); f('a', 'b'); f(5.5, 5)", machine, realm) } catch {}
        #expect(machine.fuelLeft <= 2_000_000)
    }

    /// Memory that nobody has written is no code.
    @Test func blankMemoryEndsTheGuest() throws {
        #expect(Opcode.blank.rawValue == 0)
        let machine = try #require(Machine())
        let realm = try machine.makeRealm()
        _ = try run(OverwrittenCodeTests.program, machine, realm)
        #expect(overwrite(.jumpFalse, isFar: true, in: machine) > 0)
        #expect(throws: (any Error).self) { try run("f(1, 2); f(0, null)", machine, realm) }
        #expect(machine.termination == .corrupted)
    }
}
