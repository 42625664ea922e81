import TerrariumCage

/// An array whose elements are all in its elements cell, up to its length; nothing that it inherits from is indexed, so
/// that a hole is an absent element. Valid until guest code runs or the array changes.
public struct DenseArray {
    public let object: UInt32
    let elements: UInt32
    public let count: Int

    /// All indices; the bound is one that the compiler sees is no trap.
    var indices: Range<Int> { 0..<max(0, count) }

    /// Place of an element.
    @inline(__always)
    func slot(_ index: Int) -> UInt32 { elements &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8 }
}

/// What the library's array methods do with plain arrays. Nothing here runs guest code. What takes time is charged.
extension Machine {
    /// The value as a dense array with Array.prototype; nil when it is something else.
    public func denseArray(_ value: Value) -> DenseArray? {
        guard value.isObject, kind(of: value.offset) == CellKind.array else { return nil }
        let elements = cage.load32(value.offset, Layout.elements)
        let count = cage.load32(elements, Layout.elementsLength)
        guard count == cage.load32(value.offset, Layout.arrayLength), count < 4096 || count <= wordsBehind(elements),
            !hasSparseElements(value.offset),
            ordinaryPrototype(value.offset) == intrinsic(.arrayPrototype).offset, arrayIndexLookupsArePristine
        else { return nil }
        return DenseArray(object: value.offset, elements: elements, count: Int(count))
    }

    /// As `denseArray` for a value whose iteration gives its elements, with nothing of the guest's in between.
    public func denseIteration(_ value: Value) -> DenseArray? { isPristineArray(value) ? denseArray(value) : nil }

    /// The elements of an array that ends in holes, without those; nil when the value is something else.
    public func denseStart(_ value: Value) -> DenseArray? {
        guard value.isObject, kind(of: value.offset) == CellKind.array, !hasSparseElements(value.offset),
            ordinaryPrototype(value.offset) == intrinsic(.arrayPrototype).offset, arrayIndexLookupsArePristine
        else { return nil }
        let elements = cage.load32(value.offset, Layout.elements)
        let count = listLength(elements)
        return DenseArray(object: value.offset, elements: elements, count: Int(count))
    }

    /// Makes an array longer that is plain and extensible; its new end is holes.
    public func extendArray(_ array: UInt32, to length: Int) throws(Thrown) {
        guard let length = UInt32(exactly: length) else { throw rangeError("Invalid array length") }
        _ = try setArrayLength(array, length)
    }

    /// Length of an array.
    public func arrayLength(_ array: UInt32) -> Int { Int(clamping: cage.load32(array, Layout.arrayLength)) }

    /// An array that nobody gave named properties or another prototype.
    public func hasArrayShape(_ value: Value) -> Bool { cage.load32(value.offset) == intrinsic(.arrayShape).offset }

    /// No array that has the shape of arrays says whether concat spreads it.
    public var concatIsPlain: Bool {
        let key = symbolKey(.isConcatSpreadable).offset
        for prototype in [intrinsic(.arrayPrototype).offset, intrinsic(.objectPrototype).offset]
        where lookup(shape: cage.load32(prototype), key: key) != nil { return false }
        return true
    }

    /// An element; undefined for a hole.
    public func loadDense(_ array: DenseArray, _ index: Int) -> Value {
        let value = Value(bits: cage.load64(array.slot(index)))
        return value.isEmpty ? .undefined : value
    }

    /// Overwrites an element that exists.
    public func storeDense(_ object: UInt32, _ index: Int, _ value: Value) {
        let elements = cage.load32(object, Layout.elements)
        guard index < Int(cage.load32(elements, Layout.elementsLength)) else { return }
        cage.store64(elements &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8, 0, value.bits)
    }

    // MARK: Searching

    /// Index of the first element from `start` on that is strictly equal.
    public func searchDense(_ array: DenseArray, _ value: Value, from start: Int) throws(Thrown) -> Int? {
        var index = start
        while index < array.count {
            let end = min(array.count, index &+ 256)
            try charge((end &- index) / 2 &+ 1)
            if let found = try searchDense(array, value, index, end, step: 1) { return found }
            index = end
        }
        return nil
    }

    /// Index of the last element up to `last` that is strictly equal.
    public func searchDense(_ array: DenseArray, _ value: Value, backwardFrom last: Int) throws(Thrown) -> Int? {
        var index = min(last, array.count &- 1)
        while index >= 0 {
            let end = max(-1, index &- 256)
            try charge((index &- end) / 2 &+ 1)
            if let found = try searchDense(array, value, index, end, step: -1) { return found }
            index = end
        }
        return nil
    }

    private func searchDense(_ array: DenseArray, _ value: Value, _ start: Int, _ end: Int, step: Int)
        throws(Thrown) -> Int?
    {
        var index = start
        if value.isNumber {
            let number = value.number
            while index != end {
                let other = Value(bits: cage.load64(array.slot(index)))
                if other.isNumber, other.number == number { return index }
                index &+= step
            }
        } else if value.isString || value.isBigInt {
            while index != end {
                let other = Value(bits: cage.load64(array.slot(index)))
                if other.isString || other.isBigInt, try strictlyEqual(other, value) { return index }
                index &+= step
            }
        } else {
            while index != end {
                if cage.load64(array.slot(index)) == value.bits { return index }
                index &+= step
            }
        }
        return nil
    }

    /// Whether a hole or undefined is there from `start` on.
    public func searchDenseForUndefined(_ array: DenseArray, from start: Int) throws(Thrown) -> Bool {
        var index = start
        while index < array.count {
            if (index &- start) & 4095 == 0 { try charge(min(array.count &- index, 4096)) }
            if loadDense(array, index).isUndefined { return true }
            index &+= 1
        }
        return false
    }

    public func searchDenseForNaN(_ array: DenseArray, from start: Int) throws(Thrown) -> Bool {
        var index = start
        while index < array.count {
            if (index &- start) & 4095 == 0 { try charge(min(array.count &- index, 4096)) }
            let value = Value(bits: cage.load64(array.slot(index)))
            if value.isNumber, value.number.isNaN { return true }
            index &+= 1
        }
        return false
    }

    // MARK: Changing

    /// Removes and returns the last element; nil when the array is not plain or there is a hole.
    public func popDense(_ value: Value) throws(Thrown) -> Value? {
        guard value.isObject, canAppend(value.offset) else { return nil }
        let elements = cage.load32(value.offset, Layout.elements)
        let length = cage.load32(elements, Layout.elementsLength)
        if length == 0 { return .undefined }
        let last = Value(bits: cage.load64(elements &+ 16 &+ (length &- 1) &* 8))
        if last.isEmpty { return nil }
        cage.store32(elements, Layout.elementsLength, length &- 1)
        cage.store32(value.offset, Layout.arrayLength, length &- 1)
        noteStructuralChange(value.offset)
        return last
    }

    /// Moves the elements behind a place so that there is room for others, which the caller stores next. The array can
    /// be appended to. False when it would become too long.
    public func openDense(_ array: DenseArray, at start: Int, removing: Int, adding: Int) throws(Thrown) -> Bool {
        let tail = array.count &- start &- removing
        let count = array.count &- removing &+ adding
        guard tail >= 0, count < 0x0FFF_FFFF else { return false }
        try charge(tail / 4 &+ adding &+ 1)
        if removing == adding { return true }
        var elements = array.elements
        if count > Int(cage.load32(elements)) {
            elements = try growElements(elements, toHold: UInt32(truncatingIfNeeded: count))
            cage.store32(array.object, Layout.elements, elements)
        }
        let place = elements &+ 16 &+ UInt32(truncatingIfNeeded: start) &* 8
        try copyWatched(
            from: place &+ UInt32(truncatingIfNeeded: removing) &* 8, to: place &+ UInt32(truncatingIfNeeded: adding) &* 8,
            count: tail &* 8)
        cage.store32(elements, Layout.elementsLength, UInt32(truncatingIfNeeded: count))
        cage.store32(array.object, Layout.arrayLength, UInt32(truncatingIfNeeded: count))
        noteStructuralChange(array.object)
        return true
    }

    public func reverseDense(_ array: DenseArray) throws(Thrown) {
        var low = 0, high = array.count &- 1
        while low < high {
            if low & 4095 == 0 { try charge(min(high &- low, 4096) / 2 &+ 1) }
            let value = cage.load64(array.slot(low))
            cage.store64(array.slot(low), 0, cage.load64(array.slot(high)))
            cage.store64(array.slot(high), 0, value)
            low &+= 1
            high &-= 1
        }
        noteStructuralChange(array.object)
    }

    /// As copyWithin; false when the places are not in the array.
    public func moveDense(_ array: DenseArray, from: Int, to: Int, count: Int) throws(Thrown) -> Bool {
        guard count > 0 else { return true }
        guard from >= 0, to >= 0, from &+ count <= array.count, to &+ count <= array.count else { return false }
        try charge(count / 4 &+ 1)
        try copyWatched(from: array.slot(from), to: array.slot(to), count: count &* 8)
        noteStructuralChange(array.object)
        return true
    }

    /// Appends elements to an array that nobody has seen; holes become undefined.
    public func copyDense(_ array: DenseArray, _ range: Range<Int>, to target: UInt32) throws(Thrown) {
        guard range.lowerBound >= 0, range.upperBound <= array.count else { return }
        var index = range.lowerBound
        while index < range.upperBound {
            let end = min(range.upperBound, index &+ 4096)
            try charge((end &- index) &* 2 &+ 1)
            while index < end {
                try appendElement(target, loadDense(array, index))
                index &+= 1
            }
        }
    }

    /// Appends all elements to an array that nobody has seen; holes stay.
    public func appendDense(_ array: DenseArray, to target: UInt32) throws(Thrown) {
        if array.count == 0 { return }
        guard let result = denseArray(Value(object: target)),
            try openDense(result, at: result.count, removing: 0, adding: array.count)
        else {
            try charge(array.count)
            for index in array.indices { try appendElement(target, Value(bits: cage.load64(array.slot(index)))) }
            return
        }
        let elements = cage.load32(target, Layout.elements)
        let packed = cage.load8(array.elements, Layout.flags) & ElementsFlag.packed
        if result.count == 0 { cage.store8(elements, Layout.flags, cage.load8(elements, Layout.flags) | packed) }
        if packed == 0 { noteHoles(elements) }
        try copyWatched(
            from: array.slot(0), to: elements &+ 16 &+ UInt32(truncatingIfNeeded: result.count) &* 8, count: array.count &* 8)
    }

    /// FlattenIntoArray as long as all arrays are dense; false when one is not.
    public func flattenDense(_ array: DenseArray, _ depth: Double, into target: UInt32) throws(Thrown) -> Bool {
        var stack = [(array: array, index: 0)]
        while var top = stack.popLast() {
            while top.index < top.array.count {
                let value = Value(bits: cage.load64(top.array.slot(top.index)))
                top.index &+= 1
                try charge(2)
                if value.isEmpty { continue }
                if value.isObject, Double(stack.count) < depth, kind(of: value.offset) == CellKind.array {
                    guard let inner = denseArray(value), stack.count < 10_000 else { return false }
                    stack.append(top)
                    top = (inner, 0)
                } else if value.isObject, Double(stack.count) < depth, kind(of: value.offset) == CellKind.proxy {
                    return false
                } else {
                    try appendElement(target, value)
                }
            }
        }
        return true
    }

    // MARK: Joining

    /// The text of primitive elements with a separator (undefined is a comma); nil when an element is something else.
    public func joinDense(_ array: DenseArray, _ separator: Value) throws(Thrown) -> Value? {
        // Units of text when all elements are narrow strings.
        var total: Int? = 0
        for index in array.indices {
            let value = Value(bits: cage.load64(array.slot(index)))
            if value.isString {
                if let sum = total { total = isWide(value.offset) ? nil : sum &+ stringLength(value) }
                continue
            }
            if value.isObject || value.isSymbol || value.isBigInt {
                try charge(index / 8)
                return nil
            }
            total = nil
        }
        if array.count == 1 {
            let only = loadDense(array, 0)
            return only.isNullish ? emptyString : try toStringValue(only)
        }
        let comma = separator.isUndefined
        let between = try flat(comma ? emptyString : separator)
        if let total, between.isLatin1, array.count > 0 {
            return try joinNarrow(array, total, comma ? singleUnitString(44) : separator)
        }
        var text = try TextBuilder(self, capacity: min(array.count &* 4, 65_536))
        for index in array.indices {
            if index > 0 {
                if comma { try text.append(44) } else { try text.append(between, from: 0, to: between.count) }
            }
            let value = Value(bits: cage.load64(array.slot(index)))
            if !value.isEmpty, !value.isNullish {
                try text.append(primitive: value)
            } else {
                try charge(between.count / 8 &+ 1)
            }
        }
        return try text.finish()
    }

    /// As above for Latin-1 strings of `total` units, straight into the result.
    private func joinNarrow(_ array: DenseArray, _ total: Int, _ separator: Value) throws(Thrown) -> Value {
        let between = try flat(separator)
        let length = total.addingReportingOverflow(between.count &* max(0, array.count &- 1))
        guard !length.overflow else { throw rangeError("Invalid string length") }
        if length.partialValue == 0 { return emptyString }
        let target = try allocateFlat(length: length.partialValue, wide: false)
        var place = 0
        for index in array.indices {
            if index > 0, between.count > 0 {
                copyUnits(from: between, index: 0, count: between.count, to: target, at: place)
                place &+= between.count
            }
            let text = try flat(Value(bits: cage.load64(array.slot(index))))
            try charge((text.count &+ between.count) / 8 &+ 2)
            copyUnits(from: text, index: 0, count: text.count, to: target, at: place)
            place &+= text.count
        }
        return length.partialValue == 1 ? singleUnitString(cage.load8(target &+ 16)) : Value(string: target)
    }
}
