extension Lexer {
    mutating func scanPunctuator(_ unit: UInt16, _ token: inout Token) throws(SyntaxDiagnostic) {
        func operation(_ value: BinaryOperator) -> UInt8 { value.rawValue }
        switch unit {
        case 40: single(.leftParen, &token)
        case 41: single(.rightParen, &token)
        case 123: single(.leftBrace, &token)
        case 125: single(.rightBrace, &token)
        case 91: single(.leftBracket, &token)
        case 93: single(.rightBracket, &token)
        case 59: single(.semicolon, &token)
        case 44: single(.comma, &token)
        case 58: single(.colon, &token)
        case 126: single(.tilde, &token)
        case 34, 39: try scanString(unit, &token)
        case 96:
            position += 1
            try scanTemplate(&token)
        case 46:
            if peek(1) >= 48, peek(1) <= 57 {
                try scanNumber(&token)
            } else if peek(1) == 46, peek(2) == 46 {
                take(3, .ellipsis, &token)
            } else {
                single(.dot, &token)
            }
        case 35:
            position += 1
            let start = position
            var word = Token()
            try next(&word)
            guard word.kind == .name, word.start == start else {
                throw failure("Invalid or unexpected token", at: token.start)
            }
            word.kind = .privateName
            word.start = token.start
            word.newlineBefore = token.newlineBefore
            token = word
        case 92:
            var word = Token()
            word.start = position
            word.newlineBefore = token.newlineBefore
            try scanWord(&word)
            token = word
        case 63:
            if peek(1) == 63 {
                if peek(2) == 61 { take(3, .logicalAssign, &token, 2) } else { take(2, .nullish, &token, 2) }
            } else if peek(1) == 46, !(peek(2) >= 48 && peek(2) <= 57) {
                take(2, .questionDot, &token)
            } else {
                single(.question, &token)
            }
        case 61:
            if peek(1) == 61 {
                if peek(2) == 61 { take(3, .binary, &token, operation(.strictEq)) }
                else { take(2, .binary, &token, operation(.eq)) }
            } else if peek(1) == 62 {
                take(2, .arrow, &token)
            } else {
                single(.assign, &token)
            }
        case 33:
            if peek(1) == 61 {
                if peek(2) == 61 { take(3, .binary, &token, operation(.strictNe)) }
                else { take(2, .binary, &token, operation(.ne)) }
            } else {
                single(.bang, &token)
            }
        case 43:
            if peek(1) == 43 { take(2, .plusPlus, &token) }
            else { withAssign(1, .plus, .add, &token) }
        case 45:
            if peek(1) == 45 { take(2, .minusMinus, &token) }
            else { withAssign(1, .minus, .sub, &token) }
        case 42:
            if peek(1) == 42 { withAssign(2, .binary, .exp, &token) } else { withAssign(1, .binary, .mul, &token) }
        case 47: withAssign(1, .slash, .div, &token)
        case 37: withAssign(1, .binary, .mod, &token)
        case 38:
            if peek(1) == 38 {
                if peek(2) == 61 { take(3, .logicalAssign, &token, 0) } else { take(2, .andAnd, &token, 0) }
            } else {
                withAssign(1, .binary, .bitAnd, &token)
            }
        case 124:
            if peek(1) == 124 {
                if peek(2) == 61 { take(3, .logicalAssign, &token, 1) } else { take(2, .orOr, &token, 1) }
            } else {
                withAssign(1, .binary, .bitOr, &token)
            }
        case 94: withAssign(1, .binary, .bitXor, &token)
        case 60:
            if peek(1) == 60 { withAssign(2, .binary, .shl, &token) }
            else if peek(1) == 61 { take(2, .binary, &token, operation(.le)) }
            else { take(1, .binary, &token, operation(.lt)) }
        case 62:
            if peek(1) == 62 {
                if peek(2) == 62 { withAssign(3, .binary, .shr, &token) }
                else { withAssign(2, .binary, .sar, &token) }
            } else if peek(1) == 61 {
                take(2, .binary, &token, operation(.ge))
            } else {
                take(1, .binary, &token, operation(.gt))
            }
        default: throw failure("Invalid or unexpected token", at: position)
        }
    }

    private mutating func single(_ kind: TokenKind, _ token: inout Token) { take(1, kind, &token) }

    private mutating func take(_ length: Int, _ kind: TokenKind, _ token: inout Token, _ operation: UInt8 = 0) {
        position += length
        token.kind = kind
        token.operation = operation
    }

    private mutating func withAssign(_ length: Int, _ kind: TokenKind, _ operation: BinaryOperator, _ token: inout Token) {
        if peek(length) == 61 {
            take(length + 1, .operatorAssign, &token, operation.rawValue)
        } else {
            take(length, kind, &token, operation.rawValue)
        }
    }
}
