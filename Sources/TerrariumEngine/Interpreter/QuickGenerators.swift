import TerrariumCage

/// Fast forms of resuming a generator and of `yield`: a frame's registers move between the stack and the list of the
/// generator with no other call. False says that the instruction has to be done in full, and that nothing was changed.
/// State is in the host cells, as for `executeSlow`; fuel is what the full forms charge.
extension Machine {
    /// Frames of more registers are copied by the full form.
    private static var mostRegisters: UInt32 { 64 }

    /// A step of an iteration over a generator (`stepGenerator`), whose state is at `base`.
    @inline(__always)
    func quickGeneratorStep(_ word: UInt64, _ base: UInt32) -> Bool {
        let caller = frame
        let iterator = Value(bits: cage.load64(base))
        guard iterator.isObject else { return false }
        let top = frameTop(caller)
        guard enterSuspended(
            iterator.offset, at: top, delta: (top &- caller) / 8, .undefined, continuation: Continuation.step)
        else { return false }
        cage.store64(base, 16, Value.true.bits)
        return true
    }

    /// A call of `next` of a generator.
    @inline(never)
    func quickNext(_ word: UInt64) -> Bool {
        let base = frame &+ UInt32(word.fieldB) &* 8
        let this = Value(bits: cage.load64(base, 24))
        guard iteratorNextMark(Value(bits: cage.load64(base))) == Machine.generatorNextMark, this.isObject
        else { return false }
        let value = word.fieldC > 0 ? Value(bits: cage.load64(base, 32)) : .undefined
        return enterSuspended(
            this.offset, at: base, delta: UInt32(word.fieldB), value,
            continuation: Continuation.store | Int32(word.fieldA))
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
        copyRegisters(from: list.offset &+ 16, to: base, count)
        cells[Cell.frameDepth] &-= 1
        setStackTop(top)
        let register = field(object, 3).int
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
        cells[Cell.limit] = cells[Cell.limit] &+ target &- Int64(back)
        cells[Cell.pc] = target
        cells[Cell.fp] = Int64(base)
        cells[Cell.native] = 0
        return true
    }

    /// `yield` of a generator to a step of an iteration or to a call of `next` (`yieldValue`).
    @inline(never)
    func quickYield(_ word: UInt64) -> Bool {
        let callee = frame, link = cage.load64(callee, 8)
        let holder = Value(bits: cage.load64(callee, 16))
        guard link & Link.mask == Link.continuation, holder.isObject,
            cage.load8(holder.offset, Layout.kind) == CellKind.generator
        else { return false }
        let object = holder.offset, list = field(object, 1), continuation = field(object, 4).int
        // The list has room for the registers of the function.
        let count = cage.load32(list.offset, Layout.elementsLength)
        guard list.isCell, count <= Machine.mostRegisters,
            continuation < Continuation.discard || continuation == Continuation.step
        else { return false }
        let isStep = continuation == Continuation.step
        let limit = cells[Cell.limit] &- Int64(count / 4) &* Machine.unit
        guard limit >= cells[Cell.pc] else { return false }
        var result = Value(bits: cage.load64(callee &+ UInt32(word.fieldB) &* 8))
        if isStep, word.fieldX == 1 {
            // Of yield*: the result object of the inner iterator.
            let shape = intrinsic(.iteratorResultShape)
            guard shape.isCell, result.isObject, cage.load32(result.offset) == shape.offset, field(result.offset, 1) == .false
            else { return false }
            result = field(result.offset, 0)
        } else if !isStep, word.fieldX != 1 {
            let shape = intrinsic(.iteratorResultShape)
            guard shape.isCell else { return false }
            let made = quickObject(shape: shape.offset)
            guard made != 0 else { return false }
            setField(made, 0, result)
            setField(made, 1, .false)
            result = Value(object: made)
        }
        copyRegisters(from: callee, to: list.offset &+ 16, count)
        cage.store64(list.offset &+ 16, 8, 0)
        cage.store64(list.offset &+ 16, 16, Value.undefined.bits)
        setField(object, 0, Value(GeneratorState.yielded))
        setField(object, 2, Value(Int32(truncatingIfNeeded: cells[Cell.pc])))
        setField(object, 3, Value(Int32(word.fieldA)))

        let back = Int64(UInt32(truncatingIfNeeded: link) & ~7)
        cells[Cell.frameDepth] &+= 1
        cells[Cell.limit] = limit &+ back &- cells[Cell.pc]
        cells[Cell.pc] = back
        cells[Cell.fp] = Int64(callee &- (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8)
        guard isStep else {
            setReg(UInt16(truncatingIfNeeded: continuation), result)
            return true
        }
        let step = cage.load64(UInt32(truncatingIfNeeded: back) &- 8)
        setReg(step.fieldB &+ 2, .false)
        setReg(step.fieldA, result)
        jump(bytes: Int64(step.fieldX) &* 8)
        return true
    }

    @inline(__always)
    private func copyRegisters(from source: UInt32, to target: UInt32, _ count: UInt32) {
        // At most 64: as fields of a cell.
        let end = UInt16(truncatingIfNeeded: count &* 8)
        var place: UInt16 = 0
        while place != end {
            cage.store64(target, place, cage.load64(source, place))
            place = place &+ 8
        }
    }
}
