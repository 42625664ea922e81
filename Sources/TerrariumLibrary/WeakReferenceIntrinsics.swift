import TerrariumEngine

/// WeakRef and FinalizationRegistry (ECMA-262 §26.1, §26.2).
extension RealmBuilder {
    func buildWeakReferences() throws(Thrown) {
        let weakRefPrototype = try object()
        setIntrinsic(.weakRefPrototype, weakRefPrototype)
        let weakRef = try constructor(
            Builtin("WeakRef", 1, price: 20) { (machine, call) throws(Thrown) in
                guard call.isConstruct else { throw machine.typeError("Constructor WeakRef requires 'new'") }
                guard machine.canBeHeldWeakly(call[0]) else { throw machine.typeError("WeakRef: invalid target") }
                let object = try machine.allocateObject(
                    kind: CellKind.weakRef,
                    prototype: try machine.prototypeFromConstructor(call.newTarget, .weakRefPrototype), fields: 1)
                try machine.keepDuringJob(call[0])
                machine.setField(object, 0, call[0])
                return Value(object: object)
            }, prototype: weakRefPrototype,
            methods: [
                Builtin("deref", 0) { (machine, call) throws(Thrown) in
                    let reference = try machine.collection(call, CellKind.weakRef, "WeakRef.prototype.deref")
                    let target = machine.field(reference, 0)
                    if !target.isUndefined { try machine.keepDuringJob(target) }
                    return target
                }
            ])
        setIntrinsic(.weakRef, weakRef)
        try define(weakRefPrototype, "@@toStringTag", try machine.makeString("WeakRef"), attributes: Attribute.configurable)
        let registryPrototype = try object()
        setIntrinsic(.finalizationRegistryPrototype, registryPrototype)
        let registry = try constructor(
            Builtin("FinalizationRegistry", 1) { (machine, call) throws(Thrown) in
                guard call.isConstruct else { throw machine.typeError("Constructor FinalizationRegistry requires 'new'") }
                guard machine.isCallable(call[0]) else {
                    throw machine.typeError("FinalizationRegistry: cleanup must be callable")
                }
                let object = try machine.allocateObject(
                    kind: CellKind.finalizationRegistry,
                    prototype: try machine.prototypeFromConstructor(call.newTarget, .finalizationRegistryPrototype), fields: 2)
                machine.setField(object, 0, call[0])
                return Value(object: object)
            }, prototype: registryPrototype, methods: RealmBuilder.finalizationRegistryMethods)
        setIntrinsic(.finalizationRegistry, registry)
        try define(
            registryPrototype, "@@toStringTag", try machine.makeString("FinalizationRegistry"),
            attributes: Attribute.configurable)
    }

    private static let finalizationRegistryMethods: [Builtin] = [
        Builtin("register", 2) { (machine, call) throws(Thrown) in
            let registry = try machine.collection(
                call, CellKind.finalizationRegistry, "FinalizationRegistry.prototype.register")
            guard machine.canBeHeldWeakly(call[0]) else {
                throw machine.typeError("FinalizationRegistry.prototype.register: invalid target")
            }
            if try machine.sameValue(call[0], call[1]) {
                throw machine.typeError("FinalizationRegistry.prototype.register: target and holdings must not be same")
            }
            guard call[2].isUndefined || machine.canBeHeldWeakly(call[2]) else {
                throw machine.typeError("Invalid unregisterToken ('\(machine.describe(call[2]))')")
            }
            try machine.registerFinalization(registry, target: call[0], held: call[1], token: call[2])
            return .undefined
        },
        Builtin("unregister", 1) { (machine, call) throws(Thrown) in
            let registry = try machine.collection(
                call, CellKind.finalizationRegistry, "FinalizationRegistry.prototype.unregister")
            guard machine.canBeHeldWeakly(call[0]) else {
                throw machine.typeError("Invalid unregisterToken ('\(machine.describe(call[0]))')")
            }
            return Value(try machine.unregisterFinalizations(registry, token: call[0]))
        },
    ]
}
