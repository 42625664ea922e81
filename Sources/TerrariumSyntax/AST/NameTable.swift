import TerrariumCage

/// Interned names and string values: UTF-16 units in one arena, found by an open-addressing hash.
public struct NameTable: Sendable {
    private struct Entry {
        var hash: UInt32, start: UInt32, end: UInt32
    }

    private var units: ContiguousArray<UInt16> = []
    private var entries: ContiguousArray<Entry> = []
    /// Number of a name + 1, by hash.
    private var slots = ContiguousArray<UInt32>(repeating: 0, count: 1024)

    /// Unknown to whoever wrote the source, so that nobody can choose names that collide. Nothing that can be observed
    /// depends on it.
    let multiplier = HashSecret.multiplier

    /// The table with nothing but the words of the language.
    static let initial = NameTable()

    private init() {
        _ = intern([])
        for word in Keyword.words { _ = intern(ContiguousArray(word.utf16)) }
    }

    public var count: Int { entries.count }

    /// Units of a name.
    public func text(_ name: NameID) -> ArraySlice<UInt16> {
        guard Int(name) < entries.count else { return [] }
        let entry = entries[Int(name)]
        return ArraySlice(units[Int(entry.start)..<Int(entry.end)])
    }

    public func string(_ name: NameID) -> String { String(decoding: text(name), as: UTF16.self) }

    /// Adds a unit to a running hash (0 at first), so that a scanner can hash while it scans.
    @inline(__always)
    static func hash(_ hash: UInt64, _ unit: UInt16, _ multiplier: UInt64) -> UInt64 {
        let product = (hash ^ UInt64(unit)) &* multiplier
        return product ^ product >> 32
    }

    mutating func intern(_ text: ContiguousArray<UInt16>) -> NameID { intern(text, 0, text.count) }

    mutating func intern(_ source: ContiguousArray<UInt16>, _ start: Int, _ end: Int) -> NameID {
        var hash: UInt64 = 0
        for index in start..<end { hash = NameTable.hash(hash, source[index], multiplier) }
        return intern(source, start, end, hash: hash)
    }

    /// The number of the units in a range, whose running hash is known.
    mutating func intern(_ source: ContiguousArray<UInt16>, _ start: Int, _ end: Int, hash running: UInt64) -> NameID {
        let hash = UInt32(truncatingIfNeeded: running)
        let mask = UInt32(truncatingIfNeeded: slots.count - 1)
        var slot = hash & mask
        while true {
            let number = slots[Int(slot)]
            if number == 0 { break }
            let entry = entries[Int(number) - 1]
            if entry.hash == hash, Int(entry.end) - Int(entry.start) == end - start,
                UnitText.equal(units.span, Int(entry.start), source.span, start, count: end - start) {
                return number - 1
            }
            slot = (slot + 1) & mask
        }
        let first = units.count
        for index in start..<end { units.append(source[index]) }
        entries.append(
            Entry(hash: hash, start: UInt32(truncatingIfNeeded: first), end: UInt32(truncatingIfNeeded: units.count)))
        slots[Int(slot)] = UInt32(truncatingIfNeeded: entries.count)
        if entries.count * 2 > slots.count { grow() }
        return UInt32(truncatingIfNeeded: entries.count - 1)
    }

    /// The number of a name, if it is there.
    public func number(of text: ContiguousArray<UInt16>) -> NameID? {
        var running: UInt64 = 0
        for unit in text { running = NameTable.hash(running, unit, multiplier) }
        let hash = UInt32(truncatingIfNeeded: running)
        let mask = UInt32(truncatingIfNeeded: slots.count - 1)
        var slot = hash & mask
        while slots[Int(slot)] != 0 {
            let number = slots[Int(slot)]
            let entry = entries[Int(number) - 1]
            if entry.hash == hash, Int(entry.end) - Int(entry.start) == text.count,
                UnitText.equal(units.span, Int(entry.start), text.span, 0, count: text.count) {
                return number - 1
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private mutating func grow() {
        slots = ContiguousArray(repeating: 0, count: slots.count * 4)
        let mask = UInt32(truncatingIfNeeded: slots.count - 1)
        for index in entries.indices {
            var slot = entries[index].hash & mask
            while slots[Int(slot)] != 0 { slot = (slot + 1) & mask }
            slots[Int(slot)] = UInt32(truncatingIfNeeded: index) + 1
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
