import TerrariumCage
import TerrariumText

/// Values in messages, without running guest code.
extension Machine {
    public func describe(_ key: PropertyKey) -> String {
        if key.isIndex { return String(key.index) }
        if key.isSymbol {
            let description = Value(bits: cage.load64(key.offset, Layout.symbolDescription))
            let text = description.isString ? swiftString(description) : ""
            return cage.load8(key.offset, Layout.flags) & StringFlag.privateName != 0 ? text : "Symbol(\(text))"
        }
        return swiftString(Value(string: key.offset))
    }

    public func describe(_ value: Value) -> String {
        if value.isString { return swiftString(value) }
        if value.isInt { return String(decoding: NumberFormatting.toString(Double(value.int)), as: UTF8.self) }
        if value.isDouble { return String(decoding: NumberFormatting.toString(value.double), as: UTF8.self) }
        if value.isBoolean { return value == .true ? "true" : "false" }
        if value.isUndefined { return "undefined" }
        if value.isNull { return "null" }
        if value.isSymbol { return describe(PropertyKey(symbol: value.offset)) }
        if value.isBigInt { return (try? bigIntToString(value, radix: 10)).map { swiftString($0) } ?? "BigInt" }
        guard value.isObject else { return "(intermediate value)" }
        return describe(object: value.offset)
    }

    /// A value in a message whose text may be long: it shows the start.
    public func quote(_ value: Value) -> String {
        if value.isSymbol { return quote(PropertyKey(symbol: value.offset)) }
        return value.isString ? start(of: value) : describe(value)
    }

    public func quote(_ key: PropertyKey) -> String {
        if key.isIndex { return describe(key) }
        if key.isSymbol {
            let description = Value(bits: cage.load64(key.offset, Layout.symbolDescription))
            if !description.isString || stringLength(description) <= Machine.maximumQuotedSource { return describe(key) }
            return "Symbol(\(start(of: description)))"
        }
        return start(of: Value(string: key.offset))
    }

    private func start(of string: Value) -> String {
        let text = swiftString(string, most: Machine.maximumQuotedSource)
        return stringLength(string) > Machine.maximumQuotedSource ? text + "…" : text
    }

    /// Longest function source and text that a message quotes, in UTF-16 units.
    private static var maximumQuotedSource: Int { 4096 }

    private func describe(object start: UInt32) -> String {
        var object = start
        for _ in 0..<16 where kind(of: object) == CellKind.proxy && field(object, 0).isObject { object = field(object, 0).offset }
        if isCallable(Value(object: object)) {
            if let text = sourceText(of: object, limit: Machine.maximumQuotedSource) {
                chargeLater(text.count / 2)
                return String(decoding: UTF8Transcoding.encode(text[...]), as: UTF8.self)
            }
            return "function \(functionName(object))() { [native code] }"
        }
        let method = dataProperty(object, wellKnown.toString)
        if kind(of: object) == CellKind.error || isMethod(method, of: .errorPrototype, wellKnown.toString) {
            return errorSummary(object)
        }
        if isMethod(method, of: .objectPrototype, wellKnown.toString) {
            if let constructor = dataProperty(object, wellKnown.constructor), isCallable(constructor) {
                let name = functionName(constructor.offset)
                if !name.isEmpty { return "#<\(name)>" }
            }
        }
        if let tag = dataProperty(object, symbolValue(.toStringTag).offset), tag.isString { return "[object \(swiftString(tag))]" }
        switch kind(of: object) {
        case CellKind.array: return "[object Array]"
        case CellKind.date: return "[object Date]"
        case CellKind.regExp: return "[object RegExp]"
        case CellKind.booleanWrapper: return "[object Boolean]"
        case CellKind.numberWrapper: return "[object Number]"
        case CellKind.stringWrapper: return "[object String]"
        case CellKind.arguments, CellKind.mappedArguments: return "[object Arguments]"
        case CellKind.typedArray: return "[object \(elementType(object).arrayName)]"
        default: return "[object Object]"
        }
    }

    /// Whether a value is the method that an intrinsic object of its function's realm has under a name.
    private func isMethod(_ method: Value?, of holder: Intrinsic, _ name: UInt32) -> Bool {
        guard let method, method.isObject, kind(of: method.offset) == CellKind.nativeFunction else { return false }
        let realm = cage.load32(method.offset, Layout.functionRealm)
        return dataProperty(realmValue(realm, holder).offset, name) == method
    }

    /// A data property along the prototype chain; nil when absent, an accessor, or out of reach without guest code.
    func dataProperty(_ start: UInt32, _ key: UInt32) -> Value? {
        var object = start
        for _ in 0..<64 where object != 0 {
            if kind(of: object) == CellKind.proxy { return nil }
            if let own = ordinaryGetOwnProperty(object, PropertyKey(atom: key)) { return own.value }
            object = ordinaryPrototype(object)
        }
        return nil
    }

    /// Name of the constructor in the prototype chain, by data properties only.
    public func constructorName(_ start: UInt32) -> String {
        var object = start
        for _ in 0..<16 where object != 0 {
            if !isExotic(object) || kind(of: object) == CellKind.stringWrapper,
                let own = ordinaryGetOwnProperty(object, PropertyKey(atom: wellKnown.constructor)), let value = own.value,
                value.isObject {
                let name = functionName(value.offset)
                if !name.isEmpty { return name }
            }
            object = ordinaryPrototype(object)
        }
        return "Object"
    }

    /// `Name: message` of an error object, by data properties only.
    public func errorSummary(_ object: UInt32) -> String {
        let name = dataText(object, wellKnown.name) ?? "Error"
        let message = dataText(object, wellKnown.message) ?? ""
        if name.isEmpty { return message }
        return message.isEmpty ? name : "\(name): \(message)"
    }

    /// A data property along the prototype chain as text; nil when absent or an accessor.
    public func dataText(_ start: UInt32, _ key: UInt32) -> String? {
        var object = start
        for _ in 0..<64 where object != 0 {
            if let own = ordinaryGetOwnProperty(object, PropertyKey(atom: key)) {
                guard let value = own.value else { return nil }
                return value.isObject ? nil : describe(value)
            }
            object = ordinaryPrototype(object)
        }
        return nil
    }

    public func typeName(_ value: Value) -> String { swiftString(typeOf(value)) }

    // MARK: Source text

    /// Source text of a bytecode function (Function.prototype.toString).
    public func sourceText(of function: UInt32, limit: Int = .max) -> [UInt16]? {
        guard kind(of: function) == CellKind.function, let place = template(of: cage.load32(function, Layout.functionCode)),
            !scripts[place.script][place.function].flags.contains(.builtin)
        else { return nil }
        let start = Int(scripts[place.script][place.function].sourceStart)
        let end = Int(scripts[place.script][place.function].sourceEnd)
        return scripts[place.script].sourceText.slice(start, start < end ? min(end, start &+ min(limit, end - start)) : end)
    }
}
