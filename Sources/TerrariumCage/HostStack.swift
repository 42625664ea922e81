/// A stack of offsets outside the cage that grows, for the marking phase of the collector: neither checked for exclusive
/// access nor retained on a push, which an array in a class would be. One thread at a time.
@safe
public final class HostStack {
    @unsafe @usableFromInline struct Header {
        @usableFromInline var start: UnsafeMutablePointer<UInt32>
        @usableFromInline var count: Int
        @usableFromInline var capacity: Int

        init(capacity: Int) {
            unsafe start = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
            unsafe count = 0
            unsafe self.capacity = capacity
        }
    }
    @usableFromInline let header: UnsafeMutablePointer<Header>

    public init() {
        unsafe header = UnsafeMutablePointer<Header>.allocate(capacity: 1)
        unsafe header.initialize(to: Header(capacity: 16))
    }

    deinit {
        unsafe header.pointee.start.deallocate()
        unsafe header.deinitialize(count: 1)
        unsafe header.deallocate()
    }

    @inlinable @inline(__always)
    public func push(_ offset: UInt32) {
        // SAFETY: there is room for `capacity` elements, and `grow` doubles it when all are used.
        if unsafe header.pointee.count == header.pointee.capacity { grow() }
        unsafe header.pointee.start[header.pointee.count] = offset
        unsafe header.pointee.count &+= 1
    }

    @inlinable @inline(__always)
    public func pop() -> UInt32? {
        // SAFETY: elements below the count were pushed.
        guard unsafe header.pointee.count > 0 else { return nil }
        unsafe header.pointee.count &-= 1
        return unsafe header.pointee.start[header.pointee.count]
    }

    @usableFromInline @inline(never)
    func grow() {
        // SAFETY: the old elements fill the start of the larger block.
        let larger = unsafe UnsafeMutablePointer<UInt32>.allocate(capacity: header.pointee.capacity * 2)
        unsafe larger.moveInitialize(from: header.pointee.start, count: header.pointee.count)
        unsafe header.pointee.start.deallocate()
        unsafe header.pointee.start = larger
        unsafe header.pointee.capacity *= 2
    }

    /// Drops everything that was pushed.
    public func removeAll() {
        // SAFETY: the elements are numbers.
        unsafe header.pointee.count = 0
        trim()
    }

    /// Gives memory back that one deep structure asked for.
    public func trim() {
        // SAFETY: the stack is replaced by an empty one.
        guard unsafe header.pointee.count == 0, unsafe header.pointee.capacity > 65_536 else { return }
        unsafe header.pointee.start.deallocate()
        unsafe header.pointee.start = UnsafeMutablePointer<UInt32>.allocate(capacity: 1024)
        unsafe header.pointee.capacity = 1024
    }
}
