import TerrariumSyntax

/// Member access, calls, assignment.
extension FunctionCompiler {
    var strictFlag: UInt8 { info.isStrict || isSynthetic ? 1 : 0 }

    /// A register for a value under construction: `register`, unless a binding lives there.
    func building(_ register: UInt16) -> UInt16 { isBoundRegister(register) ? builder.allocate() : register }

    // MARK: Reading

    func member(_ item: Node, into register: UInt16) throws(CompileError) {
        if node(item.a).kind == .super { return try superMember(item, into: register) }
        let object = item.kind == .index ? try operand(item.a, before: item.b) : try operand(item.a)
        if item.flags & 1 != 0, let exit = optionalExits.last { builder.jump(.jumpNullish, a: object, to: exit) }
        try readMember(item, of: object, into: register)
    }

    /// Reads the member that `item` names from an object that is evaluated.
    func readMember(_ item: Node, of object: UInt16, into register: UInt16) throws(CompileError) {
        switch item.kind {
        case .member:
            builder.mark(item.c)
            let name = program.names.text(item.b)
            let isLength = name.count == 6 && name.elementsEqual("length".utf16)
            builder.emit(
                isLength ? .getLength : .getProperty, a: register, b: object,
                c: builder.atom(session.text(item.b)), cache: 2)
        case .index:
            let key = try operand(item.b)
            builder.mark(item.start)
            builder.emit(.getElement, a: register, b: object, c: key)
        default:
            let name = builder.allocate()
            try loadPrivateName(item.b, into: name, from: item.c, offset: item.start)
            builder.mark(item.start)
            builder.emit(.getPrivate, a: register, b: object, c: name)
        }
    }

    private func superMember(_ item: Node, into register: UInt16) throws(CompileError) {
        let this = builder.allocate(2)
        loadThis(into: this, offset: item.start)
        try superKey(item, into: this + 1)
        builder.mark(item.start)
        builder.emit(.getSuper, a: register, b: this, c: this + 1)
    }

    private func superKey(_ item: Node, into register: UInt16) throws(CompileError) {
        if item.kind == .member { builder.loadConstant(register, builder.atom(session.text(item.b))) }
        else { try expression(item.b, into: register) }
    }

    func loadPrivateName(_ name: NameID, into register: UInt16, from start: ScopeID, offset: UInt32) throws(CompileError) {
        var current = start
        while current != 0 {
            if program.scopes[Int(current)].kind == .class,
                let place = program.scopes[Int(current)].find(name | 0x8000_0000),
                let slot = session.scopes[Int(current)].slots[place] {
                let (base, hops) = reach(current)
                builder.emit(.getScoped, x: hops, a: register, b: base, c: slot)
                return
            }
            current = program.scopes[Int(current)].parent
        }
        throw unsupported("a private name outside its class", offset)
    }

    // MARK: Calls

    func call(_ item: Node, into register: UInt16) throws(CompileError) {
        let callee = node(item.a)
        if callee.kind == .super { return try superCall(item, into: register) }
        if session.options.isBuiltin, callee.kind == .identifier, program.names.text(callee.a).first == 36 {
            return try intrinsicCall(item, callee, into: register)
        }
        let base = builder.allocate(4)
        let usesThis = try evaluateCallee(item.a, base: base)
        if item.flags & 1 != 0, let exit = optionalExits.last { builder.jump(.jumpNullish, a: base, to: exit) }
        try finishCall(item, base: base, into: register, usesThis ? .callThis : .call, .callSpread, callee: callee)
    }

    /// Function into `base`, this value into `base + 3` (true) or none.
    func evaluateCallee(_ id: NodeID, base: UInt16) throws(CompileError) -> Bool {
        let callee = node(id)
        switch callee.kind {
        case .parenthesized:
            switch node(callee.a).kind {
            case .member, .index, .privateMember: return try evaluateCallee(callee.a, base: base)
            default: break
            }
        case .member, .index, .privateMember:
            if node(callee.a).kind == .super {
                loadThis(into: base + 3, offset: callee.start)
                let key = builder.allocate()
                try superKey(callee, into: key)
                builder.mark(callee.start)
                builder.emit(.getSuper, a: base, b: base + 3, c: key)
                builder.release(to: key)
                return true
            }
            try expression(callee.a, into: base + 3)
            if callee.flags & 1 != 0, let exit = optionalExits.last { builder.jump(.jumpNullish, a: base + 3, to: exit) }
            let top = builder.top
            try readMember(callee, of: base + 3, into: base)
            builder.release(to: top)
            return true
        case .optionalChain:
            // (a?.b)() keeps its this value.
            let exit = builder.makeLabel(), end = builder.makeLabel()
            optionalExits.append(exit)
            let usesThis = try evaluateCallee(callee.a, base: base)
            optionalExits.removeLast()
            builder.jump(.jump, to: end)
            builder.place(exit)
            builder.emit(.loadSpecial, a: base, immediate: 0)
            builder.emit(.loadSpecial, a: base + 3, immediate: 0)
            builder.place(end)
            return usesThis
        default: break
        }
        try expression(id, into: base)
        return false
    }

    /// Arguments and the call itself.
    func finishCall(
        _ item: Node, base: UInt16, into register: UInt16, _ plain: Opcode, _ spread: Opcode, callee: Node
    ) throws(CompileError) {
        let arguments = Array(program.list(item.b, item.c))
        let position = item.kind == .new ? item.start : item.d
        if arguments.contains(where: { node($0).kind == .spread }) {
            if plain == .call { builder.emit(.loadSpecial, a: base + 3, immediate: 0) }
            let list = builder.allocate()
            try arrayElements(arguments, into: list)
            builder.mark(position)
            builder.emit(spread, a: register, b: base)
        } else {
            guard arguments.count < 30_000 else { throw .tooLarge("call with too many arguments") }
            for argument in arguments {
                let slot = builder.allocate()
                try expression(argument, into: slot)
            }
            builder.mark(position)
            builder.emit(plain, a: register, b: base, c: UInt16(truncatingIfNeeded: arguments.count))
        }
        builder.release(to: base)
    }

    func construct(_ item: Node, into register: UInt16) throws(CompileError) {
        let base = builder.allocate(4)
        try expression(item.a, into: base)
        try finishCall(item, base: base, into: register, .construct, .constructSpread, callee: node(item.a))
    }

    private func superCall(_ item: Node, into register: UInt16) throws(CompileError) {
        let base = builder.allocate(4)
        let owner = program.functions[Int(thisOwner())]
        let plan = session.scopes[Int(owner.parameterScope)]
        if info.kind == .arrow, let slot = plan.calleeSlot {
            let (environment, hops) = reach(owner.parameterScope)
            builder.emit(.getScoped, x: hops, a: base, b: environment, c: slot)
        } else {
            builder.emit(.move, a: base, b: 0)
        }
        if info.kind == .arrow, let slot = plan.newTargetSlot {
            let (environment, hops) = reach(owner.parameterScope)
            builder.emit(.getScoped, x: hops, a: base + 2, b: environment, c: slot)
        } else {
            builder.emit(.loadNewTarget, a: base + 2)
        }
        let callee = builder.allocate()
        let result = builder.allocate()
        builder.emit(.move, a: callee, b: base)
        // The frame is built above what has to survive the call.
        let frame = builder.allocate(4)
        builder.emit(.move, a: frame, b: base)
        builder.emit(.move, a: frame + 2, b: base + 2)
        try finishCall(item, base: frame, into: result, .superConstruct, .superConstructSpread, callee: node(item.a))
        // Bind this; twice is an error.
        let current = builder.allocate()
        let fine = builder.makeLabel()
        if let slot = plan.thisSlot {
            let (environment, hops) = reach(owner.parameterScope)
            builder.emit(.getScoped, x: hops, a: current, b: environment, c: slot)
        } else {
            builder.emit(.move, a: current, b: 3)
        }
        builder.jump(.jumpEmpty, a: current, to: fine)
        builder.mark(item.start)
        builder.emit(.throwError, x: EngineMessage.superAlreadyCalled.rawValue, c: 0xFFFF)
        builder.place(fine)
        if let slot = plan.thisSlot {
            let (environment, hops) = reach(owner.parameterScope)
            builder.emit(.setScoped, x: hops, a: result, b: environment, c: slot)
        }
        if info.kind != .arrow { builder.emit(.move, a: 3, b: result) }
        let fields = builder.allocate(6)
        builder.mark(item.start)
        builder.emit(.initializeFields, a: result, b: callee, c: fields)
        builder.emit(.move, a: register, b: result)
        builder.release(to: base)
    }

    /// `$name(…)` in the engine's own JavaScript.
    private func intrinsicCall(_ item: Node, _ callee: Node, into register: UInt16) throws(CompileError) {
        let name = String(program.names.string(callee.a).dropFirst())
        if name == "call", item.c >= 2 {
            // $call(function, this, …): an ordinary call with an explicit this.
            let parts = Array(program.list(item.b, item.c))
            let base = builder.allocate(4)
            try expression(parts[0], into: base)
            try expression(parts[1], into: base + 3)
            for argument in parts[2...] {
                let slot = builder.allocate()
                try expression(argument, into: slot)
            }
            builder.mark(item.start)
            builder.emit(.callThis, a: register, b: base, c: UInt16(truncatingIfNeeded: parts.count - 2))
            builder.release(to: base)
            return
        }
        guard let number = BuiltinOperation.number(of: name) else {
            throw unsupported("the operation $\(name)", callee.start)
        }
        let arguments = Array(program.list(item.b, item.c))
        let first = builder.allocate(UInt16(truncatingIfNeeded: max(1, arguments.count)))
        for (index, argument) in arguments.enumerated() {
            try expression(argument, into: first + UInt16(truncatingIfNeeded: index))
        }
        builder.mark(item.start)
        builder.emit(.intrinsic, x: number, a: register, b: first, c: UInt16(truncatingIfNeeded: arguments.count))
    }

    // MARK: Assignment

    /// A target whose parts are evaluated.
    enum Target {
        case name(NameID, scope: ScopeID, offset: UInt32)
        case property(object: UInt16, name: NameID, offset: UInt32)
        case element(object: UInt16, key: UInt16, offset: UInt32)
        case privateElement(object: UInt16, key: UInt16, offset: UInt32)
        case superElement(this: UInt16, key: UInt16, offset: UInt32)
        case pattern(NodeID)
        case invalid(NodeID, offset: UInt32)
    }

    /// Evaluates object and key of a target.
    func prepareTarget(_ id: NodeID, before later: NodeID = 0) throws(CompileError) -> Target {
        let item = node(id)
        switch item.kind {
        case .parenthesized: return try prepareTarget(item.a, before: later)
        case .identifier: return .name(item.a, scope: item.b, offset: item.start)
        case .member, .index, .privateMember:
            if node(item.a).kind == .super {
                let this = builder.allocate(2)
                loadThis(into: this, offset: item.start)
                try superKey(item, into: this + 1)
                return .superElement(this: this, key: this + 1, offset: item.start)
            }
            if item.kind == .member {
                let object = try operand(item.a, before: later)
                return .property(object: object, name: item.b, offset: item.c)
            }
            if item.kind == .index {
                var budget = 24
                let object: UInt16
                if localRegister(item.a) != nil, mayAssign(item.b, &budget) {
                    object = builder.allocate()
                    try expression(item.a, into: object)
                } else {
                    object = try operand(item.a, before: later)
                }
                let key = try operand(item.b, before: later)
                return .element(object: object, key: key, offset: item.start)
            }
            let object = try operand(item.a, before: later)
            let key = builder.allocate()
            try loadPrivateName(item.b, into: key, from: item.c, offset: item.start)
            return .privateElement(object: object, key: key, offset: item.start)
        case .arrayPattern, .objectPattern: return .pattern(id)
        default: return .invalid(id, offset: item.start)
        }
    }

    func readTarget(_ target: Target, into register: UInt16) throws(CompileError) {
        switch target {
        case .name(let name, let scope, let offset): try loadName(name, into: register, from: scope, offset: offset)
        case .property(let object, let name, let offset):
            builder.mark(offset)
            builder.emit(.getProperty, a: register, b: object, c: builder.atom(session.text(name)), cache: 2)
        case .element(let object, let key, let offset):
            builder.mark(offset)
            builder.emit(.getElement, a: register, b: object, c: key)
        case .privateElement(let object, let key, let offset):
            builder.mark(offset)
            builder.emit(.getPrivate, a: register, b: object, c: key)
        case .superElement(let this, let key, let offset):
            builder.mark(offset)
            builder.emit(.getSuper, a: register, b: this, c: key)
        case .pattern: break
        case .invalid(let id, let offset): try invalidTarget(id, offset)
        }
    }

    func writeTarget(_ target: Target, from register: UInt16, declare: Bool = false) throws(CompileError) {
        switch target {
        case .name(let name, let scope, let offset):
            try storeName(name, from: register, scope: scope, initialize: declare, offset: offset)
        case .property(let object, let name, let offset):
            builder.mark(offset)
            builder.emit(
                .setProperty, x: strictFlag, a: object, b: register, c: builder.atom(session.text(name)), cache: 2)
        case .element(let object, let key, let offset):
            builder.mark(offset)
            builder.emit(.setElement, x: strictFlag, a: object, b: key, c: register)
        case .privateElement(let object, let key, let offset):
            builder.mark(offset)
            builder.emit(.setPrivate, a: object, b: key, c: register)
        case .superElement(let this, let key, let offset):
            builder.mark(offset)
            builder.emit(.setSuper, x: strictFlag, a: this, b: key, c: register)
        case .pattern(let id): try bindPattern(id, from: register, declare: declare)
        case .invalid(let id, let offset): try invalidTarget(id, offset)
        }
    }

    /// `f() = 1`: the call happens, then a ReferenceError.
    private func invalidTarget(_ id: NodeID, _ offset: UInt32) throws(CompileError) {
        let scratch = builder.allocate()
        try expression(id, into: scratch)
        builder.mark(offset)
        builder.emit(.throwError, x: EngineMessage.invalidAssignmentTarget.rawValue, c: 0xFFFF)
        builder.release(to: scratch)
    }

    func assign(_ item: Node, into register: UInt16) throws(CompileError) {
        var left = item.a
        while node(left).kind == .parenthesized { left = node(left).a }
        let leftNode = node(left)
        if item.flags == 0xFF {
            if leftNode.kind == .identifier {
                // Straight into a local when nothing can go wrong on the way.
                if let local = localRegister(left), case .register(_, let declaration) = try resolve(leftNode.a, from: leftNode.b, offset: leftNode.start),
                    !declaration.kind.isConstant, declaration.kind != .functionName {
                    try namedExpression(item.b, name: leftNode.a, into: local)
                    if local != register { builder.emit(.move, a: register, b: local) }
                    return
                }
                let value = building(register)
                try namedExpression(item.b, name: leftNode.a, into: value)
                try storeName(leftNode.a, from: value, scope: leftNode.b, initialize: false, offset: leftNode.start)
                if value != register { builder.emit(.move, a: register, b: value) }
                return
            }
            let target = try prepareTarget(left, before: item.b)
            let value = try operand(item.b)
            try writeTarget(target, from: value)
            if value != register { builder.emit(.move, a: register, b: value) }
            return
        }
        if item.flags >= 0xF0 {
            let target = try prepareTarget(left, before: item.b)
            let end = builder.makeLabel()
            let value = building(register)
            try readTarget(target, into: value)
            let operation = item.flags - 0xF0
            builder.jump(operation == 0 ? .jumpFalse : operation == 1 ? .jumpTrue : .jumpNotNullish, a: value, to: end)
            if leftNode.kind == .identifier { try namedExpression(item.b, name: leftNode.a, into: value) }
            else { try expression(item.b, into: value) }
            try writeTarget(target, from: value)
            builder.place(end)
            if value != register { builder.emit(.move, a: register, b: value) }
            return
        }
        if leftNode.kind == .identifier, let local = localRegister(left),
            case .register(_, let declaration) = try resolve(leftNode.a, from: leftNode.b, offset: leftNode.start),
            !declaration.kind.isConstant, declaration.kind != .functionName {
            let source = try operand(left, before: item.b)
            try emitBinary(item.flags, source, item.b, into: local, offset: item.start)
            if local != register { builder.emit(.move, a: register, b: local) }
            return
        }
        let target = try prepareTarget(left, before: item.b)
        let value = building(register)
        let old = value == register ? builder.allocate() : value
        try readTarget(target, into: old)
        try emitBinary(item.flags, old, item.b, into: value, offset: item.start)
        try writeTarget(target, from: value)
        if value != register { builder.emit(.move, a: register, b: value) }
    }

    func update(_ item: Node, into register: UInt16) throws(CompileError) {
        let isPrefix = item.flags & 1 != 0
        let opcode: Opcode = item.flags & 2 != 0 ? .dec : .inc
        if let local = localRegister(item.a), node(item.a).kind == .identifier || node(item.a).kind == .parenthesized,
            case .name(let name, let scope, let offset) = try prepareTarget(item.a),
            case .register(_, let declaration) = try resolve(name, from: scope, offset: offset),
            !declaration.kind.isConstant, declaration.kind != .functionName {
            builder.mark(item.start)
            if isPrefix {
                builder.emit(opcode, a: local, b: local)
                if register != local { builder.emit(.move, a: register, b: local) }
            } else if register == local {
                builder.emit(.toNumeric, a: local, b: local)
            } else {
                builder.emit(.toNumeric, a: register, b: local)
                builder.emit(opcode, a: local, b: register)
            }
            return
        }
        let target = try prepareTarget(item.a)
        let old = builder.allocate()
        try readTarget(target, into: old)
        builder.mark(item.start)
        let updated = builder.allocate()
        if isPrefix {
            builder.emit(opcode, a: updated, b: old)
            try writeTarget(target, from: updated)
            builder.emit(.move, a: register, b: updated)
        } else {
            builder.emit(.toNumeric, a: old, b: old)
            builder.emit(opcode, a: updated, b: old)
            try writeTarget(target, from: updated)
            builder.emit(.move, a: register, b: old)
        }
    }

    /// As `expression`, giving an anonymous function or class its name.
    func namedExpression(_ id: NodeID, name: NameID, into register: UInt16) throws(CompileError) {
        let item = node(id)
        let top = builder.top
        defer { builder.release(to: top) }
        switch item.kind {
        case .function where program.functions[Int(item.a)].name == 0: try closure(item.a, into: register, name: name)
        case .class where program.classes[Int(item.a)].name == 0:
            try classDefinition(item.a, into: register, name: name)
        default: try expression(id, into: register)
        }
    }

    /// Whether a node is an anonymous function that takes a name.
    func isAnonymousFunction(_ id: NodeID) -> Bool {
        let item = node(id)
        switch item.kind {
        case .function: return program.functions[Int(item.a)].name == 0
        case .class: return program.classes[Int(item.a)].name == 0
        default: return false
        }
    }
}
