import TerrariumCage

/// What Array.prototype.sort does without calling the guest: by texts, and by numbers when the comparison function is no
/// more than a difference. Stable.
///
/// The arrays are the sort's own copies: plain, dense and without holes.
extension Machine {
    /// The texts of the elements; nil when one of them is an object or a symbol. All texts: the array itself.
    func textsOf(_ array: Value) throws(Thrown) -> Value? {
        let elements = cage.load32(array.offset, Layout.elements)
        let count = cage.load32(elements, Layout.elementsLength)
        try charge(Int(count) / 4)
        var areTexts = true
        for index in 0..<count {
            let value = Value(bits: cage.load64(elements &+ 16 &+ index &* 8))
            if value.isObject || value.isSymbol { return nil }
            areTexts = areTexts && value.isString
            try keepWatch(Int(index))
        }
        if areTexts { return array }
        let texts = try makeArray(length: 0, capacity: count)
        for index in 0..<count {
            try charge(4)
            try appendElement(texts.offset, try toStringValue(Value(bits: cage.load64(elements &+ 16 &+ index &* 8))))
        }
        return texts
    }

    /// Sorts the elements of one array by those of another of the same length, which are strings (or by themselves).
    /// Cost: fuel by comparison and by the length that texts have in common.
    func sortTexts(_ keys: UInt32, _ values: UInt32) throws(Thrown) {
        let keyElements = cage.load32(keys, Layout.elements), elements = cage.load32(values, Layout.elements)
        let count = min(
            cage.load32(keyElements, Layout.elementsLength), cage.load32(elements, Layout.elementsLength))
        if count < 2 { return }
        try requireHeap(Int(count) &* 32)
        func key(_ index: UInt32) -> Value { Value(bits: cage.load64(keyElements &+ 16 &+ index &* 8)) }
        // The first four units decide most comparisons.
        var starts: [UInt64] = []
        starts.reserveCapacity(Int(count))
        for index in 0..<count {
            try charge(4)
            starts.append(try leadingUnits(key(index)))
        }
        let order = try sortedOrder(count) { (a, b) throws(Thrown) in
            let x = starts[Int(a)], y = starts[Int(b)]
            return x != y ? x < y : try compareStrings(key(a), key(b)) < 0
        }
        rearrange(elements, order)
    }

    /// The first units of a text, the first highest; zeros behind its end.
    private func leadingUnits(_ string: Value) throws(Thrown) -> UInt64 {
        let text = try flat(string)
        var result: UInt64 = 0
        for index in 0..<4 { result = result &<< 16 | (index < text.count ? UInt64(text[index]) : 0) }
        return result
    }

    /// Sorts numbers when the comparison function is `(a, b) => a - b` or `(a, b) => b - a`; false when it is another one
    /// or there is something else than numbers.
    func sortNumbers(_ array: UInt32, _ compare: Value) throws(Thrown) -> Bool {
        guard let isDescending = differenceOrder(of: compare) else { return false }
        let elements = cage.load32(array, Layout.elements)
        let count = cage.load32(elements, Layout.elementsLength)
        if count < 2 { return true }
        try charge(Int(count))
        var areInts = true
        for index in 0..<count {
            let value = Value(bits: cage.load64(elements &+ 16 &+ index &* 8))
            guard value.isNumber, value.number == value.number else { return false }
            areInts = areInts && value.isInt
            try keepWatch(Int(index))
        }
        try requireHeap(Int(count) &* 24)
        if areInts {
            try sortInts(elements, count, isDescending)
            return true
        }
        var keys: [Double] = []
        keys.reserveCapacity(Int(count))
        for index in 0..<count { keys.append(Value(bits: cage.load64(elements &+ 16 &+ index &* 8)).number) }
        let order = try sortedOrder(count) { (a, b) throws(Thrown) in
            isDescending ? keys[Int(a)] > keys[Int(b)] : keys[Int(a)] < keys[Int(b)]
        }
        rearrange(elements, order)
        return true
    }

    /// Equal ints are the same value: they need no stable method. By three digits of 11 bits.
    private func sortInts(_ elements: UInt32, _ count: UInt32, _ isDescending: Bool) throws(Thrown) {
        let flip: UInt32 = isDescending ? 0x7FFF_FFFF : 0x8000_0000
        var keys = (0..<count).map { cage.load32(elements &+ 16 &+ $0 &* 8) ^ flip }
        if count < 500 {
            try charge(Int(count) &* 8)
            keys.sort()
        } else {
            var spare = keys
            for shift: UInt32 in [0, 11, 22] {
                try charge(Int(count) &* 4 &+ 2048)
                var starts = [Int](repeating: 0, count: 2048)
                for (number, key) in keys.enumerated() {
                    starts[Int(key &>> shift & 2047)] &+= 1
                    try keepWatch(number)
                }
                var next = 0
                for digit in starts.indices {
                    let size = starts[digit]
                    starts[digit] = next
                    next &+= size
                }
                for (number, key) in keys.enumerated() {
                    let digit = Int(key &>> shift & 2047)
                    spare[starts[digit]] = key
                    starts[digit] &+= 1
                    try keepWatch(number)
                }
                swap(&keys, &spare)
            }
        }
        var place = elements &+ 16
        for key in keys {
            cage.store64(place, 0, Value(Int32(bitPattern: key ^ flip)).bits)
            place = place &+ 8
        }
    }

    /// Whether a function only subtracts its arguments: false for the first minus the second, true for the second minus
    /// the first, nil for anything else. Nothing tells the guest whether such a function was called for two numbers.
    private func differenceOrder(of compare: Value) -> Bool? {
        guard compare.isObject, kind(of: compare.offset) == CellKind.function else { return nil }
        let code = cage.load32(compare.offset, Layout.functionCode), entry = cage.load32(code, Layout.codeEntry)
        let first = cage.load64(entry), second = cage.load64(entry, 8)
        guard cage.load8(compare.offset, Layout.flags) & ObjectFlag.classConstructor == 0,
            cage.load16(code, Layout.codeParameterCount) >= 2,
            [Opcode.sub.rawValue, Opcode.subReturn.rawValue].contains(UInt8(truncatingIfNeeded: first)),
            UInt8(truncatingIfNeeded: second) == Opcode.return.rawValue, second.fieldA == first.fieldA
        else { return nil }
        // Arguments are registers from 4 on.
        if first.fieldB == 4, first.fieldC == 5 { return false }
        return first.fieldB == 5 && first.fieldC == 4 ? true : nil
    }

    /// The order of `count` things by a stable merge sort. Charges for each comparison.
    @inline(__always)
    private func sortedOrder(_ count: UInt32, _ isBefore: (UInt32, UInt32) throws(Thrown) -> Bool) throws(Thrown) -> [UInt32] {
        var order = Array(0..<count), spare = order
        let total = order.count
        var width = 1
        while width < total {
            var low = 0
            while low < total {
                let middle = min(low &+ width, total), high = min(middle &+ width, total)
                // Long runs in pieces, as far as they are merged.
                try charge(min(high &- low, 1024) &* 4)
                var left = low, right = middle, to = low
                if middle < high, try isBefore(order[middle], order[middle &- 1]) {
                    while left < middle, right < high {
                        if (to &- low) & 1023 == 1023 { try charge(4096) }
                        if try isBefore(order[right], order[left]) {
                            spare[to] = order[right]
                            right &+= 1
                        } else {
                            spare[to] = order[left]
                            left &+= 1
                        }
                        to &+= 1
                    }
                }
                while left < middle { spare[to] = order[left]; left &+= 1; to &+= 1 }
                while right < high { spare[to] = order[right]; right &+= 1; to &+= 1 }
                low = high
            }
            swap(&order, &spare)
            width &*= 2
        }
        return order
    }

    private func rearrange(_ elements: UInt32, _ order: [UInt32]) {
        let sorted = order.map { cage.load64(elements &+ 16 &+ $0 &* 8) }
        cage.store(sorted, at: elements &+ 16)
    }

    /// Copies elements `start` to `end` of one array into the places of another that exist.
    func copyDenseElements(_ array: UInt32, _ start: Int, _ end: Int, _ target: UInt32, _ place: Int) throws(Thrown) {
        guard start < end else { return }
        let from = cage.load32(array, Layout.elements), to = cage.load32(target, Layout.elements)
        guard start >= 0, end <= Int(cage.load32(from, Layout.elementsLength)), place >= 0,
            place &+ (end &- start) <= Int(cage.load32(to, Layout.elementsLength))
        else { return }
        try charge((end &- start) / 8 &+ 1)
        try copyWatched(
            from: from &+ 16 &+ UInt32(truncatingIfNeeded: start) &* 8,
            to: to &+ 16 &+ UInt32(truncatingIfNeeded: place) &* 8, count: (end &- start) &* 8)
    }
}
