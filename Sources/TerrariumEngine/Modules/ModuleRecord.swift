import TerrariumCage
import TerrariumSyntax

/// What the host answers to an import.
public enum ModuleLoad: Sendable {
    /// The key is the module's identity: one key, one module in a realm.
    case source(key: String, SourceText)
    /// As `source`, compiled before.
    case compiled(key: String, ScriptTemplate)
    /// Text of a module whose one export, `default`, is the parsed JSON or the text itself.
    case json(key: String, String)
    case text(key: String, String)
    /// A module that the machine has loaded before, also of another type; refused when it has not.
    case loaded(key: String)
    /// There is no such module, or the guest may not have it; the message goes into a TypeError.
    case refused(String)
}

/// An import as the host sees it.
public struct ModuleRequest: Sendable {
    public let specifier: String
    /// Key of the importing module, or name of the importing script.
    public let referrer: String
    /// Value of the import attribute `type`.
    public let type: String?

    public init(specifier: String, referrer: String, type: String?) {
        self.specifier = specifier
        self.referrer = referrer
        self.type = type
    }
}

/// A Cyclic Module Record (ECMA-262 §16.2.1.5), or a synthetic one with the single export `default`.
struct ModuleRecord {
    enum Status: UInt8 { case unlinked, linking, linked, evaluating, evaluatingAsync, evaluated }

    var key: String
    var realm: UInt32
    /// Nil for synthetic modules: slot 0 of their environment is `default`.
    var info: ModuleInfo?
    /// Module environment (a scope cell).
    var environment: UInt32 = 0
    /// Function object of the body and of the initialiser.
    var body: Value = .undefined
    var initializer: Value = .undefined
    /// Modules that the requests loaded, in the order of `info.requests`.
    var requested: [Int] = []
    var isLoaded = false
    var status = Status.unlinked
    /// [[EvaluationError]].
    var error: Value? = nil
    var depthIndex = 0
    var depthAncestor = 0
    var cycleRoot = 0
    /// [[AsyncEvaluationOrder]]: nil unset, `done` after it.
    var asyncOrder: Int? = nil
    var asyncDone = false
    /// Promise of [[TopLevelCapability]].
    var capability: Value? = nil
    var asyncParents: [Int] = []
    var pendingDependencies = 0
    var namespace: Value? = nil
    var meta: Value? = nil

    var hasTopLevelAwait: Bool { info?.hasTopLevelAwait ?? false }
}

/// Which code an import belongs to.
struct ScriptReferrer {
    /// Index of the module, or nil for scripts.
    var module: Int?
    var name: String
}

/// Modules of a machine.
struct ModuleTable {
    var records: [ModuleRecord] = []
    /// By realm, key and type.
    var index: [String: Int] = [:]
    /// By number of the script template.
    var referrers: [UInt32: ScriptReferrer] = [:]
    var nextAsyncOrder = 0
    var natives: (fulfilled: UInt32, rejected: UInt32, loaded: UInt32, evaluated: UInt32, failed: UInt32)? = nil

    func forEachRoot(_ body: (Value) -> Void) {
        for record in records {
            if record.environment != 0 { body(Value(cell: record.environment)) }
            body(record.body)
            body(record.initializer)
            for value in [record.error, record.capability, record.namespace, record.meta] {
                if let value { body(value) }
            }
        }
    }
}
