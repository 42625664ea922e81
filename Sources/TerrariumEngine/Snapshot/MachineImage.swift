import TerrariumCage

/// A machine that no code runs in, frozen: what its cage held and the little that lies outside of it. It may be paused. Any
/// number of machines start from it, on any thread, each in the time of mapping the cage; pages are shared until they are written.
public struct MachineImage: Sendable {
    let cage: CageImage
    let sizeLog2: Int
    let natives: HostTable<NativeEntry>
    let state: MachineState

    /// Mark of live cells in every image.
    static let mark: UInt8 = 2

    var blocks: BlockTable { state.blocks }
    var atoms: AtomTable { state.atoms }

    /// Bytes of the cage that the image keeps.
    public var byteCount: Int { cage.ranges.reduce(0) { $0 + $1.count } }
    /// Bytes of the heap that were in use: a machine that starts from the image needs a limit of as much.
    public var heapInUse: Int {
        let start = Machine.regions(size: 1 << UInt64(truncatingIfNeeded: sizeLog2)).stackStart
        let stack = state.pause.map { Int(MachineLimits.align($0.stackTop &- start, to: Machine.stackPage)) } ?? 0
        return state.blocks.inUse &+ stack &+ state.hostBytes
    }
}

/// What belongs to a machine's state and does not lie in its cage. Values of trivial types and copy-on-write collections.
struct MachineState: Sendable {
    var cells: [Int64]
    var blocks: BlockTable
    var atoms: AtomTable
    /// Bytes of live lines.
    var live: Int
    var realms: [UInt32]
    var handles: HandleTable
    var nativeRecords: [NativeRecord]
    var firstLibraryNative: Int?
    var scripts: [ScriptTemplate]
    var freeScripts: [Int]
    var hostBytes: Int
    var asyncNatives: AsyncNatives
    var capabilityExecutor: UInt32?
    var randomState: UInt64
    var outputBytes: Int
    var agent: AgentRecord.Contents
    var modules: ModuleTable
    var allowsCodeGeneration: Bool
    var allowsRedeclaration: Bool
    /// Of the paused program.
    var joinStack: [UInt32]
    var hostKeys: [String]
    /// The program that is paused.
    var pause: PausedProgram?
}

/// Where a paused program goes on, independent of its limits.
struct PausedProgram: Sendable {
    var pc: UInt32
    var frame: UInt32
    var stackTop: UInt32
    var startFrame: UInt32
    /// Calls that are nested.
    var depth: Int
    /// Handle of what a reaction settles; nil when it is another program. See `PauseCompletion`.
    var reaction: Int?
    var isJob: Bool
}

extension Machine {
    /// Freezes the machine, which goes on afterwards. No guest code may be running; pending jobs, promises and a paused
    /// program are part of the image. Functions and objects of the host stand in the cage as numbers: a machine that has them
    /// can be frozen only by who gives them to the new machine too. Collects first, so that only what lives is kept. Time: a
    /// few milliseconds and one copy of the live blocks.
    /// - Parameters:
    ///   - kept: handles that the new machine keeps, which are 0 and up there; nil for all, as they are.
    ///   - withObjects: objects of the host are allowed.
    ///   - zeroing: what is left of dead cells is zeroed.
    /// - Returns: nil when guest code is running, when there are host functions or objects that are not allowed, when the
    ///   guest has ended or the system has no memory.
    public func capture(keeping kept: [Int]? = nil, withObjects: Bool = false, zeroing: Bool = false) -> MachineImage? {
        guard activationDepth == 0, termination == nil, kept != nil || hostFunctions.count == 0 && !isPaused,
            isPaused || UInt32(truncatingIfNeeded: cells[Cell.stackTop]) == stackStart else {
            return nil
        }
        // What the last program left behind keeps nothing alive.
        resultValue = .undefined
        if !isPaused {
            exceptionValue = .undefined
            let end = UInt32(truncatingIfNeeded: cells[Cell.stackCommitted])
            if end > stackStart { cage.zero(stackStart, count: Int(min(end, stackEnd) &- stackStart)) }
        }
        // Marks of dead cells stay in live lines: with one mark for all images, machines that go on from equal ones stay equal.
        let fruitless = collector.fruitless
        collector.fruitless = 0
        if zeroing {
            while nextMark != MachineImage.mark { collectGarbage() }
            zeroDeadMemory()
        } else {
            repeat { collectGarbage() } while currentMark != MachineImage.mark
        }
        collector.fruitless = fruitless
        // The collector looks at the frame below too, which is none.
        if !isPaused { cells[Cell.stackTop] = Int64(stackStart) }
        guard termination == nil, withObjects || !hasHostObjects else { return nil }
        var handles = self.handles
        var pause = pausedProgram
        if let kept {
            var values = kept.map { self.handles.value($0) }
            if let reaction = pause?.reaction {
                values.append(self.handles.value(reaction))
                pause?.reaction = values.count - 1
            }
            handles = HandleTable(values: values)
        }
        var ranges: [Range<UInt32>] = []
        func add(_ start: UInt32, _ count: UInt32) {
            if let last = ranges.last, last.upperBound == start {
                ranges[ranges.count - 1] = last.lowerBound..<(start &+ count)
            } else {
                ranges.append(start..<(start &+ count))
            }
        }
        let used = blocks.states.indices.filter { blocks.states[$0] != BlockTable.State.free }
        for block in used { add(lineTable &+ blocks.offset(of: block) / BlockTable.lineSize, BlockTable.linesPerBlock) }
        if isPaused {
            let bytes = UInt32(truncatingIfNeeded: cells[Cell.stackTop]) &- stackStart
            add(stackStart, min(MachineLimits.align(bytes, to: 4096), stackEnd &- stackStart))
        }
        for block in used { add(blocks.offset(of: block), BlockTable.blockSize) }
        guard let image = CageImage(copying: cage, ranges: ranges) else { return nil }
        // What starts from the base image writes to pages of its own; what goes on from a snapshot fills the holes that the
        // machine itself would fill, so that the two stay equal.
        let table = blocks.captured(reusesLines: !zeroing)
        let state = MachineState(
            cells: (0..<HostCells.count).map { cells[UInt8($0)] }, blocks: table, atoms: atoms,
            live: collector.live, realms: realms,
            handles: handles, nativeRecords: nativeRecords, firstLibraryNative: firstLibraryNative, scripts: scripts, freeScripts: freeScripts, hostBytes: hostBytes,
            asyncNatives: asyncNatives, capabilityExecutor: capabilityExecutor, randomState: randomState,
            outputBytes: outputBytes, agent: agent.contents, modules: modules,
            allowsCodeGeneration: allowsCodeGeneration, allowsRedeclaration: allowsRedeclaration,
            joinStack: isPaused ? joinStack : [], hostKeys: hostKeys, pause: pause)
        return MachineImage(cage: image, sizeLog2: limits.cageSizeLog2, natives: natives.copy(), state: state)
    }

    /// The paused program, if there is one.
    private var pausedProgram: PausedProgram? {
        guard let saved = pausing.saved else { return nil }
        let depth = (pausing.base?.frameDepth ?? saved.frameDepth) &- saved.frameDepth
        var program = PausedProgram(
            pc: UInt32(truncatingIfNeeded: saved.pc), frame: UInt32(truncatingIfNeeded: saved.fp),
            stackTop: UInt32(truncatingIfNeeded: saved.stackTop), startFrame: pausing.startFrame,
            depth: Int(max(0, min(depth, 1 << 30))), reaction: nil, isJob: true)
        switch pausing.completion {
        case .result: program.isJob = false
        case .reaction(let handle): program.reaction = handle
        case .none: break
        }
        return program
    }

    /// Functions and objects of the host are those of another machine, which this one was made from an image of.
    public func shareHost(of other: Machine) {
        for number in hostFunctions.count..<max(hostFunctions.count, other.hostFunctions.count) {
            if let function = other.hostFunctions[number] { hostFunctions.append(function) }
        }
        hostObjects = other.hostObjects
    }

    /// Functions of the host that an image knows, from another machine, which has them by the same keys.
    /// - Returns: the key of one that is missing, or has another number of parameters; nil when all are there.
    public func bindHost(to other: Machine) -> String? {
        // Several of one key, in several realms, are bound in their order.
        var known: [String: [Int]] = [:], met: [String: Int] = [:]
        for (number, key) in other.hostKeys.enumerated() { known[key, default: []].append(number) }
        let start = nativeRecords.count - hostKeys.count, otherStart = other.nativeRecords.count - other.hostKeys.count
        for (index, key) in hostKeys.enumerated() {
            let place = met[key, default: 0], numbers = known[key] ?? []
            met[key] = place + 1
            guard let number = place < numbers.count ? numbers[place] : numbers.last, let function = other.hostFunctions[number],
                start >= 0, otherStart >= 0, nativeRecords[start + index].length == other.nativeRecords[otherStart + number].length
            else { return key }
            hostFunctions.append(function)
        }
        return nil
    }

    /// The machine that another one was prepared on stands back: what the host holds of it means this one from now on.
    public func takeOver(_ other: Machine) {
        host = other.host
        interruptFlag = other.interruptFlag
        client = other.client
        parseJSONText = other.parseJSONText
        allowsCodeGeneration = other.allowsCodeGeneration
    }

    /// The guest holds objects of the host, as far as the last collection knows.
    public var hasHostObjects: Bool { hostObjects.count > 0 }

    /// Number of the native of a host function by its key.
    public func hostNative(_ key: String) -> UInt32? {
        guard let index = hostKeys.lastIndex(of: key) else { return nil }
        return UInt32(truncatingIfNeeded: nativeRecords.count - hostKeys.count + index)
    }

    /// A machine that goes on from an image. The host's hooks are not part of it: the caller sets them again. Fuel and
    /// depth are set to the limits.
    /// - Returns: nil when the address space has no room or the heap limit is below what the image holds.
    public static func restoring(_ image: MachineImage, limits: MachineLimits) -> Machine? {
        var limits = limits
        limits.cageSizeLog2 = image.sizeLog2
        guard image.heapInUse <= limits.heap,
            let reservation = CageReservation(sizeLog2: image.sizeLog2, image: image.cage)
        else { return nil }
        let machine = Machine(image: image, reservation: reservation, limits: limits)
        let state = image.state
        for (index, value) in state.cells.enumerated() { machine.cells[UInt8(truncatingIfNeeded: index)] = value }
        machine.cells[Cell.bump] = 0
        machine.cells[Cell.bumpEnd] = 0
        machine.cells[Cell.frameDepth] = Int64(limits.depth)
        machine.realms = state.realms
        machine.handles = state.handles
        machine.nativeRecords = state.nativeRecords
        machine.firstLibraryNative = state.firstLibraryNative
        machine.scripts = state.scripts
        machine.freeScripts = state.freeScripts
        machine.hostBytes = state.hostBytes
        machine.collector.live = state.live
        machine.planCollection()
        machine.asyncNatives = state.asyncNatives
        machine.capabilityExecutor = state.capabilityExecutor
        machine.randomState = state.randomState
        machine.outputBytes = state.outputBytes
        machine.agent = AgentRecord(state.agent)
        machine.modules = state.modules
        machine.allowsCodeGeneration = state.allowsCodeGeneration
        machine.allowsRedeclaration = state.allowsRedeclaration
        machine.joinStack = state.joinStack
        machine.hostKeys = state.hostKeys
        if let pause = state.pause { machine.restore(pause) }
        machine.setFuel(limits.fuel)
        return machine
    }

    private func restore(_ pause: PausedProgram) {
        let rest = SavedState(
            pc: 0, fp: Int64(stackStart), stackTop: Int64(stackStart), native: 0, frameDepth: Int64(limits.depth))
        let saved = SavedState(
            pc: Int64(pause.pc), fp: Int64(pause.frame), stackTop: Int64(pause.stackTop), native: 0,
            frameDepth: Int64(max(0, limits.depth &- pause.depth)))
        pausing.base = rest
        pausing.saved = saved
        pausing.startFrame = pause.startFrame
        if let handle = pause.reaction {
            pausing.completion = PauseCompletion.reaction(handle: handle)
        } else {
            pausing.completion = pause.isJob ? PauseCompletion.none : PauseCompletion.result
        }
        cells[Cell.fp] = saved.fp
        cells[Cell.pc] = saved.pc
        cells[Cell.stackTop] = saved.stackTop
        cells[Cell.stackCommitted] = Int64(MachineLimits.align(pause.stackTop, to: Machine.stackPage))
        cells[Cell.frameDepth] = saved.frameDepth
    }
}
