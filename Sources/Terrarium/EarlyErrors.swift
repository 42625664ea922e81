internal import TerrariumLibrary
public import TerrariumSyntax

/// The early errors of a source.
///
/// The parser stops at the first. To find the next one, the line of the error is taken out when its brackets are balanced, so
/// that what is around it stays what it was; otherwise the search ends.
public enum EarlyErrors {
    /// Early errors, without running anything.
    /// - Parameters:
    ///   - source: where to look.
    ///   - isModule: as a module, otherwise as a script.
    ///   - limit: of the errors found.
    /// - Returns: in the order of the source, at most one for each line.
    public static func find(in source: SourceText, isModule: Bool, limit: Int = 20) -> [SyntaxDiagnostic] {
        var options = ParseOptions.guest
        options.goal = isModule ? .module : .script
        var units = Array(source.units)
        var found: [SyntaxDiagnostic] = []
        while found.count < limit {
            let text = found.isEmpty ? source : SourceText(utf16: units, name: source.name)
            guard let error = first(in: text, options), error.line > found.last?.line ?? 0 else { break }
            found.append(error)
            guard let line = lineRange(units, error.offset), isBalanced(units[line]) else { break }
            for index in line { units[index] = 32 }
        }
        return found
    }

    private static func first(in source: SourceText, _ options: ParseOptions) -> SyntaxDiagnostic? {
        do throws(SyntaxDiagnostic) {
            _ = try Parser.parse(source, options: options)
            return nil
        } catch {
            return error
        }
    }

    private static func lineRange(_ units: [UInt16], _ offset: Int) -> Range<Int>? {
        guard offset >= 0, offset < units.count else { return nil }
        var start = offset, end = offset
        while start > 0, units[start - 1] != 10 { start -= 1 }
        while end < units.count, units[end] != 10 { end += 1 }
        return start..<end
    }

    /// Brackets close in the order in which they open; nothing goes on from another line or in the next.
    private static func isBalanced(_ line: ArraySlice<UInt16>) -> Bool {
        var open: [UInt16] = []
        var previous: UInt16 = 0
        for unit in line {
            switch unit {
            case 40, 91, 123: open.append(unit)
            case 41: if open.popLast() != 40 { return false }
            case 93: if open.popLast() != 91 { return false }
            case 125: if open.popLast() != 123 { return false }
            case 96: return false
            case 42 where previous == 47, 47 where previous == 42: return false
            default: break
            }
            previous = unit
        }
        return open.isEmpty
    }
}
