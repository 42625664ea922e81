/// Keeps forks of a sandbox ready, for hosts that need a fresh one for each request.
///
///     let template = try Sandbox(capabilities: [.standard])
///     try template.evaluate(library)
///     let pool = try SandboxPool(of: template, count: 16)
///     let sandbox = try pool.take()      // ready at once; thrown away after the request
///
/// A pool belongs to the isolation domain of its template, as forks do. For other domains restore the template's snapshot
/// there and make a pool of that.
public final class SandboxPool {
    private let core: SandboxCore
    private let snapshot: Snapshot
    private let limits: Limits
    private var ready: [Sandbox] = []
    /// Sandboxes that `refill` keeps ready.
    public let count: Int

    /// A pool of what the template is now; what happens to it later does not matter.
    /// - Parameters:
    ///   - template: what the sandboxes of the pool are copies of.
    ///   - count: sandboxes that are kept ready.
    ///   - limits: those of the forks; as the template's when nothing is given.
    /// - Throws: as `Sandbox.fork`.
    public init(of template: Sandbox, count: Int = 8, limits: Limits? = nil) throws(TerrariumError) {
        core = template.core
        snapshot = try template.core.freeze()
        self.limits = limits ?? template.limits
        self.count = max(0, count)
        try refill()
    }

    /// Number of sandboxes that are ready.
    public var readyCount: Int { ready.count }

    /// A fork of the template; a new one when none is ready.
    /// - Throws: as `Sandbox.fork`.
    public func take() throws(TerrariumError) -> Sandbox {
        if let sandbox = ready.popLast() { return sandbox }
        return try fork()
    }

    /// Makes forks until `count` are ready: when there is time.
    public func refill() throws(TerrariumError) {
        while ready.count < count { ready.append(try fork()) }
    }

    private func fork() throws(TerrariumError) -> Sandbox {
        Sandbox(core: try core.fork(snapshot, limits: limits))
    }
}
