import TerrariumSyntax

/// Literals that make objects, templates, BigInts.
extension Compiler {
    // MARK: Arrays

    mutating func arrayLiteral(_ item: Node, _ want: Want) -> Register {
        let target = destination(want)
        let saved = state.nextRegister
        let array = arrayElements(program.list(item.a, item.b), into: target)
        move(target, array)
        release(to: saved)
        return target
    }

    /// Elements of an array literal, or spread arguments of a call at an offset, as an array in the register.
    mutating func arrayElements(_ items: ArraySlice<NodeID>, into target: Register, call: UInt32? = nil) -> Register {
        let saved = state.nextRegister
        // Up to the first hole or spread, in runs that come from registers.
        let plain = items.prefix { $0 != 0 && node($0).kind != .spread }
        let isWhole = plain.count == items.count && items.count <= 64
        if isWhole {
            let first = items.isEmpty ? target : allocate(items.count)
            for (position, item) in items.enumerated() {
                evaluate(item, into: first + Register(truncatingIfNeeded: position))
            }
            emit(.newArray, a: target, b: first, c: UInt16(truncatingIfNeeded: items.count))
            release(to: saved)
            return target
        }
        let head = plain.prefix(64)
        let array = allocate()
        if head.isEmpty {
            emit(.newArray, a: array, b: array, c: 0)
        } else {
            let first = allocate(head.count)
            for (position, item) in head.enumerated() {
                evaluate(item, into: first + Register(truncatingIfNeeded: position))
            }
            emit(.newArray, a: array, b: first, c: UInt16(truncatingIfNeeded: head.count))
        }
        release(to: Int(array) + 1)
        for item in items.dropFirst(head.count) where goesOn() {
            let inner = state.nextRegister
            if item == 0 {
                let hole = allocate()
                load(hole, .empty)
                emit(.arrayAppend, a: array, b: hole)
            } else if node(item).kind == .spread {
                if call == nil { noteIterated(node(item).a) }
                let value = evaluate(node(item).a, .any)
                // V8 spreads a last argument in the call itself, and says so.
                let isLast = items.last == item && items.prefix { $0 == 0 || node($0).kind != .spread }.count == items.count - 1
                appendSpread(
                    value, to: array, source: node(node(item).a), role: call == nil ? .iterated : isLast ? .callSpread : .value,
                    at: isLast ? call : nil)
            } else {
                let value = evaluate(item, .any)
                emit(.arrayAppend, a: array, b: value)
            }
            release(to: inner)
        }
        move(target, array)
        release(to: saved)
        return target
    }

    // MARK: Objects

    mutating func objectLiteral(_ item: Node, _ want: Want) -> Register {
        let properties = program.list(item.a, item.b)
        if let names = shapedKeys(properties) { return shapedObject(properties, names, want) }
        let target = destination(want)
        let saved = state.nextRegister
        let object = allocate()
        let staysEmpty = properties.isEmpty && item.start == state.emptyArgument
        state.builder.emit(
            .newObject, a: object, b: staysEmpty ? 0xFFFF : UInt16(truncatingIfNeeded: min(properties.count, 32)))
        for id in properties {
            let inner = state.nextRegister
            objectProperty(node(id), object)
            release(to: inner)
        }
        move(target, object)
        release(to: saved)
        return target
    }

    /// Keys of a literal whose shape is known here: plain names, each once, plain values or methods that do not use super.
    private mutating func shapedKeys(_ properties: ArraySlice<NodeID>) -> [NameID]? {
        guard !properties.isEmpty, properties.count <= 64 else { return nil }
        var names: [NameID] = []
        for id in properties {
            let property = node(id)
            guard property.kind == .property, property.flags & PropertyFlag.computed == 0, let name = plainKey(property.a),
                name != KnownName.proto, !names.contains(name)
            else { return nil }
            switch property.flags & PropertyFlag.kindMask {
            case PropertyFlag.value: break
            case PropertyFlag.method:
                guard !needsHomeObject(node(property.b).a) else { return nil }
            default: return nil
            }
            names.append(name)
        }
        return names
    }

    /// Whether a method mentions super, itself or in an arrow or eval inside.
    private mutating func needsHomeObject(_ function: FunctionID) -> Bool {
        let info = functions[Int(function)]
        // An arrow inside that uses super notes `this` here.
        return info.usesSuper || info.arrowUsesThis || program.scopes[Int(info.parameterScope)].isDynamic
    }

    private mutating func shapedObject(_ properties: ArraySlice<NodeID>, _ names: [NameID], _ want: Want) -> Register {
        let target = destination(want)
        let saved = state.nextRegister
        let first = allocate(properties.count)
        var register = first
        for id in properties {
            let property = node(id)
            let inner = state.nextRegister
            _ = evaluateNamed(property.b, text(plainKey(property.a) ?? 0), .into(register))
            release(to: inner)
            register += 1
        }
        let texts = names.map { text($0) }
        let keys = state.builder.require(state.builder.constant(.names(texts)))
        emit(.newObjectShaped, a: target, b: first, c: keys)
        state.builder.append(0)
        release(to: saved)
        return target
    }

    private mutating func objectProperty(_ property: Node, _ object: Register) {
        if property.kind == .spread {
            let value = evaluate(property.a, .any)
            mark(property.start)
            emit(.copyDataProperties, x: 0, a: object, b: value, c: 0)
            return
        }
        let kind = property.flags & PropertyFlag.kindMask
        let isComputed = property.flags & PropertyFlag.computed != 0
        let name = isComputed ? nil : plainKey(property.a)
        if kind == PropertyFlag.value {
            let isProto = !isComputed && property.flags & PropertyFlag.shorthand == 0
                && node(property.a).kind == .string && node(property.a).a == KnownName.proto
            if isProto {
                let value = evaluate(property.b, .any)
                emit(.setPrototype, a: object, b: value)
                return
            }
            if let name, let short = state.builder.short(atom(name)) {
                let value = evaluateNamed(property.b, text(name), .any)
                mark(property.start)
                state.builder.emitCached(.defineField, a: object, b: value, c: short)
                return
            }
            let key = propertyKey(property, isComputed)
            let isAnonymous = isAnonymousFunction(property.b)
            let value = evaluate(property.b, .any, computedName: isAnonymous ? key : nil)
            mark(property.start)
            emit(.defineElement, x: isAnonymous && !isAnonymousClass(property.b) ? 1 : 0, a: object, b: key, c: value)
            return
        }
        let key = propertyKey(property, isComputed)
        let function = allocate()
        closure(node(property.b).a, name: .latin1([]), into: function)
        emit(
            .defineMethod, x: 1 | Compiler.methodKind(kind) << 1, a: object, b: key, c: function)
    }

    /// Bits of `defineMethod` for getters and setters.
    static func methodKind(_ kind: UInt8) -> UInt8 {
        kind == PropertyFlag.getter ? 1 : kind == PropertyFlag.setter ? 2 : 0
    }

    /// Evaluates a key to a property key in a register of its own.
    mutating func propertyKey(_ property: Node, _ isComputed: Bool) -> Register {
        let key = allocate()
        if isComputed {
            let saved = state.nextRegister
            let value = evaluate(property.a, .any)
            mark(node(property.a).start)
            emit(.toPropertyKey, a: key, b: value)
            release(to: saved)
        } else if node(property.a).kind == .string {
            state.builder.loadConstant(key, atom(node(property.a).a))
        } else {
            let saved = state.nextRegister
            evaluate(property.a, into: key)
            emit(.toPropertyKey, a: key, b: key)
            release(to: saved)
        }
        return key
    }

    mutating func isAnonymousFunction(_ id: NodeID) -> Bool {
        let item = node(unwrapped(id))
        switch item.kind {
        case .function: return functions[Int(item.a)].name == 0
        case .class: return program.classes[Int(item.a)].name == 0
        default: return false
        }
    }

    mutating func isAnonymousClass(_ id: NodeID) -> Bool { node(unwrapped(id)).kind == .class && isAnonymousFunction(id) }

    /// Evaluates; an anonymous class gets its name from a key at run time, before its static parts run.
    mutating func evaluate(_ id: NodeID, _ want: Want, computedName: Register?) -> Register {
        guard let computedName, isAnonymousClass(id) else { return evaluate(id, want) }
        return classExpression(node(unwrapped(id)), name: nil, want, computedName: computedName)
    }

    // MARK: Templates and regular expressions

    mutating func templateLiteral(_ item: Node, _ want: Want) -> Register {
        let target = destination(want)
        let saved = state.nextRegister
        var parts: [NodeID] = []
        for id in program.list(item.a, item.b) {
            let part = node(id)
            // Empty pieces of text add nothing.
            if part.kind == .templateElement, part.a == 0 || program.names.text(part.a - 1).isEmpty { continue }
            parts.append(id)
        }
        if parts.isEmpty {
            loadString(target, 0)
            return target
        }
        if parts.count == 1 {
            templatePart(parts[0], target)
            release(to: saved)
            return target
        }
        var accumulated: Register? = nil
        var position = 0
        while position < parts.count {
            let group = parts[position..<min(parts.count, position + 200)]
            let first = allocate(group.count + (accumulated == nil ? 0 : 1))
            var register = first
            if let accumulated {
                move(register, accumulated)
                register += 1
            }
            for part in group {
                templatePart(part, register)
                register += 1
            }
            position += group.count
            let isLast = position >= parts.count
            let result = isLast ? target : first
            emit(.concat, a: result, b: first, c: register - first)
            accumulated = first
            release(to: Int(first) + 1)
        }
        release(to: saved)
        return target
    }

    private mutating func templatePart(_ id: NodeID, _ target: Register) {
        let part = node(id)
        if part.kind == .templateElement {
            loadString(target, part.a &- 1)
            return
        }
        let saved = state.nextRegister
        let value = evaluate(id, .any)
        mark(part.start)
        emit(.toString, a: target, b: value)
        release(to: saved)
    }

    /// Arguments of a tagged template; returns their number.
    mutating func templateArguments(_ item: Node, _ base: Register) -> Int {
        var cooked: [ConstantText?] = [], raw: [ConstantText] = []
        let parts = program.list(item.a, item.b)
        for id in parts where node(id).kind == .templateElement {
            cooked.append(node(id).a == 0 ? nil : text(node(id).a - 1))
            raw.append(text(node(id).b))
        }
        let site = allocate()
        let index = state.builder.require(state.builder.constant(.templateSite(cooked: cooked, raw: raw)))
        emit(.templateObject, a: site, c: index)
        var count = 1
        for id in parts where node(id).kind != .templateElement {
            let register = allocate()
            evaluate(id, into: register)
            count += 1
        }
        if count > 0x7FFE { fail(.tooManyArguments) }
        return count
    }

    mutating func regExpLiteral(_ item: Node, _ want: Want) -> Register {
        let target = destination(want)
        let index = state.builder.constant(.regExp(pattern: text(item.a), flags: text(item.b)))
        mark(item.start)
        emit(.newRegExp, a: target, c: state.builder.require(index))
        return target
    }

    // MARK: BigInt

    mutating func bigIntConstant(_ name: NameID) -> Int {
        let units = Array(program.names.text(name))
        var radix: UInt64 = 10
        var digits = units[...]
        if units.count > 2, units[0] == 48 {
            switch units[1] {
            case 120, 88: radix = 16
            case 111, 79: radix = 8
            case 98, 66: radix = 2
            default: break
            }
            if radix != 10 { digits = units[2...] }
        }
        if digits.count > 400_000 {
            fail(.tooManyConstants)
            return 0
        }
        // Several digits at a time.
        var limbs: [UInt64] = []
        var pending: UInt64 = 0, scale: UInt64 = 1
        func flush(_ limbs: inout [UInt64], _ pending: UInt64, _ scale: UInt64) {
            var carry = pending
            for index in limbs.indices {
                let (high, low) = limbs[index].multipliedFullWidth(by: scale)
                let (sum, overflow) = low.addingReportingOverflow(carry)
                limbs[index] = sum
                carry = high &+ (overflow ? 1 : 0)
            }
            if carry != 0 { limbs.append(carry) }
        }
        for unit in digits {
            let value: UInt64 = switch unit {
            case 48...57: UInt64(unit) - 48
            case 97...102: UInt64(unit) - 87
            case 65...70: UInt64(unit) - 55
            default: 0
            }
            pending = pending &* radix &+ value
            scale = scale &* radix
            if scale >= 1 << 56 {
                flush(&limbs, pending, scale)
                (pending, scale) = (0, 1)
            }
        }
        if scale > 1 { flush(&limbs, pending, scale) }
        return state.builder.constant(.bigInt(negative: false, limbs: limbs))
    }
}
