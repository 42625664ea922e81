import TerrariumCage

/// A frame of a program that stopped, with what its registers held. The values are kept alive.
public struct StoppedFrame {
    /// Handle of the function.
    let function: Int
    let word: UInt32
    /// Handles.
    let registers: [Int]
    public let place: StackFrame
}

/// Notes the stack when a limit ends the guest, and where the last error was made, for a dump.
public final class PostMortem: MachineObserver {
    /// Coarse, for what was allocated where.
    public let profile: FuelProfile
    public var sliceLength: Int64 { profile.sliceLength }
    /// Innermost first.
    public private(set) var frames: [StoppedFrame] = []
    /// The last error: a handle, and the frames when it was made.
    private var last: (error: Int, frames: [StoppedFrame])?

    public init(_ machine: Machine) { profile = FuelProfile(machine, every: 2_000) }

    public func safepoint(_ machine: Machine) { profile.safepoint(machine) }

    public var needsScripts: Bool { true }

    public func guestEnds(_ machine: Machine, _ reason: Termination) {
        guard frames.isEmpty else { return }
        profile.guestEnds(machine, reason)
        // Memory runs out within an instruction, fuel and time between two of them.
        if machine.activationDepth > 0 { frames = machine.stoppedFrames(isBetween: reason != .heap && reason != .output) }
    }
}

extension PostMortem {
    /// Keeps the frames of the last error only, and not many: errors are made often, and seldom end a program.
    public func errorMade(_ machine: Machine, _ error: UInt32) {
        guard machine.activationDepth > 0, frames.isEmpty else { return }
        forget(machine)
        last = (machine.makeHandle(Value(object: error)), machine.stoppedFrames(isBetween: false, limit: 10, registers: 64))
    }

    /// An exception that nobody caught: its frames are those of the dump, if it is the last error that was made.
    public func uncaught(_ machine: Machine, _ value: Value) {
        guard frames.isEmpty, let last, machine.handleValue(last.error) == value else { return }
        frames = last.frames
    }

    private func forget(_ machine: Machine) {
        guard let last else { return }
        machine.releaseHandle(last.error)
        for frame in last.frames {
            machine.releaseHandle(frame.function)
            for register in frame.registers { machine.releaseHandle(register) }
        }
        self.last = nil
    }
}

extension Machine {
    /// The frames of what runs or is paused, innermost first, without what is built in.
    /// - Parameters:
    ///   - isBetween: the innermost one stopped at a safepoint: where it goes on is another instruction's place.
    ///   - limit: number of frames.
    ///   - most: registers of a frame.
    public func stoppedFrames(isBetween: Bool = true, limit: Int = 30, registers most: UInt32 = 256) -> [StoppedFrame] {
        guard activationDepth > 0 || isPaused else { return [] }
        var next: UInt32 = isBetween && cells[Cell.native] == 0 ? 1 : 0
        var result: [StoppedFrame] = []
        var current = frame
        var pc = UInt32(truncatingIfNeeded: cells[Cell.pc])
        for _ in 0..<1000 where result.count < limit {
            let callee = Value(bits: cage.load64(current))
            guard callee.isObject, kind(of: callee.offset) == CellKind.function else { break }
            let code = cage.load32(callee.offset, Layout.functionCode)
            if let found = template(of: code), !scripts[found.script][found.function].flags.contains(.builtin) {
                let template = scripts[found.script][found.function]
                var word = (wordIndex(code, pc) &+ next) & 0x1FF_FFFF
                if word == (template.entry &- 1) & 0x1FF_FFFF { word = template.entry }
                let at = mappedPlace(found, word: word)
                let isTop = template.flags.contains(.topLevel) || template.flags.contains(.module)
                let count = min(most, UInt32(cage.load16(code, Layout.codeRegisterCount)))
                result.append(
                    StoppedFrame(
                        function: makeHandle(callee), word: word,
                        registers: (0..<count).map { makeHandle(Value(bits: cage.load64(current &+ $0 &* 8))) },
                        place: StackFrame(
                            function: isTop ? "" : functionName(callee.offset), source: at.source,
                            line: at.line, column: at.column)))
            }
            next = 0
            let link = cage.load64(current, 8)
            let distance = (UInt32(truncatingIfNeeded: link >> 32) & 0xFFFF) &* 8
            pc = UInt32(truncatingIfNeeded: link) & ~7
            guard distance > 0, distance <= current &- stackStart, pc != 0 else { break }
            current = current &- distance
        }
        return result
    }
}
