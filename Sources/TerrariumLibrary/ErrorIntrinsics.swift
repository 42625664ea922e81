import TerrariumEngine

/// Error and its kinds (ECMA-262 §20.5).
extension RealmBuilder {
    func buildErrors() throws(Thrown) {
        let base = try object()
        setIntrinsic(.errorPrototype, base)
        let errorFunction = try errorConstructor(.error, prototype: base, parent: nil)
        setIntrinsic(.error, errorFunction)
        try install(RealmBuilder.errorMethods, on: base)
        try install(
            [
                Builtin("captureStackTrace", 2) { (machine, call) throws(Thrown) in
                    guard call[0].isObject else { throw machine.typeError("invalid_argument") }
                    if machine.isProxy(call[0]) {
                        guard let text = try machine.capturedStack(call[0].offset, above: call[1]) else { return .undefined }
                        return try machine.goOn(call, object: .defineHidden, [call[0], try machine.makeString("stack"), text])
                    }
                    try machine.captureStackTrace(call[0].offset, above: call[1])
                    return .undefined
                },
                Builtin("isError", 1, price: 3) { (machine, call) throws(Thrown) in
                    Value(call[0].isObject && machine.kind(of: call[0].offset) == CellKind.error)
                },
            ], on: errorFunction)
        try installStack(on: base)
        try define(errorFunction, "stackTraceLimit", Value(10), attributes: Attribute.all)
        for kind in ErrorKind.allCases where kind != .error {
            let prototype = try machine.makeObject(prototype: base).offset
            setIntrinsic(RealmBuilder.prototypeIntrinsic(kind), prototype)
            try errorConstructor(kind, prototype: prototype, parent: errorFunction)
        }
    }

    /// Error.prototype.stack (a proposal), for errors without a `stack` of their own. Those that the engine makes have one,
    /// as in V8: programs list and copy it.
    private func installStack(on prototype: UInt32) throws(Thrown) {
        let getter = try function(Builtin("get stack", 0) { (machine, call) throws(Thrown) in
            guard call.this.isObject else { throw machine.typeError("Error.prototype.stack getter called on non-object") }
            return machine.kind(of: call.this.offset) == CellKind.error ? try machine.errorStack(call.this.offset) : .undefined
        })
        let setter = try function(Builtin("set stack", 1) { (machine, call) throws(Thrown) in
            guard call.this.isObject else { throw machine.typeError("Error.prototype.stack setter called on non-object") }
            guard call[0].isString else { throw machine.typeError("\(machine.describe(call[0])) is not a string") }
            let key = machine.key("stack")
            if call.this == machine.intrinsic(.errorPrototype) {
                throw machine.typeError("Cannot assign to read only property 'stack' of object '[object Object]'")
            }
            if machine.isProxy(call.this) { return try machine.goOn(call, object: .setStack, [call.this, call[0]]) }
            let own = try machine.getOwnProperty(call.this.offset, key)
            if own?.isAccessor == true { return try machine.goOn(call, object: .setStack, [call.this, call[0]]) }
            if own == nil {
                try machine.createDataPropertyOrThrow(call.this.offset, key, call[0])
            } else {
                try machine.put(call.this.offset, key, call[0])
            }
            return .undefined
        })
        _ = try machine.defineOwnProperty(
            prototype, key("stack"),
            PropertyDescriptor(
                getter: Value(object: getter), setter: Value(object: setter), enumerable: false, configurable: true))
    }

    static func prototypeIntrinsic(_ kind: ErrorKind) -> Intrinsic {
        switch kind {
        case .error: .errorPrototype
        case .typeError: .typeErrorPrototype
        case .rangeError: .rangeErrorPrototype
        case .referenceError: .referenceErrorPrototype
        case .syntaxError: .syntaxErrorPrototype
        case .evalError: .evalErrorPrototype
        case .uriError: .uriErrorPrototype
        case .aggregateError: .aggregateErrorPrototype
        case .suppressedError: .suppressedErrorPrototype
        }
    }

    @discardableResult
    private func errorConstructor(_ kind: ErrorKind, prototype: UInt32, parent: UInt32?) throws(Thrown) -> UInt32 {
        let length = kind == .aggregateError ? 2 : kind == .suppressedError ? 3 : 1
        let function = try constructor(
            Builtin(kind.name, length) { (machine, call) throws(Thrown) in
                let newTarget = call.isConstruct ? call.newTarget : call.callee
                let proto = try machine.prototypeFromConstructor(newTarget, RealmBuilder.prototypeIntrinsic(kind))
                if let again = try machine.coerce(
                    call, kind == .aggregateError ? "--s" : kind == .suppressedError ? "---s" : "-s") { return again }
                let options = kind == .aggregateError ? 2 : 1
                if kind != .suppressedError,
                    try machine.partsNeedFrames(call, options: options, isAggregate: kind == .aggregateError)
                {
                    return try machine.goOn(
                        call, engine: .errorParts, this: .undefined,
                        [
                            call.callee, call.newTarget, try machine.makeArray([call[0], call[1], call[2]]),
                            Value(options),
                        ])
                }
                let object = try machine.allocateError(prototype: proto, hidesNative: true)
                let first = kind == .aggregateError ? 1 : kind == .suppressedError ? 2 : 0
                var message: Value?
                if !call[first].isUndefined { message = try machine.toStringValue(call[first]) }
                if let message {
                    _ = try machine.defineOwnProperty(
                        object, machine.key(.message), PropertyDescriptor(value: message, attributes: Attribute.hidden))
                }
                if kind != .suppressedError, call[options].isObject, try machine.hasProperty(call[options].offset, machine.key(.cause)) {
                    let cause = try machine.get(call[options].offset, machine.key(.cause))
                    _ = try machine.defineOwnProperty(
                        object, machine.key(.cause), PropertyDescriptor(value: cause, attributes: Attribute.hidden))
                }
                // The other errors come afterwards where guest code had to be asked for them.
                if kind == .aggregateError, call[0] != machine.intrinsic(.stepDone) {
                    let errors = try machine.makeArray(try machine.plainlyIterated(call[0]))
                    _ = try machine.defineOwnProperty(
                        object, machine.key(.errors), PropertyDescriptor(value: errors, attributes: Attribute.hidden))
                }
                if kind == .suppressedError {
                    try machine.charge(40)
                    for (index, name) in ["error", "suppressed"].enumerated() {
                        _ = try machine.defineOwnProperty(
                            object, machine.key(name), PropertyDescriptor(value: call[index], attributes: Attribute.hidden))
                    }
                }
                return Value(object: object)
            }, prototype: prototype)
        if let parent { try machine.changePrototypeForLibrary(function, to: parent) }
        try define(prototype, "name", try machine.makeString(kind.name))
        try define(prototype, "message", machine.emptyString)
        return function
    }

    static let errorMethods: [Builtin] = [
        Builtin("toString", 0) { (machine, call) throws(Thrown) in
            guard call.this.isObject else {
                throw machine.typeError("Method Error.prototype.toString called on incompatible receiver \(machine.quote(call.this))")
            }
            guard let known = try machine.valueWithoutGuestCode(call.this, machine.key(.name)), !known.isObject,
                let text = try machine.valueWithoutGuestCode(call.this, machine.key(.message)), !text.isObject
            else { return try machine.goOn(call, engine: .errorToString) }
            let nameValue = try machine.get(call.this.offset, machine.key(.name))
            let name = nameValue.isUndefined ? try machine.makeString("Error") : try machine.toStringValue(nameValue)
            let messageValue = try machine.get(call.this.offset, machine.key(.message))
            let message = messageValue.isUndefined ? machine.emptyString : try machine.toStringValue(messageValue)
            if machine.stringLength(name) == 0 { return message }
            if machine.stringLength(message) == 0 { return name }
            return try machine.concatenate(try machine.concatenate(name, try machine.makeString(": ")), message)
        },
    ]
}

extension Machine {
    /// Whether guest code has to be asked for the cause or the errors that an error constructor is called with.
    fileprivate func partsNeedFrames(_ call: NativeCall, options: Int, isAggregate: Bool) throws(Thrown) -> Bool {
        if isAggregate, call[0] != intrinsic(.stepDone), try iterationNeedsFrames(call[0]) { return true }
        guard call[options].isObject else { return false }
        if try meetsProxy(call[options].offset) { return true }
        return try valueWithoutGuestCode(call[options], key(.cause)) == nil
    }

    /// Whether iterating a value runs guest code, as far as it is no error.
    private func iterationNeedsFrames(_ value: Value) throws(Thrown) -> Bool {
        if value.isNullish { return false }
        guard let method = try valueWithoutGuestCode(value, symbolKey(.iterator)) else { return true }
        if method.isNullish || !isCallable(method) { return false }
        return method != intrinsic(.arrayValues) || denseIteration(value) == nil
    }

    /// What iterating a value gives that needs no frames.
    fileprivate func plainlyIterated(_ value: Value) throws(Thrown) -> [Value] {
        guard !(try getMethod(value, symbolKey(.iterator)).isUndefined), let dense = denseIteration(value) else {
            throw notIterable(value)
        }
        try charge(dense.count &* 2)
        try requireHeap(dense.count &* 16)
        return (0..<max(0, dense.count)).map { loadDense(dense, $0) }
    }
}
