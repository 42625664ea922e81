/// What linking needs to know about a module (ECMA-262 §16.2.1.7). Template 0 of the script is the body, a function whose
/// scope is the module environment; it is async when `hasTopLevelAwait` is set, and otherwise returns undefined or throws.
public struct ModuleInfo: Sendable {
    public struct Request: Sendable {
        public var specifier: ConstantText
        public var attributes: [(key: ConstantText, value: ConstantText)]
        public init(specifier: ConstantText, attributes: [(key: ConstantText, value: ConstantText)]) {
            self.specifier = specifier; self.attributes = attributes
        }
    }
    public struct Import: Sendable {
        /// Index in `requests`.
        public var request: Int
        /// nil: the namespace object, which linking stores in the slot.
        public var name: ConstantText?
        /// Slot of the environment that stands for the binding (read by `getModuleBinding` unless it is a namespace).
        public var slot: UInt16
        public var sourceOffset: UInt32
        public init(request: Int, name: ConstantText?, slot: UInt16, sourceOffset: UInt32) {
            self.request = request; self.name = name; self.slot = slot; self.sourceOffset = sourceOffset
        }
    }
    public struct LocalExport: Sendable {
        public var name: ConstantText
        public var slot: UInt16
        public init(name: ConstantText, slot: UInt16) { self.name = name; self.slot = slot }
    }
    public struct IndirectExport: Sendable {
        public var name: ConstantText
        public var request: Int
        /// nil: the namespace object of the requested module (`export * as name`).
        public var importName: ConstantText?
        public var sourceOffset: UInt32
        public init(name: ConstantText, request: Int, importName: ConstantText?, sourceOffset: UInt32) {
            self.name = name; self.request = request; self.importName = importName; self.sourceOffset = sourceOffset
        }
    }

    /// In order of appearance, without duplicates.
    public var requests: [Request] = []
    public var imports: [Import] = []
    public var localExports: [LocalExport] = []
    public var indirectExports: [IndirectExport] = []
    /// Requests of `export * from`.
    public var starExports: [Int] = []
    /// Slots of the module environment, all empty at first.
    public var slotCount: UInt16 = 0
    /// Template that linking calls with the environment as scope: creates the function declarations, sets vars to undefined.
    public var initializer: Int = 0
    public var hasTopLevelAwait = false
    public init() {}
}
