import TerrariumCage
import TerrariumRegExp

/// Compiles and matches in a small cage, the way the engine does: grows the stack and adds fuel when asked.
struct RegExpHarness {
    struct Failure: Error {
        var message: String
    }

    let program: RegExpProgram
    private let reservation: CageReservation

    static let programOffset: UInt32 = 0x1000
    static let subjectOffset: UInt32 = 0x0200_0000
    static let capturesOffset: UInt32 = 0x0180_0000
    static let stackOffset: UInt32 = 0x0400_0000
    static let otherStackOffset: UInt32 = 0x0600_0000
    static let largestStack = 0x0200_0000

    init(_ pattern: [UInt16], _ flags: String = "") throws {
        guard let flags = RegExpFlags.parse(from: Array(flags.utf16)) else { throw Failure(message: "flags") }
        switch RegExpCompiler.compile(pattern: pattern, flags: flags) {
        case .success(let program): self.program = program
        case .failure(let error): throw Failure(message: error.message)
        }
        guard let reservation = CageReservation(sizeLog2: 27) else { throw Failure(message: "no cage") }
        self.reservation = reservation
        load(words: program.words)
    }

    init(_ pattern: String, _ flags: String = "") throws { try self.init(Array(pattern.utf16), flags) }

    var cage: Cage { reservation.cage }

    func load(words: [UInt32]) {
        for (index, word) in words.enumerated() {
            cage.store32(RegExpHarness.programOffset + UInt32(index) * 4, 0, word)
        }
    }

    func place(_ subject: [UInt16], wide: Bool = false) -> RegExpSubject {
        let isLatin1 = !wide && subject.allSatisfy { $0 < 256 }
        if isLatin1 {
            cage.store(subject.map { UInt8(truncatingIfNeeded: $0) }, at: RegExpHarness.subjectOffset)
        } else {
            cage.store(subject, at: RegExpHarness.subjectOffset)
        }
        return RegExpSubject(offset: RegExpHarness.subjectOffset, length: subject.count, isLatin1: isLatin1)
    }

    struct Run {
        var captures: [Range<Int>?]?
        var fuelUsed: Int
        var pauses = 0
        var isExhausted = false
    }

    /// - Parameters:
    ///   - slice: fuel for one run between pauses.
    ///   - stack: bytes of the first stack region.
    func run(
        _ subject: [UInt16], at lastIndex: Int = 0, wide: Bool = false, slice: Int = 100_000_000, stack: Int = 4096,
        limit: Int = 100_000_000, isAnchored: Bool? = nil
    ) -> Run {
        let text = place(subject, wide: wide)
        var region = RegExpStackRegion(offset: RegExpHarness.stackOffset, capacity: stack)
        var fuel = slice
        var granted = slice
        var pauses = 0
        var outcome = RegExpMatcher.match(
            cage: cage, program: RegExpHarness.programOffset, wordCount: program.words.count, subject: text,
            lastIndex: lastIndex, captures: RegExpHarness.capturesOffset, stack: region, isAnchored: isAnchored,
            fuel: &fuel)
        while true {
            switch outcome {
            case .matched:
                return Run(captures: readCaptures(), fuelUsed: granted - fuel, pauses: pauses)
            case .failed:
                return Run(captures: nil, fuelUsed: granted - fuel, pauses: pauses)
            case .outOfFuel:
                if granted >= limit { return Run(fuelUsed: granted - fuel, pauses: pauses, isExhausted: true) }
                granted += slice
                fuel += slice
                pauses += 1
            case .needsStack:
                let next =
                    region.offset == RegExpHarness.stackOffset
                    ? RegExpHarness.otherStackOffset : RegExpHarness.stackOffset
                if region.capacity >= RegExpHarness.largestStack {
                    return Run(fuelUsed: granted - fuel, pauses: pauses, isExhausted: true)
                }
                cage.copy(from: region.offset, to: next, count: region.capacity)
                region = RegExpStackRegion(offset: next, capacity: region.capacity * 2)
                pauses += 1
            }
            outcome = RegExpMatcher.resume(
                cage: cage, program: RegExpHarness.programOffset, wordCount: program.words.count, subject: text,
                captures: RegExpHarness.capturesOffset, stack: region, fuel: &fuel)
        }
    }

    private func readCaptures() -> [Range<Int>?] {
        (0...program.captureCount).map { group in
            let start = Int32(bitPattern: cage.load32(RegExpHarness.capturesOffset + UInt32(group) * 8))
            let end = Int32(bitPattern: cage.load32(RegExpHarness.capturesOffset + UInt32(group) * 8, 4))
            return start < 0 ? nil : Int(start)..<Int(end)
        }
    }
}

/// The texts of the match and its groups, "-" for a group without a value; nil for no match.
func exec(_ pattern: String, _ flags: String, _ subject: String, at lastIndex: Int = 0) throws -> [String]? {
    let units = Array(subject.utf16)
    let harness = try RegExpHarness(pattern, flags)
    let results = [false, true].map { wide in
        harness.run(units, at: lastIndex, wide: wide).captures.map { captures in
            captures.map { $0.map { String(decoding: units[$0], as: UTF16.self) } ?? "-" }
        }
    }
    // Both representations have to agree.
    if results[0] != results[1] { throw RegExpHarness.Failure(message: "Latin-1 and UTF-16 differ") }
    return results[0]
}

func error(_ pattern: String, _ flags: String = "") -> String? {
    guard let flags = RegExpFlags.parse(from: Array(flags.utf16)) else { return "flags" }
    let units = Array(pattern.utf16)
    let error = RegExpSyntax.validate(pattern: units, flags: flags)
    if case .failure(let other) = RegExpCompiler.compile(pattern: units, flags: flags) {
        return other == error ? other.message : "compile and validate differ: \(other.message)"
    }
    return error.map { "only validate: \($0.message)" }
}
