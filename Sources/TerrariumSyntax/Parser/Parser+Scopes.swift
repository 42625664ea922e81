/// Declarations and their rules (ECMA-262 §8.2, §14.2.1, §16.1.1), and the resolution of references.
extension Parser {
    mutating func pushScope(_ kind: ScopeKind) -> ScopeID {
        program.scopes.append(Scope(kind: kind, parent: scope, function: function, start: token.start))
        scope = ScopeID(truncatingIfNeeded: program.scopes.count - 1)
        return scope
    }

    mutating func popScope() { scope = program.scopes[Int(scope)].parent }

    mutating func isFunctionLevel(_ kind: ScopeKind) -> Bool {
        switch kind {
        case .script, .module, .eval, .function, .body: true
        default: false
        }
    }

    @inline(never)
    mutating func redeclared(_ name: NameID, _ offset: Int) -> SyntaxDiagnostic {
        failure(
            "Identifier '\(lexer.names.string(name))' has already been declared", at: offset,
            length: lexer.names.text(name).count)
    }

    @discardableResult
    mutating func add(_ name: NameID, _ kind: DeclarationKind, to target: ScopeID, at offset: Int) -> Int {
        program.scopes[Int(target)].add(Declaration(name: name, kind: kind, start: UInt32(truncatingIfNeeded: offset)))
    }

    /// Declares a name in the current scope (or, for var, in the function's).
    mutating func declare(_ name: NameID, _ kind: DeclarationKind, at offset: Int, isPlainFunction: Bool = true)
        throws(SyntaxDiagnostic)
    {
        if kind == .var {
            try declareVar(name, at: offset)
            return
        }
        if kind.isLexical, name == Keyword.let {
            throw failure("let is disallowed as a lexically bound name", at: offset, length: 3)
        }
        let current = program.scopes[Int(scope)]
        if let existing = current.find(name) {
            let old = current.declarations[existing].kind
            if kind == .function {
                let atFunctionLevel = isFunctionLevel(current.kind) && current.kind != .module
                let oldIsFunctionLike = old == .function || old == .var || old == .parameter
                if atFunctionLevel, oldIsFunctionLike { return }
                if !strict, isPlainFunction, old == .function, !isFunctionLevel(current.kind),
                    isPlain(current.declarations[existing].function) { return }
            }
            if old == .functionName {
                // The name of a function expression is outside its body.
            } else {
                throw redeclared(name, offset)
            }
        }
        if !isFunctionLevel(current.kind), try hasVarInside(name, since: current.start) { throw redeclared(name, offset) }
        // A body scope conflicts with the simple parameters of its function.
        if current.kind == .body || current.kind == .block || current.kind == .catchParameter,
            current.parent != 0 || current.kind == .body {
            let parent = program.scopes[Int(current.parent)]
            if kind.isLexical || kind == .function, current.kind == .body, parent.kind == .function, kind != .function,
                parent.find(name).map({ parent.declarations[$0].kind == .parameter }) == true {
                throw redeclared(name, offset)
            }
            if current.kind == .block, parent.kind == .catchParameter, parent.find(name) != nil {
                throw redeclared(name, offset)
            }
        }
        add(name, kind, to: scope, at: offset)
    }

    private mutating func isPlain(_ function: FunctionID?) -> Bool {
        guard let function else { return false }
        return !program.functions[Int(function)].isAsync && !program.functions[Int(function)].isGenerator
    }

    /// Whether a var of the current function was declared since an offset.
    private mutating func hasVarInside(_ name: NameID, since start: UInt32) throws(SyntaxDiagnostic) -> Bool {
        var level = Int(scope)
        while !isFunctionLevel(program.scopes[level].kind) {
            level = Int(program.scopes[level].parent)
            try spend(1)
        }
        guard let place = program.scopes[level].find(name) else { return false }
        return program.scopes[level].declarations[place].lastVar > start
    }

    private mutating func declaredKind(of name: NameID, in scope: ScopeID) -> DeclarationKind? {
        let index = Int(scope)
        if program.scopes[index].declarations.isEmpty { return nil }
        guard let place = program.scopes[index].find(name) else { return nil }
        return program.scopes[index].declarations[place].kind
    }

    private mutating func declareVar(_ name: NameID, at offset: Int) throws(SyntaxDiagnostic) {
        var target = scope
        while !isFunctionLevel(program.scopes[Int(target)].kind) {
            if let kind = declaredKind(of: name, in: target) {
                if kind != .simpleCatchParameter, kind != .functionName, kind != .className {
                    throw redeclared(name, offset)
                }
            }
            try spend(1)
            target = program.scopes[Int(target)].parent
        }
        if let existing = program.scopes[Int(target)].find(name) {
            let kind = program.scopes[Int(target)].declarations[existing].kind
            if kind.isLexical || (kind == .function && program.scopes[Int(target)].kind == .module) {
                throw redeclared(name, offset)
            }
            program.scopes[Int(target)].declarations[existing].lastVar = UInt32(truncatingIfNeeded: offset + 1)
            return
        }
        // Simple parameters share the scope; with complex ones the body has its own.
        let place = add(name, .var, to: target, at: offset)
        program.scopes[Int(target)].declarations[place].lastVar = UInt32(truncatingIfNeeded: offset + 1)
    }

    /// Identifier nodes that a declaration or pattern binds, in order.
    mutating func boundNames(of id: NodeID) -> [NodeID] {
        var pending = [id], names: [NodeID] = []
        while let next = pending.popLast() {
            let item = node(next)
            switch item.kind {
            case .variableDeclaration, .arrayPattern, .objectPattern:
                pending += list(item.a, item.b).reversed().filter { $0 != 0 }
            case .declarator, .assignmentPattern, .rest: pending.append(item.a)
            case .property: pending.append(item.b)
            case .identifier: names.append(next)
            default: break
            }
        }
        return names
    }

    /// Annex B.3.3, when all declarations of the function are known: a block function is also a var of the function, unless
    /// that would clash.
    mutating func hoistBlockFunctions() {
        while blockFunctions.count > hoistMark, let candidate = blockFunctions.popLast() { hoist(candidate) }
    }

    private mutating func hasArgumentsObject(_ function: FunctionID) -> Bool {
        switch program.functions[Int(function)].kind {
        case .normal, .method, .getter, .setter, .classConstructor, .derivedConstructor: true
        default: false
        }
    }

    private mutating func hoist(_ candidate: (scope: ScopeID, name: NameID, offset: Int)) {
        let name = candidate.name
        guard let own = program.scopes[Int(candidate.scope)].find(name) else { return }
        var current = program.scopes[Int(candidate.scope)].parent
        while !isFunctionLevel(program.scopes[Int(current)].kind) {
            budget &-= 1
            switch declaredKind(of: name, in: current) {
            case nil, .simpleCatchParameter, .functionName, .className: break
            default: return
            }
            current = program.scopes[Int(current)].parent
        }
        let level = program.scopes[Int(current)].kind
        if let kind = declaredKind(of: name, in: current) {
            if kind.isLexical || kind == .parameter { return }
        } else if level == .module || name == Keyword.arguments && hasArgumentsObject(program.scopes[Int(current)].function) {
            return
        } else {
            if level == .body, declaredKind(of: name, in: program.scopes[Int(current)].parent) == .parameter { return }
            add(name, .var, to: current, at: candidate.offset)
            if let place = program.scopes[Int(current)].find(name) {
                program.scopes[Int(current)].declarations[place].isBlockFunctionVar = true
            }
        }
        if let place = program.scopes[Int(current)].find(name) {
            program.scopes[Int(current)].declarations[place].mayHoldObject = true
        }
        program.scopes[Int(candidate.scope)].declarations[own].hoistsToVar = true
    }

    /// Moves what was parsed as expressions since the marks into a new scope below the current one (arrow parameters).
    mutating func adopt(references firstReference: Int, scopes firstScope: Int, functions firstFunction: Int,
        from old: ScopeID, to new: ScopeID, function owner: FunctionID) throws(SyntaxDiagnostic) {
        try spend(
            references.count - firstReference + 2 * (program.scopes.count - firstScope) + program.functions.count
                - firstFunction)
        for index in firstReference..<references.count {
            let id = Int(references[index])
            if program.nodes[id].b == old { program.nodes[id].b = new }
        }
        for index in firstScope..<program.scopes.count where index != Int(new) {
            if program.scopes[index].parent == old { program.scopes[index].parent = new }
        }
        for index in firstFunction..<program.functions.count where index != Int(owner) {
            if program.functions[index].parent == program.functions[Int(owner)].parent {
                program.functions[index].parent = owner
            }
        }
        for index in firstScope..<program.scopes.count where index != Int(new) {
            if program.scopes[index].function == program.functions[Int(owner)].parent {
                program.scopes[index].function = owner
            }
        }
    }

    /// Resolves every identifier: which declarations are captured, assigned, or may be read too early.
    mutating func resolveReferences() throws(SyntaxDiagnostic) {
        for (number, id) in references.enumerated() {
            if number & 4095 == 4095 { try look() }
            let reference = program.nodes[Int(id)]
            var current = reference.b
            let owner = program.scopes[Int(current)].function
            var crossed = false
            while true {
                let place = Int(current)
                if program.scopes[place].kind == .with { crossed = true }
                if let index = program.scopes[place].find(reference.a) {
                    let inner = program.scopes[place].function != owner
                    if inner || crossed { program.scopes[place].declarations[index].isCaptured = true }
                    if reference.flags & 3 != 0 {
                        // Its declaration gives it a value once.
                        if reference.start != program.scopes[place].declarations[index].start {
                            program.scopes[place].declarations[index].isAssigned = true
                        }
                        if reference.flags & 2 != 0 { program.scopes[place].declarations[index].mayHoldObject = true }
                    }
                    let declaration = program.scopes[place].declarations[index]
                    if declaration.kind.hasDeadZone,
                        inner || reference.start < declaration.start || program.scopes[place].kind == .switch {
                        program.scopes[place].declarations[index].needsDeadZoneCheck = true
                    }
                    break
                }
                if current == 0 { break }
                try spend(1)
                current = program.scopes[place].parent
            }
        }
        for index in program.scopes.indices where program.scopes[index].containsEval {
            var current = index
            while !program.scopes[current].isDynamic {
                for position in program.scopes[current].declarations.indices {
                    program.scopes[current].declarations[position].isCaptured = true
                    program.scopes[current].declarations[position].needsDeadZoneCheck =
                        program.scopes[current].declarations[position].kind.hasDeadZone
                }
                program.scopes[current].isDynamic = true
                if current == 0 { break }
                current = Int(program.scopes[current].parent)
            }
        }
    }

    // MARK: Identifiers

    /// Whether a word may be used as an identifier here.
    mutating func isIdentifier(_ token: Token) -> Bool {
        guard token.kind == .name else { return false }
        let name = token.name
        if name <= Keyword.lastReserved { return false }
        if strict, name <= Keyword.lastStrict { return false }
        if name == Keyword.yield { return !inGenerator && !strict }
        if name == Keyword.await { return !inAsync && !inStaticBlock && program.isModule == false }
        return true
    }

    /// A binding identifier; checks the words that cannot be bound.
    mutating func bindingName() throws(SyntaxDiagnostic) -> NameID {
        guard isIdentifier(token) else { throw unexpected() }
        let name = token.name
        if name == Keyword.await { lastAwaitName = token.start }
        if strict, name == Keyword.eval || name == Keyword.arguments {
            throw failure("Unexpected eval or arguments in strict mode", at: token.start, length: token.end - token.start)
        }
        try advance()
        return name
    }

    /// A reference to a name at `start`.
    mutating func reference(_ name: NameID, _ start: Int, assigned: Bool = false) -> NodeID {
        let id = make(.identifier, start, flags: assigned ? 3 : 0, name, scope)
        references.append(id)
        if name == Keyword.arguments { noteArguments() }
        if name == Keyword.await { lastAwaitName = start }
        return id
    }

    private mutating func noteArguments() {
        var current = function
        var throughArrow = false
        while program.functions[Int(current)].kind == .arrow {
            throughArrow = true
            if current == program.functions[Int(current)].parent { break }
            current = program.functions[Int(current)].parent
        }
        program.functions[Int(current)].usesArguments = true
        if throughArrow { program.functions[Int(current)].arrowUsesArguments = true }
    }

    /// Walks from the current function through arrows to the function whose `this` it is.
    mutating func noteThis() {
        var current = function
        var throughArrow = false
        while program.functions[Int(current)].kind == .arrow {
            if program.functions[Int(current)].usesThis { return }
            program.functions[Int(current)].usesThis = true
            throughArrow = true
            if current == program.functions[Int(current)].parent { break }
            current = program.functions[Int(current)].parent
        }
        program.functions[Int(current)].usesThis = true
        if throughArrow { program.functions[Int(current)].arrowUsesThis = true }
    }

    mutating func noteNewTarget() {
        var current = function
        var throughArrow = false
        while program.functions[Int(current)].kind == .arrow {
            throughArrow = true
            if current == program.functions[Int(current)].parent { break }
            current = program.functions[Int(current)].parent
        }
        program.functions[Int(current)].usesNewTarget = true
        if throughArrow { program.functions[Int(current)].arrowUsesNewTarget = true }
    }
}
