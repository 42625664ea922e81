internal import TerrariumEngine
internal import TerrariumLibrary

/// What belongs to a session's state besides its machine. Handles are those of the image.
struct SessionState: Sendable {
    /// By the program that `start` began.
    var usedWords: Int64 = 0
    var hasTimerFunctions = false
    /// Number of the first native of timers; the same for all sessions of one build, and not part of the bytes.
    var timerNatives: UInt32?
    var lastTimer: Int32 = 0
    var timers: [TimerQueue.Timer] = []
    var lastValue: Int?, lastError: Int?
    var program: SessionProgram?

    init() {}

    /// All handles are handles.
    func isSound(handles: Int, isPaused: Bool) -> Bool {
        let all = timers.map { Optional($0.handle) } + [lastValue, lastError, program?.result, program?.promise]
        return all.allSatisfy { $0.map { (0..<handles).contains($0) } ?? true } && (!isPaused || program != nil)
    }

    func write(_ writer: inout DataWriter) {
        writer.put(UInt64(bitPattern: usedWords))
        writer.put(hasTimerFunctions)
        writer.put(UInt32(bitPattern: lastTimer))
        writer.put(timers) { $0.put($1) }
        writer.put(optional: lastValue)
        writer.put(optional: lastError)
        writer.put(program != nil)
        if let program {
            writer.put(optional: program.result)
            writer.put(optional: program.promise)
            writer.put(UInt64(bitPattern: program.overdraft))
        }
    }

    init?(_ reader: inout DataReader) {
        usedWords = max(0, reader.quantity())
        hasTimerFunctions = reader.flag()
        lastTimer = max(0, Int32(bitPattern: reader.word32()))
        timers = reader.list { $0.timer() }
        lastValue = reader.optionalNumber()
        lastError = reader.optionalNumber()
        if reader.flag() {
            let result = reader.optionalNumber(), promise = reader.optionalNumber()
            program = SessionProgram(result: result, promise: promise, overdraft: max(0, reader.quantity()))
        }
        if reader.failed { return nil }
    }
}

extension SessionSnapshot {
    private static let envelope = SnapshotEnvelope(magic: 0x5345_5354, version: 1)

    /// What the bytes are relative to: a new session, which is the same in every process of one build.
    private static let base: (image: ImageBase, timerNatives: UInt32?)? = {
        guard let session = try? Session(print: { _ in }), let image = session.machine.capture(zeroing: true) else { return nil }
        return (ImageBase(image), session.timerNatives)
    }()

    /// The snapshot as bytes, for another process or another day. They belong to one build of the engine.
    /// - Throws: `.snapshot(.noMemory)`; `.snapshot(.hostObjects)` for sessions with functions that others do not have.
    public var data: [UInt8] {
        get throws(TerrariumError) {
            guard let base = SessionSnapshot.base else { throw .snapshot(.noMemory) }
            var body = DataWriter()
            state.write(&body)
            guard image.write(&body, base: base.image) else { throw .snapshot(.hostObjects) }
            return SessionSnapshot.envelope.seal(body.bytes, base.image.identity)
        }
    }

    /// Whether bytes are meant to be a snapshot of a session.
    public static func isSnapshot(_ data: [UInt8]) -> Bool { envelope.isMeant(by: data) }

    /// A snapshot from bytes, which may come from anywhere: they can harm nothing but the session that is restored from them.
    /// - Parameters:
    ///   - data: what `data` of a snapshot was.
    ///   - heap: bytes of memory that the snapshot may hold.
    /// - Throws: `.snapshot`.
    public init(data: [UInt8], heap: Int) throws(TerrariumError) {
        guard let base = SessionSnapshot.base else { throw .snapshot(.noMemory) }
        let body = try SessionSnapshot.envelope.open(data, base.image.identity, .bytes(heap))
        var reader = DataReader(bytes: body)
        guard var state = SessionState(&reader),
            let image = MachineImage.read(
                &reader, base: base.image, heap: heap, builtins: { SandboxCore.builtinScript(named: $0) }),
            reader.isAtEnd, state.isSound(handles: image.handleCount, isPaused: image.isPaused), let realm = image.realms.first
        else { throw .snapshot(.unreadable) }
        state.timerNatives = base.timerNatives
        (self.image, self.realm, self.state) = (image, realm, state)
    }
}
