/// What ends loops whose length stands in the cage, where a guest may have written over it.
extension Machine {
    /// Words from an offset to the end of the heap: no list is longer.
    @inline(never)
    func wordsBehind(_ offset: UInt32) -> UInt32 {
        let end = blocks.offset(of: blocks.states.count)
        return offset < end ? (end &- offset) / 8 : 0
    }

    /// Length of a list or of elements; no more than the heap has room for.
    func listLength(_ list: UInt32) -> UInt32 { min(cage.load32(list, Layout.elementsLength), wordsBehind(list)) }

    /// Searches in tables with open addressing, for whose keys a guest can choose numbers that collide.
    ///
    /// Asked every 256 steps of one search, which honest keys hardly need: those cost fuel, whose end stops the guest at its
    /// next safepoint or charge. True when all places have been passed; no table has more of them than the heap has room for.
    @inline(never)
    func isEndless(_ passed: inout UInt32, _ mask: UInt32) -> Bool {
        passed &+= 256
        chargeLater(256)
        return passed > mask || Int(passed) > currentLimits.heap / 4
    }
}
