internal import TerrariumEngine

/// Ends what a sandbox is doing, from any thread.
public struct Interrupter: Sendable {
    let engine: TerrariumEngine.Interrupter

    /// The running operation ends with `.interrupted` in well under a millisecond. When nothing runs, nothing happens.
    public func interrupt() { engine.interrupt() }
}
