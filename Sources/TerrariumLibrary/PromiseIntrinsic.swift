import TerrariumCage
import TerrariumEngine

/// Promise (ECMA-262 §27.2).
extension RealmBuilder {
    func buildPromise() throws(Thrown) {
        let prototype = try object()
        setIntrinsic(.promisePrototype, prototype)
        machine.setRealmValue(
            realm, .promiseShape, Value(cell: try machine.rootShape(prototype: prototype, inlineCapacity: 0, inlineBase: 16 &+ 4 &* 8)))
        machine.setRealmValue(
            realm, .asyncStateShape, Value(cell: try machine.rootShape(prototype: 0, inlineCapacity: 0, inlineBase: 16 &+ 6 &* 8)))
        let promise = try constructor(
            Builtin("Promise", 1) { (machine, call) throws(Thrown) in
                guard call.isConstruct else { throw machine.typeError("Promise constructor cannot be invoked without 'new'") }
                guard machine.isCallable(call[0]) else {
                    throw machine.typeError("Promise resolver \(machine.describe(call[0])) is not a function")
                }
                let promise = try machine.makePromise(
                    prototype: try machine.prototypeFromConstructor(call.newTarget, .promisePrototype))
                let resolvers = try machine.makeResolvers(promise)
                return try machine.goOn(
                    call, machine.realmValue(machine.currentRealm, .promiseExecutorCall), this: .undefined,
                    [call[0], promise, resolvers.resolve, resolvers.reject])
            }, prototype: prototype, statics: RealmBuilder.promiseStatics, methods: RealmBuilder.promiseMethods)
        setIntrinsic(.promise, promise)
        let functions = try standIns(.promise)
        for (index, function) in SelfHostedSource.promise.functions.enumerated() {
            let value = Value(object: functions[index])
            switch index {
            case 0: machine.setRealmValue(realm, .promiseExecutorCall, value)
            case 1...2: try installFunction(function.name, value, on: prototype)
            default: try installFunction(function.name, value, on: promise)
            }
        }
        try define(prototype, "@@toStringTag", try machine.makeString("Promise"), attributes: Attribute.configurable)
    }

    static let promiseMethods: [Builtin] = [
        Builtin("then", 2) { (machine, call) throws(Thrown) in
            guard machine.isPromise(call.this) else {
                throw machine.typeError("Method Promise.prototype.then called on incompatible receiver \(machine.quote(call.this))")
            }
            guard try machine.plainSpecies(call.this, machine.intrinsic(.promise)) == machine.intrinsic(.promise) else {
                return try machine.goOn(call, engine: .promiseThen)
            }
            let promise = try machine.makePromise()
            try machine.performThen(
                call.this.offset, call[0], call[1], capability: .init(resolve: promise, reject: .undefined))
            return promise
        },
    ]

    static let promiseStatics: [Builtin] = [
        Builtin("resolve", 1) { (machine, call) throws(Thrown) in
            guard call.this.isObject else { throw machine.typeError("PromiseResolve called on non-object") }
            if let promise = try machine.plainPromise(call.this, call[0]) { return promise }
            return try machine.goOn(call, engine: .promiseOf, this: .undefined, [call.this, call[0]])
        },
        Builtin("reject", 1) { (machine, call) throws(Thrown) in
            guard call.this.isObject else { throw machine.typeError("PromiseReject called on non-object") }
            guard call.this == machine.intrinsic(.promise) else { return try machine.goOn(call, engine: .promiseReject) }
            let capability = try machine.newPromiseCapability(call.this)
            _ = try machine.call(capability.reject, this: .undefined, call[0])
            return capability.promise
        },
        Builtin("withResolvers", 0, price: 40) { (machine, call) throws(Thrown) in
            guard call.this == machine.intrinsic(.promise) else { return try machine.goOn(call, engine: .promiseResolvers) }
            let capability = try machine.newPromiseCapability(call.this)
            let result = try machine.makeObject()
            try machine.createDataPropertyOrThrow(result.offset, machine.key("promise"), capability.promise)
            try machine.createDataPropertyOrThrow(result.offset, machine.key("resolve"), capability.resolve)
            try machine.createDataPropertyOrThrow(result.offset, machine.key("reject"), capability.reject)
            return result
        },
        Builtin("get @@species", 0) { (_, call) throws(Thrown) in call.this },
    ]
}

extension Machine {
    func listValue(_ list: Value, _ index: UInt32) -> Value {
        Value(bits: cage.load64(list.offset &+ index &* 8, Layout.elementValues))
    }
    func setListValue(_ list: Value, _ index: UInt32, _ value: Value) {
        cage.store64(list.offset &+ index &* 8, Layout.elementValues, value.bits)
    }
}

extension SelfHostedSource {
    /// `call` runs the executor of `new Promise`; the rest are methods.
    static let promise = SelfHostedSource(
        name: "promise",
        functions: [
            Function("", 4, "call", constructs: true), Function("catch", 1, "_catch"), Function("finally", 1, "_finally"),
            Function("all", 1), Function("allSettled", 1), Function("any", 1), Function("race", 1), Function("try", 1, "_try"),
        ],
        text: """
            function call(executor, promise, resolve, reject) {
              try { executor(resolve, reject); } catch (error) { reject(error); }
              return promise; }
            function _catch(f) { return this.then(undefined, f); }
            function _finally(f) {
              if (!$isObject(this)) $typeError("Promise.prototype.finally called on non-object");
              const C = $speciesConstructor(this, \(Intrinsic.promise.rawValue));
              if (!$isCallable(f)) return this.then(f, f);
              return this.then((value) => { const p = $promiseResolve(C, f()); return p.then(() => value); },
                (reason) => { const p = $promiseResolve(C, f()); return p.then(() => { throw reason; }); }); }
            function resolver(C) { const resolve = C.resolve;
              if (!$isCallable(resolve)) $typeError("Promise resolve or reject function is not callable");
              return resolve; }
            function all(iterable) {
              if (!$isObject(this)) $typeError("Promise.all called on non-object");
              const C = this, made = $newCapability(C), promise = made[0], resolve = made[1], reject = made[2];
              try {
                const f = resolver(C), values = []; let remaining = 1, count = 0;
                for (const item of iterable) {
                  const index = count++; let called = false;
                  $append(values, undefined);
                  const next = $call(f, C, item);
                  remaining++;
                  next.then((value) => { if (called) return; called = true; values[index] = value;
                    if (--remaining === 0) return resolve(values); }, reject); }
                if (--remaining === 0) resolve(values);
              } catch (error) { reject(error); }
              return promise; }
            function allSettled(iterable) {
              if (!$isObject(this)) $typeError("Promise.allSettled called on non-object");
              const C = this, made = $newCapability(C), promise = made[0], resolve = made[1], reject = made[2];
              try {
                const f = resolver(C), values = []; let remaining = 1, count = 0;
                for (const item of iterable) {
                  const index = count++; let called = false;
                  $append(values, undefined);
                  const next = $call(f, C, item);
                  remaining++;
                  next.then((value) => { if (called) return; called = true; values[index] = { status: "fulfilled", value };
                    if (--remaining === 0) return resolve(values); },
                  (reason) => { if (called) return; called = true; values[index] = { status: "rejected", reason };
                    if (--remaining === 0) return resolve(values); }); }
                if (--remaining === 0) resolve(values);
              } catch (error) { reject(error); }
              return promise; }
            function any(iterable) {
              if (!$isObject(this)) $typeError("Promise.any called on non-object");
              const C = this, made = $newCapability(C), promise = made[0], resolve = made[1], reject = made[2];
              try {
                const f = resolver(C), errors = []; let remaining = 1, count = 0;
                for (const item of iterable) {
                  const index = count++; let called = false;
                  $append(errors, undefined);
                  const next = $call(f, C, item);
                  remaining++;
                  next.then(resolve, (reason) => { if (called) return; called = true; errors[index] = reason;
                    if (--remaining === 0) return reject($aggregateError(errors)); }); }
                if (--remaining === 0) throw $aggregateError(errors);
              } catch (error) { reject(error); }
              return promise; }
            function race(iterable) {
              if (!$isObject(this)) $typeError("Promise.race called on non-object");
              const C = this, made = $newCapability(C), promise = made[0], resolve = made[1], reject = made[2];
              try {
                const f = resolver(C);
                for (const item of iterable) { const next = $call(f, C, item); next.then(resolve, reject); }
              } catch (error) { reject(error); }
              return promise; }
            function _try(f, ...rest) {
              if (!$isObject(this)) $typeError("Promise.try called on non-object");
              const made = $newCapability(this), promise = made[0], resolve = made[1], reject = made[2]; let value;
              try { value = $call($intrinsic(\(Intrinsic.functionApply.rawValue)), f, undefined, rest); } catch (error) { reject(error); return promise; }
              resolve(value);
              return promise; }
            """)
}
