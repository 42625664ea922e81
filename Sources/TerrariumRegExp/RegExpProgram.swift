/// A compiled pattern. The words are position-independent: the engine copies them into the cage, and the matcher reads
/// them from there and trusts nothing in them.
public struct RegExpProgram: Sendable {
    public let words: [UInt32]
    /// Groups, without the whole match.
    public let captureCount: Int
    /// Names in order of appearance, each with the numbers of its groups (several only in different alternatives).
    public let groupNames: [(name: [UInt16], indices: [Int])]
    public let flags: RegExpFlags
    /// 32-bit registers that a match needs in its stack region.
    public let registerCount: Int
    /// What compiling took beyond its length, in about nanoseconds.
    public internal(set) var work = 0
}

public enum RegExpCompiler {
    /// Compiles a pattern.
    ///
    /// - Complexity: about the length of the pattern, bounded by `limits`; charge fuel for the length and the words.
    public static func compile(
        pattern: [UInt16], flags: RegExpFlags, limits: RegExpLimits = RegExpLimits()
    ) -> Result<RegExpProgram, RegExpSyntaxError> {
        var parser = RegExpParser(pattern: pattern, flags: flags, limits: limits, builds: true)
        var generator: RegExpCodeGenerator? = nil
        do throws(RegExpSyntaxError) {
            try parser.parse()
            generator = RegExpCodeGenerator(tree: parser.tree, limits: limits)
            var program = try generator?.generate(flags: flags)
            program?.work = parser.work
            if let program { return .success(program) }
            return .failure(RegExpSyntaxError(message: "Regular expression too large", offset: 0))
        } catch {
            limits.keepIfCalledOff(parser)
            if let generator { limits.keepIfCalledOff(generator) }
            var failure = error
            failure.work = parser.work
            return .failure(failure)
        }
    }
}

public enum RegExpSyntax {
    /// The early error of a pattern, if it has one. Makes no program.
    public static func validate(
        pattern: [UInt16], flags: RegExpFlags, limits: RegExpLimits = RegExpLimits()
    ) -> RegExpSyntaxError? {
        var parser = RegExpParser(pattern: pattern, flags: flags, limits: limits, builds: false)
        do throws(RegExpSyntaxError) {
            try parser.parse()
            return nil
        } catch {
            limits.keepIfCalledOff(parser)
            return error
        }
    }
}
