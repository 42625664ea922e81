import TerrariumEngine
import TerrariumText

/// Functions of long texts, done piece by piece so that limits hold in between.
extension Machine {
    /// Units of a piece, or more where no other begins.
    private static var pieceLength: Int { 256 }

    /// The text that a function makes of each piece.
    /// - Parameters:
    ///   - price: units of fuel for each unit of text.
    ///   - isStart: whether a piece can begin with a unit, because what is in front makes no difference to it and to what
    ///     follows.
    func mapPieces(
        _ text: FlatString, price: Int, isStart: (UInt16) -> Bool,
        _ change: (ArraySlice<UInt16>) throws(Thrown) -> [UInt16]
    ) throws(Thrown) -> Value {
        var output = try TextBuilder(self, capacity: text.count)
        try forEachPiece(text, price: price, isStart: isStart) { (piece) throws(Thrown) in
            try output.append(units: try change(piece))
        }
        return try output.finish()
    }

    /// Goes through the pieces of a text, which begin at units that satisfy `isStart`; charges `price` for each unit.
    func forEachPiece(
        _ text: FlatString, price: Int, isStart: (UInt16) -> Bool, _ body: (ArraySlice<UInt16>) throws(Thrown) -> Void
    ) throws(Thrown) {
        var start = 0
        while start < text.count {
            var end = min(text.count, start + Machine.pieceLength)
            while end < text.count, !isStart(text[end]) { end += 1 }
            try charge((end - start) * price)
            try requireHeap((end - start) * 8)
            let piece = FlatString(
                data: text.data &+ UInt32(truncatingIfNeeded: text.isLatin1 ? start : start * 2), count: end - start,
                isLatin1: text.isLatin1, cage: text.cage)
            try body(piece.units[...])
            start = end
        }
    }

    /// toLowerCase. A capital sigma depends on letters around it, which may be in other pieces.
    func lowerCase(_ text: FlatString) throws(Thrown) -> Value {
        var output = try TextBuilder(self, capacity: text.count)
        var start = 0
        try forEachPiece(text, price: 2, isStart: Machine.isNoTrailSurrogate) { (piece) throws(Thrown) in
            let first = start
            try output.append(
                units: try UnicodeCase.toLowerCase(piece) { (place) throws(Thrown) in
                    try UnicodeCase.isFinalSigma(text, at: first &+ place) { () throws(Thrown) in try checkMeters() }
                })
            start = first &+ piece.count
        }
        return try output.finish()
    }

    /// Code points begin there.
    static func isNoTrailSurrogate(_ unit: UInt16) -> Bool { unit & 0xFC00 != 0xDC00 }

    /// What begins with a starter that composes with nothing in front of it, in all forms: Latin, Greek and Cyrillic letters, kana,
    /// ideographs, Hangul syllables, Arabic presentation forms.
    static func composesWithNothingBefore(_ unit: UInt16) -> Bool {
        switch unit {
        case ..<0x02B0, 0x0370..<0x0483, 0x3041..<0x3097, 0x30A1..<0x30FB, 0x4E00...0x9FFF, 0xAC00..<0xD7A4, 0xFB50..<0xFDFC: true
        default: false
        }
    }
}
