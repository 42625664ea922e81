internal import TerrariumEngine

extension Value {
    /// The core of an object's sandbox.
    private func owner(_ what: String) throws(TerrariumError) -> SandboxCore {
        guard let root else { throw .misuse(.notSuitable("\(SandboxCore.text(of: word)) \(what)")) }
        if root.core.hasEnded { throw .misuse(.sandboxEnded) }
        guard root.epoch == root.core.epoch else { throw .misuse(.foreignValue) }
        return root.core
    }

    private func object(_ what: String) throws(TerrariumError) -> SandboxCore {
        let core = try owner(what)
        guard word.isObject else { throw .misuse(.notSuitable("\(text) \(what)")) }
        return core
    }

    // MARK: Properties

    /// A property, as `value[name]` gives it. May run guest code.
    public func get(_ name: String) throws(TerrariumError) -> Value {
        let core = try owner("has no properties")
        return try core.perform { (machine) throws(Thrown) in
            let key = try machine.propertyKey(string: machine.makeString(name))
            return core.value(try machine.getV(word, key), machine)
        }
    }

    /// A property as a Swift value. May run guest code.
    public func get<T: Decodable>(_ name: String, as type: T.Type) throws(TerrariumError) -> T {
        try get(name).decode(as: type)
    }

    /// The element at an index, as `value[index]` gives it. May run guest code.
    public func get(at index: Int) throws(TerrariumError) -> Value {
        let core = try owner("has no properties")
        return try core.perform { (machine) throws(Thrown) in
            core.value(try machine.getV(word, try machine.toPropertyKey(Word(number: Double(index)))), machine)
        }
    }

    /// Sets a property, as `value[name] = …` in strict code does. May run guest code.
    public func set<T: Encodable>(_ name: String, _ value: T) throws(TerrariumError) {
        let core = try object("has no properties that can be set")
        let argument = try core.encode(value)
        try core.perform { (machine) throws(Thrown) in
            let key = try machine.propertyKey(string: machine.makeString(name))
            try machine.put(word.offset, key, try argument.take(machine))
        }
    }

    /// Whether there is such a property. May run guest code of proxies.
    public func has(_ name: String) throws(TerrariumError) -> Bool {
        let core = try object("has no properties")
        return try core.perform { (machine) throws(Thrown) in
            try machine.hasProperty(word.offset, try machine.propertyKey(string: machine.makeString(name)))
        }
    }

    /// Deletes a property; false when it cannot be deleted. May run guest code of proxies.
    @discardableResult
    public func delete(_ name: String) throws(TerrariumError) -> Bool {
        let core = try object("has no properties")
        return try core.perform { (machine) throws(Thrown) in
            try machine.deleteProperty(word.offset, try machine.propertyKey(string: machine.makeString(name)))
        }
    }

    /// Names of the enumerable own properties; none when the guest has no memory left to list them. Runs no guest code.
    public var propertyNames: [String] {
        guard word.isObject, let root else { return [] }
        return root.core.peek { machine in
            let keys = (try? machine.storedKeys(word.offset)) ?? []
            return keys.compactMap { key in
                !key.isSymbol && machine.storedProperty(word.offset, key)?.enumerable == true ? machine.describe(key) : nil
            }
        } ?? []
    }

    // MARK: Calls

    /// Calls the function with `this` undefined; then promise jobs run. Runs guest code.
    @discardableResult
    public func call<each Argument: Encodable>(_ arguments: repeat each Argument) throws(TerrariumError) -> Value {
        try invoke(this: .undefined, repeat each arguments)
    }

    /// As `call`, with the result as a Swift value.
    public func call<each Argument: Encodable, Result: Decodable>(
        _ arguments: repeat each Argument, as type: Result.Type
    ) throws(TerrariumError) -> Result {
        try invoke(this: .undefined, repeat each arguments, as: type)
    }

    /// Calls the method of that name. Runs guest code.
    @discardableResult
    public func callMethod<each Argument: Encodable>(_ name: String, _ arguments: repeat each Argument) throws(TerrariumError)
        -> Value
    {
        try get(name).invoke(this: self, repeat each arguments)
    }

    /// As `callMethod`, with the result as a Swift value.
    public func callMethod<each Argument: Encodable, Result: Decodable>(
        _ name: String, _ arguments: repeat each Argument, as type: Result.Type
    ) throws(TerrariumError) -> Result {
        try get(name).invoke(this: self, repeat each arguments, as: type)
    }

    /// Makes an object with the constructor, as `new value(…)`. Runs guest code.
    public func construct<each Argument: Encodable>(_ arguments: repeat each Argument) throws(TerrariumError) -> Value {
        let core = try object("is not a constructor")
        let machine = try core.enter()
        defer { core.leave(machine) }
        let words = try core.encodeAll(machine, repeat each arguments)
        return try core.guarded(machine) { (machine) throws(Thrown) in
            guard machine.isConstructor(word) else { throw machine.typeError("\(machine.describe(word)) is not a constructor") }
            let result = core.value(try machine.construct(word, words), machine)
            if core.nesting == 1 { try core.runJobs(machine) }
            return result
        }
    }

    func invoke<each Argument: Encodable>(
        this: Value, _ arguments: repeat each Argument
    ) throws(TerrariumError) -> Value {
        let core = try object("is not a function")
        let receiver = try core.word(this)
        let machine = try core.enter()
        defer { core.leave(machine) }
        let words = try core.encodeAll(machine, repeat each arguments)
        return try core.guarded(machine) { (machine) throws(Thrown) in
            let result = core.value(try machine.call(word, this: receiver, arguments: words), machine)
            if core.nesting == 1 { try core.runJobs(machine) }
            return result
        }
    }

    /// As `invoke`, with arguments that are guest values already.
    func invoke(on operation: Operation, held arguments: [Value]) throws(TerrariumError) -> Value {
        let core = try object("is not a function")
        return try core.perform(operation) { (machine) throws(Thrown) in
            let result = core.value(try machine.call(word, this: .undefined, arguments: arguments.map(\.word)), machine)
            if core.nesting == 1 { try core.runJobs(machine) }
            return result
        }
    }

    /// As `invoke`, with the result as a Swift value.
    func invoke<each Argument: Encodable, Result: Decodable>(
        this: Value, _ arguments: repeat each Argument, as type: Result.Type
    ) throws(TerrariumError) -> Result {
        let core = try object("is not a function")
        let receiver = try core.word(this)
        let machine = try core.enter()
        defer { core.leave(machine) }
        let words = try core.encodeAll(machine, repeat each arguments)
        let result = try core.guarded(machine) { (machine) throws(Thrown) in
            try machine.call(word, this: receiver, arguments: words)
        }
        if core.nesting > 1 || !machine.hasJobs {
            return try GuestDecoding.decode(type, result, GuestDecoding(core, machine))
        }
        let kept = core.value(result, machine)
        try core.guarded(machine) { (machine) throws(Thrown) in try core.runJobs(machine) }
        return try GuestDecoding.decode(type, kept.word, GuestDecoding(core, machine))
    }
}

/// One encoded value, rooted.
struct EncodedValue: ~Copyable {
    let core: SandboxCore
    let handle: Int

    func take(_ machine: Machine) throws(Thrown) -> Word { machine.handleValue(handle) }

    deinit { core.release(handle) }
}

extension SandboxCore {
    func encode<T: Encodable>(_ value: T) throws(TerrariumError) -> EncodedValue {
        try convert { (machine) throws(TerrariumError) in
            EncodedValue(core: self, handle: machine.makeHandle(try GuestEncoding.encode(value, self, machine)))
        }
    }

    /// Arguments as values, which keeps them alive.
    func hold<each T: Encodable>(_ values: repeat each T) throws(TerrariumError) -> [Value] {
        let machine = try enter()
        defer { leave(machine) }
        return try encodeAll(machine, repeat each values).map { value($0, machine) }
    }

    /// Words of arguments. They are not rooted: the next thing to happen is the call.
    func encodeAll<each T: Encodable>(_ machine: Machine, _ values: repeat each T) throws(TerrariumError) -> [Word] {
        var words: [Word] = []
        machine.holdCollections()
        defer { machine.allowCollections() }
        for value in repeat each values { words.append(try GuestEncoding.encode(value, self, machine)) }
        return words
    }

    /// The part of an operation that runs guest code.
    func guarded<Result>(_ machine: Machine, _ work: (Machine) throws(Thrown) -> Result) throws(TerrariumError) -> Result {
        if nesting > 1, machine.termination != nil { throw failure(.termination, machine) }
        do throws(Thrown) {
            return try work(machine)
        } catch {
            throw failure(error, machine)
        }
    }
}
