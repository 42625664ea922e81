import TerrariumCage

/// Which frames were active, as an error keeps them: a list cell with three values for each frame, innermost first.
///
/// Rules:
/// 1. Capturing only copies: function, receiver, and the place in the code. Names and lines are worked out when somebody
///    reads `stack` (`StackFormat`), without running guest code either time.
/// 2. Of frames of the engine's own JavaScript only the outermost shows: the function that the guest called.
/// 3. Behind the frames of a promise job come the async functions that wait for it.
extension Machine {
    /// Bits of the third value of a captured frame; the word index of the instruction is above them.
    enum CapturedFrame {
        static let construct: Int32 = 1, async: Int32 = 2, native: Int32 = 4
        /// A generator resumed through its `next`.
        static let generatorNext: Int32 = 8
        /// A promise among those that Promise.all or the like combines; its index is above the bits.
        static let promiseElement: Int32 = 16
        static let shift: Int32 = 5
    }

    struct FrameCollector {
        var values: [Value] = []
        let limit: Int
        /// Frames up to the outermost call of this function are left out.
        let hidden: UInt32
        var isHidden: Bool
        var steps = 0

        init(limit: Int, hidden: UInt32) {
            self.limit = limit
            self.hidden = hidden
            isHidden = hidden != 0
        }

        var isFull: Bool { values.count >= limit &* 3 }

        mutating func add(_ function: Value, _ receiver: Value, _ info: Int32) {
            if hidden != 0, function == Value(object: hidden) {
                values.removeAll(keepingCapacity: true)
                isHidden = false
                return
            }
            values.append(function)
            values.append(receiver.isEmpty ? .undefined : receiver)
            values.append(Value(info))
        }
    }

    /// Error.stackTraceLimit of the running realm: nil when it is no number.
    private var stackTraceLimit: Int? {
        guard let value = dataProperty(intrinsic(.error).offset, wellKnown.stackTraceLimit), value.isNumber else { return nil }
        return Int(max(0, min(value.number.isNaN ? 0 : value.number, 10_000)))
    }

    /// The frames that are active now, as a list; undefined when traces are switched off. Cost: the number of frames.
    /// - Parameters:
    ///   - above: frames up to the outermost call of this function are left out.
    ///   - hidesNative: the running native function is left out.
    ///   - limit: instead of Error.stackTraceLimit.
    func captureFrames(above: Value = .undefined, limit: Int? = nil, hidesNative: Bool) throws(Thrown) -> Value {
        guard let limit = limit ?? stackTraceLimit else { return .undefined }
        var collector = FrameCollector(limit: limit, hidden: above.isObject ? above.offset : 0)
        if limit > 0 { collectFrames(&collector, hidesNative: hidesNative) }
        if collector.isHidden { collector.values = [] }
        if collector.values.count > limit &* 3 { collector.values.removeLast(collector.values.count &- limit &* 3) }
        try charge(collector.values.count &+ collector.steps &+ 16)
        return try list(of: collector.values)
    }

    func collectFrames(_ collector: inout FrameCollector, hidesNative: Bool) {
        guard activationDepth > 0 || cells[Cell.native] != 0 else { return }
        var current = frame
        var pc = UInt32(truncatingIfNeeded: cells[Cell.pc])
        if cells[Cell.native] != 0, !hidesNative {
            let native = UInt32(truncatingIfNeeded: cells[Cell.native])
            if kind(of: native) == CellKind.nativeFunction { addNative(native, current, pc, to: &collector) }
        }
        guard activationDepth > 0 else { return }
        var last = current
        // With a hidden function the frames that count come later.
        while !collector.isFull || collector.hidden != 0 {
            collector.steps &+= 1
            let callee = Value(bits: cage.load64(current))
            guard pc != 0, callee.isObject, kind(of: callee.offset) == CellKind.function else { return }
            last = current
            let code = cage.load32(callee.offset, Layout.functionCode)
            let link = cage.load64(current, 8)
            let caller = current &- (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8
            let callerPC = UInt32(truncatingIfNeeded: link) & ~7
            let isBuiltin = CodeFlags(rawValue: cage.load32(code, Layout.codeFlags)).contains(.builtin)
            if !isBuiltin || (callerPC == 0 || !runsBuiltin(caller)) && !isHidden(callee) {
                var info = Int32(truncatingIfNeeded: wordIndex(code, pc) & 0x1FF_FFFF) << CapturedFrame.shift
                if link & Link.construct != 0 { info |= CapturedFrame.construct }
                if isBuiltin { info |= CapturedFrame.native }
                // What a native constructor goes on with has no receiver: it is named after what is constructed.
                let isGoingOn = isBuiltin && link & Link.construct != 0
                collector.add(callee, Value(bits: cage.load64(current, isGoingOn ? 16 : 24)), info)
            }
            if callerPC != 0, let object = generatorRunning(at: current) {
                collector.add(callee, Value(object: object), CapturedFrame.native | CapturedFrame.generatorNext)
            }
            if callerPC == 0 || caller >= current { break }
            if link & Link.entry != 0, let native = nativeCalled(at: caller, callerPC) {
                addNative(native, caller, callerPC, to: &collector)
            }
            pc = callerPC
            current = caller
        }
        collectAwaiting(from: last, &collector)
    }

    /// Whether the frame runs a function of the engine's own JavaScript.
    private func runsBuiltin(_ frame: UInt32) -> Bool {
        let callee = Value(bits: cage.load64(frame))
        guard callee.isObject, kind(of: callee.offset) == CellKind.function else { return false }
        let code = cage.load32(callee.offset, Layout.functionCode)
        return CodeFlags(rawValue: cage.load32(code, Layout.codeFlags)).contains(.builtin)
    }

    /// One that an instruction or a native goes on with: the guest did not call it. Nor does Reflect.construct leave a frame in V8.
    private func isHidden(_ function: Value) -> Bool {
        functionName(function.offset) == "construct" || isEngineFunction(function)
    }

    /// The generator whose frame this is.
    private func generatorRunning(at frame: UInt32) -> UInt32? {
        guard let object = suspendable(frame) else { return nil }
        let kind = kind(of: object)
        return kind == CellKind.generator || kind == CellKind.asyncGenerator ? object : nil
    }

    /// Register of the frame that the call instruction before `pc` builds, nil when it is another instruction.
    private func calledFrame(at caller: UInt32, _ pc: UInt32) -> (frame: UInt32, isConstruct: Bool)? {
        guard pc >= 8 else { return nil }
        let word = cage.load64(pc &- 8)
        switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {
        case .call, .callThis, .callSpread, .callEval: return (caller &+ UInt32(word.fieldB) &* 8, false)
        case .construct, .constructSpread, .superConstruct, .superConstructSpread:
            return (caller &+ UInt32(word.fieldB) &* 8, true)
        default: return nil
        }
    }

    private func nativeCalled(at caller: UInt32, _ pc: UInt32) -> UInt32? {
        guard let called = calledFrame(at: caller, pc) else { return nil }
        let callee = Value(bits: cage.load64(called.frame))
        return callee.isObject && kind(of: callee.offset) == CellKind.nativeFunction ? callee.offset : nil
    }

    /// A native function that the frame called, with its receiver when its own frame is found.
    private func addNative(_ native: UInt32, _ caller: UInt32, _ pc: UInt32, to collector: inout FrameCollector) {
        if functionName(native).isEmpty || isHiddenNative(native) { return }
        var receiver = Value.undefined
        var info = CapturedFrame.native
        if activationDepth > 0, pc != 0, let called = calledFrame(at: caller, pc),
            cage.load64(called.frame) == Value(object: native).bits {
            receiver = Value(bits: cage.load64(called.frame, 24))
            if called.isConstruct { info |= CapturedFrame.construct }
        }
        collector.add(Value(object: native), receiver, info)
    }

    /// Reflect.apply and Reflect.construct leave no frame in V8.
    private func isHiddenNative(_ native: UInt32) -> Bool {
        // Nor do Array and Proxy.
        ["construct", "apply", "call", "Array", "Proxy"].contains(functionName(native))
    }

    // MARK: Async frames

    /// The promise that is settled when a reaction has run: of Promise.all and the like the combined one, otherwise the
    /// one that `then` returned.
    private func promiseBehind(_ handler: Value, _ onRejected: Value, _ reactions: UInt32, _ collector: inout FrameCollector) -> Value {
        for function in [handler, onRejected] where function.isObject && kind(of: function.offset) == CellKind.function {
            let code = cage.load32(function.offset, Layout.functionCode)
            guard CodeFlags(rawValue: cage.load32(code, Layout.codeFlags)).contains(.builtin) else { continue }
            // The closure's scopes hold the index of the element and the functions of the combined promise.
            var scope = cage.load32(function.offset, Layout.functionScope)
            var index: Int32?
            for _ in 0..<4 where scope != 0 && kind(of: scope) == CellKind.scope {
                for slot in 0..<min(32, cage.load32(scope, Layout.scopeCount)) {
                    let value = Value(bits: cage.load64(scope &+ 16 &+ slot &* 8))
                    if value.isInt, index == nil { index = value.int }
                    guard let promise = resolvedPromise(value) else { continue }
                    if let index { collector.add(function, .undefined, CapturedFrame.promiseElement | index &<< CapturedFrame.shift) }
                    return promise
                }
                scope = cage.load32(scope, Layout.scopeParent)
            }
        }
        if let promise = resolvedPromise(handler) { return promise }
        return Value(bits: cage.load64(reactions &+ 32))
    }

    /// The promise of a resolving function.
    private func resolvedPromise(_ value: Value) -> Value? {
        guard value.isObject, kind(of: value.offset) == CellKind.nativeFunction else { return nil }
        let number = cage.load32(value.offset, Layout.functionCode)
        guard number == asyncNatives.resolve || number == asyncNatives.reject else { return nil }
        let list = cage.load32(value.offset, Layout.functionHome)
        let promise = list == 0 ? Value.undefined : Value(bits: cage.load64(list &+ 16))
        return isPromise(promise) ? promise : nil
    }

    /// Goes on from the outermost frame to the async functions that wait for it.
    private func collectAwaiting(from frame: UInt32, _ collector: inout FrameCollector) {
        var promise = Value.undefined
        if let object = suspendable(frame) {
            promise = promiseOfSuspended(object)
        } else if case .reaction(let handle) = pausing.completion {
            // In slices the handler of a reaction runs without it.
            promise = Value(bits: cage.load64(handleValue(handle).offset &+ 16))
        } else {
            // A reaction: its fourth argument is the promise that `then` returned.
            let job = Value(bits: cage.load64(stackStart))
            if frame > stackStart, job.isObject, kind(of: job.offset) == CellKind.nativeFunction,
                cage.load32(job.offset, Layout.functionCode) == asyncNatives.reaction {
                promise = Value(bits: cage.load64(stackStart &+ 56))
            }
        }
        while !collector.isFull {
            collector.steps &+= 1
            guard collector.steps < 100_000, isPromise(promise), field(promise.offset, 2).isCell else { return }
            let reactions = field(promise.offset, 2).offset
            guard cage.load32(reactions, Layout.elementsLength) == 4 else { return }
            let handler = Value(bits: cage.load64(reactions &+ 16))
            guard handler.isObject,
                kind(of: handler.offset) == CellKind.asyncFunctionState || kind(of: handler.offset) == CellKind.asyncGenerator
            else {
                promise = promiseBehind(handler, Value(bits: cage.load64(reactions &+ 24)), reactions, &collector)
                continue
            }
            let state = handler.offset
            let registers = field(state, 1)
            guard registers.isCell, field(state, 2).isInt else { return }
            let address = field(state, 2).offset
            let function = Value(bits: cage.load64(registers.offset &+ 16))
            guard function.isObject, kind(of: function.offset) == CellKind.function else { return }
            let code = cage.load32(function.offset, Layout.functionCode)
            if !CodeFlags(rawValue: cage.load32(code, Layout.codeFlags)).contains(.builtin) {
                let info = Int32(truncatingIfNeeded: wordIndex(code, address) & 0x1FF_FFFF) << CapturedFrame.shift
                collector.add(function, Value(bits: cage.load64(registers.offset &+ 40)), info | CapturedFrame.async)
            }
            promise = promiseOfSuspended(state)
        }
    }

    /// The promise that an async function has returned, or an async generator for the request that it works on.
    private func promiseOfSuspended(_ object: UInt32) -> Value {
        switch kind(of: object) {
        case CellKind.asyncFunctionState: field(object, 5)
        case CellKind.asyncGenerator: firstRequest(object)?.promise ?? .undefined
        default: .undefined
        }
    }
}
