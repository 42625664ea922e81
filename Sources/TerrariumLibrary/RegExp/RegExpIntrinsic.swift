import TerrariumEngine
import TerrariumRegExp
import TerrariumText

/// RegExp (ECMA-262 §22.2).
extension RealmBuilder {
    func buildRegExp() throws(Thrown) {
        let prototype = try object()
        setIntrinsic(.regExpPrototype, prototype)
        let constructor = try constructor(
            Builtin("RegExp", 2, price: 18) { (machine, call) throws(Thrown) in try machine.constructRegExp(call) },
            prototype: prototype,
            statics: [
                Builtin("escape", 1) { (machine, call) throws(Thrown) in
                    guard call[0].isString else { throw machine.typeError("\(machine.describe(call[0])) is not a string") }
                    let text = try machine.flat(call[0])
                    var isFirst = true
                    return try machine.mapPieces(text, price: 4, isStart: { $0 & 0xFC00 != 0xDC00 }) { (piece) throws(Thrown) in
                        defer { isFirst = false }
                        return RegExpEscape.escape(units: piece, startsText: isFirst)
                    }
                },
                Builtin("get @@species", 0) { (_, call) throws(Thrown) in call.this },
            ],
            methods: RealmBuilder.regExpMethods + RealmBuilder.regExpFlagGetters)
        setIntrinsic(.regExp, constructor)
        setIntrinsic(.regExpExec, try machine.get(prototype, key("exec")).offset)
        try install(SelfHostedSource.regExpMethods, on: prototype)
        machine.setRealmValue(realm, .regExpTest, Value(object: try standIns(.regExpTest)[0]))
        machine.setRealmValue(
            realm, .regExpLater, try machine.list(of: try standIns(.regExpLater).map { Value(object: $0) }))
        let iterator = try machine.makeObject(prototype: intrinsic(.iteratorPrototype)).offset
        setIntrinsic(.regExpStringIteratorPrototype, iterator)
        let next = try function(Builtin("next", 0) { (machine, call) throws(Thrown) in
            switch try machine.stepBuiltinIterator(call.this, next: call.callee) {
            case .value(let value): return try machine.makeIteratorResult(value, done: false)
            case .done: return try machine.makeIteratorResult(.undefined, done: true)
            case .incompatible: return try machine.regExpLater(call, .next, call.this, [])
            }
        })
        machine.markIteratorNext(next, .regExpStringIteratorPrototype)
        try define(iterator, "next", Value(object: next))
        try define(
            iterator, "@@toStringTag", try machine.makeString("RegExp String Iterator"), attributes: Attribute.configurable)
        try machine.recordRegExpPrototype(realm: realm)
    }

    static let regExpMethods: [Builtin] = [
        Builtin("exec", 1) { (machine, call) throws(Thrown) in
            if call[0].isString, machine.hasPlainRegExpState(call.this) {
                let result = try machine.regExpPlainExec(call.this.offset, call[0])
                return result.isCell ? try machine.regExpLater(call, .exec, call.this, [call[0], result]) : result
            }
            let object = try machine.regExpReceiver(call, "exec")
            var string = call[0]
            if !string.isString {
                if string.isObject, let again = try machine.coerce(call, "-s") { return again }
                string = try machine.toStringValue(string)
            }
            if try machine.hasObjectAsLastIndex(call.this) {
                return try machine.goOn(call, engine: .regExpExecAt, this: .undefined, [call.this, string])
            }
            let result = try machine.regExpBuiltinExec(object, string, leaves: true)
            return result.isCell ? try machine.regExpLater(call, .exec, call.this, [string, result]) : result
        },
        Builtin("test", 1) { (machine, call) throws(Thrown) in
            guard let result = try machine.regExpTestFast(call.this, call[0]) else {
                return machine.goOn(call, as: machine.intrinsic(.regExpTest))
            }
            return result.isCell ? try machine.regExpLater(call, .test, call.this, [call[0], result]) : result
        },
        Builtin("compile", 2, price: 24) { (machine, given) throws(Thrown) in
            let resumed = machine.resumed(given)
            let call = resumed.call
            let object = try machine.regExpReceiver(call, "compile")
            if resumed.kept != nil {
                try machine.regExpInitialize(object, call[0], call[1])
                return call.this
            }
            // [[LegacyFeaturesEnabled]] and the realm are told by the prototype: neither subclasses nor other realms.
            guard Value(object: machine.ordinaryPrototype(object)) == machine.intrinsic(.regExpPrototype) else {
                throw machine.typeError("Method RegExp.prototype.compile called on incompatible receiver \(machine.quote(call.this))")
            }
            if let other = machine.compiledRegExp(call[0]) {
                if !call[1].isUndefined {
                    throw machine.typeError("Invalid flags supplied to RegExp constructor '\(machine.describe(call[1]))'")
                }
                try machine.regExpInitialize(object, machine.regExpSource(other), try machine.regExpFlagsText(other))
            } else {
                if let again = try machine.coerce(call, ArgumentKinds(.string, .string), keeping: .true) { return again }
                try machine.regExpInitialize(object, call[0], call[1])
            }
            return call.this
        },
        Builtin("toString", 0) { (machine, call) throws(Thrown) in
            guard call.this.isObject else {
                throw machine.typeError("Method RegExp.prototype.toString called on incompatible receiver \(machine.quote(call.this))")
            }
            if !machine.isPristineRegExp(call.this) { return try machine.goOn(call, engine: .regExpText) }
            let source = try machine.toStringValue(try machine.get(call.this.offset, machine.key("source")))
            let flags = try machine.toStringValue(try machine.get(call.this.offset, machine.key("flags")))
            let slash = try machine.makeString("/")
            return try machine.concatenate(try machine.concatenate(try machine.concatenate(slash, source), slash), flags)
        },
        Builtin("get source", 0) { (machine, call) throws(Thrown) in
            if let compiled = machine.compiledRegExp(call.this) {
                return try machine.escapedSource(machine.regExpSource(compiled))
            }
            if call.this == machine.intrinsic(.regExpPrototype) { return try machine.makeString("(?:)") }
            throw machine.typeError("RegExp.prototype.source getter called on non-RegExp object")
        },
        Builtin("get flags", 0) { (machine, call) throws(Thrown) in
            guard call.this.isObject else {
                throw machine.typeError("RegExp.prototype.flags getter called on non-object \(machine.describe(call.this))")
            }
            if !machine.isPristineRegExp(call.this) { return try machine.goOn(call, engine: .regExpFlags) }
            var units: [UInt16] = []
            for (name, letter) in RealmBuilder.regExpFlagNames {
                if machine.toBoolean(try machine.get(call.this.offset, machine.key(name))) { units.append(letter) }
            }
            return try machine.makeString(units: units)
        },
    ]

    /// Names of the flag accessors and their letters, in the order of `flags`.
    static let regExpFlagNames: [(String, UInt16)] = [
        ("hasIndices", 0x64), ("global", 0x67), ("ignoreCase", 0x69), ("multiline", 0x6D), ("dotAll", 0x73),
        ("unicode", 0x75), ("unicodeSets", 0x76), ("sticky", 0x79),
    ]

    static let regExpFlagGetters: [Builtin] = regExpFlagNames.enumerated().map { (bit, entry) in
        let name = entry.0
        let flag = RegExpFlags(rawValue: 1 &<< UInt8(truncatingIfNeeded: bit))
        return Builtin("get \(name)", 0) { (machine, call) throws(Thrown) in
            if let compiled = machine.compiledRegExp(call.this) { return Value(machine.regExpHasFlag(compiled, flag)) }
            if call.this == machine.intrinsic(.regExpPrototype) { return .undefined }
            throw machine.typeError("RegExp.prototype.\(name) getter called on non-RegExp object")
        }
    }
}

extension Machine {
    func regExpReceiver(_ call: NativeCall, _ name: String) throws(Thrown) -> UInt32 {
        guard compiledRegExp(call.this) != nil else {
            throw typeError("Method RegExp.prototype.\(name) called on incompatible receiver \(quote(call.this))")
        }
        return call.this.offset
    }

    func constructRegExp(_ given: NativeCall) throws(Thrown) -> Value {
        let resumed = resumed(given)
        let call = resumed.call
        var pattern = call[0], flags = call[1]
        let newTarget = call.isConstruct ? call.newTarget : call.callee
        if resumed.kept == nil {
            let compiled = compiledRegExp(pattern)
            var isPattern = false
            if pattern.isObject {
                guard let match = try valueWithoutGuestCode(pattern, symbolKey(.match)) else {
                    return try goOnWithPatternParts(call)
                }
                isPattern = match.isUndefined ? compiled != nil : toBoolean(match)
            }
            if isPattern, compiled == nil { return try goOnWithPatternParts(call) }
            if call.isConstruct, try plainPrototypeFromConstructor(newTarget, .regExpPrototype) == nil {
                // What the pattern has is taken before guest code tells the prototype, and the texts are behind that.
                if let compiled {
                    pattern = regExpSource(compiled)
                    if flags.isUndefined { flags = try regExpFlagsText(compiled) }
                }
                return try goOn(
                    call, engine: .regExpConstructParts, this: .undefined, [call.callee, newTarget, pattern, flags, .false])
            }
            if compiled == nil, let again = try coerce(call, "-ss") { return again }
            if !call.isConstruct, isPattern, flags.isUndefined {
                guard let constructor = try valueWithoutGuestCode(pattern, key("constructor")) else {
                    return try goOnWithPatternParts(call)
                }
                if constructor == newTarget { return pattern }
            }
            if flags.isObject { return try goOnWithPatternParts(call) }
        }
        if let compiled = compiledRegExp(pattern) {
            pattern = regExpSource(compiled)
            if flags.isUndefined { flags = try regExpFlagsText(compiled) }
        }
        let object = try regExpAlloc(prototype: try prototypeFromConstructor(newTarget, .regExpPrototype))
        try regExpInitialize(object, pattern, flags)
        return Value(object: object)
    }

    /// Guest code tells pattern and flags; the native is called again with their texts.
    private func goOnWithPatternParts(_ call: NativeCall) throws(Thrown) -> Value {
        if call.isConstruct {
            return try goOn(
                call, engine: .regExpConstructParts, this: .undefined, [
                    call.callee, call.newTarget, call[0], call[1], Value(isKnownNewTarget(call.newTarget)),
                ])
        }
        return try goOn(call, engine: .regExpParts, this: .undefined, [call.callee, call[0], call[1]])
    }

    /// EscapeRegExpPattern: a text that reads back as the same pattern between slashes.
    func escapedSource(_ source: Value) throws(Thrown) -> Value {
        let text = try flat(source)
        if text.count == 0 { return try makeString("(?:)") }
        try charge(text.count / 4)
        var needsEscape = false
        for index in 0..<text.count {
            let unit = text[index]
            if unit == 0x2F || unit == 10 || unit == 13 || unit == 0x2028 || unit == 0x2029 {
                needsEscape = true
                break
            }
        }
        guard needsEscape else { return source }
        var result: [UInt16] = []
        var isEscaped = false, isInClass = false
        for unit in text.units {
            switch unit {
            case 0x2F where !isEscaped && !isInClass: result += [0x5C, 0x2F]
            case 10, 13, 0x2028, 0x2029:
                // The backslash of an escaped line terminator is there already.
                if !isEscaped { result.append(0x5C) }
                switch unit {
                case 10: result.append(0x6E)
                case 13: result.append(0x72)
                case 0x2028: result += Array("u2028".utf16)
                default: result += Array("u2029".utf16)
                }
            default: result.append(unit)
            }
            if isEscaped {
                isEscaped = false
            } else if unit == 0x5C {
                isEscaped = true
            } else if unit == 0x5B {
                isInClass = true
            } else if unit == 0x5D {
                isInClass = false
            }
        }
        return try makeString(units: result)
    }
}
