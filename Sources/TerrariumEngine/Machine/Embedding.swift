import TerrariumCage
import TerrariumSyntax

/// What the library that embeds the engine asks of it, all without running guest code.
extension Machine {
    /// The machine may be used from another thread than before: measures that thread's stack.
    public func adoptThread() {
        let thread = NativeStack.currentThread()
        if thread == stackThread, thread != 0 { return }
        stackThread = thread
        nativeStack = NativeStack()
    }

    /// Calls of host functions so far, as `noteHostCall` counted them.
    public var hostCalls: Int { Int(cells[Cell.hostCalls]) }
    /// Counts a call of a host function, and charges for it.
    @inline(__always)
    public func noteHostCall() throws(Thrown) {
        cells[Cell.hostCalls] &+= 1
        try charge(8)
    }

    /// Whether guest code or a native function is running.
    public var isRunning: Bool { activationDepth > 0 }

    /// Runs something that holds references in Swift variables while guest code may run: there is no collection.
    public func withoutCollecting<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        holdCollections()
        defer { allowCollections() }
        return try body()
    }

    /// From here on there is no collection, until as many calls of `allowCollections`.
    public func holdCollections() { activationDepth &+= 2 }
    /// The counterpart of `holdCollections`.
    public func allowCollections() { activationDepth &-= 2 }

    /// The target behind proxies; nil for a revoked one.
    public func withoutProxies(_ start: UInt32) -> UInt32? {
        var object = start
        for _ in 0..<1000 {
            guard kind(of: object) == CellKind.proxy else { return object }
            guard field(object, 0).isObject else { return nil }
            object = field(object, 0).offset
        }
        return nil
    }

    /// An own property as it is stored; of proxies that of the target.
    public func storedProperty(_ start: UInt32, _ key: PropertyKey) -> PropertyDescriptor? {
        guard let object = withoutProxies(start) else { return nil }
        do throws(Thrown) {
            return try getOwnProperty(object, key)
        } catch {
            // A binding of a namespace in its dead zone.
            if error == .exception { _ = takeException() }
            return nil
        }
    }

    /// Own keys as they are stored; of proxies those of the target.
    public func storedKeys(_ start: UInt32) throws(Thrown) -> [PropertyKey] {
        guard let object = withoutProxies(start) else { return [] }
        return try ownPropertyKeys(object)
    }

    /// A data property along the prototype chain; nil when it is absent or an accessor.
    public func storedValue(_ start: UInt32, _ key: PropertyKey) -> Value? {
        var object = start
        for _ in 0..<1000 where object != 0 {
            guard let plain = withoutProxies(object) else { return nil }
            if let own = storedProperty(plain, key) { return own.value }
            object = ordinaryPrototype(plain)
        }
        return nil
    }

    /// Function.prototype[@@hasInstance] for errors of the engine: the name of the native error kind in the prototype chain.
    public func errorKind(of object: UInt32) -> ErrorKind? {
        var current = object
        for _ in 0..<1000 where current != 0 {
            guard let plain = withoutProxies(current) else { return nil }
            for realm in realms {
                for kind in ErrorKind.allCases where realmValue(realm, kind.prototype) == Value(object: plain) { return kind }
            }
            current = ordinaryPrototype(plain)
        }
        return nil
    }

    /// State of a promise: nil while it is pending.
    public func promiseResult(_ promise: Value) -> (isRejected: Bool, value: Value)? {
        guard isPromise(promise) else { return nil }
        switch field(promise.offset, 0).int {
        case PromiseState.fulfilled: return (false, field(promise.offset, 1))
        case PromiseState.rejected: return (true, field(promise.offset, 1))
        default: return nil
        }
    }

    /// Values of a list cell.
    public func listValues(_ list: Value) -> [Value] {
        guard list.isCell else { return [] }
        let count = min(cage.load32(list.offset), cage.load32(list.offset, Layout.elementsLength), UInt32(Machine.maximumArguments))
        return (0..<count).map { Value(bits: cage.load64(list.offset &+ 16 &+ $0 &* 8)) }
    }

    /// A microtask: the function is called with nothing.
    public func enqueueMicrotask(_ function: Value) throws(Thrown) {
        try enqueueJob(function, count: 0, .undefined)
    }

    /// A line of a source that was compiled, from 1.
    public func sourceLine(of name: String, line: Int) -> String? {
        for script in scripts.reversed() where script.sourceName == name {
            guard line >= 1, line <= script.lineStarts.count else { continue }
            let units = script.sourceText.units
            let start = Int(script.lineStarts[line - 1])
            guard start <= units.count else { return nil }
            var end = start
            while end < units.count, units[end] != 10, units[end] != 13, end - start < 4096 { end += 1 }
            return String(decoding: units[start..<end], as: UTF16.self)
        }
        return nil
    }

    /// Facts about a function for those who show it.
    public func functionFacts(_ function: UInt32) -> (name: String, isClass: Bool, isAsync: Bool, isGenerator: Bool) {
        var flags = CodeFlags()
        if kind(of: function) == CellKind.function {
            flags = CodeFlags(rawValue: cage.load32(cage.load32(function, Layout.functionCode), Layout.codeFlags))
        }
        return (
            functionName(function), cage.load8(function, Layout.flags) & ObjectFlag.classConstructor != 0,
            flags.contains(.async), flags.contains(.generator)
        )
    }

    /// Live entries of a Map or Set, in order.
    public func storedEntries(_ collection: UInt32) throws(Thrown) -> [(key: Value, value: Value)] {
        let list = field(collection, 0)
        guard list.isCell else { return [] }
        let used = min(cage.load32(list.offset, Layout.elementsLength), cage.load32(list.offset)) / 2
        try charge(Int(used))
        try requireHeap(Int(used) &* 16)
        var result: [(key: Value, value: Value)] = []
        for number in 0..<used {
            let entry = list.offset &+ 16 &+ number &* 16
            let key = Value(bits: cage.load64(entry))
            if !key.isEmpty { result.append((key, Value(bits: cage.load64(entry, 8)))) }
        }
        return result
    }
}
