import TerrariumEngine

/// Iterator prototypes and the iterators of arrays, strings and collections (ECMA-262 §27.1, §23.1.5, §22.1.5).
///
/// An iterator object has three fields: what it iterates, the position, what it gives (0 keys, 1 values, 2 entries).
extension RealmBuilder {
    func buildIterators() throws(Thrown) {
        try install([Builtin("@@iterator", 0) { (_, call) throws(Thrown) in call.this }], on: intrinsic(.iteratorPrototype))
        try install(
            [Builtin("@@asyncIterator", 0) { (_, call) throws(Thrown) in call.this }], on: intrinsic(.asyncIteratorPrototype))
        try iteratorPrototype(.arrayIteratorPrototype, "Array Iterator") { (machine, object) throws(Thrown) in
            let target = machine.field(object, 0)
            if target.isUndefined { return nil }
            let index = Int(machine.field(object, 1).number)
            guard index < (try machine.lengthOfArrayLike(target.offset)) else {
                machine.setField(object, 0, .undefined)
                return nil
            }
            machine.setField(object, 1, Value(index + 1))
            switch machine.field(object, 2).int {
            case 0: return Value(index)
            case 1: return try machine.get(target.offset, try machine.integerKey(index))
            default: return try machine.makeArray([Value(index), try machine.get(target.offset, try machine.integerKey(index))])
            }
        }
        let arrayIterator = intrinsic(.arrayIteratorPrototype)
        machine.setRealmValue(realm, .arrayIteratorNext, try machine.get(arrayIterator, key("next")))
        try iteratorPrototype(.stringIteratorPrototype, "String Iterator") { (machine, object) throws(Thrown) in
            let string = machine.field(object, 0)
            if string.isUndefined { return nil }
            let index = Int(machine.field(object, 1).number)
            guard index < machine.stringLength(string) else {
                machine.setField(object, 0, .undefined)
                return nil
            }
            let point = try machine.flat(string).codePoint(at: index)
            machine.setField(object, 1, Value(index + point.length))
            return try machine.makeString(codePoint: point.value)
        }
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

    /// An iterator prototype whose `next` is given: it returns the next value, or nil when done.
    func iteratorPrototype(
        _ which: Intrinsic, _ tag: String, _ step: @escaping @Sendable (Machine, UInt32) throws(Thrown) -> Value?
    ) throws(Thrown) {
        let prototype = try machine.makeObject(prototype: intrinsic(.iteratorPrototype)).offset
        setIntrinsic(which, prototype)
        try install(
            [Builtin("next", 0) { (machine, call) throws(Thrown) in
                guard call.this.isObject, machine.kind(of: call.this.offset) == CellKind.iterator,
                    machine.field(call.this.offset, 3).int == Int32(which.rawValue)
                else { throw machine.typeError("next method called on incompatible receiver \(machine.describe(call.this))") }
                let value = try step(machine, call.this.offset)
                return try machine.iteratorResult(value ?? .undefined, done: value == nil)
            }], on: prototype)
        try define(prototype, "@@toStringTag", try machine.makeString(tag), attributes: Attribute.configurable)
    }
}

extension Machine {
    func makeIterator(_ which: Intrinsic, over target: Value, kind: Int32) throws(Thrown) -> Value {
        let object = try allocateObject(kind: CellKind.iterator, prototype: intrinsic(which).offset, fields: 4)
        setField(object, 0, target)
        setField(object, 1, .zero)
        setField(object, 2, Value(kind))
        setField(object, 3, Value(Int32(which.rawValue)))
        return Value(object: object)
    }
}
