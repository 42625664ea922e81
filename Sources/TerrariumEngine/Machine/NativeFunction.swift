import TerrariumCage

/// A function of the library or the host.
public typealias NativeFunction = @Sendable (Machine, NativeCall) throws(Thrown) -> Value

/// The arguments of one native call: a window on the register stack, so everything in it is rooted.
public struct NativeCall {
    public let cage: Cage
    /// Offset of the frame: callee, link, new.target, this, arguments.
    public let frame: UInt32
    public let argumentCount: Int
    /// Called as a constructor.
    public let isConstruct: Bool

    @inlinable
    public init(cage: Cage, frame: UInt32, argumentCount: Int, isConstruct: Bool) {
        self.cage = cage
        self.frame = frame
        self.argumentCount = argumentCount
        self.isConstruct = isConstruct
    }

    /// Argument `index`, undefined when it was not given.
    @inlinable @inline(__always)
    public subscript(index: Int) -> Value {
        index < argumentCount
            ? Value(bits: cage.load64(frame &+ 32 &+ UInt32(truncatingIfNeeded: index) &* 8)) : .undefined
    }
    @inlinable public var this: Value { Value(bits: cage.load64(frame, 24)) }
    /// The native function object itself.
    @inlinable public var callee: Value { Value(bits: cage.load64(frame)) }
    /// new.target, undefined in a plain call.
    @inlinable public var newTarget: Value { isConstruct ? Value(bits: cage.load64(frame, 16)) : .undefined }
    /// As `Machine.goOn` with the callee, this and arguments that are in the frame now.
    public var again: Value { Value(cell: UInt32(truncatingIfNeeded: argumentCount)) }
    /// Arguments from `start`.
    public func arguments(from start: Int = 0) -> [Value] {
        guard start < argumentCount else { return [] }
        return (start..<argumentCount).map { self[$0] }
    }
}

/// A function of the host: it belongs to one machine, so it need not be safe to share.
public typealias HostFunction = (Machine, NativeCall) throws(Thrown) -> Value

/// What runs when a native function is called. Machines that start from one image share these, on many threads. So calls go
/// through `Kept`, which counts no reference, neither of this nor of what a body captures: everything here is constant.
final class NativeEntry: Sendable {
    let body: NativeFunction
    /// The function resumes a suspended frame; the interpreter does that itself.
    let resumes: Machine.ResumeMode?
    /// The suspended frame is the closure's data rather than the receiver.
    let resumesData: Bool
    /// The function is `next`, `return` or `throw` of async generators.
    let resumesAsyncGenerator: Bool
    /// A promise job: what it holds is in its arguments, so the collector may run below it.
    let isJob: Bool
    /// What is coerced before the body runs.
    let coercions: Coercions
    /// Units of fuel for a call. The body charges for what depends on its arguments.
    let price: Int

    init(
        price: Int = Machine.usualPrice, coercions: Coercions = .none, resumes: Machine.ResumeMode? = nil, resumesData: Bool = false,
        resumesAsyncGenerator: Bool = false, isJob: Bool = false, body: @escaping NativeFunction
    ) {
        self.body = body
        self.resumes = resumes
        self.resumesData = resumesData
        self.resumesAsyncGenerator = resumesAsyncGenerator
        self.isJob = isJob
        self.coercions = coercions
        self.price = price
    }
}

/// A function of the host with what it captures; forks share them.
final class HostEntry {
    let body: HostFunction
    init(_ body: @escaping HostFunction) { self.body = body }
}

extension Kept<NativeEntry> {
    var price: Int { @inline(__always) get { with { $0.price } } }
    var coercions: Coercions { @inline(__always) get { with { $0.coercions } } }
    var isJob: Bool { @inline(__always) get { with { $0.isJob } } }
    var resumes: Machine.ResumeMode? { @inline(__always) get { with { $0.resumes } } }
    var resumesData: Bool { with { $0.resumesData } }
    var resumesAsyncGenerator: Bool { with { $0.resumesAsyncGenerator } }

    @inline(__always)
    func callAsFunction(_ machine: Machine, _ call: NativeCall) throws(Thrown) -> Value {
        try with { (entry) -> Result<Value, Thrown> in
            do throws(Thrown) { return .success(try entry.body(machine, call)) } catch { return .failure(error) }
        }.get()
    }
}

extension Kept<HostEntry> {
    @inline(__always)
    func callAsFunction(_ machine: Machine, _ call: NativeCall) throws(Thrown) -> Value {
        try with { (entry) -> Result<Value, Thrown> in
            do throws(Thrown) { return .success(try entry.body(machine, call)) } catch { return .failure(error) }
        }.get()
    }
}

/// What the properties of a native function object are made from.
struct NativeRecord: Sendable {
    let name: String
    let length: UInt8
    let isConstructor: Bool
}

extension Machine {
    /// A native that returns this has built another call in its own frame, which runs in its place, as a tail call: no
    /// Swift frame is left on the native stack. In a call as a constructor the new callee has to return an object.
    public func goOn(_ call: NativeCall, _ function: Value, this: Value, _ arguments: [Value]) throws(Thrown) -> Value {
        let count = UInt32(truncatingIfNeeded: arguments.count)
        guard arguments.count < Machine.maximumArguments else { throw stackOverflow() }
        try requireStack(call.frame &+ 64 &+ count &* 8)
        if !isCallable(function) { return try self.call(function, this: this, arguments: arguments) }
        cage.store64(call.frame, 0, function.bits)
        cage.store64(call.frame, 24, this.bits)
        for (index, argument) in arguments.enumerated() {
            cage.store64(call.frame &+ 32 &+ UInt32(truncatingIfNeeded: index) &* 8, 0, argument.bits)
        }
        return Value(cell: count)
    }

    /// As `goOn` with this and the arguments that are in the frame; the function is one of the engine's own.
    public func goOn(_ call: NativeCall, as function: Value) -> Value {
        cage.store64(call.frame, 0, function.bits)
        return call.again
    }

    /// As `goOn` with the elements of a plain array as arguments; nil when it is no plain array or has holes.
    public func goOnWithElements(_ call: NativeCall, _ function: Value, this: Value, _ array: Value) throws(Thrown) -> Value? {
        guard let dense = denseArray(array), isCallable(function) else { return nil }
        let elements = dense.elements, count = UInt32(truncatingIfNeeded: dense.count)
        guard dense.count < Machine.maximumArguments, call.frame &+ 64 &+ count &* 8 < stackEnd else { return nil }
        for index in dense.indices where cage.load64(dense.slot(index)) == Value.empty.bits { return nil }
        try requireStack(call.frame &+ 64 &+ count &* 8)
        try charge(dense.count / 2)
        cage.store64(call.frame, 0, function.bits)
        cage.store64(call.frame, 24, this.bits)
        cage.copy(from: elements &+ 16, to: call.frame &+ 32, count: Int(count) &* 8)
        return Value(cell: count)
    }

    /// As `goOn` for Function.prototype.call: this is the function, the first argument is this.
    public func goOnWithRest(_ call: NativeCall) throws(Thrown) -> Value {
        let function = call.this
        guard isCallable(function) else {
            return try goOn(call, function, this: call[0], call.arguments(from: 1))
        }
        cage.store64(call.frame, 24, call[0].bits)
        cage.store64(call.frame, 0, function.bits)
        guard call.argumentCount > 1 else { return Value(cell: 0) }
        cage.copy(from: call.frame &+ 40, to: call.frame &+ 32, count: (call.argumentCount &- 1) &* 8)
        return Value(cell: UInt32(truncatingIfNeeded: call.argumentCount &- 1))
    }

    /// What a call of a native function costs when nothing else is said: about what bytecode takes in the same time.
    public static var usualPrice: Int { 10 }

    /// Registers a native function; the number goes into function objects.
    public func registerNative(
        _ name: String, length: Int, isConstructor: Bool = false, price: Int = Machine.usualPrice, coerces: Coercions = .none,
        _ body: @escaping NativeFunction
    ) -> UInt32 {
        registerNative(name, length: length, isConstructor: isConstructor, NativeEntry(price: price, coercions: coerces, body: body))
    }

    func registerNative(_ name: String, length: Int, isConstructor: Bool = false, _ entry: NativeEntry) -> UInt32 {
        if let number = sharedNative(name) { return number }
        natives.append(entry)
        nativeRecords.append(
            NativeRecord(name: name, length: UInt8(clamping: length), isConstructor: isConstructor))
        return UInt32(truncatingIfNeeded: natives.count &- 1)
    }

    /// Runs what registers the natives of the library for a realm. Those of a second realm are those of the first: the same
    /// functions in the same order.
    public func sharingNatives<Result>(_ body: () throws(Thrown) -> Result) throws(Thrown) -> Result {
        if let first = firstLibraryNative { nextSharedNative = first } else { firstLibraryNative = nativeRecords.count }
        defer { nextSharedNative = nil }
        return try body()
    }

    /// Number of a native function; nil for everything else.
    public func nativeNumber(_ value: Value) -> UInt32? {
        guard value.isObject, kind(of: value.offset) == CellKind.nativeFunction else { return nil }
        return cage.load32(value.offset, Layout.functionCode)
    }

    private func sharedNative(_ name: String) -> UInt32? {
        guard let next = nextSharedNative else { return nil }
        guard next < nativeRecords.count, nativeRecords[next].name == name else {
            nextSharedNative = nil
            return nil
        }
        nextSharedNative = next &+ 1
        return UInt32(truncatingIfNeeded: next)
    }

    /// As `registerNative` for a function of the host. The key says which function this is: in a machine made from an image
    /// the host binds it again by that.
    public func registerHost(
        _ name: String, key: String? = nil, length: Int, isConstructor: Bool = false, _ body: @escaping HostFunction
    ) -> UInt32 {
        let number = hostFunctions.count
        hostFunctions.append(HostEntry(body))
        hostKeys.append(key ?? name)
        return registerNative(
            name, length: length, isConstructor: isConstructor, Machine.hostCall(number, name))
    }

    /// The native that stands for a function of the host.
    static func hostCall(_ number: Int, _ name: String) -> NativeFunction {
        { (machine, call) throws(Thrown) in
            guard let function = machine.hostFunctions.kept(number) else { throw machine.typeError("\(name) is not available") }
            return try function(machine, call)
        }
    }
}
