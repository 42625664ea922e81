/// Assignment targets, binding patterns, and the refinement of expressions into both.
extension Parser {
    private mutating func invalidTarget(_ start: UInt32, _ what: String = "Invalid left-hand side in assignment") -> SyntaxDiagnostic {
        failure(what, at: Int(start))
    }

    /// Target of a compound assignment or update: a simple target.
    mutating func toSimpleTarget(
        _ id: NodeID, update: String? = nil, allowsCall: Bool = true, message: String = "Invalid left-hand side in assignment"
    ) throws(SyntaxDiagnostic) -> NodeID {
        var inner = id
        while node(inner).kind == .parenthesized { inner = node(inner).a }
        let target = node(inner)
        switch target.kind {
        case .identifier:
            try checkAssignable(target)
            program.nodes[Int(inner)].flags |= 1
            return inner
        case .member, .index, .privateMember: return inner
        case .call where allowsCall && !strict && target.flags == 0:
            // Web reality: an error at run time.
            return inner
        default:
            throw invalidTarget(
                node(id).start,
                update.map { "Invalid left-hand side expression in \($0) operation" } ?? message)
        }
    }

    /// Notes that a value is assigned to a target that may be a name.
    mutating func noteValue(_ value: NodeID, of target: NodeID) {
        if node(target).kind == .identifier, !isPrimitive(value) { program.nodes[Int(target)].flags |= 2 }
    }

    /// Whether the value of an expression is certainly no object.
    mutating func isPrimitive(_ id: NodeID) -> Bool {
        var inner = id
        while node(inner).kind == .parenthesized { inner = node(inner).a }
        switch node(inner).kind {
        case .number, .string, .bigInt, .boolean, .null, .template, .unary, .update, .binary, .privateIn: return true
        default: return false
        }
    }

    private mutating func checkAssignable(_ target: Node) throws(SyntaxDiagnostic) {
        if strict, target.a == Keyword.eval || target.a == Keyword.arguments {
            throw failure("Unexpected eval or arguments in strict mode", at: Int(target.start))
        }
    }

    /// Target of `=`: simple, or an array or object literal refined into a pattern.
    mutating func toAssignmentTarget(_ id: NodeID, message: String = "Invalid left-hand side in assignment")
        throws(SyntaxDiagnostic) -> NodeID
    {
        let target = node(id)
        switch target.kind {
        case .array, .object: return try toPattern(id, binding: false)
        default:
            if target.kind != .identifier { try rejectCover() }
            return try toSimpleTarget(id, message: message)
        }
    }

    /// Refines an expression into a pattern. With `binding`, targets are declared by the caller and must be names.
    mutating func toPattern(_ id: NodeID, binding: Bool) throws(SyntaxDiagnostic) -> NodeID {
        try enter()
        defer { leave() }
        let target = node(id)
        switch target.kind {
        case .identifier:
            if binding {
                let token = Token.word(target.a, Int(target.start), Int(target.end))
                guard isIdentifier(token) else { throw unexpected(token) }
            }
            if strict, target.a == Keyword.eval || target.a == Keyword.arguments {
                throw invalidTarget(target.start, binding ? "Unexpected eval or arguments in strict mode" : "Invalid destructuring assignment target")
            }
            program.nodes[Int(id)].flags |= 3
            return id
        case .array:
            for index in Int(target.a)..<Int(target.a + target.b) {
                let item = program.lists[index]
                if node(item).kind == .spread {
                    guard index == Int(target.a + target.b) - 1, node(item).flags == 0 else {
                        throw failure("Rest element must be last element", at: Int(node(item).start))
                    }
                    if node(node(item).a).kind == .assign { throw invalidTarget(node(item).start, "Invalid destructuring assignment target") }
                    program.nodes[Int(item)].a = try toPattern(node(item).a, binding: binding)
                    program.nodes[Int(item)].kind = .rest
                } else if item != 0 {
                    program.lists[index] = try toPattern(item, binding: binding)
                }
            }
            program.nodes[Int(id)].kind = .arrayPattern
            return id
        case .object:
            for index in Int(target.a)..<Int(target.a + target.b) {
                let item = program.lists[index]
                let property = node(item)
                if property.kind == .spread {
                    if property.flags != 0 || index != Int(target.a + target.b) - 1 {
                        throw failure("Rest element must be last element", at: Int(property.start))
                    }
                    let inner = try toPattern(property.a, binding: binding)
                    if node(inner).kind == .arrayPattern || node(inner).kind == .objectPattern {
                        throw failure("`...` must be followed by an assignable reference in assignment contexts", at: Int(property.start))
                    }
                    program.nodes[Int(item)].a = inner
                    program.nodes[Int(item)].kind = .rest
                    continue
                }
                guard property.flags & PropertyFlag.kindMask == PropertyFlag.value else {
                    throw invalidTarget(property.start, "Invalid destructuring assignment target")
                }
                if property.flags & PropertyFlag.shorthand != 0, node(property.b).kind == .identifier { try checkAssignable(node(property.b)) }
                program.nodes[Int(item)].b = try toPattern(property.b, binding: binding)
            }
            program.nodes[Int(id)].kind = .objectPattern
            return id
        case .assign where target.flags == 0xFF:
            var assigned = node(target.a)
            while assigned.kind == .parenthesized { assigned = node(assigned.a) }
            // Sloppy code may assign to a call, which fails when it runs; a pattern may not hold that.
            if assigned.kind == .call { throw invalidTarget(target.start, "Invalid destructuring assignment target") }
            program.nodes[Int(id)].kind = .assignmentPattern
            if binding { program.nodes[Int(id)].a = try toPattern(target.a, binding: true) }
            return id
        case .assignmentPattern:
            program.nodes[Int(id)].a = try toPattern(target.a, binding: binding)
            return id
        case .arrayPattern, .objectPattern:
            if binding {
                // Already refined as the target of a nested assignment.
                for item in Array(list(target.a, target.b)) where item != 0 {
                    let inner = node(item).kind == .property ? node(item).b : node(item).a
                    if node(item).kind == .property || node(item).kind == .rest {
                        _ = try toPattern(inner, binding: true)
                    } else {
                        _ = try toPattern(item, binding: true)
                    }
                }
            }
            return id
        case .member, .index, .privateMember:
            if binding { throw invalidTarget(target.start, "Illegal property in declaration context") }
            return id
        case .parenthesized:
            if binding { throw invalidTarget(target.start, "Invalid destructuring assignment target") }
            var inner = id
            while node(inner).kind == .parenthesized { inner = node(inner).a }
            switch node(inner).kind {
            case .identifier, .member, .index, .privateMember: return try toPattern(inner, binding: false)
            default: throw invalidTarget(target.start, "Invalid destructuring assignment target")
            }
        default:
            throw invalidTarget(target.start, "Invalid destructuring assignment target")
        }
    }

    /// Declares every name of a (binding) pattern in the current scope.
    mutating func declarePattern(_ id: NodeID, _ kind: DeclarationKind) throws(SyntaxDiagnostic) {
        try enter()
        defer { leave() }
        let target = node(id)
        switch target.kind {
        case .identifier:
            if kind == .parameter {
                parameterNames.append(target.a)
                // Duplicates are checked by the caller.
                if program.scopes[Int(scope)].find(target.a) == nil { add(target.a, kind, to: scope, at: Int(target.start)) }
            } else {
                try declare(target.a, kind, at: Int(target.start))
            }
            program.nodes[Int(id)].b = scope
        case .assignmentPattern, .rest: try declarePattern(target.a, kind)
        case .arrayPattern:
            for index in Int(target.a)..<Int(target.a + target.b) where program.lists[index] != 0 {
                try declarePattern(program.lists[index], kind)
            }
        case .objectPattern:
            for index in Int(target.a)..<Int(target.a + target.b) {
                let property = node(program.lists[index])
                try declarePattern(property.kind == .property ? property.b : property.a, kind)
            }
        default: break
        }
    }

    /// BindingIdentifier or BindingPattern, names not declared yet.
    mutating func parseBindingTarget() throws(SyntaxDiagnostic) -> NodeID {
        try enter()
        defer { leave() }
        let start = token.start
        switch token.kind {
        case .leftBracket:
            try advance()
            let mark = openCount
            while !at(.rightBracket) {
                if try eat(.comma) { push(0); continue }
                let itemStart = token.start
                if try eat(.ellipsis) {
                    let target = try parseBindingTarget()
                    push(make(.rest, itemStart, target))
                    guard at(.rightBracket) else { throw failure("Rest element must be last element", at: itemStart) }
                    break
                }
                push(try parsePatternElement())
                if !at(.rightBracket) { try expect(.comma) }
            }
            try expect(.rightBracket)
            let list = closeList(mark)
            return make(.arrayPattern, start, list.start, list.count)
        case .leftBrace:
            try advance()
            let mark = openCount
            while !at(.rightBrace) {
                let itemStart = token.start
                if try eat(.ellipsis) {
                    let nameStart = token.start
                    if at(.leftBrace) || at(.leftBracket) {
                        throw failure("`...` must be followed by an identifier in declaration contexts", at: nameStart)
                    }
                    let name = try bindingName()
                    let target = reference(name, nameStart, assigned: true)
                    push(make(.rest, itemStart, target))
                    guard at(.rightBrace) else { throw failure("Rest element must be last element", at: itemStart) }
                    break
                }
                var flags: UInt8 = 0
                let keyToken = token
                let key = try parsePropertyKey(&flags)
                let value: NodeID
                if try eat(.colon) {
                    value = try parsePatternElement()
                } else {
                    guard keyToken.kind == .name, flags == 0, isIdentifier(keyToken) else { throw unexpected(keyToken) }
                    if strict, keyToken.name == Keyword.eval || keyToken.name == Keyword.arguments {
                        throw failure("Unexpected eval or arguments in strict mode", at: keyToken.start)
                    }
                    flags |= PropertyFlag.shorthand
                    let name = reference(keyToken.name, keyToken.start, assigned: true)
                    if try eat(.assign) {
                        let initial = try parseAssignmentAllowingIn()
                        try rejectCover()
                        value = make(.assignmentPattern, keyToken.start, name, initial)
                    } else {
                        value = name
                    }
                }
                push(make(.property, itemStart, flags: flags, key, value))
                if !at(.rightBrace) { try expect(.comma) }
            }
            try expect(.rightBrace)
            let list = closeList(mark)
            return make(.objectPattern, start, list.start, list.count)
        default:
            let name = try bindingName()
            return reference(name, start, assigned: true)
        }
    }

    /// An element inside a binding pattern.
    private mutating func parsePatternElement() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        switch token.kind {
        case .number, .string, .bigInt, .template: throw failure("Invalid destructuring assignment target", at: start)
        default: break
        }
        let element = try parseBindingElement()
        if node(element).kind == .identifier, at(.dot) || at(.leftBracket) {
            throw failure("Illegal property in declaration context", at: start)
        }
        return element
    }

    mutating func parseBindingElement() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        let target = try parseBindingTarget()
        guard at(.assign) else { return target }
        try advance()
        let initial = try parseAssignmentAllowingIn()
        try rejectCover()
        return make(.assignmentPattern, start, target, initial)
    }

    mutating func parseBindingTargetAsExpression() throws(SyntaxDiagnostic) -> NodeID { try parseBindingTarget() }
}

extension Token {
    static func word(_ name: NameID, _ start: Int, _ end: Int) -> Token {
        var token = Token()
        token.kind = .name
        token.name = name
        token.start = start
        token.end = end
        return token
    }
}
