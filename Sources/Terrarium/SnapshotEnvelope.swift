internal import TerrariumEngine
internal import TerrariumText

/// What is around the bytes of a snapshot: what they are, the build of the engine, a hash of the content; the content is
/// compressed.
struct SnapshotEnvelope {
    let magic: UInt32
    let version: UInt32
    /// Magic, version, build, hash of what follows, length of what was compressed.
    private static let headerCount = 4 + 4 + 32 + 32 + 8
    /// Where the hash of the content is.
    static let hash = 40..<72

    func seal(_ body: [UInt8], _ identity: [UInt8]) -> [UInt8] {
        let compressed = body.count <= ModelCompression.longest
            ? ModelCompression.compress(body) : ByteCompression.compress(body)
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

    /// Whether bytes begin as those of this kind do.
    func isMeant(by data: [UInt8]) -> Bool {
        var reader = DataReader(bytes: Array(data.prefix(4)))
        return reader.word32() == magic
    }

    /// The content.
    /// - Parameter heap: most memory that it may describe.
    /// - Throws: `.snapshot`.
    func open(_ data: [UInt8], _ identity: [UInt8], _ heap: ByteCount) throws(TerrariumError) -> [UInt8] {
        var reader = DataReader(bytes: data)
        guard data.count > SnapshotEnvelope.headerCount, reader.word32() == magic else { throw .snapshot(.unreadable) }
        guard reader.word32() == version, data[8..<40].elementsEqual(identity) else { throw .snapshot(.otherBuild) }
        guard SHA256.hash(Array(data[72...])).elementsEqual(data[SnapshotEnvelope.hash]) else { throw .snapshot(.unreadable) }
        reader.index = 72
        let count = reader.word64()
        guard count <= UInt64(min(heap.bytes, 1 << 32)) + (64 << 20) else { throw .snapshot(.tooLarge) }
        let content = data[SnapshotEnvelope.headerCount...]
        guard let body = count <= UInt64(ModelCompression.longest)
            ? ModelCompression.decompress(content, count: Int(count)) : ByteCompression.decompress(content, count: Int(count))
        else { throw .snapshot(.unreadable) }
        return body
    }
}
