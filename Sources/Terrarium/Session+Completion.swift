internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumSyntax

/// Looking around in a session without running guest code: getters and proxies' traps are not asked.
extension Session {
    /// Names that the text before the cursor may go on with, in order, and how many units of the text they replace.
    public func completions(before text: String) -> (names: [String], replaced: Int) {
        recover()
        let scalars = Array(text.unicodeScalars)
        var start = scalars.count
        while start > 0, Session.isNamePart(scalars[start - 1]) { start -= 1 }
        let word = String(String.UnicodeScalarView(scalars[start...]))
        var chain = scalars[..<start]
        guard chain.last == "." else {
            if let first = word.unicodeScalars.first, first.value < 58 { return ([], 0) }
            return (ordered(globalNames() + Session.keywords, word), word.utf16.count)
        }
        chain = chain.dropLast()
        if chain.last == "?" { chain = chain.dropLast() }
        guard let value = value(ofChain: chain) else { return ([], 0) }
        return (ordered(propertyNames(of: value), word), word.utf16.count)
    }

    /// After a limit or an interrupt: the session can be looked at and copied. What that costs is not the guest's.
    public func recover() {
        if machine.termination == .corrupted { return }
        machine.clearTermination()
        machine.interrupter.reset()
        machine.setFuel(1 << 30)
        machine.setDeadline(nil)
    }

    /// The value of a global name or path of data properties (`a.b.c`); nil when it is none.
    func value(ofPath path: String) -> Word? { value(ofChain: Array(path.unicodeScalars)[...]) }

    private func value(ofChain chain: ArraySlice<Unicode.Scalar>) -> Word? {
        // Literals tell by their last character what they are.
        if let last = chain.last, last == "\"" || last == "'" || last == "`" {
            return machine.realmValue(realm, .stringPrototype)
        }
        var start = chain.endIndex
        while start > chain.startIndex, Session.isNamePart(chain[start - 1]) || chain[start - 1] == "." || chain[start - 1] == "?" { start -= 1 }
        if start > chain.startIndex, chain[start - 1] == ")" || chain[start - 1] == "]" { return nil }
        let parts = chain[start...].split(separator: ".", omittingEmptySubsequences: false)
            .map { String(String.UnicodeScalarView($0.filter { $0 != "?" })) }
        guard let first = parts.first, !first.isEmpty, var value = global(first) else { return nil }
        for name in parts.dropFirst() {
            guard let holder = holder(of: value), let next = machine.storedValue(holder, machine.key(name)) else { return nil }
            value = next
        }
        return value
    }

    private func global(_ name: String) -> Word? {
        let global = machine.realmValue(realm, .global)
        if name == "this" || name == "globalThis" { return global }
        if let first = name.unicodeScalars.first, first.value >= 48, first.value < 58 { return nil }
        do throws(Thrown) {
            if let lexical = try machine.globalLexical(name, realm: realm) { return lexical }
        } catch {
            if error == .exception { _ = machine.takeException() }
            return nil
        }
        return machine.storedValue(global.offset, machine.key(name))
    }

    /// The object whose properties a value has.
    private func holder(of value: Word) -> UInt32? {
        if value.isObject { return value.offset }
        let prototype: Intrinsic
        if value.isString { prototype = .stringPrototype }
        else if value.isNumber { prototype = .numberPrototype }
        else if value.isBoolean { prototype = .booleanPrototype }
        else if value.isSymbol { prototype = .symbolPrototype }
        else if value.isBigInt { prototype = .bigIntPrototype }
        else { return nil }
        return machine.realmValue(realm, prototype).offset
    }

    private func propertyNames(of value: Word) -> [String] {
        guard var object = holder(of: value) else { return [] }
        var names: [String] = []
        for _ in 0..<100 where object != 0 {
            guard let plain = machine.withoutProxies(object) else { break }
            names += keys(of: plain)
            object = machine.ordinaryPrototype(plain)
        }
        return names
    }

    private func globalNames() -> [String] {
        let lexicals = machine.realmValue(realm, .globalLexicals)
        return (lexicals.isReference ? keys(of: lexicals.offset) : []) + propertyNames(of: machine.realmValue(realm, .global))
    }

    /// Names of let, const and class variables, and of global properties that are not of the library.
    public func globalVariables() -> [(name: String, value: String)] {
        recover()
        return globalNamesOfGuest().map { name in (name, global(name).map { briefly($0) } ?? "(not yet there)") }
    }

    /// As `globalVariables`, the values themselves.
    func globalValues() -> [(name: String, value: Word)] {
        globalNamesOfGuest().compactMap { name in global(name).map { (name, $0) } }
    }

    private func globalNamesOfGuest() -> [String] {
        let lexicals = machine.realmValue(realm, .globalLexicals)
        let own = lexicals.isReference ? keys(of: lexicals.offset) : []
        let global = machine.realmValue(realm, .global).offset
        let others = keys(of: global).filter { machine.storedProperty(global, machine.key($0))?.enumerable == true }
        return own + others
    }

    /// A value on one line.
    func briefly(_ value: Word) -> String {
        var inspector = Inspector(machine)
        inspector.depth = 1
        inspector.colors = false
        let text = (try? inspector.inspect(value)) ?? machine.describe(value)
        let line = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined(separator: " ")
        return line.utf16.count > 200 ? String(line.prefix(197)) + "..." : line
    }

    private func keys(of object: UInt32) -> [String] {
        do throws(Thrown) {
            return try machine.storedKeys(object).lazy.filter { !$0.isSymbol && !$0.isIndex }.prefix(5000).map { machine.describe($0) }
        } catch {
            return []
        }
    }

    private func ordered(_ names: [String], _ start: String) -> [String] {
        var seen: Set<String> = []
        return names.filter { $0.hasPrefix(start) && Session.isName($0) && seen.insert($0).inserted }.sorted()
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || scalar.properties.isIDContinue
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first == "_" || first == "$" || first.properties.isIDStart else { return false }
        return text.unicodeScalars.allSatisfy(isNamePart)
    }

    static let keywords = [
        "async", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else",
        "export", "extends", "false", "finally", "for", "function", "if", "import", "in", "instanceof", "let", "new", "null",
        "of", "return", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "using", "var", "void", "while",
        "with", "yield",
    ]
}
