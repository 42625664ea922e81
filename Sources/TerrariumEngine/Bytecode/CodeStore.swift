import TerrariumCage
import Synchronization

/// The templates of one script, shared by everything that the script was given to, on any thread.
///
/// A store that compiles lazily keeps the syntax tree and compiles a function when its code is first wanted, once for all
/// machines; when nothing is left to compile the tree goes. Until then a template has what can be known without its
/// code: name, flags, parameters, length, place in the source.
final class CodeStore: Sendable {
    private struct State {
        var templates: [CodeTemplate]
        /// Holds the templates while it is there.
        var compiler: Compiler?
    }

    private let state: Mutex<State>

    /// That of no script.
    static let none = CodeStore([])

    init(_ templates: [CodeTemplate]) { state = Mutex(State(templates: templates, compiler: nil)) }

    /// - Parameter compiler: has compiled the top level.
    init(_ compiler: Compiler) { state = Mutex(State(templates: [], compiler: compiler)) }

    var count: Int { state.withLock { $0.compiler?.templates.count ?? $0.templates.count } }

    /// A template as it is now, perhaps without code; an empty one when there is no such number.
    func known(_ number: Int) -> CodeTemplate {
        state.withLock { state in
            if let template = state.compiler?.template(number) { return template }
            return state.templates.indices.contains(number) ? state.templates[number] : CodeTemplate()
        }
    }

    /// A template with its code.
    /// - Returns: nil when the thread has no stack left to compile it, or it was called off.
    func compiled(_ number: Int, callOff: CallOff? = nil) -> CodeTemplate? {
        state.withLock { state in
            let isCompiled = state.compiler?.compileDeferred(number, callOff: callOff) ?? true
            CodeStore.tidy(&state)
            guard isCompiled else { return nil }
            if let template = state.compiler?.template(number) { return template }
            return state.templates.indices.contains(number) ? state.templates[number] : CodeTemplate()
        }
    }

    /// All templates with their code.
    func all() -> [CodeTemplate] {
        state.withLock { state in
            var number = 0
            while number < state.compiler?.templates.count ?? 0 {
                _ = state.compiler?.compileDeferred(number)
                number += 1
            }
            CodeStore.tidy(&state)
            return state.compiler?.templates ?? state.templates
        }
    }

    /// Lets go of the syntax tree when it has served.
    private static func tidy(_ state: inout State) {
        guard let compiler = state.compiler, compiler.deferred.isEmpty else { return }
        state.templates = compiler.templates
        state.compiler = nil
    }
}

extension ScriptTemplate {
    /// Templates that are known: those of functions inside a function that is not compiled yet are not.
    public var count: Int { code.count }

    /// A template as it is now: one that no machine has run may have no code yet.
    public subscript(number: Int) -> CodeTemplate { code.known(number) }

    /// A template with its code; nil when the thread has no stack left to compile it.
    public func compiled(_ number: Int) -> CodeTemplate? { code.compiled(number) }
}
