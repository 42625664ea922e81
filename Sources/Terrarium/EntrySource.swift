internal import TerrariumLibrary
internal import TerrariumSyntax

/// What somebody typed at a prompt: whether it is complete, and as what it runs.
public enum EntrySource {
    /// Whether more lines could make a program of it: the first error is that it ends.
    public static func isIncomplete(_ text: String) -> Bool {
        let units = Array(text.utf16)
        guard let error = failure(text) else { return false }
        if text.contains("await"), program(insideOf: text) != nil { return false }
        if isAtEnd(error, of: units, from: 0) { return true }
        guard text.contains("await") else { return false }
        let wrapped = prefix + text + suffix
        return failure(wrapped).map { isAtEnd($0, of: units, from: prefix.utf16.count) } ?? false
    }

    private static func failure(_ text: String) -> SyntaxDiagnostic? {
        do throws(SyntaxDiagnostic) {
            _ = try Parser.parse(SourceText(text, name: "entry"), options: .guest)
            return nil
        } catch {
            return error
        }
    }

    private static func isAtEnd(_ error: SyntaxDiagnostic, of units: [UInt16], from start: Int) -> Bool {
        let end = (units.lastIndex { $0 > 32 } ?? -1) + 1 + start
        if error.offset >= end { return true }
        // A comment or a template that is open ends at the end of the input, whatever the place of the message.
        let place = error.offset - start
        guard place >= 0, place + 1 < units.count else { return false }
        return units[place] == 47 && units[place + 1] == 42
    }

    // MARK: Top-level await

    private static let prefix = "(async () => { ", suffix = "\n})()"

    private static func program(insideOf text: String) -> Program? {
        try? Parser.parse(SourceText(prefix + text + suffix, name: "entry"), options: .guest)
    }

    /// An entry that awaits something outside of functions, as a script whose value is a promise: its declarations stand
    /// before an async function that assigns them. Nil for other entries.
    static func rewritten(_ text: String) -> String? {
        guard text.contains("await"), let program = program(insideOf: text), awaits(program) else { return nil }
        let head = prefix.utf16.count
        let bodies = program.functions.filter { $0.kind == .arrow && $0.isAsync && Int($0.start) < head }
        guard let body = bodies.first else { return nil }
        var edits = Edits(Array((prefix + text + suffix).utf16))
        var names: [String] = [], functions: [String] = []
        let statements = program.list(body.body, body.bodyCount)
        for (index, id) in statements.enumerated() {
            let statement = program[id]
            switch statement.kind {
            case .variableDeclaration:
                guard let kind = DeclarationKind(rawValue: statement.flags), kind == .var || kind == .let || kind == .const else { continue }
                let declarators = program.list(statement.a, statement.b)
                guard let first = declarators.first.map({ program[$0] }), let last = declarators.last.map({ program[$0] }) else { continue }
                for declarator in declarators {
                    collect(program[declarator].a, program, &names)
                    if program[declarator].b == 0 { edits.insert(" = undefined", at: Int(program[declarator].end)) }
                }
                edits.replace(Int(statement.start)..<Int(first.start), by: "void (")
                edits.insert(")", at: Int(last.end))
            case .classDeclaration:
                let name = program.names.string(program.classes[Int(statement.a)].name)
                names.append(name)
                edits.insert("\(name) = ", at: Int(statement.start))
                edits.insert(";", at: Int(statement.end))
            case .functionDeclaration:
                functions.append(program.names.string(program.functions[Int(statement.a)].name))
            case .expressionStatement where index == statements.count - 1:
                edits.insert("return (", at: Int(statement.start))
                edits.insert(")", at: Int(program[statement.a].end))
            default: break
            }
        }
        edits.insert(functions.map { "globalThis.\($0) = \($0); " }.joined(), at: head)
        let declared = names.isEmpty ? "" : "let \(names.joined(separator: ", ")); "
        return declared + edits.text
    }

    private static func awaits(_ program: Program) -> Bool {
        let inner = program.functions.dropFirst(2)
        return program.nodes.contains { node in
            let isAwait = node.kind == .await || node.kind == .forOf && node.flags & 1 != 0
                || node.kind == .variableDeclaration && DeclarationKind(rawValue: node.flags) == .awaitUsing
            return isAwait && !inner.contains { $0.start <= node.start && node.start < $0.end }
        }
    }

    /// Names that a pattern binds.
    private static func collect(_ id: NodeID, _ program: Program, _ names: inout [String]) {
        let node = program[id]
        switch node.kind {
        case .identifier: names.append(program.names.string(node.a))
        case .arrayPattern, .objectPattern: for item in program.list(node.a, node.b) { collect(item, program, &names) }
        case .property: collect(node.b, program, &names)
        case .assignmentPattern, .rest: collect(node.a, program, &names)
        default: break
        }
    }
}

/// Changes to a text, by places in the original.
private struct Edits {
    private let units: [UInt16]
    private var changes: [(range: Range<Int>, text: String, order: Int)] = []

    init(_ units: [UInt16]) { self.units = units }

    mutating func insert(_ text: String, at place: Int) { replace(place..<place, by: text) }
    mutating func replace(_ range: Range<Int>, by text: String) { changes.append((range, text, changes.count)) }

    var text: String {
        var result: [UInt16] = []
        var place = 0
        for change in changes.sorted(by: { ($0.range.lowerBound, $0.order) < ($1.range.lowerBound, $1.order) }) {
            guard change.range.lowerBound >= place, change.range.upperBound <= units.count else { continue }
            result += units[place..<change.range.lowerBound] + Array(change.text.utf16)
            place = change.range.upperBound
        }
        return String(decoding: result + units[place...], as: UTF16.self)
    }
}
