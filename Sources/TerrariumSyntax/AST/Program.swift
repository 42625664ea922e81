/// A parsed source: the tree and what the analysis of its scopes found.
public struct Program: Sendable {
    public internal(set) var nodes: ContiguousArray<Node> = [Node(kind: .none, start: 0, end: 0)]
    public internal(set) var lists: ContiguousArray<NodeID> = [0]
    public internal(set) var numbers: ContiguousArray<Double> = []
    public internal(set) var names = NameTable.initial
    public internal(set) var functions: ContiguousArray<FunctionInfo> = []
    public internal(set) var scopes: ContiguousArray<Scope> = []
    public internal(set) var classes: ContiguousArray<ClassInfo> = []
    public internal(set) var loops: ContiguousArray<LoopInfo> = []
    public internal(set) var source: SourceText
    public internal(set) var isModule = false
    public internal(set) var module = ModuleEntries()

    init(source: SourceText) { self.source = source }

    /// Lets go of the text, which the tree does not need.
    public mutating func dropText() { source = SourceText(utf16: [], name: source.name) }

    /// Node by index; an index out of range is the none node.
    @inlinable public subscript(id: NodeID) -> Node {
        Int(id) < nodes.count ? nodes[Int(id)] : nodes[0]
    }

    /// Items of a list.
    @inlinable public func list(_ start: UInt32, _ count: UInt32) -> ArraySlice<NodeID> {
        let first = Int(start), last = Int(start) + Int(count)
        guard last <= lists.count else { return [] }
        return ArraySlice(lists[first..<last])
    }
}

public struct LoopInfo: Sendable {
    public var body: NodeID = 0
    /// Scope of the loop's own bindings.
    public var scope: ScopeID = 0
}

public struct ClassInfo: Sendable {
    public var name: NameID = 0
    public var heritage: NodeID = 0
    /// Function of the constructor, or nil.
    public var constructor: FunctionID? = nil
    /// Property nodes of the members except the constructor: a list.
    public var members: UInt32 = 0
    public var memberCount: UInt32 = 0
    public var scope: ScopeID = 0
    public var start: UInt32 = 0
    public var end: UInt32 = 0
}

public enum FunctionKind: UInt8, Sendable {
    case script, module, eval, normal, arrow, method, getter, setter, classConstructor, derivedConstructor
    case fieldInitializer, staticBlock
}

public struct FunctionInfo: Sendable {
    public var kind: FunctionKind = .normal
    public var name: NameID = 0
    public var isAsync = false
    public var isGenerator = false
    public var isStrict = false
    public var isExpression = false
    /// Arrow with an expression body: `body` is that expression.
    public var hasExpressionBody = false
    public var hasSimpleParameters = true
    /// Value of `length`.
    public var length: UInt32 = 0
    /// List of parameter patterns.
    public var parameters: UInt32 = 0
    public var parameterCount: UInt32 = 0
    /// List of body statements, or the expression in `bodyExpression`.
    public var body: UInt32 = 0
    public var bodyCount: UInt32 = 0
    public var bodyExpression: NodeID = 0
    /// Scope of the parameters; of the body (the same when the parameters are simple).
    public var parameterScope: ScopeID = 0
    public var bodyScope: ScopeID = 0
    /// Scope that holds the function's own name (named function expressions), or 0.
    public var nameScope: ScopeID = 0
    public var parent: FunctionID = 0
    /// Used here or in an arrow inside.
    public var usesThis = false
    public var usesArguments = false
    public var usesNewTarget = false
    public var usesSuper = false
    /// Some arrow inside uses it, so that it has to be captured.
    public var arrowUsesThis = false
    public var arrowUsesArguments = false
    public var arrowUsesNewTarget = false
    public var containsDirectEval = false
    public var containsWith = false
    public var start: UInt32 = 0
    public var end: UInt32 = 0
    /// Offset of the parenthesis before the parameters; 0 for arrows and what has none.
    public var parametersStart: UInt32 = 0
}

public enum ScopeKind: UInt8, Sendable {
    case script, module, eval, function, body, block, catchParameter, loop, `switch`, `class`, with, functionName
}

public struct Declaration: Sendable {
    public var name: NameID
    public var kind: DeclarationKind
    /// A function inside the declaring one refers to it.
    public var isCaptured = false
    /// Something but its declaration assigns to it; a direct eval is not seen.
    public var isAssigned = false
    /// Some assignment is not certain to be of a primitive value; says nothing about parameters, functions, classes, imports.
    public var mayHoldObject = false
    /// May be read before its declaration is evaluated.
    public var needsDeadZoneCheck = false
    /// Function to instantiate at scope entry.
    public var function: FunctionID? = nil
    public var start: UInt32 = 0
    /// One past the offset of the last var statement that declared the name, 0 when there is none.
    var lastVar: UInt32 = 0
    /// Block function that also assigns the var of the same name when it is evaluated (Annex B.3.3).
    public var hoistsToVar = false
    /// A var only because of such a block function.
    public var isBlockFunctionVar = false
}

public struct Scope: Sendable {
    public var kind: ScopeKind
    public var parent: ScopeID
    public var function: FunctionID
    public var declarations: ContiguousArray<Declaration> = []
    /// Set when a direct eval or a with statement can see the bindings.
    public var isDynamic = false
    /// Place + 1 of declarations by the hash of their name, when there are many.
    var slots: ContiguousArray<UInt32> = []
    var containsEval = false
    private let multiplier = HashSecret.multiplier
    /// Offset at which the parser entered it.
    var start: UInt32

    init(kind: ScopeKind, parent: ScopeID, function: FunctionID, start: Int = 0) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.kind = kind
        self.parent = parent
        self.function = function
    }

    /// Position of a name's declaration.
    public func find(_ name: NameID) -> Int? {
        if declarations.count <= 8 {
            var position = declarations.count - 1
            while position >= 0 {
                if declarations[position].name == name { return position }
                position -= 1
            }
            return nil
        }
        let mask = UInt32(truncatingIfNeeded: slots.count - 1)
        var slot = hash(name) & mask
        while true {
            let place = slots[Int(slot)]
            if place == 0 { return nil }
            if declarations[Int(place) - 1].name == name { return Int(place) - 1 }
            slot = (slot + 1) & mask
        }
    }

    private func hash(_ name: NameID) -> UInt32 {
        UInt32(truncatingIfNeeded: (UInt64(name) &* multiplier) >> 32)
    }

    /// Adds a declaration, whose name is not declared yet; returns its place.
    mutating func add(_ declaration: Declaration) -> Int {
        declarations.append(declaration)
        let count = declarations.count
        if count > 8 {
            if count * 2 > slots.count {
                slots = ContiguousArray(repeating: 0, count: slots.isEmpty ? 32 : slots.count * 2)
                for place in 0..<count { enter(place) }
            } else {
                enter(count - 1)
            }
        }
        return count - 1
    }

    private mutating func enter(_ place: Int) {
        let mask = UInt32(truncatingIfNeeded: slots.count - 1)
        var slot = hash(declarations[place].name) & mask
        while slots[Int(slot)] != 0 { slot = (slot + 1) & mask }
        slots[Int(slot)] = UInt32(truncatingIfNeeded: place + 1)
    }
}
