import TerrariumCage

/// Generators and async functions: frames move between the register stack and heap objects, nothing of them stays on
/// the native stack.
///
/// A suspended frame is a generator object (or, for async functions, a state object that no guest sees) with these
/// fields: 0 state, 1 list of the frame's registers, 2 address to go on at, 3 register that receives what is sent in
/// (-1 at the start), 4 continuation of the frame that resumed it, 5 result promise of async functions. While it runs,
/// its frame's link has the continuation flag and register 2 holds the object.
extension Machine {
    enum GeneratorState {
        static let start: Int32 = 0, yielded: Int32 = 1, running: Int32 = 2, completed: Int32 = 3
        /// Async generators: suspended at an await; done, with requests left to answer.
        static let awaiting: Int32 = 4, draining: Int32 = 5
    }

    /// Units of fuel that a resumption costs.
    static var resumptionUnits: Int { 8 }

    /// What a resuming native function does.
    public enum ResumeMode: Int32, Sendable { case next = 0, throwing = 1, returning = 2 }

    // MARK: Suspension

    /// The suspended frame that runs at `frame`, if any.
    func suspendable(_ frame: UInt32) -> UInt32? {
        guard cage.load64(frame, 8) & Link.continuation != 0 else { return nil }
        let object = Value(bits: cage.load64(frame, 16))
        return object.isObject ? object.offset : nil
    }

    private func saveFrame(_ frame: UInt32, into object: UInt32, resumeRegister: Int32) throws(Thrown) {
        let count = cage.load16(runningCode, Layout.codeRegisterCount)
        var list = field(object, 1)
        if !list.isCell {
            list = Value(cell: try makeList(capacity: Int(count)))
            cage.store32(list.offset, Layout.elementsLength, UInt32(count))
            setField(object, 1, list)
        }
        let live = liveRegisters(object, UInt32(count), resumeRegister)
        cage.copy(from: frame, to: list.offset &+ 16, count: live &* 8)
        forgetRegisters(object, list.offset &+ 16, from: UInt32(truncatingIfNeeded: live), count: UInt32(count))
        // The link and register 2 belong to the activation, not to the frame.
        cage.store64(list.offset &+ 16, 8, 0)
        cage.store64(list.offset &+ 16, 16, Value.undefined.bits)
        setField(object, 2, Value(Int32(truncatingIfNeeded: cells[Cell.pc])))
        setField(object, 3, Value(resumeRegister))
        try charge(Int(count) / 4)
    }

    /// How many of a suspended frame's registers are of use: at a `yield`, those below the one that receives what is sent in.
    private func liveRegisters(_ object: UInt32, _ count: UInt32, _ resumeRegister: Int32) -> Int {
        guard kind(of: object) == CellKind.generator, resumeRegister >= 0 else { return Int(count) }
        return Int(min(count, UInt32(bitPattern: resumeRegister)))
    }

    func createGenerator() throws(Thrown) -> Bool {
        chargeLater(24)
        let callee = reg(0)
        var prototype = try get(callee.offset, atom: wellKnown.prototype)
        let isAsync = CodeFlags(rawValue: cage.load32(runningCode, Layout.codeFlags)).contains(.async)
        if !prototype.isObject {
            prototype = realmValue(
                cage.load32(callee.offset, Layout.functionRealm), isAsync ? .asyncGeneratorPrototype : .generatorPrototype)
        }
        let object = try allocateObject(
            kind: isAsync ? CellKind.asyncGenerator : CellKind.generator, prototype: prototype.offset,
            fields: isAsync ? 8 : 6)
        if isAsync { setField(object, 7, .zero) }
        try saveFrame(frame, into: object, resumeRegister: -1)
        setField(object, 0, Value(GeneratorState.start))
        return try returnSlow(Value(object: object))
    }

    /// `yield`: leaves the frame with an iterator result (or, delegating, with the inner result as it is).
    func yieldValue(_ word: UInt64) throws(Thrown) -> Bool {
        guard let object = suspendable(frame) else { throw terminate(.corrupted) }
        if kind(of: object) == CellKind.asyncGenerator {
            return try yieldFromAsyncGenerator(object, word)
        }
        let value = reg(word.fieldB)
        try saveFrame(frame, into: object, resumeRegister: Int32(word.fieldA))
        setField(object, 0, Value(GeneratorState.yielded))
        if field(object, 4).int == Continuation.step {
            try deliverStep(value, isResult: word.fieldX == 1)
            return false
        }
        let result = word.fieldX == 1 ? value : try makeIteratorResult(value, done: false)
        return try deliver(result, object)
    }

    /// An async generator is left at a `yield`.
    func leaveSuspended(_ object: UInt32, _ word: UInt64) throws(Thrown) -> Bool {
        try saveFrame(frame, into: object, resumeRegister: Int32(word.fieldA))
        setField(object, 0, Value(GeneratorState.yielded))
        return try deliver(field(object, 5), object)
    }

    /// A frame that was resumed is left with a result for whoever resumed it.
    private func deliver(_ value: Value, _ object: UInt32) throws(Thrown) -> Bool {
        cage.store64(frame, 16, field(object, 4).bits)
        return try returnSlow(value)
    }

    /// `return` in a frame that was resumed; nil when this is no such frame.
    func returnFromSuspendable(_ value: Value) throws(Thrown) -> Bool? {
        guard let object = suspendable(frame) else { return nil }
        setField(object, 0, Value(GeneratorState.completed))
        setField(object, 1, .undefined)
        if field(object, 4).int == Continuation.step, kind(of: object) == CellKind.generator {
            exhaustIteration(leaveForStep())
            return false
        }
        return try deliver(
            kind(of: object) == CellKind.generator ? try makeIteratorResult(value, done: true) : value, object)
    }

    /// An exception leaves a frame.
    func noteUnwound(_ frame: UInt32) {
        guard let object = suspendable(frame) else { return }
        setField(object, 0, Value(GeneratorState.completed))
        setField(object, 1, .undefined)
    }

    public func makeIteratorResult(_ value: Value, done: Bool) throws(Thrown) -> Value {
        var shape = intrinsic(.iteratorResultShape).offset
        if !intrinsic(.iteratorResultShape).isCell {
            shape = try rootShape(prototype: intrinsic(.objectPrototype).offset, inlineCapacity: 2)
            shape = try shapeByAdding(shape, key: wellKnown.value, attributes: Attribute.all)
            shape = try shapeByAdding(shape, key: wellKnown.done, attributes: Attribute.all)
            setRealmValue(currentRealm, .iteratorResultShape, Value(cell: shape))
        }
        let quick = quickObject(shape: shape)
        let object = quick != 0 ? quick : try allocateObject(kind: CellKind.object, shape: shape)
        setField(object, 0, value)
        setField(object, 1, Value(done))
        return Value(object: object)
    }

    // MARK: Steps of iterations

    /// A step of an iteration over a generator whose `next` is the original: its frame runs next, and its value comes back
    /// without a result object, which nobody would see. False when it is another iterator.
    func stepGenerator(_ word: UInt64) throws(Thrown) -> Bool {
        let base = word.fieldB, iterator = reg(base)
        guard iteratorNextMark(reg(base &+ 1)) == Machine.generatorNextMark, iterator.isObject,
            kind(of: iterator.offset) == CellKind.generator
        else { return false }
        // Patterns do not close what throws.
        setReg(base &+ 2, .true)
        if field(iterator.offset, 0).int == GeneratorState.completed {
            exhaustIteration(word)
            return true
        }
        let caller = frame, top = frameTop(caller)
        _ = try prepareResumption(ResumeRequest(object: iterator.offset), at: top)
        try finishResumption(
            iterator.offset, at: top,
            link: Link.word(
                returnTo: UInt32(truncatingIfNeeded: cells[Cell.pc]), delta: (top &- caller) / 8, arguments: 0),
            continuation: Continuation.step)
        return true
    }

    /// The iteration that an instruction steps has come to its end: from now on it is an exhausted fast one, which nobody
    /// closes.
    func exhaustIteration(_ word: UInt64) {
        setReg(word.fieldB &+ 1, .empty)
        setReg(word.fieldB &+ 2, Value(Int32.max))
        jumpForward(word)
    }

    /// Leaves a frame that a step resumed; returns the instruction.
    private func leaveForStep() -> UInt64 {
        let callee = frame, link = cage.load64(callee, 8)
        cells[Cell.frameDepth] &+= 1
        let target = Int64(UInt32(truncatingIfNeeded: link) & ~7)
        cells[Cell.limit] = cells[Cell.limit] &+ target &- cells[Cell.pc]
        cells[Cell.pc] = target
        cells[Cell.fp] = Int64(callee &- (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8)
        return cage.load64(UInt32(truncatingIfNeeded: target) &- 8)
    }

    /// A generator that a step resumed has yielded: a value, or (delegating) the result object of its inner iterator.
    private func deliverStep(_ value: Value, isResult: Bool) throws(Thrown) {
        let word = leaveForStep()
        var value = value
        if isResult {
            let shape = intrinsic(.iteratorResultShape)
            guard shape.isCell, value.isObject, cage.load32(value.offset) == shape.offset, field(value.offset, 1) == .false
            else { return returnToStep(value) }
            value = field(value.offset, 0)
        }
        setReg(word.fieldB &+ 2, .false)
        setReg(word.fieldA, value)
        jump(bytes: Int64(word.fieldX) &* 8)
    }

    /// Goes on behind the call of `next` that follows the step, as if that had returned the result object.
    private func returnToStep(_ result: Value) {
        var pc = UInt32(truncatingIfNeeded: cells[Cell.pc])
        for _ in 0..<16 {
            let word = cage.load64(pc), opcode = UInt8(truncatingIfNeeded: word)
            pc = pc &+ UInt32(InstructionRecord.length(opcode)) &* 8
            if opcode == Opcode.callThis.rawValue {
                setReg(word.fieldA, result)
                break
            }
        }
        jump(bytes: Int64(pc) &- cells[Cell.pc])
    }

    // MARK: Resumption

    /// A call of a resuming native.
    struct ResumeRequest {
        var object: UInt32 = 0
        var mode = ResumeMode.next
        var value = Value.undefined
        /// Nothing has to run: the result of the call.
        var result: Value? = nil
    }

    enum Resumption {
        /// Nothing to run: this is the result.
        case result(Value)
        /// The frame is in place and runs next; with `throwing`, it starts with the pending exception.
        case running(throwing: Bool)
    }

    /// Resumes a suspended frame at `base`, where the call of the resuming native was built. The link is set by the
    /// caller afterwards (`finishResumption`).
    func prepareResumption(_ request: ResumeRequest, at base: UInt32) throws(Thrown) -> Resumption {
        if let result = request.result { return .result(result) }
        chargeLater(request.mode == .next ? Machine.resumptionUnits : 32)
        let object = request.object, mode = request.mode, value = request.value
        let state = field(object, 0).int
        let isGenerator = kind(of: object) == CellKind.generator
            || (kind(of: object) == CellKind.asyncGenerator && state != GeneratorState.awaiting)
        if state == GeneratorState.running { throw typeError("Generator is already running") }
        if state == GeneratorState.start, mode != .next { setField(object, 0, Value(GeneratorState.completed)) }
        if field(object, 0).int == GeneratorState.completed {
            switch mode {
            case .next: return .result(isGenerator ? try makeIteratorResult(.undefined, done: true) : .undefined)
            case .throwing: throw throwValue(value)
            case .returning: return .result(try makeIteratorResult(value, done: true))
            }
        }
        let list = field(object, 1).offset
        let count = cage.load32(list, Layout.elementsLength)
        // Registers and arguments have numbers of 16 bits.
        guard count < 0x2_0000 else { throw terminate(.corrupted) }
        let top = base &+ count &* 8
        guard cells[Cell.frameDepth] > 1 else { throw stackOverflow() }
        try requireStack(top)
        let register = field(object, 3).int
        cage.copy(from: list &+ 16, to: base, count: liveRegisters(object, count, register) &* 8)
        cells[Cell.frameDepth] &-= 1
        setStackTop(top)
        if isGenerator {
            if register >= 0 {
                cage.store64(base &+ UInt32(bitPattern: register) &* 8, 0, value.bits)
                cage.store64(base &+ UInt32(bitPattern: register) &* 8, 8, Value(mode.rawValue).bits)
            }
            return .running(throwing: false)
        }
        if mode == .throwing {
            exceptionValue = value
            return .running(throwing: true)
        }
        cage.store64(base &+ UInt32(bitPattern: max(0, register)) &* 8, 0, value.bits)
        return .running(throwing: false)
    }

    /// Sets link, register 2 and the machine state of a frame that `prepareResumption` put in place.
    func finishResumption(_ object: UInt32, at base: UInt32, link: UInt64, continuation: Int32) throws(Thrown) {
        cage.store64(base, 8, link | Link.continuation)
        cage.store64(base, 16, Value(object: object).bits)
        setField(object, 0, Value(GeneratorState.running))
        setField(object, 4, Value(continuation))
        let target = Int64(field(object, 2).offset)
        cells[Cell.limit] = cells[Cell.limit] &+ target &- cells[Cell.pc]
        cells[Cell.pc] = target
        cells[Cell.fp] = Int64(base)
        cells[Cell.native] = 0
    }

    /// The object and mode when the function in a built frame is a resuming native. nil also when that goes on with another
    /// call, which it has built in the frame.
    func resumption(of frame: UInt32, argumentCount: Int) throws(Thrown) -> ResumeRequest? {
        let callee = Value(bits: cage.load64(frame))
        guard callee.isObject, kind(of: callee.offset) == CellKind.nativeFunction else { return nil }
        let number = Int(cage.load32(callee.offset, Layout.functionCode))
        guard let native = natives.kept(number), let mode = native.resumes else { return nil }
        let value = argumentCount > 0 ? Value(bits: cage.load64(frame, 32)) : .undefined
        if native.resumesData {
            let list = cage.load32(callee.offset, Layout.functionHome)
            let object = UInt32(truncatingIfNeeded: list != 0 ? cage.load64(list &+ 16) : cage.load64(frame, 40))
            return awaitResumption(object, mode, value)
        }
        let this = Value(bits: cage.load64(frame, 24))
        if native.resumesAsyncGenerator {
            // Promises and errors are those of the native's realm.
            let saved = cells[Cell.native]
            cells[Cell.native] = Int64(callee.offset)
            defer { cells[Cell.native] = saved }
            let (resume, promise, step) = try requestAsyncGenerator(this, mode, value, nativeRecords[number].name)
            if let step {
                cage.store64(frame, 24, try stepsToSettle(this.offset, promise, step).bits)
                cage.store64(frame, 0, try engineFunction(.settleSteps).bits)
                return nil
            }
            return ResumeRequest(object: resume ?? 0, mode: mode, value: value, result: resume == nil ? promise : nil)
        }
        guard this.isObject, kind(of: this.offset) == CellKind.generator else {
            throw typeError("Method [Generator].prototype.\(nativeRecords[number].name) called on incompatible receiver \(quote(this))")
        }
        return ResumeRequest(object: this.offset, mode: mode, value: value)
    }

    /// How a job's function goes on with a frame that awaits; nil when it does something else.
    func awaitMode(_ function: Value) -> ResumeMode? {
        guard function.isObject, kind(of: function.offset) == CellKind.nativeFunction,
            cage.load32(function.offset, Layout.functionHome) == 0
        else { return nil }
        switch cage.load32(function.offset, Layout.functionCode) {
        case asyncNatives.fulfilled: return .next
        case asyncNatives.rejected: return .throwing
        default: return nil
        }
    }

    func awaitResumption(_ object: UInt32, _ mode: ResumeMode, _ value: Value) -> ResumeRequest {
        // Whoever runs an await's reaction gets nothing from the generator.
        if kind(of: object) == CellKind.asyncGenerator { setField(object, 5, .undefined) }
        return ResumeRequest(object: object, mode: mode, value: value)
    }

    // MARK: Async functions

    /// `await`: suspends the frame until the promise settles. The first time, the caller gets the result promise.
    func awaitValue(_ word: UInt64) throws(Thrown) -> Bool {
        let value = reg(word.fieldB)
        guard value.isObject else { return try wait(for: value, word) }
        guard let promise = try plainPromise(value) else {
            try push(.promiseOf, intrinsic(.promise), value, continuation: Continuation.awaits, register: 0)
            return false
        }
        return try wait(for: promise, word)
    }

    /// As above, with the promise or the primitive value that is awaited.
    func wait(for promise: Value, _ word: UInt64) throws(Thrown) -> Bool {
        let existing = suspendable(frame)
        let object: UInt32
        if let existing {
            object = existing
        } else {
            object = try allocateObject(kind: CellKind.asyncFunctionState, shape: intrinsic(.asyncStateShape).offset, fields: 6)
            setField(object, 5, try makePromise())
        }
        try saveFrame(frame, into: object, resumeRegister: Int32(word.fieldA))
        let isAsyncGenerator = kind(of: object) == CellKind.asyncGenerator
        setField(object, 0, Value(isAsyncGenerator ? GeneratorState.awaiting : GeneratorState.yielded))
        if promise.isObject {
            try performThen(promise.offset, Value(object: object), Value(object: object), capability: nil)
        } else {
            try enqueueResumption(Value(object: object), promise, PromiseState.fulfilled)
        }
        if existing == nil { return try returnSlow(field(object, 5)) }
        return try deliver(isAsyncGenerator ? field(object, 5) : .undefined, object)
    }

    /// End of an async function or async generator.
    func asyncResult(_ word: UInt64) throws(Thrown) -> Bool {
        let value = reg(word.fieldA)
        let object = suspendable(frame)
        if let object, kind(of: object) == CellKind.asyncGenerator {
            guard let step = try finishAsyncGenerator(object, isThrow: word.fieldX != 0, value) else {
                return try deliver(field(object, 5), object)
            }
            try push(
                .settleSteps, this: try stepsToSettle(object, .undefined, step), .undefined,
                continuation: Continuation.endsAsync, register: 0)
            return false
        }
        let promise: Value
        if let object { promise = field(object, 5) } else { promise = try makePromise() }
        if word.fieldX != 0 {
            try rejectPromise(promise.offset, value)
        } else if try !resolvePlainly(promise.offset, value) {
            try push(.resolveAndReturn, promise, value, continuation: Continuation.endsAsync, register: 0)
            return false
        }
        return try endAsync(promise)
    }

    /// Leaves an async function whose promise is settled, or an async generator that has ended.
    func endAsync(_ promise: Value) throws(Thrown) -> Bool {
        if let object = suspendable(frame) {
            if kind(of: object) == CellKind.asyncGenerator { return try deliver(field(object, 5), object) }
            setField(object, 0, Value(GeneratorState.completed))
            setField(object, 1, .undefined)
            return try deliver(.undefined, object)
        }
        return try returnSlow(promise)
    }

    /// Registers the natives that resume async functions.
    func registerAsyncNatives() {
        registerAsyncGeneratorNatives()
        let unreachable: NativeFunction = { (machine, _) throws(Thrown) in throw machine.terminate(.corrupted) }
        asyncNatives.fulfilled = registerResumer("", .next, data: true, unreachable)
        asyncNatives.rejected = registerResumer("", .throwing, data: true, unreachable)
        asyncNatives.reaction = registerNative(
            "", length: 0, NativeEntry(isJob: true) { (machine, call) throws(Thrown) in try machine.runReaction(call) })
        asyncNatives.thenable = registerNative(
            "", length: 0, NativeEntry(isJob: true) { (machine, call) throws(Thrown) in try machine.runThenableJob(call) })
        asyncNatives.resolve = registerNative("", length: 1) { (machine, call) throws(Thrown) in
            try machine.settle(call, rejects: false)
        }
        asyncNatives.reject = registerNative("", length: 1) { (machine, call) throws(Thrown) in
            try machine.settle(call, rejects: true)
        }
    }

    private func registerResumer(_ name: String, _ mode: ResumeMode, data: Bool, _ body: @escaping NativeFunction) -> UInt32 {
        registerNative(name, length: 1, NativeEntry(resumes: mode, resumesData: data, body: body))
    }

    /// A native of %GeneratorPrototype% that resumes its receiver.
    public func makeGeneratorResumer(_ name: String, _ mode: ResumeMode, realm: UInt32) throws(Thrown) -> UInt32 {
        let number = registerResumer(name, mode, data: false) { (machine, _) throws(Thrown) in
            throw machine.terminate(.corrupted)
        }
        let function = try makeNativeFunction(number, realm: realm)
        if mode == .next { cage.store32(function, Layout.functionExtra, Machine.generatorNextMark) }
        return function
    }

    /// In `functionExtra` of `next` of generators; marks of built-in iterators are smaller.
    static var generatorNextMark: UInt32 { 0x100 }
}

/// Numbers of the natives behind async functions and promise jobs.
struct AsyncNatives {
    var fulfilled: UInt32 = 0, rejected: UInt32 = 0, reaction: UInt32 = 0, thenable: UInt32 = 0
    var resolve: UInt32 = 0, reject: UInt32 = 0
    var returnFulfilled: UInt32 = 0, returnRejected: UInt32 = 0
}
