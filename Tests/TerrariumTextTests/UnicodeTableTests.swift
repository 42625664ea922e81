import TerrariumText
import Testing

@Suite struct UnicodeTableTests {
    @Test func identifiersStartWithLettersDollarAndUnderscore() {
        for scalar in "aZ$_".unicodeScalars { #expect(UnicodeIdentifier.isStart(scalar.value)) }
        for scalar in "09-@[`{ \u{7F}".unicodeScalars { #expect(!UnicodeIdentifier.isStart(scalar.value)) }
        #expect(UnicodeIdentifier.isStart(0x2118))  // Other_ID_Start
        #expect(UnicodeIdentifier.isStart(0x10400))
        #expect(UnicodeIdentifier.isStart(0x33479))  // the last of Unicode 17's new extension J
        #expect(!UnicodeIdentifier.isStart(0x3347A))
        #expect(!UnicodeIdentifier.isStart(0x10FFFF))
        #expect(!UnicodeIdentifier.isStart(0xFFFF_FFFF))
    }

    @Test func identifiersContinueWithDigitsMarksAndJoiners() {
        for scalar in "09aZ$_".unicodeScalars { #expect(UnicodeIdentifier.isContinue(scalar.value)) }
        for scalar: UInt32 in [0x200C, 0x200D, 0xB7, 0x300, 0x1E944, 0xE0100] {
            #expect(UnicodeIdentifier.isContinue(scalar))
        }
        for scalar: UInt32 in [0x2D, 0x5C, 0xD800, 0x2028, 0xE01F0] { #expect(!UnicodeIdentifier.isContinue(scalar)) }
    }

    @Test func whitespaceIsWhatTheSpecificationLists() {
        let white: [UInt32] = [9, 11, 12, 32, 0xA0, 0x1680, 0x2000, 0x200A, 0x202F, 0x205F, 0x3000, 0xFEFF]
        for scalar in white {
            #expect(UnicodeWhitespace.isWhitespace(scalar))
            #expect(UnicodeWhitespace.isWhitespaceOrLineTerminator(scalar))
        }
        for scalar: UInt32 in [10, 13, 0x2028, 0x2029] {
            #expect(UnicodeWhitespace.isLineTerminator(scalar))
            #expect(!UnicodeWhitespace.isWhitespace(scalar))
            #expect(UnicodeWhitespace.isWhitespaceOrLineTerminator(scalar))
        }
        for scalar: UInt32 in [0x85, 0x180E, 0x200B, 0x1C, 14, 8] {
            #expect(!UnicodeWhitespace.isWhitespaceOrLineTerminator(scalar))
        }
    }

    private func contains(_ name: String, _ value: String?, _ scalar: UInt32) -> Bool? {
        UnicodeProperties.ranges(name: Array(name.utf8), value: value.map { Array($0.utf8) })
            .map { $0.contains { $0.0 <= scalar && scalar <= $0.1 } }
    }

    @Test func propertyNamesAreExact() {
        #expect(contains("Lu", nil, 0x41) == true)
        #expect(contains("Uppercase_Letter", nil, 0x61) == false)
        #expect(contains("gc", "punct", 0x21) == true)
        #expect(contains("Script", "Grek", 0x3B1) == true)
        #expect(contains("scx", "Deva", 0x1CD0) == true)
        #expect(contains("sc", "Deva", 0x1CD0) == false)
        #expect(contains("sc", "Qaac", 0x2C80) == true)
        #expect(contains("Any", nil, 0x10FFFF) == true)
        #expect(contains("ASCII", nil, 0x80) == false)
        #expect(contains("Emoji", nil, 0x1F600) == true)
        for (name, value) in [("lu", nil), ("Script", nil), ("Greek", nil), ("sc", "greek"), ("gc", ""), ("", nil),
            ("ASCII", "Yes"), ("Block", "ASCII"), ("RGI_Emoji", nil), ("Lu ", nil), ("Line_Break", nil)]
            as [(String, String?)] {
            #expect(contains(name, value, 0x41) == nil)
        }
    }

    @Test func propertiesOfStringsHoldSequencesAndSingles() throws {
        let all = try #require(UnicodeProperties.strings(name: Array("RGI_Emoji".utf8)))
        #expect(all.contains([0x1F600]))
        #expect(all.contains([0x23, 0xFE0F, 0x20E3]))
        #expect(all.contains([0x1F468, 0x200D, 0x2764, 0xFE0F, 0x200D, 0x1F468]))
        #expect(all.contains([0x1F1E6, 0x1F1E8]))
        let keycaps = try #require(UnicodeProperties.strings(name: Array("Emoji_Keycap_Sequence".utf8)))
        #expect(keycaps.count == 12)
        #expect(UnicodeProperties.strings(name: Array("Emoji".utf8)) == nil)
    }
}
