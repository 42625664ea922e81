/// A frozen copy of parts of a cage, which any number of new cages start from. Where the system can, it is mapped
/// copy-on-write, so that a page costs memory only once a guest writes to it; elsewhere it is copied.
public final class CageImage: Sendable {
    /// Everything below this offset comes from the image (what was in no range reads as zero); a multiple of the page size.
    public let end: UInt32
    /// The ranges that were copied, in order.
    public let ranges: [Range<UInt32>]
    private enum Contents {
        case file(Platform.File)
        case copies([[UInt8]])
    }
    private let stored: Contents

    /// Copies ranges of a cage, in ascending order.
    /// - Returns: nil when the system has no memory for it.
    public init?(copying cage: Cage, ranges: [Range<UInt32>]) {
        let page = UInt32(truncatingIfNeeded: Cage.pageSize)
        let last = ranges.last?.upperBound ?? 0
        let end = (last &+ page &- 1) / page &* page
        self.ranges = ranges
        self.end = end
        guard Platform.File.areThere else {
            stored = .copies(ranges.map { cage.bytes(at: $0.lowerBound, count: $0.count) })
            return
        }
        guard let file = Platform.File(name: "cage"), file.grow(to: Int(end)) else { return nil }
        for range in ranges {
            var start = range.lowerBound
            while start < range.upperBound {
                let chunk = cage.bytes(at: start, count: min(1 << 20, Int(range.upperBound - start)))
                guard !chunk.isEmpty, file.write(chunk, at: Int(start)) else { return nil }
                start += UInt32(truncatingIfNeeded: chunk.count)
            }
        }
        stored = .file(file)
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
        guard Platform.File.areThere else {
            stored = .copies(contents.map { $0.bytes })
            return
        }
        guard let file = Platform.File(name: "cage"), file.grow(to: Int(end)) else { return nil }
        for (start, bytes) in contents where !file.write(bytes, at: Int(start)) { return nil }
        stored = .file(file)
    }

    /// The bytes of a range.
    public func contents(_ index: Int) -> [UInt8] {
        guard index < ranges.count else { return [] }
        switch stored {
        case .file(let file): return file.read(at: Int(ranges[index].lowerBound), count: ranges[index].count)
        case .copies(let bytes): return bytes[index]
        }
    }

    /// Puts the image into a fresh cage; false when the system refuses.
    func map(into cage: Cage) -> Bool {
        guard UInt64(end) <= UInt64(cage.mask) + 1 else { return false }
        switch stored {
        case .file(let file):
            // SAFETY: the start of a reservation that nobody has used yet.
            return unsafe file.mapPrivately(at: cage.base, byteCount: Int(end))
        case .copies(let bytes):
            for (range, bytes) in zip(ranges, bytes) { cage.store(bytes, at: range.lowerBound) }
            return true
        }
    }
}
