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

    /// Version of the bytes.
    static let version: UInt32 = 1
    private static let magic: UInt32 = 0x4E53_5254
    /// Magic, version, build, hash of what follows, length of what was compressed.
    private static let headerCount = 4 + 4 + 32 + 32 + 8

    /// Bytes of guest memory.
    public var byteCount: Int { image.byteCount }

    /// The snapshot as bytes. Equal states of a sandbox give equal bytes on every machine. Bytes belong to one build of the
    /// engine.
    /// - Throws: `.snapshot(.noMemory)`.
    public var data: [UInt8] {
        get throws(TerrariumError) {
            guard let base = SandboxCore.imageBase else { throw .snapshot(.noMemory) }
            var body = DataWriter()
            state.write(&body)
            guard image.write(&body, base: base) else { throw .snapshot(.noMemory) }
            return Snapshot.seal(body.bytes, base.identity)
        }
    }

    /// SHA-256 of the content, in hexadecimal digits: equal states have equal hashes.
    /// - Throws: as `data`.
    public var contentHash: String {
        get throws(TerrariumError) {
            let digits = Array("0123456789abcdef".unicodeScalars)
            var text = ""
            for byte in try data[40..<72] {
                text.unicodeScalars.append(digits[Int(byte >> 4)])
                text.unicodeScalars.append(digits[Int(byte & 15)])
            }
            return text
        }
    }

    private static func seal(_ body: [UInt8], _ identity: [UInt8]) -> [UInt8] {
        let compressed = body.count <= ModelCompression.longest ? ModelCompression.compress(body) : ByteCompression.compress(body)
        var writer = DataWriter()
        writer.put(magic)
        writer.put(version)
        writer.bytes += identity
        var sealed = DataWriter()
        sealed.put(UInt64(body.count))
        sealed.bytes += compressed
        writer.bytes += SHA256.hash(sealed.bytes)
        writer.bytes += sealed.bytes
        return writer.bytes
    }

    /// A snapshot from bytes. They may come from anywhere: whatever they say, they can harm nothing but the sandbox that is
    /// restored from them.
    /// - Parameter heap: most memory that the snapshot may hold.
    /// - Throws: `.snapshot`.
    public init(data: [UInt8], heap: ByteCount = .mebibytes(64)) throws(TerrariumError) {
        guard let base = SandboxCore.imageBase else { throw .snapshot(.noMemory) }
        try self.init(body: try Snapshot.open(data, base.identity, heap), base, heap)
    }

    private init(body: [UInt8], _ base: ImageBase, _ heap: ByteCount) throws(TerrariumError) {
        var reader = DataReader(bytes: body)
        guard let state = SandboxState(&reader),
            let image = MachineImage.read(
                &reader, base: base, heap: min(heap.bytes, 1 << 32), builtins: { SandboxCore.builtinScript(named: $0) }),
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

    private static func open(_ data: [UInt8], _ identity: [UInt8], _ heap: ByteCount) throws(TerrariumError) -> [UInt8] {
        var reader = DataReader(bytes: data)
        guard data.count > headerCount, reader.word32() == magic else { throw .snapshot(.unreadable) }
        guard reader.word32() == version, data[8..<40].elementsEqual(identity) else { throw .snapshot(.otherBuild) }
        guard SHA256.hash(Array(data[72...])).elementsEqual(data[40..<72]) else { throw .snapshot(.unreadable) }
        reader.index = 72
        let count = reader.word64()
        guard count <= UInt64(min(heap.bytes, 1 << 32)) + (64 << 20) else { throw .snapshot(.tooLarge) }
        let compressed = data[headerCount...]
        let body = count <= UInt64(ModelCompression.longest) ? ModelCompression.decompress(compressed, count: Int(count))
            : ByteCompression.decompress(compressed, count: Int(count))
        guard let body else { throw .snapshot(.unreadable) }
        return body
    }
}

/// For tests only: what an attacker does who writes snapshots.
extension Snapshot {
    /// The bytes with a changed body, sealed again.
    @_spi(Corruption) public static func resealing(_ data: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
        guard let base = SandboxCore.imageBase, var body = try? open(data, base.identity, .mebibytes(1024)) else { return [] }
        change(&body)
        return seal(body, base.identity)
    }
}
