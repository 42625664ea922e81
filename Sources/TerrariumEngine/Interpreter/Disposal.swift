import TerrariumCage

/// `using` declarations (ECMA-262 §7.5, DisposeResources). A capability is an array that no program sees: state bits, number
/// of resources, then value, method and hint of each.
extension Machine {
    private enum DisposalState {
        static let needsAwait: Int32 = 1
        static let hasAwaited: Int32 = 2
        /// The resource taken last is an async one that has only a @@dispose method.
        static let isFallback: Int32 = 4
    }
    private enum DisposalHint { static let sync: Int32 = 0, async: Int32 = 1, fallback: Int32 = 2 }

    func disposeResource(_ word: UInt64) throws(Thrown) {
        let a = word.fieldA, b = word.fieldB
        switch word.fieldX {
        case 0: setReg(a, try makeArray([Value(Int32(0)), Value(Int32(0))]))
        case 1 where try pushResource(reg(a), reg(b), isAsync: word.fieldC != 0): break
        case 1: try addDisposableResource(reg(a).offset, reg(b), isAsync: word.fieldC != 0)
        case 2: try takeDisposableResource(reg(a).offset, frame: b)
        case 3:
            if reg(a).isEmpty {
                setReg(a, reg(b))
            } else {
                let error = try makeError(.suppressedError, "An error was suppressed during disposal.")
                _ = try defineOwnProperty(
                    error.offset, key("error"), PropertyDescriptor(value: reg(b), attributes: Attribute.hidden))
                _ = try defineOwnProperty(
                    error.offset, key("suppressed"), PropertyDescriptor(value: reg(a), attributes: Attribute.hidden))
                setReg(a, error)
            }
        case 4:
            // The method of an async resource returned: its result is awaited, that of a @@dispose method is not.
            let state = disposalNumber(reg(a).offset, 0)
            if state & DisposalState.isFallback != 0 { setReg(b, .undefined) }
            try setDisposalNumber(
                reg(a).offset, 0, (state | DisposalState.hasAwaited) & ~(DisposalState.isFallback | DisposalState.needsAwait))
        default:
            // Something threw: when that was a @@dispose method of an async resource, its promise is awaited all the same.
            let state = disposalNumber(reg(a).offset, 0)
            setReg(b, Value(state & DisposalState.isFallback != 0))
            if state & DisposalState.isFallback != 0 {
                try setDisposalNumber(
                    reg(a).offset, 0, (state | DisposalState.hasAwaited) & ~(DisposalState.isFallback | DisposalState.needsAwait))
            }
        }
    }

    private func disposalNumber(_ capability: UInt32, _ index: UInt32) -> Int32 {
        guard let value = ownElement(capability, index)?.value, value.isInt else { return 0 }
        return value.int
    }

    private func setDisposalNumber(_ capability: UInt32, _ index: UInt32, _ number: Int32) throws(Thrown) {
        try putElement(capability, index, Value(number))
    }

    /// AddDisposableResource and CreateDisposableResource.
    private func addDisposableResource(_ capability: UInt32, _ value: Value, isAsync: Bool) throws(Thrown) {
        var method = Value.undefined
        var hint = isAsync ? DisposalHint.async : DisposalHint.sync
        if value.isNullish {
            if !isAsync { return }
        } else {
            guard value.isObject else { throw typeError("\(describe(value)) is not an object") }
            if isAsync { method = try getMethod(value, symbolKey(.asyncDispose)) }
            if method.isUndefined {
                method = try getMethod(value, symbolKey(.dispose))
                if isAsync { hint = DisposalHint.fallback }
            }
            guard !method.isUndefined else {
                throw typeError("Property [Symbol.\(isAsync ? "asyncDispose" : "dispose")] is not a function")
            }
        }
        let count = disposalNumber(capability, 1)
        guard count < 1 << 24 else { throw rangeError("Too many resources") }
        let first = 2 &+ UInt32(truncatingIfNeeded: count) &* 3
        try putElement(capability, first, value)
        try putElement(capability, first &+ 1, method)
        try putElement(capability, first &+ 2, Value(hint))
        try setDisposalNumber(capability, 1, count &+ 1)
    }

    /// The last resource: method and `this` in the frame, below it whether to await. No method means that there is only something to
    /// await, an empty one that nothing is left.
    private func takeDisposableResource(_ capability: UInt32, frame: UInt16) throws(Thrown) {
        var state = disposalNumber(capability, 0) & ~DisposalState.isFallback
        var count = disposalNumber(capability, 1)
        var method = Value.empty, this = Value.undefined, awaits = false
        while true {
            let mustAwait = state & (DisposalState.needsAwait | DisposalState.hasAwaited) == DisposalState.needsAwait
            if count == 0 {
                if mustAwait { (method, awaits) = (.undefined, true) }
                state &= ~DisposalState.needsAwait
                break
            }
            let first = 2 &+ UInt32(truncatingIfNeeded: count &- 1) &* 3
            let hint = disposalNumber(capability, first &+ 2)
            if hint == DisposalHint.sync, mustAwait {
                (method, awaits) = (.undefined, true)
                state &= ~DisposalState.needsAwait
                break
            }
            count &-= 1
            let taken = ownElement(capability, first &+ 1)?.value ?? .undefined
            if taken.isUndefined {
                state |= DisposalState.needsAwait
                continue
            }
            this = ownElement(capability, first)?.value ?? .undefined
            (method, awaits) = (taken, hint != DisposalHint.sync)
            if hint == DisposalHint.fallback { state |= DisposalState.isFallback }
            try putElement(capability, first, .undefined)
            break
        }
        try setDisposalNumber(capability, 0, state)
        try setDisposalNumber(capability, 1, count)
        setReg(frame, method)
        setReg(frame &+ 3, this)
        setReg(frame &- 1, Value(awaits))
    }
}
