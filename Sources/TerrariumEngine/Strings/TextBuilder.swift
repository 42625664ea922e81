import TerrariumCage
import TerrariumText

/// A string under construction by native code. The text is in a string cell of the cage from the start, so that it is
/// metered as it grows; it is Latin-1 until a unit needs more.
public struct TextBuilder {
    @usableFromInline let machine: Machine
    @usableFromInline let cage: Cage
    @usableFromInline var cell: UInt32
    /// Units that fit into the cell, and units that are there.
    @usableFromInline var capacity: Int
    public private(set) var count = 0
    @usableFromInline var isWide = false

    public init(_ machine: Machine, capacity: Int = 128) throws(Thrown) {
        self.machine = machine
        cage = machine.cage
        self.capacity = max(16, capacity)
        cell = try machine.allocateFlat(length: self.capacity, wide: false)
    }

    /// Goes on with a builder that was left; nil when that is no flat string with so many units.
    init?(_ machine: Machine, left: Value, count: Int) {
        guard left.isString, count >= 0 else { return nil }
        let kind = machine.kind(of: left.offset)
        guard kind == CellKind.latin1String || kind == CellKind.utf16String else { return nil }
        self.machine = machine
        cage = machine.cage
        cell = left.offset
        capacity = machine.flatNoRope(left.offset).count
        isWide = kind == CellKind.utf16String
        self.count = count
        guard count <= capacity else { return nil }
    }

    /// What `init(_:left:count:)` goes on with.
    var left: Value { Value(string: cell) }

    public mutating func append(_ unit: UInt16) throws(Thrown) {
        if count >= capacity || (!isWide && unit > 0xFF) { try makeRoom(1, wide: unit > 0xFF) }
        let position = UInt32(truncatingIfNeeded: count)
        if isWide {
            cage.store16(cell &+ 16 &+ position &* 2, 0, unit)
        } else {
            cage.store8(cell &+ 16 &+ position, 0, UInt8(truncatingIfNeeded: unit))
        }
        count &+= 1
    }

    /// Units `start` to `end` of a text.
    public mutating func append(_ text: FlatString, from start: Int, to end: Int) throws(Thrown) {
        let added = end &- start
        guard added > 0 else { return }
        var wide = false
        if !text.isLatin1, !isWide {
            for index in start..<end where text[index] > 0xFF { wide = true; break }
        }
        if count &+ added > capacity || wide { try makeRoom(added, wide: wide) }
        try machine.copyUnitsWatched(from: text, index: start, count: added, to: cell, at: count)
        count &+= added
    }

    public mutating func append(units: [UInt16]) throws(Thrown) {
        var all: UInt16 = 0
        for unit in units { all |= unit }
        let wide = !isWide && all > 0xFF
        if count &+ units.count > capacity || wide { try makeRoom(units.count, wide: wide) }
        if isWide {
            cage.store(units, at: cell &+ 16 &+ UInt32(truncatingIfNeeded: count &* 2))
        } else {
            var place = cell &+ 16 &+ UInt32(truncatingIfNeeded: count)
            for unit in units {
                cage.store8(place, 0, UInt8(truncatingIfNeeded: unit))
                place = place &+ 1
            }
        }
        count &+= units.count
    }

    public mutating func append(_ string: Value) throws(Thrown) {
        let text = try machine.flat(string)
        try append(text, from: 0, to: text.count)
    }

    public mutating func append(_ bytes: [UInt8]) throws(Thrown) {
        if count &+ bytes.count > capacity { try makeRoom(bytes.count, wide: false) }
        if isWide {
            for byte in bytes { try append(UInt16(byte)) }
        } else {
            cage.store(bytes, at: cell &+ 16 &+ UInt32(truncatingIfNeeded: count))
            count &+= bytes.count
        }
    }

    /// The text of a number.
    public mutating func append(number: Int32) throws(Thrown) { try append(NumberLayout(number)) }

    /// The text of a number.
    public mutating func append(_ layout: NumberLayout) throws(Thrown) {
        if count &+ layout.length > capacity { try makeRoom(layout.length, wide: false) }
        let position = UInt32(truncatingIfNeeded: count)
        if isWide { layout.store(wideIn: cage, at: cell &+ 16 &+ position &* 2) } else { layout.store(in: cage, at: cell &+ 16 &+ position) }
        count &+= layout.length
    }

    /// The text of a primitive value, charged by its length.
    public mutating func append(primitive value: Value) throws(Thrown) {
        if value.isInt {
            try machine.charge(4)
            try append(NumberLayout(value.int))
        } else if value.isDouble, let layout = NumberLayout(value.double) {
            try machine.charge(Machine.doubleTextPrice)
            try append(layout)
        } else {
            let before = count
            try append(try machine.toStringValue(value))
            try machine.charge((count &- before) / 8 &+ 2)
        }
    }

    /// Takes back everything behind the first `length` units.
    public mutating func truncate(to length: Int) { count = min(count, max(0, length)) }

    private mutating func makeRoom(_ added: Int, wide: Bool) throws(Thrown) {
        let needed = count &+ added
        guard needed <= StringLayout.maximumLength else { throw machine.rangeError("Invalid string length") }
        let newCapacity = needed <= capacity
            ? capacity : min(StringLayout.maximumLength, max(needed, capacity &* 2))
        let target = try machine.allocateFlat(length: newCapacity, wide: wide || isWide)
        try machine.copyUnitsWatched(from: contents, index: 0, count: count, to: target, at: 0)
        try machine.charge(count / 16)
        cell = target
        capacity = newCapacity
        isWide = isWide || wide
    }

    private var contents: FlatString {
        FlatString(data: cell &+ 16, count: count, isLatin1: !isWide, cage: cage)
    }

    /// The string. The builder must not be used any more.
    public mutating func finish() throws(Thrown) -> Value {
        if count == 0 { return machine.emptyString }
        if count == 1 { return try machine.makeString(unit: contents[0]) }
        // Large cells give back what they do not need.
        if capacity > 4096, count < capacity &- capacity / 4 {
            let exact = try machine.allocateFlat(length: count, wide: isWide)
            machine.copyUnits(from: contents, index: 0, count: count, to: exact, at: 0)
            return Value(string: exact)
        }
        cage.store32(cell, Layout.stringLength, UInt32(truncatingIfNeeded: count))
        return Value(string: cell)
    }
}

extension Machine {
    /// A string of part of a text; its own copy.
    public func makeString(_ text: FlatString, from start: Int, to end: Int) throws(Thrown) -> Value {
        let count = end &- start
        if count <= 0 { return emptyString }
        if count == 1 { return try makeString(unit: text[start]) }
        var wide = false
        if !text.isLatin1 {
            for index in start..<end where text[index] > 0xFF { wide = true; break }
        }
        let target = try allocateFlat(length: count, wide: wide)
        copyUnits(from: text, index: start, count: count, to: target, at: 0)
        return Value(string: target)
    }

    /// The property key of part of a text, without a new string when there is such an atom.
    public func propertyKey(_ text: FlatString, from start: Int, to end: Int) throws(Thrown) -> PropertyKey {
        let count = end &- start
        if count > 1, text.isLatin1, text[start] > 57 {
            let part = FlatString(
                data: text.data &+ UInt32(truncatingIfNeeded: start), count: count, isLatin1: true, cage: cage)
            let found = findAtom(hashUnits(part), part)
            if found != 0 { return PropertyKey(atom: found) }
        }
        return try propertyKey(string: try makeString(text, from: start, to: end))
    }
}

extension FlatString {
    /// First unit from `start` on that is a quotation mark, a backslash or below 32; `count` when there is none.
    public func jsonStringEnd(from start: Int) -> Int {
        var index = start
        if isLatin1 {
            // Eight units at a time: a byte of the masks is set where the unit is special.
            let ones: UInt64 = 0x0101_0101_0101_0101, highs: UInt64 = 0x8080_8080_8080_8080
            while index &+ 8 <= count {
                let word = cage.load64(data &+ UInt32(truncatingIfNeeded: index))
                let quotes = word ^ (ones &* 34), slashes = word ^ (ones &* 92)
                let found = ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | ((word &- ones &* 32) & ~word)
                if found & highs != 0 { break }
                index &+= 8
            }
        }
        while index < count {
            let unit = self[index]
            if unit == 34 || unit == 92 || unit < 32 { return index }
            index &+= 1
        }
        return count
    }
}
