import TerrariumCage

/// The engine: one cage and all that works on it.
///
/// Rules:
/// 1. Guest state lives in the cage and is named by 32-bit offsets; what a guest must not forge (meters, limits, host
///    functions) lives here.
/// 2. Allocation never collects. The collector runs at safepoints of the interpreter only (back-edges and function
///    entries, not below a native function), so native code may hold offsets in locals as long as it does not run
///    guest code; whatever it holds across a call whose name ends in `RunningJS` or that is marked "may run guest
///    code" stays valid too, because collections wait until no native function is active.
/// 3. Meters are host cells: the interpreter keeps the fuel limit in a local and saves it before every slow call.
/// 4. A thrown guest value is parked in `exception`; `Thrown` only says that there is one, or that the guest ends.
public final class Machine {
    let reservation: CageReservation
    let cellStorage: HostCellStorage
    public let cage: Cage
    @usableFromInline let cells: HostCells

    // Regions of the cage, fixed at start.
    let lineTable: UInt32
    let stackStart: UInt32
    let stackEnd: UInt32
    let heapStart: UInt32

    // Heap bookkeeping (see Heap/).
    var blocks: BlockTable
    var atoms: AtomTable
    var collector = CollectorState()
    /// Work list of the marking phase.
    let markStack = HostStack()

    // Roots.
    /// Realms, newest last; the first is the main one.
    public internal(set) var realms: [UInt32] = []
    /// Values that the host or the library keeps alive; see `HandleTable`.
    var handles = HandleTable()
    /// Well-known cells that never move or die.
    var emptyElements: UInt32 {
        get { UInt32(truncatingIfNeeded: cells[Cell.emptyElements]) }
        set { cells[Cell.emptyElements] = Int64(newValue) }
    }
    let wellKnown: WellKnownCells

    /// Functions of the library and of the host by number; a native function object holds the number.
    let natives: HostTable<NativeEntry>
    var nativeRecords: [NativeRecord] = []
    /// Functions of the host, which native functions call by number. They are not part of images, their keys are.
    let hostFunctions = HostTable<HostEntry>(capacity: 16)
    var hostKeys: [String] = []
    /// What the host functions belong to. It outlives the machine.
    public unowned var client: AnyObject? = nil

    /// Scripts whose code has been instantiated, for stack traces and `toString`.
    var scripts: [ScriptTemplate] = []
    /// What an instruction has thrown, on its way to the loop.
    var thrown = Thrown.exception
    /// What the interpreter leaves with.
    var resultValue: Value {
        get { Value(bits: UInt64(bitPattern: cells[Cell.result])) }
        set { cells[Cell.result] = Int64(bitPattern: newValue.bits) }
    }
    /// Monotonic time at which the running operation ends.
    var deadlineTime: Int64? = nil
    /// Swift memory that stays because of the guest.
    var hostBytes = 0
    /// Most of the heap that was in use.
    var peakBytes = 0
    /// Number of the first native of the library, and while another realm is made that of the next one.
    var firstLibraryNative: Int? = nil
    var nextSharedNative: Int? = nil
    /// Realm of what the host makes while no code runs; 0 for the first one.
    public var hostRealm: UInt32 = 0
    /// Numbers of scripts made from strings whose code died.
    var freeScripts: [Int] = []
    var asyncNatives = AsyncNatives()
    /// The native that executors of promise capabilities are made from, once there is one.
    var capabilityExecutor: UInt32? = nil
    /// State of the generator behind Math.random when the host gives no source.
    var randomState: UInt64 = 0x2545_F491_4F6C_DD1D
    /// Arrays that are being joined, to end cycles.
    public var joinStack: [UInt32] = []
    /// Decoded source maps of scripts that a stack trace was made of.
    var sourceMaps = SourceMapTable()
    /// Where the last value that is no error was thrown.
    var lastThrow: (value: UInt64, script: Int, function: Int, word: UInt32)? = nil
    /// Bytes printed so far.
    public internal(set) var outputBytes = 0
    var emptyElementsOffset: UInt32 { @inline(__always) get { emptyElements } }

    public internal(set) var exceptionValue: Value {
        get { Value(bits: UInt64(bitPattern: cells[Cell.exception])) }
        set { cells[Cell.exception] = Int64(bitPattern: newValue.bits) }
    }
    /// The exception that is pending, which stays so.
    public var pendingException: Value { exceptionValue }
    public internal(set) var termination: Termination? = nil
    /// Inside of the module the storage is used: what is public there is checked for overlapping access in each use.
    var currentLimits: MachineLimits
    public var limits: MachineLimits {
        get { currentLimits }
        set { currentLimits = newValue }
    }
    /// What the host provides: output, clock, randomness, modules. Empty by default.
    public var host = HostHooks()
    var agent = AgentRecord()
    var modules = ModuleTable()
    /// JSON.parse of the library, for JSON modules.
    public var parseJSONText: ((Machine, [UInt16]) throws(Thrown) -> Value)? = nil
    var interruptFlag = InterruptFlag()
    /// The last piece of long work, with its memory when it was called off.
    var longWork: CallOff? = nil
    /// Native interpreter activations: 1 while the host runs a program, more when native code re-entered.
    var activationDepth: Int {
        get { Int(cells[Cell.activationDepth]) }
        set { cells[Cell.activationDepth] = Int64(newValue) }
    }
    var nativeStack = NativeStack()
    /// The thread that `nativeStack` is about.
    var stackThread = NativeStack.currentThread()
    /// Objects of the host that the guest holds.
    var hostObjects = HostObjectTable()
    /// Pausing on empty fuel (see `Pausing`).
    var pausing = PauseState()
    /// Who looks on: profiles, dumps.
    public var observer: (any MachineObserver)? = nil
    /// Scripts may declare their let, const and class names again: each entry of a REPL is one.
    public var allowsRedeclaration = false
    /// For tests: the request for memory of the heap that fails, counted from now; 0 for none.
    public var requestsUntilFailure: Int {
        get { requestsLeft }
        set { requestsLeft = newValue }
    }
    var requestsLeft = 0
    /// Collect at every safepoint.
    public var stressCollector = false
    /// Caches are neither filled nor used (to test that they change nothing).
    public var cachesDisabled = false
    /// Shared memory and blocking; absent by default.
    public var sharing: MemorySharing? = nil
    /// Shared memory that is mapped, by the bytes cell of its buffer.
    var mappedBlocks: [UInt32: SharedBlock] = [:]
    var asyncWaiters: [AsyncWaiter] = []
    /// The last match of each realm, where the host wants RegExp.$1 and the like.
    var legacyMatches: [UInt32: LegacyMatch]? = nil
    /// The native constructor that runs and its new.target, when that is not all that constructs.
    var constructing: (native: Int64, newTarget: Value) = (0, .undefined)
    var recordsLegacyMatches = false
    /// Code from strings (eval, Function) is allowed.
    public var allowsCodeGeneration = false

    /// - Returns: nil when the address space has no room for the cage.
    public init?(limits: MachineLimits = MachineLimits()) {
        guard let reservation = CageReservation(sizeLog2: limits.cageSizeLog2) else { return nil }
        self.reservation = reservation
        cellStorage = HostCellStorage()
        cells = cellStorage.cells
        cage = reservation.cage
        wellKnown = WellKnownCells(cells: cells)
        currentLimits = limits
        (lineTable, stackStart, stackEnd, heapStart) = Machine.regions(size: UInt64(cage.size))
        natives = HostTable()
        blocks = BlockTable(start: heapStart, end: UInt32(truncatingIfNeeded: cage.size &- 1))
        atoms = AtomTable()
        cells[Cell.result] = Int64(bitPattern: Value.undefined.bits)
        cells[Cell.exception] = Int64(bitPattern: Value.undefined.bits)
        cells[Cell.bump] = 0
        cells[Cell.bumpEnd] = 0
        cells[Cell.mark] = 1
        cells[Cell.fp] = Int64(stackStart)
        cells[Cell.stackTop] = Int64(stackStart)
        cells[Cell.stackCommitted] = Int64(stackStart)
        cells[Cell.frameDepth] = Int64(limits.depth)
        setFuel(limits.fuel)
        bootstrapHeap()
        registerAsyncNatives()
        // Those that images name by number are there from the start.
        _ = capabilityExecutorNumber()
        registerModuleNatives()
    }

    /// A machine that goes on from an image, on a cage that was made from it.
    init(image: MachineImage, reservation: CageReservation, limits: MachineLimits) {
        self.reservation = reservation
        cellStorage = HostCellStorage()
        cells = cellStorage.cells
        cage = reservation.cage
        wellKnown = WellKnownCells(cells: cells)
        currentLimits = limits
        (lineTable, stackStart, stackEnd, heapStart) = Machine.regions(size: UInt64(cage.size))
        natives = HostTable(sharing: image.natives)
        blocks = image.blocks.restored()
        atoms = image.atoms
    }

    /// Where the parts of a cage lie: line table, register stack and its end, heap.
    static func regions(size: UInt64) -> (lineTable: UInt32, stackStart: UInt32, stackEnd: UInt32, heapStart: UInt32) {
        let lineTable: UInt32 = 4096
        let lineBytes = UInt32(truncatingIfNeeded: size / UInt64(BlockTable.lineSize))
        let stackStart = MachineLimits.align(lineTable + lineBytes, to: 4096)
        let stackBytes = UInt32(truncatingIfNeeded: min(16 << 20, size / 8))
        let stackEnd = stackStart + stackBytes
        return (lineTable, stackStart, stackEnd, MachineLimits.align(stackEnd + 512 * 1024, to: BlockTable.blockSize))
    }
}

/// Indices of the host cells.
@usableFromInline
enum Cell {
    /// Fuel limit of the running slice: remaining bytes of code = limit - pc.
    @usableFromInline static let limit: UInt8 = 0
    /// Frame of the bytecode function that is being executed.
    @usableFromInline static let fp: UInt8 = 1
    /// Instruction that is being executed, for positions and handlers. It is no neighbour of `limit`: a jump adds to both, the
    /// optimizer would load two neighbours in one piece, and that waits for both to have left the store queue.
    @usableFromInline static let pc: UInt8 = 2
    /// First free register offset when native code runs.
    @usableFromInline static let stackTop: UInt8 = 3
    /// Native function that is running (its object), or 0.
    @usableFromInline static let native: UInt8 = 4
    @usableFromInline static let bump: UInt8 = 5
    @usableFromInline static let bumpEnd: UInt8 = 6
    /// Bumped when an object that is a prototype changes structurally.
    @usableFromInline static let prototypeEpoch: UInt8 = 7
    /// Fuel held back from `limit` (slices, pending collection), in bytes of code.
    @usableFromInline static let reserveFuel: UInt8 = 8
    /// End of the part of the register stack that counts against the heap limit, in pages: frames reach no further.
    @usableFromInline static let stackCommitted: UInt8 = 9
    @usableFromInline static let frameDepth: UInt8 = 10
    @usableFromInline static let collectionPending: UInt8 = 11
    /// 1 while array iteration is as the specification made it (see `arrayIterationIsPristine`).
    @usableFromInline static let arrayIterationPristine: UInt8 = 12
    /// Offset of the shared empty elements cell.
    @usableFromInline static let emptyElements: UInt8 = 13
    /// What the interpreter leaves with; the pending exception.
    @usableFromInline static let result: UInt8 = 14
    @usableFromInline static let exception: UInt8 = 15
    /// Native interpreter activations: 1 while the host runs a program, more when native code re-entered.
    @usableFromInline static let activationDepth: UInt8 = 16
    /// Bytes cells that matches of regular expressions share, or 0.
    @usableFromInline static let regExpStack: UInt8 = 17
    @usableFromInline static let regExpCaptures: UInt8 = 18
    /// Table of look-ups by shape and key, or 0.
    @usableFromInline static let lookupCache: UInt8 = 20
    /// Mark of live cells and lines.
    @usableFromInline static let mark: UInt8 = 19
    /// Calls of host functions.
    @usableFromInline static let hostCalls: UInt8 = 21
    /// For `isQuickIterable`: a realm, the prototype epoch, and the addresses of Array.prototype[Symbol.iterator] and
    /// %ArrayIteratorPrototype%.next in it.
    static let iterationRealm: UInt8 = 22
    static let iterationEpoch: UInt8 = 23
    static let iterationValues: UInt8 = 24
    static let iterationNext: UInt8 = 25
    /// Lists of waiting jobs, first and last, or 0; place of the next job in the first, in words.
    static let firstJobs: UInt8 = 26
    static let lastJobs: UInt8 = 27
    static let nextJob: UInt8 = 28
    /// 1 when `AgentRecord` has something to do between two jobs.
    static let agentIsConcerned: UInt8 = 29
    /// For `isOrdinaryPromise`: a realm, the prototype epoch, and the address of Promise.prototype.constructor in it.
    static let promiseRealm: UInt8 = 30
    static let promiseEpoch: UInt8 = 31
    static let promiseConstructor: UInt8 = 32
    /// Size of the cell that the collector traced last.
    static let tracedBytes: UInt8 = 33
    /// From here: `WellKnownCells`.
    static let wellKnown: UInt8 = 64
}

/// Why a native or slow path stopped: one trivial word, so that typed throws cost nothing on the way through.
public enum Thrown: Error, Equatable, Sendable {
    /// A guest exception; the value is in `Machine.exceptionValue`.
    case exception
    /// The guest ends and cannot do anything about it; the reason is in `Machine.termination`.
    case termination
    /// A native constructor reads the `prototype` of a new.target that is a proxy or has a getter: what called it reads that
    /// in a frame and calls it again (`prototypeFromConstructor`).
    case prototype
}

/// Why a guest was ended.
public enum Termination: Equatable, Sendable {
    case fuel
    case heap
    case deadline
    case output
    case interrupted
    /// Fuel is used up and the guest can go on (see `Pausing`).
    case paused
    /// The guest or the host asked to end (process exit in the command line).
    case exit(Int32)
    /// An inconsistency that only corrupted state can cause.
    case corrupted
}

/// Limits of one machine; all finite.
public struct MachineLimits: Sendable {
    /// Units of fuel (see `Metering`).
    public var fuel: Int64 = 1_000_000_000
    /// Bytes of the cage that may be in use.
    public var heap: Int = 64 << 20
    /// Guest call depth.
    public var depth: Int = 10_000
    /// Nanoseconds from the start of an operation.
    public var deadline: Int64? = nil
    /// Bytes of output.
    public var output: Int = 16 << 20
    /// Power of two of the reservation.
    public var cageSizeLog2: Int = CageReservation.largestLog2

    public init() {}

    /// The most that a heap can have in a cage of the usual size, beside the stack and the tables.
    public static var largestHeap: Int {
        let size = UInt64(1) << UInt64(CageReservation.largestLog2)
        return Int(clamping: size - min(64 << 20, size / 4))
    }

    static func align(_ value: UInt32, to alignment: UInt32) -> UInt32 {
        (value &+ alignment &- 1) / alignment &* alignment
    }
}
