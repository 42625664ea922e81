import TerrariumCage

/// Pushing and popping frames outside the fast paths.
extension Machine {
    /// Starts the bytecode function in a built frame: checks room, makes `this` of a base constructor, fills missing
    /// arguments, sets `pc`, `fp` and the fuel of the new frame.
    func enterFunction(_ built: UInt32, argumentCount: Int, isConstruct: Bool) throws(Thrown) {
        var frame = built
        let callee = UInt32(truncatingIfNeeded: cage.load64(frame))
        let code = try makeCode(of: callee)
        let registers = max(UInt32(cage.load16(code, Layout.codeRegisterCount)), UInt32(truncatingIfNeeded: argumentCount) &+ 4)
        var top = frame &+ registers &* 8
        var depth = cells[Cell.frameDepth] &- 1
        let count = UInt32(truncatingIfNeeded: argumentCount)
        if top >= stackEnd || depth <= 0 {
            let written = frame &+ 32 &+ count &* 8
            guard let moved = try dropTailCallers(of: frame, top: written) else { throw stackOverflow() }
            frame = moved
            top = frame &+ registers &* 8
            depth = cells[Cell.frameDepth] &- 1
            guard top < stackEnd, depth > 0 else { throw stackOverflow() }
        }
        try requireStack(top, collectingAbove: frame &+ 32 &+ count &* 8)
        if isConstruct {
            let flags = CodeFlags(rawValue: cage.load32(code, Layout.codeFlags))
            if flags.contains(.derived) {
                cage.store64(frame, 24, Value.empty.bits)
            } else {
                guard let instance = try makeInstance(callee, frame) else {
                    return try enterWithPrototype(frame, argumentCount: argumentCount)
                }
                cage.store64(frame, 24, instance.bits)
            }
        }
        var missing = UInt32(truncatingIfNeeded: argumentCount)
        let parameters = UInt32(cage.load16(code, Layout.codeParameterCount))
        while missing < parameters {
            cage.store64(frame &+ 32 &+ missing &* 8, 0, Value.undefined.bits)
            missing = missing &+ 1
        }
        cells[Cell.frameDepth] = depth
        setStackTop(top)
        let entry = Int64(cage.load32(code, Layout.codeEntry))
        cells[Cell.limit] = cells[Cell.limit] &+ entry &- cells[Cell.pc]
        cells[Cell.pc] = entry
        cells[Cell.fp] = Int64(frame)
        if cells[Cell.limit] <= entry { try safepoint() }
    }

    /// What `new` of a base constructor makes; remembers the shape where the prototype is found without guest code. nil when
    /// guest code has to be asked for the prototype first.
    private func makeInstance(_ callee: UInt32, _ frame: UInt32) throws(Thrown) -> Value? {
        let newTarget = Value(bits: cage.load64(frame, 16))
        let isFunction = newTarget.isObject && kind(of: newTarget.offset) == CellKind.function
        if isFunction {
            let known = cage.load32(newTarget.offset, Layout.functionInstanceShape)
            if known != 0 { return Value(object: try allocateObject(kind: CellKind.object, shape: known)) }
        }
        guard let prototype = try plainPrototypeFromConstructor(newTarget, .objectPrototype) else { return nil }
        if let real = realNewTarget(newTarget) { cage.store64(frame, 16, real.bits) }
        let shape = try rootShape(
            prototype: prototype, inlineCapacity: try instanceCapacity(callee, isFunction ? newTarget.offset : callee))
        if isFunction { cage.store32(newTarget.offset, Layout.functionInstanceShape, shape) }
        return Value(object: try allocateObject(kind: CellKind.object, shape: shape))
    }

    /// How many inline slots the instances get that a base constructor makes for a new target: what the constructors
    /// from the one to the other assign on `this` and what their classes declare. Remembered in the new target's code
    /// when it is another function.
    private func instanceCapacity(_ callee: UInt32, _ newTarget: UInt32) throws(Thrown) -> UInt8 {
        let code = try makeCode(of: newTarget)
        let known = cage.load8(code, Layout.words)
        if newTarget != callee, known != 0 { return known }
        var count = try assignedNames(newTarget, on: 3)
        var function = newTarget
        for _ in 0..<16 where function != callee {
            function = ordinaryPrototype(function)
            guard function != 0, kind(of: function) == CellKind.function else { break }
            count += try assignedNames(function, on: 3)
        }
        let capacity = UInt8(clamping: min(max(count, 2) + (count == 0 ? 2 : 0), 32))
        if newTarget != callee { cage.store8(code, Layout.words, capacity) }
        return capacity
    }

    /// Names that the code of a constructor and of its field initialiser give the object in a register.
    private func assignedNames(_ function: UInt32, on register: UInt16) throws(Thrown) -> Int {
        let initializer = cage.load32(function, Layout.functionExtra)
        return try definitions(function, register) + (initializer == 0 ? 0 : try definitions(initializer, register))
    }

    private func definitions(_ function: UInt32, _ register: UInt16) throws(Thrown) -> Int {
        let code = try makeCode(of: function)
        var pc = cage.load32(code, Layout.codeEntry)
        let end = code &+ UInt32(Layout.codeWords)
            &+ (cage.load32(code, Layout.codeConstantCount) &+ cage.load32(code, Layout.codeWordCount)) &* 8
        var seen: Set<UInt16> = []
        var others = 0, steps = 0
        while pc < end, steps < 2000 {
            let word = cage.load64(pc)
            let opcode = UInt8(truncatingIfNeeded: word)
            switch decodeByte(opcode, as: Opcode.self) {
            case .setProperty, .setPropertyOwn, .setPropertyOwnSlots, .setPropertyAdd, .setPropertyMegamorphic,
                .setPropertySetter, .defineField, .defineFieldAdd:
                if word.fieldA == register { seen.insert(word.fieldC) }
            case .definePrivateField, .definePrivateMethod, .defineElement: if word.fieldA == register { others &+= 1 }
            default: break
            }
            pc = pc &+ UInt32(InstructionRecord.length(opcode)) &* 8
            steps &+= 1
        }
        return seen.count &+ others
    }

    /// Calls a function from an instruction that is no call; the result goes where the continuation says. A native
    /// function runs at once, a bytecode function gets a frame and runs next.
    func pushCall(_ function: Value, this: Value, argument: Value? = nil, continuation: Int32, register: UInt16)
        throws(Thrown)
    {
        let caller = frame
        let base = frameTop(caller)
        try requireStack(base &+ 64)
        cage.store64(base, 0, function.bits)
        cage.store64(base, 24, this.bits)
        if let argument { cage.store64(base, 32, argument.bits) }
        let count = argument == nil ? 0 : 1
        setStackTop(base &+ 32 &+ UInt32(count) &* 8)
        try pushBuiltFrame(base, argumentCount: count, continuation: continuation, register: register)
    }

    /// As above; callee, this and arguments are above the running frame.
    func pushBuiltFrame(_ base: UInt32, argumentCount count: Int, continuation: Int32, register: UInt16) throws(Thrown) {
        let caller = frame
        switch try resolveTarget(base, count, false) {
        case .native(let value):
            if continuation == Continuation.store { setReg(register, value) }
        case .suspended(let request):
            try resume(request, at: base, continuation: continuation | Int32(register), delta: (base &- caller) / 8)
        case .bytecode(let count):
            cage.store64(base, 16, Value(Int32(continuation | Int32(register))).bits)
            cage.store64(
                base, 8,
                Link.word(
                    returnTo: UInt32(truncatingIfNeeded: cells[Cell.pc]), delta: (base &- caller) / 8, arguments: count)
                    | Link.continuation)
            try enterFunction(base, argumentCount: count, isConstruct: false)
        }
    }

    /// A call instruction in full; the frame is built at r[base].
    func callSlow(_ word: UInt64, argumentCount: Int, isConstruct: Bool, implicitThis: Bool) throws(Thrown) {
        let caller = frame
        let base = caller &+ UInt32(word.fieldB) &* 8
        if implicitThis { cage.store64(base, 24, Value.undefined.bits) }
        let callee = Value(bits: cage.load64(base))
        if !isConstruct, callee.isObject, kind(of: callee.offset) == CellKind.nativeFunction,
            let native = natives.kept(Int(cage.load32(callee.offset, Layout.functionCode))), native.resumes == nil {
            let value = try runNative(native, base, argumentCount, false)
            if !value.isCell {
                setReg(word.fieldA, value)
                if cells[Cell.limit] <= cells[Cell.pc] { try safepointAfterNative() }
                return
            }
            try goOnAfterNative(word, base, value)
            return
        }
        if isConstruct {
            guard isConstructor(callee) else { throw notConstructor(callee) }
        } else if !isCallable(callee) {
            throw notCallable(callee)
        }
        setStackTop(base &+ 32 &+ UInt32(truncatingIfNeeded: argumentCount) &* 8)
        switch try resolveTarget(base, argumentCount, isConstruct) {
        case .native(let value):
            setReg(word.fieldA, value)
            if cells[Cell.limit] <= cells[Cell.pc] { try safepointAfterNative() }
        case .suspended(let request): try resume(request, at: base, for: word)
        case .bytecode(let count):
            cage.store64(
                base, 8,
                Link.word(
                    returnTo: UInt32(truncatingIfNeeded: cells[Cell.pc]), delta: UInt32(word.fieldB), arguments: count)
                    | (isConstruct ? Link.construct : 0))
            try enterFunction(base, argumentCount: count, isConstruct: isConstruct)
        }
    }

    /// A native built another call in its frame (`goOn`).
    private func goOnAfterNative(_ word: UInt64, _ base: UInt32, _ value: Value) throws(Thrown) {
        let count = Int(value.offset)
        guard count < Machine.maximumArguments else { throw stackOverflow() }
        let top = base &+ 32 &+ UInt32(truncatingIfNeeded: count) &* 8
        try requireStack(top)
        setStackTop(top)
        try charge(2)
        switch try resolveTarget(base, count, false) {
        case .native(let value): setReg(word.fieldA, value)
        case .suspended(let request): try resume(request, at: base, for: word)
        case .bytecode(let count):
            cage.store64(
                base, 8,
                Link.word(
                    returnTo: UInt32(truncatingIfNeeded: cells[Cell.pc]), delta: UInt32(word.fieldB), arguments: count))
            try enterFunction(base, argumentCount: count, isConstruct: false)
        }
    }

    /// Runs a suspended frame next, on behalf of a call.
    private func resume(_ request: ResumeRequest, at base: UInt32, for word: UInt64) throws(Thrown) {
        try resume(
            request, at: base, continuation: Continuation.store | Int32(word.fieldA), delta: UInt32(word.fieldB))
    }

    /// Runs a suspended frame next, on behalf of an instruction.
    private func resume(
        _ resumed: ResumeRequest, at base: UInt32, continuation: Int32, delta: UInt32
    ) throws(Thrown) {
        switch try prepareResumption(resumed, at: base) {
        case .result(let value):
            if continuation & 0x7FFF_0000 == Continuation.store { setReg(UInt16(truncatingIfNeeded: continuation), value) }
        case .running(let throwing):
            try finishResumption(
                resumed.object, at: base,
                link: Link.word(
                    returnTo: UInt32(truncatingIfNeeded: cells[Cell.pc]), delta: delta, arguments: 0),
                continuation: continuation)
            if throwing { throw .exception }
        }
    }

    private func safepointAfterNative() throws(Thrown) {
        setStackTop(frameTop(frame))
        try safepoint()
    }

    /// `return` from a frame with flags. True when the interpreter was entered for it.
    func returnSlow(_ result: Value) throws(Thrown) -> Bool {
        let callee = frame
        let link = cage.load64(callee, 8)
        var value = result
        if link & Link.construct != 0, !value.isObject { value = Value(bits: cage.load64(callee, 24)) }
        cells[Cell.frameDepth] &+= 1
        if link & Link.entry != 0 {
            resultValue = value
            return true
        }
        let target = Int64(UInt32(truncatingIfNeeded: link) & ~7)
        let distance = UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF
        // Callers lie below: returns end.
        guard distance != 0 else { throw terminate(.corrupted) }
        cells[Cell.limit] = cells[Cell.limit] &+ target &- cells[Cell.pc]
        cells[Cell.pc] = target
        cells[Cell.fp] = Int64(callee &- distance &* 8)
        if link & Link.continuation != 0 {
            let what = Value(bits: cage.load64(callee, 16)).int
            let register = UInt16(truncatingIfNeeded: what)
            switch what & 0x7FFF_0000 {
            case Continuation.store: setReg(register, value)
            case Continuation.branch, Continuation.branchNot:
                guard (value == .true) == (what & 0x7FFF_0000 == Continuation.branch) else { break }
                let word = cage.load64(UInt32(truncatingIfNeeded: target) &- 8)
                try branch(word)
            case Continuation.again:
                setReg(register, value)
                jump(bytes: -8)
            case Continuation.awaits...Continuation.imports:
                setStackTop(frameTop(frame))
                return try goOnInstruction(what & 0x7FFF_0000, register, value)
            default: break
            }
        } else {
            setReg(cage.load16(UInt32(truncatingIfNeeded: target) &- 6), value)
        }
        return false
    }

    /// The result of a frame belongs to an instruction, which goes on with it.
    private func goOnInstruction(_ continuation: Int32, _ register: UInt16, _ value: Value) throws(Thrown) -> Bool {
        let word = cage.load64(UInt32(truncatingIfNeeded: cells[Cell.pc]) &- 8)
        switch continuation {
        case Continuation.awaits: return try wait(for: value, word)
        case Continuation.endsAsync: return try endAsync(value)
        case Continuation.yields:
            guard let object = suspendable(frame) else { throw terminate(.corrupted) }
            return try leaveAfterYield(object, word)
        default:
            setReg(register, try importCall(parts: value))
            return false
        }
    }

    // MARK: Unwinding

    /// Finds the handler of a thrown exception in the frames from the current one down to `last`. True: state is set to
    /// the handler. False: none; the frames are gone.
    func unwind(_ thrown: Thrown, to last: UInt32) throws(Thrown) -> Bool {
        guard thrown == .exception else { return false }
        while true {
            let current = frame
            let callee = UInt32(truncatingIfNeeded: cage.load64(current))
            let code = cage.load32(callee, Layout.functionCode)
            let start = code &+ UInt32(Layout.codeWords) &+ cage.load32(code, Layout.codeConstantCount) &* 8
            // pc is behind the first word of the instruction that threw.
            let word = (UInt32(truncatingIfNeeded: cells[Cell.pc]) &- 8 &- start) / 8
            let handlers = cage.load32(code, Layout.codeHandlers)
            for index in 0..<min(cage.load32(code, Layout.codeHandlerCount), 65_536) {
                let entry = handlers &+ 16 &+ index &* 16
                if word >= cage.load32(entry), word < cage.load32(entry, 4) {
                    let target = Int64(start &+ cage.load32(entry, 8) &* 8)
                    cells[Cell.limit] = cells[Cell.limit] &+ target &- cells[Cell.pc]
                    cells[Cell.pc] = target
                    setReg(UInt16(truncatingIfNeeded: cage.load32(entry, 12)), takeException())
                    if cells[Cell.limit] <= target {
                        cells[Cell.stackTop] = Int64(frameTop(current))
                        try safepoint()
                    }
                    return true
                }
            }
            cells[Cell.frameDepth] &+= 1
            noteUnwound(current)
            let link = cage.load64(current, 8)
            if current == last || link & Link.entry != 0 { return false }
            let target = Int64(UInt32(truncatingIfNeeded: link) & ~7)
            cells[Cell.limit] = cells[Cell.limit] &+ target &- cells[Cell.pc]
            cells[Cell.pc] = target
            // Callers lie below; anything else was overwritten, and would be walked forever.
            let caller = current &- (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8
            guard caller < current, caller >= stackStart else { throw terminate(.corrupted) }
            cells[Cell.fp] = Int64(caller)
        }
    }
}

extension InstructionRecord {
    /// Words of an instruction by opcode byte; unassigned ones count as one.
    static let lengths: [UInt8] = {
        var table = [UInt8](repeating: 1, count: 256)
        for record in all { table[Int(record.opcode.rawValue)] = UInt8(clamping: record.words) }
        return table
    }()

    static func length(_ opcode: UInt8) -> UInt8 { lengths[Int(opcode)] }
}
