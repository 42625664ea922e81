import TerrariumCage

/// Last step: distances.
extension BytecodeBuilder {
    /// Fills in jump distances and constant distances; where a 16-bit distance does not reach, makes room for a long jump.
    /// Ends as a failure when it is called off.
    mutating func finish(_ template: inout CodeTemplate, callOff: CallOff? = nil) {
        if words.count > Int(Int16.max) { relax(callOff) }
        if failure != nil { return }
        for (number, fixup) in fixups.enumerated() {
            if isCalledOff(number, callOff) { return }
            let at = Int(fixup.word)
            let position = labelPositions[Int(fixup.label)]
            guard position >= 0 else { continue }
            let distance = Int(position) - (at + 1)
            switch fixup.field {
            case .long:
                words[at] = words[at] & 0xFFFF_FFFF | UInt64(UInt32(truncatingIfNeeded: distance &* 8)) << 32
            case .short:
                words[at] = words[at] & 0x0000_FFFF_FFFF_FFFF | UInt64(UInt16(truncatingIfNeeded: distance)) << 48
            case .step:
                if distance < 0 || distance > 255 { failure = .codeTooLong }
                words[at] |= UInt64(UInt8(truncatingIfNeeded: distance)) << 8
            }
        }
        for place in pairs {
            let at = Int(place)
            if let opcode = pairOpcode(at) { words[at] = words[at] & ~0xFF | UInt64(opcode.rawValue) }
        }
        for load in constantLoads {
            let at = Int(load)
            var index = Int(words[at] >> 32)
            if index >= BytecodeBuilder.firstFar { index += constants.count - BytecodeBuilder.firstFar }
            let distance = (index - constants.count - farConstants.count - at - 1) * 8
            words[at] = words[at] & 0xFFFF_FFFF | UInt64(UInt32(truncatingIfNeeded: distance)) << 32
        }
        template.words = Array(words)
        template.constants = constants + farConstants
        template.positions = positions
        template.expressions = expressions
        for region in handlers {
            let target = labelPositions[Int(region.label.index)]
            guard target >= 0 else { continue }
            for range in region.ranges where range.start < range.end {
                template.handlers.append(
                    .init(
                        start: range.start, end: range.end, target: UInt32(truncatingIfNeeded: target),
                        register: region.register))
            }
        }
    }

    /// What stands for the instruction at a place when that and what is behind it are done in one turn; nil when they are not.
    private func pairOpcode(_ at: Int) -> Opcode? {
        guard at + 1 < words.count else { return nil }
        let first = words[at], second = words[at + 1]
        let register = first.fieldA
        let next = decodeByte(UInt8(truncatingIfNeeded: second), as: Opcode.self)
        switch decodeByte(UInt8(truncatingIfNeeded: first), as: Opcode.self) {
        case .inc:
            guard first.fieldB == register else { return nil }
            switch next {
            // A jump that does not reach has another form.
            case .loopLt where second.fieldA == register: return .incLoopLt
            case .loopLtI where second.fieldA == register: return .incLoopLtI
            case .getLength where second.fieldA != register:
                guard at + 4 < words.count else { return nil }
                let loop = words[at + 4]
                guard UInt8(truncatingIfNeeded: loop) == Opcode.loopLt.rawValue, loop.fieldX == 0 else { return nil }
                return loop.fieldA == register && loop.fieldB == second.fieldA ? .incLengthLoop : nil
            default: return nil
            }
        case .move:
            switch next {
            case .call: return .moveCall
            case .callThis: return .moveCallThis
            case .getProperty: return second.fieldB == register ? .moveGetProperty : nil
            case .getElement: return second.fieldB == register ? .moveGetElement : nil
            default: return nil
            }
        case let operation where next == .return && second.fieldA == register:
            switch operation {
            case .add: return .addReturn
            case .sub: return .subReturn
            case .mul: return .mulReturn
            case .addI: return .addIReturn
            case .subI: return .subIReturn
            case .mulI: return .mulIReturn
            case .bitAndI: return .bitAndIReturn
            default: return nil
            }
        default: return nil
        }
    }

    /// Inserts, behind each short jump that does not reach:
    ///
    ///     short jump +1
    ///     jump +1
    ///     jump (or loop) target
    private mutating func relax(_ callOff: CallOff?) {
        var isLong = ContiguousArray(repeating: false, count: fixups.count)
        var changed = true
        while changed {
            changed = false
            let moved = offsets(isLong)
            for (index, fixup) in fixups.enumerated() where fixup.field == .short && !isLong[index] {
                if isCalledOff(index, callOff) { return }
                let position = labelPositions[Int(fixup.label)]
                guard position >= 0 else { continue }
                let distance = Int(moved[Int(position)]) - Int(moved[Int(fixup.word)]) - 1
                if distance > Int(Int16.max) || distance < Int(Int16.min) {
                    isLong[index] = true
                    changed = true
                }
            }
        }
        guard isLong.contains(true) else { return }
        let moved = offsets(isLong)
        var result = ContiguousArray<UInt64>()
        result.reserveCapacity(words.count + 2 * isLong.count)
        var added: ContiguousArray<Fixup> = []
        // By word, one more than the number of the jump there.
        var longWords = ContiguousArray<Int32>(repeating: 0, count: words.count)
        for (index, fixup) in fixups.enumerated() where isLong[index] { longWords[Int(fixup.word)] = Int32(truncatingIfNeeded: index + 1) }
        for (place, word) in words.enumerated() {
            if isCalledOff(place, callOff) { return }
            result.append(word)
            guard longWords[place] > 0 else { continue }
            let fixup = fixups[Int(longWords[place]) - 1]
            let isBackward = labelPositions[Int(fixup.label)] <= Int32(truncatingIfNeeded: place)
            let start = UInt32(truncatingIfNeeded: result.count - 1)
            if isBackward { result[Int(start)] = forwardForm(word) }
            result.append(Instruction.word(.jump, immediate: 8))
            result.append(Instruction.word(isBackward ? .loop : .jump))
            // The short jump goes over the next word.
            result[Int(start)] = result[Int(start)] & 0x0000_FFFF_FFFF_FFFF | 1 << 48
            added.append(Fixup(word: start + 2, label: fixup.label, field: .long))
        }
        words = result
        var kept: ContiguousArray<Fixup> = []
        for (index, fixup) in fixups.enumerated() where !isLong[index] {
            kept.append(Fixup(word: UInt32(bitPattern: moved[Int(fixup.word)]), label: fixup.label, field: fixup.field))
        }
        fixups = kept + added
        for index in labelPositions.indices where labelPositions[index] >= 0 {
            labelPositions[index] = moved[Int(labelPositions[index])]
        }
        for index in constantLoads.indices { constantLoads[index] = UInt32(bitPattern: moved[Int(constantLoads[index])]) }
        for index in pairs.indices { pairs[index] = UInt32(bitPattern: moved[Int(pairs[index])]) }
        for index in positions.indices { positions[index].word = UInt32(bitPattern: moved[Int(positions[index].word)]) }
        for index in expressions.indices {
            expressions[index].word = UInt32(bitPattern: moved[Int(expressions[index].word)])
        }
        for index in handlers.indices {
            for range in handlers[index].ranges.indices {
                let old = handlers[index].ranges[range]
                handlers[index].ranges[range] = (
                    UInt32(bitPattern: moved[Int(old.start)]), UInt32(bitPattern: moved[Int(old.end)])
                )
            }
        }
    }

    /// Inserts an instruction of one word that nothing jumps to; what was at the place comes behind it.
    mutating func insert(_ word: UInt64, at place: UInt32) {
        guard Int(place) <= words.count else { return }
        words.insert(word, at: Int(place))
        for index in labelPositions.indices where labelPositions[index] >= Int32(truncatingIfNeeded: place) {
            labelPositions[index] += 1
        }
        for index in fixups.indices where fixups[index].word >= place { fixups[index].word += 1 }
        if lastFirst >= place, lastFirst != .max { lastFirst += 1 }
        if lastStore >= place, lastStore != .max { lastStore += 1 }
        if lastBound >= place, lastBound != .max { lastBound += 1 }
        for index in constantLoads.indices where constantLoads[index] >= place { constantLoads[index] += 1 }
        for index in pairs.indices where pairs[index] >= place { pairs[index] += 1 }
        for index in positions.indices where positions[index].word >= place { positions[index].word += 1 }
        for index in expressions.indices where expressions[index].word >= place { expressions[index].word += 1 }
        for index in handlers.indices {
            for range in handlers[index].ranges.indices {
                if handlers[index].ranges[range].start >= place { handlers[index].ranges[range].start += 1 }
                if handlers[index].ranges[range].end >= place { handlers[index].ranges[range].end += 1 }
            }
        }
    }

    /// Makes a `getScoped` at a place, which reads a slot of the environment itself, load the environment, too.
    mutating func fuseEnvironment(_ register: UInt16, at place: UInt32) -> Bool {
        guard words.indices.contains(Int(place)) else { return false }
        let word = words[Int(place)]
        guard UInt8(truncatingIfNeeded: word) == Opcode.getScoped.rawValue, word.fieldX == 0, word.fieldB == register else { return false }
        words[Int(place)] = Instruction.word(.getEnvironmentSlot, a: word.fieldA, b: register, c: word.fieldC)
        return true
    }

    /// The same test as a forward jump.
    private func forwardForm(_ word: UInt64) -> UInt64 {
        let opcode: Opcode? = switch UInt8(truncatingIfNeeded: word) {
        case Opcode.loopLt.rawValue: .jumpLt
        case Opcode.loopLe.rawValue: .jumpLe
        case Opcode.loopLtI.rawValue: .jumpLtI
        case Opcode.loopLeI.rawValue: .jumpLeI
        case Opcode.loopGtI.rawValue: .jumpGtI
        case Opcode.loopGeI.rawValue: .jumpGeI
        case Opcode.loopStrictNeI.rawValue: .jumpStrictNeI
        case Opcode.loopIs.rawValue: .jumpIs
        case Opcode.loopIsNot.rawValue: .jumpIsNot
        default: nil
        }
        guard let opcode else { return word }
        return word & ~0xFF | UInt64(opcode.rawValue)
    }

    /// New position of each word (and of the end) when two words are inserted behind every long one.
    /// Asks in the loops of a large function now and then whether anybody waits for it.
    private mutating func isCalledOff(_ step: Int, _ callOff: CallOff?) -> Bool {
        guard step & 0x3FFF == 0x3FFF, let callOff, callOff.isDue else { return false }
        failure = .calledOff
        return true
    }

    private func offsets(_ isLong: ContiguousArray<Bool>) -> ContiguousArray<Int32> {
        var extra = ContiguousArray<Int32>(repeating: 0, count: words.count + 2)
        for (index, fixup) in fixups.enumerated() where isLong[index] { extra[Int(fixup.word) + 1] += 2 }
        var sum: Int32 = 0
        for index in extra.indices {
            sum += extra[index]
            extra[index] = Int32(truncatingIfNeeded: index) + sum
        }
        return extra
    }
}
