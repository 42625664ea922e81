import Synchronization
import TerrariumCage

/// Fuel, deadline, interruption.
///
/// One unit of fuel is two 8-byte words of bytecode, which is about one instruction with what it remembers. The
/// interpreter does not count instructions: straight-line code costs the distance that the program counter moves, and
/// every taken jump adds its own distance to `limit`, so that `limit - pc` is what is left. Back-edges and function
/// entries compare the two. Built-ins charge units with `charge`.
///
/// Rules:
/// 1. `limit` covers one slice; the rest is in `reserveFuel`. A slice ends early when a collection is wanted.
/// 2. At the end of a slice `safepoint` looks at the interrupt flag, the deadline and the collector, then starts the
///    next slice or ends the guest.
extension Machine {
    /// Bytes of code that a unit of fuel stands for.
    @usableFromInline static var unit: Int64 { @inline(__always) get { 16 } }
    /// Words of code that a unit of fuel stands for.
    public static var wordsPerUnit: Int64 { 2 }

    /// Units of fuel in words of code, a begun one in full.
    public static func units(ofWords words: Int64) -> Int64 { (words &+ wordsPerUnit &- 1) / wordsPerUnit }
    /// Words of code that units of fuel stand for.
    public static func words(ofUnits units: Int64) -> Int64 { max(0, min(units, 1 << 54)) &* wordsPerUnit }

    /// As above for parts of a whole: what is cut off from one goes to the next, so that their sum is that of the whole.
    public static func units(ofAll words: [Int64]) -> [Int64] {
        var rest = wordsPerUnit &- 1
        return words.map { part in
            rest &+= part
            let units = rest / wordsPerUnit
            rest &-= units &* wordsPerUnit
            return units
        }
    }

    /// Length of a slice in bytes of code: a fraction of a millisecond.
    static var sliceLength: Int64 { 8 * 6_000 }

    /// Bytes of code beyond the end of a slice after which even instructions that are no back-edges look at the meters.
    static var longestStretch: Int64 { 1 << 20 }

    /// Charges units of fuel for work done by native code.
    /// - Throws: `.termination` when fuel, deadline or an interrupt ends the guest.
    @inlinable @inline(__always)
    public func charge(_ units: Int) throws(Thrown) {
        let left = cells[Cell.limit] &- Int64(truncatingIfNeeded: units) &* Machine.unit
        cells[Cell.limit] = left
        if left < cells[Cell.pc] { try endOfSlice() }
    }

    /// Charges units where nothing can be thrown: the guest ends at its next safepoint or charge.
    @inline(__always)
    func chargeLater(_ units: Int) { cells[Cell.limit] &-= Int64(truncatingIfNeeded: units) &* Machine.unit }

    /// For native code: the slice is used up.
    @usableFromInline @inline(never)
    func endOfSlice() throws(Thrown) {
        if let observer { observer.safepoint(self) }
        try startSlice(isNative: true)
        // A collection that is wanted, and a pause when fuel is overdrawn, wait for the interpreter's next safepoint.
        if cells[Cell.collectionPending] != 0 || pausing.overdraft > 0 { haltSlice() }
    }

    /// For the interpreter, at a back-edge or function entry, with state saved: collects if wanted and starts the
    /// next slice.
    @inline(never)
    func safepoint() throws(Thrown) {
        // What earlier calls left above the running frame is no part of the state.
        setStackTop(frameTop(frame))
        if cells[Cell.collectionPending] != 0 || stressCollector, activationDepth <= 1, cells[Cell.native] == 0 {
            try collectOnTheWay()
        }
        // What is taken is compared with the limit before; the host may have lowered it since.
        if heapInUse > currentLimits.heap { throw outOfHeap() }
        if let observer { observer.safepoint(self) }
        if pausing.isAllowed, activationDepth == 1, cells[Cell.native] == 0 { try pauseIfEmpty() }
        try startSlice(isNative: false)
    }

    private func startSlice(isNative: Bool) throws(Thrown) {
        if termination != nil { throw .termination }
        let pc = cells[Cell.pc]
        var total = cells[Cell.limit] &- pc &+ cells[Cell.reserveFuel]
        if total <= 0 {
            total = overdraw(total, isNative: isNative)
            if total <= 0 { throw terminate(.fuel) }
        }
        if interruptFlag.isSet { throw terminate(.interrupted) }
        if let deadline = deadlineTime, MonotonicClock.now() >= deadline { throw terminate(.deadline) }
        let slice = stressCollector ? 1 : min(total, observer?.sliceLength ?? Machine.sliceLength)
        cells[Cell.limit] = pc &+ slice
        cells[Cell.reserveFuel] = total &- slice
    }

    /// For a host that waits on behalf of the guest: interrupts and the deadline hold.
    public func checkMeters() throws(Thrown) {
        if termination != nil { throw .termination }
        if interruptFlag.isSet { throw terminate(.interrupted) }
        if let left = timeLeft, left <= 0 { throw terminate(.deadline) }
    }

    /// Whether an interrupt or the deadline ends the guest at its next look at the meters: for long work that cannot throw.
    var isCalledOff: Bool {
        if interruptFlag.isSet { return true }
        guard let deadline = deadlineTime else { return false }
        return MonotonicClock.now() >= deadline
    }

    /// Nanoseconds to the deadline, if there is one.
    public var timeLeft: Int64? { deadlineTime.map { $0 &- MonotonicClock.now() } }

    /// Ends the current slice, so that the interpreter comes to its next safepoint with nothing left.
    func haltSlice() {
        let pc = cells[Cell.pc]
        let left = cells[Cell.limit] &- pc
        cells[Cell.reserveFuel] = cells[Cell.reserveFuel] &+ left
        cells[Cell.limit] = pc
    }

    /// Fuel that is left, in whole units.
    public var fuelLeft: Int64 { max(0, wordBalance) / Machine.wordsPerUnit }

    /// Fuel that is left in words of code, the exact measure; negative when more was used than there was.
    public var wordBalance: Int64 {
        (cells[Cell.limit] &- cells[Cell.pc] &+ cells[Cell.reserveFuel] &- pausing.overdraft) / 8
    }

    /// Gives the machine units of fuel to run on.
    public func setFuel(_ units: Int64) { setFuel(words: Machine.words(ofUnits: units)) }

    /// Gives the machine fuel to run on, in words of code.
    public func setFuel(words: Int64) {
        cells[Cell.limit] = cells[Cell.pc]
        pausing.overdraft = 0
        pausing.limitedOverdraft = 0
        cells[Cell.reserveFuel] = max(0, min(words, 1 << 56)) &* 8
    }

    /// Marks the guest as ended.
    @inline(never)
    public func terminate(_ reason: Termination) -> Thrown {
        if termination == nil {
            if let observer, reason != .paused { observer.guestEnds(self, reason) }
            termination = reason
        }
        return .termination
    }

    /// A host that ended a guest for a limit may let it go on (more fuel, the next operation).
    public func clearTermination() {
        termination = nil
        longWork = nil
        if !isPaused { joinStack.removeAll() }
    }

    /// Ends the guest from any thread, within a slice.
    public var interrupter: Interrupter { Interrupter(flag: interruptFlag) }
}

/// The word that other threads may set.
final class InterruptFlag: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set(_ newValue: Bool) { value.store(newValue, ordering: .relaxed) }
}

/// Interrupts a machine from any thread.
public struct Interrupter: Sendable {
    let flag: InterruptFlag
    /// The guest ends at its next safepoint, in well under a millisecond.
    public func interrupt() { flag.set(true) }
    /// Takes an interrupt back that has not been seen.
    public func reset() { flag.set(false) }
}
