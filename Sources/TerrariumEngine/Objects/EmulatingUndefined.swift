import TerrariumCage

/// The one object with an [[IsHTMLDDA]] internal slot (ECMA-262 §B.3.6), which conformance hosts have to give: falsy, equal
/// to undefined and null under `==`, and `typeof` it is "undefined". Nothing else makes one.
///
/// It lies at a place of its own below the heap, so that telling it from other objects is one comparison and no access.
extension Machine {
    @inline(__always)
    static var emulatesUndefined: UInt32 { 1024 }
    @inline(__always)
    static var emulatingUndefined: Value { Value(object: emulatesUndefined) }

    /// The object of this machine, a function that returns null. It belongs to the realm that asks first.
    public func makeObjectEmulatingUndefined(realm: UInt32) throws(Thrown) -> Value {
        if cage.load8(Machine.emulatesUndefined, Layout.kind) == 0 {
            let number = registerNative("", length: 0) { (_, _) throws(Thrown) in .null }
            let function = try makeNativeFunction(number, realm: realm)
            materializeAllLazyProperties(function)
            let size = 16 &+ Int(cage.load8(function, Layout.words)) &* 8
            cage.copy(from: function, to: Machine.emulatesUndefined, count: size)
        }
        return Machine.emulatingUndefined
    }

    /// For the collector: whether there is one, whose fields have to be looked at.
    var hasObjectEmulatingUndefined: Bool { cage.load8(Machine.emulatesUndefined, Layout.kind) != 0 }
}
