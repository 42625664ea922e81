import TerrariumCage
import TerrariumRegExp

/// A pattern and the string that one operation matches it with, prepared once for all its matches.
///
/// Rules:
/// 1. Nothing is collected while an operation runs, so what is here stays valid until it ends or is left.
/// 2. An operation is left when it has used `slice` units, in a match or between two: its state goes into a list, and the
///    engine's own JavaScript calls it again with that, after a safepoint where the program may be paused. That does not
///    depend on whether the program runs in slices, so it costs the same.
/// 3. A state may come out of a snapshot that somebody wrote: what it says is checked, and the matcher trusts no state.
struct RegExpRun {
    let compiled: UInt32
    let string: Value
    let text: FlatString
    let program: UInt32
    /// Groups with the whole match.
    let groups: Int
    let flags: RegExpFlags
    /// Offset of the captures of the last match: pairs of 32-bit numbers, -1 for a group that did not take part.
    let captures: UInt32
    /// Bytes that the backtrack stack may have. They grow for each operation anew, whatever is there from earlier ones, so
    /// that the fuel for that does not depend on them.
    var room: Int
    /// Where the next match begins.
    var index = 0
    /// A match has begun and is in the stack region.
    var isInside = false
    /// Units until the operation is left.
    var budget = RegExpRun.slice

    static let slice = 10_000

    var keepsIndex: Bool { !flags.isDisjoint(with: [.global, .sticky]) }
}

extension Machine {
    /// Fields of the state of an operation that was left.
    private enum LeftRegExp {
        static let compiled: UInt32 = 0, string: UInt32 = 1, stack: UInt32 = 2, room: UInt32 = 3, index: UInt32 = 4
        static let result: UInt32 = 5, first: UInt32 = 6, second: UInt32 = 7
    }

    func regExpRun(_ compiled: UInt32, _ string: Value) throws(Thrown) -> RegExpRun {
        let text = try flat(string)
        let groups = max(0, Int(compiledValue(compiled, CompiledRegExp.captures).int)) &+ 1
        let registers = max(0, Int(compiledValue(compiled, CompiledRegExp.registers).int))
        return RegExpRun(
            compiled: compiled, string: string, text: text, program: compiledValue(compiled, CompiledRegExp.program).offset,
            groups: groups, flags: regExpFlags(compiled), captures: try regExpScratch(Cell.regExpCaptures, groups &* 8) &+ 16,
            room: (16 &+ registers &* 4 &+ 4096 &+ 511) & ~511)
    }

    /// A bytes cell that is kept between matches. Collections drop it, which costs no fuel.
    @inline(__always)
    private func regExpScratch(_ cell: UInt8, _ size: Int) throws(Thrown) -> UInt32 {
        let known = UInt32(truncatingIfNeeded: cells[cell])
        if _fastPath(known != 0 && Int(cage.load32(known, Layout.bytesCount)) >= size) { return known }
        return try newRegExpScratch(cell, size)
    }

    @inline(never)
    private func newRegExpScratch(_ cell: UInt8, _ size: Int) throws(Thrown) -> UInt32 {
        let count = max(512, size)
        let fresh = try makeBytes(count: count)
        refundAllocation(try checkedSize(16 &+ count))
        cells[cell] = Int64(fresh)
        return fresh
    }

    /// Matches at `run.index` or, without `isAnchored`, from there on. Fuel is charged; the backtrack stack is memory of the
    /// heap.
    /// - Returns: `.outOfFuel` when the operation is to be left, which `leaves` allows.
    @inline(__always)
    func match(_ run: inout RegExpRun, isAnchored: Bool? = nil, leaves: Bool) throws(Thrown) -> RegExpMatchOutcome {
        let cell = try regExpScratch(Cell.regExpStack, run.room)
        if _slowPath(run.isInside) { return try matchOn(&run, .outOfFuel, leaves: leaves, isEntered: true) }
        var fuel = run.budget
        let outcome = RegExpMatcher.match(
            cage: cage, program: run.program &+ 16, wordCount: Int(cage.load32(run.program)), subject: subject(run),
            lastIndex: run.index, captures: run.captures,
            stack: RegExpStackRegion(offset: cell &+ 16, capacity: run.room), isAnchored: isAnchored, fuel: &fuel)
        let used = run.budget &- fuel
        run.budget = fuel
        try charge(used)
        if _fastPath(outcome == .failed) { return outcome }
        if _fastPath(outcome == .matched) {
            if _slowPath(recordsLegacyMatches) { noteLegacyMatch(run.string, run.captures, groups: run.groups) }
            return outcome
        }
        return try matchOn(&run, outcome, leaves: leaves, isEntered: false)
    }

    private func subject(_ run: RegExpRun) -> RegExpSubject {
        RegExpSubject(offset: run.text.data, length: run.text.count, isLatin1: run.text.isLatin1)
    }

    /// Goes on with a match that needs more fuel or a larger stack.
    @inline(never)
    private func matchOn(_ run: inout RegExpRun, _ first: RegExpMatchOutcome, leaves: Bool, isEntered: Bool) throws(Thrown)
        -> RegExpMatchOutcome
    {
        var outcome = first
        var isEntered = isEntered
        while true {
            switch outcome {
            case .matched:
                run.isInside = false
                if recordsLegacyMatches { noteLegacyMatch(run.string, run.captures, groups: run.groups) }
                return outcome
            case .failed:
                run.isInside = false
                return outcome
            case .outOfFuel:
                run.isInside = true
                if leaves, !isEntered { return outcome }
                if run.budget <= 0 { run.budget = RegExpRun.slice }
            case .needsStack: try growRegExpStack(&run)
            }
            isEntered = false
            let cell = UInt32(truncatingIfNeeded: cells[Cell.regExpStack])
            var fuel = run.budget
            outcome = RegExpMatcher.resume(
                cage: cage, program: run.program &+ 16, wordCount: Int(cage.load32(run.program)), subject: subject(run),
                captures: run.captures, stack: RegExpStackRegion(offset: cell &+ 16, capacity: run.room), fuel: &fuel)
            let used = run.budget &- fuel
            run.budget = fuel
            // Where it cannot be left, a search that a guest can make exponential may not be overdrawn for ever.
            if leaves { try charge(used) } else { try chargeSearch(used) }
        }
    }

    private func growRegExpStack(_ run: inout RegExpRun) throws(Thrown) {
        let old = UInt32(truncatingIfNeeded: cells[Cell.regExpStack]), size = run.room
        guard size < 1 &<< 30 else { throw outOfHeap() }
        run.room = size &* 2
        try charge(size / 12)
        if Int(cage.load32(old, Layout.bytesCount)) >= run.room { return }
        let fresh = try newRegExpScratch(Cell.regExpStack, run.room)
        try copyWatched(from: old &+ 16, to: fresh &+ 16, count: size)
    }

    // MARK: Leaving and going on

    /// The state of an operation that is left, and what it has so far.
    @inline(never)
    func leave(_ run: RegExpRun, _ result: Value = .undefined, _ first: Int = 0, _ second: Int = 0) throws(Thrown) -> Value {
        var stack = Value.undefined
        if run.isInside {
            stack = Value(cell: UInt32(truncatingIfNeeded: cells[Cell.regExpStack]))
            cells[Cell.regExpStack] = 0
        }
        try charge(20)
        return try list(of: [
            Value(cell: run.compiled), run.string, stack, Value(run.room), Value(run.index), result, Value(first), Value(second),
        ])
    }

    /// Whether an operation was left rather than finished.
    func isLeftRegExp(_ value: Value) -> Bool { value.isCell }

    /// Goes on with an operation that was left.
    @inline(never)
    func regExpRun(resuming state: Value) throws(Thrown) -> RegExpRun {
        guard isList(state, atLeast: 8) else { throw terminate(.corrupted) }
        let compiled = compiledValue(state.offset, LeftRegExp.compiled)
        let string = compiledValue(state.offset, LeftRegExp.string)
        guard isList(compiled, atLeast: 7), string.isString else { throw terminate(.corrupted) }
        let program = compiledValue(compiled.offset, CompiledRegExp.program)
        guard program.isCell, kind(of: program.offset) == CellKind.words else { throw terminate(.corrupted) }
        var run = try regExpRun(compiled.offset, string)
        let stack = compiledValue(state.offset, LeftRegExp.stack)
        if stack.isCell, kind(of: stack.offset) == CellKind.bytes {
            let bytes = min(Int(cage.load32(stack.offset, Layout.bytesCount)), Int(wordsBehind(stack.offset)) &* 8 &- 16)
            let room = min(compiledValue(state.offset, LeftRegExp.room).internalCount, bytes)
            guard room >= run.room else { throw terminate(.corrupted) }
            run.room = room
            run.isInside = true
            cells[Cell.regExpStack] = Int64(stack.offset)
        }
        run.index = max(0, min(compiledValue(state.offset, LeftRegExp.index).internalCount, run.text.count &+ 1))
        return run
    }

    private func isList(_ value: Value, atLeast count: UInt32) -> Bool {
        value.isCell && kind(of: value.offset) == CellKind.list && listLength(value.offset) >= count
    }

    /// What a left operation had so far.
    func leftResult(_ state: Value) -> Value { compiledValue(state.offset, LeftRegExp.result) }
    func leftNumbers(_ state: Value) -> (Int, Int) {
        (
            compiledValue(state.offset, LeftRegExp.first).internalCount,
            compiledValue(state.offset, LeftRegExp.second).internalCount
        )
    }

    // MARK: What a match gives

    /// Start and end of the last match.
    @inline(__always)
    func matchedRange(_ run: RegExpRun) -> (start: Int, end: Int) {
        let end = min(Int(cage.load32(run.captures, 4)), run.text.count)
        return (min(Int(cage.load32(run.captures)), end), end)
    }

    /// The value of a group of the last match; undefined when it did not take part.
    @inline(__always)
    func groupText(_ run: RegExpRun, _ group: Int) throws(Thrown) -> Value {
        guard let range = matchRange(run.captures, group) else { return .undefined }
        return try substring(run.string, run.text, min(range.start, run.text.count), min(range.end, run.text.count))
    }
}
