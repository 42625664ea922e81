import TerrariumCage

extension RegExpMachine {
    /// The loop. What it changes is in locals: the place in the program, the position in the subject, the top of the stack
    /// (all unsigned 32-bit; place and top are offsets in the cage) and the fuel.
    ///
    /// An arm that succeeds sets them and continues; one that fails leaves the switch, behind which the last choice is taken
    /// up.
    @inline(__always)
    private func interpret<Reader: SubjectReader>(
        _ reader: Reader, from place: UInt32, position: UInt32, top: UInt32, fuel: Int
    ) -> (RegExpMatchOutcome, fuel: Int) {
        let cage = cage
        let program = program
        let length = length
        let words = ProgramReader(cage: cage, start: program)
        let bottom = stack &+ entries
        let room = Int(capacity)
        var fuel = fuel
        var place = place
        var position = position
        var top = top

        while true {
            if _slowPath(fuel <= 0) {
                pause(place: place, position: position, top: top)
                return (.outOfFuel, fuel)
            }
            fuel &-= 1
            let head = cage.load64(place)
            let operand = UInt32(truncatingIfNeeded: head) &>> 8
            let second = UInt32(truncatingIfNeeded: head &>> 32)
            var needed = 0

            instruction: switch decodeByte(UInt8(truncatingIfNeeded: head), as: RegExpOpcode.self) {
            // MARK: Characters
            case .character:
                if _fastPath(position < length), reader.unit(position) == operand {
                    position &+= 1
                    place = place &+ 4
                    continue
                }
            case .characterPair:
                if _fastPath(position &+ 1 < length), reader.unit(position) == second & 0xFFFF,
                    reader.unit(position &+ 1) == second &>> 16
                {
                    position &+= 2
                    place = place &+ 8
                    continue
                }
            case .string:
                if operand <= length &- position {
                    let same = commonUnits(reader, words: place &+ 4, count: operand, at: position)
                    fuel &-= Int(same &>> 3)
                    if same == operand {
                        position &+= operand
                        place = place &+ 4 &+ ((operand &+ 1) &>> 1) &<< 2
                        continue
                    }
                }
            case .characterEither:
                if _fastPath(position < length) {
                    let unit = reader.unit(position)
                    if unit == second & 0xFFFF || unit == second &>> 16 {
                        position &+= 1
                        place = place &+ 8
                        continue
                    }
                }
            case .any:
                if _fastPath(position < length), !Characters.isLineTerminator(reader.unit(position)) {
                    position &+= 1
                    place = place &+ 4
                    continue
                }
            case .anyOrNewline:
                if _fastPath(position < length) {
                    position &+= 1
                    place = place &+ 4
                    continue
                }
            case .set:
                if _fastPath(position < length), contains(reader, words, operand, reader.unit(position)) {
                    position &+= 1
                    place = place &+ 4
                    continue
                }
            case .anyUnicode:
                if _fastPath(position < length) {
                    let next = reader.codePoint(position, length)
                    if !Characters.isLineTerminator(next.value) {
                        position &+= next.width
                        place = place &+ 4
                        continue
                    }
                }
            case .anyOrNewlineUnicode:
                if _fastPath(position < length) {
                    position &+= reader.codePoint(position, length).width
                    place = place &+ 4
                    continue
                }
            case .setUnicode:
                if _fastPath(position < length) {
                    let next = reader.codePoint(position, length)
                    if words.contains(operand, next.value) {
                        position &+= next.width
                        place = place &+ 4
                        continue
                    }
                }
            case .stepBack:
                if position >= operand {
                    position &-= operand
                    place = place &+ 4
                    continue
                }
            case .stepBackUnicode:
                if position > 0 {
                    position &-= reader.widthBefore(position)
                    place = place &+ 4
                    continue
                }

            // MARK: Choices
            case .jump:
                place = program &+ operand &<< 2
                continue
            case .split:
                if _slowPath(Int(top &- stack) &+ 8 > room) {
                    needed = 8
                    break instruction
                }
                cage.store64(top, 0, UInt64(operand &<< 2) &<< 32 | UInt64(position))
                top = top &+ 8
                place = place &+ 4
                continue
            case .splitJump:
                if _slowPath(Int(top &- stack) &+ 8 > room) {
                    needed = 8
                    break instruction
                }
                cage.store64(top, 0, UInt64((place &+ 4 &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(position))
                top = top &+ 8
                place = program &+ operand &<< 2
                continue
            case .peekCharacter:
                if position < length, reader.unit(position) == operand {
                    place = place &+ 8
                } else {
                    place = program &+ second &<< 2
                }
                continue
            case .peekSet:
                let isPossible =
                    position < length
                    ? contains(reader, words, operand, reader.unit(position))
                    : second & RegExpLayout.endBit != 0
                if isPossible {
                    place = place &+ 8
                } else {
                    place = program &+ (second & 0xFF_FFFF) &<< 2
                }
                continue

            // MARK: Registers
            case .save:
                if !isRestored(operand, bottom: bottom, top: top) {
                    if _slowPath(Int(top &- stack) &+ 8 > room) {
                        needed = 8
                        break instruction
                    }
                    cage.store64(top, 0, restoration(operand))
                    top = top &+ 8
                }
                setRegister(operand, position)
                place = place &+ 4
                continue
            case .zero:
                if _slowPath(Int(top &- stack) &+ 8 > room) {
                    needed = 8
                    break instruction
                }
                cage.store64(top, 0, restoration(operand))
                top = top &+ 8
                setRegister(operand, 0)
                place = place &+ 4
                continue
            case .clear:
                let count = min(second, registerCount)
                needed = Int(count) &* 8
                if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                needed = 0
                for number in 0..<count where register(operand &+ number) != .max {
                    if !isRestored(operand &+ number, bottom: bottom, top: top) {
                        cage.store64(top, 0, restoration(operand &+ number))
                        top = top &+ 8
                    }
                    setRegister(operand &+ number, .max)
                }
                fuel &-= Int(count &>> 3)
                place = place &+ 8
                continue
            case .checkProgress:
                if register(operand) != position {
                    place = place &+ 4
                    continue
                }
            case .checkProgressCounted:
                let counter = second & ~RegExpLayout.skipsEmptyBit, minimum = cage.load32(place, 8)
                if register(operand) != position || register(counter) <= minimum {
                    if counter != second, register(operand) == position, register(counter) < minimum {
                        // What is left of the iterations that have to be is as empty as this one.
                        needed = 8
                        if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                        needed = 0
                        cage.store64(top, 0, restoration(counter))
                        top = top &+ 8
                        setRegister(counter, minimum)
                    }
                    place = place &+ 12
                    continue
                }
            case .repeatGreedy:
                needed = 16
                if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                needed = 0
                let count = register(operand)
                let exit = (cage.load32(place, 12) & 0xFF_FFFF) &<< 2
                if count >= cage.load32(place, 8) {
                    place = program &+ exit
                    continue
                }
                if count >= second {
                    cage.store64(top, 0, UInt64(exit) &<< 32 | UInt64(position))
                    top = top &+ 8
                }
                cage.store64(top, 0, restoration(operand))
                top = top &+ 8
                setRegister(operand, count &+ 1)
                place = place &+ 16
                continue
            case .repeatLazy:
                needed = 8
                if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                needed = 0
                let count = register(operand)
                let exit = (cage.load32(place, 12) & 0xFF_FFFF) &<< 2
                if count >= second, count < cage.load32(place, 8) {
                    cage.store64(top, 0, UInt64((place &+ 16 &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(position))
                    top = top &+ 8
                    place = program &+ exit
                    continue
                }
                if count >= second {
                    place = program &+ exit
                    continue
                }
                place = place &+ 16
                continue
            case .countIteration:
                if _slowPath(Int(top &- stack) &+ 8 > room) {
                    needed = 8
                    break instruction
                }
                cage.store64(top, 0, restoration(operand))
                top = top &+ 8
                setRegister(operand, register(operand) &+ 1)
                place = place &+ 4
                continue

            // MARK: Assertions
            case .lookBegin:
                setRegister(operand, top &- stack)
                setRegister(operand &+ 1, position)
                place = place &+ 4
                continue
            case .lookCommit:
                if let mark = noted(operand, top: top) {
                    fuel &-= Int((top &- mark) &>> 5)
                    top = dropChoices(from: mark, top: top)
                    position = min(register(operand &+ 1), length)
                    place = place &+ 4
                    continue
                }
            case .lookFail:
                if let mark = noted(operand, top: top) {
                    fuel &-= Int((top &- mark) &>> 5)
                    undo(to: mark, top: top)
                    top = mark
                }
            case .lookSet:
                let isBehind = second & 1 != 0
                let exists = isBehind ? position > 0 : position < length
                let isIn =
                    exists && contains(reader, words, operand, reader.unit(isBehind ? position &- 1 : position))
                if isIn != (second & 2 != 0) {
                    place = place &+ 8
                    continue
                }
            case .start:
                if position == 0 {
                    place = place &+ 4
                    continue
                }
            case .end:
                if position == length {
                    place = place &+ 4
                    continue
                }
            case .startOfLine:
                if position == 0 || Characters.isLineTerminator(reader.unit(position &- 1)) {
                    place = place &+ 4
                    continue
                }
            case .endOfLine:
                if position == length || Characters.isLineTerminator(reader.unit(position)) {
                    place = place &+ 4
                    continue
                }
            case .wordBoundary:
                if isBoundary(reader, position, folded: operand & 2 != 0) != (operand & 1 != 0) {
                    place = place &+ 4
                    continue
                }
            case .backReference:
                let result = compareGroup(reader, group: operand, flags: second, at: position)
                fuel &-= Int(result.compared &>> 3)
                if let count = result.count {
                    position = second & 4 != 0 ? position &- count : position &+ count
                    place = place &+ 8
                    continue
                }

            // MARK: Loops over single characters
            case .loopPossessive:
                let end = scan(
                    reader, words, kind: operand, operand: second, from: position, most: cage.load32(place, 12))
                fuel &-= Int((end &- position) &>> 3)
                if iterations(reader, kind: operand, from: position, to: end) >= cage.load32(place, 8) {
                    position = end
                    place = place &+ 16
                    continue
                }
            case .loopGreedy:
                if operand == RegExpLoopKind.set.rawValue, position < length,
                    !contains(reader, words, second, reader.unit(position)), cage.load32(place, 8) == 0
                {
                    place = place &+ 24
                    continue
                }
                needed = 16
                if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                needed = 0
                let minimum = cage.load32(place, 8)
                let end = scan(
                    reader, words, kind: operand, operand: second, from: position, most: cage.load32(place, 12))
                fuel &-= Int((end &- position) &>> 3)
                if iterations(reader, kind: operand, from: position, to: end) < minimum { break instruction }
                let lowest =
                    minimum == 0
                    ? position
                    : scan(reader, words, kind: operand, operand: second, from: position, most: minimum)
                guard
                    let next = retreat(
                        reader, words, kind: operand, filter: cage.load32(place, 16), from: end, to: lowest)
                else {
                    fuel &-= Int((end &- lowest) &>> 3)
                    break instruction
                }
                fuel &-= Int((end &- next) &>> 3)
                if next > lowest {
                    cage.store64(top, 0, UInt64(lowest))
                    cage.store64(top, 8, UInt64((place &+ 20 &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(next))
                    top = top &+ 16
                }
                position = next
                place = place &+ 24
                continue
            case .loopGreedyRetry:
                let loop = place &- operand &<< 2
                let kind = cage.load32(loop) &>> 8
                if top < bottom &+ 8 || Int(top &- stack) &+ 8 > room { break instruction }
                let lowest = UInt32(truncatingIfNeeded: cage.load64(top &- 8))
                top = top &- 8
                if position <= lowest { break instruction }
                let shorter = position &- width(reader, kind: kind, before: position)
                if shorter < lowest { break instruction }
                guard
                    let next = retreat(
                        reader, words, kind: kind, filter: cage.load32(loop, 16), from: shorter, to: lowest)
                else {
                    fuel &-= Int((position &- lowest) &>> 3)
                    break instruction
                }
                fuel &-= Int((position &- next) &>> 3)
                if next > lowest {
                    // Both entries were here a moment ago: there is room.
                    cage.store64(top, 8, UInt64((place &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(next))
                    top = top &+ 16
                }
                position = next
                place = place &+ 4
                continue
            case .loopLazy:
                needed = 16
                if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                needed = 0
                let minimum = cage.load32(place, 8)
                let maximum = cage.load32(place, 12)
                var current = position
                if minimum > 0 {
                    current = scan(reader, words, kind: operand, operand: second, from: position, most: minimum)
                    if iterations(reader, kind: operand, from: position, to: current) < minimum { break instruction }
                }
                guard
                    let next = advance(
                        reader, words, kind: operand, operand: second, filter: cage.load32(place, 16), from: current,
                        left: maximum == RegExpTree.unbounded ? maximum : maximum &- min(minimum, maximum))
                else {
                    fuel &-= Int((length &- current) &>> 3)
                    break instruction
                }
                fuel &-= Int((next.position &- position) &>> 3)
                if next.left > 0 {
                    cage.store64(top, 0, UInt64(next.left))
                    cage.store64(
                        top, 8, UInt64((place &+ 20 &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(next.position))
                    top = top &+ 16
                }
                position = next.position
                place = place &+ 24
                continue
            case .loopLazyRetry:
                let loop = place &- operand &<< 2
                let kind = cage.load32(loop) &>> 8
                let set = cage.load32(loop, 4)
                if top < bottom &+ 8 || Int(top &- stack) &+ 8 > room { break instruction }
                var left = UInt32(truncatingIfNeeded: cage.load64(top &- 8))
                top = top &- 8
                let longer = scan(reader, words, kind: kind, operand: set, from: position, most: 1)
                if longer == position || left == 0 { break instruction }
                if left != RegExpTree.unbounded { left &-= 1 }
                guard
                    let next = advance(
                        reader, words, kind: kind, operand: set, filter: cage.load32(loop, 16), from: longer,
                        left: left)
                else {
                    fuel &-= Int((length &- longer) &>> 3)
                    break instruction
                }
                fuel &-= Int((next.position &- position) &>> 3)
                if next.left > 0 {
                    cage.store64(top, 0, UInt64(next.left))
                    cage.store64(top, 8, UInt64((place &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(next.position))
                    top = top &+ 16
                }
                position = next.position
                place = place &+ 4
                continue

            // MARK: Search
            case .searchAny:
                needed = 8
                if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                needed = 0
                if isUnicode(program), reader.isInsidePair(position, length) { position &+= 1 }
                if second > length &- position { break instruction }
                if second < length &- position {
                    cage.store64(
                        top, 0, UInt64((place &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(position &+ 1))
                    top = top &+ 8
                }
                setRegister(0, position)
                place = place &+ 8
                continue
            case .searchSet:
                needed = 8
                if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                needed = 0
                var found = findSet(reader, words, operand, from: position, to: length)
                fuel &-= Int((found &- position) &>> 3)
                while isUnicode(program), reader.isInsidePair(found, length) {
                    found = findSet(reader, words, operand, from: found &+ 1, to: length)
                }
                if second > length &- found || (found == length && cage.load32(place, 8) == 0) { break instruction }
                if second < length &- found {
                    cage.store64(top, 0, UInt64((place &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(found &+ 1))
                    top = top &+ 8
                }
                setRegister(0, found)
                position = found
                place = place &+ 12
                continue
            case .searchCharacter:
                needed = 8
                if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                needed = 0
                let found = reader.find(operand, from: position, to: length)
                fuel &-= Int((found &- position) &>> 3)
                if found == length || second > length &- found { break instruction }
                if second < length &- found {
                    cage.store64(top, 0, UInt64((place &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(found &+ 1))
                    top = top &+ 8
                }
                setRegister(0, found)
                position = found
                place = place &+ 8
                continue
            case .searchAhead:
                needed = 8
                if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                needed = 0
                let offset = cage.load32(place, 8)
                if position > length || offset >= length &- position { break instruction }
                let hit = reader.find(operand, from: position &+ offset, to: length)
                fuel &-= Int((hit &- position) &>> 3)
                if hit == length { break instruction }
                let found = hit &- offset
                if second > length &- found { break instruction }
                if !contains(reader, words, cage.load32(place, 12) & 0xFF_FFFF, reader.unit(found)) {
                    // Looks further after a look at the fuel.
                    position = found &+ 1
                    continue
                }
                if second < length &- found {
                    cage.store64(top, 0, UInt64((place &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(found &+ 1))
                    top = top &+ 8
                }
                setRegister(0, found)
                position = found
                place = place &+ 16
                continue
            case .skipSearch:
                if top > bottom, cage.load32(bottom, 4) == operand &<< 2, cage.load32(bottom) < position {
                    cage.store32(bottom, 0, position)
                }
                place = place &+ 4
                continue
            case .searchString:
                needed = 8
                if _slowPath(Int(top &- stack) &+ needed > room) { break instruction }
                needed = 0
                let result = findString(
                    reader, words: place &+ 16, count: operand, rarest: cage.load32(place, 8), from: position)
                fuel &-= Int((result.place &- position) &>> 3) &+ Int(result.compared &>> 3)
                if !result.isFound {
                    if result.place >= length { break instruction }
                    // Much has been compared: goes on from here after a look at the fuel.
                    position = result.place
                    continue
                }
                let found = result.place
                if second > length &- found { break instruction }
                if second < length &- found {
                    cage.store64(top, 0, UInt64((place &- program) & 0x7FFF_FFFF) &<< 32 | UInt64(found &+ 1))
                    top = top &+ 8
                }
                setRegister(0, found)
                position = found &+ operand
                place = program &+ (cage.load32(place, 12) & 0xFF_FFFF) &<< 2
                continue
            case .match:
                writeCaptures(end: position)
                return (.matched, fuel)
            default:
                break
            }

            if _slowPath(needed != 0) {
                // Nothing has been changed: the instruction runs again in a larger region.
                pause(place: place, position: position, top: top)
                return (.needsStack, fuel &+ 1)
            }

            // The instruction failed: undo up to the last choice, and take it up.
            while true {
                if _slowPath(top <= bottom) {
                    return (.failed, fuel)
                }
                top = top &- 8
                let entry = cage.load64(top)
                if _fastPath(entry & RegExpMachine.restoreBit == 0) {
                    place = program &+ UInt32(truncatingIfNeeded: entry &>> 32)
                    position = min(UInt32(truncatingIfNeeded: entry), length)
                    break
                }
                restore(entry)
            }
        }
    }

    @inline(__always)
    private func isUnicode(_ program: UInt32) -> Bool { cage.load32(program) & RegExpLayout.unicodeBit != 0 }

    @inline(never)
    func runLatin1(_ subject: UInt32, _ place: UInt32, _ position: UInt32, _ top: UInt32, _ fuel: Int)
        -> (RegExpMatchOutcome, fuel: Int)
    {
        interpret(Latin1Reader(cage: cage, start: subject), from: place, position: position, top: top, fuel: fuel)
    }

    @inline(never)
    func runUTF16(_ subject: UInt32, _ place: UInt32, _ position: UInt32, _ top: UInt32, _ fuel: Int)
        -> (RegExpMatchOutcome, fuel: Int)
    {
        interpret(UTF16Reader(cage: cage, start: subject), from: place, position: position, top: top, fuel: fuel)
    }
}
