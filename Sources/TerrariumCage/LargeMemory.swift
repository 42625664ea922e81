/// Memory of the host for texts and trees of many megabytes. Where the system has large pages, taking it costs a hundredth
/// of what it costs page by page.
public enum LargeMemory {
    /// Below that, pages as usual.
    private static let least = 8 << 20

    /// Room for so many elements, which are not moved while the array grows to that. Memory that is not touched costs nothing.
    /// - Parameter isLarge: in large pages.
    public static func reserve<Element>(_ count: Int, in array: inout ContiguousArray<Element>, _ isLarge: Bool) {
        array.reserveCapacity(count)
        let byteCount = array.capacity &* MemoryLayout<Element>.stride
        guard isLarge, byteCount >= least else { return }
        unsafe array.withUnsafeMutableBufferPointer { elements in
            if let start = elements.baseAddress { unsafe Platform.preferLargePages(UnsafeMutableRawPointer(start), byteCount: byteCount) }
        }
    }

    /// For memory that is filled from its start on.
    static func prepare<Element>(_ elements: UnsafeMutableBufferPointer<Element>) {
        let byteCount = elements.count &* MemoryLayout<Element>.stride
        guard byteCount >= least, let start = elements.baseAddress else { return }
        unsafe Platform.preferLargePages(UnsafeMutableRawPointer(start), byteCount: byteCount)
    }
}
