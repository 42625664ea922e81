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
                cage.copy(from: list.offset &+ 16 &+ head &* 8, to: larger &+ 16, count: Int(rest) &* 8)
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

    /// What a native of %AsyncGeneratorPrototype% does: the promise, and the generator when it is to be resumed now.
    func requestAsyncGenerator(_ this: Value, _ mode: ResumeMode, _ value: Value, _ method: String) throws(Thrown)
        -> (resume: UInt32?, promise: Value)
    {
        let promise = try makePromise()
        guard this.isObject, kind(of: this.offset) == CellKind.asyncGenerator else {
            let message = "Method [AsyncGenerator].prototype.\(method) called on incompatible receiver \(describe(this))"
            try rejectPromise(promise.offset, try makeError(.typeError, message))
            return (nil, promise)
        }
        let object = this.offset
        if field(object, 0).int == GeneratorState.start, mode == .throwing {
            setField(object, 0, Value(GeneratorState.completed))
            setField(object, 1, .undefined)
        }
        if field(object, 0).int == GeneratorState.completed {
            if mode == .next {
                try resolvePromise(promise.offset, try makeIteratorResult(.undefined, done: true))
                return (nil, promise)
            }
            if mode == .throwing {
                try rejectPromise(promise.offset, value)
                return (nil, promise)
            }
        }
        try enqueueRequest(object, AsyncGeneratorRequest(mode: mode, value: value, promise: promise))
        switch field(object, 0).int {
        case GeneratorState.start where mode == .returning, GeneratorState.completed:
            setField(object, 1, .undefined)
            try drainAsyncGenerator(object)
            return (nil, promise)
        case GeneratorState.start, GeneratorState.yielded:
            setField(object, 5, promise)
            return (object, promise)
        default:
            return (nil, promise)
        }
    }

    // MARK: Completion

    /// AsyncGeneratorCompleteStep.
    private func completeStep(_ object: UInt32, isThrow: Bool, _ value: Value, done: Bool) throws(Thrown) {
        guard let request = firstRequest(object) else { return }
        dropFirstRequest(object)
        if isThrow {
            try rejectPromise(request.promise.offset, value)
        } else {
            try resolvePromise(request.promise.offset, try makeIteratorResult(value, done: done))
        }
    }

    /// AsyncGeneratorDrainQueue: the generator is done, and requests are answered until one has to wait.
    func drainAsyncGenerator(_ object: UInt32) throws(Thrown) {
        setField(object, 0, Value(GeneratorState.draining))
        while let request = firstRequest(object) {
            try charge(4)
            switch request.mode {
            case .next: try completeStep(object, isThrow: false, .undefined, done: true)
            case .throwing: try completeStep(object, isThrow: true, request.value, done: true)
            case .returning:
                // AsyncGeneratorAwaitReturn.
                do throws(Thrown) {
                    let promise = try promiseResolve(request.value)
                    let fulfilled = try makeNativeClosure(asyncNatives.returnFulfilled, data: [Value(object: object)])
                    let rejected = try makeNativeClosure(asyncNatives.returnRejected, data: [Value(object: object)])
                    try performThen(promise.offset, fulfilled, rejected, capability: nil)
                    return
                } catch {
                    guard error == .exception else { throw error }
                    try completeStep(object, isThrow: true, takeException(), done: true)
                }
            }
        }
        setField(object, 0, Value(GeneratorState.completed))
    }

    /// The awaited value of a `return` request is there.
    func settleReturn(_ call: NativeCall, isThrow: Bool) throws(Thrown) -> Value {
        let object = nativeData(call, 0).offset
        try completeStep(object, isThrow: isThrow, call[0], done: true)
        try drainAsyncGenerator(object)
        return .undefined
    }

    /// End of the body.
    func finishAsyncGenerator(_ object: UInt32, isThrow: Bool, _ value: Value) throws(Thrown) {
        setField(object, 1, .undefined)
        setField(object, 0, Value(GeneratorState.draining))
        try completeStep(object, isThrow: isThrow, value, done: true)
        try drainAsyncGenerator(object)
    }

    /// AsyncGeneratorYield. True: the next request was there already, and the frame goes on.
    func yieldFromAsyncGenerator(_ object: UInt32, _ word: UInt64) throws(Thrown) -> Bool {
        try completeStep(object, isThrow: false, reg(word.fieldB), done: false)
        guard let request = firstRequest(object) else { return false }
        setReg(word.fieldA, request.value)
        setReg(word.fieldA &+ 1, Value(request.mode.rawValue))
        return true
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
