/// Statements and declarations (ECMA-262 §14).
extension Parser {
    mutating func parseStatementListItem() throws(SyntaxDiagnostic) -> NodeID {
        if at(.name), !token.escaped {
            switch token.name {
            case Keyword.function: return try parseFunctionDeclaration()
            case Keyword.class:
                let start = token.start
                let index = try parseClass(isDeclaration: true)
                closeDeclaration(program.classes[Int(index)].name, start)
                return make(.classDeclaration, start, index)
            case Keyword.const:
                let next = try lookahead()
                if next.kind == .name, next.name == Keyword.enum { throw unexpected(next) }
                return try parseLexical(.const)
            case Keyword.let: if try isLetDeclaration() { return try parseLexical(.let) }
            case Keyword.async:
                let next = try lookahead()
                if next.kind == .name, next.name == Keyword.function, !next.escaped, !next.newlineBefore {
                    return try parseFunctionDeclaration()
                }
            case Keyword.using: if try isUsingDeclaration() { return try parseUsing(isAwait: false) }
            case Keyword.await where inAsync:
                if try isAwaitUsing() { return try parseUsing(isAwait: true) }
            case Keyword.import, Keyword.export:
                if let module = try parseModuleItem() { return module }
            default: break
            }
        }
        return try parseStatement()
    }

    private mutating func isLetDeclaration() throws(SyntaxDiagnostic) -> Bool {
        let next = try lookahead()
        switch next.kind {
        case .leftBracket, .leftBrace: return true
        case .name:
            if next.escaped { return true }
            return next.name > Keyword.lastReserved || next.name == Keyword.yield || next.name == Keyword.let
        default: return false
        }
    }

    private mutating func isUsingDeclaration(inForHead: Bool = false) throws(SyntaxDiagnostic) -> Bool {
        let next = try lookahead()
        guard next.kind == .name, !next.newlineBefore, next.name > Keyword.lastReserved else { return false }
        guard inForHead, next.name == Keyword.of else { return true }
        // `for (using of …` is a loop over something, `for (using of = …` a declaration.
        let saved = (lexer.position, token, previousEnd)
        try advance()
        let after = try lookahead()
        (lexer.position, token, previousEnd) = saved
        return after.kind == .assign
    }

    private mutating func isAwaitUsing() throws(SyntaxDiagnostic) -> Bool {
        let saved = (lexer.position, token, previousEnd)
        try advance()
        var result = false
        if at(word: Keyword.using), !token.newlineBefore { result = try isUsingDeclaration() }
        (lexer.position, token, previousEnd) = saved
        return result
    }

    private mutating func parseUsing(isAwait: Bool) throws(SyntaxDiagnostic) -> NodeID {
        let kind = program.scopes[Int(scope)].kind
        if kind == .script || kind == .switch { throw unexpected() }
        if isAwait {
            if function == 0 { program.module.hasTopLevelAwait = true }
            try advance()
        }
        return try parseLexical(isAwait ? .awaitUsing : .using)
    }

    mutating func parseLexical(_ kind: DeclarationKind) throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        let declaration = try parseDeclarators(kind, start, inFor: false)
        try semicolon()
        return declaration
    }

    /// The keyword and the declarators.
    mutating func parseDeclarators(_ kind: DeclarationKind, _ start: Int, inFor: Bool) throws(SyntaxDiagnostic) -> NodeID {
        try advance()
        let mark = openCount
        repeat {
            let itemStart = token.start
            if kind == .using || kind == .awaitUsing, !at(.name) { throw unexpected() }
            let target = try parseBindingTarget()
            let firstNew = program.scopes[Int(scope)].declarations.count
            try declarePattern(target, kind)
            var initial: NodeID = 0
            if try eat(.assign) {
                initial = try parseAssignment()
                try rejectCover()
            } else if !inFor || !(at(word: Keyword.of) || at(word: Keyword.in)) {
                if node(target).kind != .identifier {
                    throw failure("Missing initializer in destructuring declaration", at: token.start)
                }
                if kind == .const || kind == .using || kind == .awaitUsing {
                    throw failure("Missing initializer in const declaration", at: token.start)
                }
            }
            if node(target).kind == .identifier,
                initial != 0 ? isPrimitive(initial) : !inFor || !(at(word: Keyword.of) || at(word: Keyword.in)) {
                program.nodes[Int(target)].flags &= ~2
            }
            if kind.hasDeadZone {
                // From here on the bindings are initialised.
                for place in firstNew..<max(firstNew, program.scopes[Int(scope)].declarations.count) {
                    program.scopes[Int(scope)].declarations[place].start = UInt32(truncatingIfNeeded: previousEnd)
                }
            }
            push(make(.declarator, itemStart, target, initial))
        } while try eat(.comma)
        let list = closeList(mark)
        return make(.variableDeclaration, start, flags: kind.rawValue, list.start, list.count)
    }

    private mutating func closeDeclaration(_ name: NameID, _ start: Int) {
        if let place = program.scopes[Int(scope)].find(name) {
            program.scopes[Int(scope)].declarations[place].start = UInt32(truncatingIfNeeded: previousEnd)
        }
    }

    mutating func parseFunctionDeclaration(defaultExport: Bool = false, asStatement: Bool = false)
        throws(SyntaxDiagnostic) -> NodeID
    {
        let start = token.start
        var info = FunctionInfo()
        info.isAsync = try eat(word: Keyword.async)
        try expect(word: Keyword.function)
        info.isGenerator = try eatStar()
        info.start = UInt32(truncatingIfNeeded: start)
        if asStatement, info.isAsync || info.isGenerator {
            throw failure(
                "\(info.isAsync ? "Async functions" : "Generators") can only be declared at the top level or inside a block.", at: start)
        }
        let nameStart = token.start
        if defaultExport, !at(.name) {
            info.name = Keyword.default
            add(Keyword.starDefault, .function, to: scope, at: nameStart)
        } else {
            if at(.leftParen) { throw failure("Function statements require a function name", at: token.start) }
            info.name = try bindingName()
            let isPlain = !info.isAsync && !info.isGenerator
            try declare(info.name, .function, at: nameStart, isPlainFunction: isPlain)
            if isPlain, !strict, !isFunctionLevel(program.scopes[Int(scope)].kind) {
                blockFunctions.append((scope, info.name, nameStart))
            }
        }
        let id = try parseFunctionRest(info, superProperty: false, superCall: false)
        let bound = info.name == Keyword.default ? Keyword.starDefault : info.name
        if let place = program.scopes[Int(scope)].find(bound) {
            program.scopes[Int(scope)].declarations[place].function = id
        }
        return make(.functionDeclaration, start, id, scope)
    }

    // MARK: Statements

    mutating func parseStatement() throws(SyntaxDiagnostic) -> NodeID {
        try enter()
        defer { leave() }
        let start = token.start
        switch token.kind {
        case .leftBrace: return try parseBlock()
        case .semicolon:
            try advance()
            return make(.empty, start)
        case .name where !token.escaped:
            switch token.name {
            case Keyword.var:
                let declaration = try parseDeclarators(.var, start, inFor: false)
                try semicolon()
                return declaration
            case Keyword.if: return try parseIf()
            case Keyword.for: return try parseFor()
            case Keyword.while:
                try advance()
                let test = try parseCondition()
                let body = try parseLoopBody()
                return make(.while, start, test, body)
            case Keyword.do:
                try advance()
                let body = try parseLoopBody()
                try expect(word: Keyword.while)
                let test = try parseCondition()
                _ = try eat(.semicolon)
                return make(.doWhile, start, body, test)
            case Keyword.continue, Keyword.break: return try parseJump()
            case Keyword.return:
                let kind = program.functions[Int(function)].kind
                if kind == .script || kind == .module || kind == .eval || kind == .staticBlock {
                    throw failure("Illegal return statement", at: start, length: 6)
                }
                try advance()
                var value: NodeID = 0
                if !at(.semicolon), !at(.rightBrace), !at(.end), !token.newlineBefore {
                    value = try parseExpressionAllowingIn()
                    try rejectCover()
                }
                try semicolon()
                return make(.return, start, value)
            case Keyword.throw:
                try advance()
                if token.newlineBefore { throw failure("Illegal newline after throw", at: token.start) }
                let value = try parseExpressionAllowingIn()
                try rejectCover()
                try semicolon()
                return make(.throw, start, value)
            case Keyword.try: return try parseTry()
            case Keyword.switch: return try parseSwitch()
            case Keyword.with: return try parseWith()
            case Keyword.debugger:
                try advance()
                try semicolon()
                return make(.debugger, start)
            case Keyword.import:
                if !(try startsImportExpression()) { throw unexpected() }
            case Keyword.function, Keyword.class:
                if token.name == Keyword.function {
                    throw failure(
                        strict ? "In strict mode code, functions can only be declared at top level or inside a block."
                            : "In non-strict mode code, functions can only be declared at top level, inside a block, or as the body of an if statement.",
                        at: start, length: 8)
                }
                throw unexpected()
            case Keyword.const: throw unexpected()
            case Keyword.let:
                let next = try lookahead()
                if next.kind == .leftBracket || (!next.newlineBefore && (next.kind == .leftBrace || (next.kind == .name && next.name > Keyword.lastReserved))) {
                    throw failure("Lexical declaration cannot appear in a single-statement context", at: start)
                }
            case Keyword.async:
                let next = try lookahead()
                if next.kind == .name, next.name == Keyword.function, !next.newlineBefore, !next.escaped {
                    throw failure("Async functions can only be declared at the top level or inside a block.", at: start)
                }
            default: break
            }
        default: break
        }
        if try startsLabel() { return try parseLabeled() }
        let value = try parseExpressionAllowingIn()
        try rejectCover()
        try semicolon()
        return make(.expressionStatement, start, value)
    }

    private mutating func startsImportExpression() throws(SyntaxDiagnostic) -> Bool {
        guard token.name == Keyword.import else { return false }
        let next = try lookahead()
        return next.kind == .leftParen || next.kind == .dot
    }

    private mutating func parseCondition() throws(SyntaxDiagnostic) -> NodeID {
        try expect(.leftParen)
        let test = try parseExpressionAllowingIn()
        try rejectCover()
        try expect(.rightParen)
        return test
    }

    mutating func parseBlock() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try expect(.leftBrace)
        let inner = pushScope(.block)
        let list = try parseStatements()
        popScope()
        try expect(.rightBrace)
        return make(.block, start, list.start, list.count, inner)
    }

    private mutating func parseStatements() throws(SyntaxDiagnostic) -> (start: UInt32, count: UInt32) {
        let mark = openCount
        while !at(.rightBrace) {
            if at(.end) { throw unexpected() }
            push(try parseStatementListItem())
        }
        return closeList(mark)
    }

    /// `if` with `else if` chains as a loop.
    private mutating func parseIf() throws(SyntaxDiagnostic) -> NodeID {
        var arms: [(start: Int, test: NodeID, then: NodeID)] = []
        var otherwise: NodeID = 0
        while true {
            let start = token.start
            try advance()
            let test = try parseCondition()
            let then = try parseIfArm()
            arms.append((start, test, then))
            guard try eat(word: Keyword.else) else { break }
            if at(word: Keyword.if) { continue }
            otherwise = try parseIfArm()
            break
        }
        for arm in arms.reversed() { otherwise = make(.if, arm.start, arm.test, arm.then, otherwise) }
        return otherwise
    }

    private mutating func parseIfArm() throws(SyntaxDiagnostic) -> NodeID {
        if at(word: Keyword.function), !strict {
            // Annex B.3.4: as if in a block.
            let start = token.start
            let inner = pushScope(.block)
            let function = try parseFunctionDeclaration(asStatement: true)
            popScope()
            let list = makeList(function)
            return make(.block, start, list.start, list.count, inner)
        }
        return try parseSubstatement()
    }

    private mutating func parseLoopBody() throws(SyntaxDiagnostic) -> NodeID {
        loopDepth += 1
        breakDepth += 1
        defer { loopDepth -= 1; breakDepth -= 1 }
        return try parseSubstatement()
    }

    /// The body of a loop, `if` or `with`: no labelled function.
    private mutating func parseSubstatement() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        let body = try parseStatement()
        var inner = node(body)
        while inner.kind == .labeled { inner = node(inner.b) }
        if inner.kind == .functionDeclaration {
            throw failure(
                "In non-strict mode code, functions can only be declared at top level, inside a block, or as the body of an if statement.",
                at: start)
        }
        return body
    }

    private mutating func parseJump() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        let isContinue = token.name == Keyword.continue
        try advance()
        var label: NameID = 0
        if at(.name), !token.newlineBefore, isIdentifier(token) {
            label = token.name
            guard let target = labels.last(where: { $0.name == label }) else {
                throw failure("Undefined label '\(lexer.names.string(label))'", at: token.start)
            }
            if isContinue, !target.isLoop {
                throw failure(
                    "Illegal continue statement: '\(lexer.names.string(label))' does not denote an iteration statement",
                    at: token.start)
            }
            try advance()
        } else if isContinue ? loopDepth == 0 : breakDepth == 0 {
            throw failure(
                isContinue ? "Illegal continue statement: no surrounding iteration statement" : "Illegal break statement",
                at: start)
        }
        try semicolon()
        return make(isContinue ? .continue : .break, start, label)
    }

    /// Labels, as a loop: `a: b: c: statement` does not recurse.
    private mutating func parseLabeled() throws(SyntaxDiagnostic) -> NodeID {
        let outer = labels.count
        var starts: [Int] = []
        repeat {
            guard isIdentifier(token) else { throw unexpected() }
            let name = token.name
            try spend(labels.count)
            if labels.contains(where: { $0.name == name }) {
                throw failure("Label '\(lexer.names.string(name))' has already been declared", at: token.start)
            }
            starts.append(token.start)
            labels.append((name, false))
            try advance()
            try advance()
        } while try startsLabel()
        if at(word: Keyword.for) || at(word: Keyword.while) || at(word: Keyword.do) {
            for index in outer..<labels.count { labels[index].isLoop = true }
        }
        var body: NodeID
        if at(word: Keyword.function) {
            if strict { throw failure("In strict mode code, functions can only be declared at top level or inside a block.", at: token.start) }
            body = try parseFunctionDeclaration(asStatement: true)
        } else {
            body = try parseStatement()
        }
        for start in starts.reversed() {
            let name = labels.popLast()?.name ?? 0
            body = make(.labeled, start, name, body)
        }
        return body
    }

    private mutating func startsLabel() throws(SyntaxDiagnostic) -> Bool {
        guard at(.name), isIdentifier(token) || token.name == Keyword.yield || token.name == Keyword.await else { return false }
        return try lookahead().kind == .colon
    }

    private mutating func parseTry() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        let block = try parseBlock()
        var handler: NodeID = 0, finalizer: NodeID = 0
        if at(word: Keyword.catch) {
            let catchStart = token.start
            try advance()
            let inner = pushScope(.catchParameter)
            var parameter: NodeID = 0
            if try eat(.leftParen) {
                parameter = try parseBindingTarget()
                let simple = node(parameter).kind == .identifier
                try declarePattern(parameter, simple ? .simpleCatchParameter : .catchParameter)
                try expect(.rightParen)
            }
            let body = try parseBlock()
            popScope()
            handler = make(.catchClause, catchStart, parameter, body, inner)
        }
        if try eat(word: Keyword.finally) { finalizer = try parseBlock() }
        if handler == 0, finalizer == 0 { throw failure("Missing catch or finally after try", at: token.start) }
        return make(.try, start, block, handler, finalizer)
    }

    private mutating func parseSwitch() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        let value = try parseCondition()
        try expect(.leftBrace)
        let inner = pushScope(.switch)
        breakDepth += 1
        let casesMark = openCount
        var hasDefault = false
        while !at(.rightBrace) {
            let caseStart = token.start
            var test: NodeID = 0
            if try eat(word: Keyword.case) {
                test = try parseExpressionAllowingIn()
                try rejectCover()
            } else {
                guard at(word: Keyword.default) else { throw unexpected() }
                if hasDefault { throw failure("More than one default clause in switch statement", at: caseStart) }
                hasDefault = true
                try advance()
            }
            try expect(.colon)
            let mark = openCount
            while !at(.rightBrace), !at(word: Keyword.case), !at(word: Keyword.default) {
                if at(.end) { throw unexpected() }
                push(try parseStatementListItem())
            }
            let list = closeList(mark)
            push(make(.switchCase, caseStart, test, list.start, list.count))
        }
        breakDepth -= 1
        popScope()
        try expect(.rightBrace)
        let list = closeList(casesMark)
        return make(.switch, start, value, list.start, list.count, inner)
    }

    private mutating func parseWith() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        if strict { throw failure("Strict mode code may not include a with statement", at: start, length: 4) }
        try advance()
        let object = try parseCondition()
        program.functions[Int(function)].containsWith = true
        let inner = pushScope(.with)
        let body = try parseSubstatement()
        popScope()
        return make(.with, start, object, body, inner)
    }

    // MARK: for

    private mutating func parseFor() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        var isAwait = false
        if at(word: Keyword.await) {
            guard inAsync, !inStaticBlock else { throw unexpected() }
            if function == 0 { program.module.hasTopLevelAwait = true }
            isAwait = true
            try advance()
        }
        try expect(.leftParen)
        let loopScope = pushScope(.loop)
        defer { popScope() }
        var initial: NodeID = 0
        var isDeclaration = false
        allowIn = false
        let initialStart = token.start
        let startsWithLet = at(word: Keyword.let)
        let startsWithAsync = at(word: Keyword.async)
        if at(word: Keyword.var) {
            isDeclaration = true
            initial = try parseDeclarators(.var, initialStart, inFor: true)
        } else if at(word: Keyword.const) {
            isDeclaration = true
            initial = try parseDeclarators(.const, initialStart, inFor: true)
        } else if startsWithLet, try isLetDeclaration() {
            isDeclaration = true
            initial = try parseDeclarators(.let, initialStart, inFor: true)
        } else if at(word: Keyword.using), try isUsingDeclaration(inForHead: true) {
            isDeclaration = true
            initial = try parseDeclarators(.using, initialStart, inFor: true)
        } else if at(word: Keyword.await), inAsync, try isAwaitUsing() {
            isDeclaration = true
            if function == 0 { program.module.hasTopLevelAwait = true }
            try advance()
            initial = try parseDeclarators(.awaitUsing, initialStart, inFor: true)
        } else if !at(.semicolon) {
            let expressionStart = token
            initial = try parseExpressionForHead()
            _ = expressionStart
        }
        allowIn = true
        let isOf = at(word: Keyword.of), isIn = at(word: Keyword.in) && !isAwait
        if isOf || isIn {
            if isDeclaration {
                let declaration = node(initial)
                let kind = DeclarationKind(rawValue: declaration.flags) ?? .var
                guard declaration.b == 1 else {
                    throw failure(
                        "Invalid left-hand side in \(isOf ? "for-of" : "for-in") loop: Must have a single binding.",
                        at: initialStart)
                }
                if isIn, kind == .using || kind == .awaitUsing { throw unexpected() }
                let declarator = node(program.lists[Int(declaration.a)])
                if declarator.b != 0 {
                    let allowed = isIn && !strict && kind == .var && node(declarator.a).kind == .identifier
                    if !allowed {
                        throw failure("\(isOf ? "for-of" : "for-in") loop variable declaration may not have an initializer.", at: initialStart)
                    }
                }
            } else {
                if isOf, startsWithLet {
                    throw failure("The left-hand side of a for-of loop may not be 'let'.", at: initialStart)
                }
                if isOf, !isAwait, startsWithAsync, node(initial).kind == .identifier, node(initial).end == node(initial).start + 5 {
                    throw failure("The left-hand side of a for-of loop may not be 'async'.", at: initialStart)
                }
                if node(initial).kind == .assign { throw failure("Invalid left-hand side in for-loop", at: initialStart) }
                initial = try toAssignmentTarget(initial, message: "Invalid left-hand side in for-loop")
                pendingCoverInitializer = nil
                if node(initial).kind == .identifier { program.nodes[Int(initial)].flags |= 2 }
            }
            try advance()
            // The object is evaluated where the bindings of the loop are in their dead zone.
            let object = try isOf ? parseAssignmentAllowingIn() : parseExpressionAllowingIn()
            try rejectCover()
            try expect(.rightParen)
            markLoopBindings(loopScope)
            let body = try parseLoopBody()
            program.loops.append(LoopInfo(body: body, scope: loopScope))
            return make(
                isOf ? .forOf : .forIn, start, flags: isAwait ? 1 : 0, initial, object, 0,
                UInt32(truncatingIfNeeded: program.loops.count - 1))
        }
        if isAwait { throw unexpected() }
        try rejectCover()
        if isDeclaration {
            let declaration = node(initial)
            let kind = DeclarationKind(rawValue: declaration.flags) ?? .var
            for item in list(declaration.a, declaration.b) where node(item).b == 0 {
                if kind == .const || kind == .using || kind == .awaitUsing {
                    throw failure("Missing initializer in const declaration", at: token.start)
                }
                if node(node(item).a).kind != .identifier {
                    throw failure("Missing initializer in destructuring declaration", at: token.start)
                }
            }
        }
        try expect(.semicolon)
        let test = try at(.semicolon) ? 0 : parseExpressionAllowingIn()
        try expect(.semicolon)
        let update = try at(.rightParen) ? 0 : parseExpressionAllowingIn()
        try rejectCover()
        try expect(.rightParen)
        let body = try parseLoopBody()
        program.loops.append(LoopInfo(body: body, scope: loopScope))
        return make(.for, start, initial, test, update, UInt32(truncatingIfNeeded: program.loops.count - 1))
    }

    /// From the body of a for-in/of on, the loop's bindings are initialised.
    private mutating func markLoopBindings(_ loopScope: ScopeID) {
        for place in program.scopes[Int(loopScope)].declarations.indices {
            program.scopes[Int(loopScope)].declarations[place].start = UInt32(truncatingIfNeeded: previousEnd)
        }
    }

    private mutating func parseExpressionForHead() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        let first = try parseAssignment()
        if !at(.comma) { return first }
        try rejectCover()
        let mark = openCount
        push(first)
        while try eat(.comma) { push(try parseAssignment()) }
        let list = closeList(mark)
        return make(.sequence, start, list.start, list.count)
    }
}
