import TerrariumSyntax

/// `yield` and `yield*` (ECMA-262 §15.5.5, §15.6.4, §27.5.3.7).
extension Compiler {
    mutating func yieldExpression(_ item: Node, _ want: Want) -> Register {
        if item.flags & 1 != 0 {
            let target = destination(want)
            let saved = state.nextRegister
            delegate(item, target)
            release(to: saved)
            return target
        }
        let saved = state.nextRegister
        let received = allocate(2)
        var value = received
        if item.a == 0 {
            load(received, .undefined)
        } else if !state.isAsync, node(item.a).kind == .identifier {
            // A local variable as a rule, which is in a register already.
            value = evaluate(item.a, .any)
        } else {
            evaluate(item.a, into: received)
        }
        mark(item.start)
        if state.isAsync { emit(.await, a: received, b: received) }
        emit(.yield, a: received, b: value)
        // Mode: 0 next, 1 throw, 2 return.
        let goesOn = makeLabel(), isThrow = makeLabel()
        state.builder.jumpIf(received + 1, false, goesOn)
        state.builder.jumpIf(.strictEq, received + 1, immediate: 1, true, isThrow)
        if state.isAsync { emit(.await, a: received, b: received) }
        leave(.return, value: received)
        bind(isThrow)
        emit(.throw, a: received)
        state.builder.endReachable()
        bind(goesOn)
        let result = deliver(received, want)
        release(to: result == received ? saved + 1 : saved)
        return result
    }

    private mutating func delegate(_ item: Node, _ target: Register) {
        let source = node(item.a)
        let isAsync = state.isAsync
        let value = evaluate(item.a, .any)
        let iterator = delegateIterator(value, source, at: item.start)
        let received = allocate(2), result = allocate(), flag = allocate()
        load(received, .undefined)
        loadInt(received + 1, 0)
        let next = makeLabel(), checkResult = makeLabel(), done = makeLabel()
        let isNext = makeLabel(), isThrow = makeLabel()
        bind(next)
        let frame = allocate(5)
        state.builder.jumpIf(received + 1, false, isNext)
        state.builder.jumpIf(.strictEq, received + 1, immediate: 1, true, isThrow)

        // return
        mark(source.start)
        let hasReturn = makeLabel(), notDone = makeLabel()
        named(frame, iterator.base, "return")
        state.builder.jumpIf(.nullish, frame, false, hasReturn)
        if isAsync { emit(.await, a: received, b: received) }
        leave(.return, value: received)
        bind(hasReturn)
        callWith(received, result, frame, iterator)
        if isAsync { emit(.await, a: result, b: result) }
        emit(.requireObject, x: ObjectRequirement.iteratorResult.rawValue, a: result)
        named(flag, result, "done")
        state.builder.jumpIf(flag, false, notDone)
        named(result, result, "value")
        leave(.return, value: result)

        // throw
        bind(isThrow)
        let hasThrow = makeLabel()
        mark(source.start)
        named(frame, iterator.base, "throw")
        state.builder.jumpIf(.nullish, frame, false, hasThrow)
        closeIterator(iterator)
        mark(source.start)
        emit(.throwError, x: ErrorSelector.missingThrowMethod.rawValue, c: 0xFFFF)
        state.builder.endReachable()
        bind(hasThrow)
        callWith(received, result, frame, iterator)
        jump(checkResult)

        // next
        bind(isNext)
        move(frame, iterator.base + 1)
        mark(source.start)
        callWith(received, result, frame, iterator)
        bind(checkResult)
        if isAsync { emit(.await, a: result, b: result) }
        emit(.requireObject, x: ObjectRequirement.iteratorResult.rawValue, a: result)
        named(flag, result, "done")
        state.builder.jumpIf(flag, true, done)
        bind(notDone)
        if isAsync {
            named(result, result, "value")
            emit(.yield, a: received, b: result)
            awaitReturnValue(received)
        } else {
            // The inner result object itself is the result of the outer `next`.
            emit(.yield, x: 1, a: received, b: result)
        }
        jump(next)
        bind(done)
        named(target, result, "value")
    }

    /// AsyncGeneratorYield: the value of a `return` is awaited; a rejection becomes a `throw`.
    private mutating func awaitReturnValue(_ received: Register) {
        let isOther = makeLabel()
        state.builder.jumpIf(.strictEq, received + 1, immediate: 2, false, isOther)
        openRegion(received)
        emit(.await, a: received, b: received)
        let handler = endRegion()
        jump(isOther)
        bind(handler)
        loadInt(received + 1, 1)
        bind(isOther)
    }

    /// An iterator that is always driven through its methods.
    private mutating func delegateIterator(_ value: Register, _ source: Node, at place: UInt32) -> IteratorRegisters {
        if state.isAsync { return openIterator(value, isAsync: true, source: source, role: .value, at: place) }
        var iterator = openIterator(value, isAsync: false, source: source, role: .value, at: place, isGeneric: true)
        // Its `next` is never empty: closing needs no test.
        iterator.isGeneric = true
        return iterator
    }

    private mutating func named(_ target: Register, _ object: Register, _ name: String) {
        let index = state.builder.require(atom(name))
        state.builder.emitCached(.getProperty, a: target, b: object, c: index)
    }

    /// Calls the method in the frame with one argument.
    private mutating func callWith(_ argument: Register, _ result: Register, _ frame: Register, _ iterator: IteratorRegisters) {
        move(frame + 3, iterator.base)
        move(frame + 4, argument)
        emit(.callThis, a: result, b: frame, c: 1)
    }
}
