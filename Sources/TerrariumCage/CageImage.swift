/// A frozen copy of parts of a cage, which any number of new cages start from: the system maps it copy-on-write, so that
/// a page costs memory only once a guest writes to it.
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Android)
import Android
#elseif canImport(Darwin)
import Darwin
#endif

public final class CageImage: Sendable {
    /// Everything below this offset comes from the image (what was in no range reads as zero); a multiple of the page size.
    public let end: UInt32
    /// The ranges that were copied, in order.
    public let ranges: [Range<UInt32>]
    private let file: Int32
    private let bytes: [[UInt8]]

    /// Copies ranges of a cage, in ascending order.
    /// - Returns: nil when the system has no memory for it.
    public init?(copying cage: Cage, ranges: [Range<UInt32>]) {
        let page = UInt32(truncatingIfNeeded: Cage.pageSize)
        let last = ranges.last?.upperBound ?? 0
        let end = (last &+ page &- 1) / page &* page
        self.ranges = ranges
        self.end = end
        #if os(Linux) || os(Android)
        // SAFETY: the name is a constant; it is for people only.
        file = unsafe anonymousFile("cage", 1)
        bytes = []
        guard file >= 0, ftruncate(file, off_t(end)) == 0 else { return nil }
        for range in ranges {
            var start = range.lowerBound
            while start < range.upperBound {
                let chunk = cage.bytes(at: start, count: min(1 << 20, Int(range.upperBound - start)))
                // SAFETY: the array's own bytes.
                let written = unsafe chunk.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, off_t(start)) }
                // The file is closed with the object.
                guard written == chunk.count, written > 0 else { return nil }
                start += UInt32(truncatingIfNeeded: written)
            }
        }
        #else
        file = -1
        bytes = ranges.map { cage.bytes(at: $0.lowerBound, count: $0.count) }
        #endif
    }

    /// An image of bytes that were kept: ranges in ascending order.
    /// - Returns: nil when the ranges are not in order, or the system has no memory for it.
    public init?(contents: [(start: UInt32, bytes: [UInt8])]) {
        let page = UInt64(Cage.pageSize)
        var last: UInt64 = 0
        var ranges: [Range<UInt32>] = []
        for (start, bytes) in contents {
            let end = UInt64(start) + UInt64(bytes.count)
            guard UInt64(start) >= last, end <= UInt64(UInt32.max) - page else { return nil }
            ranges.append(start..<UInt32(end))
            last = end
        }
        self.ranges = ranges
        end = UInt32((last + page - 1) / page * page)
        #if os(Linux) || os(Android)
        // SAFETY: the name is a constant; it is for people only.
        file = unsafe anonymousFile("cage", 1)
        bytes = []
        guard file >= 0, ftruncate(file, off_t(end)) == 0 else { return nil }
        for (start, bytes) in contents {
            var position = 0
            while position < bytes.count {
                // SAFETY: what is left of the array.
                let written = unsafe bytes.withUnsafeBytes {
                    unsafe pwrite(
                        file, $0.baseAddress.map { unsafe $0 + position }, $0.count - position, off_t(Int(start) + position))
                }
                guard written > 0 else { return nil }
                position += written
            }
        }
        #else
        file = -1
        bytes = contents.map { $0.bytes }
        #endif
    }

    deinit { if file >= 0 { close(file) } }

    /// The bytes of a range.
    public func contents(_ index: Int) -> [UInt8] {
        guard index < ranges.count else { return [] }
        #if os(Linux) || os(Android)
        var result = [UInt8](repeating: 0, count: ranges[index].count)
        var position = 0
        while position < result.count {
            // SAFETY: what is left of the array.
            let count = unsafe result.withUnsafeMutableBytes {
                unsafe pread(
                    file, $0.baseAddress.map { unsafe $0 + position }, $0.count - position,
                    off_t(Int(ranges[index].lowerBound) + position))
            }
            if count <= 0 { break }
            position += count
        }
        return result
        #else
        return bytes[index]
        #endif
    }

    /// Puts the image into a fresh cage; false when the system refuses.
    func map(into cage: Cage) -> Bool {
        guard Int(end) <= cage.size else { return false }
        #if os(Linux) || os(Android)
        // SAFETY: replaces the start of a reservation that nobody has used yet by a private mapping of the same size.
        let mapped = unsafe mmap(cage.base, Int(end), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file, 0)
        return unsafe mapped == cage.base
        #else
        for (range, bytes) in zip(ranges, bytes) { cage.store(bytes, at: range.lowerBound) }
        return true
        #endif
    }
}

#if os(Linux) || os(Android)
/// `memfd_create`, which the headers hide behind a feature macro that the module map does not set.
@_silgen_name("memfd_create")
private func anonymousFile(_ name: UnsafePointer<CChar>, _ flags: UInt32) -> Int32
#endif
