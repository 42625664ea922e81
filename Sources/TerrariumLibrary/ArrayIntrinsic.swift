import TerrariumEngine

/// Array (ECMA-262 §23.1). The methods that take callbacks are in `SelfHosted`.
extension RealmBuilder {
    func buildArray() throws(Thrown) {
        let prototype = intrinsic(.arrayPrototype)
        let array = try constructor(
            Builtin("Array", 1) { (machine, call) throws(Thrown) in
                let newTarget = call.isConstruct ? call.newTarget : call.callee
                let array = try machine.makeArray(length: 0, capacity: 0)
                if newTarget != call.callee {
                    try machine.changePrototypeForLibrary(
                        array.offset, to: try machine.prototypeFromConstructor(newTarget, .arrayPrototype))
                }
                if call.argumentCount == 1 {
                    if call[0].isNumber {
                        let length = try machine.toUint32(call[0])
                        guard Double(length) == call[0].number else { throw machine.rangeError("Invalid array length") }
                        try machine.put(array.offset, machine.key(.length), Value(length))
                    } else {
                        try machine.createDataPropertyOrThrow(array.offset, PropertyKey(index: 0), call[0])
                    }
                } else {
                    for index in 0..<call.argumentCount {
                        try machine.createDataPropertyOrThrow(
                            array.offset, PropertyKey(index: UInt32(truncatingIfNeeded: index)), call[index])
                    }
                }
                return array
            }, prototype: prototype,
            statics: [
                Builtin("isArray", 1) { (machine, call) throws(Thrown) in Value(try machine.isArray(call[0])) },
                Builtin("of", 0) { (machine, call) throws(Thrown) in
                    let count = Value(call.argumentCount)
                    let result = machine.isConstructor(call.this)
                        ? try machine.construct(call.this, [count]) : try machine.makeArray(length: 0, capacity: 0)
                    for index in 0..<call.argumentCount {
                        try machine.createDataPropertyOrThrow(
                            result.offset, PropertyKey(index: UInt32(truncatingIfNeeded: index)), call[index])
                    }
                    try machine.put(result.offset, machine.key(.length), count)
                    return result
                },
                Builtin("get @@species", 0) { (_, call) throws(Thrown) in call.this },
            ], methods: RealmBuilder.arrayMethods)
        setIntrinsic(.array, array)
        try install(.arrayCallbacks, on: prototype)
        try install(.arrayStatics, on: array)
        let values = try machine.get(prototype, key("values"))
        machine.setRealmValue(realm, .arrayValues, values)
        try define(prototype, "@@iterator", values)
        let unscopables = try machine.makeObject(prototype: 0)
        for name in [
            "at", "copyWithin", "entries", "fill", "find", "findIndex", "findLast", "findLastIndex", "flat", "flatMap",
            "includes", "keys", "toReversed", "toSorted", "toSpliced", "values",
        ] { try machine.createDataPropertyOrThrow(unscopables.offset, key(name), .true) }
        try define(prototype, "@@unscopables", unscopables, attributes: Attribute.configurable)
    }

    static let arrayMethods: [Builtin] = [
        Builtin("push", 1) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this).offset
            if machine.canAppend(object) {
                for index in 0..<call.argumentCount { try machine.appendToArray(object, call[index]) }
                return Value(try machine.lengthOfArrayLike(object))
            }
            var length = try machine.lengthOfArrayLike(object)
            guard length + call.argumentCount <= 9_007_199_254_740_991 else {
                throw machine.typeError("Pushing \(call.argumentCount) elements on an array-like of length \(length) is disallowed by ECMA-262")
            }
            for index in 0..<call.argumentCount {
                try machine.put(object, try machine.integerKey(length), call[index])
                length += 1
            }
            try machine.put(object, machine.key(.length), Value(length))
            return Value(length)
        },
        Builtin("pop", 0) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this).offset
            let length = try machine.lengthOfArrayLike(object)
            if length == 0 {
                try machine.put(object, machine.key(.length), .zero)
                return .undefined
            }
            if let last = try machine.popPlain(object) { return last }
            let key = try machine.integerKey(length - 1)
            let value = try machine.get(object, key)
            try machine.deletePropertyOrThrow(object, key)
            try machine.put(object, machine.key(.length), Value(length - 1))
            return value
        },
        Builtin("shift", 0) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this).offset
            let length = try machine.lengthOfArrayLike(object)
            if length == 0 {
                try machine.put(object, machine.key(.length), .zero)
                return .undefined
            }
            if let first = try machine.shiftDense(object) { return first }
            let first = try machine.get(object, PropertyKey(index: 0))
            try machine.move(object, from: 1, to: 0, count: length - 1)
            try machine.deletePropertyOrThrow(object, try machine.integerKey(length - 1))
            try machine.put(object, machine.key(.length), Value(length - 1))
            return first
        },
        Builtin("unshift", 1) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this).offset
            let length = try machine.lengthOfArrayLike(object), count = call.argumentCount
            if count > 0 {
                guard length + count <= 9_007_199_254_740_991 else { throw machine.typeError("Invalid array length") }
                if try machine.resizeGap(object, at: 0, remove: 0, insert: count) {
                    for index in 0..<count { machine.setPlainElement(object, index, call[index]) }
                    return Value(length + count)
                }
                try machine.move(object, from: 0, to: count, count: length)
                for index in 0..<count { try machine.put(object, try machine.integerKey(index), call[index]) }
            }
            try machine.put(object, machine.key(.length), Value(length + count))
            return Value(length + count)
        },
        Builtin("slice", 2) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            let start = try machine.relativeIndex(call[0], length, default: 0)
            let end = try machine.relativeIndex(call[1], length, default: length)
            let count = max(0, end - start)
            if let fast = try machine.sliceDense(object, start, count) { return fast }
            let result = try machine.arraySpeciesCreate(object, Value(count))
            var to = 0
            var from = start
            while from < end {
                try machine.charge(2)
                let key = try machine.integerKey(from)
                if try machine.hasProperty(object.offset, key) {
                    try machine.createDataPropertyOrThrow(
                        result.offset, try machine.integerKey(to), try machine.get(object.offset, key))
                }
                from += 1
                to += 1
            }
            try machine.put(result.offset, machine.key(.length), Value(to))
            return result
        },
        Builtin("splice", 2) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            let start = try machine.relativeIndex(call[0], length, default: 0)
            let items = call.arguments(from: 2)
            var deleted = 0
            if call.argumentCount == 1 { deleted = length - start }
            else if call.argumentCount > 1 {
                deleted = Int(min(max(try machine.toIntegerOrInfinity(call[1]), 0), Double(length - start)))
            }
            guard length + items.count - deleted <= 9_007_199_254_740_991 else {
                throw machine.typeError("Invalid array length")
            }
            if machine.isPlainArray(object.offset), length == (try machine.lengthOfArrayLike(object.offset)),
                let fast = try machine.sliceDense(object, start, deleted),
                try machine.resizeGap(object.offset, at: start, remove: deleted, insert: items.count) {
                for (index, item) in items.enumerated() { machine.setPlainElement(object.offset, start + index, item) }
                return fast
            }
            let result = try machine.arraySpeciesCreate(object, Value(deleted))
            for index in 0..<deleted {
                try machine.charge(2)
                let key = try machine.integerKey(start + index)
                if try machine.hasProperty(object.offset, key) {
                    try machine.createDataPropertyOrThrow(
                        result.offset, try machine.integerKey(index), try machine.get(object.offset, key))
                }
            }
            try machine.put(result.offset, machine.key(.length), Value(deleted))
            if items.count != deleted {
                try machine.move(
                    object.offset, from: start + deleted, to: start + items.count, count: length - start - deleted)
                var index = length
                while index > length - deleted + items.count {
                    index -= 1
                    try machine.charge(1)
                    try machine.deletePropertyOrThrow(object.offset, try machine.integerKey(index))
                }
            }
            for (index, item) in items.enumerated() {
                try machine.put(object.offset, try machine.integerKey(start + index), item)
            }
            try machine.put(object.offset, machine.key(.length), Value(length - deleted + items.count))
            return result
        },
        Builtin("concat", 1) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let result = try machine.arraySpeciesCreate(object, .zero)
            var next = 0
            for item in [object] + call.arguments() {
                var spreads = false
                if item.isObject {
                    let flag = try machine.get(item.offset, machine.symbolKey(.isConcatSpreadable))
                    spreads = flag.isUndefined ? try machine.isArray(item) : machine.toBoolean(flag)
                }
                if spreads {
                    let length = try machine.lengthOfArrayLike(item.offset)
                    guard next + length <= 9_007_199_254_740_991 else { throw machine.typeError("Invalid array length") }
                    if machine.isPlainArray(result.offset), next == (try machine.lengthOfArrayLike(result.offset)),
                        try machine.appendPlain(item.offset, to: result.offset) {
                        next += length
                        continue
                    }
                    for index in 0..<length {
                        try machine.charge(1)
                        let key = try machine.integerKey(index)
                        if try machine.hasProperty(item.offset, key) {
                            try machine.createDataPropertyOrThrow(
                                result.offset, try machine.integerKey(next + index), try machine.get(item.offset, key))
                        }
                    }
                    next += length
                } else {
                    try machine.createDataPropertyOrThrow(result.offset, try machine.integerKey(next), item)
                    next += 1
                }
            }
            try machine.put(result.offset, machine.key(.length), Value(next))
            return result
        },
        Builtin("join", 1) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            let separator = call[0].isUndefined ? try machine.makeString(",") : try machine.toStringValue(call[0])
            return try machine.join(object, length, separator)
        },
        Builtin("toString", 0) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let join = try machine.get(object.offset, machine.key("join"))
            if machine.isCallable(join) { return try machine.call(join, this: object) }
            return try machine.objectToString(object)
        },
        Builtin("toLocaleString", 0) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            var text = machine.emptyString
            for index in 0..<length {
                try machine.charge(2)
                if index > 0 { text = try machine.concatenate(text, try machine.makeString(",")) }
                let value = try machine.get(object.offset, try machine.integerKey(index))
                if value.isNullish { continue }
                let method = try machine.getV(value, machine.key("toLocaleString"))
                text = try machine.concatenate(text, try machine.toStringValue(try machine.call(method, this: value)))
            }
            return text
        },
        Builtin("reverse", 0) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            if try machine.reversePlain(object.offset) { return object }
            var lower = 0
            while lower < length / 2 {
                try machine.charge(4)
                let low = try machine.integerKey(lower), high = try machine.integerKey(length - 1 - lower)
                let hasLow = try machine.hasProperty(object.offset, low)
                let lowValue = hasLow ? try machine.get(object.offset, low) : .undefined
                let hasHigh = try machine.hasProperty(object.offset, high)
                let highValue = hasHigh ? try machine.get(object.offset, high) : .undefined
                if hasHigh { try machine.put(object.offset, low, highValue) }
                else if hasLow { try machine.deletePropertyOrThrow(object.offset, low) }
                if hasLow { try machine.put(object.offset, high, lowValue) }
                else if hasHigh { try machine.deletePropertyOrThrow(object.offset, high) }
                lower += 1
            }
            return object
        },
        Builtin("indexOf", 1) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            if length == 0 { return Value(Int32(-1)) }
            var index = try machine.relativeIndex(call[1], length, default: 0)
            if let found = try machine.indexInPlain(object.offset, call[0], from: index, length: length) { return Value(found) }
            while index < length {
                try machine.charge(1)
                let key = try machine.integerKey(index)
                if try machine.hasProperty(object.offset, key),
                    try machine.strictlyEqual(try machine.get(object.offset, key), call[0]) { return Value(index) }
                index += 1
            }
            return Value(Int32(-1))
        },
        Builtin("lastIndexOf", 1) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            if length == 0 { return Value(Int32(-1)) }
            var index = length - 1
            if call.argumentCount > 1 {
                let from = try machine.toIntegerOrInfinity(call[1])
                index = from >= 0 ? Int(min(from, Double(length - 1))) : Int(max(from + Double(length), -1))
            }
            if let found = try machine.indexInPlain(object.offset, call[0], from: index, length: length, backwards: true) {
                return Value(found)
            }
            while index >= 0 {
                try machine.charge(1)
                let key = try machine.integerKey(index)
                if try machine.hasProperty(object.offset, key),
                    try machine.strictlyEqual(try machine.get(object.offset, key), call[0]) { return Value(index) }
                index -= 1
            }
            return Value(Int32(-1))
        },
        Builtin("includes", 1) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            if length == 0 { return .false }
            var index = try machine.relativeIndex(call[1], length, default: 0)
            if let found = try machine.indexInPlain(
                object.offset, call[0], from: index, length: length, sameValueZero: true) {
                return Value(found >= 0)
            }
            while index < length {
                try machine.charge(1)
                if try machine.sameValueZero(try machine.get(object.offset, try machine.integerKey(index)), call[0]) {
                    return .true
                }
                index += 1
            }
            return .false
        },
        Builtin("at", 1) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            let relative = try machine.toIntegerOrInfinity(call[0])
            let index = relative < 0 ? relative + Double(length) : relative
            guard index >= 0, index < Double(length) else { return .undefined }
            return try machine.get(object.offset, try machine.integerKey(Int(index)))
        },
        Builtin("fill", 1) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            var index = try machine.relativeIndex(call[1], length, default: 0)
            let end = try machine.relativeIndex(call[2], length, default: length)
            if try machine.fillDense(object.offset, from: index, to: end, call[0]) { return object }
            while index < end {
                try machine.charge(1)
                try machine.put(object.offset, try machine.integerKey(index), call[0])
                index += 1
            }
            return object
        },
        Builtin("copyWithin", 2) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            let to = try machine.relativeIndex(call[0], length, default: 0)
            let from = try machine.relativeIndex(call[1], length, default: 0)
            let end = try machine.relativeIndex(call[2], length, default: length)
            try machine.move(object.offset, from: from, to: to, count: min(end - from, length - to))
            return object
        },
        Builtin("flat", 0) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            let depth = call[0].isUndefined ? 1 : try machine.toIntegerOrInfinity(call[0])
            let result = try machine.arraySpeciesCreate(object, .zero)
            // An explicit stack: nesting is the guest's.
            var stack: [(object: UInt32, index: Int, length: Int, depth: Double)] = [(object.offset, 0, length, depth)]
            var next = 0
            while var top = stack.popLast() {
                guard top.index < top.length else { continue }
                try machine.charge(2)
                let key = try machine.integerKey(top.index)
                top.index += 1
                stack.append(top)
                guard try machine.hasProperty(top.object, key) else { continue }
                let value = try machine.get(top.object, key)
                if top.depth > 0, try machine.isArray(value) {
                    guard stack.count < 10_000 else { throw machine.rangeError("Maximum call stack size exceeded") }
                    stack.append((value.offset, 0, try machine.lengthOfArrayLike(value.offset), top.depth - 1))
                } else {
                    try machine.createDataPropertyOrThrow(result.offset, try machine.integerKey(next), value)
                    next += 1
                }
            }
            return result
        },
        Builtin("toReversed", 0) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            guard length < 0xFFFF_FFFF else { throw machine.rangeError("Invalid array length") }
            let result = try machine.makeArray(length: 0, capacity: 0)
            for index in 0..<length {
                try machine.charge(1)
                try machine.appendToArray(
                    result.offset, try machine.get(object.offset, try machine.integerKey(length - 1 - index)))
            }
            return result
        },
        Builtin("with", 2) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            let relative = try machine.toIntegerOrInfinity(call[0])
            let target = relative < 0 ? relative + Double(length) : relative
            guard target >= 0, target < Double(length), length < 0xFFFF_FFFF else { throw machine.rangeError("Invalid index : \(machine.describe(Value(number: relative)))") }
            let result = try machine.makeArray(length: 0, capacity: 0)
            for index in 0..<length {
                try machine.charge(1)
                try machine.appendToArray(
                    result.offset,
                    Double(index) == target ? call[1] : try machine.get(object.offset, try machine.integerKey(index)))
            }
            return result
        },
        Builtin("toSpliced", 2) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            let length = try machine.lengthOfArrayLike(object.offset)
            let start = try machine.relativeIndex(call[0], length, default: 0)
            var skip = 0
            if call.argumentCount == 1 { skip = length - start }
            else if call.argumentCount > 1 {
                skip = Int(min(max(try machine.toIntegerOrInfinity(call[1]), 0), Double(length - start)))
            }
            let total = length - skip + max(0, call.argumentCount - 2)
            guard total <= 9_007_199_254_740_991 else { throw machine.typeError("Invalid array length") }
            guard total <= 0xFFFF_FFFF else { throw machine.rangeError("Invalid array length") }
            let result = try machine.makeArray(length: 0, capacity: 0)
            func copy(_ from: Int, _ to: Int) throws(Thrown) {
                var index = from
                while index < to {
                    try machine.charge(1)
                    try machine.appendToArray(result.offset, try machine.get(object.offset, try machine.integerKey(index)))
                    index += 1
                }
            }
            try copy(0, start)
            for item in call.arguments(from: 2) { try machine.appendToArray(result.offset, item) }
            try copy(start + skip, length)
            return result
        },
        Builtin("keys", 0) { (machine, call) throws(Thrown) in
            try machine.makeBuiltinIterator(.arrayIteratorPrototype, over: try machine.toObject(call.this), gives: 0)
        },
        Builtin("values", 0) { (machine, call) throws(Thrown) in
            try machine.makeBuiltinIterator(.arrayIteratorPrototype, over: try machine.toObject(call.this), gives: 1)
        },
        Builtin("entries", 0) { (machine, call) throws(Thrown) in
            try machine.makeBuiltinIterator(.arrayIteratorPrototype, over: try machine.toObject(call.this), gives: 2)
        },
    ]
}

extension Machine {
    /// Moves elements as copyWithin does: holes are moved too.
    func move(_ object: UInt32, from: Int, to: Int, count: Int) throws(Thrown) {
        var step = 0
        while step < count {
            try charge(2)
            let offset = from < to ? count - 1 - step : step
            let source = try integerKey(from + offset), target = try integerKey(to + offset)
            if try hasProperty(object, source) {
                try put(object, target, try get(object, source))
            } else {
                try deletePropertyOrThrow(object, target)
            }
            step += 1
        }
    }

    func join(_ object: Value, _ length: Int, _ separator: Value) throws(Thrown) -> Value {
        // Cyclic arrays join as the empty string.
        if joinStack.contains(object.offset) { return emptyString }
        joinStack.append(object.offset)
        defer { joinStack.removeLast() }
        if length == 1 {
            let value = try get(object.offset, PropertyKey(index: 0))
            return value.isNullish ? emptyString : try toStringValue(value)
        }
        var text = try TextBuilder(self)
        let between = try flat(separator)
        for index in 0..<length {
            try charge(2)
            if index > 0 { try text.append(between, from: 0, to: between.count) }
            let value = try get(object.offset, try integerKey(index))
            if value.isInt {
                try text.append(number: value.int)
            } else if !value.isNullish {
                let part = try flat(try toStringValue(value))
                try charge(part.count / 16)
                try text.append(part, from: 0, to: part.count)
            }
        }
        return try text.finish()
    }
}
