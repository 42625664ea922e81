import TerrariumCage
import TerrariumSyntax

/// Bringing compiled code into the cage, and running scripts.
extension Machine {
    /// Copies a script's templates into code cells; returns the cell of the top level.
    func instantiate(_ script: ScriptTemplate) throws(Thrown) -> UInt32 { try instantiateAll(script).first ?? 0 }

    /// The number that the next script gets.
    var nextScriptNumber: Int { freeScripts.last ?? scripts.count }

    /// Lets go of the scripts made from strings of which no code is left.
    func releaseDeadScripts(_ isLive: [Bool]) {
        for number in scripts.indices
        where scripts[number].isEval && !(number < isLive.count && isLive[number]) {
            returnHostBytes(scripts[number].byteCount)
            scripts[number] = ScriptTemplate()
            modules.referrers[UInt32(truncatingIfNeeded: number)] = nil
            sourceMaps.states[number] = nil
            if lastThrow?.script == number { lastThrow = nil }
            freeScripts.append(number)
        }
    }

    /// The code cells of all templates.
    func instantiateAll(_ script: ScriptTemplate) throws(Thrown) -> [UInt32] {
        let place = nextScriptNumber
        if script.isEval { try noteHostBytes(script.byteCount) }
        if freeScripts.popLast() != nil { scripts[place] = script } else { scripts.append(script) }
        let number = UInt32(truncatingIfNeeded: place)
        var cells = [UInt32](repeating: 0, count: script.functions.count)
        // Inner functions have higher numbers than their users.
        for index in script.functions.indices.reversed() {
            cells[index] = try instantiate(script.functions[index], number, UInt32(truncatingIfNeeded: index), cells)
        }
        return cells
    }

    private func instantiate(_ template: CodeTemplate, _ script: UInt32, _ index: UInt32, _ functions: [UInt32])
        throws(Thrown) -> UInt32
    {
        try charge(template.words.count / 8 &+ 8)
        let count = template.constants.count
        let size = try checkedSize(Int(Layout.codeWords) &+ (count &+ template.words.count) &* 8)
        let code = try allocate(size, kind: CellKind.code)
        cage.store32(code, Layout.codeFlags, template.flags.rawValue)
        let start = code &+ UInt32(Layout.codeWords) &+ UInt32(truncatingIfNeeded: count) &* 8
        cage.store32(code, Layout.codeEntry, start &+ template.entry &* 8)
        cage.store16(code, Layout.codeParameterCount, template.parameterCount)
        cage.store16(code, Layout.codeRegisterCount, template.registerCount)
        cage.store16(code, Layout.codeLength, template.length)
        cage.store32(code, Layout.codeWordCount, UInt32(truncatingIfNeeded: template.words.count))
        cage.store32(code, Layout.codeName, try atom(template.name))
        cage.store32(code, Layout.codeReserved, script)
        cage.store32(code, Layout.codeTemplate, index)
        for (position, constant) in template.constants.enumerated() {
            let value = try self.value(of: constant, functions)
            cage.store64(code &+ UInt32(Layout.codeWords) &+ UInt32(truncatingIfNeeded: position) &* 8, 0, value.bits)
        }
        cage.store32(code, Layout.codeConstantCount, UInt32(truncatingIfNeeded: count))
        cage.store(template.words, at: start)
        if !template.handlers.isEmpty {
            let table = try makeBytes(count: template.handlers.count &* 16)
            for (position, handler) in template.handlers.enumerated() {
                let entry = table &+ 16 &+ UInt32(truncatingIfNeeded: position) &* 16
                cage.store32(entry, 0, handler.start)
                cage.store32(entry, 4, handler.end)
                cage.store32(entry, 8, handler.target)
                cage.store32(entry, 12, UInt32(handler.register))
            }
            cage.store32(code, Layout.codeHandlers, table)
            cage.store32(code, Layout.codeHandlerCount, UInt32(truncatingIfNeeded: template.handlers.count))
        }
        return code
    }

    private func value(of constant: Constant, _ functions: [UInt32]) throws(Thrown) -> Value {
        switch constant {
        case .number(let number): return Value(number: number)
        case .string(let text): return try makeString(text)
        case .atom(let text): return Value(string: try atom(text))
        case .bigInt(let negative, let limbs): return try makeBigInt(negative: negative, limbs: limbs)
        case .wellKnownSymbol(let number):
            return WellKnownSymbol(rawValue: number).map { symbolValue($0) } ?? .undefined
        case .function(let index): return index < functions.count ? Value(cell: functions[index]) : .undefined
        case .names(let names): return try list(of: try names.map { (name) throws(Thrown) in Value(string: try atom(name)) })
        case .templateSite(let cooked, let raw):
            var values: [Value] = [.empty]
            for text in cooked { values.append(try text.map { (text) throws(Thrown) in try makeString(text) } ?? .undefined) }
            for text in raw { values.append(try makeString(text)) }
            return try list(of: values)
        case .regExp(let pattern, let flags): return try makeRegExpSite(try makeString(pattern), try makeString(flags))
        case .globalDeclarations(let declarations):
            var values: [Value] = [
                Value(declarations.lexical.count), Value(declarations.functions.count), Value(declarations.variables.count),
                Value(declarations.isEval),
            ]
            for entry in declarations.lexical {
                values.append(Value(string: try atom(entry.name)))
                values.append(Value(entry.isConstant))
            }
            for name in declarations.functions + declarations.variables { values.append(Value(string: try atom(name))) }
            return try list(of: values)
        case .evalContext: return .undefined
        }
    }

    /// A list cell with these values.
    public func list(of values: [Value]) throws(Thrown) -> Value {
        let list = try makeList(capacity: max(1, values.count))
        cage.store32(list, Layout.elementsLength, UInt32(truncatingIfNeeded: values.count))
        for (index, value) in values.enumerated() {
            cage.store64(list &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8, 0, value.bits)
        }
        return Value(cell: list)
    }

    /// The function of a script's top level. Not rooted.
    public func makeScriptFunction(_ script: ScriptTemplate, realm: UInt32) throws(Thrown) -> Value {
        Value(object: try makeFunction(code: try instantiate(script), scope: 0, realm: realm))
    }

    /// ScriptEvaluation: runs a compiled script in a realm; returns its completion value.
    public func run(_ script: ScriptTemplate, realm: UInt32) throws(Thrown) -> Value {
        if let termination { throw terminate(termination) }
        let code = try instantiate(script)
        let function = try makeFunction(code: code, scope: 0, realm: realm)
        let handle = makeHandle(Value(object: function))
        defer { releaseHandle(handle) }
        return try call(Value(object: function), this: realmValue(realm, .globalThisValue))
    }

    /// Parses, compiles and runs a source. Syntax errors become guest SyntaxErrors of the realm.
    public func compile(_ source: SourceText, options: ParseOptions = ParseOptions()) throws -> ScriptTemplate {
        let program = try Parser.parse(source, options: options)
        return try ScriptCompiler.compile(program)
    }
}
