import TerrariumSyntax

/// Three registers: iterator (or the array when iteration is fast), its next method (or empty), done flag (or index).
struct IteratorRegisters {
    var base: Register
    var isAsync = false
    /// Patterns: nothing has to be closed once the iterator is done or failed.
    var hasDoneFlag = false
    /// Never in fast form.
    var isGeneric = false
}

/// Iteration protocols, expanded so that the interpreter never recurses (ECMA-262 §7.4).
extension Compiler {
    /// Numbers of `WellKnownSymbol`.
    enum Symbol: UInt8 { case asyncIterator = 0, iterator = 3 }

    private mutating func getProperty(_ target: Register, _ object: Register, _ name: String) {
        let index = state.builder.require(atom(name))
        state.builder.emitCached(.getProperty, a: target, b: object, c: index)
    }

    private mutating func getMethod(_ target: Register, _ object: Register, _ symbol: Symbol) {
        let index = state.builder.require(state.builder.symbol(symbol.rawValue))
        state.builder.emitCached(.getProperty, a: target, b: object, c: index)
    }

    /// Calls a method without arguments: frame at `frame`, whose callee is in place.
    private mutating func callMethod(_ target: Register, _ frame: Register, this: Register) {
        move(frame + 3, this)
        emit(.callThis, a: target, b: frame, c: 0)
    }

    /// GetIterator of a value; three registers stay allocated.
    mutating func openIterator(
        _ value: Register, isAsync: Bool, source: Node, role: QuotedRole = .iterated, at place: UInt32? = nil,
        hasDoneFlag: Bool = false, isGeneric: Bool = false
    ) -> IteratorRegisters {
        let base = allocate(3)
        let saved = state.nextRegister
        let ready = makeLabel()
        mark(place ?? source.start)
        if !isAsync, !isGeneric { state.builder.emitShort(.getIteratorFast, a: base, b: value, ready) }
        let frame = allocate(4)
        if isAsync {
            let isSync = makeLabel(), found = makeLabel()
            state.builder.markExpression(source.start, source.end, role)
            getMethod(frame, value, .asyncIterator)
            state.builder.jumpIf(.nullish, frame, true, isSync)
            callMethod(base, frame, this: value)
            emit(.requireObject, x: ObjectRequirement.asyncIterator.rawValue, a: base)
            getProperty(base + 1, base, "next")
            jump(found)
            bind(isSync)
            mark(place ?? source.start)
            state.builder.markExpression(source.start, source.end, role)
            getMethod(frame, value, .iterator)
            state.builder.markExpression(source.start, source.end, role)
            emit(.requireCallable, x: CallableRequirement.asyncIterable.rawValue, a: frame, b: value)
            callMethod(base, frame, this: value)
            emit(.requireObject, x: ObjectRequirement.iterator.rawValue, a: base)
            getProperty(base + 1, base, "next")
            emit(.getAsyncIterator, a: base, b: base)
            getProperty(base + 1, base, "next")
            bind(found)
        } else {
            state.builder.markExpression(source.start, source.end, role)
            getMethod(frame, value, .iterator)
            state.builder.markExpression(source.start, source.end, role)
            emit(.requireCallable, x: CallableRequirement.iterable.rawValue, a: frame, b: value)
            callMethod(base, frame, this: value)
            emit(.requireObject, x: ObjectRequirement.iterator.rawValue, a: base)
            getProperty(base + 1, base, "next")
        }
        if hasDoneFlag { load(base + 2, .false) }
        bind(ready)
        release(to: saved)
        return IteratorRegisters(base: base, isAsync: isAsync, hasDoneFlag: hasDoneFlag)
    }

    /// IteratorStepValue of a loop: the next element, or on to `exhausted`.
    mutating func stepIterator(
        _ iterator: IteratorRegisters, into target: Register, exhausted: BytecodeBuilder.Label, source: Node
    ) {
        let saved = state.nextRegister
        let ready = makeLabel()
        mark(source.start)
        if !iterator.isAsync {
            state.builder.iteratorStep(a: target, base: iterator.base, body: ready, exhausted: exhausted)
        }
        let frame = allocate(4)
        move(frame, iterator.base + 1)
        callMethod(frame, frame, this: iterator.base)
        if iterator.isAsync { emit(.await, a: frame, b: frame) }
        emit(.requireObject, x: ObjectRequirement.iteratorResult.rawValue, a: frame)
        getProperty(frame + 1, frame, "done")
        state.builder.jumpIf(frame + 1, true, exhausted)
        getProperty(target, frame, "value")
        bind(ready)
        release(to: saved)
    }

    /// As `stepIterator` for patterns: an exhausted iterator gives undefined, and the done flag is kept.
    mutating func takeFromIterator(_ iterator: IteratorRegisters, into target: Register, orElse exhausted: BytecodeBuilder.Label) {
        let saved = state.nextRegister
        let ready = makeLabel()
        state.builder.iteratorStep(a: target, base: iterator.base, body: ready, exhausted: exhausted)
        state.builder.jumpIf(iterator.base + 2, true, exhausted)
        // An error from here on leaves nothing to close.
        load(iterator.base + 2, .true)
        let frame = allocate(4)
        move(frame, iterator.base + 1)
        callMethod(frame, frame, this: iterator.base)
        emit(.requireObject, x: ObjectRequirement.iteratorResult.rawValue, a: frame)
        getProperty(frame + 1, frame, "done")
        state.builder.jumpIf(frame + 1, true, exhausted)
        getProperty(target, frame, "value")
        load(iterator.base + 2, .false)
        bind(ready)
        release(to: saved)
    }

    /// IteratorClose with a completion that is no exception.
    mutating func closeIterator(_ iterator: IteratorRegisters) {
        guard state.builder.isReachable else { return }
        let saved = state.nextRegister
        let end = makeLabel()
        if !iterator.isAsync, !iterator.isGeneric { state.builder.jumpIf(.empty, iterator.base + 1, true, end) }
        if iterator.hasDoneFlag { state.builder.jumpIf(iterator.base + 2, true, end) }
        let frame = allocate(4)
        getProperty(frame, iterator.base, "return")
        state.builder.jumpIf(.nullish, frame, true, end)
        callMethod(frame, frame, this: iterator.base)
        if iterator.isAsync { emit(.await, a: frame, b: frame) }
        emit(.requireObject, x: ObjectRequirement.methodResult.rawValue, a: frame)
        bind(end)
        release(to: saved)
    }

    /// IteratorClose with an exception, which goes on whatever `return` does.
    mutating func closeIteratorAfterThrow(_ iterator: IteratorRegisters, _ exception: Register) {
        guard state.builder.isReachable else { return }
        let saved = state.nextRegister
        let end = makeLabel()
        if !iterator.isAsync, !iterator.isGeneric { state.builder.jumpIf(.empty, iterator.base + 1, true, end) }
        if iterator.hasDoneFlag { state.builder.jumpIf(iterator.base + 2, true, end) }
        let frame = allocate(4), ignored = allocate()
        openRegion(ignored)
        getProperty(frame, iterator.base, "return")
        state.builder.jumpIf(.nullish, frame, true, end)
        callMethod(frame, frame, this: iterator.base)
        if iterator.isAsync { emit(.await, a: frame, b: frame) }
        let handler = endRegion()
        bind(handler)
        bind(end)
        emit(.throw, a: exception)
        state.builder.endReachable()
        release(to: saved)
    }

    /// Appends all elements of an iterable to an array.
    mutating func appendSpread(_ value: Register, to array: Register, source: Node, role: QuotedRole = .iterated, at place: UInt32? = nil) {
        let saved = state.nextRegister
        let end = makeLabel(), next = makeLabel()
        var source = source
        let whole = source
        if let place { source.start = place }
        mark(source.start)
        state.builder.emitShort(.arraySpreadFast, a: array, b: value, end)
        let iterator = openIterator(value, isAsync: false, source: whole, role: role, at: place)
        let element = allocate()
        bind(next)
        stepIterator(iterator, into: element, exhausted: end, source: source)
        emit(.arrayAppend, a: array, b: element)
        jump(next)
        bind(end)
        release(to: saved)
    }

    // MARK: using declarations

    private mutating func hasResources(_ scope: ScopeID) -> Bool {
        program.scopes[Int(scope)].declarations.contains { $0.kind == .using || $0.kind == .awaitUsing }
    }

    /// Runs the body of a scope; disposes of its resources afterwards when it declares any.
    mutating func disposing(_ scope: ScopeID, _ body: (inout Compiler) -> Void) {
        guard hasResources(scope) else {
            body(&self)
            return
        }
        let saved = state.nextRegister
        let outer = state.capability
        let capability = allocate()
        emit(.disposeResource, x: 0, a: capability)
        state.capability = capability
        tryFinally(body) { compiler, finally in
            let isAsync = compiler.program.scopes[Int(scope)].declarations.contains { $0.kind == .awaitUsing }
            compiler.disposeAll(capability, finally, isAsync: isAsync)
        }
        state.capability = outer
        release(to: saved)
    }

    /// Registers the value of a `using` declaration that has just been initialised.
    mutating func addResource(_ name: Node, isAsync: Bool) {
        guard let capability = state.capability else { return }
        let saved = state.nextRegister
        let value = loadResolved(resolve(name.a, from: name.b), name.a, at: name.start, .any)
        mark(name.start)
        emit(.disposeResource, x: 1, a: capability, b: value, c: isAsync ? 1 : 0)
        release(to: saved)
    }

    /// DisposeResources: last first; errors are collected into the completion.
    private mutating func disposeAll(_ capability: Register, _ finally: FinallyState, isAsync: Bool) {
        let saved = state.nextRegister
        let error = allocate(), thrown = allocate(), awaits = allocate(), frame = allocate(4)
        let next = makeLabel(), end = makeLabel(), isNormal = makeLabel()
        load(error, .empty)
        state.builder.jumpIf(.strictEq, finally.kind, immediate: 1, false, isNormal)
        move(error, finally.value)
        bind(isNormal)
        bind(next)
        emit(.disposeResource, x: 2, a: capability, b: frame)
        state.builder.jumpIf(.empty, frame, true, end)
        openRegion(thrown)
        let skipped = makeLabel(), noWait = makeLabel()
        state.builder.jumpIf(.undefined, frame, true, skipped)
        emit(.callThis, a: frame, b: frame, c: 0)
        bind(skipped)
        if isAsync {
            state.builder.jumpIf(awaits, false, noWait)
            emit(.disposeResource, x: 4, a: capability, b: frame)
            emit(.await, a: frame, b: frame)
            bind(noWait)
        }
        let handler = endRegion()
        jump(next)
        bind(handler)
        if isAsync {
            let noPromise = makeLabel()
            emit(.disposeResource, x: 5, a: capability, b: frame)
            state.builder.jumpIf(frame, false, noPromise)
            load(frame, .undefined)
            emit(.await, a: frame, b: frame)
            bind(noPromise)
        }
        emit(.disposeResource, x: 3, a: error, b: thrown)
        jump(next)
        bind(end)
        let done = makeLabel()
        state.builder.jumpIf(.empty, error, true, done)
        move(finally.value, error)
        loadInt(finally.kind, 1)
        bind(done)
        release(to: saved)
    }
}
