import TerrariumText
import Testing

/// Expectations made with another engine (node 20).
@Suite struct CivilTimeTests {
    @Test(arguments: [
        ("", nil, false),
        ("T10:00", nil, false),
        ("2022", 1640995200000.0, false),
        ("2022-03", 1646092800000.0, false),
        ("2022-03-01", 1646092800000.0, false),
        ("2022-03-01T10", nil, false),
        ("2022-03-01T10:00", 1646128800000.0, true),
        ("2022-03-01T10:00Z", 1646128800000.0, false),
        ("2022-03-01T10:00:30.5+01:00", 1646125230500.0, false),
        ("2022-03-01T24:00:00Z", 1646179200000.0, false),
        ("2022-03-01T24:00:01Z", nil, false),
        ("2022-13-01", nil, false),
        ("2022-02-31", 1646265600000.0, false),
        ("-000000-01-01", 978307200000.0, true),
        ("+275760-09-13", 8640000000000000.0, false),
        ("+275760-09-14", nil, false),
        ("-271821-04-20", -8640000000000000.0, false),
        ("-271821-04-19", nil, false),
        ("2022-03-01T10:00:00.123456Z", 1646128800123.0, false),
        ("Tue Mar 01 2022 10:00:00 GMT+0100 (CET)", 1646125200000.0, false),
        ("Mar 1, 2022", 1646092800000.0, true),
        ("2022/03/01", 1646092800000.0, true),
        ("Tue, 01 Mar 2022 10:00:00 GMT", 1646128800000.0, false),
        ("3/1/2022", 1646092800000.0, true),
        ("1 March 2022 10:00 pm", 1646172000000.0, true),
        ("12", 1007164800000.0, true),
        ("32", 1956528000000.0, true),
        ("0", 946684800000.0, true),
        ("2022-03-01 10:00", 1646128800000.0, true),
        ("2022-3-1", 1646092800000.0, true),
        ("20220301", nil, false),
        ("foo2022", nil, false),
        ("foo 2022", 1640995200000.0, true),
        ("2022 foo", nil, false),
        ("2022)", nil, false),
        ("1/1/49", 2493072000000.0, true),
        ("1/1/50", -631152000000.0, true),
        ("13/1/2020", nil, false),
        ("Jan 32 2020", nil, false),
        ("10:00", nil, false),
        ("2022-03-01T10:00+0530", 1646109000000.0, false),
        ("2022-03-01T10:00+05", nil, false),
        ("2000-01-01T00:00:00 +0100", nil, false),
        ("Dec 25, 1995 13:30 EST", 819916200000.0, false),
        ("Dec 25, 1995 13:30 -3", 819909000000.0, false),
        ("Mon, 25 Dec 1995 13:30:00 +0430", 819882000000.0, false),
        ("12:30 AM Jan 1 2000", 946686600000.0, true),
        ("2000-01-01T00:00:00.", nil, false),
    ] as [(String, Double?, Bool)])
    func texts(_ text: String, _ expected: Double?, _ isLocal: Bool) {
        let result = DateParser.parse(Array(text.utf16))
        #expect(result?.time == expected)
        #expect((result?.isLocal ?? false) == isLocal)
        #expect(DateParser.parse(Array(text.utf8)) == result)
    }

    @Test func anyWhitespaceSeparates() {
        #expect(DateParser.parse(Array("Mar\u{A0}1\u{2003}2022".utf16))?.time == 1_646_092_800_000)
        #expect(DateParser.parse(Array("Mar\u{E9}z 1 2022".utf16))?.time == 1646092800000)
    }

    @Test func hostileTextsEnd() {
        #expect(DateParser.parse([UInt8](repeating: 0x28, count: 9999)) == nil)
        #expect(DateParser.parse([UInt8](repeating: 0x39, count: 9999)) == nil)
        #expect(DateParser.parse([UInt8](repeating: 0x31, count: 20_000)) == nil)
        #expect(DateParser.parse(Array("1 1 1 10:00 +999999999:59".utf8))?.isLocal != true)
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)"),
        (-1.0, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT", "Wed Dec 31 1969 23:59:59 GMT+0000 (Coordinated Universal Time)"),
        (1646128800123.0, "2022-03-01T10:00:00.123Z", "Tue, 01 Mar 2022 10:00:00 GMT", "Tue Mar 01 2022 10:00:00 GMT+0000 (Coordinated Universal Time)"),
        (8640000000000000.0, "+275760-09-13T00:00:00.000Z", "Sat, 13 Sep 275760 00:00:00 GMT", "Sat Sep 13 275760 00:00:00 GMT+0000 (Coordinated Universal Time)"),
        (-8640000000000000.0, "-271821-04-20T00:00:00.000Z", "Tue, 20 Apr -271821 00:00:00 GMT", "Tue Apr 20 -271821 00:00:00 GMT+0000 (Coordinated Universal Time)"),
        (-62198755200000.0, "-000001-01-01T00:00:00.000Z", "Fri, 01 Jan -0001 00:00:00 GMT", "Fri Jan 01 -0001 00:00:00 GMT+0000 (Coordinated Universal Time)"),
        (253402300800000.0, "+010000-01-01T00:00:00.000Z", "Sat, 01 Jan 10000 00:00:00 GMT", "Sat Jan 01 10000 00:00:00 GMT+0000 (Coordinated Universal Time)"),
        (-62167219200001.0, "-000001-12-31T23:59:59.999Z", "Fri, 31 Dec -0001 23:59:59 GMT", "Fri Dec 31 -0001 23:59:59 GMT+0000 (Coordinated Universal Time)"),
        (951782400000.0, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 GMT", "Tue Feb 29 2000 00:00:00 GMT+0000 (Coordinated Universal Time)"),
    ])
    func formats(_ time: Double, _ iso: String, _ utc: String, _ local: String) {
        func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "nil" }
        #expect(text(CivilTime.isoString(time)) == iso)
        #expect(text(CivilTime.utcString(time)) == utc)
        let zone = Array("Coordinated Universal Time".utf8)
        #expect(text(CivilTime.dateString(time)) + " " + text(CivilTime.timeString(time, zoneName: zone)) == local)
        #expect(DateParser.parse(Array(iso.utf8))?.time == time)
    }

    @Test func offsetsAreSigned() {
        let text = CivilTime.timeString(0, offsetMinutes: -90, zoneName: []).map { String(decoding: $0, as: UTF8.self) }
        #expect(text == "00:00:00 GMT-0130")
        #expect(CivilTime.isoString(.nan) == nil)
        #expect(CivilTime.fields(of: .infinity) == nil)
    }

    @Test func daysAndDatesAreInverse() {
        for day in stride(from: -100_000_000, through: 100_000_000, by: 12_345) {
            let (year, month, dayOfMonth) = CivilTime.civil(fromDays: day)
            #expect(CivilTime.days(fromYear: year, month: month, day: dayOfMonth) == day)
        }
    }

    @Test func constructionFollowsTheAbstractOperations() {
        #expect(CivilTime.makeDay(1970, 0, 1) == 0)
        #expect(CivilTime.makeDay(2020, 14, -30) == 18656)
        #expect(CivilTime.makeDay(2020, -1, 1.9) == 18231)
        #expect(CivilTime.makeDay(.nan, 0, 1).isNaN)
        #expect(CivilTime.makeDay(1e300, 0, 1).isNaN)
        #expect(CivilTime.makeDay(1970, .infinity, 1).isNaN)
        #expect(CivilTime.makeTime(1, 2, 3.9, 4) == 3_723_004)
        #expect(CivilTime.makeTime(.infinity, 0, 0, 0).isNaN)
        #expect(CivilTime.makeDate(1e300, 1e300).isNaN || CivilTime.timeClip(CivilTime.makeDate(1e300, 0)).isNaN)
        #expect(CivilTime.timeClip(8.64e15 + 1).isNaN)
        #expect(CivilTime.timeClip(-0.5).bitPattern == 0)
        #expect(CivilTime.timeClip(1.9) == 1)
        #expect(CivilTime.makeFullYear(99.5) == 1999)
        #expect(CivilTime.makeFullYear(100) == 100)
        #expect(CivilTime.day(-1) == -1)
        #expect(CivilTime.timeWithinDay(-1) == 86_399_999)
    }
}
