/// Which code points may start and continue an identifier (ECMA-262, 12.7 Names and Keywords): ID_Start and ID_Continue
/// of Unicode 17, which include Other_ID_Start and Other_ID_Continue.
///
/// `$`, `_` and, for continuation, U+200C and U+200D are part of the language's grammar and are answered `true` here as
/// well, because every caller in the engine wants IdentifierStartChar and IdentifierPartChar.
public enum UnicodeIdentifier {
    /// IdentifierStartChar: ID_Start, `$` or `_`.
    @inlinable
    public static func isStart(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 {
            return (scalar | 0x20) &- 0x61 < 26 || scalar == 0x24 || scalar == 0x5F
        }
        return isStartBeyondASCII(scalar)
    }

    /// IdentifierPartChar: ID_Continue, `$`, ZERO WIDTH NON-JOINER or ZERO WIDTH JOINER.
    @inlinable
    public static func isContinue(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 {
            return (scalar | 0x20) &- 0x61 < 26 || scalar &- 0x30 < 10 || scalar == 0x24 || scalar == 0x5F
        }
        return isContinueBeyondASCII(scalar)
    }

    private static let start = CodePointSet(packed: UnicodeIdentifierData.start)
    private static let continuation = CodePointSet(packed: UnicodeIdentifierData.continuation)

    @inline(never)
    public static func isStartBeyondASCII(_ scalar: UInt32) -> Bool { start.contains(scalar) }

    @inline(never)
    public static func isContinueBeyondASCII(_ scalar: UInt32) -> Bool {
        continuation.contains(scalar) || scalar == 0x200C || scalar == 0x200D
    }
}
