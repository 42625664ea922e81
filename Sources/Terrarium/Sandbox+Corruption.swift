internal import TerrariumEngine

/// For tests only.
extension Sandbox {
    /// The heap has no room when the k-th block from now is wanted; 0 is never. Every allocation that can fail takes a block.
    @_spi(Corruption) public func failBlock(_ k: Int) { _ = core.peek { $0.blocksUntilFailure = k } }
}
