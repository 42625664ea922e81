/// Character classes with the `v` flag: nested classes, set operations and strings.
extension RegExpParser {
    private enum SetOperation {
        case none, union, intersection, subtraction
    }

    /// A class that is being read; nested ones wait on a stack.
    private struct ClassFrame {
        var isNegated: Bool
        var operation = SetOperation.none
        /// The result so far.
        var contents = ClassContents()
        var hasOperand = false
        /// Behind `&&` or `--`.
        var needsOperand = false
    }

    private enum ClassOperand {
        case character(UInt32)
        case contents(ClassContents)
    }

    mutating func parseUnicodeSetsClass() throws(RegExpSyntaxError) -> RegExpNodeID {
        var frames: [ClassFrame] = []
        index &+= 1
        frames.append(ClassFrame(isNegated: consume(.circumflex)))
        while let frame = frames.last {
            if isAtEnd { throw failure("Unterminated character class") }
            try watch.note(100, limits)
            if peek(is: .rightBracket) && !frame.needsOperand {
                index &+= 1
                let contents = try finish(frame)
                frames.removeLast()
                if frames.isEmpty { return try builds ? node(of: contents) : 0 }
                try apply(.contents(contents), to: &frames[frames.count &- 1])
                try parseOperator(&frames[frames.count &- 1])
                continue
            }
            if consume(.leftBracket) {
                try checkUnion(frame)
                frames.append(ClassFrame(isNegated: consume(.circumflex)))
                continue
            }
            let operand = try parseClassOperand(frame)
            if case .character(let low) = operand, peek(is: .minus), !peek(is: .minus, 1) {
                try parseRange(from: low, into: &frames[frames.count &- 1])
                continue
            }
            try apply(operand, to: &frames[frames.count &- 1])
            try parseOperator(&frames[frames.count &- 1])
        }
        throw failure("Unterminated character class")
    }

    /// An operand is coming: without an operator before it, the class has to be a union.
    private func checkUnion(_ frame: ClassFrame) throws(RegExpSyntaxError) {
        let isBinary = frame.operation == .intersection || frame.operation == .subtraction
        if isBinary && !frame.needsOperand { throw failure("Invalid set operation in character class") }
    }

    /// Reads the operator behind an operand, if there is one.
    private mutating func parseOperator(_ frame: inout ClassFrame) throws(RegExpSyntaxError) {
        let operation: SetOperation
        if peek(is: .ampersand), peek(is: .ampersand, 1) {
            operation = .intersection
        } else if peek(is: .minus), peek(is: .minus, 1) {
            operation = .subtraction
        } else {
            if peek(is: .minus) { throw failure("Invalid character class") }
            return
        }
        guard frame.operation == .none || frame.operation == operation else {
            throw failure("Invalid set operation in character class")
        }
        index &+= 2
        frame.operation = operation
        frame.needsOperand = true
        if operation == .intersection && peek(is: .ampersand) {
            throw failure("Invalid character in character class")
        }
    }

    private mutating func parseRange(
        from low: UInt32, into frame: inout ClassFrame
    ) throws(RegExpSyntaxError) {
        index &+= 1
        if isAtEnd { throw failure("Unterminated character class") }
        if peek(is: .leftBracket) { throw failure("Invalid character class") }
        guard case .character(let high) = try parseClassOperand(frame) else {
            throw failure("Invalid character class")
        }
        if low > high { throw failure("Range out of order in character class") }
        if frame.operation == .intersection || frame.operation == .subtraction {
            throw failure("Invalid set operation in character class")
        }
        frame.operation = .union
        frame.hasOperand = true
        frame.contents.add(CharacterRange(low, high))
        frame.contents.needsClosure = frame.contents.needsClosure || ignoreCase
        if peek(is: .minus) && !peek(is: .minus, 1) { throw failure("Invalid character class") }
        try parseOperator(&frame)
    }

    /// A character, an escape or `\q{…}`.
    private mutating func parseClassOperand(_ frame: ClassFrame) throws(RegExpSyntaxError) -> ClassOperand {
        try checkUnion(frame)
        if !peek(is: .backslash) {
            if isReservedDoublePunctuator() {
                // A pair of hyphens at the start has no operand to work on.
                throw failure(
                    peek(is: .minus)
                        ? "Invalid character in character class" : "Invalid set operation in character class")
            }
            return .character(try parseClassSetCharacter())
        }
        let unit = peek(1)
        var contents = ClassContents()
        switch unit {
        case 0x64, 0x44, 0x73, 0x53, 0x77, 0x57:
            index &+= 2
            contents.add(classEscape(unit))
            contents.needsClosure = ignoreCase
        case 0x70, 0x50:
            index &+= 2
            try parseProperty(
                isNegated: unit == 0x50, into: &contents, message: "Invalid property name in character class")
        case 0x71 where peek(is: .leftBrace, 2):
            index &+= 3
            try parseStrings(&contents)
        default:
            return .character(try parseClassSetCharacter())
        }
        return .contents(contents)
    }

    /// The alternatives of `\q{…}`, behind the brace.
    private mutating func parseStrings(_ contents: inout ClassContents) throws(RegExpSyntaxError) {
        var string: [UInt32] = []
        while true {
            if isAtEnd { throw failure("Unterminated character class") }
            let isLast = peek(is: .rightBrace)
            if isLast || peek(is: .bar) {
                index &+= 1
                if string.count != 1 { contents.mayContainStrings = true }
                if builds { addString(string, to: &contents) }
                if isLast { return }
                string = []
                continue
            }
            string.append(try parseClassSetCharacter())
        }
    }

    /// ClassSetCharacter.
    private mutating func parseClassSetCharacter() throws(RegExpSyntaxError) -> UInt32 {
        if isAtEnd { throw failure("Unterminated character class") }
        if isReservedDoublePunctuator() { throw failure("Invalid set operation in character class") }
        if peek(is: .backslash) {
            let unit = peek(1)
            if unit == 0x62 {
                index &+= 2
                return 0x08
            }
            if isReservedPunctuator(unit) {
                index &+= 2
                return unit
            }
            return try parseCharacterEscape(isInClass: true)
        }
        switch peek() {
        case 0x28, 0x29, 0x2D, 0x2F, 0x5B, 0x5D, 0x7B...0x7D:
            throw failure("Invalid character in character class")
        default:
            return nextCharacter()
        }
    }

    /// Two equal characters of `& ! # $ % * + , . : ; < = > ? @ ^ \` ~`, or two hyphens.
    private func isReservedDoublePunctuator() -> Bool {
        let unit = peek()
        guard unit == peek(1) else { return false }
        switch unit {
        case 0x21, 0x23...0x26, 0x2A...0x2E, 0x3A...0x40, 0x5E, 0x60, 0x7E: return true
        default: return false
        }
    }

    /// `& - ! # % , : ; < = > @ \` ~`
    private func isReservedPunctuator(_ unit: UInt32) -> Bool {
        switch unit {
        case 0x21, 0x23, 0x25, 0x26, 0x2C, 0x2D, 0x3A...0x3E, 0x40, 0x60, 0x7E: true
        default: false
        }
    }

    // MARK: Operations

    private mutating func apply(
        _ operand: ClassOperand, to frame: inout ClassFrame
    ) throws(RegExpSyntaxError) {
        var contents: ClassContents
        switch operand {
        case .contents(let value): contents = value
        case .character(let character):
            contents = ClassContents()
            contents.add(CharacterRange(character, character))
            contents.needsClosure = ignoreCase
        }
        let isFirst = !frame.hasOperand
        if !isFirst && frame.operation == .none { frame.operation = .union }
        frame.hasOperand = true
        frame.needsOperand = false
        switch frame.operation {
        case .none, .union:
            frame.contents.add(contents.characters)
            frame.contents.strings.formUnion(contents.strings)
            frame.contents.needsClosure = frame.contents.needsClosure || contents.needsClosure
            frame.contents.mayContainStrings = frame.contents.mayContainStrings || contents.mayContainStrings
        case .intersection:
            frame.contents.mayContainStrings = frame.contents.mayContainStrings && contents.mayContainStrings
            guard builds else { return }
            let left = try closed(frame.contents)
            let right = try closed(contents)
            var result = ClassContents(left.intersection(right))
            result.strings = frame.contents.strings.intersection(contents.strings)
            result.mayContainStrings = frame.contents.mayContainStrings
            frame.contents = result
        case .subtraction:
            guard builds else { return }
            let left = try closed(frame.contents)
            let right = try closed(contents)
            var result = ClassContents(left.subtracting(right))
            result.strings = frame.contents.strings.subtracting(contents.strings)
            result.mayContainStrings = frame.contents.mayContainStrings
            frame.contents = result
        }
        try charge(contents.strings.count &* 100)
    }

    private mutating func closed(_ contents: ClassContents) throws(RegExpSyntaxError) -> CharacterSet {
        let set = contents.characters
        try charge(set.ranges.count &* 10 &+ contents.strings.count &* 100)
        return contents.needsClosure ? try closedOverCase(set) : set
    }

    private mutating func finish(_ frame: ClassFrame) throws(RegExpSyntaxError) -> ClassContents {
        guard frame.isNegated else { return frame.contents }
        if frame.contents.mayContainStrings { throw failure("Negated character class may contain strings") }
        guard builds else { return ClassContents() }
        return ClassContents(try closed(frame.contents).complement(upTo: lastCharacter))
    }
}
