internal import TerrariumEngine

/// For tests only.
extension Sandbox {
    /// The heap has no room for the k-th request from now; 0 is never. Cells ask for a block when the last one is full, the
    /// register stack for a page; large cells, jobs, and what built-ins keep outside of the cage for a moment ask for themselves.
    @_spi(Corruption) public func failRequest(_ k: Int) { _ = core.peek { $0.requestsUntilFailure = k } }
}
