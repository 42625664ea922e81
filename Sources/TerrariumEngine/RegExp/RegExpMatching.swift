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

    // MARK: lastIndex

    /// The object has `lastIndex` in its first slot, as it was made.
    @inline(__always)
    func hasPlainLastIndex(_ object: UInt32) -> Bool {
        cage.load32(object) == intrinsic(.regExpShape).offset
    }

    func lastIndex(_ object: UInt32) throws(Thrown) -> Int {
        if hasPlainLastIndex(object), field(object, 1).isInt { return max(0, Int(field(object, 1).int)) }
        return try toLength(try get(object, atom: wellKnown.lastIndex))
    }

    @inline(__always)
    func setLastIndex(_ object: UInt32, _ index: Int) throws(Thrown) {
        if _fastPath(hasPlainLastIndex(object)) {
            setField(object, 1, Value(index))
        } else {
            try putLastIndex(object, index)
        }
    }

    @inline(never)
    private func putLastIndex(_ object: UInt32, _ index: Int) throws(Thrown) {
        try put(object, PropertyKey(atom: wellKnown.lastIndex), Value(index))
    }

    // MARK: Exec

    /// RegExpBuiltinExec: the result array or null; without `wantsResult` true or false. May run guest code (`lastIndex`).
    ///
    /// - Parameters:
    ///   - start: what `lastIndex` was converted to.
    ///   - state: of the operation when it was left.
    ///   - leaves: the caller can go on later.
    /// - Returns: the state when the operation is to be left.
    public func regExpBuiltinExec(
        _ object: UInt32, _ string: Value, from start: Value? = nil, state: Value = .undefined, leaves: Bool = false,
        wantsResult: Bool = true
    ) throws(Thrown) -> Value {
        guard _fastPath(state.isUndefined) else {
            var run = try regExpRun(resuming: state)
            return try finishExec(&run, object, leaves: leaves, wantsResult: wantsResult)
        }
        let index: Int
        if let start { index = try toLength(start) } else { index = try lastIndex(object) }
        // The conversion of `lastIndex` may have compiled another pattern.
        return try exec(object, string, from: index, leaves: leaves, wantsResult: wantsResult)
    }

    /// As above for an object whose `lastIndex` is a number and where it was made, of a pattern that is compiled.
    public func regExpPlainExec(_ object: UInt32, _ string: Value) throws(Thrown) -> Value {
        try exec(object, string, from: max(0, Int(field(object, 1).int)), leaves: true, wantsResult: true)
    }

    @inline(__always)
    private func exec(_ object: UInt32, _ string: Value, from index: Int, leaves: Bool, wantsResult: Bool) throws(Thrown)
        -> Value
    {
        var run = try regExpRun(field(object, 0).offset, string)
        if run.keepsIndex {
            if index > run.text.count {
                try setLastIndex(object, 0)
                return wantsResult ? .null : .false
            }
            run.index = index
        }
        return try finishExec(&run, object, leaves: leaves, wantsResult: wantsResult)
    }

    @inline(__always)
    private func finishExec(_ run: inout RegExpRun, _ object: UInt32, leaves: Bool, wantsResult: Bool) throws(Thrown) -> Value {
        switch try match(&run, leaves: leaves) {
        case .matched:
            if _slowPath(recordsLegacyMatches), ordinaryPrototype(object) != intrinsic(.regExpPrototype).offset {
                forgetLegacyMatch()
            }
            if run.keepsIndex { try setLastIndex(object, matchedRange(run).end) }
            return wantsResult ? try regExpResult(run) : .true
        case .failed:
            if run.keepsIndex { try setLastIndex(object, 0) }
            return wantsResult ? .null : .false
        default: return try leave(run)
        }
    }

    private func regExpResult(_ run: RegExpRun) throws(Thrown) -> Value {
        let count = run.groups
        try charge(count &* 4 &+ 30)
        let realm = currentRealm
        let length = UInt32(truncatingIfNeeded: count)
        let array = try makeArray(length: length, capacity: length, realm: realm)
        let elements = cage.load32(array.offset, Layout.elements)
        var place = elements &+ 16
        for group in 0..<count {
            cage.store64(place, 0, try groupText(run, group).bits)
            place = place &+ 8
        }
        let start = matchedRange(run).start
        let names = compiledValue(run.compiled, CompiledRegExp.names)
        var groups = Value.undefined
        if names.isCell {
            groups = try namedGroups(run.compiled, names) { (group) throws(Thrown) in try groupText(run, group) }
        }
        let known = realmValue(realm, .regExpResultShape)
        if _fastPath(known.isCell && cage.load8(known.offset, ShapeLayout.inlineCapacity) == 0) {
            // What `ensureSlot` would make.
            let slots = try allocate(40, kind: CellKind.slots, word: 4)
            cage.store64(slots, 8, Value(start).bits)
            cage.store64(slots, 16, run.string.bits)
            cage.store64(slots, 24, groups.bits)
            cage.store64(slots, 32, Value.undefined.bits)
            cage.store32(array.offset, Layout.slots, slots)
            cage.store32(array.offset, 0, known.offset)
        } else {
            try addProperty(array.offset, key: wellKnown.index, value: Value(start), attributes: Attribute.all)
            try addProperty(array.offset, key: wellKnown.input, value: run.string, attributes: Attribute.all)
            try addProperty(array.offset, key: wellKnown.groups, value: groups, attributes: Attribute.all)
            setRealmValue(realm, .regExpResultShape, Value(cell: cage.load32(array.offset)))
        }
        if run.flags.contains(.hasIndices) {
            let indices = try indexArray(run, names)
            try createDataPropertyOrThrow(array.offset, key("indices"), indices)
        }
        return array
    }

    /// The object of named groups: of groups with one name, that which took part counts. The compiled pattern remembers its
    /// shape.
    private func namedGroups(_ compiled: UInt32, _ names: Value, _ value: (Int) throws(Thrown) -> Value) throws(Thrown)
        -> Value
    {
        guard names.isCell else { return .undefined }
        let known = compiledValue(compiled, CompiledRegExp.groupsShape)
        let object = try makeObject(prototype: 0)
        var position: UInt32 = 0, slot: UInt32 = 0
        let end = listLength(names.offset)
        while position &+ 1 < end {
            try charge(4)
            let count = UInt32(truncatingIfNeeded: compiledValue(names.offset, position &+ 1).internalCount)
            var result = Value.undefined
            for index in 0..<min(count, end) where result.isUndefined {
                result = try value(compiledValue(names.offset, position &+ 2 &+ index).internalCount)
            }
            if known.isCell {
                try ensureSlot(object.offset, known.offset, slot)
                storeSlot(object.offset, known.offset, slot, result)
                slot &+= 1
            } else {
                let name = compiledValue(names.offset, position)
                try createDataPropertyOrThrow(object.offset, try toPropertyKey(name), result)
            }
            position = position &+ 2 &+ count
        }
        if known.isCell {
            cage.store32(object.offset, 0, known.offset)
        } else if cage.load32(cage.load32(object.offset), ShapeLayout.nextSlot) <= 32 {
            setGroupsShape(compiled, cage.load32(object.offset))
        }
        return object
    }

    /// MakeMatchIndicesIndexPairArray.
    private func indexArray(_ run: RegExpRun, _ names: Value) throws(Thrown) -> Value {
        var pairs: [Value] = []
        for group in 0..<run.groups {
            if let range = matchRange(run.captures, group) {
                pairs.append(try makeArray([Value(range.start), Value(range.end)]))
            } else {
                pairs.append(.undefined)
            }
        }
        let array = try makeArray(pairs)
        let groups = try namedGroups(run.compiled, names) { (group) throws(Thrown) in
            group < pairs.count ? pairs[group] : .undefined
        }
        try createDataPropertyOrThrow(array.offset, PropertyKey(atom: wellKnown.groups), groups)
        return array
    }

    /// AdvanceStringIndex.
    func advanceStringIndex(_ string: Value, _ index: Int, unicode: Bool) throws(Thrown) -> Int {
        if !unicode || index &+ 1 >= stringLength(string) { return index &+ 1 }
        return index &+ (try flat(string)).codePoint(at: index).length
    }
}
