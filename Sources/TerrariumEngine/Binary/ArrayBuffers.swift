import TerrariumCage

/// ArrayBuffer and SharedArrayBuffer objects (ECMA-262 §25.1, §25.2). Field 0 is a bytes cell (undefined when detached),
/// field 1 the maximal length of a resizable buffer (undefined for fixed ones), field 2 true when it may not be detached.
///
/// The bytes cell of a resizable buffer has room for its maximum; resizing changes the cell's count, which views look at.
extension Machine {
    /// AllocateArrayBuffer. Throws a RangeError when the heap has no room.
    public func makeArrayBuffer(
        length: Int, maximum: Int? = nil, isShared: Bool = false, prototype: UInt32? = nil
    ) throws(Thrown) -> UInt32 {
        if let maximum, length > maximum { throw rangeError("Invalid array buffer max length") }
        if isShared, let sharing {
            guard let block = sharing.memory.makeBlock(length: length, capacity: maximum ?? length) else {
                throw rangeError("Array buffer allocation failed")
            }
            return try makeSharedBuffer(block, isGrowable: maximum != nil, prototype: prototype)
        }
        let fallback = intrinsic(isShared ? .sharedArrayBufferPrototype : .arrayBufferPrototype).offset
        let object = try allocateObject(
            kind: isShared ? CellKind.sharedArrayBuffer : CellKind.arrayBuffer, prototype: prototype ?? fallback, fields: 3)
        let bytes = try makeBufferBytes(length: length, capacity: maximum ?? length)
        setField(object, 0, Value(cell: bytes))
        if let maximum { setField(object, 1, Value(maximum)) }
        return object
    }

    private func makeBufferBytes(length: Int, capacity: Int) throws(Thrown) -> UInt32 {
        guard capacity < 0x7FFF_0000, heapInUse &+ capacity < currentLimits.heap else {
            throw rangeError("Array buffer allocation failed")
        }
        try charge(capacity / 16 &+ 16)
        let bytes = try makeBytes(count: capacity)
        cage.store32(bytes, Layout.bytesCount, UInt32(truncatingIfNeeded: length))
        // The collector goes by the capacity.
        cage.store32(bytes, 0, UInt32(truncatingIfNeeded: capacity))
        return bytes
    }

    public func isArrayBuffer(_ value: Value) -> Bool {
        value.isObject && (kind(of: value.offset) == CellKind.arrayBuffer || isSharedArrayBuffer(value))
    }
    public func isSharedArrayBuffer(_ value: Value) -> Bool {
        value.isObject && kind(of: value.offset) == CellKind.sharedArrayBuffer
    }
    public func isDetached(_ buffer: UInt32) -> Bool { !field(buffer, 0).isCell }
    public func isResizable(_ buffer: UInt32) -> Bool { !field(buffer, 1).isUndefined }

    /// Bytes of a buffer; 0 when it is detached.
    public func bufferLength(_ buffer: UInt32) -> Int {
        let bytes = field(buffer, 0)
        guard bytes.isCell else { return 0 }
        if _slowPath(!mappedBlocks.isEmpty), let block = mappedBlocks[bytes.offset] {
            cage.store32(bytes.offset, Layout.bytesCount, UInt32(truncatingIfNeeded: block.length))
        }
        return Int(cage.load32(bytes.offset, Layout.bytesCount))
    }
    public func bufferMaximum(_ buffer: UInt32) -> Int {
        if isDetached(buffer) { return 0 }
        return isResizable(buffer) ? field(buffer, 1).internalCount : bufferLength(buffer)
    }
    /// Cage offset of the first byte.
    public func bufferData(_ buffer: UInt32) -> UInt32 { bytesStart(field(buffer, 0).offset) }

    /// DetachArrayBuffer. Views see it at once: the count of the bytes cell is 0.
    public func detachArrayBuffer(_ buffer: UInt32) {
        let bytes = field(buffer, 0)
        guard bytes.isCell else { return }
        cage.store32(bytes.offset, Layout.bytesCount, 0)
        setField(buffer, 0, .undefined)
    }

    /// Sets the length of a resizable buffer, which the caller compared with its maximum. New bytes are zero.
    public func resizeBuffer(_ buffer: UInt32, to length: Int) throws(Thrown) {
        let bytes = field(buffer, 0).offset
        if let block = sharedBlock(buffer) {
            // Another machine may have made it longer meanwhile.
            guard block.grow(to: length) else {
                throw rangeError("SharedArrayBuffer.prototype.grow: Invalid length parameter")
            }
            return
        }
        let old = bufferLength(buffer)
        if length < old {
            try charge((old &- length) / 64)
            cage.zero(bytesStart(bytes) &+ UInt32(truncatingIfNeeded: length), count: old &- length)
        }
        cage.store32(bytes, Layout.bytesCount, UInt32(truncatingIfNeeded: length))
    }

    /// Copies bytes between buffers; ranges are inside.
    public func copyBytes(from source: UInt32, to target: UInt32, count: Int) throws(Thrown) {
        guard count > 0 else { return }
        // In pieces from the first to the last byte: the places may overlap when the target is in front.
        let isForward = target <= source
        var done = 0
        while done < count {
            let piece = isForward ? min(count &- done, 1 << 20) : count
            try charge(piece / 16 &+ 1)
            let place = UInt32(truncatingIfNeeded: done)
            try copyWatched(from: source &+ place, to: target &+ place, count: piece)
            done &+= piece
        }
    }
}
