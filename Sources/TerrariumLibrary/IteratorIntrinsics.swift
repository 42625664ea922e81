import TerrariumEngine

/// Iterator prototypes (ECMA-262 §27.1); the iterators themselves are the engine's (`makeBuiltinIterator`).
extension RealmBuilder {
    func buildIterators() throws(Thrown) {
        try install([Builtin("@@iterator", 0) { (_, call) throws(Thrown) in call.this }], on: intrinsic(.iteratorPrototype))
        try install(
            [Builtin("@@asyncIterator", 0) { (_, call) throws(Thrown) in call.this }], on: intrinsic(.asyncIteratorPrototype))
        try iteratorPrototype(.arrayIteratorPrototype, "Array Iterator")
        let arrayIterator = intrinsic(.arrayIteratorPrototype)
        machine.setRealmValue(realm, .arrayIteratorNext, try machine.get(arrayIterator, key("next")))
        try iteratorPrototype(.stringIteratorPrototype, "String Iterator")
        setIntrinsic(.stepDone, try object())
        setIntrinsic(.stepOther, try object())
    }

    /// Generator functions, generator objects, async functions (ECMA-262 §27.3, §27.5, §27.7).
    func buildGenerators() throws(Thrown) {
        let functionPrototype = intrinsic(.functionPrototype)
        let generatorFunction = try machine.makeObject(prototype: functionPrototype).offset
        let generator = try machine.makeObject(prototype: intrinsic(.iteratorPrototype)).offset
        setIntrinsic(.generatorFunctionPrototype, generatorFunction)
        setIntrinsic(.generatorPrototype, generator)
        try define(generatorFunction, "prototype", Value(object: generator), attributes: Attribute.configurable)
        try define(generator, "constructor", Value(object: generatorFunction), attributes: Attribute.configurable)
        for (name, mode) in [("next", Machine.ResumeMode.next), ("return", .returning), ("throw", .throwing)] {
            try define(generator, name, Value(object: try machine.makeGeneratorResumer(name, mode, realm: realm)))
        }
        try define(generator, "@@toStringTag", try machine.makeString("Generator"), attributes: Attribute.configurable)
        try define(
            generatorFunction, "@@toStringTag", try machine.makeString("GeneratorFunction"),
            attributes: Attribute.configurable)
        let asyncFunction = try machine.makeObject(prototype: functionPrototype).offset
        setIntrinsic(.asyncFunctionPrototype, asyncFunction)
        try define(
            asyncFunction, "@@toStringTag", try machine.makeString("AsyncFunction"), attributes: Attribute.configurable)
        let asyncGeneratorFunction = try machine.makeObject(prototype: functionPrototype).offset
        setIntrinsic(.asyncGeneratorFunctionPrototype, asyncGeneratorFunction)
        let asyncGenerator = try machine.makeObject(prototype: intrinsic(.asyncIteratorPrototype)).offset
        setIntrinsic(.asyncGeneratorPrototype, asyncGenerator)
        try define(asyncGeneratorFunction, "prototype", Value(object: asyncGenerator), attributes: Attribute.configurable)
        try define(asyncGenerator, "constructor", Value(object: asyncGeneratorFunction), attributes: Attribute.configurable)
        for (name, mode) in [("next", Machine.ResumeMode.next), ("return", .returning), ("throw", .throwing)] {
            try define(asyncGenerator, name, Value(object: try machine.makeAsyncGeneratorResumer(name, mode, realm: realm)))
        }
        try define(
            asyncGenerator, "@@toStringTag", try machine.makeString("AsyncGenerator"), attributes: Attribute.configurable)
        try define(
            asyncGeneratorFunction, "@@toStringTag", try machine.makeString("AsyncGeneratorFunction"),
            attributes: Attribute.configurable)
        setIntrinsic(.asyncFromSyncIteratorPrototype, try machine.makeAsyncFromSyncIteratorPrototype(realm: realm))
    }

    /// The prototype of built-in iterators.
    func iteratorPrototype(_ which: Intrinsic, _ tag: String) throws(Thrown) {
        let prototype = try machine.makeObject(prototype: intrinsic(.iteratorPrototype)).offset
        setIntrinsic(which, prototype)
        let next = try function(Builtin("next", 0) { (machine, call) throws(Thrown) in
            switch try machine.stepBuiltinIterator(call.this, next: call.callee) {
            case .value(let value): return try machine.makeIteratorResult(value, done: false)
            case .done: return try machine.makeIteratorResult(.undefined, done: true)
            case .incompatible:
                if which == .arrayIteratorPrototype, machine.isArrayIterator(call.this) {
                    return try machine.goOn(call, engine: .arrayNext)
                }
                throw machine.typeError("next method called on incompatible receiver \(machine.quote(call.this))")
            }
        })
        machine.markIteratorNext(next, which)
        try define(prototype, "next", Value(object: next))
        try define(prototype, "@@toStringTag", try machine.makeString(tag), attributes: Attribute.configurable)
    }
}
