import TerrariumEngine

/// A function of the library: declared once, in the table of its intrinsic.
struct Builtin: Sendable {
    /// Property name; `@@iterator` and the like name well-known symbols; `get x` an accessor.
    let name: String
    let length: Int
    /// Units of fuel for a call; the body charges for what depends on its arguments.
    let price: Int
    /// What is coerced first.
    let coercions: Coercions
    let body: NativeFunction

    init(_ name: String, _ length: Int, price: Int = Machine.usualPrice, _ body: @escaping NativeFunction) {
        self.init(name, length, price: price, coerces: .none, body)
    }

    /// A function that begins by coercing this and arguments to strings and numbers, in this order: when one of them is
    /// an object, guest code runs in frames first, and the body sees primitives only.
    init(_ name: String, _ length: Int, price: Int = Machine.usualPrice, coerces: Coercions, _ body: @escaping NativeFunction) {
        self.name = name
        self.length = length
        self.price = price
        coercions = coerces
        self.body = body
    }
}

/// Builds the intrinsics of one realm.
struct RealmBuilder {
    let machine: Machine
    let realm: UInt32

    func intrinsic(_ intrinsic: Intrinsic) -> UInt32 { machine.realmValue(realm, intrinsic).offset }
    func setIntrinsic(_ intrinsic: Intrinsic, _ object: UInt32) {
        machine.setRealmValue(realm, intrinsic, Value(object: object))
    }

    /// A plain object of the realm.
    func object(prototype: Intrinsic? = .objectPrototype) throws(Thrown) -> UInt32 {
        try machine.makeObject(prototype: prototype.map { intrinsic($0) } ?? 0).offset
    }

    func function(_ builtin: Builtin, isConstructor: Bool = false) throws(Thrown) -> UInt32 {
        let name = RealmBuilder.displayName(builtin.name)
        let number = machine.registerNative(
            name, length: builtin.length, isConstructor: isConstructor, price: builtin.price, coerces: builtin.coercions, builtin.body)
        return try machine.makeNativeFunction(number, realm: realm)
    }

    static func displayName(_ name: String) -> String {
        if name.begins("@@") { return "[Symbol.\(name.behind(2))]" }
        if name.begins("get @@") { return "get [Symbol.\(name.behind(6))]" }
        return name
    }

    func key(_ name: String) -> PropertyKey {
        if name.begins("@@"), let symbol = WellKnownSymbol.named[name.behind(2)] {
            return machine.symbolKey(symbol)
        }
        return machine.key(name)
    }

    /// Installs functions on an object as the specification's built-in properties (writable, configurable).
    func install(_ builtins: [Builtin], on object: UInt32) throws(Thrown) {
        for builtin in builtins {
            try installFunction(builtin.name, Value(object: try self.function(builtin)), on: object)
        }
    }

    func installFunction(_ name: String, _ function: Value, on object: UInt32) throws(Thrown) {
        if name.begins("get ") {
            _ = try machine.defineOwnProperty(
                object, key(name.behind(4)),
                PropertyDescriptor(getter: function, enumerable: false, configurable: true))
        } else {
            try define(object, name, function)
        }
    }

    func define(_ object: UInt32, _ name: String, _ value: Value, attributes: UInt8 = Attribute.hidden) throws(Thrown) {
        _ = try machine.defineOwnProperty(object, key(name), PropertyDescriptor(value: value, attributes: attributes))
    }

    /// A constructor with its prototype, as a global.
    @discardableResult
    func constructor(
        _ builtin: Builtin, prototype: UInt32, statics: [Builtin] = [], methods: [Builtin] = [], isGlobal: Bool = true
    ) throws(Thrown) -> UInt32 {
        let function = try self.function(builtin, isConstructor: true)
        try define(function, "prototype", Value(object: prototype), attributes: Attribute.none)
        try define(prototype, "constructor", Value(object: function))
        try install(statics, on: function)
        try install(methods, on: prototype)
        if isGlobal { try define(intrinsic(.global), builtin.name, Value(object: function)) }
        return function
    }
}

extension Machine {
    /// A new realm with the whole library and nothing else.
    public func makeRealm() throws(Thrown) -> UInt32 {
        let realm = try makeRealmCell()
        try sharingNatives { () throws(Thrown) in try buildLibrary(realm) }
        return realm
    }

    private func buildLibrary(_ realm: UInt32) throws(Thrown) {
        let builder = RealmBuilder(machine: self, realm: realm)
        try builder.buildFoundation()
        try builder.buildObject()
        try builder.buildFunction()
        try builder.buildErrors()
        try builder.buildIterators()
        try builder.buildGenerators()
        try builder.buildPromise()
        try builder.buildArray()
        try builder.buildString()
        try builder.buildPrimitives()
        try builder.buildMath()
        try builder.buildCollections()
        try builder.markQuickNatives()
        try builder.buildWeakReferences()
        try builder.buildIteratorConstructor()
        try builder.buildDisposableStacks()
        try builder.buildDate()
        try builder.buildJSON()
        try builder.buildReflect()
        try builder.buildRegExp()
        try builder.buildArrayBuffers()
        try builder.buildTypedArrays()
        try builder.buildBase64()
        try builder.buildDataView()
        try builder.buildAtomics()
        try builder.buildProxy()
        try builder.buildCodeGeneration()
        try builder.buildGlobals()
    }
}

extension RealmBuilder {
    /// Object.prototype, Function.prototype, the global object and the shapes that the engine needs.
    func buildFoundation() throws(Thrown) {
        let objectPrototype = try machine.makeObject(prototype: 0).offset
        setIntrinsic(.objectPrototype, objectPrototype)
        let callable = machine.registerNative("", length: 0) { (_, _) throws(Thrown) in .undefined }
        let functionPrototype = try machine.makeNativeFunction(callable, realm: realm, prototype: objectPrototype)
        setIntrinsic(.functionPrototype, functionPrototype)
        let loader = machine.registerNative("", length: 0) { (machine, call) throws(Thrown) in
            let realm = machine.currentRealm
            let lists: [(Intrinsic, SelfHostedSource)] = [
                (.engineFunctions, .engineFunctions), (.objectGenerics, .objectGenerics), (.moduleFunctions, .moduleFunctions),
            ]
            for (which, source) in lists where call[0] == Value(Int32(which.rawValue)) {
                machine.setRealmValue(realm, which, try source.functions(machine, realm))
            }
            return .undefined
        }
        setIntrinsic(.engineFunctionLoader, try machine.makeNativeFunction(loader, realm: realm))
        let global = try machine.allocateObject(kind: CellKind.global, prototype: objectPrototype)
        try machine.convertToDictionary(global)
        setIntrinsic(.global, global)
        setIntrinsic(.globalThisValue, global)
        let lexicals = try machine.allocateObject(kind: CellKind.object, prototype: 0)
        try machine.convertToDictionary(lexicals)
        machine.setRealmValue(realm, .globalLexicals, Value(cell: lexicals))
        let shape = try machine.rootShape(prototype: objectPrototype, inlineCapacity: 4)
        machine.setRealmValue(realm, .emptyObjectShape, Value(cell: shape))
        let functionShape = try machine.rootShape(
            prototype: functionPrototype, inlineCapacity: 0, inlineBase: 40, flags: ShapeFlag.lazyFunction)
        machine.setRealmValue(realm, .functionShape, Value(cell: functionShape))
        // Array.prototype is an array.
        let arrayPrototypeShape = try machine.rootShape(prototype: objectPrototype, inlineCapacity: 0, inlineBase: 24)
        machine.setRealmValue(realm, .arrayShape, Value(cell: arrayPrototypeShape))
        let arrayPrototype = try machine.makeArray(length: 0, capacity: 0, realm: realm)
        setIntrinsic(.arrayPrototype, arrayPrototype.offset)
        let arrayShape = try machine.rootShape(prototype: arrayPrototype.offset, inlineCapacity: 0, inlineBase: 24)
        machine.setRealmValue(realm, .arrayShape, Value(cell: arrayShape))
        for (intrinsic, kind) in [
            (Intrinsic.stringPrototype, CellKind.stringWrapper), (.numberPrototype, CellKind.numberWrapper),
            (.booleanPrototype, CellKind.booleanWrapper), (.symbolPrototype, CellKind.object),
            (.bigIntPrototype, CellKind.object), (.iteratorPrototype, CellKind.object),
            (.asyncIteratorPrototype, CellKind.object),
        ] {
            let wraps = kind != CellKind.object
            let object = try machine.allocateObject(
                kind: kind, prototype: objectPrototype, fields: wraps ? 1 : 0,
                flags: kind == CellKind.stringWrapper ? ObjectFlag.exotic : 0)
            if wraps {
                machine.setField(
                    object, 0,
                    kind == CellKind.stringWrapper ? machine.emptyString : kind == CellKind.numberWrapper ? .zero : .false)
            }
            setIntrinsic(intrinsic, object)
        }
        let thrower = try function(Builtin("", 0) { (machine, call) throws(Thrown) in
            // Old code asks sloppy functions for `caller` and `arguments`: there is nothing.
            if machine.isSloppyFunction(call.this) { return .undefined }
            throw machine.typeError(
                "'caller', 'callee', and 'arguments' properties may not be accessed on strict mode functions or the arguments objects for calls to them")
        })
        for name in ["length", "name"] {
            _ = try machine.defineOwnProperty(thrower, key(name), PropertyDescriptor(configurable: false))
        }
        _ = try machine.preventExtensions(thrower)
        setIntrinsic(.throwTypeError, thrower)
        try define(global, "globalThis", Value(object: global))
        try define(global, "undefined", .undefined, attributes: Attribute.none)
        try define(global, "NaN", .nan, attributes: Attribute.none)
        try define(global, "Infinity", Value(double: .infinity), attributes: Attribute.none)
    }
}

extension String {
    /// `hasPrefix` by bytes: names of built-ins need no comparison of characters.
    fileprivate func behind(_ count: Int) -> String { String(Substring(utf8.dropFirst(count))) }
    fileprivate func begins(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
}
