import TerrariumCage
import TerrariumRegExp
import TerrariumSyntax

/// RegExp objects (ECMA-262 §22.2): field 0 is the compiled pattern, and `lastIndex` is the first property.
///
/// A compiled pattern is a list: 0 source text, 1 flags (an int; a string until it is compiled), 2 program (a words cell),
/// 3 group names (a list: for each name its string, how many groups have it, their numbers; or undefined), 4 number of
/// groups, 5 registers of the matcher, 6 the shape of its objects of named groups.
extension Machine {
    enum CompiledRegExp {
        static let source: UInt32 = 0, flags: UInt32 = 1, program: UInt32 = 2, names: UInt32 = 3, captures: UInt32 = 4
        static let registers: UInt32 = 5, groupsShape: UInt32 = 6
    }

    func compiledValue(_ list: UInt32, _ index: UInt32) -> Value { Value(bits: cage.load64(list &+ 16 &+ index &* 8)) }
    private func setCompiledValue(_ list: UInt32, _ index: UInt32, _ value: Value) {
        cage.store64(list &+ 16 &+ index &* 8, 0, value.bits)
    }

    /// A list of a pattern that is not compiled yet.
    func makeRegExpSite(_ pattern: Value, _ flags: Value) throws(Thrown) -> Value {
        try list(of: [pattern, flags, .undefined, .undefined, .undefined, .undefined, .undefined])
    }

    func setGroupsShape(_ compiled: UInt32, _ shape: UInt32) {
        setCompiledValue(compiled, CompiledRegExp.groupsShape, Value(cell: shape))
    }

    /// Compiles the pattern of a site in place. Throws a SyntaxError.
    /// Cost: fuel by the length of pattern and program.
    func compileRegExp(_ site: UInt32) throws(Thrown) {
        let source = try flat(compiledValue(site, CompiledRegExp.source))
        var pattern: [UInt16] = []
        let flagsText = compiledValue(site, CompiledRegExp.flags)
        guard let flags = RegExpFlags.parse(from: try flat(flagsText).units) else {
            throw syntaxError("Invalid flags supplied to RegExp constructor '\(swiftString(flagsText))'")
        }
        try charge(source.count &* 16 &+ 1500)
        try copyUnits(of: source, to: &pattern)
        var limits = RegExpLimits()
        limits.work = 50_000_000
        limits.memory = roomOutside / 2
        let callOff = startLongWork()
        limits.callOff = callOff
        let program: RegExpProgram
        switch RegExpCompiler.compile(pattern: pattern, flags: flags, limits: limits) {
        case .success(let compiled): program = compiled
        case .failure(let error):
            if callOff.isDue { callOff.keep(pattern) }
            try checkMeters()
            try charge(error.work / 4)
            let source = compiledValue(site, CompiledRegExp.source)
            let start = try concatenate(try makeString("Invalid regular expression: /"), source)
            let end = try concatenate(try makeString("/"), flagsText)
            let why = try concatenate(end, try makeString(": \(error.message)"))
            throw throwValue(try makeError(.syntaxError, message: try concatenate(start, why)))
        }
        try charge(program.words.count / 2 &+ program.work / 4)
        let cell = try allocate(
            try checkedSize(16 &+ program.words.count &* 4), kind: CellKind.words,
            word: UInt32(truncatingIfNeeded: program.words.count))
        var position = cell &+ 16
        for word in program.words {
            cage.store32(position, 0, word)
            position = position &+ 4
        }
        var names: [Value] = []
        for group in program.groupNames {
            names.append(try makeString(units: group.name))
            names.append(Value(group.indices.count))
            for index in group.indices { names.append(Value(index)) }
        }
        setCompiledValue(site, CompiledRegExp.names, names.isEmpty ? .undefined : try list(of: names))
        setCompiledValue(site, CompiledRegExp.captures, Value(program.captureCount))
        setCompiledValue(site, CompiledRegExp.registers, Value(program.registerCount))
        setCompiledValue(site, CompiledRegExp.flags, Value(Int32(flags.rawValue)))
        setCompiledValue(site, CompiledRegExp.program, Value(cell: cell))
    }

    /// Flags of a compiled pattern.
    func regExpFlags(_ compiled: UInt32) -> RegExpFlags {
        RegExpFlags(rawValue: UInt8(truncatingIfNeeded: compiledValue(compiled, CompiledRegExp.flags).int))
    }

    /// RegExpAlloc.
    public func regExpAlloc(prototype: UInt32) throws(Thrown) -> UInt32 {
        let known = intrinsic(.regExpShape)
        if known.isCell, prototype == intrinsic(.regExpPrototype).offset {
            let object = try allocateObject(kind: CellKind.regExp, shape: known.offset, fields: 1)
            setField(object, 1, .zero)
            return object
        }
        let object = try allocateObject(kind: CellKind.regExp, prototype: prototype, fields: 1, inlineCapacity: 1)
        try addProperty(object, key: wellKnown.lastIndex, value: .zero, attributes: Attribute.writable)
        return object
    }

    /// RegExpInitialize. May run guest code (ToString of the arguments).
    public func regExpInitialize(_ object: UInt32, _ pattern: Value, _ flags: Value) throws(Thrown) {
        let source = pattern.isUndefined ? emptyString : try toStringValue(pattern)
        let flagsText = flags.isUndefined ? emptyString : try toStringValue(flags)
        let site = try makeRegExpSite(source, flagsText)
        try compileRegExp(site.offset)
        setField(object, 0, site)
        try put(object, PropertyKey(atom: wellKnown.lastIndex), .zero)
    }

    /// RegExpCreate.
    public func regExpCreate(_ pattern: Value, _ flags: Value) throws(Thrown) -> Value {
        let object = try regExpAlloc(prototype: intrinsic(.regExpPrototype).offset)
        try regExpInitialize(object, pattern, flags)
        return Value(object: object)
    }

    /// A literal: its site, a constant of the code, is compiled once.
    func regExpLiteral(_ site: Value) throws(Thrown) -> Value {
        if !compiledValue(site.offset, CompiledRegExp.program).isCell { try compileRegExp(site.offset) }
        let object = try regExpAlloc(prototype: intrinsic(.regExpPrototype).offset)
        setField(object, 0, site)
        return Value(object: object)
    }

    /// The compiled pattern when a value is a RegExp object that was initialised.
    public func compiledRegExp(_ value: Value) -> UInt32? {
        guard value.isObject, kind(of: value.offset) == CellKind.regExp else { return nil }
        let compiled = field(value.offset, 0)
        return compiled.isCell ? compiled.offset : nil
    }

    /// Source text as it was given.
    public func regExpSource(_ compiled: UInt32) -> Value { compiledValue(compiled, CompiledRegExp.source) }

    /// The flags as text, in the order of the `flags` accessor.
    public func regExpFlagsText(_ compiled: UInt32) throws(Thrown) -> Value {
        try makeString(units: regExpFlags(compiled).units)
    }

    /// Groups without the whole match.
    public func regExpGroupCount(_ compiled: UInt32) -> Int { max(0, Int(compiledValue(compiled, CompiledRegExp.captures).int)) }

    public func regExpHasFlag(_ compiled: UInt32, _ flag: RegExpFlags) -> Bool { regExpFlags(compiled).contains(flag) }
}

extension ParseOptions {
    /// What guest sources are parsed with: regular expression literals are checked.
    public static var guest: ParseOptions {
        var options = ParseOptions()
        options.checkRegExps()
        return options
    }

    /// - Parameter memory: bytes of the host's that checking one may take.
    mutating func checkRegExps(memory: Int = 1 << 30) {
        validateRegExp = { pattern, flags, callOff in
            guard let parsed = RegExpFlags.parse(from: flags) else { return "Invalid regular expression flags" }
            var limits = RegExpLimits()
            limits.work = 50_000_000
            limits.memory = memory
            limits.callOff = callOff
            return RegExpSyntax.validate(pattern: pattern, flags: parsed, limits: limits).map {
                let shown = pattern.count > 10_000 ? Array(pattern.prefix(10_000)) + [0x2026] : pattern
                return String(decoding: $0.fullMessage(pattern: shown, flags: parsed), as: UTF16.self)
            }
        }
    }
}
