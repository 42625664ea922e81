import TerrariumCage

/// A machine at rest, frozen: what its cage held and the little that lies outside of it. Any number of machines start
/// from it, on any thread, each in the time of mapping the cage; pages are shared until they are written.
public struct MachineImage: Sendable {
    let cage: CageImage
    let sizeLog2: Int
    let natives: HostTable<NativeEntry>
    let state: MachineState

    var blocks: BlockTable { state.blocks }
    var atoms: AtomTable { state.atoms }

    /// Bytes of the cage that the image keeps.
    public var byteCount: Int { cage.ranges.reduce(0) { $0 + $1.count } }
    /// Bytes of the heap that were in use: a machine that starts from the image needs a limit of as much.
    public var heapInUse: Int { state.blocks.inUse }
}

/// What belongs to a machine's state and does not lie in its cage. Values of trivial types and copy-on-write collections.
struct MachineState: Sendable {
    var cells: [Int64]
    var blocks: BlockTable
    var atoms: AtomTable
    var threshold: Int
    var allocatedSinceCollection: Int
    var realms: [UInt32]
    var handles: HandleTable
    var nativeRecords: [NativeRecord]
    var scripts: [ScriptTemplate]
    var hostBytes: Int
    var asyncNatives: AsyncNatives
    var capabilityExecutor: UInt32?
    var randomState: UInt64
    var outputBytes: Int
    var jobs: JobQueue
    var modules: ModuleTable
    var allowsCodeGeneration: Bool
}

extension Machine {
    /// Freezes the machine, which goes on afterwards. It has to be at rest: no guest code is running or paused (pending jobs
    /// and promises are part of the image). The host may have given it no functions or objects, which stand in the cage as
    /// numbers that would mean something else in another machine. Collects first, so that only what lives is kept. Time: a few milliseconds
    /// and one copy of the live blocks.
    /// - Returns: nil when guest code is running or paused, when there are host functions or objects, when the guest has ended or the system has no memory.
    public func capture() -> MachineImage? {
        guard activationDepth == 0, termination == nil, !isPaused, hostFunctions.count == 0, hostObjects.count == 0,
            UInt32(truncatingIfNeeded: cells[Cell.stackTop]) == stackStart else {
            return nil
        }
        collectGarbage()
        // The collector looks at the frame below too, which is none.
        cells[Cell.stackTop] = Int64(stackStart)
        guard termination == nil else { return nil }
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
        for block in used { add(blocks.offset(of: block), BlockTable.blockSize) }
        guard let image = CageImage(copying: cage, ranges: ranges) else { return nil }
        let state = MachineState(
            cells: (0..<HostCells.count).map { cells[UInt8($0)] }, blocks: blocks, atoms: atoms,
            threshold: collector.threshold, allocatedSinceCollection: collector.allocatedSinceCollection, realms: realms,
            handles: handles, nativeRecords: nativeRecords, scripts: scripts, hostBytes: hostBytes,
            asyncNatives: asyncNatives, capabilityExecutor: capabilityExecutor, randomState: randomState,
            outputBytes: outputBytes, jobs: jobs, modules: modules,
            allowsCodeGeneration: allowsCodeGeneration)
        return MachineImage(cage: image, sizeLog2: limits.cageSizeLog2, natives: natives.copy(), state: state)
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
        machine.collector.threshold = state.threshold
        machine.collector.allocatedSinceCollection = state.allocatedSinceCollection
        machine.realms = state.realms
        machine.handles = state.handles
        machine.nativeRecords = state.nativeRecords
        machine.scripts = state.scripts
        machine.hostBytes = state.hostBytes
        machine.blocks.limit = limits.heap &- state.hostBytes
        machine.asyncNatives = state.asyncNatives
        machine.capabilityExecutor = state.capabilityExecutor
        machine.randomState = state.randomState
        machine.outputBytes = state.outputBytes
        machine.jobs = state.jobs
        machine.modules = state.modules
        machine.allowsCodeGeneration = state.allowsCodeGeneration
        machine.setFuel(limits.fuel)
        return machine
    }
}
