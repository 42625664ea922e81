/// White space and line terminators as ECMA-262 sections 12.2 and 12.3 define them.
public enum UnicodeWhitespace {
    /// LineTerminator: LF, CR, LINE SEPARATOR, PARAGRAPH SEPARATOR.
    @inlinable
    public static func isLineTerminator(_ scalar: UInt32) -> Bool {
        scalar == 0x0A || scalar == 0x0D || scalar == 0x2028 || scalar == 0x2029
    }

    /// WhiteSpace: tab, vertical tab, form feed, ZWNBSP and Space_Separator. Line terminators are not in it.
    @inlinable
    public static func isWhitespace(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return scalar == 0x20 || scalar == 0x09 || scalar == 0x0B || scalar == 0x0C }
        return isWhitespaceBeyondASCII(scalar)
    }

    /// WhiteSpace or LineTerminator: what `trim` removes and StringToNumber skips.
    @inlinable
    public static func isWhitespaceOrLineTerminator(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return scalar == 0x20 || scalar &- 0x09 < 5 }
        return isWhitespaceBeyondASCII(scalar) || scalar == 0x2028 || scalar == 0x2029
    }

    @inline(never)
    public static func isWhitespaceBeyondASCII(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000, 0xFEFF: true
        default: false
        }
    }
}
