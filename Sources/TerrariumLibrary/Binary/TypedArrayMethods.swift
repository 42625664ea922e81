import TerrariumEngine

/// Methods of %TypedArray%.prototype that take no callback (ECMA-262 §23.2.3).
extension RealmBuilder {
    static let typedArrayMethods: [Builtin] = [
        Builtin("at", 1) { (machine, given) throws(Thrown) in
            if given.argumentCount == 1, given[0].isInt, machine.isTypedArray(given.this),
                let length = machine.typedArrayLength(given.this.offset)
            {
                let index = Int(given[0].int) &+ (given[0].int < 0 ? length : 0)
                return index >= 0 && index < length ? try machine.typedArrayGet(given.this.offset, index) ?? .undefined : .undefined
            }
            let (call, length, _) = try machine.typedArrayCall(given, "at")
            if let again = try machine.coerce(call, ArgumentKinds(.number), keeping: Value(length)) { return again }
            let relative = try machine.toIntegerOrInfinity(call[0])
            let index = relative < 0 ? Double(length) + relative : relative
            guard index >= 0, index < Double(length) else { return .undefined }
            return try machine.typedArrayGet(call.this.offset, Int(index)) ?? .undefined
        },
        Builtin("set", 1) { (machine, call) throws(Thrown) in try machine.typedArraySetAll(call) },
        Builtin("subarray", 2, price: 60) { (machine, call) throws(Thrown) in try machine.typedArraySubarray(call) },
        Builtin("slice", 2) { (machine, call) throws(Thrown) in try machine.typedArraySlice(call) },
        Builtin("fill", 1) { (machine, given) throws(Thrown) in
            let (call, length, _) = try machine.typedArrayCall(given, "fill")
            let array = call.this.offset, type = machine.elementType(call.this.offset)
            let kinds = ArgumentKinds(type.isBigInt ? .bigInt : .number, .number, .number)
            if let again = try machine.coerce(call, kinds, keeping: Value(length)) { return again }
            let bits = try machine.toElement(call[0], type)
            let first = try machine.relativeIndex(call[1], length, default: 0)
            var last = try machine.relativeIndex(call[2], length, default: length)
            last = min(last, try machine.validateTypedArray(call.this, "%TypedArray%.prototype.fill"))
            try machine.fillElements(array, first, last, bits)
            return call.this
        },
        Builtin("copyWithin", 2) { (machine, given) throws(Thrown) in
            let name = "%TypedArray%.prototype.copyWithin"
            let (call, length, _) = try machine.typedArrayCall(given, "copyWithin")
            let kinds = ArgumentKinds(.number, .number, .number)
            if let again = try machine.coerce(call, kinds, keeping: Value(length)) { return again }
            let to = try machine.relativeIndex(call[0], length, default: 0)
            let from = try machine.relativeIndex(call[1], length, default: 0)
            let last = try machine.relativeIndex(call[2], length, default: length)
            let count = min(last - from, length - to)
            if count > 0 {
                let now = try machine.validateTypedArray(call.this, name)
                let array = call.this.offset
                try machine.copyElements(
                    from: array, from, to: array, to, count: min(count, now - from, now - to))
            }
            return call.this
        },
        Builtin("reverse", 0) { (machine, call) throws(Thrown) in
            let length = try machine.validateTypedArray(call.this, "%TypedArray%.prototype.reverse")
            try machine.reverseElements(call.this.offset, length)
            return call.this
        },
        Builtin("toReversed", 0) { (machine, call) throws(Thrown) in
            let length = try machine.validateTypedArray(call.this, "%TypedArray%.prototype.toReversed")
            let copy = try machine.allocateTypedArray(machine.elementType(call.this.offset), length)
            try machine.copyElements(from: call.this.offset, 0, to: copy, 0, count: length)
            try machine.reverseElements(copy, length)
            return Value(object: copy)
        },
        Builtin("with", 2) { (machine, given) throws(Thrown) in
            let (call, length, _) = try machine.typedArrayCall(given, "with")
            let type = machine.elementType(call.this.offset)
            let kinds = ArgumentKinds(.number, type.isBigInt ? .bigInt : .number)
            if let again = try machine.coerce(call, kinds, keeping: Value(length)) { return again }
            let relative = try machine.toIntegerOrInfinity(call[0])
            let index = relative < 0 ? Double(length) + relative : relative
            let value = type.isBigInt ? try machine.toBigInt(call[1]) : try machine.toNumber(call[1])
            let now = machine.typedArrayLength(call.this.offset) ?? 0
            guard index >= 0, index < Double(now) else { throw machine.rangeError("Invalid typed array index") }
            let copy = try machine.allocateTypedArray(type, length)
            try machine.copyElements(from: call.this.offset, 0, to: copy, 0, count: min(length, now))
            try machine.typedArraySet(copy, Int(index), value)
            return Value(object: copy)
        },
        Builtin("indexOf", 1) { (machine, call) throws(Thrown) in
            try machine.typedArrayFind(call, "indexOf", backwards: false)
        },
        Builtin("lastIndexOf", 1) { (machine, call) throws(Thrown) in
            try machine.typedArrayFind(call, "lastIndexOf", backwards: true)
        },
        Builtin("includes", 1) { (machine, given) throws(Thrown) in
            let (call, length, _) = try machine.typedArrayCall(given, "includes")
            if length == 0 { return .false }
            if let again = try machine.coerce(call, ArgumentKinds(.any, .number), keeping: Value(length)) { return again }
            let first = try machine.relativeIndex(call[1], length, default: 0)
            // The conversion of the index may have changed the length: elements that are gone are undefined.
            let now = min(length, machine.typedArrayLength(call.this.offset) ?? 0)
            if first < length, now < length, call[0].isUndefined { return .true }
            let found = try machine.findElement(
                call.this.offset, call[0], first, through: now - 1, backwards: false, sameValueZero: true)
            return Value(found != nil)
        },
        Builtin("join", 1) { (machine, given) throws(Thrown) in
            let (call, length, _) = try machine.typedArrayCall(given, "join")
            if let again = try machine.coerce(call, ArgumentKinds(.string), keeping: Value(length)) { return again }
            let separator = call[0].isUndefined ? try machine.makeString(",") : try machine.toStringValue(call[0])
            return try machine.joinElements(call.this.offset, length, separator)
        },
        Builtin("keys", 0) { (machine, call) throws(Thrown) in try machine.typedArrayIterator(call, "keys", 0) },
        Builtin("values", 0, price: 12) { (machine, call) throws(Thrown) in try machine.typedArrayIterator(call, "values", 1) },
        Builtin("entries", 0) { (machine, call) throws(Thrown) in try machine.typedArrayIterator(call, "entries", 2) },
    ]
}

extension Machine {
    /// What a method of typed arrays begins with: the call, the length that the receiver had then, and what else was kept.
    func typedArrayCall(_ given: NativeCall, _ name: String) throws(Thrown) -> (call: NativeCall, length: Int, kept: [Value]) {
        let resumed = resumed(given)
        guard let kept = resumed.kept else {
            return (given, try validateTypedArray(given.this, "%TypedArray%.prototype.\(name)"), [])
        }
        if kept.isNumber { return (resumed.call, kept.internalCount, []) }
        return (resumed.call, 0, try keptList(kept))
    }

    func typedArrayIterator(_ call: NativeCall, _ name: String, _ kind: Int32) throws(Thrown) -> Value {
        _ = try validateTypedArray(call.this, "%TypedArray%.prototype.\(name)")
        return try makeBuiltinIterator(.arrayIteratorPrototype, over: call.this, gives: kind)
    }

    func fillElements(_ array: UInt32, _ first: Int, _ last: Int, _ bits: UInt64) throws(Thrown) {
        guard first < last else { return }
        try fillElementBits(elementAddress(array, first), elementType(array).size, count: last - first, bits)
    }

    func reverseElements(_ array: UInt32, _ length: Int) throws(Thrown) {
        let size = elementType(array).size
        var low = 0, high = length - 1
        while low < high {
            try charge(4)
            let a = elementAddress(array, low), b = elementAddress(array, high)
            let bits = loadElementBits(a, size)
            storeElementBits(a, size, loadElementBits(b, size))
            storeElementBits(b, size, bits)
            low += 1
            high -= 1
        }
    }

    /// %TypedArray%.prototype.set.
    func typedArraySetAll(_ call: NativeCall) throws(Thrown) -> Value {
        guard isTypedArray(call.this) else { throw typeError("this is not a typed array.") }
        let target = call.this.offset
        if call[1].isObject, let again = try coerce(call, "--n") { return again }
        let offset = try toIntegerOrInfinity(call[1])
        guard offset >= 0 else { throw rangeError("offset is out of bounds") }
        if isTypedArray(call[0]) {
            let source = call[0].offset
            guard let length = typedArrayLength(target) else {
                throw typeError("Cannot perform %TypedArray%.prototype.set on a detached ArrayBuffer")
            }
            guard let count = typedArrayLength(source) else {
                throw typeError("Cannot perform %TypedArray%.prototype.set on a detached ArrayBuffer")
            }
            guard elementType(source).isBigInt == elementType(target).isBigInt else {
                throw typeError("Cannot mix BigInt and other types, use explicit conversions")
            }
            guard Double(count) + offset <= Double(length) else { throw rangeError("offset is out of bounds") }
            // Overlapping views of different types go through a copy.
            var origin = source
            if viewedBuffer(source) == viewedBuffer(target), elementType(source) != elementType(target) {
                origin = try allocateTypedArray(elementType(source), count)
                try copyElements(from: source, 0, to: origin, 0, count: count)
            }
            try copyElements(from: origin, 0, to: target, Int(offset), count: count)
            return .undefined
        }
        guard let length = typedArrayLength(target) else {
            throw typeError("Cannot perform %TypedArray%.prototype.set on a detached ArrayBuffer")
        }
        let source = try toObject(call[0])
        guard let dense = denseIteration(source), try holdsPrimitives(dense) else {
            return try goOn(
                call, engine: .typedSetList, this: call.this, [source, Value(number: offset), Value(length)])
        }
        let count = dense.count
        guard Double(count) + offset <= Double(length) else { throw rangeError("offset is out of bounds") }
        for index in 0..<count {
            try charge(2)
            try typedArraySet(target, Int(offset) + index, loadDense(dense, index))
        }
        return .undefined
    }

    func typedArraySubarray(_ given: NativeCall) throws(Thrown) -> Value {
        guard isTypedArray(given.this) else { throw typeError("this is not a typed array.") }
        let resumed = resumed(given)
        let call = resumed.call, array = given.this.offset, type = elementType(given.this.offset)
        let name = "%TypedArray%.prototype.subarray"
        if let made = try keptList(resumed.kept).last { return try checkedTypedSpecies(made, of: array, [], name) }
        let length = resumed.kept?.internalCount ?? typedArrayLength(array) ?? 0
        if let again = try coerce(call, ArgumentKinds(.number, .number), keeping: Value(length)) { return again }
        let first = try relativeIndex(call[0], length, default: 0)
        let tracks = isLengthTracking(array) && call[1].isUndefined
        let last = try relativeIndex(call[1], length, default: length)
        let begin = Value(viewByteOffset(array) + first * type.size)
        var arguments = [Value(object: viewedBuffer(array)), begin]
        if !tracks { arguments.append(Value(max(0, last - first))) }
        let fallback = intrinsic(type.constructor)
        guard let species = try nativeSpecies(call.this, fallback) else {
            return try goOnWithSpecies(call, of: call.this, fallback, arguments, keeping: [])
        }
        return try checkedTypedSpecies(try construct(species, arguments), of: array, arguments, name)
    }

    func typedArraySlice(_ given: NativeCall) throws(Thrown) -> Value {
        let name = "%TypedArray%.prototype.slice"
        let (call, length, kept) = try typedArrayCall(given, "slice")
        let array = call.this.offset
        let first: Int, last: Int, count: Int, result: Value
        if kept.count == 3 {
            (first, last) = (kept[0].internalCount, kept[1].internalCount)
            count = max(0, last - first)
            result = try checkedTypedSpecies(kept[2], of: array, [Value(count)], name)
        } else {
            if let again = try coerce(call, ArgumentKinds(.number, .number), keeping: Value(length)) { return again }
            first = try relativeIndex(call[0], length, default: 0)
            last = try relativeIndex(call[1], length, default: length)
            count = max(0, last - first)
            let fallback = intrinsic(elementType(array).constructor)
            guard let species = try nativeSpecies(call.this, fallback) else {
                return try goOnWithSpecies(
                    call, of: call.this, fallback, [Value(count)], keeping: [Value(first), Value(last)])
            }
            result = try checkedTypedSpecies(try construct(species, [Value(count)]), of: array, [Value(count)], name)
        }
        guard count > 0 else { return result }
        let now = try validateTypedArray(call.this, name)
        let available = max(0, min(last, now) - first)
        guard available > 0 else { return result }
        if elementType(result.offset) == elementType(array) {
            // Byte by byte from the start, as overlapping buffers show.
            let size = elementType(array).size
            let room = typedArrayLength(result.offset) ?? 0
            try copyElementBytes(
                from: elementAddress(array, first), to: elementAddress(result.offset, 0), count: min(available, room) * size)
            return result
        }
        try charge(available)
        for index in 0..<available {
            guard let value = try typedArrayGet(array, first + index) else { break }
            try typedArraySet(result.offset, index, value)
        }
        return result
    }

    func typedArrayFind(_ given: NativeCall, _ name: String, backwards: Bool) throws(Thrown) -> Value {
        let (call, length, _) = try typedArrayCall(given, name)
        let array = call.this.offset
        let missing = Value(Int32(-1))
        if length == 0 { return missing }
        if let again = try coerce(call, ArgumentKinds(.any, .number), keeping: Value(length)) { return again }
        let index: Int
        if backwards {
            let number = call.argumentCount > 1 ? try toIntegerOrInfinity(call[1]) : Double(length - 1)
            if number == -.infinity { return missing }
            index = number >= 0 ? Int(min(number, Double(length - 1))) : Int(max(Double(length) + number, -1))
        } else {
            index = try relativeIndex(call[1], length, default: 0)
        }
        // The conversion of the index may have changed the length.
        let last = min(length, typedArrayLength(array) ?? 0) - 1
        let found = backwards
            ? try findElement(array, call[0], 0, through: min(index, last), backwards: true, sameValueZero: false)
            : try findElement(array, call[0], index, through: last, backwards: false, sameValueZero: false)
        return found.map { Value($0) } ?? missing
    }

    /// The elements' texts with a separator.
    func joinElements(_ array: UInt32, _ length: Int, _ separator: Value) throws(Thrown) -> Value {
        let between = try flat(separator)
        var text = try TextBuilder(self, capacity: min(length &* 4, 65_536))
        for index in 0..<length {
            try charge(4 &+ between.count / 8)
            if index > 0 { try text.append(between, from: 0, to: between.count) }
            guard let element = try typedArrayGet(array, index) else { continue }
            try text.append(primitive: element)
        }
        return try text.finish()
    }
}
