import Terrarium

/// A workflow engine. A workflow is `export async function run(ctx, payload)`. It is deployed once; each request runs in a
/// sandbox of its own, and whatever the workflow awaits may take days: meanwhile it is bytes on a disk. Its author follows no
/// rules: ordinary variables, loops and `await` are what survives.
public enum Workflow {
    public struct Context: Codable {
        public var id: Int
        public init(id: Int) { self.id = id }
    }
    public struct Order: Codable {
        public var item: String
        public var prices: [Int]
        public init(item: String, prices: [Int]) {
            self.item = item
            self.prices = prices
        }
    }

    /// Where a workflow has come to.
    public enum Step: Sendable {
        /// It waits for the answer to a question.
        case waiting(question: String, suspended: [UInt8])
        case finished(String)
    }

    /// Fuel bounds what a step computes, the deadline what it waits for.
    static let limits = Limits(fuel: 5_000_000, heap: .mebibytes(8), deadline: .seconds(600))

    /// The same in every process. Nothing here may reach the network.
    static var capabilities: [Capability] {
        [
            .silentConsole, .random(seed: 7),
            .fetch { request in throw GuestError("\(request.url) is not allowed") },
        ]
    }

    /// `ask` gives a promise, which somebody fulfils at some time.
    static func functions(_ sandbox: Sandbox) { sandbox.defineDeferred("ask", parameters: 1) }

    /// Compiles a workflow and runs its top level.
    public nonisolated(nonsending) static func deploy(_ source: String) async throws(TerrariumError) -> [UInt8] {
        let sandbox = try Sandbox(limits: limits, capabilities: capabilities)
        functions(sandbox)
        let module = try await sandbox.importModule(source: source, name: "workflow.js")
        try sandbox.keep("workflow", module.namespace)
        return try sandbox.snapshot().data
    }

    /// Starts a deployed workflow.
    public nonisolated(nonsending) static func start(_ deployed: [UInt8], _ context: Context, _ order: Order)
        async throws(TerrariumError) -> Step
    {
        let sandbox = try restored(deployed)
        guard let namespace = sandbox.kept("workflow") else { throw .snapshot(.unreadable) }
        try sandbox.keep("result", try namespace.get("run").call(context, order))
        return try await proceed(sandbox)
    }

    /// Goes on with a suspended workflow, here or in any other process.
    public nonisolated(nonsending) static func answer(_ suspended: [UInt8], _ text: String) async throws(TerrariumError) -> Step {
        let sandbox = try restored(suspended)
        guard let question = sandbox.pendingCalls.first else { throw .snapshot(.unreadable) }
        try sandbox.answer(question, with: text)
        return try await proceed(sandbox)
    }

    private static func restored(_ data: [UInt8]) throws(TerrariumError) -> Sandbox {
        try Sandbox(restoring: try Snapshot(data: data), limits: limits, capabilities: capabilities, functions: functions)
    }

    private nonisolated(nonsending) static func proceed(_ sandbox: Sandbox) async throws(TerrariumError) -> Step {
        try await sandbox.runUntilIdle()
        if let question = sandbox.pendingCalls.first {
            return .waiting(question: question.arguments.first?.text ?? "", suspended: try sandbox.snapshot().data)
        }
        guard let result = sandbox.kept("result") else { throw .snapshot(.unreadable) }
        return .finished(try await result.awaited(as: String.self))
    }
}
