/// The system's monotonic clock, for deadlines. It never reaches a guest.
public enum MonotonicClock {
    /// Nanoseconds since an arbitrary start.
    public static func now() -> Int64 { Platform.monotonicTime() }

    /// The calling thread does nothing for a while; a signal may end it early.
    public static func sleep(nanoseconds: Int64) { Platform.sleep(nanoseconds: nanoseconds) }
}
