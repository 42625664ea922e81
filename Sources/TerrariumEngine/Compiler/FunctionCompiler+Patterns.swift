import TerrariumSyntax

/// Destructuring and the iteration protocol, expanded in bytecode.
///
/// An iterator takes three registers: iterator (or array), next method (empty when the array is iterated directly),
/// index or done flag.
extension FunctionCompiler {
    /// Binds or assigns a pattern (or plain target) from a value.
    func bindPattern(_ id: NodeID, from value: UInt16, declare: Bool) throws(CompileError) {
        try checkStack()
        let top = builder.top
        defer { builder.release(to: top) }
        let item = node(id)
        switch item.kind {
        case .arrayPattern: try bindArray(item, from: value, declare: declare)
        case .objectPattern: try bindObject(item, from: value, declare: declare)
        case .assignmentPattern:
            let source = builder.allocate()
            builder.emit(.move, a: source, b: value)
            try applyDefault(item.b, name: item.a, to: source)
            try bindPattern(item.a, from: source, declare: declare)
        default:
            let target = try prepareTarget(id)
            try writeTarget(target, from: value, declare: declare)
        }
    }

    /// Replaces undefined in a register by a default value.
    private func applyDefault(_ initial: NodeID, name target: NodeID, to register: UInt16) throws(CompileError) {
        let fine = builder.makeLabel()
        builder.jump(.jumpNotUndefined, a: register, to: fine)
        if node(target).kind == .identifier { try namedExpression(initial, name: node(target).a, into: register) }
        else { try expression(initial, into: register) }
        builder.place(fine)
    }

    private func bindObject(_ item: Node, from value: UInt16, declare: Bool) throws(CompileError) {
        let properties = Array(program.list(item.a, item.b))
        builder.mark(item.start)
        var first: UInt16 = 0xFFFF
        if let property = properties.first, node(property).kind == .property,
            node(property).flags & PropertyFlag.computed == 0, node(node(property).a).kind == .string {
            first = builder.atom(session.text(node(node(property).a).a))
        }
        builder.emit(.requireObjectCoercible, a: value, c: first)
        let hasRest = properties.contains { node($0).kind == .rest }
        var keys: [UInt16] = []
        // Keys are kept side by side for the rest element.
        let keyBase = hasRest ? builder.allocate(UInt16(truncatingIfNeeded: max(1, properties.count))) : 0
        if hasRest, properties.count > 250 { throw .tooLarge("object pattern") }
        for (index, property) in properties.enumerated() {
            let top = builder.top
            let entry = node(property)
            if entry.kind == .rest {
                let target = try prepareTarget(entry.a)
                let rest = builder.allocate()
                builder.emit(.newObject, a: rest)
                builder.emit(
                    .copyDataProperties, x: UInt8(truncatingIfNeeded: keys.count), a: rest, b: value, c: keyBase)
                try writeTarget(target, from: rest, declare: declare)
                builder.release(to: top)
                continue
            }
            let isNamed = entry.flags & PropertyFlag.computed == 0 && node(entry.a).kind == .string
                && !startsWithDigit(node(entry.a).a)
            var key: UInt16 = 0
            if hasRest || !isNamed {
                key = hasRest ? keyBase + UInt16(truncatingIfNeeded: index) : builder.allocate()
                try propertyKey(entry, into: key)
                keys.append(key)
            }
            // The target is evaluated before the value is read.
            var inner = entry.b
            var initial: NodeID = 0
            if node(inner).kind == .assignmentPattern {
                initial = node(inner).b
                inner = node(inner).a
            }
            let target = try prepareTarget(inner)
            let element = builder.allocate()
            builder.mark(entry.start)
            if isNamed {
                builder.emit(
                    .getProperty, a: element, b: value, c: builder.atom(session.text(node(entry.a).a)), cache: 2)
            } else {
                builder.emit(.getElement, a: element, b: value, c: key)
            }
            if initial != 0 { try applyDefault(initial, name: inner, to: element) }
            try writeTarget(target, from: element, declare: declare)
            builder.release(to: top)
        }
    }

    private func startsWithDigit(_ name: NameID) -> Bool {
        guard let first = program.names.text(name).first else { return false }
        return first >= 48 && first <= 57
    }

    private func bindArray(_ item: Node, from value: UInt16, declare: Bool) throws(CompileError) {
        let iterator = builder.allocate(4)
        let exhausted = iterator + 3
        try openIterator(value, iterator, offset: item.start)
        builder.emit(.loadSpecial, a: exhausted, immediate: 2)
        controls.append(Control(kind: .iterator(iterator, done: exhausted)))
        let start = builder.position
        for element in program.list(item.a, item.b) {
            let top = builder.top
            let entry = node(element)
            if element == 0 {
                let scratch = builder.allocate()
                try stepOrUndefined(iterator, exhausted, into: scratch, offset: item.start)
            } else if entry.kind == .rest {
                let target = try prepareTarget(entry.a)
                let rest = builder.allocate()
                builder.emit(.newArray, a: rest, b: 0, c: 0)
                let next = builder.makeLabel(), done = builder.makeLabel()
                builder.jump(.jumpTrue, a: exhausted, to: done)
                let scratch = builder.allocate()
                builder.place(next)
                builder.emit(.loadSpecial, a: exhausted, immediate: 3)
                try stepIterator(iterator, into: scratch, done: done, offset: item.start)
                builder.emit(.loadSpecial, a: exhausted, immediate: 2)
                builder.emit(.arrayAppend, a: rest, b: scratch)
                builder.jump(.loop, to: next)
                builder.place(done)
                try writeTarget(target, from: rest, declare: declare)
            } else {
                var inner = element
                var initial: NodeID = 0
                if entry.kind == .assignmentPattern {
                    inner = entry.a
                    initial = entry.b
                }
                let target = try prepareTarget(inner)
                let register = builder.allocate()
                try stepOrUndefined(iterator, exhausted, into: register, offset: item.start)
                if initial != 0 { try applyDefault(initial, name: inner, to: register) }
                try writeTarget(target, from: register, declare: declare)
            }
            builder.release(to: top)
        }
        controls.removeLast()
        let end = builder.position
        let finished = builder.makeLabel()
        builder.jump(.jumpTrue, a: exhausted, to: finished)
        closeIterator(iterator, offset: item.start)
        builder.place(finished)
        try protectIterator(iterator, exhausted, from: start, to: end, offset: item.start)
    }

    /// Handler for what is thrown between two places: closes the iterator, unless it is done, and throws on.
    private func protectIterator(_ iterator: UInt16, _ exhausted: UInt16, from start: Int, to end: Int, offset: UInt32)
        throws(CompileError)
    {
        let after = builder.makeLabel(), rethrow = builder.makeLabel()
        builder.jump(.jump, to: after)
        let thrown = builder.allocate()
        builder.addHandler(start: start, end: end, target: builder.position, register: thrown)
        builder.jump(.jumpTrue, a: exhausted, to: rethrow)
        closeQuietly(iterator, offset: offset)
        builder.place(rethrow)
        builder.emit(.throw, a: thrown)
        builder.place(after)
        builder.release(to: thrown)
    }

    /// Next element, undefined once the iterator is exhausted. While the iterator itself runs, `exhausted` is true, so
    /// that its own exceptions do not close it.
    private func stepOrUndefined(_ iterator: UInt16, _ exhausted: UInt16, into register: UInt16, offset: UInt32)
        throws(CompileError)
    {
        let done = builder.makeLabel(), end = builder.makeLabel()
        builder.jump(.jumpTrue, a: exhausted, to: done)
        builder.emit(.loadSpecial, a: exhausted, immediate: 3)
        try stepIterator(iterator, into: register, done: done, offset: offset)
        builder.emit(.loadSpecial, a: exhausted, immediate: 2)
        builder.jump(.jump, to: end)
        builder.place(done)
        builder.emit(.loadSpecial, a: register, immediate: 0)
        builder.place(end)
    }

    // MARK: The iteration protocol

    /// GetIterator(value, sync) into three registers.
    func openIterator(_ value: UInt16, _ iterator: UInt16, offset: UInt32) throws(CompileError) {
        let end = builder.makeLabel()
        builder.mark(offset)
        builder.shortJump(.getIteratorFast, a: iterator, b: value, to: end)
        let base = builder.allocate(5)
        builder.loadConstant(base + 4, builder.constant(.wellKnownSymbol(WellKnownSymbol.iterator.rawValue)))
        builder.emit(.move, a: base + 3, b: value)
        builder.emit(.getElement, a: base, b: value, c: base + 4)
        builder.emit(.requireCallable, x: EngineMessage.notIterable.rawValue, a: base, b: value)
        builder.emit(.callThis, a: iterator, b: base, c: 0)
        builder.emit(.requireObject, x: EngineMessage.symbolIteratorNotObject.rawValue, a: iterator)
        builder.emit(.getProperty, a: iterator + 1, b: iterator, c: nameAtom("next"), cache: 2)
        builder.release(to: base)
        builder.place(end)
    }

    func nameAtom(_ text: StaticString) -> UInt16 { builder.atom(.latin1(Array(text.description.utf8))) }

    /// IteratorStepValue: the next value, or a jump to `done`.
    func stepIterator(_ iterator: UInt16, into register: UInt16, done: Label, offset: UInt32) throws(CompileError) {
        builder.mark(offset)
        // Fast: element found skips the generic sequence; exhausted goes to the jump right behind it.
        let found = builder.makeLabel(), generic = builder.makeLabel()
        let step = builder.position
        builder.emit(.iteratorStepFast, a: register, b: iterator)
        builder.jump(.jump, to: generic)
        let exhausted = builder.position
        builder.jump(.jump, to: done)
        builder.place(generic)
        let base = builder.allocate(4)
        builder.emit(.move, a: base, b: iterator + 1)
        builder.emit(.move, a: base + 3, b: iterator)
        builder.emit(.callThis, a: base, b: base, c: 0)
        builder.emit(.requireObject, x: EngineMessage.iteratorResultNotObject.rawValue, a: base)
        builder.emit(.getProperty, a: base + 1, b: base, c: nameAtom("done"), cache: 2)
        builder.jump(.jumpTrue, a: base + 1, to: done)
        builder.emit(.getProperty, a: register, b: base, c: nameAtom("value"), cache: 2)
        builder.release(to: base)
        builder.place(found)
        let skip = builder.position - step - 1
        builder.patch(
            step,
            Instruction.word(
                .iteratorStepFast, x: UInt8(truncatingIfNeeded: skip), a: register, b: iterator,
                c: UInt16(truncatingIfNeeded: exhausted - step - 1)))
    }

    /// IteratorClose for a normal completion (or return, break).
    func closeIterator(_ iterator: UInt16, offset: UInt32) {
        let end = builder.makeLabel()
        builder.jump(.jumpEmpty, a: iterator + 1, to: end)
        let base = builder.allocate(4)
        builder.mark(offset)
        builder.emit(.getProperty, a: base, b: iterator, c: nameAtom("return"), cache: 2)
        builder.jump(.jumpNullish, a: base, to: end)
        builder.emit(.move, a: base + 3, b: iterator)
        builder.emit(.callThis, a: base, b: base, c: 0)
        builder.emit(.requireObject, x: EngineMessage.iteratorResultNotObject.rawValue, a: base)
        builder.release(to: base)
        builder.place(end)
    }

    /// IteratorClose for a throw completion: errors of `return` are dropped.
    func closeQuietly(_ iterator: UInt16, offset: UInt32) {
        let end = builder.makeLabel()
        builder.jump(.jumpEmpty, a: iterator + 1, to: end)
        let base = builder.allocate(4)
        let start = builder.position
        builder.mark(offset)
        builder.emit(.getProperty, a: base, b: iterator, c: nameAtom("return"), cache: 2)
        builder.jump(.jumpNullish, a: base, to: end)
        builder.emit(.move, a: base + 3, b: iterator)
        builder.emit(.callThis, a: base, b: base, c: 0)
        let stop = builder.position
        builder.jump(.jump, to: end)
        builder.addHandler(start: start, end: stop, target: builder.position, register: base)
        builder.place(end)
        builder.release(to: base)
    }
}
