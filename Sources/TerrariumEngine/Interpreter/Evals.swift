import TerrariumCage
import TerrariumSyntax

/// Code from strings (ECMA-262 §19.2.1): a capability.
extension Machine {
    /// HostEnsureCanCompileStrings.
    public func ensureCanCompileStrings() throws(Thrown) {
        if !allowsCodeGeneration {
            throw typeError("Code generation from strings disallowed for this context")
        }
    }

    /// Parses and compiles guest source. Syntax errors are thrown as guest SyntaxErrors of the current realm.
    /// Cost: 2000 units of fuel and 8 for each UTF-16 unit, about the time that it takes.
    public func compileGuest(
        _ source: SourceText, parse: ParseOptions = ParseOptions(), compile: CompileOptions = CompileOptions()
    ) throws(Thrown) -> ScriptTemplate {
        let program = try parseGuest(source, parse)
        do throws(CompileError) {
            return try compileParsed(program, compile)
        } catch {
            switch error {
            case .calledOff:
                try checkMeters()
                throw terminate(.interrupted)
            case .unsupported(let what, _): throw syntaxError("Not supported: \(what)")
            case .tooLarge(let what): throw rangeError(what)
            }
        }
    }

    /// Parses guest source. Syntax errors are thrown as guest SyntaxErrors of the current realm; an interrupt and the
    /// deadline end it. Cost: see `compileGuest`.
    public func parseGuest(_ source: SourceText, _ parse: ParseOptions) throws(Thrown) -> Program {
        try charge(source.units.count &* 8 &+ 2000)
        var options = parse
        options.checkRegExps(memory: roomOutside / 2)
        options.maximumNodes = min(options.maximumNodes, max(1000, roomOutside / Machine.bytesOfNode))
        let work = ParseWork(callOff: startLongWork())
        options.work = work
        let program: Program
        do throws(SyntaxDiagnostic) {
            program = try Parser.parse(source, options: options)
        } catch {
            try charge(work.units)
            switch error.kind {
            case .syntax: throw syntaxError(error.message)
            case .tooLarge: throw outOfHeap()
            case .calledOff:
                try checkMeters()
                throw terminate(.interrupted)
            case .nestingTooDeep: throw rangeError(error.message)
            }
        }
        try charge(work.units)
        return program
    }

    /// Compiles what was parsed on behalf of the guest: an interrupt and the deadline end it.
    public func compileParsed(_ program: Program, _ options: CompileOptions) throws(CompileError) -> ScriptTemplate {
        try ScriptCompiler.compile(program, options: options, callOff: startLongWork())
    }

    /// Bytes that work on behalf of the guest may take of the host's memory while it goes on: what the guest has left itself. What
    /// work before returned may not have gone back to the system, so estimates leave a margin.
    var roomOutside: Int { max(0, currentLimits.heap &- heapInUse) }

    /// Swift memory that a node of the tree takes until its code is there, with the room that arrays have left.
    static var bytesOfNode: Int { 64 }

    /// A string as a source.
    private func guestSource(_ string: Value) throws(Thrown) -> SourceText {
        let text = try flat(string)
        try requireHeap(text.count &* 8)
        var units: ContiguousArray<UInt16> = []
        try copyUnits(of: text, to: &units)
        return SourceText(units: units, name: evalOrigin())
    }

    /// Source name of code from a string that is compiled now: where that is done. Chains of evals are cut.
    public func evalOrigin() -> String {
        var current = frame
        var pc = UInt32(truncatingIfNeeded: cells[Cell.pc])
        var steps = 0
        while activationDepth > 0, pc != 0, steps < 16 {
            let callee = Value(bits: cage.load64(current))
            guard callee.isObject, kind(of: callee.offset) == CellKind.function,
                let found = template(of: cage.load32(callee.offset, Layout.functionCode))
            else { break }
            let flags = scripts[found.script][found.function].flags
            if flags.contains(.builtin) {
                let link = cage.load64(current, 8)
                pc = UInt32(truncatingIfNeeded: link) & ~7
                current = current &- (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8
                steps &+= 1
                continue
            }
            let place = sourcePlace(found, word: wordIndex(cage.load32(callee.offset, Layout.functionCode), pc))
            if place.source.utf8.count > 400 { break }
            let isTop = flags.contains(.topLevel) || flags.contains(.module)
            let name = isTop ? (scripts[found.script].isEval ? "eval" : "") : functionName(callee.offset)
            return "eval at \(name.isEmpty ? "<anonymous>" : name) (\(place.source):\(place.line):\(place.column)), <anonymous>"
        }
        return "<anonymous>"
    }

    /// PerformEval of an indirect call: the code runs in place of the native.
    public func performIndirectEval(_ call: NativeCall) throws(Thrown) -> Value {
        let source = call[0]
        guard source.isString else { return source }
        try ensureCanCompileStrings()
        var options = CompileOptions()
        options.isEval = true
        var script = try compileGuest(try guestSource(source), compile: options)
        script.referrer = scriptName
        let realm = currentRealm, code = try instantiate(script)
        // With what going on costs, as a call.
        chargeLater(2)
        return try goOn(
            call, Value(object: try makeFunction(code: code, scope: 0, realm: realm)),
            this: realmValue(realm, .globalThisValue), [])
    }

    /// A call of something named `eval`: direct eval when it is %eval%. The second word has the register of the scope
    /// and the constant of the place.
    func callEval(_ word: UInt64) throws(Thrown) {
        let second = cage.load64(UInt32(truncatingIfNeeded: cells[Cell.pc]))
        skipWords(1)
        let base = word.fieldB
        guard reg(base) == intrinsic(.eval) else {
            // The `this` in place is that of the eval's code.
            let count = word.fieldX & 2 != 0 ? try spreadArguments(base) : Int(word.fieldC)
            try callSlow(word, argumentCount: count, isConstruct: false, implicitThis: true)
            return
        }
        var source = word.fieldC > 0 ? reg(base &+ 4) : .undefined
        if word.fieldX & 2 != 0 { source = ownElement(source.offset, 0)?.value ?? .undefined }
        guard source.isString else {
            setReg(word.fieldA, source)
            return
        }
        try ensureCanCompileStrings()
        guard let context = evalContext(second.fieldC) else { throw terminate(.corrupted) }
        var parse = ParseOptions()
        parse.strict = context.isStrict
        var place = EvalPlace()
        place.allowsNewTarget = context.inFunction
        place.allowsSuperProperty = context.inMethod
        place.allowsSuperCall = context.inDerivedConstructor
        place.inFieldInitializer = context.inFieldInitializer
        for scope in context.scopes {
            for binding in scope.bindings where binding.kind == .privateName {
                let units = binding.name.units
                place.privateNames.append(units.first == 35 ? Array(units.dropFirst()) : units)
            }
        }
        parse.evalPlace = place
        var compile = CompileOptions()
        compile.evalContext = context
        var script = try compileGuest(try guestSource(source), parse: parse, compile: compile)
        script.referrer = scriptName
        let running = reg(0).offset
        // Imports in the eval's code are imports of the code around it.
        if let referrer = modules.referrers[cage.load32(runningCode, Layout.codeReserved)] {
            modules.referrers[UInt32(truncatingIfNeeded: nextScriptNumber)] = referrer
        }
        let code = try instantiate(script)
        let scope = reg(second.fieldB)
        let function = try makeFunction(
            code: code, scope: scope.isCell ? scope.offset : 0, home: cage.load32(running, Layout.functionHome),
            realm: cage.load32(running, Layout.functionRealm))
        try pushCall(
            Value(object: function), this: reg(base &+ 3), continuation: Continuation.store, register: word.fieldA)
    }

    /// The eval context that is a constant of the running function.
    private func evalContext(_ index: UInt16) -> EvalContext? {
        let code = runningCode
        let script = Int(cage.load32(code, Layout.codeReserved)), template = Int(cage.load32(code, Layout.codeTemplate))
        guard script < scripts.count, template < scripts[script].count,
            Int(index) < scripts[script][template].constants.count,
            case .evalContext(let context) = scripts[script][template].constants[Int(index)]
        else { return nil }
        return context
    }
}
