internal import TerrariumCage
internal import TerrariumEngine

/// Reads the arguments of a host function one by one.
struct ArgumentReader {
    let core: SandboxCore
    let machine: Machine
    let call: NativeCall
    let name: String
    var index = 0

    init(_ core: SandboxCore, _ machine: Machine, _ call: NativeCall, _ name: String) {
        self.core = core
        self.machine = machine
        self.call = call
        self.name = name
    }

    mutating func nextWord() -> Word {
        let word = call[index]
        index += 1
        return word
    }

    mutating func next<T: Decodable>(_ type: T.Type) throws(TerrariumError) -> T {
        let word = call[index]
        index += 1
        if let quick = GuestDecoding.quick(type, word) { return quick }
        return try slow(type, word)
    }

    mutating func slow<T: Decodable>(_ type: T.Type, _ word: Word) throws(TerrariumError) -> T {
        if let rest = type as? any RestArguments.Type {
            let values = try rest.read(&self, from: index - 1)
            if let values = values as? T { return values }
        }
        do throws(TerrariumError) {
            return try GuestDecoding.decode(type, word, GuestDecoding(core, machine))
        } catch {
            guard case .conversion(let failure) = error else { throw error }
            throw .conversion(
                ConversionFailure(path: [], reason: "\(name): argument \(index): \(failure.description)"))
        }
    }
}

/// Reads one parameter. What the type is, is looked at when the function is defined, not when it is called.
struct ParameterReader<Parameter: Decodable> {
    let read: (inout ArgumentReader) throws(TerrariumError) -> Parameter

    static func make() -> ParameterReader {
        if let reader = SameType.cast(ParameterReader<Int>.int, to: ParameterReader.self) { return reader }
        if let reader = SameType.cast(ParameterReader<Double>.double, to: ParameterReader.self) { return reader }
        if let reader = SameType.cast(ParameterReader<Bool>.bool, to: ParameterReader.self) { return reader }
        if let reader = SameType.cast(ParameterReader<String>.string, to: ParameterReader.self) { return reader }
        return ParameterReader { (reader) throws(TerrariumError) in try reader.next(Parameter.self) }
    }
}

extension ParameterReader where Parameter == Int {
    fileprivate static var int: ParameterReader {
        ParameterReader { (reader) throws(TerrariumError) in
            let word = reader.nextWord()
            if word.isInt { return Int(word.int) }
            if word.isDouble, let exact = Int(exactly: word.double) { return exact }
            return try reader.slow(Int.self, word)
        }
    }
}

extension ParameterReader where Parameter == Double {
    fileprivate static var double: ParameterReader {
        ParameterReader { (reader) throws(TerrariumError) in
            let word = reader.nextWord()
            return word.isNumber ? word.number : try reader.slow(Double.self, word)
        }
    }
}

extension ParameterReader where Parameter == Bool {
    fileprivate static var bool: ParameterReader {
        ParameterReader { (reader) throws(TerrariumError) in
            let word = reader.nextWord()
            return word.isBoolean ? word == .true : try reader.slow(Bool.self, word)
        }
    }
}

extension ParameterReader where Parameter == String {
    fileprivate static var string: ParameterReader {
        ParameterReader { (reader) throws(TerrariumError) in
            let word = reader.nextWord()
            guard word.isString, reader.machine.stringLength(word) < 4096 else { return try reader.slow(String.self, word) }
            return reader.machine.swiftString(word)
        }
    }
}

/// Writes a result, likewise.
struct ResultWriter<Result: Encodable> {
    let write: (Result, SandboxCore, Machine) throws(Thrown) -> Word

    static func make() -> ResultWriter {
        if let writer = SameType.cast(ResultWriter<Int>.int, to: ResultWriter.self) { return writer }
        if let writer = SameType.cast(ResultWriter<Double>.double, to: ResultWriter.self) { return writer }
        if let writer = SameType.cast(ResultWriter<Bool>.bool, to: ResultWriter.self) { return writer }
        return ResultWriter { (value, core, machine) throws(Thrown) in try GuestEncoding.guest(value, core, machine) }
    }
}

extension ResultWriter where Result == Int {
    fileprivate static var int: ResultWriter {
        ResultWriter { (value, core, machine) throws(Thrown) in
            if let small = Int32(exactly: value) { return Word(small) }
            if value.magnitude <= 9_007_199_254_740_991 { return Word(double: Double(value)) }
            return try GuestEncoding.guest(value, core, machine)
        }
    }
}

extension ResultWriter where Result == Double {
    fileprivate static var double: ResultWriter {
        ResultWriter { (value, _, _) throws(Thrown) in Word(number: value) }
    }
}

extension ResultWriter where Result == Bool {
    fileprivate static var bool: ResultWriter {
        ResultWriter { (value, _, _) throws(Thrown) in Word(value) }
    }
}

/// All arguments from one on.
protocol RestArguments {
    static func read(_ reader: inout ArgumentReader, from start: Int) throws(TerrariumError) -> any RestArguments
}

/// The last parameter of a host function that takes any number of arguments.
///
///     sandbox.define("sum") { (numbers: Rest<Double>) in numbers.values.reduce(0, +) }
public struct Rest<Element: Decodable>: Decodable, RestArguments {
    /// The arguments from this one on.
    public let values: [Element]

    /// A list made by the host.
    public init(_ values: [Element]) { self.values = values }

    /// From an array.
    public init(from decoder: any Decoder) throws { values = try [Element](from: decoder) }

    static func read(_ reader: inout ArgumentReader, from start: Int) throws(TerrariumError) -> any RestArguments {
        var values: [Element] = []
        reader.index = start
        while reader.index < reader.call.argumentCount { values.append(try reader.next(Element.self)) }
        return Rest(values)
    }
}

extension Rest: Sendable where Element: Sendable {}

/// Host functions. The guest finds them by name: `"log"` is a global, `"host.files.read"` a property of an object, which is
/// made when there is none. Parameters are any `Decodable` types, the result any `Encodable` one, or nothing. Parameters of
/// optional type may be left out.
///
/// An error that the function throws becomes a guest `Error`; its message is that of a `RevealedError`, and says nothing
/// for any other. Arguments that do not fit become a `TypeError`.
///
/// A failure to define (no memory, the sandbox has ended) is thrown by the next operation.
extension Sandbox {
    /// A synchronous function.
    public func define<each Parameter: Decodable, Result: Encodable>(
        _ path: String, _ body: @escaping (repeat each Parameter) throws -> Result
    ) {
        let core = self.core
        let name = SandboxCore.lastName(path)
        let readers = (repeat ParameterReader<each Parameter>.make()), writer = ResultWriter<Result>.make()
        core.install(path, length: SandboxCore.count(repeat (each Parameter).self)) {
            (machine, call) throws(Thrown) in
            try machine.noteHostCall()
            let core = try SandboxCore.of(machine)
            var reader = ArgumentReader(core, machine, call, name)
            let result: Result
            do {
                result = try body(repeat try (each readers).read(&reader))
            } catch {
                throw core.raise(error, machine)
            }
            return try writer.write(result, core, machine)
        }
    }

    /// A synchronous function without a result.
    public func define<each Parameter: Decodable>(_ path: String, _ body: @escaping (repeat each Parameter) throws -> Void) {
        let core = self.core
        let name = SandboxCore.lastName(path)
        let readers = (repeat ParameterReader<each Parameter>.make())
        core.install(path, length: SandboxCore.count(repeat (each Parameter).self)) {
            (machine, call) throws(Thrown) in
            try machine.noteHostCall()
            let core = try SandboxCore.of(machine)
            var reader = ArgumentReader(core, machine, call, name)
            do {
                try body(repeat try (each readers).read(&reader))
            } catch {
                throw core.raise(error, machine)
            }
            return .undefined
        }
    }

    /// An asynchronous function: the guest gets a promise. The function runs as a Swift task of its own, which is cancelled
    /// when the sandbox ends.
    public func define<each Parameter: Decodable & Sendable, Result: Encodable & Sendable>(
        _ path: String, _ body: @escaping @Sendable (repeat each Parameter) async throws -> Result
    ) {
        let core = self.core
        let name = SandboxCore.lastName(path)
        let readers = (repeat ParameterReader<each Parameter>.make())
        core.install(path, length: SandboxCore.count(repeat (each Parameter).self)) {
            (machine, call) throws(Thrown) in
            let core = try SandboxCore.of(machine)
            var reader = ArgumentReader(core, machine, call, name)
            let arguments: (repeat each Parameter)
            do {
                arguments = (repeat try (each readers).read(&reader))
            } catch {
                return try core.rejected(error, machine)
            }
            return try core.startCall(path, call, machine) {
                let result = try await body(repeat each arguments)
                return { (core, machine) throws(Thrown) in .fulfilled(try GuestEncoding.guest(result, core, machine)) }
            }
        }
    }

    /// An asynchronous function without a result.
    public func define<each Parameter: Decodable & Sendable>(
        _ path: String, _ body: @escaping @Sendable (repeat each Parameter) async throws -> Void
    ) {
        let core = self.core
        let name = SandboxCore.lastName(path)
        let readers = (repeat ParameterReader<each Parameter>.make())
        core.install(path, length: SandboxCore.count(repeat (each Parameter).self)) {
            (machine, call) throws(Thrown) in
            let core = try SandboxCore.of(machine)
            var reader = ArgumentReader(core, machine, call, name)
            let arguments: (repeat each Parameter)
            do {
                arguments = (repeat try (each readers).read(&reader))
            } catch {
                return try core.rejected(error, machine)
            }
            return try core.startCall(path, call, machine) {
                try await body(repeat each arguments)
                return { (_, _) throws(Thrown) in .fulfilled(.undefined) }
            }
        }
    }
}

typealias Answer = @Sendable (SandboxCore, Machine) throws(Thrown) -> Mailbox.Settled

extension SandboxCore {
    static func lastName(_ path: String) -> String { path.split(separator: ".").last.map { String($0) } ?? path }

    static func count<each T>(_ types: repeat (each T).Type) -> Int {
        var count = 0
        for _ in repeat each types { count += 1 }
        return count
    }

    /// Installs a native function at a path of global names.
    func install(_ path: String, length: Int, _ body: @escaping HostFunction) {
        attempt { (machine) throws(Thrown) in
            let number = machine.registerHost(SandboxCore.lastName(path), key: path, length: length, body)
            let function = try machine.makeNativeFunction(number, realm: self.realm)
            try self.place(Word(object: function), at: path, machine)
        }
    }

    /// Something whose failure is thrown by the next operation.
    func attempt(_ work: (Machine) throws(Thrown) -> Void) {
        do throws(TerrariumError) {
            try perform(nil, work)
        } catch {
            if deferredFailure == nil { deferredFailure = error }
        }
    }

    /// Puts a value at a path of global names; objects on the way are made.
    func place(_ word: Word, at path: String, _ machine: Machine) throws(Thrown) {
        var object = machine.realmValue(realm, .global).offset
        let names = path.split(separator: ".")
        for name in names.dropLast() {
            let key = try machine.propertyKey(string: machine.makeString(String(name)))
            let known = machine.storedValue(object, key) ?? .undefined
            if known.isObject {
                object = known.offset
            } else {
                let fresh = try machine.makeObject(prototype: machine.realmValue(realm, .objectPrototype).offset)
                try machine.definePropertyOrThrow(
                    object, key, PropertyDescriptor(value: fresh, attributes: Attribute.hidden))
                object = fresh.offset
            }
        }
        let key = try machine.propertyKey(string: machine.makeString(names.last.map { String($0) } ?? path))
        try machine.definePropertyOrThrow(object, key, PropertyDescriptor(value: word, attributes: Attribute.hidden))
    }

    /// A rejected promise.
    func rejected(_ error: any Error, _ machine: Machine) throws(Thrown) -> Word {
        try machine.noteHostCall()
        let promise = try machine.makePromise()
        try machine.rejectPromise(promise.offset, try hostError(error, machine))
        return promise
    }

    /// Starts an asynchronous call; the promise is settled by its answer. Without a body somebody else gives it.
    func startCall(
        _ name: String, _ call: NativeCall, _ machine: Machine, _ body: (@Sendable () async throws -> Answer)?
    ) throws(Thrown) -> Word {
        try machine.noteHostCall()
        try machine.charge(24)
        guard pendingCalls.count &+ timers.count < limits.pendingHostCalls else { throw reach(.pendingHostCalls, machine) }
        try machine.requireHeap((pendingCalls.count &+ 1) &* 256)
        let promise = try machine.makePromise()
        let function = try machine.list(of: [call.callee] + call.arguments())
        nextCall &+= 1
        let id = nextCall
        var task: Task<Void, Never>?
        if let body {
            let mailbox = self.mailbox
            task = Task {
                let answer: Answer
                do {
                    answer = try await body()
                } catch {
                    answer = { (core, machine) throws(Thrown) in .rejected(try core.hostError(error, machine)) }
                }
                mailbox.post(Mailbox.Message(call: id, settle: answer))
            }
        }
        pendingCalls[id] = PendingCall(
            task: task, promise: machine.makeHandle(promise), call: machine.makeHandle(function), name: name)
        return promise
    }

    /// The core that a machine belongs to: what host functions capture would not be theirs in a fork.
    @inline(__always)
    static func of(_ machine: Machine) throws(Thrown) -> SandboxCore {
        guard let core = machine.client as? SandboxCore else { throw machine.terminate(.corrupted) }
        return core
    }
}
