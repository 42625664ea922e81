/// A parenthesised list that may turn out to be an arrow's parameters.
struct ArrowCover {
    var start: Int
    var list: (start: UInt32, count: UInt32) = (0, 0)
    var end = 0
    var trailingComma = false
}

/// Where nodes and scopes stood before an arrow's parameters were parsed.
struct ArrowMarks {
    var reference: Int
    var scope: Int
    var function: Int
}

/// Functions (ECMA-262 §15).
extension Parser {
    /// Everything that a function boundary resets.
    struct Context {
        let function: FunctionID, scope: ScopeID, strict, inAsync, inGenerator, inParameters, inStaticBlock: Bool
        let forbidsArguments, allowSuperProperty, allowSuperCall, allowNewTarget: Bool
        let breakDepth, loopDepth: Int
        let labels: [(name: NameID, isLoop: Bool)]
        let allowIn: Bool
        let pendingCover: Int?
        let lastYieldOrAwait, lastAwaitName, lastEval, hoistMark: Int
    }

    mutating func enterFunction(_ info: FunctionInfo, arrow: Bool = false) throws(SyntaxDiagnostic) -> Context {
        try enter()
        let context = Context(
            function: function, scope: scope, strict: strict, inAsync: inAsync, inGenerator: inGenerator,
            inParameters: inParameters, inStaticBlock: inStaticBlock, forbidsArguments: forbidsArguments,
            allowSuperProperty: allowSuperProperty, allowSuperCall: allowSuperCall, allowNewTarget: allowNewTarget,
            breakDepth: breakDepth, loopDepth: loopDepth, labels: labels, allowIn: allowIn,
            pendingCover: pendingCoverInitializer, lastYieldOrAwait: lastYieldOrAwait, lastAwaitName: lastAwaitName,
            lastEval: lastEval, hoistMark: hoistMark)
        var info = info
        info.parent = function
        program.functions.append(info)
        function = FunctionID(truncatingIfNeeded: program.functions.count - 1)
        inAsync = info.isAsync
        inGenerator = info.isGenerator
        inParameters = false
        breakDepth = 0
        loopDepth = 0
        labels = []
        allowIn = true
        pendingCoverInitializer = nil
        inStaticBlock = false
        lastYieldOrAwait = -1
        lastAwaitName = -1
        lastEval = -1
        hoistMark = blockFunctions.count
        if !arrow {
            forbidsArguments = false
            allowNewTarget = true
            allowSuperProperty = false
            allowSuperCall = false
        }
        return context
    }

    mutating func leaveFunction(_ context: Context) {
        leave()
        function = context.function
        scope = context.scope
        strict = context.strict
        inAsync = context.inAsync
        inGenerator = context.inGenerator
        inParameters = context.inParameters
        inStaticBlock = context.inStaticBlock
        forbidsArguments = context.forbidsArguments
        allowSuperProperty = context.allowSuperProperty
        allowSuperCall = context.allowSuperCall
        allowNewTarget = context.allowNewTarget
        breakDepth = context.breakDepth
        loopDepth = context.loopDepth
        labels = context.labels
        allowIn = context.allowIn
        pendingCoverInitializer = context.pendingCover
        lastYieldOrAwait = context.lastYieldOrAwait
        lastAwaitName = context.lastAwaitName
        lastEval = context.lastEval
        hoistMark = context.hoistMark
    }

    /// `function` with everything behind it, as an expression.
    mutating func parseFunctionExpression() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        var info = FunctionInfo()
        info.isExpression = true
        info.isAsync = try eat(word: Keyword.async)
        try expect(word: Keyword.function)
        info.isGenerator = try eatStar()
        info.start = UInt32(truncatingIfNeeded: start)
        let outer = scope
        if at(.name) {
            let saved = (inAsync, inGenerator, inStaticBlock)
            (inAsync, inGenerator, inStaticBlock) = (info.isAsync, info.isGenerator, false)
            let nameStart = token.start
            if info.isAsync && token.name == Keyword.await || info.isGenerator && token.name == Keyword.yield { throw unexpected() }
            info.name = try bindingName()
            (inAsync, inGenerator, inStaticBlock) = saved
            if !(options.isDynamicFunction && function == 0) {
                info.nameScope = pushScope(.functionName)
                add(info.name, .functionName, to: scope, at: nameStart)
            }
        }
        let id = try parseFunctionRest(info, superProperty: false, superCall: false)
        if info.nameScope != 0 { program.scopes[Int(info.nameScope)].function = id }
        scope = outer
        return make(.function, start, id)
    }

    mutating func eatStar() throws(SyntaxDiagnostic) -> Bool {
        guard at(.binary), token.operation == BinaryOperator.mul.rawValue else { return false }
        try advance()
        return true
    }

    /// A method: parameters and body.
    mutating func parseMethod(
        _ start: Int, _ kind: FunctionKind, isAsync: Bool, isGenerator: Bool, superCall: Bool = false
    ) throws(SyntaxDiagnostic) -> NodeID {
        var info = FunctionInfo()
        info.kind = kind
        info.isAsync = isAsync
        info.isGenerator = isGenerator
        info.isExpression = true
        info.start = UInt32(truncatingIfNeeded: start)
        let id = try parseFunctionRest(info, superProperty: true, superCall: superCall)
        let count = program.functions[Int(id)].parameterCount
        if kind == .getter, count != 0 { throw failure("Getter must not have any formal parameters.", at: start) }
        if kind == .setter {
            let isRest = count == 1 && node(program.lists[Int(program.functions[Int(id)].parameters)]).kind == .rest
            if count != 1 { throw failure("Setter must have exactly one formal parameter.", at: start) }
            if isRest { throw failure("Setter function argument must not be a rest parameter", at: start) }
        }
        return make(.function, start, id)
    }

    /// Parameters in parentheses and the body in braces.
    mutating func parseFunctionRest(_ info: FunctionInfo, superProperty: Bool, superCall: Bool)
        throws(SyntaxDiagnostic) -> FunctionID
    {
        let context = try enterFunction(info)
        allowSuperProperty = superProperty
        allowSuperCall = superCall
        let id = function
        let parametersStart = token.start
        program.functions[Int(id)].parametersStart = UInt32(truncatingIfNeeded: parametersStart)
        program.functions[Int(id)].parameterScope = pushScope(.function)
        try expect(.leftParen)
        inParameters = true
        let mark = openCount
        while !at(.rightParen) {
            let start = token.start
            if try eat(.ellipsis) {
                let target = try parseBindingTarget()
                push(make(.rest, start, target))
                if at(.assign) { throw failure("Rest parameter may not have a default initializer", at: token.start) }
                guard at(.rightParen) else {
                    throw failure("Rest parameter must be last formal parameter", at: token.start)
                }
                break
            }
            push(try parseBindingElement())
            if !at(.rightParen) {
                if !at(.comma), options.isDynamicFunction, id == 1 {
                    throw failure("Arg string terminates parameters early", at: token.start)
                }
                try expect(.comma)
            }
        }
        try expect(.rightParen)
        inParameters = false
        try finishParameters(id, closeList(mark))
        try parseFunctionBody(id, parametersStart: parametersStart)
        leaveFunction(context)
        return id
    }

    /// Declares the parameters and notes what kind of list they are.
    mutating func finishParameters(_ id: FunctionID, _ list: (start: UInt32, count: UInt32)) throws(SyntaxDiagnostic) {
        parameterNames.removeAll(keepingCapacity: true)
        var isSimple = true
        var length: UInt32 = 0
        var counting = true
        for index in Int(list.start)..<Int(list.start + list.count) {
            let parameter = program.lists[index]
            try declarePattern(parameter, .parameter)
            switch node(parameter).kind {
            case .identifier: if counting { length += 1 }
            case .arrayPattern, .objectPattern:
                isSimple = false
                if counting { length += 1 }
            default:
                isSimple = false
                counting = false
            }
        }
        program.functions[Int(id)].parameters = list.start
        program.functions[Int(id)].parameterCount = list.count
        program.functions[Int(id)].hasSimpleParameters = isSimple
        program.functions[Int(id)].length = length
    }

    /// Rules that need to know whether the body is strict.
    mutating func checkParameters(_ id: FunctionID, _ names: [NameID], at offset: Int) throws(SyntaxDiagnostic) {
        let info = program.functions[Int(id)]
        let isMethodLike = info.kind != .normal
        if strict || !info.hasSimpleParameters || isMethodLike {
            var seen: Set<NameID> = []
            for name in names where !seen.insert(name).inserted {
                throw failure("Duplicate parameter name not allowed in this context", at: offset)
            }
        }
        guard strict else { return }
        for name in names {
            if name == Keyword.eval || name == Keyword.arguments {
                throw failure("Unexpected eval or arguments in strict mode", at: offset)
            }
            if name > Keyword.lastReserved, name <= Keyword.lastStrict {
                throw failure("Unexpected strict mode reserved word", at: offset)
            }
        }
        if info.name == Keyword.eval || info.name == Keyword.arguments, info.kind == .normal {
            throw failure("Unexpected eval or arguments in strict mode", at: offset)
        }
        if info.name > Keyword.lastReserved, info.name <= Keyword.lastStrict, info.kind == .normal {
            throw failure("Unexpected strict mode reserved word", at: offset)
        }
    }

    mutating func parseFunctionBody(_ id: FunctionID, parametersStart: Int) throws(SyntaxDiagnostic) {
        let names = parameterNames
        guard at(.leftBrace) else { throw unexpected() }
        if program.functions[Int(id)].hasSimpleParameters {
            program.functions[Int(id)].bodyScope = scope
        } else {
            program.functions[Int(id)].bodyScope = pushScope(.body)
        }
        try advance()
        let list = try parseBody(until: .rightBrace)
        hoistBlockFunctions()
        try checkParameters(id, names, at: parametersStart)
        program.functions[Int(id)].body = list.start
        program.functions[Int(id)].bodyCount = list.count
        program.functions[Int(id)].isStrict = strict
        program.functions[Int(id)].end = UInt32(truncatingIfNeeded: token.end)
        let wasStrict = strict
        strict = wasStrict
        guard at(.rightBrace) else { throw unexpected() }
        // What follows the body is read under the outer context: the token after `}` is fetched last.
        try advance()
    }

    /// Statements with a directive prologue, up to a closing token that is not consumed.
    mutating func parseBody(until end: TokenKind) throws(SyntaxDiagnostic) -> (start: UInt32, count: UInt32) {
        let mark = openCount
        var inPrologue = true
        var octalDirective: Int? = nil, octalDigits = false
        while !at(end) {
            if at(.end) { throw unexpected() }
            if inPrologue {
                if at(.string) {
                    let directive = token
                    if directive.legacyOctal {
                        octalDirective = directive.start
                        octalDigits = directive.invalid
                    }
                    let next = try lookahead()
                    let closes = next.kind == .semicolon || next.kind == .rightBrace || next.kind == .end
                        || (next.newlineBefore && !continuesExpression(next))
                    if closes, directive.name == Keyword.useStrict, !directive.escaped,
                        directive.end - directive.start == 12 {
                        if function != 0 || options.goal == .script, !program.functions[Int(function)].hasSimpleParameters {
                            throw failure(
                                "Illegal 'use strict' directive in function with non-simple parameter list",
                                at: directive.start, length: 12)
                        }
                        strict = true
                        if let octal = octalDirective {
                            throw failure(legacyEscape(octalDigits), at: octal)
                        }
                    }
                    if !closes { inPrologue = false }
                } else {
                    inPrologue = false
                }
            }
            push(try parseStatementListItem())
        }
        return closeList(mark)
    }

    private mutating func continuesExpression(_ next: Token) -> Bool {
        switch next.kind {
        case .name: next.name == Keyword.in || next.name == Keyword.instanceof
        case .string, .number, .bigInt, .privateName, .leftBrace, .bang, .tilde, .plusPlus, .minusMinus: false
        default: true
        }
    }

    // MARK: Arrows

    /// At `=>` behind a list that was parsed as an expression.
    mutating func parseArrow(_ cover: ArrowCover, _ start: Int, isAsync: Bool, _ marks: ArrowMarks)
        throws(SyntaxDiagnostic) -> NodeID
    {
        guard at(.arrow), !token.newlineBefore else { throw unexpected() }
        let outerScope = scope
        var info = FunctionInfo()
        info.kind = .arrow
        info.isAsync = isAsync
        info.isExpression = true
        info.start = UInt32(truncatingIfNeeded: start)
        let context = try enterFunction(info, arrow: true)
        inGenerator = false
        let id = function
        let parameterScope = pushScope(.function)
        program.functions[Int(id)].parameterScope = parameterScope
        try adopt(
            references: marks.reference, scopes: marks.scope, functions: marks.function, from: outerScope,
            to: parameterScope, function: id)
        for index in Int(cover.list.start)..<Int(cover.list.start + cover.list.count) {
            let item = program.lists[index]
            if node(item).kind == .spread {
                let target = try toPattern(node(item).a, binding: true)
                program.nodes[Int(item)].a = target
                program.nodes[Int(item)].kind = .rest
                if cover.trailingComma || index != Int(cover.list.start + cover.list.count) - 1 {
                    throw failure("Rest parameter must be last formal parameter", at: Int(node(item).start))
                }
            } else if node(item).kind != .rest {
                switch node(item).kind {
                case .member, .index, .privateMember: throw failure("Invalid destructuring assignment target", at: Int(node(item).start))
                case .identifier where isAsync && node(item).a == Keyword.await:
                    throw failure("'await' is not a valid identifier name in an async function", at: Int(node(item).start), length: 5)
                default: break
                }
                program.lists[index] = try toPattern(item, binding: true)
            }
        }
        if context.lastEval >= start { noteEval(at: context.lastEval) }
        if isAsync, context.lastAwaitName >= start { throw failure("'await' is not a valid identifier name in an async function", at: context.lastAwaitName, length: 5) }
        if context.lastYieldOrAwait >= start {
            throw failure(
                lexer.units[context.lastYieldOrAwait] == 121 ? "Yield expression not allowed in formal parameter"
                    : "Illegal await-expression in formal parameters of async function", at: context.lastYieldOrAwait)
        }
        try finishParameters(id, cover.list)
        let names = parameterNames
        try advance()
        if at(.leftBrace) {
            parameterNames = names
            try parseFunctionBody(id, parametersStart: start)
        } else {
            allowIn = context.allowIn
            program.functions[Int(id)].bodyScope = scope
            program.functions[Int(id)].hasExpressionBody = true
            try checkParameters(id, names, at: start)
            let body = try parseAssignment()
            try rejectCover()
            program.functions[Int(id)].bodyExpression = body
            program.functions[Int(id)].isStrict = strict
            program.functions[Int(id)].end = UInt32(truncatingIfNeeded: previousEnd)
        }
        leaveFunction(context)
        return make(.function, start, id)
    }
}
