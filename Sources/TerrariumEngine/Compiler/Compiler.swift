import TerrariumCage
import TerrariumSyntax

typealias Register = UInt16

/// Compiles one program.
///
/// Rules:
/// 1. Registers of a frame: 0 callee, 1 link, 2 new.target, 3 this, 4… parameters, then locals, then temporaries as a stack.
/// 2. An expression is evaluated for a `Want`: into a given register, into any register (a local stays where it is), or
///    for its effects. A given register may be written before the evaluation ends, so a local that the program can
///    still see is given only to expressions that write their result last (`writesLast`).
/// 3. Bindings that no other function refers to live in registers, the others in slots of heap scopes; how many scopes
///    there are between a use and its binding is known here.
/// 4. A binding with a dead zone is known to be initialised by the order in which code is written: code of the same
///    function written before the initialisation always runs before it (a `switch` excepted), so it throws; closures
///    created before it check at run time.
/// 5. Errors of the format (too many of something) set `failure`; compilation goes on, writes nothing more, and ends.
struct Compiler: Sendable {
    var program: Program
    let options: CompileOptions
    /// As the parser made them, corrected by `noteParameterUses`.
    var functions: ContiguousArray<FunctionInfo>
    var templates: [CodeTemplate] = []
    var module: ModuleInfo? = nil
    var scopes: ContiguousArray<ScopeState>
    var state: FunctionState
    var failure: CompileFailure? = nil
    var failureOffset = 0
    /// Asked now and then while somebody waits for the code.
    var callOff: CallOff? = nil
    private var steps: UInt32 = 0
    var stack = NativeStack(reserve: 160 * 1024)

    // See `Compiler+Deferred`.
    /// Functions that are still to be compiled, by template.
    var deferred: [Int: Deferred] = [:]
    /// Number of the closures that were met so far; by function, what it was where the closure is made.
    var clock: UInt32 = 0
    var stamps: ContiguousArray<UInt32>
    /// Functions that a closure was met of.
    var isCompiled: ContiguousArray<Bool>

    private var nameTexts: ContiguousArray<ConstantText?>
    /// The name "length", whose properties have an instruction of their own.
    let lengthName: NameID
    /// name << 32 | offset of every identifier node, ascending; and of those that are assigned.
    /// Found when first asked for.
    var identifierPlaces: ContiguousArray<UInt64> = []
    var assignedPlaces: ContiguousArray<UInt64> = []
    private var hasPlaces = false
    /// Offsets of the uses of `arguments` that only read the length or an element; found when first asked for.
    var plainArgumentsPlaces: Set<UInt32>? = nil
    /// Variables of the functions so far, when somebody wants to know them.
    var recorded: [FunctionVariables]? = nil

    init(program: Program, options: CompileOptions) {
        self.program = program
        self.options = options
        functions = program.functions
        scopes = ContiguousArray(repeating: ScopeState(), count: program.scopes.count)
        state = FunctionState(function: 0)
        if options.isEval || options.evalContext != nil, program.nodes.count > 1 << 16 { state.builder.reserve(nodes: program.nodes.count) }
        stamps = ContiguousArray(repeating: 0, count: program.functions.count)
        isCompiled = ContiguousArray(repeating: false, count: program.functions.count)
        nameTexts = ContiguousArray(repeating: nil, count: program.names.count)
        lengthName = program.names.number(of: ContiguousArray("length".utf16)) ?? .max
        if functions.contains(where: { $0.kind == .arrow && !$0.hasSimpleParameters }) { noteParameterUses() }
    }

    mutating func findPlaces() {
        if hasPlaces { return }
        hasPlaces = true
        var identifiers: ContiguousArray<UInt64> = []
        var assigned: ContiguousArray<UInt64> = []
        for (number, node) in program.nodes.enumerated() {
            if number & 0xFFFF == 0xFFFF, isCalledOff() {
                // Kept with the compiler.
                identifierPlaces = identifiers
                assignedPlaces = assigned
                hasPlaces = false
                return
            }
            guard node.kind == .identifier else { continue }
            let place = UInt64(node.a) << 32 | UInt64(node.start)
            identifiers.append(place)
            if node.flags & 1 != 0 { assigned.append(place) }
        }
        Compiler.sortPlaces(&identifiers, names: program.names.count)
        Compiler.sortPlaces(&assigned, names: program.names.count)
        identifierPlaces = identifiers
        assignedPlaces = assigned
    }

    /// Whether a name is mentioned, or assigned, in a source range.
    mutating func mentions(_ name: NameID, _ start: UInt32, _ end: UInt32) -> Bool {
        findPlaces()
        return Compiler.contains(identifierPlaces, name, start, end)
    }
    mutating func assigns(_ name: NameID, _ start: UInt32, _ end: UInt32) -> Bool {
        findPlaces()
        return Compiler.contains(assignedPlaces, name, start, end)
    }

    /// Parameters of an arrow are parsed before it is known to be one: what they mention of the function around is noted
    /// here.
    private mutating func noteParameterUses() {
        var this: ContiguousArray<UInt64> = [], newTarget: ContiguousArray<UInt64> = []
        for node in program.nodes {
            switch node.kind {
            case .this: this.append(UInt64(node.start))
            case .super:
                this.append(UInt64(node.start))
                newTarget.append(UInt64(node.start))
            case .newTarget: newTarget.append(UInt64(node.start))
            default: break
            }
        }
        this.sort()
        newTarget.sort()
        for index in functions.indices where functions[index].kind == .arrow && !functions[index].hasSimpleParameters {
            let info = functions[index]
            var end = info.end
            if info.hasExpressionBody {
                end = node(info.bodyExpression).start
            } else if let first = program.list(info.body, min(1, info.bodyCount)).first {
                end = node(first).start
            }
            let usesThis = Compiler.contains(this, 0, info.start, end)
            let usesNewTarget = Compiler.contains(newTarget, 0, info.start, end)
            let usesArguments = mentions(KnownName.arguments, info.start, end)
            guard usesThis || usesNewTarget || usesArguments else { continue }
            var current = index
            while functions[current].kind == .arrow {
                if usesThis { functions[current].usesThis = true }
                let parent = Int(functions[current].parent)
                if parent == current { break }
                current = parent
            }
            if usesThis { (functions[current].usesThis, functions[current].arrowUsesThis) = (true, true) }
            if usesNewTarget { functions[current].arrowUsesNewTarget = true }
            if usesArguments { (functions[current].usesArguments, functions[current].arrowUsesArguments) = (true, true) }
        }
    }

    /// Sorts places by name, then by offset. They come nearly in the order of the source: counting brings the names
    /// together, and within a name hardly anything is left to do.
    private static func sortPlaces(_ places: inout ContiguousArray<UInt64>, names: Int) {
        var starts = ContiguousArray<Int32>(repeating: 0, count: names + 1)
        for place in places { starts[Int(place >> 32) + 1] += 1 }
        for name in 0..<names { starts[name + 1] += starts[name] }
        var sorted = ContiguousArray<UInt64>(repeating: 0, count: places.count)
        for place in places {
            let name = Int(place >> 32)
            sorted[Int(starts[name])] = place
            starts[name] += 1
        }
        var isSorted = true
        for index in sorted.indices.dropFirst() where sorted[index - 1] > sorted[index] { isSorted = false }
        if !isSorted { sorted.sort() }
        places = sorted
    }

    // MARK: Names

    static func text(of units: ArraySlice<UInt16>) -> ConstantText {
        if let bytes = UnitText.latin1(units.span) { return .latin1(bytes) }
        return .utf16(Array(units))
    }

    static func text(_ string: String) -> ConstantText {
        text(of: ContiguousArray(string.utf16)[...])
    }

    mutating func text(_ name: NameID) -> ConstantText {
        let index = Int(name)
        guard index < nameTexts.count else { return .latin1([]) }
        if let known = nameTexts[index] { return known }
        let text = Compiler.text(of: program.names.text(name))
        nameTexts[index] = text
        return text
    }

    /// Whether an identifier node with this name stands in a source range.
    static func contains(_ places: ContiguousArray<UInt64>, _ name: NameID, _ start: UInt32, _ end: UInt32) -> Bool {
        let first = UInt64(name) << 32 | UInt64(start)
        var low = 0, high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < first { low = middle + 1 } else { high = middle }
        }
        return low < places.count && places[low] < UInt64(name) << 32 | UInt64(end)
    }

    // MARK: Failing

    mutating func fail(_ reason: CompileFailure) {
        if failure == nil {
            failure = reason
            failureOffset = Int(functions[Int(state.function)].start)
        }
        state.builder.failure = reason
    }

    /// Whether native recursion may go on.
    mutating func mayRecurse() -> Bool {
        if failure != nil { return false }
        steps &+= 1
        if _slowPath(steps & 255 == 0), isCalledOff() { return false }
        if stack.isExhausted {
            fail(.nestingTooDeep)
            return false
        }
        return true
    }

    /// For loops over what a source may have many of: whether to go on.
    mutating func goesOn() -> Bool {
        if failure != nil { return false }
        steps &+= 1
        return steps & 255 != 0 || !isCalledOff()
    }

    /// Whether nobody waits for the code any more, which is a failure then.
    @inline(never)
    mutating func isCalledOff() -> Bool {
        guard let callOff, callOff.isDue else { return false }
        fail(.calledOff)
        return true
    }

    // MARK: Registers

    mutating func allocate() -> Register { allocate(1) }

    /// Consecutive registers on top of the temporaries.
    mutating func allocate(_ count: Int) -> Register {
        let first = state.nextRegister
        state.nextRegister += count
        if state.nextRegister > state.registerCount {
            if state.nextRegister > FunctionState.maximumRegisters {
                fail(.tooManyRegisters)
                state.nextRegister = first
                return 4
            }
            state.registerCount = state.nextRegister
        }
        return Register(truncatingIfNeeded: first)
    }

    /// Gives back everything from `mark` on.
    mutating func release(to mark: Int) { state.nextRegister = mark }

    /// A register for a binding, remembered under its name.
    mutating func allocateLocal(_ name: NameID) -> Register {
        let register = allocate()
        noteLocal(register, name)
        return register
    }

    mutating func noteLocal(_ register: Register, _ name: NameID) {
        let index = Int(register)
        while state.localNames.count <= index { state.localNames.append(0) }
        state.localNames[index] = name
    }

    /// Name of the binding that lives in a register; 0 for temporaries.
    mutating func localName(_ register: Register) -> NameID {
        let index = Int(register)
        return index < state.localNames.count && index < state.nextRegister ? state.localNames[index] : 0
    }

    // MARK: Shorthand

    mutating func node(_ id: NodeID) -> Node { program[id] }

    /// The expression inside parentheses.
    mutating func unwrapped(_ id: NodeID) -> NodeID {
        var id = id
        while program[id].kind == .parenthesized { id = program[id].a }
        return id
    }

    mutating func emit(_ opcode: Opcode, x: UInt8 = 0, a: Register = 0, b: Register = 0, c: Register = 0) {
        state.builder.emit(opcode, x: x, a: a, b: b, c: c)
    }

    mutating func move(_ target: Register, _ source: Register) {
        if target != source { emit(.move, a: target, b: source) }
    }

    enum Special: Int32 { case undefined, null, `false`, `true`, empty }

    mutating func load(_ register: Register, _ special: Special) {
        state.builder.emit(.loadSpecial, a: register, immediate: special.rawValue)
    }

    mutating func loadInt(_ register: Register, _ value: Int32) {
        state.builder.emit(.loadInt, a: register, immediate: value)
    }

    mutating func loadNumber(_ register: Register, _ value: Double) {
        if let int = Int32(exactly: value), int != 0 || value.sign == .plus {
            loadInt(register, int)
        } else {
            state.builder.loadConstant(register, state.builder.number(value))
        }
    }

    mutating func loadString(_ register: Register, _ name: NameID) {
        let index = state.strings[name] ?? state.builder.newString(text(name))
        state.strings.set(name, index)
        state.builder.loadConstant(register, index)
    }

    mutating func mark(_ offset: UInt32) { state.builder.mark(offset) }
    mutating func makeLabel() -> BytecodeBuilder.Label { state.builder.makeLabel() }
    mutating func bind(_ label: BytecodeBuilder.Label) { state.builder.bind(label) }
    mutating func jump(_ label: BytecodeBuilder.Label) { state.builder.jump(label) }

    /// Index of a property name in the constant pool.
    mutating func atom(_ name: NameID) -> Int {
        if let known = state.atoms[name] { return known }
        let index = state.builder.newAtom(text(name))
        state.atoms.set(name, index)
        return index
    }

    /// As `atom`, for operands of 16 bits that have no other form.
    mutating func requiredAtom(_ name: NameID) -> UInt16 {
        if let known = state.atoms[name], let short = state.builder.short(known) { return short }
        let index = state.builder.newAtom(text(name), required: true)
        state.atoms.set(name, index)
        return state.builder.require(index)
    }

    mutating func atom(_ string: String) -> Int { state.builder.atom(Compiler.text(string), required: true) }
}

/// What is known while one function is compiled.
struct FunctionState: Sendable {
    static let maximumRegisters = 60_000

    var function: FunctionID
    var kind: FunctionKind = .normal
    var isStrict = false
    var isAsync = false
    var isGenerator = false
    var builder = BytecodeBuilder()
    var nextRegister = 4
    var registerCount = 4
    /// Start of a literal that gets no room for properties if it is empty.
    var emptyArgument: UInt32 = .max
    var localNames: ContiguousArray<NameID> = []
    /// Constants of names: as property keys, and as strings.
    var atoms = NameMap()
    var strings = NameMap()

    /// Where `loadEnvironment` goes when something needs it, and its register; nil when there is no scope outside.
    var environmentPlace: UInt32 = 0
    var environment: Register? = nil
    var usesEnvironment = false
    /// Register of the innermost heap scope of this function; nil: the environment.
    var scopeRegister: Register? = nil

    /// What loops around here keep in registers, as it does not change: names, and the limit of the innermost loop's counter.
    var held: [HeldName] = []
    var heldLimit: (node: NodeID, register: Register)? = nil

    var controls: [Control] = []
    var regions: [Region] = []
    var finallies: [FinallyState] = []
    /// Labels that stand directly before the statement being compiled.
    var pendingLabels: [NameID] = []
    /// Register of the completion value, top level only.
    var completion: Register? = nil
    /// Where an optional chain that meets nullish goes on.
    var chainExit: BytecodeBuilder.Label? = nil
    /// An await has been written.
    var hasAwait = false
    /// Derived constructors: super() has certainly returned.
    var isThisBound = false
    /// The class that is being defined has fields or private methods: constructors run the initialiser.
    var hasFields = false
    /// Scopes of the classes whose name is certainly initialised when functions around this one are called.
    var knownClasses: ContiguousArray<ScopeID> = []
    /// Functions inside are compiled at once.
    var isEager = false
    var arguments: Register? = nil
    /// Register of the capability that collects the resources of `using` declarations.
    var capability: Register? = nil
    /// The call whose result is iterated next, for messages.
    var iteratedCall: NodeID = 0
    var iteratesAsync = false
    /// Where the value comes from that is about to be destructured, for messages; `nested` again once a pattern took it.
    var patternSource = PatternSource.nested
    // See `VariableRecording`.
    var recordedScopes: [RecordedScope] = []
    var recordedVariables: [FunctionVariables.Variable] = []
    var initializations: [UInt64: UInt32] = [:]

    init(function: FunctionID) { self.function = function }
}

/// A variable whose value is in a register for the length of a loop.
struct HeldName {
    let scope: ScopeID
    let index: Int
    let register: Register
}

/// Where the value that a pattern destructures comes from.
enum PatternSource {
    /// The pattern is part of another one.
    case nested
    case declaration(Node), assignment(Node)
    case parameter, defaultedParameter, loopElement, caught
}

/// What an expression is evaluated for.
enum Want {
    case into(Register)
    case any
    case effect
}
