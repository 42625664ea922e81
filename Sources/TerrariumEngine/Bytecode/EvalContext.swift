/// What a direct eval can see at one place of a program: the heap scopes around it, innermost first (each is one hop), and
/// which syntax is allowed. The compiler resolves the eval's free names against it, so that nothing is looked up by name
/// at run time.
public struct EvalContext: Sendable {
    public struct Binding: Sendable {
        public enum Kind: UInt8, Sendable {
            /// var, parameter, function
            case variable
            /// let, class: empty until initialised
            case lexical
            /// const, class name inside its class: as lexical, assignment throws
            case constant
            /// Name of a function expression: assignment is ignored in sloppy code, throws in strict code
            case functionName
            /// A module's import: read through the module environment
            case imported
            // Not names of the program:
            case this, newTarget, callee
            /// `this` of a derived constructor: empty until super() returns
            case derivedThis
            case privateName
            /// Holds undefined or the object with the variables of sloppy direct evals of a function
            case evalVariables
            /// Holds the object of a with statement
            case withObject
        }
        public var kind: Kind
        public var name: ConstantText
        public var slot: UInt16
        public init(kind: Kind, name: ConstantText, slot: UInt16) {
            self.kind = kind; self.name = name; self.slot = slot
        }
    }
    public struct Scope: Sendable {
        public var bindings: [Binding] = []
        /// A sloppy eval's vars go no further out than the nearest function scope.
        public var isFunctionScope = false
        /// Parameters that have expressions: a var of an eval among them may not have the name of one.
        public var isParameterScope = false
        /// Simple catch parameter: a var of the same name is allowed.
        public var isCatchParameter = false
        public init() {}
    }
    public var scopes: [Scope] = []
    public var isStrict = false
    /// `new.target` is allowed.
    public var inFunction = false
    /// `super.x` is allowed.
    public var inMethod = false
    /// `super()` is allowed.
    public var inDerivedConstructor = false
    /// `arguments` is an early error.
    public var inFieldInitializer = false
    /// `this` of the eval's own frame is the right one; otherwise it is a binding of a scope.
    public var usesFrameThis = true
    public init() {}
}
