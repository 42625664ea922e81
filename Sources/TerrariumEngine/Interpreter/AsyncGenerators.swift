import TerrariumCage

/// Async generators (ECMA-262 §27.6). The object is a suspended frame as in `Generators`, with three more fields: 5 what
/// the native that resumed the frame gives back (its promise; undefined for an await's reaction), 6 list of requests
/// (groups of mode, value, promise), 7 index of the first request in the list.
extension Machine {
    struct AsyncGeneratorRequest {
        var mode: ResumeMode
        var value: Value
        var promise: Value
    }

    // MARK: Queue

    private func enqueueRequest(_ object: UInt32, _ request: AsyncGeneratorRequest) throws(Thrown) {
        chargeLater(64)
        var list = field(object, 6)
        var used = list.isCell ? listLength(list.offset) : 0
        if !list.isCell || used &+ 3 > cage.load32(list.offset) {
            // Requests that were served make room first.
            let head = list.isCell ? field(object, 7).offset : 0
            let rest = used &- min(head, used)
            let larger = try makeList(capacity: Int(max(6, rest &* 2 &+ 3)))
            if list.isCell {
                try copyWatched(from: list.offset &+ 16 &+ head &* 8, to: larger &+ 16, count: Int(rest) &* 8)
                try charge(Int(rest) / 4)
            }
            list = Value(cell: larger)
            used = rest
            setField(object, 6, list)
            setField(object, 7, .zero)
        }
        let place = list.offset &+ 16 &+ used &* 8
        cage.store64(place, 0, Value(request.mode.rawValue).bits)
        cage.store64(place, 8, request.value.bits)
        cage.store64(place, 16, request.promise.bits)
        cage.store32(list.offset, Layout.elementsLength, used &+ 3)
    }

    func firstRequest(_ object: UInt32) -> AsyncGeneratorRequest? {
        let list = field(object, 6)
        guard list.isCell, field(object, 7).offset < cage.load32(list.offset, Layout.elementsLength) else { return nil }
        let place = list.offset &+ 16 &+ field(object, 7).offset &* 8
        return AsyncGeneratorRequest(
            mode: ResumeMode(rawValue: Value(bits: cage.load64(place)).int) ?? .next,
            value: Value(bits: cage.load64(place, 8)), promise: Value(bits: cage.load64(place, 16)))
    }

    private func dropFirstRequest(_ object: UInt32) {
        let list = field(object, 6)
        let head = field(object, 7).offset &+ 3
        if head >= cage.load32(list.offset, Layout.elementsLength) {
            setField(object, 6, .undefined)
            setField(object, 7, .zero)
        } else {
            setField(object, 7, Value(Int32(truncatingIfNeeded: head)))
        }
    }

    // MARK: next, return, throw

    /// What a native of %AsyncGeneratorPrototype% does: the promise, the generator when it is to be resumed now, and a step
    /// that guest code has to be asked for.
    func requestAsyncGenerator(_ this: Value, _ mode: ResumeMode, _ value: Value, _ method: String) throws(Thrown)
        -> (resume: UInt32?, promise: Value, step: Value?)
    {
        let promise = try makePromise()
        guard this.isObject, kind(of: this.offset) == CellKind.asyncGenerator else {
            let message = "Method [AsyncGenerator].prototype.\(method) called on incompatible receiver \(quote(this))"
            try rejectPromise(promise.offset, try makeError(.typeError, message))
            return (nil, promise, nil)
        }
        let object = this.offset
        if field(object, 0).int == GeneratorState.start, mode == .throwing {
            setField(object, 0, Value(GeneratorState.completed))
            setField(object, 1, .undefined)
        }
        if field(object, 0).int == GeneratorState.completed {
            if mode == .next {
                return (nil, promise, try resolveStep(promise, .undefined, done: true, drains: false))
            }
            if mode == .throwing {
                try rejectPromise(promise.offset, value)
                return (nil, promise, nil)
            }
        }
        try enqueueRequest(object, AsyncGeneratorRequest(mode: mode, value: value, promise: promise))
        switch field(object, 0).int {
        case GeneratorState.start where mode == .returning, GeneratorState.completed:
            setField(object, 1, .undefined)
            return (nil, promise, try drainAsyncGenerator(object))
        case GeneratorState.start, GeneratorState.yielded:
            setField(object, 5, promise)
            return (object, promise, nil)
        default:
            return (nil, promise, nil)
        }
    }

    // MARK: Completion

    // Steps that guest code has to be asked for (a getter of `then` or `constructor`) are lists: the value of a `return`
    // request; or a promise, what it is resolved with, and whether the queue is drained then. `settleSteps` of the engine's
    // JavaScript does them.

    /// `this` of `settleSteps`: the generator, its result, the first step.
    func stepsToSettle(_ object: UInt32, _ result: Value, _ step: Value) throws(Thrown) -> Value {
        try makeArray([Value(object: object), result, step])
    }

    private func resolveStep(_ promise: Value, _ value: Value, done: Bool, drains: Bool) throws(Thrown) -> Value? {
        let result = try makeIteratorResult(value, done: done)
        if try resolvePlainly(promise.offset, result) { return nil }
        return try makeArray([promise, result, Value(drains)])
    }

    /// AsyncGeneratorCompleteStep; a step that has to be done first.
    private func completeStep(_ object: UInt32, isThrow: Bool, _ value: Value, done: Bool) throws(Thrown) -> Value? {
        guard let request = firstRequest(object) else { return nil }
        dropFirstRequest(object)
        if isThrow {
            try rejectPromise(request.promise.offset, value)
            return nil
        }
        return try resolveStep(request.promise, value, done: done, drains: done)
    }

    /// AsyncGeneratorDrainQueue: the generator is done, and requests are answered until one has to wait, or a step has to
    /// be done first.
    func drainAsyncGenerator(_ object: UInt32) throws(Thrown) -> Value? {
        setField(object, 0, Value(GeneratorState.draining))
        while let request = firstRequest(object) {
            try charge(4)
            switch request.mode {
            case .next: if let step = try completeStep(object, isThrow: false, .undefined, done: true) { return step }
            case .throwing: _ = try completeStep(object, isThrow: true, request.value, done: true)
            case .returning:
                do throws(Thrown) {
                    guard let promise = try plainPromise(request.value) else { return try makeArray([request.value]) }
                    try awaitReturn(object, promise)
                    return nil
                } catch {
                    guard error == .exception else { throw error }
                    _ = try completeStep(object, isThrow: true, takeException(), done: true)
                }
            }
        }
        setField(object, 0, Value(GeneratorState.completed))
        return nil
    }

    /// AsyncGeneratorAwaitReturn, with the promise.
    private func awaitReturn(_ object: UInt32, _ promise: Value) throws(Thrown) {
        let fulfilled = try makeNativeClosure(asyncNatives.returnFulfilled, data: [Value(object: object)])
        let rejected = try makeNativeClosure(asyncNatives.returnRejected, data: [Value(object: object)])
        try performThen(promise.offset, fulfilled, rejected, capability: nil)
    }

    /// `settleSteps` has done a step of a generator whose queue is drained. What it says of a `return` request is the promise
    /// of its value, or undefined and what that threw.
    /// - Returns: the next step.
    func drainAfterStep(_ generator: Value, _ outcome: (promise: Value, error: Value)?) throws(Thrown) -> Value {
        guard generator.isObject, kind(of: generator.offset) == CellKind.asyncGenerator,
            field(generator.offset, 0).int == GeneratorState.draining
        else { throw terminate(.corrupted) }
        if let outcome {
            if isPromise(outcome.promise) {
                try awaitReturn(generator.offset, outcome.promise)
                return .undefined
            }
            _ = try completeStep(generator.offset, isThrow: true, outcome.error, done: true)
        }
        return try drainAsyncGenerator(generator.offset) ?? .undefined
    }

    /// The awaited value of a `return` request is there.
    func settleReturn(_ call: NativeCall, isThrow: Bool) throws(Thrown) -> Value {
        let object = nativeData(call, 0).offset
        guard let step = try finishRequest(object, isThrow: isThrow, call[0]) else { return .undefined }
        return try goOn(call, engine: .settleSteps, this: try stepsToSettle(object, .undefined, step), [])
    }

    private func finishRequest(_ object: UInt32, isThrow: Bool, _ value: Value) throws(Thrown) -> Value? {
        if let step = try completeStep(object, isThrow: isThrow, value, done: true) { return step }
        return try drainAsyncGenerator(object)
    }

    /// End of the body; a step that has to be done first.
    func finishAsyncGenerator(_ object: UInt32, isThrow: Bool, _ value: Value) throws(Thrown) -> Value? {
        setField(object, 1, .undefined)
        setField(object, 0, Value(GeneratorState.draining))
        return try finishRequest(object, isThrow: isThrow, value)
    }

    /// AsyncGeneratorYield. True when the interpreter is to be left.
    func yieldFromAsyncGenerator(_ object: UInt32, _ word: UInt64) throws(Thrown) -> Bool {
        guard let step = try completeStep(object, isThrow: false, reg(word.fieldB), done: false) else {
            return try leaveAfterYield(object, word)
        }
        try push(
            .settleSteps, this: try stepsToSettle(object, .undefined, step), .undefined, continuation: Continuation.yields,
            register: 0)
        return false
    }

    /// As above, with the step done. When the next request was there already the frame goes on.
    func leaveAfterYield(_ object: UInt32, _ word: UInt64) throws(Thrown) -> Bool {
        guard let request = firstRequest(object) else { return try leaveSuspended(object, word) }
        setReg(word.fieldA, request.value)
        setReg(word.fieldA &+ 1, Value(request.mode.rawValue))
        return false
    }

    func registerAsyncGeneratorNatives() {
        asyncNatives.returnFulfilled = registerNative("", length: 1) { (machine, call) throws(Thrown) in
            try machine.settleReturn(call, isThrow: false)
        }
        asyncNatives.returnRejected = registerNative("", length: 1) { (machine, call) throws(Thrown) in
            try machine.settleReturn(call, isThrow: true)
        }
    }

    /// A native of %AsyncGeneratorPrototype%.
    public func makeAsyncGeneratorResumer(_ name: String, _ mode: ResumeMode, realm: UInt32) throws(Thrown) -> UInt32 {
        let entry = NativeEntry(resumes: mode, resumesAsyncGenerator: true) { (machine, _) throws(Thrown) in
            throw machine.terminate(.corrupted)
        }
        return try makeNativeFunction(registerNative(name, length: 1, entry), realm: realm)
    }
}
