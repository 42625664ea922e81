/// What the compiler makes of a source: one template for each function, in Swift memory, independent of any cage.
/// Instantiation copies templates into a cage as code cells (see `Machine.instantiate`).
public struct ScriptTemplate: Sendable {
    /// Templates; number 0 is the top level. A `Constant.function(n)` refers to template n.
    var code = CodeStore.none
    /// Nothing is here, or not any more.
    var isReleased: Bool { code === CodeStore.none }
    /// All templates. Compiles what is not compiled yet.
    public var functions: [CodeTemplate] {
        get { code.all() }
        set { code = CodeStore(newValue) }
    }
    /// Name of the source as the host gave it (file or plugin name), for stack traces.
    public var sourceName: String = "<anonymous>"
    /// Code from a string: `eval` or a Function constructor.
    public var isEval = false
    /// Code from a string: name of the script that imports in it are relative to.
    public var referrer: String? = nil
    /// Offsets of the line starts in the source, for positions in stack traces.
    public var lineStarts: [UInt32] { lines.starts(in: sourceText) }
    private var lines = LineStarts()
    /// Source text as it is kept for `Function.prototype.toString` and for the source lines of diagnostics.
    public var sourceText: ConstantText = .latin1([]) {
        didSet { lines = LineStarts() }
    }
    /// Set for modules.
    public var module: ModuleInfo? = nil
    /// Set for sources of the engine itself, which every process of one build has: snapshots name them.
    public var builtinName: String? = nil

    public init() {}

    /// About how much Swift memory it takes.
    var byteCount: Int {
        var count = 256 &+ sourceText.byteCount &+ sourceText.byteCount / 8
        for function in functions {
            count &+= MemoryLayout<CodeTemplate>.stride &+ 160 &+ function.words.count &* 8
                &+ function.positions.count &* MemoryLayout<CodeTemplate.Position>.stride
                &+ function.expressions.count &* MemoryLayout<CodeTemplate.ExpressionRange>.stride
                &+ function.handlers.count &* MemoryLayout<CodeTemplate.Handler>.stride
            for constant in function.constants {
                count &+= MemoryLayout<Constant>.stride
                switch constant {
                case .string(let text), .atom(let text): count &+= text.byteCount
                case .names(let names): for name in names { count &+= 16 &+ name.byteCount }
                case .templateSite(_, let raw): for text in raw { count &+= 2 &* (16 &+ text.byteCount) }
                case .regExp(let pattern, _): count &+= pattern.byteCount
                case .bigInt(_, let limbs): count &+= limbs.count &* 8
                default: break
                }
            }
        }
        return count
    }
}

/// Text of a constant: Latin-1 where every unit fits.
public enum ConstantText: Sendable, Hashable {
    case latin1([UInt8])
    case utf16([UInt16])
}

extension ConstantText {
    /// About how much memory it takes.
    var byteCount: Int {
        switch self {
        case .latin1(let bytes): bytes.count &+ 32
        case .utf16(let units): units.count &* 2 &+ 32
        }
    }

    public var units: [UInt16] {
        switch self {
        case .latin1(let bytes): bytes.map { UInt16($0) }
        case .utf16(let units): units
        }
    }
}

/// One entry of a constant pool.
public enum Constant: Sendable {
    case number(Double)
    case string(ConstantText)
    /// Property key or name: interned as an atom on instantiation (a canonical array index stays a string here; the
    /// machine turns it into an index key where it is used as one).
    case atom(ConstantText)
    case bigInt(negative: Bool, limbs: [UInt64])
    /// Well-known symbol, by `WellKnownSymbol.rawValue`.
    case wellKnownSymbol(UInt8)
    case function(Int)
    /// Keys of `newObjectShaped`, of named scopes, of export lists.
    case names([ConstantText])
    /// Cooked (nil: undefined) and raw strings of a tagged template.
    case templateSite(cooked: [ConstantText?], raw: [ConstantText])
    /// Pattern and flags of a literal, which execution compiles in place.
    case regExp(pattern: ConstantText, flags: ConstantText)
    /// What GlobalDeclarationInstantiation needs.
    case globalDeclarations(GlobalDeclarations)
    /// What a direct eval at this place can see.
    case evalContext(EvalContext)
}

/// Top-level declarations of a script (ECMA-262 §16.1.7).
public struct GlobalDeclarations: Sendable {
    public struct Lexical: Sendable {
        public var name: ConstantText
        public var isConstant: Bool
        public init(name: ConstantText, isConstant: Bool) { self.name = name; self.isConstant = isConstant }
    }
    /// let, const and class names: created in the global lexical environment, in their dead zone.
    public var lexical: [Lexical] = []
    /// Function names in order of first appearance; the code initialises them with `setGlobal`-like stores right behind
    /// `declareGlobals` (which creates them with CreateGlobalFunctionBinding and value undefined).
    public var functions: [ConstantText] = []
    /// var names that are not functions.
    public var variables: [ConstantText] = []
    /// Made by eval: vars and functions are deletable, and the eval's own let and const are not among them.
    public var isEval = false
    public init() {}
}

/// What an expression that a message quotes is to the instruction.
public enum QuotedRole: UInt8, Sendable {
    /// Called or constructed.
    case callee
    /// Called, and the result is iterated.
    case iteratedCallee, asyncIteratedCallee
    case iterated
    /// Spread as the last argument of a call.
    case callSpread
    case destructured
    /// There is no expression: the message names the value.
    case value
    /// The element of a for loop, the exception of a catch clause.
    case loopElement, caught
    /// A parameter or its default value.
    case defaulted
}

/// One function's code.
public struct CodeTemplate: Sendable {
    public struct Handler: Sendable {
        /// Word indices: covers instructions whose first word lies in start..<end.
        public var start: UInt32, end: UInt32
        /// Word index where execution continues.
        public var target: UInt32
        /// Register that receives the thrown value.
        public var register: UInt16
        public init(start: UInt32, end: UInt32, target: UInt32, register: UInt16) {
            self.start = start; self.end = end; self.target = target; self.register = register
        }
    }
    public struct Position: Sendable {
        /// Word index of an instruction that may throw or call.
        public var word: UInt32
        /// Offset in the source.
        public var sourceOffset: UInt32
        public init(word: UInt32, sourceOffset: UInt32) { self.word = word; self.sourceOffset = sourceOffset }
    }

    /// Source range that a message of an instruction quotes: "a.b.c is not a function", "x is not iterable".
    public struct ExpressionRange: Sendable {
        /// Word index of the instruction.
        public var word: UInt32
        public var start: UInt32, end: UInt32
        public var role: QuotedRole
        public init(word: UInt32, start: UInt32, end: UInt32, role: QuotedRole) {
            self.word = word; self.start = start; self.end = end; self.role = role
        }
    }

    public var name: ConstantText = .latin1([])
    public var flags: CodeFlags = []
    /// Declared parameters that have registers r4…, without a rest parameter: missing arguments are filled with undefined
    /// up to here.
    /// Word at which execution starts.
    public var entry: UInt32 = 0
    public var parameterCount: UInt16 = 0
    /// Value of the `length` property.
    public var length: UInt16 = 0
    /// Registers of the frame, header and arguments included; outgoing frames are built inside them.
    public var registerCount: UInt16 = 4
    public var constants: [Constant] = []
    /// Instructions and their cache words.
    public var words: [UInt64] = []
    /// Innermost first.
    public var handlers: [Handler] = []
    /// Ascending by word; an instruction has the position of the last entry at or before it.
    public var positions: [Position] = []
    /// Ascending by word: callee of a call or `new`, base of a property access, iterated or destructured expression.
    public var expressions: [ExpressionRange] = []
    /// Range of the source text for `toString`.
    public var sourceStart: UInt32 = 0, sourceEnd: UInt32 = 0

    public init() {}
}

public struct CodeFlags: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let strict = CodeFlags(rawValue: 1 << 0)
    /// Has [[Construct]].
    public static let constructor = CodeFlags(rawValue: 1 << 1)
    public static let classConstructor = CodeFlags(rawValue: 1 << 2)
    /// Derived: `this` starts empty and is bound by super().
    public static let derived = CodeFlags(rawValue: derivedBit)
    static var derivedBit: UInt32 { @inline(__always) get { 1 << 3 } }
    /// Generator or async.
    static var suspendingBits: UInt32 { @inline(__always) get { 3 << 4 } }
    static var arrowBit: UInt32 { @inline(__always) get { 1 << 6 } }

    /// Flags of the objects of functions with such code that are neither generators nor async.
    @inline(__always)
    static func objectFlags(_ flags: UInt32) -> UInt32 {
        // [[Construct]] and class constructors have a bit in both.
        UInt32(ObjectFlag.callable | ObjectFlag.lazyProperties) | (flags & 1 << 1) &<< 2 | (flags & 1 << 2) &<< 5
    }

    public static let generator = CodeFlags(rawValue: 1 << 4)
    public static let async = CodeFlags(rawValue: 1 << 5)
    public static let arrow = CodeFlags(rawValue: 1 << 6)
    /// Method, getter, setter: no `prototype`, no [[Construct]].
    public static let method = CodeFlags(rawValue: 1 << 7)
    /// Starts with createArguments or createRest: surplus arguments must be kept behind the parameters.
    public static let usesSurplusArguments = CodeFlags(rawValue: 1 << 8)
    /// Script or eval code whose completion value is returned.
    public static let topLevel = CodeFlags(rawValue: 1 << 9)
    /// Has own property `prototype` (plain functions, generators, classes).
    public static let hasPrototype = CodeFlags(rawValue: 1 << 10)
    /// Simple parameter list and sloppy: `caller` and `arguments` own-property quirks do not apply; kept for toString.
    public static let simpleParameters = CodeFlags(rawValue: 1 << 11)
    public static let module = CodeFlags(rawValue: 1 << 12)
    public static let fieldInitializer = CodeFlags(rawValue: 1 << 13)
    /// Part of the engine's own JavaScript: hidden from stack traces, not constructible, no prototype.
    public static let builtin = CodeFlags(rawValue: 1 << 14)
    /// A stand-in for code that is made when the function is first called (see `Machine.makeCode`); in cages only.
    static let standIn = CodeFlags(rawValue: 1 << 15)
}
