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
            if try machine.getOwnProperty(call.this.offset, key) == nil {
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
                // Nobody sees whether the message is converted before the prototype is read, except proxies and bound functions.
                if machine.hasPlainPrototype(newTarget),
                    let again = try machine.coerce(
                        call, kind == .aggregateError ? "--s" : kind == .suppressedError ? "---s" : "-s") { return again }
                let proto = try machine.prototypeFromConstructor(newTarget, RealmBuilder.prototypeIntrinsic(kind))
                let object = try machine.allocateError(prototype: proto, hidesNative: true)
                let first = kind == .aggregateError ? 1 : kind == .suppressedError ? 2 : 0
                var message: Value?
                if !call[first].isUndefined { message = try machine.toStringValue(call[first]) }
                if let message {
                    _ = try machine.defineOwnProperty(
                        object, machine.key(.message), PropertyDescriptor(value: message, attributes: Attribute.hidden))
                }
                let options = call[first + 1]
                if kind != .suppressedError, options.isObject, try machine.hasProperty(options.offset, machine.key(.cause)) {
                    let cause = try machine.get(options.offset, machine.key(.cause))
                    _ = try machine.defineOwnProperty(
                        object, machine.key(.cause), PropertyDescriptor(value: cause, attributes: Attribute.hidden))
                }
                if kind == .aggregateError {
                    var errors: [Value] = []
                    try machine.forEachIterated(call[0]) { (value) throws(Thrown) in errors.append(value); return true }
                    _ = try machine.defineOwnProperty(
                        object, machine.key(.errors),
                        PropertyDescriptor(value: try machine.makeArray(errors), attributes: Attribute.hidden))
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
                throw machine.typeError("Method Error.prototype.toString called on incompatible receiver \(machine.describe(call.this))")
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
