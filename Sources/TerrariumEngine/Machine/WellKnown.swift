import TerrariumCage

/// Cells that live as long as the machine: atoms that the engine names, well-known symbols, shared empty cells.
struct WellKnownCells {
    var emptyString: UInt32 = 0
    /// List of the 256 one-unit Latin-1 atoms.
    var singleUnits: UInt32 = 0
    var rootAnchor: UInt32 = 0
    var lazyRootAnchor: UInt32 = 0

    var length: UInt32 = 0, name: UInt32 = 0, prototype: UInt32 = 0, constructor: UInt32 = 0, message: UInt32 = 0
    var stack: UInt32 = 0, cause: UInt32 = 0, errors: UInt32 = 0, value: UInt32 = 0, done: UInt32 = 0, next: UInt32 = 0
    var get: UInt32 = 0, set: UInt32 = 0, writable: UInt32 = 0, enumerable: UInt32 = 0, configurable: UInt32 = 0
    var toString: UInt32 = 0, valueOf: UInt32 = 0, toJSON: UInt32 = 0, callee: UInt32 = 0, caller: UInt32 = 0
    var arguments: UInt32 = 0, `return`: UInt32 = 0, `throw`: UInt32 = 0, index: UInt32 = 0, input: UInt32 = 0
    var groups: UInt32 = 0, lastIndex: UInt32 = 0, raw: UInt32 = 0, then: UInt32 = 0, `default`: UInt32 = 0
    var undefined: UInt32 = 0, null: UInt32 = 0, `true`: UInt32 = 0, `false`: UInt32 = 0, object: UInt32 = 0
    var function: UInt32 = 0, number: UInt32 = 0, string: UInt32 = 0, boolean: UInt32 = 0, symbol: UInt32 = 0
    var bigint: UInt32 = 0, proto: UInt32 = 0, nan: UInt32 = 0, infinity: UInt32 = 0, zero: UInt32 = 0

    /// Well-known symbols in the order of `WellKnownSymbol`.
    var symbols: [UInt32] = []

    func forEach(_ body: (UInt32) -> Void) {
        for cell in [
            emptyString, singleUnits, rootAnchor, lazyRootAnchor, length, name, prototype, constructor, message, stack,
            cause, errors, value, done, next, get, set, writable, enumerable, configurable,
        ] { body(cell) }
        for cell in [
            toString, valueOf, toJSON, callee, caller, arguments, `return`, `throw`, index, input, groups, lastIndex,
            raw, then, `default`, undefined, null, `true`, `false`, object, function, number, string, boolean, symbol,
            bigint, proto, nan, infinity, zero,
        ] { body(cell) }
        for cell in symbols { body(cell) }
    }
}

/// Well-known symbols (ECMA-262 §6.1.5.1).
public enum WellKnownSymbol: UInt8, CaseIterable, Sendable {
    case asyncIterator, hasInstance, isConcatSpreadable, iterator, match, matchAll, replace, search, species, split
    case toPrimitive, toStringTag, unscopables, dispose, asyncDispose

    /// As in `Symbol.iterator`.
    public var name: StaticString {
        switch self {
        case .asyncIterator: "asyncIterator"
        case .hasInstance: "hasInstance"
        case .isConcatSpreadable: "isConcatSpreadable"
        case .iterator: "iterator"
        case .match: "match"
        case .matchAll: "matchAll"
        case .replace: "replace"
        case .search: "search"
        case .species: "species"
        case .split: "split"
        case .toPrimitive: "toPrimitive"
        case .toStringTag: "toStringTag"
        case .unscopables: "unscopables"
        case .dispose: "dispose"
        case .asyncDispose: "asyncDispose"
        }
    }

    /// By name.
    public static let named: [String: WellKnownSymbol] = Dictionary(
        allCases.map { ($0.name.description, $0) }, uniquingKeysWith: { first, _ in first })
}

extension Machine {
    /// The well-known symbol as a property key.
    @inline(__always)
    public func symbolKey(_ symbol: WellKnownSymbol) -> PropertyKey {
        PropertyKey(symbol: wellKnown.symbols[Int(symbol.rawValue)])
    }
    public func symbolValue(_ symbol: WellKnownSymbol) -> Value {
        Value(symbol: wellKnown.symbols[Int(symbol.rawValue)])
    }

    /// Property key of a name written in Swift source (library set-up; not for hot paths).
    public func key(_ name: String) -> PropertyKey {
        if let index = PropertyKey.arrayIndex(name) { return PropertyKey(index: index) }
        return PropertyKey(atom: atom(name))
    }

    /// The cells that everything else needs. Runs before there is a guest; the heap limit is at least a few blocks, and
    /// when it is not, the machine is terminated from the start.
    func bootstrapHeap() {
        do throws(Thrown) {
            emptyElements = try allocate(24, kind: CellKind.elements)
            wellKnown.rootAnchor = try allocate(ShapeLayout.size, kind: CellKind.shape)
            wellKnown.lazyRootAnchor = try allocate(ShapeLayout.size, kind: CellKind.shape)
            wellKnown.emptyString = try allocateFlat(length: 0, wide: false)
            _ = try intern(Value(string: wellKnown.emptyString))
            wellKnown.singleUnits = try makeList(capacity: 256)
            cage.store32(wellKnown.singleUnits, Layout.elementsLength, 256)
            for unit in 0..<UInt32(256) {
                let string = try allocateFlat(length: 1, wide: false)
                cage.store8(string, Layout.stringData, UInt8(truncatingIfNeeded: unit))
                let atom = Value(string: try intern(Value(string: string)))
                cage.store64(wellKnown.singleUnits &+ 16 &+ unit &* 8, 0, atom.bits)
            }
            try makeWellKnownAtoms()
            for symbol in WellKnownSymbol.allCases {
                let description = try makeString("Symbol.\(symbol.name)")
                wellKnown.symbols.append(try makeSymbol(description: description).offset)
            }
        } catch {
            _ = terminate(.heap)
        }
    }

    private func makeWellKnownAtoms() throws(Thrown) {
        let names: [(WritableKeyPath<WellKnownCells, UInt32>, String)] = [
            (\.length, "length"), (\.name, "name"), (\.prototype, "prototype"), (\.constructor, "constructor"),
            (\.message, "message"), (\.stack, "stack"), (\.cause, "cause"), (\.errors, "errors"), (\.value, "value"),
            (\.done, "done"), (\.next, "next"), (\.get, "get"), (\.set, "set"), (\.writable, "writable"),
            (\.enumerable, "enumerable"), (\.configurable, "configurable"), (\.toString, "toString"),
            (\.valueOf, "valueOf"), (\.toJSON, "toJSON"), (\.callee, "callee"), (\.caller, "caller"),
        ]
        let more: [(WritableKeyPath<WellKnownCells, UInt32>, String)] = [
            (\.arguments, "arguments"), (\.`return`, "return"), (\.`throw`, "throw"), (\.index, "index"),
            (\.input, "input"), (\.groups, "groups"), (\.lastIndex, "lastIndex"), (\.raw, "raw"), (\.then, "then"),
            (\.`default`, "default"), (\.undefined, "undefined"), (\.null, "null"), (\.`true`, "true"),
            (\.`false`, "false"), (\.object, "object"), (\.function, "function"), (\.number, "number"),
            (\.string, "string"), (\.boolean, "boolean"), (\.symbol, "symbol"), (\.bigint, "bigint"),
            (\.proto, "__proto__"), (\.nan, "NaN"), (\.infinity, "Infinity"), (\.zero, "0"),
        ]
        for (path, name) in names + more { wellKnown[keyPath: path] = try intern(try makeString(name)) }
    }
}

extension PropertyKey {
    /// The array index that a text is in canonical form, if it is one.
    static func arrayIndex(_ text: String) -> UInt32? {
        guard let first = text.utf8.first, first >= 48, first <= 57, text.utf8.count <= 10,
            let number = UInt32(text), number != .max, String(number) == text
        else { return nil }
        return number
    }
}
