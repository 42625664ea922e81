/// Bulk access. Ranges that would run past the reservation are cut at its end: never out of bounds, never a trap.
extension Cage {
    /// How many of `count` bytes from `offset` lie in the reservation.
    @inlinable @inline(__always)
    func clamped(_ offset: UInt32, _ count: Int) -> Int {
        max(0, min(count, size &- Int(truncatingIfNeeded: offset & mask)))
    }

    /// Copies `count` bytes; the ranges may overlap.
    @inlinable public func copy(from source: UInt32, to destination: UInt32, count: Int) {
        let bytes = min(clamped(source, count), clamped(destination, count))
        guard bytes > 0 else { return }
        unsafe address(destination, 0).copyMemory(from: address(source, 0), byteCount: bytes)
    }

    /// Copies a few bytes by words; the ranges are apart. For up to some 64 bytes: longer ones are better off with `copy`.
    @inlinable @inline(__always) public func copyShort(from source: UInt32, to destination: UInt32, count: UInt32) {
        if count >= 8 {
            var index: UInt32 = 0
            let last = count &- 8
            while index < last {
                store64(destination &+ index, 0, load64(source &+ index))
                index = index &+ 8
            }
            store64(destination &+ last, 0, load64(source &+ last))
        } else if count >= 4 {
            let low = load32(source), high = load32(source &+ count &- 4)
            store32(destination, 0, low)
            store32(destination &+ count &- 4, 0, high)
        } else if count >= 2 {
            let low = load16(source), high = load16(source &+ count &- 2)
            store16(destination, 0, low)
            store16(destination &+ count &- 2, 0, high)
        } else if count == 1 {
            store8(destination, 0, load8(source))
        }
    }

    /// How many of the next `limit` bytes stand before the first that is `byte`; `limit` when none is.
    @inlinable public func count(before byte: UInt8, from start: UInt32, limit: Int) -> Int {
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        var index = 0
        while index &+ 8 <= limit {
            let difference = load64(start &+ UInt32(truncatingIfNeeded: index)) ^ pattern
            let zeros = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
            if zeros != 0 { return index &+ zeros.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < limit, load8(start &+ UInt32(truncatingIfNeeded: index)) != byte { index &+= 1 }
        return index
    }

    /// How many of the next `limit` bytes stand before the first that is `first` and followed by `second`.
    @inlinable public func count(before first: UInt8, _ second: UInt8, from start: UInt32, limit: Int) -> Int {
        let low = UInt64(first) &* 0x0101_0101_0101_0101, high = UInt64(second) &* 0x0101_0101_0101_0101
        var index = 0
        while index &+ 8 <= limit {
            let place = start &+ UInt32(truncatingIfNeeded: index)
            let difference = (load64(place) ^ low) | (load64(place, 1) ^ high)
            let zeros = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
            if zeros != 0 { return index &+ zeros.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < limit {
            let place = start &+ UInt32(truncatingIfNeeded: index)
            if load8(place) == first, load8(place, 1) == second { break }
            index &+= 1
        }
        return index
    }

    /// Sets `count` bytes to zero.
    @inlinable public func zero(_ offset: UInt32, count: Int) {
        _ = unsafe address(offset, 0).initializeMemory(as: UInt8.self, repeating: 0, count: clamped(offset, count))
    }

    /// Sets `count` words to `value`.
    @inlinable public func fill64(_ offset: UInt32, count: Int, _ value: UInt64) {
        var position = offset
        for _ in 0..<max(0, min(count, size / 8)) {
            store64(position, 0, value)
            position = position &+ 8
        }
    }

    /// Whether `count` bytes at `a` and at `b` are the same.
    @inlinable public func equal(_ a: UInt32, _ b: UInt32, count: Int) -> Bool {
        guard clamped(a, count) == count, clamped(b, count) == count else { return false }
        var index = 0
        while index &+ 8 <= count {
            let place = UInt32(truncatingIfNeeded: index)
            if load64(a &+ place) != load64(b &+ place) { return false }
            index &+= 8
        }
        guard index < count else { return true }
        // What is behind the end of both is not compared.
        let place = UInt32(truncatingIfNeeded: index)
        return (load64(a &+ place) ^ load64(b &+ place)) &<< UInt64(truncatingIfNeeded: (8 &- (count &- index)) &* 8) == 0
    }

    /// A copy of `count` bytes.
    @inlinable public func bytes(at offset: UInt32, count: Int) -> [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: address(offset, 0), count: clamped(offset, count)))
    }

    /// A copy of `count` little-endian 16-bit units.
    @inlinable public func units(at offset: UInt32, count: Int) -> [UInt16] {
        let available = clamped(offset, max(0, count) &* 2) / 2
        var result = [UInt16]()
        result.reserveCapacity(available)
        var position = offset
        for _ in 0..<available {
            result.append(load16(position))
            position = position &+ 2
        }
        return result
    }

    /// Copies the bytes of an ASCII text in; false, with nothing useful stored, when it is not ASCII.
    public func store(ascii text: String, at offset: UInt32) -> Bool {
        var text = text
        return text.withUTF8 { source in
            guard let start = source.baseAddress else { return true }
            var all: UInt8 = 0
            for unsafe byte in unsafe source { all |= byte }
            unsafe address(offset, 0).copyMemory(from: start, byteCount: clamped(offset, source.count))
            return all < 0x80
        }
    }

    /// Copies bytes in.
    @inlinable public func store(_ bytes: [UInt8], at offset: UInt32) {
        let count = clamped(offset, bytes.count)
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe address(offset, 0).copyMemory(from: start, byteCount: count)
        }
    }

    /// Copies 16-bit units in.
    @inlinable public func store(_ units: [UInt16], at offset: UInt32) {
        let count = clamped(offset, units.count &* 2)
        unsafe units.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe address(offset, 0).copyMemory(from: start, byteCount: count)
        }
    }

    /// Copies 64-bit words in.
    @inlinable public func store(_ words: [UInt64], at offset: UInt32) {
        let count = clamped(offset, words.count &* 8)
        unsafe words.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe address(offset, 0).copyMemory(from: start, byteCount: count)
        }
    }
}
