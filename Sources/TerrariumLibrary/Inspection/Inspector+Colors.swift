import TerrariumEngine

/// Colours of kinds of values, as in Node.
extension Inspector {
    enum Style {
        case number, bigInt, boolean, string, symbol, undefined, null, special, date, regExp, plain

        init(of value: Value) {
            self = value.isUndefined ? .undefined : value.isNull ? .null : value.isBoolean ? .boolean
                : value.isSymbol ? .symbol : .plain
        }

        /// Select Graphic Rendition: on and off.
        fileprivate var codes: (Int, Int)? {
            switch self {
            case .number, .bigInt, .boolean: (33, 39)
            case .string, .symbol: (32, 39)
            case .undefined: (90, 39)
            case .null: (1, 22)
            case .special: (36, 39)
            case .date: (35, 39)
            case .regExp: (31, 39)
            case .plain: nil
            }
        }
    }

    func styled(_ text: String, _ style: Style) -> String {
        guard colors, let (on, off) = style.codes else { return text }
        return "\u{1B}[\(on)m\(text)\u{1B}[\(off)m"
    }

    /// UTF-16 units that are seen.
    func width(_ text: String) -> Int {
        guard colors else { return text.utf16.count }
        var count = 0
        var isEscape = false
        for unit in text.utf16 {
            if unit == 27 { isEscape = true }
            if !isEscape { count += 1 }
            if isEscape, unit == 109 { isEscape = false }
        }
        return count
    }
}
