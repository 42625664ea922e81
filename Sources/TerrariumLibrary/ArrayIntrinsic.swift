import TerrariumEngine

/// Array (ECMA-262 §23.1). The methods that take callbacks are in `SelfHosted`, those for any receiver in `ArrayGenerics`.
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
                        _ = try machine.setArrayLength(array.offset, length)
                    } else {
                        try machine.appendToArray(array.offset, call[0])
                    }
                } else {
                    for argument in call.arguments() { try machine.appendToArray(array.offset, argument) }
                }
                return array
            }, prototype: prototype,
            statics: [
                Builtin("isArray", 1, price: 6) { (machine, call) throws(Thrown) in Value(try machine.isArray(call[0])) },
                Builtin("of", 0) { (machine, call) throws(Thrown) in
                    if call.this != machine.intrinsic(.array), machine.isConstructor(call.this) {
                        return try machine.goOn(call, engine: .arrayOf)
                    }
                    let count = Value(call.argumentCount)
                    let result = machine.isConstructor(call.this)
                        ? try machine.construct(call.this, [count]) : try machine.makeArray(length: 0, capacity: 0)
                    for index in 0..<call.argumentCount {
                        try machine.charge(8)
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

    /// Each takes plain arrays itself and goes on with `ArrayGeneric` for everything else.
    static let arrayMethods: [Builtin] = [
        Builtin("push", 1, price: 16) { (machine, call) throws(Thrown) in
            guard call.this.isObject, machine.canAppend(call.this.offset) else { return try machine.goOn(call, generic: .push) }
            if call.argumentCount > 1 { try machine.charge((call.argumentCount &- 1) &* 6) }
            for index in 0..<call.argumentCount { try machine.appendToArray(call.this.offset, call[index]) }
            return Value(try machine.lengthOfArrayLike(call.this.offset))
        },
        Builtin("pop", 0, price: 1) { (machine, call) throws(Thrown) in
            if let last = try machine.popDense(call.this) { return last }
            return try machine.goOn(call, generic: .pop)
        },
        Builtin("shift", 0) { (machine, call) throws(Thrown) in
            guard call.this.isObject else { return try machine.goOn(call, generic: .shift) }
            if let result = try machine.shiftDense(call.this.offset) { return result }
            return try machine.goOn(call, generic: .shift)
        },
        Builtin("unshift", 1) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), machine.canAppend(array.object),
                try machine.openDense(array, at: 0, removing: 0, adding: call.argumentCount)
            else { return try machine.goOn(call, generic: .unshift) }
            for index in 0..<call.argumentCount { machine.storeDense(array.object, index, call[index]) }
            return Value(array.count + call.argumentCount)
        },
        Builtin("slice", 2) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), call.isIndex(0), call.isIndex(1) else {
                return try machine.goOn(call, generic: .slice)
            }
            let start = try machine.relativeIndex(call[0], array.count, default: 0)
            let end = try machine.relativeIndex(call[1], array.count, default: array.count)
            if let result = try machine.sliceDense(call.this, start, max(0, end - start)) { return result }
            return try machine.goOn(call, generic: .slice)
        },
        Builtin("splice", 2) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), machine.canAppend(array.object), call.isIndex(0), call.isIndex(1)
            else { return try machine.goOn(call, generic: .splice) }
            let start = try machine.relativeIndex(call[0], array.count, default: 0)
            let removed = try machine.spliceCount(call, array.count - start), added = max(0, call.argumentCount - 2)
            guard let result = try machine.sliceDense(call.this, start, removed),
                try machine.openDense(array, at: start, removing: removed, adding: added)
            else { return try machine.goOn(call, generic: .splice) }
            for index in 0..<added { machine.storeDense(array.object, start + index, call[index + 2]) }
            return result
        },
        Builtin("concat", 1) { (machine, call) throws(Thrown) in
            guard machine.concatIsPlain, let first = machine.denseArray(call.this),
                let result = try machine.sliceDense(call.this, 0, first.count)
            else {
                if call.this.isNullish { throw machine.typeError("Array.prototype.concat called on null or undefined") }
                return try machine.goOn(call, generic: .concat)
            }
            for index in 0..<call.argumentCount {
                let item = call[index]
                if !item.isObject {
                    try machine.appendToArray(result.offset, item)
                } else if machine.hasArrayShape(item), let array = machine.denseArray(item) {
                    try machine.appendDense(array, to: result.offset)
                } else if index == call.argumentCount - 1, machine.hasArrayShape(item), let start = machine.denseStart(item) {
                    // Holes at the end are no work.
                    let length = machine.arrayLength(result.offset) &+ machine.arrayLength(item.offset)
                    try machine.appendDense(start, to: result.offset)
                    try machine.extendArray(result.offset, to: length)
                } else {
                    return try machine.goOn(call, generic: .concat)
                }
            }
            return result
        },
        Builtin("join", 1) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), call[0].isUndefined || call[0].isString else {
                return try machine.goOn(call, generic: .join)
            }
            if let result = try machine.joinDense(array, call[0]) { return result }
            return try machine.goOn(call, generic: .join)
        },
        Builtin("toString", 0) { (machine, call) throws(Thrown) in
            let object = try machine.toObject(call.this)
            if let join = try machine.valueWithoutGuestCode(object, machine.key("join")), machine.isCallable(join) {
                return try machine.goOn(call, join, this: object, [])
            }
            return try machine.goOn(
                call, engine: .arrayText, this: object, [try machine.makeString(try machine.builtinTag(object))])
        },
        Builtin("toLocaleString", 0) { (machine, call) throws(Thrown) in try machine.goOn(call, generic: .toLocaleString) },
        Builtin("reverse", 0) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), machine.canAppend(array.object) else {
                return try machine.goOn(call, generic: .reverse)
            }
            try machine.reverseDense(array)
            return call.this
        },
        Builtin("indexOf", 1) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), call.isIndex(1) else {
                if call.this.isNullish { throw machine.typeError("Array.prototype.indexOf called on null or undefined") }
                return try machine.goOn(call, generic: .indexOf)
            }
            let start = try machine.relativeIndex(call[1], array.count, default: 0)
            return Value(try machine.searchDense(array, call[0], from: start) ?? -1)
        },
        Builtin("lastIndexOf", 1) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), call.argumentCount < 2 || call[1].isNumber else {
                return try machine.goOn(call, generic: .lastIndexOf)
            }
            var last = array.count - 1
            if call.argumentCount > 1 {
                let from = try machine.toIntegerOrInfinity(call[1])
                last = from >= 0 ? Int(min(from, Double(last))) : Int(max(from + Double(array.count), -1))
            }
            return Value(try machine.searchDense(array, call[0], backwardFrom: last) ?? -1)
        },
        Builtin("includes", 1) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), call.isIndex(1) else {
                return try machine.goOn(call, generic: .includes)
            }
            let start = try machine.relativeIndex(call[1], array.count, default: 0)
            let value = call[0]
            if value.isUndefined { return Value(try machine.searchDenseForUndefined(array, from: start)) }
            if value.isNumber, value.number.isNaN { return Value(try machine.searchDenseForNaN(array, from: start)) }
            return Value(try machine.searchDense(array, value, from: start) != nil)
        },
        Builtin("at", 1) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), call.isIndex(0) else { return try machine.goOn(call, generic: .at) }
            let relative = try machine.toIntegerOrInfinity(call[0])
            let index = relative < 0 ? relative + Double(array.count) : relative
            return index >= 0 && index < Double(array.count) ? machine.loadDense(array, Int(index)) : .undefined
        },
        Builtin("fill", 1) { (machine, call) throws(Thrown) in
            guard call.this.isObject, machine.kind(of: call.this.offset) == CellKind.array, call.isIndex(1), call.isIndex(2)
            else { return try machine.goOn(call, generic: .fill) }
            let length = try machine.lengthOfArrayLike(call.this.offset)
            let start = try machine.relativeIndex(call[1], length, default: 0)
            let end = try machine.relativeIndex(call[2], length, default: length)
            if start < end, try !machine.fillDense(call.this.offset, from: start, to: end, call[0]) {
                return try machine.goOn(call, generic: .fill)
            }
            return call.this
        },
        Builtin("copyWithin", 2) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), machine.canAppend(array.object), call.isIndex(0), call.isIndex(1),
                call.isIndex(2)
            else { return try machine.goOn(call, generic: .copyWithin) }
            let to = try machine.relativeIndex(call[0], array.count, default: 0)
            let from = try machine.relativeIndex(call[1], array.count, default: 0)
            let end = try machine.relativeIndex(call[2], array.count, default: array.count)
            guard try machine.moveDense(array, from: from, to: to, count: min(end - from, array.count - to)) else {
                return try machine.goOn(call, generic: .copyWithin)
            }
            return call.this
        },
        Builtin("flat", 0) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), call.isIndex(0) else { return try machine.goOn(call, generic: .flat) }
            let depth = call[0].isUndefined ? 1 : try machine.toIntegerOrInfinity(call[0])
            guard let result = try machine.sliceDense(call.this, 0, 0),
                try machine.flattenDense(array, depth, into: result.offset)
            else { return try machine.goOn(call, generic: .flat) }
            return result
        },
        Builtin("toReversed", 0) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this) else { return try machine.goOn(call, generic: .toReversed) }
            let result = try machine.makeArray(length: 0, capacity: UInt32(truncatingIfNeeded: array.count))
            try machine.copyDense(array, 0..<array.count, to: result.offset)
            if let copy = machine.denseArray(result) { try machine.reverseDense(copy) }
            return result
        },
        Builtin("with", 2) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), call.isIndex(0) else { return try machine.goOn(call, generic: .with) }
            let relative = try machine.toIntegerOrInfinity(call[0])
            let target = relative < 0 ? relative + Double(array.count) : relative
            guard target >= 0, target < Double(array.count) else { return try machine.goOn(call, generic: .with) }
            let result = try machine.makeArray(length: 0, capacity: UInt32(truncatingIfNeeded: array.count))
            try machine.copyDense(array, 0..<array.count, to: result.offset)
            machine.storeDense(result.offset, Int(target), call[1])
            return result
        },
        Builtin("toSpliced", 2) { (machine, call) throws(Thrown) in
            guard let array = machine.denseArray(call.this), call.isIndex(0), call.isIndex(1) else {
                return try machine.goOn(call, generic: .toSpliced)
            }
            let start = try machine.relativeIndex(call[0], array.count, default: 0)
            let skipped = try machine.spliceCount(call, array.count - start)
            let result = try machine.makeArray(length: 0, capacity: 0)
            try machine.copyDense(array, 0..<start, to: result.offset)
            for index in 0..<max(0, call.argumentCount - 2) { try machine.appendToArray(result.offset, call[index + 2]) }
            try machine.copyDense(array, (start + skipped)..<array.count, to: result.offset)
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
    /// How many elements splice and toSpliced leave out; the arguments are plain.
    fileprivate func spliceCount(_ call: NativeCall, _ limit: Int) throws(Thrown) -> Int {
        if call.argumentCount < 2 { return call.argumentCount == 0 ? 0 : limit }
        return Int(min(max(try toIntegerOrInfinity(call[1]), 0), Double(limit)))
    }
}

extension NativeCall {
    /// An argument that says where without running guest code: a number or undefined.
    fileprivate func isIndex(_ index: Int) -> Bool { self[index].isNumber || self[index].isUndefined }
}
