import TerrariumCage

/// What the host gives a machine that shares memory with others, each on a thread of its own.
///
/// A SharedArrayBuffer's bytes cell is then a large cell whose header is private, and whose data begins at the next page: a
/// `SharedBlock` is mapped there. The cell's count follows the block's length when somebody asks; views may see an older,
/// smaller one. Without this, shared buffers are memory of the machine alone.
public struct MemorySharing: Sendable {
    public let memory: SharedMemory
    /// Atomics.wait may stop the machine's thread ([[CanBlock]]).
    public let mayBlock: Bool
    public init(memory: SharedMemory, mayBlock: Bool) {
        self.memory = memory
        self.mayBlock = mayBlock
    }
}

/// A promise of Atomics.waitAsync that is not settled.
struct AsyncWaiter {
    let waiter: Waiter
    let block: SharedBlock
    let index: Int
    /// Monotonic time.
    let end: Int64?
    /// Handle of the promise.
    let promise: Int
}

extension Machine {
    /// Flags of a bytes cell: the data begins at the next page.
    static var pageAlignedBytes: UInt8 { 1 }

    /// Cage offset of the first byte of a bytes cell's data.
    @inline(__always)
    func bytesStart(_ bytes: UInt32) -> UInt32 {
        if _slowPath(cage.load8(bytes, Layout.flags) & Machine.pageAlignedBytes != 0) { return alignedStart(bytes) }
        return bytes &+ UInt32(Layout.bytesData)
    }

    private func alignedStart(_ bytes: UInt32) -> UInt32 {
        let page = UInt32(truncatingIfNeeded: Cage.pageSize)
        return (bytes &+ UInt32(Layout.bytesData) &+ page &- 1) & ~(page &- 1)
    }

    /// A SharedArrayBuffer object for a block, which may have come from another machine.
    public func makeSharedBuffer(_ block: SharedBlock, isGrowable: Bool, prototype: UInt32? = nil) throws(Thrown) -> UInt32 {
        let object = try allocateObject(
            kind: CellKind.sharedArrayBuffer, prototype: prototype ?? intrinsic(.sharedArrayBufferPrototype).offset, fields: 3)
        let size = max(block.size &+ Cage.pageSize, Int(BlockTable.largestSmallCell))
        guard heapInUse &+ size < currentLimits.heap else { throw rangeError("Array buffer allocation failed") }
        try charge(size / 64)
        let bytes = try makeBytes(count: size)
        guard cage.map(block, at: alignedStart(bytes)) else { throw rangeError("Array buffer allocation failed") }
        mappedBlocks[bytes] = block
        cage.store8(bytes, Layout.flags, Machine.pageAlignedBytes)
        cage.store32(bytes, Layout.bytesCount, UInt32(truncatingIfNeeded: block.length))
        cage.store32(bytes, 0, UInt32(truncatingIfNeeded: size))
        setField(object, 0, Value(cell: bytes))
        if isGrowable { setField(object, 1, Value(block.capacity)) }
        return object
    }

    /// The block that a buffer shows; nil when its memory is not shared with other machines.
    public func sharedBlock(_ buffer: UInt32) -> SharedBlock? {
        let bytes = field(buffer, 0)
        return bytes.isCell ? mappedBlocks[bytes.offset] : nil
    }

    /// The collector frees a large cell; true when it was mapped.
    func releaseMapped(_ cell: UInt32, count: Int) -> Bool {
        guard mappedBlocks[cell] != nil else { return false }
        // Pages that the system does not give back stay what they are: the block is kept, and the guest ends.
        if cage.unmap(cell, count: count) { mappedBlocks[cell] = nil } else { _ = terminate(.corrupted) }
        return true
    }

    // MARK: Waiting

    /// The thread waits until a condition holds or a time comes. Deadline and interrupt end the guest as ever.
    /// - Returns: whether the condition holds.
    public func block(until end: Int64?, _ condition: () -> Bool) throws(Thrown) -> Bool {
        var pause: Int64 = 20_000
        while !condition() {
            let now = MonotonicClock.now()
            if let end, now >= end { return false }
            try endOfSlice()
            MonotonicClock.sleep(nanoseconds: max(1, min(pause, (end ?? .max) &- now)))
            pause = min(pause &* 2, 1_000_000)
        }
        return true
    }

    /// Monotonic time after so many milliseconds; nil for ever.
    public func waitingEnd(_ milliseconds: Double) -> Int64? {
        guard milliseconds < 9e9 else { return nil }
        return MonotonicClock.now() &+ Int64(max(0, milliseconds) * 1_000_000)
    }

    /// DoWait of a machine that may block: "ok", "not-equal" or "timed-out".
    public func wait(_ block: SharedBlock, at index: Int, milliseconds: Double, if condition: () -> Bool) throws(Thrown) -> String {
        let waiter = Waiter()
        let end = waitingEnd(milliseconds)
        guard block.waiters.join(waiter, at: index, if: condition) else { return "not-equal" }
        do throws(Thrown) {
            if try self.block(until: end, { waiter.isNotified }) { return "ok" }
        } catch {
            _ = block.waiters.leave(waiter, at: index)
            throw error
        }
        return block.waiters.leave(waiter, at: index) ? "timed-out" : "ok"
    }

    /// DoWait that does not block: nil when the value is another, otherwise the promise.
    public func waitAsync(_ block: SharedBlock, at index: Int, milliseconds: Double, if condition: () -> Bool)
        throws(Thrown) -> Value?
    {
        try requireHeap(asyncWaiters.count &* 256)
        let promise = try makePromise()
        let waiter = Waiter()
        guard block.waiters.join(waiter, at: index, if: condition) else { return nil }
        asyncWaiters.append(
            AsyncWaiter(
                waiter: waiter, block: block, index: index, end: waitingEnd(milliseconds), promise: makeHandle(promise)))
        return promise
    }

    /// Settles the promises of those that were notified or whose time is over. The host calls it between jobs.
    public func settleAsyncWaiters() throws(Thrown) {
        let now = MonotonicClock.now()
        var rest: [AsyncWaiter] = []
        let pending = asyncWaiters
        asyncWaiters = []
        for entry in pending {
            var result: String?
            if entry.waiter.isNotified {
                result = "ok"
            } else if let end = entry.end, now >= end {
                result = entry.block.waiters.leave(entry.waiter, at: entry.index) ? "timed-out" : "ok"
            }
            guard let result else {
                rest.append(entry)
                continue
            }
            let promise = handleValue(entry.promise)
            releaseHandle(entry.promise)
            try fulfillPromise(promise.offset, try makeString(result))
        }
        asyncWaiters = rest + asyncWaiters
    }

    /// Promises of Atomics.waitAsync wait for something that can still happen.
    public var hasAsyncWaiters: Bool { !asyncWaiters.isEmpty }

    /// Nobody is left who could notify: gives up those without a time.
    public func dropAsyncWaiters() {
        for entry in asyncWaiters {
            _ = entry.block.waiters.leave(entry.waiter, at: entry.index)
            releaseHandle(entry.promise)
        }
        asyncWaiters = []
    }
}
