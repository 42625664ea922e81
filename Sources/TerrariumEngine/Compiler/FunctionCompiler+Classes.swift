import TerrariumSyntax

/// Classes and generators.
extension FunctionCompiler {
    func classDefinition(_ index: UInt32, into register: UInt16, name given: NameID? = nil) throws(CompileError) {
        let item = program.classes[Int(index)]
        let outer = scope, top = builder.top
        enterScope(item.scope)
        let plan = session.scopes[Int(item.scope)]
        for (place, declaration) in program.scopes[Int(item.scope)].declarations.enumerated()
        where declaration.name & 0x8000_0000 != 0 {
            guard let slot = plan.slots[place] else { continue }
            let symbol = builder.allocate()
            let name: ConstantText = .latin1([35]) + session.text(declaration.name & 0x7FFF_FFFF)
            builder.emit(.newPrivateName, a: symbol, c: builder.atom(name))
            builder.emit(.setScoped, a: symbol, b: plan.register, c: slot)
            builder.release(to: symbol)
        }
        let constructor = builder.allocate(2)
        let prototype = constructor + 1
        if item.heritage != 0 {
            try expression(item.heritage, into: constructor)
        }
        let number = try constructorTemplate(item, name: item.name != 0 ? item.name : given ?? 0)
        let environment = currentEnvironment()
        builder.mark(item.start)
        builder.emit(
            .newClass, x: item.heritage != 0 ? 1 : 0, a: constructor, b: environment, c: builder.constant(.function(number)))
        let members = Array(program.list(item.members, item.memberCount)).map { node($0) }
        for (position, member) in members.enumerated() {
            try classMember(member, UInt32(position), constructor: constructor, prototype: prototype, plan: plan)
        }
        if item.name != 0, let place = program.scopes[Int(item.scope)].find(item.name) {
            if let slot = plan.slots[place] {
                builder.emit(.setScoped, a: constructor, b: plan.register, c: slot)
            } else if let local = session.scopes[Int(item.scope)].registers[place] {
                builder.emit(.move, a: local, b: constructor)
            }
        }
        let instanceParts = members.enumerated().filter { isInstancePart($0.element) }
        if !instanceParts.isEmpty {
            let function = builder.allocate()
            try initializer(item, instanceParts.map { (UInt32($0.offset), $0.element) }, into: function, isStatic: false)
            builder.emit(.setHomeObject, a: function, b: prototype)
            builder.emit(.setClassFields, a: constructor, b: function)
            builder.release(to: function)
        }
        let staticParts = members.enumerated().filter { isStaticPart($0.element) }
        if !staticParts.isEmpty {
            let base = builder.allocate(4)
            try initializer(item, staticParts.map { (UInt32($0.offset), $0.element) }, into: base, isStatic: true)
            builder.emit(.setHomeObject, a: base, b: constructor)
            builder.emit(.move, a: base + 3, b: constructor)
            builder.mark(item.start)
            let ignored = builder.allocate()
            builder.emit(.callThis, a: ignored, b: base, c: 0)
        }
        builder.emit(.move, a: register, b: constructor)
        leaveScope(to: outer)
        builder.release(to: top)
    }

    private func isInstancePart(_ member: Node) -> Bool {
        if member.flags & PropertyFlag.isStatic != 0 { return false }
        return member.flags & PropertyFlag.kindMask == PropertyFlag.field || member.flags & PropertyFlag.privateName != 0
    }

    private func isStaticPart(_ member: Node) -> Bool {
        guard member.flags & PropertyFlag.isStatic != 0 else { return false }
        let kind = member.flags & PropertyFlag.kindMask
        return kind == PropertyFlag.field || kind == PropertyFlag.staticBlock || member.flags & PropertyFlag.privateName != 0
    }

    private func constructorTemplate(_ item: ClassInfo, name: NameID) throws(CompileError) -> Int {
        if let function = item.constructor {
            let number = try FunctionCompiler.compile(function, in: self)
            session.script.functions[number].name = session.text(name)
            session.script.functions[number].sourceStart = item.start
            session.script.functions[number].sourceEnd = item.end
            return number
        }
        let number = session.reserveTemplate()
        var builder = FunctionBuilder()
        builder.template.name = session.text(name)
        builder.template.sourceStart = item.start
        builder.template.sourceEnd = item.end
        builder.template.flags = [.strict, .constructor, .classConstructor, .hasPrototype]
        builder.mark(item.start)
        if item.heritage != 0 {
            builder.template.flags.formUnion([.derived, .usesSurplusArguments])
            let list = builder.allocate(), result = builder.allocate(), base = builder.allocate(12)
            builder.emit(.createRest, a: list, b: 0)
            builder.emit(.move, a: base, b: 0)
            builder.emit(.loadNewTarget, a: base + 2)
            builder.emit(.move, a: base + 4, b: list)
            builder.emit(.superConstructSpread, a: result, b: base)
            builder.emit(.initializeFields, a: result, b: 0, c: base)
            builder.emit(.return, a: result)
        } else {
            let base = builder.allocate(6)
            builder.emit(.initializeFields, a: 3, b: 0, c: base)
            builder.emit(.returnUndefined)
        }
        session.script.functions[number] = builder.finish()
        return number
    }

    private func classMember(
        _ member: Node, _ position: UInt32, constructor: UInt16, prototype: UInt16, plan: ScopePlan
    ) throws(CompileError) {
        let top = builder.top
        defer { builder.release(to: top) }
        let kind = member.flags & PropertyFlag.kindMask
        let isStatic = member.flags & PropertyFlag.isStatic != 0
        let isPrivate = member.flags & PropertyFlag.privateName != 0
        if kind == PropertyFlag.staticBlock { return }
        if kind == PropertyFlag.field {
            if let slot = plan.fieldKeySlots[position], !isPrivate {
                let key = builder.allocate()
                try propertyKey(member, into: key)
                builder.emit(.setScoped, a: key, b: plan.register, c: slot)
            }
            return
        }
        let home = isStatic ? constructor : prototype
        let function = builder.allocate(), key = builder.allocate()
        if isPrivate {
            // Made once, added to each instance (or to the class) by its initialiser.
            try closure(node(member.b).a, into: function)
            builder.emit(.setHomeObject, a: function, b: home)
            try loadPrivateName(node(member.a).a, into: key, from: scope, offset: member.start)
            builder.emit(
                .setFunctionName, x: kind == PropertyFlag.getter ? 1 : kind == PropertyFlag.setter ? 2 : 0, a: function, b: key)
            if let slot = plan.fieldKeySlots[position] {
                builder.emit(.setScoped, a: function, b: plan.register, c: slot)
            }
            return
        }
        try propertyKey(member, into: key)
        try closure(node(member.b).a, into: function)
        let selector: UInt8 = kind == PropertyFlag.getter ? 2 : kind == PropertyFlag.setter ? 4 : 0
        builder.mark(member.start)
        builder.emit(.defineMethod, x: selector, a: home, b: key, c: function)
    }

    /// The function that adds fields and private methods to an instance (or runs the static parts), with that as `this`.
    private func initializer(_ item: ClassInfo, _ parts: [(UInt32, Node)], into register: UInt16, isStatic: Bool)
        throws(CompileError)
    {
        let number = session.reserveTemplate()
        let compiler = FunctionCompiler(session: session, parent: self, function: function)
        compiler.isSynthetic = true
        compiler.scope = item.scope
        compiler.builder.template.flags = [.strict, .method, .fieldInitializer]
        compiler.builder.template.name = .latin1(Array((isStatic ? "<static_initializer>" : "<instance_members_initializer>").utf8))
        compiler.builder.template.sourceStart = item.start
        compiler.builder.template.sourceEnd = item.end
        compiler.reserveEnvironment()
        compiler.reservedEnvironment = compiler.builder.allocate()
        // Private methods first.
        for (position, member) in parts where member.flags & PropertyFlag.kindMask != PropertyFlag.field {
            try compiler.privateMethod(member, position, item)
        }
        for (position, member) in parts {
            let kind = member.flags & PropertyFlag.kindMask
            if kind == PropertyFlag.field { try compiler.field(member, position, item) }
            if kind == PropertyFlag.staticBlock { try compiler.staticBlock(member) }
        }
        compiler.builder.emit(.return, a: 3)
        session.script.functions[number] = try compiler.finish()
        builder.emit(.closure, a: register, b: currentEnvironment(), c: builder.constant(.function(number)))
    }

    private func privateMethod(_ member: Node, _ position: UInt32, _ item: ClassInfo) throws(CompileError) {
        guard member.flags & PropertyFlag.privateName != 0,
            let slot = session.scopes[Int(item.scope)].fieldKeySlots[position] else { return }
        let top = builder.top
        let key = builder.allocate(), function = builder.allocate()
        try loadPrivateName(node(member.a).a, into: key, from: item.scope, offset: member.start)
        let (base, hops) = reach(item.scope)
        builder.emit(.getScoped, x: hops, a: function, b: base, c: slot)
        let kind = member.flags & PropertyFlag.kindMask
        builder.mark(member.start)
        builder.emit(
            .definePrivateMethod, x: kind == PropertyFlag.getter ? 1 : kind == PropertyFlag.setter ? 2 : 0, a: 3, b: key,
            c: function)
        builder.release(to: top)
    }

    private func field(_ member: Node, _ position: UInt32, _ item: ClassInfo) throws(CompileError) {
        let top = builder.top, outer = scope
        defer { builder.release(to: top) }
        let key = builder.allocate(), value = builder.allocate()
        let isPrivate = member.flags & PropertyFlag.privateName != 0
        if isPrivate {
            try loadPrivateName(node(member.a).a, into: key, from: item.scope, offset: member.start)
        } else if let slot = session.scopes[Int(item.scope)].fieldKeySlots[position] {
            let (base, hops) = reach(item.scope)
            builder.emit(.getScoped, x: hops, a: key, b: base, c: slot)
        } else {
            try propertyKey(member, into: key)
        }
        if member.b != 0 {
            let function = program.functions[Int(node(member.b).a)]
            enterScope(function.parameterScope)
            if let slot = session.scopes[Int(function.parameterScope)].thisSlot {
                builder.emit(.setScoped, a: 3, b: session.scopes[Int(function.parameterScope)].register, c: slot)
            }
            let named = member.flags & (PropertyFlag.computed) == 0 && node(member.a).kind == .string
            if named, isAnonymousFunction(function.bodyExpression) {
                let name = isPrivate ? privateText(node(member.a).a) : session.text(node(member.a).a)
                try expression(function.bodyExpression, into: value)
                let text = builder.allocate()
                builder.loadConstant(text, builder.atom(name))
                builder.emit(.setFunctionName, a: value, b: text)
            } else {
                try expression(function.bodyExpression, into: value)
                if isAnonymousFunction(function.bodyExpression) { builder.emit(.setFunctionName, a: value, b: key) }
            }
            leaveScope(to: outer)
        } else {
            builder.emit(.loadSpecial, a: value, immediate: 0)
        }
        builder.mark(member.start)
        if isPrivate { builder.emit(.definePrivateField, a: 3, b: key, c: value) }
        else { builder.emit(.defineElement, a: 3, b: key, c: value) }
    }

    private func privateText(_ name: NameID) -> ConstantText { .latin1([35]) + session.text(name) }

    private func staticBlock(_ member: Node) throws(CompileError) {
        let id = node(member.b).a
        let base = builder.allocate(4)
        // A function of its own: it has var declarations and its own arguments-free body.
        try closure(id, into: base)
        builder.emit(.setHomeObject, a: base, b: 3)
        builder.emit(.move, a: base + 3, b: 3)
        builder.mark(member.start)
        builder.emit(.callThis, a: base, b: base, c: 0)
        builder.release(to: base)
    }

    // MARK: Generators

    func yield(_ item: Node, into register: UInt16) throws(CompileError) {
        let top = builder.top
        defer { builder.release(to: top) }
        if item.flags == 1 { return try delegate(item, into: register) }
        let value = builder.allocate(), received = builder.allocate(2)
        if item.a != 0 { try expression(item.a, into: value) } else { builder.emit(.loadSpecial, a: value, immediate: 0) }
        if info.isAsync {
            builder.mark(item.start)
            builder.emit(.await, a: value, b: value)
        }
        builder.mark(item.start)
        builder.emit(.yield, a: received, b: value)
        try resume(received, offset: item.start)
        builder.emit(.move, a: register, b: received)
    }

    /// Behind a yield: throw or return as the caller asked, go on otherwise.
    private func resume(_ received: UInt16, offset: UInt32) throws(CompileError) {
        let go = builder.makeLabel(), returns = builder.makeLabel()
        builder.shortJump(.jumpStrictEqI, a: received + 1, b: 0, to: go)
        builder.shortJump(.jumpStrictEqI, a: received + 1, b: 2, to: returns)
        builder.mark(offset)
        builder.emit(.throw, a: received)
        builder.place(returns)
        if info.isAsync { builder.emit(.await, a: received, b: received) }
        try leave(to: nil, returning: received)
        builder.place(go)
    }

    /// yield* of a sync generator (ECMA-262 §15.5.5).
    private func delegate(_ item: Node, into register: UInt16) throws(CompileError) {
        if info.isAsync { throw unsupported("yield* in async generators", item.start) }
        let value = builder.allocate(), iterator = builder.allocate(3), received = builder.allocate(2)
        let base = builder.allocate(5)
        try expression(item.a, into: value)
        builder.loadConstant(base + 4, builder.constant(.wellKnownSymbol(WellKnownSymbol.iterator.rawValue)))
        builder.mark(item.start)
        builder.emit(.move, a: base + 3, b: value)
        builder.emit(.getElement, a: base, b: value, c: base + 4)
        builder.emit(.requireCallable, x: EngineMessage.notIterable.rawValue, a: base, b: value)
        builder.emit(.callThis, a: iterator, b: base, c: 0)
        builder.emit(.requireObject, x: EngineMessage.symbolIteratorNotObject.rawValue, a: iterator)
        builder.emit(.getProperty, a: iterator + 1, b: iterator, c: nameAtom("next"), cache: 2)
        builder.emit(.loadSpecial, a: received, immediate: 0)
        builder.emit(.loadInt, a: received + 1, immediate: 0)
        let next = builder.makeLabel(), isThrow = builder.makeLabel(), isReturn = builder.makeLabel()
        let result = builder.makeLabel(), done = builder.makeLabel(), returned = builder.makeLabel()
        builder.place(next)
        builder.shortJump(.jumpStrictEqI, a: received + 1, b: 1, to: isThrow)
        builder.shortJump(.jumpStrictEqI, a: received + 1, b: 2, to: isReturn)
        builder.emit(.move, a: base, b: iterator + 1)
        builder.emit(.move, a: base + 3, b: iterator)
        builder.emit(.move, a: base + 4, b: received)
        builder.emit(.callThis, a: value, b: base, c: 1)
        builder.jump(.jump, to: result)
        builder.place(isThrow)
        builder.emit(.getProperty, a: base, b: iterator, c: nameAtom("throw"), cache: 2)
        let hasThrow = builder.makeLabel()
        builder.jump(.jumpNotNullish, a: base, to: hasThrow)
        closeIterator(iterator, offset: item.start)
        builder.emit(.throwError, x: EngineMessage.throwMethodMissing.rawValue, c: 0xFFFF)
        builder.place(hasThrow)
        builder.emit(.move, a: base + 3, b: iterator)
        builder.emit(.move, a: base + 4, b: received)
        builder.emit(.callThis, a: value, b: base, c: 1)
        builder.jump(.jump, to: result)
        builder.place(isReturn)
        builder.emit(.getProperty, a: base, b: iterator, c: nameAtom("return"), cache: 2)
        builder.jump(.jumpNullish, a: base, to: returned)
        builder.emit(.move, a: base + 3, b: iterator)
        builder.emit(.move, a: base + 4, b: received)
        builder.emit(.callThis, a: value, b: base, c: 1)
        builder.place(result)
        builder.emit(.requireObject, x: EngineMessage.iteratorResultNotObject.rawValue, a: value)
        builder.emit(.getProperty, a: base, b: value, c: nameAtom("done"), cache: 2)
        builder.jump(.jumpTrue, a: base, to: done)
        // The inner result object is passed on as it is.
        builder.emit(.yield, x: 1, a: received, b: value)
        builder.jump(.loop, to: next)
        builder.place(done)
        builder.emit(.getProperty, a: value, b: value, c: nameAtom("value"), cache: 2)
        let goOn = builder.makeLabel()
        builder.shortJump(.jumpStrictNeI, a: received + 1, b: 2, to: goOn)
        builder.emit(.move, a: received, b: value)
        builder.place(returned)
        try leave(to: nil, returning: received)
        builder.place(goOn)
        builder.emit(.move, a: register, b: value)
    }
}

extension ConstantText {
    static func + (a: ConstantText, b: ConstantText) -> ConstantText {
        switch (a, b) {
        case (.latin1(let x), .latin1(let y)): .latin1(x + y)
        default: .utf16(a.units + b.units)
        }
    }

    public var units: [UInt16] {
        switch self {
        case .latin1(let bytes): bytes.map(UInt16.init)
        case .utf16(let units): units
        }
    }
}
