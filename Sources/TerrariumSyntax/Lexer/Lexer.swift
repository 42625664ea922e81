import TerrariumCage
import TerrariumText

/// Turns UTF-16 units into tokens, one at a time, as the parser asks.
struct Lexer {
    let source: SourceText
    let units: ContiguousArray<UInt16>
    let count: Int
    var position = 0
    var names = NameTable.initial
    let isModule: Bool
    /// The last Unicode escape that failed named a code point above U+10FFFF.
    private var isOutOfRange = false
    /// Who may end it, asked in the middle of long tokens.
    let callOff: CallOff?

    init(source: SourceText, isModule: Bool, callOff: CallOff?) {
        self.source = source
        self.callOff = callOff
        units = source.units
        count = source.units.count
        self.isModule = isModule
        if count >= 2, units[0] == 35, units[1] == 33 { position = Lexer.endOfLine(units.span, 0, count) }
    }

    /// Ends it when nobody waits for it any more.
    @inline(never)
    mutating func look() throws(SyntaxDiagnostic) {
        guard callOff?.isDue == true else { return }
        // At no place: finding its line would take long.
        throw SyntaxDiagnostic(.calledOff, "Nobody waits for this", offset: 0, length: 1, source: source)
    }

    private var steps = 0
    /// Units of a token that are scanned between two looks.
    private static let piece = 1 << 16

    /// In loops over units.
    @inline(__always)
    private mutating func keepWatch() throws(SyntaxDiagnostic) {
        steps &+= 1
        if _slowPath(steps & (Lexer.piece - 1) == 0) { try look() }
    }

    @inline(__always)
    mutating func peek(_ distance: Int = 0) -> UInt16 {
        let index = position + distance
        return index < count ? units[index] : 0
    }

    @inline(never)
    mutating func failure(_ message: String, at offset: Int, length: Int = 1) -> SyntaxDiagnostic {
        SyntaxDiagnostic(.syntax, message, offset: offset, length: length, source: source)
    }

    private mutating func skipLine() throws(SyntaxDiagnostic) {
        while true {
            let end = min(count, position &+ Lexer.piece)
            position = Lexer.endOfLine(units.span, position, end)
            if position < end || end == count { return }
            try look()
        }
    }

    /// First place from `start` that is a line terminator, or `end`.
    private static func endOfLine(_ units: Span<UInt16>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end {
            let unit = units[index]
            if unit <= 13 || unit >= 0x2028, SourceText.isLineTerminator(unit) { break }
            index &+= 1
        }
        return index
    }

    /// Skips a comment that is open at the position, to behind its end or the end of the source.
    /// - Returns: whether it has an end; whether there is a line terminator in it.
    private mutating func skipComment() throws(SyntaxDiagnostic) -> (isClosed: Bool, newline: Bool) {
        var newline = false
        while position < count {
            let part = Lexer.endOfComment(units.span, position, min(count, position &+ Lexer.piece))
            position = part.end
            if part.newline { newline = true }
            if part.isClosed { return (true, newline) }
            try look()
        }
        return (false, newline)
    }

    /// Behind the end of a comment that is open at `start`, or `end`; whether there is a line terminator before that.
    private static func endOfComment(_ units: Span<UInt16>, _ start: Int, _ end: Int) -> (end: Int, isClosed: Bool, newline: Bool) {
        var index = start, newline = false
        while index < end {
            let unit = units[index]
            index &+= 1
            if unit == 42 {
                if index < units.count, units[index] == 47 { return (index &+ 1, true, newline) }
            } else if unit <= 13 || unit >= 0x2028, SourceText.isLineTerminator(unit) {
                newline = true
            }
        }
        return (index, false, newline)
    }

    /// Skips white space and comments; true when a line terminator was among it.
    mutating func skipTrivia(atStart: Bool) throws(SyntaxDiagnostic) -> Bool {
        var newline = atStart
        while position < count {
            var unit = units[position]
            if unit == 32 {
                position = UnitText.end(of: 32, in: units.span, from: position)
                guard position < count else { return newline }
                unit = units[position]
            }
            if unit == 10 || unit == 13 { newline = true; position += 1; continue }
            if unit == 9 { position += 1; continue }
            if unit == 47 {
                let next = peek(1)
                if next == 47 { try skipLine(); continue }
                if next == 42 {
                    let start = position
                    position += 2
                    let (isClosed, hasNewline) = try skipComment()
                    if hasNewline { newline = true }
                    guard isClosed else { throw failure("Invalid or unexpected token", at: start) }
                    continue
                }
                return newline
            }
            if unit == 60, !isModule, peek(1) == 33, peek(2) == 45, peek(3) == 45 { try skipLine(); continue }
            if unit == 45, newline, !isModule, peek(1) == 45, peek(2) == 62 { try skipLine(); continue }
            if unit < 128 {
                if unit == 11 || unit == 12 { position += 1; continue }
                return newline
            }
            if UnicodeWhitespace.isLineTerminator(UInt32(unit)) { newline = true; position += 1; continue }
            if UnicodeWhitespace.isWhitespace(UInt32(unit)) { position += 1; continue }
            return newline
        }
        return newline
    }

    /// The next token. A slash is an operator: the parser asks for a regular expression with `scanRegExp`.
    mutating func next(_ token: inout Token) throws(SyntaxDiagnostic) {
        token = Token()
        token.newlineBefore = try skipTrivia(atStart: position == 0)
        token.start = position
        guard position < count else {
            token.end = position
            return
        }
        let unit = units[position]
        if (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || unit == 36 || unit == 95 {
            try scanWord(&token)
        } else if unit >= 48, unit <= 57 {
            try scanNumber(&token)
        } else if unit < 128 {
            try scanPunctuator(unit, &token)
        } else {
            try scanWord(&token)
        }
        token.end = position
    }

    // MARK: Words

    mutating func scanWord(_ token: inout Token) throws(SyntaxDiagnostic) {
        token.kind = .name
        let start = position
        var index = Lexer.endOfWord(units.span, start, min(count, start &+ Lexer.piece))
        if _slowPath(index &- start >= Lexer.piece) { index = try endOfLongWord(index) }
        position = index
        if index >= count || (units[index] < 128 && units[index] != 92) {
            token.name = names.intern(units, start, index)
            return
        }
        var text = ContiguousArray(units[start..<position])
        while position < count {
            try keepWatch()
            let at = position
            var scalar = UInt32(units[position])
            if scalar == 92 {
                token.escaped = true
                position += 1
                guard peek() == 117 else { throw failure("Invalid or unexpected token", at: at) }
                position += 1
                guard let value = scanUnicodeEscape() else {
                    throw failure(isOutOfRange ? "Undefined Unicode code-point" : "Invalid Unicode escape sequence", at: at)
                }
                scalar = value
                guard text.isEmpty ? UnicodeIdentifier.isStart(scalar) : UnicodeIdentifier.isContinue(scalar) else {
                    throw failure("Invalid or unexpected token", at: at)
                }
            } else {
                if scalar & 0xFC00 == 0xD800, position + 1 < count, units[position + 1] & 0xFC00 == 0xDC00 {
                    scalar = 0x10000 + ((scalar & 0x3FF) << 10) + UInt32(units[position + 1] & 0x3FF)
                }
                let accepted = text.isEmpty ? UnicodeIdentifier.isStart(scalar) : UnicodeIdentifier.isContinue(scalar)
                if !accepted { break }
                position += scalar > 0xFFFF ? 2 : 1
            }
            append(scalar, to: &text)
        }
        if text.isEmpty { throw failure("Invalid or unexpected token", at: start) }
        token.name = names.intern(text)
    }

    @inline(never)
    private mutating func endOfLongWord(_ start: Int) throws(SyntaxDiagnostic) -> Int {
        var index = start
        while index < count {
            try look()
            let end = min(count, index &+ Lexer.piece)
            index = Lexer.endOfWord(units.span, index, end)
            if index < end { break }
        }
        return index
    }

    /// First place from `start` that is no ASCII letter, digit, `$` or `_`, or `end`.
    private static func endOfWord(_ units: Span<UInt16>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end {
            let unit = units[index]
            // Bits of $ and the digits; of the letters and _.
            let set: UInt64 = unit < 64 ? 0x03FF_0010_0000_0000 : unit < 128 ? 0x07FF_FFFE_87FF_FFFE : 0
            guard set >> UInt64(unit & 63) & 1 != 0 else { break }
            index &+= 1
        }
        return index
    }

    private mutating func append(_ scalar: UInt32, to text: inout ContiguousArray<UInt16>) {
        if scalar > 0xFFFF {
            text.append(UInt16(truncatingIfNeeded: 0xD800 + ((scalar - 0x10000) >> 10)))
            text.append(UInt16(truncatingIfNeeded: 0xDC00 + ((scalar - 0x10000) & 0x3FF)))
        } else {
            text.append(UInt16(truncatingIfNeeded: scalar))
        }
    }

    /// Behind `\u`: four digits or a braced code point.
    private mutating func scanUnicodeEscape() -> UInt32? {
        isOutOfRange = false
        var value: UInt32 = 0
        if peek() == 123 {
            position += 1
            var digits = 0
            while let digit = Lexer.hexDigit(peek()), position < count {
                value = value * 16 + digit
                if value > 0x10FFFF {
                    isOutOfRange = true
                    return nil
                }
                digits += 1
                position += 1
            }
            guard digits > 0, peek() == 125 else { return nil }
            position += 1
            return value
        }
        for _ in 0..<4 {
            guard let digit = Lexer.hexDigit(peek()), position < count else { return nil }
            value = value * 16 + digit
            position += 1
        }
        return value
    }

    static func hexDigit(_ unit: UInt16) -> UInt32? {
        switch unit {
        case 48...57: UInt32(unit) - 48
        case 97...102: UInt32(unit) - 87
        case 65...70: UInt32(unit) - 55
        default: nil
        }
    }

    // MARK: Numbers

    mutating func scanNumber(_ token: inout Token) throws(SyntaxDiagnostic) {
        token.kind = .number
        let start = position
        let first = units[position]
        let second = peek(1) | 0x20
        if first == 48, second == 120 || second == 111 || second == 98 {
            let radix: UInt32 = second == 120 ? 16 : second == 111 ? 8 : 2
            position += 2
            let digits = try scanDigits(radix: radix)
            if digits.isEmpty { throw failure("Invalid or unexpected token", at: start) }
            if peek() == 110 {
                position += 1
                token.kind = .bigInt
                let prefix: ContiguousArray<UInt16> = [48, second]
                token.name = names.intern(prefix + digits)
            } else {
                token.number = NumberParsing.parseDigits(digits.map { UInt8(truncatingIfNeeded: $0) }, radix: Int(radix))
            }
        } else if first == 48, peek(1) >= 48, peek(1) <= 57 {
            token.legacyOctal = true
            var isOctal = true
            var text: [UInt8] = []
            while peek() >= 48, peek() <= 57 {
                if peek() >= 56 { isOctal = false }
                text.append(UInt8(truncatingIfNeeded: peek()))
                position += 1
            }
            if peek() == 95 { throw failure("Numeric separator can not be used after leading 0.", at: position) }
            token.invalid = !isOctal
            if isOctal {
                token.number = NumberParsing.parseDigits(text, radix: 8)
            } else {
                try scanFraction(&text)
                token.number = NumberParsing.parseDecimal(text)
            }
        } else if let value = shortInteger() {
            token.number = value
        } else {
            var text: [UInt8] = []
            if first == 48, peek(1) == 95 { throw failure("Numeric separator can not be used after leading 0.", at: position + 1) }
            if first != 46 { text = try scanDigits(radix: 10).map { UInt8(truncatingIfNeeded: $0) } }
            if peek() == 110, first != 46 {
                position += 1
                token.kind = .bigInt
                token.name = names.intern(ContiguousArray(text.map(UInt16.init)))
            } else {
                try scanFraction(&text)
                token.number = NumberParsing.parseDecimal(text)
            }
        }
        let after = peek()
        if position < count, (after >= 48 && after <= 57) || after == 92
            || UnicodeIdentifier.isStart(UInt32(after)) || after & 0xFC00 == 0xD800 {
            throw failure("Invalid or unexpected token", at: start, length: position - start + 1)
        }
    }

    /// Reads an integer of at most nine digits that nothing else of a number follows: most are.
    @inline(__always)
    private mutating func shortInteger() -> Double? {
        var index = position, value = 0
        while index < count, index &- position < 10, units[index] &- 48 < 10 {
            value = value &* 10 &+ Int(units[index] &- 48)
            index &+= 1
        }
        guard index > position, index &- position < 10 else { return nil }
        let after = index < count ? units[index] : 0
        // A dot, an exponent, `n`, a separator.
        if after == 46 || after | 0x20 == 101 || after == 110 || after == 95 { return nil }
        position = index
        return Double(value)
    }

    private mutating func scanFraction(_ text: inout [UInt8]) throws(SyntaxDiagnostic) {
        if peek() == 46 {
            position += 1
            text.append(46)
            if peek() == 95 { throw failure("Invalid or unexpected token", at: position) }
            text += try scanDigits(radix: 10).map { UInt8(truncatingIfNeeded: $0) }
        }
        if peek() | 0x20 == 101 {
            position += 1
            text.append(101)
            if peek() == 43 || peek() == 45 {
                text.append(UInt8(truncatingIfNeeded: peek()))
                position += 1
            }
            let digits = try scanDigits(radix: 10)
            if digits.isEmpty { throw failure("Invalid or unexpected token", at: position) }
            text += digits.map { UInt8(truncatingIfNeeded: $0) }
        }
    }

    /// Digits without their separators.
    private mutating func scanDigits(radix: UInt32) throws(SyntaxDiagnostic) -> ContiguousArray<UInt16> {
        var digits: ContiguousArray<UInt16> = []
        while position < count {
            try keepWatch()
            let unit = units[position]
            if unit == 95 {
                let before = digits.isEmpty || units[position - 1] == 95
                let following = Lexer.hexDigit(peek(1))
                if before || following == nil || (following ?? 0) >= radix {
                    throw failure(
                        peek(1) == 95 ? "Only one underscore is allowed as numeric separator"
                            : "Numeric separators are not allowed at the end of numeric literals", at: position)
                }
                position += 1
                continue
            }
            guard let digit = Lexer.hexDigit(unit), digit < radix else { break }
            digits.append(unit)
            position += 1
        }
        return digits
    }

    // MARK: Strings and templates

    mutating func scanString(_ quote: UInt16, _ token: inout Token) throws(SyntaxDiagnostic) {
        token.kind = .string
        let start = position
        position += 1
        let first = position
        while true {
            let end = min(count, position &+ Lexer.piece)
            position = Lexer.endOfPlainString(units.span, quote, position, end)
            if position < end || end == count { break }
            try look()
        }
        if position < count, units[position] == quote {
            token.name = names.intern(units, first, position)
            position += 1
            return
        }
        var text = ContiguousArray(units[first..<position])
        while position < count {
            try keepWatch()
            let unit = units[position]
            if unit == quote {
                position += 1
                token.name = names.intern(text)
                token.escaped = true
                return
            }
            if unit == 10 || unit == 13 { break }
            if unit == 92 {
                let at = position
                switch scanEscape(&text, template: false) {
                case .fine: break
                case .legacyOctal: token.legacyOctal = true
                case .badHex: throw failure("Invalid hexadecimal escape sequence", at: at)
                case .badUnicode: throw failure("Invalid Unicode escape sequence", at: at)
                case .badCodePoint: throw failure("Undefined Unicode code-point", at: at)
                case .legacyDigit: (token.legacyOctal, token.invalid) = (true, true)
                case .badOctal: token.legacyOctal = true
                }
                continue
            }
            text.append(unit)
            position += 1
        }
        throw failure("Invalid or unexpected token", at: start)
    }

    /// First place from `start` that is the quote, a backslash or the end of a line, or `end`.
    private static func endOfPlainString(_ units: Span<UInt16>, _ quote: UInt16, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end {
            let unit = units[index]
            if unit == quote || unit == 92 || unit == 10 || unit == 13 { break }
            index &+= 1
        }
        return index
    }

    private enum EscapeResult: UInt8 { case fine, legacyOctal, legacyDigit, badHex, badUnicode, badCodePoint, badOctal }

    /// What is wrong with an escape in a template: `operation` of the token.
    static func templateEscapeMessage(_ reason: UInt8) -> String {
        switch EscapeResult(rawValue: reason) {
        case .badHex: "Invalid hexadecimal escape sequence"
        case .badCodePoint: "Undefined Unicode code-point"
        case .badOctal: "Octal escape sequences are not allowed in template strings."
        default: "Invalid Unicode escape sequence"
        }
    }

    /// At a backslash.
    private mutating func scanEscape(_ text: inout ContiguousArray<UInt16>, template: Bool) -> EscapeResult {
        position += 1
        guard position < count else { return .fine }
        let unit = units[position]
        position += 1
        switch unit {
        case 110: text.append(10)
        case 116: text.append(9)
        case 114: text.append(13)
        case 98: text.append(8)
        case 118: text.append(11)
        case 102: text.append(12)
        case 13:
            if peek() == 10, position < count { position += 1 }
        case 10, 0x2028, 0x2029: break
        case 120:
            guard let high = Lexer.hexDigit(peek()), let low = Lexer.hexDigit(peek(1)), position + 1 < count else {
                return .badHex
            }
            position += 2
            text.append(UInt16(truncatingIfNeeded: high * 16 + low))
        case 117:
            guard let value = scanUnicodeEscape() else { return isOutOfRange ? .badCodePoint : .badUnicode }
            append(value, to: &text)
        case 48...57:
            if unit == 48, !(peek() >= 48 && peek() <= 57) { text.append(0); return .fine }
            if template { return .badOctal }
            if unit >= 56 { text.append(unit); return .legacyDigit }
            var value = UInt32(unit) - 48
            var digits = 1
            while digits < (unit <= 51 ? 3 : 2), peek() >= 48, peek() <= 55, position < count {
                value = value * 8 + UInt32(peek()) - 48
                position += 1
                digits += 1
            }
            text.append(UInt16(truncatingIfNeeded: value))
            return .legacyOctal
        default: text.append(unit)
        }
        return .fine
    }

    /// Behind a backquote or the `}` of a substitution.
    mutating func scanTemplate(_ token: inout Token) throws(SyntaxDiagnostic) {
        token.kind = .template
        var cooked: ContiguousArray<UInt16> = []
        var raw: ContiguousArray<UInt16> = []
        while position < count {
            try keepWatch()
            let unit = units[position]
            if unit == 96 {
                position += 1
                token.templateTail = true
                break
            }
            if unit == 36, peek(1) == 123 {
                position += 2
                break
            }
            if unit == 92 {
                let at = position
                let result = scanEscape(&cooked, template: true)
                if result != .fine, !token.invalid { (token.invalid, token.operation) = (true, result.rawValue) }
                var index = at
                while index < position {
                    if units[index] == 13 {
                        raw.append(10)
                        if index + 1 < position, units[index + 1] == 10 { index += 1 }
                    } else {
                        raw.append(units[index])
                    }
                    index += 1
                }
                continue
            }
            if unit == 13 {
                cooked.append(10)
                raw.append(10)
                position += 1
                if peek() == 10, position < count { position += 1 }
                continue
            }
            cooked.append(unit)
            raw.append(unit)
            position += 1
            if position >= count { throw failure("Unexpected end of input", at: count) }
        }
        if position >= count, !token.templateTail, units.last != 123 {
            throw failure("Unexpected end of input", at: count)
        }
        token.name = names.intern(cooked)
        token.raw = names.intern(raw)
        token.end = position
    }

    /// At the slash that `token` is: a regular expression literal.
    mutating func scanRegExp(_ token: inout Token) throws(SyntaxDiagnostic) {
        position = token.start + 1
        let first = position
        var inClass = false
        while true {
            try keepWatch()
            guard position < count, !SourceText.isLineTerminator(units[position]) else {
                throw failure("Invalid regular expression: missing /", at: token.start)
            }
            let unit = units[position]
            if unit == 92 {
                position += 1
                guard position < count, !SourceText.isLineTerminator(units[position]) else {
                    throw failure("Invalid regular expression: missing /", at: token.start)
                }
            } else if unit == 91 {
                inClass = true
            } else if unit == 93 {
                inClass = false
            } else if unit == 47, !inClass {
                break
            }
            position += 1
        }
        token.name = names.intern(units, first, position)
        position += 1
        let flags = position
        while position < count, UnicodeIdentifier.isContinue(UInt32(units[position])) { position += 1 }
        if peek() == 92, position < count { throw failure("Invalid regular expression flags", at: token.start) }
        token.raw = names.intern(units, flags, position)
        token.kind = .regExp
        token.end = position
    }
}
