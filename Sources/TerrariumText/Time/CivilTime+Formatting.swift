/// The text forms of time values, as ASCII. `nil` for NaN.
extension CivilTime {
    /// Date.prototype.toISOString (ECMA-262, 21.4.4.36): `2022-03-01T10:00:00.000Z`, six digits and a sign for years
    /// outside 0 to 9999.
    public static func isoString(_ time: Double) -> [UInt8]? {
        guard let fields = fields(of: time) else { return nil }
        var result: [UInt8] = []
        if fields.year >= 0 && fields.year <= 9999 {
            append(fields.year, 4, to: &result)
        } else {
            result.append(fields.year < 0 ? 0x2D : 0x2B)
            append(Int(truncatingIfNeeded: fields.year.magnitude), 6, to: &result)
        }
        result.append(0x2D)
        append(fields.month &+ 1, 2, to: &result)
        result.append(0x2D)
        append(fields.day, 2, to: &result)
        result.append(0x54)
        appendClock(fields, to: &result)
        result.append(0x2E)
        append(fields.millisecond, 3, to: &result)
        result.append(0x5A)
        return result
    }

    /// Date.prototype.toUTCString: `Tue, 01 Mar 2022 10:00:00 GMT`.
    public static func utcString(_ time: Double) -> [UInt8]? {
        guard let fields = fields(of: time) else { return nil }
        var result: [UInt8] = []
        appendName(weekdayNames, fields.weekday, to: &result)
        result.append(0x2C)
        result.append(0x20)
        append(fields.day, 2, to: &result)
        result.append(0x20)
        appendName(monthNames, fields.month, to: &result)
        result.append(0x20)
        appendYear(fields.year, to: &result)
        result.append(0x20)
        appendClock(fields, to: &result)
        result.append(contentsOf: [0x20, 0x47, 0x4D, 0x54])
        return result
    }

    /// DateString (ECMA-262, 21.4.4.41.2): `Tue Mar 01 2022`.
    /// - Parameter localTime: with the offset already added.
    public static func dateString(_ localTime: Double) -> [UInt8]? {
        guard let fields = fields(of: localTime) else { return nil }
        var result: [UInt8] = []
        appendName(weekdayNames, fields.weekday, to: &result)
        result.append(0x20)
        appendName(monthNames, fields.month, to: &result)
        result.append(0x20)
        append(fields.day, 2, to: &result)
        result.append(0x20)
        appendYear(fields.year, to: &result)
        return result
    }

    /// TimeString and TimeZoneString (ECMA-262, 21.4.4.41.1 and .3): `10:00:00 GMT+0100 (CET)`.
    /// - Parameters:
    ///   - localTime: with the offset already added.
    ///   - offsetMinutes: east of Greenwich.
    ///   - zoneName: what stands in parentheses; nothing does when it is empty.
    public static func timeString(_ localTime: Double, offsetMinutes: Int = 0, zoneName: [UInt8]) -> [UInt8]? {
        guard let fields = fields(of: localTime) else { return nil }
        var result: [UInt8] = []
        appendClock(fields, to: &result)
        result.append(contentsOf: [0x20, 0x47, 0x4D, 0x54, offsetMinutes < 0 ? 0x2D : 0x2B])
        let magnitude = Int(truncatingIfNeeded: offsetMinutes.magnitude % 6000)
        append(magnitude / 60, 2, to: &result)
        append(magnitude % 60, 2, to: &result)
        if !zoneName.isEmpty {
            result.append(contentsOf: [0x20, 0x28])
            result.append(contentsOf: zoneName)
            result.append(0x29)
        }
        return result
    }

    static let weekdayNames = Array("SunMonTueWedThuFriSat".utf8)
    static let monthNames = Array("JanFebMarAprMayJunJulAugSepOctNovDec".utf8)

    private static func appendClock(_ fields: Fields, to result: inout [UInt8]) {
        append(fields.hour, 2, to: &result)
        result.append(0x3A)
        append(fields.minute, 2, to: &result)
        result.append(0x3A)
        append(fields.second, 2, to: &result)
    }

    private static func appendYear(_ year: Int, to result: inout [UInt8]) {
        if year < 0 { result.append(0x2D) }
        append(Int(truncatingIfNeeded: year.magnitude), 4, to: &result)
    }

    private static func appendName(_ names: [UInt8], _ index: Int, to result: inout [UInt8]) {
        let start = index &* 3
        guard start >= 0, start &+ 3 <= names.count else { return }
        result.append(contentsOf: names[start..<(start &+ 3)])
    }

    /// At least `width` digits.
    private static func append(_ value: Int, _ width: Int, to result: inout [UInt8]) {
        let number = UInt64(value.magnitude)
        NumberFormatting.appendDigits(number, count: max(width, NumberFormatting.digitCount(number)), to: &result)
    }
}
