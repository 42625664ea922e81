import TerrariumCage

/// Notes the stack when a limit ends the guest, for a dump: functions, places, and the values of parameters.
public final class PostMortem: MachineObserver {
    struct Frame {
        let function: UInt32
        let handle: Int
        let arguments: [Int]
    }

    /// Coarse, for what was allocated where.
    public let profile: FuelProfile
    public var sliceLength: Int64 { profile.sliceLength }
    public private(set) var stack: [StackFrame] = []
    var frames: [Frame] = []

    public init(_ machine: Machine) { profile = FuelProfile(machine, every: 2_000) }

    public func safepoint(_ machine: Machine) { profile.safepoint(machine) }

    public func guestEnds(_ machine: Machine, _ reason: Termination) {
        guard frames.isEmpty else { return }
        profile.guestEnds(machine, reason)
        frames = machine.parameterFrames(limit: 30)
        stack = machine.stackFrames(of: machine.profilePath(limit: 30))
    }
}

extension Machine {
    /// Functions on the stack with their parameters, innermost first. The values are kept alive.
    func parameterFrames(limit: Int) -> [PostMortem.Frame] {
        guard activationDepth > 0 else { return [] }
        var result: [PostMortem.Frame] = []
        var current = frame
        for _ in 0..<1000 where result.count < limit {
            let callee = Value(bits: cage.load64(current))
            guard callee.isObject, kind(of: callee.offset) == CellKind.function else { break }
            let code = cage.load32(callee.offset, Layout.functionCode)
            let isBuiltin = CodeFlags(rawValue: cage.load32(code, Layout.codeFlags)).contains(.builtin)
            if !isBuiltin {
                let count = min(8, UInt32(cage.load16(code, Layout.codeParameterCount)))
                let values = (0..<count).map { makeHandle(Value(bits: cage.load64(current &+ 32 &+ $0 &* 8))) }
                result.append(.init(function: callee.offset, handle: makeHandle(callee), arguments: values))
            }
            let link = cage.load64(current, 8)
            let distance = (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8
            guard distance > 0, distance <= current &- stackStart, UInt32(truncatingIfNeeded: link) & ~7 != 0 else { break }
            current = current &- distance
        }
        return result
    }

    /// A path as the frames of a stack, innermost first; without what is built in.
    func stackFrames(of path: [FuelProfile.Place]) -> [StackFrame] {
        path.reversed().compactMap { place in
            guard let code = code(place) else { return nil }
            let found = (script: Int(place.script), function: Int(place.function))
            if code.flags.contains(.builtin) { return nil }
            let at = mappedPlace(found, word: Machine.isEntry(place, code.entry) ? code.entry : place.word)
            let isTop = code.flags.contains(.topLevel) || code.flags.contains(.module)
            let name = isTop ? "" : String(decoding: code.name.units, as: UTF16.self)
            return StackFrame(function: name, source: at.source, line: at.line, column: at.column)
        }
    }

    /// What a dump says of the frames that were noted: source of each function, and its parameters.
    public func parameters(of mortem: PostMortem) -> [(source: String, values: [Value])] {
        mortem.frames.map { frame in
            let text = sourceText(of: frame.function, limit: 100_000).map { String(decoding: $0, as: UTF16.self) } ?? ""
            return (text, frame.arguments.map { handleValue($0) })
        }
    }
}
