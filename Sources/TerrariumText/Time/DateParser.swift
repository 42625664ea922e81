/// Date.parse: the format of the specification (ECMA-262, 21.4.1.32), and the older ones that V8 accepts.
///
/// The older format is loose: up to three numbers and a month's name make the date, numbers before colons the time;
/// words before the first number and anything in parentheses are ignored; `GMT`, `UTC`, `Z`, an American zone's name or
/// a signed number behind a time give the offset.
public struct DateParser {
    /// What a text says.
    public struct Result: Equatable, Sendable {
        /// A time value that has passed TimeClip; without an offset in the text the fields as if they were UTC.
        public var time: Double
        /// The text has no offset and is not a date alone in the specification's format: the time is local time.
        public var isLocal: Bool
    }

    /// `nil` when the text is no date, or one out of range.
    @inlinable
    public static func parse<Text: RandomAccessCollection>(_ text: Text) -> Result?
    where Text.Element: FixedWidthInteger & UnsignedInteger, Text.Index == Int {
        // Longer texts are no dates; the rest of the parser works on ASCII.
        guard text.count <= 10_000 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for unit in text {
            if unit < 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: unit))
            } else {
                let isSpace = UnicodeWhitespace.isWhitespaceOrLineTerminator(UInt32(truncatingIfNeeded: unit))
                bytes.append(isSpace ? 0x20 : 0xFF)
            }
        }
        return parse(ascii: bytes)
    }

    /// Anything beyond ASCII counts as a letter.
    public static func parse(ascii bytes: [UInt8]) -> Result? {
        var parser = DateParser(bytes)
        return parser.parse()
    }

    private enum Token: Equatable {
        case end
        case number(value: Int, length: Int)
        case symbol(UInt8)
        case month(Int)
        case halfDay(offset: Int)
        case zone(hours: Int, length: Int)
        case timeSeparator
        case word
        case space
        case other
    }

    private var scanner: DateScanner
    private var current: Token
    private var date: [Int] = []
    private var namedMonth: Int?
    private var isStandard = false
    private var clock: [Int] = []
    private var halfDayOffset: Int?
    private var zoneSign: Int?
    private var zoneHour: Int?
    private var zoneMinute: Int?

    private init(_ bytes: [UInt8]) {
        scanner = DateScanner(bytes)
        current = .end
        current = scan()
    }

    private mutating func parse() -> Result? {
        var token: Token
        switch parseStandard() {
        case .rejected: return nil
        case .finished: token = .end
        case .rest(let first): token = first
        }
        var hasNumber = !date.isEmpty
        while token != .end {
            guard parseLoose(token, &hasNumber) else { return nil }
            token = next()
        }
        return result()
    }

    // MARK: The specification's format

    private enum StandardOutcome {
        case finished
        case rejected
        /// Not this format: the token that the loose parser goes on with.
        case rest(Token)
    }

    private mutating func parseStandard() -> StandardOutcome {
        if isSign(current) {
            let sign = next()
            guard case .number(let value, 6) = current else { return .rest(sign) }
            _ = next()
            if sign == .symbol(0x2D) && value == 0 { return .rest(sign) }
            date.append(sign == .symbol(0x2D) ? -value : value)
        } else if case .number(let value, 4) = current {
            _ = next()
            date.append(value)
        } else {
            return .rest(next())
        }
        if skip(0x2D) {
            guard case .number(let month, 2) = current, month >= 1, month <= 12 else { return .rest(next()) }
            _ = next()
            date.append(month)
            if skip(0x2D) {
                guard case .number(let day, 2) = current, day >= 1, day <= 31 else { return .rest(next()) }
                _ = next()
                date.append(day)
            }
        }
        guard current == .timeSeparator else {
            if current != .end { return .rest(next()) }
            zoneSign = 1
            isStandard = true
            return .finished
        }
        _ = next()
        guard parseStandardClock(), parseStandardZone(), current == .end else { return .rejected }
        isStandard = true
        return .finished
    }

    private mutating func parseStandardClock() -> Bool {
        guard let hour = twoDigits(upTo: 24), skip(0x3A) else { return false }
        let limit = hour == 24 ? 0 : 59
        guard let minute = twoDigits(upTo: limit) else { return false }
        clock = [hour, minute]
        guard skip(0x3A) else { return true }
        guard let second = twoDigits(upTo: limit) else { return false }
        clock.append(second)
        guard skip(0x2E) else { return true }
        guard case .number(let value, let length) = current, hour < 24 || value == 0 else { return false }
        clock.append(milliseconds(value, length))
        _ = next()
        return true
    }

    private mutating func parseStandardZone() -> Bool {
        if case .zone(_, 1) = current {
            _ = next()
            (zoneSign, zoneHour, zoneMinute) = (1, 0, 0)
            return true
        }
        guard isSign(current) else { return true }
        zoneSign = next() == .symbol(0x2D) ? -1 : 1
        if case .number(let value, 4) = current {
            _ = next()
            (zoneHour, zoneMinute) = (value / 100, value % 100)
            return value / 100 <= 23 && value % 100 <= 59
        }
        guard let hour = twoDigits(upTo: 23), skip(0x3A), let minute = twoDigits(upTo: 59) else { return false }
        (zoneHour, zoneMinute) = (hour, minute)
        return true
    }

    private mutating func twoDigits(upTo limit: Int) -> Int? {
        guard case .number(let value, 2) = current, value <= limit else { return nil }
        _ = next()
        return value
    }

    // MARK: The loose format

    private mutating func parseLoose(_ token: Token, _ hasNumber: inout Bool) -> Bool {
        switch token {
        case .number(let value, _):
            hasNumber = true
            return parseLooseNumber(value)
        case .halfDay(let offset) where !clock.isEmpty:
            halfDayOffset = offset
            return true
        case .month(let month):
            namedMonth = month
            _ = skip(0x2D)
            return true
        case .zone(let hours, _) where hasNumber:
            zoneSign = hours < 0 ? -1 : 1
            zoneHour = Int(hours.magnitude)
            zoneMinute = 0
            return true
        case .halfDay, .zone, .timeSeparator, .word:
            // A word is ignored before the first number, unless the number follows at once.
            if hasNumber { return false }
            if case .number = current { return false }
            return true
        case .symbol(0x2B), .symbol(0x2D):
            let isUTC = zoneHour == 0 && zoneMinute == 0
            guard isUTC || !clock.isEmpty else { return !hasNumber }
            return parseLooseOffset(isNegative: token == .symbol(0x2D), &hasNumber)
        case .symbol(0x29):
            return !hasNumber
        default:
            return true
        }
    }

    private mutating func parseLooseNumber(_ value: Int) -> Bool {
        if skip(0x3A) {
            if skip(0x3A) {
                guard clock.isEmpty else { return false }
                clock = [value, 0]
                return true
            }
            guard clock.count < 4 else { return false }
            clock.append(value)
            _ = skip(0x2E)
            return true
        }
        let hasPoint = skip(0x2E)
        if hasPoint && isClockExpecting(value) {
            clock.append(value)
            guard case .number(let fraction, let length) = next() else { return false }
            finishClock(milliseconds(fraction, length))
            return true
        }
        if zoneHour != nil && zoneMinute == nil && value <= 59 {
            zoneMinute = value
            return true
        }
        if isClockExpecting(value) {
            finishClock(value)
            switch current {
            case .end, .space, .zone(_, 1): return true
            default: return isSign(current)
            }
        }
        guard date.count < 3 else { return false }
        date.append(value)
        _ = skip(0x2D)
        return true
    }

    private mutating func parseLooseOffset(isNegative: Bool, _ hasNumber: inout Bool) -> Bool {
        zoneSign = isNegative ? -1 : 1
        var value = 0
        var length = 0
        if case .number(let found, let digits) = current {
            (value, length) = (found, digits)
            _ = next()
        }
        hasNumber = true
        if current == .symbol(0x3A) {
            (zoneHour, zoneMinute) = (value, nil)
            return true
        }
        switch length {
        case 1, 2: (zoneHour, zoneMinute) = (value, 0)
        case 3, 4: (zoneHour, zoneMinute) = (value / 100, value % 100)
        default: return false
        }
        return true
    }

    private func isClockExpecting(_ value: Int) -> Bool {
        switch clock.count {
        case 1, 2: value <= 59
        case 3: value <= 999
        default: false
        }
    }

    private mutating func finishClock(_ value: Int) {
        if clock.count < 4 { clock.append(value) }
        while clock.count < 4 { clock.append(0) }
    }

    /// The first three digits of a fraction, which has `length` of them with its leading zeros.
    private func milliseconds(_ value: Int, _ length: Int) -> Int {
        var result = value
        var digits = length
        while digits < 3 {
            result &*= 10
            digits &+= 1
        }
        while digits > 3 {
            result /= 10
            digits &-= 1
        }
        return result
    }

    // MARK: What it all means

    private func result() -> Result? {
        guard !date.isEmpty, let (year, month, day) = yearMonthDay(), let time = timeOfDay() else { return nil }
        let days = CivilTime.days(fromYear: year, month: month &- 1, day: day)
        var total = Double(days) * CivilTime.millisecondsPerDay + Double(time)
        if let zoneSign {
            let seconds = (zoneHour ?? 0) &* 3600 &+ (zoneMinute ?? 0) &* 60
            total -= Double(zoneSign &* seconds) * 1000
        }
        let clipped = CivilTime.timeClip(total)
        // A local time may come back into range with its offset.
        guard !clipped.isNaN || (zoneSign == nil && total.magnitude <= CivilTime.maximumTime + 86_400_000) else {
            return nil
        }
        return Result(time: total, isLocal: zoneSign == nil)
    }

    private func yearMonthDay() -> (year: Int, month: Int, day: Int)? {
        let parts = date + [1, 1, 1]
        var year: Int
        let month: Int
        let day: Int
        let startsWithDay = parts[0] >= 1 && parts[0] <= 31
        if let namedMonth {
            month = namedMonth
            (day, year) = startsWithDay ? (parts[0], parts[1]) : (parts[1], parts[0])
        } else if isStandard || !startsWithDay {
            (year, month, day) = (parts[0], parts[1], parts[2])
        } else {
            (month, day, year) = (parts[0], parts[1], parts[2])
        }
        if !isStandard {
            if year >= 0 && year <= 49 { year &+= 2000 } else if year >= 50 && year <= 99 { year &+= 1900 }
        }
        guard year.magnitude <= 1_000_000, month >= 1, month <= 12, day >= 1, day <= 31 else { return nil }
        return (year, month, day)
    }

    private func timeOfDay() -> Int? {
        let parts = clock + [0, 0, 0, 0]
        var hour = parts[0]
        if let halfDayOffset {
            guard hour <= 12 else { return nil }
            hour = hour % 12 &+ halfDayOffset
        }
        if hour > 23 || parts[1] > 59 || parts[2] > 59 || parts[3] > 999 {
            guard hour == 24, parts[1] == 0, parts[2] == 0, parts[3] == 0 else { return nil }
        }
        return ((hour &* 60 &+ parts[1]) &* 60 &+ parts[2]) &* 1000 &+ parts[3]
    }

    // MARK: Tokens

    private mutating func next() -> Token {
        let token = current
        current = scan()
        return token
    }

    private mutating func skip(_ symbol: UInt8) -> Bool {
        guard current == .symbol(symbol) else { return false }
        _ = next()
        return true
    }

    private func isSign(_ token: Token) -> Bool {
        token == .symbol(0x2B) || token == .symbol(0x2D)
    }

    private mutating func scan() -> Token {
        guard let byte = scanner.peek else { return .end }
        switch byte {
        case 0x30...0x39:
            let (value, length) = scanner.number()
            return .number(value: value, length: length)
        case 0x3A, 0x2D, 0x2B, 0x2E, 0x29:
            scanner.advance()
            return .symbol(byte)
        case 0x41...:
            return keyword()
        case 0x28:
            scanner.skipParentheses()
            return .other
        default:
            scanner.advance()
            return byte == 0x20 || byte &- 0x09 < 5 ? .space : .other
        }
    }

    private mutating func keyword() -> Token {
        let (prefix, length) = scanner.word()
        if length >= 3 {
            for month in 0..<12 {
                let start = month &* 3
                // The names differ in their first three letters, which is all that counts.
                if prefix.elementsEqual(CivilTime.monthNames[start..<(start &+ 3)].map { $0 | 0x20 }) {
                    return .month(month &+ 1)
                }
            }
        }
        guard length <= 3 else { return .word }
        switch String(decoding: prefix, as: UTF8.self) {
        case "am": return .halfDay(offset: 0)
        case "pm": return .halfDay(offset: 12)
        case "t": return .timeSeparator
        case "z", "ut", "utc", "gmt": return .zone(hours: 0, length: length)
        case "edt": return .zone(hours: -4, length: length)
        case "est", "cdt": return .zone(hours: -5, length: length)
        case "cst", "mdt": return .zone(hours: -6, length: length)
        case "mst", "pdt": return .zone(hours: -7, length: length)
        case "pst": return .zone(hours: -8, length: length)
        default: return .word
        }
    }
}

/// The characters of a date's text.
private struct DateScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func advance() { index &+= 1 }

    /// Value (nine digits count, after leading zeros) and number of digits. Fractions of a second with more digits than
    /// that are cut here, so the length counts at most nine behind the zeros.
    mutating func number() -> (value: Int, length: Int) {
        var value = 0
        var length = 0
        var significant = 0
        while let byte = peek, byte &- 0x30 < 10 {
            if significant < 9 {
                value = value &* 10 &+ Int(byte &- 0x30)
                if value != 0 { significant &+= 1 }
                length &+= 1
            }
            advance()
        }
        return (value, length)
    }

    /// The first three letters in lower case, and the length, of a run of letters (and anything above them).
    mutating func word() -> (prefix: [UInt8], length: Int) {
        var prefix: [UInt8] = []
        let start = index
        while let byte = peek, byte >= 0x41 {
            if prefix.count < 3 { prefix.append(byte &- 0x41 < 26 ? byte | 0x20 : byte) }
            advance()
        }
        return (prefix, index &- start)
    }

    /// Skips to behind the parenthesis that closes the one here.
    mutating func skipParentheses() {
        var depth = 0
        while let byte = peek {
            if byte == 0x28 { depth &+= 1 } else if byte == 0x29 { depth &-= 1 }
            advance()
            if depth == 0 { return }
        }
    }
}
