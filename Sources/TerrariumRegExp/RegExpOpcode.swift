import TerrariumCage

/// The instructions of the matcher. The first word of each has the opcode in its low 8 bits and an operand, `a`, above
/// them; further operands are whole words. Places in the program are word indices.
///
/// There is a case for every byte, so that a corrupt program decodes to something.
enum RegExpOpcode: UInt8, ByteEnum {
    /// Backtrack.
    case fail = 0
    /// The match ends here.
    case match
    /// One unit equal to `a`.
    case character
    /// The units in the halves of word 1, low half first.
    case characterPair
    /// `a` units, packed two in a word from word 1.
    case string
    /// One unit equal to either half of word 1.
    case characterEither
    /// One unit that is no line terminator.
    case any
    /// One unit.
    case anyOrNewline
    /// One unit of class `a`.
    case set
    /// One code point that is no line terminator.
    case anyUnicode
    /// One code point.
    case anyOrNewlineUnicode
    /// One code point of class `a`.
    case setUnicode
    /// `a` units back.
    case stepBack
    /// One code point back.
    case stepBackUnicode
    /// Continue at `a`.
    case jump
    /// Continue behind, on failure at `a`.
    case split
    /// Continue at `a`, on failure behind.
    case splitJump
    /// Unless the next unit is `a`, continue at word 1.
    case peekCharacter
    /// Unless the next unit (or, with the end bit of word 1, the end) is in class `a`, continue at word 1.
    case peekSet
    /// Register `a` = position.
    case save
    /// `a`, count in word 1: registers = unmatched.
    case clear
    /// Register `a` = 0.
    case zero
    /// Fail if register `a` is the position.
    case checkProgress
    /// The same, if register word 1 is above word 2.
    case checkProgressCounted
    /// Counter `a`, minimum, maximum, exit: another iteration behind, or the exit.
    case repeatGreedy
    /// The same, the exit first.
    case repeatLazy
    /// Register `a` += 1: the iteration that repeatLazy has decided for begins.
    case countIteration
    /// Registers `a` and `a` + 1 = depth of the stack, position.
    case lookBegin
    /// Drop the choices since lookBegin and go back to where it was.
    case lookCommit
    /// Undo everything since lookBegin and fail.
    case lookFail
    /// Word 1: bit 0 behind, bit 1 negative. The neighbouring unit is in class `a`.
    case lookSet
    /// The start of the subject.
    case start
    /// The end of the subject.
    case end
    /// The start of a line.
    case startOfLine
    /// The end of a line.
    case endOfLine
    /// `a`: bit 0 negated, bit 1 with the two characters that fold to ASCII letters.
    case wordBoundary
    /// Group `a`, word 1: bit 0 ignoring case, bit 1 by code points, bit 2 backward.
    case backReference
    /// Kind `a`, operand, minimum, maximum: as many as there are, for good.
    case loopPossessive
    /// Kind `a`, operand, minimum, maximum, filter: as many as there are; its retry follows.
    case loopGreedy
    /// One iteration fewer.
    case loopGreedyRetry
    /// Kind `a`, operand, minimum, maximum, filter: as few as possible; its retry follows.
    case loopLazy
    /// One iteration more.
    case loopLazyRetry
    /// Word 1: units that a match takes at least. Try from each position on.
    case searchAny
    /// Class `a`; word 1 as above, word 2: 1 when a match may start at the end.
    case searchSet
    /// Unit `a`; word 1 as above.
    case searchCharacter
    /// `a` units; word 1 as above, word 2: which unit to look for first, word 3: where to continue, units packed from word 4.
    case searchString
    /// Unit `a`; word 1 as above, word 2: how far behind the start it is, word 3: class of the start.
    case searchAhead
    /// The search of word index `a` goes on from here at the earliest.
    case skipSearch
    case unused48, unused49, unused50, unused51, unused52, unused53, unused54, unused55
    case unused56, unused57, unused58, unused59, unused60, unused61, unused62, unused63, unused64, unused65
    case unused66, unused67, unused68, unused69, unused70, unused71, unused72, unused73, unused74, unused75
    case unused76, unused77, unused78, unused79, unused80, unused81, unused82, unused83, unused84, unused85
    case unused86, unused87, unused88, unused89, unused90, unused91, unused92, unused93, unused94, unused95
    case unused96, unused97, unused98, unused99, unused100, unused101, unused102, unused103, unused104, unused105
    case unused106, unused107, unused108, unused109, unused110, unused111, unused112, unused113, unused114
    case unused115, unused116, unused117, unused118, unused119, unused120, unused121, unused122, unused123
    case unused124, unused125, unused126, unused127, unused128, unused129, unused130, unused131, unused132
    case unused133, unused134, unused135, unused136, unused137, unused138, unused139, unused140, unused141
    case unused142, unused143, unused144, unused145, unused146, unused147, unused148, unused149, unused150
    case unused151, unused152, unused153, unused154, unused155, unused156, unused157, unused158, unused159
    case unused160, unused161, unused162, unused163, unused164, unused165, unused166, unused167, unused168
    case unused169, unused170, unused171, unused172, unused173, unused174, unused175, unused176, unused177
    case unused178, unused179, unused180, unused181, unused182, unused183, unused184, unused185, unused186
    case unused187, unused188, unused189, unused190, unused191, unused192, unused193, unused194, unused195
    case unused196, unused197, unused198, unused199, unused200, unused201, unused202, unused203, unused204
    case unused205, unused206, unused207, unused208, unused209, unused210, unused211, unused212, unused213
    case unused214, unused215, unused216, unused217, unused218, unused219, unused220, unused221, unused222
    case unused223, unused224, unused225, unused226, unused227, unused228, unused229, unused230, unused231
    case unused232, unused233, unused234, unused235, unused236, unused237, unused238, unused239, unused240
    case unused241, unused242, unused243, unused244, unused245, unused246, unused247, unused248, unused249
    case unused250, unused251, unused252, unused253, unused254, unused255
}

/// What one iteration of a loop over single characters takes.
enum RegExpLoopKind: UInt32, Sendable {
    /// The operand is a unit.
    case character
    case any
    case anyOrNewline
    /// The operand is a class.
    case set
    case anyUnicode, anyOrNewlineUnicode, setUnicode
}

/// The fixed places of a program and of the state of a match.
enum RegExpLayout {
    /// Words before the first instruction.
    static let headerWords = 8
    /// Bits of word 0: how the pattern is matched.
    static let unicodeBit: UInt32 = 1
    static let stickyBit: UInt32 = 2
    /// Words of the header.
    static let registerCountWord = 1
    static let captureCountWord = 2
    static let searchEntryWord = 3
    static let anchoredEntryWord = 4

    /// Bits of a filter operand: nothing is known; a unit in the low half; else a class.
    static let noFilter: UInt32 = 0xFFFF_FFFF
    static let unitFilterBit: UInt32 = 0x8000_0000
    /// The filter lets the end of the subject pass. Also in the target of `peekSet`.
    static let endBit: UInt32 = 0x4000_0000

    /// In the counter of `checkProgressCounted`: one empty iteration stands for all that have to be.
    static let skipsEmptyBit: UInt32 = 0x8000_0000

    /// Words of a class: a bitmap of Latin-1, the number of ranges beyond it, the ranges as pairs.
    static let bitmapWords = 8
}
