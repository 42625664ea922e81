/// Sizes of string cells.
enum StringLayout {
    static let ropeSize: UInt32 = 24
    /// Longest string, in code units (as V8's).
    static let maximumLength = 0x1FFF_FFE8
    /// Shorter concatenations and substrings are copied instead of linked.
    static let shortest = 24

    static func size(latin1 length: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: max(24, (16 &+ length &+ 7) & ~7))
    }
    static func size(utf16 length: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: max(24, (16 &+ length &* 2 &+ 7) & ~7))
    }
}
