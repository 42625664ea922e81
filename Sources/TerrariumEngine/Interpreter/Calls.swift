import TerrariumCage

/// Bits in the low end of a link word. The word: return address (a multiple of 8) and these, distance to the caller's
/// window in registers (16 bits from 32), argument count (15 bits from 48).
enum Link {
    /// The frame runs as a constructor: a result that is no object is replaced by `this`.
    static let construct: UInt64 = 1
    /// The interpreter was entered for this frame: `return` leaves it.
    static let entry: UInt64 = 2
    /// The result does not go to the `a` field of a call: register 2 says where (see `Continuation`).
    static let continuation: UInt64 = 4
    static let mask: UInt64 = 7
    /// Arguments of a bytecode function.
    static let maximumArguments = 0x7FFE

    @inline(__always)
    static func word(returnTo pc: UInt32, delta: UInt32, arguments: Int) -> UInt64 {
        UInt64(pc) | UInt64(delta & 0xFFFF) << 32 | UInt64(truncatingIfNeeded: arguments & 0x7FFF) << 48
    }
}

/// What happens to the result of a frame that an instruction other than a call pushed (getter, setter, …): an int in
/// register 2, kind in the high half, register in the low half.
enum Continuation {
    static let store: Int32 = 0
    static let discard: Int32 = 1 << 16
    /// The instruction is a branch, which jumps when the result is true (not true).
    static let branch: Int32 = 2 << 16
    static let branchNot: Int32 = 3 << 16
    /// The instruction is a step of an iteration: a generator's value, or its end, goes where that says.
    static let step: Int32 = 4 << 16
    /// As store; then the instruction, of which nothing has been done, starts anew.
    static let again: Int32 = 5 << 16
    /// The instruction is an `await`: the result is the promise that it waits for.
    static let awaits: Int32 = 6 << 16
    /// The instruction is the end of an async function: the result is its promise, which has been resolved.
    static let endsAsync: Int32 = 7 << 16
    /// The instruction is a `yield` of an async generator, whose result has been delivered.
    static let yields: Int32 = 8 << 16
    /// The instruction is an `import()`: the result says what its operands did.
    static let imports: Int32 = 9 << 16
}

/// Calls from native code and from the host.
extension Machine {
    /// Frames of the guest that may be nested by native re-entry.
    static var maximumActivations: Int { 400 }

    /// Arguments of a call, at most: a native function gets so many.
    public static var maximumArguments: Int { 1 << 17 }

    /// Of more arguments than a link can count, a bytecode function gets as many as that, when it looks at none behind its
    /// parameters.
    private func fewerArguments(_ callee: UInt32) throws(Thrown) -> Int {
        let flags = CodeFlags(rawValue: cage.load32(try makeCode(of: callee), Layout.codeFlags))
        if flags.contains(.usesSurplusArguments) { throw stackOverflow() }
        return Link.maximumArguments
    }

    /// Call(function, this, arguments). Runs guest code.
    public func call(_ function: Value, this: Value, _ arguments: Value...) throws(Thrown) -> Value {
        try call(function, this: this, arguments: arguments)
    }

    /// Call(function, this, arguments). Runs guest code.
    public func call(_ function: Value, this: Value, arguments: [Value]) throws(Thrown) -> Value {
        try invoke(function, this: this, arguments: arguments, newTarget: .empty)
    }

    /// Construct(function, arguments, newTarget). Runs guest code. The caller checked that both are constructors.
    public func construct(_ function: Value, _ arguments: [Value], newTarget: Value? = nil) throws(Thrown) -> Value {
        try invoke(function, this: .empty, arguments: arguments, newTarget: newTarget ?? function)
    }

    /// Builds a frame above everything in use and runs the function in it.
    private func invoke(_ start: Value, this: Value, arguments: [Value], newTarget: Value) throws(Thrown) -> Value {
        guard arguments.count < Machine.maximumArguments else { throw rangeError("Invalid number of arguments") }
        return try invoke(start, this: this, count: arguments.count, newTarget: newTarget) { position in
            var position = position
            for argument in arguments {
                cage.store64(position, 0, argument.bits)
                position = position &+ 8
            }
        }
    }

    /// As above; the arguments are written by a closure that gets their place.
    @inline(__always)
    private func invoke(_ start: Value, this: Value, count: Int, newTarget: Value, writeArguments: (UInt32) -> Void)
        throws(Thrown) -> Value
    {
        guard isCallable(start) else { throw typeError("\(describe(start)) is not a function") }
        let isConstruct = !newTarget.isEmpty
        let frame = UInt32(truncatingIfNeeded: cells[Cell.stackTop])
        let top = frame &+ 32 &+ UInt32(truncatingIfNeeded: count) &* 8
        try charge(count / 4 &+ 4)
        guard top < stackEnd, activationDepth < Machine.maximumActivations, !nativeStack.isExhausted else {
            throw stackOverflow()
        }
        try requireStack(top)
        let saved = SavedState(cells)
        defer {
            saved.restore(cells)
            // What was allocated below is collected when the interpreter above comes to its next safepoint.
            if cells[Cell.collectionPending] != 0 { haltSlice() }
        }
        cage.store64(frame, 0, start.bits)
        cage.store64(frame, 8, 0)
        cage.store64(frame, 16, isConstruct ? newTarget.bits : Value.undefined.bits)
        cage.store64(frame, 24, this.bits)
        writeArguments(frame &+ 32)
        setStackTop(top)
        return try run(frame: frame, argumentCount: count, isConstruct: isConstruct)
    }

    /// Runs a job. Runs guest code.
    func run(_ job: Job) throws(Thrown) {
        if job.count == 2, let mode = awaitMode(job.function) {
            return try resumeAwait(job.arguments.1.offset, mode, job.arguments.0)
        }
        _ = try invoke(job.function, this: .undefined, count: job.count, newTarget: .empty) { position in
            cage.store64(position, 0, job.arguments.0.bits)
            cage.store64(position, 8, job.arguments.1.bits)
            cage.store64(position, 16, job.arguments.2.bits)
            cage.store64(position, 24, job.arguments.3.bits)
            cage.store64(position, 32, job.arguments.4.bits)
        }
    }

    /// As a call of the function of such a job, which has nothing to look for.
    private func resumeAwait(_ object: UInt32, _ mode: ResumeMode, _ value: Value) throws(Thrown) {
        try charge(4)
        let frame = UInt32(truncatingIfNeeded: cells[Cell.stackTop])
        guard frame &+ 48 < stackEnd, activationDepth < Machine.maximumActivations, !nativeStack.isExhausted else {
            throw stackOverflow()
        }
        let saved = SavedState(cells)
        defer {
            saved.restore(cells)
            if cells[Cell.collectionPending] != 0 { haltSlice() }
        }
        _ = try run(awaitResumption(object, mode, value), at: frame)
    }

    private func run(_ request: ResumeRequest, at frame: UInt32) throws(Thrown) -> Value {
        switch try prepareResumption(request, at: frame) {
        case .result(let value): return value
        case .running(let throwing):
            try finishResumption(
                request.object, at: frame, link: entryLink(frame, arguments: 0), continuation: Continuation.store)
            activationDepth &+= 1
            defer { activationDepth &-= 1 }
            return try interpretLoop(startFrame: frame, throwing: throwing)
        }
    }

    /// Runs the function in a frame that is built: native at once, bytecode by the interpreter.
    func run(frame: UInt32, argumentCount: Int, isConstruct: Bool) throws(Thrown) -> Value {
        switch try resolveTarget(frame, argumentCount, isConstruct) {
        case .native(let result): return result
        case .suspended(let request): return try run(request, at: frame)
        case .bytecode(let count):
            activationDepth &+= 1
            defer { activationDepth &-= 1 }
            return try interpret(frame: frame, argumentCount: count, isConstruct: isConstruct)
        }
    }

    /// Link of a frame that the interpreter is entered for. Where the native caller was called from is noted for stack
    /// traces: address 0 when there is no frame below.
    func entryLink(_ base: UInt32, arguments: Int) -> UInt64 {
        let pc = UInt32(truncatingIfNeeded: cells[Cell.pc])
        let distance = base &- frame
        guard pc != 0, frame < base, distance < 0xFFFF &* 8 else {
            return Link.word(returnTo: 0, delta: 0, arguments: arguments) | Link.entry
        }
        return Link.word(returnTo: pc, delta: distance / 8, arguments: arguments) | Link.entry
    }

    enum CallTarget {
        case native(Value)
        /// Callee, this and arguments are in place; the count may have changed (bound functions).
        case bytecode(argumentCount: Int)
        /// A frame that was suspended goes on.
        case suspended(ResumeRequest)
    }

    /// Follows bound functions and proxies to what runs; runs it if it is native. The frame is at `frame`.
    func resolveTarget(_ frame: UInt32, _ argumentCount: Int, _ isConstruct: Bool) throws(Thrown) -> CallTarget {
        var count = argumentCount
        while true {
            let callee = Value(bits: cage.load64(frame))
            guard callee.isObject else { throw typeError("\(describe(callee)) is not a function") }
            switch kind(of: callee.offset) {
            case CellKind.function:
                let flags = cage.load8(callee.offset, Layout.flags)
                if !isConstruct, flags & ObjectFlag.classConstructor != 0 {
                    // The error is one of the class's realm.
                    let saved = cells[Cell.native]
                    cells[Cell.native] = Int64(callee.offset)
                    defer { cells[Cell.native] = saved }
                    let name = functionName(callee.offset)
                    throw typeError(
                        name.isEmpty ? "Class constructors cannot be invoked without 'new'"
                            : "Class constructor \(name) cannot be invoked without 'new'")
                }
                return .bytecode(argumentCount: count <= Link.maximumArguments ? count : try fewerArguments(callee.offset))
            case CellKind.nativeFunction:
                guard let native = natives.kept(Int(cage.load32(callee.offset, Layout.functionCode))) else {
                    throw terminate(.corrupted)
                }
                if native.resumes != nil {
                    if let request = try resumption(of: frame, argumentCount: count) { return .suspended(request) }
                    continue
                }
                let result = try runNative(native, frame, count, isConstruct)
                guard result.isCell else { return .native(result) }
                // The native built another call in its frame (`NativeCall.goOn`).
                count = Int(result.offset)
                guard count < Machine.maximumArguments else { throw stackOverflow() }
                let top = frame &+ 32 &+ UInt32(truncatingIfNeeded: count) &* 8
                try requireStack(top)
                if Int64(top) > cells[Cell.stackTop] { setStackTop(top) }
                try charge(2)
            case CellKind.boundFunction:
                count = try unpackBound(frame, count, isConstruct)
                try charge(2 &+ count / 4)
            case CellKind.proxy where isConstruct ? isConstructor(callee) : isCallable(callee):
                count = try unpackProxy(frame, count, isConstruct)
            default:
                throw typeError("\(describe(callee)) is not a function")
            }
        }
    }

    /// Runs a native function whose frame is built. Saves and restores the running native.
    @inline(__always)
    func runNative(_ native: Kept<NativeEntry>, _ frame: UInt32, _ argumentCount: Int, _ isConstruct: Bool) throws(Thrown) -> Value {
        let callee = UInt32(truncatingIfNeeded: cage.load64(frame))
        let savedNative = cells[Cell.native]
        let savedTop = cells[Cell.stackTop]
        cells[Cell.native] = Int64(callee)
        chargeLater(native.price)
        // What a native holds in Swift variables is not rooted: no collection below it.
        let isJob = native.isJob
        if !isJob { activationDepth &+= 1 }
        setStackTop(frame &+ 32 &+ UInt32(truncatingIfNeeded: argumentCount) &* 8)
        defer {
            if !isJob { activationDepth &-= 1 }
            cells[Cell.native] = savedNative
            cells[Cell.stackTop] = savedTop
        }
        let call = NativeCall(cage: cage, frame: frame, argumentCount: argumentCount, isConstruct: isConstruct)
        if native.coercions.bits != 0, let again = try coerce(call, native.coercions) { return again }
        if isConstruct { return try runConstructor(native, call) }
        return try native(self, call)
    }

    /// Words behind the header of a bound function that binds only its target: that, `length` and `name`.
    static var plainBoundWords: UInt8 { 3 }

    /// BoundFunctionCreate (ECMA-262 §10.4.1.3), without properties.
    /// - Parameter known: the target's prototype, null for none, when guest code told it.
    public func makeBoundFunction(_ target: Value, this: Value, arguments: [Value], prototype known: Value? = nil)
        throws(Thrown) -> UInt32
    {
        let prototype: UInt32
        if let known { prototype = known.isObject ? known.offset : 0 } else { prototype = try getPrototypeOf(target.offset) }
        var flags = ObjectFlag.callable
        if isConstructor(target) { flags |= ObjectFlag.constructor }
        let isPlain = this.isUndefined && arguments.isEmpty
        let bound = try allocateObject(
            kind: CellKind.boundFunction, prototype: prototype, fields: isPlain ? 1 : 3, inlineCapacity: 2, flags: flags)
        setField(bound, 0, target)
        guard !isPlain else { return bound }
        setField(bound, 1, this)
        if !arguments.isEmpty { setField(bound, 2, try list(of: arguments)) }
        return bound
    }

    /// Replaces a bound function in a frame by its target, inserting the bound arguments; returns the new count.
    func unpackBound(_ frame: UInt32, _ argumentCount: Int, _ isConstruct: Bool) throws(Thrown) -> Int {
        let bound = UInt32(truncatingIfNeeded: cage.load64(frame))
        // One that binds neither `this` nor arguments has just the field of its target.
        let isPlain = cage.load8(bound, Layout.words) == Machine.plainBoundWords
        // Undefined when there are no bound arguments.
        let list = isPlain || field(bound, 2).isUndefined ? emptyElements : field(bound, 2).offset
        let extra = Int(cage.load32(list, Layout.elementsLength))
        let count = argumentCount &+ extra
        guard count < Machine.maximumArguments else { throw stackOverflow() }
        let top = frame &+ 32 &+ UInt32(truncatingIfNeeded: count) &* 8
        try requireStack(top)
        if extra > 0 {
            let shift = UInt32(truncatingIfNeeded: extra) &* 8
            cage.copy(from: frame &+ 32, to: frame &+ 32 &+ shift, count: argumentCount &* 8)
            cage.copy(from: list &+ 16, to: frame &+ 32, count: extra &* 8)
        }
        let target = field(bound, 0)
        if isConstruct {
            if cage.load64(frame, 16) == Value(object: bound).bits { cage.store64(frame, 16, target.bits) }
        } else {
            cage.store64(frame, 24, isPlain ? Value.undefined.bits : field(bound, 1).bits)
        }
        cage.store64(frame, 0, target.bits)
        if Int64(top) > cells[Cell.stackTop] { setStackTop(top) }
        return count
    }

    /// There is room up to here (`requireStack`).
    @inline(__always)
    func setStackTop(_ top: UInt32) { cells[Cell.stackTop] = Int64(top) }

    func stackOverflow() -> Thrown { rangeError("Maximum call stack size exceeded") }

    /// Name of a function for messages, without running guest code.
    public func functionName(_ function: UInt32, most: Int = .max) -> String {
        guard kind(of: function) == CellKind.function || kind(of: function) == CellKind.nativeFunction else {
            return ""
        }
        if cage.load8(function, Layout.flags) & ObjectFlag.lazyProperties == 0,
            let place = lookup(shape: cage.load32(function), key: wellKnown.name) {
            let value = loadSlot(function, cage.load32(function), place.slot)
            if value.isString { return swiftString(value, most: most) }
        }
        if kind(of: function) == CellKind.function {
            return swiftString(
                Value(string: cage.load32(cage.load32(function, Layout.functionCode), Layout.codeName)), most: most)
        }
        let number = Int(cage.load32(function, Layout.functionCode))
        return number < nativeRecords.count ? nativeRecords[number].name : ""
    }
}

/// The interpreter state of an activation that native code interrupts.
struct SavedState {
    let pc, fp, stackTop, native, frameDepth: Int64

    init(pc: Int64, fp: Int64, stackTop: Int64, native: Int64, frameDepth: Int64) {
        self.pc = pc
        self.fp = fp
        self.stackTop = stackTop
        self.native = native
        self.frameDepth = frameDepth
    }

    init(_ cells: HostCells) {
        pc = cells[Cell.pc]
        fp = cells[Cell.fp]
        stackTop = cells[Cell.stackTop]
        native = cells[Cell.native]
        frameDepth = cells[Cell.frameDepth]
    }

    /// Goes back; the fuel that is left stays what it is.
    func restore(_ cells: HostCells) {
        cells[Cell.limit] = cells[Cell.limit] &- cells[Cell.pc] &+ pc
        cells[Cell.pc] = pc
        cells[Cell.fp] = fp
        cells[Cell.stackTop] = stackTop
        cells[Cell.native] = native
        cells[Cell.frameDepth] = frameDepth
    }
}
