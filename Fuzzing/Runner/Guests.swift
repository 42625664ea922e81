@_spi(Corruption) import Terrarium
import TerrariumSyntax

/// Sessions to run cases in: each starts from one snapshot.
final class Guests {
    private let snapshot: SessionSnapshot
    /// The session that the cases of a group share, until one ends it.
    private var shared: Session?
    private var sharedHeap = 0

    /// - Parameter prelude: a script that has run in every session.
    init?(prelude: String = "") {
        var limits = SessionLimits()
        limits.fuel = 1_000_000_000
        limits.heap = 64 << 20
        guard let session = try? Session(limits: limits, print: { _ in }) else { return nil }
        session.allowCodeGeneration()
        if !prelude.isEmpty {
            guard case .finished = session.run(SourceText(prelude, name: "prelude.js")) else { return nil }
        }
        guard let snapshot = session.snapshot() else { return nil }
        self.snapshot = snapshot
    }

    func session(fuel: Int64, heap: Int, depth: Int = 400, print: ((String) -> Void)? = nil) -> Session? {
        var limits = SessionLimits()
        limits.fuel = fuel
        limits.heap = heap
        limits.depth = depth
        limits.output = 1 << 20
        return try? Session(restoring: snapshot, limits: limits, print: print)
    }

    /// Runs a program under limits, in a session of its own; what is wrong with the way it ended.
    func run(_ program: String, fuel: Int64, heap: Int, print: ((String) -> Void)? = nil) -> String? {
        guard let session = session(fuel: fuel, heap: heap, print: print) else { return nil }
        let outcome = session.run(SourceText(program, name: "fuzz.js"))
        if case .ended(.corrupted) = outcome { return "internal error" }
        return Guests.meterFault(session, fuel: fuel, heap: heap)
    }

    /// Forgets the shared session.
    func renew() { shared = nil }

    /// Runs a program in the shared session, whose heap limit is that of the first program; what is wrong with the way it ended.
    func runShared(_ program: String, fuel: Int64, heap: Int) -> String? {
        if shared == nil {
            shared = session(fuel: fuel, heap: heap) { _ in }
            sharedHeap = heap
        }
        guard let session = shared else { return nil }
        session.refuel(fuel)
        let outcome = session.run(SourceText(program, name: "fuzz.js"))
        let fault = Guests.meterFault(session, fuel: fuel, heap: sharedHeap)
        if case .ended(let ending) = outcome {
            shared = nil
            if ending == .corrupted { return "internal error" }
        }
        return fault
    }

    static func meterFault(_ session: Session, fuel: Int64, heap: Int) -> String? {
        let bill = session.bill
        if bill.heapPeak > heap + (2 << 20) { return "heap peak \(bill.heapPeak) of \(heap)" }
        if bill.fuel > fuel { return "fuel \(bill.fuel) of \(fuel)" }
        return nil
    }
}
