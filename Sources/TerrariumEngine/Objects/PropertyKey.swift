/// A property key: an atom, a symbol, or an array index (0 ... 2^32 - 2) as itself.
///
/// A string that is a canonical array index is always an index key, so that every key has one form.
@frozen
public struct PropertyKey: Equatable, Hashable, Sendable {
    public let bits: UInt64

    @inlinable @inline(__always) public init(bits: UInt64) { self.bits = bits }
    @inlinable @inline(__always) public init(index: UInt32) { bits = Value.intTag | UInt64(index) }
    /// An atom that is not a canonical array index.
    @inlinable @inline(__always) public init(atom: UInt32) { bits = Value.stringTag | UInt64(atom) }
    @inlinable @inline(__always) public init(symbol: UInt32) { bits = Value.symbolTag | UInt64(symbol) }

    @inlinable @inline(__always) public var isIndex: Bool { bits >= Value.intTag }
    @inlinable @inline(__always) public var isSymbol: Bool { bits >> 32 == 0xFFFC_0000 }
    @inlinable @inline(__always) public var isAtom: Bool { bits >> 32 == 0xFFFD_0000 }
    /// The index, or the offset of the atom or symbol.
    @inlinable @inline(__always) public var offset: UInt32 { UInt32(truncatingIfNeeded: bits) }
    @inlinable @inline(__always) public var index: UInt32 { UInt32(truncatingIfNeeded: bits) }
}

/// A property descriptor (ECMA-262 §6.2.6): each field may be absent.
public struct PropertyDescriptor: Sendable {
    public var value: Value?
    public var getter: Value?
    public var setter: Value?
    public var writable: Bool?
    public var enumerable: Bool?
    public var configurable: Bool?

    public init(
        value: Value? = nil, getter: Value? = nil, setter: Value? = nil, writable: Bool? = nil,
        enumerable: Bool? = nil, configurable: Bool? = nil
    ) {
        self.value = value
        self.getter = getter
        self.setter = setter
        self.writable = writable
        self.enumerable = enumerable
        self.configurable = configurable
    }

    /// A complete data descriptor.
    public init(value: Value, attributes: UInt8) {
        self.value = value
        writable = attributes & Attribute.writable != 0
        enumerable = attributes & Attribute.enumerable != 0
        configurable = attributes & Attribute.configurable != 0
    }

    /// A complete accessor descriptor.
    public init(getter: Value, setter: Value, attributes: UInt8) {
        self.getter = getter
        self.setter = setter
        enumerable = attributes & Attribute.enumerable != 0
        configurable = attributes & Attribute.configurable != 0
    }

    public var isAccessor: Bool { getter != nil || setter != nil }
    public var isData: Bool { value != nil || writable != nil }
    /// Attribute bits with absent fields as false.
    public var attributes: UInt8 {
        (writable == true ? Attribute.writable : 0) | (enumerable == true ? Attribute.enumerable : 0)
            | (configurable == true ? Attribute.configurable : 0) | (isAccessor ? Attribute.accessor : 0)
    }
}
