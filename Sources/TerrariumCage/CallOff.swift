import Synchronization

/// Whether somebody waits for a long piece of work, and what becomes of its memory when nobody does any more.
public final class CallOff: Sendable {
    private let question: @Sendable () -> Bool
    private let kept = Mutex<[any Sendable]>([])

    /// - Parameter isDue: asked from the thread that works, about every 100 microseconds.
    public init(_ isDue: @escaping @Sendable () -> Bool) { question = isDue }

    /// Whether the work ends now.
    public var isDue: Bool { question() }

    /// Memory of work that was called off. It goes back to the system together with this object, which may take milliseconds,
    /// for which the one who called off does not wait.
    public func keep(_ work: any Sendable) { kept.withLock { $0.append(work) } }
}
