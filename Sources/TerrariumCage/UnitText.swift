/// Work on whole stretches of text, where a loop over a checked collection would cost several times as much.
/// Places that are out of range end the stretch: nothing is read or written outside of the texts.
public enum UnitText {
    /// Decodes UTF-8 from `start`; invalid sequences become U+FFFD.
    public static func decodeUTF8(_ bytes: [UInt8], from start: Int) -> ContiguousArray<UInt16> {
        let start = max(0, min(start, bytes.count))
        return unsafe bytes.withUnsafeBufferPointer { source in
            // SAFETY: sequences make no more units than they have bytes, so there is room for all.
            unsafe ContiguousArray(unsafeUninitializedCapacity: bytes.count &- start) { target, done in
                unsafe LargeMemory.prepare(target)
                var index = start
                while index < source.count {
                    while index &+ 32 <= source.count {
                        var all: UInt8 = 0
                        for step in 0..<32 { all |= unsafe source[index &+ step] }
                        if all >= 128 { break }
                        for step in 0..<32 {
                            unsafe target.initializeElement(at: done &+ step, to: UInt16(truncatingIfNeeded: source[index &+ step]))
                        }
                        index &+= 32
                        done &+= 32
                    }
                    // To the end of the stretch, or of the sequences that interrupt it.
                    while index < source.count, unsafe source[index] < 128 {
                        unsafe target.initializeElement(at: done, to: UInt16(truncatingIfNeeded: source[index]))
                        index &+= 1
                        done &+= 1
                    }
                    while index < source.count, unsafe source[index] >= 128 {
                        let scalar = unsafe decodeSequence(source, &index)
                        if scalar > 0xFFFF {
                            unsafe target.initializeElement(at: done, to: UInt16(truncatingIfNeeded: 0xD800 &+ (scalar &- 0x10000) >> 10))
                            unsafe target.initializeElement(at: done &+ 1, to: UInt16(truncatingIfNeeded: 0xDC00 &+ (scalar & 0x3FF)))
                            done &+= 2
                        } else {
                            unsafe target.initializeElement(at: done, to: UInt16(truncatingIfNeeded: scalar))
                            done &+= 1
                        }
                    }
                }
            }
        }
    }

    /// One sequence of more than one byte. An invalid one gives U+FFFD for the longest part that could have begun a valid one.
    private static func decodeSequence(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> UInt32 {
        let first = unsafe bytes[index]
        index += 1
        let length = first >= 0xF0 && first < 0xF5 ? 3 : first >= 0xE0 && first < 0xF0 ? 2 : first >= 0xC2 && first < 0xE0 ? 1 : 0
        if length == 0 { return 0xFFFD }
        var scalar = UInt32(first) & (length == 3 ? 0x07 : length == 2 ? 0x0F : 0x1F)
        // Bounds of the second byte: no overlong forms, no surrogates, nothing above U+10FFFF.
        var lower: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
        var upper: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
        for _ in 0..<length {
            guard index < bytes.count else { return 0xFFFD }
            let byte = unsafe bytes[index]
            guard byte >= lower, byte <= upper else { return 0xFFFD }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
            (lower, upper) = (0x80, 0xBF)
            index += 1
        }
        return scalar
    }

    /// The low bytes of units when all are below 256, otherwise nil.
    public static func latin1(_ units: Span<UInt16>) -> [UInt8]? {
        let count = units.count
        return unsafe units.withUnsafeBufferPointer { source in
            var all: UInt16 = 0
            for index in 0..<count { all |= unsafe source[index] }
            if all > 255 { return nil }
            return unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
                unsafe LargeMemory.prepare(target)
                for index in 0..<count {
                    unsafe (target.baseAddress.unsafelyUnwrapped + index).initialize(
                        to: UInt8(truncatingIfNeeded: source[index]))
                }
                initialized = count
            }
        }
    }

    /// First place from `start` whose unit is not `unit`; the count when there is none.
    @inlinable
    public static func end(of unit: UInt16, in units: Span<UInt16>, from start: Int) -> Int {
        let count = units.count
        guard start >= 0 else { return 0 }
        var index = start
        let pattern = UInt64(unit) &* 0x0001_0001_0001_0001
        unsafe units.withUnsafeBufferPointer { source in
            guard let base = unsafe UnsafeRawPointer(source.baseAddress) else { return }
            while index &+ 4 <= count {
                let difference = unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index &* 2, as: UInt64.self)) ^ pattern
                if difference != 0 {
                    index &+= difference.trailingZeroBitCount / 16
                    return
                }
                index &+= 4
            }
            while index < count, unsafe source[index] == unit { index &+= 1 }
        }
        return index
    }

    /// Whether `count` units at `a` of one text and at `b` of another are the same.
    @inlinable
    public static func equal(_ first: Span<UInt16>, _ a: Int, _ second: Span<UInt16>, _ b: Int, count: Int) -> Bool {
        guard a >= 0, b >= 0, count >= 0, a <= first.count &- count, b <= second.count &- count else { return false }
        return unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
                guard count >= 4, let x = unsafe UnsafeRawPointer(first.baseAddress), let y = unsafe UnsafeRawPointer(second.baseAddress)
                else {
                    for index in 0..<count where unsafe first[a &+ index] != second[b &+ index] { return false }
                    return true
                }
                // Four at a time; the last four may overlap those before.
                var index = 0
                while index &+ 4 < count {
                    if unsafe four(x, a &+ index) != four(y, b &+ index) { return false }
                    index &+= 4
                }
                return unsafe four(x, a &+ count &- 4) == four(y, b &+ count &- 4)
            }
        }
    }

    /// A hash of units that nobody who does not know the multiplier can find collisions of. The same on every machine.
    /// - Parameter multiplier: odd, random.
    @inlinable
    public static func hash(_ units: Span<UInt16>, _ start: Int, count: Int, multiplier: UInt64) -> UInt32 {
        guard start >= 0, count >= 0, start <= units.count &- count else { return 0 }
        var hash = UInt64(truncatingIfNeeded: count) ^ multiplier
        return unsafe units.withUnsafeBufferPointer { source in
            guard count >= 4, let base = unsafe UnsafeRawPointer(source.baseAddress) else {
                var last: UInt64 = 0
                for index in 0..<count { last = unsafe last << 16 | UInt64(source[start &+ index]) }
                return UInt32(truncatingIfNeeded: mixed(hash ^ last, multiplier))
            }
            var index = 0
            while index &+ 4 < count {
                hash = unsafe mixed(hash ^ four(base, start &+ index), multiplier)
                index &+= 4
            }
            return unsafe UInt32(truncatingIfNeeded: mixed(hash ^ four(base, start &+ count &- 4), multiplier))
        }
    }

    /// Both halves of the product in one.
    @inlinable @inline(__always)
    static func mixed(_ value: UInt64, _ multiplier: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: multiplier)
        return high ^ low
    }

    /// Four units from a place on, which are there.
    @unsafe @inlinable @inline(__always)
    static func four(_ base: UnsafeRawPointer, _ place: Int) -> UInt64 {
        unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: place &* 2, as: UInt64.self))
    }
}
