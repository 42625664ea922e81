/// Lets long arithmetic on BigInts end early, for deadlines and interrupts: asked again and again while it goes on.
///
/// What the work costs is charged before it begins; this only says whether somebody still waits for it.
public final class BigIntWatch {
    /// Thrown through arithmetic that nobody waits for any more.
    public struct Stopped: Error, Sendable {}

    /// Limb products between two questions: a fraction of a millisecond.
    private static var interval: Int { 200_000 }
    private var work = 0
    private let goesOn: () -> Bool

    /// - Parameter goesOn: whether to go on.
    public init(_ goesOn: @escaping () -> Bool) { self.goesOn = goesOn }

    /// Notes work of so many limb products.
    @usableFromInline
    func note(_ products: Int) throws(Stopped) {
        work &+= products
        if work >= BigIntWatch.interval { try ask() }
    }

    @inline(never)
    private func ask() throws(Stopped) {
        work = 0
        if !goesOn() { throw Stopped() }
    }
}
