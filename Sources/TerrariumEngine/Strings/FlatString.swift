import TerrariumCage

/// A string as consecutive code units in the cage. Valid until the next collection, like every offset.
@frozen
public struct FlatString {
    /// Cage offset of the first unit.
    public let data: UInt32
    public let count: Int
    public let isLatin1: Bool
    public let cage: Cage

    @inlinable public init(data: UInt32, count: Int, isLatin1: Bool, cage: Cage) {
        self.data = data
        self.count = count
        self.isLatin1 = isLatin1
        self.cage = cage
    }

    /// Unit at `index`, which the caller keeps below `count` (a larger one reads other guest data, never host memory).
    @inlinable @inline(__always)
    public subscript(index: Int) -> UInt16 {
        let position = UInt32(truncatingIfNeeded: index)
        return isLatin1 ? UInt16(cage.load8(data &+ position)) : cage.load16(data &+ position &* 2)
    }

    /// `count` units from `start` on, which the caller keeps inside.
    public func part(_ start: Int, _ count: Int) -> FlatString {
        FlatString(
            data: data &+ UInt32(truncatingIfNeeded: isLatin1 ? start : start &* 2), count: count, isLatin1: isLatin1, cage: cage)
    }

    /// All units, as a Swift array.
    public var units: [UInt16] {
        isLatin1 ? cage.bytes(at: data, count: count).map(UInt16.init) : cage.units(at: data, count: count)
    }

    /// The code point at `index` and how many units it takes; a lone surrogate stands for itself.
    public func codePoint(at index: Int) -> (value: UInt32, length: Int) {
        let first = self[index]
        if !isLatin1, first & 0xFC00 == 0xD800, index &+ 1 < count {
            let second = self[index &+ 1]
            if second & 0xFC00 == 0xDC00 {
                return (0x10000 &+ ((UInt32(first) & 0x3FF) << 10) &+ (UInt32(second) & 0x3FF), 2)
            }
        }
        return (UInt32(first), 1)
    }
}

/// For parsers that take any text.
extension FlatString: RandomAccessCollection {
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { count }
}
