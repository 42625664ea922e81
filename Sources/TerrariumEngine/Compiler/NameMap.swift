import TerrariumSyntax

/// From names to indices of constants: one small table for each function, without the cost of a general dictionary.
struct NameMap {
    /// name << 32 | index + 1; 0 is free.
    private var slots: ContiguousArray<UInt64> = []
    private var count = 0

    subscript(name: NameID) -> Int? {
        if slots.isEmpty { return nil }
        let slot = slots[place(of: name)]
        return slot == 0 ? nil : Int(UInt32(truncatingIfNeeded: slot)) - 1
    }

    mutating func set(_ name: NameID, _ index: Int) {
        if count * 2 >= slots.count { grow() }
        let place = place(of: name)
        if slots[place] == 0 { count += 1 }
        slots[place] = UInt64(name) << 32 | UInt64(UInt32(truncatingIfNeeded: index + 1))
    }

    /// Where the name is or would go. Names are numbered by their first appearance: the keyed spreading keeps a source from
    /// choosing ones that meet.
    private func place(of name: NameID) -> Int {
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: (UInt64(name) &* NameMap.multiplier) >> 32) & mask
        while slots[place] != 0, UInt32(truncatingIfNeeded: slots[place] >> 32) != name { place = (place + 1) & mask }
        return place
    }

    private static let multiplier: UInt64 = UInt64.random(in: .min ... .max) | 0x4000_0000_0000_0001

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(repeating: 0, count: max(16, old.count * 2))
        for slot in old where slot != 0 { slots[place(of: UInt32(truncatingIfNeeded: slot >> 32))] = slot }
    }
}
