import TerrariumText
import Testing

/// Expectations made with another engine (node 20).
@Suite struct UnicodeCaseTests {
    @Test(arguments: [
        ("abcXYZ", "ABCXYZ", "abcxyz"),
        ("\u{C0}\u{D6}\u{D7}\u{F7}\u{DF}\u{B5}\u{FF}", "\u{C0}\u{D6}\u{D7}\u{F7}SS\u{39C}\u{178}", "\u{E0}\u{F6}\u{D7}\u{F7}\u{DF}\u{B5}\u{FF}"),
        ("stra\u{DF}e", "STRASSE", "stra\u{DF}e"),
        ("\u{149}", "\u{2BC}N", "\u{149}"),
        ("\u{FB00}", "FF", "\u{FB00}"),
        ("\u{130}I", "\u{130}I", "i\u{307}i"),
        ("\u{391}\u{3A3}", "\u{391}\u{3A3}", "\u{3B1}\u{3C2}"),
        ("\u{391}\u{3A3}\u{391}", "\u{391}\u{3A3}\u{391}", "\u{3B1}\u{3C3}\u{3B1}"),
        ("\u{3A3}", "\u{3A3}", "\u{3C3}"),
        ("\u{391}\u{3A3}.", "\u{391}\u{3A3}.", "\u{3B1}\u{3C2}."),
        ("\u{391}\u{3A3}.\u{391}", "\u{391}\u{3A3}.\u{391}", "\u{3B1}\u{3C3}.\u{3B1}"),
        ("A\u{AD}\u{3A3}", "A\u{AD}\u{3A3}", "a\u{AD}\u{3C2}"),
        ("\u{10400}\u{10428}", "\u{10400}\u{10400}", "\u{10428}\u{10428}"),
        ("\u{1C5}", "\u{1C4}", "\u{1C6}"),
        ("\u{390}", "\u{399}\u{308}\u{301}", "\u{390}"),
        ("\u{1FB3}\u{1FBC}", "\u{391}\u{399}\u{391}\u{399}", "\u{1FB3}\u{1FB3}"),
        ("\u{1C90}", "\u{1C90}", "\u{10D0}"),
        ("\u{AB70}", "\u{13A0}", "\u{AB70}"),
        ("\u{1E9E}", "\u{1E9E}", "\u{DF}"),
        ("\u{17F}K", "SK", "\u{17F}k"),
    ])
    func fullMappings(_ source: String, _ upper: String, _ lower: String) {
        let units = Array(source.utf16)
        #expect(UnicodeCase.toUpperCase(units[...]) == Array(upper.utf16))
        #expect(UnicodeCase.toLowerCase(units[...]) == Array(lower.utf16))
        guard units.allSatisfy({ $0 < 256 }) else { return }
        let bytes = units.map { UInt8($0) }
        #expect(UnicodeCase.toLowerCase(latin1: bytes[...]).map(UInt16.init) == Array(lower.utf16))
        let latin1 = UnicodeCase.toUpperCase(latin1: bytes[...])
        #expect(latin1.map { $0.map(UInt16.init) } ?? Array(upper.utf16) == Array(upper.utf16))
    }

    @Test func loneSurrogatesStay() {
        #expect(UnicodeCase.toUpperCase([0xD801, 0x61, 0xDC00]) == [0xD801, 0x41, 0xDC00])
    }

    @Test func foldingIsSimple() {
        #expect(CaseFolding.simpleFold(0x41) == 0x61)
        #expect(CaseFolding.simpleFold(0x1E9E) == 0xDF)
        #expect(CaseFolding.simpleFold(0xDF) == 0xDF)
        #expect(CaseFolding.simpleFold(0x212A) == 0x6B)
        #expect(CaseFolding.simpleFold(0x10400) == 0x10428)
        #expect(CaseFolding.simpleFold(0x130) == 0x130)
    }

    @Test func withoutUnicodeFlagUnitsGoToUpperCase() {
        #expect(CaseFolding.canonicalizeUnit(0x61) == 0x41)
        #expect(CaseFolding.canonicalizeUnit(0xDF) == 0xDF)  // would be two units
        #expect(CaseFolding.canonicalizeUnit(0x17F) == 0x17F)  // would come into ASCII
        #expect(CaseFolding.canonicalizeUnit(0xFF) == 0x178)
        #expect(CaseFolding.canonicalizeUnit(0xD801) == 0xD801)
    }

    @Test func equivalentsAreTheWholeClass() {
        #expect(CaseFolding.equivalents(of: 0x4B, unicode: true) == [0x4B, 0x6B, 0x212A])
        #expect(CaseFolding.equivalents(of: 0x4B, unicode: false) == [0x4B, 0x6B])
        #expect(CaseFolding.equivalents(of: 0x3C3, unicode: false) == [0x3A3, 0x3C2, 0x3C3])
        #expect(CaseFolding.equivalents(of: 0x31, unicode: true) == [0x31])
        let closed = CaseFolding.closed([(0x6B, 0x6B), (0x30, 0x31)], unicode: true)
        #expect(closed.elementsEqual([(0x30, 0x31), (0x4B, 0x4B), (0x6B, 0x6B), (0x212A, 0x212A)], by: ==))
    }

    @Test func wellFormednessFindsLoneSurrogates() {
        #expect(UTF16Text.isWellFormed([0x61, 0xD83D, 0xDE00]))
        #expect(!UTF16Text.isWellFormed([0xD83D]))
        #expect(!UTF16Text.isWellFormed([0xDE00, 0xD83D]))
        #expect(UTF16Text.toWellFormed([0xDE00, 0xD83D, 0xDE00, 0xD83D]) == [0xFFFD, 0xD83D, 0xDE00, 0xFFFD])
    }

    @Test func decodingReplacesMaximalParts() {
        func decoded(_ bytes: [UInt8]) -> [UInt16] { UTF8Transcoding.decode(bytes[...]) }
        #expect(decoded([0x61, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80]) == [0x61, 0xE9, 0x20AC, 0xD83D, 0xDE00])
        #expect(decoded([0xC0, 0x80]) == [0xFFFD, 0xFFFD])
        #expect(decoded([0xE2, 0x82, 0x61]) == [0xFFFD, 0x61])
        #expect(decoded([0xF0, 0x9F, 0x98]) == [0xFFFD])
        #expect(decoded([0xED, 0xA0, 0x80]) == [0xFFFD, 0xFFFD, 0xFFFD])
        #expect(decoded([0xF4, 0x90, 0x80, 0x80]) == [0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD])
        #expect(decoded([0x80, 0xFF]) == [0xFFFD, 0xFFFD])
    }

    @Test func encodingKeepsOrReplacesLoneSurrogates() {
        let units: [UInt16] = [0x61, 0xE9, 0x20AC, 0xD83D, 0xDE00, 0xD800, 0x7A]
        #expect(UTF8Transcoding.encode(units[...]).suffix(4) == [0xEF, 0xBF, 0xBD, 0x7A])
        let kept = UTF8Transcoding.encodeKeepingSurrogates(units[...])
        #expect(kept.suffix(4) == [0xED, 0xA0, 0x80, 0x7A])
        #expect(UTF8Transcoding.decode(kept[...], keepsSurrogates: true) == units)
        #expect(UTF8Transcoding.encode(latin1: [0x61, 0xE9]) == [0x61, 0xC3, 0xA9])
    }
}
