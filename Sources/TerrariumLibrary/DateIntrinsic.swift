import TerrariumEngine
import TerrariumText

/// Date (ECMA-262 §21.4, §B.2.3). A date object has one field: the time value.
///
/// Without the host's clock "now" is the epoch; without its time zone local time is UTC.
extension RealmBuilder {
    func buildDate() throws(Thrown) {
        let prototype = try object()
        setIntrinsic(.datePrototype, prototype)
        let date = try constructor(
            Builtin("Date", 7) { (machine, call) throws(Thrown) in
                guard call.isConstruct else { return try machine.dateText(machine.currentTimeValue, .dateAndTime) }
                if call.argumentCount == 1, call[0].isObject, machine.kind(of: call[0].offset) != CellKind.date {
                    return try machine.goOnWithPrimitive(call)
                }
                if call.argumentCount > 1, let again = try machine.coerce(call, "-nnnnnnn") { return again }
                let time = try machine.timeValue(constructing: call)
                let object = try machine.allocateObject(
                    kind: CellKind.date, prototype: try machine.prototypeFromConstructor(call.newTarget, .datePrototype),
                    fields: 1)
                machine.setField(object, 0, Value(number: time))
                return Value(object: object)
            }, prototype: prototype, statics: RealmBuilder.dateStatics,
            methods: RealmBuilder.dateGetters + RealmBuilder.dateSetters + RealmBuilder.dateTexts)
        setIntrinsic(.date, date)
        try define(prototype, "toGMTString", try machine.get(prototype, key("toUTCString")))
        let toPrimitive = try function(Builtin("@@toPrimitive", 1) { (machine, call) throws(Thrown) in
            guard call.this.isObject else {
                throw machine.typeError(
                    "Method Date.prototype [ @@toPrimitive ] called on incompatible receiver \(machine.quote(call.this))")
            }
            switch call[0].isString ? machine.swiftString(call[0]) : "" {
            case "string", "default": return try machine.goOn(call, engine: .ordinaryPrimitive, this: .undefined, [call.this, .true])
            case "number": return try machine.goOn(call, engine: .ordinaryPrimitive, this: .undefined, [call.this, .false])
            default: throw machine.typeError("Invalid hint: \(machine.describe(call[0]))")
            }
        })
        try define(prototype, "@@toPrimitive", Value(object: toPrimitive), attributes: Attribute.configurable)
    }

    static let dateStatics: [Builtin] = [
        Builtin("now", 0, price: 6) { (machine, _) throws(Thrown) in Value(number: machine.currentTimeValue) },
        Builtin("parse", 1, coerces: "-s") { (machine, call) throws(Thrown) in
            Value(number: try machine.parseDate(try machine.toStringValue(call[0])))
        },
        Builtin("UTC", 7, coerces: "-nnnnnnn") { (machine, call) throws(Thrown) in
            Value(number: CivilTime.timeClip(try machine.dateFromComponents(call)))
        },
    ]

    private static func getter(_ name: String, _ isLocal: Bool, _ part: @escaping @Sendable (CivilTime.Fields) -> Int)
        -> Builtin
    {
        Builtin(name, 0) { (machine, call) throws(Thrown) in
            let time = try machine.thisTimeValue(call)
            guard let fields = CivilTime.fields(of: isLocal ? machine.localTime(time) : time) else { return .nan }
            return Value(part(fields))
        }
    }

    static let dateGetters: [Builtin] = [
        getter("getFullYear", true) { $0.year }, getter("getUTCFullYear", false) { $0.year },
        getter("getMonth", true) { $0.month }, getter("getUTCMonth", false) { $0.month },
        getter("getDate", true) { $0.day }, getter("getUTCDate", false) { $0.day },
        getter("getDay", true) { $0.weekday }, getter("getUTCDay", false) { $0.weekday },
        getter("getHours", true) { $0.hour }, getter("getUTCHours", false) { $0.hour },
        getter("getMinutes", true) { $0.minute }, getter("getUTCMinutes", false) { $0.minute },
        getter("getSeconds", true) { $0.second }, getter("getUTCSeconds", false) { $0.second },
        getter("getMilliseconds", true) { $0.millisecond }, getter("getUTCMilliseconds", false) { $0.millisecond },
        getter("getYear", true) { $0.year - 1900 },
        Builtin("getTime", 0, price: 6) { (machine, call) throws(Thrown) in Value(number: try machine.thisTimeValue(call)) },
        Builtin("valueOf", 0, price: 6) { (machine, call) throws(Thrown) in Value(number: try machine.thisTimeValue(call)) },
        Builtin("getTimezoneOffset", 0) { (machine, call) throws(Thrown) in
            let time = try machine.thisTimeValue(call)
            return Value(number: time.isNaN ? .nan : 0 - machine.zoneOffset(at: time) / 60_000)
        },
    ]

    /// A setter that takes up to `count` components, the first of them component `first` (0 year … 6 millisecond).
    private static func setter(_ name: String, first: Int, count: Int, isLocal: Bool) -> Builtin {
        Builtin(name, count, price: 40) { (machine, given) throws(Thrown) in
            let resumed = machine.resumed(given)
            let call = resumed.call
            var time = try machine.thisTimeValue(call)
            // Of the date before what is given was converted.
            if let kept = resumed.kept { time = kept.number }
            let kinds = ArgumentKinds(
                .number, count > 1 ? .number : .any, count > 2 ? .number : .any, count > 3 ? .number : .any)
            if let again = try machine.coerce(call, kinds, keeping: Value(number: time)) { return again }
            var given: [Double] = []
            // The first component is converted even when it is missing.
            for index in 0..<max(1, min(count, call.argumentCount)) { given.append(try machine.toDouble(call[index])) }
            if first == 0, time.isNaN { time = 0 } else if isLocal { time = machine.localTime(time) }
            guard let fields = CivilTime.fields(of: time) else { return .nan }
            var parts = [
                fields.year, fields.month, fields.day, fields.hour, fields.minute, fields.second, fields.millisecond,
            ].map(Double.init)
            for (index, value) in given.enumerated() where first + index < parts.count { parts[first + index] = value }
            let day = first < 3 ? CivilTime.makeDay(parts[0], parts[1], parts[2]) : CivilTime.day(time)
            let clock = first < 3
                ? CivilTime.timeWithinDay(time) : CivilTime.makeTime(parts[3], parts[4], parts[5], parts[6])
            let result = CivilTime.makeDate(day, clock)
            return machine.setTimeValue(call, CivilTime.timeClip(isLocal ? machine.utcTime(result) : result))
        }
    }

    static let dateSetters: [Builtin] = [
        setter("setFullYear", first: 0, count: 3, isLocal: true), setter("setUTCFullYear", first: 0, count: 3, isLocal: false),
        setter("setMonth", first: 1, count: 2, isLocal: true), setter("setUTCMonth", first: 1, count: 2, isLocal: false),
        setter("setDate", first: 2, count: 1, isLocal: true), setter("setUTCDate", first: 2, count: 1, isLocal: false),
        setter("setHours", first: 3, count: 4, isLocal: true), setter("setUTCHours", first: 3, count: 4, isLocal: false),
        setter("setMinutes", first: 4, count: 3, isLocal: true), setter("setUTCMinutes", first: 4, count: 3, isLocal: false),
        setter("setSeconds", first: 5, count: 2, isLocal: true), setter("setUTCSeconds", first: 5, count: 2, isLocal: false),
        setter("setMilliseconds", first: 6, count: 1, isLocal: true),
        setter("setUTCMilliseconds", first: 6, count: 1, isLocal: false),
        Builtin("setTime", 1, price: 6) { (machine, call) throws(Thrown) in
            _ = try machine.thisTimeValue(call)
            if let again = try machine.coerce(call, "-n") { return again }
            return machine.setTimeValue(call, CivilTime.timeClip(try machine.toDouble(call[0])))
        },
        Builtin("setYear", 1, price: 20) { (machine, given) throws(Thrown) in
            let resumed = machine.resumed(given)
            let call = resumed.call
            var time = try machine.thisTimeValue(call)
            if let kept = resumed.kept { time = kept.number }
            if let again = try machine.coerce(call, ArgumentKinds(.number), keeping: Value(number: time)) { return again }
            let year = try machine.toDouble(call[0])
            if year.isNaN { return machine.setTimeValue(call, .nan) }
            let local = time.isNaN ? 0 : machine.localTime(time)
            guard let fields = CivilTime.fields(of: local) else { return machine.setTimeValue(call, .nan) }
            let day = CivilTime.makeDay(CivilTime.makeFullYear(year), Double(fields.month), Double(fields.day))
            let result = CivilTime.makeDate(day, CivilTime.timeWithinDay(local))
            return machine.setTimeValue(call, CivilTime.timeClip(machine.utcTime(result)))
        },
    ]

    private static func text(_ name: String, _ form: Machine.DateForm) -> Builtin {
        Builtin(name, 0) { (machine, call) throws(Thrown) in
            try machine.dateText(try machine.thisTimeValue(call), form)
        }
    }

    static let dateTexts: [Builtin] = [
        text("toString", .dateAndTime), text("toDateString", .date), text("toTimeString", .time),
        text("toUTCString", .utc), text("toLocaleString", .localeDateAndTime), text("toLocaleDateString", .localeDate),
        text("toLocaleTimeString", .localeTime),
        Builtin("toISOString", 0) { (machine, call) throws(Thrown) in
            try machine.charge(48)
            guard let text = CivilTime.isoString(try machine.thisTimeValue(call)) else {
                throw machine.rangeError("Invalid time value")
            }
            return try machine.makeString(latin1: text)
        },
        Builtin("toJSON", 1) { (machine, call) throws(Thrown) in
            try machine.goOn(call, engine: .dateToJSON, this: try machine.toObject(call.this), [])
        },
    ]
}

extension Machine {
    /// The host's clock in whole milliseconds.
    var currentTimeValue: Double {
        let now = CivilTime.timeClip((host.currentTime?() ?? 0).rounded(.down))
        return now.isNaN ? 0 : now
    }

    func thisTimeValue(_ call: NativeCall) throws(Thrown) -> Double {
        guard call.this.isObject, kind(of: call.this.offset) == CellKind.date else {
            let name = functionName(call.callee.offset)
            throw typeError(
                name.hasPrefix("get") || name == "valueOf" ? "this is not a Date object."
                    : "Method Date.prototype.\(name) called on incompatible receiver \(quote(call.this))")
        }
        return field(call.this.offset, 0).number
    }

    func setTimeValue(_ call: NativeCall, _ time: Double) -> Value {
        let value = Value(number: time)
        setField(call.this.offset, 0, value)
        return value
    }

    /// Steps 3 to 5 of `new Date(…)`. May run guest code.
    fileprivate func timeValue(constructing call: NativeCall) throws(Thrown) -> Double {
        if call.argumentCount == 0 { return currentTimeValue }
        if call.argumentCount > 1 { return CivilTime.timeClip(utcTime(try dateFromComponents(call))) }
        if call[0].isObject, kind(of: call[0].offset) == CellKind.date { return field(call[0].offset, 0).number }
        let primitive = try toPrimitive(call[0])
        if primitive.isString { return try parseDate(primitive) }
        return CivilTime.timeClip(try toDouble(primitive))
    }

    /// Year, month and so on, as `new Date` and `Date.UTC` take them. May run guest code.
    fileprivate func dateFromComponents(_ call: NativeCall) throws(Thrown) -> Double {
        try charge(12)
        var parts: [Double] = [0, 0, 1, 0, 0, 0, 0]
        for index in 0..<max(1, min(7, call.argumentCount)) { parts[index] = try toDouble(call[index]) }
        let day = CivilTime.makeDay(CivilTime.makeFullYear(parts[0]), parts[1], parts[2])
        return CivilTime.makeDate(day, CivilTime.makeTime(parts[3], parts[4], parts[5], parts[6]))
    }

    fileprivate func parseDate(_ string: Value) throws(Thrown) -> Double {
        let text = try flat(string)
        try charge(text.count &* 4 &+ 20)
        guard let result = DateParser.parse(text.units) else { return .nan }
        return result.isLocal ? CivilTime.timeClip(utcTime(result.time)) : result.time
    }

    // MARK: Time zone

    /// Milliseconds that local time is ahead of UTC at a UTC time value.
    func zoneOffset(at time: Double) -> Double {
        guard let offset = host.timeZoneOffset else { return 0 }
        let minutes = offset(time)
        return minutes.isFinite ? min(max(minutes.rounded(), -1440), 1440) * 60_000 : 0
    }

    func localTime(_ time: Double) -> Double { time.isFinite ? time + zoneOffset(at: time) : .nan }

    /// UTC(t): of two times that a clock shows twice the earlier; times that it skips are read with the offset before.
    func utcTime(_ local: Double) -> Double {
        guard local.isFinite, abs(local) <= CivilTime.maximumTime + CivilTime.millisecondsPerDay else { return .nan }
        if host.timeZoneOffset == nil { return local }
        let before = zoneOffset(at: local - CivilTime.millisecondsPerDay)
        let after = zoneOffset(at: local + CivilTime.millisecondsPerDay)
        if before == after || zoneOffset(at: local - before) == before { return local - before }
        return zoneOffset(at: local - after) == after ? local - after : local - before
    }

    // MARK: Text

    enum DateForm: Sendable { case dateAndTime, date, time, utc, localeDateAndTime, localeDate, localeTime }

    func dateText(_ time: Double, _ form: DateForm) throws(Thrown) -> Value {
        try charge(72)
        let local = localTime(time)
        var text: [UInt8] = []
        switch form {
        case .utc: text = CivilTime.utcString(time) ?? []
        case .date: text = CivilTime.dateString(local) ?? []
        case .time: text = timeText(time, local)
        case .dateAndTime:
            text = CivilTime.dateString(local) ?? []
            if !text.isEmpty { text += [0x20] + timeText(time, local) }
        case .localeDate: text = CivilTime.fields(of: local).map { localeDate($0) } ?? []
        case .localeTime: text = CivilTime.fields(of: local).map { localeTime($0) } ?? []
        case .localeDateAndTime: text = CivilTime.fields(of: local).map { localeDate($0) + [0x2C, 0x20] + localeTime($0) } ?? []
        }
        return text.isEmpty ? try makeString("Invalid Date") : try makeString(latin1: text)
    }

    private func timeText(_ time: Double, _ local: Double) -> [UInt8] {
        let name = host.timeZoneName?(time) ?? (host.timeZoneOffset == nil ? "Coordinated Universal Time" : "")
        let zone = name.utf8.filter { $0 < 0x80 }
        return CivilTime.timeString(local, offsetMinutes: Int(zoneOffset(at: time) / 60_000), zoneName: zone) ?? []
    }

    /// The American form, as V8 has it without options.
    private func localeDate(_ fields: CivilTime.Fields) -> [UInt8] {
        let year = fields.year > 0 ? fields.year : 1 - fields.year
        return Array("\(fields.month + 1)/\(fields.day)/\(year)".utf8)
    }

    private func localeTime(_ fields: CivilTime.Fields) -> [UInt8] {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let hour = fields.hour % 12 == 0 ? 12 : fields.hour % 12
        return Array("\(hour):\(two(fields.minute)):\(two(fields.second)) \(fields.hour < 12 ? "AM" : "PM")".utf8)
    }
}
