import TerrariumCage

/// Images as bytes, relative to the base image.
///
/// Rules:
/// 1. What lies in the cage is written as it is: nothing there is an address, and nothing there is trusted, neither now nor
///    while a guest runs.
/// 2. What lies outside of the cage is checked when it is read: every index, every count, every enumeration. What the base
///    image has (well-known cells, natives of the library) is not in the bytes.
/// 3. Equal machines give equal bytes: collected and with dead memory zeroed, dictionaries in order of their keys.
extension MachineImage {
    public func write(_ writer: inout DataWriter, base: ImageBase) -> Bool {
        // What is to be read is made on a machine of its own: collected once more, without what only the host held.
        var limits = MachineLimits()
        limits.heap = heapInUse &+ (64 << 20)
        guard state.hostKeys.count &+ base.image.state.nativeRecords.count == state.nativeRecords.count,
            let machine = Machine.restoring(self, limits: limits)
        else { return false }
        machine.orderTemplates()
        while machine.nextMark != MachineImage.mark { machine.collectGarbage() }
        machine.zeroDeadMemory()
        if !machine.isPaused { machine.cells[Cell.stackTop] = Int64(machine.stackStart) }
        ImageWriter(machine: machine, base: base).write(state, into: &writer)
        return true
    }

    /// - Parameters:
    ///   - heap: most bytes of the heap that the image may hold.
    ///   - builtins: scripts of the engine, by name.
    public static func read(
        _ reader: inout DataReader, base: ImageBase, heap: Int, builtins: @escaping (String) -> ScriptTemplate?
    ) -> MachineImage? {
        var image = ImageReader(reader: reader, base: base, heap: heap, builtins: builtins)
        let result = image.read()
        reader = image.reader
        return reader.failed ? nil : result
    }

    /// Realms, the main one first.
    public var realms: [UInt32] { state.realms }
    /// There is a paused program.
    public var isPaused: Bool { state.pause != nil }
    /// Number of handles that the image keeps.
    public var handleCount: Int { state.handles.count }
}

/// Cells of the host that belong to the state of a guest.
private let keptCells: [UInt8] = [
    Cell.prototypeEpoch, Cell.arrayIterationPristine, Cell.hostCalls, Cell.wellKnown &+ WellKnownCells.symbolRegistryPlace,
    Cell.firstJobs, Cell.lastJobs, Cell.nextJob, Cell.agentIsConcerned,
]

private struct ImageWriter {
    let machine: Machine
    let base: ImageBase

    func write(_ state: MachineState, into writer: inout DataWriter) {
        // Functions of the host.
        let first = state.nativeRecords.count - state.hostKeys.count
        writer.put(count: state.hostKeys.count)
        for (index, key) in state.hostKeys.enumerated() {
            let record = state.nativeRecords[first + index]
            writer.put(ConstantText(key))
            writer.put(ConstantText(record.name))
            writer.put(record.length)
            writer.put(record.isConstructor)
        }
        memory(&writer)
        for cell in keptCells { writer.put(UInt64(bitPattern: machine.cells[cell])) }
        writer.put(machine.atoms.table)
        writer.put(machine.atoms.capacity)
        writer.put(machine.atoms.used)
        writer.put(state.realms) { $0.put($1) }
        writer.put(state.handles.all) { $0.put($1.bits) }
        writer.put(state.randomState)
        writer.put(UInt64(truncatingIfNeeded: state.outputBytes))
        writer.put(state.allowsRedeclaration)
        writer.put(state.joinStack) { $0.put($1) }
        writer.put(machine.scripts) { $0.put(named: $1) }
        writer.put(machine.freeScripts) { $0.put(count: $1) }
        agent(state.agent, &writer)
        modules(state.modules, &writer)
        writer.put(state.pause != nil)
        if let pause = state.pause {
            for word in [pause.pc, pause.frame, pause.stackTop, pause.startFrame] { writer.put(word) }
            writer.put(count: pause.depth)
            writer.put(pause.isJob)
            writer.put(pause.reaction != nil)
            if let reaction = pause.reaction { writer.put(count: reaction) }
        }
    }

    private func memory(_ writer: inout DataWriter) {
        var states = machine.blocks.states
        while states.last == BlockTable.State.free { states.removeLast() }
        writer.put(states) { $0.put($1) }
        let stackBytes = machine.isPaused
            ? MachineLimits.align(UInt32(truncatingIfNeeded: machine.cells[Cell.stackTop]) &- machine.stackStart, to: 8) : 0
        writer.put(stackBytes)
        var runs = DataWriter(), words: [UInt8] = []
        delta(machine.stackStart, Int(stackBytes), &runs, &words)
        for block in states.indices where states[block] != BlockTable.State.free {
            let start = machine.blocks.offset(of: block)
            delta(machine.lineTable &+ start / BlockTable.lineSize, Int(BlockTable.linesPerBlock), &runs, &words)
            delta(start, Int(BlockTable.blockSize), &runs, &words)
        }
        writer.put(count: runs.bytes.count)
        writer.put(count: words.count)
        writer.bytes += runs.bytes
        // Words stay words: the compression expects them to.
        while writer.bytes.count % 8 != 0 { writer.put(UInt8(0)) }
        writer.bytes += words
    }

    /// Words that differ: how many are equal, how many differ; those, in a list of their own.
    private func delta(_ start: UInt32, _ count: Int, _ runs: inout DataWriter, _ given: inout [UInt8]) {
        let now = machine.cage.bytes(at: start, count: count)
        let before = base.bytes(at: start, count: count)
        let words = count / 8
        func isEqual(_ word: Int) -> Bool {
            for index in (word &* 8)..<(word &* 8 &+ 8) where now[index] != before[index] { return false }
            return true
        }
        var word = 0
        while word < words {
            let equalStart = word
            while word < words, isEqual(word) { word &+= 1 }
            runs.put(number: word &- equalStart)
            if word == words { break }
            let start = word
            while word < words, !isEqual(word) { word &+= 1 }
            runs.put(number: word &- start)
            given += now[(start &* 8)..<(word &* 8)]
        }
    }

    private func agent(_ contents: AgentRecord.Contents, _ writer: inout DataWriter) {
        for list in [contents.finalizations, contents.unhandledRejections, contents.keptAlive] {
            writer.put(list) { $0.put($1.bits) }
        }
    }

    private func modules(_ table: ModuleTable, _ writer: inout DataWriter) {
        writer.put(table.records) { writer, record in
            writer.put(ConstantText(record.key))
            writer.put(record.realm)
            writer.put(record.info != nil)
            if let info = record.info { writer.put(info) }
            writer.put(record.environment)
            writer.put(record.body.bits)
            writer.put(record.initializer.bits)
            writer.put(record.requested) { $0.put(count: $1) }
            writer.put(record.isLoaded)
            writer.put(record.status.rawValue)
            for value in [record.error, record.capability, record.namespace, record.meta] {
                writer.put(value != nil)
                if let value { writer.put(value.bits) }
            }
            for number in [record.depthIndex, record.depthAncestor, record.cycleRoot] { writer.put(count: number) }
            writer.put(record.asyncOrder != nil)
            if let order = record.asyncOrder { writer.put(count: order) }
            writer.put(record.asyncDone)
            writer.put(record.asyncParents) { $0.put(count: $1) }
            writer.put(count: max(0, record.pendingDependencies))
        }
        writer.put(table.index.sorted { $0.key < $1.key }) { writer, entry in
            writer.put(ConstantText(entry.key))
            writer.put(count: entry.value)
        }
        writer.put(table.referrers.sorted { $0.key < $1.key }) { writer, entry in
            writer.put(entry.key)
            writer.put(entry.value.module != nil)
            if let module = entry.value.module { writer.put(count: module) }
            writer.put(ConstantText(entry.value.name))
        }
        writer.put(count: table.nextAsyncOrder)
    }
}

private struct ImageReader {
    var reader: DataReader
    let base: ImageBase
    let heap: Int
    let builtins: (String) -> ScriptTemplate?

    mutating func read() -> MachineImage? {
        let origin = base.image
        var state = origin.state
        let natives = origin.natives.copy()
        // Functions of the host.
        state.hostKeys = []
        let records = reader.list { reader in
            (key: reader.text().text, record: NativeRecord(name: reader.text().text, length: reader.byte(), isConstructor: reader.flag()))
        }
        for (key, record) in records {
            natives.append(NativeEntry(body: Machine.hostCall(state.hostKeys.count, record.name)))
            state.hostKeys.append(key)
            state.nativeRecords.append(record)
        }
        guard let cage = memory(&state) else { return nil }
        for cell in keptCells { state.cells[Int(cell)] = Int64(bitPattern: reader.word64() & 0xFFFF_FFFF) }
        state.atoms.table = reader.word32()
        state.atoms.capacity = reader.word32()
        state.atoms.used = reader.word32()
        let end = UInt64(state.blocks.offset(of: state.blocks.states.count))
        guard state.atoms.capacity >= 1024, state.atoms.capacity & (state.atoms.capacity &- 1) == 0,
            UInt64(state.atoms.table) + 16 + UInt64(state.atoms.capacity) * 4 <= end, state.atoms.table >= state.blocks.start,
            state.atoms.used <= state.atoms.capacity
        else { return nil }
        state.realms = reader.list { $0.word32() }
        guard !state.realms.isEmpty, state.realms.count < 1 << 16 else { return nil }
        state.handles = HandleTable(values: reader.list { Value(bits: $0.word64()) })
        state.randomState = reader.word64()
        state.outputBytes = Int(clamping: reader.word64() & 0xFFFF_FFFF_FFFF)
        state.allowsRedeclaration = reader.flag()
        state.joinStack = reader.list { $0.word32() }
        let builtins = self.builtins
        state.scripts = reader.list { $0.namedScript(builtins) }
        state.freeScripts = reader.list { $0.number() }
        guard Set(state.freeScripts).count == state.freeScripts.count,
            state.freeScripts.allSatisfy({ state.scripts.indices.contains($0) && state.scripts[$0].count == 0 })
        else { return nil }
        for number in state.freeScripts { state.scripts[number] = ScriptTemplate() }
        agent(&state)
        guard modules(&state) else { return nil }
        state.pause = reader.flag() ? pause(state) : nil
        guard !reader.failed else { return nil }
        state.cells[Int(Cell.result)] = Int64(bitPattern: Value.undefined.bits)
        state.cells[Int(Cell.exception)] = Int64(bitPattern: Value.undefined.bits)
        return MachineImage(cage: cage, sizeLog2: origin.sizeLog2, natives: natives, state: state)
    }

    private var regions: (lineTable: UInt32, stackStart: UInt32, stackEnd: UInt32, heapStart: UInt32) {
        Machine.regions(size: 1 << UInt64(base.image.sizeLog2))
    }

    private mutating func memory(_ state: inout MachineState) -> CageImage? {
        let states = reader.list { $0.byte() }
        let (lineTable, stackStart, stackEnd, heapStart) = regions
        let used = states.count { $0 != BlockTable.State.free }
        let end = UInt32(truncatingIfNeeded: (1 << base.image.sizeLog2) - 1)
        guard !reader.failed, used &* Int(BlockTable.blockSize) <= heap,
            var blocks = BlockTable(start: heapStart, end: end, states: states)
        else { return nil }
        let stackBytes = reader.word32()
        guard stackBytes <= stackEnd - stackStart, Int(stackBytes) <= heap, stackBytes % 8 == 0 else { return nil }
        let runCount = reader.number(), wordCount = reader.number()
        guard let runBytes = reader.take(runCount), reader.take((8 - reader.index % 8) % 8) != nil, let words = reader.take(wordCount)
        else { return nil }
        var runs = DataReader(bytes: Array(runBytes)), given = DataReader(bytes: Array(words))
        func delta(_ start: UInt32, _ count: Int) -> [UInt8] { self.delta(start, count, &runs, &given) }
        let stack = delta(stackStart, Int(stackBytes))
        var lines: [(start: UInt32, bytes: [UInt8])] = [], contents: [(start: UInt32, bytes: [UInt8])] = []
        var live = 0
        for block in states.indices where states[block] != BlockTable.State.free {
            let start = blocks.offset(of: block)
            let table = lineTable &+ start / BlockTable.lineSize
            let marks = delta(table, Int(BlockTable.linesPerBlock))
            if states[block] == BlockTable.State.small {
                let count = marks.count { $0 == MachineImage.mark }
                live &+= count &* Int(BlockTable.lineSize)
                if count < Int(BlockTable.linesPerBlock) { blocks.recyclable.append(block) }
            } else {
                live &+= Int(BlockTable.blockSize)
            }
            lines.append((table, marks))
            contents.append((start, delta(start, Int(BlockTable.blockSize))))
            if runs.failed || given.failed { return nil }
        }
        guard runs.isAtEnd, given.isAtEnd else { return nil }
        state.blocks = blocks
        state.live = live
        if !stack.isEmpty { lines.append((stackStart, stack)) }
        return CageImage(contents: lines + contents)
    }

    private func delta(_ start: UInt32, _ count: Int, _ runs: inout DataReader, _ given: inout DataReader) -> [UInt8] {
        var bytes = base.bytes(at: start, count: count)
        let words = count / 8
        var word = 0
        while word < words {
            let equal = runs.smallNumber()
            guard !runs.failed, equal <= words - word else {
                runs.failed = true
                return []
            }
            word += equal
            if word == words { break }
            let different = runs.smallNumber()
            guard different > 0, different <= words - word, let piece = given.take(different * 8) else {
                runs.failed = true
                return []
            }
            bytes.replaceSubrange((word * 8)..<(word * 8 + different * 8), with: piece)
            word += different
        }
        return bytes
    }

    private mutating func agent(_ state: inout MachineState) {
        var lists: [[Value]] = []
        for _ in 0..<3 { lists.append(reader.list { Value(bits: $0.word64()) }) }
        state.agent = AgentRecord.Contents(finalizations: lists[0], unhandledRejections: lists[1], keptAlive: lists[2])
        state.hostBytes = lists[2].count &* AgentRecord.keptSize
        for script in state.scripts where script.isEval { state.hostBytes &+= script.byteCount }
    }

    private mutating func modules(_ state: inout MachineState) -> Bool {
        var table = ModuleTable()
        table.natives = base.image.state.modules.natives
        table.records = reader.list { $0.moduleRecord() }
        let places = table.records.indices
        for record in table.records {
            guard record.requested.count == record.info?.requests.count ?? 0, record.info.map({ TemplateData.isSound($0) }) ?? true,
                record.requested.allSatisfy(places.contains), places.contains(record.cycleRoot),
                record.asyncParents.allSatisfy(places.contains)
            else { return false }
        }
        for (key, index) in reader.list({ ($0.text().text, $0.number()) }) {
            guard places.contains(index) else { return false }
            table.index[key] = index
        }
        let referrers = reader.list { reader in
            let number = reader.word32()
            let module = reader.flag() ? reader.number() : nil
            return (number, ScriptReferrer(module: module, name: reader.text().text))
        }
        for (number, referrer) in referrers {
            if let module = referrer.module, !places.contains(module) { return false }
            table.referrers[number] = referrer
        }
        table.nextAsyncOrder = reader.number()
        state.modules = table
        return !reader.failed
    }

    private mutating func pause(_ state: MachineState) -> PausedProgram? {
        let (_, stackStart, stackEnd, _) = regions
        var pause = PausedProgram(
            pc: reader.word32(), frame: reader.word32(), stackTop: reader.word32(), startFrame: reader.word32(),
            depth: reader.number(), reaction: nil, isJob: reader.flag())
        if reader.flag() { pause.reaction = reader.number() }
        let stack = stackStart..<stackEnd
        guard stack.contains(pause.frame), stack.contains(pause.stackTop), stack.contains(pause.startFrame),
            (pause.frame | pause.stackTop | pause.startFrame) % 8 == 0, pause.frame >= pause.startFrame,
            pause.stackTop >= pause.frame, pause.reaction.map({ $0 < state.handles.count }) ?? true
        else {
            reader.failed = true
            return nil
        }
        return pause
    }
}

extension DataWriter {
    /// A number of few bytes when it is small.
    public mutating func put(number: Int) {
        var rest = UInt64(truncatingIfNeeded: number)
        while rest > 127 {
            put(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }
    /// The engine's own scripts by name.
    fileprivate mutating func put(named script: ScriptTemplate) {
        put(script.builtinName != nil)
        if let name = script.builtinName { put(name) } else { put(script) }
    }
}

extension DataReader {
    /// What `put(number:)` wrote.
    public mutating func smallNumber() -> Int {
        var number = 0, shift = 0
        while shift < 49 {
            let next = byte()
            number |= Int(next & 127) << shift
            if next < 128 { return number }
            shift += 7
        }
        failed = true
        return 0
    }
    /// Everything was read, and was as it should be.
    public var isAtEnd: Bool { !failed && index == bytes.count }

    /// So many bytes.
    public mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.count - index else {
            failed = true
            return nil
        }
        index += count
        return bytes[(index - count)..<index]
    }

    fileprivate mutating func namedScript(_ builtins: (String) -> ScriptTemplate?) -> ScriptTemplate {
        if flag() {
            if let script = builtins(string()) { return script }
        } else {
            let script = self.script()
            // A script that was let go has no code.
            if !failed, TemplateData.isSound(script) || script.functions.isEmpty && script.module == nil { return script }
        }
        failed = true
        return ScriptTemplate()
    }

    fileprivate mutating func moduleRecord() -> ModuleRecord {
        var record = ModuleRecord(key: text().text, realm: word32(), info: flag() ? module() : nil)
        record.environment = word32()
        record.body = Value(bits: word64())
        record.initializer = Value(bits: word64())
        record.requested = list { $0.number() }
        record.isLoaded = flag()
        if let status = ModuleRecord.Status(rawValue: byte()) { record.status = status } else { failed = true }
        record.error = value()
        record.capability = value()
        record.namespace = value()
        record.meta = value()
        record.depthIndex = number()
        record.depthAncestor = number()
        record.cycleRoot = number()
        record.asyncOrder = flag() ? number() : nil
        record.asyncDone = flag()
        record.asyncParents = list { $0.number() }
        record.pendingDependencies = number()
        return record
    }

    private mutating func value() -> Value? { flag() ? Value(bits: word64()) : nil }
}
