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
    /// Zeroes the lines of the heap that hold nothing, so that equal machines have equal bytes. Right after a collection.
    public func zeroDeadLines() {
        for block in blocks.states.indices where blocks.states[block] == BlockTable.State.small {
            let base = blocks.offset(of: block)
            let table = lineTable &+ base / BlockTable.lineSize
            for line in 0..<BlockTable.linesPerBlock where cage.load8(table &+ line) != currentMark {
                cage.store8(table &+ line, 0, 0)
                cage.zero(base &+ line &* BlockTable.lineSize, count: Int(BlockTable.lineSize))
            }
        }
    }
}
