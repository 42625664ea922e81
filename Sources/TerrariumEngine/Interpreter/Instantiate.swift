import TerrariumCage
import TerrariumSyntax

/// Bringing compiled code into the cage, and running scripts.
///
/// The code of a function comes into the cage when it is first called. Until then a stand-in has its place: a code cell
/// with the one instruction `makeCode`, and with all that is asked of a function that is not running (flags, name, length,
/// parameters, template). It keeps the code cell whose constant it is in `codeHandlers`, and its successor in `codeScript`.
extension Machine {
    /// Copies a script's top level into a code cell.
    func instantiate(_ script: ScriptTemplate) throws(Thrown) -> UInt32 {
        try instantiate(try add(script), 0, isCalled: false)
    }

    /// The number that the next script gets.
    var nextScriptNumber: Int { freeScripts.last ?? scripts.count }

    /// Lets go of the scripts of which no code is left; those of the engine stay.
    func releaseDeadScripts(_ isLive: [Bool]) {
        if observer?.needsScripts ?? false { return }
        for number in scripts.indices
        where !(number < isLive.count && isLive[number]) && !scripts[number].isReleased && scripts[number].builtinName == nil {
            // The next collection finds the others.
            if number & 63 == 63, asksToGiveUp() { return }
            if scripts[number].isEval { returnHostBytes(scripts[number].byteCount) }
            observer?.scriptEnds(number)
            scripts[number] = ScriptTemplate()
            modules.referrers[UInt32(truncatingIfNeeded: number)] = nil
            sourceMaps.states[number] = nil
            if lastThrow?.script == number { lastThrow = nil }
            freeScripts.append(number)
        }
    }

    /// Gives a script its number.
    private func add(_ script: ScriptTemplate) throws(Thrown) -> UInt32 {
        let place = nextScriptNumber
        if script.isEval { try noteHostBytes(script.byteCount) }
        // What the host compiled is not the guest's to pay for, but it has to go some time.
        noteSource(script.sourceText.byteCount)
        if freeScripts.popLast() != nil { scripts[place] = script } else { scripts.append(script) }
        return UInt32(truncatingIfNeeded: place)
    }

    /// As `instantiate`, with another function that nothing refers to.
    func instantiate(_ script: ScriptTemplate, and other: Int) throws(Thrown) -> (UInt32, UInt32) {
        let number = try add(script)
        let code = try instantiate(number, 0, isCalled: false)
        return (code, try instantiate(number, UInt32(truncatingIfNeeded: other), isCalled: false))
    }

    /// The code cell of a template, compiled now if it is not yet. Cost: a unit of fuel for each word of code of a function that
    /// is called first, whether another machine had it compiled before or not; an eighth of it for what the host compiled.
    private func instantiate(_ script: UInt32, _ index: UInt32, isCalled: Bool) throws(Thrown) -> UInt32 {
        guard Int(script) < scripts.count else { throw terminate(.corrupted) }
        guard let template = scripts[Int(script)].code.compiled(Int(index), callOff: startLongWork()) else {
            try checkMeters()
            throw stackOverflow()
        }
        try charge((isCalled ? template.words.count : template.words.count / 8) &+ 8)
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
            if position & 1023 == 1023 { try checkMeters() }
            let value: Value
            if case .function(let number) = constant {
                value = Value(cell: try makeStandIn(script, number, for: code, position))
            } else {
                value = try self.value(of: constant)
            }
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

    /// The stand-in of a template that is a constant of a code cell.
    private func makeStandIn(_ script: UInt32, _ number: Int, for user: UInt32, _ position: Int) throws(Thrown) -> UInt32 {
        let template = scripts[Int(script)][number]
        let code = try allocate(UInt32(Layout.codeWords) &+ 8, kind: CellKind.code)
        let entry = code &+ UInt32(Layout.codeWords)
        cage.store32(code, Layout.codeFlags, template.flags.union(.standIn).rawValue)
        cage.store32(code, Layout.codeEntry, entry)
        cage.store16(code, Layout.codeParameterCount, template.parameterCount)
        cage.store16(code, Layout.codeRegisterCount, template.parameterCount &+ 4)
        cage.store16(code, Layout.codeLength, template.length)
        cage.store32(code, Layout.codeWordCount, 1)
        cage.store32(code, Layout.codeName, try atom(template.name))
        cage.store32(code, Layout.codeReserved, script)
        cage.store32(code, Layout.codeTemplate, UInt32(truncatingIfNeeded: number))
        cage.store32(code, Layout.codeHandlers, user)
        cage.store64(entry, 0, Instruction.word(.makeCode, immediate: Int32(truncatingIfNeeded: position)))
        return code
    }

    /// The code of a function; a stand-in is replaced, in the function and for closures that come.
    @discardableResult
    func makeCode(of function: UInt32) throws(Thrown) -> UInt32 {
        let standIn = cage.load32(function, Layout.functionCode)
        guard CodeFlags(rawValue: cage.load32(standIn, Layout.codeFlags)).contains(.standIn) else { return standIn }
        var code = cage.load32(standIn, Layout.codeScript)
        if code == 0 {
            code = try instantiate(
                cage.load32(standIn, Layout.codeReserved), cage.load32(standIn, Layout.codeTemplate), isCalled: true)
            cage.store32(standIn, Layout.codeScript, code)
            let user = cage.load32(standIn, Layout.codeHandlers)
            let position = UInt32(truncatingIfNeeded: cage.load64(standIn, Layout.codeWords) >> 32)
            if kind(of: user) == CellKind.code, position < cage.load32(user, Layout.codeConstantCount) {
                cage.store64(user &+ UInt32(Layout.codeWords) &+ position &* 8, 0, Value(cell: code).bits)
            }
        }
        cage.store32(function, Layout.functionCode, code)
        return code
    }

    /// `makeCode`: the frame was built for a stand-in.
    func enterMadeCode() throws(Thrown) {
        let code = try makeCode(of: UInt32(truncatingIfNeeded: cage.load64(frame)))
        let top = frameTop(frame)
        try requireStack(top)
        setStackTop(top)
        let entry = Int64(cage.load32(code, Layout.codeEntry))
        jump(bytes: entry &- cells[Cell.pc])
        if cells[Cell.limit] <= entry { try safepoint() }
    }

    private func value(of constant: Constant) throws(Thrown) -> Value {
        switch constant {
        case .number(let number): return Value(number: number)
        case .string(let text): return try makeString(text)
        case .atom(let text): return Value(string: try atom(text))
        case .bigInt(let negative, let limbs): return try makeBigInt(negative: negative, limbs: limbs)
        case .wellKnownSymbol(let number):
            return WellKnownSymbol(rawValue: number).map { symbolValue($0) } ?? .undefined
        case .function: return .undefined
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
