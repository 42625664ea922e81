/// Generic code that has found out which type it works on.
public enum SameType {
    /// The value as the type that it has; nil when the types differ. As `as?`, but without the run-time search, and for
    /// exactly equal types only.
    @inlinable @inline(__always)
    public static func cast<A, B>(_ value: A, to type: B.Type = B.self) -> B? {
        guard A.self == B.self else { return nil }
        // SAFETY: the two are one type.
        return unsafe unsafeBitCast(value, to: B.self)
    }
}
