/// Values that native code outside the register stack keeps alive (host handles, pending timers, …).
struct HandleTable {
    private var values: [Value] = []
    private var free: [Int] = []

    init() {}

    /// A table whose handles are the places in a list.
    init(values: [Value]) { self.values = values }

    mutating func add(_ value: Value) -> Int {
        if let slot = free.popLast() {
            values[slot] = value
            return slot
        }
        values.append(value)
        return values.count &- 1
    }

    /// All places.
    var all: [Value] { values }
    var count: Int { values.count }

    mutating func remove(_ handle: Int) {
        guard handle >= 0, handle < values.count else { return }
        values[handle] = .undefined
        free.append(handle)
    }

    func value(_ handle: Int) -> Value {
        handle >= 0 && handle < values.count ? values[handle] : .undefined
    }

    func forEach(_ body: (Value) -> Void) { for value in values { body(value) } }
}

extension Machine {
    /// Keeps a value alive until `releaseHandle`; returns the handle.
    public func makeHandle(_ value: Value) -> Int { handles.add(value) }
    public func handleValue(_ handle: Int) -> Value { handles.value(handle) }
    public func releaseHandle(_ handle: Int) { handles.remove(handle) }
}
