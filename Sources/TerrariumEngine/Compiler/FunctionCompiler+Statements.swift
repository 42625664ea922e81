import TerrariumSyntax

/// What surrounds a statement and has to be gone through by break, continue and return.
struct Control {
    enum Kind {
        case loop(breakTo: Label, continueTo: Label)
        /// A labelled statement that is no loop, or a switch.
        case breakable(Label, isSwitch: Bool)
        /// An iterator to close (unless the `done` register is true).
        case iterator(UInt16, done: UInt16?)
        case finally(Int)
    }
    var kind: Kind
    var labels: [NameID] = []
    /// The loop's iterator, closed when it is left other than by exhaustion.
    var closesIterator: UInt16? = nil
}

/// State of a finally block while what it protects is compiled.
struct FinallyState {
    let label: Label
    /// Completion: an int (0 normal, 1 throw, 2… a jump) and its value.
    let kindRegister: UInt16
    let valueRegister: UInt16
    var exits: [(id: Int32, action: ExitAction)] = []
}

enum ExitAction {
    case jump(Label, depth: Int)
    case `return`
}

extension FunctionCompiler {
    func statements(_ start: UInt32, _ count: UInt32) throws(CompileError) {
        for id in program.list(start, count) { try statement(id) }
    }

    func statement(_ id: NodeID, labels: [NameID] = []) throws(CompileError) {
        try checkStack()
        let item = node(id)
        let top = builder.top
        switch item.kind {
        case .expressionStatement:
            if let completion {
                try expression(item.a, into: completion)
            } else {
                let scratch = builder.allocate()
                try effect(item.a, scratch)
            }
            builder.release(to: top)
        case .variableDeclaration: try variables(item)
        case .functionDeclaration:
            try hoistAssignment(item)
        case .classDeclaration:
            let register = builder.allocate()
            try classDefinition(item.a, into: register)
            try storeName(
                program.classes[Int(item.a)].name, from: register, initialize: true, offset: item.start)
            builder.release(to: top)
        case .empty, .debugger: break
        case .block: try block(item)
        case .if: try ifChain(id)
        case .for: try forLoop(item, labels)
        case .forIn: try forIn(item, labels)
        case .forOf: try forOf(item, labels)
        case .while: try whileLoop(item, labels)
        case .doWhile: try doWhile(item, labels)
        case .break, .continue: try jump(item)
        case .return:
            let register = builder.allocate()
            if item.a != 0 { try returnValue(item.a, into: register) }
            else { builder.emit(.loadSpecial, a: register, immediate: 0) }
            try leave(to: nil, returning: register)
            builder.release(to: top)
        case .throw:
            let register = try operand(item.a)
            builder.mark(item.start)
            builder.emit(.throw, a: register)
            builder.release(to: top)
        case .try: try tryStatement(item)
        case .switch: try switchStatement(item, labels)
        case .labeled:
            let body = node(item.b)
            switch body.kind {
            case .for, .forIn, .forOf, .while, .doWhile, .labeled: try statement(item.b, labels: labels + [item.a])
            default:
                let end = builder.makeLabel()
                controls.append(Control(kind: .breakable(end, isSwitch: false), labels: labels + [item.a]))
                try statement(item.b)
                controls.removeLast()
                builder.place(end)
            }
        default: throw unsupported("this statement", item.start)
        }
        // Bindings of function-level declarations keep their registers: they were made at entry.
    }

    private func returnValue(_ id: NodeID, into register: UInt16) throws(CompileError) {
        try expression(id, into: register)
        if info.isAsync, info.isGenerator {
            builder.mark(node(id).start)
            builder.emit(.await, a: register, b: register)
        }
    }

    /// An expression whose value is not used.
    func effect(_ id: NodeID, _ scratch: UInt16) throws(CompileError) {
        let item = node(id)
        if item.kind == .parenthesized { return try effect(item.a, scratch) }
        // x++ as a statement is ++x; an assignment to a local needs no copy of its value.
        if item.kind == .update {
            var prefix = item
            prefix.flags |= 1
            if let local = localRegister(item.a) { return try update(prefix, into: local) }
            return try update(prefix, into: scratch)
        }
        if item.kind == .assign, let local = localRegister(item.a), node(item.a).kind == .identifier {
            return try assign(item, into: local)
        }
        try expression(id, into: scratch)
    }

    private func variables(_ item: Node) throws(CompileError) {
        let kind = DeclarationKind(rawValue: item.flags) ?? .var
        if kind == .using || kind == .awaitUsing { throw unsupported("using declarations", item.start) }
        for id in program.list(item.a, item.b) {
            let top = builder.top
            let declarator = node(id)
            let target = node(declarator.a)
            if declarator.b == 0 {
                if kind != .var {
                    let register = builder.allocate()
                    builder.emit(.loadSpecial, a: register, immediate: 0)
                    try storeName(target.a, from: register, scope: target.b, initialize: true, offset: target.start)
                }
            } else if target.kind == .identifier {
                if case .register(let local, _) = try resolve(target.a, from: target.b, offset: target.start) {
                    // The dead zone lasts until the value is there.
                    var budget = 24
                    if mayAssign(declarator.b, &budget) {
                        let value = builder.allocate()
                        try namedExpression(declarator.b, name: target.a, into: value)
                        builder.emit(.move, a: local, b: value)
                    } else {
                        try namedExpression(declarator.b, name: target.a, into: local)
                    }
                } else {
                    let value = builder.allocate()
                    try namedExpression(declarator.b, name: target.a, into: value)
                    try storeName(
                        target.a, from: value, scope: target.b, initialize: kind != .var, offset: target.start)
                }
            } else {
                let value = builder.allocate()
                try expression(declarator.b, into: value)
                try bindPattern(declarator.a, from: value, declare: kind != .var)
            }
            builder.release(to: top)
        }
    }

    private func hoistAssignment(_ item: Node) throws(CompileError) {
        let name = program.functions[Int(item.a)].name
        guard let place = program.scopes[Int(item.b)].find(name),
            program.scopes[Int(item.b)].declarations[place].hoistsToVar else { return }
        let register = builder.allocate()
        try loadName(name, into: register, from: item.b, offset: item.start)
        try storeName(
            name, from: register, scope: functionLevel(item.b), initialize: false, offset: item.start)
        builder.release(to: register)
    }

    private func functionLevel(_ start: ScopeID) -> ScopeID {
        var current = start
        while true {
            switch program.scopes[Int(current)].kind {
            case .script, .module, .eval, .function, .body: return current
            default: current = program.scopes[Int(current)].parent
            }
        }
    }

    private func block(_ item: Node) throws(CompileError) {
        let outer = scope, top = builder.top
        enterScope(item.c)
        try instantiateFunctions(item.c)
        try statements(item.a, item.b)
        leaveScope(to: outer)
        builder.release(to: top)
    }

    private func ifChain(_ first: NodeID) throws(CompileError) {
        let end = builder.makeLabel()
        var current = first
        while true {
            let item = node(current)
            let otherwise = builder.makeLabel()
            try condition(item.a, jumpIfFalse: item.c == 0 ? end : otherwise)
            try statement(item.b)
            if item.c == 0 { break }
            builder.jump(.jump, to: end)
            builder.place(otherwise)
            current = item.c
            if node(current).kind != .if {
                try statement(current)
                break
            }
        }
        builder.place(end)
    }

    // MARK: Loops

    private func whileLoop(_ item: Node, _ labels: [NameID]) throws(CompileError) {
        let body = builder.makeLabel(), test = builder.makeLabel(), end = builder.makeLabel()
        let isEndless = node(item.a).kind == .boolean && node(item.a).flags == 1
        if !isEndless { builder.jump(.jump, to: test) }
        builder.place(body)
        controls.append(Control(kind: .loop(breakTo: end, continueTo: test), labels: labels))
        try statement(item.b)
        controls.removeLast()
        builder.place(test)
        if isEndless { builder.jump(.loop, to: body) } else { try loopBranch(item.a, to: body) }
        builder.place(end)
    }

    private func doWhile(_ item: Node, _ labels: [NameID]) throws(CompileError) {
        let body = builder.makeLabel(), test = builder.makeLabel(), end = builder.makeLabel()
        builder.place(body)
        controls.append(Control(kind: .loop(breakTo: end, continueTo: test), labels: labels))
        try statement(item.a)
        controls.removeLast()
        builder.place(test)
        try loopBranch(item.b, to: body)
        builder.place(end)
    }

    private func forLoop(_ item: Node, _ labels: [NameID]) throws(CompileError) {
        let loop = program.loops[Int(item.d)]
        let outer = scope, top = builder.top
        enterScope(loop.scope)
        let perIteration = session.scopes[Int(loop.scope)].isHeap
        if item.a != 0 {
            if node(item.a).kind == .variableDeclaration {
                try variables(node(item.a))
            } else {
                let scratch = builder.allocate()
                try effect(item.a, scratch)
                builder.release(to: scratch)
            }
        }
        let body = builder.makeLabel(), test = builder.makeLabel(), next = builder.makeLabel(), end = builder.makeLabel()
        let record = session.scopes[Int(loop.scope)].register
        if perIteration { builder.emit(.copyScope, a: record, b: record) }
        if item.b != 0 { builder.jump(.jump, to: test) }
        builder.place(body)
        controls.append(Control(kind: .loop(breakTo: end, continueTo: next), labels: labels))
        try statement(loop.body)
        controls.removeLast()
        builder.place(next)
        if perIteration { builder.emit(.copyScope, a: record, b: record) }
        if item.c != 0 {
            let scratch = builder.allocate()
            try effect(item.c, scratch)
            builder.release(to: scratch)
        }
        builder.place(test)
        if item.b != 0 { try loopBranch(item.b, to: body) } else { builder.jump(.loop, to: body) }
        builder.place(end)
        leaveScope(to: outer)
        builder.release(to: top)
    }

    /// Declares the binding of one iteration, or assigns the target.
    private func bindIteration(_ target: NodeID, from value: UInt16) throws(CompileError) {
        let item = node(target)
        if item.kind == .variableDeclaration {
            let declarator = node(program.lists[Int(item.a)])
            try bindPattern(declarator.a, from: value, declare: item.flags != DeclarationKind.var.rawValue)
        } else {
            try bindPattern(target, from: value, declare: false)
        }
    }

    /// The iterated object, evaluated with the loop's bindings in their dead zone.
    private func iterated(_ item: Node, _ loop: LoopInfo, into register: UInt16) throws(CompileError) {
        let hasBindings = !program.scopes[Int(loop.scope)].declarations.isEmpty
        if hasBindings, session.scopes[Int(loop.scope)].isHeap {
            let outer = scope, top = builder.top
            enterScope(loop.scope)
            try expression(item.b, into: register)
            leaveScope(to: outer)
            builder.release(to: top)
        } else if hasBindings {
            let outer = scope
            scope = loop.scope
            ownedScopes.insert(loop.scope)
            let top = builder.top
            for place in program.scopes[Int(loop.scope)].declarations.indices {
                let local = builder.allocate()
                session.scopes[Int(loop.scope)].registers[place] = local
                builder.emit(.loadSpecial, a: local, immediate: 4)
            }
            try expression(item.b, into: register)
            scope = outer
            builder.release(to: top)
        } else {
            try expression(item.b, into: register)
        }
    }

    private func forIn(_ item: Node, _ labels: [NameID]) throws(CompileError) {
        let loop = program.loops[Int(item.d)]
        let outer = scope, top = builder.top
        let enumerator = builder.allocate()
        if node(item.a).kind == .variableDeclaration, let first = program.list(node(item.a).a, 1).first,
            node(first).b != 0 {
            // for (var x = 1 in …), Annex B.
            let scratch = builder.allocate()
            try expression(node(first).b, into: scratch)
            try bindPattern(node(first).a, from: scratch, declare: false)
            builder.release(to: scratch)
        }
        try iterated(item, loop, into: enumerator)
        builder.mark(item.start)
        builder.emit(.forInPrepare, a: enumerator, b: enumerator)
        let next = builder.makeLabel(), end = builder.makeLabel(), exit = builder.makeLabel()
        let key = builder.allocate()
        builder.place(next)
        let step = builder.position
        builder.emit(.forInNext, a: key, b: enumerator, c: 1)
        let over = builder.makeLabel()
        builder.jump(.jump, to: over)
        builder.jump(.jump, to: exit)
        builder.place(over)
        _ = step
        let inner = builder.top
        enterScope(loop.scope)
        try bindIteration(item.a, from: key)
        let again = builder.makeLabel()
        controls.append(Control(kind: .loop(breakTo: end, continueTo: again), labels: labels))
        try statement(loop.body)
        controls.removeLast()
        leaveScope(to: outer)
        builder.release(to: inner)
        builder.place(again)
        builder.jump(.loop, to: next)
        builder.place(exit)
        builder.place(end)
        builder.release(to: top)
    }

    private func forOf(_ item: Node, _ labels: [NameID]) throws(CompileError) {
        if item.flags == 1 { throw unsupported("for await", item.start) }
        let loop = program.loops[Int(item.d)]
        let outer = scope, top = builder.top
        let value = builder.allocate()
        let iterator = builder.allocate(3)
        try iterated(item, loop, into: value)
        try openIterator(value, iterator, offset: node(item.b).start)
        let next = builder.makeLabel(), end = builder.makeLabel(), exhausted = builder.makeLabel()
        let again = builder.makeLabel()
        // The step stands at the bottom, where the back-edge is.
        builder.jump(.jump, to: again)
        builder.place(next)
        let start = builder.position
        let inner = builder.top
        enterScope(loop.scope)
        controls.append(Control(kind: .loop(breakTo: end, continueTo: again), labels: labels))
        controls.append(Control(kind: .iterator(iterator, done: nil)))
        try bindIteration(item.a, from: value)
        controls.removeLast()
        // `continue` stays in the loop; `break` and everything farther closes the iterator.
        controls[controls.count - 1].closesIterator = iterator
        try statement(loop.body)
        controls.removeLast()
        leaveScope(to: outer)
        builder.release(to: inner)
        let stop = builder.position
        builder.place(again)
        try stepIterator(iterator, into: value, done: exhausted, offset: node(item.b).start)
        builder.jump(.loop, to: next)
        // What the body throws closes the iterator.
        let thrown = builder.allocate()
        coverBody(from: start, to: stop, register: thrown)
        closeQuietly(iterator, offset: item.start)
        builder.emit(.throw, a: thrown)
        builder.place(exhausted)
        builder.place(end)
        builder.release(to: top)
    }

    // MARK: Leaving

    private func jump(_ item: Node) throws(CompileError) {
        let isContinue = item.kind == .continue
        var index = controls.count - 1
        while index >= 0 {
            let control = controls[index]
            switch control.kind {
            case .loop(let breakTo, let continueTo):
                if item.a == 0 || control.labels.contains(item.a) {
                    return try leave(to: (isContinue ? continueTo : breakTo, isContinue ? index + 1 : index), returning: nil)
                }
            case .breakable(let label, let isSwitch):
                if !isContinue, item.a == 0 ? isSwitch : control.labels.contains(item.a) {
                    return try leave(to: (label, index), returning: nil)
                }
            default: break
            }
            index -= 1
        }
    }

    /// Goes to a label (leaving the controls from `depth` on), or returns a value.
    func leave(to target: (label: Label, depth: Int)?, returning register: UInt16?) throws(CompileError) {
        var index = controls.count - 1
        let depth = target?.depth ?? 0
        let saved = controls
        defer { controls = saved }
        while index >= depth {
            let control = controls[index]
            controls.removeSubrange(index...)
            if let iterator = control.closesIterator {
                protectFromBody { closeIterator(iterator, offset: 0) }
            }
            switch control.kind {
            case .iterator(let iterator, let done):
                if let done {
                    let skip = builder.makeLabel()
                    builder.jump(.jumpTrue, a: done, to: skip)
                    builder.emit(.loadSpecial, a: done, immediate: 3)
                    closeIterator(iterator, offset: 0)
                    builder.place(skip)
                } else {
                    closeIterator(iterator, offset: 0)
                }
            case .finally(let state):
                // The rest is done behind the finally block.
                let id = Int32(truncatingIfNeeded: finallies[state].exits.count + 2)
                let block = finallies[state]
                if let register { builder.emit(.move, a: block.valueRegister, b: register) }
                builder.emit(.loadInt, a: block.kindRegister, immediate: id)
                builder.jump(.jump, to: block.label)
                finallies[state].exits.append(
                    (id, target.map { .jump($0.label, depth: $0.depth) } ?? .return))
                return
            default: break
            }
            index -= 1
        }
        if let target { builder.jump(.jump, to: target.label) } else if let register { emitReturn(register) }
    }

    /// Closing code inside a loop body must not be covered by the body's own handler.
    private func protectFromBody(_ emit: () -> Void) {
        let start = builder.position
        emit()
        uncovered.append((start, builder.position))
    }

    /// Handler at the current position for a loop body, without the closing code inside it.
    private func coverBody(from start: Int, to end: Int, register: UInt16) {
        let target = builder.position
        var current = start
        for gap in uncovered.filter({ $0.start >= start && $0.end <= end }).sorted(by: { $0.start < $1.start })
        where gap.start >= current {
            builder.addHandler(start: current, end: gap.start, target: target, register: register)
            current = gap.end
        }
        builder.addHandler(start: current, end: end, target: target, register: register)
    }

    // MARK: try

    private func tryStatement(_ item: Node) throws(CompileError) {
        let top = builder.top
        guard item.c != 0 else {
            try tryCatch(item)
            builder.release(to: top)
            return
        }
        let kind = builder.allocate(), value = builder.allocate()
        let label = builder.makeLabel()
        finallies.append(FinallyState(label: label, kindRegister: kind, valueRegister: value))
        let state = finallies.count - 1
        controls.append(Control(kind: .finally(state)))
        let start = builder.position
        if item.b != 0 { try tryCatch(item) } else { try statement(item.a) }
        controls.removeLast()
        let end = builder.position
        builder.emit(.loadInt, a: kind, immediate: 0)
        let body = builder.makeLabel()
        builder.jump(.jump, to: body)
        builder.addHandler(start: start, end: end, target: builder.position, register: value)
        builder.emit(.loadInt, a: kind, immediate: 1)
        builder.place(label)
        builder.place(body)
        // The completion value of a script is not that of the finally block.
        let savedCompletion = completion
        if completion != nil { completion = builder.allocate() }
        try statement(item.c)
        completion = savedCompletion
        let normal = builder.makeLabel(), rethrow = builder.makeLabel()
        builder.shortJump(.jumpStrictEqI, a: kind, b: 0, to: normal)
        builder.shortJump(.jumpStrictEqI, a: kind, b: 1, to: rethrow)
        for exit in finallies[state].exits {
            let next = builder.makeLabel()
            builder.shortJump(.jumpStrictNeI, a: kind, b: UInt16(bitPattern: Int16(truncatingIfNeeded: exit.id)), to: next)
            switch exit.action {
            case .jump(let target, let depth): try leave(to: (target, depth), returning: nil)
            case .return: try leave(to: nil, returning: value)
            }
            builder.place(next)
        }
        builder.place(rethrow)
        builder.emit(.throw, a: value)
        builder.place(normal)
        builder.release(to: top)
    }

    private func tryCatch(_ item: Node) throws(CompileError) {
        let start = builder.position
        try statement(item.a)
        let end = builder.position
        let after = builder.makeLabel()
        builder.jump(.jump, to: after)
        let handler = node(item.b)
        let thrown = builder.allocate()
        builder.addHandler(start: start, end: end, target: builder.position, register: thrown)
        let outer = scope, top = builder.top
        enterScope(handler.c)
        if handler.a != 0 { try bindPattern(handler.a, from: thrown, declare: true) }
        try statement(handler.b)
        leaveScope(to: outer)
        builder.release(to: top)
        builder.place(after)
    }

    // MARK: switch

    private func switchStatement(_ item: Node, _ labels: [NameID]) throws(CompileError) {
        let outer = scope, top = builder.top
        let value = builder.allocate()
        try expression(item.a, into: value)
        enterScope(item.d)
        try instantiateFunctions(item.d)
        let end = builder.makeLabel()
        let cases = Array(program.list(item.b, item.c)).map { node($0) }
        let targets = cases.map { _ in builder.makeLabel() }
        if !jumpTable(cases, targets, value: value, end: end) {
            for (index, entry) in cases.enumerated() where entry.a != 0 {
                let scratch = builder.top
                if let immediate = smallInteger(entry.a) {
                    builder.shortJump(.jumpStrictEqI, a: value, b: UInt16(bitPattern: immediate), to: targets[index])
                } else {
                    let test = try operand(entry.a)
                    builder.mark(node(entry.a).start)
                    builder.shortJump(.jumpStrictEq, a: value, b: test, to: targets[index])
                }
                builder.release(to: scratch)
            }
        }
        let fallback = cases.firstIndex { $0.a == 0 }
        builder.jump(.jump, to: fallback.map { targets[$0] } ?? end)
        controls.append(Control(kind: .breakable(end, isSwitch: true), labels: labels))
        for (index, entry) in cases.enumerated() {
            builder.place(targets[index])
            try statements(entry.b, entry.c)
        }
        controls.removeLast()
        builder.place(end)
        leaveScope(to: outer)
        builder.release(to: top)
    }

    /// Dense small integers become a table of jumps.
    private func jumpTable(_ cases: [Node], _ targets: [Label], value: UInt16, end: Label) -> Bool {
        var table: [Int: Label] = [:]
        for (index, entry) in cases.enumerated() where entry.a != 0 {
            guard let number = smallInteger(entry.a), number >= 0, number < 256 else { return false }
            if table[Int(number)] == nil { table[Int(number)] = targets[index] }
        }
        guard table.count >= 4, let highest = table.keys.max(), highest < table.count * 2 + 4 else { return false }
        builder.emit(.jumpTable, a: value, c: UInt16(truncatingIfNeeded: highest + 1))
        let fallback = cases.firstIndex { $0.a == 0 }.map { targets[$0] } ?? end
        for number in 0...highest { builder.jump(.jump, to: table[number] ?? fallback) }
        return true
    }
}
