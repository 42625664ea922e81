import TerrariumCage

/// Work on many elements of typed arrays at once, on their bytes. Nothing here runs guest code; the callers compared
/// ranges with the arrays' bounds. Charged by the element before it is done, in pieces that keep deadlines.
extension Machine {
    /// Sets consecutive elements to the same bits.
    public func fillElementBits(_ address: UInt32, _ size: Int, count: Int, _ bits: UInt64) throws(Thrown) {
        guard count > 0, count < 0x7FFF_FFFF else { return }
        let total = count &* size
        let pattern: UInt64
        switch size {
        case 1: pattern = (bits & 0xFF) &* 0x0101_0101_0101_0101
        case 2: pattern = (bits & 0xFFFF) &* 0x0001_0001_0001_0001
        case 4: pattern = (bits & 0xFFFF_FFFF) &* 0x0000_0001_0000_0001
        default: pattern = bits
        }
        var place = 0
        while place < total {
            let piece = min(total &- place, 1 << 18)
            try charge(piece / 16 &+ 1)
            cage.fill64(address &+ UInt32(truncatingIfNeeded: place), count: piece / 8, pattern)
            place &+= piece
        }
        place = total & ~7
        while place < total {
            let byte = UInt8(truncatingIfNeeded: pattern &>> UInt64(truncatingIfNeeded: (place & 7) &* 8))
            cage.store8(address &+ UInt32(truncatingIfNeeded: place), 0, byte)
            place &+= 1
        }
    }

    /// Copies elements of one buffer or of two, as a loop from the first to the last byte does.
    public func copyElementBytes(from source: UInt32, to target: UInt32, count: Int) throws(Thrown) {
        guard count > 0 else { return }
        if target > source, target &- source < UInt32(truncatingIfNeeded: count) {
            for byte in 0..<UInt32(truncatingIfNeeded: count) {
                if byte & 4095 == 0 { try charge(min(count &- Int(byte), 4096) / 4 &+ 1) }
                cage.store8(target &+ byte, 0, cage.load8(source &+ byte))
            }
        } else {
            try copyBytes(from: source, to: target, count: count)
        }
    }

    /// Copies elements that are numbers and become others; the ranges do not overlap, or both start at the same place.
    public func convertElements(
        from source: UInt32, _ sourceType: ElementType, to target: UInt32, _ type: ElementType, count: Int
    ) throws(Thrown) {
        let step = UInt32(truncatingIfNeeded: sourceType.size), targetStep = UInt32(truncatingIfNeeded: type.size)
        let size = sourceType.size, targetSize = type.size
        var from = source, to = target, index = 0
        while index < count {
            let end = min(count, index &+ 4096)
            try charge((end &- index) &* 4)
            while index < end {
                storeElementBits(to, targetSize, rawBits(number(ofBits: loadElementBits(from, size), sourceType), type))
                from = from &+ step
                to = to &+ targetStep
                index &+= 1
            }
        }
    }

    /// Stores elements of an array that are numbers, in a new typed array that is as long. Charged by the caller.
    public func storeNumbers(_ source: DenseArray, in array: UInt32, _ type: ElementType) throws(Thrown) {
        let size = type.size
        var place = elementAddress(array, 0)
        for index in source.indices {
            if index & 4095 == 4095 { try checkMeters() }
            storeElementBits(place, size, rawBits(loadDense(source, index), type))
            place = place &+ UInt32(truncatingIfNeeded: size)
        }
    }

    /// Where a value is among elements `first` to `last`: the first place, or backwards the last; nil when it is nowhere.
    /// NaN is found with `sameValueZero` only.
    public func findElement(
        _ array: UInt32, _ value: Value, _ first: Int, through last: Int, backwards: Bool, sameValueZero: Bool
    ) throws(Thrown) -> Int? {
        guard first >= 0, first <= last else { return nil }
        let type = elementType(array), size = type.size
        let start = elementAddress(array, 0)
        if type == .float64 || type == .float32 || type == .float16 {
            guard value.isNumber else { return nil }
            let wanted = value.number, isNaN = wanted != wanted
            if isNaN, !sameValueZero { return nil }
            return try search(first, last, backwards) { index in
                let place = start &+ UInt32(truncatingIfNeeded: index &* size)
                let element = number(ofBits: loadElementBits(place, size), type).number
                return element == wanted || (isNaN && element != element)
            }
        }
        guard let bits = elementBits(of: value, type) else { return nil }
        if size == 1, !backwards {
            let byte = UInt8(truncatingIfNeeded: bits)
            var index = first
            while index <= last {
                let count = min(last &- index &+ 1, 4096)
                try charge(count / 8 &+ 1)
                let skipped = cage.count(before: byte, from: start &+ UInt32(truncatingIfNeeded: index), limit: count)
                if skipped < count { return index &+ skipped }
                index &+= count
            }
            return nil
        }
        switch size {
        case 1: return try search(first, last, backwards) { cage.load8(start &+ UInt32(truncatingIfNeeded: $0)) == UInt8(truncatingIfNeeded: bits) }
        case 2: return try search(first, last, backwards) { cage.load16(start &+ UInt32(truncatingIfNeeded: $0 &* 2)) == UInt16(truncatingIfNeeded: bits) }
        case 4: return try search(first, last, backwards) { cage.load32(start &+ UInt32(truncatingIfNeeded: $0 &* 4)) == UInt32(truncatingIfNeeded: bits) }
        default: return try search(first, last, backwards) { cage.load64(start &+ UInt32(truncatingIfNeeded: $0 &* 8)) == bits }
        }
    }

    @inline(__always)
    private func search(_ first: Int, _ last: Int, _ backwards: Bool, _ matches: (Int) -> Bool) throws(Thrown) -> Int? {
        var index = backwards ? last : first
        while index >= first, index <= last {
            let end = backwards ? max(first &- 1, index &- 1024) : min(last &+ 1, index &+ 1024)
            try charge((backwards ? index &- end : end &- index) &+ 1)
            let step = backwards ? -1 : 1
            while index != end {
                if matches(index) { return index }
                index &+= step
            }
        }
        return nil
    }

    /// The bits of an integer element that equals a value; nil when none can.
    private func elementBits(of value: Value, _ type: ElementType) -> UInt64? {
        if type.isBigInt {
            guard value.isBigInt else { return nil }
            let (negative, limbs) = bigIntParts(value)
            guard limbs.count <= 1 else { return nil }
            let magnitude = limbs.first ?? 0
            if type == .bigUint64 { return negative && magnitude != 0 ? nil : magnitude }
            if negative { return magnitude <= 1 << 63 ? 0 &- magnitude : nil }
            return magnitude < 1 << 63 ? magnitude : nil
        }
        guard value.isNumber else { return nil }
        let bits = rawBits(value, type)
        return number(ofBits: bits, type).number == value.number ? bits : nil
    }

    // MARK: DataView

    /// Place of what a DataView method reads or writes, when the view and the index are plain and inside; nil otherwise.
    private func viewPlace(_ call: NativeCall, _ size: Int) -> UInt32? {
        guard call.this.isObject, kind(of: call.this.offset) == CellKind.dataView, call[0].isInt, call[0].int >= 0
        else { return nil }
        let view = call.this.offset
        let bytes = field(viewedBuffer(view), 0)
        guard bytes.isCell, field(view, 1).isInt, field(view, 2).isInt else { return nil }
        let start = Int(field(view, 1).int), length = Int(field(view, 2).int), index = Int(call[0].int)
        guard start >= 0, index &+ size <= length,
            start &+ length <= Int(cage.load32(bytes.offset, Layout.bytesCount))
        else { return nil }
        return bytesStart(bytes.offset) &+ UInt32(truncatingIfNeeded: start &+ index)
    }

    @inline(__always)
    private func inOrder(_ bits: UInt64, _ size: Int, littleEndian: Bool) -> UInt64 {
        littleEndian ? bits : bits.byteSwapped &>> UInt64(truncatingIfNeeded: 64 &- size &* 8)
    }

    /// DataView.prototype.get… of a number where nothing has to be converted; nil otherwise.
    public func quickViewValue(_ call: NativeCall, _ type: ElementType) -> Value? {
        let size = type.size
        guard !type.isBigInt, let place = viewPlace(call, size) else { return nil }
        return number(ofBits: inOrder(loadElementBits(place, size), size, littleEndian: toBoolean(call[1])), type)
    }

    /// DataView.prototype.set… of a number where nothing has to be converted; false otherwise.
    public func setQuickViewValue(_ call: NativeCall, _ type: ElementType) -> Bool {
        let size = type.size
        guard !type.isBigInt, call[1].isNumber, let place = viewPlace(call, size) else { return false }
        storeElementBits(place, size, inOrder(rawBits(call[1], type), size, littleEndian: toBoolean(call[2])))
        return true
    }
}
