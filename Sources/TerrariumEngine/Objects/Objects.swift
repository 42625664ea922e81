import TerrariumCage

/// Making objects.
extension Machine {
    /// An object with a given shape; internal fields and inline slots are undefined.
    /// - Parameter fields: internal fields (8-byte words at offset 16) before the inline slots.
    public func allocateObject(kind: UInt8, shape: UInt32, fields: UInt8 = 0, flags: UInt8 = 0) throws(Thrown) -> UInt32 {
        let words = fields &+ cage.load8(shape, ShapeLayout.inlineCapacity)
        let object = try allocate(
            16 &+ UInt32(words) &* 8, kind: kind, word: shape, flags: flags, words: words)
        cage.store32(object, Layout.elements, emptyElements)
        if words > 0 { cage.fill64(object &+ 16, count: Int(words), Value.undefined.bits) }
        return object
    }

    /// An object with a prototype (0 is null).
    public func allocateObject(
        kind: UInt8, prototype: UInt32, fields: UInt8 = 0, inlineCapacity: UInt8 = 0, flags: UInt8 = 0
    ) throws(Thrown) -> UInt32 {
        let shape = try rootShape(
            prototype: prototype, inlineCapacity: inlineCapacity, inlineBase: 16 &+ fields &* 8)
        return try allocateObject(kind: kind, shape: shape, fields: fields, flags: flags)
    }

    /// OrdinaryObjectCreate(prototype).
    public func makeObject(prototype: UInt32, inlineCapacity: UInt8 = 4) throws(Thrown) -> Value {
        Value(object: try allocateObject(
            kind: CellKind.object, prototype: prototype, inlineCapacity: inlineCapacity))
    }

    /// An ordinary object that has no named properties.
    public func isBare(_ object: UInt32) -> Bool {
        kind(of: object) == CellKind.object && !isExotic(object)
            && cage.load32(cage.load32(object), ShapeLayout.count) == 0
    }

    /// A plain object of the current realm.
    public func makeObject() throws(Thrown) -> Value {
        Value(object: try allocateObject(kind: CellKind.object, shape: intrinsic(.emptyObjectShape).offset))
    }

    /// Internal field of an object (8-byte word behind offset 16).
    @inlinable @inline(__always)
    public func field(_ object: UInt32, _ index: UInt16) -> Value {
        Value(bits: cage.load64(object, Layout.fields &+ index &* 8))
    }
    @inlinable @inline(__always)
    public func setField(_ object: UInt32, _ index: UInt16, _ value: Value) {
        cage.store64(object, Layout.fields &+ index &* 8, value.bits)
    }

    // MARK: Arrays

    /// An array of the current realm with these elements.
    public func makeArray(_ values: [Value]) throws(Thrown) -> Value {
        let count = UInt32(truncatingIfNeeded: values.count)
        let array = try makeArray(length: count, capacity: count)
        let elements = cage.load32(array.offset, Layout.elements)
        var position = elements &+ 16
        for value in values {
            cage.store64(position, 0, value.bits)
            position = position &+ 8
        }
        return array
    }

    /// A dense array; slots up to `length` are the caller's to fill before anything else happens.
    public func makeArray(length: UInt32, capacity: UInt32, realm: UInt32? = nil) throws(Thrown) -> Value {
        let elements = capacity == 0 ? emptyElements : try allocateElements(capacity: capacity, length: length)
        let shape = realmValue(realm ?? currentRealm, .arrayShape).offset
        let array = try allocate(24, kind: CellKind.array, word: shape, words: 1)
        cage.store32(array, Layout.elements, elements)
        cage.store64(array, Layout.arrayLength, UInt64(length))
        return Value(object: array)
    }

    /// A list cell: values that only the engine and the library see.
    public func makeList(capacity: Int) throws(Thrown) -> UInt32 {
        let size = try checkedSize(16 &+ capacity &* 8)
        return try allocate(size, kind: CellKind.list, word: UInt32(truncatingIfNeeded: capacity))
    }

    /// A bytes cell, zeroed.
    public func makeBytes(count: Int) throws(Thrown) -> UInt32 {
        let size = try checkedSize(16 &+ count)
        let cell = try allocate(size, kind: CellKind.bytes)
        cage.store32(cell, Layout.bytesCount, UInt32(truncatingIfNeeded: count))
        return cell
    }

    // MARK: Symbols

    public func makeSymbol(description: Value, flags: UInt8 = 0) throws(Thrown) -> Value {
        let symbol = try allocate(16, kind: CellKind.symbol, flags: flags)
        cage.store64(symbol, Layout.symbolDescription, description.bits)
        return Value(symbol: symbol)
    }

    // MARK: BigInts

    /// A BigInt from magnitude limbs (little-endian) and sign; leading zeros are dropped.
    public func makeBigInt(negative: Bool, limbs: [UInt64]) throws(Thrown) -> Value {
        var count = limbs.count
        while count > 0, limbs[count &- 1] == 0 { count &-= 1 }
        guard count <= 1 << 24 else { throw rangeError("Maximum BigInt size exceeded") }
        if count > 256 { try requireHeap(count &* 16) }
        let cell = try allocate(16 &+ UInt32(truncatingIfNeeded: max(1, count)) &* 8, kind: CellKind.bigInt,
            word: negative && count > 0 ? 1 : 0)
        cage.store32(cell, Layout.bigIntCount, UInt32(truncatingIfNeeded: count))
        cage.store(count == limbs.count ? limbs : Array(limbs[0..<count]), at: cell &+ UInt32(Layout.bigIntLimbs))
        return Value(bigInt: cell)
    }

    /// Sign and magnitude of a BigInt.
    public func bigIntParts(_ value: Value) -> (negative: Bool, limbs: [UInt64]) {
        let count = min(cage.load32(value.offset, Layout.bigIntCount), 1 << 24)
        var limbs: [UInt64] = []
        limbs.reserveCapacity(Int(count))
        for index in 0..<count { limbs.append(cage.load64(value.offset &+ 16 &+ index &* 8)) }
        return (cage.load32(value.offset) != 0, limbs)
    }
}

// MARK: Symbol registry

extension Machine {
    /// Symbol.for. The registry is a table in the cage, from texts to symbols, made when the first symbol is registered.
    public func registeredSymbol(_ text: Value) throws(Thrown) -> Value {
        if wellKnown.symbolRegistry == 0 {
            let table = try allocateObject(kind: CellKind.map, prototype: 0, fields: 4)
            try initializeTable(table, isWeak: false)
            wellKnown.symbolRegistry = table
        }
        if let known = try tableGet(wellKnown.symbolRegistry, text) { return known }
        let symbol = try makeSymbol(description: text, flags: StringFlag.registered)
        try tableSet(wellKnown.symbolRegistry, text, symbol)
        return symbol
    }

    /// Symbol.keyFor: registered symbols are described by their key.
    public func registeredKey(_ symbol: Value) -> Value {
        cage.load8(symbol.offset, Layout.flags) & StringFlag.registered != 0 ? symbolDescription(symbol) : .undefined
    }

    public func symbolDescription(_ symbol: Value) -> Value {
        Value(bits: cage.load64(symbol.offset, Layout.symbolDescription))
    }
}
