internal import TerrariumEngine
internal import TerrariumText

/// A sandbox as it was at one moment: globals, closures, suspended functions, promises, timers, unanswered host calls, a
/// paused program. Any number of sandboxes go on from it, in this process or, by its bytes, in another one.
///
///     let data = try sandbox.snapshot().data
///     …
///     let again = try Sandbox(restoring: Snapshot(data: data), capabilities: [.timers]) { $0.define("now") { clock.now } }
///
/// Sandboxes of one process share its memory until they write to it.
public struct Snapshot: Sendable {
    let image: MachineImage
    let state: SandboxState

    private static let envelope = SnapshotEnvelope(magic: 0x4E53_5254, version: 1)

    /// Bytes of guest memory.
    public var byteCount: Int { image.byteCount }

    /// The snapshot as bytes. Equal states of a sandbox give equal bytes on every machine. Bytes belong to one build of the
    /// engine.
    /// - Throws: `.snapshot(.noMemory)`.
    public var data: [UInt8] {
        get throws(TerrariumError) {
            guard let base = SandboxCore.imageBase else { throw .snapshot(.noMemory) }
            return Snapshot.envelope.seal(try body, base.identity)
        }
    }

    /// For checks of the engine: the bytes before they are compressed and hashed, which takes longer than all the rest.
    @_spi(Checks) public var body: [UInt8] {
        get throws(TerrariumError) {
            guard let base = SandboxCore.imageBase else { throw .snapshot(.noMemory) }
            var writer = DataWriter()
            state.write(&writer)
            guard image.write(&writer, base: base) else { throw .snapshot(.noMemory) }
            return writer.bytes
        }
    }

    /// SHA-256 of the content, in hexadecimal digits: equal states have equal hashes.
    /// - Throws: as `data`.
    public var contentHash: String {
        get throws(TerrariumError) {
            let digits = Array("0123456789abcdef".unicodeScalars)
            var text = ""
            for byte in try data[SnapshotEnvelope.hash] {
                text.unicodeScalars.append(digits[Int(byte >> 4)])
                text.unicodeScalars.append(digits[Int(byte & 15)])
            }
            return text
        }
    }

    /// A snapshot from bytes. They may come from anywhere: whatever they say, they can harm nothing but the sandbox that is
    /// restored from them.
    /// - Parameters:
    ///   - data: what `data` of a snapshot was.
    ///   - heap: most memory that the snapshot may hold.
    /// - Throws: `.snapshot`.
    public init(data: [UInt8], heap: ByteCount = .mebibytes(64)) throws(TerrariumError) {
        guard let base = SandboxCore.imageBase else { throw .snapshot(.noMemory) }
        try self.init(body: try Snapshot.envelope.open(data, base.identity, heap), base, heap)
    }

    /// For checks of the engine: what `body` was.
    @_spi(Checks) public init(body: [UInt8], heap: ByteCount) throws(TerrariumError) {
        guard let base = SandboxCore.imageBase else { throw .snapshot(.noMemory) }
        try self.init(body: body, base, heap)
    }

    private init(body: [UInt8], _ base: ImageBase, _ heap: ByteCount) throws(TerrariumError) {
        var reader = DataReader(bytes: body)
        guard let state = SandboxState(&reader),
            let image = MachineImage.read(
                &reader, base: base, heap: min(heap.bytes, MachineLimits.largestHeap), builtins: { SandboxCore.builtinScript(named: $0) }),
            reader.isAtEnd,
            state.isSound(handles: image.handleCount, isPaused: image.isPaused)
        else { throw .snapshot(.unreadable) }
        self.state = state
        self.image = image
    }

    init(image: MachineImage, state: SandboxState) {
        self.image = image
        self.state = state
    }
}

/// For tests only: what an attacker does who writes snapshots.
extension Snapshot {
    /// The bytes with a changed body, sealed again.
    @_spi(Corruption) public static func resealing(_ data: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
        guard let base = SandboxCore.imageBase, var body = try? envelope.open(data, base.identity, .mebibytes(1024)) else { return [] }
        change(&body)
        return envelope.seal(body, base.identity)
    }

    /// The body of a snapshot: what is behind the envelope, not compressed.
    @_spi(Corruption) public static func body(_ data: [UInt8]) -> [UInt8]? {
        SandboxCore.imageBase.flatMap { try? envelope.open(data, $0.identity, .mebibytes(1024)) }
    }

    /// A snapshot from a body that somebody made.
    @_spi(Corruption) public init(hostileBody body: [UInt8], heap: ByteCount) throws(TerrariumError) {
        guard let base = SandboxCore.imageBase else { throw .snapshot(.noMemory) }
        try self.init(body: body, base, heap)
    }
}
