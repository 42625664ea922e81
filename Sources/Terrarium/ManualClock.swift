internal import Synchronization

/// A clock that stands still until the host moves it. It may be shared, and moved from any thread.
public final class ManualClock: Sendable {
    private let time: Mutex<Double>

    /// - Parameter milliseconds: the time since the epoch of 1970.
    public init(at milliseconds: Double = 0) { time = Mutex(milliseconds) }

    /// Milliseconds since the epoch of 1970.
    public var milliseconds: Double {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    /// Moves the clock on.
    public func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let milliseconds = Double(seconds) * 1000 + Double(attoseconds) / 1e15
        time.withLock { $0 += milliseconds }
    }

    var nanoseconds: Int64 { Int64(exactly: (milliseconds * 1e6).rounded()) ?? 0 }
}
