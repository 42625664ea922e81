extension ParseOptions {
    /// For one expression out of code that has been parsed before: nothing of its surroundings is checked.
    public static func fragment(isAsync: Bool, isGenerator: Bool) -> ParseOptions {
        var options = ParseOptions()
        options.isFragment = true
        options.fragmentIsAsync = isAsync
        options.fragmentIsGenerator = isGenerator
        options.maximumNesting = 100
        return options
    }
}

extension Parser {
    /// Parses one expression cut out of a source that has been parsed before, to render it in a message.
    /// - Returns: the tree and its root; nil when the text is no expression on its own.
    public static func parseFragment(_ source: SourceText, options: ParseOptions) -> (program: Program, root: NodeID)? {
        var parser = Parser(source: source, options: options)
        return try? parser.parseFragment()
    }

    private mutating func parseFragment() throws(SyntaxDiagnostic) -> (program: Program, root: NodeID) {
        program.functions.append(FunctionInfo())
        program.scopes.append(Scope(kind: .script, parent: 0, function: 0))
        inAsync = options.fragmentIsAsync
        inGenerator = options.fragmentIsGenerator
        allowNewTarget = true
        allowSuperProperty = true
        allowSuperCall = true
        privateScopes.append(PrivateScope())
        try advance()
        let root = try parseExpression()
        guard at(.end) else { throw unexpected() }
        program.names = lexer.names
        return (program, root)
    }
}
