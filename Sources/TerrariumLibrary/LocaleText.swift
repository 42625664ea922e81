import TerrariumEngine
import TerrariumText

/// What the locale methods give without locales: the order and the number format of the root locale and of American
/// English, which is what V8 gives by default.
///
/// Comparison has the levels of the Unicode collation: letters first, then marks, then case (small letters first).
struct CollationKey {
    private(set) var primary: [UInt32] = []
    private var secondary: [UInt32] = []
    private var tertiary: [UInt32] = []

    /// ASCII in the order of the root collation.
    private static let ranks: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 128)
        let order = "\t\n\u{B}\u{C}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
        for (index, unit) in order.utf8.enumerated() { table[Int(unit)] = UInt32(index) + 1 }
        for unit in UInt8(65)...90 { table[Int(unit)] = table[Int(unit) + 32] }
        return table
    }()

    /// Takes a piece of a text more; the next one begins where `canBegin`.
    mutating func append(
        _ units: ArraySlice<UInt16>, isNumeric: Bool, checkpoint: () throws(Thrown) -> Void
    ) throws(Thrown) {
        let text = try UnicodeNormalization.normalize(units, .nfd, checkpoint: checkpoint)
        var index = 0
        while index < text.count {
            if index & 1023 == 1023 { try checkpoint() }
            if isNumeric, text[index] >= 48, text[index] <= 57 {
                index = try appendNumber(text, index, checkpoint)
                continue
            }
            let scalar = UTF16Text.scalar(text, at: &index)
            if scalar >= 0x300, scalar <= 0x36F {
                secondary.append(scalar)
                continue
            }
            var folded = scalar
            if scalar < 128 {
                folded = CollationKey.ranks[Int(scalar)]
                tertiary.append(scalar >= 65 && scalar <= 90 ? 1 : 0)
                if folded == 0 { continue }
            } else {
                folded = UnicodeCase.simpleLower(scalar)
                tertiary.append(folded != scalar ? 1 : 0)
            }
            primary.append(folded)
            secondary.append(0)
        }
    }

    /// Digits compare by their number: count of digits first.
    private mutating func appendNumber(
        _ text: [UInt16], _ start: Int, _ checkpoint: () throws(Thrown) -> Void
    ) throws(Thrown) -> Int {
        var index = start
        while index < text.count, text[index] == 48 { index += 1 }
        let first = index
        while index < text.count, text[index] >= 48, text[index] <= 57 { index += 1 }
        primary.append(CollationKey.ranks[48])
        primary.append(UInt32(truncatingIfNeeded: index - first))
        for place in first..<index {
            if place & 1023 == 1023 { try checkpoint() }
            primary.append(UInt32(text[place]))
        }
        return index
    }

    /// A unit that neither combines with what is in front of it nor goes on with a number.
    static func canBegin(_ unit: UInt16) -> Bool { Machine.composesWithNothingBefore(unit) && !(48...57).contains(unit) }

    enum Level { case base, accent, letterCase, variant }

    func order(_ other: CollationKey, _ level: Level, checkpoint: () throws(Thrown) -> Void) throws(Thrown) -> Int32 {
        let byLetters = try CollationKey.order(primary, other.primary, checkpoint)
        if byLetters != 0 { return byLetters }
        if level == .accent || level == .variant {
            let byMarks = try CollationKey.order(secondary, other.secondary, checkpoint)
            if byMarks != 0 { return byMarks }
        }
        if level == .letterCase || level == .variant { return try CollationKey.order(tertiary, other.tertiary, checkpoint) }
        return 0
    }

    private static func order(_ a: [UInt32], _ b: [UInt32], _ checkpoint: () throws(Thrown) -> Void) throws(Thrown) -> Int32 {
        for place in 0..<min(a.count, b.count) {
            if place & 4095 == 4095 { try checkpoint() }
            if a[place] != b[place] { return a[place] < b[place] ? -1 : 1 }
        }
        return a.count == b.count ? 0 : a.count < b.count ? -1 : 1
    }
}

extension Machine {
    /// String.prototype.localeCompare; of the options, `numeric` and `sensitivity` count.
    func localeCompare(_ call: NativeCall, _ a: Value, _ kept: [Value]) throws(Thrown) -> Value {
        let b = try toStringValue(call[0])
        var level = CollationKey.Level.variant
        var isNumeric = false
        if call[2].isObject {
            var options = OptionReader(object: call[2], values: kept)
            guard let numeric = try options.read("numeric", self) else { return try options.goOn(call, "numeric", self) }
            isNumeric = toBoolean(numeric)
            guard let sensitivity = try options.read("sensitivity", self, as: .string) else {
                return try options.goOn(call, "sensitivity", self, as: .string)
            }
            if !sensitivity.isUndefined {
                switch swiftString(try toStringValue(sensitivity)) {
                case "base": level = .base
                case "accent": level = .accent
                case "case": level = .letterCase
                case "variant": level = .variant
                default: throw rangeError("Value \(describe(sensitivity)) out of range for Intl.Collator options property sensitivity")
                }
            }
        }
        if a.offset == b.offset { return .zero }
        let first = try flat(a), second = try flat(b)
        guard first.count &+ second.count <= limits.heap / 32 else { throw outOfHeap() }
        let key = try collationKey(first, isNumeric: isNumeric)
        return Value(
            try key.order(try collationKey(second, isNumeric: isNumeric), level) { () throws(Thrown) in try checkMeters() })
    }

    private func collationKey(_ text: FlatString, isNumeric: Bool) throws(Thrown) -> CollationKey {
        var key = CollationKey()
        try forEachPiece(text, price: 4, isStart: CollationKey.canBegin) { (piece) throws(Thrown) in
            try key.append(piece, isNumeric: isNumeric) { () throws(Thrown) in try checkMeters() }
        }
        return key
    }

    /// A number with groups of three digits and at most three decimals.
    func localeNumber(_ number: Double) throws(Thrown) -> Value {
        try charge(64)
        if number.isNaN { return try makeString("NaN") }
        if number.isInfinite { return try makeString(number < 0 ? "-∞" : "∞") }
        var digits = abs(number) < 1e21
            ? NumberFormatting.toFixed(abs(number), digits: 3) : BigIntArithmetic.fromDouble(abs(number)).map {
                BigIntArithmetic.toText($0) + Array(".000".utf8)
            } ?? []
        while digits.last == 48 { digits.removeLast() }
        if digits.last == 46 { digits.removeLast() }
        return try makeString(latin1: (number.sign == .minus ? [45] : []) + grouped(digits))
    }

    /// Decimal digits in groups of three.
    func grouped(_ digits: [UInt8]) -> [UInt8] {
        let whole = digits.prefix { $0 != 46 }
        var result: [UInt8] = []
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { result.append(44) }
            result.append(digit)
        }
        return result + digits[whole.count...]
    }
}
