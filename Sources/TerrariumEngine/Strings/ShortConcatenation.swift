import TerrariumCage
import TerrariumText

/// `+` of short texts, most often a name and a number: the result is written in one piece.
extension Machine {
    /// Length of `x + y` when both are flat Latin-1 strings or integers, one a string that is not empty, and the result is
    /// too short for a rope; 0 otherwise.
    @inline(__always)
    private func shortLength(_ x: Value, _ y: Value) -> UInt32 {
        guard x.isString || y.isString else { return 0 }
        let left = pieceLength(x), right = pieceLength(y), length = left &+ right
        return left != 0 && right != 0 && length < UInt32(StringLayout.shortest) ? length : 0
    }

    @inline(__always)
    private func pieceLength(_ piece: Value) -> UInt32 {
        if piece.isInt { return UInt32(truncatingIfNeeded: NumberLayout(piece.int).length) }
        guard piece.isString, cage.load8(piece.offset, Layout.kind) == CellKind.latin1String else { return 0 }
        return min(cage.load32(piece.offset, Layout.stringLength), UInt32(StringLayout.shortest))
    }

    @inline(__always)
    private func write(_ piece: Value, at place: UInt32, _ length: UInt32) {
        if piece.isInt {
            NumberLayout(piece.int).store(in: cage, at: place)
        } else {
            cage.copyShort(from: piece.offset &+ 16, to: place, count: length)
        }
    }

    @inline(__always)
    private func writeShort(_ x: Value, _ y: Value, to target: UInt32, _ length: UInt32) {
        let left = pieceLength(x)
        write(x, at: target &+ 16, left)
        write(y, at: target &+ 16 &+ left, length &- left)
    }

    /// As `shortConcatenation` and for ropes of strings, where the run of free memory has room; otherwise empty.
    @inline(never)
    func quickConcatenation(_ x: Value, _ y: Value) -> Value {
        let length = shortLength(x, y)
        let target = UInt32(truncatingIfNeeded: cells[Cell.bump])
        let room = UInt32(truncatingIfNeeded: cells[Cell.bumpEnd]) &- target
        if length != 0 {
            let size = StringLayout.size(latin1: Int(length))
            guard size <= room else { return .empty }
            cells[Cell.bump] = Int64(target &+ size)
            cage.store64(target, 0, UInt64(CellKind.latin1String) << 32)
            cage.store32(target, Layout.stringLength, length)
            writeShort(x, y, to: target, length)
            return Value(string: target)
        }
        guard x.isString, y.isString, StringLayout.ropeSize <= room else { return .empty }
        let left = cage.load32(x.offset, Layout.stringLength), right = cage.load32(y.offset, Layout.stringLength)
        let total = UInt64(left) &+ UInt64(right)
        guard left != 0, right != 0, total >= UInt64(StringLayout.shortest), total <= UInt64(StringLayout.maximumLength)
        else { return .empty }
        cells[Cell.bump] = Int64(target &+ StringLayout.ropeSize)
        let flags = isWide(x.offset) || isWide(y.offset) ? Machine.wideFlag : 0
        cage.store64(target, 0, UInt64(CellKind.rope) << 32 | UInt64(flags) << 40)
        cage.store32(target, Layout.stringLength, UInt32(truncatingIfNeeded: total))
        cage.store32(target, Layout.ropeLeft, x.offset)
        cage.store32(target, Layout.ropeRight, y.offset)
        return Value(string: target)
    }

    /// `x + y` of flat Latin-1 strings and integers that is too short for a rope; `nil` for others.
    func shortConcatenation(_ x: Value, _ y: Value) throws(Thrown) -> Value? {
        let length = shortLength(x, y)
        guard length != 0 else { return nil }
        let target = try allocateFlat(length: Int(length), wide: false)
        writeShort(x, y, to: target, length)
        return Value(string: target)
    }
}
