import TerrariumEngine

/// Reads the properties of an options object in order. Where guest code has to be asked for one, the native is called again
/// with the values up to it.
public struct OptionReader {
    let object: Value
    /// Values that are known, in the order in which they are read.
    var values: [Value]
    private var next = 0

    /// - Parameter values: what the native kept (`Machine.keptList`).
    public init(object: Value, values: [Value]) {
        self.object = object
        self.values = values
    }

    /// The next property; nil when guest code has to be asked (`goOn`).
    /// - Parameter kind: what an object is converted to.
    public mutating func read(_ name: String, _ machine: Machine, as kind: ArgumentKind = .any) throws(Thrown) -> Value? {
        if next == values.count {
            guard let value = try machine.valueWithoutGuestCode(object, machine.key(name)), kind == .any || !value.isObject
            else { return nil }
            values.append(value)
        }
        defer { next += 1 }
        return values[next]
    }

    /// What the native returns then.
    public func goOn(_ call: NativeCall, _ name: String, _ machine: Machine, as kind: ArgumentKind = .any) throws(Thrown)
        -> Value
    {
        try machine.goOnReading(call, object, try machine.keyValue(machine.key(name)), keeping: values, as: kind)
    }
}
