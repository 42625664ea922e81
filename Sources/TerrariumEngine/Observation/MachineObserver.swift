/// Looks on while a guest runs. It may read the machine; it may not run guest code or allocate in the cage.
public protocol MachineObserver: AnyObject {
    /// Bytes of code after which the interpreter comes to a safepoint, at the latest.
    var sliceLength: Int64 { get }
    /// A slice is used up, at a safepoint or inside a native function that charges.
    func safepoint(_ machine: Machine)
    /// A limit or an interrupt is about to end the guest.
    func guestEnds(_ machine: Machine, _ reason: Termination)
    /// An error object was made, where the program is now.
    func errorMade(_ machine: Machine, _ error: UInt32)
    /// The code of a script is gone; its number will be that of another one.
    func scriptEnds(_ number: Int)
    /// Whether it asks later for scripts whose code is gone: they stay then.
    var needsScripts: Bool { get }
}

extension MachineObserver {
    public func scriptEnds(_ number: Int) {}
    public var needsScripts: Bool { false }
    public func errorMade(_ machine: Machine, _ error: UInt32) {}
}
