/// Byte offsets in shapes and property tables.
///
/// A shape says which properties an object has, in which slots and with which attributes, and what its prototype is.
/// Shapes form a transition tree; shapes of one line of descent share one property table, of which each sees the first
/// `count` entries. A dictionary shape belongs to one object and has a table of its own; it is replaced by a copy
/// (sharing the table) when a property is deleted or changes its attributes, so that caches on it go stale.
public enum ShapeLayout {
    public static let flags: UInt16 = 5             // 8 bits, ShapeFlag
    public static let prototype: UInt16 = 8
    public static let parent: UInt16 = 12
    public static let table: UInt16 = 16
    /// Entries of the table that this shape sees.
    public static let count: UInt16 = 20
    /// 0, one child shape, or a transitions cell.
    public static let transitions: UInt16 = 24
    /// Slot that the next property gets.
    public static let nextSlot: UInt16 = 28
    /// Properties beyond this many live out of line.
    public static let inlineCapacity: UInt16 = 32   // 8 bits
    /// Where inline slots start in the object, in bytes.
    public static let inlineBase: UInt16 = 33       // 8 bits
    /// Attributes with which the last property was added (for transition look-up).
    public static let lastAttributes: UInt16 = 34   // 8 bits
    /// Key of the last property.
    public static let lastKey: UInt16 = 36
    public static let size: UInt32 = 40

    // Property tables: capacity in the header word; entries of 8 bytes (key:32, slot:24, attributes:8), then, for
    // capacities above `linearLimit`, a hash index of 2 * capacity 32-bit entry numbers (plus one; 0 is free).
    static let tableUsed: UInt16 = 8
    static let tableDeleted: UInt16 = 12
    static let tableEntries: UInt16 = 16
    static let linearLimit: UInt32 = 8
    static func tableSize(capacity: UInt32) -> UInt32 {
        16 &+ capacity &* 8 &+ (capacity > linearLimit ? capacity &* 8 : 0)
    }

    // Transitions: capacity (a power of two) in the header word; 32-bit shapes, 0 is free, hashed by key and attributes.
    static let transitionsUsed: UInt16 = 8
    static let transitionsData: UInt16 = 16
    static func transitionsSize(capacity: UInt32) -> UInt32 { 16 &+ ((capacity &* 4 &+ 7) & ~7) }
}

/// Flags of shapes.
public enum ShapeFlag {
    public static let dictionary: UInt8 = 1 << 0
    /// Objects with this shape make `length`, `name` and `prototype` on first use.
    public static let lazyFunction: UInt8 = 1 << 1
}

/// Attributes of a property.
public enum Attribute {
    public static let writable: UInt8 = 1
    public static let enumerable: UInt8 = 2
    public static let configurable: UInt8 = 4
    /// The slot holds an accessor cell.
    public static let accessor: UInt8 = 8
    /// Writable, enumerable, configurable.
    public static let all: UInt8 = 7
    /// Writable and configurable: methods of the library.
    public static let hidden: UInt8 = 5
    public static let none: UInt8 = 0
}

enum SparseLayout {
    static let headerSize: UInt32 = 24
    /// List cell: per entry two values, (index as a double, attributes as an int in the low bits of the next) …
    static let entries: UInt16 = 12
    /// Hash index, a words cell.
    static let index: UInt16 = 16
}
