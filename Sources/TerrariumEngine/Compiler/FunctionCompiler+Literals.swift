import TerrariumSyntax

/// Array, object and template literals.
extension FunctionCompiler {
    func array(_ item: Node, into register: UInt16) throws(CompileError) {
        try arrayElements(Array(program.list(item.a, item.b)), into: register)
    }

    /// An array of these elements (0 is a hole).
    func arrayElements(_ items: [NodeID], into register: UInt16) throws(CompileError) {
        let isPlain = items.count <= 64 && !items.contains { $0 == 0 || node($0).kind == .spread }
        if isPlain {
            let base = builder.allocate(UInt16(truncatingIfNeeded: max(1, items.count)))
            for (index, item) in items.enumerated() {
                try expression(item, into: base + UInt16(truncatingIfNeeded: index))
            }
            builder.emit(.newArray, a: register, b: base, c: UInt16(truncatingIfNeeded: items.count))
            builder.release(to: base)
            return
        }
        let top = builder.top
        let target = building(register)
        builder.emit(.newArray, a: target, b: 0, c: 0)
        for item in items {
            let value = builder.allocate()
            if item == 0 {
                builder.emit(.loadSpecial, a: value, immediate: 4)
                builder.emit(.arrayAppend, a: target, b: value)
            } else if node(item).kind == .spread {
                try expression(node(item).a, into: value)
                try appendAll(of: value, to: target, offset: node(item).start)
            } else {
                try expression(item, into: value)
                builder.emit(.arrayAppend, a: target, b: value)
            }
            builder.release(to: value)
        }
        if target != register { builder.emit(.move, a: register, b: target) }
        builder.release(to: top)
    }

    /// Appends everything that iterating a value gives.
    private func appendAll(of value: UInt16, to array: UInt16, offset: UInt32) throws(CompileError) {
        let end = builder.makeLabel()
        builder.shortJump(.arraySpreadFast, a: array, b: value, to: end)
        let iterator = builder.allocate(3)
        try openIterator(value, iterator, offset: offset)
        let element = builder.allocate()
        let next = builder.makeLabel(), done = builder.makeLabel()
        builder.place(next)
        try stepIterator(iterator, into: element, done: done, offset: offset)
        builder.emit(.arrayAppend, a: array, b: element)
        builder.jump(.loop, to: next)
        builder.place(done)
        builder.place(end)
        builder.release(to: iterator)
    }

    func template(_ item: Node, into register: UInt16) throws(CompileError) {
        let items = Array(program.list(item.a, item.b))
        let first = builder.top
        var count: UInt16 = 0
        for entry in items {
            let part = node(entry)
            if part.kind == .templateElement {
                if part.a == 1 || program.names.text(part.a &- 1).isEmpty { continue }
                let slot = builder.allocate()
                builder.loadConstant(slot, builder.atom(session.text(part.a &- 1)))
            } else {
                let slot = builder.allocate()
                try expression(entry, into: slot)
                builder.mark(part.start)
                builder.emit(.toString, a: slot, b: slot)
            }
            count += 1
        }
        if count == 0 { builder.loadConstant(register, builder.atom(.latin1([]))) }
        else if count == 1 { builder.emit(.move, a: register, b: first) }
        else { builder.emit(.concat, a: register, b: first, c: count) }
        builder.release(to: first)
    }

    func taggedTemplate(_ item: Node, into register: UInt16) throws(CompileError) {
        let base = builder.allocate(4)
        let usesThis = try evaluateCallee(item.a, base: base)
        var cooked: [ConstantText?] = [], raw: [ConstantText] = []
        var values: [NodeID] = []
        let template = node(item.b)
        for entry in program.list(template.a, template.b) {
            let part = node(entry)
            if part.kind == .templateElement {
                cooked.append(part.a == 0 ? nil : session.text(part.a - 1))
                raw.append(session.text(part.b))
            } else {
                values.append(entry)
            }
        }
        let site = builder.allocate()
        builder.emit(.templateObject, a: site, c: builder.constant(.templateSite(cooked: cooked, raw: raw)))
        for value in values {
            let slot = builder.allocate()
            try expression(value, into: slot)
        }
        builder.mark(item.start)
        builder.emit(usesThis ? .callThis : .call, a: register, b: base, c: UInt16(truncatingIfNeeded: values.count + 1))
        builder.release(to: base)
    }

    // MARK: Objects

    func object(_ item: Node, into register: UInt16) throws(CompileError) {
        let properties = Array(program.list(item.a, item.b))
        if let keys = plainKeys(properties) {
            let base = builder.allocate(UInt16(truncatingIfNeeded: max(1, keys.count)))
            for (index, property) in properties.enumerated() {
                let info = node(property)
                try namedExpression(info.b, name: node(info.a).a, into: base + UInt16(truncatingIfNeeded: index))
            }
            let names = builder.constant(.names(keys.map { session.text($0) }))
            builder.emit(.newObjectShaped, a: register, b: base, c: names, cache: 1)
            builder.release(to: base)
            return
        }
        let top = builder.top
        let target = building(register)
        builder.emit(.newObject, a: target, b: UInt16(truncatingIfNeeded: min(properties.count, 16)))
        for property in properties {
            let scratch = builder.top
            try define(property, on: target)
            builder.release(to: scratch)
        }
        if target != register { builder.emit(.move, a: register, b: target) }
        builder.release(to: top)
    }

    /// Keys of a literal with only plain, distinct, non-index names and no methods that need a home object.
    private func plainKeys(_ properties: [NodeID]) -> [NameID]? {
        guard !properties.isEmpty, properties.count <= 64 else { return nil }
        var keys: [NameID] = []
        for property in properties {
            let info = node(property)
            guard info.kind == .property, info.flags & PropertyFlag.computed == 0,
                info.flags & PropertyFlag.kindMask == PropertyFlag.value, node(info.a).kind == .string
            else { return nil }
            let name = node(info.a).a
            if name == KnownName.proto { return nil }
            if let first = program.names.text(name).first, first >= 48, first <= 57 { return nil }
            if keys.contains(name) { return nil }
            keys.append(name)
        }
        return keys
    }

    private func define(_ property: NodeID, on target: UInt16) throws(CompileError) {
        let item = node(property)
        if item.kind == .spread {
            let source = builder.allocate()
            try expression(item.a, into: source)
            builder.mark(item.start)
            builder.emit(.copyDataProperties, a: target, b: source)
            return
        }
        let kind = item.flags & PropertyFlag.kindMask
        let isComputed = item.flags & PropertyFlag.computed != 0
        let key = node(item.a)
        if kind == PropertyFlag.value, !isComputed, key.kind == .string {
            if key.a == KnownName.proto, item.flags & PropertyFlag.shorthand == 0 {
                let value = builder.allocate()
                try expression(item.b, into: value)
                builder.emit(.setPrototype, a: target, b: value)
                return
            }
            let value = builder.allocate()
            try namedExpression(item.b, name: key.a, into: value)
            if let first = program.names.text(key.a).first, first >= 48, first <= 57 {
                let name = builder.allocate()
                builder.loadConstant(name, builder.atom(session.text(key.a)))
                builder.emit(.defineElement, a: target, b: name, c: value)
            } else {
                builder.emit(.defineField, a: target, b: value, c: builder.atom(session.text(key.a)), cache: 2)
            }
            return
        }
        let name = builder.allocate()
        try propertyKey(item, into: name)
        let value = builder.allocate()
        try expression(item.b, into: value)
        builder.mark(item.start)
        switch kind {
        case PropertyFlag.method: builder.emit(.defineMethod, x: 1, a: target, b: name, c: value)
        case PropertyFlag.getter: builder.emit(.defineMethod, x: 3, a: target, b: name, c: value)
        case PropertyFlag.setter: builder.emit(.defineMethod, x: 5, a: target, b: name, c: value)
        default:
            builder.emit(.defineElement, x: isAnonymousFunction(item.b) ? 1 : 0, a: target, b: name, c: value)
        }
    }

    /// The key of a property as a property key value.
    func propertyKey(_ item: Node, into register: UInt16) throws(CompileError) {
        if item.flags & PropertyFlag.computed != 0 {
            try expression(item.a, into: register)
            builder.mark(node(item.a).start)
            builder.emit(.toPropertyKey, a: register, b: register)
            return
        }
        let key = node(item.a)
        switch key.kind {
        case .string: builder.loadConstant(register, builder.atom(session.text(key.a)))
        case .number: loadNumber(program.numbers[Int(key.a)], into: register)
        default: try expression(item.a, into: register)
        }
        if key.kind != .string { builder.emit(.toPropertyKey, a: register, b: register) }
    }
}
