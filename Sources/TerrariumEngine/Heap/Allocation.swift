import TerrariumCage

/// Allocation: a bump pointer in a zeroed run of free lines. It never collects; it asks for a collection at the next
/// safepoint when enough has been allocated, and ends the guest when the limit is reached.
extension Machine {
    /// A zeroed cell of `size` bytes (a multiple of 8) with the header set.
    /// - Throws: `.termination` when the heap limit is reached.
    @inlinable @inline(__always)
    public func allocate(_ size: UInt32, kind: UInt8, word: UInt32 = 0, flags: UInt8 = 0, words: UInt8 = 0)
        throws(Thrown) -> UInt32
    {
        let bump = UInt32(truncatingIfNeeded: cells[Cell.bump])
        let end = UInt32(truncatingIfNeeded: cells[Cell.bumpEnd])
        let next = bump &+ size
        let offset: UInt32
        if next <= end, size <= 8192 {
            cells[Cell.bump] = Int64(next)
            offset = bump
        } else {
            offset = try allocateSlow(size)
        }
        cage.store64(
            offset, 0,
            UInt64(word) | UInt64(kind) << 32 | UInt64(flags) << 40 | UInt64(words) << 48)
        return offset
    }

    /// Memory that nobody used lately has to be cleared. Smaller cells may find room without that.
    private static func price(ofAllocation size: UInt32) -> Int { size > 8192 ? Int(size / 128) : 0 }

    /// For cells of the engine that are made again when a collection dropped them.
    func refundAllocation(_ size: UInt32) { chargeLater(-Machine.price(ofAllocation: size)) }

    @usableFromInline @inline(never)
    func allocateSlow(_ size: UInt32) throws(Thrown) -> UInt32 {
        chargeLater(Machine.price(ofAllocation: size))
        if size > BlockTable.largestSmallCell { return try allocateLarge(size) }
        while true {
            guard try nextRun(atLeast: size) else { continue }
            let bump = UInt32(truncatingIfNeeded: cells[Cell.bump])
            cells[Cell.bump] = Int64(bump &+ size)
            return bump
        }
    }

    /// Makes the next free run of lines the bump region. False when the run found is too small for `size` (cells over
    /// a line go to a fresh block rather than search on).
    private func nextRun(atLeast size: UInt32) throws(Thrown) -> Bool {
        if size <= BlockTable.lineSize {
            while blocks.recyclableNext < blocks.recyclable.count {
                let block = blocks.recyclable[blocks.recyclableNext]
                if let run = freeRun(in: block) {
                    useRun(start: run.start, end: run.end, isZero: false)
                    return true
                }
                blocks.recyclableNext &+= 1
                collector.runSearchLine = 0
            }
        }
        guard let block = takeBlocks(1, head: BlockTable.State.small) else { throw outOfHeap() }
        let start = blocks.offset(of: block)
        useRun(start: start, end: start &+ BlockTable.blockSize, isZero: true)
        return true
    }

    /// The next run of lines in `block` that are not marked, from where the last search stopped.
    private func freeRun(in block: Int) -> (start: UInt32, end: UInt32)? {
        let base = blocks.offset(of: block)
        let table = lineTable &+ base / BlockTable.lineSize
        var line = collector.runSearchLine
        let mark = currentMark
        while line < BlockTable.linesPerBlock, cage.load8(table &+ line) == mark { line &+= 1 }
        guard line < BlockTable.linesPerBlock else { return nil }
        var end = line &+ 1
        while end < BlockTable.linesPerBlock, cage.load8(table &+ end) != mark { end &+= 1 }
        collector.runSearchLine = end
        return (base &+ line &* BlockTable.lineSize, base &+ end &* BlockTable.lineSize)
    }

    private func useRun(start: UInt32, end: UInt32, isZero: Bool) {
        if !isZero { cage.zero(start, count: Int(end &- start)) }
        cells[Cell.bump] = Int64(start)
        cells[Cell.bumpEnd] = Int64(end)
        noteAllocated(Int(end &- start))
    }

    private func allocateLarge(_ size: UInt32) throws(Thrown) -> UInt32 {
        let count = (Int(size) &+ Int(BlockTable.blockSize) &- 1) / Int(BlockTable.blockSize)
        guard let block = takeBlocks(count, head: BlockTable.State.largeHead) else { throw outOfHeap() }
        noteAllocated(count &* Int(BlockTable.blockSize))
        return blocks.offset(of: block)
    }

    /// Consecutive zeroed blocks; nil when the limit or the cage is exhausted. Used and retained memory together stay
    /// below the limit.
    private func takeBlocks(_ count: Int, head: UInt8) -> Int? {
        if failsNow() { return nil }
        let wanted = heapInUse &+ count &* Int(BlockTable.blockSize)
        guard wanted <= currentLimits.heap else { return nil }
        makeRoom(wanted)
        guard let first = blocks.take(count, head: head, limit: heapRoom) else { return nil }
        for block in first..<(first &+ count) where blocks.takeDirty(block) {
            cage.zero(blocks.offset(of: block), count: Int(BlockTable.blockSize))
        }
        peakBytes = max(peakBytes, wanted)
        return first
    }

    /// For tests: this request is the one that fails.
    private func failsNow() -> Bool {
        guard requestsLeft > 0 else { return false }
        requestsLeft &-= 1
        return requestsLeft == 0
    }

    /// Used and retained memory together stay below the limit: retained memory goes back first, some at a time.
    private func makeRoom(_ wanted: Int) {
        let excess = wanted &+ blocks.retainedBytes &- currentLimits.heap
        if _slowPath(excess > 0 && blocks.retainedBytes > 0) { releaseRetained(atLeast: max(excess, 2 << 20)) }
    }

    /// Gives the memory of free blocks back to the system, the highest first.
    public func releaseRetained(atLeast wanted: Int = .max) {
        var left = wanted
        for block in blocks.retained.reversed() where left > 0 {
            cage.decommit(blocks.offset(of: block), count: Int(BlockTable.blockSize))
            blocks.forget(block)
            left &-= Int(BlockTable.blockSize)
        }
    }

    /// Counts towards the next collection.
    private func noteAllocated(_ bytes: Int) {
        collector.allocatedSinceCollection &+= bytes
        collector.allocatedEver &+= bytes
        if collector.allocatedSinceCollection >= collector.threshold || stressCollector { requestCollection() }
    }

    /// A script came, whose source stays until a collection finds no code of it. Four of them make one due at most.
    func noteSource(_ bytes: Int) {
        collector.allocatedSinceCollection &+= min(bytes, collector.threshold / 4)
        if collector.allocatedSinceCollection >= collector.threshold { requestCollection() }
    }

    /// Asks the interpreter to collect at the next safepoint.
    public func requestCollection() {
        cells[Cell.collectionPending] = 1
        haltSlice()
    }

    /// The heap limit is reached: the guest ends.
    @inline(never)
    public func outOfHeap() -> Thrown {
        terminate(.heap)
    }

    /// Before host memory is taken for a moment in proportion to what the guest gave: it counts against the heap.
    public func requireHeap(_ bytes: Int) throws(Thrown) {
        guard bytes >= 0, heapInUse &+ bytes <= currentLimits.heap, !failsNow() else { throw outOfHeap() }
        makeRoom(heapInUse &+ bytes)
    }

    /// Most that the blocks may have: the heap limit without the host memory that counts against it.
    var heapRoom: Int { currentLimits.heap &- hostBytes }

    /// Swift memory that stays because of the guest (jobs, scripts made from strings): it counts against the heap.
    func noteHostBytes(_ bytes: Int) throws(Thrown) {
        let wanted = heapInUse &+ bytes
        guard wanted <= currentLimits.heap, !failsNow() else { throw outOfHeap() }
        makeRoom(wanted)
        hostBytes &+= bytes
        peakBytes = max(peakBytes, wanted)
    }

    /// Such memory was given back.
    func returnHostBytes(_ bytes: Int) {
        hostBytes = max(0, hostBytes &- bytes)
    }

    /// Size check for allocations whose size a guest chose: the byte count as a cell size, or the end of the guest.
    public func checkedSize(_ bytes: Int) throws(Thrown) -> UInt32 {
        // What fits into a block is compared with the limit when it takes a new one.
        if bytes >= 0, bytes <= 4096 { return UInt32(truncatingIfNeeded: (bytes &+ 7) & ~7) }
        guard bytes >= 0, bytes <= heapRoom, UInt(bitPattern: bytes) < 0xF000_0000 else { throw outOfHeap() }
        return UInt32(truncatingIfNeeded: (bytes &+ 7) & ~7)
    }

    /// Bytes allocated since the machine was made, whatever has become of them.
    public var allocatedBytes: Int { collector.allocatedEver &- Int(cells[Cell.bumpEnd] &- cells[Cell.bump]) }

    /// Bytes of the heap in use and their highest value so far.
    public var heapInUse: Int { blocks.inUse &+ Int(cells[Cell.stackCommitted] &- Int64(stackStart)) &+ hostBytes }
    public var heapPeak: Int { max(peakBytes, heapInUse) }
}

/// The register stack counts against the heap limit, page by page, before anything is written there.
extension Machine {
    static var stackPage: UInt32 { 4096 }

    /// Room on the register stack up to `top`.
    /// - Throws: stack overflow, or `.termination` when the heap limit is reached.
    @inline(__always)
    func requireStack(_ top: UInt32) throws(Thrown) {
        if _slowPath(Int64(top) > cells[Cell.stackCommitted]) { try growStack(top) }
    }

    @inline(never)
    private func growStack(_ top: UInt32) throws(Thrown) {
        guard top < stackEnd else { throw stackOverflow() }
        guard let wanted = heap(withStackTo: top), !failsNow() else { throw outOfHeap() }
        makeRoom(wanted)
        cells[Cell.stackCommitted] = Int64(MachineLimits.align(top, to: Machine.stackPage))
        peakBytes = max(peakBytes, wanted)
    }

    /// As `requireStack` where the interpreter may collect; the stack is in use up to `used`.
    func requireStack(_ top: UInt32, collectingAbove used: UInt32) throws(Thrown) {
        guard Int64(top) > cells[Cell.stackCommitted] else { return }
        if top < stackEnd, heap(withStackTo: top) == nil, activationDepth <= 1, cells[Cell.native] == 0 {
            setStackTop(max(used, frameTop(frame)))
            try collectOnTheWay()
        }
        try requireStack(top)
    }

    /// The heap in use with so much stack; nil when that is more than the limit.
    private func heap(withStackTo top: UInt32) -> Int? {
        let wanted = heapInUse &+ Int(Int64(MachineLimits.align(top, to: Machine.stackPage)) &- cells[Cell.stackCommitted])
        return wanted <= currentLimits.heap ? wanted : nil
    }
}

extension Machine {
    /// Offsets from the first register to the end of the highest block in use.
    public var usedRange: Range<UInt32> {
        let last = blocks.states.lastIndex { $0 != BlockTable.State.free } ?? 0
        return stackStart..<(blocks.offset(of: last) &+ BlockTable.blockSize)
    }
}
