/// How much of the calling thread's stack is left, for the few places that recurse natively.
public struct NativeStack: Sendable {
    /// Lowest address that native recursion may reach.
    @usableFromInline let limit: UInt

    /// Measures the calling thread's stack; keeps `reserve` bytes free below the limit.
    public init(reserve: Int = 64 * 1024) {
        limit = Platform.lowestStackAddress() &+ UInt(reserve)
    }

    /// A number that differs between the threads that live at the same time.
    public static func currentThread() -> UInt { Platform.currentThread() }

    /// An address in the caller's frame, as a number.
    @inline(never) public static func position() -> UInt {
        var local: UInt8 = 0
        // SAFETY: the address is only used as a number.
        return unsafe withUnsafeMutablePointer(to: &local) { UInt(bitPattern: $0) }
    }

    /// Whether native recursion has to stop here.
    @inlinable public var isExhausted: Bool { NativeStack.position() < limit }
}
