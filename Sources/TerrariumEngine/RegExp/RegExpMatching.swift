import TerrariumCage
import TerrariumRegExp

/// Running compiled patterns: RegExpBuiltinExec (ECMA-262 §22.2.7.2) and what is built from its result.
extension Machine {
    /// Start and end of a group of the last match; nil when it did not take part.
    struct MatchRange {
        var start: Int, end: Int
    }

    /// Captures of the last match, as the matcher wrote them.
    func matchRange(_ captures: UInt32, _ group: Int) -> MatchRange? {
        let place = captures &+ UInt32(truncatingIfNeeded: group) &* 8
        let start = Int32(bitPattern: cage.load32(place)), end = Int32(bitPattern: cage.load32(place, 4))
        return start < 0 || end < start ? nil : MatchRange(start: Int(start), end: Int(end))
    }

    /// Matches a compiled pattern; nil when there is no match, otherwise the offset of the captures (valid until the next
    /// match). Fuel is charged as the matcher goes; the backtrack stack is memory of the heap.
    func regExpMatch(_ compiled: UInt32, _ string: Value, from lastIndex: Int, isAnchored: Bool? = nil) throws(Thrown)
        -> UInt32?
    {
        let text = try flat(string)
        let program = compiledValue(compiled, CompiledRegExp.program).offset
        let words = Int(cage.load32(program))
        let groups = Int(compiledValue(compiled, CompiledRegExp.captures).int) &+ 1
        let registers = Int(compiledValue(compiled, CompiledRegExp.registers).int)
        let captures = try scratch(Cell.regExpCaptures, atLeast: groups &* 8)
        var stackCell = try scratch(Cell.regExpStack, atLeast: (16 &+ registers &* 4 &+ 4096 &+ 511) & ~511)
        let subject = RegExpSubject(offset: text.data, length: text.count, isLatin1: text.isLatin1)
        let slice = 20_000
        var fuel = slice
        var outcome = RegExpMatcher.match(
            cage: cage, program: program &+ 16, wordCount: words, subject: subject, lastIndex: lastIndex,
            captures: captures &+ 16, stack: region(stackCell), isAnchored: isAnchored, fuel: &fuel)
        while true {
            try chargeSearch(slice &- fuel)
            fuel = slice
            switch outcome {
            case .matched:
                if legacyMatches != nil { noteLegacyMatch(string, captures &+ 16, groups: groups) }
                return captures &+ 16
            case .failed: return nil
            case .outOfFuel: break
            case .needsStack:
                let old = stackCell
                let size = Int(cage.load32(old, Layout.bytesCount))
                stackCell = try makeBytes(count: size &* 2)
                cage.copy(from: old &+ 16, to: stackCell &+ 16, count: size)
                cells[Cell.regExpStack] = Int64(stackCell)
                try charge(size / 16)
            }
            outcome = RegExpMatcher.resume(
                cage: cage, program: program &+ 16, wordCount: words, subject: subject, captures: captures &+ 16,
                stack: region(stackCell), fuel: &fuel)
        }
    }

    private func region(_ cell: UInt32) -> RegExpStackRegion {
        RegExpStackRegion(offset: cell &+ 16, capacity: Int(cage.load32(cell, Layout.bytesCount)))
    }

    /// A bytes cell that is kept between matches; collections drop it.
    private func scratch(_ cell: UInt8, atLeast size: Int) throws(Thrown) -> UInt32 {
        let known = UInt32(truncatingIfNeeded: cells[cell])
        if known != 0, Int(cage.load32(known, Layout.bytesCount)) >= size { return known }
        let fresh = try makeBytes(count: max(512, size))
        cells[cell] = Int64(fresh)
        return fresh
    }

    // MARK: lastIndex

    /// The object has `lastIndex` in its first slot, as it was made.
    func hasPlainLastIndex(_ object: UInt32) -> Bool {
        cage.load32(object) == intrinsic(.regExpShape).offset
    }

    func lastIndex(_ object: UInt32) throws(Thrown) -> Int {
        if hasPlainLastIndex(object), field(object, 1).isInt { return max(0, Int(field(object, 1).int)) }
        return try toLength(try get(object, atom: wellKnown.lastIndex))
    }

    func setLastIndex(_ object: UInt32, _ index: Int) throws(Thrown) {
        if hasPlainLastIndex(object) {
            setField(object, 1, Value(index))
        } else {
            try put(object, PropertyKey(atom: wellKnown.lastIndex), Value(index))
        }
    }

    // MARK: Exec

    /// RegExpBuiltinExec up to the captures. May run guest code (`lastIndex`).
    /// - Parameter start: what `lastIndex` was converted to.
    func regExpExecRaw(_ object: UInt32, _ string: Value, from start: Value? = nil) throws(Thrown) -> UInt32? {
        var index: Int
        if let start { index = try toLength(start) } else { index = try lastIndex(object) }
        // The conversion of `lastIndex` may have compiled another pattern.
        let compiled = field(object, 0).offset
        let flags = regExpFlags(compiled)
        let keepsIndex = !flags.isDisjoint(with: [.global, .sticky])
        if !keepsIndex { index = 0 }
        if index <= stringLength(string), let captures = try regExpMatch(compiled, string, from: index) {
            if legacyMatches != nil, ordinaryPrototype(object) != intrinsic(.regExpPrototype).offset { forgetLegacyMatch() }
            if keepsIndex { try setLastIndex(object, matchRange(captures, 0)?.end ?? 0) }
            return captures
        }
        if keepsIndex { try setLastIndex(object, 0) }
        return nil
    }

    /// RegExpBuiltinExec: the result array, or null.
    public func regExpBuiltinExec(_ object: UInt32, _ string: Value, from start: Value? = nil) throws(Thrown) -> Value {
        guard let captures = try regExpExecRaw(object, string, from: start) else { return .null }
        return try regExpResult(field(object, 0).offset, string, captures)
    }

    /// The value of a group; undefined when it did not take part.
    func capturedText(_ string: Value, _ captures: UInt32, _ group: Int) throws(Thrown) -> Value {
        guard let range = matchRange(captures, group) else { return .undefined }
        return try substring(string, range.start, range.end)
    }

    private func regExpResult(_ compiled: UInt32, _ string: Value, _ captures: UInt32) throws(Thrown) -> Value {
        let count = Int(compiledValue(compiled, CompiledRegExp.captures).int) &+ 1
        try charge(count &* 4 &+ 30)
        let length = UInt32(truncatingIfNeeded: count)
        let array = try makeArray(length: length, capacity: length)
        let elements = cage.load32(array.offset, Layout.elements)
        // Filled before anything else is allocated may look at it.
        cage.fill64(elements &+ 16, count: count, Value.undefined.bits)
        for group in 0..<count {
            let value = try capturedText(string, captures, group)
            cage.store64(elements &+ 16 &+ UInt32(truncatingIfNeeded: group) &* 8, 0, value.bits)
        }
        let start = matchRange(captures, 0)?.start ?? 0
        let names = compiledValue(compiled, CompiledRegExp.names)
        let hasIndices = regExpFlags(compiled).contains(.hasIndices)
        let groups = names.isCell
            ? try namedGroups(names) { (group) throws(Thrown) in try capturedText(string, captures, group) } : .undefined
        let realm = currentRealm
        let known = realmValue(realm, .regExpResultShape)
        if known.isCell {
            let shape = known.offset
            try ensureSlot(array.offset, shape, 2)
            storeSlot(array.offset, shape, 0, Value(start))
            storeSlot(array.offset, shape, 1, string)
            storeSlot(array.offset, shape, 2, groups)
            cage.store32(array.offset, 0, shape)
        } else {
            try addProperty(array.offset, key: wellKnown.index, value: Value(start), attributes: Attribute.all)
            try addProperty(array.offset, key: wellKnown.input, value: string, attributes: Attribute.all)
            try addProperty(array.offset, key: wellKnown.groups, value: groups, attributes: Attribute.all)
            setRealmValue(realm, .regExpResultShape, Value(cell: cage.load32(array.offset)))
        }
        if hasIndices {
            let indices = try indexArray(captures, count, names)
            try createDataPropertyOrThrow(array.offset, key("indices"), indices)
        }
        return array
    }

    /// The object of named groups: of groups with one name, that which took part counts.
    private func namedGroups(_ names: Value, _ value: (Int) throws(Thrown) -> Value) throws(Thrown) -> Value {
        guard names.isCell else { return .undefined }
        let object = try makeObject(prototype: 0)
        var position: UInt32 = 0
        let end = listLength(names.offset)
        while position &+ 1 < end {
            try charge(4)
            let name = compiledValue(names.offset, position)
            let count = UInt32(bitPattern: compiledValue(names.offset, position &+ 1).int)
            var result = Value.undefined
            for index in 0..<min(count, end) where result.isUndefined {
                result = try value(Int(compiledValue(names.offset, position &+ 2 &+ index).int))
            }
            try createDataPropertyOrThrow(object.offset, try toPropertyKey(name), result)
            position = position &+ 2 &+ count
        }
        return object
    }

    /// MakeMatchIndicesIndexPairArray.
    private func indexArray(_ captures: UInt32, _ count: Int, _ names: Value) throws(Thrown) -> Value {
        var pairs: [Value] = []
        for group in 0..<count {
            if let range = matchRange(captures, group) {
                pairs.append(try makeArray([Value(range.start), Value(range.end)]))
            } else {
                pairs.append(.undefined)
            }
        }
        let array = try makeArray(pairs)
        let groups = try namedGroups(names) { (group) throws(Thrown) in group < pairs.count ? pairs[group] : .undefined }
        try createDataPropertyOrThrow(array.offset, PropertyKey(atom: wellKnown.groups), groups)
        return array
    }

    /// AdvanceStringIndex.
    func advanceStringIndex(_ string: Value, _ index: Int, unicode: Bool) throws(Thrown) -> Int {
        if !unicode || index &+ 1 >= stringLength(string) { return index &+ 1 }
        return index &+ (try flat(string)).codePoint(at: index).length
    }

    // MARK: Unmodified regular expressions

    /// RegExp.prototype.test when the object is unmodified and `exec` is the original one; nil otherwise.
    public func regExpTestFast(_ value: Value, _ string: Value) throws(Thrown) -> Value? {
        guard string.isString, hasPlainRegExpState(value) else { return nil }
        let record = intrinsic(.regExpPristine), exec = intrinsic(.regExpExec)
        guard record.isCell else { return nil }
        let prototype = intrinsic(.regExpPrototype).offset
        let shape = cage.load32(prototype)
        guard compiledValue(record.offset, 0).offset == shape else { return nil }
        // `exec` is among the first properties.
        for slot: UInt32 in 1..<5 where compiledValue(record.offset, slot) == exec {
            guard loadSlot(prototype, shape, slot &- 1) == exec else { return nil }
            return Value(try regExpExecRaw(value.offset, string) != nil)
        }
        return nil
    }

    private func hasPlainRegExpState(_ value: Value) -> Bool {
        value.isObject && kind(of: value.offset) == CellKind.regExp && hasPlainLastIndex(value.offset)
            && field(value.offset, 1).isInt
    }

    /// Neither the object nor RegExp.prototype was changed in a way that the protocol methods could notice.
    public func isPristineRegExp(_ value: Value) -> Bool {
        guard hasPlainRegExpState(value) else { return false }
        let record = intrinsic(.regExpPristine)
        guard record.isCell else { return false }
        let prototype = intrinsic(.regExpPrototype).offset
        let shape = cage.load32(prototype)
        let count = cage.load32(record.offset, Layout.elementsLength)
        guard compiledValue(record.offset, 0).offset == shape else { return false }
        // Slots that are not in the object follow each other in their cell, as the recorded values do.
        let inline = UInt32(cage.load8(shape, ShapeLayout.inlineCapacity))
        var slot: UInt32 = 1
        while slot < count, slot <= inline {
            if loadSlot(prototype, shape, slot &- 1) != compiledValue(record.offset, slot) { return false }
            slot = slot &+ 1
        }
        var recorded = record.offset &+ 16 &+ slot &* 8
        var place = cage.load32(prototype, Layout.slots) &+ 8 &+ (slot &- 1 &- inline) &* 8
        while slot < count {
            if cage.load64(place) != cage.load64(recorded) { return false }
            place = place &+ 8
            recorded = recorded &+ 8
            slot = slot &+ 1
        }
        return true
    }

    /// SpeciesConstructor of an unmodified regular expression is %RegExp%.
    func regExpSpeciesIsPristine() throws(Thrown) -> Bool {
        let constructor = intrinsic(.regExp)
        guard constructor.isObject, let own = try getOwnProperty(constructor.offset, symbolKey(.species)) else { return false }
        return own.getter == intrinsic(.regExpSpecies)
    }

    /// Remembers RegExp.prototype as it is now.
    public func recordRegExpPrototype(realm: UInt32) throws(Thrown) {
        let prototype = realmValue(realm, .regExpPrototype).offset
        let shape = cage.load32(prototype)
        var values = [Value(cell: shape)]
        for slot in 0..<cage.load32(shape, ShapeLayout.nextSlot) { values.append(loadSlot(prototype, shape, slot)) }
        setRealmValue(realm, .regExpPristine, try list(of: values))
        let species = try getOwnProperty(realmValue(realm, .regExp).offset, symbolKey(.species))
        setRealmValue(realm, .regExpSpecies, species?.getter ?? .undefined)
        let sample = try regExpAlloc(prototype: prototype)
        setRealmValue(realm, .regExpShape, Value(cell: cage.load32(sample)))
    }
}
