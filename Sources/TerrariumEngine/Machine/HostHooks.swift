/// What the host lets the guest reach. Everything is absent by default.
public struct HostHooks {
    /// Text that the guest prints, already charged against the output limit.
    public var print: ((String) -> Void)? = nil
    /// Milliseconds since the epoch.
    public var currentTime: (() -> Double)? = nil
    /// A double in [0, 1).
    public var random: (() -> Double)? = nil
    /// Minutes that local time is ahead of UTC at a UTC time value.
    public var timeZoneOffset: ((Double) -> Double)? = nil
    public var timeZoneName: ((Double) -> String)? = nil

    public init() {}
}
