import TerrariumCage
import TerrariumSyntax
import TerrariumText

/// Renders an expression for a message the way V8 does: names and member chains as they are, arguments as `(...)`,
/// whatever has no short form as `(intermediate value)`.
struct CallSitePrinter {
    /// What the message says about the expression.
    enum Purpose { case callee, iterated, value }

    private let program: Program
    private let purpose: Purpose
    private let stack: NativeStack
    private var text = ""
    private var prints = 0
    /// The expression is a call or a construction whose result is iterated: then the text is its callee.
    private(set) var isCall = false

    /// Longest source range that is rendered, in UTF-16 units; bounds the recursion as well.
    static let maximumLength = 1000

    private init(_ program: Program, _ purpose: Purpose, _ stack: NativeStack) {
        self.program = program
        self.purpose = purpose
        self.stack = stack
    }

    static func render(
        _ source: SourceText, isAsync: Bool, isGenerator: Bool, for purpose: Purpose, stack: NativeStack
    ) -> (text: String, isCall: Bool)? {
        guard source.units.count <= maximumLength,
            let (program, root) = Parser.parseFragment(source, options: .fragment(isAsync: isAsync, isGenerator: isGenerator))
        else { return nil }
        var printer = CallSitePrinter(program, purpose, stack)
        printer.printRoot(root)
        return (printer.text, printer.isCall)
    }

    private mutating func printRoot(_ root: NodeID) {
        var id = root
        // A call inside an optional chain belongs to the chain.
        if purpose == .callee, program[id].kind == .optionalChain { id = program[id].a }
        if purpose == .iterated {
            let item = program[unwrapped(id)]
            if item.kind == .call || item.kind == .new {
                isCall = true
                id = item.a
            }
        }
        find(id)
    }

    private mutating func write(_ part: String) {
        prints += 1
        text += part
    }

    private func unwrapped(_ id: NodeID) -> NodeID {
        var id = id
        while program[id].kind == .parenthesized { id = program[id].a }
        return id
    }

    /// Renders a part, or says that it has no rendering.
    private mutating func find(_ id: NodeID) {
        let before = prints
        if !stack.isExhausted { visit(program[unwrapped(id)]) }
        if prints == before { intermediate() }
    }

    private mutating func intermediate() { write("(intermediate value)") }

    private mutating func visit(_ item: Node) {
        switch item.kind {
        case .identifier: write(program.names.string(item.a))
        case .string: write("\"\(program.names.string(item.a))\"")
        case .number, .boolean, .null: if let literal = literal(item) { write(literal) }
        case .this: write("this")
        case .regExp: write("/\(program.names.string(item.a))/\(program.names.string(item.b))")
        case .template: template(item)
        case .taggedTemplate:
            find(item.a)
            write("(...)")
        case .call:
            if program[item.a].kind == .super { write("super") } else { find(item.a) }
            write("(...)")
        case .member:
            find(item.a)
            write(item.flags & 1 != 0 ? "?." : ".")
            write(program.names.string(item.b))
        case .index: index(item)
        case .privateMember:
            find(item.a)
            write((item.flags & 1 != 0 ? "?.[#" : "[#") + program.names.string(item.b) + "]")
        case .array: array(item)
        case .object:
            write("{")
            for _ in program.list(item.a, item.b) { intermediate() }
            write("}")
        case .assign: if program[item.a].kind != .none { find(item.a) }
        case .arrayPattern: array(item)
        case .objectPattern:
            write("{")
            for _ in program.list(item.a, item.b) { intermediate() }
            write("}")
        case .unary: unary(item)
        case .update:
            let sign = item.flags & 2 != 0 ? "--" : "++"
            write("(")
            if item.flags & 1 != 0 { write(sign) }
            find(item.a)
            if item.flags & 1 == 0 { write(sign) }
            write(")")
        case .binary: binary(item)
        case .logical: operands(item, item.flags == 0 ? "&&" : item.flags == 1 ? "||" : "??")
        case .sequence:
            write("(")
            for (position, part) in program.list(item.a, item.b).enumerated() {
                if position > 0 { write(" , ") }
                find(part)
            }
            write(")")
        case .conditional: for _ in 0..<3 { intermediate() }
        case .newTarget: write(".new.target")
        case .importCall:
            write("ImportCall(")
            find(item.a)
            write(")")
        case .spread:
            write("(...")
            find(item.a)
            write(")")
        default: break
        }
    }

    /// Literals without substitutions are strings; otherwise only the substitutions show.
    private mutating func template(_ item: Node) {
        let parts = program.list(item.a, item.b)
        if parts.count == 1, let first = parts.first {
            let cooked = program[first].a
            if cooked > 0 { write("\"\(program.names.string(cooked - 1))\"") }
            return
        }
        for part in parts where program[part].kind != .templateElement { find(part) }
    }

    /// The name that a computed key spells out.
    private func plainName(_ id: NodeID) -> String? {
        let key = program[unwrapped(id)]
        if key.kind == .string { return program.names.string(key.a) }
        guard key.kind == .template, key.b == 1, let first = program.list(key.a, 1).first, program[first].a > 0 else { return nil }
        return program.names.string(program[first].a - 1)
    }

    private mutating func index(_ item: Node) {
        find(item.a)
        let isOptional = item.flags & 1 != 0
        if let name = plainName(item.b) {
            write((isOptional ? "?." : ".") + name)
            return
        }
        write(isOptional ? "?.[" : "[")
        find(item.b)
        write("]")
    }

    private mutating func array(_ item: Node) {
        write("[")
        for (position, element) in program.list(item.a, item.b).enumerated() {
            if position > 0 { write(",") }
            if element == 0 { intermediate() } else { find(element) }
        }
        write("]")
    }

    private mutating func unary(_ item: Node) {
        if let literal = literal(item) { return write(literal) }
        let sign = switch UnaryOperator(rawValue: item.flags) {
        case .minus: "-"
        case .plus: "+"
        case .not: "!"
        case .bitNot: "~"
        case .typeof: "typeof "
        case .void: "void "
        default: "delete "
        }
        write("(" + sign)
        find(item.a)
        write(")")
    }

    private mutating func binary(_ item: Node) {
        if let literal = literal(item) { return write(literal) }
        switch BinaryOperator(rawValue: item.flags) {
        case .ne, .strictNe:
            // Compiled as the negation of the equality.
            write("(!(")
            find(item.a)
            write(item.flags == BinaryOperator.ne.rawValue ? " == " : " === ")
            find(item.b)
            write("))")
        case let operation?: operands(item, CallSitePrinter.signs[Int(operation.rawValue) % CallSitePrinter.signs.count])
        case nil: break
        }
    }

    private static let signs = [
        "+", "-", "*", "/", "%", "**", "&", "|", "^", "<<", ">>", ">>>", "<", "<=", ">", ">=", "==", "!=", "===", "!==",
        "instanceof", "in",
    ]

    /// `(a + b + c)`: a run of one operator shares its parentheses.
    private mutating func operands(_ item: Node, _ sign: String) {
        var run: [NodeID] = [item.b]
        var left = item.a
        // Comparisons do not run together.
        let isRun = item.kind == .logical || item.flags < BinaryOperator.lt.rawValue
        while isRun, program[left].kind == item.kind, program[left].flags == item.flags {
            run.append(program[left].b)
            left = program[left].a
        }
        write("(")
        find(left)
        for part in run.reversed() {
            write(" \(sign) ")
            find(part)
        }
        write(")")
    }

    // MARK: Literals

    private func number(_ id: NodeID) -> Double? {
        let item = program[unwrapped(id)]
        if item.kind == .number, Int(item.a) < program.numbers.count { return program.numbers[Int(item.a)] }
        guard item.kind == .unary, let inner = number(item.a) else { return nil }
        switch UnaryOperator(rawValue: item.flags) {
        case .minus: return -inner
        case .plus: return inner
        default: return nil
        }
    }

    /// Text of a literal, or of an operation on number literals that is worked out before the program runs.
    private func literal(_ item: Node) -> String? {
        switch item.kind {
        case .number: return Int(item.a) < program.numbers.count ? CallSitePrinter.text(program.numbers[Int(item.a)]) : nil
        case .boolean: return item.flags & 1 != 0 ? "true" : "false"
        case .null: return "null"
        case .unary:
            switch UnaryOperator(rawValue: item.flags) {
            case .minus: return number(item.a).map { CallSitePrinter.text(-$0) }
            case .plus: return number(item.a).map { CallSitePrinter.text($0) }
            case .bitNot: return number(item.a).flatMap { Int32(exactly: $0) }.map { String(~$0) }
            case .not:
                let inner = program[unwrapped(item.a)]
                if inner.kind == .boolean { return inner.flags & 1 != 0 ? "false" : "true" }
                return number(item.a).map { $0 == 0 || $0.isNaN ? "true" : "false" }
            default: return nil
            }
        case .binary:
            guard let left = number(item.a), let right = number(item.b) else { return nil }
            switch BinaryOperator(rawValue: item.flags) {
            case .add: return CallSitePrinter.text(left + right)
            case .sub: return CallSitePrinter.text(left - right)
            case .mul: return CallSitePrinter.text(left * right)
            case .div: return CallSitePrinter.text(left / right)
            default: return nil
            }
        default: return nil
        }
    }

    private static func text(_ number: Double) -> String {
        String(decoding: NumberFormatting.toString(number), as: UTF8.self)
    }
}
