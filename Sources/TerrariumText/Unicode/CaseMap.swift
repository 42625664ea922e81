/// One code point to one code point, as differences in pages of 256; the pages that map nothing share one.
struct CaseMap: Sendable {
    private var pages: [UInt8]
    private var deltas: [Int32]
    /// The code points that map to another one, ascending.
    private(set) var sources: [UInt32] = []

    /// - Parameter text: runs of (gap, count - 1, stride - 1, difference) as the generator writes them.
    init(packed text: String) {
        pages = [UInt8](repeating: 0, count: 0x110000 >> 8)
        deltas = [Int32](repeating: 0, count: 256)
        var table = PackedTable(text)
        var position: UInt32 = 0
        while !table.isAtEnd {
            position = position &+ table.number()
            let count = table.number()
            let stride = table.number() &+ 1
            let delta = table.difference()
            for step in 0...count {
                if step > 0 { position = position &+ stride }
                insert(position, delta)
            }
        }
    }

    init() {
        pages = [UInt8](repeating: 0, count: 0x110000 >> 8)
        deltas = [Int32](repeating: 0, count: 256)
    }

    mutating func insert(_ scalar: UInt32, _ delta: Int32) {
        guard scalar < 0x110000, delta != 0 else { return }
        let page = Int(scalar >> 8)
        if pages[page] == 0 {
            pages[page] = UInt8(truncatingIfNeeded: deltas.count >> 8)
            deltas.append(contentsOf: repeatElement(0, count: 256))
        }
        deltas[Int(pages[page]) &<< 8 | Int(scalar & 255)] = delta
        sources.append(scalar)
    }

    subscript(_ scalar: UInt32) -> UInt32 {
        guard scalar < 0x110000 else { return scalar }
        let index = Int(pages[Int(scalar >> 8)]) &<< 8 | Int(scalar & 255)
        return scalar &+ UInt32(bitPattern: deltas[index])
    }
}
