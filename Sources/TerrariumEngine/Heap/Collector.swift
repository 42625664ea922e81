import TerrariumCage

/// What the collector keeps between collections.
struct CollectorState {
    /// Line from which the allocator goes on searching the current recyclable block.
    var runSearchLine: UInt32 = 0
    var allocatedSinceCollection = 0
    /// Bytes of all runs that the allocator was given.
    var allocatedEver = 0
    /// Bytes to allocate before the next collection is asked for.
    var threshold = 1 << 20
    /// Bytes of the lines that were live after the last collection.
    var live = 0
    /// End of the highest block in use, while a collection runs.
    var heapEnd: UInt32 = 0
    var collections = 0
    /// Collections in a row that freed almost nothing with the heap nearly full.
    var fruitless = 0
    /// Told of each live cell by a collection that counts.
    var visitor: ((UInt32) -> Void)? = nil
    /// Values whose cells are told apart by such a collection, and the number of those that are being marked.
    var groups: [[Value]] = []
    var group = -1
    /// Cells that need a second look when marking is done.
    var weakTables: [UInt32] = []
    var shapes: [UInt32] = []
    var weakRefs: [UInt32] = []
    var registries: [UInt32] = []
    var cachedCode: [UInt32] = []
    /// By number of a script: whether some of its code is marked.
    var liveScripts: [Bool] = []
    /// The collection that runs may be given up; it is.
    var mayGiveUp = false, isGivenUp = false
    /// Values in long lists since somebody was asked whether the collection is given up.
    var valuesMarked = 0
}

/// Precise, non-moving mark-region collection.
///
/// Roots: the register stack up to its top, realms, handles, jobs, the pending exception, well-known cells. Weak: shape
/// transitions, inline caches, atoms, WeakMap/WeakSet keys, WeakRef targets. Stale registers inside live frames are
/// treated as live; everything above the top is cleared, so that no dangling reference survives a collection.
///
/// Marking the largest heaps takes tens of milliseconds, which an interrupt and a deadline do not wait for: marking asks for them
/// now and then, and is given up then (`giveUp`). Nothing has been freed until all is marked.
extension Machine {
    /// Collects now. Only at a safepoint: no native code holds an unrooted reference.
    func collectGarbage() { _ = collect(mayGiveUp: false) }

    /// As `collectGarbage`, unless an interrupt or the deadline ends the guest.
    func collectOnTheWay() throws(Thrown) {
        if collect(mayGiveUp: true) { return }
        try checkMeters()
        // The interrupt was taken back.
        collectGarbage()
    }

    /// - Returns: false when it was given up.
    private func collect(mayGiveUp: Bool) -> Bool {
        cells[Cell.collectionPending] = 0
        cells[Cell.regExpStack] = 0
        cells[Cell.regExpCaptures] = 0
        cells[Cell.lookupCache] = 0
        collector.collections &+= 1
        let before = currentMark
        // With one mark left that no live cell may have, this has to come to its end.
        collector.mayGiveUp = mayGiveUp && olderMarks.nonzeroBitCount < 7
        collector.isGivenUp = false
        cells[Cell.mark] = Int64(olderMarks) << 8 | Int64(nextMark)
        collector.heapEnd = usedRange.upperBound
        retireBumpRun()
        collector.liveScripts = [Bool](repeating: false, count: scripts.count)
        markRoots()
        drainMarks()
        if !collector.isGivenUp { markWeakTables() }
        // What is dead is forgotten before it is freed; what is not forgotten yet may come back meanwhile, as an atom does.
        if !collector.isGivenUp { forgetDead() }
        if collector.isGivenUp {
            giveUp(before)
            return false
        }
        cells[Cell.mark] = Int64(currentMark)
        releaseDeadScripts(collector.liveScripts)
        hostObjects.noteDead { !isMarked($0) }
        sweepBlocks()
        markStack.trim()
        clearAboveStackTop()
        hostObjects.releaseDead()
        return true
    }

    /// WeakRefs first and all of them: what the guest could still get from one must not have lost its entries in weak tables.
    private func forgetDead() {
        clearDeadWeakReferences()
        clearWeakTables()
        clearDeadTransitions()
        clearDeadCaches()
        sweepAtoms()
    }

    private func retireBumpRun() {
        cells[Cell.bump] = 0
        cells[Cell.bumpEnd] = 0
    }

    // MARK: Roots

    private func markRoots() {
        if !collector.groups.isEmpty { markGroups() }
        let top = max(UInt32(truncatingIfNeeded: cells[Cell.stackTop]), frameTop(frame))
        cells[Cell.stackTop] = Int64(top)
        markValues(stackStart, count: Int(top &- min(top, stackStart)) / 8)
        for realm in realms { markCell(realm) }
        handles.forEach { markValue($0) }
        markCell(UInt32(truncatingIfNeeded: cells[Cell.firstJobs]))
        var roots = 0
        agent.forEachRoot {
            markValue($0)
            roots &+= 1
            return roots & 1023 != 0 || !asksToGiveUp()
        }
        modules.forEachRoot { markValue($0) }
        markValue(exceptionValue)
        markValue(resultValue)
        markCell(emptyElements)
        wellKnown.forEach { markCell($0) }
        markCell(atoms.table)
        if hasObjectEmulatingUndefined { trace(Machine.emulatesUndefined) }
    }

    /// Mark of live cells and lines, one bit; alternates between 1 and 2 while no collection is given up.
    @inline(__always)
    var currentMark: UInt8 { UInt8(truncatingIfNeeded: cells[Cell.mark]) }

    /// Marks that live cells may have before the next collection: the current one, and since the last collection that came to
    /// its end those of the ones that did not.
    private var olderMarks: UInt8 { currentMark | UInt8(truncatingIfNeeded: cells[Cell.mark] >> 8) }

    /// The mark of the next collection, which no live cell has.
    var nextMark: UInt8 { ~olderMarks & (olderMarks &+ 1) }

    @inline(__always)
    func markValue(_ value: Value) {
        if value.isReference { markCell(value.offset) }
    }

    @inline(__always)
    func markCell(_ offset: UInt32) {
        guard offset >= heapStart else { return }
        let mark = currentMark
        if cage.load8(offset, Layout.mark) != mark {
            cage.store8(offset, Layout.mark, mark)
            markStack.push(offset)
        }
    }

    func isMarked(_ offset: UInt32) -> Bool {
        offset < heapStart || cage.load8(offset, Layout.mark) == currentMark
    }

    // MARK: Tracing

    private func drainMarks() {
        if let visit = collector.visitor {
            while let offset = markStack.pop() {
                trace(offset)
                visit(offset)
            }
            return
        }
        var traced = 0
        while let offset = markStack.pop() {
            trace(offset)
            traced &+= 1
            if _slowPath(traced & 31 == 0), traced & 1023 == 0 || collector.valuesMarked > 1 << 15 {
                collector.valuesMarked = 0
                if asksToGiveUp() { return }
            }
        }
    }

    /// Whether the collection that runs is given up. To be asked after some tens of microseconds' work.
    @inline(never)
    func asksToGiveUp() -> Bool {
        if collector.mayGiveUp, !collector.isGivenUp { collector.isGivenUp = isCalledOff }
        return collector.isGivenUp
    }

    /// Ends a collection before anything is freed: what was live before and what is marked counts as live, and the next
    /// collection takes a mark that is none of both. The next allocation that needs new lines asks for it.
    private func giveUp(_ before: UInt8) {
        markStack.removeAll()
        collector.weakTables.removeAll(keepingCapacity: true)
        collector.shapes.removeAll(keepingCapacity: true)
        collector.weakRefs.removeAll(keepingCapacity: true)
        collector.registries.removeAll(keepingCapacity: true)
        collector.cachedCode.removeAll(keepingCapacity: true)
        let old = UInt64(before) &* 0x0101_0101_0101_0101, new = UInt64(currentMark) &* 0x0101_0101_0101_0101
        let shift = UInt64(truncatingIfNeeded: abs(before.trailingZeroBitCount &- currentMark.trailingZeroBitCount))
        for index in blocks.states.indices where blocks.states[index] != BlockTable.State.free {
            var place = lineTable &+ blocks.offset(of: index) / BlockTable.lineSize
            for _ in 0..<BlockTable.linesPerBlock / 8 {
                let marks = cage.load64(place), live = marks & old
                if marks != 0 { cage.store64(place, 0, marks & new | (before < currentMark ? live &<< shift : live &>> shift)) }
                place = place &+ 8
            }
        }
    }

    /// Marks the lines under a cell. For a large cell the first line stands for all.
    @inline(__always)
    private func markLines(_ offset: UInt32, _ size: UInt32) {
        cells[Cell.tracedBytes] = Int64(size)
        let first = offset / BlockTable.lineSize
        let last = size > BlockTable.largestSmallCell ? first : (offset &+ size &- 1) / BlockTable.lineSize
        var line = first
        repeat {
            cage.store8(lineTable &+ line, 0, currentMark)
            line &+= 1
        } while line <= last
    }

    private func markValues(_ start: UInt32, count: Int) {
        var position = start
        var left = min(UInt32(clamping: count), wordsLeft(start))
        if left > 256 { collector.valuesMarked &+= Int(min(left, 4096)) }
        while true {
            for _ in 0..<min(left, 4096) {
                markValue(Value(bits: cage.load64(position)))
                position = position &+ 8
            }
            if left <= 4096 || asksToGiveUp() { return }
            left &-= 4096
        }
    }

    /// Words from an offset to the end of the heap: no count in a cell, however corrupt, makes the collector look further.
    @inline(__always)
    private func wordsLeft(_ start: UInt32) -> UInt32 {
        start < collector.heapEnd ? (collector.heapEnd &- start) / 8 : 0
    }

    private func trace(_ offset: UInt32) {
        let header = cage.load64(offset)
        let kind = UInt8(truncatingIfNeeded: header >> 32)
        let word = UInt32(truncatingIfNeeded: header)
        if kind >= CellKind.object {
            traceObject(offset, kind: kind, shape: word, words: Int(UInt8(truncatingIfNeeded: header >> 48)))
            return
        }
        switch kind {
        case CellKind.latin1String:
            markLines(offset, StringLayout.size(latin1: Int(cage.load32(offset, Layout.stringLength))))
        case CellKind.utf16String:
            markLines(offset, StringLayout.size(utf16: Int(cage.load32(offset, Layout.stringLength))))
        case CellKind.rope:
            markLines(offset, StringLayout.ropeSize)
            markCell(cage.load32(offset, Layout.ropeLeft))
            markCell(cage.load32(offset, Layout.ropeRight))
        case CellKind.slice:
            markLines(offset, StringLayout.ropeSize)
            markCell(cage.load32(offset, Layout.sliceBase))
        case CellKind.symbol:
            markLines(offset, 16)
            markValue(Value(bits: cage.load64(offset, Layout.symbolDescription)))
        case CellKind.bigInt:
            markLines(offset, 16 &+ cage.load32(offset, Layout.bigIntCount) &* 8)
        case CellKind.shape:
            markLines(offset, ShapeLayout.size)
            markCell(cage.load32(offset, ShapeLayout.prototype))
            markCell(cage.load32(offset, ShapeLayout.parent))
            markCell(cage.load32(offset, ShapeLayout.table))
            collector.shapes.append(offset)
        case CellKind.propertyTable:
            tracePropertyTable(offset, capacity: word)
        case CellKind.transitions:
            // Entries are weak; the table itself is kept by its shape.
            markLines(offset, ShapeLayout.transitionsSize(capacity: word))
        case CellKind.slots:
            markLines(offset, 8 &+ word &* 8)
            markValues(offset &+ 8, count: Int(word))
        case CellKind.elements, CellKind.list:
            markLines(offset, 16 &+ word &* 8)
            markValues(offset &+ 16, count: min(Int(word), Int(cage.load32(offset, Layout.elementsLength))))
            // A list that was replaced names its successor.
            if kind == CellKind.list { markCell(cage.load32(offset, Layout.listSuccessor)) }
        case CellKind.sparseElements:
            markLines(offset, SparseLayout.headerSize)
            markCell(cage.load32(offset, SparseLayout.entries))
            markCell(cage.load32(offset, SparseLayout.index))
        case CellKind.scope, CellKind.withScope:
            let count = cage.load32(offset, Layout.scopeCount)
            markLines(offset, 16 &+ count &* 8)
            markCell(cage.load32(offset, Layout.scopeParent))
            markCell(word)
            markValues(offset &+ 16, count: Int(count))
        case CellKind.code:
            traceCode(offset)
        case CellKind.bytes:
            // Buffers have their capacity in the header.
            markLines(offset, 16 &+ ((max(word, cage.load32(offset, Layout.bytesCount)) &+ 7) & ~7))
        case CellKind.hashTable:
            markLines(offset, 16 &+ word &* 8)
            collector.weakTables.append(offset)
        case CellKind.realm:
            markLines(offset, 16 &+ word &* 8)
            markValues(offset &+ 16, count: Int(word))
        case CellKind.binding:
            markLines(offset, 24)
            markValue(Value(bits: cage.load64(offset, Layout.bindingValue)))
        case CellKind.words:
            markLines(offset, 16 &+ word &* 4)
        case CellKind.accessor:
            markLines(offset, 24)
            markValue(Value(bits: cage.load64(offset, Layout.accessorGetter)))
            markValue(Value(bits: cage.load64(offset, Layout.accessorSetter)))
        case CellKind.weakCells:
            markLines(offset, 16 &+ word &* 8)
            traceWeakCells(offset)
        case CellKind.script:
            markLines(offset, 16 &+ word &* 8)
            markValues(offset &+ 16, count: Int(word))
        default:
            cells[Cell.tracedBytes] = 0
        }
    }

    private func traceObject(_ offset: UInt32, kind: UInt8, shape: UInt32, words: Int) {
        markLines(offset, 16 &+ UInt32(truncatingIfNeeded: words) &* 8)
        markCell(shape)
        markCell(cage.load32(offset, Layout.slots))
        markCell(cage.load32(offset, Layout.elements))
        switch kind {
        case CellKind.function, CellKind.nativeFunction:
            if kind == CellKind.function {
                markCell(cage.load32(offset, Layout.functionCode))
                markCell(cage.load32(offset, Layout.functionScope))
                markCell(cage.load32(offset, Layout.functionExtra))
            }
            markCell(cage.load32(offset, Layout.functionHome))
            markCell(cage.load32(offset, Layout.functionRealm))
            markCell(cage.load32(offset, Layout.functionInstanceShape))
            if words > 3 { markValues(offset &+ 40, count: words &- 3) }
        case CellKind.array:
            if words > 1 { markValues(offset &+ 24, count: words &- 1) }
        case CellKind.weakRef:
            collector.weakRefs.append(offset)
            if words > 1 { markValues(offset &+ 24, count: words &- 1) }
        case CellKind.finalizationRegistry:
            collector.registries.append(offset)
            markValues(offset &+ 16, count: words)
        default:
            markValues(offset &+ 16, count: words)
        }
    }

    private func traceCode(_ offset: UInt32) {
        let constants = cage.load32(offset, Layout.codeConstantCount)
        let words = cage.load32(offset, Layout.codeWordCount)
        markLines(offset, UInt32(Layout.codeWords) &+ (constants &+ words) &* 8)
        markCell(cage.load32(offset, Layout.codeName))
        markCell(cage.load32(offset, Layout.codeScript))
        markCell(cage.load32(offset, Layout.codeHandlers))
        markValues(offset &+ UInt32(Layout.codeWords), count: Int(constants))
        let script = Int(cage.load32(offset, Layout.codeReserved))
        if script < collector.liveScripts.count { collector.liveScripts[script] = true }
        if cage.load8(offset, Layout.flags) & CodeCellFlag.hasCaches != 0 { collector.cachedCode.append(offset) }
    }

    private func tracePropertyTable(_ offset: UInt32, capacity: UInt32) {
        markLines(offset, ShapeLayout.tableSize(capacity: capacity))
        var entry = offset &+ UInt32(ShapeLayout.tableEntries)
        for _ in 0..<min(cage.load32(offset, ShapeLayout.tableUsed), capacity, wordsLeft(entry)) {
            markCell(cage.load32(entry))
            entry = entry &+ 8
        }
    }

    /// Marks the engine's own and then each group, so that a cell belongs to the first group that leads to it.
    private func markGroups() {
        // What is reserved looks marked, so that the way from the realm to the guest's variables ends there.
        var reserved: [(offset: UInt32, group: Int)] = []
        for (number, values) in collector.groups.enumerated() {
            for value in values where value.isReference && value.offset >= heapStart && !isMarked(value.offset) {
                cage.store8(value.offset, Layout.mark, currentMark)
                reserved.append((value.offset, number))
            }
        }
        for realm in realms { markCell(realm) }
        wellKnown.forEach { markCell($0) }
        markCell(emptyElements)
        markCell(atoms.table)
        drainMarks()
        for item in reserved {
            collector.group = item.group
            markStack.push(item.offset)
            drainMarks()
        }
        collector.group = -1
    }

    /// As `forEachLiveCell`, with the number of the first group of values that leads to a cell; -1 for the engine itself and
    /// for what no group leads to.
    func forEachHeldCell(_ groups: [[Value]], _ visit: @escaping (_ offset: UInt32, _ group: Int) -> Void) {
        collector.groups = groups
        defer { collector.groups = [] }
        forEachLiveCell { [unowned self] in visit($0, collector.group) }
    }

    /// Collects, and tells of every cell that is live; `Cell.tracedBytes` is its size then.
    func forEachLiveCell(_ visit: @escaping (_ offset: UInt32) -> Void) {
        collector.visitor = visit
        defer { collector.visitor = nil }
        collectGarbage()
    }

    // MARK: Weak structures

    /// Ephemerons: a value is live when its table and its key are.
    private func markWeakTables() {
        // Values that wait for their key: the last in the list of each key, and the list before it. Every entry is looked
        // at once, so that no order of the entries makes this more than linear.
        let visit = collector.visitor
        var last = PartedTable<Int>()
        var waiting: [(value: UInt32, previous: Int)] = []
        var index = 0, steps = 0
        while index < collector.weakTables.count {
            while index < collector.weakTables.count {
                forEachWeakEntry(collector.weakTables[index]) { key, value in
                    steps &+= 1
                    if _slowPath(steps & 1023 == 0) { _ = asksToGiveUp() }
                    if collector.isGivenUp { return }
                    if isMarked(key.offset) { return markValue(value) }
                    guard value.isReference, !isMarked(value.offset) else { return }
                    waiting.append((value.offset, last.updateValue(waiting.count, forKey: UInt64(key.offset)) ?? -1))
                }
                index &+= 1
            }
            while let offset = markStack.pop() {
                trace(offset)
                visit?(offset)
                steps &+= 1
                if _slowPath(steps & 1023 == 0), asksToGiveUp() { return }
                guard !last.isEmpty, var place = last.removeValue(forKey: UInt64(offset)) else { continue }
                while place >= 0, place < waiting.count {
                    markCell(waiting[place].value)
                    place = waiting[place].previous
                }
            }
            if collector.isGivenUp { return }
        }
    }

    private func clearWeakTables() {
        for table in collector.weakTables {
            var entry = table &+ 16
            for number in 0..<min(cage.load32(table, Layout.elementsLength), wordsLeft(entry)) / 2 {
                if _slowPath(number & 1023 == 1023), asksToGiveUp() { return }
                let key = Value(bits: cage.load64(entry))
                if key.isReference, !isMarked(key.offset) {
                    cage.store64(entry, 0, Value.empty.bits)
                    cage.store64(entry, 8, Value.undefined.bits)
                }
                entry = entry &+ 16
            }
        }
        collector.weakTables.removeAll(keepingCapacity: true)
    }

    private func forEachWeakEntry(_ table: UInt32, _ body: (Value, Value) -> Void) {
        var entry = table &+ 16
        for _ in 0..<min(cage.load32(table, Layout.elementsLength), cage.load32(table), wordsLeft(entry)) / 2 {
            let key = Value(bits: cage.load64(entry))
            if key.isReference { body(key, Value(bits: cage.load64(entry, 8))) }
            entry = entry &+ 16
        }
    }

    private func clearDeadTransitions() {
        for (number, shape) in collector.shapes.enumerated() {
            if _slowPath(number & 1023 == 1023), asksToGiveUp() { return }
            pruneTransitions(of: shape)
        }
        collector.shapes.removeAll(keepingCapacity: true)
    }

    private func clearDeadWeakReferences() {
        for reference in collector.weakRefs {
            let target = Value(bits: cage.load64(reference, Layout.fields))
            if target.isReference, !isMarked(target.offset) {
                cage.store64(reference, Layout.fields, Value.undefined.bits)
            }
        }
        collector.weakRefs.removeAll(keepingCapacity: true)
        for (number, registry) in collector.registries.enumerated() {
            if _slowPath(number & 255 == 255), asksToGiveUp() { return }
            noteDeadTargets(of: registry)
        }
        collector.registries.removeAll(keepingCapacity: true)
    }

    // MARK: Sweeping

    private func sweepBlocks() {
        blocks.recyclable.removeAll(keepingCapacity: true)
        blocks.recyclableNext = 0
        collector.runSearchLine = 0
        var liveLines = 0
        var largeBytes = 0
        var freed: [UInt32] = []
        var index = 0
        while index < blocks.states.count {
            let state = blocks.states[index]
            let base = blocks.offset(of: index)
            let table = lineTable &+ base / BlockTable.lineSize
            if state == BlockTable.State.small {
                let live = liveLineCount(table)
                if live == 0 {
                    _ = blocks.give(index)
                    freed.append(UInt32(truncatingIfNeeded: index))
                } else {
                    liveLines &+= live
                    if live < Int(BlockTable.linesPerBlock) { blocks.recyclable.append(index) }
                }
                index &+= 1
            } else if state == BlockTable.State.largeHead {
                if cage.load8(table) == currentMark {
                    index &+= 1
                    largeBytes &+= Int(BlockTable.blockSize)
                    while index < blocks.states.count, blocks.states[index] == BlockTable.State.largeTail {
                        index &+= 1
                        largeBytes &+= Int(BlockTable.blockSize)
                    }
                } else {
                    cage.store8(table, 0, 0)
                    let end = index &+ max(1, blocks.give(index))
                    let isUnmapped = !mappedBlocks.isEmpty && releaseMapped(base, count: (end &- index) &* Int(BlockTable.blockSize))
                    while index < end {
                        if isUnmapped { blocks.forget(index) } else { freed.append(UInt32(truncatingIfNeeded: index)) }
                        index &+= 1
                    }
                }
            } else {
                index &+= 1
            }
        }
        collector.live = liveLines &* Int(BlockTable.lineSize) &+ largeBytes
        let room = max(0, heapRoom &- collector.live)
        planCollection()
        retain(freed)
        if room < heapRoom / 32 { collector.fruitless &+= 1 } else { collector.fruitless = 0 }
        if collector.fruitless > 4, !stressCollector { _ = terminate(.heap) }
    }

    /// When the next collection is wanted: it follows from what is live and from the limit, and from nothing before.
    func planCollection() {
        let room = max(0, heapRoom &- collector.live)
        collector.allocatedSinceCollection = 0
        collector.threshold = max(256 << 10, min(max(collector.live, 2 << 20), room &- room / 8))
    }

    /// Keeps freed blocks committed for the allocations until the next collection, which take the lowest first; the
    /// memory of the others goes back, in pieces. Bounded by the larger of 2 MiB and the live heap, unless somebody waits
    /// for the guest's end.
    private func retain(_ freed: [UInt32]) {
        let most = max(0, min(collector.threshold, heapRoom &- blocks.inUse)) / Int(BlockTable.blockSize)
        var isHasty = false
        var position = 0
        while position < freed.count {
            if position >= most, !isHasty { isHasty = collector.mayGiveUp && isCalledOff }
            let block = Int(freed[position])
            if position < most || isHasty {
                blocks.keepCommitted(block)
                position &+= 1
                continue
            }
            var count = 1
            while count < 64, position &+ count < freed.count, Int(freed[position &+ count]) == block &+ count { count &+= 1 }
            cage.decommit(blocks.offset(of: block), count: count &* Int(BlockTable.blockSize))
            for index in 0..<count { blocks.forget(block &+ index) }
            position &+= count
        }
    }

    /// Lines of a block with the current mark. Other marks go: the mark after the next would take them for its own.
    private func liveLineCount(_ table: UInt32) -> Int {
        let pattern = UInt64(currentMark) &* 0x0101_0101_0101_0101
        var count = 0
        var position = table
        for _ in 0..<BlockTable.linesPerBlock / 8 {
            let marks = cage.load64(position)
            if marks == pattern {
                count &+= 8
            } else if marks != 0 {
                // Marks are 1 and 2: of a byte only the bit of the current one stays.
                let live = marks & pattern
                cage.store64(position, 0, live)
                count &+= live.nonzeroBitCount
            }
            position = position &+ 8
        }
        return count
    }

    /// Inline caches are weak: those whose shape, holder or binding died go back to the generic instruction.
    private func clearDeadCaches() {
        for (number, code) in collector.cachedCode.enumerated() {
            if _slowPath(number & 255 == 255), asksToGiveUp() { return }
            var pc = code &+ UInt32(Layout.codeWords) &+ cage.load32(code, Layout.codeConstantCount) &* 8
            let end = min(pc &+ cage.load32(code, Layout.codeWordCount) &* 8, collector.heapEnd)
            while pc < end {
                let opcode = cage.load8(pc)
                if let generic = Machine.genericForm(opcode), !cacheIsLive(pc, opcode) {
                    cage.store8(pc, 0, generic.rawValue)
                    cage.zero(pc &+ 8, count: opcode == Opcode.newObjectShaped.rawValue ? 8 : 16)
                }
                pc = pc &+ UInt32(InstructionRecord.length(opcode)) &* 8
            }
        }
        collector.cachedCode.removeAll(keepingCapacity: true)
    }

    private func cacheIsLive(_ pc: UInt32, _ opcode: UInt8) -> Bool {
        let first = cage.load32(pc, 8)
        if first != 0, !isMarked(first) { return false }
        switch decodeByte(opcode, as: Opcode.self) {
        case .getPropertyPrototype, .setPropertyAdd, .defineFieldAdd, .getPropertyPolymorphic, .getGlobalOwn, .setGlobalOwn,
            .getPropertyString, .getPropertyGetter, .setPropertySetter:
            let second = cage.load32(pc, 16)
            return second == 0 || isMarked(second)
        // Tries again: what it met may have been the start of the program.
        case .getPropertyMegamorphic, .setPropertyMegamorphic: return false
        case .getPrivate, .setPrivate, .hasPrivate:
            let second = cage.load32(pc, 12), symbol = cage.load32(pc, 16)
            return (second == 0 || isMarked(second)) && (symbol == 0 || isMarked(symbol))
        default: return true
        }
    }

    /// The instruction that a quickened one stands for.
    static func genericForm(_ opcode: UInt8) -> Opcode? {
        switch decodeByte(opcode, as: Opcode.self) {
        case .getPropertyOwn, .getPropertyOwnSlots, .getPropertyPrototype, .getPropertyPolymorphic, .getPropertyString,
            .getPropertyMegamorphic, .getPropertyGetter:
            .getProperty
        case .setPropertyOwn, .setPropertyOwnSlots, .setPropertyAdd, .setPropertySetter, .setPropertyMegamorphic: .setProperty
        case .getPrivate: .getPrivate
        case .setPrivate: .setPrivate
        case .hasPrivate: .hasPrivate
        case .getGlobalOwn, .getGlobalLexical: .getGlobal
        case .setGlobalOwn, .setGlobalLexical: .setGlobal
        case .defineFieldAdd: .defineField
        case .newObjectShaped: .newObjectShaped
        case .getLengthTyped: .getLength
        default: nil
        }
    }

    private func clearAboveStackTop() {
        let top = UInt32(truncatingIfNeeded: cells[Cell.stackTop])
        let end = UInt32(truncatingIfNeeded: cells[Cell.stackCommitted])
        if end > top { cage.zero(top, count: Int(end &- top)) }
        cells[Cell.stackCommitted] = Int64(MachineLimits.align(top, to: Machine.stackPage))
    }
}

extension Machine {
    /// Keeps a cell that is reached only by its owner during the weak phase.
    func keepCell(_ offset: UInt32, size: UInt32) {
        cage.store8(offset, Layout.mark, currentMark)
        let first = offset / BlockTable.lineSize
        let last = size > BlockTable.largestSmallCell ? first : (offset &+ size &- 1) / BlockTable.lineSize
        var line = first
        repeat {
            cage.store8(lineTable &+ line, 0, currentMark)
            line &+= 1
        } while line <= last
        guard let visit = collector.visitor else { return }
        cells[Cell.tracedBytes] = Int64(size)
        visit(offset)
    }
}
