import TerrariumSyntax

/// Classes (ECMA-262 §15.7.14 ClassDefinitionEvaluation).
///
/// Constructor and prototype are made first, then the members in order. Fields become two functions: one that every new
/// instance is passed through (`initializeFields`), one that runs the static fields and blocks once. Keys that are
/// computed, private names and private methods wait in slots of the class's scope.
extension Compiler {
    /// A field, private method or static block that runs later.
    private struct Element {
        enum Key {
            case none
            case name(NameID)
            case literal(NodeID)
            case computed(slot: UInt16)
            case privateName(NameID)
        }
        var key: Key
        var node: Node
        /// Slot of a private method's function.
        var functionSlot: UInt16? = nil
    }

    mutating func classDeclaration(_ item: Node) {
        let info = program.classes[Int(item.a)]
        let value = classExpression(item, name: nil, .any)
        guard info.name != 0 else { return }
        let scope = program.scopes[Int(info.scope)].parent
        storeResolved(resolve(info.name, from: scope), info.name, value, at: item.start, .initialize)
        markInitialized(info.name, in: scope)
    }

    mutating func classExpression(_ item: Node, name: ConstantText?, _ want: Want, computedName: Register? = nil) -> Register {
        let info = program.classes[Int(item.a)]
        let target = destination(want)
        let wasStrict = state.isStrict, hadFields = state.hasFields
        state.isStrict = true
        let members = Array(program.list(info.members, info.memberCount)).map { node($0) }
        let mark = ScopeMark(nextRegister: state.nextRegister, scopeRegister: state.scopeRegister)
        let constructor = allocate(2)
        prepareScope(info.scope)
        var slots = memberSlots(info, members)
        materializeScope(info.scope)
        makePrivateNames(info)

        if info.heritage != 0 { evaluate(info.heritage, into: constructor) }
        state.hasFields = members.contains { isInstanceElement($0) }
        state.knownClasses.append(info.scope)
        let className = info.name != 0 ? text(info.name) : name ?? .latin1([])
        let (number, usesEnvironment) = info.constructor.map { compileFunction($0, name: className) }
            ?? defaultConstructor(info, className)
        _ = state.knownClasses.popLast()
        state.hasFields = hadFields
        let index = state.builder.require(state.builder.constant(.function(number)))
        self.mark(info.start)
        let x: UInt8 = info.heritage != 0 ? 1 : 0
        if usesEnvironment, let scope = currentScope() {
            emit(.newClass, x: x, a: constructor, b: scope, c: index)
        } else {
            emit(.newClass, x: x | 2, a: constructor, c: index)
        }
        if let computedName { emit(.setFunctionName, a: constructor, b: computedName) }

        var instance: [Element] = [], statics: [Element] = []
        for (position, member) in members.enumerated() where goesOn() {
            let saved = state.nextRegister
            defineMember(member, slots[position], info, constructor, &instance, &statics)
            release(to: saved)
        }
        slots = []
        if info.name != 0 {
            storeResolved(resolve(info.name, from: info.scope), info.name, constructor, at: info.start, .initialize)
        }
        if info.name != 0 { markInitialized(info.name, in: info.scope) }
        if !instance.isEmpty {
            let function = allocate()
            initializer(instance, info, isStatic: false, into: function)
            emit(.setHomeObject, a: function, b: constructor + 1)
            emit(.setClassFields, a: constructor, b: function)
        }
        if !statics.isEmpty {
            let base = allocate(4)
            initializer(statics, info, isStatic: true, into: base)
            emit(.setHomeObject, a: base, b: constructor)
            move(base + 3, constructor)
            emit(.callThis, a: base, b: base, c: 0)
        }
        state.isStrict = wasStrict
        closeScope(mark)
        if target != constructor { move(target, constructor) }
        return target
    }

    /// Inside member functions the class's own name is certainly initialised; in heritage and keys it is not.
    private mutating func memberClosure(_ member: Node, _ info: ClassInfo, name: ConstantText, into target: Register) {
        state.knownClasses.append(info.scope)
        closure(node(member.b).a, name: name, into: target)
        _ = state.knownClasses.popLast()
    }

    private mutating func isInstanceElement(_ member: Node) -> Bool {
        guard member.flags & PropertyFlag.isStatic == 0 else { return false }
        return member.flags & PropertyFlag.kindMask == PropertyFlag.field || member.flags & PropertyFlag.privateName != 0
    }

    /// Slots for computed field keys and for the functions of private instance methods, by member.
    private mutating func memberSlots(_ info: ClassInfo, _ members: [Node]) -> [UInt16?] {
        members.map { member in
            let kind = member.flags & PropertyFlag.kindMask
            let isComputedField = kind == PropertyFlag.field && member.flags & PropertyFlag.computed != 0
            let isPrivateMethod = member.flags & PropertyFlag.privateName != 0 && kind != PropertyFlag.field
                && member.flags & PropertyFlag.isStatic == 0
            return isComputedField || isPrivateMethod ? newSlot(info.scope) : nil
        }
    }

    private mutating func makePrivateNames(_ info: ClassInfo) {
        let index = Int(info.scope)
        for place in program.scopes[index].declarations.indices {
            let name = program.scopes[index].declarations[place].name
            guard name & 0x8000_0000 != 0, case .slot(let slot) = scopes[index].bindings[place].storage else { continue }
            let symbol = allocate()
            let description = state.builder.atom(privateText(name & 0x7FFF_FFFF), required: true)
            emit(.newPrivateName, a: symbol, c: state.builder.require(description))
            setSlot(symbol, scopes[index].register, 0, slot)
            release(to: Int(symbol))
        }
    }

    /// A private name with its number sign.
    mutating func privateText(_ name: NameID) -> ConstantText {
        let units = program.names.text(name)
        if units.first == 35 { return text(name) }
        return Compiler.text(of: ArraySlice([35] + Array(units)))
    }

    // MARK: Members

    private mutating func defineMember(
        _ member: Node, _ slot: UInt16?, _ info: ClassInfo, _ constructor: Register, _ instance: inout [Element],
        _ statics: inout [Element]
    ) {
        let kind = member.flags & PropertyFlag.kindMask
        let isStatic = member.flags & PropertyFlag.isStatic != 0
        let isPrivate = member.flags & PropertyFlag.privateName != 0
        let isComputed = member.flags & PropertyFlag.computed != 0
        let home = isStatic ? constructor : constructor + 1
        switch kind {
        case PropertyFlag.staticBlock: statics.append(Element(key: .none, node: member))
        case PropertyFlag.field:
            var element = Element(key: .none, node: member)
            if isPrivate {
                element.key = .privateName(node(member.a).a)
            } else if let slot {
                let key = propertyKey(member, true)
                setSlot(key, scopes[Int(info.scope)].register, 0, slot)
                element.key = .computed(slot: slot)
            } else if !isComputed, let name = plainKey(member.a) {
                element.key = .name(name)
            } else {
                element.key = .literal(member.a)
            }
            if isStatic { statics.append(element) } else { instance.append(element) }
        case _ where isPrivate:
            let name = node(member.a).a
            let function = allocate()
            var title = privateText(name)
            if kind == PropertyFlag.getter { title = Compiler.prefixed("get ", title) }
            if kind == PropertyFlag.setter { title = Compiler.prefixed("set ", title) }
            memberClosure(member, info, name: title, into: function)
            emit(.setHomeObject, a: function, b: home)
            if let slot {
                setSlot(function, scopes[Int(info.scope)].register, 0, slot)
                // Methods come before all fields.
                let place = instance.firstIndex { $0.functionSlot == nil } ?? instance.count
                instance.insert(Element(key: .privateName(name), node: member, functionSlot: slot), at: place)
            } else {
                let symbol = privateSymbol(name, from: info.scope)
                emit(.definePrivateMethod, x: Compiler.methodKind(kind), a: constructor, b: symbol, c: function)
            }
        default:
            let key = propertyKey(member, isComputed)
            let function = allocate()
            memberClosure(member, info, name: .latin1([]), into: function)
            mark(member.start)
            emit(.defineMethod, x: Compiler.methodKind(kind) << 1, a: home, b: key, c: function)
        }
    }

    static func prefixed(_ prefix: String, _ text: ConstantText) -> ConstantText {
        switch text {
        case .latin1(let bytes): .latin1(Array(prefix.utf8) + bytes)
        case .utf16(let units): .utf16(Array(prefix.utf16) + units)
        }
    }

    // MARK: Initialisers

    /// A function that initialises the instance (or the class) that is its `this`.
    private mutating func initializer(_ elements: [Element], _ info: ClassInfo, isStatic: Bool, into target: Register) {
        let number = templates.count
        templates.append(CodeTemplate())
        let saved = state
        clock &+= 1
        state = FunctionState(function: elements.first.map { ownFunction($0) ?? 0 } ?? 0)
        state.kind = .fieldInitializer
        state.isStrict = true
        (state.knownClasses, state.isEager) = (saved.knownClasses, saved.isEager)
        var template = CodeTemplate()
        template.name = Compiler.text(isStatic ? "<static_initializer>" : "<instance_members_initializer>")
        template.flags = [.strict, .method, .fieldInitializer]
        template.sourceStart = info.start
        template.sourceEnd = info.end
        prepareEnvironment(outside: info.scope)
        for element in elements where goesOn() {
            let mark = ScopeMark(nextRegister: state.nextRegister, scopeRegister: state.scopeRegister)
            initialize(element, info)
            closeScope(mark)
        }
        if isStatic { emit(.returnUndefined) } else { emit(.return, a: 3) }
        finish(&template, number)
        let usesEnvironment = state.usesEnvironment
        state = saved
        if let failure { state.builder.failure = failure }
        let index = state.builder.require(state.builder.constant(.function(number)))
        if usesEnvironment, let scope = currentScope() {
            emit(.closure, a: target, b: scope, c: index)
        } else {
            emit(.closure, x: 1, a: target, c: index)
        }
    }

    /// Function of a field's value or of a static block.
    private mutating func ownFunction(_ element: Element) -> FunctionID? {
        element.node.b == 0 || element.functionSlot != nil ? nil : node(element.node.b).a
    }

    /// Slot of the class's scope, seen from the initialiser.
    private mutating func loadClassSlot(_ slot: UInt16) -> Register {
        let target = allocate()
        state.usesEnvironment = true
        getSlot(target, state.environment ?? 0, 0, slot)
        return target
    }

    private mutating func loadPrivateSymbol(_ name: NameID, _ info: ClassInfo) -> Register {
        let index = Int(info.scope)
        guard let place = program.scopes[index].find(name | 0x8000_0000), place < scopes[index].bindings.count,
            case .slot(let slot) = scopes[index].bindings[place].storage
        else { return allocate() }
        return loadClassSlot(slot)
    }

    private mutating func initialize(_ element: Element, _ info: ClassInfo) {
        mark(element.node.start)
        if let slot = element.functionSlot, case .privateName(let name) = element.key {
            let symbol = loadPrivateSymbol(name, info)
            let function = loadClassSlot(slot)
            let kind = element.node.flags & PropertyFlag.kindMask
            emit(.definePrivateMethod, x: Compiler.methodKind(kind), a: 3, b: symbol, c: function)
            return
        }
        let kind = element.node.flags & PropertyFlag.kindMask
        let value = allocate()
        var key: Register? = nil
        switch element.key {
        case .computed(let slot): key = loadClassSlot(slot)
        case .literal(let id):
            let register = allocate()
            evaluate(id, into: register)
            if node(id).kind == .bigInt { emit(.toPropertyKey, a: register, b: register) }
            key = register
        case .privateName(let name): key = loadPrivateSymbol(name, info)
        case .name, .none: break
        }
        if let function = ownFunction(element) {
            let inner = functions[Int(function)]
            state.function = function
            stamps[Int(function)] = clock
            prepareScope(inner.parameterScope)
            reservePseudoBindings(inner)
            materializeScope(inner.parameterScope)
            storePseudoBindings(inner)
            if kind == PropertyFlag.staticBlock {
                staticBlock(inner)
                return
            }
            fieldValue(inner.bodyExpression, element, key, value)
        } else {
            load(value, .undefined)
        }
        mark(element.node.start)
        switch element.key {
        case .name(let name):
            state.builder.emitCached(.defineField, a: 3, b: value, c: requiredAtom(name))
        case .privateName: emit(.definePrivateField, a: 3, b: key ?? 0, c: value)
        default: emit(.defineElement, a: 3, b: key ?? 0, c: value)
        }
    }

    /// The value of a field; an anonymous function is named after the field.
    private mutating func fieldValue(_ id: NodeID, _ element: Element, _ key: Register?, _ value: Register) {
        switch element.key {
        case .name(let name): _ = evaluateNamed(id, text(name), .into(value))
        case .privateName(let name): _ = evaluateNamed(id, privateText(name), .into(value))
        default:
            if isAnonymousFunction(id), let key {
                if isAnonymousClass(id) {
                    _ = evaluate(id, .into(value), computedName: key)
                } else {
                    evaluate(id, into: value)
                    emit(.setFunctionName, a: value, b: key)
                }
            } else {
                evaluate(id, into: value)
            }
        }
    }

    private mutating func staticBlock(_ info: FunctionInfo) {
        for place in program.scopes[Int(info.bodyScope)].declarations.indices {
            let declaration = program.scopes[Int(info.bodyScope)].declarations[place]
            guard declaration.kind == .var, declaration.function == nil else { continue }
            let temporary = allocate()
            load(temporary, .undefined)
            storeResolved(
                resolve(declaration.name, from: info.bodyScope), declaration.name, temporary, at: declaration.start,
                .initialize)
            release(to: Int(temporary))
        }
        instantiateFunctions(info.bodyScope)
        disposing(info.bodyScope) { compiler in
            compiler.statements(compiler.program.list(info.body, info.bodyCount))
        }
    }

    // MARK: Default constructors

    private mutating func defaultConstructor(_ info: ClassInfo, _ name: ConstantText) -> (number: Int, usesEnvironment: Bool) {
        let number = templates.count
        templates.append(CodeTemplate())
        let saved = state
        state = FunctionState(function: saved.function)
        state.isStrict = true
        var template = CodeTemplate()
        template.name = name
        template.flags = [.strict, .constructor, .classConstructor, .hasPrototype, .simpleParameters]
        template.sourceStart = info.start
        template.sourceEnd = info.end
        if info.heritage != 0 {
            template.flags.formUnion([.derived, .usesSurplusArguments])
            let arguments = allocate()
            emit(.createRest, a: arguments, b: 0)
            let base = allocate(5)
            move(base, 0)
            emit(.loadNewTarget, a: base + 2)
            move(base + 4, arguments)
            mark(info.start)
            emit(.superConstructSpread, a: 3, b: base)
            if saved.hasFields { emit(.initializeFields, a: 3, b: 0, c: base) }
            emit(.return, a: 3)
        } else {
            if saved.hasFields {
                let base = allocate(4)
                emit(.initializeFields, a: 3, b: 0, c: base)
            }
            emit(.returnUndefined)
        }
        finish(&template, number)
        state = saved
        return (number, false)
    }
}
