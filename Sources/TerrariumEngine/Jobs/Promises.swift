import TerrariumCage

/// Promises (ECMA-262 §27.2.1). A promise object has four fields: state (0 pending, 1 fulfilled, 2 rejected), result,
/// reactions (a list of groups of four: on fulfilled, on rejected, resolve and reject of the capability), handled.
extension Machine {
    public enum PromiseState { public static let pending: Int32 = 0, fulfilled: Int32 = 1, rejected: Int32 = 2 }

    /// Resolving functions of a derived promise (a capability without its promise).
    public struct Resolvers {
        public var resolve: Value, reject: Value
        public init(resolve: Value, reject: Value) {
            self.resolve = resolve
            self.reject = reject
        }
    }

    public func makePromise(prototype: UInt32? = nil) throws(Thrown) -> Value {
        let object: UInt32
        if let prototype {
            object = try allocateObject(kind: CellKind.promise, prototype: prototype, fields: 4)
        } else {
            object = try allocateObject(kind: CellKind.promise, shape: intrinsic(.promiseShape).offset, fields: 4)
        }
        setField(object, 0, Value(PromiseState.pending))
        setField(object, 3, .false)
        return Value(object: object)
    }

    public func isPromise(_ value: Value) -> Bool { value.isObject && kind(of: value.offset) == CellKind.promise }

    /// PromiseResolve(%Promise%, value). May run guest code (`constructor`).
    public func promiseResolve(_ value: Value) throws(Thrown) -> Value {
        if let plain = try plainPromise(value) { return plain }
        return try call(try engineFunction(.promiseOf), this: .undefined, intrinsic(.promise), value)
    }

    /// As above as far as it runs no guest code; nil when that has to be asked, and nothing was done.
    func plainPromise(_ value: Value) throws(Thrown) -> Value? {
        if isPromise(value) {
            if isOrdinaryPromise(value.offset) { return value }
            guard let constructor = try valueWithoutGuestCode(value, PropertyKey(atom: wellKnown.constructor)) else { return nil }
            if constructor == intrinsic(.promise) { return value }
        }
        let promise = try makePromise()
        return try resolvePlainly(promise.offset, value) ? promise : nil
    }

    /// Whether a promise is as %Promise% of the realm made it, with `constructor` inherited and unchanged. False may also
    /// mean that it is not known.
    private func isOrdinaryPromise(_ promise: UInt32) -> Bool {
        let realm = currentRealm
        guard cage.load32(promise) == realmValue(realm, .promiseShape).offset else { return false }
        if cells[Cell.promiseRealm] != Int64(realm) || cells[Cell.promiseEpoch] != cells[Cell.prototypeEpoch] {
            if cachesDisabled { return false }
            let prototype = realmValue(realm, .promisePrototype).offset, shape = cage.load32(prototype)
            guard let place = lookup(shape: shape, key: wellKnown.constructor), place.attributes & Attribute.accessor == 0 else {
                return false
            }
            markAsPrototype(prototype)
            cells[Cell.promiseRealm] = Int64(realm)
            cells[Cell.promiseEpoch] = cells[Cell.prototypeEpoch]
            cells[Cell.promiseConstructor] = Int64(slotAddress(prototype, shape, place.slot))
        }
        return cage.load64(UInt32(truncatingIfNeeded: cells[Cell.promiseConstructor])) == realmValue(realm, .promise).bits
    }

    /// A promise's resolving functions called with a value. May run guest code (`then`).
    public func resolvePromise(_ promise: UInt32, _ value: Value) throws(Thrown) {
        if try resolvePlainly(promise, value) { return }
        _ = try call(try engineFunction(.resolveWith), this: .undefined, Value(object: promise), value)
    }

    /// As above as far as it runs no guest code; false when that has to be asked for `then`, and nothing was done.
    func resolvePlainly(_ promise: UInt32, _ value: Value) throws(Thrown) -> Bool {
        guard value.isObject else {
            try fulfillPromise(promise, value)
            return true
        }
        if value.offset == promise {
            try rejectPromise(promise, try makeError(.typeError, "Chaining cycle detected for promise #<Promise>"))
            return true
        }
        let found: GetResult
        do throws(Thrown) {
            var hint = CacheHint()
            found = try findForGet(value.offset, PropertyKey(atom: wellKnown.then), hint: &hint)
        } catch {
            guard error == .exception else { throw error }
            try rejectPromise(promise, takeException())
            return true
        }
        guard case .value(let then) = found else { return false }
        try resolvePromise(promise, value, then: then)
        return true
    }

    /// The rest of a promise's resolve function, with the `then` of what it is resolved with.
    func resolvePromise(_ promise: UInt32, _ value: Value, then: Value) throws(Thrown) {
        guard isCallable(then) else { return try fulfillPromise(promise, value) }
        try enqueueJob(
            try jobFunction(.thenableJob, asyncNatives.thenable), count: 3, Value(object: promise), value, then)
    }

    public func fulfillPromise(_ promise: UInt32, _ value: Value) throws(Thrown) {
        try settlePromise(promise, PromiseState.fulfilled, value)
    }

    public func rejectPromise(_ promise: UInt32, _ reason: Value) throws(Thrown) {
        if field(promise, 0).int == PromiseState.pending, field(promise, 3) != .true { noteRejection(Value(object: promise)) }
        try settlePromise(promise, PromiseState.rejected, reason)
    }

    private func settlePromise(_ promise: UInt32, _ state: Int32, _ value: Value) throws(Thrown) {
        guard field(promise, 0).int == PromiseState.pending else { return }
        let reactions = field(promise, 2)
        setField(promise, 0, Value(state))
        setField(promise, 1, value)
        setField(promise, 2, .undefined)
        guard reactions.isCell else { return }
        let list = reactions.offset
        for index in 0..<listLength(list) / 4 {
            let group = list &+ 16 &+ index &* 32
            let handler = Value(bits: cage.load64(group, state == PromiseState.fulfilled ? 0 : 8))
            try enqueueReaction(
                handler, value, state, Value(bits: cage.load64(group, 16)), Value(bits: cage.load64(group, 24)))
        }
    }

    private func enqueueReaction(_ handler: Value, _ value: Value, _ state: Int32, _ resolve: Value, _ reject: Value)
        throws(Thrown)
    {
        if resolve.isUndefined {
            if isCallable(handler) { return try enqueueJob(handler, count: 1, value) }
            if handler.isObject { return try enqueueResumption(handler, value, state) }
        }
        try enqueueJob(
            try jobFunction(.reactionJob, asyncNatives.reaction), count: 5, handler, value, Value(state), resolve, reject)
    }

    /// A job that goes on with a frame that awaits: `object` holds it.
    func enqueueResumption(_ object: Value, _ value: Value, _ state: Int32) throws(Thrown) {
        let function = state == PromiseState.rejected
            ? try jobFunction(.awaitRejectedJob, asyncNatives.rejected)
            : try jobFunction(.awaitFulfilledJob, asyncNatives.fulfilled)
        try enqueueJob(function, count: 2, value, object)
    }

    /// PerformPromiseThen; handlers that are not callable pass the result on. A capability whose `resolve` is a promise
    /// is that promise itself, whose functions nobody else has. Without a capability the handlers may be the state of
    /// an awaiting frame.
    public func performThen(_ promise: UInt32, _ onFulfilled: Value, _ onRejected: Value, capability: Resolvers?)
        throws(Thrown)
    {
        chargeLater(32)
        let resolve = capability?.resolve ?? .undefined, reject = capability?.reject ?? .undefined
        switch field(promise, 0).int {
        case PromiseState.pending:
            var list = field(promise, 2)
            let used = list.isCell ? listLength(list.offset) : 0
            if !list.isCell || used &+ 4 > cage.load32(list.offset) {
                let larger = try makeList(capacity: Int(max(4, used &* 2)))
                if list.isCell { try copyWatched(from: list.offset &+ 16, to: larger &+ 16, count: Int(used) &* 8) }
                list = Value(cell: larger)
                setField(promise, 2, list)
            }
            let group = list.offset &+ 16 &+ used &* 8
            cage.store64(group, 0, onFulfilled.bits)
            cage.store64(group, 8, onRejected.bits)
            cage.store64(group, 16, resolve.bits)
            cage.store64(group, 24, reject.bits)
            cage.store32(list.offset, Layout.elementsLength, used &+ 4)
        case PromiseState.fulfilled:
            try enqueueReaction(onFulfilled, field(promise, 1), PromiseState.fulfilled, resolve, reject)
        default:
            try enqueueReaction(onRejected, field(promise, 1), PromiseState.rejected, resolve, reject)
        }
        setField(promise, 3, .true)
    }

    /// NewPromiseReactionJob.
    func runReaction(_ call: NativeCall) throws(Thrown) -> Value {
        let handler = call[0], argument = call[1]
        var isRejected = call[2].int == PromiseState.rejected
        var result = argument
        if isCallable(handler) {
            do throws(Thrown) {
                result = try self.call(handler, this: .undefined, argument)
                isRejected = false
            } catch {
                guard error == .exception else { throw error }
                result = takeException()
                isRejected = true
            }
        }
        if isPromise(call[3]) {
            let promise = call[3].offset
            if isRejected { try rejectPromise(promise, result) } else { try resolvePromise(promise, result) }
            return .undefined
        }
        let settle = isRejected ? call[4] : call[3]
        if isCallable(settle) { _ = try self.call(settle, this: .undefined, result) }
        return .undefined
    }

    /// NewPromiseResolveThenableJob.
    func runThenableJob(_ call: NativeCall) throws(Thrown) -> Value {
        let resolvers = try makeResolvers(call[0])
        do throws(Thrown) {
            _ = try self.call(call[2], this: call[1], resolvers.resolve, resolvers.reject)
        } catch {
            guard error == .exception else { throw error }
            let reason = takeException()
            _ = try self.call(resolvers.reject, this: .undefined, reason)
        }
        return .undefined
    }

    /// CreateResolvingFunctions: two natives that share an "already resolved" flag.
    public func makeResolvers(_ promise: Value) throws(Thrown) -> Resolvers {
        chargeLater(64)
        let shared = try list(of: [.false])
        return Resolvers(
            resolve: try makeNativeClosure(asyncNatives.resolve, data: [promise, shared]),
            reject: try makeNativeClosure(asyncNatives.reject, data: [promise, shared]))
    }

    func settle(_ call: NativeCall, rejects: Bool) throws(Thrown) -> Value {
        let promise = nativeData(call, 0), shared = nativeData(call, 1).offset
        if Value(bits: cage.load64(shared &+ 16)) == .true { return .undefined }
        cage.store64(shared &+ 16, 0, Value.true.bits)
        if rejects {
            try rejectPromise(promise.offset, call[0])
        } else if try !resolvePlainly(promise.offset, call[0]) {
            return try goOn(call, engine: .resolveWith, this: .undefined, [promise, call[0]])
        }
        return .undefined
    }
}
