/// Kinds of tokens. Words, reserved or not, are `name`; the parser tells them apart by their name number.
enum TokenKind: UInt8 {
    case end, name, number, bigInt, string, template, privateName, regExp
    case leftParen, rightParen, leftBrace, rightBrace, leftBracket, rightBracket
    case semicolon, comma, colon, dot, ellipsis, question, questionDot, arrow
    case assign, operatorAssign, logicalAssign
    case binary, plus, minus, slash, less, greaterKind, bang, tilde, plusPlus, minusMinus, andAnd, orOr, nullish
}

struct Token {
    var kind: TokenKind = .end
    /// A line terminator lies between this token and the one before.
    var newlineBefore = false
    /// A word with an escape, a string with a legacy octal escape, a number in legacy octal form.
    var escaped = false
    var legacyOctal = false
    /// A template that ends here (no substitution follows); `invalid`: the cooked value is undefined.
    var templateTail = false
    var invalid = false
    /// BinaryOperator of `binary`, `plus`, `slash`, … and of `operatorAssign`; logical number of the logical ones.
    var operation: UInt8 = 0
    var start = 0
    var end = 0
    /// Name number of words, strings, templates (cooked), private names, BigInts.
    var name: NameID = 0
    /// Raw text of templates.
    var raw: NameID = 0
    var number: Double = 0
}
