import TerrariumEngine

/// Values to JSON text (ECMA-262 §25.5.2). `toJSON`, replacers and getters run guest code.
struct JSONWriter {
    let machine: Machine
    var output: [UInt16] = []
    private var replacer = Value.undefined
    private var properties: [PropertyKey]?
    private var gap: [UInt16] = []
    private var indent: [UInt16] = []
    private var stack: [UInt32] = []

    init(machine: Machine) { self.machine = machine }

    mutating func prepare(replacer: Value, space: Value) throws(Thrown) {
        if machine.isCallable(replacer) {
            self.replacer = replacer
        } else if replacer.isObject, try machine.isArray(replacer) {
            var list: [PropertyKey] = []
            for index in 0..<(try machine.lengthOfArrayLike(replacer.offset)) {
                try machine.charge(2)
                let item = try machine.get(replacer.offset, try machine.integerKey(index))
                var isName = item.isString || item.isNumber
                if item.isObject {
                    let kind = machine.kind(of: item.offset)
                    isName = kind == CellKind.stringWrapper || kind == CellKind.numberWrapper
                }
                guard isName else { continue }
                let key = try machine.propertyKey(string: try machine.toStringValue(item))
                if !list.contains(key) { list.append(key) }
            }
            properties = list
        }
        var space = space
        if space.isObject {
            let kind = machine.kind(of: space.offset)
            if kind == CellKind.numberWrapper { space = try machine.toNumber(space) }
            else if kind == CellKind.stringWrapper { space = try machine.toStringValue(space) }
        }
        if space.isNumber {
            let count = Int(min(max(try machine.toIntegerOrInfinity(space), 0), 10))
            gap = [UInt16](repeating: 32, count: count)
        } else if space.isString {
            gap = Array(try machine.flat(space).units.prefix(10))
        }
    }

    private mutating func put(_ text: StaticString) { output += Array(text.description.utf16) }

    /// SerializeJSONProperty; false when the value has no JSON form.
    mutating func write(key: PropertyKey, holder: Value) throws(Thrown) -> Bool {
        try machine.charge(3)
        if output.count * 2 > machine.limits.heap { throw machine.outOfHeap() }
        var value = try machine.get(holder.offset, key)
        if value.isObject || value.isBigInt {
            let toJSON = try machine.getV(value, machine.key(.toJSON))
            if machine.isCallable(toJSON) { value = try machine.call(toJSON, this: value, try machine.keyValue(key)) }
        }
        if !replacer.isUndefined { value = try machine.call(replacer, this: holder, try machine.keyValue(key), value) }
        if value.isObject {
            switch machine.kind(of: value.offset) {
            case CellKind.numberWrapper: value = try machine.toNumber(value)
            case CellKind.stringWrapper: value = try machine.toStringValue(value)
            case CellKind.booleanWrapper, CellKind.bigIntWrapper: value = machine.field(value.offset, 0)
            default: break
            }
        }
        if value.isNull { put("null") }
        else if value.isBoolean { if value == .true { put("true") } else { put("false") } }
        else if value.isString { try quote(value) }
        else if value.isNumber {
            if value.number.isFinite { output += try machine.flat(try machine.toStringValue(value)).units } else { put("null") }
        }
        else if value.isBigInt { throw machine.typeError("Do not know how to serialize a BigInt") }
        else if value.isObject, !machine.isCallable(value) {
            if machine.kind(of: value.offset) == CellKind.rawJSON {
                output += try machine.flat(try machine.toStringValue(try machine.get(value.offset, machine.key("rawJSON")))).units
            } else if try machine.isArray(value) { try array(value) } else { try object(value) }
        } else {
            return false
        }
        return true
    }

    private mutating func quote(_ string: Value) throws(Thrown) {
        let text = try machine.flat(string)
        try machine.charge(text.count / 8)
        output.append(34)
        for index in 0..<text.count {
            let unit = text[index]
            switch unit {
            case 34, 92: output.append(92); output.append(unit)
            case 8: put("\\b")
            case 12: put("\\f")
            case 10: put("\\n")
            case 13: put("\\r")
            case 9: put("\\t")
            case 0..<32: escape(unit)
            case 0xD800...0xDFFF:
                let isPair = unit < 0xDC00
                    ? index + 1 < text.count && text[index + 1] & 0xFC00 == 0xDC00
                    : index > 0 && text[index - 1] & 0xFC00 == 0xD800
                if isPair { output.append(unit) } else { escape(unit) }
            default: output.append(unit)
            }
        }
        output.append(34)
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = Array("0123456789abcdef".utf16)
        output += [92, 117]
        for shift in [UInt16(12), 8, 4, 0] { output.append(digits[Int(unit >> shift & 15)]) }
    }

    private mutating func enter(_ value: Value) throws(Thrown) {
        if stack.contains(value.offset) {
            throw machine.typeError(
                "Converting circular structure to JSON\n    --> starting at object with constructor '\(machine.constructorName(value.offset))'\n    --- property closes the circle")
        }
        guard stack.count < 1000 else { throw machine.rangeError("Maximum call stack size exceeded") }
        stack.append(value.offset)
    }

    private mutating func array(_ value: Value) throws(Thrown) {
        try enter(value)
        let outer = indent
        indent += gap
        output.append(91)
        let length = try machine.lengthOfArrayLike(value.offset)
        for index in 0..<length {
            if index > 0 { output.append(44) }
            if !gap.isEmpty { output.append(10); output += indent }
            if !(try write(key: try machine.integerKey(index), holder: value)) { put("null") }
        }
        if length > 0, !gap.isEmpty { output.append(10); output += outer }
        output.append(93)
        indent = outer
        stack.removeLast()
    }

    private mutating func object(_ value: Value) throws(Thrown) {
        try enter(value)
        let outer = indent
        indent += gap
        output.append(123)
        var isFirst = true
        var keys: [PropertyKey]
        if let properties { keys = properties } else { keys = try machine.enumerableStringKeys(value.offset) }
        for key in keys {
            let mark = output.count
            if !isFirst { output.append(44) }
            if !gap.isEmpty { output.append(10); output += indent }
            try quote(try machine.keyValue(key))
            output.append(58)
            if !gap.isEmpty { output.append(32) }
            if try write(key: key, holder: value) { isFirst = false } else { output.removeSubrange(mark...) }
        }
        if !isFirst, !gap.isEmpty { output.append(10); output += outer }
        output.append(125)
        indent = outer
        stack.removeLast()
    }
}
