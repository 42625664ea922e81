import TerrariumText
import Testing

/// Expectations made with another engine (node 20).
@Suite struct NumberParsingTests {
    private func same(_ left: Double, _ right: Double) -> Bool {
        left.isNaN ? right.isNaN : left.bitPattern == right.bitPattern
    }

    @Test(arguments: [
        ("", 0.0, .nan),
        ("  ", 0.0, .nan),
        ("0", 0.0, 0.0),
        ("-0", -0.0, -0.0),
        ("+1", 1.0, 1.0),
        ("1.5", 1.5, 1.5),
        (".5", 0.5, 0.5),
        ("5.", 5.0, 5.0),
        (".", .nan, .nan),
        ("-.5e-3", -0.0005, -0.0005),
        ("1e3", 1000.0, 1000.0),
        ("1e", .nan, 1.0),
        ("1e+", .nan, 1.0),
        ("e5", .nan, .nan),
        ("1_0", .nan, 1.0),
        ("0x1F", 31.0, 0.0),
        ("0X", .nan, 0.0),
        ("0xg", .nan, 0.0),
        ("-0x10", .nan, -0.0),
        ("0b101", 5.0, 0.0),
        ("0b2", .nan, 0.0),
        ("0o17", 15.0, 0.0),
        ("0o8", .nan, 0.0),
        ("Infinity", .infinity, .infinity),
        ("-Infinity", -.infinity, -.infinity),
        ("+Infinity", .infinity, .infinity),
        ("infinity", .nan, .nan),
        ("Infinityx", .nan, .infinity),
        ("\u{a0}\u{feff} 12 \u{2028}", 12.0, 12.0),
        ("1 2", .nan, 1.0),
        ("12px", .nan, 12.0),
        ("9007199254740993", 9007199254740992.0, 9007199254740992.0),
        ("9007199254740993.00000000000000000000000000000000001", 9007199254740994.0, 9007199254740994.0),
        ("1e400", .infinity, .infinity),
        ("-1e400", -.infinity, -.infinity),
        ("1e-400", 0.0, 0.0),
        ("4.9406564584124654e-324", Double(bitPattern: 0x1), Double(bitPattern: 0x1)),
        ("2.4703282292062327e-324", 0.0, 0.0),
        ("2.4703282292062328e-324", Double(bitPattern: 0x1), Double(bitPattern: 0x1)),
        ("1.7976931348623158e308", 1.7976931348623157e+308, 1.7976931348623157e+308),
        ("1.7976931348623159e308", .infinity, .infinity),
        ("0.1", 0.1, 0.1),
        ("123456789012345678901234567890", 1.2345678901234568e+29, 1.2345678901234568e+29),
        ("0x100000000000008", 72057594037927940.0, 0.0),
        ("0x20000000000001", 9007199254740992.0, 0.0),
        ("0x20000000000003", 9007199254740996.0, 0.0),
        ("0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", .infinity, 0.0),
        ("0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", .infinity, 0.0),
        ("1e99999999999999999999", .infinity, .infinity),
        ("0e99999999999999999999", 0.0, 0.0),
        ("0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001e401", 1.0, 1.0),
        ("179769313486231580793728971405301", 1.7976931348623157e+32, 1.7976931348623157e+32),
        ("2.2250738585072011e-308", Double(bitPattern: 0xFFFFFFFFFFFFF), Double(bitPattern: 0xFFFFFFFFFFFFF)),
        ("6929495644600919.5", 6929495644600920.0, 6929495644600920.0),
        ("7.2057594037927933e16", 72057594037927940.0, 72057594037927940.0),
        ("1n", .nan, 1.0),
        ("--1", .nan, .nan),
    ] as [(String, Double, Double)])
    func texts(_ text: String, _ number: Double, _ prefix: Double) {
        let units = Array(text.utf16)
        #expect(same(NumberParsing.stringToNumber(units), number))
        #expect(same(NumberParsing.parseFloat(units), prefix))
        #expect(same(NumberParsing.stringToNumber(ContiguousArray(units)[...]), number))
        if units.allSatisfy({ $0 < 256 }) {
            let bytes = units.map { UInt8($0) }
            #expect(same(NumberParsing.stringToNumber(bytes[...]), number))
            #expect(same(NumberParsing.parseFloat(bytes), prefix))
        }
    }

    @Test(arguments: [
        ("12", 0, 12.0),
        ("0x1f", 0, 31.0),
        ("0x1f", 16, 31.0),
        ("0x1f", 10, 0.0),
        ("-0", 0, -0.0),
        ("  -42abc", 10, -42.0),
        ("z", 36, 35.0),
        ("z", 35, .nan),
        ("", 10, .nan),
        ("+", 10, .nan),
        ("101", 2, 5.0),
        ("102", 2, 2.0),
        ("9007199254740993", 10, 9007199254740992.0),
        ("0x20000000000001", 16, 9007199254740992.0),
        ("100000000000000000000000000000000000000000000000000001", 2, 9007199254740992.0),
        ("123456789012345678901234567890", 10, 1.2345678901234568e+29),
        ("zzzzzzzzz", 36, 101559956668415.0),
        ("12", 1, .nan),
        ("12", 37, .nan),
        ("12", -1, .nan),
        ("1e3", 10, 1.0),
        ("0b1", 0, 0.0),
        ("777777777777777777777777", 8, 4.722366482869645e+21),
        ("1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111", 10, .infinity),
        ("11111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111", 2, .infinity),
    ] as [(String, Int32, Double)])
    func integers(_ text: String, _ radix: Int32, _ expected: Double) {
        #expect(same(NumberParsing.parseInt(Array(text.utf8), radix: radix), expected))
        #expect(same(NumberParsing.parseInt(Array(text.utf16), radix: radix), expected))
    }

    @Test func aTieIsBrokenByADigitFarBehind() {
        let tie = "9007199254740993." + String(repeating: "0", count: 2000)
        #expect(NumberParsing.stringToNumber(Array(tie.utf8)) == 9_007_199_254_740_992)
        #expect(NumberParsing.stringToNumber(Array((tie + "1").utf8)) == 9_007_199_254_740_994)
    }

    @Test func arrayIndicesAreCanonical() {
        func index(_ text: String) -> UInt32? { NumberParsing.arrayIndex(Array(text.utf8)) }
        #expect(index("0") == 0)
        #expect(index("4294967294") == 4_294_967_294)
        for text in ["4294967295", "4294967296", "99999999999", "00", "01", "-1", "1.0", "", "1e1", " 1"] {
            #expect(index(text) == nil)
        }
    }

    @Test func literalsWithoutSeparators() {
        #expect(NumberParsing.parseDecimal(Array("1.5e3".utf8)) == 1500)
        #expect(NumberParsing.parseDecimal(Array("1.5e3x".utf8)).isNaN)
        #expect(NumberParsing.parseDigits(Array("ff".utf8)[...], radix: 16) == 255)
    }
}
