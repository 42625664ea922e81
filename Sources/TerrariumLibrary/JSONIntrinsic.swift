import TerrariumCage
import TerrariumEngine
import TerrariumText

/// JSON (ECMA-262 §25.5).
extension RealmBuilder {
    func buildJSON() throws(Thrown) {
        let json = try object()
        try install(
            [
                Builtin("parse", 2) { (machine, call) throws(Thrown) in
                    let text = try machine.flat(try machine.toStringValue(call[0]))
                    try machine.charge(text.count / 4)
                    var parser = JSONParser(machine: machine, text: text)
                    let value = try parser.parse()
                    guard machine.isCallable(call[1]) else { return value }
                    let holder = try machine.makeObject()
                    try machine.createDataPropertyOrThrow(holder.offset, machine.key(""), value)
                    return try machine.internalize(holder, machine.key(""), call[1], depth: 0)
                },
                Builtin("stringify", 3) { (machine, call) throws(Thrown) in
                    var writer = JSONWriter(machine: machine)
                    try writer.prepare(replacer: call[1], space: call[2])
                    let holder = try machine.makeObject()
                    try machine.createDataPropertyOrThrow(holder.offset, machine.key(""), call[0])
                    guard try writer.write(key: machine.key(""), holder: holder) else { return .undefined }
                    return try machine.makeString(units: writer.output)
                },
            ], on: json)
        try define(json, "@@toStringTag", try machine.makeString("JSON"), attributes: Attribute.configurable)
        try define(intrinsic(.global), "JSON", Value(object: json))
        setIntrinsic(.json, json)
    }
}

/// A JSON text to values. Nesting is kept on an explicit stack.
public struct JSONParser {
    let machine: Machine
    let text: FlatString
    var position = 0

    private enum Container {
        case array(UInt32)
        case object(UInt32, PropertyKey)
    }

    public init(machine: Machine, text: FlatString) {
        self.machine = machine
        self.text = text
    }

    private func unit() -> UInt16? { position < text.count ? text[position] : nil }

    private mutating func skipSpace() {
        while position < text.count {
            let unit = text[position]
            guard unit == 32 || unit == 10 || unit == 13 || unit == 9 else { return }
            position += 1
        }
    }

    private func failure() -> Thrown {
        guard position < text.count else { return machine.syntaxError("Unexpected end of JSON input") }
        let all = text.units
        let token = String(decoding: [all[position]], as: UTF16.self)
        let source = String(decoding: all.prefix(40), as: UTF16.self)
        let shown = all.count > 40 ? "\"\(source)\"... " : "\"\(source)\" "
        return machine.syntaxError("Unexpected token '\(token)', \(shown)is not valid JSON")
    }

    public mutating func parse() throws(Thrown) -> Value {
        var stack: [Container] = []
        while true {
            skipSpace()
            var value: Value
            guard let first = unit() else { throw failure() }
            switch first {
            case 123:
                position += 1
                skipSpace()
                let object = try machine.makeObject()
                if unit() == 125 {
                    position += 1
                    value = object
                } else {
                    stack.append(.object(object.offset, try key(first: true)))
                    continue
                }
            case 91:
                position += 1
                skipSpace()
                let array = try machine.makeArray(length: 0, capacity: 0)
                if unit() == 93 {
                    position += 1
                    value = array
                } else {
                    stack.append(.array(array.offset))
                    continue
                }
            case 34: value = try string()
            case 45, 48...57: value = try number()
            case 116: value = try word("true", .true)
            case 102: value = try word("false", .false)
            case 110: value = try word("null", .null)
            default: throw failure()
            }
            // A value is complete: it closes as many containers as end here.
            while true {
                guard let top = stack.last else {
                    skipSpace()
                    if position < text.count {
                        throw machine.syntaxError("Unexpected non-whitespace character after JSON at position \(position)")
                    }
                    return value
                }
                switch top {
                case .array(let array):
                    try machine.appendToArray(array, value)
                    skipSpace()
                    if unit() == 44 { position += 1; break }
                    guard unit() == 93 else { throw failure() }
                    position += 1
                    value = Value(object: array)
                    stack.removeLast()
                    continue
                case .object(let object, let name):
                    try machine.createDataPropertyOrThrow(object, name, value)
                    skipSpace()
                    if unit() == 44 {
                        position += 1
                        skipSpace()
                        stack[stack.count - 1] = .object(object, try key(first: false))
                        break
                    }
                    guard unit() == 125 else { throw failure() }
                    position += 1
                    value = Value(object: object)
                    stack.removeLast()
                    continue
                }
                break
            }
            try machine.charge(2)
        }
    }

    private mutating func key(first: Bool) throws(Thrown) -> PropertyKey {
        guard unit() == 34 else {
            if position >= text.count { throw failure() }
            throw machine.syntaxError(
                first ? "Expected property name or '}' in JSON at position \(position)"
                    : "Expected double-quoted property name in JSON at position \(position)")
        }
        let name = try string()
        skipSpace()
        guard unit() == 58 else { throw failure() }
        position += 1
        return try machine.propertyKey(string: name)
    }

    private mutating func word(_ word: StaticString, _ value: Value) throws(Thrown) -> Value {
        for expected in word.description.utf16 {
            guard unit() == expected else { throw failure() }
            position += 1
        }
        return value
    }

    private mutating func number() throws(Thrown) -> Value {
        let start = position
        if unit() == 45 { position += 1 }
        guard let first = unit(), first >= 48, first <= 57 else { throw failure() }
        var isInteger = true
        func digit(_ unit: UInt16?) -> Bool { unit.map { $0 >= 48 && $0 <= 57 } ?? false }
        if first == 48 { position += 1 } else { while digit(unit()) { position += 1 } }
        if unit() == 46 {
            isInteger = false
            position += 1
            guard digit(unit()) else { throw failure() }
            while digit(unit()) { position += 1 }
        }
        if let exponent = unit(), exponent | 32 == 101 {
            isInteger = false
            position += 1
            if unit() == 43 || unit() == 45 { position += 1 }
            guard digit(unit()) else { throw failure() }
            while digit(unit()) { position += 1 }
        }
        if isInteger, position - start <= 9, first != 45 || text[start] != 45 {
            var value: Int32 = 0
            for index in start..<position { value = value &* 10 &+ Int32(text[index]) &- 48 }
            return Value(value)
        }
        var bytes: [UInt8] = []
        for index in start..<position { bytes.append(UInt8(truncatingIfNeeded: text[index])) }
        return Value(number: NumberParsing.stringToNumber(bytes))
    }

    private mutating func string() throws(Thrown) -> Value {
        position += 1
        let start = position
        while let unit = unit(), unit != 34, unit != 92, unit >= 32 { position += 1 }
        if unit() == 34 {
            position += 1
            if text.isLatin1 {
                return try machine.makeString(
                    latin1: text.cage.bytes(at: text.data &+ UInt32(truncatingIfNeeded: start), count: position - 1 - start))
            }
            return try machine.makeString(
                units: text.cage.units(at: text.data &+ UInt32(truncatingIfNeeded: start * 2), count: position - 1 - start))
        }
        var units: [UInt16] = []
        for index in start..<position { units.append(text[index]) }
        while let next = unit() {
            if next == 34 {
                position += 1
                return try machine.makeString(units: units)
            }
            if next < 32 { throw machine.syntaxError("Bad control character in string literal in JSON at position \(position)") }
            position += 1
            guard next == 92 else { units.append(next); continue }
            guard let escape = unit() else { break }
            position += 1
            switch escape {
            case 34, 47, 92: units.append(escape)
            case 98: units.append(8)
            case 102: units.append(12)
            case 110: units.append(10)
            case 114: units.append(13)
            case 116: units.append(9)
            case 117:
                var value: UInt16 = 0
                for _ in 0..<4 {
                    let digit = unit().map { NumberParsing.digitValue($0) } ?? 99
                    guard digit < 16 else { throw machine.syntaxError("Bad Unicode escape in JSON at position \(position)") }
                    value = value << 4 | UInt16(digit)
                    position += 1
                }
                units.append(value)
            default: throw machine.syntaxError("Bad escaped character in JSON at position \(position - 1)")
            }
        }
        throw machine.syntaxError("Unterminated string in JSON at position \(position)")
    }
}

extension Machine {
    /// InternalizeJSONProperty. Runs guest code.
    func internalize(_ holder: Value, _ key: PropertyKey, _ reviver: Value, depth: Int) throws(Thrown) -> Value {
        guard depth < 500 else { throw rangeError("Maximum call stack size exceeded") }
        let value = try get(holder.offset, key)
        if value.isObject {
            let keys: [PropertyKey]
            if try isArray(value) {
                let length = try lengthOfArrayLike(value.offset)
                try charge(length)
                keys = try (0..<length).map { (index) throws(Thrown) in try integerKey(index) }
            } else {
                keys = try ownPropertyKeys(value.offset).filter { !$0.isSymbol }
            }
            for key in keys {
                let element = try internalize(value, key, reviver, depth: depth + 1)
                if element.isUndefined { _ = try deleteProperty(value.offset, key) }
                else { _ = try createDataProperty(value.offset, key, element) }
            }
        }
        return try call(reviver, this: holder, try keyValue(key), value)
    }
}
