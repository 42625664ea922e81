/// Import and export declarations (ECMA-262 §16.2).
extension Parser {
    /// An import or export declaration; nil for `import(…)` and `import.meta` expressions.
    mutating func parseModuleItem() throws(SyntaxDiagnostic) -> NodeID? {
        if token.name == Keyword.import {
            let next = try lookahead()
            if next.kind == .leftParen || next.kind == .dot { return nil }
        }
        guard program.isModule else {
            throw failure(
                token.name == Keyword.import
                    ? "Cannot use import statement outside a module" : "Unexpected token 'export'",
                at: token.start, length: 6)
        }
        throw failure("Import and export declarations are not supported", at: token.start, length: 6)
    }
}
