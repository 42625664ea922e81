import TerrariumCage

/// The blocks of the heap region: which are free, which hold small cells, which belong to a large cell.
///
/// A block is 32 KiB and 256 lines of 128 bytes. Small cells (up to 8 KiB) are bump-allocated into free runs of lines;
/// larger cells take whole blocks of their own. A line is live when its byte in the line table equals the current mark.
struct BlockTable {
    static let blockSize: UInt32 = 32 * 1024
    static let lineSize: UInt32 = 128
    static let linesPerBlock: UInt32 = 256
    static let largestSmallCell: UInt32 = 8 * 1024

    enum State {
        static let free: UInt8 = 0
        static let small: UInt8 = 1
        static let largeHead: UInt8 = 2
        static let largeTail: UInt8 = 3
    }

    let start: UInt32
    let capacity: Int
    var states: [UInt8] = []
    /// Blocks in use, times the block size: the heap figure that is metered.
    private(set) var usedBytes = 0
    /// What the memory of a free block holds.
    private enum Memory {
        static let clean: UInt8 = 0
        /// Old bytes, in committed memory.
        static let retained: UInt8 = 1
        /// Bytes of the image that the cage started from.
        static let unclean: UInt8 = 2
    }
    private var memory: [UInt8] = []
    /// Blocks below this number lie in the image that the cage started from.
    private var imageBlocks = 0
    /// Bytes of free blocks that are still committed.
    private(set) var retainedBytes = 0
    /// Lowest block that may be free.
    private var searchHint = 0
    /// Small blocks with free lines since the last collection, and how far the allocator has come in them.
    var recyclable: [Int] = []
    var recyclableNext = 0

    init(start: UInt32, end: UInt32) {
        self.start = start
        capacity = Int((end &- start) / BlockTable.blockSize)
    }

    /// A table with these blocks in use; nil when they are no table.
    init?(start: UInt32, end: UInt32, states: [UInt8]) {
        self.init(start: start, end: end)
        guard states.count <= capacity else { return nil }
        var last = State.free
        for state in states {
            guard state <= State.largeTail, state != State.largeTail || last >= State.largeHead else { return nil }
            if state != State.free { usedBytes &+= Int(BlockTable.blockSize) }
            last = state
        }
        self.states = states
    }

    func offset(of block: Int) -> UInt32 {
        start &+ UInt32(truncatingIfNeeded: block) &* BlockTable.blockSize
    }

    func block(of offset: UInt32) -> Int {
        Int((offset &- start) / BlockTable.blockSize)
    }

    /// Bytes that are in use now.
    var inUse: Int { usedBytes }

    /// Takes `count` consecutive free blocks; nil when that would be more than the limit in bytes, or the cage is
    /// exhausted.
    mutating func take(_ count: Int, head: UInt8, limit: Int) -> Int? {
        guard usedBytes &+ count &* Int(BlockTable.blockSize) <= limit, count <= capacity else { return nil }
        var index = searchHint
        var sawFree = false
        while index &+ count <= capacity {
            if index >= states.count {
                // The frontier: everything behind is free.
                let missing = index &+ count &- states.count
                states.append(contentsOf: repeatElement(State.free, count: missing))
            }
            if states[index] != State.free { index &+= 1; continue }
            if !sawFree { searchHint = index; sawFree = true }
            var run = 1
            while run < count {
                if index &+ run >= states.count { states.append(State.free) }
                if states[index &+ run] != State.free { break }
                run &+= 1
            }
            if run == count {
                states[index] = head
                for tail in 1..<max(1, count) where tail < count { states[index &+ tail] = State.largeTail }
                usedBytes &+= count &* Int(BlockTable.blockSize)
                if searchHint == index { searchHint = index &+ count }
                return index
            }
            index &+= run
        }
        return nil
    }

    /// Gives a block (and the tails of a large cell) back; returns how many blocks.
    mutating func give(_ index: Int) -> Int {
        guard index < states.count, states[index] != State.free else { return 0 }
        var count = 1
        if states[index] == State.largeHead {
            while index &+ count < states.count, states[index &+ count] == State.largeTail { count &+= 1 }
        }
        for position in index..<(index &+ count) { states[position] = State.free }
        usedBytes &-= count &* Int(BlockTable.blockSize)
        searchHint = min(searchHint, index)
        return count
    }

    /// A free block keeps its memory, which has to be zeroed before it is used.
    mutating func keepCommitted(_ index: Int) {
        if note(index, Memory.retained) { retainedBytes &+= Int(BlockTable.blockSize) }
    }

    /// The memory of a free block went back. In the image that a cage started from, its old bytes show again.
    mutating func forget(_ index: Int) {
        if index < memory.count, memory[index] == Memory.retained { retainedBytes &-= Int(BlockTable.blockSize) }
        _ = note(index, index < imageBlocks ? Memory.unclean : Memory.clean)
    }

    /// Whether a block that was just taken has to be zeroed; from now on it counts as clean.
    mutating func takeDirty(_ index: Int) -> Bool {
        guard index < memory.count, memory[index] != Memory.clean else { return false }
        if memory[index] == Memory.retained { retainedBytes &-= Int(BlockTable.blockSize) }
        memory[index] = Memory.clean
        return true
    }

    /// Free blocks whose memory is still committed.
    var retained: [Int] { memory.indices.filter { memory[$0] == Memory.retained } }

    /// Sets what is known about a free block's memory; false when it was known.
    private mutating func note(_ index: Int, _ state: UInt8) -> Bool {
        if memory.count <= index {
            if state == Memory.clean { return false }
            memory.append(contentsOf: repeatElement(Memory.clean, count: index &+ 1 &- memory.count))
        }
        if memory[index] == state { return false }
        memory[index] = state
        return true
    }

    /// As the table of an image: free lines of its blocks are filled, or left alone.
    func captured(reusesLines: Bool) -> BlockTable {
        var result = self
        if !reusesLines { result.recyclable = [] }
        return result
    }

    /// As the table of a machine that starts from an image of this one's cage: free blocks are holes in the image.
    func restored() -> BlockTable {
        var result = self
        result.memory = []
        result.retainedBytes = 0
        result.recyclableNext = 0
        result.imageBlocks = states.count
        return result
    }
}
