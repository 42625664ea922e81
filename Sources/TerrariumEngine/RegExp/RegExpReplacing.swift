import TerrariumCage
import TerrariumRegExp

/// The protocol methods of unmodified regular expressions, done at once: nothing here runs guest code.
extension Machine {
    /// The state of an operation that begins, or that was left.
    private func run(_ object: UInt32, _ string: Value, _ state: Value) throws(Thrown) -> RegExpRun {
        if _slowPath(!state.isUndefined) { return try regExpRun(resuming: state) }
        var run = try regExpRun(field(object, 0).offset, string)
        if run.flags.contains(.sticky), !run.flags.contains(.global) { run.index = try lastIndex(object) }
        return run
    }

    /// Matches from where the run is: all with the global flag (sticky ones end at the first gap), else one.
    /// - Returns: false when the operation is to be left.
    @inline(__always)
    private func forEachMatch(
        _ object: UInt32, _ run: inout RegExpRun, _ body: (_ run: inout RegExpRun, _ start: Int, _ end: Int) throws(Thrown) -> Void
    ) throws(Thrown) -> Bool {
        let isGlobal = run.flags.contains(.global)
        while run.index <= run.text.count {
            if run.budget <= 0 { return false }
            switch try match(&run, leaves: true) {
            case .matched: break
            case .failed:
                if run.keepsIndex { setField(object, 1, .zero) }
                return true
            default: return false
            }
            try charge(10)
            run.budget &-= 10
            let (start, end) = matchedRange(run)
            try body(&run, start, end)
            if !isGlobal {
                if _slowPath(recordsLegacyMatches), ordinaryPrototype(object) != intrinsic(.regExpPrototype).offset {
                    forgetLegacyMatch()
                }
                if run.keepsIndex { setField(object, 1, Value(end)) }
                return true
            }
            run.index = end == start
                ? try advanceStringIndex(run.string, end, unicode: run.flags.hasEitherUnicodeFlag) : end
        }
        if run.keepsIndex { setField(object, 1, .zero) }
        return true
    }

    /// Appends to an array that no guest has seen.
    @inline(__always)
    private func appendOwn(_ array: Value, _ value: Value) throws(Thrown) {
        let elements = cage.load32(array.offset, Layout.elements), length = cage.load32(elements, Layout.elementsLength)
        if _fastPath(length < cage.load32(elements) && length == cage.load32(array.offset, Layout.arrayLength)) {
            cage.store64(elements &+ 16 &+ length &* 8, 0, value.bits)
            cage.store32(elements, Layout.elementsLength, length &+ 1)
            cage.store32(array.offset, Layout.arrayLength, length &+ 1)
        } else {
            try appendElement(array.offset, value)
        }
    }

    /// What an operation that was left has so far: an array of its own.
    private func ownArray(_ state: Value) throws(Thrown) -> Value {
        if state.isUndefined { return try makeArray(length: 0, capacity: 0) }
        let array = leftResult(state)
        guard array.isObject, kind(of: array.offset) == CellKind.array else { throw terminate(.corrupted) }
        return array
    }

    /// `match` without the global flag is exec; with it, all matches.
    public func regExpMatchFast(_ object: UInt32, _ string: Value, state: Value = .undefined) throws(Thrown) -> Value {
        var run: RegExpRun
        if state.isUndefined {
            guard regExpFlags(field(object, 0).offset).contains(.global) else {
                return try regExpBuiltinExec(object, string, leaves: true)
            }
            run = try self.run(object, string, state)
        } else {
            run = try regExpRun(resuming: state)
            if !run.flags.contains(.global) { return try regExpBuiltinExec(object, string, state: state, leaves: true) }
        }
        let array = try ownArray(state)
        let isDone = try forEachMatch(object, &run) { (run, start, end) throws(Thrown) in
            try appendOwn(array, try substring(run.string, run.text, start, end))
        }
        if !isDone { return try leave(run, array) }
        return cage.load32(array.offset, Layout.arrayLength) == 0 ? .null : array
    }

    public func regExpSearchFast(_ object: UInt32, _ string: Value, state: Value = .undefined) throws(Thrown) -> Value {
        var run = state.isUndefined ? try regExpRun(field(object, 0).offset, string) : try regExpRun(resuming: state)
        switch try match(&run, leaves: true) {
        case .matched: return Value(matchedRange(run).start)
        case .failed: return Value(Int32(-1))
        default: return try leave(run)
        }
    }

    /// `replace` with a text.
    public func regExpReplaceFast(_ object: UInt32, _ string: Value, _ template: Value, state: Value = .undefined)
        throws(Thrown) -> Value
    {
        var run = try self.run(object, string, state)
        let pattern = try flat(template)
        var builder: TextBuilder
        var end = 0
        if state.isUndefined {
            builder = try TextBuilder(self, capacity: 16)
        } else {
            let (count, last) = leftNumbers(state)
            guard let known = TextBuilder(self, left: leftResult(state), count: count) else { throw terminate(.corrupted) }
            builder = known
            end = max(0, min(last, run.text.count))
        }
        let hasDollar = try contains(pattern, 36)
        let isDone = try forEachMatch(object, &run) { (run, start, last) throws(Thrown) in
            let before = builder.count
            try append(run.text, end, start, to: &builder)
            if hasDollar {
                try appendSubstitution(&builder, pattern, run, start, last)
            } else {
                try append(pattern, 0, pattern.count, to: &builder)
            }
            run.budget &-= (builder.count &- before) / 8
            end = last
        }
        if !isDone { return try leave(run, builder.left, builder.count, end) }
        if end == 0, builder.count == 0 { return string }
        try append(run.text, end, run.text.count, to: &builder)
        return try builder.finish()
    }

    /// What `replace` with a function needs of a regular expression without named groups: a flat array of start, end,
    /// matched text and groups of each match; undefined for others.
    public func regExpCollect(_ object: UInt32, _ string: Value, state: Value = .undefined) throws(Thrown) -> Value {
        var run = try self.run(object, string, state)
        if compiledValue(run.compiled, CompiledRegExp.names).isCell { return .undefined }
        let array = try ownArray(state)
        let isDone = try forEachMatch(object, &run) { (run, start, end) throws(Thrown) in
            try charge(run.groups &* 4 &+ 4)
            run.budget &-= run.groups &* 4
            try appendOwn(array, Value(start))
            try appendOwn(array, Value(end))
            try appendOwn(array, try substring(run.string, run.text, start, end))
            var group = 1
            while group < run.groups {
                try appendOwn(array, try groupText(run, group))
                group &+= 1
            }
        }
        return isDone ? array : try leave(run, array)
    }

    /// Whether such an array has nothing.
    public func arrayIsEmpty(_ array: Value) -> Bool { cage.load32(array.offset, Layout.arrayLength) == 0 }

    /// The text with what an array of `regExpCollect` has now for the matched texts.
    func regExpJoin(_ string: Value, _ array: Value, _ step: Int) throws(Thrown) -> Value {
        let text = try flat(string)
        let elements = cage.load32(array.offset, Layout.elements), count = Int(listLength(elements))
        guard step > 2, step < 1 << 31 else { throw terminate(.corrupted) }
        var builder = try TextBuilder(self, capacity: text.count)
        var end = 0, index = 0
        while index &+ 2 < count {
            let place = elements &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8
            let start = min(Value(bits: cage.load64(place)).internalCount, text.count)
            let part = Value(bits: cage.load64(place, 16))
            guard part.isString, start >= end else { throw terminate(.corrupted) }
            try charge(2)
            try append(text, end, start, to: &builder)
            let inner = try flat(part)
            try append(inner, 0, inner.count, to: &builder)
            end = max(start, min(Value(bits: cage.load64(place, 8)).internalCount, text.count))
            index &+= step
        }
        try append(text, end, text.count, to: &builder)
        return try builder.finish()
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
        _ builder: inout TextBuilder, _ pattern: FlatString, _ run: RegExpRun, _ start: Int, _ end: Int
    ) throws(Thrown) {
        let text = run.text, captures = run.captures
        let range = MatchRange(start: start, end: end)
        let names = compiledValue(run.compiled, CompiledRegExp.names)
        var parser = SubstitutionParser(pattern: pattern, captureCount: run.groups &- 1, hasNames: names.isCell)
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
    public func regExpSplitFast(_ object: UInt32, _ string: Value, limit: UInt32, state: Value = .undefined)
        throws(Thrown) -> Value
    {
        let array = try ownArray(state)
        if limit == 0 { return array }
        var run = state.isUndefined ? try regExpRun(field(object, 0).offset, string) : try regExpRun(resuming: state)
        let size = run.text.count
        if size == 0 {
            switch try match(&run, isAnchored: true, leaves: true) {
            case .matched: break
            case .failed: try appendElement(array.offset, string)
            default: return try leave(run, array)
            }
            return array
        }
        var last = state.isUndefined ? 0 : max(0, min(leftNumbers(state).0, size))
        while run.index < size {
            if run.budget <= 0 { return try leave(run, array, last) }
            let outcome = try match(&run, isAnchored: false, leaves: true)
            if outcome == .outOfFuel { return try leave(run, array, last) }
            let (start, end) = matchedRange(run)
            if outcome == .failed || start >= size { break }
            try charge(4)
            run.budget &-= 4
            if end == last || (end == start && start == last) {
                run.index = try advanceStringIndex(
                    string, max(run.index, start), unicode: run.flags.hasEitherUnicodeFlag)
                continue
            }
            // Where a sticky match would begin and end at once, the splitter goes on one further.
            try appendOwn(array, try substring(string, run.text, last, start))
            if cage.load32(array.offset, Layout.arrayLength) == limit { return array }
            var group = 1
            while group < run.groups {
                try appendOwn(array, try groupText(run, group))
                if cage.load32(array.offset, Layout.arrayLength) == limit { return array }
                group &+= 1
            }
            last = end
            run.index = end == start
                ? try advanceStringIndex(string, last, unicode: run.flags.hasEitherUnicodeFlag) : last
        }
        try appendElement(array.offset, try substring(string, run.text, last, size))
        return array
    }
}
