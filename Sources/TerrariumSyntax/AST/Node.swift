/// Index of a node; 0 is "none".
public typealias NodeID = UInt32
/// Index of an interned name; 0 is the empty name.
public typealias NameID = UInt32
public typealias ScopeID = UInt32
public typealias FunctionID = UInt32

/// One node of the syntax tree. The tree is an array of these: no references, no recursion to free it.
public struct Node: Sendable {
    public var kind: NodeKind
    /// Meaning depends on the kind: an operator, a property kind, bits.
    public var flags: UInt8 = 0
    /// Source range in UTF-16 units.
    public var start: UInt32
    public var end: UInt32
    public var a: UInt32 = 0
    public var b: UInt32 = 0
    public var c: UInt32 = 0
    public var d: UInt32 = 0
}

/// What a node is and what its operands hold. "list" is a start in `Program.lists`, followed by a count.
public enum NodeKind: UInt8, Sendable {
    case none

    // MARK: Expressions
    /// a: name, b: scope in which it is referenced; flags: bit 0 assigned, bit 1 what is assigned may be an object.
    case identifier
    /// a: index in `Program.numbers`.
    case number
    /// a: name with the value.
    case string
    /// a: name with the digits (prefix 0x, 0o or 0b kept, no separators).
    case bigInt
    /// flags: 1 true.
    case boolean
    case null
    case this
    case `super`
    /// a: pattern, b: flags (names).
    case regExp
    /// a: list of quasi nodes and expressions alternating, b: count.
    case template
    /// a: cooked name + 1 or 0 when undefined, b: raw name.
    case templateElement
    /// a: tag, b: template.
    case taggedTemplate
    /// a: list, b: count; 0 is a hole.
    case array
    /// a: list of property or spread nodes, b: count. c: offset + 1 of a `name = value` that is only valid in a pattern.
    case object
    /// flags: PropertyFlag; a: key (string, number, bigInt, privateName, or an expression when computed), b: value.
    case property
    /// a: function.
    case function
    /// a: index in `Program.classes`.
    case `class`
    /// flags: UnaryOperator; a: operand.
    case unary
    /// flags: bit 0 prefix, bit 1 decrement; a: target, c: offset of the operator.
    case update
    /// flags: BinaryOperator; a, b: operands, c: offset of the operator.
    case binary
    /// flags: 0 &&, 1 ||, 2 ??; a, b: operands.
    case logical
    /// flags: 0xFF plain, 0xF0 + n logical (as `logical`), otherwise BinaryOperator; a: target or pattern, b: value,
    /// c: offset of the operator.
    case assign
    /// a: test, b: then, c: otherwise.
    case conditional
    /// a: callee, b: list, c: count; flags: 1 optional (`?.`). d: offset that stack traces show: the callee's last name, or the parenthesis.
    case call
    /// a: callee, b: list, c: count.
    case new
    /// a: object, b: name; flags: 1 optional. c: offset of the name.
    case member
    /// a: object, b: expression; flags: 1 optional. c: offset of the bracket.
    case index
    /// a: object, b: name of the private name; flags: 1 optional. c: scope, d: offset of the name.
    case privateMember
    /// a: the chain, whose optional links end here.
    case optionalChain
    /// a: list, b: count.
    case sequence
    /// a: expression.
    case spread
    /// a: expression or 0; flags: 1 delegate.
    case yield
    /// a: expression.
    case await
    /// a: specifier, b: options or 0.
    case importCall
    case importMeta
    case newTarget
    /// a: private name, b: right operand, c: scope.
    case privateIn
    /// a: expression. Kept where it matters (assignment targets, names of functions).
    case parenthesized

    // MARK: Patterns
    /// a: list, b: count; 0 is a hole.
    case arrayPattern
    /// a: list of property nodes (value is a target) or rest nodes, b: count.
    case objectPattern
    /// a: target, b: default value.
    case assignmentPattern
    /// a: target.
    case rest

    // MARK: Statements
    /// flags: DeclarationKind; a: list of declarators, b: count.
    case variableDeclaration
    /// a: target, b: initializer or 0.
    case declarator
    /// a: function; the name is declared in the scope.
    case functionDeclaration
    /// a: class index.
    case classDeclaration
    /// a: list, b: count, c: scope.
    case block
    case empty
    /// a: expression.
    case expressionStatement
    /// a: test, b: then, c: otherwise or 0.
    case `if`
    /// a: init or 0, b: test or 0, c: update or 0, d: index in `Program.loops`.
    case `for`
    /// a: target (declaration or pattern), b: object, d: index in `Program.loops`.
    case forIn
    /// As forIn; flags: 1 await.
    case forOf
    /// a: test, b: body.
    case `while`
    /// a: body, b: test.
    case doWhile
    /// a: label name or 0.
    case `break`
    case `continue`
    /// a: expression or 0.
    case `return`
    /// a: expression.
    case `throw`
    /// a: block, b: catch clause or 0, c: finally block or 0.
    case `try`
    /// a: parameter or 0, b: body block, c: scope of the parameter.
    case catchClause
    /// a: discriminant, b: list of cases, c: count, d: scope.
    case `switch`
    /// a: test or 0 (default), b: list, c: count.
    case switchCase
    /// a: label name, b: body.
    case labeled
    case debugger
    /// a: object, b: body, c: scope.
    case with

    // MARK: Modules
    /// Does nothing when it is reached; see `Program.module`, as for exports.
    case importDeclaration
    /// flags: 0 local list, 1 declaration, 2 default expression (bound as `*default*`), 3 from another module;
    /// a: declaration or expression.
    case exportDeclaration
}

/// Flags of property nodes in literals, patterns and classes.
public enum PropertyFlag {
    public static let kindMask: UInt8 = 7
    public static let value: UInt8 = 0
    public static let method: UInt8 = 1
    public static let getter: UInt8 = 2
    public static let setter: UInt8 = 3
    public static let field: UInt8 = 4
    public static let staticBlock: UInt8 = 5
    public static let accessor: UInt8 = 6
    public static let computed: UInt8 = 1 << 3
    public static let shorthand: UInt8 = 1 << 4
    public static let isStatic: UInt8 = 1 << 5
    public static let privateName: UInt8 = 1 << 6
}

public enum UnaryOperator: UInt8, Sendable { case minus, plus, not, bitNot, typeof, void, delete }

public enum BinaryOperator: UInt8, Sendable {
    case add, sub, mul, div, mod, exp, bitAnd, bitOr, bitXor, shl, sar, shr
    case lt, le, gt, ge, eq, ne, strictEq, strictNe, instanceOf, `in`
}

public enum DeclarationKind: UInt8, Sendable {
    case `var`, `let`, const, using, awaitUsing, function, `class`, parameter, catchParameter, simpleCatchParameter
    case `import`, functionName, className

    /// Block-scoped and in its dead zone until initialised.
    public var hasDeadZone: Bool {
        switch self {
        case .let, .const, .using, .awaitUsing, .class, .className: true
        default: false
        }
    }
    public var isConstant: Bool {
        switch self {
        case .const, .using, .awaitUsing, .import, .className: true
        default: false
        }
    }
    var isLexical: Bool {
        switch self {
        case .let, .const, .using, .awaitUsing, .class, .import: true
        default: false
        }
    }
}
