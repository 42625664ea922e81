internal import TerrariumEngine

/// What a sandbox knows of a host class.
struct HostClassRecord {
    let name: String
    /// Handle of the prototype.
    var prototype: Int
}

/// A host class without its type.
struct HostClassTable {
    /// Nil when the receiver is no object of the class.
    typealias Body = (AnyObject, ArgumentReader) throws -> Word?
    struct Method {
        let name: String
        let length: Int
        let body: Body
    }
    let name: String
    let type: ObjectIdentifier
    var makerLength = 0
    var maker: ((ArgumentReader) throws -> AnyObject)?
    var methods: [Method] = []
    var getters: [Method] = []
    var setters: [String: Body] = [:]
}

/// An object of the host that the guest holds but cannot look into: it can be passed on and compared, nothing else.
///
///     sandbox.define("open") { (path: String) in HostReference(File(path)) }
///     sandbox.define("size") { (file: HostReference<File>) in file.object.size }
///
/// The host object lives as long as the guest holds the reference, or the sandbox.
public struct HostReference<Object: AnyObject>: Codable {
    /// The host's object.
    public let object: Object

    /// A reference to give to a guest.
    public init(_ object: Object) { self.object = object }

    /// - Throws: `DecodingError` when the value is no reference to such an object.
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? GuestValueDecoder, let context = decoder.context,
            let object = context.machine.hostObject(decoder.word) as? Object
        else {
            throw DecodingError.typeMismatch(
                Object.self,
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "expected a \(Object.self) of the host"))
        }
        self.object = object
    }

    /// - Throws: `EncodingError` unless the encoder is one of a sandbox.
    public func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? GuestValueEncoder else {
            throw EncodingError.invalidValue(
                self, EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "references live in a sandbox only"))
        }
        encoder.slot.word = try encoder.encoding.core.reference(to: object, encoder.encoding.machine)
    }
}

/// A class whose instances are objects of the host: the guest makes, extends and uses them, their state is outside the cage.
///
///     sandbox.define(HostClass<Counter>("Counter")
///         .constructor { (start: Int) in Counter(start) }
///         .method("add") { (counter: Counter, amount: Int) in counter.add(amount) }
///         .property("value", get: { $0.value }))
///
/// A host object that a host function returns as `HostReference` is an instance of its class too, once that is defined.
public struct HostClass<Object: AnyObject> {
    var table: HostClassTable

    /// A class without anything; without a constructor the guest cannot make instances.
    /// - Parameter name: that of the global.
    public init(_ name: String) { table = HostClassTable(name: name, type: ObjectIdentifier(Object.self)) }

    /// What `new` does.
    public func constructor<each Parameter: Decodable>(_ body: @escaping (repeat each Parameter) throws -> Object) -> HostClass {
        var copy = self
        copy.table.makerLength = SandboxCore.count(repeat (each Parameter).self)
        copy.table.maker = { arguments in
            var reader = arguments
            return try body(repeat try reader.next((each Parameter).self))
        }
        return copy
    }

    /// A method.
    public func method<each Parameter: Decodable, Result: Encodable>(
        _ name: String, _ body: @escaping (Object, repeat each Parameter) throws -> Result
    ) -> HostClass {
        adding(name, SandboxCore.count(repeat (each Parameter).self)) { receiver, arguments in
            guard let object = receiver as? Object else { return nil }
            var reader = arguments
            let result = try body(object, repeat try reader.next((each Parameter).self))
            return try GuestEncoding.guest(result, arguments.core, arguments.machine)
        }
    }

    /// A method without a result.
    public func method<each Parameter: Decodable>(
        _ name: String, _ body: @escaping (Object, repeat each Parameter) throws -> Void
    ) -> HostClass {
        adding(name, SandboxCore.count(repeat (each Parameter).self)) { receiver, arguments in
            guard let object = receiver as? Object else { return nil }
            var reader = arguments
            try body(object, repeat try reader.next((each Parameter).self))
            return .undefined
        }
    }

    private func adding(_ name: String, _ length: Int, _ body: @escaping HostClassTable.Body) -> HostClass {
        var copy = self
        copy.table.methods.append(HostClassTable.Method(name: name, length: length, body: body))
        return copy
    }

    /// An accessor; without `set` it cannot be assigned to.
    public func property<Result: Codable>(
        _ name: String, get: @escaping (Object) throws -> Result, set: ((Object, Result) throws -> Void)? = nil
    ) -> HostClass {
        var copy = self
        copy.table.getters.append(
            HostClassTable.Method(name: name, length: 0) { receiver, arguments in
                guard let object = receiver as? Object else { return nil }
                return try GuestEncoding.guest(try get(object), arguments.core, arguments.machine)
            })
        if let set {
            copy.table.setters[name] = { receiver, arguments in
                guard let object = receiver as? Object else { return nil }
                var reader = arguments
                try set(object, try reader.next(Result.self))
                return .undefined
            }
        }
        return copy
    }
}

extension Sandbox {
    /// Gives the guest a class.
    public func define<Object: AnyObject>(_ hostClass: HostClass<Object>) {
        let core = self.core
        let table = hostClass.table
        core.attempt { (machine) throws(Thrown) in try core.install(table, machine) }
    }
}

extension SandboxCore {
    /// The guest's reference to an object: an instance of its host class, if it has one.
    func reference(to object: AnyObject, _ machine: Machine) throws(Thrown) -> Word {
        let prototype = classes[ObjectIdentifier(type(of: object))].map { machine.handleValue($0.prototype).offset }
        return try machine.makeHostObject(object, prototype: prototype ?? machine.realmValue(realm, .objectPrototype).offset)
    }

    func install(_ table: HostClassTable, _ machine: Machine) throws(Thrown) {
        let name = table.name
        let (_, prototype) = try installClass(name, length: table.makerLength, machine) {
            (machine, call) throws(Thrown) in
            let core = try SandboxCore.of(machine)
            guard call.isConstruct else {
                throw machine.typeError("Class constructor \(name) cannot be invoked without 'new'")
            }
            guard let maker = table.maker else { throw machine.typeError("Illegal constructor") }
            let prototype = try SandboxCore.prototype(for: call, machine)
            try machine.noteHostCall()
            let object: AnyObject
            do {
                object = try maker(ArgumentReader(core, machine, call, name))
            } catch {
                throw core.raise(error, machine)
            }
            return try machine.makeHostObject(object, prototype: prototype)
        }
        classes[table.type] = HostClassRecord(name: name, prototype: machine.makeHandle(Word(object: prototype)))
        for method in table.methods {
            try installMethod(
                method.name, key: "\(name).prototype.\(method.name)", length: method.length, on: prototype, machine, native(name, method.name, method.body))
        }
        for getter in table.getters {
            let getNumber = machine.registerHost("get " + getter.name, key: "get \(name).prototype.\(getter.name)", length: 0, native(name, getter.name, getter.body))
            var setter = Word.undefined
            if let body = table.setters[getter.name] {
                let number = machine.registerHost("set " + getter.name, key: "set \(name).prototype.\(getter.name)", length: 1, native(name, getter.name, body))
                setter = Word(object: try machine.makeNativeFunction(number, realm: realm))
            }
            try machine.definePropertyOrThrow(
                prototype, machine.key(getter.name),
                PropertyDescriptor(
                    getter: Word(object: try machine.makeNativeFunction(getNumber, realm: realm)), setter: setter,
                    attributes: Attribute.configurable))
        }
    }

    /// A method as a native: checks the receiver, and what goes wrong goes to the guest.
    private func native(_ name: String, _ method: String, _ body: @escaping HostClassTable.Body) -> HostFunction {
        { (machine, call) throws(Thrown) in
            try machine.noteHostCall()
            let core = try SandboxCore.of(machine)
            do {
                if let receiver = machine.hostObject(call.this),
                    let result = try body(receiver, ArgumentReader(core, machine, call, method)) {
                    return result
                }
            } catch {
                if let thrown = error as? Thrown { throw thrown }
                throw core.raise(error, machine)
            }
            throw machine.typeError(
                "Method \(name).prototype.\(method) called on incompatible receiver \(machine.quote(call.this))")
        }
    }
}
