import Synchronization

/// One that waits for a place of shared memory (ECMA-262 §25.4.1).
public final class Waiter: Sendable {
    private let flag = Atomic<Bool>(false)
    public init() {}
    public var isNotified: Bool { flag.load(ordering: .acquiring) }
    fileprivate func notify() { flag.store(true, ordering: .releasing) }
}

/// The WaiterLists of one block: by byte index, first come first served.
public final class WaiterTable: Sendable {
    private let lists = Mutex<[Int: [Waiter]]>([:])

    public init() {}

    /// Joins the list of a place if the condition holds, which is looked at while nobody can notify.
    public func join(_ waiter: Waiter, at index: Int, if condition: () -> Bool) -> Bool {
        lists.withLock { lists in
            guard condition() else { return false }
            lists[index, default: []].append(waiter)
            return true
        }
    }

    /// Stops waiting; false when it was notified before.
    public func leave(_ waiter: Waiter, at index: Int) -> Bool {
        lists.withLock { lists in
            guard let found = lists[index]?.firstIndex(where: { $0 === waiter }) else { return false }
            lists[index]?.remove(at: found)
            if lists[index]?.isEmpty == true { lists[index] = nil }
            return true
        }
    }

    /// Wakes up to `count`; returns how many there were.
    public func notify(at index: Int, count: Int) -> Int {
        lists.withLock { lists in
            guard let list = lists[index], count > 0 else { return 0 }
            let woken = list.prefix(count)
            for waiter in woken { waiter.notify() }
            lists[index] = woken.count == list.count ? nil : Array(list.dropFirst(woken.count))
            return woken.count
        }
    }
}
