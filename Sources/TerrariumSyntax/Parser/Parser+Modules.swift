/// Import and export declarations (ECMA-262 §16.2).
extension Parser {
    /// An import or export declaration; nil for `import(…)` and `import.meta` expressions.
    mutating func parseModuleItem() throws(SyntaxDiagnostic) -> NodeID? {
        if token.name == Keyword.import {
            let next = try lookahead()
            if next.kind == .leftParen || next.kind == .dot { return nil }
        }
        let isImport = token.name == Keyword.import
        guard program.isModule else {
            throw isImport
                ? failure("Cannot use import statement outside a module", at: token.start, length: 6) : unexpected()
        }
        guard function == 0, scope == 0 else { throw unexpected() }
        return try isImport ? parseImport() : parseExport()
    }

    // MARK: Imports

    private mutating func parseImport() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        var imported: [ModuleEntries.Import] = []
        if !at(.string) {
            var needsMore = true
            if at(.name) {
                let nameStart = token.start
                try importBinding(Keyword.default, nameStart, &imported)
                needsMore = try eat(.comma)
            }
            if needsMore {
                let listStart = token.start
                if try eatStar() {
                    try expect(word: Keyword.as)
                    try importBinding(nil, listStart, &imported)
                } else {
                    try parseNamedImports(&imported)
                }
            }
            try expect(word: Keyword.from)
        }
        let request = try parseFromClause()
        for index in imported.indices { imported[index].request = request }
        program.module.imports += imported
        try semicolon()
        return make(.importDeclaration, start)
    }

    /// The local name of an import, which is declared.
    private mutating func importBinding(_ name: NameID?, _ start: Int, _ imported: inout [ModuleEntries.Import])
        throws(SyntaxDiagnostic)
    {
        let offset = token.start
        let local = try bindingName()
        try declare(local, .import, at: offset)
        imported.append(.init(request: 0, name: name, local: local, start: UInt32(truncatingIfNeeded: start)))
    }

    private mutating func parseNamedImports(_ imported: inout [ModuleEntries.Import]) throws(SyntaxDiagnostic) {
        try expect(.leftBrace)
        while !at(.rightBrace) {
            let first = token
            let name = try moduleExportName()
            if try eat(word: Keyword.as) {
                try importBinding(name, first.start, &imported)
            } else {
                guard isIdentifier(first) else { throw unexpected(first) }
                if name == Keyword.eval || name == Keyword.arguments {
                    throw failure("Unexpected eval or arguments in strict mode", at: first.start, length: first.end - first.start)
                }
                try declare(name, .import, at: first.start)
                imported.append(
                    .init(request: 0, name: name, local: name, start: UInt32(truncatingIfNeeded: first.start)))
            }
            if !at(.rightBrace) { try expect(.comma) }
        }
        try advance()
    }

    /// A name of any kind, or a string of whole code points.
    private mutating func moduleExportName() throws(SyntaxDiagnostic) -> NameID {
        let name = token.name
        switch token.kind {
        case .name: break
        case .string:
            if !isWellFormed(name) {
                throw failure(
                    "Invalid module export name: contains unpaired surrogate character", at: token.start,
                    length: token.end - token.start)
            }
            if token.legacyOctal { throw failure(legacyEscape(token.invalid), at: token.start) }
        default: throw unexpected()
        }
        try advance()
        return name
    }

    private mutating func isWellFormed(_ name: NameID) -> Bool {
        var afterHigh = false
        for unit in lexer.names.text(name) {
            let isLow = unit & 0xFC00 == 0xDC00
            if afterHigh != isLow { return false }
            afterHigh = unit & 0xFC00 == 0xD800
        }
        return !afterHigh
    }

    /// The specifier and its attributes; returns the number of the request.
    private mutating func parseFromClause() throws(SyntaxDiagnostic) -> Int {
        guard at(.string) else { throw unexpected() }
        if token.legacyOctal { throw failure(legacyEscape(token.invalid), at: token.start) }
        var request = ModuleEntries.Request(specifier: token.name, start: UInt32(truncatingIfNeeded: token.start))
        try advance()
        if try eat(word: Keyword.with) {
            try expect(.leftBrace)
            while !at(.rightBrace) {
                let key = token
                guard at(.name) || at(.string) else { throw unexpected() }
                try advance()
                try expect(.colon)
                guard at(.string) else { throw unexpected() }
                if request.attributes.contains(where: { $0.key == key.name }) {
                    throw failure(
                        "Import attributes has a duplicate key '\(lexer.names.string(key.name))'", at: key.start,
                        length: key.end - key.start)
                }
                request.attributes.append((key.name, token.name))
                try advance()
                if !at(.rightBrace) { try expect(.comma) }
            }
            try advance()
        }
        let candidates = moduleRequests[request.specifier] ?? []
        for index in candidates where isSame(program.module.requests[index].attributes, request.attributes) { return index }
        program.module.requests.append(request)
        moduleRequests[request.specifier, default: []].append(program.module.requests.count - 1)
        return program.module.requests.count - 1
    }

    private mutating func isSame(_ left: [(key: NameID, value: NameID)], _ right: [(key: NameID, value: NameID)]) -> Bool {
        left.count == right.count
            && left.allSatisfy { attribute in right.contains { $0.key == attribute.key && $0.value == attribute.value } }
    }

    // MARK: Exports

    private mutating func parseExport() throws(SyntaxDiagnostic) -> NodeID {
        let start = token.start
        try advance()
        if try eatStar() { return try parseStarExport(start) }
        if at(.leftBrace) { return try parseExportList(start) }
        guard at(.name), !token.escaped else { throw unexpected() }
        let declaration: NodeID
        switch token.name {
        case Keyword.default: return try parseDefaultExport(start)
        case Keyword.var: declaration = try parseStatement()
        case Keyword.let: declaration = try parseLexical(.let)
        case Keyword.const, Keyword.class, Keyword.function: declaration = try parseStatementListItem()
        case Keyword.async:
            let next = try lookahead()
            guard next.kind == .name, next.name == Keyword.function, !next.escaped, !next.newlineBefore else {
                throw unexpected()
            }
            declaration = try parseStatementListItem()
        default: throw unexpected()
        }
        try exportNames(of: declaration)
        return make(.exportDeclaration, start, flags: 1, declaration)
    }

    private mutating func parseStarExport(_ start: Int) throws(SyntaxDiagnostic) -> NodeID {
        if try eat(word: Keyword.as) {
            let nameStart = token.start
            let name = try moduleExportName()
            try noteExported(name, at: nameStart)
            try expect(word: Keyword.from)
            let request = try parseFromClause()
            program.module.indirectExports.append(
                .init(name: name, request: request, importName: nil, start: UInt32(truncatingIfNeeded: nameStart)))
        } else {
            try expect(word: Keyword.from)
            let request = try parseFromClause()
            if !program.module.starExports.contains(request) { program.module.starExports.append(request) }
        }
        try semicolon()
        return make(.exportDeclaration, start, flags: 3)
    }

    private mutating func parseExportList(_ start: Int) throws(SyntaxDiagnostic) -> NodeID {
        var items: [(local: Token, name: NameID, nameStart: Int)] = []
        try advance()
        while !at(.rightBrace) {
            let local = token
            var name = try moduleExportName()
            var nameStart = local.start
            if try eat(word: Keyword.as) {
                nameStart = token.start
                name = try moduleExportName()
            }
            try noteExported(name, at: nameStart)
            items.append((local, name, nameStart))
            if !at(.rightBrace) { try expect(.comma) }
        }
        try advance()
        if try eat(word: Keyword.from) {
            let request = try parseFromClause()
            for item in items {
                program.module.indirectExports.append(
                    .init(
                        name: item.name, request: request, importName: item.local.name,
                        start: UInt32(truncatingIfNeeded: item.local.start)))
            }
            try semicolon()
            return make(.exportDeclaration, start, flags: 3)
        }
        for item in items {
            guard isIdentifier(item.local) else { throw unexpected(item.local) }
            program.module.localExports.append(
                .init(name: item.name, local: item.local.name, start: UInt32(truncatingIfNeeded: item.local.start)))
        }
        try semicolon()
        return make(.exportDeclaration, start, flags: 0)
    }

    /// `default`: a declaration, named or not, or an expression; what has no name is bound as `*default*`.
    private mutating func parseDefaultExport(_ start: Int) throws(SyntaxDiagnostic) -> NodeID {
        let nameStart = token.start
        try advance()
        try noteExported(Keyword.default, at: nameStart)
        var isFunction = at(word: Keyword.function)
        if at(word: Keyword.async) {
            let next = try lookahead()
            isFunction = next.kind == .name && next.name == Keyword.function && !next.escaped && !next.newlineBefore
        }
        if isFunction {
            let declaration = try parseFunctionDeclaration(defaultExport: true)
            let name = program.functions[Int(node(declaration).a)].name
            exportDefault(name == Keyword.default ? Keyword.starDefault : name, nameStart)
            return make(.exportDeclaration, start, flags: 1, declaration)
        }
        if at(word: Keyword.class) {
            let next = try lookahead()
            if next.kind == .name, next.name != Keyword.extends || next.escaped {
                let declaration = try parseStatementListItem()
                exportDefault(program.classes[Int(node(declaration).a)].name, nameStart)
                return make(.exportDeclaration, start, flags: 1, declaration)
            }
        }
        let isClass = at(word: Keyword.class)
        let place = add(Keyword.starDefault, .let, to: scope, at: nameStart)
        let value = try isClass ? parseClassExpression() : parseAssignmentAllowingIn()
        try rejectCover()
        program.scopes[Int(scope)].declarations[place].start = UInt32(truncatingIfNeeded: previousEnd)
        exportDefault(Keyword.starDefault, nameStart)
        if !isClass { try semicolon() }
        return make(.exportDeclaration, start, flags: 2, value)
    }

    private mutating func exportDefault(_ local: NameID, _ offset: Int) {
        program.module.localExports.append(
            .init(name: Keyword.default, local: local, start: UInt32(truncatingIfNeeded: offset)))
    }

    private mutating func noteExported(_ name: NameID, at offset: Int) throws(SyntaxDiagnostic) {
        if !program.module.exportedNames.insert(name).inserted {
            throw failure(
                "Duplicate export of '\(lexer.names.string(name))'", at: offset, length: max(1, lexer.names.text(name).count))
        }
    }

    /// Exports every name that a declaration binds.
    private mutating func exportNames(of id: NodeID) throws(SyntaxDiagnostic) {
        let item = node(id)
        switch item.kind {
        case .functionDeclaration: try exportLocal(program.functions[Int(item.a)].name, at: item.start)
        case .classDeclaration: try exportLocal(program.classes[Int(item.a)].name, at: item.start)
        default: for name in boundNames(of: id) { try exportLocal(node(name).a, at: node(name).start) }
        }
    }

    private mutating func exportLocal(_ name: NameID, at offset: UInt32) throws(SyntaxDiagnostic) {
        try noteExported(name, at: Int(offset))
        program.module.localExports.append(.init(name: name, local: name, start: offset))
    }

    /// Every exported local name is declared.
    mutating func checkExports() throws(SyntaxDiagnostic) {
        for export in program.module.localExports where program.scopes[0].find(export.local) == nil {
            let text = lexer.names.string(export.local)
            throw failure("Export '\(text)' is not defined in module", at: Int(export.start), length: max(1, text.utf16.count))
        }
    }
}
