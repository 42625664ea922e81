import Synchronization
import TerrariumCage

/// What a source is parsed as.
public enum ParseGoal: Sendable { case script, module }

public struct ParseOptions: Sendable {
    public var goal: ParseGoal = .script
    /// Code of the host starts in strict mode.
    public var strict = false
    /// Nested constructs that recurse natively. The stack that is really left is checked as well.
    public var maximumNesting = 1500
    public var maximumSourceLength = 64 << 20
    public var maximumNodes = 20_000_000
    /// A script may await outside of functions, where `await` is a keyword then. One that does gives a promise.
    public var allowsTopLevelAwait = false
    /// Told what parsing took, also when it failed.
    public var work: ParseWork? = nil
    /// Names that start with `$` are operations of the engine (its own JavaScript).
    public var isBuiltin = false
    /// Checks a regular expression literal: nil when it is fine, otherwise the message. `callOff` is that of `work`.
    public var validateRegExp: (@Sendable (_ pattern: [UInt16], _ flags: [UInt16], _ callOff: CallOff?) -> String?)? = nil
    /// The code of a direct eval: what its place allows.
    public var evalPlace: EvalPlace? = nil
    /// The source is what the Function constructor makes of its arguments: the function's name is no binding.
    public var isDynamicFunction = false
    /// One expression alone (see `fragment`).
    var isFragment = false, fragmentIsAsync = false, fragmentIsGenerator = false
    public init() {}
}

/// What parsing a source took, for those who charge for it.
public final class ParseWork: Sendable {
    private let total = Atomic<Int>(0)
    /// Steps up the nesting beyond what the length of the source pays for, in units of fuel.
    public var units: Int { total.load(ordering: .relaxed) }
    /// Asked now and then while a source is parsed.
    let callOff: CallOff?
    public init(callOff: CallOff? = nil) { self.callOff = callOff }

    func note(steps: Int) { total.store(max(0, steps) / 8, ordering: .relaxed) }
}

/// What the place of a direct eval allows in its code (ECMA-262 §19.2.1.1).
public struct EvalPlace: Sendable {
    public var allowsNewTarget = false
    public var allowsSuperProperty = false
    public var allowsSuperCall = false
    /// `arguments` is an early error.
    public var inFieldInitializer = false
    /// Private names that are visible, without `#`.
    public var privateNames: [[UInt16]] = []
    public init() {}
}

/// Recursive descent over tokens; builds the tree and the scopes in one pass.
///
/// Rules:
/// 1. Chains that can be long (binary operators, member and call chains, else-if, statement lists, commas) are loops;
///    what nests recurses through `nested`, which counts and looks at the native stack.
/// 2. Parenthesised lists, array and object literals are parsed as expressions and turned into patterns when `=>`, `=`,
///    `of` or `in` follows; identifier references made meanwhile are moved to the arrow's scope.
/// 3. Identifier references are resolved at the end, when all declarations are known.
public struct Parser: Sendable {
    var lexer: Lexer
    var token = Token()
    var previousEnd = 0
    var program: Program
    let options: ParseOptions
    var stack = NativeStack()
    var depth = 0
    /// Number of nodes at which `ParseWork` is asked next.
    var nextLook = 4096

    // Context
    var scope: ScopeID = 0
    var function: FunctionID = 0
    var strict = false
    var inAsync = false
    var inGenerator = false
    /// In parameters of an async or generator function, or a class static block: `await`/`yield` expressions are errors.
    var inParameters = false
    /// Statements of a class static block itself: `await` is reserved.
    var inStaticBlock = false
    /// In a class field initializer or static block, arrows included.
    var forbidsArguments = false
    var allowSuperProperty = false
    var allowSuperCall = false
    var allowNewTarget = false
    var breakDepth = 0
    var loopDepth = 0
    var labels: [(name: NameID, isLoop: Bool)] = []
    /// Private names of the enclosing classes, innermost last; uses that wait for their class body to end.
    var privateScopes: [PrivateScope] = []
    /// Identifier nodes in order of appearance.
    var references: ContiguousArray<NodeID> = []
    /// `{a = 1}` (offset) or a second `__proto__:` (-1 - offset) seen in an expression: an error unless it becomes a
    /// pattern.
    var pendingCoverInitializer: Int? = nil
    /// Offsets of the last `yield` or `await` expression of the current function, and of the last `await` that was a name:
    /// parameters of arrows may not have them.
    var lastYieldOrAwait = -1
    var lastAwaitName = -1
    /// Offset of the last direct eval of the current function: among parameters of an arrow it is the arrow's.
    var lastEval = -1
    var allowIn = true
    /// The last parenthesised list, in case `=>` follows.
    var arrowCover: ArrowCover? = nil
    /// Items of the lists that are being parsed, innermost last.
    var open: ContiguousArray<NodeID> = []
    var openCount = 0
    /// Operators that wait for their right operand, those of the innermost expression last.
    var operators: ContiguousArray<Pending> = []
    /// Names that the last parameter list bound.
    var parameterNames: [NameID] = []
    /// Functions in blocks of sloppy code that may become vars (Annex B.3.3); those of the current function start at the
    /// mark.
    var blockFunctions: [(scope: ScopeID, name: NameID, offset: Int)] = []
    var hoistMark = 0
    /// What is left of the steps that walks up the nesting may take together.
    var budget = 0
    /// What is left of it when `ParseWork` is asked next.
    private var budgetMark = 0
    /// Requests of the module by specifier.
    var moduleRequests: [NameID: [Int]] = [:]

    struct PrivateScope: Sendable {
        var declared: [NameID: UInt8] = [:]
        var used: [(name: NameID, offset: Int)] = []
    }

    init(source: SourceText, options: ParseOptions) {
        lexer = Lexer(source: source, isModule: options.goal == .module, callOff: options.work?.callOff)
        program = Program(source: source)
        self.options = options
        budget = 8_000_000 + source.units.count * 32
        budgetMark = budget &- 8192
    }

    /// Parses a whole source.
    /// - Throws: the first error found.
    public static func parse(_ source: SourceText, options: ParseOptions = ParseOptions()) throws(SyntaxDiagnostic)
        -> Program
    {
        guard source.units.count <= options.maximumSourceLength else {
            throw SyntaxDiagnostic(.tooLarge, "Source is too long", offset: 0, length: 1, source: source)
        }
        var parser = Parser(source: source, options: options)
        let budget = parser.budget
        defer { options.work?.note(steps: budget &- parser.budget) }
        do throws(SyntaxDiagnostic) {
            return try parser.parseProgram()
        } catch {
            if error.kind == .calledOff { options.work?.callOff?.keep(parser) }
            throw error
        }
    }

    private mutating func parseProgram() throws(SyntaxDiagnostic) -> Program {
        let isModule = options.goal == .module
        program.isModule = isModule
        strict = isModule || options.strict
        inAsync = isModule || options.allowsTopLevelAwait
        // A large tree is not moved while it grows: memory that is not touched costs nothing.
        if lexer.count < 1 << 16 {
            program.nodes.reserveCapacity(lexer.count / 4 + 16)
        } else {
            // The system may take milliseconds to find a large page, for which a guest's interrupt would wait.
            let isLarge = options.work == nil
            LargeMemory.reserve(min(lexer.count, options.maximumNodes) + 1024, in: &program.nodes, isLarge)
            LargeMemory.reserve(min(lexer.count / 2, 1 << 22), in: &program.lists, isLarge)
            LargeMemory.reserve(min(lexer.count / 2, 1 << 22), in: &references, isLarge)
            LargeMemory.reserve(min(lexer.count / 64, 1 << 16), in: &program.scopes, isLarge)
            LargeMemory.reserve(min(lexer.count / 64, 1 << 16), in: &program.functions, isLarge)
            operators.reserveCapacity(min(lexer.count / 3, 1 << 20))
        }
        var info = FunctionInfo()
        info.kind = isModule ? .module : .script
        info.isAsync = inAsync
        program.functions.append(info)
        program.scopes.append(Scope(kind: isModule ? .module : .script, parent: 0, function: 0))
        if let place = options.evalPlace { enter(place) }
        try advance()
        let list = try parseBody(until: .end)
        program.functions[0].body = list.start
        program.functions[0].bodyCount = list.count
        program.functions[0].isStrict = strict
        program.functions[0].end = UInt32(truncatingIfNeeded: lexer.count)
        if let outermost = privateScopes.last,
            let use = outermost.used.first(where: { outermost.declared[$0.name] == nil }) {
            throw undeclaredPrivate(use.name, use.offset)
        }
        hoistBlockFunctions()
        if isModule { try checkExports() }
        try resolveReferences()
        program.names = lexer.names
        return program
    }

    private mutating func enter(_ place: EvalPlace) {
        allowNewTarget = place.allowsNewTarget
        allowSuperProperty = place.allowsSuperProperty
        allowSuperCall = place.allowsSuperCall
        forbidsArguments = place.inFieldInitializer
        guard !place.privateNames.isEmpty else { return }
        privateScopes.append(PrivateScope())
        for name in place.privateNames { privateScopes[0].declared[lexer.names.intern(ContiguousArray(name))] = 1 }
    }

    mutating func undeclaredPrivate(_ name: NameID, _ offset: Int) -> SyntaxDiagnostic {
        failure("Private field '#\(lexer.names.string(name))' must be declared in an enclosing class", at: offset)
    }

    // MARK: Tokens

    mutating func advance() throws(SyntaxDiagnostic) {
        previousEnd = token.end
        // Chains of operators do not nest.
        if _slowPath(program.nodes.count > nextLook) {
            nextLook = program.nodes.count + 1024
            try look()
        }
        try lexer.next(&token)
    }

    @inline(never)
    mutating func failure(_ message: String, at offset: Int, length: Int = 1) -> SyntaxDiagnostic {
        SyntaxDiagnostic(.syntax, message, offset: offset, length: length, source: lexer.source)
    }

    @inline(never)
    mutating func unexpected() -> SyntaxDiagnostic { unexpected(token) }

    @inline(never)
    mutating func unexpected(_ token: Token) -> SyntaxDiagnostic {
        let message: String
        switch token.kind {
        case .end: message = "Unexpected end of input"
        case .number, .bigInt: message = "Unexpected number"
        case .string: message = "Unexpected string"
        case .template: message = "Unexpected template string"
        case .name:
            if token.escaped, token.name <= (strict ? Keyword.lastStrict : Keyword.lastReserved) { message = "Keyword must not contain escaped characters" }
            else if token.name == Keyword.enum || token.name == Keyword.await { message = "Unexpected reserved word" }
            else if token.name <= Keyword.lastReserved { message = "Unexpected token '\(lexer.names.string(token.name))'" }
            else if strict, token.name <= Keyword.lastStrict { message = "Unexpected strict mode reserved word" }
            else { message = "Unexpected identifier '\(lexer.names.string(token.name))'" }
        default:
            let text = String(decoding: lexer.units[token.start..<max(token.start, token.end)], as: UTF16.self)
            message = token.kind == .privateName ? "Unexpected identifier '\(text)'" : "Unexpected token '\(text)'"
        }
        return failure(message, at: token.start, length: token.end - token.start)
    }

    mutating func legacyEscape(_ isDigit: Bool) -> String {
        isDigit ? "\\8 and \\9 are not allowed in strict mode." : "Octal escape sequences are not allowed in strict mode."
    }

    mutating func at(_ kind: TokenKind) -> Bool { token.kind == kind }

    /// Whether the token is a word without escapes.
    mutating func at(word: NameID) -> Bool { token.kind == .name && token.name == word && !token.escaped }

    mutating func eat(_ kind: TokenKind) throws(SyntaxDiagnostic) -> Bool {
        if token.kind != kind { return false }
        try advance()
        return true
    }

    mutating func eat(word: NameID) throws(SyntaxDiagnostic) -> Bool {
        if !at(word: word) { return false }
        try advance()
        return true
    }

    mutating func expect(_ kind: TokenKind) throws(SyntaxDiagnostic) {
        guard token.kind == kind else { throw unexpected() }
        try advance()
    }

    mutating func expect(word: NameID) throws(SyntaxDiagnostic) {
        guard at(word: word) else { throw unexpected() }
        try advance()
    }

    /// Automatic semicolon insertion.
    mutating func semicolon() throws(SyntaxDiagnostic) {
        if try eat(.semicolon) { return }
        if at(.rightBrace) || at(.end) || token.newlineBefore { return }
        if !inAsync, isBehindAwait() {
            throw failure("await is only valid in async functions and the top level bodies of modules", at: previousEnd - 5, length: 5)
        }
        throw unexpected()
    }

    /// Whether the last token was the word `await`.
    private mutating func isBehindAwait() -> Bool {
        let start = previousEnd - 5
        guard start >= 0, lexer.units[start..<previousEnd].elementsEqual("await".utf16) else { return false }
        guard start > 0 else { return true }
        let before = lexer.units[start - 1]
        return !((before | 0x20) &- 97 < 26 || before &- 48 < 10 || before == 95 || before == 36 || before >= 128)
    }

    /// The token after the current one, without consuming anything.
    mutating func lookahead() throws(SyntaxDiagnostic) -> Token {
        let saved = lexer.position
        var next = Token()
        try lexer.next(&next)
        lexer.position = saved
        return next
    }

    // MARK: Nodes

    mutating func make(
        _ kind: NodeKind, _ start: Int, flags: UInt8 = 0, _ a: UInt32 = 0, _ b: UInt32 = 0, _ c: UInt32 = 0,
        _ d: UInt32 = 0
    ) -> NodeID {
        program.nodes.append(
            Node(
                kind: kind, flags: flags, start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: previousEnd), a: a, b: b, c: c, d: d))
        return NodeID(truncatingIfNeeded: program.nodes.count - 1)
    }

    /// Puts an item on the stack of open lists. A list remembers the stack's height at its start; lists inside are closed
    /// before it goes on.
    @inline(__always)
    mutating func push(_ item: NodeID) {
        if openCount < open.count { open[openCount] = item } else { open.append(item) }
        openCount += 1
    }

    /// Makes a list of what was pushed since the mark.
    mutating func closeList(_ mark: Int) -> (start: UInt32, count: UInt32) {
        let start = program.lists.count
        for index in mark..<openCount { program.lists.append(open[index]) }
        let count = openCount - mark
        openCount = mark
        return (UInt32(truncatingIfNeeded: start), UInt32(truncatingIfNeeded: count))
    }

    mutating func makeList(_ item: NodeID) -> (start: UInt32, count: UInt32) {
        program.lists.append(item)
        return (UInt32(truncatingIfNeeded: program.lists.count - 1), 1)
    }

    /// Node by index. Like every method here it is mutating, whether it changes anything or not: a method that is not would
    /// be given a copy of the whole parser.
    mutating func node(_ id: NodeID) -> Node {
        Int(id) < program.nodes.count ? program.nodes[Int(id)] : program.nodes[0]
    }

    /// Items of a list.
    mutating func list(_ start: UInt32, _ count: UInt32) -> ArraySlice<NodeID> {
        let first = Int(start), last = Int(start) + Int(count)
        guard last <= program.lists.count else { return [] }
        return ArraySlice(program.lists[first..<last])
    }

    // MARK: Nesting

    mutating func enter() throws(SyntaxDiagnostic) {
        depth += 1
        if depth > options.maximumNesting || stack.isExhausted {
            throw SyntaxDiagnostic(
                .nestingTooDeep, "Source is nested too deeply", offset: token.start, length: 1, source: lexer.source)
        }
        if program.nodes.count > nextLook {
            nextLook = program.nodes.count + 1024
            try look()
        }
        if program.nodes.count > options.maximumNodes {
            throw SyntaxDiagnostic(.tooLarge, "Source is too large", offset: token.start, length: 1, source: lexer.source)
        }
    }

    mutating func leave() { depth -= 1 }

    /// Ends it when nobody waits for it any more.
    mutating func look() throws(SyntaxDiagnostic) { try lexer.look() }

    /// Takes steps from the budget, so that deep nesting cannot make the work more than linear in the source.
    @inline(__always)
    mutating func spend(_ steps: Int) throws(SyntaxDiagnostic) {
        budget &-= steps
        if budget < budgetMark { try noteSpending() }
    }

    @inline(never)
    private mutating func noteSpending() throws(SyntaxDiagnostic) {
        if budget < 0 {
            throw SyntaxDiagnostic(
                .nestingTooDeep, "Source is nested too deeply", offset: token.start, length: 1, source: lexer.source)
        }
        budgetMark = max(0, budget &- 8192)
        try look()
    }
}
