import TerrariumEngine
import TerrariumText

/// Values to JSON text (ECMA-262 §25.5.2), as long as no guest code has to run: at the first `toJSON`, getter, replacer or
/// proxy it stops with `needsGuestCode`, and `SelfHostedSource.json` does it all over. Nothing has been observable then.
struct JSONWriter {
    let machine: Machine
    var output: TextBuilder
    private(set) var needsGuestCode = false
    private var properties: [PropertyKey]?
    private var gap: [UInt16] = []
    private var indent: [UInt16] = []
    /// The objects around the value that is being written, and the keys that led to them.
    private var stack: [(object: UInt32, key: PropertyKey)] = []

    init(machine: Machine) throws(Thrown) {
        self.machine = machine
        output = try TextBuilder(machine)
    }

    /// Takes the arguments that are plain.
    mutating func prepare(replacer: Value, space: Value) throws(Thrown) {
        if replacer.isObject {
            guard let list = machine.denseArray(replacer) else { throw stop() }
            var keys: [PropertyKey] = []
            for index in 0..<list.count {
                try machine.charge(2 + keys.count / 8)
                let item = machine.loadDense(list, index)
                if item.isObject { throw stop() }
                guard item.isString || item.isNumber else { continue }
                let key = try machine.propertyKey(string: try machine.toStringValue(item))
                if !keys.contains(key) { keys.append(key) }
            }
            properties = keys
        }
        if space.isObject { throw stop() }
        if space.isNumber {
            let count = Int(min(max(try machine.toIntegerOrInfinity(space), 0), 10))
            gap = [UInt16](repeating: 32, count: count)
        } else if space.isString {
            gap = Array(try machine.flat(space).units.prefix(10))
        }
    }

    /// Ends the attempt.
    private mutating func stop() -> Thrown {
        needsGuestCode = true
        return .exception
    }

    /// A value without a holder of its own; false when it has no JSON form.
    mutating func write(_ value: Value) throws(Thrown) -> Bool { try write(value, key: machine.key(.empty)) }

    /// SerializeJSONProperty of a value that was got from its holder; false when the value has no JSON form.
    private mutating func write(_ start: Value, key: PropertyKey) throws(Thrown) -> Bool {
        var value = start
        if value.isInt {
            try machine.charge(4)
            try output.append(number: value.int)
            return true
        }
        try machine.charge(12)
        if value.isObject || value.isBigInt {
            guard let toJSON = try machine.valueWithoutGuestCode(value, machine.key(.toJSON)) else { throw stop() }
            if machine.isCallable(toJSON) {
                guard try machine.isPlainDate(value, toJSON: toJSON) else { throw stop() }
                value = try machine.call(toJSON, this: value, try machine.keyValue(key))
            }
        }
        if value.isObject {
            switch machine.kind(of: value.offset) {
            case CellKind.numberWrapper, CellKind.stringWrapper, CellKind.proxy: throw stop()
            case CellKind.booleanWrapper, CellKind.bigIntWrapper: value = machine.field(value.offset, 0)
            default: break
            }
        }
        if value.isString { try quote(value) }
        else if value.isInt { try output.append(number: value.int) }
        else if value.isNull || value.isBoolean { try output.append(try machine.toStringValue(value)) }
        else if value.isNumber {
            if value.number.isFinite { try output.append(primitive: value) } else { try output.append(try machine.toStringValue(.null)) }
        }
        else if value.isBigInt { throw machine.typeError("Do not know how to serialize a BigInt") }
        else if value.isObject, !machine.isCallable(value) {
            if machine.kind(of: value.offset) == CellKind.rawJSON {
                try output.append(try machine.toStringValue(try machine.get(value.offset, machine.key("rawJSON"))))
            } else if machine.kind(of: value.offset) == CellKind.array {
                try array(value, key)
            } else {
                try object(value, key)
            }
        } else {
            return false
        }
        return true
    }

    /// A string as JSON text.
    mutating func write(string: Value) throws(Thrown) { try quote(string) }

    private mutating func quote(_ string: Value) throws(Thrown) {
        let text = try machine.flat(string)
        try machine.charge(text.count / 16)
        try output.append(34)
        var position = 0
        while position < text.count {
            // Wide text also has surrogates to look at.
            let end = text.isLatin1 ? text.jsonStringEnd(from: position) : plainEnd(text, position)
            try output.append(text, from: position, to: end)
            guard end < text.count else { break }
            try escape(text[end])
            position = end + 1
            try machine.keepWatch(position)
        }
        try output.append(34)
    }

    /// First unit from `start` on that is escaped.
    private func plainEnd(_ text: FlatString, _ start: Int) -> Int {
        var index = start
        while index < text.count {
            let unit = text[index]
            if unit == 34 || unit == 92 || unit < 32 { return index }
            if unit & 0xF800 == 0xD800 {
                guard unit < 0xDC00, index + 1 < text.count, text[index + 1] & 0xFC00 == 0xDC00 else { return index }
                index += 1
            }
            index += 1
        }
        return text.count
    }

    private mutating func escape(_ unit: UInt16) throws(Thrown) {
        try output.append(92)
        switch unit {
        case 34, 92: try output.append(unit)
        case 8: try output.append(98)
        case 12: try output.append(102)
        case 10: try output.append(110)
        case 13: try output.append(114)
        case 9: try output.append(116)
        default:
            try output.append(117)
            for shift in [UInt16(12), 8, 4, 0] {
                let digit = unit >> shift & 15
                try output.append(digit < 10 ? 48 + digit : 87 + digit)
            }
        }
    }

    private mutating func newLine() throws(Thrown) {
        try output.append(10)
        for unit in indent { try output.append(unit) }
    }

    private mutating func enter(_ value: Value, _ key: PropertyKey) throws(Thrown) {
        if let start = stack.firstIndex(where: { $0.object == value.offset }) { throw circular(start, key) }
        guard stack.count < 10_000, !machine.isNativeStackExhausted else {
            throw machine.rangeError("Maximum call stack size exceeded")
        }
        stack.append((value.offset, key))
        indent += gap
    }

    private mutating func leave() {
        stack.removeLast()
        indent.removeLast(gap.count)
    }

    /// The error for a cycle, in V8's form: where it starts, the way, the property that closes it.
    private func circular(_ start: Int, _ key: PropertyKey) -> Thrown {
        func name(_ key: PropertyKey) -> String { key.isIndex ? "index \(key.index)" : "property '\(machine.describe(key))'" }
        func line(_ index: Int) -> String {
            "\n    |     \(name(stack[index].key)) -> object with constructor '\(machine.constructorName(stack[index].object))'"
        }
        var text = "Converting circular structure to JSON\n    --> starting at object with constructor '"
            + machine.constructorName(stack[start].object) + "'"
        let way = (start + 1)..<max(start + 1, stack.count)
        for index in way.prefix(2) { text += line(index) }
        if way.count > 3 { text += "\n    |     ..." }
        if way.count > 2 { text += line(way.upperBound - 1) }
        return machine.typeError(text + "\n    --- \(name(key)) closes the circle")
    }

    private mutating func array(_ value: Value, _ key: PropertyKey) throws(Thrown) {
        try enter(value, key)
        try output.append(91)
        let length = try machine.lengthOfArrayLike(value.offset)
        for index in 0..<length {
            if index > 0 { try output.append(44) }
            if !gap.isEmpty { try newLine() }
            try machine.charge(1)
            let key = try machine.integerKey(index)
            guard let element = try machine.valueWithoutGuestCode(value, key) else { throw stop() }
            if !(try write(element, key: key)) {
                try output.append(try machine.toStringValue(.null))
            }
        }
        leave()
        if length > 0, !gap.isEmpty { try newLine() }
        try output.append(93)
    }

    private mutating func object(_ value: Value, _ key: PropertyKey) throws(Thrown) {
        try enter(value, key)
        try output.append(123)
        var isFirst = true
        if let properties {
            for key in properties {
                guard let element = try machine.valueWithoutGuestCode(value, key) else { throw stop() }
                try member(key, element, &isFirst)
            }
        } else {
            try machine.forEachEnumerableOwn(value.offset) { (key, element) throws(Thrown) in
                guard let element else { throw stop() }
                try member(key, element, &isFirst)
            }
        }
        leave()
        if !isFirst, !gap.isEmpty { try newLine() }
        try output.append(125)
    }

    private mutating func member(_ key: PropertyKey, _ element: Value, _ isFirst: inout Bool) throws(Thrown) {
        // Most of what has no JSON form is known before anything is written.
        if element.isUndefined || element.isSymbol { return }
        let mark = output.count
        if !isFirst { try output.append(44) }
        if !gap.isEmpty { try newLine() }
        try quote(try machine.keyValue(key))
        try output.append(58)
        if !gap.isEmpty { try output.append(32) }
        if try write(element, key: key) { isFirst = false } else { output.truncate(to: mark) }
    }
}

extension Machine {
    /// Whether `toJSON` of a value is that of dates, and calls nothing that the guest has changed.
    fileprivate func isPlainDate(_ value: Value, toJSON: Value) throws(Thrown) -> Bool {
        guard value.isObject, kind(of: value.offset) == CellKind.date, isLibraryFunction(toJSON, "toJSON") else { return false }
        for (key, name) in [
            (symbolKey(.toPrimitive), "[Symbol.toPrimitive]"), (key("valueOf"), "valueOf"), (key("toISOString"), "toISOString"),
        ] {
            guard let method = try valueWithoutGuestCode(value, key), isLibraryFunction(method, name) else { return false }
        }
        return true
    }
}
