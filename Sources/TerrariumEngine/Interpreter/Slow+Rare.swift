import TerrariumCage

/// Instructions that are never on a fast path: scopes, creation, calls in full, iteration, classes.
extension Machine {
    func executeRare(_ word: UInt64) throws(Thrown) -> Bool {
        let a = word.fieldA, b = word.fieldB, c = word.fieldC
        switch decodeByte(UInt8(truncatingIfNeeded: word), as: Opcode.self) {
        case .loadNewTarget:
            let isConstruct = cage.load64(frame, 8) & Link.construct != 0
            setReg(a, isConstruct ? Value(bits: cage.load64(frame, 16)) : .undefined)
        case .coerceThis:
            let this = reg(3)
            if this.isNullish { setReg(3, realmValue(currentRealm, .globalThisValue)) }
            else if !this.isObject { setReg(3, try toObject(this)) }
        case .checkThis:
            throw error(
                .referenceError,
                "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
                realm: word.fieldX == 1 ? callerRealm : nil)
        case .checkInitialized:
            throw referenceError("Cannot access '\(describe(constantKey(c)))' before initialization")

        // MARK: Scopes
        case .pushScope:
            setReg(a, Value(cell: try makeScope(parent: word.fieldX & 1 != 0 ? 0 : reg(b).offset, count: c)))
        case .copyScope:
            let old = reg(b).offset
            let count = UInt16(truncatingIfNeeded: cage.load32(old, Layout.scopeCount))
            let copy = try makeScope(parent: cage.load32(old, Layout.scopeParent), count: count)
            cage.copy(from: old &+ 16, to: copy &+ 16, count: Int(count) &* 8)
            setReg(a, Value(cell: copy))
        case .hasBinding where word.fieldX == 2: try pushHasGlobalBinding(constantKey(c), register: a)
        case .hasBinding:
            guard reg(b).isObject else {
                setReg(a, .false)
                break
            }
            try pushHasBinding(reg(b).offset, constantKey(c), hides: word.fieldX & 1 != 0, register: a)
        case .parentScope: setReg(a, Value(cell: cage.load32(reg(b).offset, Layout.scopeParent)))
        case .getScopedChecked, .setScopedChecked:
            var scope = reg(b).offset
            for _ in 0..<word.fieldX { scope = cage.load32(scope, Layout.scopeParent) }
            let slot = scope &+ 16 &+ UInt32(c) &* 8
            if Value(bits: cage.load64(slot)).isEmpty {
                let name = constantKey(UInt16(truncatingIfNeeded: cage.load64(UInt32(truncatingIfNeeded: cells[Cell.pc]))))
                throw referenceError("Cannot access '\(describe(name))' before initialization")
            }
            if UInt8(truncatingIfNeeded: word) == Opcode.getScopedChecked.rawValue {
                setReg(a, Value(bits: cage.load64(slot)))
            } else {
                cage.store64(slot, 0, reg(a).bits)
            }
            skipWords(1)

        // MARK: Creation
        case .newObject:
            let shape = try rootShape(
                prototype: intrinsic(.objectPrototype).offset, inlineCapacity: Machine.literalCapacity(b))
            setReg(a, Value(object: try allocateObject(kind: CellKind.object, shape: shape)))
        case .newObjectShaped: try newObjectShaped(word)
        case .newArray:
            let count = UInt32(c)
            let array = try makeArray(length: count, capacity: count)
            cage.copy(
                from: frame &+ UInt32(b) &* 8, to: cage.load32(array.offset, Layout.elements) &+ 16,
                count: Int(count) &* 8)
            setReg(a, array)
        case .arrayAppend: try appendElement(reg(a).offset, reg(b))
        case .arraySpreadFast:
            let source = reg(b)
            if source.isObject, isQuickIterable(source.offset, running: reg(0).offset) || isPristineArray(source) {
                try appendAll(from: source.offset, to: reg(a).offset)
                jumpForward(word)
            }
        case .closure:
            let code = constant(c).offset
            let flags = CodeFlags(rawValue: cage.load32(code, Layout.codeFlags))
            let running = reg(0).offset
            let home = flags.contains(.arrow) ? cage.load32(running, Layout.functionHome) : 0
            setReg(
                a,
                Value(
                    object: try makeFunction(
                        code: code, scope: word.fieldX & 1 != 0 ? 0 : reg(b).offset, home: home,
                        realm: cage.load32(running, Layout.functionRealm))))
        case .newClass: try newClass(word)
        case .setHomeObject: cage.store32(reg(a).offset, Layout.functionHome, reg(b).offset)
        case .setClassFields: cage.store32(reg(a).offset, Layout.functionExtra, reg(b).offset)
        case .initializeFields: try initializeFields(word)
        case .templateObject: setReg(a, try templateObject(constant(c)))
        case .createArguments: try createArguments(word)
        case .mapArguments: try mapArguments(reg(a).offset, scope: reg(b).offset)
        case .createRest: setReg(a, try argumentsArray(from: Int(b)))
        case .newRegExp:
            setReg(a, try regExpLiteral(constant(c)))

        // MARK: Properties
        case .getSuper:
            // GetSuperBase comes before ToPropertyKey.
            let home = cage.load32(reg(0).offset, Layout.functionHome)
            let parent = home == 0 ? 0 : try getPrototypeOf(home)
            if parent == 0 { throw typeError("Cannot read properties of null (reading '\(describe(reg(c)))')") }
            if reg(c).isObject {
                try push(.superGet, Value(object: parent), reg(c), reg(b), register: a)
                break
            }
            try getSuperProperty(parent, try toPropertyKey(reg(c)), receiver: reg(b), into: a)
        case .setSuper:
            let home = cage.load32(reg(0).offset, Layout.functionHome)
            let parent = home == 0 ? 0 : try getPrototypeOf(home)
            if parent == 0 { throw typeError("Cannot set properties of null (setting '\(describe(reg(b)))')") }
            if reg(b).isObject {
                try push(
                    .superSet, this: reg(a), Value(object: parent), reg(b), reg(c), Value(word.fieldX & 1 != 0),
                    continuation: Continuation.discard, register: 0)
                break
            }
            let key = try toPropertyKey(reg(b))
            try pushSet(parent, key, reg(c), receiver: reg(a), strict: word.fieldX & 1 != 0)
        case .defineElement:
            let key = try toPropertyKey(reg(b))
            if word.fieldX & 1 != 0 { try nameAnonymous(reg(c), key) }
            if try defineNeedsFrame(reg(a).offset, key, reg(c)) {
                try push(.defineField, reg(a), try keyValue(key), reg(c), continuation: Continuation.discard, register: 0)
                break
            }
            try createDataPropertyOrThrow(reg(a).offset, key, reg(c))
        case .defineMethod: try defineMethod(word)
        case .setPrototype:
            let value = reg(b)
            if value.isObject || value.isNull { _ = try setPrototypeOf(reg(a).offset, value.isNull ? 0 : value.offset) }
        case .copyDataProperties: try copyDataProperties(word)
        case .setFunctionName:
            let prefix = word.fieldX == 1 ? "get" : word.fieldX == 2 ? "set" : ""
            if try ordinaryOwnName(reg(a).offset) { break }
            try setFunctionName(reg(a).offset, reg(b), prefix: prefix)
        case .requireObjectCoercible:
            let value = reg(a)
            if value.isNullish {
                if word.fieldX != 0, c != 0xFFFF { throw cannotRead(value, constantKey(c)) }
                throw notDestructurable(value, key: c == 0xFFFF ? nil : constantKey(c))
            }
        case .newPrivateName:
            setReg(a, try makeSymbol(description: Value(bits: constant(c).bits), flags: StringFlag.privateName))
        case .getPrivate, .setPrivate, .definePrivateField, .definePrivateMethod, .hasPrivate: try privateOperation(word)

        // MARK: Calls
        case .construct:
            cage.store64(frame &+ UInt32(b) &* 8, 16, reg(b).bits)
            try callSlow(word, argumentCount: Int(c), isConstruct: true, implicitThis: false)
        case .callSpread:
            let count = try spreadArguments(b)
            try callSlow(word, argumentCount: count, isConstruct: false, implicitThis: false)
        case .constructSpread:
            let count = try spreadArguments(b)
            cage.store64(frame &+ UInt32(b) &* 8, 16, reg(b).bits)
            try callSlow(word, argumentCount: count, isConstruct: true, implicitThis: false)
        case .superConstruct, .superConstructSpread:
            let isSpread = UInt8(truncatingIfNeeded: word) == Opcode.superConstructSpread.rawValue
            var value = reg(b &+ 1)
            if word.fieldX & 1 == 0 {
                let parent = try getPrototypeOf(reg(b).offset)
                value = parent == 0 ? .null : Value(object: parent)
            }
            guard isConstructor(value) else {
                throw superNotConstructor(value, of: reg(b).offset)
            }
            setReg(b, value)
            let count = isSpread ? try spreadArguments(b) : Int(c)
            try callSlow(word, argumentCount: count, isConstruct: true, implicitThis: false)
        case .callEval: try callEval(word)
        case .return:
            if let left = try returnFromSuspendable(reg(a)) { return left }
            return try returnSlow(reg(a))
        case .returnUndefined:
            if let left = try returnFromSuspendable(.undefined) { return left }
            return try returnSlow(.undefined)
        case .createGenerator: return try createGenerator()
        case .makeCode: try enterMadeCode()
        case .yield: return try yieldValue(word)
        case .await: return try awaitValue(word)
        case .asyncResult: return try asyncResult(word)
        case .checkConstructorResult:
            let value = reg(a)
            if value.isObject { break }
            // [[Construct]] checks when the constructor is done: the errors are of the caller's realm.
            if !value.isUndefined {
                throw error(.typeError, "Derived constructors may only return object or undefined", realm: callerRealm)
            }
            if reg(b).isEmpty {
                throw error(
                    .referenceError,
                    "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
                    realm: callerRealm)
            }
            setReg(a, reg(b))

        // MARK: Exceptions
        case .throw:
            noteThrow(reg(a))
            throw throwValue(reg(a))
        case .throwError: throw engineError(word)
        case .requireObject:
            if !reg(a).isObject {
                switch ObjectRequirement(rawValue: word.fieldX) {
                case .iterator: throw typeError("Result of the Symbol.iterator method is not an object")
                case .asyncIterator: throw typeError("Result of the Symbol.asyncIterator method is not an object")
                                default: throw typeError("Iterator result \(describe(reg(a))) is not an object")
                }
            }
        case .requireCallable:
            if !isCallable(reg(a)) {
                throw notIterable(
                    reg(b), method: reg(a), isAsync: word.fieldX == CallableRequirement.asyncIterable.rawValue)
            }

        // MARK: Iteration
        case .getIteratorFast:
            let source = reg(b)
            if isPristineArray(source) {
                if let places = pristineIteration { noteIteration(places.values, places.next) }
                setReg(a, source)
                setReg(a &+ 1, .empty)
                setReg(a &+ 2, .zero)
                jumpForward(word)
            }
        case .getAsyncIterator: setReg(a, try makeAsyncFromSyncIterator(reg(b), next: reg(b &+ 1)))
        case .iteratorStepFast: try iteratorStep(word)
        case .takeRest: if try takeRest(word) { jumpForward(word) }
        case .forInPrepare: try forInPrepare(word)
        case .forInNext: try forInNext(word)

        case .getModuleBinding: try getModuleBinding(word)
        case .importCall: try importCall(reg(b), reg(c), into: a)
        case .importMeta: setReg(a, try importMeta())
        case .intrinsic: try builtinOperation(word)
        case .disposeResource: try disposeResource(word)
        case .debugger: break
        case .halt:
            resultValue = reg(a)
            return true
        default:
            throw terminate(.corrupted)
        }
        return false
    }

    // MARK: Scopes and objects

    func makeScope(parent: UInt32, count: UInt16) throws(Thrown) -> UInt32 {
        let scope = try allocate(16 &+ UInt32(count) &* 8, kind: CellKind.scope)
        cage.store32(scope, Layout.scopeParent, parent)
        cage.store32(scope, Layout.scopeCount, UInt32(count))
        cage.fill64(scope &+ 16, count: Int(count), Value.empty.bits)
        return scope
    }

    private func newObjectShaped(_ word: UInt64) throws(Thrown) {
        let list = constant(word.fieldC).offset
        let count = cage.load32(list, Layout.elementsLength)
        var shape = try rootShape(
            prototype: intrinsic(.objectPrototype).offset, inlineCapacity: UInt8(clamping: count))
        for index in 0..<count {
            let key = PropertyKey(bits: cage.load64(list &+ 16 &+ index &* 8))
            shape = try shapeByAdding(shape, key: key.offset, attributes: Attribute.all)
        }
        let object = try allocateObject(kind: CellKind.object, shape: shape)
        cage.copy(from: frame &+ UInt32(word.fieldB) &* 8, to: object &+ 16, count: Int(count) &* 8)
        setReg(word.fieldA, Value(object: object))
        if !cachesDisabled {
            let pc = UInt32(truncatingIfNeeded: cells[Cell.pc])
            cage.store64(pc, 0, UInt64(shape) | UInt64(count) << 32)
            cage.store8(runningCode, Layout.flags, CodeCellFlag.hasCaches)
        }
        skipWords(1)
    }

    func appendElement(_ array: UInt32, _ value: Value) throws(Thrown) {
        let length = cage.load32(array, Layout.arrayLength)
        guard length < 0xFFFF_FFFF else { throw rangeError("Invalid array length") }
        if value.isEmpty {
            cage.store32(array, Layout.arrayLength, length &+ 1)
            return
        }
        try putElement(array, length, value)
    }

    func appendAll(from source: UInt32, to target: UInt32) throws(Thrown) {
        let length = cage.load32(source, Layout.arrayLength)
        let start = cage.load32(target, Layout.arrayLength)
        if let array = denseArray(Value(object: source)), denseArray(Value(object: target)) != nil {
            try appendDense(array, to: target)
            let first = cage.load32(target, Layout.elements) &+ 16 &+ start &* 8
            for index in 0..<length {
                if cage.load64(first &+ index &* 8) == Value.empty.bits { cage.store64(first &+ index &* 8, 0, Value.undefined.bits) }
                try keepWatch(Int(index))
            }
            return
        }
        try charge(Int(length) &* 4)
        for index in 0..<length {
            try appendElement(target, ownElement(source, index)?.value ?? .undefined)
        }
    }

    /// An array whose elements can be read directly: dense, own prototype, iteration as specified, no holes that a
    /// prototype would fill.
    func isPristineArray(_ value: Value) -> Bool {
        guard value.isObject, kind(of: value.offset) == CellKind.array, arrayIterationIsPristine else { return false }
        let shape = cage.load32(value.offset)
        return shape == intrinsic(.arrayShape).offset && arrayIndexLookupsArePristine
            && !hasSparseElements(value.offset)
    }

    /// Array.prototype[Symbol.iterator] and %ArrayIteratorPrototype%.next are the original ones.
    var arrayIterationIsPristine: Bool { pristineIteration != nil }

    /// Where these two are, when they are the original ones.
    private var pristineIteration: (values: UInt32, next: UInt32)? {
        let prototype = intrinsic(.arrayPrototype), iterator = intrinsic(.arrayIteratorPrototype)
        guard prototype.isObject, iterator.isObject,
            let values = lookup(shape: cage.load32(prototype.offset), key: symbolKey(.iterator).offset),
            let next = lookup(shape: cage.load32(iterator.offset), key: wellKnown.next) else { return nil }
        let valuesPlace = slotAddress(prototype.offset, cage.load32(prototype.offset), values.slot)
        let nextPlace = slotAddress(iterator.offset, cage.load32(iterator.offset), next.slot)
        guard cage.load64(valuesPlace) == intrinsic(.arrayValues).bits,
            cage.load64(nextPlace) == intrinsic(.arrayIteratorNext).bits
        else { return nil }
        return (valuesPlace, nextPlace)
    }

    private func iteratorStep(_ word: UInt64) throws(Thrown) {
        let base = word.fieldB
        if !reg(base &+ 1).isEmpty { return try stepIterator(word) }
        let array = reg(base).offset
        let index = reg(base &+ 2)
        guard index.isInt, index.int != .max, index.offset < cage.load32(array, Layout.arrayLength) else {
            setReg(base &+ 2, Value(Int32.max))
            jumpForward(word)
            return
        }
        let value = try get(array, PropertyKey(index: index.offset))
        setReg(base &+ 2, Value(index.int &+ 1))
        setReg(word.fieldA, value)
        jump(bytes: Int64(word.fieldX) &* 8)
    }

    /// A step of an iterator with the `next` of a built-in one. At the end and after an exception it becomes an
    /// exhausted fast iterator, which nobody closes.
    private func stepIterator(_ word: UInt64) throws(Thrown) {
        let base = word.fieldB
        if try stepGenerator(word) { return }
        let step: IteratorStep
        do throws(Thrown) {
            step = try stepBuiltinIterator(reg(base), next: reg(base &+ 1))
        } catch {
            setReg(base &+ 1, .empty)
            setReg(base &+ 2, Value(Int32.max))
            throw error
        }
        switch step {
        case .value(let value):
            setReg(word.fieldA, value)
            jump(bytes: Int64(word.fieldX) &* 8)
        case .done: exhaustIteration(word)
        case .incompatible: break
        }
    }

    // MARK: Arguments

    private func argumentsArray(from start: Int) throws(Thrown) -> Value {
        let count = Int(cage.load64(frame, 8) >> 48)
        let length = max(0, count &- start)
        let array = try makeArray(length: UInt32(truncatingIfNeeded: length), capacity: UInt32(truncatingIfNeeded: length))
        cage.copy(
            from: frame &+ 32 &+ UInt32(truncatingIfNeeded: start) &* 8,
            to: cage.load32(array.offset, Layout.elements) &+ 16, count: length &* 8)
        return array
    }

    private func createArguments(_ word: UInt64) throws(Thrown) {
        let count = Int(cage.load64(frame, 8) >> 48)
        let object = try allocateObject(
            kind: CellKind.arguments, prototype: intrinsic(.objectPrototype).offset,
            fields: word.fieldX & 1 != 0 ? 2 : 0, inlineCapacity: 3)
        if count > 0 {
            let elements = try allocateElements(
                capacity: UInt32(truncatingIfNeeded: count), length: UInt32(truncatingIfNeeded: count))
            cage.copy(from: frame &+ 32, to: elements &+ 16, count: count &* 8)
            cage.store32(object, Layout.elements, elements)
        }
        try addProperty(object, key: wellKnown.length, value: Value(count), attributes: Attribute.hidden)
        try addProperty(
            object, key: symbolKey(.iterator).offset, value: intrinsic(.arrayValues), attributes: Attribute.hidden)
        if word.fieldX & 1 != 0 {
            try addProperty(object, key: wellKnown.callee, value: reg(0), attributes: Attribute.hidden)
        } else {
            let accessor = try allocate(24, kind: CellKind.accessor)
            cage.store64(accessor, Layout.accessorGetter, intrinsic(.throwTypeError).bits)
            cage.store64(accessor, Layout.accessorSetter, intrinsic(.throwTypeError).bits)
            try addProperty(object, key: wellKnown.callee, value: Value(cell: accessor), attributes: Attribute.accessor)
        }
        let rest: Value? = word.fieldX & 2 != 0 ? try argumentsArray(from: Int(word.fieldC)) : nil
        setReg(word.fieldA, Value(object: object))
        if let rest { setReg(word.fieldB, rest) }
    }

    /// A property key in a message, without running guest code; nil for objects that have no short form.
    func describeKey(_ value: Value) -> String? {
        let text = describe(value)
        return value.isObject && text.hasPrefix("[object ") ? nil : text
    }

    func spreadArguments(_ base: UInt16) throws(Thrown) -> Int {
        let array = reg(base &+ 4).offset
        let count = Int(clamping: cage.load32(array, Layout.arrayLength))
        let start = frame &+ UInt32(base) &* 8 &+ 32
        guard count < Machine.maximumArguments else { throw stackOverflow() }
        try requireStack(start &+ UInt32(truncatingIfNeeded: count) &* 8 &+ 64)
        try charge(count / 4)
        let elements = cage.load32(array, Layout.elements)
        if Int(cage.load32(elements, Layout.elementsLength)) == count {
            for index in 0..<UInt32(truncatingIfNeeded: count) {
                let value = Value(bits: cage.load64(elements &+ 16 &+ index &* 8))
                cage.store64(start &+ index &* 8, 0, (value.isEmpty ? .undefined : value).bits)
            }
            return count
        }
        for index in 0..<count {
            let value = ownElement(array, UInt32(truncatingIfNeeded: index))?.value ?? .undefined
            cage.store64(start &+ UInt32(truncatingIfNeeded: index) &* 8, 0, value.bits)
        }
        return count
    }
}
