/// What a module asks of others and offers to them (ECMA-262 §16.2.1.7), in order of appearance.
public struct ModuleEntries: Sendable {
    /// A requested module; requests with the same specifier and attributes are one.
    public struct Request: Sendable {
        public var specifier: NameID
        /// Sorted by nothing in particular: as written. Keys are distinct.
        public var attributes: [(key: NameID, value: NameID)] = []
        /// Offset of the specifier's first appearance.
        public var start: UInt32
    }
    public struct Import: Sendable {
        public var request: Int
        /// nil: the namespace object.
        public var name: NameID?
        public var local: NameID
        public var start: UInt32
    }
    /// An exported binding of the module; `local` may name an import.
    public struct LocalExport: Sendable {
        public var name: NameID
        public var local: NameID
        public var start: UInt32
    }
    /// `export {a as b} from` and, with no import name, `export * as b from`.
    public struct IndirectExport: Sendable {
        public var name: NameID
        public var request: Int
        public var importName: NameID?
        public var start: UInt32
    }

    public internal(set) var requests: [Request] = []
    public internal(set) var imports: [Import] = []
    public internal(set) var localExports: [LocalExport] = []
    public internal(set) var indirectExports: [IndirectExport] = []
    /// Requests of `export * from`.
    public internal(set) var starExports: [Int] = []
    /// An `await`, `for await` or `await using` outside of functions: evaluation is asynchronous.
    public internal(set) var hasTopLevelAwait = false

    var exportedNames: Set<NameID> = []
}
