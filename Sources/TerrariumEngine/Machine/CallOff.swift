import TerrariumCage

extension Machine {
    /// What ends a guest from outside, an interrupt and the deadline, for long work that is not given the machine. What the
    /// piece of work before left is released.
    func startLongWork() -> CallOff {
        let flag = interruptFlag, deadline = deadlineTime
        let callOff = CallOff { flag.isSet || deadline.map { MonotonicClock.now() >= $0 } ?? false }
        longWork = callOff
        return callOff
    }

    /// In loops whose work is charged already: every 256 steps an interrupt or the deadline may end the guest.
    @inline(__always)
    public func keepWatch(_ step: Int) throws(Thrown) {
        if _slowPath(step & 255 == 255) { try checkMeters() }
    }

    /// Bytes that are copied, or looked through, between two looks at the meters: some ten microseconds.
    private static var piece: Int { 1 << 17 }

    /// Copies bytes, which was charged; an interrupt or the deadline may end the guest in the middle. The ranges may overlap.
    func copyWatched(from source: UInt32, to target: UInt32, count: Int) throws(Thrown) {
        if count <= Machine.piece { return cage.copy(from: source, to: target, count: count) }
        let isForward = target <= source
        var done = 0
        while done < count {
            let piece = min(count &- done, Machine.piece)
            let place = UInt32(truncatingIfNeeded: isForward ? done : count &- done &- piece)
            cage.copy(from: source &+ place, to: target &+ place, count: piece)
            done &+= piece
            try checkMeters()
        }
    }

    /// Fills words, which was charged; an interrupt or the deadline may end the guest in the middle.
    func fillWatched(_ target: UInt32, count: Int, _ bits: UInt64) throws(Thrown) {
        if count <= Machine.piece / 8 { return cage.fill64(target, count: count, bits) }
        var done = 0
        while done < count {
            let piece = min(count &- done, Machine.piece / 8)
            cage.fill64(target &+ UInt32(truncatingIfNeeded: done) &* 8, count: piece, bits)
            done &+= piece
            try checkMeters()
        }
    }

    /// Appends the units of a text; an interrupt or the deadline may end the guest in the middle.
    func copyUnits<Units: RangeReplaceableCollection<UInt16>>(of text: FlatString, to units: inout Units) throws(Thrown) {
        if text.count <= Machine.longText { return units.append(contentsOf: text.units) }
        units.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            let piece = min(text.count &- place, Machine.longText / 2)
            units.append(contentsOf: text.part(place, piece).units)
            place &+= piece
            try checkMeters()
        }
    }

    /// Whether there is a hole among `count` elements.
    func hasHole(_ start: UInt32, count: UInt32) throws(Thrown) -> Bool {
        var place = start
        var left = count
        while left > 0 {
            let piece = min(left, 1 << 14)
            for _ in 0..<piece {
                if cage.load64(place) == Value.empty.bits { return true }
                place = place &+ 8
            }
            left &-= piece
            if left > 0 { try checkMeters() }
        }
        return false
    }
}
