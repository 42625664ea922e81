/// Work on whole stretches of text, where a loop over a checked collection would cost several times as much.
/// Places that are out of range end the stretch: nothing is read or written outside of the texts.
public enum UnitText {
    /// Widens ASCII bytes to UTF-16 units, up to the first byte that is not ASCII.
    /// - Returns: how many bytes from `start` that were; as many units are at `place`.
    public static func widenASCII(
        _ bytes: [UInt8], from start: Int, into units: inout ContiguousArray<UInt16>, at place: Int
    ) -> Int {
        guard start >= 0, start <= bytes.count, place >= 0, place <= units.count else { return 0 }
        let count = min(bytes.count &- start, units.count &- place)
        return unsafe bytes.withUnsafeBufferPointer { source in
            unsafe units.withUnsafeMutableBufferPointer { target in
                var done = 0
                while done &+ 32 <= count {
                    var all: UInt8 = 0
                    for index in 0..<32 { all |= unsafe source[start &+ done &+ index] }
                    if all >= 128 { break }
                    for index in 0..<32 {
                        unsafe target[place &+ done &+ index] = UInt16(truncatingIfNeeded: source[start &+ done &+ index])
                    }
                    done &+= 32
                }
                while done < count, unsafe source[start &+ done] < 128 {
                    unsafe target[place &+ done] = UInt16(truncatingIfNeeded: source[start &+ done])
                    done &+= 1
                }
                return done
            }
        }
    }

    /// The low bytes of units when all are below 256, otherwise nil.
    public static func latin1(_ units: Span<UInt16>) -> [UInt8]? {
        let count = units.count
        return unsafe units.withUnsafeBufferPointer { source in
            var all: UInt16 = 0
            for index in 0..<count { all |= unsafe source[index] }
            if all > 255 { return nil }
            return unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
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
                var index = 0
                while index < count, unsafe first[a &+ index] == second[b &+ index] { index &+= 1 }
                return index == count
            }
        }
    }
}
