import TerrariumCage
import TerrariumText

/// Strings: flat Latin-1, flat UTF-16 (only when a unit needs it), ropes, slices.
extension Machine {
    /// Flag in the header of every string cell: some unit is above 0xFF.
    static var wideFlag: UInt8 { 1 << 3 }

    // MARK: Reading

    /// Length in code units.
    @inlinable @inline(__always)
    public func stringLength(_ string: Value) -> Int { Int(cage.load32(string.offset, Layout.stringLength)) }

    @inline(__always)
    func isWide(_ string: UInt32) -> Bool { cage.load8(string, Layout.flags) & Machine.wideFlag != 0 }

    /// The string as consecutive units; a rope is flattened in place first.
    /// - Throws: `.termination` when a limit is reached.
    public func flat(_ string: Value) throws(Thrown) -> FlatString {
        let offset = string.offset
        if cage.load8(offset, Layout.kind) == CellKind.rope { try flatten(offset) }
        return flatNoRope(offset)
    }

    /// As `flat` for a string that is known not to be a rope.
    func flatNoRope(_ offset: UInt32) -> FlatString {
        var units = cage.load32(offset, Layout.stringLength)
        // No string is longer than the heap.
        if _slowPath(units > 0xFFFF) { units = min(units, wordsBehind(stackEnd) &* 8) }
        let length = Int(units)
        switch cage.load8(offset, Layout.kind) {
        case CellKind.latin1String:
            return FlatString(data: offset &+ 16, count: length, isLatin1: true, cage: cage)
        case CellKind.slice:
            let base = cage.load32(offset, Layout.sliceBase)
            let start = cage.load32(offset, Layout.sliceStart)
            let latin1 = cage.load8(base, Layout.kind) == CellKind.latin1String
            return FlatString(
                data: base &+ 16 &+ (latin1 ? start : start &* 2), count: length, isLatin1: latin1, cage: cage)
        default:
            return FlatString(data: offset &+ 16, count: length, isLatin1: false, cage: cage)
        }
    }

    /// Units that are copied between two looks at the meters: a fraction of a millisecond in any way of copying.
    static var longText: Int { 1 << 16 }

    /// The string for the host; lone surrogates become U+FFFD. Charged at the next safepoint; a text that is too large for
    /// what the heap has left ends the guest there, and one that an interrupt or the deadline ends is empty.
    /// - Parameter most: units from the start that are wanted.
    public func swiftString(_ string: Value, most: Int = .max) -> String {
        guard let whole = try? flat(string) else { return "" }
        let text = whole.part(0, min(whole.count, max(0, most)))
        if text.count > 1024 {
            chargeLater(text.count / 2)
            if heapInUse &+ text.count &* 8 > currentLimits.heap {
                _ = outOfHeap()
                haltSlice()
                return ""
            }
        }
        if text.count <= Machine.longText { return shortString(text) }
        var result = ""
        result.reserveCapacity(text.count)
        var start = 0
        while start < text.count {
            if isCalledOff {
                haltSlice()
                return ""
            }
            var end = min(text.count, start &+ Machine.longText)
            // A pair stays together.
            if end < text.count, text[end &- 1] & 0xFC00 == 0xD800, text[end] & 0xFC00 == 0xDC00 { end &-= 1 }
            result += shortString(text.part(start, end &- start))
            start = end
        }
        return result
    }

    private func shortString(_ text: FlatString) -> String {
        let bytes = text.isLatin1
            ? UTF8Transcoding.encode(latin1: cage.bytes(at: text.data, count: text.count)[...])
            : UTF8Transcoding.encode(cage.units(at: text.data, count: text.count)[...])
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Flattening

    /// Turns a rope into a slice of a new flat string. Iterative; charged by length.
    @inline(never)
    private func flatten(_ rope: UInt32) throws(Thrown) {
        let length = Int(cage.load32(rope, Layout.stringLength))
        try charge(length / 96 &+ 1)
        let wide = isWide(rope)
        let target = try allocateFlat(length: length, wide: wide)
        // Filled from the end: the left spine is as long as the text was built up, right parts are short.
        var pending: [UInt32] = [rope]
        var end = length
        var parts = 0, unseen = 0
        while let part = pending.popLast() {
            if cage.load8(part, Layout.kind) == CellKind.rope {
                // Every rope has at least `shortest` units, so the walk is bounded by the charge above; a corrupted
                // cycle ends when the text is full.
                guard end > 0 else { break }
                pending.append(cage.load32(part, Layout.ropeLeft))
                pending.append(cage.load32(part, Layout.ropeRight))
                continue
            }
            parts &+= 1
            if parts & 4095 == 0 { try charge(4096 &* 3) }
            let text = flatNoRope(part)
            let start = max(0, end &- text.count)
            try copyUnitsWatched(from: text, index: 0, count: end &- start, to: target, at: start)
            unseen &+= end &- start
            if unseen > Machine.longText {
                unseen = 0
                try checkMeters()
            }
            end = start
        }
        chargeLater((parts & 4095) &* 3)
        cage.store32(rope, Layout.sliceBase, target)
        cage.store32(rope, Layout.sliceStart, 0)
        cage.store8(rope, Layout.kind, CellKind.slice)
    }

    /// As `copyUnits`; an interrupt or the deadline may end the guest in the middle of a long text.
    func copyUnitsWatched(from text: FlatString, index: Int, count: Int, to target: UInt32, at position: Int) throws(Thrown) {
        if count <= Machine.longText { return copyUnits(from: text, index: index, count: count, to: target, at: position) }
        var done = 0
        while done < count {
            let piece = min(count &- done, Machine.longText)
            copyUnits(from: text, index: index &+ done, count: piece, to: target, at: position &+ done)
            done &+= piece
            try checkMeters()
        }
    }

    /// Copies units into a flat string (widening if needed; the target is wide when the source is).
    func copyUnits(from text: FlatString, index: Int, count: Int, to target: UInt32, at position: Int) {
        let wide = cage.load8(target, Layout.kind) == CellKind.utf16String
        let from = UInt32(truncatingIfNeeded: index)
        let to = UInt32(truncatingIfNeeded: position)
        if text.isLatin1, !wide {
            if count >= 0, count <= 64 {
                cage.copyShort(from: text.data &+ from, to: target &+ 16 &+ to, count: UInt32(truncatingIfNeeded: count))
            } else {
                cage.copy(from: text.data &+ from, to: target &+ 16 &+ to, count: count)
            }
        } else if !text.isLatin1, wide {
            cage.copy(from: text.data &+ from &* 2, to: target &+ 16 &+ to &* 2, count: count &* 2)
        } else if wide {
            for step in 0..<UInt32(truncatingIfNeeded: max(0, count)) {
                cage.store16(target &+ 16 &+ (to &+ step) &* 2, 0, UInt16(cage.load8(text.data &+ from &+ step)))
            }
        } else {
            for step in 0..<UInt32(truncatingIfNeeded: max(0, count)) {
                cage.store8(
                    target &+ 16 &+ to &+ step, 0,
                    UInt8(truncatingIfNeeded: cage.load16(text.data &+ (from &+ step) &* 2)))
            }
        }
    }

    // MARK: Making

    /// An uninitialised (zeroed) flat string; the caller fills all units.
    public func allocateFlat(length: Int, wide: Bool) throws(Thrown) -> UInt32 {
        guard length <= StringLayout.maximumLength else { throw rangeError("Invalid string length") }
        let size = try checkedSize(wide ? Int(StringLayout.size(utf16: length)) : Int(StringLayout.size(latin1: length)))
        let offset = try allocate(
            size, kind: wide ? CellKind.utf16String : CellKind.latin1String, flags: wide ? Machine.wideFlag : 0)
        cage.store32(offset, Layout.stringLength, UInt32(truncatingIfNeeded: length))
        return offset
    }

    public var emptyString: Value { Value(string: wellKnown.emptyString) }

    /// The one-unit string of a Latin-1 character: preallocated atoms.
    @inline(__always)
    public func singleUnitString(_ unit: UInt8) -> Value {
        Value(bits: cage.load64(wellKnown.singleUnits, Layout.elementValues &+ UInt16(unit) &* 8))
    }

    public func makeString(unit: UInt16) throws(Thrown) -> Value {
        if unit <= 0xFF { return singleUnitString(UInt8(truncatingIfNeeded: unit)) }
        let offset = try allocateFlat(length: 1, wide: true)
        cage.store16(offset, Layout.stringData, unit)
        return Value(string: offset)
    }

    public func makeString(codePoint: UInt32) throws(Thrown) -> Value {
        if codePoint <= 0xFFFF { return try makeString(unit: UInt16(truncatingIfNeeded: codePoint)) }
        let offset = try allocateFlat(length: 2, wide: true)
        let rest = codePoint &- 0x10000
        cage.store16(offset, 16, UInt16(truncatingIfNeeded: 0xD800 &+ (rest >> 10)))
        cage.store16(offset, 18, UInt16(truncatingIfNeeded: 0xDC00 &+ (rest & 0x3FF)))
        return Value(string: offset)
    }

    public func makeString(latin1 bytes: [UInt8]) throws(Thrown) -> Value {
        if bytes.count == 0 { return emptyString }
        if bytes.count == 1 { return singleUnitString(bytes[0]) }
        let offset = try allocateFlat(length: bytes.count, wide: false)
        cage.store(bytes, at: offset &+ 16)
        return Value(string: offset)
    }

    /// Any units; stored as Latin-1 when they all fit.
    public func makeString(units: [UInt16]) throws(Thrown) -> Value {
        var all: UInt16 = 0
        for unit in units { all |= unit }
        if all <= 0xFF { return try makeString(latin1: units.map { UInt8(truncatingIfNeeded: $0) }) }
        let offset = try allocateFlat(length: units.count, wide: true)
        cage.store(units, at: offset &+ 16)
        return Value(string: offset)
    }

    public func makeString(_ text: String) throws(Thrown) -> Value {
        let count = text.utf8.count
        if count == 0 { return emptyString }
        if count == 1, let byte = text.utf8.first { return singleUnitString(byte) }
        let offset = try allocateFlat(length: count, wide: false)
        if cage.store(ascii: text, at: offset &+ 16) { return Value(string: offset) }
        return try makeString(units: Array(text.utf16))
    }

    public func makeString(_ text: ConstantText) throws(Thrown) -> Value {
        switch text {
        case .latin1(let bytes): try makeString(latin1: bytes)
        case .utf16(let units): try makeString(units: units)
        }
    }

    // MARK: Concatenation and substrings

    /// a + b, as a rope when it is worth it.
    public func concatenate(_ a: Value, _ b: Value) throws(Thrown) -> Value {
        let lengthA = stringLength(a), lengthB = stringLength(b)
        if lengthA == 0 { return b }
        if lengthB == 0 { return a }
        let length = lengthA &+ lengthB
        guard length <= StringLayout.maximumLength else { throw rangeError("Invalid string length") }
        let wide = isWide(a.offset) || isWide(b.offset)
        if length < StringLayout.shortest {
            let target = try allocateFlat(length: length, wide: wide)
            copyUnits(from: try flat(a), index: 0, count: lengthA, to: target, at: 0)
            copyUnits(from: try flat(b), index: 0, count: lengthB, to: target, at: lengthA)
            return Value(string: target)
        }
        let rope = try allocate(StringLayout.ropeSize, kind: CellKind.rope, flags: wide ? Machine.wideFlag : 0)
        cage.store32(rope, Layout.stringLength, UInt32(truncatingIfNeeded: length))
        cage.store32(rope, Layout.ropeLeft, a.offset)
        cage.store32(rope, Layout.ropeRight, b.offset)
        return Value(string: rope)
    }

    /// Units start..<end (clamped by the caller).
    public func substring(_ string: Value, _ start: Int, _ end: Int) throws(Thrown) -> Value {
        let length = end &- start
        if length <= 0 { return emptyString }
        if length == stringLength(string) { return string }
        return try substring(string, try flat(string), start, end)
    }

    /// As above, of a string whose text is known.
    func substring(_ string: Value, _ text: FlatString, _ start: Int, _ end: Int) throws(Thrown) -> Value {
        let length = end &- start
        if length <= 0 { return emptyString }
        if length == text.count { return string }
        if length == 1 { return try makeString(unit: text[start]) }
        if length < StringLayout.shortest { return try copySubstring(text, start, length) }
        var base = string.offset, first = start
        if cage.load8(base, Layout.kind) == CellKind.slice {
            first &+= Int(cage.load32(base, Layout.sliceStart))
            base = cage.load32(base, Layout.sliceBase)
        }
        let slice = try allocate(
            StringLayout.ropeSize, kind: CellKind.slice, flags: text.isLatin1 ? 0 : Machine.wideFlag)
        cage.store32(slice, Layout.stringLength, UInt32(truncatingIfNeeded: length))
        cage.store32(slice, Layout.sliceBase, base)
        cage.store32(slice, Layout.sliceStart, UInt32(truncatingIfNeeded: first))
        return Value(string: slice)
    }

    private func copySubstring(_ text: FlatString, _ start: Int, _ length: Int) throws(Thrown) -> Value {
        var wide = false
        if !text.isLatin1 {
            for index in start..<(start &+ length) where text[index] > 0xFF { wide = true; break }
        }
        let target = try allocateFlat(length: length, wide: wide)
        if text.isLatin1 {
            // By words: the cell ends with one. What is behind the end stays zero.
            var from = text.data &+ UInt32(truncatingIfNeeded: start), to = target &+ 16, left = length
            while left >= 8 {
                cage.store64(to, 0, cage.load64(from))
                from = from &+ 8
                to = to &+ 8
                left &-= 8
            }
            if left > 0 {
                let mask = (1 as UInt64) &<< UInt64(truncatingIfNeeded: left &* 8) &- 1
                cage.store64(to, 0, cage.load64(from) & mask)
            }
        } else {
            copyUnits(from: text, index: start, count: length, to: target, at: 0)
        }
        return Value(string: target)
    }

    // MARK: Comparison

    /// Whether two strings have the same units.
    public func stringsEqual(_ a: Value, _ b: Value) throws(Thrown) -> Bool {
        if a.offset == b.offset { return true }
        let length = stringLength(a)
        if length != stringLength(b) { return false }
        let flagsA = cage.load8(a.offset, Layout.flags), flagsB = cage.load8(b.offset, Layout.flags)
        if flagsA & flagsB & StringFlag.atom != 0 { return false }
        let textA = try flat(a), textB = try flat(b)
        if textA.isLatin1 == textB.isLatin1 {
            if length >= 64 { try charge(length / 16) }
            let size = textA.isLatin1 ? length : length &* 2
            if size <= 1 << 18 { return cage.equal(textA.data, textB.data, count: size) }
            var done = 0
            while done < size {
                let place = UInt32(truncatingIfNeeded: done), piece = min(size &- done, 1 << 18)
                if !cage.equal(textA.data &+ place, textB.data &+ place, count: piece) { return false }
                done &+= piece
                try checkMeters()
            }
            return true
        }
        try charge(length)
        for index in 0..<length {
            if textA[index] != textB[index] { return false }
            if index & 0xFFFF == 0xFFFF { try checkMeters() }
        }
        return true
    }

    /// Order by code units: negative, 0 or positive.
    public func compareStrings(_ a: Value, _ b: Value) throws(Thrown) -> Int {
        if a.offset == b.offset { return 0 }
        let textA = try flat(a), textB = try flat(b)
        let count = min(textA.count, textB.count)
        var index = 0
        if textA.isLatin1, textB.isLatin1 {
            while index &+ 8 <= count {
                let place = UInt32(truncatingIfNeeded: index)
                if cage.load64(textA.data &+ place) != cage.load64(textB.data &+ place) { break }
                index &+= 8
            }
        }
        while index < count {
            let unitA = textA[index], unitB = textB[index]
            if unitA != unitB {
                if index >= 8 { try charge(index / 2) }
                return unitA < unitB ? -1 : 1
            }
            index &+= 1
        }
        if index >= 8 { try charge(index / 2) }
        return textA.count &- textB.count
    }
}
