/// Kinds of tokens. Words, reserved or not, are `name`; the parser tells them apart by their name number.
enum TokenKind: UInt8 {
    case end, name, number, bigInt, string, template, privateName, regExp
    case leftParen, rightParen, leftBrace, rightBrace, leftBracket, rightBracket
    case semicolon, comma, colon, dot, ellipsis, question, questionDot, arrow
    case assign, operatorAssign, logicalAssign
    case binary, plus, minus, slash, less, greaterKind, bang, tilde, plusPlus, minusMinus, andAnd, orOr, nullish
}

/// 32 bytes: tokens are copied where the parser looks ahead.
struct Token {
    var kind: TokenKind = .end
    /// A line terminator lies between this token and the one before.
    var newlineBefore = false
    /// A word with an escape, a string with a legacy octal escape, a number in legacy octal form.
    var escaped = false
    var legacyOctal = false
    /// A template that ends here (no substitution follows). `invalid`: the cooked value of a template is undefined
    /// (`operation` says why); the legacy octal of a string or number is one of the digits 8 and 9.
    var templateTail = false
    var invalid = false
    /// BinaryOperator of `binary`, `plus`, `slash`, … and of `operatorAssign`; logical number of the logical ones.
    var operation: UInt8 = 0
    private var startUnit: UInt32 = 0, endUnit: UInt32 = 0
    /// Name number of words, strings, templates (cooked), private names, BigInts.
    var name: NameID = 0
    /// Raw text of templates.
    var raw: NameID = 0
    var number: Double = 0

    /// Range in UTF-16 units.
    var start: Int {
        @inline(__always) get { Int(startUnit) }
        @inline(__always) set { startUnit = UInt32(truncatingIfNeeded: newValue) }
    }
    var end: Int {
        @inline(__always) get { Int(endUnit) }
        @inline(__always) set { endUnit = UInt32(truncatingIfNeeded: newValue) }
    }
}
