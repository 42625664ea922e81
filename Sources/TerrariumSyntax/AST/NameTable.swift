/// Interned names and string values: UTF-16 units in one arena, found by an open-addressing hash.
public struct NameTable: Sendable {
    var units: ContiguousArray<UInt16> = []
    var starts: ContiguousArray<UInt32> = [0]
    private var hashes: ContiguousArray<UInt32> = []
    private var slots: ContiguousArray<UInt32> = ContiguousArray(repeating: 0, count: 256)

    init() {
        _ = intern([][...])
        for word in Keyword.words { _ = intern(ContiguousArray(word.utf16)[...]) }
    }

    public var count: Int { starts.count - 1 }

    /// Units of a name.
    public func text(_ name: NameID) -> ArraySlice<UInt16> {
        let index = Int(name)
        guard index + 1 < starts.count else { return [] }
        return ArraySlice(units[Int(starts[index])..<Int(starts[index + 1])])
    }

    public func string(_ name: NameID) -> String { String(decoding: text(name), as: UTF16.self) }

    mutating func intern(_ text: ContiguousArray<UInt16>.SubSequence) -> NameID {
        var hash: UInt32 = 0x811C_9DC5
        for unit in text { hash = (hash ^ UInt32(unit)) &* 0x0100_0193 }
        hash ^= hash >> 15
        let mask = UInt32(slots.count - 1)
        var slot = hash & mask
        while slots[Int(slot)] != 0 {
            let candidate = Int(slots[Int(slot)]) - 1
            if hashes[candidate] == hash {
                let start = Int(starts[candidate]), end = Int(starts[candidate + 1])
                if end - start == text.count, matches(start, text) { return NameID(candidate) }
            }
            slot = (slot + 1) & mask
        }
        let name = UInt32(hashes.count)
        hashes.append(hash)
        units.append(contentsOf: text)
        starts.append(UInt32(units.count))
        slots[Int(slot)] = name + 1
        if hashes.count * 2 > slots.count { grow() }
        return name
    }

    private func matches(_ start: Int, _ text: ContiguousArray<UInt16>.SubSequence) -> Bool {
        var position = start
        for unit in text {
            if units[position] != unit { return false }
            position += 1
        }
        return true
    }

    private mutating func grow() {
        slots = ContiguousArray(repeating: 0, count: slots.count * 4)
        let mask = UInt32(slots.count - 1)
        for (index, hash) in hashes.enumerated() {
            var slot = hash & mask
            while slots[Int(slot)] != 0 { slot = (slot + 1) & mask }
            slots[Int(slot)] = UInt32(index) + 1
        }
    }
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
