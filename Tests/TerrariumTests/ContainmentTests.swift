import Foundation
@_spi(Corruption) import Terrarium
import TerrariumSyntax
import Testing

/// A memory bug of the engine ends in the cage: whatever a guest manages to write there, the process lives and the limits
/// hold. The corruption interface plays the bug.
@Suite(.serialized)
struct ContainmentTests {
    /// What `conformance corrupt` runs too: uses most kinds of cells, and calls `print`, where the test strikes, in between.
    static func program() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent("Conformance/victim.js"), encoding: .utf8)
    }

    /// Runs the program; `strike` gets the session at each round.
    private func run(_ strike: @escaping (Session, Int) -> Void) throws -> (Outcome, Bill) {
        var limits = SessionLimits()
        limits.fuel = 3_000_000
        limits.heap = 8 << 20
        limits.output = 1 << 20
        var session: Session?
        var round = 0
        let made = try Session(limits: limits, print: { _ in
            if let session { strike(session, round) }
            round += 1
        })
        session = made
        let outcome = made.run(SourceText(try ContainmentTests.program(), name: "victim.js"))
        session = nil
        return (outcome, made.bill)
    }

    @Test func theProgramRunsWithoutCorruption() throws {
        let (outcome, _) = try run { _, _ in }
        guard case .finished = outcome else { Issue.record("\(outcome)"); return }
    }

    /// References of every tag to every region, in place of live values: registers, slots, elements, fields.
    @Test(arguments: [UInt32(0), 8, 4096, 0x7FFF_FFF8, 0xFFFF_FFFF, 0xFFFF_FFF8, 0x4000_0001])
    func forgedReferencesStayInTheCage(_ offset: UInt32) throws {
        for tag in UInt64(0xFFF8)...0xFFFF {
            var random = Generator(state: tag &* 31 &+ UInt64(offset))
            let (_, bill) = try run { session, round in
                guard round % 4 == 1 else { return }
                let range = session.usedRange
                for _ in 0..<64 {
                    let place = range.lowerBound &+ UInt32(random.next() % UInt64(range.count / 8)) &* 8
                    if session.word(at: place) >> 48 >= 0xFFF8 { session.overwrite(place, tag << 48 | UInt64(offset)) }
                }
            }
            #expect(bill.heapPeak <= 10 << 20)
        }
    }

    /// Bits that a guest writes through typed arrays never become a reference.
    @Test func notNumbersAreCanonical() throws {
        let session = try Session(print: { _ in })
        let outcome = session.run(SourceText("""
            const bits = new BigUint64Array(1), double = new Float64Array(bits.buffer), view = new DataView(bits.buffer);
            const results = [];
            for (let tag = 0x7ff0n; tag <= 0xffffn; tag++) {
              if ((tag & 0x7ff0n) !== 0x7ff0n) continue;
              for (const low of [1n, 8n, 0x100000n, 0xffffffffn]) {
                bits[0] = tag << 48n | low;
                for (const value of [double[0], view.getFloat64(0, true), double.at(0), [...double][0],
                    structuredCloneLike(double[0]), double.slice()[0], Math.max(double[0], 0), -double[0]])
                  if (typeof value !== 'number') results.push(tag.toString(16));
              }
            }
            function structuredCloneLike(x) { return [x].concat()[0]; }
            results.length
            """, name: "nan.js"))
        guard case .finished(let text) = outcome else { Issue.record("\(outcome)"); return }
        #expect(text == "0")
    }
}

/// A small deterministic generator (xorshift64*).
struct Generator {
    var state: UInt64
    mutating func next() -> UInt64 {
        if state == 0 { state = 0x9E37_79B9_7F4A_7C15 }
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
