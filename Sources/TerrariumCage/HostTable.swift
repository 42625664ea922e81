/// A table outside the cage that only grows, for what is looked up often (native functions). Unlike an array in a class,
/// a look-up is neither checked for exclusive access nor does it retain the table. One thread at a time.
@safe
public final class HostTable<Element> {
    @unsafe @usableFromInline struct Header {
        @usableFromInline var start: UnsafeMutablePointer<Element>
        @usableFromInline var count: Int
        @usableFromInline var capacity: Int

        init(capacity: Int) {
            unsafe start = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
            unsafe count = 0
            unsafe self.capacity = capacity
        }
    }
    @usableFromInline let header: UnsafeMutablePointer<Header>
    /// The frozen table whose elements this one reads, until it gets one of its own.
    private var origin: HostTable?

    /// A table that begins with the elements of another, which must not change any more. Nothing is copied before this
    /// one changes.
    public init(sharing other: HostTable) {
        unsafe header = UnsafeMutablePointer<Header>.allocate(capacity: 1)
        // SAFETY: `origin` keeps the elements alive; `detach` replaces them before anything is written.
        unsafe header.initialize(to: other.header.pointee)
        origin = other
    }

    /// A copy of its own.
    public func copy() -> HostTable {
        let result = HostTable(sharing: self)
        result.detach()
        return result
    }

    private func detach() {
        guard origin != nil else { return }
        // SAFETY: the elements below the count are initialised and stay with their owner.
        let own = unsafe UnsafeMutablePointer<Element>.allocate(capacity: header.pointee.capacity)
        unsafe own.initialize(from: header.pointee.start, count: header.pointee.count)
        unsafe header.pointee.start = own
        origin = nil
    }

    /// - Parameter capacity: elements that there is room for at first, one at least.
    public init(capacity: Int = 2048) {
        origin = nil
        unsafe header = UnsafeMutablePointer<Header>.allocate(capacity: 1)
        unsafe header.initialize(to: Header(capacity: max(1, capacity)))
    }

    deinit {
        if origin == nil {
            unsafe header.pointee.start.deinitialize(count: header.pointee.count)
            unsafe header.pointee.start.deallocate()
        }
        unsafe header.deinitialize(count: 1)
        unsafe header.deallocate()
    }

    @inlinable @inline(__always)
    public var count: Int { unsafe header.pointee.count }

    /// Element by index; nil when there is none.
    @inlinable @inline(__always)
    public subscript(index: Int) -> Element? {
        // SAFETY: elements below the count are initialised.
        guard index >= 0, unsafe index < header.pointee.count else { return nil }
        return unsafe header.pointee.start[index]
    }

    public func append(_ element: Element) {
        detach()
        // SAFETY: when full, everything moves to a larger block, of which the old elements fill the start.
        if unsafe header.pointee.count == header.pointee.capacity {
            let larger = unsafe UnsafeMutablePointer<Element>.allocate(capacity: header.pointee.capacity * 2)
            unsafe larger.moveInitialize(from: header.pointee.start, count: header.pointee.count)
            unsafe header.pointee.start.deallocate()
            unsafe header.pointee.start = larger
            unsafe header.pointee.capacity *= 2
        }
        unsafe (header.pointee.start + header.pointee.count).initialize(to: element)
        unsafe header.pointee.count += 1
    }

}

extension HostTable where Element: AnyObject {
    /// Element by index, not counted; nil when there is none.
    @inlinable @inline(__always)
    public func kept(_ index: Int) -> Kept<Element>? {
        guard index >= 0, unsafe index < header.pointee.count else { return nil }
        // SAFETY: elements below the count are initialised; a reference is the address of its object.
        return unsafe Kept(
            UnsafeRawPointer(header.pointee.start).load(
                fromByteOffset: index &* MemoryLayout<Element>.stride, as: Unmanaged<Element>.self))
    }
}

/// An object of a `HostTable`, in a reference that is not counted. Threads whose tables share objects would otherwise wait for
/// each other's counting at every look-up. The table keeps its objects as long as it lives, and who has one of these has the
/// table.
@safe @frozen
public struct Kept<Object: AnyObject> {
    @usableFromInline let reference: Unmanaged<Object>

    @inlinable @inline(__always)
    init(_ reference: Unmanaged<Object>) { unsafe self.reference = unsafe reference }

    @inlinable @inline(__always)
    public func with<Result>(_ body: (Object) -> Result) -> Result {
        // SAFETY: a table has no way to let go of a single object.
        unsafe reference._withUnsafeGuaranteedRef(body)
    }
}

/// A table that is no longer changed may be read by many threads.
extension HostTable: @unchecked Sendable where Element: Sendable {}
