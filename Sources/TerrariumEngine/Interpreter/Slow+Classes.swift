import TerrariumCage

/// Classes, methods, templates.
extension Machine {
    func newClass(_ word: UInt64) throws(Thrown) {
        let code = constant(word.fieldC).offset
        let realm = currentRealm
        var parentPrototype = realmValue(realm, .objectPrototype).offset
        var constructorParent = realmValue(realm, .functionPrototype).offset
        if word.fieldX & 1 != 0 {
            let heritage = reg(word.fieldA)
            if heritage.isNull {
                parentPrototype = 0
            } else {
                // With its prototype, when guest code had to be asked for that.
                let parent = realNewTarget(heritage) ?? heritage
                guard isConstructor(parent) else {
                    throw typeError("Class extends value \(describe(heritage)) is not a constructor or null")
                }
                var known: Value?
                if parent != heritage {
                    known = field(heritage.offset, 1)
                } else {
                    known = try valueWithoutGuestCode(heritage, PropertyKey(atom: wellKnown.prototype))
                }
                guard let prototype = known else {
                    return try push(.heritage, heritage, continuation: Continuation.again, register: word.fieldA)
                }
                guard prototype.isObject || prototype.isNull else {
                    throw typeError("Class extends value does not have valid prototype property \(describe(prototype))")
                }
                parentPrototype = prototype.isNull ? 0 : prototype.offset
                constructorParent = parent.offset
            }
        }
        let prototype = try makeObject(prototype: parentPrototype)
        let constructor = try makeFunction(
            code: code, scope: word.fieldX & 2 != 0 ? 0 : reg(word.fieldB).offset, home: prototype.offset, realm: realm)
        if constructorParent != realmValue(realm, .functionPrototype).offset {
            try changePrototype(constructor, to: constructorParent)
        }
        materializeAllLazyProperties(constructor)
        try addProperty(constructor, key: wellKnown.prototype, value: prototype, attributes: Attribute.none)
        try addProperty(
            prototype.offset, key: wellKnown.constructor, value: Value(object: constructor), attributes: Attribute.hidden)
        setReg(word.fieldA, Value(object: constructor))
        setReg(word.fieldA &+ 1, prototype)
    }

    func initializeFields(_ word: UInt64) throws(Thrown) {
        let initializer = cage.load32(reg(word.fieldB).offset, Layout.functionExtra)
        if initializer == 0 || kind(of: reg(word.fieldB).offset) != CellKind.function { return }
        let base = frame &+ UInt32(word.fieldC) &* 8
        cage.store64(base, 0, Value(object: initializer).bits)
        cage.store64(base, 24, reg(word.fieldA).bits)
        cage.store64(
            base, 8,
            Link.word(
                returnTo: UInt32(truncatingIfNeeded: cells[Cell.pc]), delta: UInt32(word.fieldC), arguments: 0))
        try enterFunction(base, argumentCount: 0, isConstruct: false)
    }

    func ordinaryOwnName(_ function: UInt32) throws(Thrown) -> Bool {
        // A class with its own static `name` keeps it.
        if kind(of: function) != CellKind.function { return true }
        let flags = cage.load8(function, Layout.flags)
        if flags & ObjectFlag.classConstructor == 0 { return false }
        guard let own = ordinaryGetOwnProperty(function, PropertyKey(atom: wellKnown.name)) else { return false }
        return !(own.value.map { $0.isString && stringLength($0) == 0 } ?? false)
    }

    func nameAnonymous(_ function: Value, _ key: PropertyKey) throws(Thrown) {
        guard isCallable(function), !(try ordinaryOwnName(function.offset)) else { return }
        try setFunctionName(function.offset, try keyValue(key))
    }

    func defineMethod(_ word: UInt64) throws(Thrown) {
        let object = reg(word.fieldA).offset, function = reg(word.fieldC)
        let key = try toPropertyKey(reg(word.fieldB))
        cage.store32(function.offset, Layout.functionHome, object)
        let enumerable = word.fieldX & 1 != 0
        switch word.fieldX >> 1 {
        case 1, 2:
            let isGetter = word.fieldX >> 1 == 1
            try setFunctionName(function.offset, try keyValue(key), prefix: isGetter ? "get" : "set")
            var descriptor = PropertyDescriptor(enumerable: enumerable, configurable: true)
            if isGetter { descriptor.getter = function } else { descriptor.setter = function }
            try definePropertyOrThrow(object, key, descriptor)
        default:
            try setFunctionName(function.offset, try keyValue(key))
            try definePropertyOrThrow(
                object, key,
                PropertyDescriptor(value: function, writable: true, enumerable: enumerable, configurable: true))
        }
    }

    /// CopyDataProperties, without the excluded keys.
    func copyDataProperties(_ word: UInt64) throws(Thrown) {
        let source = reg(word.fieldB)
        if source.isNullish { return }
        let from = try toObject(source)
        if word.fieldX == 0, try copyPlainProperties(from: from.offset, to: reg(word.fieldA).offset) { return }
        if word.fieldX != 0, word.fieldX != 255,
            let rest = try plainRest(
                of: from.offset, without: frame &+ UInt32(word.fieldC) &* 8, count: UInt32(word.fieldX)) {
            setReg(word.fieldA, rest)
            return
        }
        var excluded: Set<UInt64> = []
        if word.fieldX == 255 {
            // More than registers can name: the elements of an array.
            let list = reg(word.fieldC).offset
            for index in 0..<cage.load32(list, Layout.arrayLength) {
                try charge(1)
                excluded.insert(try toPropertyKey(ownElement(list, index)?.value ?? .undefined).bits)
            }
        } else {
            for index in 0..<UInt16(word.fieldX) { excluded.insert(try toPropertyKey(reg(word.fieldC &+ index)).bits) }
        }
        let target = reg(word.fieldA).offset
        if kind(of: from.offset) == CellKind.proxy {
            let list = try makeArray(try excluded.map { (bits) throws(Thrown) in try keyValue(PropertyKey(bits: bits)) })
            return try push(
                .copyProperties, reg(word.fieldA), from, .undefined, list, continuation: Continuation.discard, register: 0)
        }
        let keys = try ownPropertyKeys(from.offset)
        for (index, key) in keys.enumerated() where !excluded.contains(key.bits) {
            guard let own = try getOwnProperty(from.offset, key), own.enumerable == true else { continue }
            if own.isAccessor, own.getter?.isUndefined == false {
                // From here on guest code runs.
                let list = try keyArray(keys, from: index) { !excluded.contains($0.bits) }
                return try push(
                    .copyProperties, reg(word.fieldA), from, list, continuation: Continuation.discard, register: 0)
            }
            try createDataPropertyOrThrow(target, key, try get(from.offset, key))
        }
    }

    /// Property keys from a position on as values of an array, for the engine's own JavaScript.
    public func keyArray(_ keys: [PropertyKey], from start: Int, where include: (PropertyKey) -> Bool = { _ in true })
        throws(Thrown) -> Value
    {
        var values: [Value] = []
        for (index, key) in keys.enumerated() where index >= start && include(key) { values.append(try keyValue(key)) }
        return try makeArray(values)
    }

    // MARK: Templates

    /// GetTemplateObject: the constant is a list: made object (or empty), cooked strings, raw strings.
    func templateObject(_ site: Value) throws(Thrown) -> Value {
        let made = Value(bits: cage.load64(site.offset, 16))
        if made.isObject { return made }
        let count = (cage.load32(site.offset, Layout.elementsLength) &- 1) / 2
        try requireHeap(Int(count) &* 32)
        var cooked: [Value] = [], raw: [Value] = []
        for index in 0..<count {
            cooked.append(Value(bits: cage.load64(site.offset &+ 24 &+ index &* 8)))
            raw.append(Value(bits: cage.load64(site.offset &+ 24 &+ (count &+ index) &* 8)))
        }
        let object = try makeArray(cooked), rawObject = try makeArray(raw)
        _ = try setIntegrityLevel(rawObject.offset, frozen: true)
        try definePropertyOrThrow(
            object.offset, PropertyKey(atom: wellKnown.raw), PropertyDescriptor(value: rawObject, attributes: Attribute.none))
        _ = try setIntegrityLevel(object.offset, frozen: true)
        cage.store64(site.offset, 16, object.bits)
        return object
    }

    /// SetIntegrityLevel. May run guest code (proxy).
    public func setIntegrityLevel(_ object: UInt32, frozen: Bool) throws(Thrown) -> Bool {
        guard try preventExtensions(object) else { return false }
        for key in try ownPropertyKeys(object) {
            try charge(4)
            var descriptor = PropertyDescriptor(configurable: false)
            if frozen {
                guard let own = try getOwnProperty(object, key) else { continue }
                if !own.isAccessor { descriptor.writable = false }
            }
            try definePropertyOrThrow(object, key, descriptor)
        }
        return true
    }

    func engineError(_ word: UInt64) -> Thrown {
        let name = word.fieldC == 0xFFFF ? "" : describe(constantKey(word.fieldC))
        return switch ErrorSelector(rawValue: word.fieldX) {
        case .constantAssignment: typeError("Assignment to constant variable.")
        case .deadZone: referenceError("Cannot access '\(name)' before initialization")
        case .superCalledTwice: referenceError("Super constructor may only be called once")
        case .superDeletion: referenceError("Unsupported reference to 'super'")
        case .invalidAssignmentTarget: referenceError("Invalid left-hand side in assignment")
        case .missingThrowMethod: typeError("The iterator does not provide a 'throw' method.")
        case .redeclaration: syntaxError("Identifier '\(name)' has already been declared")
        case .notDefined: referenceError("\(name) is not defined")
        case .tooLarge: rangeError(name)
        case nil: terminate(.corrupted)
        }
    }
}
