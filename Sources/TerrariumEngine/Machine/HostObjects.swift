import TerrariumCage

/// Objects of the host that the guest holds: a cell names one by where it lies, the table is outside the cage, so that no
/// guest can forge one. An entry goes when the collector finds its cell dead.
struct HostObjectTable {
    private var objects: [UInt32: AnyObject] = [:]
    private var cells: [ObjectIdentifier: UInt32] = [:]
    private var dead: [AnyObject] = []

    var count: Int { objects.count }

    subscript(cell: UInt32) -> AnyObject? { objects[cell] }

    /// The cell of an object that has one.
    func cell(of object: AnyObject) -> UInt32? { cells[ObjectIdentifier(object)] }

    mutating func add(_ object: AnyObject, at cell: UInt32) {
        objects[cell] = object
        cells[ObjectIdentifier(object)] = cell
    }

    mutating func noteDead(_ isDead: (UInt32) -> Bool) {
        if objects.isEmpty { return }
        for (cell, object) in objects where isDead(cell) {
            dead.append(object)
            objects[cell] = nil
            if cells[ObjectIdentifier(object)] == cell { cells[ObjectIdentifier(object)] = nil }
        }
    }

    /// Lets go of what is dead: the host's code may run here.
    mutating func releaseDead() {
        if dead.isEmpty { return }
        var released: [AnyObject] = []
        swap(&released, &dead)
    }
}

extension Machine {
    /// A guest object that stands for an object of the host; the same one as long as the guest holds it.
    /// - Parameter prototype: 0 is null.
    public func makeHostObject(_ object: AnyObject, prototype: UInt32) throws(Thrown) -> Value {
        if let known = hostObjects.cell(of: object) { return Value(object: known) }
        // What the table needs for it counts as the guest's.
        try requireHeap(hostObjects.count &* 128 &+ 128)
        let cell = try allocateObject(kind: CellKind.hostObject, prototype: prototype)
        hostObjects.add(object, at: cell)
        return Value(object: cell)
    }

    /// The object of the host that a value stands for.
    public func hostObject(_ value: Value) -> AnyObject? {
        guard value.isObject, kind(of: value.offset) == CellKind.hostObject else { return nil }
        return hostObjects[value.offset]
    }
}
