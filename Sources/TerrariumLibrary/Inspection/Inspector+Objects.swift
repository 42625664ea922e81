import TerrariumEngine
import TerrariumText

extension Inspector {
    /// How an object begins and ends.
    struct Frame {
        var base = ""
        var open = "{"
        var close = "}"
        var extras = Extras.object
        var areNumbers = false
        var hasMore = false
        var entries: [String] = []
        /// All there is to say.
        var whole: String?
    }

    mutating func formatObject(_ object: UInt32, level: Int) throws(Thrown) -> String {
        var keys = try shownKeys(object)
        let constructor = constructorName(object)
        let tag = toStringTag(object, constructor, keys)
        if level > depth {
            if keys.isEmpty, let empty = emptyText(object, constructor, tag) { return empty }
            return try shortName(object, constructor, tag)
        }
        // The contents are one level deeper than the object.
        let inner = level + 1
        seen.append(object)
        currentDepth = inner
        var frame = try contents(object, constructor: constructor, tag: tag, keys: &keys, level: inner)
        if let whole = frame.whole, keys.isEmpty {
            _ = seen.popLast()
            return whole
        }
        for key in keys {
            frame.entries.append(try property(object, key, level: inner))
        }
        _ = seen.popLast()
        if let number = circular[object] {
            let mark = styled("<ref *\(number)>", .special)
            frame.base = frame.base.isEmpty ? mark : "\(mark) \(frame.base)"
        }
        return try reduce(
            frame.entries, base: frame.base, open: frame.open, close: frame.close, extras: frame.extras, level: inner,
            areNumbers: frame.areNumbers, hasMore: frame.hasMore)
    }

    /// Keys that are shown as properties: enumerable ones, without the elements of arrays.
    private func shownKeys(_ object: UInt32) throws(Thrown) -> [PropertyKey] {
        let kind = machine.kind(of: object)
        let hasElements = kind == CellKind.array || kind == CellKind.typedArray || kind == CellKind.stringWrapper
        if kind == CellKind.typedArray || kind == CellKind.stringWrapper {
            let length = kind == CellKind.typedArray
                ? machine.typedArrayLength(object) ?? 0 : machine.stringLength(machine.field(object, 0))
            try machine.requireHeap(length &* 8)
            try machine.charge(length)
        }
        let stored = try machine.storedKeys(object)
        try machine.requireHeap(stored.count &* 64)
        return stored.filter { key in
            if hasElements, key.isIndex { return false }
            if kind == CellKind.moduleNamespace { return false }
            guard let own = machine.storedProperty(object, key) else { return false }
            if showsHidden, !key.isSymbol { return true }
            return own.enumerable == true
        }
    }

    /// Name of the constructor that made the object; nil for a null prototype.
    private func constructorName(_ start: UInt32) -> String? {
        var object = start
        for _ in 0..<64 where object != 0 {
            guard let plain = machine.withoutProxies(object) else { return nil }
            if let own = machine.storedProperty(plain, machine.key(.constructor)), let value = own.value, value.isObject {
                let name = machine.functionName(value.offset)
                // The prototype of a class is no instance of it.
                if !name.isEmpty, isInstance(start, of: value.offset) { return name }
            }
            object = machine.ordinaryPrototype(plain)
        }
        return nil
    }

    private func isInstance(_ start: UInt32, of constructor: UInt32) -> Bool {
        guard let prototype = machine.storedProperty(constructor, machine.key("prototype"))?.value, prototype.isObject else {
            return false
        }
        var object = start
        for _ in 0..<64 where object != 0 {
            guard let plain = machine.withoutProxies(object) else { return false }
            object = machine.ordinaryPrototype(plain)
            if object == prototype.offset { return true }
        }
        return false
    }

    /// An object without contents, which is shown however deep it lies.
    private func emptyText(_ object: UInt32, _ constructor: String?, _ tag: String) -> String? {
        switch machine.kind(of: object) {
        case CellKind.array:
            guard machine.storedProperty(object, machine.key(.length))?.value == .zero else { return nil }
            return (constructor != "Array" || !tag.isEmpty ? prefix(constructor, tag, "Array", "(0)") : "") + "[]"
        case CellKind.map, CellKind.set:
            guard machine.tableSize(object) == 0 else { return nil }
            return prefix(constructor, tag, machine.kind(of: object) == CellKind.map ? "Map" : "Set", "(0)") + "{}"
        case CellKind.object, CellKind.global:
            return constructor == "Object" && tag.isEmpty ? "{}" : prefix(constructor, tag, "Object") + "{}"
        default: return nil
        }
    }

    private func toStringTag(_ object: UInt32, _ constructor: String?, _ keys: [PropertyKey]) -> String {
        let key = machine.symbolKey(.toStringTag)
        guard let value = machine.storedValue(object, key), value.isString else { return "" }
        let tag = machine.swiftString(value)
        // One that is shown as a property need not be shown twice.
        return tag == constructor || keys.contains(key) ? "" : tag
    }

    private func prefix(_ constructor: String?, _ tag: String, _ fallback: String, _ size: String = "") -> String {
        guard let constructor else {
            return "[\(fallback)\(size): null prototype] " + (!tag.isEmpty && fallback != tag ? "[\(tag)] " : "")
        }
        return "\(constructor)\(size) " + (!tag.isEmpty && constructor != tag ? "[\(tag)] " : "")
    }

    private func shortName(_ object: UInt32, _ constructor: String?, _ tag: String) throws(Thrown) -> String {
        switch machine.kind(of: object) {
        case CellKind.error, CellKind.regExp, CellKind.date, CellKind.function, CellKind.nativeFunction, CellKind.boundFunction,
            CellKind.booleanWrapper, CellKind.numberWrapper, CellKind.stringWrapper, CellKind.symbolWrapper,
            CellKind.bigIntWrapper:
            var copy = self
            var keys: [PropertyKey] = []
            return try copy.contents(object, constructor: constructor, tag: tag, keys: &keys, level: 0).whole ?? "[Object]"
        case CellKind.array where constructor == "Array": return styled("[Array]", .special)
        default: break
        }
        let fallback = machine.kind(of: object) == CellKind.array ? "Array" : "Object"
        let name = prefix(constructor, tag, fallback)
        return styled(constructor == nil ? String(name.dropLast()) : "[\(name.dropLast())]", .special)
    }

    // MARK: Kinds

    private mutating func contents(
        _ object: UInt32, constructor: String?, tag: String, keys: inout [PropertyKey], level: Int
    ) throws(Thrown) -> Frame {
        var frame = Frame()
        switch machine.kind(of: object) {
        case CellKind.array:
            let length = max(0, machine.storedProperty(object, machine.key(.length))?.value?.internalCount ?? 0)
            let name = constructor != "Array" || !tag.isEmpty ? prefix(constructor, tag, "Array", "(\(length))") : ""
            frame.open = name + "["
            frame.close = "]"
            frame.extras = .array
            if length == 0 { frame.whole = frame.open + "]" }
            try elements(object, length, &frame, level: level)
        case CellKind.typedArray:
            let length = machine.typedArrayLength(object) ?? 0
            frame.open = prefix(constructor, tag, "TypedArray", "(\(length))") + "["
            frame.close = "]"
            frame.extras = .array
            frame.areNumbers = true
            if length == 0 { frame.whole = frame.open + "]" }
            for index in 0..<min(length, maximumElements) {
                let element = try machine.typedArrayGet(object, index) ?? .undefined
                frame.entries.append(
                    element.isBigInt
                        ? styled(machine.describe(element) + "n", .bigInt) : styled(Inspector.number(element), .number))
            }
            more(length, &frame)
        case CellKind.arguments, CellKind.mappedArguments:
            frame.open = "[Arguments] {"
            frame.whole = "[Arguments] {}"
        case CellKind.set:
            let entries = try machine.storedEntries(object)
            let name = prefix(constructor, tag, "Set", "(\(entries.count))")
            if entries.isEmpty { frame.whole = name + "{}" }
            frame.open = name + "{"
            indentation += 2
            for entry in entries.prefix(maximumElements) { frame.entries.append(try format(entry.key, level: level)) }
            indentation -= 2
            more(entries.count, &frame)
        case CellKind.map:
            let entries = try machine.storedEntries(object)
            let name = prefix(constructor, tag, "Map", "(\(entries.count))")
            if entries.isEmpty { frame.whole = name + "{}" }
            frame.open = name + "{"
            indentation += 2
            for entry in entries.prefix(maximumElements) {
                let key = try format(entry.key, level: level)
                frame.entries.append("\(key) => \(try format(entry.value, level: level))")
            }
            indentation -= 2
            more(entries.count, &frame)
        case CellKind.function, CellKind.nativeFunction, CellKind.boundFunction:
            frame.base = styled(functionBase(object, constructor, tag), .special)
            frame.whole = frame.base
        case CellKind.regExp:
            frame.base = styled(try regExpText(object), .regExp)
            if let constructor, constructor != "RegExp" { frame.base = prefix(constructor, tag, "RegExp") + frame.base }
            frame.whole = frame.base
        case CellKind.date:
            let time = machine.field(object, 0).number
            frame.base = styled(time.isNaN ? "Invalid Date" : isoText(time), .date)
            if let constructor, constructor != "Date" { frame.base = prefix(constructor, tag, "Date") + frame.base }
            frame.whole = frame.base
        case CellKind.error:
            frame.base = errorBase(object, &keys)
            frame.whole = frame.base
        case CellKind.arrayBuffer, CellKind.sharedArrayBuffer:
            let isShared = machine.kind(of: object) == CellKind.sharedArrayBuffer
            frame.open = prefix(constructor, tag, isShared ? "SharedArrayBuffer" : "ArrayBuffer") + "{"
            let length = machine.bufferLength(object)
            let shown = machine.isDetached(object) ? [] : machine.cage.bytes(at: machine.bufferData(object), count: min(50, length))
            var text = shown.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
            if length > 50 { text += " ... \(length - 50) more byte\(length > 51 ? "s" : "")" }
            frame.entries = ["[Uint8Contents]: <\(text)>", "byteLength: \(length)"]
        case CellKind.dataView:
            frame.open = prefix(constructor, tag, "DataView") + "{"
            let buffer = machine.field(object, 0)
            let length = machine.field(object, 2)
            frame.entries = [
                "byteLength: \(length.isNumber ? Inspector.number(length) : String(machine.bufferLength(buffer.offset)))",
                "byteOffset: \(machine.viewByteOffset(object))", "buffer: \(try format(buffer, level: level))",
            ]
        case CellKind.promise:
            frame.open = prefix(constructor, tag, "Promise") + "{"
            if let result = machine.promiseResult(Value(object: object)) {
                indentation += 2
                let text = try format(result.value, level: level)
                indentation -= 2
                frame.entries = [result.isRejected ? styled("<rejected>", .special) + " " + text : text]
            } else {
                frame.entries = [styled("<pending>", .special)]
            }
        case CellKind.weakMap, CellKind.weakSet, CellKind.weakRef:
            frame.open = prefix(constructor, tag, "WeakSet") + "{"
            frame.entries = [styled("<items unknown>", .special)]
        case CellKind.moduleNamespace:
            frame.open = "[Module: null prototype] {"
            for key in try machine.storedKeys(object) where !key.isSymbol {
                let text = machine.storedProperty(object, key) == nil ? styled("<uninitialized>", .special) : nil
                if let text {
                    frame.entries.append("\(machine.describe(key)): \(text)")
                } else {
                    frame.entries.append(try property(object, key, level: level))
                }
            }
            if frame.entries.isEmpty { frame.whole = "[Module: null prototype] {}" }
        case CellKind.numberWrapper, CellKind.stringWrapper, CellKind.booleanWrapper, CellKind.symbolWrapper,
            CellKind.bigIntWrapper:
            frame.base = try boxedBase(object, constructor, tag)
            frame.whole = frame.base
        case CellKind.generator, CellKind.asyncGenerator:
            frame.open = "Object [\(machine.kind(of: object) == CellKind.generator ? "Generator" : "AsyncGenerator")] {"
            frame.whole = frame.open + "}"
        default:
            let isPlain = constructor == "Object" && tag.isEmpty
            frame.open = isPlain ? "{" : prefix(constructor, tag, "Object") + "{"
            frame.whole = frame.open + "}"
        }
        return frame
    }

    private func more(_ count: Int, _ frame: inout Frame) {
        guard count > maximumElements else { return }
        let rest = count - maximumElements
        frame.entries.append("... \(rest) more item\(rest > 1 ? "s" : "")")
        frame.hasMore = true
    }

    private mutating func elements(_ object: UInt32, _ length: Int, _ frame: inout Frame, level: Int) throws(Thrown) {
        var index = 0
        var allNumbers = true
        while index < length, frame.entries.count < maximumElements {
            guard let own = machine.storedProperty(object, PropertyKey(index: UInt32(truncatingIfNeeded: index))) else {
                // A run of holes counts as one entry.
                var end = index + 1
                while end < length, machine.storedProperty(object, PropertyKey(index: UInt32(truncatingIfNeeded: end))) == nil {
                    end += 1
                    if end & 0xFFF == 0 {
                        try machine.charge(0xFFF)
                        // Nothing but holes behind the last element.
                        if try machine.storedKeys(object).last(where: { $0.isIndex }).map({ Int($0.index) < end }) ?? true {
                            end = length
                        }
                    }
                }
                frame.entries.append(styled("<\(end - index) empty item\(end - index > 1 ? "s" : "")>", .undefined))
                index = end
                allNumbers = false
                continue
            }
            if !(own.value?.isNumber ?? false), !(own.value?.isBigInt ?? false) { allNumbers = false }
            frame.entries.append(try descriptorText(own, level: level))
            index += 1
        }
        frame.areNumbers = allNumbers
        if index < length {
            let rest = length - index
            frame.entries.append("... \(rest) more item\(rest > 1 ? "s" : "")")
            frame.hasMore = true
        }
    }

    private mutating func descriptorText(_ own: PropertyDescriptor, level: Int) throws(Thrown) -> String {
        if own.isAccessor {
            let hasGetter = own.getter.map { !$0.isUndefined } ?? false, hasSetter = own.setter.map { !$0.isUndefined } ?? false
            let text = hasGetter ? (hasSetter ? "[Getter/Setter]" : "[Getter]") : hasSetter ? "[Setter]" : "undefined"
            return styled(text, hasGetter || hasSetter ? .special : .undefined)
        }
        indentation += 2
        defer { indentation -= 2 }
        return try format(own.value ?? .undefined, level: level)
    }

    private mutating func property(_ object: UInt32, _ key: PropertyKey, level: Int) throws(Thrown) -> String {
        guard let own = machine.storedProperty(object, key) else { return "" }
        let text = try descriptorText(own, level: level)
        let name: String
        if key.isSymbol {
            name = "[\(styled(machine.describe(key), .symbol))]"
        } else {
            let plain = machine.describe(key)
            if own.enumerable != true {
                name = "[\(plain)]"
            } else if plain == "__proto__" {
                name = "['__proto__']"
            } else if Inspector.isIdentifier(plain) {
                name = plain
            } else {
                name = styled(Inspector.quote(Array(plain.utf16)[...]), .string)
            }
        }
        return "\(name): \(text)"
    }

    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == 95 || (first | 32 >= 97 && first | 32 <= 122) else { return false }
        return text.utf8.allSatisfy { $0 == 95 || ($0 | 32 >= 97 && $0 | 32 <= 122) || ($0 >= 48 && $0 <= 57) }
    }

    private func functionBase(_ object: UInt32, _ constructor: String?, _ tag: String) -> String {
        let facts = machine.functionFacts(object)
        var name = facts.name
        if let own = machine.storedProperty(object, machine.key(.name))?.value { name = own.isString ? machine.swiftString(own) : "" }
        if facts.isClass {
            var base = "class \(name.isEmpty ? "(anonymous)" : name)"
            if let constructor, constructor != "Function" { base += " [\(constructor)]" }
            let parent = machine.ordinaryPrototype(object)
            if parent != 0, let super_ = machine.withoutProxies(parent) {
                let parentName = machine.functionName(super_)
                if !parentName.isEmpty { base += " extends \(parentName)" }
            } else if parent == 0 {
                base += " extends null"
            }
            return "[\(base)]"
        }
        let type = (facts.isAsync ? "Async" : "") + (facts.isGenerator ? "Generator" : "") + "Function"
        var base = "[\(type)"
        if constructor == nil { base += " (null prototype)" }
        base += name.isEmpty ? " (anonymous)]" : ": \(name)]"
        if let constructor, constructor != type { base += " \(constructor)" }
        if !tag.isEmpty, tag != type { base += " [\(tag)]" }
        return base
    }

    private func regExpText(_ object: UInt32) throws(Thrown) -> String {
        let compiled = machine.field(object, 0)
        guard compiled.isCell else { return "/(?:)/" }
        let source = machine.regExpSource(compiled.offset)
        return "/\(source.isString ? machine.swiftString(source) : "")/\(machine.swiftString(try machine.regExpFlagsText(compiled.offset)))"
    }

    private func isoText(_ time: Double) -> String {
        String(decoding: CivilTime.isoString(time) ?? Array("Invalid Date".utf8), as: UTF8.self)
    }

    private mutating func errorBase(_ object: UInt32, _ keys: inout [PropertyKey]) -> String {
        let summary = machine.errorSummary(object)
        let stack = machine.dataText(object, machine.atom("stack")) ?? summary
        for name in ["name", "message", "stack"] {
            let key = machine.key(name)
            if let value = machine.storedProperty(object, key)?.value, value.isString, stack.contains(machine.swiftString(value)) {
                keys.removeAll { $0 == key }
            }
        }
        for key in [machine.key(.cause), machine.key(.errors)]
        where !keys.contains(key) && machine.storedProperty(object, key) != nil { keys.append(key) }
        var text = stack.contains("\n    at ") ? stack : "[\(stack)]"
        if indentation > 0 {
            text = text.split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: "\n" + String(repeating: " ", count: indentation))
        }
        return text
    }

    private mutating func boxedBase(_ object: UInt32, _ constructor: String?, _ tag: String) throws(Thrown) -> String {
        let value = machine.field(object, 0)
        let type: String
        switch machine.kind(of: object) {
        case CellKind.numberWrapper: type = "Number"
        case CellKind.stringWrapper: type = "String"
        case CellKind.booleanWrapper: type = "Boolean"
        case CellKind.bigIntWrapper: type = "BigInt"
        default: type = "Symbol"
        }
        var base = "[\(type)"
        if constructor != type { base += constructor.map { " (\($0))" } ?? " (null prototype)" }
        base += ": \(try format(value, level: 0))]"
        if !tag.isEmpty, tag != constructor { base += " [\(tag)]" }
        return base
    }
}
