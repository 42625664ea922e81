import TerrariumCage
import TerrariumSyntax

/// Messages that quote the expression they are about. The expression is cut out of the source and parsed when the error
/// happens; nothing is kept for it but the range that the compiler noted.
extension Machine {
    struct QuotedExpression {
        var role: QuotedRole
        /// nil: V8 quotes the value, not the expression.
        var text: String?
        /// The value is the result of a call, whose callee is in `text`.
        var isCall = false
    }

    /// The expression that the running instruction is about; nil when it has none. Cost: the length of the expression.
    func quotedExpression() throws(Thrown) -> QuotedExpression? {
        guard activationDepth > 0, cells[Cell.native] == 0 else { return nil }
        let callee = UInt32(truncatingIfNeeded: cage.load64(frame))
        let code = cage.load32(callee, Layout.functionCode)
        guard let place = template(of: code) else { return nil }
        let at = wordIndex(code, UInt32(truncatingIfNeeded: cells[Cell.pc]))
        guard !scripts[place.script][place.function].flags.contains(.builtin),
            let range = scripts[place.script][place.function].expression(at: at)
        else { return nil }
        switch range.role {
        case .value: return QuotedExpression(role: .value)
        case .loopElement: return QuotedExpression(role: .loopElement, text: ".for")
        case .caught: return QuotedExpression(role: .caught, text: ".catch")
        case .defaulted:
            return QuotedExpression(role: .defaulted, text: String(repeating: "(intermediate value)", count: 3))
        default: break
        }
        let length = Int(range.end &- range.start)
        guard range.start < range.end, length <= CallSitePrinter.maximumLength else { return QuotedExpression(role: range.role) }
        try charge(length &* 8 &+ 64)
        let flags = scripts[place.script][place.function].flags
        let source = SourceText(utf16: scripts[place.script].sourceText.slice(Int(range.start), Int(range.end)), name: "")
        guard let rendered = CallSitePrinter.render(
            source, isAsync: flags.contains(.async) || flags.contains(.module), isGenerator: flags.contains(.generator),
            for: purpose(of: range.role), stack: nativeStack)
        else { return QuotedExpression(role: range.role) }
        return QuotedExpression(role: range.role, text: rendered.text, isCall: rendered.isCall)
    }

    private func purpose(of role: QuotedRole) -> CallSitePrinter.Purpose {
        switch role {
        case .callee, .iteratedCallee, .asyncIteratedCallee: .callee
        case .iterated: .iterated
        default: .value
        }
    }

    /// How V8 names a value whose expression it cannot show.
    func describeCallSite(_ value: Value) -> String {
        if value.isString { return "string \"\(swiftString(value))\"" }
        if value.isNull { return "object null" }
        if value.isNumber || value.isBoolean { return "\(typeName(value)) \(describe(value))" }
        return typeName(value)
    }

    /// `… is not a function`.
    func notCallable(_ value: Value, realm: UInt32? = nil) -> Thrown {
        notUsable(value, "is not a function", realm: realm)
    }

    /// As `notCallable`, for a native function that would have been left out: the message is about its call.
    public func notCallableAtCall(_ value: Value) -> Thrown {
        let native = cells[Cell.native]
        let realm = currentRealm
        cells[Cell.native] = 0
        defer { cells[Cell.native] = native }
        return notCallable(value, realm: realm)
    }

    /// `… is not a constructor`.
    func notConstructor(_ value: Value) -> Thrown {
        notUsable(value, "is not a constructor")
    }

    private func notUsable(_ value: Value, _ what: String, realm: UInt32? = nil) -> Thrown {
        do throws(Thrown) {
            let quoted = try quotedExpression()
            if let quoted, let text = quoted.text {
                switch quoted.role {
                case .iteratedCallee:
                    return error(.typeError, "\(text) \(what) or its return value is not iterable", realm: realm)
                case .asyncIteratedCallee:
                    return error(.typeError, "\(text) \(what) or its return value is not async iterable", realm: realm)
                default: return error(.typeError, "\(text) \(what)", realm: realm)
                }
            }
            return error(
                .typeError, "\(cells[Cell.native] == 0 ? describeCallSite(value) : describe(value)) \(what)", realm: realm)
        } catch {
            return error
        }
    }

    /// The TypeError for a value without a method that iterates it: `method` is what was found in its place.
    public func notIterable(_ value: Value, method: Value = .undefined, isAsync: Bool = false) -> Thrown {
        do throws(Thrown) {
            let quoted = method.isNullish ? try quotedExpression() : nil
            let iterable = isAsync ? "async iterable" : "iterable"
            if let quoted, quoted.role == .callSpread {
                guard value.isNullish else {
                    return typeError("Spread syntax requires ...iterable[Symbol.iterator] to be a function")
                }
                return typeError("\(quoted.text ?? describe(value)) is not iterable (cannot read property \(describe(value)))")
            }
            if let quoted, let text = quoted.text {
                return typeError(
                    quoted.isCall ? "\(text) is not a function or its return value is not \(iterable)" : "\(text) is not \(iterable)")
            }
            return typeError(
                "\(describeCallSite(value)) is not \(iterable) (cannot read property Symbol(Symbol.\(isAsync ? "asyncIterator" : "iterator")))")
        } catch {
            return error
        }
    }

    /// The TypeError of reading a property of undefined or null.
    func cannotRead(_ value: Value, _ key: PropertyKey) -> Thrown {
        // Only the compiler reads these symbols' properties like this: to iterate.
        if key == PropertyKey(symbol: symbolValue(.iterator).offset) { return notIterable(value) }
        if key == PropertyKey(symbol: symbolValue(.asyncIterator).offset) { return notIterable(value, isAsync: true) }
        return typeError("Cannot read properties of \(value.isNull ? "null" : "undefined") (reading '\(quote(key))')")
    }

    private static let checkedArrayMethods: Set<String> = [
        "concat", "every", "filter", "find", "findIndex", "findLast", "findLastIndex", "forEach", "indexOf", "map", "reduce",
        "reduceRight", "some",
    ]

    /// `Array.prototype.map` when that is what runs: the built-in functions whose `this` is the only thing that they make
    /// an object of.
    var runningArrayMethod: String? {
        var function = UInt32(truncatingIfNeeded: cells[Cell.native])
        if function == 0, activationDepth > 0 { function = UInt32(truncatingIfNeeded: cage.load64(frame)) }
        let kind = function == 0 ? 0 : kind(of: function)
        guard kind == CellKind.nativeFunction || kind == CellKind.function else { return nil }
        let prototype = realmValue(cage.load32(function, Layout.functionRealm), .arrayPrototype)
        let name = functionName(function)
        guard prototype.isObject, Machine.checkedArrayMethods.contains(name),
            ordinaryGetOwnProperty(prototype.offset, PropertyKey(atom: atom(name)))?.value == Value(object: function)
        else { return nil }
        return "Array.prototype.\(name)"
    }

    /// The TypeError of a refused change of prototype.
    public func prototypeRefused(_ object: Value, _ prototype: Value) -> Thrown {
        if kind(of: object.offset) == CellKind.proxy {
            return typeError("'setPrototypeOf' on proxy: trap returned falsish for property 'undefined'")
        }
        if realms.contains(where: { realmValue($0, .objectPrototype) == object }) {
            return typeError("Immutable prototype object 'Object.prototype' cannot have their prototype set")
        }
        if cage.load8(object.offset, Layout.flags) & ObjectFlag.nonExtensible != 0 {
            return typeError("\(describe(object)) is not extensible")
        }
        return typeError("Cyclic __proto__ value")
    }

    /// The TypeError of `super(…)` in a class whose parent cannot construct.
    func superNotConstructor(_ parent: Value, of constructor: UInt32) -> Thrown {
        let isFunction = isCallable(parent)
        var text = isFunction ? functionName(parent.offset) : describe(parent)
        if text.isEmpty { text = "null" }
        let name = functionName(constructor)
        return typeError("Super constructor \(text) of \(name.isEmpty ? "anonymous class" : name) is not a constructor")
    }

    /// The TypeError of destructuring undefined or null. The key is that of the pattern's first property, if it is plain.
    func notDestructurable(_ value: Value, key: PropertyKey?) -> Thrown {
        do throws(Thrown) {
            let what = value.isNull ? "null" : "undefined"
            let text = try quotedExpression()?.text ?? describeCallSite(value)
            guard let key else { return typeError("Cannot destructure '\(text)' as it is \(what).") }
            return typeError("Cannot destructure property '\(describe(key))' of '\(text)' as it is \(what).")
        } catch {
            return error
        }
    }
}

extension CodeTemplate {
    /// The expression that messages of the instruction at a word quote.
    func expression(at word: UInt32) -> ExpressionRange? {
        var low = 0, high = expressions.count
        while low < high {
            let middle = (low + high) / 2
            if expressions[middle].word < word { low = middle + 1 } else { high = middle }
        }
        return low < expressions.count && expressions[low].word == word ? expressions[low] : nil
    }
}

extension ConstantText {
    /// Units from `start` up to `end`; empty when the range is none.
    func slice(_ start: Int, _ end: Int) -> [UInt16] {
        switch self {
        case .latin1(let bytes):
            guard start <= end, start >= 0, end <= bytes.count else { return [] }
            return bytes[start..<end].map { UInt16($0) }
        case .utf16(let units):
            guard start <= end, start >= 0, end <= units.count else { return [] }
            return Array(units[start..<end])
        }
    }
}
