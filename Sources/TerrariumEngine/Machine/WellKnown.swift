import TerrariumCage

/// Cells that live as long as the machine: atoms that the engine names, well-known symbols, shared empty cells. Their
/// offsets lie in host cells: they are read everywhere.
struct WellKnownCells {
    let cells: HostCells

    private func load(_ index: UInt8) -> UInt32 { UInt32(truncatingIfNeeded: cells[Cell.wellKnown &+ index]) }
    private func store(_ index: UInt8, _ offset: UInt32) { cells[Cell.wellKnown &+ index] = Int64(offset) }

    var emptyString: UInt32 {
        get { load(0) }
        nonmutating set { store(0, newValue) }
    }
    /// List of the 256 one-unit Latin-1 atoms.
    var singleUnits: UInt32 {
        get { load(1) }
        nonmutating set { store(1, newValue) }
    }
    var rootAnchor: UInt32 {
        get { load(2) }
        nonmutating set { store(2, newValue) }
    }
    var lazyRootAnchor: UInt32 {
        get { load(3) }
        nonmutating set { store(3, newValue) }
    }
    /// Table of the symbols that `Symbol.for` knows; 0 when there is none.
    var symbolRegistry: UInt32 {
        get { load(WellKnownCells.symbolRegistryPlace) }
        nonmutating set { store(WellKnownCells.symbolRegistryPlace, newValue) }
    }
    static let symbolRegistryPlace: UInt8 = 150

    // Atoms: `texts` in the same order.
    var length: UInt32 { load(4) }
    var name: UInt32 { load(5) }
    var prototype: UInt32 { load(6) }
    var constructor: UInt32 { load(7) }
    var message: UInt32 { load(8) }
    var stack: UInt32 { load(9) }
    var cause: UInt32 { load(10) }
    var errors: UInt32 { load(11) }
    var value: UInt32 { load(12) }
    var done: UInt32 { load(13) }
    var next: UInt32 { load(14) }
    var get: UInt32 { load(15) }
    var set: UInt32 { load(16) }
    var writable: UInt32 { load(17) }
    var enumerable: UInt32 { load(18) }
    var configurable: UInt32 { load(19) }
    var toString: UInt32 { load(20) }
    var valueOf: UInt32 { load(21) }
    var toJSON: UInt32 { load(22) }
    var callee: UInt32 { load(23) }
    var caller: UInt32 { load(24) }
    var arguments: UInt32 { load(25) }
    var `return`: UInt32 { load(26) }
    var `throw`: UInt32 { load(27) }
    var index: UInt32 { load(28) }
    var input: UInt32 { load(29) }
    var groups: UInt32 { load(30) }
    var lastIndex: UInt32 { load(31) }
    var raw: UInt32 { load(32) }
    var then: UInt32 { load(33) }
    var `default`: UInt32 { load(34) }
    var undefined: UInt32 { load(35) }
    var null: UInt32 { load(36) }
    var `true`: UInt32 { load(37) }
    var `false`: UInt32 { load(38) }
    var object: UInt32 { load(39) }
    var function: UInt32 { load(40) }
    var number: UInt32 { load(41) }
    var string: UInt32 { load(42) }
    var boolean: UInt32 { load(43) }
    var symbol: UInt32 { load(44) }
    var bigint: UInt32 { load(45) }
    var proto: UInt32 { load(46) }
    var nan: UInt32 { load(47) }
    var infinity: UInt32 { load(48) }
    var zero: UInt32 { load(49) }
    /// Name of a proxy trap.
    func trap(_ trap: ProxyTrap) -> UInt32 { load(trap.rawValue) }
    var stackTraceLimit: UInt32 { load(61) }
    /// Begins the names of bound functions.
    var bound: UInt32 { load(62) }

    static let texts = [
        "length", "name", "prototype", "constructor", "message", "stack", "cause", "errors", "value", "done", "next",
        "get", "set", "writable", "enumerable", "configurable", "toString", "valueOf", "toJSON", "callee", "caller",
        "arguments", "return", "throw", "index", "input", "groups", "lastIndex", "raw", "then", "default",
        "undefined", "null", "true", "false", "object", "function", "number", "string", "boolean", "symbol", "bigint",
        "__proto__", "NaN", "Infinity", "0", "has", "deleteProperty", "apply", "construct", "ownKeys", "getPrototypeOf",
        "setPrototypeOf", "isExtensible", "preventExtensions", "getOwnPropertyDescriptor", "defineProperty", "stackTraceLimit",
        "bound ",
    ]

    func setAtom(_ index: Int, _ offset: UInt32) { store(UInt8(truncatingIfNeeded: index &+ 4), offset) }

    /// Well-known symbols in the order of `WellKnownSymbol`.
    func symbol(_ symbol: WellKnownSymbol) -> UInt32 { load(symbol.rawValue &+ 160) }
    func setSymbol(_ symbol: WellKnownSymbol, _ offset: UInt32) { store(symbol.rawValue &+ 160, offset) }

    func forEach(_ body: (UInt32) -> Void) {
        for index in 0..<UInt8(180) where load(index) != 0 { body(load(index)) }
    }
}

/// Traps of proxies; the raw values are the places of their names.
enum ProxyTrap: UInt8 {
    case get = 15, set
    case has = 50, deleteProperty, apply, construct, ownKeys, getPrototypeOf, setPrototypeOf, isExtensible
    case preventExtensions, getOwnPropertyDescriptor, defineProperty
}

/// Well-known symbols (ECMA-262 §6.1.5.1).
public enum WellKnownSymbol: UInt8, CaseIterable, Sendable {
    case asyncIterator, hasInstance, isConcatSpreadable, iterator, match, matchAll, replace, search, species, split
    case toPrimitive, toStringTag, unscopables, dispose, asyncDispose

    /// As in `Symbol.iterator`.
    public var name: String {
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

/// Names that built-ins look up while they run.
public enum KeptName: Sendable {
    case length, name, constructor, message, cause, errors, value, done, next, `return`, then, toString, toJSON, raw
    /// The empty string.
    case empty
}

extension Machine {
    /// The well-known symbol as a property key.
    @inline(__always)
    public func symbolKey(_ symbol: WellKnownSymbol) -> PropertyKey {
        PropertyKey(symbol: wellKnown.symbol(symbol))
    }
    public func symbolValue(_ symbol: WellKnownSymbol) -> Value {
        Value(symbol: wellKnown.symbol(symbol))
    }

    /// Property key of a name that the machine keeps.
    @inline(__always)
    public func key(_ name: KeptName) -> PropertyKey {
        let cell = switch name {
        case .length: wellKnown.length
        case .name: wellKnown.name
        case .constructor: wellKnown.constructor
        case .message: wellKnown.message
        case .cause: wellKnown.cause
        case .errors: wellKnown.errors
        case .value: wellKnown.value
        case .done: wellKnown.done
        case .next: wellKnown.next
        case .return: wellKnown.return
        case .then: wellKnown.then
        case .toString: wellKnown.toString
        case .toJSON: wellKnown.toJSON
        case .raw: wellKnown.raw
        case .empty: wellKnown.emptyString
        }
        return PropertyKey(atom: cell)
    }

    /// Property key of a name written in Swift source (library set-up; not for hot paths).
    public func key(_ name: String) -> PropertyKey {
        if let first = name.utf8.first, first <= 0x39, let index = PropertyKey.arrayIndex(name) { return PropertyKey(index: index) }
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
                wellKnown.setSymbol(symbol, try makeSymbol(description: description).offset)
            }
        } catch {
            _ = terminate(.heap)
        }
    }

    private func makeWellKnownAtoms() throws(Thrown) {
        for (index, text) in WellKnownCells.texts.enumerated() {
            wellKnown.setAtom(index, try intern(try makeString(text)))
        }
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
