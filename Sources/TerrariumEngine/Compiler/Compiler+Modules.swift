import TerrariumSyntax

/// Modules (ECMA-262 §16.2).
extension Compiler {
    mutating func compileModule(_ info: FunctionInfo, _ template: inout CodeTemplate) {
        finish(&template, 0)
    }

    mutating func exportDeclaration(_ item: Node) {}
}
