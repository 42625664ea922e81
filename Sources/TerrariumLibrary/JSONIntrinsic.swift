import TerrariumCage
import TerrariumEngine
import TerrariumText

/// JSON (ECMA-262 §25.5).
extension RealmBuilder {
    func buildJSON() throws(Thrown) {
        let json = try object()
        try install(
            [
                Builtin("parse", 2, coerces: "-s") { (machine, call) throws(Thrown) in
                    let text = try machine.flat(try machine.toStringValue(call[0]))
                    try machine.charge(text.count / 4)
                    var parser = JSONParser(machine: machine, text: text)
                    guard machine.isCallable(call[1]) else { return try parser.parse() }
                    parser.keepsRecords = true
                    let value = try parser.parse()
                    let holder = try machine.makeObject()
                    try machine.createDataPropertyOrThrow(holder.offset, machine.key(.empty), value)
                    return try machine.goOn(
                        call, machine.intrinsic(.jsonInternalize), this: .undefined,
                        [holder, machine.emptyString, call[1], parser.record])
                },
                Builtin("rawJSON", 1, coerces: "-s") { (machine, call) throws(Thrown) in
                    let string = try machine.toStringValue(call[0])
                    let text = try machine.flat(string)
                    try machine.charge(text.count / 2)
                    func isSpace(_ unit: UInt16) -> Bool { unit == 9 || unit == 10 || unit == 13 || unit == 32 }
                    if text.count == 0 || isSpace(text[0]) || isSpace(text[text.count - 1]) {
                        throw machine.syntaxError("Invalid value for JSON.rawJSON")
                    }
                    var parser = JSONParser(machine: machine, text: text)
                    guard try !parser.parse().isObject else { throw machine.syntaxError("Invalid value for JSON.rawJSON") }
                    let object = try machine.allocateObject(kind: CellKind.rawJSON, prototype: 0, inlineCapacity: 1)
                    try machine.createDataPropertyOrThrow(object, machine.key("rawJSON"), string)
                    _ = try machine.setIntegrityLevel(object, frozen: true)
                    return Value(object: object)
                },
                Builtin("isRawJSON", 1, price: 3) { (machine, call) throws(Thrown) in
                    Value(call[0].isObject && machine.kind(of: call[0].offset) == CellKind.rawJSON)
                },
                Builtin("stringify", 3) { (machine, call) throws(Thrown) in
                    var writer = try JSONWriter(machine: machine)
                    do throws(Thrown) {
                        try writer.prepare(replacer: call[1], space: call[2])
                        return try writer.write(call[0]) ? try writer.output.finish() : .undefined
                    } catch {
                        guard writer.needsGuestCode else { throw error }
                        return machine.goOn(call, as: machine.intrinsic(.jsonStringify))
                    }
                },
            ], on: json)
        try define(json, "@@toStringTag", try machine.makeString("JSON"), attributes: Attribute.configurable)
        try define(intrinsic(.global), "JSON", Value(object: json))
        setIntrinsic(.json, json)
        let ours = try standIns(.json)
        machine.setRealmValue(realm, .jsonInternalize, Value(object: ours[0]))
        machine.setRealmValue(realm, .jsonStringify, Value(object: ours[1]))
        let quote = machine.registerNative("", length: 1) { (machine, call) throws(Thrown) in
            var writer = try JSONWriter(machine: machine)
            try writer.write(string: call[0])
            return try writer.output.finish()
        }
        setIntrinsic(.jsonQuote, try machine.makeNativeFunction(quote, realm: realm))
    }
}

/// A JSON text to values. Nesting is kept on an explicit stack.
public struct JSONParser {
    let machine: Machine
    let text: FlatString
    var position = 0
    /// Keep parse records for a reviver. The record of a value is an array: the value, then the source text of a
    /// primitive, an array of the elements' records, or a Map from keys to the members' records.
    var keepsRecords = false
    /// Record of the last complete value.
    private(set) var record = Value.undefined

    private enum Container {
        case array(UInt32)
        case object(UInt32, PropertyKey)
        /// The next member is the one that a shape adds.
        case predicted(UInt32, shape: UInt32)
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
        switch text[position] {
        case 48...57, 45: return failure("Unexpected number")
        case 34: return failure("Unexpected string")
        default: break
        }
        // A short source is shown whole, of a longer one ten units to both sides.
        let count = text.count, context = 10
        if count <= 15 {
            let whole = shown(0, count)
            if ["NaN", "Infinity", "undefined", "[object Object]"].contains(whole) {
                return machine.syntaxError("\"\(whole)\" is not valid JSON")
            }
        }
        let isShort = count <= 2 * context
        let start = isShort || position < context ? 0 : position - context
        let end = isShort || position >= count - context && position >= context ? count : min(count, position + context)
        let before = start > 0 || !isShort && position >= context ? "..." : ""
        let after = !isShort && (position < context || end < count) ? "..." : ""
        return machine.syntaxError(
            "Unexpected token '\(shown(position, position + 1))', \(before)\"\(shown(start, end))\"\(after) is not valid JSON")
    }

    private func shown(_ start: Int, _ end: Int) -> String {
        String(decoding: (start..<max(start, min(end, text.count))).map { text[$0] }, as: UTF16.self)
    }

    private func failure(_ what: String) -> Thrown { machine.syntaxError("\(what) in JSON at position \(position)") }

    public mutating func parse() throws(Thrown) -> Value {
        var stack: [Container] = []
        // It is not moved while it grows: memory that is not touched costs nothing.
        if text.count > 1 << 16 { stack.reserveCapacity(min(text.count / 2, 1 << 20)) }
        // Elements or members of the containers' records.
        var records: [Value] = []
        while true {
            skipSpace()
            var value: Value
            let start = position
            guard let first = unit() else { throw failure() }
            switch first {
            case 123:
                position += 1
                skipSpace()
                let object = try machine.makeObject()
                if unit() == 125 {
                    position += 1
                    value = object
                    if keepsRecords { record = try machine.makeArray([object, try machine.newTable(isMap: true)]) }
                } else {
                    if keepsRecords { records.append(try machine.newTable(isMap: true)) }
                    stack.append(try member(object.offset, first: true))
                    continue
                }
            case 91:
                position += 1
                skipSpace()
                let array = try machine.makeArray(length: 0, capacity: 0)
                if unit() == 93 {
                    position += 1
                    value = array
                    if keepsRecords { record = try machine.makeArray([array, try machine.makeArray([])]) }
                } else {
                    if keepsRecords { records.append(try machine.makeArray([])) }
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
            if keepsRecords, !value.isObject { record = try primitiveRecord(value, start) }
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
                    if keepsRecords, let list = records.last { try machine.appendToArray(list.offset, record) }
                    skipSpace()
                    if unit() == 44 { position += 1; break }
                    guard unit() == 93 else { throw failure("Expected ',' or ']' after array element") }
                    position += 1
                    value = Value(object: array)
                    stack.removeLast()
                    if keepsRecords, let list = records.popLast() { record = try machine.makeArray([value, list]) }
                    continue
                case .object, .predicted:
                    let object: UInt32
                    if case .predicted(let holder, let shape) = top {
                        object = holder
                        try machine.putPredicted(object, shape, value)
                    } else if case .object(let holder, let name) = top {
                        object = holder
                        try machine.putMember(object, name, value)
                        if keepsRecords, let members = records.last {
                            try machine.tableSet(members.offset, try machine.keyValue(name), record)
                        }
                    } else {
                        throw failure()
                    }
                    skipSpace()
                    if unit() == 44 {
                        position += 1
                        skipSpace()
                        stack[stack.count - 1] = try member(object, first: false)
                        break
                    }
                    guard unit() == 125 else { throw failure("Expected ',' or '}' after property value") }
                    position += 1
                    value = Value(object: object)
                    stack.removeLast()
                    if keepsRecords, let members = records.popLast() { record = try machine.makeArray([value, members]) }
                    continue
                }
                break
            }
            try machine.charge(8)
        }
    }

    private func primitiveRecord(_ value: Value, _ start: Int) throws(Thrown) -> Value {
        try machine.makeArray([value, try machine.makeString(text, from: start, to: position)])
    }

    private mutating func member(_ object: UInt32, first: Bool) throws(Thrown) -> Container {
        if !keepsRecords, unit() == 34 {
            let start = position + 1, end = text.jsonStringEnd(from: start)
            let shape = machine.predictedShape(object, text, from: start, to: end)
            if shape != 0, end < text.count, text[end] == 34 {
                position = end + 1
                skipSpace()
                guard unit() == 58 else { throw failure("Expected ':' after property name") }
                position += 1
                return .predicted(object, shape: shape)
            }
        }
        return .object(object, try key(first: first))
    }

    private mutating func key(first: Bool) throws(Thrown) -> PropertyKey {
        try machine.charge(4)
        guard unit() == 34 else {
            throw failure(first ? "Expected property name or '}'" : "Expected double-quoted property name")
        }
        let name: PropertyKey
        let start = position + 1, end = text.jsonStringEnd(from: start)
        if end < text.count, text[end] == 34 {
            position = end + 1
            name = try machine.propertyKey(text, from: start, to: end)
        } else {
            name = try machine.propertyKey(string: try string())
        }
        skipSpace()
        guard unit() == 58 else { throw failure("Expected ':' after property name") }
        position += 1
        return name
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
        guard let first = unit(), first >= 48, first <= 57 else { throw failure("No number after minus sign") }
        var isInteger = true
        func digit(_ unit: UInt16?) -> Bool { unit.map { $0 >= 48 && $0 <= 57 } ?? false }
        if first == 48 {
            position += 1
            if digit(unit()) { throw failure("Unexpected number") }
        } else { while digit(unit()) { position += 1 } }
        if unit() == 46 {
            isInteger = false
            position += 1
            guard digit(unit()) else { throw failure("Unterminated fractional number") }
            while digit(unit()) { position += 1 }
        }
        if let exponent = unit(), exponent | 32 == 101 {
            isInteger = false
            position += 1
            if unit() == 43 || unit() == 45 { position += 1 }
            guard digit(unit()) else { throw failure("Exponent part is missing a number") }
            while digit(unit()) { position += 1 }
        }
        if isInteger, position - start <= 9 {
            let isNegative = text[start] == 45
            var value: Int32 = 0
            for index in (isNegative ? start + 1 : start)..<position { value = value &* 10 &+ Int32(text[index]) &- 48 }
            if isNegative, value == 0 { return Value(double: -0.0) }
            return Value(isNegative ? 0 &- value : value)
        }
        let place = UInt32(truncatingIfNeeded: text.isLatin1 ? start : start * 2)
        return Value(
            number: NumberParsing.stringToNumber(
                FlatString(data: text.data &+ place, count: position - start, isLatin1: text.isLatin1, cage: text.cage)))
    }

    private mutating func string() throws(Thrown) -> Value {
        position += 1
        let start = position
        position = text.jsonStringEnd(from: start)
        if unit() == 34 {
            position += 1
            return try machine.makeString(text, from: start, to: position - 1)
        }
        var builder = try TextBuilder(machine, capacity: (position - start) * 2)
        try builder.append(text, from: start, to: position)
        while let next = unit() {
            if next == 34 {
                position += 1
                return try builder.finish()
            }
            if next < 32 { throw machine.syntaxError("Bad control character in string literal in JSON at position \(position)") }
            guard next == 92 else {
                let end = text.jsonStringEnd(from: position)
                try builder.append(text, from: position, to: end)
                position = end
                continue
            }
            position += 1
            guard let escape = unit() else { throw failure() }
            position += 1
            switch escape {
            case 34, 47, 92: try builder.append(escape)
            case 98: try builder.append(8)
            case 102: try builder.append(12)
            case 110: try builder.append(10)
            case 114: try builder.append(13)
            case 116: try builder.append(9)
            case 117:
                var value: UInt16 = 0
                for _ in 0..<4 {
                    let digit = unit().map { NumberParsing.digitValue($0) } ?? 99
                    guard digit < 16 else { throw machine.syntaxError("Bad Unicode escape in JSON at position \(position)") }
                    value = value << 4 | UInt16(digit)
                    position += 1
                }
                try builder.append(value)
            default: throw machine.syntaxError("Bad escaped character in JSON at position \(position - 1)")
            }
        }
        throw machine.syntaxError("Unterminated string in JSON at position \(position)")
    }
}

extension SelfHostedSource {
    /// InternalizeJSONProperty.
    static let json = SelfHostedSource(
        name: "json", functions: [Function("JSON.parse", 4, "internalize"), Function("stringify", 3)],
        text: """
            const quote = $intrinsic(\(Intrinsic.jsonQuote.rawValue)), objectKeys = $intrinsic(\(Intrinsic.objectKeys.rawValue));
            function put(S, s) {
              $append(S.parts, s);
              if (S.parts.length > 4095) { S.text = S.text + $joinStrings(S.parts, ""); S.parts = []; } }
            function names(replacer) {
              const list = [], seen = $newTable(false), n = $lengthOf(replacer);
              for (let k = 0; k < n; k++) { const v = replacer[k];
                if (typeof v === "string" || typeof v === "number" || $hasKind(v, \(CellKind.stringWrapper)) || $hasKind(v, \(CellKind.numberWrapper))) {
                  const name = $toString(v);
                  if (!$tableHas(seen, name)) { $tableSet(seen, name, name); $append(list, name); } } }
              return list; }
            function spaces(space) {
              if ($hasKind(space, \(CellKind.numberWrapper))) space = +space;
              else if ($hasKind(space, \(CellKind.stringWrapper))) space = $toString(space);
              if (typeof space === "number") { let n = $toIntegerOrInfinity(space), s = ""; if (n > 10) n = 10;
                for (; n > 0; n--) s = s + " ";
                return s; }
              return typeof space === "string" ? $substring(space, 0, space.length < 10 ? space.length : 10) : ""; }
            function stringify(value, replacer, space) {
              let f = undefined, list = undefined, holder = undefined;
              if ($isCallable(replacer)) f = replacer; else if ($isArray(replacer)) list = names(replacer);
              const gap = spaces(space), S = { f, list, gap, indent: "\\n", parts: [], text: "", stack: [], keys: [] };
              if (f !== undefined) holder = { "": value };
              const v = convert(S, holder, "", value);
              if (!hasForm(v)) return undefined;
              emit(S, v, "");
              return S.text + $joinStrings(S.parts, ""); }
            function convert(S, holder, key, v) {
              if ($isObject(v) || typeof v === "bigint") { const f = v.toJSON; if ($isCallable(f)) v = $call(f, v, $toString(key)); }
              if (S.f !== undefined) v = $call(S.f, holder, $toString(key), v);
              if ($isObject(v)) {
                if ($hasKind(v, \(CellKind.numberWrapper))) v = +v;
                else if ($hasKind(v, \(CellKind.stringWrapper))) v = $toString(v);
                else if ($hasKind(v, \(CellKind.booleanWrapper)) || $hasKind(v, \(CellKind.bigIntWrapper))) v = $field(v, 0); }
              return v; }
            function hasForm(v) { return v !== undefined && typeof v !== "symbol" && !$isCallable(v); }
            function emit(S, v, key) {
              if (typeof v === "string") put(S, $call(quote, undefined, v));
              else if (typeof v === "number") put(S, v - v === 0 ? $toString(v) : "null");
              else if (!$isObject(v)) { if (typeof v === "bigint") $typeError("Do not know how to serialize a BigInt"); put(S, $toString(v)); }
              else if ($hasKind(v, \(CellKind.rawJSON))) put(S, v.rawJSON);
              else container(S, v, key); }
            function container(S, v, key) {
              const stack = S.stack, keys = S.keys;
              for (let k = 0; k < stack.length; k++) if (stack[k] === v) circular(S, k, key);
              $append(stack, v);
              $append(keys, key);
              const outer = S.indent, gap = S.gap, inner = S.indent = outer + gap;
              let isFirst = true;
              if ($isArray(v)) { const n = $lengthOf(v);
                put(S, "[");
                for (let k = 0; k < n; k++) {
                  if (k > 0) put(S, ",");
                  if (gap !== "") put(S, inner);
                  isFirst = false;
                  const e = convert(S, v, k, v[k]);
                  if (hasForm(e)) emit(S, e, k); else put(S, "null"); }
                S.indent = outer;
                if (!isFirst && gap !== "") put(S, outer);
                put(S, "]");
              } else { const list = S.list === undefined ? $call(objectKeys, undefined, v) : S.list;
                put(S, "{");
                for (let k = 0; k < list.length; k++) { const name = list[k], e = convert(S, v, name, v[name]);
                  if (!hasForm(e)) continue;
                  if (!isFirst) put(S, ",");
                  if (gap !== "") put(S, inner);
                  isFirst = false;
                  put(S, $call(quote, undefined, name));
                  put(S, gap === "" ? ":" : ": ");
                  emit(S, e, name); }
                S.indent = outer;
                if (!isFirst && gap !== "") put(S, outer);
                put(S, "}"); }
              stack.length = keys.length = stack.length - 1; }
            function called(key) { return typeof key === "number" ? "index " + key : "property '" + key + "'"; }
            function circular(S, start, key) {
              const stack = S.stack, keys = S.keys, n = stack.length;
              function line(k) { return "\\n    |     " + called(keys[k]) + " -> object with constructor '" + $constructorName(stack[k]) + "'"; }
              let text = "Converting circular structure to JSON\\n    --> starting at object with constructor '" + $constructorName(stack[start]) + "'";
              for (let k = start + 1; k < n && k < start + 3; k++) text = text + line(k);
              if (n - start > 4) text = text + "\\n    |     ...";
              if (n - start > 3) text = text + line(n - 1);
              $typeError(text + "\\n    --- " + called(key) + " closes the circle"); }
            function internalize(holder, key, reviver, record) {
              const value = holder[key], context = {};
              if (record !== undefined && !$sameValue(record[0], value)) record = undefined;
              if (!$isObject(value)) { if (record !== undefined) context.source = record[1]; }
              else if ($isArray(value)) { const n = $lengthOf(value), records = record === undefined ? [] : record[1];
                for (let k = 0; k < n; k++) { const name = $toString(k);
                  store(value, name, internalize(value, name, reviver, k < records.length ? records[k] : undefined)); } }
              else { const keys = $call($intrinsic(\(Intrinsic.objectKeys.rawValue)), undefined, value);
                for (let k = 0; k < keys.length; k++) { const name = keys[k];
                  store(value, name, internalize(value, name, reviver,
                    record !== undefined && $tableHas(record[1], name) ? $tableGet(record[1], name) : undefined)); } }
              return $call(reviver, holder, key, value, context); }
            function store(object, name, value) {
              if (value === undefined) $tryDelete(object, name); else $tryCreate(object, name, value); }
            """)
}
