/// Expressions (ECMA-262 §13).
extension Parser {
    /// Expression: assignment expressions separated by commas.
    mutating func parseExpression() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        let first = try parseAssignment()
        if !at(.comma) { return first }
        let mark = openCount
        push(first)
        while try eat(.comma) { push(try parseAssignment()) }
        let list = closeList(mark)
        return make(.sequence, start, list.start, list.count)
    }

    mutating func parseExpressionAllowingIn() throws(SyntaxDiagnostic) -> NodeID {
        let saved = allowIn
        allowIn = true
        let result = try parseExpression()
        allowIn = saved
        return result
    }

    /// AssignmentExpression with `in` allowed, whatever the context.
    mutating func parseAssignmentAllowingIn() throws(SyntaxDiagnostic) -> NodeID {
        let saved = allowIn
        allowIn = true
        let result = try parseAssignment()
        allowIn = saved
        return result
    }

    mutating func parseAssignment() throws(SyntaxDiagnostic) -> NodeID {
        if isAlone { return try parsePrimary() }
        try enter()
        defer { leave() }
        if at(.name) {
            if token.name == Keyword.yield, inGenerator { return try parseYield() }
            if let arrow = try parseSimpleArrow() { return arrow }
        }
        let start = token.start
        let startsWithParen = at(.leftParen)
        let outerCover = pendingCoverInitializer
        pendingCoverInitializer = nil
        let marks = ArrowMarks(
            reference: references.count, scope: program.scopes.count, function: program.functions.count)
        let left = try parseConditional()
        if at(.arrow), !token.newlineBefore, startsWithParen, let cover = arrowCover, cover.start == start,
            cover.end == previousEnd {
            pendingCoverInitializer = outerCover
            return try parseArrow(cover, start, isAsync: false, marks)
        }
        switch token.kind {
        case .arrow where !token.newlineBefore && node(left).kind != .identifier && node(left).kind != .parenthesized:
            throw failure(
                "Malformed arrow function parameter list", at: Int(node(left).start),
                length: Int(node(left).end) - Int(node(left).start))
        case .assign:
            let target = try toAssignmentTarget(left)
            let sign = UInt32(truncatingIfNeeded: token.start)
            pendingCoverInitializer = nil
            try advance()
            let value = try parseAssignment()
            try rejectCover()
            pendingCoverInitializer = outerCover
            noteValue(value, of: target)
            return make(.assign, start, flags: 0xFF, target, value, sign)
        case .operatorAssign, .logicalAssign:
            let isLogical = at(.logicalAssign)
            let flags = isLogical ? 0xF0 + token.operation : token.operation
            try rejectCover()
            let target = try toSimpleTarget(left, allowsCall: !isLogical)
            let sign = UInt32(truncatingIfNeeded: token.start)
            try advance()
            let value = try parseAssignment()
            try rejectCover()
            pendingCoverInitializer = outerCover
            if isLogical { noteValue(value, of: target) }
            return make(.assign, start, flags: flags, target, value, sign)
        default:
            if pendingCoverInitializer == nil { pendingCoverInitializer = outerCover }
            return left
        }
    }

    /// Whether the token is a plain name or a literal with the end of the expression right behind it.
    private var isAlone: Bool {
        @inline(__always) mutating get {
            guard token.end < lexer.count else { return false }
            switch lexer.units[token.end] {
            case 41, 44, 59, 93: return at(.name) ? token.name > Keyword.lastKnown : at(.number) || at(.string)
            default: return false
            }
        }
    }

    /// An error when an object literal had something that only a pattern may have, and did not become one.
    @inline(__always)
    mutating func rejectCover() throws(SyntaxDiagnostic) {
        if let mark = pendingCoverInitializer { throw coverFailure(mark) }
    }

    @inline(never)
    mutating func coverFailure(_ mark: Int) -> SyntaxDiagnostic {
        mark < 0 ? failure("Duplicate __proto__ fields are not allowed in object literals", at: -1 - mark)
            : failure("Invalid shorthand property initializer", at: mark)
    }

    private mutating func parseYield() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        if inParameters { throw failure("Yield expression not allowed in formal parameter", at: start) }
        if token.escaped { throw unexpected() }
        lastYieldOrAwait = start
        try advance()
        if token.newlineBefore { return make(.yield, start) }
        if at(.binary), token.operation == BinaryOperator.mul.rawValue {
            try advance()
            let value = try parseAssignment()
            return make(.yield, start, flags: 1, value)
        }
        switch token.kind {
        case .rightParen, .rightBracket, .rightBrace, .comma, .semicolon, .colon, .end:
            return make(.yield, start)
        case .name where token.name == Keyword.in && !token.escaped:
            return make(.yield, start)
        default:
            let value = try parseAssignment()
            return make(.yield, start, value)
        }
    }

    // MARK: Operators

    private mutating func parseConditional() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        let test = try parseBinary()
        guard at(.question) else { return test }
        try rejectCover()
        try advance()
        let then = try parseAssignmentAllowingIn()
        try expect(.colon)
        let otherwise = try parseAssignment()
        return make(.conditional, start, test, then, otherwise)
    }

    /// Binding strength of the current token as a binary operator; 0 when it is none.
    private mutating func precedence() -> Int {
        switch token.kind {
        case .nullish: 1
        case .orOr: 2
        case .andAnd: 3
        case .plus, .minus: 10
        case .slash: 11
        case .binary:
            switch BinaryOperator(rawValue: token.operation) {
            case .bitOr: 4
            case .bitXor: 5
            case .bitAnd: 6
            case .eq, .ne, .strictEq, .strictNe: 7
            case .lt, .gt, .le, .ge: 8
            case .shl, .sar, .shr: 9
            case .mul, .mod, .div: 11
            case .exp: 12
            default: 0
            }
        case .name:
            if token.escaped { 0 }
            else if token.name == Keyword.instanceof { 8 }
            else if token.name == Keyword.in, allowIn { 8 }
            else { 0 }
        default: 0
        }
    }

    struct Pending {
        let left: NodeID
        let precedence: Int
        let operation: UInt8
        let isLogical: Bool
        let start: Int
        /// Offset of the operator.
        let sign: Int
    }

    /// Operator precedence with an explicit stack: long chains do not recurse.
    private mutating func parseBinary() throws(SyntaxDiagnostic) -> NodeID {
        var start = token.start
        var operand = try parseUnary()
        if precedence() == 0 { return operand }
        let bottom = operators.count
        // `??` may not be mixed with `||` and `&&` without parentheses.
        while true {
            let strength = precedence()
            while operators.count > bottom {
                let top = operators[operators.count - 1]
                guard top.precedence > strength || (top.precedence == strength && strength != 12) else {
                    // a ?? b || c
                    if top.precedence == 1, strength == 2 || strength == 3 { throw unexpected() }
                    break
                }
                operators.removeLast()
                // All at once when the last one binds the least.
                if operators.count & 1023 == 1023 { try look() }
                if node(operand).kind == .privateIn, node(operand).b == 0 { throw unexpectedPrivateName(operand) }
                let kind: NodeKind = top.isLogical ? .logical : .binary
                if top.isLogical {
                    let left = node(top.left), right = node(operand)
                    if left.kind == .logical, (left.flags == 2) != (top.operation == 2) { throw unexpected() }
                    if right.kind == .logical, (right.flags == 2) != (top.operation == 2) { throw unexpected() }
                }
                operand = make(kind, top.start, flags: top.operation, top.left, operand, UInt32(truncatingIfNeeded: top.sign))
                start = top.start
            }
            if strength == 0 { return operand }
            // a || b ?? c
            if strength == 1, node(operand).kind == .logical, node(operand).flags != 2 { throw unexpected() }
            try rejectCover()
            let isLogical = strength <= 3
            var operation = token.operation
            if token.kind == .name {
                operation = token.name == Keyword.in ? BinaryOperator.in.rawValue : BinaryOperator.instanceOf.rawValue
            }
            if strength == 12, node(operand).kind == .unary || (node(operand).kind == .await) {
                throw failure(
                    "Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence",
                    at: token.start, length: 2)
            }
            let sign = token.start
            let isPrivateIn = node(operand).kind == .privateIn && node(operand).b == 0
            if isPrivateIn, operation != BinaryOperator.in.rawValue { throw unexpectedPrivateName(operand) }
            try advance()
            if isPrivateIn {
                // `#x in right`: right is a shift expression.
                if operators.count > bottom, operators[operators.count - 1].precedence >= 8 { throw unexpectedPrivateName(operand) }
                let right = try parseOperand(above: 8)
                if node(right).kind == .privateIn { throw unexpected() }
                program.nodes[Int(operand)].b = right
                continue
            }
            operators.append(
                Pending(
                    left: operand, precedence: strength, operation: operation, isLogical: isLogical, start: start, sign: sign))
            start = token.start
            operand = try parseUnary()
        }
    }

    private mutating func unexpectedPrivateName(_ id: NodeID) -> SyntaxDiagnostic {
        failure("Unexpected identifier '#\(lexer.names.string(node(id).a))'", at: Int(node(id).start))
    }

    private mutating func parseOperand(above strength: Int) throws(SyntaxDiagnostic) -> NodeID {
        var start = token.start
        var operand = try parseUnary()
        while precedence() > strength {
            let operation = token.operation
            let inner = precedence()
            let sign = UInt32(truncatingIfNeeded: token.start)
            try advance()
            let right = try inner == 12 ? parseOperand(above: 11) : parseOperand(above: inner)
            operand = make(.binary, start, flags: operation, operand, right, sign)
            start = Int(node(operand).start)
        }
        return operand
    }

    private mutating func parseUnary() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        var operation: UnaryOperator? = nil
        switch token.kind {
        case .plus: operation = .plus
        case .minus: operation = .minus
        case .bang: operation = .not
        case .tilde: operation = .bitNot
        case .plusPlus, .minusMinus:
            let flags: UInt8 = at(.plusPlus) ? 1 : 3
            try advance()
            try enter()
            defer { leave() }
            let operand = try parseUnary()
            let target = try toSimpleTarget(operand, update: "prefix")
            return make(.update, start, flags: flags, target, 0, UInt32(truncatingIfNeeded: start))
        case .name:
            if token.name == Keyword.typeof { operation = .typeof }
            else if token.name == Keyword.void { operation = .void }
            else if token.name == Keyword.delete { operation = .delete }
            else if token.name == Keyword.await, isAwaitExpression() { return try parseAwait() }
            if operation != nil, token.escaped { throw unexpected() }
        default: break
        }
        guard let operation else { return try parsePostfix() }
        try advance()
        try enter()
        defer { leave() }
        let operand = try parseUnary()
        if operation == .delete { try checkDelete(operand) }
        return make(.unary, start, flags: operation.rawValue, operand)
    }

    private mutating func checkDelete(_ operand: NodeID) throws(SyntaxDiagnostic) {
        var inner = operand
        while node(inner).kind == .parenthesized { inner = node(inner).a }
        let target = node(inner)
        if strict, target.kind == .identifier {
            throw failure("Delete of an unqualified identifier in strict mode.", at: Int(target.start))
        }
        var link = target
        while link.kind == .optionalChain { link = node(link.a) }
        if link.kind == .privateMember { throw failure("Private fields can not be deleted", at: Int(target.start)) }
    }

    private mutating func isAwaitExpression() -> Bool { inAsync || (program.isModule && function == 0) || inStaticBlock }

    private mutating func parseAwait() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        if token.escaped { throw unexpected() }
        if inParameters, inAsync, !inStaticBlock {
            throw failure("Illegal await-expression in formal parameters of async function", at: start, length: 5)
        }
        if inParameters || inStaticBlock { throw unexpected() }
        if function == 0 { program.module.hasTopLevelAwait = true }
        lastYieldOrAwait = start
        try advance()
        try enter()
        defer { leave() }
        let value = try parseUnary()
        return make(.await, start, value)
    }

    private mutating func parsePostfix() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        let operand = try parseLeftHandSide()
        if at(.plusPlus) || at(.minusMinus), !token.newlineBefore {
            let target = try toSimpleTarget(operand, update: "postfix")
            let flags: UInt8 = at(.plusPlus) ? 0 : 2
            let sign = UInt32(truncatingIfNeeded: token.start)
            try advance()
            return make(.update, start, flags: flags, target, 0, sign)
        }
        return operand
    }

    // MARK: Member and call chains

    mutating func parseLeftHandSideExpression() throws(SyntaxDiagnostic) -> NodeID { try parseLeftHandSide() }

    private mutating func parseLeftHandSide() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        var expression: NodeID
        if at(word: Keyword.new) {
            expression = try parseNew()
        } else if at(word: Keyword.super) {
            expression = try parseSuper()
        } else if at(word: Keyword.import) {
            expression = try parseImportExpression()
        } else {
            let asyncMarks = ArrowMarks(
                reference: references.count, scope: program.scopes.count, function: program.functions.count)
            let isAsyncWord = at(word: Keyword.async)
            let asyncEnd = token.end
            expression = try parsePrimary()
            if isAsyncWord, node(expression).kind == .identifier, at(.leftParen), !token.newlineBefore,
                previousEnd == asyncEnd {
                let outerCover = pendingCoverInitializer
                let (arguments, cover) = try parseArguments(coverAt: start)
                if at(.arrow), !token.newlineBefore {
                    // The word `async` is no reference.
                    if asyncMarks.reference < references.count { references[asyncMarks.reference] = 0 }
                    program.nodes[Int(expression)].kind = .none
                    pendingCoverInitializer = outerCover
                    return try parseArrow(cover, start, isAsync: true, asyncMarks)
                }
                try rejectCover()
                expression = make(.call, start, expression, arguments.start, arguments.count, UInt32(truncatingIfNeeded: start))
            }
        }
        return try parseChain(expression, start, allowCalls: true)
    }

    mutating func parseChain(_ first: NodeID, _ start: Int, allowCalls: Bool) throws(SyntaxDiagnostic) -> NodeID {
        var expression = first
        var isOptional = false
        while true {
            switch token.kind {
            case .dot:
                try rejectCover()
                try advance()
                expression = try parseMemberName(expression, start, flags: 0)
            case .questionDot:
                guard allowCalls else { throw failure("Invalid optional chain from new expression", at: token.start, length: 2) }
                try rejectCover()
                isOptional = true
                try advance()
                let sign = UInt32(truncatingIfNeeded: token.start)
                if at(.leftParen) {
                    let (arguments, _) = try parseArguments(coverAt: -1)
                    expression = make(
                        .call, start, flags: 1, expression, arguments.start, arguments.count, sign)
                } else if at(.leftBracket) {
                    try advance()
                    let key = try parseExpressionAllowingIn()
                    try rejectCover()
                    try expect(.rightBracket)
                    expression = make(.index, start, flags: 1, expression, key, sign)
                } else if at(.template) {
                    throw failure("Invalid tagged template on optional chain", at: token.start)
                } else {
                    expression = try parseMemberName(expression, start, flags: 1)
                }
            case .leftBracket:
                try rejectCover()
                let sign = UInt32(truncatingIfNeeded: token.start)
                try advance()
                let key = try parseExpressionAllowingIn()
                try rejectCover()
                try expect(.rightBracket)
                expression = make(.index, start, expression, key, sign)
            case .leftParen:
                guard allowCalls else { return expression }
                try rejectCover()
                let callee = node(expression)
                var inner = callee
                while inner.kind == .parenthesized { inner = node(inner.a) }
                if inner.kind == .identifier, inner.a == Keyword.eval { noteEval(at: start) }
                let position = callee.kind == .member && callee.b > Keyword.lastReserved ? callee.c
                    : callee.kind == .identifier || callee.kind == .super ? callee.start : UInt32(truncatingIfNeeded: token.start)
                let (arguments, _) = try parseArguments(coverAt: -1)
                try rejectCover()
                expression = make(.call, start, expression, arguments.start, arguments.count, position)
            case .template:
                try rejectCover()
                if isOptional { throw failure("Invalid tagged template on optional chain", at: token.start) }
                let template = try parseTemplate(tagged: true)
                expression = make(.taggedTemplate, start, expression, template)
            default:
                return isOptional ? make(.optionalChain, start, expression) : expression
            }
        }
    }

    mutating func noteEval(at offset: Int) {
        lastEval = offset
        program.functions[Int(function)].containsDirectEval = true
        program.scopes[Int(scope)].containsEval = true
        noteThis()
    }

    private mutating func parseMemberName(_ object: NodeID, _ start: Int, flags: UInt8) throws(SyntaxDiagnostic) -> NodeID {
        let at = UInt32(truncatingIfNeeded: token.start)
        if self.at(.privateName) {
            if node(object).kind == .super { throw failure("Unexpected private field", at: token.start) }
            let name = token.name
            try usePrivateName(name)
            try advance()
            return make(.privateMember, start, flags: flags, object, name, scope, at)
        }
        guard self.at(.name) else { throw unexpected() }
        let name = token.name
        try advance()
        return make(.member, start, flags: flags, object, name, at)
    }

    mutating func usePrivateName(_ name: NameID) throws(SyntaxDiagnostic) {
        guard !privateScopes.isEmpty else { throw undeclaredPrivate(name, token.start) }
        privateScopes[privateScopes.count - 1].used.append((name, token.start))
    }

    private mutating func parseNew() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        if at(.dot) {
            try advance()
            guard at(word: Keyword.target) else { throw unexpected() }
            guard allowNewTarget else {
                throw failure("new.target expression is not allowed here", at: start, length: 10)
            }
            try advance()
            noteNewTarget()
            return make(.newTarget, start)
        }
        try enter()
        defer { leave() }
        let calleeStart = token.start
        var callee: NodeID
        if at(word: Keyword.new) { callee = try parseNew() }
        else if at(word: Keyword.super) { callee = try parseSuper() }
        else if at(word: Keyword.import) {
            callee = try parseImportExpression()
            if node(callee).kind == .importCall { throw failure("Cannot use new with import", at: calleeStart, length: 6) }
        }
        else { callee = try parsePrimary() }
        callee = try parseChain(callee, calleeStart, allowCalls: false)
        var arguments: (start: UInt32, count: UInt32) = (0, 0)
        if at(.leftParen) { arguments = try parseArguments(coverAt: -1).0 }
        return make(.new, start, callee, arguments.start, arguments.count)
    }

    private mutating func parseSuper() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        if at(.leftParen) {
            guard allowSuperCall else { throw failure("'super' keyword unexpected here", at: start, length: 5) }
        } else if at(.dot) || at(.leftBracket) {
            guard allowSuperProperty else { throw failure("'super' keyword unexpected here", at: start, length: 5) }
        } else {
            throw failure("'super' keyword unexpected here", at: start, length: 5)
        }
        noteThis()
        if at(.leftParen) { noteNewTarget() }
        program.functions[Int(function)].usesSuper = true
        return make(.super, start)
    }

    private mutating func parseImportExpression() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        if try eat(.dot) {
            guard at(word: Keyword.meta) else { throw unexpected() }
            guard program.isModule || options.isFragment else {
                throw failure("Cannot use 'import.meta' outside a module", at: start, length: 11)
            }
            try advance()
            return make(.importMeta, start)
        }
        try expect(.leftParen)
        if at(.rightParen) { throw failure("import() requires a specifier", at: token.start) }
        let specifier = try parseAssignmentAllowingIn()
        var attributes: NodeID = 0
        if try eat(.comma), !at(.rightParen) {
            attributes = try parseAssignmentAllowingIn()
            _ = try eat(.comma)
        }
        try rejectCover()
        try expect(.rightParen)
        return make(.importCall, start, specifier, attributes)
    }

    /// Arguments in parentheses; with `coverAt`, also as what an async arrow's parameters may be.
    mutating func parseArguments(coverAt start: Int) throws(SyntaxDiagnostic)
        -> ((start: UInt32, count: UInt32), ArrowCover)
    {
        try expect(.leftParen)
        let mark = openCount
        var cover = ArrowCover(start: start)
        let saved = allowIn
        allowIn = true
        while !at(.rightParen) {
            let itemStart = token.start
            if try eat(.ellipsis) {
                let value = try parseAssignment()
                push(make(.spread, itemStart, value))
            } else {
                push(try parseAssignment())
            }
            if at(.rightParen) { break }
            guard at(.comma) else {
                throw failure("missing ) after argument list", at: token.start, length: max(1, token.end - token.start))
            }
            try advance()
            cover.trailingComma = at(.rightParen)
        }
        allowIn = saved
        try expect(.rightParen)
        cover.list = closeList(mark)
        cover.end = previousEnd
        return (cover.list, cover)
    }
}
