internal import TerrariumEngine

/// What belongs to a sandbox's state besides its machine. Handles are those of the image, from 0 up in the order in which
/// `collect` asks for them.
struct SandboxState: Sendable {
    struct Call: Sendable {
        var id: UInt64
        var name: String
        var promise: Int
        /// Handle of function and arguments.
        var call: Int?
        var request: ModuleRequest?
    }

    var usedWords: Int64 = 0
    var randomState: UInt64?
    var clockStart = 0.0
    /// Nanoseconds of `performance.now` that are over, with real timers.
    var elapsed: Int64 = 0
    var virtualTime: Int64 = 0
    var lastTimer: Int32 = 0
    var timers: [TimerQueue.Timer] = []
    var nextCall: UInt64 = 0
    var calls: [Call] = []
    var console = ConsoleState()
    /// Module objects of CommonJS, by key.
    var commonJS: [(key: String, handle: Int)] = []
    /// Prototypes of host classes, by name.
    var classes: [(name: String, handle: Int)] = []
    var kept: [(name: String, handle: Int)] = []
    var loaded: [(request: ModuleRequest, key: String)] = []
    var pause: (words: Int64, result: Int?)?

    init() {}

    /// All handles are handles, and the rest is as a sandbox would write it.
    func isSound(handles: Int, isPaused: Bool) -> Bool {
        let range = 0..<handles
        var all = timers.map { $0.handle } + commonJS.map { $0.handle } + classes.map { $0.handle } + kept.map { $0.handle }
        for call in calls {
            all.append(call.promise)
            if let list = call.call { all.append(list) }
        }
        if let result = pause?.result { all.append(result) }
        return isPaused == (pause != nil) && all.allSatisfy { range.contains($0) }
    }

    // MARK: Bytes

    func write(_ writer: inout DataWriter) {
        func put(_ number: Int64) { writer.put(UInt64(bitPattern: number)) }
        put(usedWords)
        writer.put(randomState != nil)
        writer.put(randomState ?? 0)
        writer.put(clockStart.bitPattern)
        put(elapsed)
        put(virtualTime)
        writer.put(UInt32(bitPattern: lastTimer))
        writer.put(timers) { $0.put($1) }
        writer.put(nextCall)
        writer.put(calls) { writer, call in
            writer.put(call.id)
            writer.put(call.name)
            writer.put(count: call.promise)
            writer.put(optional: call.call)
            writer.put(call.request != nil)
            if let request = call.request { writer.put(request) }
        }
        writer.put(count: console.groups)
        writer.put(console.counts.sorted { $0.key < $1.key }) { writer, entry in
            writer.put(entry.key)
            writer.put(count: entry.value)
        }
        writer.put(console.timers.sorted { $0.key < $1.key }) { writer, entry in
            writer.put(entry.key)
            writer.put(UInt64(bitPattern: entry.value))
        }
        writer.put(commonJS) { $0.put(name: $1.key, handle: $1.handle) }
        writer.put(classes) { $0.put(name: $1.name, handle: $1.handle) }
        writer.put(kept) { $0.put(name: $1.name, handle: $1.handle) }
        writer.put(loaded) { writer, entry in
            writer.put(entry.request)
            writer.put(entry.key)
        }
        writer.put(pause != nil)
        if let pause {
            writer.put(UInt64(bitPattern: pause.words))
            writer.put(optional: pause.result)
        }
    }

    init?(_ reader: inout DataReader) {
        func number(_ reader: inout DataReader) -> Int64 { reader.quantity() }
        usedWords = number(&reader)
        let hasRandom = reader.flag(), random = reader.word64()
        randomState = hasRandom ? random : nil
        clockStart = Double(bitPattern: reader.word64())
        elapsed = number(&reader)
        virtualTime = number(&reader)
        lastTimer = max(0, Int32(bitPattern: reader.word32()))
        timers = reader.list { $0.timer() }
        nextCall = reader.word64() & (1 << 60 - 1)
        calls = reader.list { reader in
            let id = reader.word64(), name = reader.string(), promise = reader.number(), call = reader.optionalNumber()
            return Call(
                id: id, name: name, promise: promise, call: call, request: reader.flag() ? reader.moduleRequest() : nil)
        }
        console.groups = min(reader.number(), 100)
        for (name, count) in reader.list({ ($0.string(), $0.number()) }) { console.counts[name] = count }
        for (name, start) in reader.list({ ($0.string(), number(&$0)) }) { console.timers[name] = start }
        commonJS = reader.list { (key: $0.string(), handle: $0.number()) }
        classes = reader.list { (name: $0.string(), handle: $0.number()) }
        kept = reader.list { (name: $0.string(), handle: $0.number()) }
        loaded = reader.list { (request: $0.moduleRequest(), key: $0.string()) }
        if reader.flag() { pause = (words: number(&reader), result: reader.optionalNumber()) }
        if reader.failed || Set(calls.map(\.id)).count != calls.count { return nil }
    }
}

extension DataWriter {
    fileprivate mutating func put(name: String, handle: Int) {
        put(name)
        put(count: handle)
    }
    mutating func put(_ timer: TimerQueue.Timer) {
        put(UInt32(bitPattern: timer.id))
        put(UInt64(bitPattern: timer.due))
        put(UInt64(bitPattern: timer.interval ?? -1))
        put(count: timer.handle)
    }
    mutating func put(optional number: Int?) {
        put(number != nil)
        if let number { put(count: number) }
    }
    fileprivate mutating func put(_ request: ModuleRequest) {
        put(request.specifier)
        put(request.referrer)
        put(request.type != nil)
        put(request.type ?? "")
    }
}

extension DataReader {
    /// A time or fuel: far from where sums of them could overflow.
    mutating func quantity() -> Int64 { max(-(1 << 60), min(1 << 60, Int64(bitPattern: word64()))) }
    mutating func timer() -> TimerQueue.Timer {
        let id = Int32(bitPattern: word32()), due = quantity(), interval = quantity()
        return TimerQueue.Timer(id: id, due: due, order: 0, interval: interval < 0 ? nil : interval, handle: number())
    }
    mutating func optionalNumber() -> Int? { flag() ? number() : nil }
    fileprivate mutating func moduleRequest() -> ModuleRequest {
        let specifier = string(), referrer = string(), hasType = flag(), type = string()
        return ModuleRequest(specifier: specifier, referrer: referrer, type: hasType ? type : nil)
    }
}
