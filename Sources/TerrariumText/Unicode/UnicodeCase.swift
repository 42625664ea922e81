/// toUppercase and toLowercase of Unicode, language-independent, with the mappings of SpecialCasing.txt and its
/// Final_Sigma condition: String.prototype.toUpperCase and toLowerCase (ECMA-262, 22.1.3.30 and 22.1.3.28).
///
/// Text is UTF-16 and may have lone surrogates, which map to themselves; Latin-1 text has its own fast versions.
public enum UnicodeCase {
    /// The simple (one to one) mapping to upper case.
    public static func simpleUpper(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return scalar &- 0x61 < 26 ? scalar & 0x5F : scalar }
        return upper[scalar]
    }

    /// The simple (one to one) mapping to lower case.
    public static func simpleLower(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return scalar &- 0x41 < 26 ? scalar | 0x20 : scalar }
        return lower[scalar]
    }

    /// The mapping to several code points, where Unicode has one ("ß" to "SS").
    public static func fullUpper(_ scalar: UInt32) -> [UInt32]? {
        scalar < 0xDF ? nil : fullUpperMappings[scalar]
    }

    /// toLowerCase of Latin-1 text; the result is Latin-1 too, of the same length.
    public static func toLowerCase(latin1 text: ArraySlice<UInt8>) -> [UInt8] {
        var result = Array(text)
        for index in result.indices {
            let byte = result[index]
            if byte &- 0x41 < 26 || (byte &- 0xC0 < 31 && byte != 0xD7) { result[index] = byte | 0x20 }
        }
        return result
    }

    /// toUpperCase of Latin-1 text; `nil` when the result has characters beyond Latin-1 ("µ" and "ÿ"), and then the
    /// UTF-16 version is the one to use.
    public static func toUpperCase(latin1 text: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for byte in text {
            if byte < 0x80 {
                result.append(byte &- 0x61 < 26 ? byte & 0x5F : byte)
            } else if byte == 0xDF {
                result.append(0x53)
                result.append(0x53)
            } else if byte == 0xB5 || byte == 0xFF {
                return nil
            } else {
                result.append(byte >= 0xE0 && byte != 0xF7 ? byte & 0xDF : byte)
            }
        }
        return result
    }

    /// toUpperCase of UTF-16 text; at most three times as long.
    public static func toUpperCase(_ text: ArraySlice<UInt16>) -> [UInt16] {
        var result: [UInt16] = []
        result.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let scalar = UTF16Text.scalar(text, at: &index)
            if let several = fullUpper(scalar) {
                for part in several { UTF16Text.append(part, to: &result) }
            } else {
                UTF16Text.append(simpleUpper(scalar), to: &result)
            }
        }
        return result
    }

    /// toLowerCase of UTF-16 text; at most three times as long.
    public static func toLowerCase(_ text: ArraySlice<UInt16>) -> [UInt16] {
        toLowerCase(text) { (place) throws(Never) in
            isFinalSigma(text, at: text.startIndex &+ place) { () throws(Never) in }
        }
    }

    /// toLowerCase of a piece of a text.
    /// - Parameter isFinalSigma: whether the capital sigma at a place of the piece is at the end of a word.
    public static func toLowerCase<E: Error>(
        _ text: ArraySlice<UInt16>, isFinalSigma: (Int) throws(E) -> Bool
    ) throws(E) -> [UInt16] {
        var result: [UInt16] = []
        result.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let start = index
            let scalar = UTF16Text.scalar(text, at: &index)
            if scalar == 0x3A3 {
                result.append(try isFinalSigma(start &- text.startIndex) ? 0x3C2 : 0x3C3)
            } else if scalar == 0x130 {
                result.append(0x69)
                result.append(0x307)
            } else {
                UTF16Text.append(simpleLower(scalar), to: &result)
            }
        }
        return result
    }

    static var upperSources: [UInt32] { upper.sources }

    /// Final_Sigma: behind a cased letter and not before one, where case-ignorable characters between do not count. The
    /// scans end at the next sigma at the latest, so those of a whole text stay linear.
    /// - Parameter checkpoint: called about every thousand characters.
    public static func isFinalSigma<Text: RandomAccessCollection, E: Error>(
        _ text: Text, at place: Int, checkpoint: () throws(E) -> Void
    ) throws(E) -> Bool where Text.Element == UInt16, Text.Index == Int {
        var index = place
        var steps = 0
        var isBehindCased = false
        while index > text.startIndex {
            steps &+= 1
            if steps & 1023 == 0 { try checkpoint() }
            let scalar = UTF16Text.scalar(text, before: &index)
            if caseIgnorable.contains(scalar) { continue }
            isBehindCased = cased.contains(scalar)
            break
        }
        guard isBehindCased else { return false }
        index = place &+ 1
        while index < text.endIndex {
            steps &+= 1
            if steps & 1023 == 0 { try checkpoint() }
            let scalar = UTF16Text.scalar(text, at: &index)
            if caseIgnorable.contains(scalar) { continue }
            return !cased.contains(scalar)
        }
        return true
    }

    private static let upper = CaseMap(packed: UnicodeCaseData.upper)
    private static let lower = CaseMap(packed: UnicodeCaseData.lower)
    private static let cased = CodePointSet(packed: UnicodeCaseData.cased)
    private static let caseIgnorable = CodePointSet(packed: UnicodeCaseData.caseIgnorable)
    /// U+0130 is the only code point with several in lower case, and is code above.
    private static let fullUpperMappings: [UInt32: [UInt32]] = {
        var table = PackedTable(UnicodeCaseData.fullUpper)
        return table.sequences()
    }()
}
