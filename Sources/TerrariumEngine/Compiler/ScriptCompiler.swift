import TerrariumCage
import TerrariumSyntax

/// Why a program that is well-formed cannot be compiled.
public enum CompileError: Error, Sendable {
    /// Something the engine does not have yet; the offset is in UTF-16 units.
    case unsupported(String, offset: Int)
    /// A function with too many registers, constants or too long branches.
    case tooLarge(String)
}

public struct CompileOptions: Sendable {
    /// Part of the engine's own JavaScript: calls of `$name` are operations of the engine.
    public var isBuiltin = false
    public init() {}
}

/// Syntax tree to bytecode.
public enum ScriptCompiler {
    public static func compile(_ program: Program, options: CompileOptions = CompileOptions())
        throws(CompileError) -> ScriptTemplate
    {
        let session = CompilerSession(program: program, options: options)
        try session.compileAll()
        return session.script
    }
}

/// What the compilers of one program's functions share.
final class CompilerSession {
    let program: Program
    let options: CompileOptions
    var script = ScriptTemplate()
    var scopes: [ScopePlan]
    let stack = NativeStack()
    /// Branches with 16-bit distances are avoided (a function was too long for them).
    var farBranches = false

    init(program: Program, options: CompileOptions) {
        self.program = program
        self.options = options
        scopes = Array(repeating: ScopePlan(), count: program.scopes.count)
    }

    func compileAll() throws(CompileError) {
        planScopes()
        script.sourceName = program.source.name
        script.lineStarts = program.source.lineStarts()
        script.sourceText = CompilerSession.text(Array(program.source.units))
        script.functions = [CodeTemplate()]
        let compiler = FunctionCompiler(session: self, parent: nil, function: 0)
        script.functions[0] = try compiler.compileTopLevel()
    }

    static func text(_ units: [UInt16]) -> ConstantText {
        var all: UInt16 = 0
        for unit in units { all |= unit }
        return all <= 0xFF ? .latin1(units.map { UInt8(truncatingIfNeeded: $0) }) : .utf16(units)
    }

    func text(_ name: NameID) -> ConstantText { CompilerSession.text(Array(program.names.text(name))) }

    /// Adds a place for a function's template; returns its number.
    func reserveTemplate() -> Int {
        script.functions.append(CodeTemplate())
        return script.functions.count - 1
    }

    // MARK: Scopes

    /// Decides which scopes are heap records and which slots their captured bindings get.
    private func planScopes() {
        for index in program.scopes.indices {
            let scope = program.scopes[index]
            if scope.kind != .script {
                for (place, declaration) in scope.declarations.enumerated() where declaration.isCaptured {
                    scopes[index].slots[place] = scopes[index].slotCount
                    scopes[index].slotCount += 1
                }
            }
        }
        for info in program.functions where info.kind != .arrow {
            let scope = Int(info.parameterScope)
            if info.arrowUsesThis || (info.kind == .script && info.arrowUsesThis) {
                scopes[scope].thisSlot = scopes[scope].slotCount
                scopes[scope].slotCount += 1
            }
            if info.arrowUsesThis, info.usesSuper || info.kind == .derivedConstructor {
                scopes[scope].calleeSlot = scopes[scope].slotCount
                scopes[scope].slotCount += 1
            }
            if info.arrowUsesNewTarget {
                scopes[scope].newTargetSlot = scopes[scope].slotCount
                scopes[scope].slotCount += 1
            }
            if info.arrowUsesArguments {
                scopes[scope].argumentsSlot = scopes[scope].slotCount
                scopes[scope].slotCount += 1
            }
        }
        for info in program.classes {
            let scope = Int(info.scope)
            var position: UInt32 = 0
            for member in program.list(info.members, info.memberCount) {
                let node = program[member]
                if node.flags & PropertyFlag.kindMask == PropertyFlag.field, node.flags & PropertyFlag.computed != 0 {
                    scopes[scope].fieldKeySlots[position] = scopes[scope].slotCount
                    scopes[scope].slotCount += 1
                }
                // Private methods are kept in the class scope as well.
                let kind = node.flags & PropertyFlag.kindMask
                if node.flags & PropertyFlag.privateName != 0, kind != PropertyFlag.field {
                    scopes[scope].fieldKeySlots[position] = scopes[scope].slotCount
                    scopes[scope].slotCount += 1
                }
                position += 1
            }
            for place in program.scopes[scope].declarations.indices {
                let name = program.scopes[scope].declarations[place].name
                if name & 0x8000_0000 != 0, scopes[scope].slots[place] == nil {
                    scopes[scope].slots[place] = scopes[scope].slotCount
                    scopes[scope].slotCount += 1
                }
            }
        }
    }
}

/// How a scope is represented at run time.
struct ScopePlan {
    var slotCount: UInt16 = 0
    /// Slots of captured declarations, by their place in the scope.
    var slots: [Int: UInt16] = [:]
    /// Registers of the others, once the scope is entered.
    var registers: [Int: UInt16] = [:]
    var thisSlot: UInt16?
    var calleeSlot: UInt16?
    var newTargetSlot: UInt16?
    var argumentsSlot: UInt16?
    /// Register with the heap record, in the function that entered the scope.
    var register: UInt16 = 0
    /// Class scopes: slots of computed field keys and private methods, by member.
    var fieldKeySlots: [UInt32: UInt16] = [:]

    var isHeap: Bool { slotCount > 0 }
}

/// Where a name lives.
enum Binding {
    case register(UInt16, declaration: Declaration)
    case slot(scope: ScopeID, slot: UInt16, declaration: Declaration)
    case global
    case arguments(FunctionID)
}
