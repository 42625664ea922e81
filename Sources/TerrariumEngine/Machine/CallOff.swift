import TerrariumCage

/// What ends a guest from outside, an interrupt and the deadline, for long work that is given a machine's but not the machine.
struct CallOff: Sendable {
    let flag: InterruptFlag
    let deadline: Int64?

    /// Whether the guest ends at its next look at the meters. Costs a look at the clock.
    var isDue: Bool {
        if flag.isSet { return true }
        guard let deadline else { return false }
        return MonotonicClock.now() >= deadline
    }
}

extension Machine {
    var callOff: CallOff { CallOff(flag: interruptFlag, deadline: deadlineTime) }

    /// In loops whose work is charged already: every 1024 steps an interrupt or the deadline may end the guest.
    @inline(__always)
    public func keepWatch(_ step: Int) throws(Thrown) {
        if _slowPath(step & 1023 == 1023) { try checkMeters() }
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
