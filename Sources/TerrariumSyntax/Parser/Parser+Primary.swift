/// Primary expressions (ECMA-262 §13.2).
extension Parser {
    mutating func parsePrimary() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        switch token.kind {
        case .name: return try parseWord()
        case .number:
            if token.legacyOctal, strict {
                throw failure(
                    token.invalid ? "Decimals with leading zeros are not allowed in strict mode."
                        : "Octal literals are not allowed in strict mode.", at: start, length: token.end - start)
            }
            program.numbers.append(token.number)
            try advance()
            return make(.number, start, UInt32(truncatingIfNeeded: program.numbers.count - 1))
        case .bigInt:
            let name = token.name
            try advance()
            return make(.bigInt, start, name)
        case .string:
            if token.legacyOctal, strict {
                throw failure(legacyEscape(token.invalid), at: start)
            }
            let name = token.name
            try advance()
            return make(.string, start, name)
        case .template: return try parseTemplate(tagged: false)
        case .leftParen: return try parseParenthesized()
        case .leftBracket: return try parseArrayLiteral()
        case .leftBrace: return try parseObjectLiteral()
        case .slash: return try parseRegExp()
        case .operatorAssign where token.operation == BinaryOperator.div.rawValue: return try parseRegExp()
        case .privateName:
            // Only as the left side of `in`.
            let name = token.name, word = token
            try usePrivateName(name)
            try advance()
            guard at(word: Keyword.in), allowIn else { throw unexpected(word) }
            return make(.privateIn, start, name, 0, scope)
        default: throw unexpected()
        }
    }

    private mutating func parseRegExp() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try lexer.scanRegExp(&token)
        let pattern = token.name, flags = token.raw
        if let validate = options.validateRegExp {
            let patternUnits = Array(lexer.names.text(pattern)), flagUnits = Array(lexer.names.text(flags))
            if let message = validate(patternUnits, flagUnits, options.work?.callOff) {
                try look()
                throw failure(message, at: start, length: token.end - start)
            }
        } else {
            var seen: Set<UInt16> = []
            for flag in lexer.names.text(flags) {
                guard "dgimsuvy".utf16.contains(flag), seen.insert(flag).inserted else {
                    throw failure("Invalid regular expression flags", at: start, length: token.end - start)
                }
            }
        }
        try advance()
        return make(.regExp, start, pattern, flags)
    }

    private mutating func parseWord() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        if !token.escaped {
            switch token.name {
            case Keyword.this:
                try advance()
                noteThis()
                return make(.this, start)
            case Keyword.null:
                try advance()
                return make(.null, start)
            case Keyword.true, Keyword.false:
                let flag: UInt8 = token.name == Keyword.true ? 1 : 0
                try advance()
                return make(.boolean, start, flags: flag)
            case Keyword.function: return try parseFunctionExpression()
            case Keyword.class: return try parseClassExpression()
            case Keyword.async:
                let next = try lookahead()
                if next.kind == .name, next.name == Keyword.function, !next.escaped, !next.newlineBefore {
                    return try parseFunctionExpression()
                }
            default: break
            }
        }
        guard isIdentifier(token) else { throw unexpected() }
        let name = token.name
        if name == Keyword.arguments, forbidsArguments {
            throw failure("'arguments' is not allowed in class field initializer or static initialization block", at: start, length: 9)
        }
        try advance()
        return reference(name, start)
    }

    // MARK: Parentheses and arrows

    /// What a parenthesised list was made of, in case it is the parameters of an arrow.
    private mutating func parseParenthesized() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        let saved = allowIn
        allowIn = true
        defer { allowIn = saved }
        var cover = ArrowCover(start: start)
        let mark = openCount
        var mustBeArrow = false
        var rest: Int? = nil
        while !at(.rightParen) {
            let itemStart = token.start
            if try eat(.ellipsis) {
                let target = try parseBindingTargetAsExpression()
                push(make(.rest, itemStart, target))
                mustBeArrow = true
                rest = itemStart
                guard at(.rightParen) else {
                    throw failure("Rest parameter must be last formal parameter", at: token.start)
                }
                break
            }
            push(try parseAssignment())
            if !at(.rightParen) {
                try expect(.comma)
                if at(.rightParen) { cover.trailingComma = true; mustBeArrow = true }
            }
        }
        try expect(.rightParen)
        cover.list = closeList(mark)
        cover.end = previousEnd
        arrowCover = cover
        let first = cover.list.count == 0 ? 0 : program.lists[Int(cover.list.start)]
        if cover.list.count == 0 || mustBeArrow {
            guard at(.arrow), !token.newlineBefore else {
                if at(.arrow) { throw unexpected() }
                if let rest, rest >= 0 { throw failure("Unexpected token '...'", at: rest, length: 3) }
                throw failure("Unexpected token ')'", at: previousEnd - 1)
            }
            pendingCoverInitializer = nil
            return make(.parenthesized, start, first)
        }
        if !at(.arrow) { try rejectCover() }
        let inner = cover.list.count == 1 ? first : make(.sequence, start, cover.list.start, cover.list.count)
        return make(.parenthesized, start, inner)
    }

    /// `x => …`, `async x => …`; nil when it is something else.
    mutating func parseSimpleArrow() throws(SyntaxDiagnostic) -> NodeID? {
        let start = token.start
        if at(word: Keyword.async) {
            let next = try lookahead()
            if next.kind == .name, !next.newlineBefore, next.name > Keyword.lastReserved {
                let saved = (lexer.position, token, previousEnd)
                try advance()
                let parameter = token
                let after = try lookahead()
                if after.kind == .arrow, !after.newlineBefore {
                    if parameter.name == Keyword.await {
                        throw failure("'await' is not a valid identifier name in an async function", at: parameter.start, length: 5)
                    }
                    guard isIdentifier(parameter) else { throw unexpected() }
                    let marks = ArrowMarks(
                        reference: references.count, scope: program.scopes.count, function: program.functions.count)
                    try advance()
                    let name = make(.identifier, parameter.start, parameter.name, scope)
                    return try parseArrow(
                        ArrowCover(start: start, list: makeList(name), end: previousEnd), start, isAsync: true, marks)
                }
                (lexer.position, token, previousEnd) = saved
                lexer.position = saved.0
            }
            if next.kind != .arrow { return nil }
        }
        guard isIdentifier(token) else { return nil }
        // A cheap look before a real one: most identifiers are not followed by `=`.
        var index = token.end
        while index < lexer.count, lexer.units[index] == 32 { index += 1 }
        guard index + 1 < lexer.count else { return nil }
        if lexer.units[index] == 47 {
            let next = try lookahead()
            if next.kind != .arrow || next.newlineBefore { return nil }
        } else if lexer.units[index] != 61 || lexer.units[index + 1] != 62 {
            return nil
        }
        let parameter = token
        if parameter.name == Keyword.await { lastAwaitName = parameter.start }
        let marks = ArrowMarks(
            reference: references.count, scope: program.scopes.count, function: program.functions.count)
        try advance()
        let name = make(.identifier, parameter.start, parameter.name, scope)
        return try parseArrow(
            ArrowCover(start: start, list: makeList(name), end: previousEnd), start, isAsync: false, marks)
    }

    // MARK: Literals

    mutating func parseArrayLiteral() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        let saved = allowIn
        allowIn = true
        let mark = openCount
        while !at(.rightBracket) {
            if try eat(.comma) {
                push(0)
                continue
            }
            let itemStart = token.start
            if try eat(.ellipsis) {
                let value = try parseAssignment()
                push(make(.spread, itemStart, flags: at(.comma) ? 1 : 0, value))
            } else {
                push(try parseAssignment())
            }
            if !at(.rightBracket) { try expect(.comma) }
        }
        allowIn = saved
        try expect(.rightBracket)
        let list = closeList(mark)
        return make(.array, start, list.start, list.count)
    }

    mutating func parseTemplate(tagged: Bool) throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try enter()
        defer { leave() }
        let mark = openCount
        while true {
            if token.invalid, !tagged {
                throw failure(Lexer.templateEscapeMessage(token.operation), at: token.start, length: token.end - token.start)
            }
            let isTail = token.templateTail
            let cooked = token.invalid ? 0 : token.name + 1
            let raw = token.raw, at = token.start
            if isTail {
                try advance()
                push(make(.templateElement, at, cooked, raw))
                break
            }
            try advance()
            push(make(.templateElement, at, cooked, raw))
            push(try parseExpressionAllowingIn())
            try rejectCover()
            guard self.at(.rightBrace) else {
                throw failure("Missing } in template expression", at: token.start)
            }
            lexer.position = token.end
            try lexer.scanTemplate(&token)
        }
        let list = closeList(mark)
        return make(.template, start, list.start, list.count)
    }

    mutating func parseObjectLiteral() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        let saved = allowIn
        allowIn = true
        let mark = openCount
        var hasProto = false
        var duplicateProto: Int? = nil
        while !at(.rightBrace) {
            let itemStart = token.start
            if try eat(.ellipsis) {
                let value = try parseAssignment()
                push(make(.spread, itemStart, flags: at(.comma) ? 1 : 0, value))
            } else {
                let property = try parseObjectProperty()
                let info = node(property)
                if info.flags & (PropertyFlag.kindMask | PropertyFlag.computed | PropertyFlag.shorthand) == 0,
                    node(info.a).kind == .string, node(info.a).a == Keyword.proto {
                    if hasProto { duplicateProto = itemStart }
                    hasProto = true
                }
                push(property)
            }
            if !at(.rightBrace) { try expect(.comma) }
        }
        allowIn = saved
        try expect(.rightBrace)
        if let offset = duplicateProto, pendingCoverInitializer == nil { pendingCoverInitializer = -1 - offset }
        let list = closeList(mark)
        return make(.object, start, list.start, list.count)
    }

    /// A property key: a string, number or BigInt node, or an expression in brackets.
    mutating func parsePropertyKey(_ flags: inout UInt8) throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        switch token.kind {
        case .name:
            let name = token.name
            try advance()
            return make(.string, start, name)
        case .string, .number, .bigInt: return try parsePrimary()
        case .leftBracket:
            try advance()
            let outerCover = pendingCoverInitializer
            pendingCoverInitializer = nil
            let key = try parseAssignmentAllowingIn()
            try rejectCover()
            pendingCoverInitializer = outerCover
            try expect(.rightBracket)
            flags |= PropertyFlag.computed
            return key
        default: throw unexpected()
        }
    }

    private mutating func endsModifier() -> Bool {
        switch token.kind {
        case .comma, .colon, .leftParen, .rightBrace, .assign, .end: true
        default: false
        }
    }

    private mutating func parseObjectProperty() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        var flags: UInt8 = 0
        var isAsync = false, isGenerator = false
        let first = token
        if at(.name), !token.escaped, token.name == Keyword.async || token.name == Keyword.get || token.name == Keyword.set {
            try advance()
            let newline = token.newlineBefore
            if !endsModifier() {
                if first.name == Keyword.async {
                    if newline { throw unexpected() }
                    isAsync = true
                } else if first.name == Keyword.get {
                    flags = PropertyFlag.getter
                } else {
                    flags = PropertyFlag.setter
                }
            } else {
                return try finishProperty(start, make(.string, start, first.name), first, flags, false, false)
            }
        }
        if flags == 0, at(.binary), token.operation == BinaryOperator.mul.rawValue {
            try advance()
            isGenerator = true
        }
        let keyToken = token
        let key = try parsePropertyKey(&flags)
        return try finishProperty(start, key, keyToken, flags, isAsync, isGenerator)
    }

    private mutating func finishProperty(
        _ start: Int, _ key: NodeID, _ keyToken: Token, _ initialFlags: UInt8, _ isAsync: Bool, _ isGenerator: Bool
    ) throws(SyntaxDiagnostic) -> NodeID {
        var flags = initialFlags
        let kind = flags & PropertyFlag.kindMask
        if kind == PropertyFlag.getter || kind == PropertyFlag.setter {
            let function = try parseMethod(
                start, kind == PropertyFlag.getter ? .getter : .setter, isAsync: false, isGenerator: false)
            return make(.property, start, flags: flags, key, function)
        }
        if at(.leftParen) || isAsync || isGenerator {
            flags |= PropertyFlag.method
            let function = try parseMethod(start, .method, isAsync: isAsync, isGenerator: isGenerator)
            return make(.property, start, flags: flags, key, function)
        }
        if try eat(.colon) {
            let value = try parseAssignment()
            return make(.property, start, flags: flags, key, value)
        }
        guard keyToken.kind == .name, flags & PropertyFlag.computed == 0 else {
            throw at(.comma) || at(.rightBrace) || at(.assign) ? unexpected(keyToken) : unexpected()
        }
        guard isIdentifier(keyToken) else { throw unexpected(keyToken) }
        flags |= PropertyFlag.shorthand
        if keyToken.name == Keyword.arguments, forbidsArguments { throw unexpected(keyToken) }
        let value = reference(keyToken.name, keyToken.start)
        if at(.assign) {
            if pendingCoverInitializer == nil { pendingCoverInitializer = token.start }
            try advance()
            let outerCover = pendingCoverInitializer
            pendingCoverInitializer = nil
            let initial = try parseAssignment()
            try rejectCover()
            pendingCoverInitializer = outerCover
            let pattern = make(.assignmentPattern, keyToken.start, value, initial)
            return make(.property, start, flags: flags, key, pattern)
        }
        return make(.property, start, flags: flags, key, value)
    }
}
