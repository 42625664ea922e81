import TerrariumEngine

/// Map, Set, WeakMap, WeakSet (ECMA-262 §24.1–24.4).
extension RealmBuilder {
    func buildCollections() throws(Thrown) {
        try collectionIterators()
        let map = try collection("Map", .mapPrototype, CellKind.map, adder: "set", methods: RealmBuilder.mapMethods)
        setIntrinsic(.map, map)
        let set = try collection("Set", .setPrototype, CellKind.set, adder: "add", methods: RealmBuilder.setMethods)
        setIntrinsic(.set, set)
        try collection("WeakMap", .weakMapPrototype, CellKind.weakMap, adder: "set",
            methods: RealmBuilder.weakMapMethods + RealmBuilder.weakMapInsertion)
        try collection("WeakSet", .weakSetPrototype, CellKind.weakSet, adder: "add", methods: RealmBuilder.weakSetMethods)
        try collectionCallbacks(map: map)
        let mapPrototype = intrinsic(.mapPrototype), setPrototype = intrinsic(.setPrototype)
        try define(mapPrototype, "@@iterator", try machine.get(mapPrototype, key("entries")))
        try define(setPrototype, "keys", try machine.get(setPrototype, key("values")))
        try define(setPrototype, "@@iterator", try machine.get(setPrototype, key("values")))
    }

    /// The methods that call back.
    private func collectionCallbacks(map: UInt32) throws(Thrown) {
        let fill = try standIns(.collectionFill)
        machine.setRealmValue(realm, .mapFill, Value(object: fill[0]))
        machine.setRealmValue(realm, .setFill, Value(object: fill[1]))
        try install(.mapCallbacks, on: intrinsic(.mapPrototype))
        try install(.weakMapCallbacks, on: intrinsic(.weakMapPrototype))
        try install(.setCallbacks, on: intrinsic(.setPrototype))
        let grouping = try standIns(.grouping)
        try define(map, "groupBy", Value(object: grouping[0]))
        try define(intrinsic(.object), "groupBy", Value(object: grouping[1]))
    }

    private func collectionIterators() throws(Thrown) {
        try iteratorPrototype(.mapIteratorPrototype, "Map Iterator")
        try iteratorPrototype(.setIteratorPrototype, "Set Iterator")
    }

    @discardableResult
    private func collection(
        _ name: String, _ which: Intrinsic, _ kind: UInt8, adder: String, methods: [Builtin]
    ) throws(Thrown) -> UInt32 {
        let prototype = try object()
        setIntrinsic(which, prototype)
        let isMap = kind == CellKind.map || kind == CellKind.weakMap
        let isWeak = kind == CellKind.weakMap || kind == CellKind.weakSet
        let function = try constructor(
            Builtin(name, 0) { (machine, call) throws(Thrown) in
                guard call.isConstruct else { throw machine.typeError("Constructor \(name) requires 'new'") }
                let object = try machine.allocateObject(
                    kind: kind, prototype: try machine.prototypeFromConstructor(call.newTarget, which), fields: 4)
                try machine.initializeTable(object, isWeak: isWeak)
                if call[0].isNullish { return Value(object: object) }
                // The mark for what goes on: it is to be read there.
                let mark = machine.intrinsic(.stepDone)
                let known = try machine.valueWithoutGuestCode(Value(object: object), machine.key(adder))
                let add = known ?? mark
                guard machine.isCallable(add) || add == mark else {
                    throw machine.typeError("'\(machine.describe(add))' returned for property '\(adder)' of object '#<\(name)>' is not a function")
                }
                return try machine.goOn(
                    call, machine.intrinsic(isMap ? .mapFill : .setFill), this: .undefined,
                    [Value(object: object), call[0], add])
            }, prototype: prototype, methods: methods)
        if !isWeak {
            try install([Builtin("get @@species", 0) { (_, call) throws(Thrown) in call.this }], on: function)
        }
        try define(prototype, "@@toStringTag", try machine.makeString(name), attributes: Attribute.configurable)
        return function
    }

    static let mapMethods: [Builtin] = [
        Builtin("get", 1) { (machine, call) throws(Thrown) in
            try machine.tableGet(try machine.collection(call, CellKind.map, "Map.prototype.get"), call[0]) ?? .undefined
        },
        Builtin("set", 2) { (machine, call) throws(Thrown) in
            try machine.tableSet(try machine.collection(call, CellKind.map, "Map.prototype.set"), call[0], call[1])
            return call.this
        },
        Builtin("has", 1) { (machine, call) throws(Thrown) in
            Value(try machine.findTableEntry(try machine.collection(call, CellKind.map, "Map.prototype.has"), call[0]) != 0)
        },
        Builtin("delete", 1) { (machine, call) throws(Thrown) in
            Value(try machine.tableDelete(try machine.collection(call, CellKind.map, "Map.prototype.delete"), call[0]))
        },
        Builtin("clear", 0) { (machine, call) throws(Thrown) in
            try machine.tableClear(try machine.collection(call, CellKind.map, "Map.prototype.clear"))
            return .undefined
        },
        Builtin("get size", 0) { (machine, call) throws(Thrown) in
            Value(machine.tableSize(try machine.collection(call, CellKind.map, "get Map.prototype.size")))
        },
        Builtin("getOrInsert", 2) { (machine, call) throws(Thrown) in
            let table = try machine.collection(call, CellKind.map, "Map.prototype.getOrInsert")
            if let value = try machine.tableGet(table, call[0]) { return value }
            try machine.tableSet(table, call[0], call[1])
            return call[1]
        },
        Builtin("entries", 0) { (machine, call) throws(Thrown) in
            try machine.tableIterator(call, CellKind.map, "Map.prototype.entries", kind: 2)
        },
        Builtin("keys", 0) { (machine, call) throws(Thrown) in
            try machine.tableIterator(call, CellKind.map, "Map.prototype.keys", kind: 0)
        },
        Builtin("values", 0) { (machine, call) throws(Thrown) in
            try machine.tableIterator(call, CellKind.map, "Map.prototype.values", kind: 1)
        },
    ]

    static let setMethods: [Builtin] = [
        Builtin("add", 1) { (machine, call) throws(Thrown) in
            let key = call[0].isDouble && call[0].double == 0 ? Value.zero : call[0]
            try machine.tableSet(try machine.collection(call, CellKind.set, "Set.prototype.add"), key, key)
            return call.this
        },
        Builtin("has", 1) { (machine, call) throws(Thrown) in
            Value(try machine.findTableEntry(try machine.collection(call, CellKind.set, "Set.prototype.has"), call[0]) != 0)
        },
        Builtin("delete", 1) { (machine, call) throws(Thrown) in
            Value(try machine.tableDelete(try machine.collection(call, CellKind.set, "Set.prototype.delete"), call[0]))
        },
        Builtin("clear", 0) { (machine, call) throws(Thrown) in
            try machine.tableClear(try machine.collection(call, CellKind.set, "Set.prototype.clear"))
            return .undefined
        },
        Builtin("get size", 0) { (machine, call) throws(Thrown) in
            Value(machine.tableSize(try machine.collection(call, CellKind.set, "get Set.prototype.size")))
        },
        Builtin("entries", 0) { (machine, call) throws(Thrown) in
            try machine.tableIterator(call, CellKind.set, "Set.prototype.entries", kind: 2)
        },
        Builtin("values", 0) { (machine, call) throws(Thrown) in
            try machine.tableIterator(call, CellKind.set, "Set.prototype.values", kind: 1)
        },
    ]

    static let weakMapMethods: [Builtin] = [
        Builtin("get", 1) { (machine, call) throws(Thrown) in
            try machine.tableGet(try machine.collection(call, CellKind.weakMap, "WeakMap.prototype.get"), call[0]) ?? .undefined
        },
        Builtin("set", 2) { (machine, call) throws(Thrown) in
            let table = try machine.collection(call, CellKind.weakMap, "WeakMap.prototype.set")
            guard machine.canBeHeldWeakly(call[0]) else { throw machine.typeError("Invalid value used as weak map key") }
            try machine.tableSet(table, call[0], call[1])
            return call.this
        },
        Builtin("has", 1) { (machine, call) throws(Thrown) in
            Value(try machine.findTableEntry(try machine.collection(call, CellKind.weakMap, "WeakMap.prototype.has"), call[0]) != 0)
        },
        Builtin("delete", 1) { (machine, call) throws(Thrown) in
            Value(try machine.tableDelete(try machine.collection(call, CellKind.weakMap, "WeakMap.prototype.delete"), call[0]))
        },
    ]

    static let weakMapInsertion: [Builtin] = [
        Builtin("getOrInsert", 2) { (machine, call) throws(Thrown) in
            let table = try machine.collection(call, CellKind.weakMap, "WeakMap.prototype.getOrInsert")
            guard machine.canBeHeldWeakly(call[0]) else { throw machine.typeError("Invalid value used as weak map key") }
            if let value = try machine.tableGet(table, call[0]) { return value }
            try machine.tableSet(table, call[0], call[1])
            return call[1]
        },
    ]

    static let weakSetMethods: [Builtin] = [
        Builtin("add", 1) { (machine, call) throws(Thrown) in
            let table = try machine.collection(call, CellKind.weakSet, "WeakSet.prototype.add")
            guard machine.canBeHeldWeakly(call[0]) else { throw machine.typeError("Invalid value used in weak set") }
            try machine.tableSet(table, call[0], .true)
            return call.this
        },
        Builtin("has", 1) { (machine, call) throws(Thrown) in
            Value(try machine.findTableEntry(try machine.collection(call, CellKind.weakSet, "WeakSet.prototype.has"), call[0]) != 0)
        },
        Builtin("delete", 1) { (machine, call) throws(Thrown) in
            Value(try machine.tableDelete(try machine.collection(call, CellKind.weakSet, "WeakSet.prototype.delete"), call[0]))
        },
    ]
}

extension Machine {
    func collection(_ call: NativeCall, _ kind: UInt8, _ method: String) throws(Thrown) -> UInt32 {
        guard call.this.isObject, self.kind(of: call.this.offset) == kind else {
            throw typeError("Method \(method) called on incompatible receiver \(quote(call.this))")
        }
        return call.this.offset
    }

    func tableIterator(_ call: NativeCall, _ kind: UInt8, _ method: String, kind gives: Int32) throws(Thrown) -> Value {
        let table = try collection(call, kind, method)
        return try makeBuiltinIterator(
            kind == CellKind.map ? .mapIteratorPrototype : .setIteratorPrototype, over: Value(object: table), gives: gives)
    }
}
