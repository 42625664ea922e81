internal import TerrariumCage
internal import TerrariumEngine

/// Synchronous host functions of one to three parameters: as those of any number, without the cost of lists of types. Whole
/// numbers and doubles cross without boxes of any kind.
extension Sandbox {
    /// A synchronous function of one parameter.
    public func define<A: Decodable, Result: Encodable>(_ path: String, _ body: @escaping (A) throws -> Result) {
        let name = SandboxCore.lastName(path)
        let a = ParameterReader<A>.make(), writer = ResultWriter<Result>.make()
        let general: HostFunction = { (machine, call) throws(Thrown) in
            let core = try SandboxCore.of(machine)
            var reader = ArgumentReader(core, machine, call, name)
            let result: Result
            do { result = try body(try a.read(&reader)) } catch { throw core.raise(error, machine) }
            return try writer.write(result, core, machine)
        }
        var function = HostCalls.counted(general)
        if let body = SameType.cast(body, to: ((Int) throws -> Int).self) { function = HostCalls.int(body, general) }
        if let body = SameType.cast(body, to: ((Double) throws -> Double).self) { function = HostCalls.double(body, general) }
        core.install(path, length: 1, function)
    }

    /// A synchronous function of one parameter without a result.
    public func define<A: Decodable>(_ path: String, _ body: @escaping (A) throws -> Void) {
        let name = SandboxCore.lastName(path)
        let a = ParameterReader<A>.make()
        core.install(path, length: 1, HostCalls.counted { (machine, call) throws(Thrown) in
            let core = try SandboxCore.of(machine)
            var reader = ArgumentReader(core, machine, call, name)
            do { try body(try a.read(&reader)) } catch { throw core.raise(error, machine) }
            return .undefined
        })
    }

    /// A synchronous function of two parameters.
    public func define<A: Decodable, B: Decodable, Result: Encodable>(
        _ path: String, _ body: @escaping (A, B) throws -> Result
    ) {
        let name = SandboxCore.lastName(path)
        let a = ParameterReader<A>.make(), b = ParameterReader<B>.make(), writer = ResultWriter<Result>.make()
        let general: HostFunction = { (machine, call) throws(Thrown) in
            let core = try SandboxCore.of(machine)
            var reader = ArgumentReader(core, machine, call, name)
            let result: Result
            do { result = try body(try a.read(&reader), try b.read(&reader)) } catch { throw core.raise(error, machine) }
            return try writer.write(result, core, machine)
        }
        var function = HostCalls.counted(general)
        if let body = SameType.cast(body, to: ((Int, Int) throws -> Int).self) { function = HostCalls.int(body, general) }
        if let body = SameType.cast(body, to: ((Double, Double) throws -> Double).self) { function = HostCalls.double(body, general) }
        core.install(path, length: 2, function)
    }

    /// A synchronous function of two parameters without a result.
    public func define<A: Decodable, B: Decodable>(_ path: String, _ body: @escaping (A, B) throws -> Void) {
        let name = SandboxCore.lastName(path)
        let a = ParameterReader<A>.make(), b = ParameterReader<B>.make()
        core.install(path, length: 2, HostCalls.counted { (machine, call) throws(Thrown) in
            let core = try SandboxCore.of(machine)
            var reader = ArgumentReader(core, machine, call, name)
            do { try body(try a.read(&reader), try b.read(&reader)) } catch { throw core.raise(error, machine) }
            return .undefined
        })
    }

    /// A synchronous function of three parameters.
    public func define<A: Decodable, B: Decodable, C: Decodable, Result: Encodable>(
        _ path: String, _ body: @escaping (A, B, C) throws -> Result
    ) {
        let name = SandboxCore.lastName(path)
        let a = ParameterReader<A>.make(), b = ParameterReader<B>.make(), c = ParameterReader<C>.make()
        let writer = ResultWriter<Result>.make()
        core.install(path, length: 3, HostCalls.counted { (machine, call) throws(Thrown) in
            let core = try SandboxCore.of(machine)
            var reader = ArgumentReader(core, machine, call, name)
            let result: Result
            do {
                result = try body(try a.read(&reader), try b.read(&reader), try c.read(&reader))
            } catch {
                throw core.raise(error, machine)
            }
            return try writer.write(result, core, machine)
        })
    }
}

/// Bodies of host functions whose types are known.
private enum HostCalls {
    static func counted(_ body: @escaping HostFunction) -> HostFunction {
        { (machine, call) throws(Thrown) in
            try machine.noteHostCall()
            return try body(machine, call)
        }
    }

    static func int(_ body: @escaping (Int) throws -> Int, _ general: @escaping HostFunction) -> HostFunction {
        { (machine, call) throws(Thrown) in
            try machine.noteHostCall()
            guard let a = HostCalls.int(call[0]) else { return try general(machine, call) }
            return try HostCalls.result(machine) { try body(a) }
        }
    }

    static func int(_ body: @escaping (Int, Int) throws -> Int, _ general: @escaping HostFunction) -> HostFunction {
        { (machine, call) throws(Thrown) in
            try machine.noteHostCall()
            guard let a = HostCalls.int(call[0]), let b = HostCalls.int(call[1]) else { return try general(machine, call) }
            return try HostCalls.result(machine) { try body(a, b) }
        }
    }

    static func double(_ body: @escaping (Double) throws -> Double, _ general: @escaping HostFunction) -> HostFunction {
        { (machine, call) throws(Thrown) in
            try machine.noteHostCall()
            let a = call[0]
            guard a.isNumber else { return try general(machine, call) }
            do { return Word(number: try body(a.number)) } catch { throw try SandboxCore.of(machine).raise(error, machine) }
        }
    }

    static func double(_ body: @escaping (Double, Double) throws -> Double, _ general: @escaping HostFunction) -> HostFunction {
        { (machine, call) throws(Thrown) in
            try machine.noteHostCall()
            let a = call[0], b = call[1]
            guard a.isNumber, b.isNumber else { return try general(machine, call) }
            do {
                return Word(number: try body(a.number, b.number))
            } catch {
                throw try SandboxCore.of(machine).raise(error, machine)
            }
        }
    }

    /// A number without fraction.
    @inline(__always)
    private static func int(_ word: Word) -> Int? {
        if word.isInt { return Int(word.int) }
        return word.isDouble ? Int(exactly: word.double) : nil
    }

    @inline(__always)
    private static func result(_ machine: Machine, _ body: () throws -> Int) throws(Thrown) -> Word {
        let value: Int
        do { value = try body() } catch { throw try SandboxCore.of(machine).raise(error, machine) }
        if let small = Int32(exactly: value) { return Word(small) }
        if value.magnitude <= 9_007_199_254_740_991 { return Word(double: Double(value)) }
        return try ResultWriter<Int>.make().write(value, try SandboxCore.of(machine), machine)
    }
}
