import TerrariumCage

/// Array.prototype.sort without a comparison function: by the texts of the elements.
extension Machine {
    /// Sorts the elements of one dense array by those of another of the same length, which are strings. Stable.
    /// Cost: fuel by comparison and by the length that texts have in common.
    func sortTexts(_ keys: UInt32, _ values: UInt32) throws(Thrown) {
        let keyElements = cage.load32(keys, Layout.elements), elements = cage.load32(values, Layout.elements)
        let count = min(
            cage.load32(keyElements, Layout.elementsLength), cage.load32(elements, Layout.elementsLength))
        if count < 2 { return }
        try requireHeap(Int(count) &* 16)
        try charge(Int(count) &* 4)
        func key(_ index: UInt32) -> Value { Value(bits: cage.load64(keyElements &+ 16 &+ index &* 8)) }
        var order = Array(0..<count), spare = order
        let total = order.count
        var width = 1
        while width < total {
            try charge(total &* 4)
            var low = 0
            while low < total {
                let middle = min(low &+ width, total), high = min(middle &+ width, total)
                var left = low, right = middle, to = low
                let isSorted = middle >= high
                    ? true : try compareStrings(key(order[middle &- 1]), key(order[middle])) <= 0
                if isSorted {
                    while to < high { spare[to] = order[to]; to &+= 1 }
                } else {
                    while left < middle, right < high {
                        if try compareStrings(key(order[right]), key(order[left])) < 0 {
                            spare[to] = order[right]
                            right &+= 1
                        } else {
                            spare[to] = order[left]
                            left &+= 1
                        }
                        to &+= 1
                    }
                    while left < middle { spare[to] = order[left]; left &+= 1; to &+= 1 }
                    while right < high { spare[to] = order[right]; right &+= 1; to &+= 1 }
                }
                low = high
            }
            swap(&order, &spare)
            width &*= 2
        }
        let sorted = order.map { cage.load64(elements &+ 16 &+ $0 &* 8) }
        for (index, bits) in sorted.enumerated() {
            cage.store64(elements &+ 16 &+ UInt32(truncatingIfNeeded: index) &* 8, 0, bits)
        }
    }
}
