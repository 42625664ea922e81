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
}

extension MachineObserver {
    public func errorMade(_ machine: Machine, _ error: UInt32) {}
}
