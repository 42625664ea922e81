import TerrariumCage
import TerrariumText

/// One run of the matcher: what does not change while it runs, and the parts that are not worth a place in the loop.
///
/// An entry of the stack is 64 bits. With the top bit clear it is a choice: where to continue in the high half (bytes from
/// the start of the program), the position in the low one; or a number for the instruction of the choice above it. With the
/// top bit set it is a register to restore: number and value.
struct RegExpMachine {
    let cage: Cage
    let program: UInt32
    let stack: UInt32
    let length: UInt32
    let captures: UInt32
    let registerCount: UInt32
    /// Bytes from the start of the stack region to the first entry, and to its end.
    let entries: UInt32
    let capacity: UInt32

    static let restoreBit: UInt64 = 1 << 63

    @inline(__always)
    func register(_ number: UInt32) -> UInt32 {
        cage.load32(stack &+ UInt32(truncatingIfNeeded: RegExpMatcher.header) &+ number &<< 2)
    }

    @inline(__always)
    func setRegister(_ number: UInt32, _ value: UInt32) {
        guard number < registerCount else { return }
        cage.store32(stack &+ UInt32(truncatingIfNeeded: RegExpMatcher.header) &+ number &<< 2, 0, value)
    }

    /// The entry that restores a register.
    @inline(__always)
    func restoration(_ number: UInt32) -> UInt64 {
        RegExpMachine.restoreBit | UInt64(number) &<< 32 | UInt64(register(number))
    }

    /// Whether going back to the last choice restores the register anyway (or there is no choice to go back to), as far
    /// as the topmost entries tell: a loop that decides by the next unit alone needs no more stack for its captures.
    @inline(__always)
    func isRestored(_ number: UInt32, bottom: UInt32, top: UInt32) -> Bool {
        var place = top
        for _ in 0..<6 {
            if place <= bottom { return true }
            place = place &- 8
            let entry = cage.load64(place)
            if entry & RegExpMachine.restoreBit == 0 { return false }
            if UInt32(truncatingIfNeeded: entry &>> 32) & 0x7FFF_FFFF == number { return true }
        }
        return false
    }

    @inline(__always)
    func restore(_ entry: UInt64) {
        setRegister(UInt32(truncatingIfNeeded: entry &>> 32) & 0x7FFF_FFFF, UInt32(truncatingIfNeeded: entry))
    }

    /// Registers of captures begin unmatched; the others are set before they are read. Register 0 is the start of the
    /// match, which a search sets again.
    @inline(__always)
    func begin(at position: UInt32) {
        var place = stack &+ UInt32(truncatingIfNeeded: RegExpMatcher.header)
        let end = stack &+ entries
        cage.store64(place, 0, 0xFFFF_FFFF_0000_0000 | UInt64(position))
        place = place &+ 8
        while place < end {
            cage.store64(place, 0, .max)
            place = place &+ 8
        }
    }

    /// Saves the state of a paused match. `top` is an absolute offset, `place` too.
    @inline(never)
    func pause(place: UInt32, position: UInt32, top: UInt32) {
        cage.store32(stack, 0, RegExpMatcher.runningState)
        cage.store32(stack, 4, place &- program)
        cage.store32(stack, 8, position)
        cage.store32(stack, 12, top &- stack)
    }

    /// Writes the result: pairs that are not ranges of the subject count as unmatched.
    @inline(__always)
    func writeCaptures(end: UInt32) {
        let first = stack &+ UInt32(truncatingIfNeeded: RegExpMatcher.header)
        cage.store64(captures, 0, UInt64(min(cage.load32(first), end)) | UInt64(end) &<< 32)
        var offset: UInt32 = 8
        let bytes = min(cage.load32(program, 8), registerCount / 2) &* 8
        while offset <= bytes {
            let pair = cage.load64(first &+ offset)
            let last = UInt32(truncatingIfNeeded: pair &>> 32)
            let isRange = UInt32(truncatingIfNeeded: pair) <= last && last <= length
            cage.store64(captures &+ offset, 0, isRange ? pair : .max)
            offset = offset &+ 8
        }
    }

    /// Drops the choices above `mark` and keeps what restores registers: the assertion has been decided, but going back
    /// behind it has to undo its captures.
    /// - Returns: the new top, and the entries looked at.
    @inline(never)
    func dropChoices(from mark: UInt32, top: UInt32) -> UInt32 {
        var read = mark
        var write = mark
        while read < top {
            let entry = cage.load64(read)
            if entry & RegExpMachine.restoreBit != 0 {
                cage.store64(write, 0, entry)
                write = write &+ 8
            }
            read = read &+ 8
        }
        return write
    }

    /// Restores all registers above `mark`.
    @inline(never)
    func undo(to mark: UInt32, top: UInt32) {
        var top = top
        while top > mark {
            top = top &- 8
            let entry = cage.load64(top)
            if entry & RegExpMachine.restoreBit != 0 { restore(entry) }
        }
    }

    /// The depth that lookBegin noted, if it is one.
    @inline(__always)
    func noted(_ number: UInt32, top: UInt32) -> UInt32? {
        let mark = register(number)
        guard mark >= entries, mark &+ stack <= top, mark & 7 == 0 else { return nil }
        return stack &+ mark
    }

    @inline(never)
    func isBoundary<Reader: SubjectReader>(_ reader: Reader, _ position: UInt32, folded: Bool) -> Bool {
        let before = position > 0 && Characters.isWord(reader.unit(position &- 1), folded: folded)
        let after = position < length && Characters.isWord(reader.unit(position), folded: folded)
        return before != after
    }

    // MARK: Back references

    /// Compares with what a group has matched.
    /// - Returns: the units of it, nil for a difference; and how many were compared.
    @inline(never)
    func compareGroup<Reader: SubjectReader>(
        _ reader: Reader, group: UInt32, flags: UInt32, at position: UInt32
    ) -> (count: UInt32?, compared: UInt32) {
        guard group &* 2 &+ 1 < registerCount else { return (nil, 0) }
        let first = register(group &* 2)
        let last = register(group &* 2 &+ 1)
        guard first <= last, last <= length else { return (0, 0) }
        let count = last &- first
        let isBackward = flags & 4 != 0
        let isUnicode = flags & 2 != 0
        guard count <= (isBackward ? position : length &- position) else { return (nil, 0) }
        let start = isBackward ? position &- count : position
        if flags & 1 == 0 {
            for index in 0..<count where reader.unit(first &+ index) != reader.unit(start &+ index) {
                return (nil, index)
            }
        } else if isUnicode {
            var index: UInt32 = 0
            while index < count {
                let a = reader.codePoint(first &+ index, last)
                let b = reader.codePoint(start &+ index, start &+ count)
                guard a.width == b.width, CaseFolding.simpleFold(a.value) == CaseFolding.simpleFold(b.value) else {
                    return (nil, index &* 8)
                }
                index &+= a.width
            }
        } else {
            for index in 0..<count {
                let a = UInt16(truncatingIfNeeded: reader.unit(first &+ index))
                let b = UInt16(truncatingIfNeeded: reader.unit(start &+ index))
                if a != b && CaseFolding.canonicalizeUnit(a) != CaseFolding.canonicalizeUnit(b) { return (nil, index &* 8) }
            }
        }
        // By code points, half of a pair is no match.
        if isUnicode && reader.isInsidePair(isBackward ? start : start &+ count, length) { return (nil, count) }
        return (count, flags & 1 == 0 ? count : count &* 8)
    }

    // MARK: Loops over single characters

    /// The end of at most `most` iterations from `position` on.
    @inline(__always)
    func scan<Reader: SubjectReader>(
        _ reader: Reader, _ programReader: ProgramReader, kind: UInt32, operand: UInt32, from position: UInt32,
        most: UInt32
    ) -> UInt32 {
        var current = position
        let end = most < length &- position ? position &+ most : length
        switch kind {
        case RegExpLoopKind.set.rawValue:
            while current < end, contains(reader, programReader, operand, reader.unit(current)) { current &+= 1 }
            return current
        case RegExpLoopKind.any.rawValue:
            return reader.findLineTerminator(from: position, to: end)
        case RegExpLoopKind.anyOrNewline.rawValue:
            return end
        case RegExpLoopKind.character.rawValue:
            while current < end, reader.unit(current) == operand { current &+= 1 }
            return current
        default:
            return scanUnicode(reader, programReader, kind: kind, operand: operand, from: position, most: most)
        }
    }

    @inline(__always)
    func contains<Reader: SubjectReader>(
        _ reader: Reader, _ programReader: ProgramReader, _ set: UInt32, _ unit: UInt32
    ) -> Bool {
        Reader.isLatin1 ? programReader.latin1Contains(set, unit) : programReader.contains(set, unit)
    }

    @inline(never)
    func scanUnicode<Reader: SubjectReader>(
        _ reader: Reader, _ programReader: ProgramReader, kind: UInt32, operand: UInt32, from position: UInt32,
        most: UInt32
    ) -> UInt32 {
        var position = position
        var left = most
        while position < length, left > 0 {
            let next = reader.codePoint(position, length)
            switch kind {
            case RegExpLoopKind.anyUnicode.rawValue:
                if Characters.isLineTerminator(next.value) { return position }
            case RegExpLoopKind.anyOrNewlineUnicode.rawValue: break
            default:
                if !programReader.contains(operand, next.value) { return position }
            }
            position &+= next.width
            left &-= 1
        }
        return position
    }

    /// How many iterations a loop made between two positions.
    @inline(__always)
    func iterations<Reader: SubjectReader>(
        _ reader: Reader, kind: UInt32, from start: UInt32, to end: UInt32
    ) -> UInt32 {
        if Reader.isLatin1 || kind < RegExpLoopKind.anyUnicode.rawValue { return end &- start }
        return countCodePoints(reader, from: start, to: end)
    }

    @inline(never)
    private func countCodePoints<Reader: SubjectReader>(
        _ reader: Reader, from start: UInt32, to end: UInt32
    ) -> UInt32 {
        var position = start
        var count: UInt32 = 0
        while position < end {
            position &+= reader.codePoint(position, end).width
            count &+= 1
        }
        return count
    }

    /// Whether what follows a loop can start at `position`.
    @inline(__always)
    func passes<Reader: SubjectReader>(
        _ reader: Reader, _ programReader: ProgramReader, filter: UInt32, _ position: UInt32
    ) -> Bool {
        if filter == RegExpLayout.noFilter { return true }
        if position >= length { return filter & (RegExpLayout.unitFilterBit | RegExpLayout.endBit) == RegExpLayout.endBit }
        if filter & RegExpLayout.unitFilterBit != 0 { return reader.unit(position) == filter & 0xFFFF }
        return contains(reader, programReader, filter & 0xFF_FFFF, reader.unit(position))
    }

    /// The last position, from `position` down to `lowest`, at which what follows a loop can start.
    /// - Returns: nil when there is none.
    @inline(__always)
    func retreat<Reader: SubjectReader>(
        _ reader: Reader, _ programReader: ProgramReader, kind: UInt32, filter: UInt32, from position: UInt32,
        to lowest: UInt32
    ) -> UInt32? {
        var position = position
        while true {
            if passes(reader, programReader, filter: filter, position) { return position }
            if position <= lowest { return nil }
            position &-= width(reader, kind: kind, before: position)
            if position < lowest { return nil }
        }
    }

    @inline(__always)
    func width<Reader: SubjectReader>(_ reader: Reader, kind: UInt32, before position: UInt32) -> UInt32 {
        if Reader.isLatin1 || kind < RegExpLoopKind.anyUnicode.rawValue { return 1 }
        return reader.widthBefore(position)
    }

    /// The first position from `position` on, with at most `left` more iterations, at which what follows a lazy loop can
    /// start.
    /// - Returns: the position and the iterations left, or nil.
    @inline(__always)
    func advance<Reader: SubjectReader>(
        _ reader: Reader, _ programReader: ProgramReader, kind: UInt32, operand: UInt32, filter: UInt32,
        from position: UInt32, left: UInt32
    ) -> (position: UInt32, left: UInt32)? {
        var position = position
        var left = left
        if left == RegExpTree.unbounded,
            kind == RegExpLoopKind.any.rawValue || kind == RegExpLoopKind.anyOrNewline.rawValue,
            filter != RegExpLayout.noFilter, filter & RegExpLayout.unitFilterBit != 0
        {
            let found = reader.find(filter & 0xFFFF, from: position, to: length)
            if found >= length { return nil }
            if kind == RegExpLoopKind.any.rawValue, reader.findLineTerminator(from: position, to: found) < found {
                return nil
            }
            return (found, left)
        }
        while !passes(reader, programReader, filter: filter, position) {
            guard left > 0 else { return nil }
            let next = scan(reader, programReader, kind: kind, operand: operand, from: position, most: 1)
            if next == position { return nil }
            position = next
            if left != RegExpTree.unbounded { left &-= 1 }
        }
        return (position, left)
    }

    // MARK: Search

    /// The first position from `position` up to `last` whose unit is in the class.
    @inline(__always)
    func findSet<Reader: SubjectReader>(
        _ reader: Reader, _ programReader: ProgramReader, _ set: UInt32, from position: UInt32, to end: UInt32
    ) -> UInt32 {
        var position = position
        while position < end, !contains(reader, programReader, set, reader.unit(position)) { position &+= 1 }
        return position
    }

    /// How many of the `count` units packed at `words` are those from `position` on, which has as many left.
    @inline(__always)
    func commonUnits<Reader: SubjectReader>(
        _ reader: Reader, words: UInt32, count: UInt32, at position: UInt32
    ) -> UInt32 {
        var index: UInt32 = 0
        while index < count, UInt32(cage.load16(words &+ index &<< 1)) == reader.unit(position &+ index) {
            index &+= 1
        }
        return index
    }

    /// The first place of a string from `position` on that ends by `length`: looks for its rarest unit, then compares.
    /// - Returns: the place, and how many units were compared. When it is not found, `length`, or a place to go on from.
    @inline(never)
    func findString<Reader: SubjectReader>(
        _ reader: Reader, words: UInt32, count: UInt32, rarest: UInt32, from position: UInt32
    ) -> (place: UInt32, isFound: Bool, compared: UInt32) {
        guard count <= length, rarest < count else { return (length, false, 0) }
        let last = length &- count
        let wanted = UInt32(cage.load16(words &+ rarest &<< 1))
        var place = position
        var compared: UInt32 = 0
        while place <= last {
            let found = reader.find(wanted, from: place &+ rarest, to: last &+ rarest &+ 1)
            if found > last &+ rarest { break }
            place = found &- rarest
            let same = commonUnits(reader, words: words, count: count, at: place)
            if same == count { return (place, true, compared) }
            compared &+= same
            place &+= 1
            if compared > 4096 { return (place, false, compared) }
        }
        return (length, false, compared)
    }
}
