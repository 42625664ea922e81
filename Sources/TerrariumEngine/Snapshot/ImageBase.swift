import TerrariumCage
import TerrariumText

/// The image that all machines of a host start from: images as bytes hold what differs from it. It is the same in every
/// process of one build, and its hash stands for the build.
public final class ImageBase: Sendable {
    public let image: MachineImage
    /// 32 bytes, the same for all processes of one build of the engine.
    public let identity: [UInt8]
    private let contents: [[UInt8]]

    /// Version of the format of images as bytes, and of what the engine does with them.
    static let version: UInt32 = 3

    public init(_ image: MachineImage) {
        self.image = image
        contents = image.cage.ranges.indices.map { image.cage.contents($0) }
        var writer = DataWriter()
        writer.put(ImageBase.version)
        writer.put(TemplateData.instructionSet)
        writer.put(count: image.sizeLog2)
        for (range, bytes) in zip(image.cage.ranges, contents) {
            writer.put(range.lowerBound)
            writer.put(count: bytes.count)
            writer.bytes += bytes
        }
        for cell in image.state.cells { writer.put(UInt64(bitPattern: cell)) }
        for record in image.state.nativeRecords {
            writer.put(ConstantText(record.name))
            writer.put(record.length)
            writer.put(record.isConstructor)
        }
        writer.put(image.state.blocks.states) { $0.put($1) }
        identity = SHA256.hash(writer.bytes)
    }

    /// A part of the cage as the base has it: a block, or the lines of one.
    func bytes(at start: UInt32, count: Int) -> [UInt8] {
        for (range, bytes) in zip(image.cage.ranges, contents) where range.contains(start) {
            let first = Int(start - range.lowerBound)
            let end = min(bytes.count, first + count)
            return Array(bytes[first..<end]) + [UInt8](repeating: 0, count: first + count - end)
        }
        return [UInt8](repeating: 0, count: count)
    }
}

extension Machine {
    /// Collects and zeroes what lives in no cell, so that machines whose live cells are equal have equal bytes, whatever died in
    /// them, and nothing that died gets into bytes.
    func zeroDeadMemory() {
        let words = Int(BlockTable.blockSize) / 8 / 64
        // A bit for each word of the heap: a live cell has it.
        var live = [UInt64](repeating: 0, count: blocks.states.count * words)
        forEachLiveCell { [self] offset in
            guard offset >= heapStart else { return }
            let start = Int(offset &- heapStart) / 8, end = start &+ Int(cells[Cell.tracedBytes]) / 8
            var bit = start
            while bit < end, bit >> 6 < live.count {
                let count = min(64 &- (bit & 63), end &- bit)
                live[bit >> 6] |= (count == 64 ? ~0 : (1 &<< UInt64(truncatingIfNeeded: count)) &- 1) &<< UInt64(truncatingIfNeeded: bit & 63)
                bit &+= count
            }
        }
        for block in blocks.states.indices where blocks.states[block] == BlockTable.State.small {
            let base = blocks.offset(of: block)
            let table = lineTable &+ base / BlockTable.lineSize
            for line in 0..<BlockTable.linesPerBlock where cage.load8(table &+ line) != currentMark { cage.store8(table &+ line, 0, 0) }
            for index in 0..<words {
                let bits = live[block * words + index], start = base &+ UInt32(truncatingIfNeeded: index &* 512)
                if bits == 0 { cage.zero(start, count: 512) }
                if bits == 0 || bits == ~0 { continue }
                for bit in 0..<UInt32(64) where bits >> UInt64(bit) & 1 == 0 { cage.store64(start &+ bit &* 8, 0, 0) }
            }
        }
    }
}
