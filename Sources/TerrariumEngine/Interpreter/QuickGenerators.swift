import TerrariumCage

/// Fast forms of resuming a generator and of `yield`: a frame's registers move between the stack and the list of the
/// generator with no other call. What they cannot do they leave to the full way, and have changed nothing by then.
/// State is in the host cells, as for `executeSlow`; fuel is what the full forms charge.
extension Machine {
    /// Frames of more registers are copied by the full form.
    private static var mostRegisters: UInt32 { 64 }

    /// A step of an iteration (`iteratorStepFast`) that is not one over an array: over a generator as a rule (`stepGenerator`).
    @inline(never)
    func stepQuickly(_ word: UInt64) -> UInt8 {
        let caller = frame, base = caller &+ UInt32(word.fieldB) &* 8
        let iterator = Value(bits: cage.load64(base))
        guard iteratorNextMark(Value(bits: cage.load64(base, 8))) == Machine.generatorNextMark
        else { return stepBuiltinQuickly(word) }
        let top = endOfFrame(caller)
        guard iterator.isObject,
            enterSuspended(iterator.offset, at: top, delta: (top &- caller) / 8, .undefined, continuation: Continuation.step)
        else { return executeInFull(word) }
        cage.store64(base, 16, Value.true.bits)
        return Outcome.goesOn
    }

    /// A call of `next` of a generator.
    @inline(never)
    func nextQuickly(_ word: UInt64) -> UInt8 {
        let base = frame &+ UInt32(word.fieldB) &* 8
        let this = Value(bits: cage.load64(base, 24))
        let value = word.fieldC > 0 ? Value(bits: cage.load64(base, 32)) : .undefined
        guard UInt8(truncatingIfNeeded: word) == Opcode.callThis.rawValue, this.isObject,
            enterSuspended(
                this.offset, at: base, delta: UInt32(word.fieldB), value, continuation: Continuation.store | Int32(word.fieldA))
        else { return executeInFull(word) }
        return Outcome.goesOn
    }

    /// Puts the frame of a suspended generator in place and goes on in it.
    @inline(__always)
    private func enterSuspended(_ object: UInt32, at base: UInt32, delta: UInt32, _ sent: Value, continuation: Int32)
        -> Bool
    {
        let state = field(object, 0), list = field(object, 1)
        guard cage.load8(object, Layout.kind) == CellKind.generator, list.isCell,
            state == Value(GeneratorState.yielded) || state == Value(GeneratorState.start)
        else { return false }
        let count = cage.load32(list.offset, Layout.elementsLength)
        let top = base &+ count &* 8
        guard count >= 4, count <= Machine.mostRegisters, Int64(top) <= cells[Cell.stackCommitted], cells[Cell.frameDepth] > 1
        else { return false }
        let register = field(object, 3).int, registers = list.offset &+ 16
        cage.store64(base, 0, cage.load64(registers))
        copyRegisters(from: registers, to: base, register >= 0 ? min(count, UInt32(bitPattern: register)) : count)
        cells[Cell.frameDepth] &-= 1
        setStackTop(top)
        if register >= 0 {
            cage.store64(base &+ UInt32(bitPattern: register) &* 8, 0, sent.bits)
            cage.store64(base &+ UInt32(bitPattern: register) &* 8, 8, Value(ResumeMode.next.rawValue).bits)
        }
        let back = UInt32(truncatingIfNeeded: cells[Cell.pc])
        cage.store64(base, 8, Link.word(returnTo: back, delta: delta, arguments: 0) | Link.continuation)
        cage.store64(base, 16, Value(object: object).bits)
        setField(object, 0, Value(GeneratorState.running))
        setField(object, 4, Value(continuation))
        let target = Int64(field(object, 2).offset)
        cells[Cell.limit] = cells[Cell.limit] &+ target &- Int64(back) &- Int64(Machine.resumptionUnits) &* Machine.unit
        cells[Cell.pc] = target
        cells[Cell.fp] = Int64(base)
        cells[Cell.native] = 0
        return true
    }

    /// `yield` of a generator to a step of an iteration or to a call of `next` (`yieldValue`).
    @inline(never)
    func yieldQuickly(_ word: UInt64) -> UInt8 {
        guard let yielding = yielding() else { return executeInFull(word) }
        guard field(yielding.object, 4).int == Continuation.step else { return yieldToCall(word, yielding) }
        var result = reg(word.fieldB)
        if word.fieldX == 1 {
            // Of yield*: the result object of the inner iterator.
            let shape = intrinsic(.iteratorResultShape)
            guard shape.isCell, result.isObject, cage.load32(result.offset) == shape.offset, field(result.offset, 1) == .false
            else { return executeInFull(word) }
            result = field(result.offset, 0)
        }
        let step = cage.load64(yielding.back &- 8)
        let caller = suspend(yielding, word, jump: Int64(step.fieldX) &* 8)
        cage.store64(caller &+ UInt32(step.fieldB) &* 8, 16, Value.false.bits)
        cage.store64(caller &+ UInt32(step.fieldA) &* 8, 0, result.bits)
        return Outcome.goesOn
    }

    @inline(never)
    private func yieldToCall(_ word: UInt64, _ yielding: Yielding) -> UInt8 {
        let continuation = field(yielding.object, 4).int
        guard continuation < Continuation.discard else { return executeInFull(word) }
        var result = reg(word.fieldB)
        if word.fieldX != 1 {
            let shape = intrinsic(.iteratorResultShape)
            guard shape.isCell else { return executeInFull(word) }
            let made = quickPair(shape: shape.offset, result, .false)
            guard made != 0 else { return executeInFull(word) }
            result = Value(object: made)
        }
        let caller = suspend(yielding, word, jump: 0)
        cage.store64(caller &+ UInt32(UInt16(truncatingIfNeeded: continuation)) &* 8, 0, result.bits)
        return Outcome.goesOn
    }

    private struct Yielding {
        let link: UInt64
        let object, registers, count: UInt32
        let limit: Int64
        /// Where the code that resumed it goes on.
        var back: UInt32 { UInt32(truncatingIfNeeded: link) & ~7 }
    }

    /// The generator whose frame is running, when it can be suspended here.
    @inline(__always)
    private func yielding() -> Yielding? {
        let link = cage.load64(frame, 8), holder = Value(bits: cage.load64(frame, 16))
        guard link & Link.mask == Link.continuation, holder.isObject,
            cage.load8(holder.offset, Layout.kind) == CellKind.generator
        else { return nil }
        // The list has room for the registers of the function.
        let list = field(holder.offset, 1)
        let count = cage.load32(list.offset, Layout.elementsLength)
        guard list.isCell, count >= 4, count <= Machine.mostRegisters else { return nil }
        let limit = cells[Cell.limit] &- Int64(count / 4) &* Machine.unit
        guard limit >= cells[Cell.pc] else { return nil }
        return Yielding(link: link, object: holder.offset, registers: list.offset &+ 16, count: count, limit: limit)
    }

    /// Moves the frame to the list of its generator and goes back to the code that resumed it, some bytes on; returns the frame
    /// of that.
    @inline(__always)
    private func suspend(_ yielding: Yielding, _ word: UInt64, jump distance: Int64) -> UInt32 {
        let callee = frame, place = cells[Cell.pc], object = yielding.object
        let live = min(yielding.count, UInt32(word.fieldA))
        copyRegisters(from: callee, to: yielding.registers, live)
        if _slowPath(field(object, 3).int != Int32(word.fieldA)) {
            forgetRegisters(object, yielding.registers, from: live, count: yielding.count)
        }
        setField(object, 0, Value(GeneratorState.yielded))
        setField(object, 2, Value(Int32(truncatingIfNeeded: place)))
        setField(object, 3, Value(Int32(word.fieldA)))
        let target = Int64(yielding.back) &+ distance
        let caller = callee &- (UInt32(truncatingIfNeeded: yielding.link >> 32) & 0xFFFF) &* 8
        cells[Cell.frameDepth] &+= 1
        // A jump is not paid for.
        cells[Cell.limit] = yielding.limit &+ target &- place
        cells[Cell.pc] = target
        cells[Cell.fp] = Int64(caller)
        return caller
    }

    /// Registers of a list that were of use at the last suspension and are not at this one keep nothing alive.
    @inline(never)
    func forgetRegisters(_ object: UInt32, _ registers: UInt32, from live: UInt32, count: UInt32) {
        let last = field(object, 3).int, end = last >= 0 ? min(count, UInt32(bitPattern: last)) : count
        var index = max(live, 4)
        while index < end {
            cage.store64(registers &+ index &* 8, 0, Value.undefined.bits)
            index = index &+ 1
        }
    }

    /// Copies register 3 and those from 4 to `end`: the callee stays what it is, link and register 2 belong to the
    /// activation. One at a time: what has just been stored in one piece is fast to load in one piece only. And the first of
    /// them without a loop, which the optimizer would not leave at that.
    @inline(__always)
    private func copyRegisters(from source: UInt32, to target: UInt32, _ end: UInt32) {
        cage.store64(target, 24, cage.load64(source, 24))
        guard end > 4 else { return }
        cage.store64(target, 32, cage.load64(source, 32))
        guard end > 5 else { return }
        cage.store64(target, 40, cage.load64(source, 40))
        guard end > 6 else { return }
        cage.store64(target, 48, cage.load64(source, 48))
        guard end > 7 else { return }
        cage.store64(target, 56, cage.load64(source, 56))
        var place: UInt32 = 64
        while _slowPath(place < end &* 8) {
            cage.store64(target &+ place, 0, cage.load64(source &+ place))
            place = place &+ 8
        }
    }
}
