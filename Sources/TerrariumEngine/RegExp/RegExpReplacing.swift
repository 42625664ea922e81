import TerrariumCage
import TerrariumRegExp

/// The protocol methods of unmodified regular expressions, done at once: nothing here runs guest code.
extension Machine {
    /// `match` without the global flag is exec; with it, all matches.
    func regExpMatchFast(_ object: UInt32, _ string: Value) throws(Thrown) -> Value {
        let compiled = field(object, 0).offset
        let flags = regExpFlags(compiled)
        guard flags.contains(.global) else { return try regExpBuiltinExec(object, string) }
        let array = try makeArray(length: 0, capacity: 0)
        var count = 0
        try forEachMatch(compiled, string) { (captures) throws(Thrown) in
            count &+= 1
            try appendElement(array.offset, try capturedText(string, captures, 0))
        }
        setField(object, 1, .zero)
        return count == 0 ? .null : array
    }

    /// All matches from the start, as a global regular expression finds them (sticky ones end at the first gap).
    private func forEachMatch(_ compiled: UInt32, _ string: Value, _ body: (UInt32) throws(Thrown) -> Void) throws(Thrown) {
        let length = stringLength(string)
        let isUnicode = regExpFlags(compiled).hasEitherUnicodeFlag
        var index = 0
        while index <= length, let captures = try regExpMatch(compiled, string, from: index) {
            try charge(10)
            guard let range = matchRange(captures, 0) else { return }
            try body(captures)
            index = range.end == range.start ? try advanceStringIndex(string, range.end, unicode: isUnicode) : range.end
        }
    }

    func regExpSearchFast(_ object: UInt32, _ string: Value) throws(Thrown) -> Value {
        guard let captures = try regExpMatch(field(object, 0).offset, string, from: 0), let range = matchRange(captures, 0)
        else { return Value(Int32(-1)) }
        return Value(range.start)
    }

    /// `replace` with a text.
    func regExpReplaceFast(_ object: UInt32, _ string: Value, _ template: Value) throws(Thrown) -> Value {
        let compiled = field(object, 0).offset
        let flags = regExpFlags(compiled)
        let text = try flat(string), pattern = try flat(template)
        var builder = try TextBuilder(self, capacity: 16)
        var end = 0
        let hasDollar = try contains(pattern, 36)
        func replace(_ captures: UInt32) throws(Thrown) {
            guard let range = matchRange(captures, 0) else { return }
            try append(text, end, range.start, to: &builder)
            if hasDollar {
                try appendSubstitution(&builder, pattern, text, captures, compiled)
            } else {
                try append(pattern, 0, pattern.count, to: &builder)
            }
            end = range.end
        }
        if flags.contains(.global) {
            try forEachMatch(compiled, string) { (captures) throws(Thrown) in try replace(captures) }
            setField(object, 1, .zero)
        } else if let captures = try regExpExecRaw(object, string) {
            try replace(captures)
        }
        if end == 0, builder.count == 0 { return string }
        try append(text, end, text.count, to: &builder)
        return try builder.finish()
    }

    /// What `replace` with a function needs of an unmodified regular expression without named groups: a flat array of
    /// position, matched text and groups of each match; undefined for others.
    func regExpCollect(_ object: UInt32, _ string: Value) throws(Thrown) -> Value {
        let compiled = field(object, 0).offset
        if compiledValue(compiled, CompiledRegExp.names).isCell { return .undefined }
        let groups = Int(compiledValue(compiled, CompiledRegExp.captures).int)
        let array = try makeArray(length: 0, capacity: 0)
        func collect(_ captures: UInt32) throws(Thrown) {
            guard let range = matchRange(captures, 0) else { return }
            try charge(groups &* 4 &+ 8)
            try appendElement(array.offset, Value(range.start))
            var group = 0
            while group <= groups {
                try appendElement(array.offset, try capturedText(string, captures, group))
                group &+= 1
            }
        }
        if regExpFlags(compiled).contains(.global) {
            try forEachMatch(compiled, string) { (captures) throws(Thrown) in try collect(captures) }
            setField(object, 1, .zero)
        } else if let captures = try regExpExecRaw(object, string) {
            try collect(captures)
        }
        return array
    }

    /// Appends part of a text.
    private func append(_ text: FlatString, _ start: Int, _ end: Int, to builder: inout TextBuilder) throws(Thrown) {
        guard start < end else { return }
        try charge((end &- start) / 8)
        try builder.append(text, from: start, to: end)
    }

    private func contains(_ text: FlatString, _ unit: UInt16) throws(Thrown) -> Bool {
        if text.isLatin1 {
            // By eight: a replacement is looked through again for each match.
            if text.count >= 64 { try charge(text.count / 64) }
            var start = 0
            while start < text.count {
                let count = min(text.count &- start, Machine.longText)
                let found = cage.count(before: UInt8(truncatingIfNeeded: unit), from: text.part(start, count).data, limit: count)
                if found < count { return true }
                start &+= count
            }
            return false
        }
        if text.count >= 64 { try charge(text.count / 4) }
        for index in 0..<text.count {
            if text[index] == unit { return true }
            try keepWatch(index)
        }
        return false
    }

    /// GetSubstitution with the captures of the last match.
    private func appendSubstitution(
        _ builder: inout TextBuilder, _ pattern: FlatString, _ text: FlatString, _ captures: UInt32, _ compiled: UInt32
    ) throws(Thrown) {
        let groups = Int(compiledValue(compiled, CompiledRegExp.captures).int)
        let range = matchRange(captures, 0) ?? MatchRange(start: 0, end: 0)
        let names = compiledValue(compiled, CompiledRegExp.names)
        var parser = SubstitutionParser(pattern: pattern, captureCount: groups, hasNames: names.isCell)
        while let part = parser.next() {
            try charge(2)
            switch part {
            case .text(let start, let end): try append(pattern, start, end, to: &builder)
            case .matched: try append(text, range.start, range.end, to: &builder)
            case .before: try append(text, 0, range.start, to: &builder)
            case .after: try append(text, min(range.end, text.count), text.count, to: &builder)
            case .group(let group):
                if let inner = matchRange(captures, group) { try append(text, inner.start, inner.end, to: &builder) }
            case .name(let start, let end):
                let name = Array(pattern.units[start..<end])
                for group in groupNumbers(names.offset, name) {
                    if let inner = matchRange(captures, group) {
                        try append(text, inner.start, inner.end, to: &builder)
                        break
                    }
                }
            }
        }
    }

    private func groupNumbers(_ names: UInt32, _ name: [UInt16]) -> [Int] {
        var position: UInt32 = 0
        let end = cage.load32(names, Layout.elementsLength)
        while position &+ 1 < end {
            let count = UInt32(bitPattern: compiledValue(names, position &+ 1).int)
            if let text = try? flat(compiledValue(names, position)), text.units == name {
                return (0..<min(count, end)).map { Int(compiledValue(names, position &+ 2 &+ $0).int) }
            }
            position = position &+ 2 &+ count
        }
        return []
    }

    /// GetSubstitution (ECMA-262 §22.1.3.19.1) with captures as values. May run guest code (named captures).
    public func getSubstitution(
        matched: Value, string: Value, position: Int, captures: [Value], namedCaptures: Value, replacement: Value
    ) throws(Thrown) -> Value {
        let pattern = try flat(replacement)
        guard try contains(pattern, 36) else { return replacement }
        let text = try flat(string), match = try flat(matched)
        var builder = try TextBuilder(self, capacity: 16)
        var parser = SubstitutionParser(
            pattern: pattern, captureCount: captures.count, hasNames: !namedCaptures.isUndefined)
        while let part = parser.next() {
            try charge(2)
            switch part {
            case .text(let start, let end): try append(pattern, start, end, to: &builder)
            case .matched: try append(match, 0, match.count, to: &builder)
            case .before: try append(text, 0, min(position, text.count), to: &builder)
            case .after: try append(text, min(position &+ match.count, text.count), text.count, to: &builder)
            case .group(let group):
                let capture = group <= captures.count ? captures[group - 1] : .undefined
                if capture.isString {
                    let inner = try flat(capture)
                    try append(inner, 0, inner.count, to: &builder)
                }
            case .name(let start, let end):
                let key = try toPropertyKey(try substring(replacement, start, end))
                let capture = try get(namedCaptures.offset, key)
                if !capture.isUndefined {
                    let inner = try flat(try toStringValue(capture))
                    try append(inner, 0, inner.count, to: &builder)
                }
            }
        }
        return try builder.finish()
    }

    /// `split`.
    func regExpSplitFast(_ object: UInt32, _ string: Value, limit: UInt32) throws(Thrown) -> Value {
        let compiled = field(object, 0).offset
        let array = try makeArray(length: 0, capacity: 0)
        if limit == 0 { return array }
        let size = stringLength(string)
        let groups = Int(compiledValue(compiled, CompiledRegExp.captures).int)
        let isUnicode = regExpFlags(compiled).hasEitherUnicodeFlag
        if size == 0 {
            if try regExpMatch(compiled, string, from: 0, isAnchored: true) == nil { try appendElement(array.offset, string) }
            return array
        }
        var last = 0, index = 0
        while index < size {
            guard let captures = try regExpMatch(compiled, string, from: index, isAnchored: false),
                let range = matchRange(captures, 0), range.start < size
            else { break }
            try charge(4)
            if range.end == last || (range.end == range.start && range.start == last) {
                index = try advanceStringIndex(string, max(index, range.start), unicode: isUnicode)
                continue
            }
            // Where a sticky match would begin and end at once, the splitter goes on one further.
            try appendElement(array.offset, try substring(string, last, range.start))
            if cage.load32(array.offset, Layout.arrayLength) == limit { return array }
            // The captures are read before the next match writes over them.
            for group in 0..<groups {
                try appendElement(array.offset, try capturedText(string, captures, group &+ 1))
                if cage.load32(array.offset, Layout.arrayLength) == limit { return array }
            }
            last = range.end
            index = range.end == range.start ? try advanceStringIndex(string, last, unicode: isUnicode) : last
        }
        try appendElement(array.offset, try substring(string, last, size))
        return array
    }
}

/// The parts of a replacement text.
struct SubstitutionParser {
    enum Part {
        case text(Int, Int)
        case matched, before, after
        case group(Int)
        /// Bounds of a group's name.
        case name(Int, Int)
    }

    let pattern: FlatString
    let captureCount: Int
    let hasNames: Bool
    private var position = 0

    init(pattern: FlatString, captureCount: Int, hasNames: Bool) {
        self.pattern = pattern
        self.captureCount = captureCount
        self.hasNames = hasNames
    }

    private func digit(_ index: Int) -> Int? {
        guard index < pattern.count, pattern[index] >= 48, pattern[index] <= 57 else { return nil }
        return Int(pattern[index]) &- 48
    }

    mutating func next() -> Part? {
        guard position < pattern.count else { return nil }
        let start = position
        if pattern[start] == 36, start &+ 1 < pattern.count, let part = special(start) { return part }
        position = start &+ 1
        while position < pattern.count, pattern[position] != 36 { position &+= 1 }
        return .text(start, position)
    }

    private mutating func special(_ start: Int) -> Part? {
        position = start &+ 2
        switch pattern[start &+ 1] {
        case 36: return .text(start, start &+ 1)
        case 38: return .matched
        case 96: return .before
        case 39: return .after
        case 60 where hasNames:
            var end = position
            while end < pattern.count, pattern[end] != 62 { end &+= 1 }
            guard end < pattern.count else { return nil }
            position = end &+ 1
            return .name(start &+ 2, end)
        default: break
        }
        guard let first = digit(start &+ 1) else { return nil }
        if let second = digit(start &+ 2) {
            let group = first &* 10 &+ second
            if group >= 1, group <= captureCount {
                position = start &+ 3
                return .group(group)
            }
        }
        return first >= 1 && first <= captureCount ? .group(first) : nil
    }
}
