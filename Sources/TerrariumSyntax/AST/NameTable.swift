import TerrariumCage

/// Interned names and string values: UTF-16 units in one arena, found by an open-addressing hash.
///
/// A name is in one piece: hash, number and length, two units each, and its units: finding one in a large table costs two places in
/// memory that are in no cache, the slot's and the name's.
public struct NameTable: Sendable {
    private var arena: ContiguousArray<UInt16> = []
    /// Places in the arena of the names' units.
    private var starts: ContiguousArray<UInt32> = []
    /// Place of a name's units, 0 for none, by hash.
    private var slots = ContiguousArray<UInt32>(repeating: 0, count: 1024)

    /// Unknown to whoever wrote the source, so that nobody can choose names that collide. Nothing that can be observed
    /// depends on it.
    private let multiplier = HashSecret.multiplier

    /// The table with nothing but the words of the language.
    static let initial = NameTable()

    private init() {
        _ = intern([])
        for word in Keyword.words { _ = intern(ContiguousArray(word.utf16)) }
    }

    public var count: Int { starts.count }

    /// Units of a name.
    public func text(_ name: NameID) -> ArraySlice<UInt16> {
        guard Int(name) < starts.count else { return [] }
        let start = Int(starts[Int(name)])
        return ArraySlice(arena[start..<(start + Int(head(start, 2)))])
    }

    public func string(_ name: NameID) -> String { String(decoding: text(name), as: UTF16.self) }

    /// A field of the head of the name at a place: 6 the hash, 4 the number, 2 the length.
    @inline(__always)
    private func head(_ start: Int, _ distance: Int) -> UInt32 {
        UInt32(arena[start - distance]) | UInt32(arena[start - distance + 1]) << 16
    }

    /// Where the name with these units and this hash is; otherwise its free slot.
    @inline(__always)
    private func find(_ source: Span<UInt16>, _ start: Int, _ count: Int, _ hash: UInt32) -> (place: UInt32, slot: Int) {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let place = slots[slot]
            if place == 0 { return (0, slot) }
            if head(Int(place), 6) == hash, head(Int(place), 2) == UInt32(truncatingIfNeeded: count),
                UnitText.equal(arena.span, Int(place), source, start, count: count) {
                return (place, slot)
            }
            slot = (slot + 1) & mask
        }
    }

    mutating func intern(_ text: ContiguousArray<UInt16>) -> NameID { intern(text, 0, text.count) }

    /// The number of the units in a range.
    mutating func intern(_ source: ContiguousArray<UInt16>, _ start: Int, _ end: Int) -> NameID {
        let hash = UnitText.hash(source.span, start, count: end - start, multiplier: multiplier)
        let (place, slot) = find(source.span, start, end - start, hash)
        if place != 0 { return head(Int(place), 4) }
        let number = UInt32(truncatingIfNeeded: starts.count)
        for field in [hash, number, UInt32(truncatingIfNeeded: end - start)] {
            arena.append(UInt16(truncatingIfNeeded: field))
            arena.append(UInt16(truncatingIfNeeded: field >> 16))
        }
        let first = UInt32(truncatingIfNeeded: arena.count)
        starts.append(first)
        arena.append(contentsOf: source[start..<end])
        slots[slot] = first
        if starts.count * 2 > slots.count { grow() }
        return number
    }

    /// The number of a name, if it is there.
    public func number(of text: ContiguousArray<UInt16>) -> NameID? {
        let hash = UnitText.hash(text.span, 0, count: text.count, multiplier: multiplier)
        let place = find(text.span, 0, text.count, hash).place
        return place == 0 ? nil : head(Int(place), 4)
    }

    private mutating func grow() {
        slots = ContiguousArray(repeating: 0, count: slots.count * 4)
        let mask = slots.count - 1
        for start in starts {
            var slot = Int(head(Int(start), 6)) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = start
        }
    }
}

enum HashSecret {
    /// Odd, and so that its high half is never small.
    static let multiplier: UInt64 = UInt64.random(in: .min ... .max) | 0x4000_0000_0000_0001
}

/// Words with a fixed name number, so that the parser compares numbers.
enum Keyword {
    static let words = [
        // Reserved words, 1...36
        "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "export",
        "extends", "false", "finally", "for", "function", "if", "import", "in", "instanceof", "new", "null", "return",
        "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with", "enum",
        // Reserved in strict code, 37...45
        "implements", "interface", "let", "package", "private", "protected", "public", "static", "yield",
        // Contextual
        "await", "async", "of", "get", "set", "arguments", "eval", "constructor", "prototype", "__proto__", "target",
        "meta", "as", "from", "accessor", "using", "use strict", "undefined", "with_", "name", "*default*", "default_",
    ]
    static let `break`: NameID = 1, `case`: NameID = 2, `catch`: NameID = 3, `class`: NameID = 4, const: NameID = 5
    static let `continue`: NameID = 6, debugger: NameID = 7, `default`: NameID = 8, delete: NameID = 9, `do`: NameID = 10
    static let `else`: NameID = 11, export: NameID = 12, extends: NameID = 13, `false`: NameID = 14, finally: NameID = 15
    static let `for`: NameID = 16, function: NameID = 17, `if`: NameID = 18, `import`: NameID = 19, `in`: NameID = 20
    static let instanceof: NameID = 21, new: NameID = 22, null: NameID = 23, `return`: NameID = 24, `super`: NameID = 25
    static let `switch`: NameID = 26, this: NameID = 27, `throw`: NameID = 28, `true`: NameID = 29, `try`: NameID = 30
    static let typeof: NameID = 31, `var`: NameID = 32, void: NameID = 33, `while`: NameID = 34, with: NameID = 35
    static let `enum`: NameID = 36, `let`: NameID = 39, `static`: NameID = 44, yield: NameID = 45, await: NameID = 46
    static let async: NameID = 47, of: NameID = 48, get: NameID = 49, set: NameID = 50, arguments: NameID = 51
    static let eval: NameID = 52, constructor: NameID = 53, prototype: NameID = 54, proto: NameID = 55
    static let target: NameID = 56, meta: NameID = 57, `as`: NameID = 58, from: NameID = 59, accessor: NameID = 60
    static let using: NameID = 61, useStrict: NameID = 62, undefined: NameID = 63
    static let starDefault: NameID = 66
    static let lastKnown: NameID = 67
    static let lastReserved: NameID = 36, lastStrict: NameID = 45
}

/// Names that the compiler asks for.
public enum KnownName {
    public static var arguments: NameID { Keyword.arguments }
    public static var eval: NameID { Keyword.eval }
    public static var undefined: NameID { Keyword.undefined }
    public static var proto: NameID { Keyword.proto }
    public static var prototype: NameID { Keyword.prototype }
    public static var constructor: NameID { Keyword.constructor }
    public static var `default`: NameID { Keyword.default }
    /// Binding of a default export without a name of its own.
    public static var starDefault: NameID { Keyword.starDefault }
}
