import TerrariumCage

/// The set of interned strings: an open-addressing table in the cage, weak.
struct AtomTable {
    /// Words cell whose capacity is a power of two; entries are string offsets, 0 free, 1 deleted.
    var table: UInt32 = 0
    var capacity: UInt32 = 0
    /// Entries that are not free.
    var used: UInt32 = 0
}

extension Machine {
    /// Hash of a flat string's units, never 0; cached in the header word of the cell.
    func stringHash(_ offset: UInt32) -> UInt32 {
        let cached = cage.load32(offset)
        if cached != 0 { return cached }
        let hash = hashUnits(flatNoRope(offset))
        cage.store32(offset, 0, hash)
        return hash
    }

    /// Latin-1 and UTF-16 text hash differently; a text has one form only.
    func hashUnits(_ text: FlatString) -> UInt32 {
        let bytes = text.isLatin1 ? text.count : text.count &* 2
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: bytes)
        var position = text.data
        var rest = bytes
        while rest >= 8 {
            hash = (hash ^ cage.load64(position)) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash >> 32
            position = position &+ 8
            rest &-= 8
        }
        if rest > 0 {
            let tail = cage.load64(position) & ((1 << (UInt64(rest) &* 8)) &- 1)
            hash = (hash ^ tail) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash >> 32
        }
        hash = hash &* 0xC4CE_B9FE_1A85_EC53
        let folded = UInt32(truncatingIfNeeded: hash >> 32)
        return folded == 0 ? 1 : folded
    }

    /// The atom with the text of a short flat Latin-1 string where one is found in a few steps; 0 otherwise. Costs no fuel.
    @inline(never)
    func quickAtom(_ string: UInt32) -> UInt32 {
        let length = cage.load32(string, Layout.stringLength)
        guard cage.load8(string, Layout.kind) == CellKind.latin1String, length < 64, atoms.capacity > 0 else { return 0 }
        let hash = stringHash(string), table = atoms.table, mask = atoms.capacity &- 1
        var slot = hash & mask, steps: UInt32 = 0
        while steps < 8 {
            let entry = cage.load32(table &+ 16 &+ slot &* 4)
            if entry == 0 { return 0 }
            if entry > 1, cage.load32(entry) == hash, cage.load32(entry, Layout.stringLength) == length,
                cage.load8(entry, Layout.kind) == CellKind.latin1String,
                cage.equal(entry &+ 16, string &+ 16, count: Int(length)) { return entry }
            steps = steps &+ 1
            slot = (slot &+ steps) & mask
        }
        return 0
    }

    /// The atom with the text of `string`: the string itself when it is flat and new.
    public func intern(_ string: Value) throws(Thrown) -> UInt32 {
        var offset = string.offset
        if cage.load8(offset, Layout.flags) & StringFlag.atom != 0 { return offset }
        let atom = quickAtom(offset)
        if atom != 0 { return atom }
        let text = try flat(string)
        let kind = cage.load8(offset, Layout.kind)
        let hash = kind == CellKind.slice ? hashUnits(text) : stringHash(offset)
        if text.count >= 64 { try charge(text.count / 32) }
        let found = findAtom(hash, text)
        if found != 0 { return found }
        if kind == CellKind.slice {
            // A slice would keep its base alive; wide slices may hold narrow text.
            offset = try copyOut(text)
        } else if kind == CellKind.utf16String, !needsWide(text) {
            offset = try copyOut(text)
        }
        if cage.load8(offset, Layout.flags) & StringFlag.atom != 0 { return offset }
        let canonical = flatNoRope(offset)
        let canonicalHash = stringHash(offset)
        if offset != string.offset {
            let again = findAtom(canonicalHash, canonical)
            if again != 0 { return again }
        }
        try insertAtom(offset, canonicalHash)
        return offset
    }

    private func needsWide(_ text: FlatString) -> Bool {
        if text.isLatin1 { return false }
        for index in 0..<text.count where text[index] > 0xFF { return true }
        return false
    }

    private func copyOut(_ text: FlatString) throws(Thrown) -> UInt32 {
        if text.count == 0 { return wellKnown.emptyString }
        if text.count == 1, text[0] <= 0xFF { return singleUnitString(UInt8(truncatingIfNeeded: text[0])).offset }
        let wide = needsWide(text)
        let target = try allocateFlat(length: text.count, wide: wide)
        // Whether there is an atom already depends on when the last collection was.
        refundAllocation(wide ? StringLayout.size(utf16: text.count) : StringLayout.size(latin1: text.count))
        copyUnits(from: text, index: 0, count: text.count, to: target, at: 0)
        return target
    }

    func findAtom(_ hash: UInt32, _ text: FlatString) -> UInt32 {
        guard atoms.capacity > 0 else { return 0 }
        let table = atoms.table, mask = atoms.capacity &- 1
        var slot = hash & mask
        var steps: UInt32 = 0
        // Long probe sequences, which a guest can provoke, are paid for. Those of honest text are shorter: what is in the table
        // depends on when the last collection was, and fuel must not.
        defer { if steps > 64 { chargeLater(Int(steps)) } }
        for _ in 0...mask {
            steps &+= 1
            let entry = cage.load32(table &+ 16 &+ slot &* 4)
            if entry == 0 { return 0 }
            if entry > 1, cage.load32(entry) == hash {
                let candidate = flatNoRope(entry)
                if candidate.count == text.count, candidate.isLatin1 == text.isLatin1,
                    cage.equal(candidate.data, text.data, count: text.isLatin1 ? text.count : text.count &* 2) {
                    return entry
                }
            }
            slot = (slot &+ steps) & mask
        }
        return 0
    }

    private func insertAtom(_ offset: UInt32, _ hash: UInt32) throws(Thrown) {
        if (atoms.used &+ 1) &* 4 > atoms.capacity &* 3 { try growAtomTable() }
        let mask = atoms.capacity &- 1
        var slot = hash & mask
        // There is a free place, unless the table is not what it was: then the guest has overwritten it.
        var steps: UInt32 = 0
        while cage.load32(atoms.table &+ 16 &+ slot &* 4) > 1 {
            guard steps < mask else { throw terminate(.corrupted) }
            steps &+= 1
            slot = (slot &+ steps) & mask
        }
        if cage.load32(atoms.table &+ 16 &+ slot &* 4) == 0 { atoms.used &+= 1 }
        cage.store32(atoms.table &+ 16 &+ slot &* 4, 0, offset)
        cage.store8(offset, Layout.flags, cage.load8(offset, Layout.flags) | StringFlag.atom)
    }

    private func growAtomTable() throws(Thrown) {
        var live: UInt32 = 0
        for slot in 0..<atoms.capacity where cage.load32(atoms.table &+ 16 &+ slot &* 4) > 1 { live &+= 1 }
        var capacity: UInt32 = 1024
        while live &* 2 >= capacity { capacity &*= 2 }
        let table = try allocate(16 &+ capacity &* 4, kind: CellKind.words, word: capacity)
        // When the table grows depends on when collections were.
        refundAllocation(16 &+ capacity &* 4)
        let mask = capacity &- 1
        for old in 0..<atoms.capacity {
            try keepWatch(Int(old))
            let entry = cage.load32(atoms.table &+ 16 &+ old &* 4)
            guard entry > 1 else { continue }
            var slot = cage.load32(entry) & mask
            var steps: UInt32 = 0
            while cage.load32(table &+ 16 &+ slot &* 4) != 0, steps < mask {
                steps &+= 1
                slot = (slot &+ steps) & mask
            }
            cage.store32(table &+ 16 &+ slot &* 4, 0, entry)
        }
        atoms.table = table
        atoms.capacity = capacity
        atoms.used = live
    }

    /// Removes atoms that nothing else keeps alive.
    func sweepAtoms() {
        var position = atoms.table &+ 16
        for slot in 0..<atoms.capacity {
            if _slowPath(slot & 1023 == 1023), asksToGiveUp() { return }
            let entry = cage.load32(position)
            if entry > 1, !isMarked(entry) { cage.store32(position, 0, 1) }
            position = position &+ 4
        }
    }

    // MARK: Making atoms

    /// The atom of an ASCII or other Swift string (library set-up, well-known names).
    public func atom(_ text: String) -> UInt32 {
        guard let string = try? makeString(text), let atom = try? intern(string) else { return wellKnown.emptyString }
        return atom
    }

    public func atom(_ text: ConstantText) throws(Thrown) -> UInt32 { try intern(makeString(text)) }
}
