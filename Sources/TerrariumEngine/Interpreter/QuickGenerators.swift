import TerrariumCage

/// Fast forms of resuming a generator and of `yield`: a frame's registers move between the stack and the list of the
/// generator with no other call. False says that the instruction has to be done in full, and that nothing was changed.
/// State is in the host cells, as for `executeSlow`; fuel is what the full forms charge.
extension Machine {
    /// Frames of more registers are copied by the full form.
    private static var mostRegisters: UInt32 { 64 }

    /// A step of an iteration over a generator (`stepGenerator`).
    @inline(never)
    func stepGeneratorQuickly(_ word: UInt64) -> Bool {
        let caller = frame, base = caller &+ UInt32(word.fieldB) &* 8
        let iterator = Value(bits: cage.load64(base))
        let top = endOfFrame(caller)
        guard iterator.isObject,
            enterSuspended(iterator.offset, at: top, delta: (top &- caller) / 8, .undefined, continuation: Continuation.step)
        else { return false }
        cage.store64(base, 16, Value.true.bits)
        return true
    }

    /// A call of `next` of a generator.
    @inline(never)
    func nextQuickly(_ word: UInt64) -> Bool {
        let base = frame &+ UInt32(word.fieldB) &* 8
        let this = Value(bits: cage.load64(base, 24))
        let value = word.fieldC > 0 ? Value(bits: cage.load64(base, 32)) : .undefined
        guard UInt8(truncatingIfNeeded: word) == Opcode.callThis.rawValue, this.isObject else { return false }
        return enterSuspended(
            this.offset, at: base, delta: UInt32(word.fieldB), value, continuation: Continuation.store | Int32(word.fieldA))
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
    func yieldQuickly(_ word: UInt64) -> Bool {
        let holder = Value(bits: cage.load64(frame, 16))
        guard holder.isObject else { return false }
        return field(holder.offset, 4).int == Continuation.step ? yieldToStep(word) : yieldToCall(word)
    }

    @inline(never)
    private func yieldToStep(_ word: UInt64) -> Bool {
        guard let yielding = yielding() else { return false }
        var result = reg(word.fieldB)
        if word.fieldX == 1 {
            // Of yield*: the result object of the inner iterator.
            let shape = intrinsic(.iteratorResultShape)
            guard shape.isCell, result.isObject, cage.load32(result.offset) == shape.offset, field(result.offset, 1) == .false
            else { return false }
            result = field(result.offset, 0)
        }
        let caller = suspend(yielding, word)
        let back = UInt32(truncatingIfNeeded: cells[Cell.pc])
        let step = cage.load64(back &- 8)
        cage.store64(caller &+ UInt32(step.fieldB) &* 8, 16, Value.false.bits)
        cage.store64(caller &+ UInt32(step.fieldA) &* 8, 0, result.bits)
        jump(bytes: Int64(step.fieldX) &* 8)
        return true
    }

    @inline(never)
    private func yieldToCall(_ word: UInt64) -> Bool {
        guard let yielding = yielding() else { return false }
        let continuation = field(yielding.object, 4).int
        guard continuation < Continuation.discard else { return false }
        var result = reg(word.fieldB)
        if word.fieldX != 1 {
            let shape = intrinsic(.iteratorResultShape)
            guard shape.isCell else { return false }
            let made = quickObject(shape: shape.offset)
            guard made != 0 else { return false }
            setField(made, 0, result)
            setField(made, 1, .false)
            result = Value(object: made)
        }
        let caller = suspend(yielding, word)
        cage.store64(caller &+ UInt32(UInt16(truncatingIfNeeded: continuation)) &* 8, 0, result.bits)
        return true
    }

    private struct Yielding {
        let link: UInt64
        let object, registers, count: UInt32
        let limit: Int64
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

    /// Moves the frame to the list of its generator and goes back to the caller's, whose place this is.
    @inline(__always)
    private func suspend(_ yielding: Yielding, _ word: UInt64) -> UInt32 {
        let callee = frame, place = cells[Cell.pc], object = yielding.object
        copyRegisters(from: callee, to: yielding.registers, yielding.count)
        cage.store64(yielding.registers, 8, 0)
        cage.store64(yielding.registers, 16, Value.undefined.bits)
        setField(object, 0, Value(GeneratorState.yielded))
        setField(object, 2, Value(Int32(truncatingIfNeeded: place)))
        setField(object, 3, Value(Int32(word.fieldA)))
        let back = Int64(UInt32(truncatingIfNeeded: yielding.link) & ~7)
        let caller = callee &- (UInt32(truncatingIfNeeded: yielding.link >> 32) & 0xFFFF) &* 8
        cells[Cell.frameDepth] &+= 1
        cells[Cell.limit] = yielding.limit &+ back &- place
        cells[Cell.pc] = back
        cells[Cell.fp] = Int64(caller)
        return caller
    }

    /// Four at a time, the last four again in part: `count` is 4 to 64, and 12 at most as a rule.
    @inline(__always)
    private func copyRegisters(from source: UInt32, to target: UInt32, _ count: UInt32) {
        let last = (count &- 4) &* 8
        copyFour(from: source, to: target)
        if last > 32 {
            copyFour(from: source &+ 32, to: target &+ 32)
            var place: UInt32 = 64
            while _slowPath(place < last) {
                copyFour(from: source &+ place, to: target &+ place)
                place = place &+ 32
            }
        }
        copyFour(from: source &+ last, to: target &+ last)
    }

    @inline(__always)
    private func copyFour(from source: UInt32, to target: UInt32) {
        let a = cage.load64(source), b = cage.load64(source, 8), c = cage.load64(source, 16), d = cage.load64(source, 24)
        cage.store64(target, 0, a)
        cage.store64(target, 8, b)
        cage.store64(target, 16, c)
        cage.store64(target, 24, d)
    }
}
