/// What has been read of a class: characters and, with the `v` flag, strings of any length but one.
struct ClassContents {
    private var ranges: [CharacterRange] = []
    /// How many ranges there were when they were last put in order.
    private var orderedCount = 0
    /// With `i` and `v`, case-folded.
    var strings: Set<[UInt32]> = []
    /// Some of the ranges are not closed over case yet.
    var needsClosure = false
    /// MayContainStrings of the specification, which looks at the text only.
    var mayContainStrings = false

    init() {}

    init(_ set: CharacterSet) { ranges = set.ranges }

    mutating func add(_ range: CharacterRange) {
        ranges.append(range)
        // Repetitions must not make this larger than the set is.
        if ranges.count > 2 &* orderedCount &+ 256 {
            ranges = CharacterSet(ranges).ranges
            orderedCount = ranges.count
        }
    }

    mutating func add(_ set: CharacterSet) {
        for range in set.ranges { add(range) }
    }

    var characters: CharacterSet { CharacterSet(ranges) }
}
