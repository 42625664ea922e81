import TerrariumCage
import TerrariumText

/// TypedArray exotic objects (ECMA-262 §10.4.5). Fields: 0 buffer, 1 byte offset, 2 length (undefined: follows the
/// buffer), 3 element type; and for quick access: 4 the buffer's bytes cell, 5 raw: length above, offset of the first
/// element in that cell below (length 0: the quick way does not apply), 6 raw: end of the view in bytes.
///
/// DataViews have fields 0 to 2 (2 is the byte length).
extension Machine {
    /// A view on a buffer; the caller checked the range.
    public func makeTypedArray(
        _ type: ElementType, buffer: UInt32, byteOffset: Int, length: Int?, prototype: UInt32? = nil
    ) throws(Thrown) -> UInt32 {
        let object = try allocateObject(
            kind: CellKind.typedArray, prototype: prototype ?? intrinsic(type.prototype).offset, fields: 7,
            flags: ObjectFlag.exotic)
        setField(object, 0, Value(object: buffer))
        setField(object, 1, Value(byteOffset))
        setField(object, 2, length.map { Value($0) } ?? .undefined)
        setField(object, 3, Value(type.rawValue))
        setField(object, 4, field(buffer, 0))
        cage.store64(object, Layout.fields &+ 40, 0)
        cage.store64(object, Layout.fields &+ 48, 0)
        if let length, field(buffer, 0).isCell {
            let bytes = field(buffer, 0).offset
            let start = UInt64(truncatingIfNeeded: Int(bytesStart(bytes) &- bytes) &+ byteOffset)
            cage.store64(object, Layout.fields &+ 40, UInt64(truncatingIfNeeded: length) << 32 | start)
            cage.store64(object, Layout.fields &+ 48, UInt64(truncatingIfNeeded: byteOffset &+ length &* type.size))
        }
        return object
    }

    public func isTypedArray(_ value: Value) -> Bool { value.isObject && kind(of: value.offset) == CellKind.typedArray }

    public func elementType(_ array: UInt32) -> ElementType {
        ElementType(rawValue: field(array, 3).int) ?? .uint8
    }
    public func viewedBuffer(_ view: UInt32) -> UInt32 { field(view, 0).offset }
    func viewOffset(_ view: UInt32) -> Int { field(view, 1).internalCount }

    /// Elements of a typed array now; nil when it is out of bounds or its buffer is detached.
    public func typedArrayLength(_ array: UInt32) -> Int? {
        let buffer = viewedBuffer(array)
        guard !isDetached(buffer) else { return nil }
        let available = bufferLength(buffer), start = viewOffset(array)
        guard start <= available else { return nil }
        let size = elementType(array).size
        if field(array, 2).isUndefined { return (available &- start) / size }
        let length = field(array, 2).internalCount
        return start &+ length &* size <= available ? length : nil
    }

    /// The length follows that of the buffer.
    public func isLengthTracking(_ array: UInt32) -> Bool { field(array, 2).isUndefined }

    /// IsTypedArrayFixedLength.
    func isTypedArrayFixedLength(_ array: UInt32) -> Bool {
        if field(array, 2).isUndefined { return false }
        let buffer = viewedBuffer(array)
        return !isResizable(buffer) || kind(of: buffer) == CellKind.sharedArrayBuffer
    }

    /// Byte offset of a view; 0 when it is out of bounds.
    public func viewByteOffset(_ view: UInt32) -> Int { viewOffset(view) }

    /// Cage offset of an element that is inside.
    public func elementAddress(_ array: UInt32, _ index: Int) -> UInt32 {
        bufferData(viewedBuffer(array)) &+ UInt32(truncatingIfNeeded: viewOffset(array) &+ index &* elementType(array).size)
    }

    /// ValidateTypedArray: the length. Throws when it is none or out of bounds.
    public func validateTypedArray(_ value: Value, _ method: String) throws(Thrown) -> Int {
        guard isTypedArray(value) else { throw typeError("this is not a typed array.") }
        guard let length = typedArrayLength(value.offset) else {
            throw typeError("Cannot perform \(method) on a detached ArrayBuffer")
        }
        return length
    }

    // MARK: Elements

    /// The length when the quick way applies; 0 otherwise.
    @inline(__always)
    func quickTypedLength(_ array: UInt32) -> Int32 {
        let cell = cage.load32(array, Layout.fields &+ 32)
        guard cage.load64(array, Layout.fields &+ 48) <= UInt64(cage.load32(cell, Layout.bytesCount)) else { return 0 }
        return Int32(bitPattern: cage.load32(array, Layout.fields &+ 44) & 0x7FFF_FFFF)
    }

    /// Offset of the first element when the quick way applies to an index; 0 otherwise.
    @inline(__always)
    func typedStart(_ array: UInt32, _ index: UInt32) -> UInt32 {
        let quick = cage.load64(array, Layout.fields &+ 40)
        let cell = cage.load32(array, Layout.fields &+ 32)
        guard index < UInt32(truncatingIfNeeded: quick >> 32),
            cage.load64(array, Layout.fields &+ 48) <= UInt64(cage.load32(cell, Layout.bytesCount))
        else { return 0 }
        return cell &+ UInt32(truncatingIfNeeded: quick)
    }

    /// TypedArrayGetElement; nil outside.
    public func typedArrayGet(_ array: UInt32, _ index: Int) throws(Thrown) -> Value? {
        guard let length = typedArrayLength(array), index >= 0, index < length else { return nil }
        let type = elementType(array)
        return try value(ofBits: loadElementBits(elementAddress(array, index), type.size), type)
    }

    /// TypedArraySetElement. May run guest code.
    public func typedArraySet(_ array: UInt32, _ index: Int?, _ value: Value) throws(Thrown) {
        let type = elementType(array)
        let bits = try toElement(value, type)
        guard let index, let length = typedArrayLength(array), index >= 0, index < length else { return }
        storeElementBits(elementAddress(array, index), type.size, bits)
    }

    /// `array[index]` when the quick way applies: empty otherwise.
    @inline(never)
    func typedElement(_ array: UInt32, _ index: UInt32) -> Value {
        let start = typedStart(array, index)
        guard start != 0 else { return .empty }
        switch field(array, 3).int {
        case ElementType.int8.rawValue: return Value(Int32(Int8(bitPattern: cage.load8(start &+ index))))
        case ElementType.uint8.rawValue, ElementType.uint8Clamped.rawValue: return Value(Int32(cage.load8(start &+ index)))
        case ElementType.int16.rawValue: return Value(Int32(Int16(bitPattern: cage.load16(start &+ index &* 2))))
        case ElementType.uint16.rawValue: return Value(Int32(cage.load16(start &+ index &* 2)))
        case ElementType.int32.rawValue: return Value(Int32(bitPattern: cage.load32(start &+ index &* 4)))
        case ElementType.uint32.rawValue: return Value(cage.load32(start &+ index &* 4))
        case ElementType.float32.rawValue: return Value(anyDouble: Double(Float(bitPattern: cage.load32(start &+ index &* 4))))
        case ElementType.float64.rawValue: return Value(anyDouble: Double(bitPattern: cage.load64(start &+ index &* 8)))
        default: return .empty
        }
    }

    /// `array[index] = value` when the quick way applies and the value is a number, or becomes one without a conversion that
    /// could be seen.
    @inline(never)
    func setTypedElement(_ array: UInt32, _ index: UInt32, _ given: Value) -> Bool {
        let start = typedStart(array, index)
        guard start != 0 else { return false }
        var value = given
        if !value.isNumber {
            switch given {
            case .false, .null: value = Value(Int32(0))
            case .true: value = Value(Int32(1))
            case .undefined: value = Value(double: .nan)
            default: return false
            }
        }
        switch field(array, 3).int {
        case ElementType.int8.rawValue, ElementType.uint8.rawValue:
            cage.store8(start &+ index, 0, UInt8(truncatingIfNeeded: value.isInt ? value.int : Machine.toInt32(value.double)))
        case ElementType.int16.rawValue, ElementType.uint16.rawValue:
            cage.store16(
                start &+ index &* 2, 0, UInt16(truncatingIfNeeded: value.isInt ? value.int : Machine.toInt32(value.double)))
        case ElementType.int32.rawValue, ElementType.uint32.rawValue:
            cage.store32(
                start &+ index &* 4, 0, UInt32(bitPattern: value.isInt ? value.int : Machine.toInt32(value.double)))
        case ElementType.float32.rawValue: cage.store32(start &+ index &* 4, 0, Float(value.number).bitPattern)
        case ElementType.float64.rawValue: cage.store64(start &+ index &* 8, 0, value.number.bitPattern)
        default: return false
        }
        return true
    }

    // MARK: Internal methods

    /// What a key means to a typed array.
    enum NumericKey {
        /// Not a CanonicalNumericIndexString: an ordinary property.
        case none
        case index(Int)
        /// A number that is no index: never an element.
        case invalid
    }

    func numericKey(_ key: PropertyKey) -> NumericKey {
        if key.isIndex { return .index(Int(clamping: key.index)) }
        guard key.isAtom else { return .none }
        let text = flatNoRope(key.offset)
        guard text.count > 0, text.count <= 32 else { return .none }
        let first = text[0]
        guard first == 45 || (first >= 48 && first <= 57) || first == 73 || first == 78 else { return .none }
        let units = text.units
        if units == [45, 48] { return .invalid }
        let number = NumberParsing.stringToNumber(units)
        guard NumberFormatting.toString(number).map(UInt16.init) == units else { return .none }
        guard let index = Int(exactly: number), index >= 0 else { return .invalid }
        return .index(index)
    }

    func typedArrayLookup(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> ExoticLookup {
        switch numericKey(key) {
        case .none: return .goOn
        case .invalid: return .notFound
        case .index(let index): return try typedArrayGet(object, index).map { .value($0) } ?? .notFound
        }
    }

    func typedArrayGetOwnProperty(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> PropertyDescriptor? {
        switch numericKey(key) {
        case .none: return ordinaryGetOwnProperty(object, key)
        case .invalid: return nil
        case .index(let index):
            return try typedArrayGet(object, index).map { PropertyDescriptor(value: $0, attributes: Attribute.all) }
        }
    }

    private func isValidIndex(_ object: UInt32, _ index: Int) -> Bool {
        typedArrayLength(object).map { index >= 0 && index < $0 } ?? false
    }

    func typedArrayHas(_ object: UInt32, _ key: PropertyKey) -> ExoticHas {
        switch numericKey(key) {
        case .none: ordinaryGetOwnProperty(object, key) != nil ? .found : .goOn
        case .invalid: .notFound
        case .index(let index): isValidIndex(object, index) ? .found : .notFound
        }
    }

    func typedArrayDefineOwnProperty(_ object: UInt32, _ key: PropertyKey, _ descriptor: PropertyDescriptor)
        throws(Thrown) -> Bool
    {
        switch numericKey(key) {
        case .none: return try ordinaryDefineOwnProperty(object, key, descriptor)
        case .invalid: return false
        case .index(let index):
            if !isValidIndex(object, index) || descriptor.configurable == false || descriptor.enumerable == false
                || descriptor.isAccessor || descriptor.writable == false {
                return false
            }
            if let value = descriptor.value { try typedArraySet(object, index, value) }
            return true
        }
    }

    func typedArrayDelete(_ object: UInt32, _ key: PropertyKey) throws(Thrown) -> Bool {
        switch numericKey(key) {
        case .none: return try ordinaryDelete(object, key)
        case .invalid: return true
        case .index(let index): return !isValidIndex(object, index)
        }
    }

    func typedArrayOwnKeys(_ object: UInt32) throws(Thrown) -> [PropertyKey] {
        let length = typedArrayLength(object) ?? 0
        try charge(length)
        guard heapInUse &+ length &* 8 <= currentLimits.heap else { throw outOfHeap() }
        var keys = (0..<length).map { PropertyKey(index: UInt32(truncatingIfNeeded: $0)) }
        try appendNamedKeys(object, to: &keys)
        return keys
    }

    /// [[Set]] of a numeric key.
    func typedArrayAssign(_ object: UInt32, _ key: PropertyKey, _ value: Value, _ receiver: Value) throws(Thrown) -> Bool {
        var index: Int? = nil
        if case .index(let number) = numericKey(key) { index = number }
        if receiver == Value(object: object) {
            try typedArraySet(object, index, value)
            return true
        }
        guard let index, isValidIndex(object, index) else { return true }
        guard case .done = try setOnReceiver(receiver, key, value) else { return false }
        return true
    }
}
