import TerrariumCage

/// Private names: members are named properties under private symbols; methods are not writable, accessors are accessors.
///
/// The read, write and `in` instructions have two cache words: two shapes in the first; the symbol and the places of its
/// slot in objects of either shape, 16 bits each, in the second. One class body evaluated twice has two symbols.
enum PrivateCache {
    /// Byte distance from the object to the slot that the cache at `pc` knows for a shape and a symbol, or 0.
    @inline(__always)
    static func place(_ pc: CodePointer, shape: UInt32, symbol: UInt32) -> UInt32 {
        let shapes = pc.load64(), places = pc.load64(8)
        if UInt32(truncatingIfNeeded: places) != symbol { return 0 }
        if shape == UInt32(truncatingIfNeeded: shapes) { return UInt32(truncatingIfNeeded: places >> 32) & 0xFFFF }
        return shape == UInt32(truncatingIfNeeded: shapes >> 32) ? UInt32(truncatingIfNeeded: places >> 48) : 0
    }
}

extension Machine {
    /// The value of a private field or method that is no accessor, found by looking it up; the bits of `Value.empty` for
    /// others. `running` is the function whose code the instruction is in.
    @inline(never)
    func privateValue(_ object: UInt32, _ symbol: UInt32, _ pc: UInt32, running: UInt32) -> UInt64 {
        let shape = cage.load32(object)
        guard let place = lookup(shape: shape, key: symbol), place.attributes & Attribute.accessor == 0 else {
            return Value.empty.bits
        }
        notePrivate(shape, place.slot, symbol, pc, running)
        return loadSlot(object, shape, place.slot).bits
    }

    /// Stores into a private field; false when it is none, or not there.
    @inline(never)
    func setPrivateField(_ object: UInt32, _ symbol: UInt32, _ value: UInt64, _ pc: UInt32, running: UInt32) -> Bool {
        let shape = cage.load32(object)
        guard let place = lookup(shape: shape, key: symbol),
            place.attributes & (Attribute.accessor | Attribute.writable) == Attribute.writable
        else { return false }
        notePrivate(shape, place.slot, symbol, pc, running)
        storeSlot(object, shape, place.slot, Value(bits: value))
        return true
    }

    /// Whether an object has a private member.
    @inline(never)
    func hasPrivate(_ object: UInt32, _ symbol: UInt32, _ pc: UInt32, running: UInt32) -> Bool {
        let shape = cage.load32(object)
        guard let place = lookup(shape: shape, key: symbol) else { return false }
        notePrivate(shape, place.slot, symbol, pc, running)
        return true
    }

    private func notePrivate(_ shape: UInt32, _ slot: UInt32, _ symbol: UInt32, _ pc: UInt32, _ running: UInt32) {
        guard !cachesDisabled, slot < UInt32(cage.load8(shape, ShapeLayout.inlineCapacity)) else { return }
        let distance = UInt64(UInt32(cage.load8(shape, ShapeLayout.inlineBase)) &+ slot &* 8) & 0xFFFF
        let shapes = cage.load64(pc), places = cage.load64(pc, 8)
        let isSame = UInt32(truncatingIfNeeded: places) == symbol
        cage.store64(pc, 0, UInt64(shape) | (isSame ? shapes << 32 : 0))
        cage.store64(pc, 8, UInt64(symbol) | distance << 32 | (isSame ? (places >> 32 & 0xFFFF) << 48 : 0))
        cage.store8(cage.load32(running, Layout.functionCode), Layout.flags, CodeCellFlag.hasCaches)
    }

    /// The instructions on private names in full.
    func privateOperation(_ word: UInt64) throws(Thrown) {
        let opcode = decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self)
        let isRead = opcode == .getPrivate || opcode == .hasPrivate
        let object = isRead ? reg(word.fieldB) : reg(word.fieldA)
        let name = isRead ? reg(word.fieldC) : reg(word.fieldB)
        guard object.isObject else { throw notAnObject(object, name, opcode) }
        let shape = cage.load32(object.offset)
        let place = lookup(shape: shape, key: name.offset)
        switch opcode {
        case .hasPrivate:
            setReg(word.fieldA, Value(place != nil))
            skipWords(2)
        case .getPrivate:
            guard let place else { throw undeclared(name, isRead: true) }
            let value = loadSlot(object.offset, shape, place.slot)
            if place.attributes & Attribute.accessor == 0 {
                setReg(word.fieldA, value)
                skipWords(2)
                return
            }
            let getter = Value(bits: cage.load64(value.offset, Layout.accessorGetter))
            if getter.isUndefined { throw typeError("'\(privateText(name))' was defined without a getter") }
            skipWords(2)
            try pushCall(getter, this: object, continuation: Continuation.store, register: word.fieldA)
        case .setPrivate:
            guard let place else { throw undeclared(name, isRead: false) }
            let value = loadSlot(object.offset, shape, place.slot)
            if place.attributes & Attribute.accessor != 0 {
                let setter = Value(bits: cage.load64(value.offset, Layout.accessorSetter))
                if setter.isUndefined { throw typeError("'\(privateText(name))' was defined without a setter") }
                skipWords(2)
                try pushCall(
                    setter, this: object, argument: reg(word.fieldC), continuation: Continuation.discard, register: 0)
                return
            }
            if place.attributes & Attribute.writable == 0 {
                throw typeError("Private method '\(privateText(name))' is not writable")
            }
            storeSlot(object.offset, shape, place.slot, reg(word.fieldC))
            skipWords(2)
        case .definePrivateField:
            if place != nil { throw typeError("Cannot initialize \(privateText(name)) twice on the same object") }
            try addProperty(object.offset, key: name.offset, value: reg(word.fieldC), attributes: Attribute.writable)
        default: try definePrivateMethod(word, object, name, place)
        }
    }

    private func definePrivateMethod(_ word: UInt64, _ object: Value, _ name: Value, _ place: PropertyLocation?)
        throws(Thrown)
    {
        let kinds = StringFlag.privateMethod | (isCallable(object) ? StringFlag.privateStatic : 0)
        cage.store8(name.offset, Layout.flags, cage.load8(name.offset, Layout.flags) | kinds)
        if word.fieldX == 0 {
            if place != nil { throw initializedTwice() }
            try addProperty(object.offset, key: name.offset, value: reg(word.fieldC), attributes: Attribute.none)
            return
        }
        if let place {
            let accessor = loadSlot(object.offset, cage.load32(object.offset), place.slot)
            let half = word.fieldX == 1 ? Layout.accessorGetter : Layout.accessorSetter
            guard place.attributes & Attribute.accessor != 0,
                Value(bits: cage.load64(accessor.offset, half)).isUndefined
            else { throw initializedTwice() }
            cage.store64(accessor.offset, half, reg(word.fieldC).bits)
        } else {
            let accessor = try allocate(24, kind: CellKind.accessor)
            cage.store64(accessor, Layout.accessorGetter, (word.fieldX == 1 ? reg(word.fieldC) : .undefined).bits)
            cage.store64(accessor, Layout.accessorSetter, (word.fieldX == 2 ? reg(word.fieldC) : .undefined).bits)
            try addProperty(
                object.offset, key: name.offset, value: Value(cell: accessor), attributes: Attribute.accessor)
        }
    }

    // MARK: Errors

    private func privateText(_ name: Value) -> String { describe(PropertyKey(symbol: name.offset)) }

    private func notAnObject(_ value: Value, _ name: Value, _ opcode: Opcode) -> Thrown {
        let text = privateText(name)
        if opcode == .hasPrivate {
            return typeError("Cannot use 'in' operator to search for '\(text)' in \(describe(value))")
        }
        if !value.isNullish { return undeclared(name, isRead: opcode == .getPrivate, ofObject: false) }
        if opcode == .getPrivate { return cannotRead(value, PropertyKey(symbol: name.offset)) }
        return typeError("Cannot set properties of \(value.isNull ? "null" : "undefined") (setting '\(text)')")
    }

    private func undeclared(_ name: Value, isRead: Bool, ofObject: Bool = true) -> Thrown {
        if ofObject, let wrong = wrongReceiver(name) { return wrong }
        let text = privateText(name)
        return typeError(
            isRead ? "Cannot read private member \(text) from an object whose class did not declare it"
                : "Cannot write private member \(text) to an object whose class did not declare it")
    }

    /// The class whose member is running.
    private var runningClassName: String {
        let home = cage.load32(reg(0).offset, Layout.functionHome)
        if home == 0 { return "anonymous" }
        let name = isCallable(Value(object: home)) ? functionName(home) : constructorName(home)
        return name.isEmpty ? "anonymous" : name
    }

    private func initializedTwice() -> Thrown {
        typeError("Cannot initialize private methods of class \(runningClassName) twice on the same object")
    }

    /// The TypeError of a private method of another object's class; nil when the name is that of a field.
    private func wrongReceiver(_ name: Value) -> Thrown? {
        let flags = cage.load8(name.offset, Layout.flags)
        guard flags & StringFlag.privateMethod != 0 else { return nil }
        return typeError(
            "Receiver must be \(flags & StringFlag.privateStatic != 0 ? "class" : "an instance of class") \(runningClassName)")
    }
}
