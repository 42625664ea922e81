#if COVERAGE
/// Which edges of the program ran, for the guided fuzzers. Only builds with `-DCOVERAGE` have this file's contents, together with the
/// compiler's counters: `.ci/fuzz-guided` gives both.
///
/// The compiler keeps one counter of eight bits for each edge, all of them in one section of the executable, and tells before `main`
/// where they are.
public struct CoverageMap {
    /// For each edge the magnitudes of counts that were seen: 1, 2, 3, to 7, to 15, to 31, to 127, more.
    private var seen: [UInt8]
    /// Edges that ran at least once up to the last `take`.
    public private(set) var edges = 0
    /// Pairs of an edge and a magnitude of its count.
    public private(set) var features = 0

    public init() { seen = [UInt8](repeating: 0, count: CoverageMap.total) }

    /// All edges that there are.
    public static var total: Int {
        guard let first = unsafe firstCounter, let end = unsafe endOfCounters else { return 0 }
        return unsafe end - first
    }

    /// Takes the counts since the last time, and begins anew.
    /// - Returns: whether an edge ran for the first time, or more often at once than ever.
    public mutating func take() -> Bool {
        guard let first = unsafe firstCounter else { return false }
        let count = seen.count
        var isNew = false
        var place = 0
        while place < count {
            // SAFETY: `place` is below the number of counters, and a word is read only where all of it lies among them.
            if place + 32 <= count {
                let raw = unsafe UnsafeRawPointer(first + place)
                let words = unsafe raw.loadUnaligned(as: UInt64.self) | raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                    | raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self) | raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
                if words == 0 {
                    place += 32
                    continue
                }
            }
            for edge in place..<min(place + 32, count) {
                let counted = unsafe first[edge]
                if counted == 0 { continue }
                unsafe first[edge] = 0
                let magnitude = CoverageMap.magnitude(counted)
                if seen[edge] & magnitude != 0 { continue }
                if seen[edge] == 0 { edges += 1 }
                seen[edge] |= magnitude
                features += 1
                isNew = true
            }
            place += 32
        }
        return isNew
    }

    private static func magnitude(_ count: UInt8) -> UInt8 {
        switch count {
        case 1: 1
        case 2: 2
        case 3: 4
        case 4...7: 8
        case 8...15: 16
        case 16...31: 32
        case 32...127: 64
        default: 128
        }
    }
}

private nonisolated(unsafe) var firstCounter: UnsafeMutablePointer<UInt8>?
private nonisolated(unsafe) var endOfCounters: UnsafeMutablePointer<UInt8>?

/// What the compiler calls with its counters before `main`.
@_cdecl("__sanitizer_cov_8bit_counters_init")
public func coverageCountersAre(_ first: UnsafeMutablePointer<UInt8>?, _ end: UnsafeMutablePointer<UInt8>?) {
    // SAFETY: runs once, before any other thread; the counters live as long as the process.
    unsafe firstCounter = first
    unsafe endOfCounters = end
}
#endif
