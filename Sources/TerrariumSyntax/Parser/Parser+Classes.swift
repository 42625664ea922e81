/// Classes (ECMA-262 §15.7).
extension Parser {
    mutating func parseClassExpression() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        let index = try parseClass(isDeclaration: false)
        return make(.class, start, index)
    }

    /// `class` with everything behind it; returns its index. A declaration's name is declared by the caller.
    mutating func parseClass(isDeclaration: Bool, defaultExport: Bool = false) throws(SyntaxDiagnostic) -> UInt32 {
        try enter()
        defer { leave() }
        let start = token.start
        try expect(word: Keyword.class)
        let outerStrict = strict
        strict = true
        defer { strict = outerStrict }
        var info = ClassInfo()
        info.start = UInt32(truncatingIfNeeded: start)
        var nameStart = start
        if at(.name), token.name != Keyword.extends || token.escaped {
            nameStart = token.start
            info.name = try bindingName()
        } else if isDeclaration, !defaultExport {
            throw unexpected()
        }
        if isDeclaration, info.name != 0 {
            strict = outerStrict
            try declare(info.name, .class, at: nameStart)
            strict = true
        }
        info.scope = pushScope(.class)
        defer { popScope() }
        if info.name != 0 { add(info.name, .className, to: scope, at: lexer.count) }
        if try eat(word: Keyword.extends) {
            let heritageStart = token.start
            if at(.name), token.name == Keyword.async || isIdentifier(token) {
                if let arrow = try parseSimpleArrow() { throw failure("Unexpected token '=>'", at: Int(node(arrow).start)) }
            }
            info.heritage = try parseHeritage(heritageStart)
        }
        privateScopes.append(PrivateScope())
        try expect(.leftBrace)
        let mark = openCount
        while !at(.rightBrace) {
            if try eat(.semicolon) { continue }
            if at(.end) { throw unexpected() }
            try parseMember(&info)
        }
        let list = closeList(mark)
        info.members = list.start
        info.memberCount = list.count
        info.end = UInt32(truncatingIfNeeded: token.end)
        try closePrivateScope()
        if info.name != 0, let own = program.scopes[Int(info.scope)].find(info.name) {
            // Uses inside member functions come later than the class, but static parts and keys may come too early.
            program.scopes[Int(info.scope)].declarations[own].start = UInt32(truncatingIfNeeded: lexer.count)
        }
        try advance()
        program.classes.append(info)
        let index = UInt32(truncatingIfNeeded: program.classes.count - 1)
        if let constructor = info.constructor {
            program.functions[Int(constructor)].name = info.name
            program.functions[Int(constructor)].start = info.start
            program.functions[Int(constructor)].end = info.end
        }
        return index
    }

    private mutating func parseHeritage(_ start: Int) throws(SyntaxDiagnostic) -> NodeID {
        var expression: NodeID
        if at(word: Keyword.new) || at(word: Keyword.super) || at(word: Keyword.import) {
            expression = try parseLeftHandSideExpression()
        } else {
            expression = try parsePrimary()
            expression = try parseChain(expression, start, allowCalls: true)
        }
        try rejectCover()
        return expression
    }

    private mutating func closePrivateScope() throws(SyntaxDiagnostic) {
        guard let ended = privateScopes.popLast() else { return }
        try spend(ended.used.count)
        for use in ended.used where ended.declared[use.name] == nil {
            if privateScopes.isEmpty { throw undeclaredPrivate(use.name, use.offset) }
            privateScopes[privateScopes.count - 1].used.append(use)
        }
    }

    private mutating func endsModifier() -> Bool {
        switch token.kind {
        case .leftParen, .assign, .semicolon, .rightBrace, .end: true
        default: false
        }
    }

    private mutating func parseMember(_ info: inout ClassInfo) throws(SyntaxDiagnostic) {
        let start = token.start
        // `static` is no part of a method's source text.
        var methodStart = start
        var flags: UInt8 = 0
        var isAsync = false, isGenerator = false
        var key: NodeID? = nil
        var keyToken = token

        func modifier(_ parser: inout Parser, _ word: NameID) throws(SyntaxDiagnostic) -> Bool {
            guard key == nil, parser.at(word: word) else { return false }
            keyToken = parser.token
            try parser.advance()
            if parser.endsModifier() || (parser.token.newlineBefore && word != Keyword.static && word != Keyword.get && word != Keyword.set) {
                key = parser.make(.string, keyToken.start, word)
                return false
            }
            return true
        }

        if try modifier(&self, Keyword.static) {
            flags |= PropertyFlag.isStatic
            methodStart = token.start
            if at(.leftBrace) {
                push(try parseStaticBlock(start))
                return
            }
        }
        if key == nil {
            if at(word: Keyword.async) {
                isAsync = try modifier(&self, Keyword.async)
            } else if at(word: Keyword.get) {
                if try modifier(&self, Keyword.get) {
                    if at(.binary) { key = make(.string, keyToken.start, Keyword.get) } else { flags |= PropertyFlag.getter }
                }
            } else if at(word: Keyword.set) {
                if try modifier(&self, Keyword.set) {
                    if at(.binary) { key = make(.string, keyToken.start, Keyword.set) } else { flags |= PropertyFlag.setter }
                }
            }
        }
        if key == nil, try eatStar() { isGenerator = true }
        let isPrivate = key == nil && at(.privateName)
        if key == nil {
            keyToken = token
            if isPrivate {
                if token.name == Keyword.constructor {
                    throw failure("Classes may not have a field named 'constructor'", at: start)
                }
                flags |= PropertyFlag.privateName
                let name = token.name
                try advance()
                key = make(.string, keyToken.start, name)
            } else {
                key = try parsePropertyKey(&flags)
            }
        }
        guard let key else { throw unexpected() }
        let kind = flags & PropertyFlag.kindMask
        let isStatic = flags & PropertyFlag.isStatic != 0
        let plainName: NameID? = flags & (PropertyFlag.computed | PropertyFlag.privateName) == 0
            && node(key).kind == .string ? node(key).a : nil
        let isMethod = at(.leftParen) || isAsync || isGenerator || kind == PropertyFlag.getter || kind == PropertyFlag.setter

        if isPrivate {
            let code: UInt8 = !isMethod ? 1 : kind == PropertyFlag.getter ? 2 : kind == PropertyFlag.setter ? 3 : 1
            let mark = code | (isStatic ? 8 : 0)
            if let old = privateScopes[privateScopes.count - 1].declared[keyToken.name] {
                let pair = (old & 7 == 2 && code == 3) || (old & 7 == 3 && code == 2)
                guard pair, old & 8 == mark & 8 else {
                    throw failure(
                        "Identifier '#\(lexer.names.string(keyToken.name))' has already been declared", at: keyToken.start)
                }
                privateScopes[privateScopes.count - 1].declared[keyToken.name] = 4 | (mark & 8)
            } else {
                privateScopes[privateScopes.count - 1].declared[keyToken.name] = mark
                add(keyToken.name | 0x8000_0000, .const, to: scope, at: 0)
            }
        }
        if isMethod {
            if plainName == Keyword.constructor, !isStatic {
                if kind != 0 || isAsync || isGenerator {
                    let what = kind != 0 ? "an accessor" : isAsync ? "an async method" : "a generator"
                    throw failure("Class constructor may not be \(what)", at: keyToken.start)
                }
                if info.constructor != nil {
                    throw failure("A class may only have one constructor", at: keyToken.start)
                }
                let derived = info.heritage != 0
                let function = try parseMethod(
                    start, derived ? .derivedConstructor : .classConstructor, isAsync: false, isGenerator: false,
                    superCall: derived)
                info.constructor = node(function).a
                return
            }
            if plainName == Keyword.prototype, isStatic {
                throw failure("Classes may not have a static property named 'prototype'", at: keyToken.start)
            }
            if kind == 0 { flags |= PropertyFlag.method }
            let functionKind: FunctionKind = kind == PropertyFlag.getter ? .getter
                : kind == PropertyFlag.setter ? .setter : .method
            let function = try parseMethod(methodStart, functionKind, isAsync: isAsync, isGenerator: isGenerator)
            push(make(.property, start, flags: flags, key, function))
            return
        }
        // A field.
        if plainName == Keyword.constructor || (plainName == Keyword.prototype && isStatic) {
            throw failure(
                "Classes may not have a \(isStatic ? "static property" : "field") named '\(lexer.names.string(plainName ?? 0))'",
                at: keyToken.start)
        }
        flags |= PropertyFlag.field
        var value: NodeID = 0
        if at(.colon) || at(.comma) { throw unexpected(keyToken) }
        if try eat(.assign) { value = try parseFieldInitializer() }
        try semicolon()
        push(make(.property, start, flags: flags, key, value))
    }

    /// The initializer as the body of a method-like function; returns a function node.
    private mutating func parseFieldInitializer() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        var info = FunctionInfo()
        info.kind = .fieldInitializer
        info.hasExpressionBody = true
        info.start = UInt32(truncatingIfNeeded: start)
        let context = try enterFunction(info)
        forbidsArguments = true
        allowSuperProperty = true
        let id = function
        program.functions[Int(id)].parameterScope = pushScope(.function)
        program.functions[Int(id)].bodyScope = scope
        let value = try parseAssignment()
        try rejectCover()
        program.functions[Int(id)].bodyExpression = value
        program.functions[Int(id)].isStrict = true
        program.functions[Int(id)].end = UInt32(truncatingIfNeeded: previousEnd)
        leaveFunction(context)
        return make(.function, start, id)
    }

    private mutating func parseStaticBlock(_ start: Int) throws(SyntaxDiagnostic) -> NodeID {
        var info = FunctionInfo()
        info.kind = .staticBlock
        info.start = UInt32(truncatingIfNeeded: start)
        let context = try enterFunction(info)
        inStaticBlock = true
        forbidsArguments = true
        allowSuperProperty = true
        let id = function
        program.functions[Int(id)].parameterScope = pushScope(.function)
        program.functions[Int(id)].bodyScope = scope
        try expect(.leftBrace)
        let list = try parseBody(until: .rightBrace)
        hoistBlockFunctions()
        program.functions[Int(id)].body = list.start
        program.functions[Int(id)].bodyCount = list.count
        program.functions[Int(id)].isStrict = true
        program.functions[Int(id)].end = UInt32(truncatingIfNeeded: token.end)
        leaveFunction(context)
        try expect(.rightBrace)
        let function = make(.function, start, id)
        return make(.property, start, flags: PropertyFlag.staticBlock | PropertyFlag.isStatic, 0, function)
    }
}
