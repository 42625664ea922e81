/// Time values (milliseconds since 1970-01-01 UTC, without leap seconds) and the proleptic Gregorian calendar
/// (ECMA-262, 21.4.1). Everything here is in UTC, or in whatever offset the caller has already added.
public enum CivilTime {
    public static let millisecondsPerDay = 86_400_000.0
    /// The largest magnitude of a time value: 100,000,000 days.
    public static let maximumTime = 8.64e15

    /// A time value taken apart.
    public struct Fields: Equatable, Sendable {
        /// Astronomical: the year before 1 is 0.
        public var year: Int
        /// 0 to 11.
        public var month: Int
        /// 1 to 31.
        public var day: Int
        public var hour: Int
        public var minute: Int
        public var second: Int
        public var millisecond: Int
        /// 0 is Sunday.
        public var weekday: Int
    }

    /// `nil` for NaN and for what is far outside the range of time values; times shifted by an offset are fine.
    public static func fields(of time: Double) -> Fields? {
        guard time.magnitude <= 9e15, let whole = Int64(exactly: time.rounded(.down)) else { return nil }
        let (days, milliseconds) = whole.quotientAndRemainder(dividingBy: 86_400_000)
        let day = Int(truncatingIfNeeded: milliseconds < 0 ? days &- 1 : days)
        let rest = Int(truncatingIfNeeded: milliseconds < 0 ? milliseconds &+ 86_400_000 : milliseconds)
        let (year, month, dayOfMonth) = civil(fromDays: day)
        return Fields(
            year: year, month: month, day: dayOfMonth, hour: rest / 3_600_000, minute: rest / 60_000 % 60,
            second: rest / 1000 % 60, millisecond: rest % 1000, weekday: modulo(day &+ 4, 7))
    }

    /// Days from 1970-01-01.
    /// - Parameter month: 0 to 11. The day may be any number of days from the month's first, which is 1.
    public static func days(fromYear year: Int, month: Int, day: Int) -> Int {
        // Years from March on, so that the leap day is the last one, in eras of 400 years.
        let shifted = month < 2 ? year &- 1 : year
        let era = floorDivision(shifted, 400)
        let yearOfEra = shifted &- era &* 400
        let monthFromMarch = month < 2 ? month &+ 10 : month &- 2
        let dayOfYear = (153 &* monthFromMarch &+ 2) / 5
        let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
        return era &* 146_097 &+ dayOfEra &- 719_468 &+ day &- 1
    }

    /// The date of a day counted from 1970-01-01; the month is 0 to 11.
    public static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days &+ 719_468
        let era = floorDivision(shifted, 146_097)
        let dayOfEra = shifted &- era &* 146_097
        let yearOfEra = (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        let monthFromMarch = (5 &* dayOfYear &+ 2) / 153
        let day = dayOfYear &- (153 &* monthFromMarch &+ 2) / 5 &+ 1
        let month = monthFromMarch < 10 ? monthFromMarch &+ 2 : monthFromMarch &- 10
        return (yearOfEra &+ era &* 400 &+ (month < 2 ? 1 : 0), month, day)
    }

    /// MakeTime (ECMA-262, 21.4.1.27).
    public static func makeTime(_ hour: Double, _ minute: Double, _ second: Double, _ millisecond: Double) -> Double {
        guard hour.isFinite, minute.isFinite, second.isFinite, millisecond.isFinite else { return .nan }
        let minutes = hour.rounded(.towardZero) * 3_600_000 + minute.rounded(.towardZero) * 60_000
        return minutes + second.rounded(.towardZero) * 1000 + millisecond.rounded(.towardZero)
    }

    /// MakeDay (ECMA-262, 21.4.1.28); NaN beyond a million years, where no day can bring the result back into range.
    public static func makeDay(_ year: Double, _ month: Double, _ day: Double) -> Double {
        guard day.isFinite, year.magnitude <= 1e6, month.magnitude <= 1e7 else { return .nan }
        let wholeMonth = Int(month.rounded(.towardZero))
        let wholeYear = Int(year.rounded(.towardZero)) &+ floorDivision(wholeMonth, 12)
        let first = days(fromYear: wholeYear, month: modulo(wholeMonth, 12), day: 1)
        return Double(first) + day.rounded(.towardZero) - 1
    }

    /// MakeDate (ECMA-262, 21.4.1.29).
    public static func makeDate(_ day: Double, _ time: Double) -> Double {
        let result = day * millisecondsPerDay + time
        return day.isFinite && time.isFinite && result.isFinite ? result : .nan
    }

    /// MakeFullYear (ECMA-262, 21.4.1.30): 0 to 99 are years of the twentieth century.
    public static func makeFullYear(_ year: Double) -> Double {
        if year.isNaN { return .nan }
        let whole = year.rounded(.towardZero)
        return whole >= 0 && whole <= 99 ? whole + 1900 : whole
    }

    /// TimeClip (ECMA-262, 21.4.1.31).
    public static func timeClip(_ time: Double) -> Double {
        // The addition makes -0 into +0.
        time.magnitude <= maximumTime ? time.rounded(.towardZero) + 0 : .nan
    }

    /// Day(time): days since 1970, for finite times.
    public static func day(_ time: Double) -> Double {
        (time / millisecondsPerDay).rounded(.down)
    }

    /// TimeWithinDay(time), 0 up to a day.
    public static func timeWithinDay(_ time: Double) -> Double {
        let rest = time.truncatingRemainder(dividingBy: millisecondsPerDay)
        return rest < 0 ? rest + millisecondsPerDay : rest + 0
    }

    static func floorDivision(_ value: Int, _ divisor: Int) -> Int {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient &- 1 : quotient
    }

    static func modulo(_ value: Int, _ divisor: Int) -> Int {
        let rest = value % divisor
        return rest < 0 ? rest &+ divisor : rest
    }
}
