import TerrariumSyntax

/// One thing that `break`, `continue` or `return` may have to leave or stop at.
struct Control {
    enum Kind {
        /// Loop or switch or labelled statement.
        case target
        /// Loop over an iterator, or a pattern that takes from one: leaving closes it.
        case iterator(IteratorRegisters)
        /// A try statement with finally: leaving runs it.
        case finally(Int)
        /// A plain try statement: nothing to do.
        case region
    }
    var kind: Kind
    var labels: [NameID] = []
    var breakLabel: BytecodeBuilder.Label = .none
    /// `none` for what cannot be continued.
    var continueLabel: BytecodeBuilder.Label = .none
    /// `break` without a label stops here.
    var takesPlainBreak = false
    /// Index of the protected region, for controls that have one.
    var region: Int? = nil
}

/// Code under a handler that is being written.
struct Region {
    var ranges: [(start: UInt32, end: UInt32)] = []
    /// Where the current range started; nil while suspended.
    var start: UInt32?
    var label: BytecodeBuilder.Label
    var register: Register
}

struct FinallyState {
    var kind: Register
    var value: Register
    var label: BytecodeBuilder.Label
    /// What goes on behind the finally block, by number from 2.
    var exits: [Exit] = []
}

/// A way out of a statement.
enum Exit: Equatable {
    /// Control by index in the stack.
    case `break`(Int)
    case `continue`(Int)
    case `return`
}

extension Compiler {
    // MARK: Protected regions

    /// From here on, exceptions arrive at the handler bound by `closeRegion`, in the register.
    mutating func openRegion(_ register: Register) {
        let label = makeLabel()
        state.regions.append(Region(start: state.builder.count, label: label, register: register))
    }

    private mutating func suspendRegion(_ index: Int) {
        guard let start = state.regions[index].start else { return }
        let end = state.builder.count
        if start < end { state.regions[index].ranges.append((start, end)) }
        state.regions[index].start = nil
    }

    private mutating func resumeRegion(_ index: Int) { state.regions[index].start = state.builder.count }

    /// Ends the region that was opened last. The handler's code follows the current code, which must not run into it.
    mutating func endRegion() -> BytecodeBuilder.Label {
        suspendRegion(state.regions.count - 1)
        let region = state.regions.removeLast()
        if !region.ranges.isEmpty {
            state.builder.handlers.append(
                .init(ranges: region.ranges, label: region.label, register: region.register))
            state.builder.use(region.label)
        }
        return region.label
    }

    /// Ends the region and starts its handler here.
    mutating func closeRegion() {
        let label = endRegion()
        state.builder.endReachable()
        bind(label)
    }

    // MARK: Leaving

    /// Leaves statements from the inside out until the target, closing iterators and running finally blocks.
    mutating func leave(_ exit: Exit, value: Register?) {
        guard state.builder.isReachable else { return }
        let last: Int = switch exit {
        case .break(let index), .continue(let index): index
        case .return: -1
        }
        var suspended: [Int] = []
        var index = state.controls.count - 1
        while index > last {
            let control = state.controls[index]
            // What runs on the way out is no longer protected by what has been left.
            if let region = control.region {
                suspendRegion(region)
                suspended.append(region)
            }
            switch control.kind {
            case .iterator(let iterator): closeIterator(iterator)
            case .finally(let number):
                let finally = state.finallies[number]
                if let value { move(finally.value, value) }
                let code: Int
                if let known = state.finallies[number].exits.firstIndex(of: exit) {
                    code = known
                } else {
                    state.finallies[number].exits.append(exit)
                    code = state.finallies[number].exits.count - 1
                }
                if value == nil, exit == .return { load(finally.value, .undefined) }
                loadInt(finally.kind, Int32(truncatingIfNeeded: code + 2))
                jump(finally.label)
                for region in suspended { resumeRegion(region) }
                return
            case .target, .region: break
            }
            index -= 1
        }
        switch exit {
        case .break(let index): jump(state.controls[index].breakLabel)
        case .continue(let index): jump(state.controls[index].continueLabel)
        case .return: emitReturn(value)
        }
        for region in suspended { resumeRegion(region) }
    }

    mutating func jumpStatement(_ item: Node, isContinue: Bool) {
        var index = state.controls.count - 1
        while index >= 0 {
            let control = state.controls[index]
            if isContinue {
                let matches = item.a == 0 || control.labels.contains(item.a)
                if control.continueLabel != .none, matches {
                    leave(.continue(index), value: nil)
                    return
                }
            } else if control.breakLabel != .none, item.a == 0 ? control.takesPlainBreak : control.labels.contains(item.a) {
                leave(.break(index), value: nil)
                return
            }
            index -= 1
        }
    }

    // MARK: try

    mutating func tryStatement(_ item: Node) {
        if let completion = state.completion { load(completion, .undefined) }
        if item.c == 0 {
            tryCatch(item)
            return
        }
        tryFinally { compiler in
            if item.b != 0 { compiler.tryCatch(item) } else { compiler.statement(item.a) }
        } finalizer: { compiler, _ in
            // A finally block that ends normally does not change the completion value.
            guard let completion = compiler.state.completion else {
                compiler.statement(item.c)
                return
            }
            let saved = compiler.allocate()
            compiler.move(saved, completion)
            compiler.load(completion, .undefined)
            compiler.statement(item.c)
            compiler.move(completion, saved)
        }
    }

    /// Runs the finalizer however the body is left, then goes on where the body wanted to. The registers of the state given
    /// to the finalizer: kind is 0 after a normal end, 1 after an exception (which is in value).
    mutating func tryFinally(_ body: (inout Compiler) -> Void, finalizer: (inout Compiler, FinallyState) -> Void) {
        let saved = state.nextRegister
        let kind = allocate(), value = allocate()
        let label = makeLabel()
        state.finallies.append(FinallyState(kind: kind, value: value, label: label))
        let number = state.finallies.count - 1
        openRegion(value)
        state.controls.append(Control(kind: .finally(number), region: state.regions.count - 1))
        body(&self)
        state.controls.removeLast()
        let handler = endRegion()
        loadInt(kind, 0)
        jump(label)
        bind(handler)
        loadInt(kind, 1)
        bind(label)
        finalizer(&self, state.finallies[number])
        finishFinally(state.finallies[number])
        release(to: saved)
    }

    /// What comes after a finally block: the exception goes on, or one of the exits.
    private mutating func finishFinally(_ finally: FinallyState) {
        guard state.builder.isReachable else { return }
        let end = makeLabel()
        let isSimple = finally.exits.isEmpty
        if isSimple {
            state.builder.jumpIf(finally.kind, false, end)
        } else {
            state.builder.jumpIf(.strictEq, finally.kind, immediate: 0, true, end)
            for (position, exit) in finally.exits.enumerated() {
                let next = makeLabel()
                state.builder.jumpIf(
                    .strictEq, finally.kind, immediate: Int16(truncatingIfNeeded: position + 2), false, next)
                leave(exit, value: exit == .return ? finally.value : nil)
                bind(next)
            }
        }
        emit(.throw, a: finally.value)
        state.builder.endReachable()
        bind(end)
    }

    private mutating func tryCatch(_ item: Node) {
        let saved = state.nextRegister
        let exception = allocate()
        let end = makeLabel()
        openRegion(exception)
        state.controls.append(Control(kind: .region, region: state.regions.count - 1))
        statement(item.a)
        state.controls.removeLast()
        let handler = endRegion()
        jump(end)
        bind(handler)
        let clause = node(item.b)
        if let completion = state.completion { load(completion, .undefined) }
        let scope = openScope(clause.c)
        if let place = plainCatchParameter(clause) {
            // The handler's register is the variable.
            scopes[Int(clause.c)].bindings[place].storage = .register(exception)
            scopes[Int(clause.c)].bindings[place].initializedAt = 0
            noteLocal(exception, node(clause.a).a)
        } else if clause.a != 0 {
            state.patternSource = .caught
            bindPattern(clause.a, exception, .initialize)
        }
        statement(clause.b)
        closeScope(scope)
        noteLocal(exception, 0)
        bind(end)
        release(to: saved)
    }

    /// Place of a catch parameter that is a name and lives in a register.
    private mutating func plainCatchParameter(_ clause: Node) -> Int? {
        guard clause.a != 0, node(clause.a).kind == .identifier,
            let place = program.scopes[Int(clause.c)].find(node(clause.a).a),
            case .register = scopes[Int(clause.c)].bindings[place].storage
        else { return nil }
        return place
    }

    // MARK: switch

    mutating func switchStatement(_ item: Node) {
        let saved = state.nextRegister
        let labels = takeLabels()
        if let completion = state.completion { load(completion, .undefined) }
        var subject = evaluate(item.a, .any)
        let tests = program.list(item.b, item.c)
        if localName(subject) != 0,
            tests.contains(where: { assigns(localName(subject), node(node($0).a).start, node(node($0).a).end) }) {
            // A case expression assigns the local.
            let copy = allocate()
            move(copy, subject)
            subject = copy
        }
        let scope = openScope(item.d)
        let end = makeLabel()
        let cases = Array(program.list(item.b, item.c))
        let bodies = cases.map { _ in makeLabel() }
        var defaultLabel = end
        for (position, id) in cases.enumerated() where node(id).a == 0 { defaultLabel = bodies[position] }
        if !switchTable(cases, bodies, subject, defaultLabel) {
            for (position, id) in cases.enumerated() where node(id).a != 0 {
                compareCase(subject, node(id).a, bodies[position])
            }
        }
        jump(defaultLabel)
        state.controls.append(Control(kind: .target, labels: labels, breakLabel: end, takesPlainBreak: true))
        for (position, id) in cases.enumerated() {
            bind(bodies[position])
            statements(program.list(node(id).b, node(id).c))
        }
        state.controls.removeLast()
        bind(end)
        closeScope(scope)
        release(to: saved)
    }

    private mutating func compareCase(_ subject: Register, _ test: NodeID, _ label: BytecodeBuilder.Label) {
        let saved = state.nextRegister
        if let value = smallInt(test) {
            state.builder.jumpIf(.strictEq, subject, immediate: value, true, label)
        } else if isUndefined(test) {
            state.builder.jumpIf(.undefined, subject, true, label)
        } else {
            let right = evaluate(test, .any)
            state.builder.jumpIf(.strictEq, subject, right, true, label)
        }
        release(to: saved)
    }

    /// A jump table when the cases are at least four ints that begin near 0 and lie close together.
    private mutating func switchTable(
        _ cases: [NodeID], _ bodies: [BytecodeBuilder.Label], _ subject: Register, _ defaultLabel: BytecodeBuilder.Label
    ) -> Bool {
        var values: [(value: Int, position: Int)] = []
        for (position, id) in cases.enumerated() where node(id).a != 0 {
            guard let value = smallInt(node(id).a), value >= 0 else { return false }
            values.append((Int(value), position))
        }
        guard values.count >= 4, let high = values.map(\.value).max(), high < values.count * 2 + 8 else { return false }
        var targets = [BytecodeBuilder.Label](repeating: defaultLabel, count: high + 1)
        // Of equal cases the first one counts.
        for (value, position) in values.reversed() { targets[value] = bodies[position] }
        emit(.jumpTable, a: subject, c: UInt16(truncatingIfNeeded: targets.count))
        for target in targets { state.builder.tableEntry(target) }
        return true
    }
}
