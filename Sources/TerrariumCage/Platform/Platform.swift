/// What the cage asks of an operating system. All that differs between systems is in this folder; the rest of the module,
/// and all other modules, are the same everywhere.
///
/// Rules for a new system:
/// 1. `Platform` has what is listed here. The compiler asks for it.
/// 2. Every byte of a reservation can be read and written at any time, whether it was touched before or not: a guest that
///    has corrupted its own memory may name any of them. Where that takes memory at once, cages are small
///    (`largestCageLog2`).
/// 3. Bytes that nobody has written, or that were decommitted since, read as zero.
/// 4. `HostProcess`, `Terminal` and `ChildProcess` are for the executables. A system without one of these answers that it
///    has none.
protocol OperatingSystem {
    /// Size of the pages that memory is given back in; a power of two.
    static var pageSize: Int { get }
    /// Power of two of the size of the largest cage, which is also the usual one.
    static var largestCageLog2: Int { get }

    /// Memory that reads as zero; pages are taken when they are touched, where the system can.
    static func reserve(byteCount: Int) -> UnsafeMutableRawPointer?
    /// Gives back exactly what `reserve` returned.
    static func release(_ base: UnsafeMutableRawPointer, byteCount: Int)
    /// Gives whole pages back that belong to one reservation; they stay in it and read as zero.
    static func decommit(_ start: UnsafeMutableRawPointer, byteCount: Int)
    /// Memory of any owner that is about to be used from its start on: in large pages, where the system has them.
    static func preferLargePages(_ start: UnsafeMutableRawPointer, byteCount: Int)
    /// Bytes that are in memory now; 0 where the system does not say.
    static func residentBytes(_ start: UnsafeMutableRawPointer, byteCount: Int) -> Int

    /// Nanoseconds since an arbitrary start, never less than before.
    static func monotonicTime() -> Int64
    /// Nanoseconds since the start of 1970, UTC.
    static func wallTime() -> Int64
    /// The calling thread does nothing for a while; a signal may end it early.
    static func sleep(nanoseconds: Int64)

    /// Lowest address of the calling thread's stack, or a higher one when the system does not say.
    static func lowestStackAddress() -> UInt
    /// A number that differs between the threads that live at the same time.
    static func currentThread() -> UInt

    /// Pages without a name that several cages map, where the system has them.
    associatedtype File: MemoryFile
}

extension OperatingSystem {
    static func preferLargePages(_ start: UnsafeMutableRawPointer, byteCount: Int) {}
}

/// An anonymous file of pages.
protocol MemoryFile: AnyObject, Sendable {
    /// - Parameter name: for people who look at the process.
    /// - Returns: nil when the system has no such files, or none is left.
    init?(name: StaticString)
    /// Whether the system has them at all.
    static var areThere: Bool { get }
    /// Makes it longer, by zeroes.
    func grow(to byteCount: Int) -> Bool
    func write(_ bytes: [UInt8], at place: Int) -> Bool
    /// What can be read; zeroes for the rest.
    func read(at place: Int, count: Int) -> [UInt8]
    /// Gives pages back; they read as zero.
    func cut(at place: Int, count: Int) -> Bool
    /// Puts its first bytes in the place of the pages of a reservation; what is written there stays there.
    func mapPrivately(at start: UnsafeMutableRawPointer, byteCount: Int) -> Bool
    /// Puts bytes from `place` in the place of the pages of a reservation; what is written there is written to the file.
    func map(at start: UnsafeMutableRawPointer, byteCount: Int, from place: Int) -> Bool
    /// Puts fresh pages in the place of mapped ones.
    static func unmap(at start: UnsafeMutableRawPointer, byteCount: Int) -> Bool
}

#if !os(Linux) && !os(Android)
/// For systems without anonymous files that can be mapped over a reservation: there is none, and images are copied.
final class NoMemoryFile: MemoryFile {
    init?(name: StaticString) { return nil }
    static var areThere: Bool { false }
    func grow(to byteCount: Int) -> Bool { false }
    func write(_ bytes: [UInt8], at place: Int) -> Bool { false }
    func read(at place: Int, count: Int) -> [UInt8] { [] }
    func cut(at place: Int, count: Int) -> Bool { false }
    func mapPrivately(at start: UnsafeMutableRawPointer, byteCount: Int) -> Bool { false }
    func map(at start: UnsafeMutableRawPointer, byteCount: Int, from place: Int) -> Bool { false }
    static func unmap(at start: UnsafeMutableRawPointer, byteCount: Int) -> Bool {
        unsafe Platform.decommit(start, byteCount: byteCount)
        return true
    }
}
#endif
